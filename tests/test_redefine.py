"""A class is defined again: its models, here and in the pages, become models of the new one."""

from __future__ import annotations

import gc
import itertools
import linecache
import logging
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from jsmodel.assets import store
from jsmodel.event import loop
from jsmodel.transpile.modules import PAST, linker

BEGIN = "import traitlets\nfrom jsmodel import app, event\n"
count = itertools.count()


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Runs cells of one notebook; gives its module."""
    module = ModuleType(f"notebook_{next(count)}")
    monkeypatch.setitem(sys.modules, module.__name__, module)

    def run(source: str) -> Any:
        name = f"<cell {next(count)}>"
        source = textwrap.dedent(BEGIN + source)
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        exec(compile(source, name, "exec"), vars(module))
        loop.flush()
        return module

    yield run
    vars(module).clear()


COUNTER = """
class Counter(app.Model):
    def init(self):
        self.log = ['init']

    @event.connect('count')
    def on_count(self, *events):
        self.log.append(('WORD', [e.new_value for e in events]))

    def hello(self):
        return 'WORD'

    class Both:
        @event.prop
        def count(self, v=0):
            return int(v)

        EXTRA

    class JS:
        def text(self):
            return 'WORD'
"""


def counter(word: str, extra: str = "pass_ = 1") -> str:
    return COUNTER.replace("WORD", word).replace("EXTRA", extra)


def test_a_model_keeps_its_values_and_gets_the_new_methods_and_handlers(cell, session):
    notebook = cell(counter("one"))
    old = notebook.Counter(session=session)
    old.count = 3
    loop.flush()
    cell(counter("two"))
    assert type(old) is notebook.Counter
    assert (old.hello(), old.count) == ("two", 3)
    old.count = 4
    loop.flush()
    assert old.log == ["init", ("one", [0, 3]), ("two", [4])]


def test_new_properties_get_their_defaults_and_removed_ones_go(cell, session):
    notebook = cell(counter("one", "level = traitlets.Float(2.5)"))
    old = notebook.Counter(session=session)
    cell(counter("two", "size = traitlets.Int(7)\n        names = traitlets.List()"))
    assert (old.size, old.names) == (7, [])
    old.size = 8
    assert old.size == 8
    with pytest.raises(AttributeError, match="has no attribute 'level'"):
        _ = old.level


def test_a_value_that_the_new_class_does_not_take_becomes_the_default(cell, session, page):
    notebook = cell(counter("one", "level = traitlets.Any()"))
    old = notebook.Counter(session=session, level="high")
    loop.flush()
    page.read()
    cell(counter("two", "level = traitlets.Float(1.5)"))
    assert old.level == 1.5
    assert page.told(old)["level"] == 1.5


def test_pages_get_the_new_code_and_then_the_model_in_one_message(cell, session, page):
    notebook = cell(counter("one"))
    old = notebook.Counter(session=session, count=5)
    loop.flush()
    page.read()
    cell(counter("two"))
    (message,) = [m for m in page.read() if m["ops"]]
    define, create = message["ops"]
    assert "return 'two'" in define["code"].replace('"', "'") and "version: 1" in define["code"]
    (state,) = create["models"]
    assert (state["id"], state["cls"], state["props"]["count"]) == (old.id, f"{notebook.__name__}:Counter", 5)


def test_the_same_class_again_costs_a_page_no_new_code(cell, session, page):
    notebook = cell(counter("one"))
    old = notebook.Counter(session=session, count=5)
    loop.flush()
    page.read()
    cell(counter("one"))
    assert type(old) is notebook.Counter
    assert page.ops("define") == []


def test_a_page_that_comes_later_gets_the_new_class_only(cell, session, page, join):
    notebook = cell(counter("one"))
    old = notebook.Counter(session=session)
    cell(counter("two"))
    late = join()
    ops = late.ops()
    codes = "".join(op["code"] for op in ops if op["op"] == "define")
    assert codes.count("class Counter extends") == 1 and '"two"' in codes
    assert [state["id"] for op in ops if op["op"] == "create" for state in op["models"]] == [old.id]


def test_a_page_that_comes_later_runs_the_new_class_also_where_old_code_is_still_needed(cell, session, join):
    notebook = cell(
        "def helper():\n    return 1\n"
        + counter("one").replace("            return 'one'", "            return helper()")
    )
    cell("class Other(app.Model):\n    class JS:\n        def go(self):\n            return helper()\n")
    kept = [notebook.Counter(session=session), notebook.Other(session=session)]
    session.flush()
    cell(counter("two").replace("            return 'two'", "            return ['two', helper()]"))
    codes = [op["code"] for op in join().ops() if op["op"] == "define" and op["name"].startswith("notebook")]
    last = [code for code in codes if "class Counter extends" in code][-1]
    assert "version: 1" in last and '"two"' in last
    assert [type(model).__name__ for model in kept] == ["Counter", "Other"]


def test_changes_of_a_property_that_is_gone_are_not_sent_any_more(cell, session, page):
    notebook = cell(counter("one", "level = traitlets.Float(2.5)"))
    old = notebook.Counter(session=session)
    for i in range(20):  # a page that acknowledges nothing: what comes now waits
        old.count = i
        loop.flush()
    page.read()
    old.level = 3.5
    loop.flush()
    cell(counter("two"))
    assert page.read() == []
    page.ack()
    loop.flush()
    session.flush()
    ops = page.ops()
    assert [op["op"] for op in ops][-2:] == ["define", "create"] or "create" in [op["op"] for op in ops]
    assert not any("level" in op.get("props", {}) for op in ops)


def test_a_cell_that_is_run_again_and_again_leaves_a_bounded_trace(cell, session, page):
    def kept() -> tuple[int, int]:
        return len(store), len(linker.origins)

    notebook = cell(counter("0"))
    model = notebook.Counter(session=session)
    before = kept()
    for number in range(1, PAST + 60):
        cell(counter(str(number)))
        session.flush()
    after = kept()
    assert model.hello() == str(PAST + 59)
    assert max(now - then for now, then in zip(after, before, strict=True)) <= PAST + 5


def test_a_class_that_cannot_be_transpiled_leaves_everything_as_it_was(cell, session, page):
    notebook = cell(counter("one"))
    old, cls = notebook.Counter(session=session), notebook.Counter
    loop.flush()
    page.read()
    with pytest.raises(SyntaxError, match="1j is not known there"):
        cell(counter("two").replace("return 'two'", "return 1j"))
    assert type(old) is cls is notebook.Counter
    assert page.ops() == []
    cell(counter("three"))
    assert old.hello() == "three"


def test_a_class_whose_names_are_missing_leaves_the_old_one_running_and_says_so(cell, session, page, caplog):
    notebook = cell(counter("one"))
    old = notebook.Counter(session=session)
    loop.flush()
    page.read()
    with caplog.at_level(logging.ERROR):
        cell(counter("two").replace("            return 'two'", "            return nothing"))
    assert "Counter #m1 stays as it was when its class was defined again. Counter.JS.text uses 'nothing'" in caplog.text
    assert old.hello() == "one"
    (error,) = page.ops("error")
    assert "uses 'nothing'" in error["title"] and error["id"] == old.id
    cell(counter("three"))
    assert old.hello() == "three"


def test_twenty_runs_leave_one_handler_of_each(cell, session, page):
    notebook = cell(counter("one"))
    old = notebook.Counter(session=session)
    for i in range(20):
        cell(counter(f"n{i}"))
    old.log.clear()
    old.count = 1
    loop.flush()
    assert old.log == [("n19", [1])]
    assert len(old.get_event_handlers("count")) == 1
    gc.collect()
    assert sum(1 for cls in gc.get_objects() if isinstance(cls, type) and cls.__module__ == notebook.__name__) <= 3


def test_handlers_that_changed_their_strings_are_connected_anew(cell, session):
    notebook = cell(counter("one", "level = traitlets.Float(0)"))
    old = notebook.Counter(session=session)
    loop.flush()
    old.log.clear()
    cell(counter("two", "level = traitlets.Float(0)").replace("@event.connect('count')", "@event.connect('level')"))
    old.count, old.level = 9, 1.5
    loop.flush()
    assert old.log == [("two", [1.5])]


def test_methods_that_are_connected_elsewhere_run_the_new_code(cell, session):
    source = "class Lamp(app.Model):\n    class Both:\n        on = traitlets.Bool()\n"
    watcher = "class Watcher(app.Model):\n    seen = []\n    def note(self, *events): self.seen.append('WORD')\n"
    notebook = cell(source + watcher.replace("WORD", "one"))
    lamp, watch = notebook.Lamp(session=session), notebook.Watcher(session=session)
    lamp.connect("on", watch.note)
    loop.flush()
    cell(watcher.replace("WORD", "two"))
    lamp.on = True
    loop.flush()
    assert watch.seen == ["two"]


def test_observers_of_traitlets_are_exchanged(cell, session):
    source = "class A(app.Model):\n    class Both:\n        x = traitlets.Int(0)\n    seen = SEEN\n    @traitlets.observe('x')\n    def NAME(self, change): self.seen.append('NAME')\n    @traitlets.validate('x')\n    def check(self, proposal): return proposal.value + ADD\n"

    def text(name: str, add: int) -> str:
        return source.replace("NAME", name).replace("ADD", str(add)).replace("SEEN", "[]")

    notebook = cell(text("first", 0))
    old = notebook.A(session=session)
    cell(text("second", 10))
    old.seen.clear()
    old.x = 1
    assert (old.x, old.seen) == (11, ["second"])


def test_init_does_not_run_again_but_init_again_does(cell, session):
    notebook = cell(counter("one"))
    old = notebook.Counter(session=session)
    again = "    def init_again(self):\n        self.log.append(['again', app.get_active_model() is self])\n\n    class Both:"
    cell(counter("two").replace("    class Both:", again))
    assert old.log.count("init") == 1
    assert ["again", True] in old.log


def test_models_of_subclasses_keep_the_base_class_that_they_were_made_of(cell, session, page, join):
    notebook = cell(counter("one") + "class Sub(Counter): pass\n")
    sub = notebook.Sub(session=session)
    cell(counter("two"))
    assert sub.hello() == "one"
    new = notebook.Counter(session=session)
    loop.flush()
    assert new.hello() == "two"
    codes = [op["code"] for op in join().ops("define")]
    assert sum('return "one"' in code for code in codes) == sum('return "two"' in code for code in codes) == 1
    cell("class Sub(Counter): pass\n")
    assert sub.hello() == "two"


def test_a_class_that_is_kept_under_another_name_keeps_its_models(cell, session):
    notebook = cell(counter("one"))
    old = notebook.Counter(session=session)
    cell("Old = Counter\n" + counter("two") + "New, Counter = Counter, Old\n")
    assert old.hello() == "one"


def test_a_model_that_python_cannot_change_stays_and_one_line_says_so(cell, session, caplog):
    notebook = cell(counter("one"))
    old = notebook.Counter(session=session)
    slots = counter("two").replace("class Counter(app.Model):", "class Counter(app.Model):\n    __slots__ = ('more',)")
    with caplog.at_level(logging.WARNING):
        cell(slots)
    assert old.hello() == "one"
    assert [r.getMessage().partition(":")[0] for r in caplog.records] == [
        "Counter #m1 stays as it was when its class was defined again"
    ]


def test_css_that_changed_takes_the_place_of_the_old(cell, session, page):
    styled = counter("one").replace("    def init", "    CSS = '.a {}'\n    def init")
    notebook = cell(styled)
    _old = notebook.Counter(session=session)
    loop.flush()
    (first,) = [op for op in page.ops("define") if op["kind"] == "css"]
    cell(styled.replace(".a {}", ".b {}"))
    (second,) = [op for op in page.ops("define") if op["kind"] == "css"]
    cell(styled)
    (third,) = [op for op in page.ops("define") if op["kind"] == "css"]
    cell(counter("four"))
    (fourth,) = [op for op in page.ops("define") if op["kind"] == "css"]
    assert first["name"] == second["name"] == third["name"] == fourth["name"]
    assert len({first["hash"], second["hash"], third["hash"], fourth["hash"]}) == 4
    assert ".b {}" in second["code"] and ".a {}" in third["code"] and "{}" not in fourth["code"]


def test_a_function_that_is_defined_again_comes_to_the_pages_that_use_it(cell, session, page):
    from jsmodel.transpile.modules import linker

    user = counter("one").replace("            return 'one'", "            return helper()")
    notebook = cell("def helper(): return 1\n" + user)
    _old = notebook.Counter(session=session)
    loop.flush()
    page.read()
    cell("def helper(): return 2\n")
    linker.refresh()
    session.relink()
    session.flush()
    (define,) = page.ops()
    assert define["op"] == "define" and "return 2;" in define["code"]
    session.relink()
    session.flush()
    assert page.ops() == []
