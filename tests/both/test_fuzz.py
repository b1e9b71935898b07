"""Programs made at random mean the same on both sides."""

from __future__ import annotations

from random import Random

from fuzz import compare, reduce
from programs import program


def test_a_seed_makes_the_same_program_each_time():
    assert program(Random(7)) == program(Random(7)) != program(Random(8))


def test_what_means_something_else_is_found_and_made_small():
    source = (
        "log = []\nfor i in range(3):\n    log.append(i * 2)\ndef f(a):\n    return a\n"
        "if log:\n    x = [isinstance([4 / 2][0], float), 5]\nelse:\n    x = []\nres = [log, x, 7]\n"
    )
    (found,) = compare([source, "res = 1 + 1\n"])
    assert "[True, 5]" in found.here and "[False, 5]" in found.there
    small = reduce(found)
    assert "4 / 2" in small.source and len(small.source) < 60


def test_a_program_that_is_refused_is_found():
    (found,) = compare(["res = 3j\n"])
    assert found.is_refused and "3j is not known there" in str(found)
