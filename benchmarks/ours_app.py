"""What is measured in a browser: a slider, a label that Python sets, a button that starts a burst.

    python -m benchmarks.ours_app PORT

`/Demo` has all three. `/Pair` has the slider and the label alone, for what a page weighs. `/Flood` changes its label
50,000 times, over some seconds, once its slider is moved. `/Bulk` sends an array of 64 MiB.
"""

from __future__ import annotations

import asyncio
import sys

import numpy as np

from jsmodel import app, event, ui
from jsmodel.app import window

BURST = 2000
FLOOD = 50_000
BULK = 64 * 2**20


class Pair(ui.VBox):
    """A slider and a label."""

    def init(self) -> None:
        with self:
            self.slider = ui.Slider(max=1_000_000_000)
            self.label = ui.Label(text="v0")

    @event.connect("slider.value")
    def on_value(self, *events: event.Event) -> None:
        if events[-1].origin == "user":
            self.label.text = f"v{events[-1].new_value}"


class Demo(Pair):
    """A slider, a label and a button."""

    def init(self) -> None:
        super().init()
        with self:
            self.button = ui.Button(text="burst")

    @event.connect("button.clicked")
    def on_clicked(self, *events: event.Event) -> None:
        for i in range(BURST):
            self.label.text = f"b{i}"


class Flood(Pair):
    """What a page that reads nothing has to survive."""

    @event.connect("slider.value")
    async def on_value(self, *events: event.Event) -> None:
        for i in range(FLOOD):
            self.label.text = f"b{i}"
            if i % 100 == 0:
                await asyncio.sleep(0.005)


class Bulk(Pair):
    """An array that goes to the page when one of the buttons is pressed; `window.arrived` hears how many bytes came."""

    def init(self) -> None:
        super().init()
        self.blobs = [np.full(BULK, fill, np.uint8) for fill in (1, 2)]
        with self:
            self.send = ui.Button(text="send")
            self.set = ui.Button(text="set")

    @event.connect("send.clicked")
    def on_send(self, *events: event.Event) -> None:
        self.send_data(self.blobs[0])

    @event.connect("set.clicked")
    def on_set(self, *events: event.Event) -> None:
        self.blobs.reverse()
        self.blob = self.blobs[0]

    class Both:
        @event.prop
        def blob(self, v=None):
            return v

    class JS:
        @event.connect("blob")
        def on_blob(self, *events):
            window.arrived(events[-1].new_value.byteLength)

        def receive_data(self, data, meta):
            window.arrived(data.byteLength)


if __name__ == "__main__":
    app.serve(Bulk)
    app.serve(Demo)
    app.serve(Pair)
    app.serve(Flood)
    app.create_server("127.0.0.1", int(sys.argv[1]))
    app.start()
