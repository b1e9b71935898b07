"""Hands events to handlers in batches: one call per handler per turn.

Twin of labextension/src/runtime/loop.ts; tests/both/ holds the two to one
behaviour. Knows asyncio only as something that can call `flush` soon.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import get_ident
from typing import TYPE_CHECKING, Any, Literal

from ..errors import own_frames

if TYPE_CHECKING:
    from .handlers import Event, Handler

__all__ = ["Hold", "Loop", "Origin", "current_origin", "loop", "origin_is"]

log = logging.getLogger("jsmodel")

#: Who made a change: the code here, the code in the browser, or the person at the page.
Origin = Literal["py", "js", "user"]
_origin: ContextVar[Origin] = ContextVar("jsmodel_origin", default="py")


@contextmanager
def origin_is(origin: Origin) -> Iterator[None]:
    """Mark the changes made inside as coming from `origin`."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def current_origin() -> Origin:
    """The origin of a change made now."""
    return _origin.get()


Release = Callable[[Callable[["Handler", "Event"], None]], None]
Reporter = Callable[[BaseException, "Handler | None"], None]


class Hold:
    """What a thread other than the loop's has posted while it makes objects, whose handlers are connected last.

    The loop may turn meanwhile, any number of times. So this also stands for the round in which those
    objects are born: it equals the round of the moment as long as it is open, and then the one in which it ended.
    """

    __slots__ = ("depth", "posts", "round")

    def __init__(self, depth: int = 0) -> None:
        self.depth = depth  # objects inside of objects
        self.posts: deque[tuple[Handler | None, Any]] = deque()
        self.round = 0  # as long as it is open

    def __eq__(self, other: object) -> bool:
        return self is other or not self.round or self.round == other

    __hash__ = None  # type: ignore[assignment]


