"""Which expressions certainly give a number, and what it can be.

An operator of Python on what may be anything is a call of the library. Where the
code itself says that both sides are numbers, the operator of JS does; what is left
is a comparison with 2**53, where an integer could go beyond that, and not even
that where it cannot. What comes from elsewhere, an argument or an item, is never
certain. See `floats.py` for what is certainly a float.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import product
from math import inf
from typing import Any, NamedTuple

from ..rawjs import is_rawjs
from .bindings import Item, looped
from .certain import Certain
from .nodes import library, literal_int, special
from .walking import walk

__all__ = ["COMPARED", "LIMIT", "SAME", "Calculation", "Number", "Numbers", "limits"]

LIMIT = 2**53


class Number(NamedTuple):
    """What is known of a number: its limits, and whether it is an int, or may be a float."""

    low: float = -LIMIT
    high: float = LIMIT
    whole: bool = True


NUMBER = Number(-inf, inf, False)
WHOLE = Number()

#: The operators that are the same in JS, but for integers beyond the limit, and what does them in the library.
SAME: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "add"),
    ast.Sub: ("-", "sub"),
    ast.Mult: ("*", "mul"),
}
COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "===",
    ast.NotEq: "!==",
}


class Numbers(Certain):
    """Knows the local variables that only ever hold numbers, by what is assigned to them."""

    def number(self, node: ast.expr, names: Mapping[str, Number] | None = None) -> Number | None:
        """What an expression, not lowered yet, is, if it is certainly a number. `names` are taken to be such."""
        if isinstance(node, ast.Constant):
            if type(node.value) is float:
                return NUMBER
            return Number(node.value, node.value) if type(node.value) is int and abs(node.value) <= LIMIT else None
        if isinstance(node, ast.Name):
            if names is not None and node.id in names:
                return names[node.id]
            owner = self.scope.owner(node.id) if self.scope is not None else None
            return owner.numbers.get(node.id) if owner is not None else None
        if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
            return _unary(node.op, self.number(node.operand, names))
        if isinstance(node, ast.BinOp):
            left, right = self.number(node.left, names), self.number(node.right, names)
            return None if left is None or right is None else _result(node.op, left, right)
        if isinstance(node, ast.IfExp):
            return _either([self.number(node.body, names), self.number(node.orelse, names)])
        if isinstance(node, ast.NamedExpr):
            return self.number(node.value, names)
        if isinstance(node, Item):
            return self._item(node.of, node.path, names)
        return self._called(node, names) if isinstance(node, ast.Call) else None

    def _called(self, node: ast.Call, names: Mapping[str, Number] | None) -> Number | None:
        """What a function that Python has built in gives."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        args = [] if any(isinstance(a, ast.Starred) for a in node.args) else node.args
        if not name or not args or node.keywords or not self.free(name):
            return None
        if name in ("len", "ord"):
            return Number(0, LIMIT)
        if name in ("int", "float"):
            return WHOLE if name == "int" else NUMBER
        known = [self.number(a, names) for a in args]
        if name == "round":
            return _rounded(known)
        if name == "abs" and known[0] is not None:
            low, high = sorted([abs(known[0].low), abs(known[0].high)])
            return Number(0 if known[0].low <= 0 <= known[0].high else low, high, known[0].whole)
        return _either(known) if name in ("max", "min") and len(known) > 1 else None

    def _item(self, source: ast.expr, path: tuple[int, ...], names: Mapping[str, Number] | None) -> Number | None:
        """What a loop over range() gives, and what enumerate() counts."""
        if not (isinstance(source, ast.Call) and isinstance(source.func, ast.Name) and self.free(source.func.id)):
            return None
        args = source.args
        if any(isinstance(a, ast.Starred) for a in args):
            return None
        if source.func.id == "enumerate" and args and path == (0,):
            first = [*args[1:], *(k.value for k in source.keywords)]
            return Number(0, LIMIT) if not first or (literal_int(first[0]) and _value(first[0]) >= 0) else WHOLE
        if source.func.id != "range" or path or source.keywords or not 1 <= len(args) <= 3:
            return None
        ends = [self.number(a, names) or WHOLE for a in args[:2]]
        if not all(end.whole for end in ends):
            return WHOLE
        start, stop = (Number(0, 0), ends[0]) if len(ends) == 1 else (ends[0], ends[1])
        if len(args) == 3 and not literal_int(args[2]):
            return WHOLE
        if len(args) == 3 and _value(args[2]) < 0:
            return Number(-LIMIT, start.high)
        return Number(start.low, max(start.low, stop.high - 1))

    def number_names(self, node: Any, values: Mapping[str, list[ast.expr | None]]) -> dict[str, Number]:
        """The local variables of a function that only ever hold numbers, and what is known of those."""
        assert self.scope is not None
        hidden = {*self._of_raw(node), *self.scope.outer, *self.scope.of_module}
        seen = {n: [v for v in all_ if v is not None] for n, all_ in values.items() if None not in all_}
        found = {name: Number(0, LIMIT) for name in seen if name not in hidden}
        # What is not as taken here is not so for those that depend on it, either.
        changed = True
        while changed:
            changed = False
            for name, taken in list(found.items()):
                known = _either([self.number(v, found) for v in seen[name]])
                if known is None:
                    del found[name]
                elif not known.whole and taken.whole:
                    found[name] = NUMBER
                elif known.low < 0 and taken == Number(0, LIMIT):
                    found[name] = WHOLE
                else:
                    continue
                changed = True
        return {name: _either([self.number(v, found) for v in seen[name]]) or NUMBER for name in found}

    def looped_numbers(self, node: Any) -> dict[str, Number]:
        """The names of a comprehension that only ever hold numbers, and what is known of those."""
        found: dict[str, list[Number | None]] = {}
        for gen in node.generators:
            inner = any(isinstance(n, ast.Name) and n.id in found for n in walk(gen.iter))
            for name, item in looped(gen):
                found.setdefault(name, []).append(None if item is None or inner else self.number(item))
        known = {name: _either(each) for name, each in found.items()}
        return {name: number for name, number in known.items() if number is not None}

    def _of_raw(self, node: Any) -> Iterator[str]:
        """Names in the JS of a RawJS, which may assign to them."""
        lines = self.source.lines[node.lineno - 1 : node.end_lineno]
        if not self.raws and not any("RawJS" in line for line in lines):
            return
        for child in walk(node):
            if isinstance(child, ast.Call) and self._is_raw(child.func):
                for arg in child.args:
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
                        yield from re.findall(r"[^\W\d]\w*", arg.value)

    def _is_raw(self, func: ast.expr) -> bool:
        if isinstance(func, ast.Name):
            return func.id in self.raws
        found = self.of_module(func)
        return found is not None and is_rawjs(found[1])

    # -- what becomes of it

    def calculated(self, op: ast.operator, left: ast.expr, right: ast.expr) -> Calculation | None:
        """An operation of two numbers, by its operands before they are lowered; None if it is for the library."""
        if type(op) not in _KNOWN or (literal_int(left) and literal_int(right)):
            return None
        a = self.number(left)
        b = self.number(right) if a is not None else None
        if a is None or b is None:
            return None
        if any(isinstance(n, ast.NamedExpr) for n in walk(right)):
            return None  # it may change what stands on the left
        return Calculation(op, a, b)


