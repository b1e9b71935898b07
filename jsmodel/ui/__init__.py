"""Widgets: models with a place on the page. Each is one file, with its CSS.

with ui.VBox():
    slider = ui.Slider(label='Size', max=10)
    label = ui.Label()
"""

from ._box import HBox, VBox
from ._button import Button
from ._label import Label
from ._lineedit import LineEdit
from ._slider import Slider
from ._widget import Widget

__all__ = ["Button", "HBox", "Label", "LineEdit", "Slider", "VBox", "Widget"]
