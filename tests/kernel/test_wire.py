"""The protocol as a page meets it at a kernel: see docs/protocol.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import COUNTER, SETUP, Kernel, Page


@pytest.fixture
def page(kernel: Kernel) -> Page:
    """A page that was welcomed, in a kernel that has `counter`, which it knows as m1."""
    kernel.run(SETUP)
    kernel.run(COUNTER)
    page = kernel.open_page()
    page.welcomed()
    page.wait(lambda: "m1" in page.models, "the model did not come")
    return page


def test_a_page_that_says_hello_gets_a_welcome_the_code_and_the_models(kernel: Kernel, page: Page) -> None:
    first = page.messages[0]
    assert first["v"] == 1
    assert first["seq"] == 1
    assert first["reset"] is True
    assert set(first["welcome"]) == {"session", "client", "resumed", "root"}
    assert first["welcome"]["resumed"] is False
    kinds = [op["op"] for op in first["ops"]]
    assert kinds == ["define"] * (len(kinds) - 1) + ["create"]
    assert "class Counter" in page.assets[-1]["code"]
    model = page.models["m1"]
    assert model["cls"] == "__main__:Counter"
    assert model["props"] == {"count": 0}
    assert model["listen"] == []
    for message in page.messages:
        assert not {"state", "method", "content"} & set(message)


def test_what_a_page_sets_is_acknowledged_and_heard_by_python_but_not_echoed(kernel: Kernel, page: Page) -> None:
    page.ask({"op": "set", "id": "m1", "props": {"count": 3}})
    assert page.ack == page.done == 1
    assert kernel.run("counter.count, counter.seen").text == "(3, [0, 3])"
    assert page.ops("set") == []


def test_what_python_corrects_is_told_to_the_page_that_sent_it(kernel: Kernel, page: Page) -> None:
    page.ask({"op": "set", "id": "m1", "props": {"count": 700}})
    page.wait(lambda: page.models["m1"]["props"]["count"] == 100, "the correction did not come")
    assert page.ops("error") == []


def test_what_one_page_sets_the_other_pages_are_told(kernel: Kernel, page: Page) -> None:
    other = kernel.open_page()
    other.welcomed()
    page.ask({"op": "set", "id": "m1", "props": {"count": 4}})
    other.wait(lambda: other.models["m1"]["props"]["count"] == 4, "the other page was not told")
    assert page.ops("set") == []


def test_what_python_sets_in_a_cell_the_page_is_told(kernel: Kernel, page: Page) -> None:
    kernel.run("counter.count = 9")
    page.wait(lambda: page.models["m1"]["props"]["count"] == 9, "the page was not told")


def test_models_of_one_cell_come_in_one_message(kernel: Kernel, page: Page) -> None:
    before = len(page.messages)
    kernel.run("more = [Counter(count=i) for i in range(50)]")
    page.wait(lambda: len(page.models) == 51, "the models did not come")
    assert len([m for m in page.messages[before:] if m["ops"]]) == 1
    assert [op["op"] for op in page.messages[-1]["ops"]] == ["create"]  # the page has the code already
    kernel.run("del more")
    page.wait(lambda: len(page.models) == 1, "the models did not go")


def test_ten_thousand_changes_in_a_cell_are_a_few_messages(kernel: Kernel, page: Page) -> None:
    before = len(page.messages)
    kernel.run("for i in range(10_000):\n    counter.count = i % 99\ncounter.count = 42")
    page.wait(lambda: page.models["m1"]["props"]["count"] == 42, "the last value did not come")
    kernel.read(0.3)
    assert page.models["m1"]["props"]["count"] == 42
    # One for each tick that the loop took, so that a slow machine sends a few more; never one for each change.
    assert 1 <= len([m for m in page.messages[before:] if m["ops"]]) <= 100


def test_a_page_that_acknowledges_nothing_gets_a_few_messages_and_in_the_end_the_last_value(
    kernel: Kernel, page: Page
) -> None:
    page.acks = False
    before = len(page.messages)
    kernel.run("import time\nfor i in range(40):\n    counter.count = i\n    time.sleep(0.05)")
    waiting = page.messages[before:]
    assert len([m for m in waiting if m["ops"]]) <= 8
    page.acks = True
    page.send()
    page.wait(lambda: page.models["m1"]["props"]["count"] == 39, "the last value did not come")


def test_a_page_that_comes_back_over_another_comm_misses_nothing(kernel: Kernel, page: Page) -> None:
    welcome = page.welcomed()
    page.acks = False
    kernel.run("counter.count = 5")
    page.wait(lambda: bool(page.ops("set")), "the page was not told")
    again = kernel.open_page(
        client=welcome["client"], session=welcome["session"], seen=1, have=[a["hash"] for a in page.assets]
    )
    again.models = page.models
    assert again.welcomed()["resumed"] is True
    again.wait(lambda: bool(again.ops("set")), "what was not acknowledged did not come again")
    assert again.ops("set") == [{"op": "set", "id": "m1", "props": {"count": 5}}]
    assert again.assets == []
    again.seq = page.seq
    again.ask({"op": "set", "id": "m1", "props": {"count": 6}})
    assert kernel.run("counter.count").text == "6"


def test_a_page_of_another_session_gets_a_snapshot_without_the_code_it_has(kernel: Kernel, page: Page) -> None:
    other = kernel.open_page(client="somebody", session="another", seen=7, have=[a["hash"] for a in page.assets])
    assert other.welcomed()["resumed"] is False
    assert other.assets == []
    assert other.models["m1"]["props"] == {"count": 0}


def test_a_gap_is_answered_with_nack_and_what_follows_is_applied_in_order(kernel: Kernel, page: Page) -> None:
    late = {"v": 1, "seq": 1, "ack": page.seen, "ops": [{"op": "set", "id": "m1", "props": {"count": 1}}]}
    early = {"v": 1, "seq": 2, "ack": page.seen, "ops": [{"op": "set", "id": "m1", "props": {"count": 2}}]}
    page.send_raw(early)
    page.wait(lambda: any(m.get("nack") for m in page.messages), "nobody missed anything")
    page.send_raw(late)
    page.send_raw(early)
    page.send_raw(late)  # a repeated one changes nothing
    page.wait(lambda: page.done == 2, "the messages were not applied")
    assert kernel.run("counter.count, counter.seen").text == "(2, [0, 1, 2])"


def test_events_cross_only_while_python_listens(kernel: Kernel, page: Page) -> None:
    kernel.run("pokes = []\nhandler = counter.connect('poked', lambda *events: pokes.extend(events))")
    page.wait(lambda: bool(page.ops("listen")), "the page was not told that Python listens")
    assert page.ops("listen")[-1] == {"op": "listen", "id": "m1", "types": ["poked"]}
    page.ask({"op": "emit", "id": "m1", "type": "poked", "event": {"strength": 3}})
    assert kernel.run("[e.strength for e in pokes]").text == "[3]"
    kernel.run("handler.dispose()")
    page.wait(lambda: page.ops("listen")[-1]["types"] == [], "the page was not told that Python listens no longer")


BAD: list[tuple[str, Any]] = [
    ("an unknown op", {"v": 1, "seq": 1, "ack": 0, "ops": [{"op": "launch", "id": "m1"}]}),
    ("an op that is no dict", {"v": 1, "seq": 1, "ack": 0, "ops": ["set"]}),
    ("an unknown key", {"v": 1, "seq": 1, "ack": 0, "ops": [], "state": {}}),
    ("no version", {"seq": 1, "ack": 0, "ops": []}),
    ("another version", {"v": 2, "seq": 1, "ack": 0, "ops": []}),
    ("a seq of a wrong type", {"v": 1, "seq": "1", "ack": 0, "ops": []}),
    ("a negative seq", {"v": 1, "seq": -1, "ack": 0, "ops": []}),
    (
        "an ack of what was never sent",
        {"v": 1, "seq": 1, "ack": 999, "ops": [{"op": "set", "id": "m1", "props": {"count": 66}}]},
    ),
    ("ops without a seq", {"v": 1, "seq": 0, "ack": 0, "ops": [{"op": "set", "id": "m1", "props": {"count": 66}}]}),
    ("nothing", {}),
    (
        "a property nobody declared",
        {"v": 1, "seq": 1, "ack": 0, "ops": [{"op": "set", "id": "m1", "props": {"_jsm_id": "x"}}]},
    ),
    (
        "an attribute of Python's",
        {"v": 1, "seq": 1, "ack": 0, "ops": [{"op": "set", "id": "m1", "props": {"seen": 66}}]},
    ),
    (
        "a buffer that is not there",
        {"v": 1, "seq": 1, "ack": 0, "ops": [{"op": "set", "id": "m1", "props": {"count": {"$": "b", "i": 5}}}]},
    ),
    (
        "a value of an unknown kind",
        {"v": 1, "seq": 1, "ack": 0, "ops": [{"op": "set", "id": "m1", "props": {"count": {"$": "pickle", "i": 0}}}]},
    ),
    (
        "a method that is not exposed",
        {"v": 1, "seq": 1, "ack": 0, "ops": [{"op": "call", "id": "m1", "name": "dispose", "call": 1}]},
    ),
    (
        "an event nobody declared",
        {"v": 1, "seq": 1, "ack": 0, "ops": [{"op": "emit", "id": "m1", "type": "count", "event": {"new_value": 66}}]},
    ),
]


def test_malformed_messages_are_answered_and_logged_once_and_change_nothing(kernel: Kernel, page: Page) -> None:
    for what, message in BAD:
        for _ in range(3):
            answers = len(page.ops("error")) + len(page.ops("reply"))
            page.send_raw({**message, "seq": page.ack + 1} if message.get("seq") == 1 else message)
            page.wait(lambda n=answers: len(page.ops("error")) + len(page.ops("reply")) > n, f"{what} was not answered")
    kernel.run("'all of stderr has come'")
    lines = [line for line in kernel.stderr().splitlines() if "Refused what a client sent." in line]
    assert len(lines) == len(set(lines)) > 10  # each kind once, though each came three times
    assert kernel.run("counter.count, counter.seen").text == "(0, [0])"
    # The conversation goes on.
    page.seq = page.ack
    page.ask({"op": "set", "id": "m1", "props": {"count": 8}})
    assert kernel.run("counter.count").text == "8"


@pytest.mark.parametrize(
    "data", [{}, {"v": 1, "seq": 0, "ack": 0, "ops": []}, {"v": 3, "hello": {}}, {"v": 1, "hello": {"name": "me"}}]
)
def test_a_page_that_does_not_say_hello_properly_is_told_why_and_let_go(kernel: Kernel, data: Any) -> None:
    kernel.run(SETUP)
    page = Page(kernel)
    page.open(data)
    page.wait(lambda: page.closed, "the comm was not closed")
    (bye,) = page.ops("bye")
    assert bye["reason"].endswith(("Reload the page.", "install the same jsmodel where JupyterLab runs."))
    assert kernel.run("from jsmodel.kernel.notebook import notebook\nlen(notebook.session.clients)").text == "0"


def test_a_page_is_answered_while_a_cell_computes(kernel: Kernel, page: Page, tmp_path: Path) -> None:
    page.subshell = kernel.subshell()
    go = tmp_path / "go"
    started = tmp_path / "started"
    cell = kernel.start(
        f"import pathlib, time\npathlib.Path({str(started)!r}).touch()\n"
        f"while not pathlib.Path({str(go)!r}).exists():\n    time.sleep(0.02)\ncounter.count, counter.seen"
    )
    page.wait(started.exists, "the cell did not start")
    page.send({"op": "set", "id": "m1", "props": {"count": 3}})
    page.wait(lambda: page.ack == 1, "the message was not acknowledged while the cell computed")
    late = Page(kernel)
    late.subshell = page.subshell
    late.open({"v": 1, "seq": 0, "ack": 0, "ops": [], "hello": {}})
    late.welcomed()
    assert late.models["m1"]["props"] == {"count": 0}
    assert page.done == 0  # user code does not run beside the cell
    assert cell.reply is None
    go.touch()
    assert kernel.finish(cell).text == "(0, [0])"
    page.wait(lambda: page.done == 1, "the message was not applied after the cell")
    assert kernel.run("counter.count, counter.seen").text == "(3, [0, 3])"
    late.wait(lambda: late.models["m1"]["props"]["count"] == 3, "the other page was not told")


def test_process_events_in_a_cell_handles_what_has_come(kernel: Kernel, page: Page) -> None:
    page.subshell = kernel.subshell()
    cell = kernel.start(
        "import time\nend = time.monotonic() + 15\nwhile counter.count != 3 and time.monotonic() < end:\n    time.sleep(0.02)\n    app.process_events()\ncounter.count, counter.seen"
    )
    page.send({"op": "set", "id": "m1", "props": {"count": 3}})
    assert kernel.finish(cell).text == "(3, [0, 3])"


def test_acks_get_through_while_a_cell_computes_so_that_its_changes_keep_coming(
    kernel: Kernel, page: Page, tmp_path: Path
) -> None:
    page.subshell = kernel.subshell()
    go = tmp_path / "go"
    cell = kernel.start(
        f"import itertools, pathlib, time\nfor i in itertools.count():\n    counter.count = i % 90\n    time.sleep(0.05)\n    if pathlib.Path({str(go)!r}).exists():\n        break"
    )
    page.wait(lambda: len(page.ops("set")) > 20, "no more changes came")  # 8 may be on their way without an ack
    assert cell.reply is None
    go.touch()
    kernel.finish(cell)


def test_a_handler_that_fails_is_shown_to_the_page_and_logged_with_its_traceback(kernel: Kernel, page: Page) -> None:
    kernel.run("@counter.connect('count')\ndef fails(*events):\n    raise ValueError('one too many')")
    page.ask({"op": "set", "id": "m1", "props": {"count": 3}})
    page.wait(lambda: bool(page.ops("error")), "the page was not told")
    (error,) = page.ops("error")
    assert error["id"] == "m1"
    assert error["title"] == "ValueError: one too many"
    assert "Traceback" in error["text"] and "in fails" in error["text"]
    assert kernel.run("counter.seen").text == "[0, 3]"  # the other handler ran
    assert kernel.stderr().count("ValueError: one too many") == 1


def test_a_page_that_says_bye_is_forgotten(kernel: Kernel, page: Page) -> None:
    clients = "from jsmodel.kernel.notebook import notebook\nlen(notebook.session.clients)"
    assert kernel.run(clients).text == "1"
    page.send({"op": "bye", "reason": "closed"})
    page.wait(lambda: page.closed, "the comm was not closed")
    assert kernel.run(clients).text == "0"
