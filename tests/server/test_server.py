"""The server's own life: its port, its begin and its end; and what it looks like inside another Application."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from jsmodel.server import Access, Server, make_site, routes
from jsmodel.server import server as server_module
from jsmodel.server.errors import AlreadyRunning, PortTaken


@pytest.fixture
def taken():
    """A port of this machine that somebody else listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        yield sock.getsockname()[1]


def test_a_port_that_is_taken_is_named(taken):
    with pytest.raises(
        PortTaken,
        match=rf"Could not serve on port {taken} of 127.0.0.1: Address already in use\. Another program.*\. Stop it",
    ):
        Server("127.0.0.1", taken)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_port_that_is_none_is_named(port):
    with pytest.raises(PortTaken, match=f"port {port}"):
        Server("127.0.0.1", port)


def test_a_host_that_is_not_ours_is_named():
    with pytest.raises(PortTaken, match=r"192\.0\.2\.1"):
        Server("192.0.2.1", 0)


# Tornado leaves the socket that found no port to the garbage collector.
leaves_a_socket = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@leaves_a_socket
def test_without_a_port_the_next_free_one_is_found(taken, monkeypatch):
    monkeypatch.setattr(server_module, "DEFAULT_PORT", taken)
    server = Server("127.0.0.1")
    try:
        assert taken < server.port
    finally:
        server.dispose()


@leaves_a_socket
def test_if_the_usual_ports_are_taken_any_will_do(taken, monkeypatch):
    monkeypatch.setattr(server_module, "DEFAULT_PORT", taken)
    monkeypatch.setattr(server_module, "PORTS_TO_TRY", 1)
    server = Server("127.0.0.1")
    try:
        assert server.port != taken
    finally:
        server.dispose()


def test_a_server_listens_on_this_machine_only():
    server = Server(port=0)
    try:
        assert {bound.getsockname()[0] for bound in server._sockets} <= {"127.0.0.1", "::1"}
        assert server.url("Counter") == f"http://localhost:{server.port}/Counter"
    finally:
        server.dispose()


def test_it_prints_where_its_apps_are(serving, counter, capsys):
    client = serving()
    assert f"jsmodel: Counter at http://localhost:{client.server.port}/Counter  (" in capsys.readouterr().out


def test_starting_twice_is_explained(serving, counter):
    server = serving().server
    with pytest.raises(
        AlreadyRunning, match=r"Could not start the server: .* is running already\. .*\. Use app\.serve\(\)"
    ):
        server.start()


def test_it_stops_from_a_thread_and_says_goodbye(serving, counter):
    client = serving()
    page, _, _ = client.open("Counter")
    client.server.stop()
    reasons = []
    while (message := page.receive()) is not None:
        reasons += [op["reason"] for op in message["ops"] if op["op"] == "bye"]
    assert page.code == 1001
    assert reasons
    deadline = time.monotonic() + 5
    while not client.server.closed or client.server.running:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    with pytest.raises(OSError):
        socket.create_connection(client.address, 1)


def test_a_page_that_does_not_answer_cannot_hold_up_the_end(counter, visit):  # A74
    from jsmodel.server import Limits

    server = Server("127.0.0.1", 0, limits=Limits(stop_seconds=0.3))
    ready = threading.Event()
    thread = threading.Thread(target=server.start, kwargs={"ready": ready.set}, daemon=True)
    thread.start()
    assert ready.wait(5)
    client = visit(server.port)
    pages = [client.open("Counter")[0] for _ in range(20)]
    start = time.monotonic()
    server.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert time.monotonic() - start < 3
    for page in pages:
        page.drop()


def test_stopping_what_does_not_run_is_fine():
    server = Server("127.0.0.1", 0)
    server.stop()
    server.dispose()
    server.dispose()
    assert server.closed


def test_run_ends_when_the_last_page_is_closed(counter, visit, monkeypatch):
    monkeypatch.setattr(server_module, "RELOAD_SECONDS", 0.4)
    server = Server("127.0.0.1", 0)
    ready = threading.Event()
    thread = threading.Thread(target=server.start, kwargs={"ready": ready.set, "until_empty": True}, daemon=True)
    thread.start()
    assert ready.wait(5)
    client = visit(server.port)
    time.sleep(0.5)
    assert thread.is_alive()  # nobody came yet
    one, two = client.open("Counter")[0], client.open("Counter")[0]
    one.leave()
    time.sleep(0.5)
    assert thread.is_alive()  # one is left
    two.leave()
    reloaded = client.open("Counter")[0]  # in less than the time for a reload
    time.sleep(0.6)
    assert thread.is_alive()
    reloaded.leave()
    thread.join(5)
    assert not thread.is_alive() and server.closed


