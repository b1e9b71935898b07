"""What the JS side of one class is made of, and its text as a native JS class."""

from __future__ import annotations

import enum
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..assets import Link
from .code import FunctionJS
from .lower.words import JS_WORDS
from .std.named import is_named

__all__ = ["ClassJS", "EmitterJS", "HandlerJS", "PropJS", "class_text", "js_literal", "js_member"]


@dataclass(frozen=True)
class PropJS:
    """A property of the JS side: checked by a function, or by the type of its trait."""

    name: str
    side: str  # 'both' or 'js'
    validate: FunctionJS | None = None
    type: dict[str, Any] | None = None
    initial: Any = None
    has_default: bool = True
    readonly: bool = False
    owner: str = "js"


@dataclass(frozen=True)
class EmitterJS:
    name: str
    side: str
    func: FunctionJS


@dataclass(frozen=True)
class HandlerJS:
    name: str
    strings: tuple[str, ...]


@dataclass
class ClassJS:
    """The JS side of one class: only what the class itself adds to its base."""

    module: str
    qualname: str
    label: str
    base: type | None
    methods: dict[str, FunctionJS] = field(default_factory=dict)
    props: list[PropJS] = field(default_factory=list)
    emitters: list[EmitterJS] = field(default_factory=list)
    handlers: list[HandlerJS] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)
    css: str = ""
    version: int = 0  # how many classes of this name there were before
    globals: dict[str, Any] = field(default_factory=dict)
    closure: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """How the wire names it: 'module:qualname'."""
        return f"{self.module}:{self.qualname}"

    @property
    def functions(self) -> list[FunctionJS]:
        """Everything in it that was transpiled."""
        return [
            *self.methods.values(),
            *(p.validate for p in self.props if p.validate),
            *(e.func for e in self.emitters),
        ]


def js_literal(value: Any, inside: dict[int, str] | None = None) -> str:
    """A JSON-able value as JS source. Raises TypeError for anything else.

    Args:
        value: The value.
        inside: JS expressions for lists and dicts in it, by their identity.
    """
    if inside and id(value) in inside:
        return inside[id(value)]
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, enum.Enum) and not isinstance(value, re.RegexFlag):  # those are ints there
        raise TypeError(f"the member {value.name} of the enum {type(value).__name__}")
    if isinstance(value, int):
        if abs(value) > 2**53:
            raise TypeError(f"the integer {value} is beyond 2**53")
        return str(int(value))
    if isinstance(value, float):
        return (
            repr(value)
            if math.isfinite(value)
            else "NaN"
            if math.isnan(value)
            else "Infinity"
            if value > 0
            else "-Infinity"
        )
    if isinstance(value, Link):
        return f"$jsm.link({json.dumps(value.asset.hash)})"
    if isinstance(value, str):
        return json.dumps(value)
    if (isinstance(value, dict) and type(value).__module__ == "collections") or (
        isinstance(value, tuple) and is_named(type(value))
    ):
        raise TypeError(f"{type(value).__name__} can only be sent under a name of its own")
    if isinstance(value, (list, tuple)):
        items = "[" + ", ".join(js_literal(v, inside) for v in value) + "]"
        return items if isinstance(value, list) else f"Object.freeze({items})"
    if isinstance(value, dict):
        if not all(isinstance(k, str) for k in value):
            raise TypeError("a dict with keys that are not str")
        if any(k[:1].isdigit() for k in value):  # JS would put such keys first
            return (
                "$py.options(" + ", ".join(f"{json.dumps(k)}, {js_literal(v, inside)}" for k, v in value.items()) + ")"
            )
        return (
            "{"
            + ", ".join(
                f"{json.dumps(k) if k != '__proto__' else '[' + json.dumps(k) + ']'}: {js_literal(v, inside)}"
                for k, v in value.items()
            )
            + "}"
        )
    raise TypeError(f"{type(value).__name__} is not JSON-able")


def js_member(name: str) -> str:
    """`.name`, or `["name"]` where the name is no JS identifier."""
    return f".{name}" if name.isidentifier() and name.isascii() else f"[{json.dumps(name)}]"


def class_text(
    cls: ClassJS, base: str, place: Callable[[FunctionJS, str], str], literal: Callable[[Any], str] = js_literal
) -> str:
    """The statements that define a class and declare it to the runtime.

    Args:
        cls: What it is made of.
        base: The JS expression of its base class.
        place: Replaces the placeholders in a function's text.
        literal: Gives the text of a value.
    """
    simple = cls.label.isascii() and cls.label.isidentifier() and cls.label not in JS_WORDS
    ident = cls.label if simple else "Anonymous"
    # `init` and friends may be JS words; as method names all of them are allowed.
    methods = "\n".join(place(f, f.as_method(name)) for name, f in cls.methods.items())
    consts = "".join(place(f, f.consts_text()) for f in cls.methods.values())
    spec = [f"name: {json.dumps(cls.key)}", f"label: {json.dumps(cls.label)}"]
    if cls.version:
        spec.append(f"version: {cls.version}")
    if cls.props:
        spec.append("props: [" + ", ".join(_prop(p, place) for p in cls.props) + "]")
    if cls.emitters:
        spec.append(
            "emitters: ["
            + ", ".join(
                f"{{name: {json.dumps(e.name)}, side: {json.dumps(e.side)}, fn: {place(e.func, e.func.as_expression())}}}"
                for e in cls.emitters
            )
            + "]"
        )
    if cls.handlers:
        spec.append(
            "handlers: ["
            + ", ".join(f"{{name: {json.dumps(h.name)}, strings: {json.dumps(list(h.strings))}}}" for h in cls.handlers)
            + "]"
        )
    if cls.constants:
        spec.append(f"constants: {literal(cls.constants)}")
    body = f"{{\n{consts}const $s = {base};\nclass {ident} extends $s {{\n{methods}\n}}\n"
    return f"{body}$m{js_member(cls.qualname)} = $jsm.model({ident}, {{{', '.join(spec)}}});\n}}"


#: The parameters of a function with one argument, whose default value never changes.
_PLAIN_DEFAULT = re.compile(r'[\w$]+ = (-?\d+(?:\.\d+)?|true|false|"[^"\\]*")')


def _prop(prop: PropJS, place: Callable[[FunctionJS, str], str]) -> str:
    fields = [f"name: {json.dumps(prop.name)}", f"side: {json.dumps(prop.side)}"]
    if prop.readonly:
        fields += ["readonly: true", f"owner: {json.dumps(prop.owner)}"]
    if prop.validate is not None:
        fields.append(f"validate: {place(prop.validate, prop.validate.as_expression())}")
        if not prop.has_default:
            fields.append("initial: null")
        elif "this" in prop.validate.body and (default := _PLAIN_DEFAULT.fullmatch(prop.validate.params)):
            fields.append(f"initial: {default[1]}")  # what others find, and it itself, while it runs for the first time
    if prop.type is not None:
        fields.append(f"type: {js_literal(prop.type)}")
        if prop.side == "js":
            fields.append(f"initial: {js_literal(prop.initial)}")
    return "{" + ", ".join(fields) + "}"
