"""One session: the models of one app instance, and the clients that show them."""

from __future__ import annotations

import itertools
import logging
import secrets
import threading
import traceback
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from . import model as model_module
from .assets import DataArea, Link
from .channel import Channel
from .client import Client, Shipper, ship_inline
from .errors import AssetError, CallError, JsmodelError, ProtocolError, QueueFull, full_name, own_frames, sentence
from .event.handlers import Event, Handler
from .event.hasevents import origin_is
from .event.loop import loop
from .model import Model, Reply, is_being_made
from .protocol import (
    Bye,
    Call,
    ClientMessage,
    Dispose,
    Emit,
    Error,
    Hello,
    Listen,
    Restore,
    Set,
    View,
    as_it_is,
    check_sendable,
    decode_value,
    parse_message,
)
from .protocol import Reply as ReplyOp
from .raised import from_js, to_js
from .sides import other_side
from .transfer import Transfer, Transfers
from .transport import Buffers, Transport
from .unasked import Failed, Unasked

__all__ = ["Client", "Session", "Shipper", "default_session", "ship_inline"]

log = logging.getLogger("jsmodel")

#: Finds out how models are displayed here, when no door has said so; `app.py` puts it here.
fallback_bundle: list[Callable[[], Callable[[Model], dict[str, Any]] | None]] = []

_sessions: weakref.WeakSet[Session] = weakref.WeakSet()


