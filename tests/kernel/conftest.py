"""A real ipykernel, and a client that plays the part of a page."""

from __future__ import annotations

import copy
import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from jupyter_client import KernelManager

TIMEOUT = 20.0  # seconds; for everything that is waited for

SETUP = "from jsmodel import app, event, ui\napp.init_notebook()"
COUNTER = """
class Counter(app.Model):
    def init(self):
        self.seen = []

    @event.connect("count")
    def on_count(self, *events):
        self.seen.append(events[-1].new_value)

    class Both:
        @event.prop
        def count(self, v=0):
            return min(int(v), 100)

        @event.emitter
        def poked(self):
            return {}

counter = Counter()
counter
"""


class Outcome:
    """What running a cell gave."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.reply: dict[str, Any] | None = None
        self.idle = False

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        """The contents of the iopub messages of these types."""
        return [m["content"] for m in self.messages if m["msg_type"] in kinds]

    @property
    def bundles(self) -> list[dict[str, Any]]:
        """The MIME bundles that were displayed or updated."""
        return [c["data"] for c in self.of("display_data", "execute_result", "update_display_data")]

    @property
    def text(self) -> str:
        """The repr of the cell's value."""
        return str(self.of("execute_result")[-1]["data"]["text/plain"])

    @property
    def error(self) -> str:
        """How the cell failed: the type and the words; empty when it did not."""
        return "".join(f"{c['ename']}: {c['evalue']}" for c in self.of("error"))


