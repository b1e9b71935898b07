"""The source of what was typed at a plain Python prompt.

Before 3.13 Python forgets what was typed as soon as it has compiled it. The line
editor remembers: its history is searched, newest first, for the statement that
compiles to the very code in question, so what is found is right or nothing is.
"""

from __future__ import annotations

import re
import sys
import types
from typing import Any

__all__ = ["typed_lines"]

#: So many lines of the history are looked at; a prompt's history may go back for years.
LINES = 2000
#: A statement has so many lines that begin at the margin: decorators, `class` or `def`, `else`.
PARTS = 8

_FUTURES = 0x1FE0000  # the bits of co_flags that `from __future__ import ...` sets


def typed_lines(code: types.CodeType) -> list[str]:
    """The lines of the statement that `code` was typed in, with the ends of lines; none if that is not to be found."""
    readline: Any = sys.modules.get("readline")
    if readline is None or not code.co_filename.startswith("<stdin>"):
        return []
    try:
        last = readline.get_current_history_length()
        history = [readline.get_history_item(n) or "" for n in range(max(1, last - LINES), last + 1)]
    except Exception:  # line editors that only look like GNU's
        return []
    return find(code, history)


def find(code: types.CodeType, history: list[str]) -> list[str]:
    """The same, in these lines: the newest statement that compiles to `code`."""
    margins = [n for n, line in enumerate(history) if re.match(r"[^\s#)\]}]", line)]
    ends = [*margins, len(history)]
    for index in range(len(margins) - 1, -1, -1):
        for end in ends[index + 1 : index + 1 + PARTS]:
            lines = history[margins[index] : end]
            if code.co_name != "<lambda>" and not any(code.co_name in line for line in lines):
                continue
            text = "\n".join(lines) + "\n"
            try:
                whole = compile(text, code.co_filename, "single", code.co_flags & _FUTURES, dont_inherit=True)
            except (SyntaxError, ValueError):
                continue
            if code in inside(whole):
                return [line + "\n" for line in lines]
    return []


def inside(code: types.CodeType) -> list[types.CodeType]:
    """A code object, and all those that it holds."""
    found = [code]
    for one in found:
        found += [const for const in one.co_consts if isinstance(const, types.CodeType)]
    return found
