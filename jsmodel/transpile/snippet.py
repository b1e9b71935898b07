"""A snippet of Python, as a person types it, that is to run in JS and nowhere else.

Its statements become the body of one function. What Python itself has to have
seen before it can be transpiled is done in Python: imports, and the classes of
the top level, as far as they need nothing that the snippet computes. So no
statement of the snippet runs twice, or on the wrong side.
"""

from __future__ import annotations

import ast
import linecache
import sys
import textwrap
import threading
import types
import typing
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ..assets import Asset
from ..errors import CircularError, ScopeError, TranspileError, sentence
from .code import transpile_source
from .lower import Source
from .modules import linker
from .scope import bound_names

__all__ = ["FILENAME", "LABEL", "MODULE", "RESULT", "RUN", "Snippet", "transpile_snippet"]

#: What tracebacks call the file, and the name of the module in which the classes are.
FILENAME, MODULE = "<snippet>", "__snippet__"

#: What it is called in errors.
LABEL = "the snippet"

#: The variable whose value is wanted, and the name of the function.
RESULT, RUN = "res", "_snippet"

_lock = threading.Lock()

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_PLAIN = (bool, int, float, str, type(None))


@dataclass
class Snippet:
    """What Node needs for it.

    Attributes:
        lines: The text, as it was transpiled.
        libraries: The parts of our JS library.
        scripts: The JS modules, in load order.
        given: The names of the module that are there only when the function has assigned them.
    """

    lines: list[str]
    libraries: list[Asset] = field(default_factory=list)
    scripts: list[Asset] = field(default_factory=list)
    given: list[str] = field(default_factory=list)


