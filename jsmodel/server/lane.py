"""The fast lane: what a kernel listens on, beside its comms, for jupyter_server to pass pages on to.

A page says hello over a comm, and then goes on over a websocket that
jupyter_server (`jupyter.py`) guards and passes on. The lane runs in a thread, so that pages
are answered while a cell computes; the apps that the kernel serves run in its
main loop, as their code wants it. A note beside the kernel's connection file says where both are.

    jsmodel-<kernel id>.json    the note: the secret and the two addresses
    jsmodel-<kernel id>.lane    /lane, the websocket of pages that have said hello, and /_jsm/…, their files
    jsmodel-<kernel id>.apps    /app/…, what app.serve() was called with in this kernel
"""

from __future__ import annotations

import asyncio
import atexit
import json
import logging
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tornado.websocket import WebSocketHandler

from ..assets import ASSETS, DATA
from ..errors import ProtocolError
from ..event.loop import loop as event_loop
from ..protocol import decode_frame
from .guarded import Guarded
from .handlers import AssetHandler, DataHandler
from .private import Address, listen, private_server, private_site
from .server import routes
from .sessions import ship_by_url
from .websocket import WebSocketTransport

if TYPE_CHECKING:
    from socket import socket

    from ..protocol import Hello
    from ..session import Session
    from .guarded import Site

__all__ = ["Lane", "Note", "note_path", "run", "ship_by_url"]

log = logging.getLogger("jsmodel")

#: How often a page is asked whether it is there. It has as long to answer, since an array may be on its way before the question.
PING = 60.0  # seconds


def note_path(connection_file: str | Path) -> Path:
    """Where the note of a kernel is, given its connection file."""
    path = Path(connection_file)
    return path.with_name(f"jsmodel-{path.stem.removeprefix('kernel-')}.json")


@dataclass(frozen=True)
class Note:
    """What a kernel tells jupyter_server, in a file that only this user can read."""

    secret: str
    lane: Address
    apps: Address

    def __repr__(self) -> str:
        return f"<Note of a lane at {self.lane}>"

    def write(self, path: Path) -> None:
        """Put it there, whole or not at all."""
        draft = path.with_suffix(f".{os.getpid()}")
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
        draft.replace(path)

    @classmethod
    def read(cls, path: Path) -> Note | None:
        """The note there, or None."""
        try:
            note = cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        addresses = all(isinstance(address, (str, int)) for address in (note.lane, note.apps))
        return note if isinstance(note.secret, str) and addresses else None


class LaneHandler(Guarded, WebSocketHandler):
    """One page that goes on over the lane. It has said hello over a comm before."""

    upgrade = True

    def initialize(self, site: Site, session: Session | None = None) -> None:
        super().initialize(site)
        assert session is not None
        self._session = session

    @property
    def ping_interval(self) -> float:
        return PING

    @property
    def ping_timeout(self) -> float:
        return PING

    @property
    def max_message_size(self) -> int:
        return self.site.limits.frame_bytes

    def check_origin(self, origin: str) -> bool:
        return True  # jupyter_server did

    def open(self, *args: str, **kwargs: str) -> None:
        self._transport = WebSocketTransport(self, bound=self.site.limits.outgoing_bytes)
        self._joined = False
        self.set_nodelay(True)
        seconds = self.site.limits.hello_seconds
        self._timer = asyncio.get_running_loop().call_later(seconds, self._transport.close, 4001, "no hello came")

    def on_message(self, message: str | bytes) -> None:
        transport = self._transport
        if transport.closed:
            return
        try:
            if isinstance(message, str):
                raise ProtocolError("A text frame came where binary frames are spoken.")
            content, buffers = decode_frame(message)
            if self._joined:
                transport.deliver(content, buffers)
            else:
                self._join(content.hello)
        except ProtocolError as err:
            if not self._joined:
                transport.close(4010, "bad protocol")
            self._session.complain(transport, err)
        except Exception:
            log.exception("A message over the lane failed.")
            transport.close(1011, "an error in the kernel")

    def on_close(self) -> None:
        if hasattr(self, "_transport"):
            self._timer.cancel()
            self._transport.lost()

    def _join(self, hello: Hello | None) -> None:
        session = self._session
        if hello is None:
            raise ProtocolError("The first message was not a hello.")
        client = session.clients.get(hello.client or "") if hello.session == session.id else None
        if client is None:
            self._transport.close(4004, "there is no such client")
            return
        self._timer.cancel()
        self._joined = True
        session.attach(self._transport, hello, ship=client.ship)


class Lane:
    """The lane of this kernel.

    Args:
        session: The kernel's session.
        note: Where to say that it is there.
    """

    def __init__(self, session: Session, note: Path) -> None:
        self._session = session
        self._note = note
        self._secret = secrets.token_urlsafe(32)
        self._pid = os.getpid()
        self._left: list[Path] = []  # files to remove

    def __repr__(self) -> str:
        return f"<Lane of {self._session!r}>"

    async def serve(self) -> None:
        """Answer, until the process ends."""
        site = private_site(self._secret)
        shared = {"site": site}
        server = private_server(
            site,
            [
                ("/lane", LaneHandler, {**shared, "session": self._session}),
                (f"/{ASSETS}/([^/]+)", AssetHandler, shared),
                (f"/{DATA}/([^/]+)/([^/]+)/([^/]+)", DataHandler, shared),
            ],
        )
        atexit.register(self.remove)
        lane, lane_address = self._listen(".lane")
        apps, apps_address = self._listen(".apps")
        server.add_sockets([lane])
        home = event_loop.home
        if home is not None:
            home.call_soon_threadsafe(self._serve_apps, apps)
        self._left.append(self._note)
        Note(self._secret, lane_address, apps_address).write(self._note)
        await asyncio.Event().wait()

    def remove(self) -> None:
        """Remove what it has put into the folder."""
        if os.getpid() == self._pid:  # a fork leaves it alone
            for path in self._left:
                path.unlink(missing_ok=True)

    def _serve_apps(self, sock: socket) -> None:
        site = private_site(self._secret)
        private_server(site, routes(site, "/app")).add_sockets([sock])

    def _listen(self, suffix: str) -> tuple[socket, Address]:
        path = self._note.with_suffix(suffix)
        sock, address = listen(path)
        if address == str(path):
            self._left.append(path)
        return sock, address


def run(session: Session, connection_file: str) -> None:
    """Give the session of the kernel with this connection file a lane. Returns when the process ends."""
    lane = Lane(session, note_path(connection_file))
    try:
        asyncio.run(lane.serve())
    except Exception:
        log.exception("The fast lane of this kernel ended. Its pages go on over comms.")
        lane.remove()
