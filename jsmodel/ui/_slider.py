"""Slider: a number, chosen by dragging."""

from __future__ import annotations

import html

from .. import event
from ._widget import Widget, window

__all__ = ["Slider"]


class Slider(Widget):
    """A number between two bounds, chosen by dragging, or with the arrow keys.

    `value` changes while the handle moves.

    Args:
        min: The least value.
        max: The greatest value.
        step: The distance between neighbouring values.
        value: The number; what is out of bounds is brought to the nearest bound.
        label: Shown before the slider.
        disabled: Whether it cannot be moved now.
    """

    CSS = """
.jsm-Slider input { flex: 1 1 140px; min-width: 60px; max-width: 420px; margin: 0; height: 24px; accent-color: var(--jsm-blue); cursor: pointer; }
.jsm-Slider input:focus-visible { outline-offset: 3px; border-radius: 8px; }
.jsm-Slider input:disabled { cursor: default; opacity: .55; }
.jsm-Slider output { flex: none; min-width: 3.2em; font-variant-numeric: tabular-nums; color: var(--jp-ui-font-color2, var(--jsm-dim)); }
"""

    def _static_html(self) -> str:
        return f"<div>{html.escape(self.label)} <input type='range' min='{self.min}' max='{self.max}' step='{self.step}' value='{self.value}' disabled> {self.value}</div>"

    @event.connect("min", "max")
    def _on_bounds(self, *events: event.Event) -> None:
        self.value = self.value

    class Both:
        @event.prop
        def min(self, v=0):
            return v if isinstance(v, int) else float(v)

        @event.prop
        def max(self, v=100):
            return v if isinstance(v, int) else float(v)

        @event.prop
        def step(self, v=1):
            v = v if isinstance(v, int) else float(v)
            if v <= 0:
                raise ValueError("the step must be more than 0")
            return v

        @event.prop
        def value(self, v=0):
            v = v if isinstance(v, int) else float(v)
            if v != v:
                raise ValueError("a slider cannot stand at nan")
            if v > self.max:
                v = self.max
            return self.min if v < self.min else v

        @event.prop
        def label(self, v=""):
            return str(v)

        @event.prop
        def disabled(self, v=False):
            return bool(v)

    class JS:
        def _create_node(self):
            document = window.document
            node = document.createElement("div")
            node.classList.add("jsm-Slider", "jsm-field")
            self._label = document.createElement("label")
            self._input = document.createElement("input")
            self._input.type = "range"
            self._input.id = "jsm-slider-" + self.id + "-" + window.Math.random().toString(36).slice(2, 8)
            self._label.htmlFor = self._input.id
            self._output = document.createElement("output")
            node.replaceChildren(self._label, self._input, self._output)
            self._listen(self._input, "input", self._on_input)
            return node

        def _on_input(self, ev):
            self.value = self._input.valueAsNumber

        @event.connect("min", "max", "step")
        def _on_range(self, *events):
            self._input.min = self.min
            self._input.max = self.max
            self._input.step = self.step
            self._input.value = self.value  # the browser had clipped it to the old bounds

        @event.connect("value")
        def _on_value(self, *events):
            if self._input.valueAsNumber != self.value:
                self._input.value = self.value
            self._output.textContent = str(self.value)

        @event.connect("label")
        def _on_label(self, *events):
            self._label.textContent = self.label
            self._label.hidden = not self.label
            if self.label:
                self._input.removeAttribute("aria-label")
            else:
                self._input.setAttribute("aria-label", "value")

        @event.connect("disabled")
        def _on_disabled(self, *events):
            self._input.disabled = self.disabled
