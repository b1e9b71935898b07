"""A class is defined again: what becomes of the models that were made of the old one.

They become models of the new one, where they are: values and connections stay,
methods and handlers are exchanged. `init` does not run again; a class that wants to
know has a method `init_again`, on whichever side. The browser does the same with its
side: `upgrade` in labextension/src/runtime/hasevents.ts.
"""

from __future__ import annotations

import logging
import types
from collections.abc import Iterable
from typing import Any

from traitlets import ObserveHandler, TraitError
from traitlets.traitlets import ValidateHandler

from .errors import JsmodelError
from .event.loop import loop
from .event.properties import Prop, same
from .model import Model

__all__ = ["rebind", "upgrade"]

log = logging.getLogger("jsmodel")


def upgrade(model: Model, cls: type[Model]) -> bool:
    """Make `model` an instance of `cls`, the newer version of its class.

    Returns:
        Whether it is one now. Python cannot do that where the two are laid out
        differently, with `__slots__` for instance; a line in the log says so.
    """
    old = type(model)
    try:
        model.__class__ = cls
    except TypeError as err:
        log.warning(
            "%s stays as it was when its class was defined again: %s. Python cannot change an object into that. Make a new one.",
            model._jsm_label, err,
        )  # fmt: skip
        return False
    for handler in _declared(old, (ObserveHandler,)):
        model.unobserve(handler, handler.trait_names, type=handler.type)
    for names in model._trait_validators.copy():
        if isinstance(model._trait_validators[names], ValidateHandler):
            del model._trait_validators[names]
    for handler in _declared(cls, (ObserveHandler, ValidateHandler)):
        handler.instance_init(model)
    _exchange_handlers(model, cls)
    for name in set(old._jsm_prop_order) - set(cls._jsm_prop_order):
        model._trait_values.pop(name, None)
    for name in cls._jsm_prop_order:
        _settle(model, cls, name)
    for declared in cls._jsm_connects.values():
        try:
            model._jsm_handler(declared)
        except JsmodelError as err:
            loop.report(err)
    return True


def rebind(models: Iterable[Model], upgraded: set[int]) -> None:
    """Let handlers that are methods of upgraded models, wherever they are connected, run the new code."""
    for model in models:
        for links in model._jsm_links.values():
            for _, _, handler, _, _ in links:
                owner = handler._self() if handler._self is not None else None
                if owner is not None and id(owner) in upgraded and handler.name not in type(owner)._jsm_connects:
                    new = getattr(type(owner), handler._func.__name__, None)
                    if isinstance(new, types.FunctionType):
                        handler._func = new


def _exchange_handlers(model: Model, cls: type[Model]) -> None:
    for name, handler in list(model._jsm_methods.items()):
        declared = cls._jsm_connects.get(name)
        if declared is not None and declared.strings == tuple(path.text for path in handler._paths):
            handler._func = declared.func  # it stays in its place, with the events that wait
        else:
            handler.dispose()
            del model._jsm_methods[name]


def _settle(model: Model, cls: type[Model], name: str) -> None:
    """Give a property its default, or see whether it can keep the value that it has."""
    trait: Any = getattr(cls, name)
    values = model._trait_values
    if name in values:
        value = values[name]
        try:
            now = trait._run(model, value) if isinstance(trait, Prop) else trait._validate(model, value)
        except (TraitError, ValueError, TypeError):
            log.info("%s.%s got its default: the new class does not take %r.", model._jsm_label, name, value)
            del values[name]
            now = _default(model, trait, name)
        values[name] = now
        if not same(value, now):
            model._notify_trait(name, value, now)
    else:
        _default(model, trait, name)


def _default(model: Model, trait: Any, name: str) -> Any:
    return trait.init_default(model) if isinstance(trait, Prop) else getattr(model, name)


def _declared(cls: type[Model], kinds: tuple[type, ...]) -> list[Any]:
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        found.update((name, value) for name, value in vars(base).items())
    return [value for value in found.values() if isinstance(value, kinds)]
