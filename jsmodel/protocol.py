"""The messages, and how values travel in them.

Twin of labextension/src/runtime/protocol.ts; both are described in
docs/protocol.md. What comes from a client is turned into the structs below
before anything else sees it.
"""

from __future__ import annotations

import datetime as _dt
import math
import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from .assets import Link
from .errors import ProtocolError, ValueNotSendable

__all__ = [
    "VERSION",
    "Call",
    "ClientMessage",
    "Dispose",
    "Emit",
    "Error",
    "Hello",
    "Listen",
    "Op",
    "Parts",
    "Reply",
    "Restore",
    "Set",
    "View",
    "as_it_is",
    "check_sendable",
    "decode_frame",
    "decode_value",
    "encode_frame",
    "encode_value",
    "parse_message",
]

VERSION = 1
MAX_SAFE_INT = 2**53
MAX_DEPTH = 64
_FORBIDDEN_KEYS = frozenset({"$", "__proto__"})
_FRAME = struct.Struct("<II")


# -- what a client may say


class Hello(msgspec.Struct, forbid_unknown_fields=True):
    """Who is there, and what it already has."""

    client: str | None = None
    session: str | None = None
    seen: int = 0
    have: list[str] = []
    ticket: str | None = None
    turn: int = 0
    lane: bool = False  # whether the page can go on over a fast lane
    inline: bool = True  # whether the page may run code that comes in a message


class Set(msgspec.Struct, tag_field="op", tag="set", forbid_unknown_fields=True):
    id: str
    props: dict[str, Any]
    origin: str = "js"


class Restore(msgspec.Struct, tag_field="op", tag="restore", forbid_unknown_fields=True):
    """The client has values that it cannot send, and wants Python's."""

    id: str
    names: list[str]


class Emit(msgspec.Struct, tag_field="op", tag="emit", forbid_unknown_fields=True):
    id: str
    type: str
    event: dict[str, Any] = {}
    origin: str = "js"


class Listen(msgspec.Struct, tag_field="op", tag="listen", forbid_unknown_fields=True):
    id: str
    types: list[str]


class Call(msgspec.Struct, tag_field="op", tag="call", forbid_unknown_fields=True):
    id: str
    name: str
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    call: int = 0


class Reply(msgspec.Struct, tag_field="op", tag="reply", forbid_unknown_fields=True):
    call: int
    value: Any = None
    error: str | None = None
    errors: list[tuple[str, str, str]] = []
    raised: Any = None
    id: str | None = None  # the model that failed
    calls: list[int] = []  # the client's own calls whose errors these are


class View(msgspec.Struct, tag_field="op", tag="view", forbid_unknown_fields=True):
    id: str
    open: bool


class Error(msgspec.Struct, tag_field="op", tag="error", forbid_unknown_fields=True):
    id: str | None = None
    title: str = ""
    number: int = 0  # the client's own, for what Python says of it
    errors: list[tuple[str, str, str]] = []  # name, words and stack; those that caused it follow
    calls: list[int] = []  # the client's own calls whose errors these are
    lost: str = ""  # the hash of the asset whose code failed when it came


class Dispose(msgspec.Struct, tag_field="op", tag="dispose", forbid_unknown_fields=True):
    ids: list[str]


class Bye(msgspec.Struct, tag_field="op", tag="bye", forbid_unknown_fields=True):
    reason: str = ""


Op = Set | Restore | Emit | Listen | Call | Reply | View | Error | Dispose | Bye


class ClientMessage(msgspec.Struct, forbid_unknown_fields=True):
    """One message from a client."""

    v: int
    seq: int = 0
    ack: int = 0
    ops: list[Op] = []
    hello: Hello | None = None
    nack: bool = False
    ask: bool = False
    lens: list[int] = []


_decoder = msgspec.json.Decoder(ClientMessage)
_encoder = msgspec.json.Encoder()


