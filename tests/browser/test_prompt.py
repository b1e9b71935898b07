"""Interactive use: what is displayed at a prompt appears in the page, while the prompt stays free."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest
from playwright.sync_api import Page, expect

from .conftest import Jupyter, Tabs

COUNTER = """
class Counter(app.Model):
    class Both:
        @event.prop
        def count(self, v=0):
            return int(v)
    class JS:
        @event.connect('count')
        def on_count(self, *events):
            window.document.body.dataset.count = say(self.count + {plus})
"""

SAY = """
def say(count):
    return '{word} ' + str(count)
"""


class Prompt:
    """A Python or IPython prompt in a terminal."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        env = {**os.environ, "HOME": str(folder), "IPYTHONDIR": str(folder), "TERM": "dumb"}
        opener = folder / "browser.py"
        opener.write_text(
            f"import sys\nwith open({str(folder / 'opened')!r}, 'a') as file:\n    print(sys.argv[1], file=file)\n"
        )
        self.opened = folder / "opened"
        env |= {"BROWSER": f"{sys.executable} {opener} %s", "PYTHONPATH": os.pathsep.join(sys.path)}
        self.ipython = "IPython" in arguments
        self.ready = r"In \[\d+\]: " if self.ipython else ">>> "
        self.child = pexpect.spawn(
            sys.executable, list(arguments), env=env, cwd=folder, encoding="utf8", timeout=30, dimensions=(50, 300)
        )
        self.child.expect(self.ready)

    def type(self, text: str) -> str:
        """Type a statement, of one line or more, and return what is printed until the prompt is back."""
        lines = text.strip().split("\n")
        for line in lines:
            self.child.sendline(line)
        if len(lines) > 1:
            self.child.sendline("")
        self.child.expect(self.ready)
        return str(self.child.before)

    def address(self) -> str:
        """The last page that was opened."""
        deadline = time.monotonic() + 20
        while not (self.opened.exists() and self.opened.read_text().strip()):
            assert time.monotonic() < deadline, "no page was opened"
            time.sleep(0.05)
        return self.opened.read_text().split()[-1]

    def until(self, text: str, expected: str) -> None:
        """Type `text` until `expected` is printed: what a page sets takes a moment."""
        deadline = time.monotonic() + 20
        while not re.search(expected, said := self.type(text).partition("\n")[2]):
            assert time.monotonic() < deadline, said

    def end(self) -> None:
        """Leave the prompt."""
        self.child.sendline("exit()")
        self.child.expect(pexpect.EOF)


KINDS = {
    "python": ["-q"],
    "python -i": ["-q", "-i", "script.py"],
    "ipython": ["-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit", "--colors=NoColor"],
}


@pytest.fixture
def prompt(tmp_path: Path) -> Iterator[Callable[[str], Prompt]]:
    """Call it with the kind of prompt."""
    prompts: list[Prompt] = []

    def begin(kind: str) -> Prompt:
        (tmp_path / "script.py").write_text("from jsmodel import app, event, ui\nwindow = app.window\n")
        prompts.append(Prompt(tmp_path, *KINDS[kind]))
        if kind != "python -i":
            prompts[-1].type("from jsmodel import app, event, ui")
            prompts[-1].type("window = app.window")
        return prompts[-1]

    yield begin
    for one in prompts:
        one.child.close(force=True)


