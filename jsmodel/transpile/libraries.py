"""The parts of our JS library that are sent on demand, as assets."""

from __future__ import annotations

import functools
import sys
from collections.abc import Collection
from pathlib import Path

from ..assets import Asset, runtime_asset, store
from . import std
from .lower.words import PARTS
from .pieces import Piece

__all__ = ["libraries"]


@functools.cache
def _library(part: str) -> Asset:
    """A part of our JS library that is sent on demand."""
    text = (Path(__file__).parent / f"{part}.js").read_text(encoding="utf-8")
    if part.startswith("std/") or part in ("keys", "objects"):
        text = f"$py.late.python = {sys.version_info[1]};\n{text}"
    # What is the prototype of something is laid out by the engine so that its attributes are found fast.
    text = f'jsmodel.module("jsmodel.transpile", ($m, $jsm, $py) => {{\n"use strict";\n(() => {{\n{text}}})();\nObject.create($py.late);\n}});\n'
    return store.add(Asset(f"{part}.js", "js", text.encode()))


def libraries(pieces: Collection[Piece]) -> list[Asset]:
    """The parts of our JS library that some pieces need, in load order."""
    order: dict[str, None] = {}

    def add(part: str) -> None:
        for other in parts[part]:
            add(other)
        order.setdefault(part)

    parts = {**PARTS, **std.PARTS}
    for part in parts:
        if any(part in piece.libraries for piece in pieces):
            add(part)
    return [
        *([runtime_asset("types")] if any(piece.typed for piece in pieces) else []),
        *(_library(part) for part in order),
    ]