def parse_message(data: Any) -> ClientMessage:
    """Check a message that came as a dict (over a comm, or in memory).

    Raises:
        ProtocolError: when it is not a message of ours.
    """
    if isinstance(data, ClientMessage):
        return data
    try:
        return _check(msgspec.convert(data, ClientMessage))
    except (msgspec.ValidationError, RecursionError) as err:
        raise ProtocolError(
            f"A message from a client is malformed: {err}. It was not sent by this version of jsmodel. Reload the page."
        ) from err


def _check(message: ClientMessage) -> ClientMessage:
    if message.v != VERSION:
        raise ProtocolError(
            f"A client speaks version {message.v} of the protocol, and this jsmodel speaks {VERSION}. "
            "The page is older or newer than the Python package. Reload the page, and install the same jsmodel where JupyterLab runs."
        )
    if not (0 <= message.seq <= MAX_SAFE_INT and 0 <= message.ack <= MAX_SAFE_INT):
        raise ProtocolError(
            "A message from a client has an impossible sequence number. It was forged, or damaged. Reload the page."
        )
    return message


# -- frames of a websocket


def _pad(n: int) -> int:
    return -n % 8


def encode_frame(message: dict[str, Any], buffers: Sequence[Any] = ()) -> bytes:
    """One binary websocket frame: length, JSON, buffers, each at a multiple of 8 bytes."""
    if buffers:
        message = {**message, "lens": [memoryview(b).nbytes for b in buffers]}
    text = _encoder.encode(message)
    parts: list[Any] = [_FRAME.pack(len(text), 0), text, b" " * _pad(len(text))]
    for buffer in buffers:
        view = memoryview(buffer).cast("B")
        parts.append(view)
        parts.append(bytes(_pad(view.nbytes)))
    return b"".join(parts)


def decode_frame(data: bytes | bytearray | memoryview) -> tuple[ClientMessage, list[memoryview]]:
    """Take a frame apart; the buffers are views into it.

    Raises:
        ProtocolError: when the frame is not well formed in every respect.
    """
    view = memoryview(data)
    if view.nbytes < 8:
        raise ProtocolError("A frame is too short to be a message. It was cut, or forged. Reload the page.")
    length, zero = _FRAME.unpack_from(view)
    if zero or 8 + length > view.nbytes:
        raise ProtocolError("A frame announces more than it holds. It was cut, or forged. Reload the page.")
    try:
        message = _check(_decoder.decode(view[8 : 8 + length]))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError) as err:
        raise ProtocolError(
            f"A message from a client is malformed: {str(err)[:200]}. It was not sent by this version of jsmodel. Reload the page."
        ) from err
    buffers = []
    start = 8 + length + _pad(length)
    for size in message.lens:
        if size < 0 or start + size > view.nbytes:
            raise ProtocolError("A frame announces more than it holds. It was cut, or forged. Reload the page.")
        buffers.append(view[start : start + size])
        start += size + _pad(size)
    return message, buffers


# -- values


