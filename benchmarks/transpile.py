"""What it costs that Python runs in the browser: transpiling a module, and the speed of what comes out, beside JS by hand.

The JS runs in Node, on the event core of the page. Ours and what was written by
hand do the same, take turns, and must give the same result.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .measure import ROOT, Effort, median
from .table import Other, Row

__all__ = ["NAMES", "measure"]

_SPEED = {  # row: what it is, the budget of the ratio to JS by hand
    "instance": ("an instance of a class with 40 methods", 3.0),
    "model": ("an instance of a Model with 40 methods and 3 properties", None),
    "loop": ("a numeric loop", 2.0),
    "dispatch": ("an event to three handlers", 2.0),
    "calls": ("functions and methods that call each other", None),
    "attributes": ("attributes of self, read and written", None),
    "lists": ("items of lists, read and written", None),
    "dicts": ("items of dicts, read and written", None),
    "comprehension": ("a comprehension with a condition", None),
    "strings": ("text built of numbers", None),
}
NAMES = ("transpile.cold", "transpile.warm", *(f"transpile.{name}" for name in _SPEED))

_PART = '''
def helper{0}(a, b=2, *rest):
    """Compute something."""
    total = 0
    for k in range(a):
        if k % 2 == 0 and k > limit:
            total += k * b
        else:
            total -= len(rest)
    names = [str(x) for x in rest if x]
    return {{"total": total, "names": ", ".join(names)}}


class Model{0}(app.Model):

    class Both:

        @event.prop
        def count(self, v=0):
            return int(v)

        @event.emitter
        def pressed(self, e):
            return {{"x": e}}

    class JS:

        def init(self):
            self.items = []
            self.node = None

        @event.connect("count")
        def on_count(self, *events):
            for ev in events:
                self.items.append(ev.new_value)
                if len(self.items) > limit:
                    self.items.pop(0)
            self.show()

        def show(self):
            result = helper{0}(self.count, 3, 4, 5)
            text = f"{{result['total']}} of {{len(self.items)}}"
            for i, item in enumerate(self.items):
                if item is None or item < 0:
                    continue
                text += " " + str(item)
            self.text = text.strip()
            return self.text
'''

#: Times what is done in transpile_function(), its imports included, in a process of its own.
_TIMED = """
import json, sys, time
from jsmodel import app, event
from jsmodel.transpile import code, modules
real, spent, inside = code.transpile_function, [0.0], []
def timed(*args, **options):
    if inside:
        return real(*args, **options)
    inside.append(1)
    start = time.perf_counter()
    try:
        return real(*args, **options)
    finally:
        spent[0] += time.perf_counter() - start
        inside.pop()
code.transpile_function = modules.transpile_function = timed
import thousand
modules.linker.assets_for([value for value in vars(thousand).values() if isinstance(value, type)])
print(json.dumps(spent[0] * 1e3))
"""


def measure(picked: set[str], effort: Effort) -> Iterator[Row]:
    """The rows of this file."""
    with tempfile.TemporaryDirectory() as folder:
        if picked & {"transpile.cold", "transpile.warm"}:
            yield from _transpiling(Path(folder), effort)
        speed = [name for name in _SPEED if f"transpile.{name}" in picked]
        if speed:
            yield from _speed(speed, Path(folder), effort)


def _transpiling(folder: Path, effort: Effort) -> Iterator[Row]:
    text = "from jsmodel import app, event\n\nlimit = 10\n\n"
    number = 0
    while text.count("\n") < 1000:
        text += _PART.format(number)
        number += 1
    (folder / "thousand.py").write_text(text)
    environ = {
        **os.environ,
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}",
    }
    environ.pop("PYTHONDONTWRITEBYTECODE", None)

    def took(cache: str) -> float:
        done = subprocess.run(
            [sys.executable, "-c", _TIMED], env={**environ, "JSMODEL_CACHE": cache}, check=True, stdout=subprocess.PIPE
        )
        return float(json.loads(done.stdout))

    cold, warm = [], []
    for run in range(effort(11, 5)):
        first, second = took("0"), took(str(folder / "cache"))
        if run:  # the first fills the caches, and compiles
            cold.append(first)
            warm.append(second)
    yield Row(
        "transpile.cold", "transpile a module of 1,000 lines, nothing in the cache", median(cold), "ms", budget=150
    )
    yield Row("transpile.warm", "the same with the cache on disk", median(warm), "ms", budget=5)


def _speed(names: list[str], folder: Path, effort: Effort) -> Iterator[Row]:
    from jsmodel.transpile.modules import linker

    from . import transpile_programs as programs

    labextension = ROOT / "labextension"
    bundle = folder / "runtime.js"
    subprocess.run(
        [labextension / "node_modules" / ".bin" / "esbuild", "--bundle", "--format=iife", "--target=es2022", "--minify",
         "--log-level=warning", f"--outfile={bundle}"],
        input=_HARNESS, text=True, cwd=labextension, check=True,
    )  # fmt: skip
    scripts = [bundle.read_text(), f"bench.rounds = {effort(15, 7)};"]
    for name in names:
        modules, function = linker.bundle(getattr(programs, name), classes=[programs.Counter])
        hand = programs.BY_HAND[name]
        scripts += [
            *modules,
            f'jsmodel.module("{programs.__name__}", ($m) => bench.add("{name}", {function}, {hand}));',
        ]
    scripts.append("bench.run();")
    done = subprocess.run(
        ["node", "-"], input="\n".join(scripts), text=True, stdout=subprocess.PIPE, check=True, timeout=300
    )
    found: dict[str, Any] = json.loads(done.stdout)
    for name in names:
        what, budget = _SPEED[name]
        ours, hand = found[name]["ours"], found[name]["hand"]
        yield Row(f"transpile.{name}", what, ours, "ns", (Other("JS by hand", hand),), budget=budget, ratio=True)


_HARNESS = """
import { HasEvents } from "./src/runtime/hasevents";
import * as inside from "./src/runtime/inside";
import { loop } from "./src/runtime/loop";
import { enter, module, Realm } from "./src/runtime/modules";

const realm = Object.assign(Object.create(null), {
  Model: HasEvents,
  real: new Realm(),
  inside,
  ns: (name) => realm.real.ns(name),
  model: (cls, spec) => realm.real.model(cls, spec),
});
enter(realm);
globalThis.jsmodel = { module, flush: () => loop.flush() };

const pairs = [];
const time = (f, n) => { // of this process: what others do on the machine counts less
  const before = process.cpuUsage();
  f(n);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1e3) / n;
};
const middle = (xs) => xs.sort((a, b) => a - b)[xs.length >> 1];

globalThis.bench = {
  rounds: 0,
  add: (name, ours, hand) => pairs.push([name, ours, hand]),
  run() {
    const out = {};
    for (const [name, ours, hand] of pairs) {
      const [here, there] = [JSON.stringify(ours(50)), JSON.stringify(hand(50))];
      if (here !== there) throw new Error(`${name}: ${here} is not ${there}`);
      let n = 100;
      while (time(hand, n) * n < 3e6) n *= 2; // at least 3 ms a round
      // The engine compiles what is run often, beside: on a busy machine that takes its time.
      for (const f of [ours, hand]) for (const end = Date.now() + 400; Date.now() < end; ) f(n);
      const [a, b] = [[], []];
      for (let i = 0; i < bench.rounds; i++) [a.push(time(ours, n)), b.push(time(hand, n))];
      out[name] = { ours: middle(a), hand: middle(b) };
    }
    process.stdout.write(JSON.stringify(out), () => process.exit(0));
  },
};
"""
