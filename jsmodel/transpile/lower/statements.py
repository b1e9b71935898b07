"""Assignments, loops, errors."""

from __future__ import annotations

import ast
import builtins
import copy
from types import ModuleType
from typing import Any

from ..imports import TOP, WHOLE, bring
from ..rawjs import JSName, is_rawjs
from ..special import SETTABLE
from ..std import meaning
from .functions import Functions
from .nodes import (
    as_list,
    assign,
    at_place,
    caught_names,
    is_pure,
    is_simple,
    is_tuple,
    library,
    literal_int,
    load,
    not_,
    raw,
    special,
)
from .words import DETAILED, ERROR, EXCEPTIONS, MARK, SAME_EXCEPTION


class Statements(Functions):
    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        target, before = node.target, []
        sure = self.calculated(node.op, target, node.value) if isinstance(target, ast.Name) else None
        if isinstance(target, ast.Name):
            load: Any = ast.copy_location(ast.Name(target.id, ast.Load()), target)
        else:
            # What is computed to find the place is computed once.
            parts: list[tuple[ast.AST, str]] = [(target, "value")]
            if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice):
                parts += [(target.slice, part) for part in ("lower", "upper", "step")]
            elif isinstance(target, ast.Subscript):
                parts.append((target, "slice"))
            for owner, part in parts:
                value = getattr(owner, part)
                if value is not None and not is_simple(value):
                    name = self.fresh()
                    before.append(assign(name, self.visit(value), node))
                    setattr(owner, part, ast.copy_location(ast.Name(name, ast.Load()), value))
            load = copy.deepcopy(target)
            load.ctx = ast.Load()
        old = self.visit(load)
        known = isinstance(target, ast.Name) and self.is_float(target)
        known = known or isinstance(node.op, ast.Div) or self.is_float(node.value)
        result = self.operation(
            node.op, old, self.visit(node.value), node, "i", known and not isinstance(node.op, ast.Div), sure
        )
        name = self.fresh()
        if isinstance(target, ast.Name):
            return [*before, *as_list(self.store(target, result, node))]
        return [*before, assign(name, result, node), *as_list(self.store(target, ast.Name(name, ast.Load()), node))]

    def visit_Assign(self, node: ast.Assign) -> Any:
        value = self.visit(node.value)
        out: list[ast.stmt] = []
        first = node.targets[0]
        # Python computes the value first, then the place; and assigns from left to right.
        if len(node.targets) > 1 or not (
            isinstance(first, (ast.Name, ast.Tuple, ast.List)) or is_simple(value) or is_pure(first)
        ):
            name = self.fresh()
            out.append(assign(name, value, node))
            value = ast.copy_location(ast.Name(name, ast.Load()), node)
        for target in node.targets:
            out += as_list(self.store(target, value, node))
        return out

    def store(self, target: ast.expr, value: ast.expr, node: ast.AST) -> Any:
        """The statements that put a value, which is lowered, where it belongs."""
        if isinstance(target, ast.Subscript):
            if isinstance(target.slice, ast.Slice):
                call: ast.expr = library(
                    "setslice", self.visit(target.value), *self.slice_args(target.slice), value, at=node
                )
            else:
                return ast.copy_location(ast.Expr(self.put(target, value, node)), node)
            return ast.copy_location(ast.Expr(call), node)
        if isinstance(target, (ast.Tuple, ast.List)):
            return self.unpack(target, value, node)
        if isinstance(target, ast.Starred):
            self.refuse(target, "a starred target is only known in a list of targets", "Write 'first, *rest = values'.")
        if isinstance(target, ast.Attribute) and (error := self.lacking(target)) is not None:
            return [at_place(ast.Expr(part), node) for part in (value, error)]
        if isinstance(target, ast.Attribute) and target.attr in SETTABLE:
            name = ast.Constant(target.attr)
            call = library("set_special", self.visit(target.value), name, value, at=node)
            return ast.copy_location(ast.Expr(call), node)
        if isinstance(target, ast.Name) and not self.known(target.id) and not target.id.startswith(MARK):
            return at_place(ast.Expr(special("js", ast.Constant("="), self.place(target), value, at=node)), node)
        return ast.copy_location(ast.Assign([self.visit(target)], value), node)

    def unpack(self, target: ast.Tuple | ast.List, value: ast.expr, node: ast.AST) -> list[ast.stmt]:
        elements = target.elts
        kept = self.fresh()
        out: list[ast.stmt]
        if isinstance(value, ast.Name) and value.id in self.exact:
            kept, out = value.id, []
        elif (
            isinstance(value, ast.Call)
            and is_tuple(value)
            and len(value.args) == len(elements)
            and not any(isinstance(e, ast.Starred) for e in elements)
            and not any(isinstance(a, ast.Starred) for a in value.args)
        ):
            out = [assign(kept, ast.copy_location(ast.List(value.args, ast.Load()), node), node)]  # a, b = b, a
        else:
            out = [assign(kept, library("unpack", value, *self.counts(target), at=node), node)]
        for index, element in enumerate(elements):
            # The library, since a plain index of pscript would take it for a str.
            item = special("raw", ast.Constant(f"{kept}[{index}]"), at=node)
            out += as_list(self.store(element.value if isinstance(element, ast.Starred) else element, item, node))
        return out

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is None:
            return None
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Delete(self, node: ast.Delete) -> Any:
        out: list[ast.stmt] = []
        for target in node.targets:
            if isinstance(target, ast.Name) and self.known(target.id):
                name = ast.copy_location(ast.Name(self.local(target.id, target), ast.Load()), target)
                out.append(ast.copy_location(ast.Expr(self.bound(name, target.id)), node))
                out.append(assign(self.local(target.id, target), raw("undefined", node), node))
                continue
            if isinstance(target, (ast.Tuple, ast.List)):
                out += self.visit(at_place(ast.Delete(target.elts), node))
                continue
            if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice):
                call = library("delslice", self.visit(target.value), *self.slice_args(target.slice), at=node)
            elif isinstance(target, ast.Subscript):
                call = library("delitem", self.visit(target.value), self.index(target.slice), at=node)
            elif isinstance(target, ast.Attribute):
                self.attribute_name(target)
                call = library("delattr", self.visit(target.value), ast.Constant(target.attr), at=node)
            else:
                self.refuse(node, "'del' of a name of the module is not known there", "Assign None instead.")
            out.append(ast.copy_location(ast.Expr(call), node))
        return out

    def visit_Expr(self, node: ast.Expr) -> Any:
        if isinstance(node.value, ast.Constant):  # a text between statements, or '...'
            return None
        node.value = self.visit(node.value)
        return node

    def visit_If(self, node: ast.If) -> Any:
        test = node.test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and self.is_js(test.operand):
            return self.block(node.orelse)  # what is for Python only stays there
        if self.is_js(test):
            return self.block(node.body)
        node.test = self.condition(test)
        node.body = self.block(node.body) or [ast.copy_location(ast.Pass(), node)]
        node.orelse = self.block(node.orelse)
        return node

    # -- loops

    def visit_While(self, node: ast.While) -> Any:
        node.test = self.condition(node.test)
        return self.loop(node, [])

    def visit_For(self, node: ast.For) -> Any:
        before: list[ast.stmt] = []
        call = node.iter
        target = node.target
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == "range"
            and self.free("range")
            and not call.keywords
        ):
            args = call.args
            step = args[2] if len(args) == 3 else None
            if (
                1 <= len(args)
                and (step is None or literal_int(step))
                and len(args) <= 3
                and not any(isinstance(a, ast.Starred) for a in args)
            ):
                # pscript makes a plain numeric loop of it. Its bounds are computed once, and its variable is
                # a hidden one, since pscript leaves it one too far.
                if step is not None and not ast.literal_eval(step):
                    self.refuse(step, "range() with a step of zero never ends", "Use another step.")
                bounds = []
                for arg in args[:2]:
                    if isinstance(arg, ast.Constant) and type(arg.value) is int:
                        bounds.append(self.visit(arg))
                    else:
                        name = self.fresh()
                        number = self.number(arg)
                        value = self.visit(arg)
                        if number is None or not number.whole:
                            value = library("index", value, at=arg)
                        before.append(assign(name, value, node))
                        bounds.append(ast.copy_location(ast.Name(name, ast.Load()), arg))
                call.args = [*bounds, *([self.visit(step)] if step is not None else [])]
                call.func = ast.copy_location(ast.Name("range", ast.Load()), call)
                return self.loop(node, before, self.fresh(), target)
        counted = self.counted(node)
        if counted is not None:
            return counted
        node.iter = self.looped(node, "lazy")
        if isinstance(target, ast.Name) and self.known(target.id):
            node.target = ast.copy_location(ast.Name(self.local(target.id, target), ast.Store()), target)
            return self.loop(node, before)
        return self.loop(node, before, self.fresh_for(node.iter), target)

    def counted(self, node: ast.For) -> Any:
        """`for i, x in enumerate(xs)`: a loop over xs that counts; None if it is none."""
        call, target = node.iter, node.target
        if not (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == "enumerate"
            and self.free("enumerate")
            and len(call.args) in (1, 2)
            and not any(isinstance(a, ast.Starred) for a in call.args)
            and all(k.arg == "start" for k in call.keywords)
            and len(call.args) + len(call.keywords) <= 2
            and isinstance(target, ast.Tuple)
            and len(target.elts) == 2
            and isinstance(target.elts[0], ast.Name)
            and self.known(target.elts[0].id)
            and not isinstance(target.elts[1], ast.Starred)
        ):
            return None
        number, value = self.fresh(), self.fresh()
        source = self.fresh()
        first = [*call.args[1:], *(k.value for k in call.keywords)]
        start: ast.expr = library("index", self.visit(first[0]), at=node) if first else ast.Constant(0)
        before: list[ast.stmt] = [
            assign(source, library("lazy", self.visit(call.args[0]), at=call), node),
            assign(number, start, node),
        ]
        node.iter = at_place(load(source), call)
        add_one = assign(number, raw(f"{number} + 1", node), node)
        counter = assign(self.local(target.elts[0].id, target), load(number), node)
        node.target = at_place(ast.Name(value, ast.Store()), node)
        return self.loop(node, before, value, target.elts[1], [counter, add_one])

    def visit_AsyncFor(self, node: ast.AsyncFor) -> Any:
        looped = self.looped(node, "lazy")
        loop = at_place(ast.For(node.target, looped, node.body, node.orelse), node)
        return self.loop(loop, [], self.fresh(), node.target)

    def loop(
        self,
        node: ast.While | ast.For,
        before: list[ast.stmt],
        hidden: str = "",
        target: ast.expr | None = None,
        start: list[ast.stmt] | None = None,
    ) -> list[ast.stmt]:
        flag = self.fresh() if node.orelse else None
        orelse, node.orelse = node.orelse, []
        self.loops.append(flag)
        body = self.block(node.body)
        self.loops.pop()
        if target is not None and isinstance(node, ast.For):
            kept = as_list(self.store(target, ast.copy_location(ast.Name(hidden, ast.Load()), node), node))
            body = [*(start or []), *kept, *body]
            node.target = ast.copy_location(ast.Name(hidden, ast.Store()), node)
        node.body = body or [ast.copy_location(ast.Pass(), node)]
        if flag is None:
            return [*before, node]
        tail = self.block(orelse) or [ast.copy_location(ast.Pass(), node)]
        after = ast.copy_location(ast.If(ast.Name(flag, ast.Load()), tail, []), node)
        return [*before, assign(flag, ast.Constant(True), node), node, after]

    def visit_Break(self, node: ast.Break) -> Any:
        flag = self.loops[-1] if self.loops else None
        return [assign(flag, ast.Constant(False), node), node] if flag else node

    # -- errors

    def visit_Try(self, node: ast.Try) -> Any:
        body, orelse = self.block(node.body), self.block(node.orelse)
        flag = self.fresh()
        if orelse:
            body.append(assign(flag, ast.Constant(True), node))
        handlers = [self.handler(h) for h in node.handlers]
        final = self.block(node.finalbody)
        nothing = [ast.copy_location(ast.Pass(), node)]
        if not orelse:
            node.body, node.handlers, node.orelse, node.finalbody = body or [*nothing], handlers, [], final
            return node
        inner = ast.copy_location(ast.Try(body, handlers, [], []), node)
        then = ast.copy_location(ast.If(ast.Name(flag, ast.Load()), orelse, []), node)
        start = assign(flag, ast.Constant(False), node)
        if not final:
            return [start, inner, then]
        return [start, ast.copy_location(ast.Try([inner, then], [], [], final), node)]

    def handler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        kind = node.type
        if kind is not None:
            kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
            names: list[str] = []
            others: list[ast.expr] = []
            for each in kinds:
                name = SAME_EXCEPTION.get(each.id, each.id) if isinstance(each, ast.Name) and self.free(each.id) else ""
                if name in EXCEPTIONS:
                    names.append(name)
                elif name and hasattr(builtins, name):
                    self.refuse(
                        each, f"the exception {name} is not known there", f"It knows {', '.join(sorted(EXCEPTIONS))}."
                    )
                else:
                    others.append(self.visit(each))
            everything = "BaseException" in names
            foreign = [ast.Constant("**")] if "Exception" in names else []  # what JS throws that is no Error
            node.type = (
                ast.Constant(True)
                if everything
                else library("catches", load(ERROR), *caught_names(names), *foreign, *others, at=node)
            )
        if node.name:
            if not self.known(node.name):
                self.refuse(
                    node, f"'except ... as {node.name}' with a global name is not known there", "Use another name."
                )
            node.name = self.local(node.name, node)
        self.handlers += 1
        node.body = self.block(node.body) or [ast.copy_location(ast.Pass(), node)]
        if node.name:
            node.body.insert(0, assign(node.name, library("caught", special("error", at=node), at=node), node))
        self.handlers -= 1
        return node

    def visit_Raise(self, node: ast.Raise) -> Any:
        exc = node.exc
        if exc is None:
            if not self.handlers:
                self.refuse(
                    node, "'raise' without an error is only known inside of 'except'", "Name the error: 'raise err'."
                )
            return ast.copy_location(ast.Expr(special("raise", at=node)), node)
        if isinstance(exc, ast.Name) and exc.id in EXCEPTIONS and self.free(exc.id) and exc.id not in DETAILED:
            error = library("error", ast.Constant(exc.id), at=exc)
        else:
            error = self.visit(exc)
        cause = [] if node.cause is None else [self.visit(node.cause)]
        if cause and not (isinstance(node.cause, ast.Constant) and node.cause.value is None):
            cause = [library("cause", *cause, at=node)]
        return ast.copy_location(ast.Expr(library("throw_", error, *cause, at=node)), node)

    def visit_Assert(self, node: ast.Assert) -> Any:
        message = [
            library("error", ast.Constant("AssertionError"), *([self.visit(node.msg)] if node.msg else []), at=node)
        ]
        failed = ast.copy_location(ast.Expr(library("throw_", *message, at=node)), node)
        return ast.copy_location(ast.If(not_(self.condition(node.test), node), [failed], []), node)

    # -- with

    def visit_With(self, node: ast.With | ast.AsyncWith) -> Any:
        asynchronous = isinstance(node, ast.AsyncWith)
        return self.managed(node.items, node.body, node, asynchronous)

    visit_AsyncWith = visit_With

    def managed(
        self, items: list[ast.withitem], body: list[ast.stmt], node: ast.AST, asynchronous: bool
    ) -> list[ast.stmt]:
        """The statements of a 'with'; each manager after the first is one inside of it."""
        if not items:
            return self.block(body)

        def call(name: str, *args: ast.expr) -> ast.expr:
            made = library("a" + name if asynchronous else name, *args, at=node)
            return at_place(ast.Await(made), node) if asynchronous else made

        first, *others = items
        manager, value, left = self.fresh(), self.fresh(), self.fresh()
        inner: list[ast.stmt] = []
        out: list[ast.stmt] = [
            assign(manager, self.visit(first.context_expr), node),
            assign(value, call("enter", load(manager)), node),
            assign(left, ast.Constant(False), node),
        ]
        if first.optional_vars is not None:
            inner += as_list(self.store(first.optional_vars, load(value), node))
        inner += self.managed(others, body, node, asynchronous)
        swallowed = call("leave", load(manager), special("error", at=node))
        again = at_place(ast.Expr(special("raise", at=node)), node)
        failed = [assign(left, ast.Constant(True), node), at_place(ast.If(not_(swallowed, node), [again], []), node)]
        done = at_place(ast.Expr(call("leave", load(manager), ast.Constant(None))), node)
        final = [at_place(ast.If(not_(load(left), node), [done], []), node)]
        handler = at_place(ast.ExceptHandler(None, None, failed), node)
        out.append(at_place(ast.Try(inner or [at_place(ast.Pass(), node)], [handler], [], final), node))
        return out

    # -- import

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.bring(name, alias.name, WHOLE if alias.asname else TOP, node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.bring(alias.asname or alias.name, "." * node.level + (node.module or ""), alias.name, node)

    def bring(self, name: str, module: str, what: str, node: ast.AST) -> None:
        """Let a name of the function be what an import brings."""
        try:
            value = bring(module, what, self.package)
        except ImportError as err:
            self.refuse(node, f"{module!r} cannot be imported: {err}", "Import it at the top of the module.")
        if value is None:
            there = bring(module, WHOLE, self.package).__name__
            self.refuse(node, f"{there!r} has no {what!r}", "Correct the name.")
        if self.known(name):
            self.refuse(node, f"{name!r} is both imported and assigned to", "Give one of them another name.")
        if self.scope is not None and name in self.scope.of_module:
            self.refuse(node, f"{name!r} is imported here, and global", "Import it at the top of the module.")
        self.imported[name] = value
        self.brought.append((name, module, what))
        self.shadowed |= {name}
        if isinstance(value, JSName):
            self.browser |= {name}
        if is_rawjs(value):
            self.raws |= {name}
        if meaning(value):
            self.meanings = {**self.meanings, name: meaning(value)}
        if isinstance(value, ModuleType):
            self.modules = {**self.modules, name: value}
