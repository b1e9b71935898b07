"""Corners of the event system in which the two sides could differ, and do not."""

from __future__ import annotations

import collections
import dataclasses
import enum
import functools

import pytest
from runner import both_sides, flush, pause

from jsmodel import app, event


class Source(app.Model):
    class Both:
        @event.prop
        def value(self, v=0):
            return int(v)

        @event.emitter
        def fired(self, n):
            return {"n": n}


class Worker(app.Model):
    """It has methods that others are connected to."""

    class Both:
        @event.prop
        def log(self, v=()):
            return list(v)

        async def work(self, *events):
            self.log = [*self.log, f"work {len(events)}"]

        def look(self, *events):
            self.log = [*self.log, f"look {len(events)}"]


class Holder(app.Model):
    """A property of each side that is its own, so that it may hold anything."""

    @event.prop
    def value(self, v=None):
        return v

    class JS:
        @event.prop
        def value(self, v=None):
            return v


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Point:
    x: int


class Mark:
    def __init__(self, text):
        self.text = text

    def __eq__(self, other):
        return self.text == other.text


class Stamp(Mark):
    pass


class Broken:
    def __eq__(self, other):
        raise ValueError("on purpose")


class Plain:
    pass


Pair = collections.namedtuple("Pair", "a b")


@both_sides(Source)
def test_a_handler_of_two_sources_loses_its_place_with_the_events_of_one(trace):
    a, b = Source(), Source()
    a.b = b
    a.connect("fired", "b.fired:zzz", lambda *events: trace(["two", [ev.n for ev in events]]))
    b.connect("fired:aaa", lambda *events: trace(["one", [ev.n for ev in events]]))
    flush()
    a.fired(1)
    b.fired(2)
    flush()
    a.fired(3)
    b.fired(4)
    a.disconnect("fired")
    flush()
    return [["two", [1, 2]], ["one", [2]], ["one", [4]], ["two", [4]]]


@both_sides(Source)
def test_labels_are_in_the_order_of_their_code_points(trace):
    source = Source()
    for label in ["\U0001f600", "￰", "z", "\U0001f600a", "é", "￰\U0001f600", "￰￱", "퟿"]:
        source.connect("value:" + label, lambda *events, label=label: trace(label))
    flush()
    source.value = 1
    flush()
    return ["z", "é", "퟿", "￰", "￰￱", "￰\U0001f600", "\U0001f600", "\U0001f600a"] * 2


@both_sides(Source, Worker)
async def test_an_async_method_as_a_handler_begins_when_the_others_have_run(trace):
    source, worker = Source(), Worker()
    source.connect("value", worker.work)
    source.connect("value:zz", worker.look)
    again = source.connect("value:a", worker.work)
    flush()
    await pause()
    worker.log = []
    again.dispose()
    source.value = 1
    source.value = 2
    flush()
    trace(worker.log)
    await pause()
    trace(worker.log)
    return [["look 2"], ["look 2", "work 2"]]


@both_sides(Source)
async def test_what_waits_for_an_async_handler_comes_after_what_was_there_first(trace):
    source = Source()

    async def slow(*events):
        trace(["slow", [ev.n for ev in events]])
        for _ in range(3):
            await pause()

    source.connect("fired", slow)
    source.connect("fired:z", lambda *events: trace(["quick", [ev.n for ev in events]]))
    source.fired(1)
    flush()
    await pause()
    source.fired(2)
    flush()
    source.fired(3)
    flush()
    for _ in range(8):
        await pause()
    return [["quick", [1]], ["slow", [1]], ["quick", [2]], ["quick", [3]], ["slow", [2, 3]]]


@both_sides(Source)
def test_a_value_that_changed_before_anybody_listened_is_told_from_the_beginning(trace):
    source = Source()
    source.value = 3
    source.value = 7
    source.connect("value", lambda *events: trace([[ev.old_value, ev.new_value] for ev in events]))
    source.value = 8
    flush()
    source.connect("value", lambda *events: trace("too late for those"))
    flush()
    return [[[0, 0], [0, 3], [3, 7], [7, 8]]]


def changes(run, first, second):
    """Whether setting `second` where `first` is says that something changed."""
    holder = Holder()
    holder.value = first
    seen = []
    run()
    holder.connect("value", lambda *events: seen.append(len(events)))
    holder.value = second
    run()
    return len(seen) > 0


