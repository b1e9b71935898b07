"""What was sent, and where it comes from: by the hash of the asset, as debuggers and stacks name it.

It is kept of code that was replaced, too, since a page may still run it.
"""

from __future__ import annotations

import itertools
import json
import linecache
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..assets import Asset, store
from .sourcemap import NUMBERS, File, Origin, Place, bare, sections, url_of_map

__all__ = ["Origins"]

#: So many scripts that were made for one run, as in tests, are remembered.
PASSING = 64

#: With so many files we look whether some can be forgotten.
FILES = 256


class _Piece(Protocol):
    @property
    def key(self) -> tuple[str, str]: ...
    @property
    def text(self) -> str: ...


@dataclass
class _Sent:
    """A chunk that was sent: the marked texts of what is in it, by home."""

    module: str
    texts: dict[tuple[str, str], str]
    end: str
    origin: Origin | None = field(default=None, repr=False)

    def text(self) -> str:
        body = "\n".join(self.texts.values())
        head = f'jsmodel.module({json.dumps(self.module)}, function ($m, $jsm, $py) {{\n"use strict";\n'
        return f"{head}{body}\n}});\n{self.end}"


class Origins:
    """Makes assets of pieces of JS modules, and finds the Python of a place in them."""

    def __init__(self) -> None:
        self._files: dict[int, File] = {}
        self._numbers: dict[File, int] = {}
        self._quick: dict[tuple[str, int], int] = {}  # the same by name, and identity of the lines
        self._count = itertools.count()
        self._enough = FILES
        self._sent: dict[str, _Sent] = {}
        self._passing: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._sent)

    def __repr__(self) -> str:
        return f"<Origins of {len(self._sent)} assets>"

    def number(self, filename: str, lines: tuple[str, ...]) -> int:
        """The number of a file in marks; the same content is one file."""
        known = self._quick.get((filename, id(lines)))
        if known is None:
            file = File(filename, lines or tuple(linecache.getlines(filename)))
            known = self._numbers.get(file)
            if known is None:
                known = self._numbers[file] = next(self._count)
                self._files[known] = file
            if self._files[known].lines is lines:  # it lives as long as we know it
                self._quick[filename, id(lines)] = known
        return known

    def tidy(self) -> None:
        """Forget the files of which nothing is remembered. Not while something is made that has their numbers in it."""
        if len(self._files) < self._enough:
            return
        used = {
            int(number)
            for sent in self._sent.values()
            for text in sent.texts.values()
            for number in NUMBERS.findall(text)
        }
        for number in self._files.keys() - used:
            del self._files[number]
        self._numbers = {file: number for number, file in self._files.items()}
        self._quick = {key: number for key, number in self._quick.items() if number in used}
        self._enough = max(FILES, 2 * len(self._files))

    def asset(self, module: str, pieces: Sequence[_Piece], end: str = "", *, passing: bool = False) -> Asset:
        """The asset that defines some pieces.

        Args:
            module: The JS module that they are in.
            pieces: The pieces, with marks, in load order.
            end: What comes after them.
            passing: Whether it is used once and can be forgotten.
        """
        sent = _Sent(module, {piece.key: piece.text for piece in pieces}, end)
        asset = Asset(f"{module}.js", "js", bare(sent.text()).encode())
        self._sent[asset.hash] = sent
        if passing:
            self._passing.pop(asset.hash, None)
            self._passing[asset.hash] = None
            if len(self._passing) > PASSING:
                oldest = next(iter(self._passing))
                del self._passing[oldest], self._sent[oldest]
        else:
            self._passing.pop(asset.hash, None)
        return asset

    def forget(self, hash_: str) -> None:
        """Forget where an asset comes from: no page runs it any more."""
        self._sent.pop(hash_, None)
        self._passing.pop(hash_, None)

    def moved(self, hash_: str, pieces: Iterable[_Piece]) -> None:
        """Take note that what is in an asset stands somewhere else in Python now: its cell was run again, with a line more."""
        sent = self._sent.get(hash_)
        for piece in pieces:
            if sent is not None and sent.texts.get(piece.key, piece.text) != piece.text:
                sent.texts[piece.key] = piece.text
                sent.origin = None

    def origin(self, hash_: str) -> Origin | None:
        """Where an asset comes from, if it is of code that was transpiled."""
        sent = self._sent.get(hash_)
        if sent is None:
            return None
        if sent.origin is None:
            sent.origin = Origin(sent.text(), self._files)
        return sent.origin

    def place(self, hash_: str, line: int, col: int) -> Place | None:
        """Where something comes from in an asset, or in a bundle of them; all counts from 0."""
        for start, origin in reversed(self._parts(hash_)):
            if line >= start:
                return origin.place(line - start, col)
        return None

    def source_map(self, hash_: str) -> dict[str, object] | None:
        """The source map of an asset, or of a bundle; None if nothing in it was transpiled from code of the user."""
        parts = [(start, origin) for start, origin in self._parts(hash_) if origin.segments]
        if not parts:
            return None
        return parts[0][1].source_map() if parts[0][0] == 0 and len(parts) == 1 else sections(parts)

    def note(self, hash_: str) -> str:
        """What follows code that has no address, for debuggers; nothing for jsmodel's own, of which nobody wants to know."""
        sent = self._sent.get(hash_)
        own = sent is None or sent.module.partition(".")[0] == "jsmodel"
        source_map = None if own else self.source_map(hash_)
        return f"//# sourceMappingURL={url_of_map(source_map)}\n" if source_map else ""

    def knows(self, hash_: str) -> bool:
        """Whether there is a source map of an asset, or of a bundle."""
        return any(part in self._sent for _, part in store.parts_of(hash_))

    def _parts(self, hash_: str) -> list[tuple[int, Origin]]:
        """What an asset is made of, and in which line each begins."""
        parts: list[tuple[int, Origin]] = []
        for start, asset_hash in store.parts_of(hash_):
            origin = self.origin(asset_hash)
            parts.append((start, origin if origin is not None else _NOTHING))
        return parts


_NOTHING = Origin("", {})
