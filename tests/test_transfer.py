"""send_data: what it takes, and how the pieces travel."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from traitlets import Int, Unicode

from jsmodel import app
from jsmodel.assets import store
from jsmodel.channel import Channel
from jsmodel.errors import AssetError, CallError, QueueFull, ValueNotSendable
from jsmodel.protocol import Hello
from jsmodel.session import Session
from jsmodel.transfer import Transfer, Transfers, prepare
from jsmodel.transport import MemoryTransport


class Taker(app.Model):
    class JS:
        def receive_data(self, array_buffer, meta):
            pass


class Page:
    """Plays the part of a client that acknowledges what it is told to."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.transport = MemoryTransport()
        self.seq = 0
        self.client = session.attach(self.transport, Hello())

    def sent(self):
        return list(zip(self.transport.sent, self.transport.buffers, strict=True))

    def clear(self) -> None:
        self.transport.sent.clear()
        self.transport.buffers.clear()

    def pieces(self):
        return [(op, b) for m, b in self.sent() for op in m["ops"] if op["op"] == "data"]

    def ack(self, n: int | None = None) -> None:
        seq = self.client.channel.seq_out if n is None else n
        self.session.receive(self.client, {"v": 1, "seq": 0, "ack": seq, "ops": []})

    def say(self, *ops) -> None:
        self.seq += 1
        self.session.receive(
            self.client, {"v": 1, "seq": self.seq, "ack": self.client.channel.seq_out, "ops": list(ops)}
        )

    def whole(self) -> dict[int, bytes]:
        """The transfers, put together."""
        out: dict[int, bytearray] = {}
        for op, buffers in self.pieces():
            data = out.setdefault(op["transfer"], bytearray())
            assert op["at"] == len(data)
            data += bytes(buffers[op["chunk"]["i"]])
        return {k: bytes(v) for k, v in out.items()}


@pytest.fixture
def session():
    session = Session("test")
    yield session
    session.close()


def test_data_arrives_whole_in_pieces_and_no_more_is_on_its_way_than_may_be(session):
    model, page = Taker(session=session), Page(session)
    blob = np.random.default_rng(1).bytes(9 * 2**20 + 7)
    reply = model.send_data(blob, {"a": 1})
    session.flush()
    flying = sum(len(b[op["chunk"]["i"]]) for op, b in page.pieces())
    assert flying < 3 * 2**20
    for _ in range(100):
        page.ack()
    assert page.whole() == {1: blob}
    first, last = page.pieces()[0][0], page.pieces()[-1][0]
    assert (first["size"], first["meta"], first["call"]) == (len(blob), {"a": 1}, 1)
    assert "meta" not in last
    assert repr(reply).endswith("not here yet>")
    page.say({"op": "reply", "call": 1})
    assert reply.result() is None


def test_a_small_change_goes_between_the_pieces(session):
    class Both(Taker):
        class Both:
            x = Int(0)

    model, page = Both(session=session), Page(session)
    model.send_data(bytes(20 * 2**20))
    session.flush()
    before = len(page.pieces())
    model.x = 5
    session.flush()
    assert page.sent()[-1][0]["ops"] == [{"op": "set", "id": model.id, "props": {"x": 5}}]
    assert len(page.pieces()) == before


def test_no_data_at_all_is_data_too(session):
    model, page = Taker(session=session), Page(session)
    model.send_data(b"")
    session.flush()
    assert [(op["at"], op["size"]) for op, _ in page.pieces()] == [(0, 0)]
    page.ack()
    assert len(page.pieces()) == 1


def test_several_transfers_come_one_after_the_other(session):
    model, page = Taker(session=session), Page(session)
    for i in range(5):
        model.send_data(bytes([i]) * 300_000)
    session.flush()
    for _ in range(20):
        page.ack()
    assert page.whole() == {i + 1: bytes([i]) * 300_000 for i in range(5)}


