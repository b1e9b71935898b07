"""What the server gives out: the index, the page of an app, its assets, and fixed words for anything else."""

from __future__ import annotations

import gzip
import html
import json

import pytest

from jsmodel import registry
from jsmodel.assets import Asset, runtime_asset, store
from jsmodel.assets.page import render_page
from jsmodel.server import Access
from jsmodel.server.tickets import Tickets

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "a\u2028b\u2029c",
    "`${alert(1)}`",
    "\"'><img src=x onerror=alert(1)>",
]


def test_with_no_app_the_index_says_what_to_type(serving, clean_registry):
    reply = serving().request("/")
    assert reply.status == 200
    assert "app.serve(Counter)" in reply.text


def test_with_one_app_the_index_goes_there(serving, counter):
    reply = serving().request("/")
    assert (reply.status, reply.headers["location"]) == (303, "Counter")


def test_with_several_apps_the_index_lists_them(serving, counter):
    registry.serve(counter, "Second")
    reply = serving().request("/")
    assert reply.status == 200
    assert '<a href="Counter">' in reply.text and '<a href="Second">' in reply.text
    assert "prefers-color-scheme: dark" in reply.text
    assert "script-src 'none'" in reply.headers["content-security-policy"]


def test_a_page_builds_no_model_and_sets_no_cookie(serving, counter):  # A16
    client = serving()
    for _ in range(20):
        assert client.request("/Counter").cookies == []
    assert counter.made == []
    assert len(client.server.site.sessions) == 0


def test_a_page_knows_where_its_websocket_and_its_assets_are(serving, counter):
    client = serving()
    config = client.config("/Counter")
    assert (config["app"], config["ws"]) == ("Counter", "Counter/ws")
    assert client.server.site.tickets.read(config["ticket"], "Counter").fresh
    assert f'src="_jsm/assets/{runtime_asset().url_name}"' in client.request("/Counter").text


def test_a_slash_at_the_end_leads_to_the_page(serving, counter):
    client = serving()
    reply = client.request("/Counter/")
    assert (reply.status, reply.headers["location"]) == (303, "../Counter")
    assert client.request("/Nobody/").status == 404


def test_there_is_no_icon_and_that_is_no_error(serving, counter):
    assert serving().request("/favicon.ico").status == 204


def test_a_page_is_kept_by_nobody_and_shown_in_no_frame(serving, counter):  # A15, A52
    headers = serving().request("/Counter").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "server" not in headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'self'" in policy and "base-uri 'none'" in policy
    [script] = [rule for rule in policy.split("; ") if rule.startswith("script-src")]
    assert script.startswith("script-src 'self' 'nonce-") and "unsafe" not in script


def test_each_page_has_a_nonce_and_a_ticket_of_its_own(serving, counter):
    client = serving()
    one, two = (client.request("/Counter").headers["content-security-policy"] for _ in range(2))
    assert one != two
    assert client.ticket("Counter") != client.ticket("Counter")


