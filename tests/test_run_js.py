"""`jsmodel.testing.run_js`: Python in JS, without a browser."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import traceback

import pytest

from jsmodel.errors import JsmodelError
from jsmodel.testing import JSError, JSTimeout, NodeError, TranspileError, run_js


def test_the_value_of_res_comes_back():
    assert run_js("res = [1, 2.5, 'é', None, True, {'a': [()]}]") == [1, 2.5, "é", None, True, {"a": [[]]}]


def test_a_snippet_may_be_indented_as_the_test_around_it():
    assert (
        run_js("""
            def double(x):
                return x * 2

            res = double(21)
        """)
        == 42
    )


def test_without_res_there_is_none():
    assert run_js("x = 5") is None
    assert run_js("") is None


def test_nan_and_the_infinities_are_themselves():
    nan, inf, minus = run_js("inf = float('inf'); res = [float('nan'), inf, -inf]")
    assert math.isnan(nan) and (inf, minus) == (math.inf, -math.inf)


def test_a_whole_float_comes_as_an_int():
    value = run_js("res = 4 / 2")
    assert value == 2 and type(value) is int


def test_what_json_does_not_know_is_a_type_error_as_in_python():
    with pytest.raises(JSError, match="TypeError: Object of type function is not JSON serializable") as caught:
        run_js("res = [1, len]")
    assert caught.value.py_type == "TypeError"
    with pytest.raises(JSError, match="ValueError: Circular reference detected"):
        run_js("res = []; res.append(res)")


def test_classes_and_functions_of_the_snippet_work():
    assert run_js("""
            LIMIT = 10

            class Box:
                limit = LIMIT

                def __init__(self, *items):
                    self.items = list(items)

                def __add__(self, other):
                    return Box(*self.items, *other.items)

                def __len__(self):
                    return len(self.items)

            class Tall(Box):
                def __len__(self):
                    return super().__len__() * 10

            box = Box(1) + Box(2, 3)
            res = [box.items, len(box), len(Tall(5, 6)), Box.limit]
        """) == [[1, 2, 3], 3, 20, 10]


def test_a_class_that_needs_what_the_snippet_computes_is_never_wrong():
    try:
        assert run_js("x = [1, 2]\nx.append(3)\nclass A:\n    n = len(x)\nres = A.n") == 3
    except TranspileError as err:
        assert "a class inside of a function is not known there" in str(err)


def test_it_can_wait_at_the_top():
    assert run_js("async def f(x):\n    return x + 1\nres = [await f(1), await f(2)]") == [2, 3]


def test_no_statement_runs_in_python(capsys):
    run_js("print('once')\nres = 1")
    assert capsys.readouterr().out == "once\n"


def test_what_it_prints_is_printed_also_when_it_fails(capsys):
    with pytest.raises(JSError):
        run_js("print('a', 1, None)\nprint('b', end='!')\nprint()\n1 / 0")
    assert capsys.readouterr().out == "a 1 None\nb!\n"


def test_modules_of_the_user_can_be_imported(tmp_path, monkeypatch):
    (tmp_path / "shapes_for_run_js.py").write_text(
        "SIDES = {'square': 4}\n\ndef sides(name):\n    return SIDES[name]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert run_js("from shapes_for_run_js import sides\nres = sides('square')") == 4


def test_handlers_of_models_run_and_one_that_fails_fails_the_snippet(tmp_path, monkeypatch):
    (tmp_path / "lamp_for_run_js.py").write_text(
        "from jsmodel import app, event\n\n"
        "class Lamp(app.Model):\n"
        "    class JS:\n"
        "        seen = []\n"
        "        @event.prop\n"
        "        def level(self, v=0):\n"
        "            return int(v)\n"
        "        @event.connect('level')\n"
        "        def on_level(self, *events):\n"
        "            self.seen.append(10 // events[-1].new_value)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    text = "from lamp_for_run_js import Lamp\nlamp = Lamp()\nlamp.level = {}\nres = lamp.level"
    assert run_js(text.format(2)) == 2
    with pytest.raises(JSError, match="ZeroDivisionError"):
        run_js(text.format(0))


def test_init_of_a_model_has_run_before_its_handlers(tmp_path, monkeypatch):
    (tmp_path / "log_for_run_js.py").write_text(
        "from jsmodel import app, event\n\n"
        "class Log(app.Model):\n"
        "    class Both:\n"
        "        @event.prop\n"
        "        def level(self, v=0):\n"
        "            return int(v)\n"
        "    class JS:\n"
        "        def init(self):\n"
        "            self.rows = [f'at {self.level}']\n"
        "            self.level = 7\n"
        "        @event.connect('level')\n"
        "        def on_level(self, *events):\n"
        "            self.rows.append([(e.old_value, e.new_value) for e in events])\n\n"
        "class Louder(Log):\n"
        "    class JS:\n"
        "        def init(self):\n"
        "            super().init()\n"
        "            self.rows.append('louder')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    text = "import asyncio\nfrom log_for_run_js import {0}\nlog = {0}(level=3)\nawait asyncio.sleep(0)\nres = log.rows"
    assert run_js(text.format("Log")) == ["at 3", [[0, 0], [0, 3], [3, 7]]]
    assert run_js(text.format("Louder")) == ["at 3", "louder", [[0, 0], [0, 3], [3, 7]]]


def test_an_exception_has_the_name_and_the_words_that_python_has():
    with pytest.raises(JSError) as caught:
        run_js("def f():\n    return {}['key']\nres = f()")
    assert caught.value.py_type == "KeyError"
    assert str(caught.value).endswith("KeyError: 'key'")
    with pytest.raises(JSError, match="ZeroDivisionError: division by zero$"):
        run_js("res = 1 / 0")
    assert issubclass(JSError, JsmodelError)


def test_the_traceback_is_that_of_python_with_the_lines_of_the_snippet():
    with pytest.raises(JSError) as caught:
        run_js("""
            class Half:
                def of(self, x):
                    return 10 // x

            async def start(numbers):
                return [Half().of(x) for x in numbers]

            res = await start([1, 0])
        """)
    lines = caught.value.traceback.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    frames = [line.strip() for line in lines if line.startswith("  File")]
    assert frames[0] == 'File "<snippet>", line 9, in <module>'
    assert frames[1] == 'File "<snippet>", line 7, in start'
    assert frames[-1] == 'File "<snippet>", line 4, in Half.of'
    assert "    return 10 // x" in lines and "    res = await start([1, 0])" in lines
    assert lines[-1].startswith("ZeroDivisionError: ")
    assert str(caught.value).endswith(caught.value.traceback)


def test_the_traceback_tells_of_the_cause_and_goes_through_modules(tmp_path, monkeypatch):
    (tmp_path / "deep_for_run_js.py").write_text("def look(box):\n    return box['key']\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(JSError) as caught:
        run_js(
            "from deep_for_run_js import look\ntry:\n    look({})\nexcept KeyError as err:\n    raise ValueError('no') from err\n"
        )
    text = caught.value.traceback
    first, _, second = text.partition("The above exception was the direct cause of the following exception:")
    assert f'File "{tmp_path / "deep_for_run_js.py"}", line 2, in look' in first and "KeyError: 'key'" in first
    assert 'File "<snippet>", line 5, in <module>' in second and second.endswith("ValueError: no")
    assert caught.value.py_type == "ValueError" and caught.value.message == "no"


def test_an_exception_of_the_snippets_own_has_its_own_name():
    with pytest.raises(JSError) as caught:
        run_js("class Broken(ValueError): pass\nraise Broken('words')")
    assert caught.value.py_type == "Broken"
    assert str(caught.value).endswith("Broken: words")


def test_what_cannot_run_in_the_browser_is_refused_with_the_place():
    with pytest.raises(TranspileError, match="3j is not known there") as caught:
        run_js("x = 1\nres = x + 3j")
    assert (caught.value.filename, caught.value.lineno) == ("<snippet>", 2)
    with pytest.raises(TranspileError, match="the snippet uses 'nowhere'"):
        run_js("res = nowhere")
    with pytest.raises(TranspileError, match="os.getcwd"):
        run_js("import os\nres = os.getcwd()")


def test_what_is_no_python_is_a_syntax_error_as_it_is():
    with pytest.raises(SyntaxError, match="never closed") as caught:
        run_js("res = [1")
    assert not isinstance(caught.value, TranspileError)
    with pytest.raises(SyntaxError, match="outside function"):
        run_js("return 1")


def test_a_loop_without_end_is_stopped():
    with pytest.raises(JSTimeout, match="it did not end within 1 seconds") as caught:
        run_js("while True:\n    pass", timeout=1)
    assert caught.value.py_type == "TimeoutError" and isinstance(caught.value, (TimeoutError, JSError))


def test_waiting_for_what_never_comes_is_an_error():
    with pytest.raises(JSError, match="RuntimeError: it waits for something that never happens"):
        run_js("from jsmodel.app import RawJS\nnever = RawJS('new Promise(() => {})')\nres = await never")


def test_snippets_know_nothing_of_each_other():
    assert run_js("x = 1\nclass A: n = 1\nres = A.n") == 1
    with pytest.raises(TranspileError, match="uses 'A'"):
        run_js("res = A.n")
    assert "__snippet__" not in sys.modules


def test_without_node_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.delenv("JSMODEL_NODE", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NodeError, match=r"there is no 'node' on the PATH\. .*Install Node 18 or newer .*JSMODEL_NODE"):
        run_js("res = 1")


def test_jsmodel_node_says_which_node(monkeypatch, tmp_path):
    monkeypatch.setenv("JSMODEL_NODE", str(tmp_path / "no-node"))
    with pytest.raises(NodeError, match="JSMODEL_NODE is '.*no-node', and there is no such program"):
        run_js("res = 1")
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'I am not Node' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("JSMODEL_NODE", str(broken))
    with pytest.raises(NodeError, match="stopped before it was done. It said:\nI am not Node"):
        run_js("res = 1")


def test_importing_the_testing_module_is_light():
    code = (
        "import sys, jsmodel.testing; print([m for m in ('tornado', 'IPython', 'pscript', 'comm') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.replace("'", '"')) == []


def test_a_name_that_the_browser_does_not_know_has_its_place():
    with pytest.raises(TranspileError, match="the snippet uses 'nowhere'") as caught:
        run_js("x = 1\nres = [x, nowhere]\n")
    shown = "".join(traceback.format_exception_only(TranspileError, caught.value)).splitlines()
    assert shown[1:3] == ["    res = [x, nowhere]", "              ^^^^^^^"]
    assert shown[0].endswith(", line 2")


def test_what_a_class_has_under_a_name_is_refused_with_the_class():
    words = "'__snippet__.Q' cannot run in the browser: it is not part of what there is of Python's 'collections'"
    with pytest.raises(TranspileError, match=words):
        run_js("import collections\nclass Q:\n    z = collections.UserDict\nres = Q.z")
