"""How many bytes of JS and CSS a page with a slider and a label loads, under gzip."""

from __future__ import annotations

from collections.abc import Iterator

from .chromium import Weight, chromium, packed, probed_page
from .measure import ROOT, Effort
from .table import Row
from .web import others, running

__all__ = ["NAMES", "measure"]

NAMES = ("weight.page", "weight.requests", "weight.runtime")

KIB = 1024


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    if picked & {"weight.page", "weight.requests"}:
        sizes: dict[str, float] = {}
        requests: dict[str, float] = {}
        with running() as (served, missing), chromium() as browser:
            for app, server in served.items():
                context = browser.new_context()
                page = probed_page(context, app.parts)
                weight = Weight(page)
                page.goto(server.url(app.pair))
                page.evaluate("__probe.loaded")
                page.wait_for_timeout(500)
                sizes[app.whose], requests[app.whose] = weight.code() / KIB, weight.requests
                context.close()
        del sizes["bare Tornado"]  # its script is in the page
        what = "JS + CSS of a page with a slider and a label, gzip"
        yield Row("weight.page", what, sizes["jsmodel"], "KiB", others(sizes, missing), budget=20)
        yield Row("weight.requests", "requests of that page", requests["jsmodel"], "", others(requests, missing))
    if "weight.runtime" in picked:
        size = packed((ROOT / "jsmodel/static/page.js").read_bytes())
        yield Row("weight.runtime", "the runtime alone, gzip", size / KIB, "KiB")
