import operator, re, math
from enum import Enum


class Kind(Enum):
    A = "a"
    B = "b"


class Point:
    def __init__(self, x):
        self.x = x


def double(x):
    return x * 2


PRIMES = {2, 3, 5}
FROZEN = frozenset("ab")
RAW = b"\x00\xffab"
BUF = bytearray(b"xy")
NAMES = {1: "one", 2: "two", (1, 2): "pair", None: "none"}
OPS = {"+": operator.add, "-": lambda a, b: a - b, "d": double, "len": len, "sqrt": math.sqrt, "str": str}
PATTERNS = [(re.compile(r"\d+"), "num"), (re.compile(r"\w+"), "word")]
KINDS = {Kind.A: [1, 2], Kind.B: {"x"}}
CLASSES = {"p": Point, "v": ValueError, "i": int}
R = range(3, 10, 2)
NEST = {"a": {"b": {1, 2}}, "p": PRIMES}
MASKS = [(lambda r, c: (r + c) % 2 == 0), (lambda r, c: r % 2 == 0)]
EMPTY = set()


def row1():
    return 1


def use():
    PRIMES.add(7)
    BUF.append(65)
    return 7 in NEST["p"]


res = [
    sorted(PRIMES),
    sorted(FROZEN),
    RAW,
    BUF,
    NAMES[1],
    NAMES[1, 2],
    NAMES[None],
    [OPS["+"](1, 2), OPS["-"](5, 3), OPS["d"](4), OPS["len"]("abc"), OPS["sqrt"](16), OPS["str"](5)],
    [(n) for p, n in PATTERNS if p.match("12")],
    KINDS[Kind.A],
    KINDS[Kind("b")] == {"x"},
    CLASSES["p"](3).x,
    CLASSES["i"]("5"),
    list(R),
    NEST["a"]["b"] == {1, 2},
    [m(1, 2) for m in MASKS],
    EMPTY,
    list(OPS),
    use(),
    sorted(PRIMES),
    BUF,
    isinstance(ValueError(1), CLASSES["v"]),
    list(NAMES),
]
