"""Properties, emitters, handlers and the loop, where Python alone matters; tests/both/ has what both sides share."""

from __future__ import annotations

import asyncio
import gc
import queue
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from jsmodel import event
from jsmodel.errors import ClassError, ConnectionStringError, PropertyError, UnknownProperty
from jsmodel.event import Event, HasEvents, Loop, loop, origin_is
from jsmodel.event.loop import current_origin


class Node(HasEvents):
    """No model: the event system stands on its own."""

    @event.prop
    def value(self, v=0):
        return v

    @event.prop
    def child(self, v=None):
        return v

    @event.prop
    def children(self, v=()):
        return tuple(v)

    @event.emitter
    def clicked(self, x=0):
        return None if x is None else {"x": x}


def listen(ob: HasEvents, *strings: str) -> list[Any]:
    """Note each call as the list of its new values or x."""
    calls: list[Any] = []

    def note(*events: Event) -> None:
        calls.append([e.get("new_value", e.get("x")) for e in events])

    ob.connect(*strings, note)
    return calls


@pytest.fixture
def node() -> Node:
    node = Node()
    loop.flush()
    return node


# Declaring


@pytest.mark.parametrize(
    ("declare", "words"),
    [
        (lambda: event.prop(5), "@event.prop decorates a function, not int."),
        (lambda: event.readonly("x"), "@event.readonly decorates a function, not str."),
        (lambda: event.emitter(5), "@event.emitter decorates a function, not int."),
        (
            lambda: event.prop(lambda v: v),
            "is declared with the wrong arguments. Its function takes self and one value",
        ),
        (lambda: event.prop(lambda self, a, b: a), "is declared with the wrong arguments"),
    ],
)
def test_a_wrong_declaration_is_refused_in_words(declare, words):
    with pytest.raises(ClassError, match=words):
        declare()


@pytest.mark.parametrize(
    ("strings", "words"),
    [
        ((), "@event.connect needs one or more connection strings"),
        ((5,), "@event.connect needs one or more connection strings"),
        (("",), "The connection string '' is empty"),
        (("a..b",), "In the connection string 'a..b', '' is not a name"),
    ],
)
def test_a_wrong_connection_is_refused_when_the_class_is_made(strings, words):
    with pytest.raises(ConnectionStringError, match=words):

        class Wrong(HasEvents):
            @event.connect(*strings)
            def on(self, *events):
                pass


def test_connect_as_a_decorator_of_methods_wants_self():
    with pytest.raises(
        ConnectionStringError, match="is for methods, and 'handler' does not take self. For a function, call"
    ):

        @event.connect("a")
        def handler(*events):
            pass


def test_a_validator_s_error_names_object_property_and_value():
    class Strict(HasEvents):
        @event.prop
        def n(self, v=0):
            return int(v)

    strict = Strict()
    with pytest.raises(PropertyError, match=r"^Strict.n refused the str 'x'. ValueError: invalid literal for int"):
        strict.n = "x"
    with pytest.raises(ValueError):
        strict.n = "x"
    assert strict.n == 0


def test_an_unknown_property_lists_what_there_is():
    with pytest.raises(UnknownProperty, match="Node has no property 'zzz'. It has: child, children, value."):
        Node(zzz=1)


def test_an_emitter_that_returns_something_else_is_an_error():
    class Bad(HasEvents):
        @event.emitter
        def ev(self):
            return 5

    with pytest.raises(
        TypeError, match="The emitter Bad.ev returned the int 5. It describes the event. Return a dict, or None"
    ):
        Bad().ev()
    with pytest.raises(AttributeError, match="Cannot set Bad.ev: it is an emitter. Call it to emit an event."):
        Bad().ev = 5


# Delivering


def test_events_of_a_turn_are_one_call_in_order(node):
    calls = listen(node, "value", "clicked")
    node.value = 1
    node.clicked(2)
    node.value = 3
    assert calls == []
    loop.flush()
    assert calls == [[1, 2, 3]]


def test_every_handler_gets_the_same_event_object(node):
    seen: list[Event] = []
    one = node.connect("clicked", lambda *events: seen.extend(events))
    two = node.connect("clicked", lambda *events: seen.extend(events))
    emitted = node.emit("clicked", {"x": 1})
    loop.flush()
    assert [e is emitted for e in seen] == [True, True] and one is not two


