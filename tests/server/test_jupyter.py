"""The extension of jupyter_server: a real server, with a login, and real kernels."""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import websocket
from jupyter_client import BlockingKernelClient

from jsmodel.server.lane import note_path

TIMEOUT = 30.0  # seconds; for everything that is waited for
BASE = "/user/joe"

APP = """
from jsmodel import app, event

class Counter(app.Model):
    class Both:
        @event.prop
        def count(self, v=0):
            return min(int(v), 100)
"""
SERVED = "app.serve(Counter)"


class Reply:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.cookies = [value.partition(";")[0] for name, value in response.getheaders() if name == "Set-Cookie"]
        self.body = response.read()

    @property
    def text(self) -> str:
        return self.body.decode()


class Jupyter:
    """A server process without JupyterLab's pages, and people who ask it for things."""

    def __init__(self, folder: Path, *flags: str) -> None:
        self.folder = folder
        self.token = secrets.token_hex(16)
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port: int = sock.getsockname()[1]
        for name in ("home", "root"):
            (folder / name).mkdir()
        env = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON"))}
        env |= {
            "HOME": str(folder / "home"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "run"),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--ip=127.0.0.1", "--allow-root"]
        command += [f"--port={self.port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder / 'root'}"]
        command += [f"--ServerApp.base_url={BASE}/", f"--IdentityProvider.token={self.token}", *flags]
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, env=env, cwd=folder / "root", stdout=log, stderr=log)
        self.clients: list[BlockingKernelClient] = []

    def wait(self) -> Jupyter:
        """Until it answers."""
        end = time.monotonic() + TIMEOUT
        while True:
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()
            try:
                assert self.get("/api/status").status == 200
                return self
            except OSError:
                time.sleep(0.05)

    def request(self, path: str, *, method: str = "GET", body: str = "", login: bool = True, **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if login:
            headers["Authorization"] = f"token {self.token}"
        connection.request(method, BASE + path, body=body or None, headers=headers)
        reply = Reply(connection.getresponse())
        connection.close()
        return reply

    def get(self, path: str, **options: Any) -> Reply:
        return self.request(path, **options)

    def cookie(self) -> str:
        """What a browser has that has logged in."""
        return "; ".join(self.get(f"/?token={self.token}", login=False).cookies)

    def socket(self, path: str, *, login: bool = True, origin: str | None = None, **headers: str) -> Socket:
        """A websocket of a page of this server, or of another `origin`."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if login:
            given["Cookie"] = self.cookie()
        return Socket(
            websocket.create_connection(
                f"ws://127.0.0.1:{self.port}{BASE}{path}",
                header=given,
                origin=origin or f"http://127.0.0.1:{self.port}",
                timeout=TIMEOUT,
            )
        )

    def refused(self, path: str, **options: Any) -> int:
        """The status with which a websocket is refused."""
        with pytest.raises(websocket.WebSocketBadStatusException) as info:
            self.socket(path, **options)
        return int(info.value.status_code)

    def kernel(self, code: str = "") -> Kernel:
        """Start a kernel and run code in it."""
        made = json.loads(self.request("/api/kernels", method="POST", body="{}").text)
        client = BlockingKernelClient(connection_file=str(self.folder / "run" / f"kernel-{made['id']}.json"))
        client.load_connection_file()
        client.start_channels(hb=False)  # a slow machine is not a dead kernel
        client.wait_for_ready(timeout=TIMEOUT)
        self.clients.append(client)
        return Kernel(made["id"], client, code)

    def end(self) -> None:
        for client in self.clients:
            client.stop_channels()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Kernel:
    def __init__(self, kernel_id: str, client: BlockingKernelClient, code: str) -> None:
        self.id = kernel_id
        self.client = client
        self.path = f"/jsmodel/kernel/{kernel_id}"
        self.run(code)

    def run(self, code: str) -> str:
        """Run code; the text of its value."""
        texts: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "execute_result":
                texts.append(content["data"]["text/plain"])
            assert message["msg_type"] != "error", content

        self.client.execute_interactive(code, timeout=TIMEOUT, output_hook=hear, allow_stdin=False)
        return "".join(texts)

    def page(self, **hello: Any) -> dict[str, Any]:
        """Open a comm as a page does, and say hello; the welcome, with the models."""
        data = {"v": 1, "seq": 0, "ack": 0, "ops": [], "hello": {"lane": True, **hello}}
        content = {"comm_id": secrets.token_hex(8), "target_name": "jsmodel", "data": data}
        self.client.shell_channel.send(self.client.session.msg("comm_open", content))
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["msg_type"] == "comm_msg" and "welcome" in message["content"]["data"]:
                return dict(message["content"]["data"])

    def hello(self, **more: Any) -> dict[str, Any]:
        """What a page says over the lane, when it has said hello over a comm."""
        data = self.page()
        welcome = data["welcome"]
        return {"client": welcome["client"], "session": welcome["session"], "seen": data["seq"], **more}


class Socket:
    def __init__(self, ws: websocket.WebSocket) -> None:
        self.ws = ws

    def say(self, **message: Any) -> None:
        text = json.dumps({"v": 1, "seq": 0, "ack": 0, "ops": [], **message}).encode()
        self.ws.send_binary(struct.pack("<II", len(text), 0) + text)

    def hear(self, condition: Callable[[dict[str, Any]], Any]) -> Any:
        """Read until a message has what is wanted."""
        while True:
            frame = self.ws.recv()
            assert isinstance(frame, bytes) and frame, f"closed: {frame!r}"
            (length,) = struct.unpack_from("<I", frame)
            found = condition(json.loads(frame[8 : 8 + length]))
            if found:
                return found

    def op(self, kind: str) -> dict[str, Any]:
        """Read until such an op comes."""
        return dict(self.hear(lambda message: next((op for op in message["ops"] if op["op"] == kind), None)))

    def closed(self) -> int:
        while True:
            opcode, data = self.ws.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int(struct.unpack("!H", data[:2])[0])


#: A class that cannot be sent to a page.
BAD = """
from jsmodel import app
file = open(__file__)

class Bad(app.Model):
    class JS:
        def init(self):
            print(file)
"""


@pytest.fixture(scope="module")
def jupyter() -> Iterator[Jupyter]:
    with tempfile.TemporaryDirectory(prefix="jsmodel-server-", ignore_cleanup_errors=True) as temp:
        folder = Path(temp)
        (folder / "app.py").write_text(APP)
        (folder / "bad.py").write_text(BAD)
        targets = [f"{folder}/bad.py:Bad", f"{folder}/app.py:Counter", f"{folder}/app.py:Conter"]
        jupyter = Jupyter(folder, *(f"--JsmodelExtension.apps={target}" for target in targets))
        try:
            yield jupyter.wait()
        finally:
            jupyter.end()


@pytest.fixture(scope="module")
def kernel(jupyter: Jupyter) -> Kernel:
    """A kernel that has a counter, serves it, and has a lane, since a page asked for it."""
    kernel = jupyter.kernel(f"{APP}\napp.init_notebook()\ncounter = Counter()\n{SERVED}")
    kernel.page()
    return kernel


def test_the_extension_is_on_where_jsmodel_is_installed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_server.extension.serverextension", "list"],
        capture_output=True,
        text=True,
        env=os.environ | {"JUPYTER_CONFIG_DIR": str(tmp_path)},
        check=True,
    )
    said = re.sub(r"\x1b\[\d*m", "", done.stdout + done.stderr)
    assert re.search(r"jsmodel enabled\n\s*- Validating jsmodel...\n\s*jsmodel \S+ OK", said), said


def test_a_page_goes_on_over_the_lane(jupyter: Jupyter, kernel: Kernel) -> None:
    page = jupyter.socket(f"{kernel.path}/lane")
    page.say(hello=kernel.hello())
    assert page.hear(lambda m: m.get("welcome"))["resumed"] is True
    model = kernel.run("counter.id").strip("'")
    page.say(seq=1, ops=[{"op": "set", "id": model, "props": {"count": 500}}])
    assert page.op("set")["props"] == {"count": 100}
    assert kernel.run("counter.count") == "100"
    kernel.run("counter.count = 5")
    assert page.op("set")["props"] == {"count": 5}
    page.ws.close()


def test_nothing_is_given_out_without_the_login(jupyter: Jupyter, kernel: Kernel) -> None:
    paths = [f"{kernel.path}/{rest}" for rest in ("_jsm/assets/x.js", "_jsm/data/a/b/c", "app/", "app/Counter", "lane")]
    for path in [*paths, "/jsmodel/kernel/unknown/lane", "/jsmodel/app/", "/jsmodel/app/Counter"]:
        reply = jupyter.get(path, login=False)
        assert (reply.status, reply.headers["location"].startswith(f"{BASE}/login")) == (302, True), path
        reply = jupyter.get(path, login=False, Authorization="token wrong")
        assert reply.status == 302
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert jupyter.request(path, method=method, login=False).status in (403, 405), (method, path)
    for path in (f"{kernel.path}/lane", f"{kernel.path}/app/Counter/ws", "/jsmodel/app/Counter/ws"):
        assert jupyter.refused(path, login=False) == 403


def test_only_asking_is_possible(jupyter: Jupyter, kernel: Kernel) -> None:
    for path in (f"{kernel.path}/app/Counter", f"{kernel.path}/lane", "/jsmodel/app/Counter"):
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert jupyter.request(path, method=method).status == 405


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://127.0.0.1.evil.example", "http://127.0.0.1", "https://localhost:1", "null"],
)
def test_pages_of_other_sites_do_not_get_in(jupyter: Jupyter, kernel: Kernel, origin: str) -> None:
    for path in (f"{kernel.path}/lane", f"{kernel.path}/app/Counter/ws", "/jsmodel/app/Counter/ws"):
        assert jupyter.refused(path, origin=origin) == 403


def test_a_name_that_was_bound_to_this_machine_does_not_get_in(jupyter: Jupyter, kernel: Kernel) -> None:
    for path in (f"{kernel.path}/lane", f"{kernel.path}/app/Counter", "/jsmodel/app/Counter"):
        assert jupyter.get(path, Host=f"evil.example:{jupyter.port}").status == 403


def test_kernels_that_are_not_there_are_not_found(jupyter: Jupyter, kernel: Kernel) -> None:
    other = kernel.id[:-1] + ("0" if kernel.id[-1] != "0" else "1")
    names = [other, "unknown", "..", "%2e%2e", f"..%2f{kernel.id}", f"{kernel.id}%00", f"kernel-{kernel.id}", "*"]
    for name in names:
        assert jupyter.get(f"/jsmodel/kernel/{name}/app/Counter").status == 404
        assert jupyter.refused(f"/jsmodel/kernel/{name}/lane") == 404


def test_a_kernel_without_a_lane_is_not_found(jupyter: Jupyter) -> None:
    silent = jupyter.kernel()
    assert jupyter.refused(f"{silent.path}/lane") == 404


@pytest.mark.parametrize(
    "rest",
    [
        "nothing/else",
        "nothing",
        "lanes",
        "_jsm/assets/../lane",
        "_jsm/..%2f..%2fetc%2fpasswd",
        "_jsm/assets/%2e%2e%2fx",
        "app/../lane",
    ],
)
def test_no_path_leads_further(jupyter: Jupyter, kernel: Kernel, rest: str) -> None:
    assert jupyter.get(f"{kernel.path}/{rest}").status == 404


def test_one_kernels_page_does_not_get_into_another(jupyter: Jupyter, kernel: Kernel) -> None:
    other = jupyter.kernel("from jsmodel import app\napp.init_notebook()")
    other.page()
    page = jupyter.socket(f"{other.path}/lane")
    page.say(hello=kernel.hello())
    assert page.closed() == 4004


def test_a_note_that_a_dead_kernel_left_leads_nowhere(jupyter: Jupyter) -> None:
    left = jupyter.kernel("from jsmodel import app\napp.init_notebook()")
    left.page()
    jupyter.socket(f"{left.path}/lane").ws.close()  # it is there
    left.run("import os, threading\nthreading.Timer(0.2, os.kill, [os.getpid(), 9]).start()")
    note = note_path(jupyter.folder / "run" / f"kernel-{left.id}.json")
    time.sleep(0.5)
    assert note.exists()
    assert jupyter.refused(f"{left.path}/lane") == 404


def test_an_app_of_a_kernel_is_alive(jupyter: Jupyter, kernel: Kernel) -> None:
    assert alive(jupyter, f"{kernel.path}/app/Counter") == {"count": 100}


def test_an_app_that_the_server_was_configured_with_is_alive(jupyter: Jupyter) -> None:
    assert alive(jupyter, "/jsmodel/app/Counter") == {"count": 100}


def test_an_app_that_cannot_be_loaded_is_logged_and_the_rest_goes_on(jupyter: Jupyter) -> None:
    log = jupyter.log.read_text()
    assert "app.py:Conter' is not served" in log
    assert "There is no class 'Conter'" in log and "Did you mean 'Counter'?" in log
    assert "bad.py:Bad' is not served" in log
    assert "Bad.JS.init uses 'file'" in log and "an open file, which only Python can read" in log
    for name in ("Conter", "Bad"):
        assert jupyter.get(f"/jsmodel/app/{name}").status == 404


def test_a_view_that_is_used_keeps_its_kernel_from_looking_idle(jupyter: Jupyter, kernel: Kernel) -> None:
    def last_activity() -> str:
        return str(json.loads(jupyter.get(f"/api/kernels/{kernel.id}").text)["last_activity"])

    page = jupyter.socket(f"{kernel.path}/lane")
    page.say(hello=kernel.hello())
    page.hear(lambda m: m.get("welcome"))
    time.sleep(0.5)
    before = last_activity()
    assert last_activity() == before
    page.say(seq=0)
    page.say(seq=1, ops=[{"op": "set", "id": kernel.run("counter.id").strip("'"), "props": {"count": 3}}])
    page.hear(lambda m: m["ack"] == 1)
    assert last_activity() > before


def alive(jupyter: Jupyter, path: str) -> dict[str, Any]:
    """Open the page of a counter, load its scripts, count too far over its websocket; what Python makes of that."""
    reply = jupyter.get(path)
    assert reply.status == 200
    assert "script-src 'self' 'nonce-" in reply.headers["content-security-policy"]
    folder = path.rpartition("/")[0]
    scripts = re.findall(r'<script defer src="([^"]+)"', reply.text)
    assert len(scripts) > 1
    for script in scripts:
        code = jupyter.get(f"{folder}/{script}")
        assert (code.status, code.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
        assert "immutable" in code.headers["cache-control"]
    found = re.search(r'id="jsmodel-config">(.*?)</script>', reply.text)
    assert found is not None
    config = json.loads(found[1])
    page = jupyter.socket(f"{folder}/{config['ws']}")
    page.say(hello={"ticket": config["ticket"], "have": config["loaded"]})
    model = page.op("create")["models"][0]["id"]
    page.say(seq=1, ack=1, ops=[{"op": "set", "id": model, "props": {"count": 1000}}])
    props = dict(page.op("set")["props"])
    page.ws.close()
    return props


@pytest.mark.parametrize("where", ["kernel", "server"])
def test_source_maps_are_found_under_the_prefix_of_the_user_and_need_the_login(
    jupyter: Jupyter, kernel: Kernel, where: str
) -> None:
    page = f"{kernel.path if where == 'kernel' else '/jsmodel'}/app/Counter"
    scripts = re.findall(r"""src=["']([^"']+\.js)["']""", jupyter.get(page).text)
    paths = [urljoin(BASE + page, script) for script in scripts]
    assert paths and all(path.startswith(f"{BASE}/jsmodel/") for path in paths)
    maps = {}
    for path in paths:
        name = jupyter.get(path.removeprefix(BASE)).headers.get("sourcemap")
        if name is not None:
            maps[urljoin(path, name)] = path
    found = {}
    for path in maps:
        reply = jupyter.get(path.removeprefix(BASE))
        assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
        source_map = json.loads(reply.text)
        for part in [section["map"] for section in source_map.get("sections", [])] or [source_map]:
            found |= dict(zip(part["sources"], part["sourcesContent"], strict=True))
        assert jupyter.get(path.removeprefix(BASE), login=False).status in (302, 403)
    (shown,) = [text for text in found.values() if "def count(self, v=0):" in text]
    assert "            return min(int(v), 100)" in shown and "import" not in shown
