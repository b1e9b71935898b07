"""Proxies that are listed are believed, and who guesses is not listened to for a while."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from tornado.httputil import HTTPHeaders

from jsmodel.server import Access
from jsmodel.server.errors import BadAccess
from jsmodel.server.limits import Failures
from jsmodel.server.proxies import BadForward, Proxies


class Request:
    """What the proxies look at, and change."""

    def __init__(self, remote_ip: str, *headers: tuple[str, str]) -> None:
        self.remote_ip, self.protocol, self.host = remote_ip, "http", "inside:8080"
        self.headers = HTTPHeaders({"Host": "inside:8080"})
        for name, value in headers:
            self.headers.add(f"X-Forwarded-{name}", value)


ALL = (("For", "1.2.3.4"), ("Proto", "https"), ("Host", "example.com"), ("Prefix", "/apps/"))


def seen(request: Any) -> tuple[str, str, str]:
    return request.remote_ip, request.protocol, request.headers["Host"]


@pytest.mark.parametrize("listed", [[], ["10.0.0.2"], ["192.168.0.0/16", "::1"]])
def test_from_an_address_that_is_not_listed_forwarded_headers_are_ignored(listed: list[str]) -> None:
    request = Request("10.0.0.1", *ALL)
    assert Proxies(listed).unwrap(request) == ""  # type: ignore[arg-type]
    assert seen(request) == ("10.0.0.1", "http", "inside:8080")


@pytest.mark.parametrize(
    ("listed", "address"),
    [("10.0.0.1", "10.0.0.1"), ("10.0.0.0/8", "10.9.8.7"), ("10.0.0.1", "::ffff:10.0.0.1"), ("::1", "::1")],
)
def test_from_one_that_is_they_say_what_was_asked_for(listed: str, address: str) -> None:
    request = Request(address, *ALL)
    assert Proxies([listed]).unwrap(request) == "/apps"  # type: ignore[arg-type]
    assert seen(request) == ("1.2.3.4", "https", "example.com")


@pytest.mark.parametrize(
    ("forwarded", "visitor"),
    [
        (["1.2.3.4"], "1.2.3.4"),
        (["6.6.6.6, 1.2.3.4"], "1.2.3.4"),  # the first is what the visitor made up
        (["6.6.6.6, 1.2.3.4, 10.0.0.9"], "1.2.3.4"),  # the last is another proxy of ours
        (["6.6.6.6", "1.2.3.4"], "1.2.3.4"),
        (["10.0.0.8, 10.0.0.9"], "10.0.0.8"),
        (["1.2.3.4:5678"], "1.2.3.4"),
        (["[2001:db8::1]:5678"], "2001:db8::1"),
        (["2001:DB8:0::1"], "2001:db8::1"),
    ],
)
def test_the_visitor_is_the_nearest_address_that_is_no_proxy_of_ours(forwarded: list[str], visitor: str) -> None:
    request = Request("10.0.0.1", *[("For", value) for value in forwarded])
    Proxies(["10.0.0.0/8"]).unwrap(request)  # type: ignore[arg-type]
    assert request.remote_ip == visitor


@pytest.mark.parametrize(
    "header",
    [
        ("For", "unknown"),
        ("For", "1.2.3.4.5"),
        ("For", "localhost"),
        ("Proto", "javascript"),
        ("Proto", "wss"),
        ("Prefix", "//evil.example"),
        ("Prefix", "/a//b"),
        ("Prefix", "evil"),
        ("Prefix", "/<script>"),
        ("Prefix", "/a/../b"),
        ("Prefix", "/a;b"),
        ("Prefix", "/a b"),
        ("Prefix", "/\\evil"),
        ("Prefix", "/%2f"),
    ],
)
def test_what_cannot_be_is_refused(header: tuple[str, str]) -> None:
    with pytest.raises(BadForward):
        Proxies(["10.0.0.1"]).unwrap(Request("10.0.0.1", header))  # type: ignore[arg-type]


@pytest.mark.parametrize("proxy", ["proxy.example.com", "10.0.0.1:80", "", "10.0.0.0/33", 5])
def test_a_proxy_that_cannot_be_meant_is_refused(proxy: Any) -> None:
    with pytest.raises(
        BadAccess, match="Access got the proxy .* it is neither an address nor a network.* as '10.0.0.1'"
    ):
        Access(proxies=frozenset([proxy]))


def test_behind_a_proxy_pages_and_sockets_are_those_of_its_name(serving: Any, counter: Any) -> None:  # A6
    client = serving(Access(hosts=frozenset(["example.com"]), proxies=frozenset(["127.0.0.1"])))
    forwarded = {"X-Forwarded-Host": "example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"}
    page = client.request("/Counter", forwarded)
    assert page.status == 200 and "wss://example.com" in page.headers["content-security-policy"]
    more = list(forwarded.items())
    assert client.upgrade_status("/Counter/ws", [("Origin", "https://example.com"), *more]) == 101
    assert client.upgrade_status("/Counter/ws", [("Origin", client.origin), *more]) == 403
    assert client.upgrade_status("/Counter/ws", [("Origin", "http://example.com"), *more]) == 403
    assert client.request("/Counter", {**forwarded, "X-Forwarded-Host": "evil.example"}).status == 403
    for header in ("X-Forwarded-Prefix", "X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Host"):
        assert client.request("/Counter", {**forwarded, header: "//evil<script>"}).status == 400


def test_behind_a_proxy_with_a_prefix_cookies_are_for_the_pages_there(serving: Any, counter: Any) -> None:  # A6
    access = Access(token="correct horse", hosts=frozenset(["example.com"]), proxies=frozenset(["127.0.0.1"]))
    forwarded = {"X-Forwarded-Host": "example.com", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/apps"}
    reply = serving(access).request("/Counter?token=correct+horse", forwarded)
    assert reply.status == 303 and reply.headers["location"] == "Counter"
    assert "; Secure" in reply.cookies[0]


# -- failures


def test_failures_count_by_address_until_their_time_is_over() -> None:
    now = 0.0
    failures = Failures(3, 60.0, clock=lambda: now)
    for _ in range(2):
        failures.note("a")
    assert failures.wait("a") == 0.0
    now = 10.0
    failures.note("a")
    assert failures.wait("a") == 50.0 and failures.wait("b") == 0.0
    now = 61.0
    assert failures.wait("a") == 0.0
    failures.note("a")
    assert failures.wait("a") == 0.0


def test_failures_of_more_addresses_than_fit_forget_the_oldest() -> None:
    failures = Failures(1, 60.0)
    for number in range(Failures.ADDRESSES + 10):
        failures.note(str(number))
    assert len(failures) == Failures.ADDRESSES
    assert failures.wait("9") == 0.0 and failures.wait(str(Failures.ADDRESSES + 9)) > 0


def test_who_guesses_the_token_is_not_listened_to_and_who_is_in_stays_in(
    serving: Any, counter: Any, caplog: pytest.LogCaptureFixture
) -> None:  # A9
    client = serving(Access(token="correct horse"), failures_per_address=5)
    cookie = client.request("/Counter?token=correct+horse").cookies[0].split(";")[0]
    with caplog.at_level(logging.WARNING, "jsmodel"):
        guesses = [client.request(f"/Counter?token=guess-{number}").status for number in range(8)]
    assert guesses == [403] * 5 + [429] * 3
    assert len([record for record in caplog.records if "Refused" in record.message]) == 5
    late = client.request("/Counter?token=correct+horse")
    assert late.status == 429 and 0 < int(late.headers["retry-after"]) <= 61
    assert client.request("/Counter", {"Authorization": "Bearer correct horse"}).status == 429
    assert client.request("/Counter", {"Cookie": cookie}).status == 200
    page, _, _ = client.connect("Counter", [("Origin", client.origin), ("Cookie", cookie)]), None, None
    page.hello(client.ticket("Counter", {"Cookie": cookie}))


def test_who_guesses_from_behind_a_proxy_does_not_stop_the_others(serving: Any, counter: Any) -> None:  # A6, A9
    access = Access(token="correct horse", proxies=frozenset(["127.0.0.1"]))
    client = serving(access, failures_per_address=3)
    for _ in range(5):
        client.request("/Counter?token=guess", {"X-Forwarded-For": "6.6.6.6"})
    assert client.request("/Counter?token=correct+horse", {"X-Forwarded-For": "6.6.6.6"}).status == 429
    assert client.request("/Counter?token=correct+horse", {"X-Forwarded-For": "1.2.3.4"}).status == 303


def test_sessions_and_tickets_that_are_guessed_count_as_failures(serving: Any, counter: Any) -> None:  # A9
    client = serving(failures_per_address=4)
    ticket = client.ticket("Counter")
    codes = []
    for hello in ({"ticket": "guess"}, {"ticket": None}, {"ticket": ticket, "session": "s" * 32, "client": "c"}):
        page = client.connect("Counter")
        page.send(hello=hello)
        codes.append(page.closed())
    assert codes == [4001, 4001, 4004]
    assert [client.request(f"/guess{number}").status for number in range(3)] == [404, 429, 429]
    page, _, _ = client.open("Counter")  # without a token there is nothing to guess
    page.leave()
