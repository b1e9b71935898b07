class Signal:
    def __init__(self):
        self._subs = []

    def connect(self, fn=None, *, once=False):
        if fn is None:
            return lambda f: self.connect(f, once=once)
        self._subs.append((fn, once))
        return fn

    def emit(self, *a, **k):
        subs, self._subs = self._subs, []
        results = []
        for fn, once in subs:
            try:
                results.append(fn(*a, **k))
            except Exception as e:
                results.append(e)
            if not once:
                self._subs.append((fn, once))
        return results

    __call__ = emit

    def __iadd__(self, fn):
        self.connect(fn)
        return self

    def __isub__(self, fn):
        self._subs = [s for s in self._subs if s[0] != fn]
        return self


class Model:
    def __init__(self):
        self.changed, self.n = Signal(), 0

    def set(self, n):
        old, self.n = self.n, n
        return self.changed(old, n)

    def log(self, old, new):
        return f"{old}->{new}"


m = Model()
m.changed += m.log


@m.changed.connect(once=True)
def once(old, new):
    return "once"


@m.changed.connect
def bad(old, new):
    return 1 // old


r1, r2 = m.set(1), m.set(2)
m.changed -= m.log
r3 = m.set(3)
res = [[repr(x) for x in r] for r in (r1, r2, r3)] + [callable(m.changed), once(1, 2)]
