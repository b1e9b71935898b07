"""Large data on its way to a client: what `send_data` takes, and the pieces that it becomes.

The pieces travel as counted messages of the channel, like all others; `Transfers`
keeps how far each transfer is, and how much may be on its way at once. That
follows from how fast the client acknowledges. What one model is told stays in
order, so each model has a line of its own; the lines take turns.
"""

from __future__ import annotations

from collections import deque
from typing import Any
from urllib.parse import urlsplit

from .assets import Link, store
from .assets.source import check_url
from .errors import AssetError, QueueFull, ValueNotSendable, brief
from .protocol import as_it_is, check_sendable

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
    """What waits for one client, in a line for each model, and what is on its way.

    A line begins with data. The ops in it are calls that come after the data before them.
    """

    #: So many bytes may wait.
    LIMIT = 512 * MIB
    SMALL, LARGE = 256 * KIB, MIB  # a piece, for slow clients and for fast ones
    LEAST, FIRST, MOST = 512 * KIB, 2 * MIB, 32 * MIB  # on their way at once
    FAST, SLOW = 0.25, 1.0  # seconds until a piece is acknowledged
    ENVELOPE = KIB  # what a piece weighs beside its bytes: many small ones are much, too

    def __init__(self) -> None:
        self._lines: dict[str, deque[Transfer | dict[str, Any]]] = {}  # the first is the one whose turn it is
        self._landing: deque[Transfer] = deque()  # sent to the end, and not acknowledged
        self._window = self.FIRST
        self._flying = 0
        self.bytes = 0  # how much waits
        self.ops = 0  # how many ops wait until the data before them was sent

    def __bool__(self) -> bool:
        return bool(self._lines)

    def __repr__(self) -> str:
        waiting = sum(map(len, self._lines.values()))
        return f"<Transfers, {waiting} wait in {len(self._lines)} lines, {self._flying:,} bytes on their way>"

    def __contains__(self, model_id: object) -> bool:
        """Whether data for this model waits."""
        return model_id in self._lines

    def add(self, transfer: Transfer) -> None:
        """Let a transfer wait for its turn.

        Raises:
            QueueFull: when more waits than may.
        """
        weight = transfer.data.nbytes + self.ENVELOPE
        if self.bytes and self.bytes + weight > self.LIMIT:
            raise QueueFull(self.LIMIT, what="bytes of data")
        self.bytes += weight
        self._lines.setdefault(transfer.model_id, deque()).append(transfer)

    def add_op(self, op: dict[str, Any]) -> None:
        """Let an op wait until the data for its model that waits by now was sent."""
        self.ops += 1
        self._lines[op["id"]].append(op)

    def next(self) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
        """The next piece, as an op, if one may go now; and the ops that waited for it."""
        if not self._lines or self._flying >= self._window:
            return None
        model_id, line = next(iter(self._lines.items()))
        del self._lines[model_id]
        transfer = line[0]
        assert isinstance(transfer, Transfer)
        at = max(transfer.sent, 0)
        piece = transfer.data[at : at + (self.LARGE if self._window >= 4 * self.LARGE else self.SMALL)]
        op = {
            "op": "data",
            "id": model_id,
            "transfer": transfer.number,
            "call": transfer.number if transfer.answered else -transfer.number,
            "at": at,
            "size": transfer.data.nbytes,
            "chunk": piece,
        }
        if at == 0:
            op["meta"] = transfer.meta
        transfer.sent = at + piece.nbytes
        self._flying += piece.nbytes + self.ENVELOPE
        self.bytes -= piece.nbytes
        ops: list[dict[str, Any]] = []
        if transfer.sent >= transfer.data.nbytes:
            self.bytes -= self.ENVELOPE
            self._landing.append(transfer)
            line.popleft()
            while line and isinstance(waits := line[0], dict):
                ops.append(waits)
                line.popleft()
            self.ops -= len(ops)
        if line:
            self._lines[model_id] = line  # behind the others
        return op, ops

    def acknowledged(self, op: dict[str, Any], size: int, seconds: float) -> None:
        """The piece in `op` arrived, so long after it was sent."""
        if op["at"] + size >= op["size"] and self._landing and self._landing[0].number == op["transfer"]:
            self._landing.popleft()
        self._flying = max(0, self._flying - size - self.ENVELOPE)
        if seconds < self.FAST:
            self._window = min(self.MOST, self._window + size)
        elif seconds > self.SLOW:
            self._window = max(self.LEAST, self._window // 2)

    def rewind(self) -> None:
        """The client begins again: what it has of a transfer does not count. It ignores those that it has as a whole."""
        waiting = [*self._landing, *(t for line in self._lines.values() for t in line if isinstance(t, Transfer))]
        self._landing.clear()
        self._lines.clear()
        self._flying = self.bytes = self.ops = 0  # calls are not made again
        for transfer in waiting:
            transfer.sent = -1
            self.bytes += transfer.data.nbytes + self.ENVELOPE
            self._lines.setdefault(transfer.model_id, deque()).append(transfer)

    def forget_model(self, model_id: str) -> list[int]:
        """Drop what was for a disposed model; returns the numbers of what was dropped."""
        self._landing = deque(t for t in self._landing if t.model_id != model_id)
        numbers: list[int] = []
        for waits in self._lines.pop(model_id, ()):
            if isinstance(waits, dict):
                self.ops -= 1
                numbers.append(waits["call"])
            else:
                self.bytes -= waits.data.nbytes - max(waits.sent, 0) + self.ENVELOPE
                numbers.append(waits.number)
        return numbers


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
    meta = as_it_is(meta)
    if isinstance(data, str):
        return (data if isinstance(data, Link) else _checked_url(data)), meta
    if hasattr(data, "dtype") and hasattr(data, "shape"):
        meta = {"dtype": str(data.dtype), "shape": [int(n) for n in data.shape], **meta}
        if data.dtype.hasobject:
            raise ValueNotSendable(data, "data", why="arrays of objects have no bytes to send")
        if data.dtype.byteorder == ">" or (data.dtype.byteorder == "=" and not data.dtype.isnative):
            data = data.astype(data.dtype.newbyteorder("<"))
            meta["dtype"] = str(data.dtype.newbyteorder("="))
        return memoryview(data.tobytes()), meta
    if isinstance(data, bytes):
        return memoryview(data), meta
    try:
        return memoryview(memoryview(data).tobytes()), meta
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
