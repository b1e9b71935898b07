"""Calls: of what Python has built in, of methods, of what the user defined."""

from __future__ import annotations

import ast
import builtins
from typing import Any

from ..rawjs import is_rawjs
from ..rawplace import marked_expression
from ..std import meaning
from .expressions import Expressions
from .flow import Limits, limits_of
from .nodes import at_place, caught_names, library, load, raw, special
from .standard import coroutines
from .words import (
    ARGUMENTS,
    CALL,
    DETAILED,
    EXCEPTIONS,
    JS_NAMES,
    KEYWORDS,
    LIBRARY,
    LIBRARY_FUNCTIONS,
    LIBRARY_METHODS,
    MARK,
    METHOD_PART,
    NOT_CONSTRUCTED,
    PSCRIPT_NAMES,
    SAME_EXCEPTION,
    SUPER,
    TYPES,
)


class Calls(Expressions):
    # -- calls

    def visit_Call(self, node: ast.Call) -> Any:
        func = node.func
        if isinstance(func, ast.Subscript) and self.is_generic(func.value):
            node.func = func = func.value  # what is in brackets is for type checkers
        if isinstance(func, ast.Attribute) and (error := self.lacking(func)) is not None:
            return error
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call) and self.is_super(func.value):
            return self.super_call(node, func, func.value)
        name = func.id if isinstance(func, ast.Name) else ""
        means = self.meaning(func)
        if means == "cast" and len(node.args) == 2 and not node.keywords:
            return self.visit(node.args[1])
        if means == "coroutines" or self.of_group(func):
            self.delayed.update(coroutines(node.args))
        if means == "exceptions":
            names = [a.id for a in node.args if isinstance(a, ast.Name) and a.id in EXCEPTIONS and self.free(a.id)]
            others = [a for a in node.args if not (isinstance(a, ast.Name) and a.id in names)]
            node.args = [*caught_names(names), *others]
        built_in = bool(name) and self.free(name)
        if node.keywords:
            return self.keywords(node, name if built_in else "")
        found = self.of_module(func)
        if (name in self.raws and not self.known(name)) or (found is not None and is_rawjs(found[1])):
            if not (
                len(node.args) == 1 and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
            ):
                self.refuse(node, "RawJS takes one literal str", "Write the JS in quotes, right there.")
            return self.raw(node.args[0], node)
        if self.is_js(node):
            return ast.copy_location(ast.Constant(True), node)
        if built_in and name == "isinstance" and len(node.args) == 2:
            return self.isinstance(node)
        name = SAME_EXCEPTION.get(name, name) if built_in else name
        if built_in and name in EXCEPTIONS:
            how = "make_error" if name in DETAILED else "error"
            return library(how, ast.Constant(name), *[self.argument(a) for a in node.args], at=node)
        if built_in and name == "object":
            return library("ob", *[self.argument(a) for a in node.args], at=node)
        if built_in and name in LIBRARY_FUNCTIONS:
            self.count_arguments(node, name)
            if name == "type":
                self.parts.add("exceptions")
            if name in ("issubclass", "vars") and node.args and not isinstance(node.args[-1], ast.Starred):
                node.args[-1] = self.kinds(node.args[-1])
            if name in ("getattr", "hasattr"):
                attr = node.args[1]
                if not isinstance(attr, ast.Constant):
                    self.parts.add("library")
                elif attr.value in LIBRARY_METHODS:
                    self.parts.add(METHOD_PART.get(str(attr.value), "library"))
            return self.shows(name, node) or self.built_in(name, [self.argument(a) for a in node.args], node)
        if isinstance(func, ast.Attribute):
            member = self.module_member(func, CALL)
            if member is None:
                return self.method_call(node, func)
            node.func = member
        elif isinstance(func, ast.Name) and not (self.known(name) or self.is_self(func) or name in PSCRIPT_NAMES):
            node.func = self.placeholder(func, CALL)
        else:
            limits = limits_of(func) if isinstance(func, ast.Lambda) else None
            node.func = self.visit(func)
            if limits is not None:
                node.args = [self.argument(a) for a in node.args]
                return self.too_many(node, limits) or node
            if isinstance(func, ast.Name) and name[0].isupper():  # a class that was put into a variable
                node.args = [self.argument(a) for a in node.args]
                node = self.too_many(node, self.limits(name)) or node
                return library("make", node.func, *node.args, at=node) if isinstance(node, ast.Call) else node
        node.args = [self.argument(a) for a in node.args]
        return self.too_many(node, self.limits(name)) or node

    def limits(self, name: str) -> Limits:
        """How many arguments a function takes that has this name here, as far as the code says."""
        owner = self.scope.owner(name) if self.scope is not None else None
        if owner is not None:
            return owner.limits.get(name, (name, None))
        return self.classes.get(name) or (name, self.functions.get(name))

    def too_many(self, node: ast.Call, takes_some: Limits) -> Any:
        """What a call with more arguments than its function takes does; JS itself would drop them."""
        name, limits = takes_some
        if limits is None:
            return None
        (low, high), taken = limits, name.endswith(".__init__")
        if _starred(node):
            values = library("list_", *node.args, at=node)
            few = library(
                "at_most",
                values,
                ast.Constant(low),
                ast.Constant(high),
                ast.Constant(name),
                *[ast.Constant(1)] * taken,
                at=node,
            )
            node.args = [at_place(ast.Starred(few, ast.Load()), node)]
            return node
        if len(node.args) + taken <= high:
            return None
        takes = f"{high}" if low == high else f"from {low} to {high}"
        count = len(node.args) + taken
        given = f"{count} {'was' if count == 1 else 'were'} given"
        words = f"{name}() takes {takes} positional argument{'s' if high != 1 else ''} but {given}"
        error = library("error", ast.Constant("TypeError"), ast.Constant(words), at=node)
        return library("last", *node.args, library("throw_", error, at=node), at=node)

    def is_generic(self, func: ast.expr) -> bool:
        """Whether it is a class that gets types in brackets."""
        if isinstance(func, ast.Name) and func.id in TYPES and self.free(func.id):
            return hasattr(getattr(builtins, func.id), "__class_getitem__")
        return isinstance(func, (ast.Name, ast.Attribute)) and self.meaning(func) == "generic"

    def of_group(self, func: ast.expr) -> bool:
        """Whether it is the `create_task` of a task group, in code that knows of asyncio."""
        if not (isinstance(func, ast.Attribute) and func.attr == "create_task") or self.of_module(func) is not None:
            return False
        known = any(m.__name__ == "asyncio" for m in self.modules.values()) or "tasks" in self.meanings.values()
        if known:
            self.parts.add("std/asyncio")
        return known

    def meaning(self, func: ast.expr) -> str:
        """What a function of the standard library means to how it is called."""
        if isinstance(func, ast.Name):
            return "" if self.known(func.id) else self.meanings.get(func.id, "")
        found = self.of_module(func)
        return "" if found is None else meaning(found[1])

    def shows(self, name: str, node: ast.Call) -> Any:
        """A call that tells floats from integers, where it is known that it gets a float; None if it does not."""
        if not node.args or isinstance(node.args[0], ast.Starred):
            return None
        if name in ("str", "repr", "ascii") and len(node.args) == 1 and self.is_float(node.args[0]):
            if self.may_be_own(node.args[0]):
                return library(name, self.as_float(node.args[0]), at=node)
            return library("float_repr" if name == "repr" else "float_text", self.visit(node.args[0]), at=node)
        if name in ("str", "repr", "ascii") and len(node.args) == 1 and self.shows_more(node.args[0]):
            return library(name, self.marked(node.args[0]), at=node)
        if (
            name == "map"
            and len(node.args) == 2
            and isinstance(node.args[0], ast.Name)
            and self.float_items(node.args[1])
        ):
            if node.args[0].id in ("str", "repr") and self.free(node.args[0].id):
                self.parts.add("floats")
                text = raw(f"{LIBRARY}.late.float_text", node)
                return library("map", text, self.visit(node.args[1]), at=node)
        if name == "format":
            return library("format_", self.marked(node.args[0]), *[self.visit(a) for a in node.args[1:]], at=node)
        if name == "print" and any(self.shows_more(a) for a in node.args):
            return library("print", *[self.printed(a) for a in node.args], at=node)
        if name == "type" and self.is_float(node.args[0]):
            own = [ast.Constant(True)] if self.may_be_own(node.args[0]) else []
            return library(
                "float_type", self.as_float(node.args[0]) if own else self.visit(node.args[0]), *own, at=node
            )
        return None

    def printed(self, node: ast.expr) -> Any:
        """An argument of print(), which is a str already where it is a float."""
        if isinstance(node, ast.Starred) or not self.is_float(node):
            return self.marked(node) if self.shows_more(node) else self.argument(node)
        own = self.may_be_own(node)
        return library("str", self.as_float(node), at=node) if own else library("float_text", self.visit(node), at=node)

    def built_in(self, name: str, args: list[ast.expr], node: ast.Call) -> Any:
        """A call of what Python has built in, by position."""
        if name == "str" and len(args) > 1:
            return library("bytes_text", *args, at=node)
        if name == "int" and len(args) > 1:
            return library("int_of", *args, at=node)
        if name == "pow" and len(args) > 2:
            return library("pow_mod", *args, at=node)
        return library(JS_NAMES.get(name, name), *args, at=node)

    def raw(self, text: ast.Constant, node: ast.AST) -> Any:
        if MARK in str(text.value):
            self.refuse(node, f"RawJS has the letter {MARK!r}, which jsmodel uses for itself", "Write it as \\u01c0.")
        return special("raw", ast.Constant(marked_expression(text)), at=node)

    def method_call(self, node: ast.Call, func: ast.Attribute) -> Any:
        self.attribute_name(func)
        if func.attr.startswith("__") and func.attr.endswith("__"):
            node.func, node.args = self.visit(func), [self.argument(a) for a in node.args]
            return node
        of_type = isinstance(func.value, ast.Name) and func.value.id in TYPES and self.free(func.value.id)
        ours = (func.attr in LIBRARY_METHODS or of_type) and not self.of_browser(func.value)
        of_self, browser = self.is_self(func.value), self.of_browser(func.value)
        func.value = self.visit(func.value)
        shown = func.attr == "format" and ours
        args = [self.marked(a) if shown else self.argument(a) for a in node.args]
        if ours and not of_self:
            starred = any(isinstance(a, ast.Starred) for a in node.args)
            many = starred or (func.attr == "split" and node.args[1:] != [])
            self.parts.add("library" if many else METHOD_PART.get(func.attr, "library"))
            return library("call", func.value, ast.Constant(func.attr), *args, at=node)
        if func.attr[0].isupper() and not of_self and func.attr not in NOT_CONSTRUCTED:
            if browser:
                return special("new", func, *args, at=node)
            return library("make_method", func.value, ast.Constant(func.attr), *args, at=node)
        node.args = args
        return node

    def count_arguments(self, node: ast.Call, name: str) -> None:
        low, high = LIBRARY_FUNCTIONS[name]
        given = len(node.args)
        if _starred(node):
            return
        if not low <= given <= high:
            wanted = str(low) if low == high else f"{low} to {high}" if high < 99 else f"at least {low}"
            self.refuse(node, f"{name}() takes {wanted} arguments there, not {given}", "Correct the call.")

    def isinstance(self, node: ast.Call) -> Any:
        kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        known = self.is_float(node.args[0])
        own = [ast.Constant(True)] if known and self.may_be_own(node.args[0]) else []
        value: ast.expr = self.as_float(node.args[0]) if own else self.visit(node.args[0])
        names = [k.id for k in kinds if isinstance(k, ast.Name) and self.free(k.id) and k.id in EXCEPTIONS]
        if len(names) == len(kinds):  # the names are enough
            return library("catches", value, *caught_names(names), at=node)
        kinds_of = self.visit(self.kinds(node.args[1]))
        return library("is_float" if known else "isinstance", value, kinds_of, *own, at=node)

    def kinds(self, node: ast.expr) -> ast.expr:
        """What isinstance() is asked about: `int | None` as a tuple."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            left, right = self.kinds(node.left), self.kinds(node.right)
            both = [e for part in (left, right) for e in (part.elts if isinstance(part, ast.Tuple) else [part])]
            return at_place(ast.Tuple(both, ast.Load()), node)  # type: ignore[no-any-return]
        if isinstance(node, ast.Constant) and node.value is None:
            self.parts.add("common")
            return at_place(load(f"{LIBRARY}.none"), node)  # type: ignore[no-any-return]
        return node

    def keywords(self, node: ast.Call, name: str) -> Any:
        """A call with keyword arguments."""
        func = node.func
        if name == "dict" and not node.args and all(k.arg for k in node.keywords):
            pairs = ast.Dict([ast.Constant(k.arg) for k in node.keywords], [k.value for k in node.keywords])
            return self.visit(ast.copy_location(pairs, node))
        if name in EXCEPTIONS:
            self.refuse(
                node.keywords[0].value, f"{name}() takes no keyword arguments", "Pass the arguments by position."
            )
        if name in LIBRARY_FUNCTIONS:
            return self.built_in_keywords(node, name)
        if self.of_browser(func):
            self.refuse(
                node.keywords[0].value,
                "what the browser has takes no keyword arguments",
                "JS functions often take a dict instead: {'once': True}.",
            )
        method = isinstance(func, ast.Attribute) and self.module_member(func) is None
        if isinstance(func, ast.Attribute) and func.attr.startswith("__") and func.attr.endswith("__"):
            self.attribute_name(func)
            callee, method = [self.visit(func)], False
        elif isinstance(func, ast.Attribute) and method:
            self.attribute_name(func)
            callee = [self.visit(func.value), ast.Constant(func.attr)]
            if func.attr in LIBRARY_METHODS:
                self.parts.add("library")
        else:
            callee = [self.visit(func)]
        args = self.argument_list(node)
        return library("kw_method" if method else "kw", *callee, args, self.given(node), at=node)

    def argument_list(self, node: ast.Call) -> ast.expr:
        """The positional arguments of a call, as an array."""
        return library("list_", *[self.argument(a) for a in node.args], at=node)

    def given(self, node: ast.Call) -> ast.expr:
        """The keyword arguments of a call, as a dict."""
        parts: list[list[ast.expr]] = [[]]
        for keyword in node.keywords:
            value: ast.expr = self.visit(keyword.value)
            if keyword.arg is None:
                parts += [[value], []]
            else:
                parts[-1] += [ast.Constant(keyword.arg), value]
        dicts: list[ast.expr] = []
        for index, part in enumerate(parts):
            if index % 2:
                dicts += part
            elif part:
                dicts.append(library("options", *part, at=node))
        if len(parts) == 1:
            return dicts[0]
        made = library("given", *dicts[:1], at=node) if parts[0] == [] else dicts[0]
        for each in dicts[1:]:  # each is asked for when the one before is there
            made = library("given", made, each, at=node)
        return made

    def built_in_keywords(self, node: ast.Call, name: str) -> Any:
        """Those of a built-in function, whose names are known."""
        names = [keyword.arg for keyword in node.keywords]
        if name == "dict" or None in names:
            callee = at_place(ast.Name(name, ast.Load()), node.func)
            return library("kw", self.visit(callee), self.argument_list(node), self.given(node), at=node)
        known = ARGUMENTS.get(name) or KEYWORDS.get(name, [])
        for keyword in node.keywords:
            if keyword.arg not in known:
                some = [k for k in known if k]
                hint = f"It knows {' and '.join(some)}." if some else "It takes none."
                self.refuse(keyword.value, f"{name}() does not know the argument {keyword.arg!r} there", hint)
        if name in KEYWORDS:
            take = self.printed if name == "print" else self.argument
            return library(name + "_kw", self.given(node), *[take(a) for a in node.args], at=node)
        if any(isinstance(a, ast.Starred) for a in node.args):
            self.refuse(node, f"'*' in a call of {name}() with keyword arguments is not known there", "Name them.")
        # By position: what is left out in between is undefined, and has its default.
        args = dict(enumerate(self.visit(a) for a in node.args))
        for keyword in node.keywords:
            at = known.index(str(keyword.arg))
            if at in args:
                self.refuse(keyword.value, f"{name}() gets {keyword.arg!r} twice", "Correct the call.")
            args[at] = self.visit(keyword.value)
        by_position = [args[i] if i in args else raw("undefined", node) for i in range(max(args) + 1)]
        return self.built_in(name, by_position, node)

    def super_call(self, node: ast.Call, func: ast.Attribute, base: ast.Call) -> Any:
        if self.plain or base.args:
            return self.super_of_class(node, func, base)
        if not self.method:
            self.refuse(node, "super() is only known in methods", "Call the function itself.")
        self.attribute_name(func)
        if node.keywords:
            args = self.argument_list(node)
            inherited = at_place(ast.Attribute(ast.Name(SUPER, ast.Load()), func.attr, ast.Load()), node)
            return library("kw_call", inherited, self.this(), args, self.given(node), at=node)
        method: ast.expr = ast.Attribute(
            ast.Attribute(ast.Name(SUPER, ast.Load()), func.attr, ast.Load()), "call", ast.Load()
        )
        return ast.copy_location(ast.Call(method, [self.this(), *[self.argument(a) for a in node.args]], []), node)

    def super_of_class(self, node: ast.Call, func: ast.Attribute, base: ast.Call) -> Any:
        """The same, in a class that is no Model: what comes next depends on the class of the object."""
        self.attribute_name(func)
        owner, ob = self.super_parts(base)
        special_name = func.attr.startswith("__") and func.attr.endswith("__")
        of_object = self.of_object or (self.method and not self.first)
        if special_name and of_object and not base.args and func.attr not in ("__new__", "__init_subclass__"):
            above: ast.expr = at_place(ast.Attribute(library("up", owner, ob, at=node), func.attr, ast.Load()), func)
            if node.keywords:
                return library("kw_call", above, ob, self.argument_list(node), self.given(node), at=node)
            call: ast.expr = at_place(ast.Attribute(above, "call", ast.Load()), func)
            return at_place(ast.Call(call, [ob, *[self.argument(a) for a in node.args]], []), node)
        method = library("super_get", owner, ob, ast.Constant(func.attr), at=func)
        if node.keywords:
            return library("kw", method, self.argument_list(node), self.given(node), at=node)
        return at_place(ast.Call(method, [self.argument(a) for a in node.args], []), node)


def _starred(node: ast.Call) -> bool:
    return any(isinstance(a, ast.Starred) for a in node.args)
