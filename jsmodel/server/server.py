"""The server: one loop, one Tornado Application, and how they begin and end.

`Server` is the whole of it, and what tests make many of. The functions of
`jsmodel.app` work on one of them per process (`main.py`). To have the same
routes in a Tornado Application of your own, use `routes()`.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from .. import registry
from ..assets import ASSETS, DATA
from ..event.loop import loop as event_loop
from .errors import AlreadyRunning, BadAddress, PortTaken
from .guard import LOCAL_HOSTS, Access, Guard
from .guarded import Site
from .handlers import AssetHandler, DataHandler, IconHandler, IndexHandler, NotFoundHandler, PageHandler, SlashHandler
from .limits import Limits
from .sessions import Launch, Sessions
from .tickets import Tickets
from .websocket import SocketHandler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..registry import Entry
    from .desktop import DesktopWindow
    from .runtimes import Window

__all__ = ["DEFAULT_PORT", "Server", "make_site", "routes"]

log = logging.getLogger("jsmodel")
access_log = logging.getLogger("jsmodel.access")

#: What pages are told when the server ends in order.
STOPPED = "The server was stopped. Start it again, and reload this page."

#: Where a server listens if nobody says otherwise; or at one of the next ones.
DEFAULT_PORT = 46571
PORTS_TO_TRY = 20

#: How long `run()` waits for a page that closed to come back, as it does in a reload.
RELOAD_SECONDS = 1.0


def make_site(*, access: Access | None = None, limits: Limits | None = None, bound: tuple[str, ...] = ()) -> Site:
    """What the routes of one server share: who may come in, how much they may ask, and the sessions."""
    access, limits = access or Access(), limits or Limits()
    tickets = Tickets(access.secret, max_age=limits.ticket_seconds)
    return Site(
        guard=Guard(access, bound=bound, tickets=tickets),
        tickets=tickets,
        sessions=Sessions(limits),
        limits=limits,
    )


def routes(site: Site, prefix: str = "") -> list[Any]:
    """The route table, for use in any Tornado Application.

    Example: `Application([*mine, *routes(make_site(access=Access(hosts={"example.com"})), "/widgets")])`
    serves the index at `/widgets/`. All of them stand behind the guard of `site`.
    """
    shared = {"site": site}
    return [
        (f"{prefix}/", IndexHandler, shared),
        (f"{prefix}/favicon.ico", IconHandler, shared),
        (f"{prefix}/{ASSETS}/([^/]+)", AssetHandler, shared),
        (f"{prefix}/{DATA}/([^/]+)/([^/]+)/([^/]+)", DataHandler, shared),
        (f"{prefix}/([^/]+)/ws", SocketHandler, shared),
        (f"{prefix}/([^/]+)/", SlashHandler, shared),
        (f"{prefix}/([^/]+)", PageHandler, shared),
    ]


class Server:
    """A server, bound to its port from the start, that answers once it runs.

    Args:
        host: What to listen on. By default this machine only; '' is all addresses.
        port: By default 46571, or one of the next if it is taken. 0 is any.
        access: Who may use it.
        limits: How much they may ask.
    """

    def __init__(
        self,
        host: str = "localhost",
        port: int | None = None,
        *,
        access: Access | None = None,
        limits: Limits | None = None,
    ) -> None:
        for word, value, kind in (("access", access, Access), ("limits", limits, Limits)):
            if value is not None and not isinstance(value, kind):
                raise TypeError(
                    f"A server got {word}={value!r}. Its {word} is made with the class of that name. "
                    f"Write app.create_server({word}={kind.__name__}(...)), with 'from jsmodel.server import {kind.__name__}'."
                )
        self.host = host
        self._sockets = bind(host, port)
        self.port: int = self._sockets[0].getsockname()[1]
        addresses = {bound.getsockname()[0] for bound in self._sockets}
        self._is_local = addresses <= {"127.0.0.1", "::1"}
        names = (host, *addresses) if self._is_local else (host, *addresses, socket.gethostname().lower())
        self.site = make_site(access=access, limits=limits, bound=tuple(names))
        self.application = Application(
            routes(self.site),
            default_handler_class=NotFoundHandler,
            default_handler_args={"site": self.site},
            log_function=log_request,
        )
        limits = self.site.limits
        self._http = HTTPServer(
            self.application,
            xheaders=False,
            idle_connection_timeout=limits.header_seconds,
            body_timeout=limits.body_seconds,
            max_header_size=limits.header_bytes,
            max_body_size=limits.body_bytes,
        )
        self.loop: asyncio.AbstractEventLoop | None = None
        self.closed = False
        self._owns_loop = False
        self._thread: int | None = None  # that runs the loop, while it runs
        self._opened = False
        self._integrated = False  # whether handlers run on our loop, and not on a notebook's
        self._stopping: asyncio.Event | None = None
        self._had_pages = False
        self._lock = threading.Lock()
        self._interrupts = 0
        self._windows: list[Window | DesktopWindow] = []
        self.site.sessions.on_change(self._note_pages)

    def __repr__(self) -> str:
        state = "closed" if self.closed else "running" if self.running else "not running"
        return f"<Server at {self.url()}, {state}>"

    @property
    def running(self) -> bool:
        """Whether it answers."""
        return self._thread is not None

    def url(self, name: str = "", **query: str) -> str:
        """The address of an app, or of the list of apps."""
        host = "localhost" if self.host in ("", "0.0.0.0", "::", *LOCAL_HOSTS) else self.host
        host = f"[{host}]" if ":" in host else host
        text = "&".join(f"{key}={quote(value)}" for key, value in query.items())
        return f"http://{host}:{self.port}/{quote(name)}{'?' + text if text else ''}"

    # From start to stop

    def start(self, *, until_empty: bool = False, ready: Callable[[], Any] | None = None) -> None:
        """Run the server until `stop()`, Ctrl+C or SIGTERM.

        Inside a loop that runs already it starts to answer there, and returns at once.

        Args:
            until_empty: End as well when the last page is closed.
            ready: Called in the loop, when it answers.
        """
        if running_loop() is not None:
            self._claim("start the server")
            self._open()
            self._announce("app.stop() stops")
            if until_empty and self.loop is not None:
                self._finishing = self.loop.create_task(self._until_empty_then_close())
            return
        self._run(self._serve(until_empty, ready), "start the server", last=True)

    def stop(self) -> None:
        """Ask the server to end, from any thread. It says goodbye to the pages first."""
        loop, stopping = self.loop, self._stopping
        if loop is None or stopping is None or not self.running:
            return
        if self._owns_loop:
            with suppress(RuntimeError):  # it ended a moment ago
                loop.call_soon_threadsafe(stopping.set)
        elif running_loop() is loop:
            self._finishing = loop.create_task(self.close())
        else:
            asyncio.run_coroutine_threadsafe(self.close(), loop)

    def interrupt(self) -> bool:
        """A signal came: ask the server to end. True if that was asked before, so that asking is not enough."""
        self._interrupts += 1
        if self._interrupts > 1 or self.loop is None or self._stopping is None:
            return True
        self.loop.call_soon_threadsafe(self._stopping.set)
        return False

    async def close(self) -> None:
        """Accept no more, tell the pages, end the sessions. Takes as long as the limits say, and no longer."""
        if self.closed:
            return
        self.closed = True
        registry.off_serve(self._announce_app)
        self._http.stop()
        for bound in self._sockets:
            bound.close()
        sockets = self.site.sockets
        for transport in sockets:
            transport.will_close(1001, STOPPED)
        self.site.sessions.close(STOPPED)
        for transport in sockets:  # those that were not in yet
            transport.close()
        deadline = asyncio.get_running_loop().time() + self.site.limits.stop_seconds
        while len(sockets) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._http.close_all_connections(), 1.0)
        for window in self._windows:
            await asyncio.to_thread(window.close)
        if self._integrated and event_loop.home is self.loop:
            event_loop.integrate(None)
            self._integrated = False
        if not self._owns_loop:
            self._thread = None

    def dispose(self) -> None:
        """Free the port of a server that does not run."""
        if self.running or self.closed:
            return
        if self._opened:
            self._run(self.close(), "close the server", last=True)
        self.closed = True
        for bound in self._sockets:
            bound.close()

    def wait_for(self, launch: Launch, seconds: float, window: Window | DesktopWindow | None = None) -> bool:
        """Let the page of `launch` come, and say whether it did. Runs the loop meanwhile if nobody else does.

        Args:
            seconds: For how long, at most.
            window: Where it is to come; one that closes is waited for no longer.
        """
        if self.running and self._thread != threading.get_ident():
            deadline = time.monotonic() + seconds
            while not launch.joined.wait(min(0.1, max(0.0, deadline - time.monotonic()))):
                if time.monotonic() >= deadline or (window is not None and not window.is_open):
                    break
            return launch.joined.is_set()
        if running_loop() is not None:
            return True  # this thread cannot wait: the page comes when it comes
        self._run(self._wait_for(launch, seconds, window), "launch", last=False)
        if self._interrupts:
            self._run(self.close(), "launch", last=True)
            raise KeyboardInterrupt
        return launch.joined.is_set()

    def keep(self, window: Window | DesktopWindow) -> None:
        """Close `window` together with the server."""
        self._windows.append(window)

    # Inside

    def _claim(self, doing: str) -> None:
        with self._lock:
            if self.running:
                raise AlreadyRunning(doing)
            self._thread = threading.get_ident()

    def _run(self, work: Any, doing: str, *, last: bool) -> None:
        try:
            self._claim(doing)
        except AlreadyRunning:
            work.close()
            raise
        if self.loop is None:
            self.loop = asyncio.new_event_loop()
            self._owns_loop = True
        try:
            with signals_stop(self):
                try:
                    self.loop.run_until_complete(work)
                except KeyboardInterrupt:
                    # It struck inside a handler. The loop is fine, and gets the time to say goodbye.
                    self.loop.run_until_complete(self.close())
                    if not last:
                        raise
        finally:
            self._thread = None
            if last or self.closed:
                self._end_loop()

    def _end_loop(self) -> None:
        loop = self.loop
        if loop is None or loop.is_closed():
            return
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    def _open(self) -> None:
        self.loop = asyncio.get_running_loop()
        if self._stopping is None:
            self._stopping = asyncio.Event()
        if not self._opened:
            self._opened = True
            self._http.add_sockets(self._sockets)
            registry.on_serve(self._announce_app)
        if event_loop.home is None or event_loop.home.is_closed():  # a notebook's stays the notebook's
            event_loop.integrate(self.loop)
            self._integrated = True

    async def _serve(self, until_empty: bool, ready: Callable[[], Any] | None) -> None:
        self._open()
        assert self._stopping is not None
        self._announce("Ctrl+C stops" if threading.current_thread() is threading.main_thread() else "app.stop() stops")
        if ready is not None:
            ready()
        if until_empty:
            stopped = asyncio.ensure_future(self._stopping.wait())
            empty = asyncio.ensure_future(self._until_empty())
            await asyncio.wait({stopped, empty}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            empty.cancel()
        else:
            await self._stopping.wait()
        await self.close()

    async def _wait_for(self, launch: Launch, seconds: float, window: Window | DesktopWindow | None) -> None:
        self._open()
        deadline = asyncio.get_running_loop().time() + seconds
        assert self._stopping is not None
        while not (launch.joined.is_set() or self._stopping.is_set()) and asyncio.get_running_loop().time() < deadline:
            if window is not None and not window.is_open:
                return
            await asyncio.sleep(0.005)

    async def _until_empty(self) -> None:
        """Until there were pages, and for a moment there is none."""
        sessions = self.site.sessions
        changed = asyncio.Event()
        sessions.on_change(changed.set)
        while True:
            while not self._had_pages or sessions.connections:
                changed.clear()
                await changed.wait()
            await asyncio.sleep(RELOAD_SECONDS)
            if not sessions.connections:
                return

    async def _until_empty_then_close(self) -> None:
        await self._until_empty()
        await self.close()

    def _note_pages(self) -> None:
        self._had_pages = self._had_pages or self.site.sessions.connections > 0

    def _announce_app(self, entry: Entry) -> None:
        """Say where an app is that is served while the server runs."""
        if self.running:
            print(f"jsmodel: {entry.name} at {self._public_url(entry.name)}", flush=True)

    def _public_url(self, name: str) -> str:
        return self.url(name) + ("?token=..." if self.site.guard.access.token is not None else "")

    def _announce(self, how_to_stop: str) -> None:
        for name in list(registry.entries()) or [""]:
            print(f"jsmodel: {name or 'no app yet'} at {self._public_url(name)}  ({how_to_stop})", flush=True)
        if not self._is_local:
            allowed = ", ".join(self.site.guard.allowed())
            print(
                f"jsmodel: reachable from other machines, as {allowed}; allow more with Access(hosts=...)", flush=True
            )


def bind(host: str, port: int | None) -> list[socket.socket]:
    """Sockets that listen, or `PortTaken`."""
    if not isinstance(host, str) or not (port is None or (isinstance(port, int) and not isinstance(port, bool))):
        raise BadAddress(
            f"A server cannot listen on host {host!r}, port {port!r}. A host is a name or an address, a port a whole number, or None for a free one. "
            "Write app.create_server('localhost', 8080)."
        )
    if port is not None:
        try:
            return bind_one(host, port)
        except (OSError, OverflowError, UnicodeError) as err:
            in_use = getattr(err, "errno", None) == errno.EADDRINUSE
            raise PortTaken(host, port, getattr(err, "strerror", None) or str(err), in_use=in_use) from err
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TO_TRY):
        with suppress(OSError, UnicodeError):
            return bind_one(host, candidate)
    return bind(host, 0)


def bind_one(host: str, port: int) -> list[socket.socket]:
    if not 0 <= port <= 65535:
        raise OverflowError("ports are numbers from 0, which is any, to 65535")
    sockets = bind_sockets(port, address=host, backlog=128)
    if not sockets:
        raise OSError(0, f"the name {host!r} leads to no address of this machine")
    return sockets


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that runs in this thread."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@contextmanager
def signals_stop(server: Server) -> Iterator[None]:
    """Let Ctrl+C and SIGTERM end `server` in order, where this thread may decide that.

    A second one interrupts whatever runs, such as a handler that never ends.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int, frame: object) -> None:
        if server.interrupt():
            raise KeyboardInterrupt

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


def log_request(handler: RequestHandler) -> None:
    """One line for each request, without its query: there may be a token in it."""
    request = handler.request
    access_log.debug("%d %s %r", handler.get_status(), request.method, request.path[:200])
