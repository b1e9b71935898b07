"""The cell of a class is run again: the views that are on the page get the new code, where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from .conftest import App, Jupyter, Notebook, Tabs
from .test_hello import SETUP

PANEL = """
class Panel(ui.VBox):
    CSS = ".jsm-panel-word { color: rgb(200, 0, 0) }"

    def init(self):
        self.edit = ui.LineEdit(label="name", text="first")
        self.answer = ui.Label()

    @event.connect("edit.text", "clicks")
    def on_change(self, *events):
        self.answer.text = f"one {self.edit.text} {self.clicks}"

    class Both:
        @event.prop
        def clicks(self, v=0):
            return int(v)

    class JS:
        def init(self):
            self.heard = 0
            self.word = window.document.createElement("button")
            self.word.className = "jsm-panel-word"
            self._listen(self.word, "click", self.clicked)
            self.show()

        def show(self):
            self.word.textContent = "JS one " + str(self.clicks) + " heard " + str(self.heard)

        def clicked(self, e):
            self.clicks += 1

        @event.connect("clicks", "children")
        def on_clicks(self, *events):
            self.node.append(self.word)
            self.heard += len([e for e in events if e.type == "clicks"])
            self.show()
"""

#: The same, edited; it asks to be told.
TWO = (
    PANEL.replace("one", "two")
    .replace("200, 0, 0", "0, 0, 200")
    .replace("self.clicks += 1", "self.clicks += 10")
    .replace("        def show", "        def init_again(self):\n            self.show()\n\n        def show")
)

SHOW = "panel = Panel()\npanel"


def edit(notebook: Notebook, index: int, source: str) -> None:
    """Put another text into a code cell."""
    notebook.page.evaluate(
        "([index, text]) => jupyterapp.shell.currentWidget.content.widgets[index].model.sharedModel.setSource(text)",
        [index, source],
    )


def test_a_live_view_gets_the_new_code_and_keeps_what_it_has(jupyter: Jupyter, tab: Tabs) -> None:
    notebook = jupyter.open([SETUP + "\nfrom jsmodel.app import window", PANEL, SHOW, "panel.clicks"])
    notebook.run(0, 1, 2)
    view = notebook.live_view(2)
    word = view.locator(".jsm-panel-word")
    word.click()
    expect(word).to_have_text("JS one 1 heard 2")
    view.get_by_label("name").fill("typed")
    expect(view).to_contain_text("one typed 1")
    expect(word).to_have_css("color", "rgb(200, 0, 0)")

    edit(notebook, 1, TWO)
    notebook.run(1)
    expect(word).to_have_text("JS two 1 heard 2")  # not init, which would make another button
    expect(view.locator(".jsm-panel-word")).to_have_count(1)
    expect(word).to_have_css("color", "rgb(0, 0, 200)")
    expect(view.get_by_label("name")).to_have_value("typed")
    word.click()
    expect(word).to_have_text("JS two 11 heard 3")
    expect(view).to_contain_text("two typed 11")
    view.get_by_label("name").fill("more")
    expect(view).to_contain_text("two more 11")
    tab.picture(notebook.page, "redefined")
    notebook.run(3)
    expect(notebook.output(3)).to_contain_text("11")

    notebook.reload()
    view = notebook.live_view(2)
    expect(view.locator(".jsm-panel-word")).to_have_text("JS two 11 heard 1")
    expect(view.get_by_label("name")).to_have_value("more")
    view.locator(".jsm-panel-word").click()
    expect(view).to_contain_text("two more 21")


def test_a_class_that_cannot_run_in_the_browser_leaves_the_old_one_running(jupyter: Jupyter, tab: Tabs) -> None:
    tab.expect_error("In Python: Panel.JS.clicked uses 'nothing_at_all'")
    notebook = jupyter.open([SETUP + "\nfrom jsmodel.app import window", PANEL, SHOW])
    notebook.run(0, 1, 2)
    view = notebook.live_view(2)
    word = view.locator(".jsm-panel-word")
    for broken, words in (
        ("self.clicks += 1j", "1j is not known there"),
        ("self.clicks += nothing_at_all", "Panel.JS.clicked uses 'nothing_at_all'"),
    ):
        edit(notebook, 1, PANEL.replace("self.clicks += 1", broken))
        notebook.run(1)
        expect(notebook.output(1)).to_contain_text(words)
        before = int((word.text_content() or "").split()[2])
        word.click()
        expect(word).to_have_text(f"JS one {before + 1} heard {before + 2}")
    expect(view.locator(".jsm-error")).to_have_count(1)
    edit(notebook, 1, PANEL.replace("one", "three"))
    notebook.run(1)
    expect(view.locator(".jsm-error")).to_have_count(0)
    word.click()
    expect(word).to_have_text("JS three 3 heard 4")


def test_code_that_fails_when_it_comes_is_told_in_its_view_and_mended_by_running_its_cells_again(
    jupyter: Jupyter, tab: Tabs
) -> None:
    tab.expect_error("Unexpected|failed when it came")
    setup = "from jsmodel import app, ui\nfrom jsmodel.app import RawJS\napp.init_notebook()"
    shop = """class Shop(ui.Label):
    class JS:
        def init(self):
            self.text = f"{prices.apples} each"
