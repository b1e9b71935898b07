"""Which expressions certainly give a list, a dict or another built-in value.

Lists and dicts are objects of JS, which have attributes that Python's have not, and
take any other. Where the code itself says what a value is, an attribute that Python
does not know raises AttributeError, as it does in Python.
"""

from __future__ import annotations

import ast
from typing import Any

from .nodes import library
from .showing import Showing

DISPLAYS: dict[type[ast.expr], type] = {
    ast.List: list,
    ast.ListComp: list,
    ast.Tuple: tuple,
    ast.Dict: dict,
    ast.DictComp: dict,
    ast.Set: set,
    ast.SetComp: set,
    ast.JoinedStr: str,
}
#: Built-in functions, and what they give.
MAKERS = {
    **{kind.__name__: kind for kind in (list, tuple, dict, set, str)},
    "sorted": list,
    "repr": str,
    "len": int,
}


class Certain(Showing):
    def kind(self, node: ast.expr) -> type | None:
        """What an expression, not lowered yet, certainly gives."""
        if isinstance(node, ast.Name):
            owner = self.scope.owner(node.id) if self.scope is not None else None
            return None if owner is None else owner.kinds.get(node.id)
        if isinstance(node, ast.Constant):
            return type(node.value) if isinstance(node.value, (str, int, float)) else None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and self.free(node.func.id):
            return MAKERS.get(node.func.id)
        return DISPLAYS.get(type(node))

    def lacking(self, node: ast.Attribute) -> Any:
        """The expression that raises AttributeError, for an attribute that its object certainly has not; else None."""
        kind = self.kind(node.value)
        if kind is None or (hasattr(kind, node.attr) and isinstance(node.ctx, ast.Load)):
            return None
        if hasattr(kind, node.attr):
            words = f"'{kind.__name__}' object attribute '{node.attr}' is read-only"
        else:
            words = f"'{kind.__name__}' object has no attribute '{node.attr}'"
        error = library("error", ast.Constant("AttributeError"), ast.Constant(words), at=node)
        return library("last", self.visit(node.value), library("throw_", error, at=node), at=node)
