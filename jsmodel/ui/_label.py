"""Label: a piece of text."""

from __future__ import annotations

import html

from .. import event
from ._widget import Widget, window

__all__ = ["Label"]


class Label(Widget):
    """A piece of text; markup in it is shown, not obeyed.

    Args:
        text: What it says. Numbers are turned into text.
        wrap: Whether long text goes on in the next line, and '\\n' begins one.
    """

    CSS = """
.jsm-Label { white-space: pre; overflow: hidden; text-overflow: ellipsis; min-height: 1.45em; }
.jsm-Label[data-wrap] { white-space: pre-wrap; overflow-wrap: anywhere; }
"""

    def _static_html(self) -> str:
        return f"<div>{html.escape(self.text)}</div>"

    class Both:
        @event.prop
        def text(self, v=""):
            return str(v)

        @event.prop
        def wrap(self, v=False):
            return bool(v)

    class JS:
        def _create_node(self):
            node = window.document.createElement("div")
            node.classList.add("jsm-Label")
            return node

        @event.connect("text")
        def _on_text(self, *events):
            self.node.textContent = self.text

        @event.connect("wrap")
        def _on_wrap(self, *events):
            self.node.toggleAttribute("data-wrap", self.wrap)
