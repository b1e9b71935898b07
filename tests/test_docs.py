"""The documentation: its site is built without a warning, and its examples do what they say.

What each example is, tests/examples.py tells; those that need a browser are in
tests/browser/test_examples.py.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from importlib.metadata import metadata, version
from pathlib import Path

import examples
import nbclient
import pytest
from nbformat.v4 import new_code_cell, new_notebook

ROOT = examples.ROOT
NOTEBOOK_PAGES = [page for page in examples.PAGES if examples.in_kernel(page)]
SCRIPT_PAGES = [page for page in examples.PAGES if examples.plain_cells(page) and page not in NOTEBOOK_PAGES]
SHELL_PAGES = [page for page in examples.PAGES if any(b.lang == "sh" for b in examples.blocks(page))]
#: Languages that nothing runs: text shows what something looks like, and without a language it is a drawing.
SHOWN = {"", "text"}


def run(command: list[str], folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a program in `folder`, as the reader does; the programs of this environment come first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "PYTHONWARNINGS": "error:::jsmodel", **env}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=90)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built documentation."""
    folder = tmp_path_factory.mktemp("site")
    done = run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        ROOT,
        NO_MKDOCS_2_WARNING="1",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_link_leads_somewhere():
    done = run([sys.executable, "scripts/check_docs.py"], ROOT)
    assert done.returncode == 0, done.stderr


def test_the_site_has_every_page(site):
    built = {p.relative_to(site).with_suffix(".md").as_posix() for p in site.rglob("*.html")}
    assert {p.removeprefix("docs/") for p in examples.PAGES if p != "README.md"} <= built


def test_the_site_asks_no_other_host_for_anything(site):
    asked = {
        (page.name, address)
        for page in site.rglob("*.html")
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page.read_text(encoding="utf-8"))
        for address in re.findall(r'\b(?:src|href)="((?:https?:)?//[^"]*)"', tag)
    }
    assert asked == set()


def test_what_people_call_is_in_the_reference(site):
    from jsmodel import app, errors, event, ui

    text = "".join(p.read_text(encoding="utf-8") for p in (site / "reference").glob("*.html"))
    names = {*app.__all__, *event.__all__, *ui.__all__, *errors.__all__}
    names -= {
        "assets",
        "origin_is",
        "same",
        "brief",
        "file_name",
        "full_name",
        "near",
        "own_frames",
    }  # a page of its own; the machinery's
    assert {name for name in names if not re.search(rf"\b{name}\b", text)} == set()


@pytest.mark.parametrize("page", examples.PAGES)
def test_what_looks_like_code_is_run(page):
    assert {b.lang for b in examples.blocks(page)} <= SHOWN | {"python", "sh"}


@pytest.mark.parametrize("page", SCRIPT_PAGES)
def test_the_examples_of_a_page_do_what_they_say(page, tmp_path):
    done = run([sys.executable, str(ROOT / "tests" / "examples.py"), page, "."], tmp_path)
    assert done.returncode == 0, done.stderr
    came = json.loads(done.stdout.splitlines()[-1])
    for block, printed in zip(examples.plain_cells(page), came["printed"], strict=True):
        assert examples.same(printed, block.prints or ""), f"{block.name} printed:\n{printed}"


@pytest.mark.parametrize("page", NOTEBOOK_PAGES)
def test_the_cells_of_a_page_about_notebooks_run_in_a_kernel(page, tmp_path):
    cells = examples.plain_cells(page)
    examples.lay_out(page, tmp_path)
    book = new_notebook(cells=[new_code_cell(cell.code) for cell in cells])
    nbclient.NotebookClient(
        book, timeout=60, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    shown = 0
    for cell, run_cell in zip(cells, book.cells, strict=True):
        printed = ""
        for output in run_cell.outputs:
            assert output.output_type != "error", f"{cell.name} failed: {output.evalue}"
            data = output.get("data", {})
            shown += "application/vnd.jsmodel.view+json" in data
            if output.output_type == "stream" and output.name == "stdout":
                printed += output.text
            elif "text/html" not in data and cell.prints is not None:  # a page need not repeat each value
                printed += data.get("text/plain", "") + "\n"
        assert examples.same(printed, cell.prints or ""), f"{cell.name} printed:\n{printed}"
    assert shown


@pytest.mark.parametrize("page", SHELL_PAGES)
def test_what_is_typed_in_a_terminal_does_what_the_page_says(page, tmp_path):
    for block in examples.blocks(page):
        examples.lay_out(page, tmp_path, before=block.line)
        if block.lang == "sh" and not block.serves:  # those are in tests/browser/test_examples.py
            printed = "".join(type_line(line, tmp_path) for line in block.code.splitlines() if line.strip())
            if block.prints is not None:
                assert examples.same(printed, block.prints), f"{block.name} printed:\n{printed}"


def type_line(line: str, folder: Path) -> str:
    """What a line at the prompt prints."""
    words = shlex.split(line, comments=True)
    if words[:2] == ["pip", "install"]:
        return check_install(words[2:])
    if words == ["jupyter", "lab"]:
        line = "jupyter lab --version"  # that it opens notebooks is what tests/browser is about
    done = run(["bash", "-c", line], folder, HOME=str(folder))
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def check_install(packages: list[str]) -> str:
    """The tests install nothing: this environment has the packages, and jsmodel has the extras."""
    for package in packages:
        name, _, extra = package.rstrip("]").partition("[")
        assert version(name)
        assert not extra or extra in (metadata(name).get_all("Provides-Extra") or [])
    return ""
