"""Gives the names in the code of a piece their JS expressions, and notes what the piece needs."""

from __future__ import annotations

import ast
import builtins
import enum
import inspect
import json
import re
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from ..assets import ESModule, links_in, store
from ..errors import ScopeError, TranspileError, file_name
from . import std
from .classes import ClassJS, class_text, js_literal, js_member
from .code import FunctionJS, transpile_function
from .composed import composed, is_composed, is_sendable, trouble_in
from .enums import member_of
from .lower.words import (
    BROWSER_NAMES,
    CLASS,
    INSTEAD,
    LEAVE_MARK,
    LIBRARY,
    LIBRARY_FUNCTIONS,
    MARK,
    MODULE,
    NOT_CONSTRUCTED,
    PART_OF,
    SUPER,
    function_mark,
)
from .pieces import Found, Piece
from .plain import PlainJS, PlainRefused, plain_text, read_class
from .rawjs import JSName, RawJS
from .rawplace import marked_raw
from .scope import SHARED, Key, is_standard, is_whole, literal, member, namespace_of, still_imported, top_of, why_not
from .std.values import made, wrapped
from .tools import find as find_tool

if TYPE_CHECKING:
    from .modules import Linker

__all__ = ["Resolver", "class_closure", "closure_of"]

#: What to do when a module is not there as a whole.
WAIT = "Make the model later, in a function, when all modules are there."

_PLACEHOLDER = re.compile(f"{MARK}([ncsv]){MARK}([^{MARK}]+){MARK}")


