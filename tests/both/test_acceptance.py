"""The acceptance cases of the event system that need no wire: each number is a case, on both sides.

The cases that need two sides that talk to each other (3 to 6, 8 to 20, 27 and 28 among
them) are in tests/test_acceptance_sync.py; test_scenarios.py has more of what this one is about.
"""

from __future__ import annotations

from runner import both_sides, flush, make, pause

from jsmodel import app, event


class Node(app.Model):
    class Both:
        UNITS = ["m", {"long": "metre"}]

        @event.prop
        def value(self, v=0):
            return int(v)

        @event.prop
        def any(self, v):
            return v

        @event.prop
        def child(self, v=None):
            return v

        @event.prop
        def kids(self, v=()):
            return list(v)

        @event.emitter
        def fired(self, n):
            return {"n": n}

        def described(self, unit):
            return str(self.value) + unit


class Deeper(Node):
    class Both:
        def described(self, unit):
            return "deeper " + super().described(unit)


class Picky(app.Model):
    """Its validator notes what it is given."""

    class Both:
        @event.prop
        def asked(self, v=()):
            return list(v)

        @event.prop
        def size(self, v=1):
            self.asked = self.asked + [v]
            return v * 10


class Watcher(app.Model):
    """A handler of the class, and methods whose names look like handlers."""

    class Both:
        @event.prop
        def value(self, v=0):
            return v

        @event.prop
        def log(self, v=()):
            return list(v)

        @event.connect("value")
        def seen(self, *events):
            self.log = self.log + [len(events)]

        def on_value(self, *events):
            self.log = self.log + ["on_value"]

        def value_changed(self, *events):
            self.log = self.log + ["value_changed"]

        def _value_changed(self, *events):
            self.log = self.log + ["_value_changed"]

        def heard(self, *events):
            self.log = self.log + ["heard"]


def values(trace):
    """A handler that notes what its events say, in order."""
    return lambda *events: trace([ev.new_value for ev in events])


# The numbered cases


@both_sides(Picky)
def test_case_01_default_and_constructor_value_reach_the_validator_and_the_handler_sees_the_sequence_once(trace):
    """1: default and constructor value both reach the validator, the handler sees the sequence once."""
    picky = make(Picky, {"size": 3})
    picky.connect("size", lambda *events: trace([[ev.old_value, ev.new_value] for ev in events]))
    trace(picky.asked)
    flush()
    flush()
    return [[1, 3], [[10, 10], [10, 30]]]


@both_sides(Node)
def test_case_02_an_unknown_keyword_is_an_error_with_the_nearest_name(trace):
    """2: unknown keyword: error with the nearest name."""
    try:
        make(Node, {"valeu": 3})
    except AttributeError as err:
        trace(str(err))
    return ["Node has no property 'valeu'. Did you mean 'value'?"]


@both_sides(Node)
def test_case_07_a_failing_handler_stops_no_other_and_goes_on_itself(trace):
    """7: handler errors are isolated."""

    def fails(*events):
        trace("fails")
        raise ValueError("on purpose")

    node = Node()
    flush()
    node.connect("value:a", lambda *events: trace("before"))
    node.connect("value:b", fails)
    node.connect("value:c", lambda *events: trace("after"))
    node.value = 1
    flush()
    node.value = 2
    flush()
    return ["before", "fails", "after", "before", "fails", "after"]


@both_sides(Node)
def test_case_10_a_set_calls_the_handler_once_in_the_next_turn(trace):
    """10 and 11, on one side: a set leads to one call, in the next turn and not before."""
    node = Node()
    flush()
    node.connect("value", values(trace))
    node.value = 5
    trace("set")
    flush()
    flush()
    return ["set", [5]]


@both_sides(Node)
def test_case_12_an_equal_set_is_nothing_and_another_type_is_something(trace):
    """12: equal set: nothing. The same type and equal; NaN is equal to NaN, a tuple not to a list, True not to 1."""
    node = Node()
    flush()
    node.connect(
        "any", lambda *events: trace(len(events) if isinstance(node.any, dict) else [ev.new_value for ev in events])
    )
    node.any = [1, 2]
    node.any = [1, 2]
    flush()
    node.any = (1, 2)
    flush()
    node.any = [1, 2]
    flush()
    node.any = 1
    node.any = 1
    flush()
    node.any = True
    node.any = True
    flush()
    node.any = {"a": [1, float("nan")]}
    node.any = {"a": [1, float("nan")]}
    flush()
    node.any = ""
    flush()
    node.any = None
    node.any = None
    flush()
    return [[[1, 2]], [[1, 2]], [[1, 2]], [1], [True], 1, [""], [None]]


