"""50,000 updates while the reader stalls: is the final state exact, and is memory bounded?

The updates are spread over some seconds, so that a toolkit cannot just wait for
the end of the turn. Meanwhile the page, played by this process, takes nothing
off its socket; then it reads all there is. Through a kernel the sockets hold as
much as those of Jupyter's programs do.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any

import psutil

from .kernel import Bare, Kernel
from .kernel import Ours as OurKernel
from .measure import Effort, Served, median, serving
from .sessions import Client, Ours, framed
from .table import Other, Row

__all__ = ["NAMES", "measure"]

NAMES = (
    "flood.kernel",
    "flood.kernel.messages",
    "flood.kernel.memory",
    "flood.server",
    "flood.server.messages",
    "flood.server.memory",
)

UPDATES = 50_000
MIB = 2**20
BOUND = 16  # MiB: what may be on its way (4), as JSON text, as frames and in the allocator

#: The loop in the cell; `SET` is what tells the page of `i`. It takes some 5 s.
LOOP = f"""
import time
for i in range({UPDATES}):
    SET
    if i % 100 == 0: time.sleep(0.005)
"""


class Peak:
    """The most memory that a process held while this was open, over what it held before, in MiB."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._done = threading.Event()
        self._before = self._most = self._process.memory_info().rss
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def mib(self) -> float:
        """The figure."""
        return (self._most - self._before) / MIB

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, self._process.memory_info().rss)


Result = tuple[bool, int, float]  # the last state is right, messages, MiB


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    runs = effort(3, 1)
    if any(name.startswith("flood.kernel") for name in picked):
        ours, bare = [], []
        for _ in range(runs):
            ours.append(_our_kernel())
            bare.append(_bare_kernel())
        yield from _rows("flood.kernel", "a kernel", ours, bare, "bare comm")
    if any(name.startswith("flood.server") for name in picked):
        ours, bare = [], []
        for _ in range(runs):
            with serving("benchmarks.ours_app") as served:
                ours.append(asyncio.run(_our_server(served)))
            with serving("benchmarks.floor_app") as served:
                bare.append(asyncio.run(_bare_server(served)))
        yield from _rows("flood.server", "a server", ours, bare, "bare Tornado")


def _rows(name: str, where: str, ours: list[Result], bare: list[Result], whose: str) -> Iterator[Row]:
    def exact(results: list[Result]) -> float:
        return 100 * sum(right for right, _, _ in results) / len(results)

    def others(index: int) -> tuple[Other, ...]:
        return (Other(whose, median([result[index] for result in bare])),)

    yield Row(
        name, f"50,000 updates from {where} while the page stalls: runs whose last state is exact",
        exact(ours), "%", (Other(whose, exact(bare)),), budget=100, at_least=True,
    )  # fmt: skip
    yield Row(f"{name}.messages", "… messages that reach the page", median([r[1] for r in ours]), "", others(1))
    yield Row(
        f"{name}.memory", "… what the process grows by", median([r[2] for r in ours]), "MiB", others(2), budget=BOUND
    )


def _our_kernel() -> Result:
    toolkit = OurKernel(bounded=True)
    try:
        kernel = toolkit.kernel
        peak = _stalled(kernel, "burst.value = i")
        seen: list[int] = []
        toolkit.listen(lambda message: seen.append(value) if (value := toolkit.bursted(message)) is not None else None)
        kernel.count()
        toolkit.settle()  # takes what is there, acknowledges it, and so on
        toolkit.settle()
        return seen[-1:] == [UPDATES - 1], kernel.comm_messages, peak
    finally:
        toolkit.kernel.close()


def _bare_kernel() -> Result:
    toolkit = Bare(bounded=True)
    try:
        kernel = toolkit.kernel
        kernel.run("from comm import create_comm; one = create_comm(target_name='flood', comm_id='flood')")
        peak = _stalled(kernel, "one.send({'value': i})")
        seen: list[int] = []
        kernel.on_comm = lambda message: seen.append(message["content"]["data"]["value"])
        kernel.quiet(1.0)
        return seen[-1:] == [UPDATES - 1], len(seen), peak
    finally:
        toolkit.kernel.close()


def _stalled(kernel: Kernel, code: str) -> float:
    kernel.quiet(0.5)
    with Peak(kernel.pid) as peak:
        cell = {"code": LOOP.replace("SET", code), "silent": False, "store_history": False, "allow_stdin": False}
        kernel.send("execute_request", cell)
        kernel.answered()
        time.sleep(1.0)
    return peak.mib


async def _our_server(served: Served) -> Result:
    app = Ours(served, "Flood")
    client = await app.begin()
    state = app.snapshot["ops"][-1]["models"]
    slider, label = (next(m["id"] for m in state if m["cls"].endswith(kind)) for kind in ("Slider", "Label"))
    move = {"op": "set", "id": slider, "props": {"value": 1}, "origin": "user"}
    client.send(framed({"v": 1, "seq": 2, "ack": app.snapshot["seq"], "ops": [move]}), binary=True)
    with Peak(served.pid) as peak:
        await _flooded(served)
    messages, last = 0, ""
    with contextlib.suppress(asyncio.TimeoutError):
        while True:
            frame = await asyncio.wait_for(client.receive(), 1.0)
            (length,) = struct.unpack_from("<I", frame)
            content = json.loads(frame[8 : 8 + length])
            if content.get("seq"):
                client.send(framed({"v": 1, "seq": 0, "ack": content["seq"], "ops": []}), binary=True)
            messages += 1
            for op in content["ops"]:
                if op["op"] == "set" and op["id"] == label:
                    last = op["props"].get("text", last)
    client.close()
    return last == f"b{UPDATES - 1}", messages, peak.mib


async def _bare_server(served: Served) -> Result:
    client = await Client.open(served, "ws")
    client.send(b'{"type": "flood"}', binary=False)
    with Peak(served.pid) as peak:
        await _flooded(served)
    messages = 0
    content: dict[str, Any] = {}
    with contextlib.suppress(asyncio.TimeoutError):
        while True:
            content = json.loads(await asyncio.wait_for(client.receive(), 1.0))
            messages += 1
    client.close()
    return content.get("value") == f"b{UPDATES - 1}", messages, peak.mib


async def _flooded(served: Served) -> None:
    """Until the server has said it all: it is idle for a second."""
    process, calm = psutil.Process(served.pid), 0
    process.cpu_percent()
    for _ in range(240):
        await asyncio.sleep(0.25)
        calm = calm + 1 if process.cpu_percent() < 3 else 0
        if calm == 4:
            return
    raise TimeoutError("the server does not come to rest")