def test_an_event_has_attributes_items_and_a_short_repr(node):
    emitted = node.emit("clicked", {"x": 1})
    assert (emitted.x, emitted["x"], emitted.type, emitted.source, emitted.origin) == (1, 1, "clicked", node, "py")
    assert repr(emitted) == "<Event 'clicked' x=1 origin='py'>"
    with pytest.raises(AttributeError, match="Event 'clicked' has no 'y'. It has: type, source, x, origin."):
        emitted.y  # noqa: B018


def test_events_emitted_by_a_handler_come_in_the_same_turn_after_it(node):
    order: list[str] = []
    node.connect("value", lambda *events: (order.append("value"), node.clicked(1)))
    node.connect("clicked", lambda *events: order.append("clicked"))
    node.value = 1
    loop.flush()
    assert order == ["value", "clicked"]


def test_a_failing_handler_is_reported_and_the_others_run(node, failures, caplog):
    def fails(*events: Event) -> None:
        raise KeyError("on purpose")

    node.connect("value:1", fails)
    calls = listen(node, "value:2")
    node.value = 1
    loop.flush()
    assert calls == [[1]]
    assert [type(e) for e in failures] == [KeyError]
    assert "handler 'fails' failed." in caplog.text and "raise KeyError" in caplog.text
    assert "hasevents.py" not in caplog.text and "handlers.py" not in caplog.text  # frames of ours are left out


def test_a_failing_reporter_does_not_stop_the_others(node, failures):
    def broken(error: BaseException, handler: Any) -> None:
        raise RuntimeError

    loop.add_reporter(broken)
    try:
        loop.call_soon(lambda: 1 / 0)
        loop.flush()
    finally:
        loop.remove_reporter(broken)
    assert [type(e) for e in failures] == [ZeroDivisionError]


