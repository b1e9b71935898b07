"""Cells: source that Python knows though it is in no file, as ipykernel does it."""

from __future__ import annotations

import linecache
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

Cell = Callable[..., dict[str, Any]]


@pytest.fixture
def cell() -> Cell:
    """Runs source as a cell of one notebook, and gives its namespace."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    count = 0

    def run(source: str, *, name: str = "", known: bool = True) -> dict[str, Any]:
        nonlocal count
        count += 1
        name = name or f"/tmp/ipykernel_1/{count}{abs(hash(source))}.py"
        source = textwrap.dedent(source)
        if known:
            linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        exec(compile(source, name, "exec"), namespace)
        return namespace

    return run
