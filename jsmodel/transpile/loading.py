"""In which order definitions are loaded: each after what must be there when it is made.

A function looks its names up when it is called, so modules may use each other as they
like. A class needs its bases when it is made, and a module that is transpiled as a
whole needs whatever its statements touch. Where modules are tangled up that way, they
are loaded in parts (`stages`); what leads back to itself cannot be had.
"""

from __future__ import annotations

import ast
import heapq
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import TypeVar

__all__ = ["ordered", "reached", "runs_nothing", "stages", "way_back"]

Node = TypeVar("Node", bound=Hashable)

#: Statements and expressions that run no code of anybody.
_QUIET = (
    ast.AnnAssign, ast.Assign, ast.BinOp, ast.BoolOp, ast.Constant, ast.Dict, ast.Expr, ast.Global, ast.List, ast.Name, ast.Pass, ast.Set,
    ast.Tuple, ast.UnaryOp, ast.expr_context, ast.operator, ast.unaryop, ast.boolop,
)  # fmt: skip


def ordered(needs: Mapping[Node, Collection[Node]], rank: Callable[[Node], int] = lambda node: 0) -> list[Node]:
    """All nodes, each after those that it needs; as far as these leave it open by rank, and then as they come.

    Of nodes that need each other none is among them.
    """
    users: dict[Node, list[Node]] = {node: [] for node in needs}
    missing = {node: {other for other in others if other in needs} for node, others in needs.items()}
    for node, others in missing.items():
        for other in others:
            users[other].append(node)
    number = {node: index for index, node in enumerate(needs)}
    back = list(needs)
    ready = [(rank(node), number[node]) for node, others in missing.items() if not others]
    heapq.heapify(ready)
    found: list[Node] = []
    while ready:
        node = back[heapq.heappop(ready)[1]]
        found.append(node)
        for user in users[node]:
            missing[user].discard(node)
            if not missing[user]:
                heapq.heappush(ready, (rank(user), number[user]))
    return found


def way_back(needs: Mapping[Node, Collection[Node]]) -> list[Node]:
    """A way from a node to itself, over what each needs: its first and last are the same. Empty if there is none."""
    done: list[Node] = ordered(needs)
    left = set(needs).difference(done)
    if not left:
        return []
    way = [next(node for node in needs if node in left)]  # each of these needs another of them
    while True:
        following = next(node for node in needs[way[-1]] if node in left)
        if following in way:
            return [*way[way.index(following) :], following]
        way.append(following)


def stages(needs: Mapping[Node, Collection[Node]], home: Callable[[Node], Hashable]) -> dict[Node, int]:
    """Divide what is of one home, where homes need each other, so that their parts do not.

    Args:
        needs: What each node needs; nothing leads back to itself.
        home: What nodes have in common that are loaded together, if possible.
    """
    homes: dict[Hashable, dict[Hashable, None]] = {}
    for node, others in needs.items():
        around = homes.setdefault(home(node), {})
        around.update((home(other), None) for other in others if other in needs and home(other) != home(node))
    users = {one: [other for other, around in homes.items() if one in around] for one in homes}
    tangled = set(homes).difference(ordered(homes), ordered(users))
    found: dict[Node, int] = {}
    for node in ordered(needs):
        near = [other for other in needs[node] if other in needs and home(other) in tangled and home(node) in tangled]
        found[node] = max((found[other] + (home(other) != home(node)) for other in near), default=0)
    return found


def reached(starts: Iterable[Node], uses: Callable[[Node], Iterable[Node]]) -> dict[Node, None]:
    """All that code may come to that begins with these."""
    found = dict.fromkeys(starts)
    waiting = list(found)
    while waiting:
        for node in uses(waiting.pop()):
            if node not in found:
                found[node] = None
                waiting.append(node)
    return found


def runs_nothing(statement: ast.stmt) -> bool:
    """Whether a statement only gives names to what is there: it calls no function."""
    return all(isinstance(node, _QUIET) for node in ast.walk(statement))
