"""A piece of JS, CSS or data that a client loads once, named by the hash of its content."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal
from urllib.parse import urlsplit

__all__ = ["Asset", "Kind"]

#: 'js' is a classic script, 'module' an ES module, 'file' anything that is only loaded by who has its link.
Kind = Literal["js", "module", "css", "file"]

_TYPES = {
    "js": "text/javascript; charset=utf-8",
    "module": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "file": "application/octet-stream",
}
_EXTENSIONS = {"js": "js", "module": "mjs", "css": "css"}
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{1,10})$")


@dataclass(frozen=True)
class Asset:
    """A named piece of content, or the address of one that lies elsewhere.

    Attributes:
        name: What people call it, such as 'mydep.js'.
        kind: 'js', 'module', 'css' or 'file'.
        content: The bytes themselves; empty if it has a `url`.
        content_type: The MIME type; by default that of its kind.
        url: Where on the web it lies, if it is not ours to give.
        integrity: What its content must hash to, as in 'sha384-…'; for those with a `url`.
        scope: What it belongs to, if not to all: the same content is another asset there.
        once: Whether it changes the page as a whole, as libraries do; code of ours is for one client.
    """

    name: str
    kind: Kind
    content: bytes = field(default=b"", repr=False)
    content_type: str = ""
    url: str = ""
    integrity: str = ""
    once: bool = False
    scope: str = ""

    def __post_init__(self) -> None:
        if not self.content_type:
            object.__setattr__(self, "content_type", _TYPES[self.kind])

    @cached_property
    def hash(self) -> str:
        """The first 20 hexadecimal digits of the SHA-256 of what makes it up."""
        head = f"{self.kind}\0{self.url} {self.integrity}\0" if self.url else f"{self.kind}\0"
        if self.kind == "file":
            head += f"{self.content_type}\0{self.scope}\0"
        return hashlib.sha256(head.encode() + self.content).hexdigest()[:20]

    @property
    def url_name(self) -> str:
        """The file name under which every door serves it; changes with the content."""
        found = _SUFFIX.search(self.name)
        return f"{self.hash}.{_EXTENSIONS.get(self.kind) or (found[1].lower() if found else 'bin')}"

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode()

    @property
    def origin(self) -> str:
        """The scheme and host of its `url`; empty if it has none."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if self.url else ""
