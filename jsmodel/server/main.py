"""The one server of this process, and the verbs that `jsmodel.app` gives to people.

launch(cls)           show a model in a browser
start(), run()        answer, until stop(); or until the last page is closed
init_interactive()    answer from a thread, so that a prompt stays free; what it displays appears in a page
"""

from __future__ import annotations

import asyncio
import atexit
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .. import registry
from ..errors import AppError, ServerError, UnknownProperty
from ..model import Model
from ..session import Session, default_session
from .errors import AlreadyRunning, LaunchTimeout, WindowClosed
from .guard import Access
from .limits import Limits
from .runtimes import check_runtime, open_runtime
from .server import Server, running_loop
from .sessions import Launch

if TYPE_CHECKING:
    from .workbench import Prompt

__all__ = ["create_server", "current_server", "init_interactive", "launch", "run", "start", "stop"]

#: How long `launch()` waits for the page. Browsers that start for the first time take a while.
LAUNCH_SECONDS = 30.0

_current: Server | None = None
_lock = threading.RLock()
_held = False  # whether start() and run() leave it to somebody else to start the server
_prompt: Prompt | None = None
_prompt_page: tuple[Launch, float] | None = None  # the last page that was opened for it, and when


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

    Raises:
        PortTaken: when the port is in use, or cannot be listened on.
        AlreadyRunning: when the server of this process runs.
    """
    global _current
    with _lock:
        if _current is not None:
            if _current.running:
                raise AlreadyRunning("create another server")
            if port and port == _current.port:
                _current.dispose()  # it has the port that the new one wants
        made = Server(host, port, access=access, limits=limits)
        if _current is not None:
            _current.dispose()
        _current = made
        return made


def current_server() -> Server:
    """The server of this process; it is made when it is first asked for, and when the last one ended."""
    global _current
    with _lock:
        if _current is None or _current.closed:
            _current = Server()
        return _current


def made_server() -> Server | None:
    """The server that somebody made and that has not ended, if there is one."""
    return _current if _current is not None and not _current.closed else None


def start() -> None:
    """Run the server until `stop()`, Ctrl+C or SIGTERM. Where a loop runs already, start to answer and return.

    Raises:
        AlreadyRunning: when it runs.
    """
    if not _held:
        current_server().start()


def run() -> None:
    """Run the server until the last page is closed. A page that is reloaded does not count as closed.

    Raises:
        AlreadyRunning: when it runs.
    """
    if not _held:
        current_server().start(until_empty=True)


@contextmanager
def held() -> Iterator[None]:
    """Let start() and run() return at once: the command line loads a file, and starts the server itself."""
    global _held
    before, _held = _held, True
    try:
        yield
    finally:
        _held = before


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
        runtime: 'browser' is the default browser, 'app' a window of its own (Chromium or Chrome), 'desktop' a window
            that needs no browser (`pip install "jsmodel[desktop]"`). None opens nothing and prints the address.
        properties: Values for its properties, if it is a class.
        timeout: For how many seconds to wait for the page.

    It waits until the page is there, unless a loop runs in this thread, where waiting would stop the page from coming.

    Raises:
        AppError: for something that is no Model.
        NoRuntime: when there is no browser of that kind.
        LaunchTimeout: when the page did not come in time.
    """
    check_runtime(runtime)
    if not isinstance(timeout, (int, float)) or isinstance(timeout, bool) or not timeout >= 0:
        raise ServerError(
            f"Could not launch with timeout={timeout!r}: it is not a number of seconds. That long launch() waits for the page. Write app.launch(TheClass, timeout=10)."
        )
    waiting = prepare(model, properties)
    server = current_server()
    if running_loop() is not None and not server.running:
        server.start()
    url, window = _show(server, waiting, runtime)
    name = waiting.entry.name
    if runtime is not None and not server.wait_for(waiting, timeout, window):
        if window is not None and not window.is_open:
            raise WindowClosed(name, str(runtime), url, window.trouble)
        raise LaunchTimeout(name, url, timeout)
    return waiting.model


