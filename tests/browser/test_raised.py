"""Exceptions of one's own, raised on one side and caught on the other, in a real page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from .conftest import App, Tabs

STOCK = """
class OutOfStock(ValueError):
    def __init__(self, name, left):
        super().__init__(f"{left} of {name} left")
        self.left = left

    def half(self):
        return self.left / 2

class Closed(OutOfStock):
    pass

class Unknown(KeyError):
    pass
"""

SHOP = """
from jsmodel import app, event, ui
import stock
from stock import OutOfStock

class Shop(ui.VBox):
    def init(self):
        self.here = ui.Label(text="…")
        self.there = ui.Label(text="…")

    @app.exposed
    def order(self, what):
        raise {"own": stock.OutOfStock("apples", 3), "sub": stock.Closed("pears", 1), "other": stock.Unknown("x")}[what]

    @event.connect("!asked")
    async def on_asked(self, *events):
        try:
            await self.js.sell(5)
        except OutOfStock as err:
            self.there.text = f"{err.args}, {err.left}, {err.half()}, {'Shop.JS.sell' in str(err)}"

    class Both:
        @event.emitter
        def asked(self):
            return {}

    class JS:
        @event.connect("here.text")
        async def on_here(self, *events):
            if self.here.text == "…":
                found = []
                for what in ["own", "sub", "other"]:
                    try:
                        await self.py.order(what)
                    except stock.OutOfStock as err:
                        found.append(f"{type(err).__name__} {err} {err.args} {err.left} {err.half()} {isinstance(err, ValueError)}")
                    except KeyError as err:
                        found.append(f"KeyError {err}")
                self.here.text = "; ".join(found)
                self.asked()

        async def sell(self, n):
            raise OutOfStock("plums", n)

app.create_server(port=0)
app.serve(Shop)
print(app.current_server().url("Shop"), flush=True)
app.start()
"""


def test_each_side_catches_what_the_other_raises(serve: Callable[[str, str], App], tab: Tabs, tmp_path: Path) -> None:
    (tmp_path / "stock.py").write_text(STOCK)
    page = tab.open(serve(SHOP, "Shop").url)
    expect(
        page.get_by_text(
            "OutOfStock 3 of apples left ('3 of apples left',) 3 1.5 True; OutOfStock 1 of pears left ('1 of pears left',) 1 0.5 True; KeyError 'x'"
        )
    ).to_be_visible()
    expect(page.get_by_text("('5 of plums left',), 5, 2.5, True")).to_be_visible()
    expect(page.locator(".jsm-error")).to_have_count(0)  # and none in the console: `tab` would tell


CARELESS = """
import asyncio
from jsmodel import app, event, ui

class Careless(ui.VBox):
    def init(self):
        self.browser = ui.Button(text="Browser")
        self.python = ui.Button(text="Python")
        self.task = ui.Button(text="Task")
        self.wait = ui.Button(text="Wait")

    @app.exposed
    def order(self, what, *, count=1):
        raise LookupError(f"no {count} {what}")

    @app.exposed
    async def ponder(self):
        await asyncio.sleep(30)

    @event.connect("python.clicked")
    def on_python(self, *events):
        self.js.sell("plums", count=7)

    class JS:
        async def fail(self):
            raise KeyError("nobody waits")

        @event.connect("task.clicked")
        async def on_task(self, *events):
            caught = asyncio.create_task(self.fail())
            asyncio.create_task(self.fail())
            await asyncio.sleep(0.1)
            try:
                await caught
            except KeyError:
                pass

        @event.connect("wait.clicked")
        async def on_wait(self, *events):
            try:
                await asyncio.wait_for(self.py.ponder(), 0.1)
            except TimeoutError:
                self.wait.text = "Too late"

        @event.connect("browser.clicked")
        def on_browser(self, *events):
            self.py.order("pears", count=2)

        def sell(self, what, *, count):
            raise ValueError(f"{count} {what} are too many")

app.create_server(port=0)
app.serve(Careless)
print(app.current_server().url("Careless"), flush=True)
app.start()
"""


def test_what_nobody_catches_is_shown_once_and_logged_once(
    serve: Callable[[str, str], App], tab: Tabs, tmp_path: Path
) -> None:
    tab.expect_error("no 2 pears|7 plums are too many")
    page = tab.open(serve(CARELESS, "Careless").url)
    marks = page.locator(".jsm-error")
    page.get_by_text("Browser").click()
    expect(marks).to_have_count(1)
    expect(marks.locator("pre")).to_contain_text("in order\n    raise LookupError")
    expect(marks.locator("pre")).to_contain_text('in Careless.JS.on_browser\n    self.py.order("pears", count=2)')
    page.get_by_text("Python", exact=True).click()
    expect(marks).to_have_count(2)
    expect(marks.locator("pre").last).to_contain_text("in Careless.JS.sell\n    raise ValueError")
    log = (tmp_path / "script0.log").read_text()
    assert log.count("In the browser: LookupError: no 2 pears") == 1
    assert log.count("In the browser: ValueError: 7 plums are too many") == 1


def test_a_task_that_nobody_waits_for_is_shown_and_one_that_waits_for_python_can_time_out(
    serve: Callable[[str, str], App], tab: Tabs
) -> None:
    tab.expect_error("nobody waits")
    page = tab.open(serve(CARELESS, "Careless").url)
    page.get_by_text("Wait").click()
    expect(page.get_by_text("Too late")).to_be_visible()
    page.get_by_text("Task").click()
    marks = page.locator(".jsm-error")
    expect(marks.locator("pre")).to_contain_text("in Careless.JS.fail\n    raise KeyError")
    expect(marks).to_have_count(1)
    expect(marks.locator(".jsm-count")).to_have_text("")  # the other one was caught