def items(page: Page) -> list[str]:
    """The headings of what the page shows, from the top."""
    return page.locator(".jsm-Workbench-head span").all_text_contents()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_displayed_appears_and_classes_can_be_defined_again(
    prompt: Callable[[str], Prompt], tab: Tabs, kind: str
) -> None:
    shell = prompt(kind)
    shell.type("app.create_server(port=0)")
    said = shell.type("app.init_interactive()")
    assert "jsmodel: what you display here appears at http://localhost:" in said
    page = tab.open(shell.address())
    expect(page.get_by_text("What you display at the prompt appears here")).to_be_visible()

    shell.type(SAY.format(word="counted"))
    shell.type(COUNTER.format(plus=0))
    shell.type("one = Counter(count=4)")
    assert items(page) == []
    assert "<Counter #" in shell.type("one")
    expect(page.locator(".jsm-Workbench-item")).to_have_count(1)
    expect(page.locator("body")).to_have_attribute("data-count", "counted 4")
    page.get_by_role("spinbutton", name="count").fill("7")
    expect(page.locator("body")).to_have_attribute("data-count", "counted 7")
    shell.until("one.count", r"\b7\b")

    shell.type(SAY.format(word="again"))
    shell.type(COUNTER.format(plus=100))
    shell.type("two = Counter(count=1)")
    shell.type("two")
    expect(page.locator(".jsm-Workbench-item")).to_have_count(2)
    expect(page.locator("body")).to_have_attribute("data-count", "again 101")
    shell.until("one.count", r"\b7\b")
    page.get_by_role("spinbutton", name="count").first.fill("8")  # what was there before has the new code, too
    expect(page.locator("body")).to_have_attribute("data-count", "again 108")
    shell.end()


def test_the_newest_is_last_none_is_there_twice_and_each_can_be_put_away(
    prompt: Callable[[str], Prompt], tab: Tabs
) -> None:
    shell = prompt("python")
    shell.type("app.create_server(port=0)")
    shell.type("app.init_interactive()")
    page = tab.open(shell.address())
    shell.type("a = ui.Slider(label='Size', max=10)")
    shell.type("b = ui.Label(text='A label')")
    shell.type("a")
    shell.type("b")
    expect(page.locator(".jsm-Workbench-head span")).to_have_text([re.compile("^Slider"), re.compile("^Label")])
    page.get_by_label("Size").press("ArrowRight")
    shell.type("a")
    expect(page.locator(".jsm-Workbench-head span")).to_have_text([re.compile("^Label"), re.compile("^Slider")])
    expect(page.get_by_label("Size")).to_have_value("1")
    tab.picture(page, "prompt-light")
    page.emulate_media(color_scheme="dark")
    tab.picture(page, "prompt-dark")
    page.reload()
    expect(page.locator(".jsm-Workbench-head span")).to_have_text([re.compile("^Label"), re.compile("^Slider")])
    page.get_by_role("button", name=re.compile("Put Label")).click()
    expect(page.locator(".jsm-Workbench-head span")).to_have_text([re.compile("^Slider")])
    assert "A label" in shell.type("b.text")
    shell.type("a.dispose()")
    shell.type("b")
    expect(page.locator(".jsm-Workbench-head span")).to_have_text([re.compile("^Label")])
    shell.end()


def test_a_failing_handler_is_told_once_on_the_page_of_the_prompt(prompt: Callable[[str], Prompt], tab: Tabs) -> None:
    tab.expect_error("on purpose")
    shell = prompt("python")
    shell.type("app.create_server(port=0)")
    shell.type("app.init_interactive()")
    page = tab.open(shell.address())
    shell.type(
        "class Bad(app.Model):\n"
        "    @event.connect('count')\n"
        "    def on_count(self, *events):\n"
        "        if self.count: raise RuntimeError('on purpose')\n"
        "    class Both:\n"
        "        @event.prop\n"
        "        def count(self, v=0):\n"
        "            return int(v)\n"
    )
    shell.type("Bad()")
    shell.type("Bad()")
    expect(page.locator(".jsm-Workbench-item")).to_have_count(2)
    page.get_by_role("spinbutton", name="count").first.fill("1")
    expect(page.locator(".jsm-error:visible")).to_have_count(1)
    expect(page.locator(".jsm-error:visible")).to_contain_text("on purpose")


