"""Exported pages, opened from disk without a network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Tabs, drag

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

STARS = f"""
import base64, sys
from pathlib import Path
import numpy as np
from jsmodel import app, event, ui

window = app.window
maths = app.assets.associate_asset(__name__, "maths.mjs", "export function twice(x) {{ return 2 * x; }}", module=True)
app.assets.associate_asset(__name__, "classic.js", "window.classic = 'classic </SCRIPT><p id=broken><!-- x';")
app.assets.associate_asset(__name__, "look.css", ".fancy {{ border-top: 3px solid rgb(1, 2, 3) }} /* </style> */")
pixel = app.assets.add_shared_data("pixel.png", base64.b64decode({PIXEL!r}))
worker = app.assets.add_shared_asset("worker.js", "onmessage = (e) => postMessage('worked on ' + e.data)")


class Stars(ui.VBox):
    def init(self):
        self.slider = ui.Slider(label="stars", max=10, value=2)
        self.note = ui.Label()
        self.sum = ui.Label()
        self.work = ui.Label()
        self.call = ui.Button(text="Ask Python")
        self.call_quietly = ui.Button(text="Ask Python quietly")
        self.css_class = "fancy"

    @event.connect("slider.value")
    def in_python(self, *events):
        self.title = f"Python saw {{self.slider.value}}"

    @app.exposed
    def answer(self):
        return 42

    class Both:
        @event.prop
        def data(self, v=None):
            return v

        @event.prop
        def raw(self, v=None):
            return v

        @event.prop
        def file(self, v=None):
            return v

    class JS:
        def init(self):
            self.sum.text = f"sum {{sum(list(self.data))}}, {{len(self.raw)}} bytes, {{maths.twice(21)}}, {{window.classic}}"
            image = window.document.createElement("img")
            image.src = pixel
            image.alt = "pixel"
            window.document.body.append(image)
            self.worker = window.Worker(worker)
            self.worker.onmessage = self.on_message
            self.worker.postMessage("it")
            self.fetch_it()

        def on_message(self, ev):
            self.work.text = ev.data

        async def fetch_it(self):
            answer = await window.fetch(self.file)
            self.file_text = await answer.text()
            window.document.body.dataset.fetched = self.file_text

        @event.connect("slider.value")
        def on_value(self, *events):
            self.note.text = "stars: " + "*" * self.slider.value

        @event.connect("call.clicked")
        async def on_call(self, *events):
            await self.py.answer()

        @event.connect("call_quietly.clicked")
        def on_call_quietly(self, *events):
            self.py.answer()


