"""What JS code uses of its module, and of others, comes to the page: from a script, and from cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from .conftest import App, Jupyter, Tabs
from .test_hello import SETUP

LIBRARY = """
__pyscript__ = True
names = []

class Place:
    def __init__(self, name, x=0):
        self.name = name
        self.x = x
        names.append(name)

    def __add__(self, step):
        return Place(self.name + "'", self.x + step)

    def __str__(self):
        return f"{self.name} at {self.x}"
"""

HELPERS = """
import places

limit = 3

class TooFar(Exception):
    pass

def walk(place, steps):
    if steps > limit:
        raise TooFar(f"{steps} steps")
    return place + steps

def report(steps):
    try:
        return str(walk(places.Place("home"), steps)) + ", seen " + ", ".join(places.names)
    except TooFar as err:
        return f"too far: {err}"
"""

MODEL = """
class Walker(ui.Label):
    class JS:
        @event.connect("text")
        def on_text(self, *events):
            self.node.title = report(len(self.text))
"""


def test_a_script_and_the_modules_beside_it(serve: Callable[[str, str], App], tab: Tabs, tmp_path: Path) -> None:
    (tmp_path / "places.py").write_text(LIBRARY)
    end = "\napp.create_server(port=0)\napp.serve(Walker, properties={'text': 'ab'})\nprint(app.current_server().url('Walker'), flush=True)\napp.start()\n"
    page = tab.open(serve("from jsmodel import app, event, ui\n" + HELPERS + MODEL + end, "Walker").url)
    expect(page.locator("[title]").last).to_have_attribute("title", "home' at 2, seen home, home'")


def test_cells_and_a_module_beside_the_notebook(jupyter: Jupyter) -> None:
    (jupyter.root / "places.py").write_text(LIBRARY)
    notebook = jupyter.open([SETUP, HELPERS, MODEL, "label = Walker(text='ab')\nlabel", "label.text = 'abcdef'"])
    notebook.run(0, 1, 2, 3)
    view = notebook.live_view(3)
    expect(view.locator("[title]").first).to_have_attribute("title", "home' at 2, seen home, home'")
    notebook.run(4)
    expect(view.locator("[title]").first).to_have_attribute("title", "too far: 6 steps")


ROOT = """
class Root:
    def say(self):
        return "root"

import stems

class Leaf(stems.Stem):
    def say(self):
        return "leaf, " + super().say()

def make():
    return Leaf()
"""

STEM = """
from roots import Root

class Stem(Root):
    def say(self):
        return "stem, " + super().say()

    def leaf(self):
        import roots
        return roots.make()
"""

PLANT = """
from jsmodel import app, event, ui
import roots, stems

class Plant(ui.Label):
    class JS:
        @event.connect("text")
        def on_text(self, *events):
            self.node.title = f"{stems.Stem().leaf().say()}; {roots.Leaf().say()}; {stems.Stem().say()}"

app.create_server(port=0)
app.serve(Plant, properties={"text": "a plant"})
print(app.current_server().url("Plant"), flush=True)
app.start()
"""


def test_classes_of_modules_that_import_each_other(serve: Callable[[str, str], App], tab: Tabs, tmp_path: Path) -> None:
    (tmp_path / "roots.py").write_text(ROOT)
    (tmp_path / "stems.py").write_text(STEM)
    page = tab.open(serve(PLANT, "Plant").url)
    expect(page.locator("[title]").last).to_have_attribute("title", "leaf, stem, root; leaf, stem, root; stem, root")
