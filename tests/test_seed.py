"""Each sentence of the text that jsmodel was asked for in, and that it is true.

The tests stand in the order of the text, and each is named after its sentence.
They go through the real doors: a Tornado server in a process of its own, a real
kernel, and Chromium. `docs/seed.md` has the table.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pexpect
import psutil
import pytest
from browser.conftest import App, Jupyter, Tabs, end_process, jupyter_process, open_chromium, open_tabs
from playwright.sync_api import Page, expect

import jsmodel
from jsmodel.server.server import RELOAD_SECONDS

ROOT = Path(__file__).parent.parent
SENTENCES: list[tuple[str, str]] = []  # the sentence, and the test


def sentence(text: str) -> Callable[[Any], Any]:
    """Note which sentence a test is about."""

    def note(test: Any) -> Any:
        SENTENCES.append((text, test.__name__))
        return pytest.mark.browser(test)

    return note


# -- the programs that the tests run

SIMPLISTIC = """
from jsmodel import app, event

class MyModel(app.Model):

    def init(self):
        print("made in Python:", self.foo)

    # Listen for changes of foo in Python
    @event.connect("foo")
    def on_foo(self, *events):
        print("foo in Python:", events[-1].new_value)
        self.tenfold = events[-1].new_value * 10

    class Both:

        # A property that exists on both ends (and is synced)
        @event.prop
        def foo(self, v=0):
            return v

        @event.prop
        def tenfold(self, v=0):
            return v

    class JS:

        # Listen for changes of foo in JS
        @event.connect("foo")
        def on_foo(self, *events):
            print("foo in JS:", events[-1].new_value)
"""

FOO = """
def func1(x):
    return "func1 " + helper1(x)

def helper1(x):
    return "helper1 " + str(x)

def unused1(x):
    return x

class Pair:
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def total(self):
        return self.a + self.b
"""

SCOPE = """
from jsmodel import app, ui
from foo import func1, Pair

def func2(x):
    return "func2 " + str(x)

def unused2():
    return 0

info = {"x": 1, "y": 2}

class Point:
    def __init__(self, x):
        self.x = x

    def double(self):
        return Point(self.x * 2)

class MyModel(ui.Label):

    class JS:

        def init(self):
            point = Point(21).double()
            self.text = f"{func1(1)}, {func2(2)}, {info['x'] + info['y']}, {point.x}, {Pair(3, 4).total()}"

class Lean(ui.Label):

    class JS:

        def init(self):
            self.text = "uses nothing"
"""

RAW = """
from jsmodel import app, ui
from pscript import RawJS

my_js_module = RawJS("({answer: 42, made: (window.timesMade = (window.timesMade || 0) + 1)})")

class MyModel(ui.Label):

    class JS:

        def init(self):
            self.text = f"{my_js_module.answer}, made {window.timesMade} time(s)"

class Other(ui.Label):

    class JS:

        def init(self):
            self.text = f"{my_js_module.made} {window.timesMade}"
"""

WHOLE = """
__pyscript__ = True

start = 3

def add(x):
    return x + start

def never_called_by_anyone():
    return "but here"
"""

USES_WHOLE = """
from jsmodel import app, ui
from whole import add

class MyModel(ui.Label):

    class JS:

        def init(self):
            self.text = f"{add(4)}"
"""

ASSETS = """
from jsmodel import app, ui

js_code = "window.mydep = {greet: (name) => `hello ${name}`};"

# Associate asset
app.assets.associate_asset(__name__, "mydep.js", js_code)

# Sometimes a more lightweight *remote* asset is prefered
app.assets.associate_asset(__name__, "CDN/lib.css")

# Register asset
asset_url = app.assets.add_shared_asset("triple.js", "onmessage = (e) => postMessage(e.data * 3);")

# Create Model (or Widget) that needs the asset at the client
class MyModel(ui.Label):

    class JS:

        def init(self):
            self.text = window.mydep.greet("you")
            self.title = "ask the worker"
            self._listen(self.node, "click", lambda e: self.ask_the_worker(7))

        def ask_the_worker(self, n):
            worker = window.Worker(asset_url)
            worker.onmessage = lambda e: self.show(e.data)
            worker.postMessage(n)

        def show(self, n):
            self.text = f"the worker says {n}"
"""

DATA = """
import numpy as np
from jsmodel import app, event, ui

app.assets.allow_origins("https://data.example")

class MyModel(ui.Widget):

    def init(self):
        # Add session-specific data
        self.own = self.session.add_data("some_name.png", PNG)
        # Add shared data
        self.shared = app.assets.add_shared_data("shared.png", PNG)

    @event.connect("wish")
    def some_method(self, *events):
        if events[-1].new_value == "blob":
            self.send_data(bytes(range(256)) * 4096, {"what": "blob"})
        elif events[-1].new_value == "array":
            self.send_data(np.arange(10, dtype="float32"), {"what": "array"})
        elif events[-1].new_value == "url":
            self.send_data(self.own, {"what": "url"})
        elif events[-1].new_value == "elsewhere":
            self.send_data("https://data.example/lib.css", {"what": "elsewhere"})

    class Both:
        @event.prop
        def own(self, v=""):
            return str(v)

        @event.prop
        def shared(self, v=""):
            return str(v)

        @event.prop
        def wish(self, v=""):
            return str(v)

    class JS:

        def init(self):
            for name in ["blob", "array", "url", "elsewhere"]:
                self.add_button(name)
            self.out = window.document.createElement("output")
            self.node.append(self.out)

        def add_button(self, name):
            button = window.document.createElement("button")
            button.textContent = name
            self._listen(button, "click", lambda e: self.set_wish(name))
            self.node.append(button)

        def set_wish(self, name):
            self.wish = name

        @event.connect("own", "shared")
        def show_images(self, *events):
            for link in [self.own, self.shared]:
                image = window.document.createElement("img")
                image.src = link
                self.node.append(image)

        def receive_data(self, array_buffer, meta_dict):
            # This gets called when the data arrives.
            view = Uint8Array(array_buffer)
            self.out.textContent = f"{meta_dict['what']}: {array_buffer.byteLength} bytes, the last is {view[view.length - 1]}"
