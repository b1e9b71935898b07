"""Button: something to press."""

from __future__ import annotations

import html

from .. import event
from ._widget import Widget, window

__all__ = ["Button"]


class Button(Widget):
    """Something to press; emits `clicked`, by mouse, touch, Enter or Space.

    Args:
        text: What it says.
        primary: Whether it stands out as the one to press.
        disabled: Whether it cannot be pressed now.
    """

    CSS = """
.jsm-Button { font: inherit; font-weight: 500; padding: 4px 14px; min-height: 30px; border-radius: 5px; cursor: pointer;
  color: var(--jp-ui-font-color1, var(--jsm-ink)); background: var(--jsm-field); border: 1px solid var(--jsm-line); }
.jsm-Button:hover:not(:disabled) { background: var(--jsm-hover); }
.jsm-Button:active:not(:disabled) { translate: 0 1px; }
.jsm-Button[data-primary] { color: var(--jsm-on-blue); background: var(--jsm-blue); border-color: var(--jsm-blue); }
.jsm-Button[data-primary]:hover:not(:disabled) { background: var(--jsm-blue); filter: brightness(1.08); }
.jsm-Button:disabled { opacity: .55; cursor: default; }
"""

    def _static_html(self) -> str:
        return f"<button disabled>{html.escape(self.text)}</button>"

    class Both:
        @event.prop
        def text(self, v=""):
            return str(v)

        @event.prop
        def primary(self, v=False):
            return bool(v)

        @event.prop
        def disabled(self, v=False):
            return bool(v)

        @event.emitter
        def clicked(self):
            return {}

    class JS:
        def _create_node(self):
            node = window.document.createElement("button")
            node.type = "button"
            node.classList.add("jsm-Button")
            self._listen(node, "click", self._on_click)
            return node

        def _on_click(self, ev):
            self.clicked()

        @event.connect("text")
        def _on_text(self, *events):
            self.node.textContent = self.text

        @event.connect("primary")
        def _on_primary(self, *events):
            self.node.toggleAttribute("data-primary", self.primary)

        @event.connect("disabled")
        def _on_disabled(self, *events):
            self.node.disabled = self.disabled
