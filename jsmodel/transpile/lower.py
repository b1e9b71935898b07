"""Brings a Python function down to the small core that pscript translates faithfully.

Works on the `ast`, keeping positions. Where Python's meaning differs from what
the code generator would make of it, a call of our own JS library takes its
place (`labextension/src/runtime/py.ts`); where neither can be had, the construct
is refused with its name, its place, and what to write instead.

Names are resolved here too: each name that is not local becomes a placeholder
that `modules.py` replaces, so that the JS looks it up where Python would.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ..errors import TranspileError

__all__ = ["BROWSER_NAMES", "CALL", "LIBRARY", "NAME", "SUPER", "Lowered", "Source", "lower_function"]

#: How placeholders look in the text that pscript makes; see `modules.py`.
NAME = "_jsm_n_{}_e"
CALL = "_jsm_c_{}_e"
LIBRARY = "_jsm_py_"
SUPER = "_jsm_super_"

#: Built-ins whose Python meaning lives in our JS library.
LIBRARY_FUNCTIONS = frozenset(
    "abs all any bool chr dict divmod enumerate filter float getattr hasattr hex int isinstance len list map max min ord pow print "
    "range repr reversed round setattr sorted str sum tuple type zip callable bin oct".split()
)

#: Methods whose Python meaning lives in our JS library, whatever the type of the object turns out to be.
LIBRARY_METHODS = frozenset("sort split format rsplit splitlines".split())

EXCEPTIONS = frozenset(
    "Exception ValueError TypeError KeyError IndexError AttributeError RuntimeError ZeroDivisionError NameError LookupError "
    "ArithmeticError OverflowError NotImplementedError StopIteration AssertionError OSError TimeoutError".split()
)

#: Those that `except` cannot tell by their name alone.
ABSTRACT = frozenset(["LookupError", "ArithmeticError", "OSError"])

#: What pscript itself gives a meaning to.
PSCRIPT_NAMES = frozenset(["RawJS", "this_is_js", "undefined", "window", "super"])

BROWSER_NAMES = frozenset(
    """window document console navigator location history screen performance localStorage sessionStorage indexedDB crypto
    setTimeout clearTimeout setInterval clearInterval requestAnimationFrame cancelAnimationFrame queueMicrotask requestIdleCallback
    fetch alert confirm prompt undefined globalThis structuredClone atob btoa encodeURIComponent decodeURIComponent encodeURI decodeURI
    parseInt parseFloat isNaN isFinite NaN Infinity JSON Math Object Array String Number Boolean Symbol Date RegExp Promise Proxy Reflect Map Set WeakMap WeakSet
    WeakRef Error Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt
    BigInt64Array BigUint64Array ArrayBuffer DataView Intl URL URLSearchParams Blob File FileReader FormData Headers Request Response AbortController
    Event CustomEvent EventTarget KeyboardEvent MouseEvent PointerEvent WheelEvent Node Element HTMLElement SVGElement Image Audio
    ImageData OffscreenCanvas Path2D DOMParser MutationObserver ResizeObserver IntersectionObserver Worker SharedWorker WebSocket EventSource
    TextEncoder TextDecoder Notification matchMedia getComputedStyle customElements AudioContext XMLHttpRequest""".split()
)


@dataclass(frozen=True)
class Source:
    """Where a function stands: its file or cell, the lines of that, and its node."""

    filename: str
    lines: tuple[str, ...] = field(repr=False)
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda = field(repr=False)
    label: str = ""  # 'Counter.JS.on_click'

    def refuse(self, node: ast.AST, what: str, instead: str = "") -> NoReturn:
        """Raise TranspileError at `node`."""
        line = getattr(node, "lineno", self.node.lineno)
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else None
        raise TranspileError(
            f"{self.label!r} cannot run in the browser: {what}",
            filename=self.filename,
            lineno=line,
            col=getattr(node, "col_offset", None),
            text=text,
            instead=instead,
        )


@dataclass
class Lowered:
    """A function that pscript can take, and the names it needs from outside."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    names: dict[str, int]  # name -> the line where it is first used
    uses_super: bool = False


REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Import: ("'import' inside of functions is not known there", "Import at the top of the module."),
    ast.ImportFrom: ("'import' inside of functions is not known there", "Import at the top of the module."),
    ast.ClassDef: ("a class inside of a function is not known there", "Define the class at module level."),
    ast.Yield: ("generators ('yield') are not known there yet", "Build a list and return it."),
    ast.YieldFrom: ("generators ('yield from') are not known there yet", "Build a list and return it."),
    ast.GeneratorExp: ("generator expressions are not known there yet", "Use a list comprehension: [...]."),
    ast.SetComp: ("set comprehensions are not known there yet", "Use a list comprehension, or window.Set."),
    ast.DictComp: ("dict comprehensions are not known there yet", "Fill a dict in a for-loop."),
    ast.Set: ("sets are not known there yet", "Use a list, or window.Set."),
    ast.NamedExpr: ("assignment expressions (':=') are not known there yet", "Assign on a line of its own."),
    ast.AsyncFor: ("'async for' is not known there", "Use 'for' with 'await' in its body."),
    ast.AsyncWith: ("'async with' is not known there", "Use try/finally."),
    ast.With: ("'with' is not known there yet", "Use try/finally."),
    ast.Global: ("'global' is not known there", "Keep the value on self, or in a dict at module level."),
    ast.MatMult: ("the operator '@' is not known there", "Call a function."),
    ast.Match: ("'match' is not known there yet", "Use if and elif."),
    ast.Starred: ("a starred expression is not known here", "Unpack by index."),
}


class _Scope:
    """The names that a function binds."""

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, parent: _Scope | None) -> None:
        self.parent = parent
        args = node.args
        self.names = {a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]}
        self.names |= {a.arg for a in (args.vararg, args.kwarg) if a is not None}
        for child in node.body if isinstance(node.body, list) else [node.body]:
            self._collect(child)

    def _collect(self, node: ast.AST) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.names.add(node.name)
            return
        if isinstance(node, ast.Lambda):
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self.names.add(node.id)
        if isinstance(node, ast.ExceptHandler) and node.name:
            self.names.add(node.name)
        for child in ast.iter_child_nodes(node):
            self._collect(child)

    def knows(self, name: str) -> bool:
        return name in self.names or (self.parent is not None and self.parent.knows(name))


def _library(name: str, *args: ast.expr, at: ast.AST) -> ast.Call:
    func = ast.Attribute(ast.Name(LIBRARY, ast.Load()), name, ast.Load())
    return ast.copy_location(ast.Call(func, list(args), []), at)


def _none() -> ast.Constant:
    return ast.Constant(None)


