"""Classes that are no Models do in the browser what they do in Python, or are refused.

Each row of the table is the body of a function in a module that has the classes
above it. It runs in CPython and, transpiled, in Node, and both must give the same
repr, or the same exception.
"""

from __future__ import annotations

import json
import linecache
import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from runner import RUN, in_python, is_expression, node

from jsmodel.errors import ScopeError, TranspileError
from jsmodel.transpile.modules import linker

CLASSES = '''
class Point:
    """A place."""

    dimensions = 2
    names = ["x", "y"]
    unit: str

    def __init__(self, x, y=0):
        self.x = x
        self.y = y

    def __repr__(self):
        return f"Point({self.x}, {self.y})"

    def __eq__(self, other):
        if not isinstance(other, Point):
            return NotImplemented
        return self.x == other.x and self.y == other.y

    def __add__(self, other):
        if isinstance(other, Point):
            return Point(self.x + other.x, self.y + other.y)
        return NotImplemented

    def __sub__(self, other): return Point(self.x - other.x, self.y - other.y)
    def __mul__(self, k): return Point(self.x * k, self.y * k)
    def __rmul__(self, k): return self * k
    def __neg__(self): return Point(-self.x, -self.y)
    def __abs__(self): return (self.x ** 2 + self.y ** 2) ** 0.5
    def __bool__(self): return self.x != 0 or self.y != 0
    def __getitem__(self, i): return [self.x, self.y][i]
    def __len__(self): return self.dimensions

    def __iadd__(self, other):
        self.x += other.x
        return self

    def moved(self, dx, dy=0):
        return Point(self.x + dx, self.y + dy)

    @property
    def sum(self):
        return self.x + self.y

    @sum.setter
    def sum(self, value):
        self.y = value - self.x

    @property
    def fixed(self):
        return 7

    @staticmethod
    def origin():
        return Point(0)

    @classmethod
    def on_axis(cls, x):
        return cls(x, 0)

    @classmethod
    def kind(cls):
        return cls.label()

    @classmethod
    def label(cls):
        return "point"


class Point3(Point):
    dimensions = 3

    def __init__(self, x, y=0, z=0):
        super().__init__(x, y)
        self.z = z

    def moved(self, dx, dy=0):
        flat = super().moved(dx, dy)
        return Point3(flat.x, flat.y, self.z)

    def __str__(self):
        return f"<{self.x} {self.y} {self.z}>"

    def __radd__(self, other):
        return ["radd", other]

    @classmethod
    def label(cls):
        return "point3"


class Empty:
    pass


class Counter:
    made = 0

    def __init__(self):
        Counter.made += 1
        self.log = []

    def note(self, *words):
        self.log.append(words)
        return self

    def length(self):
        return len(self.log)

    def each(self):
        return [lambda: self.length() + i for i in range(2)][1]()


class Money:
    def __init__(self, cents): self.cents = cents
    def __lt__(self, other): return self.cents < other.cents
    def __le__(self, other): return self.cents <= other.cents
    def __int__(self): return self.cents
    def __float__(self): return self.cents / 100
    def __index__(self): return self.cents
    def __round__(self, digits=None): return ["round", digits]
    def __format__(self, spec): return f"{self.cents}|{spec}"
    def __repr__(self): return f"{self.cents}c"
    def __contains__(self, x): return x == self.cents
    def __radd__(self, other): return other + self.cents
    def __truediv__(self, other): return "/"
    def __rtruediv__(self, other): return "r/"
    def __floordiv__(self, other): return "//"
    def __mod__(self, other): return "%"
    def __rmod__(self, other): return "r%"
    def __pow__(self, other): return "**"
    def __and__(self, other): return "&"
    def __or__(self, other): return "|"
    def __ror__(self, other): return "r|"
    def __xor__(self, other): return "^"
    def __lshift__(self, other): return "<<"
    def __rshift__(self, other): return ">>"
    def __pos__(self): return "+"
    def __invert__(self): return "~"


class Box:
    def __init__(self): self.items = {}
    def __setitem__(self, key, value): self.items[key] = value
    def __getitem__(self, key): return self.items[key]
    def __delitem__(self, key): del self.items[key]
    def __len__(self): return len(self.items)
    def __imul__(self, n): self.items["n"] = n; return self
    def keys(self): return list(self.items.keys())
    def get(self, key): return ["mine", key]
    def append(self, x): self.items[x] = x
    def clear(self): return "cleared"


class Odd:
    def __init__(self, what): self.what = what
    def __bool__(self): return self.what
    def __len__(self): return self.what
    def __repr__(self): return self.what
    def __eq__(self, other): return self.what


class AppError(Exception):
    pass


class CodeError(AppError, ):
    def __init__(self, message, code):
        super().__init__(message)
        self.code = code

    def __str__(self):
        return f"{self.args[0]} ({self.code})"


class Quiet(ValueError):
    def __init__(self, a, b):
        self.message = a
        self.name = b


class Missing(KeyError):
    pass


async def later(x):
    return x


class Slow:
    async def get(self, x):
        return [await later(x), self.tag]
    tag = "slow"


def make(kind, *args):
    return kind(*args)


handlers = []


class Twice:
    shared = handlers

    def put(self, x, into=handlers):
        into.append(x)
        self.shared.append(x)
        return handlers
'''

