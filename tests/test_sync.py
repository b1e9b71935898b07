"""Python and two real clients, driven at random over a network that delays, drops, repeats and breaks.

The clients are the TypeScript runtime in one long-living Node process, spoken to
over its stdin and stdout. However it went: all sides end at Python's values, nobody is shown
an older value after a newer one, and events arrive at most once and in order.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from jsmodel import app
from jsmodel import event as ev
from jsmodel.event import loop
from jsmodel.protocol import encode_value, parse_message
from jsmodel.session import Session, _same_on_wire
from jsmodel.transport import MemoryTransport

LABEXTENSION = Path(__file__).parents[1] / "labextension"

HARNESS = """
import * as core from "./src/runtime";
import { createInterface } from "node:readline";

globalThis.jsmodel = { ...core };
console.error = () => undefined;

const b64 = (bytes) => Buffer.from(bytes).toString("base64");
let clients = new Map();
let out = [];

class Pipe {
  name = "node";
  constructor(id) { this.id = id; this.closed = false; }
  send(message, buffers) {
    if (this.closed) return false;
    out.push([this.id, JSON.parse(JSON.stringify(message)), buffers.map(b64)]);
    return true;
  }
  close() { this.closed = true; }
}

const commands = {
  reset() {
    for (const { pipe } of clients.values()) pipe.closed = true; // their timers may still run
    clients = new Map();
    out = [];
  },
  open({ id }) {
    const client = clients.get(id) ?? { session: new core.ClientSession(), notes: [] };
    if (!clients.has(id)) client.session.errorWatchers.add((note) => client.notes.push(note.title));
    clients.set(id, client);
    if (client.pipe) client.pipe.closed = true;
    client.pipe = new Pipe(id);
    client.session.open(client.pipe);
  },
  lost({ id }) {
    clients.get(id).pipe.closed = true;
    clients.get(id).session.lost(true);
  },
  deliver({ id, message, buffers }) {
    clients.get(id).session.message(message, buffers.map((b) => new Uint8Array(Buffer.from(b, "base64"))));
  },
  set({ id, model, props }) {
    const target = clients.get(id).session.models.get(model);
    if (target) Object.assign(target, props);
  },
  emit({ id, model, n }) {
    clients.get(id).session.models.get(model)?.fired(n);
  },
  copy({ id, model }) {
    const target = clients.get(id).session.models.get(model);
    target.x = target.y;
  },
  touch({ id }) { clients.get(id).session.touch(); },
  look({ id, model }) {
    const { session, notes } = clients.get(id);
    const target = session.models.get(model);
    if (!target) return { status: session.status, models: session.models.size, notes };
    const { x, y, z, shown, heard, other } = target;
    return { x, y, z, shown, heard, other: other?.id ?? null, status: session.status, models: session.models.size, notes };
  },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line);
  let value = null;
  let error = null;
  try { value = commands[command.do](command) ?? null; } catch (err) { error = String(err.stack); }
  setImmediate(() => {
    process.stdout.write(JSON.stringify({ value, error, out }) + "\\n");
    out = [];
  });
});
"""


class Node:
    """The process in which the clients live."""

    def __init__(self, folder: Path) -> None:
        bundle = folder / "clients.cjs"
        esbuild = LABEXTENSION / "node_modules" / ".bin" / "esbuild"
        options = ["--bundle", "--format=cjs", "--platform=node", "--target=es2022", "--log-level=warning"]
        subprocess.run(
            [os.fspath(esbuild), *options, f"--outfile={bundle}"],
            input=HARNESS,
            text=True,
            cwd=LABEXTENSION,
            check=True,
        )
        self.process = subprocess.Popen(
            ["node", os.fspath(bundle)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.to_python: dict[int, deque[Any]] = {}

    def __call__(self, do: str, **fields: Any) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do, **fields}) + "\n")
        self.process.stdin.flush()
        timer = threading.Timer(20, self.process.kill)
        timer.start()
        answer = self.process.stdout.readline()
        timer.cancel()
        assert answer, f"Node ended at {do!r}"
        reply = json.loads(answer)
        assert reply["error"] is None, reply["error"]
        for who, message, buffers in reply["out"]:
            if who in self.to_python:
                self.to_python[who].append((message, [base64.b64decode(b) for b in buffers]))
        return reply["value"]

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            assert self.process.wait(10) == 0
        finally:
            self.process.kill()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    node = Node(tmp_path_factory.mktemp("node"))
    yield node
    node.end()


class Shared(app.Model):
    def init(self) -> None:
        self.accepted: list[int] = [0]
        self.heard_here: list[int] = []
        self.observe(lambda change: self.accepted.append(change.new), "x")

    @ev.connect("fired")
    def on_fired(self, *events):
        self.heard_here.extend(e.n for e in events)

    class Both:
        @ev.prop
        def x(self, v=0):
            return v

        @ev.prop
        def y(self, v=0):
            return v

        @ev.prop
        def z(self, v=0):
            return v

        @ev.prop
        def other(self, v=None):
            return v

        @ev.emitter
        def fired(self, n):
            return {"n": n}

    class JS:
        def init(self):
            self.shown = []
            self.heard = []

        @ev.connect("x")
        def on_x(self, *events):
            for e in events:
                self.shown.append(e.new_value)

        @ev.connect("fired")
        def on_fired(self, *events):
            for e in events:
                if e.origin == "py":
                    self.heard.append(e.n)


class Strict(Shared):
    """Python corrects y and refuses some z; the page does not know these rules."""

    def _jsm_set_from_client(self, name, value):
        if name == "y":
            value = min(value, 50)
        if name == "z" and value % 3 == 0:
            raise ValueError("no multiples of three")
        super()._jsm_set_from_client(name, value)


class World:
    """One session, two clients, and all that is under way between them."""

    def __init__(self, node: Node) -> None:
        self.node = node
        node("reset")
        node.to_python = {0: deque(), 1: deque()}
        self.session = Session("sync")
        self.model = Strict(session=self.session)
        self.children: list[Shared] = []
        self.pipes: list[MemoryTransport | None] = [None, None]
        self.read = [0, 0]
        self.to_page: list[deque[Any]] = [deque(), deque()]
        self.numbers = itertools.count(1)
        for client in (0, 1):
            self.open(client)

    # -- the network

    def open(self, client: int) -> None:
        self.to_page[client].clear()
        self.node.to_python[client].clear()
        old, self.pipes[client] = self.pipes[client], None
        if old is not None:
            old.close()
            self.node("lost", id=client)
        self.node("open", id=client)

    def collect(self) -> None:
        for client, pipe in enumerate(self.pipes):
            if pipe is not None:
                new = list(zip(pipe.sent, pipe.buffers, strict=True))[self.read[client] :]
                self.read[client] += len(new)
                # What is sent again must be what was sent: a copy, as on a real wire.
                self.to_page[client].extend((json.loads(json.dumps(m)), list(b)) for m, b in new)

    def up(self, client: int, how: str = "deliver") -> bool:
        waiting = self.node.to_python[client]
        if not waiting:
            return False
        hello = parse_message(waiting[0][0]).hello
        how = "deliver" if hello is not None else how  # opening is the transport's own affair
        message, buffers = waiting[0] if how == "repeat" else waiting.popleft()
        if how == "drop":
            return True
        if hello is not None:
            self.pipes[client], self.read[client] = MemoryTransport(), 0
            self.session.attach(self.pipes[client], hello)
        elif self.pipes[client] is not None and not self.pipes[client].closed:
            self.pipes[client].deliver(message, buffers)
        self.collect()
        return True

    def down(self, client: int, how: str = "deliver") -> bool:
        self.collect()
        waiting = self.to_page[client]
        if not waiting:
            return False
        message, buffers = waiting[0] if how == "repeat" else waiting.popleft()
        if how != "drop":
            self.node("deliver", id=client, message=message, buffers=[base64.b64encode(b).decode() for b in buffers])
        return True

    # -- what happens

    def act(self, action: tuple[Any, ...]) -> None:
        what, *args = action
        getattr(self, f"do_{what}")(*args)

    def do_python(self, prop: str) -> None:
        setattr(self.model, prop, next(self.numbers))

    def do_page(self, client: int, prop: str) -> None:
        self.node("set", id=client, model=self.model.id, props={prop: next(self.numbers)})

    def do_emit(self, client: int) -> None:
        self.node("emit", id=client, model=self.model.id, n=next(self.numbers))

    def do_fire(self) -> None:
        self.model.fired(next(self.numbers))

    def do_child(self) -> None:
        self.children = [*self.children[-2:], Shared(session=self.session)]
        self.model.other = self.children[-1]

    def do_turn(self) -> None:
        loop.flush()
        self.collect()

    def do_up(self, client: int, how: str) -> None:
        self.up(client, how)

    def do_down(self, client: int, how: str) -> None:
        self.down(client, how)

    def do_break(self, client: int) -> None:
        self.open(client)

    def do_sleep(self, client: int) -> None:
        for other in self.session.clients.values():
            if other.channel.transport is self.pipes[client] and self.pipes[client] is not None:
                other.channel.sleep()

    def do_forget(self, client: int) -> None:
        for other in list(self.session.clients.values()):
            if other.channel.transport is self.pipes[client] and self.pipes[client] is not None:
                self.session.detach(other)
        self.open(client)

    def settle(self) -> None:
        """Let the network be kind, until nothing is under way."""
        for client in (0, 1):
            if self.pipes[client] is None and not self.node.to_python[client]:
                self.open(client)
        quiet = 0
        for _ in range(200):
            loop.flush()
            busy = False
            for client in (0, 1):
                while self.up(client) or self.down(client):
                    busy = True
            quiet = 0 if busy else quiet + 1
            if quiet == 2:
                return
            if not busy:  # what a second of silence does
                for other in self.session.clients.values():
                    other.channel.resend()
                for client in (0, 1):
                    self.node("touch", id=client)
                self.collect()
                for client in (0, 1):
                    while self.up(client) or self.down(client):
                        pass
        raise AssertionError("it does not come to rest")

    def look(self, client: int) -> dict[str, Any]:
        seen: dict[str, Any] = self.node("look", id=client, model=self.model.id)
        return seen


which = st.integers(0, 1)
how = st.sampled_from(["deliver", "deliver", "deliver", "drop", "repeat"])
actions = st.one_of(
    st.tuples(st.just("python"), st.sampled_from("xxyz")),
    st.tuples(st.just("page"), which, st.sampled_from("xxyz")),
    st.tuples(st.just("emit"), which),
    st.just(("fire",)),
    st.just(("child",)),
    st.just(("turn",)),
    st.tuples(st.just("up"), which, how),
    st.tuples(st.just("down"), which, how),
    st.tuples(st.just("up"), which, st.just("deliver")),
    st.tuples(st.just("down"), which, st.just("deliver")),
    st.tuples(st.just("break"), which),
    st.tuples(st.just("sleep"), which),
)
plain = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


def check_equal(world: World) -> None:
    model = world.model
    expected = {"x": model.x, "y": model.y, "z": model.z, "other": model.other.id if model.other else None}
    for client in (0, 1):
        page = world.look(client)
        assert {k: page[k] for k in expected} == expected, f"client {client}"
        assert page["status"] == "live" and page["models"] == len(world.session.models())


def check_order(world: World) -> None:
    place = {value: n for n, value in enumerate(world.model.accepted)}
    for client in (0, 1):
        page = world.look(client)
        shown = [place[v] for v in page["shown"] if v in place]
        assert shown == sorted(shown), f"client {client} was shown {page['shown']}, Python had {world.model.accepted}"
        heard = [world.model.heard_here.index(n) for n in page["heard"]]
        assert heard == sorted(set(heard)), f"events at client {client}: {page['heard']}, Python had {heard}"


@pytest.fixture
def settled_world(node: Node) -> Iterator[Any]:
    worlds: list[World] = []

    def make() -> World:
        for world in worlds:
            world.session.close()
        worlds[:] = [World(node)]
        worlds[0].settle()
        return worlds[0]

    yield make
    for world in worlds:
        world.session.close()


@plain
@given(st.lists(actions, max_size=40))
def test_however_it_goes_all_sides_end_at_python_s_values_and_never_go_back(settled_world, steps):
    world = settled_world()
    for step in steps:
        world.act(step)
    world.settle()
    check_equal(world)
    check_order(world)
    event(f"{min(len(steps) // 10, 4)}0 steps or more")


@plain
@given(st.lists(actions.filter(lambda a: a[0] != "sleep"), max_size=40))
def test_events_of_the_pages_reach_python_once_each_and_in_order(settled_world, steps):
    world = settled_world()
    sent: list[list[int]] = [[], []]
    for step in steps:
        if step[0] == "emit":
            n = next(world.numbers)
            world.node("emit", id=step[1], model=world.model.id, n=n)
            sent[step[1]].append(n)
        else:
            world.act(step)
    world.settle()
    loop.flush()
    for client in (0, 1):
        assert [n for n in world.model.heard_here if n in sent[client]] == sent[client]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(actions | st.tuples(st.just("forget"), which), max_size=30))
def test_a_client_that_python_forgot_comes_to_python_s_values_too(settled_world, steps):
    world = settled_world()
    for step in steps:
        world.act(step)
    world.settle()
    check_equal(world)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(exclude_categories=["Cs"]))
        | st.binary(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.text(max_size=5) | st.sampled_from(["$", "__proto__", "constructor"]), inner)
        ),
        max_leaves=8,
    ).filter(lambda v: _encodable(v))
)
def test_values_come_back_from_the_client_as_they_went(settled_world, value):
    world = settled_world()
    world.model.y = value
    world.settle()
    world.node("copy", id=0, model=world.model.id)
    world.settle()
    assert _same_on_wire(world.model.x, value)


def _encodable(value: Any) -> bool:
    try:
        encode_value(value, [])
    except TypeError:
        return False
    return True


def test_a_hundred_quick_changes_end_at_the_last_on_the_other_side(settled_world):
    world = settled_world()
    for n in range(1, 101):
        world.node("set", id=0, model=world.model.id, props={"x": n})
        world.up(0)
    world.settle()
    assert world.model.x == 100
    check_equal(world)
    for n in range(101, 201):
        world.model.x = n
        loop.flush()
    world.settle()
    check_equal(world)
    assert world.look(1)["shown"][-1] == 200


def test_crossing_changes_converge(settled_world):
    world = settled_world()
    world.node("set", id=0, model=world.model.id, props={"x": 1})
    world.model.x = 2
    loop.flush()
    world.settle()
    assert world.model.x == 1
    check_equal(world)
    check_order(world)


def test_a_change_that_waits_does_not_come_after_the_newer_one_of_the_page(settled_world):
    world = settled_world()
    world.model.x = 1  # not sent yet
    world.node("set", id=0, model=world.model.id, props={"x": 2})
    world.up(0)
    world.settle()
    assert world.look(0)["shown"] == [0, 2]
    check_equal(world)


def test_the_page_is_corrected_and_restored(settled_world):
    world = settled_world()
    world.node("set", id=0, model=world.model.id, props={"y": 77, "z": 9})
    world.settle()
    assert (world.model.y, world.model.z) == (50, 0)
    check_equal(world)
    assert any("no multiples of three" in note for note in world.look(0)["notes"])


def test_a_page_that_slept_keeps_what_its_person_did(settled_world):
    world = settled_world()
    world.do_sleep(0)
    world.model.y = 5
    loop.flush()
    world.node("set", id=0, model=world.model.id, props={"x": 9})
    world.settle()
    assert (world.model.x, world.model.y) == (9, 5)
    check_equal(world)


def test_a_page_that_slept_and_lost_its_line_keeps_what_its_person_did(settled_world):
    world = settled_world()
    world.node("set", id=0, model=world.model.id, props={"x": 9})
    world.up(0, "drop")
    world.do_sleep(0)
    world.open(0)
    world.settle()
    assert world.model.x == 9
    check_equal(world)


def test_a_forgotten_page_still_hears_events(settled_world):
    world = settled_world()
    world.do_forget(0)
    world.settle()
    world.model.fired(5)
    world.settle()
    assert world.look(0)["heard"] == [5]


def test_after_a_new_session_nothing_is_left_of_the_old_one(settled_world, node):
    world = settled_world()
    world.model.x = 5
    world.settle()
    world.session.close()
    world.session = Session("new")
    world.model = Strict(session=world.session, x=7)
    world.open(0), world.open(1)
    world.settle()
    check_equal(world)
    assert world.look(0)["shown"][0] == 7


def test_a_value_of_the_page_that_cannot_be_sent_breaks_nothing(settled_world):
    world = settled_world()
    world.node("emit", id=0, model=world.model.id, n={"$": "m"})
    world.settle()
    world.node("set", id=0, model=world.model.id, props={"x": 4})
    world.settle()
    assert world.model.x == 4
