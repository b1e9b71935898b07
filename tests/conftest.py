"""What all tests share: a loop that starts empty, and a client that can say anything over a MemoryTransport."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings
from replicas import Node

from jsmodel.event import Handler, loop
from jsmodel.protocol import Hello
from jsmodel.session import Client, Session
from jsmodel.transport import MemoryTransport


class Page:
    """Plays a client, well-behaved or not. It acknowledges nothing by itself.

    Args:
        session: Which session it is a client of.
        hello: Fields of the hello.
    """

    def __init__(self, session: Session, /, **hello: Any) -> None:
        self.session = session
        self.pipe = MemoryTransport()
        self.seq = 0
        self._read = 0
        self.client: Client = session.attach(self.pipe, Hello(**hello))

    def say(self, *ops: dict[str, Any], buffers: Any = (), seq: int | None = None, ack: int = 0, **more: Any) -> None:
        """Send one counted message."""
        self.seq = self.seq + 1 if seq is None else seq
        self.pipe.deliver({"v": 1, "seq": self.seq, "ack": ack, "ops": list(ops), **more}, buffers)

    def set(self, model: Any, **props: Any) -> None:
        """Set properties of a model, given as they travel."""
        self.say({"op": "set", "id": getattr(model, "id", model), "props": props})

    def ack(self, seq: int | None = None) -> None:
        """Say what has come: all of it, or up to `seq`."""
        self.pipe.deliver({"v": 1, "seq": 0, "ack": self.seen if seq is None else seq, "ops": []})

    @property
    def seen(self) -> int:
        """The highest number that was sent to it."""
        return max((m.get("seq", 0) for m in self.pipe.sent), default=0)

    def read(self) -> list[dict[str, Any]]:
        """The messages since the last look."""
        start, self._read = self._read, len(self.pipe.sent)
        return self.pipe.sent[start:]

    def ops(self, *kinds: str) -> list[dict[str, Any]]:
        """The ops since the last look, of these kinds or all."""
        return [op for m in self.read() for op in m["ops"] if not kinds or op["op"] in kinds]

    def told(self, model: Any) -> dict[str, Any]:
        """The last values of a model's properties that it was told since the last look."""
        props: dict[str, Any] = {}
        for op in self.ops():
            for state in op["models"] if op["op"] == "create" else [op]:
                if state.get("id") == model.id and "props" in state:
                    props.update(state["props"])
        return props

    def come_back(self, **hello: Any) -> None:
        """Say hello again over a new transport."""
        self.pipe, self._read = MemoryTransport(), 0
        known = {"client": self.client.id, "session": self.session.id}
        self.client = self.session.attach(self.pipe, Hello(**{**known, **hello}))


# What the tests transpile stays among them: the caches of people are neither used nor filled.
if "JSMODEL_CACHE" not in os.environ:
    os.environ["JSMODEL_CACHE"] = tempfile.mkdtemp(prefix="jsmodel-cache-")
    atexit.register(shutil.rmtree, os.environ["JSMODEL_CACHE"], ignore_errors=True)

# On a server that builds, the same examples each time; elsewhere, new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(autouse=True)
def empty_loop() -> Iterator[None]:
    """Nothing of an earlier test waits in the loop."""
    loop.flush()
    yield
    loop.flush()


@pytest.fixture(scope="session")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """The process in which the clients of a `World` live."""
    node = Node(tmp_path_factory.mktemp("replicas"))
    yield node
    node.end()


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session("test")
    yield session
    session.close()


@pytest.fixture
def join(session: Session) -> Callable[..., Page]:
    """Call it for one more client of `session`."""
    return lambda **hello: Page(session, **hello)


@pytest.fixture
def open_page() -> type[Page]:
    """Call it for a client of a session of one's own."""
    return Page


@pytest.fixture
def page(join: Callable[..., Page]) -> Page:
    return join()


@pytest.fixture
def failures() -> Iterator[list[BaseException]]:
    """What handlers and calls raised in the loop."""
    errors: list[BaseException] = []

    def note(error: BaseException, handler: Handler | None) -> None:
        errors.append(error)

    loop.add_reporter(note)
    yield errors
    loop.remove_reporter(note)
