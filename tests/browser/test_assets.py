"""Assets and data, as pages of both doors get them."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from .conftest import App, Jupyter, Tabs

LIB = b"window.farLib = (window.farLib || 0) + 1;"

#: One app that uses everything; what its JS side finds is shown as text.
SHOW = """
import asyncio
from pathlib import Path

import numpy as np
from jsmodel import app, event, ui

Path("styles.css").write_text(".asset-test { letter-spacing: 3px }")
app.assets.associate_asset(__name__, "first.js", "window.order = ['first'];")
app.assets.associate_asset(__name__, "second.js", lambda: "window.order.push('second');")
app.assets.associate_asset(__name__, "styles.css", Path("styles.css"))
twice = app.assets.associate_asset(__name__, "twice.mjs", "export const twice = (x) => 2 * x;")
FAR
worker = app.assets.add_shared_asset("triple.js", "onmessage = (e) => postMessage(3 * e.data);")
shared = app.assets.add_shared_data("shared.txt", b"shared text")

class Show(ui.Widget):
    def init(self):
        self.own = self.session.add_data("own data.txt", "own \\u2713".encode())
        self.send_data(np.arange(6, dtype="float32").reshape(2, 3), {"name": "grid"})

    @event.connect("wish")
    def on_wish(self, *events):
        for ev in events:
            if ev.new_value == "big":
                self.blob = np.random.default_rng(0).bytes(64 * 2**20)
                self.send_data(self.blob, {"name": "big"})
            elif ev.new_value == "url":
                self.send_data(self.own, {"name": "url"})
            elif ev.new_value == "missing":
                self.send_data("no/such/file.bin", {"name": "missing"})
            elif ev.new_value == "remove":
                self.session.remove_data("own data.txt")

    class Both:
        @event.prop
        def own(self, v=""):
            return str(v)

        @event.prop
        def wish(self, v=""):
            return str(v)

    class JS:
        def _create_node(self):
            node = window.document.createElement("div")
            node.className = "asset-test"
            return node

        def init(self):
            self.say("order", " ".join(window.order))
            self.say("module", twice.twice(21))
            far = window.farLib
            self.say("far", "none" if far is undefined else far)
            w = window.Worker(worker)
            w.onmessage = lambda e: self.say("worker", e.data)
            w.postMessage(5)
            self.load("shared", shared)
            for name in ["big", "url", "missing", "remove"]:
                self.add_button(name)

        def add_button(self, name):
            button = window.document.createElement("button")
            button.textContent = name
            self._listen(button, "click", lambda e: self.set_wish(name))
            self.node.append(button)

        def set_wish(self, name):
            self.wish = name

        @event.connect("own")
        def on_own(self, *events):
            self.load("own", self.own)

        async def load(self, name, url):
            answer = await window.fetch(url)
            text = await answer.text()
            self.say(name, text + " " + answer.headers.get("content-type"))

        async def receive_data(self, array_buffer, meta):
            digest = await window.crypto.subtle.digest("SHA-256", array_buffer)
            first = Uint8Array(digest)[0]
            self.say(meta["name"], f"{array_buffer.byteLength} {first}" + (f" {meta['dtype']} {meta['shape']}" if "dtype" in meta else ""))

        def say(self, name, value):
            line = window.document.createElement("p")
            line.dataset.name = name
            line.textContent = name + ": " + str(value)
            self.node.append(line)
