"""What cells change of that which JS code uses, as IPython runs them; and what pages get of it."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

PROLOGUE = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
from jsmodel.assets import store
from jsmodel.transpile.modules import linker

shell = InteractiveShell.instance(colors="NoColor")
has = set()

def run(source, fails=False):
    "Run a cell, and do what the kernel does after it."
    result = shell.run_cell(source, store_history=True)
    assert result.success is not fails, result.error_before_exec or result.error_in_exec
    linker.refresh()

def news(*names):
    "The JS of the module that a page gets, which has what came before."
    failed = {}
    found = []
    for asset in linker.assets_for([shell.user_ns[name] for name in names], failed):
        if asset.hash not in has:
            has.add(asset.hash)
            if asset.name.startswith("__main__"):
                found.append(asset.text)
    return "\\n".join(found), [str(err) for err in failed.values()]

def everything(*names):
    "What a page gets that comes later, in order."
    return "\\n".join(a.text for a in linker.assets_for([shell.user_ns[n] for n in names], {}) if a.name.startswith("__main__"))
"""

MODEL = """
from jsmodel import app

limit = 3
rows = [1]
table = {"a": 1}

def clip(x, into=rows):
    return min(x, limit) + len(into) + table["a"]

class Probe(app.Model):
    class JS:
        def go(self, x):
            return clip(x)

class Other(app.Model):
    class JS:
        def go(self):
            return bump()

def bump():
    return 1
"""


