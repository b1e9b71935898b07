"""Where both sides of an operator are certainly numbers, JS does it; in all other cases the library."""

from __future__ import annotations

import re

import pytest

from jsmodel.transpile.code import transpile_function


def js_of(cell, body, *, args="n"):
    """The JS of a function, without what checks its arguments."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    func = cell(f"def go({args}):\n{lines}")["go"]
    return re.sub(r".*arguments\.length.*\n", "", transpile_function(func, label="go").body)


def helpers_in(js):
    return set(re.findall(r"py\.(?:late\.)?(\w+)\(", js))


def test_a_loop_over_a_range_calls_the_library_for_its_end_only(cell):
    js = js_of(cell, "t = 0\nfor i in range(n):\n    if i % 2 == 0:\n        t = t + i % 7\nreturn -t")
    assert helpers_in(js) == {"index", "add"}  # the sum may be too large: then add() raises
    assert js.count("add(") == 1


def test_what_cannot_leave_the_limits_is_not_compared_with_them(cell):
    js = js_of(cell, "y = 0\nfor i in range(100):\n    x = i * 3 + 1\n    y = x - 200\nreturn y // 4")
    assert "2**53" not in js
    assert helpers_in(js) == set()


def test_only_the_limit_that_can_be_left_is_compared(cell):
    js = js_of(cell, "for i in range(n):\n    x = i + 1\nreturn x")
    assert "< 2**53" in js
    assert "> -(2**53)" not in js


def test_floats_have_no_limit(cell):
    js = js_of(cell, "x = 1.5\nfor i in range(3):\n    x = x * 2.5 + i\nreturn x < 7.5")
    assert "2**53" not in js
    assert helpers_in(js) == set()


UNCERTAIN = {
    "an argument": "x = n",
    "an item": "x = n[0]",
    "a bool": "x = True",
    "None for some time": "x = None",
    "a str for some time": "x = 'a'",
    "what a loop over anything gives": "for x in n: pass",
    "what a 'with' gives": "with n as x: pass",
    "an exception": "try: pass\nexcept ValueError as x: pass",
    "what was unpacked": "x, y = n",
    "deleted": "del x",
    "assigned to in another function": "def g():\n    nonlocal x\n    x = n",
    "assigned to in JS": "RawJS('x = n')",
    "what a comprehension left": "[(x := y) for y in n]",
    "a power that may be a float, shifted": "x = 2 ** n << 1",
}


@pytest.mark.parametrize("code", UNCERTAIN.values(), ids=UNCERTAIN.keys())
def test_what_is_not_always_a_number_is_for_the_library(cell, code):
    lines = "".join(f"    {line}\n" for line in f"x = 1\n{code}\nreturn x + 1".splitlines())
    func = cell(f"from jsmodel.app import RawJS\n\ndef go(n):\n{lines}")["go"]
    assert "add" in helpers_in(transpile_function(func, label="go").body)


def test_numbers_of_the_function_around_are_known_in_a_function_inside(cell):
    js = js_of(cell, "x = 1\ndef g():\n    return x < 2\nreturn g")
    assert helpers_in(js) == set()


def test_a_local_name_that_js_needs_gets_another(cell):
    js = js_of(cell, "Math = 7\nreturn Math // 2")
    assert "Math.floor" in js
    assert not re.search(r"\bMath =", js)


def test_text_of_strings_and_integers_needs_no_library(cell):
    js = js_of(cell, "s = ''\nfor i in range(3):\n    s = f'{i}: {i + 1}'\nreturn s")
    assert helpers_in(js) == set()


def test_an_argument_made_a_number_under_another_name_is_one(cell):
    js = js_of(cell, "size = float(n)\nfor i in range(3):\n    size = size / 2 - i\nreturn size > 1")
    assert helpers_in(js) == {"float"}


def test_the_names_of_a_comprehension_are_known(cell):
    assert helpers_in(js_of(cell, "return [i * 2 for i in range(9) if i % 3]")) == {"lazy", "range"}
    assert "mul" in helpers_in(js_of(cell, "return [i * 2 for i in n]"))


def test_what_may_leave_the_limits_and_comes_back_asks_the_library_only_when_it_does(cell):
    js = js_of(cell, "h = 7\nfor i in range(n):\n    h = (h * 31 + i) % 1000003\nreturn h")
    assert helpers_in(js) == {"index", "narrow", "wide_mod", "wide_add", "wide_mul"}
    assert re.search(r"< \(2\*\*53\)\) \? \(\S+ % 1000003\) : ", re.sub("\u01c1[^\u01c1]*\u01c1", "", js))


@pytest.mark.parametrize(
    "code", ["i * 31 % 7", "(i + n) % 7", "(i * 2.5) % 7", "'ab' * 3 % ()", "i % (i * n)", "i + i * n"]
)
def test_what_stays_within_the_limits_or_does_not_come_back_is_as_ever(cell, code):
    js = js_of(cell, f"for i in range(100):\n    x = {code}\nreturn x")
    assert "wide_" not in js
