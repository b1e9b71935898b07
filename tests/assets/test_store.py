"""The store: what it takes, what it refuses, and what a page gets of it."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

from jsmodel.assets import Asset, AssetStore, Link, bundle, data_url, loadable
from jsmodel.assets.store import ESModule
from jsmodel.errors import AssetError, ScopeError
from jsmodel.transfer import prepare


@pytest.fixture
def store():
    return AssetStore()


# -- associated with a module


def test_the_assets_of_a_module_come_in_the_order_in_which_they_were_associated(store, tmp_path):
    file = tmp_path / "c.css"
    file.write_text("c {}")
    store.associate_asset("mod", "a.js", "a()")
    store.associate_asset("mod", "https://example.com/b.js", integrity="sha384-" + "A" * 64)
    store.associate_asset("mod", "c.css", file)
    store.associate_asset("mod", "d.js", b"d()")
    assert [(a.name, a.kind, a.content, a.url) for a in store.associated("mod")] == [
        ("a.js", "js", b"a()", ""),
        ("https://example.com/b.js", "js", b"", "https://example.com/b.js"),
        ("c.css", "css", b"c {}", ""),
        ("d.js", "js", b"d()", ""),
    ]
    assert store.associated("other") == []


def test_a_function_is_called_when_its_code_is_first_needed_and_once(store):
    calls = []

    def source():
        calls.append(1)
        return "lazy()"

    store.associate_asset("mod", "lazy.js", source)
    assert calls == []
    assert store.associated("mod") == store.associated("mod")
    assert calls == [1]


def test_the_same_asset_twice_is_one(store):
    store.associate_asset("mod", "a.js", "a()")
    store.associate_asset("mod", "a.js", "a()")
    store.associate_asset("other", "a.js", "a()")
    assert len(store.associated("mod")) == 1
    assert store.associated("mod") == store.associated("other")


def test_a_name_with_other_content_is_an_error_and_changes_nothing(store):
    store.associate_asset("mod", "a.js", "a()")
    with pytest.raises(
        AssetError,
        match="another asset named 'a.js' already.* Give this one another name, or call app.assets.remove_asset",
    ):
        store.associate_asset("other", "a.js", "b()")
    with pytest.raises(AssetError, match="another asset named 'a.js' already"):
        store.add_shared_asset("a.js", "b()")
    assert store.associated("other") == []
    store.remove_asset("a.js")
    store.associate_asset("other", "a.js", "b()")
    assert store.associated("other")[0].text == "b()"


def test_a_url_twice_with_another_hash_is_an_error(store):
    store.associate_asset("mod", "https://example.com/b.js")
    with pytest.raises(AssetError, match="another asset named 'https://example.com/b.js'"):
        store.associate_asset("mod", "https://example.com/b.js", integrity="sha384-" + "A" * 64)


def test_an_es_module_gives_a_name_for_js_code_that_explains_itself_in_python(store):
    d3 = store.associate_asset("mod", "d3.mjs", "export const x = 1")
    assert isinstance(d3, ESModule)
    assert repr(d3) == "<the ES module 'd3.mjs', in the browser>"
    with pytest.raises(ScopeError, match="an ES module exists in the browser only"):
        d3.select("p")
    with pytest.raises(ScopeError, match="Use it inside 'class JS'"):
        d3()
    assert store.associate_asset("mod", "plain.js", "1") is None


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("not a module", "a.js", "1"), "is no name of a module.* associate_asset\\(__name__"),
        ((None, "a.js", "1"), "is no name of a module"),
        (("mod", 3, "1"), "cannot be the name of an asset"),
        (("mod", "../a.js", "1"), "cannot be the name of an asset.* Use letters"),
        (("mod", "a</script>.js", "1"), "cannot be the name of an asset"),
        (("mod", "a.txt", "1"), "ends in neither '.js' nor '.css'.* add_shared_asset"),
        (("mod", "a.js"), "has no source.* begins with https://"),
        (("mod", "a.js", 5), "the int 5. It must be text, bytes, a pathlib.Path, or a function"),
        (("mod", "a.js", "lib/a.js"), "looks like the name of a file.* pathlib.Path"),
        (("mod", "a.js", Path("nowhere.js")), "the file 'nowhere.js', which does not exist.* Path\\(__file__\\)"),
        (("mod", "a.js", Path(".")), "which is a folder"),
        (("mod", "a.js", "\ud800"), "half of a character"),
        (("mod", "http://example.com/a.js"), "it is not https"),
        (("mod", "ftp://example.com/a.js"), "it is not https"),
        (("mod", "javascript://example.com/%0aalert(1)"), "it is not https"),
        (("mod", "https:///a.js"), "it names no host"),
        (("mod", "https://me:pw@example.com/a.js"), "it holds a user name"),
        (("mod", "https://example.com/a'b.js"), "characters that must be written as %"),
        (("mod", "https://example.com/a.js", "1"), "is a URL, and has a source as well"),
    ],
)
def test_what_cannot_be_associated_is_refused_in_words(store, args, words):
    with pytest.raises(AssetError, match=words):
        store.associate_asset(*args)
    assert store.version == 0


def test_options_that_do_not_fit_are_refused(store):
    with pytest.raises(AssetError, match="is no integrity hash.* 'sha384-'"):
        store.associate_asset("mod", "https://example.com/a.js", integrity="md5-123")
    with pytest.raises(AssetError, match="has an integrity hash and no URL"):
        store.associate_asset("mod", "a.js", "1", integrity="sha384-" + "A" * 64)
    with pytest.raises(AssetError, match="is a style sheet, and cannot be an ES module"):
        store.associate_asset("mod", "a.css", "a {}", module=True)
    with pytest.raises(AssetError, match="Browsers do not check those of imported modules"):
        store.associate_asset("mod", "https://example.com/a.mjs", integrity="sha384-" + "A" * 64)


def test_an_address_on_this_machine_may_be_plain_http(store):
    store.associate_asset("mod", "http://localhost:8000/a.js")
    store.associate_asset("mod", "//example.com/a.css")
    assert [a.url for a in store.associated("mod")] == ["http://localhost:8000/a.js", "https://example.com/a.css"]


def test_a_source_that_fails_when_it_is_needed_says_so(store, tmp_path):
    store.associate_asset("one", "a.js", lambda: 1 / 0)
    with pytest.raises(
        AssetError, match="should give the source of 'a.js' failed: ZeroDivisionError: division by zero"
    ):
        store.associated("one")
    store.associate_asset("two", "b.js", lambda: None)
    with pytest.raises(AssetError, match="returned the NoneType None. It must return text or bytes"):
        store.associated("two")
    file = tmp_path / "c.js"
    file.write_text("1")
    store.associate_asset("three", "c.js", file)
    file.unlink()
    with pytest.raises(AssetError, match="cannot be read: No such file or directory. It was there when"):
        store.associated("three")


# -- shared


def test_a_shared_asset_has_a_link(store):
    link = store.add_shared_asset("worker.js", "onmessage = 1")
    assert isinstance(link, Link)
    assert link == f"_jsm/assets/{link.asset.hash}.js"
    assert link.asset.content_type.startswith("text/javascript")
    assert store.by_url_name(link.rpartition("/")[2]) is link.asset
    assert store.add_shared_asset("worker.js", "onmessage = 1") is link
    with pytest.raises(AssetError, match="another asset named 'worker.js'"):
        store.add_shared_asset("worker.js", "onmessage = 2")
    with pytest.raises(AssetError, match="'none.js' has no source"):
        store.add_shared_asset("none.js", None)


def test_shared_data_has_a_link_and_a_content_type(store, tmp_path):
    image = tmp_path / "x.png"
    image.write_bytes(b"\x89PNG")
    assert store.add_shared_data("some name.png", b"1").asset.content_type == "image/png"
    assert store.add_shared_data("a.bin", bytearray(b"1"), "audio/ogg").asset.content_type == "audio/ogg"
    assert store.add_shared_data("x", image).asset.content == b"\x89PNG"
    assert store.add_shared_data("a.json", memoryview(b"{}")).asset.content_type == "application/json; charset=utf-8"


def test_shared_data_can_be_removed_and_its_name_is_free_then(store):
    link = store.add_shared_data("a.txt", b"1")
    with pytest.raises(AssetError, match="remove_shared_data\\('a.txt'\\) first"):
        store.add_shared_data("a.txt", b"2")
    store.remove_shared_data("a.txt")
    assert store.by_url_name(link.rpartition("/")[2]) is None
    assert store.add_shared_data("a.txt", b"2") != link
    with pytest.raises(AssetError, match="no shared data named 'a.tx'. Did you mean 'a.txt'"):
        store.remove_shared_data("a.tx")
    with pytest.raises(AssetError, match="no asset named 'b.js'"):
        store.remove_asset("b.js")


def test_what_two_names_share_stays_until_both_are_removed(store):
    one = store.add_shared_data("a.txt", b"1")
    store.add_shared_data("b.txt", b"1")
    store.remove_shared_data("a.txt")
    assert store.by_url_name(one.rpartition("/")[2]) is not None


def test_more_shared_data_than_may_be_held_is_refused(store, monkeypatch):
    monkeypatch.setattr(AssetStore, "SHARED_BYTES", 10)
    store.add_shared_data("a", b"123456")
    with pytest.raises(
        AssetError,
        match="'b' has 6 bytes, and with it there would be 12. The process may hold 10 bytes of data at once",
    ):
        store.add_shared_data("b", b"123456")
    store.add_shared_data("c", b"1234")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("text", "the str 'text'. It must be bytes"),
        (None, "the NoneType None. It must be bytes"),
        (Path("nowhere.png"), "cannot be read for 'a.png': No such file"),
    ],
)
def test_data_that_is_none_is_refused_in_words(store, data, words):
    with pytest.raises(AssetError, match=words):
        store.add_shared_data("a.png", data)


def test_a_content_type_that_could_split_a_header_is_refused(store):
    for bad in ("text/html\r\nX: y", "text", 3, "text/html; charset=<x>"):
        with pytest.raises(AssetError, match="is no content type"):
            store.add_shared_data("a.png", b"1", bad)


# -- links


def test_a_link_stays_whole_through_str_and_in_a_kernel_its_text_is_the_file(monkeypatch):
    asset = Asset("a.txt", "file", b"hi", "text/plain")
    link = Link(asset, "_jsm/assets/x.txt", inline=True)
    assert str(link) is link
    assert link == data_url(asset) == "data:text/plain;base64," + base64.b64encode(b"hi").decode()
    assert repr(link) == "<Link to 'a.txt', 2 bytes>"


# -- for pages


def test_neighbours_become_one_and_what_lies_elsewhere_keeps_its_place():
    parts = [
        Asset("a.js", "js", b"a()"),
        Asset("b.js", "js", b"b()"),
        Asset("c.js", "js", url="https://example.com/c.js"),
        Asset("d.css", "css", b"d {}"),
        Asset("e.js", "js", b"e()"),
    ]
    out = bundle(parts)
    assert [(a.kind, a.url or a.text) for a in out] == [
        ("css", "d {}"),
        ("js", "a()\n;\nb()"),
        ("js", "https://example.com/c.js"),
        ("js", "e()"),
    ]


def test_what_comes_after_an_es_module_is_not_for_the_page_itself():
    a, m, b, c, f = (
        Asset("a.js", "js", b"a"),
        Asset("m.mjs", "module", b"m"),
        Asset("b.js", "js", b"b"),
        Asset("c.css", "css", b"c"),
        Asset("f.png", "file", b"f"),
    )
    assert loadable([a, m, b, c, f]) == [a, c]


def test_origins_that_pages_may_ask_are_exact(store):
    store.allow_origins("https://example.com", "http://localhost:8000/")
    assert store.origins == ["https://example.com", "http://localhost:8000"]
    for bad, words in [
        ("example.com", "not https"),
        ("https://example.com/data", "more than an origin"),
        ("http://example.com", "not https"),
        (3, "it is not a str"),
    ]:
        with pytest.raises(AssetError, match=words):
            store.allow_origins(bad)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://[::1/lib.js", "it is malformed \\(Invalid IPv6 URL\\)"),
        ("https://example.com:xx/lib.js", "it is malformed"),
        ("https://example.com:99999999/lib.js", "it is malformed"),
        ("https://example.com:0/lib.js", "there is no port 0"),
    ],
)
def test_an_address_that_is_malformed_is_refused_in_words_everywhere(store, url, words):
    with pytest.raises(AssetError, match=words):
        store.associate_asset("mod", url)
    with pytest.raises(AssetError, match=words):
        store.allow_origins(url)
    with pytest.raises(AssetError, match=words):
        prepare(url, {})


def test_what_is_removed_is_named_by_a_str(store):
    for remove in (store.remove_asset, store.remove_shared_data):
        for wrong in ([], None, 3):
            with pytest.raises(AssetError, match="cannot be the name of an asset"):
                remove(wrong)


def test_arrays_are_data_and_arrays_of_objects_are_not(store):
    days = np.array(["2026-11-22"], dtype="datetime64[D]")
    assert store.add_shared_data("days", days).asset.content == days.tobytes()
    grid = np.arange(6, dtype="int16").reshape(2, 3)
    assert store.add_shared_data("grid", grid[:, ::2]).asset.content == grid[:, ::2].tobytes()
    with pytest.raises(AssetError, match="a NumPy array of numbers"):
        store.add_shared_data("objects", np.array([object()]))
