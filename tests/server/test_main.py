"""The verbs of `jsmodel.app` on the one server of a process. Each test is a program of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pexpect
import pytest

from jsmodel import app, event, registry
from jsmodel.errors import AppError, PropertyError, ServerError, UnknownProperty
from jsmodel.server.errors import NoRuntime, PortTaken
from jsmodel.server.runtimes import find_chromium

PROGRAM = """
import threading, time, sys
from jsmodel import app, event

class Counter(app.Model):
    class Both:
        @event.prop
        def count(self, v=0):
            return int(v)
"""


class Program:
    """A Python program that runs beside the test; its output is read line by line."""

    def __init__(self, path: Path, body: str, env: dict[str, str] | None = None) -> None:
        path.write_text(PROGRAM + textwrap.dedent(body))
        self.process = subprocess.Popen(
            [sys.executable, "-u", str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=path.parent,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **(env or {})},
        )
        self.lines: list[str] = []

    def until(self, pattern: str) -> re.Match[str]:
        """Read lines until one matches."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"No line matched {pattern!r}:\n{''.join(self.lines)}")

    def end(self, seconds: float = 15) -> str:
        """Wait for the end; the rest of the output."""
        rest, _ = self.process.communicate(timeout=seconds)
        self.lines.append(rest)
        return "".join(self.lines)


@pytest.fixture
def program(tmp_path):
    """Call it with the rest of a program that has a Counter."""
    running = []

    def run(body, env=None):
        running.append(Program(tmp_path / f"program{len(running)}.py", body, env))
        return running[-1]

    yield run
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


PORT = r"http://localhost:(\d+)/"


def enter(visit, port, path="/Counter"):
    """Open the page at `path` as a browser does: follow redirects, keep cookies, connect."""
    client = visit(int(port))
    cookies = []
    reply = client.request(path)
    while reply.status == 303:
        cookies += [cookie.split(";")[0] for cookie in reply.cookies]
        path = "/" + reply.headers["location"]
        reply = client.request(path, {"Cookie": "; ".join(cookies)})
    headers = {"Cookie": "; ".join(cookies)}
    config = client.config(path, headers)
    page = client.connect("Counter")
    return client, page, page.hello(config["ticket"]), path, headers


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
def test_start_answers_until_a_signal_comes_and_tells_the_pages(program, visit, sig):
    run = program("app.create_server(port=0); app.serve(Counter); app.start(); print('after start')")
    port = run.until(PORT)[1]
    _, page, _, _, _ = enter(visit, port)
    run.process.send_signal(sig)
    assert page.closed() == 1001
    output = run.end()
    assert run.process.returncode == 0
    assert "after start" in output and "Traceback" not in output


def test_a_second_ctrl_c_gets_out_of_a_handler_that_never_ends(program, visit):
    run = program("""
        class Stuck(app.Model):
            def init(self):
                print('stuck')
                while True:
                    time.sleep(0.01)

        app.create_server(port=0); app.serve(Stuck, 'Counter'); app.start(); print('after start')
    """)
    port = run.until(PORT)[1]
    client = visit(int(port))
    page = client.connect("Counter")
    page.send(hello={"ticket": client.ticket("Counter")})
    run.until("stuck")
    run.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert run.process.poll() is None
    run.process.send_signal(signal.SIGINT)
    assert "after start" in run.end()


def test_run_ends_with_the_last_page(program, visit):
    run = program("app.create_server(port=0); app.serve(Counter); app.run(); print('after run')")
    port = run.until(PORT)[1]
    _, page, _, _, _ = enter(visit, port)
    page.leave()
    assert "after run" in run.end()


def test_stop_works_from_a_thread_and_from_a_handler(program):
    run = program("""
        app.serve(Counter)
        for stopper in ('thread', 'handler'):
            app.create_server(port=0)
            if stopper == 'thread':
                threading.Timer(0.3, app.stop).start()
            else:
                event.loop.call_soon(app.stop)
            app.start()
            print('stopped by', stopper)
    """)
    output = run.end()
    assert "stopped by thread" in output and "stopped by handler" in output


def test_starting_twice_is_explained(program):
    run = program("""
        def again():
            try:
                app.start()
            except RuntimeError as err:
                print('said:', err)
            try:
                app.create_server()
            except RuntimeError as err:
                print('said:', err)
            app.stop()

        app.create_server(port=0); app.serve(Counter)
        threading.Timer(0.3, again).start()
        app.start()
    """)
    output = run.end()
    assert "said: Could not start the server: the server of this process is running already." in output
    assert "said: Could not create another server: the server of this process is running already." in output


