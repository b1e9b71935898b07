"""The arguments of a call of the JS side, put in their places as Python does it.

JS itself would take too many arguments and say nothing. And only functions that have keyword-only parameters, or
`**kwargs`, can take arguments by name there; for others the names are resolved here.
"""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import Any

__all__ = ["place"]


def place(
    func: FunctionType, label: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """What is to be sent for `func(self, *args, **kwargs)`.

    Raises:
        TypeError: when Python would not call the function like this, either.
    """
    __tracebackhide__ = True
    code = func.__code__
    named = bool(code.co_kwonlyargcount or code.co_flags & inspect.CO_VARKEYWORDS)
    if not kwargs and not named:
        least = code.co_argcount - len(func.__defaults__ or ())
        if least <= len(args) + 1 and (len(args) < code.co_argcount or code.co_flags & inspect.CO_VARARGS):
            return list(args), {}
    signature = inspect.signature(func, follow_wrapped=False)
    try:
        bound = signature.bind(None, *args, **kwargs)
    except TypeError as err:
        parameters = ", ".join(str(p) for p in list(signature.parameters.values())[1:])
        raise TypeError(
            f"{label}() was not called: {err}. The method runs in the browser, and takes ({parameters}) as it would in Python. Call it with these."
        ) from None
    if named or not kwargs:
        return list(args), kwargs
    last = max(list(signature.parameters).index(name) for name in bound.arguments)
    bound.apply_defaults()
    return list(bound.args[1 : last + 1]), {}
