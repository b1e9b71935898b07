"""What tells one piece of Python from another: digests of compiled code, of names, of the transpiler itself.

What becomes of a function depends on its code, on what kinds of things its names
mean, and on us. All that is put into one short text, the key under which
`cache.py` keeps the JS.
"""

from __future__ import annotations

import functools
import importlib.util
import marshal
import os
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

from .rawjs import JSName, is_rawjs

__all__ = ["codes_in", "contents", "digest", "fingerprint", "kinds", "names_in", "transpiler"]


def digest(*parts: Any) -> str:
    """A short text that is another one for other parts. They may be text, bytes, numbers, and tuples and lists of those."""
    if len(parts) == 1 and isinstance(parts[0], bytes):  # much of it, perhaps, and nothing to tell apart
        return blake2b(parts[0], digest_size=16).hexdigest()
    return blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def codes_in(code: types.CodeType) -> Iterator[types.CodeType]:
    """A code object, and all those that are inside of it."""
    yield code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from codes_in(const)


def fingerprint(code: types.CodeType, *, lines: bool = True) -> str:
    """A text that is the same for the same code, wherever in a file it stands.

    Args:
        code: What Python has compiled.
        lines: Whether it counts in which line, of those of the function, something stands.
    """
    shape = _shape(code, lines)
    try:
        # The second version, since the later ones say which objects are shared, by chance.
        return blake2b(marshal.dumps(shape, 2), digest_size=16).hexdigest()
    except ValueError:  # a kind of constant that there was not then
        return digest(shape)


_ITERABLE = 0x100  # the bit that types.coroutine() adds


def _shape(code: types.CodeType, lines: bool) -> tuple[Any, ...]:
    return (
        code.co_name,
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags & ~_ITERABLE,
        code.co_code,
        getattr(code, "co_exceptiontable", b""),
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_linetable if lines else b"",  # it counts from the first line
        *[
            const
            if type(const) in _PLAIN
            else _const(const, lines)  # as written down, 1, 1.0 and True are three things
            for const in code.co_consts
        ],
    )


_PLAIN = frozenset([type(None), bool, int, float, str, bytes])


def _const(value: Any, lines: bool) -> Any:
    if isinstance(value, types.CodeType):
        return [*_shape(value, lines)]  # no constant is a list
    if isinstance(value, tuple):
        return tuple([_const(item, lines) for item in value])
    if isinstance(value, frozenset):
        return ["frozenset", *sorted(repr(item) for item in value)]  # they have another order in each process
    return value


# -- what names mean


def names_in(code: types.CodeType) -> tuple[str, ...]:
    """The names from outside that some code uses, and those of attributes; in an order that the code decides."""
    found = code.co_names + code.co_freevars
    for const in code.co_consts:
        if type(const) is types.CodeType:
            found = tuple(dict.fromkeys(found + names_in(const)))
    return found


def kinds(names: dict[str, Any], used: Sequence[str]) -> list[tuple[str, str]]:
    """What kind of thing each of these names means: what of their values may decide how code that uses them is transpiled.

    Args:
        names: The names, and what they mean.
        used: These, and the names of attributes: of what a module has, that counts.
    """
    return [(name, _kind(value, used)) for name, value in names.items()]


_KIND = 0x3AC  # the bits that say what a call takes and gives: *args, **kwargs, generators and coroutines


def _kind(value: Any, used: Iterable[str], around: tuple[Any, ...] = ()) -> str:
    if is_rawjs(value):
        return "RawJS"
    if isinstance(value, types.ModuleType):
        if value in around:
            return f"module {value.__name__} again"
        names = vars(value)
        inside = [(name, _kind(names[name], used, (*around, value))) for name in used if name in names]
        return f"module {value.__name__} {inside}"
    cls = type(value)
    if isinstance(value, types.FunctionType):
        code = value.__code__
        shape = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags & _KIND
        return f"function {value.__module__}.{value.__qualname__} {shape} {len(value.__defaults__ or ())}"
    if isinstance(value, (type, types.BuiltinFunctionType)):
        return f"{cls.__qualname__} {value.__module__}.{value.__qualname__}"
    return f"a {'JSName' if isinstance(value, JSName) else f'{cls.__module__}.{cls.__qualname__}'}"


# -- what the result depends on besides


@functools.lru_cache(maxsize=1)
def transpiler() -> str:
    """Names this transpiler, on this machine: its files and those of pscript, and the Python that it runs on.

    A file is another one when its size or its time is, as for Python itself when it imports.
    """

    def look(entry: os.DirEntry[str]) -> Any:
        found = entry.stat()
        return found.st_size, found.st_mtime_ns

    return digest(_files(look), importlib.util.MAGIC_NUMBER, sys.implementation.name, sys.flags.optimize)


@functools.lru_cache(maxsize=1)
def contents() -> str:
    """Names this transpiler by what is in its files and those of pscript: the same on every machine."""

    def read(entry: os.DirEntry[str]) -> Any:
        with open(entry.path, "rb", buffering=0) as file:
            return digest(file.read())

    return digest([found for _, found in _files(read)])


def _files(what: Callable[[os.DirEntry[str]], Any]) -> list[tuple[str, Any]]:
    """The folders of the transpiler, each with something of each of its Python files; or the version, as in a zip."""
    here = os.path.dirname(os.path.abspath(__file__))
    folders = [here, os.path.join(here, "lower"), os.path.join(here, "std")]
    spec = importlib.util.find_spec("pscript")  # importing it takes its time
    if spec is not None and spec.origin:
        folders.append(os.path.dirname(spec.origin))
    found = []
    try:
        for folder in folders:
            with os.scandir(folder) as entries:
                found.append((folder, sorted((e.name, what(e)) for e in entries if e.name.endswith(".py"))))
    except OSError:
        return [("", sys.modules[__name__.partition(".")[0]].__version__)]
    return found
