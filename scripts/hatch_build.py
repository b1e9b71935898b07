"""Puts the widgets of `jsmodel.ui`, transpiled, into each wheel; hatchling loads this file.

A wheel without them works, too: what it would have had is transpiled where it is
needed. So where the widgets cannot be transpiled, the build says so and goes on.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["TranspiledHook"]

#: Where they are in the wheel.
NAME = "jsmodel/static/transpiled.json"


class TranspiledHook(BuildHookInterface):
    """Makes the file, and adds it to a wheel; not to an editable one, whose code will change."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before a wheel is built."""
        if version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory()
        file = Path(self._folder.name) / "transpiled.json"
        done = subprocess.run(
            [sys.executable, str(Path(self.root, "scripts", "transpile_widgets.py")), str(file)],
            env={**os.environ, "PYTHONPATH": self.root, "JSMODEL_CACHE": "0"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode:
            self.app.display_warning(f"The wheel will have no transpiled widgets. {done.stderr.strip()}")
        else:
            build_data["force_include"][str(file)] = NAME

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Called when it is there."""
        if version != "editable":
            self._folder.cleanup()
