"""The source of what was typed at a plain Python prompt.

Before 3.13 Python forgets what was typed as soon as it has compiled it. The line
editor remembers: its history is searched, newest first, for the statement that
compiles to the very code in question, with the same defaults.
"""

from __future__ import annotations

import ast
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


def typed_lines(func: types.FunctionType) -> list[str]:
    """The lines of the statement that `func` was typed in, with the ends of lines; none if that is not to be found."""
    readline: Any = sys.modules.get("readline")
    if readline is None or not func.__code__.co_filename.startswith("<stdin>"):
        return []
    try:
        last = readline.get_current_history_length()
        history = [readline.get_history_item(n) or "" for n in range(max(1, last - LINES), last + 1)]
    except Exception:  # line editors that only look like GNU's
        return []
    return find(func, history)


def find(func: types.FunctionType, history: list[str]) -> list[str]:
    """The same, in these lines: the newest statement that makes `func`."""
    code = func.__code__
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
            if code in inside(whole) and same_defaults(func, text):
                return [line + "\n" for line in lines]
    return []


def same_defaults(func: types.FunctionType, text: str) -> bool:
    """Whether the defaults of `func` are those of `text`; they are no part of its code. What is no constant is not compared."""
    given = [*(func.__defaults__ or ()), *(func.__kwdefaults__ or {}).values()]
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        if first == func.__code__.co_firstlineno and getattr(node, "name", "<lambda>") == func.__name__:
            written = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
            return len(written) == len(given) and all(map(may_be, written, given))
    return False


def may_be(node: ast.expr, value: object) -> bool:
    """Whether `node` could stand for `value`."""
    try:
        return repr(ast.literal_eval(node)) == repr(value)
    except (ValueError, TypeError, SyntaxError):
        return True


def inside(code: types.CodeType) -> list[types.CodeType]:
    """A code object, and all those that it holds."""
    found = [code]
    for one in found:
        found += [const for const in one.co_consts if isinstance(const, types.CodeType)]
    return found
