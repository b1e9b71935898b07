"""The one table: a row is a figure of ours beside a floor and peers, and a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Other", "Row", "render"]


@dataclass(frozen=True)
class Other:
    """The same figure of a floor or a peer, measured in the same run, or why there is none."""

    whose: str
    figure: float | None
    why: str = ""


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        name: What picks it at the command line; its family is what stands before the dot.
        what: What was measured, in words.
        ours: The median of jsmodel's figure; None if there is none.
        unit: Of all figures.
        others: The floor or peer that ours is divided by, then further ones.
        budget: What ours, or `ours / others[0]` if it is a `ratio`, has to stay within.
        ratio: Whether the budget is on the ratio.
        at_least: Whether more is better.
        why: Why there is no figure of ours.
    """

    name: str
    what: str
    ours: float | None
    unit: str
    others: tuple[Other, ...] = ()
    budget: float | None = None
    ratio: bool = False
    at_least: bool = False
    why: str = ""

    @property
    def quotient(self) -> float | None:
        """Ours over that of the first of the others."""
        first = self.others[0].figure if self.others else None
        return self.ours / first if self.ours is not None and first else None

    @property
    def met(self) -> bool | None:
        """Whether the budget is kept; None if there is none."""
        figure = self.quotient if self.ratio else self.ours
        if self.budget is None or figure is None:
            return None
        return figure >= self.budget if self.at_least else figure <= self.budget

    def as_dict(self) -> dict[str, Any]:
        """All of it, for a file."""
        return asdict(self) | {"quotient": self.quotient, "met": self.met}


def render(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table that is readable as it is."""
    head = ("row", "what", "ours", "floor or peer", "ratio", "budget", "")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in [head, rule, *lines[1:]]
    )


def _cells(row: Row) -> tuple[str, ...]:
    sign = "≥" if row.at_least else "≤"
    budget = "" if row.budget is None else f"{sign} {number(row.budget)} {'×' if row.ratio else row.unit}".rstrip()
    others = [
        f"{number(o.figure)} {o.whose}" if o.figure is not None else f"{o.whose} not measured: {o.why}"
        for o in row.others
    ]
    return (
        row.name,
        row.what,
        f"{number(row.ours)} {row.unit}".rstrip() if row.ours is not None else f"not measured: {row.why}",
        "; ".join(others),
        "" if row.quotient is None else f"{row.quotient:.2f}",
        budget,
        {None: "", True: "met", False: "MISSED"}[row.met],
    )


def number(x: float) -> str:
    """Three digits, and never an exponent."""
    if x == int(x) and abs(x) < 1e15:
        return f"{int(x):,}"
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.1f}" if abs(x) >= 10 else f"{x:.2f}"
