"""JS modules: the JS twin of each Python module, made of what its JS code uses.

A JS module is a namespace, `$m` in its code, and its names are looked up when
they are used, as Python looks up globals; so a function that is redefined in a
later notebook cell is the one that is called. What a module holds is sent in
*chunks*: one asset for all that is known when it is first needed, another for
each definition that came, or changed, later.
"""

from __future__ import annotations

import json
import threading
import weakref
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

from ..assets import Asset, links_in, store
from ..errors import JsmodelError, TranspileError
from .cache import cache
from .classes import ClassJS, js_member
from .code import FunctionJS, transpile_function
from .libraries import libraries
from .loading import ordered, reached, way_back
from .origins import Origins
from .pieces import Chunk, Found, Node, Piece, graph_of, groups_of, needs_of
from .plain import PlainJS, PlainRefused
from .rawplace import marked_raw
from .resolver import Resolver, class_closure, closure_of
from .scope import Homes, Key, find, namespace_of
from .sharing import AGAIN, Collected, collected
from .whole import whole_text

__all__ = ["Linker", "linker"]

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
        self.given: dict[str, frozenset[str]] = {}  # see `bundle_code`
        self._making: set[Key] = set()  # what is being collected
        self._pieces: dict[Key, Piece] = {}  # what was sent last
        self._plain: weakref.WeakKeyDictionary[type, Key] = (
            weakref.WeakKeyDictionary()
        )  # where classes are that are no Models
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

    def assets_for(self, classes: Iterable[type], failed: dict[type, JsmodelError] | None = None) -> list[Asset]:
        """The assets that a client needs for instances of `classes`, in load order.

        Args:
            classes: The classes.
            failed: If given, a class whose code cannot be had any more gives what was sent of it last, and its error is
                put here: what is alive in pages goes on.

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
            broken = failed if failed is not None else {}
            try:
                wanted, order = self._collected(partial(self._collect_all, classes), self._pieces)
                self._extend(wanted)
            except JsmodelError:
                if failed is None:
                    raise
                wanted, order = self._collected(partial(self._collect_what_works, classes, failed), self._pieces)
                self._extend(wanted)
            assets = {asset.hash: asset for asset in libraries(wanted.values())}
            for piece in wanted.values():
                assets |= piece.assets
            for chunk in self._chunks_of(wanted, order):
                parts = (*store.associated(chunk.module), *chunk.css, chunk.asset)
                assets |= {asset.hash: asset for asset in parts if asset.hash not in assets}
            result = list(assets.values())
            if not broken:
                self._cache[classes] = result
            cache().save()  # what was imported before is complete now; the process may end without a word
            return result

    def _collected(self, collect: Callable[[Found], Collected], known: dict[Key, Piece]) -> Collected:
        """As `sharing.collected`; what neither that nor a page uses any more loses its home."""
        wanted, order = collected(collect, self.homes, known)
        self.homes.keep_shared(
            use for pieces in (self._pieces, wanted) for piece in pieces.values() for use in piece.uses
        )
        return wanted, order

    def _collect_all(self, classes: Iterable[type], others: Found) -> Collected:
        """Collect classes, and what is found besides them."""
        wanted: dict[Key, Piece] = {}
        order: list[str] = []
        for cls in classes:
            self._collect_class(cls, wanted, order)
        self._follow(others, wanted, order)
        return wanted, order

    def _collect_what_works(
        self, classes: Iterable[type], failed: dict[type, JsmodelError], others: Found
    ) -> Collected:
        """Collect each class by itself; of those whose code cannot be had any more, what was sent last."""
        wanted: dict[Key, Piece] = {}
        order: list[str] = []
        for cls in classes:
            mine, modules = dict(wanted), list(order)
            try:
                self._collect_class(cls, mine, modules)
                needs_of(mine)
            except JsmodelError as err:
                code: ClassJS = vars(cls)["_jsm_js"]
                if (code.module, code.qualname) not in self._pieces:
                    raise  # nobody ever had it
                failed[cls] = err
            else:
                wanted, order = mine, modules
        self._follow(others, wanted, order)

        for key in reached(
            [(vars(cls)["_jsm_js"].module, vars(cls)["_jsm_js"].qualname) for cls in failed], self._uses
        ):
            if key in self._pieces:
                wanted.setdefault(key, self._pieces[key])
                if key[0] not in order:
                    order.append(key[0])
        return wanted, order

    def home_of(self, cls: type) -> Key | None:
        """The home of a class that is no Model, if JS code uses it."""
        return self._plain.get(cls)

    def exceptions_of(self, classes: Iterable[type]) -> dict[str, type[Exception]]:
        """The exceptions that the JS code of some models uses, by home: 'module:Name'."""
        with self._lock:
            codes = [vars(cls)["_jsm_js"] for cls in classes if "_jsm_js" in vars(cls)]
            keys = reached([(code.module, code.qualname) for code in codes], self._uses)
            return {
                ":".join(key): cls for cls, key in self._plain.items() if key in keys and issubclass(cls, Exception)
            }

    def _uses(self, key: Key) -> Iterable[Key]:
        return self._pieces[key].uses if key in self._pieces else ()

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
        parts, scripts = self.bundle_code(
            code, func.__module__, closure=closure_of(func), classes=classes, instead=instead
        )
        return [asset.text for asset in (*parts, *scripts)], f"$m{js_member(code.name)}"

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
            self.given = {module: frozenset(given)}
            self.origins.tidy()

            def collect(others: Found) -> Collected:
                piece = Piece((module, code.name), "")
                resolver = Resolver(self, piece, closure or {}, instead)
                text = resolver.place(code, code.as_expression())
                piece.text = f"{{\n{resolver.closure_text()}$m{js_member(code.name)} = {text};\n}}"
                pieces, order = self._collect_all(classes, resolver.found)
                if module not in order:
                    order.append(module)
                return {**pieces, piece.key: piece}, order

            pieces, order = self._collected(collect, {})
            needs = needs_of(pieces)
            groups = groups_of(pieces, needs)
            place = {key: number for number, group in enumerate(groups) for key in group}
            before = {
                number: {place[other] for key in group for other in needs[key] if place[other] != number}
                for number, group in enumerate(groups)
            }
            first = {number: order.index(next(iter(group))[0]) for number, group in enumerate(groups)}
            scripts = [self._script(groups[number]) for number in ordered(before, lambda number: first[number])]
            return libraries(pieces.values()), scripts

    def _script(self, pieces: dict[Key, Piece]) -> Asset:
        return self.origins.asset(next(iter(pieces))[0], list(pieces.values()), passing=True)

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
            if key in wanted:
                return  # its base uses it
        piece = wanted[key] = Piece(key, "", "class")
        piece.typed = any(prop.type for prop in code.props)
        resolver = Resolver(self, piece, code.closure)
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
            if key in wanted or key in self._making:
                continue
            self._making.add(key)
            try:
                self._collect(key, kind, value, wanted, order)
            finally:
                self._making.discard(key)
            if key[0] not in order:
                order.append(key[0])

    def _collect(self, key: Key, kind: str, value: Any, wanted: dict[Key, Piece], order: list[str]) -> None:
        """Make a piece of something, and collect what that needs."""
        new = Piece(key, "", kind)
        inner = Resolver(self, new, {})
        if kind == "value":
            # What is inside of it comes first: it is there when the value is made.
            new.text = f"$m{js_member(key[1])} = {inner.literal(value)};"
            self._follow(inner.found, wanted, order)
            wanted[key] = new
            new.bases += inner.found
            new.value = value if type(value) in (list, dict) else None
        elif kind == "module":
            wanted[key] = new
            asset = value._asset.resolve(store)
            new.text = f"$m{js_member(key[1])} = $jsm.es({json.dumps(asset.hash)});"
            new.assets = {asset.hash: asset}
        elif kind == "raw":
            wanted[key] = new
            new.text = f"$m{js_member(key[1])} = {marked_raw(value, self.origins)};"
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
            inner = Resolver(self, new, closure_of(value.__wrapped__))
            new.text = inner.define(key[1], inner.wrapped_text(value, f"{key[0]}.{key[1]}"))
            self._follow(inner.found, wanted, order)
        elif kind == "whole":
            wanted[key] = new
            new.text = whole_text(key[0], inner)
            self._follow(inner.found, wanted, order)
        else:
            wanted[key] = new
            inner = Resolver(self, new, closure_of(value))
            func = transpile_function(value, label=f"{key[0]}.{key[1]}")
            new.text = inner.define(key[1], inner.place(func, func.as_expression()))
            self._follow(inner.found, wanted, order)
        if kind in AGAIN and new.inside:
            new.thing = value

    def _collect_plain(self, value: PlainJS, piece: Piece, wanted: dict[Key, Piece], order: list[str]) -> None:
        self._plain[value.cls] = piece.key
        resolver = Resolver(self, piece, class_closure(value))
        try:
            text, before = resolver.plain_text(value)
        except PlainRefused as err:  # of what it has under a name
            raise TranspileError(
                f"{'.'.join(piece.key)!r} cannot run in the browser: {err.why}", instead=err.instead
            ) from None
        for key, found in before.items():
            piece.bases.append(key)
            self._follow({key: found}, wanted, order)
        wanted[piece.key] = piece
        piece.text = "{\n" + resolver.closure_text() + text + "\n}"
        self._follow(resolver.found, wanted, order)

    def _chunks_of(self, wanted: dict[Key, Piece], order: list[str]) -> list[Chunk]:
        """The chunks that hold some pieces and what must be there for them, in load order."""
        known = self._known()
        holders = {key: id(chunk) for chunk in known.values() for key in chunk.pieces}

        def needed(node: int) -> list[int]:
            chunk = known[node]
            return [holders[key] for piece in chunk.pieces for key in chunk.needs[piece] if key in holders]

        chosen = reached([holders[key] for key in wanted], needed)
        graph = graph_of({node: chunk for node, chunk in known.items() if node in chosen}, {}, {})
        places = {module: number for number, module in enumerate(order)}
        ranks: dict[Node, int] = {node: places.get(chunk.module, -1) for node, chunk in known.items()}
        return [known[node] for node in ordered(graph, ranks.__getitem__) if isinstance(node, int)]

    def _known(self) -> dict[int, Chunk]:
        """All chunks by their identity, the oldest of each module first."""
        return {id(chunk): chunk for chunks in self._chunks.values() for chunk in chunks}

    def _extend(self, wanted: dict[Key, Piece]) -> None:
        """Make chunks of the pieces that are new or have changed."""
        fresh = {key: piece for key, piece in wanted.items() if self._current.get(key) != piece.sent}
        needs = needs_of(wanted) if fresh else {}
        self._spread(fresh, wanted)
        graph = graph_of(self._known(), fresh, needs) if fresh else {}
        while circle := {node for node in way_back(graph) if isinstance(node, int)}:
            # What changed came between the pieces of a chunk, which is taken apart.
            known = self._known()
            for key in [key for node in circle for key in known[node].pieces - fresh.keys()]:
                if key in wanted:
                    fresh[key] = wanted[key]
                else:
                    self._drop(key)
            self._spread(fresh, wanted)
            graph = graph_of(self._known(), fresh, needs)
        for module in {key[0] for key in wanted}:
            for chunk in self._chunks.setdefault(module, []):
                held = chunk.pieces & (wanted.keys() - fresh.keys())
                self.origins.moved(chunk.asset.hash, [wanted[key] for key in held])
        for group in groups_of(fresh, graph):
            self._add(next(iter(group))[0], group, needs)

    def _spread(self, fresh: dict[Key, Piece], wanted: dict[Key, Piece]) -> None:
        """A class that is made anew is another one: those that inherit from it are to be made anew, too."""
        users: dict[Key, list[Key]] = {}
        for key, piece in wanted.items():
            for base in piece.bases if piece.is_class else ():
                users.setdefault(base, []).append(key)
        again = [key for key, piece in fresh.items() if piece.is_class and key in self._current]
        for key in reached(again, lambda key: users.get(key, ())):
            fresh.setdefault(key, wanted[key])

    def _drop(self, key: Key) -> None:
        """Forget that a piece was sent: who wants it next makes it again."""
        self._current.pop(key, None)
        for chunk in self._chunks[key[0]]:
            chunk.pieces.discard(key)

    def _add(self, module: str, fresh: dict[Key, Piece], needs: dict[Key, list[Key]]) -> None:
        """Make a chunk."""
        chunks = self._chunks[module]
        for chunk in list(chunks):  # forget what is replaced as a whole
            chunk.pieces -= fresh.keys()
            if not chunk.pieces:
                chunks.remove(chunk)
                self._retire(chunk)
        again = any(key in self._current for key in fresh)
        if again:
            # A definition came back to what it was once: a client that has that asset must run it again.
            self._cache.clear()
            self._redefined += 1
        css = []
        for key, piece in fresh.items():
            if piece.css or key in self._styled:
                text = piece.css + (f"\n/* redefined: {self._redefined} */" if key in self._current else "")
                css.append(store.add(Asset(f"{module}.{key[1]}.css", "css", text.encode())))
                self._styled.add(key)
        end = f"// redefined: {self._redefined}\n" if again else ""
        refills = {
            key for key, piece in fresh.items() if piece.value is not None and key in self._current
            and self._pieces[key].value is piece.value
        }  # fmt: skip
        pieces = [piece.refilled() if key in refills else piece for key, piece in fresh.items()]
        asset = store.add(self.origins.asset(module, pieces, end))
        chunks.append(Chunk(module, asset, css, set(fresh), {key: needs[key] for key in fresh}, frozenset(refills)))
        for each in (asset, *css):
            self._replaced_assets.discard(each.hash)
            self._past.pop(each.hash, None)
        for key, piece in fresh.items():
            self._current[key] = piece.sent
        self._pieces |= fresh

    def _retire(self, chunk: Chunk) -> None:
        """Remember a chunk that was replaced for a while: pages may still load it, and their errors come from it."""
        for asset in (chunk.asset, *chunk.css):
            self._replaced_assets.add(asset.hash)
            self._past[asset.hash] = asset
        while len(self._past) > PAST:
            asset = self._past.pop(next(iter(self._past)))
            store.forget(asset)
            self.origins.forget(asset.hash)

    def spoiled(self, hash_: str) -> None:
        """The code of an asset failed when a page ran it: what it defines comes again, with what is mended of it."""
        with self._lock:
            for key in [k for chunk in self._known().values() if chunk.asset.hash == hash_ for k in chunk.pieces]:
                self._drop(key)
            self.refresh()

    def is_replaced(self, hash_: str) -> bool:
        """Whether all that an asset defines was defined again."""
        return hash_ in self._replaced_assets


linker = Linker()
