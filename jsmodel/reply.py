"""The answer of the other side to a call, later."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

from .errors import CallError

__all__ = ["Reply"]


class Reply:
    """The answer of the other side, later: await it, or ask for its `result`.

    Args:
        label: What was called.
        stuck: Says why waiting for the answer without a limit could only last for ever, where that is so.
    """

    def __init__(self, label: str, stuck: Callable[[], str] = lambda: "") -> None:
        self._label = label
        self._stuck = stuck
        self._done = threading.Event()
        self._value: Any = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[], None]] = []
        self._waiting = 0  # so many wait for it
        self._taken = False

    def __repr__(self) -> str:
        state = "not here yet" if not self._done.is_set() else "here" if self._error is None else "failed"
        return f"<Reply of {self._label}, {state}>"

    def __await__(self) -> Generator[Any, None, Any]:
        __tracebackhide__ = True  # IPython and pytest leave such frames out: what counts is who asked
        loop = asyncio.get_running_loop()
        future = loop.create_future()

        def wake() -> None:
            if not future.done():
                future.set_result(None)

        def done() -> None:
            with suppress(RuntimeError):  # its loop was closed meanwhile, and nobody waits there any more
                loop.call_soon_threadsafe(wake)

        self._when_done(done)
        self._waiting += 1
        try:
            yield from future
            return self._outcome()
        finally:
            self._waiting -= 1
            self._callbacks.remove(done)

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the answer.

        Args:
            timeout: Seconds; None waits as long as it takes.

        Raises:
            CallError: when the method failed, or when waiting here could only deadlock.
            TimeoutError: when it did not come in time.
        """
        __tracebackhide__ = True
        if not self._done.is_set():
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                pass
            else:
                raise CallError(
                    f"Waiting for {self._label} here would wait for ever. The answer comes over the event loop that .result() would block. "
                    "Write 'await' instead, as in: value = await model.js.method()."
                )
            if timeout is None and (why := self._stuck()):
                raise CallError(f"Waiting for {self._label} here would wait for ever. {why}")
        self._waiting += 1
        try:
            if not self._done.wait(timeout):
                raise TimeoutError(
                    f"{self._label} did not answer within {timeout} s. No page shows the model, or it is busy. Open it, or wait longer."
                )
            return self._outcome()
        finally:
            self._waiting -= 1

    @property
    def _is_asked_for(self) -> bool:
        """Whether somebody waits for it, or has got it: what it says when it failed is theirs."""
        return self._taken or self._waiting > 0

    def _outcome(self) -> Any:
        __tracebackhide__ = True
        self._taken = True
        if self._error is not None:
            raise self._error
        return self._value

    def _when_done(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)
        if self._done.is_set():
            callback()

    def _settle(self, value: Any = None, error: BaseException | None = None) -> None:
        self._value, self._error = value, error
        self._done.set()
        for callback in list(self._callbacks):  # who waits in another thread may just give up
            callback()
