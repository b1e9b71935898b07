"""Runs programs made at random on both sides, and tells where they differ.

By hand, for as long as one likes:  python -m tests.both.fuzz --programs 20000
"""

from __future__ import annotations

import argparse
import ast
import itertools
import re
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).parent)]  # when it is run as tests.both.fuzz

from programs import program  # noqa: E402
from table import in_node, in_python  # noqa: E402

__all__ = ["Difference", "compare", "reduce"]

BATCH = 250


@dataclass
class Difference:
    """A program that means something else in JS."""

    source: str
    here: str
    there: str

    @property
    def is_refused(self) -> bool:
        return self.there.startswith("refused: ")

    def __str__(self) -> str:
        return f"{self.source}\n# in Python: {self.here}\n# in Node:   {self.there}\n"


def compare(sources: list[str]) -> Iterator[Difference]:
    """Run programs on both sides; those that differ, or are refused."""
    for source, there in zip(sources, in_node(sources), strict=True):
        here = in_python(source)
        differ = _comparable(here) != _comparable(there) or _floats(there) > _floats(here)
        if differ and not _is_beyond(here):
            yield Difference(source, here, there)


def _floats(end: str) -> int:
    """How many whole floats are shown as such; it may be fewer in JS, but no int is shown as a float."""
    return len(re.findall(r"\d\.0\b(?![\d.])", end))


def _is_beyond(end: str) -> bool:
    """Whether there are integers that JS does not have, which it refuses."""
    return re.search(r"\d{16}", end) is not None


#: What Python, or the engine, says of a method that is not there: in a traceback, in a str, or in the repr of the exception.
_MISSING = re.compile(
    r"""['"]?(?:AttributeError\()?\\?['"]?\\?(?:'\w+\\?' object has no attribute \\?'(\w+)\\?'|(?:\(intermediate value\)|[\w$.()\[\]])*\.(\w+) is not a function)\\?['"]?\)?['"]?"""
)


def _comparable(end: str) -> str:
    """An end without what is known to differ: a whole float is an int."""
    end = re.sub(r"(\d)\.0\b(?![\d.])", r"\1", end)
    end = re.sub(r"-0\b(?!\.)", "0", end)
    end = re.sub(r"\{(-?\d+(?:, -?\d+)*)\}", lambda m: f"{{{sorted(m[1].split(', '))}}}", end)  # a set has no order
    end = re.sub(
        r"(integer|int|float) (division or modulo|floor division|division|modulo|divmod\(\))( by zero)?",
        "division by zero",
        end,
    )
    end = _MISSING.sub(lambda m: f"no {m[1] or m[2]}", end)  # the engine does not say of what
    end = re.sub(r"for ([-+*/%&|^]+)=: ", r"for \1: ", end)  # 'x += y' says '+=' in Python
    end = end.replace("doesn't support item deletion", "does not support item deletion")
    return re.sub(r"'float'", "'int'", end) if end.startswith("raise ") else re.sub(r"\bfloat\b", "int", end)


# -- making them small


def reduce(found: Difference, rounds: int = 60) -> Difference:
    """A smaller program that differs in the same way, as far as one step at a time leads."""
    for _ in range(rounds):
        smaller = sorted(set(_smaller(found.source)), key=len)
        for start in range(0, len(smaller), 40):
            better = next((d for d in compare(smaller[start : start + 40]) if _same_sort(d, found)), None)
            if better is not None:
                found = better
                break
        else:
            break
    return found


def _same_sort(a: Difference, b: Difference) -> bool:
    """Whether they differ in the same way: in the same words, or none."""
    return a.is_refused == b.is_refused and all(
        bool(one) == bool(other) and one <= other for one, other in zip(_words(a), _words(b), strict=True)
    )


def _words(found: Difference) -> tuple[set[str], set[str]]:
    """The words that are on one side only."""
    here, there = (set(re.findall(r"[A-Za-z_]{2,}", end)) for end in (found.here, found.there))
    return here - there, there - here


def _smaller(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    for number in itertools.count():
        step = _Step(number)
        changed = ast.fix_missing_locations(step.visit(ast.parse(source)))
        if step.left >= 0:
            return
        try:
            text = ast.unparse(changed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(text, "<smaller>", "exec")
        except (SyntaxError, ValueError, TypeError, AttributeError):
            continue
        if len(text) < len(ast.unparse(tree)):
            yield text + "\n"


class _Step(ast.NodeTransformer):
    """Makes the n-th change that can be made of a tree: a statement goes, its body takes its place, or an expression becomes a part of it."""

    def __init__(self, number: int) -> None:
        self.left = number

    def _now(self) -> bool:
        self.left -= 1
        return self.left == -1

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if self.left < 0:
            return node
        for name, value in ast.iter_fields(node):
            if (
                isinstance(value, list)
                and value
                and isinstance(value[0], (ast.stmt, ast.match_case, ast.ExceptHandler))
            ):
                setattr(node, name, self._body(value))
            elif isinstance(value, list):
                setattr(node, name, self._items(value))
            elif isinstance(value, ast.expr):
                setattr(node, name, self._expression(value))
            elif isinstance(value, ast.AST):
                self.visit(value)
        return node

    def _body(self, body: list[ast.AST]) -> list[ast.AST]:
        out: list[ast.AST] = []
        for index, node in enumerate(body):
            if self.left >= 0 and self._now():
                return [*out, *body[index + 1 :]] or [ast.Pass()]
            inner = getattr(node, "body", None)
            if self.left >= 0 and isinstance(inner, list) and not isinstance(node, ast.match_case) and self._now():
                return [*out, *inner, *body[index + 1 :]]
            out.append(self.visit(node))
        return out

    def _items(self, items: list[object]) -> list[object]:
        out: list[object] = []
        for index, item in enumerate(items):
            if self.left >= 0 and isinstance(item, ast.expr) and self._now():
                return [*out, *items[index + 1 :]]
            if isinstance(item, ast.expr):
                out.append(self._expression(item))
            else:
                out.append(self.visit(item) if isinstance(item, ast.AST) else item)
        return out

    def _expression(self, node: ast.expr) -> ast.AST:
        if self.left < 0 or isinstance(node, (ast.Constant, ast.Name)):
            return node
        for part in [n for n in ast.walk(node) if isinstance(n, ast.expr) and n is not node][:8]:
            if self._now():
                return part
        for constant in (0, "a", None):
            if self._now():
                return ast.Constant(constant)
        return self.generic_visit(node)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--allow-refused", action="store_true", help="a program that is refused does not differ")
    parser.add_argument("--show", type=int, default=10, help="how many differences to make small and print")
    given = parser.parse_args()
    found: list[Difference] = []
    began, refused = time.monotonic(), 0
    for start in range(0, given.programs, BATCH):
        count = min(BATCH, given.programs - start)
        new = list(compare([program(Random(given.seed + start + i)) for i in range(count)]))
        refused += sum(d.is_refused for d in new)
        found += [d for d in new if not (given.allow_refused and d.is_refused)]
        took = time.monotonic() - began
        print(f"{start + count} programs, {refused} refused, {len(found)} differ, {took:.0f} s", flush=True)
        if len(found) > 20 * given.show:
            break
    seen = set()
    for difference in found:
        sort = re.sub(r"\d+|'[^']*'", "", difference.there[:60])
        if sort not in seen and len(seen) < given.show:
            seen.add(sort)
            print(f"\n{reduce(difference)}", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
