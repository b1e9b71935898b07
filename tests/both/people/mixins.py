class Base:
    def __init__(self, **kw):
        self.log = ["Base"]
        if kw:
            raise TypeError(f"unexpected {sorted(kw)}")

    def describe(self):
        return "base"


class Named(Base):
    def __init__(self, name, **kw):
        super().__init__(**kw)
        self.name = name
        self.log.append("Named")

    def describe(self):
        return f"{super().describe()}+named({self.name})"


class Sized(Base):
    def __init__(self, size=1, **kw):
        super().__init__(**kw)
        self.size = size
        self.log.append("Sized")

    def describe(self):
        return f"{super().describe()}+sized({self.size})"


class Comparable:
    def __lt__(self, other):
        return self.key() < other.key()

    def __eq__(self, other):
        return self.key() == other.key()

    def __hash__(self):
        return hash(self.key())


class Box(Named, Sized, Comparable):
    def key(self):
        return (self.size, self.name)

    def describe(self):
        return super().describe() + "!"

    def __repr__(self):
        return f"{self.__class__.__name__}({self.name!r}, {self.size})"


b = [Box("b", size=2), Box("a", size=2), Box("c")]
res = [
    b[0].describe(),
    b[0].log,
    sorted(b),
    max(b),
    Box("c", size=1) == b[2],
    len({*b, Box("c")}),
    [c.__name__ for c in Box.__mro__],
    isinstance(b[0], Comparable),
    issubclass(Box, (int, Sized)),
    Box.__name__,
    Box.__bases__[0].__name__,
]
try:
    Box("z", colour=1)
except TypeError as e:
    res.append(str(e))
