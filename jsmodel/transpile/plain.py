"""Classes of the user that are no Models: what of them JS code gets, and their text.

They become JS classes that do what Python's do; `objects.js` has the machinery. Of
Python's special methods there are those that what we transpile can call. A class
that does more is refused, with what to write instead.
"""

from __future__ import annotations

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
from .lower.words import EXCEPTIONS
from .rawjs import RawJS
from .std.named import Named, is_named, read_named
from .std.values import wrapped

__all__ = ["PlainJS", "PlainRefused", "plain_text", "read_class"]

_BINARY = "add sub mul truediv floordiv mod pow lshift rshift and or xor".split()

#: Special methods that operators and built-ins call there.
SPECIAL = frozenset(
    f"__{name}__"
    for name in [
        *"init str repr format bool len eq lt le gt ge contains getitem setitem delitem".split(),
        *"neg pos invert abs int float index round iadd imul".split(),
        *_BINARY,
        *("r" + name for name in _BINARY),
    ]
)

#: What says nothing about the objects, or is only asked by what JS code does not have.
_IGNORED = frozenset(
    """__module__ __qualname__ __doc__ __dict__ __weakref__ __annotations__ __annotate__ __annotate_func__ __annotations_cache__
    __firstlineno__ __static_attributes__ __hash__ __init_subclass__ __class_getitem__ __set_name__ __sizeof__ __dir__ __reduce__
    __reduce_ex__ __getstate__ __setstate__ __copy__ __deepcopy__ __bytes__ __fspath__ __complex__ __enter__ __exit__ __aenter__
    __aexit__ __aiter__ __anext__ __matmul__ __rmatmul__ __length_hint__ __ceil__ __floor__ __orig_bases__ __parameters__
    __type_params__ __match_args__ __getnewargs__""".split()
)

_ITERATE = "Write a method that returns a list, and loop over that."
_INSTEAD = {
    "__new__": "Do it in __init__, or in a function that makes the object.",
    "__slots__": "Leave __slots__ out.",
    "__call__": "Give the method a name, and call that.",
    "__iter__": _ITERATE,
    "__next__": _ITERATE,
    "__reversed__": _ITERATE,
    "__ne__": "Leave it out: '!=' is the opposite of __eq__.",
}


class PlainRefused(Exception):
    """A class that JS code cannot have: why, and what to do instead."""

    def __init__(self, why: str, instead: str) -> None:
        super().__init__(why)
        self.why, self.instead = why, instead


