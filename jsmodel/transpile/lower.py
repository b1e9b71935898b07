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
import copy
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, NoReturn

from ..errors import TranspileError
from .rawjs import JSName, is_rawjs

__all__ = [
    "ARGUMENT_COUNT",
    "BROWSER_NAMES",
    "CALL",
    "COMMON_FUNCTIONS",
    "DEFAULT",
    "ERROR",
    "LATE",
    "LIBRARY",
    "LOCAL",
    "MARK",
    "MODULE",
    "NAME",
    "SELF",
    "SUPER",
    "Lowered",
    "Source",
    "lower_function",
]

#: Begins every name that is ours. A letter to Python, but to no one who writes programs, and strings hold it escaped.
MARK = "\u01c0"

#: What stands for something else in the text that pscript makes; see `code.py` and `modules.py`.
NAME = MARK + "n" + MARK + "{}" + MARK  # a name from outside
CALL = MARK + "c" + MARK + "{}" + MARK  # the same where it is called: classes want `new`
LOCAL = MARK + "w" + MARK + "{}" + MARK  # a local name that JS has taken
DEFAULT = MARK + "d" + MARK + "{}" + MARK  # a default value that lives as long as the function
# The doubled letter keeps these apart from a placeholder of a name that begins so: ǀnǀlater.
LIBRARY = MARK * 2 + "py"
LATE = MARK * 2 + "late"  # the part of the library that is sent on demand, with library.js
SELF = MARK * 2 + "self"
MODULE = MARK * 2 + "mod"  # the namespace of the JS module
SUPER = MARK * 2 + "super"
ERROR = MARK * 2 + "error"  # in a handler's test: what was raised
ARGUMENT_COUNT = MARK * 2 + "argc"

#: Built-ins whose Python meaning lives in our JS library, and how many arguments they take.
LIBRARY_FUNCTIONS: dict[str, tuple[int, int]] = {
    **dict.fromkeys("abs all any bin callable chr hex len oct ord repr reversed sorted type".split(), (1, 1)),
    **dict.fromkeys("bool dict float list str tuple".split(), (0, 1)),
    **dict.fromkeys("divmod filter hasattr isinstance pow".split(), (2, 2)),
    **dict.fromkeys("enumerate round sum".split(), (1, 2)),
    **dict.fromkeys("max min".split(), (1, 999)),
    **dict.fromkeys("print zip".split(), (0, 999)),
    **{"getattr": (2, 3), "int": (0, 2), "map": (2, 999), "range": (1, 3), "setattr": (3, 3)},
}

#: The keyword arguments that they take; 'sort' is the method.
KEYWORDS = {
    "enumerate": ["start"],
    "int": ["base"],
    "max": ["default", "key"],
    "min": ["default", "key"],
    "print": ["end", "sep"],
    "round": ["ndigits"],
    "sort": ["key", "reverse"],
    "sorted": ["key", "reverse"],
    "sum": ["start"],
    "zip": ["strict"],
}

#: Methods of str, list and dict: what is called may turn out to be one of those, or a JS object that has its own.
LIBRARY_METHODS = frozenset(
    """append capitalize casefold center clear copy count endswith extend find format get index insert isalnum isalpha isdecimal isdigit
    islower isnumeric isspace istitle isupper items join keys ljust lower lstrip partition pop popitem remove removeprefix removesuffix
    replace reverse rfind rindex rjust rpartition rsplit rstrip setdefault sort split splitlines startswith strip swapcase title update
    upper values zfill
    concat encode expandtabs fill flat includes isascii isidentifier slice translate""".split()
)

#: What is in common.js, all methods besides. The rest of what is always there is in labextension/src/runtime/py.ts.
COMMON_FUNCTIONS = frozenset(
    """abs all any bound bounds call callable catches contains delitem dict done enumerate error_name floordiv getattr hasattr index int_kw invert
    last make mod neg operand place pos print_kw range setattr setitem slice strings strip type unpack LINE""".split()
)
#: What is in library.js, and the methods that are in common.js.
LATE_FUNCTIONS = frozenset(
    """bin bitand bitor bitxor chr delattr divmod enumerate_kw filter format_value hex imul lshift map max max_kw min min_kw
    oct ord percent pow reversed round round_kw rshift setslice sort_kw sorted sorted_kw sum sum_kw zip zip_kw""".split()
)
EARLY_METHODS = frozenset(
    """append clear copy extend get insert items join keys lower pop popitem remove reverse setdefault split strip update upper values
    concat fill flat includes slice""".split()
)

#: Exceptions, and what 'except' of each catches besides itself.
EXCEPTIONS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        "ValueError TypeError AttributeError ZeroDivisionError AssertionError KeyError IndexError".split(), ()
    ),
    **dict.fromkeys(
        "NotImplementedError RecursionError StopIteration OverflowError UnboundLocalError TimeoutError".split(), ()
    ),
    "LookupError": ("KeyError", "IndexError"),
    "ArithmeticError": ("ZeroDivisionError", "OverflowError"),
    "RuntimeError": ("NotImplementedError", "RecursionError"),
    "NameError": ("UnboundLocalError",),
    "OSError": ("TimeoutError",),
    "Exception": ("*",),
    "BaseException": ("*",),
}

