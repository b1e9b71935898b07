"""The websocket: who is let in, how much it may ask, and how it comes back."""

from __future__ import annotations

import asyncio
import gc
import json
import struct
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsmodel import app, registry
from jsmodel.errors import TransportClosed
from jsmodel.server.limits import TokenBucket


def until(condition, seconds=5.0):
    """Wait for something that happens in the server's thread."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def set_count(page, root, value):
    page.send({"op": "set", "id": root, "props": {"count": value}})


def props_of(messages, root):
    """The last value of each property that a client was told."""
    props = {}
    for message in messages:
        for op in message.get("ops", ()):
            if op["op"] == "create":
                for model in op["models"]:
                    if model["id"] == root:
                        props.update(model["props"])
            elif op["op"] == "set" and op["id"] == root:
                props.update(op["props"])
    return props


# Coming in


def test_the_app_is_built_for_the_hello_and_not_before(serving, counter):  # A16
    client = serving()
    ticket = client.ticket("Counter")
    page = client.connect("Counter")
    assert counter.made == []
    welcome = page.hello(ticket)["welcome"]
    assert len(counter.made) == 1
    assert welcome["root"] == counter.made[0].id
    assert len(welcome["session"]) >= 22  # 128 bits, at six to the character


def test_each_connection_gets_an_instance_of_its_own(serving, counter):
    client = serving()
    one, two = client.open("Counter"), client.open("Counter")
    assert len(counter.made) == 2
    assert one[1]["session"] != two[1]["session"]
    set_count(one[0], one[1]["root"], 5)
    until(lambda: counter.made[0].count == 5)
    assert counter.made[1].count == 0


def test_what_a_page_sets_reaches_the_handler(serving, counter):
    client = serving()
    page, welcome, _ = client.open("Counter")
    set_count(page, welcome["root"], 7)
    until(lambda: counter.made[0].changes[-1:] == [7])


def test_what_python_sets_reaches_the_page(serving, counter):
    client = serving()
    page, welcome, _ = client.open("Counter")
    client.server.loop.call_soon_threadsafe(setattr, counter.made[0], "count", 9)
    while True:
        message = page.receive()
        assert message is not None
        if props_of([message], welcome["root"]).get("count") == 9:
            break


@pytest.mark.parametrize("ticket", [None, "", "nonsense"])
def test_without_a_ticket_nobody_gets_in(serving, counter, ticket):
    page = serving().connect("Counter")
    page.send(hello={"ticket": ticket})
    assert page.closed() == 4001
    assert counter.made == []


def test_the_ticket_of_another_app_or_another_server_does_not_count(serving, counter):  # A11
    registry.serve(counter, "Second")
    client, other = serving(), serving()
    for ticket in (client.ticket("Second"), other.ticket("Counter")):
        page = client.connect("Counter")
        page.send(hello={"ticket": ticket})
        assert page.closed() == 4001
    assert counter.made == []


def test_an_old_ticket_opens_nothing_new(serving, counter):  # A11
    client = serving(ticket_seconds=-1)
    page = client.connect("Counter")
    page.send(hello={"ticket": client.ticket("Counter")})
    assert page.closed() == 4001
    assert counter.made == []


def test_a_session_id_that_the_client_proposes_is_not_taken(serving, counter):  # A14
    client = serving()
    page = client.connect("Counter")
    page.send(hello={"ticket": client.ticket("Counter"), "session": "mine", "client": "me"})
    assert page.closed() == 4004
    assert counter.made == []


def test_an_app_that_is_not_served_has_no_socket(serving, counter):
    page = serving().connect("Nobody")
    assert page.closed() == 4004


def test_a_client_that_says_nothing_is_closed(serving, counter):  # A18
    page = serving(hello_seconds=0.2).connect("Counter")
    assert page.closed() == 4001


def test_before_the_hello_nothing_else_is_accepted(serving, counter):
    client = serving()
    page = client.connect("Counter")
    set_count(page, "m1", 1)
    notice = page.receive()
    assert notice["ops"][0]["op"] == "error"
    assert page.closed() == 4010
    assert counter.made == []


def test_a_hello_of_more_than_64_kib_is_not_even_read(serving, counter):  # A20
    client = serving()
    page = client.connect("Counter")
    page.send_raw(b"", length=10 * 2**20)  # announced; nothing of it needs to come
    assert page.closed() == 1009
    page = client.connect("Counter")
    for _ in range(3):  # fragments add up
        page.send_raw(b"x" * 30_000, 2, fin=False)
        page.send_raw(b"x" * 30_000, 0, fin=False)
        page.send_raw(b"x" * 30_000, 0, fin=False)
        break
    assert page.closed() in (1009, 1006)
    assert counter.made == []


def test_a_message_over_the_limit_closes_with_too_big(serving, counter):  # A19
    client = serving(frame_bytes=100_000)
    page, welcome, _ = client.open("Counter")
    page.send_raw(b"", length=100_001)
    assert page.closed() == 1009


def test_after_the_hello_a_message_may_be_large(serving, counter):
    client = serving()
    page, welcome, _ = client.open("Counter")
    page.send({"op": "set", "id": welcome["root"], "props": {"count": 3}}, {"op": "error", "title": "x" * 500_000})
    until(lambda: counter.made[0].count == 3)


def test_compression_is_not_spoken(serving, counter):  # A19: no bombs
    client = serving()
    reply, sock, _ = client.upgrade(
        "/Counter/ws",
        [("Origin", client.origin), ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")],
    )
    sock.close()
    assert reply.status == 101
    assert "sec-websocket-extensions" not in reply.headers


def test_a_get_that_is_no_upgrade_is_a_bad_request(serving, counter):
    client = serving()
    assert client.request("/Counter/ws", {"Origin": client.origin}).status == 400


def test_too_many_sockets_are_told_to_try_later(serving, counter):  # A17
    client = serving(connections=3)
    pages = [client.connect("Counter") for _ in range(3)]
    assert client.connect("Counter").closed() == 4013
    pages[0].leave()
    until(lambda: len(client.server.site.sockets) == 2)
    client.open("Counter")


def test_too_many_sockets_of_one_address_are_told_to_try_later(serving, counter):  # A17
    client = serving(connections_per_address=1)
    client.connect("Counter")
    assert client.connect("Counter").closed() == 4013


def test_an_app_that_fails_in_init_says_so(serving, clean_registry, caplog):
    class Broken(app.Model):
        def init(self):
            raise RuntimeError("the secret is 42")

    registry.serve(Broken)
    client = serving()
    page = client.connect("Broken")
    page.send(hello={"ticket": client.ticket("Broken")})
    said = json.dumps(page.receive())
    assert "Broken" in said and "42" not in said
    assert page.closed() == 1011
    assert "the secret is 42" in caplog.text
    assert len(client.server.site.sessions) == 0


# Malformed messages


def framed(text: bytes) -> bytes:
    return struct.pack("<II", len(text), 0) + text


MALFORMED = [
    b"",
    b"\0",
    b"\xff" * 8,
    struct.pack("<II", 2**32 - 1, 0) + b"{}",
    struct.pack("<II", 2, 1) + b"{}",
    framed(b"{}"),
    framed(b"[]"),
    framed(b"null"),
    framed(b'{"v": 2, "seq": 1}'),
    framed(b'{"v": 1, "seq": -1}'),
    framed(b'{"v": 1, "seq": 99999999999999999999}'),
    framed(b'{"v": 1, "seq": 1, "ack": -5}'),
    framed(b'{"v": 1, "seq": NaN}'),
    framed(b'{"v": 1, "lens": [4294967296]}'),
    framed(b'{"v": 1, "lens": [-1]}'),
    framed(b'{"v": 1, "ops": [{"op": "create", "id": "x"}]}'),
    framed(b'{"v": 1, "ops": [{"op": "define"}]}'),
    framed(b'{"v": 1, "ops": [{"op": "set"}]}'),
    framed(b'{"v": 1, "ops": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    framed(b'{"v": 1, "seq": ' + b"1" * 1_000_000 + b"}"),
    framed(b'\xef\xbb\xbf{"v": 1}'),
    framed(b'{"v": 1, "\xff": 1}'),
    framed(b'{"v": 1, "ops": [{"op": "emit", "id": "\\ud800", "type": 3}]}'),
]


@pytest.mark.parametrize("payload", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_message_is_answered_and_changes_nothing(serving, counter, payload):  # A22
    client = serving()
    page, welcome, _ = client.open("Counter")
    page.send_raw(payload)
    while True:
        answer = page.receive()
        assert answer is not None, page.code
        if any(op["op"] == "error" for op in answer.get("ops", ())):
            break
    set_count(page, welcome["root"], 4)  # the page goes on
    until(lambda: counter.made[0].count == 4)


def test_a_text_frame_is_malformed(serving, counter):
    client = serving()
    page, _, _ = client.open("Counter")
    page.send_raw(b'{"v": 1}', 1)
    while not any(op["op"] == "error" for op in page.receive().get("ops", ())):
        pass


def test_the_eighth_malformed_message_is_the_last(serving, counter):  # A22
    client = serving()
    page, _, _ = client.open("Counter")
    for _ in range(8):
        page.send_raw(b"nonsense")
    errors = 0
    while (message := page.receive()) is not None:
        errors += any(op["op"] == "error" for op in message.get("ops", ()))
    assert (errors, page.code) == (8, 4010)


def test_a_nonsense_frame_leaves_the_server_alive(serving, counter):
    client = serving()
    page, _, _ = client.open("Counter")
    page.sock.sendall(b"\xff\xff\xff\xff\xff" * 100)
    page.closed()
    client.open("Counter")


def test_log_lines_hold_nothing_that_breaks_them(serving, counter, caplog):  # A53
    client = serving()
    page, _, _ = client.open("Counter")
    page.send_raw(framed(json.dumps({"v": 1, "ops": [{"op": "x\r\n\x1b[31mERROR forged"}]}).encode()))
    while not any(op["op"] == "error" for op in page.receive().get("ops", ())):
        pass
    assert "\x1b" not in caplog.text
    assert all("\n" not in record.getMessage() for record in caplog.records)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
OPS = st.fixed_dictionaries(
    {"op": st.sampled_from("set emit listen call reply view error create define dispose".split())},
    optional={
        "id": st.sampled_from(["m1", "m2", "", "__class__"]) | st.text(max_size=5),
        "props": st.dictionaries(st.sampled_from(["count", "session", "id", "__dict__", "changes"]), JSON, max_size=3),
        "type": st.sampled_from(["count", "dispose"]),
        "types": st.lists(st.text(max_size=5), max_size=3),
        "event": st.dictionaries(st.text(max_size=5), JSON, max_size=2),
        "name": st.sampled_from(["init", "dispose", "__init__", "on_count", "emit"]),
        "args": st.lists(JSON, max_size=3),
        "call": st.integers(),
        "value": JSON,
        "open": st.booleans(),
    },
)
MESSAGES = st.fixed_dictionaries(
    {"v": st.just(1) | st.integers(0, 3), "ops": st.lists(OPS, max_size=4)},
    optional={
        "seq": st.integers(),
        "ack": st.integers(),
        "nack": st.booleans(),
        "lens": st.lists(st.integers(), max_size=2),
    },
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.binary(max_size=64) | MESSAGES.map(lambda message: framed(json.dumps(message).encode())))
def test_no_message_takes_the_server_down_or_reaches_another_session(fuzzed, payload):  # A29, A32, A36, A75
    client, victim, page, app_of_victim = fuzzed()
    page.send_raw(payload)
    page.send_raw(b"", 9)  # answered when the message before is done with
    while page.raw_frame()[0] != 10:
        pass
    assert app_of_victim.count == 0 and not app_of_victim._jsm_disposed
    assert client.server.site.sessions.connections >= 2


@pytest.fixture
def fuzzed(serving, counter, caplog):
    """A client with two pages, one to talk nonsense and one to see that it does not matter."""
    caplog.set_level("CRITICAL", "jsmodel")
    client = serving(malformed=10**9, messages_per_second=1e9)
    victim, _, _ = client.open("Counter")
    app_of_victim = counter.made[0]
    page, _, _ = client.open("Counter")
    until(lambda: client.server.site.sessions.connections == 2)
    return lambda: (client, victim, page, app_of_victim)


# Floods


def test_a_flood_is_slowed_down_and_the_others_do_not_notice(serving, counter):  # A24
    client = serving(messages_per_second=200, message_burst=50)
    noisy, welcome, _ = client.open("Counter")
    quiet, quiet_welcome, _ = client.open("Counter")
    done = threading.Event()

    def flood():
        for i in range(1, 301):
            set_count(noisy, welcome["root"], i)
        done.set()

    threading.Thread(target=flood, daemon=True).start()
    start = time.monotonic()
    until(lambda: counter.made[0].count > 50)
    set_count(quiet, quiet_welcome["root"], 1)
    until(lambda: counter.made[1].count == 1)
    assert counter.made[0].count < 300  # the quiet one did not have to wait for the end
    until(lambda: counter.made[0].count == 300)  # and nothing is lost
    assert time.monotonic() - start > 0.5
    assert done.wait(5)


def test_who_floods_for_too_long_is_closed(serving, counter):  # A24
    client = serving(messages_per_second=100, message_burst=10, flood_seconds=0.3)
    page, welcome, _ = client.open("Counter")
    for i in range(1, 400):
        set_count(page, welcome["root"], i)
    assert page.closed() == 4008


def test_a_bucket_fills_again():
    now = [0.0]
    bucket = TokenBucket(10, 5, clock=lambda: now[0])
    assert [bucket.take() for _ in range(5)] == [0.0] * 5
    assert bucket.take() > 0
    now[0] = 1.0
    assert bucket.slow_for() == 1.0
    assert bucket.take() == 0.0
    assert bucket.slow_for() == 0.0


def transport_of(client):
    [transport] = client.server.site.sockets
    return transport


def in_loop(client, func):
    """Run `func` in the server's thread and return what it returns."""

    async def call():
        return func()

    return asyncio.run_coroutine_threadsafe(call(), client.server.loop).result(10)


