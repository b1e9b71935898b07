"""A transport over a Jupyter comm, which the page opened.

Twin of labextension/src/transports/comm.ts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ..errors import ProtocolError, TransportClosed
from ..protocol import Hello, parse_message
from ..session import Session, Shipper
from ..transport import Buffers, Message, Receiver

__all__ = ["TARGET", "CommTransport", "register_target"]

log = logging.getLogger("jsmodel")

#: The name under which pages open their comms.
TARGET = "jsmodel"


class CommTransport:
    """A pipe made of one comm.

    Args:
        comm: A `comm.BaseComm`, already open.
    """

    name = "comm"

    def __init__(self, comm: Any) -> None:
        self._comm = comm
        self._closed = False
        self._on_close: list[Callable[[], None]] = []
        if hasattr(comm, "_reply_subshell_for"):
            # ipykernel 7.4 hands a page's messages to the thread that sent last on the comm. For us that is often
            # the main one, and then acks and clicks would wait for the cell to end.
            comm._reply_subshell_for = lambda data, default: default
        comm.on_close(self._closed_by_page)

    def __repr__(self) -> str:
        return f"<CommTransport {self._comm.comm_id[:8]}{', closed' if self._closed else ''}>"

    def send(self, message: Message, buffers: Buffers = ()) -> None:
        """Send as the data of a comm message. Safe from any thread."""
        if self._closed:
            raise TransportClosed(self.name, doing="send a message")
        self._comm.send(data=message, buffers=list(buffers) or None)

    def on_message(self, receiver: Receiver) -> None:
        """Call `receiver(data, buffers)` for each comm message."""

        def receive(msg: dict[str, Any]) -> None:
            receiver(msg["content"]["data"], msg.get("buffers") or ())

        self._comm.on_msg(receive)

    def on_close(self, callback: Callable[[], None]) -> None:
        """Call `callback()` when the page closes the comm."""
        self._on_close.append(callback)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the comm."""
        if not self._closed:
            self._comm.close()
            self._closed_by_page(None)

    def _closed_by_page(self, _: Any) -> None:
        if not self._closed:
            self._closed = True
            for callback in self._on_close:
                callback()


def register_target(session: Session, on_hello: Callable[[Hello], Shipper]) -> None:
    """Let pages open comms to `session`.

    Args:
        session: The kernel's session.
        on_hello: Called each time that a page says hello; returns how assets reach it.
    """
    import comm  # its functions are replaced by ipykernel: look them up when they are called

    def opened(comm_: Any, msg: dict[str, Any]) -> None:
        transport = CommTransport(comm_)
        try:
            message = parse_message(msg["content"]["data"])
            if message.hello is None:
                raise ProtocolError(
                    "A page opened a comm without saying hello. It was not opened by this version of jsmodel. Reload the page."
                )
        except ProtocolError as err:
            log.warning("%s", err)
            transport.send({"v": 1, "ops": [{"op": "bye", "reason": str(err)}]})
            transport.close()
            return
        ship = on_hello(message.hello)
        session.attach(_Checked(transport, session), message.hello, ship=ship)

    comm.get_comm_manager().register_target(TARGET, opened)


class _Checked(CommTransport):
    """Refuses malformed messages before the session sees them; they are logged once."""

    def __init__(self, transport: CommTransport, session: Session) -> None:
        super().__init__(transport._comm)
        self._session = session

    def on_message(self, receiver: Receiver) -> None:
        def receive(message: Any, buffers: Buffers) -> None:
            try:
                receiver(message, buffers)
            except ProtocolError as err:
                self._session.complain(self, err)

        super().on_message(receive)
