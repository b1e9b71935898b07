"""The acceptance cases of models on two sides: each number is a case. The pages are real clients in Node.

The cases that need no wire are in tests/both/test_acceptance.py, on both sides; random drives are in test_sync.py.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
import traitlets
from replicas import Node, World

from jsmodel import app, event
from jsmodel.errors import CallError, ClassError, PropertyError, ReadonlyError, UnknownProperty, ValueNotSendable
from jsmodel.event import loop


class Lamp(app.Model):
    secret = traitlets.Int(0)

    def init(self, *args):
        self.init_args = args
        self.calls: list[list[Any]] = []

    @event.prop
    def private(self, v=0):
        return v

    @event.connect("level")
    def on_level(self, *events):
        self.calls.append([(e.old_value, e.new_value, e.origin) for e in events])

    @app.exposed
    def brighter(self, by):
        self.level += by
        return self.level

    class Both:
        @event.prop
        def level(self, v=0):
            return v

        @event.prop
        def friend(self, v=None):
            return v

        @event.readonly
        def power(self, v=10):
            return v

        @event.emitter
        def flashed(self, n):
            return {"n": n}

        @event.emitter
        def never(self, n):
            return {"n": n}

    class JS:
        def init(self):
            self.order = ["init", self.level, len(self.calls_here)]

        @event.prop
        def hidden(self, v=1):
            return v

        @event.prop
        def calls_here(self, v=()):
            return list(v)

        @event.connect("level")
        def on_level_here(self, *events):
            self.calls_here = self.calls_here + [[[e.old_value, e.new_value, e.origin] for e in events]]

        def level_changed(self, *events):
            self.calls_here = self.calls_here + ["level_changed"]

        def on_level(self, *events):
            self.calls_here = self.calls_here + ["on_level"]

        def twice(self, n):
            return 2 * n

        def fails(self):
            raise ValueError("on purpose")

        def attend(self):
            self.friend.connect("level", self.level_changed)

        async def ask(self, by):
            self.answer = await self.py.brighter(by)


class Capped(Lamp):
    """On the Python side it corrects, and refuses."""

    CSS = ".capped { color: red }"

    def _jsm_set_from_client(self, name, value):
        if name == "level" and value < 0:
            raise ValueError("no negative light")
        super()._jsm_set_from_client(name, min(value, 100) if name == "level" else value)

    class JS:
        def twice(self, n):
            return super().twice(n) + 1


class House(app.Model):
    def init(self):
        self.lamp = Lamp(level=5)
        self.lamps = [Lamp(), Lamp()]
        self.active = app.get_active_model()

    class Both:
        @event.prop
        def main(self, v=None):
            return v

    class JS:
        def init(self):
            self.found = [self.lamp.level, self.lamp.order, self.main.level]


class BadStart(app.Model):
    class Both:
        @event.prop
        def good(self, v=False):
            return v

        @event.prop
        def lamp(self, v=None):
            return v

    class JS:
        def init(self):
            self.made = True
            if not self.good:
                raise ValueError("no luck")

        @event.connect("lamp.level")
        def on_lamp(self, *events):
            self.made = False


class Holder(app.Model):
    class Both:
        @event.prop
        def held(self, v=()):
            return v


@pytest.fixture
def world(replicas: Node) -> Iterator[World]:
    world = World(replicas, 2)
    world.join()
    world.settle()
    yield world
    world.close()


@pytest.fixture
def lamp(world: World) -> Lamp:
    """A lamp that is in both pages; what led there is not counted."""
    lamp = Capped(session=world.session)
    world.settle()
    lamp.calls.clear()
    for client in world.clients:
        world.js(client, lamp, "model.calls_here = []")
        world.ops(client=client), world.heard(client=client)
    return lamp


def calls(world: World, lamp: Lamp, client: int = 0) -> Any:
    return world.js(client, lamp, "return model.calls_here")


def level(world: World, lamp: Lamp, client: int = 0) -> Any:
    return world.js(client, lamp, "return model.level")


# Classes and instances


def test_case_01_the_handlers_of_both_sides_see_the_sequence_once(world):
    """1: default and constructor value both reach the validator, the handler sees the sequence once."""
    lamp = Lamp(session=world.session, level=3)
    lamp.level = 7
    world.settle()
    assert lamp.calls == [[(0, 0, "py"), (0, 3, "py"), (3, 7, "py")]]
    assert calls(world, lamp) == [[[7, 7, "py"]]]  # the JS side begins with what Python has
    assert calls(world, lamp, 1) == [[[7, 7, "py"]]]


def test_case_02_an_unknown_keyword_is_an_error_with_the_nearest_name(world):
    """2: unknown keyword: error with the nearest name."""
    with pytest.raises(UnknownProperty, match="Lamp has no property 'levle'. Did you mean 'level'?"):
        Lamp(session=world.session, levle=3)


@pytest.mark.parametrize("where", ["its Python body", "its 'class JS'"])
def test_case_03_clashes_name_both_places(where):
    """3: clashes name both places."""

    def foo(self, v=0):
        return v

    sides = {"Both": type("Both", (), {"foo": event.prop(foo)})}
    other = {"foo": event.prop(foo)}
    ns = {**other, **sides} if where == "its Python body" else {**sides, "JS": type("JS", (), other)}
    place = r"\(test_acceptance_sync.py, line \d+\)"
    with pytest.raises(ClassError, match=rf"Clash defines 'foo' twice: in 'class Both' {place} and in {where} {place}"):
        type(app.Model)("Clash", (app.Model,), {"__module__": __name__, "__qualname__": "Clash", **ns})


def test_case_04_a_subclass_ships_only_its_own_code_and_css(world):
    """4: a subclass ships only its own code."""
    Lamp(session=world.session)
    world.settle()
    first = world.ops("define")
    Capped(session=world.session)
    world.settle()
    ours = [op for op in world.ops("define") if op["kind"] in ("js", "css")]
    css = [op["code"] for op in [*first, *ours] if op["kind"] == "css"]
    assert len(css) == 1 and "capped" in css[0]
    code = "".join(op["code"] for op in ours if op["kind"] == "js")
    assert "twice" in code and "class Capped extends" in code
    assert "flashed" not in code and "on_level_here" not in code and "class Lamp" not in code


def test_case_05_init_gets_its_arguments_on_the_python_side_only(world):
    """5: init arguments."""
    lamp = Lamp(1, "two", session=world.session, level=3)
    world.settle()
    assert lamp.init_args == (1, "two")
    assert world.js(0, lamp, "return model.order") == ["init", 3, 0]


def test_case_06_a_child_made_in_init_is_in_js_under_the_same_attribute(world):
    """6: a child made in `init` is in JS under the same attribute."""
    house = House(session=world.session)
    house.main = house.lamp
    world.settle()
    assert world.js(0, house, "return [model.lamp.id, model.lamp === model.main, model.lamp === session.models.get(values.id)]", id=house.lamp.id) == [house.lamp.id, True, True]  # fmt: skip


def test_case_08_models_made_inside_of_others_belong_to_their_session(world):
    """8: context parenting."""
    house = House(session=world.session)
    with house:
        inside = Lamp()
        assert app.get_active_model() is house
    assert app.get_active_model() is None and house.active is house
    assert {m.session for m in (inside, house.lamp, *house.lamps)} == {world.session}
    assert Lamp().session is not world.session


def test_case_09_a_forgotten_context_is_an_error_that_says_where(world, failures):
    """9: forgotten context detected."""
    house = House(session=world.session)
    house.__enter__()
    loop.flush()
    assert len(failures) == 1
    assert str(failures[0]).startswith(f"The block 'with <House #{house.id}>:' (test_acceptance_sync.py, line ")
    assert "was still open when the event loop went on." in str(failures[0])
    assert app.get_active_model() is None
    house.__exit__()


# Sync


def test_case_10_a_set_in_python_calls_the_js_handler_once(world, lamp):
    """10: Python set: JS handler once."""
    lamp.level = 5
    world.settle()
    assert [calls(world, lamp, client) for client in world.clients] == [[[[0, 5, "py"]]]] * 2
    assert lamp.calls == [[(0, 5, "py")]]
    assert world.heard("set") == []  # and no echo


@pytest.mark.parametrize("origin", ["js", "user"])
def test_case_11_a_set_in_js_calls_the_python_handler_once(world, lamp, origin):
    """11: JS set: Python handler once. The other page's handler, too."""
    world.js(0, lamp, "jsmodel.withOrigin(values.origin, () => { model.level = 5; })", origin=origin)
    world.settle()
    assert lamp.calls == [[(0, 5, origin)]]
    assert calls(world, lamp) == [[[0, 5, origin]]]
    assert calls(world, lamp, 1) == [[[0, 5, "py"]]]
    assert world.ops("set") == [] and len(world.ops("set", client=1)) == 1  # no echo to who set it


