"""The runtime that scenarios meet in Node, bundled once."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("runner")

from runner import build_runtime  # noqa: E402


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_runtime(tmp_path_factory.mktemp("runtime"))
