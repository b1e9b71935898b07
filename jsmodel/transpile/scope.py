"""What a name in JS code stands for: where the thing lives, and why some things cannot be sent.

Everything has one home, the JS module that defines it; the other JS modules refer to
it there. A function or a class lives in the module that defines it, under the name
by which that module knows it. A list, a dict or a RawJS does, too, although it does
not say so itself: it is looked for, since it is one object in Python, and must be
one in JS.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import gc
import importlib.util
import inspect
import io
import itertools
import json
import linecache
import marshal
import os
import re
import sys
import threading
import time
import types
import weakref
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..assets import ESModule
from ..errors import file_name
from .classes import js_literal, js_member
from .rawjs import RawJS

__all__ = [
    "SHARED",
    "Homes",
    "Key",
    "Top",
    "bound_names",
    "find",
    "is_standard",
    "is_whole",
    "literal",
    "member",
    "namespace_of",
    "place_of",
    "still_imported",
    "top_of",
    "why_not",
]

Key = tuple[str, str]  # module, name


@functools.cache
def _stdlib() -> tuple[str, ...]:
    """The folders of Python's standard library."""
    import sysconfig

    paths = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    return tuple(os.path.realpath(path) + os.sep for path in paths if path)


#: When this process began, about: what is older was there when Python read it.
_BEGIN = time.time()


def namespace_of(module: str) -> dict[str, Any]:
    """The names of a module that was imported; none if there is no such module."""
    return getattr(sys.modules.get(module), "__dict__", {})


def is_whole(namespace: dict[str, Any]) -> bool:
    """Whether a module says `__pyscript__ = True`: it is transpiled as a whole."""
    return namespace.get("__pyscript__") is True


def is_standard(module: str) -> bool:
    """Whether a module is of Python's standard library, and not a file of the same name."""
    if module.partition(".")[0] not in sys.stdlib_module_names:
        return False
    file = getattr(sys.modules.get(module), "__file__", None)
    if not file:
        return True
    path = os.path.realpath(file)
    return path.startswith(_stdlib()) and f"{os.sep}site-packages{os.sep}" not in path


# -- what the source of a module says


@dataclass(frozen=True)
class Top:
    """The top level of a module's file."""

    filename: str
    lines: tuple[str, ...] = field(repr=False)
    body: tuple[ast.stmt, ...] = field(repr=False)
    defined: frozenset[str]  # by def, class or assignment
    changed: bool = False  # a whole module's: whether Python read another text


def top_of(module: str) -> Top | None:
    """The top level of a module, or None where there is no file of it."""
    filename = getattr(sys.modules.get(module), "__file__", None)
    if not filename or not filename.endswith(".py"):
        return None
    lines = tuple(linecache.getlines(filename, namespace_of(module)))
    spec = namespace_of(module).get("__spec__") if is_whole(namespace_of(module)) else None
    compiled: str | None = getattr(spec, "cached", None)
    top = _parse(filename, lines, compiled) if lines else None
    if top is not None and top.changed and compiled and not _is_newer(filename, lines, compiled):
        return dataclasses.replace(top, changed=False)  # it was imported again
    return top


@functools.lru_cache(maxsize=64)
def _parse(filename: str, lines: tuple[str, ...], compiled: str | None) -> Top | None:
    try:
        tree = ast.parse("".join(lines), filename)
    except SyntaxError:
        return None
    changed = compiled is not None and _is_newer(filename, lines, compiled)
    return Top(filename, lines, tuple(tree.body), frozenset(bound_names(tree.body)), changed)


def _is_newer(filename: str, lines: tuple[str, ...], compiled: str) -> bool:
    """Whether a file was written in our time, after Python read it and kept the code."""
    try:
        with open(compiled, "rb") as file:
            data = file.read()
        found = os.stat(filename)
    except OSError:
        return False
    if sys.dont_write_bytecode or data[:8] != importlib.util.MAGIC_NUMBER + bytes(4) or found.st_mtime < _BEGIN:
        return False  # nobody knows what Python read
    return bool(marshal.loads(data[16:]) != compile("".join(lines), filename, "exec", dont_inherit=True))