def cells(script: str) -> list[object]:
    """What a script prints as JSON, whose cells run in a shell of IPython."""
    code = f"{PROLOGUE}\nMODEL = {MODEL!r}\n{textwrap.dedent(script)}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(("[", '"', "{"))]


def test_a_value_that_another_cell_binds_anew_is_sent_and_nothing_else():
    ((before, _), (text, errors)) = cells(
        """
        run(MODEL)
        print(json.dumps(news("Probe")))
        run("limit = 5")
        print(json.dumps(news("Probe")))
        """
    )
    assert "$m.limit = 3;" in before
    assert "$m.limit = 5;" in text and "function clip" not in text and not errors


def test_a_list_that_another_cell_changes_stays_the_same_list_in_a_page():
    ((text, _), (again, _), later) = cells(
        """
        run(MODEL)
        news("Probe")
        run("rows.append(2); table['b'] = 2")
        print(json.dumps(news("Probe")))
        run("1 + 1")
        print(json.dumps(news("Probe")))
        print(json.dumps(everything("Probe")))
        """
    )
    assert "($m.rows, [1, 2]);" in text and '($m.table, {"a": 1, "b": 2});' in text
    assert "clip" not in text and again == ""
    assert later.index("$m.rows = [1];") < later.index("($m.rows, [1, 2]);")


def test_a_list_inside_of_a_dict_that_a_page_has_is_the_one_that_a_function_of_a_later_cell_means():
    ((text, _), again) = cells(
        """
        run(MODEL + "box = {'a': [5]}\\ndef clip(x): return box\\n")
        news("Probe")
        run("def make():\\n  inner = box['a']\\n  def bump(): return inner\\n  return bump\\nbump = make()")
        print(json.dumps(news("Other")))
        print(json.dumps(news("Other", "Probe")))
        """
    )
    assert '$m["inner$c1"] = [5];' in text and '($m.box, {"a": $m["inner$c1"]});' in text
    assert again == ["", []]


def test_a_list_that_another_cell_exchanges_is_another_one_but_not_where_the_old_one_is_kept():
    ((text, _),) = cells(
        """
        run(MODEL)
        news("Probe")
        run("rows = [7]")
        print(json.dumps(news("Probe")))
        """
    )
    assert "= [1];" in text and "function clip" in text  # its default value has no name any more
    assert "[7]" not in text  # which nobody uses


@pytest.mark.parametrize("gone", ["del clip", "renamed = clip\ndel clip", "clip = open"])
def test_what_is_not_there_any_more_leaves_its_users_as_they_were_and_the_others_go_on(gone):
    ((text, errors), later, (after, none)) = cells(
        f"""
        run(MODEL)
        news("Probe", "Other")
        run({gone + chr(10) + "def bump(): return 22"!r})
        print(json.dumps(news("Probe", "Other")))
        print(json.dumps(everything("Probe", "Other")))
        run("def clip(x): return x + 1000")
        print(json.dumps(news("Probe", "Other")))
        """
    )
    assert "return 22;" in text and "clip" not in text
    assert len(errors) == 1 and "Probe.JS.go uses 'clip'" in errors[0]
    assert "function clip" in later and later.rindex("return 22;") > later.rindex("return 1;")
    assert "1000" in after and none == []


def test_a_class_that_does_not_compile_leaves_the_old_one_and_the_cells_error_has_a_caret():
    ((text, errors), later) = cells(
        """
        run(MODEL)
        news("Probe", "Other")
        run(MODEL.replace("return clip(x)", "return clip(x) + 2j"), fails=True)
        print(json.dumps(news("Probe", "Other")))
        print(json.dumps(everything("Probe")))
        """
    )
    assert "2j" not in text and errors == []
    assert "go(x" in later


def test_subclasses_of_a_class_that_is_sent_anew_are_sent_too():
    ((text, _),) = cells(
        """
        run("from jsmodel import app\\ndef make(x): return x\\nclass Base:\\n    def go(self): return make(1)\\nclass Sub(Base):\\n    pass\\n"
            "class Probe(app.Model):\\n    class JS:\\n        def go(self): return isinstance(Sub(), Base)\\n")
        news("Probe")
        run("class make:\\n    def __init__(self, x): pass\\n")
        print(json.dumps(news("Probe")))
        """
    )
    assert "new ($m.make)(1)" in text
    assert 'label: "Sub"' in text and text.index('label: "Base"') < text.index('label: "Sub"')


def test_a_list_that_functions_share_is_exchanged_with_them_and_leaves_a_bounded_trace():
    ((text, errors), (again, _), early, late) = cells(
        """
        MAKE = "def make():\\n    rows = []\\n    def add(x): rows.append(x)\\n    def get(): return rows\\n    return add, get\\n"
        run(MAKE + "from jsmodel import app\\nadd, get = make()\\nclass Probe(app.Model):\\n    class JS:\\n        def go(self): return [add(1), get()]\\n")
        print(json.dumps(news("Probe")))
        run("add, get = make()")
        print(json.dumps(news("Probe")))
        for turn in range(40):
            run("add, get = make()")
            news("Probe")
            if turn in (19, 39):
                print(json.dumps([everything("Probe").count(" = [];"), len(linker.homes._captured)]))
        """
    )
    assert errors == [] and text.count(" = [];") == again.count(" = [];") == 1
    assert '$m["rows$c1"]' in text and "rows$c1" not in again
    assert late[0] <= 8 and late[1] <= 8 and early[0] <= 8


def test_a_cell_that_is_timed_is_found_and_so_is_what_is_wrong_in_it():
    ((text, errors), refusal) = cells(
        """
        run("%%time\\n" + MODEL)
        print(json.dumps(news("Probe")))
        run("x = 1")
        run("%%time\\ntry:\\n    class Bad(app.Model):\\n        class JS:\\n            def go(self): return 3j\\nexcept Exception as err: said = str(err)")
        print(json.dumps(shell.user_ns["said"]))
        """
    )
    assert "function clip" in text and not errors
    assert "3j is not known there (<timed exec>, line 4)" in refusal


def test_the_log_calls_cells_by_their_numbers():
    (text,) = cells(
        """
        import io, logging
        said = io.StringIO()
        logging.getLogger("jsmodel").addHandler(logging.StreamHandler(said))
        run(MODEL)
        run("from jsmodel.event import loop\\ndef fails(): return 1 / 0\\nloop.call_soon(fails)\\nloop.flush()")
        print(json.dumps(said.getvalue()))
        """
    )
    assert text.startswith("A call in the event loop failed.\nTraceback (most recent call last):")
    assert 'File "In[2]", line 2, in fails' in text and "ZeroDivisionError" in text
    assert "ipython-input" not in text and "ipykernel" not in text
