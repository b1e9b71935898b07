"""Models as they are stored, for pages with nobody at the other end: exports, and the outputs of notebooks.

A snapshot is what the op `create` says, with the buffers beside it. What a reader
without scripts sees is here, too.
"""

from __future__ import annotations

import base64
import html
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .assets import Asset
from .errors import ValueNotSendable
from .model import Model
from .protocol import Parts, encode_value
from .transpile.modules import Linker, linker

__all__ = ["Snapshot", "base64_text", "code_of", "reachable", "static_html", "take"]

log = logging.getLogger("jsmodel")

_BRIEF = 200  # characters of a value that a reader without scripts sees


@dataclass(frozen=True)
class Snapshot:
    """Models and their values.

    Attributes:
        root: The id of the model that is shown.
        models: What the JS sides are made from, with encoded values, in the order in which the models were made.
        buffers: The bytes and arrays that the values refer to.
        files: The files that the values have links to.
    """

    root: str
    models: list[dict[str, Any]]
    buffers: list[memoryview]
    files: list[Asset]

    @property
    def nbytes(self) -> int:
        """The size of the buffers and the files."""
        return sum(buffer.nbytes for buffer in self.buffers) + sum(len(file.content) for file in self.files)


def take(model: Model, *, lenient: bool = False) -> Snapshot:
    """The present state of a model and of all those that it leads to.

    Args:
        model: What will be shown.
        lenient: Whether a value that cannot be sent is left out, and logged, as in a live session.

    Raises:
        ValueNotSendable: naming the path inside the value.
    """
    buffers = Parts()
    models = []
    for one in reachable(model):
        state = one._jsm_snapshot()
        state["listen"] = []  # nobody does
        for part in ("props", "attrs"):
            values, state[part] = state[part], {}
            for name, value in values.items():
                before = len(buffers)
                try:
                    state[part][name] = encode_value(value, buffers, f"{type(one).__name__}.{name}")
                except ValueNotSendable:
                    if not lenient:
                        raise
                    del buffers[before:]
                    log.exception("The value of %r was changed into something that cannot be stored.", name)
        models.append(state)
    files = [link.asset for _, link in sorted(buffers.links.items())]
    return Snapshot(model.id, models, [memoryview(b).cast("B") for b in buffers], files)


def reachable(model: Model) -> list[Model]:
    """A model and all those that its properties and attributes lead to, each once."""
    found: dict[str, Model] = {}
    todo: list[Any] = [model]
    while todo:
        value = todo.pop()
        if isinstance(value, Model):
            if value.id not in found and (value is model or not value._jsm_disposed):
                found[value.id] = value
                state = value._jsm_snapshot()
                todo += [*state["props"].values(), *state["attrs"].values()]
        elif isinstance(value, (list, tuple)):
            todo += value
        elif isinstance(value, dict):
            todo += value.values()
    # In the order in which they were made, as sessions send them.
    return sorted(found.values(), key=lambda one: int(one.id[1:]))


def code_of(models: Iterable[Model], using: Linker = linker) -> list[Asset]:
    """The assets that the JS sides of `models` need, in load order; of code that cannot be had any more, what there was last."""
    classes = sorted({type(m) for m in models}, key=lambda c: (c.__module__, c.__qualname__))
    return using.assets_for(classes, {})


def base64_text(data: Any) -> str:
    """Bytes as text."""
    return base64.b64encode(data).decode("ascii")


def static_html(model: Model) -> str:
    """What a reader without scripts sees: the widget's own picture of itself, or its properties."""
    own = getattr(model, "_static_html", None)
    if own is not None:
        return str(own())
    rows = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(_brief(getattr(model, name)))}</dd>"
        for name in type(model)._jsm_both
    )
    return f"<div><b>{html.escape(type(model).__name__)}</b><dl>{rows}</dl></div>"


def _brief(value: Any) -> str:
    """A value as text, as long as people read it."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"{memoryview(value).nbytes} bytes"
    if isinstance(value, (str, Sequence)) and len(value) > _BRIEF:
        rest = f" … and {len(value) - _BRIEF} more"
        value = value[:_BRIEF]
    else:
        rest = ""
    text = repr(value)
    return (text if len(text) <= 10 * _BRIEF else text[: 10 * _BRIEF] + " …") + rest