def test_calling_a_handler_gives_it_no_events_and_raises_normally(node):
    got: list[Any] = []
    handler = node.connect("value", lambda *events: got.append(events))
    handler()
    assert got == [()]
    failing = node.connect("value", lambda *events: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        failing()


def test_handlers_that_set_each_other_off_for_ever_get_a_pause(node):
    calls: list[int] = []

    def again(*events: Event) -> None:
        calls.append(1)
        node.value += 1

    handler = node.connect("value", again)
    node.value = 1
    loop.flush()
    assert len(calls) == Loop.ROUNDS
    loop.flush()
    assert len(calls) == 2 * Loop.ROUNDS
    handler.dispose()
    loop.flush()


def test_who_waits_for_the_end_of_a_turn_is_called_once_after_the_handlers(node):
    order: list[str] = []

    def idle() -> None:
        order.append("idle")

    node.connect("value", lambda *events: order.append("handler"))
    loop.on_idle(idle)
    loop.on_idle(idle)
    node.value = 1
    loop.flush()
    assert order == ["handler", "idle"]


def test_a_flush_inside_a_handler_does_nothing(node):
    order: list[str] = []

    def first(*events: Event) -> None:
        node.clicked(1)
        loop.flush()
        order.append("first")

    node.connect("value", first)
    node.connect("clicked", lambda *events: order.append("second"))
    node.value = 1
    loop.flush()
    assert order == ["first", "second"]


# Connecting


def test_a_handler_holds_neither_its_object_nor_what_it_listens_to(node):
    child = Node()
    node.child = child
    handler = node.connect("child.value", lambda *events: None)
    loop.flush()
    refs = [weakref.ref(child), weakref.ref(node)]
    node.child = None
    loop.flush()
    del child
    gc.collect()
    assert refs[0]() is None
    assert handler.connection_info == [("child.value", [])]


def test_a_handler_whose_object_was_let_go_does_not_stay_with_what_it_listened_to(node):
    class Listener(HasEvents):
        @event.prop
        def other(self, v=None):
            return v

        @event.connect("other.value")
        def on_value(self, *events):
            raise AssertionError("nobody is there")

    for _ in range(5):
        Listener(other=node)
    gc.collect()
    node.value = 1
    loop.flush()
    assert node.get_event_handlers("value") == []


def test_connection_info_says_what_is_connected_now(node):
    kids = [Node(), Node()]
    node.children = kids
    handler = node.connect("children*.value", "value:x", lambda *events: None)
    assert handler.connection_info == [
        ("children*.value", [(kids[0], "value"), (kids[1], "value")]),
        ("value:x", [(node, "value")]),
    ]


def test_replacing_an_element_deep_in_a_tree_moves_the_connection(node):
    leaf, other = Node(), Node()
    middle = Node(children=[leaf])
    node.children = [middle]
    calls = listen(node, "children*.children*.value")
    loop.flush()
    calls.clear()
    middle.children = [other]
    leaf.value = 1
    other.value = 2
    loop.flush()
    assert calls == [[2]]


def test_replacing_by_none_and_back_is_followed(node):
    child = Node()
    loop.flush()
    calls = listen(node, "child.value")
    node.child = child
    child.value = 1
    node.child = None
    child.value = 2
    node.child = child
    child.value = 3
    loop.flush()
    assert calls == [[1, 3]]


def test_appending_to_a_list_disconnects_nothing(node):
    one, two = Node(), Node()
    node.children = [one]
    handler = node.connect("children*.value", lambda *events: None)
    before = one._jsm_links["value"]
    node.children = [one, two]
    assert one._jsm_links["value"] is before
    assert len(handler.connection_info[0][1]) == 2


def test_a_path_over_a_plain_attribute_is_resolved_once(node):
    node.plain = Node()
    first = node.plain
    calls = listen(node, "plain.value")
    loop.flush()
    calls.clear()
    node.plain = Node()
    first.value = 5
    loop.flush()
    assert calls == [[5]]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("nothing.value", "<Node> has no 'nothing'. The part 'nothing' was looked up on <Node>."),
        ("value.value", "'value' is not an object with events but int"),
        ("value*.value", "'value' is not a list or tuple but int"),
        ("empty.value", "'empty' is None and is not a property, so it can never be followed"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused_with_the_part_that_failed(node, path, words):
    node.empty = None
    with pytest.raises(ConnectionStringError, match=words):
        node.connect(path, lambda *events: None)


def test_a_circle_is_refused_in_words(node):
    node.children = [node]
    with pytest.raises(ConnectionStringError, match=r"goes round in a circle. An object is its own descendant"):
        node.connect("children**.value", lambda *events: None)


def test_an_unknown_type_warns_with_the_nearest_and_an_exclamation_mark_silences_it(node, caplog):
    node.connect("valeu", lambda *events: None)
    assert "Node is not known to emit 'valeu'. Did you mean 'value'? Write '!valeu' if it is meant so." in caplog.text
    caplog.clear()
    node.connect("!valeu", lambda *events: None)
    assert caplog.text == ""


def test_the_warning_of_an_unknown_type_comes_once_for_a_class(caplog):
    class Other(HasEvents):
        pass

    for _ in range(3):
        Other().connect("vlaue", lambda *events: None)
    Other().connect("!value", lambda *events: None)
    Node().connect("vlaue", lambda *events: None)
    warned = [record.getMessage().partition(", but ")[2].partition(".")[0] for record in caplog.records]
    assert warned == ["Other is not known to emit 'vlaue'", "Node is not known to emit 'vlaue'"]


def test_a_function_ends_with_the_object_it_was_connected_on(node):
    def listen_to_it() -> None:
        Node(children=[node]).connect("children*.value", lambda *events: calls.append(1))

    calls: list[int] = []
    listen_to_it()
    gc.collect()
    loop.flush()
    node.value = 1
    loop.flush()
    assert calls == [] and node.get_event_handlers("value") == []


def test_an_object_whose_handlers_cannot_be_connected_leaves_none_behind(node):
    class Listener(HasEvents):
        @event.prop
        def other(self, v=None):
            return v

        @event.connect("other.value")
        def a(self, *events):
            raise AssertionError("it was never made")

        @event.connect("nothing.value")
        def b(self, *events): ...

    with pytest.raises(ConnectionStringError, match="has no 'nothing'"):
        Listener(other=node)
    assert node.get_event_handlers("value") == []


def test_connecting_the_handler_of_a_class_connects_its_method(node):
    class Listener(HasEvents):
        calls = 0

        @event.connect("!nothing")
        def heard(self, *events):
            self.calls += len(events)

    listener = Listener()
    handler = node.connect("value", listener.heard)
    node.value = 1
    loop.flush()
    assert (handler.name, listener.calls) == ("heard", 1)


def test_connect_takes_its_function_first_or_last_or_as_a_decorator(node):
    calls: list[str] = []
    node.connect(lambda *events: calls.append("first"), "value")
    node.connect("value", lambda *events: calls.append("last"))

    @node.connect("value")
    def decorated(*events: Event) -> None:
        calls.append("decorated")

    node.value = 1
    loop.flush()
    assert sorted(calls) == ["decorated", "first", "last"] and decorated.name == "decorated"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "was given no connection string"),
        ((print,), "was given no connection string"),
        ((print, "a", print), "was given more than one function"),
        (("value", print, "child"), "takes its function first or last. It stood between strings"),
        ((5, print), "A connection string must be a str, not the int 5"),
    ],
)
def test_connect_called_wrongly_says_how(node, args, words):
    with pytest.raises(ConnectionStringError, match=words):
        node.connect(*args)


