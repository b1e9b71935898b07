"""What a person sees who debugs: Python in the browser's debugger, and errors of JS as tracebacks of Python.

The debugger is driven over the DevTools protocol, as Chromium's own window does: it hears of a script with the address of
its source map, fetches that, shows the sources in it, and translates a breakpoint in a line of Python through it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import App, Jupyter, Tabs

APP = '''\
from jsmodel import app, event, ui

def share(total, parts):
    return total / parts  # in share

class Cake(ui.VBox):
    """A cake to be divided."""

    def init(self):
        self.button = ui.Button(text="Divide")
        self.python = ui.Button(text="Ask Python")
        self.stray = ui.Button(text="Later")
        self.answer = ui.Label()

    @event.connect("python.clicked")
    async def on_python(self, *events):
        try:
            await self.js.compute(0)
        except Exception as err:
            self.answer.text = str(err)

    @app.exposed
    def refuse(self):
        raise LookupError("nothing of that name")

    class Both:
        @event.prop
        def parts(self, v=1):
            return int(v)

    class JS:
        @event.connect("button.clicked")
        def on_click(self, *events):
            sizes = [share(1, n)
                     for n in (1, 0)]
            self.answer.text = str(sizes)

        async def compute(self, n):
            await window.Promise.resolve(None)
            return share(3, n)

        @event.connect("stray.clicked")
        async def on_stray(self, *events):
            try:
                await self.py.refuse()
            except LookupError as err:
                self.answer.text = f"JS heard: {err}"
            window.setTimeout(lambda: share(5, 0), 1)
'''.replace("from jsmodel import app, event, ui", "from jsmodel import app, event, ui\nfrom jsmodel.app import window")

SERVED = APP + "\napp.create_server(port=0)\napp.serve(Cake)\napp.start()\n"


@pytest.fixture(autouse=True)
def errors_are_wanted(tab: Tabs) -> None:
    tab.expect_error("division by zero|failed|In Python")


def line_of(source: str, text: str) -> int:
    """The line of a source in which `text` is, from 1."""
    return next(i for i, line in enumerate(source.splitlines(), 1) if text in line)


# -- the debugger


class Debugger:
    """A DevTools window, without the window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.scripts: list[dict[str, Any]] = []
        self.paused: list[dict[str, Any]] = []
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.on("Debugger.scriptParsed", lambda script: self.scripts.append(script))
        self.cdp.on("Debugger.paused", lambda event: self.paused.append(event))
        self.cdp.send("Debugger.enable")

    def script_of(self, source: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The script that has a source whose name ends so, and its source map; of a bundle, the part."""
        for _ in range(200):
            for script in self.scripts:
                if script.get("sourceMapURL"):
                    for found in self.parts(self.fetch(script)):
                        if any(name.endswith(source) for name in found["sources"]):
                            return script, found
            self.page.wait_for_timeout(50)
        raise AssertionError(f"No script has {source}: {[s['url'] for s in self.scripts]}")

    def fetch(self, script: dict[str, Any]) -> dict[str, Any]:
        url: str = script["sourceMapURL"]
        if url.startswith("data:"):
            return dict(json.loads(base64.b64decode(url.partition(",")[2])))
        frame = self.cdp.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        address = self.page.evaluate("([a, b]) => new URL(a, b).href", [url, script["url"]])
        options = {"disableCache": False, "includeCredentials": True}
        got = self.cdp.send("Network.loadNetworkResource", {"frameId": frame, "url": address, "options": options})
        assert got["resource"]["success"], got
        text = ""
        while True:
            piece = self.cdp.send("IO.read", {"handle": got["resource"]["stream"]})
            text += base64.b64decode(piece["data"]).decode() if piece.get("base64Encoded") else piece["data"]
            if piece["eof"]:
                return dict(json.loads(text))

    @staticmethod
    def parts(source_map: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for section in source_map.get("sections", [{"offset": {"line": 0}, "map": source_map}]):
            yield {**section["map"], "first": section["offset"]["line"]}

    def stop_at(self, script: dict[str, Any], source_map: dict[str, Any], line: int) -> None:
        """Set a breakpoint in a line of Python."""
        at = next(m for m in mappings(source_map) if m[3] == line - 1)
        where = {"scriptId": script["scriptId"], "lineNumber": at[0], "columnNumber": at[1]}
        self.cdp.send("Debugger.setBreakpoint", {"location": where})

    def stopped(self, source_map: dict[str, Any]) -> tuple[str, int]:
        """Wait until it stops; the source and line where it does."""
        for _ in range(200):
            if self.paused:
                break
            self.page.wait_for_timeout(50)
        at = self.paused[0]["callFrames"][0]["location"]
        before = [m for m in mappings(source_map) if m[0] == at["lineNumber"] and m[1] <= at["columnNumber"]]
        return source_map["sources"][before[-1][2]], before[-1][3] + 1


def mappings(source_map: dict[str, Any]) -> Iterator[tuple[int, int, int, int]]:
    """Line and column of JS, number of the source, and line of it, all from 0."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    now = [0, 0, 0, 0]
    for number, line in enumerate(source_map["mappings"].split(";")):
        now[0] = 0
        for segment in filter(None, line.split(",")):
            values, value, shift = [], 0, 0
            for digit in map(letters.index, segment):
                value |= (digit & 31) << shift
                shift += 5
                if not digit & 32:
                    values.append(-(value >> 1) if value & 1 else value >> 1)
                    value = shift = 0
            now = [a + b for a, b in zip(now, [*values, 0, 0, 0], strict=False)]
            if len(values) >= 4:
                yield number + source_map.get("first", 0), now[0], now[1], now[2]


def click(page: Page, text: str) -> None:
    """Click without waiting for what that does: it may stop in the debugger."""
    page.evaluate(
        "text => void setTimeout(() => [...document.querySelectorAll('button')].find(b => b.textContent === text).click())",
        text,
    )


def test_the_debugger_shows_the_file_of_a_served_app_and_stops_in_its_lines(
    serve: Callable[[str, str], App], tab: Tabs, tmp_path: Path
) -> None:
    app = serve(SERVED, "Cake")
    page = tab.open()
    debugger = Debugger(page)
    page.goto(app.url)
    expect(page.locator(".jsm-view")).to_have_attribute("data-status", "live")
    script, source_map = debugger.script_of("script0.py")
    index = source_map["sources"].index((tmp_path / "script0.py").as_uri())
    shown = source_map["sourcesContent"][index].split("\n")
    assert len(shown) == len(SERVED.split("\n"))
    assert {"    return total / parts", "                     for n in (1, 0)]"} < set(shown)
    assert not any("on_python" in line or "nothing of that name" in line for line in shown)
    line = line_of(SERVED, "in share")
    debugger.stop_at(script, source_map, line)
    click(page, "Divide")
    assert debugger.stopped(source_map) == ((tmp_path / "script0.py").as_uri(), line)
    debugger.cdp.send("Debugger.disable")
    expect(page.locator(".jsm-error")).to_have_count(1)


def test_the_debugger_shows_the_cell_of_a_notebook_and_stops_in_its_lines(jupyter: Jupyter) -> None:
    nb = jupyter.open(["from jsmodel import app\napp.init_notebook()", APP, "Cake()"])
    debugger = Debugger(nb.page)
    nb.run_all()
    nb.live_view(2)
    script, source_map = debugger.script_of("/In[2]")
    assert re.fullmatch(r"jsmodel:///[0-9a-f]{20}/__main__\.js", script["url"])
    line = line_of(source_map["sourcesContent"][0], "for n in (1, 0)")
    assert line == line_of(APP, "for n in (1, 0)")
    debugger.stop_at(script, source_map, line)
    click(nb.page, "Divide")
    source, stopped = debugger.stopped(source_map)
    assert (source.endswith("/In[2]"), stopped) == (True, line)
    debugger.cdp.send("Debugger.disable")


# -- tracebacks


def traceback_in(page: Page) -> str:
    """The text of the error in a view, once Python has said what it means."""
    error = page.locator(".jsm-error").last
    expect(error.locator("pre")).to_contain_text("Traceback (most recent call last)")
    error.locator("summary").click()
    return error.locator("pre").inner_text()


EXPECTED = """\
Traceback (most recent call last):
  File "{file}", line {}, in Cake.JS.on_click
    sizes = [share(1, n)
            ^
  File "{file}", line {}, in <listcomp>
    sizes = [share(1, n)
             ^^^^^^^^^^^
  File "{file}", line {}, in share
    return total / parts  # in share
           ^^^^^^^^^^^^^
ZeroDivisionError: division by zero"""


def without_carets(text: str) -> str:
    return re.sub(r"\n +\^+(?=\n)", "", text)


@pytest.mark.parametrize(
    "tab", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True, ids=["light", "dark"]
)
def test_an_error_in_a_served_page_is_a_traceback_in_the_view_and_in_the_log(
    serve: Callable[[str, str], App], tab: Tabs, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    page = tab.open(serve(SERVED, "Cake").url)
    page.get_by_text("Divide").click()
    text = traceback_in(page)
    one, two = line_of(SERVED, "sizes = ["), line_of(SERVED, "in share")
    expected = EXPECTED.format(one, one, two, file=tmp_path / "script0.py")
    assert without_carets(text) == without_carets(expected)
    assert re.search(r"return total / parts  # in share\n +\^{13}\n", text)
    tab.picture(page, f"traceback-{request.node.callspec.id}")
    log = (tmp_path / "script0.log").read_text()
    assert text in log and "Cake #" in log
    assert page.locator(".jsm-error summary").inner_text().startswith("Cake #")


def test_an_error_in_a_notebook_is_a_traceback_with_the_line_of_the_cell(jupyter: Jupyter) -> None:
    nb = jupyter.open(["from jsmodel import app\napp.init_notebook()", APP, "Cake()"])
    nb.run_all()
    view = nb.live_view(2)
    view.get_by_text("Divide").click()
    text = traceback_in(nb.page)
    one, two = line_of(APP, "sizes = ["), line_of(APP, "in share")
    assert f'  File "In[2]", line {one}, in Cake.JS.on_click\n    sizes = [share(1, n)\n' in text
    assert f'  File "In[2]", line {two}, in share\n    return total / parts  # in share\n' in text
    assert text.endswith("\nZeroDivisionError: division by zero")


def test_what_python_awaits_fails_with_the_traceback_of_the_browser(
    serve: Callable[[str, str], App], tab: Tabs
) -> None:
    page = tab.open(serve(SERVED, "Cake").url)
    page.get_by_text("Ask Python").click()
    answer = page.get_by_text(".JS.compute() failed in the browser: ZeroDivisionError: division by zero").first
    expect(answer).to_contain_text("Traceback (most recent call last):")
    expect(answer).to_contain_text("in Cake.JS.compute")
    expect(answer).to_contain_text("return total / parts  # in share")


def test_js_catches_what_python_raised_and_what_it_leaves_behind_comes_home(
    serve: Callable[[str, str], App], tab: Tabs, tmp_path: Path
) -> None:
    page = tab.open(serve(SERVED, "Cake").url)
    page.get_by_text("Later").click()
    expect(page.get_by_text("JS heard: nothing of that name")).to_be_visible()
    errors = page.locator(".jsm-error")
    expect(errors).to_have_count(1)  # what the timer called; the other one was caught
    text = traceback_in(page)
    assert re.search(r"in <lambda>\n    window.setTimeout\(lambda: share\(5, 0\), 1\)\n", text)
    assert "in share\n" in text and text.endswith("ZeroDivisionError: division by zero")


def test_the_same_error_again_is_counted_and_still_a_traceback(
    serve: Callable[[str, str], App], tab: Tabs, tmp_path: Path
) -> None:
    page = tab.open(serve(SERVED, "Cake").url)
    for _ in range(3):
        page.get_by_text("Divide").click()
    expect(page.locator(".jsm-error .jsm-count")).to_have_text("×3")
    assert traceback_in(page).endswith("ZeroDivisionError: division by zero")
    log = (tmp_path / "script0.log").read_text()
    assert log.count("Traceback (most recent call last)") == 1
    assert log.count("In the browser, again: Cake #") == 2


PLACES = """\
from jsmodel import app, event, ui
from jsmodel.app import window

def fail(where):
    raise ValueError(where)

class Places(ui.Label):
    class Both:
        @event.prop
        def level(self, v=0):
            if v > 5:
                fail("validator")
            return v

        @event.emitter
        def shaken(self, n):
            if n > 5:
                fail("emitter")
            return {"n": n}

    class JS:
        def init(self):
            self.node.addEventListener("click", self.on_dom_click)
            self.node.addEventListener("dblclick", lambda e: fail("lambda of an event"))
            if FIRST:
                fail("init")

        def on_dom_click(self, e):
            fail("method of an event")

        async def in_a_task(self):
            await window.Promise.resolve(1)
            fail("task")

        def set_off(self, what):
            if what == "task":
                self.in_a_task()
                return None
            if what == "emitter":
                return self.shaken(9)
            if what == "validator":
                self.level = 9
"""


@pytest.mark.parametrize("what", ["init", "validator", "emitter", "task", "click", "dblclick"])
def test_an_error_comes_home_from_wherever_it_is(
    serve: Callable[[str, str], App], tab: Tabs, tmp_path: Path, what: str
) -> None:
    tab.expect_error("init|validator|emitter|task|of an event")
    source = f"""{PLACES}
    def init(self):
        self.text = "here"
        if {what!r} in ("validator", "emitter", "task"):
            self.js.set_off({what!r})

FIRST = {what == "init"}
app.create_server(port=0)
app.serve(Places)
app.start()
"""
    page = tab.open(serve(source, "Places").url)
    names = {
        "init": ["Places.JS.init", "fail"],
        "validator": [
            "Places.JS.set_off",
            "Places.Both.level",
            "fail",
            "Places.JS.set_off",
        ],  # the cause, and the refusal
        "emitter": ["Places.JS.set_off", "Places.Both.shaken", "fail"],
        "task": ["Places.JS.in_a_task", "fail"],
        "click": ["Places.JS.on_dom_click", "fail"],
        "dblclick": ["<lambda>", "fail"],
    }[what]
    if what.endswith("click"):
        page.get_by_text("here").dispatch_event(what)
    error = page.locator(".jsm-error pre")
    expect(error).to_contain_text("Traceback (most recent call last)")
    text = error.text_content() or ""
    assert re.findall(r", in (.+)\n", text) == names
    assert f'File "{tmp_path / "script0.py"}"' in text


def test_a_notebook_shows_a_traceback_that_one_can_read_in_both_themes(jupyter: Jupyter, tab: Tabs) -> None:
    nb = jupyter.open(["from jsmodel import app\napp.init_notebook()", APP, "Cake()"])
    nb.run_all()
    nb.live_view(2).get_by_text("Divide").click()
    traceback_in(nb.page)
    text = nb.page.locator(".jsm-error pre")
    colors = []
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        nb.command("apputils:change-theme", theme=theme)
        expect(nb.page.locator("body")).to_have_attribute("data-jp-theme-name", theme)
        text.scroll_into_view_if_needed()
        tab.picture(nb.page, f"cell-{theme.split()[1].lower()}")
        colors.append(text.evaluate("e => [getComputedStyle(e).color, getComputedStyle(e.parentNode).backgroundColor]"))
    assert colors[0] != colors[1]
    assert all(front != back for front, back in colors)