class Resolver:
    """Gives every name in a piece its JS expression, and notes what the piece needs.

    Args:
        linker: Whose piece it is.
        piece: The piece.
        closure: The names of the function around it.
        instead: Values that names have in JS only.
    """

    def __init__(
        self, linker: Linker, piece: Piece, closure: dict[str, Any], instead: dict[str, Any] | None = None
    ) -> None:
        self._linker = linker
        self._piece = piece
        self._module = piece.key[0]
        self._closure = closure
        self._instead = instead or {}
        self._consts: dict[str, str] = {}
        self._when = ""  # see `at_once`
        self.found: Found = {}
        self._idents: dict[
            tuple[str, int], str
        ] = {}  # of what was taken from the function around, by name and identity

    @contextmanager
    def at_once(self, when: str) -> Iterator[None]:
        """What is met here is needed when the piece is made.

        Args:
            when: 'made', or, where code runs, 'run'; nothing for what waits for a call.
        """
        saved, self._when = self._when, when
        try:
            yield
        finally:
            self._when = saved

    def place(self, func: FunctionJS, text: str) -> str:
        """Replace the placeholders in the text of `func`."""
        self._piece.libraries |= func.parts
        defaults = {match[2] for _, const, _ in func.consts for match in _PLACEHOLDER.finditer(const)}
        lines = dict(func.names)
        top = func.label.startswith("the ")  # 'the module foo'
        name = "<module>" if top else func.label.removeprefix(f"{self._module}.").rpartition(", ")[2]

        def one(match: re.Match[str]) -> str:
            form, name = match[1], match[2]
            if form == "s":
                return self._offered(*name.split("."))
            if form == "v":
                value = next(value for const, _, value in func.consts if const == name)
                if isinstance(value, RawJS) or is_sendable(value):
                    return self.shared_literal(value)
                with self.at_once("made"):
                    return self._part_text(value, func.label, f"{file_name(func.filename)}, line {func.lineno}")
            line = lines.get(name, func.lineno)
            try:
                with self.at_once("made" if name in defaults else self._when):
                    expression, is_class = self.resolve(name, func, line)
            except ScopeError as err:
                _locate(err, name, func, line)
                raise
            return f"new ({expression})" if form == "c" and is_class else expression

        text = _PLACEHOLDER.sub(one, text)
        text = text.replace(SUPER, "$s.prototype").replace(CLASS, "$cls").replace(LIBRARY, "$py").replace(MODULE, "$m")
        number = self._linker.origins.number(func.filename, func.lines)
        return f"{function_mark(number, func.lineno, name)}{text}{LEAVE_MARK}"

    def define(self, name: str, text: str) -> str:
        """The statements that define a name of the module, with what it needs of the function around it."""
        closure = self.closure_text()
        text = f"{closure}$m{js_member(name)} = {text};"
        return f"{{\n{text}\n}}" if closure else text

    def resolve(self, name: str, func: FunctionJS, line: int) -> tuple[str, bool]:
        """The JS expression for a name, and whether it is something to construct with `new`."""
        first, *rest = name.split(".")
        where = f"{file_name(func.filename)}, line {line}"
        if first in self._closure and not isinstance(self._closure[first], types.ModuleType):
            return self._from_closure(name, func, line)
        if first in self._linker.given.get(str(func.globals.get("__name__")), ()):
            return f"$m{js_member(first)}" + "".join(map(js_member, rest)), False
        if first in self._instead:
            return self._from_value(self._module, name, self._instead[first], func, where)
        if first in self._closure or first in func.globals:
            value = self._closure[first] if first in self._closure else func.globals[first]
            scope, attr = str(func.globals.get("__name__", self._module)), first
            for attr in rest:
                scope, value = value.__name__, self._member_of(value, attr, name, func, where)
            return self._from_value(scope, attr, value, func, where, called=name)
        if name in BROWSER_NAMES:
            return name, name[0].isupper() and name not in NOT_CONSTRUCTED
        if hasattr(builtins, name):
            raise ScopeError(
                name,
                user=func.label,
                place=where,
                why="this Python built-in has no counterpart there yet",
                instead=INSTEAD.get(name, "Write it out, or use RawJS('...')."),
            )
        if imports := still_imported(str(func.globals.get("__name__"))):
            raise ScopeError(
                name, user=func.label, place=where, why=f"its module has no {first!r} yet: {imports}", instead=WAIT
            )
        known = [*func.globals, *BROWSER_NAMES, *LIBRARY_FUNCTIONS]
        raise ScopeError(name, user=func.label, place=where, known=[k for k in known if not k.startswith("_")])

    def _member_of(self, module: Any, attr: str, name: str, func: FunctionJS, where: str) -> Any:
        try:
            return getattr(module, attr)
        except AttributeError:
            if imports := still_imported(module.__name__):
                why = f"the module {module.__name__!r} has no {attr!r} yet: {imports}"
                raise ScopeError(name, user=func.label, place=where, why=why, instead=WAIT) from None
            raise ScopeError(
                name,
                user=func.label,
                place=where,
                why=f"the module {module.__name__!r} has no {attr!r}",
                known=[name.removesuffix(attr) + k for k in vars(module) if not k.startswith("_")],
                instead="Correct the name, or define it there.",
            ) from None

    def class_ref(self, cls: type) -> str:
        """The JS expression for a class with a JS side."""
        code: ClassJS | None = cls.__dict__.get("_jsm_js")
        if code is None:
            return "$jsm.Model"
        return self._note((code.module, code.qualname), "class", cls)

    def class_text(self, code: ClassJS, base: str) -> str:
        """The statements that define a class with a JS side."""
        body = class_text(code, base, self.place, self.literal)
        consts = self.closure_text()
        return body.replace("{\n", "{\n" + consts, 1) if consts else body

    def closure_text(self) -> str:
        """Statements that define what was taken from the function around."""
        return "".join(f"const {name} = {text};\n" for name, text in self._consts.items())

    def _member(self, module: str, name: str) -> str:
        if module == self._module:
            return f"$m{js_member(name)}"
        return f"$jsm.ns({json.dumps(module)}){js_member(name)}"

    def _from_closure(self, name: str, func: FunctionJS, line: int) -> tuple[str, bool]:
        value = self._closure[name]
        known = self._idents.get((name, id(value)))
        ident = known or f"{name}$c{len(self._idents) if f'{name}$c' in self._idents.values() else ''}"
        where = f"{file_name(func.filename)}, line {line}"
        offered = std.find(value)
        if offered is not None:
            return self._offered(*offered), False
        if isinstance(value, JSName):
            return value._name, False
        tool = self._tool(value)
        if tool is not None:
            return tool, inspect.isclass(value) and value.__module__ != "builtins"
        if inspect.isclass(value):
            return self._from_class(name, value, func, where)
        if isinstance(value, enum.Enum) and not is_standard(type(value).__module__):
            return self._from_class(name, type(value), func, where)[0] + member_of(value), False
        kind = _kind_of_shared(value)
        if kind:
            home = self._linker.homes.of_captured(value, str(func.globals.get("__name__")), name)
            return self._note(home, kind, value), False
        self._idents[name, id(value)] = ident
        if ident not in self._consts:
            self._consts[ident] = "null"  # a function that calls itself finds this
            if isinstance(value, ESModule):
                asset = value._asset.resolve(store)
                self._piece.assets[asset.hash] = asset
                self._consts.pop(ident)
                return f"$jsm.es({json.dumps(asset.hash)})", False
            elif isinstance(value, types.FunctionType) and wrapped(value) is None:
                inner = transpile_function(value, label=f"{func.label}, {name}")
                saved, self._closure = self._closure, {**self._closure, **closure_of(value)}
                self._consts[ident] = self.place(inner, inner.as_expression())
                self._closure = saved
            elif wrapped(value) is not None:
                saved, self._closure = self._closure, {**self._closure, **closure_of(value.__wrapped__)}
                self._consts[ident] = self.wrapped_text(value, f"{func.label}, {name}")
                self._closure = saved
            elif made(value) is not None:
                with self.at_once("made"):
                    self._consts[ident] = self.made_text(value, func.label, where)
            else:
                self._consts[ident] = self._sendable(name, value, func, where)
            self._consts[ident] = self._consts.pop(ident)  # after what it uses
        return ident, False

    def _from_value(
        self, scope: str, name: str, value: Any, func: FunctionJS, where: str, called: str = ""
    ) -> tuple[str, bool]:
        """A name of the module `scope`."""
        if isinstance(value, JSName):
            return value._name, False
        offered = std.find(value)
        if offered is not None:
            return self._offered(*offered), False
        tool = self._tool(value)
        if tool is not None:
            return tool, inspect.isclass(value) and value.__module__ != "builtins"
        if inspect.isclass(value):
            return self._from_class(called or name, value, func, where)
        if isinstance(value, enum.Enum) and not is_standard(type(value).__module__):
            return self._from_class(called or name, type(value), func, where)[0] + member_of(value), False
        if isinstance(value, tuple) and value and all(inspect.isclass(v) for v in value):
            return f"$py.tuple_({', '.join(self._from_value(scope, name, v, func, where)[0] for v in value)})", False
        if is_part_of_whole((scope, name)):
            return self._note((scope, name), "value", value), False
        if wrapped(value) is not None:
            return self._note(self._linker.homes.of_definition(value), "wrapped", value), False
        namespace = func.globals if func.globals.get("__name__") == scope else namespace_of(scope)
        if made(value) is not None or (is_composed(value) and not is_sendable(value)):
            self._check_parts(called or name, value, func, where)
            return self._note(self._linker.homes.of_value(value, scope, name, namespace), "made", value), False
        refused = std.refusal(value, scope) if callable(value) or inspect.ismodule(value) else None
        if refused is not None:
            raise ScopeError(called or name, user=func.label, place=where, why=refused[0], instead=refused[1])
        if isinstance(value, types.FunctionType):
            return self._note(self._linker.homes.of_definition(value), "function", value), False
        if isinstance(value, (RawJS, ESModule)):
            kind = "raw" if isinstance(value, RawJS) else "module"
            return self._note(self._linker.homes.of_value(value, scope, name, namespace), kind, value), False
        home = None if is_sendable(value) else self._linker.homes.of_object(value)
        if home is None:
            self._check_sendable(called or name, value, func, where)
            home = self._linker.homes.of_value(value, scope, name, namespace)
        return self._note(home, "value", value), False

    def _offered(self, module: str, name: str) -> str:
        """The JS expression for a function or class of Python's standard library."""
        self._piece.libraries.add(f"std/{module}")
        return std.reference(module, name)

    def wrapped_text(self, value: Any, label: str) -> str:
        """The expression for a function with a decorator of the standard library."""
        decorator, args, inner = wrapped(value) or ("", (), value)
        func = transpile_function(inner, label=label)
        text = self.place(func, func.as_expression())
        arguments = f"({', '.join(js_literal(a) for a in args)})" if args else ""
        return f"{self._offered(*decorator.split('.'))}{arguments}({text})"

    def made_text(self, value: Any, user: str, where: str = "") -> str:
        """The expression that makes an object of the standard library again."""
        call = made(value)
        if call is None:
            return self._composed_text(value, user, where)
        args = [self._part_text(arg, user, where) for arg in call.args]
        function = self._offered(call.module, call.name) if call.module else args.pop(0)
        if not call.keywords:
            return f"{function}({', '.join(args)})"
        given = ", ".join(f"{json.dumps(k)}: {self._part_text(v, user, where)}" for k, v in call.keywords.items())
        return f"$py.late.kw({function}, [{', '.join(args)}], {{{given}}})"

    def _part_text(self, value: Any, user: str, where: str) -> str:
        """What such an object is made of, as JS."""
        offered = std.find(value)
        if offered is not None:
            return self._offered(*offered)
        tool = self._tool(value)
        if tool is not None:
            return tool
        if made(value) is not None:
            return self._known_part(value) or self.made_text(value, user, where)
        name = getattr(value, "__name__", "")
        if callable(value) and getattr(builtins, name, None) is value and name in LIBRARY_FUNCTIONS:
            part = PART_OF.get(name)
            if part is None:
                return f"$py.{name}"
            self._piece.libraries.add(part)
            return f"$py.late.{name}"
        if "_jsm_js" in getattr(value, "__dict__", {}):
            return self.class_ref(value)
        if inspect.isclass(value):
            try:
                return self.plain_ref(value)
            except PlainRefused as err:
                raise ScopeError(name, user=user, place=where, why=err.why, instead=err.instead) from None
        if isinstance(value, types.FunctionType):
            kind = "function" if wrapped(value) is None else "wrapped"
            return self._note(self._linker.homes.of_definition(value), kind, value)
        if isinstance(value, enum.Enum) and not is_standard(type(value).__module__):
            return self._part_text(type(value), user, where) + member_of(value)
        if is_sendable(value):
            return self.shared_literal(value)
        if is_composed(value):
            return self._known_part(value) or self._composed_text(value, user, where)
        why, instead = why_not(value)
        raise ScopeError(name or repr(value), user=user, place=where, why=why, instead=instead)

    def _known_part(self, value: Any) -> str:
        """The JS expression for a collection that has a home of its own; nothing if it has none, or nothing can change it."""
        home = self._linker.homes.of_parts([value]).get(id(value))
        if home is not None:
            with self.at_once(self._when or "made"):
                return self._note(home, "made", value)
        if type(value) in SHARED:
            self._piece.inside.append(value)
        return ""

    def _check_parts(self, name: str, value: Any, func: FunctionJS, where: str) -> None:
        """Refuse a collection by its name where it is used, if something in it cannot be had."""
        trouble = trouble_in(value)
        if trouble is not None:
            raise ScopeError(name, user=func.label, place=where, why=trouble[0], instead=trouble[1])

    def _composed_text(self, value: Any, user: str, where: str) -> str:
        """The expression for a collection of what is not only JSON."""
        text, library = composed(value, lambda part: self._part_text(part, user, where))
        self._piece.libraries |= {library} - {""}
        return text

    def _from_class(self, name: str, cls: Any, func: FunctionJS, where: str) -> tuple[str, bool]:
        if "_jsm_js" in cls.__dict__ or "_jsm_js_methods" in cls.__dict__:
            return self.class_ref(cls), True
        try:
            return self.plain_ref(cls), True
        except PlainRefused as err:
            raise ScopeError(name, user=func.label, place=where, why=err.why, instead=err.instead) from None

    def plain_ref(self, cls: type) -> str:
        """The JS expression for a class that is no Model."""
        if is_standard(cls.__module__) and (refused := std.refusal(cls)) is not None:
            raise PlainRefused(*refused)
        if cls.__module__ == "builtins":
            raise PlainRefused(
                f"it is the class {cls.__qualname__!r} of Python's own library",
                "Use functions, or a class of your own.",
            )
        key = self._linker.homes.of_definition(cls)
        known = key in self.found or key == self._piece.key
        return self._note(key, "plain", None if known else read_class(cls, ".".join(key)))

    def plain_text(self, plain: PlainJS, key: Key | None = None) -> tuple[str, Found]:
        """The statements that define a class, and the classes that must be there before it."""
        self._piece.libraries |= plain.libraries
        with self.at_once("made"):
            bases = [self._base(base) for base in plain.bases] or ["$py.late.ob"]
        inside = [v for v in values_of(plain) if inspect.isclass(v) or isinstance(v, enum.Enum)]
        for value in inside:
            self._class_value("", value)
        before, self.found = {k: v for k, v in self.found.items() if v[1] is not None}, {}

        if plain.members is not None and inspect.isfunction(getattr(plain.cls, "__init__", None)):
            self._piece.runs |= dict.fromkeys(before)  # members are made with the class

        def place(func: FunctionJS, text: str) -> str:
            runs = plain.members is not None and func is plain.methods.get("__init__")
            with self.at_once("run" if runs else ""):
                return self.place_inside(func, text, plain.closures.get(id(func), {}))

        with self.at_once("made"):
            return plain_text(plain, key or self._piece.key, bases, place, self._class_value), before

    def _base(self, base: type | str) -> str:
        """The JS expression of a base class."""
        if isinstance(base, type):
            return self.plain_ref(base)
        kind, _, name = base.rpartition(":")
        return f"$py.late.${kind}.{name}" if kind else f"$py.late.exception({json.dumps(name)})"

    def place_inside(self, func: FunctionJS, text: str, closure: dict[str, Any]) -> str:
        """`place`, of a function in a class whose names may mean something else than those of the other functions."""
        saved, self._closure = self._closure, {**self._closure, **closure}
        text = self.place(func, text)
        self._closure = saved
        return text

    def _class_value(self, name: str, value: Any) -> str:
        """The JS of what a class has under a name, or a dataclass as a default."""
        if isinstance(value, RawJS):
            return marked_raw(value, self._linker.origins)
        tool = self._tool(value)
        if tool is not None:
            return tool
        if inspect.isclass(value):
            return self.class_ref(value) if "_jsm_js" in vars(value) else self.plain_ref(value)
        if isinstance(value, enum.Enum) and not is_standard(type(value).__module__):
            return self.plain_ref(type(value)) + member_of(value)
        if isinstance(value, types.FunctionType):
            func = transpile_function(value, label=f"{self._piece.key[1]}.{name}")
            with self.at_once(""):
                return self.place_inside(func, func.as_expression(), closure_of(value))
        try:
            if not is_sendable(value) and trouble_in(value) is None:
                return self._part_text(value, self._piece.key[1], "")
            return self.shared_literal(value)
        except (TypeError, RecursionError) as err:
            raise PlainRefused(
                f"the value of {self._piece.key[1]}.{name} cannot be sent ({err})", "Use JSON-able values."
            ) from err

    def _tool(self, value: Any) -> str | None:
        """The JS expression of what our JS library has of Python's."""
        found = find_tool(value)
        if found is None:
            return None
        if found[0]:
            self._piece.libraries.add(found[0])
        return found[1]

    def literal(self, value: Any) -> str:
        """A value as JS; what of it has a name of its own is referred to by that."""
        self._piece.assets |= {link.asset.hash: link.asset for link in links_in(value)}
        return literal(value, self._parts)

    def shared_literal(self, value: Any) -> str:
        """The same of a value that something else may have, too, if it is a list or a dict."""
        if isinstance(value, RawJS):
            return marked_raw(value, self._linker.origins)
        known = self._parts([value]) if isinstance(value, (list, dict)) else {}
        return known.get(id(value)) or self.literal(value)

    def _parts(self, parts: list[Any]) -> dict[int, str]:
        found = self._linker.homes.of_parts(parts)
        self._piece.inside += [part for part in parts if id(part) not in found]
        with self.at_once(self._when or "made"):
            return {id(part): self._note(found[id(part)], "value", part) for part in parts if id(part) in found}

    def definition(self, module: str, node: Any, value: Any, filename: str) -> str:
        """The statement for a 'def' or 'class' at the top level of a module that is transpiled as a whole."""

        def refuse(why: str, instead: str) -> NoReturn:
            raise TranspileError(
                f"'{module}.{node.name}' cannot run in the browser: {why}",
                filename=filename,
                lineno=node.lineno,
                instead=instead,
            )

        key = (module, node.name)
        if isinstance(value, type) and "_jsm_js" in vars(value):
            self.class_ref(value)
            return ""
        if node.decorator_list:
            refuse("a decorator is not known there, in a module with __pyscript__ = True", "Call it yourself.")
        if isinstance(node, ast.ClassDef):
            if not (isinstance(value, type) and (value.__module__, value.__qualname__) == key):
                refuse("its name means something else by the end of the module", "Give each thing a name of its own.")
            try:
                text, before = self.plain_text(read_class(value, ".".join(key)), key)
                self.found = {**before, **self.found}
                return "{\n" + text + "\n}"
            except PlainRefused as err:
                refuse(err.why, err.instead)
        if not (isinstance(value, types.FunctionType) and value.__code__.co_firstlineno == node.lineno):
            refuse("its name means something else by the end of the module", "Give each thing a name of its own.")
        func = transpile_function(value, label=".".join(key))
        return self.define(node.name, self.place(func, func.as_expression()))

    def _note(self, key: Key, kind: str, value: Any) -> str:
        """Note that the piece needs something; the JS expression for it."""
        if kind != "class" and is_part_of_whole(key):
            self.found.setdefault((key[0], "*"), ("whole", None))
        elif key != self._piece.key:
            self.found.setdefault(key, (kind, value))
        place = (key[0], "*") if kind != "class" and is_part_of_whole(key) else key
        self._piece.uses.setdefault(place)
        later = self._when == "run" or place[1] == "*"  # of itself, it has there what it has made by then
        if self._when and not (later and place == self._piece.key):
            self._piece.bases.append(place)
        if self._when == "run":
            self._piece.runs.setdefault(place)
            if place == self._piece.key and (kind != "value" or callable(value)):
                self._piece.runs = self._piece.uses  # it may run whatever the module has
        return member(key[0], key[1], self._module)

    def _sendable(self, name: str, value: Any, func: FunctionJS, where: str) -> str:
        self._check_sendable(name, value, func, where)
        return self.literal(value)

    def _check_sendable(self, name: str, value: Any, func: FunctionJS, where: str) -> None:
        if not is_sendable(value):
            why, instead = why_not(value)
            raise ScopeError(name, user=func.label, place=where, why=why, instead=instead)


