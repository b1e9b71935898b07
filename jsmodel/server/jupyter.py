"""The part of jsmodel that lives in the Jupyter server.

It puts what private servers have (`lane.py`) under the user's Jupyter URL, behind the user's login:

    jsmodel/kernel/<id>/lane             the websocket over which views go on, faster than over comms
    jsmodel/kernel/<id>/_jsm/…           JS, CSS and files, for pages that may not run code from a message
    jsmodel/kernel/<id>/app/<Name>       the apps that a kernel serves
    jsmodel/app/<Name>                   the apps that this server was configured to serve

It is on where jsmodel is installed; `jupyter server extension disable jsmodel` switches it off, and
all views go over comms.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.extension.application import ExtensionApp
from tornado.web import HTTPError, authenticated
from traitlets import List, Unicode

from .. import registry
from ..errors import JsmodelError
from ..event.loop import loop as event_loop
from ..targets import find
from .forward import forward, is_upgrade
from .lane import Note, note_path
from .private import Address, connect, listen, private_server, private_site
from .server import routes

if TYPE_CHECKING:
    from tornado.iostream import IOStream

__all__ = ["JsmodelExtension"]

#: A kernel that was just asked for its lane may take so long to open it.
PATIENCE = 3.0  # seconds

#: The name under which pages of JupyterLab and Notebook find out that this extension is there.
PAGE_CONFIG = "jsmodel"


class Forwarding(JupyterHandler):
    """Asks for the login before anything else, for pages, files and websockets alike."""

    def get_login_url(self) -> str:
        if is_upgrade(self.request):
            raise HTTPError(403)  # a websocket cannot fill in a form
        return str(super().get_login_url())

    def check_login(self) -> None:
        """Refuse websockets that a page of another site asks for."""
        if is_upgrade(self.request) and not self.check_origin():
            raise HTTPError(403)


class KernelHandler(Forwarding):
    """What one kernel of this user has to say."""

    auth_resource = "kernels"

    @authenticated
    @authorized("execute", "kernels")  # type: ignore[untyped-decorator]
    async def get(self, kernel_id: str, path: str) -> None:
        self.check_login()
        if kernel_id not in self.kernel_manager:
            raise HTTPError(404)
        kernel = self.kernel_manager.get_kernel(kernel_id)
        # What was asked for names no file: the kernel's own connection file does.
        connection_file = getattr(kernel, "connection_file", "")
        if not connection_file:
            raise HTTPError(404)
        stream, secret = await self._connect(note_path(connection_file), apps=path.startswith("app/"))

        def active() -> None:
            kernel.last_activity = datetime.now(timezone.utc)  # type: ignore[attr-defined]  # else a kernel in use looks idle, and may be culled

        await forward(self, stream, secret, f"/{path}", active)

    async def _connect(self, path: Path, *, apps: bool) -> tuple[IOStream, str]:
        end = asyncio.get_running_loop().time() + PATIENCE
        while True:
            note = Note.read(path)
            if note is not None:
                try:
                    return await connect(note.apps if apps else note.lane), note.secret
                except OSError:
                    pass  # it was left by a process that is gone
            if asyncio.get_running_loop().time() > end:
                raise HTTPError(404)
            await asyncio.sleep(0.05)


class AppsHandler(Forwarding):
    """What this server was configured to serve."""

    auth_resource = "jsmodel"

    def initialize(self, apps: Apps) -> None:
        self.apps = apps

    @authenticated
    @authorized("execute", "jsmodel")  # type: ignore[untyped-decorator]
    async def get(self, path: str) -> None:
        self.check_login()
        address, secret = self.apps.address()
        try:
            stream = await connect(address)
        except OSError:
            raise HTTPError(502) from None
        await forward(self, stream, secret, f"/app/{path}")


class Apps:
    """The apps of this process, on a private server of their own. It starts when the first page comes.

    Args:
        folder: Where its socket is put.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"jsmodel-{secrets.token_hex(8)}.apps"
        self._secret = secrets.token_urlsafe(32)
        self._address: Address | None = None

    def address(self) -> tuple[Address, str]:
        """Where it listens, and the secret."""
        if self._address is None:
            site = private_site(self._secret)
            sock, self._address = listen(self._path)
            private_server(site, routes(site, "/app")).add_sockets([sock])
            event_loop.integrate(asyncio.get_running_loop())
        return self._address, self._secret

    def close(self) -> None:
        """Remove its socket."""
        self._path.unlink(missing_ok=True)


class JsmodelExtension(ExtensionApp):
    """Serves jsmodel's apps and files under the Jupyter server's address, and behind its login."""

    name = "jsmodel"

    apps = List(
        Unicode(),
        help=(
            "Apps to serve at <base_url>jsmodel/app/<Name>, such as ['app.py:Counter', 'package.module:Counter']. "
            "Everybody who may use this server may open them. They run in the server's own process, so their handlers should be quick."
        ),
    ).tag(config=True)

    def initialize_handlers(self) -> None:
        """Add the routes; called once by the server."""
        assert self.serverapp is not None
        for target in self.apps:
            try:
                for entry in find(target):
                    if entry.name in registry.entries():
                        self.log.warning(
                            "The app %r is listed twice. %r takes the place of the first.", entry.name, target
                        )
                    registry.add(entry)
            except JsmodelError as err:  # one that cannot be served does not keep the others from it
                self.log.error("The app %r is not served.\n%s%s", target, getattr(err, "trace", ""), err)
        self._apps = Apps(Path(self.serverapp.runtime_dir))
        self.handlers += [
            (r"/jsmodel/kernel/([^/]+)/(lane|_jsm/.*|app/.*)", KernelHandler),
            (r"/jsmodel/app/(.*)", AppsHandler, {"apps": self._apps}),
        ]
        self.serverapp.web_app.settings.setdefault("page_config_data", {})[PAGE_CONFIG] = "lane"

    async def stop_extension(self) -> None:
        """Called by the server when it stops."""
        self._apps.close()
