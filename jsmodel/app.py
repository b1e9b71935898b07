"""The public face: `from jsmodel import app`.

`app.Model` is what classes are made of; `serve`, `start`, `run`, `launch` and
`init_interactive` bring them to a browser, `init_notebook` to a notebook. The
server and the notebook parts are loaded at their first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from . import assets as _assets
from .event.loop import loop as _loop
from .model import Model, exposed, get_active_model
from .registry import lane_opener as _lane_opener
from .registry import serve
from .session import Session
from .session import fallback_bundle as _fallback_bundle
from .transpile.rawjs import JSName, RawJS

if TYPE_CHECKING:
    from .export import export
    from .kernel.notebook import init_notebook
    from .server.main import create_server, current_server, init_interactive, launch, run, start, stop

__all__ = [
    "Model",
    "RawJS",
    "Session",
    "assets",
    "call_later",
    "create_server",
    "current_server",
    "export",
    "exposed",
    "get_active_model",
    "init_interactive",
    "init_notebook",
    "launch",
    "process_events",
    "run",
    "serve",
    "start",
    "stop",
    "undefined",
    "window",
]

#: The one store of assets.
assets = _assets.store

window = JSName("window")
undefined = JSName("undefined")
document = JSName("document")
console = JSName("console")

_LAZY = {
    "export": ".export",
    "init_notebook": ".kernel.notebook",
    **dict.fromkeys(
        ["create_server", "current_server", "init_interactive", "launch", "run", "start", "stop"], ".server.main"
    ),
}


def process_events() -> None:
    """Handle what has come from the pages so far, and send what waits.

    For use inside a running cell or a long loop, so that a Stop button works.
    """
    from .session import default_session

    drain = default_session().drain
    if drain is not None:
        drain()
    _loop.flush()


def call_later(delay: float, func: Any, *args: Any) -> None:
    """Call `func(*args)` on the event loop in `delay` seconds.

    Args:
        delay: Seconds; 0 means the next turn of the loop.

    Raises:
        RuntimeError: when no loop runs, as in a script before app.start().
    """
    import asyncio
    import contextvars

    if not isinstance(delay, (int, float)) or not callable(func):
        raise TypeError(
            f"call_later() got {delay!r} and {func!r}. It takes seconds and a function. Write app.call_later(0.5, func)."
        )
    run = contextvars.copy_context().run  # models made then belong to the session of now
    if delay <= 0:
        _loop.call_soon(run, func, *args)
        return
    home = _loop.home
    if home is None:
        try:
            home = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError(
                "call_later() cannot count the time: no event loop runs. In a script that is so until app.start() or app.run(). "
                "Call it from a handler, or from init()."
            ) from None
    home.call_soon_threadsafe(home.call_later, delay, _loop.call_soon, run, func, *args)


def _bundle_here() -> Any:
    """How to display a model where no door was opened: in a kernel, open it."""
    import sys

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or getattr(shell, "kernel", None) is None:
        return None
    return importlib.import_module(".kernel.notebook", __package__).install().session.bundle


_fallback_bundle.append(_bundle_here)


def _open_lane(session: Session, connection_file: str, delay: float) -> Any:
    """Give a kernel's session what only the server door can make; its code is loaded while the kernel goes on."""
    import threading
    import time

    def lane() -> Any:
        return importlib.import_module(".server.lane", __package__)

    def run() -> None:
        time.sleep(delay)
        lane().run(session, connection_file)

    threading.Thread(target=run, name="jsmodel-lane", daemon=True).start()
    return lambda asset: lane().ship_by_url(asset)


_lane_opener.append(_open_lane)


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name], __package__), name)
    from .errors import near

    raise AttributeError(f"jsmodel.app has no {name!r}.{near(name, __all__)}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
