"""What an 'import' inside of JS code brings: it is done in Python, when the code is transpiled, or comes out of the cache."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from typing import Any

__all__ = ["TOP", "WHOLE", "Brought", "bring", "brought"]

#: What an 'import' binds: the name, the module as the statement calls it, and what of that.
Brought = tuple[str, str, str]

#: What of a module a name means, other than the name of something in it: itself, or the package that it is in.
WHOLE, TOP = "", "."


def bring(module: str, what: str, package: str | None) -> Any:
    """What a name means after it was imported; None where the module has no such thing.

    Args:
        module: As the statement calls it: `a.b`, or `.b`.
        what: Its name there, `WHOLE` or `TOP`.
        package: What relative names start from.

    Raises:
        ImportError: when there is no such module.
    """
    found = importlib.import_module(module, package)
    if what == WHOLE:
        return found
    if what == TOP:
        return sys.modules[module.partition(".")[0]]
    value = getattr(found, what, None)
    return sys.modules.get(f"{found.__name__}.{what}") if value is None else value


def brought(names: Iterable[Brought], package: str | None) -> dict[str, Any] | None:
    """What all these names mean now; None if some cannot be had."""
    try:
        found = {name: bring(module, what, package) for name, module, what in names}
    except ImportError:
        return None
    return None if None in found.values() else found
