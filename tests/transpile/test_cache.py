"""What was transpiled once is kept, in memory and on disk; and nothing depends on that."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path
from typing import Any

import pytest

from jsmodel import app
from jsmodel.transpile import code as code_module
from jsmodel.transpile.cache import Cache, cache_folder
from jsmodel.transpile.code import transpile_function
from jsmodel.transpile.fingerprint import fingerprint

MODULE = """
from jsmodel import app, event

limit = [10]

def helper(a, b=2, *, c=limit, d=(1, 2)):
    return sum(x for x in range(a)) + b

class Counter(app.Model):
    class Both:
        @event.prop
        def count(self, v=0):
            return int(v)

    class JS:
        def init(self):
            self.text = f"{helper(self.count, 3)}"

        async def wait(self, *more):
            for item in more:
                await item
"""
SHOW = """
import sys, json, warnings
warnings.simplefilter("always")
import sample
from jsmodel.transpile.modules import linker
texts = [asset.text for asset in linker.assets_for([sample.Counter])]
print(json.dumps([texts, sorted(m for m in sys.modules if m.startswith(("pscript", "jsmodel.transpile.lower.")))]))
"""

#: What of the transpiler a process loads that transpiles nothing.
KEPT = ["jsmodel.transpile.lower.source", "jsmodel.transpile.lower.words"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a module `sample`."""
    (tmp_path / "sample.py").write_text(MODULE)
    return tmp_path


def run(folder: Path, kept: Any, script: str = SHOW) -> tuple[Any, str]:
    """What a process prints as JSON, and what it says besides, with this cache."""
    environment = {**os.environ, "JSMODEL_CACHE": str(kept)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def fresh(kept: Path, stamp: str = "stamp") -> Cache:
    """A cache as another process sees it."""
    return Cache(kept, stamp)


# -- as a whole


def test_a_second_process_transpiles_nothing_and_does_not_even_load_pscript(folder):
    kept = folder / "cache"
    (first, modules), _ = run(folder, kept)
    assert "pscript" in modules and "jsmodel.transpile.lower.patterns" in modules
    (second, modules), said = run(folder, kept)
    assert second == first
    assert modules == KEPT
    assert said == ""


def test_without_a_cache_the_code_is_the_same(folder):
    assert run(folder, "0")[0] == run(folder, folder / "cache")[0]
    assert names(folder)[-1] == "sample.py"


WHOLE = """
__pyscript__ = True
import math as maths
scale = [1, 2]
total = 0
for each in scale:
    if each:
        import string
    total += maths.sqrt(each) + len(string.digits)
def area(r):
    return maths.pi * r * total
later = area(1); last = later
"""
USER = """
from jsmodel import app
import whole

class Counter(app.Model):
    class JS:
        def init(self):
            self.x = whole.area(1) + whole.last
"""


def test_the_statements_of_a_module_that_is_sent_as_a_whole_are_kept_too(tmp_path):
    (tmp_path / "whole.py").write_text(WHOLE)
    (tmp_path / "sample.py").write_text(USER)
    cold, warm = (run(tmp_path, tmp_path / "cache") for _ in range(2))
    assert "pscript" in cold[0][1] and warm[0][1] == KEPT
    assert warm[0][0] == cold[0][0] == run(tmp_path, "0")[0][0]
    assert any(".$math.sqrt(" in text for text in cold[0][0])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total += ", "total -= "),
        ("import math as", "import cmath as"),
        ("\nfor each", "\n\nfor each"),
        ("; last", ";  last"),
    ],
)
def test_statements_that_changed_are_transpiled_anew(tmp_path, old, new):
    (tmp_path / "whole.py").write_text(WHOLE)
    (tmp_path / "sample.py").write_text(USER)
    script = """
import json, sys, whole
from jsmodel.transpile.scope import top_of
from jsmodel.transpile.code import transpile_statements
made = transpile_statements(top_of("whole"), list(top_of("whole").body[2:5]), vars(whole), label="whole")
more = transpile_statements(top_of("whole"), list(top_of("whole").body[6:]), vars(whole), label="whole")
print(json.dumps([[made.body, more.body], made.names, made.lineno, "pscript" in sys.modules]))
"""
    first = run(tmp_path, tmp_path / "cache", script)[0]
    assert run(tmp_path, tmp_path / "cache", script)[0] == [*first[:3], False]
    (tmp_path / "whole.py").write_text(WHOLE.replace(old, new))
    other = run(tmp_path, tmp_path / "cache", script)[0]
    assert other[:3] != first[:3] or new.startswith("import")
    assert other[:3] == run(tmp_path, "0", script)[0][:3]


