"""Many small calls of the standard library, made up at random with a fixed seed, on both sides."""

from __future__ import annotations

import json
import math
import random
import re
import warnings
from pathlib import Path
from typing import Any

from test_stdlib import in_python, make_module, plain, run_all

PROGRAMS = 700

_ATOMS = r"a b c . \d \w \s \b \B ^ $ [ab] [^a] [a-c1] (a) (b|c) (?:ab) (?=a) (?!b) (?<=a) (?<!b) \W \D [^\w] [\W1] 1 \A \Z () \1 x* |".split()
_TIMES = ["", "", "", "*", "+", "?", "{2}", "{1,2}", "*?", "+?", "??", "{,2}"]
_OF_ONE = (
    "sqrt sin cos tan asin acos atan sinh cosh tanh exp expm1 log log10 log2 degrees frexp floor ceil trunc ulp".split()
)
_OF_TWO = "pow fmod remainder atan2 copysign hypot nextafter isclose".split()


def number(r: random.Random) -> float:
    return r.choice([r.uniform(-10, 10), r.uniform(-1, 1), r.gauss(0, 1e6), 0.5, 1.5, -2.5, 1e-300, 1e300, 1, 2, -1, 0])


def value(r: random.Random, depth: int = 0) -> Any:
    kind = r.random() if depth < 3 else 1
    if kind < 0.25:
        return [value(r, depth + 1) for _ in range(r.randint(0, 3))]
    if kind < 0.5:
        return {"".join(r.choices('ab1é"\\', k=2)): value(r, depth + 1) for _ in range(r.randint(0, 3))}
    text = "".join(r.choices('aé😀\n\t"\\\x01/', k=r.randint(0, 4)))
    return r.choice([None, True, False, r.randint(-999, 10**6), r.uniform(-1, 1), 1e-7 * r.random(), text])


def pattern(r: random.Random) -> str:
    text = "".join(atom + r.choice(_TIMES) for atom in r.choices(_ATOMS, k=r.randint(1, 6)))
    return f"({text}){r.choice(_TIMES)}" if r.random() < 0.2 else text


def program(r: random.Random) -> str:
    kind = r.choice(["one", "two", "many", "whole", "re", "re", "re", "dumps", "loads", "random"])
    if kind == "one":
        return f"math.{r.choice(_OF_ONE)}({number(r)!r})"
    if kind == "two":
        return f"math.{r.choice(_OF_TWO)}({number(r)!r}, {number(r)!r})"
    if kind == "many":
        return f"math.fsum({[number(r) for _ in range(r.randint(0, 8))]!r}), math.hypot({number(r)!r}, {number(r)!r})"
    if kind == "whole":
        return f"math.comb({r.randint(0, 55)}, {r.randint(0, 20)}), math.gcd({r.randint(-99, 999)}, {r.randint(0, 99)}), math.isqrt({r.randint(0, 2**53)})"
    if kind == "re":
        flags = r.choice([0, 0, re.M, re.S, re.I, re.X, re.A])
        text = "".join(r.choices("aabbc1 \n_é", k=r.randint(0, 8)))
        return (
            f"p = re.compile({pattern(r)!r}, {int(flags)}); s = {text!r}; return [(m.span(), m.groups(), m.lastindex) for m in p.finditer(s)], "
            r"p.findall(s), p.sub('<\\g<0>>', s), p.split(s, maxsplit=2), bool(p.fullmatch(s)), bool(p.match(s))"
        )
    if kind == "dumps":
        return f"dumps({value(r)!r}, indent={r.choice([None, 0, 2])}, ensure_ascii={r.random() < 0.5}, sort_keys={r.random() < 0.5})"
    if kind == "loads":
        text = list(json.dumps(value(r)))
        for _ in range(r.randint(0, 2)):
            at = r.randrange(len(text))
            text[at : at + 1] = r.choice(["", "]", "}", "x", '"', "1", " ", "\n"])
            text = text or [" "]
        return f"loads({''.join(text)!r})"
    seed = r.choice([r.randint(-(2**50), 2**50), repr(r.random())])
    return f"r = Random({seed!r}); return [r.random() for _ in range(700)][-1], r.randrange({r.randint(1, 2**40)}), r.sample(range({r.randint(10, 500)}), 7), r.choices('abc', [1, 2, 3], k=5)"


def nearly(here: str, there: str) -> bool:
    """Whether two outcomes are floats that differ in the last bit, which is the engine's."""
    names = {"nan": math.nan, "inf": math.inf}
    try:
        a, b = eval(here, names), eval(there, names)
    except Exception:
        return False
    return isinstance(a, float) and isinstance(b, float) and abs(a - b) <= 4e-16 * abs(a)


def test_calls_made_up_at_random_give_the_same_or_say_that_they_cannot(runtime: Path):
    r = random.Random(2026)
    codes = [program(r) for _ in range(PROGRAMS)]
    functions = make_module(codes, "made_up")
    wrong, refused = [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a pattern that Python finds odd
        for code, function, there in zip(codes, functions, run_all(functions, runtime), strict=True):
            here, there = plain(in_python(function)), plain(there)
            if "is not known in the browser" in there:
                refused += 1
            elif here != there and not nearly(here, there):
                wrong.append((code, here, there))
    assert wrong == []
    assert refused < PROGRAMS / 20
