"""Classes inside of functions. The body runs as a function that leaves what the class is made of; see bodies.js."""

from __future__ import annotations

import ast
from typing import Any

from ..special import IGNORED, NOT_THERE, SPECIAL
from .bindings import COMPREHENSIONS, FUNCTIONS
from .flow import Scope
from .nodes import assign, at_place, library, load, special
from .patterns import Patterns
from .words import LIBRARY, LIBRARY_FUNCTIONS

#: Functions that are about the class, though nothing says so.
_OF_CLASS = frozenset(["__new__", "__init_subclass__", "__class_getitem__"])


class ClassScope(Scope):
    """The names in the body of a class, which the functions in it do not see."""

    def __init__(self, node: ast.ClassDef, parent: Scope | None) -> None:
        self.parent = parent
        self.node = node
        self.names = set()
        self.outer = set()
        self.of_module = set()
        self.positional = set()
        self.functions = {}
        self.limits = {}
        self.whole = set()
        self.makers = {}
        self.kept: dict[str, str] = {}  # what the body calls each of its names

    def knows(self, name: str) -> bool:
        return self.parent is not None and self.parent.knows(name)

    def owner(self, name: str) -> Scope | None:
        return None if self.parent is None else self.parent.owner(name)


class Member(ast.expr):
    """A name of the class, where its body reads it; if it is not there yet, it is one from outside."""

    _fields = ("outer",)

    def __init__(self, kept: str, outer: ast.expr | None) -> None:
        super().__init__()
        self.kept, self.outer = kept, outer


