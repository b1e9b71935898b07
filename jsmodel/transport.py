"""How a session reaches its clients.

A transport moves messages and never looks inside them. Three exist: the comm
(`jsmodel.kernel.comm`), the websocket (`jsmodel.server.websocket`) and the one
below, which keeps both ends in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from .errors import TransportClosed

__all__ = ["Buffers", "MemoryTransport", "Message", "Receiver", "Transport"]

Message = dict[str, Any]
Buffers = Sequence["bytes | bytearray | memoryview"]
Receiver = Callable[[Any, Buffers], None]


class Transport(Protocol):
    """A two-way pipe to one client."""

    @property
    def name(self) -> str:
        """What people call it: 'comm', 'websocket' or 'memory'."""

    def send(self, message: Message, buffers: Buffers = ()) -> None:
        """Hand over a message. Safe from any thread. Raises TransportClosed."""

    def on_message(self, receiver: Receiver) -> None:
        """Call `receiver(message, buffers)` for each message from the client."""

    def on_close(self, callback: Callable[[], None]) -> None:
        """Call `callback()` once, when the other end is gone."""

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close this end. Closing twice is fine."""


class MemoryTransport:
    """A pipe whose far end is a list; used by tests and by exports.

    What was sent is in `sent`, with its buffers in `buffers`. `deliver()` plays the part of the client.
    """

    name = "memory"

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.buffers: list[Buffers] = []
        self.closed: tuple[int, str] | None = None
        self._receiver: Receiver | None = None
        self._on_close: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        return f"<MemoryTransport, {len(self.sent)} sent{', closed' if self.closed else ''}>"

    def send(self, message: Message, buffers: Buffers = ()) -> None:
        """Append to `sent`."""
        if self.closed:
            raise TransportClosed(self.name, doing="send a message")
        self.sent.append(message)
        self.buffers.append(list(buffers))

    def on_message(self, receiver: Receiver) -> None:
        """Let `deliver` call `receiver`."""
        self._receiver = receiver

    def on_close(self, callback: Callable[[], None]) -> None:
        """Call `callback` at `close()`."""
        self._on_close.append(callback)

    def deliver(self, message: Message, buffers: Buffers = ()) -> None:
        """Play the client: hand `message` to the receiver."""
        if self.closed:
            raise TransportClosed(self.name, doing="deliver a message")
        if self._receiver is not None:
            self._receiver(message, buffers)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close both ends."""
        if self.closed is None:
            self.closed = (code, reason)
            for callback in self._on_close:
                callback()
