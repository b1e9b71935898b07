"""In a real kernel, over ZMQ: the round trip, 10,000 changes in a cell, 1,000 widgets.

This process plays the page, with bare sockets. However much waits for it is
kept, since a peer whose messages get lost cannot be counted. Each toolkit has a
kernel of its own, the peers in their own environment; they take turns.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from . import environments
from .measure import ROOT, Effort, NotMeasured, median
from .table import Other, Row

__all__ = ["NAMES", "Bare", "Kernel", "Ours", "Toolkit", "measure"]

NAMES = (
    "kernel.trip",
    "kernel.burst",
    "kernel.burst.all",
    "kernel.burst.messages",
    "kernel.burst.bytes",
    "kernel.create",
    "kernel.create.all",
    "kernel.create.messages",
    "kernel.create.bytes",
    "kernel.create.heap",
)

KIB = 1024
CHANGES = 10_000
WIDGETS = 1_000


class Kernel:
    """A running kernel, and the sockets of a page. Frames are counted as they come off the wire.

    Args:
        python: The interpreter.
        bounded: Whether the sockets hold as much as those of Jupyter's programs do, and lose the rest.
    """

    def __init__(self, python: str = sys.executable, *, bounded: bool = False) -> None:
        import zmq
        from jupyter_client.kernelspec import KernelSpec
        from jupyter_client.manager import KernelManager

        self._manager = KernelManager()
        argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self._manager._kernel_spec = KernelSpec(argv=argv, display_name="Python", language="python")
        self._manager.start_kernel(cwd=str(ROOT), stderr=subprocess.DEVNULL)  # it warns that TCP is not encrypted
        client = self._manager.blocking_client()
        client.context = self._context = zmq.Context()
        if not bounded:
            self._context.setsockopt(zmq.RCVHWM, 0)
        self._session = client.session
        self._shell, self._iopub = client.connect_shell(), client.connect_iopub()
        self.comm_messages = 0
        self.comm_bytes = 0
        self.on_comm: Callable[[dict[str, Any]], None] | None = None
        for _ in range(120):  # until it answers, and the subscription has taken hold
            self.send("kernel_info_request", {})
            if self._iopub.poll(500):
                break
        time.sleep(0.5)
        for socket in (self._shell, self._iopub):
            while socket.poll(100):
                socket.recv_multipart()

    def close(self) -> None:
        """End the kernel."""
        self._manager.shutdown_kernel(now=True)
        self._context.destroy(linger=0)

    @property
    def pid(self) -> int:
        """Its process."""
        return int(self._manager.provisioner.process.pid)  # type: ignore[union-attr]

    def send(self, kind: str, content: dict[str, Any]) -> str:
        """Send a message on the shell channel; its id."""
        message = self._session.msg(kind, content)
        self._session.send(self._shell, message)
        return str(message["header"]["msg_id"])

    def receive(self, patience: float = 30.0) -> dict[str, Any]:
        """The next message that the kernel publishes."""
        if not self._iopub.poll(int(patience * 1000)):
            raise TimeoutError("the kernel says nothing")
        frames = self._iopub.recv_multipart(copy=False)
        size = sum(len(frame) for frame in frames)
        message: dict[str, Any] = self._session.deserialize(
            self._session.feed_identities(frames, copy=False)[1], copy=False
        )
        if message["msg_type"].startswith("comm"):
            self.comm_messages += 1
            self.comm_bytes += size
            if self.on_comm is not None:
                self.on_comm(message)
        return message

    def rest(self) -> None:
        """Until the kernel is idle, and its answers are taken."""
        while self.receive()["content"].get("execution_state") != "idle":
            pass
        while self._shell.poll(0):
            self._shell.recv_multipart()

    def answered(self, patience: float = 120.0) -> None:
        """Until the cell that runs has ended. What the kernel publishes is left where it is."""
        if not self._shell.poll(int(patience * 1000)):
            raise TimeoutError("the kernel does not answer")
        while self._shell.poll(0):
            self._shell.recv_multipart()

    def quiet(self, seconds: float = 0.15) -> None:
        """Until nothing has come for a while."""
        while self._iopub.poll(int(seconds * 1000)):
            self.receive()
        while self._shell.poll(0):
            self._shell.recv_multipart()

    def run(self, code: str) -> str:
        """Run a cell; what it printed."""
        asked = self.send(
            "execute_request", {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        )
        printed = []
        while True:
            message = self.receive(60)
            content = message["content"]
            if message["msg_type"] == "stream":
                printed.append(content["text"])
            elif message["msg_type"] == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            elif content.get("execution_state") == "idle" and message["parent_header"].get("msg_id") == asked:
                break
        while self._shell.poll(0):
            self._shell.recv_multipart()
        return "".join(printed)

    def count(self) -> None:
        """Count comm messages from here on."""
        self.comm_messages = self.comm_bytes = 0


class Toolkit:
    """A kernel with a slider, a label that follows it in Python, a widget for bursts, and something to make many of.

    `source` defines `burst` (it has a `value`) and `make()`.
    """

    whose = ""
    source = ""
    environment = ""

    def __init__(self, *, bounded: bool = False) -> None:
        python = environments.python(self.environment) if self.environment else sys.executable
        self.kernel = Kernel(python, bounded=bounded)
        self.kernel.run(self.source)
        self._count = 0
        self.start()

    def start(self) -> None:
        """Play the page that comes in."""

    def move(self, value: int) -> None:
        """Play the person that moves the slider."""
        raise NotImplementedError

    def shown(self, message: dict[str, Any]) -> str | None:
        """The label's new text, if the message has it."""
        raise NotImplementedError

    def bursted(self, message: dict[str, Any]) -> int | None:
        """The new value of the widget for bursts, if the message has it."""
        raise NotImplementedError

    def trip(self) -> float:
        """Milliseconds from a move to the label's text."""
        self._count += 1
        want = str(self._count)
        start = time.perf_counter()
        self.move(self._count)
        while self.shown(self.kernel.receive()) != want:
            pass
        took = (time.perf_counter() - start) * 1e3
        self.kernel.rest()
        return took

    def burst(self) -> tuple[float, float, int, int]:
        """Milliseconds in the kernel, milliseconds until the page has the last, messages, bytes."""
        kernel = self.kernel
        kernel.run("burst.value = 0")
        kernel.quiet()
        last: list[float] = []
        self.listen(lambda message: last.append(time.perf_counter()) if self.bursted(message) == CHANGES else None)
        kernel.count()
        start = time.perf_counter()
        took = float(
            kernel.run(
                f"import time; t = time.perf_counter()\nfor i in range(1, {CHANGES} + 1): burst.value = i\nprint(time.perf_counter() - t)"
            )
        )
        kernel.quiet()
        self.listen(None)
        self.settle()
        return took * 1e3, (last[-1] - start) * 1e3, kernel.comm_messages, kernel.comm_bytes

    def create(self) -> tuple[float, float, int, int]:
        """Milliseconds in the kernel, milliseconds until the page has them all, messages, bytes."""
        kernel = self.kernel
        kernel.run("keep = []; import gc; gc.collect()")
        kernel.quiet()
        last: list[float] = []
        self.listen(lambda message: last.append(time.perf_counter()))
        kernel.count()
        start = time.perf_counter()
        took = float(
            kernel.run(
                f"import time; t = time.perf_counter()\nkeep += [make() for _ in range({WIDGETS})]\nprint(time.perf_counter() - t)"
            )
        )
        kernel.quiet()
        self.listen(None)
        self.settle()
        return took * 1e3, (last[-1] - start) * 1e3, kernel.comm_messages, kernel.comm_bytes

    def heap(self) -> float:
        """KiB of Python heap for each widget, once what announced it has left the kernel."""
        kernel = self.kernel
        kernel.run("keep = []; import gc, tracemalloc; keep += [make() for _ in range(100)]; tracemalloc.start()")
        self.settle()
        before = int(kernel.run("gc.collect(); print(tracemalloc.get_traced_memory()[0])"))
        kernel.run(f"keep += [make() for _ in range({WIDGETS})]")
        self.settle()
        after = int(kernel.run("gc.collect(); print(tracemalloc.get_traced_memory()[0]); tracemalloc.stop()"))
        return (after - before) / WIDGETS / KIB

    def listen(self, listener: Callable[[dict[str, Any]], None] | None) -> None:
        """Call `listener` with each comm message from now on."""
        self.kernel.on_comm = listener

    def settle(self) -> None:
        """Until all that was sent has come, and the kernel knows."""
        self.kernel.quiet(0.5)