def test_the_programs_of_the_benchmarks_are_the_same_from_the_cache(tmp_path):
    script = """
import json, sys
from benchmarks import transpile_programs as programs
from jsmodel.transpile.modules import linker
texts = [linker.bundle(getattr(programs, name), classes=[programs.Counter]) for name in programs.BY_HAND]
print(json.dumps([texts, "pscript" in sys.modules]))
"""
    root = str(Path(__file__).resolve().parents[2])
    found = [
        run(tmp_path, kept, f"import sys; sys.path.insert(0, {root!r})\n{script}")[0]
        for kept in (tmp_path / "cache", tmp_path / "cache", "0")
    ]
    assert [loaded for _, loaded in found] == [True, False, True]
    assert found[0][0] == found[1][0] == found[2][0] and len(found[0][0]) > 5


def test_what_stands_elsewhere_by_now_is_found_and_its_lines_are_the_new_ones(folder):
    kept = folder / "cache"
    script = """
import json, sys, sample
from jsmodel.transpile.code import transpile_function
js = transpile_function(sample.helper, label="helper")
print(json.dumps([js.body, js.names, js.lineno, "pscript" in sys.modules]))
"""
    (body, _, line, cold), _ = run(folder, kept, script)
    (folder / "sample.py").write_text("# one line more\n\n" + MODULE)
    (moved, _, moved_line, warm), _ = run(folder, kept, script)
    without = run(folder, "0", script)[0]
    assert (cold, warm) == (True, False)
    assert moved_line == line + 2 and moved != body
    assert [moved, moved_line] == [without[0], without[2]]


def test_code_that_changed_is_transpiled_anew(folder):
    kept = folder / "cache"
    run(folder, kept)
    (folder / "sample.py").write_text(
        MODULE.replace("+ b", "- 2 * b")
    )  # Python itself would not see another text of that size
    (texts, modules), _ = run(folder, kept)
    assert "$py.sub(" in texts[-1] and "pscript" in modules


def test_a_cell_is_known_to_the_next_kernel_though_its_file_has_another_name(tmp_path):
    script = """
import json, linecache, sys
source = "def f(a):\\n    return a + 1\\n"
name = "/tmp/ipykernel_%d/1234567.py"
linecache.cache[name] = (len(source), None, source.splitlines(True), name)
exec(compile(source, name, "exec"))
from jsmodel.transpile.code import transpile_function
transpile_function(f, label="f")
print(json.dumps("pscript" in sys.modules))
"""
    assert [run(tmp_path, tmp_path / "cache", script % pid)[0] for pid in (11, 22)] == [True, False]


def test_processes_that_write_at_once_leave_a_whole_cache(folder):
    kept = folder / "cache"
    environment = {**os.environ, "JSMODEL_CACHE": str(kept)}
    command = [sys.executable, "-c", SHOW]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    running = [subprocess.Popen(command, cwd=folder, env=environment, **pipes) for _ in range(3)]
    results = [process.communicate(timeout=60) for process in running]
    outputs, said = {out for out, _ in results}, {err for _, err in results}
    assert said == {b""}
    assert [process.returncode for process in running] == [0] * 3
    assert len({json.dumps(json.loads(out)[0]) for out in outputs}) == 1
    assert all(name.endswith(".json") for name in names(kept))
    assert "pscript" not in run(folder, kept)[0][1]


# -- what cannot be used


