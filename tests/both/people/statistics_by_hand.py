import math
from collections import Counter


def mean(xs):
    xs = list(xs)
    if not xs:
        raise ValueError("mean requires at least one data point")
    return sum(xs) / len(xs)


def median(xs):
    xs = sorted(xs)
    n = len(xs)
    m = n // 2
    return xs[m] if n % 2 else (xs[m - 1] + xs[m]) / 2


def mode(xs):
    counts = Counter(xs)
    top = max(counts.values())
    return [v for v, c in counts.items() if c == top]


def pstdev(xs):
    m = mean(xs)
    return math.sqrt(sum((x - m) ** 2 for x in xs) / len(xs))


def quantiles(xs, n=4):
    xs = sorted(xs)
    m = len(xs) + 1
    out = []
    for i in range(1, n):
        j, d = divmod(i * m, n)
        j = 1 if j < 1 else len(xs) - 1 if j > len(xs) - 1 else j
        d = i * m - j * n
        out.append((xs[j - 1] * (n - d) + xs[j] * d) / n)
    return out


def corr(xs, ys):
    mx, my = mean(xs), mean(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / math.sqrt(
        sum((x - mx) ** 2 for x in xs) * sum((y - my) ** 2 for y in ys)
    )


def histogram(xs, bins=4):
    lo, hi = min(xs), max(xs)
    step = (hi - lo) / bins
    counts = [0] * bins
    for x in xs:
        counts[min(int((x - lo) / step), bins - 1)] += 1
    return [f"{lo + i * step:6.2f} {'#' * c}" for i, c in enumerate(counts)]


def ema(xs, a=0.5):
    out = None
    for x in xs:
        out = x if out is None else a * x + (1 - a) * out
        yield round(out, 4)


data = [2.5, 3.75, 1, 8.5, 3.75, 9, 4]
res = [
    f"{mean(data):.4f}",
    median(data),
    median([1, 2, 4, 10]),
    mode(data),
    f"{pstdev(data):.6f}",
    quantiles(data),
    f"{corr([1, 2, 3, 4], [2, 4, 5, 9]):.5f}",
    histogram(data),
    list(ema(data)),
    math.fsum([0.1] * 10),
    math.prod(range(1, 6)),
    math.comb(10, 3),
    math.gcd(84, 36),
    math.isclose(0.1 + 0.2, 0.3),
    math.floor(-2.5),
    math.ceil(2.1),
    math.trunc(-2.7),
    math.hypot(3, 4),
    math.factorial(10),
    round(math.degrees(math.atan2(1, 1)), 6),
    math.dist((0, 0), (1, 1)),
    math.log2(8),
    math.lcm(4, 6),
]
try:
    mean(x for x in ())
except ValueError as e:
    res.append(str(e))
try:
    math.sqrt(-1)
except ValueError as e:
    res.append(str(e))