def test_a_page_that_was_closed_is_told_of_and_opened_again(prompt: Callable[[str], Prompt], tab: Tabs) -> None:
    shell = prompt("python")
    shell.type("app.create_server(port=0)")
    shell.type("app.init_interactive()")
    first = shell.address()
    page = tab.open(first)
    shell.type("label = ui.Label(text='A label')")
    assert "No page shows it" not in shell.type("label")
    expect(page.get_by_text("A label", exact=True)).to_be_visible()
    shell.type("app.init_interactive()")
    assert shell.address() == first  # it is open
    page.close()
    deadline = time.monotonic() + 60
    while "No page shows it" not in shell.type("label"):
        assert time.monotonic() < deadline
    assert "what you display here appears at" in shell.type("app.init_interactive()")
    while shell.address() == first:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    second = shell.address()
    page = tab.open(second)
    expect(page.get_by_text("A label", exact=True)).to_be_visible()
    shell.type("app.stop()")
    expect(page.locator(".jsm-view").first).to_have_attribute("data-status", "ended")
    shell.type("app.init_interactive()")
    while shell.address() == second:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    expect(tab.open(shell.address()).get_by_text("A label", exact=True)).to_be_visible()
    shell.end()


def test_what_was_launched_stays_on_its_own_page(prompt: Callable[[str], Prompt], tab: Tabs) -> None:
    shell = prompt("ipython")
    shell.type("app.create_server(port=0)")
    shell.type("app.init_interactive()")
    page = tab.open(shell.address())
    expect(page.get_by_text("What you display")).to_be_visible()
    shell.type(COUNTER.format(plus=0).replace("say(", "str("))
    said = shell.type("own = app.launch(Counter, runtime=None)")
    found = re.search(r"open (http://\S+)", said)
    assert found is not None
    own = tab.open(found[1])
    expect(own.get_by_role("spinbutton", name="count")).to_be_visible()
    assert "it is shown on a page of its own" in shell.type("own")
    expect(page.locator(".jsm-Workbench-item")).to_have_count(0)
    shell.end()


def test_the_page_of_a_prompt_is_nobody_elses(prompt: Callable[[str], Prompt], tab: Tabs) -> None:
    shell = prompt("ipython")
    shell.type("app.create_server(port=0)")
    shell.type("app.init_interactive()")
    address = shell.address()
    expect(tab.open(address).get_by_text("What you display")).to_be_visible()
    where = address.partition("?")[0]
    stranger = tab._context.browser.new_context()  # type: ignore[union-attr]
    try:
        for url in (where, address):
            reply = stranger.new_page().goto(url)
            assert reply is not None and reply.status in (403, 404)
        index = stranger.new_page()
        index.goto(where.rpartition("/")[0] + "/")
        expect(index.get_by_text("No app is served yet")).to_be_visible()
    finally:
        stranger.close()
    shell.end()


BEGIN = "from jsmodel import app, ui\napp.create_server(port=0)\napp.init_interactive(runtime=None)"


def test_in_a_kernel_without_a_notebook_page_models_appear_in_the_page_of_the_prompt(
    jupyter: Jupyter, tab: Tabs
) -> None:
    notebook = jupyter.open([BEGIN, "slider = ui.Slider(label='Size', max=10)\nslider", "slider.value"])
    notebook.run(0)
    said = notebook.output(0).text_content() or ""
    found = re.search(r"jsmodel: open (http://\S+?)(?=\s|$)", said)
    assert found is not None, said
    page = tab.open(found[1])
    notebook.run(1)
    expect(page.get_by_label("Size")).to_be_visible()
    assert "Slider" in (notebook.output(1).text_content() or "")
    expect(notebook.view(1)).to_have_count(0)
    page.get_by_label("Size").press("ArrowRight")
    expect(page.get_by_text("1", exact=True)).to_be_visible()
    notebook.run(2)
    expect(notebook.output(2).locator(".jp-OutputArea-output")).to_have_text("1")


def test_in_a_notebook_that_shows_its_models_they_stay_there(jupyter: Jupyter, tab: Tabs) -> None:
    notebook = jupyter.open(["from jsmodel import app, ui\napp.init_notebook()", BEGIN, "ui.Slider(label='Size')"])
    notebook.run_all()
    expect(notebook.live_view(2).get_by_label("Size")).to_be_visible()
