"""Who shows the error of a call across: who asked has it, and an error that nobody asks for is shown."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import weakref
from typing import Any

import pytest

from jsmodel import app
from jsmodel.errors import CallError
from jsmodel.event import loop
from jsmodel.protocol import Hello
from jsmodel.session import Session
from jsmodel.transport import MemoryTransport
from jsmodel.unasked import Unasked


class Lamp(app.Model):
    @app.exposed
    def fails(self):
        raise LookupError("on purpose")

    @app.exposed
    async def fails_later(self):
        raise LookupError("later")

    class JS:
        def beep(self):
            return 1

        def receive_data(self, data, meta):
            return None


@pytest.fixture
def lamp(session, page):
    lamp = Lamp(session=session)
    session.flush()
    page.read()
    return lamp


def refuse(page: Any, number: int, lamp: Any, words: str = "ValueError: no") -> None:
    page.say({"op": "reply", "call": number, "id": lamp.id, "error": words, "errors": [["ValueError", words[12:], ""]]})


def asked(page: Any, op: str = "call") -> int:
    loop.flush()
    return page.ops(op)[0]["call"]


# -- Python asks


def test_an_error_that_nobody_can_ask_for_is_shown_and_logged(lamp, page, caplog):
    lamp.js.beep()
    refuse(page, asked(page), lamp)
    (error,) = page.ops("error")
    assert (error["id"], error["title"], error["js"]) == (lamp.id, "ValueError: no", True)
    assert "In the browser: ValueError: no" in caplog.text


def test_an_error_that_an_awaiting_handler_catches_is_neither_shown_nor_logged(lamp, page, caplog):
    caught = []

    async def ask() -> None:
        task = asyncio.ensure_future(catch())
        await asyncio.sleep(0)
        refuse(page, asked(page), lamp)
        await task

    async def catch() -> None:
        try:
            await lamp.js.beep()
        except ValueError as err:
            caught.append(err)

    asyncio.run(ask())
    assert [type(err).__name__ for err in caught] == ["CallError"]
    assert page.ops("error") == [] and caplog.text == ""


def test_an_error_that_result_waits_for_is_its_own(lamp, page, caplog):
    caught = []
    reply = lamp.js.beep()

    def wait() -> None:
        with pytest.raises(CallError) as info:
            reply.result(10)
        caught.append(info.value)

    thread = threading.Thread(target=wait)
    thread.start()
    number = asked(page)
    while not reply._is_asked_for:
        pass
    refuse(page, number, lamp)
    thread.join(10)
    assert len(caught) == 1
    assert page.ops("error") == [] and caplog.text == ""


def test_a_handler_that_does_not_catch_it_shows_the_tracebacks_of_both_sides_below_one_line(lamp, page, failures):
    async def ask(*events: Any) -> None:
        await lamp.js.beep()

    async def run() -> None:
        lamp.connect("!pressed", ask)
        lamp.emit("pressed", {})
        loop.flush()
        await asyncio.sleep(0)
        text = 'Traceback (most recent call last):\n  File "x.py", line 1, in Lamp.JS.beep'
        lamp.session.calls._replies.pop(asked(page))[1]._settle(error=CallError(f"Lamp.JS.beep() failed.\n\n{text}"))
        await asyncio.sleep(0.01)
        lamp.session.report(failures.pop(), lamp)

    asyncio.run(run())
    lamp.session.flush()
    error = page.ops("error")[-1]
    assert error["title"] == "CallError: Lamp.JS.beep() failed."
    assert "in ask\n    await lamp.js.beep()\n" in error["text"] and "in Lamp.JS.beep" in error["text"]
    assert "reply.py" not in error["text"]


def test_a_reply_says_whether_it_is_here_or_failed(lamp, page):
    good, bad = lamp.js.beep(), lamp.js.beep()
    assert repr(good) == f"<Reply of Lamp #{lamp.id}.JS.beep(), not here yet>"
    loop.flush()
    one, two = (op["call"] for op in page.ops("call"))
    page.say({"op": "reply", "call": one, "value": 1})
    refuse(page, two, lamp)
    assert [repr(reply).rpartition(", ")[2] for reply in (good, bad)] == ["here>", "failed>"]


def test_who_gave_up_waiting_leaves_the_error_to_be_shown(lamp, page):
    reply = lamp.js.beep()
    with pytest.raises(TimeoutError):
        reply.result(0.001)
    refuse(page, asked(page), lamp)
    assert len(page.ops("error")) == 1


@pytest.mark.parametrize("late", [False, True])
def test_a_reply_that_is_kept_may_be_asked_for_a_little_later(lamp, page, caplog, monkeypatch, late):
    monkeypatch.setattr(Unasked, "PATIENCE", 0.02 if late else 60.0)

    async def ask() -> None:
        loop.integrate(asyncio.get_running_loop())
        replies = [lamp.js.beep(), lamp.js.beep()]
        loop.flush()
        for op in page.ops("call"):
            refuse(page, op["call"], lamp)
        if late:
            await asyncio.sleep(0.1)
        for reply in replies:
            with pytest.raises(ValueError):
                await reply

    try:
        asyncio.run(ask())
    finally:
        loop.integrate(None)
    assert len(page.ops("error")) == (2 if late else 0)
    assert ("In the browser: ValueError: no" in caplog.text) == late


def test_an_error_of_receive_data_is_shown_when_nobody_waits_for_the_data(lamp, page):
    lamp.send_data(b"1234")
    refuse(page, asked(page, "data"), lamp, "receive_data: ValueError: no")
    assert page.ops("error")[0]["title"] == "receive_data: ValueError: no"


@pytest.mark.parametrize("other_first", [True, False])
def test_other_pages_that_failed_alike_say_nothing_of_an_error_that_was_caught(session, join, caplog, other_first):
    lamp = Lamp(session=session)
    one, two = join(), join()
    one.read(), two.read()
    reply = lamp.js.beep()
    reply._waiting = 1  # as while somebody awaits it
    number, other = asked(one), two.ops("call")[0]["call"]
    assert other == -number
    for page, call in [(two, other), (one, number)] if other_first else [(one, number), (two, other)]:
        refuse(page, call, lamp)
    assert (one.ops("error"), two.ops("error"), caplog.text) == ([], [], "")


@pytest.mark.parametrize("other_first", [True, False])
def test_what_fails_in_another_page_only_is_shown_there(session, join, caplog, other_first):
    lamp = Lamp(session=session)
    one, two = join(), join()
    one.read(), two.read()
    reply = lamp.js.beep()
    number, other = asked(one), two.ops("call")[0]["call"]
    if other_first:
        refuse(two, other, lamp)
        assert two.ops("error") == []
    one.say({"op": "reply", "call": number, "value": 5})
    if not other_first:
        refuse(two, other, lamp)
    assert reply.result(1) == 5
    assert one.ops("error") == []
    assert len(two.ops("error")) == 1
    assert "In the browser: ValueError: no" in caplog.text


def test_a_page_can_say_once_that_it_failed(session, join):
    lamp = Lamp(session=session)
    one, two = join(), join()
    one.read(), two.read()
    reply = lamp.js.beep()
    number = asked(one)
    for _ in range(50):
        refuse(two, -number, lamp)
    assert [len(kept) for kept in session.calls._unasked._kept.values()] == [1]
    one.say({"op": "reply", "call": number, "value": 5})
    assert reply.result(1) == 5
    assert len(two.ops("error")) == 1


def test_nothing_is_kept_of_calls_that_ended(session, join):
    lamp = Lamp(session=session)
    one, two = join(), join()
    one.read(), two.read()
    replies = [lamp.js.beep() for _ in range(300)]
    for reply in replies:
        reply._waiting = 1
    lamp.send_data(b"12")
    loop.flush()
    for op in one.ops():
        refuse(one, op["call"], lamp)
    assert not session.calls._unasked._kept
    assert len(session.calls._unasked._caught) == 100


def test_a_model_that_was_disposed_is_not_called(lamp, page):
    lamp.dispose()
    with pytest.raises(CallError, match=r"Lamp #m\d+\.JS\.beep\(\) was not called: the model was disposed\."):
        lamp.js.beep()
    loop.flush()
    assert page.ops("call") == []


# -- JS asks


def call(page: Any, lamp: Any, number: int, name: str = "fails") -> None:
    page.say({"op": "call", "id": lamp.id, "name": name, "args": [], "call": number})


def test_an_error_of_an_exposed_method_goes_to_the_caller_alone(lamp, page, caplog):
    call(page, lamp, 3)
    (reply,) = page.ops()
    assert (reply["op"], reply["error"], reply["type"]) == ("reply", "on purpose", "LookupError")
    assert caplog.text == ""


def test_when_the_caller_does_not_catch_it_the_page_and_the_log_have_both_tracebacks(lamp, page, caplog):
    call(page, lamp, 3)
    page.ops()
    stack = [["LookupError", "on purpose", "LookupError: on purpose\n    at somewhere"]]
    page.say(
        {"op": "error", "id": lamp.id, "title": "LookupError: on purpose", "number": 9, "errors": stack, "calls": [3]}
    )
    (error,) = page.ops("error")
    assert (error["of"], error["title"]) == (9, "LookupError: on purpose")
    assert 'raise LookupError("on purpose")' in error["text"]
    assert "It was raised in Python, for a call of the browser:" in error["text"]
    assert 'raise LookupError("on purpose")' in caplog.text


def test_an_async_method_that_fails_is_told_in_the_same_way(session, page, caplog):
    lamp = Lamp(session=session)
    session.flush()

    async def run() -> None:
        call(page, lamp, 3, "fails_later")
        await asyncio.sleep(0.01)

    asyncio.run(run())
    session.flush()
    (reply,) = page.ops("reply")
    assert reply["error"] == "later"
    assert page.ops("error") == [] and caplog.text == ""


def test_an_error_of_js_that_comes_from_python_is_whole_for_python_that_asked(lamp, page):
    reply = lamp.js.beep()
    reply._waiting = 1
    number = asked(page)
    call(page, lamp, 3)
    errors = [["LookupError", "on purpose", ""]]
    page.say({"op": "reply", "call": number, "error": "LookupError: on purpose", "errors": errors, "calls": [3]})
    with pytest.raises(
        LookupError, match='(?s)failed in the browser.*raise LookupError."on purpose".*for a call of the'
    ):
        reply.result(1)


def test_who_wants_to_see_errors_that_were_caught_asks_the_log_for_more(lamp, page, caplog):
    with caplog.at_level(logging.INFO, "jsmodel"):
        call(page, lamp, 3)
    assert "failed in fails()." in caplog.text and "on purpose" in caplog.text


def test_what_a_page_of_a_public_server_is_not_told_the_log_is(lamp, page, caplog):
    lamp.session.show_tracebacks = False
    call(page, lamp, 3)
    assert "on purpose" not in str(page.ops())
    assert 'raise LookupError("on purpose")' in caplog.text


def test_tracebacks_are_kept_of_a_hundred_calls_and_hold_no_model(session, page):
    lamp = Lamp(session=session)
    session.flush()
    for number in range(1, 251):
        call(page, lamp, number)
    (client,) = session.clients.values()
    assert list(client.raised) == list(range(151, 251))
    assert not [ref for ref in gc.get_referrers(lamp) if isinstance(ref, LookupError)]


# -- what may go wrong beside


def test_an_answer_for_an_event_loop_that_is_closed_does_no_harm(lamp, page, session, caplog):
    ended = []
    session.on_close(lambda: ended.append(True))
    replies = [lamp.js.beep(), lamp.js.beep()]

    async def ask() -> None:
        for reply in replies:
            asyncio.ensure_future(_wait(reply))
        await asyncio.sleep(0)

    async def _wait(reply: Any) -> None:
        await reply

    asked_by = asyncio.new_event_loop()
    asked_by.run_until_complete(ask())
    tasks = asyncio.all_tasks(asked_by)
    asked_by.close()
    page.say({"op": "reply", "call": asked(page), "id": lamp.id, "value": 3})
    assert replies[0].result() == 3
    session.close()
    with pytest.raises(CallError, match="the page that was asked has gone"):
        replies[1].result()
    assert ended == [True] and "closed" not in caplog.text
    assert len(tasks) == 2
    for task in tasks:
        task._log_destroy_pending = False


def test_who_gives_up_waiting_is_forgotten(lamp):
    reply = lamp.js.beep()

    async def ask() -> None:
        for _ in range(3):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.ensure_future(_wait()), 0.001)

    async def _wait() -> None:
        await reply

    asyncio.run(ask())
    assert reply._callbacks == []


def test_a_closed_session_with_models_calls_and_errors_is_freed():
    session = Session()
    pipe = MemoryTransport()
    session.attach(pipe, Hello())
    lamp = Lamp(session=session)
    session.flush()
    reply = lamp.js.beep()
    session.flush()
    message = next(m for m in pipe.sent if any(op["op"] == "call" for op in m["ops"]))
    call = next(op["call"] for op in message["ops"] if op["op"] == "call")
    refused = {"op": "reply", "call": call, "id": lamp.id, "error": "ValueError: no", "errors": []}
    pipe.deliver({"v": 1, "seq": 1, "ack": 0, "ops": [refused]}, ())
    lamp.js.beep()
    session.close()
    loop.flush()
    gone = [weakref.ref(session), weakref.ref(lamp)]
    with pytest.raises(CallError, match="no"):
        reply.result()
    del session, pipe, lamp, reply
    gc.collect()
    assert [ref() for ref in gone] == [None, None]


def test_an_answer_is_as_it_was_when_it_was_given(session, page):
    class Store(app.Model):
        def init(self):
            self.rows = [1]

        @app.exposed
        def all(self):
            loop.call_soon(self.rows.append, print)
            return self.rows

    store = Store(session=session)
    session.flush()
    page.read()
    page.say({"op": "call", "id": store.id, "name": "all", "args": [], "call": 4})
    loop.flush()
    assert store.rows == [1, print]
    assert [op["value"] for op in page.ops("reply")] == [[1]]


def test_an_exposed_method_that_waits_is_not_lost_to_the_garbage_collector(session, page):
    class Slow(app.Model):
        @app.exposed
        async def later(self):
            future = asyncio.get_running_loop().create_future()
            waits.append(weakref.ref(future))
            return await future

    waits: list[Any] = []
    slow = Slow(session=session)
    session.flush()
    page.read()

    async def run() -> None:
        page.say({"op": "call", "id": slow.id, "name": "later", "args": [], "call": 4})
        await asyncio.sleep(0)
        gc.collect()
        waits[0]().set_result(5)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(run())
    loop.flush()
    assert [op["value"] for op in page.ops("reply")] == [5]


def test_the_log_leaves_out_how_an_answer_was_waited_for(session, page, caplog):
    class Asker(app.Model):
        class JS:
            def beep(self):
                return 1

        @app.exposed
        async def go(self):
            await self.js.beep()

    asker = Asker(session=session)
    session.flush()
    page.read()

    async def run() -> None:
        page.say({"op": "call", "id": asker.id, "name": "go", "args": [], "call": 0})
        await asyncio.sleep(0)
        refuse(page, asked(page), asker)
        for _ in range(3):
            await asyncio.sleep(0)

    asyncio.run(run())
    assert "in go\n    await self.js.beep()" in caplog.text and "CallError" in caplog.text
    assert "reply.py" not in caplog.text and "calls.py" not in caplog.text


def test_an_error_that_the_page_tells_again_is_logged_in_a_line(lamp, page, caplog):
    for stack in ("at one", "at one", "at two"):
        page.say({"op": "error", "id": lamp.id, "title": "E: no", "number": 1, "errors": [["E", "no", stack]]})
    said = [record.getMessage().partition("\n")[0] for record in caplog.records]
    assert said == ["In the browser: E: no", "In the browser, again: E: no", "In the browser: E: no"]
