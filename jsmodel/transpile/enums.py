"""Enums: their members as JS, and how this version of Python prints them; `enums.js` makes them again."""

from __future__ import annotations

import enum
import inspect
import json
import types
from typing import TYPE_CHECKING, Any

from .classes import js_literal

if TYPE_CHECKING:
    from .plain import PlainJS

__all__ = ["MIXINS", "ROOTS", "member_of", "read_enum"]

#: The enums of Python itself that classes inherit from.
ROOTS = {getattr(enum, name): name for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag") if hasattr(enum, name)}
#: The types whose values members can be.
MIXINS = {int: "int", str: "str", float: "float"}

_OWN = frozenset(
    """_member_names_ _member_map_ _value2member_map_ _unhashable_values_ _hashable_values_ _unhashable_values_map_ _member_type_
    _value_repr_ _generate_next_value_ _use_args_ _flag_mask_ _singles_mask_ _all_bits_ _boundary_ _inverted_ _new_member_
    __new_member__ __new__ _ignore_ _order_ _sort_order_ __reduce_ex__ __dir__ __set_name__ __doc__ _add_alias_ _add_value_alias_""".split()
)


def read_enum(plain: PlainJS, own: dict[str, Any]) -> dict[str, Any]:
    """Note what an enum adds to its bases; gives what else is in its body."""
    from .plain import PlainRefused

    cls: Any = plain.cls
    mixin = ""
    for base in cls.__bases__:
        if base in ROOTS:
            plain.bases.append(f"enum:{ROOTS[base]}")
        elif base in MIXINS:
            mixin = MIXINS[base]
        elif base.__module__ == "builtins":
            raise PlainRefused(
                f"the members of {cls.__name__} are values of {base.__name__}, which is not known there",
                "Inherit from Enum, IntEnum or StrEnum.",
            )
        else:
            plain.bases.append(base)
    new = own.get("_new_member_", own.get("__new_member__"))
    if inspect.isfunction(new) and new.__module__ != "enum":
        raise PlainRefused(f"{cls.__name__} is an Enum with a __new__ of its own", "Use __init__, or a property.")
    init = getattr(cls.__init__, "__code__", None)
    if init is not None and "_value_" in init.co_names and cls.__init__.__module__ != "enum":
        raise PlainRefused(f"the __init__ of {cls.__name__} sets _value_", "Use a property.")
    members: dict[str, Any] = cls.__members__
    plain.members = {
        "members": [(name, member._value_) for name, member in members.items()],
        "names": list(cls._member_names_),
        "mixin": mixin,
        **_style(cls),
    }
    return {
        name: property(value.fget) if isinstance(value, types.DynamicClassAttribute) else value
        for name, value in own.items()
        if name not in members and name not in _OWN and not _is_pythons(value)
    }


def member_of(member: enum.Enum) -> str:
    """What follows the JS expression of an enum to be one of its members."""
    if member.name is None or member.name not in type(member).__members__:
        return f"({js_literal(member._value_)})"
    return f"[{json.dumps(member.name)}]"


def _is_pythons(value: Any) -> bool:
    """Whether a method was put into the class by the machinery of enums."""
    func = getattr(value, "__func__", value)
    if isinstance(func, types.DynamicClassAttribute):
        func = func.fget
        if func is None:
            return True
    if isinstance(func, (types.WrapperDescriptorType, types.MethodDescriptorType, types.BuiltinFunctionType)):
        return True
    return inspect.isfunction(func) and func.__module__ == "enum"


def _style(cls: Any) -> dict[str, str]:
    """Whether str() and format() give the name of a member, or its value: this differs between versions of Python."""
    kinds = {"str": cls.__str__, "format": cls.__format__}
    style = {}
    for how, func in kinds.items():
        style[how] = "value" if func in _OF_VALUES else "name"
    sample = next(iter(cls), None)
    if sample is not None and not any(_is_users(f) for f in (cls.__str__, cls.__format__)):
        style["str"] = "name" if str(sample) == f"{cls.__name__}.{sample.name}" else "value"
        style["format"] = "name" if format(sample) == f"{cls.__name__}.{sample.name}" else "value"
    return style


_OF_VALUES = (int.__repr__, str.__str__, int.__format__, str.__format__, float.__format__, float.__repr__)


def _is_users(func: Any) -> bool:
    return inspect.isfunction(func) and func.__module__ != "enum"
