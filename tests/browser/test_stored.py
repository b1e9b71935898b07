"""Notebooks that were stored: not trusted ones, and those that nbconvert turned into a page."""

from __future__ import annotations

import copy
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
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


def convert(source: Path, to: str, home: Path, *, execute: bool = True) -> Path:
    """Convert a notebook with nbconvert, as people do."""
    out = home / f"converted-{to}{'.ipynb' if to == 'notebook' else '.html'}"
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", to, "--output", str(out), str(source)]
    command += ["--execute"] if execute else []
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
    expect(page.locator(".jsm-Slider output")).to_have_text("8")  # a later cell of it has set 7


PLOT = """
import numpy as np

class Plot(app.Model):
    class Both:
        @event.prop
        def data(self, v=None):
            return v
        @event.prop
        def raw(self, v=None):
            return v
        @event.prop
        def text(self, v=""):
            return str(v)
    class JS:
        @event.connect("data", "raw")
        def on_data(self, *events):
            self.text = f"{len(self.data)} values, sum {sum(list(self.data))}, {len(self.raw)} bytes"

plot = Plot(data=np.arange(5.0), raw=b"abc")
plot
"""
MORE = [
    "display(stars, stars.slider)",  # the box again, and a widget of it by itself
    "stars.slider.value = 5",  # the end of the run
    "plot.data = np.arange(7.0)",
]


@pytest.fixture(scope="module", params=["html", "jsmodel"])
def page_of_many(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, jupyter_server: Jupyter
) -> Path:
    """Several views, arrays, the same model more than once."""
    notebook = jupyter_server.write([SETUP, STARS, PLOT, *MORE])
    return convert(notebook, request.param, tmp_path_factory.mktemp("many"))


def test_views_of_one_model_move_together_from_the_state_at_the_end(page_of_many: Path, tab: Tabs) -> None:
    page = tab.open()
    tab.offline()
    page.goto(page_of_many.as_uri())
    sliders = page.get_by_label("stars")
    expect(sliders).to_have_count(3)
    for number in range(3):
        expect(sliders.nth(number)).to_have_value("5")
    expect(page.get_by_text("stars: *****", exact=True)).to_have_count(2)
    for number, stars in enumerate([6, 7, 8]):
        sliders.nth(number).focus()
        page.keyboard.press("ArrowRight")
        for other in range(3):
            expect(sliders.nth(other)).to_have_value(str(stars))
        expect(page.get_by_text("stars: " + "*" * stars, exact=True)).to_have_count(2)
    page.get_by_label("name").nth(1).fill("Grace")
    expect(page.get_by_label("name").nth(0)).to_have_value("Grace")


def test_arrays_and_bytes_are_in_a_page_of_nbconvert(page_of_many: Path, tab: Tabs) -> None:
    page = tab.open()
    tab.offline()
    page.goto(page_of_many.as_uri())
    expect(page.get_by_label("text")).to_have_value("7 values, sum 21, 3 bytes")


@pytest.mark.parametrize("to", ["html", "jsmodel"])
def test_a_notebook_without_init_notebook_is_alive_too(to: str, jupyter: Jupyter, tab: Tabs, tmp_path: Path) -> None:
    notebook = jupyter.write(["from jsmodel import app, event, ui", STARS, PLOT, "stars"])
    page = tab.open()
    tab.offline()
    page.goto(convert(notebook, to, tmp_path).as_uri())
    expect(page.get_by_text("stars: **", exact=True)).to_have_count(2)
    page.get_by_label("stars").nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("stars: ***", exact=True)).to_have_count(2)


def test_outputs_of_two_kernels_in_one_page_keep_apart(jupyter: Jupyter, tab: Tabs, tmp_path: Path) -> None:
    """Somebody restarted the kernel and ran a part of the notebook: both sessions have an m1."""
    one = nbformat.read(convert(jupyter.write([SETUP, STARS]), "notebook", tmp_path), 4)
    two = nbformat.read(convert(jupyter.write([SETUP, PLOT]), "notebook", tmp_path), 4)
    both = tmp_path / "both.ipynb"
    # What the first kernel's init_notebook() had put out is gone; its view says so and stays readable.
    one.cells += [two.cells[1], *copy.deepcopy(one.cells[1:2])]
    for cell in one.cells:
        cell.id = nbformat.v4.new_code_cell().id
    lost = copy.deepcopy(two.cells[1])
    html = lost.outputs[0]["data"]["text/html"]
    lost.outputs[0]["data"]["text/html"] = html.replace('"key":"', '"key":"x')
    lost.id = "lost"
    one.cells += [two.cells[0], lost]
    nbformat.write(one, both)
    for to in ("html", "jsmodel"):
        page = tab.open(convert(both, to, tmp_path, execute=False).as_uri())
        expect(page.get_by_text("stars: **", exact=True)).to_have_count(2)
        expect(page.get_by_label("text")).to_have_value("5 values, sum 10, 3 bytes")
        expect(page.get_by_text("The code of this view is not in this page, so it does not move.")).to_have_count(1)
        expect(page.get_by_text("array([0., 1., 2., 3., 4.])")).to_be_visible()  # its picture


@pytest.mark.parametrize("damage", ["older", "cut"])
def test_an_output_that_cannot_be_read_stays_readable_with_a_sentence(
    damage: str, stored: Path, tab: Tabs, tmp_path: Path
) -> None:
    notebook = nbformat.read(stored, 4)
    data = notebook.cells[1].outputs[0]["data"]
    if damage == "older":
        data["text/html"] = data["text/html"].replace('"v":1', '"v":99')
    else:
        data["text/html"] = data["text/html"].replace('"models":', '"models"')
    nbformat.write(notebook, tmp_path / "damaged.ipynb")
    page = tab.open(convert(tmp_path / "damaged.ipynb", "html", tmp_path, execute=False).as_uri())
    expect(page.get_by_text("This view was stored by another version of jsmodel, so it does not move.")).to_be_visible()
    expect(page.get_by_text("Python said: <b>ready</b>", exact=True)).to_be_visible()


def test_saving_a_notebook_stores_the_values_of_now_and_live_views_do_not_flicker(
    jupyter: Jupyter, tab: Tabs, tmp_path: Path
) -> None:
    notebook = jupyter.open([SETUP, STARS, "stars.slider.value = 7"])
    notebook.run(0, 1)
    view = notebook.live_view(1)
    node = view.element_handle()
    view.locator("input[type=range]").evaluate("node => { node.dataset.mark = 'the same' }")
    notebook.run(2)
    expect(view.get_by_text("stars: *******", exact=True)).to_be_visible()
    expect(view.locator("input[type=range]")).to_have_attribute("data-mark", "the same")
    assert node is not None and node.evaluate("node => node.isConnected")
    notebook.save()
    page = tab.open()
    page.goto(convert(notebook.path, "html", tmp_path, execute=False).as_uri())
    expect(page.get_by_label("stars")).to_have_value("7")


@pytest.mark.parametrize("tab", [{"java_script_enabled": False}], indirect=True)
def test_a_page_of_the_jsmodel_exporter_is_readable_without_scripts(stored: Path, tab: Tabs, tmp_path: Path) -> None:
    page = tab.open(convert(stored, "jsmodel", tmp_path, execute=False).as_uri())
    expect(page.get_by_text("Python said: <b>ready</b>", exact=True)).to_be_visible()
    expect(page.locator("input[type=range]")).to_have_value("2")
