"""Goes through a tree faster than `ast` itself does: what holds no nodes is not looked at.

The lowering asks each function many small questions, each of which is a walk.
Operators and contexts are left out: a walk finds statements, expressions, and
what they are made of.
"""

from __future__ import annotations

import ast
from typing import Any

__all__ = ["children", "fields", "walk"]

#: The fields that hold text, numbers, operators or contexts; some do in these classes only.
_TEXT = frozenset(
    "arg asname attr conversion ctx id is_async kind kwd_attrs level module op ops rest simple str tag type_comment".split()
)
_IN = {
    "name": "FunctionDef AsyncFunctionDef ClassDef ExceptHandler MatchAs MatchStar alias TypeVar ParamSpec TypeVarTuple".split(),
    "names": ["Global", "Nonlocal"],
    "value": ["Constant", "MatchSingleton"],
}
_fields: dict[type, tuple[str, ...]] = {}  # of each class that was met: those that hold nodes


def fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of nodes of a class that hold nodes, or lists of them."""
    found = _fields.get(kind)
    if found is None:
        found = _fields[kind] = tuple(f for f in kind._fields if f not in _TEXT and kind.__name__ not in _IN.get(f, ()))
    return found


def children(node: Any) -> list[Any]:
    """The nodes right inside of one, in the order of the source."""
    found: list[Any] = []
    names = fields(node.__class__)
    if names:
        kept = node.__dict__
        for field in names:
            value = kept.get(field)
            if value.__class__ is list:
                found += value
            elif value is not None:
                found.append(value)
        if None in found:  # a dict in a dict has no key
            found = [each for each in found if each.__class__ is not _NoneType]
    return found


_NoneType = type(None)


def walk(node: Any) -> list[Any]:
    """A node and all those inside of it, a node before what is in it."""
    found = [node]
    for each in found:  # grows while it is gone through
        if fields(each.__class__):
            found += children(each)
    return found
