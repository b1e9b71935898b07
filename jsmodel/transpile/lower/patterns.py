"""`match`: patterns become conditions that bind names."""

from __future__ import annotations

import ast
from typing import Any

from .nodes import assign, at_place, library, load, raw, special
from .statements import Statements


class Patterns(Statements):
    def visit_Match(self, node: ast.Match) -> Any:
        subject = self.fresh()
        tests: list[tuple[ast.expr, list[ast.stmt], ast.AST]] = []
        for case in node.cases:
            captured: dict[str, str] = {}
            parts = self.pattern(case.pattern, load(subject), captured)
            # Names are bound when the whole pattern has matched, before the guard is asked.
            bound: list[ast.expr] = []
            for name, kept in captured.items():
                target = at_place(ast.Name(name, ast.Store()), case.pattern)
                bound += self.bind(target, load(kept))
            if bound:
                parts.append(special("all", *bound, at=case.pattern))
            if case.guard is not None:
                parts.append(self.condition(case.guard))
            tests.append((_and(parts, case.pattern), self.block(case.body), case.pattern))
        rest: list[ast.stmt] = []
        for test, body, place in reversed(tests):
            rest = [at_place(ast.If(test, body or [at_place(ast.Pass(), place)], rest), place)]
        return [assign(subject, self.visit(node.subject), node), *rest]

    def pattern(self, node: ast.pattern, value: ast.expr, captured: dict[str, str]) -> list[ast.expr]:
        """The conditions of a pattern, all of which must hold; notes the names that it binds, and where they wait."""
        if isinstance(node, ast.MatchValue):
            return [library("eq", value, self.visit(node.value), at=node)]
        if isinstance(node, ast.MatchSingleton):
            if node.value is None:
                return [library("none", value, at=node)]
            return [special("js", ast.Constant("==="), value, ast.Constant(node.value), at=node)]
        if isinstance(node, ast.MatchAs):
            parts = self.pattern(node.pattern, value, captured) if node.pattern is not None else []
            return parts if node.name is None else [*parts, self.capture(node.name, value, captured, node)]
        if isinstance(node, ast.MatchOr):
            tests = [_and(self.pattern(p, value, captured), p) for p in node.patterns]
            return [at_place(ast.BoolOp(ast.Or(), tests), node)]
        if isinstance(node, ast.MatchSequence):
            return self.sequence(node, value, captured)
        if isinstance(node, ast.MatchMapping):
            keys = at_place(ast.List([self.visit(k) for k in node.keys], ast.Load()), node)
            kept, parts = self.taken("match_mapping", node, value, keys, ast.Constant(node.rest is not None))
            parts += self.parts_of(node.patterns, kept, captured)
            if node.rest is not None:
                parts.append(self.capture(node.rest, raw(f"{kept}[{len(node.keys)}]", node), captured, node))
            return parts
        assert isinstance(node, ast.MatchClass)
        names = at_place(ast.List([ast.Constant(a) for a in node.kwd_attrs], ast.Load()), node)
        count = ast.Constant(len(node.patterns))
        kept, parts = self.taken("match_class", node, value, self.visit(node.cls), count, names)
        return [*parts, *self.parts_of([*node.patterns, *node.kwd_patterns], kept, captured)]

    def sequence(self, node: ast.MatchSequence, value: ast.expr, captured: dict[str, str]) -> list[ast.expr]:
        stars = [i for i, p in enumerate(node.patterns) if isinstance(p, ast.MatchStar)]
        count = len(node.patterns) - len(stars)
        kept, parts = self.taken("match_sequence", node, value, ast.Constant(count), ast.Constant(bool(stars)))
        after = len(node.patterns) - stars[0] - 1 if stars else 0
        for index, each in enumerate(node.patterns):
            if isinstance(each, ast.MatchStar):
                if each.name is not None:
                    items = raw(f"{kept}.slice({index}, {kept}.length - {after})", each)
                    parts.append(self.capture(each.name, items, captured, each))
            elif stars and index > stars[0]:
                parts += self.pattern(each, raw(f"{kept}.at(-{len(node.patterns) - index})", each), captured)
            else:
                parts += self.pattern(each, raw(f"{kept}[{index}]", each), captured)
        return parts

    def parts_of(self, patterns: list[ast.pattern], kept: str, captured: dict[str, str]) -> list[ast.expr]:
        return [
            part
            for index, each in enumerate(patterns)
            for part in self.pattern(each, raw(f"{kept}[{index}]", each), captured)
        ]

    def taken(self, how: str, node: ast.pattern, *args: ast.expr) -> tuple[str, list[ast.expr]]:
        """Take a value apart: the variable that holds its parts, and the condition that it has them."""
        kept = self.fresh()
        name = at_place(ast.Name(kept, ast.Store()), node)
        found = special("set", name, library(how, *args, at=node), at=node)
        return kept, [special("js", ast.Constant("!=="), found, ast.Constant(None), at=node)]

    def capture(self, name: str, value: ast.expr, captured: dict[str, str], node: ast.AST) -> ast.expr:
        kept = captured.setdefault(name, self.fresh())
        target = at_place(ast.Name(kept, ast.Store()), node)
        return special("all", special("set", target, value, at=node), at=node)


def _and(parts: list[ast.expr], place: ast.AST) -> ast.expr:
    if len(parts) < 2:
        return parts[0] if parts else at_place(ast.Constant(True), place)
    whole: ast.expr = at_place(ast.BoolOp(ast.And(), parts), place)
    return whole
