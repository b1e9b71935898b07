"""One JupyterLab, one Chromium, and people who click and type.

`jupyter` opens notebooks, in JupyterLab or in Notebook 7, on one server that is
shared by the tests of this folder; `serve` runs a script with an app of its own;
`tab` opens anything else. Each test has a browser context of its own, and fails
when a page of it throws, or logs an error that begins with [jsmodel].
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

TIMEOUT = 20_000  # ms; for everything that a page is waited for
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
#: Errors of Notebook 7 itself, whatever is open in it.
OF_NOTEBOOK_7 = [
    r"reading 'schema'\)[\s\S]*/static/notebook/",
    r"'filebrowser:open-path' not registered[\s\S]*/static/notebook/",
]
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

expect.set_options(timeout=TIMEOUT)

# This is a package so that fixtures can be of its scope: while Playwright lives, asyncio takes a loop to be running.


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    tab = getattr(item, "funcargs", {}).get("tab")
    if report.when == "call" and report.failed and isinstance(tab, Tabs):
        report.sections.append(("Screenshots", "\n".join(tab.screenshots())))
    return report


# -- the browser


class Tabs:
    """The pages of one test, and what went wrong in them."""

    def __init__(self, context: BrowserContext, shots: Path) -> None:
        self._context = context
        self._shots = shots
        self._expected = list(OF_NOTEBOOK_7)
        self.errors: list[str] = []

    def open(self, url: str = "about:blank", *, width: int | None = None) -> Page:
        """Open a page in a tab of its own."""
        page = self._context.new_page()
        page.on("pageerror", lambda err: self.errors.append(f"{err.name}: {err.message}\n{err.stack}"))
        page.on("console", self._listen)
        if width is not None:
            page.set_viewport_size({"width": width, "height": 800})
        page.goto(url)
        return page

    def expect_error(self, pattern: str) -> None:
        """Errors in which `pattern` is found belong to this test."""
        self._expected.append(pattern)

    def unexpected(self) -> list[str]:
        """The errors that nobody asked for."""
        return [e for e in self.errors if not any(re.search(p, e) for p in self._expected)]

    def offline(self) -> None:
        """Unplug the network."""
        self._context.set_offline(True)

    def picture(self, page: Page, name: str) -> Path:
        """Photograph a page, for people to look at."""
        path = self._shots / f"{name}.png"
        page.screenshot(path=path)
        return path

    def screenshots(self) -> list[str]:
        """Photograph all pages; returns where the pictures are, and what was logged."""
        lines = []
        for number, page in enumerate(self._context.pages):
            path = self._shots / f"{secrets.token_hex(3)}-{number}.png"
            try:
                page.screenshot(path=path, timeout=5000)
                lines.append(f"{page.url.partition('?')[0]}: {path}")
            except Exception as err:
                lines.append(f"{page.url.partition('?')[0]}: no picture ({err})")
        return lines + self.errors

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and message.text.startswith("[jsmodel]"):
            self.errors.append(message.text)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser that the tests share."""
    with open_chromium() as browser:
        yield browser


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if program is None:
        pytest.fail("There is no Chromium. The tests of this folder open pages in it. Install it, or set CHROMIUM.")
    flags = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
    flags += ["--disable-sync", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags, chromium_sandbox=not _is_root())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where pictures are put; it stays after the tests."""
    return Path(tempfile.mkdtemp(prefix="jsmodel-screenshots-"))


@pytest.fixture
def tab(chromium: Browser, shots: Path, request: pytest.FixtureRequest) -> Iterator[Tabs]:
    """Opens pages; options of the context stand in `@pytest.mark.parametrize('tab', [{...}], indirect=True)`."""
    with open_tabs(chromium, shots, **getattr(request, "param", {})) as tabs:
        yield tabs


@contextmanager
def open_tabs(chromium: Browser, shots: Path, **options: Any) -> Iterator[Tabs]:
    """A browser context of one test; nothing may fail in its pages that the test did not expect."""
    context = chromium.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
    context.set_default_timeout(TIMEOUT)
    tabs = Tabs(context, shots)
    try:
        yield tabs
    finally:
        context.close()
    assert not tabs.unexpected(), "Errors in the page:\n" + "\n".join(tabs.unexpected())


# -- JupyterLab and Notebook 7


#: Execution counts begin again with a restart; this count does not.
COUNT_REPLIES = """() => {
  if ('cellsRun' in globalThis) return;
  globalThis.cellsRun = 0;
  jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.anyMessage.connect((_, {msg, direction}) => {
    if (direction === 'recv' && msg.header.msg_type === 'execute_reply') cellsRun += 1;
  });
}"""


def jupyter_environment(home: Path) -> dict[str, str]:
    """The environment of a Jupyter program that shall know no folder of the person's own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON"))}
    return env | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),  # the lab extension is found below sys.prefix all the same
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def drag(slider: Locator, start: float, end: float) -> int:
    """Move a slider with the mouse, from one part of its length to another; returns where it is then."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    mouse, y = slider.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] * start, y)
    mouse.down()
    mouse.move(box["x"] + box["width"] * end, y, steps=5)
    mouse.up()
    return int(slider.input_value())


class Notebook:
    """A notebook that is open in a tab."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.path = path

    def ready(self) -> Notebook:
        """Wait until the kernel is idle, and a moment more: so long the page ignores Shift+Enter."""
        self.page.wait_for_function(
            "() => globalThis.jupyterapp?.shell?.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'"
        )
        self.page.evaluate(COUNT_REPLIES)
        self.page.wait_for_timeout(1000)
        return self

    def code_cell(self, index: int) -> Locator:
        """The code cell of this number; the first is 0."""
        return self.page.locator(".jp-CodeCell").nth(index)

    def start(self, index: int = 0) -> None:
        """Click into a code cell and press Shift+Enter."""
        editor = self.code_cell(index).locator(".cm-content")
        editor.scroll_into_view_if_needed()
        editor.click()
        self.page.keyboard.press("Shift+Enter")

    def finished(self, index: int = 0) -> None:
        """Wait until a cell has run."""
        expect(self.code_cell(index).locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))
        self.page.wait_for_function(
            "() => jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.status === 'idle'"
        )

    def run(self, *indices: int) -> None:
        """Run code cells, one after the other."""
        for index in indices:
            before = self.page.evaluate("() => cellsRun")
            self.start(index)
            self.page.wait_for_function("before => cellsRun > before", arg=before)
            self.finished(index)
            # Shift+Enter moves the focus on to the next cell; what comes after must not lose it to that.
            expect(self.code_cell(index)).not_to_have_class(re.compile("jp-mod-active"))
            expect(self.page.locator(".jp-Cell.jp-mod-active")).to_have_count(1)
            self.page.wait_for_function("() => document.activeElement?.closest('.jp-Cell.jp-mod-active')")

    def run_all(self) -> None:
        """Run all code cells with Shift+Enter, from the first on."""
        self.run(*range(self.page.locator(".jp-CodeCell").count()))

    def output(self, index: int) -> Locator:
        """What a code cell has put out."""
        return self.code_cell(index).locator(".jp-OutputArea")

    def view(self, index: int) -> Locator:
        """The view in the output of a code cell."""
        return self.output(index).locator(".jsm-view")

    def live_view(self, index: int) -> Locator:
        """The same, once it is connected to Python."""
        view = self.view(index)
        expect(view).to_have_attribute("data-status", "live")
        return view

    def save(self) -> None:
        """Press Ctrl+S and wait until the file holds the outputs."""
        before = self.path.stat().st_mtime_ns
        self.page.keyboard.press("Control+s")
        _wait_until(lambda: self.path.stat().st_mtime_ns != before, f"{self.path.name} was not saved.")
        self.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")

    def reload(self) -> Notebook:
        """Save, and load the page again."""
        self.save()
        self.page.reload()
        return self.ready()

    def command(self, name: str, **args: Any) -> None:
        """Start a command of JupyterLab's."""
        self.page.evaluate("([name, args]) => { void jupyterapp.commands.execute(name, args); }", [name, args])


