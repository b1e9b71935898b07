"""Outputs that hold what the cells have led to: stored views, in a real kernel."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from .conftest import COUNTER, SETUP, Kernel, Outcome

MIME = "application/vnd.jsmodel.view+json"


def stored(bundle: dict[str, Any]) -> dict[str, Any]:
    """What an output holds of its view."""
    found = re.search(r"<div class=\"jsm-embed\" data-jsmodel='([^']*)'>", bundle["text/html"])
    assert found is not None
    return json.loads(found[1])


def updates(outcome: Outcome) -> list[dict[str, Any]]:
    """The outputs of views that a cell brought up to date."""
    return [c for c in outcome.of("update_display_data") if c["data"][MIME]["kind"] == "view"]


def counts(outcome: Outcome) -> list[int]:
    return [stored(c["data"])["models"][0]["props"]["count"] for c in updates(outcome)]


def test_an_output_is_brought_up_to_date_at_the_end_of_a_cell_once_however_much_changed(kernel: Kernel) -> None:
    kernel.run(SETUP)
    (shown,) = kernel.run(COUNTER).of("display_data")
    outcome = kernel.run("for i in range(1, 51):\n    counter.count = i")
    assert counts(outcome) == [50]
    (update,) = updates(outcome)
    assert update["transient"]["display_id"] == shown["transient"]["display_id"]
    assert "<dt>count</dt><dd>50</dd>" in update["data"]["text/html"]
    assert update["data"][MIME] == shown["data"][MIME]
    assert stored(update["data"])["at"] > stored(shown["data"])["at"]


def test_where_nothing_has_changed_nothing_is_sent(kernel: Kernel) -> None:
    kernel.run(SETUP)
    assert updates(kernel.run(COUNTER)) == []
    assert updates(kernel.run("1 + 1")) == []
    assert updates(kernel.run("counter.count = 3\ncounter.count = 0")) == []  # as it was
    assert updates(kernel.run("other = Counter()\nother.count = 5")) == []  # is not displayed
    assert updates(kernel.run("counter.count = 4\ncounter")) == []  # the output that is new says it


def test_all_outputs_of_a_model_are_one_update(kernel: Kernel) -> None:
    kernel.run(SETUP)
    kernel.run(COUNTER)
    kernel.run("display(counter, counter)")
    assert counts(kernel.run("counter.count = 8")) == [8]


def test_an_output_follows_all_that_its_model_leads_to(kernel: Kernel) -> None:
    kernel.run(SETUP)
    kernel.run("box = ui.VBox(children=[ui.Slider()])\nbox")
    (update,) = updates(kernel.run("box.children[0].value = 30"))
    assert [m["props"]["value"] for m in stored(update["data"])["models"] if "value" in m["props"]] == [30]
    (update,) = updates(kernel.run("box.children = [ui.Label(text='new')]"))
    assert [m["props"]["text"] for m in stored(update["data"])["models"] if "text" in m["props"]] == ["new"]
    (update,) = updates(kernel.run("box.children[0].text = 'newer'"))
    assert "newer" in update["data"]["text/html"]


def test_what_a_page_changed_is_stored_at_the_end_of_the_next_cell(kernel: Kernel) -> None:
    kernel.run(SETUP)
    kernel.run(COUNTER)
    page = kernel.open_page()
    page.welcomed()
    page.ask({"op": "set", "id": "m1", "props": {"count": 42}})
    assert counts(kernel.run("pass")) == [42]


def test_an_output_of_a_disposed_model_stays_as_it_was(kernel: Kernel) -> None:
    kernel.run(SETUP)
    kernel.run(COUNTER)
    assert updates(kernel.run("counter.count = 5\ncounter.dispose()")) == []


def test_arrays_and_bytes_are_stored(kernel: Kernel) -> None:
    kernel.run(SETUP)
    code = "import numpy as np\nclass Data(app.Model):\n    class Both:\n        @event.prop\n        def data(self, v=None):\n            return v\nData(data=[np.arange(3, dtype='u1'), b'abc'])"
    (shown,) = kernel.run(code).of("display_data")
    view = stored(shown["data"])
    assert view["models"][0]["props"]["data"] == [{"$": "a", "i": 0, "d": "uint8", "s": [3]}, {"$": "b", "i": 1}]
    assert [base64.b64decode(b) for b in view["buffers"]] == [b"\0\1\2", b"abc"]


def test_a_view_that_is_too_large_for_a_notebook_is_a_picture_that_says_so(kernel: Kernel) -> None:
    kernel.run(SETUP)
    code = "class Data(app.Model):\n    class Both:\n        @event.prop\n        def data(self, v=None):\n            return v\nData(data=bytes(9 * 2**20))"
    (shown,) = kernel.run(code).of("display_data")
    assert "models" not in stored(shown["data"])
    html = shown["data"]["text/html"]
    assert len(html) < 5000
    assert "The values of this view have 9 MiB, which is too much to be stored in a notebook" in html
    assert "<dd>9437184 bytes</dd>" in html


def test_links_are_stored_with_their_files(kernel: Kernel) -> None:
    kernel.run(SETUP)
    (shown,) = kernel.run("ui.Label(text=app.assets.add_shared_data('a.txt', b'hello'))").of("display_data")
    (file,) = stored(shown["data"])["files"]
    assert file["url"] == "data:text/plain;charset=utf-8;base64,aGVsbG8="


def test_an_output_names_its_session_by_nothing_that_opens_it(kernel: Kernel) -> None:
    kernel.run(SETUP)
    (shown,) = kernel.run(COUNTER).of("display_data")
    session = shown["data"][MIME]["session"]
    assert session not in shown["data"]["text/html"]
    assert stored(shown["data"])["key"] not in session


def test_a_value_that_cannot_be_stored_is_left_out_and_the_rest_is_shown(kernel: Kernel) -> None:
    kernel.run(SETUP)
    code = "class Data(app.Model):\n    class Both:\n        @event.prop\n        def data(self, v=None):\n            return v\n        @event.prop\n        def count(self, v=0):\n            return int(v)\nvalues = [1]\nd = Data(data=values)\nvalues.append(object())\nd"
    outcome = kernel.run(code)
    (shown,) = outcome.of("display_data")
    assert stored(shown["data"])["models"][0]["props"] == {"count": 0}
    said = "".join(c["text"] for c in outcome.of("stream"))
    assert "The value of 'data' was changed into something that cannot be stored" in said


def test_code_that_was_defined_again_is_not_stored_any_more(kernel: Kernel) -> None:
    kernel.run(SETUP)

    def code(outcome: Outcome) -> str:
        found = [c["data"] for c in outcome.of("update_display_data") if c["data"][MIME]["kind"] == "code"]
        return str(found[-1]["text/html"])

    cell = "class Word(app.Model):\n    class JS:\n        def word(self):\n            return 'word number {}'\nWord()"
    assert "word number 1" in code(kernel.run(cell.format(1)))
    second = code(kernel.run(cell.format(2)))
    assert "word number 2" in second and "word number 1" not in second
