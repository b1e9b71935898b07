"""Which expressions certainly give a float, if they give a number.

JS does not tell 2.0 from 2. Where the code itself says that a number is a float,
it can still be shown as Python shows it, and be larger than an integer may be.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from .base import Base
from .bindings import FUNCTIONS, Item, assigned_values, looped
from .flow import Scope
from .walking import children

#: The functions of modules whose value is a float.
FLOAT_FUNCTIONS = {
    "math": frozenset(
        """acos acosh asin asinh atan atan2 atanh cbrt copysign cos cosh degrees dist e erf erfc exp exp2 expm1 fabs fma fmod fsum gamma hypot
        ldexp lgamma log log10 log1p log2 nextafter pow radians remainder sin sinh sqrt tan tanh ulp""".split()
    ),
    "random": frozenset("betavariate expovariate gammavariate gauss normalvariate random triangular uniform".split()),
    "time": frozenset("monotonic perf_counter process_time time".split()),
}


#: The methods behind the operators whose value is a float if one side is, or always.
OPERATORS = frozenset(f"__{r}{name}__" for name in "truediv add sub mul mod floordiv pow".split() for r in ("", "r"))


class Floats(Base):
    """Knows the local variables that only ever hold floats, by what is assigned to them."""

    gives_floats = False  # whether the outermost function gives nothing else
    gives_whole = False  # whether it is an operator that gives integers

    def is_float(self, node: ast.expr, names: frozenset[str] | set[str] = frozenset()) -> bool:
        """Whether an expression, not lowered yet, is a float if it is a number. `names` are taken to be some."""
        if isinstance(node, ast.Constant):
            return type(node.value) is float
        if isinstance(node, ast.Name):
            return node.id in names or self._holds_float(node.id)
        if isinstance(node, ast.UnaryOp):
            return isinstance(node.op, (ast.USub, ast.UAdd)) and self.is_float(node.operand, names)
        if isinstance(node, ast.BinOp):
            return (
                isinstance(node.op, ast.Div)
                or _is_part(node)
                or (
                    isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Mod, ast.FloorDiv, ast.Pow))
                    and (self.is_float(node.left, names) or self.is_float(node.right, names))
                )
            )
        if isinstance(node, ast.IfExp):
            return self.is_float(node.body, names) and self.is_float(node.orelse, names)
        if isinstance(node, ast.NamedExpr):
            return self.is_float(node.value, names)
        if isinstance(node, ast.BoolOp):
            return all(self.is_float(value, names) for value in node.values)
        if isinstance(node, Item):
            return self.float_items(node.of, node.path, names)
        if isinstance(node, ast.Attribute):
            found = self.of_module(node)
            return found is not None and type(found[1]) is float
        return isinstance(node, ast.Call) and self._gives_float(node, names)

    def _holds_float(self, name: str) -> bool:
        owner = self.scope.owner(name) if self.scope is not None else None
        if owner is None:
            return name in self.float_values and not self.changes(name)
        return name in owner.floats or (name in owner.now and self._runs_now(owner))

    def _runs_now(self, owner: Scope) -> bool:
        """Whether the code where we are runs when it is met, and not when something is called that it stands in."""
        scope = self.scope
        while scope is not None and scope is not owner:
            if not isinstance(scope.node, (ast.ListComp, ast.SetComp, ast.DictComp)):
                return False
            scope = scope.parent
        return True

    def changes(self, name: str) -> bool:
        """Whether a function in this file says that it assigns to a name of the module."""
        return any(re.match(rf"\s*global\b.*\b{name}\b", line) for line in self.source.lines)

    def float_items(
        self, node: ast.expr, path: tuple[int, ...] = (), names: frozenset[str] | set[str] = frozenset()
    ) -> bool:
        """Whether what can be looped over has only floats; with a path, whether these parts of its items are some."""
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            return bool(node.elts) and all(self._float_part(e, path, names) for e in node.elts)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            return isinstance(node.left, (ast.List, ast.Tuple)) and self.float_items(node.left, path, names)
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
            floats = self.looped_floats(node)
            self.scope = Scope(node, self.scope)
            self.scope.floats = floats
            found = self._float_part(node.elt, path, names - self.scope.names)
            self.scope = self.scope.parent
            return found
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and self.free(node.func.id) and node.args
        ):
            return False
        name, first = node.func.id, node.args[0]
        if name == "enumerate" and path[:1] == (1,):
            return self.float_items(first, path[1:], names)
        if name == "zip" and path and path[0] < len(node.args):
            return self.float_items(node.args[path[0]], path[1:], names)
        return name in ("sorted", "list", "tuple", "set", "reversed") and self.float_items(first, path, names)

    def _float_part(self, node: ast.expr, path: tuple[int, ...], names: frozenset[str] | set[str]) -> bool:
        if not path:
            return self.is_float(node, names)
        return (
            isinstance(node, (ast.Tuple, ast.List))
            and not any(isinstance(e, ast.Starred) for e in node.elts)
            and path[0] < len(node.elts)
            and self._float_part(node.elts[path[0]], path[1:], names)
        )

    def looped_floats(self, node: Any) -> frozenset[str]:
        """The names of a comprehension that only ever hold floats."""
        found: dict[str, bool] = {}
        for gen in node.generators:
            for name, item in looped(gen):
                found[name] = found.get(name, True) and item is not None and self.is_float(item)
        return frozenset(name for name, sure in found.items() if sure)

    def _gives_float(self, node: ast.Call, names: frozenset[str] | set[str]) -> bool:
        func = node.func
        if isinstance(func, ast.Name) and self.free(func.id):
            if func.id == "float":
                return True
            if func.id in ("max", "min") and len(node.args) == 1 and not any(k.arg != "key" for k in node.keywords):
                return self.float_items(node.args[0], (), names)
            if func.id in ("abs", "max", "min") and node.args and not node.keywords:
                return (func.id == "abs" or len(node.args) > 1) and all(self.is_float(a, names) for a in node.args)
            return func.id == "round" and len(node.args) == 2 and self.is_float(node.args[0], names)
        if isinstance(func, ast.Name) and self.scope is not None:
            owner = self.scope.owner(func.id)
            return owner is not None and func.id in owner.functions and self._makes_floats(owner, func.id)
        found = self.of_module(func)
        if found is None or not isinstance(func, ast.Attribute) or isinstance(found[1], ModuleType):
            return False
        home = getattr(found[1], "__module__", None) or type(getattr(found[1], "__self__", None)).__module__
        return func.attr in FLOAT_FUNCTIONS.get(str(home), ())

    def float_names(self, values: Mapping[str, list[ast.expr | None]]) -> frozenset[str]:
        """The local variables of a function that only ever hold floats. Those of which it is not sure are left out."""
        if self.scope is not None:
            self.scope.kinds = self._kinds(values)
        names = set(values)
        while True:
            wrong = {n for n in names if not self._are_floats(values[n], names)}
            if not wrong:
                return frozenset(names)
            names -= wrong

    def _kinds(self, values: Mapping[str, list[ast.expr | None]]) -> dict[str, type]:
        """The built-in values that some names only ever hold: see certain.py."""
        found = {}
        for name, given in values.items():
            parts = [v.right if _extends(v, name) else v for v in given]  # type: ignore[union-attr]
            kinds = {self.kind(v) if v is not None else None for v in parts}  # type: ignore[attr-defined]
            if len(kinds) == 1 and None not in kinds:
                found[name] = next(kind for kind in kinds if kind is not None)
        return found

    def _are_floats(self, values: list[ast.expr | None], names: set[str]) -> bool:
        """Whether the values of a name are floats; beside these it may be None, or a text."""
        if None in values:
            return False
        numbers = [v for v in values if not _is_no_number(v)]
        return bool(numbers) and all(v is not None and self.is_float(v, names) for v in numbers)

    def _makes_floats(self, owner: Scope, name: str) -> bool:
        """Whether a function of a scope around gives floats only."""
        if name not in owner.makers:
            owner.makers[name] = False  # while it is looked at: it may call itself
            scope, self.scope = self.scope, owner
            self.scope = Scope(owner.functions[name], owner)
            owner.makers[name] = self.makes_floats(owner.functions[name])
            self.scope = scope
        return owner.makers[name]

    def makes_floats(self, node: Any) -> bool:
        """Whether a function, in whose scope we are, gives floats only, if it gives numbers."""
        assert self.scope is not None
        if not isinstance(node, ast.FunctionDef):
            return False
        returned = _returned(node)
        if not returned:
            return False
        self.scope.floats = (
            self.scope.floats or self.float_names(assigned_values(node)) - self.scope.outer - self.scope.of_module
        )
        return all(map(self.is_float, returned))

    def makes_whole(self, node: Any, name: str) -> bool:
        """Whether a function, in whose scope we are, is a method behind an operator that gives an integer somewhere."""
        if name not in OPERATORS or not isinstance(node, ast.FunctionDef):
            return False
        number = self.number  # type: ignore[attr-defined]
        return any(
            (isinstance(value, ast.BinOp) and isinstance(value.op, ast.FloorDiv) and not self.is_float(value))
            or ((found := number(value)) is not None and found.whole)
            for value in _returned(node)
        )


def _returned(node: ast.FunctionDef) -> list[ast.expr]:
    """What a function returns, where that may be a number; nothing of a generator."""
    returned: list[ast.expr] = []
    todo: list[ast.AST] = [*node.body]
    for child in todo:  # grows while it is gone through
        if isinstance(child, (ast.Yield, ast.YieldFrom)):
            return []
        if isinstance(child, ast.Return) and child.value is not None and not _is_no_number(child.value):
            returned.append(child.value)
        if not isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            todo += children(child)
    return returned


def _extends(node: ast.expr | None, name: str) -> bool:
    """Whether it is what `name += value` gives."""
    added = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.left, ast.Name)
    return added and node.left.id == name  # type: ignore[union-attr]


def _is_part(node: ast.BinOp) -> bool:
    """Whether it is a power like 10 ** -2."""
    power = node.right
    return (
        isinstance(node.op, ast.Pow)
        and isinstance(power, ast.UnaryOp)
        and isinstance(power.op, ast.USub)
        and isinstance(power.operand, ast.Constant)
        and power.operand.value != 0
    )


def _is_no_number(node: ast.expr | None) -> bool:
    return (
        node is None
        or isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, str)))
    )
