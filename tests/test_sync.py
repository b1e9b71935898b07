"""Python and three real clients, driven at random over a network that delays, drops, repeats and breaks.

However it went: all sides end at Python's values, nobody is shown an older value after a newer one, events, calls
and data arrive at most once and in order, and nothing that was kept meanwhile stays.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from replicas import Node, World, sizes

from jsmodel import app
from jsmodel import event as ev
from jsmodel.errors import CallError
from jsmodel.event import loop
from jsmodel.protocol import encode_value
from jsmodel.session import Session, _same_on_wire
from jsmodel.transfer import Transfers

CLIENTS = 3


class Shared(app.Model):
    def init(self) -> None:
        self.accepted: dict[str, list[int]] = {prop: [0] for prop in "xyz"}
        self.heard_here: list[int] = []
        self.asked_here: list[int] = []
        accepted = self.accepted  # no circle: it goes when it goes, and not when the garbage collector comes
        self.observe(lambda change: accepted[change.name].append(change.new), list("xyz"))

    @ev.connect("fired")
    def on_fired(self, *events):
        self.heard_here.extend(e.n for e in events)

    @app.exposed
    def double(self, n):
        self.asked_here.append(n)
        return 2 * n

    class Both:
        @ev.prop
        def x(self, v=0):
            return v

        @ev.prop
        def y(self, v=0):
            return v

        @ev.prop
        def z(self, v=0):
            return v

        @ev.prop
        def other(self, v=None):
            return v

        @ev.emitter
        def fired(self, n):
            return {"n": n}

    class JS:
        def init(self):
            self.shown = {"x": [], "y": [], "z": []}
            self.heard = []
            self.told = []
            self.answers = []

        @ev.connect("x", "y", "z")
        def on_change(self, *events):
            for e in events:
                self.shown[e.type].append(e.new_value)

        @ev.connect("fired")
        def on_fired(self, *events):
            for e in events:
                if e.origin == "py":
                    self.heard.append(e.n)

        def echo(self, n):
            self.told.append(n)
            return n

        def receive_data(self, data, meta):
            self.told.append(meta["n"])
            if data.byteLength != meta["size"]:
                raise ValueError("This is not what was sent.")

        async def ask(self, n):
            try:
                self.answers.append([n, await self.py.double(n)])
            except Exception as err:
                self.answers.append([n, str(err)])


class Strict(Shared):
    """Python corrects y and refuses some z; the page does not know these rules."""

    def _jsm_set_from_client(self, name, value):
        if name == "y":
            value = min(value, 50)
        if name == "z" and value % 3 == 0:
            raise ValueError("no multiples of three")
        super()._jsm_set_from_client(name, value)


class Driven(World):
    """A world with two models, in which things happen, each of which is a method `do_...`."""

    def __init__(self, node: Node) -> None:
        super().__init__(node, CLIENTS)
        self.model = Strict(session=self.session)
        self.mate = Shared(session=self.session)
        self.children: list[Shared] = []
        self.numbers = itertools.count(1)
        self.set_by: list[list[int]] = [[] for _ in self.clients]  # to x, in each page
        self.emitted_by: list[list[int]] = [[] for _ in self.clients]
        self.asked_by: list[list[int]] = [[] for _ in self.clients]
        self.replies: list[tuple[int, Any]] = []
        self.sent_data: list[tuple[int, Any]] = []
        self.told: dict[str, list[int]] = {self.model.id: [], self.mate.id: []}
        self.join()
        self.settle()

    def act(self, action: tuple[Any, ...]) -> None:
        what, *args = action
        getattr(self, f"do_{what}")(*args)

    def page(self, client: int, code: str, **values: Any) -> Any:
        return self.js(client, self.model, code, **values)

    def do_python(self, prop: str) -> None:
        setattr(self.model, prop, next(self.numbers))

    def do_page(self, client: int, prop: str, n: int | None = None) -> None:
        n = next(self.numbers) if n is None else n
        if (
            self.page(client, "if (model) model[values.prop] = values.n; return !!model", prop=prop, n=n)
            and prop == "x"
        ):
            self.set_by[client].append(n)

    def do_emit(self, client: int) -> None:
        n = next(self.numbers)
        if self.page(client, "model?.fired(values.n); return !!model", n=n):
            self.emitted_by[client].append(n)

    def do_fire(self) -> None:
        self.model.fired(next(self.numbers))

    def do_ask(self, client: int) -> None:
        n = next(self.numbers)
        if self.page(client, "void model?.ask(values.n); return !!model", n=n):
            self.asked_by[client].append(n)

    def do_call(self, whom: str = "model") -> None:
        n = next(self.numbers)
        self.replies.append((n, getattr(self, whom).js.echo(n)))
        self.told[getattr(self, whom).id].append(n)

    def do_data(self, whom: str, size: int) -> None:
        n = next(self.numbers)
        self.sent_data.append((n, getattr(self, whom).send_data(bytes(size), {"n": n, "size": size})))
        self.told[getattr(self, whom).id].append(n)

    def do_child(self) -> None:
        self.children = [*self.children[-2:], Shared(session=self.session)]
        self.model.other = self.children[-1]

    def do_grow(self, prop: str) -> None:
        if self.children:
            setattr(self.children[-1], prop, next(self.numbers))

    def do_turn(self) -> None:
        loop.flush()
        self.collect()

    def do_up(self, client: int, how: str) -> None:
        self.up(client, how)

    def do_down(self, client: int, how: str) -> None:
        self.down(client, how)

    def do_break(self, client: int) -> None:
        self.open(client)

    def do_sleep(self, client: int) -> None:
        for other in self._known_as(client):
            other.channel.sleep()

    def do_forget(self, client: int) -> None:
        for other in self._known_as(client):
            self.session.detach(other)
        self.open(client)

    def _known_as(self, client: int) -> list[Any]:
        pipe = self.pipes[client]
        return [c for c in self.session.clients.values() if pipe is not None and c.channel.transport is pipe]

    def look(self, client: int) -> dict[str, Any]:
        seen: dict[str, Any] = self.page(
            client,
            """
            const { x, y, z, shown, heard, answers, other } = model ?? {};
            const { status, models } = session;
            const all = Object.fromEntries([...models].map(([id, { x, y, z }]) => [id, [x, y, z]]));
            const told = Object.fromEntries([...models].map(([id, { told }]) => [id, told]));
            return { x, y, z, shown, heard, told, answers, other: other?.id ?? null, status, all, notes };
            """,
        )
        return seen

    def bounded(self) -> None:
        """Nothing waits, or is on its way, that would grow with what happens."""
        for client in self.session.clients.values():
            channel = client.channel
            assert channel._unacked_count <= channel.WINDOW + 1  # and a snapshot
            flying = sum(sent.piece is not None for sent in channel._unacked)
            assert flying * Transfers.ENVELOPE <= Transfers.MOST + Transfers.SMALL
            sets = [op for op in channel._queue if op["op"] == "set"]
            assert len(sets) <= (channel._others + 1) * len(self.session.models())


which = st.integers(0, CLIENTS - 1)
how = st.sampled_from(["deliver", "deliver", "deliver", "drop", "repeat", "overtaken"])
whom = st.sampled_from(["model", "model", "mate"])
actions = st.one_of(
    st.tuples(st.just("python"), st.sampled_from("xxyz")),
    st.tuples(st.just("page"), which, st.sampled_from("xxyz")),
    st.tuples(st.just("emit"), which),
    st.just(("fire",)),
    st.tuples(st.just("ask"), which),
    st.tuples(st.just("call"), whom),
    st.tuples(st.just("data"), whom, st.sampled_from([0, 10, 100, 350, 1000])),
    st.just(("child",)),
    st.tuples(st.just("grow"), st.sampled_from("xy")),
    st.just(("turn",)),
    st.tuples(st.just("up"), which, how),
    st.tuples(st.just("down"), which, how),
    st.tuples(st.just("up"), which, st.just("deliver")),
    st.tuples(st.just("down"), which, st.just("deliver")),
    st.tuples(st.just("break"), which),
    st.tuples(st.just("sleep"), which),
)
plain = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def check_equal(world: Driven) -> None:
    """All sides have Python's values."""
    model = world.model
    expected = {"x": model.x, "y": model.y, "z": model.z, "other": model.other.id if model.other else None}
    for client in world.clients:
        page = world.look(client)
        assert {k: page[k] for k in expected} == expected, f"client {client}"
        assert page["status"] == "live"
        assert page["all"] == {model.id: [model.x, model.y, model.z] for model in world.session.models()}


