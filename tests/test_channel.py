"""Reliable, ordered batches: numbers, acks, the window, what waits, and what was lost."""

from __future__ import annotations

from typing import Any

import pytest

from jsmodel.channel import Channel
from jsmodel.errors import ProtocolError, QueueFull
from jsmodel.protocol import ClientMessage
from jsmodel.transport import MemoryTransport


class Line:
    """A channel over a MemoryTransport, and what went over it."""

    def __init__(self) -> None:
        self.pipe = MemoryTransport()
        self.channel = Channel()
        self.channel.transport = self.pipe

    def __getattr__(self, name: str) -> Any:
        return getattr(self.channel, name)

    def hear(self, **fields: Any) -> bool:
        return self.channel.receive(ClientMessage(v=1, **fields))

    def emit(self, n: int) -> None:
        self.channel.queue({"op": "emit", "id": "m1", "type": "e", "event": {"n": n}})

    @property
    def numbers(self) -> list[int]:
        return [m.get("seq", 0) for m in self.pipe.sent]

    def ops(self) -> list[tuple[Any, ...]]:
        """All that was sent, short."""
        found = []
        for message in self.pipe.sent:
            for op in message["ops"]:
                found.append((op["op"], op.get("props") or op.get("event")))
        return found


@pytest.fixture
def line() -> Line:
    return Line()


def test_what_was_queued_in_one_turn_is_one_message(line):
    line.queue_set("m1", "a", 1)
    line.emit(1)
    line.queue_set("m2", "b", 2)
    line.flush()
    assert line.numbers == [1]
    assert [op["op"] for op in line.pipe.sent[0]["ops"]] == ["set", "emit", "set"]


def test_nothing_is_sent_when_nothing_waits(line):
    line.flush()
    assert line.pipe.sent == []


def test_changes_that_wait_become_the_latest_value(line):
    for n in range(100):
        line.queue_set("m1", "a", n)
        line.queue_set("m2", "a", -n)
    line.flush()
    assert line.ops() == [("set", {"a": 99}), ("set", {"a": -99})]


def test_a_change_is_never_moved_across_something_else(line):
    line.queue_set("m1", "a", 1)
    line.emit(1)
    line.queue_set("m1", "a", 2)
    line.queue_set("m1", "a", 3)
    line.emit(2)
    line.flush()
    assert line.ops() == [("set", {"a": 1}), ("emit", {"n": 1}), ("set", {"a": 3}), ("emit", {"n": 2})]


def test_at_most_eight_messages_are_on_their_way_and_the_rest_waits_as_one(line):
    for n in range(50):
        line.queue_set("m1", "a", n)
        line.flush()
    assert line.numbers == [1, 2, 3, 4, 5, 6, 7, 8]
    line.hear(ack=3)
    line.flush()
    assert line.numbers[8:] == [9]
    assert line.ops()[-1] == ("set", {"a": 49})


def test_bytes_count_for_the_window_too(line):
    for _ in range(4):
        line.queue_set("m1", "a", bytes(2**21))
        line.flush()
    assert line.numbers == [1, 2]


def test_one_message_may_be_larger_than_the_window(line):
    line.queue_set("m1", "a", bytes(2**23))
    line.flush()
    assert line.numbers == [1]


def test_messages_of_the_client_are_taken_in_order_and_once(line):
    assert line.hear(seq=1) is True
    assert line.hear(seq=1) is False
    assert line.hear(seq=2) is True
    assert line.hear(seq=1) is False
    assert line.seq_in == 2


def test_a_gap_is_answered_with_nack_and_nothing_is_applied(line):
    line.hear(seq=1)
    assert line.hear(seq=3) is False
    assert line.pipe.sent[-1] == {"v": 1, "ack": 1, "nack": True, "ops": []}
    assert line.hear(seq=2) is True


def test_an_ack_is_sent_once_when_there_is_nothing_else_to_say(line):
    line.hear(seq=1)
    line.flush()
    line.flush()
    assert [(m["ack"], m["ops"]) for m in line.pipe.sent] == [(1, [])]


