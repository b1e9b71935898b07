"""Classes of the user, whole: each row runs in CPython and in Node, and both must say the same.

A row is the body of a function. It runs twice: as it is, so that its classes are
made inside of the function; and with its classes at the top of a module, so that
they are read from the live class. Where an exception gets out, its words count, too.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import linecache
import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from class_rows import TABLE
from runner import node
from table import whole

from jsmodel.errors import ScopeError, TranspileError
from jsmodel.transpile.modules import linker

_MARKS = re.compile(
    r"  # (refused|live refused|local refused|raises|words|only live|only local|since)(?:: ?)?(.*?)(?=  # |$)", re.M
)


def rows() -> list[tuple[str, str, dict[str, str]]]:
    out = []
    section = ""
    for row in re.split(r"\n(?!\.\.\. )", TABLE.strip()):
        if row.startswith("-- "):
            section = row[3:]
        elif row:
            marks = {m[1]: m[2] for m in _MARKS.finditer(row)}
            out.append((section, _MARKS.sub("", row).replace("\n... ", "\n").strip(), marks))
    return out


ROWS = rows()
FORMS = ("local", "live")


def module_of(index: int, form: str, code: str) -> Any:
    """The function of a row, in a module of its own."""
    name = f"class_{form}_{index}"
    tree = ast.parse(f"async def row():\n{textwrap.indent(code, '    ')}")
    top: list[ast.stmt] = []
    body: list[ast.stmt] = tree.body[0].body  # type: ignore[attr-defined]
    if form == "live":
        kinds = (ast.ClassDef, ast.Import, ast.ImportFrom)
        count = next((i for i, s in enumerate(body) if not isinstance(s, kinds)), len(body))
        top, body = body[:count], body[count:]
    else:
        top = [s for s in body if isinstance(s, (ast.Import, ast.ImportFrom))]
        body = [s for s in body if s not in top]
    head = "async def" if re.search(r"\bawait\b|async for|async with", "\n".join(map(ast.unparse, body))) else "def"
    text = "\n".join(
        [*map(ast.unparse, top), f"{head} row():", *(textwrap.indent(ast.unparse(s), "    ") for s in body), ""]
    )
    filename = f"<{name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    module = sys.modules[name] = ModuleType(name)
    exec(compile(text, filename, "exec"), vars(module))
    return module


def in_python(func: Any) -> str:
    try:
        value = func()
        if inspect.iscoroutine(value):
            value = asyncio.run(value)
        return repr(whole(value))
    except Exception as err:
        return f"raise {type(err).__name__}: {err}"


RUN = """
const outcomes = [];
(async () => {
  for (const name of NAMES)
    await new Promise((done) => jsmodel.module(name, async ($m, $jsm, $py) => {
      try {
        outcomes.push($py.repr((await $m.row()) ?? null));
      } catch (err) {
        outcomes.push(`raise ${$py.late.error_name(err)}: ${$py.str(err)}`);
      }
      done();
    }));
  process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
})();
"""


def applies(form: str, marks: dict[str, str]) -> bool:
    if "since" in marks and sys.version_info < tuple(int(n) for n in marks["since"].split(".")):
        return False
    return f"only {'live' if form == 'local' else 'local'}" not in marks


CASES = [(i, form) for i, (_, _, marks) in enumerate(ROWS) for form in FORMS if applies(form, marks)]


@pytest.fixture(scope="module")
def outcomes(runtime: Path) -> dict[tuple[int, str], tuple[str, str]]:
    """What Python, and what Node gives for each row; a refusal's words where it was refused."""
    found: dict[tuple[int, str], tuple[str, str]] = {}
    ran: list[tuple[int, str]] = []
    scripts: list[str] = []
    for index, form in CASES:
        try:
            module = module_of(index, form, ROWS[index][1])
        except Exception as err:
            found[index, form] = f"raise {type(err).__name__}: {err}", "raised in Python"
            continue
        try:
            scripts += linker.bundle(module.row)[0]
        except (TranspileError, ScopeError) as err:
            found[index, form] = "", f"refused: {err}"
        else:
            ran.append((index, form))
            found[index, form] = in_python(module.row), ""
    run = RUN.replace("NAMES", json.dumps([f"class_{form}_{index}" for index, form in ran]))
    done = node("\n".join([runtime.read_text(), *dict.fromkeys(scripts), run]))
    assert done.returncode == 0, done.stderr
    for case, there in zip(ran, json.loads(done.stdout), strict=True):
        found[case] = found[case][0], there
    return found


@pytest.mark.parametrize(
    ("index", "form"), CASES, ids=[f"{ROWS[i][0]}, {form}: {ROWS[i][1].splitlines()[0][:40]} {i}" for i, form in CASES]
)
def test_a_class_does_in_the_browser_what_it_does_in_python(
    index: int, form: str, outcomes: dict[tuple[int, str], tuple[str, str]]
):
    _, code, marks = ROWS[index]
    here, there = outcomes[index, form]
    refused = marks.get(f"{form} refused", marks.get("refused"))
    if refused is not None:
        assert there.startswith("refused: "), there
        assert refused in there
    elif "raises" in marks:
        assert there.startswith(f"raise {marks['raises']}"), code
    elif "words" in marks:  # the kind of error is the same, its words are not
        assert there.partition(":")[0] == here.partition(":")[0], code
        assert there.startswith("raise ")
    else:
        assert there == here, code


def test_most_rows_are_the_same():
    same = [r for r in ROWS if not any(mark in r[2] for mark in ("refused", "live refused", "local refused", "raises"))]
    assert len(ROWS) >= 200
    assert len(same) / len(ROWS) >= 0.8
    assert len({code for _, code, _ in ROWS}) == len(ROWS)