def test_case_12_an_equal_set_is_nothing(world, lamp):
    """12: equal set: nothing."""
    lamp.level = [1, float("nan")]
    world.settle()
    lamp.calls.clear()
    world.ops(), world.heard()
    lamp.level = [1, float("nan")]
    world.js(0, lamp, "model.calls_here = []; model.level = [1, NaN]")
    world.settle()
    assert lamp.calls == [] and calls(world, lamp) == []
    assert world.ops("set") == [] and world.heard("set") == []


def test_case_13_after_a_hundred_quick_sets_the_other_side_ends_at_the_last(world, lamp):
    """13: a hundred quick sets on one side: the other ends at the last; values between may merge."""
    world.js(0, lamp, "for (let n = 1; n <= 100; n++) model.level = n / 2")
    world.settle()
    assert lamp.level == 50 and len(world.heard("set")) == 1
    assert len(calls(world, lamp)) == 1 and len(calls(world, lamp)[0]) == 100
    for n in range(100):
        lamp.level = n
    world.settle()
    assert [level(world, lamp, client) for client in world.clients] == [99, 99]
    assert calls(world, lamp, 1)[-1][-1][1:] == [99, "py"]


def test_case_14_crossing_sets_converge_and_nobody_goes_back(world, lamp):
    """14: crossing sets converge, and no older value is shown after a newer one."""
    lamp.level = 1
    loop.flush()
    world.js(0, lamp, "model.level = 2")
    world.js(1, lamp, "model.level = 3")
    world.up(1), world.up(0), world.down(0), world.down(1)
    world.settle()
    assert lamp.level == 2
    shown = [[e[1] for batch in calls(world, lamp, client) for e in batch] for client in world.clients]
    assert shown == [[2], [3, 2]]  # not 1, which is older than what each of them has set


