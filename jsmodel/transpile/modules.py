"""JS modules: the JS twin of each Python module, made of what its JS code uses.

A JS module is a namespace, `$m` in its code, and its names are looked up when
they are used, as Python looks up globals; so a function that is redefined in a
later notebook cell is the one that is called. What a module holds is sent in
*chunks*: one asset for all that is known when it is first needed, another for
each definition that came, or changed, later.
"""

from __future__ import annotations

import ast
import builtins
import enum
import functools
import inspect
import json
import re
import sys
import threading
import types
import weakref
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from ..assets import Asset, ESModule, links_in, runtime_asset, store
from ..errors import ScopeError, TranspileError, file_name
from . import std
from .cache import cache
from .classes import ClassJS, class_text, js_literal, js_member
from .code import FunctionJS, transpile_function, transpile_statements
from .enums import member_of
from .lower.words import (
    BROWSER_NAMES,
    CLASS,
    INSTEAD,
    LEAVE_MARK,
    LIBRARY,
    LIBRARY_FUNCTIONS,
    MARK,
    MODULE,
    NOT_CONSTRUCTED,
    PART_OF,
    PARTS,
    SUPER,
    function_mark,
)
from .origins import Origins
from .plain import PlainJS, PlainRefused, plain_text, read_class
from .rawjs import JSName, RawJS, raw_code
from .scope import Homes, Key, find, is_standard, is_whole, literal, member, namespace_of, top_of, why_not
from .sourcemap import bare
from .std.values import made, wrapped
from .tools import find as find_tool

__all__ = ["Linker", "linker"]

#: What a piece needs: by home, what kind of thing it is, and the thing.
Found = dict[Key, tuple[str, Any]]

_PLACEHOLDER = re.compile(f"{MARK}([ncs]){MARK}([^{MARK}]+){MARK}")


@dataclass
class Piece:
    """One definition in a JS module."""

    key: Key
    text: str
    needs: dict[Key, None] = field(default_factory=dict)
    modules: dict[str, None] = field(default_factory=dict)
    bases: list[Key] = field(default_factory=list)
    css: str = ""
    libraries: set[str] = field(default_factory=set)  # the parts of our JS library that it needs
    assets: dict[str, Asset] = field(default_factory=dict)  # what its values refer to, by hash
    typed: bool = False  # whether it needs the part of the client that checks types
    early: bool = False  # whether a value of another module has it inside
    parts: list[Key] = field(default_factory=list)  # the values inside of it that have a home of their own

    @property
    def sent(self) -> str:
        """What of it clients get; its place in the file may change without them."""
        return bare(self.text) + self.css


@dataclass
class Chunk:
    """An asset, and the pieces in it."""

    module: str
    asset: Asset
    css: list[Asset]
    pieces: set[Key]
    bases: dict[Key, None]  # the classes that must be there when its own are defined


#: So many assets that were replaced are kept.
PAST = 100