def bound_names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that statements of the top level bind, other than by import, once for each time."""
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Lambda):
            continue
        elif isinstance(node, ast.comprehension):
            yield from bound_names([node.iter, *node.ifs])  # its targets are its own
        else:
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                yield node.id
            elif isinstance(node, ast.ExceptHandler) and node.name:
                yield node.name
            elif isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
                yield node.name
            elif isinstance(node, ast.MatchMapping) and node.rest:
                yield node.rest
            yield from bound_names(ast.iter_child_nodes(node))


def place_of(module: str, name: str) -> str:
    """Where a module first gives something a name, as people say it: 'shapes.py, line 3'; empty if nobody knows."""
    top = top_of(module)
    for node in top.body if top is not None else ():
        if name.partition(".")[0] in bound_names([node]):
            return f"{file_name(top.filename if top else '')}, line {node.lineno}"
    return file_name(top.filename) if top is not None and name == "*" else ""


def still_imported(module: str) -> str:
    """What to say of a module that is not there as a whole, since its import has not ended; nothing of others."""
    now = [
        name
        for name, other in list(sys.modules.items())
        if getattr(getattr(other, "__spec__", None), "_initializing", False)
    ]
    if module not in now:
        return ""
    way = now[now.index(module) :]  # each imports the next
    return "it is still being imported" + (f" ({' → '.join([*way, module])})" if len(way) > 1 else "")


# -- where things live


class Homes:
    """Remembers where everything lives that was asked for."""

    def __init__(self) -> None:
        self._values: dict[int, tuple[Any, Key]] = {}
        self._index: dict[int, list[tuple[str, int, str]]] | None = None  # where modules have what can change
        self._fixed: dict[int, list[tuple[str, int, str]]] = {}
        self._installed: set[str] = set()
        self._unbound: dict[Key, list[weakref.ref[Any]]] = {}
        self._captured: dict[int, tuple[Any, Key]] = {}  # what only names of functions mean
        self._enough = 8  # with so many of those we look whether some can be forgotten
        self._shared: dict[int, tuple[Any, Key]] = {}  # what several things have inside

    def of_definition(self, thing: Any) -> Key:
        """The home of a function or a plain class."""
        functions = [thing] if inspect.isfunction(thing) else filter(inspect.isfunction, vars(thing).values())
        namespace = next((f.__globals__ for f in functions if f.__module__ == thing.__module__), None)
        name = thing.__qualname__
        module = str(thing.__module__)
        if find(namespace_of(module), name) is thing:
            return module, name
        if namespace is None:
            namespace = namespace_of(module)
        else:
            module = str(namespace.get("__name__", module))
            if find(namespace, name) is thing:
                return module, name
        for other, value in list(namespace.items()):
            if value is thing:
                return module, other
        # Nobody there knows it by name: the n-th of those that are called so.
        same = self._unbound.setdefault((module, name), [])
        for index, ref in enumerate(same):
            if ref() is thing:
                return module, f"{name}#{index + 1}"
        same.append(weakref.ref(thing))
        return module, f"{name}#{len(same)}"

    def of_value(self, value: Any, module: str, name: str, namespace: dict[str, Any]) -> Key:
        """The home of a value that is used under `name` in `module`."""
        if type(value) not in SHARED:
            return module, name  # nothing can change it: a copy is as good
        known = self._values.get(id(value))
        if known is not None and known[0] is value and (known[1] == (module, name) or self._is_at(value, known[1])):
            return known[1]
        found = min((place for _, place in self._places(value)), default=None)
        own = (_rank(module, name), name.startswith("_"), module)
        key = (found[2], found[4]) if found is not None and found[:3] <= own else (module, name)
        if key[0] == module and key[1] != name and namespace.get(key[1]) is not value:
            key = (module, name)
        self._values[id(value)] = value, key
        return key

    def has(self, part: Any) -> bool:
        """Whether a list or dict has a home that no name of a module tells."""
        return id(part) in self._shared or id(part) in self._captured

    def share(self, parts: Iterable[tuple[Any, str]]) -> bool:
        """Give lists and dicts that several things have inside homes in these modules; whether one had none before."""
        taken = {key for _, key in self._shared.values()}
        free: dict[str, Iterator[Key]] = {}
        before = len(self._shared)
        for part, module in parts:
            if not self.has(part):
                keys = free.setdefault(module, ((module, f"$shared{n}") for n in itertools.count(1)))
                self._shared[id(part)] = part, next(key for key in keys if key not in taken)
        return len(self._shared) > before

    def keep_shared(self, used: Iterable[Key]) -> None:
        """Forget the homes of those that are not used any more."""
        if len(self._shared) >= 8:
            still = frozenset(used)
            self._shared = {ident: known for ident, known in self._shared.items() if known[1] in still}

    def of_captured(self, value: Any, module: str, name: str) -> Key:
        """The home of a list or dict that a name of the function around means; other functions in it may mean it, too."""
        known = self._captured.get(id(value)) or self._shared.get(id(value))
        if known is not None:
            return known[1]
        home = self.of_parts([value]).get(id(value))
        if home is None:
            self._forget_captured()
            taken = {key for _, key in self._captured.values()}
            numbers = itertools.count(1)
            home = next(key for n in numbers if (key := (module, f"{name}$c{n}")) not in taken)
            self._captured[id(value)] = value, home
        return home

    def _forget_captured(self) -> None:
        """What no function means any more gives its home to others: a cell that is run again must not leave more each time."""
        if len(self._captured) >= self._enough:
            cells = gc.get_referrers(*(value for value, _ in self._captured.values()))
            used = {id(cell.cell_contents) for cell in cells if isinstance(cell, types.CellType)}
            self._captured = {ident: known for ident, known in self._captured.items() if ident in used}
            self._enough = max(8, 2 * len(self._captured))

    def of_parts(self, values: list[Any]) -> dict[int, Key]:
        """The homes of lists and dicts that are inside of another value: of those that have one, by identity."""
        found: dict[int, tuple[int, bool, str, int, str]] = {}
        for value, place in self._places(*values):
            if id(value) not in found or place < found[id(value)]:
                found[id(value)] = place
        homes = {ident: (place[2], place[4]) for ident, place in found.items()}
        self._values.update({id(v): (v, homes[id(v)]) for v in values if id(v) in homes})
        others = [id(v) for v in values if id(v) not in homes and self.has(v)]
        return homes | {ident: (self._shared.get(ident) or self._captured[ident])[1] for ident in others}

    def of_object(self, value: Any) -> Key | None:
        """The home of something that cannot be sent, in a module that is transpiled as a whole; None if there is none."""
        places = _everything(list(sys.modules), lambda other: other is value)
        return min(((m, n) for (m, _, n), _ in places if is_whole(namespace_of(m))), default=None)

    def _is_at(self, value: Any, key: Key) -> bool:
        return namespace_of(key[0]).get(key[1]) is value

    def look_again(self) -> None:
        """Modules may have other values by now."""
        self._index = None
        if len(self._values) > 1000:
            self._values = {ident: known for ident, known in self._values.items() if self._is_at(*known)}

    def _places(self, *values: Any) -> Iterator[tuple[Any, tuple[int, bool, str, int, str]]]:
        """Where modules have these values: each with what tells which place is the home."""
        if self._index is None:
            self._index = {}
            for module in [m for m in list(sys.modules) if m not in self._installed]:
                # What is installed is looked through once: there are many such modules, and nobody works on them.
                fixed = _is_installed(module)
                index = self._fixed if fixed else self._index
                for place, value in _everything([module], lambda other: type(other) in SHARED):
                    index.setdefault(id(value), []).append(place)
                if fixed:
                    self._installed.add(module)
        for value in values:
            for module, number, name in (*self._index.get(id(value), ()), *self._fixed.get(id(value), ())):
                if self._is_at(value, (module, name)):
                    yield value, (_rank(module, name), name.startswith("_"), module, number, name)


def _is_installed(module: str) -> bool:
    """Whether a module is Python's own, or of an installed package."""
    if module in sys.builtin_module_names:
        return True
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    return f"{os.sep}site-packages{os.sep}" in file or file.startswith(_stdlib())


