"""Programs as people write them: each runs in CPython and in Node, as a snippet and as a module that JS code uses.

A file of `people/` is a program that prints, and leaves something in `res`. As a snippet all of it
runs in JS. As a module Python has run its top level up to the first statement that is no import,
definition or constant; the rest is a function, which JS code calls.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from table import ITS_WORDS, in_node, in_python, without_words

PROGRAMS = {file.stem: file.read_text(encoding="utf-8") for file in sorted(Path(__file__).parent.glob("people/*.py"))}

_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (*_IMPORTS, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

Ends = dict[str, tuple[str, str]]


def same(here: str, there: str) -> bool:
    """Whether both sides end alike; what Python's own exceptions say changes from version to version."""
    return here == there if ITS_WORDS else without_words(here) == without_words(there)


def is_definition(stmt: ast.stmt) -> bool:
    """Whether a module has a statement at its top that makes no more than functions, classes and constants."""
    if isinstance(stmt, ast.Assign):
        return all(isinstance(t, ast.Name) and not t.id.islower() for t in stmt.targets)
    return isinstance(stmt, _DEFINITIONS) or (isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Constant))


def as_module(name: str, source: str) -> str:
    """Make a module of a program; the program that uses it."""
    body = ast.parse(source).body
    count = next((i for i, stmt in enumerate(body) if not is_definition(stmt)), len(body))
    imports = [stmt for stmt in body[count:] if isinstance(stmt, _IMPORTS)]
    rest = [stmt for stmt in body[count:] if stmt not in imports]
    waits = any(isinstance(node, ast.Await) for stmt in rest for node in own_nodes(stmt))
    kind = ast.AsyncFunctionDef if waits else ast.FunctionDef
    nothing = ast.arguments([], [], None, [], [], None, [])
    run = kind("whole_program", nothing, [*rest, ast.Return(ast.Name("res", ast.Load()))], [], None)
    text = ast.unparse(ast.fix_missing_locations(ast.Module([*imports, *body[:count], run], [])))
    filename = f"<{name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    module = sys.modules[name] = ModuleType(name)
    exec(compile(text, filename, "exec"), vars(module))
    return f"from {name} import whole_program\nres = {'await ' * waits}whole_program()\n"


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """What is in a statement, and not in a function in it."""
    yield node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        for child in ast.iter_child_nodes(node):
            yield from own_nodes(child)


def ends_of(source_of: Callable[[str, str], str]) -> Ends:
    """How each program ends in Python, and in Node; all run in one process there."""
    sources = {name: source_of(name, text) for name, text in PROGRAMS.items()}
    there = in_node(list(sources.values()))  # first: Python may change what the module has
    return {name: (in_python(sources[name]), end) for name, end in zip(sources, there, strict=True)}


@pytest.fixture(scope="module")
def snippets() -> Ends:
    return ends_of(lambda name, text: text)


@pytest.fixture(scope="module")
def modules() -> Iterator[Ends]:
    yield ends_of(lambda name, text: as_module(f"people_{name}", text))
    for name in PROGRAMS:
        del sys.modules[f"people_{name}"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_as_a_snippet_does_in_the_browser_what_it_does_in_python(name: str, snippets: Ends):
    here, there = snippets[name]
    assert same(here, there), f"{here}\n{there}"
    assert not here.rpartition("\n")[2].startswith("raise ")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_as_a_module_does_in_the_browser_what_it_does_in_python(name: str, modules: Ends):
    here, there = modules[name]
    assert same(here, there), f"{here}\n{there}"
    assert not here.rpartition("\n")[2].startswith("raise ")
