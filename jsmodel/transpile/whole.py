"""The text of a module with `__pyscript__ = True`, which is transpiled as a whole."""

from __future__ import annotations

import ast

from ..errors import ScopeError, TranspileError
from .code import transpile_statements
from .loading import runs_nothing
from .resolver import Resolver
from .scope import namespace_of, top_of

__all__ = ["whole_text"]


def whole_text(module: str, resolver: Resolver) -> str:
    """The text of a module that is transpiled as a whole: what stands at its top level, in order."""
    namespace, top = namespace_of(module), top_of(module)
    label = f"the module {module}"
    if top is None:
        raise ScopeError(
            "__pyscript__",
            user=label,
            why="its source is not to be found: only a module in a file can be transpiled as a whole",
            instead="Put it into a file, or leave '__pyscript__ = True' out.",
        )
    if top.changed:
        raise TranspileError(
            f"{label!r} cannot be sent to the browser: its source has changed since it was imported",
            filename=top.filename,
            instead="Import the module again, or restart.",
        )
    parts: list[str] = []
    waiting: list[ast.stmt] = []

    def run() -> None:
        if waiting:
            func = transpile_statements(top, list(waiting), namespace, label=label)
            with resolver.at_once("made" if all(map(runs_nothing, waiting)) else "run"):
                parts.append(f"({resolver.place(func, func.as_expression())})();")
            waiting.clear()

    for node in top.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            run()
            parts.append(resolver.definition(module, node, namespace.get(node.name), top.filename))
        elif not isinstance(node, (ast.Import, ast.ImportFrom)) and not _is_dunder(node):
            waiting.append(node)
    run()
    return "{\n" + "\n".join(filter(None, parts)) + "\n}"


def _is_dunder(node: ast.stmt) -> bool:
    """Whether a statement says something about the module: __pyscript__ = True, __all__ = [...]."""
    return isinstance(node, ast.Assign) and all(
        isinstance(t, ast.Name) and t.id.startswith("__") and t.id.endswith("__") for t in node.targets
    )
