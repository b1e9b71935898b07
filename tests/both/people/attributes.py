class P:
    def __init__(self):
        self.n = 0
        self.cb = lambda x: ("cb", x)

    @property
    def maker(self):
        self.n += 1
        k = self.n
        return lambda: k

    @property
    def broken(self):
        return self.nope

    @classmethod
    def make(cls, *a):
        return cls.__name__, a

    @staticmethod
    def st(*a):
        return a

    def m(self, *a):
        return self.n, a


def main():
    p = P()
    f = p.maker
    g = p.maker
    out = [
        f(),
        g(),
        p.maker(),
        getattr(p, "maker")(),
        p.n,
        list(map(p.make, [1])),
        list(map(p.st, [1])),
        list(map(p.m, [1])),
        list(map(p.cb, [1])),
        getattr(p, "broken", "dflt"),
        getattr(p, "cb")(2),
        p.st is P.st,
        getattr(p, "m")(3),
        hasattr(p, "broken"),
    ]
    try:
        getattr(p, "broken")
    except AttributeError as e:
        out.append(str(e))
    try:
        getattr(p, "zip")
    except AttributeError as e:
        out.append(str(e))
    h = {"a": p.m, "b": p.cb}
    q = p.m
    return out, h["a"](5), h["b"](6), q(7), p.m == q, getattr(P, "st")(1), getattr(P, "m")(p, 2)


res = main()
