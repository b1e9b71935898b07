"""Source maps have the Python that runs in the browser in them: who may see that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jsmodel import event
from jsmodel.assets import Asset, store
from jsmodel.model import Model
from jsmodel.server import Access
from jsmodel.transpile.modules import linker

PASSWORD_OF_THE_DATABASE = "in this file, as people do"


class Mapped(Model):
    class JS:
        @event.connect("!level")
        def on_level(self, *events):
            return len(events) / 0


@pytest.fixture
def path():
    """Where the code of `Mapped` is."""
    linker.assets_for([Mapped])
    chunk = next(a for a in linker.assets_for([Mapped]) if a.name == f"{__name__}.js")
    return f"/_jsm/assets/{store.add(chunk).url_name}"


def test_a_debugger_on_this_machine_gets_the_map_beside_the_code(serving, counter, path):
    client = serving()
    code = client.request(path)
    assert code.headers["sourcemap"] == f"{path.rpartition('/')[2]}.map"
    assert b"sourceMappingURL" not in code.body
    reply = client.request(f"{path}.map")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.headers["cache-control"] == "no-store"
    found = json.loads(reply.text)
    assert found["sources"] == [Path(__file__).as_uri()]
    (shown,) = found["sourcesContent"]
    assert shown.count("\n") == Path(__file__).read_text(encoding="utf-8").count("\n")
    assert "            return len(events) / 0\n" in shown and "PASSWORD" not in shown


@pytest.mark.parametrize(
    ("access", "headers", "host"),
    [
        (Access(hosts=frozenset(["example.com"])), {}, None),
        (Access(hosts=frozenset(["example.com"])), {}, "example.com"),
        (Access(origins=frozenset(["https://example.com"])), {}, None),
        (Access(proxies=frozenset(["127.0.0.1"])), {}, None),
        (Access(proxies=frozenset(["127.0.0.1"])), {"X-Forwarded-For": "127.0.0.1"}, None),
        (Access(), {"X-Forwarded-For": "10.1.2.3"}, None),
        (Access(), {"Forwarded": "for=10.1.2.3"}, None),
        (Access(), {"Via": "1.1 a proxy"}, None),
    ],
)
def test_nobody_else_sees_the_source(serving, counter, path, access, headers, host):  # A70
    client = serving(access)
    code = client.request(path, headers, host=host)
    assert code.status == 200 and "sourcemap" not in code.headers
    reply = client.request(f"{path}.map", headers, host=host)
    assert reply.status == 404
    assert PASSWORD_OF_THE_DATABASE not in code.text + reply.text


def test_a_map_needs_the_token_too(serving, counter, path):
    client = serving(Access(token="correct horse"))
    assert client.request(f"{path}.map").status == 403
    assert client.request(f"{path}.map", {"Authorization": "Bearer correct horse"}).status == 200


@pytest.mark.parametrize("name", ["x.js.map", "{hash}.map", "{hash}.js.map.map", "{hash}.js.map/", "../{hash}.js.map"])
def test_a_map_is_found_by_its_exact_name_and_nothing_else(serving, counter, path, name):
    found = path.rpartition("/")[2].removesuffix(".js")
    assert serving().request(f"/_jsm/assets/{name.format(hash=found)}").status == 404


def test_what_was_not_transpiled_has_no_map(serving, counter):
    asset = store.add(Asset("lib.js", "js", b"var lib = 1;\n"))
    client = serving()
    assert "sourcemap" not in client.request(f"/_jsm/assets/{asset.url_name}").headers
    assert client.request(f"/_jsm/assets/{asset.url_name}.map").status == 404
