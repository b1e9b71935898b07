"""Exceptions that cross over: what `except` catches on the other side.

From Python to JS goes what the exception has: if its class is one that JS code uses,
JS makes one of that class of it, and else one of the nearest class that Python itself
has. From JS to Python comes a `CallError`, which is also one of the class that JS
raised. Which classes that may be is decided here, never by the browser: Python's own
exceptions, and those that the JS code of the session uses. No `__init__` runs.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Any

from .errors import CallError, ValueNotSendable
from .protocol import check_sendable

__all__ = ["from_js", "to_js"]

#: Exceptions that mean something to Python itself, which code that was called should not say.
_NEVER = ("GeneratorExit", "KeyboardInterrupt", "StopAsyncIteration", "StopIteration", "SystemExit")

#: So many attributes may come with an exception of the browser.
ATTRIBUTES = 50


def to_js(err: Exception, *, public: bool = False) -> dict[str, Any]:
    """What JS is told of an exception of Python: the fields of a `reply`.

    Args:
        err: The exception.
        public: Whether what it says is for the log only, unless JS code uses its class, and so is to know.
    """
    from .transpile.modules import linker

    (value,) = err.args if isinstance(err, KeyError) and len(err.args) == 1 else (err,)  # its words are the repr of it
    told: dict[str, Any] = {"error": str(value), "type": _built_in(type(err)).__name__}
    for cls in type(err).__mro__:
        if cls.__module__ == "builtins":
            break
        home = linker.home_of(cls)
        if home is not None:
            attrs = {name: value for name, value in vars(err).items() if not name.startswith("_") and _crosses(value)}
            args = list(err.args) if all(map(_crosses, err.args)) else [str(err)]
            return {**told, "raised": [*home, args, attrs]}
    return {**told, "error": "It failed on the server, whose log says why."} if public else told


def from_js(words: str, name: str, said: str, raised: Any, classes: Iterable[type]) -> CallError:
    """The error of a call that failed in the browser.

    Args:
        words: What the error says.
        name: The name of the exception there.
        said: What that says.
        raised: The home of its class, its arguments and its attributes, as the browser tells them; or None.
        classes: The models of the session.
    """
    home, args, attrs = raised if _is_told(raised) else ("", [said], {})
    known = _known(home, name, classes)
    if known is None:
        return CallError(words)
    try:
        kind = _crossed(known)
        err: CallError = _built_in(known).__new__(kind, *args)
    except Exception:  # of what the class does when somebody inherits from it, or of arguments that it cannot have
        return CallError(words)
    err.args = tuple(args)
    for key, value in attrs.items() if known.__module__ != "builtins" else ():
        if key.isidentifier() and not key.startswith("_") and not _means_something(known, key):
            vars(err)[key] = value
    vars(err)["_jsm_words"] = words
    return err


def _known(home: str, name: str, classes: Iterable[type]) -> type[Exception] | None:
    from .transpile.modules import linker

    if home:
        found = linker.exceptions_of(classes).get(home)
    else:
        found = getattr(builtins, name, None) if name not in _NEVER else None
    return found if isinstance(found, type) and issubclass(found, Exception) else None


def _crossed(cls: type[Exception]) -> Any:
    """A class of errors of calls that are of `cls`, too."""

    def words(self: Any) -> str:
        return str(self._jsm_words)

    body = {"__str__": words, "__module__": CallError.__module__, "__doc__": CallError.__doc__}
    return type("CallError", (CallError, cls), body)


def _built_in(cls: type) -> type:
    """The nearest exception of Python itself that a class is or inherits from."""
    return next(
        base for base in cls.__mro__ if base.__module__ == "builtins" and (base.__name__ not in _NEVER or base is cls)
    )


def _crosses(value: Any) -> bool:
    try:
        check_sendable(value)
    except ValueNotSendable:
        return False
    return True


def _is_told(raised: Any) -> bool:
    """Whether a browser tells what a class, arguments and attributes can be."""
    if not isinstance(raised, list) or len(raised) != 3:
        return False
    home, args, attrs = raised
    return (
        isinstance(home, str)
        and isinstance(args, (list, tuple))
        and isinstance(attrs, dict)
        and len(attrs) <= ATTRIBUTES
    )


def _means_something(cls: type, name: str) -> bool:
    """Whether an attribute of this name would hide a method or a property."""
    found = getattr(cls, name, None)
    return callable(found) or hasattr(found, "__set__")
