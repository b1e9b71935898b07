"""What a session costs the server: memory while it is idle, and how many can begin in a second.

The clients are bare sockets that say what the page's runtime says, so that the
server is what is measured. Bare Tornado answers their first message with a
label's text.
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

from .measure import Effort, Served, median, serving
from .table import Row

__all__ = ["NAMES", "measure"]

NAMES = ("session.memory", "session.rate", "session.cpu", "session.page_rate")

KIB = 1024
AT_ONCE = 4  # sessions that begin side by side
SETTLE = 1.0  # seconds, until what was opened is idle


class Client:
    """One websocket, with as little Python around it as can be."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, served: Served, path: str) -> Client:
        """Connect and upgrade."""
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        host = f"127.0.0.1:{served.port}"
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
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

    binary = True

    def __init__(self, served: Served) -> None:
        self.served = served
        self._ticket = ""

    async def page(self) -> None:
        """Load the page, for its ticket."""
        text = await get(self.served, "Pair")
        config = re.search(r'id="jsmodel-config">(.*?)</script>', text)
        assert config is not None, text[:300]
        content = json.loads(html.unescape(config[1]))
        self._ticket, self._have = content["ticket"], content["loaded"]

    async def begin(self) -> Client:
        """Connect, say hello, take the snapshot, and show it."""
        if not self._ticket:
            await self.page()
        client = await Client.open(self.served, "Pair/ws")
        hello = {"client": None, "session": None, "seen": 0, "have": self._have, "ticket": self._ticket}
        client.send(framed({"v": 1, "seq": 0, "ack": 0, "ops": [], "hello": hello}), binary=True)
        snapshot = await client.receive()
        (length,) = struct.unpack_from("<I", snapshot)
        content = json.loads(snapshot[8 : 8 + length])
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
    if "session.memory" in picked:
        ours, floor = [], []
        for _ in range(effort(3, 1)):
            with serving("benchmarks.ours_app") as served:
                ours.append(asyncio.run(_memory(Ours(served), effort)))
            with serving("benchmarks.floor_app") as served:
                floor.append(asyncio.run(_memory(Floor(served), effort)))
        yield Row(
            "session.memory",
            "server memory per idle slider session",
            median(ours),
            "KiB",
            median(floor),
            "bare Tornado",
            budget=30,
        )
    if picked & {"session.rate", "session.cpu", "session.page_rate"}:
        with serving("benchmarks.ours_app") as ours_served, serving("benchmarks.floor_app") as floor_served:
            yield from asyncio.run(_rates(Ours(ours_served), Floor(floor_served), effort))


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


async def _rates(ours: Ours, floor: Floor, effort: Effort) -> list[Row]:
    count, runs = effort(240, 80), effort(5, 3)
    rates: dict[str, dict[bool, list[float]]] = {"ours": {False: [], True: []}, "floor": {False: [], True: []}}
    cpu: dict[str, list[float]] = {"ours": [], "floor": []}
    apps: dict[str, Ours | Floor] = {"ours": ours, "floor": floor}
    for run in range(runs + 1):
        for with_page in (False, True):
            for whose, app in apps.items():
                gc.collect()
                rate, seconds = await _rate(app, count, with_page)
                if run:
                    rates[whose][with_page].append(rate)
                    if not with_page:
                        cpu[whose].append(seconds * 1e3)
    return [
        Row(
            "session.rate", "new sessions per second (websocket, hello, snapshot)", median(rates["ours"][False]), "/s",
            median(rates["floor"][False]), "bare Tornado", budget=500, at_least=True,
        ),
        Row("session.cpu", "server's processor time for each of these", median(cpu["ours"]), "ms", median(cpu["floor"]), "bare Tornado"),
        Row(
            "session.page_rate", "the same, with the page before it", median(rates["ours"][True]), "/s",
            median(rates["floor"][True]), "bare Tornado",
        ),
    ]  # fmt: skip


async def _rate(app: Ours | Floor, count: int, with_page: bool) -> tuple[float, float]:
    """Sessions per second, and the server's seconds for one."""
    left = count
    open_: list[Client] = []

    async def work() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            if with_page:
                await app.page()
            open_.append(await app.begin())

    used = psutil.Process(app.served.pid).cpu_times()
    start = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    seconds = time.perf_counter() - start
    now = psutil.Process(app.served.pid).cpu_times()
    for client in open_:
        client.close()
    return count / seconds, float(now.user + now.system - used.user - used.system) / count
