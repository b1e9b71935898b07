"""What `functools.total_ordering` gives a class, to be transpiled: its own functions are Python's.

The JS twin, for classes that are made in the browser, is in functools.js.
"""

from __future__ import annotations

import functools
import types
from typing import Any

__all__ = ["in_our_words"]


def _gt_from_lt(self: Any, other: Any) -> Any:
    out = self.__lt__(other)
    return out if out is NotImplemented else not out and self != other


def _le_from_lt(self: Any, other: Any) -> Any:
    out = self.__lt__(other)
    return out if out is NotImplemented else out or self == other


def _ge_from_lt(self: Any, other: Any) -> Any:
    out = self.__lt__(other)
    return out if out is NotImplemented else not out


def _ge_from_le(self: Any, other: Any) -> Any:
    out = self.__le__(other)
    return out if out is NotImplemented else not out or self == other


def _lt_from_le(self: Any, other: Any) -> Any:
    out = self.__le__(other)
    return out if out is NotImplemented else out and self != other


def _gt_from_le(self: Any, other: Any) -> Any:
    out = self.__le__(other)
    return out if out is NotImplemented else not out


def _lt_from_gt(self: Any, other: Any) -> Any:
    out = self.__gt__(other)
    return out if out is NotImplemented else not out and self != other


def _ge_from_gt(self: Any, other: Any) -> Any:
    out = self.__gt__(other)
    return out if out is NotImplemented else out or self == other


def _le_from_gt(self: Any, other: Any) -> Any:
    out = self.__gt__(other)
    return out if out is NotImplemented else not out


def _le_from_ge(self: Any, other: Any) -> Any:
    out = self.__ge__(other)
    return out if out is NotImplemented else not out or self == other


def _gt_from_ge(self: Any, other: Any) -> Any:
    out = self.__ge__(other)
    return out if out is NotImplemented else out and self != other


def _lt_from_ge(self: Any, other: Any) -> Any:
    out = self.__ge__(other)
    return out if out is NotImplemented else not out


_OURS = {name: value for name, value in globals().items() if "_from_" in name}


def in_our_words(method: types.FunctionType) -> types.FunctionType:
    """The method itself, or what stands for it if `functools.total_ordering` made it."""
    ours = _OURS.get(method.__code__.co_name)
    if ours is None or method.__code__.co_filename != functools.__file__:
        return method
    found: types.FunctionType = ours
    return found
