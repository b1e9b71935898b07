"""Random things done with async handlers, whose calls end when a program says so: what they see is the same on both sides."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from node_process import NodeProcess
from runner import IN_JS, flush

from jsmodel import app
from jsmodel import event as ev
from jsmodel.app import RawJS
from jsmodel.transpile.modules import linker


class Source(app.Model):
    class Both:
        @ev.prop
        def value(self, v=0):
            return v

        @ev.emitter
        def fired(self, n):
            return {"n": n}


async def soon() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def play(trace, steps):
    sources = [Source(), Source()]
    handlers = []
    doors = []  # what each handler waits for: one for each call that has not ended

    def seen(events):
        return [[e.type, sources.index(e.source), e.n if e.type == "fired" else e.new_value] for e in events]

    def make(number, kind, other):
        async def work(*events):
            door = asyncio.Future()
            doors[number].append(door)
            trace([number, "begins", seen(events)])
            try:
                await door
                if kind == "set" and sources[other].value < 5:
                    sources[other].value += 1
                if kind == "fail":
                    raise ValueError("on purpose")
                if kind == "end":
                    handlers[number].dispose()
                if kind == "cancelled":
                    raise asyncio.CancelledError
                trace([number, "ends"])
            finally:
                doors[number].remove(door)

        def quick(*events):
            trace([number, "quick", seen(events)])

        return quick if kind == "quick" else work

    def do(step):
        what, at = step[0], step[1]
        if what == "connect":
            number = len(handlers)
            doors.append([])
            handlers.append(None)
            handlers[number] = sources[at].connect(*step[2], make(number, step[3], step[4]))
        if what == "set":
            sources[at].value = step[2]
        if what == "fire":
            sources[at].fired(step[2])
        if what == "flush":
            flush()
            trace("-")
        if what == "cut":
            sources[at].disconnect(step[2])
        if what == "dispose":
            sources[at].dispose()
        if what in ("open", "end", "now") and at < len(handlers):
            if what == "open" and doors[at]:
                doors[at][0].set_result(None)
            if what == "end":
                handlers[at].dispose()
            if what == "now":
                handlers[at].handle_now()

    for step in steps:
        if step[0] == "open":
            await soon()  # what else is under way comes before
        do(step)
        if step[0] == "open":
            await soon()
    for _ in range(8):
        flush()
        await soon()
        for waiting in doors:
            for door in waiting[:1]:
                door.set_result(None)
                await soon()  # who of two goes on first, no loop promises
    trace([len(waiting) for waiting in doors])


class Player:
    """Plays programs in one long-living Node process."""

    def __init__(self, runtime: Path, folder: Path) -> None:
        soon = "jsmodel.soon = async () => { for (let i = 0; i < 3; i++) await new Promise(setImmediate); };"
        instead = {"flush": IN_JS["flush"], "soon": RawJS("jsmodel.soon")}
        scripts, function = linker.bundle(play, classes=[Source], instead=instead)
        listen = """
        require("node:readline").createInterface({ input: process.stdin }).on("line", async (line) => {
          const seen = [];
          let error = null;
          try { await PLAY((value) => void seen.push(value === undefined ? null : value), JSON.parse(line)); }
          catch (err) { error = err.stack; }
          process.stdout.write(JSON.stringify([seen, error]) + "\\n");
        });
        console.error = console.warn = () => undefined;
        """
        start = f"jsmodel.module({json.dumps(play.__module__)}, ($m) => {{ globalThis.PLAY = {function}; }});"
        script = folder / "async_player.cjs"
        script.write_text("\n".join([runtime.read_text(), soon, *scripts, start, listen]))
        self._process = NodeProcess(script)
        self.end = self._process.end

    def __call__(self, steps: list[Any]) -> list[Any]:
        seen, error = self._process.ask(steps)
        assert error is None, error
        return list(seen)


@pytest.fixture(scope="module")
def player(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    player = Player(runtime, tmp_path_factory.mktemp("async"))
    yield player
    player.end()


source = st.integers(0, 1)
number = st.integers(0, 3)
value = st.integers(0, 9)
paths = st.lists(st.sampled_from(["value", "fired", "value:a", "fired:z"]), min_size=1, max_size=2)
kind = st.sampled_from("work work set fail end cancelled quick".split())

step = st.one_of(
    st.tuples(st.just("connect"), source, paths, kind, source),
    st.tuples(st.just("set"), source, value),
    st.tuples(st.just("set"), source, value),
    st.tuples(st.just("fire"), source, value),
    st.tuples(st.just("flush"), source),
    st.tuples(st.just("flush"), source),
    st.tuples(st.just("open"), number),
    st.tuples(st.just("open"), number),
    st.tuples(st.just("cut"), source, st.sampled_from(["value", "fired", "value:a"])),
    st.tuples(st.sampled_from(["end", "now"]), number),
    st.tuples(st.just("dispose"), source),
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(step, max_size=25))
def test_whatever_is_done_async_handlers_see_the_same_on_both_sides(player, steps):
    seen: list[Any] = []
    flush()
    asyncio.run(asyncio.wait_for(play(seen.append, json.loads(json.dumps(steps))), 20))
    assert player(steps) == json.loads(json.dumps(seen))