def test_a_repeated_message_is_acknowledged_again(line):
    line.hear(seq=1)
    line.flush()
    line.hear(seq=1)
    line.flush()
    assert [m["ack"] for m in line.pipe.sent] == [1, 1]


def test_who_asks_for_a_sign_of_life_gets_an_ack_and_nothing_is_counted(line):
    assert not line.hear(ask=True)
    line.flush()
    assert line.pipe.sent == [{"v": 1, "ack": 0, "ops": []}]
    line.flush()
    assert len(line.pipe.sent) == 1
    line.emit(1)
    line.hear(ask=True)
    line.flush()
    assert line.numbers == [0, 1]  # what waits is an answer, too


def test_a_client_is_known_when_anything_of_it_was_heard(line):
    line.emit(1)
    line.flush()
    assert not line.known
    line.hear(ask=True)
    assert not line.known
    line.hear(ack=1)
    assert line.known


def test_nack_sends_the_rest_again_as_it_was(line):
    for n in range(3):
        line.queue_set("m1", "a", n)
        line.flush()
    line.hear(ack=1, nack=True)
    assert line.numbers == [1, 2, 3, 2, 3]
    assert line.ops()[3:] == [("set", {"a": 1}), ("set", {"a": 2})]


def test_what_is_sent_again_is_as_old_as_it_was(line):
    line.queue_set("m1", "a", 1)
    line.flush()
    line.hear(seq=1)
    line.channel.done = 1
    line.resend()
    again = line.pipe.sent[-1]
    assert (again["seq"], again["ack"], again["done"]) == (1, 1, 0)


def test_done_is_told_while_something_received_was_not_applied(line):
    line.hear(seq=1)
    line.flush()
    assert line.pipe.sent[-1]["done"] == 0
    line.channel.done = 1
    line.queue_set("m1", "a", 1)
    line.flush()
    assert "done" not in line.pipe.sent[-1]


@pytest.mark.parametrize("fields", [{"ack": 1}, {"ack": 2**50}, {"seq": 1, "ack": 7}])
def test_an_ack_of_what_was_never_sent_is_refused(line, fields):
    with pytest.raises(ProtocolError, match="A client acknowledges what was never sent. The message was forged"):
        line.hear(**fields)
    assert line.seq_in == 0


def test_ops_without_a_number_are_refused(line):
    from jsmodel.protocol import Bye

    with pytest.raises(ProtocolError, match="has ops but no sequence number"):
        line.hear(ops=[Bye()])


def test_too_many_events_are_an_error_that_names_the_bound(line, monkeypatch):
    monkeypatch.setattr(Channel, "MAX_QUEUE", 5)
    for n in range(5):
        line.emit(n)
    with pytest.raises(QueueFull, match="^More than 5 events and calls wait for a page that does not keep up"):
        line.emit(5)
    assert line.asleep
    line.flush()
    assert line.pipe.sent == []


def test_values_never_fill_the_queue(line, monkeypatch):
    monkeypatch.setattr(Channel, "MAX_QUEUE", 5)
    for n in range(100):
        line.queue_set("m1", "a", n)
    line.flush()
    assert line.ops() == [("set", {"a": 99})]


def test_who_acknowledges_nothing_is_sent_it_again_ever_more_rarely_and_then_falls_asleep(line):
    line.queue_set("m1", "a", 1)
    line.flush()
    start = line._heard_at
    sent_at = []
    now = start
    while not line.asleep:
        now += 1
        before = len(line.pipe.sent)
        line.channel._sent_at = now - (now - (sent_at[-1] if sent_at else start))
        line.tick(now)
        if len(line.pipe.sent) > before:
            sent_at.append(now)
    gaps = [b - a for a, b in zip([start, *sent_at], sent_at, strict=False)]
    assert gaps == sorted(gaps) and len(gaps) >= 2
    assert now - start > Channel.ASLEEP_AFTER


def test_who_is_asleep_gets_nothing_and_costs_nothing(line):
    line.queue_set("m1", "a", 1)
    line.flush()
    line.sleep()
    for n in range(20_000):
        line.emit(n)
        line.queue_set("m1", "a", n)
    line.flush()
    line.tick(line._heard_at + 1000)
    assert line.numbers == [1]
    assert not line._queue and not line._unacked


