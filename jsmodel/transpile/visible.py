"""What of a Python file a debugger may show: the code that runs in the browser, and nothing else.

Whoever gets a page gets its JS, and may read that. The file it was made of has more
in it, which is nobody's business: Python's half, comments, docstrings. So all of it
but the transpiled functions is blank in a source map. Lines and columns stay, since
the map is made of them.
"""

from __future__ import annotations

import ast
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

__all__ = ["WORDS", "visible_text"]

#: What stands in the first line that would be empty.
WORDS = "# Shown is what runs in the browser."

Position = tuple[int, int]  # a line, from 1, and a byte of it, from 0
Span = tuple[Position, Position]

_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef)
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@lru_cache(maxsize=256)
def visible_text(lines: tuple[str, ...], starts: frozenset[int], places: frozenset[Position], whole: bool) -> str:
    """The text of a file in which everything is blank that does not run in the browser.

    Args:
        lines: The file.
        starts: The lines in which functions begin that do.
        places: From where in the file code comes: it tells which function of such a line is meant.
        whole: Whether the statements of the file run there, too.
    """
    source = "".join(lines)
    try:
        tree = ast.parse(source)
        keep, drop = _spans(tree, lines, starts, places, whole)
        drop += _comments(lines, keep)
        keep += _heads(tree, lines, tuple(keep))
    except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
        keep, drop = [], []
    mask = [bytearray(len(_bytes(line))) for line in lines]
    for value, spans in ((1, keep), (0, drop)):
        for span in spans:
            _paint(mask, span, value)
    shown = [_masked(line, bits) for line, bits in zip(lines, mask, strict=True)]
    empty = next((i for i, line in enumerate(shown) if not line.strip() and lines[i].strip()), None)
    if empty is not None:
        shown[empty] = WORDS + shown[empty].strip(" \t\f")
    return "".join(shown)


def _spans(
    tree: ast.Module, lines: tuple[str, ...], starts: frozenset[int], places: frozenset[Position], whole: bool
) -> tuple[list[Span], list[Span]]:
    """What is shown, and what of that is not."""
    keep: list[Span] = []
    drop: list[Span] = []
    for node in tree.body if whole else ():
        if not isinstance(node, (*_DEFS, ast.ClassDef, ast.Import, ast.ImportFrom)):
            keep.append(_span(node))
            drop += _unsaid(node)
    for function in _used(tree, starts, places):
        keep.append(_span(function))
        drop += _unsaid(function)
        # What Python made of these is sent, not what was written.
        defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
        drop += [_span(default) for default in defaults if not isinstance(default, ast.Constant)]
    return keep, drop


def _heads(tree: ast.Module, lines: tuple[str, ...], keep: Sequence[Span]) -> Iterator[Span]:
    """Where the classes around begin, for orientation; the JS has their names, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(_span(node)[0] < start < _span(node)[1] for start, _ in keep):
            head = re.match(r"\s*class\s+\w+", lines[node.lineno - 1])
            yield (node.lineno, 0), (node.lineno, len(_bytes(head[0])) if head else 0)


def _used(tree: ast.Module, starts: frozenset[int], places: frozenset[Position]) -> list[_Function]:
    """The functions that begin in these lines and have one of the places in them, but in no function inside."""
    known = sorted(
        (node for node in ast.walk(tree) if isinstance(node, (*_DEFS, ast.Lambda))), key=lambda node: _span(node)[0]
    )
    begins = [_span(node)[0] for node in known]
    found: dict[int, _Function] = {}
    for place in places:
        for index in range(bisect_right(begins, place) - 1, -1, -1):
            node = known[index]
            if place < _span(node)[1] and node.lineno in starts:
                found[index] = node
                break
    return list(found.values())


def _span(node: ast.stmt | ast.expr) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)


def _unsaid(node: ast.AST) -> list[Span]:
    """What of code that runs in the browser is not in its JS: strings that nobody uses, annotations, what is for Python only."""
    found: list[Span] = []
    for part in ast.walk(node):
        if isinstance(part, ast.If):
            found += map(_span, _for_python(part))
        found += map(_span, getattr(part, "type_params", ()))
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
            found.append(_span(part))
        elif isinstance(part, (ast.arg, ast.AnnAssign)) and part.annotation is not None:
            found.append(_span(part.annotation))
        elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) and part.returns is not None:
            found.append(_span(part.returns))
    return found


def _for_python(node: ast.If) -> list[ast.stmt]:
    """The statements that `if this_is_js()` keeps from the browser."""
    test, unless = node.test, node.body
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test = test.operand
    else:
        unless = node.orelse
    asks = isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "this_is_js"
    return unless if asks else []


def _comments(lines: tuple[str, ...], keep: Sequence[Span]) -> Iterator[Span]:
    done = 0
    for (first, start), (last, _) in sorted(keep):
        first, done = max(first, done + 1), max(last, done)
        part = lines[first - 1 : last]
        if not any("#" in line for line in part):
            continue
        if lines[first - 1].encode()[:start].strip():
            first, part = 1, lines  # it begins within a statement
        for token in tokenize.generate_tokens(iter(part).__next__):
            if token.type == tokenize.COMMENT:
                line, col = token.start[0] + first - 1, token.start[1]
                start = len(_bytes(lines[line - 1][:col]))
                yield (line, start), (line, start + len(_bytes(token.string)))


def _bytes(text: str) -> bytes:
    """A text as Python's parser counts its columns."""
    return text.encode("utf-8", "surrogatepass")


def _paint(mask: list[bytearray], span: Span, value: int) -> None:
    (first, start), (last, end) = span
    for line in range(first, last + 1):
        bits = mask[line - 1]
        begin, stop = start if line == first else 0, end if line == last else len(bits)
        bits[begin:stop] = bytes([value]) * (stop - begin)


def _masked(line: str, bits: bytearray) -> str:
    """A line without what is not marked; what is blank at its end is left out, its line end is not."""
    text = line.rstrip("\r\n")
    if 0 not in bits:
        return line
    if 1 not in bits:
        return line[len(text) :]
    shown, at = [], 0
    for char in text:
        shown.append(char if at < len(bits) and bits[at] else "\t" if char == "\t" else " ")
        at += len(_bytes(char))
    return "".join(shown).rstrip() + line[len(text) :]
