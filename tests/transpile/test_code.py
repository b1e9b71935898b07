"""Finding the source of a function, and what becomes of it."""

from __future__ import annotations

import importlib.util
import linecache
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from jsmodel.errors import TranspileError
from jsmodel.transpile.code import transpile_function
from jsmodel.transpile.finder import find_source
from jsmodel.transpile.lower.words import VALUE
from jsmodel.transpile.sourcemap import bare


@pytest.fixture
def load(tmp_path: Path):
    """Imports bytes as a module."""
    loaded: list[str] = []

    def imported(content: bytes, name: str = "sample") -> ModuleType:
        path = tmp_path / f"{name}.py"
        path.write_bytes(content)
        linecache.checkcache()
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        loaded.append(name)
        spec.loader.exec_module(module)
        return module

    yield imported
    for name in loaded:
        sys.modules.pop(name, None)


def test_a_function_of_a_notebook_cell_is_found(cell):
    f = cell("x = 1\n\ndef f(a):\n    return a\n")["f"]
    source = find_source(f, "f")
    assert source.node.lineno == 3
    assert transpile_function(f, label="f").params == "a"


def test_a_function_of_an_earlier_cell_is_found_after_a_later_one_ran(cell):
    first = cell("def f(a): return a")["f"]
    cell("def f(b): return b")
    assert transpile_function(first, label="f").params == "a"


def test_code_made_with_exec_is_refused_with_what_to_do(cell):
    f = cell("def f(): return 1", name="<string>", known=False)["f"]
    with pytest.raises(
        TranspileError,
        match=r"^'f' cannot be sent to the browser: its source is not to be found .*Put the class into a file or a notebook cell",
    ):
        transpile_function(f, label="f")


def test_a_file_that_changed_since_its_import_is_refused(load, tmp_path):
    module = load(b"def f():\n    return 1\n")
    (tmp_path / "sample.py").write_bytes(b"# a new line\n\ndef g():\n    return 2\n")
    linecache.checkcache()
    with pytest.raises(
        TranspileError,
        match=r"its source has changed since it was imported \(sample.py, line 1\)\. Import the module again, or restart",
    ):
        transpile_function(module.f, label="f")


def test_a_file_that_no_longer_parses_is_refused(load, tmp_path):
    module = load(b"def f():\n    return 1\n")
    (tmp_path / "sample.py").write_bytes(b"def f(:\n")
    linecache.checkcache()
    with pytest.raises(TranspileError, match="its source has changed since it was imported"):
        transpile_function(module.f, label="f")


def test_other_arguments_on_the_same_line_count_as_a_change(load, tmp_path):
    module = load(b"def f(a):\n    return a\n")
    (tmp_path / "sample.py").write_bytes(b"def f(b):\n    return b\n")
    linecache.checkcache()
    with pytest.raises(TranspileError, match="its source has changed since it was imported"):
        transpile_function(module.f, label="f")


def test_lambdas_on_one_line_are_told_apart_by_their_arguments(cell):
    pair = cell("pair = [lambda a: 'first', lambda a, b: 'second']")["pair"]
    assert "second" in transpile_function(pair[1], label="pair").body
    assert transpile_function(pair[0], label="pair").name == "lambda_"


def test_a_decorated_function_is_found_by_its_first_decorator(cell):
    f = cell(
        """
        def same(f): return f

        @same
        @same
        def f(a):
            return a
        """
    )["f"]
    assert transpile_function(f, label="f").lineno == 6


@pytest.mark.parametrize(
    "content",
    [
        b"def f(a):\r\n    b = a\r\n    return b\r\n",
        b"def f(a):\n\tb = a\n\treturn b\n",
        b"\xef\xbb\xbfdef f(a):\n    b = a\n    return b\n",
        b"# -*- coding: latin-1 -*-\ns = '\xe9'\ndef f(a):\n    b = a\n    return b\n",
        b"def f(a):\n    b = a; \\\n    c = b\n    return b",
    ],
    ids=["CRLF", "tabs", "BOM", "latin-1", "no newline at the end"],
)
def test_a_file_of_any_shape_gives_the_same_body(load, content):
    code = transpile_function(load(content).f, label="f")
    assert code.params == "a"
    assert "b = a;" in code.body and "return b;" in code.body


def test_names_that_are_not_ascii_are_kept(load):
    code = transpile_function(load("def größe(été):\n    π = été\n    return π\n".encode()).größe, label="größe")
    assert (code.name, code.params) == ("größe", "été")
    assert "π = été;" in code.body


def test_a_class_is_not_a_function():
    with pytest.raises(
        TranspileError,
        match=r"^'X' cannot run in the browser: it is not a Python function but type\. Write it with 'def'",
    ):
        transpile_function(int, label="X")


def test_a_method_needs_an_argument_for_its_object(cell):
    f = cell("def f(*, a): return a")["f"]
    with pytest.raises(TranspileError, match=r"it has no first argument .*Write 'def f\(self, \.\.\.\)'"):
        transpile_function(f, label="f", method=True)


def test_a_method_may_call_its_object_as_it_likes(cell):
    f = cell("def f(me, a): return me.x + a")["f"]
    code = transpile_function(f, label="f", method=True)
    assert code.params == "a" and "this.x" in code.body and "me.x" not in code.body


def test_the_docstring_stays_in_python(cell):
    f = cell('def f():\n    """Words."""\n    return 1\n')["f"]
    assert "Words" not in transpile_function(f, label="f").body


def test_async_functions_are_async(cell):
    f = cell("async def f(): return 1")["f"]
    code = transpile_function(f, label="f")
    assert code.is_async
    assert code.as_expression().startswith("async function f() {")
    assert code.as_method("g").startswith("async g() {")


def test_a_default_that_changes_is_made_once(cell):
    f = cell("def f(a, b=[1], c='x'): return b")["f"]
    code = transpile_function(f, label="f")
    made = VALUE.format("$d_f_0")  # what else has the list is not known yet
    assert code.consts == (("$d_f_0", made, [1]),)
    assert code.consts_text() == f"const $d_f_0 = {made};\n"
    assert code.as_expression().startswith(
        f'(() => {{\nconst $d_f_0 = {made};\nreturn function f(a, b = $d_f_0, c = "x") {{'
    )


def test_a_default_that_cannot_be_sent_is_refused(cell):
    f = cell("def f(a=3j): return a")["f"]
    with pytest.raises(TranspileError, match="a default value cannot be sent: complex is not JSON-able .*Use None"):
        transpile_function(f, label="f")


def test_the_names_from_outside_come_with_the_line_of_their_first_use(cell):
    f = cell("def f(a):\n    b = other(a)\n    return b + other(limit)\n")["f"]
    assert transpile_function(f, label="f").names == (("other", 2), ("limit", 3))


def test_names_that_look_like_ours_are_the_persons_own(cell):
    source = "def f(u1, t2=2):\n    t1 = u1 and t2\n    u2, t3 = u3(t1)\n    u2 += u4\n    class_ = u2\n    return t1\n"
    code = transpile_function(cell(source)["f"], label="f")
    assert code.params == "u1, t2 = 2"
    assert [name for name, _ in code.names] == ["u3", "u4"]
    text = bare(code.body)
    assert "\n    return t1;" in text and "ǀcǀu3ǀ(t1)" in text and "ǀnǀu4ǀ" in text
    assert re.findall(r"ǀ(?!ǀpy|[nc]ǀ\w+ǀ)", re.sub(r"ǀǀpy|ǀ[nc]ǀ\w+ǀ", "", text)) == []
