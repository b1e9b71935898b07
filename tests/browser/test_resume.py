"""A served page in a real browser, behind a network that fails: what a person sees, and what arrives."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Iterator

import pytest
from chaos.proxy import Fault, Proxy
from playwright.sync_api import Locator, Page, expect

from .conftest import App, Jupyter, Tabs
from .test_lane import TRANSPORTS
from .test_look import contrast
from .test_served import live

CLASS = """
import asyncio
from jsmodel import app, event, ui

class Clock(ui.VBox):
    def init(self):
        self.slider = ui.Slider(label="count", max=20)
        self.button = ui.Button(text="More", primary=True)
        self.pressed = []
        self.answer = ui.Label(text="Python has heard nothing yet")
        self.time = 0
        self.move()

    def move(self):
        self.time += 1
        self.tick(self.time)
        asyncio.get_running_loop().call_later(0.05, self.move)

    @event.connect("press")
    def on_press(self, *events):
        self.pressed.extend(e.n for e in events)
        right = self.pressed == list(range(1, len(self.pressed) + 1))
        self.answer.text = f"Python heard {len(self.pressed)}, {'all in order' if right else self.pressed}"

    @app.exposed
    def double(self, n):
        return 2 * n

    class Both:
        @event.emitter
        def tick(self, n):
            return {"n": n}

        @event.emitter
        def press(self, n):
            return {"n": n}

    class JS:
        def init(self):
            self.last = 0
            self.wrong = 0
            self.presses = 0
            self.doubled = 0

        @event.connect("tick")
        def on_tick(self, *events):
            for e in events:
                if self.last > 0 and e.n != self.last + 1:
                    self.wrong += 1
                self.last = e.n
            self.node.dataset.last = str(self.last)
            self.node.dataset.wrong = str(self.wrong)

        @event.connect("button.clicked")
        async def on_clicked(self, *events):
            for e in events:
                self.presses += 1
                n = self.presses
                self.press(n)
                if await self.py.double(n) == 2 * n:
                    self.doubled += 1
                    self.node.dataset.doubled = str(self.doubled)
"""

CLOCK = (
    CLASS
    + """
