"""A TCP proxy that fails as networks do: on command, or when so many bytes have gone through.

`Proxy` listens on a port of its own and passes everything on to another one. Each connection is a `Link`, with a
way `up` (to the server) and a way `down` (to the page). What can be done to a link:

    cut        both ends see the connection end (FIN)
    reset      both ends see it break (RST), wherever in a frame it is
    stall      nothing moves, and nobody is told; `go_on` ends it
    void_up    the page believes to be connected: the server's end is closed, and what the page says vanishes
    void_down  the server believes to be connected: the page's end is closed, and what the server says vanishes
    trickle    a few bytes at a time

And to the proxy: `refuse` connections, and `accept` them again.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["Fault", "Link", "Proxy"]

RESET = struct.pack("ii", 1, 0)


class Fault:
    """What happens to a link, and when.

    Args:
        action: A method of `Link`.
        way: Whose bytes are counted, 'up' or 'down'.
        after: How many bytes still go through; counted from the end of the HTTP head, if `past_head`.
    """

    def __init__(self, action: str, way: str = "up", after: int = 0, *, past_head: bool = False) -> None:
        self.action = action
        self.way = way
        self.after = after
        self.past_head = past_head
        self.happened = threading.Event()

    def __repr__(self) -> str:
        return f"<{self.action} after {self.after} bytes {self.way}{', happened' if self.happened.is_set() else ''}>"


class Way:
    """One direction of a link."""

    def __init__(self, source: socket.socket, target: socket.socket) -> None:
        self.source = source
        self.target = target
        self.count = 0  # bytes that went through
        self.head = b""  # what was said first, up to its first empty line
        self.swallows = False
        self.step: tuple[int, float] | None = None  # so many bytes, then so many seconds
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: Fault | None = None
        self.task: asyncio.Task[None] | None = None


class Link:
    """One connection through the proxy. Its methods are for the proxy's thread; tests call `Proxy.do`."""

    def __init__(self, page: socket.socket, server: socket.socket, faults: deque[Fault]) -> None:
        self._faults = faults  # for those that turn out to be websockets
        self.page, self.server = page, server
        self.up, self.down = Way(page, server), Way(server, page)
        self.is_closed = False
        self._ending: asyncio.Task[None] | None = None
        for way in (self.up, self.down):
            way.task = asyncio.create_task(self._pump(way))

    @property
    def is_socket(self) -> bool:
        """Whether it is that of a websocket, as far as one can see."""
        return b"/ws HTTP/1.1\r\n" in self.up.head

    def arm(self, fault: Fault) -> None:
        """Let `fault` happen when so many more bytes have gone its way."""
        way = self.up if fault.way == "up" else self.down
        way.fault = fault
        if not fault.past_head:
            fault.after += way.count
            if fault.after == way.count:
                self._happen(way)

    # -- what can happen

    def cut(self) -> None:
        for way in (self.up, self.down):
            way.swallows = True  # what is under way does not arrive; reading it keeps the end from being a reset
            way.gate.set()
            _quietly(way.target.shutdown, socket.SHUT_WR)

    def reset(self) -> None:
        for sock in (self.page, self.server):
            _quietly(sock.setsockopt, socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.close()

    def stall(self) -> None:
        self.up.gate.clear()
        self.down.gate.clear()

    def stall_up(self) -> None:
        self.up.gate.clear()

    def stall_down(self) -> None:
        self.down.gate.clear()

    def go_on(self) -> None:
        self.up.gate.set()
        self.down.gate.set()

    def void_up(self) -> None:
        self._void(self.up, self.down)

    def void_down(self) -> None:
        self._void(self.down, self.up)

    def trickle(self) -> None:
        self.up.step = self.down.step = (2000, 0.01)

    def run_free(self) -> None:
        self.up.step = self.down.step = None

    def close(self) -> None:
        """Let go of both ends."""
        if not self.is_closed:
            self.is_closed = True
            self._end((self.up, self.down), (self.page, self.server))

    # -- moving bytes

    def _void(self, open_: Way, closed: Way) -> None:
        open_.swallows = True
        open_.gate.set()
        self._end((closed,), (closed.source,))

    def _end(self, ways: Sequence[Way], socks: Sequence[socket.socket]) -> None:
        async def end() -> None:
            tasks = [way.task for way in ways if way.task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)  # the loop must have forgotten a socket before it is closed
            for sock in socks:
                sock.close()

        self._ending = asyncio.create_task(end())

    async def _pump(self, way: Way) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                await way.gate.wait()
                data = await loop.sock_recv(way.source, 16_384)
                if not data:
                    break
                self._look(way, data)
                await self._forward(way, data)
            await way.gate.wait()
            if not way.swallows:
                way.target.shutdown(socket.SHUT_WR)
        except OSError:
            if not way.swallows:
                self.reset()
        other = self.down if way is self.up else self.up
        if other.task is None or other.task.done():
            self.close()

    def _look(self, way: Way, data: bytes) -> None:
        """Find the end of the HTTP head, to count from there."""
        if b"\r\n\r\n" not in way.head:
            head, end, _ = (way.head + data).partition(b"\r\n\r\n")
            way.head = head + end
            if way is self.up and self._faults and self.is_socket:
                self.arm(self._faults.popleft())
        if way.fault is not None and way.fault.past_head and way.head.endswith(b"\r\n\r\n"):
            way.fault.past_head = False
            way.fault.after += len(way.head)

    async def _forward(self, way: Way, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        while data:
            await way.gate.wait()
            if way.swallows:
                return
            n = len(data)
            if way.fault is not None and not way.fault.past_head:
                n = min(n, way.fault.after - way.count)
            if way.step is not None:
                n = min(n, way.step[0])
                await asyncio.sleep(way.step[1])
            await loop.sock_sendall(way.target, data[:n])
            way.count += n
            data = data[n:]
            if way.fault is not None and not way.fault.past_head and way.count >= way.fault.after:
                self._happen(way)

    def _happen(self, way: Way) -> None:
        fault, way.fault = way.fault, None
        assert fault is not None
        getattr(self, fault.action)()
        fault.happened.set()


class Proxy:
    """Passes connections on to `target`, and does to them what it is told.

    Args:
        target: The port of the server, on this machine.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._listener: socket.socket | None = None
        self._acceptor: asyncio.Task[None] | None = None
        self._faults: deque[Fault] = deque()
        self._for_sockets: deque[Fault] = deque()
        self.links: list[Link] = []
        self.port = 0
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.accept()

    def __repr__(self) -> str:
        return f"<Proxy from {self.port} to {self._target}, {len(self.links)} links>"

    @property
    def sockets(self) -> list[Link]:
        """The links that carry a websocket, closed ones too."""
        return [link for link in self.links if link.is_socket]

    def plan(self, *faults: Fault) -> None:
        """Let the next connections have these faults, one each."""
        self._run(lambda: self._faults.extend(faults))

    def plan_socket(self, fault: Fault) -> None:
        """Let the next websocket have this fault, however many other connections come before it."""
        self._run(lambda: self._for_sockets.append(fault))

    def do(self, action: str) -> None:
        """Let this happen to all links, now."""
        self._run(lambda: [getattr(link, action)() for link in self._alive()])

    def arm(self, fault: Fault) -> Fault:
        """Let this happen to the newest websocket, when so many more bytes have gone through."""
        self._run(lambda: self.sockets[-1].arm(fault))
        return fault

    def refuse(self) -> None:
        """Let nobody in."""
        self._run(self._refuse)

    def accept(self) -> None:
        """Let everybody in (again), at the same port."""
        self._run(self._accept)

    def end(self) -> None:
        """Close everything."""
        self._run(self._refuse)
        self._run(lambda: [link.close() for link in self.links])
        asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _alive(self) -> list[Link]:
        return [link for link in self.links if not link.is_closed]

    async def _ended(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others)

    def _run(self, func: Callable[[], Any]) -> Any:
        async def call() -> Any:
            return func()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(10)

    def _refuse(self) -> None:
        if self._acceptor is not None and self._listener is not None:
            self._acceptor.cancel()
            self._loop.remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    def _accept(self) -> None:
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=100)
            self._listener.setblocking(False)
            self.port = self._listener.getsockname()[1]
            self._acceptor = asyncio.create_task(self._serve(self._listener))

    async def _serve(self, listener: socket.socket) -> None:
        while True:
            page, _ = await self._loop.sock_accept(listener)
            server = socket.socket()
            # Little is kept here: what the page does not take, the server notices.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
            for sock in (page, server):
                sock.setblocking(False)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                await self._loop.sock_connect(server, ("127.0.0.1", self._target))
            except OSError:
                page.close()
                server.close()
                continue
            link = Link(page, server, self._for_sockets)
            self.links.append(link)
            if self._faults:
                link.arm(self._faults.popleft())


def _quietly(func: Callable[..., Any], *args: Any) -> None:
    try:
        func(*args)
    except OSError:
        pass  # that end is gone already
