"""Errors of calls across: whoever asked gets them; who shows them, if nobody wants them.

A call fails in the page that was asked, and in the others that did the same. Whether that is to be shown is known here
only: an error that is awaited is the asker's, to catch or to pass on, and one that nobody waits for is shown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .event.loop import loop

__all__ = ["Failed", "Unasked"]

#: So many calls are remembered whose errors were caught; another page may fail later than the first.
REMEMBERED = 100


@dataclass(frozen=True)
class Failed:
    """What failed in a page, in words: all that is needed to show it there."""

    client: Any
    model_id: str | None
    title: str
    text: str


class Unasked:
    """The errors of calls of which it is not known yet whether somebody asks for them. Any thread may tell it more.

    Args:
        show: What is done with one that nobody asked for.
    """

    #: Seconds in which somebody may ask for an error that is there.
    PATIENCE = 1.0

    def __init__(self, show: Callable[[Failed], None]) -> None:
        self._show = show
        self._kept: dict[int, list[Failed]] = {}  # of the calls that are not decided, by their numbers
        self._caught: dict[int, None] = {}  # the calls whose errors somebody has got
        self._lock = threading.Lock()  # not held while something is shown, which needs the session's

    def __repr__(self) -> str:
        return f"<Unasked, {len(self._kept)} calls>"

    def begin(self, number: int) -> None:
        """A call is made: what comes of it in other pages waits for the page that was asked."""
        self._kept[number] = []

    def also(self, number: int, failed: Failed) -> None:
        """A page failed that was not the one asked: its error has the fate of that one's."""
        with self._lock:
            kept = self._kept.get(number)
            if kept is not None and all(failed.client is not each.client for each in kept):  # a page fails once
                kept.append(failed)
            is_known = kept is not None or number in self._caught
        if not is_known:
            self._show(failed)

    def failed(self, number: int, failed: Failed, is_asked_for: Callable[[], bool | None]) -> None:
        """The page that was asked failed.

        Args:
            is_asked_for: Whether somebody waits for the error, or has got it; None when nobody can any more.
        """
        with self._lock:
            self._kept.setdefault(number, []).insert(0, failed)
        asked = is_asked_for()
        home = loop.home
        if asked is False and home is not None:
            home.call_soon_threadsafe(
                home.call_later, self.PATIENCE, lambda: self.decided(number, caught=bool(is_asked_for()))
            )
        else:
            self.decided(number, caught=bool(asked))

    def decided(self, number: int, *, caught: bool) -> None:
        """The fate of a call is known: its errors were caught, or nobody will catch those there are."""
        with self._lock:
            kept = self._kept.pop(number, [])
            if caught:
                self._caught[number] = None
                while len(self._caught) > REMEMBERED:
                    del self._caught[next(iter(self._caught))]
        for failed in kept if not caught else ():
            self._show(failed)
