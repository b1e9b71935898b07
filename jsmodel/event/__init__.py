"""Properties, events and handlers: the part of jsmodel that knows neither JS nor networks."""

from .handlers import Event, Handler, connect
from .hasevents import HasEvents, origin_is
from .loop import Loop, loop
from .properties import emitter, prop, readonly, same

__all__ = [
    "Event",
    "Handler",
    "HasEvents",
    "Loop",
    "connect",
    "emitter",
    "loop",
    "origin_is",
    "prop",
    "readonly",
    "same",
]
