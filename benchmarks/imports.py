"""What `import jsmodel` costs, over a Python that imports nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from .measure import ROOT, Effort, median
from .table import Row

__all__ = ["NAMES", "measure"]

NAMES = ("import.jsmodel", "import.all")

_STATEMENTS = {
    "nothing": "pass",
    "traitlets": "import traitlets",
    "ipywidgets": "import ipywidgets",
    "jsmodel": "import jsmodel",
    "all": "from jsmodel import app, event, ui",
}


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    times: dict[str, list[float]] = {name: [] for name in _STATEMENTS}
    with tempfile.TemporaryDirectory() as cache:
        # Compiled files as an installed package has them, and none left behind here.
        environ = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for run in range(effort(11, 5)):
            for name, statement in _STATEMENTS.items():
                start = time.perf_counter()
                subprocess.run([sys.executable, "-c", statement], cwd=ROOT, env=environ, check=True)
                if run:  # the first fills the caches
                    times[name].append((time.perf_counter() - start) * 1e3)
    cost = {
        name: median([t - none for t, none in zip(times[name], times["nothing"], strict=True)]) for name in _STATEMENTS
    }
    yield Row(
        "import.jsmodel",
        "import jsmodel, over python -c pass",
        cost["jsmodel"],
        "ms",
        cost["traitlets"],
        "traitlets",
        budget=70,
    )
    yield Row("import.all", "from jsmodel import app, event, ui", cost["all"], "ms", cost["ipywidgets"], "ipywidgets")