TABLE = r"""
-- making
Point(1, 2), Point(1), Point(1).x
p = Point(1); p.x = 5; p.z = 7; return p.x, p.z, p
Point()
Empty(1)
isinstance(Empty(), Empty), Empty() == Empty(), bool(Empty())
e = Empty(); return e == e, e != e, e is e, e in [e], [e].index(e), [Empty()].count(e)
make(Point, 1, 2), make(Point3, 1)
kind = Point; return kind(3), [Point, Point3][1](1).z, list(map(Point, [1, 2]))
Kind = Point3; return Kind(3).z
c = Counter.made; Counter(); Counter(); return Counter.made - c, Counter().made - c
[Point(i) for i in range(3)]

-- attributes
Point.dimensions, Point3.dimensions, Point(1).dimensions, Point3(1).dimensions
p = Point(1); p.dimensions = 9; return p.dimensions, Point.dimensions
Point.nothing
Point(1).nothing
Point(1).nothing()
Point(1).toString
Point(1).constructor
Point.name, 1
Point.length
Empty().x
p = Point(1); return hasattr(p, "x"), hasattr(p, "moved"), hasattr(p, "nope"), hasattr(Point, "dimensions"), hasattr(Point, "call"), hasattr(p, "valueOf"), getattr(p, "nope", 3), getattr(p, "moved")(1)
p = Point(1); setattr(p, "w", 4); return p.w, getattr(p, "w")
p = Point(1); p.a = None; return p.a, hasattr(p, "a")
p = Point(1); del p.x; return hasattr(p, "x")
p = Point(1); del p.nope
Point(1).names is Point.names, Point(1).names is Point3(1).names
p = Point(1); p.names.append("z"); n = Point.names[-1]; p.names.pop(); return n, Point.names
Point3.dimensions = 4; a = Point3(1).dimensions, Point(1).dimensions; Point3.dimensions = 3; return a, Point3(2).dimensions
type(Point(1)) is Point, type(Point3(1)) is Point, type(Point(1)) == type(Point(2))

-- methods
Point(1).moved(2), Point(1).moved(2, 3), Point3(1, 2, 3).moved(1).z
m = Point(1).moved; return m(3), m(3, 4)
p = Point(1); m = p.moved; p.x = 10; return m(1)
Point.moved(Point(1), 5), Point.__doc__  # refused: the special name '__doc__' is not known there
Point.moved(Point3(1), 5).y
f = Point.moved; return f(Point(2), 1)
Point(1).moved()
Point(1, 2).sum, Point.origin(), Point(3).origin(), Point3.origin()
p = Point(1, 2); p.sum = 10; return p
p = Point(1, 2); p.fixed = 10
Point(1).fixed, Point3(1).fixed
Point.on_axis(3), Point3.on_axis(3).z, Point(1).on_axis(4), Point3(1).on_axis(4).z
Point.kind(), Point3.kind(), Point3(1).kind()
f = Point3.on_axis; return f(5).z
Counter().note(1).note(2, 3).log, Counter().note().length(), Counter().note().each()
b = Box(); b.append("a"); return b.get("x"), b.clear(), len(b), b.keys()
await Slow().get(3)
f = Slow().get; return await f(2)
Twice().put(1) is handlers, handlers, Twice.shared is handlers, Twice().shared is handlers

-- operators
Point(1, 2) == Point(1, 2), Point(1) != Point(2), Point(1) == 1, 1 == Point(1), Point(1) == None, None == Point(1), Point(1) == "a", "a" != Point(1), Point(1) in [Point(1)], [Point(1)] == [Point(1)], (1, Point(2)) == (1, Point(2))
Point(1, 2) + Point(3, 4), Point(1) - Point(2), Point(1, 2) * 3, 3 * Point(1, 2), -Point(1, 2), abs(Point(3, 4)), sum([Point(1), Point(2)], Point(0))
Point(1) + 1
1 + Point(1)
Point(1) < Point(2)
Point(1) - 1
"a" + Point(1)
Point(1) + Point3(2), Point3(1) + Point(2), 5 + Point3(1), [1] + Point3(1), "s" + Point3(1)
a = [1]; a += Point3(1); return a
p = Point(1); q = p; p += Point(5); return p, q is p
b = Box(); b *= 3; return b.items
bool(Point(0)), bool(Point(1)), not Point(0), [p for p in [Point(0), Point(1)] if p], Point(0) or "no", "yes" if Point(0) else "no"
bool(Box()), 1 if Box() else 2
Point(1, 2)[0], Point(1, 2)[-1], len(Point(1)), len(Point3(1))
Point(1)[5]
b = Box(); b["a"] = 1; b["b"] = 2; del b["a"]; return b["b"], b.items, len(b), dict(b)
b = Box(); return b["nope"]
b = Box(); b["a"] = 1; b["a"] += 5; return b["a"]
Empty()[0]
len(Empty())
e = Empty(); e[0] = 1
e = Empty(); del e[0]
-Empty()
~Point(1)
Empty() + Empty()
Empty() < Empty()
for x in Empty(): pass
1 in Empty()
list(Empty())
a, b = Empty()
str(Empty())[:3] == "<ro", 1
Money(1) < Money(2), Money(1) > Money(2), Money(1) <= Money(1), Money(1) >= Money(2)
sorted([Money(3), Money(1), Money(2)]), min(Money(3), Money(1)), max([Money(3), Money(5)]), sorted([Money(3), Money(1)], reverse=True)
sorted([(1, Money(3)), (1, Money(1))]), sorted([Money(2), Money(1)], key=lambda m: -m.cents)
int(Money(5)), float(Money(50)), round(Money(1)), round(Money(1), 2), f"{Money(5)} {Money(5):>3}", f"{Money(5)!r}", range(Money(2))[-1], hex(Money(16))
5 in Money(5), 4 in Money(5), 4 not in Money(5), 5 + Money(1), sum([Money(1), Money(2)])
Money(1) / 2, 2 / Money(1), Money(1) // 2, Money(1) % 2, 2 % Money(1), Money(1) ** 2, Money(1) & 1, Money(1) | 1, 1 | Money(1), Money(1) ^ 1, Money(1) << 1, Money(1) >> 1, +Money(1), ~Money(1)
2 // Money(1)
2 ** Money(1)
divmod(Money(1), 2)
"%s and %s" % (Point(1), Money(2)), "{} {!r}".format(Point(1), Point3(1)), "%r" % Point3(1)
str(Point(1)), str(Point3(1)), repr(Point3(1)), [Point3(1)], {"a": Point3(1)}, f"{Point3(1)}", f"{Point3(1)!r}"
f"{Point(1):>5}"
bool(Odd(1))
len(Odd(-1))
len(Odd("a"))
str(Odd(1))
Odd(True) == 1, Odd(False) == Odd(False)
o = Odd(False); return o == o
Odd(1) == 1  # refused-at-run: TypeError
Point(1, 2)[0:1], Point(1, 2)[::-1]
for x in Box(): pass
list(Point(1))
isinstance(Point3(1), Point), isinstance(Point(1), Point3), isinstance(Point(1), (int, Point)), isinstance(1, Point), isinstance(Point(1), dict), isinstance(Point(1), Empty)
p = Point(1); p.moved = 3; return p.moved
Point.fresh = 3; return Point(1).fresh, Point3.fresh
setattr(Point(1), "__len__", 3); return 1  # refused-at-run: AttributeError

-- exceptions
try: raise AppError("a", 1)
... except AppError as e: return str(e), e.args, repr(e)
try: raise AppError
... except Exception as e: return repr(e), str(e), isinstance(e, AppError), isinstance(e, Exception), isinstance(e, ValueError)
try: raise CodeError("bad", 5)
... except AppError as e: return str(e), e.code, e.args, isinstance(e, CodeError), isinstance(e, (KeyError, AppError)), f"{e}"
try: raise AppError("x")
... except CodeError: return 1
... except (ValueError, AppError): return 2
try: raise AppError("x")
... except ValueError: return 1
try: raise Quiet("a", "b")
... except ValueError as e: return str(e), repr(e), e.message, e.name, e.args
try: raise Quiet("a", "b")
... except LookupError: return 1
raise Quiet("a", "b")
try: raise Missing("k")
... except LookupError as e: return str(e), repr(e), isinstance(e, KeyError)
try: raise ValueError("x")
... except AppError: return 1
... except ValueError: return 2
raise CodeError("x", 1)
raise CodeError("x")
try:
...     try: raise ValueError("a")
...     except ValueError as err: raise AppError("b") from err
... except AppError as e: return str(e)
try: raise AppError("again")
... except AppError as e:
...     try: raise e
...     except AppError as f: return e is f, e == f, AppError("x") == AppError("x")
type(AppError("x")) is AppError, bool(AppError()), str(AppError()), repr(AppError("a", 2)), len(AppError("x").args)
try: raise Point(1)
... except TypeError: return "no exception"
try: raise ValueError("x")
... except Point: return 1
... except ValueError: return 2
"""