def damage(file: Path, how: str) -> None:
    content = file.read_bytes()
    head, _, body = content.partition(b"\n")
    if how == "a folder":
        file.unlink()
        file.mkdir()
        return
    file.write_bytes(
        {
            "empty": b"",
            "truncated": content[: len(content) // 2],
            "no JSON": b"\xff\x00{]",
            "another version": head.replace(b"jsmodel ", b"jsmodel other") + b"\n" + body,
            "changed by hand": content.replace(b"return", b"retarn"),
        }[how]
    )


@pytest.mark.parametrize("how", ["empty", "truncated", "no JSON", "another version", "changed by hand", "a folder"])
def test_a_damaged_cache_is_not_used_and_one_warning_says_so(tmp_path, how):
    kept = fresh(tmp_path)
    kept.put("a.py", "key", {"body": "return 1;"})
    kept.put("b.py", "key", {"body": "return 2;"})
    kept.save()
    for file in list(tmp_path.iterdir()):
        damage(file, how)
    kept = fresh(tmp_path)
    with pytest.warns(RuntimeWarning) as said:
        assert [kept.get("a.py", "key"), kept.get("b.py", "key")] == [None, None]
    (warning,) = said
    words = str(warning.message)
    assert words.startswith(f"The cache of transpiled code in {str(tmp_path)!r} is not used: ")
    assert "Everything works without it, but takes longer." in words
    assert words.endswith("set the environment variable JSMODEL_CACHE to another folder, or to 0 for none.")
    kept.put("a.py", "key", {"body": "return 1;"})
    assert kept.get("a.py", "key") == {"body": "return 1;"}


def test_a_process_that_meets_a_damaged_cache_transpiles_and_writes_a_new_one(folder):
    kept = folder / "cache"
    expected = run(folder, kept)[0][0]
    for file in list(kept.iterdir()):
        damage(file, "truncated")
    (texts, modules), said = run(folder, kept)
    assert texts == expected and "pscript" in modules
    assert said.count("RuntimeWarning") == 1
    assert run(folder, kept)[1] == ""


def test_a_cache_that_cannot_be_written_is_not_used_and_one_warning_says_so(folder):
    (folder / "file").write_text("")
    (texts, _), said = run(folder, folder / "file" / "cache")
    assert texts == run(folder, "0")[0][0]
    assert said.count("RuntimeWarning") == 1 and "is not used: Not a directory." in said


def test_a_cache_that_others_may_write_to_is_not_used(folder):
    kept = folder / "cache"
    run(folder, kept)
    kept.chmod(0o777)
    (_, modules), said = run(folder, kept)
    assert "pscript" in modules and "is not used: others may write to it." in said


def test_a_disk_that_is_full_is_said_once_and_leaves_no_halves(tmp_path, monkeypatch):
    kept = fresh(tmp_path)
    for number in range(3):
        kept.put(f"file{number}", "key", {"body": "x"})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.warns(RuntimeWarning, match="is not used: No space left on device") as said:
        kept.save()
    assert len(said) == 1
    assert names(tmp_path) == []
    assert kept.get("file1", "key") == {"body": "x"}, "memory still has it"


# -- the store


def test_what_was_put_is_there_for_the_next_process_after_save(tmp_path):
    first = fresh(tmp_path)
    first.put("a.py", "key", {"body": "ǀ@1ǀ 'ü' \ud800"})
    assert fresh(tmp_path).get("a.py", "key") is None
    first.save()
    assert fresh(tmp_path).get("a.py", "key") == {"body": "ǀ@1ǀ 'ü' \ud800"}
    assert fresh(tmp_path).get("b.py", "key") is None
    assert fresh(tmp_path, "another").get("a.py", "key") is None


def test_what_was_saved_is_not_written_again(tmp_path):
    kept = fresh(tmp_path)
    kept.put("a.py", "key", {"body": "x"})
    kept.save()
    (file,) = tmp_path.iterdir()
    file.unlink()
    kept.save()
    assert names(tmp_path) == []


def test_a_file_of_which_each_version_was_kept_forgets_the_oldest(tmp_path, monkeypatch):
    monkeypatch.setattr(Cache, "ENTRIES", 10)
    kept = fresh(tmp_path)
    for number in range(100):
        kept.put("a.py", f"key{number}", {"body": str(number)})
        kept.get("a.py", "key0")  # this one is in use
    kept.save()
    again = fresh(tmp_path)
    found = [n for n in range(100) if again.get("a.py", f"key{n}") is not None]
    assert found == [0, *range(91, 100)]


def test_memory_and_disk_are_bounded_however_many_cells_are_run(tmp_path, monkeypatch):
    monkeypatch.setattr(Cache, "GROUPS", 8)
    monkeypatch.setattr(Cache, "FILES", 20)
    for number in range(60):
        if number % 20 == 0:
            kept = fresh(tmp_path)
        kept.put(f"cell {number}", "key", {"body": str(number)})
        assert len(kept._groups) <= 8
        kept.save()
    fresh(tmp_path).put("cell", "key", {"body": "0"})
    last = fresh(tmp_path)
    last.put("last", "key", {"body": "0"})
    last.save()
    assert len(names(tmp_path)) == 20
    assert fresh(tmp_path).get("last", "key") is not None


def test_what_others_have_in_the_folder_stays_however_much_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(Cache, "BYTES", 1000)
    theirs = [".bashrc", "data.json", "package.json", f".{'a' * 32}.swp", f"{'a' * 31}.json"]
    ours = [f"{'a' * 32}.json", f".{'a' * 32}.{'b' * 12}"]
    for name in (*theirs, *ours):
        (tmp_path / name).write_text("x" * 2000)
        os.utime(tmp_path / name, (1, 1))
    kept = fresh(tmp_path)
    kept.put("a.py", "key", {"body": "x"})
    kept.save()
    left = names(tmp_path)
    assert set(theirs) <= set(left) and len(left) == len(theirs) + 1


def test_a_cache_without_a_folder_is_in_memory_only(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept = Cache(None, "stamp")
    kept.put("a.py", "key", {"body": "x"})
    kept.save()
    assert kept.get("a.py", "key") == {"body": "x"} and names(tmp_path) == []
    assert repr(kept) == "<Cache in memory>"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"JSMODEL_CACHE": "0"}, None),
        ({"JSMODEL_CACHE": "off"}, None),
        ({"JSMODEL_CACHE": "False"}, None),
        ({"JSMODEL_CACHE": "/somewhere"}, Path("/somewhere")),
        ({"XDG_CACHE_HOME": "/caches"}, Path("/caches/jsmodel")),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/home/me"}, Path("/home/me/.cache/jsmodel")),
        ({"HOME": "/home/me"}, Path("/home/me/.cache/jsmodel")),
    ],
)
def test_the_environment_says_where_the_cache_is(monkeypatch, environment, expected):
    for name in ("JSMODEL_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == expected


# -- what the result depends on


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A cache of its own; `kept()` is one as the next process has it."""
    made = [fresh(tmp_path)]
    monkeypatch.setattr(code_module, "cache", lambda: made[-1])

    def again() -> Cache:
        made[-1].save()
        made.append(fresh(tmp_path))
        monkeypatch.setattr(code_module, "_transpile", lambda *args: pytest.fail("it was transpiled again"))
        return made[-1]

    return again


def test_what_comes_from_the_cache_is_what_was_transpiled_in_each_field(cell, kept):
    source = "limit = [1]\ndef f(a, b=1, *c, d=limit, e='x', g={'k': 1}):\n    yield from limit\n    return [k for k in c if other(k)]\n"
    first = transpile_function(cell(source, name="/tmp/ipykernel_1/77.py")["f"], label="f")
    kept()
    second = transpile_function(cell(source, name="/tmp/ipykernel_2/77.py")["f"], label="f")
    assert dataclasses.asdict(first) | {"filename": "", "globals": 0} == dataclasses.asdict(second) | {
        "filename": "",
        "globals": 0,
    }
    assert second.globals["limit"] == [1] and second.filename != first.filename


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "def len(x): return 1\n"),
        ("", "from jsmodel.app import RawJS as thing\n"),
        ("thing = 1\n", "from jsmodel.app import window as thing\n"),
        ("import math as thing\n", "import jsmodel.app as thing\n"),
        ("def thing(a): return a\n", "def thing(): return 1\n"),
        ("class thing:\n    def __init__(self, a): pass\n", "class thing:\n    def __init__(self): pass\n"),
    ],
)
def test_the_same_function_with_names_that_mean_something_else_is_transpiled_anew(cell, kept, before, after):
    source = "def f(a):\n    if a: return thing('1'), thing.window.x\n    return len(a)\n"
    first = transpile_function(cell(before + source)["f"], label="f")
    second = transpile_function(cell(after + source)["f"], label="f")
    assert first.body.split() != second.body.split()


def test_a_class_of_a_module_that_gets_types_in_brackets_no_more_is_called_otherwise(cell, kept, there):
    source = "import sample_there\ndef f(a): return sample_there.Box[int](a)\n"
    bodies = []
    for text in ("class Box(Generic[T]): pass", "class Box:\n    def __class_getitem__(cls, key): return cls"):
        exec(f"from typing import Generic, TypeVar\nT = TypeVar('T')\n{text}\n", vars(there))
        bodies.append(transpile_function(cell(source)["f"], label="f").body.split())
    assert bodies[0] != bodies[1]


@pytest.mark.parametrize("default", ["1.5", "True", "'1'", "None", "(1,)", "[1]", "-0.0"])
def test_other_default_values_are_another_function(cell, kept, default):
    assert "a = 1)" in transpile_function(cell("def f(a=1): return a")["f"], label="f").as_expression()
    other = transpile_function(cell(f"def f(a={default}): return a")["f"], label="f").as_expression()
    assert "a = 1)" not in other


def test_a_method_and_a_function_of_the_same_text_are_two_things(cell, kept):
    source = "def f(self, a): return self.x"
    assert transpile_function(cell(source)["f"], label="f", method=True).params == "a"
    assert transpile_function(cell(source)["f"], label="f").params == "self$, a"


def test_a_refusal_is_not_kept(cell, kept):
    for _ in range(2):
        with pytest.raises(SyntaxError, match="complex|1j is not known"):
            transpile_function(cell("def f(): return 1j")["f"], label="f")


IMPORTS = "def f():\n    from sample_there import thing, sub as other\n    import sample_there.sub\n    return thing('1'), thing.x.strip(), other.x, sample_there.sub\n"


@pytest.fixture
def there(monkeypatch):
    """A module `sample_there` with a submodule."""
    module, sub = type(sys)("sample_there"), type(sys)("sample_there.sub")
    module.__path__, module.sub = [], sub
    monkeypatch.setitem(sys.modules, "sample_there", module)
    monkeypatch.setitem(sys.modules, "sample_there.sub", sub)
    return module


def test_a_function_that_imports_is_kept_and_its_names_mean_what_they_do_now(cell, kept, there):
    there.thing, there.sub.x = "a", 1
    first = transpile_function(cell(IMPORTS, name="/tmp/ipykernel_1/99.py")["f"], label="f")
    kept()
    there.thing, there.sub.x = "b", 2
    func = cell(IMPORTS, name="/tmp/ipykernel_2/99.py")["f"]
    for _ in range(2):
        second = transpile_function(func, label="f")
        assert (second.params, second.body) == (first.params, first.body)
        assert second.globals["thing"] == there.thing and second.globals["other"].x == 2
        assert second.globals["sample_there"] is there
        there.thing = "c"


@pytest.mark.parametrize("thing", [app.RawJS, app.window])
def test_a_function_that_imports_something_of_another_kind_is_transpiled_anew(cell, kept, there, thing):
    there.thing, there.sub.x = len, 1
    first = transpile_function(cell(IMPORTS)["f"], label="f")
    there.thing = thing
    second = transpile_function(cell(IMPORTS)["f"], label="f")
    assert second.body != first.body


def test_a_function_whose_import_is_gone_is_refused_though_it_was_kept(cell, kept, there):
    there.thing, there.sub.x = len, 1
    transpile_function(cell(IMPORTS)["f"], label="f")
    del there.thing
    with pytest.raises(SyntaxError, match="'sample_there' has no 'thing'"):
        transpile_function(cell(IMPORTS)["f"], label="f")


def test_the_same_code_at_another_place_has_the_names_of_its_own_default_values(cell, kept):
    source = "def f(a=None, b=True, c='x', d=1): return a"
    first = transpile_function(cell(source, name="/tmp/ipykernel_1/88.py")["f"], label="f")
    kept()
    second = transpile_function(cell("\n\n" + source, name="/tmp/ipykernel_2/88.py")["f"], label="f")
    assert second.params == first.params == 'a = null, b = true, c = "x", d = 1'
    assert second.lineno == first.lineno + 2


def test_fingerprints_tell_types_lines_and_inner_functions_apart():
    def made(source: str) -> str:
        space: dict[str, Any] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(textwrap.dedent(source), "x", "exec"), space)
        return fingerprint(space["f"].__code__)

    texts = [
        "def f(): return 1", "def f(): return 1.0", "def f(): return True", "def f(): return -0.0", "def f(): return 0.0",
        "def f(): return '1'", "def f(): return b'1'", "def f():\n    return 1", "def f(a): return 1", "def f(*, a): return 1",
        "def f(a, /): return 1", "def f(*a): return 1", "async def f(): return 1", "def f(): return lambda: 1",
        "def f(): return lambda: 2", "def f(): return (1, (2.0,))", "def f(): return (1, (2,))", "def f(): return x in {1, 2}",
        "def f(): return x in {1.0, 2}", "def f(): return x in {3}", "def f(): return x.y", "def f(): return x.z",
    ]  # fmt: skip
    assert len({made(text) for text in texts}) == len(texts)
    assert made("def f(): return 1") == made("\n\n\ndef f(): return 1")
