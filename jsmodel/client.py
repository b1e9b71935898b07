"""One client of a session: what it has, what it shows, and the channel to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .assets import Asset, Link
from .channel import Channel

__all__ = ["Client", "Shipper", "ship_inline"]

#: Turns an asset into the fields of a `define` op that carry it: its URL, or its code.
Shipper = Callable[[Asset], dict[str, Any]]


def ship_inline(asset: Asset) -> dict[str, Any]:
    """Send the content itself."""
    if asset.kind == "file":
        return {"data": asset.content}
    from .transpile.modules import linker

    return {"code": asset.text + linker.origins.note(asset.hash)}


class Client:
    """One replica of a session, in a page."""

    def __init__(self, client_id: str, ship: Shipper) -> None:
        self.id = client_id
        self.channel = Channel(self.define_links)
        self.ship = ship
        self.has: set[str] = set()  # hashes of the assets it was given
        self.listens: dict[str, frozenset[str]] = {}  # model id -> emitters its JS side listens to
        self.shows: set[str] = set()  # models that have a view there
        self.raised: dict[int, str] = {}  # the tracebacks of its latest calls that failed in Python, by their numbers

    def __repr__(self) -> str:
        return f"<Client {self.id[:6]}…, {self.channel!r}>"

    def define(self, asset: Asset, path: str = "") -> list[dict[str, Any]]:
        """The op that gives the page an asset, if it has not got it.

        Args:
            path: Where the server has it, if not where it has all assets.
        """
        if asset.hash in self.has:
            return []
        self.has.add(asset.hash)
        op = {"op": "define", "name": asset.name, "hash": asset.hash, "kind": asset.kind}
        if asset.url:
            fields: dict[str, Any] = {"url": asset.url} | ({"integrity": asset.integrity} if asset.integrity else {})
        else:
            fields = self.ship(asset)
            if path and "url" in fields:
                fields["url"] = path
        if asset.kind == "file":
            op["type"] = asset.content_type
        elif asset.once:
            fields["once"] = True
        return [op | fields]

    def define_links(self, links: Iterable[Link]) -> list[dict[str, Any]]:
        """The ops that give the page the files behind links."""
        return [op for link in links for op in self.define(link.asset, link.path)]