shop = Shop()
shop"""
    nb = jupyter.open(
        [setup, "ui.Label(text='another')", "prices = RawJS('{apples: ')", shop, "prices = RawJS('{apples: 3}')"]
    )
    nb.run(0, 1)
    nb.live_view(1)
    nb.run(2, 3)
    expect(nb.view(3)).to_have_attribute("data-status", "error")
    expect(nb.view(3).locator("summary")).to_contain_text("The code of __main__:Shop failed when it came: SyntaxError")
    expect(nb.view(3).locator("summary")).to_have_count(1)
    expect(nb.view(1).locator("summary")).to_have_count(0)  # it needs nothing of that
    nb.run(4, 3)
    expect(nb.live_view(3)).to_contain_text("3 each")


def test_twenty_runs_of_a_class_leave_one_handler(jupyter: Jupyter) -> None:
    notebook = jupyter.open([SETUP + "\nfrom jsmodel.app import window", PANEL, SHOW])
    notebook.run(0, 1, 2)
    view = notebook.live_view(2)
    word = view.locator(".jsm-panel-word")
    for i in range(20):
        edit(notebook, 1, PANEL.replace("JS one", f"JS {i}").replace("200, 0, 0", f"{i}, 0, 0"))
        notebook.run(1)
    word.click()
    expect(word).to_have_text("JS 19 1 heard 2")
    word.click()
    expect(word).to_have_text("JS 19 2 heard 3")
    expect(word).to_have_css("color", "rgb(19, 0, 0)")
    assert notebook.page.locator("style[data-jsmodel='__main__.Panel.css']").count() == 1


def test_a_function_that_is_run_again_is_the_one_that_a_live_view_calls(jupyter: Jupyter) -> None:
    helper = "def word(n):\n    return 'first ' + str(n)"
    cell = PANEL.replace('"JS one " + str(self.clicks)', "word(self.clicks)")
    notebook = jupyter.open([SETUP + "\nfrom jsmodel.app import window", helper, cell, SHOW])
    notebook.run(0, 1, 2, 3)
    word = notebook.live_view(3).locator(".jsm-panel-word")
    word.click()
    expect(word).to_have_text("first 1 heard 2")
    edit(notebook, 1, helper.replace("first", "second"))
    notebook.run(1)
    word.click()
    expect(word).to_have_text("second 2 heard 3")


INTERACTIVE = """
import linecache, os, time
from jsmodel import app, event, ui
from jsmodel.app import window

def define(text, name):
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    exec(compile(text, name, "exec"), globals())

define(open("one.txt").read(), "<one>")
server = app.create_server(port=0)
app.serve(Panel)
app.init_interactive()
print(f"http://localhost:{server.port}/Panel", flush=True)
while not os.path.exists("two.txt"):
    time.sleep(0.05)
define(open("two.txt").read(), "<two>")
while True:
    time.sleep(1)
"""


def test_at_a_prompt_with_a_server_the_pages_get_the_new_code_too(
    serve: Callable[[str, str], App], tab: Tabs, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_text(PANEL)
    page = tab.open(serve(INTERACTIVE, "Panel").url)
    word = page.locator(".jsm-panel-word")
    word.click()
    expect(word).to_have_text("JS one 1 heard 2")
    page.get_by_label("name").fill("typed")
    expect(page.locator("body")).to_contain_text("one typed 1")
    new = tmp_path / "new.txt"
    new.write_text(TWO)
    new.rename(tmp_path / "two.txt")
    expect(word).to_have_text("JS two 1 heard 2")
    expect(page.get_by_label("name")).to_have_value("typed")
    word.click()
    expect(word).to_have_text("JS two 11 heard 3")
    expect(page.locator("body")).to_contain_text("two typed 11")