def _show(server: Server, waiting: Launch, runtime: str | None) -> tuple[str, Any]:
    """Open the page of what waits; its address, and its window if it has one of its own."""
    entry = waiting.entry
    assert waiting.token is not None
    server.site.sessions.launch(waiting)
    url = server.url(entry.name, launch=waiting.token)
    if runtime is not None:
        what = f"{entry.name} opens" if entry.listed else "what you display here appears"
        print(f"jsmodel: {what} at {url}", flush=True)
    window = open_runtime(runtime, url, entry.title)
    if window is not None:
        server.keep(window)
    return url, window


def init_interactive(cls: Any = None, runtime: str | None = "browser") -> Any:
    """Open a page for this prompt, and leave the prompt of Python, IPython or an IDE free.

    Example: `app.init_interactive()`, and then `slider = ui.Slider()` and `slider`: it appears in the page.

    Args:
        cls: A Model to show at once on a page of its own, as `launch()` does; its instance is returned. Without it,
            a page is opened where every model appears that is displayed at the prompt, newest last.
        runtime: Where to show it.

    Classes can be defined again afterwards: what is alive is upgraded. Calling this twice is fine; a page that was
    closed is opened again.
    """
    check_runtime(runtime)
    if cls is not None and not isinstance(cls, Model):
        registry.entry_of(cls, doing="init_interactive")
    with _lock:
        server = current_server()
        if not server.running:
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                _start_thread(server)
            else:
                server.start()  # in a notebook: its own loop answers, and this returns
    if cls is not None:
        return launch(cls, runtime)
    _open_prompt(server, runtime)
    return None


def _open_prompt(server: Server, runtime: str | None) -> None:
    """Show the page of the prompt, if none does. This does not wait for it: the prompt is to be free."""
    global _prompt, _prompt_page
    from .workbench import Prompt

    with _lock:
        if _prompt is None:
            _prompt = Prompt(default_session(), lambda: _prompt_is_shown(current_server()))
        if not _prompt_is_shown(server):
            waiting = Launch(_prompt.entry, _prompt.session, _prompt.workbench, owned=False)
            _prompt_page = waiting, time.monotonic()
            _show(server, waiting, runtime)


def _prompt_is_shown(server: Server) -> bool:
    """Whether a page shows the prompt's models, or was opened a moment ago and is on its way."""
    if _prompt is None or _prompt_page is None or not server.running:
        return False
    waiting, opened = _prompt_page
    if server.site.sessions.launched(_prompt.entry.name, waiting.id) is None:
        return False  # opened by a server that was stopped
    if not waiting.joined.is_set():
        return time.monotonic() - opened < LAUNCH_SECONDS
    clients = list(_prompt.session.clients.values())
    return any(client.channel.transport is not None for client in clients)


def prepare(model: Any, properties: dict[str, Any] | None = None) -> Launch:
    """What is to be launched, with its address and its session. If it cannot be, everything stays as it was."""
    is_instance = isinstance(model, Model)
    cls = type(model) if is_instance else model
    entry = registry.entry_of(cls, None, None if is_instance else properties, doing="launch")
    values = properties if is_instance and properties is not None else entry.properties
    known = registry.entries().get(entry.name)
    entry = known if known is not None and known.cls is cls else registry.Entry(entry.name, cls)
    if is_instance:
        if model._jsm_disposed:
            raise AppError(
                f"{model!r} was disposed, so it cannot be launched. Its two sides are gone. Make another one."
            )
        _set_all(model, values)
        waiting = Launch(entry, model.session, model, owned=False)
    else:
        session = Session(entry.name)
        try:
            made = registry.Entry(entry.name, cls, {**entry.properties, **values}).build(session)
        except BaseException:
            session.close()
            raise
        waiting = Launch(entry, session, made, owned=True)
    registry.add(entry)
    return waiting


def _set_all(model: Model, values: dict[str, Any]) -> None:
    """Set all of these properties, or none."""
    if not isinstance(values, dict):
        raise AppError(
            f"The properties of {model!r} must be a dict, not {type(values).__name__}. They are values to set. Write app.launch(model, properties={{'name': value}})."
        )
    for name in values:
        if name not in type(model)._jsm_prop_order:
            raise UnknownProperty(type(model).__name__, str(name), type(model)._jsm_prop_order)
    before: dict[str, Any] = {}
    try:
        for name, value in values.items():
            before[name] = getattr(model, name)
            model._jsm_set(name, value)
    except BaseException:
        for name, value in before.items():
            model._jsm_set(name, value)
        raise


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
