"""`init_notebook()`: what makes models live in a notebook.

Registers the comm target, lets the event loop turn at the end of each cell, and
sends what changes while a cell computes.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from .. import registry
from ..errors import NotebookError
from ..event.loop import loop
from ..protocol import Hello
from ..session import Session, Shipper, default_session, ship_inline
from .comm import register_target
from .display import Displays

__all__ = ["Notebook", "init_notebook", "notebook"]

log = logging.getLogger("jsmodel")

NO_PAGE = (
    "No page has connected to this kernel. The jsmodel extension is missing in JupyterLab, or the page is older than it. "
    "Run 'pip install jsmodel' where JupyterLab runs, reload the page, and run this cell again."
)


class Notebook:
    """The session of a kernel, and the hooks that keep it going.

    Args:
        shell: IPython's shell, inside a kernel.
        session: The kernel's session.
    """

    #: So long a page may take to say hello before a line says that none has.
    PATIENCE = 6.0  # seconds
    #: What changes while a cell computes is sent this often.
    TICK = 0.03  # seconds
    #: The first views come over the comm, which is there; loading the lane's code would delay them.
    LANE_AFTER = 0.4  # seconds

    def __init__(self, shell: Any, session: Session) -> None:
        self.shell = shell
        self.session = session
        self.displays = Displays(session)
        self.hello_at: float | None = None
        self._main = threading.main_thread().ident
        self._jobs: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._asked_for_lane = False
        self._lane: Shipper | None = None  # how pages fetch assets over the fast lane, once there is one
        self._flusher = _Flusher(self)
        session.name = "notebook"
        session.bundle = self.displays.bundle
        session.publish = self.displays.show
        session.on_dirty = self._flusher.arm
        session._execute = self._execute
        session.drain = self.drain
        self._integrate()
        register_target(session, self._hello)
        shell.events.register("post_run_cell", self._after_cell)
        self._flusher.start()

    def __repr__(self) -> str:
        return f"<Notebook, {'connected' if self.hello_at else 'no page yet'}, {self.session!r}>"

    def drain(self) -> None:
        """Run what pages have asked for so far. On the main thread only."""
        while self._jobs:
            self._jobs.popleft()()

    def announce(self) -> None:
        """Display the line of `init_notebook()`, with the code that stored notebooks need."""
        self._integrate()
        handle = self.displays.show_code()
        if self.hello_at is None and _person_is_there(self.shell):
            timer = threading.Timer(self.PATIENCE, self._complain, [handle])
            timer.daemon = True
            timer.start()

    def _integrate(self) -> None:
        try:
            loop.integrate(asyncio.get_running_loop())
        except RuntimeError:
            io_loop = getattr(self.shell.kernel, "io_loop", None)
            if io_loop is not None:
                loop.integrate(io_loop.asyncio_loop)

    def _execute(self, func: Callable[[], None]) -> None:
        """Run user code on the main thread: now, or when it is free."""
        if threading.get_ident() == self._main and not self._jobs:
            func()
        else:
            self._jobs.append(func)
            self.shell.kernel.io_loop.add_callback(self.drain)

    def _after_cell(self, *_: Any) -> None:
        from ..transpile.modules import linker

        linker.refresh()  # the cell may have redefined what JS code uses
        self.drain()
        loop.flush()
        self.session.relink()
        self.session.flush()
        self.displays.refresh()

    def _hello(self, hello: Hello) -> Shipper:
        self.hello_at = time.monotonic()
        with self._lock:
            if hello.lane and not self._asked_for_lane:
                self._asked_for_lane = True
                self._lane = self._open_lane(self.LANE_AFTER if hello.inline else 0.0)
                self.session.has_lane = self._lane is not None
        return ship_inline if hello.inline or self._lane is None else self._lane

    def _open_lane(self, delay: float) -> Shipper | None:
        try:
            from ipykernel.connect import get_connection_file

            return registry.lane_opener[0](self.session, get_connection_file(), delay)
        except Exception:
            log.exception("This kernel has no fast lane. Its pages go on over comms.")
            return None

    def _complain(self, handle: Any) -> None:
        if self.hello_at is None:
            handle.update({"text/plain": NO_PAGE, "text/html": f"<div style='color:#c4221c'>{NO_PAGE}</div>"}, raw=True)


class _Flusher(threading.Thread):
    """Sends what waits while a cell computes, and looks after losses once a second."""

    def __init__(self, notebook: Notebook) -> None:
        super().__init__(name="jsmodel-flusher", daemon=True)
        self._notebook = notebook
        self._armed = threading.Event()

    def arm(self) -> None:
        """Something waits."""
        self._armed.set()

    def run(self) -> None:
        """Until the process ends."""
        session = self._notebook.session
        while True:
            if self._armed.wait(1.0):
                time.sleep(Notebook.TICK)
                self._armed.clear()
                if session._dirty:
                    try:
                        session.flush()
                    except Exception:
                        log.exception("Sending what waits failed.")
            session.tick(time.monotonic())


def _person_is_there(shell: Any) -> bool:
    """Whether somebody looks at the outputs: programs that run notebooks say that they take no input."""
    try:
        return bool(shell.kernel.get_parent("shell")["content"].get("allow_stdin"))
    except Exception:
        return False


notebook: Notebook | None = None


def install() -> Notebook:
    """Make this kernel ready; once is enough.

    Raises:
        NotebookError: outside of a Jupyter kernel.
    """
    global notebook
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or getattr(shell, "kernel", None) is None:
        where = "plain IPython" if shell is not None else "a Python process without a notebook"
        raise NotebookError(
            f"init_notebook() was called in {where}. It makes models live in the outputs of JupyterLab and Notebook. "
            "Use app.init_interactive() at a prompt, and app.serve() with app.start() in a script."
        )
    if notebook is None or notebook.shell is not shell:
        notebook = Notebook(shell, default_session())
    return notebook


def init_notebook() -> None:
    """Make models live in this notebook: run it once, in a cell of its own, before the first model is shown.

    Calling it again is fine. In JupyterLab and Notebook 7 the page connects by
    itself; where it cannot, a line says why and what to do.

    Raises:
        NotebookError: outside of a Jupyter kernel.
    """
    install().announce()
