"""What a view lives through: reloads, other tabs, second views, restarts of the kernel."""

from __future__ import annotations

from playwright.sync_api import expect

from .conftest import Jupyter, drag
from .test_hello import SETUP, both_faces

PANEL = """
class Panel(ui.VBox):
    def init(self):
        self.slider = ui.Slider(label="level")
        self.edit = ui.LineEdit(label="name", text="first")
        self.answer = ui.Label()

    @event.connect("slider.value", "edit.text")
    def on_change(self, *events):
        self.answer.text = f"{self.edit.text} at {self.slider.value}"

panel = Panel()
panel
"""


@both_faces
def test_a_reloaded_page_shows_the_current_values_and_is_live(jupyter: Jupyter, face: str) -> None:
    notebook = jupyter.open([SETUP, PANEL, "panel.edit.text = 'second'"], face=face)
    notebook.run_all()
    view = notebook.live_view(1)
    level = drag(view.get_by_label("level"), 0.02, 0.6)
    expect(view).to_contain_text(f"second at {level}")

    notebook.reload()
    view = notebook.live_view(1)
    expect(view.get_by_label("level")).to_have_value(str(level))
    expect(view.get_by_label("name")).to_have_value("second")
    expect(view).to_contain_text(f"second at {level}")

    view.get_by_label("name").fill("third")
    expect(view).to_contain_text(f"third at {level}")


def test_two_tabs_of_a_notebook_stay_in_step_both_ways(jupyter: Jupyter) -> None:
    one = jupyter.open([SETUP, PANEL, "panel.edit.text = 'from Python'"])
    one.run(0, 1)
    one.live_view(1)
    one.save()
    two = jupyter.open(one.path, workspace="second")
    first, second = one.live_view(1), two.live_view(1)

    level = drag(second.get_by_label("level"), 0.02, 0.7)
    expect(first.get_by_label("level")).to_have_value(str(level))
    expect(first).to_contain_text(f"first at {level}")
    one.page.bring_to_front()
    first.get_by_label("name").fill("typed")
    expect(second.get_by_label("name")).to_have_value("typed")
    expect(second).to_contain_text(f"typed at {level}")
    one.run(2)
    for view in (first, second):
        expect(view.get_by_label("name")).to_have_value("from Python")


def test_two_views_of_one_widget_stay_in_step(jupyter: Jupyter) -> None:
    notebook = jupyter.open([SETUP, PANEL, "panel"])
    notebook.run_all()
    first, second = notebook.live_view(1), notebook.live_view(2)
    level = drag(first.get_by_label("level"), 0.02, 0.5)
    expect(second.get_by_label("level")).to_have_value(str(level))
    second.get_by_label("name").fill("typed")
    expect(first.get_by_label("name")).to_have_value("typed")
    for view in (first, second):
        expect(view).to_contain_text(f"typed at {level}")


def test_a_cell_that_is_run_again_has_one_new_view_that_is_live(jupyter: Jupyter) -> None:
    notebook = jupyter.open([SETUP, PANEL])
    notebook.run(0, 1)
    notebook.live_view(1).get_by_label("name").fill("typed")
    expect(notebook.view(1)).to_contain_text("typed at 0")
    notebook.run(1)
    view = notebook.live_view(1)
    expect(view.get_by_label("name")).to_have_value("first")
    view.get_by_label("name").fill("again")
    expect(view).to_contain_text("again at 0")


@both_faces
def test_views_of_a_restarted_kernel_are_greyed_until_their_cells_are_run_again(jupyter: Jupyter, face: str) -> None:
    notebook = jupyter.open([SETUP, PANEL], face=face)
    notebook.run(0, 1)
    view = notebook.live_view(1)
    level = drag(view.get_by_label("level"), 0.02, 0.5)
    expect(view).to_contain_text(f"first at {level}")

    notebook.command("notebook:restart-kernel")
    notebook.page.locator(".jp-Dialog button.jp-mod-accept").click()
    expect(view).to_have_attribute("data-status", "ended")
    expect(view.locator(".jsm-status")).to_contain_text("The kernel was restarted. Run this cell again.")
    expect(view.locator(".jsm-content")).to_have_css("opacity", "0.55")
    expect(view).to_contain_text(f"first at {level}")  # what it showed stays

    notebook.ready()
    notebook.run(0, 1)
    view = notebook.live_view(1)
    expect(view.locator(".jsm-content")).to_have_css("opacity", "1")
    view.get_by_label("name").fill("again")
    expect(view).to_contain_text("again at 0")


def test_a_page_that_is_reloaded_after_a_restart_says_to_run_the_cell_again(jupyter: Jupyter) -> None:
    notebook = jupyter.open([SETUP, PANEL])
    notebook.run(0, 1)
    notebook.live_view(1)
    notebook.save()
    notebook.command("notebook:restart-kernel")
    notebook.page.locator(".jp-Dialog button.jp-mod-accept").click()
    expect(notebook.view(1)).to_have_attribute("data-status", "ended")
    notebook.ready()
    notebook.page.reload()
    notebook.ready()
    view = notebook.view(1)
    expect(view).to_have_attribute("data-status", "ended")
    expect(view.locator(".jsm-status")).to_contain_text("Run the cell with app.init_notebook(), then this cell.")
    expect(view.locator("input[value=first]")).to_be_visible()  # what was stored


def test_two_notebooks_on_two_kernels_do_not_know_each_other(jupyter: Jupyter) -> None:
    one = jupyter.open([SETUP, PANEL])
    one.run(0, 1)
    two = jupyter.open([SETUP, PANEL])
    two.run(0, 1)
    first, second = one.live_view(1), two.live_view(1)
    second.get_by_label("name").fill("of the second")
    expect(second).to_contain_text("of the second at 0")
    expect(first).to_contain_text("first at 0")
