"""Properties and emitters: what a class declares, and what a value must be.

Both kinds of property are traits: `@event.prop` makes a `Prop`, and any
traitlets trait is a property too. Twin of labextension/src/runtime/properties.ts.
"""

from __future__ import annotations

import functools
import inspect
import math
import types
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import traitlets
from traitlets import TraitType

from ..errors import ClassError, PropertyError, ReadonlyError, brief

if TYPE_CHECKING:
    from .hasevents import HasEvents

__all__ = ["Emitter", "Prop", "emitter", "is_followed", "note_reads", "prop", "readonly", "same", "track"]

_PLAIN = (bool, int, str, bytes, type(None))


def same(a: Any, b: Any) -> bool:
    """Whether setting `b` where `a` is changes nothing: same type and equal; arrays as arrays; NaN equals NaN."""
    if a is b:
        return True
    kind = type(a)
    if kind is not type(b):
        return False
    if kind in _PLAIN:
        return bool(a == b)
    if kind is float:
        return a == b or (math.isnan(a) and math.isnan(b))
    if kind in (list, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if kind is dict:
        return len(a) == len(b) and all(k in b and same(v, b[k]) for k, v in a.items())
    if hasattr(a, "dtype") and hasattr(a, "shape"):
        return a.dtype == b.dtype and a.shape == b.shape and _same_items(a.reshape(-1), b.reshape(-1))
    try:
        return bool(a == b)
    except Exception:
        return False


def _same_items(a: Any, b: Any) -> bool:
    """Compare two flat arrays piece by piece: large ones that differ mostly do so early, and no large copy is made."""
    may_be_nan = a.dtype.kind not in "biuSU"
    for at in range(0, a.size, 2**18):
        x, y = a[at : at + 2**18], b[at : at + 2**18]
        equal = x == y
        if not equal.all() and not (may_be_nan and (equal | ((x != x) & (y != y))).all()):
            return False
    return True


class Prop(TraitType[Any, Any]):
    """A property whose function validates; the default of its argument is the initial value."""

    allow_none = True
    info_text = "a value that its function accepts"

    def __init__(self, func: Callable[..., Any], *, readonly: bool = False) -> None:
        parameters = list(inspect.signature(func).parameters.values())
        if not parameters or parameters[0].name not in ("self", "this") or len(parameters) > 2:
            raise ClassError(
                f"The property {func.__name__!r} is declared with the wrong arguments. "
                "Its function takes self and one value, and returns the value to keep. Write it like 'def foo(self, v=0): return int(v)'."
            )
        self.has_default = len(parameters) == 2 and parameters[1].default is not inspect.Parameter.empty
        self.takes_value = len(parameters) == 2
        default = parameters[1].default if self.has_default else None
        super().__init__(default_value=default, allow_none=True, read_only=readonly, help=inspect.getdoc(func) or "")
        self.func = func
        self.readonly = readonly
        self.name = func.__name__
        self._values_key = func.__name__
        self.__doc__ = func.__doc__

    def __repr__(self) -> str:
        return f"<{'readonly' if self.readonly else 'prop'} {self.name!r}>"

    def __get__(self, obj: Any, cls: Any = None) -> Any:
        if obj is None:
            return self
        if _tracks:
            _note(obj, str(self.name))
        try:
            return obj._trait_values[self.name]
        except KeyError:
            # A validator that reads a property declared further down.
            return self.init_default(obj)

    def __set__(self, obj: Any, value: Any) -> None:
        if self.readonly:
            raise ReadonlyError(obj._jsm_label, str(self.name))
        self.set(obj, value)

    def __delete__(self, obj: Any) -> None:
        raise AttributeError(
            f"Cannot delete {obj._jsm_label}.{self.name}: properties always have a value. Set it to None, or to its default."
        )

    def init_default(self, obj: HasEvents) -> Any:
        """Give `obj` the initial value; it passes the validator like any other."""
        name = str(self.name)
        values = obj._trait_values
        values[name] = self.default_value  # so that a validator that reads itself finds something
        if self.has_default:
            values[name] = self._run(obj, self.default_value)
        return values[name]

    def _run(self, obj: HasEvents, value: Any) -> Any:
        busy = obj._jsm_validating
        name = str(self.name)
        busy.add(name)
        try:
            return self.func(obj, value) if self.takes_value else self.func(obj)
        except PropertyError:
            raise
        except (ValueError, TypeError) as err:
            raise PropertyError(obj._jsm_label, name, value, reason=f"{type(err).__name__}: {err}") from err
        finally:
            busy.discard(name)

    def set(self, obj: Any, value: Any) -> None:
        """Validate, and announce if the value changed."""
        name = str(self.name)
        if name in obj._jsm_validating:
            return  # two properties that correct each other settle here
        new = self._run(obj, value)
        values = obj._trait_values
        old = values[name] if name in values else self.init_default(obj)
        if same(old, new):
            return
        obj._jsm_check(name, new)
        values[name] = new
        obj._notify_trait(name, old, new)


def prop(func: Callable[..., Any]) -> Any:
    """Declare a property; the function validates and normalises what is set.

    The default of its argument is the initial value. Setting announces an event of the property's name if the value changed.
    What the function refuses, with a ValueError or a TypeError, raises a PropertyError where it is set, and changes nothing.

    Example: `@event.prop` above `def count(self, v=0): return int(v)`

    Args:
        func: Takes self and a value; returns the value to keep.

    Raises:
        ClassError: for something that is not such a function.
    """
    return _declare(func, "prop", readonly=False)


def readonly(func: Callable[..., Any]) -> Any:
    """Declare a property that only its own class may set, with `self._set_prop(name, value)`.

    Args:
        func: As for `prop`.

    Raises:
        ClassError: for something that is not such a function.
    """
    return _declare(func, "readonly", readonly=True)


def _declare(func: Any, word: str, *, readonly: bool) -> Prop:
    if not inspect.isfunction(func):
        raise ClassError(
            f"@event.{word} decorates a function, not {type(func).__name__}. The function validates the value. "
            f"Write it like '@event.{word}' above 'def foo(self, v=0): return int(v)'."
        )
    return Prop(func, readonly=readonly)


# -- reading

_Reads = dict["tuple[int, str]", "tuple[HasEvents, str]"]
_reads: ContextVar[_Reads | None] = ContextVar("jsmodel_reads", default=None)
_tracks: list[None] = []  # as long as the functions that are followed just now, in whatever thread


def track(func: Callable[[], Any]) -> tuple[Any, list[tuple[HasEvents, str]]]:
    """Call `func`, and find out which properties it reads."""
    read: _Reads = {}
    token = _reads.set(read)
    _tracks.append(None)
    try:
        return func(), list(read.values())
    finally:
        _tracks.pop()
        _reads.reset(token)


def _note(obj: Any, name: str) -> None:
    read = _reads.get()
    if read is not None and "_jsm_links" in obj.__dict__:
        read[id(obj), name] = (obj, name)


def note_reads(trait: TraitType[Any, Any]) -> None:
    """Let `track` see the reads of a trait; those of a `Prop` it sees anyway."""
    if not isinstance(trait, (Prop, _Noted)):
        kind: Any = type(trait)
        trait.__class__ = _noted(kind)


class _Noted:
    """What tells the kinds of traits below from those that they are made of."""


@functools.cache
def _noted(kind: Any) -> Any:
    def get(self: Any, obj: Any, cls: Any = None) -> Any:
        if _tracks and obj is not None:
            _note(obj, self.name)
        return kind.__get__(self, obj, cls)

    names = {"__get__": get, "__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
    return type(kind.__name__, (kind, _Noted), names)


def is_followed(trait: Any, value: Any) -> bool:
    """Whether a constructor's value of a property is a function of no arguments, and so stands for what it returns."""
    method = isinstance(value, types.MethodType)
    func = value.__func__ if method else value
    if not isinstance(func, types.FunctionType) or isinstance(trait, traitlets.Callable):
        return False
    code = func.__code__
    odd = (
        inspect.CO_VARARGS
        | inspect.CO_VARKEYWORDS
        | inspect.CO_COROUTINE
        | inspect.CO_GENERATOR
        | inspect.CO_ASYNC_GENERATOR
    )
    return code.co_argcount == int(method) and not code.co_kwonlyargcount and not code.co_flags & odd


class Emitter:
    """What `@event.emitter` leaves in a class: calling it emits an event of its name."""

    def __init__(self, func: Callable[..., Any]) -> None:
        self.func = func
        self.name = func.__name__
        self.__doc__ = func.__doc__

    def __repr__(self) -> str:
        return f"<emitter {self.name!r}>"

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if getattr(type(instance), self.name, None) is not self:
            return self.func.__get__(instance)  # super().ev(): gives the dict, the subclass emits it

        def emit(*args: Any, **kwargs: Any) -> Any:
            info = self.func(instance, *args, **kwargs)
            if info is None:
                return None
            if not isinstance(info, dict):
                raise TypeError(
                    f"The emitter {instance._jsm_label}.{self.name} returned {brief(info)}. It describes the event. Return a dict, or None for no event."
                )
            return instance.emit(self.name, info)

        emit.__name__, emit.__doc__ = self.name, self.__doc__
        return emit

    def __set__(self, instance: Any, value: Any) -> None:
        raise AttributeError(
            f"Cannot set {instance._jsm_label}.{self.name}: it is an emitter. Call it to emit an event."
        )


def emitter(func: Callable[..., Any]) -> Any:
    """Declare an emitter: a method that returns a dict, the event's fields, or None for no event. Calling it emits.

    Example: `@event.emitter` above `def moved(self, x, y): return dict(x=x, y=y)`

    Args:
        func: Takes self, and what describes the event.

    Raises:
        ClassError: for something that is not a function.
    """
    if not inspect.isfunction(func):
        raise ClassError(
            f"@event.emitter decorates a function, not {type(func).__name__}. The function returns a dict with the event's fields. Put it right above 'def'."
        )
    return Emitter(func)
