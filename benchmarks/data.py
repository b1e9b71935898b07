"""A NumPy array of 64 MiB, from Python to the browser, through either door; beside the bytes alone.

The floor of the server is a binary websocket message, that of the kernel a comm
message with a buffer, through the same JupyterLab. Time runs from the moment
that the page asks until its code holds the bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .chromium import chromium, live_page, probed_page
from .jupyter import jupyter, run_cell
from .measure import Effort, median
from .table import Other, Row
from .web import APPS, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["NAMES", "measure"]

NAMES = ("data.server", "data.kernel")

MIB = 64
SIZE = MIB * 2**20

#: Runs `start` and waits until `window.__arrived` was told of so many bytes.
FETCH = """async ([start, size]) => {
  const came = new Promise((resolve, reject) => {
    window.__arrived = (bytes) => bytes === size ? resolve(performance.now()) : reject(new Error(`${bytes} bytes came`));
    setTimeout(() => reject(new Error('no bytes came')), 60000);
  });
  const begun = performance.now();
  (0, eval)(start);
  return (await came) - begun;
}"""

CELL = f"""import numpy as np
from jsmodel import app, event, ui
from jsmodel.app import window
app.init_notebook()
class Bulk(ui.VBox):
    def init(self):
        self.blobs = [np.full({SIZE}, fill, np.uint8) for fill in (1, 2)]
        with self:
            self.slider = ui.Slider()
            self.label = ui.Label(text='v0')
            self.button = ui.Button(text='bulk')
    @event.connect('button.clicked')
    def on_clicked(self, *events):
        self.blobs.reverse()
        self.blob = self.blobs[0]
    class Both:
        @event.prop
        def blob(self, v=None):
            return v
    class JS:
        @event.connect('blob')
        def on_blob(self, *events):
            window.__arrived(events[-1].new_value.byteLength)
from comm import get_comm_manager
raw = bytes({SIZE})
def opened(comm, message):
    @comm.on_msg
    def send(message):
        comm.send({{}}, buffers=[raw])
get_comm_manager().register_target('raw', opened)
Bulk()"""
OPEN_RAW = """async () => {
  const comm = window.__raw = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.createComm('raw');
  comm.onMsg = (message) => window.__arrived(message.buffers[0].byteLength);
  await comm.open({}).done;
}"""
PRESS = "[...document.querySelectorAll('button')].find((b) => b.textContent === 'bulk').click()"


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    with chromium() as browser:
        if "data.server" in picked:
            ours, floor = _server(browser, effort(6, 3))
            yield _row("data.server", "64 MiB array, Python → page, over a websocket", ours, floor, "raw websocket")
        if "data.kernel" in picked:
            ours, floor = _kernel(browser, effort(5, 3))
            yield _row("data.kernel", "64 MiB array, kernel → JupyterLab", ours, floor, "raw comm")


def _row(name: str, what: str, ours: list[float], floor: list[float], whose: str) -> Row:
    def speed(times: list[float]) -> float:
        return MIB / median(times[1:]) * 1e3  # the first warms up

    return Row(name, what, speed(ours), "MiB/s", (Other(whose, speed(floor)),), budget=0.8, ratio=True, at_least=True)


def _server(browser: Browser, runs: int) -> tuple[list[float], list[float]]:
    with running(APPS[:2]) as (served, _):
        context = browser.new_context()
        ours, floor = (live_page(context, s.url("Bulk" if a is APPS[0] else ""), a.parts) for a, s in served.items())
        times = [(_fetch(ours, PRESS), _fetch(floor, "bulk()")) for _ in range(runs)]
        context.close()
    return [a for a, _ in times], [b for _, b in times]


def _kernel(browser: Browser, runs: int) -> tuple[list[float], list[float]]:
    with jupyter() as lab:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        page = probed_page(context, APPS[0].parts | {"manual": True})
        lab.open(page, CELL)
        run_cell(page)
        page.evaluate(OPEN_RAW)
        page.wait_for_timeout(1000)
        times = [(_fetch(page, PRESS), _fetch(page, "__raw.send({})")) for _ in range(runs)]
        page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
        context.close()
    return [a for a, _ in times], [b for _, b in times]


def _fetch(page: Page, start: str) -> float:
    page.bring_to_front()
    argument: Any = [start, SIZE]
    took: float = page.evaluate(FETCH, argument)
    page.wait_for_timeout(300)
    return took
