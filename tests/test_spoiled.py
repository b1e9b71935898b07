"""Code that fails when a page runs it: what it was to define comes again when it is mended, without a reload."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jsmodel import app
from jsmodel.app import RawJS
from jsmodel.transpile.modules import linker

broken = RawJS("this is (")


class Sign(app.Model):
    class JS:
        def text(self):
            return broken


@pytest.fixture
def mend(monkeypatch) -> Iterator[Any]:
    """Call it as the cell does that gives `broken` another meaning."""
    monkeypatch.setitem(globals(), "broken", RawJS("this is ("))
    linker.refresh()
    for chunk in list(linker._chunks.get(__name__, ())):
        linker.spoiled(chunk.asset.hash)  # each test begins with one script

    def mended(session: Any, js: str) -> None:
        monkeypatch.setitem(globals(), "broken", RawJS(js))
        linker.refresh()
        session.relink()
        session.flush()

    yield mended
    monkeypatch.undo()
    linker.refresh()


def code(page: Any) -> dict[str, str]:
    """The code of this module that the page was sent since the last look, by hash."""
    page.session.flush()
    page.ack()
    return {op["hash"]: op["code"] for op in page.ops("define") if op["name"] == f"{__name__}.js"}


def fails(page: Any, lost: str) -> None:
    page.say({"op": "error", "id": None, "title": "SyntaxError", "number": 1, "errors": [], "lost": lost})


def test_what_stood_beside_code_that_failed_comes_again_with_what_is_mended(session, page, mend):
    sign = Sign(session=session)
    ((lost, text),) = code(page).items()
    assert "this is (" in text and "class Sign" in text
    fails(page, lost)
    mend(session, "5")
    assert sign in session.models()
    (again,) = code(page).values()
    assert "$m.broken = (5);" in again and "class Sign" in again


def test_the_same_code_is_not_sent_twice(session, page, mend):
    first = Sign(session=session)
    (lost,) = code(page)
    fails(page, lost)
    second = Sign(session=session)
    session.relink()
    assert code(page) == {}
    assert {first, second} <= set(session.models())


def test_without_a_failure_only_what_changed_is_sent(session, page, mend):
    sign = Sign(session=session)
    assert len(code(page)) == 1
    mend(session, "6")
    (again,) = code(page).values()
    assert "$m.broken = (6);" in again and "class Sign" not in again
    assert sign in session.models()


def test_a_page_has_no_say_over_code_that_it_was_not_sent_in_a_message(session, join, mend):
    by_url, other = join(), join()
    by_url.client.ship = lambda asset: {"url": f"/{asset.hash}"}
    sign = Sign(session=session)
    (hash_,) = code(other)
    fails(by_url, hash_)
    fails(other, "0123456789")
    mend(session, "7")
    (again,) = code(other).values()
    assert "class Sign" not in again
    assert sign in session.models()


class Plain(app.Model):
    class JS:
        def text(self):
            return "plain"


def test_only_models_whose_class_needs_the_code_say_that_it_failed(session, page, mend):
    plain = Plain(session=session)
    code(page)
    first, second = Sign(session=session), Sign(session=session)
    (lost,) = code(page)
    fails(page, lost)
    errors = page.ops("error")
    assert [(op["id"], op["title"], op["lost"]) for op in errors] == [
        (sign.id, "SyntaxError", True) for sign in (first, second)
    ]
    assert plain in session.models()


def test_each_page_that_lost_the_code_says_so(session, join, mend):
    pages = [join(), join()]
    sign = Sign(session=session)
    for page in pages:
        (lost,) = code(page)
    for page in pages:
        fails(page, lost)
        assert [op["id"] for op in page.ops("error")] == [sign.id]
