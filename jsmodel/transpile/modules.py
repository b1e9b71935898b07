"""JS modules: the JS twin of each Python module, made of what its JS code uses.

A JS module is a namespace, `$m` in its code, and its names are looked up when
they are used, as Python looks up globals; so a function that is redefined in a
later notebook cell is the one that is called. What a module holds is sent in
*chunks*: one asset for all that is known when it is first needed, another for
each definition that came, or changed, later.
"""

from __future__ import annotations

import builtins
import inspect
import json
import re
import sys
import threading
import types
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..assets import Asset, ESModule, links_in, store
from ..errors import ScopeError, file_name
from .classes import ClassJS, class_text, js_literal, js_member
from .code import FunctionJS, transpile_function
from .lower import BROWSER_NAMES, LIBRARY, LIBRARY_FUNCTIONS, MARK, NOT_CONSTRUCTED, SUPER
from .rawjs import JSName, RawJS

__all__ = ["Linker", "linker"]

_PLACEHOLDER = re.compile(f"{MARK}([nc]){MARK}([^{MARK}]+){MARK}")

Key = tuple[str, str]  # module, name


@dataclass
class Piece:
    """One definition in a JS module."""

    key: Key
    text: str
    needs: dict[Key, None] = field(default_factory=dict)
    modules: dict[str, None] = field(default_factory=dict)
    bases: list[Key] = field(default_factory=list)
    css: str = ""
    late: bool = False  # whether it needs library.js
    assets: dict[str, Asset] = field(default_factory=dict)  # what its values refer to, by hash


@dataclass
class Chunk:
    """An asset, and the pieces in it."""

    module: str
    asset: Asset
    css: list[Asset]
    pieces: set[Key]
    bases: dict[Key, None]  # the classes that must be there when its own are defined


