"""What `launch()` opens: the default browser, or a window of its own.

A window of the 'app' kind is Chromium or Chrome in app mode, with a profile of
its own that is removed with it. The address it gets holds a token that works
once, since other users of the machine can read the arguments of a process. One
of the 'desktop' kind needs no browser; `desktop.py` shows it.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import webbrowser
from pathlib import Path

from ..errors import near
from .desktop import DesktopWindow
from .errors import NoRuntime

__all__ = ["Window", "check_runtime", "find_chromium", "open_runtime"]

RUNTIMES = ("browser", "app", "desktop", None)

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "brave-browser",
    "microsoft-edge",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)

#: How long the path of the folder for temporary files may be: Chromium makes a folder with a socket in it, whose path has at most 107 bytes.
LONGEST = 60


class Window:
    """A browser window without the browser around it."""

    trouble = ""

    def __init__(self, program: str, url: str) -> None:
        self._profile = tempfile.mkdtemp(prefix="jsmodel-window-")
        command = [
            program,
            f"--app={url}",
            f"--user-data-dir={self._profile}",
            "--no-first-run",
            "--no-default-browser-check",
        ]
        command += ["--disable-sync", "--disable-background-networking", "--disable-component-update"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # it does not start otherwise
        command[1:1] = shlex.split(os.environ.get("JSMODEL_BROWSER_ARGS", ""))
        quiet = subprocess.DEVNULL
        # In a process group of its own, so that Ctrl+C lets us say goodbye to it first.
        self._process = subprocess.Popen(
            command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True, env=_environment()
        )
        atexit.register(self.close)

    def __repr__(self) -> str:
        return f"<Window, {'open' if self.is_open else 'closed'}>"

    @property
    def is_open(self) -> bool:
        """Whether its process runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """Close the window and remove its profile. Twice is fine."""
        atexit.unregister(self.close)
        if self.is_open:
            self._process.terminate()
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for _ in range(5):  # helpers of the browser may still write for a moment
            shutil.rmtree(self._profile, ignore_errors=True)
            if not Path(self._profile).exists():
                break


def _environment() -> dict[str, str]:
    """That of the browser: it ends at once where the path of its socket would be too long."""
    is_long = os.name == "posix" and len(os.fsencode(tempfile.gettempdir())) > LONGEST
    return {**os.environ, "TMPDIR": "/tmp"} if is_long else dict(os.environ)


def find_chromium() -> str | None:
    """The program that shows windows; the environment variable CHROMIUM names another."""
    wanted = os.environ.get("CHROMIUM")
    if wanted:
        return shutil.which(wanted)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    return next((place for place in PLACES if Path(place).exists()), None)


def check_runtime(runtime: str | None) -> None:
    """Raise `NoRuntime` if this is none of ours, or cannot work here."""
    if runtime is not None and not isinstance(runtime, str) or runtime not in RUNTIMES:
        hint = near(runtime, [one for one in RUNTIMES if one]) if isinstance(runtime, str) else ""
        raise NoRuntime(runtime, f"there is no such runtime.{hint}".rstrip("."))
    if runtime == "app":
        if find_chromium() is None:
            raise NoRuntime(runtime, "Chromium or Chrome was not found")
        if not has_display() and "--headless" not in os.environ.get("JSMODEL_BROWSER_ARGS", ""):
            raise NoRuntime(runtime, "there is no display to show a window on")
    if runtime == "desktop":
        if importlib.util.find_spec("webview") is None:
            raise NoRuntime(
                runtime,
                "pywebview, which shows desktop windows, is not installed",
                instead='Run: pip install "jsmodel[desktop]"',
            )
        if not has_display() and os.environ.get("QT_QPA_PLATFORM") not in ("offscreen", "minimal", "vnc"):
            raise NoRuntime(runtime, "there is no display to show a window on")


def has_display() -> bool:
    """Whether there is a screen; only on Linux may there be none, or one that we are not told of."""
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return not sys.platform.startswith("linux") or bool(display)


def open_runtime(runtime: str | None, url: str, title: str = "jsmodel") -> Window | DesktopWindow | None:
    """Show `url`; returns what has to be closed in the end, if anything."""
    if runtime == "desktop":
        return DesktopWindow(url, title)
    if runtime == "app":
        program = find_chromium()
        assert program is not None, "check_runtime() came first"
        return Window(program, url)
    if runtime == "browser" and webbrowser.open(url):
        return None
    print(f"jsmodel: open {url}", flush=True)
    return None
