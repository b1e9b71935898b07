"""Values and frames: what goes in comes out, and what no client of ours sends is refused."""

from __future__ import annotations

import datetime as dt
import enum
import json
import math
import struct
from collections import namedtuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsmodel.errors import ProtocolError, ValueNotSendable
from jsmodel.event import same
from jsmodel.protocol import (
    ClientMessage,
    check_sendable,
    decode_frame,
    decode_value,
    encode_frame,
    encode_value,
    parse_message,
)


def round_trip(value: Any) -> Any:
    """Through JSON and back."""
    buffers: list[Any] = []
    text = json.dumps(encode_value(value, buffers), allow_nan=False)
    return decode_value(json.loads(text), [bytes(b) for b in buffers], lambda _: None)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
    | st.datetimes(timezones=st.none() | st.just(dt.timezone.utc)),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(["$", "__proto__"]), inner
        )
    ),
    max_leaves=20,
)


@given(values)
def test_every_value_of_the_table_survives_the_wire(value):
    assert same(round_trip(value), value)


@given(values)
def test_what_can_be_encoded_passes_the_check_before_it_is_stored(value):
    check_sendable(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, 2**53, 2**53 + 1, -(10**400)])
def test_numbers_that_json_cannot_say_are_exact(value):
    back = round_trip(value)
    assert same(back, value)
    assert str(back) == str(value)


@pytest.mark.parametrize("dtype", "int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64 bool".split())
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0)])
def test_arrays_keep_their_dtype_and_shape(dtype, shape):
    array = (np.arange(math.prod(shape)) % 2).astype(dtype).reshape(shape)
    back = round_trip(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert np.array_equal(back, array)


def test_arrays_of_any_layout_arrive_as_they_look():
    base = np.arange(24.0).reshape(4, 6)
    for array in [base[::2, 1::2], base.T, np.asfortranarray(base), base.astype(">f8")]:
        assert np.array_equal(round_trip(array), array)


def test_an_array_shares_its_memory_with_the_buffer():
    array, buffers = np.zeros(1000), []
    encode_value(array, buffers)
    assert np.shares_memory(np.frombuffer(buffers[0]), array)


def test_bytes_likes_become_bytes():
    for value in [b"abc", bytearray(b"abc"), memoryview(b"abc"), memoryview(b"a.b.c")[::2]]:
        assert round_trip(value) == b"abc"


def test_a_bytearray_that_changes_later_does_not_change_what_was_said():
    value, buffers = bytearray(b"abc"), []
    encode_value(value, buffers)
    value[0] = 0
    assert buffers == [b"abc"]


def test_subclasses_and_numpy_scalars_travel_as_what_they_are():
    class Kind(enum.IntEnum):
        A = 3

    class Word(str):
        def __str__(self) -> str:
            return "something else"

    class Cold(float):
        pass

    point = namedtuple("point", "x y")(1, 2)
    sent = [Kind.A, Word("hi"), Cold("-0.0"), point, np.float32(0.5), np.int64(7), np.bool_(True), np.str_("s")]
    assert list(map(repr, round_trip(sent))) == ["3", "'hi'", "-0.0", "(1, 2)", "0.5", "7", "True", "'s'"]


def test_dangerous_keys_are_only_data():
    value = {"__proto__": {"x": 1}, "$": "b", "constructor": 2}
    encoded = encode_value(value, [])
    assert "__proto__" not in encoded
    assert round_trip(value) == value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object, "Cannot send the type <class 'object'> at v to the browser. Only None, bool, int, "),
        ({"a": [1, {2}]}, r"Cannot send the set \{2\} at v\['a'\]\[1\] to the browser"),
        ({"a": {1: 2}}, r"Cannot send the dict \{1: 2\} at v\['a'\] to the browser: the key 1 is not a str"),
        (("x", 1j), r"Cannot send the complex 1j at v\[1\]"),
        (np.array([1j]), "arrays of complex128 have no counterpart in the browser"),
        (np.array(["x"]), "arrays of str32 have no counterpart"),
        (np.array([None]), "arrays of object have no counterpart"),
        ("a\ud800", "the text has half of a character at index 1"),
        ({"\udfff": 1}, "the text has half of a character at index 0"),
        (dt.timedelta(1), "Cannot send the timedelta"),
    ],
)
def test_what_cannot_cross_is_refused_with_its_path(value, words):
    with pytest.raises(ValueNotSendable, match=words):
        encode_value(value, [], "v")
    with pytest.raises(ValueNotSendable, match=words):
        check_sendable(value, "v")


