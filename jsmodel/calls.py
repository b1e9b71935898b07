"""Calls across, of one session: what Python asks of the pages, data among it, and what they ask of Python."""

from __future__ import annotations

import asyncio
import itertools
import logging
import weakref
from typing import TYPE_CHECKING, Any

from .channel import Channel
from .client import Client
from .errors import CallError, ProtocolError, QueueFull, own_frames
from .event.loop import loop
from .failures import Failures, clean, python_traceback
from .model import Model, is_being_made
from .protocol import Call, as_it_is, check_sendable, decode_value
from .protocol import Reply as ReplyOp
from .raised import from_js, to_js
from .reply import Reply
from .transfer import Transfer, Transfers
from .transport import Buffers
from .unasked import Failed, Unasked

if TYPE_CHECKING:
    from .session import Session

__all__ = ["Calls"]

log = logging.getLogger("jsmodel")


class Calls:
    """What was asked across, and who waits for the answer.

    What waits for an answer changes under the lock of the session: answers come in one thread, and pages go in another.

    Args:
        session: Whose calls these are.
        failures: Is told what nobody asked for.
    """

    def __init__(self, session: Session, failures: Failures) -> None:
        self.session = session
        self.failures = failures
        self._replies: dict[int, tuple[Client, Reply]] = {}
        self._unasked = Unasked(failures.show)
        self._early: list[tuple[Transfer | dict[str, Any], Reply]] = []  # data and calls from before there was a page
        self._met = False  # whether there was ever a page
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Future[None]] = set()  # the event loop itself may let them go

    def __repr__(self) -> str:
        return f"<Calls of {self.session!r}, {len(self._replies)} wait for an answer>"

    # -- of the JS side

    def call(self, model: Model, name: str, args: list[Any], kwargs: dict[str, Any]) -> Reply:
        """Call a method of the JS side: see `Session.call`."""
        reply = self._reply_of(model, f"JS.{name}()")
        op = {"op": "call", "id": model.id, "name": name, "args": as_it_is(args)}
        if kwargs:
            op["kwargs"] = as_it_is(kwargs)
        why = (
            "could not be called: no page shows the session. Its JS side lives in a page. Display it, or open its URL."
        )
        return self._ask(op, reply, why)

    def send_data(self, model: Model, data: memoryview | str, meta: dict[str, Any]) -> Reply:
        """Send data to the JS side: see `Session.send_data`."""
        reply = self._reply_of(model, "send_data()")
        with self.session.lock:
            if isinstance(data, str):
                op = {"op": "data", "id": model.id, "transfer": next(self._numbers), "url": data, "meta": meta}
                why = f"asked nobody to download {data[:80]!r}: no page shows the session. Pages do the downloading. Display the model, or open its URL, first."
                return self._ask(op, reply, why)
            clients = self._to_ask()
            transfer = Transfer(next(self._numbers), model.id, data, meta, answered=True)
            if not clients:
                waiting = sum(t.data.nbytes + Transfers.ENVELOPE for t, _ in self._early if isinstance(t, Transfer))
                if waiting and waiting + data.nbytes > self.session.DATA_BYTES:
                    raise QueueFull(self.session.DATA_BYTES, what="bytes of data")
                self._early.append((transfer, reply))
                return reply
            for index, client in enumerate(clients):
                client.channel.queue_data(transfer if index == 0 else transfer.copy(answered=False))
            self._replies[transfer.number] = (clients[0], reply)
            self._unasked.begin(transfer.number)
        self.session.mark_dirty()
        return reply

    def _ask(self, op: dict[str, Any], reply: Reply, why: str) -> Reply:
        """Queue a call for all clients, of whom the first answers.

        Args:
            why: What is to be said when there is no page any more.
        """
        with self.session.lock:
            clients = self._to_ask()
            if not clients:
                if self._met or self.session.closed:
                    reply._settle(error=CallError(f"{reply._label} {why}"))
                elif sum(isinstance(waits, dict) for waits, _ in self._early) >= Channel.MAX_QUEUE:
                    raise QueueFull(Channel.MAX_QUEUE, what="calls")
                else:
                    self._early.append((op, reply))
                return reply
            number = op.get("transfer") or next(self._numbers)
            self._replies[number] = (clients[0], reply)
            self._unasked.begin(number)
            for index, client in enumerate(clients):
                self.session.queue(client, {**op, "call": number if index == 0 else -number})
        return reply

    def _to_ask(self) -> list[Client]:
        """The clients, those that are connected first, in the order in which they came."""
        return sorted(self.session.clients.values(), key=lambda client: client.channel.transport is None)

    def _reply_of(self, model: Model, what: str) -> Reply:
        model_id = model.id

        def stuck() -> str:
            model = self.session.find(model_id)
            if model is not None and is_being_made(model):
                return "The JS side is made when init() has returned. Wait in a method that is called later."
            if not self.session.clients and loop.home is None:
                return "No page shows the session, and nothing runs here that could let one in. Display the model, or launch it, before you wait."
            return ""

        return Reply(f"{model._jsm_label}.{what}", stuck)

    def send_early(self, client: Client) -> None:
        """Send to the first page what waited for it, in the order in which it was asked for."""
        self._met = True
        early, self._early = self._early, []
        for waits, reply in early:
            if self.session.find(waits["id"] if isinstance(waits, dict) else waits.model_id) is None:
                reply._settle(
                    error=CallError(
                        f"{reply._label} was not done: the model was disposed before there was a page. Its two sides are gone. Keep the model, or make another one."
                    )
                )
            elif isinstance(waits, dict):
                number = waits.get("transfer") or next(self._numbers)
                self._replies[number] = (client, reply)
                client.channel.queue({**waits, "call": number})
            else:
                self._replies[waits.number] = (client, reply)
                client.channel.queue_data(waits)

    def fail(self, client: Client | None, why: str) -> None:
        """Answers of this client, or of any, will not come any more."""
        with self.session.lock:
            lost = {n: reply for n, (asked, reply) in self._replies.items() if client is None or asked is client}
            for number in lost:
                del self._replies[number]
        for number, reply in lost.items():
            reply._settle(error=CallError(f"{reply._label} was not answered: {why}"))
            self._unasked.decided(number, caught=False)

    def drop(self, number: int, why: str) -> None:
        """What was asked under this number will not be done."""
        _, reply = self._replies.pop(number, (None, None))
        self._unasked.decided(number, caught=False)
        if reply is not None:
            reply._settle(error=CallError(f"{reply._label} {why}"))

    def end(self) -> None:
        """The session has ended."""
        self.fail(None, "the session has ended. The page was closed. Open it again.")
        for _, reply in self._early:
            reply._settle(
                error=CallError(
                    f"{reply._label} was not done: the session has ended, and no page ever came. It was to be done in a page. Open its URL, and try again."
                )
            )
        self._early.clear()

    def answered(self, client: Client, op: ReplyOp, buffers: Buffers) -> None:
        """A page answered: whoever waits for it gets the value, or the error."""
        failed = None
        if op.error is not None:
            failed = Failed(client, op.id, clean(op.error), self.failures.whole_traceback(client, op))
            if op.call < 0:  # the answer is another client's
                self._unasked.also(-op.call, failed)
                return
        with self.session.lock:
            asked, reply = self._replies.get(op.call, (None, None))
            if reply is None or asked is not client:
                log.debug("Ignored an answer to the unknown call %d.", op.call)
                return
            del self._replies[op.call]
        try:
            value, raised = (decode_value(given, buffers, self.session.find) for given in (op.value, op.raised))
        except ProtocolError as err:
            reply._settle(error=CallError(f"{reply._label} gave an answer that cannot be read. {err}"))
            self._unasked.decided(op.call, caught=False)
            raise
        if failed is None:
            reply._settle(value)
            self._unasked.decided(op.call, caught=False)
            return
        words = f"{reply._label} failed in the browser: {failed.title}"
        words = f"{words}\n\n{failed.text}" if failed.text.startswith("Trace") else words
        name, said = [clean(part) for part in op.errors[0][:2]] if op.errors else ("", "")
        reply._settle(error=from_js(words, name, said, raised, {type(model) for model in self.session.models()}))
        ref = weakref.ref(reply)
        del reply

        def is_asked_for() -> bool | None:
            return None if (still := ref()) is None else still._is_asked_for

        self._unasked.failed(op.call, failed, is_asked_for)

    # -- of Python, by pages

    def asked(self, client: Client, op: Call, buffers: Buffers) -> None:
        """A page calls a method that is exposed to it."""
        model = self.session.find(op.id)
        func = getattr(type(model), op.name, None) if model is not None and not op.name.startswith("_") else None
        if model is None or not getattr(func, "_jsm_exposed", False):
            text = f"{op.name[:60]!r} cannot be called from the browser. Only methods marked with @app.exposed can. Mark it, if the page may call it."
            self.session.queue(client, {"op": "reply", "call": op.call, "error": text})
            self.failures.log_refusal(ProtocolError(text))
            return
        args = [decode_value(a, buffers, self.session.find) for a in op.args]
        kwargs = {key: decode_value(a, buffers, self.session.find) for key, a in op.kwargs.items()}
        leave = model._jsm_enter_host()
        try:
            value = getattr(model, op.name)(*args, **kwargs)
            if hasattr(value, "__await__"):
                task = asyncio.ensure_future(self._answer(client, op, model, value))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
                return
            self._reply(client, op, value)
        except Exception as err:
            self._raised(client, op, model, err)
        finally:
            leave()

    async def _answer(self, client: Client, op: Call, model: Model, awaitable: Any) -> None:
        try:
            self._reply(client, op, await awaitable)
        except Exception as err:
            self._raised(client, op, model, err)

    def _raised(self, client: Client, op: Call, model: Model, err: Exception) -> None:
        """An exposed method failed: that is for the one who called it in the page, who says when nobody caught it."""
        if not op.call or self.session.clients.get(client.id) is not client:
            self.session.report(err, model)
            return
        told = to_js(err, public=not self.session.show_tracebacks)
        self.session.queue(client, {"op": "reply", "call": op.call, **told})
        # What the page is not told, the log is, whoever may catch it there.
        level = logging.INFO if self.session.show_tracebacks or "raised" in told else logging.ERROR
        log.log(level, "%s failed in %s().", model, op.name, exc_info=(type(err), err, own_frames(err)))
        client.raised[op.call] = python_traceback(err)[-20_000:]
        if len(client.raised) > 100:
            del client.raised[next(iter(client.raised))]

    def _reply(self, client: Client, op: Call, value: Any) -> None:
        check_sendable(value, f"the answer of {op.name}()")
        if op.call:
            self.session.queue(client, {"op": "reply", "call": op.call, "value": as_it_is(value)})
