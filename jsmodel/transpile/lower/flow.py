"""Which names a function binds, and where they may not be bound yet."""

from __future__ import annotations

import ast
from typing import Any

from .bindings import COMPREHENSIONS, FUNCTIONS, named, stored
from .walking import children, walk

_OF_THEIR_OWN = frozenset([*FUNCTIONS, ast.ClassDef])  # what is inside of these is not looked at
_BINDING = frozenset([ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping])


class Scope:
    """The names that a function, or a comprehension, binds.

    Attributes:
        names: Its own.
        outer: Those that it declares nonlocal.
        of_module: Those that it declares global.
        node: The function or comprehension.
    """

    def __init__(self, node: Any, parent: Scope | None) -> None:
        self.parent = parent
        self.node = node
        self.names: set[str] = set()
        self.outer: set[str] = set()
        self.of_module: set[str] = set()
        self.positional: set[str] = set()  # arguments that no keyword reaches
        self.floats: frozenset[str] = frozenset()  # names that only ever hold floats
        self.kinds: dict[str, type] = {}  # names that only ever hold a list, or another built-in value
        self.now: set[str] = set()  # those that hold one where we are
        self.makers: dict[str, bool] = {}  # functions, and whether they give floats only
        self.whole: set[str] = set()  # and which of them are operators that give integers
        self.numbers: dict[str, Any] = {}  # names that only ever hold numbers, and which: see numbers.py
        self.functions: dict[str, Any] = {}  # those that a 'def' alone binds, without decorators
        self.limits: dict[str, Limits] = {}  # how many arguments those take, and lambdas with a name
        self._makers: dict[str, ast.Lambda | ast.ClassDef] = {}
        self._times: dict[str, int] = {}  # how often a name is bound
        if isinstance(node, COMPREHENSIONS):
            for gen in node.generators:
                self._collect(gen.target)
            return
        args = node.args
        self.names |= {a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]}
        self.names |= {a.arg for a in (args.vararg, args.kwarg) if a is not None}
        self.positional = {a.arg for a in args.posonlyargs}
        for child in node.body if isinstance(node.body, list) else [node.body]:
            self._collect(child)
        self.names -= self.outer | self.of_module
        self.functions = {
            name: each for name, each in self.functions.items() if self._times[name] == 1 and not each.decorator_list
        }
        if self.functions or self._makers:
            elsewhere = {
                name for child in walk(node) if isinstance(child, (ast.Nonlocal, ast.Global)) for name in child.names
            }
            once = {name: each for name, each in self._makers.items() if self._times[name] == 1}
            self.functions = {name: each for name, each in self.functions.items() if name not in elsewhere}
            found = {**self.functions, **once}
            self.limits = {name: limits_of(each) for name, each in found.items() if name not in elsewhere}

    def _collect(self, first: ast.AST) -> None:
        todo: list[Any] = [first]
        for node in todo:  # grows while it is gone through
            kind = node.__class__
            if kind is ast.Name:
                if node.ctx.__class__ is not ast.Load:
                    self._note(node.id)
            elif kind in _OF_THEIR_OWN:
                if kind is not ast.Lambda:
                    self._note(node.name)
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    self.functions[node.name] = node
                elif isinstance(node, ast.ClassDef) and not node.decorator_list:
                    self._makers[node.name] = node
            elif kind in COMPREHENSIONS:  # ':=' in it binds a name of the function
                self._note(*(n.target.id for n in walk(node) if isinstance(n, ast.NamedExpr)))
            else:
                if kind is ast.Assign and isinstance(node.value, ast.Lambda) and isinstance(node.targets[0], ast.Name):
                    self._makers[node.targets[0].id] = node.value
                if kind in _BINDING:
                    self._note(*named(node))
                elif kind is ast.Nonlocal:
                    self.outer.update(node.names)
                elif kind is ast.Global:
                    self.of_module.update(node.names)
                todo += children(node)

    def _note(self, *names: str) -> None:
        self.names.update(names)
        for name in names:
            self._times[name] = self._times.get(name, 0) + 1

    def knows(self, name: str) -> bool:
        if name in self.of_module:
            return False
        return name in self.names or (self.parent is not None and self.parent.knows(name))

    def owner(self, name: str) -> Scope | None:
        """The scope that binds a name."""
        if name in self.names:
            return self
        return None if self.parent is None or name in self.of_module else self.parent.owner(name)


#: What people call a function, and how many positional arguments it takes, at least and at most; None for any number. Of
#: a class it is `__init__`, whose first argument is not in the call.
Limits = tuple[str, tuple[int, int] | None]


def limits_of(node: Any) -> Limits:
    """How many positional arguments a function takes, or a class."""
    if isinstance(node, ast.ClassDef):
        makers = [s for s in node.body if isinstance(s, ast.FunctionDef) and s.name in ("__init__", "__new__")]
        if [s.name for s in makers] != ["__init__"] or makers[0].decorator_list or node.bases or node.keywords:
            return node.name, None
        return f"{node.name}.__init__", limits_of(makers[0])[1]
    args = node.args
    names = len(args.posonlyargs) + len(args.args)
    limits = None if args.vararg is not None else (names - len(args.defaults), names)
    return getattr(node, "name", "<lambda>"), limits


#: The expressions of which not all is read in order, and once; and what stands in a class.
_BRANCHING = frozenset([*FUNCTIONS, *COMPREHENSIONS, ast.NamedExpr, ast.BoolOp, ast.IfExp])


