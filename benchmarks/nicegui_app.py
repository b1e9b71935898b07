"""What `ours_app.py` shows, made with NiceGUI.

    python -m benchmarks.nicegui_app PORT

At `/` a slider, a label and a button; `/pair` has no button.
"""

import sys

from nicegui import ui

BURST = 2000


def slider_and_label() -> ui.label:
    label = ui.label("v0")
    ui.slider(min=0, max=100_000, value=0, on_change=lambda event: label.set_text(f"v{event.value}"))
    return label


@ui.page("/pair")
def pair() -> None:
    slider_and_label()


@ui.page("/")
def demo() -> None:
    label = slider_and_label()

    def burst() -> None:
        for i in range(BURST):
            label.set_text(f"b{i}")

    ui.button("burst", on_click=burst)


ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False)
