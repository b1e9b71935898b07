"""Classes of the user that are no Models: what of them JS code gets, and their text.

They become JS classes that do what Python's do; `objects.js` has the machinery. What
is read here is the class as it is in Python, when its body and its decorators have
run. A class that does what JS objects cannot do is refused, with what to write instead.
"""

from __future__ import annotations

import abc
import enum
import functools
import inspect
import json
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..errors import file_name
from . import std
from .classes import js_literal, js_member
from .code import FunctionJS, transpile_function
from .composed import trouble_in
from .lower.words import EXCEPTIONS
from .rawjs import RawJS
from .records import RecordJS, read_record
from .special import IGNORED, NOT_THERE, SPECIAL
from .std.named import Named, is_named, read_named
from .std.ordering import in_our_words
from .std.values import wrapped

__all__ = ["PlainJS", "PlainRefused", "plain_text", "read_class"]

#: Bases that only say something to people and type checkers, or about what is abstract.
_SILENT = frozenset([object, abc.ABC, typing.Generic, typing.Protocol])

#: Classes of classes that are known.
_KINDS = frozenset([type, abc.ABCMeta, type(typing.Protocol)])


class PlainRefused(Exception):
    """A class that JS code cannot have: why, and what to do instead."""

    def __init__(self, why: str, instead: str) -> None:
        super().__init__(why)
        self.why, self.instead = why, instead


@dataclass
class PlainJS:
    """What a class adds to its bases.

    Attributes:
        cls: The class.
        bases: Other classes of the user, and names of built-in exceptions.
        methods: Functions of the object, as `this`.
        tied: Functions that get the object as an argument: what decorators made.
        decorated: For those of them that a decorator of the standard library made, the module and the JS of that.
        statics: Functions.
        of_class: Functions of the class.
        properties: What gets, sets and deletes each.
        cached: What computes each cached property.
        values: All else.
        classes: Classes inside of it.
        abstract: The names of what is abstract.
        slots: The names that its objects have, where it says so.
        protocol: Whether it only says what others have.
        record: What it is as a dataclass.
        members: What it is as an enum.
        named: Its fields, where it is a named tuple.
        closures: The names of the function around each of its functions, by identity.
    """

    cls: type
    bases: list[type | str]
    methods: dict[str, FunctionJS] = field(default_factory=dict)
    tied: dict[str, FunctionJS] = field(default_factory=dict)
    decorated: dict[str, tuple[str, str]] = field(default_factory=dict)
    statics: dict[str, FunctionJS] = field(default_factory=dict)
    of_class: dict[str, FunctionJS] = field(default_factory=dict)
    properties: dict[str, tuple[FunctionJS | None, ...]] = field(default_factory=dict)
    cached: dict[str, FunctionJS] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    classes: dict[str, type] = field(default_factory=dict)
    abstract: list[str] = field(default_factory=list)
    slots: list[str] | None = None
    protocol: bool = False
    record: RecordJS | None = None
    members: dict[str, Any] | None = None
    named: Named | None = None
    closures: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def libraries(self) -> set[str]:
        """The parts of our JS library that it needs."""
        return {
            "objects",
            *(["dataclasses"] if self.record else []),
            *(["enums"] if self.members is not None else []),
            *(["std/named"] if self.named else []),
            *(f"std/{module}" for module, _ in self.decorated.values()),
        }

    @property
    def name(self) -> str:
        return self.cls.__name__

    def function(self, func: Any, label: str, *, method: bool = False) -> FunctionJS:
        """Transpile a function of the class."""
        if (owner := _owner(func, self.cls)) is not None:
            raise PlainRefused(
                f"{label.rpartition('.')[2]!r} is a method of {owner.__qualname__} that uses super() or __class__{_place(func)}, "
                "which mean another class there",
                f"Write a method that calls it: return {owner.__qualname__}.{func.__name__}(self).",
            )
        code = transpile_function(func, label=label, method=method, plain=True)
        found = inspect.getclosurevars(func).nonlocals if func.__closure__ else {}
        self.closures[id(code)] = {k: v for k, v in found.items() if k != "__class__"}
        return code


