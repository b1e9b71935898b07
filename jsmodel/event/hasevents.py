"""HasEvents: objects with properties, emitters and handlers.

Twin of labextension/src/runtime/hasevents.ts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from traitlets import Bunch, HasTraits, TraitError, TraitType
from traitlets.traitlets import MetaHasTraits

from ..errors import ConnectionStringError, PropertyError, ReadonlyError, UnknownProperty, near
from .handlers import Connect, Event, Handler, parse_connection
from .loop import Origin, current_origin, loop, origin_is
from .properties import Emitter, Prop, is_followed, note_reads, same, track

__all__ = ["HasEvents", "Origin", "origin_is"]

log = logging.getLogger("jsmodel")


class HasEventsMeta(MetaHasTraits):
    """Collects what each class declares, so that instances need not look."""

    _jsm_connects: dict[str, Connect]
    _jsm_emitters: dict[str, Emitter]
    _jsm_prop_order: tuple[str, ...]
    _jsm_warned: set[str]  # types that somebody connected to, and that are not known

    def setup_class(cls: HasEventsMeta, classdict: dict[str, Any]) -> None:
        super().setup_class(classdict)
        connects: dict[str, Connect] = {}
        emitters: dict[str, Emitter] = {}
        order: dict[str, None] = {}
        for base in reversed(cls.__mro__):
            for name, value in vars(base).items():
                if isinstance(value, Connect):
                    connects[name] = value
                elif isinstance(value, Emitter):
                    emitters[name] = value
                elif isinstance(value, TraitType):
                    note_reads(value)
                    order.setdefault(name)
                    connects.pop(name, None)
                else:
                    connects.pop(name, None)
                    emitters.pop(name, None)
        cls._jsm_connects = connects
        cls._jsm_emitters = emitters
        cls._jsm_prop_order = tuple(order)


class HasEvents(HasTraits, metaclass=HasEventsMeta):
    """An object with properties and events; a `traitlets.HasTraits`.

    Args:
        values: Initial values of properties. A function of no arguments is followed: the property has what it
            returns, also when a property that it read changes.

    Raises:
        UnknownProperty: for a keyword that is no property, with the nearest name.
        PropertyError: for a value that its property refuses.
    """

    _jsm_own: dict[Handler, None] | None = None  # handlers that start here, and are not of the class

    def __init__(self, **values: Any) -> None:
        super().__init__()
        self._jsm_links: dict[str, list[tuple[str, int, Handler, int, bool]]] = {}
        self._jsm_methods: dict[str, Handler] = {}
        self._jsm_validating: set[str] = set()
        self._jsm_disposed = False
        self._jsm_born = loop.begin()  # until that round ends, events are kept for those who connect
        try:
            self._jsm_set_up(values)
            self._jsm_connect_methods()
        except BaseException:
            HasEvents.dispose(self)  # others may have been listened to already
            raise
        finally:
            loop.end()

    def __repr__(self) -> str:
        return f"<{self._jsm_label}>"

    @property
    def _jsm_label(self) -> str:
        return type(self).__name__

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_jsm_"):
            cls = type(self).__name__
            raise AttributeError(
                f"This {cls} is not ready: its __init__ has not called super().__init__() yet. Properties and events need it. "
                "Call it first, or put your code into 'def init(self)'."
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    # -- construction

    def _jsm_set_up(self, values: dict[str, Any]) -> None:
        """Defaults in the order of declaration, then `values`."""
        cls = type(self)
        for name in values:
            if name not in cls._jsm_prop_order:
                raise UnknownProperty(cls.__name__, name, cls._jsm_prop_order)
        initial: list[tuple[str, Any]] = []
        loop.keep(self._jsm_born, lambda deliver: self._jsm_tell_initial(initial, deliver))
        for name in cls._jsm_prop_order:
            trait = getattr(cls, name)
            if name in self._trait_values:
                value = self._trait_values[name]
            elif isinstance(trait, Prop):
                value = trait.init_default(self)
                if not trait.has_default:
                    continue
            else:
                value = getattr(self, name)
            initial.append((name, value))
        for name in cls._jsm_prop_order if len(values) > 1 else values:
            if name in values:
                value = values[name]
                if is_followed(getattr(cls, name), value):
                    self._jsm_follow_reads(name, value)
                else:
                    self._jsm_set(name, value)

    def _jsm_follow_reads(self, name: str, func: Callable[[], Any]) -> None:
        """Give a property what `func` returns, now and whenever a property that it read changes."""
        if type(self)._traits[name].read_only:
            raise ReadonlyError(self._jsm_label, name)

        def update(owner: HasEvents, *events: Event) -> None:
            value, read = track(func)
            handler._follow([(ob, other) for ob, other in read if ob is not owner or other != name])
            owner._jsm_set(name, value)

        handler = Handler(update, (), self, name=name, method_of=self)
        self._jsm_keep(handler)
        update(self)

    def _jsm_set(self, name: str, value: Any) -> None:
        """Set a property; a trait's refusal becomes ours."""
        try:
            setattr(self, name, value)
        except TraitError as err:
            trait = type(self)._traits[name]
            raise PropertyError(
                self._jsm_label, name, value, expected=trait.info(), reason="" if trait.info() else str(err)
            ) from err

    def _jsm_connect_methods(self) -> None:
        for name in type(self)._jsm_connects:
            self._jsm_handler(type(self)._jsm_connects[name])

    def _jsm_handler(self, declared: Connect) -> Handler:
        handler = self._jsm_methods.get(declared.name)
        if handler is None:
            paths = tuple(parse_connection(s) for s in declared.strings)
            handler = Handler(declared.func, paths, self, name=declared.name, method_of=self)
            self._jsm_methods[declared.name] = handler
            handler._connect()
        return handler

    def _jsm_tell_initial(self, initial: list[tuple[str, Any]], deliver: Callable[[Handler, Event], None]) -> None:
        if self._jsm_links:
            for name, value in initial:
                if name in self._jsm_links:
                    self._jsm_dispatch(
                        name, Event(type=name, source=self, old_value=value, new_value=value, origin="py"), deliver
                    )

    # -- the life of a user's object

    def connect(self, *args: Any) -> Any:
        """Connect a function to events of this object.

        As a decorator, `@ob.connect('foo', 'child.bar')`, or as a call with the
        function first or last, `ob.connect('foo', func)`.

        Returns:
            A Handler, which is callable and has `name`, `connection_info`, `handle_now()` and `dispose()`.

        Raises:
            ConnectionStringError: for a malformed string, or a path that leads nowhere.
        """
        functions: list[Any] = [a for a in args if callable(a)]
        strings = [a for a in args if not callable(a)]
        if len(functions) > 1:
            raise ConnectionStringError(
                "connect() was given more than one function. Each handler is one function. Call connect() once for each."
            )
        if not strings:
            raise ConnectionStringError(
                "connect() was given no connection string. It names what to listen to. Write it like ob.connect('foo', func)."
            )
        if functions and args[0] is not functions[0] and args[-1] is not functions[0]:
            raise ConnectionStringError(
                "connect() takes its function first or last. It stood between strings. Write it like ob.connect('foo', func)."
            )
        paths = tuple(parse_connection(s) for s in strings)

        def make(func: Any) -> Handler:
            bound = getattr(func, "__self__", None)
            if isinstance(func, Handler):
                handler = Handler(
                    func._func, paths, self, name=func.name, method_of=func._self() if func._self else None
                )
            elif isinstance(bound, HasEvents):
                handler = Handler(func.__func__, paths, self, name=func.__name__, method_of=bound)
            else:
                handler = Handler(func, paths, self, name=getattr(func, "__name__", type(func).__name__))
            self._jsm_keep(handler)
            if handler.owner is not None:
                handler.owner._jsm_keep(handler)  # it ends with that one, too
            handler._connect()
            return handler

        return make(functions[0]) if functions else make

    def disconnect(self, type: str, handler: Handler | Callable[..., Any] | None = None) -> None:
        """Disconnect handlers of `type` ('foo' or 'foo:label'): one (or its function), or all."""
        type_, _, label = type.partition(":")
        for link in list(self._jsm_links.get(type_, ())):
            if link[4] and (not label or link[0] == label) and (handler is None or link[2]._is(handler)):
                self._jsm_remove(type_, link[2], link[3], True)
                if link[2] not in self.get_event_handlers(type_):
                    link[2]._forget(self, type_)

    def emit(self, type: str, info: dict[str, Any] | None = None) -> Event:
        """Emit an event; each handler gets it in the next turn of the loop.

        Args:
            type: The name handlers connect to.
            info: The event's own fields.
        """
        if not isinstance(type, str) or not type.isidentifier():
            raise ValueError(
                f"The event type {type!r} is not a name. Handlers connect to it by name. Use letters, digits and underscores."
            )
        event = Event(type=type, source=self)
        if info:
            event.update(info)
            event["type"], event["source"] = type, self
        event.setdefault("origin", current_origin())
        self._jsm_emit(type, event)
        return event

    def get_event_types(self) -> list[str]:
        """Names of the events of this object: its properties, its emitters, and what handlers listen to."""
        own = {*type(self)._jsm_prop_order, *type(self)._jsm_emitters}
        return sorted(own | {t for t, links in self._jsm_links.items() if links})

    def get_event_handlers(self, type: str) -> list[Handler]:
        """The handlers connected to `type`, in the order in which they are called."""
        found: dict[Handler, None] = {}
        for link in self._jsm_links.get(type, ()):
            if link[4]:
                found.setdefault(link[2])
        return list(found)

    def dispose(self) -> None:
        """Disconnect everything; the object keeps its values but says and hears nothing more."""
        if self._jsm_disposed:
            return
        self._jsm_disposed = True
        for handler in self._jsm_methods.values():
            handler.dispose()
        for handler in list(self._jsm_own or ()):
            if handler._self is not None and handler._self() is self:
                handler.dispose()
            else:
                handler._disconnect()  # what was said before is delivered
        for links in list(self._jsm_links.values()):
            for _, _, handler, index, ends in list(links):
                for type_ in list(self._jsm_links):
                    self._jsm_remove(type_, handler, index, ends)
        self._jsm_links.clear()

    def _set_prop(self, name: str, value: Any) -> None:
        """Set a property, readonly ones too. For use inside the class."""
        trait = type(self)._traits.get(name)
        if trait is None:
            raise UnknownProperty(type(self).__name__, name, type(self)._jsm_prop_order)
        if isinstance(trait, Prop):
            trait.set(self, value)
        elif trait.read_only:
            self.set_trait(name, value)
        else:
            self._jsm_set(name, value)

    # -- what the machinery uses

    def _notify_trait(self, name: str, old_value: Any, new_value: Any) -> None:
        trait = type(self)._traits.get(name)
        if not isinstance(trait, Prop):
            if same(old_value, new_value):
                return  # NaN, and arrays that are equal
            if "_jsm_validating" in self.__dict__:
                try:
                    self._jsm_check(name, new_value)
                except Exception:
                    self._trait_values[name] = old_value
                    raise
        if (
            "notify_change" not in self.__dict__
            and not self._trait_notifiers
            and type(self).notify_change is HasEvents.notify_change
        ):
            self._jsm_announce(name, old_value, new_value)  # nobody observes: skip the Bunch
        else:
            super()._notify_trait(name, old_value, new_value)

    def notify_change(self, change: Bunch) -> None:
        """Tell traitlets' observers, then our handlers."""
        super().notify_change(change)
        if change.type == "change":
            self._jsm_announce(change.name, change.old, change.new)

    def _jsm_announce(self, name: str, old: Any, new: Any) -> None:
        if "_jsm_links" not in self.__dict__:
            return  # traitlets sets dynamic defaults before __init__
        if self._jsm_disposed:
            return  # it says nothing more, on neither side
        origin = current_origin()
        self._jsm_changed(name, new, origin)
        if name in self._jsm_links:
            for _, _, handler, index, ends in list(self._jsm_links[name]):
                if not ends:
                    try:
                        handler._reconnect(index)  # a path leads over what was just replaced
                    except Exception as err:
                        loop.report(err, handler)  # whoever sets the property need not know who follows it
        if self._jsm_born == loop.round:
            loop.keep(self._jsm_born, lambda deliver: self._jsm_tell(name, old, new, origin, deliver))
        elif name in self._jsm_links:
            self._jsm_tell(name, old, new, origin, loop.post)

    def _jsm_tell(
        self, name: str, old: Any, new: Any, origin: Origin, deliver: Callable[[Handler, Event], None]
    ) -> None:
        if name in self._jsm_links:
            self._jsm_dispatch(
                name, Event(type=name, source=self, old_value=old, new_value=new, origin=origin), deliver
            )

    def _jsm_emit(self, type_: str, event: Event) -> None:
        if self._jsm_disposed:
            return
        if self._jsm_born == loop.round:
            loop.keep(self._jsm_born, lambda deliver: self._jsm_dispatch(type_, event, deliver))
        else:
            self._jsm_dispatch(type_, event, loop.post)
        self._jsm_emitted(type_, event)

    def _jsm_dispatch(self, type_: str, event: Event, deliver: Callable[[Handler, Event], None]) -> None:
        told = set()  # two paths may lead to one event
        for _, _, handler, _, ends in list(self._jsm_links.get(type_, ())):
            if ends and handler not in told:
                told.add(handler)
                deliver(handler, event)

    def _jsm_add(self, type_: str, label: str, handler: Handler, index: int, ends: bool) -> None:
        if self._jsm_disposed:
            return
        links = [*self._jsm_links.get(type_, ()), (label, handler.order, handler, index, ends)]
        links.sort(key=lambda link: link[:2])
        self._jsm_links[type_] = links  # another thread, which emits, sees the old list or the new one
        if ends:
            self._jsm_listening(type_, len(links))

    def _jsm_remove(self, type_: str, handler: Handler, index: int, ends: bool) -> None:
        links = self._jsm_links.get(type_)
        if links is None:
            return
        left = [li for li in links if not (li[2] is handler and li[3] == index and li[4] == ends)]
        if left:
            self._jsm_links[type_] = left
        else:
            del self._jsm_links[type_]
        if len(left) != len(links):
            self._jsm_listening(type_, sum(1 for li in left if li[4]))

    def _jsm_keep(self, handler: Handler) -> None:
        if self._jsm_own is None:
            self._jsm_own = {}
        self._jsm_own[handler] = None

    def _jsm_warn_unknown(self, type_: str, text: str) -> None:
        cls = type(self)
        warned = vars(cls).get("_jsm_warned", ())
        if type_ in cls._jsm_prop_order or type_ in cls._jsm_emitters or type_ in warned:
            return
        cls._jsm_warned = {*warned, type_}  # once is enough
        known = [*cls._jsm_prop_order, *cls._jsm_emitters]
        log.warning(
            "Connected to %r, but %s is not known to emit %r.%s Write '!%s' if it is meant so.",
            text, self._jsm_label, type_, near(type_, known), text,
        )  # fmt: skip

    # -- for subclasses that live on two sides

    def _jsm_enter_host(self) -> Callable[[], None] | None:
        """A handler of ours begins; what is returned is called when it ends."""
        return None

    def _jsm_check(self, name: str, value: Any) -> None:
        """Refuse a value before it is stored, by raising."""

    def _jsm_changed(self, name: str, value: Any, origin: Origin) -> None:
        """A property has a new value."""

    def _jsm_emitted(self, type_: str, event: Event) -> None:
        """An event was emitted."""

    def _jsm_listening(self, type_: str, count: int) -> None:
        """The number of handlers for a type changed."""