@pytest.mark.parametrize("name", ["", "a b", "1a", 5, None])
def test_an_event_type_that_is_no_name_is_refused(node, name):
    with pytest.raises(ValueError, match="is not a name. Handlers connect to it by name."):
        node.emit(name)


def test_a_disposed_object_hears_nothing_of_others_either(node):
    calls: list[Any] = []

    class Listener(HasEvents):
        @event.prop
        def other(self, v=None):
            return v

        @event.connect("other.value")
        def on_value(self, *events):
            calls.append(len(events))

    listener = Listener(other=node)
    loop.flush()
    calls.clear()
    listener.dispose()
    node.value = 5
    loop.flush()
    assert calls == []


# async handlers


def run(work: Any) -> None:
    asyncio.run(asyncio.wait_for(work, 10))


def test_an_async_handler_is_awaited_one_call_at_a_time_and_misses_nothing(node):
    calls: list[list[int]] = []
    running = 0

    async def slow(*events: Event) -> None:
        nonlocal running
        running += 1
        assert running == 1
        calls.append([e.new_value for e in events])
        await asyncio.sleep(0.01)
        running -= 1

    async def scenario() -> None:
        node.connect("value", slow)
        node.value = 1
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        node.value = 2
        await asyncio.sleep(0)
        node.value = 3
        while sum(map(len, calls)) < 3 or running:
            await asyncio.sleep(0.005)

    run(scenario())
    assert calls == [[1], [2, 3]]


def test_events_that_came_while_an_async_handler_ran_stay_before_later_ones(node):
    calls: list[int] = []
    go = asyncio.Event()

    async def slow(*events: Event) -> None:
        calls.extend(e.new_value for e in events)
        await go.wait()

    async def scenario() -> None:
        node.connect("value", slow)
        node.value = 1
        loop.flush()
        await asyncio.sleep(0)
        node.value = 2
        loop.flush()  # the handler runs still: this one waits
        node.value = 3  # and this one is in the loop's queue
        go.set()
        while len(calls) < 3:
            await asyncio.sleep(0)

    run(scenario())
    assert calls == [1, 2, 3]


def test_an_error_in_an_async_handler_is_reported_and_it_goes_on(node, failures):
    calls: list[int] = []

    async def fails(*events: Event) -> None:
        await asyncio.sleep(0)
        calls.append(len(events))
        raise KeyError("later")

    async def scenario() -> None:
        node.connect("value", fails)
        for n in (1, 2):
            node.value = n
            while len(calls) < n:
                await asyncio.sleep(0)
            await asyncio.sleep(0)

    run(scenario())
    assert [type(e) for e in failures] == [KeyError, KeyError]


def test_an_async_handler_with_no_loop_says_what_to_do(node, failures):
    async def handler(*events: Event) -> None:
        pass

    node.connect("value", handler)
    node.value = 1
    loop.flush()
    (error,) = failures
    assert str(error).startswith(
        "The async handler 'handler' cannot run: no asyncio loop runs. In a script that is so until"
    )


