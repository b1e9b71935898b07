"""`make demo`: opens JupyterLab on the hello notebook, or drives it without a window.

With a screen, JupyterLab opens in your browser; Ctrl+C ends it. With HEADLESS=1,
or where there is no browser to open, the same notebook is run in a headless
Chromium: the slider is moved, the answer that Python computed is read back from
the page, and a picture is saved as demo.png.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "notebooks" / "01_hello.ipynb"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def lab_command(folder: Path, port: int, token: str, *, browser: bool) -> list[str]:
    """How JupyterLab is started, on this machine only."""
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        str(folder / NOTEBOOK.name),
        "--ip=127.0.0.1",
        f"--port={port}",
        f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    return command if browser else [*command, "--no-browser"]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def has_screen() -> bool:
    """Whether there is a browser to open."""
    if os.environ.get("HEADLESS", "") not in ("", "0"):
        return False
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until JupyterLab listens."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"JupyterLab did not start. Its last words were:\n{log.read_text()[-2000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"JupyterLab did not answer within 90 seconds. Its last words were:\n{log.read_text()[-2000:]}")


def with_window() -> None:
    """Open JupyterLab in the browser, until Ctrl+C."""
    with tempfile.TemporaryDirectory(prefix="jsmodel-demo-") as name:
        folder = Path(name)
        shutil.copy(NOTEBOOK, folder)
        print(
            "Opening JupyterLab on the hello notebook: run its cells with Shift+Enter, and move the slider. Ctrl+C ends it."
        )
        try:
            subprocess.run(lab_command(folder, free_port(), secrets.token_hex(16), browser=True), check=False)
        except KeyboardInterrupt:
            print("\nThe demo has ended.")


def find_chromium() -> str | None:
    """The browser of the demo without a window: that of $CHROMIUM, or the system's."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def without_window() -> None:
    """Drive the notebook in a headless Chromium, and say what happened."""
    from playwright.sync_api import sync_playwright

    chromium = find_chromium()
    if chromium is None:
        subprocess.run(
            [ROOT / "scripts" / "ensure_chromium.sh"], check=False
        )  # it installs one where it can, or says how
        chromium = find_chromium()
    if chromium is None:
        raise SystemExit(1)
    with tempfile.TemporaryDirectory(prefix="jsmodel-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        work = folder / "work"
        work.mkdir()
        shutil.copy(NOTEBOOK, work)
        port, token, log = free_port(), secrets.token_hex(16), folder / "jupyterlab.log"
        env = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        print("Starting JupyterLab …", flush=True)
        with log.open("wb") as out:
            lab = subprocess.Popen(
                lab_command(work, port, token, browser=False),
                stdout=out,
                stderr=subprocess.STDOUT,
                env=env,
                start_new_session=True,
            )
        try:
            wait_for(port, lab, log)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=CHROMIUM_FLAGS)
                page = browser.new_page(viewport={"width": 1100, "height": 1180})
                page.set_default_timeout(30_000)
                page.goto(f"http://127.0.0.1:{port}/lab/tree/{NOTEBOOK.name}?token={token}&reset")
                page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
                page.wait_for_timeout(1500)
                print("Running the cells …", flush=True)
                page.locator(".jp-CodeCell .cm-content").first.click()
                for _ in range(7):
                    page.keyboard.press("Shift+Enter")
                    page.wait_for_timeout(200)
                page.wait_for_function(
                    "document.querySelector('.jsm-VBox')?.innerText.includes('Python says: 7 squared is 49')"
                )
                print("  Python set the slider to 7, and the page followed.")
                slider = page.locator(".jsm-Slider input").first
                slider.scroll_into_view_if_needed()
                before = time.perf_counter()
                for _ in range(5):
                    slider.press("ArrowRight")
                page.wait_for_function(
                    "document.querySelector('.jsm-VBox').innerText.includes('Python says: 12 squared is 144')"
                )
                print(
                    f"  The slider was moved to 12 with the arrow keys ({1000 * (time.perf_counter() - before):.0f} ms until the answer)."
                )
                said = re.findall(
                    r"(?:Python|JavaScript) says: .*", page.locator(".jsm-view .jsm-VBox").first.inner_text()
                )
                for line in said:
                    print(f"  The page shows: {line}")
                page.locator(".jp-OutputArea-output .jsm-view").last.scroll_into_view_if_needed()
                page.screenshot(path=ROOT / "demo.png")
                browser.close()
            if said[0] != "Python says: 12 squared is 144":
                raise SystemExit("The demo failed: the page does not show what Python computed.")
            print("Saved demo.png.")
        finally:
            os.killpg(lab.pid, signal.SIGTERM)
            try:
                lab.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(lab.pid, signal.SIGKILL)
                lab.wait()


if __name__ == "__main__":
    if has_screen():
        with_window()
    else:
        without_window()