class Linker:
    """Finds what JS code uses, and makes assets of it."""

    def __init__(self) -> None:
        self.homes = Homes()
        self._classes: weakref.WeakValueDictionary[Key, type] = weakref.WeakValueDictionary()
        self._chunks: dict[str, list[Chunk]] = {}
        self._current: dict[Key, str] = {}  # what was sent last of each piece
        self.origins = Origins()
        self._redefined = 0
        self._cache: dict[tuple[type, ...], list[Asset]] = {}
        self._checked: weakref.WeakSet[type] = weakref.WeakSet()
        self._store_version = 0
        self._replaced: weakref.WeakKeyDictionary[type, Key] = weakref.WeakKeyDictionary()
        self._styled: set[Key] = set()
        self._past: dict[str, Asset] = {}  # what was replaced lately, by hash
        self._replaced_assets: set[str] = set()  # the hashes of all that was replaced
        self._made: dict[Key, weakref.ref[type]] = {}  # the classes whose text was sent last
        self._given: dict[str, frozenset[str]] = {}  # see `bundle_code`
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<Linker with {len(self._classes)} classes in {len(self._chunks)} JS modules>"

    def register(self, cls: type) -> bool:
        """Make a class known; a later one of the same module and name takes its place.

        Returns:
            Whether there was another before.
        """
        code: ClassJS = cls.__dict__["_jsm_js"]
        with self._lock:
            if "<locals>" in code.qualname:
                # Made by a function that was called again: two classes, which may both be in use.
                first, number = code.qualname, 1
                while (code.module, code.qualname) in self._classes:
                    number += 1
                    code.qualname = f"{first}#{number}"
            key = (code.module, code.qualname)
            old = self._classes.get(key)
            if old is not None:
                # It lives on, under another name, as a base of others, and until its models are upgraded.
                number = 1
                while (key[0], f"{key[1]}#{number}") in self._classes:
                    number += 1
                vars(old)["_jsm_js"].qualname = f"{key[1]}#{number}"
                self._classes[(key[0], f"{key[1]}#{number}")] = old
                self._replaced[old] = key
                code.version = vars(old)["_jsm_js"].version
            self._classes[key] = cls
            self.refresh()
            return old is not None

    def newest(self, cls: type) -> type | None:
        """The class that was defined later under the name of `cls`, if it is what that name means now."""
        key = self._replaced.get(cls)
        new = self._classes.get(key) if key is not None else None
        return new if new is not None and key is not None and find(namespace_of(key[0]), key[1]) is new else None

    def find(self, key: str) -> type | None:
        """The newest class of this key ('module:qualname')."""
        module, _, qualname = key.partition(":")
        return self._classes.get((module, qualname))

    def assets_for(self, classes: Iterable[type]) -> list[Asset]:
        """The assets that a client needs for instances of `classes`, in load order.

        Raises:
            ScopeError: when JS code uses a name that cannot be had in the browser.
            TranspileError: when a function that it uses cannot run there.
        """
        with self._lock:
            if self._store_version != store.version:
                self._store_version = store.version
                self._cache.clear()
            classes = tuple(classes)
            cached = self._cache.get(classes)
            if cached is not None:
                return cached
            self.homes.look_again()
            wanted: dict[Key, Piece] = {}
            order: list[str] = []
            for cls in classes:
                self._collect_class(cls, wanted, order)
            by_module: dict[str, dict[Key, Piece]] = {}
            for key, piece in wanted.items():
                if piece.early:
                    self._extend(key[0], {key: piece})
            for key, piece in wanted.items():
                by_module.setdefault(key[0], {})[key] = piece
            for module in order:
                self._extend(module, by_module.get(module, {}))
            holders = {key: chunk for chunks in self._chunks.values() for chunk in chunks for key in chunk.pieces}
            chosen: dict[int, Chunk] = {}
            for key in wanted:
                self._choose(holders[key], holders, chosen, set())
            assets = {asset.hash: asset for asset in _libraries(wanted.values())}
            for piece in wanted.values():
                assets |= piece.assets
            for chunk in chosen.values():
                parts = (*store.associated(chunk.module), *chunk.css, chunk.asset)
                assets |= {asset.hash: asset for asset in parts if asset.hash not in assets}
            result = self._cache[classes] = list(assets.values())
            cache().save()  # what was imported before is complete now; the process may end without a word
            return result

    def check(self, cls: type) -> None:
        """Raise, as `assets_for` would, where the code of `cls` cannot be had in the browser."""
        if cls not in self._checked:
            self.assets_for([cls])
            self._checked.add(cls)

    def refresh(self) -> None:
        """Look everything up again: functions and values may have been redefined, in a notebook."""
        with self._lock:
            self._cache.clear()
            self._checked = weakref.WeakSet()

    def bundle(
        self, func: Callable[..., Any], *, classes: Iterable[type] = (), instead: dict[str, Any] | None = None
    ) -> tuple[list[str], str]:
        """The JS modules that a function needs, as one script each, and the expression for it in its own.

        Nothing is kept, and no page gets it: this is for running Python code in a JS engine.

        Args:
            func: The function.
            classes: Models that are wanted too, used or not.
            instead: Values that names of its module have in JS.
        """
        code = transpile_function(func, label=func.__name__)
        libraries, scripts = self.bundle_code(
            code, func.__module__, closure=_closure(func), classes=classes, instead=instead
        )
        return [asset.text for asset in (*libraries, *scripts)], f"$m{js_member(code.name)}"

    def bundle_code(
        self,
        code: FunctionJS,
        module: str,
        *,
        closure: dict[str, Any] | None = None,
        classes: Iterable[type] = (),
        instead: dict[str, Any] | None = None,
        given: Collection[str] = (),
    ) -> tuple[list[Asset], list[Asset]]:
        """As `bundle`, of what is transpiled already: the parts of our JS library, and a script for each JS module.

        Args:
            code: The function; its name in `module` is its own.
            module: The JS module that it belongs to.
            closure: The names of the function around it.
            classes: Models that are wanted too, used or not.
            instead: Values that names of its module have in JS.
            given: Names of its module that have a value only when the function has run, or runs.
        """
        with self._lock:
            self.homes.look_again()
            self._given = {module: frozenset(given)}
            self.origins.tidy()
            piece = Piece((module, code.name), "")
            resolver = _Resolver(self, piece, closure or {}, instead)
            text = resolver.place(code, code.as_expression())
            piece.text = f"{{\n{resolver.closure_text()}$m{js_member(code.name)} = {text};\n}}"
            pieces: dict[Key, Piece] = {}
            order: list[str] = []
            for cls in classes:
                self._collect_class(cls, pieces, order)
            self._follow(resolver.found, pieces, order)
            if module not in order:
                order.append(module)
            pieces[piece.key] = piece
            scripts = [self._script(p.key[0], [p]) for p in pieces.values() if p.early]
            for each in _load_order(order, pieces.values()):
                scripts.append(self._script(each, [p for p in pieces.values() if p.key[0] == each and not p.early]))
            return _libraries(pieces.values()), scripts

    def _script(self, module: str, pieces: list[Piece]) -> Asset:
        return self.origins.asset(module, pieces, passing=True)

    # -- collecting

    def _collect_class(self, cls: type, wanted: dict[Key, Piece], order: list[str]) -> None:
        code: ClassJS | None = cls.__dict__.get("_jsm_js")
        if code is None:
            return  # Model itself: it is in the runtime
        key = (code.module, code.qualname)
        if key in wanted:
            return
        if code.base is not None:
            self._collect_class(code.base, wanted, order)
        piece = wanted[key] = Piece(key, "")
        piece.typed = any(prop.type for prop in code.props)
        resolver = _Resolver(self, piece, code.closure)
        base = resolver.class_ref(code.base) if code.base is not None else "$jsm.Model"
        piece.text, piece.css = resolver.class_text(code, base), code.css
        made = self._made.setdefault(key, weakref.ref(cls))
        if made() is not cls:
            self._made[key] = weakref.ref(cls)
            if key in self._current and self._current[key] != piece.sent:
                code.version += 1  # another class: what is alive is upgraded when Python says so
                piece.text = resolver.class_text(code, base)
        piece.assets |= {link.asset.hash: link.asset for link in links_in(code.constants)}
        base_code = vars(code.base).get("_jsm_js") if code.base is not None else None
        if base_code is not None:
            piece.bases.append((base_code.module, base_code.qualname))
        self._follow(resolver.found, wanted, order)
        if code.module not in order:
            order.append(code.module)

    def _follow(self, found: Found, wanted: dict[Key, Piece], order: list[str]) -> None:
        """Collect what was found in a piece, and what that needs."""
        for key, (kind, value) in found.items():
            if kind == "class":
                self._collect_class(value, wanted, order)
                continue
            if key in wanted:
                continue
            new = Piece(key, "")
            inner = _Resolver(self, new, {})
            if kind == "value":
                # What is inside of it comes first: it is there when the value is made.
                new.text = f"$m{js_member(key[1])} = {inner.literal(value)};"
                self._follow(inner.found, wanted, order)
                wanted[key] = new
                new.parts = [part for part in inner.found if part[1] != "*"]
                new.bases += inner.found
                for part in new.parts:
                    if part[0] != key[0]:
                        _make_early(wanted, part)
            elif kind == "module":
                wanted[key] = new
                asset = value._asset.resolve(store)
                new.text = f"$m{js_member(key[1])} = $jsm.es({json.dumps(asset.hash)});"
                new.assets = {asset.hash: asset}
            elif kind == "raw":
                wanted[key] = new
                new.text = f"$m{js_member(key[1])} = ({raw_code(value)});"
            elif kind == "plain":
                self._collect_plain(value, new, wanted, order)
            elif kind == "made":
                # What it is made of must be there before.
                text = inner.made_text(value, f"{key[0]}.{key[1]}")
                self._follow(inner.found, wanted, order)
                wanted[key] = new
                new.text = f"{{\n$m{js_member(key[1])} = {text};\n}}"
                new.bases += inner.found
            elif kind == "wrapped":
                wanted[key] = new
                inner = _Resolver(self, new, _closure(value.__wrapped__))
                new.text = inner.define(key[1], inner.wrapped_text(value, f"{key[0]}.{key[1]}"))
                self._follow(inner.found, wanted, order)
            elif kind == "whole":
                wanted[key] = new
                new.text = _whole_text(key[0], inner)
                new.bases += [other for other in inner.found if other[0] != key[0]]
                self._follow(inner.found, wanted, order)
            else:
                wanted[key] = new
                inner = _Resolver(self, new, _closure(value))
                func = transpile_function(value, label=f"{key[0]}.{key[1]}")
                new.text = inner.define(key[1], inner.place(func, func.as_expression()))
                self._follow(inner.found, wanted, order)
            if key[0] not in order:
                order.append(key[0])

    def _collect_plain(self, value: PlainJS, piece: Piece, wanted: dict[Key, Piece], order: list[str]) -> None:
        resolver = _Resolver(self, piece, _class_closure(value))
        text, before = resolver.plain_text(value)
        for key, found in before.items():
            piece.bases.append(key)
            self._follow({key: found}, wanted, order)
        wanted[piece.key] = piece
        piece.text = "{\n" + resolver.closure_text() + text + "\n}"
        self._follow(resolver.found, wanted, order)

    def _choose(self, chunk: Chunk, holders: dict[Key, Chunk], chosen: dict[int, Chunk], seen: set[int]) -> None:
        """Take a chunk, after those that hold the base classes of all that is in it."""
        if id(chunk) in chosen or id(chunk) in seen:
            return
        seen.add(id(chunk))
        for key in chunk.bases:
            if key in holders:
                self._choose(holders[key], holders, chosen, seen)
        chosen[id(chunk)] = chunk

    def _extend(self, module: str, pieces: dict[Key, Piece]) -> None:
        """Make a chunk of the pieces that are new or have changed."""
        fresh = {key: piece for key, piece in pieces.items() if self._current.get(key) != piece.sent}
        chunks = self._chunks.setdefault(module, [])
        for chunk in chunks:
            self.origins.moved(chunk.asset.hash, [pieces[key] for key in chunk.pieces & (pieces.keys() - fresh.keys())])
        if not fresh:
            return
        for chunk in list(chunks):  # forget what is replaced as a whole
            chunk.pieces -= fresh.keys()
            if not chunk.pieces:
                chunks.remove(chunk)
                self._retire(chunk)
        again = any(key in self._current for key in fresh)
        if again:
            # A definition came back to what it was once: a client that has that asset must run it again.
            self._redefined += 1
        css = []
        for key, piece in fresh.items():
            if piece.css or key in self._styled:
                text = piece.css + (f"\n/* redefined: {self._redefined} */" if key in self._current else "")
                css.append(store.add(Asset(f"{module}.{key[1]}.css", "css", text.encode())))
                self._styled.add(key)
        end = f"// redefined: {self._redefined}\n" if again else ""
        asset = store.add(self.origins.asset(module, list(fresh.values()), end))
        bases = {base: None for piece in fresh.values() for base in piece.bases}
        chunks.append(Chunk(module, asset, css, set(fresh), bases))
        for each in (asset, *css):
            self._replaced_assets.discard(each.hash)
            self._past.pop(each.hash, None)
        for key, piece in fresh.items():
            self._current[key] = piece.sent

    def _retire(self, chunk: Chunk) -> None:
        """Remember a chunk that was replaced for a while: pages may still load it, and their errors come from it."""
        for asset in (chunk.asset, *chunk.css):
            self._replaced_assets.add(asset.hash)
            self._past[asset.hash] = asset
        while len(self._past) > PAST:
            asset = self._past.pop(next(iter(self._past)))
            store.forget(asset)
            self.origins.forget(asset.hash)

    def is_replaced(self, hash_: str) -> bool:
        """Whether all that an asset defines was defined again."""
        return hash_ in self._replaced_assets


