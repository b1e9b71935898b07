"""What the methods of a class may be written with: generators, keyword arguments, decorators, functions inside."""

from __future__ import annotations

from runner import both_sides, flush, make

from jsmodel import app, event


def twice(func):
    def inner(*args, **options):
        return [func(*args, **options), func(*args, **options)]

    return inner


@twice
def labelled(text, *, mark="-"):
    return mark + text


class Walker(app.Model):
    class Both:
        @event.prop
        def step(self, v=1):
            return v

        def walk(self, to, *, by=None, **options):
            by = by or self.step
            at = options.get("start", 0)
            while at < to:
                yield at
                at += by

        def pairs(self, to):
            for x in self.walk(to, by=2):
                yield from [(x, self.step), (x, -self.step)]

        def named(me, a, b=2, *rest, c=3):
            return [me.step, a, b, list(rest), c]

        def nested(self):
            def outer():
                def inner():
                    return [self.step for _ in [1]][0] + (lambda: self.step)()

                return inner()

            return outer()

        def kind(self, x):
            match x:
                case [first, *others] if first == self.step:
                    return ["step", others]
                case {"step": int(step)}:
                    return ["dict", step + self.step]
                case _:
                    return ["?"]

        @event.connect("step")
        def on_step(self, *events, extra=5):
            for ev in events:
                self.seen.append([ev.new_value, extra])

        def prepare(self):
            self.seen = []


class Runner(Walker):
    class Both:
        def walk(self, to, *, by=None, **options):
            yield from super().walk(to, by=by, start=1)

        def named(self, a, b=20, *rest, c=30):
            return super().named(a, b, *rest, c=c)


@both_sides(Walker, Runner)
def test_methods_can_be_generators(trace):
    walker = make(Walker, {})
    trace(list(walker.walk(3)))
    trace([list(pair) for pair in walker.pairs(4)])
    walks = walker.walk(9, by=4, start=1)
    trace([next(walks), next(walks), next(walks, None)])
    trace(list(make(Runner, {}).walk(4)))
    return [[0, 1, 2], [[0, 1], [0, -1], [2, 1], [2, -1]], [1, 5, None], [1, 2, 3]]


@both_sides(Walker, Runner)
def test_methods_take_keyword_arguments_and_may_call_their_object_as_they_like(trace):
    walker = make(Walker, {"step": 7})
    trace(walker.named(1, c=4))
    trace(walker.named(b=5, a=6))
    trace(walker.named(1, 2, 3, 4, **{"c": 9}))
    trace(make(Runner, {}).named(1))
    named = walker.named
    trace(named(1, b=8))
    try:
        walker.named(1, d=2)
    except TypeError as err:
        trace("unexpected keyword argument 'd'" in str(err))
    return [[7, 1, 2, [], 4], [7, 6, 5, [], 3], [7, 1, 2, [3, 4], 9], [1, 1, 20, [], 30], [7, 1, 8, [], 3], True]


@both_sides(Walker)
def test_functions_inside_of_methods_know_the_object(trace):
    trace(make(Walker, {"step": 4}).nested())
    return [8]


@both_sides(Walker)
def test_match_works_with_what_the_object_has(trace):
    walker = make(Walker, {"step": 2})
    trace(walker.kind([2, 3, 4]))
    trace(walker.kind({"step": 5, "other": 1}))
    trace(walker.kind([3]))
    return [["step", [3, 4]], ["dict", 7], ["?"]]


@both_sides(Walker)
def test_handlers_may_have_defaults_behind_their_events(trace):
    walker = make(Walker, {})
    walker.prepare()
    flush()
    walker.step = 3
    flush()
    trace(walker.seen)
    return [[[1, 5], [3, 5]]]


@both_sides()
def test_a_decorated_function_of_the_module_is_what_the_decorator_made(trace):
    trace(labelled("a"))
    trace(labelled("b", mark="+"))
    return [["-a", "-a"], ["+b", "+b"]]