# Where turns come from


def test_a_running_asyncio_loop_gives_the_turns(node):
    calls = listen(node, "value")

    async def scenario() -> None:
        node.value = 1
        assert calls == []
        await asyncio.sleep(0)

    run(scenario())
    assert calls == [[1]]


def test_in_a_plain_script_events_wait(node):
    calls = listen(node, "value")
    node.value = 1
    assert calls == []
    loop.flush()
    assert calls == [[1]]


def test_a_property_set_in_a_thread_is_handled_in_the_thread_of_the_loop(node):
    seen: list[tuple[Any, ...]] = []
    node.connect("value", lambda *events: seen.append((threading.get_ident(), [e.new_value for e in events])))

    async def scenario() -> None:
        loop.integrate(asyncio.get_running_loop())
        try:
            thread = threading.Thread(target=lambda: setattr(node, "value", 7))
            thread.start()
            while not seen:
                await asyncio.sleep(0.001)
            thread.join()
        finally:
            loop.integrate(None)

    run(scenario())
    assert seen == [(threading.get_ident(), [7])]


def test_many_threads_lose_nothing_and_keep_their_order(node):
    got: list[tuple[int, int]] = []
    node.connect("clicked", lambda *events: got.extend(e.x for e in events))

    def emit(who: int) -> None:
        for n in range(200):
            node.emit("clicked", {"x": (who, n)})

    async def scenario() -> None:
        loop.integrate(asyncio.get_running_loop())
        try:
            threads = [threading.Thread(target=emit, args=(who,)) for who in range(4)]
            for thread in threads:
                thread.start()
            while len(got) < 800:
                await asyncio.sleep(0.001)
            for thread in threads:
                thread.join()
        finally:
            loop.integrate(None)

    run(scenario())
    for who in range(4):
        assert [n for w, n in got if w == who] == list(range(200))


def elsewhere(work: Callable[[Callable[[], None]], None]) -> None:
    """Call `work(turn)` in another thread; each `turn()` in it lets the loop turn in this one."""
    asked: queue.Queue[threading.Event | None] = queue.Queue()

    def turn() -> None:
        done = threading.Event()
        asked.put(done)
        assert done.wait(10)

    def run() -> None:
        try:
            work(turn)
        finally:
            asked.put(None)

    thread = threading.Thread(target=run)
    thread.start()
    while (done := asked.get(timeout=10)) is not None:
        loop.flush()
        done.set()
    thread.join(10)
    loop.flush()


def test_an_object_that_a_thread_makes_keeps_its_events_until_its_handlers_are_connected():
    calls: list[list[Any]] = []
    take_a_turn: list[Callable[[], None]] = []

    class Slow(HasEvents):
        @event.prop
        def value(self, v=0):
            take_a_turn[0]()
            return v

        @event.prop
        def other(self, v="a"):
            self.emit("told", {"new_value": v})
            take_a_turn[0]()
            return v

        @event.connect("value", "other", "!told")
        def on_anything(self, *events):
            calls.append([e.new_value for e in events])

    def work(turn: Callable[[], None]) -> None:
        take_a_turn.append(turn)
        Slow(value=1, other="b")

    elsewhere(work)
    assert calls == [[0, "a", "a", 1, "b", "b"]]


def test_what_a_thread_posts_while_it_makes_an_object_stays_in_order(node):
    calls = listen(node, "value", "!child.value")

    class Slow(HasEvents):
        def __init__(self, turn: Callable[[], None]) -> None:
            self.turn = turn
            super().__init__()

        @event.prop
        def start(self, v=0):
            node.child = Node(value=1)
            self.turn()
            node.value = 2
            node.child.value = 3
            self.turn()
            return v

    elsewhere(lambda turn: (Slow(turn), None)[1])
    assert calls == [[0, 1, 2, 3]]