def test_case_15_a_validator_that_corrects_corrects_the_sender(world, lamp):
    """15: a correcting validator corrects the sender."""
    world.js(0, lamp, "model.level = 150")
    world.settle()
    assert [lamp.level, level(world, lamp, 0), level(world, lamp, 1)] == [100, 100, 100]
    world.js(0, lamp, "model.level = 200")  # the same in Python: still it must be told
    world.settle()
    assert [lamp.level, level(world, lamp, 0)] == [100, 100]
    assert lamp.calls == [[(0, 100, "js")]]


def test_case_16_a_validator_that_refuses_restores_the_sender_and_reports_the_property(world, lamp):
    """16: a refusing validator restores the sender and reports the property."""
    lamp.level = 7
    world.settle()
    world.js(0, lamp, "model.level = -1")
    world.settle()
    assert [lamp.level, level(world, lamp)] == [7, 7]
    (error,) = world.ops("error")
    assert (error["id"], error["prop"]) == (lamp.id, "level") and "no negative light" in error["title"]
    assert world.ops("error", client=1) == []


def test_case_17_local_properties_never_cross(world, lamp):
    """17: local properties never cross."""
    lamp.private = lamp.secret = 5
    lamp.own = 3
    world.js(0, lamp, "model.hidden = 5; model.calls_here = [1]")
    world.settle()
    assert world.ops("set", "create") == [] and world.heard("set") == []
    names = ["private", "secret", "own"]
    assert world.js(0, lamp, "return values.names.map((name) => name in model)", names=names) == [False] * 3
    assert not hasattr(lamp, "hidden")
    created = Lamp(session=world.session, private=3)
    world.settle()
    (state,) = [state for op in world.ops("create") for state in op["models"] if state["id"] == created.id]
    assert sorted(state["props"]) == ["friend", "level", "power"] and state["attrs"] == {}


