"""The notebooks that come with jsmodel: each runs in a real kernel, and becomes a page.

tests/browser/test_notebooks.py opens those pages.
"""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
import pytest
from nbconvert import HTMLExporter

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
MIME = "application/vnd.jsmodel.view+json"

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Call it with the path of a notebook for what is in it after its cells have run."""
    books = {}

    def execute(path):
        if path not in books:
            book = nbformat.read(path, as_version=4)
            resources = {"metadata": {"path": tmp_path_factory.mktemp(path.stem)}}
            nbclient.NotebookClient(book, timeout=60, kernel_name="python3", resources=resources).execute()
            books[path] = book
        return books[path]

    return execute


def outputs(book):
    return [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]


def test_all_five_are_there():
    names = [path.stem for path in NOTEBOOKS]
    assert names == ["01_hello", "02_both_sides", "03_events", "04_assets_and_data", "05_export"]


@each_notebook
def test_a_notebook_is_stored_without_outputs_and_says_what_it_is(path):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    assert outputs(book) == []
    assert {cell.execution_count for cell in book.cells if cell.cell_type == "code"} == {None}
    assert book.cells[0].cell_type == "markdown" and book.cells[0].source.startswith("# ")
    assert book.metadata.kernelspec.name == "python3"


@each_notebook
def test_a_notebook_runs_and_shows_its_models(path, executed):
    book = executed(path)
    assert [o.evalue for o in outputs(book) if o.output_type == "error"] == []
    assert [o.text for o in outputs(book) if o.output_type == "stream" and o.name == "stderr"] == []
    views = [o for o in outputs(book) if MIME in o.get("data", {}) and o.data[MIME].get("kind", "view") == "view"]
    assert views
    assert all(view.data["text/html"] and view.data["text/plain"] for view in views)
    assert "widgets" not in book.metadata


@each_notebook
def test_a_notebook_becomes_a_page_that_holds_its_views(path, executed):
    page, _ = HTMLExporter().from_notebook_node(executed(path))
    assert "jsm-static" in page
    assert executed(path).cells[0].source.removeprefix("# ").splitlines()[0] in page
