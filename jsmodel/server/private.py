"""A server that exactly one other program on this machine talks to.

That program is jupyter_server. It has checked who asks, and from where, and
passes requests on (`forward.py`) with a secret, which is all that is checked
here. It listens on a socket in a folder of the user's own, or, where sockets
cannot be in folders, on a port of 127.0.0.1.
"""

from __future__ import annotations

import hmac
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.web import Application

from .guard import Access, Guard, Refused
from .guarded import Site
from .handlers import NotFoundHandler
from .limits import MIB, Limits
from .server import log_request
from .sessions import Sessions
from .tickets import Tickets

if TYPE_CHECKING:
    from tornado.httputil import HTTPServerRequest

__all__ = ["SECRET", "Address", "connect", "listen", "private_server", "private_site"]

#: The header that holds the secret.
SECRET = "X-Jsmodel-Secret"

#: The path of a socket, or a port of 127.0.0.1.
Address = str | int

#: All come from one address, and each is a person at the kernel's own notebook.
LIMITS = Limits(frame_bytes=64 * MIB, connections=2_000, connections_per_address=2_000)


class SecretGuard(Guard):
    """Lets in who knows the secret, and nobody else.

    Args:
        secret: What the one program that may come in was told.
    """

    def __init__(self, secret: str, tickets: Tickets) -> None:
        super().__init__(Access(), tickets=tickets)
        self._secret = secret.encode()

    def check(
        self,
        request: HTTPServerRequest,
        *,
        app: str | None = None,
        upgrade: bool = False,
        vouched: bool = False,
        guesses: bool = True,
    ) -> None:
        """Let `request` pass, or raise `Refused`."""
        given = request.headers.get_list(SECRET)
        if len(given) != 1 or not hmac.compare_digest(given[0].encode("utf-8", "replace"), self._secret):
            raise Refused(403, "the secret is missing or wrong")

    def shows_source(self, request: HTTPServerRequest) -> bool:
        """Always: who comes through jupyter_server can read the person's files anyway."""
        return True


def private_site(secret: str) -> Site:
    """What the routes of a private server share."""
    tickets = Tickets(max_age=LIMITS.ticket_seconds)
    return Site(guard=SecretGuard(secret, tickets), tickets=tickets, sessions=Sessions(LIMITS), limits=LIMITS)


def private_server(site: Site, routes: list[Any]) -> HTTPServer:
    """A server with these routes, and 404 for all else; it belongs to the loop that runs when sockets are added."""
    application = Application(
        routes,
        default_handler_class=NotFoundHandler,
        default_handler_args={"site": site},
        log_function=log_request,
    )
    return HTTPServer(
        application,
        idle_connection_timeout=site.limits.header_seconds,
        body_timeout=site.limits.body_seconds,
        max_header_size=4 * site.limits.header_bytes,
        max_body_size=site.limits.body_bytes,
    )


def listen(path: Path) -> tuple[socket.socket, Address]:
    """A socket that only this user can connect to, at `path` if that is possible, and where it is."""
    if hasattr(socket, "AF_UNIX") and os.name == "posix":
        sock = socket.socket(socket.AF_UNIX)
        try:
            path.unlink(missing_ok=True)  # a process that was killed may have left it
            sock.bind(str(path))
            path.chmod(0o600)  # nobody can connect yet
            sock.listen(128)
            sock.setblocking(False)
            return sock, str(path)
        except OSError:  # the path is too long, or its file system knows no sockets
            sock.close()
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(128)
    sock.setblocking(False)
    return sock, sock.getsockname()[1]


async def connect(address: Address) -> IOStream:
    """A connection to where `listen` listens. Raises OSError when nobody does (any more)."""
    stream = IOStream(socket.socket() if isinstance(address, int) else socket.socket(socket.AF_UNIX))
    try:
        await stream.connect(("127.0.0.1", address) if isinstance(address, int) else address)
    except BaseException:
        stream.close()
        raise
    stream.set_nodelay(True)
    return stream
