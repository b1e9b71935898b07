"""jsmodel: one Python class, alive in Python and in the browser.

    from jsmodel import app, event, ui

`app` has `Model` and what brings it to a browser, `event` has properties and
handlers, `ui` has widgets. Importing this package is light; each part is loaded
at its first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import app, event, ui

    __version__: str

__all__ = ["__version__", "app", "event", "ui"]


def __getattr__(name: str) -> Any:
    if name in ("app", "event", "ui"):
        return importlib.import_module(f".{name}", __name__)
    if name == "__version__":
        from importlib.metadata import version

        return version(__name__)
    raise AttributeError(f"jsmodel has no {name!r}. It has: {', '.join(__all__)}.")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where JupyterLab finds the built extension in a development install."""
    return [{"src": "labextension", "dest": "jsmodel"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Where jupyter_server finds its part of jsmodel."""
    from .server.jupyter import JsmodelExtension

    return [{"module": "jsmodel.server.jupyter", "app": JsmodelExtension}]