"""

SERVED = SHOW + "\napp.create_server(port=0)\napp.serve(Show)\napp.start()\n"
BIG = hashlib.sha256(__import__("numpy").random.default_rng(0).bytes(64 * 2**20)).digest()[0]
GRID = hashlib.sha256(__import__("numpy").arange(6, dtype="float32").tobytes()).digest()[0]
OWN = hashlib.sha256("own \u2713".encode()).digest()[0]


class Elsewhere:
    """Another site."""

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"
        self.asked: list[str] = []


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", str(len(LIB)))
            self.end_headers()
            self.wfile.write(LIB)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Elsewhere(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()


def far(url: str, content: bytes = LIB) -> str:
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return f"app.assets.associate_asset(__name__, '{url}/far.js', integrity='sha384-{digest}')"


def check(view) -> None:
    """What the JS side found is right, whichever door it came through."""
    for line in (
        "order: first second",
        "module: 42",
        "worker: 15",
        "shared: shared text text/plain",
        "own: own \u2713 text/plain",
        f"grid: 24 {GRID} float32 [2, 3]",
    ):
        expect(view.get_by_text(line)).to_have_count(1)
    assert view.locator(".asset-test").evaluate("node => getComputedStyle(node).letterSpacing") == "3px"


def test_a_served_page_has_its_assets_in_order_and_its_data(
    serve: Callable[[str, str], App], tab: Tabs, elsewhere: Elsewhere
) -> None:
    page = tab.open(serve(SERVED.replace("FAR", far(elsewhere.url)), "Show").url)
    check(page)
    expect(page.get_by_text("far: 1", exact=True)).to_have_count(1)
    assert elsewhere.asked == ["/far.js"]
    page.get_by_role("button", name="url").click()
    expect(page.get_by_text(f"url: 7 {OWN}")).to_have_count(1)
    page.get_by_role("button", name="big").click()
    expect(page.get_by_text(f"big: 67108864 {BIG}")).to_have_count(1)


def test_a_notebook_has_its_assets_in_order_once_and_its_data_over_the_comm(
    jupyter: Jupyter, elsewhere: Elsewhere
) -> None:
    setup = SHOW.replace("FAR", far(elsewhere.url))
    book = jupyter.open(
        ["from jsmodel import app\napp.init_notebook()", setup, "one = Show()\none", "two = Show()\ntwo"]
    )
    asked: list[str] = []
    book.page.on("request", lambda request: asked.append(request.url))
    book.run_all()
    for index in (2, 3):
        check(book.live_view(index))
        expect(book.view(index).get_by_text("far: 1", exact=True)).to_have_count(1)  # loaded once for the page
    assert elsewhere.asked == ["/far.js"]
    book.view(2).get_by_role("button", name="url").click()
    expect(book.view(2).get_by_text(f"url: 7 {OWN}")).to_have_count(1)
    book.view(2).get_by_role("button", name="big").click()
    expect(book.view(2).get_by_text(f"big: 67108864 {BIG}")).to_have_count(1)
    ports = {url.split("/")[2] for url in asked if url.startswith("http")}
    assert ports == {jupyter.url.split("/")[2], elsewhere.url.split("/")[2]}  # no port of ours


def test_what_cannot_be_downloaded_and_what_was_removed_says_so(serve: Callable[[str, str], App], tab: Tabs) -> None:
    tab.expect_error("The data could not be downloaded from 'no/such/file.bin': it answered 404")
    page = tab.open(serve(SERVED.replace("FAR", ""), "Show").url)
    check(page)
    page.get_by_role("button", name="missing").click()
    page.locator(".jsm-error summary").first.click()
    expect(page.get_by_text("could not be downloaded from 'no/such/file.bin'").first).to_be_visible()


def test_an_asset_that_cannot_be_had_says_where_it_lies(serve: Callable[[str, str], App], tab: Tabs) -> None:
    tab.expect_error("order|far|twice")
    far_away = "app.assets.associate_asset(__name__, 'http://localhost:9/gone.mjs')"
    tab.expect_error("http://localhost:9/gone.mjs could not be loaded")
    page = tab.open(serve(SERVED.replace("FAR", f"gone = {far_away}"), "Show").url)
    # Everything else is alive.
    check(page)
    page.locator(".jsm-error summary").first.click()
    expect(
        page.get_by_text(
            "The asset http://localhost:9/gone.mjs could not be loaded. That address cannot be reached"
        ).first
    ).to_be_visible()
