"""Which names a piece of code binds, and what each of them gets.

Everybody who wants to know what a name holds asks here: `flow.py` for names that
may have nothing yet, `floats.py`, `numbers.py`, `certain.py` and `showing.py` for
what their values certainly are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .walking import children, walk

__all__ = ["COMPREHENSIONS", "FUNCTIONS", "Item", "assigned", "assigned_values", "bound", "looped", "named", "stored"]

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Item(ast.expr):
    """What a loop takes out of something: its items, or, with a path, parts of these, which are tuples."""

    _fields = ("of",)

    def __init__(self, of: ast.expr, path: tuple[int, ...]) -> None:
        super().__init__()
        self.of, self.path = of, path


def looped(gen: Any) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a loop binds, each with what it gets of what is looped over, or None where that is not seen."""
    waits = isinstance(gen, ast.AsyncFor) or bool(getattr(gen, "is_async", 0))
    todo: list[tuple[ast.expr, tuple[int, ...] | None]] = [(gen.target, None if waits else ())]
    for target, path in todo:  # grows while it is gone through
        if isinstance(target, ast.Name):
            yield target.id, None if path is None else ast.copy_location(Item(gen.iter, path), target)
        elif isinstance(target, (ast.Tuple, ast.List)):
            starred = path is None or any(isinstance(e, ast.Starred) for e in target.elts)
            todo += [(e, None if starred else (*(path or ()), i)) for i, e in enumerate(target.elts)]
        elif isinstance(target, ast.Starred):
            todo.append((target.value, None))


_WITH_NAMES = frozenset([*FUNCTIONS, ast.ClassDef, *COMPREHENSIONS])  # of their own


def assigned_values(node: Any) -> dict[str, list[ast.expr | None]]:
    """The names that a function binds, each with all that is assigned to it, or None where that is not seen."""
    values: dict[str, list[ast.expr | None]] = {}
    for name, value in _bindings(node):
        values.setdefault(name, []).append(value)
    return values


def _bindings(node: Any) -> Iterator[tuple[str, ast.expr | None]]:
    args = node.args
    for arg in [*args.posonlyargs, *args.args, *args.kwonlyargs, *filter(None, [args.vararg, args.kwarg])]:
        yield arg.arg, None
    todo: list[Any] = list(node.body) if isinstance(node.body, list) else [node.body]
    while todo:
        child = todo.pop()
        if isinstance(child, ast.Name):
            if not isinstance(child.ctx, ast.Load):
                yield child.id, None
        elif isinstance(child, (ast.Assign, ast.AnnAssign)):
            targets = child.targets if isinstance(child, ast.Assign) else [child.target]
            for target in targets:
                yield from assigned(target, child.value)
            if child.value is not None:
                todo.append(child.value)
        elif isinstance(child, ast.AugAssign) and isinstance(child.target, ast.Name):
            old = ast.copy_location(ast.Name(child.target.id, ast.Load()), child)
            yield child.target.id, ast.copy_location(ast.BinOp(old, child.op, child.value), child)
            todo.append(child.value)
        elif isinstance(child, ast.NamedExpr):
            yield child.target.id, child.value
            todo.append(child.value)
        elif isinstance(child, (ast.For, ast.AsyncFor)):
            yield from looped(child)
            todo += [child.iter, *child.body, *child.orelse]
        elif child.__class__ in _WITH_NAMES:
            # It has names of its own, but may reach for these.
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield child.name, None
            for inner in walk(child):
                if isinstance(inner, (ast.Nonlocal, ast.Global, ast.NamedExpr)):
                    for name in [inner.target.id] if isinstance(inner, ast.NamedExpr) else inner.names:
                        yield name, None
        else:
            for name in named(child):
                yield name, None
            todo += children(child)


def assigned(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that an assignment binds, each with what it gets, or None where that is not seen."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, (ast.Tuple, ast.List)):
        pairs = isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts)
        starred = any(isinstance(e, ast.Starred) for e in [*target.elts, *(value.elts if pairs else [])])  # type: ignore[union-attr]
        for index, element in enumerate(target.elts):
            part = value.elts[index] if pairs and not starred else None  # type: ignore[union-attr]
            yield from assigned(element.value if isinstance(element, ast.Starred) else element, part)


def named(node: ast.AST) -> list[str]:
    """The names that a node binds, or says are bound elsewhere."""
    if isinstance(node, (ast.Nonlocal, ast.Global)):
        return list(node.names)
    if isinstance(node, ast.arg):
        return [node.arg]
    if isinstance(node, ast.alias):
        return [(node.asname or node.name).partition(".")[0]]
    found = node.name if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) else None
    found = node.rest if isinstance(node, ast.MatchMapping) else found
    return [found] if found else []


def stored(node: ast.AST) -> set[str]:
    """The names that a target, or what has some inside, assigns to."""
    return {n.id for n in walk(node) if n.__class__ is ast.Name and isinstance(n.ctx, ast.Store)}


def bound(stmt: ast.stmt) -> set[str]:
    """All names that a statement binds or deletes."""
    found: set[str] = set()
    for node in walk(stmt):
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        else:
            found.update(named(node))
    return found
