import itertools as it
from itertools import (
    chain,
    groupby,
    product,
    permutations,
    combinations,
    accumulate,
    islice,
    takewhile,
    dropwhile,
    zip_longest,
    starmap,
    cycle,
    tee,
    pairwise,
    count,
    repeat,
    compress,
    filterfalse,
    combinations_with_replacement,
)

words = "the quick brown fox jumps over the lazy dog the end".split()
by_len = {k: sorted(set(g)) for k, g in groupby(sorted(words, key=len), key=len)}
a, b = tee(iter([1, 2, 3]))
next(b)
res = [
    by_len,
    list(zip(a, b)),
    ["".join(p) for p in permutations("abc", 2)],
    list(combinations(range(4), 3)),
    list(product("ab", repeat=2)),
    list(accumulate([1, 2, 3, 4], lambda x, y: x * y)),
    list(islice(cycle("xy"), 5)),
    list(takewhile(lambda x: x < 3, count())),
    list(dropwhile(str.isalpha, "ab1c")),
    list(zip_longest([1, 2], "a", fillvalue="-")),
    list(starmap(pow, [(2, 3), (3, 2)])),
    list(pairwise("abc")),
    list(chain.from_iterable([[1], (2,), "x"])),
    list(compress("abcd", [1, 0, 1])),
    list(filterfalse(None, [0, 1, "", "a"])),
    list(combinations_with_replacement("ab", 2)),
    list(repeat("z", 2)),
    list(accumulate([3, 1, 2], max, initial=0)),
]


def runs(s):
    return "".join(f"{ch}{n}" if (n := len(list(g))) > 1 else ch for ch, g in groupby(s))


def powerset(s):
    s = list(s)
    return chain.from_iterable(combinations(s, r) for r in range(len(s) + 1))


def sliding(seq, n):
    its = tee(seq, n)
    for i, x in enumerate(its):
        next(islice(x, i, i), None)
    return zip(*its)


def round_robin(*iterables):
    pending = [iter(x) for x in iterables]
    while pending:
        for x in pending[:]:
            try:
                yield next(x)
            except StopIteration:
                pending.remove(x)


res += [runs("aaabccd"), list(powerset("abc")), list(sliding(range(5), 3)), list(round_robin("ab", [1], "xyz"))]
