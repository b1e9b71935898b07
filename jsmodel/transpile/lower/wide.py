"""Expressions that go beyond 2**53 on their way, and come back: `(seed * 1103515245 + 12345) & 0x7fffffff`.

Hashes and generators of random numbers multiply, and cut the result to size right
there. What cuts is `%`, `&`, `>>` or `//`; what grows is `*`, `<<` or `**` on its left
(for `&`, on either side), with sums and bits between. The library calculates such an
expression with the numbers of JS, and goes on with a BigInt where that would not be
exact: see wide.js. Where the operands are certainly integers, the operators of JS do
it, and the library comes in where they leave the limits.
"""

from __future__ import annotations

import ast
from typing import TypeGuard

from .nodes import is_simple, library, literal_int, load, raw, special
from .numbers import LIMIT, SAME, Number, Numbers, limits
from .walking import walk

__all__ = ["BINARY", "Wide"]

#: The operators, and what does them in the library.
BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Mod: "mod",
    ast.FloorDiv: "floordiv",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitAnd: "bitand",
    ast.BitOr: "bitor",
    ast.BitXor: "bitxor",
    ast.MatMult: "matmul",
}
GROWING = (ast.Mult, ast.LShift, ast.Pow)
CUTTING = (ast.Mod, ast.BitAnd, ast.RShift, ast.FloorDiv)
BETWEEN = (*GROWING, *CUTTING, ast.Add, ast.Sub, ast.BitOr, ast.BitXor)
#: Those whose right side is by itself: it says how far, or by what.
ONE_SIDED = (ast.Mod, ast.RShift, ast.FloorDiv, ast.LShift, ast.Pow)
#: What is certainly no integer; `kind` in certain.py would have to ask what a name is.
OTHERS = (
    ast.JoinedStr,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.GeneratorExp,
)


