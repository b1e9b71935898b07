"""Model: a HasTraits with two sides; its classes, its properties, and how an instance comes to be."""

from __future__ import annotations

import asyncio
import copy
import gc
import re
import threading
import weakref
from typing import Any

import ipywidgets
import numpy as np
import pytest
import traitlets
from traitlets import Bool, Bytes, Dict, Enum, Float, Instance, Int, List, TraitError, Tuple, Unicode, Union

from jsmodel import app, event, ui
from jsmodel.errors import ClassError, PropertyError, ReadonlyError, UnknownProperty, ValueNotSendable
from jsmodel.event import loop


class Counter(app.Model):
    def init(self, start: int = 0) -> None:
        self.log: list[Any] = []
        if start:
            self.count = start

    class Both:
        @event.prop
        def count(self, v=0):
            return int(v)

        @event.readonly
        def total(self, v=0):
            return v


class Meter(app.Model):
    """All the common traits."""

    class Both:
        whole = Int(1, min=0, max=10)
        part = Float(0.5)
        on = Bool(False)
        text = Unicode("a")
        mode = Enum(["a", "b"], "a")
        items = List(Int(), [1, 2])
        pair = Tuple(Int(), Unicode(), default_value=(1, "x"))
        table = Dict(value_trait=Float())
        either = Union([Int(), Unicode()], default_value=3)
        data = Bytes(b"ab")
        counter = Instance(Counter, allow_none=True)
        anything = traitlets.Any(None, allow_none=True)
        array = Instance(np.ndarray, allow_none=True)


# A HasTraits


def test_a_model_is_a_hastraits_with_its_properties_as_traits():
    assert isinstance(Counter(), traitlets.HasTraits)
    assert {"count", "total"} <= set(Counter().trait_names())


def test_observe_tells_at_once_and_unobserve_ends_it():
    counter = Counter()
    seen: list[Any] = []

    def note(change: Any) -> None:
        seen.append((change.old, change.new))

    counter.observe(note, "count")
    counter.count = 3
    counter.count = 3
    assert seen == [(0, 3)]
    counter.unobserve(note, "count")
    counter.count = 4
    assert seen == [(0, 3)]


def test_link_with_an_ipywidgets_slider_works_both_ways():
    counter, slider = Counter(), ipywidgets.IntSlider(value=5)
    link = traitlets.link((slider, "value"), (counter, "count"))
    assert counter.count == 5
    counter.count = 7
    assert slider.value == 7
    slider.value = 9
    assert counter.count == 9
    link.unlink()
    slider.value = 1
    assert counter.count == 9


def test_dlink_follows_one_way_through_a_function():
    counter, slider = Counter(), ipywidgets.IntSlider()
    traitlets.dlink((counter, "count"), (slider, "value"), lambda n: n * 2)
    counter.count = 4
    assert slider.value == 8
    slider.value = 1
    assert counter.count == 4


def test_linking_two_of_ours_works():
    one, two = Counter(), ui.Slider()
    traitlets.link((one, "count"), (two, "value"))
    two.value = 30
    assert one.count == 30


@pytest.mark.parametrize("name", ["count"])
def test_hold_trait_notifications_tells_once_at_the_end(name):
    counter = Counter()
    seen: list[Any] = []
    counter.observe(lambda change: seen.append((change.old, change.new)), name)
    with counter.hold_trait_notifications():
        counter.count = 1
        counter.count = 2
        assert seen == []
    assert seen == [(0, 2)]


def test_handlers_hear_what_was_held_too(session, join):
    counter = Counter(session=session)
    page = join()
    loop.flush()
    counter.connect("count", lambda *events: counter.log.append(events[-1].new_value))
    page.read()
    with counter.hold_trait_notifications():
        counter.count = 1
        counter.count = 2
    loop.flush()
    assert counter.log == [2]
    assert page.told(counter) == {"count": 2}