class _Lowerer(ast.NodeTransformer):
    def __init__(self, source: Source, shadowed: frozenset[str]) -> None:
        self.source = source
        self.shadowed = shadowed  # names the module defines: they hide built-ins
        self.scope: _Scope | None = None
        self.names: dict[str, int] = {}
        self.uses_super = False

    def refuse(self, node: ast.AST, what: str, instead: str = "") -> NoReturn:
        self.source.refuse(node, what, instead)

    def visit(self, node: ast.AST) -> Any:
        refused = REFUSED.get(type(node))
        if refused:
            self.refuse(node, *refused)
        return super().visit(node)

    # -- functions

    def function(self, node: Any) -> Any:
        args = node.args
        if args.posonlyargs:
            args.args = args.posonlyargs + args.args
            args.posonlyargs = []
        if args.kwonlyargs or args.kwarg:
            self.refuse(node, "keyword-only arguments and **kwargs are not known there yet", "Use positional arguments.")
        renamed: list[tuple[ast.arg, str]] = []
        for arg in [*args.args, *([args.vararg] if args.vararg else [])]:
            arg.annotation = None
            renamed.append((arg, _js_name(arg.arg)))
        args.defaults = [self.visit(d) for d in args.defaults]
        self.scope = _Scope(node, self.scope)
        try:
            if isinstance(node.body, list):
                node.body = [x for stmt in node.body for x in _as_list(self.visit(stmt))] or [ast.copy_location(ast.Pass(), node)]
            else:
                node.body = self.visit(node.body)
        finally:
            self.scope = self.scope.parent
        for arg, name in renamed:
            arg.arg = name
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        if node.decorator_list:
            self.refuse(node.decorator_list[0], "a decorator on a function inside of a function is not known there yet", "Call the decorator yourself.")
        node.returns = None
        lowered = self.function(node)
        lowered.name = _js_name(lowered.name)
        return lowered

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        return self.function(node)

    # -- names

    def visit_Name(self, node: ast.Name) -> Any:
        name = node.id
        if self.scope is not None and self.scope.knows(name):
            node.id = _js_name(name)
            return node
        if name in self.shadowed:
            return self.placeholder(node)
        if name in LIBRARY_FUNCTIONS:
            return ast.copy_location(ast.Attribute(ast.Name(LIBRARY, ast.Load()), name, ast.Load()), node)
        if name in PSCRIPT_NAMES or name in EXCEPTIONS:
            return node
        return self.placeholder(node)

    def placeholder(self, node: ast.Name, form: str = NAME) -> ast.Name:
        self.names.setdefault(node.id, node.lineno)
        return ast.copy_location(ast.Name(form.format(node.id), node.ctx), node)

    # -- calls

    def visit_Call(self, node: ast.Call) -> Any:
        func = node.func
        is_super = isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call) and isinstance(func.value.func, ast.Name) and func.value.func.id == "super"
        if is_super:
            return self.super_call(node)
        if isinstance(func, ast.Name) and func.id == "super" and not (self.scope and self.scope.knows("super")):
            self.refuse(node, "super() is only known there as super().method(...)", "Call the method on it directly.")
        name = func.id if isinstance(func, ast.Name) else ""
        built_in = bool(name) and name not in self.shadowed and not (self.scope and self.scope.knows(name))
        if node.keywords:
            if built_in and name == "dict" and not node.args and all(k.arg for k in node.keywords):
                pairs = ast.Dict([ast.Constant(k.arg) for k in node.keywords], [k.value for k in node.keywords])
                return self.visit(ast.copy_location(pairs, node))
            if built_in and name in ("sorted", "min", "max", "print", "enumerate", "sum", "round", "int", "zip"):
                return self.library_keywords(node, name)
            if isinstance(func, ast.Attribute) and func.attr == "sort":
                node.func = ast.copy_location(ast.Name("sorted", ast.Load()), func)
                call = self.library_keywords(ast.Call(node.func, [func.value, *node.args], node.keywords), "sort", at=node)
                return call
            self.refuse(node.keywords[0].value, "keyword arguments are not known there yet", "Pass the arguments by position.")
        if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
            gen = node.args[0]
            node.args[0] = ast.copy_location(ast.ListComp(gen.elt, gen.generators), gen)
        args = [self.argument(a) for a in node.args]
        if built_in and name == "RawJS":
            if not (len(args) == 1 and isinstance(args[0], ast.Constant) and isinstance(args[0].value, str)):
                self.refuse(node, "RawJS takes one literal str", "Write the JS in quotes, right there.")
            node.args = args
            return node
        if isinstance(func, ast.Attribute) and func.attr in LIBRARY_METHODS:
            return _library(func.attr, self.visit(func.value), *args, at=node)
        if isinstance(func, ast.Name) and not (self.scope and self.scope.knows(name)) and not (built_in and (name in LIBRARY_FUNCTIONS or name in PSCRIPT_NAMES or name in EXCEPTIONS)):
            node.func = self.placeholder(func, CALL)
        else:
            node.func = self.visit(func)
        node.args = args
        return node

    def argument(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Starred):
            node.value = _library("list", self.visit(node.value), at=node)
            return node
        return self.visit(node)

    def library_keywords(self, node: ast.Call, name: str, at: ast.AST | None = None) -> Any:
        pairs: list[ast.expr] = []
        for keyword in node.keywords:
            if keyword.arg is None:
                self.refuse(keyword.value, "'**' in a call is not known there yet", "Pass the arguments by position.")
            pairs += [ast.Constant(keyword.arg), self.visit(keyword.value)]
        options = _library("options", *pairs, at=at or node)
        return _library(name + "_kw", options, *[self.argument(a) for a in node.args], at=at or node)

    def super_call(self, node: ast.Call) -> Any:
        assert isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call)
        if node.func.value.args or node.keywords:
            self.refuse(node, "super() with arguments is not known there", "Write super().method(...).")
        self.uses_super = True
        method = ast.Attribute(ast.Name(SUPER, ast.Load()), node.func.attr, ast.Load())
        call = ast.Attribute(method, "call", ast.Load())
        return ast.copy_location(ast.Call(call, [ast.Name("self", ast.Load()), *[self.argument(a) for a in node.args]], []), node)

    # -- operators and items

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        helper = {ast.Mod: "mod", ast.FloorDiv: "floordiv", ast.Div: "div", ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift"}.get(type(node.op))
        if isinstance(node.op, ast.MatMult):
            self.refuse(node, *REFUSED[ast.MatMult])
        left, right = self.visit(node.left), self.visit(node.right)
        if helper:
            return _library(helper, left, right, at=node)
        node.left, node.right = left, right
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        target = node.target
        simple = isinstance(target, ast.Name) or (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name))
        if not simple and not isinstance(target, ast.Subscript):
            self.refuse(node, "an augmented assignment to the attribute of an expression is not known there", "Put the object into a variable first.")
        if isinstance(target, ast.Subscript) and not (_is_simple(target.value) and _is_simple(target.slice)):
            self.refuse(node, "an augmented assignment to the item of an expression is not known there", "Put the object and the index into variables first.")
        import copy

        load = copy.deepcopy(target)
        load.ctx = ast.Load()
        value = ast.copy_location(ast.BinOp(load, node.op, node.value), node)
        return self.visit(ast.copy_location(ast.Assign([target], value), node))

    def visit_Compare(self, node: ast.Compare) -> Any:
        if len(node.ops) > 1:
            middles = node.comparators[:-1]
            if not all(_is_simple(m) for m in middles):
                self.refuse(node, "a chained comparison with an expression in its middle is not known there", "Put the middle into a variable first.")
            operands = [node.left, *node.comparators]
            parts: list[ast.expr] = [
                ast.copy_location(ast.Compare(operands[i], [op], [operands[i + 1]]), node) for i, op in enumerate(node.ops)
            ]
            return self.visit(ast.copy_location(ast.BoolOp(ast.And(), parts), node))
        op, right = node.ops[0], node.comparators[0]
        if isinstance(op, (ast.Eq, ast.NotEq)) and not any(isinstance(x, ast.Constant) and isinstance(x.value, str) for x in (node.left, right)):
            call = _library("eq", self.visit(node.left), self.visit(right), at=node)
            return call if isinstance(op, ast.Eq) else ast.copy_location(ast.UnaryOp(ast.Not(), call), node)
        if isinstance(op, (ast.In, ast.NotIn)):
            call = _library("contains", self.visit(right), self.visit(node.left), at=node)
            return call if isinstance(op, ast.In) else ast.copy_location(ast.UnaryOp(ast.Not(), call), node)
        if isinstance(op, (ast.Eq, ast.NotEq)):  # with a literal str: the strict operator says the same, and is quick
            node.ops = [ast.Is() if isinstance(op, ast.Eq) else ast.IsNot()]
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        if not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        value = self.visit(node.value)
        if isinstance(node.slice, ast.Slice):
            return _library("slice", value, *self.slice_args(node.slice), at=node)
        return _library("getitem", value, self.visit(node.slice), at=node)

    def slice_args(self, node: ast.Slice) -> list[ast.expr]:
        return [self.visit(x) if x is not None else _none() for x in (node.lower, node.upper, node.step)]

    def visit_Assign(self, node: ast.Assign) -> Any:
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
            if isinstance(target.slice, ast.Slice):
                call = _library("setslice", self.visit(target.value), *self.slice_args(target.slice), self.visit(node.value), at=node)
            else:
                call = _library("setitem", self.visit(target.value), self.visit(target.slice), self.visit(node.value), at=node)
            return ast.copy_location(ast.Expr(call), node)
        if len(node.targets) > 1:
            if any(not isinstance(t, (ast.Name, ast.Attribute)) for t in node.targets):
                self.refuse(node, "an assignment to several targets, one of them not a simple name, is not known there", "Assign line by line.")
        for target in node.targets:
            if isinstance(target, (ast.Tuple, ast.List)):
                for element in target.elts:
                    if isinstance(element, ast.Starred):
                        self.refuse(element, "starred assignment is not known there yet", "Unpack by index and slice.")
                    if not isinstance(element, (ast.Name, ast.Attribute)):
                        self.refuse(element, "nested unpacking is not known there yet", "Unpack in two steps.")
                node.value = _library("unpack", self.visit(node.value), ast.Constant(len(target.elts)), at=node)
                node.targets = [self.visit(target)]
                return node
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is None:
            return None
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Delete(self, node: ast.Delete) -> Any:
        out = []
        for target in node.targets:
            if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
                out.append(ast.copy_location(ast.Expr(_library("delitem", self.visit(target.value), self.visit(target.slice), at=node)), node))
            elif isinstance(target, ast.Attribute):
                out.append(ast.copy_location(ast.Delete([self.visit(target)]), node))
            else:
                self.refuse(node, "'del' of a name or a slice is not known there", "Assign None instead.")
        return out

    # -- text

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        parts: list[ast.expr] = []
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                parts.append(self.formatted(value))
            else:
                parts.append(value)
        return _library("concat", *parts, at=node)

    def formatted(self, node: ast.FormattedValue) -> ast.expr:
        value = self.visit(node.value)
        if node.conversion in (ord("r"), ord("a")):
            value = _library("repr", value, at=node)
        elif node.conversion == ord("s"):
            value = _library("str", value, at=node)
        spec = self.visit(node.format_spec) if node.format_spec is not None else ast.Constant("")
        return _library("format_value", value, spec, at=node)

    def visit_Constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, bytes):
            self.refuse(node, "bytes are not known there yet", "Use window.Uint8Array, or send the bytes as a property.")
        if isinstance(node.value, complex) or node.value is Ellipsis:
            self.refuse(node, f"{node.value!r} is not known there")
        if isinstance(node.value, int) and not isinstance(node.value, bool) and abs(node.value) > 2**53:
            self.refuse(node, "integers beyond 2**53 are not exact there", "Use a float, or a str.")
        return node

    def visit_Dict(self, node: ast.Dict) -> Any:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                self.refuse(value, "'**' in a dict is not known there yet", "Use update().")
            if isinstance(key, ast.Constant) and not isinstance(key.value, str):
                self.refuse(key, "dict keys must be str there", "Use str keys, or window.Map.")
        return self.generic_visit(node)

    # -- conditions

    def visit_ListComp(self, node: ast.ListComp) -> Any:
        for gen in node.generators:
            if gen.is_async:
                self.refuse(node, "'async for' is not known there")
            gen.iter = _library("iterate", self.visit(gen.iter), at=gen.iter)
            gen.ifs = [_library("truth", self.visit(test), at=test) for test in gen.ifs]
        node.elt = self.visit(node.elt)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        values = [self.visit(v) for v in node.values]
        # The last operand is the value of the whole: Python gives it as it is.
        result = values[-1]
        for value in reversed(values[:-1]):
            thunk = ast.Lambda(ast.arguments([], [], None, [], [], None, []), result)
            name = "and_" if isinstance(node.op, ast.And) else "or_"
            result = _library(name, value, ast.copy_location(thunk, node), at=node) if not _is_simple(result) else _library(name + "v", value, result, at=node)
        return result

    # -- statements

    def visit_For(self, node: ast.For) -> Any:
        is_range = isinstance(node.iter, ast.Call) and isinstance(node.iter.func, ast.Name) and node.iter.func.id == "range"
        if is_range and "range" not in self.shadowed:
            assert isinstance(node.iter, ast.Call)
            args = node.iter.args
            constant_step = len(args) < 3 or isinstance(args[2], ast.Constant)
            if isinstance(node.target, ast.Name) and constant_step and not node.iter.keywords and not any(isinstance(a, ast.Starred) for a in args):
                # pscript makes a plain numeric loop of it, but leaves the variable one too far:
                # loop over a hidden one.
                hidden = f"_jsm_i{node.lineno}_{node.col_offset}"
                node.iter.args = [self.visit(a) for a in args]
                body = [ast.copy_location(ast.Assign([node.target], ast.copy_location(ast.Name(hidden, ast.Load()), node)), node)]
                node.target = ast.copy_location(ast.Name(hidden, ast.Store()), node)
                node.body = [*body, *[x for stmt in node.body for x in _as_list(self.visit(stmt))]]
                node.orelse = [x for stmt in node.orelse for x in _as_list(self.visit(stmt))]
                return node
        if isinstance(node.target, (ast.Tuple, ast.List)):
            if not all(isinstance(e, ast.Name) for e in node.target.elts):
                self.refuse(node.target, "nested unpacking in 'for' is not known there yet", "Unpack in the body.")
        elif not isinstance(node.target, ast.Name):
            self.refuse(node.target, "a 'for' over anything but names is not known there", "Assign in the body.")
        node.iter = _library("iterate", self.visit(node.iter), at=node.iter)
        node.body = [x for stmt in node.body for x in _as_list(self.visit(stmt))]
        node.orelse = [x for stmt in node.orelse for x in _as_list(self.visit(stmt))]
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> Any:
        if node.name:
            node.name = _js_name(node.name)
        return self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> Any:
        if node.orelse:
            self.refuse(node.orelse[0], "'else' after 'try' is not known there yet", "Put it at the end of the try block.")
        for handler in node.handlers:
            kind = handler.type
            if kind is not None and not (isinstance(kind, ast.Name) and kind.id in EXCEPTIONS - ABSTRACT and kind.id not in self.shadowed):
                self.refuse(kind, "'except' there knows only the built-in exceptions, one at a time", "Write one 'except' for each.")
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> Any:
        if node.cause is not None:
            self.refuse(node, "'raise ... from' is not known there", "Leave the 'from' out.")
        exc = node.exc
        if exc is None:
            self.refuse(node, "a bare 'raise' is not known there yet", "Name the error: 'except Exception as err: ... raise err'.")
        if isinstance(exc, ast.Call) and isinstance(exc.func, ast.Name) and exc.func.id in EXCEPTIONS:
            message = _library("concat", *[_library("str", self.visit(a), at=a) for a in exc.args[:1]], at=exc)
            error = _library("error", ast.Constant(exc.func.id), message, at=exc)
        elif isinstance(exc, ast.Name) and exc.id in EXCEPTIONS:
            error = _library("error", ast.Constant(exc.id), ast.Constant(""), at=exc)
        else:
            error = self.visit(exc)
        return ast.copy_location(ast.Expr(_library("throw_", error, at=node)), node)

    def visit_Assert(self, node: ast.Assert) -> Any:
        message = _library("str", self.visit(node.msg), at=node) if node.msg else ast.Constant("")
        return ast.copy_location(ast.Expr(_library("assert_", self.visit(node.test), message, at=node)), node)


