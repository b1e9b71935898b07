"""Who may come in. Everything that reaches this server passes here first.

One `Guard` stands before every route and every websocket upgrade, and refuses
unless it finds a reason to let through: a Host that is ours (so no name that
was re-bound to this address), an Origin that is exactly one of ours (so no page
of another site), and the token, where there is one.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from .errors import BadAccess
from .proxies import BadForward, Proxies, is_network
from .tickets import Tickets

if TYPE_CHECKING:
    from tornado.httputil import HTTPServerRequest

__all__ = ["LOCAL_HOSTS", "Access", "Guard", "Refused"]

#: Names that mean this machine, whoever asks.
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")

COOKIE_SECONDS = 7 * 24 * 3600

HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>(?:\*\.)?(?:\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?::[0-9]{1,5})?)",
    re.ASCII,
)


@dataclass(frozen=True)
class Access:
    """Who may use a server, beyond what follows from where it listens.

    Args:
        hosts: Further names people reach this server by, as in `http://name/`. Behind a proxy: its name.
        origins: Further origins whose pages may connect, as in `https://example.com`; `https://*.example.com`
            stands for exactly one more label. A page always may connect to the server it came from.
        proxies: Addresses of proxies in front of the server, as '10.0.0.1' or '10.0.0.0/8'. What these say in
            `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` is believed; from everybody else it is ignored.
        token: A password. Without it nothing is given out; `http://host/App?token=...` lets a browser in.
        frame_ancestors: Who may show our pages in a frame, in the words of the Content-Security-Policy.
        secret: What tickets and cookies are signed with; random for each process by default.
    """

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    token: str | None = field(default=None, repr=False)
    frame_ancestors: tuple[str, ...] = ("'self'",)
    secret: bytes | None = field(default=None, repr=False)
    proxies: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "hosts", frozenset(self.hosts))
        object.__setattr__(self, "origins", frozenset(self.origins))
        object.__setattr__(self, "proxies", frozenset(self.proxies))
        for proxy in self.proxies:
            if not is_network(proxy):
                raise BadAccess("proxy", str(proxy), "it is neither an address nor a network")
        for host in self.hosts:
            found = HOST.fullmatch(f"[{host}]" if ":" in host and not host.startswith("[") else host)
            if found is None or found["port"]:
                raise BadAccess("host", host, "it is not a lower-case name or address without a port")
        for origin in self.origins:
            if ORIGIN.fullmatch(origin) is None:
                raise BadAccess("origin", origin, "it is not scheme://host, or scheme://host:port, in lower case")
        for source in self.frame_ancestors:
            if re.fullmatch(r"'(self|none)'|https?://[a-z0-9.*:\[\]-]+", source, re.ASCII) is None:
                raise BadAccess("frame ancestor", source, "it is neither 'self' (with its quotes) nor an origin")
        if self.token is not None and len(self.token) < 8:
            raise BadAccess("token", "…", "it has less than 8 characters")


class Refused(Exception):
    """A request that may not go on. The reason is for the log; the client gets the status only."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Guard:
    """Lets a request pass, or raises `Refused`.

    Args:
        access: What the person who runs the server allowed.
        bound: The names and addresses that the server listens on.
        tickets: Reads what non-browser clients show in place of an Origin, and signs cookies.
    """

    def __init__(self, access: Access, *, bound: Iterable[str] = (), tickets: Tickets) -> None:
        self._access = access
        self._proxies = Proxies(access.proxies)
        self._tickets = tickets
        names = {*LOCAL_HOSTS, *access.hosts, *bound}
        self._hosts = frozenset(canonical(name) for name in names if name not in ("", "0.0.0.0", "::"))
        self._exact = frozenset(origin for origin in access.origins if "*" not in origin)
        self._patterns = [
            re.compile(re.escape(origin).replace(r"\*", "[a-z0-9_-]+"), re.ASCII)
            for origin in access.origins
            if "*" in origin
        ]

    def __repr__(self) -> str:
        return f"<Guard for {', '.join(self.allowed())}>"

    @property
    def access(self) -> Access:
        """What the person who runs the server allowed."""
        return self._access

    def allowed(self) -> list[str]:
        """The hosts and origins that may be used, for people to read."""
        return sorted(self._hosts) + sorted(self._access.origins)

    def unwrap(self, request: HTTPServerRequest) -> str:
        """Let `request` be what a proxy of ours was asked for, before it is checked; the path that the proxy puts before ours."""
        try:
            return self._proxies.unwrap(request)
        except BadForward as err:
            raise Refused(400, f"a proxy forwards {err}") from None

    def check(
        self,
        request: HTTPServerRequest,
        *,
        app: str | None = None,
        upgrade: bool = False,
        vouched: bool = False,
        guesses: bool = True,
    ) -> None:
        """Let `request` pass, or raise `Refused`.

        Args:
            app: Which app it is for, if any; tickets are for one app.
            upgrade: Whether it asks for a websocket.
            vouched: Whether it brings something that stands for the token: an unused launch token.
            guesses: Whether the token itself may be shown. From an address that was wrong too often it is not
                looked at; what is signed still is, so those who are in stay in.
        """
        host = self.check_host(request.headers.get_list("Host"), local_address(request))
        bearer = bearer_of(request)
        knows_token = self._knows_token(request, bearer, guesses)
        has_ticket = app is not None and self._has_ticket(bearer, app)
        if self._access.token is not None and not (knows_token or has_ticket or vouched):
            raise Refused(403, "the token is missing or wrong")
        if upgrade and request.method == "GET":
            self._check_origin(request, host, without=has_ticket or (knows_token and bearer is not None))
        elif request.method not in ("GET", "HEAD"):
            self._check_change(request, host, bearer=knows_token and bearer is not None)

    def check_host(self, values: list[str], address: str | None = None) -> str:
        """The one Host of a request, in lower case; `address` is the one it arrived at."""
        if len(values) != 1:
            raise Refused(400, f"{len(values)} Host headers")
        host = values[0].lower()
        found = HOST.fullmatch(host)
        if found is None or (found["port"] is not None and not 0 < int(found["port"]) <= 65535):
            raise Refused(400, "a malformed Host header")
        name = canonical(found["name"])
        # An address in the Host cannot have been re-bound; a name can.
        if name not in self._hosts and (address is None or name != canonical(address)):
            raise Refused(403, f"the Host {name!r} is not one of this server")
        return host

    def shows_source(self, request: HTTPServerRequest) -> bool:
        """Whether `request` comes from this very machine, to a server that is for nobody else: it may see source maps."""
        access = self._access
        alone = not (access.hosts or access.origins or access.proxies)
        forwarded = any(name in request.headers for name in ("Forwarded", "Via", "X-Forwarded-For", "X-Real-Ip"))
        name = canonical(request.headers.get("Host", "").rpartition(":")[0])
        return alone and not forwarded and request.remote_ip in LOCAL_HOSTS and name in LOCAL_HOSTS

    def origin_allowed(self, origin: str, scheme: str, host: str) -> bool:
        """Whether a page of `origin` may connect to `scheme`://`host`, which is already known to be ours."""
        if origin == f"{scheme}://{host}" or origin in self._exact:
            return True
        return any(pattern.fullmatch(origin) for pattern in self._patterns)

    def token_of(self, request: HTTPServerRequest) -> str | None:
        """The token in the query of a request, if it is the right one."""
        values = request.query_arguments.get("token", [])
        given = values[0].decode("latin1") if len(values) == 1 else None
        return given if given is not None and self._is_token(given) else None

    def cookie(self, request: HTTPServerRequest) -> tuple[str, str]:
        """Name and value of the cookie that stands for the token from now on."""
        return cookie_name("access", request), self._tickets.sign("access", self._fingerprint())

    def _check_origin(self, request: HTTPServerRequest, host: str, *, without: bool) -> None:
        origins = request.headers.get_list("Origin")
        if not origins:
            if not without:
                raise Refused(403, "an upgrade without an Origin")
        elif len(origins) > 1 or not self.origin_allowed(origins[0], request.protocol, host):
            raise Refused(403, f"the Origin {' '.join(origins)[:200]!r} may not connect")

    def _check_change(self, request: HTTPServerRequest, host: str, *, bearer: bool) -> None:
        origins = request.headers.get_list("Origin")
        site = request.headers.get("Sec-Fetch-Site")
        if origins and (len(origins) > 1 or not self.origin_allowed(origins[0], request.protocol, host)):
            raise Refused(403, "a change that another site asked for")
        if site not in (None, "same-origin", "none") and origins and origins[0] not in self._exact:
            raise Refused(403, "a change that another site asked for")
        if not origins and not bearer and site != "same-origin":
            raise Refused(403, "a change asked for by nobody in particular")

    def _knows_token(self, request: HTTPServerRequest, bearer: str | None, guesses: bool) -> bool:
        if self._access.token is None:
            return False
        if not guesses:
            pass
        elif self._is_token(bearer or "") or self.token_of(request) is not None:
            return True
        morsel = request.cookies.get(cookie_name("access", request))
        signed = self._tickets.verify("access", morsel.value if morsel else None, max_age=COOKIE_SECONDS)
        return signed is not None and hmac.compare_digest(signed, self._fingerprint())

    def _is_token(self, given: str) -> bool:
        token = self._access.token
        return token is not None and hmac.compare_digest(given.encode(), token.encode())

    def _has_ticket(self, bearer: str | None, app: str) -> bool:
        ticket = self._tickets.read(bearer, app)
        return ticket is not None and ticket.fresh

    def _fingerprint(self) -> str:
        # A cookie names the token it was given for, so it ends when the token is changed.
        return sha256(b"jsmodel " + (self._access.token or "").encode()).hexdigest()


def canonical(name: str) -> str:
    """A host name or address in the one form that we compare."""
    name = name.strip("[]").lower().split("%")[0]
    try:
        return ipaddress.ip_address(name).compressed
    except ValueError:
        return name


def bearer_of(request: HTTPServerRequest) -> str | None:
    """What a non-browser client shows in its Authorization header."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" and value else None


def cookie_name(purpose: str, request: HTTPServerRequest) -> str:
    """Cookies do not tell ports apart, so their names do."""
    port = request.headers.get("Host", "").rpartition(":")[2]
    return f"jsmodel-{purpose}-{port if port.isdigit() else 'default'}"


def local_address(request: HTTPServerRequest) -> str | None:
    """The address of this machine that a request arrived at."""
    stream = getattr(request.connection, "stream", None)
    socket = getattr(stream, "socket", None)
    try:
        name = socket.getsockname() if socket is not None else None
    except OSError:
        return None
    return name[0] if isinstance(name, tuple) and isinstance(name[0], str) else None
