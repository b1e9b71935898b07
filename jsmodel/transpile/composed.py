"""Collections that hold more than JSON can say: how they are made again in JS.

`OPERATORS = {"+": operator.add, "-": lambda a, b: a - b}`, `VOWELS = set("aeiou")` and
`NAMES = {1: "one"}` at the top of a module, or of a class, are there in JS, too; and so is
`MISSING = object()`, which is equal to nothing else.
"""

from __future__ import annotations

import enum
import inspect
import json
import types
from collections.abc import Callable
from typing import Any

from . import std
from .classes import js_literal
from .lower.words import LIBRARY_FUNCTIONS, PART_OF
from .scope import why_not
from .std.values import made
from .tools import find as find_tool

__all__ = ["composed", "is_composed", "is_sendable", "trouble_in"]

#: What has no order: two runs are to send the same text.
SETS = (set, frozenset)

_COLLECTIONS = frozenset([list, tuple, dict, *SETS, bytes, bytearray, range, object])


def is_composed(value: Any) -> bool:
    """Whether it is such a collection, whatever is in it, or a bare object."""
    return type(value) in _COLLECTIONS


def composed(value: Any, part: Callable[[Any], str]) -> tuple[str, str]:
    """The JS expression for a collection, and the part of our JS library that this needs.

    Args:
        value: The collection.
        part: Gives the expression for something in it.
    """
    kind = type(value)
    if kind in (bytes, bytearray):
        text = f"$py.late.bytes_of({json.dumps(value.decode('latin-1'))})"
        return (f"$py.late.bytearray({text})" if kind is bytearray else text), PART_OF["bytes_of"]
    if kind is object:
        return "$py.late.ob()", PART_OF["ob"]
    if kind is range:
        return f"$py.late.range({value.start}, {value.stop}, {value.step})", PART_OF["range"]
    if kind is dict:
        pairs = [part(each) for item in value.items() for each in item]
        return f"$py.late.dict_of({', '.join(pairs)})", PART_OF["dict_of"]
    if kind in SETS:
        items = ", ".join(sorted(map(part, value)))
        return f"$py.late.{kind.__name__}([{items}])", PART_OF[kind.__name__]
    items = ", ".join(map(part, value))
    return (f"[{items}]" if kind is list else f"$py.tuple_({items})"), ""


def trouble_in(value: Any, around: tuple[int, ...] = ()) -> tuple[str, str] | None:
    """Why what is in a collection cannot be had in the browser, and what to do instead; None if all of it can."""
    if not is_composed(value):
        if std.find(value) is not None or find_tool(value) is not None or made(value) is not None or is_sendable(value):
            return None
        refused = std.refusal(value) if callable(value) or inspect.ismodule(value) else None
        known = inspect.isclass(value) or isinstance(value, (types.FunctionType, enum.Enum))
        if refused is None and (known or getattr(value, "__name__", "") in LIBRARY_FUNCTIONS):
            return None
        return refused or why_not(value)
    if id(value) in around:
        return "its value cannot be sent (it contains itself)", "Use JSON-able values, or pass it as a property."
    if type(value) is range:
        return trouble_in([value.start, value.stop, value.step])
    if type(value) in (bytes, bytearray, object):
        return None
    parts = (each for item in value.items() for each in item) if isinstance(value, dict) else value
    return next((found for part in parts if (found := trouble_in(part, (*around, id(value)))) is not None), None)


def is_sendable(value: Any) -> bool:
    try:
        js_literal(value)
    except (TypeError, RecursionError):
        return False
    return True