def check_order(world: Driven) -> None:
    """Nobody was shown an older value after a newer one, or an event or a call twice or too early."""
    model = world.model
    for client in world.clients:
        page = world.look(client)
        for prop, values in page["shown"].items():
            accepted = model.accepted[prop]
            place = {value: n for n, value in enumerate(accepted) if accepted.count(value) == 1}
            shown = [place[v] for v in values if v in place]
            assert shown == sorted(shown), f"client {client} was shown {prop} as {values}, Python had {accepted}"
        own = [v for v in page["shown"]["x"] if v in world.set_by[client]]
        assert own == sorted(set(own)), f"client {client} was shown {page['shown']}, it set {world.set_by[client]}"
        heard = [model.heard_here.index(n) for n in page["heard"]]
        assert heard == sorted(set(heard)), f"events at client {client}: {page['heard']}, Python had {heard}"
        for told in page["told"].values():
            assert told == sorted(set(told)), "calls and data of Python"
        for model_id, asked_for in world.told.items():
            data = {n for n, _ in world.sent_data}.intersection(asked_for)
            assert data <= set(page["told"][model_id]), "data comes, whatever is dropped"
        asked = [n for n in model.asked_here if n in world.asked_by[client]]
        assert asked == sorted(set(asked)), "calls of the page"