def test_data_of_two_models_takes_turns_so_that_little_does_not_wait_for_much(session):
    much, little, page = Taker(session=session), Taker(session=session), Page(session)
    much.send_data(bytes(20 * 2**20))
    little.send_data(b"little")
    little.send_data(b"more")
    session.flush()
    assert [op["id"] for op, _ in page.pieces()][:5] == [much.id, little.id, much.id, little.id, much.id]
    for _ in range(100):
        page.ack()
    assert page.whole() == {1: bytes(20 * 2**20), 2: b"little", 3: b"more"}


def test_many_small_pieces_do_not_go_all_at_once(session):
    model, page = Taker(session=session), Page(session)
    for _ in range(5000):
        model.send_data(b"")
    session.flush()
    assert len(page.pieces()) < 3000
    for _ in range(10):
        page.ack()
    assert len(page.pieces()) == 5000


def test_many_small_pieces_do_not_wait_without_a_limit(session, monkeypatch):
    monkeypatch.setattr(Transfers, "LIMIT", 20 * 1024)
    model, page = Taker(session=session), Page(session)
    page.client.channel.transport = None
    for _ in range(20):
        model.send_data(b"")
    with pytest.raises(QueueFull, match="More than 20,480 bytes of data would wait for a page"):
        model.send_data(b"")


def test_data_that_was_on_its_way_to_a_disposed_model_does_not_come_again_after_a_snapshot(session):
    model, page = Taker(session=session), Page(session)
    model.send_data(b"one")
    session.flush()
    model.dispose()
    page.client.channel.sleep()
    page.clear()
    page.ack()
    for _ in range(5):
        page.ack()
    assert page.whole() == {}


def test_what_is_done_to_meta_after_the_call_does_not_matter(session):
    model, page = Taker(session=session), Page(session)
    meta = {"sizes": [1]}
    model.send_data(b"1", meta)
    meta["sizes"].append(2)
    session.flush()
    assert page.pieces()[0][0]["meta"] == {"sizes": [1]}


def test_what_was_sent_before_there_was_a_page_comes_after_the_models(session):
    model = Taker(session=session)
    reply = model.send_data(b"early")
    page = Page(session)
    kinds = [op["op"] for m, _ in page.sent() for op in m["ops"]]
    assert kinds[-2:] == ["create", "data"]
    page.say({"op": "reply", "call": 1, "error": "ValueError: no"})
    with pytest.raises(CallError, match="send_data\\(\\) failed in the browser: ValueError: no"):
        reply.result()
    Page(session)  # a second page gets none of it
    assert reply is not None


def test_after_a_snapshot_an_unfinished_transfer_begins_again_and_a_finished_one_does_not(session):
    model, page = Taker(session=session), Page(session)
    model.send_data(b"one")
    session.flush()
    page.ack()
    blob = bytes(range(256)) * 40_000
    model.send_data(blob)
    session.flush()
    page.ack(page.client.channel.seq_out - 2)
    page.client.channel.sleep()
    page.clear()
    page.ack()  # speaks again: a snapshot
    for _ in range(30):
        page.ack()
    assert page.whole() == {2: blob}


def test_what_was_sent_to_the_end_and_not_acknowledged_comes_again_after_a_snapshot(session):
    model, page = Taker(session=session), Page(session)
    model.send_data(b"one")
    session.flush()
    page.client.channel.sleep()
    page.clear()
    page.ack()
    assert page.whole() == {1: b"one"}


def test_a_slow_client_gets_less_at_once():
    transfers = Transfers()
    transfers.add(Transfer(1, "m1", memoryview(bytes(64 * 2**20)), {}, answered=True))

    def fly():
        ops = []
        while (found := transfers.next()) is not None:
            ops.append(found[0])
        return ops

    ops = fly()
    slow = fast = sum(op["chunk"].nbytes for op in ops)
    for _ in range(8):
        for op in ops:
            transfers.acknowledged(op, op["chunk"].nbytes, 5.0)
        ops = fly()
        slow = sum(op["chunk"].nbytes for op in ops)
    for _ in range(8):
        for op in ops:
            transfers.acknowledged(op, op["chunk"].nbytes, 0.01)
        ops = fly()
        fast = max(fast, sum(op["chunk"].nbytes for op in ops))
    assert slow <= 2**20 < 8 * 2**20 <= fast


