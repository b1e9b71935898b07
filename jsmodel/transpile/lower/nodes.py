"""Small pieces of `ast` that the lowering is made of, and questions about them."""

from __future__ import annotations

import ast
from typing import Any

from .walking import fields, walk
from .words import EXCEPTIONS, LIBRARY, MARK, OF_ALL_OBJECTS


def at_place(node: Any, place: ast.AST) -> Any:
    """A node, with the position of another."""
    return ast.copy_location(node, place)


def copied(node: Any, room: int = 1_000_000) -> Any:
    """A copy of a tree that may be changed. Contexts, operators, and what holds no nodes are shared.

    Args:
        node: The tree.
        room: How many nodes may be inside of each other.

    Raises:
        RecursionError: when it is deeper.
    """
    if not room:
        raise RecursionError
    new = node.__class__.__new__(node.__class__)
    kept = new.__dict__
    kept.update(node.__dict__)
    for name in fields(node.__class__):
        value = kept.get(name)
        if value.__class__ is list:
            kept[name] = [None if item is None else copied(item, room - 1) for item in value]
        elif value is not None:
            kept[name] = copied(value, room - 1)
    return new


def load(name: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(name, ast.Load())


def raw(code: str, at: ast.AST) -> ast.Call:
    """JS, as it is."""
    return special("raw", ast.Constant(code), at=at)


def special(name: str, *args: Any, at: ast.AST) -> ast.Call:
    """What the code generator knows besides Python: see core.py."""
    return ast.copy_location(ast.Call(ast.Name(MARK + name, ast.Load()), list(args), []), at)


def library(name: str, *args: Any, at: ast.AST) -> ast.Call:
    func = ast.Attribute(ast.Name(LIBRARY, ast.Load()), name, ast.Load())
    return ast.copy_location(ast.Call(func, list(args), []), at)


def assign(name: str, value: ast.expr, at: ast.AST) -> ast.Assign:
    return ast.copy_location(ast.Assign([ast.copy_location(ast.Name(name, ast.Store()), at)], value), at)


def not_(value: ast.expr, at: ast.AST) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), value), at)


BOOLS = frozenset("truth bool eq contains none lt le gt ge all any isinstance hasattr callable catches".split())

COMPARISONS = frozenset(["<", "<=", ">", ">=", "===", "!=="])


def is_bool(node: ast.expr) -> bool:
    """Whether a lowered expression gives true or false, and nothing else."""
    if isinstance(node, (ast.Compare, ast.BoolOp)):
        return isinstance(node, ast.Compare) or all(is_bool(v) for v in node.values)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.value.id == LIBRARY and node.func.attr in BOOLS
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == MARK + "js":
        return isinstance(node.args[0], ast.Constant) and node.args[0].value in COMPARISONS
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def identical(left: ast.expr, right: ast.expr, node: ast.AST) -> ast.expr:
    return ast.copy_location(ast.Compare(left, [ast.Is()], [right]), node)


def caught_names(names: list[str]) -> list[ast.expr]:
    return [ast.Constant(n) for n in dict.fromkeys(n for name in names for n in (name, *EXCEPTIONS[name]))]


def literal_int(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant) and type(node.value) is int


def is_key(node: ast.expr) -> bool:
    """Whether it is a literal str that no object of JS has as an attribute of its own accord."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in OF_ALL_OBJECTS


def is_tuple(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "tuple_"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == LIBRARY
    )


def is_simple(node: ast.AST) -> bool:
    """Whether evaluating it twice, or later, changes nothing and costs nothing."""
    return isinstance(node, (ast.Name, ast.Constant))


def is_pure(node: ast.AST) -> bool:
    """Whether finding a place calls nothing of the user's."""
    return all(isinstance(n, (ast.Name, ast.Constant, ast.Attribute)) for n in walk(node))


def as_list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