@both_sides(Node)
def test_case_13_a_hundred_quick_sets_are_one_call_with_all_of_them_in_order(trace):
    """13, on one side: nothing merges before it crosses over."""
    node = Node()
    flush()
    node.connect("value", lambda *events: trace([len(events), events[0].new_value, events[-1].new_value]))
    for i in range(100):
        node.value = i + 1
    flush()
    return [[100, 1, 100]]


@both_sides(Node)
def test_case_21_handlers_run_in_the_order_of_label_or_name_then_of_creation(trace):
    """21: label order."""
    node = Node()
    flush()

    def beta(*events):
        trace("beta, by name")

    node.connect("value", beta)
    node.connect("value:gamma", lambda *events: trace("gamma"))
    node.connect("value:alpha", lambda *events: trace("alpha 1"))
    node.connect("value:alpha", lambda *events: trace("alpha 2"))
    node.connect("value:beta", lambda *events: trace("beta, by label"))
    node.connect("value", lambda *events: trace("<lambda>"))
    node.value = 1
    flush()
    return ["<lambda>", "alpha 1", "alpha 2", "beta, by name", "beta, by label", "gamma"]


@both_sides(Node)
def test_case_22_a_child_that_is_replaced_is_followed(trace):
    """22: replace a child."""
    one = Node()
    two = Node()
    top = make(Node, {"child": one})
    flush()
    handler = top.connect("child.value", values(trace))
    one.value = 1
    top.child = two
    one.value = 100
    two.value = 2
    flush()
    trace(handler.connection_info[0][1][0][0] is two)
    trace(len(one.get_event_handlers("value")))
    return [[1, 2], True, 0]


@both_sides(Node)
def test_case_23_a_list_that_is_replaced_is_followed(trace):
    """23: replace a list."""
    one = Node()
    two = Node()
    three = Node()
    top = make(Node, {"kids": [one, two]})
    flush()
    handler = top.connect("kids*.value", values(trace))
    top.kids = [two, three]
    one.value = 100
    two.value = 2
    three.value = 3
    flush()
    top.kids = []
    two.value = 101
    flush()
    trace(len(handler.connection_info[0][1]))
    top.kids = (one,)
    one.value = 4
    flush()
    return [[2, 3], 0, [4]]


@both_sides(Node)
def test_case_24_an_element_deep_in_a_tree_that_is_replaced_is_followed(trace):
    """24: replace an element deep in a tree."""
    leaf = Node()
    other = Node()
    middle = make(Node, {"kids": [leaf]})
    top = make(Node, {"kids": [make(Node, {"kids": [middle]})]})
    flush()
    top.connect("kids**.value", values(trace))
    top.connect("kids*.kids*.kids*.value:z", lambda *events: trace(len(events)))
    middle.kids = [other]
    leaf.value = 100
    other.value = 1
    middle.value = 2
    flush()
    return [[1, 2], 1]


@both_sides(Node)
def test_case_25_an_element_that_is_replaced_by_none_and_comes_back_is_followed(trace):
    """25: replace an element by None."""
    one = Node()
    two = Node()
    top = make(Node, {"kids": [one, two], "child": one})
    flush()
    top.connect("kids*.value:a", values(trace))
    top.connect("child.value:b", lambda *events: trace(len(events)))
    top.kids = [None, two]
    top.child = None
    one.value = 100
    two.value = 1
    flush()
    top.kids = [one, two]
    top.child = one
    one.value = 2
    flush()
    return [[1], [2], 1]


@both_sides(Node)
def test_case_26_an_exclamation_mark_connects_to_what_nothing_is_known_to_emit(trace):
    """26: `!`. Only at the very start; that it does not warn, test_events.py and handlers.test.ts say."""
    node = Node()
    flush()
    node.connect("!later:label", lambda *events: trace([events[0].n, events[0].type]))
    node.emit("later", {"n": 3, "type": "forged", "source": None})
    flush()
    for text in ["later!", "a.!b", "!!a", "!"]:
        try:
            node.connect(text, lambda *events: None)
        except ValueError:
            trace(text)
    return [[3, "later"], "later!", "a.!b", "!!a", "!"]


