"""Operators, items, literals, comprehensions, conditions."""

from __future__ import annotations

import ast
from typing import Any, cast

from .flow import Scope
from .nodes import at_place, identical, is_bool, is_key, library, literal_int, load, not_, raw, special
from .numbers import COMPARED, Calculation
from .wide import BINARY, Wide
from .words import ASYNC_ITER, LIBRARY, MODULE

COMPARE: dict[type[ast.cmpop], str] = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert"}


class Expressions(Wide):
    # -- operators and items

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        wide = self.wide(node)
        if wide is not None:
            return wide
        known = self.is_float(node)
        sure = self.calculated(node.op, node.left, node.right)
        of_text = isinstance(node.left, ast.JoinedStr) or (
            isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
        )
        left = self.visit(node.left)
        right = self.percented(node.right) if of_text and isinstance(node.op, ast.Mod) else self.visit(node.right)
        return self.operation(node.op, left, right, node, known=known, sure=sure)

    def percented(self, node: ast.expr) -> Any:
        """What stands behind '%', which may be what a str is filled with."""
        if isinstance(node, ast.Tuple) and not any(isinstance(e, ast.Starred) for e in node.elts):
            return library("tuple_", *[self.marked(e) for e in node.elts], at=node)
        return self.marked(node)

    def operation(
        self,
        op: ast.operator,
        left: ast.expr,
        right: ast.expr,
        node: ast.AST,
        prefix: str = "",
        known: bool = False,
        sure: Calculation | None = None,
    ) -> Any:
        """An operator; with the prefix 'i' it may change what is left of it. `known`: the result is a float. `sure`: of numbers."""
        plain = sure.lowered(left, right, node, known) if sure is not None else None
        if plain is not None:
            return plain
        helper = BINARY[type(op)]
        if isinstance(op, (ast.Pow, ast.LShift, ast.Mult)) and literal_int(left) and literal_int(right):
            a, b = ast.literal_eval(left), ast.literal_eval(right)
            if isinstance(op, ast.Mult):
                too_big = abs(a * b) > 2**53
            else:
                too_big = (
                    b > 0
                    and abs(a) > (1 if isinstance(op, ast.Pow) else 0)
                    and (b > 53 or (a**b if isinstance(op, ast.Pow) else a << b) > 2**53)
                )
            if too_big:
                self.refuse(node, "integers beyond 2**53 are not exact there", "Use a float, or a str.")
        if helper == "mod" and not (isinstance(left, ast.Constant) and not isinstance(left.value, str)):
            self.parts.add("format")  # it may be a str that is formatted
        more: list[ast.expr] = [ast.Constant(True)] if known and helper in ("add", "mul") else []
        if helper in ("sub", "pow") and known:
            more = [ast.Constant(bool(prefix)), ast.Constant(True)]
        elif prefix and helper not in ("add", "mul"):
            more = [ast.Constant(True)]
        if helper not in ("add", "mul") or (known and prefix):
            prefix = ""
        return library(prefix + helper, left, right, *more, at=node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return not_(self.condition(node.operand), node)
        if (
            isinstance(node.op, ast.USub)
            and isinstance(node.operand, ast.Constant)
            and type(node.operand.value) in (int, float)
            and (node.operand.value or type(node.operand.value) is float)
        ):
            node.operand = self.visit(node.operand)
            return node
        if isinstance(node.op, ast.USub) and self.number(node.operand) is not None:
            if self.is_float(node.operand):  # which has a -0.0
                node.operand = self.visit(node.operand)
                return node
            return special("js", ast.Constant("-"), ast.Constant(0), self.visit(node.operand), at=node)
        return library(UNARY[type(node.op)], self.visit(node.operand), at=node)

    def visit_Compare(self, node: ast.Compare) -> Any:
        sure = [self.number(x) is not None for x in (node.left, *node.comparators)]
        if len(node.ops) == 1:
            return self.compare(node.ops[0], self.visit(node.left), self.visit(node.comparators[0]), node, all(sure))
        left = self.visit(node.left)
        parts: list[ast.expr] = []
        for index, (op, right) in enumerate(zip(node.ops, node.comparators, strict=True)):
            value = self.visit(right)
            if index == len(node.ops) - 1 or isinstance(value, ast.Constant):
                parts.append(self.compare(op, left, value, node, all(sure[index : index + 2])))
                left = value
            else:
                name = self.fresh()
                kept = special("set", ast.Name(name, ast.Load()), value, at=node)
                parts.append(self.compare(op, left, kept, node, all(sure[index : index + 2])))
                left = ast.copy_location(ast.Name(name, ast.Load()), node)
        return ast.copy_location(ast.BoolOp(ast.And(), parts), node)

    def compare(self, op: ast.cmpop, left: ast.expr, right: ast.expr, node: ast.AST, numbers: bool = False) -> Any:
        """A comparison of what is lowered. `numbers`: of two numbers, which JS compares as Python does."""
        if numbers and type(op) in COMPARED:
            return special("js", ast.Constant(COMPARED[type(op)]), left, right, at=node)
        negated = isinstance(op, (ast.NotEq, ast.NotIn, ast.IsNot))
        if isinstance(op, (ast.Eq, ast.NotEq)):
            call: Any = library("eq", left, right, *[ast.Constant(True)] * negated, at=node)
        elif isinstance(op, (ast.In, ast.NotIn)):
            call = library("contains", left, right, at=node)
        elif isinstance(op, (ast.Is, ast.IsNot)):
            if any(isinstance(x, ast.Constant) and x.value is None for x in (left, right)):
                call = library("none", left if isinstance(right, ast.Constant) else right, at=node)
            else:
                call = identical(left, right, node)
        else:
            call = library(COMPARE[type(op)], left, right, at=node)
        return not_(call, node) if negated else call

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        value = self.visit(node.value)
        if isinstance(node.slice, ast.Slice):
            return library("slice", value, *self.slice_args(node.slice), at=node)
        if is_key(node.slice):
            return special("item", value, node.slice, at=node)
        return library("getitem", value, self.index(node.slice), at=node)

    def put(self, target: ast.Subscript, value: ast.expr, node: ast.AST) -> ast.expr:
        """`target = value`, where that is an item, and the value is lowered."""
        if is_key(target.slice):
            return special("put", self.visit(target.value), target.slice, value, at=node)
        return library("setitem", self.visit(target.value), self.index(target.slice), value, at=node)

    def slice_args(self, node: ast.Slice) -> list[ast.expr]:
        return [self.visit(x) if x is not None else ast.Constant(None) for x in (node.lower, node.upper, node.step)]

    # -- literals

    def visit_Tuple(self, node: ast.Tuple) -> Any:
        return library("tuple_", *[self.argument(e) for e in node.elts], at=node)

    def visit_List(self, node: ast.List) -> Any:
        if any(isinstance(e, ast.Starred) for e in node.elts):
            return library("list_", *[self.argument(e) for e in node.elts], at=node)
        node.elts = [self.visit(e) for e in node.elts]
        return node

    def visit_Dict(self, node: ast.Dict) -> Any:
        # A plain object of JS, where its keys keep their order there.
        names = [k.value for k in node.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)]
        plain = len(names) == len(node.keys) and not any(name[:1].isdigit() for name in names)
        spread = ast.Attribute(ast.Name(LIBRARY, ast.Load()), "SPREAD", ast.Load())
        pairs: list[tuple[ast.expr, ast.expr]] = []
        for key, value in zip(node.keys, node.values, strict=True):
            pairs.append((at_place(spread, value) if key is None else self.visit(key), self.visit(value)))
        if plain:
            node.keys, node.values = [k for k, _ in pairs], [v for _, v in pairs]
            return node
        # What comes before a '**' is in the dict before that is asked for, and that before the rest.
        groups: list[list[ast.expr]] = [[]]
        for key, pair in zip(node.keys, pairs, strict=True):
            if key is None:
                groups += [[*pair], []]
            else:
                groups[-1] += pair
        first, *others = filter(None, groups)
        made = library("dict_of", *first, at=node)
        for group in others:
            made = library("dict_more", made, *group, at=node)
        return made

    def visit_Set(self, node: ast.Set) -> Any:
        return library("set_of", *[self.argument(e) for e in node.elts], at=node)

    def visit_SetComp(self, node: ast.SetComp) -> Any:
        made = self.comprehension(at_place(ast.ListComp(node.elt, node.generators), node))
        return library("set", made, at=node)

    def visit_Slice(self, node: ast.Slice) -> Any:
        return library("slice_", *self.slice_args(node), at=node)

    def visit_Constant(self, node: ast.Constant) -> Any:
        value = node.value
        if isinstance(value, bytes):
            return library("bytes_of", ast.Constant(value.decode("latin-1")), at=node)
        if isinstance(value, complex) or value is Ellipsis:
            self.refuse(
                node,
                f"{value!r} is not known there",
                "Leave it out." if value is Ellipsis else "Keep the two parts in variables.",
            )
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
            self.refuse(node, "integers beyond 2**53 are not exact there", "Use a float, or a str.")
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        if all(isinstance(v, ast.Constant) for v in node.values):  # most format specs
            text = "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
            return ast.copy_location(ast.Constant(text), node)
        parts = [self.formatted(v) if isinstance(v, ast.FormattedValue) else v for v in node.values]
        return special("text", *parts, at=node)

    def formatted(self, node: ast.FormattedValue) -> ast.expr:
        spec = self.visit(node.format_spec) if node.format_spec is not None else ast.Constant("")
        number = self.number(node.value)
        if number is not None and number.whole and node.format_spec is None and node.conversion <= 0:
            return cast("ast.expr", self.visit(node.value))  # JS writes it as Python does
        value = self.marked(node.value)
        if node.conversion > 0:
            value = library({"r": "repr", "s": "str", "a": "ascii"}[chr(node.conversion)], value, at=node)
        return library("format_value", value, spec, at=node)

    def comprehension(self, node: Any) -> Any:
        floats, numbers = self.looped_floats(node), self.looped_numbers(node)
        first = self.looped(node.generators[0], "lazy")
        self.scope = Scope(node, self.scope)
        self.scope.floats, self.scope.numbers = floats, numbers
        for index, gen in enumerate(node.generators):
            gen.iter = first if index == 0 else self.looped(gen, "lazy")
            if isinstance(gen.target, ast.Name):
                gen.target.id = self.local(gen.target.id, gen.target)
                binding = []
            else:
                hidden = self.fresh_for(gen.iter)
                binding = [special("all", *self.bind(gen.target, load(hidden)), at=gen.target)]
                gen.target = at_place(ast.Name(hidden, ast.Store()), gen.target)
            gen.ifs = [*binding, *[self.condition(test) for test in gen.ifs]]
        if isinstance(node, ast.DictComp):
            node.key, node.value = self.visit(node.key), self.visit(node.value)
            self.parts.add("common")
        else:
            node.elt = self.visit(node.elt)
        self.scope = self.scope.parent
        return node

    def looped(self, gen: Any, how: str) -> ast.expr:
        """What a 'for' goes through."""
        if not (getattr(gen, "is_async", 0) or isinstance(gen, ast.AsyncFor)):
            pairs = self.looped_pairs(gen.target, gen.iter)
            if pairs is not None:
                return pairs
        value = self.visit(gen.iter)
        if getattr(gen, "is_async", 0) or isinstance(gen, ast.AsyncFor):
            self.parts.add("iterators")
            call: ast.expr = at_place(ast.Call(load(ASYNC_ITER), [value], []), gen.iter)
            return call
        return library(how, value, at=gen.iter)

    def looped_pairs(self, target: ast.expr, source: ast.expr) -> ast.expr | None:
        """`for a, b in zip(x, y)` and `for k, v in x.items()` need no tuples: nobody sees them."""
        if not (
            isinstance(target, ast.Tuple)
            and isinstance(source, ast.Call)
            and not source.keywords
            and not any(isinstance(x, ast.Starred) for x in [*target.elts, *source.args])
        ):
            return None
        func = source.func
        if isinstance(func, ast.Name) and func.id == "zip" and self.free("zip"):
            if len(source.args) != len(target.elts):
                return None
            return library("zip_loop", *[self.visit(a) for a in source.args], at=source)
        if (
            isinstance(func, ast.Attribute)
            and func.attr == "items"
            and not source.args
            and not self.is_self(func.value)
        ):
            if self.of_module(func) is not None or self.of_browser(func.value):
                return None
            self.parts.add("views")
            return library("items_loop", self.visit(func.value), at=source)
        return None

    def fresh_for(self, source: ast.expr) -> str:
        """A hidden name for what a loop gives."""
        name = self.fresh()
        if isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute) and source.func.attr == "zip_loop":
            self.exact.add(name)
        return name

    def bind(self, target: ast.expr, value: ast.expr) -> list[ast.expr]:
        """The expressions that put a value where it belongs, where no statement can stand."""
        if isinstance(target, ast.Name) and self.known(target.id):
            name = at_place(ast.Name(self.local(target.id, target), ast.Store()), target)
            return [special("set", name, value, at=target)]
        if isinstance(target, ast.Name):
            return [special("js", ast.Constant("="), self.place(target), value, at=target)]
        if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
            return [self.put(target, value, target)]
        if isinstance(target, ast.Attribute):
            return [special("js", ast.Constant("="), self.visit(target), value, at=target)]
        if isinstance(target, ast.Starred) or not isinstance(target, (ast.Tuple, ast.List)):
            self.refuse(target, "this target is not known in a comprehension there", "Use a loop.")
        out: list[ast.expr] = []
        if isinstance(value, ast.Name) and value.id in self.exact:
            kept = value.id
        else:
            kept = self.fresh()
            name = at_place(ast.Name(kept, ast.Store()), target)
            out.append(special("set", name, library("unpack", value, *self.counts(target), at=target), at=target))
        for index, element in enumerate(target.elts):
            inner = element.value if isinstance(element, ast.Starred) else element
            out += self.bind(inner, raw(f"{kept}[{index}]", target))
        return out

    def counts(self, target: ast.Tuple | ast.List) -> list[ast.expr]:
        """How many values come before a starred target, and how many after."""
        stars = [i for i, e in enumerate(target.elts) if isinstance(e, ast.Starred)]
        if not stars:
            return [ast.Constant(len(target.elts))]
        return [ast.Constant(stars[0]), ast.Constant(len(target.elts) - stars[0] - 1)]

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Any:
        value = self.visit(node.value)
        if not self.known(node.target.id):
            return special("js", ast.Constant("="), self.place(node.target), value, at=node)
        name = at_place(ast.Name(self.local(node.target.id, node.target), ast.Store()), node.target)
        return special("walrus", name, value, at=node)

    def place(self, target: ast.Name) -> ast.expr:
        """Where a name of the module is kept."""
        if self.top:
            member: ast.expr = at_place(ast.Attribute(load(MODULE), target.id, ast.Store()), target)
            return member
        return self.placeholder(at_place(load(target.id), target))

    def index(self, node: ast.expr) -> ast.expr:
        """What stands in brackets behind a value."""
        value: ast.expr = self.visit(node)
        return value

    visit_ListComp = visit_DictComp = visit_GeneratorExp = comprehension

    # -- conditions

    def condition(self, node: ast.expr) -> ast.expr:
        """An expression of which only the truth counts, as a JS boolean."""
        if isinstance(node, ast.BoolOp):
            node.values = [self.condition(v) for v in node.values]
            return node
        number = self.number(node)
        value: ast.expr = self.visit(node)
        if number is not None:
            return special("js", ast.Constant("!=="), value, ast.Constant(0), at=node)
        return value if is_bool(value) else library("truth", value, at=node)

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        values = [self.visit(v) for v in node.values]
        if all(is_bool(v) for v in values):
            node.values = values
            return node
        # The last operand is the value of the whole: Python gives it as it is.
        result = values[-1]
        for value in reversed(values[:-1]):
            result = special("and" if isinstance(node.op, ast.And) else "or", value, result, at=node)
        return result

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        node.test = self.condition(node.test)
        node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
        return node

    def argument(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Starred):
            node.value = library("iterate", self.visit(node.value), at=node)
            return node
        return self.visit(node)