@pytest.mark.parametrize("name", ["power", "private", "secret", "hidden", "session", "__class__", "nothing"])
def test_case_18_readonly_and_what_is_not_both_s_hold_against_forged_messages(world, lamp, name):
    """18: readonly holds against forged messages; and so does what is not there for the page."""
    before = (lamp.power, lamp.private, lamp.secret, lamp.session, type(lamp))
    with pytest.raises(ReadonlyError):
        lamp.power = 3
    assert "read-only" in world.js(0, lamp, "try { model.power = 5 } catch (err) { return String(err) }")
    assert "read-only" in world.js(0, lamp, "try { model._set_prop('power', 5) } catch (err) { return String(err) }")
    lamp._set_prop("power", 11)
    world.settle()
    assert world.js(0, lamp, "return model.power") == 11
    lamp._set_prop("power", before[0])
    world.settle()
    pipe = world.pipes[0]
    (client,) = [c for c in world.session.clients.values() if c.channel.transport is pipe]
    assert pipe is not None
    op = {"op": "set", "id": lamp.id, "props": {name: 5}}
    pipe.deliver({"v": 1, "seq": client.channel.seq_in + 1, "ack": 0, "ops": [op]})
    assert (lamp.power, lamp.private, lamp.secret, lamp.session, type(lamp)) == before
    assert not hasattr(lamp, "nothing") and not hasattr(lamp, "hidden")
    loop.flush()
    (error,) = world.ops("error")
    assert error["prop"] == name


def test_case_19_a_value_that_cannot_be_sent_is_refused_on_both_sides_and_the_old_one_stays(world, lamp):
    """19: an unsendable value is refused and leaves the old one."""
    lamp.level = 3
    world.settle()
    lamp.calls.clear()
    with pytest.raises(ValueNotSendable, match="Cannot send the object"):
        lamp.level = object()
    error = world.js(0, lamp, "try { model.level = { f: [new Map()] } } catch (err) { return String(err) }")
    assert error.startswith("TypeError: Cannot send ") and "level['f'][0]" in error
    world.settle()
    assert (lamp.level, level(world, lamp), lamp.calls) == (3, 3, [])


def test_case_20_events_cross_only_when_someone_listens(world, lamp):
    """20: events cross only when someone listens. Both ways, from the moment on and up to the moment."""
    fire = "model.flashed(1); model.never(1)"
    world.js(0, lamp, fire)
    lamp.flashed(1)
    world.settle()
    assert world.heard("emit") == [] and world.ops("emit") == [] and world.ops("emit", client=1) == []

    heard: list[Any] = []
    handler = lamp.connect("flashed", lambda *events: heard.extend((e.n, e.origin) for e in events))
    world.settle()
    world.js(0, lamp, "jsmodel.withOrigin('user', () => model.flashed(2)); model.flashed(3); model.never(3)")
    world.settle()
    assert heard == [(2, "user"), (3, "js")] and [op["type"] for op in world.heard("emit")] == ["flashed", "flashed"]
    handler.dispose()
    world.settle()
    world.js(0, lamp, fire)
    world.settle()
    assert world.heard("emit") == []

    world.js(1, lamp, "kept.heard = []; kept.handler = model.connect('flashed', (...all) => kept.heard.push(...all.map((e) => [e.n, e.origin])))")  # fmt: skip
    world.settle()
    lamp.flashed(4)
    lamp.never(4)
    world.js(0, lamp, "model.flashed(5)")
    world.settle()
    assert world.js(1, lamp, "return kept.heard") == [[4, "py"]]  # what nobody in Python hears, does not get to Python
    assert world.ops("emit") == [] and [op["type"] for op in world.ops("emit", client=1)] == ["flashed"]
    world.js(1, lamp, "kept.handler.dispose()")
    world.settle()
    lamp.flashed(6)
    world.settle()
    assert world.ops("emit", client=1) == []


