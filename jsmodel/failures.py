"""Errors of one session: what its pages are told of them, and what the log has."""

from __future__ import annotations

import logging
import secrets
import traceback
import types
from dataclasses import replace
from typing import TYPE_CHECKING

from .client import Client, ship_inline
from .errors import JsmodelError, full_name, own_frames, sentence
from .model import Model
from .protocol import Error
from .protocol import Reply as ReplyOp
from .reply import Reply
from .sides import other_side
from .unasked import Failed

if TYPE_CHECKING:
    from .session import Session

__all__ = ["Failures", "clean", "python_traceback"]

log = logging.getLogger("jsmodel")


_WAITS = Reply.__await__.__code__.co_filename


class Failures:
    """Shows errors of either side in the views of their models, and logs each once.

    Args:
        session: Whose errors these are.
    """

    #: So many different errors are remembered, not to be logged at length again.
    MOST = 1000

    def __init__(self, session: Session) -> None:
        self.session = session
        self._refused: set[str] = set()
        self._failures: set[int] = set()  # hashes of the errors of the JS side that the log has; they may be long

    def __repr__(self) -> str:
        return f"<Failures of {self.session!r}>"

    def came(self, client: Client, op: Error) -> None:
        """An error of the JS side: the log has it with its traceback, once, and so has the page."""
        failed = Failed(client, op.id, clean(op.title), self.whole_traceback(client, op))
        self.log_failure(failed)
        if op.lost:
            self._lost(failed, op.lost)
            return
        if self.session.show_tracebacks and failed.text.startswith("Trace"):
            self.session.queue(
                client,
                {
                    "op": "error",
                    "id": op.id,
                    "title": failed.title,
                    "text": failed.text,
                    "prop": None,
                    "of": op.number,
                },
            )

    def _lost(self, failed: Failed, hash_: str) -> None:
        """Code failed when it came: models that need it say so, and what it defines comes again with what is mended."""
        from .transpile.modules import linker

        client: Client = failed.client
        if hash_ not in client.has or client.ship is not ship_inline:
            return
        models = self.session.models()
        needs = {
            cls: any(asset.hash == hash_ for asset in linker.assets_for([cls], {})) for cls in {type(m) for m in models}
        }
        for model in models:
            if needs[type(model)]:
                self._show_in(client, replace(failed, model_id=model.id), lost=True)
        linker.spoiled(hash_)

    def _show_in(self, client: Client, failed: Failed, **more: bool) -> None:
        text = failed.text if self.session.show_tracebacks else failed.title
        op = {"op": "error", "id": failed.model_id, "title": failed.title, "text": text, "prop": None, "js": True}
        self.session.queue(client, op | more)

    def log_failure(self, failed: Failed) -> None:
        """Log an error of the JS side, with its traceback when it is new."""
        title, text = failed.title, failed.text
        known = hash((title, text))
        if known in self._failures:
            log.error("In the browser, again: %s", title)
        else:
            if len(self._failures) < self.MOST:
                self._failures.add(known)
            log.error("In the browser: %s\n%s", title, text)

    def show(self, failed: Failed) -> None:
        """Nobody asked for the error of a call: the log has it, and so has the page where it failed."""
        self.log_failure(failed)
        client: Client = failed.client
        if self.session.clients.get(client.id) is client:
            self._show_in(client, failed)

    def whole_traceback(self, client: Client, op: Error | ReplyOp) -> str:
        """The traceback of what failed in a page; where that was a call to Python, of what failed here, too."""
        text = _traceback(op.errors)
        for number in op.calls:
            raised = client.raised.pop(number, None)
            if raised is not None:
                text = f"{raised}\nIt was raised in Python, for a call of the browser:\n\n{text}"
        if op.errors and (hint := other_side(self.session.find(op.id or ""), op.errors[0][1])):
            text = f"{text}\n{hint}"
        return text[-40_000:]

    def log_refusal(self, err: BaseException) -> None:
        """Log once that something was refused."""
        text = f"{type(err).__name__}: {err}"
        if text not in self._refused:
            if len(self._refused) < self.MOST:
                self._refused.add(text)
            log.warning("Refused what a client sent. %s", clean(text))

    def send(
        self, client: Client, model: Model | None, err: BaseException, *, prop: str | None = None, full: bool = False
    ) -> None:
        """Tell a page of an error.

        Args:
            client: Who is told.
            model: Whose error it is; nobody's if None.
            err: The error.
            prop: The property that it is about.
            full: With its traceback, if pages get these.
        """
        if full and not self.session.show_tracebacks:
            mark = secrets.token_hex(4)
            log.error("The page was told of this error as %s.", mark)
            err, full = (
                JsmodelError(
                    f"Something failed on the server (error {mark}). Its log says what. Tell the person who runs it."
                ),
                False,
            )
        text = python_traceback(err) if full else str(err)
        said = str(err).partition("\n\nTraceback ")[0]  # that of an error of the browser is in the text
        title = f"{type(err).__name__}: {said}" if full or not isinstance(err, JsmodelError) else sentence(err)
        self.session.queue(
            client,
            {
                "op": "error",
                "id": model.id if model is not None else None,
                "title": title[:2000],
                "text": text[-20_000:],
                "prop": prop,
            },
        )


def python_traceback(err: BaseException) -> str:
    """The traceback of an error of Python's; cells are called by their numbers there, as in those of the browser."""
    return _told_of(err, own_frames(err))


def _told_of(err: BaseException, frames: types.TracebackType | None) -> str:
    told: list[traceback.TracebackException | None] = [traceback.TracebackException(type(err), err, frames)]
    for each in told:  # grows while it is gone through
        if each is not None:
            told += [each.__cause__, each.__context__, *(getattr(each, "exceptions", None) or ())]
            # Who waits for an answer is the person's own code; how it is waited for says nothing.
            each.stack = traceback.StackSummary.from_list([f for f in each.stack if f.filename != _WAITS] or each.stack)
            for frame in each.stack:
                frame.filename = full_name(frame.filename)
    return "".join(told[0].format()) if told[0] is not None else ""


def _call_cells_by_numbers(record: logging.LogRecord) -> bool:
    """The log has tracebacks as the views have them; no handler needs to know how."""
    if record.exc_info and record.exc_info[1] is not None and not record.exc_text:
        record.exc_text = _told_of(record.exc_info[1], record.exc_info[2]).rstrip("\n")
    return True


log.addFilter(_call_cells_by_numbers)


def clean(text: str, limit: int = 2000) -> str:
    """Text from a client, fit for a log: no control characters, not too long."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text[:limit])


def _traceback(errors: list[tuple[str, str, str]]) -> str:
    """The traceback of what a client says that failed; empty if it says nothing."""
    from .transpile.tracebacks import Failure, traceback_text

    failures = [Failure(clean(name, 200), clean(message), stack[:20_000]) for name, message, stack in errors[:8]]
    text = traceback_text(failures)
    if failures and not text.startswith("Trace"):
        text += clean(failures[0].stack)  # nothing in it is code of ours; the stack may help all the same
    return text[-20_000:].rstrip("\n")
