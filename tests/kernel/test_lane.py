"""The kernel's end of the fast lane: its private server, asked without anybody in between."""

from __future__ import annotations

import json
import socket
import stat
import struct
import time
from pathlib import Path
from typing import Any

import pytest
import websocket

from jsmodel.server.lane import Note, note_path

from .conftest import COUNTER, SETUP, TIMEOUT, Kernel, Page

SECRET = "X-Jsmodel-Secret"


class Lane:
    """Plays the part of jupyter_server, and of the page that it passes on."""

    def __init__(self, note: Note) -> None:
        self.note = note
        self.seq = 0
        self.messages: list[dict[str, Any]] = []

    def connection(self, address: str | int) -> socket.socket:
        sock = socket.socket() if isinstance(address, int) else socket.socket(socket.AF_UNIX)
        sock.settimeout(TIMEOUT)
        sock.connect(("127.0.0.1", address) if isinstance(address, int) else address)
        return sock

    def get(self, path: str, *headers: str, apps: bool = False) -> tuple[int, bytes]:
        """Ask for a file or a page; the status, and what it holds."""
        with self.connection(self.note.apps if apps else self.note.lane) as sock:
            lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
            sock.sendall("\r\n".join(lines).encode("latin1"))
            received = b""
            while more := sock.recv(65536):
                received += more
        head, _, body = received.partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    def open(self, path: str = "/lane", secret: str | None = None) -> Lane:
        """Open a websocket."""
        headers = [f"{SECRET}: {self.note.secret if secret is None else secret}"]
        sock = self.connection(self.note.apps if path.startswith("/app/") else self.note.lane)
        self.socket = websocket.create_connection(f"ws://localhost{path}", socket=sock, header=headers, timeout=TIMEOUT)
        return self

    def say(self, message: dict[str, Any]) -> None:
        text = json.dumps({"v": 1, "seq": 0, "ack": 0, "ops": [], **message}).encode()
        self.socket.send_binary(struct.pack("<II", len(text), 0) + text)

    def send(self, *ops: dict[str, Any], ack: int = 0) -> None:
        self.seq += 1
        self.say({"seq": self.seq, "ack": ack, "ops": list(ops)})

    def hear(self) -> dict[str, Any]:
        """The next message."""
        frame = self.socket.recv()
        assert isinstance(frame, bytes) and frame, f"closed: {frame!r}"
        (length,) = struct.unpack_from("<I", frame)
        self.messages.append(json.loads(frame[8 : 8 + length]))
        return self.messages[-1]

    def until(self, kind: str) -> dict[str, Any]:
        """Read until an op of this kind comes."""
        while True:
            for op in self.hear()["ops"]:
                if op["op"] == kind:
                    return op

    def closed(self) -> int:
        """Read until it is closed; with which code."""
        while True:
            opcode, data = self.socket.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int(struct.unpack("!H", data[:2])[0])


def note_of(kernel: Kernel) -> Note:
    """The kernel's note, as soon as it is there."""
    path = note_path(kernel.manager.connection_file)
    end = time.monotonic() + TIMEOUT
    while (note := Note.read(path)) is None:
        assert time.monotonic() < end, "the kernel wrote no note"
        time.sleep(0.02)
    return note


@pytest.fixture
def page(kernel: Kernel) -> Page:
    """A page with a counter that says that it can take the lane."""
    kernel.run(SETUP)
    kernel.run(COUNTER)
    page = kernel.open_page(lane=True)
    page.welcomed()
    return page


@pytest.fixture
def lane(kernel: Kernel, page: Page) -> Lane:
    return Lane(note_of(kernel))


def hello_of(page: Page, **more: Any) -> dict[str, Any]:
    welcome = page.welcomed()
    return {"hello": {"client": welcome["client"], "session": welcome["session"], "seen": page.seen, **more}}


def test_a_kernel_opens_no_lane_that_nobody_asked_for(kernel: Kernel) -> None:
    kernel.run(SETUP)
    assert "lane" not in kernel.open_page().welcomed()
    kernel.run("import time; time.sleep(1)")
    assert not note_path(kernel.manager.connection_file).exists()


def test_a_page_that_asks_is_told_of_the_lane(page: Page) -> None:
    assert page.welcomed()["lane"] is True


def test_what_lies_in_the_folder_is_this_users_only_and_goes_with_the_kernel(kernel: Kernel, lane: Lane) -> None:
    note = note_path(kernel.manager.connection_file)
    left = [note, Path(str(lane.note.lane)), Path(str(lane.note.apps))]
    assert [stat.S_IMODE(path.stat().st_mode) for path in left] == [0o600] * 3
    assert left[1].is_socket() and left[2].is_socket()
    assert [path for path in note.parent.iterdir() if path.name.startswith(note.stem)] != []
    kernel.manager.shutdown_kernel()
    assert [path.name for path in note.parent.iterdir() if path.name.startswith(note.stem)] == []


def test_the_conversation_goes_on_over_the_lane_and_the_comm_is_closed(kernel: Kernel, page: Page, lane: Lane) -> None:
    model = next(iter(page.models))
    page.ask({"op": "set", "id": model, "props": {"count": 3}})
    lane.open().say(hello_of(page))
    welcome = lane.hear()["welcome"]
    assert welcome["resumed"] is True and welcome["client"] == page.welcomed()["client"]
    page.wait(lambda: page.closed, "the comm was not closed")
    lane.seq = page.seq
    lane.send({"op": "set", "id": model, "props": {"count": 500}})
    assert lane.until("set")["props"] == {"count": 100}  # it is validated, as ever
    kernel.run("counter.count = 7")
    assert lane.until("set")["props"] == {"count": 7}
    assert kernel.run("counter.count, counter.seen").text == "(7, [0, 3, 100, 7])"


