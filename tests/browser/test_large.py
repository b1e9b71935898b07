"""What a page cannot send because the server would not take it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import App, Tabs

EDITOR = """
from jsmodel import app, event, ui
from jsmodel.server import Limits

class Editor(ui.VBox):
    def init(self):
        self.edit = ui.LineEdit(label="text", text="as it was")
        self.other = ui.LineEdit(label="other")
        self.answer = ui.Label()
        self.heard = ui.Label()
        self.call = ui.Button(text="Call")

    @event.connect("edit.text", "other.text")
    def on_text(self, *events):
        self.answer.text = f"Python has {self.edit.text} and {self.other.text}"

    @app.exposed
    def count(self, text):
        return len(text)

    class JS:
        @event.connect("call.clicked")
        async def on_call(self, *events):
            try:
                await self.py.count("x" * 30000)
            except ValueError as err:
                self.heard.text = "the call failed"
                self.size = await self.py.count("x" * 300)
                self.heard.text = f"the call failed, and another gave {self.size}"
                self.py.count("y" * 30000)

app.create_server(port=0, limits=Limits(frame_bytes=20_000))
app.serve(Editor)
app.start()
"""


def test_a_value_that_is_too_large_goes_back_and_all_else_goes_on(serve: Callable[[str, str], App], tab: Tabs) -> None:
    tab.expect_error("Cannot send the property 'text' to Python: it has 30,0")
    tab.expect_error("Cannot send the arguments of count")
    page = tab.open(serve(EDITOR, "Editor").url)
    text = page.get_by_label("text")
    text.fill("x" * 30_000)
    expect(text).to_have_value("as it was")
    error = page.locator(".jsm-error summary")
    expect(error).to_contain_text("the server takes 20,000 at once. It has Python's value again. Send less, or run")
    tab.picture(page, "too-large-light")
    page.emulate_media(color_scheme="dark")
    tab.picture(page, "too-large-dark")
    page.get_by_label("other").fill("more")
    expect(page.get_by_text("Python has as it was and more", exact=True)).to_be_visible()
    page.get_by_role("button", name="Call").click()
    expect(page.get_by_text("the call failed, and another gave 300", exact=True)).to_be_visible()
    expect(page.locator(".jsm-error summary").last).to_contain_text("Cannot send the arguments of count() to Python")
    expect(page.locator(".jsm-error summary").last).to_contain_text("Python was not called.")
    text.fill("small")
    expect(page.get_by_text("Python has small and more", exact=True)).to_be_visible()
