"""Small programs of the Python that JS code can be written in, made at random.

They end by construction: loops run over what is short, or count down, functions call only those that
were defined before. Most of what they do fits the types of what they do it to; now and then it does not, and
then the exception has to be the same, too. What is known to differ is left out: floats are not turned into
text, sets are looked at in order, numbers stay small.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from random import Random

__all__ = ["program"]

NUMBERS = [0, 1, 2, 3, 5, 7, 10, 13, -1, -2, -7]
FLOATS = ["0.5", "1.25", "-2.75", "3.5", "1e-7"]
TEXTS = ["", "a", "b", "ab", "abc", "a b", "B", "x,y", "é", "\\U0001f600a", "1", "-12", "it's", "a\\nb", " s "]

#: How often something is asked of a value of another type.
WRONG = 0.012

CLASSES = '''
class Point:
    """A value with operators."""
    count = 0
    def __init__(self, x, y=1):
        self.x, self.y = x, y
    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y) if isinstance(other, Point) else NotImplemented
    def __mul__(self, k): return Point(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __eq__(self, other): return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)
    def __hash__(self): return hash((self.x, self.y))
    def __lt__(self, other): return (self.x, self.y) < (other.x, other.y) if isinstance(other, Point) else NotImplemented
    def __neg__(self): return Point(-self.x, -self.y)
    def __abs__(self): return abs(self.x) + abs(self.y)
    def __bool__(self): return self.x != 0 or self.y != 0
    def __len__(self): return 2
    def __getitem__(self, i): return (self.x, self.y)[i]
    def __contains__(self, v): return v == self.x or v == self.y
    def __call__(self, dx=0, *, dy=0): return Point(self.x + dx, self.y + dy)
    def __repr__(self): return f"Point({self.x}, {self.y})"
    def __iter__(self):
        yield self.x
        yield self.y
    @property
    def total(self): return self.x + self.y
    @total.setter
    def total(self, v): self.y = v - self.x
    @classmethod
    def diagonal(cls, n): return cls(n, n)
    @staticmethod
    def origin(): return Point(0, 0)


class Named(Point):
    def __init__(self, name, *rest):
        super().__init__(*rest)
        self.name = name
    def __str__(self): return self.name
    def __repr__(self): return "Named" + super().__repr__()[5:]


class Guard:
    def __init__(self, log, swallow=False): self.log, self.swallow = log, swallow
    def __enter__(self):
        self.log.append("in")
        return self
    def __exit__(self, kind, err, trace):
        self.log.append("out" if kind is None else repr(err))
        return self.swallow


class Trouble(ValueError):
    def __init__(self, code):
        super().__init__(f"trouble {code}")
        self.code = code
'''


RECORDS = """
from dataclasses import astuple, dataclass, field, replace
from enum import Enum, IntEnum


@dataclass(order=True)
class Item:
    n: int
    tag: str = "t"
    marks: list = field(default_factory=list, compare=False)
    def grown(self, by=1): return replace(self, n=self.n + by)
    def __len__(self): return len(self.marks)
    @property
    def half(self): return self.n / 2


class Color(Enum):
    RED = "a"
    GREEN = "b"
    CRIMSON = "a"
    @classmethod
    def parse(cls, text): return next((c for c in cls if c.value == text), None)
    def next(self): return list(Color)[(list(Color).index(self) + 1) % 2]


class Rank(IntEnum):
    LOW = 1
    HIGH = 5
