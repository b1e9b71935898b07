"""What a page sees of a cell that computes."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from .conftest import Jupyter
from .test_hello import SETUP

BUSY = "[*]:"


def test_of_two_thousand_updates_in_a_cell_the_last_is_shown(jupyter: Jupyter) -> None:
    notebook = jupyter.open([SETUP, "label = ui.Label()\nlabel", "for i in range(2000):\n    label.text = f'step {i}'"])
    notebook.run(0, 1)
    view = notebook.live_view(1)
    notebook.run(2)
    expect(view).to_have_text("step 1999")


def test_a_label_moves_while_its_cell_computes(jupyter: Jupyter, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    count = f"""
import pathlib, time
for i in range(1, 600):
    label.text = f"step {{i}}"
    time.sleep(0.05)
    if pathlib.Path({str(seen)!r}).exists():
        break
"""
    notebook = jupyter.open([SETUP, "label = ui.Label(text='waiting')\nlabel", count])
    notebook.run(0, 1)
    view = notebook.live_view(1)
    notebook.start(2)
    expect(view).to_contain_text(re.compile(r"step \d\d"))  # 8 messages may be on their way; it goes on after them
    expect(notebook.code_cell(2).locator(".jp-InputPrompt")).to_have_text(BUSY)
    seen.touch()
    notebook.finished(2)


STOP = """
class Work(ui.HBox):
    def init(self):
        self.go_on = True
        self.stop = ui.Button(text="Stop")
        self.note = ui.Label()

    @event.connect("stop.clicked")
    def on_stop(self, *events):
        self.go_on = False

work = Work()
work
"""
LOOP = """
import time
steps = 0
while work.go_on and steps < 500:
    steps += 1
    work.note.text = f"step {steps}"
    time.sleep(0.05)
    app.process_events()
"stopped" if not work.go_on else "never heard of it"
"""


def test_a_stop_button_works_in_a_loop_that_calls_process_events(jupyter: Jupyter) -> None:
    notebook = jupyter.open([SETUP, STOP, LOOP])
    notebook.run(0, 1)
    view = notebook.live_view(1)
    notebook.start(2)
    expect(view).to_contain_text(re.compile(r"step \d\d"))
    expect(notebook.code_cell(2).locator(".jp-InputPrompt")).to_have_text(BUSY)
    view.get_by_role("button", name="Stop").click()
    notebook.finished(2)
    expect(notebook.output(2)).to_contain_text("'stopped'")


def test_what_a_person_does_while_a_cell_computes_is_handled_after_it(jupyter: Jupyter, tmp_path: Path) -> None:
    go = tmp_path / "go"
    wait = f"""
import pathlib, time
for i in range(600):
    if pathlib.Path({str(go)!r}).exists():
        break
    time.sleep(0.05)
work.go_on
"""
    notebook = jupyter.open([SETUP, STOP, wait, "work.go_on"])
    notebook.run(0, 1)
    view = notebook.live_view(1)
    notebook.start(2)
    expect(notebook.code_cell(2).locator(".jp-InputPrompt")).to_have_text(BUSY)
    view.get_by_role("button", name="Stop").click()
    go.touch()
    notebook.finished(2)
    expect(notebook.output(2)).to_contain_text("True")  # handlers do not run inside the cell
    notebook.run(3)
    expect(notebook.output(3)).to_contain_text("False")


def test_a_view_that_comes_to_the_page_while_a_cell_computes_is_live_at_once(jupyter: Jupyter, tmp_path: Path) -> None:
    go = tmp_path / "go"
    show = f"""
import pathlib, time
label = ui.Label(text="early")
display(label)
for i in range(600):
    label.text = f"step {{i}}"
    if pathlib.Path({str(go)!r}).exists():
        break
    time.sleep(0.05)
"""
    notebook = jupyter.open([SETUP, show])
    notebook.run(0)
    notebook.start(1)
    expect(notebook.live_view(1)).to_contain_text("step")
    expect(notebook.code_cell(1).locator(".jp-InputPrompt")).to_have_text(BUSY)
    go.touch()
    notebook.finished(1)
