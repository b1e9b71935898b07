"""A transpiled function, and how the cache keeps it: as JSON, from which it is made again where it stands by then."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .imports import Brought
from .lower.words import JS_WORDS, PLACE, place_mark

__all__ = ["Const", "FunctionJS", "Place", "restored", "saved"]

#: A default value that lives as long as the function: its name in JS, the text that makes it, and the value.
Const = tuple[str, str, Any]


@dataclass(frozen=True)
class FunctionJS:
    """A transpiled function.

    Attributes:
        name: Its name in Python.
        params: The text between the parentheses.
        body: The text between the braces, placeholders not yet replaced.
        is_async: Whether it was `async def`.
        names: The names it needs from outside, each with the line of its first use.
        parts: The parts of our JS library that it needs.
        consts: Default values that live as long as the function.
        filename: The file or cell it came from.
        lineno: Where it begins there.
        label: How people call it: 'Counter.JS.on_click'.
        globals: What its names mean in Python: those of the module that it stands in.
        lines: The file or cell, as it was then.
        brought: What it imports itself.
    """

    name: str
    params: str
    body: str
    is_async: bool
    names: tuple[tuple[str, int], ...]
    consts: tuple[Const, ...]
    parts: frozenset[str]
    filename: str
    lineno: int
    label: str
    globals: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    lines: tuple[str, ...] = field(default=(), repr=False, compare=False)
    brought: tuple[Brought, ...] = ()

    def as_method(self, name: str) -> str:
        """`foo(a) {…}`, as it stands in a native class, with `consts_text` before that."""
        return f"{'async ' if self.is_async else ''}{name}({self.params}) {{{self.body}}}"

    def as_expression(self) -> str:
        """`function foo(a) {…}`, as it stands on the right of an assignment."""
        name = "" if self.name in JS_WORDS else self.name
        text = f"{'async ' if self.is_async else ''}function {name}({self.params}) {{{self.body}}}"
        if not name:  # a key may be any word, and gives the function its name
            text = f"({{{self.name}: {text}}}).{self.name}"
        return f"(() => {{\n{self.consts_text()}return {text};\n}})()" if self.consts else text

    def consts_text(self) -> str:
        """The statements that make the default values."""
        return "".join(f"const {name} = {text};\n" for name, text, _ in self.consts)


def saved(made: FunctionJS, first: int) -> dict[str, Any]:
    """What of a function's JS is worth to be kept, as JSON.

    Args:
        made: The function.
        first: The line that all others are counted from.
    """
    kept = {
        "first": first,
        "line": made.lineno,
        "name": made.name,
        "params": made.params,
        "body": made.body,
        "async": made.is_async,
        "names": " ".join(f"{name} {line}" for name, line in made.names),  # a text is read faster than a list
        "parts": " ".join(sorted(made.parts)),
    }
    return {**kept, "brought": [list(each) for each in made.brought]} if made.brought else kept


class Place(NamedTuple):
    """Where a function stands: the file, the first line, what people call it, what names mean there, and the file's lines."""

    filename: str
    first: int
    label: str
    namespace: dict[str, Any]
    lines: tuple[str, ...]


def restored(kept: dict[str, Any], place: Place, consts: Sequence[Const] = ()) -> FunctionJS:
    """The opposite of `saved`, for a function that may stand elsewhere by now."""
    shift = place.first - kept["first"]
    params, body, names = kept["params"], kept["body"], kept["names"].split()
    if shift:
        params, body = _moved(params, shift), _moved(body, shift)
    # What a frozen dataclass does for each field takes longer than all else here.
    made = object.__new__(FunctionJS)
    made.__dict__.update(
        name=kept["name"],
        params=params,
        body=body,
        is_async=kept["async"],
        names=tuple([(name, int(line) + shift) for name, line in zip(names[::2], names[1::2], strict=True)]),
        consts=tuple([const for const in consts if const[1]]),
        parts=frozenset(kept["parts"].split()),
        filename=place.filename,
        lineno=kept["line"] + shift,
        label=place.label,
        globals=place.namespace,
        lines=place.lines,
        brought=tuple([(name, module, what) for name, module, what in kept.get("brought", ())]),
    )
    return made


_PLACE_MARK = re.compile(f"{PLACE}([^{PLACE}]*){PLACE}")


def _moved(text: str, by: int) -> str:
    """A text whose marks say that its lines are so many further down."""

    def mark(match: re.Match[str]) -> str:
        line, *columns = match[1].split("_")
        return place_mark(int(line) + by, *map(int, columns)) if line.isdigit() else match[0]

    return _PLACE_MARK.sub(mark, text)
