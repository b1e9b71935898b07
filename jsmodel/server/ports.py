"""Sockets that listen; those that cannot are closed, and the error says why."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import ExitStack

__all__ = ["listen"]

BACKLOG = 128  # connections that may wait until they are taken


def listen(host: str, port: int) -> list[socket.socket]:
    """Listen on all addresses of `host`, on one port.

    Args:
        host: A name or an address; "" is all of this machine.
        port: 0 is any that is free, the same one for all addresses.

    Raises:
        OSError: when one of them cannot be had; none is left open then.
    """
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    with ExitStack() as opened:
        for family, _, _, _, address in sorted(dict.fromkeys(found), key=lambda each: each[0]):
            is_v6 = family == socket.AF_INET6
            if is_v6 and host == "localhost" and address[-1]:
                continue  # on macOS, 'localhost' has an address that its firewall does not take for local
            try:
                sock = opened.enter_context(socket.socket(family, socket.SOCK_STREAM))
            except OSError as err:
                if err.errno == errno.EAFNOSUPPORT:
                    continue
                raise
            if os.name != "nt":  # there it lets two servers share a port
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if is_v6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # IPv4 has a socket of its own
            sock.setblocking(False)
            try:
                sock.bind((address[0], port, *address[2:]))
            except OSError as err:
                if is_v6 and host == "localhost" and err.errno == errno.EADDRNOTAVAIL:
                    sock.close()  # IPv6 is half switched off, as in many containers
                    continue
                raise
            port = sock.getsockname()[1]
            sock.listen(BACKLOG)
            sockets.append(sock)
        opened.pop_all()
    if not sockets:
        raise OSError(0, f"the name {host!r} leads to no address of this machine")
    return sockets