def test_a_snapshot_has_the_next_number_so_that_late_acks_cannot_mean_it(line):
    for n in range(3):
        line.queue_set("m1", "a", n)
        line.flush()
    line.restart(line.pipe, [{"op": "create", "models": []}], {})
    assert line.pipe.sent[-1]["seq"] == 4 and line.pipe.sent[-1]["reset"] is True
    line.hear(ack=2)
    assert len(line._unacked) == 1
    line.hear(ack=4)
    assert len(line._unacked) == 0


def test_an_empty_snapshot_is_a_message_too(line):
    line.restart(line.pipe, [], {"session": "s"})
    assert line.pipe.sent[-1]["seq"] == 1 and line.pipe.sent[-1]["ops"] == []


@pytest.mark.parametrize(("seen", "expected"), [(0, False), (1, False), (2, True), (4, True), (5, False)])
def test_a_client_resumes_if_all_that_it_missed_is_still_here(line, seen, expected):
    for n in range(4):
        line.queue_set("m1", "a", n)
        line.flush()
    line.hear(ack=2)
    assert line.can_resume(seen) is expected


def test_resuming_sends_what_was_missed_over_the_new_transport(line):
    for n in range(4):
        line.queue_set("m1", "a", n)
        line.flush()
    new = MemoryTransport()
    line.resume(new, 3, {"resumed": True})
    assert [(m.get("seq"), "welcome" in m) for m in new.sent] == [(4, True)]


def test_the_welcome_of_a_client_that_missed_nothing_is_counted_so_that_it_cannot_get_lost(line):
    line.flush()
    new = MemoryTransport()
    line.resume(new, 0, {"resumed": True})
    line.resend()
    assert [(m["seq"], m["ops"], "welcome" in m) for m in new.sent] == [(1, [], True), (1, [], True)]


def test_a_transport_that_closes_while_sending_loses_nothing(line):
    line.pipe.close()
    line.queue_set("m1", "a", 1)
    line.flush()
    assert line.transport is None
    line.resume(MemoryTransport(), 0, {})
    assert line.transport.sent[-1]["ops"] == [{"op": "set", "id": "m1", "props": {"a": 1}}]


def test_changes_that_wait_while_nobody_is_there_stay_few(line):
    line.channel.transport = None
    for n in range(10_000):
        line.queue_set("m1", "a", n)
        line.flush()
    assert len(line._queue) == 1


def test_a_value_that_became_unsendable_is_left_out_and_logged(line, caplog):
    value: list[Any] = [1]
    line.queue_set("m1", "a", value)
    line.queue_set("m1", "b", 2)
    value.append(object())
    line.flush()
    assert line.ops() == [("set", {"b": 2})]
    assert "The value of 'a' was changed into something that cannot be sent." in caplog.text


def test_new_models_come_before_the_changes_that_refer_to_them_and_after_older_ones(line):
    line.queue_set("box", "children", "new")
    line.queue_create([{"op": "create", "models": [{"id": "old", "props": {}, "attrs": {}}]}])
    line.queue_create([{"op": "create", "models": [{"id": "new", "props": {}, "attrs": {}}]}])
    line.queue_set("box", "children", "newer")
    line.flush()
    ops = line.pipe.sent[0]["ops"]
    assert [op["models"][0]["id"] for op in ops[:2]] == ["old", "new"]
    assert ops[2:] == [{"op": "set", "id": "box", "props": {"children": "newer"}}]


def test_the_changes_of_a_model_that_went_are_not_sent(line):
    line.queue_set("m1", "a", 1)
    line.queue_set("m2", "a", 2)
    line.forget_model("m1")
    line.flush()
    assert [op["id"] for op in line.pipe.sent[0]["ops"]] == ["m2"]


def test_the_repr_says_how_it_stands(line):
    line.queue_set("m1", "a", 1)
    assert repr(line.channel) == "<Channel over memory, 1 ops wait, 0 messages unacknowledged>"
