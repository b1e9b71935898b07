"""What a proxy in front of the server says of a request, if it is one of ours.

Anybody can send `X-Forwarded-...` headers. They count where the connection comes
from an address that the person who runs the server listed, and nowhere else.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tornado.httputil import HTTPServerRequest

__all__ = ["BadForward", "Proxies", "is_network"]

PREFIX = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?", re.ASCII)


class BadForward(Exception):
    """A proxy of ours said something that cannot be."""


class Proxies:
    """The proxies of one server.

    Args:
        listed: Their addresses, or networks of them, as '10.0.0.0/8'.
    """

    def __init__(self, listed: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(one, strict=False) for one in listed]

    def __contains__(self, address: str) -> bool:
        """Whether the proxy at `address` is one of ours."""
        try:
            ip = ipaddress.ip_address(address.split("%")[0])
        except ValueError:
            return False
        plain = getattr(ip, "ipv4_mapped", None) or ip
        return any(
            one in network for network in self._networks for one in (ip, plain) if one.version == network.version
        )

    def unwrap(self, request: HTTPServerRequest) -> str:
        """Let `request` say what the proxy was asked for; returns the path that the proxy serves us under, or ''.

        Raises:
            BadForward: when a proxy of ours forwards what is malformed.
        """
        if not self._networks or str(request.remote_ip) not in self:
            return ""
        headers = request.headers
        addresses = words(headers.get_list("X-Forwarded-For"))
        if addresses:
            request.remote_ip = self._visitor(addresses)
        schemes = words(headers.get_list("X-Forwarded-Proto"))
        if schemes:
            if schemes[-1] not in ("http", "https"):
                raise BadForward(f"the scheme {schemes[-1][:40]!r}")
            request.protocol = schemes[-1]
        hosts = words(headers.get_list("X-Forwarded-Host"))
        if hosts:
            headers["Host"] = request.host = hosts[-1]  # the guard looks at it like at any other
        prefixes = words(headers.get_list("X-Forwarded-Prefix"))
        prefix = prefixes[-1] if prefixes else ""
        if not PREFIX.fullmatch(prefix):
            raise BadForward(f"the prefix {prefix[:40]!r}")
        return prefix.rstrip("/")

    def _visitor(self, addresses: list[str]) -> str:
        """The nearest address that is no proxy of ours: those further away can be made up."""
        found = ""
        for text in reversed(addresses):
            found = bare(text)
            if found not in self:
                break
        return found


def words(values: list[str]) -> list[str]:
    """The parts of a header that may be there several times, and is a list each time."""
    return [word.strip() for value in values for word in value.split(",") if word.strip()]


def bare(text: str) -> str:
    """An address without its brackets and port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return ipaddress.ip_address(text).compressed
    except ValueError:
        raise BadForward(f"the address {text[:40]!r}") from None


def is_network(text: object) -> bool:
    """Whether `text` is an address, or a network of them."""
    try:
        return isinstance(text, str) and ipaddress.ip_network(text, strict=False) is not None
    except ValueError:
        return False