from jsmodel.server import Limits
app.create_server(port=0, limits=Limits(%s))
app.serve(Clock)
app.start()
"""
)

#: Notes the states of a view: some are short.
WATCH = """node => {
  node.seen = [];
  new MutationObserver(() => node.seen.push(node.dataset.status)).observe(node, {attributes: true});
}"""

HASTY = "ask_seconds=0.4, answer_seconds=0.4, idle_ask_seconds=1, open_seconds=1"


@pytest.fixture
def between() -> Iterator[Callable[[App], tuple[Proxy, str]]]:
    """`between(app)` puts a proxy before an app; returns it, and the address of the app behind it."""
    proxies: list[Proxy] = []

    def put(app: App) -> tuple[Proxy, str]:
        url = urllib.parse.urlsplit(app.url)
        assert url.port is not None
        proxies.append(Proxy(url.port))
        return proxies[-1], f"http://localhost:{proxies[-1].port}{url.path}"

    yield put
    for proxy in proxies:
        proxy.end()


def view(page: Page) -> Locator:
    return page.locator(".jsm-page > .jsm-view")


def clock(page: Page) -> int:
    """The last tick that the page has heard."""
    return int(page.locator("[data-last]").get_attribute("data-last") or 0)


def test_a_page_survives_one_kind_of_cut_after_the_other(
    serve: Callable[[str, str], App], between: Callable[[App], tuple[Proxy, str]], tab: Tabs
) -> None:
    proxy, url = between(serve(CLOCK % HASTY, "Clock"))
    page = live(tab.open(url))
    more = page.get_by_role("button", name="More")
    expect(page.locator("[data-last]")).to_have_count(1)
    pressed = 0
    for fault in (
        Fault("cut"),
        Fault("reset", "up", 150),
        Fault("reset", "down", 700),
        Fault("stall"),
        Fault("stall_up", "up", 150),
        Fault("stall_down"),
        Fault("void_up", "down", 700),
        Fault("void_down", "up", 20),
    ):
        proxy.arm(fault)
        before = clock(page)
        while not fault.happened.is_set():
            more.click()
            pressed += 1
        more.click()
        pressed += 1
        expect(page.get_by_text(f"Python heard {pressed}, all in order", exact=True)).to_be_visible()
        expect(page.locator("[data-doubled]")).to_have_attribute("data-doubled", str(pressed))
        expect(view(page)).to_have_attribute("data-status", "live")
        page.wait_for_function("n => +document.querySelector('[data-last]').dataset.last > n", arg=before)
    expect(page.locator("[data-wrong]")).to_have_attribute("data-wrong", "0")
    expect(page.locator(".jsm-error")).to_have_count(0)
    assert len(proxy.sockets) > 8


def test_what_a_person_does_while_the_network_is_gone_is_kept_and_sent_once(
    serve: Callable[[str, str], App], between: Callable[[App], tuple[Proxy, str]], tab: Tabs
) -> None:
    patience = "ask_seconds=0.5, answer_seconds=3, open_seconds=1"
    proxy, url = between(serve(CLOCK % patience, "Clock"))
    page = live(tab.open(url))
    more = page.get_by_role("button", name="More")
    proxy.refuse()
    proxy.do("stall")
    status = page.locator(".jsm-view > .jsm-status")
    more.click()
    expect(status).to_have_text("Python has not answered for a while; what you do here is kept, and sent when it does.")
    expect(view(page)).to_have_attribute("data-status", "disconnected")
    expect(status).to_have_text("The connection to Python was lost. Trying again …")
    more.click()
    more.click()
    page.get_by_label("count").press("End")
    page.wait_for_timeout(500)  # the fading
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(300)
        print(tab.picture(page, f"disconnected-{scheme}"))
        assert contrast(status) >= 4.5, scheme
    proxy.accept()
    expect(view(page)).to_have_attribute("data-status", "live")
    expect(page.get_by_text("Python heard 3, all in order", exact=True)).to_be_visible()
    expect(page.get_by_label("count")).to_have_value("20")
    expect(status).to_have_text("")
    print(tab.picture(page, "resumed"))


def test_a_page_that_was_away_too_long_says_to_reload(
    serve: Callable[[str, str], App], between: Callable[[App], tuple[Proxy, str]], tab: Tabs
) -> None:
    proxy, url = between(serve(CLOCK % f"time_to_live=0.5, {HASTY}", "Clock"))
    page = live(tab.open(url))
    proxy.refuse()
    proxy.do("reset")
    expect(view(page)).to_have_attribute("data-status", "disconnected")
    page.wait_for_timeout(1000)
    proxy.accept()
    expect(view(page)).to_have_attribute("data-status", "ended")
    expect(page.locator(".jsm-status")).to_have_text(
        "The session is over: the server was restarted, or the page was away too long. Reload the page."
    )
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(300)
        print(tab.picture(page, f"too-long-{scheme}"))
    page.reload()
    live(page)


def test_a_page_whose_first_connections_fail_comes_in(
    serve: Callable[[str, str], App], between: Callable[[App], tuple[Proxy, str]], tab: Tabs
) -> None:
    proxy, url = between(serve(CLOCK % HASTY, "Clock"))
    for kind, way, after in (("reset", "up", 40), ("void_up", "down", 0), ("void_up", "down", 300)):
        fault = Fault(kind, way, after, past_head=True)
        proxy.plan_socket(fault)
        page = live(tab.open(url))
        assert fault.happened.is_set()
        page.get_by_role("button", name="More").click()
        expect(page.get_by_text("Python heard 1, all in order", exact=True)).to_be_visible()
        page.close()


def test_a_person_sees_that_the_connection_is_lost_wherever_the_page_is_scrolled(
    serve: Callable[[str, str], App], tab: Tabs
) -> None:
    app = serve(CLOCK % HASTY, "Clock")
    page = live(tab.open(app.url))
    page.locator(".jsm-content").evaluate("node => { node.style.height = '3000px'; }")
    app.process.kill()
    status = page.get_by_text("The connection to Python was lost. Trying again …")
    expect(status).to_be_in_viewport()
    page.mouse.wheel(0, 1000)
    expect(status).to_be_in_viewport()
    print(tab.picture(page, "disconnected-scrolled"))


def still(page: Page) -> int:
    """What the clock shows when what was on its way has come."""
    before = -1
    while (now := clock(page)) != before:
        before = now
        page.wait_for_timeout(400)
    return before


def test_in_jupyterlab_what_happens_while_the_network_is_gone_is_not_lost(jupyter: Jupyter, tab: Tabs) -> None:
    proxy = Proxy(urllib.parse.urlsplit(jupyter.url).port or 0)
    try:
        lab = Jupyter(f"http://127.0.0.1:{proxy.port}", jupyter.token, jupyter.root)
        lab.tab = tab
        notebook = lab.open([CLASS + "app.init_notebook()", "Clock()", TRANSPORTS, "await transports('websocket')"])
        notebook.run(0, 1, 2)
        view = notebook.live_view(1)
        more = view.get_by_role("button", name="More")
        more.click()
        expect(view.get_by_text("Python heard 1, all in order", exact=True)).to_be_visible()
        heard = view.locator("[data-last]")
        for kind in ("reset", "cut"):
            notebook.run(3)  # a lane that opened later would not be stalled
            expect(notebook.output(3)).to_contain_text("over ['websocket']")
            proxy.do("stall")  # both sides talk into the void for a while
            before = still(notebook.page)
            for _ in range(2):
                more.press("Enter")
            notebook.page.wait_for_timeout(500)
            assert clock(notebook.page) == before
            view.evaluate(WATCH)
            proxy.do(kind)
            notebook.page.wait_for_function(
                "n => +document.querySelector('[data-last]').dataset.last > n", arg=before + 10
            )
            expect(view).to_have_attribute("data-status", "live")
            assert "disconnected" in view.evaluate("node => node.seen"), kind
        expect(view.get_by_text("Python heard 5, all in order", exact=True)).to_be_visible()
        expect(view.locator("[data-doubled]")).to_have_attribute("data-doubled", "5")
        expect(heard).to_have_attribute("data-wrong", "0")
        expect(view.locator(".jsm-error")).to_have_count(0)
    finally:
        proxy.end()
