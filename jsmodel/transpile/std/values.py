"""Objects of Python's standard library that JS code uses: how they are made again there.

`PATTERN = re.compile("...")` at the top of a module is a compiled pattern in JS,
too; `add5 = functools.partial(add, 5)` is a partial, and a function with
`@functools.lru_cache` remembers there what it gave there.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import operator
import re
import types
from dataclasses import dataclass, field
from typing import Any

from .named import is_named

__all__ = ["Made", "made", "wrapped"]


@dataclass(frozen=True)
class Made:
    """A call that makes the object: of which function of the table, with what. Without one, the first argument is a class."""

    module: str
    name: str
    args: tuple[Any, ...]
    keywords: dict[str, Any] = field(default_factory=dict)


#: What lru_cache and cache make.
_CACHED = type(functools.lru_cache(repr))


def made(value: Any) -> Made | None:
    """How to make a value; None if it is nothing that can be made so."""
    kind = type(value)
    if kind is functools.partial:
        return Made("functools", "partial", (value.func, *value.args), value.keywords)
    if kind is re.Pattern and isinstance(value.pattern, str):
        return Made("re", "compile", (value.pattern, int(value.flags) & ~int(re.UNICODE)))
    if kind in (operator.itemgetter, operator.attrgetter, operator.methodcaller):
        reduced = value.__reduce__()
        return Made("operator", kind.__name__, reduced[1]) if reduced[0] is kind else None
    if kind is collections.deque:
        return Made("collections", "deque", (list(value), value.maxlen))
    if kind in (collections.Counter, collections.OrderedDict):
        return Made("collections", kind.__name__, (dict(value),))
    if kind is collections.defaultdict:
        return Made("collections", "defaultdict", (value.default_factory, dict(value)))
    if is_named(kind):
        return Made("", "", (kind, *value))
    return None


def wrapped(value: Any) -> tuple[str, tuple[Any, ...], types.FunctionType] | None:
    """What a decorator of the standard library made of a function: its JS, the arguments before the function, and that."""
    inner = getattr(value, "__wrapped__", None)
    if not isinstance(inner, types.FunctionType):
        return None
    if isinstance(value, _CACHED):
        parameters = value.cache_parameters()
        return "functools.lru_cache", (parameters["maxsize"], parameters["typed"]), inner
    code = getattr(value, "__code__", None)
    for decorator in (contextlib.contextmanager, contextlib.asynccontextmanager):
        if code is not None and code in decorator.__code__.co_consts:
            return f"contextlib.{decorator.__name__}", (), inner
    return None
