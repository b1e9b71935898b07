"""What of `abc`, `dataclasses`, `enum` and of Python's built-in classes JS code can use, by what it stands for."""

from __future__ import annotations

import abc
import builtins
import dataclasses
import enum
import typing
from functools import cache
from typing import Any

from .lower.words import EXCEPTIONS, LIBRARY_FUNCTIONS, PART_OF

__all__ = ["find"]

#: The part of our JS library that each is in, and its JS expression there.
_OFFERED: dict[str, tuple[Any, str, str, tuple[str, ...]]] = {
    "enums": (enum, "enums", "$enum", ("Enum", "Flag", "IntEnum", "IntFlag", "StrEnum", "auto", "unique")),
    "dataclasses": (
        dataclasses,
        "dataclasses",
        "$dataclasses",
        (
            "FrozenInstanceError",
            "MISSING",
            "asdict",
            "astuple",
            "dataclass",
            "field",
            "fields",
            "is_dataclass",
            "replace",
        ),
    ),
}


@cache
def _known() -> dict[int, tuple[Any, str, str]]:
    found: dict[int, tuple[Any, str, str]] = {}
    for module, part, namespace, names in _OFFERED.values():
        for name in names:
            value = getattr(module, name, None)
            if value is not None:
                found[id(value)] = value, part, f"$py.late.{namespace}.{name}"
    found[id(abc.ABC)] = abc.ABC, "bodies", "$py.late.ABC"
    for silent in (typing.Generic, typing.Protocol):
        found[id(silent)] = silent, "bodies", "$py.late.Generic"
    found[id(abc.abstractmethod)] = abc.abstractmethod, "bodies", "$py.late.abstractmethod"
    found[id(object)] = object, "objects", "$py.late.ob"
    for name in EXCEPTIONS:
        found[id(getattr(builtins, name))] = getattr(builtins, name), "exceptions", f'$py.late.exc("{name}")'
    for kind in (bool, dict, float, int, list, str, tuple):
        part = PART_OF.get(kind.__name__, "")
        if kind.__name__ in LIBRARY_FUNCTIONS:
            found[id(kind)] = kind, part, f"$py.late.{kind.__name__}" if part else f"$py.{kind.__name__}"
    return found


def find(value: Any) -> tuple[str, str] | None:
    """The part of our JS library that something of Python's is in, and its JS expression; None if it is not there."""
    try:
        entry = _known().get(id(value))
    except AttributeError:
        return None
    return entry[1:] if entry is not None and entry[0] is value else None