@both_sides(Node)
def test_case_27_a_disposed_object_says_and_hears_nothing_and_is_left_by_all(trace):
    """27, on one side: dispose disconnects in both directions; what was said before is delivered."""
    one = Node()
    top = make(Node, {"kids": [one]})
    flush()
    top.connect("kids*.value", lambda *events: trace("heard by the disposed"))
    top.connect("value", lambda *events: trace("said by the disposed"))
    one.value = 1
    top.value = 1
    top.dispose()
    flush()
    one.value = 2
    top.value = 2
    flush()
    top.connect("value", "kids*.value", lambda *events: trace("never"))
    top.value = 3
    flush()
    top.dispose()
    trace([len(one.get_event_handlers("value")), len(top.get_event_handlers("value")), top.value])
    return ["heard by the disposed", "said by the disposed", [0, 0, 3]]


# Connecting


@both_sides(Node)
def test_appending_disconnects_nothing_and_what_waits_is_kept(trace):
    one = Node()
    two = Node()
    top = make(Node, {"kids": [one]})
    flush()
    top.connect("kids*.value", values(trace))
    one.value = 1
    top.kids = [one, two]
    one.value = 2
    two.value = 3
    top.kids = [two]
    two.value = 4
    flush()
    return [[1, 2, 3, 4]]


@both_sides(Node)
def test_an_event_comes_once_however_many_paths_lead_to_it(trace):
    one = Node()
    top = make(Node, {"kids": [one, one], "child": one})
    flush()
    top.connect("kids*.value", "child.value", "kids**.value:again", values(trace))
    one.value = 1
    flush()
    trace(len(one.get_event_handlers("value")))
    top.child = None
    top.kids = [one]
    one.value = 2
    flush()
    top.kids = []
    one.value = 3
    flush()
    return [[1], 1, [2]]


@both_sides(Node)
def test_a_label_may_hold_anything(trace):
    node = Node()
    flush()
    node.connect("value:a b:c.d*!", lambda *events: trace(len(events)))
    node.value = 1
    flush()
    node.disconnect("value:a b")
    node.value = 2
    flush()
    node.disconnect("value:a b:c.d*!")
    node.value = 3
    flush()
    return [1, 1]


@both_sides(Node)
def test_a_connection_that_fails_leaves_nothing_behind(trace):
    one = Node()
    top = make(Node, {"child": one})
    flush()
    try:
        top.connect("value", "child.value", "nothing.value", lambda *events: trace("called"))
    except ValueError as err:
        trace(str(err).split(":")[0])
    trace([len(top.get_event_handlers("value")), len(one.get_event_handlers("value"))])
    one.value = 1
    top.child = None
    flush()
    return ["Cannot connect '<lambda>' to 'nothing.value'", [0, 0]]


@both_sides(Node, Watcher)
def test_nothing_is_connected_by_the_name_of_a_method(trace):
    watcher = Watcher()
    watcher.value = 1
    flush()
    watcher.value = 2
    flush()
    trace(watcher.log)
    return [[2, 1]]


@both_sides(Node)
def test_a_handler_can_be_called_and_says_what_it_is(trace):
    node = Node()
    flush()

    def note(*events):
        trace(len(events))
        return "returned"

    nameless = lambda *events: None  # noqa: E731
    trace(node.connect("value", nameless).name)

    @node.connect("value")
    def decorated(*events):
        trace("decorated")

    trace(decorated.name)
    decorated.dispose()
    handler = node.connect("value", "any:x", note)
    node.value = 1
    trace(handler())
    trace(handler.name)
    trace([text for text, found in handler.connection_info])
    trace([[ob is node, type] for ob, type in handler.connection_info[0][1]])
    handler.handle_now()
    flush()
    return ["<lambda>", "decorated", 0, "returned", "note", ["value", "any:x"], [[True, "value"]], 1]


@both_sides(Node)
def test_calling_a_handler_raises_normally(trace):
    def fails(*events):
        raise ValueError("on purpose")

    node = Node()
    handler = node.connect("value", fails)
    try:
        handler()
    except ValueError as err:
        trace(str(err))
    return ["on purpose"]


@both_sides(Watcher)
def test_the_handler_of_a_class_is_a_method_and_a_handler(trace):
    watcher = Watcher()
    flush()
    watcher.seen()
    trace(watcher.log)
    trace(watcher.seen.name)
    watcher.value = 3
    watcher.seen.handle_now()
    trace(watcher.log)
    watcher.seen.dispose()
    watcher.value = 4
    flush()
    trace(watcher.log)
    watcher.seen()
    trace(watcher.log)
    return [[1, 0], "seen", [1, 0, 1], [1, 0, 1], [1, 0, 1, 0]]


