"""LineEdit: a line of text to type."""

from __future__ import annotations

import html

from .. import event
from ._widget import Widget, window

__all__ = ["LineEdit"]


class LineEdit(Widget):
    """A line of text to type; `text` changes with each key, `submitted` is emitted at Enter.

    Args:
        text: What stands in it.
        placeholder: Shown while it is empty.
        label: Shown before it.
        disabled: Whether nothing can be typed now.
    """

    CSS = """
.jsm-LineEdit input { font: inherit; flex: 1 1 140px; min-width: 60px; max-width: 420px; height: 30px; padding: 3px 8px; border-radius: 5px;
  color: var(--jp-ui-font-color1, var(--jsm-ink)); background: var(--jsm-field); border: 1px solid var(--jsm-line); }
.jsm-LineEdit input::placeholder { color: var(--jsm-dim); opacity: 1; }
.jsm-LineEdit input:disabled { opacity: .55; }
"""

    def _static_html(self) -> str:
        return f"<div>{html.escape(self.label)} <input value='{html.escape(self.text)}' placeholder='{html.escape(self.placeholder)}' disabled></div>"

    class Both:
        @event.prop
        def text(self, v=""):
            return str(v)

        @event.prop
        def placeholder(self, v=""):
            return str(v)

        @event.prop
        def label(self, v=""):
            return str(v)

        @event.prop
        def disabled(self, v=False):
            return bool(v)

        @event.emitter
        def submitted(self):
            return {"text": self.text}

    class JS:
        def _create_node(self):
            document = window.document
            node = document.createElement("div")
            node.classList.add("jsm-LineEdit", "jsm-field")
            self._label = document.createElement("label")
            self._input = document.createElement("input")
            self._input.type = "text"
            self._input.id = "jsm-edit-" + self.id + "-" + window.Math.random().toString(36).slice(2, 8)
            self._label.htmlFor = self._input.id
            node.replaceChildren(self._label, self._input)
            self._listen(self._input, "input", self._on_input)
            self._listen(self._input, "keydown", self._on_key)
            return node

        def _on_input(self, ev):
            self.text = self._input.value

        def _on_key(self, ev):
            ev.stopPropagation()  # what is typed here is not a shortcut of the page's
            if ev.key == "Enter" and not ev.isComposing:
                self.submitted()

        @event.connect("text")
        def _on_text(self, *events):
            if self._input.value != self.text:
                self._input.value = self.text

        @event.connect("placeholder")
        def _on_placeholder(self, *events):
            self._input.placeholder = self.placeholder

        @event.connect("label")
        def _on_label(self, *events):
            self._label.textContent = self.label
            self._label.hidden = not self.label
            if self.label:
                self._input.removeAttribute("aria-label")
            else:
                self._input.setAttribute("aria-label", "text")

        @event.connect("disabled")
        def _on_disabled(self, *events):
            self._input.disabled = self.disabled
