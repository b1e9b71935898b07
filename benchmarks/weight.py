"""How many bytes of JS and CSS a page loads, and how many JupyterLab loads for us; under gzip."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .browser import FLOOR, OURS, chromium, live_page
from .measure import ROOT, Effort, serving
from .table import Row

if TYPE_CHECKING:
    from playwright.sync_api import Response

__all__ = ["NAMES", "measure"]

NAMES = ("weight.page", "weight.runtime", "weight.requests", "weight.lab")

KIB = 1024


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    if picked & {"weight.page", "weight.requests"}:
        with serving("benchmarks.ours_app") as ours, serving("benchmarks.floor_app") as floor:
            files, requests = _loaded(ours.url("Pair"), OURS)
            _, least = _loaded(floor.url(), FLOOR)
        yield Row(
            "weight.page",
            "JS + CSS of a page with a slider and a label, gzip",
            sum(map(packed, files)) / KIB,
            "KiB",
            budget=20,
        )
        yield Row("weight.requests", "requests of that page", requests, "", least, "bare Tornado")
    if "weight.runtime" in picked:
        yield Row(
            "weight.runtime",
            "the runtime alone, gzip",
            packed((ROOT / "jsmodel/static/page.js").read_bytes()) / KIB,
            "KiB",
        )
    if "weight.lab" in picked:
        scripts = [p.read_bytes() for p in Path(ROOT / "jsmodel/labextension/static").glob("*.js")]
        yield Row(
            "weight.lab", "JS that JupyterLab loads for us, gzip", sum(map(packed, scripts)) / KIB, "KiB", budget=25
        )


def packed(content: bytes) -> int:
    """Its size under gzip."""
    return len(gzip.compress(content, 6, mtime=0))


def _loaded(url: str, parts: dict[str, str]) -> tuple[list[bytes], int]:
    """The scripts and style sheets that a page has fetched when it is live, and the number of all its requests."""
    with chromium() as browser:
        context = browser.new_context()
        responses: list[Response] = []
        context.on("response", lambda response: responses.append(response))
        page = live_page(context, url, parts)
        page.wait_for_timeout(500)
        files = [r.body() for r in responses if r.request.resource_type in ("script", "stylesheet")]
        context.close()
    return files, len(responses)
