"""One contract, three pipes: what holds for the memory, the comm and the websocket transport alike."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from jsmodel import app, event, registry
from jsmodel.errors import TransportClosed
from jsmodel.kernel.comm import CommTransport
from jsmodel.protocol import decode_frame, encode_frame, parse_message
from jsmodel.server import Limits, Server
from jsmodel.transport import MemoryTransport

Got = list[tuple[dict[str, Any], list[bytes]]]


class MemoryPipe:
    """Both ends of a MemoryTransport."""

    name = "memory"

    def __init__(self) -> None:
        self.near = MemoryTransport()

    def say(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.near.deliver(message, buffers)

    def got(self) -> Got:
        return [(m, [bytes(b) for b in bs]) for m, bs in zip(self.near.sent, self.near.buffers, strict=True)]

    def leave(self) -> None:
        self.near.close()

    def end(self) -> None:
        self.near.close()


class ListComm(BaseComm):
    """A comm whose page is a list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.published: list[tuple[str, Any, Any]] = []
        super().__init__(*args, **kwargs)

    def publish_msg(self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any) -> None:
        self.published.append((msg_type, data, buffers))


class CommPipe:
    """A comm that a page opened."""

    name = "comm"

    def __init__(self) -> None:
        self.comm = ListComm("jsmodel", primary=False)
        comm.get_comm_manager().register_comm(self.comm)
        self.near = CommTransport(self.comm)

    def say(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self.comm.handle_msg({"content": {"comm_id": self.comm.comm_id, "data": message}, "buffers": buffers})

    def got(self) -> Got:
        return [(d, [bytes(b) for b in bs or ()]) for kind, d, bs in self.comm.published if kind == "comm_msg"]

    def leave(self) -> None:
        self.comm.handle_close({"content": {"comm_id": self.comm.comm_id, "data": {}}})

    def end(self) -> None:
        self.comm.close()


class Empty(app.Model):
    made: list[Empty] = []

    def init(self) -> None:
        Empty.made.append(self)

    class Both:
        @event.prop
        def value(self, v=None):
            return v


class WebSocketPipe:
    """A socket between a Tornado client in this thread and a real server in another."""

    name = "websocket"

    def __init__(self) -> None:
        registry.serve(Empty, "Pipe")
        self.server = Server("127.0.0.1", 0, limits=Limits(messages_per_second=1e9, message_burst=10**9))
        ready = threading.Event()
        self.thread = threading.Thread(target=self.server.start, kwargs={"ready": ready.set}, daemon=True)
        self.thread.start()
        assert ready.wait(10)
        self.loop = asyncio.new_event_loop()
        self.frames: list[bytes] = []
        self.open = True
        self.socket = self.run(self._enter())
        session = Empty.made[-1].session
        (client,) = session.clients.values()
        self.near = client.channel.transport
        client.channel.transport = None  # from here on this test speaks, not the session
        self.frames.clear()

    async def _enter(self) -> Any:
        from tornado.httpclient import AsyncHTTPClient

        origin = f"http://localhost:{self.server.port}"
        url = f"http://127.0.0.1:{self.server.port}/Pipe"
        http = AsyncHTTPClient(force_instance=True)
        page = await http.fetch(HTTPRequest(url, headers={"Host": f"localhost:{self.server.port}"}))
        http.close()
        ticket = re.search(rb'"ticket":"([^"]+)"', page.body)
        assert ticket is not None
        headers = {"Host": f"localhost:{self.server.port}", "Origin": origin}
        socket = await websocket_connect(
            HTTPRequest(f"ws://127.0.0.1:{self.server.port}/Pipe/ws", headers=headers), max_message_size=2**28
        )
        hello = {"client": None, "session": None, "seen": 0, "have": [], "ticket": ticket[1].decode()}
        await socket.write_message(encode_frame({"v": 1, "hello": hello}), binary=True)
        await socket.read_message()
        return socket

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(work, 10))

    def say(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        async def write() -> None:
            await self.socket.write_message(encode_frame(message, buffers), binary=True)

        self.run(write())

    def got(self) -> Got:
        async def drain() -> None:
            while self.open:
                try:
                    frame = await asyncio.wait_for(_result(self._next()), 0.02)
                except asyncio.TimeoutError:
                    return
                if frame is None:
                    self.open = False
                else:
                    self.frames.append(frame)

        self.run(drain())
        return [_read(frame) for frame in self.frames]

    def _next(self) -> Any:
        waiting = getattr(self, "_waiting", None)
        if waiting is None or waiting.done():
            waiting = self._waiting = self.socket.read_message()
        return asyncio.shield(waiting)

    def leave(self) -> None:
        async def close() -> None:
            self.socket.close(1000)

        self.run(close())
        self.got()

    def end(self) -> None:
        self.leave()
        self.server.stop()
        self.thread.join(10)
        registry.unserve("Pipe")
        Empty.made.clear()
        self.loop.close()
        assert not self.thread.is_alive()


async def _result(future: Any) -> Any:
    return await future


def _read(frame: bytes) -> tuple[dict[str, Any], list[bytes]]:
    message, buffers = decode_frame(frame)
    return {"v": message.v, "seq": message.seq, "ack": message.ack, "ops": []}, [bytes(b) for b in buffers]


@pytest.fixture(params=[MemoryPipe, CommPipe, WebSocketPipe], ids=lambda p: p.name)
def pipe(request) -> Iterator[Any]:
    pipe = request.param()
    yield pipe
    pipe.end()


def number(n: int) -> dict[str, Any]:
    """A message that can be told from others, in either direction."""
    return {"v": 1, "seq": n, "ack": n, "ops": []}


def until(condition: Callable[[], Any]) -> None:
    """Wait for the other thread."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def listen(pipe: Any) -> Got:
    heard: Got = []

    def receive(message: Any, buffers: Any) -> None:
        parsed = parse_message(message)
        heard.append((number(parsed.ack), [bytes(b) for b in buffers]))

    pipe.near.on_message(receive)
    return heard


def test_messages_arrive_in_the_order_in_which_they_were_sent(pipe):
    for n in range(50):
        pipe.near.send(number(n))
    until(lambda: len(pipe.got()) == 50)
    assert [m["seq"] for m, _ in pipe.got()] == list(range(50))


def test_messages_from_the_client_arrive_in_order(pipe):
    heard = listen(pipe)
    for n in range(50):
        pipe.say(number(n), [])
    until(lambda: len(heard) == 50)
    assert [m["seq"] for m, _ in heard] == list(range(50))


BUFFERS = [b"", b"1", b"12345678", bytes(range(256)), b"x" * 1001]


def test_buffers_come_with_their_message_whatever_their_lengths(pipe):
    pipe.near.send(number(1), BUFFERS)
    pipe.near.send(number(2), [memoryview(b"abc"), bytearray(b"de")])
    until(lambda: len(pipe.got()) == 2)
    assert pipe.got() == [(number(1), BUFFERS), (number(2), [b"abc", b"de"])]


def test_buffers_from_the_client_come_with_their_message(pipe):
    heard = listen(pipe)
    pipe.say(number(1), BUFFERS)
    pipe.say(number(2), [])
    until(lambda: len(heard) == 2)
    assert heard == [(number(1), BUFFERS), (number(2), [])]


def test_large_messages_pass(pipe):
    heard = listen(pipe)
    big = bytes(range(256)) * (3 * 2**12)  # 3 MiB
    pipe.near.send(number(1), [big])
    pipe.say(number(2), [big])
    until(lambda: pipe.got() and heard)
    assert pipe.got() == [(number(1), [big])]
    assert heard == [(number(2), [big])]


def test_sending_after_close_raises_with_the_name_of_the_transport(pipe):
    pipe.near.close()
    with pytest.raises(
        TransportClosed, match=f"^Could not send a message: the {pipe.name} connection is closed. The page was closed"
    ):
        pipe.near.send(number(1))


def test_sending_to_a_client_that_left_raises(pipe):
    gone = threading.Event()
    pipe.near.on_close(gone.set)
    pipe.leave()
    assert gone.wait(10)
    with pytest.raises(TransportClosed, match="Nothing is lost: the client gets the current state when it comes back."):
        pipe.near.send(number(1))


def test_closing_twice_is_fine_and_is_told_once(pipe):
    told: list[int] = []
    pipe.near.on_close(lambda: told.append(1))
    pipe.near.close()
    pipe.near.close()
    pipe.leave()
    until(lambda: told)
    assert told == [1]


def test_what_was_sent_before_close_arrives(pipe):
    pipe.near.send(number(1))
    pipe.near.close()
    until(lambda: pipe.got())
    assert pipe.got() == [(number(1), [])]


def test_any_thread_may_send(pipe):
    threads = [threading.Thread(target=lambda n=n: pipe.near.send(number(n))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    until(lambda: len(pipe.got()) == 8)
    assert sorted(m["seq"] for m, _ in pipe.got()) == list(range(8))


def test_the_repr_says_which_it_is_and_whether_it_is_closed(pipe):
    assert "closed" not in repr(pipe.near)
    pipe.near.close()
    assert re.match(r"<\w+Transport.* closed", repr(pipe.near))
