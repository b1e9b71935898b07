"""Which expressions certainly give a float, if they give a number.

JS does not tell 2.0 from 2. Where the code itself says that a number is a float,
it can still be shown as Python shows it, and be larger than an integer may be.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from .base import Base
from .flow import COMPREHENSIONS, FUNCTIONS
from .nodes import library
from .walking import children, walk

#: The functions of modules whose value is a float.
FLOAT_FUNCTIONS = {
    "math": frozenset(
        """acos acosh asin asinh atan atan2 atanh cbrt copysign cos cosh degrees dist e erf erfc exp exp2 expm1 fabs fma fmod fsum gamma hypot
        ldexp lgamma log log10 log1p log2 nextafter pow radians remainder sin sinh sqrt tan tanh ulp""".split()
    ),
    "random": frozenset("betavariate expovariate gammavariate gauss normalvariate random triangular uniform".split()),
    "time": frozenset("monotonic perf_counter process_time time".split()),
}


class Floats(Base):
    """Knows the local variables that only ever hold floats, by what is assigned to them."""

    def is_float(self, node: ast.expr, names: frozenset[str] | set[str] = frozenset()) -> bool:
        """Whether an expression, not lowered yet, is a float if it is a number. `names` are taken to be some."""
        if isinstance(node, ast.Constant):
            return type(node.value) is float
        if isinstance(node, ast.Name):
            return node.id in names or self._holds_float(node.id)
        if isinstance(node, ast.UnaryOp):
            return isinstance(node.op, (ast.USub, ast.UAdd)) and self.is_float(node.operand, names)
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.Div) or (
                isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Mod, ast.FloorDiv, ast.Pow))
                and (self.is_float(node.left, names) or self.is_float(node.right, names))
            )
        if isinstance(node, ast.IfExp):
            return self.is_float(node.body, names) and self.is_float(node.orelse, names)
        if isinstance(node, ast.NamedExpr):
            return self.is_float(node.value, names)
        if isinstance(node, ast.Attribute):
            found = self.of_module(node)
            return found is not None and type(found[1]) is float
        return isinstance(node, ast.Call) and self._gives_float(node, names)

    def _holds_float(self, name: str) -> bool:
        owner = self.scope.owner(name) if self.scope is not None else None
        return owner is not None and name in owner.floats

    def _gives_float(self, node: ast.Call, names: frozenset[str] | set[str]) -> bool:
        func = node.func
        if isinstance(func, ast.Name) and self.free(func.id):
            if func.id == "float":
                return True
            if func.id in ("abs", "max", "min") and node.args and not node.keywords:
                return (func.id == "abs" or len(node.args) > 1) and all(self.is_float(a, names) for a in node.args)
            return func.id == "round" and len(node.args) == 2 and self.is_float(node.args[0], names)
        found = self.of_module(func)
        if found is None or not isinstance(func, ast.Attribute) or isinstance(found[1], ModuleType):
            return False
        home = getattr(found[1], "__module__", None) or type(getattr(found[1], "__self__", None)).__module__
        return func.attr in FLOAT_FUNCTIONS.get(str(home), ())

    def float_names(self, node: Any) -> frozenset[str]:
        """The local variables of a function that only ever hold floats. Those of which it is not sure are left out."""
        values: dict[str, list[ast.expr | None]] = {}
        for name, value in _bindings(node):
            values.setdefault(name, []).append(value)
        names = set(values)
        while True:
            wrong = {n for n in names if not all(v is not None and self.is_float(v, names) for v in values[n])}
            if not wrong:
                return frozenset(names)
            names -= wrong

    def marked(self, node: ast.expr) -> Any:
        """An argument for what shows values: one that is certainly a float says so."""
        if isinstance(node, ast.Starred) or not self.is_float(node):
            return self.argument(node)  # type: ignore[attr-defined]
        return library("float_", self.visit(node), at=node)


_WITH_NAMES = frozenset([*FUNCTIONS, ast.ClassDef, *COMPREHENSIONS])  # of their own


def _bindings(node: Any) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a function binds, each with what is assigned to it, or None where that is not seen."""
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
                yield from _assigned(target, child.value)
            if child.value is not None:
                todo.append(child.value)
        elif isinstance(child, ast.AugAssign) and isinstance(child.target, ast.Name):
            old = ast.copy_location(ast.Name(child.target.id, ast.Load()), child)
            yield child.target.id, ast.copy_location(ast.BinOp(old, child.op, child.value), child)
            todo.append(child.value)
        elif isinstance(child, ast.NamedExpr):
            yield child.target.id, child.value
            todo.append(child.value)
        elif child.__class__ in _WITH_NAMES:
            # It has names of its own, but may reach for these.
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield child.name, None
            for inner in walk(child):
                if isinstance(inner, (ast.Nonlocal, ast.NamedExpr)):
                    for name in [inner.target.id] if isinstance(inner, ast.NamedExpr) else inner.names:
                        yield name, None
        else:
            for name in _named(child):
                yield name, None
            todo += children(child)


def _assigned(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[str, ast.expr | None]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, (ast.Tuple, ast.List)):
        pairs = isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts)
        starred = any(isinstance(e, ast.Starred) for e in [*target.elts, *(value.elts if pairs else [])])  # type: ignore[union-attr]
        for index, element in enumerate(target.elts):
            part = value.elts[index] if pairs and not starred else None  # type: ignore[union-attr]
            yield from _assigned(element.value if isinstance(element, ast.Starred) else element, part)


def _named(node: ast.AST) -> list[str]:
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