@both_sides(Holder)
def test_equal_values_of_one_type_are_no_change(trace):
    makers = [
        lambda: {1, 2},
        lambda: frozenset([1, 2]),
        lambda: b"ab",
        lambda: bytearray(b"ab"),
        lambda: range(3),
        lambda: slice(1, 2),
        lambda: Color.RED,
        lambda: Point(3),
        lambda: Mark("a"),
        lambda: Pair(1, 2),
        lambda: collections.Counter("aab"),
        lambda: collections.OrderedDict([("b", 1), ("a", 2)]),
        lambda: collections.defaultdict(int),
        lambda: collections.deque([1, 2]),
        lambda: (1, {2}),
        lambda: [{1}, Point(2)],
        lambda: {1: {2}},
        lambda: {"a": Point(1)},
        lambda: {"a": 1}.keys(),
        lambda: {"a": 1}.items(),
        lambda: float("nan"),
        lambda: [float("nan")],
        lambda: {float("inf")},
    ]
    for make in makers:
        trace(changes(flush, make(), make()))
    for first, second in [(range(0), range(5, 5)), ({"a": 1, "b": 2}, {"b": 2, "a": 1})]:
        trace(changes(flush, first, second))
    return [False] * 25


@both_sides(Holder)
def test_values_of_other_types_and_what_does_not_say_that_it_is_equal_are_a_change(trace):
    pairs = [
        ({1}, frozenset([1])),
        (b"a", bytearray(b"a")),
        (range(2), [0, 1]),
        (Point(1), Point(2)),
        (Stamp("a"), Mark("a")),
        (Broken(), Broken()),
        (Plain(), Plain()),
        (Color.RED, Color.BLUE),
        ({1: 2}, {1: 3}),
        ({1: 2}, {"1": 2}),
        ({1, 2}, {1, 3}),
        ((1,), [1]),
        (Mark("a"), None),
        (iter([1]), iter([1])),
        (True, 1),
        ("a", b"a"),
    ]
    for first, second in pairs:
        trace(changes(flush, first, second))
    return [True] * 16


@pytest.mark.parametrize("dirty", ["events.append(1)", "events[0] = 1", "events.clear()"])
def test_no_handler_can_change_what_another_one_gets(dirty):
    from jsmodel.testing import JSError, run_js

    program = f"""
from jsmodel import app, event
class Lamp(app.Model):
    class JS:
        @event.prop
        def level(self, v=0):
            return v
lamp = Lamp()
seen = []
def rude(*events):
    {dirty}
lamp.connect("level:a", rude)
lamp.connect("level:b", lambda *events: seen.append(len(events)))
"""
    with pytest.raises(JSError, match="tuple|has no attribute"):
        run_js(program)


@both_sides(Source)
def test_an_event_has_all_fields_of_its_dict_in_order_and_is_a_dict_itself(trace):
    source = Source()
    got = []
    source.connect("!other", lambda *events: got.extend(events))
    source.emit("other", {1: "a", "b": 2, "10": 3, "2": 4})
    source.emit("other", {"type": "x", "source": None, "origin": "me", "old_value": 5})
    source.emit("other", {2: 3})
    flush()
    for ev in got:
        trace([str(key) for key in ev])
        trace(
            [len(ev), "b" in ev, 1 in ev, ev.get("b"), ev.get(1), ev.get("zz", "no"), ev["type"], ev.source is source]
        )
        trace([hasattr(ev, "old_value"), getattr(ev, "new_value", "none"), ev == ev, isinstance(ev, dict)])
        ev.extra = 1
        ev["more"] = 2
        trace([ev["extra"], ev.more, len(ev), {ev: "found"}[ev], len({ev, ev})])
        for wrong in [lambda e: e.nothing, lambda e: e["nothing"], lambda e: e[99]]:
            try:
                wrong(ev)
            except AttributeError:
                trace("AttributeError")
            except KeyError as err:
                trace(f"KeyError {err}")
    errors = ["AttributeError", "KeyError 'nothing'", "KeyError 99"]
    return [
        ["type", "source", "1", "b", "10", "2", "origin"],
        [7, True, True, 2, "a", "no", "other", True],
        [False, "none", True, True],
        [1, 2, 9, "found", 1],
        *errors,
        ["type", "source", "origin", "old_value"],
        [4, False, False, None, None, "no", "other", True],
        [True, "none", True, True],
        [1, 2, 6, "found", 1],
        *errors,
        ["type", "source", "2", "origin"],
        [4, False, False, None, None, "no", "other", True],
        [False, "none", True, True],
        [1, 2, 6, "found", 1],
        *errors,
    ]


