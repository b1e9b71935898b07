"""Widget: what all widgets are."""

from __future__ import annotations

import html
from typing import Any

from .. import event
from ..model import Model, get_active_model
from ..transpile.rawjs import JSName

__all__ = ["Widget"]

window = JSName("window")


class Widget(Model):
    """Something with a node on the page.

    Its JS side has `self.node`, made by `_create_node()`, which subclasses
    override. A widget made inside `with container:`, or in the `init` of a
    container, becomes a child of it.

    Args:
        style: CSS of this widget alone, such as 'height:300px; color:red'.
        css_class: Names of CSS classes, separated by spaces.
        title: Shown when the pointer rests on the widget.
    """

    CSS = """
.jsm-Widget { font: 14px/1.45 var(--jp-ui-font-family, system-ui, sans-serif); color: inherit; }
.jsm-Widget :is(button, input):focus-visible, button.jsm-Widget:focus-visible { outline: 2px solid var(--jsm-blue); outline-offset: 1px; }
.jsm-field { display: flex; align-items: center; gap: 8px; min-width: 0; }
.jsm-field > label { flex: none; color: var(--jp-ui-font-color1, var(--jsm-ink)); }
"""

    _jsm_reserved = frozenset(["node"])

    def __init__(self, *init_args: Any, **values: Any) -> None:
        parent = get_active_model()
        super().__init__(*init_args, **values)
        if isinstance(parent, Widget):
            parent._adopt(self)

    def dispose(self) -> None:
        """Free both sides; boxes let go of the widget."""
        if not self._jsm_disposed and not getattr(self.session, "_closed", False):
            for model in self.session.models():
                if isinstance(model, Widget):
                    model._release(self)
        super().dispose()

    def _release(self, child: Widget) -> None:
        """A widget goes; containers take it out."""

    def _adopt(self, child: Widget) -> None:
        """A widget was made in our context; containers make it a child."""

    def _static_html(self) -> str:
        """What a reader without scripts sees."""
        return f"<span>{html.escape(type(self).__name__)}</span>"

    class Both:
        @event.prop
        def style(self, v=""):
            return str(v)

        @event.prop
        def css_class(self, v=""):
            return str(v)

        @event.prop
        def title(self, v=""):
            return str(v)

    class JS:
        def _jsm_begin(self):
            self.node = self._create_node()
            self.node.classList.add("jsm-Widget")
            self._own_classes = self.node.className

        def _create_node(self):
            return window.document.createElement("div")

        @event.connect("style")
        def _on_style(self, *events):
            self.node.style.cssText = self.style

        @event.connect("css_class")
        def _on_css_class(self, *events):
            self.node.className = self._own_classes + " " + self.css_class

        @event.connect("title")
        def _on_title(self, *events):
            self.node.title = self.title
