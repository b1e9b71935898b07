"""The order of definitions: a small graph, as a table."""

from __future__ import annotations

import ast

import pytest

from jsmodel.transpile.loading import ordered, reached, runs_nothing, stages, way_back


def needs(text: str) -> dict[str, list[str]]:
    """'a1:b1 c2, b1' is a node a1 that needs b1 and c2, and b1, which needs nothing. The letter is the home."""
    pairs = (part.partition(":") for part in text.split(","))
    return {node.strip(): others.split() for node, _, others in pairs}


def divided(text: str) -> str:
    graph = needs(text)
    stage = stages(graph, lambda node: node[0])
    groups: dict[tuple[str, int], list[str]] = {}
    for node in ordered(graph):
        groups.setdefault((node[0], stage[node]), []).append(node)
    return " ".join("".join(group) for group in groups.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a1:b1, b1:c1, c1", "c1 b1 a1"),
        ("a1, b1, c1", "a1 b1 c1"),
        ("a1:zz, b1", "a1 b1"),
        ("a1:b1, b1:a1, c1, d1:a1", "c1"),
    ],
)
def test_each_comes_after_what_it_needs_and_what_goes_round_is_left_out(text, expected):
    assert " ".join(ordered(needs(text))) == expected


def test_as_far_as_it_is_open_the_rank_decides():
    assert ordered(needs("a1:b1, b1, c1, d1"), lambda node: {"c1": 0}.get(node, 1)) == ["c1", "b1", "a1", "d1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a1:b1, b1", ""),
        ("a1:b1, b1:a1", "a1 b1 a1"),
        ("z1:a1, a1:b1, b1:c1, c1:b1 z2, z2", "b1 c1 b1"),
        ("a1:a1", "a1 a1"),
    ],
)
def test_the_way_from_a_node_to_itself(text, expected):
    assert " ".join(way_back(needs(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a1:b1, a2:b2, b1, b2", "b1b2 a1a2"),
        ("a1, b1:a1, a2:b1", "a1 b1 a2"),
        ("a1, b1:a1, a2:b1 a1, u1:a2, u2, x1", "a1 b1 a2 u1u2 x1"),
        ("a1, b1:a1, c1:b1, a2:c1, b2:a2", "a1 b1 c1 a2 b2"),
    ],
    ids=["by home", "tangled", "what comes after is whole", "three"],
)
def test_homes_are_divided_only_where_they_need_each_other(text, expected):
    assert sorted(divided(text).split()) == sorted(expected.split())


def test_what_code_may_come_to():
    graph = needs("a1:b1, b1:c1 a1, c1, d1:a1")
    assert list(reached(["a1"], lambda node: graph[node])) == ["a1", "b1", "c1"]


@pytest.mark.parametrize(
    ("statement", "quiet"),
    [("x = 1 + 2", True), ("x: int = [a, (1, {'k': b})]", True), ("'words'", True), ("x = f()", False), ("x = a.b", False), ("x = a[0]", False), ("for i in a: pass", False), ("x = f'{a}'", False), ("x += a", False), ("x = a < b", False)],
)  # fmt: skip
def test_statements_that_run_no_code_of_anybody(statement, quiet):
    assert runs_nothing(ast.parse(statement).body[0]) is quiet
