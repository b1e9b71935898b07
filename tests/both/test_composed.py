"""Constants of a module, and of a class, that hold more than JSON can say: what of them is refused, and how.

What of them is the same on both sides is in `rows/classes.txt` and `people/`.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from jsmodel.errors import CircularError, ScopeError, TranspileError
from jsmodel.transpile.modules import linker
from jsmodel.transpile.snippet import transpile_snippet

REFUSED = {
    "import os\nTHING = {'a': os.getcwd}": "'os' of Python's own library is not there",
    "class Own: pass\nTHING = {1: [Own()]}": "its value cannot be sent (Own is not JSON-able)",
    "THING = {1: 2}\nTHING['me'] = THING": "its value cannot be sent (it contains itself)",
    "class Own: pass\nclass THING:\n    x = {1: Own()}": "the value of THING.x cannot be sent (a dict with keys",
}

Write = Callable[..., Any]


@pytest.fixture
def write() -> Iterator[Write]:
    """Makes the module `user` of a text; Python may have been given another text than is found."""
    name = "composed_user"

    def run(text: str, meant: str = "") -> ModuleType:
        filename = f"<{name}>"
        linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
        module = sys.modules[name] = ModuleType(name)
        exec(compile(meant or text, filename, "exec"), vars(module))
        return module

    yield run
    del sys.modules[name], linecache.cache[f"<{name}>"]


@pytest.mark.parametrize("text", REFUSED)
def test_what_has_something_inside_that_cannot_be_had_is_refused_by_its_name(write: Write, text: str):
    module = write(f"{text}\ndef main():\n    return THING\n")
    with pytest.raises(ScopeError) as caught:
        linker.bundle(module.main)
    assert f"main uses 'THING' (<composed_user>, line {len(text.splitlines()) + 2})" in str(caught.value)
    assert REFUSED[text] in str(caught.value)


def test_a_class_that_keeps_the_classes_that_inherit_from_it_is_refused_with_the_way_round(write: Write):
    text = (
        "class Base: known = {}\nclass Sub(Base): pass\nBase.known['sub'] = Sub\ndef main():\n    return Base.known\n"
    )
    with pytest.raises(CircularError, match="Base cannot be made in the browser, since it needs itself"):
        linker.bundle(write(text).main)


ITSELF = {
    "a class that its own list has": "class THING: known = []\nTHING.known.append(THING)",
    "a class that is its own attribute": "class THING: pass\nTHING.me = THING",
    "a member in a dict of its enum": "import enum\nclass THING(enum.Enum): A = 1\nTHING.known = {1: THING.A}",
    "a function that is its own default value": "def THING(x=None): return x\nTHING.__defaults__ = (THING,)",
    "a deque in itself": "from collections import deque\nTHING = deque()\nTHING.append(THING)",
}


@pytest.mark.parametrize("what", ITSELF)
def test_what_holds_itself_is_refused_with_the_way_round(write: Write, what: str):
    module = write(f"{ITSELF[what]}\ndef main():\n    return THING\n")
    with pytest.raises(CircularError, match=r"since it needs itself: composed_user\.THING .*→ composed_user\.THING"):
        linker.bundle(module.main)


def test_classes_of_a_snippet_that_need_each_other_are_refused_as_code_that_cannot_run():
    text = "class Base: known = []\nclass Sub(Base): pass\nclass Other:\n    Base.known.append(Sub)\nres = Base.known\n"
    with pytest.raises(
        TranspileError, match="Base cannot be made in the browser, since it needs itself: .*Sub"
    ) as caught:
        transpile_snippet(text)
    assert caught.value.filename == "<snippet>"


def test_a_range_of_integers_that_are_not_exact_is_refused_by_its_name(write: Write):
    module = write("THING = {1: range(2**60, 2**60 + 3)}\ndef main():\n    return THING\n")
    with pytest.raises(ScopeError, match="main uses 'THING' .* is beyond 2\\*\\*53"):
        linker.bundle(module.main)


def test_lambdas_of_a_line_that_cannot_be_told_apart_are_refused(write: Write):
    text = "A, B = lambda: 1, lambda: 2\ndef main():\n    return A()\n"
    module = write(text, text.replace("lambda: 1", "lambda: 1 + len([])"))
    with pytest.raises(TranspileError) as caught:
        linker.bundle(module.main)
    assert "which of the 2 functions of this line is meant cannot be told" in str(caught.value)
    assert "Give each a line of its own." in str(caught.value)
    assert caught.value.lineno == 1


def test_lambdas_of_a_line_that_call_what_a_module_has_are_told_apart(write: Write):
    text = "import math\nfs = [lambda *a: sum(a), lambda *a: math.hypot(*a)]\ndef main():\n    return fs[1](3, 4)\n"
    scripts = "".join(linker.bundle(write(text).main)[0])
    assert "$math.hypot" in scripts and scripts.count("$py.late.sum(a)") == 1
