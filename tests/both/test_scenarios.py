"""Properties, events and handlers mean the same in Python and in the browser."""

from __future__ import annotations

from runner import both_sides, flush, make

from jsmodel import app, event


class Lamp(app.Model):
    class Both:
        @event.prop
        def level(self, v=0):
            return int(v)

        @event.prop
        def name(self, v):
            return v

        @event.emitter
        def clicked(self, x):
            if x is None:
                return None
            return {"x": x}


class Brighter(Lamp):
    class Both:
        @event.emitter
        def clicked(self, x):
            info = super().clicked(x)
            info["bright"] = True
            return info


class Range(app.Model):
    """Two properties that correct each other."""

    class Both:
        @event.prop
        def low(self, v=0):
            if self.high is not None and v > self.high:
                self.high = v
            return v

        @event.prop
        def high(self, v=10):
            if self.low is not None and v < self.low:
                self.low = v
            return v


class Tree(app.Model):
    class Both:
        @event.prop
        def text(self, v=""):
            return v

        @event.prop
        def child(self, v=None):
            return v

        @event.prop
        def kids(self, v=()):
            return list(v)


class Logger(app.Model):
    """Its handlers are its own."""

    class Both:
        @event.prop
        def log(self, v=()):
            return list(v)

        @event.prop
        def a(self, v=1):
            return v

        @event.prop
        def b(self, v=2):
            return v

        @event.connect("a", "b")
        def on_any(self, *events):
            self.log = self.log + [[ev.type, ev.old_value, ev.new_value] for ev in events]


@both_sides(Lamp)
def test_two_changes_in_one_turn_arrive_as_one_call(trace):
    lamp = Lamp()
    flush()
    lamp.connect("level", lambda *events: trace(len(events)))
    lamp.level = 1
    lamp.level = 2
    flush()
    flush()
    return [2]


@both_sides(Lamp)
def test_the_default_and_the_constructor_value_are_seen_once_and_in_order(trace):
    lamp = make(Lamp, {"level": 3})
    lamp.level = 7
    lamp.connect("level", lambda *events: trace([[ev.old_value, ev.new_value] for ev in events]))
    flush()
    return [[[0, 0], [0, 3], [3, 7]]]


@both_sides(Lamp)
def test_a_property_without_a_default_is_none_until_it_is_set(trace):
    lamp = Lamp()
    flush()
    lamp.connect("name", lambda *events: trace([[ev.old_value, ev.new_value] for ev in events]))
    lamp.name = "x"
    flush()
    return [[[None, "x"]]]


@both_sides(Lamp)
def test_an_equal_value_is_nothing(trace):
    lamp = Lamp()
    flush()
    lamp.connect("level", "name", lambda *events: trace([ev.type for ev in events]))
    lamp.level = 0.5
    lamp.name = [1, [2, {"a": 3}]]
    lamp.name = [1, [2, {"a": 3}]]
    lamp.name = [float("nan")]
    flush()
    lamp.name = [float("nan")]
    lamp.level = 0
    flush()
    lamp.name = [float("nan"), 1]
    flush()
    return [["name", "name"], ["name"]]


@both_sides(Lamp)
def test_a_wrong_value_raises_and_changes_nothing(trace):
    lamp = make(Lamp, {"level": 3})
    try:
        lamp.level = "bright"
    except ValueError:
        trace("refused")
    trace(lamp.level)
    lamp.level = 4
    trace(lamp.level)
    return ["refused", 3, 4]


@both_sides(Lamp)
def test_an_unknown_property_is_an_attribute_error_with_the_nearest_name(trace):
    try:
        make(Lamp, {"levle": 3})
    except AttributeError as err:
        trace(str(err))
    return ["Lamp has no property 'levle'. Did you mean 'level'?"]


@both_sides(Range)
def test_two_properties_that_correct_each_other_settle(trace):
    r = Range()
    r.low = 20
    trace([r.low, r.high])
    r.high = 5
    trace([r.low, r.high])
    return [[20, 20], [5, 5]]


@both_sides(Lamp)
def test_an_emitter_emits_its_dict_and_none_emits_nothing(trace):
    lamp = Lamp()
    flush()
    lamp.connect("clicked", lambda *events: trace([[ev.type, ev["x"], ev.source is lamp] for ev in events]))
    lamp.clicked(None)
    lamp.clicked(1)
    lamp.clicked(2)
    flush()
    return [[["clicked", 1, True], ["clicked", 2, True]]]


@both_sides(Brighter)
def test_super_in_an_emitter_gives_the_dict_and_one_event_is_emitted(trace):
    lamp = Brighter()
    flush()
    lamp.connect("clicked", lambda *events: trace([[ev.x, ev.bright] for ev in events]))
    lamp.clicked(1)
    flush()
    return [[[1, True]]]


@both_sides(Lamp)
def test_handlers_run_in_the_order_of_their_labels(trace):
    lamp = Lamp()
    flush()
    lamp.connect("level:c", lambda *events: trace("c"))
    lamp.connect("level:a", lambda *events: trace("a1"))
    lamp.connect("level:b", lambda *events: trace("b"))
    lamp.connect("level:a", lambda *events: trace("a2"))
    lamp.level = 1
    flush()
    return ["a1", "a2", "b", "c"]


@both_sides(Lamp)
def test_events_of_different_properties_keep_their_order(trace):
    lamp = Lamp()
    flush()
    lamp.connect("level", "name", "clicked", lambda *events: trace([ev.type for ev in events]))
    lamp.name = "a"
    lamp.level = 1
    lamp.clicked(1)
    lamp.name = "b"
    flush()
    return [["name", "level", "clicked", "name"]]