class Kernel:
    """A kernel in a process of its own, and all that it says."""

    def __init__(self, manager: KernelManager) -> None:
        self.manager = manager
        self.client = manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.said: list[dict[str, Any]] = []  # on iopub, outside of the cells that were run here
        self.pages: dict[str, Page] = {}
        self._cells: dict[str, Outcome] = {}

    def start(self, code: str, *, person: bool = False) -> Outcome:
        """Run a cell and do not wait for its end.

        Args:
            code: Its source.
            person: Whether somebody is there who could answer `input()`.
        """
        outcome = Outcome()
        self._cells[self.client.execute(code, allow_stdin=person)] = outcome
        return outcome

    def finish(self, outcome: Outcome) -> Outcome:
        """Wait for the end of a cell."""
        self.wait(lambda: outcome.idle and outcome.reply is not None, "the cell did not end")
        return outcome

    def run(self, code: str, *, person: bool = False) -> Outcome:
        """Run a cell; it must not fail."""
        outcome = self.finish(self.start(code, person=person))
        assert not outcome.error, outcome.error
        return outcome

    def open_page(self, **hello: Any) -> Page:
        """Open a comm and say hello."""
        page = Page(self)
        page.open({"v": 1, "seq": 0, "ack": 0, "ops": [], "hello": hello})
        return page

    def subshell(self) -> str:
        """Make a subshell, as JupyterLab does for comms, and return its id."""
        self.client.control_channel.send(self.client.session.msg("create_subshell_request", {}))
        reply = self.client.control_channel.get_msg(timeout=TIMEOUT)
        return str(reply["content"]["subshell_id"])

    def wait(self, condition: Callable[[], bool], otherwise: str) -> None:
        """Read what the kernel says until something is so."""
        end = time.monotonic() + TIMEOUT
        while not condition():
            assert time.monotonic() < end, otherwise
            self.read(0.1)

    def read(self, seconds: float) -> None:
        """Read what the kernel says, for so long."""
        end = time.monotonic() + seconds
        while True:
            left = max(0.0, end - time.monotonic())
            for channel, take in ((self.client.shell_channel, self._replied), (self.client.iopub_channel, self._heard)):
                try:
                    while True:
                        take(channel.get_msg(timeout=min(left, 0.02)))
                except Empty:
                    pass
            if not left:
                return

    def stderr(self) -> str:
        """All that was written to stderr."""
        messages = self.said + [m for cell in self._cells.values() for m in cell.messages]
        return "".join(
            m["content"]["text"] for m in messages if m["msg_type"] == "stream" and m["content"]["name"] == "stderr"
        )

    def _replied(self, message: dict[str, Any]) -> None:
        cell = self._cells.get(message["parent_header"].get("msg_id", ""))
        if cell is not None:
            cell.reply = message["content"]

    def _heard(self, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind.startswith("comm_") and content.get("comm_id") in self.pages:
            self.pages[content["comm_id"]].hear(kind, content["data"], message.get("buffers", []))
            return
        cell = self._cells.get(message["parent_header"].get("msg_id", ""))
        if cell is None:
            self.said.append(message)
        elif kind == "status":
            cell.idle = content["execution_state"] == "idle"
        else:
            cell.messages.append(message)


class Page:
    """Plays the part of a page at its comm, well-behaved or not.

    What a page would show is in `models`: id -> class, properties.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.comm_id = uuid.uuid4().hex
        self.messages: list[dict[str, Any]] = []
        self.models: dict[str, dict[str, Any]] = {}
        self.assets: list[dict[str, Any]] = []
        self.seq = 0
        self.seen = 0
        self.closed = False
        self.acks = True
        self.subshell: str | None = None
        kernel.pages[self.comm_id] = self

    def open(self, data: Any) -> None:
        """Open the comm."""
        self._say("comm_open", {"comm_id": self.comm_id, "target_name": "jsmodel", "data": data})

    def send(self, *ops: dict[str, Any], **fields: Any) -> int:
        """Send ops in a well-formed message; returns its number."""
        if ops:
            self.seq += 1
        self.send_raw({"v": 1, "seq": self.seq if ops else 0, "ack": self.seen, "ops": list(ops), **fields})
        return self.seq

    def send_raw(self, data: Any) -> None:
        """Send anything."""
        self._say("comm_msg", {"comm_id": self.comm_id, "data": data})

    def ask(self, *ops: dict[str, Any]) -> None:
        """Send ops and wait until Python has applied them."""
        seq = self.send(*ops)
        self.wait(lambda: bool(self.messages) and self.done >= seq, "Python did not answer")

    def wait(self, condition: Callable[[], bool], otherwise: str) -> None:
        """Read until something is so."""
        self.kernel.wait(condition, f"{otherwise}; it said {self.messages[-3:]}")

    def welcomed(self) -> dict[str, Any]:
        """Wait for the welcome and return it."""
        self.wait(lambda: any("welcome" in m for m in self.messages), "nobody said welcome")
        return next(m["welcome"] for m in reversed(self.messages) if "welcome" in m)

    def ops(self, kind: str) -> list[dict[str, Any]]:
        """All ops of a kind that came."""
        return [op for m in self.messages for op in m["ops"] if op["op"] == kind]

    @property
    def ack(self) -> int:
        """The last message of ours that has arrived."""
        return max((m["ack"] for m in self.messages if "ack" in m), default=0)

    @property
    def done(self) -> int:
        """The last message of ours whose ops were applied."""
        return max((m.get("done", m.get("ack", 0)) for m in self.messages), default=0)

    def hear(self, kind: str, data: Any, buffers: list[Any]) -> None:
        """A message came on our comm."""
        if kind == "comm_close":
            self.closed = True
            return
        if data.get("reset"):
            self.models.clear()
        elif 0 < data.get("seq", 0) <= self.seen:
            return self.send()  # a repeated one: our ack was lost, or late
        self.messages.append(data)
        for op in data["ops"]:
            if op["op"] == "define":
                self.assets.append(op)
            elif op["op"] == "create":
                self.models.update((m["id"], copy.deepcopy(m)) for m in op["models"])
            elif op["op"] == "set":
                self.models[op["id"]]["props"].update(op["props"])
            elif op["op"] == "dispose":
                for model_id in op["ids"]:
                    self.models.pop(model_id, None)
        if data.get("seq"):
            self.seen = data["seq"]
            if self.acks:
                self.send()

    def _say(self, kind: str, content: dict[str, Any]) -> None:
        message = self.kernel.client.session.msg(kind, content)
        if self.subshell is not None:
            message["header"]["subshell_id"] = self.subshell
        self.kernel.client.shell_channel.send(message)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    """A kernel that was started for this test."""
    manager = KernelManager(connection_file=str(tmp_path / "kernel.json"))
    env = {**os.environ, "IPYTHONDIR": str(tmp_path / "ipython"), "JUPYTER_RUNTIME_DIR": str(tmp_path)}
    manager.start_kernel(env=env, cwd=str(tmp_path))
    kernel: Kernel | None = None
    try:
        kernel = Kernel(manager)
        yield kernel
    finally:
        if kernel is not None:
            kernel.client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