class Calculation(NamedTuple):
    """An operator between two certain numbers."""

    op: ast.operator
    a: Number
    b: Number

    def lowered(self, left: ast.expr, right: ast.expr, node: ast.AST, floats: bool) -> ast.expr | None:
        """The operation, of lowered operands; None if it is for the library. `floats`: it certainly gives a float."""
        op, a, b = self
        literal = _value(right) if literal_int(right) or isinstance(right, ast.Constant) else 0
        if isinstance(op, ast.Div):
            divisor = right if literal else library("divisor", right, at=node)
            return special("js", ast.Constant("/"), left, divisor, at=node)
        if isinstance(op, ast.FloorDiv):  # a quotient of exact integers has no rounding that leads over a whole one
            return special("quotient", left, right, at=node) if a.whole and b.whole and literal > 0 else None
        if isinstance(op, ast.Mod):
            certain = b.whole and literal > 0
            return special("remainder", left, right, ast.Constant(a.low < 0), at=node) if certain else None
        if isinstance(op, ast.BitAnd):
            masked = a.whole and b.whole and 0 < literal < 2**31
            return special("js", ast.Constant("&"), left, right, at=node) if masked else None
        sign, helper = SAME[type(op)]
        low, high = limits(op, a, b) if a.whole and b.whole else (-inf, inf)
        zero = (
            isinstance(op, ast.Mult) and (low <= 0 and (a.low < 0 or b.low < 0)) and not floats
        )  # -0 would be the int 0
        if floats:
            low = high = 0
        checks = [ast.Constant(low <= -LIMIT), ast.Constant(high >= LIMIT), ast.Constant(zero)]
        return special("within", ast.Constant(sign), ast.Constant(helper), *checks, left, right, at=node)