def test_what_cannot_be_served_is_refused():
    for wrong in (int, 3, "Counter", None):
        with pytest.raises(ValueError):
            app.serve(wrong)


# launch()


def test_launch_returns_the_instance_that_the_page_is_connected_to(program, visit):
    run = program("""
        app.create_server(port=0)
        counter = app.launch(Counter, runtime=None, properties={'count': 4})
        counter.count = 5
        app.run()
        print('ended')
    """)
    found = run.until(r"open http://localhost:(\d+)(/Counter\?launch=\S+)")
    client, page, first, path, headers = enter(visit, found[1], found[2])
    assert '"count": 5' in json.dumps(first)
    # The token was good for one request; who has the address of the window has nothing.
    assert client.request(found[2]).status == 403
    assert client.request(found[2], headers).status == 403
    without = client.connect("Counter")
    other = without.hello(client.config(path)["ticket"])
    assert other["welcome"]["session"] != first["welcome"]["session"]
    without.leave()
    # The window may be reloaded, and shows the same instance.
    page.leave()
    reloaded = client.connect("Counter")
    again = reloaded.hello(client.config(path, headers)["ticket"])
    assert again["welcome"]["session"] == first["welcome"]["session"]
    assert again["welcome"]["client"] != first["welcome"]["client"]
    reloaded.leave()
    assert "ended" in run.end()


def test_an_instance_can_be_launched_too(program, visit):
    run = program("""
        app.create_server(port=0)
        counter = Counter(count=11)
        assert app.launch(counter, runtime=None) is counter
        app.run()
    """)
    found = run.until(r"open http://localhost:(\d+)(/Counter\?launch=\S+)")
    _, page, first, _, _ = enter(visit, found[1], found[2])
    assert '"count": 11' in json.dumps(first)
    page.leave()
    run.end()


def test_a_launch_token_stands_for_the_token_of_the_server(program, visit):
    run = program("""
        from jsmodel.server import Access
        app.create_server(port=0, access=Access(token='correct horse'))
        counter = app.launch(Counter, runtime=None)
        app.run()
    """)
    found = run.until(r"open http://localhost:(\d+)(/Counter\?launch=\S+)")
    run.until(r"jsmodel: Counter at \S+\?token=\.\.\.")
    client = visit(int(found[1]))
    assert client.request("/Counter").status == 403
    cookies = [cookie.split(";")[0] for cookie in client.request(found[2]).cookies]
    headers = {"Cookie": "; ".join(cookies)}
    ticket = client.ticket("Counter", headers)
    page = client.connect("Counter", [("Origin", client.origin), *headers.items()])
    page.hello(ticket)
    page.leave()
    assert "correct horse" not in run.end()


def test_what_cannot_be_launched_leaves_everything_as_it_was(clean_registry):
    class Lamp(app.Model):
        class Both:
            @event.prop
            def level(self, v=0):
                return int(v)

            @event.prop
            def name(self, v=""):
                return str(v)

    class Broken(app.Model):
        def init(self):
            raise RuntimeError("on purpose")

    lamp = Lamp(level=1)
    refused = [
        (5, {}, AppError, r"Cannot launch 5: it is not a Model class. .* Write app.launch\(TheClass\)."),
        (app.Model, {}, AppError, "Cannot launch Model itself"),
        (Lamp, {"properties": 5}, AppError, r"The properties of 'Lamp' must be a dict, not int. .* app.launch\(Lamp"),
        (Lamp, {"properties": {"levl": 1}}, UnknownProperty, "Lamp has no property 'levl'. Did you mean 'level'?"),
        (Lamp, {"properties": {"level": "x"}}, PropertyError, "Lamp.level refused the str 'x'"),
        (Broken, {}, RuntimeError, "on purpose"),
        (lamp, {"properties": 5}, AppError, "The properties of <Lamp .* must be a dict, not int"),
        (lamp, {"properties": {"level": 2, "levl": 1}}, UnknownProperty, "Did you mean 'level'?"),
        (lamp, {"properties": {"name": "n", "level": "x"}}, PropertyError, "Lamp .*level refused the str 'x'"),
        (Lamp, {"timeout": "x"}, ServerError, "Could not launch with timeout='x': it is not a number of seconds."),
        (Lamp, {"timeout": -1}, ServerError, "Could not launch with timeout=-1"),
    ]
    for thing, more, error, words in refused:
        with pytest.raises(error, match=words):
            app.launch(thing, runtime=None, **more)
    assert registry.entries() == {}
    assert (lamp.level, lamp.name) == (1, "")
    lamp.dispose()
    with pytest.raises(AppError, match="was disposed, so it cannot be launched. Its two sides are gone."):
        app.launch(lamp, runtime=None)


