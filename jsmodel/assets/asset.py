"""A piece of JS, CSS or data that a client loads once, named by the hash of its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

__all__ = ["Asset", "Kind"]

Kind = Literal["js", "module", "css", "data"]

_TYPES = {
    "js": "text/javascript; charset=utf-8",
    "module": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "data": "application/octet-stream",
}
_EXTENSIONS = {"js": "js", "module": "mjs", "css": "css", "data": "bin"}


@dataclass(frozen=True)
class Asset:
    """A named piece of content.

    Attributes:
        name: What people call it, such as 'mydep.js'.
        kind: 'js' (a classic script), 'module' (an ES module), 'css' or 'data'.
        content: The bytes themselves.
        content_type: The MIME type; by default that of its kind.
    """

    name: str
    kind: Kind
    content: bytes = field(repr=False)
    content_type: str = ""

    def __post_init__(self) -> None:
        if not self.content_type:
            object.__setattr__(self, "content_type", _TYPES[self.kind])

    @cached_property
    def hash(self) -> str:
        """The first 20 hexadecimal digits of the SHA-256 of kind and content."""
        return hashlib.sha256(self.kind.encode() + b"\0" + self.content).hexdigest()[:20]

    @property
    def url_name(self) -> str:
        """The file name under which every door serves it; changes with the content."""
        return f"{self.hash}.{_EXTENSIONS[self.kind]}"

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode()
