"""A widget that is shown alone, and inside of a box in another output. It has one node in each client."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Jupyter, Notebook, Tabs, drag
from .test_hello import SETUP, both_faces
from .test_life import PANEL

ALONE = "slider = ui.Slider(label='level')\nslider"
BOXED = "box = ui.VBox(children=[slider, ui.Label(text='in a box')])\nbox"


def move_together(notebook: Notebook, *cells: int) -> None:
    """All of these views show the slider, and moving one moves the others."""
    for number, cell in enumerate(cells):
        slider = notebook.live_view(cell).get_by_label("level")
        expect(slider).to_be_visible()
        level = str(drag(slider, 0.02, 0.3 + 0.2 * number))
        for other in cells:
            expect(notebook.view(other).get_by_label("level")).to_have_value(level)


@both_faces
def test_a_widget_that_is_shown_alone_stays_where_it_is_when_its_panel_is_shown(jupyter: Jupyter, face: str) -> None:
    notebook = jupyter.open([SETUP, PANEL.removesuffix("panel\n"), "panel.slider", "panel", "panel.slider"], face=face)
    notebook.run_all()
    move_together(notebook, 2, 3, 4)


def test_a_widget_of_a_panel_that_is_shown_alone_stays_in_the_panel(jupyter: Jupyter, tab: Tabs) -> None:
    notebook = jupyter.open([SETUP, PANEL, "panel.slider"])
    notebook.run_all()
    move_together(notebook, 1, 2)
    tab.picture(notebook.page, "alone-and-inside")


def test_a_widget_that_is_put_into_a_new_box_stays_where_it_was_shown(jupyter: Jupyter) -> None:
    hidden = BOXED.removesuffix("\nbox")
    notebook = jupyter.open([SETUP, ALONE, hidden, "box"])
    notebook.run(0, 1)
    notebook.live_view(1)
    notebook.run(2)
    move_together(notebook, 1)
    notebook.run(3)
    move_together(notebook, 1, 3)


@pytest.mark.parametrize("order", [[1, 2], [2, 1]])
def test_a_widget_that_is_put_into_a_box_that_is_shown_is_in_both_places(jupyter: Jupyter, order: list[Any]) -> None:
    box = "box = ui.VBox(children=[ui.Label(text='in a box')])\nbox"
    cells = {1: ALONE, 2: box}
    notebook = jupyter.open([SETUP, *(cells[n] for n in order), "box.children = [*box.children, slider]"])
    notebook.run_all()
    move_together(notebook, 1, 2)
    for view in (notebook.view(1), notebook.view(2)):
        expect(view.get_by_label("level")).to_have_count(1)
    expect(notebook.view(order.index(2) + 1).get_by_text("in a box")).to_be_visible()


def test_after_a_reload_a_widget_is_alone_and_inside_again(jupyter: Jupyter) -> None:
    notebook = jupyter.open([SETUP, ALONE, BOXED, "slider"])
    notebook.run_all()
    move_together(notebook, 1, 2, 3)
    notebook.reload()
    move_together(notebook, 1, 2, 3)
