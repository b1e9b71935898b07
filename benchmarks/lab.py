"""In JupyterLab, in headless Chromium: round trips, a burst, the first widget, and what JupyterLab loads for us.

Ours runs twice: as it is installed, with the fast lane through the Jupyter
server, and over the comm alone, where that server does not have our extension.
ipywidgets and anywidget run in a JupyterLab of their own environment; the bare
comm, which has no widgets at all, in the one of ours. All notebooks are open at
the same time, each with a kernel of its own, and take turns.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from . import environments
from .chromium import Weight, chromium, probed_page
from .jupyter import Jupyter, jupyter, run_cell
from .measure import Effort, NotMeasured, median
from .table import Other, Row

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["NAMES", "measure"]

NAMES = (
    "lab.trip",
    "lab.trip.lane",
    "lab.trip.isolated",
    "lab.trip.lane.isolated",
    "lab.burst",
    "lab.first",
    "lab.again",
    "lab.weight",
)

KIB = 1024
BURST = 2000


@dataclass(frozen=True, eq=False)
class Toolkit:
    """A notebook of one cell that shows a slider and a label which follows it in Python.

    Attributes:
        whose: As the table calls it.
        code: The cell.
        burst: What a later cell does to the label, with `i` from 0 on.
        parts: Where the probe finds things.
        environment: Which one has the toolkit; ours if empty.
        urls: What is in the addresses of the JS that JupyterLab loads for it.
        page: What makes slider and label, where the cell does not.
        flags: Of its Jupyter server.
    """

    whose: str
    code: str
    burst: str
    parts: dict[str, Any]
    environment: str = ""
    urls: tuple[str, ...] = ()
    page: str = ""
    flags: tuple[str, ...] = ()


OURS = Toolkit(
    "jsmodel",
    """from jsmodel import app, event, ui
app.init_notebook()
class Pair(ui.VBox):
    def init(self):
        with self:
            self.slider = ui.Slider(max=100_000)
            self.label = ui.Label(text='v0')
    @event.connect('slider.value')
    def on_value(self, *events):
        self.label.text = f'v{events[-1].new_value}'
pair = Pair()
pair""",
    "pair.label.text = f'b{i}'",
    {"slider": "input[type=range]", "label": ".jsm-Label", "manual": True},
    urls=("/extensions/jsmodel/",),
)
COMM = replace(OURS, whose="jsmodel over the comm", flags=("--ServerApp.jpserver_extensions={'jsmodel': False}",))
BARE = Toolkit(
    "bare comm",
    """from comm import get_comm_manager
def opened(comm, message):
    global bare
    bare = comm
    @comm.on_msg
    def echo(message):
        comm.send({'text': f"v{message['content']['data']['value']}"})
get_comm_manager().register_target('echo', opened)""",
    "bare.send({'text': f'b{i}'})",
    {"slider": "#bare-slider", "label": "#bare-label", "manual": True},
    page="""async () => {
      const where = document.querySelector('.jp-Notebook .jp-Cell');
      where.insertAdjacentHTML('beforeend', '<input type=range id=bare-slider max=100000 value=0><div id=bare-label>v0</div>');
      const [slider, label] = ['bare-slider', 'bare-label'].map((id) => document.getElementById(id));
      const comm = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.createComm('echo');
      comm.onMsg = (message) => { label.textContent = message.content.data.text; };
      await comm.open({}).done;
      slider.oninput = () => comm.send({value: slider.valueAsNumber});
    }""",
)
IPYWIDGETS = Toolkit(
    "ipywidgets",
    """import ipywidgets
