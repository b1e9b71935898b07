"""Where RawJS stands in Python: the marks that let an error in its JavaScript become a line of a traceback."""

from __future__ import annotations

import ast
import linecache
from typing import TYPE_CHECKING, Any

from .lower.words import LEAVE_MARK, PLACE, function_mark, place_mark
from .rawjs import raw_code, raw_expression

if TYPE_CHECKING:
    from .origins import Origins

__all__ = ["marked_expression", "marked_raw"]

#: What tracebacks call it.
NAME = "<RawJS>"


def marked_raw(value: Any, origins: Origins) -> str:
    """The JavaScript of a RawJS object, in brackets, with marks where it is known where it was made."""
    code, (filename, line) = raw_code(value), getattr(value, "_place", ("", 0))
    lines = tuple(linecache.getlines(filename)) if filename else ()
    if not lines or PLACE in code:
        return f"({code})"
    first = _start(lines, line, value.code)
    mark = function_mark(origins.number(filename, lines), first or line, NAME)
    return f"({mark}{_by_line(code, first) if first else code}{LEAVE_MARK})"


def marked_expression(node: ast.Constant) -> str:
    """The JavaScript of a RawJS in a function: what follows its first line says which line it is of."""
    text = str(node.value)
    code = raw_expression(text.strip())
    if PLACE in code or not _is_line_by_line(node):
        return code
    first = node.lineno + text[: len(text) - len(text.lstrip())].count("\n")
    here = place_mark(node.lineno, node.col_offset)
    return (place_mark(first) if first != node.lineno else "") + _by_line(code, first) + here


def _by_line(code: str, first: int) -> str:
    start, *rest = code.split("\n")
    return start + "".join(f"\n{place_mark(line)}{text}" for line, text in enumerate(rest, first + 1))


def _is_line_by_line(node: ast.Constant) -> bool:
    """Whether a str of several lines has in each what it has in Python: no line of it is joined, none is written as \\n."""
    return 0 < (node.end_lineno or node.lineno) - node.lineno == str(node.value).count("\n")


def _start(lines: tuple[str, ...], line: int, code: str) -> int:
    """The line where the JavaScript begins that was made in some line; 0 where it is written otherwise than it is."""
    around = code.count("\n") + 1
    first = max(0, line - 1 - around)
    before, found, _ = "".join(lines[first : line + around]).partition(code)
    return first + 1 + before.count("\n") if found else 0
