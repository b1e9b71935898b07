"""Which class is served under which name: names, refusals, and how a session begins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import traitlets

from jsmodel import app, event, registry
from jsmodel.errors import AppError, PropertyError, UnknownApp, UnknownProperty, ValueNotSendable
from jsmodel.protocol import Hello
from jsmodel.transport import MemoryTransport


class Counter(app.Model):
    class Both:
        @event.prop
        def count(self, v=0):
            return int(v)


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    before = registry.entries()
    for name in before:
        registry.unserve(name)
    yield
    for name in registry.entries():
        registry.unserve(name)
    for entry in before.values():
        registry.serve(entry.cls, entry.name, entry.properties)


def test_an_app_is_called_as_its_class_unless_it_is_given_a_name():
    assert app.serve(Counter).name == "Counter"
    assert app.serve(Counter, "other-1").name == "other-1"
    assert sorted(registry.entries()) == ["Counter", "other-1"]


def test_serving_again_under_a_name_replaces_it():
    app.serve(Counter)
    app.serve(Counter, properties={"count": 3})
    assert registry.lookup("Counter").properties == {"count": 3}


@pytest.mark.parametrize("name", ["", "1a", "a/b", "a b", "ä", "a" * 65, "..", "a\n", 5])
def test_a_bad_name_is_refused(name):
    with pytest.raises(AppError, match="cannot be the name of an app. It becomes part of the URL. Use a letter first"):
        app.serve(Counter, name)


@pytest.mark.parametrize("thing", [object, 5, "Counter", lambda: 1])
def test_something_that_is_not_a_model_class_is_refused(thing):
    with pytest.raises(AppError, match="^Cannot serve .*: it is not a Model class. Each connection gets an instance"):
        app.serve(thing)


def test_an_instance_is_refused_with_what_to_write():
    with pytest.raises(AppError, match=r"Cannot serve the instance <Counter #m\d+>.* Write app.serve\(TheClass\)."):
        app.serve(Counter())


def test_a_property_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(UnknownProperty, match="Counter has no property 'cuont'. Did you mean 'count'?"):
        app.serve(Counter, properties={"cuont": 1})


def test_a_value_that_its_property_refuses_is_refused_at_once_and_init_does_not_run():
    ran: list[str] = []

    class Limited(app.Model):
        def init(self) -> None:
            ran.append("init")

        @traitlets.observe("limit")
        def _on_limit(self, change: object) -> None:
            ran.append("observer")

        @event.connect("count")
        def on_count(self, *events: event.Event) -> None:
            ran.append("handler")

        class Both:
            limit = traitlets.Int(5)

            @event.prop
            def count(self, v=0):
                if int(v) > self.limit:
                    raise ValueError("too many")
                return int(v)

    with pytest.raises(PropertyError, match=r"^Limited.count refused the str 'x'. ValueError: invalid literal"):
        app.serve(Limited, properties={"count": "x"})
    with pytest.raises(PropertyError, match=r"^Limited.count refused the int 6. ValueError: too many"):
        app.serve(Limited, properties={"count": 6})
    with pytest.raises(PropertyError, match=r"^Limited.limit expected an int, not the str 'a'"):
        app.serve(Limited, properties={"limit": "a"})
    assert registry.entries() == {}
    # As in an instance, properties get their values in the order of their declaration.
    entry = app.serve(Limited, properties={"count": 7, "limit": 8})
    event.loop.flush()
    assert ran == []
    session = registry.open(entry, MemoryTransport(), Hello())
    assert session.root.count == 7 and "init" in ran
    session.close()


def test_a_value_that_no_instance_could_have_is_refused():
    class Parent(app.Model):
        child = traitlets.Any()

        class Both:
            any = traitlets.Any()

    with pytest.raises(PropertyError, match="It belongs to another session"):
        app.serve(Parent, properties={"any": Counter()})
    with pytest.raises(ValueNotSendable, match="Cannot send the object"):
        app.serve(Parent, properties={"any": object()})


def test_another_class_that_takes_a_name_is_told_and_the_same_class_again_is_not(recwarn):
    app.serve(Counter)

    class Other(app.Model):
        pass

    assert [str(w.message) for w in recwarn] == []
    app.serve(Counter, properties={"count": 1})
    assert [str(w.message) for w in recwarn] == []
    with pytest.warns(
        UserWarning, match=r"The app 'Counter' was test_registry.Counter, and is .*Other from now on. One"
    ):
        app.serve(Other, "Counter")
    assert registry.lookup("Counter").cls is Other


def test_those_who_asked_hear_of_each_app_that_is_served():
    heard = []
    registry.on_serve(heard.append)
    try:
        one = app.serve(Counter)
        with pytest.raises(AppError):
            app.serve(5)
    finally:
        registry.off_serve(heard.append)
    app.serve(Counter, "later")
    assert heard == [one]


def test_model_itself_is_refused():
    with pytest.raises(AppError, match="Cannot serve Model itself: it has nothing to show. Apps are subclasses of it."):
        app.serve(app.Model)


@pytest.mark.parametrize("properties", [5, [("count", 1)], "count"])
def test_properties_that_are_no_dict_are_refused(properties):
    with pytest.raises(AppError, match="The properties of 'Counter' must be a dict, not .*. They are initial values."):
        app.serve(Counter, properties=properties)


def test_an_app_nobody_serves_is_an_error_with_the_nearest():
    with pytest.raises(UnknownApp, match="There is no app named 'Counter'. No app is served yet."):
        registry.lookup("Counter")
    app.serve(Counter)
    with pytest.raises(UnknownApp, match="There is no app named 'Conter'. Did you mean 'Counter'?"):
        registry.lookup("Conter")


def test_opening_makes_the_app_object_and_welcomes_the_client():
    entry = app.serve(Counter, properties={"count": 4})
    pipe = MemoryTransport()
    session = registry.open(entry, pipe, Hello())
    assert isinstance(session.root, Counter) and session.root.count == 4
    assert pipe.sent[0]["welcome"]["root"] == session.root.id
    session.close()


def test_each_opening_is_a_session_of_its_own():
    entry = app.serve(Counter)
    one, two = (registry.open(entry, MemoryTransport(), Hello()) for _ in range(2))
    assert one.id != two.id and one.root is not two.root
    one.close(), two.close()


def test_an_app_whose_init_fails_opens_nothing():
    class Broken(app.Model):
        def init(self) -> None:
            raise RuntimeError("on purpose")

    pipe = MemoryTransport()
    with pytest.raises(RuntimeError, match="on purpose"):
        registry.open(app.serve(Broken), pipe, Hello())
    assert pipe.sent == []


def test_the_page_of_an_app_needs_its_class_after_its_base():
    class Better(Counter):
        class JS:
            def twice(self):
                return 2 * self.count

    text = "\n".join(asset.text for asset in app.serve(Better).page_assets())
    assert text.index("Counter") < text.index("twice")