def test_data_for_a_disposed_model_is_dropped_and_its_reply_says_so(session):
    model, page = Taker(session=session), Page(session)
    reply = model.send_data(bytes(20 * 2**20))
    session.flush()
    before = len(page.pieces())
    model.dispose()
    session.flush()
    for _ in range(10):
        page.ack()
    assert len(page.pieces()) == before
    with pytest.raises(CallError, match="did not finish: the model was disposed"):
        reply.result()
    with pytest.raises(CallError, match="was disposed, so it cannot send data"):
        model.send_data(b"1")


def test_a_page_that_leaves_fails_the_reply_and_a_session_that_ends_does(session):
    model, page = Taker(session=session), Page(session)
    reply = model.send_data(bytes(20 * 2**20))
    session.detach(page.client)
    with pytest.raises(CallError, match="the page that was asked has gone"):
        reply.result()
    early = Taker(session=session).send_data(b"1")
    session.close()
    with pytest.raises(CallError, match="no page ever came"):
        early.result()


def test_changes_to_a_bytearray_after_it_was_sent_do_not_matter(session):
    model, page = Taker(session=session), Page(session)
    data = bytearray(b"first")
    model.send_data(data)
    data[:] = b"later"
    session.flush()
    assert page.whole() == {1: b"first"}


def test_too_much_waiting_data_is_an_error_and_what_waited_still_goes(session, monkeypatch):
    monkeypatch.setattr(Transfers, "LIMIT", 1000)
    model, page = Taker(session=session), Page(session)
    channel = page.client.channel
    channel.transport = None
    model.send_data(bytes(900))
    with pytest.raises(QueueFull, match="More than 1,000 bytes of data would wait for a page.*await self.send_data"):
        model.send_data(bytes(200))
    assert isinstance(channel, Channel)
    channel.transport = page.transport
    session.flush()
    assert page.whole() == {1: bytes(900)}


def test_an_array_says_its_type_and_shape():
    data, meta = prepare(np.arange(6, dtype=">i2").reshape(2, 3), {"k": 1})
    assert meta == {"dtype": "int16", "shape": [2, 3], "k": 1}
    assert bytes(data) == np.arange(6, dtype="<i2").tobytes()
    data, meta = prepare(np.zeros((4, 4))[::2, ::2], None)
    assert (len(data), meta) == (32, {"dtype": "float64", "shape": [2, 2]})


@pytest.mark.parametrize(
    ("data", "meta", "error", "words"),
    [
        (
            5,
            {},
            ValueNotSendable,
            "Cannot send the int 5 at data to the browser: it is neither bytes, nor an array, nor a URL",
        ),
        (np.array([object()]), {}, ValueNotSendable, "arrays of objects have no bytes"),
        (b"", [1], ValueNotSendable, "at meta to the browser: it is not a dict"),
        (b"", {"x": open}, ValueNotSendable, "at meta\\['x'\\]"),
        ("", {}, AssetError, "is no address"),
        ("//evil.example/x", {}, AssetError, "it is not https|is no address"),
        ("file:///etc/passwd", {}, AssetError, "it is not https"),
        ("javascript:alert(1)", {}, AssetError, "it is not https"),
        ("data:text/plain,x", {}, AssetError, "it is not https"),
        ("http://169.254.169.254/latest", {}, AssetError, "it is not https"),
        ("http://[::1]:22/x", {}, AssetError, "Pages may not download data from 'http://\\[::1\\]:22'"),
        ("https://user@example.com/x", {}, AssetError, "it holds a user name"),
        (
            "https://example.com/x",
            {},
            AssetError,
            "Pages may not download data from 'https://example.com'.*allow_origins",
        ),
    ],
)
def test_what_cannot_be_sent_is_refused_in_words(data, meta, error, words):
    with pytest.raises(error, match=words):
        prepare(data, meta)


