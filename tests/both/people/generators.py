def inner():
    try:
        x = yield 1
        y = yield x
        return (x, y)
    except KeyError as e:
        yield f"caught {e}"
        return "after"
    finally:
        LOG.append("inner done")


def outer():
    r = yield from inner()
    LOG.append(r)
    yield "tail"


LOG = []
g = outer()
out = [next(g), g.send("a"), g.send("b")]
g2 = outer()
next(g2)
out.append(g2.throw(KeyError("k")))
out.append(next(g2))
g3 = outer()
next(g3)
g3.close()
try:
    next(g3)
except StopIteration as e:
    out.append(e.value)


def cycle_n(xs, n):
    for _ in range(n):
        yield from xs


def take(n, it):
    return [x for _, x in zip(range(n), it)]


def primes():
    found = []
    n = 2
    while True:
        if all(n % p for p in found):
            found.append(n)
            yield n
        n += 1


def windowed(it, n=2):
    buf = []
    for x in it:
        buf.append(x)
        if len(buf) > n:
            buf.pop(0)
        if len(buf) == n:
            yield tuple(buf)


def coroutine(fn):
    def start(*a, **k):
        c = fn(*a, **k)
        next(c)
        return c

    return start


@coroutine
def averager():
    total = n = 0
    avg = None
    while True:
        total += yield avg
        n += 1
        avg = total / n


@coroutine
def grep(pat, target):
    while True:
        line = yield
        if pat in line:
            target.append(line)


av = averager()
got = []
gr = grep("x", got)
for l in ["ax", "b", "xx"]:
    gr.send(l)
res = [
    out,
    LOG,
    list(cycle_n("ab", 2)),
    take(6, primes()),
    list(windowed("abcd", 3)),
    [av.send(10), av.send(20), av.send(31)],
    got,
    sum(x * x for x in range(4)),
    list(x for x in [3, 1] if x > 1),
    max((len(w), w) for w in ["a", "bbb"]),
    dict((k, v) for k, v in zip("ab", range(2))),
]
it = iter([1, 2, 3])
res += [[(a, b) for a, b in zip(it, it)], next(it, "end")]
try:
    take(1, primes())[5]
except IndexError as e:
    res.append(str(e))


def bad():
    yield 1
    raise ValueError("mid")


b = bad()
next(b)
try:
    next(b)
except ValueError as e:
    res.append(str(e))
res.append(list(b))
gen = (i for i in range(3))
res += [1 in gen, list(gen)]


def early():
    return 5
    yield


try:
    next(early())
except StopIteration as e:
    res.append(e.value)
