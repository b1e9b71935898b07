"""What all handlers have in common: they stand behind the guard.

`Guarded` is the only base class that a route of ours may have. Its `prepare`
runs before anything else, also before a websocket is accepted, and cannot be
replaced. `Site` is what the routes of one server share.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tornado.web import Finish, HTTPError, RequestHandler

from .guard import Guard, Refused
from .limits import Failures, Limits
from .tickets import Tickets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .sessions import Sessions
    from .websocket import WebSocketTransport

__all__ = ["Guarded", "Site", "Sockets"]

log = logging.getLogger("jsmodel")


class Sockets:
    """Counts the open sockets, all together and by address."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._by_address: Counter[str] = Counter()
        self._transports: dict[WebSocketTransport, None] = {}

    def __len__(self) -> int:
        return len(self._transports)

    def __iter__(self) -> Iterator[WebSocketTransport]:
        return iter(list(self._transports))

    def add(self, address: str, transport: WebSocketTransport) -> bool:
        """Count one more; False if it is one too many."""
        limits = self._limits
        if len(self._transports) >= limits.connections or self._by_address[address] >= limits.connections_per_address:
            return False
        self._by_address[address] += 1
        self._transports[transport] = None
        return True

    def remove(self, address: str, transport: WebSocketTransport) -> None:
        """Count one less."""
        del self._transports[transport]
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]


@dataclass
class Site:
    """What the routes of one server share."""

    guard: Guard
    tickets: Tickets
    sessions: Sessions
    limits: Limits
    sockets: Sockets = field(init=False)
    failures: Failures = field(init=False)

    def __post_init__(self) -> None:
        self.sockets = Sockets(self.limits)
        self.failures = Failures(self.limits.failures_per_address, self.limits.failure_seconds)


class Guarded(RequestHandler):
    """A handler that refuses unless the guard lets the request pass."""

    upgrade = False  # whether the route is a websocket
    site: Site
    app_name: str | None = None
    prefix = ""  # what a proxy of ours puts before our paths
    _wait = 0.0  # for how long this address is not listened to

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        assert cls.prepare is Guarded.prepare, "nothing may run before the guard"

    def initialize(self, site: Site) -> None:
        self.site = site

    def vouched(self) -> bool:
        """Whether the request brings something better than the token of the server."""
        return False

    def prepare(self) -> None:
        self.app_name = self.path_args[0] if self.path_args else None
        guard, request = self.site.guard, self.request
        try:
            self.prefix = guard.unwrap(request)
            self._wait = self.site.failures.wait(str(request.remote_ip))
            vouched, guesses = self.vouched(), not self._wait
            guard.check(request, app=self.app_name, upgrade=self.upgrade, vouched=vouched, guesses=guesses)
        except Refused as refused:
            level = logging.DEBUG if self._wait else logging.WARNING  # a flood of guesses does not fill the log
            log.log(level, "Refused %s from %s: %s", request.method, request.remote_ip, refused)
            raise HTTPError(refused.status) from None

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.set_header("Cache-Control", "no-store")

    def compute_etag(self) -> str | None:
        return None

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """A page of fixed words. It repeats nothing of the request, and nothing of what failed."""
        if status_code == 429:
            self.set_header("Retry-After", str(int(self._wait) + 1))
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {phrase(status_code)}\n")

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if not isinstance(value, (HTTPError, Finish)):
            log.error("A request to %s failed.", type(self).__name__, exc_info=(typ, value, tb))

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        if status_code in (403, 404):
            self.site.failures.note(str(self.request.remote_ip))
            if self._wait:
                status_code = 429
        kwargs["reason"] = phrase(status_code)
        super().send_error(status_code, **kwargs)

    def keep(self, name: str, value: str, *, path: str = "/", max_age: int | None = None) -> None:
        """Set a cookie that no script and no other site can use."""
        secure = self.request.protocol == "https"
        self.set_cookie(name, value, path=path, max_age=max_age, httponly=True, samesite="Strict", secure=secure)

    def page_headers(self, *, scripts: bool = False, origins: tuple[Iterable[str], Iterable[str]] = ((), ())) -> str:
        """Set the headers of an HTML page; the nonce for what it has inline.

        Args:
            scripts: Whether it runs any.
            origins: Other sites: those that it loads code and styles from, and those that it asks for data.
        """
        code, data = (" ".join(["", *sites]) for sites in origins)
        nonce = secrets.token_urlsafe(16)
        host = self.request.headers["Host"]
        ancestors = " ".join(self.site.guard.access.frame_ancestors)
        rules = [
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'{code}" if scripts else "script-src 'none'",
            # Widgets have style attributes, for which there are no nonces.
            f"style-src 'self' 'unsafe-inline'{code}" if scripts else f"style-src 'nonce-{nonce}'",
        ]
        if scripts:
            rules += [
                f"connect-src 'self' ws://{host} wss://{host}{data}",
                "img-src 'self' data: blob: https:",
                "media-src 'self' data: blob: https:",
                f"font-src 'self' data:{code}",
                "worker-src 'self' blob:",
            ]
        rules += ["base-uri 'none'", "form-action 'self'", f"frame-ancestors {ancestors}"]
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", "; ".join(rules))
        return nonce


def phrase(status: int) -> str:
    """The standard words for a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