def _everything(modules: Iterable[str], wanted: Callable[[Any], bool]) -> Iterator[tuple[tuple[str, int, str], Any]]:
    for module in modules:
        ob = sys.modules.get(module)
        namespace = getattr(ob, "__dict__", None)
        if isinstance(ob, types.ModuleType) and namespace:
            for number, (name, value) in enumerate(list(namespace.items())):
                if wanted(value) and not _HISTORY.match(name):
                    yield (module, number, name), value


#: What can change, so that a copy would be another thing.
SHARED = frozenset([list, dict, set, bytearray, object, RawJS, ESModule, Counter, OrderedDict, defaultdict, deque])

#: Names under which prompts keep the last results.
_HISTORY = re.compile(r"^_+\d*$")


def _rank(module: str, name: str) -> int:
    """0: the module defines the name. 1: nobody knows. 2: it has it from another."""
    top = top_of(module)
    return 1 if top is None else 0 if name in top.defined else 2


def find(namespace: dict[str, Any], qualname: str) -> Any:
    """What a dotted name means in a namespace, or None."""
    first, *rest = qualname.split(".")
    value = namespace.get(first)
    for name in rest:
        value = getattr(value, "__dict__", {}).get(name)
    return value


# -- values


def literal(value: Any, refer: Callable[[list[Any]], dict[int, str]]) -> str:
    """A value as JS source; a list that is in it twice is one list there, too.

    Args:
        value: JSON-able.
        refer: Gives, by identity, the JS expressions of those lists and dicts inside of it that have a home of their own.

    Raises:
        TypeError: for what is not JSON-able.
    """
    js_literal(value)  # raises for what cannot be sent, and for circles
    counts: dict[int, int] = {}
    parts: list[Any] = []  # what is inside of others comes first

    def count(part: Any) -> None:
        counts[id(part)] = counts.get(id(part), 0) + 1
        if counts[id(part)] == 1:
            for item in part.values() if isinstance(part, dict) else part:
                if isinstance(item, (list, tuple, dict)):
                    count(item)
            if not isinstance(part, tuple):
                parts.append(part)

    if isinstance(value, (list, tuple, dict)):
        count(value)
    parts = [part for part in parts if part is not value]
    inside = refer(parts) if parts else {}
    consts = ""
    for part in parts:
        if counts[id(part)] > 1 and id(part) not in inside:
            name = f"$v{len(inside)}"
            consts += f"const {name} = {js_literal(part, inside)};\n"
            inside[id(part)] = name
    text = js_literal(value, inside)
    return f"(() => {{\n{consts}return {text};\n}})()" if consts else text