class Linker:
    """Finds what JS code uses, and makes assets of it."""

    def __init__(self) -> None:
        self._classes: weakref.WeakValueDictionary[Key, type] = weakref.WeakValueDictionary()
        self._chunks: dict[str, list[Chunk]] = {}
        self._current: dict[Key, str] = {}  # the text that was sent last, of each piece
        self._redefined = 0
        self._cache: dict[tuple[type, ...], list[Asset]] = {}
        self._checked: weakref.WeakSet[type] = weakref.WeakSet()
        self._store_version = 0
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<Linker with {len(self._classes)} classes in {len(self._chunks)} JS modules>"

    def register(self, cls: type) -> None:
        """Make a class known; a later one of the same module and name takes its place."""
        code: ClassJS = cls.__dict__["_jsm_js"]
        with self._lock:
            if "<locals>" in code.qualname:
                # Made by a function that was called again: two classes, which may both be in use.
                first, number = code.qualname, 1
                while (code.module, code.qualname) in self._classes:
                    number += 1
                    code.qualname = f"{first}#{number}"
            self._classes[(code.module, code.qualname)] = cls
            self.refresh()

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
            wanted: dict[Key, Piece] = {}
            order: list[str] = []
            for cls in classes:
                self._collect_class(cls, wanted, order)
            by_module: dict[str, dict[Key, Piece]] = {}
            for key, piece in wanted.items():
                by_module.setdefault(key[0], {})[key] = piece
            for module in order:
                self._extend(module, by_module.get(module, {}))
            holders = {key: chunk for chunks in self._chunks.values() for chunk in chunks for key in chunk.pieces}
            chosen: dict[int, Chunk] = {}
            for key in wanted:
                self._choose(holders[key], holders, chosen, set())
            assets = {asset.hash: asset for asset in [_library()] if any(piece.late for piece in wanted.values())}
            for piece in wanted.values():
                assets |= piece.assets
            for chunk in chosen.values():
                parts = (*store.associated(chunk.module), *chunk.css, chunk.asset)
                assets |= {asset.hash: asset for asset in parts if asset.hash not in assets}
            result = self._cache[classes] = list(assets.values())
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
        with self._lock:
            module, name = func.__module__, func.__name__
            piece = Piece((module, name), "")
            globals_ = {**getattr(func, "__globals__", {}), **(instead or {})}
            resolver = _Resolver(self, piece, module, globals_, _closure(func))
            code = transpile_function(func, label=name)
            text = resolver.place(code, code.as_expression())
            piece.text = f"{{\n{resolver.closure_text()}$m{js_member(name)} = {text};\n}}"
            pieces: dict[Key, Piece] = {}
            order: list[str] = []
            for cls in classes:
                self._collect_class(cls, pieces, order)
            self._follow(piece, resolver, pieces, order)
            if module not in order:
                order.append(module)
            pieces[piece.key] = piece
            scripts = [_chunk_text(each, [p for p in pieces.values() if p.key[0] == each]) for each in order]
            late = [_library().text] if any(p.late for p in pieces.values()) else []
            return [*late, *scripts], f"$m{js_member(name)}"

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
        resolver = _Resolver(self, piece, code.module, code.globals, code.closure)
        base = resolver.class_ref(code.base) if code.base is not None else "$jsm.Model"
        body = class_text(code, base, resolver.place)
        consts = resolver.closure_text()
        if consts:
            body = body.replace("{\n", "{\n" + consts, 1)
        piece.text, piece.css = body, code.css
        piece.assets |= {link.asset.hash: link.asset for link in links_in(code.constants)}
        base_code = vars(code.base).get("_jsm_js") if code.base is not None else None
        if base_code is not None:
            piece.bases.append((base_code.module, base_code.qualname))
        self._follow(piece, resolver, wanted, order)
        if code.module not in order:
            order.append(code.module)

    def _follow(self, piece: Piece, resolver: _Resolver, wanted: dict[Key, Piece], order: list[str]) -> None:
        for key, (kind, value) in resolver.found.items():
            if kind == "class":
                self._collect_class(value, wanted, order)
                continue
            if key in wanted:
                continue
            new = wanted[key] = Piece(key, "")
            if kind == "value":
                new.text = f"$m{js_member(key[1])} = {js_literal(value)};"
                new.assets = {link.asset.hash: link.asset for link in links_in(value)}
            elif kind == "module":
                asset = value._asset.resolve(store)
                new.text = f"$m{js_member(key[1])} = $jsm.es({json.dumps(asset.hash)});"
                new.assets = {asset.hash: asset}
            elif kind == "raw":
                new.text = f"$m{js_member(key[1])} = ({value.code});"
            else:
                func = transpile_function(value, label=f"{key[0]}.{key[1]}")
                inner = _Resolver(self, new, key[0], value.__globals__, _closure(value))
                text = inner.place(func, func.as_expression())
                new.text = f"{inner.closure_text()}$m{js_member(key[1])} = {text};"
                if inner.closure_text():
                    new.text = "{\n" + new.text + "\n}"
                self._follow(new, inner, wanted, order)
            if key[0] not in order:
                order.append(key[0])

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
        fresh = {key: piece for key, piece in pieces.items() if self._current.get(key) != piece.text + piece.css}
        if not fresh:
            return
        chunks = self._chunks.setdefault(module, [])
        for chunk in list(chunks):  # forget what is replaced as a whole
            chunk.pieces -= fresh.keys()
            if not chunk.pieces:
                chunks.remove(chunk)
        css = [
            store.add(Asset(f"{module}.{key[1]}.css", "css", piece.css.encode()))
            for key, piece in fresh.items()
            if piece.css
        ]
        text = _chunk_text(module, list(fresh.values()))
        if any(key in self._current for key in fresh):
            # A definition came back to what it was once: a client that has that asset must run it again.
            self._redefined += 1
            text += f"// redefined: {self._redefined}\n"
        asset = store.add(Asset(f"{module}.js", "js", text.encode()))
        bases = {base: None for piece in fresh.values() for base in piece.bases}
        chunks.append(Chunk(module, asset, css, set(fresh), bases))
        for key, piece in fresh.items():
            self._current[key] = piece.text + piece.css


