"""Dataclasses: their fields as JS, and which methods Python has made for them; `dataclasses.js` makes them again."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["FieldJS", "RecordJS", "read_record"]

_PARAMS = ("init", "repr", "eq", "order", "unsafe_hash", "frozen", "match_args", "kw_only", "slots")


@dataclass(frozen=True)
class FieldJS:
    """A field of a dataclass."""

    name: str
    flags: dict[str, Any]
    default: Any = dataclasses.MISSING
    factory: Any = dataclasses.MISSING

    def text(self, expression: Callable[[Any], str], value_text: Callable[[str, Any], str]) -> str:
        parts = [f"name: {json.dumps(self.name)}", *(f"{k}: {json.dumps(v)}" for k, v in self.flags.items())]
        if self.default is not dataclasses.MISSING:
            parts.append(f"default: {value_text(self.name, self.default)}")
        if self.factory is not dataclasses.MISSING:
            parts.append(f"factory: {value_text(self.name, self.factory)}")
        return "{" + ", ".join(parts) + "}"


@dataclass(frozen=True)
class RecordJS:
    """What a class is as a dataclass.

    Attributes:
        fields: Its own and the inherited ones, in order.
        params: What @dataclass was told, and under 'made' the methods that it has made.
    """

    fields: tuple[FieldJS, ...]
    params: dict[str, Any]


def read_record(cls: Any, own: dict[str, Any]) -> tuple[RecordJS, dict[str, Any]]:
    """The fields of a dataclass, and what the user has written in its body."""
    fields = []
    for each in cls.__dataclass_fields__.values():
        kind = each._field_type.name
        flags = {
            "kind": {"_FIELD": "", "_FIELD_CLASSVAR": "class", "_FIELD_INITVAR": "init"}[kind],
            **{k: getattr(each, k) for k in ("init", "repr", "compare", "hash")},
            "kw_only": each.kw_only is True,
        }
        fields.append(FieldJS(each.name, flags, each.default, each.default_factory))
    made = [name for name, value in own.items() if _is_generated(value)]
    written = {
        name: value
        for name, value in own.items()
        if name not in made and name not in ("__dataclass_fields__", "__dataclass_params__")
    }
    for each in fields:
        if each.flags["kind"] != "class" and each.default is not dataclasses.MISSING:
            written.pop(each.name, None)  # the field brings it
    params = {k: bool(getattr(cls.__dataclass_params__, k)) for k in _PARAMS if hasattr(cls.__dataclass_params__, k)}
    return RecordJS(tuple(fields), {**params, "made": made}), written


def _is_generated(value: Any) -> bool:
    """Whether a method was made by @dataclass, and not written by a person."""
    value = getattr(value, "__wrapped__", value)
    if not isinstance(value, types.FunctionType):
        return False
    return value.__code__.co_filename == "<string>" or value.__globals__.get("__name__") == "dataclasses"
