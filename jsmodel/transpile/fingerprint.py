"""What tells one piece of Python from another: digests of compiled code, of names, of the transpiler itself.

What becomes of a function depends on its code, on what kinds of things its names
mean, and on us. All that is put into one short text, the key under which
`cache.py` keeps the JS.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
import types
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from .rawjs import JSName, is_rawjs

__all__ = ["codes_in", "digest", "fingerprint", "kinds", "names_in", "transpiler"]


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
    return digest(_shape(code, lines))


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
        [_const(const, lines) for const in code.co_consts],
    )


def _const(value: Any, lines: bool) -> Any:
    """A constant with its type: 1, 1.0 and True are equal, and three things."""
    if isinstance(value, types.CodeType):
        return _shape(value, lines)
    if isinstance(value, tuple):
        return [_const(item, lines) for item in value]
    if isinstance(value, frozenset):
        return "frozenset", sorted(repr(_const(item, lines)) for item in value)
    return type(value).__name__, repr(value)


# -- what names mean


def names_in(code: types.CodeType) -> list[str]:
    """The names from outside that some code uses, and those of attributes."""
    return sorted({name for each in codes_in(code) for name in (*each.co_names, *each.co_freevars)})


def kinds(names: dict[str, Any], used: list[str]) -> list[tuple[str, str]]:
    """What kind of thing each of these names means: what of their values may decide how code that uses them is transpiled.

    Args:
        names: The names, and what they mean.
        used: These, and the names of attributes: of what a module has, that counts.
    """
    return [(name, _kind(value, used)) for name, value in names.items()]


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
        shape = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags
        return f"function {value.__module__}.{value.__qualname__} {shape} {len(value.__defaults__ or ())}"
    if isinstance(value, (type, types.BuiltinFunctionType)):
        return f"{cls.__qualname__} {value.__module__}.{value.__qualname__}"
    return f"a {'JSName' if isinstance(value, JSName) else f'{cls.__module__}.{cls.__qualname__}'}"


# -- what the result depends on besides


@functools.lru_cache(maxsize=1)
def transpiler() -> str:
    """Names this transpiler: its sources, those of pscript, and the Python that it runs on."""
    return digest(sources(), _pscript(), importlib.util.MAGIC_NUMBER, sys.implementation.name, sys.flags.optimize)


@functools.lru_cache(maxsize=1)
def sources() -> str:
    """Names the sources of this transpiler."""
    here = os.path.dirname(os.path.abspath(__file__))
    found = []
    try:
        for folder in (here, os.path.join(here, "lower"), os.path.join(here, "std")):
            for name in sorted(os.listdir(folder)):
                if name.endswith(".py"):
                    with open(os.path.join(folder, name), "rb", buffering=0) as file:
                        found.append((name, digest(file.read())))
    except OSError:
        found = []
    if found:
        return digest(*found)
    # There are no files, as in a zip: the version has to do.
    return digest(sys.modules[__name__.partition(".")[0]].__version__)


def _pscript() -> Any:
    """Names pscript, without the time that it takes to import it."""
    spec = importlib.util.find_spec("pscript")
    if spec is None or not spec.origin:
        return "none"
    try:
        folder = Path(spec.origin).parent
        files = sorted(folder.glob("*.py"))
        return digest(Path(spec.origin).read_bytes()), [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    except OSError:
        return spec.origin
