"""Python means the same in the browser, or is refused: the table of `rows/`, held to both sides."""

from __future__ import annotations

import pytest
from table import ITS_WORDS, KNOWN_DIFFERENCES, Row, all_rows, in_node, in_python, program, without_words

ROWS = all_rows()


@pytest.fixture(scope="module")
def ends() -> dict[Row, str]:
    """How each row ends in Node; all run in one process."""
    return dict(zip(ROWS, in_node([program(row.code) for row in ROWS]), strict=True))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.section}: {row.code.splitlines()[0][:50]}" for row in ROWS])
def test_python_means_the_same_in_the_browser_or_is_refused(row: Row, ends: dict[Row, str]):
    end = ends[row]
    if row.kind == "refused":
        assert end.startswith("refused: ") and row.words in end
        assert "<snippet>" in end, "it says where"
    elif row.kind == "raises":
        assert end.startswith(f"raise {row.words}: "), "with words"
        assert not in_python(program(row.code)).startswith(f"raise {row.words}"), "it is the same"
    elif row.kind == "gives":
        assert end == row.words
    else:
        assert not end.startswith("refused: ")
        here = in_python(program(row.code))
        if ITS_WORDS and not row.words:
            assert end == here
        else:
            assert without_words(end) == without_words(here)


def test_the_table_is_large_and_mostly_the_same():
    same = [row for row in ROWS if row.kind == "same"]
    assert len(ROWS) >= 700
    assert len(same) / len(ROWS) >= 0.85
    assert len({row.code for row in ROWS}) == len(ROWS)


def test_what_differs_is_known():
    sources = [program(code) for code in KNOWN_DIFFERENCES]
    here = [without_words(in_python(source, clean=lambda value: value)) for source in sources]
    assert dict(zip(KNOWN_DIFFERENCES, zip(here, in_node(sources), strict=True), strict=True)) == KNOWN_DIFFERENCES
