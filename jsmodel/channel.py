"""Reliable, ordered batches to and from one client, whatever carries them.

Twin of labextension/src/runtime/channel.ts. Sequence numbers and acks belong to
the client, not to its transport, so a client may come back over another one.
The rules are in docs/protocol.md, "Nothing is lost, nothing grows".
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from . import protocol
from .assets import Link
from .errors import ProtocolError, QueueFull, TransportClosed, ValueNotSendable
from .protocol import ClientMessage, Parts, encode_value
from .transfer import Transfer, Transfers
from .transport import Buffers, Message, Transport

__all__ = ["Channel"]

#: Makes the ops that give a client the files behind links, if it has not got them.
Definer = Callable[[Iterable[Link]], list[dict[str, Any]]]

log = logging.getLogger("jsmodel")


class Channel:
    """What was sent to a client and not acknowledged, and what waits to be sent.

    Not thread-safe: its session holds a lock around every call.

    Args:
        definer: Asked when a value that is sent has links in it.
    """

    WINDOW = 8  # messages that may be on their way
    WINDOW_BYTES = 4 * 2**20
    MAX_QUEUE = 10_000  # events and calls that may wait
    RESEND_AFTER = 3.0  # seconds without an ack, on transports that lose messages
    ASLEEP_AFTER = 30.0
    GONE_AFTER = 3600.0  # a page that was closed without a word: what it showed may go

    def __init__(self, definer: Definer = lambda _: []) -> None:
        self.transport: Transport | None = None
        self.seq_out = 0
        self.seq_in = 0
        self.done = 0
        self.asleep = False
        self._queue: list[dict[str, Any]] = []
        self._tail: dict[str, dict[str, Any]] = {}  # the 'set' ops at the end of the queue, by model
        self._others = 0  # ops in the queue that are not 'set'
        self._transfers: Transfers | None = None  # made when there is one
        self._definer = definer
        self._unacked: list[_Sent] = []  # few; an empty deque takes 760 bytes, and most clients are idle
        self._unacked_bytes = 0  # without pieces of transfers
        self._unacked_count = 0
        self._sent_at = 0.0
        self._resends = 0
        self._heard_at = time.monotonic()
        self._owes_ack = False

    def __repr__(self) -> str:
        where = self.transport.name if self.transport else "no transport"
        return f"<Channel over {where}, {len(self._queue)} ops wait, {len(self._unacked)} messages unacknowledged>"

    @property
    def known(self) -> bool:
        """Whether anything at all has been heard of its client, which got what it was sent first, then."""
        return self.seq_in > 0 or len(self._unacked) < self.seq_out

    # -- what waits

    def queue_set(self, model_id: str, name: str, value: Any) -> None:
        """Queue the value of a property; it replaces an older one that still waits."""
        if self.asleep:
            return
        op = self._tail.get(model_id)
        if op is None:
            op = self._tail[model_id] = {"op": "set", "id": model_id, "props": {}}
            self._queue.append(op)
        op["props"][name] = value

    def queue(self, op: dict[str, Any]) -> None:
        """Queue anything else, in order.

        Raises:
            QueueFull: when more waits than may; the client gets a snapshot instead.
        """
        if self.asleep:
            return
        self._tail.clear()
        transfers = self._transfers
        if self._others + (transfers.ops if transfers else 0) >= self.MAX_QUEUE:
            self.sleep()
            raise QueueFull(self.MAX_QUEUE)
        if transfers and op["op"] in ("call", "data") and op["id"] in transfers:
            transfers.add_op(op)  # what a model is told stays in order
        else:
            self._others += 1
            self._queue.append(op)

    def queue_create(self, ops: list[dict[str, Any]]) -> None:
        """Queue what makes new models: before the waiting changes, which may refer to them, and after older models."""
        if self.asleep:
            return
        at = max((i + 1 for i, op in enumerate(self._queue) if op["op"] in ("create", "define")), default=0)
        self._queue[at:at] = ops
        self._others += len(ops)

    def queue_data(self, transfer: Transfer) -> None:
        """Let data wait for its turn, beside all else but what its model is told later.

        Raises:
            QueueFull: when more waits than may.
        """
        if self._transfers is None:
            self._transfers = Transfers()
        self._transfers.add(transfer)

    def forget_model(self, model_id: str) -> list[int]:
        """Drop what waits of a disposed model: property changes, and data, whose numbers are returned."""
        if self._tail.pop(model_id, None) is not None:
            self._queue = [op for op in self._queue if not (op["op"] == "set" and op["id"] == model_id)]
        return self._transfers.forget_model(model_id) if self._transfers else []

    def drop_set(self, model_id: str, name: str) -> None:
        """Drop what waits of a property: the client has a newer value."""
        for op in self._queue:
            if op["op"] == "set" and op["id"] == model_id:
                op["props"].pop(name, None)

    def has_set(self, model_id: str, name: str) -> bool:
        """Whether a value of a property waits."""
        return any(op["op"] == "set" and op["id"] == model_id and name in op["props"] for op in self._queue)

    def sleep(self) -> None:
        """Drop everything: the client gets a snapshot when it speaks again."""
        self.asleep = True
        self._queue.clear()
        self._tail.clear()
        self._others = 0
        self._unacked.clear()
        self._unacked_bytes = self._unacked_count = 0
        if self._transfers is not None:
            self._transfers.rewind()

    # -- sending

    def flush(self, *, hold: bool = False) -> None:
        """Send what waits, as far as the window allows; an ack at least, when one is owed.

        Args:
            hold: Send no more than the ack.
        """
        if self.transport is None or self.asleep:
            return
        while self.transport is not None and not hold:
            if self._queue:
                if self._unacked_count >= self.WINDOW or self._unacked_bytes >= self.WINDOW_BYTES:
                    break
                self._send_queue()
            elif self._transfers and (found := self._transfers.next()):
                piece, ops = found
                self._post([piece], {}, piece=piece)
                self._queue += ops
                self._others += len(ops)
            else:
                break
        if self._owes_ack:
            self._transmit({"v": protocol.VERSION, "ack": self.seq_in, **self._done(), "ops": []}, ())

    def _send_queue(self) -> None:
        ops, self._queue = self._queue, []
        self._tail.clear()
        self._others = 0
        self._post(ops, {})

    def _post(self, ops: list[dict[str, Any]], extra: dict[str, Any], *, piece: dict[str, Any] | None = None) -> None:
        """Send a counted message; `piece` is that of a transfer, which counts apart."""
        buffers = Parts()
        encoded: list[dict[str, Any]] = []
        for op in ops:
            try:
                encoded.append(_encode_op(op, buffers))
            except ValueNotSendable:
                log.exception("Could not send %r of model %s.", op["op"], op.get("id"))
        if buffers.links:
            encoded[:0] = [_encode_op(op, buffers) for op in self._definer(buffers.links.values())]
        self.seq_out += 1
        message = {
            "v": protocol.VERSION,
            "seq": self.seq_out,
            "ack": self.seq_in,
            **self._done(),
            "ops": encoded,
            **extra,
        }
        size = 200 * len(encoded) + sum(memoryview(b).nbytes for b in buffers)
        now = time.monotonic()
        if not self._unacked:
            self._sent_at = now
        self._unacked.append(_Sent(self.seq_out, message, buffers, size, now, piece))
        if piece is None:
            self._unacked_bytes += size
            self._unacked_count += 1
        self._transmit(message, buffers)

    def _acknowledged(self, now: float) -> None:
        sent = self._unacked.pop(0)
        if sent.piece is None:
            self._unacked_bytes -= sent.size
            self._unacked_count -= 1
        elif self._transfers is not None:
            self._transfers.acknowledged(sent.piece, sent.piece["chunk"].nbytes, now - sent.at)

    def _done(self) -> dict[str, int]:
        return {} if self.done == self.seq_in else {"done": self.done}

    def _transmit(self, message: Message, buffers: Buffers) -> None:
        self._owes_ack = False
        transport = self.transport
        if transport is None:
            return
        try:
            transport.send(message, buffers)
        except TransportClosed:
            # What it holds stays in the log; the client fetches it when it comes back.
            self.transport = None

    def resend(self) -> None:
        """Send again whatever was not acknowledged."""
        for sent in list(self._unacked):
            log.debug("Sending message %d again.", sent.seq)
            message = sent.message
            # 'done' stays as it was: these values are as old as they were, whatever was applied since.
            self._transmit({**message, "ack": self.seq_in, "done": message.get("done", message["ack"])}, sent.buffers)
        self._sent_at = time.monotonic()

    def tick(self, now: float) -> None:
        """Look after losses; to be called about once a second where a transport may lose messages."""
        if self.asleep or not self._unacked:
            return
        if now - self._heard_at > self.ASLEEP_AFTER and now - self._sent_at > self.ASLEEP_AFTER / 4:
            self.sleep()
        elif now - self._sent_at > self.RESEND_AFTER * 2**self._resends:
            self._resends = min(self._resends + 1, 4)
            self.resend()

    def is_gone(self, now: float) -> bool:
        """Whether the client has been silent for so long that it will hardly come back."""
        return self.asleep and now - self._heard_at > self.GONE_AFTER

    # -- receiving

    def receive(self, message: ClientMessage) -> bool:
        """Take note of a message; True when its ops are to be applied.

        Raises:
            ProtocolError: for numbers that cannot be.
        """
        self._heard_at = time.monotonic()
        if message.ack > self.seq_out:
            raise ProtocolError(
                "A client acknowledges what was never sent. The message was forged, or belongs to another session. Reload the page."
            )
        while self._unacked and self._unacked[0].seq <= message.ack:
            self._acknowledged(self._heard_at)
            self._sent_at = self._heard_at
            self._resends = 0
        if message.nack:
            self.resend()
        if message.ask:
            self._owes_ack = True  # a sign of life
        if message.seq == 0:
            if message.ops:
                raise ProtocolError(
                    "A message from a client has ops but no sequence number. It was forged. Reload the page."
                )
            return False
        if message.seq == self.seq_in + 1:
            self.seq_in = message.seq
            self._owes_ack = True
            return True
        if message.seq > self.seq_in:
            self._transmit({"v": protocol.VERSION, "ack": self.seq_in, "nack": True, "ops": []}, ())
        else:
            self._owes_ack = True  # a repeated one: the ack was lost
        return False

    def can_resume(self, seen: int) -> bool:
        """Whether everything after `seen` is still here."""
        return not self.asleep and self.seq_out - len(self._unacked) <= seen <= self.seq_out

    def resume(self, transport: Transport, seen: int, welcome: dict[str, Any]) -> None:
        """Go on over another transport."""
        self.transport = transport
        while self._unacked and self._unacked[0].seq <= seen:
            self._acknowledged(time.monotonic())
        if self._unacked:
            self._unacked[0].message["welcome"] = welcome  # in a counted message: it must not get lost
            self.resend()
        else:
            self._post([], {"welcome": welcome})

    def restart(self, transport: Transport, ops: list[dict[str, Any]], welcome: dict[str, Any]) -> None:
        """Begin again with a snapshot.

        Its number is the next one, so that neither an ack of what was sent before, nor a
        snapshot that comes twice, can be taken for that of another.
        """
        self.sleep()
        self.asleep = False
        self.transport = transport
        self._resends = 0
        self._heard_at = time.monotonic()
        self._post(ops, {"reset": True, "welcome": welcome})


class _Sent(NamedTuple):
    """A message that was sent, and not acknowledged."""

    seq: int
    message: Message
    buffers: Buffers
    size: int
    at: float
    piece: dict[str, Any] | None  # of a transfer


def _encode_op(op: dict[str, Any], buffers: list[Any]) -> dict[str, Any]:
    kind = op["op"]
    if kind == "set":
        return {"op": "set", "id": op["id"], "props": _encode_dict(op["props"], buffers)}
    if kind == "create":
        models = [
            {**m, "props": _encode_dict(m["props"], buffers), "attrs": _encode_dict(m["attrs"], buffers)}
            for m in op["models"]
        ]
        return {"op": "create", "models": models}
    if kind == "emit":
        return {**op, "event": _encode_dict(op["event"], buffers)}
    if kind == "call":
        out = {**op, "args": [encode_value(v, buffers, f"argument {i}") for i, v in enumerate(op["args"])]}
        if "kwargs" in op:
            out["kwargs"] = {key: encode_value(v, buffers, f"argument {key!r}") for key, v in op["kwargs"].items()}
        return out
    if kind == "reply":
        return {**op, **{key: encode_value(op[key], buffers) for key in ("value", "raised") if key in op}}
    if kind == "data":
        out = {**op, "meta": _encode_dict(op["meta"], buffers)} if "meta" in op else dict(op)
        for key in ("chunk", "url"):
            if key in op:
                out[key] = encode_value(op[key], buffers, key)
        return out
    if kind == "define" and "data" in op:
        return {**op, "data": encode_value(op["data"], buffers, op["name"])}
    return op


def _encode_dict(values: dict[str, Any], buffers: list[Any]) -> dict[str, Any]:
    out = {}
    for name, value in values.items():
        try:
            out[name] = encode_value(value, buffers, name)
        except ValueNotSendable:
            log.exception("The value of %r was changed into something that cannot be sent.", name)
    return out