class Jupyter:
    """A JupyterLab server that also serves Notebook 7."""

    def __init__(self, url: str, token: str, root: Path) -> None:
        self.url = url
        self.token = token
        self.root = root
        self.tab: Tabs | None = None  # of the test that runs

    def write(self, cells: list[str] | Path) -> Path:
        """Put a notebook, of these code cells or a copy of a file, where the server finds it."""
        path = self.root / f"nb{secrets.token_hex(4)}.ipynb"
        if isinstance(cells, Path):
            shutil.copy(cells, path)
        else:
            kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
            book = new_notebook(cells=[new_code_cell(c) for c in cells], metadata={"kernelspec": kernel})
            nbformat.write(book, path)
        return path

    def open(self, cells: list[str] | Path, *, face: str = "lab", workspace: str = "") -> Notebook:
        """Open a notebook in a tab of its own.

        Args:
            cells: The sources of its code cells, or a file, which is copied unless the server serves it already.
            face: 'lab' or 'notebook'.
            workspace: Another one, for a second tab of JupyterLab.
        """
        path = cells if isinstance(cells, Path) and cells.parent == self.root else self.write(cells)
        assert self.tab is not None
        where = "notebooks" if face == "notebook" else f"lab/workspaces/{workspace or path.stem}/tree"
        return Notebook(self.tab.open(f"{self.url}/{where}/{path.name}?token={self.token}"), path).ready()

    def end_sessions(self) -> None:
        """A test is over: its kernels end."""
        self.tab = None
        for session in self.api("sessions"):
            self.api(f"sessions/{session['id']}", "DELETE")

    def api(self, path: str, method: str = "GET") -> Any:
        """Ask the server's REST interface."""
        request = urllib.request.Request(
            f"{self.url}/api/{path}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT / 1000) as response:
            text = response.read()
        return json.loads(text) if text else None


@pytest.fixture(scope="package")
def jupyter_server() -> Iterator[Jupyter]:
    """The server process that the tests share."""
    with jupyter_process() as jupyter:
        yield jupyter


@contextmanager
def jupyter_process(*extra: str, base: str = "", config: str = "") -> Iterator[Jupyter]:
    """A server process; it needs and leaves nothing in a home folder.

    Args:
        extra: More of its command line.
        base: What its paths begin with, as in '/user/joe'.
        config: What stands in its jupyter_server_config.py.
    """
    with tempfile.TemporaryDirectory(prefix="jsmodel-lab-", ignore_cleanup_errors=True) as temp:
        home, root = Path(temp, "home"), Path(temp, "root")
        home.mkdir()
        root.mkdir()
        env = jupyter_environment(home)
        notes = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
        notes.parent.mkdir(parents=True)
        (home / "config").mkdir()
        (home / "config" / "jupyter_server_config.py").write_text(config)
        notes.write_text('{"fetchNews": "false", "checkForUpdates": false}')  # else a box asks, and lies over the page
        port, token = _free_port(), secrets.token_hex(16)
        flags = [
            "--no-browser",
            "--ip=127.0.0.1",
            f"--port={port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={root}",
        ]
        flags += [
            f"--IdentityProvider.token={token}",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]
        flags += [
            "--expose-app-in-browser",
            "--JupyterNotebookApp.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly",
        ]
        flags += ["--allow-root"] if _is_root() else []
        flags += [f"--ServerApp.base_url={base}/", *extra]
        jupyter = Jupyter(f"http://127.0.0.1:{port}{base}", token, root)
        with open(Path(temp, "log"), "w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *flags], env=env, cwd=root, stdout=log, stderr=subprocess.STDOUT
            )
            try:
                _wait_until(
                    lambda: process.poll() is not None or _answers(jupyter), "JupyterLab did not start.", seconds=60
                )
                assert process.poll() is None, Path(temp, "log").read_text()
                yield jupyter
            finally:
                end_process(process)


@pytest.fixture
def jupyter(jupyter_server: Jupyter, tab: Tabs) -> Iterator[Jupyter]:
    """Opens notebooks for this test; their kernels end with it."""
    jupyter_server.tab = tab
    yield jupyter_server
    jupyter_server.end_sessions()


# -- served apps


class App:
    """A script in a process of its own that serves an app."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    def stop(self) -> None:
        """Press Ctrl+C."""
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[str, str], App]]:
    """`serve(source, 'Name')` writes a script, runs it, and returns what serves the app of that name."""
    apps: list[App] = []

    def run(source: str, name: str) -> App:
        script = tmp_path / f"script{len(apps)}.py"
        script.write_text(source)
        # stderr goes to a file: a pipe that nobody reads would fill
        log = open(tmp_path / f"script{len(apps)}.log", "w+")
        process = subprocess.Popen(
            [sys.executable, "-u", str(script)], stdout=subprocess.PIPE, stderr=log, text=True, cwd=tmp_path
        )
        assert process.stdout is not None
        app = App(process, "")
        apps.append(app)
        app.url = _find_url(process.stdout, log, name)
        return app

    yield run
    for app in apps:
        end_process(app.process)


def _find_url(stdout: TextIO, log: TextIO, name: str) -> str:
    """The address that the script prints."""
    for line in stdout:
        found = re.search(rf"http://\S+/{name}\b", line)
        if found:
            return found.group()
    log.seek(0)
    pytest.fail(f"The script ended without printing an address:\n{log.read()}")


# -- small things


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _answers(jupyter: Jupyter) -> bool:
    try:
        jupyter.api("status")
    except (urllib.error.URLError, OSError):
        return False
    return True


def _wait_until(condition: Callable[[], bool], otherwise: str, seconds: float = TIMEOUT / 1000) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)


def end_process(process: subprocess.Popen[Any]) -> None:
    """End a process and all that it started."""
    try:
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    except psutil.NoSuchProcess:
        family = []
    if process.poll() is None:
        process.terminate()
    _, alive = psutil.wait_procs(family, timeout=5)
    for one in alive:
        one.kill()
    process.wait(5)
