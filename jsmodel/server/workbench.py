"""The page of an interactive session: what is displayed at the prompt appears there.

`Workbench` is that page, a widget like any other, which holds models of the same
session, newest last. `Prompt` brings to it what people display: at IPython's
prompt and in consoles by the model's own display, at a plain one by its hook.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .. import event, registry
from ..model import Model, exposed
from ..registry import Entry
from ..session import Session
from ..transpile.modules import linker
from ..transpile.rawjs import JSName
from ..ui import Widget

__all__ = ["Prompt", "Workbench"]

window = JSName("window")

#: Its last part of the address. No app of anybody else can have it, since it begins with '_'.
NAME = "_interactive"

CLOSED = "No page shows it: the page of this prompt was closed. Run app.init_interactive() to open it again."


class Workbench(Widget):
    """A page that shows models one below the other, in the order in which they were displayed."""

    CSS = """
.jsm-Workbench { max-width: 56rem; margin: 0 auto; padding: 2vh 0 6vh; }
.jsm-Workbench-empty { color: var(--jsm-dim); margin: 16vh auto; max-width: 30rem; }
.jsm-Workbench-empty h1 { font-size: 18px; font-weight: 600; color: var(--jsm-ink); margin: 0 0 .5rem; }
.jsm-Workbench-empty pre { padding: 12px 14px; border: 1px solid var(--jsm-line); border-radius: 8px; color: var(--jsm-ink);
  font: 13px/1.5 ui-monospace, monospace; overflow: auto; }
.jsm-Workbench-item { border: 1px solid var(--jsm-line); border-radius: 8px; margin: 0 0 14px; }
.jsm-Workbench-head { display: flex; align-items: center; gap: 8px; padding: 4px 6px 4px 14px; font-size: 12px;
  color: var(--jsm-dim); border-bottom: 1px solid var(--jsm-line); }
.jsm-Workbench-head span { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.jsm-Workbench-head button { border: 0; background: none; color: inherit; font: inherit; cursor: pointer; padding: 4px 8px; border-radius: 5px; }
.jsm-Workbench-head button:hover { background: var(--jsm-hover); color: var(--jsm-ink); }
.jsm-Workbench-item > .jsm-view { padding: 12px 14px; }
.jsm-Workbench-item .jsm-panel { border: 0; padding: 0; }
.jsm-Workbench-item .jsm-panel-title { display: none; }
/* What concerns all of them is said once, by the page. */
.jsm-Workbench-item > .jsm-view > .jsm-errors { display: none; }
.jsm-view:not([data-status=live]) .jsm-Workbench-item > .jsm-view > .jsm-status { display: none; }
.jsm-view:not([data-status=live]) .jsm-Workbench-item > .jsm-view > .jsm-content { opacity: 1; filter: none; }
.jsm-view:has(> .jsm-content > .jsm-Workbench) > .jsm-errors { position: sticky; bottom: 16px; }
"""

    def show(self, model: Model) -> None:
        """Put `model` at the end; one that is there already moves there."""
        self.shown = (*self._others(model), model)

    @exposed
    def put_away(self, model_id: str) -> None:
        """The person at the page does not want to see it any more."""
        self.shown = tuple(one for one in self.shown if one.id != model_id)

    def _others(self, model: Model) -> tuple[Model, ...]:
        return tuple(one for one in self.shown if one is not model and not one._jsm_disposed)

    class Both:
        @event.prop
        def shown(self, v=()):
            return tuple(v)

    class JS:
        def _create_node(self):
            document = window.document
            node = document.createElement("div")
            node.classList.add("jsm-Workbench")
            self._empty = document.createElement("div")
            self._empty.className = "jsm-Workbench-empty"
            heading = document.createElement("h1")
            heading.textContent = "What you display at the prompt appears here"
            words = document.createElement("p")
            words.textContent = "Make an instance of a Model or a widget, and type its name:"
            code = document.createElement("pre")
            code.textContent = ">>> slider = ui.Slider(label='Size')\n>>> slider"
            self._empty.append(heading, words, code)
            self._items = {}
            return node

        @event.connect("shown")
        def _on_shown(self, *events):
            ids = [model.id for model in self.shown if model is not None]
            for key in list(self._items.keys()):
                if key not in ids:
                    self._items[key].view.dispose()
                    self._items[key].node.remove()
                    del self._items[key]
            fresh = None
            for model in self.shown:
                if model is not None:
                    if model.id not in self._items:
                        self._items[model.id] = self._make_item(model)
                        fresh = self._items[model.id].node
                    if model is self.shown[-1] or not self._items[model.id].node.isConnected:
                        fresh = self._items[model.id].node
                    self.node.append(self._items[model.id].node)
            if len(ids) == 0:
                self.node.append(self._empty)
            else:
                self._empty.remove()
            if fresh is not None:
                fresh.scrollIntoView({"block": "nearest"})

        def _make_item(self, model):
            document = window.document
            item = document.createElement("section")
            item.className = "jsm-Workbench-item"
            head = document.createElement("header")
            head.className = "jsm-Workbench-head"
            title = document.createElement("span")
            title.textContent = model._jsm_title()
            close = document.createElement("button")
            close.type = "button"
            close.textContent = "✕"
            close.ariaLabel = "Put " + title.textContent + " away"
            model_id = model.id
            close.onclick = lambda: self.py.put_away(model_id)
            head.append(title, close)
            view = window.Reflect.construct(window.jsmodel.View, [self.session, model.id])
            item.append(head, view.node)
            return window.Object.assign(window.Object(), {"node": item, "view": view})


class Prompt:
    """Shows in a workbench what is displayed at the prompt of this process.

    Args:
        session: The session of the models that are made at the prompt.
        connected: Whether a page shows the workbench, or is about to.
    """

    def __init__(self, session: Session, connected: Callable[[], bool]) -> None:
        self.session = session
        self.workbench = Workbench(session=session)
        self.entry = Entry(NAME, Workbench, listed=False)
        self._connected = connected
        self._plain_hook: Callable[[Any], Any] | None = None
        registry.add(self.entry)
        self._hook()

    def __repr__(self) -> str:
        return f"<Prompt that shows {len(self.workbench.shown)} models>"

    def show(self, model: Model) -> str:
        """Let `model` appear in the page; a sentence if nobody can see it there."""
        self._after_statement()
        self.workbench.show(model)
        return "" if self._connected() else CLOSED

    def _after_statement(self) -> None:
        """A statement is over: what it defined again is what its name means from now on."""
        linker.refresh()
        event.loop.on_idle(self.session.upgrade)

    def bundle(self, model: Model) -> dict[str, Any]:
        """How a model of our session is displayed."""
        hint = self.show(model)
        return {"text/plain": f"{model!r}\n{hint}" if hint else repr(model)}

    def _hook(self) -> None:
        shell = _ipython()
        if self.session.bundle is None:  # else a notebook shows its models in its outputs
            self.session.bundle = self.bundle
        if shell is not None:
            shell.events.register("post_run_cell", lambda *_: self._after_statement())
        else:
            self._plain_hook = sys.displayhook
            sys.displayhook = self._display

    def _display(self, value: Any) -> None:
        assert self._plain_hook is not None
        self._plain_hook(value)
        if isinstance(value, Model) and value.session is self.session and value is not self.workbench:
            hint = self.show(value)
            if hint:
                print(hint)


def _ipython() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
