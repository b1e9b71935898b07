"""What `import jsmodel` costs, over a Python that imports nothing; the peers in their own environments."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from . import environments
from .measure import ROOT, Effort, NotMeasured, median
from .table import Other, Row

__all__ = ["NAMES", "measure"]

NAMES = ("imports.jsmodel", "imports.all")

_OURS = {"jsmodel": "import jsmodel", "all": "from jsmodel import app, event, ui", "traitlets": "import traitlets"}
_PEERS = {  # in which environment, and how
    "ipywidgets": ("lab", "import ipywidgets"),
    "anywidget": ("lab", "import anywidget"),
    "Bokeh": ("bokeh", "import bokeh.io"),
    "NiceGUI": ("nicegui", "from nicegui import ui"),
}


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    commands = {whose: (sys.executable, statement) for whose, statement in _OURS.items()}
    missing: dict[str, str] = {}
    for whose, (environment, statement) in _PEERS.items():
        try:
            commands[whose] = (environments.python(environment), statement)
        except NotMeasured as reason:
            missing[whose] = str(reason)
    costs: dict[str, list[float]] = {whose: [] for whose in commands}
    with tempfile.TemporaryDirectory() as cache:
        # Compiled files as an installed package has them, and none left behind here.
        environ = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)

        def took(python: str, statement: str) -> float:
            start = time.perf_counter()
            subprocess.run([python, "-c", statement], cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
            return (time.perf_counter() - start) * 1e3

        for run in range(effort(11, 5)):
            nothing = {python: took(python, "pass") for python, _ in set(commands.values())}
            for whose, (python, statement) in commands.items():
                cost = took(python, statement) - nothing[python]
                if run:  # the first fills the caches
                    costs[whose].append(cost)
    figures = {whose: median(values) for whose, values in costs.items()}
    floor = (Other("traitlets", figures["traitlets"]),)
    peers = tuple(Other(whose, figures.get(whose), missing.get(whose, "")) for whose in _PEERS)
    what = "import jsmodel, over python -c pass"
    yield Row("imports.jsmodel", what, figures["jsmodel"], "ms", floor + peers, budget=70)
    yield Row("imports.all", "from jsmodel import app, event, ui", figures["all"], "ms", peers)
