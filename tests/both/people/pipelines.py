def numbers(n):
    try:
        for i in range(n):
            yield i
    finally:
        print("closed")


def where(pred, items):
    return (i for i in items if pred(i))


def chunked(items, size):
    chunk = []
    for i in items:
        chunk.append(i)
        if len(chunk) == size:
            yield tuple(chunk)
            chunk = []
    if chunk:
        yield tuple(chunk)


def running_mean():
    total = count = 0
    mean = None
    while True:
        value = yield mean
        if value is None:
            return (total, count)
        total += value
        count += 1
        mean = total / count


def delegating(log):
    while True:
        try:
            got = yield from running_mean()
        except ValueError as e:
            log.append(f"reset: {e}")
            yield "reset"
        else:
            log.append(got)
            yield "finished"


log = []
g = delegating(log)
out = [next(g), g.send(10), g.send(21), g.throw(ValueError("bad")), next(g), g.send(4), g.send(None), next(g)]
g.close()
try:
    next(g)
except StopIteration as e:
    out.append(("stop", e.value))
gen = numbers(5)
first = next(gen)
gen.close()
res = [out, log, list(chunked(where(lambda x: x % 3, numbers(11)), 3)), first, list(gen)]


def flatten(x):
    if isinstance(x, (list, tuple)):
        for i in x:
            yield from flatten(i)
    else:
        yield x


res.append(list(flatten([1, [2, (3, [4]), []], "ab"])))
