"""Which side has a name: said where JS code looks for something that only Python has."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["other_side"]

#: What a browser, or our library, says of a name that an object does not have.
_MISSING = re.compile(r"^(?:this\.(\w+) is not a function\b|'\w+' object has no attribute '(\w+)'$)")


def other_side(model: Any, words: str) -> str:
    """A sentence for the end of a traceback, where Python's side of `model` has what its JS side was asked for; or "".

    Args:
        model: The model whose JS code failed.
        words: What its exception says.
    """
    found = _MISSING.match(words)
    name = (found[1] or found[2]) if found else ""
    if not name or name.startswith("_") or model is None:
        return ""
    label = f"{type(model).__name__}.{name}"
    if name in vars(model):
        return f"{label} is an attribute of Python's side. Make it a property in 'class Both', or let a method give it that is marked with @app.exposed."
    func = getattr(type(model), name, None)
    if not callable(func) or name in type(model)._jsm_js_methods:
        return ""
    marked = "" if getattr(func, "_jsm_exposed", False) else "Mark it with @app.exposed, and write "
    return f"{label} is a method of Python's side. {marked or 'Write '}'await self.py.{name}(…)'."
