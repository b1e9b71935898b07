"""An app that is served, without Jupyter."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from .conftest import App, Tabs, drag

COUNTER = """
from jsmodel import app, event, ui

class Counter(ui.VBox):
    def init(self):
        self.slider = ui.Slider(label="count", max=20)
        self.edit = ui.LineEdit(label="name", placeholder="Who are you?")
        self.button = ui.Button(text="More", primary=True)
        self.answer = ui.Label()
        self.note = ui.Label()
        self.long = ui.Label(wrap=True, text="A sentence that is much longer than a phone is wide. " * 5)

    @event.connect("slider.value")
    def on_slider(self, *events):
        self.answer.text = f"Python says: {events[-1].new_value ** 2}"

    @event.connect("edit.text")
    def on_text(self, *events):
        self.answer.text = f"Hello {events[-1].new_value}"

    @event.connect("button.clicked")
    def on_clicked(self, *events):
        self.slider.value += len(events)

    class JS:
        @event.connect("slider.value")
        def on_value(self, *events):
            self.note.text = "JavaScript says: " + "*" * self.slider.value

app.create_server(port=0)
app.serve(Counter)
app.start()
"""


def live(page: Page) -> Page:
    """The page, once it is connected to Python and shows the app."""
    expect(page.locator(".jsm-view")).to_have_attribute("data-status", "live")
    expect(page.get_by_label("count")).to_be_visible()
    return page


def test_a_served_page_answers_keyboard_mouse_and_typing(serve: Callable[[str, str], App], tab: Tabs) -> None:
    page = live(tab.open(serve(COUNTER, "Counter").url))
    slider = page.get_by_label("count")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Python says: 9", exact=True)).to_be_visible()
    expect(page.get_by_text("JavaScript says: ***", exact=True)).to_be_visible()
    count = drag(slider, 0.17, 0.9)
    assert count > 10
    expect(page.get_by_text(f"Python says: {count**2}", exact=True)).to_be_visible()
    page.get_by_label("name").press_sequentially("Ada")
    expect(page.get_by_text("Hello Ada")).to_be_visible()
    page.get_by_role("button", name="More").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Python says: {(count + 1) ** 2}", exact=True)).to_be_visible()
    expect(slider).to_have_value(str(count + 1))


def test_two_tabs_are_two_instances(serve: Callable[[str, str], App], tab: Tabs) -> None:
    app = serve(COUNTER, "Counter")
    one, two = live(tab.open(app.url)), live(tab.open(app.url))
    two.get_by_label("name").fill("two")
    expect(two.get_by_text("Hello two")).to_be_visible()
    one.get_by_label("name").fill("one")
    expect(one.get_by_text("Hello one")).to_be_visible()
    expect(two.get_by_text("Hello two")).to_be_visible()
    expect(two.get_by_label("name")).to_have_value("two")


def test_a_page_whose_server_vanished_is_greyed_and_says_that_the_connection_is_lost(
    serve: Callable[[str, str], App], tab: Tabs
) -> None:
    app = serve(COUNTER, "Counter")
    page = live(tab.open(app.url))
    app.process.kill()
    expect(page.locator(".jsm-view")).to_have_attribute("data-status", "disconnected")
    expect(page.locator(".jsm-status")).to_contain_text("The connection to Python was lost. Trying again")
    expect(page.locator(".jsm-content")).to_have_css("opacity", "0.55")
    expect(page.get_by_label("count")).to_be_visible()


def test_a_page_whose_server_was_stopped_is_greyed_and_says_so(serve: Callable[[str, str], App], tab: Tabs) -> None:
    app = serve(COUNTER, "Counter")
    page = live(tab.open(app.url))
    app.stop()
    expect(page.locator(".jsm-view")).to_have_attribute("data-status", "ended")
    expect(page.locator(".jsm-status")).to_have_text("The server was stopped. Start it again, and reload this page.")
    expect(page.locator(".jsm-content")).to_have_css("opacity", "0.55")


def test_a_served_page_fits_a_phone(serve: Callable[[str, str], App], tab: Tabs) -> None:
    page = live(tab.open(serve(COUNTER, "Counter").url, width=390))
    expect(page.get_by_text("A sentence that is much longer")).to_be_visible()
    wide, room = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert wide <= room == 390
    tab.picture(page, "served-phone")


def test_a_reloaded_page_is_a_new_instance(serve: Callable[[str, str], App], tab: Tabs) -> None:
    page = live(tab.open(serve(COUNTER, "Counter").url))
    page.get_by_label("name").fill("Ada")
    expect(page.get_by_text("Hello Ada")).to_be_visible()
    page.reload()
    live(page)
    expect(page.get_by_label("name")).to_have_value("")


GROWING = """
from jsmodel import app, event, ui

def make(word):
    class Said(ui.Label):
        class JS:
            def init(self):  # without super(): as in Python
                self.word = word

            @event.connect("text")
            def on_text_too(self, *events):
                self.node.dataset.word = self.word
    return Said

One, Two = make("one"), make("two")

class Growing(ui.VBox):
    def init(self):
        self.count = 0
        self.more = ui.Button(text="More")
        self.less = ui.Button(text="Less")
        self.one, self.two = One(text="1"), Two(text="2")

    @event.connect("more.clicked")
    def on_more(self, *events):
        self.count += 1
        self.children = (*self.children, ui.Label(text=f"row {self.count}"))

    @event.connect("less.clicked")
    def on_less(self, *events):
        self.children[-1].dispose()

app.create_server(port=0)
app.serve(Growing)
app.start()
"""


def test_a_page_grows_and_shrinks_from_handlers_and_each_class_has_its_own_code(
    serve: Callable[[str, str], App], tab: Tabs
) -> None:
    page = tab.open(serve(GROWING, "Growing").url)
    expect(page.locator("[data-word=one]")).to_have_text("1")
    expect(page.locator("[data-word=two]")).to_have_text("2")
    more, less = page.get_by_role("button", name="More"), page.get_by_role("button", name="Less")
    more.click()
    more.click()
    expect(page.get_by_text("row 2")).to_be_visible()
    less.click()
    expect(page.get_by_text("row 2")).to_have_count(0)
    more.click()
    expect(page.get_by_text("row 3")).to_be_visible()
    expect(page.get_by_text("row 1")).to_be_visible()
    expect(page.locator(".jsm-error")).to_have_count(0)


def test_a_page_opens_its_one_socket_before_its_scripts_have_come(serve: Callable[[str, str], App], tab: Tabs) -> None:
    url = serve(COUNTER, "Counter").url
    page = tab.open()
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    held: list[Route] = []
    page.route("**/*.js", lambda route: held.append(route))  # the scripts wait until the socket is there
    with page.expect_websocket():
        page.goto(url, wait_until="commit")
    for route in held:
        route.continue_()
    page.unroute("**/*.js")
    live(page)
    assert len(sockets) == 1 and sockets[0].endswith("/Counter/ws")
