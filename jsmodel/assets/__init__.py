"""Pieces of JS, CSS and data, and the pages made of them."""

from .asset import Asset
from .store import AssetStore, bundle, runtime_asset, store

__all__ = ["Asset", "AssetStore", "bundle", "runtime_asset", "store"]