@both_sides(Lamp)
def test_a_failing_handler_stops_no_other(trace):
    def fails(*events):
        raise ValueError("on purpose")

    lamp = Lamp()
    flush()
    lamp.connect("level:1", fails)
    lamp.connect("level:2", lambda *events: trace("ran"))
    lamp.level = 1
    flush()
    return ["ran"]


@both_sides(Lamp)
def test_disconnect_removes_by_label_by_handler_or_all(trace):
    lamp = Lamp()
    flush()
    lamp.connect("level:x", lambda *events: trace("x"))
    lamp.connect("level:y", lambda *events: trace("y"))
    last = lamp.connect("level:z", lambda *events: trace("z"))
    lamp.disconnect("level:x")
    lamp.level = 1
    flush()
    lamp.disconnect("level", last)
    lamp.level = 2
    flush()
    lamp.disconnect("level")
    lamp.level = 3
    flush()
    return ["y", "z", "y"]


@both_sides(Lamp)
def test_a_disposed_handler_gets_nothing_more(trace):
    lamp = Lamp()
    flush()
    handler = lamp.connect("level", lambda *events: trace("called"))
    lamp.level = 1
    handler.dispose()
    flush()
    lamp.level = 2
    flush()
    trace(len(lamp.get_event_handlers("level")))
    return [0]


@both_sides(Lamp)
def test_handle_now_does_not_wait_for_the_turn(trace):
    lamp = Lamp()
    flush()
    handler = lamp.connect("level", lambda *events: trace(len(events)))
    lamp.level = 1
    lamp.level = 2
    handler.handle_now()
    trace("now")
    flush()
    return [2, "now"]


@both_sides(Lamp)
def test_event_types_are_the_properties_the_emitters_and_what_is_listened_to(trace):
    lamp = Lamp()
    lamp.connect("!other", lambda *events: None)
    trace(lamp.get_event_types())
    return [["clicked", "level", "name", "other"]]


@both_sides(Logger)
def test_handlers_in_both_see_the_events_of_construction(trace):
    logger = make(Logger, {"b": 5})
    flush()
    logger.a = 7
    flush()
    trace(logger.log)
    return [[["a", 1, 1], ["b", 2, 2], ["b", 2, 5], ["a", 1, 7]]]


@both_sides(Tree)
def test_a_path_follows_a_child_that_is_replaced(trace):
    one = Tree()
    two = Tree()
    top = make(Tree, {"child": one})
    flush()
    top.connect("child.text", lambda *events: trace([ev.new_value for ev in events]))
    one.text = "1a"
    top.child = two
    one.text = "1b"
    two.text = "2a"
    flush()
    top.child = None
    two.text = "2b"
    flush()
    top.child = one
    one.text = "1c"
    flush()
    return [["1a", "2a"], ["1c"]]


@both_sides(Tree)
def test_a_path_follows_a_list_and_the_elements_in_it(trace):
    one = Tree()
    two = Tree()
    top = make(Tree, {"kids": [one]})
    flush()
    top.connect("kids*.text", lambda *events: trace([ev.new_value for ev in events]))
    one.text = "1a"
    two.text = "2a"
    flush()
    top.kids = [one, two]
    one.text = "1b"
    two.text = "2b"
    flush()
    top.kids = [two]
    one.text = "1c"
    two.text = "2c"
    flush()
    return [["1a"], ["1b", "2b"], ["2c"]]


@both_sides(Tree)
def test_two_stars_follow_every_depth(trace):
    deep = Tree()
    middle = make(Tree, {"kids": [deep]})
    top = make(Tree, {"kids": [middle]})
    flush()
    top.connect("kids**.text", lambda *events: trace([ev.new_value for ev in events]))
    top.connect("kids**", lambda *events: trace(len(events)))
    top.text = "no"
    middle.text = "m"
    deep.text = "d"
    flush()
    deeper = Tree()
    flush()
    deep.kids = [deeper]
    deeper.text = "dd"
    flush()
    middle.kids = []
    deep.text = "gone"
    flush()
    return [["m", "d"], 1, ["dd"], 1]


@both_sides(Lamp)
def test_malformed_and_dead_paths_are_value_errors(trace):
    lamp = Lamp()
    for text in ["", "a b", "a..b", "a***", "nothing.level", "!"]:
        try:
            lamp.connect(text, lambda *events: None)
        except ValueError:
            trace(text)
    return ["", "a b", "a..b", "a***", "nothing.level", "!"]


@both_sides(Lamp)
def test_a_disposed_object_keeps_its_values_and_says_nothing(trace):
    lamp = make(Lamp, {"level": 2})
    flush()
    lamp.connect("level", lambda *events: trace(events[-1].new_value))
    lamp.level = 3
    lamp.dispose()
    lamp.level = 4
    flush()
    trace(lamp.level)
    return [3, 4]


@both_sides(Tree)
def test_events_of_an_old_and_a_new_object_keep_their_order_in_one_handler(trace):
    top = Tree()
    old = Tree()
    flush()
    fresh = Tree()
    top.kids = [old, fresh]
    top.connect("kids*.text", lambda *events: trace([ev.new_value for ev in events]))
    old.text = "1"
    fresh.text = "2"
    old.text = "3"
    flush()
    return [["", "1", "2", "3"]]