class Flow:
    """Finds the places where a local name is read that may not have been assigned yet.

    JS gives undefined there, Python raises: such a read is checked when it runs.
    What is bound is a set of names, or None where nothing can come.
    """

    def __init__(self) -> None:
        self.unsure: set[tuple[int, int]] = set()
        self._known: set[str] = set()  # the local names of the functions around
        self._breaks: list[list[set[str]]] = []

    def function(self, node: Any, bound: set[str]) -> None:
        scope = Scope(node, None)
        known, breaks = self._known, self._breaks
        self._known, self._breaks = known | scope.names, []
        args = node.args
        inside = (bound - scope.names) | {a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]}
        inside |= {a.arg for a in (args.vararg, args.kwarg) if a is not None}
        if isinstance(node.body, list):
            self.block(node.body, inside)
        else:
            self.read(node.body, inside)
        self._known, self._breaks = known, breaks

    def read(self, node: ast.AST | None, bound: set[str]) -> None:
        if node is None:
            return
        if isinstance(node, ast.Name):
            if node.id in self._known and node.id not in bound and isinstance(node.ctx, ast.Load):
                self.unsure.add((node.lineno, node.col_offset))
        elif node.__class__ not in _BRANCHING:
            for child in children(node):
                self.read(child, bound)
        elif isinstance(node, ast.Lambda):
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                self.read(default, bound)
            self.function(node, bound)
        elif isinstance(node, ast.NamedExpr):
            self.read(node.value, bound)
            bound.add(node.target.id)
        elif isinstance(node, ast.BoolOp):
            self.read(node.values[0], bound)
            for value in node.values[1:]:
                self.read(value, set(bound))
        elif isinstance(node, ast.IfExp):
            self.read(node.test, bound)
            self.read(node.body, set(bound))
            self.read(node.orelse, set(bound))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):  # in a class
            self.statement(node, set(bound))
        elif isinstance(node, COMPREHENSIONS):
            inside = set(bound)
            for gen in node.generators:
                self.read(gen.iter, inside)
                inside |= stored(gen.target)
                for test in gen.ifs:
                    self.read(test, inside)
            for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
                self.read(part, inside)

    def block(self, body: list[ast.stmt], bound: set[str] | None) -> set[str] | None:
        for stmt in body:
            if bound is None:
                return None
            bound = self.statement(stmt, bound)
        return bound

    def statement(self, node: Any, bound: set[str]) -> set[str] | None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for part in [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults]:
                self.read(part, bound)
            bound = bound | {node.name}
            self.function(node, bound)
        elif isinstance(node, ast.ClassDef):
            for child in [*node.decorator_list, *node.bases, *node.keywords, *node.body]:
                self.read(child, set(bound) | {node.name})
            return bound | {node.name}
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                self.read(item, bound)
                bound = bound | stored(item)
            self.block(node.body, set(bound))
            return bound  # what the body binds may not be there, if an error was swallowed
        elif isinstance(node, ast.Match):
            self.read(node.subject, bound)
            after: set[str] | None = None
            complete = False
            for case in node.cases:
                inside = bound | {n for p in walk(case.pattern) for n in named(p)}
                self.read(case.pattern, bound)
                self.read(case.guard, inside)
                after = both(after, self.block(case.body, set(inside)))
                complete = complete or (case.guard is None and is_irrefutable(case.pattern))
            return after if complete else both(after, set(bound))
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.read(ast.copy_location(ast.Name(target.id, ast.Load()), target), bound)
                else:
                    self.read(target, bound)
            return bound - {t.id for t in node.targets if isinstance(t, ast.Name)}
        elif isinstance(node, ast.If):
            self.read(node.test, bound)
            return both(self.block(node.body, set(bound)), self.block(node.orelse, set(bound)))
        elif isinstance(node, (ast.While, ast.For, ast.AsyncFor)):
            self.read(node.test if isinstance(node, ast.While) else node.iter, bound)
            self._breaks.append([])
            inside = set(bound)
            if isinstance(node, (ast.For, ast.AsyncFor)):
                self.read(node.target, bound)
                inside |= stored(node.target)
            self.block(node.body, inside)
            left = self._breaks.pop()
            for_ever = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
            after = None if for_ever else self.block(node.orelse, set(bound))
            for other in left:
                after = both(after, other)
            return after
        elif isinstance(node, ast.Try):
            done = self.block([*node.body, *node.orelse], set(bound))
            for handler in node.handlers:
                self.read(handler.type, bound)
                end = self.block(handler.body, bound | ({handler.name} if handler.name else set()))
                done = both(done, None if end is None else end - {handler.name})
            last = self.block(node.finalbody, set(bound))
            return None if done is None or last is None else done | (last - bound)
        elif isinstance(node, ast.AugAssign):
            self.read(node.value, bound)
            target = node.target
            if isinstance(target, ast.Name):
                if target.id in self._known and target.id not in bound:
                    self.unsure.add((target.lineno, target.col_offset))
                return bound | {target.id}
            self.read(target, bound)
        elif isinstance(node, ast.Break):
            if self._breaks:
                self._breaks[-1].append(set(bound))
            return None
        else:
            self.read(node, bound)
            if isinstance(node, (ast.Return, ast.Raise, ast.Continue)):
                return None
            if isinstance(node, ast.AnnAssign) and node.value is None:
                return bound
            bound = bound | stored(node)
        return bound


def both(a: set[str] | None, b: set[str] | None) -> set[str] | None:
    return b if a is None else a if b is None else a & b


def is_irrefutable(pattern: ast.pattern) -> bool:
    """Whether a pattern matches everything."""
    if isinstance(pattern, ast.MatchAs):
        return pattern.pattern is None or is_irrefutable(pattern.pattern)
    return isinstance(pattern, ast.MatchOr) and any(is_irrefutable(p) for p in pattern.patterns)
