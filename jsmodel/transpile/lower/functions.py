"""Functions inside of functions, their arguments and defaults."""

from __future__ import annotations

import ast
from typing import Any

from .calls import Calls
from .flow import Scope
from .nodes import assign, library, special
from .words import ARGUMENT_COUNT


class Functions(Calls):
    # -- functions

    def function(self, node: Any, *, method: bool = False) -> Any:
        """Lower arguments and body; the defaults are done."""
        args = node.args
        args.args, args.posonlyargs = args.posonlyargs + args.args, []
        if args.kwonlyargs or args.kwarg:
            self.refuse(
                node, "keyword-only arguments and **kwargs are not known there yet", "Use positional arguments."
            )
        saved = self.scope, self.method, self.handlers, self.loops
        self.scope, self.handlers, self.loops = Scope(node, self.scope), 0, []
        if method:
            self.method = True
            first = args.args.pop(0)
            if any(
                isinstance(n, ast.Name) and n.id == first.arg and not isinstance(n.ctx, ast.Load)
                for n in ast.walk(node)
            ):
                self.refuse(node, f"{first.arg!r} is assigned to", "It is the object itself there. Use another name.")
            self.scope.names.discard(first.arg)
            self.browser -= {first.arg}
        if self.top and self.scope.parent is None:
            self.scope.names = {
                h.name for stmt in node.body for h in ast.walk(stmt) if isinstance(h, ast.ExceptHandler) and h.name
            }
        required = len(args.args) - len(args.defaults)
        for arg in [*args.args, *([args.vararg] if args.vararg else [])]:
            arg.annotation = None
            arg.arg = self.local(arg.arg, arg)
        checks = [
            ast.Name(ARGUMENT_COUNT, ast.Load()),
            ast.Constant(required),
            ast.Constant(getattr(node, "name", "<lambda>")),
        ]
        check = library("arity", *checks, at=node) if required else None
        if isinstance(node.body, list):
            body = self.block(node.body)
            if args.vararg:
                rest = args.vararg.arg
                body.insert(0, assign(rest, library("tuple", ast.Name(rest, ast.Load()), at=node), node))
            if check:
                body.insert(0, ast.copy_location(ast.Expr(check), node))
            node.body = body or [ast.copy_location(ast.Pass(), node)]
        else:
            node.body = self.visit(node.body)
            if args.vararg:
                rest = args.vararg.arg
                node.body = library(
                    "last",
                    special(
                        "set",
                        ast.Name(rest, ast.Load()),
                        library("tuple", ast.Name(rest, ast.Load()), at=node),
                        at=node,
                    ),
                    node.body,
                    at=node,
                )
            if check:
                node.body = library("last", check, node.body, at=node)
        self.scope, self.method, self.handlers, self.loops = saved
        return node

    def defaults(self, node: Any) -> list[tuple[str, ast.expr]]:
        """Defaults are evaluated once, where the function is defined: those that are not constants get a name."""
        kept: list[tuple[str, ast.expr]] = []
        for index, default in enumerate(node.args.defaults):
            value = self.visit(default)
            if not isinstance(value, ast.Constant):
                name = self.fresh()
                kept.append((name, value))
                value = ast.copy_location(ast.Name(name, ast.Load()), default)
            node.args.defaults[index] = value
        return kept

    def visit_FunctionDef(self, node: Any) -> Any:
        if self.top and not self.known(node.name):
            self.refuse(
                node,
                "a function inside of another statement is not known there, in a module with __pyscript__ = True",
                "Define it at the top level.",
            )
        if node.decorator_list:
            self.refuse(
                node.decorator_list[0],
                "a decorator on a function inside of a function is not known there yet",
                "Call the decorator yourself.",
            )
        node.returns = None
        kept = self.defaults(node)
        name = self.local(node.name, node)
        lowered = self.function(node)
        lowered.name = name
        if not kept:
            return lowered
        # A function that holds the defaults makes this one.
        outer, inner = self.fresh(), self.fresh()
        lowered.name = inner
        body = [lowered, ast.copy_location(ast.Return(ast.Name(inner, ast.Load())), node)]
        params = ast.arguments([], [ast.arg(n) for n, _ in kept], None, [], [], None, [])
        maker = ast.copy_location(ast.FunctionDef(outer, params, body, [], None), node)
        made = ast.copy_location(ast.Call(ast.Name(outer, ast.Load()), [v for _, v in kept], []), node)
        return [maker, assign(name, made, node)]

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        kept = self.defaults(node)
        lowered = self.function(node)
        if not kept:
            return lowered
        params = ast.arguments([], [ast.arg(n) for n, _ in kept], None, [], [], None, [])
        maker = ast.copy_location(ast.Lambda(params, lowered), node)
        return ast.copy_location(ast.Call(maker, [v for _, v in kept], []), node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> Any:
        node.names = [self.local(name, node) for name in node.names]
        return node