class Wide(Numbers):
    def wide(self, node: ast.BinOp) -> ast.expr | None:
        """An operator that cuts what may grow beyond the limit, lowered; None if it is none."""
        if not isinstance(node.op, CUTTING) or not any(map(self._grows, _sides(node))):
            return None
        if not all(map(self._may_be_whole, _leaves(node))):
            return None
        for part in walk(node):
            if isinstance(part, ast.BinOp) and isinstance(part.op, (ast.LShift, ast.Pow, ast.BitAnd, ast.RShift)):
                self.parts.add("library")
        known = self._limits(node.left)
        if known is None or _assigns(node) or self._grows(node.right):
            if isinstance(node.op, ast.Mod):
                self.parts.add("format")  # it may be a str that is formatted
            return library("narrow", self._by_library(node), at=node)
        if known.low > -LIMIT and known.high < LIMIT and self._stays(node.left):
            return None
        return self._in_place(node)

    def _grows(self, node: ast.expr) -> bool:
        """Whether an operand is made with what may lead beyond the limit."""
        if not _is_between(node):
            return False
        return isinstance(node.op, GROWING) or any(map(self._grows, _sides(node)))

    def _may_be_whole(self, node: ast.expr) -> bool:
        if isinstance(node, OTHERS) or (isinstance(node, ast.Constant) and type(node.value) not in (int, bool)):
            return False
        number = self.number(node)
        return not self.is_float(node) and (number is None or number.whole)

    def _by_library(self, node: ast.expr) -> ast.expr:
        """What the library calculates, of operands that may be anything, in their order."""
        if not _is_between(node):
            lowered: ast.expr = self.visit(node)
            return lowered
        if _is_sum(node) and self._limits(node) is not None and not _assigns(node):
            operands: list[ast.expr] = []
            steps: list[ast.expr] = []
            out, exact = self._steps(node, operands, steps)
            if steps:
                out = ast.copy_location(ast.IfExp(_joined("&&", steps, node), out, exact), node)
            return _joined(",", [*operands, out], node)
        left = self._by_library(node.left)
        right = self.visit(node.right) if isinstance(node.op, ONE_SIDED) else self._by_library(node.right)
        return library(f"wide_{BINARY[type(node.op)]}", left, right, at=node)

    # -- what is certainly made of integers

    def _limits(self, node: ast.expr) -> Number | None:
        """The least and the largest that sums and products can give; None if that is for the library."""
        if _is_sum(node):
            a, b = self._limits(node.left), self._limits(node.right)
            return None if a is None or b is None else Number(*limits(node.op, a, b))
        if _is_between(node) and not self._comes_back(node):
            return None
        number = self.number(node)
        return number if number is not None and number.whole else None

    def _comes_back(self, node: ast.BinOp) -> bool:
        """Whether an operand within such an expression is certainly within the limits itself."""
        if self._grows(node):
            masks = [self._limits(side) for side in _sides(node) if not self._grows(side) and self._stays(side)]
            masked = isinstance(node.op, ast.BitAnd) and any(mask is not None and mask.low >= 0 for mask in masks)
            return masked or isinstance(node.op, ast.Mod)
        return all(self._limits(side) is not None and self._stays(side) for side in _sides(node))

    def _stays(self, node: ast.expr) -> bool:
        """Whether no part of sums and products leaves the limits."""
        if not _is_sum(node):
            return True
        known = self._limits(node)
        return (
            known is not None
            and known.low > -LIMIT
            and known.high < LIMIT
            and self._stays(node.left)
            and self._stays(node.right)
        )

    def _in_place(self, node: ast.BinOp) -> ast.expr:
        """What the operators of JS calculate, if each step is within the limits; else the library does all of it again."""
        sure = self.calculated(node.op, node.left, node.right)
        operands: list[ast.expr] = []
        steps: list[ast.expr] = []
        plain, exact = self._steps(node.left, operands, steps)
        right = self._operand(node.right, operands)
        quick: ast.expr = self.operation(node.op, plain, right, node, sure=sure)  # type: ignore[attr-defined]
        beyond = library("narrow", library(f"wide_{BINARY[type(node.op)]}", exact, right, at=node), at=node)
        out: ast.expr = ast.copy_location(ast.IfExp(_joined("&&", steps, node), quick, beyond), node)
        return _joined(",", [*operands, out], node)

    def _steps(self, node: ast.expr, operands: list[ast.expr], steps: list[ast.expr]) -> tuple[ast.expr, ast.expr]:
        """A part of it, as JS calculates it, and as the library does. `steps` gets what asks whether the first is exact."""
        if not _is_sum(node):
            value = self._operand(node, operands)
            return value, value
        known, a, b = (self._limits(n) for n in (node, node.left, node.right))
        assert known is not None and a is not None and b is not None
        (left, exact_left), (right, exact_right) = (self._steps(n, operands, steps) for n in (node.left, node.right))
        sign, helper = SAME[type(node.op)]
        plain: ast.expr = special("js", ast.Constant(sign), left, right, at=node)
        exact = library(f"wide_{helper}", exact_left, exact_right, at=node)
        if isinstance(node.op, ast.Mult) and known.low <= 0 and (a.low < 0 or b.low < 0):
            plain = special("js", ast.Constant("+"), plain, ast.Constant(0), at=node)  # -0 would be the int 0
        for beyond, sign, limit in ((known.high >= LIMIT, "<", "2**53"), (known.low <= -LIMIT, ">", "-(2**53)")):
            if beyond:
                given = plain
                if isinstance(plain, ast.Call):
                    plain = load(self.fresh())
                    given = special("set", plain, given, at=node)
                steps.append(special("js", ast.Constant(sign), given, raw(limit, node), at=node))
        return plain, exact

    def _operand(self, node: ast.expr, operands: list[ast.expr]) -> ast.expr:
        """Something that is calculated once."""
        value: ast.expr = self.visit(node)
        if is_simple(value):
            return value
        name = self.fresh()
        operands.append(special("set", load(name), value, at=node))
        return load(name)


def _assigns(node: ast.expr) -> bool:
    return any(isinstance(part, ast.NamedExpr) for part in walk(node))


def _is_between(node: ast.expr) -> TypeGuard[ast.BinOp]:
    """Whether it is a part of such an expression, and no operand of it."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, BETWEEN) and not _is_literal(node)


def _is_sum(node: ast.expr) -> TypeGuard[ast.BinOp]:
    return _is_between(node) and isinstance(node.op, tuple(SAME))


def _is_literal(node: ast.expr) -> bool:
    """Whether it is made of literal integers alone: 2**31 - 1."""
    return literal_int(node) or (isinstance(node, ast.BinOp) and _is_literal(node.left) and _is_literal(node.right))


def _sides(node: ast.BinOp) -> list[ast.expr]:
    return [node.left] if isinstance(node.op, ONE_SIDED) else [node.left, node.right]


def _leaves(node: ast.expr) -> list[ast.expr]:
    return [*_leaves(node.left), *_leaves(node.right)] if _is_between(node) else [node]


def _joined(op: str, parts: list[ast.expr], at: ast.AST) -> ast.expr:
    out = parts[0]
    for part in parts[1:]:
        out = special("js", ast.Constant(op), out, part, at=at)
    return out
