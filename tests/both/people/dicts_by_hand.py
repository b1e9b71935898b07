d = {"b": 1, "a": 2}
d["c"] = 3
e = {**d, "a": 9}
f = d | {"z": 0}
d |= [("y", 5)]
g = dict(zip("xy", [1, 2]), w=3)
k = d.keys()
d["late"] = 1
grouped = {}
for w in "apple avocado banana blueberry cherry".split():
    grouped.setdefault(w[0], []).append(w)
inv = {v: k for k, v in {"a": 1, "b": 2}.items()}
nested = {"a": {"b": {"c": 1}}}


def dig(d, path, default=None):
    for p in path.split("."):
        try:
            d = d[p]
        except (KeyError, TypeError):
            return default
    return d


def merge(a, b):
    return {
        k: merge(a[k], b[k])
        if k in a and k in b and isinstance(a[k], dict) and isinstance(b[k], dict)
        else b.get(k, a.get(k))
        for k in [*a, *(x for x in b if x not in a)]
    }


def flatten(d, prefix=""):
    for k, v in d.items():
        if isinstance(v, dict):
            yield from flatten(v, f"{prefix}{k}.")
        else:
            yield f"{prefix}{k}", v


res = [
    d,
    e,
    f,
    g,
    list(k),
    grouped,
    inv,
    dig(nested, "a.b.c"),
    dig(nested, "a.x.c", "no"),
    merge({"a": {"x": 1}, "b": 2}, {"a": {"y": 3}, "c": 4}),
    dict(flatten({"a": 1, "b": {"c": 2, "d": {"e": 3}}})),
    d.pop("late"),
    d.pop("nope", None),
    d.popitem(),
    sorted(d.items(), key=lambda kv: -kv[1]),
    max(d, key=d.get),
    list(reversed(d)),
    d.keys() & {"a", "zz"},
    sorted(d.keys() | {"q"}),
    ("a", 2) in d.items(),
    3 in d.values(),
    dict.fromkeys("ab", 0),
    {1: "a", True: "b", 1.0: "c"},
    {(1, 2): 3}[1, 2],
    {k: v for k, v in sorted({"b": 1, "a": 2}.items())},
    len(d),
    {} == dict(),
    {"a": 1, "b": 2} == {"b": 2, "a": 1},
    d.get("a"),
    d.setdefault("n", []),
    list({"2": 1, "1": 2, "x": 3}),
    {None: 1, "null": 2}[None],
]
for fn in [
    lambda: d["missing"],
    lambda: d[[]],
    lambda: {}.popitem(),
    lambda: {"a": 1}["a"]["b"],
    lambda: dict([1]),
    lambda: dict(5),
]:
    try:
        res.append(fn())
    except Exception as ex:
        res.append(f"{type(ex).__name__}: {ex}")


def mutate():
    m = {"a": 1, "b": 2}
    for k in m:
        m["new"] = 1


try:
    mutate()
except RuntimeError as ex:
    res.append(str(ex))
for k in list(d):
    if d[k] == 3:
        del d[k]
res.append(d)