def test_a_slow_head_of_a_request_is_given_up(serving, counter):  # A18
    client = serving(header_seconds=0.3)
    with socket.create_connection(client.address, 5) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        start = time.monotonic()
        assert sock.recv(1000) == b""
        assert time.monotonic() - start < 4


def test_a_slow_body_is_given_up(serving, counter):  # A18
    client = serving(body_seconds=0.3)
    with socket.create_connection(client.address, 5) as sock:
        sock.sendall(f"POST / HTTP/1.1\r\nHost: {client.host}\r\nContent-Length: 1000\r\n\r\nx".encode())
        start = time.monotonic()
        while sock.recv(1000):
            pass
        assert time.monotonic() - start < 4


def test_large_heads_and_bodies_are_refused(serving, counter):
    client = serving()
    assert client.request("/", {"X-Long": "x" * 100_000}).status in (0, 400, 431)
    long = f"POST / HTTP/1.1\r\nHost: {client.host}\r\nContent-Length: 100000000\r\n\r\n".encode()
    assert client.raw(long).status in (0, 400, 413)
    assert client.request("/").status == 303


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 5_0\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
    ],
)
def test_a_request_with_two_readings_is_refused(serving, counter, head):  # A58
    client = serving()
    data = (
        b"POST / HTTP/1.1\r\nHost: "
        + client.host.encode()
        + b"\r\n"
        + head
        + b"\r\n0\r\n\r\nGET /Counter HTTP/1.1\r\n\r\n"
    )
    reply = client.raw(data)
    assert reply.status in (0, 400)
    assert b"jsmodel-config" not in reply.body


def test_there_is_nothing_to_administer(serving, counter):  # A55
    client = serving()
    for path in (
        "/stop",
        "/metrics",
        "/debug",
        "/_jsm",
        "/_jsm/",
        "/_jsm/assets",
        "/_jsm/stop",
        "/static/page.js",
    ):
        assert client.request(path).status == 404


def test_the_routes_work_inside_another_application(counter, visit):
    site = make_site(access=Access(hosts={"127.0.0.1"}))

    async def scenario():
        [sock] = bind_sockets(0, "127.0.0.1")
        http = HTTPServer(Application(routes(site, "/widgets")))
        http.add_sockets([sock])
        port = sock.getsockname()[1]

        def look():
            client = visit(port, "127.0.0.1")
            assert client.request("/widgets/").headers["location"] == "Counter"
            assert client.request("/Counter").status == 404
            assert client.request("/widgets/Counter", host="evil.example").status == 403
            ticket = client.config("/widgets/Counter")["ticket"]
            page = client.connect("widgets/Counter")
            page.hello(ticket)
            page.leave()

        await asyncio.to_thread(look)
        site.sessions.close("the end")
        http.stop()
        await http.close_all_connections()

    asyncio.run(scenario())
    assert len(counter.made) == 1


def test_inside_a_loop_that_runs_start_returns_at_once(counter, visit):
    async def scenario():
        server = Server("127.0.0.1", 0)
        server.start()
        assert server.running
        client = visit(server.port)
        assert (await asyncio.to_thread(client.request, "/Counter")).status == 200
        with pytest.raises(AlreadyRunning):
            server.start()
        await server.close()
        assert not server.running

    asyncio.run(scenario())


@pytest.mark.parametrize(("host", "port"), [("localhost", "80"), (None, 8080), ("localhost", True)])
def test_a_host_or_port_of_the_wrong_type_is_refused_in_words(host, port):
    with pytest.raises(TypeError, match="A server cannot listen on host .* port .*Write app.create_server"):
        server_module.bind(host, port)


@pytest.mark.parametrize("port", [99999, -1])
def test_a_port_that_cannot_be_is_not_said_to_be_taken(port):
    with pytest.raises(PortTaken, match="This machine has no such address or port.*another with app.create_server"):
        server_module.bind("127.0.0.1", port)
