"""What is measured in a browser: a slider, a label that Python sets, a button that starts a burst.

    python -m benchmarks.ours_app PORT

`/Demo` has all three. `/Pair` has the slider and the label alone, for what a page weighs. `/Flood` changes its label
50,000 times, over some seconds, once its slider is moved.
"""

from __future__ import annotations

import asyncio
import sys

from jsmodel import app, event, ui

BURST = 2000
FLOOD = 50_000


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


if __name__ == "__main__":
    app.serve(Demo)
    app.serve(Pair)
    app.serve(Flood)
    app.create_server("127.0.0.1", int(sys.argv[1]))
    app.start()