REFUSED = "# refused: "
RAISES = "# refused-at-run: "


def rows() -> list[tuple[str, str, str]]:
    out = []
    section = ""
    for row in re.split(r"\n(?!\.\.\. )", TABLE.strip()):
        if row.startswith("-- "):
            section = row[3:]
        elif row:
            code, outcome = row.replace("\n... ", "\n"), "same"
            for mark, kind in ((REFUSED, "refused"), (RAISES, "raises")):
                if mark in code:
                    code, _, words = code.partition(mark)
                    outcome = f"{kind} {words.strip()}"
            out.append((section, code.strip(), outcome))
    return out


def make_functions(codes: list[str], name: str) -> list[Any]:
    parts = [CLASSES]
    for index, code in enumerate(codes):
        head = "async def" if re.search(r"\bawait\b", code) else "def"
        parts.append(
            f"{head} row_{index}():\n"
            + textwrap.indent(f"return ({code})" if is_expression(code) else code, "    ")
            + "\n"
        )
    text = "\n".join(parts)
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    module = sys.modules["rows_of_classes"] = ModuleType("rows_of_classes")
    exec(compile(text, name, "exec"), vars(module))
    return [vars(module)[f"row_{index}"] for index in range(len(codes))]


ROWS = rows()
FUNCTIONS = make_functions([code for _, code, _ in ROWS], "<the classes>")