"""

PNG = (
    "bytes.fromhex('89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a73000000"
    "144944415478da63fccfc0c0c0c0c4c0c0c0f01f000d0a0103f4d6d6a00000000049454e44ae426082')"
)

COUNTER = """
from jsmodel import app, event, ui

class MyApp(ui.VBox):

    def init(self):
        self.slider = ui.Slider(label="count", max=20)
        self.answer = ui.Label()
        self.note = ui.Label()

    @event.connect("slider.value")
    def on_slider(self, *events):
        self.answer.text = f"Python says {self.slider.value ** 2}"

    class JS:

        @event.connect("slider.value")
        def on_slider_in_js(self, *events):
            self.note.text = f"JS says {self.slider.value * 10}"
"""

STYLE = b"body { word-spacing: 7px }"  # of another site

SERVE = "app.create_server(port=0)\napp.serve({})\napp.start()\n"


# -- the doors


class Program(App):
    """A script in a process of its own, and what it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__(process, "")
        self.lines: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._queue.put(line)
        self._queue.put(None)

    def until(self, pattern: str, seconds: float = 20) -> re.Match[str]:
        """Wait for a line."""
        while True:
            line = self._queue.get(timeout=seconds)
            assert line is not None, f"No line matched {pattern!r}:\n{''.join(self.lines)}"
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def jupyter_server() -> Iterator[Jupyter]:
    with jupyter_process() as server:
        yield server


@pytest.fixture
def tab(chromium: Any, tmp_path: Path) -> Iterator[Tabs]:
    with open_tabs(chromium, tmp_path) as tabs:
        yield tabs


@pytest.fixture
def jupyter(jupyter_server: Jupyter, tab: Tabs) -> Iterator[Jupyter]:
    jupyter_server.tab = tab
    yield jupyter_server
    jupyter_server.end_sessions()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """`run(script=…, foo=…)` writes modules into one folder and runs `script.py`."""
    programs: list[Program] = []

    def start(*args: str, **modules: str) -> Program:
        for name, source in modules.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))
        command = [sys.executable, "-u", *(args or ["script.py"])]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path)
        program = Program(process)
        programs.append(program)
        return program

    yield start
    for program in programs:
        end_process(program.process)


@pytest.fixture
def visit(run: Callable[..., Program], tab: Tabs) -> Callable[..., Page]:
    """`visit('MyModel', script=…)` serves that class and opens its page."""

    def open_page(name: str, **modules: str) -> Page:
        modules["script"] += SERVE.format(name)
        program = run(**modules)
        program.url = program.until(rf"(http://\S+/{name})\b")[1]
        page = tab.open(program.url)
        expect(page.locator(".jsm-view")).to_have_attribute("data-status", "live")
        page.program = program  # type: ignore[attr-defined]
        return page

    return open_page


@pytest.fixture
def headless_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let launch() find a browser that needs no screen."""
    from jsmodel.server.runtimes import find_chromium

    program = tmp_path / "browser"
    program.write_text(
        f"#!/bin/sh\nexec {find_chromium()} --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
        f'--disable-component-update --disable-sync --user-data-dir={tmp_path}/profile --remote-debugging-port=0 "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{program} %s &")


class Prompt:
    """IPython, and somebody who types."""

    def __init__(self, folder: Path, tab: Tabs) -> None:
        self._tab = tab
        self._opened = folder / "opened"
        program = folder / "note-the-address"
        program.write_text(f'#!/bin/sh\necho "$1" >> {self._opened}\n')
        program.chmod(0o755)
        env = {**os.environ, "BROWSER": f"{program} %s", "HOME": str(folder), "TERM": "dumb"}
        flags = ["--simple-prompt", "--no-banner", "--no-confirm-exit", "--colors=NoColor"]
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "IPython", *flags],
            env=env,
            cwd=str(folder),
            encoding="utf-8",
            timeout=20,
            echo=False,
        )
        self.child.expect_exact("In [1]: ")
        self._count = 1

    def type(self, code: str, expected: str = "") -> None:
        """Type a statement, and wait for the next prompt."""
        for line in code.split("\n"):
            self.child.sendline(line)
        if "\n" in code:
            self.child.sendline("")
        self._count += 1
        self.child.expect_exact(f"In [{self._count}]: ")
        assert expected in str(self.child.before)

    def page(self) -> Page:
        """The page that was opened."""
        end = time.monotonic() + 20
        while not (self._opened.exists() and self._opened.read_text().strip()):
            assert time.monotonic() < end, "no page was opened"
            time.sleep(0.05)
        return self._tab.open(self._opened.read_text().split()[-1])


@pytest.fixture
def prompt(tmp_path: Path, tab: Tabs) -> Iterator[Prompt]:
    prompt = Prompt(tmp_path, tab)
    yield prompt
    prompt.child.close(force=True)


@pytest.fixture(scope="module")
def cdn() -> Iterator[str]:
    """Another site, which has a style sheet and lets everybody read it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/css")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(STYLE)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that no page tells of."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def js_of(page: Page) -> str:
    """All JS that a page has loaded, but for the runtime."""
    urls = page.evaluate(
        "() => performance.getEntriesByType('resource').map(e => e.name).filter(n => n.endsWith('.js'))"
    )
    texts = [page.request.get(url).text() for url in urls]
    return "\n".join(
        text for text in texts if "jsmodel.module(" in text[:20_000] and not text.startswith('"use strict"')
    )


