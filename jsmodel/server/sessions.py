"""The sessions of one server: who is in, who may come back, whom `launch()` waits for.

Knows nothing of sockets: a transport comes in with its hello and leaves again.
A session outlives its last transport for a while, so that a page whose
connection dropped finds everything as it was.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import registry
from .limits import Limits
from .tickets import Ticket

if TYPE_CHECKING:
    from ..protocol import Hello
    from ..registry import Entry
    from ..session import Session
    from ..transport import Transport

__all__ = ["Launch", "Sessions", "TurnedAway"]

log = logging.getLogger("jsmodel")


class TurnedAway(Exception):
    """A hello that does not get a session. `code` is what its socket is closed with."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Launch:
    """A session that is there already, and waits for the one page that may join it.

    `token` is good for one page request. What the browser got for it (a cookie
    that names `id`) lets the same browser reload that page.
    """

    def __init__(self, entry: Entry, session: Session) -> None:
        self.id = secrets.token_urlsafe(16)
        self.token: str | None = secrets.token_urlsafe(32)
        self.entry = entry
        self.session = session
        self.joined = threading.Event()

    def __repr__(self) -> str:
        return f"<Launch of {self.entry.name}, {'joined' if self.joined.is_set() else 'waiting'}>"


class Live:
    """One session, with what is needed to find it again."""

    def __init__(self, session: Session, app: str, page: str | None) -> None:
        self.session = session
        self.app = app
        self.pages = {page} if page else set()  # the tickets that this session was opened with
        self.transports: list[Transport] = []
        self.end: asyncio.TimerHandle | None = None


class Sessions:
    """All sessions of one server.

    Args:
        limits: How long a session is kept when its last transport left.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._live: dict[str, Live] = {}
        self._launches: dict[str, Launch] = {}
        self._listeners: list[Callable[[], Any]] = []

    def __repr__(self) -> str:
        return f"<{len(self._live)} sessions with {self.connections} connections>"

    def __len__(self) -> int:
        return len(self._live)

    @property
    def connections(self) -> int:
        """How many transports are in."""
        return sum(len(live.transports) for live in self._live.values())

    def on_change(self, listener: Callable[[], Any]) -> None:
        """Call `listener` whenever a transport came or left."""
        self._listeners.append(listener)

    # Launching

    def launch(self, entry: Entry, session: Session) -> Launch:
        """Let one page join `session`, which is built already."""
        launch = Launch(entry, session)
        self._launches[launch.id] = launch
        session.on_close(lambda: self._launches.pop(launch.id, None))
        return launch

    def vouches(self, app: str, token: str | None) -> bool:
        """Whether `token` is an unused launch token for `app`."""
        return self._find_launch(app, token) is not None

    def redeem(self, app: str, token: str | None) -> Launch | None:
        """The launch that `token` is for. It works once."""
        launch = self._find_launch(app, token)
        if launch is not None:
            launch.token = None
        return launch

    def launched(self, app: str, launch_id: str | None) -> Launch | None:
        """The launch of that id, if its session is still there."""
        launch = self._launches.get(launch_id or "")
        return launch if launch is not None and launch.entry.name == app else None

    def _find_launch(self, app: str, token: str | None) -> Launch | None:
        found = None
        for launch in self._launches.values():
            if launch.token is not None and hmac.compare_digest(launch.token.encode(), (token or "").encode()):
                found = launch
        return found if found is not None and found.entry.name == app else None

    # Coming and going

    def enter(self, entry: Entry, transport: Transport, hello: Hello, ticket: Ticket) -> Session:
        """Give the client behind `transport` its session: a new one, the one it had, or the one that was launched."""
        if hello.session is not None:
            live = self._resume(entry, transport, hello, ticket)
        elif not ticket.fresh:
            raise TurnedAway(4001, "the page is too old, reload it")
        else:
            live = self._begin(entry, transport, hello, ticket)
        if live.end is not None:
            live.end.cancel()
            live.end = None
        live.transports.append(transport)
        self._changed()
        return live.session

    def leave(self, session: Session, transport: Transport, *, on_purpose: bool = False) -> None:
        """The transport is closed; the session waits for it to come back, and ends if it does not."""
        live = self._live.get(session.id)
        if live is None or transport not in live.transports:
            self._changed()
            return
        live.transports.remove(transport)
        if not live.transports and live.end is None:
            seconds = self._limits.leave_seconds if on_purpose else self._limits.time_to_live
            live.end = asyncio.get_running_loop().call_later(seconds, self._end, session)
        self._changed()

    def close(self) -> None:
        """End all sessions."""
        for live in list(self._live.values()):
            self._end(live.session)
        for launch in list(self._launches.values()):
            self._close(launch.session)
        self._launches.clear()

    def _resume(self, entry: Entry, transport: Transport, hello: Hello, ticket: Ticket) -> Live:
        # One answer for unknown, ended and somebody else's.
        live = self._live.get(hello.session or "")
        if live is None or live.app != entry.name or ticket.page not in live.pages:
            raise TurnedAway(4004, "there is no such session, reload the page")
        live.session.attach(transport, hello)
        return live

    def _begin(self, entry: Entry, transport: Transport, hello: Hello, ticket: Ticket) -> Live:
        launch = self.launched(entry.name, ticket.launch)
        known = self._live.get(launch.session.id) if launch is not None else None
        if known is not None:  # the launched page was reloaded
            known.session.attach(transport, hello)
            known.pages.add(ticket.page)
            return known
        session = registry.open(entry, transport, hello, session=launch.session if launch is not None else None)
        live = self._live[session.id] = Live(session, entry.name, ticket.page)
        session.on_close(lambda: self._forget(session))
        if launch is not None:
            launch.joined.set()
        return live

    def _end(self, session: Session) -> None:
        self._forget(session)
        self._close(session)

    def _forget(self, session: Session) -> None:
        live = self._live.pop(session.id, None)
        if live is not None and live.end is not None:
            live.end.cancel()

    def _close(self, session: Session) -> None:
        try:
            session.close()
        except Exception:
            log.exception("Closing %r failed.", session)

    def _changed(self) -> None:
        for listener in list(self._listeners):
            listener()
