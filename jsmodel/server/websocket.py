"""The websocket: a transport, and the handler that lets it in.

`WebSocketTransport` is the pipe that a session sees. `SocketHandler` stands
between it and Tornado: it wants a hello with a ticket first, bounds what may
come in and what may wait to go out, and says why when it closes. The codes:

    1001  the server stops                  4004  no such session
    1009  a message is too big              4008  too many messages
    1011  opening the app failed            4009  superseded by a newer socket
    4001  no ticket, or one too old         4010  bad protocol
    4002  the page does not answer          4013  try later
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from tornado.websocket import WebSocketClosedError, WebSocketHandler

from .. import registry
from ..errors import AppError, ProtocolError, TransportClosed
from ..protocol import decode_frame, encode_frame
from .guarded import Guarded
from .limits import TokenBucket
from .sessions import TurnedAway

if TYPE_CHECKING:
    from ..protocol import ClientMessage, Hello
    from ..registry import Entry
    from ..session import Session

__all__ = ["SocketHandler", "WebSocketTransport"]

log = logging.getLogger("jsmodel")

Receiver = Callable[[Any, Sequence[Any]], None]


class WebSocketTransport:
    """The pipe to one page. May be used from any thread; order is kept.

    Args:
        handler: The open socket.
        bound: How many bytes may wait for a slow client before it is cut off.
    """

    name = "websocket"

    def __init__(self, handler: WebSocketHandler, *, bound: int) -> None:
        self._handler = handler
        self._bound = bound
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        # Lists, since both are short or empty: an empty deque takes 760 bytes.
        self._outbox: list[bytes | tuple[int, str]] = []  # a tuple closes
        self._sizes: list[int] = []  # of the frames that the client has not taken, oldest first
        self._waiting = 0  # their sum
        self._receiver: Receiver | None = None
        self._on_close: list[Callable[[], Any]] = []
        self._farewell: tuple[int, str] | None = None
        self.closed = False  # set as soon as somebody closes; the socket may take a moment longer

    def __repr__(self) -> str:
        return f"<WebSocketTransport, {'closed' if self.closed else 'open'}, {self._waiting} bytes wait>"

    def send(self, message: dict[str, Any], buffers: Sequence[Any] = ()) -> None:
        """Send `message` with its buffers, or raise `TransportClosed`."""
        if self.closed:
            raise TransportClosed(self.name, doing="send a message")
        frame = encode_frame(message, buffers)
        with self._lock:
            # One message may be as large as it likes: what counts is what queues up behind it.
            full = bool(self._sizes) and self._waiting - self._sizes[0] > self._bound
            if not full:
                self._sizes.append(len(frame))
                self._waiting += len(frame)
                self._outbox.append(frame)
        if full:
            self.close(4013, "the page does not keep up")
            raise TransportClosed(self.name, doing="send a message")
        self._soon()

    def on_message(self, receiver: Receiver) -> None:
        """Give every message to `receiver(message, buffers)`."""
        self._receiver = receiver

    def on_close(self, callback: Callable[[], Any]) -> None:
        """Call `callback` once, when the socket is closed by whichever side."""
        self._on_close.append(callback)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close, after what was sent before."""
        with self._lock:
            if self.closed:
                return
            self.closed = True
            self._outbox.append(self._farewell or (code, reason))
        self._soon()

    def will_close(self, code: int, reason: str) -> None:
        """Let the next `close` say this, whoever calls it."""
        self._farewell = (code, reason)

    def deliver(self, message: ClientMessage, buffers: Sequence[Any]) -> None:
        """A message came in."""
        if self._receiver is not None:
            self._receiver(message, buffers)

    def lost(self) -> None:
        """The socket is closed now."""
        self.closed = True
        self._outbox.clear()
        callbacks, self._on_close = self._on_close, []
        self._receiver = None
        for callback in callbacks:
            try:
                callback()
            except Exception:
                log.exception("A callback for a closed websocket failed.")

    def _soon(self) -> None:
        if threading.get_ident() == self._thread:
            self._drain()
        else:
            try:
                self._loop.call_soon_threadsafe(self._drain)
            except RuntimeError:
                self.closed = True  # the loop is closed, and the socket with it

    def _drain(self) -> None:
        while self._outbox:
            item = self._outbox.pop(0)
            if isinstance(item, tuple):
                code, reason = item
                self._handler.close(code, reason[:100])  # a close frame holds 123 bytes
                continue
            try:
                written = self._handler.write_message(item, binary=True)
            except WebSocketClosedError:
                self.closed = True
                return
            written.add_done_callback(self._written)

    def _written(self, future: asyncio.Future[None]) -> None:
        if not future.cancelled():
            future.exception()  # a socket that broke tells it to lost()
        with self._lock:
            self._waiting -= self._sizes.pop(0)