def _load_order(modules: Iterable[str], pieces: Iterable[Piece]) -> list[str]:
    """The modules, each after those that must be there when its code is loaded."""
    before: dict[str, list[str]] = {}
    for piece in pieces:
        before.setdefault(piece.key[0], []).extend(module for module, _ in piece.bases)
    done: dict[str, None] = {}
    seen: set[str] = set()

    def visit(module: str) -> None:
        if module not in seen:
            seen.add(module)
            for other in before.get(module, ()):
                visit(other)
            done[module] = None

    for module in modules:
        visit(module)
    return list(done)


def _make_early(pieces: dict[Key, Piece], key: Key) -> None:
    """Let a value come before the code of its module, with what is inside of it."""
    piece = pieces[key]
    if not piece.early:
        piece.early = True
        for part in piece.parts:
            _make_early(pieces, part)


class _Resolver:
    """Gives every name in a piece its JS expression, and notes what the piece needs.

    Args:
        linker: Whose piece it is.
        piece: The piece.
        closure: The names of the function around it.
        instead: Values that names have in JS only.
    """

    def __init__(
        self, linker: Linker, piece: Piece, closure: dict[str, Any], instead: dict[str, Any] | None = None
    ) -> None:
        self._linker = linker
        self._piece = piece
        self._module = piece.key[0]
        self._closure = closure
        self._instead = instead or {}
        self._consts: dict[str, str] = {}
        self.found: Found = {}
        self._idents: dict[
            tuple[str, int], str
        ] = {}  # of what was taken from the function around, by name and identity

    def place(self, func: FunctionJS, text: str) -> str:
        """Replace the placeholders in the text of `func`."""
        self._piece.libraries |= func.parts
        lines = dict(func.names)
        top = func.label.startswith("the ")  # 'the module foo'
        name = "<module>" if top else func.label.removeprefix(f"{self._module}.").rpartition(", ")[2]

        def one(match: re.Match[str]) -> str:
            form, name = match[1], match[2]
            if form == "s":
                return self._offered(*name.split("."))
            line = lines.get(name, func.lineno)
            try:
                expression, is_class = self.resolve(name, func, line)
            except ScopeError as err:
                _locate(err, name, func, line)
                raise
            return f"new ({expression})" if form == "c" and is_class else expression

        text = _PLACEHOLDER.sub(one, text)
        text = text.replace(SUPER, "$s.prototype").replace(CLASS, "$cls").replace(LIBRARY, "$py").replace(MODULE, "$m")
        number = self._linker.origins.number(func.filename, func.lines)
        return f"{function_mark(number, func.lineno, name)}{text}{LEAVE_MARK}"

    def define(self, name: str, text: str) -> str:
        """The statements that define a name of the module, with what it needs of the function around it."""
        closure = self.closure_text()
        text = f"{closure}$m{js_member(name)} = {text};"
        return f"{{\n{text}\n}}" if closure else text

    def resolve(self, name: str, func: FunctionJS, line: int) -> tuple[str, bool]:
        """The JS expression for a name, and whether it is something to construct with `new`."""
        first, *rest = name.split(".")
        where = f"{file_name(func.filename)}, line {line}"
        if first in self._closure and not isinstance(self._closure[first], types.ModuleType):
            return self._from_closure(name, func, line)
        if first in self._linker._given.get(str(func.globals.get("__name__")), ()):
            return f"$m{js_member(first)}" + "".join(map(js_member, rest)), False
        if first in self._instead:
            return self._from_value(self._module, name, self._instead[first], func, where)
        if first in self._closure or first in func.globals:
            value = self._closure[first] if first in self._closure else func.globals[first]
            scope, attr = str(func.globals.get("__name__", self._module)), first
            for attr in rest:
                scope, value = value.__name__, self._member_of(value, attr, name, func, where)
            return self._from_value(scope, attr, value, func, where, called=name)
        if name in BROWSER_NAMES:
            return name, name[0].isupper() and name not in NOT_CONSTRUCTED
        if hasattr(builtins, name):
            raise ScopeError(
                name,
                user=func.label,
                place=where,
                why="this Python built-in has no counterpart there yet",
                instead=INSTEAD.get(name, "Write it out, or use RawJS('...')."),
            )
        known = [*func.globals, *BROWSER_NAMES, *LIBRARY_FUNCTIONS]
        raise ScopeError(name, user=func.label, place=where, known=[k for k in known if not k.startswith("_")])

    def _member_of(self, module: Any, attr: str, name: str, func: FunctionJS, where: str) -> Any:
        try:
            return getattr(module, attr)
        except AttributeError:
            raise ScopeError(
                name,
                user=func.label,
                place=where,
                why=f"the module {module.__name__!r} has no {attr!r}",
                known=[name.removesuffix(attr) + k for k in vars(module) if not k.startswith("_")],
                instead="Correct the name, or define it there.",
            ) from None

    def class_ref(self, cls: type) -> str:
        """The JS expression for a class with a JS side."""
        code: ClassJS | None = cls.__dict__.get("_jsm_js")
        if code is None:
            return "$jsm.Model"
        return self._note((code.module, code.qualname), "class", cls)

    def class_text(self, code: ClassJS, base: str) -> str:
        """The statements that define a class with a JS side."""
        body = class_text(code, base, self.place)
        consts = self.closure_text()
        return body.replace("{\n", "{\n" + consts, 1) if consts else body

    def closure_text(self) -> str:
        """Statements that define what was taken from the function around."""
        return "".join(f"const {name} = {text};\n" for name, text in self._consts.items())

    def _member(self, module: str, name: str) -> str:
        if module == self._module:
            return f"$m{js_member(name)}"
        self._piece.modules.setdefault(module)
        return f"$jsm.ns({json.dumps(module)}){js_member(name)}"

    def _from_closure(self, name: str, func: FunctionJS, line: int) -> tuple[str, bool]:
        value = self._closure[name]
        known = self._idents.get((name, id(value)))
        ident = known or f"{name}$c{len(self._idents) if f'{name}$c' in self._idents.values() else ''}"
        where = f"{file_name(func.filename)}, line {line}"
        offered = std.find(value)
        if offered is not None:
            return self._offered(*offered), False
        if isinstance(value, JSName):
            return value._name, False
        tool = self._tool(value)
        if tool is not None:
            return tool, inspect.isclass(value) and value.__module__ != "builtins"
        if inspect.isclass(value):
            return self._from_class(name, value, func, where)
        if isinstance(value, enum.Enum) and not is_standard(type(value).__module__):
            return self._from_class(name, type(value), func, where)[0] + member_of(value), False
        self._idents[name, id(value)] = ident
        if ident not in self._consts:
            self._consts[ident] = "null"  # a function that calls itself finds this
            if isinstance(value, RawJS):
                self._consts[ident] = f"({raw_code(value)})"
            elif isinstance(value, ESModule):
                asset = value._asset.resolve(store)
                self._piece.assets[asset.hash] = asset
                self._consts.pop(ident)
                return f"$jsm.es({json.dumps(asset.hash)})", False
            elif isinstance(value, types.FunctionType) and wrapped(value) is None:
                inner = transpile_function(value, label=f"{func.label}, {name}")
                saved, self._closure = self._closure, {**self._closure, **_closure(value)}
                self._consts[ident] = self.place(inner, inner.as_expression())
                self._closure = saved
            elif wrapped(value) is not None:
                saved, self._closure = self._closure, {**self._closure, **_closure(value.__wrapped__)}
                self._consts[ident] = self.wrapped_text(value, f"{func.label}, {name}")
                self._closure = saved
            elif made(value) is not None:
                self._consts[ident] = self.made_text(value, func.label, where)
            else:
                self._consts[ident] = self._sendable(name, value, func, where)
            self._consts[ident] = self._consts.pop(ident)  # after what it uses
        return ident, False

    def _from_value(
        self, scope: str, name: str, value: Any, func: FunctionJS, where: str, called: str = ""
    ) -> tuple[str, bool]:
        """A name of the module `scope`."""
        if isinstance(value, JSName):
            return value._name, False
        offered = std.find(value)
        if offered is not None:
            return self._offered(*offered), False
        tool = self._tool(value)
        if tool is not None:
            return tool, inspect.isclass(value) and value.__module__ != "builtins"
        if inspect.isclass(value):
            return self._from_class(called or name, value, func, where)
        if isinstance(value, enum.Enum) and not is_standard(type(value).__module__):
            return self._from_class(called or name, type(value), func, where)[0] + member_of(value), False
        if isinstance(value, tuple) and value and all(inspect.isclass(v) for v in value):
            return f"$py.tuple_({', '.join(self._from_value(scope, name, v, func, where)[0] for v in value)})", False
        if _is_part_of_whole((scope, name)):
            return self._note((scope, name), "value", value), False
        if wrapped(value) is not None:
            return self._note(self._linker.homes.of_definition(value), "wrapped", value), False
        namespace = func.globals if func.globals.get("__name__") == scope else namespace_of(scope)
        if made(value) is not None:
            return self._note(self._linker.homes.of_value(value, scope, name, namespace), "made", value), False
        refused = std.refusal(value, scope) if callable(value) or inspect.ismodule(value) else None
        if refused is not None:
            raise ScopeError(called or name, user=func.label, place=where, why=refused[0], instead=refused[1])
        if isinstance(value, types.FunctionType):
            return self._note(self._linker.homes.of_definition(value), "function", value), False
        if isinstance(value, (RawJS, ESModule)):
            kind = "raw" if isinstance(value, RawJS) else "module"
            return self._note(self._linker.homes.of_value(value, scope, name, namespace), kind, value), False
        home = None if _is_sendable(value) else self._linker.homes.of_object(value)
        if home is None:
            self._sendable(called or name, value, func, where)
            home = self._linker.homes.of_value(value, scope, name, namespace)
        return self._note(home, "value", value), False

    def _offered(self, module: str, name: str) -> str:
        """The JS expression for a function or class of Python's standard library."""
        self._piece.libraries.add(f"std/{module}")
        return std.reference(module, name)

    def wrapped_text(self, value: Any, label: str) -> str:
        """The expression for a function with a decorator of the standard library."""
        decorator, args, inner = wrapped(value) or ("", (), value)
        func = transpile_function(inner, label=label)
        text = self.place(func, func.as_expression())
        arguments = f"({', '.join(js_literal(a) for a in args)})" if args else ""
        return f"{self._offered(*decorator.split('.'))}{arguments}({text})"

    def made_text(self, value: Any, user: str, where: str = "") -> str:
        """The expression that makes an object of the standard library again."""
        call = made(value)
        assert call is not None
        args = [self._part_text(arg, user, where) for arg in call.args]
        function = self._offered(call.module, call.name) if call.module else args.pop(0)
        if not call.keywords:
            return f"{function}({', '.join(args)})"
        given = ", ".join(f"{json.dumps(k)}: {self._part_text(v, user, where)}" for k, v in call.keywords.items())
        return f"$py.late.kw({function}, [{', '.join(args)}], {{{given}}})"

    def _part_text(self, value: Any, user: str, where: str) -> str:
        """What such an object is made of, as JS."""
        offered = std.find(value)
        if offered is not None:
            return self._offered(*offered)
        if made(value) is not None:
            return self.made_text(value, user, where)
        name = getattr(value, "__name__", "")
        if callable(value) and getattr(builtins, name, None) is value and name in LIBRARY_FUNCTIONS:
            part = PART_OF.get(name)
            if part is None:
                return f"$py.{name}"
            self._piece.libraries.add(part)
            return f"$py.late.{name}"
        if "_jsm_js" in getattr(value, "__dict__", {}):
            return self.class_ref(value)
        if inspect.isclass(value):
            try:
                return self.plain_ref(value)
            except PlainRefused as err:
                raise ScopeError(name, user=user, place=where, why=err.why, instead=err.instead) from None
        if isinstance(value, types.FunctionType):
            kind = "function" if wrapped(value) is None else "wrapped"
            return self._note(self._linker.homes.of_definition(value), kind, value)
        if _is_sendable(value):
            return self.literal(value)
        why, instead = why_not(value)
        raise ScopeError(name or repr(value), user=user, place=where, why=why, instead=instead)

    def _from_class(self, name: str, cls: Any, func: FunctionJS, where: str) -> tuple[str, bool]:
        if "_jsm_js" in cls.__dict__ or "_jsm_js_methods" in cls.__dict__:
            return self.class_ref(cls), True
        try:
            return self.plain_ref(cls), True
        except PlainRefused as err:
            raise ScopeError(name, user=func.label, place=where, why=err.why, instead=err.instead) from None

    def plain_ref(self, cls: type) -> str:
        """The JS expression for a class that is no Model."""
        if is_standard(cls.__module__) and (refused := std.refusal(cls)) is not None:
            raise PlainRefused(*refused)
        if cls.__module__ == "builtins":
            raise PlainRefused(
                f"it is the class {cls.__qualname__!r} of Python's own library",
                "Use functions, or a class of your own.",
            )
        key = self._linker.homes.of_definition(cls)
        known = key in self.found or key == self._piece.key
        return self._note(key, "plain", None if known else read_class(cls, ".".join(key)))

    def plain_text(self, plain: PlainJS, key: Key | None = None) -> tuple[str, Found]:
        """The statements that define a class, and the classes that must be there before it."""
        self._piece.libraries |= plain.libraries
        bases = [self._base(base) for base in plain.bases] or ["$py.late.ob"]
        inside = [v for v in _values_of(plain) if inspect.isclass(v) or isinstance(v, enum.Enum)]
        for value in inside:
            self._class_value("", value)
        before, self.found = {k: v for k, v in self.found.items() if v[1] is not None}, {}

        def place(func: FunctionJS, text: str) -> str:
            return self.place_inside(func, text, plain.closures.get(id(func), {}))

        return plain_text(plain, key or self._piece.key, bases, place, self._class_value), before

    def _base(self, base: type | str) -> str:
        """The JS expression of a base class."""
        if isinstance(base, type):
            return self.plain_ref(base)
        kind, _, name = base.rpartition(":")
        return f"$py.late.${kind}.{name}" if kind else f"$py.late.exception({json.dumps(name)})"

    def place_inside(self, func: FunctionJS, text: str, closure: dict[str, Any]) -> str:
        """`place`, of a function in a class whose names may mean something else than those of the other functions."""
        saved, self._closure = self._closure, {**self._closure, **closure}
        text = self.place(func, text)
        self._closure = saved
        return text

    def _class_value(self, name: str, value: Any) -> str:
        """The JS of what a class has under a name, or a dataclass as a default."""
        if isinstance(value, RawJS):
            return f"({raw_code(value)})"
        tool = self._tool(value)
        if tool is not None:
            return tool
        if inspect.isclass(value):
            return self.class_ref(value) if "_jsm_js" in vars(value) else self.plain_ref(value)
        if isinstance(value, enum.Enum) and not is_standard(type(value).__module__):
            return self.plain_ref(type(value)) + member_of(value)
        if isinstance(value, types.FunctionType):
            func = transpile_function(value, label=f"{self._piece.key[1]}.{name}")
            return self.place_inside(func, func.as_expression(), _closure(value))
        known = self._parts([value]) if isinstance(value, (list, dict)) else {}
        try:
            return known.get(id(value)) or self.literal(value)
        except (TypeError, RecursionError) as err:
            raise PlainRefused(
                f"the value of {self._piece.key[1]}.{name} cannot be sent ({err})", "Use JSON-able values."
            ) from err

    def _tool(self, value: Any) -> str | None:
        """The JS expression of what our JS library has of Python's."""
        found = find_tool(value)
        if found is None:
            return None
        if found[0]:
            self._piece.libraries.add(found[0])
        return found[1]

    def literal(self, value: Any) -> str:
        """A value as JS; what of it has a name of its own is referred to by that."""
        self._piece.assets |= {link.asset.hash: link.asset for link in links_in(value)}
        return literal(value, self._parts)

    def _parts(self, parts: list[Any]) -> dict[int, str]:
        found = self._linker.homes.of_parts(parts)
        return {id(part): self._note(found[id(part)], "value", part) for part in parts if id(part) in found}

    def definition(self, module: str, node: Any, value: Any, filename: str) -> str:
        """The statement for a 'def' or 'class' at the top level of a module that is transpiled as a whole."""

        def refuse(why: str, instead: str) -> NoReturn:
            raise TranspileError(
                f"'{module}.{node.name}' cannot run in the browser: {why}",
                filename=filename,
                lineno=node.lineno,
                instead=instead,
            )

        key = (module, node.name)
        if isinstance(value, type) and "_jsm_js" in vars(value):
            self.class_ref(value)
            return ""
        if node.decorator_list:
            refuse("a decorator is not known there, in a module with __pyscript__ = True", "Call it yourself.")
        if isinstance(node, ast.ClassDef):
            if not (isinstance(value, type) and (value.__module__, value.__qualname__) == key):
                refuse("its name means something else by the end of the module", "Give each thing a name of its own.")
            try:
                text, before = self.plain_text(read_class(value, ".".join(key)), key)
                self.found = {**before, **self.found}
                return "{\n" + text + "\n}"
            except PlainRefused as err:
                refuse(err.why, err.instead)
        if not (isinstance(value, types.FunctionType) and value.__code__.co_firstlineno == node.lineno):
            refuse("its name means something else by the end of the module", "Give each thing a name of its own.")
        func = transpile_function(value, label=".".join(key))
        return self.define(node.name, self.place(func, func.as_expression()))

    def _note(self, key: Key, kind: str, value: Any) -> str:
        """Note that the piece needs something; the JS expression for it."""
        if kind != "class" and _is_part_of_whole(key):
            self.found.setdefault((key[0], "*"), ("whole", None))
        elif key != self._piece.key:
            self.found.setdefault(key, (kind, value))
        if key[0] != self._module:
            self._piece.modules.setdefault(key[0])
        return member(key[0], key[1], self._module)

    def _sendable(self, name: str, value: Any, func: FunctionJS, where: str) -> str:
        if _is_sendable(value):
            return self.literal(value)
        why, instead = why_not(value)
        raise ScopeError(name, user=func.label, place=where, why=why, instead=instead)


