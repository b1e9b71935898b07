"""What a person sees when something fails, or is refused."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .conftest import Jupyter, Tabs
from .test_hello import SETUP

FAULTY = """
class Faulty(ui.VBox):
    def init(self):
        self.python = ui.Button(text="in Python")
        self.browser = ui.Button(text="in the browser")
        self.answer = ui.Label()

    @event.connect("python.clicked")
    def a_fails(self, *events):
        raise ValueError("this press was one too many")

    @event.connect("python.clicked")
    def b_answers(self, *events):
        self.answer.text = "the other handler ran"

    class JS:
        @event.connect("browser.clicked")
        def a_fails_too(self, *events):
            raise ValueError("the page does not like this")

        @event.connect("browser.clicked")
        def b_answers_too(self, *events):
            self.answer.text = "the other JS handler ran"

Faulty()
"""

LIMITED = """
class Limited(app.Model):
    def init(self):
        self._cap = 50  # on the Python side only

    class Both:
        @event.prop
        def level(self, v=0):
            v = int(v)
            if hasattr(self, "_cap"):
                return min(v, self._cap)
            return v

        @event.prop
        def name(self, v="good"):
            if hasattr(self, "_cap") and v == "goodx":
                raise ValueError("no x at the end")
            return v

limited = Limited()
limited
"""


def test_an_error_in_a_python_handler_is_shown_with_its_traceback_and_the_others_run(
    jupyter: Jupyter, tab: Tabs
) -> None:
    tab.expect_error("this press was one too many")
    notebook = jupyter.open([SETUP, FAULTY])
    notebook.run(0, 1)
    view = notebook.live_view(1)
    view.get_by_role("button", name="in Python").click()
    expect(view).to_contain_text("the other handler ran")
    error = view.locator(".jsm-error")
    expect(error.locator("summary")).to_contain_text("ValueError: this press was one too many")
    expect(error.locator("pre")).to_be_hidden()
    error.locator("summary").click()
    expect(error.locator("pre")).to_be_visible()
    expect(error.locator("pre")).to_contain_text(re.compile(r'File "In\[2\]", line \d+, in a_fails'))
    expect(error.locator("pre")).to_contain_text('raise ValueError("this press was one too many")')

    view.get_by_role("button", name="in Python").click()
    expect(error.locator(".jsm-count")).to_have_text(" ×2")
    error.get_by_role("button", name="Dismiss this error").click()
    expect(error).to_have_count(0)


def test_an_error_in_a_js_handler_is_shown_and_the_others_run(jupyter: Jupyter, tab: Tabs) -> None:
    tab.expect_error("the page does not like this")
    notebook = jupyter.open([SETUP, FAULTY])
    notebook.run(0, 1)
    view = notebook.live_view(1)
    view.get_by_role("button", name="in the browser").click()
    expect(view).to_contain_text("the other JS handler ran")
    error = view.locator(".jsm-error summary")
    expect(error).to_contain_text("a_fails_too")
    expect(error).to_contain_text("ValueError: the page does not like this")


def test_what_python_corrects_comes_back_to_the_page_that_sent_it(jupyter: Jupyter) -> None:
    notebook = jupyter.open([SETUP, LIMITED, "limited.level"])
    notebook.run(0, 1)
    level = notebook.live_view(1).get_by_label("level")
    level.fill("70")
    expect(level).to_have_value("50")
    level.fill("40")
    expect(level).to_have_value("40")
    notebook.run(2)
    expect(notebook.output(2)).to_contain_text("40")


def test_what_python_refuses_goes_back_to_what_it_was_and_the_view_says_why(jupyter: Jupyter, tab: Tabs) -> None:
    tab.expect_error("no x at the end")
    notebook = jupyter.open([SETUP, LIMITED, "limited.name"])
    notebook.run(0, 1)
    view = notebook.live_view(1)
    name = view.get_by_label("name")
    name.fill("goodx")
    expect(name).to_have_value("good")
    expect(view.locator(".jsm-error summary")).to_contain_text("no x at the end")
    expect(view.locator(".jsm-error summary")).to_contain_text(".name refused the str 'goodx'")
    notebook.run(2)
    expect(notebook.output(2)).to_contain_text("'good'")
