"""The guard stands before every route and every upgrade, and refuses by default."""

from __future__ import annotations

import time

import pytest
from tornado.web import RequestHandler

from jsmodel.server import Access, Limits, Server, make_site
from jsmodel.server.errors import BadAccess
from jsmodel.server.guard import Guard, Refused
from jsmodel.server.guarded import Guarded
from jsmodel.server.tickets import Tickets

PATHS = ["/", "/Counter", "/Counter/", "/Counter/ws", "/_jsm/assets/0123.js", "/nothing/at/all", "/favicon.ico"]


def all_rules(application):
    """Every rule of an Application, however deep."""
    pending = [application.default_router]
    while pending:
        for rule in pending.pop().rules:
            if isinstance(rule.target, type):
                yield rule
            else:
                pending.append(rule.target)


def test_every_route_of_the_application_stands_behind_the_guard():
    server = Server("127.0.0.1", 0)
    try:
        rules = list(all_rules(server.application))
        assert len(rules) == 7
        for rule in rules:
            assert issubclass(rule.target, Guarded), rule
            assert rule.target.prepare is Guarded.prepare, rule
            assert rule.target_kwargs["site"] is server.site
        assert issubclass(server.application.settings["default_handler_class"], Guarded)
    finally:
        server.dispose()


def test_a_handler_cannot_put_itself_before_the_guard():
    with pytest.raises(AssertionError, match="nothing may run before the guard"):

        class Sneaky(Guarded):
            def prepare(self):
                RequestHandler.prepare(self)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_name_that_was_rebound_to_this_machine_gets_nothing(serving, counter, path, method):  # A4
    client = serving()
    reply = client.request(path, {"Origin": "http://evil.example"}, method, host="evil.example")
    assert reply.status == 403
    assert "evil" not in reply.text


def test_an_upgrade_through_a_rebound_name_is_refused_and_builds_nothing(serving, counter):  # A4
    client = serving()
    host = f"evil.example:{client.server.port}"
    assert client.upgrade_status("/Counter/ws", [("Origin", f"http://{host}")], host) == 403
    assert counter.made == []


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:{port}", "127.0.0.1:{port}", "LocalHost:{port}", "[::1]:{port}", "localhost:80"]
)
def test_the_names_of_this_machine_are_its_own(serving, counter, host):
    client = serving()
    assert client.request("/Counter", host=host.format(port=client.server.port)).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.com",
        "127.0.0.1.evil.com",
        "10.0.0.7",
        "[::2]",
        "0.0.0.0",
        "127.0.0.2",
        "localhos",
    ],
)
def test_other_names_are_not(serving, counter, host):
    assert serving().request("/Counter", host=host).status == 403


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"Host: localhost\r\nHost: localhost\r\n",
        b"Host: localhost, evil\r\n",
        b"Host: user@localhost\r\n",
        b"Host: user:pw@localhost\r\n",
        b"Host: localhost:0\r\n",
        b"Host: localhost:65536\r\n",
        b"Host: localhost:99999999999\r\n",
        b"Host: localhost:http\r\n",
        b"Host: local\rhost\r\n",
        b"Host: local\nhost\r\n",
        b"Host: local host\r\n",
        b"Host: localhost/\r\n",
        b"Host: \r\n",
        b"Host: .localhost\r\n",
        b"Host: localhost.\r\n",
        b"Host: [::1\r\n",
        "Host: löcalhost\r\n".encode(),
    ],
)
def test_a_host_header_that_is_none_is_a_bad_request(serving, counter, head):  # A5
    reply = serving().raw(b"GET /Counter HTTP/1.1\r\nConnection: close\r\n" + head + b"\r\n")
    assert reply.status == 400


ORIGINS = [
    "http://evil.example",
    "http://localhost.evil.com:{port}",
    "http://evillocalhost:{port}",
    "http://localhost.:{port}",
    "http://localhost:1{port}",
    "http://localhost:1",
    "http://localhost",
    "https://localhost:{port}",
    "http://127.0.0.1:{port}",
    "HTTP://localhost:{port}",
    "http://LOCALHOST:{port}",
    "http://localhost:{port}/",
    "http://localhost:{port}.evil.com",
    "http://user@localhost:{port}",
    "http://löcalhost:{port}",
    "http://xn--lcalhost-n4a:{port}",
    "ws://localhost:{port}",
    "file://",
    "null",
    "",
    "*",
]


