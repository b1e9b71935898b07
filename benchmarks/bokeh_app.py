"""What `ours_app.py` shows, made with Bokeh.

    python -m benchmarks.bokeh_app PORT

At `/` a slider, a label and a button; `/pair` has no button.
"""

import sys

from bokeh.document import Document
from bokeh.layouts import column
from bokeh.models import Button, Div, Slider
from bokeh.server.server import Server

BURST = 2000


def slider_and_label(document: Document) -> Div:
    slider, label = Slider(start=0, end=100_000, value=0, step=1), Div(text="v0")
    slider.on_change("value", lambda attr, old, new: setattr(label, "text", f"v{new}"))
    document.add_root(column(slider, label))
    return label


def pair(document: Document) -> None:
    slider_and_label(document)


def demo(document: Document) -> None:
    label, button = slider_and_label(document), Button(label="burst")

    def burst() -> None:
        for i in range(BURST):
            label.text = f"b{i}"

    button.on_click(burst)
    document.add_root(button)


if __name__ == "__main__":
    port = int(sys.argv[1])
    server = Server(
        {"/": demo, "/pair": pair}, port=port, address="127.0.0.1", allow_websocket_origin=[f"127.0.0.1:{port}"]
    )
    server.start()
    server.io_loop.start()