def is_part_of_whole(key: Key) -> bool:
    """Whether something stands in a module that is transpiled as a whole."""
    if not is_whole(namespace_of(key[0])):
        return False
    top = top_of(key[0])
    return top is None or key[1].partition(".")[0] in top.defined


def _kind_of_shared(value: Any) -> str:
    """The kind of piece that holds a value of which there must be one; nothing for others."""
    if type(value) not in SHARED or isinstance(value, ESModule):
        return ""
    if isinstance(value, RawJS):
        return "raw"
    return "made" if made(value) is not None else "value" if is_sendable(value) else ""


def _locate(err: ScopeError, name: str, func: FunctionJS, line: int) -> None:
    """Let an error about a name say where that is used first."""
    first = name.partition(".")[0]
    for node in ast.walk(ast.parse("".join(func.lines))):
        if isinstance(node, ast.Name) and (node.id, node.lineno) == (first, line):
            text = func.lines[line - 1]
            start, end = (len(text.encode()[:col].decode()) for col in (node.col_offset, node.end_col_offset or 0))
            err.locate(func.filename, line, text, start, end)
            return


def closure_of(func: Callable[..., Any]) -> dict[str, Any]:
    return dict(inspect.getclosurevars(func).nonlocals)


def class_closure(plain: PlainJS) -> dict[str, Any]:
    """The names of the function around a class, as far as all its methods mean the same by them."""
    found: dict[str, Any] = {}
    differ: set[str] = set()
    for closure in plain.closures.values():
        for name, value in closure.items():
            if found.setdefault(name, value) is not value:
                differ.add(name)
    return {name: value for name, value in found.items() if name not in differ}


def values_of(plain: PlainJS) -> list[Any]:
    """What a class, and its fields as a dataclass, have as values."""
    fields = plain.record.fields if plain.record is not None else ()
    return [*plain.classes.values(), *(v for f in fields for v in (f.default, f.factory))]
