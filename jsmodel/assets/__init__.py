"""Pieces of JS, CSS and data, and the pages made of them."""

from .asset import Asset
from .data import DATA, DataArea, area_of, read_bytes
from .link import Link, data_url, in_kernel, links_in
from .store import ASSETS, AssetStore, ESModule, bundle, loadable, runtime_asset, store

__all__ = [
    "ASSETS",
    "DATA",
    "Asset",
    "AssetStore",
    "DataArea",
    "ESModule",
    "Link",
    "area_of",
    "bundle",
    "data_url",
    "in_kernel",
    "links_in",
    "loadable",
    "read_bytes",
    "runtime_asset",
    "store",
]