# -- App introduction


@sentence("The app module implements the connection between Python and JavaScript.")
def test_the_app_module_implements_the_connection_between_python_and_javascript(visit):
    page = visit("MyApp", script=COUNTER)
    page.get_by_label("count").press("ArrowRight")
    expect(page.get_by_text("JS says 10", exact=True)).to_be_visible()
    expect(page.get_by_text("Python says 1", exact=True)).to_be_visible()


@sentence(
    "It runs a web server and websocket server based on Tornado, provides an asset (and data) management system, and provides the Model class, "
    "which allows definition of objects that have both a Python and JavaScript representation, forming the basis for widgets etc."
)
def test_it_runs_a_web_and_websocket_server_based_on_tornado_and_provides_assets_data_and_model(run, tab):
    script = """
    import tornado.web, tornado.websocket
    from jsmodel import app, ui

    app.assets.associate_asset(__name__, "answer.js", "window.answer = 42;")
    link = app.assets.add_shared_data("shared.png", PNG)

    class Picture(ui.Widget):
        class JS:
            def init(self):
                image = window.document.createElement("img")
                image.src = link
                image.title = f"the answer is {window.answer}"
                self.node.append(image)

    server = app.create_server(port=0)
    assert isinstance(server.application, tornado.web.Application)
    rules = [rule for router in server.application.default_router.rules for rule in router.target.rules]
    kinds = [issubclass(rule.target, tornado.websocket.WebSocketHandler) for rule in rules]
    print("handlers:", kinds.count(False) > 2, kinds.count(True))
    print("widgets are models:", issubclass(ui.Slider, app.Model))
    app.serve(Picture)
    app.start()
    """
    program = run(script=script.replace("PNG", PNG))
    program.until("handlers: True 1")
    program.until("widgets are models: True")
    page = tab.open(program.until(r"(http://\S+/Picture)\b")[1])
    expect(page.locator(".jsm-view")).to_have_attribute("data-status", "live")
    image = page.get_by_title("the answer is 42")
    image.evaluate("node => node.decode()")
    assert image.evaluate("node => [node.naturalWidth, node.naturalHeight]") == [2, 2]
    answer = page.request.get(image.evaluate("node => node.src"))
    assert answer.headers["content-type"] == "image/png"
    assert answer.body() == eval(PNG)


# -- Writing code with the Model class


@sentence("An application will typically consists of a custom Model class (or Widget).")
def test_an_application_consists_of_a_custom_model_class_or_widget(visit):
    script = SIMPLISTIC + COUNTER + "app.serve(MyModel)\n"
    page = visit("MyApp", script=script)
    expect(page.get_by_label("count")).to_be_visible()  # a widget
    page.goto(page.program.url.replace("MyApp", "MyModel"))
    expect(page.get_by_label("foo")).to_be_visible()  # a model without a node shows its properties


@sentence("In the class, one can define Python behavior, JavaScript behavior, define properties etc.")
def test_in_the_class_one_defines_python_behavior_javascript_behavior_and_properties(visit):
    page = visit("MyModel", script=SIMPLISTIC)
    page.program.until("made in Python: 0")
    with page.expect_console_message(lambda m: "foo in JS: 5" in m.text):
        page.get_by_label("foo").fill("5")
    page.program.until("foo in Python: 5")


@sentence(
    "Using the event system explained in flexx.event, one can listen for events on either side (Python or JavaScript)."
)
def test_one_can_listen_for_events_on_either_side(visit):
    script = """
    from jsmodel import app, event, ui

    class Both(ui.VBox):
        def init(self):
            self.button = ui.Button(text="press")
            self.one = ui.Label()
            self.two = ui.Label()

        @event.connect("button.clicked")
        def in_python(self, *events):
            self.one.text = f"Python heard {len(events)} from a {events[0].origin}"

        class JS:
            @event.connect("button.clicked")
            def in_js(self, *events):
                self.two.text = f"JS heard {len(events)} from a {events[0].origin}"
    """
    page = visit("Both", script=textwrap.dedent(script))
    page.get_by_role("button", name="press").click()
    expect(page.get_by_text("JS heard 1 from a user")).to_be_visible()
    expect(page.get_by_text(re.compile("Python heard 1 from a (user|js)"))).to_be_visible()


