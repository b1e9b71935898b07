"""Arguments of calls across: they are put in their places as Python does it, or refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from jsmodel import app, event
from jsmodel.arguments import place
from jsmodel.errors import ValueNotSendable
from jsmodel.event import loop


class Pen(app.Model):
    @app.exposed
    def add(self, a, b=2, *, c=3, **more):
        return [a, b, c, more]

    def hidden(self):
        return None

    class Both:
        @event.emitter
        def moved(self, x, y=0):
            return {"x": x, "y": y}

    class JS:
        def line(self, x, y=1, z=(2, 3)):
            """A line from x to y."""
            return [x, y, z]

        def dots(self, x, *rest):
            return [x, *rest]

        def named(self, x, *, width=1):
            return [x, width]

        @event.connect("!moved")
        def on_moved(self, *events):
            return None


@pytest.fixture
def pen(session, page):
    pen = Pen(session=session)
    session.flush()
    page.read()
    return pen


def sent(page: Any) -> list[Any]:
    loop.flush()
    return [(op["args"], op.get("kwargs")) for op in page.ops("call")]


def test_arguments_are_sent_in_their_order_whether_they_have_names_or_not(pen, page):
    pen.js.line(1, 2)
    pen.js.line(z=(2, 3), y=5, x=4)
    pen.js.dots(1, 2, 3)
    pen.js.on_moved()
    assert sent(page) == [([1, 2], None), ([4, 5, {"$": "t", "v": [2, 3]}], None), ([1, 2, 3], None), ([], None)]


def test_names_that_are_left_out_have_their_default_values(pen, page):
    pen.js.line(y=5, x=4)
    pen.js.line(1, z=None)
    pen.js.moved(x=5)
    assert sent(page) == [([4, 5], None), ([1, 1, None], None), ([5], None)]


def test_names_that_only_names_reach_go_along(pen, page):
    pen.js.named(1, width=2)
    pen.js.named(1)
    assert sent(page) == [([1], {"width": 2}), ([1], None)]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda js: js.line(), "missing a required argument: 'x'"),
        (lambda js: js.line(1, 2, 3, 4), "too many positional arguments"),
        (lambda js: js.line(1, x=2), "multiple values for argument 'x'"),
        (lambda js: js.line(1, color=2), "got an unexpected keyword argument 'color'"),
        (lambda js: js.dots(), "missing a required argument: 'x'"),
        (lambda js: js.named(1, 2), "too many positional arguments"),
    ],
)
def test_what_python_would_not_call_is_refused_before_it_is_sent(pen, page, call, words):
    with pytest.raises(TypeError, match=rf"Pen\.JS\.\w+\(\) was not called: {words}\. The method runs in the browser"):
        call(pen.js)
    assert sent(page) == []


def test_the_refusal_tells_the_parameters(pen):
    with pytest.raises(TypeError, match=r"takes \(x, y=1, z=\(2, 3\)\) as it would in Python"):
        pen.js.line()


def test_a_value_that_cannot_be_sent_is_named_by_its_place(pen):
    with pytest.raises(ValueNotSendable, match="at argument 'width' to the browser"):
        pen.js.named(1, width=open)
    with pytest.raises(ValueNotSendable, match="at argument 1 to the browser"):
        pen.js.line(1, y=open)


def test_an_inherited_method_has_its_own_parameters_and_an_overridden_one_the_new():
    class Brush(Pen):
        class JS:
            def line(self, x):
                return x

    known = Brush._jsm_js_methods
    assert place(known["dots"], "", (1, 2), {}) == ([1, 2], {})
    with pytest.raises(TypeError, match="too many"):
        place(known["line"], "", (1, 2), {})


def test_the_browser_may_name_arguments_of_what_it_calls(pen, page):
    page.say({"op": "call", "id": pen.id, "name": "add", "args": [1], "kwargs": {"c": 5, "d": [6]}, "call": 1})
    assert page.ops("reply")[0]["value"] == [1, 2, 5, {"d": [6]}]


def test_names_that_the_method_does_not_have_are_an_error_of_the_caller(pen, page):
    page.say({"op": "call", "id": pen.id, "name": "add", "args": [1], "kwargs": {"a": 5}, "call": 1})
    (reply,) = page.ops("reply")
    assert (reply["type"], reply["error"]) == ("TypeError", "Pen.add() got multiple values for argument 'a'")


def test_the_methods_of_the_other_side_are_offered_with_what_they_are_for(pen):
    assert set(dir(pen.js)) == {"line", "dots", "named", "moved", "on_moved"}
    assert (pen.js.line.__qualname__, pen.js.line.__doc__) == ("Pen.JS.line", "A line from x to y.")


# -- on the wrong side


class Drawing(Pen):
    class JS:
        @event.prop
        def strokes(self, v=0):
            return int(v)


def test_python_is_told_that_a_method_is_on_the_other_side_and_how_to_call_it():
    drawing = Drawing()
    with pytest.raises(
        AttributeError,
        match=r"'Drawing' object has no attribute 'dots' in Python: it is a method of its 'class JS', which runs in the browser\. Call it with self\.js\.dots\(\)",
    ):
        drawing.dots(1)
    assert not hasattr(drawing, "dots")


def test_python_is_told_that_a_property_is_on_the_other_side():
    with pytest.raises(AttributeError, match="'strokes' in Python: it is a property of its 'class JS'.* Put it into"):
        print(Drawing().strokes)
    with pytest.raises(AttributeError, match="^'Drawing' object has no attribute 'nothing'$"):
        print(Drawing().nothing)


STACK = "TypeError\n    at somewhere"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("this.add is not a function", "Pen.add is a method of Python's side. Write 'await self.py.add(…)'."),
        (
            "this.hidden is not a function. (In 'this.hidden()', …)",
            "Pen.hidden is a method of Python's side. Mark it with @app.exposed, and write 'await self.py.hidden(…)'.",
        ),
        (
            "'Pen' object has no attribute 'ink'",
            "Pen.ink is an attribute of Python's side. Make it a property in 'class Both'",
        ),
    ],
)
def test_an_error_of_js_code_that_means_something_of_pythons_says_so(pen, page, caplog, words, hint):
    pen.ink = "blue"
    page.say({"op": "error", "id": pen.id, "title": "x", "number": 1, "errors": [("TypeError", words, STACK)]})
    assert hint in caplog.text


@pytest.mark.parametrize(
    "words", ["this.line is not a function", "this._jsm_id is not a function", "'Pen' object has no attribute 'x'"]
)
def test_of_other_names_nothing_is_said(pen, page, caplog, words):
    page.say({"op": "error", "id": pen.id, "title": "x", "number": 1, "errors": [("TypeError", words, STACK)]})
    assert "Python's side" not in caplog.text
