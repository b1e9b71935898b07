"""A NumPy array of 64 MiB, from Python to the browser, through either door; beside the bytes alone.

The floor of the server is a binary websocket message, that of the kernel a comm
message with a buffer, through the same JupyterLab; and, since `send_data()` lets
other messages pass, the same bytes in pieces of 1 MiB. Time runs from the moment
that the page asks until its code holds the bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .chromium import chromium, live_page, probed_page
from .jupyter import jupyter, run_cell
from .measure import ROOT, Effort, median
from .table import Other, Row
from .web import APPS, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["NAMES", "measure"]

NAMES = ("data.server", "data.server.property", "data.kernel", "data.kernel.property")

MIB = 64
SIZE = MIB * 2**20

#: Runs `start` and waits until `window.arrived` was told of so many bytes.
FETCH = """async ([start, size]) => {
  const came = new Promise((resolve, reject) => {
    window.arrived = (bytes) => bytes === size ? resolve(performance.now()) : reject(new Error(`${bytes} bytes came`));
    setTimeout(() => reject(new Error('no bytes came')), 60000);
  });
  const begun = performance.now();
  (0, eval)(start);
  return (await came) - begun;
}"""

CELL = f"""from benchmarks.ours_app import Bulk, app
app.init_notebook()
from comm import get_comm_manager
raw = bytes({SIZE})
def opened(comm, message):
    @comm.on_msg
    def send(message):
        step = message['content']['data']['step']
        for at in range(0, len(raw), step):
            comm.send({{}}, buffers=[raw[at:at + step]])
get_comm_manager().register_target('raw', opened)
Bulk()"""
OPEN_RAW = """async () => {
  const comm = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.createComm('raw');
  let came = 0;
  comm.onMsg = (message) => {
    came += message.buffers[0].byteLength;
    if (came >= 2 ** 26) window.arrived(came);
  };
  window.fetchBytes = (step) => { came = 0; comm.send({step}); };
  await comm.open({}).done;
}"""
PRESS = "[...document.querySelectorAll('button')].find((b) => b.textContent === '{}').click()"
SEND, SET = PRESS.format("send"), PRESS.format("set")


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    with chromium() as browser:
        if any(name.startswith("data.server") for name in picked):
            yield from _rows("data.server", "page, over a websocket", _server(browser, effort(6, 3)), "raw websocket")
        if any(name.startswith("data.kernel") for name in picked):
            yield from _rows("data.kernel", "JupyterLab, over a comm", _kernel(browser, effort(5, 3)), "raw comm")


#: With send_data(), as a property, the bytes alone, these in pieces.
Times = list[tuple[float, float, float, float]]


def _rows(name: str, where: str, times: Times, whose: str) -> Iterator[Row]:
    sent, as_property, raw, pieces = (
        MIB / median(one) * 1e3 for one in zip(*times[1:], strict=True)
    )  # the first warms up
    floor = (Other(whose, raw), Other("the same in pieces", pieces))
    yield Row(
        name, f"64 MiB array with send_data() → {where}", sent, "MiB/s", floor, budget=0.8, ratio=True, at_least=True
    )
    yield Row(f"{name}.property", "… as a property", as_property, "MiB/s", floor, budget=0.8, ratio=True, at_least=True)


def _server(browser: Browser, runs: int) -> Times:
    with running(APPS[:2]) as (served, _):
        context = browser.new_context()
        ours, floor = (live_page(context, s.url("Bulk" if a is APPS[0] else ""), a.parts) for a, s in served.items())
        asked = [(ours, SEND), (ours, SET), (floor, "fetchBytes('bulk')"), (floor, "fetchBytes('pieces')")]
        times = [_turn(asked) for _ in range(runs)]
        context.close()
    return times


def _kernel(browser: Browser, runs: int) -> Times:
    with jupyter(sys.executable, folder=ROOT) as lab:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        page = probed_page(context, APPS[0].parts | {"manual": True})
        lab.open(page, CELL)
        run_cell(page)
        page.evaluate(OPEN_RAW)
        page.wait_for_timeout(1000)
        asked = [(page, SEND), (page, SET), (page, f"fetchBytes({SIZE})"), (page, "fetchBytes(2 ** 20)")]
        times = [_turn(asked) for _ in range(runs)]
        page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
        context.close()
    return times


def _turn(asked: list[tuple[Page, str]]) -> tuple[float, float, float, float]:
    one, two, three, four = (_fetch(page, start) for page, start in asked)
    return one, two, three, four


def _fetch(page: Page, start: str) -> float:
    page.bring_to_front()
    argument: Any = [start, SIZE]
    took: float = page.evaluate(FETCH, argument)
    page.wait_for_timeout(300)
    return took