@pytest.mark.parametrize("origin", ORIGINS)
def test_only_the_exact_origin_of_this_server_may_connect(serving, counter, origin):  # A1, A2
    client = serving()
    assert client.upgrade_status("/Counter/ws", [("Origin", origin.format(port=client.server.port))]) == 403
    assert counter.made == []


def test_two_origins_are_none(serving, counter):  # A2
    client = serving()
    assert client.upgrade_status("/Counter/ws", [("Origin", client.origin), ("Origin", client.origin)]) == 403
    assert client.upgrade_status("/Counter/ws", [("Origin", client.origin)]) == 101


ALLOWED = {"https://good.com", "https://*.wide.org", "http://port.net:81"}


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        ("https://good.com", True),
        ("http://good.com", False),
        ("https://good.com:444", False),
        ("https://good.com.evil.com", False),
        ("https://evilgood.com", False),
        ("https://a.good.com", False),
        ("https://goodxcom", False),
        ("https://one.wide.org", True),
        ("https://two.one.wide.org", False),
        ("https://wide.org", False),
        ("https://.wide.org", False),
        ("https://evil.com/.wide.org", False),
        ("https://evil.com#.wide.org", False),
        ("https://evil.com\n.wide.org", False),
        ("https://one.wide.org\n", False),
        ("http://port.net:81", True),
        ("http://port.net", False),
        ("http://port.net:8", False),
    ],
)
def test_a_wildcard_is_one_whole_label(origin, passes):  # A2
    guard = Guard(Access(origins=ALLOWED), tickets=Tickets())
    assert guard.origin_allowed(origin, "http", "localhost:1") is passes


def test_without_an_origin_it_takes_a_ticket(serving, counter):  # A3
    client = serving()
    assert client.upgrade_status("/Counter/ws", []) == 403
    assert client.upgrade_status("/Counter/ws", [("Authorization", "Bearer nonsense")]) == 403
    ticket = client.ticket("Counter")
    assert client.upgrade_status("/Counter/ws", [("Authorization", f"Bearer {ticket}")]) == 101
    assert client.upgrade_status("/Other/ws", [("Authorization", f"Bearer {ticket}")]) == 403
    assert (
        client.upgrade_status("/Counter/ws", [("Authorization", f"Bearer {ticket}"), ("Origin", "http://evil.example")])
        == 403
    )


def test_forwarded_headers_of_a_client_are_ignored(serving, counter):  # A6
    client = serving()
    lies = {
        "X-Forwarded-Host": "localhost",
        "X-Forwarded-For": "127.0.0.1",
        "X-Real-Ip": "127.0.0.1",
        "X-Forwarded-Proto": "https",
    }
    assert client.request("/Counter", lies, host="evil.example").status == 403
    secure = [("Origin", f"https://{client.host}"), ("X-Forwarded-Proto", "https"), ("X-Scheme", "https")]
    assert client.upgrade_status("/Counter/ws", secure) == 403
    assert "secure" not in " ".join(client.request("/Counter", lies).cookies).lower()


TOKEN = "correct horse battery"


@pytest.mark.parametrize("path", PATHS)
def test_with_a_token_nothing_is_given_out_without_it(serving, counter, path):  # A7
    client = serving(Access(token=TOKEN))
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": f"jsmodel-access-{client.server.port}=wrong"}):
        assert client.request(path, headers).status == 403
    assert client.request(path + "?token=wrong").status == 403


def test_the_token_moves_from_the_address_into_a_cookie(serving, counter, caplog):  # A8
    client = serving(Access(token=TOKEN))
    with caplog.at_level("DEBUG"):
        reply = client.request("/Counter?token=correct%20horse%20battery")
    assert (reply.status, reply.headers["location"]) == (303, "Counter")
    assert "horse" not in caplog.text
    [cookie] = reply.cookies
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "horse" not in cookie
    headers = {"Cookie": cookie.split(";")[0]}
    assert client.request("/Counter", headers).status == 200
    assert client.upgrade_status("/Counter/ws", [("Origin", client.origin), *headers.items()]) == 101
    assert client.upgrade_status("/Counter/ws", [("Origin", "http://evil.example"), *headers.items()]) == 403
    assert client.upgrade_status("/Counter/ws", headers.items()) == 403  # a cookie is no proof of intent
    assert client.upgrade_status("/Counter/ws", [("Authorization", f"Bearer {TOKEN}")]) == 101