def test_a_value_that_contains_itself_is_refused():
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ValueNotSendable, match="it is nested too deeply, or contains itself"):
        encode_value(value, [])


# Values that a client made up


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"$": "b", "i": 1}, "refers to a buffer that it did not send"),
        ({"$": "b", "i": -1}, "refers to a buffer that it did not send"),
        ({"$": "b", "i": "0"}, "refers to a buffer that it did not send"),
        ({"$": "b"}, "A value from a client is malformed"),
        ({"$": "nope", "i": 0}, "a value of the unknown kind 'nope'"),
        ({"$": ["b"], "i": 0}, "a value of the unknown kind"),
        ({"$": "f", "v": "1e400"}, "A value from a client is malformed"),
        ({"$": "i", "v": "9" * 1001}, "an integer that is too long"),
        ({"$": "i", "v": 5}, "an integer that is too long"),
        ({"$": "i", "v": "five"}, "A value from a client is malformed"),
        ({"$": "t", "v": 3}, "A value from a client is malformed"),
        ({"$": "o", "v": [["a"]]}, "A value from a client is malformed"),
        ({"$": "d", "v": "yesterday"}, "A value from a client is malformed"),
        ({"$": "d", "v": 5}, "A value from a client is malformed"),
        ({"$": "m", "v": "m99"}, "refers to the model 'm99', which does not exist"),
        ({"$": "a", "i": 0, "d": "object", "s": [1]}, "an array of 'object'. There is no such type"),
        ({"$": "a", "i": 0, "d": ["u"], "s": [1]}, "A value from a client is malformed"),
        ({"$": "a", "i": 0, "d": "uint8", "s": [-1]}, "an array with an impossible shape"),
        ({"$": "a", "i": 0, "d": "uint8", "s": [2**62, 2**62]}, "A value from a client is malformed"),
        ({"$": "a", "i": 0, "d": "float64", "s": [1]}, "A value from a client is malformed"),
    ],
)
def test_made_up_values_are_refused_in_words(value, words):
    with pytest.raises(ProtocolError, match=words):
        decode_value(value, [b"abc"], lambda _: None)
    with pytest.raises(ProtocolError, match=words):
        decode_value([{"x": value}], [b"abc"], lambda _: None)


def test_a_number_of_the_browser_that_is_no_exact_integer_is_a_float():
    sent = 4.229640572782602e16  # JSON.stringify() writes 42296405727826020 for it
    back = decode_value(42296405727826020, [], lambda _: None)
    assert isinstance(back, float) and back == sent
    assert isinstance(decode_value(2**53, [], lambda _: None), int)
    with pytest.raises(ProtocolError, match="A number from a client is too large"):
        decode_value(10**400, [], lambda _: None)


def test_values_nested_too_deeply_are_refused():
    value: Any = 1
    for _ in range(100):
        value = [value]
    with pytest.raises(ProtocolError, match="nested too deeply"):
        decode_value(value, [], lambda _: None)


json_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["f", "i", "t", "o", "d", "m", "b", "a"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["$", "v", "i", "d", "s", "x"]), inner),
    max_leaves=12,
)  # fmt: skip


@given(json_data)
def test_whatever_comes_is_decoded_or_refused_and_nothing_else(data):
    try:
        decode_value(data, [b"12345678"], lambda _: None)
    except ProtocolError:
        pass


# Messages and frames


@given(st.lists(st.binary(max_size=20), max_size=4), st.text(max_size=20))
def test_a_frame_is_taken_apart_into_what_it_was_made_of(buffers, reason):
    frame = encode_frame({"v": 1, "seq": 3, "ack": 2, "ops": [{"op": "bye", "reason": reason}]}, buffers)
    message, back = decode_frame(frame)
    assert (message.seq, message.ack, message.ops[0].reason) == (3, 2, reason)
    assert [bytes(b) for b in back] == buffers


