"""What `init` asks of the JS side, before there is a page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import App, Jupyter, Tabs
from .test_hello import SETUP

PAINTER = """
class Painter(ui.VBox):
    def init(self):
        self.drawn = ui.Label()
        self.answer = ui.Label()
        self.js.draw("first")
        self.send_data(b"some bytes")
        self.reply = self.js.draw("last")

    @event.connect("asked")
    async def on_asked(self, *events):
        self.answer.text = f"JavaScript drew {await self.reply} things."

    class Both:
        @event.emitter
        def asked(self):
            return {}

    class JS:
        def init(self):
            self.things = []
            self.asked()

        def draw(self, what):
            self.things.append(what)
            self.drawn.text = ", ".join(self.things)
            return len(self.things)

        def receive_data(self, data, meta):
            self.draw(f"{data.byteLength} bytes")
"""

SERVED = f"""
from jsmodel import app, event, ui
{PAINTER}
app.create_server(port=0)
app.serve(Painter)
app.start()
"""


def test_the_init_of_a_served_app_calls_its_js_side(serve: Callable[[str, str], App], tab: Tabs) -> None:
    page = tab.open(serve(SERVED, "Painter").url)
    expect(page.get_by_text("first, 10 bytes, last", exact=True)).to_be_visible()
    expect(page.get_by_text("JavaScript drew 3 things.", exact=True)).to_be_visible()


def test_the_init_of_a_model_in_a_notebook_calls_its_js_side_before_there_is_a_page(jupyter: Jupyter) -> None:
    imports, init = SETUP.split("\n")  # the page connects as soon as it sees what init_notebook() shows
    notebook = jupyter.open([f"{imports}\n{PAINTER}\npainter = Painter()", init, "painter"])
    notebook.run_all()
    view = notebook.live_view(2)
    expect(view.get_by_text("first, 10 bytes, last", exact=True)).to_be_visible()
    expect(view.get_by_text("JavaScript drew 3 things.", exact=True)).to_be_visible()
