"""Functions as values in a constructor, where Python alone matters; tests/both/test_acceptance.py has what both sides share."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
import traitlets

from jsmodel import app, event, ui
from jsmodel.errors import PropertyError, ReadonlyError
from jsmodel.event import HasEvents, loop


class Source(HasEvents):
    level = traitlets.Float(1.0)
    unit = traitlets.Unicode("m")

    @event.prop
    def value(self, v=0):
        return v

    def doubled(self) -> float:
        return self.value * 2


class Shown(HasEvents):
    on_done = traitlets.Callable(print)
    number = traitlets.Float(0.0)

    @event.prop
    def text(self, v=""):
        return v

    @event.readonly
    def fixed(self, v=0):
        return v


def test_a_label_follows_the_slider_that_its_text_reads():
    slider = ui.Slider(value=3)
    label = ui.Label(text=lambda: f"{slider.value:g} m")
    assert label.text == "3 m"
    loop.flush()
    slider.value = 7
    loop.flush()
    assert label.text == "7 m"


def test_traits_are_followed_as_properties_are():
    source = Source()
    shown = Shown(text=lambda: f"{source.level} {source.unit}", number=lambda: source.level + 1)
    loop.flush()
    source.level = 2
    source.unit = "km"
    loop.flush()
    assert (shown.text, shown.number) == ("2.0 km", 3.0)


def test_a_trait_of_a_base_that_has_no_events_is_followed_too():
    class Plain(traitlets.HasTraits):
        size = traitlets.Int(1)

    class Sized(Plain, HasEvents):
        pass

    sized = Sized()
    shown = Shown(text=lambda: str(sized.size))
    loop.flush()
    sized.size = 5
    loop.flush()
    assert shown.text == "5"
    assert isinstance(Sized.size, traitlets.Int) and type(Sized.size).__name__ == "Int"
    assert Plain(size=3).size == 3


def test_a_method_without_arguments_is_followed():
    source = Source(value=2)
    shown = Shown(text=source.doubled)
    loop.flush()
    source.value = 4
    loop.flush()
    assert shown.text == 8


async def later() -> None: ...


@pytest.mark.parametrize(
    "func", [lambda x: x, lambda *args: args, lambda *, x=1: x, lambda **k: k, later, print, Source]
)
def test_what_takes_arguments_or_is_awaited_is_a_value(func):
    assert Shown(text=func).text is func


def test_a_callable_trait_gets_the_function_itself():
    called: list[int] = []
    shown = Shown(on_done=lambda: called.append(1))
    assert called == []
    shown.on_done()
    assert called == [1]


def test_a_function_that_is_set_later_is_a_value():
    shown = Shown()
    shown.text = func = lambda: "x"
    assert shown.text is func


def test_a_readonly_property_cannot_follow():
    with pytest.raises(ReadonlyError, match="fixed"):
        Shown(fixed=lambda: 1)


def test_a_value_that_is_refused_at_once_raises_and_later_is_reported(failures):
    source = Source(level=1)
    with pytest.raises(PropertyError, match="number expected a float"):
        Shown(number=lambda: source.unit)
    shown = Shown(number=lambda: source.level if source.level < 5 else "too much")
    loop.flush()
    source.level = 6
    loop.flush()
    assert [str(err).split(", not")[0] for err in failures] == ["Shown.number expected a float"]
    source.level = 4
    loop.flush()
    assert shown.number == 4


def test_a_function_that_reads_its_own_property_runs_once_a_change(failures):
    source = Source(value=1)
    shown: Any = None

    def count() -> float:
        return (shown.number if shown is not None else 0) + source.value

    shown = Shown(number=count)
    loop.flush()
    before = shown.number
    source.value = 10
    loop.flush()
    assert shown.number == before + 10
    assert failures == []


def test_who_is_followed_does_not_keep_who_follows():
    source = Source()
    shown = Shown(text=lambda: source.value)
    there = weakref.ref(shown)
    loop.flush()
    del shown
    gc.collect()
    assert there() is None
    source.value = 5
    loop.flush()
    assert source.get_event_handlers("value") == []


def test_reads_outside_of_the_function_are_not_followed():
    source, other = Source(), Source()

    def read() -> float:
        return source.value

    shown = Shown(text=read)
    assert other.value == 0
    loop.flush()
    assert other.get_event_handlers("value") == []
    assert [h.name for h in source.get_event_handlers("value")] == ["text"]
    assert shown.text == 0


def test_a_function_that_calls_one_that_is_followed_follows_what_both_read():
    inner = Source(value=1)
    outer = Source(value=10)

    def read() -> float:
        made = Source(value=lambda: inner.value)
        return made.value + outer.value

    shown = Shown(text=read)
    loop.flush()
    outer.value = 20
    loop.flush()
    assert shown.text == 21


def test_a_served_app_may_have_a_function_as_an_initial_value():
    class Level(app.Model):
        class Both:
            @event.prop
            def level(self, v=0):
                return float(v)

    source = Source(value=3)
    with pytest.raises(PropertyError, match="could not convert string to float"):
        app.serve(Level, "level-refused", {"level": lambda: source.unit})
    entry = app.serve(Level, "level", {"level": lambda: source.value})
    from jsmodel import registry
    from jsmodel.session import Session

    try:
        session = Session("level")
        model = entry.build(session)
        loop.flush()
        source.value = 4
        loop.flush()
        assert model.level == 4.0
        session.close()
        assert source.get_event_handlers("value") == []
    finally:
        registry.unserve("level")