slider, label = ipywidgets.IntSlider(max=100_000), ipywidgets.Label('v0')
slider.observe(lambda change: setattr(label, 'value', f"v{change['new']}"), 'value')
ipywidgets.VBox([slider, label])""",
    "label.value = f'b{i}'",
    {"slider": ".noUi-handle", "label": ".widget-label", "key": True, "manual": True},
    "lab",
    ("@jupyter-widgets/jupyterlab-manager",),
)
ANYWIDGET = Toolkit(
    "anywidget",
    '''import anywidget, traitlets
class Pair(anywidget.AnyWidget):
    _esm = """export default { render({ model, el }) {
      el.innerHTML = '<input type="range" class="any-slider" max="100000" value="0"><div class="any-label"></div>';
      const [slider, label] = el.children;
      const show = () => { label.textContent = model.get('label'); };
      model.on('change:label', show);
      show();
      slider.oninput = () => { model.set('value', slider.valueAsNumber); model.save_changes(); };
    } };"""
    value = traitlets.Int(0).tag(sync=True)
    label = traitlets.Unicode('v0').tag(sync=True)
    @traitlets.observe('value')
    def on_value(self, change):
        self.label = f"v{change['new']}"
pair = Pair()
pair''',
    "pair.label = f'b{i}'",
    {"slider": ".any-slider", "label": ".any-label", "manual": True},
    "lab",
    ("@jupyter-widgets/jupyterlab-manager", "/extensions/anywidget/"),
)
TOOLKITS = (OURS, BARE, COMM, IPYWIDGETS, ANYWIDGET)

#: Runs a cell that changes the label 2,000 times; ends when the last is in the DOM.
BURST_JS = """([code, last]) => __probe.burst(last, () => {
  jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.requestExecute({code, store_history: false});
})"""


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    with _labs() as (labs, missing), chromium() as browser:
        if picked & {"lab.first", "lab.again", "lab.weight"}:
            yield from _first(browser, labs, missing, effort)
        if picked & {"lab.trip", "lab.trip.isolated", "lab.burst"}:
            yield from _live(browser, labs, missing, effort)


@contextlib.contextmanager
def _labs() -> Iterator[tuple[dict[Toolkit, Jupyter], dict[str, str]]]:
    """The server for each toolkit, and why others have none."""
    with contextlib.ExitStack() as stack:
        servers: dict[tuple[str, tuple[str, ...]], Jupyter] = {}
        labs: dict[Toolkit, Jupyter] = {}
        missing: dict[str, str] = {}
        for toolkit in TOOLKITS:
            which = (toolkit.environment, toolkit.flags)
            try:
                if which not in servers:
                    python = environments.python(toolkit.environment) if toolkit.environment else sys.executable
                    servers[which] = stack.enter_context(jupyter(python, *toolkit.flags))
                labs[toolkit] = servers[which]
            except NotMeasured as reason:
                missing[toolkit.whose] = str(reason)
        yield labs, missing


def _row(
    name: str,
    what: str,
    unit: str,
    figures: dict[str, float],
    missing: dict[str, str],
    *,
    ours: Toolkit = OURS,
    **budget: Any,
) -> Row:
    others = [
        Other(toolkit.whose, figures.get(toolkit.whose), missing.get(toolkit.whose, ""))
        for toolkit in TOOLKITS[1:]
        if toolkit is not ours and (toolkit.whose in figures or toolkit.whose in missing)
    ]
    return Row(name, what, figures[ours.whose], unit, tuple(others), **budget)


def _medians(times: dict[str, list[float]]) -> dict[str, float]:
    return {whose: median(values) for whose, values in times.items() if values}


def _first(browser: Browser, labs: dict[Toolkit, Jupyter], missing: dict[str, str], effort: Effort) -> Iterator[Row]:
    """A fresh kernel, a fresh page: its first cell, and the same cell again."""
    widgets = {toolkit: lab for toolkit, lab in labs.items() if not toolkit.page and toolkit is not COMM}
    first: dict[str, list[float]] = {toolkit.whose: [] for toolkit in widgets}
    again: dict[str, list[float]] = {toolkit.whose: [] for toolkit in widgets}
    sizes: dict[str, float] = {}
    for run in range(effort(5, 3)):
        for toolkit, lab in widgets.items():
            context = browser.new_context(viewport={"width": 1200, "height": 900})
            page = probed_page(context, toolkit.parts)
            weight = Weight(page)
            lab.open(page, toolkit.code)
            time = run_cell(page)
            if run:  # the first fills the caches, of compiled files and of transpiled code too
                first[toolkit.whose].append(time)
            for _ in range(2):
                page.wait_for_timeout(500)
                again[toolkit.whose].append(run_cell(page))
            sizes[toolkit.whose] = weight.code(lambda url, t=toolkit: any(part in url for part in t.urls)) / KIB  # type: ignore[misc]
            _stop(page)
            context.close()
    yield _row(
        "lab.first",
        "run cell → first widget visible, fresh kernel and page",
        "ms",
        _medians(first),
        missing,
        budget=150,
    )
    yield _row("lab.again", "… the same cell again", "ms", _medians(again), missing)
    yield _row("lab.weight", "JS + CSS that JupyterLab loads for us, gzip", "KiB", sizes, missing, budget=25)


def _live(browser: Browser, labs: dict[Toolkit, Jupyter], missing: dict[str, str], effort: Effort) -> Iterator[Row]:
    pages: dict[Toolkit, Page] = {}
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    for toolkit, lab in labs.items():
        page = pages[toolkit] = probed_page(context, toolkit.parts)
        page.bring_to_front()
        lab.open(page, toolkit.code)
        if toolkit.page:
            page.click(".jp-Notebook .jp-Cell .cm-content")
            page.keyboard.press("Shift+Enter")
            page.wait_for_timeout(1000)
            page.evaluate(toolkit.page)
        else:
            run_cell(page)
        page.evaluate("__probe.sleep(500).then(() => __probe.trips(3))")
    trips: dict[str, list[float]] = {toolkit.whose: [] for toolkit in pages}
    isolated: dict[str, list[float]] = {toolkit.whose: [] for toolkit in pages}
    bursts: dict[str, list[float]] = {toolkit.whose: [] for toolkit in pages}
    lost: dict[str, int] = {}
    for _ in range(effort(5, 3)):
        for toolkit, page in pages.items():
            page.bring_to_front()
            trips[toolkit.whose].append(median(page.evaluate(f"__probe.trips({effort(40, 20)})")))
    for _ in range(effort(2, 1)):
        for toolkit, page in pages.items():
            page.bring_to_front()
            isolated[toolkit.whose].append(median(page.evaluate(f"__probe.trips({effort(20, 10)}, 100)")))
    for run in range(effort(5, 3)):
        for toolkit, page in pages.items():
            page.bring_to_front()
            page.wait_for_timeout(300)
            code = f"for i in range({BURST}):\n    {toolkit.burst}"
            try:
                time = page.evaluate(BURST_JS, [code, f"b{BURST - 1}"])
            except Error:
                if toolkit in (OURS, COMM):
                    raise
                lost[toolkit.whose] = lost.get(toolkit.whose, 0) + 1  # Jupyter drops messages where too many wait
            else:
                if run:
                    bursts[toolkit.whose].append(time)
            page.evaluate("__probe.sleep(300).then(() => __probe.trips(1))")
    for page in pages.values():
        _stop(page)
    context.close()
    what = "slider → Python → label, back to back"
    for name, ours, budget in (
        ("lab.trip", COMM, {"budget": 1.1, "ratio": True}),
        ("lab.trip.lane", OURS, {"budget": 5}),
    ):
        how = f"{what}, {'on the fast lane' if ours is OURS else 'over the comm'}"
        yield _row(name, how, "ms", _medians(trips), missing, ours=ours, **budget)
        yield _row(f"{name}.isolated", "… 100 ms after the one before", "ms", _medians(isolated), missing, ours=ours)
    what = "2,000 label updates in a cell until the last is in the DOM"
    gone = missing | {whose: "nothing to count" for whose in lost if not bursts[whose]}
    row = _row("lab.burst", what, "ms", _medians(bursts), gone, budget=120)
    told = [
        replace(other, whose=f"{other.whose} (its last update never came, {lost[other.whose]} times)")
        if other.whose in lost
        else other
        for other in row.others
    ]
    yield replace(row, others=tuple(told))


def _stop(page: Page) -> None:
    """End the kernel of a notebook."""
    page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")
