"""What a JS module is made of: pieces, one for each definition, that are sent in chunks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..assets import Asset
from .scope import Key
from .sourcemap import bare

__all__ = ["Chunk", "Found", "Piece", "load_order", "make_early"]

#: What a piece needs: by home, what kind of thing it is, and the thing.
Found = dict[Key, tuple[str, Any]]


@dataclass
class Piece:
    """One definition in a JS module."""

    key: Key
    text: str
    needs: dict[Key, None] = field(default_factory=dict)
    modules: dict[str, None] = field(default_factory=dict)
    bases: list[Key] = field(default_factory=list)
    css: str = ""
    libraries: set[str] = field(default_factory=set)  # the parts of our JS library that it needs
    assets: dict[str, Asset] = field(default_factory=dict)  # what its values refer to, by hash
    typed: bool = False  # whether it needs the part of the client that checks types
    early: bool = False  # whether a value of another module has it inside
    parts: list[Key] = field(default_factory=list)  # the values inside of it that have a home of their own

    @property
    def sent(self) -> str:
        """What of it clients get; its place in the file may change without them."""
        return bare(self.text) + self.css


@dataclass
class Chunk:
    """An asset, and the pieces in it."""

    module: str
    asset: Asset
    css: list[Asset]
    pieces: set[Key]
    bases: dict[Key, None]  # the classes that must be there when its own are defined


def load_order(modules: Iterable[str], pieces: Iterable[Piece]) -> list[str]:
    """The modules, each after those that must be there when its code is loaded."""
    before: dict[str, list[str]] = {}
    for piece in pieces:
        before.setdefault(piece.key[0], []).extend(module for module, _ in piece.bases)
    done: dict[str, None] = {}
    seen: set[str] = set()

    def visit(module: str) -> None:
        if module not in seen:
            seen.add(module)
            for other in before.get(module, ()):
                visit(other)
            done[module] = None

    for module in modules:
        visit(module)
    return list(done)


def make_early(pieces: dict[Key, Piece], key: Key) -> None:
    """Let a value come before the code of its module, with what is inside of it."""
    piece = pieces[key]
    if not piece.early:
        piece.early = True
        for part in piece.parts:
            make_early(pieces, part)
