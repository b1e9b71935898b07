"""Transpiles the widgets of `jsmodel.ui` for a wheel: see `jsmodel/transpile/shipped.py`. Its argument is the file to write."""

from __future__ import annotations

import sys
from pathlib import Path

from jsmodel.transpile.shipped import shipped

__all__ = ["write"]


def write(file: Path) -> None:
    """Transpile the widgets, in a process that has not done so yet, and write what a wheel is to have of that."""
    came = shipped()
    came.written = {}
    from jsmodel import ui  # which transpiles already
    from jsmodel.transpile.modules import linker

    linker.assets_for([getattr(ui, name) for name in ui.__all__])
    file.write_text(came.text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