class Parts(list[Any]):
    """The buffers of a message, and the links in it, by hash: who gets the message must get their files, too."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, Link] = {}


def check_sendable(value: Any, path: str = "") -> None:
    """Raise ValueNotSendable when `value`, or anything in it, cannot cross over."""
    kind = type(value)
    if value is None or kind in (bool, int, float):
        return
    encode_value(value, [], path)


def as_it_is(value: Any) -> Any:
    """A value that can be sent, as it is now: what its owner does to it until it is sent does not change it."""
    if isinstance(value, (list, tuple)):
        return (list if isinstance(value, list) else tuple)(map(as_it_is, value))
    if isinstance(value, dict):
        return {key: as_it_is(item) for key, item in value.items()}
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return value.copy()
    return value


def encode_value(value: Any, buffers: list[Any], path: str = "", depth: int = 0) -> Any:
    """Turn a value into JSON-able data; bytes and arrays are appended to `buffers`.

    Args:
        value: Anything of the table in docs/protocol.md.
        buffers: Grows by one for each bytes-like or array.
        path: Where the value stands, for the error.

    Raises:
        ValueNotSendable: naming the path inside the value.
    """
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        if not value.isascii():
            _check_text(value, value, path)
        return value
    if kind is int:
        return value if -MAX_SAFE_INT <= value <= MAX_SAFE_INT else {"$": "i", "v": str(value)}
    if kind is float:
        return (
            value
            if math.isfinite(value)
            else {"$": "f", "v": "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"}
        )
    if depth > MAX_DEPTH:
        raise ValueNotSendable(value, path, why="it is nested too deeply, or contains itself")
    if kind is list:
        return [encode_value(v, buffers, f"{path}[{i}]", depth + 1) for i, v in enumerate(value)]
    if kind is tuple:
        return {"$": "t", "v": [encode_value(v, buffers, f"{path}[{i}]", depth + 1) for i, v in enumerate(value)]}
    if kind is dict:
        digits = False
        for key in value:
            if not isinstance(key, str):
                raise ValueNotSendable(value, path, why=f"the key {key!r} is not a str")
            if not key.isascii():
                _check_text(key, value, path)
            elif key < ":":
                digits = True
        if not _FORBIDDEN_KEYS.isdisjoint(value) or (digits and _js_order(value) != list(value)):
            return {
                "$": "o",
                "v": [[k, encode_value(v, buffers, f"{path}[{k!r}]", depth + 1)] for k, v in value.items()],
            }
        return {k: encode_value(v, buffers, f"{path}[{k!r}]", depth + 1) for k, v in value.items()}
    return _encode_rare(value, buffers, path, depth)


def _js_order(keys: Iterable[str]) -> list[str]:
    """Keys as an object of JS has them: those that are indices come first."""
    names = list(keys)
    indices = [
        k for k in names if k.isascii() and k.isdigit() and len(k) < 11 and str(int(k)) == k and int(k) < 2**32 - 1
    ]
    first = set(indices)
    return sorted(indices, key=int) + [k for k in names if k not in first]


def _check_text(text: str, value: Any, path: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as err:
        raise ValueNotSendable(
            value, path, why=f"the text has half of a character at index {err.start} (a lone surrogate)"
        ) from None


def _encode_rare(value: Any, buffers: list[Any], path: str, depth: int) -> Any:
    model_id = getattr(value, "_jsm_wire_id", None)
    if model_id is not None:
        return {"$": "m", "v": model_id()}
    if isinstance(value, Link):
        if isinstance(buffers, Parts):
            buffers.links[value.asset.hash] = value
        return {"$": "u", "v": value.asset.hash}
    if isinstance(value, (bytes, bytearray, memoryview)):
        whole = not isinstance(value, bytearray) and (not isinstance(value, memoryview) or value.c_contiguous)
        buffers.append(value if whole else bytes(value))
        return {"$": "b", "i": len(buffers) - 1}
    if hasattr(value, "dtype") and hasattr(value, "__array__"):
        return _encode_array(value, buffers, path, depth)
    if isinstance(value, _dt.datetime):
        return {"$": "d", "v": value.isoformat()}
    plain: Callable[[Any, Any], Any]
    for base, plain in _PLAIN:  # subclasses: IntEnum, namedtuple, traitlets' containers ...
        if isinstance(value, base):
            return encode_value(plain(base, value), buffers, path, depth)
    raise ValueNotSendable(value, path)


#: How the plain value of a subclass is had, whatever the subclass overrides.
_PLAIN: list[tuple[type, Callable[[Any, Any], Any]]] = [
    (int, lambda _, v: int.__add__(v, 0)),
    (float, lambda _, v: float.__mul__(v, 1.0)),
    (str, lambda _, v: str.__str__(v)),
    (list, lambda base, v: base(v)),
    (tuple, lambda base, v: base(v)),
    (dict, lambda base, v: base(v)),
]

_DTYPES = frozenset("int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64".split())


def _encode_array(value: Any, buffers: list[Any], path: str, depth: int) -> Any:
    import numpy as np

    if not isinstance(value, np.ndarray):  # a NumPy scalar
        return encode_value(value.item(), buffers, path, depth + 1)
    array = value
    if array.dtype == np.bool_:
        array, dtype = array.view(np.uint8), "bool"
    else:
        dtype = array.dtype.name
        if dtype not in _DTYPES:
            raise ValueNotSendable(value, path, why=f"arrays of {dtype} have no counterpart in the browser")
    array = np.ascontiguousarray(array)
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    buffers.append(memoryview(array.data).cast("B") if array.size else b"")
    return {"$": "a", "i": len(buffers) - 1, "d": dtype, "s": list(value.shape)}


def decode_value(value: Any, buffers: Sequence[Any], find_model: Callable[[str], Any], depth: int = 0) -> Any:
    """Undo `encode_value` for what a client sent.

    Args:
        value: JSON data with tagged values in it.
        buffers: The message's buffers.
        find_model: Gives the Model of an id, or None.

    Raises:
        ProtocolError: for anything that no client of ours sends.
    """
    kind = type(value)
    if kind is int and not -MAX_SAFE_INT <= value <= MAX_SAFE_INT:
        try:
            return float(value)  # a number in the browser; it writes large ones without a point, and rounds them
        except OverflowError:
            raise ProtocolError("A number from a client is too large. It was forged. Send it as text.") from None
    if value is None or kind in (bool, int, float, str):
        return value
    if depth > MAX_DEPTH:
        raise ProtocolError(
            "A value from a client is nested too deeply. It was forged, or contains itself. Send flatter data."
        )
    if kind is list:
        return [decode_value(v, buffers, find_model, depth + 1) for v in value]
    if kind is not dict:
        raise ProtocolError(
            f"A value from a client has the type {kind.__name__}. No client of ours sends that. Reload the page."
        )
    if "$" not in value:
        return {k: decode_value(v, buffers, find_model, depth + 1) for k, v in value.items()}
    try:
        return _decode_tagged(value, buffers, find_model, depth)
    except ProtocolError:
        raise
    except Exception as err:
        raise ProtocolError(
            f"A value from a client is malformed ({err}). No client of ours sends that. Reload the page."
        ) from err


def _decode_tagged(value: dict[str, Any], buffers: Sequence[Any], find_model: Callable[[str], Any], depth: int) -> Any:
    tag = value["$"]
    if tag == "f":
        return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[value["v"]]
    if tag == "i":
        text = value["v"]
        if not isinstance(text, str) or len(text) > 1000:
            raise ProtocolError("A client sent an integer that is too long. It was forged. Send it as bytes.")
        return int(text)
    if tag == "t":
        return tuple(decode_value(v, buffers, find_model, depth + 1) for v in value["v"])
    if tag == "o":
        return {str(k): decode_value(v, buffers, find_model, depth + 1) for k, v in value["v"]}
    if tag == "d":
        return _dt.datetime.fromisoformat(value["v"].replace("Z", "+00:00"))
    if tag == "m":
        model = find_model(value["v"])
        if model is None:
            raise ProtocolError(
                f"A client refers to the model {str(value['v'])[:40]!r}, which does not exist. It was disposed a moment ago, or forged. Nothing was changed."
            )
        return model
    index = value["i"]
    if not isinstance(index, int) or not 0 <= index < len(buffers):
        raise ProtocolError("A client refers to a buffer that it did not send. It was forged. Reload the page.")
    if tag == "b":
        return bytes(buffers[index])
    if tag == "a":
        return _decode_array(value["d"], value["s"], buffers[index])
    raise ProtocolError(
        f"A client sent a value of the unknown kind {str(tag)[:20]!r}. The page is newer than the Python package. Update jsmodel."
    )


def _decode_array(dtype: str, shape: list[int], buffer: Any) -> Any:
    if dtype not in _DTYPES and dtype != "bool":
        raise ProtocolError(f"A client sent an array of {str(dtype)[:20]!r}. There is no such type. Reload the page.")
    if not all(isinstance(n, int) and n >= 0 for n in shape):
        raise ProtocolError("A client sent an array with an impossible shape. It was forged. Reload the page.")
    import numpy as np

    return np.frombuffer(bytes(buffer), dtype=np.dtype(dtype)).reshape(shape)
