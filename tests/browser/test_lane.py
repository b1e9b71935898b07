"""The fast lane: views go on over a websocket that the Jupyter server passes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Jupyter, Notebook, Tabs, drag, jupyter_process
from .test_hello import SETUP
from .test_life import PANEL

#: Waits until these transports carry the clients, and says which do.
TRANSPORTS = """
import time
from jsmodel.session import default_session

def names():
    return [c.channel.transport.name if c.channel.transport else None for c in default_session().clients.values()]

async def transports(*wanted):
    import asyncio
    for _ in range(200):
        if names() == list(wanted):
            break
        await asyncio.sleep(0.05)
    return f"over {names()}"
"""
COMMS = """
from comm import get_comm_manager
f"{len(get_comm_manager().comms)} comms"
"""
CUT = "for c in default_session().clients.values():\n    c.channel.transport.close(1001)\n"


def edit(notebook: Notebook, text: str) -> None:
    """Type into the field of the panel, and wait for what Python makes of it."""
    view = notebook.view(1)
    view.get_by_label("name").fill(text)
    expect(view).to_contain_text(f"{text} at ")


def test_a_view_goes_on_over_the_lane_and_its_comm_is_closed(jupyter: Jupyter) -> None:
    notebook = jupyter.open([SETUP, PANEL, TRANSPORTS, "await transports('websocket')", COMMS])
    notebook.run_all()
    expect(notebook.output(3)).to_contain_text("over ['websocket']")
    expect(notebook.output(4)).to_contain_text("0 comms")
    view = notebook.live_view(1)
    level = drag(view.get_by_label("level"), 0.02, 0.6)
    expect(view).to_contain_text(f"first at {level}")
    edit(notebook, "typed")


def test_where_the_lane_is_cut_views_go_on_over_a_comm_and_nothing_is_lost(jupyter: Jupyter) -> None:
    count = "for i in range(300):\n    panel.answer.text = f'step {i}'\n    if i in (100, 200): time.sleep(0.1)\n"
    again = "await transports('websocket')"
    notebook = jupyter.open(
        [SETUP, PANEL, TRANSPORTS, again, CUT + count, again, CUT + count, "await transports('comm')"]
    )
    notebook.run(0, 1, 2, 3)
    expect(notebook.output(3)).to_contain_text("over ['websocket']")
    notebook.run(4)
    expect(notebook.live_view(1)).to_contain_text("step 299")
    edit(notebook, "over a comm")
    notebook.run(5)  # it is tried once more
    expect(notebook.output(5)).to_contain_text("over ['websocket']")
    edit(notebook, "over the lane")
    notebook.run(6)
    expect(notebook.live_view(1)).to_contain_text("step 299")
    notebook.run(7)
    expect(notebook.output(7)).to_contain_text("over ['comm']")
    notebook.page.wait_for_timeout(4000)  # and then no more
    notebook.run(7)
    expect(notebook.output(7)).to_contain_text("over ['comm']")
    edit(notebook, "still here")


def test_a_person_is_told_that_a_cell_computes_and_that_it_has_ended(jupyter: Jupyter, tmp_path: Path) -> None:
    go = tmp_path / "go"
    wait = f"import pathlib, time\nfor i in range(600):\n    if pathlib.Path({str(go)!r}).exists(): break\n    time.sleep(0.05)"
    notebook = jupyter.open([SETUP, PANEL, TRANSPORTS, "await transports('websocket')", wait])
    notebook.run(0, 1, 2, 3)
    view = notebook.live_view(1)
    notebook.start(4)
    expect(notebook.code_cell(4).locator(".jp-InputPrompt")).to_have_text("[*]:")
    view.get_by_label("name").fill("typed")
    expect(view).to_have_attribute("data-status", "busy")
    expect(view.locator(".jsm-status")).to_contain_text("Python is busy")
    go.touch()
    notebook.finished(4)
    expect(view).to_have_attribute("data-status", "live")
    expect(view).to_contain_text("typed at 0")


def test_second_views_have_lanes_of_their_own_and_leave_nothing_behind(jupyter: Jupyter) -> None:
    both = "await transports('websocket', 'websocket')"
    notebook = jupyter.open([SETUP, PANEL, "panel", TRANSPORTS, both, COMMS, "await transports('websocket')"])
    notebook.run(0, 1, 2, 3, 4)
    expect(notebook.output(4)).to_contain_text("over ['websocket', 'websocket']")
    notebook.view(2).get_by_label("name").fill("typed")
    expect(notebook.view(1)).to_contain_text("typed at 0")
    notebook.code_cell(2).locator(".jp-InputPrompt").click()
    notebook.command("notebook:clear-cell-output")
    notebook.run(5, 6)
    expect(notebook.output(5)).to_contain_text("0 comms")
    expect(notebook.output(6)).to_contain_text("over ['websocket']")


def test_when_the_kernels_connection_drops_and_comes_back_views_are_live_again(jupyter: Jupyter) -> None:
    notebook = jupyter.open([SETUP, PANEL, TRANSPORTS, "await transports('websocket')"])
    notebook.run_all()
    notebook.page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.reconnect()")
    notebook.live_view(1)
    edit(notebook, "again")


# -- other servers

STRICT = "script-src 'self' 'unsafe-eval'; object-src 'none'; worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'self'"


@pytest.fixture(scope="module")
def hub_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """A server as a hub starts it for a user, with a policy that forbids scripts in pages."""
    config = f"c.ServerApp.tornado_settings = {{'headers': {{'Content-Security-Policy': {STRICT!r}}}}}"
    with jupyter_process(base="/user/jo%C3%A9", config=config) as jupyter:
        yield jupyter


@pytest.fixture
def hub(hub_server: Jupyter, tab: Tabs) -> Jupyter:
    hub_server.tab = tab
    return hub_server


@pytest.fixture(scope="module")
def plain_server() -> Iterator[Jupyter]:
    """A server that was told to leave our extension out."""
    with jupyter_process("--ServerApp.jpserver_extensions={'jsmodel': False}") as jupyter:
        yield jupyter


def test_under_a_prefix_and_a_strict_policy_views_are_alive(hub: Jupyter) -> None:
    notebook = hub.open([SETUP, PANEL, TRANSPORTS, "await transports('websocket')"])
    # The policy is in force: the page runs no script that was put into it.
    inline = "() => { const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.head.append(s); return !!window.ran; }"
    assert notebook.page.evaluate(inline) is False
    notebook.run_all()
    expect(notebook.output(3)).to_contain_text("over ['websocket']")
    view = notebook.live_view(1)
    level = drag(view.get_by_label("level"), 0.02, 0.6)
    expect(view).to_contain_text(f"first at {level}")
    loaded = notebook.page.evaluate("() => performance.getEntriesByType('resource').map(r => r.name)")
    assert [url for url in loaded if "/user/jo%C3%A9/jsmodel/kernel/" in url and "/_jsm/assets/" in url]


SERVE = """
class Counter(ui.VBox):
    def init(self):
        self.button = ui.Button(text="Count")
        self.answer = ui.Label(text="0")

    @event.connect("button.clicked")
    def on_click(self, *events):
        self.answer.text = str(int(self.answer.text) + len(events))

