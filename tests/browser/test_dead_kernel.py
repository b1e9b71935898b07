"""What a view says when its kernel dies: killed, killed for good, or shut down by somebody else."""

from __future__ import annotations

import os
import signal

from playwright.sync_api import Locator, expect

from .conftest import Jupyter, Notebook, Tabs, drag, jupyter_process
from .test_hello import SETUP
from .test_life import PANEL

PID = "import os; print('pid', os.getpid())"
STOPPED = "The kernel has stopped. Start it again, and run this cell."


def open_panel(jupyter: Jupyter) -> tuple[Notebook, Locator, str]:
    """A notebook whose panel was used, its view, and what that shows."""
    notebook = jupyter.open([SETUP, PANEL, PID])
    notebook.run_all()
    view = notebook.live_view(1)
    level = drag(view.get_by_label("level"), 0.02, 0.5)
    shown = f"first at {level}"
    expect(view).to_contain_text(shown)
    return notebook, view, shown


def kill(notebook: Notebook) -> None:
    """End the process of the kernel, which cannot say goodbye."""
    os.kill(int(notebook.output(2).inner_text().split()[-1]), signal.SIGKILL)


def expect_ended(view: Locator, words: str, shown: str) -> None:
    """The view stays as it was, greyed, with these words."""
    expect(view).to_have_attribute("data-status", "ended")
    expect(view.locator(".jsm-status")).to_contain_text(words)
    expect(view.locator(".jsm-content")).to_have_css("opacity", "0.55")
    expect(view).to_contain_text(shown)


def test_a_view_says_that_its_killed_kernel_was_restarted(jupyter: Jupyter) -> None:
    notebook, view, shown = open_panel(jupyter)
    kill(notebook)
    expect_ended(view, "The kernel was restarted. Run this cell again.", shown)


def test_a_view_says_that_its_kernel_stopped_when_somebody_shut_it_down(jupyter: Jupyter, tab: Tabs) -> None:
    notebook, view, shown = open_panel(jupyter)
    (session,) = jupyter.api("sessions")
    jupyter.api(f"kernels/{session['kernel']['id']}", "DELETE")
    expect_ended(view, STOPPED, shown)
    tab.picture(notebook.page, "kernel-stopped")


def test_a_view_says_that_its_kernel_stopped_when_jupyter_gives_up_and_what_it_tells_to_do_helps(tab: Tabs) -> None:
    with jupyter_process("--KernelRestarter.restart_limit=0") as jupyter:
        jupyter.tab = tab
        notebook, view, shown = open_panel(jupyter)
        kill(notebook)
        expect_ended(view, STOPPED, shown)
        tab.picture(notebook.page, "kernel-given-up")

        # JupyterLab finds out now that the session of the kernel is gone, and then lets one choose a kernel.
        notebook.command("notebook:restart-kernel")
        notebook.page.locator(".jp-Dialog button.jp-mod-accept").click()
        expect(notebook.page.locator(".jp-Toolbar-kernelName")).to_have_text("No Kernel")
        notebook.command("notebook:change-kernel")
        notebook.page.locator(".jp-Dialog button.jp-mod-accept").click()
        notebook.page.evaluate("() => { delete globalThis.cellsRun; }")  # it counted those of the kernel that is dead
        notebook.ready()
        notebook.run(0, 1)
        view = notebook.live_view(1)
        view.get_by_label("name").fill("again")
        expect(view).to_contain_text("again at 0")
        jupyter.end_sessions()
