ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = dict(zip(range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split()))


def words(n):
    if n < 0:
        return "minus " + words(-n)
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n - n % 10] + ("-" + ONES[n % 10] if n % 10 else "")
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if n >= size:
            q, r = divmod(n, size)
            return f"{words(q)} {name}" + (f"{' and' if r < 100 else ''} {words(r)}" if r else "")


def ordinal(n):
    return f"{n}{'th' if 11 <= n % 100 <= 13 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def to_base(n, b):
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    if n == 0:
        return "0"
    out, sign = [], "-" * (n < 0)
    n = abs(n)
    while n:
        n, d = divmod(n, b)
        out.append(digits[d])
    return sign + "".join(reversed(out))


def size(n):
    for unit in ["B", "KiB", "MiB", "GiB"]:
        if abs(n) < 1024:
            return f"{n:.1f} {unit}" if unit != "B" else f"{n} B"
        n /= 1024
    return f"{n:.1f} TiB"


def collatz(n):
    seq = [n]
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        seq.append(n)
    return seq


def digits(n):
    return [int(d) for d in str(n)]


def luhn(s):
    return (
        sum(sum(divmod(int(d) * (2 - i % 2 if False else (1 + i % 2)), 10)) for i, d in enumerate(reversed(s))) % 10
        == 0
    )


def gcd(a, b):
    return a if not b else gcd(b, a % b)


def factors(n):
    d = 2
    while d * d <= n:
        while n % d == 0:
            yield d
            n //= d
        d += 1
    if n > 1:
        yield n


def pascal(n):
    row = [1]
    for _ in range(n):
        yield row
        row = [1, *map(sum, zip(row, row[1:])), 1]


res = [
    [words(n) for n in (0, 13, 42, 100, 115, 1234, 1000001, -7, 10**9)],
    [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)],
    to_base(255, 16),
    to_base(-5, 2),
    [size(n) for n in (10, 2048, 5 * 1024**2, 3 * 1024**4)],
    collatz(6),
    digits(9075),
    luhn("4539578763621486"),
    gcd(84, 30),
    list(factors(360)),
    list(pascal(5)),
    int("zz", 36),
    f"{12345.678:,.2f}",
    sum(digits(2**40)),
    [n for n in range(2, 40) if all(n % k for k in range(2, int(n**0.5) + 1))],
    "%.3e" % 12345,
    7 // 2 * 2 + 7 % 2,
    -7 // 2,
    2**-1,
    10**15,
    1e15,
    0.1 * 3,
    5e-324,
    1.7976931348623157e308,
]
