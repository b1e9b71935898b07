"""Notebooks that were stored: not trusted ones, and those that nbconvert turned into a page."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import NOTEBOOKS, Jupyter, Tabs, jupyter_environment
from .test_hello import SETUP

STARS = """
class Stars(ui.VBox):
    def init(self):
        self.slider = ui.Slider(label="stars", max=10, value=2)
        self.note = ui.Label()
        self.edit = ui.LineEdit(label="name", text="Ada")
        self.answer = ui.Label(text="Python said: <b>ready</b>")

    class JS:
        @event.connect("slider.value")
        def on_value(self, *events):
            self.note.text = "stars: " + "*" * self.slider.value

stars = Stars()
stars
"""


def convert(source: Path, to: str, home: Path) -> Path:
    """Execute a notebook with nbconvert, as people do."""
    out = home / f"converted{'.html' if to == 'html' else '.ipynb'}"
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", to, "--execute", "--output", str(out), str(source)]
    done = subprocess.run(command, env=jupyter_environment(home), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, jupyter_server: Jupyter) -> Path:
    """The notebook of stars with its outputs, executed by somebody else."""
    return convert(jupyter_server.write([SETUP, STARS]), "notebook", tmp_path_factory.mktemp("stored"))


@pytest.fixture(scope="module")
def page_of_stars(tmp_path_factory: pytest.TempPathFactory, stored: Path) -> Path:
    """The same as a page."""
    return convert(stored, "html", tmp_path_factory.mktemp("page"))


def test_in_a_notebook_that_is_not_trusted_no_script_runs_and_the_view_is_readable(
    jupyter: Jupyter, stored: Path
) -> None:
    path = jupyter.write(stored)
    notebook = jupyter.open(path)
    output = notebook.output(1)
    expect(output).to_contain_text("stars")
    expect(output).to_contain_text("Python said: <b>ready</b>")
    notebook.page.wait_for_timeout(1000)  # time for a script to do something
    expect(notebook.page.locator(".jsm-view")).to_have_count(0)
    expect(notebook.page.locator(".jp-OutputArea script")).to_have_count(0)
    assert notebook.page.evaluate("() => globalThis.jsmodel?.stored === undefined")
    expect(output).not_to_contain_text("stars: **")  # that line is made by JavaScript

    notebook.run(0, 1)  # now the person has trusted it
    expect(notebook.live_view(1)).to_contain_text("stars: **")


def test_a_page_of_nbconvert_is_alive_without_a_network(page_of_stars: Path, tab: Tabs) -> None:
    page = tab.open()
    tab.offline()
    page.goto(page_of_stars.as_uri())
    slider = page.get_by_label("stars")
    expect(page.get_by_text("stars: **", exact=True)).to_be_visible()
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("stars: ***", exact=True)).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_text("stars: " + "*" * 10, exact=True)).to_be_visible()
    expect(page.get_by_label("name")).to_have_value("Ada")
    expect(page.get_by_text("Python said: <b>ready</b>", exact=True)).to_be_visible()
    expect(page.locator(".jsm-view")).to_have_attribute("data-status", "static")


@pytest.mark.parametrize("tab", [{"java_script_enabled": False}], indirect=True)
def test_a_page_of_nbconvert_is_readable_without_scripts(page_of_stars: Path, tab: Tabs) -> None:
    page = tab.open(page_of_stars.as_uri())
    expect(page.get_by_text("Python said: <b>ready</b>", exact=True)).to_be_visible()
    expect(page.locator("input[type=range]")).to_have_value("2")
    expect(page.locator("input[type=range]")).to_be_disabled()
    expect(page.locator("input[value=Ada]")).to_be_disabled()


def test_the_hello_notebook_survives_nbconvert(tmp_path: Path, tab: Tabs) -> None:
    source = tmp_path / "hello.ipynb"
    shutil.copy(NOTEBOOKS / "01_hello.ipynb", source)
    page = tab.open()
    tab.offline()
    page.goto(convert(source, "html", tmp_path).as_uri())
    slider = page.get_by_label("count")
    expect(slider).to_be_visible()
    expect(page.locator(".jsm-view").get_by_text("JavaScript says:")).to_be_visible()
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".jsm-Slider output")).to_have_text("1")
