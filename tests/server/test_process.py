"""One process: one loop, one Tornado Application, many apps; and after the page, the websocket alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from jsmodel.server.runtimes import find_chromium

PROGRAM = """
import asyncio, collections, gc, json, logging, sys, threading

import tornado.httpserver, tornado.ioloop, tornado.web
from jsmodel import app, event

window = app.window
requests = []

class Log(logging.Handler):
    def emit(self, record):
        requests.append(record.getMessage())

logging.getLogger('jsmodel.access').setLevel(logging.DEBUG)
logging.getLogger('jsmodel.access').addHandler(Log())

def alive(cls):
    return sum(isinstance(thing, cls) for thing in gc.get_objects())

class Talker(app.Model):
    ROUNDS = 100

    @app.exposed
    def answer(self, n):
        if n == 1:
            self.before = len(requests)
        self.text = 'text %d ' % n * 50
        self.told()
        if n == self.ROUNDS:
            report = {
                'Application': alive(tornado.web.Application),
                'HTTPServer': alive(tornado.httpserver.HTTPServer),
                'IOLoop': alive(tornado.ioloop.IOLoop),
                'loops': sum(not loop.is_closed() for loop in gc.get_objects() if isinstance(loop, asyncio.AbstractEventLoop)),
                'threads': [t.name for t in threading.enumerate()],
                'apps': sorted({p['app'] for p in pages}),
                'requests': requests,
                'during': requests[self.before:],
                'blob': self.blob[:3].hex(),
            }
            print(json.dumps(report), flush=True)
            app.stop()
        return n * 2

    class Both:
        @event.prop
        def text(self, v=''):
            return str(v)

        @event.prop
        def blob(self, v=None):
            return v

        @event.emitter
        def told(self):
            return {}

    class JS:
        def init(self):
            self.go(1)

        async def go(self, n):
            self.blob = window.Uint8Array.of(n, n, n)
            if await self.py.answer(n) != 2 * n:
                raise ValueError('a wrong answer')
            if n < 100:
                self.go(n + 1)

class Other(app.Model):
    def init(self):
        pages.append({'app': 'Other'})

class Third(app.Model):
    def init(self):
        pages.append({'app': 'Third'})

pages = []
app.create_server(port=0)
app.serve(Other)
app.serve(Third)
threading.Thread(target=lambda: (sys.stdin.readline(), event.loop.call_soon(lambda: app.launch(Talker, 'app'))), daemon=True).start()
app.start()
"""


@pytest.mark.browser
def test_a_process_has_one_loop_and_one_application_and_pages_talk_over_their_websocket_alone(
    tmp_path: Path, visit: Any
) -> None:
    assert find_chromium(), "this test needs Chromium"
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    env = {
        **os.environ,
        "JSMODEL_BROWSER_ARGS": "--headless=new --disable-gpu",
        "TMPDIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    process = subprocess.Popen(
        [sys.executable, "-u", str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=env,
    )
    end = threading.Timer(60, process.kill)  # so that reading its lines ends
    end.start()
    try:
        assert process.stdin is not None and process.stdout is not None
        address = process.stdout.readline()
        client = visit(int(address.split("localhost:")[1].split("/")[0]))
        pages = [client.open(name)[0] for name in ("Other", "Third", "Other")]
        process.stdin.write("go\n")
        process.stdin.flush()
        line = next(line for line in process.stdout if line.startswith("{"))
        process.wait(20)
    finally:
        end.cancel()
        if process.poll() is None:
            process.kill()
        process.communicate()
    report = json.loads(line)
    assert {k: report[k] for k in ("Application", "HTTPServer", "loops")} == {
        "Application": 1,
        "HTTPServer": 1,
        "loops": 1,
    }
    assert report["IOLoop"] <= 1
    assert report["apps"] == ["Other", "Third"]
    assert report["blob"] == "646464"
    # A hundred calls and answers, property changes, buffers and events: no request but what loaded the page.
    assert report["during"] == []
    talker = [one for one in report["requests"] if "Talker" in one]
    assert [one.split()[0] for one in talker] == [
        "303",
        "200",
        "101",
    ]  # the token becomes a cookie, the page, its websocket
    assert len([one for one in report["requests"] if "/_jsm/assets/" in one]) <= 3
    assert [page.closed() for page in pages] == [1001] * 3
