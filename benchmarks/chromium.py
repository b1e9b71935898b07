"""Chromium without a window, and pages in it with our probe (`probe.js`) inside."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .measure import NotMeasured

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Response

__all__ = ["Weight", "chromium", "live_page", "packed", "probed_page"]

Parts = dict[str, Any]

_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_PROBE = (Path(__file__).parent / "probe.js").read_text(encoding="utf8")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window, that knows no other machine."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise NotMeasured("there is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=_ARGS)
        try:
            yield browser
        finally:
            browser.close()


def probed_page(context: BrowserContext, parts: Parts) -> Page:
    """An empty tab; what is opened in it has the probe."""
    page = context.new_page()
    page.add_init_script(f"window.__parts = {json.dumps(parts)};\n{_PROBE}")
    return page


def live_page(context: BrowserContext, url: str, parts: Parts, *, after: str = "about:blank") -> Page:
    """Open `url` in a tab that shows `after`, and wait for the first round trip of its slider."""
    page = context.new_page()
    page.goto(after)
    page.add_init_script(f"window.__parts = {json.dumps(parts)};\n{_PROBE}")
    page.goto(url)
    page.evaluate("__probe.loaded")
    return page


class Weight:
    """What a page loads."""

    def __init__(self, page: Page) -> None:
        self._responses: list[Response] = []
        page.on("response", lambda response: self._responses.append(response))

    @property
    def requests(self) -> int:
        """How many there were."""
        return len(self._responses)

    def code(self, wanted: Callable[[str], bool] = lambda url: True) -> int:
        """Bytes of the scripts and style sheets whose address is `wanted`, under gzip."""
        return sum(
            packed(r.body())
            for r in self._responses
            if r.request.resource_type in ("script", "stylesheet") and r.ok and wanted(r.url)
        )


def packed(content: bytes) -> int:
    """Its size under gzip."""
    return len(gzip.compress(content, 6, mtime=0))
