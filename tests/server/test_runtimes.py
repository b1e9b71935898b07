"""Desktop windows: the process of the window, how it ends, and what it may show.

Its place in these tests takes a module `webview` with the few names of pywebview's
that we use; it shows pages in a Chromium without a window. What is ours is ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from jsmodel.server import runtimes
from jsmodel.server.desktop import Fence
from jsmodel.server.errors import NoRuntime
from jsmodel.server.runtimes import check_runtime, find_chromium

WEBVIEW = """
import json, os, subprocess, tempfile, threading

settings = {}
window = None

class Loaded:
    def __init__(self):
        self.handlers = []

    def __iadd__(self, handler):
        self.handlers.append(handler)
        return self

class Window:
    def __init__(self, title, url, **more):
        self.events = type('Events', (), {'loaded': Loaded()})()
        self.title, self.url, self.more = title, url, more
        self.ended = threading.Event()

    def get_current_url(self):
        return self.url

    def load_url(self, url):
        self.url = url

    def destroy(self):
        self.ended.set()

def create_window(title, url, **more):
    global window
    window = Window(title, url, **more)
    return window

def start(**more):
    trouble = os.environ.get('WEBVIEW_TROUBLE')
    if trouble:
        raise RuntimeError(trouble)
    with open(os.environ['WEBVIEW_LOG'], 'w') as file:
        json.dump({'title': window.title, 'window': window.more, 'start': more, 'settings': settings, 'pid': os.getpid()}, file)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync', '--remote-debugging-port=0']
        flags += ['--disable-background-networking', '--disable-component-update', '--user-data-dir=' + profile]
        browser = subprocess.Popen([os.environ['WEBVIEW_CHROMIUM'], *flags, window.url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for handler in window.events.loaded.handlers:
            handler()
        window.ended.wait()
        browser.terminate()
        browser.wait()
"""

PROGRAM = """
import sys, threading, time
from jsmodel import app, event

class Counter(app.Model):
    class Both:
        @event.prop
        def count(self, v=0):
            return int(v)

app.create_server(port=0)
"""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Call it with the rest of a program that has a Counter, and variables of the environment."""
    (tmp_path / "webview.py").write_text(WEBVIEW)
    programs: list[subprocess.Popen[str]] = []

    def begin(body: str, **env: str) -> subprocess.Popen[str]:
        (tmp_path / "program.py").write_text(PROGRAM + textwrap.dedent(body))
        more = {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "WEBVIEW_CHROMIUM": find_chromium() or "",
            "WEBVIEW_LOG": str(tmp_path / "log.json"),
            "QT_QPA_PLATFORM": "offscreen",
        }
        programs.append(
            subprocess.Popen(
                [sys.executable, "-u", "program.py"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=tmp_path,
                env={**os.environ, **more, **env},
            )
        )
        return programs[-1]

    yield begin
    for one in programs:
        if one.poll() is None:
            for child in psutil.Process(one.pid).children(recursive=True):
                child.kill()
            one.kill()
        one.communicate()


def output_of(process: subprocess.Popen[str]) -> str:
    return process.communicate(timeout=60)[0]


@pytest.mark.browser
def test_a_desktop_window_connects_and_is_closed_with_the_server(
    run: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    output = output_of(
        run("""
            counter = app.launch(Counter, 'desktop')
            print('connected', flush=True)
            threading.Timer(0.5, app.stop).start()
            app.run()
            print('ended')
        """)
    )
    assert "connected" in output and "ended" in output
    told = json.loads((tmp_path / "log.json").read_text())
    assert not psutil.pid_exists(told["pid"])
    assert told["title"] == "Counter"
    assert "js_api" not in told["window"]
    assert told["start"] == {"private_mode": True, "debug": False}
    assert told["settings"] == {
        "ALLOW_DOWNLOADS": False,
        "ALLOW_FILE_URLS": False,
        "OPEN_EXTERNAL_LINKS_IN_BROWSER": True,
    }


@pytest.mark.browser
def test_run_ends_when_the_window_is_closed_and_nobody_sees_its_token(
    run: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = run("""
        app.launch(Counter, 'desktop')
        print('connected', flush=True)
        app.run()
        print('ended')
    """)
    assert process.stdout is not None
    end = threading.Timer(60, process.kill)
    end.start()
    token = ""
    for line in process.stdout:
        token = (re.findall(r"launch=(\S+)", line) or [token])[0]
        if "connected" in line:
            break
    end.cancel()
    window = psutil.Process(json.loads((tmp_path / "log.json").read_text())["pid"])
    assert token and token not in " ".join(window.cmdline() + list(window.environ().values()))
    for each in (*window.children(recursive=True), window):  # close the browser that plays the window, and the window
        with contextlib.suppress(psutil.NoSuchProcess):  # the end of one may be that of others
            each.terminate()
    assert "ended" in output_of(process)
    assert process.returncode == 0


@pytest.mark.browser
def test_no_window_outlives_its_program(run: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    process = run("app.launch(Counter, 'desktop')\nprint('connected', flush=True)\napp.run()")
    assert process.stdout is not None
    end = threading.Timer(60, process.kill)
    end.start()
    assert any("connected" in line for line in process.stdout)
    end.cancel()
    window = psutil.Process(json.loads((tmp_path / "log.json").read_text())["pid"])
    process.kill()
    window.wait(20)


def test_a_window_that_cannot_be_shown_says_why(run: Callable[..., subprocess.Popen[str]]) -> None:
    output = output_of(
        run(
            """
            try:
                app.launch(Counter, 'desktop')
            except RuntimeError as err:
                print('said:', err)
            app.init_interactive(runtime=None)
            try:
                app.launch(Counter, 'desktop')
            except RuntimeError as err:
                print('also:', err)
            """,
            WEBVIEW_TROUBLE="No toolkit here.",
        )
    )
    words = (
        r"Launched Counter with runtime='desktop', but the window ended before its page was there\. "
        r"It said: RuntimeError: No toolkit here\. Open http://localhost:\d+/Counter\S+ in a browser, or use another runtime\."
    )
    assert re.search("said: " + words, output) and re.search("also: " + words, output)


def test_without_pywebview_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "webview", None)
    monkeypatch.setattr(sys, "path", [])
    del sys.modules["webview"]
    with pytest.raises(
        NoRuntime, match=r'pywebview, .* is not installed\. .* Run: pip install "jsmodel\[desktop\]"\.$'
    ):
        check_runtime("desktop")


def test_without_a_display_there_is_no_desktop_window(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "webview.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(runtimes, "has_display", lambda: False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    with pytest.raises(
        NoRuntime, match=r"runtime='desktop': there is no display to show a window on\. The runtimes are"
    ):
        check_runtime("desktop")


@pytest.mark.parametrize(
    ("runtime", "words"),
    [
        ("browsr", r"runtime='browsr': there is no such runtime\. Did you mean 'browser'\? The runtimes are"),
        (
            "netscape",
            r"there is no such runtime\. The runtimes are 'browser' .* and None \(nothing\)\. Use one of these\.$",
        ),
        (5, r"runtime=5: there is no such runtime\."),
        (["app"], r"there is no such runtime\."),
    ],
)
def test_a_runtime_that_is_none_is_refused_with_the_nearest(runtime: object, words: str) -> None:
    with pytest.raises(NoRuntime, match=words):
        check_runtime(runtime)  # type: ignore[arg-type]


def test_a_window_stays_at_the_site_that_it_was_opened_for() -> None:
    fence = Fence("http://localhost:8080/Counter?launch=secret")
    assert fence.check(None) is None
    assert fence.check("about:blank") is None  # before the first page
    assert fence.check("http://localhost:8080/Counter?window=1") is None
    assert fence.check("http://localhost:8080/Other") is None
    home = "http://localhost:8080/Counter?window=1"
    for elsewhere in (
        "http://localhost:8081/",
        "https://localhost:8080/",
        "http://localhost.evil.example:8080/",
        "http://localhost:8080@evil.example/",
        "file:///etc/passwd",
        "about:blank",
        "data:text/html,x",
    ):
        assert fence.check(elsewhere) == home


def test_a_window_that_begins_elsewhere_shows_nothing() -> None:
    assert Fence("http://localhost:8080/Counter").check("http://evil.example/") == "about:blank"
