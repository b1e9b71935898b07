"""One scenario, two sides: runs a function in CPython and, transpiled, in Node.

A scenario is a function of `trace`, which notes a value, and returns the trace
that it should leave. It may use the classes of its module, its helper functions,
and `flush`, `make` and `pause` of this file; an `async def` is awaited. The runtime it meets in Node is the one of
the page, bundled from its sources; only the page and the session are missing, so
that the classes stand on `HasEvents` there, and are made as in Python.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import os
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FunctionType
from typing import Any

import jsmodel.session  # noqa: F401  (gives models their default host)
from jsmodel.app import RawJS
from jsmodel.event import loop
from jsmodel.transpile.modules import linker

__all__ = [
    "RUN",
    "both_sides",
    "build_runtime",
    "flush",
    "in_python",
    "is_expression",
    "make",
    "node",
    "pause",
    "run_in_node",
    "run_in_python",
    "whole",
]

LABEXTENSION = Path(__file__).parents[2] / "labextension"

HARNESS = """
import { HasEvents } from "./src/runtime/hasevents";
import * as inside from "./src/runtime/inside";
import { loop } from "./src/runtime/loop";
import { enter, module, Realm } from "./src/runtime/modules";
import { same } from "./src/runtime/properties";
import { encodeValue } from "./src/runtime/protocol";

const realm = Object.assign(Object.create(null), {
  Model: HasEvents,
  real: new Realm(),
  inside,
  ns: (name) => realm.real.ns(name),
  model: (cls, spec) => realm.real.model(cls, spec),
});
enter(realm);

globalThis.jsmodel = {
  module,
  flush: () => loop.flush(),
  make: (cls, values) => new cls(values),
  encode: (value) => encodeValue(value, [], "it"),
  same,
  pause: () => new Promise((done) => setTimeout(done, 2)),
  // What a scenario leaves behind after its last flush() must not run.
  run(scenario) {
    const seen = [];
    const end = () => process.stdout.write(JSON.stringify(seen), () => process.exit(0));
    const wait = scenario((value) => void seen.push(value === undefined ? null : value));
    if (wait instanceof Promise) wait.then(end);
    else end();
  },
};
"""

#: What stands in the place of our helpers in the browser.
IN_JS = {"flush": RawJS("jsmodel.flush"), "make": RawJS("jsmodel.make"), "pause": RawJS("jsmodel.pause")}


def flush() -> None:
    """Let the loop run what waits."""
    loop.flush()


def make(cls: Any, values: dict[str, Any]) -> Any:
    """An instance with these property values; JS has no keyword arguments for it."""
    return cls(**values)


async def pause() -> None:
    """Let others run for a moment."""
    await asyncio.sleep(0.002)


def build_runtime(folder: Path) -> Path:
    """Bundle the event core for Node."""
    out = folder / "runtime.js"
    esbuild = LABEXTENSION / "node_modules" / ".bin" / "esbuild"
    command = [
        os.fspath(esbuild),
        "--bundle",
        "--format=iife",
        "--target=es2022",
        "--log-level=warning",
        f"--outfile={out}",
    ]
    subprocess.run(command, input=HARNESS, text=True, cwd=LABEXTENSION, check=True)
    return out


def run_in_python(scenario: Callable[..., Any]) -> tuple[list[Any], Any]:
    """The trace that a scenario leaves here, and the one it says that it should."""
    seen: list[Any] = []
    flush()  # what an earlier test left
    expected = scenario(seen.append)
    if inspect.isawaitable(expected):
        expected = asyncio.run(asyncio.wait_for(expected, 20))
    return json.loads(json.dumps(seen)), expected


def run_in_node(scenario: Any, runtime: Path, classes: Iterable[type] = ()) -> list[Any]:
    """The trace that a scenario leaves in Node."""
    name = scenario.__name__
    instead = {k: v for k, v in IN_JS.items() if scenario.__globals__.get(k) is globals()[k]}
    scripts, function = linker.bundle(scenario, classes=classes, instead=instead)
    run = f"jsmodel.module({json.dumps(scenario.__module__)}, ($m) => jsmodel.run({function}));"
    done = node("\n".join([runtime.read_text(), *scripts, run]))
    assert done.returncode == 0, f"{name} failed in Node:\n{done.stderr}"
    trace: list[Any] = json.loads(done.stdout)
    return trace


def node(script: str) -> subprocess.CompletedProcess[str]:
    """Run a script in Node."""
    return subprocess.run(["node", "-"], input=script, text=True, capture_output=True, timeout=60)


def both_sides(*classes: type) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Make a test of a scenario: both sides must leave the trace that it returns.

    Args:
        classes: The models under test. Their helpers come along by themselves.
    """

    def decorate(scenario: Callable[..., Any]) -> Callable[..., None]:
        def test(runtime: Path) -> None:
            here, expected = run_in_python(scenario)
            assert here == expected, "in Python"
            assert run_in_node(scenario, runtime, classes) == expected, "in Node"

        test.__name__, test.__doc__, test.__module__ = scenario.__name__, scenario.__doc__, scenario.__module__
        return test

    return decorate


# -- rows of a table: a value or an exception, in words


def is_expression(code: str) -> bool:
    try:
        return isinstance(ast.parse(f"async def f():\n ({code}\n )").body[0].body[0], ast.Expr)  # type: ignore[attr-defined]
    except SyntaxError:
        return False


def whole(value: Any) -> Any:
    """A float that is whole becomes an int, as in the browser."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return int(value)
    if isinstance(value, (list, tuple)):
        return type(value)(map(whole, value))
    return {k: whole(v) for k, v in value.items()} if isinstance(value, dict) else value


def in_python(func: FunctionType, clean: Any = whole) -> str:
    try:
        value = func()
        if inspect.iscoroutine(value):
            value = asyncio.run(value)
        return repr(clean(value))
    except Exception as err:
        return f"raise {type(err).__name__}"


#: Runs functions of the module "rows", and says what they gave.
RUN = """
const outcomes = [];
jsmodel.module("rows", async ($m, $jsm, $py) => {
  for (const name of NAMES) {
    try {
      outcomes.push($py.repr(await $m[name]()));
    } catch (err) {
      outcomes.push(`raise ${$py.late.error_name(err)}`);
    }
  }
  process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
});
"""
