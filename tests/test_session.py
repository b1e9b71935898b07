"""A session and its clients: handshakes, values both ways, forged messages, calls, errors and lifetimes."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from typing import Any

import pytest

from jsmodel import app, event
from jsmodel.channel import Channel
from jsmodel.errors import CallError, ProtocolError, QueueFull
from jsmodel.event import loop
from jsmodel.session import Session
from jsmodel.transport import MemoryTransport


class Lamp(app.Model):
    def init(self) -> None:
        self.heard: list[Any] = []

    @app.exposed
    def double(self, x):
        return 2 * x

    @app.exposed
    async def later(self, x):
        await asyncio.sleep(0)
        return [x]

    @app.exposed
    def fails(self):
        raise KeyError("on purpose")

    @app.exposed
    def unsendable(self):
        return object()

    def secret(self):
        raise AssertionError("never called from outside")

    local = event.prop(lambda self, v=0: v)

    class Both:
        @event.prop
        def level(self, v=0):
            v = int(v)
            if v < 0:
                raise ValueError("a level is not negative")
            return min(v, 100)

        @event.prop
        def any(self, v=None):
            return v

        @event.readonly
        def fixed(self, v=1):
            return v

        @event.emitter
        def flashed(self, x):
            return {"x": x}

    class JS:
        def beep(self, n):
            return n + 1


def creates(ops: list[dict[str, Any]]) -> list[str]:
    return [m["id"] for op in ops if op["op"] == "create" for m in op["models"]]


# Shaking hands


def test_a_new_client_is_welcomed_with_a_snapshot_of_all_models(session, join):
    one, two = Lamp(session=session, level=5), Lamp(session=session)
    session.root = one
    page = join()
    (message,) = page.read()
    assert message["reset"] is True
    assert message["welcome"] == {"session": session.id, "client": page.client.id, "resumed": False, "root": one.id}
    assert creates(message["ops"]) == [one.id, two.id]
    assert message["ops"][-1]["models"][0]["props"] == {"level": 5, "any": None, "fixed": 1}


def test_code_is_sent_once_however_many_models_use_it_and_before_them(session, page):
    page.read()
    Lamp(session=session)
    Lamp(session=session)
    session.flush()
    ops = page.ops()
    assert [op["op"] for op in ops] == ["define"] * (len(ops) - 1) + ["create"]
    Lamp(session=session)
    session.flush()
    assert [op["op"] for op in page.ops()] == ["create"]


def test_code_that_the_client_has_is_not_sent(session, join):
    Lamp(session=session)
    hashes = [op["hash"] for op in join().ops("define")]
    assert hashes
    assert join(have=hashes).ops("define") == []


def test_all_that_is_made_in_one_turn_travels_in_one_message(session, page):
    page.read()
    lamps = [Lamp(session=session) for _ in range(20)]
    lamps[3].level = 7
    loop.flush()
    (message,) = page.read()
    assert creates(message["ops"]) == [lamp.id for lamp in lamps]
    assert message["ops"][-1]["models"][3]["props"]["level"] == 7


def test_a_client_that_comes_back_gets_what_it_missed(session, page):
    lamp = Lamp(session=session)
    session.flush()
    seen = page.seen
    page.pipe.close()
    lamp.level = 3
    loop.flush()
    lamp.flashed(1)
    lamp.level = 4
    loop.flush()
    page.come_back(seen=seen)
    messages = page.read()
    assert messages[0]["welcome"]["resumed"] is True
    assert [op for m in messages for op in m["ops"]] == [{"op": "set", "id": lamp.id, "props": {"level": 4}}]


def test_a_message_that_was_lost_with_the_connection_is_sent_again(session, page):
    lamp = Lamp(session=session)
    session.flush()
    before = page.seen
    lamp.level = 3
    session.flush()
    page.come_back(seen=before)
    assert page.told(lamp) == {"level": 3}


def test_a_client_nobody_knows_gets_a_snapshot_and_a_name(session, join):
    Lamp(session=session)
    page = join(client="me", session=session.id, seen=5)
    (message,) = page.read()
    assert message["reset"] and message["welcome"]["client"] != "me"
    assert creates(message["ops"])


def test_a_client_of_another_session_is_a_new_one_here(session, page):
    other = Session("other")
    stranger = MemoryTransport()
    from jsmodel.protocol import Hello

    client = other.attach(stranger, Hello(client=page.client.id, session=session.id))
    assert client is not page.client
    other.close()


def test_a_second_connection_of_a_client_supersedes_the_first(session, page):
    first = page.pipe
    page.come_back(seen=page.seen)
    assert first.closed == (4009, "superseded")
    assert page.client.channel.transport is page.pipe


def test_a_client_that_was_asleep_gets_a_snapshot_and_what_it_says_counts(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.client.channel.sleep()
    lamp.level = 9
    session.flush()
    page.read()
    page.say({"op": "set", "id": lamp.id, "props": {"any": "hello"}}, ack=1)
    assert lamp.any == "hello"
    messages = page.read()
    assert messages[0]["reset"] and messages[0]["ops"][-1]["models"][0]["props"]["level"] == 9
    assert [op["op"] for op in messages[0]["ops"]][0] == "define"  # the first one may never have come


def test_a_client_that_was_asleep_and_returns_gets_a_snapshot(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.client.channel.sleep()
    lamp.level = 9
    page.come_back(seen=1)
    (message,) = page.read()
    assert message["reset"] and not message["welcome"]["resumed"]
    assert message["welcome"]["client"] == page.client.id


def test_goodbye_forgets_a_client(session, page):
    page.say({"op": "bye", "reason": "closed"})
    assert session.clients == {} and page.pipe.closed


def test_what_comes_after_goodbye_is_ignored(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.say({"op": "bye", "reason": "closed"})
    session.receive(page.client, {"v": 1, "seq": 2, "ops": [{"op": "set", "id": lamp.id, "props": {"level": 5}}]})
    assert lamp.level == 0


# Values


def test_a_hundred_changes_in_a_turn_are_one_message(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    for n in range(100):
        lamp.level = n
    loop.flush()
    (message,) = page.read()
    assert message["ops"] == [{"op": "set", "id": lamp.id, "props": {"level": 99}}]


def test_an_equal_value_costs_no_message(session, page):
    lamp = Lamp(session=session, level=3)
    session.flush()
    page.read()
    lamp.level = 3
    loop.flush()
    assert page.read() == []


def test_properties_of_python_alone_never_cross(session, page):
    lamp = Lamp(session=session)
    session.flush()
    assert "local" not in page.told(lamp)
    lamp.local = 5
    loop.flush()
    assert page.read() == []


def test_what_a_client_sets_reaches_handlers_with_its_origin_and_the_other_clients(session, join):
    lamp = Lamp(session=session)
    one, two = join(), join()
    one.read(), two.read()
    lamp.connect("level", lambda *events: lamp.heard.extend((e.old_value, e.new_value, e.origin) for e in events))
    loop.flush()
    lamp.heard.clear()
    one.set(lamp, level=5)
    one.say({"op": "set", "id": lamp.id, "props": {"level": 6}, "origin": "user"})
    assert lamp.heard == [(0, 5, "js"), (5, 6, "user")]
    assert one.ops() == []
    assert two.told(lamp) == {"level": 6}


def test_the_ack_says_that_it_was_applied(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    page.set(lamp, level=5)
    (message,) = page.read()
    assert (message["ack"], message.get("done", 1)) == (1, 1)


def test_a_validator_that_corrects_corrects_the_sender_too(session, join):
    lamp = Lamp(session=session)
    one, two = join(), join()
    one.read(), two.read()
    one.set(lamp, level=500)
    assert lamp.level == 100
    assert one.told(lamp) == {"level": 100}
    assert two.told(lamp) == {"level": 100}


def test_the_sender_is_corrected_even_when_nothing_changed_here(session, page):
    lamp = Lamp(session=session, level=100)
    session.flush()
    page.read()
    page.set(lamp, level=500)
    assert page.told(lamp) == {"level": 100}


def test_a_refused_value_restores_the_sender_and_names_the_property(session, page, caplog):
    lamp = Lamp(session=session, level=7)
    session.flush()
    page.read()
    page.set(lamp, level=-5)
    ops = page.ops()
    assert lamp.level == 7
    assert {"op": "set", "id": lamp.id, "props": {"level": 7}} in ops
    (error,) = [op for op in ops if op["op"] == "error"]
    assert (error["id"], error["prop"]) == (lamp.id, "level")
    assert error["title"].startswith(f"Lamp #{lamp.id}.level refused the int -5. ValueError: a level is not negative")
    assert caplog.text.count("a level is not negative") == 1


def test_a_page_that_could_not_send_its_value_gets_python_s_again(session, join):
    page, other = join(), join()
    lamp = Lamp(session=session, level=7, any=[1])
    session.flush()
    page.read(), other.read()
    page.say({"op": "restore", "id": lamp.id, "names": ["level", "any", "local", "secret", "no such"]})
    session.flush()
    (message,) = page.read()
    assert message["ops"] == [{"op": "set", "id": lamp.id, "props": {"level": 7, "any": [1]}}]
    assert message.get("done", message["ack"]) == page.seq
    assert other.ops() == []
    page.say({"op": "restore", "id": "m99", "names": ["level"]}, {"op": "restore", "id": lamp.id, "names": ["level"]})
    page.set(lamp, level=8)
    assert (lamp.level, page.told(lamp)["level"]) == (8, 7)


def test_a_refused_value_does_not_stop_the_others_of_its_message(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.set(lamp, level="x", any={"$": "m", "v": "m99"})
    page.say(
        {"op": "set", "id": lamp.id, "props": {"any": {"$": "b", "i": 9}, "level": 4}},
        {"op": "set", "id": lamp.id, "props": {"any": 2}},
    )
    assert (lamp.level, lamp.any) == (4, 2)


def test_a_value_that_cannot_be_read_restores_the_sender(session, page):
    lamp = Lamp(session=session, any="mine")
    session.flush()
    page.read()
    page.set(lamp, any={"$": "m", "v": "m99"})
    assert lamp.any == "mine"
    assert {"op": "set", "id": lamp.id, "props": {"any": "mine"}} in page.ops()


def test_an_older_value_that_still_waits_is_not_sent_to_who_has_a_newer_one(session, page):
    lamp = Lamp(session=session)
    session.flush()
    lamp.level = 1  # waits for the end of this turn
    page.read()
    page.set(lamp, level=2)
    assert lamp.level == 2
    assert page.told(lamp) == {}


def test_an_older_value_does_not_hide_in_a_message_that_is_sent_again(session, page):
    lamp = Lamp(session=session)
    session.flush()
    lamp.level = 1
    loop.flush()
    page.ack(2)
    page.set(lamp, level=2)
    page.read()
    page.say(seq=0, ack=2, nack=True)
    (again,) = [m for m in page.read() if m["ops"]]
    assert again["ops"][0]["props"] == {"level": 1}
    assert again["done"] == 0  # the client knows by this that its own value is newer


def test_two_values_in_one_message_end_at_the_last(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    page.say(
        {"op": "set", "id": lamp.id, "props": {"level": 500}, "origin": "js"},
        {"op": "set", "id": lamp.id, "props": {"level": 20}, "origin": "user"},
    )
    assert lamp.level == 20
    assert page.told(lamp) in ({}, {"level": 20})


def test_an_observer_that_changes_the_value_back_and_forth_leaves_the_sender_right(session, page):
    lamp = Lamp(session=session)

    def meddle(change: Any) -> None:
        if change.new == 5:
            lamp.level = 50
            lamp.level = 5

    lamp.observe(meddle, "level")
    session.flush()
    page.read()
    page.set(lamp, level=5)
    assert lamp.level == 5
    assert page.told(lamp) in ({}, {"level": 5})


def test_a_handler_that_answers_with_another_value_tells_the_sender(session, page):
    lamp = Lamp(session=session)
    lamp.connect("level", lambda *events: setattr(lamp, "level", 42))
    session.flush()
    loop.flush()
    page.read()
    page.set(lamp, level=5)
    assert page.told(lamp) == {"level": 42}


def test_new_models_are_there_before_the_values_that_refer_to_them(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    new = Lamp(session=session)
    lamp.any = [new]
    loop.flush()
    kinds = [(op["op"], creates([op])) for op in page.ops()]
    assert kinds == [("create", [new.id]), ("set", [])]


def test_a_model_that_is_half_made_is_not_shown_by_another_thread(session, page):
    began, go = threading.Event(), threading.Event()

    class Slow(app.Model):
        def init(self) -> None:
            began.set()
            assert go.wait(10)
            self.child = Lamp(session=session)

    page.read()
    thread = threading.Thread(target=lambda: Slow(session=session))
    lamp = Lamp(session=session)
    thread.start()
    assert began.wait(10)
    lamp.level = 3
    session.flush()
    early = page.ops()
    go.set()
    thread.join(10)
    session.flush()
    assert creates(early) == []
    states = [m for op in page.ops("create") for m in op["models"]]
    assert [list(m["attrs"]) for m in states if "Slow" in m["cls"]] == [["child"]]


def test_a_client_that_joins_while_a_model_is_made_gets_it_afterwards(session, join):
    pages = []

    class Slow(app.Model):
        def init(self) -> None:
            pages.append(join())
            self.child = Lamp(session=session)

    slow = Slow(session=session)
    early = creates(pages[0].ops())
    loop.flush()
    assert slow.id not in early
    assert sorted(creates(pages[0].ops())) == sorted([slow.id, slow.child.id])


# Numbers


def test_a_repeated_message_is_applied_once(session, page):
    lamp = Lamp(session=session)
    session.flush()
    calls: list[Any] = []
    lamp.connect("flashed", lambda *events: calls.extend(e.x for e in events))
    emit = {"op": "emit", "id": lamp.id, "type": "flashed", "event": {"x": 1}}
    page.say(emit)
    page.say(emit, seq=1)
    loop.flush()
    assert calls == [1]


def test_messages_after_a_gap_wait_until_it_is_filled(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    page.say({"op": "set", "id": lamp.id, "props": {"level": 2}}, seq=2)
    assert lamp.level == 0
    assert page.read()[-1]["nack"] is True
    page.say({"op": "set", "id": lamp.id, "props": {"level": 1}}, seq=1)
    page.say({"op": "set", "id": lamp.id, "props": {"level": 2}}, seq=2)
    assert lamp.level == 2


def test_the_window_holds_what_the_client_does_not_take(session, page):
    lamp = Lamp(session=session)
    session.flush()
    for n in range(1, 60):
        lamp.level = n
        loop.flush()
    assert page.seen == Channel.WINDOW
    page.read()
    page.ack()
    assert page.told(lamp) == {"level": 59}


def test_too_many_events_are_an_error_that_the_person_sees_and_a_snapshot(session, page, monkeypatch, caplog):
    monkeypatch.setattr(Channel, "MAX_QUEUE", 10)
    lamp = Lamp(session=session)
    session.flush()
    page.say({"op": "listen", "id": lamp.id, "types": ["flashed"]})
    page.read()
    for n in range(12):
        lamp.flashed(n)
    lamp.level = 8
    page.ack()
    loop.flush()
    messages = page.read()
    assert any(m.get("reset") for m in messages)
    titles = [op["title"] for m in messages for op in m["ops"] if op["op"] == "error"]
    assert len(titles) == 1 and titles[0].startswith("More than 10 events and calls wait")
    assert "More than 10 events and calls wait" in caplog.text


# Forged messages


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fixed", "'Lamp.fixed' cannot be set: it is readonly"),
        ("local", "'Lamp.local' cannot be set: it is not a property of both sides"),
        ("nothing", "'Lamp.nothing' cannot be set: it is not a property of both sides"),
        ("_jsm_id", "'Lamp._jsm_id' cannot be set"),
        ("__class__", "'Lamp.__class__' cannot be set"),
        ("__dict__", "'Lamp.__dict__' cannot be set"),
        ("heard", "'Lamp.heard' cannot be set"),
        ("secret", "'Lamp.secret' cannot be set"),
    ],
)
def test_what_a_client_may_not_set_is_refused_logged_once_and_changes_nothing(session, page, caplog, name, words):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    before = {k: v for k, v in lamp.__dict__.items()}
    for _ in range(5):
        page.set(lamp, **{name: 666})
    assert {k: v for k, v in lamp.__dict__.items()} == before
    assert type(lamp) is Lamp and lamp.fixed == 1
    assert all(words in op["title"] for op in page.ops("error"))
    assert len([r for r in caplog.records if words in r.getMessage()]) == 1


@pytest.mark.parametrize(
    "name", ["secret", "init", "_jsm_set", "__init__", "dispose", "heard", "level", "nothing", "", "id"]
)
def test_only_exposed_methods_can_be_called(session, page, caplog, name):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    for _ in range(3):
        page.say({"op": "call", "id": lamp.id, "name": name, "args": [], "call": 1})
    replies = page.ops("reply")
    assert len(replies) == 3
    assert "cannot be called from the browser. Only methods marked with @app.exposed can." in replies[0]["error"]
    assert caplog.text.count("cannot be called from the browser") == 1
    assert session.find(lamp.id) is lamp


def test_only_emitters_of_both_sides_can_be_emitted(session, page, caplog):
    lamp = Lamp(session=session)
    session.flush()
    seen: list[Any] = []
    lamp.connect("!level", "!other", lambda *events: seen.append(events))
    loop.flush()
    seen.clear()
    for type_ in ("level", "other", "__class__"):
        page.say({"op": "emit", "id": lamp.id, "type": type_, "event": {"new_value": 3}})
    assert seen == [] and caplog.text.count("which is no emitter of Lamp.Both") == 3


def test_a_forged_event_cannot_pretend_to_be_of_another_type_or_source(session, page):
    lamp, other = Lamp(session=session), Lamp(session=session)
    session.flush()
    seen: list[Any] = []
    lamp.connect("flashed", lambda *events: seen.extend(events))
    forged = {"x": 1, "type": "level", "source": {"$": "m", "v": other.id}}
    page.say({"op": "emit", "id": lamp.id, "type": "flashed", "event": forged})
    assert [(e.type, e.source, e.origin) for e in seen] == [("flashed", lamp, "js")]


def test_an_event_cannot_forge_its_origin(session, page):
    lamp = Lamp(session=session)
    session.flush()
    seen: list[Any] = []
    lamp.connect("flashed", lambda *events: seen.extend(e.origin for e in events))
    page.say({"op": "emit", "id": lamp.id, "type": "flashed", "event": {"origin": "py"}})
    assert seen == ["js"]


def test_models_of_another_session_cannot_be_reached(session, page):
    mine = Lamp(session=session)
    other = Session("other")
    Lamp(session=other)
    theirs = Lamp(session=other)
    assert session.find(theirs.id) is None
    page.set(theirs, level=5)
    page.set(mine, any={"$": "m", "v": theirs.id})
    page.say({"op": "call", "id": theirs.id, "name": "double", "args": [1], "call": 1})
    assert theirs.level == 0 and mine.any is None
    other.close()


def test_an_ack_of_what_was_never_sent_is_refused_and_nothing_of_it_applied(session, page):
    lamp = Lamp(session=session)
    session.flush()
    with pytest.raises(ProtocolError, match="A client acknowledges what was never sent"):
        page.say({"op": "set", "id": lamp.id, "props": {"level": 5}}, ack=1000)
    assert lamp.level == 0
    page.set(lamp, level=6)
    assert lamp.level == 0  # number 1 is still missing
    page.say({"op": "set", "id": lamp.id, "props": {"level": 7}}, seq=1)
    assert lamp.level == 7


def test_a_malformed_message_is_complained_about_to_its_sender_only(session, join, caplog):
    one, two = join(), join()
    one.read(), two.read()
    for _ in range(3):
        session.complain(one.pipe, ProtocolError("It is malformed."))
    assert {op["title"] for op in one.ops()} == {"It is malformed."}
    assert two.read() == []
    assert caplog.text.count("It is malformed.") == 1


def test_what_a_client_says_it_listens_to_is_bounded_by_what_there_is(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.say({"op": "listen", "id": lamp.id, "types": ["flashed", *(f"x{n}" for n in range(1000))]})
    page.say(*({"op": "listen", "id": f"m{n}", "types": ["a"]} for n in range(100, 1100)))
    assert page.client.listens == {lamp.id: frozenset({"flashed"})}


def test_text_of_a_client_is_harmless_in_the_log(session, page, caplog):
    page.say(
        {"op": "error", "id": None, "title": "a\x1b[31m\r", "errors": [["E\x07", "b\x07" + "x" * 10_000, "\x1b" * 9]]}
    )
    assert "\x1b" not in caplog.text and "\x07" not in caplog.text and "\\x1b[31m\\x0d" in caplog.text
    assert len(caplog.text) < 5000


# Events and calls


def test_events_cross_only_when_someone_listens(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    lamp.flashed(1)
    loop.flush()
    assert page.read() == []
    page.say({"op": "listen", "id": lamp.id, "types": ["flashed"]})
    lamp.flashed(2)
    loop.flush()
    assert page.ops("emit") == [{"op": "emit", "id": lamp.id, "type": "flashed", "event": {"x": 2}}]
    page.say({"op": "listen", "id": lamp.id, "types": []})
    lamp.flashed(3)
    loop.flush()
    assert page.ops("emit") == []


def test_clients_are_told_what_python_listens_to(session, page):
    lamp = Lamp(session=session)
    session.flush()
    (state,) = page.ops("create")[0]["models"]
    assert state["listen"] == []
    handler = lamp.connect("flashed", lambda *events: None)
    loop.flush()
    assert page.ops("listen") == [{"op": "listen", "id": lamp.id, "types": ["flashed"]}]
    handler.dispose()
    loop.flush()
    assert page.ops("listen") == [{"op": "listen", "id": lamp.id, "types": []}]


def test_an_event_of_a_client_goes_to_python_and_the_others_but_not_back(session, join):
    lamp = Lamp(session=session)
    one, two = join(), join()
    for page in (one, two):
        page.say({"op": "listen", "id": lamp.id, "types": ["flashed"]})
        page.read()
    one.say({"op": "emit", "id": lamp.id, "type": "flashed", "event": {"x": 1}})
    assert one.ops("emit") == []
    assert [op["event"] for op in two.ops("emit")] == [{"x": 1}]


def test_python_calls_the_js_side_and_gets_the_answer(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    reply = lamp.js.beep(4)
    loop.flush()
    (op,) = page.ops("call")
    assert (op["id"], op["name"], op["args"]) == (lamp.id, "beep", [4])
    page.say({"op": "reply", "call": op["call"], "value": 5})
    assert reply.result(1) == 5


async def ask(page: Any, lamp: Lamp) -> Any:
    reply = lamp.js.beep(1)
    loop.flush()
    (op,) = page.ops("call")
    asyncio.get_running_loop().call_soon(lambda: page.say({"op": "reply", "call": op["call"], "value": 2}))
    return await reply


def test_the_answer_can_be_awaited(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    assert asyncio.run(ask(page, lamp)) == 2


def test_an_error_in_the_js_side_is_raised_here(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    reply = lamp.js.beep(4)
    loop.flush()
    page.say({"op": "reply", "call": page.ops("call")[0]["call"], "error": "TypeError: no"})
    with pytest.raises(CallError, match=rf"Lamp #{lamp.id}.JS.beep\(\) failed in the browser: TypeError: no"):
        reply.result(1)


def test_only_the_client_that_was_asked_can_answer(session, join):
    lamp = Lamp(session=session)
    one, two = join(), join()
    one.read()
    reply = lamp.js.beep(4)
    loop.flush()
    number = one.ops("call")[0]["call"]
    two.say({"op": "reply", "call": number, "value": "forged"})
    one.say({"op": "reply", "call": number, "value": 5})
    assert reply.result(1) == 5


def test_a_disposed_model_says_nothing_more_to_its_pages(session, join):
    class Counter(app.Model):
        class Both:
            @event.prop
            def n(self, v=0):
                return v

        class JS:
            def beep(self):
                pass

    counter = Counter(session=session)
    page = join()
    counter.n = 1
    counter.dispose()
    counter.n = 2
    loop.flush()
    with pytest.raises(
        CallError, match=r"Counter #m1\.JS\.\w+\(\) was not called: the model was disposed\. Its two sides"
    ):
        counter.js.beep()
    loop.flush()
    assert page.ops()[-1] == {"op": "dispose", "ids": [counter.id]}
    assert 2 not in [value for op in page.pipe.sent for each in op["ops"] for value in each.get("props", {}).values()]


def test_a_client_that_is_not_connected_is_asked_last(session, join):
    lamp, painter = Lamp(session=session), Painter(session=session)
    gone, here = join(), join()
    gone.pipe.close()
    here.read()
    replies = lamp.js.beep(4), painter.send_data(b"1")
    loop.flush()
    ops = [op for op in here.ops("call", "data") if op["call"]]
    for op in ops:
        here.say({"op": "reply", "call": op["call"], "value": 5})
    assert [reply.result(0) for reply in replies] == [5, 5]


def test_a_call_that_a_page_slept_through_fails_then_and_not_when_it_comes_back(session, join):
    lamp = Lamp(session=session)
    page = join()
    page.pipe.close()
    reply = lamp.js.beep(4)
    loop.flush()
    session.tick(time.monotonic() + 100)
    with pytest.raises(CallError, match="was not answered: the page that was asked was away for too long"):
        reply.result(0)


def test_every_client_runs_the_call_and_the_first_answers(session, join):
    lamp = Lamp(session=session)
    one, two = join(), join()
    one.read(), two.read()
    lamp.js.beep(4)
    loop.flush()
    assert one.ops("call")[0]["call"] > 0
    assert two.ops("call")[0]["call"] < 0


class Painter(app.Model):
    """Calls its JS side from `init`."""

    def init(self) -> None:
        self.replies = [self.js.draw(1), self.send_data(b"paint"), self.js.draw(2), self.js.draw(3)]

    class JS:
        def draw(self, n):
            return n

        def receive_data(self, data, meta):
            pass


def in_order(ops: list[dict[str, Any]]) -> list[Any]:
    return [op["args"][0] if op["op"] == "call" else op["op"] for op in ops if op["op"] != "define"]


def test_what_init_asks_of_the_js_side_is_done_in_order_when_the_first_page_has_the_model(session, join):
    painter = Painter(session=session)
    page = join()
    ops = page.ops()
    assert in_order(ops) == ["create", 1, "data", 2, 3]
    assert join().ops("call", "data") == []
    for op in ops:
        if op["op"] in ("call", "data"):
            page.say({"op": "reply", "call": op["call"], "value": op.get("args")})
    assert [reply.result(1) for reply in painter.replies] == [[1], None, [2], [3]]


def test_a_call_waits_for_the_data_of_init_and_the_calls_after_it_and_properties_do_not(session, join):
    class Large(app.Model):
        def init(self) -> None:
            self.send_data(bytes(3 * 2**20))
            self.js.draw(1)

        class Both:
            @event.prop
            def n(self, v=0):
                return v

        class JS:
            def draw(self, n):
                pass

            def receive_data(self, data, meta):
                pass

    large = Large(session=session)
    page = join()
    large.js.draw(2)
    large.n = 5
    loop.flush()
    assert [op["op"] for op in page.ops("call", "set")] == ["set"]
    while page.client.channel._transfers:
        page.ack()
    assert in_order(page.ops("call", "data"))[-3:] == ["data", 1, 2]
    large.js.draw(3)
    loop.flush()
    assert in_order(page.ops("call")) == [3]


def test_an_answer_can_be_awaited_from_before_there_was_a_page(session, join):
    async def scenario() -> Any:
        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        page = join()
        page.say({"op": "reply", "call": page.ops("call")[0]["call"], "value": 9})
        return await task

    async def wait() -> Any:
        return await Lamp(session=session).js.beep(8)

    assert asyncio.run(scenario()) == 9


def test_a_call_of_a_model_that_is_half_made_when_the_first_page_comes_follows_it(session, join):
    pages = []

    class Slow(app.Model):
        def init(self) -> None:
            self.js.draw(1)
            pages.append(join())
            self.js.draw(2)

        class JS:
            def draw(self, n):
                pass

    slow = Slow(session=session)
    assert in_order(pages[0].ops()) == []
    loop.flush()
    assert in_order(pages[0].ops()) == ["create", 1, 2]
    assert slow.session is session


def all_of(page: Any) -> list[Any]:
    """What a page that acknowledges everything gets, in order."""
    while page.client.channel._transfers or page.client.channel._queue:
        page.ack()
    return in_order(page.ops())


def test_a_call_does_not_overtake_data_that_was_asked_for_before_it(session, join):
    painter = Painter(session=session)
    page = join()
    loop.flush()
    page.ack(), page.read()
    painter.send_data(bytes(9 * 2**20))
    painter.js.draw(4)
    painter.send_data(b"small")
    painter.js.draw(5)
    loop.flush()
    painter.js.draw(6)
    painter.send_data("data/x.bin")
    painter.js.draw(7)
    loop.flush()
    assert page.ops("call") == []
    page.ack()
    found = all_of(page)
    assert [what for n, what in enumerate(found) if what != "data" or found[n + 1 :][:1] != ["data"]] == [
        "data", 4, "data", 5, 6, "data", 7
    ]  # fmt: skip


def test_a_call_after_small_data_is_made_in_the_same_turn(session, join):
    painter = Painter(session=session)
    page = join()
    loop.flush()
    page.ack(), page.read()
    painter.js.draw(4)
    painter.send_data(b"small")
    painter.js.draw(5)
    loop.flush()
    assert in_order(page.ops()) == [4, "data", 5]


def test_much_data_delays_no_call_of_another_model_and_no_property_or_event_of_its_own(session, join):
    class Large(Painter):
        class Both:
            @event.prop
            def n(self, v=0):
                return v

            @event.emitter
            def fired(self):
                return {}

        class JS:
            @event.connect("fired")
            def on_fired(self, *events):
                pass

    large, lamp, small = Large(session=session), Lamp(session=session), Painter(session=session)
    page = join()
    page.say({"op": "listen", "id": large.id, "types": ["fired"]})
    loop.flush()
    page.ack(), page.read()
    large.send_data(bytes(50 * 2**20))
    large.js.draw(4)
    loop.flush()
    page.read()
    large.n = 1
    large.fired()
    lamp.js.beep(8)
    small.js.draw(6)
    loop.flush()
    assert in_order(page.ops("set", "emit", "call", "data")) == ["set", "emit", 8, 6]
    small.send_data(b"small")  # takes its turn between the pieces of the other
    small.js.draw(7)
    loop.flush()
    page.ack()
    assert in_order(op for op in page.ops("data", "call") if op["id"] == small.id) == ["data", 7]
    assert page.client.channel._transfers.bytes > 2**20
    assert all_of(page)[-2:] == ["data", 4]


def test_calls_that_waited_for_data_go_no_faster_than_others(session, join):
    painter = Painter(session=session)
    page = join()
    loop.flush()
    page.ack(), page.read()
    painter.send_data(bytes(300_000))
    for n in range(50):
        painter.js.draw(n)
    loop.flush()
    calls = [m for m in page.read() if any(op["op"] == "call" for op in m["ops"])]
    assert in_order(calls[0]["ops"]) == list(range(50)) and len(calls) == 1


def test_a_call_does_not_overtake_data_when_the_line_breaks_in_between(session, join):
    painter = Painter(session=session)
    page = join()
    loop.flush()
    page.ack()
    painter.send_data(bytes(6 * 2**20), {"n": 1})
    painter.js.draw(4)
    loop.flush()
    seen = page.seen - 2  # the last two are lost
    page.come_back(seen=seen)
    painter.js.draw(5)
    loop.flush()
    page.ack()
    assert all_of(page)[-3:] == ["data", 4, 5]


def test_the_arguments_of_a_call_are_those_of_its_moment_with_a_page_too(session, join):
    lamp = Lamp(session=session)
    page = join()
    points = [[1]]
    for n in range(3):
        points[0].append(n)
        lamp.js.beep(points)
    loop.flush()
    assert [op["args"] for op in page.ops("call")] == [[[[1, 0]]], [[[1, 0, 1]]], [[[1, 0, 1, 2]]]]


def test_the_arguments_of_a_call_that_waits_are_those_of_its_moment(session, join):
    args = {"list": [1, 2], "bytes": bytearray(b"ab")}
    Lamp(session=session)
    lamp = Lamp(session=session)
    lamp.js.beep(args)
    args["list"].append(3)
    args["bytes"][:] = b"xy"
    page = join()
    (op,) = page.ops("call")
    assert op["args"] == [{"list": [1, 2], "bytes": {"$": "b", "i": 0}}]
    buffers = [b for sent in page.client.channel._unacked for b in sent.buffers]
    assert [bytes(b) for b in buffers] == [b"ab"]


def test_a_url_that_is_sent_before_there_is_a_page_is_downloaded_by_the_first(session, join):
    reply = Painter(session=session).send_data("data/x.bin", {"n": 1})
    page, _ = join(), join()
    (op,) = (op for op in page.ops("data") if "url" in op)
    assert (op["url"], op["meta"]) == ("data/x.bin", {"n": 1})
    page.say({"op": "reply", "call": op["call"]})
    assert reply.result(1) is None


def test_a_session_that_ends_without_a_page_fails_what_waited_for_one(session):
    replies = Painter(session=session).replies
    session.close()
    for reply in replies:
        with pytest.raises(CallError, match=r"was not done: the session has ended, and no page ever came\. It was to"):
            reply.result(1)


def test_what_waits_for_a_page_goes_with_its_model(session, join):
    painter, lamp = Painter(session=session), Lamp(session=session)
    painter.dispose()
    lamp.js.beep(1)
    assert in_order(join().ops("call", "data")) == [1]
    for reply in painter.replies:
        with pytest.raises(CallError, match="was not done: the model was disposed before there was a page"):
            reply.result(1)


def test_too_many_calls_before_there_is_a_page_are_refused_and_the_others_are_made(session, join, monkeypatch):
    monkeypatch.setattr(Channel, "MAX_QUEUE", 20)
    lamp = Lamp(session=session)
    for n in range(20):
        lamp.js.beep(n)
    with pytest.raises(
        QueueFull, match=r"More than 20 calls would wait for a page.*as in 'await self\.js\.method\(\)'"
    ):
        lamp.js.beep(20)
    assert in_order(join().ops("call")) == list(range(20))


def test_calls_that_wait_for_data_are_bounded_and_a_page_that_begins_again_gets_none_of_them(
    session, join, monkeypatch
):
    monkeypatch.setattr(Channel, "MAX_QUEUE", 20)
    painter = Painter(session=session)
    painter.send_data(bytes(8 * 2**20))
    late = [painter.js.draw(n) for n in range(4, 10)]
    page = join()
    for n in range(10, 40):
        painter.js.draw(n)
    loop.flush()
    assert any("More than 20 events and calls wait" in op["title"] for op in page.ops("error"))
    for _ in range(100):
        page.ack()
    ops = page.ops("call", "data")
    assert in_order(ops)[-16:] == ["data", *range(25, 40)]  # those that were asked for when it had begun again
    assert "call" not in [op["op"] for op in ops[:-15]]
    with pytest.raises(CallError, match="did not keep up, and calls were dropped"):
        late[0].result(1)


def test_waiting_without_a_limit_for_a_page_that_cannot_come_says_so(session):
    with pytest.raises(CallError, match="wait for ever. No page shows the session, and nothing runs here"):
        Lamp(session=session).js.beep(1).result()


def test_waiting_for_the_js_side_inside_of_init_says_so(session, page):
    class Hasty(app.Model):
        def init(self) -> None:
            self.js.go().result()

        class JS:
            def go(self):
                pass

    with pytest.raises(CallError, match=r"wait for ever. The JS side is made when init\(\) has returned."):
        Hasty(session=session)


@pytest.mark.parametrize("how", ["call", "url"])
def test_when_the_pages_have_gone_a_call_says_so_at_once(session, page, how):
    painter = Painter(session=session)
    page.say({"op": "bye", "reason": "closed"})
    with pytest.raises(CallError, match="no page shows the session"):
        (painter.js.draw(1) if how == "call" else painter.send_data("x.bin")).result(1)


def test_a_call_of_a_method_that_is_not_there_names_the_nearest(session):
    with pytest.raises(AttributeError, match="The JS side of Lamp has no method 'bep'. Did you mean 'beep'?"):
        Lamp(session=session).js.bep()


def test_a_call_with_something_unsendable_is_refused_at_once(session):
    with pytest.raises(TypeError, match="Cannot send the object .* at argument 0"):
        Lamp(session=session).js.beep(object())


@pytest.mark.parametrize("how", ["bye", "close"])
def test_a_call_whose_page_leaves_fails_instead_of_hanging(session, page, how):
    lamp = Lamp(session=session)
    reply = lamp.js.beep(1)
    if how == "bye":
        page.say({"op": "bye", "reason": "closed"})
    else:
        session.close()
    with pytest.raises(
        CallError, match=r"JS.beep\(\) was not answered: the (page that was asked has gone|session has ended)"
    ):
        reply.result(1)


def test_waiting_where_it_can_only_deadlock_says_so(session, page):
    lamp = Lamp(session=session)

    async def wait() -> None:
        lamp.js.beep(1).result()

    with pytest.raises(CallError, match="would wait for ever. .* Write 'await' instead"):
        asyncio.run(wait())


def test_waiting_has_a_time_limit(session, page):
    with pytest.raises(TimeoutError, match="did not answer within 0.01 s"):
        Lamp(session=session).js.beep(1).result(0.01)


def answers(page: Any, lamp: Lamp, name: str, *args: Any) -> dict[str, Any]:
    page.say({"op": "call", "id": lamp.id, "name": name, "args": list(args), "call": 3})
    loop.flush()
    (reply,) = page.ops("reply")
    assert reply["call"] == 3
    return reply


def test_a_client_calls_an_exposed_method_and_gets_the_answer(session, page):
    lamp = Lamp(session=session)
    session.flush()
    assert answers(page, lamp, "double", 21)["value"] == 42


def test_an_error_in_an_exposed_method_that_nobody_asks_for_goes_to_the_views_and_the_log(session, page, caplog):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    page.say({"op": "call", "id": lamp.id, "name": "fails", "args": [], "call": 0})
    (error,) = page.ops()
    assert error["id"] == lamp.id and "Traceback" in error["text"] and "raise KeyError" in error["text"]
    assert "KeyError: 'on purpose'" in caplog.text


def test_an_answer_that_cannot_be_sent_is_an_error_for_the_caller(session, page):
    lamp = Lamp(session=session)
    session.flush()
    assert "Cannot send the object" in answers(page, lamp, "unsendable")["error"]


def test_an_exposed_coroutine_is_awaited(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()

    async def scenario() -> None:
        page.say({"op": "call", "id": lamp.id, "name": "later", "args": [7], "call": 3})
        for _ in range(5):
            await asyncio.sleep(0)

    asyncio.run(scenario())
    session.flush()
    assert page.ops("reply") == [{"op": "reply", "call": 3, "value": [7]}]


# Errors of handlers


def test_a_failing_handler_is_shown_in_the_views_of_its_model_and_logged(session, join, caplog):
    class Clumsy(app.Model):
        @event.connect("n")
        def on_n(self, *events):
            if self.n:
                raise RuntimeError("dropped it")

        class Both:
            @event.prop
            def n(self, v=0):
                return v

    clumsy = Clumsy(session=session)
    page = join()
    loop.flush()
    page.read()
    page.set(clumsy, n=1)
    (error,) = page.ops("error")
    assert error["id"] == clumsy.id and error["title"] == "RuntimeError: dropped it"
    assert "raise RuntimeError" in error["text"]
    assert caplog.text.count("Traceback") == 1


def test_a_public_server_keeps_tracebacks_for_its_log(session, page, caplog):
    session.show_tracebacks = False
    lamp = Lamp(session=session)
    session.flush()
    page.say({"op": "call", "id": lamp.id, "name": "fails", "args": [], "call": 0})
    (error,) = page.ops("error")
    assert "on purpose" not in error["title"] + error["text"]
    mark = error["title"].split("(error ")[1][:8]
    assert f"The page was told of this error as {mark}." in caplog.text


def test_who_calls_from_a_page_of_a_public_server_learns_what_failed_but_not_why(session, page):
    session.show_tracebacks = False
    lamp = Lamp(session=session)
    session.flush()
    page.say({"op": "call", "id": lamp.id, "name": "fails", "args": [], "call": 7})
    (reply,) = page.ops("reply")
    assert "on purpose" not in str(page.ops())
    assert (reply["call"], reply["error"]) == (7, "It failed on the server, whose log says why.")


def test_a_handler_that_fails_does_not_stop_the_message(session, page):
    lamp = Lamp(session=session)
    lamp.observe(lambda change: 1 / 0, "any")
    session.flush()
    page.set(lamp, any=1, level=5)
    assert lamp.level == 5


# Lifetimes


def test_a_model_nobody_refers_to_is_let_go_on_both_sides(session, page):
    page.read()
    lamp = Lamp(session=session)
    lamp.connect("level", lambda *events: None)
    lamp.level = 2
    loop.flush()
    page.read()
    ref, model_id = weakref.ref(lamp), lamp.id
    del lamp
    gc.collect()
    assert ref() is None
    loop.flush()
    assert page.ops() == [{"op": "dispose", "ids": [model_id]}]
    assert session.models() == [] and page.client.listens == {}


def test_a_model_that_came_and_went_within_a_turn_never_crosses(session, page):
    page.read()
    model = Lamp(session=session)
    model.dispose()
    loop.flush()
    assert page.read() == []


def test_a_thousand_models_leave_nothing_behind(session, page):
    refs = []
    for _ in range(10):
        batch = [Lamp(session=session) for _ in range(100)]
        refs += map(weakref.ref, batch)
        loop.flush()
        page.ack()
        del batch
        gc.collect()
        loop.flush()
        page.ack()
    assert [r for r in refs if r() is not None] == []
    assert not session._models and not session._new and not session._pins and not session._dead
    assert not page.client.channel._queue and not page.client.channel._unacked


def test_a_model_that_is_on_the_page_lives_until_it_is_taken_off(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.say({"op": "view", "id": lamp.id, "open": True})
    ref, model_id = weakref.ref(lamp), lamp.id
    del lamp
    gc.collect()
    assert ref() is not None
    page.say({"op": "view", "id": model_id, "open": False})
    gc.collect()
    assert ref() is None


def test_a_page_that_says_goodbye_lets_go_of_what_it_showed(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.say({"op": "view", "id": lamp.id, "open": True})
    ref = weakref.ref(lamp)
    del lamp
    page.say({"op": "bye", "reason": "closed"})
    gc.collect()
    assert ref() is None


def test_a_model_lives_while_a_living_model_refers_to_it(session):
    parent = Lamp(session=session, any=Lamp(session=session))
    ref = weakref.ref(parent.any)
    loop.flush()
    gc.collect()
    assert ref() is not None
    parent.any = None
    loop.flush()
    gc.collect()
    assert ref() is None


def test_dispose_frees_the_js_side_and_later_changes_stay_here(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    lamp.dispose()
    lamp.level = 5
    loop.flush()
    assert page.ops() == [{"op": "dispose", "ids": [lamp.id]}]
    page.set(lamp, level=6)
    assert lamp.level == 5


def test_a_closed_session_says_bye_and_disposes_its_models(session, page):
    lamp = Lamp(session=session)
    ended: list[int] = []
    session.on_close(lambda: ended.append(1))
    page.read()
    session.close("The end.")
    session.close()
    assert page.ops("bye") == [{"op": "bye", "reason": "The end."}]
    assert page.pipe.closed and lamp._jsm_disposed and ended == [1] and session.clients == {}


# Where code runs


def test_user_code_runs_where_execute_puts_it_and_the_wire_answers_at_once(open_page, caplog):
    waiting: list[Any] = []
    session = Session("queued", execute=waiting.append)
    lamp = Lamp(session=session)
    page = open_page(session)
    page.read()
    page.set(lamp, level=5)
    (answer,) = page.read()
    assert lamp.level == 0 and (answer["ack"], answer["done"]) == (1, 0)
    for work in waiting:
        work()
    loop.flush()
    (answer,) = page.read()
    assert lamp.level == 5 and answer["ack"] == 1 and "done" not in answer
    session.close()


def test_models_made_in_threads_have_ids_of_their_own(session):
    made: list[Lamp] = []
    threads = [threading.Thread(target=lambda: made.extend(Lamp(session=session) for _ in range(50))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({lamp.id for lamp in made}) == 300


def test_the_repr_counts(session, page):
    lamp = Lamp(session=session)
    assert repr(session) == "<Session test with 1 models and 1 clients>"
    assert lamp.session is session
    assert repr(page.client).startswith(f"<Client {page.client.id[:6]}…")


def test_a_page_that_disposes_a_model_frees_the_python_side_too(session, page):
    lamp = Lamp(session=session)
    loop.flush()
    page.say({"op": "dispose", "ids": [lamp.id, "made-up"]})
    assert lamp._jsm_disposed
    assert session.find(lamp.id) is None


def test_a_model_of_another_session_is_refused_as_a_value(session, page):
    lamp, stranger = Lamp(session=session), Lamp(session=Session("other"))
    with pytest.raises(ValueError, match="It belongs to another session"):
        lamp.any = [stranger]
    assert lamp.any is None


def test_a_client_that_was_silent_for_an_hour_is_forgotten_with_what_it_showed(session, page):
    lamp = Lamp(session=session)
    loop.flush()
    page.say({"op": "view", "id": lamp.id, "open": True})
    lamp.level = 5
    loop.flush()
    ref = weakref.ref(lamp)
    del lamp
    now = page.client.channel._heard_at
    session.tick(now + Channel.ASLEEP_AFTER + 1)
    session.tick(now + 2 * Channel.ASLEEP_AFTER)
    gc.collect()
    assert ref() is not None
    session.tick(now + Channel.GONE_AFTER + 1)
    gc.collect()
    assert ref() is None
    assert not session.clients
