"""Python in JS, without a browser: what becomes of a snippet."""

from __future__ import annotations

import json
import sys
from typing import Any

from ..errors import JSError
from ..transpile.snippet import LABEL, MODULE, RESULT, RUN, transpile_snippet
from ..transpile.tracebacks import traceback_text
from .node import Job, run_jobs
from .settled import name_others

__all__ = ["run_js"]


def run_js(source: str, *, timeout: float = 30) -> Any:
    """Run Python in JS, as the browser would, and return the value of its variable `res`.

    The snippet is transpiled and runs in Node. It may define functions and classes, import what the browser can have
    (of the standard library, and of your own modules), and `await` at the top level. What it prints is printed. It ends when its
    handlers have run, `async def` ones too, and one that fails fails the snippet.

    Args:
        source: Statements of Python, indented or not.
        timeout: After how many seconds a snippet that has not ended is stopped.

    Returns:
        The value of `res`, as JSON has it: a tuple is a list, the keys of a dict are strings. NaN and the infinities
        are themselves; a float that is whole comes as an int, since JS does not tell them apart. None if there is no `res`.

    Raises:
        TranspileError: when it cannot run in the browser: it looks like a SyntaxError, with the place.
        JSError: when it raises an exception: `py_type` is the name of that, and `traceback` says where.
        JSTimeout: when it does not end.
        NodeError: when there is no Node.
    """
    snippet = transpile_snippet(source)
    job = Job(MODULE, RUN, snippet.scripts, RESULT, snippet.given)
    results = run_jobs([job], snippet.libraries, timeout=timeout)
    outcome = next(results)
    sys.stdout.write(outcome.printed)
    next(results, None)  # raises if it did not end
    if outcome.value is None:
        failure = outcome.failures[0]
        text = traceback_text(outcome.failures).replace(f", in {LABEL}\n", ", in <module>\n")
        err = JSError(failure.name, failure.message, text.rstrip("\n"))
        name_others(err, outcome.others)
        raise err
    return json.loads(outcome.value)
