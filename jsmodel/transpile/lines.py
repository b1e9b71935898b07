"""The text of the file or cell that a function was written in."""

from __future__ import annotations

import linecache
import sys
import types
from collections.abc import Iterator
from typing import Any

__all__ = ["lines_of", "texts_of"]

_known: dict[str, tuple[Any, tuple[str, ...]]] = {}  # by file: what `linecache` has, and the lines as we give them


def lines_of(func: types.FunctionType) -> tuple[str, ...]:
    """The lines of the file or cell of a function, the same ones for all its functions; none where they are not known."""
    name = func.__code__.co_filename
    known = _known.get(name)
    if known is not None and known[0] is linecache.cache.get(name):
        return known[1]
    lines = tuple(next(texts_of(func), ()))
    if linecache.getlines(name, func.__globals__):  # or else they are those of this function alone
        if len(_known) > 256:
            _known.clear()
        _known[name] = linecache.cache.get(name), lines
    return lines


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
    if name == "<timed exec>":
        yield from _timed(func)
    if name == "<string>" and "-c" in sys.orig_argv[:-1]:  # python -c '...'
        yield sys.orig_argv[sys.orig_argv.index("-c") + 1].splitlines(keepends=True)


def _timed(func: types.FunctionType) -> Iterator[list[str]]:
    """What cells that begin with %%time have below it, the newest first: IPython compiles it under no name of its own."""
    import ast  # late: what comes out of the cache needs none of it

    for cell in reversed(func.__globals__.get("In", ())):
        if str(cell).startswith("get_ipython().run_cell_magic(") and func.__code__.co_name in cell:
            call: Any = ast.parse(cell).body[0]
            yield str(ast.literal_eval(call.value.args[2])).splitlines(keepends=True)