@pytest.mark.parametrize(
    ("name", "good", "bad", "words"),
    [
        ("whole", 3, "x", "expected an int, not the str 'x'"),
        ("part", 2.5, "x", "expected a float, not the str 'x'"),
        ("on", True, 7, "expected a boolean, not the int 7"),
        ("text", "b", 5, "expected a unicode string, not the int 5"),
        ("mode", "b", "c", r"expected any of \['a', 'b'\], not the str 'c'"),
        ("items", [3], "x", "expected a list"),
        ("items", [], ["x"], "items"),
        ("pair", (2, "y"), (1, 2), "pair"),
        ("table", {"a": 1.5}, {"a": "x"}, "table"),
        ("either", "s", 2.5, "expected an int or a unicode string, not the float 2.5"),
        ("data", b"x", "x", "expected a bytes object, not the str 'x'"),
        ("counter", None, 5, "expected a Counter or None, not the int 5"),
        ("array", np.zeros(2), [1], "expected a ndarray or None, not the list"),
    ],
)
def test_the_common_traits_are_properties_and_refuse_in_words(name, good, bad, words):
    meter = Meter()
    setattr(meter, name, good)
    with pytest.raises((TraitError, PropertyError), match=re.escape(name) + "|" + words):
        setattr(meter, name, bad)
    with pytest.raises(PropertyError, match=words):
        Meter(**{name: bad})
    assert event.same(getattr(meter, name), good)


def test_traits_that_a_client_sets_wrongly_restore_it(session, join):
    meter = Meter(session=session)
    page = join()
    page.read()
    page.set(meter, whole=99, mode="z", items=["x"], text="fine")
    ops = page.ops()
    props = {k: v for op in ops if op["op"] == "set" for k, v in op["props"].items()}
    assert props == {"whole": 1, "mode": "a", "items": [1, 2]}
    assert meter.text == "fine"
    errors = [op for op in ops if op["op"] == "error"]
    assert [e["prop"] for e in errors] == ["whole", "mode", "items"]
    assert "any of ['a', 'b'], not the str 'z'" in errors[1]["title"]


def test_traits_travel_as_values(session, join):
    counter = Counter(session=session)
    meter = Meter(session=session, counter=counter)
    (state,) = [m for op in join().ops("create") for m in op["models"] if m["id"] == meter.id]
    assert state["props"]["counter"] == {"$": "m", "v": counter.id}
    assert state["props"]["data"] == {"$": "b", "i": 0}
    assert state["props"]["pair"] == {"$": "t", "v": [1, "x"]}


def test_a_client_sets_a_model_reference_and_bytes(session, join):
    counter, meter = Counter(session=session), Meter(session=session)
    page = join()
    page.say(
        {"op": "set", "id": meter.id, "props": {"counter": {"$": "m", "v": counter.id}, "data": {"$": "b", "i": 0}}},
        buffers=[b"\x00\xff"],
    )
    assert meter.counter is counter and meter.data == b"\x00\xff"


def test_arrays_travel_both_ways(session, join):
    meter = Meter(session=session)
    page = join()
    page.read()
    meter.array = np.arange(6, dtype="float32").reshape(2, 3)
    loop.flush()
    assert page.told(meter)["array"] == {"$": "a", "i": 0, "d": "float32", "s": [2, 3]}
    assert bytes(page.pipe.buffers[-1][0]) == meter.array.tobytes()
    sent = np.array([[1, 2], [3, 4]], dtype="int16")
    page.say(
        {"op": "set", "id": meter.id, "props": {"array": {"$": "a", "i": 0, "d": "int16", "s": [2, 2]}}},
        buffers=[sent.tobytes()],
    )
    assert np.array_equal(meter.array, sent) and meter.array.dtype == np.int16


def test_an_equal_array_is_no_change(session, join):
    meter = Meter(session=session, array=np.array([1.0, np.nan]))
    page = join()
    page.read()
    meter.array = np.array([1.0, np.nan])
    loop.flush()
    assert page.read() == []


# Classes


@pytest.mark.parametrize("where", ["its Python body", "its 'class JS'"])
def test_a_name_on_both_sides_and_on_one_is_a_clash_that_names_both_places(where):
    with pytest.raises(ClassError) as err:
        if "JS" in where:

            class Clash(app.Model):
                class Both:
                    def f(self):
                        return 1

                class JS:
                    def f(self):
                        return 2
        else:

            class Clash2(app.Model):
                def f(self):
                    return 2

                class Both:
                    def f(self):
                        return 1

    words = str(err.value)
    assert re.search(
        rf"defines 'f' twice: in 'class Both' \(test_model.py, line \d+\) and in {where} \(test_model.py, line \d+\)",
        words,
    )
    assert "Remove one of them, or rename it." in words


@pytest.mark.parametrize(
    ("both", "words"),
    [
        (5, "Broken.Both must be a class, not int. What it holds lives on both sides. Write 'class Both:'."),
        (type("Both", (dict,), {}), "'class Both' of Broken has base classes."),
        (type("Both", (), {"__init__": lambda self: None}), "Broken.Both.__init__ cannot be defined there."),
        (
            type("Both", (), {"init": lambda self: None}),
            "Broken defines 'init' in 'class Both'. Each side has an init of its own.",
        ),
        (type("Both", (), {"Inner": int}), "Broken.Both.Inner is a class."),
        (type("Both", (), {"thing": object()}), "Broken.Both.thing cannot be sent to the browser"),
    ],
)
def test_a_both_that_cannot_be_is_refused_in_words(both, words):
    with pytest.raises(ClassError, match=re.escape(words)):
        type(app.Model)("Broken", (app.Model,), {"__module__": __name__, "__qualname__": "Broken", "Both": both})


