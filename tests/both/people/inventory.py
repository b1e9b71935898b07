from dataclasses import dataclass, field, asdict, astuple, fields, replace
from typing import Optional, ClassVar, NamedTuple
from collections import defaultdict


class Dim(NamedTuple):
    w: int
    h: int = 1

    def area(self):
        return self.w * self.h


@dataclass(order=True, frozen=True)
class Item:
    sku: str
    price: float = 0.0
    tags: tuple = ()
    dim: Optional[Dim] = None
    TAX: ClassVar[float] = 0.2

    def __post_init__(self):
        if self.price < 0:
            raise ValueError(f"negative price: {self.price!r}")

    @property
    def gross(self):
        return round(self.price * (1 + self.TAX), 2)


@dataclass
class Inventory:
    items: dict = field(default_factory=dict)
    log: list = field(default_factory=list, repr=False, compare=False)

    def add(self, item, n=1):
        self.items[item] = self.items.get(item, 0) + n
        self.log.append(f"+{n} {item.sku}")
        return self

    def __iter__(self):
        yield from sorted(self.items.items())

    def total(self):
        return sum(i.gross * n for i, n in self)

    def by_tag(self):
        out = defaultdict(set)
        for i, _ in self:
            for t in i.tags:
                out[t].add(i.sku)
        return {k: sorted(v) for k, v in sorted(out.items())}


a, b = Item("a", 9.99, ("x", "y"), Dim(2, 3)), Item("b", 5.5, ("y",))
inv = Inventory().add(a, 2).add(b).add(Item("a", 9.99, ("x", "y"), Dim(2, 3)))
res = [
    inv.items[a],
    round(inv.total(), 2),
    inv.by_tag(),
    repr(b),
    a > b,
    a == replace(b, sku="a"),
    asdict(a),
    astuple(b),
    [f.name for f in fields(a)],
    hash(a) == hash(replace(a)),
    inv == Inventory({a: 3, b: 1}),
    a.dim.area(),
    a.dim._replace(h=9),
    inv.log,
    Item.TAX,
    Dim(5),
    Dim(w=1, h=2) < (1, 3),
]
for f in [
    lambda: setattr(a, "price", 1),
    lambda: Item("c", -1.5),
    lambda: Item(),
    lambda: Item("a", 1, (), None, 5),
    lambda: Dim(),
    lambda: a < 5,
]:
    try:
        res.append(f())
    except Exception as e:
        res.append(f"{type(e).__name__}: {e}")
