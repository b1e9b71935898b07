"""One Python function → the text of one JS function.

The only place, with `lower/` before it, that knows how pscript wants its food.
"""

from __future__ import annotations

import ast
import enum
import inspect
import linecache
import re
import sys
import types
import warnings
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..assets import links_in
from ..errors import TranspileError
from .lower import Lowered, Source, lower_function
from .lower.words import ARGUMENT_COUNT, DEFAULT, LIBRARY, LOCAL, MARK, NAME, OUTER, PART_OF, REST, SELF, STANDARD
from .rawjs import JSName, RawJS, is_rawjs, raw_code
from .std import find, meaning
from .typed import typed_lines

__all__ = ["FunctionJS", "find_source", "transpile_function", "transpile_source", "transpile_statements"]


@dataclass(frozen=True)
class FunctionJS:
    """A transpiled function.

    Attributes:
        name: Its name in Python.
        params: The text between the parentheses.
        body: The text between the braces, placeholders not yet replaced.
        is_async: Whether it was `async def`.
        names: The names it needs from outside, each with the line of its first use.
        parts: The parts of our JS library that it needs.
        consts: Default values that live as long as the function: names in JS, and their texts.
        filename: The file or cell it came from.
        lineno: Where it begins there.
        label: How people call it: 'Counter.JS.on_click'.
        globals: What its names mean in Python: those of the module that it stands in.
        lines: The file or cell, as it was then.
    """

    name: str
    params: str
    body: str
    is_async: bool
    names: tuple[tuple[str, int], ...]
    consts: tuple[tuple[str, str], ...]
    parts: frozenset[str]
    filename: str
    lineno: int
    label: str
    globals: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    lines: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def as_method(self, name: str) -> str:
        """`foo(a) {…}`, as it stands in a native class, with `consts_text` before that."""
        return f"{'async ' if self.is_async else ''}{name}({self.params}) {{{self.body}}}"

    def as_expression(self) -> str:
        """`function foo(a) {…}`, as it stands on the right of an assignment."""
        text = f"{'async ' if self.is_async else ''}function {self.name}({self.params}) {{{self.body}}}"
        return f"(() => {{\n{self.consts_text()}return {text};\n}})()" if self.consts else text

    def consts_text(self) -> str:
        """The statements that make the default values."""
        return "".join(f"const {name} = {text};\n" for name, text in self.consts)