def test_inherited_names_may_be_overridden_and_super_reaches_them():
    class Base(app.Model):
        class Both:
            @event.prop
            def n(self, v=1):
                return int(v)

            def twice(self):
                return 2 * self.n

    class Derived(Base):
        class Both:
            @event.prop
            def n(self, v=10):
                return float(v)

            def twice(self):
                return super().twice() + 1

    assert (Base().n, Derived().n, Derived().twice()) == (1, 10.0, 21.0)


def test_a_property_of_both_sides_cannot_be_overridden_on_one_side():
    class Base(app.Model):
        class Both:
            @event.prop
            def n(self, v=1):
                return v

    with pytest.raises(ClassError, match="'n' in its body.*Base has it on both sides.*Put it into 'class Both'"):

        class InPython(Base):
            n = 3

    with pytest.raises(ClassError, match="'n' in 'class JS'.*Base has it on both sides"):

        class InJS(Base):
            class JS:
                @event.prop
                def n(self, v=2):
                    return v


def test_a_class_with_two_models_as_bases_is_refused():
    class A(app.Model):
        pass

    class B(app.Model):
        pass

    with pytest.raises(ClassError, match="C inherits from two Models, A and B. JS classes have one base class"):

        class C(A, B):
            pass


def test_a_mixin_with_a_both_of_its_own_is_refused():
    class Mixin:
        class Both:
            x = 1

    with pytest.raises(ClassError, match="Mixin, which has 'class Both' or 'class JS' and is no Model"):

        class C(app.Model, Mixin):
            pass


@pytest.mark.parametrize("name", ["id", "session", "connect", "emit", "observe", "constructor", "dispose"])
def test_names_of_the_machinery_cannot_be_properties_of_both_sides(name):
    with pytest.raises(ClassError, match=f"Bad defines '{name}' in 'class Both'.*Rename yours"):
        type("Bad", (app.Model,), {"__module__": __name__, "Both": type("Both", (), {name: event.prop(one)})})


def one(self, v=1):
    return v


def test_a_widget_s_node_is_taken():
    with pytest.raises(ClassError, match="defines 'node' in 'class Both'"):

        class Bad(ui.Widget):
            class Both:
                @event.prop
                def node(self, v=1):
                    return v


def test_an_async_init_is_refused():
    with pytest.raises(ClassError, match="Slow.init is an 'async def'.*Make it a 'def'"):

        class Slow(app.Model):
            async def init(self):
                pass


def test_two_classes_that_a_function_made_keep_their_own_code(session, join):
    def make(k):
        class Inner(app.Model):
            class JS:
                def init(self):
                    self.k = k

        return Inner

    first, second = make(1), make(2)
    models = first(session=session), second(session=session)
    ops = join().ops()
    keys = [state["cls"] for op in ops if op["op"] == "create" for state in op["models"]]
    code = "".join(op.get("code", "") for op in ops if op["op"] == "define")
    assert len(models) == 2 and len(set(keys)) == 2
    assert all(key.split(":")[1] in code for key in keys)


def test_models_made_in_a_handler_belong_to_the_session_of_its_model(session):
    class Maker(app.Model):
        made = None

        @event.connect("go")
        def on_go(self, *events):
            self.made = Maker()

        class Both:
            @event.prop
            def go(self, v=0):
                return v

    maker = Maker(session=session)
    loop.flush()
    maker.go = 1
    loop.flush()
    assert maker.made.session is session


def test_an_object_without_its_init_says_what_is_missing():
    class Hasty(app.Model):
        def __init__(self):
            self.x = 3
            self.y = 1
            super().__init__()

        class Both:
            @event.prop
            def y(self, v=0):
                return v

    with pytest.raises(
        AttributeError, match=r"Hasty is not ready: its __init__ has not called super\(\).__init__\(\) yet"
    ):
        Hasty()


def test_sys_exit_in_a_handler_is_an_error_like_any_other(session, failures):
    heard = []

    class Rude(app.Model):
        @event.connect("n:1")
        def on_n(self, *events):
            raise SystemExit(3)

        @event.connect("n:2")
        def and_on_n(self, *events):
            heard.append(len(events))

        class Both:
            @event.prop
            def n(self, v=0):
                return v

    Rude(session=session)
    loop.flush()
    assert heard == [1] and [type(err) for err in failures] == [SystemExit]


