"""Whatever a network does to a connection: nothing is lost, nothing comes twice, and the page is live again."""

from __future__ import annotations

import threading
import time

import pytest

from .conftest import Traffic, ends
from .proxy import Fault

KINDS = ["cut", "reset", "stall", "void_up", "void_down"]
MIB = 2**20


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("way", "after", "past_head"),
    [
        pytest.param("up", 0, False, id="before-the-request"),
        pytest.param("up", 90, False, id="inside-the-request"),
        pytest.param("down", 60, False, id="inside-the-answer"),
        pytest.param("up", 0, True, id="before-the-hello"),
        pytest.param("up", 30, True, id="inside-the-hello"),
        pytest.param("down", 0, True, id="before-the-welcome"),
        pytest.param("down", 200, True, id="inside-the-snapshot"),
    ],
)
def test_a_page_comes_in_though_its_first_connection_fails(begin, kind, way, after, past_head):
    fault = Fault(kind, way, after, past_head=past_head)
    world = begin(fault)
    world.live()
    assert fault.happened.is_set()
    world.say()
    world.step()
    world.settled()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("size", [pytest.param(0, id="small"), pytest.param(MIB, id="1MiB")])
def test_a_message_that_breaks_in_the_middle_arrives_once(begin, kind, way, size):
    world = begin().live()
    fault = world.proxy.arm(Fault(kind, way, after=size // 2 + 9))
    act = world.step if way == "up" else world.say
    act(size=size)
    assert fault.happened.wait(10)
    world.say()
    world.step()
    world.settled()


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_that_only_listens_notices_and_gets_what_it_missed(begin, kind):
    world = begin().live()
    world.proxy.do(kind)
    world.say(3)
    world.settled()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["up", "down"])
def test_traffic_both_ways_survives_one_cut_after_the_other(begin, kind, way):
    world = begin().live()
    for after in (500, 1500, 3000):
        fault = world.proxy.arm(Fault(kind, way, after=after))
        for _ in range(12):
            world.step()
            world.say()
        world.wait(fault.happened.is_set)
        world.settled()


@pytest.mark.parametrize("kind", KINDS)
def test_data_that_is_sent_in_pieces_arrives_whole_and_once(begin, kind):
    world = begin().live()
    blobs = [bytes(range(n, 250)) * 8_000 for n in (1, 2)]
    fault = world.proxy.arm(Fault(kind, "down", after=len(blobs[0]) * 3 // 4))
    replies = world.here(lambda: [world.model.send_data(blob, {"n": n}) for n, blob in enumerate(blobs)])
    world.step()
    world.say()
    world.wait(lambda: all(reply._done.is_set() for reply in replies))
    assert fault.happened.is_set()
    assert [reply.result(0) for reply in replies] == [None, None]
    world.settled()
    assert world.look()["got"] == [[n, ends(blob)] for n, blob in enumerate(blobs)]


def test_code_whose_download_breaks_is_downloaded_again(begin):
    download = Fault("reset", "down", after=50)
    world = begin(Fault("go_on", after=2**40), download).live()
    assert download.happened.is_set()
    assert len(world.proxy.sockets) == 1
    world.say()
    world.step()
    world.settled()


def test_code_is_downloaded_however_long_the_network_is_gone_before(begin):
    download = Fault("stall", "down", after=50)
    world = begin(Fault("go_on", after=2**40), download)
    assert download.happened.wait(10)
    world.proxy.refuse()
    world.proxy.do("reset")
    world.wait_for("disconnected")
    time.sleep(5)  # longer than all tries of a download take, while somebody is there
    world.proxy.accept()
    world.live()
    world.say()
    world.step()
    world.settled()


def test_a_server_that_cannot_be_reached_for_a_while_gets_what_was_done_meanwhile(begin):
    world = begin().live()
    world.proxy.refuse()
    world.proxy.do("reset")
    world.wait_for("disconnected")
    world.step(20)
    world.say(20)
    page = world.look()
    assert page["waiting"] and page["reason"] == ""
    world.proxy.accept()
    world.settled()


def test_a_short_stall_is_nothing_but_a_pause(begin):
    world = begin(ask_seconds=0.2, answer_seconds=20).live()
    world.proxy.do("stall")
    world.step(3)
    world.say(3)
    world.wait_for("busy")
    assert world.look()["reason"] == (
        "Python has not answered for a while; what you do here is kept, and sent when it does."
    )
    world.proxy.do("go_on")
    world.settled()
    assert len(world.proxy.sockets) == 1
    assert "disconnected" not in world.look()["states"]


def test_a_server_that_computes_for_long_gets_everything_afterwards(begin):
    world = begin().live()
    computing = threading.Thread(target=world.here, args=(lambda: time.sleep(1.5),))
    computing.start()
    world.step(5)
    world.wait_for("busy")
    world.wait_for("disconnected")
    world.step(5)
    computing.join()
    world.settled()


def test_an_app_that_takes_longer_to_open_than_a_page_waits_is_opened_once(begin, monkeypatch):
    monkeypatch.setattr(Traffic, "slow", 1.5)
    world = begin().live()
    assert len(world.proxy.sockets) > 1
    world.say()
    world.step()
    world.settled()


@pytest.mark.parametrize("way", ["up", "down"])
def test_one_way_that_stalls_is_enough_to_be_noticed(begin, way):
    world = begin().live()
    world.proxy.do(f"stall_{way}")
    world.step(3)
    world.say(3)
    world.settled()
    assert len(world.proxy.sockets) > 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("stall", "up", 40), id="the-request"),
        pytest.param(Fault("stall_up", "up", 0, past_head=True), id="the-first-hello"),
        pytest.param(Fault("stall", "down", 0, past_head=True), id="the-welcome"),
    ],
)
def test_what_a_page_gave_up_and_the_network_delivers_late_disturbs_nobody(begin, fault):
    world = begin(fault).live()
    assert fault.happened.is_set()
    world.say()
    world.proxy.do("go_on")
    world.step()
    world.settled()
    world.say()
    world.step()
    world.settled()
    assert world.look()["status"] == "live"


