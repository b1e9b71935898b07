"""Entries of the cache as bytes. The JS stands beside the JSON, not in it: to read a text that is full of escapes takes long."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["packed", "unpacked"]

_TEXTS = ("params", "body")


def packed(entries: dict[str, dict[str, Any]]) -> bytes:
    """Entries as one line of JSON, in which their texts are lengths, and after it the texts."""
    index, texts = {}, []
    for key, entry in entries.items():
        texts += [entry[name] for name in _TEXTS if name in entry]
        index[key] = {**entry, **{name: len(entry[name]) for name in _TEXTS if name in entry}}
    text = "\n".join([json.dumps(index, separators=(",", ":")), "".join(texts)])
    return text.encode("utf-8", "surrogatepass")


def unpacked(data: bytes) -> dict[str, dict[str, Any]]:
    """The opposite of `packed`.

    Raises:
        ValueError: when it is something else.
    """
    first, _, text = data.decode("utf-8", "surrogatepass").partition("\n")
    entries = json.loads(first)
    at = 0
    for entry in entries.values():
        for name in _TEXTS:
            if name in entry:
                end = at + entry[name]
                entry[name] = text[at:end]
                at = end
    return dict(entries)
