"""One Python function → the text of one JS function.

The only place, with `lower/` before it, that knows how pscript wants its food.
"""

from __future__ import annotations

import ast
import enum
import inspect
import re
import sys
import types
import warnings
import weakref
from abc import ABCMeta
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from ..assets import links_in
from ..errors import TranspileError
from .cache import cache
from .fingerprint import digest, fingerprint, kinds, names_in
from .function import Const, FunctionJS, Place, restored, saved
from .imports import brought
from .lines import lines_of
from .lower.source import Lowered, Source
from .lower.words import (
    ARGUMENT_COUNT,
    DEFAULT,
    LIBRARY,
    LOCAL,
    MARK,
    NAME,
    ONLY,
    OUTER,
    PART_OF,
    REST,
    SELF,
    STANDARD,
    VALUE,
)
from .rawjs import JSName, RawJS, is_rawjs
from .shipped import shipped
from .std import find, meaning

__all__ = ["FunctionJS", "transpile_function", "transpile_source", "transpile_statements"]


#: A placeholder or line mark as a whole, or one of our own names; what is inside of the first may look like the second.
_OURS = re.compile(f"({MARK}(?:[a-z]{MARK}[^{MARK}]+|@[0-9]+){MARK})|{MARK}([tu][0-9]+)")
_LIBRARY_NAMES = re.compile(rf"{LIBRARY}\.(\w+)")
_LOCALS = re.compile(LOCAL.format("([^" + MARK + "]+)"))