class _Resolver:
    """Gives every name in a piece its JS expression, and notes what the piece needs."""

    def __init__(
        self, linker: Linker, piece: Piece, module: str, globals_: dict[str, Any], closure: dict[str, Any]
    ) -> None:
        self._linker = linker
        self._piece = piece
        self._module = module
        self._globals = globals_
        self._closure = closure
        self._consts: dict[str, str] = {}
        self.found: dict[Key, tuple[str, Any]] = {}

    def place(self, func: FunctionJS, text: str) -> str:
        """Replace the placeholders in the text of `func`."""
        self._piece.late = self._piece.late or func.late
        lines = dict(func.names)

        def one(match: re.Match[str]) -> str:
            form, name = match[1], match[2]
            expression, is_class = self.resolve(name, func, lines.get(name, func.lineno))
            return f"new ({expression})" if form == "c" and is_class else expression

        text = _PLACEHOLDER.sub(one, text)
        return text.replace(SUPER, "$s.prototype").replace(LIBRARY, "$py")

    def resolve(self, name: str, func: FunctionJS, line: int) -> tuple[str, bool]:
        """The JS expression for a name, and whether it is something to construct with `new`."""
        if name in self._closure:
            return self._from_closure(name, func, line)
        if name in self._globals:
            return self._from_value(name, self._globals[name], func, line)
        if name in BROWSER_NAMES:
            return name, name[0].isupper() and name not in NOT_CONSTRUCTED
        where = f"{file_name(func.filename)}, line {line}"
        if hasattr(builtins, name):
            raise ScopeError(
                name,
                user=func.label,
                place=where,
                why="this Python built-in has no counterpart there yet",
                instead="Write it out, or use RawJS('...').",
            )
        known = [*self._globals, *BROWSER_NAMES, *LIBRARY_FUNCTIONS]
        raise ScopeError(name, user=func.label, place=where, known=[k for k in known if not k.startswith("_")])

    def class_ref(self, cls: type) -> str:
        """The JS expression for a class with a JS side."""
        code: ClassJS | None = cls.__dict__.get("_jsm_js")
        if code is None:
            return "$jsm.Model"
        self.found.setdefault((code.module, code.qualname), ("class", cls))
        return self._member(code.module, code.qualname)

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
        ident = f"{name}$c"
        if isinstance(value, JSName):
            return value._name, False
        if inspect.isclass(value) and "_jsm_js" in value.__dict__:
            return self.class_ref(value), True
        if ident not in self._consts:
            self._consts[ident] = "null"  # a function that calls itself finds this
            if isinstance(value, RawJS):
                self._consts[ident] = f"({value.code})"
            elif isinstance(value, ESModule):
                asset = value._asset.resolve(store)
                self._piece.assets[asset.hash] = asset
                self._consts.pop(ident)
                return f"$jsm.es({json.dumps(asset.hash)})", False
            elif isinstance(value, types.FunctionType):
                inner = transpile_function(value, label=f"{func.label}, {name}")
                saved, self._closure = self._closure, {**self._closure, **_closure(value)}
                self._consts[ident] = self.place(inner, inner.as_expression())
                self._closure = saved
            else:
                self._consts[ident] = self._literal(name, value, func, line)
            self._consts[ident] = self._consts.pop(ident)  # after what it uses
        return ident, False

    def _from_value(self, name: str, value: Any, func: FunctionJS, line: int) -> tuple[str, bool]:
        if isinstance(value, JSName):
            return value._name, False
        if isinstance(value, (RawJS, ESModule)):
            self.found.setdefault((self._module, name), ("raw" if isinstance(value, RawJS) else "module", value))
            return self._member(self._module, name), False
        if inspect.isclass(value) and "_jsm_js" in value.__dict__:
            return self.class_ref(value), True
        where = f"{file_name(func.filename)}, line {line}"
        if isinstance(value, types.FunctionType):
            key = (value.__module__, value.__name__)
            if getattr(sys.modules.get(key[0]), key[1], None) is not value:
                key = (self._module, name)
            self.found.setdefault(key, ("function", value))
            return self._member(*key), False
        if isinstance(value, types.ModuleType):
            raise ScopeError(
                name,
                user=func.label,
                place=where,
                why="it is a Python module, which cannot be sent",
                instead="Compute it in Python and pass it as a property, or import the functions themselves.",
            )
        if inspect.isclass(value):
            raise ScopeError(
                name,
                user=func.label,
                place=where,
                why="it is a Python class without a JS side",
                instead="Make it a Model, or use functions.",
            )
        self._literal(name, value, func, line)
        self.found.setdefault((self._module, name), ("value", value))
        return self._member(self._module, name), False

    def _literal(self, name: str, value: Any, func: FunctionJS, line: int) -> str:
        try:
            text = js_literal(value)
            self._piece.assets |= {link.asset.hash: link.asset for link in links_in(value)}
            return text
        except (TypeError, RecursionError) as err:
            raise ScopeError(
                name,
                user=func.label,
                place=f"{file_name(func.filename)}, line {line}",
                why=f"its value cannot be sent ({err})",
                instead="Use JSON-able values, or pass it as a property.",
            ) from err


def _closure(func: Callable[..., Any]) -> dict[str, Any]:
    return dict(inspect.getclosurevars(func).nonlocals)


@lru_cache(maxsize=1)
def _library() -> Asset:
    """The part of our JS library that is sent on demand."""
    text = (Path(__file__).parent / "library.js").read_text(encoding="utf-8")
    return store.add(
        Asset("library.js", "js", f'jsmodel.module("jsmodel.transpile", ($m, $jsm, $py) => {{\n{text}}});\n'.encode())
    )


def _chunk_text(module: str, pieces: list[Piece]) -> str:
    # Values first, then functions, then classes, which may use them when they are defined.
    body = "\n".join(p.text for p in sorted(pieces, key=lambda p: p.text.startswith("{")))
    return f"jsmodel.module({json.dumps(module)}, function ($m, $jsm, $py) {{\n{body}\n}});\n"


linker = Linker()