def test_a_url_of_an_allowed_site_goes_to_the_page_as_it_is(session, monkeypatch):
    monkeypatch.setattr(store, "_origins", {"https://example.com": None})
    model, page = Taker(session=session), Page(session)
    model.send_data("https://example.com/x.bin", {"n": 1})
    model.send_data("data/x.bin")
    session.flush()
    assert [op["url"] for op, _ in page.pieces()] == ["https://example.com/x.bin", "data/x.bin"]


def test_a_class_without_receive_data_says_what_to_define(session):
    class Deaf(app.Model):
        pass

    with pytest.raises(
        AttributeError,
        match="Deaf has no method 'receive_data'.* Define 'def receive_data\\(self, array_buffer, meta\\)'",
    ):
        Deaf(session=session).send_data(b"1")


def test_send_data_can_be_awaited(session):
    model, page = Taker(session=session), Page(session)

    async def scenario():
        reply = model.send_data(b"1")
        session.flush()
        asyncio.get_running_loop().call_soon(page.say, {"op": "reply", "call": 1})
        return await reply

    assert asyncio.run(scenario()) is None


# -- data of a session


def test_the_data_of_a_session_has_a_link_of_its_own(session):
    link = session.add_data("some_name.png", b"123")
    assert link.startswith("_jsm/data/")
    assert link.endswith("/some_name.png")
    assert session.add_data("some_name.png", b"123") is link
    other = Session("other")
    assert other.add_data("some_name.png", b"123") != link
    other.close()


def test_a_page_gets_the_file_of_a_link_once_before_the_value(session):
    class Shows(app.Model):
        class Both:
            src = Unicode()

    model, page = Shows(session=session), Page(session)
    model.src = session.add_data("a.png", b"123")
    session.flush()
    message, buffers = page.sent()[-1]
    define, change = message["ops"]
    assert (define["op"], define["kind"], define["type"]) == ("define", "file", "image/png")
    assert bytes(buffers[define["data"]["i"]]) == b"123"
    assert change["props"] == {"src": {"$": "u", "v": define["hash"]}}
    model.src = ""
    session.flush()
    model.src = session.add_data("a.png", b"123")
    session.flush()
    assert [op["op"] for op in page.sent()[-1][0]["ops"]] == ["set"]
    session.remove_data("a.png")
    session.flush()
    assert page.sent()[-1][0]["ops"] == [{"op": "forget", "hashes": [define["hash"]]}]


def test_the_data_of_a_session_is_bounded_has_one_content_per_name_and_can_be_removed(session, monkeypatch):
    monkeypatch.setattr(Session, "DATA_BYTES", 10)
    session.add_data("a", b"123456")
    with pytest.raises(
        AssetError,
        match="This session has data named 'a' already, with other content.* session.remove_data\\('a'\\) first",
    ):
        session.add_data("a", b"12")
    with pytest.raises(AssetError, match="the session would have 12. A session may hold 10 bytes"):
        session.add_data("b", b"123456")
    with pytest.raises(AssetError, match="no data named 'c'"):
        session.remove_data("c")
    session.remove_data("a")
    session.add_data("b", b"123456")


def test_the_same_content_in_two_places_is_two_files(session):
    class Shows(app.Model):
        class Both:
            one = Unicode()
            two = Unicode()

    page = Page(session)
    one, two = session.add_data("a.png", b"same"), session.add_data("b.png", b"same")
    shared = app.assets.add_shared_data("test-same.png", b"same")
    Shows(session=session, one=one, two=two)
    session.flush()
    assert len({link.asset.hash for link in (one, two, shared)}) == 3
    session.remove_data("a.png")
    session.flush()
    assert page.sent()[-1][0]["ops"] == [{"op": "forget", "hashes": [one.asset.hash]}]
    app.assets.remove_shared_data("test-same.png")


def test_a_session_that_has_ended_takes_no_data():
    session = Session("over")
    session.close()
    with pytest.raises(AssetError, match="Cannot add 'a': the session has ended"):
        session.add_data("a", b"1")
    with pytest.raises(AssetError, match="cannot be the name of an asset"):
        Session("other").remove_data([])
