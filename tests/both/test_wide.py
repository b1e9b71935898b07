"""Expressions that go beyond 2**53 on their way: Python's integers, where they come back; else an error, never another number."""

from __future__ import annotations

import random
from typing import Any

import pytest

from jsmodel.testing import run_js

VALUES = [0, 1, -1, 3, 7, 31, -31, 1000003, 2**31, 2**32 - 1, -(2**40), 1103515245, 2**52, 2**53 - 1, 1 - 2**53]
BETWEEN = ["*", "*", "*", "+", "-", "^", "|", "&", "%", "//", ">>", "<<", "**"]
CUTTING = ["%", "&", ">>", "//"]


def made(rng: random.Random, depth: int) -> str:
    """An operand: a part that may grow, or a name, or a number."""
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(["a", "b", "c", "a", "b", str(rng.choice([3, 31, 1000003]))])
    op = rng.choice(BETWEEN)
    if op in ("<<", ">>", "**"):
        return f"(({made(rng, depth - 1)} + a) {op} {rng.choice([0, 1, 2, 5, 20])})"
    right = rng.choice(["c", "97", "1000003"]) if op in ("%", "//") else made(rng, depth - 1)
    return f"({made(rng, depth - 1)} {op} {right})"


def program(seed: int) -> str:
    """Functions of arguments, of numbers that are certain, and of both, each called with some values."""
    rng = random.Random(seed)
    lines = [
        "def tried(f, *args):",
        "    try: return f(*args)",
        "    except (OverflowError, ZeroDivisionError, ValueError) as err: return type(err).__name__",
        "res = []",
    ]
    for i in range(60):
        left = f"({made(rng, 2)} * {made(rng, 1)})"
        op = rng.choice(CUTTING)
        right = {">>": "20", "&": rng.choice(["c", "1023", "0xffffffff", "(a * b)"])}.get(
            op, rng.choice(["c", "1009", "-7"])
        )
        a, b, c = (rng.choice(VALUES) for _ in range(3))
        if i % 3 == 0:
            head, given = f"def f{i}(b, c):\n    a = {a}", f"{b}, {c}"
        elif i % 3 == 1:
            head, given = f"def f{i}(a, b, c):", f"{a}, {b}, {c}"
        else:
            head, given = f"def f{i}():\n    a = {a}; b = {b}; c = {c}", ""
        lines += [head, f"    return {left} {op} {right}", f"res.append(tried(f{i}, {given}))"]
    return "\n".join(lines)


def in_python(text: str) -> Any:
    names: dict[str, Any] = {}
    exec(text, names)
    return names["res"]


def wanted(value: Any) -> Any:
    """What JS is to say."""
    return "OverflowError" if isinstance(value, int) and abs(value) > 2**53 else value


@pytest.mark.parametrize("seed", [*range(8), 43])
def test_what_comes_back_is_what_python_says_and_what_does_not_raises(seed):
    text = program(seed)
    python, js = in_python(text), run_js(text)
    pairs = list(zip(python, js, strict=True))
    assert [got for _, got in pairs] == [wanted(value) for value, _ in pairs]
    assert sum(isinstance(value, int) and abs(value) <= 2**53 for value in python) > 20


ORDER = """
log = []
def f(x):
    log.append(x)
    return x
res = [
    (f(3000000000) * f(4000000000) + f(3)) % f(1000003), f(10) * f(5) // f(2), (f(3) << f(60)) >> f(55),
    f(0xffff) & (f(3000000001) * f(3000000001) * f(3)), (f(3000000000) ** f(5)) % f(97), log,
]
"""

OBJECTS = """
class V:
    def __init__(self, x): self.x = x
    def __mul__(self, o): return V(f"({self.x} * {o})")
    def __rmul__(self, o): return V(f"({o} * {self.x})")
    def __add__(self, o): return V(f"({self.x} + {o})")
    def __mod__(self, o): return f"{self.x} % {o}"
    def __and__(self, o): return f"{self.x} & {o}"
def f(a, b, c): return (a * b + 1) % c
def g(a, b, c): return (a * b) & c
def h(a, b, c): return (a * b) % c
res = [f(V("v"), 3, 7), f(3, V("v"), 7), g(V("v"), 2, 1), h("%d,", 2, (1, 2))]
"""

FLOATS = """
def f(a, b, c): return (a * b) % c, (a * b) // c
def g(a, b, x): return (a * b + x) % 7, (a * b - x) // 1000
res = [f(2.5, 3, 2), f(1e300, 2.5, 1e200), f(0.1, 1e17, 3), g(2**40, 2**40, 0.5), g(3, 5, 0.25)]
"""

STATE = """
class Random:
    def __init__(self, seed): self.state = seed
    def next(self):
        self.state = (self.state * 25214903917 + 11) & ((1 << 48) - 1)
        return self.state >> 16
r = Random(42)
def fnv(text):
    h = 2166136261
    for c in text: h = (h ^ ord(c)) * 16777619 & 0xffffffff
    return h
res = [[r.next() for _ in range(20)], fnv("hello"), [x * 2654435761 % 2**32 for x in range(5000000, 5000009)]]
"""


@pytest.mark.parametrize("text", [ORDER, OBJECTS, FLOATS, STATE], ids=["order", "objects", "floats", "state"])
def test_operands_are_asked_once_and_in_order_and_mean_what_they_mean(text):
    def lists(x: Any) -> Any:
        return [lists(y) for y in x] if isinstance(x, (list, tuple)) else x

    assert run_js(text) == lists(in_python(text))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("f(2**40, 2**40, 0)", "ZeroDivisionError"),
        ("g(2**40, 2**40, None)", "TypeError"),
        ("g(2**40, 2**40, 0.5)", "TypeError"),
        ("s(2**40, -1)", "ValueError"),
        ("s(2**40, 2**40)", "OverflowError"),
        ("p(2**40, 2**40)", "OverflowError"),
        ("f(2**40, 2**40, 2**53)", "0"),
        ("t(2**40)", "OverflowError"),
        ("o(2**40, V())", "OverflowError"),
    ],
)
def test_what_cannot_be_calculated_raises(code, error):
    text = f"""
class V:
    def __radd__(self, other): return 1
def f(a, b, c): return (a * b) % c
def g(a, b, c): return (a * b | c) & 7
def s(a, b): return (a << b) >> b
def p(a, b): return (a ** b) % 7
def o(a, b): return (a * a + b) % 7
def t(a):
    a *= a
    a %= 7
    return a
try: res = str({code})
except Exception as err: res = type(err).__name__
"""
    assert run_js(text) == error