def read_class(cls: type, key: str) -> PlainJS:
    """Find out what is in a class.

    Args:
        cls: The class.
        key: Its home, as people read it: 'module.Name'.

    Raises:
        PlainRefused: when JS code cannot have such a class.
        TranspileError: when a method of it cannot run in the browser.
    """
    name = cls.__name__
    own = dict(vars(cls))
    if hasattr(cls, "_jsm_prop_order"):
        raise PlainRefused(
            f"{name} has properties and handlers, and no JS side", f"Make it a Model: 'class {name}(app.Model)'."
        )
    plain = PlainJS(cls, [], named=read_named(cls) if is_named(cls) else None)
    if plain.named is not None:
        if "length" in plain.named.fields:
            raise PlainRefused(f"{name} has a field called 'length', which tuples have there", "Rename it.")
        own = plain.named.own
    elif isinstance(cls, enum.EnumMeta):
        from .enums import read_enum

        own = read_enum(plain, own)
    elif type(cls) not in _KINDS:
        raise PlainRefused(
            f"{name} is a class with the metaclass {type(cls).__name__}, which is not known there",
            "Use a class without one, or a class decorator.",
        )
    else:
        plain.bases = _bases(cls)
    if isinstance(cls, abc.ABCMeta):
        if abc._get_dump(cls)[0]:  # type: ignore[attr-defined]
            raise PlainRefused(
                f"{name} has classes that were registered as its subclasses, which is not known there",
                f"Let them inherit from {name}.",
            )
        plain.abstract = sorted(getattr(cls, "__abstractmethods__", ()))
    plain.protocol = bool(own.get("_is_protocol"))
    if "__slots__" in own:
        slots = own["__slots__"]
        mangled = [slots] if isinstance(slots, str) else list(slots)
        private = f"_{name.lstrip('_')}"
        plain.slots = [private + s if s.startswith("__") and not s.endswith("__") else s for s in mangled]
    if "__dataclass_fields__" in own:
        plain.record, own = read_record(cls, own)
    for attr, value in own.items():
        _read(plain, attr, value, f"{key}.{attr}")
    return plain


def _read(plain: PlainJS, attr: str, value: Any, label: str) -> None:
    """Find a place for what a class has under a name."""
    name = plain.name
    inner = inspect.unwrap(value) if callable(value) else value
    if attr in IGNORED or isinstance(value, (types.MemberDescriptorType, types.GetSetDescriptorType)):
        return
    if (plain.protocol or attr == "__subclasshook__") and getattr(inner, "__module__", "") == "typing":
        return
    if attr.startswith("__") and attr.endswith("__") and attr not in SPECIAL:
        raise PlainRefused(
            f"{name} defines {attr}{_place(value)}, which is not known there",
            NOT_THERE.get(attr, "Leave it out, or write a method with a name of its own."),
        )
    if attr in ("prototype", "constructor") or attr.startswith(("_jsm_", "$")):
        raise PlainRefused(f"{name} defines {attr!r}{_place(value)}, which means something else there", "Rename it.")
    if wrapped(value) is not None:
        decorator, args, bare = wrapped(value) or ("", (), value)
        module, _, maker = decorator.partition(".")
        given = f"({', '.join(js_literal(a) for a in args)})" if args else ""
        plain.decorated[attr] = module, f"{std.reference(module, maker)}{given}"
        plain.tied[attr] = plain.function(bare, label)
        return
    if inspect.isfunction(value):
        value = in_our_words(value)
        bare = value.__code__.co_argcount == 0
        code = plain.function(value, label, method=not bare)
        (plain.tied if bare else plain.methods)[attr] = code
        if code.is_async and attr in SPECIAL and not attr.startswith("__a"):
            raise PlainRefused(f"{name}.{attr} is an 'async def', which operators do not wait for", "Make it a 'def'.")
    elif isinstance(value, staticmethod):
        plain.statics[attr] = plain.function(value.__func__, label)
    elif isinstance(value, classmethod):
        plain.of_class[attr] = plain.function(value.__func__, label)
    elif isinstance(value, property):
        plain.properties[attr] = tuple(
            plain.function(f, label, method=True) if f else None for f in (value.fget, value.fset, value.fdel)
        )
    elif isinstance(value, functools.cached_property):
        plain.cached[attr] = plain.function(value.func, label, method=True)
    elif inspect.isclass(value):
        plain.classes[attr] = value
    else:
        if not isinstance(value, RawJS):
            try:
                js_literal(value)
            except (TypeError, RecursionError) as err:
                if trouble_in(value) is None:
                    plain.values[attr] = value
                    return
                raise PlainRefused(
                    f"the value of {name}.{attr} cannot be sent ({err})",
                    "Use JSON-able values, or set the attribute in __init__.",
                ) from err
        plain.values[attr] = value


def _owner(func: Any, cls: type) -> type | None:
    """The class that super() of a function means, where that is not `cls`."""
    cells = dict(zip(func.__code__.co_freevars, func.__closure__ or (), strict=True))
    try:
        owner = cells["__class__"].cell_contents
    except (KeyError, ValueError):
        return None
    if not isinstance(owner, type) or (owner.__module__, owner.__qualname__) == (cls.__module__, cls.__qualname__):
        return None  # the same one, or what a decorator made of it
    return owner