def test_a_later_hello_that_comes_late_does_not_take_the_connection_from_a_newer_one(begin):
    world = begin().live()
    late = Fault("stall_up", "up", 0, past_head=True)  # the hello with which it comes back
    world.proxy.plan(late)
    world.proxy.do("reset")
    assert late.happened.wait(10)
    world.live()
    world.step()
    world.settled()
    world.proxy.do("go_on")
    for _ in range(5):
        world.say()
        world.step()
        world.settled()
    assert world.look()["states"].count("ended") == 0


def test_over_a_slow_line_a_large_value_arrives_though_the_page_loses_patience(begin):
    world = begin().live()
    world.proxy.do("trickle")  # 200 kB a second
    world.say(size=300_000)  # takes longer than the page waits at first
    world.step()
    world.settled()
    assert len(world.proxy.sockets) > 1


def test_the_server_does_not_give_up_a_page_that_takes_a_large_message_slowly(begin):
    world = begin(ping_seconds=0.5, slow_bytes=8192, ask_seconds=60, idle_ask_seconds=600).live()
    world.proxy.do("trickle")
    world.say(size=500_000)
    world.settled()
    assert len(world.proxy.sockets) == 1


def test_of_a_page_that_sends_more_than_the_server_takes_only_that_value_is_refused(begin):
    world = begin(frame_bytes=100_000).live()
    world.step(size=80_000)
    world.wait(lambda: world.model.up is not None)
    world.step(size=500_000)
    world.step()
    world.wait(lambda: world.look()["up"] == ends(world.model.up))  # the page has Python's value again
    (note,) = world.look()["notes"]
    assert "Cannot send the property 'up' to Python: it has 500," in note
    assert "the server takes 100,000 at once. It has Python's value again. Send less, or run the server with" in note
    world.node("forgive")
    world.say()
    world.settled()
    assert world.model.up == bytes([world.stepped[0]]) * 80_000
    assert len(world.proxy.sockets) == 1


def test_many_changes_that_are_too_much_for_one_message_all_arrive(begin):
    world = begin(frame_bytes=100_000).live()
    world.proxy.do("reset")
    for size in (60_000, 0, 70_000, 0):
        world.step(size=size)
    world.settled()
    assert world.model.up == bytes([world.stepped[2]]) * 70_000


def test_a_page_that_comes_back_too_late_says_to_reload(begin):
    world = begin(time_to_live=0.2).live()
    world.proxy.refuse()
    world.proxy.do("reset")
    world.wait(lambda: not world.sessions())
    world.proxy.accept()
    world.wait_for("ended")
    assert world.look()["reason"] == (
        "The session is over: the server was restarted, or the page was away too long. Reload the page."
    )


@pytest.mark.parametrize("event", ["online", "visibilitychange", "pageshow"])
def test_a_page_that_is_looked_at_again_does_not_wait_to_find_out(begin, event):
    world = begin(idle_ask_seconds=600).live()
    world.proxy.do("void_up")
    world.say()
    world.node("happen", type=event)
    world.settled()


def test_an_idle_page_and_an_idle_server_have_nothing_to_say_to_each_other(begin):
    world = begin(idle_ask_seconds=600).live()
    world.say()
    world.step()
    world.settled()
    link = world.proxy.sockets[-1]

    def moves(seconds):
        before = (link.up.count, link.down.count)
        time.sleep(seconds)
        return (link.up.count, link.down.count) != before

    world.wait(lambda: not moves(1.0))  # the last ack, which waits for something else to say
    assert not moves(1.0)  # several times its patience