app.serve(Counter)
None
"""


def test_an_app_of_a_kernel_is_served_under_the_users_address(hub: Jupyter) -> None:
    notebook = hub.open([SETUP, SERVE, TRANSPORTS, "await transports('websocket')"])
    notebook.run_all()
    kernel = notebook.page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.id")
    assert hub.tab is not None
    page = hub.tab.open(f"{hub.url}/jsmodel/kernel/{kernel}/app/Counter")
    page.get_by_role("button", name="Count").click()
    expect(page.locator(".jsm-view")).to_contain_text("1")
    page.get_by_role("button", name="Count").click()
    expect(page.locator(".jsm-view")).to_contain_text("2")


def test_without_the_extension_views_stay_on_their_comms(plain_server: Jupyter, tab: Tabs) -> None:
    plain_server.tab = tab
    notebook = plain_server.open([SETUP, PANEL, TRANSPORTS, "await transports('comm')"])
    notebook.run(0, 1, 2)
    notebook.live_view(1)
    notebook.page.wait_for_timeout(2000)
    notebook.run(3)
    expect(notebook.output(3)).to_contain_text("over ['comm']")
    edit(notebook, "typed")
    loaded = notebook.page.evaluate("() => performance.getEntriesByType('resource').map(r => r.name)")
    assert not [url for url in loaded if "/jsmodel/kernel/" in url]

    notebook.page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.reconnect()")
    notebook.live_view(1)
    edit(notebook, "after a reconnect")