@pytest.fixture(scope="module")
def outcomes(runtime: Path) -> dict[int, str]:
    """What Node gives for each row that is not refused."""
    ran = [i for i, row in enumerate(ROWS) if not row[2].startswith("refused")]
    gone: dict[int, str] = {}
    for i in ran:
        try:
            linker.bundle(FUNCTIONS[i])
        except (TranspileError, ScopeError) as err:
            gone[i] = f"refused: {err}"
    ran = [i for i in ran if i not in gone]
    # One function that uses all of them: so each class is there once.
    text = f"def everything(): return [{', '.join(f'row_{i}' for i in ran)}]\n"
    linecache.cache["<everything>"] = (len(text), None, text.splitlines(True), "<everything>")
    namespace = vars(sys.modules["rows_of_classes"])
    exec(compile(text, "<everything>", "exec"), namespace)
    scripts, _ = linker.bundle(namespace["everything"])
    run = RUN.replace("NAMES", json.dumps([f"row_{i}" for i in ran])).replace('"rows"', '"rows_of_classes"')
    # Two kernels in a page bring the libraries twice.
    done = node("\n".join([runtime.read_text(), *scripts[:2], *scripts, run]))
    assert done.returncode == 0, done.stderr
    return {**gone, **dict(zip(ran, json.loads(done.stdout), strict=True))}


@pytest.mark.parametrize("index", range(len(ROWS)), ids=[f"{s}: {c.splitlines()[0][:50]}" for s, c, _ in ROWS])
def test_classes_mean_the_same_in_the_browser_or_are_refused(index: int, outcomes: dict[int, str]):
    _, code, outcome = ROWS[index]
    kind, _, words = outcome.partition(" ")
    if kind == "refused":
        with pytest.raises((TranspileError, ScopeError)) as caught:
            linker.bundle(FUNCTIONS[index])
        assert words in str(caught.value)
    elif kind == "raises":
        assert outcomes[index] == f"raise {words}"
    else:
        assert outcomes[index] == in_python(FUNCTIONS[index], clean=tidy), code


def tidy(value: Any) -> Any:
    """A float that is whole becomes an int, as in the browser."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return type(value)(map(tidy, value)) if isinstance(value, (list, tuple)) else value
