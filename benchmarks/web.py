"""In headless Chromium: round trips, a burst and a cold load, beside bare Tornado, Bokeh and NiceGUI.

All apps run at the same time, each in its own process and environment, and take
turns, so that a machine that is busy for a moment is busy for all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import environments
from .chromium import chromium, live_page
from .measure import Effort, NotMeasured, Served, median, serving
from .table import Other, Row

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["APPS", "NAMES", "App", "measure", "others", "running"]

NAMES = ("web.trip", "web.trip.isolated", "web.burst", "web.load", "web.load.newtab", "web.visible")


@dataclass(frozen=True, eq=False)
class App:
    """The same thing made with one toolkit: a slider, a label that Python sets, a button for bursts.

    Attributes:
        whose: The toolkit, as the table calls it.
        module: What serves it.
        pair: The path of the page that has no button.
        parts: Where the probe finds things; see `probe.js`.
        environment: Which one has the toolkit; ours if empty.
    """

    whose: str
    module: str
    parts: dict[str, Any]
    demo: str = ""
    pair: str = ""
    environment: str = ""


APPS = (
    App(
        "jsmodel", "benchmarks.ours_app", {"slider": "input[type=range]", "label": ".jsm-Label", "button": "button"},
        demo="Demo", pair="Pair",
    ),
    App("bare Tornado", "benchmarks.floor_app", {"slider": "#slider", "label": "#label", "button": "button"}),
    App(
        "NiceGUI", "benchmarks.nicegui_app",
        {"slider": ".q-slider [tabindex]", "label": ".nicegui-content div", "button": "button", "key": True},
        pair="pair", environment="nicegui",
    ),
    App(
        "Bokeh", "benchmarks.bokeh_app",
        {"slider": ".noUi-handle", "label": ".bk-clearfix", "button": "button", "key": True, "shadow": True},
        pair="pair", environment="bokeh",
    ),
)  # fmt: skip

Missing = dict[str, str]  # whose app did not run, and why


@contextlib.contextmanager
def running(apps: tuple[App, ...] = APPS) -> Iterator[tuple[dict[App, Served], Missing]]:
    """All apps that can be had, and why the others cannot."""
    with contextlib.ExitStack() as stack:
        served: dict[App, Served] = {}
        missing: Missing = {}
        for app in apps:
            try:
                interpreter = {"python": environments.python(app.environment)} if app.environment else {}
                served[app] = stack.enter_context(serving(app.module, **interpreter))
            except (NotMeasured, RuntimeError) as reason:
                if not app.environment:
                    raise
                missing[app.whose] = str(reason)
        yield served, missing


def others(figures: dict[str, float], missing: Missing) -> tuple[Other, ...]:
    """All but ours, in the order of the apps."""
    return tuple(
        Other(app.whose, figures.get(app.whose), missing.get(app.whose, ""))
        for app in APPS[1:]
        if app.whose in figures or app.whose in missing
    )


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    with running() as (served, missing), chromium() as browser:
        if picked & {"web.trip", "web.trip.isolated", "web.burst"}:
            yield from _warm(browser, served, missing, effort)
        if picked & {"web.load", "web.load.newtab", "web.visible"}:
            yield from _cold(browser, served, missing, effort)


def _row(name: str, what: str, times: dict[str, list[float]], missing: Missing, **budget: Any) -> Row:
    figures = {whose: median(values) for whose, values in times.items() if values}
    return Row(name, what, figures["jsmodel"], "ms", others(figures, missing), **budget)


def _warm(browser: Browser, served: dict[App, Served], missing: Missing, effort: Effort) -> Iterator[Row]:
    context = browser.new_context()
    pages = {app.whose: live_page(context, server.url(app.demo), app.parts) for app, server in served.items()}
    trips: dict[str, list[float]] = {whose: [] for whose in pages}
    isolated: dict[str, list[float]] = {whose: [] for whose in pages}
    bursts: dict[str, list[float]] = {whose: [] for whose in pages}
    for run in range(effort(10, 4)):
        for whose, page in pages.items():
            page.bring_to_front()
            page.wait_for_timeout(100)
            slow = whose in ("Bokeh", "NiceGUI")
            times = page.evaluate(f"__probe.trips({effort(30, 15) if slow else effort(200, 60)})")
            if run:  # the first warms up
                trips[whose].append(median(times))
    for run in range(effort(4, 2)):
        for whose, page in pages.items():
            page.bring_to_front()
            times = page.evaluate(f"__probe.trips({effort(20, 8)}, 100)")
            if run:
                isolated[whose].append(median(times))
    for run in range(effort(8, 4)):
        for whose, page in pages.items():
            if whose == "Bokeh" and run > 3:
                continue  # it takes seconds
            page.bring_to_front()
            page.wait_for_timeout(200)
            time = page.evaluate("__probe.burst('b1999')")
            page.wait_for_timeout(200)
            if run:
                bursts[whose].append(time)
            page.evaluate("__probe.trips(1)")
    context.close()
    yield _row("web.trip", "slider → Python → label, back to back", trips, missing, budget=1.3, ratio=True)
    yield _row("web.trip.isolated", "… 100 ms after the one before", isolated, missing)
    yield _row("web.burst", "2,000 label updates until the last is in the DOM", bursts, missing, budget=20)


def _cold(browser: Browser, served: dict[App, Served], missing: Missing, effort: Effort) -> Iterator[Row]:
    # From an empty tab, the header that isolates our page (COOP) means a new process, which the floor needs not.
    # From a tab with a page of the browser's own, as people have it, both get a new one.
    starts = {"web.load": "about:blank", "web.load.newtab": "chrome://version"}
    live: dict[str, dict[str, list[float]]] = {name: {app.whose: [] for app in served} for name in starts}
    visible: dict[str, list[float]] = {app.whose: [] for app in served}
    for run in range(effort(12, 5)):
        for name, after in starts.items():
            for app, server in served.items():
                if app.environment and (run > 5 or name != "web.load"):
                    continue  # theirs are slow, and far away
                context = browser.new_context()  # with a cache of its own
                page = live_page(context, server.url(app.pair), app.parts, after=after)
                load: dict[str, float] = page.evaluate("__probe.loaded")
                context.close()
                if run:  # the first warms up
                    live[name][app.whose].append(load["live"])
                    if name == "web.load":
                        visible[app.whose].append(load["visible"])
    yield _row("web.load", "cold load to the first round trip", live["web.load"], missing, budget=1.5, ratio=True)
    yield _row(
        "web.load.newtab",
        "… in a tab that showed another page",
        live["web.load.newtab"],
        missing,
        budget=1.5,
        ratio=True,
    )
    yield _row("web.visible", "cold load to a slider that is there", visible, missing)