class Ours(Toolkit):
    """jsmodel; this process acknowledges what comes, as the page does."""

    whose = "jsmodel"
    source = """
from jsmodel import app, event, ui
app.init_notebook()
class Follower(app.Model):
    def init(self):
        self.slider = ui.Slider(max=10**9)
        self.label = ui.Label()
    @event.connect('slider.value')
    def on_value(self, *events):
        self.label.text = str(events[-1].new_value)
follower = Follower()
burst = ui.Slider(max=10**9)
def make(): return ui.Slider()
"""

    def start(self) -> None:
        self._seq = self._seen = self._acked = 0
        self.listen(None)
        kernel = self.kernel
        self._ids = json.loads(
            kernel.run("import json; print(json.dumps([follower.slider.id, follower.label.id, burst.id]))")
        )
        hello: dict[str, Any] = {"client": None, "session": None, "seen": 0, "have": [], "ticket": None}
        kernel.send(
            "comm_open",
            {
                "comm_id": "page",
                "target_name": "jsmodel",
                "data": {"v": 1, "seq": 0, "ack": 0, "ops": [], "hello": hello},
            },
        )
        self.settle()

    def move(self, value: int) -> None:
        self._say([{"op": "set", "id": self._ids[0], "props": {"value": value}, "origin": "user"}])

    def shown(self, message: dict[str, Any]) -> str | None:
        text = self._found(message, self._ids[1], "text")
        return None if text is None else str(text)

    def bursted(self, message: dict[str, Any]) -> int | None:
        value = self._found(message, self._ids[2], "value")
        return value if isinstance(value, int) else None

    def listen(self, listener: Callable[[dict[str, Any]], None] | None) -> None:
        def heard(message: dict[str, Any]) -> None:
            if listener is not None:
                listener(message)
            self._note(message)
            if self._seen - self._acked >= 4:  # as the page's channel does
                self._acknowledge()

        self.kernel.on_comm = heard

    def settle(self) -> None:
        super().settle()
        self._acknowledge()
        super().settle()

    def _note(self, message: dict[str, Any]) -> None:
        self._seen = max(self._seen, message["content"]["data"].get("seq", 0))

    def _say(self, ops: list[dict[str, Any]]) -> None:
        self._seq += 1
        self._acked = self._seen
        self.kernel.send(
            "comm_msg", {"comm_id": "page", "data": {"v": 1, "seq": self._seq, "ack": self._seen, "ops": ops}}
        )

    def _acknowledge(self) -> None:
        self._acked = self._seen
        self.kernel.send("comm_msg", {"comm_id": "page", "data": {"v": 1, "seq": 0, "ack": self._seen, "ops": []}})

    @staticmethod
    def _found(message: dict[str, Any], model_id: str, name: str) -> Any:
        if message["msg_type"] != "comm_msg":
            return None
        for op in reversed(message["content"]["data"]["ops"]):
            if op["op"] == "set" and op["id"] == model_id and name in op["props"]:
                return op["props"][name]
        return None


