"""Where a function stands, and what becomes of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ...errors import TranspileError
from ..imports import Brought


@dataclass(frozen=True)
class Source:
    """Where a function stands: its file or cell, the lines of that, and its node."""

    filename: str
    lines: tuple[str, ...] = field(repr=False)
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda = field(repr=False)
    label: str = ""  # 'Counter.JS.on_click'

    def refuse(self, node: ast.AST, what: str, instead: str = "") -> NoReturn:
        """Raise TranspileError at `node`."""
        line = getattr(node, "lineno", self.node.lineno)
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else None
        raise TranspileError(
            f"{self.label!r} cannot run in the browser: {what}",
            filename=self.filename,
            lineno=line,
            span=self._span(node),
            text=text,
            instead=instead,
        )

    def _span(self, node: ast.AST) -> tuple[int, int, int] | None:
        """The character where a node begins, and line and character where it ends; Python's tree counts bytes."""
        found = []
        for line, col in (
            (getattr(node, "lineno", 0), getattr(node, "col_offset", None)),
            (getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", None)),
        ):
            if not line or col is None or line > len(self.lines):
                return None
            data = self.lines[line - 1].encode()
            if col > len(data):
                return None
            found.append((line, len(data[:col].decode(errors="replace"))))
        (_, start), (line, end) = found
        return start, line, end


@dataclass
class Lowered:
    """A function that the code generator can take, and the names it needs from outside."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    names: dict[str, int]  # name -> the line where it is first used
    parts: set[str]  # of the JS library, that its methods may be in
    imported: dict[str, Any]  # names that it imports itself, and what they are
    brought: tuple[Brought, ...]  # and how they are had again
    gives_floats: bool = False  # whether it gives nothing else
    gives_whole: bool = False  # whether it is an operator that gives integers