@both_sides(Watcher, Node)
def test_a_method_of_another_object_ends_with_that_object(trace):
    watcher = Watcher()
    node = Node()
    flush()
    node.connect("value", watcher.heard)
    node.value = 1
    flush()
    trace(watcher.log[-1])
    watcher.dispose()
    node.value = 2
    flush()
    trace([watcher.log.count("heard"), len(node.get_event_handlers("value"))])
    node.connect("value", watcher.heard)
    trace(len(node.get_event_handlers("value")))
    return ["heard", [1, 0], 0]


@both_sides(Node, Watcher)
def test_disconnect_takes_a_handler_a_function_or_a_method(trace):
    node = Node()
    watcher = Watcher()
    flush()

    def note(*events):
        trace("note")

    handler = node.connect("value:a", lambda *events: trace("a"))
    node.connect("value:b", note)
    node.connect("value:c", watcher.heard)
    node.connect("value:d", lambda *events: trace("d"))
    node.disconnect("value", handler)
    node.disconnect("value", note)
    node.disconnect("value", watcher.heard)
    node.value = 1
    flush()
    trace(watcher.log)
    return ["d", [1]]


@both_sides(Node)
def test_a_handler_that_another_one_disconnects_gets_nothing_more_in_that_turn(trace):
    node = Node()
    flush()

    def first(*events):
        trace("first")
        node.disconnect("value:second")
        third.dispose()

    node.connect("value:first", first)
    node.connect("value:second", "any", lambda *events: trace([ev.type for ev in events]))
    third = node.connect("value:third", lambda *events: trace("third"))
    node.value = 1
    node.any = 1
    flush()
    return ["first", ["any"]]


# Delivering


@both_sides(Node)
def test_every_handler_gets_the_same_event_object(trace):
    seen = []
    node = Node()
    flush()
    node.connect("value:a", lambda *events: seen.append(events[0]))
    node.connect("value:b", lambda *events: trace(seen[0] is events[0]))
    node.value = 1
    flush()
    return [True]


@both_sides(Node)
def test_an_event_has_its_fields_as_attributes_and_as_items(trace):
    node = Node()
    flush()

    def look(*events):
        ev = events[0]
        trace([ev["type"], ev.type, ev["source"] is node, ev.old_value, ev["new_value"]])
        trace(["n" in ev, "new_value" in ev, ev.get("n", 5), ev.get("old_value")])
        trace([key for key in ev])
        trace(len(ev.items()))
        trace(isinstance(ev, dict))
        try:
            ev["n"]
        except KeyError:
            trace("KeyError")
        try:
            trace(ev.n)
        except AttributeError:
            trace("AttributeError")
        if ev.origin == "me":
            trace(repr(ev))

    node.connect("value", "fired", look)
    node.value = 3
    flush()
    fields = ["type", "source", "old_value", "new_value", "origin"]
    first = [["value", "value", True, 0, 3], [False, True, 5, 0], fields, 5, True, "KeyError", "AttributeError"]
    node.emit("fired", {"old_value": [1], "new_value": "x", "origin": "me"})
    flush()
    last = [["fired", "fired", True, [1], "x"], [False, True, 5, [1]], fields, 5, True, "KeyError", "AttributeError"]
    return first + last + ["<Event 'fired' old_value=[1] new_value='x' origin='me'>"]


@both_sides(Node)
def test_handlers_that_connect_in_the_turn_of_construction_get_all_its_events(trace):
    node = make(Node, {"value": 1})
    node.fired(7)
    node.value = 2
    node.connect("value", "fired", lambda *events: trace([ev.type for ev in events]))
    flush()
    node.connect("value:late", lambda *events: trace("too late"))
    flush()
    return [["value", "value", "fired", "value"]]


@both_sides(Node)
async def test_an_async_handler_has_one_call_at_a_time_and_what_comes_meanwhile_is_in_the_next(trace):
    async def slow(*events):
        trace(["begins", len(events)])
        await pause()
        await pause()
        trace("ends")

    node = Node()
    flush()
    node.connect("value", slow)
    node.value = 1
    flush()
    node.value = 2
    flush()
    node.value = 3
    flush()
    trace("set")
    for _ in range(12):
        await pause()
    return ["set", ["begins", 1], "ends", ["begins", 2], "ends"]


@both_sides(Node)
async def test_an_async_handler_that_fails_is_called_again_and_disconnecting_drops_what_waits_for_it(trace):
    async def slow(*events):
        trace([ev.new_value for ev in events])
        await pause()
        raise ValueError("on purpose")

    node = Node()
    flush()
    handler = node.connect("value", slow)
    node.value = 1
    flush()
    node.value = 2
    flush()
    for _ in range(6):
        await pause()
    node.value = 3
    flush()
    node.value = 4
    flush()
    node.disconnect("value", handler)
    for _ in range(6):
        await pause()
    return [[1], [2], [3]]


