"""Calls of the standard library that are more than calls: those that take coroutines."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .words import LIBRARY, MARK

__all__ = ["coroutines", "delay"]


def coroutines(args: list[ast.expr]) -> Iterator[ast.Call]:
    """The calls among the arguments of, say, create_task() that make coroutines: f(x) and *[f(x) for x in y]."""
    for arg in args:
        value = arg.value if isinstance(arg, ast.Starred) else arg
        if isinstance(value, (ast.ListComp, ast.GeneratorExp)):
            value = value.elt
        elif isinstance(arg, ast.Starred) and isinstance(value, (ast.List, ast.Tuple)):
            yield from coroutines(value.elts)
        elif isinstance(arg, ast.Starred):
            continue
        if isinstance(value, ast.Call):
            yield value


def delay(call: ast.expr) -> ast.expr:
    """A lowered call as something that is called later: its arguments are computed now."""
    if not isinstance(call, ast.Call):
        return call
    func = call.func
    if isinstance(func, ast.Name) and func.id.startswith(MARK) and not func.id.startswith((MARK + "n", MARK + "c")):
        return call  # no function, but what the code generator knows
    of_library = isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == LIBRARY
    if isinstance(func, ast.Attribute) and not of_library:
        name, first = "coro_method", [func.value, ast.Constant(func.attr)]
    else:
        name, first = "coro", [func]
    late = ast.Attribute(ast.Name(LIBRARY, ast.Load()), "late", ast.Load())
    made = ast.Call(ast.Attribute(late, name, ast.Load()), [*first, *call.args], [])
    return ast.fix_missing_locations(ast.copy_location(made, call))