# The end


@pytest.mark.parametrize("side", ["py", "js", "forgotten"])
def test_case_27_dispose_on_either_side_frees_both(world, side):
    """27: dispose on either side frees the other. Really: nothing refers to either any more."""
    source = Lamp(session=world.session)
    lamp = Lamp(session=world.session, friend=source)
    lamp.connect("friend.level", "flashed", lambda *events: None)
    source.connect("level", lamp.on_level)
    world.settle()
    number, there = lamp.id, weakref.ref(lamp)
    for client in world.clients:
        code = """
        model.connect("friend.level", "flashed", () => undefined);
        model.attend();
        kept[values.key] = new WeakRef(model);
        """
        world.js(client, lamp, code, key=f"lamp {client}")
    world.settle()
    if side == "py":
        lamp.dispose()
        assert (lamp.level, source.get_event_handlers("level")) == (0, [source.on_level])
    elif side == "js":
        world.js(1, lamp, "model.dispose()")
    del lamp
    gc.collect()
    world.settle()
    gc.collect()
    assert there() is None
    assert world.session.find(number) is None
    for client in world.clients:
        assert world.js(client, number, "return model === undefined")
        names = world.js(client, source, "return model.get_event_handlers('level').map((h) => h.name)")
        assert names == ["on_level_here"]
        world.node("gc")
        assert world.js(client, source, "return kept[values.key].deref() === undefined", key=f"lamp {client}")


def test_case_28_an_exception_in_init_in_python_names_the_model_and_leaves_nothing(world, caplog):
    """28: exceptions in `init` name the model and leave no half-made twin. In Python."""

    class Broken(Lamp):
        def init(self, friend):
            super().init()
            self.friend = friend
            self.child = Lamp()
            self.connect("friend.level", lambda *events: None)
            raise RuntimeError("on purpose")

    friend = Lamp(session=world.session)
    world.settle()
    world.ops()
    with pytest.raises(RuntimeError, match="on purpose") as caught:
        Broken(friend, session=world.session)
    number = f"m{int(friend.id[1:]) + 1}"
    said = getattr(caught.value, "__notes__", caplog.messages)  # Python 3.10 has no notes
    assert f"This happened while Broken #{number} was made; it was not, on either side." in "".join(said)
    del caught
    gc.collect()
    world.settle()
    assert [h.name for h in friend.get_event_handlers("level")] == ["on_level"]
    assert world.session.models() == [friend]
    assert world.js(0, number, "return [model === undefined, session.models.size]") == [True, 1]


def test_case_28_an_exception_in_init_in_js_names_the_model_and_leaves_nothing(world):
    """28: exceptions in `init` name the model and leave no half-made twin. In JS; Python's side is whole, and stays."""
    lamp = Lamp(session=world.session)
    bad = BadStart(session=world.session, lamp=lamp)
    holder = Holder(session=world.session, held=[lamp, bad])
    world.settle()
    for client in world.clients:
        assert world.js(client, bad, "return model === undefined")
        notes = world.js(client, lamp, "return notes")  # Python may say it again, with its own lines
        assert set(notes) == {f"BadStart #{bad.id}: init: ValueError: no luck"}
        assert world.js(client, holder, "return model.held.map((m) => m?.id ?? null)") == [lamp.id, None]
        assert world.js(client, lamp, "return model.get_event_handlers('level').length") == 1
    assert world.session.find(bad.id) is bad and holder.held == [lamp, bad]
    bad.good = True  # nobody is there to hear of it
    world.settle()
    assert world.js(0, bad, "return model === undefined")