class Hello(app.Model):
    class Both:
        @event.prop
        def count(self, v=3):
            return int(v)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for link in range(4):
        (folder / str(link)).mkdir()
        stars = Stars(data=np.arange(1000.0), raw=b"abc")
        stars.file = stars.session.add_data("file.txt", b"bytes of a file" * 200)
        stars.slider.value = 4
        app.export(stars, folder / str(link), link=link)
        app.export(Hello, folder / str(link), dict(count=5), link=link)
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each link mode, each with two apps in it."""
    folder = tmp_path_factory.mktemp("pages")
    script = folder / "stars.py"
    script.write_text(STARS)
    done = subprocess.run(
        [sys.executable, str(script), str(folder)], capture_output=True, text=True, timeout=60, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return folder


def visit(tab: Tabs, path: Path) -> Page:
    """Open a page from disk, without a network."""
    page = tab.open()
    tab.offline()
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("link", range(4))
def test_an_exported_page_lives_without_a_network(pages: Path, tab: Tabs, link: int) -> None:
    page = visit(tab, pages / str(link) / "Stars.html")
    expect(page).to_have_title("Stars")
    expect(page.get_by_text("stars: ****", exact=True)).to_be_visible()  # the values that it had
    slider = page.get_by_label("stars")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("stars: *****", exact=True)).to_be_visible()
    value = drag(slider, 0.5, 0.99)
    assert value > 5
    expect(page.get_by_text("stars: " + "*" * value, exact=True)).to_be_visible()
    words = "sum 499500, 3 bytes, 42, classic </SCRIPT><p id=broken><!-- x"
    expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.locator("#broken")).to_have_count(0)
    expect(page.get_by_text("worked on it", exact=True)).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-fetched", "bytes of a file" * 200)
    assert page.get_by_alt_text("pixel").evaluate("node => node.naturalWidth") == 1
    colour = page.locator(".fancy").evaluate("node => getComputedStyle(node).borderTopColor")
    assert colour == "rgb(1, 2, 3)"
    # Python's handlers ran before, and do not any more.
    expect(page.locator(".fancy")).to_have_attribute("title", "Python saw 4")


@pytest.mark.parametrize("link", range(4))
def test_two_apps_in_one_folder_live_side_by_side(pages: Path, tab: Tabs, link: int) -> None:
    page = visit(tab, pages / str(link) / "Hello.html")
    field = page.get_by_label("count")
    expect(field).to_have_value("5")
    field.fill("8")
    expect(field).to_have_value("8")
    runtimes = list((pages / str(link)).glob("jsmodel-assets/jsmodel-*.js"))
    assert len(runtimes) == (1 if link else 0)


def test_nothing_clutters_an_exported_page(pages: Path, tab: Tabs) -> None:
    page = visit(tab, pages / "0" / "Hello.html")
    expect(page.locator(".jsm-view")).to_have_attribute("data-status", "static")
    expect(page.locator(".jsm-status")).to_be_hidden()
    expect(page.locator(".jsm-static")).to_have_count(0)
    assert re.fullmatch(r"Hello #m\d+\s+count", page.locator("body").inner_text().strip())


@pytest.mark.parametrize("button", ["Ask Python", "Ask Python quietly"])
def test_what_python_cannot_answer_is_said(pages: Path, tab: Tabs, button: str) -> None:
    tab.expect_error(r"cannot be called")
    page = visit(tab, pages / "0" / "Stars.html")
    page.get_by_role("button", name=button, exact=True).click()
    words = r"Python's answer() cannot be called. Nobody is at the other end of this page. Open it with a live kernel or server."
    expect(page.locator(".jsm-error summary")).to_contain_text(words)
    expect(page.locator(".jsm-error")).to_have_count(1)


def test_an_exported_page_asks_the_network_for_nothing(pages: Path, tab: Tabs) -> None:
    page = tab.open()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((pages / "3" / "Stars.html").as_uri())
    expect(page.get_by_text("worked on it", exact=True)).to_be_visible()
    assert asked and not [url for url in asked if not url.startswith(("file:", "blob:", "data:"))]


def test_the_policy_of_a_page_stops_what_tries_to_reach_out(pages: Path, tab: Tabs) -> None:
    page = visit(tab, pages / "0" / "Hello.html")
    reached = """() => new Promise(resolve => {
      addEventListener('securitypolicyviolation', event => resolve(event.effectiveDirective));
      fetch('http://127.0.0.1:9/').catch(() => {});
    })"""
    assert page.evaluate(reached) == "connect-src"


@pytest.mark.parametrize("tab", [{"java_script_enabled": False}], indirect=True)
def test_an_exported_page_is_readable_without_scripts(pages: Path, tab: Tabs) -> None:
    page = visit(tab, pages / "0" / "Stars.html")
    expect(page.locator("input[type=range]")).to_have_value("4")
    expect(page.locator("input[type=range]")).to_be_disabled()
    assert page.locator("noscript").text_content() == "This page moves where JavaScript is allowed."
    expect(page.locator("noscript")).to_be_visible()


def test_a_page_that_was_moved_without_its_folder_says_so(pages: Path, tab: Tabs, tmp_path: Path) -> None:
    moved = tmp_path / "moved.html"
    moved.write_bytes((pages / "1" / "Hello.html").read_bytes())
    page = tab.open(moved.as_uri())
    words = "A file of this page is missing: jsmodel-assets/jsmodel-"
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_text("Move both, or export it again.")).to_be_visible()
    expect(page.get_by_text("count")).to_be_visible()  # what a reader without scripts sees
    tab.errors.clear()  # the code that came without its runtime


@pytest.mark.parametrize("tab", [{"viewport": {"width": 360, "height": 640}}], indirect=True)
def test_an_exported_page_fits_a_phone(pages: Path, tab: Tabs) -> None:
    page = visit(tab, pages / "0" / "Stars.html")
    expect(page.get_by_text("stars: ****", exact=True)).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_assets_on_the_web_that_cannot_be_reached_are_named(tab: Tabs, tmp_path: Path) -> None:
    script = tmp_path / "web.py"
    script.write_text(
        "from jsmodel import app, event\n"
        "app.assets.associate_asset(__name__, 'https://cdn.example/lib.js')\n"
        "class Web(app.Model):\n"
        "    class Both:\n"
        "        @event.prop\n"
        "        def count(self, v=3):\n"
        "            return int(v)\n"
        "app.export(Web)\n"
    )
    subprocess.run([sys.executable, str(script)], check=True, timeout=60, cwd=tmp_path)
    page = visit(tab, tmp_path / "Web.html")
    expect(page.get_by_text("This page needs https://cdn.example/lib.js, which could not be loaded.")).to_be_visible()
    expect(page.get_by_label("count")).to_have_value("3")  # the rest lives
