"""Lets a test wait for the handlers of its models, and fail with what they raise."""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from types import TracebackType
from typing import Any

from ..errors import NotSettled
from ..event import Handler, loop

__all__ = ["name_others", "settled"]


class settled:
    """A block at whose end all handlers have run; when one of them failed, the block raises what that one raised.

    In an async function write `async with`: `async def` handlers are waited for, too. After a plain `with`, where no asyncio
    loop runs, they get one for that long. When several handlers failed, the first one's exception names the others.

    Args:
        timeout: After how many seconds handlers that have not come to an end are an error.

    Raises:
        NotSettled: when handlers set each other off for ever, or an `async def` one does not end.
    """

    def __init__(self, *, timeout: float = 10) -> None:
        self.timeout = timeout
        self._failed: list[tuple[BaseException, Handler | None]] = []

    def __repr__(self) -> str:
        return f"<settled, {len(self._failed)} handlers failed>"

    def __enter__(self) -> settled:
        self._failed.clear()
        loop.add_reporter(self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None) -> None:
        try:
            if err is None:
                self._settle_now()
        finally:
            loop.remove_reporter(self._note)
        self._tell(err)

    async def __aenter__(self) -> settled:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        try:
            if err is None:
                await self._settle()
        finally:
            loop.remove_reporter(self._note)
        self._tell(err)

    def _note(self, err: BaseException, handler: Handler | None) -> None:
        self._failed.append((err, handler))

    def _tell(self, err: BaseException | None) -> None:
        """Raise the first error of a handler; if the block itself raised, that one names them."""
        others = [(each, handler) for each, handler in self._failed if each is not err]
        first = others.pop(0)[0] if err is None and others else None
        name_others(err or first, [_words(each, handler) for each, handler in others])
        if first is not None:
            raise first

    def _settle_now(self) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            own = asyncio.new_event_loop()
            try:
                own.run_until_complete(self._settle())
            finally:
                own.close()
            return
        loop.flush()
        if (tasks := _running()) and not self._failed:
            raise NotSettled([str(handler) for handler in tasks.values()])

    async def _settle(self) -> None:
        until = time.monotonic() + self.timeout
        while True:
            loop.flush()
            if tasks := _running():
                await asyncio.wait(tasks, timeout=max(0.0, until - time.monotonic()))
            await asyncio.sleep(0)
            if not _running() and not loop.waits:
                loop.flush()
                return
            if time.monotonic() >= until:
                break
        slow = [str(handler) for handler in _running().values()]
        loop.clear()  # the next test begins with nothing
        for _ in range(10):  # what waited for one that ends sets off another one
            if not (tasks := _running()):
                break
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=0.5)
            loop.clear()
        if not self._failed:
            raise NotSettled(slow, self.timeout)


def _running() -> dict[asyncio.Future[Any], Handler]:
    """The calls of async handlers that this asyncio loop has not ended."""
    here = asyncio.get_running_loop()
    return {task: handler for task, handler in loop.running.items() if task.get_loop() is here}


def _words(err: BaseException, handler: Handler | None) -> str:
    text = "".join(traceback.format_exception_only(type(err), err)).strip()
    return f"{handler}: {text}" if handler is not None else text


def name_others(err: BaseException | None, others: list[str]) -> None:
    """Let `err` say what else failed, where pytest and tracebacks show it."""
    if err is None or not others:
        return
    note = "\n".join([f"{len(others)} more failed:", *others])
    if sys.version_info >= (3, 11):
        err.add_note(note)
    else:
        err.__notes__ = [*getattr(err, "__notes__", []), note]
