"""What a model's output holds: the live view's address, a stored view, and a line of text.

An output carries three forms of a model. JupyterLab with our extension takes the
first, our own MIME type; a plain `nbconvert --to html` takes the second, which
has what it needs to be alive; a terminal takes the third.

What is stored stands in the attribute `data-jsmodel` of an element, as JSON, and
is read by labextension/src/stored.ts and by exporter.py. An attribute, not a
script: what cleans HTML removes it without leaving its text behind.
"""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..assets import Asset, runtime_asset
from ..assets.page import attribute_json, stored_define
from ..event.loop import loop
from ..model import Model
from ..session import Session
from ..snapshot import base64_text, code_of, reachable, static_html, take
from ..transpile.modules import linker

__all__ = ["MIME", "VERSION", "Displays", "code_html", "view_html"]

MIME = "application/vnd.jsmodel.view+json"
#: Of what is stored; see `Fragment` in labextension/src/stored.ts.
VERSION = 1
#: A view with more bytes than this in its values is not stored in a notebook.
MOST = 8 * 2**20

#: Runs the runtime that stands in the element before it, unless the page has one.
_BOOT = (
    "(function(d){if(!window.jsmodel){var s=document.createElement('script');"
    "s.textContent=JSON.parse(d.dataset.runtime);document.head.append(s)}})(document.currentScript.previousElementSibling)"
)


@dataclass
class _Stored:
    """What the outputs of a model hold."""

    model: weakref.ref[Model]
    leads_to: set[str]  # ids
    data: dict[str, Any]
    picture: str


class Displays:
    """Makes the outputs of a notebook; its code is stored once, in the output of `init_notebook()`.

    All outputs of a model share one display id. At the end of each cell those
    whose models have changed are brought up to date, so that what is stored is
    what the cells have led to.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._key = hashlib.sha256(session.id.encode()).hexdigest()[:16]
        self._handle: Any = None
        self._code: dict[str, Asset] = {}
        self._stored: dict[str, _Stored] = {}
        self._clock = 0
        session.touched = set()

    def show_code(self) -> Any:
        """Display the output that holds the code; later displays add to it."""
        from IPython import display

        self._handle = display.display(self._code_bundle(), raw=True, display_id=True)  # type: ignore[no-untyped-call]
        return self._handle

    def show(self, model: Model) -> None:
        """Display a model in an output that can be brought up to date."""
        from IPython import display

        self._prepare(model)
        stored = self._stored[model.id] = self._look(model)
        display.display(self._bundle(model, stored), raw=True, display_id=self._display_id(model))  # type: ignore[no-untyped-call]

    def refresh(self) -> None:
        """Bring those outputs up to date whose models have changed since the last time: each at most once."""
        from IPython import display

        session = self._session
        if not session.touched:
            return
        touched, session.touched = session.touched, set()
        for model_id, before in list(self._stored.items()):
            model = before.model()
            if model is None or model._jsm_disposed:
                del self._stored[model_id]  # its outputs stay as they are
            elif not touched.isdisjoint(before.leads_to):
                now = self._look(model)
                if (now.data, now.picture) != (before.data, before.picture):
                    self._stored[model_id] = now
                    display.update_display(self._bundle(model, now), raw=True, display_id=self._display_id(model))  # type: ignore[no-untyped-call]

    def bundle(self, model: Model) -> dict[str, Any]:
        """The MIME bundle of a model; it stays alive as long as a page shows it."""
        self._prepare(model)
        return self._bundle(model, self._look(model))

    def _prepare(self, model: Model) -> None:
        self._session.pin(model, "display")
        loop.flush()  # the stored view shows what handlers make of the first values

    def _look(self, model: Model) -> _Stored:
        """What there is to store of a model, now."""
        models = reachable(model)
        self._store_code(models)
        snapshot = take(model, lenient=True)
        if snapshot.nbytes <= MOST:
            data = {
                "root": snapshot.root,
                "models": snapshot.models,
                "buffers": [base64_text(buffer) for buffer in snapshot.buffers],
                "files": [stored_define(file) for file in snapshot.files],
            }
            picture = static_html(model)
        else:
            size = f"{snapshot.nbytes / 2**20:.0f} MiB"
            data, picture = (
                {},
                (
                    f"{static_html(model)}<p>The values of this view have {size}, which is too much to be stored in a notebook, "
                    "so it does not move in copies of it. Use <code>app.export()</code> for a page that holds everything.</p>"
                ),
            )
        return _Stored(weakref.ref(model), {one.id for one in models}, data, picture)

    def _bundle(self, model: Model, stored: _Stored) -> dict[str, Any]:
        self._clock += 1
        data = {"v": VERSION, "key": self._key, "at": self._clock, **stored.data}
        if self._handle is not None:
            text = view_html(data, stored.picture)
        else:
            hint = "<p>Run <code>app.init_notebook()</code> once, and this cell again, so that saved copies of this notebook stay small.</p>"
            text = view_html(data, stored.picture) + self._code_html() + hint
        return {
            MIME: {"v": 1, "kind": "view", "session": self._session.id, "id": model.id},
            "text/html": text,
            "text/plain": repr(model),
        }

    def _display_id(self, model: Model) -> str:
        return f"jsmodel-{self._key}-{model.id}"

    # -- code

    def _store_code(self, models: Iterable[Model]) -> None:
        new = [asset for asset in code_of(models) if asset.hash not in self._code]
        if new:  # what was defined again is dropped: the newest is what runs
            kept = {hash_: asset for hash_, asset in self._code.items() if not linker.is_replaced(hash_)}
            self._code = kept | {asset.hash: asset for asset in new}
        if new and self._handle is not None:
            self._handle.update(self._code_bundle(), raw=True)

    def _code_bundle(self) -> dict[str, Any]:
        return {
            MIME: {"v": 1, "kind": "code", "session": self._session.id},
            "text/html": self._code_html(),
            "text/plain": "jsmodel is ready: models show themselves in this notebook.",
        }

    def _code_html(self) -> str:
        return code_html(
            [{"v": VERSION, "key": self._key, "code": [stored_define(asset) for asset in self._code.values()]}],
            runtime_asset("alone").text,
        )


def view_html(data: dict[str, Any], picture: str) -> str:
    """The element of a stored view.

    Args:
        data: What stored.ts calls a fragment.
        picture: HTML for readers without scripts.
    """
    return (
        f'<div class="jsm-embed" data-jsmodel=\'{attribute_json(data)}\'><div class="jsm-static">{picture}</div></div>'
    )


def code_html(code: Iterable[dict[str, Any]], runtime: str) -> str:
    """The elements that hold the code of sessions, and run the runtime."""
    parts = [f"<div class=\"jsm-code\" data-jsmodel='{attribute_json(data)}'></div>" for data in code]
    parts.append(f"<div data-runtime='{attribute_json(runtime)}'></div><script>{_BOOT}</script>")
    return "".join(parts)
