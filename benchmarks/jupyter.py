"""A JupyterLab server of an environment, and notebooks that are open in it."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from .measure import START_SECONDS, end, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["Jupyter", "jupyter"]

IDLE = "globalThis.jupyterapp?.shell?.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'"
QUIET = '{"fetchNews": "false", "checkForUpdates": false}'  # else a box asks, and lies over the page

#: From Shift+Enter until a slider is there: what the person who ran the cell waits for.
WATCH = """() => {
  window.__shown = null;
  const old = __probe.slider();
  document.addEventListener('keydown', function pressed(event) {
    if (event.key !== 'Enter' || !event.shiftKey) return;
    document.removeEventListener('keydown', pressed, {capture: true});
    const start = performance.now();
    window.__shown = (async () => {
      for (;;) {
        const slider = __probe.slider();
        if (slider && slider !== old && __probe.label() !== null && slider.getBoundingClientRect().width) return performance.now() - start;
        if (performance.now() - start > 30000) throw new Error('no slider came');
        await __probe.sleep(2);
      }
    })();
  }, {capture: true});
}"""


class Jupyter:
    """A JupyterLab server."""

    def __init__(self, url: str, token: str, root: Path) -> None:
        self._url = url
        self._token = token
        self._root = root

    def write(self, code: str) -> str:
        """Put a notebook of one cell where it is served; the address that opens it."""
        name = f"nb{secrets.token_hex(4)}.ipynb"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(new_notebook(cells=[new_code_cell(code)], metadata={"kernelspec": kernel}), self._root / name)
        return f"{self._url}/lab/workspaces/{name[:-6]}/tree/{name}?token={self._token}"

    def open(self, page: Page, code: str) -> None:
        """Open a notebook of one cell in `page`, and wait for its kernel."""
        page.set_default_timeout(60_000)
        page.goto(self.write(code))
        page.wait_for_function(IDLE)
        page.wait_for_timeout(1500)  # so long the page ignores Shift+Enter

    def answers(self) -> bool:
        """Whether it is up."""
        request = urllib.request.Request(f"{self._url}/api/status", headers={"Authorization": f"token {self._token}"})
        try:
            with urllib.request.urlopen(request, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False


def run_cell(page: Page) -> float:
    """Press Shift+Enter in the first cell; milliseconds until its slider is there."""
    page.click(".jp-Notebook .jp-Cell .cm-content")
    page.evaluate(WATCH)
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("window.__shown !== null")
    took: float = page.evaluate("window.__shown")
    return took


@contextlib.contextmanager
def jupyter(python: str = sys.executable, *more: str, folder: Path | None = None) -> Iterator[Jupyter]:
    """A JupyterLab server that needs and leaves nothing in a home folder.

    Args:
        python: The interpreter of the environment that has it.
        more: Further arguments for it.
        folder: What its kernels can import from.
    """
    with tempfile.TemporaryDirectory(prefix="jsmodel-bench-", ignore_cleanup_errors=True) as temp:
        home, root = Path(temp, "home"), Path(temp, "root")
        notes = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
        notes.parent.mkdir(parents=True)
        notes.write_text(QUIET)
        root.mkdir()
        port, token = free_port(), secrets.token_hex(16)
        flags = [
            "--no-browser",
            "--ip=127.0.0.1",
            f"--port={port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={root}",
            f"--IdentityProvider.token={token}",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--LabApp.extension_manager=readonly",
            "--expose-app-in-browser",
            *more,
        ]
        flags += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        server = Jupyter(f"http://127.0.0.1:{port}", token, root)
        with open(Path(temp, "log"), "w") as log:
            process = subprocess.Popen(
                [python, "-m", "jupyterlab", *flags], env=_environ(home, folder), cwd=root, stdout=log, stderr=log
            )
            try:
                deadline = time.monotonic() + START_SECONDS
                while not server.answers():
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise RuntimeError(
                            f"JupyterLab did not start. It said:\n{Path(temp, 'log').read_text()[-3000:]}"
                        )
                    time.sleep(0.1)
                yield server
            finally:
                end(process)


def _environ(home: Path, folder: Path | None) -> dict[str, Any]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON"))}
    if folder is not None:
        env["PYTHONPATH"] = str(folder)
    return env | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
