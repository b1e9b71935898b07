import operator, re
from enum import Enum


class Kind(Enum):
    A = 1
    B = 2


def ha(x):
    return f"a{x}"


class Base:
    table = {Kind.A: ha, Kind.B: lambda x: f"b{x}"}
    names = {k.name: k for k in Kind}
    WORDS = {"if", "else"}
    RULES = [("num", re.compile(r"\d+")), ("ws", re.compile(r"\s+"))]
    OPS = {"+": operator.add, "neg": operator.neg, "max": max}

    def go(self, k, x):
        return self.table[k](x)


class Child(Base):
    WORDS = Base.WORDS | {"for"}

    def both(self):
        return sorted(self.WORDS), sorted(super().WORDS)


c = 5


def main():
    c = Child()
    Child.WORDS.add("zz")
    return [
        c.go(Kind.A, 1),
        c.go(Kind.B, 2),
        c.names["A"] is Kind.A,
        c.both(),
        [n for n, r in c.RULES if r.match("12")],
        c.OPS["+"](1, 2),
        c.OPS["neg"](3),
        c.OPS["max"](3, 9),
        "if" in Base.WORDS,
    ]


res = main()