def test_init_interactive_refuses_before_it_starts_a_server(program):
    run = program("""
        for arguments in ((5,), (app.Model,), (Counter, 'netscape')):
            try:
                app.init_interactive(*arguments)
            except Exception as err:
                print('said:', err)
        print('running:', app.current_server().running, threading.active_count())
    """)
    output = run.end()
    assert "said: Cannot show 5: it is not a Model class." in output
    assert "said: Cannot show Model itself" in output
    assert "said: Could not launch with runtime='netscape': there is no such runtime." in output
    assert "running: False 1" in output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"host": 5}, "A server cannot listen on host 5, port None. A host is a name or an address"),
        ({"port": "80"}, "A server cannot listen on host 'localhost', port '80'."),
        ({"port": True}, "port True"),
        (
            {"port": 70000},
            "Could not serve on port 70000 of localhost: ports are numbers from 0, which is any, to 65535.",
        ),
        ({"port": -1}, "Could not serve on port -1"),
        ({"host": "192.0.2.1", "port": 0}, "This machine has no such address or port, or does not let us use it."),
        ({"access": "secret"}, "A server got access='secret'. Its access is made with the class of that name."),
        ({"limits": 5}, r"A server got limits=5. .* Write app.create_server\(limits=Limits\(...\)\)"),
    ],
)
def test_a_server_that_cannot_be_made_leaves_the_one_there_is(arguments, words):
    before = app.create_server(port=0)
    with pytest.raises((TypeError, ServerError), match=words):
        app.create_server(**arguments)
    assert app.current_server() is before and not before.closed
    with socket.create_connection(("127.0.0.1", before.port), 5):
        """It still has its port."""
    before.dispose()


def test_a_port_in_use_is_told_and_a_server_may_have_its_own_port_again():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            PortTaken, match=f"Could not serve on port {port} of 127.0.0.1: Address already in use. Another"
        ):
            app.create_server("127.0.0.1", port)
    first = app.create_server(port=0)
    second = app.create_server(port=first.port)
    assert first.closed and second.port == first.port
    second.dispose()


def test_an_app_that_is_served_while_the_server_runs_is_announced(program, visit):
    run = program("""
        app.create_server(port=0)
        threading.Timer(0.3, lambda: event.loop.call_soon(lambda: app.serve(Counter, 'late'))).start()
        app.start()
    """)
    run.until("no app yet at")
    port = run.until(r"^jsmodel: late at http://localhost:(\d+)/late$")[1]
    assert visit(int(port)).request("/late").status == 200


def test_stopping_what_does_not_run_is_no_error(program):
    run = program(
        "app.stop(); app.create_server(port=0); app.stop(); app.init_interactive(runtime=None); app.stop(); app.stop(); print('fine')"
    )
    assert "fine" in run.end()


@pytest.mark.parametrize("token", ["", "wrong", "%00", "ü"])
def test_a_launch_token_cannot_be_guessed(program, visit, token):
    run = program("app.create_server(port=0); app.launch(Counter, runtime=None); app.start()")
    port = run.until(r"open http://localhost:(\d+)/")[1]
    run.until("jsmodel: Counter at")
    client = visit(int(port))
    assert client.request("/Counter?launch=" + token.encode().decode("latin1")).status == 403


def test_a_launch_that_nobody_answers_says_where_to_look(program):
    run = program(
        """
        app.create_server(port=0)
        try:
            app.launch(Counter, timeout=0.5)
        except RuntimeError as err:
            print('said:', err)
    """,
        {"BROWSER": "true"},
    )
    assert re.search(
        r"said: Launched Counter, but no page connected to it within 0\.5 seconds\. .* Open http://localhost:\d+/Counter",
        run.end(),
    )


def test_ctrl_c_ends_a_launch_that_waits(program):
    run = program("app.create_server(port=0); app.launch(Counter)", {"BROWSER": "echo opened %s"})
    run.until("opened")
    time.sleep(0.3)
    run.process.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in run.end()


def test_runtimes_that_are_none_are_refused():
    with pytest.raises(NoRuntime, match="runtime='netscape': there is no such runtime"):
        app.launch(object, "netscape")