@dataclass
class PlainJS:
    """What a class adds to its base."""

    cls: type
    base: type | None  # another class of the user
    error: str = ""  # the built-in exception that it is, or inherits from
    methods: dict[str, FunctionJS] = field(default_factory=dict)
    statics: dict[str, FunctionJS] = field(default_factory=dict)
    of_class: dict[str, FunctionJS] = field(default_factory=dict)
    properties: dict[str, tuple[FunctionJS | None, FunctionJS | None]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    cached: dict[str, FunctionJS] = field(default_factory=dict)  # functools.cached_property
    named: Named | None = None  # the fields, where it is a named tuple

    @property
    def libraries(self) -> set[str]:
        """The parts of our JS library that it needs."""
        return {
            "objects",
            *(["std/functools"] if self.cached else []),
            *(["std/named"] if self.named else []),
        }


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
    own = vars(cls)
    if hasattr(cls, "_jsm_prop_order"):
        raise PlainRefused(
            f"{name} has properties and handlers, and no JS side", f"Make it a Model: 'class {name}(app.Model)'."
        )
    if "__dataclass_fields__" in own:
        raise PlainRefused(f"{name} is a dataclass, which is not known there yet", "Write its __init__ out.")
    named = read_named(cls) if is_named(cls) else None
    if type(cls) is not type:
        kind = (
            "an Enum"
            if type(cls).__name__ in ("EnumMeta", "EnumType")
            else f"a class with the metaclass {type(cls).__name__}"
        )
        raise PlainRefused(f"{name} is {kind}, which is not known there yet", "Use a class without one, or constants.")
    plain = PlainJS(cls, *_base(cls)) if named is None else PlainJS(cls, None, named=named)
    if named is not None and "length" in named.fields:
        raise PlainRefused(f"{name} has a field called 'length', which tuples have there", "Rename it.")
    for attr, value in (own if named is None else named.own).items():
        label = f"{key}.{attr}"
        if attr in _IGNORED:
            continue
        if attr.startswith("__") and attr.endswith("__") and attr not in SPECIAL:
            raise PlainRefused(
                f"{name} defines {attr}{_place(value)}, which is not known there",
                _INSTEAD.get(attr, "Leave it out, or write a method with a name of its own."),
            )
        if attr in ("prototype", "constructor") or attr.startswith("_jsm_"):
            raise PlainRefused(
                f"{name} defines {attr!r}{_place(value)}, which means something else there", "Rename it."
            )
        if attr.startswith(f"_{name.lstrip('_')}__"):
            raise PlainRefused(
                f"{name} has the name {attr.removeprefix('_' + name.lstrip('_'))!r}, which Python mangles",
                "Use one underscore.",
            )
        if wrapped(value) is not None:
            raise PlainRefused(
                f"{name}.{attr} is a method with a decorator of Python's own library, which is known there for functions",
                "Decorate a function of the module, and call that.",
            )
        if inspect.isfunction(value):
            plain.methods[attr] = transpile_function(value, label=label, method=True, plain=True)
            if attr.startswith("__") and plain.methods[attr].is_async:
                raise PlainRefused(
                    f"{name}.{attr} is an 'async def', which operators do not wait for", "Make it a 'def'."
                )
        elif isinstance(value, staticmethod):
            plain.statics[attr] = transpile_function(value.__func__, label=label)
        elif isinstance(value, classmethod):
            plain.of_class[attr] = transpile_function(value.__func__, label=label)
        elif isinstance(value, functools.cached_property):
            plain.cached[attr] = transpile_function(value.func, label=label, method=True, plain=True)
        elif isinstance(value, property):
            if value.fdel is not None:
                raise PlainRefused(
                    f"{name}.{attr} is a property with a deleter, which is not known there", "Use a method."
                )
            plain.properties[attr] = (
                transpile_function(value.fget, label=label, method=True, plain=True) if value.fget else None,
                transpile_function(value.fset, label=label, method=True, plain=True) if value.fset else None,
            )
        else:
            if not isinstance(value, RawJS):
                try:
                    js_literal(value)
                except (TypeError, RecursionError) as err:
                    raise PlainRefused(
                        f"the value of {name}.{attr} cannot be sent ({err})",
                        "Use JSON-able values, or set the attribute in __init__.",
                    ) from err
            plain.values[attr] = value
    return plain


def _base(cls: type) -> tuple[type | None, str]:
    name = cls.__name__
    if len(cls.__bases__) > 1:
        raise PlainRefused(
            f"{name} has {len(cls.__bases__)} base classes, and JS classes have one", "Inherit from one of them."
        )
    (base,) = cls.__bases__
    if base is object or base is typing.Generic:
        return None, ""
    if issubclass(base, BaseException) and base.__module__ == "builtins":
        if base.__name__ in ("OSError", "TimeoutError", "StopIteration") or base.__name__ not in EXCEPTIONS:
            raise PlainRefused(
                f"{name} inherits from {base.__name__}, which is not known there", "Inherit from Exception."
            )
        return None, base.__name__
    if base.__module__ == "builtins":
        raise PlainRefused(
            f"{name} inherits from {base.__name__}, whose values are no objects there",
            "Keep the value in an attribute.",
        )
    if std.refusal(base) is not None:
        raise PlainRefused(
            f"{name} inherits from {base.__name__} of Python's own library, which is not known there",
            "Keep one in an attribute.",
        )
    return base, ""


def _place(value: Any) -> str:
    func = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
    code = getattr(func, "__code__", None)
    return f" ({file_name(code.co_filename)}, line {code.co_firstlineno})" if isinstance(code, types.CodeType) else ""


def plain_text(
    plain: PlainJS,
    key: tuple[str, str],
    base: str,
    place: Callable[[FunctionJS, str], str],
    value_text: Callable[[str, Any], str],
) -> str:
    """The expression that makes the class.

    Args:
        plain: What is in it.
        key: Its home.
        base: The JS expression of its base class, `$s` in its methods.
        place: Replaces the placeholders in a function's text.
        value_text: The JS of a class attribute, by name and value.
    """
    consts = ""

    def functions(group: dict[str, FunctionJS]) -> str:
        nonlocal consts
        parts = []
        for name, func in group.items():
            consts += place(func, func.consts_text())
            parts.append(place(func, func.as_method(js_key(name))))
        return "{" + ",\n".join(parts) + "}"

    def accessors() -> str:
        parts = []
        for name, pair in plain.properties.items():
            texts = [place(f, f.as_expression()) if f else "null" for f in pair]
            parts.append(f"{js_key(name)}: [{', '.join(texts)}]")
        for name, func in plain.cached.items():
            text = place(func, func.as_expression())
            parts.append(f"{js_key(name)}: $py.late.$functools.cached_property({json.dumps(name)}, {text})")
        return "{" + ", ".join(parts) + "}"

    def values() -> str:
        # In brackets, __proto__ and the like would be data; no attribute is called so.
        return "{" + ", ".join(f"{js_key(k)}: {value_text(k, v)}" for k, v in plain.values.items()) + "}"

    spec = [f"name: {json.dumps(':'.join(key))}", f"label: {json.dumps(plain.cls.__name__)}"]
    for field_, group in (("methods", plain.methods), ("statics", plain.statics), ("of_class", plain.of_class)):
        if group:
            spec.append(f"{field_}: {functions(group)}")
    if plain.properties or plain.cached:
        spec.append(f"properties: {accessors()}")
    if plain.values:
        spec.append(f"values: {values()}")
    if plain.named is not None:
        defaults = "{" + ", ".join(f"{js_key(k)}: {value_text(k, v)}" for k, v in plain.named.defaults.items()) + "}"
        given = ", ".join([*map(json.dumps, [":".join(key), plain.cls.__name__, plain.named.fields]), defaults])
        return f"{consts}$m{js_member(key[1])} = $py.late.named({given}, {{{', '.join(spec[2:])}}});"
    return f"{consts}const $s = {base};\n$m{js_member(key[1])} = $py.late.cls($s, {{{', '.join(spec)}}});"


def js_key(name: str) -> str:
    """A name as the key in an object literal."""
    return name if name.isascii() and name.isidentifier() else json.dumps(name)
