"""How a value is shown that is a float, or may turn out to be one.

JS shows 2.0 as '2'. What shows values gets a float as an object that says so: where
the code is certain, and where what is called, or read, says when it runs that it
gives floats only. In a list, a tuple or a dict that is made only to be shown, each
element is looked at for itself.
"""

from __future__ import annotations

import ast
from typing import Any

from .bindings import assigned, bound
from .floats import Floats
from .nodes import as_list, at_place, copied, library, load, special
from .walking import walk
from .words import LIBRARY_METHODS


class Shown(ast.expr):
    """An expression whose value is only shown."""

    _fields = ("value",)

    def __init__(self, value: ast.expr) -> None:
        super().__init__()
        self.value = value


class Kept(ast.expr):
    """An expression whose value is also put into a variable."""

    _fields = ("value",)

    def __init__(self, name: str, value: ast.expr) -> None:
        super().__init__()
        ast.copy_location(self, value)
        self.name = name
        self.value = value


#: How the methods behind operators are called.
OPERATOR = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
}


class Showing(Floats):
    def visit_Shown(self, node: Shown) -> Any:
        return self.marked(node.value)

    def marked(self, node: ast.expr) -> Any:
        """An argument for what shows values."""
        if isinstance(node, ast.Starred):
            return self.argument(node)  # type: ignore[attr-defined]
        if self.is_float(node):
            return self.as_float(node)
        if isinstance(node, (ast.List, ast.Tuple)):
            node.elts = [_shown(e) for e in node.elts]
        elif isinstance(node, ast.Dict):
            node.values = [_shown(v) if k is not None else v for k, v in zip(node.keys, node.values, strict=True)]
        elif isinstance(node, ast.ListComp):
            node.elt = _shown(node.elt)
        elif isinstance(node, ast.DictComp):
            node.value = _shown(node.value)
        elif isinstance(node, ast.IfExp):
            node.body, node.orelse = _shown(node.body), _shown(node.orelse)
        elif isinstance(node, ast.Call) and self._sums(node):
            self.parts.add("library")
            return library("float_sum", self.visit(node.args[0]), at=node)
        elif isinstance(node, ast.Call):
            return self._from(node, node.func, "float_from")
        elif isinstance(node, ast.Attribute):
            return self._from(node, node, "float_in")
        return self.visit(node)

    def as_float(self, node: ast.expr) -> Any:
        """A float that is shown. Where an object may have operators of its own, those say when it runs whether it is one."""
        parts: list[str] = []
        names: dict[str, None] = {}
        node = self._kept(node, parts, names)
        if not parts:
            return library("float_", self.visit(node), at=node)
        return library("float_unless", self.visit(node), ast.Constant(" ".join(names)), *map(load, parts), at=node)

    def may_be_own(self, node: ast.expr) -> bool:
        """Whether an expression calculates with what may be an object."""
        if isinstance(node, ast.UnaryOp):
            return self.may_be_own(node.operand)
        if isinstance(node, ast.BinOp):
            return (
                self.may_be_own(node.left)
                or self.may_be_own(node.right)
                or any(map(self._unsure, (node.left, node.right)))
            )
        return False

    def _unsure(self, node: ast.expr) -> bool:
        """Whether a part of a calculation may be an object."""
        number = self.number(node)  # type: ignore[attr-defined]
        return not (
            isinstance(node, (ast.BinOp, ast.UnaryOp, ast.Constant)) or number is not None or self.is_float(node)
        )

    def _kept(self, node: ast.expr, parts: list[str], names: dict[str, None]) -> ast.expr:
        """A calculation whose parts that may be objects are kept under names; and the operators in it."""
        if isinstance(node, ast.UnaryOp):
            node.operand = self._kept(node.operand, parts, names)
        elif isinstance(node, ast.BinOp):
            sides = node.left, node.right
            unsure = [self._unsure(side) for side in sides]
            node.left, node.right = (
                Kept(self._note(parts), side) if keep else self._kept(side, parts, names)
                for side, keep in zip(sides, unsure, strict=True)
            )
            names[OPERATOR[type(node.op)]] = None
        return node

    def _note(self, parts: list[str]) -> str:
        parts.append(self.fresh())
        return parts[-1]

    def visit_Kept(self, node: Kept) -> Any:
        return special("set", load(node.name), self.visit(node.value), at=node.value)

    def shows_more(self, node: ast.expr) -> bool:
        """Whether what is shown may be a float, as far as the code says."""
        if isinstance(node, (ast.Starred, ast.Constant)):
            return isinstance(node, ast.Constant) and type(node.value) is float
        if isinstance(node, (ast.Tuple, ast.List)):
            return any(map(self.shows_more, node.elts))
        if isinstance(node, ast.Dict):
            return any(map(self.shows_more, node.values))
        if isinstance(node, ast.IfExp):
            return self.shows_more(node.body) or self.shows_more(node.orelse)
        if isinstance(node, (ast.ListComp, ast.DictComp)):
            return True
        if isinstance(node, ast.Call):
            return self.is_float(node) or self._sums(node) or self._may_tell(node.func)
        if isinstance(node, ast.Attribute):
            return self.is_float(node) or self._may_tell(node)
        return self.is_float(node)

    def _from(self, node: ast.expr, func: ast.expr, how: str) -> Any:
        """A value that may be a float, with what says so when it runs."""
        if not self._may_tell(func):
            return self.visit(node)
        if isinstance(func, ast.Name):
            return library(how, self.visit(node), self.visit(copied(func)), at=node)
        assert isinstance(func, ast.Attribute)
        if isinstance(func.value, ast.Name) and (self.known(func.value.id) or self.is_self(func.value)):
            owner = copied(func.value)
            return library(how, self.visit(node), self.visit(owner), ast.Constant(func.attr), at=node)
        name = self.fresh()
        kept = special("set", load(name), self.visit(func.value), at=node)
        func.value = at_place(load(name), node)
        return library(
            "last", kept, library(how, self.visit(node), load(name), ast.Constant(func.attr), at=node), at=node
        )

    def _may_tell(self, func: ast.expr) -> bool:
        """Whether it shows only when it runs if a function gives floats, or an attribute is one."""
        if isinstance(func, ast.Name):
            return not self.known(func.id) and func.id in self.functions
        return (
            isinstance(func, ast.Attribute)
            and not (func.attr.startswith("__") or func.attr in LIBRARY_METHODS)
            and self.of_module(func) is None
            and not self.of_browser(func)
            and not isinstance(func.value, ast.Constant)
            and not (isinstance(func.value, ast.Call) and self.is_super(func.value))
        )

    def _sums(self, node: ast.Call) -> bool:
        return (
            isinstance(node.func, ast.Name)
            and node.func.id == "sum"
            and self.free("sum")
            and len(node.args) == 1
            and not node.keywords
            and self.float_items(node.args[0])
        )

    # -- what a name holds where we are

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Lower statements, one after the other, knowing which names were given floats by those before."""
        scope = self.scope
        if scope is None or isinstance(scope.node, ast.ClassDef):
            return super().block(body)
        out: list[ast.stmt] = []
        here: set[str] = set()  # what is known only as far as the end of these statements
        for stmt in body:
            new = self._given(stmt)
            if new is None:
                if scope.now:
                    scope.now -= bound(stmt)
                out += as_list(self.visit(stmt))
                continue
            gone = bound(stmt) if scope.now else set()
            out += as_list(self.visit(stmt))
            scope.now -= gone
            if new:
                new -= {name for node in walk(scope.node) if isinstance(node, ast.Nonlocal) for name in node.names}
                scope.now |= new
                here |= new
        scope.now -= here
        return out

    def _given(self, stmt: ast.stmt) -> set[str] | None:
        """The names that hold a float after an assignment; None for other statements."""
        if isinstance(stmt, ast.Assign):
            targets = [(t, stmt.value) for t in stmt.targets]
        elif isinstance(stmt, ast.AnnAssign) and stmt.value is not None:
            targets = [(stmt.target, stmt.value)]
        elif isinstance(stmt, ast.AugAssign) and isinstance(stmt.target, ast.Name):
            old = ast.copy_location(ast.Name(stmt.target.id, ast.Load()), stmt)
            value = ast.copy_location(ast.BinOp(old, stmt.op, stmt.value), stmt)
            return {stmt.target.id} if self.is_float(value) else set()
        else:
            return None
        pairs = [pair for target, value in targets for pair in assigned(target, value)]
        return {name for name, value in pairs if value is not None and self.is_float(value)}


def _shown(node: ast.expr) -> ast.expr:
    return node if isinstance(node, ast.Starred) else at_place(Shown(node), node)
