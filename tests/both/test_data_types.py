"""Python's data types mean the same in the browser, or are refused: the rows of `data_types/`.

More than the table in `rows/`, which people read: here are the corners of each type. What a
row may say is told in `table.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from table import Row, in_node, program, read_rows, wrong

FOLDER = Path(__file__).parent / "data_types"
ROWS = [row for file in sorted(FOLDER.glob("*.txt")) for row in read_rows(file)]


@pytest.fixture(scope="module")
def ends() -> dict[Row, str]:
    """What Node gives for each row, all in one run."""
    return dict(zip(ROWS, in_node([program(row.code) for row in ROWS]), strict=True))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.section}: {row.code.splitlines()[0][:60]}" for row in ROWS])
def test_data_means_the_same_in_the_browser_or_is_refused(row: Row, ends: dict[Row, str]) -> None:
    assert wrong(row, ends[row]) == ""


def test_no_row_says_what_another_says() -> None:
    assert len(ROWS) > 700
    assert len(set(row.code for row in ROWS)) == len(ROWS)
