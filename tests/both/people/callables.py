class Outer:
    class Inner:
        def __init__(self, v=1):
            self.v = v

        def __call__(self):
            return self.v

    kind = Inner
    inst = None

    def go(self):
        K = self.Inner
        L = type(self).Inner
        x = K(5)
        return isinstance(x, K), K is L, K.__name__, x.v, isinstance(x, self.kind), x()


class Holder:
    def __init__(self, f):
        self.f = f

    def run(self, *a):
        return self.f(*a)


def main():
    o = Outer()
    Outer.inst = Outer.Inner(7)
    c = o.inst
    h = Holder(c)
    return o.go(), c(), type(c).__name__, c is Outer.inst, h.run(), h.f is c, callable(o.inst)


res = main()
