"""The server door: models in any browser, over a Tornado websocket server.

The only part of jsmodel that imports tornado. `main` has the verbs that
`jsmodel.app` offers, `server` the `Server` itself and the route table, `guard`
decides who may come in.
"""

from .guard import Access
from .limits import Limits
from .main import create_server, current_server, init_interactive, launch, run, start, stop
from .server import Server, make_site, routes

__all__ = [
    "Access",
    "Limits",
    "Server",
    "create_server",
    "current_server",
    "init_interactive",
    "launch",
    "make_site",
    "routes",
    "run",
    "start",
    "stop",
]