def test_a_cookie_ends_when_the_token_changes(serving, counter):  # A12
    secret = b"the same secret for both servers"
    one = serving(Access(token=TOKEN, secret=secret))
    cookie = one.request("/?token=correct%20horse%20battery").cookies[0].split(";")[0].partition("=")[2]
    for token, status in ((TOKEN, 200), ("another token", 403)):
        two = serving(Access(token=token, secret=secret))
        assert two.request("/Counter", {"Cookie": f"jsmodel-access-{two.server.port}={cookie}"}).status == status


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_no_change_is_made_for_another_site(serving, counter, path, method):  # A50
    client = serving()
    for headers in (
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": client.origin, "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {},
    ):
        assert client.request(path, headers, method).status == 403
    same = client.request(path, {"Origin": client.origin, "Sec-Fetch-Site": "same-origin"}, method)
    assert same.status in (404, 405)  # and there is nothing that could be changed
    assert counter.made == []


def test_a_wrong_token_takes_as_long_as_a_nearly_right_one():  # A57
    guard = Guard(Access(token="x" * 4000), tickets=Tickets())

    def cost(given):
        best = 1.0
        for _ in range(200):
            start = time.perf_counter()
            guard._is_token(given)
            best = min(best, time.perf_counter() - start)
        return best

    early, late = cost("y" + "x" * 3999), cost("x" * 3999 + "y")
    assert 0.2 < early / late < 5


@pytest.mark.parametrize(
    ("access", "words"),
    [
        ({"hosts": {"http://example.com"}}, "host 'http://example.com'"),
        ({"hosts": {"example.com:80"}}, "host 'example.com:80'"),
        ({"hosts": {"*"}}, r"host '\*'"),
        ({"origins": {"*"}}, r"origin '\*'"),
        ({"origins": {"example.com"}}, "origin 'example.com'"),
        ({"origins": {"https://*"}}, "origin"),
        ({"origins": {"https://ex*ple.com"}}, "origin"),
        ({"origins": {"https://example.com/"}}, "origin"),
        ({"frame_ancestors": ("*; script-src *",)}, "frame ancestor"),
        ({"token": "short"}, "less than 8 characters"),
    ],
)
def test_an_access_that_cannot_be_meant_is_refused(access, words):
    with pytest.raises(BadAccess, match=words):
        Access(**access)


def test_an_access_does_not_show_its_secrets():
    assert "horse" not in repr(Access(token=TOKEN, secret=b"horse horse"))


def test_a_server_on_all_addresses_is_reached_by_its_addresses_and_says_so(capsys, serving, counter):  # A4
    client = serving(host="0.0.0.0")
    assert client.request("/Counter", host=f"127.0.0.1:{client.server.port}").status == 200
    assert client.request("/Counter", host="evil.example").status == 403
    assert client.request("/Counter", host="10.1.2.3").status == 403  # not the address that was connected to
    words = capsys.readouterr().out
    assert "reachable from other machines, as " in words and "localhost" in words


def test_names_given_by_access_are_let_in(serving, counter):
    client = serving(Access(hosts={"apps.example.com"}, origins={"https://apps.example.com"}))
    assert client.request("/Counter", host="apps.example.com").status == 200
    assert client.upgrade_status("/Counter/ws", [("Origin", "https://apps.example.com")], "apps.example.com") == 101
    assert client.upgrade_status("/Counter/ws", [("Origin", "https://example.com")], "apps.example.com") == 403


def test_host_checking_needs_no_server():
    guard = make_site(limits=Limits()).guard
    assert guard.check_host(["LOCALHOST:8080"]) == "localhost:8080"
    assert guard.check_host(["192.168.1.4"], "192.168.1.4") == "192.168.1.4"
    with pytest.raises(Refused, match="'192.168.1.4' is not one of this server"):
        guard.check_host(["192.168.1.4"])
