"""The stack of an error in JS, as Python writes a traceback.

What a page tells of an error is the error's name, words and stack, and the same of
its causes: a `Failure` each, the last one first. Of the frames those stay that are of
transpiled code; the runtime and our JS library mean nothing to people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .modules import linker
from .sourcemap import Place

__all__ = ["Failure", "traceback_text"]

#: A frame ends with the address of its script, a line and a column: in V8 "at f (…)", elsewhere "f@…".
_FRAME = re.compile(r"(?:^\s*at |@).*?\b([0-9a-f]{20})[^\s:]*(?::\d+\.\d+)?:([0-9]{1,9}):([0-9]{1,9})\)?\s*$")

_CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"

#: More frames than that are not looked at, as many repeats of a frame are shown, and as much of one line.
FRAMES, REPEATS, WIDTH = 200, 3, 500


@dataclass(frozen=True)
class Failure:
    """An error in JS: the name of the exception, what it says, and its stack as the engine wrote it."""

    name: str
    message: str
    stack: str

    def __str__(self) -> str:
        return f"{self.name}: {self.message}" if self.message else self.name


def traceback_text(
    failures: Sequence[Failure], find: Callable[[str, int, int], Place | None] = linker.origins.place
) -> str:
    """The traceback of an error.

    Args:
        failures: The error, then what caused it, and so on.
        find: Gives the place in Python, by the hash of a script, and line and column in it, from 0.
    """
    return _CAUSE.join(_one(failure, find) for failure in reversed(failures))


def _one(failure: Failure, find: Callable[[str, int, int], Place | None]) -> str:
    places: list[Place] = []
    for line in failure.stack.splitlines()[:FRAMES]:
        frame = _FRAME.search(line)
        place = find(frame[1], int(frame[2]) - 1, int(frame[3]) - 1) if frame else None
        if place is not None:
            places.append(place)
    if not places:
        return f"{failure}\n"
    text = "Traceback (most recent call last):\n"
    places.reverse()
    index = 0
    while index < len(places):
        place, count = places[index], 1
        while index + count < len(places) and _same(places[index + count], place):
            count += 1
        text += _frame(place) * min(count, REPEATS)
        if count > REPEATS:
            more = count - REPEATS
            text += f"  [Previous line repeated {more} more time{'s' if more > 1 else ''}]\n"
        index += count
    return f"{text}{failure}\n"


def _same(a: Place, b: Place) -> bool:
    return (a.file.filename, a.line, a.name) == (b.file.filename, b.line, b.name)


def _frame(place: Place) -> str:
    text = f'  File "{place.file.shown}", line {place.line}, in {place.name}\n'
    raw = place.file.line(place.line)
    source = raw.strip()
    if not source:
        return text
    text += f"    {source[:WIDTH]}\n"
    if place.col is None or place.end is None:
        return text
    data = raw.encode()
    before, marked = data[: place.col].decode(errors="replace"), data[place.col : place.end].decode(errors="replace")
    start = len(before) - (len(raw) - len(raw.lstrip()))
    if marked.strip() and marked != source and start >= 0 and len(source) <= WIDTH:
        text += f"    {_blank(source[:start])}{'^' * _cells(marked)}\n"
    return text


def _blank(text: str) -> str:
    """What takes as much room as `text`, in letters of one width."""
    return "".join(char if char == "\t" else " " * _cells(char) for char in text)


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)
