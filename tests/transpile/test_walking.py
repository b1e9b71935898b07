"""A walk of our own finds what that of `ast` finds, but for operators and contexts."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from jsmodel.transpile.lower.nodes import copied
from jsmodel.transpile.lower.walking import children, fields, walk

LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
HERE = Path(__file__).resolve()
FILES = [HERE, *sorted(HERE.parents[1].glob("both/*.py")), *sorted((HERE.parents[2] / "jsmodel").glob("*.py"))]
SAMPLE = """
async def f(a, /, b: int = 1, *c, d=2, **e):
    global g, h
    async with x as y, z: pass
    async for k in l: del m[n:o, ...]
    try: import p as q; from .r import s
    except (T, U) as v: raise w from None
    else: assert aa, f"{ab!r:>{ac}}"
    finally: return {**ad, 'ae': af}, {ag for ah in ai if not aj < ak <= al}
    match am:
        case {'an': 1, **ao} | [ap, *aq] | Ar(as_=None) as at if au: pass
    lambda: (yield from av) or -aw + (ax := ay)
"""


@pytest.mark.parametrize("path", [*FILES, None], ids=lambda path: path.name if path else "of all kinds")
def test_a_walk_finds_what_that_of_ast_finds(path):
    tree = ast.parse(path.read_text(encoding="utf-8") if path else SAMPLE)
    expected = [node for node in ast.walk(tree) if not isinstance(node, LEFT_OUT)]
    assert walk(tree) == expected
    for node in expected:
        assert children(node) == [n for n in ast.iter_child_nodes(node) if not isinstance(n, LEFT_OUT)]


def test_fields_of_text_and_numbers_are_left_out():
    assert fields(ast.Constant) == fields(ast.Name) == fields(ast.Global) == ()
    assert fields(ast.Attribute) == ("value",) and fields(ast.Import) == ("names",)


def test_a_copy_is_the_same_tree_and_shares_none_of_what_may_change():
    tree = ast.parse(SAMPLE)
    other = copied(tree, 50)
    assert ast.dump(other, include_attributes=True) == ast.dump(tree, include_attributes=True)
    assert not {id(node) for node in walk(tree)} & {id(node) for node in walk(other)}
    before = ast.dump(tree)
    for node in walk(other):
        for name in fields(type(node)):
            if isinstance(getattr(node, name), list):
                getattr(node, name).clear()
    assert ast.dump(tree) == before
    with pytest.raises(RecursionError):
        copied(tree, 5)
