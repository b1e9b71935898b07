"""`nbconvert --to jsmodel`, beside `--to html`. That the pages live is in browser/test_stored.py."""

from __future__ import annotations

import copy
import html
import json
import re
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from nbconvert.exporters import HTMLExporter, get_exporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from jsmodel.kernel.exporter import JsmodelExporter

MIME = "application/vnd.jsmodel.view+json"
IMPORT = "from jsmodel import app, event, ui"
SETUP = f"{IMPORT}\napp.init_notebook()"
SLIDER = "slider = ui.Slider(label='stars', max=10, value=2)\nslider"
BOX = "box = ui.VBox(children=[slider])\nbox"
DATA = "import numpy as np\nclass Data(app.Model):\n    class Both:\n        @event.prop\n        def data(self, v=None):\n            return v\ndata = Data(data=np.arange(1000.0))\ndisplay(data, data)"
OLD = "This view was stored by another version of jsmodel, or was damaged, so it does not move."


def execute(*cells: str, folder: Path) -> NotebookNode:
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[new_code_cell(c) for c in cells], metadata={"kernelspec": kernelspec})
    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()
    nbformat.validate(notebook)
    # As it is when it was written and read again.
    return nbformat.reads(nbformat.writes(notebook), as_version=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(folder / "runtime"))
        yield folder


@pytest.fixture(scope="module")
def with_init(folder: Path) -> NotebookNode:
    """A notebook as it should be."""
    return execute(SETUP, SLIDER, BOX, DATA, "slider", "slider.value = 7", folder=folder)


@pytest.fixture(scope="module")
def without_init(folder: Path) -> NotebookNode:
    return execute(IMPORT, SLIDER, BOX, DATA, "slider", "slider.value = 7", folder=folder)


@pytest.fixture(scope="module")
def with_many_inits(folder: Path) -> NotebookNode:
    return execute(SETUP, SLIDER, SETUP, BOX, SETUP, DATA, "slider", "slider.value = 7", folder=folder)


def convert(exporter: type[HTMLExporter], notebook: NotebookNode, **options: Any) -> str:
    return exporter(**options).from_notebook_node(notebook)[0]


def fragments(page: str, kind: str) -> list[dict[str, Any]]:
    found = re.findall(rf"<div class=\"jsm-{kind}\" data-jsmodel='([^']*)'>", page)
    return [json.loads(text) for text in found]


def test_nbconvert_knows_the_exporter_by_its_name() -> None:
    assert get_exporter("jsmodel") is JsmodelExporter


@pytest.mark.parametrize("which", ["with_init", "without_init", "with_many_inits"])
def test_runtime_and_code_are_stored_once_and_each_state_once(
    request: pytest.FixtureRequest, folder: Path, which: str
) -> None:
    notebook = request.getfixturevalue(which)
    page, plain = convert(JsmodelExporter, notebook), convert(HTMLExporter, notebook)
    assert page.count("data-runtime=") == 1
    assert plain.count("data-runtime=") == {"with_init": 1, "without_init": 5, "with_many_inits": 3}[which]
    (code,) = fragments(page, "code")
    names = [asset["name"] for asset in code["code"]]
    assert len(names) == len(set(names)) and "__main__.js" in names and "jsmodel.ui._slider.js" in names
    views = fragments(page, "embed")
    assert [view["root"] for view in views] == ["m1", "m2", "m3", "m3", "m1"]
    states = [state for view in views for state in view["models"]]
    assert sorted(state["id"] for state in states) == ["m1", "m2", "m3"]
    assert [s["props"]["value"] for s in states if s["id"] == "m1"] == [7]  # as it was in the end
    assert sum(len(view["buffers"]) for view in views) == 1
    assert len(page) < len(plain) - 10_000  # the array at least is there once less


def test_how_much_smaller_it_is_where_every_output_would_carry_its_code(without_init: NotebookNode) -> None:
    page, plain = convert(JsmodelExporter, without_init), convert(HTMLExporter, without_init)
    bare = convert(HTMLExporter, new_notebook())
    assert len(page) - len(bare) < (len(plain) - len(bare)) / 3


def test_both_pages_show_the_state_at_the_end_of_the_run(with_init: NotebookNode) -> None:
    for exporter in (HTMLExporter, JsmodelExporter):
        page = convert(exporter, with_init)
        assert re.findall(r"<input[^>]*type=['\"]range['\"][^>]*>", page)
        for found in re.findall(r"<input[^>]*type=['\"]range['\"][^>]*>", page):
            assert re.search(r"value=['\"]7['\"]", found)