def test_a_page_that_reads_nothing_is_cut_off_and_can_resume(serving, counter):  # A25
    client = serving(outgoing_bytes=1_000_000)
    page, welcome, ticket = client.open("Counter")
    transport = transport_of(client)

    def stream():
        try:
            for _ in range(200):  # 20 MB; the system's buffers take a few
                transport.send({"v": 1, "seq": 0, "ack": 0, "ops": []}, [b"x" * 100_000])
        except TransportClosed:
            return "cut"
        return "took all"

    assert in_loop(client, stream) == "cut"
    assert page.closed() == 4013
    again = client.connect("Counter")
    answer = again.hello(ticket, session=welcome["session"], client=welcome["client"])
    assert answer["welcome"]["session"] == welcome["session"]


def test_one_large_message_is_no_reason_to_cut(serving, counter):
    client = serving(outgoing_bytes=1_000_000)
    page, _, _ = client.open("Counter")
    transport = transport_of(client)
    in_loop(client, lambda: transport.send({"v": 1, "seq": 0, "ack": 0, "ops": [], "mark": 1}, [b"x" * 5_000_000]))
    while "mark" not in page.receive():
        pass


def test_messages_from_many_threads_keep_their_order_and_the_close_comes_last(serving, counter):
    client = serving()
    page, _, _ = client.open("Counter")
    transport = transport_of(client)

    def work(n):
        for i in range(200):
            transport.send({"v": 1, "seq": 0, "ack": 0, "ops": [], "from": n, "i": i})

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    transport.close(1000, "enough")
    with pytest.raises(TransportClosed, match="Could not send a message: the websocket connection is closed"):
        transport.send({"v": 1})
    seen = {n: [] for n in range(4)}
    while (message := page.receive()) is not None:
        if "from" in message:
            seen[message["from"]].append(message["i"])
    assert page.code == 1000
    assert all(numbers == list(range(200)) for numbers in seen.values())


