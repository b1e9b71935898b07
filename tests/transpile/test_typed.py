"""The source of what was typed at a plain prompt: found in the line editor's history, or not at all."""

from __future__ import annotations

import textwrap
import types
from typing import Any

import pytest

from jsmodel.transpile.typed import find


class Typed:
    """What was typed, and what came of it."""

    def __init__(self, *statements: str) -> None:
        self.history: list[str] = []
        self.names: dict[str, Any] = {"decorated": lambda cls: cls}
        for statement in statements:
            lines = textwrap.dedent(statement).strip("\n").split("\n")
            self.history += lines
            exec(compile("\n".join(lines) + "\n", "<stdin>", "single"), self.names)

    def __getitem__(self, name: str) -> types.FunctionType:
        return self.names[name]


def counter(default: str) -> str:
    return f"""
@decorated
class Counter:
    class JS:
        def count(self, n={default}, *, k=None):
            return n
"""


def test_a_method_is_found_in_its_class_with_its_decorators() -> None:
    typed = Typed("import sys", counter("0"), "counter = Counter()")
    lines = find(typed.names["Counter"].JS.count, typed.history)
    assert lines[0] == "@decorated\n" and lines[-1] == "            return n\n"
    assert len(lines) == 5


@pytest.mark.parametrize(("before", "after"), [("0", "1"), ("0", "0.0"), ("'a'", "'b'"), ("()", "[]")])
def test_of_several_versions_the_right_one_is_found_also_if_only_a_default_differs(before: str, after: str) -> None:
    typed = Typed(counter(before), "old = Counter", counter(after))
    assert f"n={before}, " in find(typed.names["old"].JS.count, typed.history)[3]
    assert f"n={after}, " in find(typed.names["Counter"].JS.count, typed.history)[3]


def test_of_versions_that_are_the_same_the_newest_is_found() -> None:
    typed = Typed(counter("0") + "    first = 1\n", counter("0") + "    second = 2\n")
    assert find(typed.names["Counter"].JS.count, typed.history)[-1] == "    second = 2\n"


def test_a_statement_of_several_parts_is_found_whole() -> None:
    statement = """
    if len([]):
        def f(): return 1
    else:
        def f(): return 2
    """
    typed = Typed("x = 1", statement, "f()")
    assert find(typed["f"], typed.history) == [
        "if len([]):\n",
        "    def f(): return 1\n",
        "else:\n",
        "    def f(): return 2\n",
    ]


def test_brackets_may_be_closed_at_the_margin() -> None:
    typed = Typed("g = [\n    lambda a, b=len: a + 1,\n]")
    assert len(find(typed.names["g"][0], typed.history)) == 3


@pytest.mark.parametrize("history", [[], ["def f(): return 2"], ["def f(:", "    return 1"], ["# def f(): return 1"]])
def test_what_is_not_in_the_history_is_not_made_up(history: list[str]) -> None:
    assert find(Typed("def f(): return 1")["f"], history) == []
