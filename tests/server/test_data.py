"""What the server gives out by its links: assets of modules, shared files, and data of one session."""

from __future__ import annotations

import pytest

from jsmodel import app
from jsmodel.assets import store


@pytest.fixture
def area(serving, counter):
    """A server, the session of a page that is in, and a link of it."""
    client = serving()
    client.open("Counter")
    session = counter.made[-1].session
    return client, session, session.add_data("some name.png", bytes(range(200)))


def test_the_data_of_a_session_is_given_out_by_its_link_only(area):  # A42
    client, session, link = area
    reply = client.request(f"/{link}")
    assert (reply.status, reply.body) == (200, bytes(range(200)))
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-store"  # A15
    token, digest, name = link.split("/")[-3:]
    unlike = [
        f"{token[:-1]}{'a' if token[-1] != 'a' else 'b'}/{digest}/{name}",
        f"{token}/{digest[:-1]}x/{name}",
        f"{token}/{digest}/other.png",
        f"{session.id}/{digest}/{name}",
        f"{token}/{digest}/..%2f..%2fetc%2fpasswd",
    ]
    for path in unlike:
        refused = client.request(f"/_jsm/data/{path}")
        assert (refused.status, refused.text) == (404, "404 Not Found\n")
    assert client.request(f"/_jsm/assets/{digest}.png").status == 404


def test_data_is_gone_when_it_is_removed_and_when_the_session_ends(area):  # A44
    client, session, link = area
    other = session.add_data("other.txt", b"x")
    session.remove_data("some name.png")
    assert client.request(f"/{link}").status == 404
    assert client.request(f"/{other}").status == 200
    session.close()
    assert client.request(f"/{other}").status == 404


def test_data_that_could_run_is_a_stranger_to_the_server(area):  # A43
    client, session, _ = area
    for name in ("page.html", "image.svg"):
        reply = client.request(f"/{session.add_data(name, b'<script>alert(1)</script>')}")
        assert reply.headers["content-security-policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, (0, 10)),
        ("bytes=190-", 206, (190, 200)),
        ("bytes=-5", 206, (195, 200)),
        ("bytes=190-5000", 206, (190, 200)),
        ("bytes=-5000", 206, (0, 200)),
        ("bytes=0-,0-,0-", 200, (0, 200)),
        ("bytes=9-0", 200, (0, 200)),
        ("bytes=-", 200, (0, 200)),
        ("bytes=--5", 200, (0, 200)),
        ("items=0-9", 200, (0, 200)),
        ("bytes=200-", 416, None),
        ("bytes=99999999999999999-", 416, None),
    ],
)
def test_one_range_of_bytes_can_be_asked_for(area, asked, status, part):  # A42
    client, _, link = area
    reply = client.request(f"/{link}", {"Range": asked})
    assert reply.status == status
    if part is None:
        assert reply.headers["content-range"] == "bytes */200"
    else:
        assert reply.body == bytes(range(200))[slice(*part)]
        if status == 206:
            assert reply.headers["content-range"] == f"bytes {part[0]}-{part[1] - 1}/200"


def test_shared_files_are_given_out_by_hash_until_they_are_removed(serving, counter):
    client = serving()
    link = app.assets.add_shared_data("test-shared.json", b"{}")
    worker = app.assets.add_shared_asset("test-worker.js", "onmessage = 1")
    try:
        reply = client.request(f"/{link}")
        assert (reply.status, reply.text) == (200, "{}")
        assert "immutable" in reply.headers["cache-control"]
        reply = client.request(f"/{worker}")
        assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
        assert "sandbox" not in reply.headers["content-security-policy"]  # or a worker could not load it
    finally:
        app.assets.remove_shared_data("test-shared.json")
        app.assets.remove_asset("test-worker.js")
    assert client.request(f"/{link}").status == 404


def test_the_page_names_the_sites_that_its_code_and_its_data_come_from(serving, counter, monkeypatch):  # A46
    monkeypatch.setattr(store, "_associated", {})
    monkeypatch.setattr(store, "_origins", {})
    digest = "sha384-" + "A" * 64
    app.assets.associate_asset(counter.__module__, "https://code.example/lib.js", integrity=digest)
    app.assets.associate_asset(counter.__module__, "https://style.example:444/lib.css?v=1&w=2")
    app.assets.allow_origins("https://data.example")
    try:
        reply = serving().request("/Counter")
    finally:
        store.version += 1  # what was linked with these is looked up again
    rules = dict(rule.split(" ", 1) for rule in reply.headers["content-security-policy"].split("; "))
    sites = " https://code.example https://style.example:444"
    assert rules["script-src"].endswith(sites)
    assert rules["style-src"].endswith(sites)
    assert rules["connect-src"].endswith(" https://data.example")
    assert f'src="https://code.example/lib.js" integrity="{digest}" crossorigin="anonymous"' in reply.text
    assert 'href="https://style.example:444/lib.css?v=1&amp;w=2"' in reply.text
    assert reply.text.index("code.example/lib.js") < reply.text.rindex("_jsm/assets/")