def test_a_window_without_a_display_or_a_browser_is_explained(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "no-such-program")
    with pytest.raises(NoRuntime, match=r"Chromium or Chrome was not found\. The runtimes are 'browser'"):
        app.launch(object, "app")


@pytest.mark.browser
def test_a_window_of_its_own_connects_and_is_closed_with_the_server(program, tmp_path):
    assert find_chromium(), "these tests need Chromium"
    folder = tmp_path / "where the path of a socket would be too long".replace(" ", "-")
    folder.mkdir()
    run = program(
        """
        app.create_server(port=0)
        counter = app.launch(Counter, runtime='app')
        print('connected')
        threading.Timer(0.5, app.stop).start()
        app.run()
        print('ended')
    """,
        {"JSMODEL_BROWSER_ARGS": "--headless=new", "TMPDIR": str(folder)},
    )
    output = run.end(60)
    assert "connected" in output and "ended" in output
    assert list(folder.glob("jsmodel-window-*")) == []


# init_interactive()


def test_interactively_the_prompt_stays_free_and_classes_can_be_redefined(program, visit):
    run = program("""
        app.create_server(port=0)
        app.init_interactive()
        app.init_interactive()
        one = app.launch(Counter, runtime=None)
        print('free')

        class Counter(app.Model):
            class Both:
                @event.prop
                def count(self, v=100):
                    return int(v)

        two = app.launch(Counter, runtime=None)
        deadline = time.monotonic() + 20
        while two.count == 100 and time.monotonic() < deadline:
            time.sleep(0.05)
        print('count is', two.count)
    """)
    run.until(r"open http://localhost:(\d+)(/Counter\?launch=\S+)")
    run.until("free")
    found = run.until(r"open http://localhost:(\d+)(/Counter\?launch=\S+)")
    _, page, first, _, _ = enter(visit, found[1], found[2])
    assert '"count": 100' in json.dumps(first)
    page.send({"op": "set", "id": first["welcome"]["root"], "props": {"count": 101}})
    run.until("count is 101")
    assert page.closed() == 1001
    run.end()
    assert run.process.returncode == 0


def test_launch_waits_for_the_page_of_an_interactive_server(program, visit, tmp_path):
    script = tmp_path / "browser.py"
    script.write_text("import sys; '/Counter' in sys.argv[2] and open(sys.argv[1] + '.url', 'w').write(sys.argv[2])")
    run = program(
        """
        app.create_server(port=0)
        app.init_interactive()
        counter = app.launch(Counter)
        print('connected')
    """,
        {"BROWSER": f"{sys.executable} {script} {tmp_path / 'page'} %s"},
    )
    address = tmp_path / "page.url"
    deadline = time.monotonic() + 15
    while not (address.exists() and address.read_text()):
        assert time.monotonic() < deadline, run.end()
        time.sleep(0.05)
    found = re.match(r"http://localhost:(\d+)(/.*)", address.read_text())
    assert found is not None
    enter(visit, found[1], found[2])
    run.until("connected")
    run.end()


def test_at_an_ipython_prompt_a_class_typed_there_can_be_launched(visit, tmp_path):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "IPYTHONDIR": str(tmp_path), "TERM": "dumb"}
    prompt = pexpect.spawn(
        sys.executable,
        ["-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit", "--colors=NoColor"],
        env=env,
        encoding="utf8",
        timeout=30,
    )
    try:

        def type_in(text, expected=None):
            prompt.expect(r"In \[\d+\]: ")
            prompt.sendline(text)
            return prompt.expect(expected) if expected else None

        program = tmp_path / "typed.py"
        program.write_text(PROGRAM)
        type_in("from jsmodel import app; app.create_server(port=0); app.init_interactive()")
        type_in(f"get_ipython().run_cell(open({str(program)!r}).read()); print('defined', Counter)", "defined <class")
        type_in("c = app.launch(Counter, runtime=None)", r"open http://localhost:(\d+)(/Counter\?launch=\S+)")
        _, page, first, _, _ = enter(visit, prompt.match[1], prompt.match[2])
        type_in("c.count = 42")
        while '"count": 42' not in json.dumps(first):
            first = page.receive()
            assert first is not None
        page.send({"op": "set", "id": "m1", "props": {"count": 43}})
        type_in("import time; time.sleep(1); print('now', c.count)", "now 43")
        type_in("exit")
        prompt.expect(pexpect.EOF)
    finally:
        prompt.close(force=True)