def test_a_client_that_does_not_answer_pings_is_closed(serving, counter):  # A18, A26
    client = serving(ping_seconds=0.2)
    page, _, _ = client.open("Counter")
    until(lambda: len(client.server.site.sockets) == 0, 12)  # nobody reads, so nobody answers
    frames = [page.raw_frame(), page.raw_frame()]
    assert frames == [(9, b""), (8, struct.pack("!H", 4002) + b"the page does not answer")]
    assert len(client.server.site.sessions) == 1  # it may come back


# Leaving and coming back


def test_a_dropped_page_finds_its_session_again(serving, counter):
    client = serving()
    page, welcome, ticket = client.open("Counter")
    set_count(page, welcome["root"], 3)
    until(lambda: counter.made[0].count == 3)
    page.drop()
    until(lambda: len(client.server.site.sockets) == 0)
    in_loop(client, lambda: setattr(counter.made[0], "count", 8))
    again = client.connect("Counter")
    first = again.hello(ticket, session=welcome["session"], client=welcome["client"], seen=1)
    assert first["welcome"]["session"] == welcome["session"]
    messages = [first]
    while props_of(messages, welcome["root"]).get("count") != 8:
        messages.append(again.receive())
        assert messages[-1] is not None
    assert len(counter.made) == 1


