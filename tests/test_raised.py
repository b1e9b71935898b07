"""Exceptions that cross over: which class they are of on the other side, and what they bring along."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jsmodel import app, event
from jsmodel.errors import CallError
from jsmodel.event import loop
from jsmodel.transpile.modules import linker


class TooFar(ValueError):
    """Known on both sides."""

    limit = 3

    def __init__(self, steps, *rest):
        super().__init__(f"{steps} steps", *rest)
        self.steps = steps
        ran.append(steps)

    def again(self):
        return "method"

    @property
    def double(self):
        return self.steps * 2


class Worst(TooFar):
    pass


class Hidden(LookupError):
    """Known in Python only."""


ran: list[Any] = []


class Walker(app.Model):
    @app.exposed
    def walk(self, kind):
        err = {
            "far": TooFar(7),
            "worst": Worst(8),
            "hidden": Hidden("secret"),
            "key": KeyError("k"),
            "zero": ZeroDivisionError("by 0"),
        }[kind]
        if kind == "far":
            err.route, err._private, err.file = ["a", {"b": (1, 2.5)}], "private", open  # type: ignore[attr-defined]
        raise err

    class Both:
        @event.prop
        def steps(self, v=0):
            return int(v)

    class JS:
        def go(self):
            try:
                return self.steps
            except Worst:
                return TooFar.limit


class Quiet(app.Model):
    class JS:
        def go(self):
            return 1


@pytest.fixture
def walker(session, page):
    model = Walker(session=session)
    session.flush()
    page.read()
    ran.clear()
    return model


# -- from Python


def told(page: Any, model: Any, kind: str) -> dict[str, Any]:
    """What JS is told of an exception."""
    page.say({"op": "call", "id": model.id, "name": "walk", "args": [kind], "call": 1})
    model.session.flush()
    (reply,) = page.ops("reply")
    return {key: value for key, value in reply.items() if key not in ("op", "call")}


def test_js_gets_one_of_the_class_that_it_uses_with_arguments_and_attributes_that_can_cross(walker, page):
    assert told(page, walker, "far") == {
        "error": "7 steps",
        "type": "ValueError",
        "raised": [
            __name__,
            "TooFar",
            ["7 steps"],
            {"steps": 7, "route": ["a", {"b": {"$": "t", "v": [1, 2.5]}}]},
        ],
    }


def test_the_nearest_class_counts_that_js_code_uses(walker, page):
    assert told(page, walker, "worst")["raised"][:2] == [__name__, "Worst"]


def test_of_other_classes_js_gets_the_nearest_of_pythons_own_and_the_words(walker, page):
    assert told(page, walker, "hidden") == {"error": "secret", "type": "LookupError"}
    assert told(page, walker, "zero") == {"error": "by 0", "type": "ZeroDivisionError"}
    assert told(page, walker, "key") == {"error": "k", "type": "KeyError"}


# -- from JS


def failed(page: Any, model: Any, **reply: Any) -> CallError:
    """What Python raises when the browser answers a call with an exception."""
    asked = model.js.go()
    loop.flush()
    page.say({"op": "reply", "call": page.ops("call")[0]["call"], "error": "words", **reply})
    with pytest.raises(CallError) as info:
        asked.result(1)
    return info.value


def errors(name: str, words: str = "words") -> list[list[str]]:
    return [[name, words, ""]]


def test_an_exception_of_python_is_raised_as_that_and_as_an_error_of_the_call(walker, page):
    err = failed(page, walker, errors=errors("ZeroDivisionError"), raised=["", ["division by zero"], {}])
    assert isinstance(err, ZeroDivisionError) and isinstance(err, CallError)
    assert err.args == ("division by zero",)
    assert str(err).startswith(f"Walker #{walker.id}.JS.go() failed in the browser: words")


def test_an_exception_of_the_models_code_is_caught_as_that_and_no_init_runs(walker, page):
    attrs = {"steps": 4, "_private": 1, "again": 2, "double": 3, "__class__": 4, "with space": 5, "limit": 6}
    err: Any = failed(page, walker, errors=errors("TooFar"), raised=[f"{__name__}:TooFar", ["4 steps", 5], attrs])
    assert isinstance(err, TooFar) and isinstance(err, ValueError)
    assert (err.args, err.steps, err.double, err.again(), err.limit) == (("4 steps", 5), 4, 8, "method", 6)
    assert not hasattr(err, "_private") and ran == []


def test_it_is_natural_to_catch(walker, page):
    async def main() -> str:
        asked = walker.js.go()
        loop.flush()
        page.say(
            {"op": "reply", "call": page.ops("call")[0]["call"], "error": "TooFar: x", "raised": [f"{__name__}:TooFar", ["x"], {}]}
        )  # fmt: skip
        try:
            await asked
        except LookupError:
            return "lookup"
        except TooFar as err:
            return f"too far: {err.args[0]}"
        return "nothing"

    assert asyncio.run(main()) == "too far: x"


@pytest.mark.parametrize(
    ("name", "raised"),
    [
        ("SystemExit", None),
        ("StopIteration", None),
        ("KeyboardInterrupt", ["", [], {}]),
        ("CancelledError", None),
        ("print", None),
        ("CallError", ["jsmodel.errors:CallError", [], {}]),
        ("Hidden", [f"{__name__}:Hidden", ["x"], {}]),
        ("Popen", ["subprocess:Popen", [["ls"]], {}]),
        ("CalledProcessError", ["subprocess:CalledProcessError", [1, "ls"], {}]),
        ("Walker", [f"{__name__}:Walker", [], {}]),
        ("TooFar", ["other:TooFar", [], {}]),
        ("ExceptionGroup", None),
    ],
)
def test_no_other_class_comes_of_what_a_browser_says(walker, page, name, raised):
    assert type(failed(page, walker, errors=errors(name), raised=raised)) is CallError


@pytest.mark.parametrize(
    "raised",
    ["text", 5, {}, [], ["", []], ["", "args", {}], ["", [], []], [5, [], {}], ["", [], {f"a{i}": 1 for i in range(51)}]],
)  # fmt: skip
def test_what_is_malformed_is_as_if_nothing_was_said_but_the_name(walker, page, raised):
    err = failed(page, walker, errors=errors("ValueError", "no"), raised=raised)
    assert isinstance(err, ValueError) and err.args == ("no",)


def test_a_caller_does_not_wait_for_ever_for_what_cannot_be_read(walker, page):
    asked = walker.js.go()
    loop.flush()
    page.say({"op": "reply", "call": page.ops("call")[0]["call"], "error": "words", "raised": {"$": "nothing", "v": 1}})
    with pytest.raises(CallError, match="gave an answer that cannot be read"):
        asked.result(1)


def test_a_class_that_only_the_code_of_another_session_uses_is_not_made(walker, session, join, open_page):
    from jsmodel.session import Session

    other = Session("other")
    try:
        quiet = Quiet(session=other)
        page = open_page(other)
        other.flush()
        page.read()
        assert linker.home_of(TooFar) == (__name__, "TooFar")
        err = failed(page, quiet, errors=errors("TooFar"), raised=[f"{__name__}:TooFar", ["x"], {}])
        assert type(err) is CallError
    finally:
        other.close()


class Careful(app.Model):
    class JS:
        def go(self):
            try:
                return 1
            except ConnectionError:
                return 2


def test_errors_of_the_system_have_their_numbers(session, page):
    model = Careful(session=session)
    session.flush()
    page.read()
    err: Any = failed(page, model, errors=errors("OSError"), raised=["", [2, "No such file"], {"errno": 2}])
    assert isinstance(err, OSError) and (err.errno, err.strerror) == (2, "No such file")


def test_arguments_that_a_class_cannot_have_leave_an_error_of_the_call(walker, page):
    err = failed(page, walker, errors=errors("UnicodeDecodeError"), raised=["", ["x"], {}])
    assert isinstance(err, CallError) and "failed in the browser" in str(err)
    assert repr(err) and err.args
