import re, operator
from collections import deque


def apply(
    x,
    f=lambda v: v + 1,
    g=len,
    seen=frozenset(),
    kinds=(int, str),
    opts={1: "a"},
    pat=re.compile(r"\d+"),
    op=operator.add,
    names={"a", "b"},
    raw=b"ab",
    r=range(3),
    kind=int,
    err=ValueError,
):
    return (
        f(x),
        g("abc"),
        1 in seen,
        isinstance(x, kinds),
        opts[1],
        pat.findall("a1b22"),
        op(1, 2),
        "a" in names,
        raw[0],
        list(r),
        kind("5"),
        err("e").args,
    )


def grow(x, seen=set(), q=deque(maxlen=2)):
    seen.add(x)
    q.append(x)
    return sorted(seen), list(q)


class Heap:
    def __init__(self, items=(), key=lambda x: x, *, cmp=lambda a, b: a < b):
        self.items, self.key, self.cmp = list(items), key, cmp

    def best(self):
        out = self.items[0]
        for i in self.items[1:]:
            if self.cmp(self.key(i), self.key(out)):
                out = i
        return out


def sort(xs, *, key=None, on=lambda *a, k=3: (a, k)):
    return sorted(xs, key=key), on(1, k=2)


def main():
    return (
        apply(5),
        apply(5, lambda v: v * 2),
        grow(1),
        grow(2),
        grow(3),
        Heap([3, 1, 2]).best(),
        Heap(["aa", "b"], key=len).best(),
        Heap([3, 1, 2], cmp=lambda a, b: a > b).best(),
        sort([2, 1]),
    )


res = main()