def _bases(cls: type) -> list[type | str]:
    found: list[type | str] = []
    for base in cls.__bases__:
        if base in _SILENT:
            continue
        if issubclass(base, BaseException) and base.__module__ == "builtins":
            if base.__name__ not in EXCEPTIONS:
                raise PlainRefused(
                    f"{cls.__name__} inherits from {base.__name__}, which is not known there", "Inherit from Exception."
                )
            found.append(base.__name__)
        elif base.__module__ == "builtins":
            raise PlainRefused(
                f"{cls.__name__} inherits from {base.__name__}, whose values are no objects there",
                "Keep the value in an attribute.",
            )
        elif std.refusal(base) is not None:
            raise PlainRefused(
                f"{cls.__name__} inherits from {base.__name__} of Python's own library, which is not known there",
                "Keep one in an attribute.",
            )
        else:
            found.append(base)
    return found


def _place(value: Any) -> str:
    func = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
    code = getattr(func, "__code__", None)
    return f" ({file_name(code.co_filename)}, line {code.co_firstlineno})" if isinstance(code, types.CodeType) else ""


def plain_text(
    plain: PlainJS,
    key: tuple[str, str],
    bases: list[str],
    place: Callable[[FunctionJS, str], str],
    value_text: Callable[[str, Any], str],
) -> str:
    """The statements that make the class.

    Args:
        plain: What is in it.
        key: Its home.
        bases: The JS expressions of its base classes.
        place: Replaces the placeholders in a function's text.
        value_text: The JS of a class attribute, by name and value.
    """
    consts = ""

    def expression(func: FunctionJS | None) -> str:
        return "null" if func is None else place(func, func.as_expression())

    def functions(group: dict[str, FunctionJS]) -> list[str]:
        nonlocal consts
        parts = []
        for name, func in group.items():
            consts += place(func, func.consts_text())
            parts.append(place(func, func.as_method(js_key(name))))
        return parts

    def each(items: dict[str, Any], text: Callable[[Any], str]) -> str:
        return "{" + ", ".join(f"{js_key(name)}: {text(item)}" for name, item in items.items()) + "}"

    spec = [f"name: {json.dumps(':'.join(key))}", f"label: {json.dumps(plain.name)}"]
    if plain.cls.__qualname__ != plain.name:
        spec.append(f"qualname: {json.dumps(plain.cls.__qualname__)}")
    tied = [
        f"{js_key(name)}: $py.late.tied({plain.decorated.get(name, ('', ''))[1]}({expression(func)}))"
        for name, func in plain.tied.items()
    ]
    methods = [*functions(plain.methods), *tied]
    if methods:
        spec.append("methods: {" + ",\n".join(methods) + "}")
    for part, group in (("statics", plain.statics), ("of_class", plain.of_class), ("cached", plain.cached)):
        if group:
            spec.append(f"{part}: {each(group, expression)}")
    if plain.properties:
        spec.append(f"properties: {each(plain.properties, lambda fs: '[' + ', '.join(map(expression, fs)) + ']')}")
    values = {**plain.values, **plain.classes}
    kept: dict[int, str] = {}  # a list that has two names is one
    for name, value in values.items():
        if isinstance(value, (list, dict)) and id(value) not in kept and sum(v is value for v in values.values()) > 1:
            kept[id(value)] = f"$v{len(kept)}"
            consts += f"const {kept[id(value)]} = {value_text(name, value)};\n"
    if values:
        # In brackets, __proto__ and the like would be data; no attribute is called so.
        texts = [f"{js_key(k)}: {kept.get(id(v)) or value_text(k, v)}" for k, v in values.items()]
        spec.append("values: {" + ", ".join(texts) + "}")
    for part, names in (("abstract", plain.abstract), ("slots", plain.slots)):
        if names or (part == "slots" and names is not None):
            spec.append(f"{part}: {json.dumps(names)}")
    if "__init_subclass__" in vars(plain.cls):
        spec.append("sealed: true")
    if plain.protocol:
        spec.append("protocol: true")
    if plain.named is not None:
        defaults = "{" + ", ".join(f"{js_key(k)}: {value_text(k, v)}" for k, v in plain.named.defaults.items()) + "}"
        given = ", ".join([*map(json.dumps, [":".join(key), plain.name, plain.named.fields]), defaults])
        named = f"$py.late.named_tuple({given}, {{{', '.join(spec[2:])}}})"
        return f"{consts}const $cls = {named};\n$m{js_member(key[1])} = $cls;"
    made = f"$py.late.cls([{', '.join(bases)}], {{{', '.join(spec)}}})"
    if plain.record is not None:
        fields = [each_field.text(expression, value_text) for each_field in plain.record.fields]
        made = f"$py.late.record({made}, [{', '.join(fields)}], {json.dumps(plain.record.params)})"
    if plain.members is not None:
        made = f"$py.late.enum({made}, {value_text('members', plain.members)})"
    return f"{consts}const $cls = {made};\n$m{js_member(key[1])} = $cls;"


def js_key(name: str) -> str:
    """A name as the key in an object literal."""
    return name if name.isascii() and name.isidentifier() else json.dumps(name)