def transpile_snippet(source: str) -> Snippet:
    """Transpile a snippet.

    Args:
        source: Statements, indented or not. They may `await`.

    Raises:
        SyntaxError: when it is not Python.
        TranspileError: when it cannot run in the browser.
    """
    text = textwrap.dedent(source)
    lines = text.splitlines(keepends=True)
    with _lock, _module(text, lines) as module, warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        tree = compile(text, FILENAME, "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        compile(tree, FILENAME, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)  # finds what is no syntax, as 'return' here
        snippet = Snippet(lines)
        try:
            return _transpile(tree, snippet, vars(module))
        except ScopeError as err:
            refused = TranspileError(sentence(err).rstrip("."), filename=FILENAME)
            if err.filename == FILENAME:  # as in a SyntaxError: the words name the place already
                start, end = err.span
                refused.lineno, refused.text, refused.offset = err.lineno, err.text, start + 1
                refused.end_lineno, refused.end_offset = err.lineno, end + 1
            raise refused from err
        except CircularError as err:
            raise TranspileError(sentence(err).rstrip("."), filename=FILENAME) from err


@contextmanager
def _module(text: str, lines: list[str]) -> Iterator[types.ModuleType]:
    """The module that a snippet is, for as long as it is transpiled."""
    module = types.ModuleType(MODULE)
    linecache.cache[FILENAME] = (len(text), None, lines, FILENAME)
    sys.modules[MODULE] = module
    try:
        yield module
    finally:
        del sys.modules[MODULE], linecache.cache[FILENAME]


def _transpile(tree: ast.Module, snippet: Snippet, namespace: dict[str, Any]) -> Snippet:
    body: list[ast.stmt] = []
    classes: list[ast.ClassDef] = []
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            _execute(node, namespace)
        elif _is_for_types(node, namespace):
            _execute(node, namespace)
        elif isinstance(node, ast.ClassDef) and _is_defined(node, tree.body, body, namespace):
            classes.append(node)
        else:
            body.append(node)
    bound = set(bound_names(body))
    used = {name for node in classes for name in _used_later(node)}
    snippet.given = sorted((used | {RESULT}) & bound | set(_globals(tree)))
    for name in bound:
        namespace.pop(name, None)
    namespace.update(dict.fromkeys(snippet.given))
    if snippet.given:
        body.insert(0, ast.copy_location(ast.Global(snippet.given), (body or tree.body)[0]))
    arguments = ast.arguments([], [], None, [], [], None, [])
    node = ast.AsyncFunctionDef(RUN, arguments, body or [ast.Pass()], [], None)
    node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = 1, 0, 1, 0
    ast.fix_missing_locations(node)
    code = transpile_source(Source(FILENAME, tuple(snippet.lines), node, LABEL), RUN, namespace)
    snippet.libraries, snippet.scripts = linker.bundle_code(code, MODULE, given=snippet.given)
    return snippet


# -- what Python does itself


def _execute(node: ast.stmt, namespace: dict[str, Any]) -> None:
    exec(compile(ast.Module([node], []), FILENAME, "exec", dont_inherit=True), namespace)


def _is_for_types(node: ast.stmt, namespace: dict[str, Any]) -> bool:
    """Whether it makes a name that only type checkers want, such as `T = TypeVar("T")`."""
    call = node.value if isinstance(node, ast.Assign) else None
    func = call.func if isinstance(call, ast.Call) else None
    made = namespace.get(func.id) if isinstance(func, ast.Name) else None
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        made = getattr(namespace.get(func.value.id), func.attr, None)
    return made is not None and made in (typing.TypeVar, typing.ParamSpec)


def _is_defined(node: ast.ClassDef, all_: list[ast.stmt], before: list[ast.stmt], namespace: dict[str, Any]) -> bool:
    """Define a class in Python, if it is the only thing of its name, and made of what is known without running anything."""
    if list(bound_names(all_)).count(node.name) != 1 or any(node.name in _read_now(stmt) for stmt in before):
        return False
    known = dict(_constants(all_, before))
    namespace.update(known)
    try:
        _execute(node, namespace)
    except Exception:
        return False  # it needs what only the snippet knows, or is wrong: that is for the code that runs
    finally:
        for name in known:
            namespace.pop(name, None)
    return True


def _constants(all_: list[ast.stmt], before: list[ast.stmt]) -> Iterator[tuple[str, Any]]:
    """The names that are one plain value from where they are assigned."""
    names = list(bound_names(all_))
    for stmt in before:
        if isinstance(stmt, ast.Assign) and len(stmt.targets) == 1 and isinstance(stmt.targets[0], ast.Name):
            try:
                value = ast.literal_eval(stmt.value)
            except (ValueError, TypeError):
                continue
            if isinstance(value, _PLAIN) and names.count(stmt.targets[0].id) == 1:
                yield stmt.targets[0].id, value


# -- names


def _used_later(node: ast.ClassDef) -> Iterator[str]:
    """The names from outside that are used when methods of a class are called."""
    for child in ast.iter_child_nodes(node):
        yield from _names_from_outside(child, frozenset(), False)


def _names_from_outside(node: ast.AST, own: frozenset[str], inside: bool) -> Iterator[str]:
    """The names that a function, or one in it, uses and does not bind itself."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        body = node.body if isinstance(node.body, list) else [node.body]
        arguments = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
        of_module = {name for stmt in body for name in _globals(stmt)}
        own, inside = (own | arguments | set(bound_names(body))) - of_module, True
        for stmt in body:
            yield from _names_from_outside(stmt, own, True)
    elif isinstance(node, ast.Name):
        if inside and node.id not in own:
            yield node.id
    else:
        for generator in getattr(node, "generators", ()):
            own = own | {each.id for each in ast.walk(generator.target) if isinstance(each, ast.Name)}
        for child in ast.iter_child_nodes(node):
            yield from _names_from_outside(child, own, inside)


def _read_now(node: ast.AST) -> set[str]:
    """The names that a statement reads when it runs, and not only when something in it is called."""
    if isinstance(node, _SCOPES):
        return set()
    own = {node.id} if isinstance(node, ast.Name) else set()
    return own.union(*(_read_now(child) for child in ast.iter_child_nodes(node)))


def _globals(tree: ast.AST) -> Iterator[str]:
    """The names that some function in it declares to be global."""
    return (name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names)
