"""A served app, a proxy before it, and a page behind that: the real runtime, in Node."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from node_process import NodeProcess, bundle_for_node

from jsmodel import app, event, registry
from jsmodel.server import Limits, Server

from .proxy import Fault, Proxy

HERE = Path(__file__).parent

#: A page that loses patience soon, so that tests do not take long.
HASTY = {"ask_seconds": 0.15, "answer_seconds": 0.15, "idle_ask_seconds": 0.4, "open_seconds": 0.5}


class Traffic(app.Model):
    """All that can cross over, in both directions."""

    made: list[Traffic] = []
    slow = 0.0  # seconds

    def init(self) -> None:
        self.heard: list[int] = []
        self.asked: list[int] = []
        time.sleep(self.slow)
        Traffic.made.append(self)

    @event.connect("tick")
    def on_tick(self, *events: Any) -> None:
        self.heard.extend(e.n for e in events if e.origin != "py")

    @app.exposed
    def ask(self, n: int) -> int:
        self.asked.append(n)
        return n + 1

    class Both:
        @event.prop
        def left(self, v=0):
            return v

        @event.prop
        def right(self, v=0):
            return v

        @event.prop
        def down(self, v=None):
            return v

        @event.prop
        def up(self, v=None):
            return v

        @event.emitter
        def tick(self, n):
            return {"n": n}

    class JS:
        def init(self):
            self.heard = []
            self.answered = []
            self.got = []

        @event.connect("tick")
        def on_tick(self, *events):
            for e in events:
                if e.origin == "py":
                    self.heard.append(e.n)

        def receive_data(self, data, meta):
            self.got.append([meta["n"], data])

        def answer(self, n):
            self.answered.append(n)
            return n * 2


class Node:
    """The process in which the page lives."""

    def __init__(self, folder: Path) -> None:
        bundle = folder / "clients.cjs"
        bundle_for_node(bundle, entry=HERE / "clients.ts")
        self._process = NodeProcess(bundle, "--experimental-websocket", "--no-warnings")
        self.end = self._process.end

    def __call__(self, do: str, **fields: Any) -> Any:
        reply = self._process.ask({"do": do, **fields})
        assert reply["error"] is None, reply["error"]
        return reply["value"]


class World:
    """One server, one proxy, one page, and what both sides have said so far."""

    def __init__(self, node: Node, **limits: Any) -> None:
        self.node = node
        self.server = Server("127.0.0.1", 0, limits=Limits(**{**HASTY, **limits}))
        ready = threading.Event()
        self._thread = threading.Thread(target=self.server.start, kwargs={"ready": ready.set}, daemon=True)
        self._thread.start()
        assert ready.wait(10)
        self.proxy = Proxy(self.server.port)
        self.replies: list[tuple[int, Any]] = []
        self.said: list[int] = []  # by Python
        self.stepped: list[int] = []  # by the page
        self._numbers = iter(range(1, 10_000))

    @property
    def model(self) -> Traffic:
        return Traffic.made[-1]

    def here(self, func: Callable[[], Any]) -> Any:
        """Run `func` in the server's thread."""

        async def call() -> Any:
            return func()

        return asyncio.run_coroutine_threadsafe(call(), self.server.loop).result(10)

    # -- the page

    def open(self) -> None:
        """Load the page, past the proxy, and let it connect through the proxy."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.port}/Traffic", timeout=10) as reply:
            text = reply.read().decode()
        found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.DOTALL)
        assert found is not None
        config = json.loads(found[1])
        url = f"http://127.0.0.1:{self.proxy.port}/Traffic"
        self.node("open", url=url, ticket=config["ticket"], patience=config["patience"], most=config["most"])

    def look(self) -> dict[str, Any]:
        return self.node("look")

    def wait(self, condition: Callable[[], Any], seconds: float = 15.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"it did not happen: {self.look()}, {self.proxy}"
            time.sleep(0.01)

    def wait_for(self, status: str) -> None:
        self.wait(lambda: self.look()["status"] == status)

    def live(self) -> World:
        """Wait until the page is connected, and has said what it listens to."""
        self.wait_for("live")
        self.wait(lambda: any(c.listens for s in self.sessions() for c in s.clients.values()))
        return self

    def sessions(self) -> list[Any]:
        return self.here(lambda: [live.session for live in self.server.site.sessions._live.values()])

    # -- traffic

    def say(self, steps: int = 1, size: int = 0) -> None:
        """Let Python change, emit and call."""

        def act() -> None:
            for n in numbers:
                model.tick(n)
                model.left = n
                if size:
                    model.down = bytes([n % 256]) * size
                self.replies.append((n, model.js.answer(n)))
                self.said.append(n)

        model, numbers = self.model, [next(self._numbers) for _ in range(steps)]
        self.here(act)

    def step(self, steps: int = 1, size: int = 0) -> None:
        """Let the page do the same."""
        for _ in range(steps):
            n = next(self._numbers)
            self.node("step", n=n, size=size)
            self.stepped.append(n)

    def settled(self) -> None:
        """Wait until nothing is under way; then all must have come once, in order, and nothing else."""
        model = self.model
        self.wait(lambda: all(reply._done.is_set() for _, reply in self.replies))
        self.wait(
            lambda: len(self.look().get("asked", ())) >= len(self.stepped) and len(model.heard) >= len(self.stepped)
        )
        self.wait(lambda: len(self.look()["heard"]) >= len(self.said))
        self.wait(lambda: self.look()["status"] == "live" and not self.look()["waiting"])
        self.wait(lambda: self.look()["left"] == model.left and model.right == self.look()["right"])
        self.wait(lambda: self.look()["down"] == ends(model.down))
        page = self.look()
        assert page["heard"] == self.said
        assert page["answered"] == self.said
        assert [(n, reply.result(0)) for n, reply in self.replies] == [(n, 2 * n) for n in self.said]
        assert model.heard == self.stepped
        assert model.asked == self.stepped
        assert sorted(page["asked"]) == [[n, n + 1] for n in self.stepped]
        assert page["left"] == (self.said or [0])[-1]
        assert model.right == (self.stepped or [0])[-1]
        assert page["down"] == ends(model.down)
        assert page["notes"] == []
        assert len(Traffic.made) == 1  # nobody else was made for this page

    def end(self) -> None:
        self.node("close")
        self.proxy.end()
        self.server.stop()
        self._thread.join(10)
        assert not self._thread.is_alive()


def ends(data: bytes | None) -> list[int] | None:
    """What is compared of much data: its length, its ends, and the sum of all."""
    return None if data is None else [len(data), data[0], data[-1], sum(data)]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    node = Node(tmp_path_factory.mktemp("node"))
    yield node
    node.end()


@pytest.fixture
def begin(node: Node) -> Iterator[Callable[..., World]]:
    """`begin(*faults, **limits)` opens a page whose first connections have these faults."""
    before = dict(registry.entries())
    for name in before:
        registry.unserve(name)
    Traffic.made.clear()
    registry.serve(Traffic)
    worlds: list[World] = []

    def begin(*faults: Fault, **limits: Any) -> World:
        world = World(node, **limits)
        worlds.append(world)
        world.proxy.plan(*faults)
        world.open()
        return world

    yield begin
    for world in worlds:
        world.end()
    registry.unserve("Traffic")
    Traffic.made.clear()
    for name, entry in before.items():
        registry.serve(entry.cls, name, entry.properties)
