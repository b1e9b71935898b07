"""The one table: a row is a figure of ours beside a floor or peer, and a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Row", "render"]


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        name: What picks it at the command line.
        what: What was measured, in words.
        ours: The median of jsmodel's figure.
        unit: Of both figures.
        beside: The same figure of the floor or peer, measured in this run.
        whose: What that is.
        budget: What ours, or `ours / beside` if it is a `ratio`, has to stay within.
        ratio: Whether the budget is on the ratio.
        at_least: Whether more is better.
    """

    name: str
    what: str
    ours: float
    unit: str
    beside: float | None = None
    whose: str = ""
    budget: float | None = None
    ratio: bool = False
    at_least: bool = False

    @property
    def quotient(self) -> float | None:
        """Ours over theirs."""
        return self.ours / self.beside if self.beside else None

    @property
    def met(self) -> bool | None:
        """Whether the budget is kept; None if there is none."""
        figure = self.quotient if self.ratio else self.ours
        if self.budget is None or figure is None:
            return None
        return figure >= self.budget if self.at_least else figure <= self.budget


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
    budget = (
        ""
        if row.budget is None
        else f"{sign} {number(row.budget)} ×"
        if row.ratio
        else f"{sign} {number(row.budget)} {row.unit}"
    )
    beside = "" if row.beside is None else f"{number(row.beside)} {row.unit} ({row.whose})"
    ratio = "" if row.quotient is None else f"{row.quotient:.2f}"
    return (
        row.name,
        row.what,
        f"{number(row.ours)} {row.unit}",
        beside,
        ratio,
        budget,
        {None: "", True: "met", False: "MISSED"}[row.met],
    )


def number(x: float) -> str:
    """Three digits, and never an exponent."""
    if x == int(x) and abs(x) < 1e15:
        return f"{int(x):,}"
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.1f}" if abs(x) >= 10 else f"{x:.2f}"
