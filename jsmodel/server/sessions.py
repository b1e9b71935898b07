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

import msgspec

from .. import registry
from ..assets import ASSETS, Asset, store
from .limits import Limits
from .tickets import Ticket

if TYPE_CHECKING:
    from ..model import Model
    from ..protocol import Hello
    from ..registry import Entry
    from ..session import Session
    from ..transport import Transport

__all__ = ["Launch", "Sessions", "TurnedAway"]

log = logging.getLogger("jsmodel")


def ship_by_url(asset: Asset) -> dict[str, Any]:
    """Let the page fetch an asset, and keep it, as it does with all other files."""
    return {"url": f"{ASSETS}/{store.add(asset).url_name}"}


class TurnedAway(Exception):
    """A hello that does not get a session. `code` is what its socket is closed with."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Launch:
    """A model that is there already, and waits for the one page that may show it.

    `token` is good for one page request. What the browser got for it (a cookie
    that names `id`) lets the same browser reload that page.

    Args:
        model: What the page shows.
        owned: Whether the session was made for this, and ends with its page.
    """

    def __init__(self, entry: Entry, session: Session, model: Model, *, owned: bool) -> None:
        self.id = secrets.token_urlsafe(16)
        self.token: str | None = secrets.token_urlsafe(32)
        self.entry = entry
        self.session = session
        self.model = model
        self.owned = owned
        self.joined = threading.Event()

    def __repr__(self) -> str:
        return f"<Launch of {self.entry.name}, {'joined' if self.joined.is_set() else 'waiting'}>"


class Live:
    """One session, with what is needed to find it again."""

    def __init__(self, session: Session, app: str, *, owned: bool = True) -> None:
        self.session = session
        self.app = app
        self.owned = owned
        self.pages: dict[str, str] = {}  # the tickets that it was opened with, and the client each made
        self.transports: dict[Transport, str] = {}  # and the client at their end
        self.away: dict[str, asyncio.TimerHandle] = {}  # clients that may come back, until then


class Sessions:
    """All sessions of one server.

    Args:
        limits: How long a session is kept when its last transport left.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._live: dict[str, Live] = {}
        self._launches: dict[str, Launch] = {}
        self._turns: dict[str, tuple[int, Live]] = {}  # the latest hello of each ticket, and what it led to
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

    def launch(self, launch: Launch) -> None:
        """Let one page join what was launched."""
        self._launches[launch.id] = launch

        def forget() -> None:
            self._launches.pop(launch.id, None)

        launch.session.on_close(forget)

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
        for launch in list(self._launches.values()):  # launch() may add one in another thread
            if launch.token is not None and hmac.compare_digest(launch.token.encode(), (token or "").encode()):
                found = launch
        return found if found is not None and found.entry.name == app else None

    # Coming and going

    def enter(self, entry: Entry, transport: Transport, hello: Hello, ticket: Ticket) -> Session:
        """Give the client behind `transport` its session: a new one, the one it had, or the one that was launched.

        Raises:
            TurnedAway: for a session that is not there, or not for the page of that ticket.
        """
        hello = self._in_turn(hello, ticket)
        if hello.session is not None:
            live = self._resume(entry, transport, hello, ticket)
        elif not ticket.fresh:
            raise TurnedAway(4001, "the page is too old, reload it")
        else:
            live = self._begin(entry, transport, hello, ticket)
        client = next((c for c in live.session.clients.values() if c.channel.transport is transport), None)
        if client is not None:  # else its first message was its last
            if live.pages.get(ticket.page) == "":
                live.pages[ticket.page] = client.id
            self._turns[ticket.page] = (hello.turn, live)
            live.transports[transport] = client.id
            timer = live.away.pop(client.id, None)
            if timer is not None:
                timer.cancel()
        self._changed()
        return live.session

    def leave(self, session: Session, transport: Transport, *, on_purpose: bool = False) -> None:
        """The transport is closed; its client is expected back for a while. A session ends with its last client."""
        live = self._live.get(session.id)
        client = live.transports.pop(transport, None) if live is not None else None
        # A newer transport may have superseded this one, so that its client is still here.
        if live is not None and client is not None and client not in live.transports.values():
            gone = on_purpose or client not in session.clients
            seconds = self._limits.leave_seconds if gone else self._limits.time_to_live
            live.away[client] = asyncio.get_running_loop().call_later(seconds, self._give_up, live, client)
        self._changed()

    def close(self, reason: str) -> None:
        """End all sessions."""
        for live in list(self._live.values()):
            self._end(live, reason)
        for launch in list(self._launches.values()):
            if launch.owned:
                launch.session.close(reason)
        self._launches.clear()

    def _in_turn(self, hello: Hello, ticket: Ticket) -> Hello:
        """What a hello stands for, among those of its page. Networks hold back, and deliver late, what a page gave up."""
        latest, live = self._turns.get(ticket.page, (0, None))
        if 0 < hello.turn < latest:
            raise TurnedAway(4009, "superseded")
        if live is None or hello.session is not None or hello.turn <= latest:
            return hello
        # The page did not get its welcome. It asks for the model that was made for it, not for another one.
        client = live.session.clients.get(live.pages.get(ticket.page, ""))
        if client is None or client.channel.known:
            return hello
        return msgspec.structs.replace(hello, session=live.session.id, client=client.id, seen=0)

    def _resume(self, entry: Entry, transport: Transport, hello: Hello, ticket: Ticket) -> Live:
        # One answer for unknown, ended and somebody else's.
        live = self._live.get(hello.session or "")
        if live is None or live.app != entry.name or ticket.page not in live.pages:
            raise TurnedAway(4004, "there is no such session, reload the page")
        live.session.attach(transport, hello, ship=ship_by_url)
        return live

    def _begin(self, entry: Entry, transport: Transport, hello: Hello, ticket: Ticket) -> Live:
        launch = self.launched(entry.name, ticket.launch)
        if launch is None and not entry.listed:
            raise TurnedAway(4004, "there is no such session, reload the page")
        if launch is not None:
            launch.session.root = launch.model
        session = registry.open(
            entry, transport, hello, session=launch.session if launch is not None else None, ship=ship_by_url
        )
        live = self._live.get(session.id)
        if live is None:
            live = self._live[session.id] = Live(session, entry.name, owned=launch is None or launch.owned)
            session.on_close(lambda: self._forget(session))
        live.pages[ticket.page] = ""
        if launch is not None:
            launch.joined.set()
        return live

    def _give_up(self, live: Live, client: str) -> None:
        live.away.pop(client, None)
        known = live.session.clients.get(client)
        if known is not None:
            live.session.detach(known)
        if not live.transports and not live.away:
            self._end(live, "nobody came back")

    def _end(self, live: Live, reason: str) -> None:
        self._forget(live.session)
        try:
            if live.owned:
                live.session.close(reason)
            else:  # others live there too
                for client in list(live.session.clients.values()):
                    live.session.dismiss(client, reason)
        except Exception:
            log.exception("Closing %r failed.", live.session)

    def _forget(self, session: Session) -> None:
        live = self._live.pop(session.id, None)
        if live is not None:
            for timer in live.away.values():
                timer.cancel()
            for page in live.pages:
                self._turns.pop(page, None)

    def _changed(self) -> None:
        for listener in list(self._listeners):
            listener()
