"""One session: the models of one app instance, and the clients that show them."""

from __future__ import annotations

import itertools
import logging
import secrets
import threading
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from . import model as model_module
from .assets import DataArea, Link
from .calls import Calls
from .client import Client, Shipper, ship_inline
from .errors import AssetError, JsmodelError, ProtocolError, QueueFull, own_frames, sentence
from .event.handlers import Event, Handler
from .event.hasevents import origin_is
from .event.loop import loop
from .failures import Failures
from .model import Model, Reply
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
    decode_value,
    parse_message,
)
from .protocol import Reply as ReplyOp
from .transport import Buffers, Transport

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
        self.failures = Failures(self)
        self.calls = Calls(self, self.failures)
        self._data: DataArea | None = None
        self._ids = itertools.count(1)  # models may be made in any thread
        self._dirty = False
        self.closed = False
        self._applying: tuple[Client, str, str] | None = None  # client, model, property or emitter
        self._on_close: list[Callable[[], None]] = []
        self.lock = threading.RLock()
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
            self.mark_dirty()
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
            self.mark_dirty()

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
        with self.lock:
            for client in self.clients.values():
                if applying is not None and applying[0] is client and applying[1] == model_id and applying[2] == name:
                    continue
                client.channel.queue_set(model_id, name, value)
        self.mark_dirty()

    def emitted(self, model: Model, type_: str, event: Event) -> None:
        """Pass an event on to the clients that listen to it."""
        for client in list(self.clients.values()):
            if type_ in client.listens.get(model.id, ()) and not (
                self._applying and self._applying[0] is client and self._applying[1:] == (model.id, type_)
            ):
                fields = {k: as_it_is(v) for k, v in event.items() if k not in ("type", "source", "origin")}
                self.queue(client, {"op": "emit", "id": model.id, "type": type_, "event": fields})

    def listening(self, model: Model) -> None:
        """Tell the clients which emitters Python listens to."""
        if self.clients and model.id not in self._new and model.id in self._models:
            for client in list(self.clients.values()):
                self.queue(client, {"op": "listen", "id": model.id, "types": model._jsm_listens()})

    def call(self, model: Model, name: str, args: list[Any], kwargs: dict[str, Any]) -> Reply:
        """Call a method of the JS side, in all clients; the first that is connected answers. Before there ever was one, the call waits for it."""
        return self.calls.call(model, name, args, kwargs)

    def send_data(self, model: Model, data: memoryview | str, meta: dict[str, Any]) -> Reply:
        """Send data to the JS side of a model, in all clients; without any, to the first that comes.

        Args:
            data: Bytes that nobody changes any more, or the URL to have them from.
        """
        return self.calls.send_data(model, data, meta)

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
        if self.closed:
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
                self.queue(client, {"op": "forget", "hashes": [gone]})

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
                    self.failures.send(client, model, err)
                continue
            if upgrade(model, new):
                done.append(model)
                with self.lock:
                    for client in self.clients.values():
                        for name in set(old._jsm_both) - set(type(model)._jsm_both):
                            client.channel.drop_set(model.id, name)
        self._tell_of_bases()
        if not done:
            return
        rebind(self.models(), {id(model) for model in done})
        with self.lock:
            self._flush_new()
            for client in self.clients.values():
                client.channel.queue_create(self._create_ops(client, [m for m in done if m.id not in self._new]))
        self.mark_dirty()
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
            with self.lock:
                for client in list(self.clients.values()):
                    for op in self._define_ops(client, models, failed):
                        self.queue(client, op)
        except JsmodelError as err:
            failed[JsmodelError] = err
        told, self._told = self._told, {str(err) for err in failed.values()}
        for cls, error in failed.items():
            if str(error) in told:
                continue
            log.error("%s Pages go on with what they have.", sentence(error))
            for client in list(self.clients.values()):
                self.failures.send(client, models.get(cls), error)

    # -- clients

    def attach(self, transport: Transport, hello: Hello, *, ship: Shipper = ship_inline) -> Client:
        """Let a client in, or in again: what it missed is sent, or a snapshot of everything."""
        with self.lock:
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
                self.calls.fail(client, _AWAY)
                self._flush_new()  # the others get what is new; this one gets all in the snapshot
                client.channel.restart(transport, self._snapshot(client), welcome)
                self.calls.send_early(client)
                self._send([client])
        return client

    def detach(self, client: Client) -> None:
        """Forget a client for good."""
        with self.lock:
            if self.clients.pop(client.id, None) is None:
                return
            transport, client.channel.transport = client.channel.transport, None
        for model_id in list(client.shows):
            self.unpin(model_id, client.id)
        self.calls.fail(
            client,
            "the page that was asked has gone. It was closed or reloaded. Call again when a page shows the session.",
        )
        if transport is not None:
            transport.close()

    def dismiss(self, client: Client, reason: str) -> None:
        """Say bye to a client, and why, and forget it."""
        if client.channel.transport is not None:
            self.queue(client, {"op": "bye", "reason": reason})
            with self.lock:
                client.channel.flush()
        self.detach(client)

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
        with self.lock:
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
            self.mark_dirty()  # one message is to say that it came and what became of it, unless that takes long
            return
        with self.lock:
            self._send([client])

    def _resync(self, client: Client) -> None:
        assert client.channel.transport is not None
        client.has.clear()  # what was on its way may not have come; what it has, it ignores
        self.calls.fail(
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
        self.mark_dirty()
        if loop.is_home:
            loop.flush()

    def _settle(self, client: Client, seq: int, told: dict[tuple[str, str], Any]) -> None:
        """Say that a message was applied, and at the same time what became of its values."""
        with self.lock:
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
                    with self.lock:
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
            self.calls.asked(client, op, buffers)
        elif isinstance(op, ReplyOp):
            self.calls.answered(client, op, buffers)
        elif isinstance(op, View):
            self._apply_view(client, op)
        elif isinstance(op, Error):
            self.failures.came(client, op)
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
            self.failures.send(client, model, err, prop=name)
            self.failures.log_refusal(err)
        finally:
            self._applying = None

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
        self.failures.send(client, model, err)
        self.failures.log_refusal(err)

    def complain(self, transport: Transport, err: ProtocolError) -> None:
        """Answer a malformed message: the client is told, the log once, and nothing is changed."""
        self.failures.log_refusal(err)
        for client in list(self.clients.values()):
            if client.channel.transport is transport:
                self.failures.send(client, None, err)
        self.flush()

    # -- errors

    def report(self, err: BaseException, model: Model | None) -> None:
        """Show an error of user code in the views of its model, and log it."""
        log.error("%s failed.", model if model is not None else self, exc_info=(type(err), err, own_frames(err)))
        self.show_error(err, model)

    def show_error(self, err: BaseException, model: Model | None) -> None:
        """Show an error in the views of its model."""
        for client in list(self.clients.values()):
            self.failures.send(client, model, err, full=True)

    # -- flushing

    def flush(self) -> None:
        """Send what waits: one message to each client that can take one."""
        self._dirty = False
        with self.lock:
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
                        self.calls.drop(
                            number,
                            "did not finish: the model was disposed. Its two sides are gone. Wait for the answer before you dispose it.",
                        )
                    client.listens.pop(model_id, None)
                    client.shows.discard(model_id)
                self.queue(client, {"op": "dispose", "ids": ids})
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
        with self.lock:
            for client in list(self.clients.values()):
                client.channel.tick(now)
                if client.channel.asleep:  # what it was asked was dropped, or will not be answered in time
                    self.calls.fail(client, _AWAY)
                if client.channel.is_gone(now):
                    self.detach(client)

    def queue(self, client: Client, op: dict[str, Any]) -> None:
        with self.lock:
            try:
                client.channel.queue(op)
            except QueueFull as err:
                log.error("%s", err)
                if client.channel.transport is not None:
                    self._resync(client)
                    client.channel.queue({"op": "error", "id": None, "title": str(err), "text": str(err), "prop": None})
        self.mark_dirty()

    def mark_dirty(self) -> None:
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
        if self.closed:
            return
        self.closed = True
        for client in list(self.clients.values()):
            self.dismiss(client, reason)
        for model in self.models():
            model.dispose()
        self._pins.clear()
        self.root = None
        self.calls.end()
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
