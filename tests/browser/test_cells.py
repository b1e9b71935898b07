"""What a cell changes of that which JS code of another cell uses: functions, values, and what is not there any more."""

from __future__ import annotations

from playwright.sync_api import expect

from .conftest import Jupyter, Tabs
from .test_hello import SETUP

HELPERS = """
limit = 3
rows = [1]

def describe(text, into=rows):
    kept.append(rows)
    return f"{text} of {limit}, {rows}, {into is rows and kept[0] is rows}"
"""

PROBE = """
kept = []

class Probe(ui.Label):
    class JS:
        @event.connect("text")
        def on_text(self, *events):
            self.node.title = describe(self.text)

        def add(self, number):
            rows.append(number)
            return rows
"""


def test_what_another_cell_changes_comes_to_a_live_view(jupyter: Jupyter, tab: Tabs) -> None:
    tab.expect_error("In Python: Probe.JS.on_text uses 'describe'")
    notebook = jupyter.open(
        [
            SETUP,
            HELPERS,
            PROBE,
            "probe = Probe(text='a')\nprobe",
            "limit = 5",
            "rows.append(2)",
            "probe.text += '!'",
            "del describe",
            "def describe(text):\n    return 'again ' + text",
            "print(await probe.js.add(7), rows)",
        ]
    )
    notebook.run(0, 1, 2, 3)
    title = notebook.live_view(3).locator("[title]").first
    expect(title).to_have_attribute("title", "a of 3, [1], True")
    notebook.run(4, 6)
    expect(title).to_have_attribute("title", "a! of 5, [1], True")
    notebook.run(5, 6)  # it is the same list, with other content
    expect(title).to_have_attribute("title", "a!! of 5, [1, 2], True")
    notebook.run(9, 6)  # what JS does to it stays there
    expect(notebook.output(9)).to_contain_text("[1, 2, 7] [1, 2]")
    expect(title).to_have_attribute("title", "a!!! of 5, [1, 2, 7], True")
    notebook.run(5, 6)  # until Python changes it
    expect(title).to_have_attribute("title", "a!!!! of 5, [1, 2, 2], True")

    notebook.run(7)
    expect(notebook.output(7)).to_contain_text("Probe.JS.on_text uses 'describe'")
    expect(notebook.output(7)).to_contain_text("Pages go on with what they have.")
    notebook.run(6)
    expect(title).to_have_attribute("title", "a!!!!! of 5, [1, 2, 2], True")
    expect(notebook.output(6)).not_to_contain_text("Error")
    tab.picture(notebook.page, "deleted")
    notebook.reload()
    title = notebook.live_view(3).locator("[title]").first
    expect(title).to_have_attribute("title", "a!!!!! of 5, [1, 2, 2], True")
    notebook.run(8, 6)
    expect(title).to_have_attribute("title", "again a!!!!!!")


BASE = """
class Base(ui.Label):
    class JS:
        @event.connect("text")
        def on_text(self, *events):
            self.node.title = self.word() + " ONE"

        def word(self):
            return "base"
"""
SUB = "class Sub(Base):\n    class JS:\n        def word(self):\n            return 'sub ' + super().word()"


def test_a_subclass_keeps_its_base_until_it_is_defined_again_and_is_told_so(jupyter: Jupyter) -> None:
    notebook = jupyter.open(
        [SETUP, BASE, SUB, "sub = Sub(text='a')\nsub", BASE.replace("ONE", "TWO"), "sub.text += '!'"]
    )
    notebook.run(0, 1, 2, 3)
    title = notebook.live_view(3).locator("[title]").first
    expect(title).to_have_attribute("title", "sub base ONE")
    notebook.run(4, 5)
    expect(notebook.output(4)).to_contain_text(
        "Sub keeps the old Base: it was made of that, before Base was defined again. Run the cell of Sub again, too."
    )
    expect(title).to_have_attribute("title", "sub base ONE")
    notebook.run(2, 5)
    expect(title).to_have_attribute("title", "sub base TWO")
    notebook.reload()
    title = notebook.live_view(3).locator("[title]").first
    expect(title).to_have_attribute("title", "sub base TWO")