class Loop:
    """Collects events until the next turn, then calls their handlers.

    Turns come from asyncio where a loop runs, from `integrate()`d loops
    otherwise, and from `flush()` at the end of a notebook cell. In a plain
    script nothing runs until one of them starts.
    """

    #: So many rounds of handlers setting each other off are one turn; then the rest waits for the next.
    ROUNDS = 100

    def __init__(self) -> None:
        #: The number of the round that collects events now.
        self.round = 1
        self._calls: deque[tuple[Callable[..., Any], tuple[Any, ...]]] = deque()
        self._posts: deque[tuple[Handler | None, Any]] = (
            deque()
        )  # (handler, event), or (None, (born, release)), as they were emitted
        self._holds: dict[int, Hold] = {}  # by thread
        self._ready: dict[Handler, list[Event]] = {}  # of this round: handlers that were not called yet
        self._idle: dict[Callable[[], Any], None] = {}
        self._home: asyncio.AbstractEventLoop | None = None
        self._home_thread: int | None = None
        self._scheduled = False
        self._flushing = threading.Lock()  # held by the thread that runs handlers
        self._reporters: list[Reporter] = []
        #: The calls of async handlers that have not ended.
        self.running: dict[asyncio.Future[Any], Handler] = {}

    def __repr__(self) -> str:
        home = "integrated" if self._home else "free"
        return f"<Loop, {home}, {len(self._posts)} events and {len(self._calls)} calls wait>"

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
        """Queue `event` for `handler`. Cheap; nothing runs yet. May be called from any thread."""
        if self._holds and (hold := self._holds.get(get_ident())) is not None:
            hold.posts.append((handler, event))
            return
        self._posts.append((handler, event))
        if not self._scheduled:
            self._schedule()

    def keep(self, born: int | Hold, release: Release) -> None:
        """Keep an event for those who connect until the round is over in which its object was born.

        Args:
            born: What `begin` has said.
            release: Called as `release(deliver)` then, to say who they are.
        """
        hold = self._holds.get(get_ident()) if self._holds else None
        if hold is None and isinstance(born, Hold) and not born.round:
            hold = born  # another thread makes it
        if hold is None:
            self._posts.append((None, (born, release)))
        else:
            hold.posts.append((None, (born, release)))
            if not hold.round:
                return
            self._drain(hold)  # that thread has finished in this very moment
        if not self._scheduled:
            self._schedule()

    def begin(self) -> int | Hold:
        """An object begins to be made. Equals `round` until the round is over in which that ends.

        In another thread than the loop's, what is posted from here on waits for `end()`, in its order.
        """
        me = get_ident()
        hold = self._holds.get(me)
        if hold is None:
            if me == self._home_thread:
                return self.round  # this thread turns between objects
            hold = self._holds[me] = Hold()
        hold.depth += 1
        return hold

    def end(self) -> None:
        """The object is made, and its handlers are connected; or it failed."""
        hold = self._holds.get(get_ident())
        if hold is not None:
            hold.depth -= 1
            if hold.depth == 0:
                del self._holds[get_ident()]
                self._hand_over(hold)

    def _hand_over(self, hold: Hold) -> None:
        self._drain(hold)
        hold.round = self.round  # afterwards: what comes next must not overtake them
        self._drain(hold)
        if self._posts and not self._scheduled:
            self._schedule()

    def _drain(self, hold: Hold) -> None:
        while hold.posts:
            try:
                self._posts.append(hold.posts.popleft())
            except IndexError:
                return  # another thread does it, too

    def take(self, handler: Handler, source: object = None, type: str | None = None) -> list[Event]:
        """Take out of the queue, and return, what waits for `handler` (from one source and type only)."""

        def wanted(event: Event) -> bool:
            return source is None or (event.source is source and event.type == type)

        ready = self._ready.get(handler, [])
        taken = [event for event in ready if wanted(event)]
        ready[:] = [event for event in ready if not wanted(event)]

        def pick(posts: deque[tuple[Handler | None, Any]]) -> None:
            left = []
            for post in [posts.popleft() for _ in range(len(posts))]:
                if post[0] is handler and wanted(post[1]):
                    taken.append(post[1])
                else:
                    left.append(post)
            posts.extendleft(reversed(left))  # before what another thread has posted meanwhile

        pick(self._posts)
        hold = self._holds.get(get_ident())
        if hold is not None:
            pick(hold.posts)
        return taken

    def clear(self) -> None:
        """Drop what waits for the next turn."""
        self._calls.clear()
        self._posts.clear()
        self._idle.clear()

    def integrate(self, asyncio_loop: asyncio.AbstractEventLoop | None) -> None:
        """Let `asyncio_loop` give the turns from now on; None sets the loop free again.

        The loop is taken to run in the thread that calls this.
        """
        self._home = asyncio_loop
        self._home_thread = get_ident() if asyncio_loop is not None else None
        self._scheduled = False
        if asyncio_loop is not None and (self._calls or self._posts or self._idle):
            self._schedule()

    @property
    def waits(self) -> bool:
        """Whether something waits for the next turn."""
        return bool(self._calls or self._posts or self._idle)

    @property
    def home(self) -> asyncio.AbstractEventLoop | None:
        """The asyncio loop that gives the turns, if one was integrated."""
        return self._home

    @property
    def is_home(self) -> bool:
        """Whether this thread is the one that user code runs on."""
        return self._home_thread is None or self._home_thread == get_ident()

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
        log.error("%s failed.", handler or "A call in the event loop", exc_info=(type(error), error, own_frames(error)))
        for reporter in list(self._reporters):
            try:
                reporter(error, handler)
            except Exception:
                log.exception("Reporting an error failed.")

    def flush(self) -> None:
        """Run what waits, until nothing waits. Handlers that set each other off for ever get a pause, not the machine."""
        if not self._flushing.acquire(blocking=False):
            return  # a handler called flush(), or another thread is at it: it looks again before it ends
        hold = self._holds.pop(get_ident(), None)  # an init() that calls flush() means what it has posted, too
        try:
            self._scheduled = False
            if hold is not None:
                self._hand_over(hold)
            with origin_is("py"):  # what handlers change, they change, wherever the turn was asked for
                self._rounds()
        finally:
            if hold is not None:
                self._holds[get_ident()] = Hold(hold.depth)
            self._flushing.release()
        if self._calls or self._posts or self._idle:
            self._schedule()

    def _rounds(self) -> None:
        for number in range(self.ROUNDS):
            self._round()
            if (self._calls or self._posts) and number < self.ROUNDS - 1:
                continue
            # Those who watch an endless exchange get their message too.
            idle = []
            while self._idle:  # other threads may add to it just now
                idle.append(self._idle.popitem()[0])
            for func in reversed(idle):
                self._call(func, ())
            if not (self._calls or self._posts or self._idle):
                break

    def _round(self) -> None:
        self.round += 1  # who is made from here on, keeps its events until the next one
        for _ in range(len(self._calls)):
            func, args = self._calls.popleft()
            self._call(func, args)
        ready = self._ready

        def deliver(handler: Handler, event: Event) -> None:
            ready.setdefault(handler, []).append(event)

        early = []
        for _ in range(len(self._posts)):
            handler, what = self._posts.popleft()
            if handler is not None:
                ready.setdefault(handler, []).append(what)
            elif what[0] == self.round:
                early.append((handler, what))  # of what a call has made just now
            else:
                what[1](deliver)
        self._posts.extendleft(reversed(early))  # before what another thread has posted meanwhile
        for handler in list(ready):
            events = ready.pop(handler)
            if not events:
                continue  # one of the others has disconnected it
            try:
                handler._deliver(events)
            except BaseException:  # Ctrl+C: the others get theirs in the next turn
                self._posts.extendleft((other, event) for other in reversed(ready) for event in reversed(ready[other]))
                ready.clear()
                raise

    def _call(self, func: Callable[..., Any], args: tuple[Any, ...]) -> None:
        try:
            func(*args)
        except (Exception, SystemExit, asyncio.CancelledError) as err:
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
            if self._home_thread == get_ident():
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