def test_a_page_that_got_no_welcome_asks_again_and_gets_the_same_instance(serving, counter):
    client = serving()
    ticket = client.ticket("Counter")
    first = client.connect("Counter")
    welcome = first.hello(ticket, turn=1)["welcome"]  # which the page never sees
    in_loop(client, lambda: setattr(counter.made[0], "count", 4))
    second = client.connect("Counter")
    answer = second.hello(ticket, turn=2)
    assert answer["welcome"]["client"] == welcome["client"]
    assert answer["seq"] == 1 and answer["reset"]
    messages = [answer]
    while props_of(messages, welcome["root"]).get("count") != 4:
        messages.append(second.receive())
    assert len(counter.made) == 1
    assert first.closed() == 4009


def test_a_page_that_was_heard_of_is_not_given_away_for_its_ticket(serving, counter):  # A11
    client = serving()
    page, welcome, ticket = client.open("Counter")
    set_count(page, welcome["root"], 3)
    until(lambda: counter.made[0].count == 3)
    other = client.connect("Counter")
    assert other.hello(ticket, turn=99)["welcome"]["session"] != welcome["session"]
    assert [one.count for one in counter.made] == [3, 0]


def test_a_hello_that_comes_after_a_later_one_is_turned_away(serving, counter):  # A13
    client = serving()
    ticket = client.ticket("Counter")
    newest = client.connect("Counter")
    welcome = newest.hello(ticket, turn=3)["welcome"]
    for fields in ({"turn": 2}, {"turn": 2, "session": welcome["session"], "client": welcome["client"], "seen": 1}):
        late = client.connect("Counter")
        late.send(hello={"ticket": ticket, **fields})
        assert late.closed() == 4009
    set_count(newest, welcome["root"], 7)
    until(lambda: counter.made[0].count == 7)
    assert len(counter.made) == 1


