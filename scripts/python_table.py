"""Writes docs/python-in-the-browser.md: the table that tests/both/ holds to both sides.

The text of the page is here, what is in its tables comes from tests/both/rows/. `--check` says whether the
page is up to date, and writes nothing.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "python-in-the-browser.md"
sys.path.insert(0, str(ROOT / "tests" / "both"))

from table import KNOWN_DIFFERENCES, SECTIONS, Row, all_rows  # noqa: E402

HEAD = """\
# Python in the browser

What is in `class JS` and `class Both` runs in the browser as JavaScript, and it means there what it means in Python, or it is refused when the class is made,
with the place, the name of the construct, and what to write instead. Below is what that was tried with: {total} constructs, of which {same} are the same
({share} %) and {refused} are refused. Each runs in CPython and, transpiled, in [Node](https://nodejs.org) whenever the tests of jsmodel run, and both must give
the same value, or the same exception. Beside them programs are made at random, and compared in the same way.

!!! warning "What differs"

    JavaScript has one kind of number, its functions may be called with more arguments than they ask for where the code does not say which function it is, and lists and dicts are objects of JavaScript there:

    | | in Python | in the browser |
    |---|---|---|
{differences}

    * A whole float is shown as one, `2.0`, where the code says that it is one: an expression such as `a / 2` or `float(x)`, a name that only holds such, a value of the module, what a loop takes out of
      floats, a property that is checked by `float()`, a function or method that gives nothing else. Attributes, arguments, and what is in a list, have no such mark: write `f"{{x:.1f}}"`. An annotation says nothing: Python lets an int pass for a `float`.
    * `x.name` of a list or dict raises AttributeError where the code says what `x` is; elsewhere it may be an object of JavaScript, and is read as one.
    * `getattr()` and `hasattr()` know what is Python's. Keys of a dict they take for attributes, since it may be an object of JavaScript.
    * A digit beyond ASCII is no digit to `int()` and `float()`: they raise `ValueError`.
    * The order of what is in a set is the order in which it came. In Python it is nobody's: sort it before you show it.
    * Integers beyond 2<sup>53</sup> are refused, or raise `OverflowError`: they would not be exact. An expression that only passes through them is exact, where what multiplies or shifts stands on the left of `%`, `//`, `>>`, or beside `&`: `(h * 31 + ord(c)) % m`. There, a whole float that is not known to be one counts as an integer.
    * A generator that is dropped before its end is not closed, so what is in its `finally` does not run. Use `with`, or call `close()`.
    * Generators are those of JavaScript. What an exception says may be the words of the browser's engine, where a method is missing or something is called that is no function. Its type is Python's.

You can try it yourself, without a browser:

```python
from jsmodel.testing import run_js

assert run_js("res = [-7 // 2, 'abc'[-1], sorted([10, 9, 1])]") == [-4, "c", [1, 9, 10]]
```

See [jsmodel.testing](reference/testing.md). What there is of Python's modules: [the standard library](guide/standard-library.md).

## Totals

| | constructs | the same | refused |
|---|---:|---:|---:|
{totals}
"""

TITLES = {
    "lists-and-tuples": "Lists and tuples",
    "control-flow": "Control flow",
    "with": "The with statement",
    "match": "The match statement",
    "arguments": "Arguments of functions",
    "operators": "Operators",
    "modules": "Modules and built-ins",
    "javascript": "Things of JavaScript",
}

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|~:&\"'$=^]")


def code(text: str) -> str:
    """Code of any number of lines in the cell of a table."""
    lines = []
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip(" "))
        shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line.strip())
        lines.append("&nbsp;" * indent + _SPECIAL.sub(lambda m: f"&#{ord(m[0])};", shown))
    return f"<code>{'<br>'.join(lines)}</code>"


def outcome(row: Row) -> str:
    """What is said of a row, for people."""
    if row.kind == "refused":
        return f"**refused**: {prose(row.words)}"
    if row.kind == "raises":
        return f"**refused** when it runs: {prose(row.words)}"
    if row.kind == "gives":
        return f"gives {code(row.words)}"
    return "same exception, in other words" if row.words else "same"


def prose(text: str) -> str:
    return html.escape(_SPECIAL.sub(lambda m: f"\\{m[0]}" if m[0] in "\\`*_{}[]#|~" else m[0], text), quote=False)


def title(section: str) -> str:
    return TITLES.get(section, section.capitalize())


def is_same(row: Row) -> bool:
    return row.kind in ("same", "gives")


def counts(name: str, rows: list[Row]) -> str:
    same = sum(map(is_same, rows))
    return f"| {name} | {len(rows)} | {same} | {len(rows) - same} |"


def sections(rows: list[Row]) -> Iterator[str]:
    """The tables; what is refused stands first in each, where people look for it."""
    for section in SECTIONS:
        own = [row for row in rows if row.section == section]
        if own:
            yield f"## {title(section)}\n\n| construct | |\n|---|---|"
            yield from (f"| {code(row.code)} | {outcome(row)} |" for row in sorted(own, key=is_same))
            yield ""


def page() -> str:
    """The text of the page."""
    rows = all_rows()
    same = sum(map(is_same, rows))
    by_section = [(title(s), [row for row in rows if row.section == s]) for s in SECTIONS]
    head = HEAD.format(
        total=f"{len(rows):,}",
        same=f"{same:,}",
        refused=len(rows) - same,
        share=100 * same // len(rows),
        differences="\n".join(
            f"    | {code(source)} | {code(here)} | {code(there)} |"
            for source, (here, there) in KNOWN_DIFFERENCES.items()
        ),
        totals="\n".join(
            [
                *(counts(f"[{name}](#{anchor(name)})", own) for name, own in by_section if own),
                counts("**all**", rows),
            ]
        ),
    )
    return head + "\n" + "\n".join(sections(rows)).rstrip() + "\n"


def anchor(name: str) -> str:
    return name.lower().replace(" ", "-")


def main(arguments: list[str]) -> int:
    text = page()
    if "--check" in arguments:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print(f"{PAGE.relative_to(ROOT)} is not up to date: run python scripts/python_table.py", file=sys.stderr)
        return 1
    PAGE.write_text(text, encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}: {len(text) // 1024} KiB.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