# Instances


def test_values_reach_init_and_init_gets_its_arguments():
    class Box(app.Model):
        def init(self, size, *, color="red"):
            self.made = (self.n, size)

        class Both:
            @event.prop
            def n(self, v=0):
                return v

    assert Box(7, n=3).made == (3, 7)


def test_an_unknown_keyword_is_refused_with_the_nearest_and_leaves_nothing(session):
    with pytest.raises(UnknownProperty, match="Counter has no property 'cuont'. Did you mean 'count'?"):
        Counter(cuont=1, session=session)
    assert session.models() == []


def test_a_refused_value_in_the_constructor_leaves_nothing(session, join):
    page = join()
    page.read()
    with pytest.raises(PropertyError, match=r"Counter #m1.count refused the str 'x'. ValueError: invalid literal"):
        Counter(count="x", session=session)
    loop.flush()
    assert session.models() == [] and page.read() == []


def test_a_failing_init_names_the_model_and_leaves_no_half_made_twin(session, join):
    class Broken(app.Model):
        def init(self):
            raise RuntimeError("on purpose")

    page = join()
    page.read()
    with pytest.raises(RuntimeError, match="on purpose") as err:
        Broken(session=session)
    assert getattr(err.value, "__notes__", ["This happened while Broken #m1 was made"])[0].startswith(
        "This happened while Broken #m1 was made"
    )
    loop.flush()
    assert session.models() == [] and page.read() == []
    assert app.get_active_model() is None


def test_a_readonly_property_is_set_by_its_class_only():
    counter = Counter()
    with pytest.raises(
        ReadonlyError, match=r"total' cannot be set: it is readonly.* use self._set_prop\('total', value\)"
    ):
        counter.total = 5
    counter._set_prop("total", 5)
    assert counter.total == 5
    with pytest.raises(ReadonlyError):
        Counter(total=1)


def test_set_prop_knows_its_properties():
    with pytest.raises(UnknownProperty, match="Counter has no property 'totl'. Did you mean 'total'?"):
        Counter()._set_prop("totl", 1)


def test_properties_cannot_be_deleted():
    with pytest.raises(AttributeError, match="properties always have a value. Set it to None, or to its default."):
        del Counter().count


@pytest.mark.parametrize("value", [object(), {"a": {1: 2}}, [lambda: 1], "\ud800"])
def test_a_value_that_cannot_be_sent_is_refused_and_the_old_one_stays(value):
    class Holder(app.Model):
        class Both:
            @event.prop
            def a(self, v=1):
                return v

            b = traitlets.Any(1)

    holder = Holder()
    for name in "ab":
        with pytest.raises(ValueNotSendable, match="Cannot send"):
            setattr(holder, name, value)
        assert getattr(holder, name) == 1


def test_a_model_attribute_made_in_init_is_an_attribute_of_the_js_side_too(session, join):
    class Pair(app.Model):
        def init(self):
            self.left = Counter()
            self._hidden = Counter()

    pair = Pair(session=session)
    state = [m for op in join().ops("create") for m in op["models"] if m["id"] == pair.id][0]
    assert state["attrs"] == {"left": {"$": "m", "v": pair.left.id}}


# The context


def test_the_innermost_open_block_is_the_active_model():
    assert app.get_active_model() is None
    with Counter() as outer:
        assert app.get_active_model() is outer
        with Counter() as inner:
            assert app.get_active_model() is inner
        assert app.get_active_model() is outer
    assert app.get_active_model() is None