# -- why not

_LOCKS = (type(threading.Lock()), type(threading.RLock()), threading.Condition, threading.Event, threading.Semaphore)


def why_not(value: Any) -> tuple[str, str]:
    """Why a value cannot be sent to the browser, and what to do instead."""
    kind = type(value).__name__
    if isinstance(value, types.ModuleType):
        return (
            "it is a Python module, which cannot be sent",
            "Compute it in Python and pass it as a property, or import the functions themselves.",
        )
    if isinstance(
        value,
        (types.BuiltinFunctionType, types.MethodWrapperType, types.MethodDescriptorType, types.WrapperDescriptorType),
    ):
        home = str(getattr(value, "__module__", None) or "builtins").split(".")[0]
        whose = "Python itself" if home in sys.stdlib_module_names else repr(home)
        return (
            f"it is the function {value.__name__!r} of {whose}, which is not written in Python",
            "Compute it in Python and pass it as a property, or use what the browser has, such as window.Math.",
        )
    if isinstance(value, types.MethodType):
        return (
            "it is a method that belongs to an object in Python",
            "Use a function, or call it with @app.exposed and self.py.",
        )
    if inspect.isgenerator(value) or inspect.isasyncgen(value):
        return "it is a generator that runs in Python", "Make a list of it."
    if inspect.iscoroutine(value):
        return "it is a coroutine that runs in Python", "Use the 'async def' function itself, and call it there."
    if isinstance(value, io.IOBase):
        return "it is an open file, which only Python can read", "Read it in Python and pass its content as a property."
    if isinstance(value, _LOCKS):
        return (
            "it is a lock of Python's threads, which the browser does not have",
            "Leave it out: JS runs in one thread.",
        )
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return (
            f"it is an array of {type(value).__module__.partition('.')[0]}, which is sent as data, not as code",
            "Make it a property: class Both: data = Any(). Or send it with send_data().",
        )
    if inspect.isclass(value):
        return "it is a class that is not written in Python", "Use functions, or a class of your own."
    try:
        js_literal(value)
    except (TypeError, RecursionError) as err:
        reason = "it contains itself" if isinstance(err, RecursionError) else str(err)
        return f"its value cannot be sent ({reason})", "Use JSON-able values, or pass it as a property."
    return f"a {kind} cannot be sent", "Use JSON-able values, or pass it as a property."


def member(module: str, name: str, here: str) -> str:
    """The JS expression for a name of a JS module, in the code of the JS module `here`."""
    return f"$m{js_member(name)}" if module == here else f"$jsm.ns({json.dumps(module)}){js_member(name)}"