def test_the_hellos_of_ended_sessions_are_forgotten(serving, counter):
    client = serving(time_to_live=0.0)
    for _ in range(3):
        page = client.connect("Counter")
        page.hello(client.ticket("Counter"), turn=1)
        page.drop()
    until(lambda: len(client.server.site.sessions) == 0)
    assert client.server.site.sessions._turns == {}


def test_a_client_that_answers_pings_stays(serving, counter):  # A18
    client = serving(ping_seconds=0.1)
    page, _, _ = client.open("Counter")
    pings = 0
    page.sock.settimeout(5)
    while pings < 5:
        opcode, payload = page.raw_frame()
        if opcode == 9:
            pings += 1
            page.send_raw(payload, 10)
    assert len(client.server.site.sockets) == 1


def test_an_old_ticket_still_resumes(serving, counter):
    client = serving()
    page, welcome, ticket = client.open("Counter")
    client.server.site.tickets._max_age = -1
    page.drop()
    again = client.connect("Counter")
    assert (
        again.hello(ticket, session=welcome["session"], client=welcome["client"])["welcome"]["session"]
        == welcome["session"]
    )


def test_the_session_of_somebody_else_is_as_good_as_none(serving, counter):  # A9, A10
    client = serving()
    page, welcome, _ = client.open("Counter")
    answers = []
    for session in (welcome["session"], "0" * len(welcome["session"])):
        thief = client.connect("Counter")
        thief.send(hello={"ticket": client.ticket("Counter"), "session": session, "client": welcome["client"]})
        thief.closed()
        answers.append((thief.code, thief.reason))
    assert answers[0] == answers[1] and answers[0][0] == 4004
    set_count(page, welcome["root"], 2)  # the owner did not notice
    until(lambda: counter.made[0].count == 2)


