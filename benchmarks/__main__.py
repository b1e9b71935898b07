"""Measures the budgets of jsmodel, each beside a floor or a peer measured in the same run.

    python -m benchmarks [--quick] [--list] [NAME ...]

NAME picks the rows whose name begins with it, such as `kernel` or `page.burst`.
One table is printed at the end: what was measured, ours, the floor or peer, the
ratio of the two, the budget, and whether it was met. A figure is the median of
several runs. The machine decides on times, so they fail nothing: compare ratios.
"""

from __future__ import annotations

import argparse
import sys
import traceback

from . import browser, imports, kernel, sessions, weight
from .measure import Effort, spin_ms
from .table import Row, render

#: The files that measure something, in the order of the table.
PARTS = (browser, weight, sessions, kernel, imports)


def main() -> None:
    """Measure what was asked for, and print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows to measure; all by default")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs, for a first impression")
    parser.add_argument("--list", action="store_true", help="print the names of the rows, and measure nothing")
    options = parser.parse_args()
    known = [name for part in PARTS for name in part.NAMES]
    if options.list:
        print("\n".join(known))
        return
    for asked in options.names:
        if not any(name.startswith(asked) for name in known):
            parser.error(f"there is no row {asked!r}; the rows are: {', '.join(known)}")

    effort = Effort(quick=options.quick)
    rows: list[Row] = []
    failed: list[str] = []
    before = spin_ms()
    for part in PARTS:
        picked = {name for name in part.NAMES if not options.names or any(name.startswith(n) for n in options.names)}
        if not picked:
            continue
        print(f"… {', '.join(sorted(picked))}", file=sys.stderr, flush=True)
        try:
            rows += [row for row in part.measure(picked, effort) if row.name in picked]
        except Exception:
            failed.append(part.__name__)
            traceback.print_exc()
    print(render(rows))
    print(
        f"\nMedians. A fixed loop of pure Python took {before:.1f} ms before and {spin_ms():.1f} ms after; "
        "where it takes more than 12 ms the machine is slower, or busier, than the one that the budgets in ms are for."
    )
    if failed:
        sys.exit(f"Could not measure: {', '.join(failed)}; the tracebacks are above.")


if __name__ == "__main__":
    main()
