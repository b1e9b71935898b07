"""Things that mean something only in the browser: raw JS, and names like `window`."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

from ..errors import ScopeError

__all__ = ["JSName", "RawJS", "is_rawjs", "raw_code", "raw_expression"]


class _Kind(type):
    """Lets pscript's own RawJS objects pass for ours: modules that were written with those run as they are."""

    def __instancecheck__(cls, value: Any) -> bool:
        return super().__instancecheck__(value) or (cls is RawJS and _is_pscripts(type(value)))


class RawJS(metaclass=_Kind):
    """A piece of JavaScript under a Python name.

    At module level it defines an object once, for all JS code that uses the
    name. Inside a method of `class JS` it is an expression, right there.

    Args:
        code: A JavaScript expression.
    """

    def __init__(self, code: str) -> None:
        if not isinstance(code, str):
            raise TypeError(
                f"RawJS takes JavaScript as a str, not {type(code).__name__}. It is put into the JS as it is. Write RawJS('window.foo')."
            )
        self.code = code
        caller = sys._getframe(1)
        self._place = caller.f_code.co_filename, caller.f_lineno  # tracebacks tell it

    def __repr__(self) -> str:
        text = self.code if len(self.code) <= 40 else self.code[:39] + "…"
        return f"<RawJS {text!r}>"


def _is_pscripts(cls: Any) -> bool:
    return (
        getattr(cls, "__name__", "") == "RawJS" and str(getattr(cls, "__module__", "")).partition(".")[0] == "pscript"
    )


def is_rawjs(value: Any) -> bool:
    """Whether a value is the class RawJS: ours, or pscript's."""
    return value is RawJS or (isinstance(value, type) and _is_pscripts(value))


def raw_code(value: Any) -> str:
    """The JavaScript of a RawJS object: ours, or pscript's."""
    return raw_expression(value.get_code(0) if _is_pscripts(type(value)) else value.code)


def raw_expression(code: str) -> str:
    """JavaScript so that it can stand in brackets: without a semicolon at its end, and with what ends a comment there."""
    code = code.rstrip().rstrip(";") if code.rstrip().endswith(";") else code
    return code + "\n" if "//" in code.rpartition("\n")[2] else code


class JSName:
    """A name that browsers know, for use in JS code; in Python every use explains itself."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def __repr__(self) -> str:
        return f"<{self._name}, in the browser>"

    def _fail(self) -> NoReturn:
        raise ScopeError(
            self._name,
            user="Python code",
            why="it exists in the browser only",
            instead="Use it inside 'class JS', or call such a method with self.js.method().",
        )

    def __getattr__(self, attr: str) -> Any:
        if attr.startswith("__") and attr.endswith("__"):
            raise AttributeError(attr)  # what copy, pickle and inspect ask
        self._fail()

    def __setattr__(self, attr: str, value: Any) -> None:
        self._fail()

    def __call__(self, *args: Any) -> Any:
        self._fail()
