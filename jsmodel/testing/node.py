"""Runs JS in Node: many jobs in one process, each in a world of its own.

The other end is labextension/src/node.ts, which is in `jsmodel/static/node.js`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..assets import Asset, runtime_asset
from ..errors import JSError, JSTimeout, NodeError
from ..transpile.tracebacks import Failure

__all__ = ["Job", "Outcome", "find_node", "run_jobs"]

_HOW = (
    "Install Node 18 or newer (https://nodejs.org, or 'conda install nodejs', or your system's package manager), "
    "or set JSMODEL_NODE to the path of its program."
)


@dataclass(frozen=True)
class Job:
    """A function to call in JS.

    Attributes:
        module: The JS module that it is in.
        run: Its name there. It takes nothing.
        read: The name of the module that has the value when it has run; without one the value is what it returns.
        scripts: The JS modules that it needs, in load order.
        given: Names of its module that are there only when it has assigned them.
        result: What is wanted of the value.
    """

    module: str
    run: str
    scripts: Sequence[Asset]
    read: str = ""
    given: Sequence[str] = ()
    result: Literal["json", "repr"] = "json"

    def as_json(self) -> dict[str, Any]:
        return {
            "module": self.module,
            "run": self.run,
            "scripts": [(asset.hash, asset.text) for asset in self.scripts],
            "read": self.read,
            "given": list(self.given),
            "as": self.result,
        }


@dataclass
class Outcome:
    """How a job ended.

    Attributes:
        printed: What it printed.
        value: Its value, as JSON or as its repr; None if it failed.
        failures: The exception that it raised, and those that caused it.
        others: What else failed, a line each.
    """

    printed: str = ""
    value: str | None = None
    failures: list[Failure] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def find_node() -> str:
    """The program that runs JS.

    Raises:
        NodeError: when there is none.
    """
    wanted = os.environ.get("JSMODEL_NODE")
    found = shutil.which(wanted or "node")
    if found is not None:
        return found
    if wanted:
        raise NodeError(f"Could not run JS: JSMODEL_NODE is {wanted!r}, and there is no such program. {_HOW}")
    raise NodeError(f"Could not run JS: there is no 'node' on the PATH. JS that is no page runs in Node. {_HOW}")


def run_jobs(jobs: Sequence[Job], libraries: Iterable[Asset], *, timeout: float) -> Iterator[Outcome]:
    """Run jobs, one after the other, in one process.

    Args:
        jobs: What to run.
        libraries: The parts of our JS library that some of them need, in load order.
        timeout: How many seconds they may take together.

    Raises:
        JSTimeout: after the one that did not end in time.
        JSError: after the one that took all memory.
        NodeError: when there is no Node, or it cannot run our script.
    """
    node = find_node()
    texts = json.dumps([asset.text for asset in libraries])
    script = f"{runtime_asset('node').text}\njsmodel.run({texts}, {json.dumps([job.as_json() for job in jobs])});"
    try:
        done = subprocess.run([node, "-"], input=script.encode(), capture_output=True, timeout=timeout)
        out, late = done.stdout, False
    except subprocess.TimeoutExpired as err:
        out, late = err.stdout or b"", True
    except OSError as err:
        raise NodeError(f"Could not run JS: {node} does not start ({err}). {_HOW}") from err
    outcomes = [Outcome() for _ in jobs]
    ended = [False] * len(jobs)
    for line in out.decode(errors="replace").splitlines():
        try:
            number, what = json.loads(line)
        except ValueError:
            continue  # the last one, cut off
        if "print" in what:
            outcomes[number].printed += what["print"]
        else:
            outcomes[number].value = what.get("value")
            outcomes[number].failures = [Failure(*failure) for failure in what.get("failures", ())]
            outcomes[number].others = what.get("others", [])
            ended[number] = True
    words = "" if late else done.stderr.decode(errors="replace")
    if not all(ended) and not late and "heap out of memory" not in words:
        last = "\n".join(words.strip().splitlines()[-12:])
        raise NodeError(f"Could not run JS: {node} stopped before it was done. It said:\n{last}\n{_HOW}")
    if all(ended):
        sys.stderr.write(words)
    for outcome, has_ended in zip(outcomes, ended, strict=True):
        yield outcome
        if not has_ended:
            raise JSTimeout(timeout) if late else JSError("MemoryError", "there is no more memory for JS")