class SocketHandler(Guarded, WebSocketHandler):
    """One socket of one app, from its upgrade to its end."""

    upgrade = True

    @property
    def ping_interval(self) -> float:
        return 0  # Tornado's pings take a page for gone that is still busy taking a large message; see _beat()

    @property
    def max_message_size(self) -> int:
        return self.site.limits.hello_bytes  # until the hello; then _let_in() raises it

    def check_origin(self, origin: str) -> bool:
        return True  # the guard did, before anything else

    def open(self, *args: str, **kwargs: str) -> None:
        limits = self.site.limits
        self._transport = WebSocketTransport(self, bound=limits.outgoing_bytes)
        self._session: Session | None = None
        self._malformed = 0
        self._bucket = TokenBucket(limits.messages_per_second, limits.message_burst)
        self._address = str(self.request.remote_ip)
        self._hello_timer: asyncio.TimerHandle | None = None
        self._heard = True  # since the last beat
        self._taken = 0  # bytes, at the last beat
        self._beat_timer: asyncio.TimerHandle | None = None
        self._counted = self.site.sockets.add(self._address, self._transport)
        self.set_nodelay(True)
        if not self._counted:
            self._transport.close(4013, "too many connections, try later")
            return
        try:
            self._entry: Entry = registry.lookup(self.app_name or "")
        except AppError:
            self._transport.close(4004, "there is no such app")
            return
        loop = asyncio.get_running_loop()
        self._hello_timer = loop.call_later(limits.hello_seconds, self._transport.close, 4001, "no hello came")
        self._beat_timer = loop.call_later(limits.ping_seconds, self._beat)

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        transport = self._transport
        self._heard = True
        if transport.closed:
            return None
        try:
            if isinstance(message, str):
                raise ProtocolError("A text frame came where binary frames are spoken.")
            content, buffers = decode_frame(message)
            if self._session is not None:
                transport.deliver(content, buffers)
            elif content.hello is None:
                raise ProtocolError("The first message was not a hello.")
            else:
                self._let_in(content, buffers, content.hello)
        except ProtocolError as err:
            self._complain(err)
        except Exception:
            log.exception("A message from a page of %s failed.", self.app_name)
            transport.close(1011, "an error in the server")
        wait = self._bucket.take()
        if wait <= 0:
            return None
        if self._bucket.slow_for() > self.site.limits.flood_seconds:
            transport.close(4008, "too many messages")
            return None
        return asyncio.sleep(wait)  # Tornado reads no further until then

    def on_pong(self, data: bytes) -> None:
        self._heard = True

    def on_close(self) -> None:
        if not hasattr(self, "_transport"):
            return  # closed before it was open
        for timer in (self._hello_timer, self._beat_timer):
            if timer is not None:
                timer.cancel()
        if self._counted:
            self.site.sockets.remove(self._address, self._transport)
        self._transport.lost()
        if self._session is not None:
            session, self._session = self._session, None
            self.site.sessions.leave(session, self._transport, on_purpose=self.close_code == 1001)

    def _beat(self) -> None:
        """Ask whether the page is there. It was not, if it has neither answered nor taken what it was sent."""
        connection = self.ws_connection
        if connection is None or connection.is_closing():
            return
        limits = self.site.limits
        taken = taken_from(connection.stream)
        if not self._heard and taken - self._taken < limits.slow_bytes:
            self._transport.close(4002, "the page does not answer")
            return
        self._heard, self._taken = False, taken
        self.ping()
        self._beat_timer = asyncio.get_running_loop().call_later(limits.ping_seconds, self._beat)

    def _let_in(self, content: ClientMessage, buffers: Sequence[Any], hello: Hello) -> None:
        site, transport = self.site, self._transport
        if self._hello_timer is not None:
            self._hello_timer.cancel()
        ticket = site.tickets.read(hello.ticket, self._entry.name)
        if ticket is None:
            self.site.failures.note(self._address)
            transport.close(4001, "no valid ticket, reload the page")
            return
        try:
            self._session = site.sessions.enter(self._entry, transport, hello, ticket)
        except TurnedAway as away:
            self.site.failures.note(self._address)
            transport.close(away.code, away.reason)
            return
        except ProtocolError:
            raise
        except Exception as err:
            log.exception("Opening %s failed.", self._entry.name)
            title = f"Opening {self._entry.name} failed"
            self._notice(title, f"{type(err).__name__}. The traceback is where the server runs.")
            transport.close(1011, "opening the app failed")
            return
        if content.seq:
            transport.deliver(content, buffers)
        if self.ws_connection is not None:
            self.ws_connection.params.max_message_size = site.limits.frame_bytes  # type: ignore[attr-defined]

    def _complain(self, err: ProtocolError) -> None:
        self._malformed += 1
        log.warning("A page of %s sent a malformed message: %s", self.app_name, printable(str(err)))
        self._notice("A message of this page was refused", str(err)[:500])
        if self._session is None or self._malformed >= self.site.limits.malformed:
            self._transport.close(4010, "bad protocol")

    def _notice(self, title: str, text: str) -> None:
        # Said by the door, not by the session: it carries no number, and is not sent again.
        op = {"op": "error", "id": None, "title": title, "text": text, "prop": None}
        try:
            self._transport.send({"v": 1, "seq": 0, "ack": 0, "ops": [op]})
        except TransportClosed:
            pass


def taken_from(stream: Any) -> int:
    """How many bytes of a stream have reached the other end; more or less, where the system does not tell."""
    written: int = getattr(stream, "_total_write_done_index", 0)
    try:
        import fcntl
        import termios

        left = fcntl.ioctl(stream.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
    except (ImportError, AttributeError, OSError, ValueError):
        return written
    return written - int.from_bytes(left, sys.byteorder)


def printable(text: str, limit: int = 300) -> str:
    """Text of others, fit for one line of a log."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[:limit])