class Classes(Patterns):
    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        if self.top and not self.known(node.name):
            self.refuse(
                node,
                "a class inside of another statement is not known there, in a module with __pyscript__ = True",
                "Define it at the top level.",
            )
        for each in ast.walk(node):
            if isinstance(each, (ast.Await, ast.Yield, ast.YieldFrom)) and _is_directly_in(node, each):
                self.refuse(each, "a class body that waits is not known there", "Do it before the class.")
        inside = self.scope if isinstance(self.scope, ClassScope) else None
        target = inside.kept[node.name] if inside is not None else self.local(node.name, node)
        decorators = [(self.fresh(), self.visit(d), d) for d in node.decorator_list]
        out: list[ast.stmt] = [assign(kept, value, d) for kept, value, d in decorators]
        maker = self.fresh()
        out.append(self.maker(node, maker))
        out.append(assign(target, at_place(ast.Call(load(maker), [], []), node), node))
        for decorator, _, place in reversed(decorators):
            out.append(assign(target, at_place(ast.Call(load(decorator), [load(target)], []), place), place))
        return [*out, *self.as_global(node.name, target, node)]

    def maker(self, node: ast.ClassDef, name: str) -> ast.stmt:
        """The function that makes the class: each time another, with its own __class__."""
        bases: list[ast.expr] = []
        given: list[ast.keyword] = []
        saved = self.scope, self.depth, self.class_name, self.qualname, self.loops, self.handlers
        self.depth += 1
        for base in node.bases:
            if isinstance(base, ast.Starred):
                self.refuse(base, "'*' among the base classes is not known there", "Write them out.")
            if (
                isinstance(base, ast.Name)
                and self.free(base.id)
                and base.id in LIBRARY_FUNCTIONS
                and len(node.bases) == 1
            ):
                self.refuse(
                    base,
                    f"{node.name} inherits from {base.id}, whose values are no objects there",
                    "Keep the value in an attribute.",
                )
            # What is in brackets is for type checkers.
            bases.append(self.visit(base.value if isinstance(base, ast.Subscript) else base))
        for keyword in node.keywords:
            if keyword.arg == "metaclass":
                named = (
                    keyword.value.attr if isinstance(keyword.value, ast.Attribute) else getattr(keyword.value, "id", "")
                )
                if named != "ABCMeta":
                    self.refuse(
                        keyword.value, "a metaclass is not known there", "Use a class decorator, or __init_subclass__."
                    )
                self.parts.add("bodies")
                bases.append(at_place(ast.Attribute(library_name(), "ABC", ast.Load()), keyword.value))
            else:
                given.append(keyword)
        keywords = self.given(at_place(ast.Call(load(name), [], given), node)) if given else library("options", at=node)
        self.scope = scope = ClassScope(node, self.scope)
        self.loops, self.handlers = [], 0
        annotations, order = self.named(node)
        scope.kept = {each: self.fresh() for each in order}
        self.class_name = self.fresh()
        self.qualname = (
            f"{self.qualname}.{node.name}"
            if saved[0] is scope.parent and isinstance(saved[0], ClassScope)
            else (f"{self.qualname}.<locals>.{node.name}" if self.qualname else node.name)
        )
        self.depth += 1
        body = self.block(_Renamer(scope.kept, node).statements(node.body))
        self.scope = saved[0]
        pairs = [
            at_place(ast.List([ast.Constant(each), load(kept)], ast.Load()), node) for each, kept in scope.kept.items()
        ]
        noted = [at_place(ast.List([ast.Constant(a), ast.Constant(k)], ast.Load()), node) for a, k in annotations]
        left = at_place(ast.List([ast.List([*pairs], ast.Load()), ast.List([*noted], ast.Load())], ast.Load()), node)
        body.append(at_place(ast.Return(left), node))
        run = self.fresh()
        nothing = ast.arguments([], [], None, [], [], None, [])
        inner = at_place(ast.FunctionDef(run, nothing, body, [], None), node)
        made = library(
            "class_body",
            ast.Constant(self.module),
            ast.Constant(node.name),
            ast.Constant(self.qualname),
            at_place(ast.List(bases, ast.Load()), node),
            keywords,
            load(run),
            at=node,
        )
        whole = [inner, assign(self.class_name, made, node), at_place(ast.Return(load(self.class_name)), node)]
        self.scope, self.depth, self.class_name, self.qualname, self.loops, self.handlers = saved
        return at_place(ast.FunctionDef(name, nothing, whole, [], None), node)  # type: ignore[no-any-return]

    def named(self, node: ast.ClassDef) -> tuple[list[tuple[str, str]], list[str]]:
        """What is annotated in the body, with what that means to a dataclass; and its names, in order."""
        order: dict[str, None] = {}
        annotations: dict[str, str] = {}

        def look(stmt: ast.AST) -> None:
            if isinstance(stmt, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                order.setdefault(stmt.name)
                self.special_name(stmt.name, stmt)
                return
            if isinstance(stmt, (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)):
                self.refuse(stmt, "this in the body of a class is not known there", "Write it before the class.")
            if isinstance(stmt, (ast.Lambda, *COMPREHENSIONS)):
                return
            if isinstance(stmt, ast.AnnAssign) and isinstance(stmt.target, ast.Name):
                annotations[stmt.target.id] = _kind(stmt.annotation)
                if stmt.value is not None:
                    look(stmt.value)
                    order.setdefault(stmt.target.id)
                return
            for child in ast.iter_child_nodes(stmt):
                look(child)
            if isinstance(stmt, ast.Name) and isinstance(stmt.ctx, ast.Store):
                order.setdefault(stmt.id)
                self.special_name(stmt.id, stmt)

        for stmt in node.body:
            look(stmt)
        order.pop("__doc__", None)
        return list(annotations.items()), list(order)

    def special_name(self, name: str, node: ast.AST) -> None:
        if name in ("prototype", "constructor") or name.startswith("_jsm_"):
            self.refuse(node, f"the name {name!r} means something else in a class there", "Rename it.")
        if name.startswith("__") and name.endswith("__") and name not in SPECIAL and name not in IGNORED:
            self.refuse(
                node,
                f"{name} is not known there",
                NOT_THERE.get(name, "Leave it out, or write a method with a name of its own."),
            )

    def visit_Member(self, node: Member) -> Any:
        value: ast.expr = at_place(load(node.kept), node)
        if isinstance(node.outer, ast.Name):
            name = node.outer.id
            if self.known(name):  # of a function around, which a class body that binds it does not see
                return library("defined", value, ast.Constant(name), at=node)
            value = special("given", value, self.visit(node.outer), at=node)
        return library("member", value, at=node)

    def visit_FunctionDef(self, node: Any) -> Any:
        scope = self.scope
        if not isinstance(scope, ClassScope):
            qualname, self.qualname = self.qualname, f"{self.qualname}.<locals>.{node.name}"
            made = super().visit_FunctionDef(node)
            self.qualname = qualname
            return made
        kept = scope.kept[node.name]
        saved = self.plain, self.first, self.of_object, self.qualname
        arguments = [*node.args.posonlyargs, *node.args.args]
        plain = not node.decorator_list and node.name not in _OF_CLASS and bool(arguments)
        name, decorators = node.name, node.decorator_list
        self.plain, self.first, self.of_object = True, arguments[0].arg if arguments else "", plain
        self.qualname = f"{self.qualname}.{node.name}"
        self.tying = plain
        # Its name is the class's: nothing else is called so.
        hidden = self.fresh()
        node.name = hidden
        node.decorator_list = []
        made = self.defined(node, name, name)
        self.plain, self.first, self.of_object, self.qualname = saved
        found: list[tuple[str, ast.expr, ast.expr]] = [(self.fresh(), self.visit(d), d) for d in decorators]
        out: list[ast.stmt] = [assign(fresh, value, d) for fresh, value, d in found]
        out += made
        called = library("this_method" if plain else "called", load(hidden), ast.Constant(name), at=node)
        out.append(assign(kept, called, node))
        for decorator, _, place in reversed(found):
            out.append(assign(kept, at_place(ast.Call(load(decorator), [load(kept)], []), place), place))
        return out

    visit_AsyncFunctionDef = visit_FunctionDef


def library_name() -> ast.expr:
    """Where the parts of our JS library that are sent on demand keep what they have."""
    return ast.Attribute(ast.Name(LIBRARY, ast.Load()), "late", ast.Load())


def _kind(annotation: ast.expr) -> str:
    """What an annotation says to a dataclass."""
    text = annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)
    first = str(text).partition("[")[0].rpartition(".")[2].strip()
    return {"ClassVar": "class", "InitVar": "init", "KW_ONLY": "only"}.get(first, "")


