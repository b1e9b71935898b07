def insertion(xs, key=None):
    xs = list(xs)
    key = key or (lambda v: v)
    for i in range(1, len(xs)):
        j = i
        while j > 0 and key(xs[j - 1]) > key(xs[j]):
            xs[j - 1], xs[j] = xs[j], xs[j - 1]
            j -= 1
    return xs


def quick(xs):
    match xs:
        case []:
            return []
        case [x]:
            return [x]
        case [p, *r]:
            return [*quick([v for v in r if v < p]), p, *quick([v for v in r if not v < p])]


def merge_sort(xs):
    if len(xs) < 2:
        return xs
    m = len(xs) // 2
    l, r, out = merge_sort(xs[:m]), merge_sort(xs[m:]), []
    while l and r:
        out.append((l if l[0] <= r[0] else r).pop(0))
    return out + l + r


def bisect_left(a, x, lo=0, hi=None, *, key=None):
    hi = len(a) if hi is None else hi
    while lo < hi:
        mid = (lo + hi) // 2
        if (key(a[mid]) if key else a[mid]) < x:
            lo = mid + 1
        else:
            hi = mid
    return lo


def radix(xs):
    for shift in range(0, 16, 4):
        buckets = [[] for _ in range(16)]
        for x in xs:
            buckets[x >> shift & 15].append(x)
        xs = sum(buckets, [])
    return xs


data = [5, 3, 9, 1, 5, 0, 0xFFFF, 256]
res = [
    insertion(data),
    insertion(["bb", "a", "ccc"], key=len),
    quick(data),
    merge_sort(data),
    bisect_left([1, 3, 5], 4),
    bisect_left(["a", "bb"], 2, key=len),
    radix(data),
    all(f(data) == sorted(data) for f in (insertion, quick, merge_sort, radix)),
]