@lru_cache(maxsize=256)
def _index(filename: str, text: str) -> dict[tuple[int, str], list[ast.AST]]:
    """All functions of a file, by first line (that of the first decorator) and name."""
    found: dict[tuple[int, str], list[ast.AST]] = {}
    for node in ast.walk(ast.parse(text, filename)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            found.setdefault((first, node.name), []).append(node)
        elif isinstance(node, ast.Lambda):
            found.setdefault((node.lineno, "<lambda>"), []).append(node)
    return found


@lru_cache(maxsize=256)
def _text_of(lines: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The lines of a file, the same ones for all its functions, and its text."""
    return lines, "".join(lines)


def find_source(func: types.FunctionType, label: str) -> Source:
    """Find the node of a function, in its file or notebook cell.

    Raises:
        TranspileError: when Python did not keep the source, or the file was changed since it was imported.
    """
    code = func.__code__
    lines = linecache.getlines(code.co_filename, func.__globals__) or typed_lines(func)
    if not lines:
        raise TranspileError(
            f"{label!r} cannot be sent to the browser: its source is not to be found",
            filename=code.co_filename,
            lineno=code.co_firstlineno,
            instead="Code made with exec() has none, and neither has what was typed at a prompt that keeps no history. Put the class into a file or a notebook cell.",
        )
    kept, text = _text_of(tuple(lines))
    try:
        nodes = _index(code.co_filename, text).get((code.co_firstlineno, code.co_name), [])
    except SyntaxError:
        nodes = []
    nodes = [n for n in nodes if _same_arguments(n, code)]
    if not nodes:
        raise TranspileError(
            f"{label!r} cannot be sent to the browser: its source has changed since it was imported",
            filename=code.co_filename,
            lineno=code.co_firstlineno,
            instead="Import the module again, or restart.",
        )
    if len(nodes) > 1:
        raise TranspileError(
            f"{label!r} cannot be sent to the browser: there are several lambdas on its line",
            filename=code.co_filename,
            lineno=code.co_firstlineno,
            instead="Put each on a line of its own.",
        )
    node: Any = nodes[0]
    return Source(code.co_filename, kept, node, label)


def _same_arguments(node: Any, code: types.CodeType) -> bool:
    args = node.args
    names = [a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]]
    known = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    # A private one has the name of its class before it.
    return len(names) == len(known) and all(
        a == b or (a.startswith("__") and b.endswith(a)) for a, b in zip(names, known, strict=True)
    )


_OURS = re.compile(f"{MARK}([tu][0-9]+)")
_LIBRARY_NAMES = re.compile(rf"{LIBRARY}\.(\w+)")
_LOCALS = re.compile(LOCAL.format("([^" + MARK + "]+)"))


@lru_cache(maxsize=1)
def _generator() -> Callable[[Any], Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pscript touches names that Python 3.12 deprecates
        from .core import generate

    return generate


_done: weakref.WeakKeyDictionary[types.FunctionType, dict[tuple[Any, ...], tuple[Any, FunctionJS]]] = (
    weakref.WeakKeyDictionary()
)


def transpile_function(
    func: Callable[..., Any], *, label: str, method: bool = False, plain: bool = False
) -> FunctionJS:
    """Transpile a Python function or method; once, as long as nothing changes that it depends on.

    Args:
        func: A function whose source Python knows.
        label: How people call it, for errors.
        method: Whether its first argument is `self`, which becomes `this`.
        plain: Whether it is a method of a class that is no Model: its special names are Python's.

    Raises:
        TranspileError: with file, line, the construct and what to write instead.
    """
    if not isinstance(func, types.FunctionType):
        raise TranspileError(
            f"{label!r} cannot run in the browser: it is not a Python function but {type(func).__name__}",
            instead="Write it with 'def'.",
        )
    maker = func.__globals__.get("__name__")
    if maker in _MAKERS and func.__code__.co_filename == getattr(sys.modules.get(maker), "__file__", None):
        raise TranspileError(
            f"{label!r} cannot run in the browser: its code is that of Python's own {maker!r}",
            instead=_MAKERS[maker],
        )
    try:
        free = inspect.getclosurevars(func).nonlocals
    except ValueError:  # a variable that is not assigned yet
        free = {}
    used = {name: None for code in _codes(func.__code__) for name in (*code.co_names, *code.co_freevars)}
    outside = {**func.__globals__, **free}
    seen = (
        tuple((name, _sort(outside[name])) for name in used if name in outside),
        *(
            (type(v), v) if isinstance(v, (bool, int, float, str, type(None))) else (object(),)
            for v in (*(func.__defaults__ or ()), *(func.__kwdefaults__ or {}).values())
        ),
    )
    known = _done.setdefault(func, {})
    old = known.get((label, method, plain))
    if old is None or old[0] != seen:
        old = known[label, method, plain] = seen, _transpile(func, label, method, plain, outside)
    return old[1]


#: Modules whose decorators make methods, and what to write instead.
_MAKERS = {
    "contextlib": "Decorate a function of the module, and call that.",
    "functools": "Write the methods out: functools.total_ordering is not known there.",
}


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from _codes(const)


def _sort(value: Any) -> Any:
    """What of a name's value decides how the code that uses it is transpiled."""
    if is_rawjs(value) or isinstance(value, types.ModuleType) or meaning(value):
        return value
    if isinstance(value, types.FunctionType):
        return _limits(value)
    return type(value) if isinstance(value, JSName) else None


def _limits(func: types.FunctionType) -> tuple[int, int] | None:
    """How many positional arguments a function takes; None for any number."""
    code = func.__code__
    if code.co_flags & inspect.CO_VARARGS:
        return None
    return code.co_argcount - len(func.__defaults__ or ()), code.co_argcount


def _transpile(func: types.FunctionType, label: str, method: bool, plain: bool, outside: dict[str, Any]) -> FunctionJS:
    source = find_source(func, label)
    args = [a.arg for a in [*source.node.args.posonlyargs, *source.node.args.args]]
    if method and not args:
        source.refuse(source.node, "it has no first argument", f"Write 'def {func.__name__}(self, ...)'.")
    name = func.__name__ if func.__name__.isidentifier() else "lambda_"
    defaults, consts = _defaults(func, source, name)
    lowered = lower_function(
        source,
        name="_jsm_f",
        method=method,
        shadowed=frozenset(func.__globals__) | frozenset(func.__code__.co_freevars),
        defaults=defaults,
        plain=plain,
        package=func.__globals__.get("__package__"),
        qualname=func.__qualname__,
        home=func.__module__,
        **_special_names(outside),
    )
    return _generate(source, lowered, name, consts, func.__globals__)


def _special_names(outside: dict[str, Any]) -> dict[str, Any]:
    """The names that mean something to `lower_function`, by what they mean."""
    return {
        "browser": frozenset(key for key, value in outside.items() if isinstance(value, JSName)),
        "raws": frozenset(key for key, value in outside.items() if is_rawjs(value)),
        "functions": {key: _limits(value) for key, value in outside.items() if isinstance(value, types.FunctionType)},
        "modules": {key: value for key, value in outside.items() if isinstance(value, types.ModuleType)},
        "meanings": {key: means for key, value in outside.items() if (means := meaning(value))},
    }


def transpile_statements(top: Any, body: list[ast.stmt], namespace: dict[str, Any], *, label: str) -> FunctionJS:
    """Transpile statements of the top level of a module, as the body of a function.

    Args:
        top: Where they stand; see `scope.top_of`.
        body: The statements.
        namespace: The names of the module.
        label: How people call it, for errors.
    """
    arguments = ast.arguments([], [], None, [], [], None, [])
    node = ast.copy_location(ast.FunctionDef("top", arguments, body, [], None), body[0])
    source = Source(top.filename, top.lines, node, label)
    lowered = lower_function(
        source, name="_jsm_f", shadowed=frozenset(namespace), top=True, **_special_names(namespace)
    )
    return _generate(source, lowered, "top", [], namespace)


def transpile_source(source: Source, name: str, namespace: dict[str, Any]) -> FunctionJS:
    """Transpile a function that takes nothing, and of which there is no more than its source.

    Args:
        source: The function.
        name: What it is called.
        namespace: The names around it.
    """
    lowered = lower_function(
        source, name="_jsm_f", shadowed=frozenset(namespace), snippet=True, **_special_names(namespace)
    )
    return _generate(source, lowered, name, [], namespace)


def _generate(
    source: Source, lowered: Lowered, name: str, consts: list[tuple[str, str]], namespace: dict[str, Any]
) -> FunctionJS:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = _generator()(ast.Module([lowered.node], []))
    except Exception as err:  # pscript raises JSError, RuntimeError, KeyError, AssertionError ...
        source.refuse(source.node, _pscript_trouble(err), "Write that part with RawJS('...').")
    parts = set(lowered.parts)
    params, body = (_finish(text, consts, parts) for text in (made.params, made.body))
    return FunctionJS(
        name=name,
        params=params,
        body=body,
        is_async=isinstance(lowered.node, ast.AsyncFunctionDef),
        names=tuple(lowered.names.items()),
        consts=tuple((const, js) for const, js in consts if js),
        parts=frozenset(parts),
        filename=source.filename,
        lineno=source.node.lineno,
        label=source.label,
        globals={**namespace, **lowered.imported} if lowered.imported else namespace,
        lines=source.lines,
    )


def _finish(js: str, consts: list[tuple[str, str]], parts: set[str]) -> str:
    """Generated text with its placeholders replaced, but for those that `modules.py` knows; adds to the parts it needs."""

    def function(match: re.Match[str]) -> str:
        part = PART_OF.get(match[1])
        if part is None:
            return match[0]
        parts.add(part)
        return f"{LIBRARY}.late.{match[1]}"

    js = _LIBRARY_NAMES.sub(function, js)
    js = (
        js.replace(SELF, "this").replace(OUTER, "$self").replace(REST, "$k").replace(ARGUMENT_COUNT, "arguments.length")
    )
    js = _LOCALS.sub(r"\1$", _OURS.sub(r"$\1", js))
    for index, (const, _) in enumerate(consts):
        js = js.replace(DEFAULT.format(index), const)
    return js


def _defaults(
    func: types.FunctionType, source: Source, name: str
) -> tuple[tuple[str | None, ...], list[tuple[str, str]]]:
    """The default values, as they are in Python: those that never change as JS, and those that do as constants."""
    from .classes import js_literal
    from .enums import member_of

    texts: list[str | None] = []
    consts: list[tuple[str, str]] = []
    args = source.node.args
    kept_keywords = func.__kwdefaults__ or {}
    named = [(kept_keywords[a.arg], d) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None]
    for value, node in [*zip(func.__defaults__ or (), args.defaults, strict=True), *named]:
        if links_in(value):
            source.refuse(
                node, "a link cannot be a default value", "Use None, and take the link from a name of the module."
            )
        kept = isinstance(value, (list, dict, RawJS))
        shared = next((k for k, v in func.__globals__.items() if v is value), None) if kept else None
        if isinstance(value, JSName):
            text: str | None = value._name
        elif find(value) is not None:
            text = STANDARD.format(".".join(find(value) or ()))
        elif shared is not None:
            text = NAME.format(shared)  # one object, here and there
        elif isinstance(value, RawJS):
            text = raw_code(value)
        elif isinstance(value, enum.Enum):
            home = next((k for k, v in func.__globals__.items() if v is type(value)), None)
            if home is None:
                source.refuse(
                    node, f"the enum of {value!r} is not known in the module", "Use None, and choose it later."
                )
            text = NAME.format(home) + member_of(value)
        else:
            try:
                text = js_literal(value)
            except (TypeError, RecursionError) as err:
                source.refuse(
                    node, f"a default value cannot be sent: {err}", "Use None, and choose the value in the function."
                )
        mutable = kept or (isinstance(value, tuple) and bool(value))
        consts.append((f"$d_{name}_{len(texts)}", str(text) if mutable else ""))
        texts.append(None if mutable else text)
    return tuple(texts), consts


def _pscript_trouble(err: Exception) -> str:
    message = str(err).strip()
    reason = message.splitlines()[-1].strip().rstrip(".") if message else type(err).__name__
    return f"pscript says: {reason or type(err).__name__}"
