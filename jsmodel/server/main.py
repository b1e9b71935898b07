"""The one server of this process, and the verbs that `jsmodel.app` gives to people.

launch(cls)           show a model in a browser
start(), run()        answer, until stop(); or until the last page is closed
init_interactive()    answer from a thread, so that a prompt stays free
"""

from __future__ import annotations

import asyncio
import atexit
import threading
from typing import Any

from .. import registry
from ..errors import AppError, UnknownProperty
from ..model import Model
from ..session import Session
from .errors import AlreadyRunning, LaunchTimeout
from .guard import Access
from .limits import Limits
from .runtimes import check_runtime, open_runtime
from .server import Server, running_loop
from .sessions import Launch

__all__ = ["create_server", "current_server", "init_interactive", "launch", "run", "start", "stop"]

#: How long `launch()` waits for the page. Browsers that start for the first time take a while.
LAUNCH_SECONDS = 30.0

_current: Server | None = None
_lock = threading.RLock()


def create_server(
    host: str = "localhost", port: int | None = None, *, access: Access | None = None, limits: Limits | None = None
) -> Server:
    """Make the server of this process, where the defaults are not right.

    Args:
        host: What to listen on. By default this machine only; '' is all addresses.
        port: By default 46571, or one of the next if it is taken. 0 is any.
        access: Who may use it.
        limits: How much they may ask.

    It takes the place of one that was made before and does not run.
    """
    global _current
    with _lock:
        if _current is not None:
            if _current.running:
                raise AlreadyRunning("create another server")
            _current.dispose()
        _current = Server(host, port, access=access, limits=limits)
        return _current


def current_server() -> Server:
    """The server of this process; it is made when it is first asked for, and when the last one ended."""
    global _current
    with _lock:
        if _current is None or _current.closed:
            _current = Server()
        return _current


def start() -> None:
    """Run the server until `stop()`, Ctrl+C or SIGTERM. Where a loop runs already, start to answer and return."""
    current_server().start()


def run() -> None:
    """Run the server until the last page is closed. A page that is reloaded does not count as closed."""
    current_server().start(until_empty=True)


def stop() -> None:
    """End `start()` or `run()`, from a handler or from any thread. Pages are told."""
    if _current is not None:
        _current.stop()


def launch(
    model: Any,
    runtime: str | None = "browser",
    *,
    properties: dict[str, Any] | None = None,
    timeout: float = LAUNCH_SECONDS,
) -> Any:
    """Show a Model in a browser, and return the instance that is connected to it.

    Example: `counter = app.launch(Counter); counter.count = 3; app.run()`

    Args:
        model: A subclass of Model, or an instance of one.
        runtime: 'browser' is the default browser, 'app' a window of its own (Chromium or Chrome). None opens
            nothing and prints the address.
        properties: Values for its properties, if it is a class.
        timeout: For how many seconds to wait for the page.

    It waits until the page is there, unless a loop runs in this thread, where waiting would stop the page from coming.
    """
    check_runtime(runtime)
    waiting = prepare(model, properties or {})
    entry = waiting.entry
    assert waiting.token is not None
    server = current_server()
    server.site.sessions.launch(waiting)
    url = server.url(entry.name, launch=waiting.token)
    if running_loop() is not None and not server.running:
        server.start()
    if runtime is not None:
        print(f"jsmodel: {entry.name} opens at {url}", flush=True)
    window = open_runtime(runtime, url)
    if window is not None:
        server.keep(window)
    if runtime is not None and not server.wait_for(waiting, timeout):
        raise LaunchTimeout(entry.name, url, timeout)
    return waiting.model


def init_interactive(cls: Any = None, runtime: str | None = "browser") -> Any:
    """Run the server in a thread, so that the prompt of IPython or an IDE stays free.

    Example: `app.init_interactive(); c = app.launch(Counter); c.count = 3`

    Args:
        cls: A Model to show at once, as `launch()` does; its instance is returned.
        runtime: Where to show it.

    Classes can be defined again afterwards: what is launched then is the new one. Calling this twice is fine.
    """
    check_runtime(runtime)
    with _lock:
        server = current_server()
        if not server.running:
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                _start_thread(server)
            else:
                server.start()  # in a notebook: its own loop answers, and this returns
    return launch(cls, runtime) if cls is not None else None


def prepare(model: Any, properties: dict[str, Any]) -> Launch:
    """What is to be launched, with its address and its session."""
    cls = type(model) if isinstance(model, Model) else model
    entry = registry.entries().get(getattr(cls, "__name__", ""))
    if entry is None or entry.cls is not cls:
        entry = registry.serve(cls)
    if isinstance(model, Model):
        if model._jsm_disposed:
            raise AppError(
                f"{model!r} was disposed, so it cannot be launched. Its two sides are gone. Make another one."
            )
        for name, value in properties.items():
            if name not in type(model)._jsm_prop_order:
                raise UnknownProperty(type(model).__name__, name, type(model)._jsm_prop_order)
            model._jsm_set(name, value)
        return Launch(entry, model.session, model, owned=False)
    session = Session(entry.name)
    try:
        made = registry.Entry(entry.name, cls, {**entry.properties, **properties}).build(session)
    except BaseException:
        session.close()
        raise
    return Launch(entry, session, made, owned=True)


def _start_thread(server: Server) -> None:
    ready = threading.Event()
    failure: list[BaseException] = []

    def work() -> None:
        try:
            server.start(ready=ready.set)
        except BaseException as err:
            failure.append(err)
            if ready.is_set():
                raise
        finally:
            ready.set()

    thread = threading.Thread(target=work, name="jsmodel server", daemon=True)
    thread.start()
    ready.wait()
    if failure:
        raise failure[0]

    def end() -> None:
        server.stop()
        thread.join(server.site.limits.stop_seconds + 2.0)

    # Before the interpreter tears down what the thread stands on.
    atexit.register(end)
