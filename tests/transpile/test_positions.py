"""What cannot be had is refused in every position: one error, at the very place, with what to write instead."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

from jsmodel.errors import TranspileError
from jsmodel.transpile.code import FunctionJS, transpile_function
from jsmodel.transpile.sourcemap import bare

#: What is refused, the words for it, and where in it the trouble is.
CONSTRUCTS = {
    "1j": "1j is not known there",
    "9007199254740993": "integers beyond 2**53 are not exact there",
    "a.__globals__": "the special name '__globals__' is not known there",
    "(lambda: (yield a))": "'yield' in a lambda is not known there",
    "a.__code__": "the special name '__code__' is not known there",
}
#: Where it may stand; the construct comes in the place of X.
POSITIONS = [
    "g(X)",
    "c = X",
    "c, d = 1, X",
    "a.c = X",
    "a[X] = 1",
    "a += X",
    "return X",
    "return [1, {'k': (2, X)}]",
    "return g(1, X)",
    "return g(1, k=X)",
    "return g(*X)",
    "return g(**X)",
    "return a.method(b)(X).c",
    "return a[1:X]",
    "return [[[X for x in a] for y in a] for z in a]",
    "return [x for x in [y for y in [z for z in a if X]]]",
    "return {k: X for k, v in a.items()}",
    "return sum(X for x in a)",
    "return b if X else a",
    "return not X",
    "return a and (b or X)",
    "return 1 < a < X",
    "return a in X",
    "return (c := X)",
    "if a:\n        pass\n    elif X:\n        pass",
    "while X:\n        break\n    else:\n        pass",
    "for i in X:\n        pass",
    "for i in range(X):\n        pass",
    "for i in range(0, 5, X):\n        pass",
    "for i in a:\n        pass\n    else:\n        g(X)",
    "with X as c:\n        pass",
    "with a as c, X as d:\n        pass",
    "try:\n        g(X)\n    except ValueError:\n        pass",
    "try:\n        pass\n    except ValueError:\n        g(X)",
    "try:\n        pass\n    finally:\n        g(X)",
    "raise ValueError(X)",
    "raise a from X",
    "assert X",
    "assert a, X",
    "match X:\n        case 1:\n            pass",
    "match a:\n        case 1 if X:\n            pass",
    "def inner(c=X):\n        return c",
    "def inner(*, c=X):\n        return c",
    "def inner():\n        def inmost():\n            return X\n        return inmost",
    "@g(X)\n    def inner():\n        return 1",
    "return lambda: X",
    "return lambda c=X: c",
    "return (\n        a,\n        X,\n    )",
    "pass; c = X; pass",
]  # fmt: skip
IN_GENERATORS = ["yield X", "yield from X", "c = yield X"]
IN_COROUTINES = [
    "await (X)",
    "return [x async for x in X]",
    "async with X:\n        pass",
    "async for i in X:\n        pass",
]


def refused(cell: Any, source: str) -> tuple[TranspileError, list[str]]:
    space = cell(source)
    with pytest.raises(TranspileError) as caught:
        transpile_function(space["f"], label="f")
    return caught.value, source.split("\n")


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_construct_is_refused_at_its_very_place_wherever_it_stands(cell, construct):
    wrong = []
    for kind, position in [
        *(("def", p) for p in [*POSITIONS, *IN_GENERATORS]),
        *(("async def", p) for p in IN_COROUTINES),
    ]:
        source = f"g = None\n{kind} f(a, b):\n    {position.replace('X', construct)}\n"
        error, lines = refused(cell, source)
        line, column = error.lineno or 0, error.offset or 0
        found = lines[line - 1][column - 1 :].lstrip("(")
        if (
            CONSTRUCTS[construct] not in str(error)
            or not found.startswith(construct.lstrip("("))
            and not ("lambda" in construct and found.startswith("yield a"))
            or str(error.text).rstrip() != lines[line - 1].rstrip()
            or not re.search(rf"\(\d+\.py, line {line}\)\. [A-Z].*\.$", str(error))
        ):
            wrong.append((position, str(error), found))
    assert wrong == []


@pytest.mark.parametrize("position", ["f'{X}'", "f'a {b} {X} c'", "f'{b:{X}}'", "f'{b!r:>{X}}'", "f'{[x for x in X]}'"])
def test_in_an_f_string_the_line_is_the_right_one(cell, position):
    source = f"def f(a, b):\n    c = 1\n    return {position.replace('X', '1j')}\n"
    error, lines = refused(cell, source)
    assert error.lineno == 3 and "1j is not known there" in str(error)
    if sys.version_info >= (3, 12):  # before that, Python counts from the beginning of the expression
        assert lines[2][(error.offset or 0) - 1 :].startswith("1j")


def test_what_is_never_evaluated_is_not_refused(cell):
    source = "from __future__ import annotations\ndef f(a: 1j, *, b: 1j = 2) -> 1j:\n    c: 1j = 3\n    d: list[1j]\n    def g(x: 1j) -> 1j: return x\n    return c\n"
    assert "return c;" in bare(transpile_function(cell(source)["f"], label="f").body)


def test_a_refused_statement_is_pointed_at(cell):
    statement = "try:\n        pass\n    except* ValueError:\n        pass" if sys.version_info >= (3, 11) else "c = 1j"
    error, lines = refused(cell, f"def f(a):\n    if a:\n        pass\n    {statement}\n")
    assert ("'except*' is not known there" if "except" in statement else "1j is not known there") in str(error)
    assert lines[(error.lineno or 0) - 1][(error.offset or 0) - 1 :].startswith(("try:", "1j"))


def test_a_refusal_looks_like_a_syntax_error_with_a_caret(cell):
    import traceback

    error, _ = refused(cell, "def f(a):\n    return (a,\n            1j)\n")
    assert [line.rstrip() for line in "".join(traceback.format_exception_only(error)).splitlines()[1:3]] == [
        "    1j)",
        "    ^^",
    ]


# -- names


WORDS = "class_ const let var function new this null undefined typeof void delete arguments eval enum static interface package super default debugger switch export"


@pytest.mark.parametrize(
    "role", ["argument", "local", "attribute", "keyword", "global", "closure", "loop", "caught", "function"]
)
def test_a_name_may_be_a_word_of_js_in_every_role(cell, role):
    source = {
        "argument": "def f({0}, *, b=1): return {0}",
        "local": "def f(): {0} = 1; return {0}",
        "attribute": "def f(a): a.{0} = 1; return a.{0}",
        "keyword": "def f(a): return a({0}=1)",
        "global": "{0} = 1\ndef f(): return {0}",
        "closure": "def make():\n    {0} = 1\n    def f(): return {0}\n    return f\nf = make()",
        "loop": "def f(a): return [{0} for {0} in a if {0}]",
        "caught": "def f(a):\n    try: return a\n    except ValueError as {0}: return {0}",
        "function": "def f(a):\n    def {0}({0}): return {0}\n    return {0}(a)",
    }[role]
    codes = [transpile_function(cell(source.format(word))["f"], label="f") for word in WORDS.split()]
    assert unparsable(codes) == []


@pytest.mark.parametrize("name", ["ª", "ﬁn", "𝒳", "µ", "größe", "变量", "_ŉ", "ℕ", "x·", "℘"])
def test_a_name_of_any_alphabet_is_what_python_takes_it_for(cell, name):
    source = f"def f({name}):\n    {name}2 = {name}\n    return {name}2, {name}2.{name}, g({name}={name})\n"
    assert unparsable([transpile_function(cell(source)["f"], label="f")]) == []


# -- size


def test_a_function_of_many_lines_is_no_trouble(cell):
    source = "def f(a):\n" + "".join(f"    a{n} = a + {n}\n" for n in range(5000)) + "    return a4999\n"
    assert unparsable([transpile_function(cell(source)["f"], label="f")]) == []


@pytest.mark.parametrize(
    "source",
    [
        "def f(a): return " + "(" * 60 + "a" + " + 1)" * 60,
        "def f(a): return " + "[" * 60 + "a" + "]" * 60,
        "def f(a): return " + " + ".join(["a"] * 300),
        "def f(a): return a" + ".b" * 150 + "[0]" * 100,
        "def f(a):\n" + "".join("  " * n + "    if a:\n" for n in range(80)) + "  " * 80 + "    return a\n",
        "def f(a):\n    if a == 0: return 0\n" + "".join(f"    elif a == {n}: return {n}\n" for n in range(150)),
    ],
    ids=["parentheses", "lists", "sum", "attributes", "ifs", "elifs"],
)
def test_what_is_deep_works(cell, source):
    assert unparsable([transpile_function(cell(source)["f"], label="f")]) == []


@pytest.mark.parametrize(
    "source",
    ["def f(a): return " + " + ".join(["a"] * 5000), "def f(a): return a" + ".b" * 5000],
    ids=["sum", "attributes"],
)
def test_what_is_deeper_than_python_can_look_is_refused_in_words(cell, source):
    try:
        space = cell(source)
    except (RecursionError, MemoryError, SyntaxError):
        return  # Python itself cannot
    with pytest.raises(TranspileError, match=r"it is nested too deeply \(.*line 1\)\. Take it apart"):
        transpile_function(space["f"], label="f")


# -- the standard library as a heap of functions that nobody wrote for this


MODULES = "textwrap heapq bisect string shlex colorsys statistics difflib argparse random calendar fractions csv configparser html.parser".split()


def functions(owner: Any, module: str, seen: set[int]) -> Iterator[tuple[str, types.FunctionType, bool]]:
    """All functions of a module and its classes, each with whether it is a method."""
    for value in list(vars(owner).values()):
        parts = [value.fget, value.fset] if isinstance(value, property) else [getattr(value, "__func__", value)]
        for part in parts:
            if id(part) in seen or getattr(part, "__module__", None) != module:
                continue
            seen.add(id(part))
            if isinstance(part, types.FunctionType):
                method = isinstance(owner, type) and not isinstance(value, (staticmethod, classmethod))
                yield f"{module}.{part.__qualname__}", part, method and part.__code__.co_argcount > 0
            elif isinstance(part, type):
                yield from functions(part, module, seen)


def test_each_function_of_the_standard_library_becomes_js_or_is_refused_with_its_place():
    codes, refusals = [], []
    for name in MODULES:
        for label, func, method in functions(importlib.import_module(name), name, set()):
            try:
                codes.append(transpile_function(func, label=label, method=method))
            except TranspileError as error:
                assert error.filename and error.lineno and f"line {error.lineno})" in str(error), str(error)
                assert str(error).startswith(f"'{label}' ") and "pscript says" not in str(error), str(error)
                refusals.append(label)
    assert len(codes) > 350 and len(codes) > 2 * len(refusals)
    assert unparsable(codes) == []


def unparsable(codes: list[FunctionJS]) -> list[Any]:
    """Those of which Node says that they are no JS: their names, and what it says."""
    texts = [[code.label, bare(f"({code.as_expression()})")] for code in codes]
    script = """
    const wrong = [];
    for (const [label, text] of JSON.parse(require("fs").readFileSync(0))) {
      try { new Function(`"use strict"; return ${text}`); } catch (err) { wrong.push([label, String(err), text.slice(0, 2000)]); }
    }
    console.log(JSON.stringify(wrong));
    """
    done = subprocess.run(
        ["node", "-e", script], input=json.dumps(texts), capture_output=True, text=True, timeout=60, check=True
    )
    found: list[Any] = json.loads(done.stdout)
    return found