def test_the_notebook_itself_stays_as_it_is(with_init: NotebookNode) -> None:
    before = copy.deepcopy(with_init)
    convert(JsmodelExporter, with_init)
    assert with_init == before


def test_execute_works_with_it(folder: Path) -> None:
    notebook = execute(folder=folder)
    notebook.cells = [new_code_cell(SETUP), new_code_cell(SLIDER), new_code_cell("slider.value = 9")]
    from traitlets.config import Config

    page, _ = JsmodelExporter(config=Config({"ExecutePreprocessor": {"enabled": True}})).from_notebook_node(notebook)
    (view,) = fragments(page, "embed")
    assert view["models"][0]["props"]["value"] == 9


def test_nothing_of_ours_is_in_the_metadata_of_a_run(with_init: NotebookNode) -> None:
    assert "widgets" not in with_init.metadata
    assert not [o for cell in with_init.cells for o in cell.outputs if o.output_type == "stream"]


def test_a_notebook_without_models_is_that_of_html(folder: Path) -> None:
    notebook = execute("1 + 1", folder=folder)
    assert convert(JsmodelExporter, notebook) == convert(HTMLExporter, notebook)


def test_sanitised_pages_show_the_pictures_and_no_code(with_init: NotebookNode) -> None:
    for exporter in (HTMLExporter, JsmodelExporter):
        page = convert(exporter, with_init, sanitize_html=True)
        shown = html.unescape(re.sub(r"<[^>]*>", "", page.partition("<body")[2]))
        assert "stars" in shown and "array([" in shown
        assert "jsmodel.module" not in page and "data-jsmodel" not in page and "data-runtime" not in page


V0 = '<div id="jsm-1" class="jsm-embed"><div class="jsm-static"><div>stars 2</div></div><script type="application/json">{"ops":[]}</script></div>'


def damage(text: str, how: str) -> str:
    if how == "older":
        return V0
    if how == "newer":
        return text.replace('"v":1', '"v":99')
    if how == "cut":
        return text[: len(text) // 2]
    if how == "garbled":
        return text.replace('"key":', '"key')
    if how == "forged":
        return re.sub(r'"models":\[.*?\],"buffers"', '"models":[7],"buffers"', text)
    return text.replace('"i":0', '"i":5')


@pytest.mark.parametrize("how", ["older", "newer", "cut", "garbled", "forged", "misnumbered"])
def test_an_output_that_cannot_be_read_is_left_readable_with_a_sentence(with_init: NotebookNode, how: str) -> None:
    notebook = copy.deepcopy(with_init)
    output = notebook.cells[3].outputs[1]
    before = output["data"]["text/html"]
    output["data"]["text/html"] = damage(before, how)
    assert output["data"]["text/html"] != before
    page = convert(JsmodelExporter, notebook)
    assert page.count(OLD) == 1
    assert [view["root"] for view in fragments(page, "embed")] == ["m1", "m2", "m3", "m1"]  # the others live
    dead = page[: page.index(OLD)].rpartition("jp-OutputArea-output")[2]
    shown = {"older": "stars 2", "cut": html.escape("<Data #m3>")}.get(how, "array([")
    assert shown in dead


def test_an_output_without_html_is_left_readable(with_init: NotebookNode) -> None:
    notebook = copy.deepcopy(with_init)
    del notebook.cells[1].outputs[0]["data"]["text/html"]
    page = convert(JsmodelExporter, notebook)
    assert "&lt;Slider #m1&gt;" in page and page.count(OLD) == 1


def test_a_view_that_was_too_large_keeps_its_picture_and_what_it_says(folder: Path) -> None:
    large = DATA.replace("np.arange(1000.0)", "bytes(9 * 2**20)").replace("display(data, data)", "display(data)")
    page = convert(JsmodelExporter, execute(SETUP, large, folder=folder))
    (view,) = fragments(page, "embed")
    assert "models" not in view and OLD not in page
    assert "The values of this view have 9 MiB, which is too much to be stored in a notebook" in page


def test_html_in_lines_is_read_too(with_init: NotebookNode) -> None:
    notebook = copy.deepcopy(with_init)
    data = notebook.cells[1].outputs[0]["data"]
    data["text/html"] = [data["text/html"][:50], data["text/html"][50:]]
    views = fragments(convert(JsmodelExporter, notebook), "embed")
    assert [view["root"] for view in views] == ["m1", "m2", "m3", "m3", "m1"]
