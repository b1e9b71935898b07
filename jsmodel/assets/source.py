"""What an asset is made of: text, bytes, a file, or a function that gives one of these when it is needed."""

from __future__ import annotations

import mimetypes
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..errors import AssetError, brief
from .asset import Kind

__all__ = ["Source", "check_name", "check_url", "content_type", "kind_of"]

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+ -]{0,99}")
_LOOKS_LIKE_A_FILE = re.compile(r"[^\s;(){}]+\.(m?js|css)")
_LOCAL = frozenset(["localhost", "127.0.0.1", "::1"])
_KINDS: dict[str, Kind] = {"js": "js", "mjs": "module", "css": "css"}


class Source:
    """The content of an asset, read when it is first asked for.

    Args:
        name: Of the asset, for errors.
        given: Text, bytes, a path, or a function without arguments that returns text or bytes.

    Raises:
        AssetError: at once for a wrong type or a file that is not there.
    """

    def __init__(self, name: str, given: Any, *, text_is_code: bool = True) -> None:
        self._name = name
        self._given = given
        self._content: bytes | None = None
        if isinstance(given, str):
            if text_is_code and _LOOKS_LIKE_A_FILE.fullmatch(given):
                raise AssetError(
                    f"The source of {name!r} is the text {given!r}, which looks like the name of a file. A str is the code itself. "
                    f"Write pathlib.Path({given!r}) to have the file read."
                )
            self._content = _encode(name, given)
        elif isinstance(given, (bytes, bytearray, memoryview)):
            self._content = bytes(given)
        elif isinstance(given, os.PathLike):
            path = Path(given)
            if not path.is_file():
                what = "is a folder" if path.is_dir() else "does not exist"
                raise AssetError(
                    f"The source of {name!r} is the file '{path}', which {what}. Relative paths start where Python was started. "
                    "Write Path(__file__).parent / 'file.js' for a file beside your module."
                )
            self._given = path.resolve()
        elif not callable(given):
            raise AssetError(
                f"The source of {name!r} is {brief(given)}. It must be text, bytes, a pathlib.Path, or a function that returns text or bytes. "
                "Convert it first."
            )

    def same_as(self, other: Source) -> bool:
        """Whether both give the same content; functions are called only if they differ."""
        if self._given is other._given and callable(self._given):
            return True
        return self.read() == other.read()

    def read(self) -> bytes:
        """The content.

        Raises:
            AssetError: when it cannot be had.
        """
        if self._content is None:
            self._content = self._load()
        return self._content

    def _load(self) -> bytes:
        name, given = self._name, self._given
        if isinstance(given, Path):
            try:
                return given.read_bytes()
            except OSError as err:
                raise AssetError(
                    f"The file '{given}' of the asset {name!r} cannot be read: {err.strerror}. It was there when the asset was registered. "
                    "Put it back, and try again."
                ) from err
        try:
            value = given()
        except Exception as err:
            raise AssetError(
                f"The function that should give the source of {name!r} failed: {type(err).__name__}: {err}. "
                "It is called when code of the module is first needed in a browser. Mend it, and try again."
            ) from err
        if isinstance(value, str):
            return _encode(name, value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return bytes(value)
        raise AssetError(
            f"The function that should give the source of {name!r} returned {brief(value)}. It must return text or bytes. Convert it there."
        )


def _encode(name: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as err:
        raise AssetError(
            f"The text of {name!r} has half of a character at index {err.start} (a lone surrogate). It cannot be written as UTF-8. Remove it."
        ) from None


def check_name(name: Any) -> str:
    """A name that can stand in a URL and in a file system, or AssetError."""
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name.endswith((" ", ".")):
        raise AssetError(
            f"{brief(name)} cannot be the name of an asset. It becomes part of a URL. "
            "Use letters, digits and '_ . @ + -', as in 'mydep.js', at most 100 of them."
        )
    return name


def check_url(url: str) -> str:
    """A URL that a page may load code or data from, or AssetError."""
    why = ""
    try:
        parts = urlsplit(url)
        port = parts.port  # is looked at when it is asked for
    except (ValueError, TypeError, AttributeError) as err:
        why = "it is not a str" if not isinstance(url, str) else f"it is malformed ({err})"
        raise AssetError(_unloadable(url, why)) from None
    local = parts.hostname in _LOCAL
    if port == 0:
        why = "there is no port 0"
    elif parts.scheme != "https" and not (parts.scheme == "http" and local):
        why = "it is not https, and browsers refuse to mix the two" if parts.scheme == "http" else "it is not https"
    elif not parts.hostname:
        why = "it names no host"
    elif parts.username is not None or parts.password is not None:
        why = "it holds a user name"
    elif not url.isprintable() or any(c in url for c in " \"'<>;,\\"):
        why = "it has characters that must be written as %.. in a URL"
    if why:
        raise AssetError(_unloadable(url, why))
    return url


def _unloadable(url: Any, why: str) -> str:
    return f"{brief(url)} cannot be loaded by a page: {why}. Browsers load from addresses of the web. Write one like 'https://example.com/lib.js'."


def kind_of(name: str, *, module: bool) -> Kind:
    """What an asset is, by the end of its name."""
    path = urlsplit(name).path if "://" in name else name
    kind = _KINDS.get(path.rpartition(".")[2].lower())
    if module:
        if kind == "css":
            raise AssetError(
                f"{name!r} is a style sheet, and cannot be an ES module. Only JS can. Leave out module=True."
            )
        return "module"
    if kind is None and "://" not in name:
        raise AssetError(
            f"The asset {name!r} ends in neither '.js' nor '.css'. What is associated with a module is loaded by itself, and only code and styles can be. "
            "Name it so, or use add_shared_asset() for other files."
        )
    return kind or "js"


def content_type(name: str, given: str | None = None) -> str:
    """The MIME type of a file: as given, or by the end of its name."""
    if given is not None:
        if not isinstance(given, str) or not re.fullmatch(r"[\w.+-]+/[\w.+-]+(; ?[\w-]+=[\w.+-]+)*", given, re.ASCII):
            raise AssetError(f"{brief(given)} is no content type. Browsers go by it. Write something like 'image/png'.")
        return given
    if name.lower().endswith((".js", ".mjs")):
        return "text/javascript; charset=utf-8"
    found = mimetypes.guess_type(name, strict=False)[0] or "application/octet-stream"
    text = found.startswith("text/") or found in ("application/json", "image/svg+xml", "application/xml")
    return f"{found}; charset=utf-8" if text else found
