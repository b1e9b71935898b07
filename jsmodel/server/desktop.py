"""A desktop window: pywebview, in a process of its own.

Windows want the main thread of their process, and so does everybody else. So
`DesktopWindow` starts this file as a program, and the two speak in lines of JSON:
what to show goes to its stdin (not to its arguments, which other users of the
machine can read), and how that went comes from its stdout. When stdin ends, the
window closes: no window outlives the program that it belongs to.

The page gets nothing of Python's through pywebview. A window that is led to
another site goes back, and the browser shows that site instead.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

__all__ = ["DesktopWindow", "main"]

SIZE = (1000, 720)


class DesktopWindow:
    """A window without a browser around it, seen from the program that it belongs to."""

    def __init__(self, url: str, title: str) -> None:
        self.trouble = ""  # why it could not be shown
        path = os.pathsep.join(os.path.abspath(folder) for folder in sys.path)  # what we can import, it can
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from jsmodel.server import desktop; desktop.main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl+C lets us say goodbye to it first
        )
        atexit.register(self.close)
        self._say({"url": url, "title": title})
        self._reader = threading.Thread(target=self._read, name="jsmodel window", daemon=True)
        self._reader.start()

    def __repr__(self) -> str:
        return f"<DesktopWindow, {'open' if self.is_open else 'closed'}>"

    @property
    def is_open(self) -> bool:
        """Whether its process runs."""
        if self._process.poll() is None:
            return True
        self._reader.join(1.0)  # its last words count
        return False

    def close(self) -> None:
        """Close the window. Twice is fine."""
        atexit.unregister(self.close)
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _say(self, words: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # it ended at once; is_open says so
            self._process.stdin.write(json.dumps(words) + "\n")
            self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with suppress(ValueError):  # others may print there too
                words = json.loads(line)
                if isinstance(words, dict) and isinstance(words.get("trouble"), str):
                    self.trouble = words["trouble"]


# What follows runs in the process of the window.


class Fence:
    """Keeps a window at the site that it was opened for.

    Args:
        url: Where it begins. It holds a token that works once, so the way back is the address that this leads to.
    """

    def __init__(self, url: str) -> None:
        self._site = site(url)
        self._home: str | None = None

    def check(self, url: str | None) -> str | None:
        """Where to go back to, if `url` is another site's; None if all is well."""
        if url is None:
            return None
        if site(url) == self._site:
            self._home = self._home or url
            return None
        if self._home is None and site(url)[0] not in ("http", "https"):
            return None  # what a window shows before its first page, or when that could not be loaded
        return self._home or "about:blank"


def site(url: str) -> tuple[str, str]:
    """Scheme, host and port: what makes two addresses one site."""
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def main() -> None:
    """Show the window that stdin tells of, until it is closed or stdin ends."""
    words = json.loads(sys.stdin.readline())
    try:
        show(words["url"], words["title"])
    except Exception as err:
        print(json.dumps({"trouble": f"{type(err).__name__}: {err}"}), flush=True)
        raise SystemExit(1) from None


def show(url: str, title: str) -> None:
    """Open the window, and return when it is closed."""
    import webbrowser

    import webview

    webview.settings["ALLOW_DOWNLOADS"] = False
    webview.settings["ALLOW_FILE_URLS"] = False
    webview.settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = True
    window: Any = webview.create_window(title, url, width=SIZE[0], height=SIZE[1])  # without js_api
    fence = Fence(url)

    def on_loaded() -> None:
        here = window.get_current_url()
        back = fence.check(here)
        if back is not None:
            window.load_url(back)
            if site(here)[0] in ("http", "https"):
                webbrowser.open(here)

    def until_the_program_ends() -> None:
        for _ in sys.stdin:
            """Nothing more is said; what counts is the end."""
        window.destroy()

    window.events.loaded += on_loaded
    threading.Thread(target=until_the_program_ends, daemon=True).start()
    webview.start(private_mode=True, debug=False)