def _is_part_of_whole(key: Key) -> bool:
    """Whether something stands in a module that is transpiled as a whole."""
    if not is_whole(namespace_of(key[0])):
        return False
    top = top_of(key[0])
    return top is None or key[1].partition(".")[0] in top.defined


def _is_sendable(value: Any) -> bool:
    try:
        js_literal(value)
    except (TypeError, RecursionError):
        return False
    return True


def _locate(err: ScopeError, name: str, func: FunctionJS, line: int) -> None:
    """Let an error about a name say where that is used first."""
    first = name.partition(".")[0]
    for node in ast.walk(ast.parse("".join(func.lines))):
        if isinstance(node, ast.Name) and (node.id, node.lineno) == (first, line):
            text = func.lines[line - 1]
            start, end = (len(text.encode()[:col].decode()) for col in (node.col_offset, node.end_col_offset or 0))
            err.locate(func.filename, line, text, start, end)
            return


def _whole_text(module: str, resolver: _Resolver) -> str:
    """The text of a module that is transpiled as a whole: what stands at its top level, in order."""
    namespace, top = namespace_of(module), top_of(module)
    label = f"the module {module}"
    if top is None:
        raise ScopeError(
            "__pyscript__",
            user=label,
            why="its source is not to be found: only a module in a file can be transpiled as a whole",
            instead="Put it into a file, or leave '__pyscript__ = True' out.",
        )
    parts: list[str] = []
    waiting: list[ast.stmt] = []

    def run() -> None:
        if waiting:
            func = transpile_statements(top, list(waiting), namespace, label=label)
            waiting.clear()
            parts.append(f"({resolver.place(func, func.as_expression())})();")

    for node in top.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            run()
            parts.append(resolver.definition(module, node, namespace.get(node.name), top.filename))
        elif not isinstance(node, (ast.Import, ast.ImportFrom)) and not _is_dunder(node):
            waiting.append(node)
    run()
    return "{\n" + "\n".join(filter(None, parts)) + "\n}"


