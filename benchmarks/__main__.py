"""Measures the budgets of jsmodel, each beside a floor and peers measured in the same run.

    python -m benchmarks [--quick] [--list] [NAME ...]

NAME picks the rows whose name begins with it: a family such as `web`, `kernel`
or `lab`, or one row such as `web.trip`. One table is printed at the end: what
was measured, ours, the floor or peers, the ratio of ours to the first of them,
the budget, and whether it was met. A figure is the median of several runs that
take turns. The machine decides on times, so they fail nothing: compare ratios.
`.bench/results.json` keeps the figures, with the machine and the versions.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import sys
import time
import traceback
from typing import Any

from . import data, environments, flood, imports, kernel, lab, sessions, transpile, web, weight
from .measure import Effort, NotMeasured, machine, spin_ms
from .table import Row, render

#: The files that measure something, in the order of the table.
FAMILIES = (web, weight, sessions, kernel, lab, data, imports, transpile, flood)

RESULTS = environments.FOLDER / "results.json"


def main() -> None:
    """Measure what was asked for, and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="families or rows to measure; all by default")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs, for a first impression")
    parser.add_argument("--list", action="store_true", help="print the names of the rows, and measure nothing")
    options = parser.parse_args()
    known = [name for family in FAMILIES for name in family.NAMES]
    if options.list:
        print("\n".join(known))
        return
    for asked in options.names:
        if not any(name.startswith(asked) for name in known):
            parser.error(f"there is no row {asked!r}; the rows are: {', '.join(known)}")

    effort = Effort(quick=options.quick)
    rows: list[Row] = []
    spins: list[float] = []
    failed: list[str] = []
    for family in FAMILIES:
        picked = {name for name in family.NAMES if not options.names or any(name.startswith(n) for n in options.names)}
        if not picked:
            continue
        print(f"… {', '.join(sorted(picked))}", file=sys.stderr, flush=True)
        spins.append(spin_ms())
        found: list[Row] = []
        try:
            for row in family.measure(picked, effort):
                if row.name in picked:
                    found.append(row)
        except Exception as err:
            failed.append(family.__name__)
            traceback.print_exc()
            have = {row.name for row in found}
            found += [Row(name, "", None, "", why=type(err).__name__) for name in family.NAMES if name in picked - have]
        rows += found
        _keep([row.as_dict() | {"spin_ms": spins[-1], "quick": options.quick} for row in found])
    print(render(rows))
    print(
        f"\nMedians. A fixed loop of pure Python took {min(spins):.1f} to {max(spins):.1f} ms, looked at before each family; where it "
        "takes more than 12 ms the machine is slower, or busier, than the one that the budgets in ms and rates are for."
    )
    if failed:
        sys.exit(f"Could not measure: {', '.join(failed)}; the tracebacks are above.")


def _keep(records: list[dict[str, Any]]) -> None:
    """Write the figures down; rows that were not measured now stay as they were."""
    old = json.loads(RESULTS.read_text())["rows"] if RESULTS.exists() else {}
    when = time.strftime("%Y-%m-%d %H:%M")
    rows = old | {record["name"]: record | {"measured": when} for record in records}
    content = {"machine": machine(), "versions": _versions(), "rows": rows}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _versions() -> dict[str, Any]:
    ours = "jsmodel tornado pscript traitlets ipykernel jupyterlab jupyter_server playwright numpy".split()
    found: dict[str, Any] = {"here": {name: importlib.metadata.version(name) for name in ours}}
    for name in environments.NAMES:
        try:
            found[name] = environments.versions(name)
        except NotMeasured as reason:
            found[name] = str(reason)
    return found


if __name__ == "__main__":
    main()
