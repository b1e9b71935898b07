"""Where a function was written is found by what Python runs; what lies is refused in words."""

from __future__ import annotations

import doctest
import importlib.util
import linecache
import os
import re
import subprocess
import sys
import textwrap
import types
import zipfile
from pathlib import Path
from typing import Any

import pytest

from jsmodel.errors import TranspileError
from jsmodel.transpile import code as code_module
from jsmodel.transpile.cache import Cache
from jsmodel.transpile.code import transpile_function
from jsmodel.transpile.sourcemap import bare

CHANGED = r"its source has changed since it was imported \({}, line {}\)\. Import the module again, or restart\."


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier test transpiled does not count."""
    monkeypatch.setattr(code_module, "cache", lambda: Cache(None, ""))


def load(path: Path, name: str = "sample") -> types.ModuleType:
    """Import a file, as Python does."""
    linecache.checkcache()
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def body(func: Any) -> str:
    """The JS of a function, without line marks and space."""
    return re.sub(r"\s+", "", bare(transpile_function(func, label="f").body))


# -- files that change


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sample.py"
    path.write_text("def f(a):\n    return a\n\ndef g(a):\n    return a * 2\n")
    return path


def change(path: Path, text: str, *, read: bool) -> None:
    """Write a file anew, after Python has read its lines, or before."""
    if read:
        linecache.getlines(os.fspath(path))
    path.write_text(text)
    os.utime(path, (1, 1))
    linecache.checkcache()


@pytest.mark.parametrize("read", [True, False])
@pytest.mark.parametrize(
    "text",
    ["def f(a):\n    return -a\n", "def f(a):\n    return a.x\n", "def f(a, b=1):\n    return a\n", "def g(a):\n    return a\n",
     "def f(a):\n\n    return a\n", "def f(:\n", "", "def f(a):\n    return (\n", "class f: pass\n"],
)  # fmt: skip
def test_a_file_that_says_something_else_by_now_is_refused(file, text, read):
    module = load(file)
    change(file, text, read=read)
    with pytest.raises(TranspileError, match=CHANGED.format("sample.py", 1)):
        transpile_function(module.f, label="f")


def test_a_function_that_only_moved_in_its_file_is_found_there(file):
    module = load(file)
    change(file, "# more\n\n\n" + file.read_text() + "\ndef h(): pass\n", read=False)
    code = transpile_function(module.g, label="g")
    assert code.lineno == 7 and "ǁ8_" in code.body


def test_a_function_whose_neighbours_changed_is_what_it_was(file):
    module = load(file)
    change(file, file.read_text().replace("a * 2", "a * 3"), read=False)
    assert "returna;" in body(module.f)
    with pytest.raises(TranspileError, match=CHANGED.format("sample.py", 4)):
        transpile_function(module.g, label="g")


def test_a_module_that_is_reloaded_has_its_new_functions(file):
    module = load(file)
    assert "mul" in body(module.g)
    file.write_text(file.read_text().replace("a * 2", "a + 2"))
    os.utime(file, (1, 1))
    assert module.__spec__ is not None and module.__spec__.loader is not None
    module.__spec__.loader.exec_module(module)
    assert "add" in body(module.g)


def test_a_file_that_is_gone_is_said(file):
    module = load(file)
    file.unlink()
    linecache.checkcache()
    with pytest.raises(TranspileError, match=r"its source is not to be found \(sample\.py, line 1\)"):
        transpile_function(module.f, label="f")


def test_default_values_that_were_exchanged_are_refused_in_words(cell):
    f = cell("def f(a, b=1): return a")["f"]
    f.__defaults__ = (1, 2)
    with pytest.raises(
        TranspileError,
        match=r"its default values were exchanged after it was defined \(.*line 1\)\. Write them where it is defined\.",
    ):
        transpile_function(f, label="f")


# -- lambdas


@pytest.mark.parametrize(
    "line",
    [
        "[lambda a: 71, lambda a: 72, lambda a: 73]",
        "[lambda: 71, (lambda: lambda: 72)(), lambda: 73]",
        "[lambda a=1: a + 71, lambda a=2: a + 72, lambda a: a + 73]",
        "[lambda *, a=0: 71, lambda *, b=0: 72, lambda *, a: 73]",
        "[lambda: '71', lambda: 'ü' + '72', lambda: '73']",
        "[lambda a: [a, 71], lambda a: [72 for a in a], lambda a: [\n a, 73]]",
        "[f for f in (lambda: 71, lambda: 72, lambda: 73)]",
        "(lambda x: [lambda: (x, 71), lambda: (x, 72), lambda: (x, 73)])(0)",
        "list({'a': lambda: 71, 'b': lambda: 72, 'c': lambda: 73}.values())",
        "[lambda: lambda: 71, lambda: lambda: 72, lambda: lambda: 73]",
    ],
)
def test_lambdas_of_one_line_are_told_apart(cell, line):
    found = [re.findall(r"7\d", body(func)) for func in cell(f"x = 0; fs = {line}; y = lambda: 79")["fs"]]
    assert found == [["71"], ["72"], ["73"]]


def test_lambdas_with_the_same_code_are_one_thing(cell):
    first, second = cell("fs = [lambda a: a + 1, lambda a: a + 1]")["fs"]
    assert body(first) == body(second)


def test_lambdas_with_the_same_code_keep_their_own_default_values(cell):
    fs = cell("fs = [(lambda a=n: a) for n in (1, 2)] + [lambda a: a]")["fs"]
    assert [transpile_function(f, label="f").params for f in fs] == ["a = 1", "a = 2", "a"]


def test_a_lambda_in_the_middle_of_a_line_is_found(cell):
    space = cell("def call(f, n): return f\nfound = call(1 and call(lambda a: a * 5, 2), 3) if 1 else (lambda a: 0)")
    assert "mul(a,5)" in body(space["found"])


# -- code that is in no file


def test_code_of_exec_whose_lines_are_known_is_found(cell):
    assert "return1;" in body(cell("def f(): return 1", name="<made up>")["f"])


def test_code_of_exec_that_nobody_knows_is_refused(cell):
    with pytest.raises(TranspileError, match="its source is not to be found .*Code made with exec"):
        transpile_function(cell("def f(): return 1", name="<made>", known=False)["f"], label="f")


def test_code_of_exec_that_bears_the_name_of_a_file_is_not_taken_for_what_is_in_it(file):
    space: dict[str, Any] = {"__name__": "other"}
    exec(compile("def other(a):\n    return a\n", os.fspath(file), "exec"), space)
    with pytest.raises(TranspileError, match="its source has changed since it was imported"):
        transpile_function(space["other"], label="other")


SHOW = "from jsmodel.transpile.code import transpile_function as t; print(t(f, label='f').body.count('return 77;'))"


def python(*arguments: str, **options: Any) -> str:
    environment = {**os.environ, "JSMODEL_CACHE": "0"}
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=60, **options
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_code_of_the_command_line_is_found():
    assert python("-c", f"x = 1\ndef f():\n    return 77\n{SHOW}") == "1"


def test_a_script_and_a_module_that_are_run_are_found(tmp_path):
    (tmp_path / "script.py").write_text(f"def f():\n    return 77\n{SHOW}\n")
    assert python("script.py", cwd=tmp_path) == "1"
    assert python("-m", "script", cwd=tmp_path) == "1"


def test_python_may_leave_asserts_out(tmp_path):
    (tmp_path / "script.py").write_text(f"def f():\n    'Words.'\n    assert True\n    return 77\n{SHOW}\n")
    assert python("-O", "script.py", cwd=tmp_path) == "1"


def test_a_python_that_leaves_docstrings_out_is_told_what_is_missing(tmp_path):
    (tmp_path / "script.py").write_text(f"def f():\n    return 77\n{SHOW}\n")
    command = [sys.executable, "-OO", "script.py"]
    environment = {**os.environ, "JSMODEL_CACHE": "0"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "jsmodel.errors.TranspileError: 'f' cannot run in the browser: Python runs with -OO, and pscript, which writes the JS, needs its "
        "docstrings (script.py, line 1). Use -O, or neither."
    )


def test_a_module_of_a_zip_is_found(tmp_path):
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("inside.py", "def f():\n    return 77\n")
    script = f"import sys; sys.path.insert(0, 'code.zip')\nfrom inside import f\n{SHOW}"
    assert python("-c", script, cwd=tmp_path) == "1"


def test_a_module_that_is_compiled_already_is_found(tmp_path):
    (tmp_path / "inside.py").write_text("def f():\n    return 77\n")
    script = f"import sys; sys.dont_write_bytecode = False\nfrom inside import f\n{SHOW}"
    assert [python("-c", script, cwd=tmp_path) for _ in range(2)] == ["1", "1"]


def test_code_of_a_doctest_is_found():
    text = """
        >>> def f():
        ...     return 77
        >>> from jsmodel.transpile.code import transpile_function
        >>> transpile_function(f, label='f').body.count('return 77;')
        1
    """
    test = doctest.DocTestParser().get_doctest(textwrap.dedent(text), {}, "sample", None, None)
    assert doctest.DocTestRunner().run(test).failed == 0


def test_warnings_of_the_source_are_not_said_again(file, recwarn):
    file.write_text("def f(a):\n    return a is 5, '\\d'\n")
    module = load(file)
    recwarn.clear()
    transpile_function(module.f, label="f")
    assert [str(w.message) for w in recwarn] == []


# -- files of any shape


@pytest.mark.parametrize(
    "content",
    [
        b"def f(a):\r\n    b = a\r\n    return b\r\n",
        b"def f(a):\r    b = a\r    return b\r",
        b"def f(a):\n\tb = a\n\treturn b\n",
        b"\x0c\ndef f(a):\n    b = a\n\x0c\n    return b\n",
        b"\xef\xbb\xbfdef f(a):\n    b = a\n    return b\n",
        b"# -*- coding: latin-1 -*-\ns = '\xe9'\ndef f(a):\n    b = a\n    return b\n",
        b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\ns = '\x80'\ndef f(a):\n    b = a\n    return b\n",
        b"def f(a):\n    b = a; \\\n    return b",
        b"if 1:\n  def f(a):\n        b = a\n        return b\n",
        b"def f(a): b = a; return b",
        b"def same(f): return f\n@same\n@(lambda f: f)\ndef f(a):\n    b = a\n    return b\n",
    ],
    ids=[
        "CRLF",
        "CR",
        "tabs",
        "form feeds",
        "BOM",
        "latin-1",
        "cp1252",
        "no newline",
        "indented",
        "one line",
        "decorated",
    ],
)
def test_a_file_of_any_shape_gives_the_same_body(tmp_path, content):
    path = tmp_path / "shape.py"
    path.write_bytes(content)
    assert body(load(path).f) == 'varb;((arguments.length<1)&&ǀǀpy.arity(arguments.length,1,"f"));b=a;returnb;'


def test_a_lambda_of_a_module_is_called_so_by_its_own_errors():
    take = lambda y: y  # noqa: E731
    assert 'arity(arguments.length, 1, "<lambda>")' in transpile_function(take, label="take").as_expression()