@sentence("Check out the examples and this simplistic code:")
def test_check_out_the_examples_and_this_simplistic_code(visit, jupyter):
    assert (ROOT / "notebooks" / "01_hello.ipynb").exists()
    page = visit("MyModel", script=SIMPLISTIC)
    with page.expect_console_message(lambda m: "foo in JS: 3" in m.text):
        page.get_by_label("foo").fill("3")
    page.program.until("foo in Python: 3")
    expect(page.get_by_label("tenfold")).to_have_value("30")
    book = jupyter.open([SIMPLISTIC + "\napp.init_notebook()", "MyModel()"])
    book.run_all()
    view = book.live_view(1)
    with book.page.expect_console_message(lambda m: "foo in JS: 4" in m.text):
        view.get_by_label("foo").fill("4")
    expect(view.get_by_label("tenfold")).to_have_value("40")


# -- The scope of modules


@sentence("The above demonstrates how one can write code that is executed in JavaScript.")
def test_the_above_is_executed_in_javascript(visit):
    page = visit("MyModel", script=SIMPLISTIC)
    page.program.url = ""
    page.context.set_offline(True)  # Python cannot be asked any more
    with page.expect_console_message(lambda m: "foo in JS: 8" in m.text):
        page.get_by_label("foo").fill("8")


@sentence(
    "In this code, you can make use of functions, classes, and values that are defined in the same module (as long as they can be transpiled / serialized)."
)
def test_js_code_uses_functions_classes_and_values_of_its_module(visit, run):
    page = visit("MyModel", script=SCOPE, foo=FOO)
    expect(page.get_by_text("func1 helper1 1, func2 2, 3, 42, 7")).to_be_visible()
    program = run(script=SCOPE.replace('info = {"x": 1, "y": 2}', "info = open(__file__)") + SERVE.format("MyModel"))
    found = program.until("ScopeError: (.*)")[1]
    assert "'info'" in found and "script.py, line" in found
    assert "an open file, which only Python can read" in found


@sentence("For every Python module that defines code that is used in JS, a corresponding JS module is created.")
def test_every_python_module_with_code_used_in_js_has_a_js_module(visit):
    page = visit("MyModel", script=SCOPE, foo=FOO)
    modules = set(re.findall(r'jsmodel\.module\("([\w.]+)"', js_of(page)))
    assert {"__main__", "foo"} <= modules
    assert all(name.startswith("jsmodel") for name in modules - {"__main__", "foo"})


@sentence(
    "Flexx detects what variable names are used in the JS code, but not declared in it, and tries to find the corresponding object in the module."
)
def test_names_that_are_used_and_not_declared_are_found_in_the_module(visit, run):
    text = js_of(visit("MyModel", script=SCOPE, foo=FOO))
    assert "$m.info = " in text and "$m.func2 = " in text
    program = run(script=SCOPE.replace("func2(2)", "fnuc2(2)") + SERVE.format("MyModel"))
    found = program.until("ScopeError: (.*)")[1]
    assert "'fnuc2'" in found
    assert "Did you mean 'func2'?" in found


@sentence("You can even import functions/classes from other modules.")
def test_functions_and_classes_are_imported_from_other_modules(visit):
    page = visit("MyModel", script=SCOPE, foo=FOO)
    expect(page.get_by_text("func1 helper1 1, func2 2, 3, 42, 7")).to_be_visible()


@sentence(
    "In the code above, Flexx will include the definition of func2 and info in the same module that defines MyModel, and include func1 in the JS module foo."
)
def test_what_is_defined_here_is_in_this_js_module_and_func1_in_that_of_foo(visit):
    text = js_of(visit("MyModel", script=SCOPE, foo=FOO))
    parts = re.split(r"jsmodel\.module\(", text)
    here = "\n".join(part for part in parts if part.startswith('"__main__"'))
    there = "\n".join(part for part in parts if part.startswith('"foo"'))
    assert "$m.func2 = " in here and "$m.info = " in here and "$m.func1 = " not in here
    assert "$m.func1 = " in there and "$m.helper1 = " in there and "$m.func2" not in there


@sentence("If the JS in MyModel would not use these functions, neither definition would be included in the JavaScript.")
def test_what_is_not_used_is_not_included(visit):
    used = js_of(visit("MyModel", script=SCOPE, foo=FOO))
    assert "unused1" not in used and "unused2" not in used
    lean = js_of(visit("Lean", script=SCOPE, foo=FOO))
    assert "uses nothing" in lean
    assert not re.search("func1|func2|info|Point|Pair", lean)


@sentence("A useful feature is that the RawJS class from PyScript can be used in modules to define objects in JS:")
def test_rawjs_defines_an_object_in_js_once_and_shares_it(visit):
    script = RAW + "\nclass Two(ui.VBox):\n    def init(self):\n        MyModel()\n        Other()\n"
    page = visit("Two", script=script)
    expect(page.get_by_text("42, made 1 time(s)")).to_be_visible()
    expect(page.get_by_text("1 1", exact=True)).to_be_visible()


@sentence("One can also assign __pyscript__ = True to a module to make Flexx transpile a module as a whole.")
def test_a_module_with_pyscript_true_is_transpiled_as_a_whole(visit):
    page = visit("MyModel", script=USES_WHOLE, whole=WHOLE)
    expect(page.get_by_text("7", exact=True)).to_be_visible()
    assert "never_called_by_anyone" in js_of(page)


