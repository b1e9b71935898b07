"""Programs made at random mean the same on both sides."""

from __future__ import annotations

from random import Random

from fuzz import compare, reduce
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from programs import program

#: How many programs run each time; `python -m tests.both.fuzz` goes on for as long as one likes.
PROGRAMS = 400

programs = st.integers(min_value=0, max_value=2**64).map(lambda seed: program(Random(seed)))


def made() -> list[str]:
    """The programs of this run: the same ones each time."""
    found: list[str] = []

    @settings(
        max_examples=PROGRAMS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(programs)
    def collect(source: str) -> None:
        found.append(source)

    collect()
    return found


def test_programs_made_at_random_mean_the_same_on_both_sides():
    sources = made()
    assert len(set(sources)) > 0.9 * PROGRAMS
    found = list(compare(sources))
    assert not found, f"{len(found)} of {len(sources)} differ, such as\n{reduce(found[0])}"


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
