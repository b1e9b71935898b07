"""`init_notebook()` and what it leaves in outputs, in a real kernel."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbclient
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from .conftest import COUNTER, SETUP, Kernel

MIME = "application/vnd.jsmodel.view+json"
NO_PAGE = "No page has connected to this kernel."


def test_init_notebook_may_be_called_twice(kernel: Kernel) -> None:
    first = kernel.run(SETUP)
    page = kernel.open_page()
    page.welcomed()
    second = kernel.run(SETUP)
    for outcome in (first, second):
        assert [b["text/plain"] for b in outcome.bundles] == [
            "jsmodel is ready: models show themselves in this notebook."
        ]
    assert first.bundles[0][MIME]["session"] == second.bundles[0][MIME]["session"]
    kernel.run(COUNTER)
    model_id = kernel.run("counter.id").text.strip("'")
    page.wait(lambda: model_id in page.models, "the model did not come")
    page.ask({"op": "set", "id": model_id, "props": {"count": 3}})
    assert kernel.run("counter.seen").text == "[0, 3]"  # once, though init_notebook() ran twice


def test_an_output_holds_the_view_a_static_page_and_a_line_of_text(kernel: Kernel) -> None:
    kernel.run(SETUP)
    (bundle,) = kernel.run(COUNTER).of("display_data")
    data = bundle["data"]
    assert set(data) == {MIME, "text/html", "text/plain"}
    assert data[MIME]["id"] == "m1"
    assert "<dt>count</dt><dd>0</dd>" in data["text/html"]
    assert "app.init_notebook()" not in data["text/html"].partition("<script")[0]
    assert data["text/plain"].count("\n") == 0


def test_the_static_page_shows_what_handlers_made_of_the_first_values(kernel: Kernel) -> None:
    kernel.run(SETUP)
    code = "class Double(app.Model):\n    @event.connect('count')\n    def on_count(self, *events):\n        self.double = 2 * self.count\n    class Both:\n        @event.prop\n        def count(self, v=21):\n            return int(v)\n        @event.prop\n        def double(self, v=0):\n            return int(v)\nDouble()"
    html = kernel.run(code).of("display_data")[0]["data"]["text/html"]
    assert "<dt>double</dt><dd>42</dd>" in html


def test_a_model_displayed_without_init_notebook_works_and_says_what_to_run(kernel: Kernel) -> None:
    outcome = kernel.run("from jsmodel import app, event, ui\n" + COUNTER)
    data = outcome.of("display_data")[0]["data"]
    assert re.search(r"Run <code>app\.init_notebook\(\)</code> once, and this cell again", data["text/html"])
    page = kernel.open_page()
    page.welcomed()
    page.wait(lambda: data[MIME]["id"] in page.models, "the model did not come")
    page.ask({"op": "set", "id": data[MIME]["id"], "props": {"count": 3}})
    assert kernel.run("counter.count").text == "3"


def impatient(patience: float) -> str:
    return f"from jsmodel import app\nfrom jsmodel.kernel.notebook import Notebook\nNotebook.PATIENCE = {patience}\napp.init_notebook()"


def test_where_no_page_connects_a_person_is_told_why_and_what_to_do(kernel: Kernel) -> None:
    outcome = kernel.run(impatient(0.2), person=True)
    assert NO_PAGE not in str(outcome.of("display_data"))  # not before a moment has passed

    def told() -> list[str]:
        messages = kernel.said + outcome.messages
        return [m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "update_display_data"]

    kernel.wait(lambda: bool(told()), "nobody was told")
    assert told() == [
        "No page has connected to this kernel. The jsmodel extension is missing in JupyterLab, or the page is older than it. "
        "Run 'pip install jsmodel' where JupyterLab runs, reload the page, and run this cell again."
    ]


def test_a_program_that_runs_the_notebook_is_not_told_that_no_page_connects(kernel: Kernel) -> None:
    outcome = kernel.run(impatient(0.2), person=False)
    later = kernel.run("import time; time.sleep(1)")
    assert NO_PAGE not in str([outcome.messages, later.messages, kernel.said])


def test_where_a_page_says_hello_nobody_is_told_that_none_does(kernel: Kernel) -> None:
    outcome = kernel.run(impatient(4.0), person=True)
    kernel.open_page().welcomed()
    later = kernel.run("import time; time.sleep(4.5)", person=True)
    assert NO_PAGE not in str([outcome.messages, later.messages, kernel.said])


def test_where_a_page_was_there_before_init_notebook_nobody_waits_for_one(kernel: Kernel) -> None:
    kernel.run(SETUP)
    kernel.open_page().welcomed()
    outcome = kernel.run(impatient(0.1), person=True)
    later = kernel.run("import time; time.sleep(0.6)", person=True)
    assert NO_PAGE not in str([outcome.messages, later.messages, kernel.said])


def test_a_notebook_that_nbclient_executes_gets_no_widgets_in_its_metadata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(
        cells=[new_code_cell(SETUP), new_code_cell(COUNTER), new_code_cell("counter.count = 5")],
        metadata={"kernelspec": kernelspec},
    )
    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert "widgets" not in notebook.metadata
    assert MIME in notebook.cells[1].outputs[0]["data"]
    assert not [
        o for cell in notebook.cells for o in cell.outputs if o.output_type == "stream"
    ]  # and not a word on stderr


@pytest.mark.parametrize(
    ("program", "where"),
    [(["-c"], "a Python process without a notebook"), (["-m", "IPython", "--colors=NoColor", "-c"], "plain IPython")],
)
def test_init_notebook_elsewhere_says_what_to_use_there(tmp_path: Path, program: list[str], where: str) -> None:
    env = {**os.environ, "IPYTHONDIR": str(tmp_path)}
    command = [sys.executable, *program, "from jsmodel import app; app.init_notebook()"]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert (
        f"NotebookError: init_notebook() was called in {where}. It makes models live in the outputs of JupyterLab and Notebook. "
        "Use app.init_interactive() at a prompt, and app.serve() with app.start() in a script."
    ) in done.stdout + done.stderr


def test_a_server_that_is_stopped_in_a_notebook_leaves_the_notebook_its_loop(kernel: Kernel) -> None:
    kernel.run(SETUP)
    kernel.run("from jsmodel.event import loop\nhome = loop.home\napp.create_server(port=0)\napp.start()")
    kernel.run("app.stop()\nimport asyncio\nawait asyncio.sleep(0.5)")
    assert kernel.run("home is not None and loop.home is home").text == "True"


def test_a_long_chain_of_models_is_displayed(kernel: Kernel) -> None:
    kernel.run(SETUP)
    made = "box = ui.VBox()\nfor _ in range(400):\n    box = ui.VBox(children=[box])\n"
    kernel.run(made + "from jsmodel.snapshot import reachable")
    assert kernel.run("len(reachable(box))").text == "401"