#: Words that cannot be names in JS, though they can in Python.
JS_WORDS = frozenset(
    """abstract arguments boolean byte case catch char const debugger default delete do double enum eval export extends final float function
    goto implements instanceof int interface let long native new null package private protected public short static switch synchronized
    this throw throws transient true typeof undefined var void volatile window""".split()
)


def _js_name(name: str) -> str:
    return name + "_" if name in JS_WORDS else name


def _is_simple(node: ast.AST) -> bool:
    """Whether evaluating it twice, or always, changes nothing and costs nothing."""
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "self"
    return isinstance(node, (ast.Name, ast.Constant))


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def lower_function(source: Source, *, name: str, shadowed: frozenset[str] = frozenset()) -> Lowered:
    """Lower one function.

    Args:
        source: The function and where it stands.
        name: What it is called in JS.
        shadowed: Names that its module, or the function around it, defines.

    Raises:
        TranspileError: with place and construct, for what cannot be had.
    """
    import copy

    node = copy.deepcopy(source.node)
    lowerer = _Lowerer(source, shadowed)
    if isinstance(node, ast.Lambda):
        body = ast.copy_location(ast.Return(node.body), node)
        node = ast.copy_location(ast.FunctionDef(name, node.args, [body], [], None), node)
    node.name = name
    node.decorator_list = []
    node.returns = None
    if hasattr(node, "type_params"):
        node.type_params = []
    body = node.body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str):
        node.body = body[1:] or [ast.copy_location(ast.Pass(), node)]  # the docstring stays in Python
    lowered = lowerer.function(node)
    ast.fix_missing_locations(lowered)
    return Lowered(lowered, lowerer.names, lowerer.uses_super)
