"""Takes the pictures of the documentation: docs/images/*.png, from the examples in its pages.

Run it by hand when an example or a widget has changed its looks. It needs what
the tests need: JupyterLab, Playwright and a Chromium.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests")]

import demo  # noqa: E402
import examples  # noqa: E402
import nbformat  # noqa: E402
from nbformat.v4 import new_code_cell, new_notebook  # noqa: E402
from playwright.sync_api import Locator, Page, sync_playwright  # noqa: E402

SETTINGS = {
    "apputils-extension/notification": '{"fetchNews": "false"}',  # else a box asks
    "notebook-extension/tracker": '{"windowingMode": "none"}',  # all cells are there, also those out of sight
}


def write_notebook(page: str, path: Path) -> list[str]:
    """Make a notebook of the cells of a page that show something; returns their code."""
    cells = [block.code.rstrip() for block in examples.plain_cells(page) if not block.calls("export")]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(new_notebook(cells=[new_code_cell(c) for c in cells], metadata={"kernelspec": kernel}), path)
    return cells


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """A JupyterLab on `folder`; its address, into which the path of a notebook is to be put."""
    port, token, log = demo.free_port(), secrets.token_hex(16), folder / "jupyterlab.log"
    work = folder / "work"
    (work / demo.NOTEBOOK.name).write_bytes(demo.NOTEBOOK.read_bytes())
    settings = folder / "settings" / "@jupyterlab"
    for plugin, values in SETTINGS.items():
        file = settings / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(values)
    env = {f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            demo.lab_command(work, port, token, browser=False),
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **env, "JUPYTERLAB_SETTINGS_DIR": str(settings.parent)},
            start_new_session=True,
        )
    try:
        demo.wait_for(port, process, log)
        yield f"http://127.0.0.1:{port}/lab/tree/{{}}?token={token}&reset"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(15)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The app of the tutorial; its address."""
    file = next(b for b in examples.blocks("docs/tutorial.md") if b.title == "counter.py")
    code = file.code + "\nfrom jsmodel import app\napp.create_server(port=0)\napp.serve(Counter)\napp.start()\n"
    (folder / file.title).write_text(code, encoding="utf-8")
    process = subprocess.Popen([sys.executable, "-u", file.title], cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield next(word for word in process.stdout.readline().split() if word.startswith("http"))
    finally:
        process.terminate()
        process.wait(15)


def run_all(page: Page, url: str, count: int) -> None:
    """Open a notebook and run its cells."""
    page.goto(url)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", state="attached")
    page.wait_for_timeout(1500)
    page.locator(".jp-CodeCell .cm-content").first.click()
    for _ in range(count):
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(400)
    last = page.locator(".jp-CodeCell .jp-InputPrompt").nth(count - 1)
    last.filter(has_text=re.compile(r"\[\d+\]")).wait_for(timeout=60_000)
    page.wait_for_timeout(1000)


def output(page: Page, number: int) -> Locator:
    """What a cell put out."""
    return page.locator(".jp-CodeCell").nth(number).locator(".jsm-view").last


def set_slider(view: Locator, value: int) -> None:
    """Move the slider of a view, and wait for what Python says to it."""
    slider = view.locator("input[type=range]")
    slider.fill(str(value))
    view.page.wait_for_timeout(800)
    slider.blur()


def save(path: str, target: Locator | Page, **options: Any) -> None:
    target.screenshot(path=IMAGES / path, **options)
    print(f"{path}: {(IMAGES / path).stat().st_size // 1024} KiB")


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name, sync_playwright() as playwright:
        folder = Path(name)
        (folder / "work").mkdir()
        index = write_notebook("docs/index.md", folder / "work" / "counter.ipynb")
        tutorial = write_notebook("docs/tutorial.md", folder / "work" / "tutorial.ipynb")
        browser = playwright.chromium.launch(executable_path=demo.find_chromium(), args=demo.CHROMIUM_FLAGS)
        with lab(folder) as url:
            page = browser.new_page(viewport={"width": 940, "height": 1000})
            run_all(page, url.format("counter.ipynb"), len(index))
            view = output(page, 1)
            set_slider(view, 7)
            page.keyboard.press("Control+b")  # hides the list of files
            page.wait_for_timeout(500)
            save("notebook.png", page.locator(".jp-CodeCell").nth(1))

            page = browser.new_page(viewport={"width": 800, "height": 900})
            run_all(page, url.format("tutorial.ipynb"), len(tutorial))
            at = {"slider": "slider = ui", "bar": "class Bar", "squares": "class Squares", "both": "class Counter"}
            for picture, text in at.items():
                view = output(page, next(i for i, code in enumerate(tutorial) if text in code))
                if picture != "bar":
                    set_slider(view, 7)
                view.scroll_into_view_if_needed()
                save(f"tutorial-{picture}.png", view)
        with served(folder) as url:
            page = browser.new_page(viewport={"width": 560, "height": 150})
            page.goto(url)
            set_slider(page.locator(".jsm-view").first, 70)
            save("tutorial-served.png", page)
        browser.close()


if __name__ == "__main__":
    main()
