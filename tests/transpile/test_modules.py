"""A JS module holds what its JS code uses, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import jsmodel.session  # noqa: F401  (gives models their default host)
from jsmodel.errors import ScopeError, TranspileError
from jsmodel.transpile.modules import Linker

BEGIN = "from jsmodel import app, event\nfrom jsmodel.app import RawJS, window\n"


@pytest.fixture
def link(cell):
    """Runs a cell and gives the code that a page needs for its class `A`, as one text per asset."""
    linker = Linker()

    def run(source: str, name: str = "A") -> list[str]:
        cls = cell(BEGIN + source)[name]
        linker.register(cls)
        return [asset.text for asset in linker.assets_for([cls])]

    run.linker = linker  # type: ignore[attr-defined]
    return run


@pytest.fixture
def other():
    """Another module, which is in no file."""
    module = ModuleType("some.other")
    sys.modules["some.other"] = module
    yield module
    del sys.modules["some.other"]


def defined(text: str) -> set[str]:
    """The names that a chunk defines in its module."""
    return set(re.findall(r"^(?:\{\n)?\$m\.(\w+) = ", text, re.MULTILINE))


def model(body: str, name: str = "A", base: str = "app.Model") -> str:
    lines = "\n".join("            " + line for line in body.splitlines())
    return f"class {name}({base}):\n    class JS:\n        def go(self, x):\n{lines}\n"


def test_only_what_is_used_is_included(link):
    (text,) = link(
        "limit = 3\nunused = 4\ndef helper(x): return deeper(x)\ndef deeper(x): return x + limit\ndef not_used(x): return unused\n"
        + model("return helper(x)")
    )
    assert defined(text) == {"helper", "deeper", "limit", "A"}
    assert "$m.limit = 3;" in text


def test_values_come_as_they_are(link):
    (text,) = link(
        "a = [1, {'b': None}]\nb = (1, 'x')\nc = float('inf')\nd = {'2': 1, 'a': 2}\ne = {'__proto__': 1}\nf = True\n"
        + model("return [a, b, c, d, e, f]")
    )
    assert '$m.a = [1, {"b": null}];' in text
    assert '$m.b = Object.freeze([1, "x"]);' in text
    assert "$m.c = Infinity;" in text
    assert '$m.d = $py.options("2", 1, "a", 2);' in text
    assert '$m.e = {["__proto__"]: 1};' in text
    assert "$m.f = true;" in text


def test_raw_js_is_defined_once_under_its_name(link):
    (text,) = link("lib = RawJS('{go: 1}')\n" + model("return lib.go + lib.go"))
    assert text.count("{go: 1}") == 1
    assert "$m.lib = ({go: 1});" in text


def test_raw_js_inside_of_a_method_stands_where_it_is_written(link):
    (text,) = link(model("return RawJS('window.foo + 1')"))
    assert "return (window.foo + 1);" in text


def test_browser_names_stay_as_they_are_and_classes_get_new(link):
    (text,) = link(model("return [window.Math.abs(x), Math.max(x), Date(), window.Date(x), Number(x), undefined]"))
    for part in ("window.Math.abs(x)", "Math.max(x)", "new (Date)()", "new (window.Date)(x)", "Number(x)", "undefined"):
        assert part in text
    assert "new (Number)" not in text


def test_a_function_of_another_module_goes_to_its_module(link, cell, other):
    other.helper = cell("def helper(x): return x")["helper"]
    other.helper.__module__ = "some.other"
    texts = link("helper = helper\n" + model("return helper(x)"))
    parts = {re.match(r'jsmodel\.module\("([\w.]+)"', text)[1]: text for text in texts}  # type: ignore[index]
    assert sorted(parts) == ["__main__", "some.other"]
    assert defined(parts["some.other"]) == {"helper"}
    assert defined(parts["__main__"]) == {"A"}
    assert '$jsm.ns("some.other").helper(x)' in parts["__main__"]


def test_a_class_can_be_made_by_its_name(link):
    (text,) = link(model("return x", "B") + model("return B(x)"))
    assert "new ($m.B)(x)" in text


def test_functions_that_use_each_other_are_both_there(link):
    (text,) = link("def f(x): return g(x)\ndef g(x): return f(x) if x else 1\n" + model("return f(x)"))
    assert {"f", "g"} <= defined(text)


def test_local_values_of_the_function_around_a_class_come_along(link):
    texts = link(
        "def make(step, words):\n    def helper(x): return x + step\n    class A(app.Model):\n        class JS:\n"
        "            def go(self, x): return [helper(x), words]\n    return A\nA = make(5, ['a'])\n"
    )
    assert "const step$c = 5;" in texts[0]
    assert '$m["words$c1"] = ["a"];' in texts[0]  # others may mean the same list
    assert "const helper$c = function helper(x)" in texts[0]
    assert texts[0].index("const step$c") < texts[0].index("const helper$c")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "",
            "A.JS.go uses 'nothing' (.*line 6), but this code runs in the browser and it is not defined in the module, and it is not a name that browsers know. Define it at module level",
        ),
        ("nothin = 1\n", "it is not a name that browsers know. Did you mean 'nothin'?"),
        (
            "import math as nothing\n",
            "it is the module 'math' itself, of which only the functions can be had. Write math.acos and the like.",
        ),
        (
            "nothing = type('A', (), {})()\n",
            "its value cannot be sent (A is not JSON-able). Use JSON-able values, or pass it as a property.",
        ),
        ("nothing = {1: 3j}\n", "its value cannot be sent (complex is not JSON-able)"),
        ("nothing = 2**60\n", "its value cannot be sent (the integer 1152921504606846976 is beyond 2**53)"),
        ("nothing = []\nnothing.append(nothing)\n", "its value cannot be sent ("),
    ],
)
def test_a_name_that_cannot_be_had_is_explained(link, source, words):
    with pytest.raises(ScopeError) as caught:
        link(source + model("return nothing"))
    for part in words.split(".*"):
        assert part.split("line 6")[0] in str(caught.value)


def test_a_built_in_without_counterpart_is_named(link):
    with pytest.raises(
        ScopeError, match="A.JS.go uses 'memoryview' .*this Python built-in has no counterpart there yet"
    ):
        link(model("return memoryview(x)"))


def test_a_helper_that_cannot_run_there_is_named_with_its_module(link):
    with pytest.raises(TranspileError, match="'__main__.helper' cannot run in the browser: 3j is not known there"):
        link("def helper(x): return 3j\n" + model("return helper(x)"))


def test_a_redefined_function_comes_in_a_new_chunk_alone(link, cell):
    first = link("limit = 3\ndef helper(x): return x + limit\n" + model("return helper(x)"))
    cell("def helper(x): return x - limit\n")
    link.linker.refresh()
    texts = [a.text for a in link.linker.assets_for([cell("")["A"]])]
    assert texts[0] == first[0]
    assert defined(texts[1]) == {"helper"}
    assert "$py.sub(x, $m.limit)" in texts[1]


def test_a_redefined_value_comes_in_a_new_chunk_alone(link, cell):
    link("limit = 3\n" + model("return limit"))
    cell("limit = 4\n")
    link.linker.refresh()
    texts = [a.text for a in link.linker.assets_for([cell("")["A"]])]
    assert [defined(t) for t in texts] == [{"limit", "A"}, {"limit"}]


SHARED = """
def make():
    rows = [[i] for i in range(9)]
    left, right = [*rows], [*rows]
    def f(): return left
    def g(): return right
    return f, g
