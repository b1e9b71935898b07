"""Lists and dicts that are in several pieces: one object in Python, so that it must be one in JS.

What a name of a module means is known before (see `scope.Homes`). What is inside of
other things, such as a list in a dict that one function means, and which another
function means itself, only shows when all is collected: then it gets a home of its
own, and what has it is collected again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from .pieces import Found, Piece
from .scope import Homes, Key

__all__ = ["AGAIN", "Collected", "collected"]

#: Pieces, and their modules in the order of their imports.
Collected = tuple[dict[Key, Piece], list[str]]

#: Kinds of pieces that can be sent again, and are the same for those that have them.
AGAIN = frozenset(["value", "function", "wrapped"])


def collected(collect: Callable[[Found], Collected], homes: Homes, known: Mapping[Key, Piece]) -> Collected:
    """What is collected, with each list and dict in one place.

    Args:
        collect: Collects, and follows what it is given, too.
        homes: Remembers what has a home of its own.
        known: What was sent before.
    """
    others: Found = {}
    while True:
        wanted, order = collect(others)
        pieces = {**known, **wanted}
        counts = Counter(id(part) for piece in pieces.values() for part in piece.inside)
        counts.update(id(piece.value) for piece in pieces.values() if piece.value is not None)
        found = [(part, key[0]) for key, piece in pieces.items() for part in piece.inside if counts[id(part)] > 1]
        again = homes.share(found)
        for key, piece in pieces.items():
            for part in piece.inside:
                if homes.has(part) and piece is not known.get(key):
                    again = True
                elif homes.has(part) and key not in others and piece.kind in AGAIN and key not in wanted:
                    others[key] = piece.kind, piece.thing
                    again = True
        if not again:
            return wanted, order
