"""Where JS comes from: the way back from a place in it to the line of Python.

The code generator leaves marks in the text of a function (`lower/words.py`), and
the linker adds which file each function is of. `bare` takes the marks out again;
`Origin` reads them, for what was sent, and knows two things: the source map that
a debugger asks for, and the place of a frame of a stack (`traceback.py`).
"""

from __future__ import annotations

import base64
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import Any

from ..errors import full_name
from .lower.words import PLACE
from .visible import visible_text

__all__ = ["NUMBERS", "File", "Origin", "Place", "bare", "sections", "url_of_map"]

_MARK = re.compile(rf"{PLACE}([0-9]+(?:_[0-9]+){{0,2}}|[>\[][^{PLACE}]*|<){PLACE}")
_FUNCTION = re.compile(rf"{PLACE}\[([0-9]+)_([0-9]+)_([^{PLACE}]*){PLACE}")
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


#: Finds the numbers of files in a text.
NUMBERS = re.compile(rf"{PLACE}\[([0-9]+)_")


def bare(text: str) -> str:
    """JS without its marks, as it is sent."""
    return _MARK.sub("", text)


@dataclass(frozen=True)
class File:
    """A file or notebook cell, as it was when something in it was transpiled."""

    filename: str
    lines: tuple[str, ...] = field(repr=False)

    @property
    def url(self) -> str:
        """How debuggers call it: files by their path, cells by their number, each under the kernel's name."""
        path = PurePath(self.filename)
        if self.shown != self.filename:
            return f"jsmodel:///{path.parent.name or 'cells'}/{self.shown}"
        return path.as_uri() if path.is_absolute() else f"jsmodel:///{self.filename.strip('<>')}"

    @property
    def shown(self) -> str:
        """How tracebacks call it: files by their path, cells by their number."""
        return full_name(self.filename)

    def line(self, number: int) -> str:
        """A line of it, without its end."""
        return self.lines[number - 1].rstrip("\r\n") if 0 < number <= len(self.lines) else ""


@dataclass(frozen=True)
class Place:
    """A place in Python: a line, and from which byte of it to which, as far as that is known."""

    file: File
    line: int
    name: str  # of the function
    col: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Segment:
    """From this place of the JS on, up to the next, all comes from one place; or from nowhere."""

    line: int
    col: int
    place: Place | None


class Origin:
    """Where the JS of one asset comes from.

    Args:
        text: The JS, with its marks.
        files: What the numbers in them stand for.
    """

    def __init__(self, text: str, files: Mapping[int, File]) -> None:
        self._text = text
        self._files = files

    def __repr__(self) -> str:
        return f"<Origin of {self._text.count(chr(10))} lines of JS>"

    @cached_property
    def segments(self) -> list[Segment]:
        """All of it, in order. Every line of JS has a segment of its own, since a source map is read line by line."""
        found: list[Segment] = []
        stack: list[Place | None] = [None]
        line = col = 0

        def note() -> None:
            if found and (found[-1].line, found[-1].col) == (line, col):
                found.pop()
            if not found or found[-1].place != stack[-1] or found[-1].line != line:
                found.append(Segment(line, col, stack[-1]))

        for index, part in enumerate(_MARK.split(self._text)):
            if index % 2:
                self._read(part, stack)
                note()
                continue
            first, *rest = part.split("\n")
            col += _width(first)
            for text in rest:
                line, col = line + 1, 0
                if stack[-1] is not None:
                    note()
                col = _width(text)
        return found

    def _read(self, mark: str, stack: list[Place | None]) -> None:
        around = stack[-1]
        if mark == "<":
            stack.pop()
        elif mark.startswith("["):
            number, line, name = mark[1:].split("_", 2)
            stack.append(Place(self._files[int(number)], int(line), name))
        elif around is not None and mark.startswith(">"):
            stack.append(Place(around.file, around.line, mark[1:]))
        elif around is not None:
            at, *columns = (int(number) for number in mark.split("_"))
            stack[-1] = Place(around.file, at, around.name, *columns)

    @cached_property
    def _starts(self) -> list[tuple[int, int]]:
        return [(segment.line, segment.col) for segment in self.segments]

    def place(self, line: int, col: int) -> Place | None:
        """Where something in the JS comes from; lines and columns begin at 0, and columns count as JS does."""
        index = bisect_right(self._starts, (line, col)) - 1
        found = self.segments[index] if index >= 0 else None
        return found.place if found is not None and found.line == line else None

    def source_map(self) -> dict[str, Any]:
        """The source map, version 3."""
        files = list(dict.fromkeys(s.place.file for s in self.segments if s.place is not None))
        urls = _unique(file.url for file in files)
        return {
            "version": 3,
            "sources": urls,
            "sourcesContent": [self._shown(file) for file in files],
            "names": [],
            "mappings": _mappings(self.segments, files),
        }

    def _shown(self, file: File) -> str:
        """What a debugger may see of a file."""
        functions = [(int(line), name) for number, line, name in self._functions if self._files[int(number)] == file]
        places = [s.place for s in self.segments if s.place is not None and s.place.file == file]
        return visible_text(
            file.lines,
            frozenset(line for line, _ in functions),
            frozenset((place.line, place.col) for place in places if place.col is not None),
            any(name == "<module>" for _, name in functions),
        )

    @cached_property
    def _functions(self) -> list[tuple[str, str, str]]:
        """The functions in it: the number of the file of each, the line where it begins there, and its name."""
        return _FUNCTION.findall(self._text)


def sections(parts: Iterable[tuple[int, Origin]]) -> dict[str, Any]:
    """The source map of a file that is made of several, each from some line on."""
    return {
        "version": 3,
        "sections": [{"offset": {"line": line, "column": 0}, "map": origin.source_map()} for line, origin in parts],
    }


def url_of_map(source_map: dict[str, Any]) -> str:
    """A source map as a URL that holds all of it, for code that has no address."""
    data = base64.b64encode(json.dumps(source_map, separators=(",", ":")).encode()).decode()
    return f"data:application/json;base64,{data}"


def _mappings(segments: list[Segment], files: list[File]) -> str:
    numbers = {file: index for index, file in enumerate(files)}
    lines: list[list[str]] = [[]]
    last = [0, 0, 0, 0]  # column in JS; file, line, column in Python
    for segment in segments:
        while len(lines) <= segment.line:
            lines.append([])
            last[0] = 0
        now = [segment.col]
        if segment.place is not None:
            where = segment.place
            now += [numbers[where.file], where.line - 1, _column(where)]
        lines[-1].append("".join(_vlq(a - b) for a, b in zip(now, last, strict=False)))
        last[: len(now)] = now
    return ";".join(",".join(parts) for parts in lines)


def _column(place: Place) -> int:
    """The column as JS counts; where it is not known, that of the first character of the line."""
    line = place.file.line(place.line)
    if place.col is None:
        return len(line) - len(line.lstrip())
    return _width(line.encode()[: place.col].decode(errors="replace"))


def _vlq(number: int) -> str:
    """A number in base 64: the sign in the lowest bit, then 5 bits a digit, the lowest first."""
    rest = abs(number) << 1 | (number < 0)
    text = ""
    while True:
        rest, digit = rest >> 5, rest & 31
        text += _BASE64[digit | 32 if rest else digit]
        if not rest:
            return text


def _width(text: str) -> int:
    """How long a text is for JS."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _unique(names: Iterable[str]) -> list[str]:
    """The same names; those that are there twice get a number."""
    found: list[str] = []
    for name in names:
        number, new = 1, name
        while new in found:
            number += 1
            new = f"{name} ({number})"
        found.append(new)
    return found