def test_who_may_frame_a_page_can_be_set(serving, counter):
    client = serving(Access(frame_ancestors=("'self'", "https://lab.example.com")))
    assert (
        "frame-ancestors 'self' https://lab.example.com"
        in client.request("/Counter").headers["content-security-policy"]
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_title_is_only_text(serving, counter, hostile, monkeypatch):  # A38, A39
    class Titled(registry.Entry):
        title = hostile

    monkeypatch.setitem(registry._entries, "Counter", Titled("Counter", counter))
    registry.serve(counter, "Second")
    client = serving()
    for path in ("/", "/Counter"):
        text = client.request(path).text
        assert hostile not in text or html.escape(hostile) == hostile
        assert html.escape(hostile) in text
    # and in what a page tells its runtime
    page = render_page(title="t", config={"title": hostile})
    data = page.partition('id="jsmodel-config">')[2].partition("</script>")[0]
    assert json.loads(data) == {"title": hostile}
    assert not set("<>&\u2028\u2029") & set(data)


@pytest.mark.parametrize(
    "name", [*HOSTILE, "a/b", "../x", "", " ", "a\nb", "a\n", "x?y", "x#y", "_jsm", "javascript:alert(1)", "%2e%2e"]
)
def test_a_name_that_is_none_cannot_be_served(counter, name):  # A39
    with pytest.raises(ValueError):
        registry.serve(counter, name)


@pytest.mark.parametrize(
    "path",
    [
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/<script>alert(1)</script>",
        "/Counter?x=<script>alert(1)</script>&launch=",
        "/nothing/<script>",
        "/Counter/ws?<script>",
        "/_jsm/assets/<script>",
        "/%0d%0aSet-Cookie:%20a=b",
        "/%00",
        "/" + "x" * 8000,
        "//evil.example/",
        "/\\evil.example",
        "http://evil.example/<script>",
    ],
)
def test_an_error_page_repeats_nothing(serving, counter, path):  # A40, A51
    reply = serving().request(path)
    if reply.status == 200:
        assert path.startswith("/Counter?")
        assert "alert" not in reply.text
        return
    assert reply.status in (400, 403, 404)
    assert "<" not in reply.text and "evil" not in reply.text and "xxx" not in reply.text
    assert len(reply.text) < 100
    if reply.status != 400:  # that one Tornado says before a handler is chosen
        assert reply.headers["content-type"] == "text/plain; charset=utf-8"
        assert reply.headers["x-content-type-options"] == "nosniff"
    assert "location" not in reply.headers and "set-cookie" not in reply.headers


def test_what_fails_inside_is_not_shown_outside(serving, counter, caplog, monkeypatch):  # A40, A54
    class Failing(registry.Entry):
        def page_assets(self):
            raise RuntimeError("the secret is 42")

    monkeypatch.setitem(registry._entries, "Counter", Failing("Counter", counter))
    reply = serving().request("/Counter")
    assert (reply.status, reply.text) == (500, "500 Internal Server Error\n")
    assert "the secret is 42" in caplog.text


@pytest.fixture
def asset():
    return store.add(Asset("hello.js", "js", b"console.log('hello');\n" * 100))


def test_an_asset_may_be_kept_for_ever(serving, counter, asset):
    reply = serving().request(f"/_jsm/assets/{asset.url_name}")
    assert (reply.status, reply.body) == (200, asset.content)
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in reply.headers["cache-control"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cross-origin-resource-policy"] == "same-origin"


def test_an_asset_is_sent_compressed_where_that_helps(serving, counter, asset):
    client = serving()
    reply = client.request(f"/_jsm/assets/{asset.url_name}", {"Accept-Encoding": "gzip, br"})
    assert reply.headers["content-encoding"] == "gzip"
    assert gzip.decompress(reply.body) == asset.content
    small = store.add(Asset("small.js", "js", b"1"))
    assert (
        "content-encoding" not in client.request(f"/_jsm/assets/{small.url_name}", {"Accept-Encoding": "gzip"}).headers
    )


def test_data_that_could_run_has_no_rights_on_this_server(serving, counter):  # A43
    client = serving()
    page = store.add(Asset("page.html", "file", b"<script>alert(1)</script>", "text/html"))
    image = store.add(Asset("image.svg", "file", b"<svg/>", "image/svg+xml"))
    for asset in (page, image):
        reply = client.request(f"/_jsm/assets/{asset.url_name}")
        assert reply.status == 200
        assert reply.headers["content-security-policy"].startswith("sandbox;")


NOT_NAMES = [
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%252e%252e%252fetc",
    "..\\..\\etc",
    "..%5c..%5cetc",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "C:%5cwindows",
    "C:/windows",
    "%5c%5chost%5cshare",
    "{name}%00",
    "{name}%00.js",
    "{name}/",
    "{upper}",
    "{name}:stream",
    "{name}::$DATA",
    "./{name}",
    "%2e/{name}",
    "{name}.map",
    "{name}%20",
    "",
    ".",
    "..",
    "__init__.py",
    "x" * 9000,
]


@pytest.mark.parametrize("name", NOT_NAMES)
def test_an_asset_is_found_by_its_exact_name_and_nothing_else(serving, counter, asset, name):  # A41
    name = name.replace("{name}", asset.url_name).replace("{upper}", asset.url_name.upper())
    reply = serving().request(f"/_jsm/assets/{name}")
    assert reply.status in (400, 404)
    assert b"hello" not in reply.body


def test_an_asset_needs_no_file(serving, counter, asset, monkeypatch):  # A41
    client = serving()
    opened = []
    import builtins
    import os

    real_open, real_stat = builtins.open, os.stat
    monkeypatch.setattr(builtins, "open", lambda *a, **k: (opened.append(a), real_open(*a, **k))[1])
    monkeypatch.setattr(os, "stat", lambda *a, **k: (opened.append(a), real_stat(*a, **k))[1])
    for name in ("..%2f..%2fetc%2fpasswd", asset.url_name):
        client.request(f"/_jsm/assets/{name}")
    assert [a for a in opened if "passwd" in str(a) or asset.hash in str(a)] == []


# Tickets


def test_a_ticket_is_for_one_app():
    tickets = Tickets()
    ticket = tickets.mint("Counter")
    assert tickets.read(ticket, "Counter").app == "Counter"
    assert tickets.read(ticket, "Other") is None


def test_a_ticket_altered_by_one_character_is_none():  # A11
    tickets = Tickets()
    ticket = tickets.mint("Counter")
    for i in range(len(ticket) - 1):  # the last character may hold bits that mean nothing
        other = "A" if ticket[i] != "A" else "B"
        assert tickets.read(ticket[:i] + other + ticket[i + 1 :], "Counter") is None


@pytest.mark.parametrize("ticket", [None, "", "x", "." * 50, "W10.x.y", "a" * 100_000, "ü", "\0", "[]"])
def test_what_is_no_ticket_is_none(ticket):
    assert Tickets().read(ticket, "Counter") is None


def test_a_ticket_of_a_key_that_was_rotated_out_is_none():  # A11
    old = Tickets(b"old" * 8).mint("Counter")
    assert Tickets([b"old" * 8, b"new" * 8]).read(old, "Counter").fresh
    assert Tickets([b"new" * 8, b"newer" * 8]).read(old, "Counter") is None


def test_a_ticket_grows_old():
    tickets = Tickets(max_age=-1)
    ticket = tickets.read(tickets.mint("Counter"), "Counter")
    assert ticket is not None and not ticket.fresh


def test_a_signature_is_for_one_purpose():
    tickets = Tickets()
    signed = tickets.sign("window", "abc")
    assert tickets.verify("window", signed, max_age=60) == "abc"
    assert tickets.verify("access", signed, max_age=60) is None
    assert tickets.read(signed, "abc") is None


def test_a_served_page_and_one_without_a_server_carry_nothing_of_each_other():
    served, alone = runtime_asset().text, runtime_asset("alone").text
    assert "new WebSocket(" in served and "jsm-embed" not in served
    assert "new WebSocket(" not in alone and "jsm-embed" in alone
