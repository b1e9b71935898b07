"""What cannot be had is refused: with its name, its place, and what to write instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jsmodel.errors import TranspileError
from jsmodel.transpile.code import transpile_function
from jsmodel.transpile.lower.words import JS_NAMES, KEYWORDS, LIBRARY_FUNCTIONS, PART_OF, PARTS

REFUSED = {
    "class A(dict): pass": "A inherits from dict, whose values are no objects there. Keep the value in an attribute.",
    "class A(metaclass=x): pass": "a metaclass is not known there. Use a class decorator, or __init_subclass__.",
    "class A: __del__ = x": "__del__ is not known there. Write a method, and call it: JS does not say when an object goes.",
    "class A: import json": "this in the body of a class is not known there. Write it before the class.",
    "super(x).go()": "super() takes no arguments, or two. Write super().method(...).",
    "x.__doc__": "the special name '__doc__' is not known there. Write it without: the objects there are JS objects.",
    "x.__context__": "the special name '__context__' is not known there. Use 'raise ... from err', and __cause__.",
    "x.__class__ = 1": "the special name '__class__' cannot be assigned to there. Leave it out.",
    "pow(2, 3, 5, 7)": "pow() takes 2 to 3 arguments there, not 4. Correct the call.",
    "sum(x, begin=1)": "sum() does not know the argument 'begin' there. It knows start.",
    "enumerate(*x, start=1)": "'*' in a call of enumerate() with keyword arguments is not known there. Name them.",
    "sum(x, 1, start=2)": "sum() gets 'start' twice. Correct the call.",
    "x = 1j": "1j is not known there. Keep the two parts in variables.",
    "x = 2**54": "integers beyond 2**53 are not exact there. Use a float, or a str.",
    "x = 18014398509481984": "integers beyond 2**53 are not exact there. Use a float, or a str.",
    "print(1, file=x)": "print() does not know the argument 'file' there. It knows end and sep.",
    "len(x, x)": "len() takes 1 arguments there, not 2. Correct the call.",
    "max()": "max() takes at least 1 arguments there, not 0. Correct the call.",
    "x = super()": "super is only known there as super().method(...). Call the method on it directly.",
    "x = super().go": "super() is only known there as super().method(...). Call the method on it directly.",
    "self = 3": "'self' is assigned to. It is the object itself there. Use another name.",
    "for self in x: pass": "'self' is assigned to. It is the object itself there. Use another name.",
    "aǀb = 1": "the name 'aǀb' has a letter that jsmodel uses for itself. Rename it.",
    "x.aǀb": "the name 'aǀb' has a letter that jsmodel uses for itself. Rename it.",
    "RawJS(x)": "RawJS takes one literal str. Write the JS in quotes, right there.",
    "RawJS('ǀ')": "RawJS has the letter 'ǀ', which jsmodel uses for itself. Write it as \\u01c0.",
    "raise": "'raise' without an error is only known inside of 'except'. Name the error: 'raise err'.",
    "for i in range(1, 2, 0): pass": "range() with a step of zero never ends. Use another step.",
}


@pytest.mark.parametrize("code", list(REFUSED))
def test_each_refusal_names_method_construct_file_line_and_what_to_write(cell, code):
    source = f"from jsmodel.app import RawJS\n\ndef go(self, x):\n    y = x\n    {code}\n"
    func = cell(source, name="/tmp/some/cell.py")["go"]
    with pytest.raises(TranspileError) as caught:
        transpile_function(func, label="Counter.JS.go", method=True)
    expected = REFUSED[code]
    line = 3 if "'self' is assigned" in expected else 5
    construct, end, instead = re.split(r"(\. (?=[A-Z]))", expected, maxsplit=1)
    assert str(caught.value).startswith(
        f"'Counter.JS.go' cannot run in the browser: {construct} (cell.py, line {line}){end}{instead}"
    )
    assert caught.value.lineno == line
    assert caught.value.filename == "/tmp/some/cell.py"
    assert caught.value.text is not None and caught.value.text.strip()


@pytest.mark.parametrize(
    "code",
    [
        "return [[3j for a in x] for b in x]",
        "def g(a=3j): pass",
        "return lambda a=3j: a",
        "x.go(f'{3j}')",
        "x[3j] = 2",
        "for x[3j] in x: pass",
        "try: pass\n    except Exception: return 3j",
        "try: pass\n    finally: x = 3j",
        "assert x, 3j",
        "raise ValueError(3j)",
        "return x if 3j else x",
        "while 3j: pass",
        "return 1 < 3j < 3",
    ],
)
def test_a_construct_is_found_wherever_it_stands(cell, code):
    func = cell(f"def go(x):\n    {code}\n")["go"]
    with pytest.raises(TranspileError, match="3j is not known there"):
        transpile_function(func, label="go")


def test_the_caret_is_under_the_construct(cell):
    func = cell("def go(x):\n    return len(3j)\n")["go"]
    with pytest.raises(TranspileError) as caught:
        transpile_function(func, label="go")
    assert (caught.value.lineno, caught.value.offset) == (2, 16)
    assert caught.value.text == "    return len(3j)\n"


def test_except_knows_the_built_in_exceptions_and_lists_them(cell):
    func = cell("\n\ndef go(x):\n    try: pass\n    except (ValueError, GeneratorExit): pass\n")["go"]
    with pytest.raises(
        TranspileError,
        match=r"the exception GeneratorExit is not known there \(.*line 5\)\. It knows ArithmeticError, AssertionError",
    ):
        transpile_function(func, label="go")


def test_super_in_a_function_that_is_no_method_is_refused(cell):
    func = cell("def go(x):\n    return super().go()\n")["go"]
    with pytest.raises(
        TranspileError, match=r"super\(\) is only known in methods \(.*line 2\)\. Call the function itself"
    ):
        transpile_function(func, label="go")


def test_what_the_module_defines_hides_the_built_in(cell):
    func = cell("def len(x): return 5\n\ndef go(x):\n    return len(x)\n")["go"]
    assert transpile_function(func, label="go").names == (("len", 4),)


def test_what_is_for_python_only_is_left_out(cell):
    func = cell(
        """
        from jsmodel.app import this_is_js

        def go(x):
            if this_is_js():
                return 1
            else:
                import math
            if not this_is_js():
                import math
        """.replace("from jsmodel.app import this_is_js\n", "")
    )["go"]
    body = transpile_function(func, label="go").body
    assert "return 1;" in body and "math" not in body


def test_every_built_in_of_the_library_is_exported_by_it():
    root = Path(__file__).parents[2]
    core = (root / "labextension/src/runtime/py.ts").read_text(encoding="utf-8")
    exported = set(re.findall(r"^export (?:const|function) (\w+)", core, re.MULTILINE))
    assert not exported & PART_OF.keys()
    for part in PARTS:
        text = (root / f"jsmodel/transpile/{part}.js").read_text(encoding="utf-8")
        added = set(
            re.sub(r"\w+:", "", text.rpartition("Object.assign(")[2]).replace("});", "").replace(",", " ").split()
        )
        assert {name for name, where in PART_OF.items() if where == part} <= added, part
    functions = {JS_NAMES.get(name, name) for name in LIBRARY_FUNCTIONS}
    assert {*functions, *(f"{name}_kw" for name in KEYWORDS)} <= exported | PART_OF.keys()


def test_what_a_widget_and_a_small_handler_call_needs_no_library_on_demand():
    """Each that does adds kilobytes to the page."""
    from jsmodel import ui
    from jsmodel.transpile.modules import linker

    names = [asset.name for asset in linker.assets_for([getattr(ui, name) for name in ui.__all__])]
    assert "common.js" not in names and "library.js" not in names
