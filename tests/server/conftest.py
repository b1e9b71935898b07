"""A real server on a port of its own, and a client that can say anything to it."""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from jsmodel import app, event, registry
from jsmodel.server import Access, Limits, Server


class Reply:
    """What came back for a request."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin1").split("\r\n")
        self.status = int(lines[0].split(" ")[1]) if lines[0] else 0
        self.headers: dict[str, str] = {}
        self.cookies: list[str] = []
        for line in lines[1:]:
            key, _, value = line.partition(": ")
            if key.lower() == "set-cookie":
                self.cookies.append(value)
            self.headers[key.lower()] = value

    @property
    def text(self) -> str:
        return self.body.decode()


class Page:
    """Plays the part of a page at its websocket, well-behaved or not."""

    def __init__(self, sock: socket.socket, early: bytes) -> None:
        self.sock = sock
        self._data = early
        self.code: int | None = None
        self.seq = 0

    def send_raw(self, payload: bytes, opcode: int = 2, *, fin: bool = True, length: int | None = None) -> None:
        n = len(payload) if length is None else length
        head = bytes([(0x80 if fin else 0) | opcode])
        if n < 126:
            head += bytes([0x80 | n])
        elif n < 65536:
            head += struct.pack("!BH", 0x80 | 126, n)
        else:
            head += struct.pack("!BQ", 0x80 | 127, n)
        self.sock.sendall(head + b"\0\0\0\0" + payload)  # a mask of zeros changes nothing

    def send(self, *ops: dict[str, Any], hello: dict[str, Any] | None = None, **more: Any) -> None:
        if ops:
            self.seq += 1
        message: dict[str, Any] = {"v": 1, "seq": self.seq if ops else 0, "ack": 0, "ops": list(ops), **more}
        if hello is not None:
            message["hello"] = hello
        text = json.dumps(message).encode()
        self.send_raw(struct.pack("<II", len(text), 0) + text)

    def hello(self, ticket: str | None, **more: Any) -> dict[str, Any]:
        """Say hello and return the welcome."""
        self.send(hello={"ticket": ticket, **more})
        while True:
            message = self.receive()
            assert message is not None, f"closed with {self.code}"
            if "welcome" in message:
                return message

    def receive(self, timeout: float = 10.0) -> dict[str, Any] | None:
        """The next message, or None when the socket is closed; then `code` says how."""
        self.sock.settimeout(timeout)
        try:
            while True:
                opcode, payload = self.raw_frame()
                if opcode == 8:
                    self.code = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 1005
                    self.reason = payload[2:].decode()
                    try:
                        self.send_raw(payload[:2], 8)
                    except OSError:
                        pass
                    return None
                if opcode == 9:
                    self.send_raw(payload, 10)
                elif opcode == 2:
                    (n,) = struct.unpack_from("<I", payload)
                    return json.loads(payload[8 : 8 + n])
        except (ConnectionError, EOFError):
            self.code = self.code or 1006
            return None

    def closed(self, timeout: float = 10.0) -> int:
        """Read until the end and return its code."""
        while self.receive(timeout) is not None:
            pass
        assert self.code is not None
        return self.code

    def leave(self, code: int = 1001) -> None:
        """Close as a browser does whose page goes away."""
        self.send_raw(struct.pack("!H", code), 8)
        self.closed()
        self.sock.close()

    def drop(self) -> None:
        """Vanish without a word."""
        self.sock.close()

    def _read(self, n: int) -> bytes:
        while len(self._data) < n:
            more = self.sock.recv(65536)
            if not more:
                raise EOFError
            self._data += more
        data, self._data = self._data[:n], self._data[n:]
        return data

    def raw_frame(self) -> tuple[int, bytes]:
        """The next frame, whatever it is: opcode and payload."""
        first, second = self._read(2)
        n = second & 0x7F
        if n == 126:
            (n,) = struct.unpack("!H", self._read(2))
        elif n == 127:
            (n,) = struct.unpack("!Q", self._read(8))
        return first & 0x0F, self._read(n)


class Client:
    """Speaks to one server from outside."""

    def __init__(self, port: int, host: str = "localhost") -> None:
        self.server: Server
        self.address = ("127.0.0.1", port)
        self.host = f"{host}:{port}"
        self.origin = f"http://{self.host}"
        self.pages: list[Page] = []

    def raw(self, data: bytes, timeout: float = 10.0) -> Reply:
        with socket.create_connection(self.address, timeout) as sock:
            sock.sendall(data)
            received = b""
            try:
                while more := sock.recv(65536):
                    received += more
            except ConnectionError:
                pass
        return Reply(received)

    def request(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET", host: str | None = None
    ) -> Reply:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host if host is None else host}", "Connection: close"]
        lines += [f"{key}: {value}" for key, value in (headers or {}).items()]
        return self.raw("\r\n".join(lines).encode("latin1") + b"\r\n\r\n")

    def config(self, path: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
        """What the page at `path` tells its runtime."""
        reply = self.request(path, headers)
        assert reply.status == 200, reply.text
        found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', reply.text, re.DOTALL)
        assert found is not None
        return json.loads(found[1])

    def ticket(self, name: str, headers: dict[str, str] | None = None) -> str:
        return self.config(f"/{name}", headers)["ticket"]

    def upgrade(
        self, path: str, headers: list[tuple[str, str]] | None = None, host: str | None = None
    ) -> tuple[Reply, socket.socket, bytes]:
        sock = socket.create_connection(self.address, 10)
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {self.host if host is None else host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
        ]
        lines += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode()]
        if headers is None:
            headers = [("Origin", self.origin)]
        lines += [f"{key}: {value}" for key, value in headers]
        sock.sendall("\r\n".join(lines).encode("utf8") + b"\r\n\r\n")
        data = b""
        while b"\r\n\r\n" not in data:
            more = sock.recv(65536)
            if not more:
                break
            data += more
        head, _, rest = data.partition(b"\r\n\r\n")
        return Reply(head + b"\r\n\r\n"), sock, rest

    def upgrade_status(self, path: str, headers: list[tuple[str, str]] | None = None, host: str | None = None) -> int:
        reply, sock, _ = self.upgrade(path, headers, host)
        sock.close()
        return reply.status

    def connect(self, name: str, headers: list[tuple[str, str]] | None = None) -> Page:
        """An open websocket that has said nothing yet."""
        reply, sock, rest = self.upgrade(f"/{name}/ws", headers)
        assert reply.status == 101, reply.status
        page = Page(sock, rest)
        self.pages.append(page)
        return page

    def open(self, name: str) -> tuple[Page, dict[str, Any], str]:
        """A page that is in: its socket, its welcome and its ticket."""
        ticket = self.ticket(name)
        page = self.connect(name)
        return page, page.hello(ticket)["welcome"], ticket


class Running:
    """Runs servers in threads, and ends them all."""

    def __init__(self) -> None:
        self._running: list[tuple[Server, threading.Thread]] = []
        self.clients: list[Client] = []

    def __call__(self, access: Access | None = None, host: str = "127.0.0.1", **limits: Any) -> Client:
        server = Server(host, 0, access=access, limits=Limits(**limits))
        ready = threading.Event()
        thread = threading.Thread(target=server.start, kwargs={"ready": ready.set}, daemon=True)
        thread.start()
        assert ready.wait(10)
        self._running.append((server, thread))
        client = Client(server.port)
        client.server = server
        self.clients.append(client)
        return client

    def end(self) -> None:
        for client in self.clients:
            for page in client.pages:
                page.drop()
        for server, thread in self._running:
            server.stop()
            thread.join(10)
            assert not thread.is_alive(), f"{server} does not stop"


@pytest.fixture
def serving() -> Iterator[Running]:
    """Call it for a running server; its arguments are limits."""
    running = Running()
    yield running
    running.end()


@pytest.fixture
def visit() -> type[Client]:
    """Call it with a port for a client of whatever listens there."""
    return Client


@pytest.fixture
def clean_registry() -> Iterator[None]:
    """No app is served before, and none after."""
    before = dict(registry.entries())
    for name in before:
        registry.unserve(name)
    yield
    for name in list(registry.entries()):
        registry.unserve(name)
    for name, entry in before.items():
        registry.serve(entry.cls, name, entry.properties)


class Counter(app.Model):
    """The app of these tests."""

    made: list[Counter] = []

    def init(self) -> None:
        self.changes: list[int] = []
        Counter.made.append(self)

    @event.connect("count")
    def on_count(self, *events: Any) -> None:
        self.changes.append(events[-1].new_value)

    class Both:
        @event.prop
        def count(self, v=0):
            return int(v)


@pytest.fixture
def counter(clean_registry: None) -> Iterator[type[Counter]]:
    """`Counter`, served; `made` has the instances of this test."""
    Counter.made.clear()
    registry.serve(Counter)
    yield Counter
    Counter.made.clear()
