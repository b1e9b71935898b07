"""Random things done with a few objects and their handlers: what the handlers see is the same on both sides.

A program is a list of steps. The player below, which is Python, plays it here and, transpiled, in Node.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from node_process import NodeProcess
from runner import IN_JS, flush

from jsmodel import app
from jsmodel import event as ev
from jsmodel.transpile.modules import linker

COUNT = 4  # objects


class Thing(app.Model):
    class Both:
        @ev.prop
        def value(self, v=0):
            return int(v)

        @ev.prop
        def child(self, v=None):
            return v

        @ev.prop
        def kids(self, v=()):
            return list(v)

        @ev.prop
        def log(self, v=()):
            return list(v)

        @ev.emitter
        def fired(self, n):
            return {"n": n}

        @ev.connect("child.value", "value:m")
        def own(self, *events):
            self.log = self.log + [len(events)]

        def heard(self, *events):
            self.log = self.log + [ev.type for ev in events]


def play(trace, steps):
    things = [Thing() for _ in range(4)]
    every = list(things)  # nothing is let go
    gone = []  # were disposed: Python refuses them as values
    handlers = {}
    budget = [20]  # what handlers may do that sets off others

    def alive(i):
        return things[i] if i is not None and things[i] not in gone else None

    def seen(event):
        what = event.n if event.type == "fired" else event.new_value
        if event.type == "child":
            what = every.index(what) if what is not None else None
        if event.type == "kids":
            what = [every.index(kid) if kid is not None else None for kid in what]
        return [event.type, every.index(event.source), what]

    def make(name, kind, other):
        def note(*events):
            trace([name, [seen(event) for event in events]])
            if kind == "fail":
                raise ValueError("on purpose")
            if kind == "set" and things[other].value < 20:
                things[other].value = things[other].value + 1
            if kind == "fire" and things[other].value < 20:
                things[other].value = things[other].value + 10
                things[other].fired(name)
            if kind == "end" and str(other) in handlers:
                handlers[str(other)].dispose()
            if kind == "cut":
                things[other].disconnect("value")
            if kind == "now" and str(other) in handlers and handlers[str(other)] is not None:
                handlers[str(other)].handle_now()
            if budget[0] == 0:
                return
            budget[0] -= 1
            if kind == "kill":
                end(things[other])
            if kind == "swap":
                things[other].kids = [kid for kid in reversed(things[other].kids) if kid not in gone]
            if kind == "grow":
                things[other].connect("value:0", lambda *events: trace([name, "grown", [seen(ev) for ev in events]]))
            if kind == "born":
                every.append(Thing(value=5))
                every[-1].connect("value:a", lambda *events: trace([name, "born", [seen(ev) for ev in events]]))
                every[-1].value = 6

        return things[other].heard if kind == "method" else note

    def end(thing):
        thing.dispose()
        if thing not in gone:
            gone.append(thing)

    def do(step):
        what = step[0]
        if what == "flush":
            flush()
            trace("-")
        if what == "set":
            things[step[1]].value = step[2]
        if what == "child":
            things[step[1]].child = alive(step[2])
        if what == "kids":
            things[step[1]].kids = [alive(i) for i in step[2]]
        if what == "fire":
            things[step[1]].fired(step[2])
        if what == "make":
            things[step[1]] = Thing()
            every.append(things[step[1]])
        if what == "dispose":
            end(things[step[1]])
        if what == "follow":
            # It reads one object or another, which is replaced, disposed, or itself.
            one, other = step[1], step[2]
            every.append(Thing(value=lambda: things[other].value if things[one].value > 4 else things[one].value * 10))
            every[-1].connect("value:a", lambda *events: trace(["follows", [seen(ev) for ev in events]]))
        if what == "connect":
            name = str(len(handlers))
            handlers[name] = None
            handlers[name] = things[step[1]].connect(*step[2], make(name, step[3], step[4]))
        if what == "disconnect":
            things[step[1]].disconnect(step[2])
        handler = (
            handlers[str(step[1])]
            if what in ("end", "now", "call", "off", "info") and str(step[1]) in handlers
            else None
        )
        if handler is not None:
            if what == "end":
                handler.dispose()
            if what == "now":
                handler.handle_now()
            if what == "call":
                handler()
            if what == "off":
                things[step[2]].disconnect(step[3], handler)
            if what == "info":
                trace(
                    [[text, [[every.index(ob), type] for ob, type in found]] for text, found in handler.connection_info]
                )

    for step in steps:
        try:
            do(step)
        except ValueError:
            trace("ValueError")
        except AttributeError:
            trace("AttributeError")
    flush()
    trace([[len(thing.get_event_handlers(type)) for type in ["value", "child", "kids", "fired"]] for thing in every])
    for thing in every:
        trace([thing.value, thing.log, thing.get_event_types()])


class Player:
    """Plays programs in one long-living Node process."""

    def __init__(self, runtime: Path, folder: Path) -> None:
        scripts, function = linker.bundle(play, classes=[Thing], instead={"flush": IN_JS["flush"]})
        listen = """
        require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
          const seen = [];
          let error = null;
          try { PLAY((value) => void seen.push(value === undefined ? null : value), JSON.parse(line)); }
          catch (err) { error = err.stack; }
          process.stdout.write(JSON.stringify([seen, error]) + "\\n");
        });
        console.error = console.warn = () => undefined;
        """
        start = f"jsmodel.module({json.dumps(play.__module__)}, ($m) => {{ globalThis.PLAY = {function}; }});"
        script = folder / "player.cjs"
        script.write_text("\n".join([runtime.read_text(), *scripts, start, listen]))
        self._process = NodeProcess(script)
        self.end = self._process.end

    def __call__(self, steps: list[Any]) -> list[Any]:
        seen, error = self._process.ask(steps)
        assert error is None, error
        return list(seen)


@pytest.fixture(scope="module")
def player(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    player = Player(runtime, tmp_path_factory.mktemp("player"))
    yield player
    player.end()


which = st.integers(0, COUNT - 1)
name = st.integers(0, 6)
value = st.integers(0, 9)
path = st.sampled_from(
    "value child kids fired value:b value:a fired:z child.value child.fired child.child.value child.kids*.value kids*.value kids*.value:a "
    "kids**.value kids** kids* kids*.kids*.fired kids*.child.value !other nothing.value child.nothing a..b".split()
)
kind = st.sampled_from("note note note set fire fail end cut method now kill swap grow born".split())


@st.composite
def downwards(draw: Any, what: str) -> tuple[Any, ...]:
    """Objects refer to later ones only: no circles."""
    i = draw(st.integers(0, COUNT - 2))
    later = st.none() | st.integers(i + 1, COUNT - 1)
    return (what, i, draw(later if what == "child" else st.lists(later, max_size=4)))


step = st.one_of(
    st.tuples(st.just("connect"), which, st.lists(path, min_size=1, max_size=3), kind, which),
    st.tuples(st.just("connect"), which, st.lists(path, min_size=1, max_size=3), kind, which),
    st.tuples(st.just("set"), which, value),
    st.tuples(st.just("set"), which, value),
    downwards("child"),
    downwards("kids"),
    st.tuples(st.just("fire"), which, value),
    st.just(("flush",)),
    st.just(("flush",)),
    st.tuples(st.just("make"), which),
    st.tuples(st.just("follow"), which, which),
    st.tuples(st.just("dispose"), which),
    st.tuples(st.just("disconnect"), which, st.sampled_from(["value", "value:a", "fired", "kids"])),
    st.tuples(st.just("off"), name, which, st.sampled_from(["value", "value:b", "fired", "kids"])),
    st.tuples(st.sampled_from(["end", "now", "call", "info"]), name),
)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(step, max_size=40))
def test_whatever_is_done_handlers_see_the_same_on_both_sides(player, steps):
    seen: list[Any] = []
    flush()
    play(seen.append, json.loads(json.dumps(steps)))
    here = json.loads(json.dumps(seen))
    assert player(steps) == here
    calls = sum(isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) for entry in here)
    event(f"{min(calls, 10) // 2 * 2} calls of handlers or more")