@both_sides(Source)
def test_a_wrong_connection_is_refused_in_the_same_words(trace):
    source = Source()
    for bad in ["", "!", "foo.", "a.!b", "a..b", "a***", "a*b", " a", "1a", ":x", None, 3]:
        try:
            source.connect(bad, print)
        except ValueError as err:
            trace(str(err))
    try:
        source.connect("value:a:b")(print).dispose()
        source.emit("a b")
    except ValueError as err:
        trace(str(err))
    how = "Write it like 'foo', 'child.foo', 'children*.foo' or 'foo:label'."
    empty = [
        "The connection string '" + text + f"' is empty. It names what to listen to. {how}" for text in ["", "!", ":x"]
    ]
    names = [
        f"In the connection string '{text}', '{part}' is not a name. "
        f"Names are separated by dots, and may end in * or **. {how}"
        for text, part in [
            ("foo.", ""),
            ("a.!b", "!b"),
            ("a..b", ""),
            ("a***", "a***"),
            ("a*b", "a*b"),
            (" a", " a"),
            ("1a", "1a"),
        ]
    ]
    kinds = [
        f"A connection string must be a str, not {what}. It names what to listen to. {how}"
        for what in ["the NoneType None", "the int 3"]
    ]
    name = "The event type 'a b' is not a name. Handlers connect to it by name. Use letters, digits and underscores."
    return [empty[0], empty[1], *names, empty[2], *kinds, name]


# -- found by reading the rules line by line


class Own(ValueError):
    """What an app raises."""


class Strict(app.Model):
    class Both:
        @event.prop
        def word(self, v="x"):
            if v == "unicode":
                raise UnicodeError("no such character")
            if v == "own":
                raise Own("mine")
            if v == "key":
                raise KeyError("k")
            return v


class Range(app.Model):
    """Each validator reads the other property, also for the default."""

    class Both:
        @event.prop
        def low(self, v=0):
            if v > self.high:
                self.high = v
            return v

        @event.prop
        def high(self, v=10):
            if v < self.low:
                self.low = v
            return v


class Tree(app.Model):
    class Both:
        @event.prop
        def value(self, v=0):
            return v

        @event.prop
        def kids(self, v=()):
            return list(v)


class Listener:
    """An object that can be called."""

    def __init__(self, trace):
        self.trace = trace

    def __call__(self, *events):
        self.trace(["called", len(events)])


class Base(app.Model):
    class Both:
        @event.prop
        def log(self, v=()):
            return list(v)

        @event.prop
        def a(self, v=0):
            return v

        @event.prop
        def b(self, v=0):
            return v

        @event.connect("a")
        def on_it(self, *events):
            self.log = [*self.log, ["base", [ev.type for ev in events]]]


class Elsewhere(Base):
    class Both:
        @event.connect("b:zz")
        def on_it(self, *events):
            super().on_it(*events)
            self.log = [*self.log, ["elsewhere", [ev.type for ev in events]]]


class Plainly(Base):
    class Both:
        def on_it(self, *events):
            self.log = [*self.log, "plainly"]


class Again(Plainly):
    class Both:
        @event.connect("a", "b")
        def on_it(self, *events):
            self.log = [*self.log, ["again", [ev.type for ev in events]]]


@both_sides(Tree)
def test_what_was_disconnected_stays_so_while_its_list_is_put_in_another_order(trace):
    tree, a, b, c = Tree(), Tree(), Tree(), Tree()
    tree.kids = [a, b]
    tree.connect("kids*.value", lambda *events: trace([ev.new_value for ev in events]))
    flush()
    a.disconnect("value")
    tree.kids = [b, a]
    a.value = 1
    b.value = 2
    flush()
    tree.kids = [a, b, a, c]
    a.value = 3
    c.value = 4
    flush()
    tree.kids = [b]
    tree.kids = [a, b]  # it came anew
    a.value = 5
    flush()
    return [[0, 0], [2], [4], [5]]


