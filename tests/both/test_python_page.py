"""The page of the documentation that prints the table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from table import KNOWN_DIFFERENCES, all_rows

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "python_table.py"
PAGE = ROOT / "docs" / "python-in-the-browser.md"


def test_the_page_says_what_the_table_says():
    done = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_every_construct_and_every_known_difference_is_on_the_page():
    text = PAGE.read_text(encoding="utf-8")
    rows = all_rows()
    assert f"{len(rows):,} constructs" in text
    assert text.count("<code>") >= len(rows) + 3 * len(KNOWN_DIFFERENCES)
    assert text.index("What differs") < text.index("## Totals")