# Declaring


@both_sides(Node, Deeper)
def test_methods_and_constants_of_both_are_on_both_sides_and_inherited(trace):
    node = make(Deeper, {"value": 3})
    trace(node.described("m"))
    trace(node.UNITS)
    return ["deeper 3m", ["m", {"long": "metre"}]]


@both_sides(Node)
def test_a_property_without_a_default_has_no_initial_event(trace):
    node = Node()
    node.connect("any", "value", lambda *events: trace([ev.type for ev in events]))
    trace(node.any)
    flush()
    return [None, ["value"]]


@both_sides(Node)
def test_what_can_be_set_while_a_handler_runs_is_there_at_once_and_told_later(trace):
    node = Node()
    flush()

    def first(*events):
        node.value = 5
        trace(node.value)

    node.connect("fired:a", first)
    node.connect("fired:b", lambda *events: trace(["b", node.value]))
    node.connect("value", lambda *events: trace(["value", events[0].old_value, events[0].new_value]))
    node.fired(1)
    flush()
    return [5, ["b", 5], ["value", 0, 5]]


@both_sides(Node)
def test_a_property_cannot_be_deleted(trace):
    node = make(Node, {"value": 3})
    try:
        del node.value
    except AttributeError:
        trace("AttributeError")
    trace(node.value)
    return ["AttributeError", 3]


@both_sides(Node)
def test_what_is_refused_is_refused_in_the_same_words(trace):
    def tried(act):
        try:
            act()
        except (ValueError, AttributeError) as err:
            trace(str(err))

    def set_the_emitter():
        node.fired = 3

    node = Node()
    tried(lambda: node.emit("a b", {}))
    tried(lambda: node.emit(3))
    tried(lambda: node._set_prop("nothing", 3))
    tried(lambda: node.connect(lambda *events: 1))
    tried(lambda: node.connect(lambda *events: 1, lambda *events: 2, "value"))
    try:
        set_the_emitter()
    except AttributeError as err:
        trace(str(err)[:10] + str(err)[-37:])
    todo = "Handlers connect to it by name. Use letters, digits and underscores."
    return [
        "The event type 'a b' is not a name. " + todo,
        "The event type 3 is not a name. " + todo,
        "Node has no property 'nothing'. It has: any, child, kids, value.",
        "connect() was given no connection string. It names what to listen to. Write it like ob.connect('foo', func).",
        "connect() was given more than one function. Each handler is one function. Call connect() once for each.",
        "Cannot setan emitter. Call it to emit an event.",
    ]


# Functions of no arguments as values: they are followed


@both_sides(Node)
def test_a_function_as_a_value_is_followed_wherever_it_reads(trace):
    one = make(Node, {"value": 1})
    two = make(Node, {"value": 2})
    sum = make(Node, {"value": lambda: one.value + two.value})
    trace(sum.value)
    flush()
    sum.connect("value", values(trace))
    one.value = 10
    two.value = 20
    trace(sum.value)
    flush()
    trace(sum.value)
    return [3, 3, [30], 30]


@both_sides(Node)
def test_a_function_is_followed_where_it_reads_now_and_not_where_it_read_before(trace):
    one = make(Node, {"value": 1})
    two = make(Node, {"value": 2})
    which = make(Node, {"any": one})
    flush()
    calls = []

    def read():
        calls.append(1)
        return which.any.value

    node = make(Node, {"value": read})
    flush()
    which.any = two
    flush()
    trace([node.value, len(calls)])
    one.value = 100
    flush()
    trace([node.value, len(calls)])
    two.value = 3
    flush()
    trace([node.value, len(calls)])
    return [[2, 2], [2, 2], [3, 3]]


@both_sides(Node)
def test_a_function_that_fails_at_once_raises_and_later_is_followed_still(trace):
    source = make(Node, {"any": "1"})

    def read():
        return int(source.any)

    try:
        make(Node, {"value": lambda: "x"})
    except ValueError:
        trace("refused")
    node = make(Node, {"value": read})
    flush()
    source.any = "nothing"
    flush()
    trace(node.value)
    source.any = "5"
    flush()
    trace(node.value)
    return ["refused", 1, 5]


@both_sides(Node)
def test_a_disposed_object_follows_nothing(trace):
    source = make(Node, {"value": 1})
    node = make(Node, {"value": lambda: source.value})
    flush()
    node.dispose()
    source.value = 2
    flush()
    trace([node.value, len(source.get_event_handlers("value"))])
    return [[1, 0]]