def test_a_js_side_whose_init_failed_is_made_with_the_next_snapshot(world):
    bad = BadStart(session=world.session)
    world.settle()
    assert world.js(0, bad, "return model === undefined")
    bad.good = True
    for client in list(world.session.clients.values()):
        world.session.detach(client)
    world.join()
    world.settle()
    assert [world.js(client, bad, "return model.made") for client in world.clients] == [True, True]


def test_a_js_handler_that_leads_nowhere_leaves_the_python_side_alone(world):
    class Lost(app.Model):
        class JS:
            @event.connect("nothing.there")
            def on_nothing(self, *events):
                pass

    lost = Lost(session=world.session)
    world.settle()
    assert world.session.find(lost.id) is lost
    for client in world.clients:
        assert world.js(client, lost, "return model === undefined")
        (note,) = set(world.js(client, lost, "return notes"))
        assert note.startswith(f"Lost #{lost.id}: init: ValueError: Cannot connect 'on_nothing' to 'nothing.there'")


# What else is said of the two sides


def test_js_sides_are_made_in_order_with_values_and_sub_models_there_before_init(world):
    house = House(session=world.session, main=Lamp(session=world.session, level=8))
    world.settle()
    # The child's init ran before, with its value, and before its handlers were connected.
    assert world.js(0, house, "return model.found") == [5, ["init", 5, 0], 8]
    assert calls(world, house.lamp) == [[[5, 5, "py"]]]


def test_all_that_is_made_in_a_turn_travels_in_one_message(world):
    world.collect()
    before = len(world.to_page[0])
    House(session=world.session)
    loop.flush()
    world.collect()
    (message, _), *more = list(world.to_page[0])[before:]
    assert more == [] and sum(len(op["models"]) for op in message["ops"] if op["op"] == "create") == 4


def test_nothing_is_connected_by_the_name_of_a_method(world, lamp):
    """Methods called `on_level` and `level_changed` are not handlers, unless they say so."""
    lamp.level = 4
    world.settle()
    assert calls(world, lamp) == [[[0, 4, "py"]]]


def test_super_works_in_js_methods_and_calls_have_answers(world, lamp):
    reply = lamp.js.twice(4)
    loop.flush()
    world.settle()
    assert reply.result(timeout=0) == 9
    reply = lamp.js.fails()
    world.settle()
    with pytest.raises(CallError, match="failed in the browser: ValueError: on purpose"):
        reply.result(timeout=0)


def test_js_calls_what_is_exposed_and_its_changes_are_python_s(world, lamp):
    lamp.level = 1
    world.settle()
    lamp.calls.clear()
    world.js(0, lamp, "void model.ask(5)")
    world.settle()
    assert world.js(0, lamp, "return [model.answer, model.level]") == [6, 6]
    assert lamp.calls == [[(1, 6, "py")]]
    assert calls(world, lamp)[-1] == [[1, 6, "py"]]


def test_a_value_that_a_function_gives_in_python_is_sent_as_any_other(world):
    source = Lamp(session=world.session, level=2)
    lamp = Lamp(session=world.session, level=lambda: source.level * 10)
    world.settle()
    assert level(world, lamp) == 20
    world.js(0, source, "model.level = 3")
    world.settle()
    assert [level(world, lamp, client) for client in world.clients] == [30, 30]


def test_an_event_of_a_model_keeps_its_own_values_on_the_way(world, lamp):
    heard: list[Any] = []
    lamp.connect("flashed", lambda *events: heard.extend(events))
    world.settle()
    world.js(0, lamp, "model.flashed({ deep: [1, null, model], n: NaN })")
    world.settle()
    (ev,) = heard
    assert ev.n["deep"] == [1, None, lamp] and ev.n["n"] != ev.n["n"]
    assert (ev.type, ev.source, ev.origin) == ("flashed", lamp, "js")


def test_what_a_refused_constructor_value_leaves_is_nothing(world):
    with pytest.raises(PropertyError, match="refused the str 'x'"):

        class Int(Lamp):
            class Both:
                @event.prop
                def level(self, v=0):
                    return int(v)

        Int(session=world.session, level="x")
    world.settle()
    assert world.session.models() == [] and world.js(0, "m1", "return session.models.size") == 0
