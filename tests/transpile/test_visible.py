"""What of a Python file leaves Python: the code that runs in the browser, and nothing of the other half."""

from __future__ import annotations

import importlib
import itertools
import json
import linecache
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jsmodel import app
from jsmodel.client import ship_inline
from jsmodel.transpile.modules import linker
from jsmodel.transpile.visible import WORDS, visible_text

count = itertools.count()

SECRET = "hunter2"

#: A file that says a password wherever it is none of a page's business.
FILE = '''\
"""The password is hunter2."""
from jsmodel import app, event

PASSWORD = "hunter2"  # not hunter3


def log_in(name="hunter2"):
    return name + "hunter2"


def strength(password="hunter2"[:0], *, least: "more than hunter2" = len("hunter2")) -> "hunter2":
    """As of hunter2."""
    # hunter2 is weak
    size: "hunter2" = len(password)  # hunter2
    "hunter2"
    return size > least


both = (lambda: "hunter2", lambda x: x + 1)
plus = both[1]


def made(n, key="hunter2"):
    return (lambda x: x * n), key


times = made(3)[0]


class Door(app.Model,  # hunter2
           metaclass=type(app.Model)):
    """Opens with hunter2."""

    key = "hunter2"

    def open(self, key):
        return key == "hunter2"

    class Both:
        @event.prop
        def tries(self, v=0):
            """Until hunter2 is found."""
            return int(v)

    class JS:
        @event.connect("tries")
        def on_tries(self, *events):
            note = """\\
            # a text, no comment
            """
            return [strength("x"), plus(self.tries), times(2), note]
'''


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A module that says a password in its Python half."""
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"door{next(count)}"
    (tmp_path / f"{name}.py").write_text(FILE)
    linecache.checkcache()
    yield importlib.import_module(name)
    del sys.modules[name]


def shown(module: Any) -> str:
    """The file in the source map of its JS module."""
    (chunk,) = [a for a in linker.assets_for([module.Door]) if a.name == f"{module.__name__}.js"]
    (text,) = linker.origins.source_map(chunk.hash)["sourcesContent"]
    return str(text)


def test_a_map_shows_the_code_that_runs_in_the_browser_where_it_stands(door):
    lines, all_lines = shown(door).splitlines(), FILE.splitlines()
    assert len(lines) == len(all_lines)
    assert {number: line for number, line in enumerate(lines, 1) if line} == {
        1: WORDS,
        11: "def strength(password=             , *, least:                     =               ) ->          :",
        14: "    size:           = len(password)",
        16: "    return size > least",
        19: "                           lambda x: x + 1",
        24: "            lambda x: x * n",
        30: "class Door",
        39: "    class Both",
        41: "        def tries(self, v=0):",
        43: "            return int(v)",
        45: "    class JS",
        **{n: all_lines[n - 1] for n in range(47, 52)},
    }


def test_what_python_keeps_is_in_nothing_that_leaves_it(door, session, page, tmp_path):
    model = door.Door(session=session)
    session.flush()
    assets = linker.assets_for([door.Door])
    told = json.dumps(page.ops())
    maps = [linker.origins.source_map(asset.hash) for asset in assets if linker.origins.knows(asset.hash)]
    (tmp_path / "out").mkdir()
    page_of_it = app.export(model, tmp_path / "out" / "door.html", link=0).read_text()
    folder = app.export(door.Door, tmp_path / "out" / "linked.html", link=3).parent
    everything = [
        told,
        json.dumps(maps),
        page_of_it,
        *(asset.text for asset in assets),
        *(ship_inline(asset)["code"] for asset in assets),
        *(path.read_text() for path in folder.rglob("*") if path.is_file()),
    ]
    assert "strength" in page_of_it and any("strength" in json.dumps(found) for found in maps)
    assert not [text[:200] for text in everything if SECRET in text]


def test_python_itself_still_reads_its_file(door):
    (chunk,) = [a for a in linker.assets_for([door.Door]) if a.name == f"{door.__name__}.js"]
    lines = chunk.text.splitlines()
    number = next(i for i, line in enumerate(lines) if "return " in line and "least" in line)
    place = linker.origins.place(chunk.hash, number, lines[number].index("return"))
    assert place is not None and place.file.line(place.line) == "    return size > least"
    assert place.file.lines == tuple(FILE.splitlines(keepends=True))


def test_a_module_that_is_sent_as_a_whole_is_shown_without_its_comments(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    text = '"""hunter2"""\n__pyscript__ = True\nimport os  # hunter2\nsizes = [1,  # hunter2\n         2]\n"hunter2"\ndef size(i):\n    return sizes[i]\n'
    (tmp_path / "whole_door.py").write_text(text)
    user = "from whole_door import size\ndef main():\n    return size(1)\n"
    (tmp_path / "whole_user.py").write_text(user)
    linecache.checkcache()
    main = importlib.import_module("whole_user").main
    scripts, _ = linker.bundle(main)
    (found,) = [
        content
        for hash_ in linker.origins._passing
        for source_map in [linker.origins.source_map(hash_)]
        if source_map is not None
        for source, content in zip(source_map["sources"], source_map["sourcesContent"], strict=True)
        if source.endswith("whole_door.py")
    ]
    assert found.splitlines() == [
        WORDS, "__pyscript__ = True", "", "sizes = [1,", "         2]", "", "def size(i):", "    return sizes[i]",
    ]  # fmt: skip
    assert "sizes" in "".join(scripts)


#: What Python before 3.12 cannot read.
BOUNDED = [("def f[T: 'hunter2'](a): return a\n", [(1, 24)], ["def f[            ](a): return a"])][
    : sys.version_info >= (3, 12)
]


def visible(source: str, *starts: int, places: list[tuple[int, int]]) -> list[str]:
    lines = tuple(source.splitlines(keepends=True))
    return visible_text(lines, frozenset(starts), frozenset(places), False).splitlines()


@pytest.mark.parametrize(
    ("source", "places", "expected"),
    [
        *BOUNDED,
        ("def py(): return lambda: 1, 'hunter2'\n", [(1, 17)], [17 * " " + "lambda: 1"]),
        ("f = lambda: 'hunter2'; g = lambda: 2\n", [(1, 27)], [27 * " " + "lambda: 2"]),
        ("x = 'ä€😀'; f = lambda: 'ß'  # hunter2\n", [(1, 21)], [15 * " " + "lambda: 'ß'"]),
        ("if 1:\n\tdef f(): return '#'  # hunter2\r\n", [(2, 10)], [WORDS, "\tdef f(): return '#'"]),
        ("def f(:\n    return 'hunter2'\n", [(2, 4)], [WORDS, ""]),
        ("x = (lambda:\n  [1, # hunter2\n   2], 'hunter2')\n", [(1, 5)], [5 * " " + "lambda:", "  [1,", "   2]"]),
    ],
    ids=[*["bound"] * len(BOUNDED), "in a line", "beside", "letters", "tab and CRLF", "broken", "over lines"],
)
def test_what_stands_beside_the_code_is_blank(source, places, expected):
    start = places[0][0]
    assert visible(source, start, places=places) == expected


def test_what_this_is_js_keeps_from_the_browser_is_blank():
    source = """\
def f(a):
    if not this_is_js():
        a = "hunter2"
    if this_is_js():
        return a
    elif a == "hunter2":
        a = 1
    else:
        return "hunter2"
    if a:
        return 1
    else:
        return 2
"""
    lines = source.splitlines()
    expected = [*lines[:2], WORDS, *lines[3:5], "", "", "", "", *lines[9:]]
    assert visible(source, 1, places=[(5, 8)]) == expected


def test_a_text_without_code_for_the_browser_is_blank():
    assert visible("a = 'hunter2'\nb = 2\n", places=[]) == [WORDS, ""]


def test_a_file_beside_a_notebook_keeps_its_secrets(door, session, page):
    """What is told to a page over a comm has its maps inside."""
    door.Door(session=session)
    session.flush()
    codes = [op["code"] for op in page.ops("define") if op["name"] == f"{door.__name__}.js"]
    assert codes and "sourceMappingURL=data:" in codes[0]
