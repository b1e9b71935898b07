class Record:
    _fields = ("a", "b")

    def __init__(self, **values):
        object.__setattr__(self, "_data", {})
        for k, v in values.items():
            setattr(self, k, v)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self._data[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__!r} has no field {name!r}") from None

    def __setattr__(self, name, value):
        if name not in self._fields:
            raise AttributeError(f"cannot set {name}")
        self._data[name] = value

    def __delattr__(self, name):
        del self._data[name]

    def __dir__(self):
        return sorted(self._data)


class Proxy:
    def __init__(self, target):
        self.__dict__["_target"] = target
        self.__dict__["calls"] = []

    def __getattr__(self, name):
        value = getattr(self._target, name)
        if callable(value):

            def call(*a, **k):
                self.calls.append((name, a, k))
                return value(*a, **k)

            return call
        return value

    def __setattr__(self, name, value):
        self.calls.append(("set", name))
        setattr(self._target, name, value)


r = Record(a=1, b=[2])
r.a += 10
out = [r.a, r.b, hasattr(r, "a"), hasattr(r, "zz"), getattr(r, "zz", "default")]
for f in [lambda: r.zz, lambda: setattr(r, "zz", 1), lambda: Record(c=1)]:
    try:
        f()
    except AttributeError as e:
        out.append(str(e))
del r.a
out.append(hasattr(r, "a"))


class Thing:
    def __init__(self):
        self.n = 1

    def add(self, k, twice=False):
        self.n += k * (2 if twice else 1)
        return self.n


p = Proxy(Thing())
out += [p.add(3), p.add(1, twice=True), p.n]
p.n = 100
out += [p.n, p._target.n, p.calls]
res = out
