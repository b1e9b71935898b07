"""What a JS module is made of: pieces, one for each definition, that are sent in chunks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..assets import Asset
from ..errors import CircularError
from .loading import ordered, reached, stages, way_back
from .scope import Key, place_of
from .sourcemap import bare

__all__ = ["Chunk", "Found", "Node", "Piece", "graph_of", "groups_of", "needs_of"]

#: What a piece needs: by home, what kind of thing it is, and the thing.
Found = dict[Key, tuple[str, Any]]

#: A piece, or, by its identity, a chunk that was made before.
Node = Key | int


@dataclass
class Piece:
    """One definition in a JS module."""

    key: Key
    text: str
    kind: str = "function"
    value: Any = None  # a list or dict, of which pages are to have one, too
    thing: Any = None  # what it was made of, where it may have to be made again
    inside: list[Any] = field(default_factory=list)  # lists and dicts that are written out in it
    bases: list[Key] = field(default_factory=list)  # what must be there when it is made
    uses: dict[Key, None] = field(default_factory=dict)  # what it looks up at some time
    runs: dict[Key, None] = field(default_factory=dict)  # what of that is run when it is made
    css: str = ""
    libraries: set[str] = field(default_factory=set)  # the parts of our JS library that it needs
    assets: dict[str, Asset] = field(default_factory=dict)  # what its values refer to, by hash
    typed: bool = False  # whether it needs the part of the client that checks types

    @property
    def is_class(self) -> bool:
        return self.kind in ("class", "plain")

    def refilled(self) -> Piece:
        """The same for a page that has the list or dict already: it stays the same one, and gets other content."""
        place, _, text = self.text.removesuffix(";").partition(" = ")
        return replace(self, text=f"{place} = ({_REFILL})({place}, {text});")

    @property
    def sent(self) -> str:
        """What of it clients get; its place in the file may change without them."""
        return bare(self.text) + self.css


#: Gives a list or dict the content of another; dicts with keys of all kinds have a table beside them, and are exchanged.
_REFILL = (
    "(a, b) => { if (!a || typeof a !== 'object' || Array.isArray(a) !== Array.isArray(b) || $py.orders.has(a) || $py.orders.has(b)) return b; "
    "if (Array.isArray(a)) { a.length = 0; for (const x of b) a.push(x); return a; } for (const k of Object.keys(a)) delete a[k]; "
    "return Object.defineProperties(a, Object.getOwnPropertyDescriptors(b)); }"
)


@dataclass
class Chunk:
    """An asset, and the pieces in it."""

    module: str
    asset: Asset
    css: list[Asset]
    pieces: set[Key]  # those that nothing newer stands for
    needs: dict[Key, list[Key]]  # by piece that is in it, what must be there when that is made
    refills: frozenset[Key] = frozenset()  # the lists and dicts that get other content, and are not made here


def needs_of(pieces: dict[Key, Piece]) -> dict[Key, list[Key]]:
    """What must be there when each piece is made.

    Raises:
        CircularError: where that leads back to the piece.
    """

    def uses(key: Key) -> Iterable[Key]:
        return pieces[key].uses if key in pieces else ()

    needs = {
        key: [
            k for k in dict.fromkeys([*piece.bases, *(k for k in reached(piece.runs, uses) if k != key)]) if k in pieces
        ]
        for key, piece in pieces.items()
    }
    way = way_back(needs)
    if way:
        raise CircularError([(_spoken(key), place_of(*key)) for key in way], [key[0] for key in way])
    return needs


def graph_of(known: dict[int, Chunk], fresh: dict[Key, Piece], needs: dict[Key, list[Key]]) -> dict[Node, list[Node]]:
    """What must be loaded before what: chunks, by their identity, and pieces that have none yet, with what they need."""
    known = {node: chunk for node, chunk in known.items() if chunk.pieces - fresh.keys()}
    places: dict[Key, Node] = {key: node for node, chunk in known.items() for key in chunk.pieces}
    places |= {key: key for key in fresh}
    graph: dict[Node, list[Node]] = {key: [places[other] for other in needs[key] if other in places] for key in fresh}
    refilled = {key for chunk in known.values() for key in chunk.refills & chunk.pieces} - fresh.keys()
    refilled |= {key for key, piece in fresh.items() if piece.value is not None}
    for node, chunk in known.items():
        made_here = chunk.needs.keys() & refilled
        others = {o for key in chunk.pieces - fresh.keys() for o in chunk.needs[key] if o not in made_here}
        graph[node] = [places[other] for other in others if places.get(other, node) != node]
    for node, chunk in known.items():
        for key in chunk.needs.keys() & places.keys():
            if places[key] != node:
                graph[places[key]].append(node)  # what an older chunk says of it does not count
    return graph


def _spoken(key: Key) -> str:
    return f"the module {key[0]}" if key[1] == "*" else ".".join(key).removeprefix("__main__.")


def groups_of(pieces: dict[Key, Piece], needs: Mapping[Any, Collection[Any]]) -> list[dict[Key, Piece]]:
    """Pieces of one module that can be loaded at once, in an order in which each finds what it needs.

    Args:
        pieces: The pieces.
        needs: What each needs, and what other things need that are loaded, too.
    """
    stage = stages(needs, lambda node: node[0] if isinstance(node, tuple) else node)
    groups: dict[tuple[str, int], dict[Key, Piece]] = {}
    # Values and functions come before classes, which may use them when they are made.
    for key in ordered(needs, lambda node: isinstance(node, tuple) and pieces[node].text.startswith("{")):
        if isinstance(key, tuple):
            groups.setdefault((key[0], stage[key]), {})[key] = pieces[key]
    return list(groups.values())
