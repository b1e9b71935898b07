"""What is passed on to a private server, what is not, and what comes back."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import websocket
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.web import Application, HTTPError, RequestHandler
from tornado.websocket import WebSocketHandler

from jsmodel.server.forward import forward
from jsmodel.server.private import SECRET, connect, listen

BIG = bytes(range(256)) * 4096 * 20  # 20 MiB


class Echo(RequestHandler):
    """Says what it was asked."""

    def get(self, path: str) -> None:
        self.set_header("X-Own", "1")
        self.set_cookie("jsmodel", "cookie")
        if path == "missing":
            raise HTTPError(404)
        if path == "not-modified":
            self.set_status(304)
            return
        self.write({"uri": self.request.uri, "headers": list(self.request.headers.get_all())})


class Big(RequestHandler):
    def get(self) -> None:
        self.set_header("Content-Type", "application/octet-stream")
        self.write(BIG)


class Cut(RequestHandler):
    async def get(self) -> None:
        self.set_header("Content-Length", "1000")
        self.write(b"x" * 10)
        await self.flush()
        self.detach().close()


class Mirror(WebSocketHandler):
    open_now = 0

    def check_origin(self, origin: str) -> bool:
        return True

    def open(self) -> None:
        Mirror.open_now += 1

    async def on_message(self, message: str | bytes) -> None:
        if message == "bye":
            self.close(4009, "superseded")
        else:
            await self.write_message(message, binary=isinstance(message, bytes))

    def on_close(self) -> None:
        Mirror.open_now -= 1


class Front(RequestHandler):
    """Stands for the Jupyter server; whether somebody may come in was decided."""

    def initialize(self, passing: Passing) -> None:
        self.passing = passing

    async def get(self, path: str) -> None:
        try:
            stream = await connect(self.passing.address)
        except OSError:
            raise HTTPError(502) from None
        await forward(self, stream, "the secret", f"/{path}", lambda: self.passing.active.append(path))


class Passing:
    """A front and a private server, in a thread of their own."""

    def __init__(self, folder: Any) -> None:
        self.active: list[str] = []
        self._path = folder / "private"
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(10)

    async def _run(self, ready: threading.Event) -> None:
        sock, self.address = listen(self._path)
        routes = [("/ws", Mirror), ("/big", Big), ("/cut", Cut), ("/(.*)", Echo)]
        self._private = HTTPServer(Application(routes, websocket_max_message_size=2**30))
        self._private.add_sockets([sock])
        front = socket.socket()
        front.bind(("127.0.0.1", 0))
        front.listen()
        front.setblocking(False)
        self.port = front.getsockname()[1]
        self._front = HTTPServer(Application([("/base/(.*)", Front, {"passing": self})]))
        self._front.add_sockets([front])
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        ready.set()
        await self._stop.wait()
        for server in (self._front, self._private):
            server.stop()
            await server.close_all_connections()
        sock.close()
        front.close()

    def stop_private(self) -> None:
        self._path.unlink()  # and so nobody can connect

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)


@pytest.fixture
def passing(tmp_path: Any) -> Iterator[Passing]:
    passing = Passing(tmp_path)
    yield passing
    passing.end()


def test_what_proves_the_login_stops_here(passing: Passing, visit: Any) -> None:
    headers = {
        "Authorization": "token hidden",
        "Cookie": "login=hidden; _xsrf=hidden",
        "X-XSRFToken": "hidden",
        "X-Forwarded-For": "hidden",
        SECRET: "hidden",
        "Accept": "text/html",
    }
    reply = visit(passing.port).request("/base/a/b%20c?x=1&token=hidden&y=%26", headers)
    assert reply.status == 200
    assert "hidden" not in reply.text
    said = json.loads(reply.text)
    assert said["uri"] == "/a/b%20c?x=1&y=%26"
    assert [SECRET, "the secret"] in said["headers"]
    assert ["Accept", "text/html"] in said["headers"]


def test_the_answer_comes_back_without_its_cookies(passing: Passing, visit: Any) -> None:
    reply = visit(passing.port).request("/base/a")
    assert reply.headers["x-own"] == "1"
    assert reply.headers["content-type"] == "application/json; charset=UTF-8"
    assert reply.cookies == []


@pytest.mark.parametrize(("path", "status"), [("missing", 404), ("not-modified", 304)])
def test_a_status_comes_back(passing: Passing, visit: Any, path: str, status: int) -> None:
    assert visit(passing.port).request(f"/base/{path}").status == status


def test_a_large_answer_comes_back_whole(passing: Passing, visit: Any) -> None:
    assert visit(passing.port).request("/base/big").body == BIG


def test_an_answer_that_was_cut_is_not_taken_for_a_whole_one(passing: Passing, visit: Any) -> None:
    reply = visit(passing.port).request("/base/cut")
    assert reply.headers["content-length"] == "1000"
    assert len(reply.body) == 10  # and then the connection was closed


def test_a_line_break_in_a_path_is_no_header(passing: Passing, visit: Any) -> None:
    reply = visit(passing.port).request("/base/a%0d%0aX-Evil:%201")
    assert "X-Evil" not in [name for name, _ in json.loads(reply.text)["headers"]]


def test_a_server_that_is_gone_is_a_bad_gateway(passing: Passing, visit: Any) -> None:
    passing.stop_private()
    assert visit(passing.port).request("/base/a").status == 502


def test_a_websocket_passes_both_ways_and_its_close_code_too(passing: Passing, visit: Any) -> None:
    ws = websocket.create_connection(f"ws://127.0.0.1:{passing.port}/base/ws", timeout=20)
    ws.send("text")
    assert ws.recv() == "text"
    large = BIG[: 8 * 2**20]
    ws.send_binary(large)
    assert ws.recv() == large
    assert set(passing.active) == {"ws"}
    before = len(passing.active)
    ws.pong()
    ws.send("x")
    assert ws.recv() == "x"
    assert len(passing.active) == before  # so short are only answers to pings
    ws.send("what a person does")
    assert ws.recv() == "what a person does"
    assert len(passing.active) > before
    ws.send("bye")
    opcode, data = ws.recv_data()
    assert (opcode, int.from_bytes(data[:2], "big")) == (websocket.ABNF.OPCODE_CLOSE, 4009)


def test_a_page_that_vanishes_frees_the_other_side(passing: Passing, visit: Any) -> None:
    ws = websocket.create_connection(f"ws://127.0.0.1:{passing.port}/base/ws", timeout=20)
    ws.send("text")
    assert ws.recv() == "text"
    assert Mirror.open_now == 1
    ws.sock.close()
    for _ in range(200):
        if Mirror.open_now == 0:
            break
        threading.Event().wait(0.02)
    assert Mirror.open_now == 0


def test_nobody_listens_where_nobody_listens(tmp_path: Any) -> None:
    async def fail() -> None:
        with pytest.raises((OSError, StreamClosedError)):
            await connect(str(tmp_path / "nothing"))
        sock, address = listen(tmp_path / "something")
        sock.close()  # the file stays, as after a crash
        with pytest.raises(OSError):
            await connect(address)
        sock, again = listen(tmp_path / "something")
        (await connect(again)).close()
        sock.close()

    asyncio.run(fail())


def test_where_a_folder_cannot_hold_a_socket_a_port_does(tmp_path: Any) -> None:
    async def reach() -> None:
        sock, address = listen(tmp_path / ("x" * 200))
        assert isinstance(address, int)
        assert sock.getsockname()[0] == "127.0.0.1"
        (await connect(address)).close()
        sock.close()

    asyncio.run(reach())
