"""Passes a request on to a private server, and brings the answer back.

The login is the Jupyter server's: what proves it (cookies, tokens) stops here,
and the other side gets a secret in its place. Answers flow through as they come;
of a websocket, only the handshake is looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from tornado.httputil import HTTPHeaders, parse_response_start_line
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError

from .private import SECRET

if TYPE_CHECKING:
    from tornado.httputil import HTTPServerRequest
    from tornado.iostream import IOStream
    from tornado.web import RequestHandler

__all__ = ["forward", "is_upgrade"]

CHUNK = 256 * 1024
HEAD = 64 * 1024

#: What the other side may know of a request. Neither who asks, nor how they proved it.
PASSED = ("Accept", "Accept-Encoding", "Accept-Language", "If-None-Match", "Range", "User-Agent")
HANDSHAKE = ("Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Sec-WebSocket-Version")
#: What is said between two neighbours only, or is ours to say.
HOP = {"connection", "date", "keep-alive", "server", "set-cookie", "transfer-encoding", "upgrade"}

#: A frame of a websocket that is no longer than this is an answer to a ping.
PONG = 14


def is_upgrade(request: HTTPServerRequest) -> bool:
    """Whether a request asks for a websocket."""
    return request.headers.get("Upgrade", "").lower() == "websocket"


async def forward(
    handler: RequestHandler, upstream: IOStream, secret: str, path: str, active: Callable[[], None] = lambda: None
) -> None:
    """Answer the request of `handler` with what the private server behind `upstream` says to it.

    Args:
        path: What is asked for there; what it holds is data, and is quoted here.
        active: Called when a person does something on a page, at the other end of a websocket.
    """
    request = handler.request
    try:
        await upstream.write(_head(request, secret, path))
        answer = await upstream.read_until(b"\r\n\r\n", max_bytes=HEAD)
        first, _, rest = answer.decode("latin1").partition("\r\n")
        status = parse_response_start_line(first).code
        headers = HTTPHeaders.parse(rest)
        if status == HTTPStatus.SWITCHING_PROTOCOLS:
            await _join(handler, upstream, headers, active)
        else:
            await _copy(handler, upstream, status, headers)
    except StreamClosedError:
        if not handler._headers_written:
            raise HTTPError(502) from None
    finally:
        upstream.close()


def _head(request: HTTPServerRequest, secret: str, path: str) -> bytes:
    upgrade = is_upgrade(request)
    # The login token is for this server only.
    query = urlencode([pair for pair in parse_qsl(request.query, keep_blank_values=True) if pair[0] != "token"])
    target = quote(path) + ("?" + query if query else "")
    # After HTTP/1.0 the other side closes, so that the answer ends where it ends.
    lines = [f"GET {target} HTTP/1.{1 if upgrade else 0}", f"Host: {request.host}", f"{SECRET}: {secret}"]
    if upgrade:
        lines += ["Connection: Upgrade", "Upgrade: websocket"]
    for name in (*PASSED, *(HANDSHAKE if upgrade else ())):
        lines += [f"{name}: {value}" for value in request.headers.get_list(name)]
    return "\r\n".join([*lines, "", ""]).encode("latin1")


async def _copy(handler: RequestHandler, upstream: IOStream, status: int, headers: HTTPHeaders) -> None:
    handler.set_status(status)
    for name in {name for name, _ in headers.get_all()}:
        if name.lower() not in HOP:
            handler.set_header(name, ", ".join(headers.get_list(name)))
    with suppress(StreamClosedError):  # that is how it ends
        while True:
            handler.write(await upstream.read_bytes(CHUNK, partial=True))
            await handler.flush()
    handler.finish()


async def _join(handler: RequestHandler, upstream: IOStream, headers: HTTPHeaders, active: Callable[[], None]) -> None:
    handler.set_status(101)
    for name in ("Sec-WebSocket-Accept", "Sec-WebSocket-Extensions", "Connection", "Upgrade"):
        if name in headers:
            handler.set_header(name, headers[name])
    handler.finish()
    page = handler.detach()
    page.set_nodelay(True)
    await asyncio.gather(_pour(page, upstream, active), _pour(upstream, page, lambda: None))


async def _pour(source: IOStream, sink: IOStream, active: Callable[[], None]) -> None:
    try:
        while True:
            data = await source.read_bytes(CHUNK, partial=True)
            if len(data) > PONG:
                active()
            await sink.write(data)
    except StreamClosedError:
        source.close()
        sink.close()
