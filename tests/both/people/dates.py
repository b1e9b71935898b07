DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
NAMES = "Mon Tue Wed Thu Fri Sat Sun".split()


def leap(y):
    return y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)


def month_days(y, m):
    return DAYS[m - 1] + (m == 2 and leap(y))


class Date:
    def __init__(self, y, m, d):
        if not 1 <= m <= 12:
            raise ValueError("month must be in 1..12")
        if not 1 <= d <= month_days(y, m):
            raise ValueError(f"day is out of range for month: {y:04}-{m:02}-{d:02}")
        self.y, self.m, self.d = y, m, d

    @classmethod
    def parse(cls, text):
        return cls(*map(int, text.split("-")))

    @classmethod
    def from_ordinal(cls, n):
        y = n // 366 + 1
        while cls(y + 1, 1, 1).ordinal <= n:
            y += 1
        n -= cls(y, 1, 1).ordinal
        m = 1
        while n >= (k := month_days(y, m)):
            n, m = n - k, m + 1
        return cls(y, m, n + 1)

    @property
    def ordinal(self):
        y = self.y - 1
        return y * 365 + y // 4 - y // 100 + y // 400 + sum(month_days(self.y, m) for m in range(1, self.m)) + self.d

    @property
    def weekday(self):
        return NAMES[(self.ordinal - 1) % 7]

    def __add__(self, days):
        return Date.from_ordinal(self.ordinal + days) if isinstance(days, int) else NotImplemented

    def __sub__(self, other):
        if isinstance(other, Date):
            return self.ordinal - other.ordinal
        return self + -other

    def __str__(self):
        return f"{self.y:04d}-{self.m:02d}-{self.d:02d}"

    def __repr__(self):
        return f"Date({self.y}, {self.m}, {self.d})"

    def __lt__(self, o):
        return (self.y, self.m, self.d) < (o.y, o.m, o.d)

    def __format__(self, spec):
        codes = {"Y": f"{self.y}", "m": f"{self.m:02}", "d": f"{self.d:02}", "a": self.weekday}
        out, it = "", iter(spec)
        for ch in it:
            out += codes[next(it)] if ch == "%" else ch
        return out or str(self)


def human(seconds):
    parts = []
    for name, size in [("d", 86400), ("h", 3600), ("m", 60), ("s", 1)]:
        n, seconds = divmod(seconds, size)
        if n:
            parts.append(f"{n:.0f}{name}")
    return " ".join(parts) or "0s"


def calendar(y, m):
    first = (Date(y, m, 1).ordinal - 1) % 7
    cells = ["  "] * first + [f"{d:2}" for d in range(1, month_days(y, m) + 1)]
    return [" ".join(cells[i : i + 7]) for i in range(0, len(cells), 7)]


a = Date.parse("2024-02-28")
res = [
    str(a + 2),
    a.weekday,
    Date(2026, 1, 1) - a,
    a - 60,
    f"{a:%a %d/%m/%Y}",
    f"{a}",
    sorted([a, Date(1999, 12, 31)]),
    human(93784),
    human(0),
    human(59.0),
    calendar(2024, 2),
]
for bad in ["2023-02-29", "2023-13-01", "x"]:
    try:
        Date.parse(bad)
    except (ValueError, TypeError) as e:
        res.append(str(e))
try:
    a + "1"
except TypeError as e:
    res.append(str(e))
