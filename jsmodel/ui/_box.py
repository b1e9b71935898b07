"""HBox and VBox: widgets beside and above each other."""

from __future__ import annotations

from .. import event
from ._widget import Widget, window

__all__ = ["HBox", "VBox"]


class _Box(Widget):
    """A widget that holds others; use HBox or VBox."""

    CSS = """
.jsm-Box { display: flex; gap: 8px; min-width: 0; }
.jsm-HBox { flex-direction: row; flex-wrap: wrap; align-items: center; }
.jsm-VBox { flex-direction: column; align-items: stretch; }
.jsm-HBox > .jsm-VBox { flex: 1 1 160px; }
.jsm-VBox > .jsm-Button { align-self: flex-start; }
"""

    def _adopt(self, child: Widget) -> None:
        self.children = (*self.children, child)

    def _release(self, child: Widget) -> None:
        if any(one is child for one in self.children):
            self.children = tuple(one for one in self.children if one is not child)

    def _static_html(self) -> str:
        return (
            "<div>" + "".join(child._static_html() for child in self.children if isinstance(child, Widget)) + "</div>"
        )

    class Both:
        @event.prop
        def children(self, v=()):
            if isinstance(v, str) or not isinstance(v, (list, tuple)):
                raise TypeError("children must be a list of widgets")
            for child in v:
                if child is self:
                    raise ValueError("a box cannot be in itself")
                if not isinstance(child, Widget):
                    raise TypeError("children must be widgets, all of them")
            return v

    class JS:
        _class_name = "jsm-VBox"

        def _create_node(self):
            node = window.document.createElement("div")
            node.classList.add("jsm-Box", self._class_name)
            return node

        @event.connect("children")
        def _on_children(self, *events):
            nodes = [child.node for child in self.children if child is not None]
            self.node.replaceChildren(*nodes)


class HBox(_Box):
    """Widgets beside each other, in as many lines as they need.

    Args:
        children: Widgets, in order. Those made inside `with box:` are added.
    """

    class JS:
        _class_name = "jsm-HBox"


class VBox(_Box):
    """Widgets above each other.

    Args:
        children: Widgets, in order. Those made inside `with box:` are added.
    """
