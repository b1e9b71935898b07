"""Named tuples that the user made: what of such a class is the user's."""

from __future__ import annotations

import collections
import inspect
from dataclasses import dataclass
from typing import Any

__all__ = ["Named", "is_named", "read_named"]

#: What collections.namedtuple and typing.NamedTuple put into a class.
_GIVEN = frozenset(
    """__slots__ __new__ __getnewargs__ __match_args__ __orig_bases__ __replace__ __annotations__ __doc__
    _fields _field_defaults _field_types _make _replace _asdict""".split()
)


@dataclass(frozen=True)
class Named:
    """The fields of a named tuple, and what its class has besides."""

    fields: tuple[str, ...]
    defaults: dict[str, Any]
    own: dict[str, Any]


def is_named(cls: type) -> bool:
    """Whether a class is a named tuple."""
    return issubclass(cls, tuple) and isinstance(getattr(cls, "_fields", None), tuple)


def read_named(cls: Any) -> Named:
    """What is in a class that is a named tuple, or inherits from one."""
    own: dict[str, Any] = {}
    for base in reversed(cls.__mro__[:-2]):  # without tuple and object
        for name, value in vars(base).items():
            if name in cls._fields and inspect.isdatadescriptor(value) and not isinstance(value, property):
                continue
            if not _is_given(name, value):
                own[name] = value
    return Named(cls._fields, dict(cls._field_defaults), own)


def _is_given(name: str, value: Any) -> bool:
    if name not in _GIVEN and name != "__repr__":
        return False
    func = getattr(value, "__func__", value)
    code = getattr(func, "__code__", None)
    if code is None:
        return True
    # What a class of the user defines over it is his.
    made = str(func.__globals__.get("__name__", ""))
    return code.co_filename == collections.__file__ or made.startswith("namedtuple_")
