"""Python's standard library in the browser: each name that is offered gives Python's answers.

Each row is the body of a function, or one expression, in a module that imports what
is offered. It runs in CPython and, transpiled, in Node, and both must give the same
repr, or the same exception with the same words. `# any words` leaves the words out,
where versions of Python differ in them; `# since 3.12` is for what is new there.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import linecache
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
from runner import is_expression, node

from jsmodel.errors import ScopeError, TranspileError
from jsmodel.transpile import std
from jsmodel.transpile.modules import linker

REFUSED = "# refused: "
#: Python has an answer, and the browser an exception that says so.
THERE = "# only there: "
HERE = Path(__file__).parent


def rows() -> list[tuple[str, str, str]]:
    """Section, code and outcome of each row. A line that begins with '...' goes on with the row before it."""
    out: list[tuple[str, str, str]] = []
    for file in sorted(HERE.glob("stdlib/*.rows")):
        for row in re.split(r"\n(?!\.\.\.(?: |$))", file.read_text(encoding="utf-8").strip()):
            if not row:
                continue
            code, outcome = re.sub(r"\n\.\.\. ?", "\n", row), "same"
            since = re.search(r"  # since 3\.(\d+)", code)
            if since:
                if sys.version_info[1] < int(since[1]):
                    continue
                code = code.replace(since[0], "")
            if REFUSED in code:
                code, _, words = code.partition(REFUSED)
                outcome = f"refused {words.strip()}"
            elif THERE in code:
                code, _, words = code.partition(THERE)
                outcome = f"there {words.strip()}"
            elif "  # any words" in code:
                code, outcome = code.replace("  # any words", ""), "any words"
            out.append((file.stem, code.strip(), outcome))
    return out


def make_module(codes: list[str], module: str) -> list[FunctionType]:
    """The rows as functions, in a module whose source Python knows."""
    parts = [(HERE / "stdlib" / "module.txt").read_text(encoding="utf-8")]
    for index, code in enumerate(codes):
        head = "async def" if re.search(r"^(?!.*(async )?def ).*\b(await|async with)\b", code, re.M) else "def"
        body = f"return ({code})" if is_expression(code) else code
        parts.append(f"{head} row_{index}():\n{textwrap.indent(body, '    ')}\n")
    return list(define("\n".join(parts), module, [f"row_{i}" for i in range(len(codes))]))


def define(text: str, module: str, names: list[str]) -> Iterator[FunctionType]:
    """Run more code in a module that is made for it, and give some of its functions."""
    name = f"<{module}, {len(linecache.cache)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace = vars(sys.modules.setdefault(module, ModuleType(module)))
    exec(compile(text, name, "exec"), namespace)
    for each in names:
        yield namespace[each]


def run_all(functions: list[FunctionType], runtime: Path) -> list[str]:
    """What each function of a module gives in Node, in one run."""
    module = functions[0].__module__
    names = [f.__name__ for f in functions]
    (everything,) = define(f"def everything(): return [{', '.join(names)}]\n", module, ["everything"])
    scripts, _ = linker.bundle(everything)
    run = RUN.replace("NAMES", json.dumps(names)).replace("MODULE", json.dumps(module))
    # Two kernels in a page bring the libraries twice.
    libraries = [script for script in scripts if '"jsmodel.transpile"' in script.partition("\n")[0]]
    done = node("\n".join([runtime.read_text(), *libraries, *scripts, run]))
    assert done.returncode == 0, done.stderr
    outcomes: list[str] = json.loads(done.stdout)
    return outcomes


ROWS = rows()
FUNCTIONS = make_module([code for _, code, _ in ROWS], "rows_of_the_library")

RUN = """
jsmodel.module(MODULE, async ($m, $jsm, $py) => {
  const outcomes = [];
  for (const name of NAMES) {
    try {
      outcomes.push($py.repr(await $m[name]()));
    } catch (err) {
      outcomes.push(`raise ${$py.late.error_name(err)}: ${$py.str(err)}`);
    }
  }
  process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
});
"""


def in_python(func: FunctionType) -> str:
    try:
        value = func()
        if inspect.iscoroutine(value):
            value = asyncio.run(value)
        return repr(value)
    except BaseException as err:
        name = "error" if isinstance(err, re.error) else type(err).__name__
        return f"raise {name}: {err}"


def plain(outcome: str) -> str:
    """A float that is whole is an int, as in the browser; so is -0.0."""
    outcome = re.sub(r"(?<![\w.])(-?\d+)\.0(?![\w.])", r"\1", outcome)
    return re.sub(r"(?<![\w.])-0(?![\w.])", "0", outcome)


@pytest.fixture(scope="module")
def outcomes(runtime: Path) -> dict[int, str]:
    """What Node gives for each row that is not refused, in one run; a refusal's words where it is."""
    ran, gone = [], {}
    for index, (_, _, outcome) in enumerate(ROWS):
        if outcome.startswith("refused"):
            continue
        try:
            linker.bundle(FUNCTIONS[index])
            ran.append(index)
        except (TranspileError, ScopeError) as err:
            gone[index] = f"refused: {err}"
    return {**gone, **dict(zip(ran, run_all([FUNCTIONS[i] for i in ran], runtime), strict=True))}