@sentence("A downside is that (at the moment) such modules cannot use import.")
def test_such_modules_use_import_or_are_refused_in_words(visit, run):
    whole = WHOLE.replace("start = 3", "from deeper import start")
    page = visit("MyModel", script=USES_WHOLE, whole=whole, deeper="__pyscript__ = True\n\nstart = 10 * 3\n")
    expect(page.get_by_text("34", exact=True)).to_be_visible()
    program = run(
        script=USES_WHOLE + SERVE.format("MyModel"),
        whole="import socket\n" + WHOLE + "\ndef f():\n    return socket.socket()\n",
    )
    found = program.until("(ScopeError|TranspileError): (.*)")[2]
    assert "whole.f uses 'socket.socket' (whole.py, line " in found
    assert "this code runs in the browser and 'socket' of Python's own library is not there. Use window." in found


@pytest.mark.browser
def test_the_scope_of_modules_is_the_same_in_a_notebook(jupyter):
    (jupyter.root / "foo.py").write_text(FOO)
    (jupyter.root / "whole.py").write_text(WHOLE)
    init = "from jsmodel import app\napp.init_notebook()"
    book = jupyter.open([init, SCOPE, "MyModel()", "Lean()", RAW, "MyModel()", "Other()", USES_WHOLE, "MyModel()"])
    book.run_all()
    expect(book.live_view(2).get_by_text("func1 helper1 1, func2 2, 3, 42, 7")).to_be_visible()
    expect(book.live_view(3).get_by_text("uses nothing")).to_be_visible()
    expect(book.live_view(5).get_by_text("42, made 1 time(s)")).to_be_visible()
    expect(book.live_view(6).get_by_text("1 1", exact=True)).to_be_visible()
    expect(book.live_view(8).get_by_text("7", exact=True)).to_be_visible()


# -- Making an app


@sentence("A Model class can be made into an application by passing it to app.serve.")
def test_a_model_class_is_made_an_application_by_serve(visit):
    page = visit("MyApp", script=COUNTER)
    expect(page).to_have_title("MyApp")
    expect(page.get_by_label("count")).to_be_visible()


@sentence(
    "This registers the application, so that clients can connect to the app based on its name (or using a custom name specified in app.serve())."
)
def test_clients_connect_by_the_name_or_by_a_custom_name(visit):
    page = visit("MyApp", script=COUNTER + "app.serve(MyApp, 'my-own_name')\n")
    page.goto(page.program.url.replace("MyApp", "my-own_name"))
    expect(page.get_by_label("count")).to_be_visible()
    answer = page.request.get(page.program.url.replace("MyApp", "no_such_app"))
    assert answer.status == 404


@sentence("One instance of this class is created per connection.")
def test_one_instance_is_created_per_connection(visit, tab):
    one = visit("MyApp", script=COUNTER)
    two = tab.open(one.program.url)
    one.get_by_label("count").press("End")
    expect(one.get_by_text("Python says 400")).to_be_visible()
    two.get_by_label("count").press("ArrowRight")
    expect(two.get_by_text("Python says 1", exact=True)).to_be_visible()
    expect(one.get_by_text("Python says 400")).to_be_visible()


@sentence("Multiple apps can be hosted from the same process simply be specifying more app classes.")
def test_more_apps_are_hosted_by_specifying_more_classes(visit, tab):
    page = visit(
        "MyApp",
        script=COUNTER + "class Hello(ui.Label):\n    def init(self):\n        self.text = 'hello'\napp.serve(Hello)\n",
    )
    expect(tab.open(page.program.url.replace("MyApp", "Hello")).get_by_text("hello")).to_be_visible()
    index = tab.open(page.program.url.replace("MyApp", ""))
    expect(index.get_by_role("link")).to_have_text(["Hello", "MyApp"])


@sentence(
    "To connect to the application corresponding to the MyApp class, one should connect to “http://domain:port/MyApp”."
)
def test_myapp_is_at_http_domain_port_myapp(visit):
    page = visit("MyApp", script=COUNTER)
    assert re.fullmatch(r"http://localhost:\d+/MyApp", page.url)


LAUNCH = """
my_app = app.launch(MyApp, {runtime!r})
print("launched:", my_app.slider.value, flush=True)
my_app.connect("note.text", lambda *events: print("answer:", events[-1].new_value, flush=True))
my_app.slider.value = 6
print("connected:", len(my_app.session.clients), flush=True)
app.{verb}()
print("ended", flush=True)
"""


@sentence(
    "An app can also be launched (via app.launch()), which will invoke a client webruntime which is connected to the returned app object."
)
def test_launch_invokes_a_runtime_that_is_connected_to_the_returned_object(run, monkeypatch, headless_browser):
    program = run(script=COUNTER + LAUNCH.format(runtime="browser", verb="start"))
    program.until("launched: 0")
    program.until("connected: 1")
    program.until("answer: JS says 60")