def check_calls(world: Driven) -> None:
    """Each call was settled, once: with its answer, or with a reason."""
    for n, reply in world.replies:
        try:
            assert reply.result(0) == n
        except CallError as err:
            assert "echo()" in str(err)
    for _, reply in world.sent_data:
        try:
            assert reply.result(0) is None
        except CallError as err:
            assert "send_data() was not answered" in str(err)
    for client in world.clients:
        answers = world.look(client)["answers"]
        assert sorted(n for n, _ in answers) == world.asked_by[client]
        assert all(answer == 2 * n or "Call again." in str(answer) for n, answer in answers), answers


def check_nothing_stays(world: Driven) -> None:
    """What waited, was on its way, or was kept to compare with, is gone."""
    session = world.session
    assert not (session._new or session._dead or session.calls._replies or session.calls._early), session
    for client in session.clients.values():
        found = sizes(client.channel)
        if client.channel.transport is None:  # its page never heard of it, and is another client now: it falls asleep
            assert sum(found.values()) <= client.channel.WINDOW, found
            continue
        assert not any(found.values()), found
        assert client.channel._unacked_bytes == client.channel._unacked_count == client.channel._others == 0
        assert len(client.listens) <= len(session.models())
    for page in world.clients:
        found = world.node("sizes", id=page)
        models = len(session.models())
        assert found.pop("models") == models and found.pop("#listens") == models, found
        assert found.pop("#channel.#local") <= 4 * models  # for an older message that may still come
        assert found.pop("#incoming.#last") <= models
        for name in ("#have", "#styles", "watchers", "errorWatchers"):
            assert found.pop(name) <= 5  # as many as there are classes
        assert not any(found.values()), found


