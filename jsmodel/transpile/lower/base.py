"""What every part of the lowering needs: names, and how a construct is refused."""

from __future__ import annotations

import ast
from types import ModuleType
from typing import Any, NoReturn

from ..imports import Brought
from ..rawjs import JSName
from ..special import ATTRIBUTES, SPECIAL
from .bindings import COMPREHENSIONS
from .flow import Scope
from .nodes import as_list, at_place, library, special
from .source import Source
from .standard import delay
from .words import (
    BROWSER_NAMES,
    CLASS,
    EXCEPTIONS,
    JS_NAMES,
    JS_WORDS,
    LIBRARY,
    LIBRARY_FUNCTIONS,
    LIBRARY_METHODS,
    LOCAL,
    MARK,
    METHOD_PART,
    MODULE,
    NAME,
    OUTER,
    SAME_EXCEPTION,
    SELF,
)

REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Starred: ("a starred expression is not known here", "Add the lists: [a] + b."),
}
if hasattr(ast, "TryStar"):
    REFUSED[ast.TryStar] = ("'except*' is not known there", "Use 'except'.")
if hasattr(ast, "TypeAlias"):
    REFUSED[ast.TypeAlias] = ("a type alias inside of a function is not known there", "Leave it out.")


class Base(ast.NodeTransformer):
    snippet = False  # whether the outermost function stands for a module

    def __init__(
        self,
        source: Source,
        shadowed: frozenset[str],
        browser: frozenset[str],
        raws: frozenset[str],
        unsure: set[tuple[int, int]],
        modules: dict[str, ModuleType],
        plain: bool = False,
        top: bool = False,
    ) -> None:
        self.source = source
        self.shadowed = shadowed  # names the module defines: they hide built-ins
        self.browser = browser  # names that mean something of the browser
        self.raws = raws  # names of RawJS
        self.unsure = unsure
        self.modules = modules  # names of Python modules, and those
        self.plain = plain  # whether it is a method of a class that is no Model
        self.top = top  # whether what it assigns to are the names of the module
        self.scope: Scope | None = None
        self.names: dict[str, int] = {}
        self.method = False
        self.parts: set[str] = set()  # of the JS library, that its methods may be in
        self.count = 0
        self.exact: set[str] = set()  # names that hold an array of as many values as it is unpacked to
        self.handlers = 0  # how many 'except' we are in, in this function
        self.loops: list[str | None] = []  # the flag of each loop around that has an 'else'
        self.self_name = "self"  # what the method calls its object
        self.depth = 0  # how many functions inside of the method we are in
        self.needs_outer = False  # whether a function inside of the method uses its object
        self.classes: dict[str, tuple[str, tuple[int, int] | None]] = {}  # and its classes
        self.functions: dict[
            str, tuple[int, int] | None
        ] = {}  # functions of the module, and how many arguments they take
        self.class_name = CLASS  # what JS calls the class that the method stands in
        self.first = ""  # the first argument of a function of a class that is no method
        self.of_object = False  # whether that is an object of the class
        self.tying = False  # whether the function that comes is a method
        self.module = ""  # where all this stands
        self.defining = ""  # what Python calls the function that comes
        self.qualname = ""  # what Python calls the function
        self.package: str | None = None
        self.meanings: dict[str, str] = {}
        self.float_values: frozenset[str] = frozenset()  # names of the module that are floats
        self.delayed: set[ast.AST] = set()  # calls of coroutines that wait for their turn
        self.imported: dict[str, Any] = {}  # what 'import' inside of the function brought
        self.brought: list[Brought] = []  # and how it is had again

    def refuse(self, node: ast.AST, what: str, instead: str = "") -> NoReturn:
        self.source.refuse(node, what, instead)

    def visit(self, node: ast.AST) -> Any:
        refused = REFUSED.get(type(node))
        if refused:
            self.refuse(node, *refused)
        delayed = node in self.delayed
        out = super().visit(node)
        return delay(out) if delayed else out

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        return [x for stmt in body for x in as_list(self.visit(stmt))]

    def fresh(self) -> str:
        self.count += 1
        return f"{MARK}u{self.count}"

    def local(self, name: str, node: ast.AST) -> str:
        """The JS name of a local one."""
        if MARK in name:
            self.refuse(node, f"the name {name!r} has a letter that jsmodel uses for itself", "Rename it.")
        owner = self.scope.owner(name) if self.scope is not None else None
        if owner is not None and name in owner.positional:
            return LOCAL.format(name) + "p"
        return LOCAL.format(name) if name in JS_WORDS or name.startswith("stub") else name

    def is_self(self, node: ast.AST) -> bool:
        """Whether an expression is the object of the method that we are in."""
        return isinstance(node, ast.Name) and node.id == self.self_name and self.method and not self.known(node.id)

    def this(self) -> ast.Name:
        """The object of the method that we are in; `this` is another one in a function inside of it."""
        if not self.depth:
            return ast.Name(SELF, ast.Load())
        self.needs_outer = True
        return ast.Name(OUTER, ast.Load())

    # -- names

    def bound(self, node: ast.Name, name: str) -> ast.expr:
        """A local name, where it may not have a value yet."""
        scope, inside = self.scope, 0
        while scope is not None and name not in scope.names and scope.parent is not None:
            inside += not isinstance(scope.node, COMPREHENSIONS)
            scope = scope.parent
        if self.snippet and scope is not None and scope.parent is None:
            return library("defined", node, ast.Constant(name), at=node)
        how = [ast.Constant(True)] if inside else []
        return library("bound", node, ast.Constant(name), *how, at=node)

    def known(self, name: str) -> bool:
        return self.scope is not None and self.scope.knows(name)

    def free(self, name: str) -> bool:
        """Whether a name means what Python means by it: no one defined another."""
        return not self.known(name) and name not in self.shadowed

    def visit_Name(self, node: ast.Name) -> Any:
        name = node.id
        if name.startswith(MARK):
            return node
        if self.known(name):
            node.id = self.local(name, node)
            if isinstance(node.ctx, ast.Load) and (node.lineno, node.col_offset) in self.unsure:
                return self.bound(node, name)
            return node
        if self.is_self(node):
            return ast.copy_location(self.this(), node)
        if name == "__class__" and self.plain:
            return ast.copy_location(ast.Name(self.class_name, ast.Load()), node)
        if isinstance(node.ctx, ast.Store):  # a name of the module: see `top`
            self.local(name, node)
            return ast.copy_location(ast.Attribute(ast.Name(MODULE, ast.Load()), name, ast.Store()), node)
        if name in self.shadowed:
            scope = self.scope
            while scope is not None and name not in scope.of_module:
                scope = scope.parent
            if scope is not None and isinstance(node.ctx, ast.Load):
                return library("defined", self.placeholder(node), ast.Constant(name), at=node)
            return self.placeholder(node)
        if name in LIBRARY_FUNCTIONS:
            js = JS_NAMES.get(name, name)
            return ast.copy_location(ast.Attribute(ast.Name(LIBRARY, ast.Load()), js, ast.Load()), node)
        if name == "NotImplemented":
            return ast.copy_location(ast.Attribute(ast.Name(LIBRARY, ast.Load()), name, ast.Load()), node)
        if name in EXCEPTIONS:
            return library("exc", ast.Constant(name), at=node)
        if name == "object":
            return ast.copy_location(ast.Attribute(ast.Name(LIBRARY, ast.Load()), "ob", ast.Load()), node)
        if name in SAME_EXCEPTION:
            return library("exc", ast.Constant(SAME_EXCEPTION[name]), at=node)
        if name == "super":
            self.refuse(node, "super is only known there as super().method(...)", "Call the method on it directly.")
        return self.placeholder(node)

    def placeholder(self, node: ast.Name, form: str = NAME) -> ast.Name:
        self.local(node.id, node)
        self.names.setdefault(node.id, node.lineno)
        return ast.copy_location(ast.Name(form.format(node.id), node.ctx), node)

    def of_module(self, node: ast.expr) -> tuple[str, Any] | None:
        """The dotted name and the value of `module.name`, where that is what an expression is; a module may lead to another."""
        if not isinstance(node, ast.Attribute):
            return None
        names = [node.attr]
        first = node.value
        while isinstance(first, ast.Attribute):
            names.append(first.attr)
            first = first.value
        if not isinstance(first, ast.Name) or first.id not in self.modules or self.known(first.id):
            return None
        names.reverse()
        value: Any = self.modules[first.id]
        for name in names:
            if not isinstance(value, ModuleType):
                return None
            value = getattr(value, name, None)
        return ".".join([first.id, *names]), value

    def module_member(self, node: ast.Attribute, form: str = NAME) -> Any:
        """`module.name` as one name, if it is that."""
        found = self.of_module(node)
        if found is None:
            return None
        self.attribute_name(node)
        if not isinstance(node.ctx, ast.Load):
            self.refuse(
                node,
                f"{found[0]!r} is a name of a Python module, which cannot be assigned to",
                "Keep what changes in a dict of that module.",
            )
        self.names.setdefault(found[0], node.lineno)
        return ast.copy_location(ast.Name(form.format(found[0]), ast.Load()), node)

    def of_browser(self, node: ast.expr) -> bool:
        """Whether an expression is something of the browser, by what it begins with: window.document.body."""
        parts = []
        while isinstance(node, (ast.Attribute, ast.Call)):
            parts.append(node)
            node = node.value if isinstance(node, ast.Attribute) else node.func
        if isinstance(node, ast.Name) and node.id in self.modules:
            for part in parts:
                found = self.of_module(part)
                if found is not None:
                    return isinstance(found[1], JSName)
        return (
            isinstance(node, ast.Name)
            and not self.known(node.id)
            and (node.id in self.browser or (node.id in BROWSER_NAMES and node.id not in self.shadowed))
        )

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        member = self.module_member(node)
        if member is not None:
            return member
        self.attribute_name(node)
        value = node.value
        if isinstance(node.ctx, ast.Load) and (error := self.lacking(node)) is not None:  # type: ignore[attr-defined]
            return error
        if isinstance(value, ast.Call) and self.is_super(value):
            return self.super_attribute(node, value)
        if node.attr.startswith("__") and node.attr.endswith("__"):
            if not isinstance(node.ctx, ast.Load):
                self.refuse(node, f"the special name {node.attr!r} cannot be assigned to there", "Leave it out.")
            return library("special", self.visit(value), ast.Constant(node.attr), at=node)
        plain = not isinstance(node.ctx, ast.Load) or self.of_browser(value)
        if node.attr == "prototype" and not plain:  # classes of Python have none
            return library("getattr", self.visit(value), ast.Constant(node.attr), at=node)
        own = self.is_self(value)  # a model is no str: its `title` is a property
        node.value = self.visit(value)
        if not plain and not own and node.attr in LIBRARY_METHODS:
            self.parts.add(METHOD_PART.get(node.attr, "library"))
        return node if plain else special("get", node.value, ast.Constant(node.attr), at=node)

    def attribute_name(self, node: ast.Attribute) -> None:
        name = node.attr
        if MARK in name:
            self.local(name, node)
        if name.startswith("__") and name.endswith("__") and name not in ATTRIBUTES and name not in SPECIAL:
            self.refuse(
                node,
                f"the special name {name!r} is not known there",
                "Use 'raise ... from err', and __cause__."
                if name == "__context__"
                else "Write it without: the objects there are JS objects.",
            )

    def is_super(self, node: ast.Call) -> bool:
        """Whether a call is `super()`."""
        return isinstance(node.func, ast.Name) and node.func.id == "super" and self.free("super")

    def super_parts(self, node: ast.Call) -> tuple[ast.expr, ast.expr]:
        """The class and the object, or the other class, of a `super()` in a class that is no Model."""
        if node.keywords or len(node.args) not in (0, 2):
            self.refuse(node, "super() takes no arguments, or two", "Write super().method(...).")
        if node.args:
            return self.visit(node.args[0]), self.visit(node.args[1])
        owner: ast.expr = at_place(ast.Name(self.class_name, ast.Load()), node)
        if self.method and not self.first:
            return owner, at_place(self.this(), node)
        if not self.first:
            self.refuse(node, "super() is only known in methods", "Call the function itself.")
        return owner, self.visit(at_place(ast.Name(self.first, ast.Load()), node))

    def super_attribute(self, node: ast.Attribute, base: ast.Call) -> Any:
        """`super().name`, where it is not called."""
        if not self.plain and not base.args:
            self.refuse(node, "super() is only known there as super().method(...)", "Call the method on it directly.")
        if not isinstance(node.ctx, ast.Load):
            self.refuse(node, "'super().name = value' is not known there", "Call a method of the base class.")
        self.attribute_name(node)
        return library("super_get", *self.super_parts(base), ast.Constant(node.attr), at=node)

    def is_js(self, node: ast.expr) -> bool:
        """Whether it asks on which side it is; pscript has a function of that name to import."""
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "this_is_js"
            and not self.known("this_is_js")
        )
