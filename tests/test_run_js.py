"""`jsmodel.testing.run_js`: Python in JS, without a browser."""

from __future__ import annotations

import json
import math
import subprocess
import sys

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


def test_an_exception_has_the_name_and_the_words_that_python_has():
    with pytest.raises(JSError) as caught:
        run_js("def f():\n    return {}['key']\nres = f()")
    assert caught.value.py_type == "KeyError"
    assert str(caught.value).endswith("KeyError: 'key'")
    with pytest.raises(JSError, match="ZeroDivisionError: division by zero$"):
        run_js("res = 1 / 0")
    assert issubclass(JSError, JsmodelError)


def test_its_traceback_has_the_lines_of_the_snippet():
    with pytest.raises(JSError) as caught:
        run_js(
            "def half(x):\n    return x / 0\n\ntry:\n    half(1)\nexcept ZeroDivisionError as err:\n    raise ValueError('no') from err"
        )
    first, second = caught.value.traceback.split(
        "\n\nThe above exception was the direct cause of the following exception:\n\n"
    )
    lines = [line for line in first.splitlines() if set(line.strip()) != {"^"}]
    assert lines == [
        "Traceback (most recent call last):",
        '  File "<snippet>", line 5, in <module>',
        "    half(1)",
        '  File "<snippet>", line 2, in half',
        "    return x / 0",
        "ZeroDivisionError: division by zero",
    ]
    assert '  File "<snippet>", line 7, in <module>\n' in second and second.endswith("\nValueError: no")
    assert caught.value.traceback in str(caught.value)


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
    with pytest.raises(TranspileError, match="'zeros'"):
        run_js("import numpy\nres = numpy.zeros(3)")


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
