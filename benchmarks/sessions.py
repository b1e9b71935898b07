"""What a session costs the server: memory while it is idle, and how many can begin in a second.

The clients are bare sockets that say what the page's runtime says, so that the
server is what is measured. Bare Tornado answers their first message with a
label's text. A session of Bokeh begins with its page, and then pulls the
document; one of NiceGUI is made by the page alone, which is what is counted.
For the memory of these two, real tabs are opened.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import html
import json
import os
import re
import struct
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psutil

from .chromium import chromium, probed_page
from .measure import Effort, Served, median, serving
from .table import Other, Row
from .web import APPS, running

__all__ = ["NAMES", "Client", "Ours", "framed", "measure"]

NAMES = ("sessions.memory", "sessions.rate", "sessions.cpu", "sessions.page_rate")

KIB = 1024
AT_ONCE = 4  # sessions that begin side by side
SETTLE = 1.0  # seconds, until what was opened is idle


class Client:
    """One websocket, with as little Python around it as can be."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, served: Served, path: str, protocol: str = "") -> Client:
        """Connect and upgrade."""
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        host = f"127.0.0.1:{served.port}"
        key = base64.b64encode(os.urandom(16)).decode()
        offer = f"Sec-WebSocket-Protocol: {protocol}\r\n" if protocol else ""
        writer.write(
            f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"{offer}\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(f"the server refused a websocket: {head.decode(errors='replace')[:300]}")
        return cls(reader, writer)

    def send(self, payload: bytes, *, binary: bool) -> None:
        """Send one message."""
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else struct.pack("!BH", 0x80 | 126, size)
        # A mask of zeros is a mask.
        self._writer.write(bytes([0x82 if binary else 0x81]) + length + bytes(4) + payload)

    async def receive(self) -> bytes:
        """The next message; the server's pings are passed over."""
        while True:
            first, size = await self._reader.readexactly(2)
            if size == 126:
                (size,) = struct.unpack("!H", await self._reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self._reader.readexactly(8))
            payload = await self._reader.readexactly(size)
            if first & 0x0F == 8:
                raise RuntimeError(f"the server closed a websocket: {payload[2:].decode(errors='replace')}")
            if first & 0x0F in (1, 2):
                return payload

    def close(self) -> None:
        """Close without a word."""
        self._writer.close()


class Ours:
    """Sessions of `ours_app.py`."""

    def __init__(self, served: Served, app: str = "Pair") -> None:
        self.served = served
        self._app = app
        self._ticket = ""
        self.snapshot: dict[str, Any] = {}  # what the last session began with

    async def page(self) -> None:
        """Load the page, for its ticket."""
        text = await get(self.served, self._app)
        config = re.search(r'id="jsmodel-config">(.*?)</script>', text)
        assert config is not None, text[:300]
        content = json.loads(html.unescape(config[1]))
        self._ticket, self._have = content["ticket"], content["loaded"]

    async def begin(self) -> Client:
        """Connect, say hello, take the snapshot, and show it."""
        if not self._ticket:
            await self.page()
        client = await Client.open(self.served, f"{self._app}/ws")
        hello = {"client": None, "session": None, "seen": 0, "have": self._have, "ticket": self._ticket}
        client.send(framed({"v": 1, "seq": 0, "ack": 0, "ops": [], "hello": hello}), binary=True)
        snapshot = await client.receive()
        (length,) = struct.unpack_from("<I", snapshot)
        self.snapshot = content = json.loads(snapshot[8 : 8 + length])
        root = content["welcome"]["root"]
        client.send(
            framed({"v": 1, "seq": 1, "ack": content["seq"], "ops": [{"op": "view", "id": root, "open": True}]}),
            binary=True,
        )
        return client


class Floor:
    """Connections to `floor_app.py`."""

    def __init__(self, served: Served) -> None:
        self.served = served

    async def page(self) -> None:
        """Load the page."""
        await get(self.served, "")

    async def begin(self) -> Client:
        """Connect, and have one message answered."""
        client = await Client.open(self.served, "ws")
        client.send(b'{"type": "set", "id": "slider", "name": "value", "value": 0}', binary=False)
        await client.receive()
        return client


class Bokeh:
    """Sessions of `bokeh_app.py`."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self._token = ""

    async def page(self) -> None:
        """Load the page; the session is made with it."""
        found = re.search(r'"token":"([^"]+)"', await get(self.served, "pair"))
        assert found is not None
        self._token = found[1]

    async def begin(self) -> Client:
        """Connect, and pull the document."""
        client = await Client.open(self.served, "pair/ws", f"bokeh, {self._token}")
        for _ in range(3):  # a message is a header, metadata and content: "ACK"
            await client.receive()
        for part in (b'{"msgid": "1", "msgtype": "PULL-DOC-REQ"}', b"{}", b"{}"):
            client.send(part, binary=False)
        for _ in range(3):
            await client.receive()
        return client


class NiceGUI:
    """Pages of `nicegui_app.py`."""

    def __init__(self, served: Served) -> None:
        self.served = served

    async def page(self) -> None:
        """Load the page; what it shows is built for it."""
        await get(self.served, "pair")

    async def begin(self) -> None:
        """Nothing more."""


AnyApp = Ours | Floor | Bokeh | NiceGUI


def framed(message: dict[str, Any]) -> bytes:
    """A message as one frame; see docs/protocol.md."""
    text = json.dumps(message).encode()
    return struct.pack("<II", len(text), 0) + text + b" " * (-len(text) % 8)


async def get(served: Served, path: str) -> str:
    """The page at `path`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(f"GET /{path} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nConnection: close\r\n\r\n".encode())
    text = (await reader.read()).decode()
    writer.close()
    return text


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    if "sessions.memory" in picked:
        yield _memory_row(effort)
    if picked & {"sessions.rate", "sessions.cpu", "sessions.page_rate"}:
        with running() as (served, missing):
            kinds = {"jsmodel": Ours, "bare Tornado": Floor, "Bokeh": Bokeh, "NiceGUI": NiceGUI}
            apps: dict[str, Any] = {app.whose: kinds[app.whose](server) for app, server in served.items()}
            yield from asyncio.run(_rates(apps, missing, effort))


def _memory_row(effort: Effort) -> Row:
    figures: dict[str, list[float]] = {"ours": [], "floor": []}
    for _ in range(effort(3, 1)):
        with serving("benchmarks.ours_app") as served:
            figures["ours"].append(asyncio.run(_memory(Ours(served), effort)))
        with serving("benchmarks.floor_app") as served:
            figures["floor"].append(asyncio.run(_memory(Floor(served), effort)))
    others = [Other("bare Tornado", median(figures["floor"]))]
    with running(APPS[2:]) as (peers, missing), chromium() as browser:
        for app, server in peers.items():
            with contextlib.closing(browser.new_context()) as context:

                def tabs(count: int, server: Served = server, app: Any = app, context: Any = context) -> int:
                    for _ in range(count):
                        page = probed_page(context, app.parts | {"quiet": True})
                        page.goto(server.url(app.pair))
                        page.evaluate("__probe.loaded")
                    time.sleep(SETTLE)
                    return server.rss()

                count = effort(20, 8)
                before = tabs(3)
                others.append(Other(app.whose, (tabs(count) - before) / count / KIB))
    others += [Other(whose, None, why) for whose, why in missing.items()]
    what = "server memory per idle slider session"
    return Row("sessions.memory", what, median(figures["ours"]), "KiB", tuple(others), budget=30)


async def _memory(app: Ours | Floor, effort: Effort) -> float:
    """KiB that each of many idle sessions adds to a fresh server."""
    process = psutil.Process(app.served.pid)
    count = effort(300, 100)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(60):  # what is loaded at first use, and what the allocator keeps
            await stack.enter_async_context(_open(app))
        await asyncio.sleep(SETTLE)
        before = process.memory_info().rss
        for _ in range(count):
            await stack.enter_async_context(_open(app))
        await asyncio.sleep(SETTLE)
        return float(process.memory_info().rss - before) / count / KIB


@contextlib.asynccontextmanager
async def _open(app: Ours | Floor) -> AsyncIterator[None]:
    client = await app.begin()
    try:
        yield
    finally:
        client.close()


async def _rates(apps: dict[str, AnyApp], missing: dict[str, str], effort: Effort) -> list[Row]:
    runs = effort(5, 3)
    rates: dict[bool, dict[str, list[float]]] = {
        with_page: {whose: [] for whose in apps} for with_page in (False, True)
    }
    cpu: dict[str, list[float]] = {whose: [] for whose in apps}
    for run in range(runs + 1):
        for with_page in (False, True):
            for whose, app in apps.items():
                peer = whose in ("Bokeh", "NiceGUI")
                if peer and not with_page:
                    continue  # theirs begin with the page
                gc.collect()
                rate, seconds = await _rate(app, effort(40, 20) if peer else effort(240, 80), with_page)
                if run:
                    rates[with_page][whose].append(rate)
                    if not with_page:
                        cpu[whose].append(seconds * 1e3)
    alone, paged = ({whose: median(values) for whose, values in rates[w].items() if values} for w in (False, True))
    spent = {whose: median(values) for whose, values in cpu.items() if values}
    gone = tuple(Other(whose, None, why) for whose, why in missing.items())
    floor = "bare Tornado"
    peers = tuple(
        Other(words, paged[whose])
        for whose, words in (("Bokeh", "Bokeh, with its page"), ("NiceGUI", "NiceGUI, the page alone"))
        if whose in paged
    )
    what = "new sessions per second (websocket, hello, snapshot)"
    return [
        Row(
            "sessions.rate", what, alone["jsmodel"], "/s", (Other(floor, alone[floor]), *peers, *gone),
            budget=500, at_least=True,
        ),
        Row("sessions.cpu", "server's processor time for each of these", spent["jsmodel"], "ms", (Other(floor, spent[floor]),)),
        Row(
            "sessions.page_rate", "the same, with the page before it", paged["jsmodel"], "/s",
            (Other(floor, paged[floor]), *peers, *gone),
        ),
    ]  # fmt: skip


async def _rate(app: AnyApp, count: int, with_page: bool) -> tuple[float, float]:
    """Sessions per second, and the server's seconds for one."""
    left = count
    open_: list[Client] = []

    async def work() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            if with_page:
                await app.page()
            client = await app.begin()
            if client is not None:
                open_.append(client)

    at_once = 1 if isinstance(app, Bokeh) else AT_ONCE  # a token of its page opens one socket
    used = psutil.Process(app.served.pid).cpu_times()
    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    seconds = time.perf_counter() - start
    now = psutil.Process(app.served.pid).cpu_times()
    for client in open_:
        client.close()
    return count / seconds, float(now.user + now.system - used.user - used.system) / count