def test_a_session_is_not_resumed_under_another_app(serving, counter):  # A10, A11
    registry.serve(counter, "Second")
    client = serving()
    _, welcome, ticket = client.open("Counter")
    page = client.connect("Second")
    page.send(hello={"ticket": ticket, "session": welcome["session"], "client": welcome["client"]})
    assert page.closed() == 4001
    page = client.connect("Second")
    page.send(hello={"ticket": client.ticket("Second"), "session": welcome["session"], "client": welcome["client"]})
    assert page.closed() == 4004


def test_the_newest_socket_of_a_client_wins(serving, counter):  # A13
    client = serving()
    first, welcome, ticket = client.open("Counter")
    second = client.connect("Counter")
    answer = second.hello(ticket, session=welcome["session"], client=welcome["client"], seen=1)
    assert answer["welcome"]["client"] == welcome["client"]
    assert first.closed() == 4009
    until(lambda: len(client.server.site.sockets) == 1)
    in_loop(client, lambda: setattr(counter.made[0], "count", 6))
    messages = []
    while props_of(messages, welcome["root"]).get("count") != 6:
        messages.append(second.receive())
    assert client.server.site.sessions.connections == 1
    assert len(counter.made) == 1


def test_a_session_ends_when_nobody_comes_back(serving, counter):
    client = serving(time_to_live=0.2)
    page, welcome, ticket = client.open("Counter")
    until(lambda: len(client.server.site.sessions) == 1)
    page.drop()
    until(lambda: len(client.server.site.sessions) == 0)
    again = client.connect("Counter")
    again.send(hello={"ticket": ticket, "session": welcome["session"], "client": welcome["client"]})
    assert again.closed() == 4004


def test_a_page_that_was_closed_is_not_waited_for_as_long(serving, counter):
    client = serving(leave_seconds=0.1, time_to_live=600)
    page, _, _ = client.open("Counter")
    until(lambda: len(client.server.site.sessions) == 1)
    page.leave(1001)
    until(lambda: len(client.server.site.sessions) == 0)


def test_coming_back_stops_the_clock(serving, counter):
    client = serving(time_to_live=0.3)
    page, welcome, ticket = client.open("Counter")
    page.drop()
    until(lambda: len(client.server.site.sockets) == 0)
    again = client.connect("Counter")
    again.hello(ticket, session=welcome["session"], client=welcome["client"])
    time.sleep(0.5)
    assert len(client.server.site.sessions) == 1


def test_connecting_and_dropping_leaves_nothing_behind(serving, counter):  # A28
    client = serving(time_to_live=0.0)
    ticket = client.ticket("Counter")
    before = None
    for round_ in range(3):
        for i in range(60):
            page = client.connect("Counter")
            if i % 3:
                page.hello(ticket)
            page.drop()
        until(lambda: len(client.server.site.sockets) == 0 and len(client.server.site.sessions) == 0)
        counter.made.clear()
        gc.collect()
        tasks = in_loop(client, lambda: len(asyncio.all_tasks()))
        if round_ == 0:
            before = tasks
    assert tasks <= before
