"""In headless Chromium: the round trip, a burst, and a cold load, beside bare Tornado.

Both apps run at the same time, and take turns, so that a machine that is busy
for a moment is busy for both.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .measure import Effort, Served, median, serving
from .table import Row

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

__all__ = ["FLOOR", "NAMES", "OURS", "chromium", "live_page", "measure"]

NAMES = ("page.trip", "page.burst", "page.load", "page.load.newtab", "page.visible")

FLOOR = {"slider": "#slider", "label": "#label", "button": "#burst"}
OURS = {"slider": "input[type=range]", "label": ".jsm-Label", "button": "button.jsm-Button"}

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
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=_ARGS)
        try:
            yield browser
        finally:
            browser.close()


def live_page(context: BrowserContext, url: str, parts: dict[str, str], *, after: str = "about:blank") -> Page:
    """Open `url` in a tab that shows `after`, and wait for the first round trip of its slider."""
    page = context.new_page()
    page.goto(after)
    page.add_init_script(f"window.__parts = {json.dumps(parts)};\n{_PROBE}")
    page.goto(url)
    page.evaluate("__probe.load")
    return page


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    with serving("benchmarks.ours_app") as ours, serving("benchmarks.floor_app") as floor, chromium() as browser:
        if picked & {"page.trip", "page.burst"}:
            yield from _warm(browser, ours, floor, effort)
        if picked & {"page.load", "page.load.newtab", "page.visible"}:
            yield from _cold(browser, ours, floor, effort)


def _warm(browser: Browser, ours: Served, floor: Served, effort: Effort) -> Iterator[Row]:
    context = browser.new_context()
    pages = {"ours": live_page(context, ours.url("Demo"), OURS), "floor": live_page(context, floor.url(), FLOOR)}
    trips: dict[str, list[float]] = {"ours": [], "floor": []}
    bursts: dict[str, list[float]] = {"ours": [], "floor": []}
    for run in range(effort(10, 4)):
        for whose, page in pages.items():
            page.bring_to_front()
            page.wait_for_timeout(100)
            times = page.evaluate(f"__probe.trips({effort(200, 60)})")
            if run:  # the first warms up
                trips[whose].append(median(times))
    for run in range(effort(8, 4)):
        for whose, page in pages.items():
            page.bring_to_front()
            page.wait_for_timeout(200)
            time = page.evaluate("__probe.burst('b1999')")
            if run:
                bursts[whose].append(time)
            page.evaluate("__probe.trips(1)")
    context.close()
    yield Row(
        "page.trip", "slider → Python → label, back to back", median(trips["ours"]), "ms",
        median(trips["floor"]), "bare Tornado", budget=1.3, ratio=True,
    )  # fmt: skip
    yield Row(
        "page.burst", "2,000 label updates until the last is in the DOM", median(bursts["ours"]), "ms",
        median(bursts["floor"]), "bare Tornado", budget=20,
    )  # fmt: skip


def _cold(browser: Browser, ours: Served, floor: Served, effort: Effort) -> Iterator[Row]:
    # From an empty tab, the header that isolates our page (COOP) means a new process, which the floor needs not.
    # From a tab with a page of the browser's own, as people have it, both get a new one.
    starts = {"page.load": "about:blank", "page.load.newtab": "chrome://version"}
    live: dict[tuple[str, str], list[float]] = {(name, whose): [] for name in starts for whose in ("ours", "floor")}
    visible: dict[str, list[float]] = {"ours": [], "floor": []}
    for run in range(effort(12, 5)):
        for name, after in starts.items():
            for whose, url, parts in (("ours", ours.url("Pair"), OURS), ("floor", floor.url(), FLOOR)):
                context = browser.new_context()  # with a cache of its own
                load: dict[str, float] = live_page(context, url, parts, after=after).evaluate("__probe.load")
                context.close()
                if run:  # the first warms up
                    live[name, whose].append(load["live"])
                    if name == "page.load":
                        visible[whose].append(load["visible"])
    for name, what in (
        ("page.load", "cold load to the first round trip"),
        ("page.load.newtab", "… in a tab that showed another page"),
    ):
        yield Row(
            name, what, median(live[name, "ours"]), "ms",
            median(live[name, "floor"]), "bare Tornado", budget=1.5, ratio=True,
        )  # fmt: skip
    yield Row(
        "page.visible", "cold load to a slider that is there", median(visible["ours"]), "ms",
        median(visible["floor"]), "bare Tornado",
    )  # fmt: skip
