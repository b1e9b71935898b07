"""The text of the file or cell that a function was written in."""

from __future__ import annotations

import linecache
import sys
import types
from collections.abc import Iterator

__all__ = ["lines_of", "texts_of"]

_known: dict[str, tuple[list[str], tuple[str, ...]]] = {}  # by file: the lines as Python has them, and as we give them


def lines_of(func: types.FunctionType) -> tuple[str, ...]:
    """The lines of the file or cell of a function, the same ones for all its functions; none where they are not known."""
    lines = next(texts_of(func), [])
    name = func.__code__.co_filename
    known = _known.get(name)
    if known is None or known[0] is not lines:
        if len(_known) > 256:
            _known.clear()
        known = _known[name] = lines, tuple(lines)
    return known[1]


def texts_of(func: types.FunctionType) -> Iterator[list[str]]:
    """The lines that the function may be in: as Python has read them, as the file has them now, as they were typed."""
    name = func.__code__.co_filename
    known = linecache.getlines(name, func.__globals__)
    if known:
        yield known
        linecache.checkcache(name)
        now = linecache.getlines(name, func.__globals__)
        if now and now != known:
            yield now
    typed = []
    if name.startswith("<stdin>"):
        from .typed import typed_lines  # late: what comes out of the cache needs none of it

        typed = typed_lines(func)
    if typed:
        yield typed
    if name == "<string>" and "-c" in sys.orig_argv[:-1]:  # python -c '...'
        yield sys.orig_argv[sys.orig_argv.index("-c") + 1].splitlines(keepends=True)
