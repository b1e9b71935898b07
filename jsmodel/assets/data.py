"""Data that belongs to one session: only its own pages can load it, and it goes with the session."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import weakref
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..errors import AssetError, brief, near
from .asset import Asset
from .link import Link, in_kernel
from .source import check_name, content_type

__all__ = ["DATA", "DataArea", "area_of", "blob", "read_bytes"]

#: Where a server has the data of sessions, as seen from the page of an app.
DATA = "_jsm/data"

_areas: weakref.WeakValueDictionary[str, DataArea] = weakref.WeakValueDictionary()


def read_bytes(name: str, data: Any) -> bytes:
    """The bytes of anything like bytes: bytes, bytearray, memoryview, a NumPy array, a file.

    Raises:
        AssetError: for anything else.
    """
    if isinstance(data, bytes):
        return data
    if isinstance(data, os.PathLike):
        path = Path(data)
        try:
            return path.read_bytes()
        except OSError as err:
            raise AssetError(
                f"The file '{path}' cannot be read for {name!r}: {err.strerror}. Relative paths start where Python was started. Check the path."
            ) from err
    if hasattr(data, "dtype") and hasattr(data, "tobytes"):
        if not data.dtype.hasobject:
            return bytes(data.tobytes())
    else:
        with contextlib.suppress(TypeError, ValueError):
            return memoryview(data).tobytes()
    raise AssetError(
        f"The data of {name!r} is {brief(data)}. It must be bytes, or something like bytes: a bytearray, a memoryview, a NumPy array of numbers, a pathlib.Path. "
        "Convert it first, as with text.encode()."
    )


def blob(name: str, data: Any, type_: str | None, scope: str = "") -> Asset:
    """A piece of data as an asset."""
    check_name(name)
    return Asset(name, "file", read_bytes(name, data), content_type(name, type_), scope=scope)


class DataArea:
    """The data of one session, under an address that nobody can guess.

    Args:
        limit: So much it may hold, in bytes.
    """

    def __init__(self, limit: int) -> None:
        self.token = secrets.token_urlsafe(24)
        self.limit = limit
        self._links: dict[str, Link] = {}
        self._lock = threading.Lock()
        _areas[self.token] = self

    def __repr__(self) -> str:
        return f"<DataArea with {len(self._links)} pieces>"

    def add(self, name: str, data: Any, type_: str | None = None) -> Link:
        """Hold a piece of data, and return its link.

        Raises:
            AssetError: for a bad name, a clash with other content, or more than may be held.
        """
        asset = blob(name, data, type_, f"session {name}")  # it goes by itself, whoever else has the same content
        with self._lock:
            known = self._links.get(name)
            if known is not None:
                if known.asset == asset:
                    return known
                raise AssetError(
                    f"This session has data named {name!r} already, with other content. A page would get the one or the other. "
                    f"Give it another name, or call session.remove_data({name!r}) first."
                )
            size, held = len(asset.content), sum(len(link.asset.content) for link in self._links.values())
            if held + size > self.limit:
                raise AssetError(
                    f"{name!r} has {size:,} bytes, and with it the session would have {held + size:,}. A session may hold {self.limit:,} bytes of data at once. "
                    "Remove what is no longer shown, with session.remove_data(name), or send it with send_data(), which keeps nothing."
                )
            link = Link(asset, f"{DATA}/{self.token}/{asset.hash}/{quote(name, safe='')}", inline=in_kernel())
            self._links[name] = link
            return link

    def remove(self, name: str) -> Link:
        """Hold it no longer.

        Raises:
            AssetError: for a name that is not there.
        """
        check_name(name)
        with self._lock:
            if name not in self._links:
                raise AssetError(
                    f"This session has no data named {name!r}.{near(str(name), self._links)} It was removed, or never added. session.add_data() adds it."
                )
            return self._links.pop(name)

    def find(self, hash_: str, name: str) -> Asset | None:
        """The piece of this hash and name. A look-up in a dict."""
        link = self._links.get(name)
        return link.asset if link is not None and link.asset.hash == hash_ else None

    def clear(self) -> None:
        """The session is over."""
        with self._lock:
            self._links.clear()
        _areas.pop(self.token, None)


def area_of(token: str) -> DataArea | None:
    """The area with this token. A look-up in a dict."""
    return _areas.get(token)