def _is_dunder(node: ast.stmt) -> bool:
    """Whether a statement says something about the module: __pyscript__ = True, __all__ = [...]."""
    return isinstance(node, ast.Assign) and all(
        isinstance(t, ast.Name) and t.id.startswith("__") and t.id.endswith("__") for t in node.targets
    )


def _closure(func: Callable[..., Any]) -> dict[str, Any]:
    return dict(inspect.getclosurevars(func).nonlocals)


def _class_closure(plain: PlainJS) -> dict[str, Any]:
    """The names of the function around a class, as far as all its methods mean the same by them."""
    found: dict[str, Any] = {}
    differ: set[str] = set()
    for closure in plain.closures.values():
        for name, value in closure.items():
            if found.setdefault(name, value) is not value:
                differ.add(name)
    return {name: value for name, value in found.items() if name not in differ}


def _values_of(plain: PlainJS) -> list[Any]:
    """What a class, and its fields as a dataclass, have as values."""
    fields = plain.record.fields if plain.record is not None else ()
    return [*plain.classes.values(), *(v for f in fields for v in (f.default, f.factory))]


@functools.cache
def _library(part: str) -> Asset:
    """A part of our JS library that is sent on demand."""
    text = (Path(__file__).parent / f"{part}.js").read_text(encoding="utf-8")
    if part.startswith("std/") or part in ("keys", "objects"):
        text = f"$py.late.python = {sys.version_info[1]};\n{text}"
    # What is the prototype of something is laid out by the engine so that its attributes are found fast.
    text = f'jsmodel.module("jsmodel.transpile", ($m, $jsm, $py) => {{\n"use strict";\n(() => {{\n{text}}})();\nObject.create($py.late);\n}});\n'
    return store.add(Asset(f"{part}.js", "js", text.encode()))


def _libraries(pieces: Collection[Piece]) -> list[Asset]:
    """The parts of our JS library that some pieces need, in load order."""
    order: dict[str, None] = {}

    def add(part: str) -> None:
        for other in parts[part]:
            add(other)
        order.setdefault(part)

    parts = {**PARTS, **std.PARTS}
    for part in parts:
        if any(part in piece.libraries for piece in pieces):
            add(part)
    return [
        *([runtime_asset("types")] if any(piece.typed for piece in pieces) else []),
        *(_library(part) for part in order),
    ]


linker = Linker()
