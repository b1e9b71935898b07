"""The table of constructs in `rows/`: what is in it, and what becomes of a piece of Python on either side.

A file of `rows/` is a section. A row is a line, and the lines after it that begin with '...'. It is
an expression, or the body of a function if it says `return`, or else the text of a module, which
assigns to `res`. It means the same on both sides, unless words at its end say otherwise:

    # refused: words          it is refused with these words when it is transpiled
    # refused-at-run: Name    Python has an answer, and JS this exception
    # gives: repr             the browser only: it is about things of JS
    # other words: why        the same exception, but it says something else

Run as a program, this file tells which rows are not as they say; with --mend it first writes anew which are refused.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import io
import linecache
import re
import sys
import textwrap
import types
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsmodel.errors import JSError, TranspileError
from jsmodel.testing.node import Job, Outcome, run_jobs
from jsmodel.transpile.snippet import MODULE, RESULT, RUN, Snippet, transpile_snippet

__all__ = [
    "KNOWN_DIFFERENCES",
    "SECTIONS",
    "Row",
    "all_rows",
    "in_node",
    "in_python",
    "program",
    "read_rows",
    "without_words",
]

FOLDER = Path(__file__).parent / "rows"

#: The sections, in the order in which people read them.
SECTIONS = """numbers truth strings formatting bytes lists-and-tuples slices dicts sets iteration control-flow functions arguments
decorators generators match with classes operators dataclasses enums exceptions async modules javascript""".split()

#: The words of Python's own exceptions change from version to version; ours are those of this one.
ITS_WORDS = sys.version_info[:2] == (3, 11)

MARKS = {"# refused: ": "refused", "# refused-at-run: ": "raises", "# gives: ": "gives", "# other words: ": "same"}

#: What no one can have: a JS number does not know whether it was a float, unless the code itself says so; JS callers pass
#: more than is asked for; and what has no order in Python has one there.
KNOWN_DIFFERENCES = {
    "4 / 2": ("2.0", "2"),
    "def f(x): return str(x)\nreturn f(1.0)": ("'1.0'", "'1'"),
    "isinstance([2.0][0], float)": ("True", "False"),
    "class V:\n    def __truediv__(self, other): return 3\nhalf = V() / 2; res = str(half)": ("'3'", "'3.0'"),
    "len({float('nan'), float('nan')})": ("2", "1"),
    "[*{3, 1, 2}]": ("[1, 2, 3]", "[3, 1, 2]"),
    "def f(g): return g(1, 2)\nreturn f(lambda a: a)": ("raise TypeError", "1"),
    "class A:\n    def f(self, a): return a\nres = A().f(1, 2)": ("raise TypeError", "1"),
    "class A:\n    def f(self): pass\na = A(); res = a.f is a.f": ("False", "True"),
    "def f(x): x.foo = 5\nx = [1]; f(x); return x": ("raise AttributeError", "[1]"),
    "def f(d): return d.x\nreturn f({'a': 1})": ("raise AttributeError", "None"),
    "def f(x): return x.length\nreturn f([1])": ("raise AttributeError", "1"),
    "def f(x): return x.slice(1)\nreturn f([1, 2])": ("raise AttributeError", "[2]"),
    "def f(x): return hasattr(x, 'size')\nreturn f({'size': 1})": ("False", "True"),
    "hasattr(b'ab', 'length')": ("False", "True"),
}


@dataclass(frozen=True)
class Row:
    """A construct, and what is said of it: 'same', 'refused', 'raises' or 'gives', and the words of that.

    What is the same, and has words, raises the same exception, which says something else for that reason.
    """

    section: str
    code: str
    kind: str = "same"
    words: str = ""


def all_rows() -> list[Row]:
    """The table."""
    files = [FOLDER / f"{section}.txt" for section in SECTIONS]
    return [row for file in files if file.exists() for row in read_rows(file)]


def read_rows(file: Path) -> list[Row]:
    """The rows of a file, which is a section."""
    rows = []
    for text in re.split(r"\n(?!\.\.\.( |$))", file.read_text(encoding="utf-8").strip("\n"))[::2]:
        code, kind, words = re.sub(r"\n\.\.\. ?", "\n", text), "same", ""
        for mark, name in MARKS.items():
            if mark in code:
                code, _, words = code.partition(mark)
                kind = name
        if code.strip():
            rows.append(Row(file.stem, code.strip(), kind, words.strip()))
    return rows


def program(code: str) -> str:
    """A row as the text of a module, which leaves its value in `res`."""
    if _parses(f"async def f():\n ({code}\n )", ast.Expr):
        return f"res = ({code}\n)\n" if "\n" in code else f"res = {code}\n"
    with contextlib.suppress(SyntaxError):  # 'return' outside of a function
        compile(code, "<row>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        return f"{code}\n"
    before, _, last = code.rpartition("return ")
    with contextlib.suppress(SyntaxError):  # only the last statement returns: then that is the value
        text = f"{before}res = {last}\n"
        compile(text, "<row>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        return text
    waits = re.search(r"\bawait\b|\basync (for|with)\b", code)
    head, call = ("async def", "await row()") if waits else ("def", "row()")
    return f"{head} row():\n{textwrap.indent(code, '    ')}\nres = {call}\n"


def _parses(text: str, kind: type[ast.stmt]) -> bool:
    """Whether the first statement in a function is one of these."""
    try:
        return isinstance(ast.parse(text).body[0].body[0], kind)  # type: ignore[attr-defined]
    except SyntaxError:
        return False


def whole(value: Any) -> Any:
    """A float that is whole becomes an int, as in the browser."""
    if type(value) is float and value.is_integer() and abs(value) < 1e16:
        return int(value)
    if type(value) in (list, tuple):
        return type(value)(map(whole, value))
    return {whole(k): whole(v) for k, v in value.items()} if type(value) is dict else value


def in_python(source: str, *, clean: Any = whole) -> str:
    """What a program prints, and the repr of its `res`, or the exception that it raises."""
    module = types.ModuleType(MODULE)
    sys.modules[MODULE] = module
    linecache.cache["<row>"] = (len(source), None, source.splitlines(True), "<row>")
    out = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(out):
            warnings.simplefilter("ignore")  # "a" is "a", 5()
            code = compile(source, "<row>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
            waits = eval(code, vars(module))
            if waits is not None:
                asyncio.run(waits)
            end = repr(clean(vars(module).get("res")))
    except Exception as err:
        end = _raised(type(err).__name__, str(err))
    finally:
        del sys.modules[MODULE]
    return out.getvalue() + end


def _raised(name: str, text: str) -> str:
    return f"raise {name}: {text}".removesuffix(": ")


def in_node(sources: Sequence[str], *, timeout: float = 60) -> list[str]:
    """The same in Node, in one process; a refusal says 'refused: words'."""
    found: list[str | None] = []
    snippets: list[Snippet] = []
    libraries = {}
    for source in sources:
        try:
            snippet = transpile_snippet(source)
        except TranspileError as err:
            found.append(f"refused: {err.msg}")
        except SyntaxError as err:
            found.append(f"no Python: {err}")
        else:
            found.append(None)
            snippets.append(snippet)
            libraries.update({asset.name: asset for asset in snippet.libraries})  # each after those that it stands on
    jobs = [Job(MODULE, RUN, snippet.scripts, RESULT, snippet.given, "repr") for snippet in snippets]
    outcomes: list[str] = []
    while len(outcomes) < len(jobs):
        try:
            for outcome in run_jobs(jobs[len(outcomes) :], libraries.values(), timeout=timeout):
                outcomes.append(_end(outcome))
        except JSError as err:  # it did not end, or took all memory: the others run without it
            outcomes[-1] = f"raise {err.py_type}"
    left = iter(outcomes)
    return [next(left) if end is None else end for end in found]


def _end(outcome: Outcome) -> str:
    if outcome.value is not None:
        return outcome.printed + outcome.value
    name, message = (outcome.failures[0].name, outcome.failures[0].message) if outcome.failures else ("nothing", "")
    return outcome.printed + _raised(name, message)


def without_words(end: str) -> str:
    """An end without what an exception says."""
    return re.sub(r"(?s)(^|\n)raise (\w+): .*", r"\1raise \2", end)


def wrong(row: Row, end: str) -> str:
    """What is wrong with what a row says, or nothing."""
    if row.kind == "refused":
        return "" if end.startswith("refused: ") and row.words in end else f"should be refused: {row.words}"
    if row.kind == "raises":
        return "" if end.startswith(f"raise {row.words}: ") else f"should raise {row.words}"
    if row.kind == "gives":
        return "" if end == row.words else f"should give {row.words}"
    here = in_python(program(row.code))
    same = without_words(here) == without_words(end) if row.words or not ITS_WORDS else here == end
    return "" if same else f"in Python {here}"


def mended(row: Row, end: str) -> Row:
    """A row that says what is true now, where that is no mistake: it is refused, or no longer."""
    here = in_python(program(row.code))
    if end.startswith("refused: "):
        words = re.sub(r"^refused: .*?(cannot run in the browser: |this code runs in the browser and )", "", end)
        words = re.sub(r" \(<snippet>, line \d+\)\..*|\. .*", "", words, flags=re.S)
        return Row(row.section, row.code, "refused", words)
    if row.kind != "gives" and without_words(here) == without_words(end):
        words = "" if here == end else "the engine's" if " is not a function" in end else "ours"
        return Row(row.section, row.code, "same", words)
    return row


def mend(rows: Sequence[tuple[Row, str]]) -> None:
    """Write the marks of rows anew, where they are not true any more."""
    for section in {row.section for row, _ in rows}:
        texts = []
        for row, end in [(row, end) for row, end in rows if row.section == section]:
            new = mended(row, end) if wrong(row, end) else row
            first, *others = new.code.split("\n")
            mark = next((m for m, kind in MARKS.items() if kind == new.kind and (kind != "same" or new.words)), "")
            lines = [first, *(f"... {line}".rstrip() for line in others)]
            if mark and others:
                lines.append(f"... {mark}{new.words}")
            elif mark:
                lines[0] += f"  {mark}{new.words}"
            texts.append("\n".join(lines))
        (FOLDER / f"{section}.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    sections = [name for name in arguments if not name.startswith("-")]
    rows = [row for row in all_rows() if not sections or row.section in sections]
    ends = in_node([program(row.code) for row in rows])
    if "--mend" in arguments:
        mend(list(zip(rows, ends, strict=True)))
        rows = [row for row in all_rows() if not sections or row.section in sections]
    found = [(row, end, wrong(row, end)) for row, end in zip(rows, ends, strict=True)]
    for row, end, why in found:
        if why:
            print(f"-- {row.section}\n{row.code}\n     {end}\n     {why}\n")
    same = sum(row.kind == "same" for row in rows)
    print(f"{len(rows)} rows, {same} the same; {sum(bool(why) for _, _, why in found)} are not as they say.")


if __name__ == "__main__":
    main(sys.argv[1:])
