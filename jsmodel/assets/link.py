"""Links: addresses of files that work in every page, whichever door it came through."""

from __future__ import annotations

import base64
import sys
from typing import Any

from .asset import Asset

__all__ = ["Link", "data_url", "in_kernel", "links_in"]


class Link(str):
    """The address of a file that a page can load.

    Handed over as it is (in a property, an argument, a value of the module), it works in every
    page: on a server it is a URL, in a notebook the page gets the file itself, once.
    Inside of a longer text it is what fits where it was made: a path on the server, or, in a
    kernel, a `data:` URL.

    Attributes:
        asset: The file.
        path: Where the server has it, seen from the page of an app.
    """

    asset: Asset
    path: str

    def __new__(cls, asset: Asset, path: str, *, inline: bool) -> Link:
        link = super().__new__(cls, data_url(asset) if inline else path)
        link.asset = asset
        link.path = path
        return link

    def __str__(self) -> Link:
        return self  # validators like `return str(v)` keep it whole

    def __repr__(self) -> str:
        return f"<Link to {self.asset.name!r}, {len(self.asset.content):,} bytes>"

    def __reduce__(self) -> Any:
        return str, (super().__str__(),)


def data_url(asset: Asset) -> str:
    """The file itself, written as a URL."""
    return f"data:{asset.content_type.replace(' ', '')};base64,{base64.b64encode(asset.content).decode()}"


def in_kernel() -> bool:
    """Whether this process is a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def links_in(value: Any) -> list[Link]:
    """The links in a value, at any depth."""
    if isinstance(value, Link):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [link for item in value for link in links_in(item)]
    return []
