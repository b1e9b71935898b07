"""Brings a Python function down to the small core that pscript translates faithfully.

Works on the `ast`, keeping positions. Where Python's meaning differs from what
the code generator would make of it, a call of our own JS library takes its
place (`labextension/src/runtime/py.ts`); where neither can be had, the construct
is refused with its name, its place, and what to write instead.

Names are resolved here too: each name that is not local becomes a placeholder
that `resolver.py` replaces, so that the JS looks it up where Python would.
"""

from __future__ import annotations

import ast
import sys
from types import ModuleType
from typing import Any

from .source import Lowered, Source
from .words import DEFAULT

__all__ = ["Lowered", "Source", "lower_function"]


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
    snippet: bool = False,
    package: str | None = None,
    functions: dict[str, tuple[int, int] | None] | None = None,
    classes: dict[str, tuple[str, tuple[int, int] | None]] | None = None,
    meanings: dict[str, str] | None = None,
    floats: frozenset[str] = frozenset(),
    qualname: str = "",
    home: str = "",
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
        snippet: Whether it stands for a module that is no more than this, so that its local names are those.
        package: What relative imports start from.
        qualname: What Python calls it; says which class it stands in.
        home: The name of its module.
        functions: Functions of its module, and how many arguments they take at least and at most; None for any number.
        classes: Classes of its module, and the same of their `__init__`, whose name is with that.
        meanings: What some of them mean to how they are called: see std.meaning.
        floats: Names of its module that are floats.

    Raises:
        TranspileError: with place and construct, for what cannot be had.
    """
    from .classes import Classes  # late: what comes out of the cache needs none of it
    from .flow import Flow
    from .nodes import copied, special
    from .private import class_of, mangle, may_have

    # To visit a node takes three calls at least; what is too deep for that should not be tried, since it takes long.
    node: Any = copied(source.node, sys.getrecursionlimit() // 3)
    if top or snippet or may_have(source.lines, source.node):  # those two stand for more than their lines
        mangle(node, class_of(qualname))
    flow = Flow()
    flow.function(node, set())
    lowerer = Classes(source, shadowed, browser, raws, flow.unsure, modules or {}, plain, top)
    lowerer.snippet = snippet
    if isinstance(node, ast.Lambda):
        body = ast.copy_location(ast.Return(node.body), node)
        node = ast.copy_location(ast.FunctionDef("<lambda>", node.args, [body], [], None), node)
    node.decorator_list = []
    node.returns = None
    if hasattr(node, "type_params"):
        node.type_params = []
    made = iter(
        special("raw", ast.Constant(js), at=node)
        if js is not None
        else ast.copy_location(ast.Name(DEFAULT.format(i), ast.Load()), node)
        for i, js in enumerate(defaults)
    )
    node.args.defaults = [next(made) for _ in node.args.defaults]
    node.args.kw_defaults = [next(made) if old is not None else None for old in node.args.kw_defaults]
    lowerer.package = package
    lowerer.qualname = qualname
    lowerer.module = home
    lowerer.first = node.args.args[0].arg if plain and not method and node.args.args else ""
    lowerer.functions = functions or {}
    lowerer.classes = classes or {}
    lowerer.meanings = meanings or {}
    lowerer.float_values = floats
    lowered = lowerer.function(node, method=method)
    lowered.name = name
    return Lowered(
        lowered,
        lowerer.names,
        lowerer.parts,
        lowerer.imported,
        tuple(lowerer.brought),
        lowerer.gives_floats,
        lowerer.gives_whole,
    )