_KNOWN = frozenset([*SAME, ast.Div, ast.Mod, ast.FloorDiv, ast.BitAnd])


def _value(node: ast.expr) -> Any:
    value = ast.literal_eval(node)
    return value if type(value) in (int, float) else 0


def limits(op: ast.operator, a: Number, b: Number) -> tuple[float, float]:
    """The least and the largest that two integers can give."""
    if isinstance(op, ast.Add):
        return a.low + b.low, a.high + b.high
    if isinstance(op, ast.Sub):
        return a.low - b.high, a.high - b.low
    corners = [x * y for x, y in product(a[:2], b[:2])]
    return min(corners), max(corners)


def _kept(low: float, high: float) -> Number:
    """An integer between the two: what is beyond the limit raises."""
    return Number(max(-LIMIT, low), min(LIMIT, high))


def _result(op: ast.operator, a: Number, b: Number) -> Number | None:
    """What an operation gives."""
    if isinstance(op, ast.MatMult):
        return None
    if not (a.whole and b.whole):
        return None if isinstance(op, (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)) else NUMBER
    if isinstance(op, (ast.Add, ast.Sub, ast.Mult)):
        return _kept(*limits(op, a, b))
    if isinstance(op, ast.Div) or (isinstance(op, ast.Pow) and b.low < 0):
        return NUMBER
    if isinstance(op, ast.Mod):
        return Number(0, b.high - 1) if b.low > 0 else WHOLE
    if isinstance(op, ast.BitAnd):
        highs = [x.high for x in (a, b) if x.low >= 0]
        return Number(0, min(highs)) if highs else WHOLE
    if a.low < 0 or (isinstance(op, (ast.FloorDiv, ast.BitOr, ast.BitXor)) and b.low < 0):
        return WHOLE
    return Number(0, a.high if isinstance(op, (ast.FloorDiv, ast.RShift)) else LIMIT)


def _unary(op: ast.unaryop, x: Number | None) -> Number | None:
    if x is None or isinstance(op, ast.UAdd):
        return x
    if isinstance(op, ast.Invert):
        return WHOLE if x.whole else None
    return Number(-x.high, -x.low, x.whole)


def _rounded(known: list[Number | None]) -> Number | None:
    """What round() gives; with digits, what it is given."""
    if known[0] is None or len(known) > 2:
        return None
    return WHOLE if len(known) == 1 else NUMBER


def _either(known: list[Number | None]) -> Number | None:
    """What is known of one of several."""
    if not known or None in known:
        return None
    sure = [x for x in known if x is not None]
    return Number(min(x.low for x in sure), max(x.high for x in sure), all(x.whole for x in sure))
