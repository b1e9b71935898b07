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


class _Fields(dict[type, tuple[str, ...]]):
    """Of each class that was met, the fields that hold nodes, or lists of them."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        found = tuple(f for f in kind._fields if f not in _TEXT and kind.__name__ not in _IN.get(f, ()))
        self[kind] = found
        return found


_fields = _Fields()
_WITH_GAPS = frozenset([ast.Dict, ast.arguments])  # a dict in a dict has no key, an argument may have no default


def fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of nodes of a class that hold nodes, or lists of them."""
    return _fields[kind]


def children(node: Any) -> list[Any]:
    """The nodes right inside of one, in the order of the source."""
    kind = node.__class__
    found: list[Any] = []
    kept = node.__dict__
    for field in _fields[kind]:
        value = kept.get(field)
        if value.__class__ is list:
            found += value
        elif value is not None:
            found.append(value)
    return [each for each in found if each is not None] if kind in _WITH_GAPS else found


def walk(node: Any) -> list[Any]:
    """A node and all those inside of it, a node before what is in it."""
    found = [node]
    for each in found:  # grows while it is gone through
        if _fields[each.__class__]:
            found += children(each)
    return found