class Bare(Toolkit):
    """The floor: a comm that echoes; no toolkit, no checks."""

    whose = "bare comm"
    source = """
from comm import get_comm_manager
def opened(comm, message):
    @comm.on_msg
    def echo(message):
        comm.send({'value': str(message['content']['data']['value'])})
get_comm_manager().register_target('echo', opened)
"""

    def start(self) -> None:
        self.kernel.send("comm_open", {"comm_id": "page", "target_name": "echo", "data": {}})
        self.kernel.quiet()

    def move(self, value: int) -> None:
        self.kernel.send("comm_msg", {"comm_id": "page", "data": {"value": value}})

    def shown(self, message: dict[str, Any]) -> str | None:
        return str(message["content"]["data"]["value"]) if message["msg_type"] == "comm_msg" else None


class IPyWidgets(Toolkit):
    """ipywidgets."""

    whose = "ipywidgets"
    environment = "lab"
    source = """
import ipywidgets
slider, label, burst = ipywidgets.IntSlider(max=10**9), ipywidgets.Label(), ipywidgets.IntSlider(max=10**9)
slider.observe(lambda change: setattr(label, 'value', str(change['new'])), 'value')
def make(): return ipywidgets.IntSlider()
"""

    def start(self) -> None:
        self._ids = json.loads(
            self.kernel.run("import json; print(json.dumps([w.comm.comm_id for w in (slider, label, burst)]))")
        )

    def move(self, value: int) -> None:
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        self.kernel.send("comm_msg", {"comm_id": self._ids[0], "data": data})

    def shown(self, message: dict[str, Any]) -> str | None:
        value = self._found(message, self._ids[1])
        return None if value is None else str(value)

    def bursted(self, message: dict[str, Any]) -> int | None:
        value = self._found(message, self._ids[2])
        return value if isinstance(value, int) else None

    @staticmethod
    def _found(message: dict[str, Any], comm_id: str) -> Any:
        content = message["content"]
        if (
            message["msg_type"] != "comm_msg"
            or content["comm_id"] != comm_id
            or content["data"].get("method") != "update"
        ):
            return None
        return content["data"]["state"].get("value")


