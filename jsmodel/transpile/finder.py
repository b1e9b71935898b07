"""Finds where a function was written: the text of its file or cell, and its node there.

Names and line numbers may lie, since files change after they were imported. What is
found is compiled and compared to the very code that Python runs.
"""

from __future__ import annotations

import ast
import os
import types
import warnings
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from typing import Any

from ..errors import TranspileError
from .fingerprint import codes_in, fingerprint
from .lines import lines_of, texts_of
from .lower.source import Source

__all__ = ["find_source", "same_defaults"]

_FUTURES = 0x1FE0000  # the bits of co_flags that `from __future__ import ...` sets


def find_source(func: types.FunctionType, label: str) -> Source:
    """Find the node of a function, in its file or notebook cell.

    Raises:
        TranspileError: when Python did not keep the source, or the file was changed since it was imported.
    """
    code = func.__code__
    found = changed = False
    for index, lines in enumerate(texts_of(func)):
        found = True
        text = _parsed(code.co_filename, "".join(lines), code.co_flags & _FUTURES)
        node = text.node_of(func) if text is not None else None
        if node is not None:
            return Source(code.co_filename, lines_of(func) if index == 0 else tuple(lines), node, label)
        changed = changed or _is_file(func)
    found = found or os.path.isfile(code.co_filename)
    if found and (changed or not code.co_filename.startswith("<")):
        raise TranspileError(
            f"{label!r} cannot be sent to the browser: its source has changed since it was imported",
            filename=code.co_filename,
            lineno=code.co_firstlineno,
            instead="Import the module again, or restart.",
        )
    raise TranspileError(
        f"{label!r} cannot be sent to the browser: its source is not to be found",
        filename=code.co_filename,
        lineno=code.co_firstlineno,
        instead="Code made with exec() has none, and neither has what was typed at a prompt that keeps no history. Put the class into a file or a notebook cell.",
    )


def _is_file(func: types.FunctionType) -> bool:
    """Whether Python itself has compiled the function from a file, so that the two must agree."""
    names = func.__globals__
    return type(names.get("__loader__")) is SourceFileLoader and names.get("__file__") == func.__code__.co_filename


@lru_cache(maxsize=64)
def _parsed(filename: str, text: str, flags: int) -> _Text | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python has said it, when it compiled this
            return _Text(filename, text, flags)
    except (SyntaxError, ValueError):
        return None


class _Text:
    """The text of a file or cell: its functions as nodes, and as what Python makes of them."""

    def __init__(self, filename: str, text: str, flags: int) -> None:
        from .lower.walking import walk  # late: what comes out of the cache needs none of it

        self._filename = filename
        self._flags = flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._source = text
        tree = ast.parse(text, filename)
        self._nodes: dict[tuple[int, str], list[Any]] = {}
        for node in walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                self._nodes.setdefault(_key(node), []).append(node)
        self._codes: dict[tuple[str, str], list[int]] = {}  # the first lines, by name and fingerprint
        for code in codes_in(self._compiled(tree)):
            if (code.co_firstlineno, code.co_name) in self._nodes:
                self._codes.setdefault((code.co_name, fingerprint(code)), []).append(code.co_firstlineno)

    def _compiled(self, tree: Any) -> types.CodeType:
        code: types.CodeType = compile(tree, self._filename, "exec", self._flags, dont_inherit=True)
        return code

    def node_of(self, func: types.FunctionType) -> Any:
        """The node of a function, or None if it is not here."""
        code = func.__code__
        lines = self._codes.get((code.co_name, fingerprint(code)))
        if lines:  # where it was, or else the first of those that are the same
            line = code.co_firstlineno if code.co_firstlineno in lines else lines[0]
            nodes = self._nodes[line, code.co_name]
        elif _is_file(func):
            return None
        else:  # what was compiled may be another tree: pytest rewrites asserts, IPython can transform cells
            nodes = [n for n in self._nodes.get((code.co_firstlineno, code.co_name), []) if _same_arguments(n, code)]
        if len(nodes) > 1:
            nodes = [n for n in nodes if same_defaults(n.args, func)] or nodes
        if len(nodes) > 1:
            return self._told_apart(nodes, code) or self._any_of(nodes)
        return nodes[0] if nodes else None

    def _told_apart(self, nodes: list[Any], code: types.CodeType) -> Any:
        """That of several lambdas of a line which `code` was made of; those with the same code mean the same."""
        columns = {n.col_offset: n for n in nodes}
        line = nodes[0].lineno
        tree = ast.parse(self._source, self._filename)
        # What is imported stays: Python compiles `module.f()` in another way where it sees that it is one.
        tree.body = [s for s in tree.body if s.lineno <= line <= (s.end_lineno or line) or _imports(s)]
        for node in ast.walk(tree):
            if isinstance(node, ast.Lambda) and node.lineno == line and node.col_offset in columns:
                # As a whole: where the lines in it stand to each other may decide what Python makes of it.
                _move(node, _FAR)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    codes = codes_in(self._compiled(tree))
                    found = next((c for c in codes if c.co_firstlineno == line + _FAR), None)
                _move(node, -_FAR)
                # None where Python leaves it out: 'if 0'.
                if found is not None and fingerprint(found, lines=False) == fingerprint(code, lines=False):
                    return columns[node.col_offset]
        return None

    def _any_of(self, nodes: list[Any]) -> Any:
        """One of several functions of a line, if they are written in the same way."""
        if len({ast.dump(node) for node in nodes}) > 1:
            raise TranspileError(
                f"which of the {len(nodes)} functions of this line is meant cannot be told",
                filename=self._filename,
                lineno=nodes[0].lineno,
                instead="Give each a line of its own.",
            )
        return nodes[0]


def _imports(stmt: ast.AST) -> bool:
    """Whether a statement of the top level imports something, or another one inside of it does."""
    if isinstance(stmt, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    return isinstance(stmt, (ast.Import, ast.ImportFrom)) or any(
        _imports(each) for each in ast.iter_child_nodes(stmt) if isinstance(each, (ast.stmt, ast.ExceptHandler))
    )


_FAR = 10_000_000  # a line that no file has


def _move(node: ast.AST, lines: int) -> None:
    for each in ast.walk(node):
        if isinstance(each, (ast.expr, ast.stmt, ast.arg, ast.keyword)):
            each.lineno += lines
            each.end_lineno = (each.end_lineno or each.lineno) + lines


def _key(node: Any) -> tuple[int, str]:
    """The first line, that of the first decorator, and the name that Python gives the code."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    return first, getattr(node, "name", "<lambda>")


def _same_arguments(node: Any, code: types.CodeType) -> bool:
    args = node.args
    names = [a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]]
    known = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    # A private one has the name of its class before it.
    return len(names) == len(known) and all(
        a == b or (a.startswith("__") and b.endswith(a)) for a, b in zip(names, known, strict=True)
    )


def same_defaults(args: ast.arguments, func: types.FunctionType) -> bool:
    """Whether a function has default values where its source has some."""
    named = {a.arg for a, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default is not None}
    return len(args.defaults) == len(func.__defaults__ or ()) and named == set(func.__kwdefaults__ or ())