@pytest.mark.parametrize("index", range(len(ROWS)), ids=[f"{s}: {c.splitlines()[0][:60]}" for s, c, _ in ROWS])
def test_the_library_gives_the_same_answers_on_both_sides(index: int, outcomes: dict[int, str]):
    _, code, outcome = ROWS[index]
    if outcome.startswith("refused"):
        with pytest.raises((TranspileError, ScopeError)) as caught:
            linker.bundle(FUNCTIONS[index])
        assert outcome.removeprefix("refused ") in str(caught.value)
        return
    here, there = in_python(FUNCTIONS[index]), outcomes[index]
    if outcome.startswith("there "):
        assert not here.startswith("raise ")
        assert there == outcome.removeprefix("there ")
        return
    if outcome == "any words":
        assert here.startswith("raise "), "a row without an exception has no words"
        here, there = here.partition(":")[0], there.partition(":")[0]
    assert plain(there) == plain(here), code


def test_each_name_that_is_offered_is_in_a_row():
    code = "\n".join(code for _, code, outcome in ROWS if not outcome.startswith("refused"))
    module = (HERE / "stdlib" / "module.txt").read_text(encoding="utf-8")
    code += "\n".join(line for line in module.splitlines() if "import " not in line)
    missing = [
        f"{module}.{name}"
        for module, offer in std.OFFERED.items()
        for name in (*offer.names, *offer.constants)
        if hasattr(sys.modules[module], name) and not re.search(rf"\b{name}\b", code)
    ]
    assert missing == []


def test_what_is_offered_is_what_the_files_have(runtime: Path):
    """The table in Python and the JS files name the same things."""
    script = """
const has = {};
jsmodel.module("look", ($m, $jsm, $py) => {
  for (const name of MODULES) has[name] = Object.keys($py.late["$" + name]).sort();
});
process.stdout.write(JSON.stringify(has), () => process.exit(0));
"""
    modules = [module for module in std.OFFERED]
    done = node("\n".join([runtime.read_text(), *_alllibraries(), script.replace("MODULES", json.dumps(modules))]))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {module: sorted(offer.names) for module, offer in std.OFFERED.items()}


def _alllibraries() -> list[str]:
    from jsmodel.transpile.libraries import libraries
    from jsmodel.transpile.pieces import Piece

    piece = Piece(("look", "look"), "", libraries=set(std.PARTS))
    return [asset.text for asset in libraries([piece])]


def test_constants_that_are_offered_are_values_that_can_be_sent():
    for module, offer in std.OFFERED.items():
        for name in offer.constants:
            value = getattr(sys.modules[module], name, 0)
            assert isinstance(value, (int, float, str)), f"{module}.{name}"


def test_a_page_that_uses_math_gets_no_more_than_that():
    (f,) = define("import math\ndef f(): return math.sin(1)\n", "sine", ["f"])
    scripts, _ = linker.bundle(f)
    assert len([script for script in scripts if "$math" in script]) == 2  # the library, and the function
    assert not any("$json" in script for script in scripts)


def test_finding_a_name_imports_no_module():
    code = "import sys; from jsmodel.transpile import std; std.find(len); print('asyncio' in sys.modules, 'random' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_the_page_of_the_docs_prints_the_table():
    page = (HERE.parents[1] / "docs" / "guide" / "standard-library.md").read_text(encoding="utf-8")
    assert std.guide() in page


CLASSES = {
    "class A(deque): pass": "A inherits from deque of Python's own library, which is not known there. Keep one in an attribute.",
    "class A:\n    turn = 3j": "the value of A.turn cannot be sent (complex is not JSON-able)",
    "class A(namedtuple('A', 'x length')): pass": "A has a field called 'length', which tuples have there. Rename it.",
}


@pytest.mark.parametrize("text", CLASSES)
def test_what_a_class_cannot_have_of_the_library_is_refused_with_a_way_out(text: str):
    header = (HERE / "stdlib" / "module.txt").read_text(encoding="utf-8")
    (f,) = define(f"{header}\n{text}\ndef f(): return A(1, 2)\n", f"refused_{list(CLASSES).index(text)}", ["f"])
    with pytest.raises((TranspileError, ScopeError)) as caught:
        linker.bundle(f)
    assert CLASSES[text] in str(caught.value)


def test_a_class_with_type_parameters_needs_nothing_of_typing(runtime: Path):
    text = """
import typing
T = typing.TypeVar("T")
class Box(typing.Generic[T]):
    def __init__(self, item: T) -> None:
        self.item = item
def f(): return Box(5).item
"""
    assert run_all(list(define(text, "generic", ["f"])), runtime) == ["5"]


def test_a_list_and_a_deque_at_the_top_of_a_module_are_one_object_wherever_they_are_used(runtime: Path):
    list(define("from collections import deque\nQ = deque([1])\ndef add(x): Q.append(x)\n", "has_a_queue", []))
    text = "import has_a_queue\nfrom has_a_queue import Q as mine, add\ndef f():\n    add(2)\n    return mine, mine is has_a_queue.Q\n"
    assert run_all(list(define(text, "uses_a_queue", ["f"])), runtime) == ["(deque([1, 2]), True)"]