@both_sides(Tree)
def test_an_object_that_is_twice_in_a_list_is_followed_until_it_is_there_no_more(trace):
    tree, kid = Tree(), Tree()
    tree.kids = [kid, kid]
    handler = tree.connect("kids*.value", lambda *events: trace([ev.new_value for ev in events]))
    flush()
    trace(len(handler.connection_info[0][1]))
    tree.kids = [kid]
    kid.value = 1
    flush()
    tree.kids = []
    kid.value = 2
    flush()
    return [[0], 1, [1]]


@both_sides(Tree)
def test_whoever_sets_a_property_is_not_bothered_by_a_path_that_goes_round_in_a_circle(trace):
    a, b = Tree(), Tree()
    a.kids = [b]
    a.connect("kids**.value", lambda *events: trace([ev.new_value for ev in events]))
    b.connect("kids", lambda *events: trace(len(events)))
    flush()
    b.kids = [a]
    b.value = 4
    flush()
    b.kids = []
    b.value = 5
    flush()
    return [[0], 1, 1, [4], 1, [5]]


@both_sides(Strict)
def test_a_validator_refuses_with_any_kind_of_value_error(trace):
    strict = Strict()
    for word in ["unicode", "own", "key"]:
        try:
            strict.word = word
        except Exception as err:
            trace([isinstance(err, ValueError), "refused the str" in str(err), strict.word])
    return [[True, True, "x"], [True, True, "x"], [False, False, "x"]]


@both_sides(Range)
def test_validators_that_read_each_other_find_the_defaults_while_they_run_for_the_first_time(trace):
    span = Range()
    span.connect("low", "high", lambda *events: trace([[ev.type, ev.new_value] for ev in events]))
    flush()
    span.low = 20
    span.high = 3
    flush()
    return [[["low", 0], ["high", 10]], [["high", 20], ["low", 20], ["low", 3], ["high", 3]]]


@both_sides(Source)
def test_a_partial_is_a_handler_in_the_order_of_its_own_name(trace):
    def first(what, *events):
        trace(what)

    source = Source()
    trace(source.connect("fired", functools.partial(first, "partial")).name)
    source.connect("fired:g", functools.partial(first, "labelled"))
    source.fired(1)
    flush()
    return ["partial", "labelled", "partial"]


@both_sides(Source)
def test_an_object_that_can_be_called_is_a_handler_with_the_name_of_its_class(trace):
    source, listener = Source(), Listener(trace)
    handler = source.connect("fired", listener)
    trace(handler.name)
    source.fired(1)
    flush()
    handler()
    source.disconnect("fired", listener)
    source.fired(2)
    flush()
    return ["Listener", ["called", 1], ["called", 0]]


@both_sides(Source, Worker)
def test_a_handler_that_is_connected_again_is_one_of_the_same_function(trace):
    def note(*events):
        trace([ev.type for ev in events])

    source, worker = Source(), Worker()
    first = source.connect("value", note)
    source.connect("fired", first)
    source.connect("fired", source.connect("value", worker.look))
    flush()
    first.dispose()
    worker.log = []
    source.fired(1)
    flush()
    trace(worker.log)
    source.disconnect("fired", note)
    worker.dispose()
    source.fired(2)
    flush()
    trace([worker.log, len(source.get_event_handlers("fired"))])
    return [["value"], ["fired"], ["look 1"], [["look 1"], 0]]


@both_sides(Base, Elsewhere, Plainly, Again)
def test_a_handler_that_a_subclass_declares_anew_listens_to_what_that_says(trace):
    for ob in [Base(), Elsewhere(), Plainly(), Again()]:
        flush()
        ob.log = []
        flush()
        ob.a = 1
        ob.b = 1
        flush()
        trace(ob.log)
    return [
        [["base", ["a"]]],
        [["base", ["b"]], ["elsewhere", ["b"]]],
        [],
        [["again", ["a", "b"]]],
    ]


@both_sides(Source)
def test_a_name_in_a_connection_string_ends_where_it_ends(trace):
    source = Source()
    for text in ["value\n", "value ", "val-ue"]:
        try:
            source.connect(text, lambda *events: None)
        except ValueError as err:
            trace("is not a name" in str(err))
    return [True, True, True]
