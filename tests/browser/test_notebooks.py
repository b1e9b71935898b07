"""The notebooks that come with jsmodel, as people meet them: in JupyterLab, and as pages without a kernel."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import NOTEBOOKS, Jupyter, Tabs
from .test_stored import convert


@pytest.fixture
def page_of(tab: Tabs, tmp_path: Path) -> Callable[[str], Page]:
    """Call it with a name for the page that nbconvert makes of a notebook, opened from the disk with the network off."""

    def open_page(name: str) -> Page:
        source = tmp_path / f"{name}.ipynb"
        source.write_bytes((NOTEBOOKS / source.name).read_bytes())
        page = tab.open()
        tab.offline()
        page.goto(convert(source, "html", tmp_path).as_uri())
        return page

    return open_page


def test_both_sides_as_a_page(page_of: Callable[[str], Page]) -> None:
    page = page_of("02_both_sides")
    views = page.locator(".jsm-view")
    expect(views.nth(0)).to_contain_text("122 °F")  # the state at the end, in both views
    expect(views.nth(1)).to_contain_text("hot")
    word = views.nth(2).get_by_label("A word")
    word.fill("offline")
    expect(word).to_have_value("offline")


def test_events_as_a_page(page_of: Callable[[str], Page]) -> None:
    page = page_of("03_events")
    dice, mixer = page.locator(".jsm-view").nth(0), page.locator(".jsm-view").nth(1)
    expect(dice).to_contain_text("Together: 12")
    dice.get_by_role("button", name="Roll").click()
    expect(dice).to_contain_text(re.compile("[⚀⚁⚂⚃⚄⚅]"))
    mixer.get_by_label("red").fill("0")
    expect(mixer.locator(".jsm-VBox")).to_have_css("border-left-color", "rgb(0, 120, 120)")


def test_assets_and_data_as_a_page(page_of: Callable[[str], Page]) -> None:
    page = page_of("04_assets_and_data")
    spark = page.locator(".spark")
    expect(spark).to_have_text("▁▂▅█▆▃▅▇")
    expect(spark).to_have_css("font-size", "32px")
    picture = page.get_by_alt_text("colors")
    expect(picture).to_have_js_property("naturalWidth", 200)
    expect(picture).to_have_js_property("naturalHeight", 80)


def test_assets_and_data_in_jupyterlab(jupyter: Jupyter) -> None:
    notebook = jupyter.open(NOTEBOOKS / "04_assets_and_data.ipynb")
    notebook.run_all()
    expect(notebook.live_view(1).locator(".spark")).to_have_text("▁▂▅█▆▃▅▇")
    expect(notebook.live_view(2).get_by_alt_text("colors")).to_have_js_property("naturalWidth", 200)
    canvas = notebook.live_view(3).locator("canvas")
    expect(canvas).to_have_attribute("title", "300 numbers of float32")
    drawn = "node => node.getContext('2d').getImageData(0, 0, 300, 100).data.some((v) => v > 0)"
    assert canvas.evaluate(drawn)


def test_export_as_a_page(page_of: Callable[[str], Page]) -> None:
    page = page_of("05_export")
    quiz = page.locator(".jsm-view").first
    expect(quiz).to_contain_text("How much is 12 times 12?")
    answer = quiz.get_by_label("answer")
    answer.fill("143")
    answer.press("Enter")
    expect(quiz).to_contain_text("No. (1)")
    answer.fill("144")
    answer.press("Enter")
    expect(quiz).to_contain_text("Right, after 2.")
