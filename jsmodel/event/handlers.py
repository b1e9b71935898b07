"""Events, connection strings, and the handlers they lead to.

Twin of labextension/src/runtime/handlers.ts and connection.ts.
"""

from __future__ import annotations

import asyncio
import inspect
import re
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ConnectionStringError, brief
from .loop import loop

if TYPE_CHECKING:
    from .hasevents import HasEvents

__all__ = ["Connect", "Event", "Handler", "Part", "Path", "connect", "parse_connection"]


class Event(dict[str, Any]):
    """What happened: a dict whose items are attributes too.

    `type` and `source` are always there; events of properties have `old_value`
    and `new_value`; `origin` is 'py', 'js' or 'user'; emitters add their own.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(
                f"Event {self.get('type')!r} has no {name!r}. It has: {', '.join(map(str, self))}."
            ) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)

    def __repr__(self) -> str:
        inner = " ".join(f"{k}={v!r}" for k, v in self.items() if k not in ("type", "source"))
        return f"<Event {self.get('type')!r}{' ' + inner if inner else ''}>"


class Part(NamedTuple):
    """One step of a path: a name, and '', '*' or '**'."""

    name: str
    stars: str


class Path(NamedTuple):
    """A connection string, taken apart."""

    text: str
    parts: tuple[Part, ...]
    label: str
    quiet: bool  # '!': no warning when nothing is known to emit this

    @property
    def type(self) -> str:
        return self.parts[-1].name


_PART = re.compile(r"([^\W\d]\w*)(\*{0,2})")


def parse_connection(text: Any) -> Path:
    """Take a connection string apart: `['!'] part ('.' part)* [':' label]`.

    Raises:
        ConnectionStringError: with the part that is wrong.
    """
    if not isinstance(text, str):
        raise ConnectionStringError(
            f"A connection string must be a str, not {brief(text)}. It names what to listen to. Write it like 'foo', 'child.foo', 'children*.foo' or 'foo:label'."
        )
    body, _, label = text.partition(":")
    quiet = body.startswith("!")
    body = body[1:] if quiet else body
    if not body:
        raise ConnectionStringError(
            f"The connection string {text!r} is empty. It names what to listen to. Write it like 'foo', 'child.foo', 'children*.foo' or 'foo:label'."
        )
    parts = []
    for piece in body.split("."):
        match = _PART.fullmatch(piece)
        if match is None:
            raise ConnectionStringError(
                f"In the connection string {text!r}, {piece!r} is not a name. "
                "Names are separated by dots, and may end in * or **. Write it like 'foo', 'child.foo', 'children*.foo' or 'foo:label'."
            )
        parts.append(Part(match[1], match[2]))
    return Path(text, tuple(parts), label, quiet)


class Connect:
    """What `@event.connect` leaves in a class: a function and its connection strings."""

    def __init__(self, func: Callable[..., Any], strings: tuple[str, ...]) -> None:
        self.func = func
        self.strings = strings
        self.name = func.__name__
        self.__doc__ = func.__doc__

    def __repr__(self) -> str:
        return f"<handler {self.name!r} for {', '.join(self.strings)}>"

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if getattr(type(instance), self.name, None) is not self:
            return self.func.__get__(instance)  # super().on_foo()
        return instance._jsm_handler(self)


def connect(*strings: str) -> Callable[[Callable[..., Any]], Any]:
    """Make a method a handler of the events that `strings` name.

    Handlers take `*events`: all of one turn of the event loop, in order.

    Args:
        strings: What to listen to: 'foo', 'child.foo', 'children*.foo', 'foo:label', '!foo'.

    Raises:
        ConnectionStringError: at class creation, when a string is malformed.
    """
    if not strings or not all(isinstance(s, str) for s in strings):
        raise ConnectionStringError(
            "@event.connect needs one or more connection strings. It was given none, or something else. Write it like @event.connect('foo', 'child.bar')."
        )
    for text in strings:
        parse_connection(text)

    def decorate(func: Callable[..., Any]) -> Any:
        if not callable(func):
            raise ConnectionStringError(
                f"@event.connect decorates a function, not {type(func).__name__}. Put it right above 'def'. Properties need no @event.connect."
            )
        first = next(iter(inspect.signature(func).parameters), None)
        if first not in ("self", "this"):
            # A plain function: HasEvents.connect() is for those.
            raise ConnectionStringError(
                f"@event.connect is for methods, and {func.__name__!r} does not take self. "
                "For a function, call the connect() of the object it listens to, as in model.connect('foo', func)."
            )
        return Connect(func, strings)

    return decorate


class Handler:
    """A function connected to events. Callable: calling it gives it no events.

    It holds its objects weakly: a handler keeps neither the model it belongs to
    nor those it listens to alive. It ends with the one that it was connected on, and
    with the one whose method it is.
    """

    _count = 0

    def __init__(
        self,
        func: Callable[..., Any],
        paths: tuple[Path, ...],
        origin: HasEvents,
        *,
        name: str,
        method_of: HasEvents | None = None,
    ) -> None:
        self.name = name
        self._paths = paths
        self._func = func
        self._origin = weakref.ref(origin)  # where the paths start
        self._self = weakref.ref(method_of) if method_of is not None else None
        self._links: dict[
            int, list[tuple[weakref.ref[HasEvents], str, bool]]
        ] = {}  # per path: (object, type, whether the path ends there)
        self._disposed = False
        self._running: asyncio.Future[Any] | None = None
        self._waiting: list[Event] = []
        Handler._count += 1
        self.order = Handler._count

    def __repr__(self) -> str:
        return f"<Handler {self.name!r} for {', '.join(p.text for p in self._paths)}{' (disposed)' if self._disposed else ''}>"

    def __str__(self) -> str:
        owner = self._self() if self._self else None
        return f"{owner!r}.{self.name}" if owner is not None else f"handler {self.name!r}"

    @property
    def owner(self) -> HasEvents | None:
        """The object this handler is a method of, or else the one it was connected on."""
        return self._self() if self._self else self._origin()

    @property
    def connection_info(self) -> list[tuple[str, list[tuple[HasEvents, str]]]]:
        """For each connection string, what it is connected to now: pairs of object and event type."""
        info = []
        for index, path in enumerate(self._paths):
            alive = [(ref(), type_) for ref, type_, ends in self._links.get(index, []) if ends]
            info.append((path.text, [(ob, type_) for ob, type_ in alive if ob is not None]))
        return info

    def __call__(self, *events: Event) -> Any:
        if self._self is None:
            return self._func(*events)
        owner = self._self()
        if owner is None:
            return None
        return self._func(owner, *events)

    def handle_now(self) -> None:
        """Deliver what waits for this handler now, without waiting for the next turn."""
        events = loop.take(self)
        if events:
            self._deliver(events)

    def dispose(self) -> None:
        """Disconnect for good."""
        self._disposed = True
        loop.take(self)
        self._waiting.clear()
        self._disconnect()

    def _disconnect(self) -> None:
        """Listen to nothing more; what waits is delivered still."""
        for index in list(self._links):
            self._unlink(index)
        for ob in (self._origin(), self.owner):
            if ob is not None and ob._jsm_own is not None:
                ob._jsm_own.pop(self, None)

    def _is(self, what: Handler | Callable[..., Any]) -> bool:
        """Whether `what` is this handler, or the function of it."""
        if self._self is not None:
            me = self._self()
            return what is self or (
                getattr(what, "__self__", None) is me and getattr(what, "__func__", None) is self._func
            )
        return what is self or what == self._func

    def _forget(self, source: HasEvents, type: str) -> None:
        """Drop the events of one source and type that wait."""
        loop.take(self, source, type)
        self._waiting = [e for e in self._waiting if e.source is not source or e.type != type]

    # -- delivering

    def _deliver(self, events: list[Event]) -> None:
        if self._disposed:
            return
        if self._origin() is None or (self._self is not None and ((me := self._self()) is None or me._jsm_disposed)):
            self.dispose()  # its object was let go; those it listened to need not keep it
            return
        if self._running is not None:
            self._waiting.extend(events)
            return
        owner = self.owner
        leave = owner._jsm_enter_host() if owner is not None else None
        try:
            result = self(*events)
            if inspect.isawaitable(result):
                self._await(result)
        except (Exception, SystemExit, asyncio.CancelledError) as err:  # none of these may stop the others
            loop.report(err, self)
        finally:
            if leave is not None:
                leave()

    def _await(self, awaitable: Any) -> None:
        async def run() -> None:
            try:
                await awaitable
            except (Exception, SystemExit) as err:
                loop.report(err, self)

        try:
            home = asyncio.get_running_loop()
        except RuntimeError:
            if loop.home is None:
                if inspect.iscoroutine(awaitable):
                    awaitable.close()
                raise RuntimeError(
                    f"The async handler {self.name!r} cannot run: no asyncio loop runs. "
                    "In a script that is so until app.start() or app.run(). Start one of them, or make it a plain def."
                ) from None
            home = loop.home
        self._running = task = home.create_task(run())
        loop.running[task] = self
        task.add_done_callback(self._done)
        if inspect.iscoroutine(awaitable):
            task.add_done_callback(lambda _: awaitable.close())  # of one that was cancelled before it began

    def _done(self, task: Any) -> None:
        loop.running.pop(task, None)
        self._running = None
        if self._waiting:
            # What came meanwhile is older than what is in the queue by now.
            events, self._waiting = [*self._waiting, *loop.take(self)], []
            for event in events:
                loop.post(self, event)

    # -- connecting; what a path leads to is found again when something along it is replaced

    def _connect(self) -> None:
        """Connect along all paths, or, if one leads nowhere, along none."""
        try:
            for index in range(len(self._paths)):
                self._reconnect(index, first=True)
        except BaseException:
            self.dispose()
            raise

    def _follow(self, targets: list[tuple[HasEvents, str]]) -> None:
        """Listen to these events, and to nothing else: for handlers without a path."""
        if not self._disposed:
            self._link(0, [(ob, type_, True) for ob, type_ in targets], self.name)

    def _reconnect(self, index: int, first: bool = False) -> None:
        origin = self._origin()
        if origin is None or origin._jsm_disposed or self._disposed:
            return
        if (owner := self.owner) is not None and owner._jsm_disposed:
            return
        path = self._paths[index]
        targets = list(self._walk(origin, path, first))
        self._link(index, targets, path.label or self.name)
        if first and not path.quiet:
            for ob, type_, ends in targets:
                if ends:
                    ob._jsm_warn_unknown(type_, path.text)

    def _link(self, index: int, targets: list[tuple[HasEvents, str, bool]], label: str) -> None:
        """Listen to `targets` for one path; what is the same as before stays as it is."""
        old = {
            (id(ob), type_, ends): ob for ref, type_, ends in self._links.get(index, []) if (ob := ref()) is not None
        }
        new = {(id(ob), type_, ends): ob for ob, type_, ends in targets}
        for key, ob in old.items():
            if key not in new:
                ob._jsm_remove(key[1], self, index, key[2])
        for key, ob in new.items():
            if key not in old:
                ob._jsm_add(key[1], label, self, index, key[2])
        self._links[index] = [(weakref.ref(ob), type_, ends) for (_, type_, ends), ob in new.items()]

    def _unlink(self, index: int) -> None:
        for ref, type_, ends in self._links.pop(index, []):
            ob = ref()
            if ob is not None:
                ob._jsm_remove(type_, self, index, ends)

    def _walk(self, origin: HasEvents, path: Path, first: bool) -> Iterator[tuple[HasEvents, str, bool]]:
        """Yield (object, event type, whether the path ends there) for everything the path touches now."""
        from .hasevents import HasEvents

        def fail(ob: Any, part: Part, why: str) -> ConnectionStringError:
            return ConnectionStringError(
                f"Cannot connect {self.name!r} to {path.text!r}: {why}. "
                f"The part {part.name!r} was looked up on {ob!r}. Correct the path, or create that attribute in init() before connecting."
            )

        def elements(value: Any) -> list[Any]:
            return [x for x in value if isinstance(x, HasEvents)] if isinstance(value, (list, tuple)) else []

        def walk(ob: Any, i: int) -> Iterator[tuple[HasEvents, str, bool]]:
            part = path.parts[i]
            last = i == len(path.parts) - 1
            is_prop = ob.has_trait(part.name)
            if last:
                yield ob, part.name, True
                if not part.stars:
                    return
                # 'children*' follows each element's own event of that name; '**' every depth
                if is_prop:
                    yield ob, part.name, False
                for child in elements(getattr(ob, part.name, None)):
                    if child.has_trait(part.name) or part.name in child.get_event_types():
                        if part.stars == "**":
                            yield from walk(child, i)
                        else:
                            yield child, part.name, True
                return
            if is_prop:
                yield ob, part.name, False
            elif not hasattr(ob, part.name):
                if first:
                    raise fail(ob, part, f"{ob!r} has no {part.name!r}")
                return
            value = getattr(ob, part.name)
            if not part.stars:
                if isinstance(value, HasEvents):
                    yield from walk(value, i + 1)
                elif value is not None and first:
                    raise fail(ob, part, f"{part.name!r} is not an object with events but {type(value).__name__}")
                elif value is None and not is_prop and first:
                    raise fail(ob, part, f"{part.name!r} is None and is not a property, so it can never be followed")
                return
            if value is not None and not isinstance(value, (list, tuple)) and first:
                raise fail(ob, part, f"{part.name!r} is not a list or tuple but {type(value).__name__}")
            for child in elements(value):
                yield from walk(child, i + 1)
                if part.stars == "**" and (child.has_trait(part.name) or hasattr(child, part.name)):
                    yield from walk(child, i)

        # A tree may hold the same object twice; a deep recursion error here means a cycle in it.
        limit = sys.getrecursionlimit()
        try:
            yield from walk(origin, 0)
        except RecursionError:
            raise ConnectionStringError(
                f"The path {path.text!r} goes round in a circle. An object is its own descendant (deeper than {limit} steps). Break the circle."
            ) from None