@lru_cache(maxsize=1)
def _generator() -> Callable[[Any], Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pscript touches names that Python 3.12 deprecates
        from .core import generate

    return generate


_done: weakref.WeakKeyDictionary[types.FunctionType, _Known] = weakref.WeakKeyDictionary()

#: So deep may calls be while a function is transpiled. Before 3.11 each costs space on the machine's stack.
DEPTH = 6000 if sys.version_info >= (3, 11) else 2500


def transpile_function(
    func: Callable[..., Any], *, label: str, method: bool = False, plain: bool = False
) -> FunctionJS:
    """Transpile a Python function or method; once, as long as nothing changes that it depends on.

    Args:
        func: A function whose source Python knows.
        label: How people call it, for errors.
        method: Whether its first argument is `self`, which becomes `this`.
        plain: Whether it is a method of a class that is no Model: its special names are Python's.

    Raises:
        TranspileError: with file, line, the construct and what to write instead.
    """
    if not isinstance(func, types.FunctionType):
        raise TranspileError(
            f"{label!r} cannot run in the browser: it is not a Python function but {type(func).__name__}",
            instead="Write it with 'def'.",
        )
    maker = func.__globals__.get("__name__")
    if maker in _MAKERS and func.__code__.co_filename == getattr(sys.modules.get(maker), "__file__", None):
        raise TranspileError(
            f"{label!r} cannot run in the browser: its code is that of Python's own {maker!r}",
            instead=_MAKERS[maker],
        )
    code, outside = func.__code__, func.__globals__
    if code.co_freevars:
        outside = {**outside, **_free(func)}
    known = _done.get(func)
    if known is None or known.code is not code:
        known = _done[func] = _Known(code, fingerprint(code), names_in(code), {})
    defaults = _Defaults(func) if func.__defaults__ or func.__kwdefaults__ else None
    texts, consts = (defaults.texts, defaults.consts) if defaults is not None else ((), [])
    names = {name: outside[name] for name in known.used if name in outside}
    meant = _meant(names, known.used)
    besides = func.__name__, func.__qualname__, func.__module__, method, plain, texts, meant
    key = digest(known.fingerprint, *besides)
    old = known.made.get((label, method, plain))
    if old is None or old[0] != key or consts or old[1].brought:
        place = Place(code.co_filename, code.co_firstlineno, label, func.__globals__, lines_of(func))
        own = digest(place.first, known.used, *besides) if shipped().knows(func) else ""
        kept = shipped().get(func, own) if own else cache().get(place.filename, key)
        if kept is not None and "body" in kept:
            made = restored(kept, place, consts)
        else:
            make = partial(_transpile, func, label, method, plain, outside, defaults or _Defaults(func))
            made = _cached(place, key, known.used, consts, make)
            if own and not made.brought:
                shipped().put(func, own, saved(made, place.first))
        old = known.made[label, method, plain] = key, made
    return old[1]


@dataclass
class _Known:
    """What is known of a function as long as its code is this."""

    code: types.CodeType
    fingerprint: str
    used: tuple[str, ...]
    made: dict[tuple[str, bool, bool], tuple[str, FunctionJS]]


def _cached(
    place: Place, key: str, used: Sequence[str], consts: list[Const], make: Callable[[], FunctionJS]
) -> FunctionJS:
    """What the cache has; or else what is made, which it has from then on. What imports something depends on that, too."""
    kept = cache().get(place.filename, key)
    if kept is not None and "body" not in kept:
        imported = brought(kept["brought"], place.namespace.get("__package__"))
        if imported is None:
            kept = None
        else:
            kept = cache().get(place.filename, digest(key, _meant(imported, used)))
            place = place._replace(namespace={**place.namespace, **imported})
    if kept is not None:
        return restored(kept, place, consts)
    made = make()
    if made.brought:
        cache().put(place.filename, key, {"brought": [list(each) for each in made.brought]})
        key = digest(key, _meant({name: made.globals[name] for name, _, _ in made.brought}, used))
    cache().put(place.filename, key, saved(made, place.first))
    return made


def _meant(names: dict[str, Any], used: Sequence[str]) -> tuple[Any, ...]:
    """What of the meaning of these names decides what becomes of code that uses them."""
    if not names:
        return ()
    told = [(what, _plain(of)) for what, of in _special_names(names).items() if of and what != "modules"]
    return kinds(names, used), told


#: Modules whose decorators make methods, and what to write instead.
_MAKERS = {
    "contextlib": "Decorate a function of the module, and call that.",
    "functools": "Write it out.",
}


@contextmanager
def _room(func: types.FunctionType, label: str) -> Iterator[None]:
    """Let expressions be nested deeper than Python's own functions may call each other; but not for ever."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEPTH))
    try:
        yield
    except RecursionError:
        raise TranspileError(
            f"{label!r} cannot run in the browser: it is nested too deeply",
            filename=func.__code__.co_filename,
            lineno=func.__code__.co_firstlineno,
            instead="Take it apart: give its parts names.",
        ) from None
    finally:
        sys.setrecursionlimit(limit)


def _plain(told: Any) -> Any:
    return sorted(told) if isinstance(told, frozenset) else told


def _free(func: types.FunctionType) -> dict[str, Any]:
    """The names of the functions around, as far as they are assigned yet."""
    found = {}
    for name, cell in zip(func.__code__.co_freevars, func.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            pass
    return found


def _limits(func: types.FunctionType) -> tuple[int, int] | None:
    """How many positional arguments a function takes; None for any number."""
    code = func.__code__
    if code.co_flags & inspect.CO_VARARGS:
        return None
    return code.co_argcount - len(func.__defaults__ or ()), code.co_argcount


def _limits_of_class(cls: type) -> tuple[int, int] | None:
    """How many positional arguments `__init__` takes, where nothing else sees them before."""
    init = cls.__init__  # type: ignore[misc]
    usual = type(cls) in (type, ABCMeta) and not isinstance(cls.__new__, types.FunctionType)
    return _limits(init) if usual and isinstance(init, types.FunctionType) else None


def _transpile(
    func: types.FunctionType, label: str, method: bool, plain: bool, outside: dict[str, Any], defaults: _Defaults
) -> FunctionJS:
    from .finder import find_source  # late: what comes out of the cache needs none of it

    with _room(func, label):
        return _from_source(find_source(func, label), func, method, plain, outside, defaults)


def _from_source(
    source: Source, func: types.FunctionType, method: bool, plain: bool, outside: dict[str, Any], defaults: _Defaults
) -> FunctionJS:
    from .lower import lower_function

    args = [a.arg for a in [*source.node.args.posonlyargs, *source.node.args.args]]
    if method and not args:
        source.refuse(source.node, "it has no first argument", f"Write 'def {func.__name__}(self, ...)'.")
    defaults.check(source)
    lowered = lower_function(
        source,
        name="_jsm_f",
        method=method,
        shadowed=frozenset(func.__globals__) | frozenset(func.__code__.co_freevars),
        defaults=defaults.texts,
        plain=plain,
        package=func.__globals__.get("__package__"),
        qualname=func.__qualname__,
        home=func.__module__,
        **_special_names(outside),
    )
    return _generate(source, lowered, defaults.name, defaults.consts, func.__globals__)


def _special_names(outside: dict[str, Any]) -> dict[str, Any]:
    """The names that mean something to `lower_function`, by what they mean."""
    browser, raws = set(), set()
    functions: dict[str, tuple[int, int] | None] = {}
    classes: dict[str, tuple[str, tuple[int, int] | None]] = {}
    modules: dict[str, types.ModuleType] = {}
    meanings: dict[str, str] = {}
    floats = set()
    for key, value in outside.items():
        if type(value) in _NOTHING:
            if type(value) is float:
                floats.add(key)
            continue
        if isinstance(value, types.FunctionType):
            functions[key] = _limits(value)
        elif isinstance(value, types.ModuleType):
            modules[key] = value
        elif isinstance(value, JSName):
            browser.add(key)
        elif is_rawjs(value):
            raws.add(key)
        elif isinstance(value, type) and (made := _limits_of_class(value)) is not None:
            classes[key] = value.__init__.__qualname__, made  # type: ignore[misc]
        if means := meaning(value):
            meanings[key] = means
    return {
        "browser": frozenset(browser),
        "raws": frozenset(raws),
        "functions": functions,
        "classes": classes,
        "modules": modules,
        "meanings": meanings,
        "floats": frozenset(floats),
    }


#: Values of these mean nothing but themselves.
_NOTHING = frozenset([type(None), bool, int, float, str, bytes, list, tuple, dict, set, frozenset])


def transpile_statements(top: Any, body: list[ast.stmt], namespace: dict[str, Any], *, label: str) -> FunctionJS:
    """Transpile statements of the top level of a module, as the body of a function.

    Args:
        top: Where they stand; see `scope.top_of`.
        body: The statements.
        namespace: The names of the module.
        label: How people call it, for errors.
    """
    arguments = ast.arguments([], [], None, [], [], None, [])
    node = ast.copy_location(ast.FunctionDef("top", arguments, body, [], None), body[0])
    from .lower import lower_function

    source = Source(top.filename, top.lines, node, label)

    def make() -> FunctionJS:
        lowered = lower_function(
            source, name="_jsm_f", shadowed=frozenset(namespace), top=True, **_special_names(namespace)
        )
        return _generate(source, lowered, "top", [], namespace)

    first = body[0].lineno
    texts = []
    for stmt in body:
        last = stmt.end_lineno or stmt.lineno
        lines = tuple(top.lines[stmt.lineno - 1 : last])
        texts.append((stmt.lineno - first, stmt.col_offset, stmt.end_col_offset, lines))
    used = sorted({name for stmt in body for name in _names_of(stmt)})
    names = {name: namespace[name] for name in used if name in namespace}
    key = digest("top", namespace.get("__name__"), texts, _meant(names, used))
    return _cached(Place(top.filename, first, label, namespace, top.lines), key, used, [], make)


def _names_of(stmt: ast.stmt) -> Iterator[str]:
    """The names and attributes in a statement, as `names_in` has them of code."""
    for node in ast.walk(stmt):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def transpile_source(source: Source, name: str, namespace: dict[str, Any]) -> FunctionJS:
    """Transpile a function that takes nothing, and of which there is no more than its source.

    Args:
        source: The function.
        name: What it is called.
        namespace: The names around it.
    """
    from .lower import lower_function

    lowered = lower_function(
        source, name="_jsm_f", shadowed=frozenset(namespace), snippet=True, **_special_names(namespace)
    )
    return _generate(source, lowered, name, [], namespace)


def _generate(
    source: Source, lowered: Lowered, name: str, consts: list[Const], namespace: dict[str, Any]
) -> FunctionJS:
    if sys.flags.optimize > 1:
        source.refuse(
            source.node,
            "Python runs with -OO, and pscript, which writes the JS, needs its docstrings",
            "Use -O, or neither.",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = _generator()(ast.Module([lowered.node], []))
    except RecursionError:
        raise
    except Exception as err:  # pscript raises JSError, RuntimeError, KeyError, AssertionError ...
        source.refuse(source.node, _pscript_trouble(err), "Write that part with RawJS('...').")
    parts = set(lowered.parts)
    params, body = (_finish(text, consts, parts) for text in (made.params, made.body))
    if lowered.gives_floats or lowered.gives_whole:
        body = f' "{"float" if lowered.gives_floats else "whole"}";{body}'  # floats.js looks for it
    return FunctionJS(
        name=name,
        params=params,
        body=body,
        is_async=isinstance(lowered.node, ast.AsyncFunctionDef),
        names=tuple(lowered.names.items()),
        consts=tuple(const for const in consts if const[1]),
        parts=frozenset(parts),
        filename=source.filename,
        lineno=source.node.lineno,
        label=source.label,
        globals={**namespace, **lowered.imported} if lowered.imported else namespace,
        lines=source.lines,
        brought=lowered.brought,
    )


def _finish(js: str, consts: list[Const], parts: set[str]) -> str:
    """Generated text with its placeholders replaced, but for those that `resolver.py` knows; adds to the parts it needs."""

    def function(match: re.Match[str]) -> str:
        part = PART_OF.get(match[1])
        if part is None:
            return match[0]
        parts.add(part)
        return f"{LIBRARY}.late.{match[1]}"

    js = _LIBRARY_NAMES.sub(function, js)
    js = js.replace(SELF, "this").replace(OUTER, "$self").replace(REST, "$k").replace(ONLY, "$o")
    js = js.replace(ARGUMENT_COUNT, "arguments.length")
    js = _LOCALS.sub(r"\1$", _OURS.sub(lambda m: m[1] or f"${m[2]}", js))
    for index, (const, _, _) in enumerate(consts):
        js = js.replace(DEFAULT.format(index), const)
    return js


@lru_cache(maxsize=1024)
def _scalar(_: str, value: Any) -> str:
    from .classes import js_literal

    return js_literal(value)


#: Default values of these are the same always; a float that is zero has two signs.
_SCALARS = frozenset([type(None), bool, str])


class _Defaults:
    """The default values of a function, as they are in Python.

    Attributes:
        name: The name of the function in JS.
        texts: Those that never change, as JS; None for the others.
        consts: For each its name in JS, its text if it may change, and the value.
    """

    def __init__(self, func: types.FunctionType) -> None:
        self.name = func.__name__ if func.__name__.isidentifier() else "lambda_"
        self.consts: list[Const] = []
        self.texts: tuple[str | None, ...] = ()
        self._func = func
        self._trouble: dict[int, tuple[str, str]] = {}
        self._collect()

    def _values(self) -> list[Any]:
        code, named = self._func.__code__, self._func.__kwdefaults__ or {}
        keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        return [*(self._func.__defaults__ or ()), *(named[name] for name in keywords if name in named)]

    def _collect(self) -> None:
        texts: list[str | None] = []
        for index, value in enumerate(self._values()):
            text, kept = self._text(index, value)
            self.consts.append((f"$d_{self.name}_{index}", text if kept else "", value))
            texts.append(None if kept else text)
        self.texts = tuple(texts)
        if not any(text for _, text, _ in self.consts):
            self.consts = []

    def _text(self, index: int, value: Any) -> tuple[str, bool]:
        """A value as JS, and whether it is made once, since it may change."""
        if type(value) in _SCALARS or (type(value) is int and abs(value) <= 2**53):
            return _scalar(type(value).__name__, value), False
        from .classes import js_literal
        from .composed import is_composed, trouble_in
        from .enums import member_of

        if links_in(value):
            self._trouble[index] = (
                "a link cannot be a default value",
                "Use None, and take the link from a name of the module.",
            )
            return "?", False
        if isinstance(value, JSName):
            return value._name, False
        known = find(value)
        if known is not None:
            return STANDARD.format(".".join(known)), False
        kept = isinstance(value, (list, dict, RawJS))
        shared = next((k for k, v in self._func.__globals__.items() if v is value), None) if kept else None
        if shared is not None:
            return NAME.format(shared), True  # one object, here and there
        if isinstance(value, RawJS):
            return VALUE.format(f"$d_{self.name}_{index}"), True
        if isinstance(value, enum.Enum):
            home = next((k for k, v in self._func.__globals__.items() if v is type(value)), None)
            if home is not None:
                return NAME.format(home) + member_of(value), False
            self._trouble[index] = (
                f"the enum of {value!r} is not known in the module",
                "Use None, and choose it later.",
            )
            return "?", False
        try:
            text = js_literal(value)
            kept = kept or (isinstance(value, tuple) and bool(value))
            return VALUE.format(f"$d_{self.name}_{index}") if kept else text, kept
        except (TypeError, RecursionError) as err:
            named = next((k for k, v in self._func.__globals__.items() if v is value), None)
            if named is not None and (callable(value) or is_composed(value)):
                return NAME.format(named), True
            if trouble_in(value) is None:
                return VALUE.format(f"$d_{self.name}_{index}"), True
            self._trouble[index] = (
                f"a default value cannot be sent: {err}",
                "Use None, and choose the value in the function.",
            )
            return "?", False

    def check(self, source: Source) -> None:
        """Refuse what cannot be sent, in its place."""
        from .finder import same_defaults

        args = source.node.args
        if not same_defaults(args, self._func):
            source.refuse(
                source.node, "its default values were exchanged after it was defined", "Write them where it is defined."
            )
        nodes = [*args.defaults, *filter(None, args.kw_defaults)]
        for index, (what, instead) in self._trouble.items():
            source.refuse(nodes[index], what, instead)


def _pscript_trouble(err: Exception) -> str:
    message = str(err).strip()
    reason = message.splitlines()[-1].strip().rstrip(".") if message else type(err).__name__
    return f"pscript says: {reason or type(err).__name__}"