def test_the_context_belongs_to_its_task_and_thread():
    seen: list[Any] = []
    with Counter():
        thread = threading.Thread(target=lambda: seen.append(app.get_active_model()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_models_made_in_a_block_belong_to_its_session(session):
    with Counter(session=session):
        assert Counter().session is session
    assert Counter().session is not session


def test_an_error_in_a_block_closes_it():
    with pytest.raises(ZeroDivisionError):
        with Counter():
            raise ZeroDivisionError
    assert app.get_active_model() is None


def test_a_block_left_open_across_a_turn_is_an_error_that_names_its_line(failures):
    counter = Counter()
    counter.__enter__()
    loop.flush()
    (error,) = failures
    assert re.match(
        r"The block 'with <Counter #m\d+>:' \(test_model.py, line \d+\) was still open when the event loop went on\. ",
        str(error),
    )
    assert app.get_active_model() is None
    counter.__exit__(None, None, None)


def test_a_block_that_awaits_is_left_open_across_a_turn(failures):
    async def careless() -> None:
        with Counter():
            await asyncio.sleep(0.01)

    asyncio.run(careless())
    assert [type(e) for e in failures] == [RuntimeError]


def test_a_block_that_is_closed_in_time_and_one_of_another_thread_are_fine(failures):
    with Counter():
        Counter()
    inside, go = threading.Event(), threading.Event()

    def elsewhere() -> None:
        with Counter():
            inside.set()
            go.wait(10)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    assert inside.wait(10)
    loop.flush()
    go.set()
    thread.join(10)
    assert failures == []


def test_init_may_take_its_turns(failures):
    class Patient(app.Model):
        def init(self):
            loop.flush()

    Patient()
    assert failures == []


def test_a_model_made_in_a_thread_tells_its_handlers_all_though_the_loop_turns_meanwhile(session):
    heard: list[Any] = []
    turns: list[Any] = []

    class Child(app.Model):
        class Both:
            @event.prop
            def m(self, v=0):
                return v

    class Slow(app.Model):
        def init(self):
            turns[0]()
            self.n = 2
            self.child = Child(m=5, session=session)
            turns[0]()
            self.child.m = 6

        @event.connect("n", "child.m")
        def on_any(self, *events):
            heard.append([(e.type, e.new_value) for e in events])

        class Both:
            @event.prop
            def n(self, v=1):
                return v

    async def scenario() -> None:
        loop.integrate(asyncio.get_running_loop())
        home = asyncio.get_running_loop()

        async def turned() -> None:
            loop.flush()

        turns.append(lambda: asyncio.run_coroutine_threadsafe(turned(), home).result(10))
        try:
            await home.run_in_executor(None, lambda: kept.append(Slow(session=session)))
            loop.flush()
        finally:
            loop.integrate(None)

    kept: list[Any] = []
    asyncio.run(scenario())
    assert heard == [[("n", 1), ("n", 2), ("m", 0), ("m", 5), ("m", 6)]]


# The end


def test_a_model_that_nobody_refers_to_is_collected_though_it_listens_to_others():
    class Busy(app.Model):
        @event.connect("n", "other.n")
        def on_n(self, *events):
            pass

        class Both:
            @event.prop
            def n(self, v=0):
                return v

            @event.prop
            def other(self, v=None):
                return v

    one = Busy()
    two = Busy(other=one)
    loop.flush()
    ref = weakref.ref(two)
    del two
    gc.collect()
    assert ref() is None
    one.n = 3
    loop.flush()


def test_disposing_twice_is_fine_and_keeps_the_values():
    counter = Counter(count=3)
    counter.dispose()
    counter.dispose()
    assert counter.count == 3


def test_the_repr_has_the_class_and_the_id():
    counter = Counter()
    assert repr(counter) == f"<Counter #{counter.id}>"
    assert repr(counter.js) == f"<the JS side of <Counter #{counter.id}>>"


def test_outside_of_a_notebook_a_display_says_what_to_run(session):
    bundle = Counter(session=session)._repr_mimebundle_()
    assert "run app.init_notebook() to see it here, or app.launch()" in bundle["text/plain"]


def test_a_model_cannot_be_copied():
    lamp = ui.Label()
    for function in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be copied. It has a twin in each page"):
            function(lamp)


def test_what_is_no_session_is_refused_as_one():
    with pytest.raises(TypeError, match="Label got 'x' as its session"):
        ui.Label(session="x")


def test_a_model_is_made_in_order():
    """Session, id, defaults, constructor values, init in the context of the model, handlers, events."""
    order = []

    class Made(app.Model):
        def init(self, word):
            order.append(("init", word, app.get_active_model() is self, self.second, self.get_event_handlers("first")))

        @event.connect("first")
        def on_first(self, *events):
            order.append(("handler", [ev.new_value for ev in events]))

        class Both:
            @event.prop
            def second(self, v=2):
                order.append(("second", v, isinstance(self.id, str), self.session is not None))
                return v

            @event.prop
            def first(self, v=1):
                order.append(("first", v, self.second))
                return v

    made = Made("word", first=10, second=20)
    assert order[-1][0] == "init" and made.get_event_handlers("first") == [made.on_first]
    loop.flush()
    assert order == [
        ("second", 2, True, True),
        ("first", 1, 2),
        ("second", 20, True, True),
        ("first", 10, 20),
        ("init", "word", True, 20, []),
        ("handler", [1, 10]),
    ]
