"""The JS side of a class is a native JS class that inherits as the Python class does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import jsmodel.session  # noqa: F401  (gives models their default host)
from jsmodel.transpile.classes import js_literal, js_member
from jsmodel.transpile.modules import Linker

BEGIN = "from jsmodel import app, event\nimport traitlets\n"


def code_of(cell, source: str, name: str = "A") -> str:
    (text,) = [
        a.text
        for a in Linker().assets_for([cell(BEGIN + source)[name]])
        if a.kind == "js" and a.name != "jsmodel-types.js"
    ]
    return str(text)


def test_a_class_extends_its_base_in_load_order(cell):
    text = code_of(
        cell,
        "class Base(app.Model):\n    class JS:\n        def go(self): return 1\n"
        "class A(Base):\n    class JS:\n        def go(self): return super().go() + 1\n",
    )
    assert text.index("$m.Base = ") < text.index("const $s = $m.Base;\nclass A extends $s {")
    assert "const $s = $jsm.Model;\nclass Base extends $s {" in text
    assert "$py.add($s.prototype.go.call(this), 1)" in text


def test_super_works_in_nested_functions_and_comprehensions(cell):
    text = code_of(
        cell,
        "class A(app.Model):\n    class JS:\n        def init(self):\n            f = lambda: super().init()\n            return [super().init() for i in [1]]\n",
    )
    assert "$s.prototype.init.call(this)" in text
    assert "$self = this;" in text and "return $s.prototype.init.call($self);" in text


def test_methods_of_both_sides_and_of_js_are_there_and_those_of_python_are_not(cell):
    text = code_of(
        cell,
        "class A(app.Model):\n    def python(self): pass\n    class Both:\n        def both(self): return 1\n    class JS:\n        def js(self): return 2\n",
    )
    assert "both() {" in text and "js() {" in text and "python" not in text


def test_class_attributes_are_constants(cell):
    text = code_of(cell, "class A(app.Model):\n    class JS:\n        name = 'x'\n        sizes = (1, 2)\n")
    assert 'constants: {"name": "x", "sizes": Object.freeze([1, 2])}' in text


def test_properties_emitters_and_handlers_are_declared(cell):
    text = code_of(
        cell,
        "class A(app.Model):\n    class Both:\n        level = traitlets.Float(0, min=0)\n        @event.prop\n        def count(self, v=0): return int(v)\n"
        "        @event.emitter\n        def moved(self, x): return {'x': x}\n"
        "    class JS:\n        @event.readonly\n        def local(self, v): return v\n        @event.connect('count', 'level')\n        def on_any(self, *events): pass\n",
    )
    assert re.search(r'\{name: "level", side: "both", type: \{"kind": "float", "min": 0', text)
    assert re.search(r'\{name: "count", side: "both", validate: function count\(v = 0\) \{', text)
    assert re.search(r'\{name: "local", side: "js", readonly: true, owner: "js", validate: function local\(v\)', text)
    assert re.search(r'emitters: \[\{name: "moved", side: "both", fn: function moved\(x\) \{', text)
    assert 'handlers: [{name: "on_any", strings: ["count", "level"]}]' in text


def test_a_changing_default_of_a_method_is_made_once_for_the_class(cell):
    text = code_of(cell, "class A(app.Model):\n    class JS:\n        def go(self, x=[]): return x\n")
    assert text.index("const $d_go_0 = [];") < text.index("class A extends")


def test_names_that_are_words_in_js_are_fine_for_methods_and_arguments(cell):
    text = code_of(cell, "class A(app.Model):\n    class JS:\n        def delete(self, new, var): return new\n")
    assert "delete(new$, var$) {" in text


def test_css_comes_as_an_asset_before_the_code(cell):
    cls = cell(BEGIN + "class A(app.Model):\n    CSS = '.a { color: red }'\n")["A"]
    assets = Linker().assets_for([cls])
    assert [(a.kind, a.name) for a in assets] == [("css", "__main__.A.css"), ("js", "__main__.js")]
    assert assets[0].text == ".a { color: red }"


def test_a_class_with_a_name_that_is_not_ascii_is_reached_by_its_key(cell):
    text = code_of(cell, "class Größe(app.Model):\n    class JS:\n        def go(self): return 1\n", "Größe")
    assert '$m["Gr\\u00f6\\u00dfe"] = $jsm.model(Anonymous' in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (-1.5, "-1.5"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        ("\u2028</script>", '"\\u2028</script>"'),
        (2**53, "9007199254740992"),
        ([True, (), {}], "[true, Object.freeze([]), {}]"),
    ],
)
def test_values_become_js(value, text):
    assert js_literal(value) == text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (2**53 + 2, "beyond 2\\*\\*53"),
        ({1: 2}, "keys that are not str"),
        (b"", "bytes is not JSON-able"),
        ([object()], "object is not"),
    ],
)
def test_values_that_js_cannot_say_are_refused(value, words):
    with pytest.raises(TypeError, match=words):
        js_literal(value)


def test_members_are_reached_by_name_or_by_key():
    assert js_member("abc") == ".abc"
    assert js_member("A.<locals>.B") == '["A.<locals>.B"]'


def test_only_the_transpiler_imports_pscript():
    package = Path(__file__).parents[2] / "jsmodel"
    found = {
        p.relative_to(package).as_posix()
        for p in package.rglob("*.py")
        if re.search(r"^\s*(import|from) pscript", p.read_text(encoding="utf-8"), re.M)
    }
    assert found == {"transpile/core.py"}