def _is_directly_in(node: ast.AST, wanted: ast.AST) -> bool:
    """Whether something stands in a class body itself, and not in a function in it."""
    for child in ast.iter_child_nodes(node):
        if child is wanted or (not isinstance(child, FUNCTIONS) and _is_directly_in(child, wanted)):
            return True
    return False


class _Renamer(ast.NodeTransformer):
    """Gives the names of a class body what they are called in the function that it becomes."""

    def __init__(self, kept: dict[str, str], node: ast.ClassDef) -> None:
        self.kept = kept
        self.bound: set[str] = set()  # what is there already, whatever happened
        self.node = node

    def statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        out = []
        for stmt in body:
            out.append(self.visit(stmt))
            self.bound |= _surely(stmt, self.kept)
        return out

    def visit_Name(self, node: ast.Name) -> Any:
        kept = self.kept.get(node.id)
        if kept is None:
            return node
        if isinstance(node.ctx, ast.Load):
            return at_place(Member(kept, None if node.id in self.bound else node), node)
        return at_place(ast.Name(kept, node.ctx), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        if isinstance(node.target, ast.Name) and node.target.id in self.kept:
            value = at_place(ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value), node)
            ast.fix_missing_locations(value)
            return self.visit(at_place(ast.Assign([node.target], value), node))
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is None:
            return at_place(ast.Pass(), node)
        return at_place(ast.Assign([self.visit(node.target)], self.visit(node.value)), node)

    def visit_FunctionDef(self, node: Any) -> Any:
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.args.defaults = [self.visit(d) for d in node.args.defaults]
        node.args.kw_defaults = [d and self.visit(d) for d in node.args.kw_defaults]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        node.args.defaults = [self.visit(d) for d in node.args.defaults]
        node.args.kw_defaults = [d and self.visit(d) for d in node.args.kw_defaults]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.bases = [self.visit(b) for b in node.bases]
        return node

    def comprehension(self, node: Any) -> Any:
        first = node.generators[0]
        first.iter = self.visit(first.iter)  # the rest of it does not see the names of the class
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    def _nested(self, node: Any) -> Any:
        """A statement with others in it: what they bind may not be there after it."""
        for field, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                bound = set(self.bound)
                setattr(node, field, self.statements(value))
                self.bound = bound
            elif isinstance(value, list):
                setattr(node, field, [self.visit(v) if isinstance(v, ast.AST) else v for v in value])
            elif isinstance(value, ast.AST):
                setattr(node, field, self.visit(value))
        return node

    visit_If = visit_For = visit_While = visit_With = visit_Try = visit_ExceptHandler = _nested


def _surely(stmt: ast.stmt, kept: dict[str, str]) -> set[str]:
    """The names that are there after a statement; its own are renamed already."""
    names = {new: old for old, new in kept.items()}
    if isinstance(stmt, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {stmt.name}
    if isinstance(stmt, ast.Assign):
        found = {n.id for t in stmt.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        return {names[n] for n in found if n in names}
    return set()