def check(world: Driven) -> None:
    world.settle()
    world.session.tick(time.monotonic() + 60)  # whoever never heard of us is asked no more
    check_equal(world)
    check_calls(world)
    check_nothing_stays(world)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A little data is much here: it goes in pieces, of which two or three are on their way."""
    sizes = {"SMALL": 100, "LARGE": 100, "LEAST": 200, "FIRST": 400, "MOST": 800, "ENVELOPE": 100}
    for name, size in sizes.items():
        monkeypatch.setattr(Transfers, name, size)


@pytest.fixture
def settled_world(replicas: Node) -> Iterator[Callable[[], Driven]]:
    worlds: list[Driven] = []

    def make() -> Driven:
        for world in worlds:
            world.close()
        worlds[:] = [Driven(replicas)]
        return worlds[0]

    yield make
    for world in worlds:
        world.close()


@plain
@given(st.lists(actions, max_size=50))
def test_however_it_goes_all_sides_end_at_python_s_values_and_never_go_back(settled_world, steps):
    world = settled_world()
    for step in steps:
        world.act(step)
        world.bounded()
    check(world)
    check_order(world)
    event(f"{min(len(steps) // 10, 4)}0 steps or more")


@plain
@given(st.lists(actions.filter(lambda a: a[0] != "sleep"), max_size=50))
def test_where_nobody_sleeps_all_events_and_calls_arrive_once_each_and_in_order(settled_world, steps):
    world = settled_world()
    for step in steps:
        world.act(step)
        world.bounded()
    check(world)
    for client in world.clients:
        assert [n for n in world.model.heard_here if n in world.emitted_by[client]] == world.emitted_by[client]
        assert world.look(client)["answers"] == [[n, 2 * n] for n in world.asked_by[client]]
        others = [n for n in world.model.heard_here if n not in world.emitted_by[client]]
        assert world.look(client)["heard"] == others
        assert {id: world.look(client)["told"][id] for id in world.told} == world.told
    assert [reply.result(0) for _, reply in world.sent_data] == [None] * len(world.sent_data)
    assert [reply.result(0) for _, reply in world.replies] == [n for n, _ in world.replies]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(actions | st.tuples(st.just("forget"), which), max_size=40))
def test_a_client_that_python_forgot_comes_to_python_s_values_too(settled_world, steps):
    world = settled_world()
    for step in steps:
        world.act(step)
        world.bounded()
    check(world)


def test_what_is_kept_does_not_grow_with_what_happens(settled_world):
    world = settled_world()

    def happen(times: int) -> tuple[dict[str, int], ...]:
        for n in range(times):
            for client in world.clients:
                world.do_page(client, "x")
                world.do_emit(client)
                world.do_ask(client)
            world.do_python("y")
            world.do_fire()
            world.do_call()
            world.do_data("model", 250)
            world.do_data("mate", 10)
            world.do_call("mate")
            world.do_child()
            world.do_turn()
            world.up(n % CLIENTS), world.down((n + 1) % CLIENTS)
            if n % 7 == 6:
                world.do_break(n % CLIENTS)
            if n % 10 == 9:
                check(world)
        check(world)
        session = world.session
        return (
            sizes(session),
            sizes(loop),
            {name: size for name, size in sizes(world.model).items() if name.startswith("_")},
            *(sizes(c) for c in session.clients.values()),
            *(world.node("sizes", id=client) for client in world.clients),
        )

    world.children = [Shared(session=world.session) for _ in range(3)]
    assert happen(10) == happen(60)


def test_what_waits_for_a_client_that_takes_nothing_is_bounded(settled_world):
    world = settled_world()
    (slow,) = world._known_as(0)
    for n in range(300):
        for prop in "xyz":
            setattr(world.model, prop, n)
        loop.flush()
    assert len(slow.channel._unacked) == slow.channel.WINDOW
    assert len(slow.channel._queue) == 1 and slow.channel._queue[0]["props"] == {"x": 299, "y": 299, "z": 299}
    for n in range(slow.channel.MAX_QUEUE + 10):
        world.model.fired(n)
    loop.flush()
    assert len(slow.channel._queue) < 20  # it begins again with a snapshot
    world.model.heard_here.clear()
    world.settle()
    check_equal(world)
    assert any("More than 10,000 events and calls" in note for note in world.look(0)["notes"])


def test_what_waits_in_a_page_that_has_no_connection_is_bounded(settled_world):
    world = settled_world()
    world.to_page[0].clear()
    world.node("lost", id=0)
    error = world.page(
        0,
        """
        for (let n = 1; n <= 500; n++) model.x = n;
        try { for (let n = 0; n < 20000; n++) model.fired(n); } catch (err) { return String(err); }
        """,
    )
    assert "More than 10000 events and calls wait for Python" in error
    found = world.node("sizes", id=0)
    assert found["#channel.#queue"] == 10_001 and found["#channel.#local"] == 1
    world.open(0)
    world.settle()
    assert world.model.x == 500 and len(world.model.heard_here) == 10_000


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(st.characters(exclude_categories=["Cs"]))
        | st.binary(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.text(max_size=5) | st.sampled_from(["$", "__proto__", "constructor"]), inner)
        ),
        max_leaves=8,
    ).filter(lambda v: _encodable(v))
)
def test_values_come_back_from_the_client_as_they_went(settled_world, value):
    world = settled_world()
    world.model.y = value
    world.settle()
    world.page(0, "model.x = model.y")
    world.settle()
    assert _same_on_wire(world.model.x, value)


def _encodable(value: Any) -> bool:
    try:
        encode_value(value, [])
    except TypeError:
        return False
    return True


def test_a_hundred_quick_changes_end_at_the_last_on_the_other_side(settled_world):
    world = settled_world()
    for n in range(1, 101):
        world.do_page(0, "x", n)
        world.up(0)
    world.settle()
    assert world.model.x == 100
    check_equal(world)
    for n in range(101, 201):
        world.model.x = n
        loop.flush()
    world.settle()
    check_equal(world)
    assert world.look(1)["shown"]["x"][-1] == 200


def test_crossing_changes_converge(settled_world):
    world = settled_world()
    world.do_page(0, "x", 1)
    world.model.x = 2
    loop.flush()
    world.settle()
    assert world.model.x == 1
    check_equal(world)
    check_order(world)


def test_a_change_that_waits_does_not_come_after_the_newer_one_of_the_page(settled_world):
    world = settled_world()
    world.model.x = 1  # not sent yet
    world.do_page(0, "x", 2)
    world.up(0)
    world.settle()
    assert world.look(0)["shown"]["x"] == [0, 2]
    check_equal(world)


def test_the_page_is_corrected_and_restored(settled_world):
    world = settled_world()
    world.do_page(0, "y", 77)
    world.do_page(0, "z", 9)
    world.settle()
    assert (world.model.y, world.model.z) == (50, 0)
    check_equal(world)
    assert any("no multiples of three" in note for note in world.look(0)["notes"])


def test_a_page_that_slept_keeps_what_its_person_did(settled_world):
    world = settled_world()
    world.do_sleep(0)
    world.model.y = 5
    loop.flush()
    world.do_page(0, "x", 9)
    world.settle()
    assert (world.model.x, world.model.y) == (9, 5)
    check_equal(world)


def test_a_page_that_slept_and_lost_its_line_keeps_what_its_person_did(settled_world):
    world = settled_world()
    world.do_page(0, "x", 9)
    world.up(0, "drop")
    world.do_sleep(0)
    world.open(0)
    world.settle()
    assert world.model.x == 9
    check_equal(world)


def test_a_call_of_a_page_that_slept_is_not_left_without_an_answer(settled_world):
    world = settled_world()
    world.do_ask(0)
    while world.up(0):
        pass
    while world.down(0, "drop"):
        pass
    world.do_sleep(0)  # with the answer that was lost
    world.do_ask(0)  # and this one is on its way
    check(world)
    (_, first), (_, second) = sorted(world.look(0)["answers"])
    assert "Python's answer to this call was lost" in first and second == 2 * world.asked_by[0][1]


def test_a_forgotten_page_still_hears_events(settled_world):
    world = settled_world()
    world.do_forget(0)
    world.settle()
    world.model.fired(5)
    world.settle()
    assert world.look(0)["heard"] == [5]


def test_after_a_new_session_nothing_is_left_of_the_old_one(settled_world):
    world = settled_world()
    world.model.x = 5
    world.settle()
    world.session.close()
    world.session = Session("new")
    world.model = Strict(session=world.session, x=7)
    world.join()
    world.settle()
    check_equal(world)
    assert world.look(0)["shown"]["x"][0] == 7


def test_data_for_a_new_session_comes_though_its_numbers_begin_again(settled_world):
    world = settled_world()
    for _ in range(5):
        world.do_data("model", 10)
    world.settle()
    world.session.close()
    world.session = Session("new")
    world.model = Strict(session=world.session)
    world.told = {world.model.id: []}
    world.join()
    world.settle()
    world.do_data("model", 250)
    world.settle()
    assert [world.look(client)["told"] for client in world.clients] == [world.told] * CLIENTS


def test_what_a_page_is_told_stays_in_order_when_its_line_breaks_in_between(settled_world):
    world = settled_world()
    for n in range(12):
        world.do_data("model", 350)
        world.do_call()
        world.do_call("mate")
        world.do_turn()
        world.down(0, "drop" if n % 3 else "deliver")
        world.up(0)
        if n % 4 == 3:
            world.do_break(0)
    world.settle()
    assert [world.look(client)["told"] for client in world.clients] == [world.told] * CLIENTS


def test_much_data_for_one_model_delays_no_call_of_another(settled_world):
    world = settled_world()
    world.do_data("model", 100_000)
    world.do_call()
    world.do_data("mate", 10)
    world.do_call("mate")
    world.model.y = 5
    world.do_turn()
    for _ in range(8):
        world.down(0), world.up(0)
    page = world.look(0)
    assert page["told"] == {world.model.id: [], world.mate.id: world.told[world.mate.id]} and page["y"] == 5
    world.settle()
    assert world.look(0)["told"] == world.told


def test_a_value_of_the_page_that_cannot_be_sent_breaks_nothing(settled_world):
    world = settled_world()
    world.page(0, "model.fired({$: 'm'})")
    world.settle()
    world.do_page(0, "x", 4)
    world.settle()
    assert world.model.x == 4
