"""What a model's output holds: the live view's address, a static view, and a line of text.

An output carries three forms of a model. JupyterLab with our extension takes the
first, our own MIME type; a plain `nbconvert --to html` takes the second, which
has what it needs to be alive; a terminal takes the third.
"""

from __future__ import annotations

import html
import secrets
from typing import Any

from ..assets import Asset, runtime_asset
from ..assets.page import inert_json, script_text, stored_define
from ..event.loop import loop
from ..model import Model
from ..protocol import encode_value
from ..session import Session

__all__ = ["MIME", "Displays", "static_html"]

MIME = "application/vnd.jsmodel.view+json"

#: In a Jupyter page this is only shown where our extension is missing.
_BOOT = """(function () {
  var box = document.getElementById(%s), data = JSON.parse(box.querySelector('script[type="application/json"]').textContent);
  var inJupyter = document.getElementById('jupyter-config-data');
  if (inJupyter) { var p = document.createElement('p'); p.textContent = data.hint; p.style.color = '#c4221c'; box.append(p); }
  if (window.jsmodel && jsmodel.embed) jsmodel.embed(box.querySelector('.jsm-static'), {ops: (jsmodel.stored || []).concat(data.ops), root: data.root});
})();"""

HINT = (
    "This view is not connected to Python: the jsmodel extension is missing in this JupyterLab, or the page is older than it. "
    "Run 'pip install jsmodel' where JupyterLab runs, and reload the page."
)


class Displays:
    """Makes the outputs of a notebook; its code is stored once, in the output of `init_notebook()`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._handle: Any = None
        self._stored: dict[str, Asset] = {}

    def show_code(self) -> Any:
        """Display the output that holds the code; later displays add to it."""
        from IPython import display

        self._handle = display.display(self._code_bundle(), raw=True, display_id=True)  # type: ignore[no-untyped-call]
        return self._handle

    def bundle(self, model: Model) -> dict[str, Any]:
        """The MIME bundle of a model; it stays alive as long as a page shows it."""
        session = self._session
        session.pin(model, "display")
        loop.flush()  # the static view shows what handlers make of the first values
        models = reachable(model)
        self._store(models)
        hint = (
            ""
            if self._handle is not None
            else "<p>Run <code>app.init_notebook()</code> once, and this cell again, so that saved copies of this notebook stay alive.</p>"
        )
        return {
            MIME: {"v": 1, "kind": "view", "session": session.id, "id": model.id},
            "text/html": self._fragment(model, models) + hint,
            "text/plain": repr(model),
        }

    def _store(self, models: list[Model]) -> None:
        from ..transpile.modules import linker

        assets = linker.assets_for(sorted({type(m) for m in models}, key=lambda c: (c.__module__, c.__qualname__)))
        new = [a for a in assets if a.hash not in self._stored]
        self._stored.update((a.hash, a) for a in new)
        if new and self._handle is not None:
            self._handle.update(self._code_bundle(), raw=True)

    def _code_bundle(self) -> dict[str, Any]:
        return {
            MIME: {"v": 1, "kind": "code", "session": self._session.id},
            "text/html": self._code(),
            "text/plain": "jsmodel is ready: models show themselves in this notebook.",
        }

    def _code(self) -> str:
        defines = [stored_define(asset) for asset in self._stored.values()]
        store = f"window.jsmodel && (jsmodel.stored = {inert_json(defines)});"
        return f"<script>{script_text(runtime_asset().text)}</script><script>{store}</script>"

    def _fragment(self, model: Model, models: list[Model]) -> str:
        buffers: list[Any] = []
        states = []
        for one in models:
            state = one._jsm_snapshot()
            for part in ("props", "attrs"):
                state[part] = {k: encode_value(v, buffers, k) for k, v in state[part].items()}
            states.append(state)
        # Buffers cannot stand in HTML; what needs them waits for a live kernel.
        ops: list[dict[str, Any]] = [{"op": "create", "models": states}] if not buffers else []
        box = "jsm-" + secrets.token_hex(6)
        data = inert_json({"ops": ops, "root": model.id, "hint": HINT})
        code = self._code() if self._handle is None else ""
        return (
            f'<div id="{box}" class="jsm-embed"><div class="jsm-static">{static_html(model)}</div>'
            f'<script type="application/json">{data}</script>{code}<script>{script_text(_BOOT % inert_json(box))}</script></div>'
        )


def reachable(model: Model) -> list[Model]:
    """A model and all those that its properties and attributes lead to, each once."""
    found: dict[str, Model] = {}
    todo: list[Any] = [model]
    while todo:
        value = todo.pop()
        if isinstance(value, Model):
            if value.id not in found:
                found[value.id] = value
                state = value._jsm_snapshot()
                todo += [*state["props"].values(), *state["attrs"].values()]
        elif isinstance(value, (list, tuple)):
            todo += value
        elif isinstance(value, dict):
            todo += value.values()
    # In the order in which they were made, as sessions send them.
    return sorted(found.values(), key=lambda one: int(one.id[1:]))


def static_html(model: Model) -> str:
    """What a reader without scripts sees: the widget's own picture of itself, or its properties."""
    own = getattr(model, "_static_html", None)
    if own is not None:
        return str(own())
    rows = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(repr(getattr(model, name)))}</dd>"
        for name in type(model)._jsm_both
    )
    return f"<div><b>{html.escape(type(model).__name__)}</b><dl>{rows}</dl></div>"