#: What pscript itself gave a meaning to, and we still do.
PSCRIPT_NAMES = frozenset(["this_is_js", "super"])

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
    """A function that the code generator can take, and the names it needs from outside."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    names: dict[str, int]  # name -> the line where it is first used
    common: bool = False  # whether it may need common.js for a method
    late: bool = False  # whether it may need library.js for a method, or for '%'


_LATER: dict[type[ast.AST], tuple[str, str]] = {
    ast.Import: ("'import' inside of functions is not known there", "Import at the top of the module."),
    ast.ImportFrom: ("'import' inside of functions is not known there", "Import at the top of the module."),
    ast.ClassDef: ("a class inside of a function is not known there", "Define the class at module level."),
    ast.Yield: ("generators ('yield') are not known there yet", "Build a list and return it."),
    ast.YieldFrom: ("generators ('yield from') are not known there yet", "Build a list and return it."),
    ast.SetComp: ("set comprehensions are not known there yet", "Use a list comprehension, or window.Set."),
    ast.Set: ("sets are not known there yet", "Use a list, or window.Set."),
    ast.NamedExpr: ("assignment expressions (':=') are not known there yet", "Assign on a line of its own."),
    ast.AsyncFor: ("'async for' is not known there", "Use 'for' with 'await' in its body."),
    ast.AsyncWith: ("'async with' is not known there", "Use try/finally."),
    ast.With: ("'with' is not known there yet", "Use try/finally."),
    ast.Global: ("'global' is not known there", "Keep the value on self, or in a dict at module level."),
    ast.Match: ("'match' is not known there yet", "Use if and elif."),
    ast.Starred: ("a starred expression is not known here", "Add the lists: [a] + b."),
}
if hasattr(ast, "TryStar"):
    _LATER[ast.TryStar] = ("'except*' is not known there", "Use 'except'.")
if hasattr(ast, "TypeAlias"):
    _LATER[ast.TypeAlias] = ("a type alias inside of a function is not known there", "Leave it out.")

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Mod: "mod",
    ast.FloorDiv: "floordiv",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitAnd: "bitand",
    ast.BitOr: "bitor",
    ast.BitXor: "bitxor",
}
_COMPARE: dict[type[ast.cmpop], str] = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}
_UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert"}

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.DictComp, ast.GeneratorExp)


class _Scope:
    """The names that a function, or a comprehension, binds."""

    def __init__(self, node: Any, parent: _Scope | None) -> None:
        self.parent = parent
        self.names: set[str] = set()
        self.outer: set[str] = set()  # declared nonlocal
        self.asynchronous = isinstance(node, ast.AsyncFunctionDef)
        if isinstance(node, _COMPREHENSIONS):
            self.asynchronous = parent is not None and parent.asynchronous
            for gen in node.generators:
                self._collect(gen.target)
            return
        args = node.args
        self.names |= {a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]}
        self.names |= {a.arg for a in (args.vararg, args.kwarg) if a is not None}
        for child in node.body if isinstance(node.body, list) else [node.body]:
            self._collect(child)
        self.names -= self.outer

    def _collect(self, node: ast.AST) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.names.add(node.name)
            return
        if isinstance(node, (ast.Lambda, *_COMPREHENSIONS)):
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self.names.add(node.id)
        if isinstance(node, ast.ExceptHandler) and node.name:
            self.names.add(node.name)
        if isinstance(node, ast.Nonlocal):
            self.outer.update(node.names)
        for child in ast.iter_child_nodes(node):
            self._collect(child)

    def knows(self, name: str) -> bool:
        return name in self.names or (self.parent is not None and self.parent.knows(name))


class _Flow:
    """Finds the places where a local name is read that may not have been assigned yet.

    JS gives undefined there, Python raises: such a read is checked when it runs.
    What is bound is a set of names, or None where nothing can come.
    """

    def __init__(self) -> None:
        self.unsure: set[tuple[int, int]] = set()
        self._known: set[str] = set()  # the local names of the functions around
        self._breaks: list[list[set[str]]] = []

    def function(self, node: Any, bound: set[str]) -> None:
        scope = _Scope(node, None)
        known, breaks = self._known, self._breaks
        self._known, self._breaks = known | scope.names, []
        args = node.args
        inside = (bound - scope.names) | {a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs]}
        inside |= {a.arg for a in (args.vararg, args.kwarg) if a is not None}
        if isinstance(node.body, list):
            self.block(node.body, inside)
        else:
            self.read(node.body, inside)
        self._known, self._breaks = known, breaks

    def read(self, node: ast.AST | None, bound: set[str]) -> None:
        if node is None:
            return
        if isinstance(node, ast.Lambda):
            for default in node.args.defaults:
                self.read(default, bound)
            self.function(node, bound)
        elif isinstance(node, _COMPREHENSIONS):
            inside = set(bound)
            for gen in node.generators:
                self.read(gen.iter, inside)
                inside |= _stored(gen.target)
                for test in gen.ifs:
                    self.read(test, inside)
            for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
                self.read(part, inside)
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load) and node.id in self._known and node.id not in bound:
                self.unsure.add((node.lineno, node.col_offset))
        else:
            for child in ast.iter_child_nodes(node):
                self.read(child, bound)

    def block(self, body: list[ast.stmt], bound: set[str] | None) -> set[str] | None:
        for stmt in body:
            if bound is None:
                return None
            bound = self.statement(stmt, bound)
        return bound

    def statement(self, node: Any, bound: set[str]) -> set[str] | None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for default in node.args.defaults:
                self.read(default, bound)
            bound = bound | {node.name}
            self.function(node, bound)
        elif isinstance(node, ast.If):
            self.read(node.test, bound)
            return _both(self.block(node.body, set(bound)), self.block(node.orelse, set(bound)))
        elif isinstance(node, (ast.While, ast.For)):
            self.read(node.test if isinstance(node, ast.While) else node.iter, bound)
            self._breaks.append([])
            inside = set(bound)
            if isinstance(node, ast.For):
                self.read(node.target, bound)
                inside |= _stored(node.target)
            self.block(node.body, inside)
            left = self._breaks.pop()
            for_ever = isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
            after = None if for_ever else self.block(node.orelse, set(bound))
            for other in left:
                after = _both(after, other)
            return after
        elif isinstance(node, ast.Try):
            done = self.block([*node.body, *node.orelse], set(bound))
            for handler in node.handlers:
                self.read(handler.type, bound)
                end = self.block(handler.body, bound | ({handler.name} if handler.name else set()))
                done = _both(done, None if end is None else end - {handler.name})
            last = self.block(node.finalbody, set(bound))
            return None if done is None or last is None else done | last
        elif isinstance(node, ast.AugAssign):
            self.read(node.value, bound)
            target = node.target
            if isinstance(target, ast.Name):
                if target.id in self._known and target.id not in bound:
                    self.unsure.add((target.lineno, target.col_offset))
                return bound | {target.id}
            self.read(target, bound)
        elif isinstance(node, ast.Break):
            if self._breaks:
                self._breaks[-1].append(set(bound))
            return None
        else:
            self.read(node, bound)
            if isinstance(node, (ast.Return, ast.Raise, ast.Continue)):
                return None
            if isinstance(node, ast.AnnAssign) and node.value is None:
                return bound
            bound = bound | _stored(node)
        return bound


def _stored(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _both(a: set[str] | None, b: set[str] | None) -> set[str] | None:
    return b if a is None else a if b is None else a & b


def _special(name: str, *args: Any, at: ast.AST) -> ast.Call:
    """What the code generator knows besides Python: see core.py."""
    return ast.copy_location(ast.Call(ast.Name(MARK + name, ast.Load()), list(args), []), at)


def _library(name: str, *args: Any, at: ast.AST) -> ast.Call:
    func = ast.Attribute(ast.Name(LATE if name in LATE_FUNCTIONS else LIBRARY, ast.Load()), name, ast.Load())
    return ast.copy_location(ast.Call(func, list(args), []), at)


def _assign(name: str, value: ast.expr, at: ast.AST) -> ast.Assign:
    return ast.copy_location(ast.Assign([ast.copy_location(ast.Name(name, ast.Store()), at)], value), at)


def _not(value: ast.expr, at: ast.AST) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), value), at)


class _Lowerer(ast.NodeTransformer):
    def __init__(
        self,
        source: Source,
        shadowed: frozenset[str],
        browser: frozenset[str],
        raws: frozenset[str],
        unsure: set[tuple[int, int]],
        modules: dict[str, ModuleType],
        plain: bool = False,
        top: bool = False,
    ) -> None:
        self.source = source
        self.shadowed = shadowed  # names the module defines: they hide built-ins
        self.browser = browser  # names that mean something of the browser
        self.raws = raws  # names of RawJS
        self.unsure = unsure
        self.modules = modules  # names of Python modules, and those
        self.plain = plain  # whether it is a method of a class that is no Model
        self.top = top  # whether what it assigns to are the names of the module
        self.scope: _Scope | None = None
        self.names: dict[str, int] = {}
        self.method = False
        self.common = False
        self.late = False
        self.count = 0
        self.handlers = 0  # how many 'except' we are in, in this function
        self.loops: list[str | None] = []  # the flag of each loop around that has an 'else'

    def refuse(self, node: ast.AST, what: str, instead: str = "") -> NoReturn:
        self.source.refuse(node, what, instead)

    def visit(self, node: ast.AST) -> Any:
        refused = _LATER.get(type(node))
        if refused:
            self.refuse(node, *refused)
        return super().visit(node)

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        return [x for stmt in body for x in _as_list(self.visit(stmt))]

    def fresh(self) -> str:
        self.count += 1
        return f"{MARK}u{self.count}"

    def local(self, name: str, node: ast.AST) -> str:
        """The JS name of a local one."""
        if MARK in name:
            self.refuse(node, f"the name {name!r} has a letter that jsmodel uses for itself", "Rename it.")
        if name.startswith("__") and not name.endswith("__"):
            self.refuse(node, f"the name {name!r} would be mangled in a class", "Use one underscore.")
        return LOCAL.format(name) if name in JS_WORDS or name.startswith(("stub", "flx_")) else name

    # -- functions

    def function(self, node: Any, *, method: bool = False) -> Any:
        """Lower arguments and body; the defaults are done."""
        args = node.args
        args.args, args.posonlyargs = args.posonlyargs + args.args, []
        if args.kwonlyargs or args.kwarg:
            self.refuse(
                node, "keyword-only arguments and **kwargs are not known there yet", "Use positional arguments."
            )
        saved = self.scope, self.method, self.handlers, self.loops
        self.scope, self.handlers, self.loops = _Scope(node, self.scope), 0, []
        if method:
            self.method = True
            first = args.args.pop(0)
            if any(
                isinstance(n, ast.Name) and n.id == first.arg and not isinstance(n.ctx, ast.Load)
                for n in ast.walk(node)
            ):
                self.refuse(node, f"{first.arg!r} is assigned to", "It is the object itself there. Use another name.")
            self.scope.names.discard(first.arg)
            self.browser -= {first.arg}
        if self.top and self.scope.parent is None:
            self.scope.names = {
                h.name for stmt in node.body for h in ast.walk(stmt) if isinstance(h, ast.ExceptHandler) and h.name
            }
        required = len(args.args) - len(args.defaults)
        for arg in [*args.args, *([args.vararg] if args.vararg else [])]:
            arg.annotation = None
            arg.arg = self.local(arg.arg, arg)
        checks = [
            ast.Name(ARGUMENT_COUNT, ast.Load()),
            ast.Constant(required),
            ast.Constant(getattr(node, "name", "<lambda>")),
        ]
        check = _library("arity", *checks, at=node) if required else None
        if isinstance(node.body, list):
            body = self.block(node.body)
            if args.vararg:
                rest = args.vararg.arg
                body.insert(0, _assign(rest, _library("tuple", ast.Name(rest, ast.Load()), at=node), node))
            if check:
                body.insert(0, ast.copy_location(ast.Expr(check), node))
            node.body = body or [ast.copy_location(ast.Pass(), node)]
        else:
            node.body = self.visit(node.body)
            if args.vararg:
                rest = args.vararg.arg
                node.body = _library(
                    "last",
                    _special(
                        "set",
                        ast.Name(rest, ast.Load()),
                        _library("tuple", ast.Name(rest, ast.Load()), at=node),
                        at=node,
                    ),
                    node.body,
                    at=node,
                )
            if check:
                node.body = _library("last", check, node.body, at=node)
        self.scope, self.method, self.handlers, self.loops = saved
        return node

    def defaults(self, node: Any) -> list[tuple[str, ast.expr]]:
        """Defaults are evaluated once, where the function is defined: those that are not constants get a name."""
        kept: list[tuple[str, ast.expr]] = []
        for index, default in enumerate(node.args.defaults):
            value = self.visit(default)
            if not isinstance(value, ast.Constant):
                name = self.fresh()
                kept.append((name, value))
                value = ast.copy_location(ast.Name(name, ast.Load()), default)
            node.args.defaults[index] = value
        return kept

    def visit_FunctionDef(self, node: Any) -> Any:
        if self.top and not self.known(node.name):
            self.refuse(
                node,
                "a function inside of another statement is not known there, in a module with __pyscript__ = True",
                "Define it at the top level.",
            )
        if node.decorator_list:
            self.refuse(
                node.decorator_list[0],
                "a decorator on a function inside of a function is not known there yet",
                "Call the decorator yourself.",
            )
        node.returns = None
        kept = self.defaults(node)
        name = self.local(node.name, node)
        lowered = self.function(node)
        lowered.name = name
        if not kept:
            return lowered
        # A function that holds the defaults makes this one.
        outer, inner = self.fresh(), self.fresh()
        lowered.name = inner
        body = [lowered, ast.copy_location(ast.Return(ast.Name(inner, ast.Load())), node)]
        params = ast.arguments([], [ast.arg(n) for n, _ in kept], None, [], [], None, [])
        maker = ast.copy_location(ast.FunctionDef(outer, params, body, [], None), node)
        made = ast.copy_location(ast.Call(ast.Name(outer, ast.Load()), [v for _, v in kept], []), node)
        return [maker, _assign(name, made, node)]

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        kept = self.defaults(node)
        lowered = self.function(node)
        if not kept:
            return lowered
        params = ast.arguments([], [ast.arg(n) for n, _ in kept], None, [], [], None, [])
        maker = ast.copy_location(ast.Lambda(params, lowered), node)
        return ast.copy_location(ast.Call(maker, [v for _, v in kept], []), node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> Any:
        node.names = [self.local(name, node) for name in node.names]
        return node

    # -- names

    def known(self, name: str) -> bool:
        return self.scope is not None and self.scope.knows(name)

    def free(self, name: str) -> bool:
        """Whether a name means what Python means by it: no one defined another."""
        return not self.known(name) and name not in self.shadowed

    def visit_Name(self, node: ast.Name) -> Any:
        name = node.id
        if name.startswith(MARK):
            return node
        if self.known(name):
            node.id = self.local(name, node)
            if isinstance(node.ctx, ast.Load) and (node.lineno, node.col_offset) in self.unsure:
                return _library("bound", node, ast.Constant(name), at=node)
            return node
        if self.method and name == "self":
            return ast.copy_location(ast.Name(SELF, node.ctx), node)
        if isinstance(node.ctx, ast.Store):  # a name of the module: see `top`
            self.local(name, node)
            return ast.copy_location(ast.Attribute(ast.Name(MODULE, ast.Load()), name, ast.Store()), node)
        if name in self.shadowed:
            return self.placeholder(node)
        if name in LIBRARY_FUNCTIONS:
            where = LATE if name in LATE_FUNCTIONS else LIBRARY
            return ast.copy_location(ast.Attribute(ast.Name(where, ast.Load()), name, ast.Load()), node)
        if name == "NotImplemented":
            self.late = True
            return ast.copy_location(ast.Attribute(ast.Name(LATE, ast.Load()), name, ast.Load()), node)
        if name in EXCEPTIONS:
            self.refuse(
                node,
                f"the exception {name} is only known there in 'raise', 'except' and isinstance()",
                "Make one: ValueError('...').",
            )
        if name == "super":
            self.refuse(node, "super is only known there as super().method(...)", "Call the method on it directly.")
        return self.placeholder(node)

    def placeholder(self, node: ast.Name, form: str = NAME) -> ast.Name:
        self.local(node.id, node)
        self.names.setdefault(node.id, node.lineno)
        return ast.copy_location(ast.Name(form.format(node.id), node.ctx), node)

    def of_module(self, node: ast.expr) -> tuple[str, Any] | None:
        """The dotted name and the value of `module.name`, where that is what an expression is; a module may lead to another."""
        if not isinstance(node, ast.Attribute):
            return None
        names = [node.attr]
        first = node.value
        while isinstance(first, ast.Attribute):
            names.insert(0, first.attr)
            first = first.value
        if not isinstance(first, ast.Name) or self.known(first.id):
            return None
        value: Any = self.modules.get(first.id)
        for name in names:
            if not isinstance(value, ModuleType):
                return None
            value = getattr(value, name, None)
        return ".".join([first.id, *names]), value

    def module_member(self, node: ast.Attribute, form: str = NAME) -> Any:
        """`module.name` as one name, if it is that."""
        found = self.of_module(node)
        if found is None:
            return None
        self.attribute_name(node)
        if not isinstance(node.ctx, ast.Load):
            self.refuse(
                node,
                f"{found[0]!r} is a name of a Python module, which cannot be assigned to",
                "Keep what changes in a dict of that module.",
            )
        self.names.setdefault(found[0], node.lineno)
        return ast.copy_location(ast.Name(form.format(found[0]), ast.Load()), node)

    def of_browser(self, node: ast.expr) -> bool:
        """Whether an expression is something of the browser, by what it begins with: window.document.body."""
        while isinstance(node, (ast.Attribute, ast.Call)):
            found = self.of_module(node)
            if found is not None:
                return isinstance(found[1], JSName)
            node = node.value if isinstance(node, ast.Attribute) else node.func
        return (
            isinstance(node, ast.Name)
            and not self.known(node.id)
            and (node.id in self.browser or (node.id in BROWSER_NAMES and node.id not in self.shadowed))
        )

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        member = self.module_member(node)
        if member is not None:
            return member
        self.attribute_name(node)
        value = node.value
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "super":
            self.refuse(node, "super() is only known there as super().method(...)", "Call the method on it directly.")
        plain = not isinstance(node.ctx, ast.Load) or self.of_browser(value)
        own = isinstance(value, ast.Name) and value.id == "self"  # a model is no str: its `title` is a property
        node.value = self.visit(value)
        if not plain and not own and node.attr in LIBRARY_METHODS:
            self.common = True
            self.late = self.late or node.attr not in EARLY_METHODS
        return node if plain else _special("get", node.value, ast.Constant(node.attr), at=node)

    def attribute_name(self, node: ast.Attribute) -> None:
        name = node.attr
        if MARK in name:
            self.local(name, node)
        if name.startswith("__"):
            if name.endswith("__"):
                self.refuse(
                    node,
                    f"the special name {name!r} is not known there",
                    "Write it without: the objects there are JS objects.",
                )
            self.refuse(node, f"the name {name!r} would be mangled in a class", "Use one underscore.")

    # -- calls

    def visit_Call(self, node: ast.Call) -> Any:
        func = node.func
        if (
            isinstance(func, ast.Attribute)
            and isinstance(func.value, ast.Call)
            and isinstance(func.value.func, ast.Name)
            and func.value.func.id == "super"
            and self.free("super")
        ):
            return self.super_call(node, func, func.value)
        name = func.id if isinstance(func, ast.Name) else ""
        built_in = bool(name) and self.free(name)
        if node.keywords:
            return self.keywords(node, name if built_in else "")
        found = self.of_module(func)
        if (name in self.raws and not self.known(name)) or (found is not None and is_rawjs(found[1])):
            if not (
                len(node.args) == 1 and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
            ):
                self.refuse(node, "RawJS takes one literal str", "Write the JS in quotes, right there.")
            return self.raw(node.args[0].value, node)
        if self.is_js(node):
            return ast.copy_location(ast.Constant(True), node)
        if built_in and name == "isinstance" and len(node.args) == 2:
            return self.isinstance(node)
        if built_in and name in EXCEPTIONS:
            return _library("error", ast.Constant(name), *[self.argument(a) for a in node.args], at=node)
        if built_in and name in LIBRARY_FUNCTIONS:
            self.count_arguments(node, name)
            if name in ("getattr", "hasattr"):
                attr = node.args[1]
                self.late = (
                    self.late or not isinstance(attr, ast.Constant) or attr.value in LIBRARY_METHODS - EARLY_METHODS
                )
            return _library(name, *[self.argument(a) for a in node.args], at=node)
        if isinstance(func, ast.Attribute):
            member = self.module_member(func, CALL)
            if member is None:
                return self.method_call(node, func)
            node.func = member
        elif isinstance(func, ast.Name) and not self.known(name) and name not in PSCRIPT_NAMES:
            node.func = self.placeholder(func, CALL)
        else:
            node.func = self.visit(func)
            if isinstance(func, ast.Name) and name[0].isupper():  # a class that was put into a variable
                return _library("make", node.func, *[self.argument(a) for a in node.args], at=node)
        node.args = [self.argument(a) for a in node.args]
        return node

    def raw(self, code: str, node: ast.AST) -> Any:
        if MARK in code:
            self.refuse(node, f"RawJS has the letter {MARK!r}, which jsmodel uses for itself", "Write it as \\u01c0.")
        return _special("raw", ast.Constant(code.strip()), at=node)

    def method_call(self, node: ast.Call, func: ast.Attribute) -> Any:
        self.attribute_name(func)
        ours = func.attr in LIBRARY_METHODS and not self.of_browser(func.value)
        of_self = (
            isinstance(func.value, ast.Name) and func.value.id == "self" and self.method and not self.known("self")
        )
        func.value = self.visit(func.value)
        args = [self.argument(a) for a in node.args]
        if ours and not of_self:
            self.late = self.late or func.attr not in EARLY_METHODS or (func.attr == "split" and node.args[1:] != [])
            self.late = self.late or any(isinstance(a, ast.Starred) for a in node.args)
            return _library("call", func.value, ast.Constant(func.attr), *args, at=node)
        if func.attr[0].isupper() and not of_self and func.attr not in NOT_CONSTRUCTED:
            return _special("new", func, *args, at=node)
        node.args = args
        return node

    def count_arguments(self, node: ast.Call, name: str) -> None:
        low, high = LIBRARY_FUNCTIONS[name]
        given = len(node.args)
        if any(isinstance(a, ast.Starred) for a in node.args):
            return
        if not low <= given <= high:
            wanted = str(low) if low == high else f"{low} to {high}" if high < 99 else f"at least {low}"
            self.refuse(node, f"{name}() takes {wanted} arguments there, not {given}", "Correct the call.")

    def isinstance(self, node: ast.Call) -> Any:
        kinds = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        value: ast.expr = self.visit(node.args[0])
        names = [k.id for k in kinds if isinstance(k, ast.Name) and self.free(k.id) and k.id in EXCEPTIONS]
        if names:
            others = [k for k in kinds if not (isinstance(k, ast.Name) and k.id in names)]
            for other in others:
                if isinstance(other, ast.Name) and self.free(other.id) and other.id in LIBRARY_FUNCTIONS:
                    self.refuse(
                        other,
                        "isinstance() there takes exceptions, or types, and not both at once",
                        "Use two of them, with 'or'.",
                    )
            return _library("catches", value, *_caught(names), *[self.visit(k) for k in others], at=node)
        return _library("isinstance", value, self.visit(node.args[1]), at=node)

    def argument(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Starred):
            node.value = _library("iterate", self.visit(node.value), at=node)
            return node
        return self.visit(node)

    def keywords(self, node: ast.Call, name: str) -> Any:
        func = node.func
        if name == "dict" and not node.args and all(k.arg for k in node.keywords):
            pairs = ast.Dict([ast.Constant(k.arg) for k in node.keywords], [k.value for k in node.keywords])
            return self.visit(ast.copy_location(pairs, node))
        args = list(node.args)
        if isinstance(func, ast.Attribute) and func.attr == "sort" and not args:
            name, args = "sort", [func.value]
        first = node.keywords[0]
        if name not in KEYWORDS:
            self.refuse(first.value, "keyword arguments are not known there yet", "Pass the arguments by position.")
        pairs_: list[ast.expr] = []
        values = [self.argument(a) for a in args]
        for keyword in node.keywords:
            if keyword.arg is None:
                self.refuse(keyword.value, "'**' in a call is not known there yet", "Pass the arguments by position.")
            if keyword.arg not in KEYWORDS[name]:
                self.refuse(
                    keyword.value,
                    f"{name}() does not know the argument {keyword.arg!r} there",
                    f"It knows {' and '.join(KEYWORDS[name])}.",
                )
            pairs_ += [ast.Constant(keyword.arg), self.visit(keyword.value)]
        return _library(name + "_kw", _library("options", *pairs_, at=node), *values, at=node)

    def super_call(self, node: ast.Call, func: ast.Attribute, base: ast.Call) -> Any:
        if base.args or node.keywords:
            self.refuse(node, "super() with arguments is not known there", "Write super().method(...).")
        if not self.method:
            self.refuse(node, "super() is only known in methods", "Call the function itself.")
        if not (self.plain and func.attr.startswith("__") and func.attr.endswith("__")):
            self.attribute_name(func)
        method = ast.Attribute(ast.Attribute(ast.Name(SUPER, ast.Load()), func.attr, ast.Load()), "call", ast.Load())
        return ast.copy_location(
            ast.Call(method, [ast.Name(SELF, ast.Load()), *[self.argument(a) for a in node.args]], []), node
        )

    # -- operators and items

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        return self.operation(node.op, self.visit(node.left), self.visit(node.right), node)

    def operation(self, op: ast.operator, left: ast.expr, right: ast.expr, node: ast.AST, prefix: str = "") -> Any:
        helper = _BINARY.get(type(op))
        if helper is None:
            self.refuse(node, "the operator '@' is not known there", "Call a function.")
        if isinstance(op, (ast.Pow, ast.LShift, ast.Mult)) and _literal_int(left) and _literal_int(right):
            a, b = ast.literal_eval(left), ast.literal_eval(right)
            if isinstance(op, ast.Mult):
                too_big = abs(a * b) > 2**53
            else:
                too_big = (
                    b > 0
                    and abs(a) > (1 if isinstance(op, ast.Pow) else 0)
                    and (b > 53 or (a**b if isinstance(op, ast.Pow) else a << b) > 2**53)
                )
            if too_big:
                self.refuse(node, "integers beyond 2**53 are not exact there", "Use a float, or a str.")
        if helper == "mod" and not (isinstance(left, ast.Constant) and not isinstance(left.value, str)):
            self.late = True  # it may be a str that is formatted
        if prefix and helper not in ("add", "mul"):
            prefix = ""
        return _library(prefix + helper, left, right, at=node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return _not(self.condition(node.operand), node)
        if (
            isinstance(node.op, ast.USub)
            and isinstance(node.operand, ast.Constant)
            and type(node.operand.value) in (int, float)
            and node.operand.value
        ):
            node.operand = self.visit(node.operand)
            return node
        return _library(_UNARY[type(node.op)], self.visit(node.operand), at=node)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        target, before = node.target, []
        if isinstance(target, ast.Name):
            load: Any = ast.copy_location(ast.Name(target.id, ast.Load()), target)
        else:
            # What is computed to find the place is computed once.
            parts = ["value"] if isinstance(target, ast.Attribute) else ["value", "slice"]
            if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice):
                self.refuse(node, "an augmented assignment to a slice is not known there", "Assign the slice.")
            for part in parts:
                value = getattr(target, part)
                if not _is_simple(value):
                    name = self.fresh()
                    before.append(_assign(name, self.visit(value), node))
                    setattr(target, part, ast.copy_location(ast.Name(name, ast.Load()), value))
            load = copy.deepcopy(target)
            load.ctx = ast.Load()
        old = self.visit(load)
        result = self.operation(node.op, old, self.visit(node.value), node, "i")
        name = self.fresh()
        if isinstance(target, ast.Name):
            return [*before, *_as_list(self.store(target, result, node))]
        return [*before, _assign(name, result, node), *_as_list(self.store(target, ast.Name(name, ast.Load()), node))]

    def visit_Compare(self, node: ast.Compare) -> Any:
        if len(node.ops) == 1:
            return self.compare(node.ops[0], self.visit(node.left), self.visit(node.comparators[0]), node)
        left = self.visit(node.left)
        parts: list[ast.expr] = []
        for index, (op, right) in enumerate(zip(node.ops, node.comparators, strict=True)):
            value = self.visit(right)
            if index == len(node.ops) - 1 or isinstance(value, ast.Constant):
                parts.append(self.compare(op, left, value, node))
                left = value
            else:
                name = self.fresh()
                parts.append(self.compare(op, left, _special("set", ast.Name(name, ast.Load()), value, at=node), node))
                left = ast.copy_location(ast.Name(name, ast.Load()), node)
        return ast.copy_location(ast.BoolOp(ast.And(), parts), node)

    def compare(self, op: ast.cmpop, left: ast.expr, right: ast.expr, node: ast.AST) -> Any:
        negated = isinstance(op, (ast.NotEq, ast.NotIn, ast.IsNot))
        if isinstance(op, (ast.Eq, ast.NotEq)):
            call: Any = _library("eq", left, right, at=node)
        elif isinstance(op, (ast.In, ast.NotIn)):
            call = _library("contains", left, right, at=node)
        elif isinstance(op, (ast.Is, ast.IsNot)):
            if any(isinstance(x, ast.Constant) and x.value is None for x in (left, right)):
                call = _library("none", left if isinstance(right, ast.Constant) else right, at=node)
            else:
                call = _is(left, right, node)
        else:
            call = _library(_COMPARE[type(op)], left, right, at=node)
        return _not(call, node) if negated else call

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        value = self.visit(node.value)
        if isinstance(node.slice, ast.Slice):
            return _library("slice", value, *self.slice_args(node.slice), at=node)
        if isinstance(node.slice, ast.Tuple):
            self.refuse(node, "a tuple as an index is not known there", "Use one index after the other: a[i][j].")
        return _library("getitem", value, self.visit(node.slice), at=node)

    def slice_args(self, node: ast.Slice) -> list[ast.expr]:
        return [self.visit(x) if x is not None else ast.Constant(None) for x in (node.lower, node.upper, node.step)]

    def visit_Assign(self, node: ast.Assign) -> Any:
        value = self.visit(node.value)
        out: list[ast.stmt] = []
        first = node.targets[0]
        # Python computes the value first, then the place; and assigns from left to right.
        if len(node.targets) > 1 or not (
            isinstance(first, (ast.Name, ast.Tuple, ast.List)) or _is_simple(value) or _is_pure(first)
        ):
            name = self.fresh()
            out.append(_assign(name, value, node))
            value = ast.copy_location(ast.Name(name, ast.Load()), node)
        for target in node.targets:
            out += _as_list(self.store(target, value, node))
        return out

    def store(self, target: ast.expr, value: ast.expr, node: ast.AST) -> Any:
        """The statements that put a value, which is lowered, where it belongs."""
        if isinstance(target, ast.Subscript):
            if isinstance(target.slice, ast.Slice):
                call = _library("setslice", self.visit(target.value), *self.slice_args(target.slice), value, at=node)
            elif isinstance(target.slice, ast.Tuple):
                self.refuse(target, "a tuple as an index is not known there", "Use one index after the other: a[i][j].")
            else:
                call = _library("setitem", self.visit(target.value), self.visit(target.slice), value, at=node)
            return ast.copy_location(ast.Expr(call), node)
        if isinstance(target, (ast.Tuple, ast.List)):
            return self.unpack(target, value, node)
        if isinstance(target, ast.Starred):
            self.refuse(target, "a starred target is only known in a list of targets", "Write 'first, *rest = values'.")
        return ast.copy_location(ast.Assign([self.visit(target)], value), node)

    def unpack(self, target: ast.Tuple | ast.List, value: ast.expr, node: ast.AST) -> list[ast.stmt]:
        elements = target.elts
        stars = [i for i, e in enumerate(elements) if isinstance(e, ast.Starred)]
        after = ast.Constant(len(elements) - stars[0] - 1) if stars else None
        kept = self.fresh()
        out: list[ast.stmt]
        if (
            isinstance(value, ast.Call)
            and _is_tuple(value)
            and len(value.args) == len(elements)
            and not stars
            and not any(isinstance(a, ast.Starred) for a in value.args)
        ):
            out = [_assign(kept, ast.copy_location(ast.List(value.args, ast.Load()), node), node)]  # a, b = b, a
        else:
            counts = [ast.Constant(stars[0] if stars else len(elements)), *([after] if after else [])]
            out = [_assign(kept, _library("unpack", value, *counts, at=node), node)]
        for index, element in enumerate(elements):
            # The library, since a plain index of pscript would take it for a str.
            item = _special("raw", ast.Constant(f"{kept}[{index}]"), at=node)
            out += _as_list(self.store(element.value if isinstance(element, ast.Starred) else element, item, node))
        return out

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is None:
            return None
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Delete(self, node: ast.Delete) -> Any:
        out = []
        for target in node.targets:
            if isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
                call = _library("delitem", self.visit(target.value), self.visit(target.slice), at=node)
            elif isinstance(target, ast.Attribute):
                self.attribute_name(target)
                call = _library("delattr", self.visit(target.value), ast.Constant(target.attr), at=node)
            else:
                self.refuse(node, "'del' of a name or a slice is not known there", "Assign None instead.")
            out.append(ast.copy_location(ast.Expr(call), node))
        return out

    # -- literals

    def visit_Tuple(self, node: ast.Tuple) -> Any:
        return _library("tuple_", *[self.argument(e) for e in node.elts], at=node)

    def visit_List(self, node: ast.List) -> Any:
        if any(isinstance(e, ast.Starred) for e in node.elts):
            return _library("list_", *[self.argument(e) for e in node.elts], at=node)
        node.elts = [self.visit(e) for e in node.elts]
        return node

    def visit_Dict(self, node: ast.Dict) -> Any:
        plain = True
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                self.refuse(value, "'**' in a dict is not known there yet", "Use update().")
            if isinstance(key, ast.Constant) and not isinstance(key.value, str):
                self.refuse(key, "dict keys must be str there", "Use str keys, or window.Map.")
            plain = plain and isinstance(key, ast.Constant) and not str(key.value)[:1].isdigit()
        keys = [self.visit(k) for k in node.keys if k is not None]
        values = [self.visit(v) for v in node.values]
        if plain:
            node.keys, node.values = [*keys], values
            return node
        return _library("options", *[x for pair in zip(keys, values, strict=True) for x in pair], at=node)

    def visit_Constant(self, node: ast.Constant) -> Any:
        value = node.value
        if isinstance(value, bytes):
            self.refuse(
                node, "bytes are not known there yet", "Use window.Uint8Array, or send the bytes as a property."
            )
        if isinstance(value, complex) or value is Ellipsis:
            self.refuse(
                node,
                f"{value!r} is not known there",
                "Leave it out." if value is Ellipsis else "Keep the two parts in variables.",
            )
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
            self.refuse(node, "integers beyond 2**53 are not exact there", "Use a float, or a str.")
        return node

    def visit_Expr(self, node: ast.Expr) -> Any:
        if isinstance(node.value, ast.Constant):  # a text between statements, or '...'
            return None
        node.value = self.visit(node.value)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Any:
        if all(isinstance(v, ast.Constant) for v in node.values):  # most format specs
            text = "".join(str(v.value) for v in node.values if isinstance(v, ast.Constant))
            return ast.copy_location(ast.Constant(text), node)
        parts = [self.formatted(v) if isinstance(v, ast.FormattedValue) else v for v in node.values]
        return _library("concat", *parts, at=node)

    def formatted(self, node: ast.FormattedValue) -> ast.expr:
        value = self.visit(node.value)
        if node.conversion == ord("a"):
            self.refuse(node, "'!a' is not known there", "Use '!r'.")
        if node.conversion in (ord("r"), ord("s")):
            value = _library("repr" if node.conversion == ord("r") else "str", value, at=node)
        spec = self.visit(node.format_spec) if node.format_spec is not None else ast.Constant("")
        return _library("format_value", value, spec, at=node)

    def comprehension(self, node: Any) -> Any:
        first = _library(
            "iterate" if not isinstance(node, ast.GeneratorExp) else "lazy",
            self.visit(node.generators[0].iter),
            at=node,
        )
        self.scope = _Scope(node, self.scope)
        for index, gen in enumerate(node.generators):
            if gen.is_async:
                self.refuse(node, "'async for' is not known there", "Use a loop.")
            gen.iter = first if index == 0 else _library("iterate", self.visit(gen.iter), at=gen.iter)
            names: list[Any] = gen.target.elts if isinstance(gen.target, (ast.Tuple, ast.List)) else [gen.target]
            if not all(isinstance(n, ast.Name) for n in names):
                self.refuse(gen.target, "nested unpacking in a comprehension is not known there yet", "Use a loop.")
            if isinstance(gen.target, ast.List):
                gen.target = ast.copy_location(ast.Tuple(gen.target.elts, ast.Store()), gen.target)
            for name in names:
                name.id = self.local(name.id, name)
            gen.ifs = [self.condition(test) for test in gen.ifs]
        if isinstance(node, ast.DictComp):
            node.key, node.value = self.visit(node.key), self.visit(node.value)
        else:
            node.elt = self.visit(node.elt)
        self.scope = self.scope.parent
        if isinstance(node, ast.GeneratorExp) and any(isinstance(n, ast.Await) for n in ast.walk(node)):
            self.refuse(node, "'await' in a generator expression is not known there", "Use a list: [...].")
        return node

    visit_ListComp = visit_DictComp = visit_GeneratorExp = comprehension

    # -- conditions

    def condition(self, node: ast.expr) -> ast.expr:
        """An expression of which only the truth counts, as a JS boolean."""
        if isinstance(node, ast.BoolOp):
            node.values = [self.condition(v) for v in node.values]
            return node
        value: ast.expr = self.visit(node)
        return value if _is_bool(value) else _library("truth", value, at=node)

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        values = [self.visit(v) for v in node.values]
        if all(_is_bool(v) for v in values):
            node.values = values
            return node
        # The last operand is the value of the whole: Python gives it as it is.
        result = values[-1]
        for value in reversed(values[:-1]):
            result = _special("and" if isinstance(node.op, ast.And) else "or", value, result, at=node)
        return result

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        node.test = self.condition(node.test)
        node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
        return node

    def visit_If(self, node: ast.If) -> Any:
        test = node.test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and self.is_js(test.operand):
            return self.block(node.orelse)  # what is for Python only stays there
        if self.is_js(test):
            return self.block(node.body)
        node.test = self.condition(test)
        node.body = self.block(node.body) or [ast.copy_location(ast.Pass(), node)]
        node.orelse = self.block(node.orelse)
        return node

    def is_js(self, node: ast.expr) -> bool:
        """Whether it asks on which side it is; pscript has a function of that name to import."""
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "this_is_js"
            and not self.known("this_is_js")
        )

    # -- loops

    def visit_While(self, node: ast.While) -> Any:
        node.test = self.condition(node.test)
        return self.loop(node, [])

    def visit_For(self, node: ast.For) -> Any:
        before: list[ast.stmt] = []
        call = node.iter
        target = node.target
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == "range"
            and self.free("range")
            and not call.keywords
        ):
            args = call.args
            step = args[2] if len(args) == 3 else None
            if (
                1 <= len(args)
                and (step is None or _literal_int(step))
                and len(args) <= 3
                and not any(isinstance(a, ast.Starred) for a in args)
            ):
                # pscript makes a plain numeric loop of it. Its bounds are computed once, and its variable is
                # a hidden one, since pscript leaves it one too far.
                if step is not None and not ast.literal_eval(step):
                    self.refuse(step, "range() with a step of zero never ends", "Use another step.")
                bounds = []
                for arg in args[:2]:
                    if isinstance(arg, ast.Constant) and type(arg.value) is int:
                        bounds.append(arg)
                    else:
                        name = self.fresh()
                        before.append(_assign(name, _library("index", self.visit(arg), at=arg), node))
                        bounds.append(ast.copy_location(ast.Name(name, ast.Load()), arg))  # type: ignore[arg-type]
                call.args = [*bounds, *([step] if step is not None else [])]
                call.func = ast.copy_location(ast.Name("range", ast.Load()), call)
                return self.loop(node, before, self.fresh(), target)
        node.iter = _library("iterate", self.visit(call), at=call)
        if isinstance(target, ast.Name) and self.known(target.id):
            node.target = ast.copy_location(ast.Name(self.local(target.id, target), ast.Store()), target)
            return self.loop(node, before)
        return self.loop(node, before, self.fresh(), target)

    def loop(
        self, node: ast.While | ast.For, before: list[ast.stmt], hidden: str = "", target: ast.expr | None = None
    ) -> list[ast.stmt]:
        flag = self.fresh() if node.orelse else None
        orelse, node.orelse = node.orelse, []
        self.loops.append(flag)
        body = self.block(node.body)
        self.loops.pop()
        if target is not None and isinstance(node, ast.For):
            body = [*_as_list(self.store(target, ast.copy_location(ast.Name(hidden, ast.Load()), node), node)), *body]
            node.target = ast.copy_location(ast.Name(hidden, ast.Store()), node)
        node.body = body or [ast.copy_location(ast.Pass(), node)]
        if flag is None:
            return [*before, node]
        tail = self.block(orelse) or [ast.copy_location(ast.Pass(), node)]
        after = ast.copy_location(ast.If(ast.Name(flag, ast.Load()), tail, []), node)
        return [*before, _assign(flag, ast.Constant(True), node), node, after]

    def visit_Break(self, node: ast.Break) -> Any:
        flag = self.loops[-1] if self.loops else None
        return [_assign(flag, ast.Constant(False), node), node] if flag else node

    # -- errors

    def visit_Try(self, node: ast.Try) -> Any:
        body, orelse = self.block(node.body), self.block(node.orelse)
        flag = self.fresh()
        if orelse:
            body.append(_assign(flag, ast.Constant(True), node))
        handlers = [self.handler(h) for h in node.handlers]
        final = self.block(node.finalbody)
        nothing = [ast.copy_location(ast.Pass(), node)]
        if not orelse:
            node.body, node.handlers, node.orelse, node.finalbody = body or [*nothing], handlers, [], final
            return node
        inner = ast.copy_location(ast.Try(body, handlers, [], []), node)
        then = ast.copy_location(ast.If(ast.Name(flag, ast.Load()), orelse, []), node)
        start = _assign(flag, ast.Constant(False), node)
        if not final:
            return [start, inner, then]
        return [start, ast.copy_location(ast.Try([inner, then], [], [], final), node)]

    def handler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        kind = node.type
        if kind is not None:
            kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
            names: list[str] = []
            others: list[ast.expr] = []
            for each in kinds:
                of_module = self.of_module(each)
                if of_module is not None or (
                    isinstance(each, ast.Name) and each.id in self.shadowed - self.browser and not self.known(each.id)
                ):
                    others.append(self.visit(each))
                    continue
                if not (isinstance(each, ast.Name) and each.id in EXCEPTIONS and self.free(each.id)):
                    self.refuse(
                        each,
                        "'except' there knows only the built-in exceptions, and those of your modules",
                        f"It knows {', '.join(sorted(EXCEPTIONS))}.",
                    )
                names.append(each.id)
            everything = "*" in [w for n in names for w in EXCEPTIONS[n]]  # also what JS throws that is no Error
            node.type = (
                ast.Constant(True)
                if everything
                else _library("catches", ast.Name(ERROR, ast.Load()), *_caught(names), *others, at=node)
            )
        if node.name:
            node.name = self.local(node.name, node)
        self.handlers += 1
        node.body = self.block(node.body) or [ast.copy_location(ast.Pass(), node)]
        self.handlers -= 1
        return node

    def visit_Raise(self, node: ast.Raise) -> Any:
        exc = node.exc
        if exc is None:
            if not self.handlers:
                self.refuse(
                    node, "'raise' without an error is only known inside of 'except'", "Name the error: 'raise err'."
                )
            return ast.copy_location(ast.Expr(_special("raise", at=node)), node)
        if isinstance(exc, ast.Name) and exc.id in EXCEPTIONS and self.free(exc.id):
            error = _library("error", ast.Constant(exc.id), at=exc)
        else:
            error = self.visit(exc)
        cause = [] if node.cause is None else [self.visit(node.cause)]
        return ast.copy_location(ast.Expr(_library("throw_", error, *cause, at=node)), node)

    def visit_Assert(self, node: ast.Assert) -> Any:
        message = [
            _library("error", ast.Constant("AssertionError"), *([self.visit(node.msg)] if node.msg else []), at=node)
        ]
        failed = ast.copy_location(ast.Expr(_library("throw_", *message, at=node)), node)
        return ast.copy_location(ast.If(_not(self.condition(node.test), node), [failed], []), node)


#: What JS makes values of, not objects, when it is called without `new`.
NOT_CONSTRUCTED = frozenset(["String", "Number", "Boolean", "Symbol", "BigInt"])

#: Words that cannot be names in JS, though they can in Python, and names that our code needs.
JS_WORDS = frozenset(
    """abstract arguments boolean byte case catch char const debugger default delete do double enum eval export extends final float function
    goto implements instanceof int interface let long native new null package private protected public self short static super switch
    synchronized this throw throws transient true typeof undefined var void volatile window jsmodel PSCRIPT_OVERLOAD""".split()
)

_BOOLS = frozenset("truth bool eq contains none lt le gt ge all any isinstance hasattr callable catches".split())


def _is_bool(node: ast.expr) -> bool:
    """Whether a lowered expression gives true or false, and nothing else."""
    if isinstance(node, (ast.Compare, ast.BoolOp)):
        return isinstance(node, ast.Compare) or all(_is_bool(v) for v in node.values)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return node.func.value.id == LIBRARY and node.func.attr in _BOOLS
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def _is(left: ast.expr, right: ast.expr, node: ast.AST) -> ast.expr:
    return ast.copy_location(ast.Compare(left, [ast.Is()], [right]), node)


def _caught(names: list[str]) -> list[ast.expr]:
    return [ast.Constant(n) for n in dict.fromkeys(n for name in names for n in (name, *EXCEPTIONS[name]))]


def _literal_int(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant) and type(node.value) is int


def _is_tuple(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "tuple_"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == LIBRARY
    )


def _is_simple(node: ast.AST) -> bool:
    """Whether evaluating it twice, or later, changes nothing and costs nothing."""
    return isinstance(node, (ast.Name, ast.Constant))


def _is_pure(node: ast.AST) -> bool:
    """Whether finding a place calls nothing of the user's."""
    return all(isinstance(n, (ast.Name, ast.Constant, ast.Attribute, ast.expr_context)) for n in ast.walk(node))


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def lower_function(
    source: Source,
    *,
    name: str,
    method: bool = False,
    shadowed: frozenset[str] = frozenset(),
    browser: frozenset[str] = frozenset(),
    raws: frozenset[str] = frozenset(),
    modules: dict[str, ModuleType] | None = None,
    defaults: tuple[str | None, ...] = (),
    plain: bool = False,
    top: bool = False,
) -> Lowered:
    """Lower one function.

    Args:
        source: The function and where it stands.
        name: What it is called in JS.
        method: Whether its first argument is the object.
        shadowed: Names that its module, or the function around it, defines.
        browser: Those of them that mean something of the browser.
        raws: Those of them that are RawJS itself.
        modules: Those of them that are Python modules.
        defaults: The default values of its last arguments, as JS; None for one that outlives the calls.
        plain: Whether it is a method of a class that is no Model.
        top: Whether it is the top level of a module, whose names are not local ones.

    Raises:
        TranspileError: with place and construct, for what cannot be had.
    """
    node: Any = copy.deepcopy(source.node)
    flow = _Flow()
    flow.function(node, set())
    lowerer = _Lowerer(source, shadowed, browser, raws, flow.unsure, modules or {}, plain, top)
    if isinstance(node, ast.Lambda):
        body = ast.copy_location(ast.Return(node.body), node)
        node = ast.copy_location(ast.FunctionDef(name, node.args, [body], [], None), node)
    node.decorator_list = []
    node.returns = None
    if hasattr(node, "type_params"):
        node.type_params = []
    node.args.defaults = [
        _special("raw", ast.Constant(js), at=old)
        if js is not None
        else ast.copy_location(ast.Name(DEFAULT.format(i), ast.Load()), old)
        for i, (old, js) in enumerate(zip(node.args.defaults, defaults, strict=True))
    ]
    lowered = lowerer.function(node, method=method)
    lowered.name = name
    ast.fix_missing_locations(lowered)
    return Lowered(lowered, lowerer.names, lowerer.common, lowerer.late)
