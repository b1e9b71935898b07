"""The one store of assets; it feeds the server, the kernel and the exports."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NoReturn
from urllib.parse import urlsplit

from ..errors import AssetError, ScopeError, brief, near
from .asset import Asset, Kind
from .data import blob
from .link import Link, in_kernel
from .source import Source, check_name, check_url, content_type, kind_of

__all__ = ["ASSETS", "AssetStore", "ESModule", "bundle", "runtime_asset", "store"]

#: Where a server has assets, as seen from the page of an app.
ASSETS = "_jsm/assets"

_STATIC = Path(__file__).parent.parent / "static"
_INTEGRITY = re.compile(r"sha(256|384|512)-[A-Za-z0-9+/]{43,}={0,2}")
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


class ESModule:
    """An ES module, for use in JS code under the name that it was assigned to: `d3.select(…)`.

    `associate_asset(…, module=True)` returns it. In Python every use explains itself.
    """

    def __init__(self, asset: _Associated) -> None:
        object.__setattr__(self, "_asset", asset)

    def __repr__(self) -> str:
        return f"<the ES module {self._asset.name!r}, in the browser>"

    def _fail(self) -> NoReturn:
        raise ScopeError(
            self._asset.name,
            user="Python code",
            why="an ES module exists in the browser only",
            instead="Use it inside 'class JS', or call such a method with self.js.method().",
        )

    def __getattr__(self, attr: str) -> Any:
        if attr.startswith("__") and attr.endswith("__"):
            raise AttributeError(attr)  # what copy, pickle and inspect ask
        self._fail()

    def __call__(self, *args: Any) -> Any:
        self._fail()


@dataclass(frozen=True)
class _Associated:
    """What the code of a module needs in the page."""

    name: str
    asset: Asset | None  # of what lies elsewhere
    source: Source | None
    module: bool

    def resolve(self, store: AssetStore) -> Asset:
        """The asset itself, which is put into `store`; its source is read now."""
        if self.asset is not None:
            return self.asset
        assert self.source is not None
        return store.add(Asset(self.name, kind_of(self.name, module=self.module), self.source.read(), once=True))

    def same_as(self, other: _Associated) -> bool:
        if self.module != other.module or self.asset != other.asset:
            return False
        return self.source is None or other.source is None or self.source.same_as(other.source)


class AssetStore:
    """Assets by the hash of their content, and by the names that people gave them."""

    #: So much shared data may be held at once, in bytes.
    SHARED_BYTES = 2**30

    def __init__(self) -> None:
        self._by_url_name: dict[str, Asset] = {}
        self._associated: dict[str, dict[str, _Associated]] = {}  # module -> name -> what it needs, in order
        self._shared: dict[str, tuple[Source, Link]] = {}
        self._data: dict[str, Link] = {}
        self._origins: dict[str, None] = {}
        self._parts: dict[str, list[tuple[int, str]]] = {}  # of bundles, by their hashes
        self._lock = threading.RLock()
        self.version = 0  # grows when another asset is associated

    def __len__(self) -> int:
        return len(self._by_url_name)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<AssetStore with {len(self._by_url_name)} assets>"

    # -- what a module's JS code needs

    def associate_asset(
        self, module_name: str, name: str, source: Any = None, *, module: bool = False, integrity: str | None = None
    ) -> ESModule | None:
        """Load a JS or CSS library in pages that use JS code of a module, once, before that code.

        Example: `app.assets.associate_asset(__name__, 'https://example.com/lib.css')`

        Args:
            module_name: The Python module whose code needs it: `__name__`.
            name: What to call it, ending in '.js', '.mjs' or '.css'; or an https URL to load it from.
            source: The code: text, bytes, a `pathlib.Path`, or a function that returns text or bytes when it is
                first needed. None for a URL. Assets load in the order in which they were associated.
            module: Whether it is an ES module; so is what ends in '.mjs'. It has no name in the page then: assign what
                this returns to a name of the module, `d3 = associate_asset(…, module=True)`, and use that in JS code.
            integrity: For a URL, what its content must hash to: 'sha384-…'.

        Raises:
            AssetError: for a bad name, a clash with other content, a source that is missing.
        """
        if not isinstance(module_name, str) or not _MODULE.fullmatch(module_name):
            raise AssetError(
                f"{brief(module_name)} is no name of a module. An asset is loaded with the JS code of one. Write associate_asset(__name__, …)."
            )
        if isinstance(name, str) and ("://" in name or name.startswith("//")):
            entry = self._remote(name, source, module, integrity)
        else:
            check_name(name)
            module = kind_of(name, module=module) == "module"
            if integrity is not None:
                raise AssetError(
                    f"The asset {name!r} has an integrity hash and no URL. The hash guards against what others change. Leave it out, since you give the code."
                )
            if source is None:
                raise AssetError(
                    f"The asset {name!r} has no source. Its code is given as the third argument, or fetched from a URL. "
                    f"Write associate_asset(__name__, {name!r}, Path('{name}')), or give an address that begins with https://."
                )
            entry = _Associated(name, None, Source(name, source), module)
        with self._lock:
            for other in (each[name] for each in self._associated.values() if name in each):
                if not other.same_as(entry):
                    raise clash(name)
            if name in self._shared and (entry.source is None or not self._shared[name][0].same_as(entry.source)):
                raise clash(name)
            entry = self._associated.setdefault(module_name, {}).setdefault(name, entry)
            self.version += 1
        return ESModule(entry) if entry.module else None

    def _remote(self, url: str, source: Any, module: bool, integrity: str | None) -> _Associated:
        check_url(url if "://" in url else f"https:{url}" if url.startswith("//") else url)
        if url.startswith("//"):
            url = f"https:{url}"
        if source is not None:
            raise AssetError(
                f"The asset {url!r} is a URL, and has a source as well. A page loads the one or the other. Leave out the source, or give it a name like 'lib.js'."
            )
        if integrity is not None and not (isinstance(integrity, str) and _INTEGRITY.fullmatch(integrity)):
            raise AssetError(
                f"{brief(integrity)} is no integrity hash. It says what the content of {url!r} must be. Write it as 'sha384-' and the hash in base64."
            )
        kind = kind_of(url, module=module)
        if kind == "module" and integrity is not None:
            raise AssetError(
                f"The ES module {url!r} has an integrity hash. Browsers do not check those of imported modules. Leave it out, or give the code itself as the source."
            )
        asset = Asset(url, kind, url=url, integrity=integrity or "", once=True)
        return _Associated(url, asset, None, kind == "module")

    def associated(self, module_name: str) -> list[Asset]:
        """The assets that the JS code of a module needs, in load order.

        Raises:
            AssetError: when a source cannot be had.
        """
        with self._lock:
            return [entry.resolve(self) for entry in self._associated.get(module_name, {}).values()]

    # -- what pages load by themselves

    def add_shared_asset(self, name: str, source: Any) -> Link:
        """Let pages load a file, for sub-pages and web workers: `Worker(link)`.

        Args:
            name: What to call it, such as 'worker.js'; its end decides on the content type.
            source: Text, bytes, a `pathlib.Path`, or a function that returns text or bytes; it is read now.

        Returns:
            Its link, which works in pages of either door.

        Raises:
            AssetError: for a bad name, a clash with other content, a source that is missing.
        """
        check_name(name)
        if source is None:
            raise AssetError(
                f"The shared asset {name!r} has no source. Pages get its content from here. Give text, bytes or a pathlib.Path."
            )
        given = Source(name, source)
        with self._lock:
            known = self._shared.get(name)
            if known is not None:
                if not known[0].same_as(given):
                    raise clash(name)
                return known[1]
            for entry in (each[name] for each in self._associated.values() if name in each):
                if entry.source is None or not entry.source.same_as(given):
                    raise clash(name)
            asset = self.add(Asset(name, "file", given.read(), content_type(name)))
            link = Link(asset, f"{ASSETS}/{asset.url_name}", inline=in_kernel())
            self._shared[name] = (given, link)
            return link

    def add_shared_data(self, name: str, data: Any, content_type: str | None = None) -> Link:
        """Let all pages load a piece of data, such as an image.

        Args:
            name: What to call it, such as 'some_name.png'.
            data: Bytes, anything like bytes, or a `pathlib.Path`.
            content_type: By default what the end of the name says.

        Returns:
            Its link, which works in pages of either door.

        Raises:
            AssetError: for a bad name, a clash with other content, or more than may be held.
        """
        asset = blob(name, data, content_type)
        with self._lock:
            known = self._data.get(name)
            if known is not None:
                if known.asset != asset:
                    raise clash(name, "remove_shared_data")
                return known
            held = sum(len(link.asset.content) for link in self._data.values())
            if held + len(asset.content) > self.SHARED_BYTES:
                raise too_much(
                    name,
                    len(asset.content),
                    held,
                    self.SHARED_BYTES,
                    "The process",
                    "app.assets.remove_shared_data(name)",
                )
            asset = self.add(asset)
            link = self._data[name] = Link(asset, f"{ASSETS}/{asset.url_name}", inline=in_kernel())
            return link

    def remove_shared_data(self, name: str) -> None:
        """Give out a piece of shared data no longer. Pages that have it keep it.

        Raises:
            AssetError: for a name that is not there.
        """
        check_name(name)
        with self._lock:
            if name not in self._data:
                raise AssetError(
                    f"There is no shared data named {name!r}.{near(str(name), self._data)} It was removed, or never added. app.assets.add_shared_data() adds it."
                )
            self._discard(self._data.pop(name).asset)

    def remove_asset(self, name: str) -> None:
        """Forget an asset by its name, so that the name is free. Pages that have it keep it.

        Raises:
            AssetError: for a name that is not there.
        """
        if not isinstance(name, str):
            check_name(name)
        with self._lock:
            found = name in self._shared
            if found:
                self._discard(self._shared.pop(name)[1].asset)
            for each in self._associated.values():
                found = each.pop(name, None) is not None or found
            if not found:
                known = [*self._shared, *(n for each in self._associated.values() for n in each)]
                raise AssetError(
                    f"There is no asset named {name!r}.{near(str(name), known)} It was removed, or never added. associate_asset() and add_shared_asset() add them."
                )
            self.version += 1

    def _discard(self, asset: Asset) -> None:
        kept = [link.asset for _, link in self._shared.values()] + [link.asset for link in self._data.values()]
        if asset not in kept:
            self._by_url_name.pop(asset.url_name, None)

    # -- whom pages may ask for data

    def allow_origins(self, *origins: str) -> None:
        """Let pages download data from other sites, as `send_data(url)` does.

        Args:
            origins: As in 'https://example.com', or with a port.

        Raises:
            AssetError: for something else.
        """
        for origin in origins:
            check_url(origin)
            parts = urlsplit(origin)
            if parts.path not in ("", "/") or parts.query or parts.fragment:
                raise AssetError(
                    f"{origin!r} is more than an origin. All addresses of a site are allowed, or none. Write '{parts.scheme}://{parts.netloc}'."
                )
        with self._lock:
            self._origins.update(
                dict.fromkeys(f"{(p := urlsplit(origin)).scheme}://{p.netloc.lower()}" for origin in origins)
            )

    @property
    def origins(self) -> list[str]:
        """The sites that pages may download data from."""
        return list(self._origins)

    # -- by content

    def add(self, asset: Asset) -> Asset:
        """Put an asset in; the same content twice is one asset."""
        with self._lock:
            return self._by_url_name.setdefault(asset.url_name, asset)

    def forget(self, asset: Asset) -> None:
        """Let an asset go that nobody will ask for again."""
        with self._lock:
            self._by_url_name.pop(asset.url_name, None)

    def add_bundle(self, kind: Kind, assets: Sequence[Asset]) -> Asset:
        """Put several assets in as one."""
        separator = b"\n;\n" if kind == "js" else b"\n"
        asset = Asset(f"bundle.{kind}", kind, separator.join(a.content for a in assets))
        line, parts = 0, []
        for part in assets:
            parts.append((line, part.hash))
            line += (part.content + separator).count(b"\n")
        with self._lock:
            self._parts[asset.hash] = parts
        return self.add(asset)

    def parts_of(self, hash_: str) -> list[tuple[int, str]]:
        """The hashes of the assets that a bundle is made of, and the line in which each begins; of others, their own."""
        return self._parts.get(hash_, [(0, hash_)])

    def by_url_name(self, url_name: str) -> Asset | None:
        """The asset that is served under this file name. A look-up in a dict; no file is touched."""
        return self._by_url_name.get(url_name)

    def __getitem__(self, name: str) -> Asset:
        for asset in self._by_url_name.values():
            if asset.name == name:
                return asset
        raise AssetError(f"There is no asset named {name!r}.{near(name, (a.name for a in self._by_url_name.values()))}")


def clash(name: str, remove: str = "remove_asset") -> AssetError:
    """Two contents want one name."""
    return AssetError(
        f"There is another asset named {name!r} already, with other content. A page would get the one or the other. "
        f"Give this one another name, or call app.assets.{remove}({name!r}) first."
    )


def too_much(name: str, size: int, held: int, limit: int, who: str, remove: str) -> AssetError:
    """More data than may be held."""
    return AssetError(
        f"{name!r} has {size:,} bytes, and with it there would be {held + size:,}. {who} may hold {limit:,} bytes of data at once. "
        f"Remove what is no longer shown, with {remove}, or send it with send_data(), which keeps nothing."
    )


store = AssetStore()


def bundle(assets: Iterable[Asset]) -> list[Asset]:
    """The same assets in fewer pieces, for a page: neighbours of one kind become one, in the given order.

    Style sheets come first: they do not depend on scripts. What lies elsewhere stays as it is.
    """
    assets = list(assets)
    out: list[Asset] = []
    kinds: tuple[Kind, ...] = ("css", "js")
    for kind in kinds:
        run: list[Asset] = []
        for asset in [*(a for a in assets if a.kind == kind), None]:
            if asset is not None and not asset.url:
                run.append(asset)
                continue
            if len(run) > 1:
                out.append(store.add_bundle(kind, run))
            else:
                out += [store.add(a) for a in run]
            run = []
            if asset is not None:
                out.append(asset)
    return out


def loadable(assets: Sequence[Asset]) -> list[Asset]:
    """Those that the HTML of a page can load by itself, in order: ES modules, and what comes after one, have to be waited for."""
    first = next((i for i, a in enumerate(assets) if a.kind == "module"), len(assets))
    return [a for i, a in enumerate(assets) if a.kind == "css" or (a.kind == "js" and i < first)]


@lru_cache(maxsize=4)
def _read_runtime(path: Path, mtime: float) -> Asset:
    name = "jsmodel-types.js" if path.stem == "types" else "jsmodel.js"
    return store.add(Asset(name, "js", path.read_bytes()))


def runtime_asset(part: Literal["page", "alone", "types", "node"] = "page") -> Asset:
    """The client's runtime, as it was built from labextension/src.

    Args:
        part: 'page' is for a page of the server, 'alone' for one with nobody at the other end; 'types' is what
            checks typed properties, in either. 'node' is for Node, see `jsmodel.testing`.

    Raises:
        AssetError: in a source tree that was not built.
    """
    path = _STATIC / f"{part}.js"
    try:
        return _read_runtime(path, path.stat().st_mtime)
    except FileNotFoundError:
        raise AssetError(
            "The page runtime is missing. This is a source tree in which nothing was built yet. Run 'make build'."
        ) from None