"""


class Names:
    """The variables that can be used, with their types."""

    def __init__(self, known: dict[str, str] | None = None) -> None:
        self.types = dict(known or {})

    def of(self, kind: str) -> list[str]:
        return [name for name, type_ in self.types.items() if type_ == kind]


class Maker:
    """Makes one program.

    Args:
        random: Where the choices come from.
    """

    KINDS = (
        "int",
        "int",
        "int",
        "float",
        "str",
        "str",
        "bool",
        "list",
        "list",
        "strs",
        "tuple",
        "dict",
        "counts",
        "set",
        "point",
        "item",
        "color",
        "none",
    )

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names = Names()
        self.functions: list[tuple[str, str]] = []  # a call with holes, and what it gives
        self.number = 0
        self.depth = 0
        self.loops = 0  # loops around, in this function
        self.inside = ""  # 'function' or 'generator'
        self.classes = False
        self.records = False

    # -- choices

    def pick(self, options: list[str]) -> str:
        return options[self.random.randrange(len(options))]

    def chance(self, p: float) -> bool:
        return self.random.randrange(1000) < 1000 * p

    def one(self, *makers: Callable[[], str]) -> str:
        return makers[self.random.randrange(len(makers))]()

    def kind(self) -> str:
        return self.KINDS[self.random.randrange(len(self.KINDS))]

    def fresh(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number}"

    # -- expressions

    def value(self, kind: str = "", depth: int = 2) -> str:
        """An expression of a type."""
        kind = kind or self.kind()
        if self.chance(WRONG):
            return f"({self.value(self.kind(), depth - 1)})"
        known = self.names.of(kind)
        if known and (depth <= 0 or self.chance(0.45)):
            return self.pick(known)
        calls = [call for call, gives in self.functions if gives == kind]
        if calls and depth > 0 and self.chance(0.2):
            return self.call(self.pick(calls), depth - 1)
        if depth > 0 and self.chance(0.06):
            return f"({self.value(kind, depth - 1)} if {self.test(depth - 1)} else {self.value(kind, depth - 1)})"
        made: str = getattr(self, f"make_{kind}")(depth - 1)
        return made

    def sure(self, kind: str, depth: int) -> str:
        """A value that is of that type, where JS says something else of what is not: after a star, as an object with attributes."""
        known = self.names.of(kind)
        made: str = getattr(self, f"make_{kind}")(-1)
        return self.pick(known) if known and depth >= 0 else made

    def call(self, form: str, depth: int) -> str:
        while "<" in form:
            before, _, rest = form.partition("<")
            kind, _, after = rest.partition(">")
            form = before + self.value(kind, depth).replace("<", "\0") + after
        return form.replace("\0", "<")

    def test(self, depth: int) -> str:
        return self.value(self.pick(["bool", "bool", "int", "list", "str", "dict"]), depth)

    def make_none(self, depth: int) -> str:
        return "None"

    def make_int(self, d: int) -> str:
        small = str(NUMBERS[self.random.randrange(len(NUMBERS))])
        if d < 0:
            return small
        v = self.value
        op = self.pick(["+", "-", "*", "//", "%", "&", "|", "^"])
        return self.one(
            lambda: small,
            lambda: f"({v('int', d)} {op} {v('int', d)})",
            lambda: f"(-{v('int', d)})" if self.chance(0.7) else f"(~{v('int', d)})",
            lambda: f"len({v(self.pick(['list', 'str', 'dict', 'set', 'tuple', 'strs']), d)})",
            lambda: f"{v('list', d)}[{v('int', 0)}]",
            lambda: f"sum({v('list', d)})",
            lambda: f"{self.pick(['min', 'max'])}({v('int', d)}, {v('int', d)})",
            lambda: f"max({v('list', d)}, default={small})",
            lambda: f"abs({v('int', d)})",
            lambda: f"int({v('str', d)})" if self.chance(0.3) else f"int({v('float', d)})",
            lambda: (
                f"{v('counts', d)}[{v('str', 0)}]"
                if self.chance(0.4)
                else f"{v('counts', d)}.get({v('str', 0)}, {small})"
            ),
            lambda: f"{v('str', d)}.{self.pick(['find', 'count', 'rfind'])}({v('str', 0)})",
            lambda: f"{v('list', d)}.{self.pick(['index', 'count'])}({v('int', 0)})",
            lambda: (
                f"(lambda a, b={small}, *c, k=2: a + b * k + len(c))({v('int', d)}, {self.pick(['', 'k=3', '1, 2, 3', 'b=4', '*[5, 6]'])})"
            ),
            lambda: f"{self.sure('point', d)}.{self.pick(['x', 'y', 'total', 'z' if self.chance(0.05) else 'x'])}",
            lambda: f"divmod({v('int', d)}, {v('int', 0)})[{self.pick(['0', '1'])}]",
            lambda: f"({self.pick(['2', '3', '-2'])} ** {self.pick(['0', '1', '2', '5'])})",
            lambda: f"(1 << {self.pick(['0', '3', '10'])} >> {self.pick(['0', '2'])})",
            lambda: f"sum(x * 2 for x in {v('list', d)} if x {self.pick(['<', '>', '!='])} {small})",
            lambda: f"round({v('float', d)})",
            lambda: f"ord({v('str', d)})",
            lambda: f"next(iter({v('list', d)}), {small})",
            lambda: f"{self.sure('item', d)}.{self.pick(['n', 'n', 'grown().n', 'grown(by=3).n'])}",
            lambda: f"len({self.sure('item', d)})",
            lambda: f"({self.rank()} {self.pick(['+', '*', '-'])} {v('int', d)})",
            lambda: f"next((q for q in (w {self.pick(['+', '*'])} 2 for w in {v('list', d)}) if q > {small}), {small})",
            lambda: (
                f"hash({v('int', 0)})" if self.chance(0.2) else f"{v('tuple', d)}[{self.pick(['0', '-1', '1', '5'])}]"
            ),
        )

    def make_float(self, d: int) -> str:
        v = self.value
        number = self.pick(FLOATS)
        if d < 0:
            return number
        return self.one(
            lambda: number,
            lambda: f"({v('float', d)} {self.pick(['+', '-', '*'])} {v(self.pick(['int', 'float']), d)})",
            lambda: f"({v('int', d)} / {v('int', 0)})",
            lambda: f"abs({v('float', d)})",
            lambda: f"({v('float', d)} {self.pick(['//', '%'])} {v('int', 0)})",
            lambda: f"round({v('float', d)}, {self.pick(['1', '2'])})",
            lambda: f"min({v('float', d)}, {v('float', d)})",
            lambda: f"{self.sure('item', d)}.half",
            lambda: f"max(q / 2 for q in {v('list', d)})",
        )

    def make_bool(self, d: int) -> str:
        v = self.value
        if d < 0:
            return self.pick(["True", "False"])
        kind = self.pick(["int", "str", "list", "tuple", "float"])
        compare = self.pick(["<", "<=", ">", ">=", "==", "!="])
        return self.one(
            lambda: self.pick(["True", "False"]),
            lambda: f"({v(kind, d)} {compare} {v(kind, d)})",
            lambda: f"({v('', d)} {self.pick(['==', '!='])} {v('', d)})",
            lambda: f"(not {self.test(d)})",
            lambda: f"({v('bool', d)} {self.pick(['and', 'or'])} {v('bool', d)})",
            lambda: (
                f"({v('int', d)} {self.pick(['in', 'not in'])} {v(self.pick(['list', 'set', 'tuple', 'point']), d)})"
            ),
            lambda: f"({v('str', 0)} in {v(self.pick(['str', 'counts', 'strs']), d)})",
            lambda: f"{v('str', d)}.{self.pick(['isdigit', 'isalpha', 'isupper', 'islower', 'isspace'])}()",
            lambda: f"{v('str', d)}.{self.pick(['startswith', 'endswith'])}({v('str', 0)})",
            lambda: f"{self.pick(['any', 'all'])}(x > 1 for x in {v('list', d)})",
            lambda: f"isinstance({v(kind, d)}, {self.pick(['str', 'list', 'tuple', '(str, list)', 'dict'])})",
            lambda: f"bool({v('', d)})",
            lambda: f"({v('int', 0)} < {v('int', 0)} {compare} {v('int', 0)})",
            lambda: f"({v('set', d)} {self.pick(['<=', '<', '==', '>='])} {v('set', d)})",
            lambda: f"({v('none', 0)} is None)",
            lambda: f"({v('point', d)} {self.pick(['==', '<', '!='])} {v('point', d)})",
            lambda: f"({v('item', d)} {self.pick(['==', '<', '!=', '>='])} {v('item', d)})",
            lambda: f"({v('color', d)} {self.pick(['is', '==', '!=', 'is not'])} {v('color', d)})",
            lambda: f"({self.rank()} {compare} {v('int', d)})",
        )

    def make_str(self, d: int) -> str:
        v = self.value
        text = f'"{self.pick(TEXTS)}"'
        if d < 0:
            return text
        return self.one(
            lambda: text,
            lambda: f"({v('str', d)} + {v('str', d)})",
            lambda: f"({v('str', d)} * {self.pick(['0', '1', '2', '3', '-1'])})",
            lambda: f"{v('str', d)}[{self.slice()}]",
            lambda: f"{v('str', d)}[{v('int', 0)}]",
            lambda: (
                f"{v('str', d)}.{self.pick(['upper', 'lower', 'strip', 'title', 'capitalize', 'swapcase', 'lstrip'])}()"
            ),
            lambda: f"{v('str', d)}.replace({v('str', 0)}, {v('str', 0)})",
            lambda: f"{text}.join({v('strs', d)})",
            lambda: f"str({v(self.pick(['int', 'bool', 'list', 'tuple', 'none', 'counts', 'str', 'point']), d)})",
            lambda: f"repr({v(self.pick(['int', 'str', 'strs', 'dict', 'point']), d)})",
            lambda: self.fstring(d),
            lambda: f'"%s-%{self.pick(["d", "5d", "03d", "x"])}" % ({v("str", d)}, {v("int", d)})',
            lambda: f'"{{}}:{{:>4}}|{{k}}".format({v("str", d)}, {v("int", d)}, k={v("int", d)})',
            lambda: f"{v('str', d)}.{self.pick(['ljust', 'rjust', 'center', 'zfill'])}({self.pick(['3', '6'])})",
            lambda: f"{v('strs', d)}[{v('int', 0)}]",
            lambda: f"{v('str', d)}.partition({v('str', 0)})[{self.pick(['0', '1', '2'])}]",
            lambda: f"chr(97 + {v('int', 0)} % 26)",
            lambda: f"type({v('', d)}).__name__" if self.chance(0.0) else f"{v('str', d)}.removeprefix({v('str', 0)})",
            lambda: f"min({v('strs', d)}, key=len)",
            lambda: f"dict(a={v('str', 0)}, b={text})[{self.pick(['a', 'b', 'c'])!r}]",
            lambda: f"{self.pick(['str', 'repr'])}({v(self.pick(['item', 'color', 'float']), d)})",
            lambda: f"{self.sure('item', d)}.tag",
            lambda: f"{self.sure('color', d)}.{self.pick(['name', 'value'])}",
            lambda: f"format({v('float', d)}, {self.pick(['.1f', '.3g', '8.2f', 'e', '', '+', ',', '.0%'])!r})",
            lambda: f"str([{v('float', d)}, {v('int', d)}])",
            lambda: f'"%s|%r" % ({v("float", d)}, {v("int", d)})',
        )

    def fstring(self, d: int) -> str:
        spec = self.pick(["", "", ":>5", ":<4", ":^6", ":*^7"])
        text = self.value("str", d)
        number = self.value("int", d)
        if '"' in text or "\\" in text or "'" in text:
            text = "None" if spec == "" else "'q'"
        if '"' in number or "\\" in number or "'" in number:
            number = "7"
        if "lambda" in text + number or ":=" in text + number or "{" in text + number:
            text, number = "'q'", "8"
        return f'f"{{({text}){self.pick(["", "!r", "!s"])}{spec}}}|{{({number}):{self.pick(["d", "5", "04d", "x", "+d", ",", "b"])}}}"'

    def slice(self) -> str:
        part = lambda: self.pick(["", "", "0", "1", "2", "-1", "-2", "5"])  # noqa: E731
        return f"{part()}:{part()}" + (f":{self.pick(['', '1', '2', '-1', '-2'])}" if self.chance(0.4) else "")

    def make_list(self, d: int) -> str:
        """Of ints."""
        v = self.value
        if d < 0:
            return self.pick(["[]", "[1, 2, 3]", "[3, 1, 2]", "[0]", "[5, -1]"])
        name = self.fresh("x")
        return self.one(
            lambda: f"[{', '.join(v('int', d - 1) for _ in range(self.random.randrange(4)))}]",
            lambda: f"({v('list', d)} + {v('list', d)})",
            lambda: f"{v('list', d)}[{self.slice()}]",
            lambda: (
                f"sorted({v(self.pick(['list', 'set', 'tuple']), d)}{self.pick(['', ', reverse=True', ', key=lambda q: -q', ', key=abs'])})"
            ),
            lambda: f"list(range({self.pick(['3', '1, 4', '5, 0, -2', '0', '0, 10, 3'])}))",
            lambda: (
                f"[{name} {self.pick(['+', '*', '-', '%'])} {v('int', 0)} for {name} in {v('list', d)}{self.comprehension_test(name)}]"
            ),
            lambda: f"list(map(lambda q: q * 2, {v('list', d)}))",
            lambda: f"list(filter({self.pick(['None', 'lambda q: q > 1'])}, {v('list', d)}))",
            lambda: f"[*{self.sure('list', d)}, {v('int', 0)}, *{self.sure('tuple', d)}]",
            lambda: f"[len({name}) for {name} in {v('strs', d)}]",
            lambda: f"list(reversed({v('list', d)}))",
            lambda: f"[{name} for {name} in {v('point', d)}]",
            lambda: f"list({v('counts', d)}.values())",
            lambda: f"({v('list', d)} * {self.pick(['0', '1', '2'])})",
            lambda: f"[i * {name} for i, {name} in enumerate({v('list', d)})]",
            lambda: f"[{name} - j for {name}, j in zip({v('list', d)}, {v('list', d)})]",
            lambda: f"list({v('dict', d)})",
            lambda: f"[q.n for q in sorted([{v('item', d)}, {v('item', d)}])]",
            lambda: f"[q for q in (w % 5 for w in {v('list', d)}) if q]",
        )

    def comprehension_test(self, name: str) -> str:
        return self.pick(["", "", f" if {name} > 0", f" if {name} % 2", f" if {name}"])

    def make_strs(self, d: int) -> str:
        v = self.value
        if d < 0:
            return self.pick(["[]", '["b", "a"]', '["x"]', '["aa", "b", ""]'])
        return self.one(
            lambda: f"[{', '.join(v('str', d - 1) for _ in range(self.random.randrange(4)))}]",
            lambda: f"{v('str', d)}.split({self.pick(['', repr(','), repr(' '), repr('b')])})",
            lambda: f"sorted({v('strs', d)}{self.pick(['', ', key=len', ', reverse=True', ', key=str.lower'])})",
            lambda: f"[q + {v('str', 0)} for q in {v('strs', d)}]",
            lambda: f"list({v('str', d)})",
            lambda: f"[str(q) for q in {v('list', d)}]",
            lambda: f"{v('strs', d)}[{self.slice()}]",
            lambda: f"list({v('counts', d)})",
            lambda: f"[f'{{q}}={{w}}' for q, w in {v('counts', d)}.items()]",
        )

    def make_tuple(self, d: int) -> str:
        """Of ints."""
        v = self.value
        if d < 0:
            return self.pick(["()", "(1,)", "(1, 2)", "(3, 0, 3)"])
        return self.one(
            lambda: f"({v('int', d)}, {v('int', d)})",
            lambda: f"({v('int', d)},)",
            lambda: f"tuple({v('list', d)})",
            lambda: f"({v('tuple', d)} + {v('tuple', d)})",
            lambda: f"{v('tuple', d)}[{self.slice()}]",
            lambda: f"divmod({v('int', d)}, {v('int', 0)})",
            lambda: f"tuple({v('point', d)})",
            lambda: f"(*{self.sure('list', d)}, {v('int', 0)})",
        )

    def make_dict(self, d: int) -> str:
        """From ints to anything simple."""
        v = self.value
        if d < 0:
            return self.pick(["{}", "{1: 'a'}", "{2: [1], 0: None}"])
        return self.one(
            lambda: "{" + ", ".join(f"{v('int', 0)}: {v('str', d - 1)}" for _ in range(self.random.randrange(3))) + "}",
            lambda: f"{{q: q * 2 for q in {v('list', d)}}}",
            lambda: f"{{**{v('dict', d)}, {v('int', 0)}: {v('int', d)}}}",
            lambda: f"dict(zip({v('list', d)}, {v('strs', d)}))",
            lambda: f"dict(enumerate({v('strs', d)}))",
            lambda: f"({v('dict', d)} | {v('dict', d)})",
            lambda: f"{{v: k for k, v in {v('counts', d)}.items()}}",
        )

    def make_counts(self, d: int) -> str:
        """From strs to ints."""
        v = self.value
        if d < 0:
            return self.pick(["{}", '{"a": 1}', '{"b": 2, "a": 3}'])
        return self.one(
            lambda: "{" + ", ".join(f"{v('str', 0)}: {v('int', d - 1)}" for _ in range(self.random.randrange(3))) + "}",
            lambda: f"{{q: len(q) for q in {v('strs', d)}}}",
            lambda: f"{{**{v('counts', d)}, {v('str', 0)}: {v('int', d)}}}",
            lambda: f"dict(sorted({v('counts', d)}.items()))",
            lambda: f"dict(a={v('int', d)}, b={v('int', 0)})",
        )

    def make_set(self, d: int) -> str:
        """Of ints."""
        v = self.value
        if d < 0:
            return self.pick(["set()", "{1, 2}", "{3}"])
        return self.one(
            lambda: f"{{{v('int', d)}, {v('int', d)}}}",
            lambda: f"set({v(self.pick(['list', 'tuple']), d)})",
            lambda: f"({v('set', d)} {self.pick(['|', '&', '-', '^'])} {v('set', d)})",
            lambda: f"{{q % 3 for q in {v('list', d)}}}",
            lambda: f"frozenset({v('list', d)})",
            lambda: f"{v('set', d)}.{self.pick(['union', 'difference', 'intersection'])}({v('list', d)})",
        )

    def make_point(self, d: int) -> str:
        self.classes = True
        v = self.value
        if d < 0:
            return self.pick(["Point(1, 2)", "Point(0)", "Point.origin()"])
        return self.one(
            lambda: f"Point({v('int', d)}, {v('int', 0)})",
            lambda: f"Point({v('int', d)}{self.pick(['', ', y=2', ', 3'])})",
            lambda: f"Point(y={v('int', 0)}, x={v('int', 0)})",
            lambda: f"({v('point', d)} + {v('point', d)})",
            lambda: f"({v('point', d)} * {v('int', 0)})",
            lambda: f"({self.pick(['2', '-1'])} * {v('point', d)})",
            lambda: f"(-{v('point', d)})",
            lambda: f"Point.diagonal({v('int', d)})",
            lambda: f"Named({v('str', 0)}, {v('int', d)})",
            lambda: f"{self.sure('point', d)}({self.pick(['', '1', 'dy=2', '3, dy=-1'])})",
            lambda: f"max({v('point', d)}, {v('point', d)})",
        )

    def make_item(self, d: int) -> str:
        self.records = True
        v = self.value
        if d < 0:
            return self.pick(["Item(1)", "Item(2, 'a')", "Item(n=0, marks=[1])"])
        return self.one(
            lambda: f"Item({v('int', d)}" + self.pick([")", ', tag="b")', ', "c", [1])', ", marks=[2, 3])"]),
            lambda: f"Item({v('int', 0)}, {v('str', d)})",
            lambda: f"replace({self.sure('item', d)}, {self.pick(['n=7', 'tag=str(3)', 'marks=[], n=1'])})",
            lambda: f"{self.sure('item', d)}.grown({v('int', 0)})",
            lambda: f"{self.pick(['min', 'max'])}({v('item', d)}, {v('item', d)}{self.pick(['', ', key=len'])})",
            lambda: f"Item(*astuple({self.sure('item', d)})[:2])",
        )

    def make_color(self, d: int) -> str:
        self.records = True
        if d < 0:
            return self.pick(["Color.RED", "Color.GREEN", "Color.CRIMSON"])
        return self.one(
            lambda: self.pick(["Color.RED", "Color.GREEN", "Color('a')", "Color['GREEN']"]),
            lambda: f"Color({self.value('str', d)})",
            lambda: f"{self.sure('color', d)}.next()",
            lambda: (
                f"Color.parse({self.value('str', d)})" if self.chance(0.2) else f"Color[{self.sure('color', d)}.name]"
            ),
            lambda: f"{{Color.RED: Color.GREEN}}.get({self.value('color', d)}, Color.RED)",
        )

    def rank(self) -> str:
        self.records = True
        return self.pick(["(Rank.LOW + 0)", "abs(Rank.HIGH)", "(2 * Rank(5))", "sum(Rank)"])

    # -- statements

    def block(self, size: int) -> str:
        """A few statements; the names that they make are theirs."""
        known = Names(self.names.types)
        functions = list(self.functions)
        self.depth += 1
        lines = [self.statement() for _ in range(1 + self.random.randrange(size))]
        self.depth -= 1
        self.names, self.functions = known, functions
        return textwrap.indent("\n".join(lines), "    ")

    def statement(self) -> str:
        deep = self.depth >= 3
        options: list[Callable[[], str]] = [
            self.assign,
            self.assign,
            self.change,
            self.change,
            self.mutate,
            self.mutate,
            self.unpack,
        ]
        if not deep:
            options += [self.if_, self.for_, self.for_, self.while_, self.match_]
        if not deep and not self.inside.startswith("generator"):  # Python runs what is left of one that is dropped
            options += [self.try_, self.try_, self.with_]
        if not deep and not self.inside and not self.loops:
            options += [self.function, self.function, self.generator, self.closure]
        if self.inside and self.chance(0.3):
            options = [self.leave]
        elif self.loops and self.chance(0.15):
            options = [lambda: f"if {self.test(1)}: {self.pick(['break', 'continue'])}"]
        elif self.depth and self.chance(0.05):
            options = [self.raise_]
        return self.one(*options)

    def leave(self) -> str:
        kind, _, gives = self.inside.partition(" ")
        if kind == "generator":
            return f"yield {self.value('int', 1)}" if self.chance(0.8) else f"yield from {self.value('list', 1)}"
        return f"if {self.test(1)}: return {self.value(gives, 1)}"

    def assign(self) -> str:
        kind = self.kind()
        text = self.value(kind, 3)
        name = self.fresh("v")
        if kind == "list" and not self.inside and self.chance(0.2):
            known, other = self.pick(self.names.of("list") or ["[3, 1]"]), self.fresh("w")
            self.names.types[name] = kind
            return f"{name} = [{other} for q in {known} if ({other} := q * 2) > 1]"
        if self.chance(0.08):
            other = self.fresh("w")
            line = f"{other} = ({name} := {text})"
        else:
            line = f"{name} = {text}"
        self.names.types[name] = kind
        return line

    def change(self) -> str:
        """Assign to a name that is there."""
        kind = self.kind()
        known = [name for name in self.names.of(kind) if name.startswith("v")]
        if not known:
            return self.assign()
        name = self.pick(known)
        if kind == "int":
            return (
                f"{name} {self.pick(['+=', '-=', '//=', '%='])} {self.value('int', 2)}"
                if self.chance(0.6)
                else f"{name} = {self.value('int', 2)} % 97"
            )
        if kind == "str":
            return f"{name} = ({name} + {self.value('str', 1)})[:12]"
        if kind in ("list", "strs"):
            return f"{name} = {name}[:5]; {name} += {self.value(kind, 1)}"
        if kind == "set":
            return f"{name} {self.pick(['|=', '&=', '-='])} {self.value('set', 1)}"
        return f"{name} = {self.value(kind, 2)}"

    def mutate(self) -> str:
        """Change a list or dict in place, so that others see it."""
        v = self.value
        name, kind = self.target("list", "counts", "dict", "strs", "set", "point")
        if not name:
            return self.assign()
        if kind in ("list", "strs"):
            item = "int" if kind == "list" else "str"
            return self.one(
                lambda: f"if len({name}) < 9: {name}.append({v(item, 1)})",
                lambda: f"{name}[{v('int', 0)}] = {v(item, 1)}",
                lambda: (
                    f"{name}.{self.pick(['sort()', 'reverse()', 'sort(reverse=True)', 'clear()', 'pop()', 'pop(0)'])}"
                ),
                lambda: (
                    f"{name}[{self.slice().rpartition(':')[0] or ':'}] = {v(kind, 1)}[:4]"
                    if self.chance(0.5)
                    else f"del {name}[{self.slice()}]"
                ),
                lambda: f"{name}.insert({v('int', 0)}, {v(item, 0)}); del {name}[6:]",
                lambda: f"{name}.remove({v(item, 0)})",
                lambda: f"del {name}[{v('int', 0)}]",
            )
        if kind == "set":
            return f"{name}.{self.pick(['add', 'discard', 'remove'])}({v('int', 0)})"
        if kind == "point":
            return f"{name}.{self.pick(['x', 'y', 'total'])} {self.pick(['=', '+='])} {v('int', 1)} % 50"
        key = v("str" if kind == "counts" else "int", 0)
        return self.one(
            lambda: f"{name}[{key}] = {v('int', 1)}",
            lambda: (
                f"{name}[{key}] = {name}.get({key}, 0) + 1" if kind == "counts" else f"{name}[{key}] = {v('str', 1)}"
            ),
            lambda: f"{name}.pop({key}{self.pick([', None', ', None', ''])})",
            lambda: f"del {name}[{key}]",
            lambda: f"{name}.setdefault({key}, {v('int', 0)})",
            lambda: f"{name}.update({v(kind, 1)})",
            lambda: f"{name}[{key}] += {v('int', 0)}" if kind == "counts" else f"{name}.clear()",
        )

    def target(self, *kinds: str) -> tuple[str, str]:
        known = [(name, kind) for name, kind in self.names.types.items() if kind in kinds]
        return known[self.random.randrange(len(known))] if known else ("", "")

    def unpack(self) -> str:
        a, b, c = self.fresh("v"), self.fresh("v"), self.fresh("v")
        v = self.value
        text, kinds = [
            (f"{a}, {b} = {v('int', 1)}, {v('str', 1)}", ("int", "str", "")),
            (f"{a}, *{b} = {v('list', 1)}", ("int", "list", "")),
            (f"*{b}, {a} = {v('tuple', 1)}", ("int", "list", "")),
            (f"{a}, ({b}, {c}) = {v('int', 1)}, {v('point', 1)}", ("int", "int", "int")),
            (f"{a} = {b} = {v('list', 1)}", ("list", "list", "")),
            (f"{a}, {b} = {v('int', 1)}, {v('int', 1)}; {a}, {b} = {b}, {a}", ("int", "int", "")),
            (f"{a}, {b}, *{c} = {v('str', 1)}", ("str", "str", "strs")),
        ][self.random.randrange(7)]
        self.names.types.update({name: kind for name, kind in zip((a, b, c), kinds, strict=True) if kind})
        return text

    def if_(self) -> str:
        text = f"if {self.test(2)}:\n{self.block(2)}"
        if self.chance(0.3):
            text += f"\nelif {self.test(1)}:\n{self.block(2)}"
        return text + (f"\nelse:\n{self.block(2)}" if self.chance(0.5) else "")

    def for_(self) -> str:
        name, other = self.fresh("i"), self.fresh("j")
        v = self.value
        target, source, kinds = [
            (name, f"range({self.pick(['3', '1, 4', '4, 0, -1', '0'])})", {name: "int"}),
            (name, f"{v('list', 1)}[:5]", {name: "int"}),
            (name, f"{v('str', 1)}[:5]", {name: "str"}),
            (name, f"list({v('counts', 1)})", {name: "str"}),
            (f"{name}, {other}", f"list({v('counts', 1)}.items())", {name: "str", other: "int"}),
            (f"{name}, {other}", f"enumerate({v('strs', 1)}[:4])", {name: "int", other: "str"}),
            (f"{name}, {other}", f"zip({v('list', 1)}[:4], {v('strs', 1)})", {name: "int", other: "str"}),
            (name, f"sorted({v('set', 1)})[:4]", {name: "int"}),
            (name, v("point", 1), {name: "int"}),
            (name, v("tuple", 1), {name: "int"}),
        ][self.random.randrange(10)]
        before = Names(self.names.types)
        self.names.types.update(kinds)
        self.loops += 1
        body = self.block(3)
        self.loops -= 1
        self.names = before
        return f"for {target} in {source}:\n{body}" + (f"\nelse:\n{self.block(1)}" if self.chance(0.2) else "")

    def while_(self) -> str:
        name = self.fresh("n")
        self.loops += 1
        body = self.block(2)
        self.loops -= 1
        end = f"\nelse:\n{self.block(1)}" if self.chance(0.2) else ""
        return f"{name} = {self.pick(['2', '3', '4'])}\nwhile {name} > 0:\n    {name} -= 1\n{body}{end}"

    def try_(self) -> str:
        error = self.pick(
            [
                "ValueError",
                "IndexError",
                "KeyError",
                "TypeError",
                "LookupError",
                "ZeroDivisionError",
                "Exception",
                "(KeyError, TypeError)",
            ]
        )
        text = f"try:\n{self.block(3)}\nexcept {error} as e:\n    log.append((repr(e), str(e)))"
        if error != "Exception" and self.chance(0.6):
            text += "\nexcept Exception as e:\n    log.append(str(e))"
        if self.chance(0.3):
            text += f"\nelse:\n{self.block(1)}"
        if self.chance(0.3):
            before, self.loops = self.loops, 0  # no 'break' there
            inside, self.inside = self.inside, ""
            functions = self.functions
            self.depth += 3
            text += f"\nfinally:\n{self.block(1)}"
            self.depth -= 3
            self.loops, self.inside, self.functions = before, inside, functions
        return text

    def attempt(self) -> str:
        """Statements whose exception does not end the program."""
        return f"try:\n{self.block(2)}\nexcept Exception as e:\n    log.append((repr(e), str(e)))"

    def raise_(self) -> str:
        return self.one(
            lambda: f"raise ValueError({self.value('str', 0)})",
            lambda: f"raise KeyError({self.value('int', 0)})",
            lambda: f"assert {self.test(1)}, {self.value('str', 0)}",
            lambda: f"if {self.test(1)}: raise {self.trouble()}",
        )

    def trouble(self) -> str:
        self.classes = True
        return f"Trouble({self.value('int', 0)})"

    def with_(self) -> str:
        self.classes = True
        return f"with Guard(log, {self.pick(['True', 'True', 'False'])}){self.pick(['', ' as g'])}:\n{self.block(2)}"

    def match_(self) -> str:
        self.classes = self.records = True
        name = self.fresh("m")
        patterns = [
            ("0", {}),
            ("1 | 2 | 'a'", {}),
            ("None", {}),
            ("[]", {}),
            (f"[{name}]", {}),
            (f"[{name}, *_]", {}),
            (f"int({name}) if {name} > 1", {name: "int"}),
            (f"str() as {name}", {name: "str"}),
            (f"{{'a': {name}}}", {}),
            (f"Point(x={name})", {}),
            ("(1, _) | [_, 2]", {}),
            (f"Item({name}, tag='t')", {name: "int"}),
            ("Color.RED", {}),
            (f"list({name})", {}),
        ]
        lines = [f"match {self.value('', 2)}:"]
        for _ in range(1 + self.random.randrange(3)):
            pattern, kinds = patterns[self.random.randrange(len(patterns))]
            before = Names(self.names.types)
            self.names.types.update(kinds)
            lines.append(f"    case {pattern}:\n{textwrap.indent(self.block(1), '    ')}")
            self.names = before
        if self.chance(0.6):
            lines.append(f"    case _:\n{textwrap.indent(self.block(1), '    ')}")
        return "\n".join(lines)

    # -- functions

    def function(self) -> str:
        name, gives = self.fresh("f"), self.kind()
        kinds = [self.pick(["int", "str", "list"]) for _ in range(2)]
        head, forms = [
            ("a, b", ["<0>, <1>", "<0>, b=<1>", "b=<1>, a=<0>", "*(<0>, <1>)"]),
            (f"a, b={self.value(kinds[1], 0)}", ["<0>", "<0>, <1>", "<0>, b=<1>", "a=<0>"]),
            ("a, *rest", ["<0>", "<0>, <1>, 3", "<0>, *[1, 2]"]),
            ("a, *, b", ["<0>, b=<1>", "b=<1>, a=<0>", "<0>"]),
            (f"a, *rest, b={self.value(kinds[1], 0)}", ["<0>", "<0>, 4, b=<1>", "<0>, *'xy'"]),
            ("a, **more", ["<0>", "<0>, k=<1>", "<0>, **{'z': <1>}"]),
            ("a, /, b=None", ["<0>", "<0>, <1>", "<0>, b=<1>"]),
        ][self.random.randrange(7)]
        local = {"a": kinds[0]}
        if "b" in head.replace("None", "") and "=None" not in head:
            local["b"] = kinds[1]
        if "rest" in head:
            local["rest"] = "anything"
        body = self.body(name, head, local, f"function {gives}", f"return {{{gives}}}")
        for form in forms:
            call = form.replace("<0>", f"<{kinds[0]}>").replace("<1>", f"<{kinds[1]}>")
            self.functions.append((f"{name}({call})", gives))
        return body

    def generator(self) -> str:
        name = self.fresh("g")
        body = self.body(name, "a", {"a": "list"}, "generator int", "yield {int}")
        for form in (f"list({name}(<list>))", f"[q for q in {name}(<list>)]", f"sorted({name}(<list>))"):
            self.functions.append((form, "list"))
        self.functions.append((f"next({name}(<list>))", "int"))
        self.functions.append((f"sum({name}(<list>))", "int"))
        return body

    def body(self, name: str, head: str, local: dict[str, str], inside: str, end: str) -> str:
        names, functions = self.names, list(self.functions)
        loops, depth = self.loops, self.depth
        self.names = Names(
            {**{n: k for n, k in names.types.items() if self.chance(0.5) and not n.startswith("v")}, **local}
        )
        self.inside, self.loops, self.depth = inside, 0, 1
        text = self.block(3)
        kind = end.partition("{")[2].rstrip("}")
        last = end.replace(f"{{{kind}}}", self.value(kind, 1).replace("{", "{"))
        self.inside, self.names, self.functions, self.loops, self.depth = "", names, functions, loops, depth
        return f"def {name}({head}):\n{text}\n    {last}"

    def closure(self) -> str:
        name, start = self.fresh("c"), self.value("int", 0)
        maker = self.fresh("make")
        step = self.pick(["n += by", "n = n * 2 - by", "n -= by"])
        self.functions += [(f"{name}(<int>)", "int"), (f"{name}()", "int"), (f"{name}(by=<int>)", "int")]
        return (
            f"def {maker}(n):\n    def inner(by=1):\n        nonlocal n\n        {step}\n        n %= 101\n        return n\n"
            f"    return inner\n{name} = {maker}({start})"
        )

    def program(self) -> str:
        lines = [self.statement() if self.chance(0.5) else self.attempt() for _ in range(3 + self.random.randrange(6))]
        shown = [f"sorted({name})" if kind == "set" else name for name, kind in self.names.types.items()]
        text = "\n".join(["log = []", *lines, f"res = [log, {', '.join(shown)}]"])
        classes = [part.strip() for part, used in ((RECORDS, self.records), (CLASSES, self.classes)) if used]
        return "\n\n\n".join([*classes, text]) + "\n"


def program(random: Random) -> str:
    """A program that leaves what it made in `res`."""
    return Maker(random).program()