class Session:
    """The models of one app instance, and the clients that have twins of them.

    Args:
        name: What people call it: an app's name, or 'notebook'.
        execute: How user code caused by a client is run; by default at once.
    """

    #: So much data `add_data` may hold for one session, in bytes.
    DATA_BYTES = 256 * 2**20

    def __init__(self, name: str = "", *, execute: Callable[[Callable[[], None]], None] | None = None) -> None:
        self.id = secrets.token_urlsafe(24)
        self.name = name
        self.root: Model | None = None
        self.clients: dict[str, Client] = {}
        self.on_dirty: Callable[[], None] | None = None
        self.bundle: Callable[[Model], dict[str, Any]] | None = None  # how a door displays a model
        self.publish: Callable[[Model], None] | None = None  # the same, in an output that the door keeps up to date
        self.touched: set[str] | None = None  # which models have changed, where a door wants to know
        self.show_tracebacks = True  # to pages; a public server keeps them for its log
        self.drain: Callable[[], None] | None = None  # runs now what `execute` put off
        self.has_lane = False  # whether clients may go on over a faster transport
        self._execute = execute or _at_once
        self._models: dict[str, _ModelRef] = {}
        self._pins: dict[str, tuple[Model, set[str]]] = {}
        self._new: dict[str, Model] = {}
        self._dead: list[str] = []
        self._replies: dict[int, tuple[Client, Reply]] = {}
        self._unasked = Unasked(lambda failed: self._show_failure(failed.client, failed))
        self._data: DataArea | None = None
        self._early: list[tuple[Transfer | dict[str, Any], Reply]] = []  # data and calls from before there was a page
        self._met = False  # whether there was ever a page
        self._calls = itertools.count(1)
        self._ids = itertools.count(1)  # models may be made in any thread
        self._dirty = False
        self._closed = False
        self._applying: tuple[Client, str, str] | None = None  # client, model, property or emitter
        self._on_close: list[Callable[[], None]] = []
        self._refused: set[str] = set()
        self._failures: set[tuple[str, str]] = set()  # errors of the JS side that the log has
        self._lock = threading.RLock()
        self._told: set[str] = set()  # of code that cannot be linked any more
        self._old_bases: set[tuple[str, str, int]] = set()  # subclasses whose base was defined again, as the log has it
        _sessions.add(self)

    def __repr__(self) -> str:
        return f"<Session {self.name or self.id[:6] + '…'} with {len(self._models)} models and {len(self.clients)} clients>"

    # -- the Host of its models

    def add(self, model: Model) -> str:
        """Take a model in. Its JS side is made at the end of this turn, with all others of the turn."""
        from .transpile.modules import linker

        linker.check(type(model))
        model_id = f"m{next(self._ids)}"
        self._models[model_id] = _ModelRef(model, self._forgotten, model_id)
        if self.clients:
            self._new[model_id] = model
            self._mark_dirty()
        return model_id

    def remove(self, model: Model) -> None:
        """Let go of a model; its JS side goes at the end of this turn."""
        model_id = model.__dict__.get("_jsm_id") or next((k for k, ref in self._models.items() if ref() is model), "")
        if self._models.pop(model_id, None) is not None:
            self._pins.pop(model_id, None)
            self._forget(model_id)

    def _forgotten(self, ref: _ModelRef) -> None:
        # Called by the garbage collector, at any moment, in any thread: only take note.
        if self._models.pop(ref.model_id, None) is not None:
            self._forget(ref.model_id)

    def _forget(self, model_id: str) -> None:
        if self._new.pop(model_id, None) is None and self.clients:
            self._dead.append(model_id)
            self._mark_dirty()

    def changed(self, model: Model, name: str, value: Any) -> None:
        """Tell the clients of a new value: all but the one that sets it, which `_settle` tells if need be."""
        model_id = model._jsm_id if "_jsm_id" in model.__dict__ else ""
        if self.touched is not None:
            self.touched.add(model_id)
        if not self.clients:
            return
        if not model_id or model_id in self._new:
            return
        applying = self._applying
        with self._lock:
            for client in self.clients.values():
                if applying is not None and applying[0] is client and applying[1] == model_id and applying[2] == name:
                    continue
                client.channel.queue_set(model_id, name, value)
        self._mark_dirty()

    def emitted(self, model: Model, type_: str, event: Event) -> None:
        """Pass an event on to the clients that listen to it."""
        for client in list(self.clients.values()):
            if type_ in client.listens.get(model.id, ()) and not (
                self._applying and self._applying[0] is client and self._applying[1:] == (model.id, type_)
            ):
                fields = {k: v for k, v in event.items() if k not in ("type", "source", "origin")}
                self._queue(client, {"op": "emit", "id": model.id, "type": type_, "event": fields})

    def listening(self, model: Model) -> None:
        """Tell the clients which emitters Python listens to."""
        if self.clients and model.id not in self._new and model.id in self._models:
            for client in list(self.clients.values()):
                self._queue(client, {"op": "listen", "id": model.id, "types": model._jsm_listens()})

    def call(self, model: Model, name: str, args: list[Any], kwargs: dict[str, Any]) -> Reply:
        """Call a method of the JS side, in all clients; the first that is connected answers. Before there ever was one, the call waits for it."""
        reply = self._reply_of(model, f"JS.{name}()")
        op = {"op": "call", "id": model.id, "name": name, "args": as_it_is(args)}
        if kwargs:
            op["kwargs"] = as_it_is(kwargs)
        why = (
            "could not be called: no page shows the session. Its JS side lives in a page. Display it, or open its URL."
        )
        return self._ask(op, reply, why)

    def send_data(self, model: Model, data: memoryview | str, meta: dict[str, Any]) -> Reply:
        """Send data to the JS side of a model, in all clients; without any, to the first that comes.

        Args:
            data: Bytes that nobody changes any more, or the URL to have them from.
        """
        reply = self._reply_of(model, "send_data()")
        with self._lock:
            if isinstance(data, str):
                op = {"op": "data", "id": model.id, "transfer": next(self._calls), "url": data, "meta": meta}
                why = f"asked nobody to download {data[:80]!r}: no page shows the session. Pages do the downloading. Display the model, or open its URL, first."
                return self._ask(op, reply, why)
            clients = self._to_ask()
            transfer = Transfer(next(self._calls), model.id, data, meta, answered=True)
            if not clients:
                waiting = sum(t.data.nbytes + Transfers.ENVELOPE for t, _ in self._early if isinstance(t, Transfer))
                if waiting and waiting + data.nbytes > self.DATA_BYTES:
                    raise QueueFull(self.DATA_BYTES, what="bytes of data")
                self._early.append((transfer, reply))
                return reply
            for index, client in enumerate(clients):
                client.channel.queue_data(transfer if index == 0 else transfer.copy(answered=False))
            self._replies[transfer.number] = (clients[0], reply)
            self._unasked.begin(transfer.number)
        self._mark_dirty()
        return reply

    def _ask(self, op: dict[str, Any], reply: Reply, why: str) -> Reply:
        """Queue a call for all clients, of whom the first answers.

        Args:
            why: What is to be said when there is no page any more.
        """
        with self._lock:
            clients = self._to_ask()
            if not clients:
                if self._met or self._closed:
                    reply._settle(error=CallError(f"{reply._label} {why}"))
                elif sum(isinstance(waits, dict) for waits, _ in self._early) >= Channel.MAX_QUEUE:
                    raise QueueFull(Channel.MAX_QUEUE, what="calls")
                else:
                    self._early.append((op, reply))
                return reply
            number = op.get("transfer") or next(self._calls)
            self._replies[number] = (clients[0], reply)
            self._unasked.begin(number)
            for index, client in enumerate(clients):
                self._queue(client, {**op, "call": number if index == 0 else -number})
        return reply

    def _to_ask(self) -> list[Client]:
        """The clients, those that are connected first, in the order in which they came."""
        return sorted(self.clients.values(), key=lambda client: client.channel.transport is None)

    def _reply_of(self, model: Model, what: str) -> Reply:
        model_id = model.id

        def stuck() -> str:
            model = self.find(model_id)
            if model is not None and is_being_made(model):
                return "The JS side is made when init() has returned. Wait in a method that is called later."
            if not self.clients and loop.home is None:
                return "No page shows the session, and nothing runs here that could let one in. Display the model, or launch it, before you wait."
            return ""

        return Reply(f"{model._jsm_label}.{what}", stuck)

    def _send_early(self, client: Client) -> None:
        """Send to the first page what waited for it, in the order in which it was asked for."""
        early, self._early = self._early, []
        for waits, reply in early:
            if self.find(waits["id"] if isinstance(waits, dict) else waits.model_id) is None:
                reply._settle(
                    error=CallError(
                        f"{reply._label} was not done: the model was disposed before there was a page. Its two sides are gone. Keep the model, or make another one."
                    )
                )
            elif isinstance(waits, dict):
                number = waits.get("transfer") or next(self._calls)
                self._replies[number] = (client, reply)
                client.channel.queue({**waits, "call": number})
            else:
                self._replies[waits.number] = (client, reply)
                client.channel.queue_data(waits)

    # -- data that pages load

    def add_data(self, name: str, data: Any, content_type: str | None = None) -> Link:
        """Let the pages of this session, and no others, load a piece of data, such as an image.

        Args:
            name: What to call it, such as 'some_name.png'.
            data: Bytes, anything like bytes, or a `pathlib.Path`.
            content_type: By default what the end of the name says.

        Returns:
            Its link: hand it to a property, or use it in JS code. It works until the data is removed, or the session ends.

        Raises:
            AssetError: for a bad name, a clash with other content, more than a session may hold, or a session that has ended.
        """
        if self._closed:
            raise AssetError(
                f"Cannot add {name!r}: the session has ended. Its pages are gone, and its data with them. Add it to the session of a model that is alive."
            )
        if self._data is None:
            self._data = DataArea(self.DATA_BYTES)
        return self._data.add(name, data, content_type)

    def remove_data(self, name: str) -> None:
        """Take a piece of data back, in all pages.

        Raises:
            AssetError: for a name that is not there.
        """
        if self._data is None:
            self._data = DataArea(self.DATA_BYTES)
        gone = self._data.remove(name).asset.hash
        for client in list(self.clients.values()):
            if gone in client.has:
                client.has.discard(gone)
                self._queue(client, {"op": "forget", "hashes": [gone]})

    def display(self, model: Model) -> dict[str, Any]:
        """The MIME bundle of a model: the door's, or a plain text."""
        bundle = self.bundle or (fallback_bundle[0]() if fallback_bundle else None)
        if bundle is not None:
            return bundle(model)
        if self.clients:
            return {"text/plain": f"{model!r}: it is shown on a page of its own."}
        return {
            "text/plain": f"{model!r}: run app.init_notebook() to see it here, or app.launch() to see it in a browser."
        }

    def display_now(self, model: Model) -> bool:
        """Let the door display a model, in an output that it keeps up to date; False where none does that."""
        if self.bundle is None and fallback_bundle:
            fallback_bundle[0]()  # in a kernel, this opens the door
        if self.publish is None:
            return False
        self.publish(model)
        return True

    # -- models

    def find(self, model_id: str) -> Model | None:
        """The model of an id, or None."""
        ref = self._models.get(model_id)
        return ref() if ref is not None else None

    def models(self) -> list[Model]:
        """The living models, in the order in which they were made."""
        return [m for ref in list(self._models.values()) if (m := ref()) is not None and m._jsm_made]

    def pin(self, model: Model, by: str) -> None:
        """Keep a model alive while somebody shows it."""
        self._pins.setdefault(model.id, (model, set()))[1].add(by)

    def unpin(self, model_id: str, by: str) -> None:
        """Undo `pin`; the last one lets the model go."""
        pinned = self._pins.get(model_id)
        if pinned is not None:
            pinned[1].discard(by)
            if not pinned[1]:
                del self._pins[model_id]

    # -- code that is defined again

    def upgrade(self) -> None:
        """Let models whose class was defined again become models of the new one, here and in the pages."""
        from .transpile.modules import linker
        from .upgrade import rebind, upgrade

        done: list[Model] = []
        failed: dict[type, JsmodelError] = {}
        for model in self.models():
            old = type(model)
            new = linker.newest(old)
            if new is None or new in failed:
                continue
            try:
                linker.check(new)
            except JsmodelError as err:
                failed[new] = err
                log.error("%s stays as it was when its class was defined again. %s", model._jsm_label, sentence(err))
                for client in list(self.clients.values()):
                    self._send_error(client, model, err)
                continue
            if upgrade(model, new):
                done.append(model)
                with self._lock:
                    for client in self.clients.values():
                        for name in set(old._jsm_both) - set(type(model)._jsm_both):
                            client.channel.drop_set(model.id, name)
        self._tell_of_bases()
        if not done:
            return
        rebind(self.models(), {id(model) for model in done})
        with self._lock:
            self._flush_new()
            for client in self.clients.values():
                client.channel.queue_create(self._create_ops(client, [m for m in done if m.id not in self._new]))
        self._mark_dirty()
        for model in done:
            again = getattr(model, "init_again", None)
            if callable(again):
                leave = model._jsm_enter_host()
                try:
                    with model:
                        again()
                except Exception as err:
                    self.report(err, model)
                finally:
                    leave()

    def _tell_of_bases(self) -> None:
        """Say of models whose base class was defined again that they keep the old one, as in Python."""
        from .transpile.modules import linker

        found = set()
        for cls in {type(model) for model in self.models()}:
            for base in cls.__mro__[1:]:
                new = linker.newest(base) if issubclass(base, Model) else None
                if new is not None:
                    found.add((cls.__qualname__, new.__qualname__, vars(new)["_jsm_js"].version))
        for sub, name, _ in sorted(found - self._old_bases):
            log.warning(
                "%s keeps the old %s: it was made of that, before %s was defined again. Run the cell of %s again, too.",
                sub, name, name, sub,
            )  # fmt: skip
        self._old_bases = found

    def relink(self) -> None:
        """Send what was defined again of the functions and values that the models of the pages use."""
        if not self.clients:
            return
        models = {type(model): model for model in reversed(self.models())}
        failed: dict[type, JsmodelError] = {}
        try:
            with self._lock:
                for client in list(self.clients.values()):
                    for op in self._define_ops(client, models, failed):
                        self._queue(client, op)
        except JsmodelError as err:
            failed[JsmodelError] = err
        told, self._told = self._told, {str(err) for err in failed.values()}
        for cls, error in failed.items():
            if str(error) in told:
                continue
            log.error("%s Pages go on with what they have.", sentence(error))
            for client in list(self.clients.values()):
                self._send_error(client, models.get(cls), error)

    # -- clients

    def attach(self, transport: Transport, hello: Hello, *, ship: Shipper = ship_inline) -> Client:
        """Let a client in, or in again: what it missed is sent, or a snapshot of everything."""
        with self._lock:
            client = self.clients.get(hello.client or "") if hello.session == self.id else None
            if (
                client is not None
                and client.channel.transport is not None
                and client.channel.transport is not transport
            ):
                old, client.channel.transport = client.channel.transport, None
                old.close(4009, "superseded")
            resumed = client is not None and client.channel.can_resume(hello.seen)
            if client is None:
                client = Client(secrets.token_urlsafe(18), ship)
                self.clients[client.id] = client
            client.ship = ship
            me = client
            transport.on_message(lambda message, buffers: self.receive(me, message, buffers))
            transport.on_close(lambda: self._lost(me, transport))
            welcome = {
                "session": self.id,
                "client": client.id,
                "resumed": resumed,
                "root": self.root.id if self.root is not None else None,
                **({"lane": True} if self.has_lane else {}),
            }
            if resumed:
                client.channel.resume(transport, hello.seen, welcome)
                self._send([client])
            else:
                client.has = set(hello.have)
                self._fail_replies(client, _AWAY)
                self._flush_new()  # the others get what is new; this one gets all in the snapshot
                client.channel.restart(transport, self._snapshot(client), welcome)
                self._met = True
                self._send_early(client)
                self._send([client])
        return client

    def detach(self, client: Client) -> None:
        """Forget a client for good."""
        with self._lock:
            if self.clients.pop(client.id, None) is None:
                return
            transport, client.channel.transport = client.channel.transport, None
        for model_id in list(client.shows):
            self.unpin(model_id, client.id)
        self._fail_replies(
            client,
            "the page that was asked has gone. It was closed or reloaded. Call again when a page shows the session.",
        )
        if transport is not None:
            transport.close()

    def dismiss(self, client: Client, reason: str) -> None:
        """Say bye to a client, and why, and forget it."""
        if client.channel.transport is not None:
            self._queue(client, {"op": "bye", "reason": reason})
            with self._lock:
                client.channel.flush()
        self.detach(client)

    def _fail_replies(self, client: Client | None, why: str) -> None:
        """Answers of this client, or of any, will not come any more."""
        for number, (asked, reply) in list(self._replies.items()):
            if client is None or asked is client:
                del self._replies[number]
                reply._settle(error=CallError(f"{reply._label} was not answered: {why}"))
                self._unasked.decided(number, caught=False)

    def _lost(self, client: Client, transport: Transport) -> None:
        if client.channel.transport is transport:
            client.channel.transport = None

    def _snapshot(self, client: Client) -> list[dict[str, Any]]:
        """All there is. Models that are being made just now, in another thread or further up the stack, follow."""
        for model_id, ref in list(self._models.items()):
            model = ref()
            if model is not None and not model._jsm_made:
                self._new[model_id] = model
        return self._create_ops(client, self.models())

    def _create_ops(self, client: Client, models: list[Model]) -> list[dict[str, Any]]:
        ops = self._define_ops(client, {type(m) for m in models})
        if models:
            ops.append({"op": "create", "models": [m._jsm_snapshot() for m in models]})
        return ops

    def _define_ops(
        self, client: Client, classes: Iterable[type], failed: dict[type, JsmodelError] | None = None
    ) -> list[dict[str, Any]]:
        """What a client is to load for these classes; of one whose code cannot be had any more, what there was last."""
        from .transpile.modules import linker

        failed = {} if failed is None else failed
        assets = linker.assets_for(sorted(classes, key=lambda c: (c.__module__, c.__qualname__)), failed)
        return [op for asset in assets for op in client.define(asset)]

    # -- messages

    def receive(self, client: Client, message: Any, buffers: Buffers = ()) -> None:
        """A message came. The wire's part is done here and now, whatever the thread; user code where `execute` runs it.

        Raises:
            ProtocolError: when it is malformed or forged; nothing was changed.
        """
        message = parse_message(message)
        with self._lock:
            channel = client.channel
            if self.clients.get(client.id) is not client:
                log.debug("Ignored a message of a client that has said goodbye.")
                return
            fresh = channel.receive(message)
            if channel.asleep and channel.transport is not None:
                self._resync(client)  # before its ops are applied: what answers them must reach it
        if fresh:
            seq = message.seq
            # Not under the lock: user code may wait for another thread that needs it.
            self._execute(lambda: self._apply(client, seq, message, buffers))
        if fresh and self.on_dirty is not None and channel.done < message.seq:
            self._mark_dirty()  # one message is to say that it came and what became of it, unless that takes long
            return
        with self._lock:
            self._send([client])

    def _resync(self, client: Client) -> None:
        assert client.channel.transport is not None
        client.has.clear()  # what was on its way may not have come; what it has, it ignores
        self._fail_replies(
            client,
            "the page that was asked did not keep up, and calls were dropped. Call less often, or set a property.",
        )
        self._flush_new()
        welcome = {
            "session": self.id,
            "client": client.id,
            "resumed": False,
            "root": self.root.id if self.root is not None else None,
        }
        client.channel.restart(client.channel.transport, self._snapshot(client), welcome)

    def _apply(self, client: Client, seq: int, message: ClientMessage, buffers: Buffers) -> None:
        told: dict[tuple[str, str], Any] = {}  # (model, property) -> the value that the client has
        for op in message.ops:
            try:
                self._apply_op(client, op, buffers, told)
            except Exception as err:
                self._refuse(client, op, err)
        self._settle(client, seq, told)
        self._mark_dirty()
        if loop.is_home:
            loop.flush()

    def _settle(self, client: Client, seq: int, told: dict[tuple[str, str], Any]) -> None:
        """Say that a message was applied, and at the same time what became of its values."""
        with self._lock:
            channel = client.channel
            overtaken = channel.done >= seq  # a call in it waited, and later messages were applied meanwhile
            for (model_id, name), value in told.items():
                model = self.find(model_id)
                if model is None or name not in type(model)._jsm_both:
                    continue
                current = getattr(model, name)
                if overtaken or channel.has_set(model_id, name) or not _same_on_wire(value, current):
                    channel.queue_set(model_id, name, current)
            channel.done = max(channel.done, seq)
            channel._owes_ack = True

    def _apply_op(self, client: Client, op: Any, buffers: Buffers, told: dict[tuple[str, str], Any]) -> None:
        if isinstance(op, Set):
            model = self.find(op.id)
            if model is None:
                log.debug("Ignored a change of the unknown model %s.", op.id[:40])
                return
            with origin_is("user" if op.origin == "user" else "js"):
                for name, raw in op.props.items():
                    told[op.id, name] = _UNKNOWN
                    with self._lock:
                        client.channel.drop_set(op.id, name)  # the client has a newer value
                    self._apply_set(client, model, name, raw, buffers, told)
        elif isinstance(op, Restore):
            model = self.find(op.id)
            if model is not None:
                told.update(((op.id, name), _UNKNOWN) for name in op.names if name in type(model)._jsm_both)
        elif isinstance(op, Emit):
            model = self.find(op.id)
            if model is not None:
                if op.type not in type(model)._jsm_both_emitters:
                    raise ProtocolError(
                        f"A client emitted {op.type[:60]!r}, which is no emitter of {type(model).__name__}.Both. The message was forged, or the page is old. Reload the page."
                    )
                fields = {k: decode_value(v, buffers, self.find) for k, v in op.event.items()}
                self._applying = (client, op.id, op.type)
                try:
                    with origin_is("user" if op.origin == "user" else "js"):
                        model.emit(op.type, {k: v for k, v in fields.items() if k not in ("type", "source", "origin")})
                finally:
                    self._applying = None
        elif isinstance(op, Listen):
            model = self.find(op.id)
            if model is not None:
                client.listens[op.id] = type(model)._jsm_both_emitters.intersection(op.types)
        elif isinstance(op, Call):
            self._apply_call(client, op, buffers)
        elif isinstance(op, ReplyOp):
            self._apply_reply(client, op, buffers)
        elif isinstance(op, View):
            self._apply_view(client, op)
        elif isinstance(op, Error):
            self._apply_error(client, op)
        elif isinstance(op, Dispose):
            for model in filter(None, map(self.find, op.ids)):
                model.dispose()
        elif isinstance(op, Bye):
            self.detach(client)

    def _apply_set(
        self, client: Client, model: Model, name: str, raw: Any, buffers: Buffers, told: dict[tuple[str, str], Any]
    ) -> None:
        self._applying = (client, model.id, name)
        try:
            value = decode_value(raw, buffers, self.find)
            told[model.id, name] = value
            model._jsm_set_from_client(name, value)
        except Exception as err:
            self._send_error(client, model, err, prop=name)
            self._log_refusal(err)
        finally:
            self._applying = None

    def _apply_reply(self, client: Client, op: ReplyOp, buffers: Buffers) -> None:
        failed = None
        if op.error is not None:
            failed = Failed(client, op.id, _clean(op.error), self._whole_traceback(client, op))
            if op.call < 0:  # the answer is another client's
                self._unasked.also(-op.call, failed)
                return
        asked, reply = self._replies.get(op.call, (None, None))
        if reply is None or asked is not client:
            log.debug("Ignored an answer to the unknown call %d.", op.call)
            return
        del self._replies[op.call]
        try:
            value, raised = (decode_value(given, buffers, self.find) for given in (op.value, op.raised))
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
        name, said = [_clean(part) for part in op.errors[0][:2]] if op.errors else ("", "")
        reply._settle(error=from_js(words, name, said, raised, {type(model) for model in self.models()}))
        ref = weakref.ref(reply)
        del reply

        def is_asked_for() -> bool | None:
            return None if (still := ref()) is None else still._is_asked_for

        self._unasked.failed(op.call, failed, is_asked_for)

    def _apply_call(self, client: Client, op: Call, buffers: Buffers) -> None:
        model = self.find(op.id)
        func = getattr(type(model), op.name, None) if model is not None and not op.name.startswith("_") else None
        if model is None or not getattr(func, "_jsm_exposed", False):
            text = f"{op.name[:60]!r} cannot be called from the browser. Only methods marked with @app.exposed can. Mark it, if the page may call it."
            self._queue(client, {"op": "reply", "call": op.call, "error": text})
            self._log_refusal(ProtocolError(text))
            return
        args = [decode_value(a, buffers, self.find) for a in op.args]
        kwargs = {key: decode_value(a, buffers, self.find) for key, a in op.kwargs.items()}
        leave = model._jsm_enter_host()
        try:
            value = getattr(model, op.name)(*args, **kwargs)
            if hasattr(value, "__await__"):
                import asyncio

                async def wait() -> None:
                    await self._answer(client, op, model, value)

                asyncio.ensure_future(wait())
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
        if not op.call or self.clients.get(client.id) is not client:
            self.report(err, model)
            return
        told = to_js(err, public=not self.show_tracebacks)
        self._queue(client, {"op": "reply", "call": op.call, **told})
        # What the page is not told, the log is, whoever may catch it there.
        level = logging.INFO if self.show_tracebacks or "raised" in told else logging.ERROR
        log.log(level, "%s failed in %s().", model, op.name, exc_info=(type(err), err, own_frames(err)))
        client.raised[op.call] = _python_traceback(err)[-20_000:]
        if len(client.raised) > 100:
            del client.raised[next(iter(client.raised))]

    def _reply(self, client: Client, op: Call, value: Any) -> None:
        check_sendable(value, f"the answer of {op.name}()")
        if op.call:
            self._queue(client, {"op": "reply", "call": op.call, "value": value})

    def _apply_error(self, client: Client, op: Error) -> None:
        """An error of the JS side: the log has it with its traceback, once, and so has the page."""
        if op.lost in client.has and client.ship is ship_inline:
            from .transpile.modules import linker

            linker.spoiled(op.lost)
        failed = Failed(client, op.id, _clean(op.title), self._whole_traceback(client, op))
        self._log_failure(failed)
        if self.show_tracebacks and failed.text.startswith("Trace"):
            self._queue(
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

    def _log_failure(self, failed: Failed) -> None:
        title, text = failed.title, failed.text
        if (title, text) in self._failures:
            log.error("In the browser, again: %s", title)
        else:
            if len(self._failures) < 1000:
                self._failures.add((title, text))
            log.error("In the browser: %s\n%s", title, text)

    def _show_failure(self, client: Client, failed: Failed) -> None:
        """Nobody asked for the error of a call: the log has it, and so has the page where it failed."""
        self._log_failure(failed)
        if self.clients.get(client.id) is client:
            text = failed.text if self.show_tracebacks else failed.title
            op = {"op": "error", "id": failed.model_id, "title": failed.title, "text": text, "prop": None, "js": True}
            self._queue(client, op)

    def _whole_traceback(self, client: Client, op: Error | ReplyOp) -> str:
        """The traceback of what failed in a page; where that was a call to Python, of what failed here, too."""
        text = _traceback(op.errors)
        for number in op.calls:
            raised = client.raised.pop(number, None)
            if raised is not None:
                text = f"{raised}\nIt was raised in Python, for a call of the browser:\n\n{text}"
        if op.errors and (hint := other_side(self.find(op.id or ""), op.errors[0][1])):
            text = f"{text}\n{hint}"
        return text[-40_000:]

    def _apply_view(self, client: Client, op: View) -> None:
        model = self.find(op.id)
        if model is None:
            return
        if op.open:
            client.shows.add(op.id)
            self.pin(model, client.id)
            self.unpin(op.id, "display")
        else:
            client.shows.discard(op.id)
            self.unpin(op.id, client.id)

    def _refuse(self, client: Client, op: Any, err: Exception) -> None:
        model = self.find(op.id) if getattr(op, "id", None) else None
        self._send_error(client, model, err)
        self._log_refusal(err)

    def complain(self, transport: Transport, err: ProtocolError) -> None:
        """Answer a malformed message: the client is told, the log once, and nothing is changed."""
        self._log_refusal(err)
        for client in list(self.clients.values()):
            if client.channel.transport is transport:
                self._send_error(client, None, err)
        self.flush()

    def _log_refusal(self, err: BaseException) -> None:
        text = f"{type(err).__name__}: {err}"
        if text not in self._refused:
            if len(self._refused) < 1000:
                self._refused.add(text)
            log.warning("Refused what a client sent. %s", _clean(text))

    # -- errors

    def report(self, err: BaseException, model: Model | None) -> None:
        """Show an error of user code in the views of its model, and log it."""
        log.error("%s failed.", model if model is not None else self, exc_info=(type(err), err, own_frames(err)))
        self.show_error(err, model)

    def show_error(self, err: BaseException, model: Model | None) -> None:
        """Show an error in the views of its model."""
        for client in list(self.clients.values()):
            self._send_error(client, model, err, full=True)

    def _send_error(
        self, client: Client, model: Model | None, err: BaseException, *, prop: str | None = None, full: bool = False
    ) -> None:
        if full and not self.show_tracebacks:
            mark = secrets.token_hex(4)
            log.error("The page was told of this error as %s.", mark)
            err, full = (
                JsmodelError(
                    f"Something failed on the server (error {mark}). Its log says what. Tell the person who runs it."
                ),
                False,
            )
        text = _python_traceback(err) if full else str(err)
        said = str(err).partition("\n\nTraceback ")[0]  # that of an error of the browser is in the text
        title = f"{type(err).__name__}: {said}" if full or not isinstance(err, JsmodelError) else sentence(err)
        self._queue(
            client,
            {
                "op": "error",
                "id": model.id if model is not None else None,
                "title": title[:2000],
                "text": text[-20_000:],
                "prop": prop,
            },
        )

    # -- flushing

    def flush(self) -> None:
        """Send what waits: one message to each client that can take one."""
        self._dirty = False
        with self._lock:
            self._send(list(self.clients.values()))

    def _send(self, clients: list[Client]) -> None:
        hold = not self._flush_new()
        for client in clients:
            client.channel.flush(hold=hold)

    def _flush_new(self) -> bool:
        """Queue what begins and ends the JS sides; False while a model is half made, and what waits may refer to it."""
        if self._dead:
            ids = self._dead[:]
            del self._dead[: len(ids)]  # the garbage collector may have added more
            for client in self.clients.values():
                for model_id in ids:
                    for number in client.channel.forget_model(model_id):
                        _, reply = self._replies.pop(number, (None, None))
                        self._unasked.decided(number, caught=False)
                        if reply is not None:
                            reply._settle(
                                error=CallError(
                                    f"{reply._label} did not finish: the model was disposed. Its two sides are gone. Wait for the answer before you dispose it."
                                )
                            )
                    client.listens.pop(model_id, None)
                    client.shows.discard(model_id)
                self._queue(client, {"op": "dispose", "ids": ids})
        new = list(self._new.values())
        if not all(model._jsm_made for model in new):
            return False
        if new:
            self._new = {}
            for client in list(self.clients.values()):
                client.channel.queue_create(self._create_ops(client, new))
        return True

    def tick(self, now: float) -> None:
        """Look after losses; see `Channel.tick`."""
        with self._lock:
            for client in list(self.clients.values()):
                client.channel.tick(now)
                if client.channel.asleep:  # what it was asked was dropped, or will not be answered in time
                    self._fail_replies(client, _AWAY)
                if client.channel.is_gone(now):
                    self.detach(client)

    def _queue(self, client: Client, op: dict[str, Any]) -> None:
        with self._lock:
            try:
                client.channel.queue(op)
            except QueueFull as err:
                log.error("%s", err)
                if client.channel.transport is not None:
                    self._resync(client)
                    client.channel.queue({"op": "error", "id": None, "title": str(err), "text": str(err), "prop": None})
        self._mark_dirty()

    def _mark_dirty(self) -> None:
        if not self._dirty:
            self._dirty = True
            loop.on_idle(self.flush)
            if self.on_dirty is not None:
                self.on_dirty()

    # -- the end

    def on_close(self, callback: Callable[[], None]) -> None:
        """Call `callback()` when the session ends."""
        self._on_close.append(callback)

    def close(self, reason: str = "") -> None:
        """End the session: say bye to the clients, dispose the models."""
        if self._closed:
            return
        self._closed = True
        for client in list(self.clients.values()):
            self.dismiss(client, reason)
        self._fail_replies(None, "the session has ended. The page was closed. Open it again.")
        for model in self.models():
            model.dispose()
        self._pins.clear()
        self.root = None
        for _, reply in self._early:
            reply._settle(
                error=CallError(
                    f"{reply._label} was not done: the session has ended, and no page ever came. It was to be done in a page. Open its URL, and try again."
                )
            )
        self._early.clear()
        if self._data is not None:
            self._data.clear()
        for callback in self._on_close:
            callback()


_AWAY = "the page that was asked was away for too long. Its connection was lost. Call again."

#: Stands for the value of a property that a client has and we could not read.
_UNKNOWN = object()


class _ModelRef(weakref.ref[Model]):
    """A weak reference that knows whose it is."""

    __slots__ = ("model_id",)

    model_id: str

    def __new__(cls, model: Model, callback: Any, model_id: str) -> _ModelRef:
        ref = super().__new__(cls, model, callback)
        ref.model_id = model_id
        return ref

    def __init__(self, *_: Any) -> None:
        """All is done in `__new__`."""


_WAITS = Reply.__await__.__code__.co_filename


def _python_traceback(err: BaseException) -> str:
    """The traceback of an error of Python's; cells are called by their numbers there, as in those of the browser."""
    told: list[traceback.TracebackException | None] = [traceback.TracebackException(type(err), err, own_frames(err))]
    for each in told:  # grows while it is gone through
        if each is not None:
            told += [each.__cause__, each.__context__]
            # Who waits for an answer is the person's own code; how it is waited for says nothing.
            each.stack = traceback.StackSummary.from_list([f for f in each.stack if f.filename != _WAITS] or each.stack)
            for frame in each.stack:
                frame.filename = full_name(frame.filename)
    return "".join(told[0].format()) if told[0] is not None else ""


def _at_once(func: Callable[[], None]) -> None:
    func()


def _same_on_wire(a: Any, b: Any) -> bool:
    """Whether a client that has `a` need not be told of `b`; 1 and 1.0 are one there, and so are lists and tuples."""
    if a is b:
        return True
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        if isinstance(a, bool) != isinstance(b, bool):
            return False
        return a == b or (a != a and b != b)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(_same_on_wire, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same_on_wire(v, b[k]) for k, v in a.items())
    from .event.properties import same

    return same(a, b)


def _clean(text: str, limit: int = 2000) -> str:
    """Text from a client, fit for a log: no control characters, not too long."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text[:limit])


def _traceback(errors: list[tuple[str, str, str]]) -> str:
    """The traceback of what a client says that failed; empty if it says nothing."""
    from .transpile.tracebacks import Failure, traceback_text

    failures = [Failure(_clean(name, 200), _clean(message), stack[:20_000]) for name, message, stack in errors[:8]]
    text = traceback_text(failures)
    if failures and not text.startswith("Trace"):
        text += _clean(failures[0].stack)  # nothing in it is code of ours; the stack may help all the same
    return text[-20_000:].rstrip("\n")


def _report_handler(err: BaseException, handler: Handler | None) -> None:
    """Errors of handlers appear in the views of the model they belong to."""
    owner = handler.owner if handler is not None else None
    if isinstance(owner, Model):
        session = owner.session
        if isinstance(session, Session):
            session.show_error(err, owner)


loop.add_reporter(_report_handler)

_default: Session | None = None


def default_session() -> Session:
    """The session of models that belong to no other: that of the notebook, or of the script."""
    global _default
    if _default is None:
        _default = Session("default")
    return _default


model_module.default_host.append(default_session)


def _upgrade_all() -> None:
    for session in list(_sessions):
        session.upgrade()


def _redefined() -> None:
    loop.on_idle(_upgrade_all)
    home = loop.home
    if home is not None and not loop.is_home:
        # Beside a prompt, the turn may come before the class statement is over, and the name still means the old class.
        for seconds in (0.1, 1.0):
            home.call_soon_threadsafe(home.call_later, seconds, loop.on_idle, _upgrade_all)


model_module.on_redefined.append(_redefined)
