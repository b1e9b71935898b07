"""Calls: of what Python has built in, of methods, of what the user defined."""

from __future__ import annotations

import ast
from typing import Any

from ..rawjs import is_rawjs
from .expressions import Expressions
from .nodes import caught_names, library, special
from .words import (
    CALL,
    EARLY_METHODS,
    EXCEPTIONS,
    KEYWORDS,
    LIBRARY_FUNCTIONS,
    LIBRARY_METHODS,
    MARK,
    NOT_CONSTRUCTED,
    PSCRIPT_NAMES,
    SELF,
    SUPER,
)


class Calls(Expressions):
    # -- calls

    def visit_Call(self, node: ast.Call) -> Any:
        func = node.func
        if (
            isinstance(func, ast.Attribute)
            and isinstance(func.value, ast.Call)
            and isinstance(func.value.func, ast.Name)
            and func.value.func.id == "super"
            and self.free("super")
        ):
            return self.super_call(node, func, func.value)
        name = func.id if isinstance(func, ast.Name) else ""
        built_in = bool(name) and self.free(name)
        if node.keywords:
            return self.keywords(node, name if built_in else "")
        found = self.of_module(func)
        if (name in self.raws and not self.known(name)) or (found is not None and is_rawjs(found[1])):
            if not (
                len(node.args) == 1 and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
            ):
                self.refuse(node, "RawJS takes one literal str", "Write the JS in quotes, right there.")
            return self.raw(node.args[0].value, node)
        if self.is_js(node):
            return ast.copy_location(ast.Constant(True), node)
        if built_in and name == "isinstance" and len(node.args) == 2:
            return self.isinstance(node)
        if built_in and name in EXCEPTIONS:
            return library("error", ast.Constant(name), *[self.argument(a) for a in node.args], at=node)
        if built_in and name in LIBRARY_FUNCTIONS:
            self.count_arguments(node, name)
            if name in ("getattr", "hasattr"):
                attr = node.args[1]
                self.late = (
                    self.late or not isinstance(attr, ast.Constant) or attr.value in LIBRARY_METHODS - EARLY_METHODS
                )
            return library(name, *[self.argument(a) for a in node.args], at=node)
        if isinstance(func, ast.Attribute):
            member = self.module_member(func, CALL)
            if member is None:
                return self.method_call(node, func)
            node.func = member
        elif isinstance(func, ast.Name) and not self.known(name) and name not in PSCRIPT_NAMES:
            node.func = self.placeholder(func, CALL)
        else:
            node.func = self.visit(func)
            if isinstance(func, ast.Name) and name[0].isupper():  # a class that was put into a variable
                return library("make", node.func, *[self.argument(a) for a in node.args], at=node)
        node.args = [self.argument(a) for a in node.args]
        return node

    def raw(self, code: str, node: ast.AST) -> Any:
        if MARK in code:
            self.refuse(node, f"RawJS has the letter {MARK!r}, which jsmodel uses for itself", "Write it as \\u01c0.")
        return special("raw", ast.Constant(code.strip()), at=node)

    def method_call(self, node: ast.Call, func: ast.Attribute) -> Any:
        self.attribute_name(func)
        ours = func.attr in LIBRARY_METHODS and not self.of_browser(func.value)
        of_self = (
            isinstance(func.value, ast.Name) and func.value.id == "self" and self.method and not self.known("self")
        )
        func.value = self.visit(func.value)
        args = [self.argument(a) for a in node.args]
        if ours and not of_self:
            self.late = self.late or func.attr not in EARLY_METHODS or (func.attr == "split" and node.args[1:] != [])
            self.late = self.late or any(isinstance(a, ast.Starred) for a in node.args)
            return library("call", func.value, ast.Constant(func.attr), *args, at=node)
        if func.attr[0].isupper() and not of_self and func.attr not in NOT_CONSTRUCTED:
            return special("new", func, *args, at=node)
        node.args = args
        return node

    def count_arguments(self, node: ast.Call, name: str) -> None:
        low, high = LIBRARY_FUNCTIONS[name]
        given = len(node.args)
        if any(isinstance(a, ast.Starred) for a in node.args):
            return
        if not low <= given <= high:
            wanted = str(low) if low == high else f"{low} to {high}" if high < 99 else f"at least {low}"
            self.refuse(node, f"{name}() takes {wanted} arguments there, not {given}", "Correct the call.")

    def isinstance(self, node: ast.Call) -> Any:
        kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        value: ast.expr = self.visit(node.args[0])
        names = [k.id for k in kinds if isinstance(k, ast.Name) and self.free(k.id) and k.id in EXCEPTIONS]
        if names:
            others = [k for k in kinds if not (isinstance(k, ast.Name) and k.id in names)]
            for other in others:
                if isinstance(other, ast.Name) and self.free(other.id) and other.id in LIBRARY_FUNCTIONS:
                    self.refuse(
                        other,
                        "isinstance() there takes exceptions, or types, and not both at once",
                        "Use two of them, with 'or'.",
                    )
            return library("catches", value, *caught_names(names), *[self.visit(k) for k in others], at=node)
        return library("isinstance", value, self.visit(node.args[1]), at=node)

    def keywords(self, node: ast.Call, name: str) -> Any:
        func = node.func
        if name == "dict" and not node.args and all(k.arg for k in node.keywords):
            pairs = ast.Dict([ast.Constant(k.arg) for k in node.keywords], [k.value for k in node.keywords])
            return self.visit(ast.copy_location(pairs, node))
        args = list(node.args)
        if isinstance(func, ast.Attribute) and func.attr == "sort" and not args:
            name, args = "sort", [func.value]
        first = node.keywords[0]
        if name not in KEYWORDS:
            self.refuse(first.value, "keyword arguments are not known there yet", "Pass the arguments by position.")
        pairs_: list[ast.expr] = []
        values = [self.argument(a) for a in args]
        for keyword in node.keywords:
            if keyword.arg is None:
                self.refuse(keyword.value, "'**' in a call is not known there yet", "Pass the arguments by position.")
            if keyword.arg not in KEYWORDS[name]:
                self.refuse(
                    keyword.value,
                    f"{name}() does not know the argument {keyword.arg!r} there",
                    f"It knows {' and '.join(KEYWORDS[name])}.",
                )
            pairs_ += [ast.Constant(keyword.arg), self.visit(keyword.value)]
        return library(name + "_kw", library("options", *pairs_, at=node), *values, at=node)

    def super_call(self, node: ast.Call, func: ast.Attribute, base: ast.Call) -> Any:
        if base.args or node.keywords:
            self.refuse(node, "super() with arguments is not known there", "Write super().method(...).")
        if not self.method:
            self.refuse(node, "super() is only known in methods", "Call the function itself.")
        if not (self.plain and func.attr.startswith("__") and func.attr.endswith("__")):
            self.attribute_name(func)
        method = ast.Attribute(ast.Attribute(ast.Name(SUPER, ast.Load()), func.attr, ast.Load()), "call", ast.Load())
        return ast.copy_location(
            ast.Call(method, [ast.Name(SELF, ast.Load()), *[self.argument(a) for a in node.args]], []), node
        )
