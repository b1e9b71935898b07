"""The notebook that everybody opens first, and each widget, driven by hand in JupyterLab and in Notebook 7."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import NOTEBOOKS, Jupyter, drag

HELLO = NOTEBOOKS / "01_hello.ipynb"
SETUP = "from jsmodel import app, event, ui\napp.init_notebook()"
FORM = """
class Form(ui.VBox):
    def init(self):
        self.edit = ui.LineEdit(label="name")
        self.button = ui.Button(text="Send")
        self.answer = ui.Label()
        self.clicks = 0

    @event.connect("edit.text")
    def on_text(self, *events):
        self.answer.text = f"Hello {events[-1].new_value}"

    @event.connect("edit.submitted")
    def on_submitted(self, *events):
        self.answer.text = f"Goodbye {events[-1].text}"

    @event.connect("button.clicked")
    def on_clicked(self, *events):
        self.clicks += len(events)
        self.answer.text = f"Sent {self.clicks} times"

form = Form()
form
"""

both_faces = pytest.mark.parametrize("face", ["lab", "notebook"])


@both_faces
def test_a_slider_is_moved_by_the_arrow_keys_and_the_page_keeps_its_own_shortcuts_away(
    jupyter: Jupyter, face: str
) -> None:
    notebook = jupyter.open(HELLO, face=face)
    notebook.run(0, 1)
    view = notebook.live_view(1)
    slider = view.get_by_label("count")
    slider.focus()
    for _ in range(3):
        notebook.page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("3")
    notebook.page.keyboard.press("ArrowUp")
    expect(view).to_contain_text("Python says: 4 squared is 16")
    expect(slider).to_be_focused()


@both_faces
def test_the_hello_notebook_answers_the_mouse_and_python_moves_its_slider(jupyter: Jupyter, face: str) -> None:
    notebook = jupyter.open(HELLO, face=face)
    notebook.run(0, 1)
    view = notebook.live_view(1)
    slider = view.get_by_label("count")
    count = drag(slider, 0.02, 0.2)
    assert 2 <= count <= 6
    expect(view).to_contain_text(f"Python says: {count} squared is {count**2}")
    expect(view).to_contain_text(f"JavaScript says: {'*' * count}")

    notebook.run(2)  # counter.slider.value = 7
    expect(slider).to_have_value("7")
    expect(view).to_contain_text("Python says: 7 squared is 49")

    count = drag(slider, 0.37, 0.8)
    assert count > 7
    expect(view).to_contain_text(f"Python says: {count} squared")
    notebook.run(3)  # counter.count
    expect(notebook.output(3)).to_contain_text(str(count))


@both_faces
def test_python_hears_each_key_typed_and_each_click(jupyter: Jupyter, face: str) -> None:
    notebook = jupyter.open([SETUP, FORM, "form.edit.text, form.clicks"], face=face)
    notebook.run(0, 1)
    view = notebook.live_view(1)
    edit = view.get_by_label("name")
    edit.click()
    notebook.page.keyboard.type("Ada ddm")  # in JupyterLab, 'd d' deletes a cell and 'm' turns it into text
    expect(view).to_contain_text("Hello Ada ddm")
    notebook.page.keyboard.press("Enter")
    expect(view).to_contain_text("Goodbye Ada ddm")
    view.get_by_role("button", name="Send").click()
    view.get_by_role("button", name="Send").click()
    expect(view).to_contain_text("Sent 2 times")
    notebook.run(2)
    expect(notebook.output(2)).to_contain_text("('Ada ddm', 2)")


def test_a_button_is_pressed_by_enter_and_space(jupyter: Jupyter) -> None:
    notebook = jupyter.open([SETUP, FORM])
    notebook.run_all()
    view = notebook.live_view(1)
    button = view.get_by_role("button", name="Send")
    button.focus()
    notebook.page.keyboard.press("Enter")
    expect(view).to_contain_text("Sent 1 times")
    notebook.page.keyboard.press("Space")
    expect(view).to_contain_text("Sent 2 times")
    expect(button).to_be_focused()
    notebook.page.keyboard.press("d")
    notebook.page.keyboard.press("d")
    notebook.page.wait_for_timeout(300)
    expect(button).to_be_visible()  # the cell was not deleted