@sentence("This is the intended way to launch desktop-like apps.")
def test_launch_shows_a_window_of_its_own(run, monkeypatch, headless_browser):
    monkeypatch.setenv("JSMODEL_BROWSER_ARGS", "--headless --disable-gpu")
    program = run(script=COUNTER + LAUNCH.format(runtime="app", verb="start"))
    program.until("launched: 0")
    program.until("connected: 1")
    program.until("answer: JS says 60")
    arguments = []
    for process in psutil.Process(program.process.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            arguments += process.cmdline()
    assert any(argument.startswith("--app=") for argument in arguments)


@sentence("An app can also be exported to HTML via app.export().")
def test_an_app_is_exported_to_html(run, tab, tmp_path):
    run(script=COUNTER + "print(app.export(MyApp, 'out.html', {'title': 'Exported'}))\n").until("out.html")
    page = open_from_disk(tab, tmp_path / "out.html")
    page.get_by_label("count").press("ArrowRight")
    expect(page.get_by_text("JS says 10", exact=True)).to_be_visible()


@sentence(
    "One can create a drectory structure that contains multiple exported apps that share assets, or export apps as standalone html documents."
)
def test_several_exported_apps_share_assets_or_stand_alone(run, tab, tmp_path):
    script = (
        COUNTER
        + """
class Second(MyApp):
    pass

for n in range(4):
    for cls in (MyApp, Second):
        app.export(cls, f"link{n}/{cls.__name__}.html", link=n)
print("exported")
"""
    )
    for n in range(4):
        (tmp_path / f"link{n}").mkdir()
    run(script=script).until("exported")
    assert sorted(p.name for p in (tmp_path / "link0").iterdir()) == ["MyApp.html", "Second.html"]
    for n in range(4):
        page = open_from_disk(tab, tmp_path / f"link{n}" / "Second.html")
        page.get_by_label("count").press("End")
        expect(page.get_by_text("JS says 200")).to_be_visible()
    shared = [p for p in (tmp_path / "link2").rglob("*.js")]
    pages = [(tmp_path / "link2" / name).read_text() for name in ("MyApp.html", "Second.html")]
    assert any(all(file.name in page for page in pages) for file in shared)


def open_from_disk(tab: Tabs, file: Path) -> Page:
    """Open a file with the network off."""
    tab.offline()
    return tab.open(file.as_uri())


# -- Starting the server


@sentence("Use app.start() to enter the mainloop for the server.")
def test_start_enters_the_mainloop_of_the_server(visit, tab):
    page = visit(
        "MyApp",
        script=COUNTER.replace(
            "class MyApp", "import atexit\natexit.register(lambda: print('the loop has ended'))\nclass MyApp"
        ),
    )
    program = page.program
    page.close()  # the last page goes, and it goes on, for longer than run() would
    time.sleep(RELOAD_SECONDS + 2)
    assert program.process.poll() is None
    again = tab.open(program.url)
    again.get_by_label("count").press("ArrowRight")
    expect(again.get_by_text("Python says 1", exact=True)).to_be_visible()
    program.process.terminate()
    program.until("the loop has ended")


@sentence(
    "For desktop applications you can use [app.run()], which does what start() does, except the main loop exits when there are no more connections "
    "(i.e. the server stops when the (last) window is closed)."
)
def test_run_ends_when_the_last_window_is_closed(run, tab):
    program = run(script=COUNTER + "app.create_server(port=0)\napp.serve(MyApp)\napp.run()\nprint('ended')\n")
    url = program.until(r"(http://\S+/MyApp)\b")[1]
    one, two = tab.open(url), tab.open(url)
    for page in (one, two):
        expect(page.get_by_label("count")).to_be_visible()
    one.close()
    two.reload()
    expect(two.get_by_label("count")).to_be_visible()
    assert program.process.poll() is None
    two.close()
    program.until("ended")


# -- Interactive use


@sentence("Further, Flexx can be used interactively, from an IDE or from the Jupyter notebook.")
def test_it_is_used_interactively_from_a_prompt_or_a_notebook(prompt, jupyter):
    prompt.type("from jsmodel import app, ui")
    prompt.type("app.init_interactive()")
    page = prompt.page()
    prompt.type("ui.Label(text='from the prompt')")
    expect(page.get_by_text("from the prompt")).to_be_visible()
    book = jupyter.open(["from jsmodel import app, ui\napp.init_notebook()", "ui.Label(text='from the notebook')"])
    book.run_all()
    expect(book.live_view(1).get_by_text("from the notebook")).to_be_visible()


@sentence(
    "Use app.init_interactive() to launch a runtime in the same way as app.launch(), except one can now interactively (re)define models and widgets, "
    "and make them appear in the runtime/browser."
)
def test_models_are_redefined_interactively_and_appear_in_the_runtime(prompt):
    prompt.type("from jsmodel import app, ui")
    prompt.type("app.init_interactive()")
    page = prompt.page()
    for word in ("first", "second"):
        prompt.type(
            "class Shout(ui.Label):\n    class JS:\n        def init(self):\n            self.text = 'the "
            + word
            + " class'\n"
        )
        prompt.type("Shout()")
        expect(page.get_by_text(f"the {word} class").last).to_be_visible()
    prompt.type("1 + 1", "2")  # and the prompt is free


@sentence(
    "In the IPython/Jupyter notebook, the user needs to run init_notebook() which will inject the necessary JS and CSS."
)
def test_init_notebook_injects_the_js_and_css(jupyter):
    for face in ("lab", "notebook"):
        book = jupyter.open([COUNTER, "app.init_notebook()", "MyApp()"], face=face)
        book.run_all()
        expect(book.output(1)).to_contain_text("connected")
        view = book.live_view(2)
        view.get_by_label("count").press("ArrowRight")
        expect(view.get_by_text("Python says 1", exact=True)).to_be_visible()
        assert view.evaluate("node => [...document.querySelectorAll('style[data-jsmodel]')].length") > 0


@sentence(
    "Simple widgets (e.g. buttons) will display just fine, but for other widgets you might want to use SomeWidget(style='height:300px') to specify its size."
)
def test_simple_widgets_display_as_they_are_and_others_take_a_height(jupyter):
    book = jupyter.open(
        [
            "from jsmodel import app, ui\napp.init_notebook()",
            "ui.Button(text='just fine')",
            "ui.Widget(style='height:300px')",
        ]
    )
    book.run_all()
    button = book.live_view(1).get_by_role("button", name="just fine").bounding_box()
    assert button is not None and 15 < button["height"] < 80 and button["width"] > 30
    box = book.live_view(2).locator(".jsm-Widget").bounding_box()
    assert box is not None and box["height"] == 300


# -- Asset management


@sentence(
    "When writing code that relies on a certain JS or CSS library, that library can be loaded in the client by associating it with the module that needs it."
)
def test_a_library_is_loaded_by_associating_it_with_the_module_that_needs_it(visit, cdn):
    page = visit("MyModel", script=ASSETS.replace("CDN", cdn))
    expect(page.get_by_text("hello you")).to_be_visible()


@sentence("Flexx will then automatically load it when code from that module is used in JS:")
def test_it_is_loaded_when_code_of_that_module_is_used_and_not_otherwise(visit, cdn):
    main = """
    import sys
    from jsmodel import app, ui
    from assets import MyModel

    class Other(ui.Label):
        def init(self):
            self.text = "no library here"
    """
    modules = {"script": textwrap.dedent(main) + "app.serve(MyModel)\n", "assets": ASSETS.replace("CDN", cdn)}
    page = visit("Other", **modules)
    expect(page.get_by_text("no library here")).to_be_visible()
    assert page.evaluate("() => typeof window.mydep") == "undefined"
    page.goto(page.program.url.replace("Other", "MyModel"))
    expect(page.get_by_text("hello you")).to_be_visible()
    assert page.evaluate("() => typeof window.mydep") == "object"


@sentence("Sometimes a more lightweight *remote* asset is prefered")
def test_a_remote_asset_is_loaded_by_the_page_from_the_other_site(visit, jupyter, cdn):
    script = ASSETS.replace("CDN", cdn)
    page = visit("MyModel", script=script)
    book = jupyter.open(["from jsmodel import app\napp.init_notebook()", script, "MyModel()"])
    book.run_all()
    for view in (page, book.live_view(2)):
        expect(view.get_by_text("hello you")).to_have_css("word-spacing", "7px")
    for each in (page, book.page):
        loaded = each.evaluate("() => performance.getEntriesByType('resource').map(entry => entry.name)")
        assert f"{cdn}/lib.css" in loaded


@sentence(
    "It is also possible to provide assets that are not automatically loaded on the main app page, e.g. for sub-pages or web workers:"
)
def test_a_shared_asset_is_not_loaded_by_itself_and_serves_a_web_worker(visit, jupyter, cdn):
    asked: list[str] = []
    page = visit("MyModel", script=ASSETS.replace("CDN", cdn))
    page.on("request", lambda request: asked.append(request.url))
    assert "e.data * 3" not in js_of(page)
    page.get_by_text("hello you").click()
    expect(page.get_by_text("the worker says 21")).to_be_visible()
    assert len([url for url in asked if url.endswith(".js")]) == 1
    book = jupyter.open(["from jsmodel import app\napp.init_notebook()", ASSETS.replace("CDN", cdn), "MyModel()"])
    book.run_all()
    book.live_view(2).get_by_text("hello you").click()
    expect(book.view(2).get_by_text("the worker says 21")).to_be_visible()


# -- Data management


@sentence("Data can be provided per session or shared between sessions:")
def test_data_is_provided_per_session_or_shared(visit, tab, jupyter):
    script = DATA.replace("PNG", PNG)
    page = visit("MyModel", script=script)
    expect(page.locator("img")).to_have_count(2)
    other = tab.open(page.program.url)
    expect(other.locator("img")).to_have_count(2)
    sizes = "nodes => nodes.map(node => [node.naturalWidth, node.naturalHeight])"
    links = [[img.get_attribute("src") for img in each.locator("img").all()] for each in (page, other)]
    assert links[0][0] != links[1][0]  # its own
    assert links[0][1] == links[1][1]  # shared
    book = jupyter.open(["from jsmodel import app\napp.init_notebook()", script, "MyModel()"])
    book.run_all()
    expect(book.live_view(2).locator("img")).to_have_count(2)
    for each in (page, other, book.view(2)):
        each.locator("img").last.evaluate("node => node.decode()")
        assert each.locator("img").evaluate_all(sizes) == [[2, 2], [2, 2]]
    own, shared = other.locator("img").evaluate_all("nodes => nodes.map(node => node.src)")
    status = lambda url: page.request.get(url).status  # noqa: E731
    assert (status(own), status(shared)) == (200, 200)
    token = re.search(r"_jsm/data/([^/]+)/", own)[1]  # type: ignore[index]
    assert status(own.replace(token, token[::-1])) == 404
    other.close()
    until(lambda: status(own) == 404)  # its session has ended, and what was its own went with it
    assert status(shared) == 200
    assert status(page.locator("img").first.evaluate("node => node.src")) == 200


@sentence("Futher, it is possible to send data from Python to JS within a model class:")
def test_data_is_sent_from_python_to_js_within_a_model_class(visit, jupyter):
    script = DATA.replace("PNG", PNG)
    page = visit("MyModel", script=script)
    book = jupyter.open(["from jsmodel import app\napp.init_notebook()", script, "MyModel()"])
    book.run_all()
    for each in (page, book.live_view(2)):
        each.get_by_role("button", name="blob").click()
        expect(each.get_by_text("blob: 1048576 bytes, the last is 255")).to_be_visible()
        each.get_by_role("button", name="array").click()
        expect(each.get_by_text("array: 40 bytes, the last is 65")).to_be_visible()


@sentence("In this case, binary_blob can also be a URL where the client should download the binary data from.")
def test_the_blob_can_be_a_url_that_the_client_downloads(visit, jupyter, cdn):
    script = DATA.replace("PNG", PNG).replace("https://data.example", cdn)
    page = visit("MyModel", script=script)
    book = jupyter.open(["from jsmodel import app\napp.init_notebook()", script, "MyModel()"])
    book.run_all()
    size = len(eval(PNG))
    for each in (page, book.live_view(2)):
        each.get_by_role("button", name="url").click()
        expect(each.get_by_text(f"url: {size} bytes, the last is 130")).to_be_visible()
        each.get_by_role("button", name="elsewhere").click()
        expect(each.get_by_text(f"elsewhere: {len(STYLE)} bytes, the last is {STYLE[-1]}")).to_be_visible()


# -- Some background info on the server process


@sentence(
    "Each server process hosts on a single URL (domain+port), but can serve multiple applications (via different paths)."
)
def test_a_process_hosts_on_a_single_url_and_serves_several_applications(run):
    program = run(script=COUNTER + "class Second(MyApp):\n    pass\napp.serve(Second)\n" + SERVE.format("MyApp"))
    urls = sorted(program.until(r"(http://\S+)/(\w+)\b").groups() for _ in range(2))
    assert {url for url, _ in urls} == {urls[0][0]}
    assert [name for _, name in urls] == ["MyApp", "Second"]
    ports = {
        c.laddr.port for c in psutil.Process(program.process.pid).net_connections() if c.status == psutil.CONN_LISTEN
    }
    assert len(ports) == 1


@sentence("Each process uses one tornado IOLoop, and exactly one Tornado Application object.")
def test_a_process_uses_one_ioloop_and_exactly_one_application(visit):
    count = """
import asyncio, gc, tornado.ioloop, tornado.web

class Count(ui.Label):
    def init(self):
        applications = [o for o in gc.get_objects() if isinstance(o, tornado.web.Application)]
        loops = [o for o in gc.get_objects() if isinstance(o, asyncio.AbstractEventLoop) and o.is_running()]
        ioloops = [o for o in gc.get_objects() if isinstance(o, tornado.ioloop.IOLoop)]
        ours = [o.asyncio_loop for o in ioloops] == loops
        self.text = f"{len(loops)} loop, {len(ioloops)} ioloop, {ours}, {len(applications)} application"

app.serve(Count)
"""
    page = visit("MyApp", script=COUNTER + count)
    page.goto(page.program.url.replace("MyApp", "Count"))
    expect(page.get_by_text("1 loop, 1 ioloop, True, 1 application")).to_be_visible()


@sentence(
    "When a client connects to the server, it is served an HTML page, which contains the information needed to connect to a websocket."
)
def test_a_client_is_served_a_page_with_what_it_needs_to_open_the_websocket(visit):
    page = visit("MyApp", script=COUNTER)
    answer = page.request.get(page.program.url)
    assert answer.headers["content-type"].startswith("text/html")
    config = json.loads(re.search(r'id="jsmodel-config">(.*?)</script>', answer.text(), re.DOTALL)[1])  # type: ignore[index]
    assert config["ws"] == "MyApp/ws"
    assert config["ticket"]


@sentence("From there, all communication happens over this websocket.")
def test_from_there_all_communication_happens_over_the_websocket(run, tab):
    program = run(script=COUNTER + SERVE.format("MyApp"))
    url = program.until(r"(http://\S+/MyApp)\b")[1]
    page = tab.open()
    requests: list[str] = []
    sockets: list[Any] = []
    frames: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on(
        "websocket",
        lambda ws: (
            sockets.append(ws),
            ws.on("framesent", lambda _: frames.append("sent")),
            ws.on("framereceived", lambda _: frames.append("received")),
        ),
    )
    page.goto(url)
    expect(page.get_by_label("count")).to_be_visible()
    before = len([r for r in requests if r.startswith("http")])
    for _ in range(5):
        page.get_by_label("count").press("ArrowRight")
    expect(page.get_by_text("Python says 25")).to_be_visible()
    assert len(sockets) == 1
    assert len([r for r in requests if r.startswith("http")]) == before
    assert "sent" in frames and "received" in frames


# -- the table


def test_docs_seed_md_is_the_table_of_these_sentences_and_tests():
    rows = re.findall(
        r"^\| (\d+) \| (.*?) \| `(\w+)` \| ([\d.]+) \|$",
        (ROOT / "docs" / "seed.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert [(text, test) for _, text, test, _ in rows] == SENTENCES
    assert [int(number) for number, *_ in rows] == list(range(1, len(SENTENCES) + 1))
    assert all(release(since) <= release(jsmodel.__version__) for *_, since in rows)


def release(version: str) -> tuple[int, ...]:
    """The numbers of a version, to compare it with others."""
    return tuple(int(part) for part in re.match(r"\d+(\.\d+)*", version)[0].split("."))  # type: ignore[index]
