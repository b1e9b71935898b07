"""Large data on its way to a client: what `send_data` takes, and the pieces that it becomes.

The pieces travel as counted messages of the channel, like all others; `Transfers`
keeps how far each transfer is, and how much may be on its way at once. That
follows from how fast the client acknowledges.
"""

from __future__ import annotations

from collections import deque
from typing import Any
from urllib.parse import urlsplit

from .assets import Link, store
from .assets.source import check_url
from .errors import AssetError, ValueNotSendable, brief
from .protocol import check_sendable

__all__ = ["Transfer", "Transfers", "prepare"]

KIB = 1024
MIB = 1024 * KIB


class Transfer:
    """One piece of data for the JS side of a model.

    Args:
        number: Counts the transfers of a session.
        model_id: Whose `receive_data` gets it.
        data: The bytes.
        meta: What goes with it.
        answered: Whether this client is the one that says when it has arrived.
    """

    __slots__ = ("answered", "data", "meta", "model_id", "number", "sent")

    def __init__(self, number: int, model_id: str, data: memoryview, meta: dict[str, Any], *, answered: bool) -> None:
        self.number = number
        self.model_id = model_id
        self.data = data
        self.meta = meta
        self.answered = answered
        self.sent = -1  # bytes; -1 is nothing at all, which empty data has to tell from the end

    def copy(self, *, answered: bool) -> Transfer:
        """The same for another client; the data is shared."""
        return Transfer(self.number, self.model_id, self.data, self.meta, answered=answered)


class Transfers:
    """What waits for one client, and what is on its way. One transfer after the other."""

    #: So many bytes may wait.
    LIMIT = 512 * MIB
    SMALL, LARGE = 256 * KIB, MIB  # a piece, for slow clients and for fast ones
    LEAST, MOST = 512 * KIB, 32 * MIB  # on their way at once
    FAST, SLOW = 0.25, 1.0  # seconds until a piece is acknowledged

    def __init__(self) -> None:
        self._waiting: deque[Transfer | dict[str, Any]] = deque()  # a dict is an op that comes after what is before it
        self._landing: deque[Transfer] = deque()  # sent to the end, and not acknowledged
        self._window = 2 * MIB
        self._flying = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def __repr__(self) -> str:
        return f"<Transfers, {len(self._waiting)} wait, {self._flying:,} bytes on their way>"

    @property
    def bytes(self) -> int:
        """How much waits."""
        return sum(t.data.nbytes - max(t.sent, 0) for t in self._waiting if isinstance(t, Transfer))

    @property
    def ops(self) -> int:
        """How many ops wait until the data before them was sent."""
        return sum(isinstance(t, dict) for t in self._waiting)

    def add(self, transfer: Transfer) -> None:
        """Let a transfer wait for its turn."""
        self._waiting.append(transfer)

    def add_op(self, op: dict[str, Any]) -> None:
        """Let an op, a call, wait until what waits by now was sent."""
        self._waiting.append(op)

    def next(self) -> dict[str, Any] | None:
        """The next piece, as an op, if one may go now; or an op whose turn it is."""
        if not self._waiting:
            return None
        transfer = self._waiting[0]
        if isinstance(transfer, dict):
            self._waiting.popleft()
            return transfer
        if self._flying >= self._window:
            return None
        at = max(transfer.sent, 0)
        piece = transfer.data[at : at + (self.LARGE if self._window >= 4 * self.LARGE else self.SMALL)]
        op = {
            "op": "data",
            "id": transfer.model_id,
            "transfer": transfer.number,
            "call": transfer.number if transfer.answered else -transfer.number,
            "at": at,
            "size": transfer.data.nbytes,
            "chunk": piece,
        }
        if at == 0:
            op["meta"] = transfer.meta
        transfer.sent = at + piece.nbytes
        self._flying += piece.nbytes
        if transfer.sent >= transfer.data.nbytes:
            self._waiting.popleft()
            self._landing.append(transfer)
        return op

    def acknowledged(self, op: dict[str, Any], size: int, seconds: float) -> None:
        """The piece in `op` arrived, so long after it was sent."""
        if op["at"] + size >= op["size"] and self._landing and self._landing[0].number == op["transfer"]:
            self._landing.popleft()
        self._flying = max(0, self._flying - size)
        if seconds < self.FAST:
            self._window = min(self.MOST, self._window + size)
        elif seconds > self.SLOW:
            self._window = max(self.LEAST, self._window // 2)

    def rewind(self) -> None:
        """The client begins again: what it has of a transfer does not count. It ignores those that it has as a whole."""
        self._flying = 0
        waiting = [*self._landing, *(t for t in self._waiting if isinstance(t, Transfer))]  # calls are not made again
        self._waiting = deque(waiting)
        self._landing.clear()
        for transfer in waiting:
            transfer.sent = -1

    def forget_model(self, model_id: str) -> list[int]:
        """Drop what was for a disposed model; returns the numbers of what was dropped."""
        gone: list[int] = []
        left: deque[Transfer | dict[str, Any]] = deque()
        for waits in self._waiting:
            of, number = (waits["id"], waits["call"]) if isinstance(waits, dict) else (waits.model_id, waits.number)
            if of == model_id:
                gone.append(number)
            else:
                left.append(waits)
        self._waiting = left
        return gone


def prepare(data: Any, meta: Any) -> tuple[memoryview | str, dict[str, Any]]:
    """Check what is to be sent: the bytes, which nobody can change any more, or a URL; and what goes with it.

    Raises:
        AssetError: for a URL that pages may not load.
        ValueNotSendable: for anything else that cannot be sent.
    """
    if meta is None:
        meta = {}
    if not isinstance(meta, dict):
        raise ValueNotSendable(meta, "meta", why="it is not a dict")
    check_sendable(meta, "meta")
    if isinstance(data, str):
        return (data if isinstance(data, Link) else _checked_url(data)), dict(meta)
    if hasattr(data, "dtype") and hasattr(data, "shape"):
        meta = {"dtype": str(data.dtype), "shape": [int(n) for n in data.shape], **meta}
        if data.dtype.hasobject:
            raise ValueNotSendable(data, "data", why="arrays of objects have no bytes to send")
        if data.dtype.byteorder == ">" or (data.dtype.byteorder == "=" and not data.dtype.isnative):
            data = data.astype(data.dtype.newbyteorder("<"))
            meta["dtype"] = str(data.dtype.newbyteorder("="))
        return memoryview(data.tobytes()), meta
    if isinstance(data, bytes):
        return memoryview(data), dict(meta)
    try:
        return memoryview(memoryview(data).tobytes()), dict(meta)
    except TypeError:
        raise ValueNotSendable(data, "data", why="it is neither bytes, nor an array, nor a URL") from None


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        check_url(url)
        raise
    if not parts.scheme and not parts.netloc:
        if not url or not url.isprintable() or "\\" in url or url.startswith("//"):
            raise AssetError(
                f"{brief(url)} is no address. The page downloads the data from it. Give an https URL, a link, or the data itself."
            )
        return url  # of our own server
    check_url(url)
    origin = f"{parts.scheme}://{parts.netloc.lower()}"
    if origin not in store.origins:
        raise AssetError(
            f"Pages may not download data from {origin!r}. Only sites that you name may see who uses your app. "
            f"Call app.assets.allow_origins({origin!r}) before the page is opened."
        )
    return url
