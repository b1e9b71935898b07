"""Functions inside of functions, their arguments and defaults."""

from __future__ import annotations

import ast
from typing import Any

from .bindings import FUNCTIONS, assigned_values
from .calls import Calls
from .flow import Scope
from .nodes import assign, at_place, library, load, raw, special
from .walking import children, walk
from .words import ARGUMENT_COUNT, MARK, MODULE, ONLY, OUTER, REST, SELF


class Functions(Calls):
    # -- functions

    def function(self, node: Any, *, method: bool = False, tied: bool = False) -> Any:
        """Lower arguments and body; the defaults are done. If it is `tied`, its first argument is the object that has it."""
        args = node.args
        saved = self.scope, self.method, self.handlers, self.loops, self.depth
        self.scope, self.handlers, self.loops = Scope(node, self.scope), 0, []
        values = assigned_values(node)
        self.scope.floats = self.float_names(values) - self.scope.outer - self.scope.of_module
        self.scope.numbers = self.number_names(node, values)
        makes = not ((self.top or self.snippet) and self.scope.parent is None) and self.makes_floats(node)
        if self.scope.parent is None:
            self.gives_floats = makes
            self.gives_whole = self.makes_whole(node, self.qualname.rpartition(".")[2])
        elif isinstance(node, ast.FunctionDef):
            self.scope.parent.makers[self.defining] = makes
            if self.makes_whole(node, self.defining):
                self.scope.parent.whole.add(self.defining)
        self.depth += 1
        args.args, args.posonlyargs = args.posonlyargs + args.args, []
        if method:
            self.method, self.depth, self.needs_outer = True, 0, False
            self.take_self(node)
        if self.top and self.scope.parent is None:
            self.scope.names = {
                h.name for stmt in node.body for h in walk(stmt) if isinstance(h, ast.ExceptHandler) and h.name
            }
        before: list[ast.stmt] = []
        if tied:
            first = self.local(args.args.pop(0).arg, node)
            before = [assign(first, load(SELF), node)]
            args.defaults = args.defaults[-len(args.args) :] if args.args else []
        start = [*before, *self.arguments(node, taken=int(method or tied))]
        if isinstance(node.body, list):
            node = self.body(node, start)
        else:
            if _yields([node.body]):
                self.refuse(node, "'yield' in a lambda is not known there", "Write a function with 'def'.")
            parts = [_as_expression(stmt) for stmt in start]
            node.body = self.visit(node.body)
            if parts:
                node.body = library("last", *parts, node.body, at=node)
        self.scope, self.method, self.handlers, self.loops, self.depth = saved
        return node

    def take_self(self, node: Any) -> None:
        """The first argument of a method is the object, which JS calls `this`."""
        assert self.scope is not None
        first = node.args.args.pop(0).arg
        if any(n.__class__ is ast.Name and n.id == first and not isinstance(n.ctx, ast.Load) for n in walk(node)):
            self.refuse(node, f"{first!r} is assigned to", "It is the object itself there. Use another name.")
        self.scope.names.discard(first)
        self.scope.positional.discard(first)
        self.self_name = first
        self.browser -= {first}

    def arguments(self, node: Any, taken: int = 0) -> list[ast.stmt]:
        """Give the arguments their JS names; the statements that check them and take them apart.

        Args:
            node: The function.
            taken: How many of those that it has in Python are no arguments in JS.
        """
        args = node.args
        name = ast.Constant(getattr(node, "name", "<lambda>"))
        start: list[ast.stmt] = []
        required = len(args.args) - len(args.defaults)
        if required:
            few = special("js", ast.Constant("<"), load(ARGUMENT_COUNT), ast.Constant(required), at=node)
            refusal = library("arity", load(ARGUMENT_COUNT), ast.Constant(required), name, at=node)
            check = special("js", ast.Constant("&&"), few, refusal, at=node)
            start.append(at_place(ast.Expr(check), node))
        keywords = [arg.arg for arg in args.kwonlyargs]
        for arg in [*args.args, *args.kwonlyargs, *filter(None, [args.vararg, args.kwarg])]:
            arg.annotation = None
            arg.arg = self.local(arg.arg, arg)
        if not (args.kwonlyargs or args.kwarg):
            if args.vararg:
                rest = args.vararg.arg
                start.append(assign(rest, library("frozen", load(rest), at=node), node))
            return start
        # What comes after the named parameters is one array, which is taken apart.
        names = [
            ast.Constant(("" if default is not None else "!") + keyword)
            for keyword, default in zip(keywords, args.kw_defaults, strict=True)
        ]
        parts = self.fresh()
        others = ast.Constant(args.kwarg is not None)
        rest = REST if args.vararg else ONLY
        # Without *args it takes no more than it has names for.
        limits = [] if args.vararg else [ast.Constant(required + taken), ast.Constant(len(args.args) + taken)]
        wanted = at_place(ast.List([*names], ast.Load()), node)
        start.append(assign(parts, library("split", load(rest), wanted, others, name, *limits, at=node), node))
        if args.vararg:
            start.append(assign(args.vararg.arg, raw(f"{parts}[0]", node), node))
        for index, (arg, default) in enumerate(zip(args.kwonlyargs, args.kw_defaults, strict=True), 1):
            value = raw(f"{parts}[{index}]", node)
            start.append(assign(arg.arg, special("given", value, default, at=node) if default else value, node))
        if args.kwarg:
            start.append(assign(args.kwarg.arg, raw(f"{parts}[{len(names) + 1}]", node), node))
        args.vararg, args.kwarg, args.kwonlyargs, args.kw_defaults = ast.arg(rest), None, [], []
        return start

    def body(self, node: Any, start: list[ast.stmt]) -> Any:
        """Lower the body of a 'def'. A generator is made by a function that has taken the arguments."""
        yields = _yields(node.body)
        if yields:
            self.depth += self.method  # its `this` is another
        body = self.block(node.body) or [at_place(ast.Pass(), node)]
        if yields:
            self.depth -= self.method
            name = self.fresh()
            args = [a.arg for a in [*node.args.args, *filter(None, [node.args.vararg])]]
            known = [
                *args,
                *(t.id for s in start if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)),
            ]
            nothing = ast.arguments([], [], None, [], [], None, [])
            # An iterator that is at its end must not end the generator, too.
            failed = at_place(ast.Expr(library("not_stop", special("error", at=node), at=node)), node)
            body = [at_place(ast.Try(body, [at_place(ast.ExceptHandler(None, None, [failed]), node)], [], []), node)]
            # `send()` asks whether it has begun, which JS does not tell.
            made = self.fresh()
            body.insert(0, self.note_begun(made, True, node))
            if known:
                body.insert(0, at_place(ast.Nonlocal(known), node))
            inner = at_place(type(node)(name, nothing, body, [], None), node)
            call = at_place(ast.Call(load(name), [], []), node)
            begun = self.note_begun(made, False, node)
            body = [inner, assign(made, call, node), begun, at_place(ast.Return(load(made)), node)]
            node = at_place(ast.FunctionDef(node.name, node.args, [], node.decorator_list, None), node)
        if self.method and self.depth == 0 and self.needs_outer:
            start = [assign(OUTER, load(SELF), node), *start]
        node.body = [*start, *body]
        return node

    def note_begun(self, generator: str, begun: bool, node: ast.AST) -> ast.stmt:
        """The statement that notes on a generator whether its body has begun to run."""
        return self.note(f"{generator}._jsm_begun", begun, node)

    def note(self, place: str, value: bool, node: ast.AST) -> ast.stmt:
        """The statement that notes something on an object of JS."""
        noted = special("js", ast.Constant("="), raw(place, node), ast.Constant(value), at=node)
        stmt: ast.stmt = at_place(ast.Expr(noted), node)
        return stmt

    def defaults(self, node: Any) -> list[tuple[str, ast.expr]]:
        """Defaults are evaluated once, where the function is defined: those that are not constants get a name."""
        kept: list[tuple[str, ast.expr]] = []
        for defaults in (node.args.defaults, node.args.kw_defaults):
            for index, default in enumerate(defaults):
                if default is None:
                    continue
                value = self.visit(default)
                if not isinstance(value, ast.Constant):
                    name = self.fresh()
                    kept.append((name, value))
                    value = at_place(load(name), default)
                defaults[index] = value
        return kept

    def visit_FunctionDef(self, node: Any) -> Any:
        if self.top and not self.known(node.name):
            self.refuse(
                node,
                "a function inside of another statement is not known there, in a module with __pyscript__ = True",
                "Define it at the top level.",
            )
        name, shown = self.local(node.name, node), node.name
        decorators = [(self.fresh(), self.visit(d), d) for d in node.decorator_list]
        out: list[ast.stmt] = [assign(kept, value, d) for kept, value, d in decorators]
        node.decorator_list = []
        out += self.defined(node, name, shown)
        for decorator, _, place in reversed(decorators):
            out.append(assign(name, at_place(ast.Call(load(decorator), [load(name)], []), place), place))
        return [*out, *self.as_global(shown, name, node)]

    def as_global(self, name: str, local: str, node: ast.AST) -> list[ast.stmt]:
        """What gives the module a function or class that a function defines under a name that it declares global."""
        if self.scope is None or name not in self.scope.of_module:
            return []
        member = at_place(ast.Attribute(load(MODULE), name, ast.Store()), node)
        return [at_place(ast.Assign([member], load(local)), node)]

    def defined(self, node: Any, called: str, shown: str) -> list[ast.stmt]:
        """The statements that define a function, without its decorators."""
        out: list[ast.stmt] = []
        name, node.returns = node.name if node.name.startswith(MARK) else called, None
        kept = self.defaults(node)
        tying, self.tying = self.tying, False
        node.name, self.defining = called, shown
        lowered = self.function(node, tied=tying)
        lowered.name, lowered.shown = name, shown
        if kept:  # a function that holds the defaults makes this one
            outer, inner = self.fresh(), self.fresh()
            lowered.name = inner
            body = [lowered, at_place(ast.Return(load(inner)), node)]
            params = ast.arguments([], [ast.arg(n) for n, _ in kept], None, [], [], None, [])
            out.append(at_place(ast.FunctionDef(outer, params, body, [], None), node))
            made = at_place(ast.Call(load(outer), [v for _, v in kept], []), node)
            out.append(assign(name, made, node))
        else:
            out.append(lowered)
        if self.scope is not None and self.scope.makers.get(shown):
            out.append(self.note(f"{name}._jsm_float", True, node))  # floats.js asks
        if self.scope is not None and shown in self.scope.whole:
            out.append(self.note(f"{name}._jsm_whole", True, node))
        return out

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        kept = self.defaults(node)
        lowered = self.function(node)
        if not kept:
            return lowered
        params = ast.arguments([], [ast.arg(n) for n, _ in kept], None, [], [], None, [])
        maker = at_place(ast.Lambda(params, lowered), node)
        return at_place(ast.Call(maker, [v for _, v in kept], []), node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> Any:
        for name in node.names:
            if not self.known(name):
                self.refuse(
                    node,
                    f"{name!r} is a name of a function around that does not run there, and cannot be assigned to",
                    "Keep what changes in a list or dict of that function.",
                )
        node.names = [self.local(name, node) for name in node.names]
        return node

    def visit_Global(self, node: ast.Global) -> None:
        """Nothing: its names are those of the module, as the scope knows."""

    # -- generators

    def visit_Yield(self, node: ast.Yield) -> Any:
        node.value = self.visit(node.value) if node.value is not None else None
        return node

    def visit_YieldFrom(self, node: ast.YieldFrom) -> Any:
        node.value = library("delegate", self.visit(node.value), at=node)
        return node


def _yields(body: list[Any]) -> bool:
    """Whether there is a 'yield' in a function itself, and not in one inside of it."""
    todo = list(body)
    for node in todo:  # grows while it is gone through
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            todo += _asked_outside(node)
        else:
            todo += children(node)
    return False


def _asked_outside(node: Any) -> list[Any]:
    """What of a function or class inside is evaluated where it stands: decorators, default values and base classes."""
    args = getattr(node, "args", None)
    values = [*args.defaults, *args.kw_defaults] if args is not None else [*node.bases, *node.keywords]
    return [value for value in (*values, *getattr(node, "decorator_list", ())) if value is not None]


def _as_expression(stmt: ast.stmt) -> ast.expr:
    """A statement at the start of a function, for a lambda."""
    if isinstance(stmt, ast.Assign):
        return special("set", stmt.targets[0], stmt.value, at=stmt)
    assert isinstance(stmt, ast.Expr)
    return stmt.value
