"""Pieces of JS, CSS and data, and the pages made of them."""

from .asset import Asset
from .store import AssetStore, runtime_asset, store

__all__ = ["Asset", "AssetStore", "runtime_asset", "store"]