def test_the_lane_answers_while_a_cell_computes(kernel: Kernel, page: Page, lane: Lane, tmp_path: Path) -> None:
    model = next(iter(page.models))
    lane.open().say(hello_of(page))
    lane.hear()
    go = tmp_path / "go"
    cell = kernel.start(
        f"import pathlib, time\ncounter.count = 42\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.02)\ncounter.count"
    )
    assert lane.until("set")["props"] == {"count": 42}
    lane.send({"op": "set", "id": model, "props": {"count": 50}})
    while lane.hear()["ack"] < 1:
        pass
    assert lane.messages[-1]["done"] == 0  # it came, and is applied when the cell has ended
    go.touch()
    assert kernel.finish(cell).text == "42"
    while lane.hear().get("done", lane.messages[-1]["ack"]) < 1:
        pass
    assert kernel.run("counter.count").text == "50"


def test_after_the_lane_a_new_comm_goes_on_with_nothing_lost(kernel: Kernel, page: Page, lane: Lane) -> None:
    model = next(iter(page.models))
    lane.open().say(hello_of(page))
    lane.hear()
    lane.send({"op": "set", "id": model, "props": {"count": 4}})
    while lane.hear().get("done", lane.messages[-1]["ack"]) < 1:
        pass
    seen = max(m.get("seq", 0) for m in lane.messages)
    lane.socket.close()
    kernel.run("counter.count = 5\ncounter.count = 6")
    again = kernel.open_page(**{**hello_of(page)["hello"], "seen": seen, "lane": True})
    again.models = page.models
    assert again.welcomed()["resumed"] is True
    again.wait(lambda: again.models[model]["props"]["count"] == 6, "the change did not come")


def test_without_the_secret_there_is_nothing(lane: Lane) -> None:
    for path in ("/lane", "/_jsm/assets/x.js", "/_jsm/data/a/b/c", "/", "/nothing"):
        for secret in ("", "wrong", lane.note.secret[:-1], lane.note.secret + "x", None):
            headers = [] if secret is None else [f"{SECRET}: {secret}"]
            assert lane.get(path, *headers)[0] == 403
            assert lane.get(f"/app{path}", *headers, apps=True)[0] == 403
        with pytest.raises(websocket.WebSocketBadStatusException) as info:
            lane.open(path, "wrong")
        assert info.value.status_code == 403


def test_the_secret_counts_only_once(lane: Lane) -> None:
    right = f"{SECRET}: {lane.note.secret}"
    assert lane.get("/nothing", right)[0] == 404
    assert lane.get("/nothing", right, right)[0] == 403


def test_no_path_leads_to_a_file(lane: Lane) -> None:
    for path in ("/_jsm/assets/../lane", "/_jsm/assets/..%2f..%2fetc%2fpasswd", "/_jsm/assets/%252e", "/etc/passwd"):
        assert lane.get(path, f"{SECRET}: {lane.note.secret}")[0] == 404


def test_a_page_that_is_not_known_is_turned_away(kernel: Kernel, page: Page, lane: Lane) -> None:
    known = hello_of(page)["hello"]
    for hello in ({**known, "client": "other"}, {**known, "session": "other"}, {**known, "client": None}, {}):
        lane.open().say({"hello": hello})
        assert lane.closed() == 4004
    assert not page.closed
    page.ask({"op": "set", "id": next(iter(page.models)), "props": {"count": 9}})
    assert kernel.run("counter.count").text == "9"


def test_a_first_message_that_is_no_hello_closes(lane: Lane) -> None:
    lane.open().send({"op": "bye", "reason": ""})
    assert lane.closed() == 4010
    lane.open().socket.send("text")
    assert lane.closed() == 4010


def test_forged_messages_change_nothing_and_are_answered(kernel: Kernel, page: Page, lane: Lane) -> None:
    lane.open().say(hello_of(page))
    lane.hear()
    lane.send({"op": "set", "id": next(iter(page.models)), "props": {"count": 1}, "more": True})
    assert "more" in lane.until("error")["title"]
    lane.seq = 0
    lane.send({"op": "call", "id": next(iter(page.models)), "name": "dispose", "args": [], "call": 1})
    assert "cannot be called from the browser" in lane.until("reply")["error"]
    assert kernel.run("counter.count").text == "0"


def test_a_page_that_may_run_no_code_from_messages_gets_addresses(kernel: Kernel) -> None:
    kernel.run(SETUP)
    kernel.run(COUNTER)
    page = kernel.open_page(lane=True, inline=False)
    page.welcomed()
    assert page.assets and all("code" not in asset for asset in page.assets)
    lane = Lane(note_of(kernel))
    for asset in page.assets:
        status, content = lane.get(f"/{asset['url']}", f"{SECRET}: {lane.note.secret}")
        assert status == 200 and content
    assert any(b"Counter" in lane.get(f"/{a['url']}", f"{SECRET}: {lane.note.secret}")[1] for a in page.assets)


def test_the_apps_of_a_kernel_run_in_its_main_thread(kernel: Kernel, lane: Lane) -> None:
    kernel.run(
        "import threading\nclass Shown(app.Model):\n"
        "    def init(self):\n        global where\n        where = threading.current_thread() is threading.main_thread()\n"
        "    class JS:\n        pass\napp.serve(Shown)"
    )
    status, content = lane.get("/app/Shown", f"{SECRET}: {lane.note.secret}", apps=True)
    assert status == 200
    ticket = json.loads(content.split(b'id="jsmodel-config">')[1].split(b"</script>")[0])["ticket"]
    lane.open("/app/Shown/ws").say({"hello": {"ticket": ticket}})
    assert lane.until("create")
    assert kernel.run("where").text == "True"