@given(st.lists(st.binary(max_size=20), max_size=4), st.integers(0, 40))
def test_every_buffer_of_a_frame_begins_at_a_multiple_of_8(buffers, n):
    frame = encode_frame({"v": 1, "ops": [{"op": "bye", "reason": "x" * n}]}, [b"\xff" * 3, *buffers, b"\xfe" * 9])
    (length,) = struct.unpack_from("<I", frame)
    assert len(frame) % 8 == 0
    start = 8 + length + -length % 8
    for buffer in [b"\xff" * 3, *buffers, b"\xfe" * 9]:
        assert start % 8 == 0 and frame[start : start + len(buffer)] == buffer
        start += len(buffer) + -len(buffer) % 8
    assert start == len(frame)


def frame_of(text: bytes, tail: bytes = b"", zero: int = 0, length: int | None = None) -> bytes:
    return struct.pack("<II", len(text) if length is None else length, zero) + text + b" " * (-len(text) % 8) + tail


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (b"", "A frame is too short to be a message"),
        (b"1234567", "A frame is too short to be a message"),
        (frame_of(b'{"v":1}', length=100), "A frame announces more than it holds"),
        (frame_of(b'{"v":1}', zero=1), "A frame announces more than it holds"),
        (frame_of(b'{"v":1,"lens":[9]}', b"12345678"), "A frame announces more than it holds"),
        (frame_of(b'{"v":1,"lens":[-8]}', b"12345678"), "A frame announces more than it holds"),
        (frame_of(b"\xff\xfe"), "A message from a client is malformed"),
        (frame_of(b"[" * 100_000), "A message from a client is malformed"),
        (frame_of(b'{"v":1,"extra":1}'), "Object contains unknown field `extra`"),
        (frame_of(b'{"v":2}'), "A client speaks version 2 of the protocol, and this jsmodel speaks 1"),
        (frame_of(b'{"v":1,"ops":[{"op":"create","models":[]}]}'), "Invalid value 'create'"),
        (frame_of(b'{"v":1,"ops":[{"op":"set","id":1,"props":{}}]}'), "Expected `str`, got `int`"),
        (frame_of(b'{"v":1,"seq":-1}'), "an impossible sequence number"),
        (frame_of(b'{"v":1,"seq":9007199254740993}'), "an impossible sequence number"),
        (frame_of(b'{"v":1,"ack":1e300}'), "malformed"),
    ],
)
def test_malformed_frames_are_refused_in_words(frame, words):
    with pytest.raises(ProtocolError, match=words):
        decode_frame(frame)


@given(st.binary(max_size=200))
def test_noise_is_refused_and_nothing_else(noise):
    for data in (noise, frame_of(noise), frame_of(b'{"v":1,"ops":' + noise + b"}")):
        try:
            decode_frame(data)
        except ProtocolError:
            pass


def test_a_message_as_a_dict_is_held_to_the_same_rules():
    assert parse_message({"v": 1, "seq": 2}) == ClientMessage(v=1, seq=2)
    for data in [
        "x",
        None,
        [],
        {},
        {"v": "1"},
        {"v": 1, "ops": [{"op": "define", "name": "x"}]},
        {"v": 1, "seq": True},
    ]:
        with pytest.raises(ProtocolError, match="It was not sent by this version of jsmodel. Reload the page."):
            parse_message(data)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "datetime64[s]"])
def test_large_arrays_are_the_same_only_if_their_last_items_are(dtype):
    array = np.zeros((3, 2**18), dtype)
    other = array.copy()
    assert same(array, other)
    other[-1, -1] = 1
    assert not same(array, other)


def test_arrays_with_nan_in_the_same_places_are_the_same():
    array = np.array([[1.0, np.nan], [np.nan, 2.0]])
    assert same(array, array.copy())
    assert not same(array, np.array([[1.0, np.nan], [0.0, 2.0]]))
    assert not same(array, array.reshape(4))