class AnyWidget(IPyWidgets):
    """anywidget, whose wire is that of ipywidgets."""

    whose = "anywidget"
    source = """
import anywidget, traitlets
class Value(anywidget.AnyWidget):
    _esm = "export default {}"
    value = traitlets.Int(0).tag(sync=True)
class Text(anywidget.AnyWidget):
    _esm = "export default {}"
    value = traitlets.Unicode('').tag(sync=True)
slider, label, burst = Value(), Text(), Value()
slider.observe(lambda change: setattr(label, 'value', str(change['new'])), 'value')
def make(): return Value()
"""


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    with contextlib.ExitStack() as stack:
        toolkits: list[Toolkit] = []
        missing: list[Other] = []
        for kind in (Ours, Bare, IPyWidgets, AnyWidget):
            try:
                toolkit = kind()
            except NotMeasured as reason:
                missing.append(Other(kind.whose, None, str(reason)))
                continue
            stack.callback(toolkit.kernel.close)
            toolkits.append(toolkit)
        widgets = [toolkit for toolkit in toolkits if not isinstance(toolkit, Bare)]
        if "kernel.trip" in picked:
            yield _trips(toolkits, missing, effort)
        if any(name.startswith("kernel.burst") for name in picked):
            yield from _bursts(widgets, missing, effort)
        if any(name.startswith("kernel.create") for name in picked):
            yield from _creations(widgets, missing, effort)


def _row(
    name: str, what: str, figures: list[tuple[Toolkit, float]], unit: str, missing: list[Other], **budget: Any
) -> Row:
    (_, ours), *rest = figures
    return Row(name, what, ours, unit, tuple(Other(t.whose, figure) for t, figure in rest) + tuple(missing), **budget)


def _trips(toolkits: list[Toolkit], missing: list[Other], effort: Effort) -> Row:
    times: dict[Toolkit, list[float]] = {toolkit: [] for toolkit in toolkits}
    for run in range(effort(9, 4)):
        for toolkit, medians in times.items():
            took = median([toolkit.trip() for _ in range(effort(200, 60))])
            if run:
                medians.append(took)
    figures = [(toolkit, median(medians)) for toolkit, medians in times.items()]
    what = "a page's change → handler → page, over a comm"
    return _row("kernel.trip", what, figures, "ms", missing, budget=1.2, ratio=True)


Run = tuple[float, float, int, int]  # ms in the cell, ms until the page has all, messages, bytes


def _medians(widgets: list[Toolkit], run: Callable[[Toolkit], Run], count: int) -> list[list[tuple[Toolkit, float]]]:
    """For each figure of a run, its median for each toolkit. The first run warms up."""
    runs = [[run(toolkit) for toolkit in widgets] for _ in range(count + 1)][1:]
    return [
        [(toolkit, median([results[index][i] for results in runs])) for index, toolkit in enumerate(widgets)]
        for i in range(4)
    ]


def _in_kib(figures: list[tuple[Toolkit, float]]) -> list[tuple[Toolkit, float]]:
    return [(toolkit, size / KIB) for toolkit, size in figures]


def _bursts(widgets: list[Toolkit], missing: list[Other], effort: Effort) -> Iterator[Row]:
    took, all_, messages, size = _medians(widgets, lambda toolkit: toolkit.burst(), effort(5, 2))
    what = "10,000 changes of a property in a cell: the cell"
    yield _row("kernel.burst", what, took, "ms", missing, budget=60)
    yield _row("kernel.burst.all", "… until the page has the last", all_, "ms", missing)
    yield _row("kernel.burst.messages", "… comm messages", messages, "", missing, budget=5)
    yield _row("kernel.burst.bytes", "… their bytes", _in_kib(size), "KiB", missing)


def _creations(widgets: list[Toolkit], missing: list[Other], effort: Effort) -> Iterator[Row]:
    took, all_, messages, size = _medians(widgets, lambda toolkit: toolkit.create(), effort(5, 2))
    heap = [(toolkit, toolkit.heap()) for toolkit in widgets]
    yield _row("kernel.create", "1,000 sliders made in a cell: the cell", took, "ms", missing, budget=120)
    yield _row("kernel.create.all", "… until the page has them", all_, "ms", missing)
    yield _row("kernel.create.messages", "… comm messages", messages, "", missing, budget=5)
    yield _row("kernel.create.bytes", "… their bytes", _in_kib(size), "KiB", missing)
    yield _row("kernel.create.heap", "… Python heap of each", heap, "KiB", missing, budget=4)
