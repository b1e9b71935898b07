class Strategy:
    def __init__(self, k):
        self.k = k

    def __call__(self, *a, **k):
        return (self.k, a, k)


class Holder:
    FN = None
    Make = None

    def __init__(self):
        self.OP = lambda x: x + 1
        self.Strat = Strategy(3)
        self.Kind = Strategy

    def go(self):
        return self.OP(1), self.Strat(2), self.Strat(2, a=1), self.Kind(4)(5)

    OPS = {"a": 1}

    @staticmethod
    def Static(x):
        return x

    def Method(self, x):
        return x * 2


def CapFunc(x, y=1):
    return x, y


def main():
    h = Holder()
    Holder.FN = lambda self, x: x
    Holder.Make = Strategy(1)
    F = lambda x: x
    S = Strategy(2)
    C = [Strategy, CapFunc]
    return (
        h.go(),
        h.FN(3),
        Holder.Make(1),
        h.Make(2),
        F(1),
        S(5),
        S(5, b=1),
        C[0](1)(2),
        C[1](3),
        CapFunc(1, y=2),
        Holder.Static(4),
        h.Method(3),
        Holder.Method(h, 5),
        h.OP(9),
        h.Strat(1),
    )


res = main()
