"""Hands events to handlers in batches: one call per handler per turn.

Twin of labextension/src/runtime/loop.ts; tests/both/ holds the two to one
behaviour. Knows asyncio only as something that can call `flush` soon.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .handlers import Event, Handler

__all__ = ["Loop", "loop"]

log = logging.getLogger("jsmodel")

Reporter = Callable[[BaseException, "Handler | None"], None]


class Loop:
    """Collects events until the next turn, then calls their handlers.

    Turns come from asyncio where a loop runs, from `integrate()`d loops
    otherwise, and from `flush()` at the end of a notebook cell. In a plain
    script nothing runs until one of them starts.
    """

    #: So many rounds of handlers setting each other off are one turn; then the rest waits for the next.
    ROUNDS = 100

    def __init__(self) -> None:
        self._calls: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._pending: dict[Handler, list[Event]] = {}
        self._idle: dict[Callable[[], Any], None] = {}
        self._home: asyncio.AbstractEventLoop | None = None
        self._home_thread: int | None = None
        self._scheduled = False
        self._mutex = threading.Lock()  # held for a moment only, never while user code runs
        self._flushing = threading.Lock()  # held by the thread that runs handlers
        self._reporters: list[Reporter] = []

    def __repr__(self) -> str:
        home = "integrated" if self._home else "free"
        return f"<Loop, {home}, {len(self._pending)} handlers and {len(self._calls)} calls wait>"

    def call_soon(self, func: Callable[..., Any], *args: Any) -> None:
        """Call `func(*args)` in the next turn. May be called from any thread."""
        self._calls.append((func, args))
        self._schedule()

    def on_idle(self, func: Callable[[], Any]) -> None:
        """Call `func` once, when all handlers of this turn have run."""
        if func not in self._idle:
            self._idle[func] = None
            self._schedule()

    def post(self, handler: Handler, event: Event) -> None:
        """Queue `event` for `handler`. Cheap; nothing runs yet."""
        with self._mutex:
            self._pending.setdefault(handler, []).append(event)
        if not self._scheduled:
            self._schedule()

    def forget(self, handler: Handler) -> None:
        """Drop what waits for `handler`."""
        self._pending.pop(handler, None)

    def integrate(self, asyncio_loop: asyncio.AbstractEventLoop | None) -> None:
        """Let `asyncio_loop` give the turns from now on; None sets the loop free again.

        The loop is taken to run in the thread that calls this.
        """
        self._home = asyncio_loop
        self._home_thread = threading.get_ident() if asyncio_loop is not None else None
        self._scheduled = False
        if asyncio_loop is not None and (self._calls or self._pending or self._idle):
            self._schedule()

    @property
    def home(self) -> asyncio.AbstractEventLoop | None:
        """The asyncio loop that gives the turns, if one was integrated."""
        return self._home

    @property
    def is_home(self) -> bool:
        """Whether this thread is the one that user code runs on."""
        return self._home_thread is None or self._home_thread == threading.get_ident()

    def add_reporter(self, reporter: Reporter) -> None:
        """Tell `reporter(error, handler)` of every handler that fails. Called in the order of adding."""
        if reporter not in self._reporters:
            self._reporters.append(reporter)

    def remove_reporter(self, reporter: Reporter) -> None:
        """Undo `add_reporter`."""
        if reporter in self._reporters:
            self._reporters.remove(reporter)

    def report(self, error: BaseException, handler: Handler | None = None) -> None:
        """Log `error` with its traceback, and tell whoever asked to be told."""
        log.error("%s failed.", handler or "A call in the event loop", exc_info=(type(error), error, error.__traceback__))
        for reporter in list(self._reporters):
            try:
                reporter(error, handler)
            except Exception:
                log.exception("Reporting an error failed.")

    def flush(self) -> None:
        """Run what waits, until nothing waits. Handlers that set each other off for ever get a pause, not the machine."""
        if not self._flushing.acquire(blocking=False):
            return  # a handler called flush(), or another thread is at it: it looks again before it ends
        try:
            self._scheduled = False
            for _ in range(self.ROUNDS):
                for _ in range(len(self._calls)):
                    func, args = self._calls.popleft()
                    self._call(func, args)
                with self._mutex:
                    pending, self._pending = self._pending, {}
                for handler, events in pending.items():
                    handler._deliver(events)
                if not self._calls and not self._pending:
                    if not self._idle:
                        break
                    idle, self._idle = self._idle, {}
                    for func in idle:
                        self._call(func, ())
        finally:
            self._flushing.release()
        if self._calls or self._pending or self._idle:
            self._schedule()

    def _call(self, func: Callable[..., Any], args: tuple[Any, ...]) -> None:
        try:
            func(*args)
        except Exception as err:
            self.report(err)

    def _schedule(self) -> None:
        if self._scheduled or self._flushing.locked():
            return  # who flushes looks again before it ends; see the last lines of flush()
        home = self._home
        if home is not None:
            if home.is_closed():
                self._home = self._home_thread = None
                return self._schedule()
            self._scheduled = True
            if self._home_thread == threading.get_ident():
                home.call_soon(self.flush)
            else:
                home.call_soon_threadsafe(self.flush)
            return
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            return  # a plain script: start(), or an explicit flush(), will run it
        self._scheduled = True
        running.call_soon(self.flush)


loop = Loop()
