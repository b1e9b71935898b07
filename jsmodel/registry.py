"""Which class is served under which name, and how a session of it begins.

The doors ask here, and nothing here knows them: who wants to hear of new apps
says so with `on_serve`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .assets import Asset, store
from .errors import AppError, JsmodelError, UnknownApp, UnknownProperty
from .model import Model
from .protocol import Hello
from .session import Session, Shipper, ship_inline
from .transport import Transport

__all__ = [
    "Entry",
    "add",
    "entries",
    "entry_of",
    "lane_opener",
    "lookup",
    "off_serve",
    "on_serve",
    "open",
    "serve",
    "unserve",
]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_entries: dict[str, Entry] = {}
_listeners: list[Callable[[Entry], None]] = []

#: Opens a second, faster way to the session of a kernel, given its connection file and after how many seconds; `app.py` puts it here.
lane_opener: list[Callable[[Session, str, float], Shipper]] = []


@dataclass(frozen=True)
class Entry:
    """An app: a class under a name.

    Attributes:
        name: The last part of its URL.
        cls: The class; each connection gets an instance.
        properties: Initial values of its properties.
        listed: Whether people may open it by its name; otherwise only a page that was launched shows it.
    """

    name: str
    cls: type[Model]
    properties: dict[str, Any] = field(default_factory=dict)
    listed: bool = True
    _classes: dict[type[Model], None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def title(self) -> str:
        """What the browser's tab shows."""
        return self.name if self.listed else "jsmodel"

    def page_assets(self) -> list[Asset]:
        """The JS modules and CSS that its page needs, in load order.

        Those of the widgets that the app makes are among them once an instance was made.
        """
        from .transpile.modules import linker

        return linker.assets_for([self.cls, *self._classes])

    def page_origins(self) -> tuple[list[str], list[str]]:
        """The other sites that its page loads code from, and those that it may ask for data."""
        return list(dict.fromkeys(asset.origin for asset in self.page_assets() if asset.url)), store.origins

    def build(self, session: Session) -> Model:
        """Make the app object of one connection."""
        model = self.cls(session=session, **self.properties)
        session.root = model
        self._classes.update({type(m): None for m in session.models() if type(m) is not self.cls})
        return model


def serve(cls: type[Model], name: str | None = None, properties: dict[str, Any] | None = None) -> Entry:
    """Register an app; a later one of the same name takes its place, for new connections.

    Args:
        cls: A Model class.
        name: By default the name of the class.
        properties: Initial values of properties.

    Raises:
        AppError: for something that is not a Model class, or a bad name.
        UnknownProperty: for a property that the class does not have.
        PropertyError: for a value that the property refuses.
    """
    entry = entry_of(cls, name, properties)
    before = _entries.get(entry.name)
    add(entry)
    if before is not None and _place(before.cls) != _place(cls):
        # The same class, defined again, is what people do at a prompt.
        warnings.warn(
            f"The app {entry.name!r} was {_place(before.cls)}, and is {_place(cls)} from now on. One name leads to one app. "
            f"To have both, write app.serve({cls.__name__}, 'another-name').",
            stacklevel=2,
        )
    for listener in list(_listeners):
        listener(entry)
    return entry


def entry_of(
    cls: Any, name: str | None = None, properties: dict[str, Any] | None = None, *, doing: str = "serve"
) -> Entry:
    """What `serve` registers, checked but not registered. `doing` is the verb that people called."""
    verb = "show" if doing == "init_interactive" else doing
    if not (isinstance(cls, type) and issubclass(cls, Model)):
        what = f"the instance {cls!r}" if isinstance(cls, Model) else f"{cls!r}"
        raise AppError(
            f"Cannot {verb} {what}: it is not a Model class. Each connection gets an instance of its own. Write app.{doing}(TheClass)."
        )
    if cls is Model:
        raise AppError(
            f"Cannot {verb} Model itself: it has nothing to show. Apps are subclasses of it. Write 'class MyApp(app.Model)', and app.{doing}(MyApp)."
        )
    name = cls.__name__ if name is None else name
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise AppError(
            f"{name!r} cannot be the name of an app. It becomes part of the URL. "
            "Use a letter first, then up to 63 letters, digits, '-' and '_'."
        )
    if not isinstance(properties, (dict, type(None))):
        raise AppError(
            f"The properties of {name!r} must be a dict, not {type(properties).__name__}. They are initial values. Write app.{doing}({cls.__name__}, properties={{'name': value}})."
        )
    for prop in properties or {}:
        if prop not in cls._jsm_prop_order:
            raise UnknownProperty(cls.__name__, str(prop), cls._jsm_prop_order)
    entry = Entry(name, cls, dict(properties or {}))
    try:
        entry.page_assets()  # what cannot be sent is said now, not to the first visitor
    except JsmodelError as err:
        raise err.with_traceback(None) from None  # what counts is the person's line
    cls._jsm_try(entry.properties)  # and so is a value that the first visitor's instance would refuse
    return entry


def add(entry: Entry) -> None:
    """Let an entry be found under its name; nobody is told."""
    _entries[entry.name] = entry


def on_serve(listener: Callable[[Entry], None]) -> None:
    """Call `listener(entry)` for every app that is served from now on."""
    _listeners.append(listener)


def off_serve(listener: Callable[[Entry], None]) -> None:
    """Undo `on_serve`."""
    if listener in _listeners:
        _listeners.remove(listener)


def _place(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def unserve(name: str) -> None:
    """Forget an app; its sessions live on."""
    _entries.pop(name, None)


def entries() -> dict[str, Entry]:
    """All apps that people may open by name."""
    return {name: entry for name, entry in _entries.items() if entry.listed}


def lookup(name: str) -> Entry:
    """The app of a name. Raises UnknownApp with the nearest one."""
    try:
        return _entries[name]
    except KeyError:
        raise UnknownApp(name, entries()) from None


def open(
    entry: Entry, transport: Transport, hello: Hello, *, session: Session | None = None, ship: Shipper = ship_inline
) -> Session:
    """Begin the session of a client that said hello.

    Args:
        entry: The app.
        transport: The pipe to the client.
        hello: What it said.
        session: One that was built before, as `launch` does; else the app object is made now.
        ship: How assets reach the client.
    """
    if session is None:
        session = Session(entry.name)
        try:
            entry.build(session)
        except BaseException:
            session.close()
            raise
    session.attach(transport, hello, ship=ship)
    return session