def test_what_another_thread_says_of_an_object_that_is_half_made_is_kept_too():
    calls: list[list[Any]] = []
    half: list[HasEvents] = []

    class Slow(HasEvents):
        turn: Callable[[], None]

        @event.prop
        def start(self, v=0):
            half.append(self)
            loop.call_soon(lambda: self.emit("told", {"x": 1}))
            self.turn()
            self.emit("told", {"x": 2})
            return v

        @event.connect("!told")
        def on_told(self, *events):
            calls.append([e.x for e in events])

    elsewhere(lambda turn: (setattr(Slow, "turn", staticmethod(turn)), Slow())[0])
    assert calls == [[1, 2]]
    half[0].emit("told", {"x": 3})
    loop.flush()
    assert calls == [[1, 2], [3]]


def test_a_flush_in_the_middle_of_making_an_object_means_what_its_thread_has_posted(node):
    calls = listen(node, "value")
    seen: list[Any] = []

    class Impatient(HasEvents):
        @event.prop
        def start(self, v=0):
            node.value = 1
            loop.flush()
            seen.extend(calls)
            node.value = 2
            return v

    Impatient()
    assert seen == [[1]]
    loop.flush()
    assert calls == [[1], [2]]


def test_events_of_an_object_that_could_not_be_made_do_not_hold_up_the_others(node):
    calls = listen(node, "value")

    class Failing(HasEvents):
        @event.prop
        def start(self, v=0):
            node.value = 1
            raise RuntimeError("on purpose")

    def work(turn: Callable[[], None]) -> None:
        with pytest.raises(RuntimeError, match="on purpose"):
            Failing()

    elsewhere(work)
    assert calls == [[1]]


def test_a_handler_that_is_disconnected_while_an_object_is_made_hears_nothing_more(node):
    calls = listen(node, "value")

    class Rude(HasEvents):
        @event.prop
        def start(self, v=0):
            node.value = 1
            node.disconnect("value")
            return v

    Rude()
    loop.flush()
    assert calls == []


def test_who_asks_for_the_end_of_a_turn_from_other_threads_is_never_forgotten():
    own = Loop()
    done = 0
    stop = threading.Event()

    def idle() -> None:
        nonlocal done
        done += 1

    def ask() -> None:
        while not stop.is_set():
            own.on_idle(idle)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(500):
        own.flush()
    stop.set()
    for thread in threads:
        thread.join(10)
    before = done
    own.on_idle(idle)
    own.flush()
    assert done == before + 1


def test_a_closed_asyncio_loop_is_let_go(node):
    dead = asyncio.new_event_loop()
    loop.integrate(dead)
    dead.close()
    calls = listen(node, "value")
    node.value = 1
    loop.flush()
    assert calls == [[1]] and loop.home is None and loop.is_home


def test_the_repr_of_the_loop_counts(node):
    listen(node, "value")
    node.value = 1
    assert repr(loop) == "<Loop, free, 1 events and 0 calls wait>"


def test_what_handlers_change_they_change_whoever_asked_for_the_turn(node):
    origins: list[tuple[str, str]] = []

    def also(*events: Event) -> None:
        origins.extend((e.type, e.origin) for e in events)
        node.emit("more")

    async def later(*events: Event) -> None:
        node.emit("late")

    async def scenario() -> None:
        node.connect("value", also)
        node.connect("value", later)
        for type_ in ("more", "late"):
            node.connect(f"!{type_}", lambda *events: origins.extend((e.type, e.origin) for e in events))
        loop.flush()
        origins.clear()
        with origin_is("user"):
            node.value = 5  # the turn is asked for here
            assert current_origin() == "user"
        for _ in range(5):
            await asyncio.sleep(0)

    run(scenario())
    assert origins[:2] == [("value", "user"), ("more", "py")] and set(origins[2:]) == {("late", "py")}


def test_an_async_handler_that_is_cancelled_is_no_failure_and_is_called_again(node, caplog):
    calls: list[int] = []

    async def work(*events: Event) -> None:
        calls.append(len(events))
        raise asyncio.CancelledError

    async def scenario() -> None:
        node.connect("value", work)
        loop.flush()
        for n in (1, 2):
            await asyncio.sleep(0.001)
            node.value = n
        await asyncio.sleep(0.001)

    run(scenario())
    assert calls == [1, 1] and not caplog.records
