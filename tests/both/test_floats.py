"""Floats that are whole are shown as floats where their property, or the function that made them, says so."""

from __future__ import annotations

from runner import both_sides

from jsmodel import app, event

RATE = 2.0
count = 2.0


def half(x):
    return x / 2


def counted():
    global count
    count = 3
    return str(count)


class Lamp(app.Model):
    class Both:
        @event.prop
        def level(self, v=1):
            return float(v)

        @event.prop
        def steps(self, v=1):
            return int(v)

        def twice(self):
            return self.level * 2.0

        def shown(self):
            return f"{self.level} {self.steps} {self.twice()}"


class Dimmed(Lamp):
    class Both:
        @event.prop
        def level(self, v=1):
            return int(v)

        def twice(self):
            return self.level * 2


@both_sides(Lamp)
def test_a_property_that_is_checked_by_float_is_shown_as_one(trace):
    lamp = Lamp()
    lamp.level = 3
    trace(f"{lamp.level} {lamp.steps}")
    trace(str(lamp.level))
    trace([f"{x.level}" for x in [lamp]])
    trace(str([lamp.level, lamp.steps]))
    return ["3.0 1", "3.0", ["3.0"], "[3.0, 1]"]


@both_sides(Lamp, Dimmed)
def test_what_a_class_defines_anew_is_shown_as_what_it_is_there(trace):
    trace(Lamp().shown())
    trace(Dimmed().shown())
    return ["1.0 1 2.0", "1 1 2"]


@both_sides()
def test_functions_and_values_of_the_module_are_shown_as_what_they_are(trace):
    trace(str(half(4)))
    trace(f"{RATE} {RATE * 2}")
    trace([f"{half(x)}" for x in (2, 3)])
    return ["2.0", "2.0 4.0", ["1.0", "1.5"]]


@both_sides()
def test_a_value_that_a_function_assigns_to_is_not_taken_for_a_float(trace):
    trace(counted())
    return ["3"]


@both_sides(Lamp)
def test_a_float_that_is_zero_keeps_its_sign_where_the_code_says_that_it_is_one(trace):
    x = 0.0
    n = 0
    z = x * -1
    trace(f"{-x} {z} {-z} {x + z} {-1 * x} {-(x * 2)} {-(x - x)}")
    trace(f"{-n} {n * -5} {0 * -1} {int(z)} {round(-0.4)} {x == z}")
    return ["-0.0 -0.0 0.0 0.0 -0.0 -0.0 -0.0", "0 0 0 0 0 True"]