f, g = make()
"""


def test_lists_that_are_in_several_things_keep_their_names_whatever_else_is_bundled(link, cell):
    first = link(SHARED + model("return [f(), g()]"))
    assert first[0].count('$m["$shared') > 9
    for _ in range(2):
        names = cell(SHARED.replace("f, g =", "k, l =") + "def both(): return k(), l()\n")
        assert '$m["$shared' in "".join(link.linker.bundle(names["both"])[0])
    link.linker.refresh()
    assert [a.text for a in link.linker.assets_for([cell("")["A"]])] == first


def test_a_class_that_is_defined_again_replaces_its_chunk(link):
    first = link(model("return 1"))
    second = link(model("return 2"))
    assert len(first) == len(second) == 1
    assert "return 2;" in second[0]


def test_the_same_content_has_the_same_hash(cell):
    hashes = []
    for _ in range(2):
        linker = Linker()
        cls = cell(BEGIN + "limit = 3\n" + model("return limit"))["A"]
        hashes.append([asset.hash for asset in linker.assets_for([cls])])
    assert hashes[0] == hashes[1]


def test_the_hash_is_the_same_in_every_run(tmp_path: Path):
    (tmp_path / "sample.py").write_text(
        BEGIN
        + "a = {'x': 1, 'y': 2}\nb = 3\ndef f(x): return [a, b, x]\n"
        + model("y = x\nz = y\nreturn [f(z), sorted(x), window.foo]"),
        encoding="utf-8",
    )
    code = "import sample; from jsmodel.transpile.modules import linker; print([a.hash for a in linker.assets_for([sample.A])])"
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(seen) == 1


def test_bundle_keeps_nothing(cell):
    linker = Linker()
    f = cell("def f(x): return g(x)\ndef g(x): return x\n")["f"]
    scripts, expression = linker.bundle(f)
    assert expression == "$m.f"
    assert len(scripts) == 1 and "$m.g = function g(x)" in scripts[0]
    assert repr(linker) == "<Linker with 0 classes in 0 JS modules>"


def test_rawjs_of_pscript_is_as_good_as_ours(link):
    (text,) = link("import pscript\nraw = pscript.RawJS('({a: 1})')\n" + model("return raw.a"))
    assert "$m.raw = (({a: 1}));" in text
    (text,) = link("from pscript import RawJS\n" + model("return RawJS('1 + 1')", name="B"), "B")
    assert "1 + 1" in text


def test_the_check_of_types_is_sent_with_the_first_class_that_has_typed_properties(cell):
    source = "import traitlets\nfrom jsmodel import app, event\nfrom jsmodel.app import Model\n\n"
    plain = cell(
        source
        + "class Plain(Model):\n    class Both:\n        @event.prop\n        def foo(self, v=1):\n            return int(v)\n"
    )
    typed = cell(source + "class Typed(Model):\n    class Both:\n        foo = traitlets.Int(1)\n")
    names = [a.name for a in Linker().assets_for([plain["Plain"]])]
    assert "jsmodel-types.js" not in names
    names = [a.name for a in Linker().assets_for([typed["Typed"], plain["Plain"]])]
    assert names.index("jsmodel-types.js") == 0
