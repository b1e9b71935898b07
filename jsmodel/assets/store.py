"""The one store of assets; it feeds the server, the kernel and the exports."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from ..errors import AssetError, near
from .asset import Asset

__all__ = ["AssetStore", "bundle", "runtime_asset", "store"]

_STATIC = Path(__file__).parent.parent / "static"


class AssetStore:
    """Assets by the hash of their content, and by name."""

    def __init__(self) -> None:
        self._by_url_name: dict[str, Asset] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<AssetStore with {len(self._by_url_name)} assets>"

    def add(self, asset: Asset) -> Asset:
        """Put an asset in; the same content twice is one asset."""
        with self._lock:
            return self._by_url_name.setdefault(asset.url_name, asset)

    def by_url_name(self, url_name: str) -> Asset | None:
        """The asset that is served under this file name. A look-up in a dict; no file is touched."""
        return self._by_url_name.get(url_name)

    def __getitem__(self, name: str) -> Asset:
        for asset in self._by_url_name.values():
            if asset.name == name:
                return asset
        raise AssetError(f"There is no asset named {name!r}.{near(name, (a.name for a in self._by_url_name.values()))}")


store = AssetStore()


def bundle(assets: Sequence[Asset]) -> list[Asset]:
    """The same assets in fewer pieces, for a page: one script and one style sheet, each in the given order."""
    out = []
    for kind in ("css", "js"):
        parts = [asset for asset in assets if asset.kind == kind]
        if len(parts) > 1:
            out.append(store.add(Asset(f"bundle.{kind}", kind, b"\n".join(asset.content for asset in parts))))
        else:
            out += [store.add(asset) for asset in parts]
    return out


@lru_cache(maxsize=1)
def _read_runtime(mtime: float) -> Asset:
    return store.add(Asset("jsmodel.js", "js", (_STATIC / "page.js").read_bytes()))


def runtime_asset() -> Asset:
    """The client's runtime for pages: the build of labextension/src/page.ts.

    Raises:
        AssetError: in a source tree that was not built.
    """
    try:
        return _read_runtime((_STATIC / "page.js").stat().st_mtime)
    except FileNotFoundError:
        raise AssetError(
            "The page runtime is missing. This is a source tree in which nothing was built yet. Run 'make build'."
        ) from None
