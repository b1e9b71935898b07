"""Private names: `self.__x` in the class `Lamp` is `self._Lamp__x`, as Python has it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

__all__ = ["class_of", "mangle", "may_have"]


def class_of(qualname: str) -> str:
    """The name of the class that a function stands in, by its qualified name; empty if there is none."""
    parts = qualname.split(".")
    for index in range(len(parts) - 2, -1, -1):
        if parts[index] != "<locals>" and parts[index + 1] != "<locals>":
            return parts[index]
    return ""


class _Mangler(ast.NodeTransformer):
    def __init__(self, owner: str) -> None:
        self.owner = owner

    def name(self, name: Any) -> Any:
        if not isinstance(name, str) or not self.owner or not name.startswith("__") or name.endswith("__"):
            return name
        return f"_{self.owner}{name}"

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "attr", "arg", "name", "rest", "names", "kwd_attrs"):
            value = getattr(node, field, None)
            if isinstance(value, list):
                setattr(node, field, [self.name(v) for v in value])
            elif value is not None and not isinstance(node, ast.alias):
                setattr(node, field, self.name(value))
        return super().generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        for name in ("bases", "keywords", "decorator_list"):
            setattr(node, name, [self.visit(n) for n in getattr(node, name)])
        outer, inner = self.owner, node.name.lstrip("_")
        node.name = self.name(node.name)
        self.owner = inner
        node.body = [self.visit(n) for n in node.body]
        self.owner = outer
        return node


def may_have(lines: Sequence[str], node: Any) -> bool:
    """Whether there may be a private name in a function; mostly a look at its text tells that there is none."""
    text = "".join(lines[node.lineno - 1 : node.end_lineno])
    return "__" in text or not text.isascii() or not text  # there are other letters that mean an underscore


def mangle(node: ast.AST, owner: str) -> None:
    """Give private names in the code of a class their long form, in place."""
    mangler = _Mangler(owner.lstrip("_"))
    name = getattr(node, "name", None)
    mangler.visit(node)
    if name is not None:
        node.name = name  # type: ignore[attr-defined]
