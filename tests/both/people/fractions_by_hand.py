import math
from functools import total_ordering


@total_ordering
class Fraction:
    __slots__ = ("n", "d")

    def __new__(cls, n=0, d=1):
        self = super().__new__(cls)
        if d == 0:
            raise ZeroDivisionError(f"Fraction({n}, 0)")
        g = math.gcd(n, d) * (1 if d > 0 else -1)
        self.n, self.d = n // g, d // g
        return self

    def _op(f):
        def op(a, b):
            if isinstance(b, int):
                b = Fraction(b)
            if not isinstance(b, Fraction):
                return NotImplemented
            return f(a, b)

        return op

    __add__ = _op(lambda a, b: Fraction(a.n * b.d + b.n * a.d, a.d * b.d))
    __radd__ = __add__
    __sub__ = _op(lambda a, b: Fraction(a.n * b.d - b.n * a.d, a.d * b.d))
    __mul__ = _op(lambda a, b: Fraction(a.n * b.n, a.d * b.d))
    __rmul__ = __mul__
    __truediv__ = _op(lambda a, b: Fraction(a.n * b.d, a.d * b.n))

    def __rsub__(self, o):
        return -self + o

    def __rtruediv__(self, o):
        return Fraction(o) / self

    def __pow__(self, k):
        return Fraction(self.n**k, self.d**k) if k >= 0 else Fraction(self.d**-k, self.n**-k)

    def __neg__(self):
        return Fraction(-self.n, self.d)

    def __abs__(self):
        return Fraction(abs(self.n), self.d)

    def __eq__(self, o):
        return (
            (self.n, self.d) == ((o, 1) if isinstance(o, int) else (o.n, o.d))
            if isinstance(o, (int, Fraction))
            else NotImplemented
        )

    def __lt__(self, o):
        if isinstance(o, int):
            o = Fraction(o)
        return self.n * o.d < o.n * self.d

    def __hash__(self):
        return hash(self.n) if self.d == 1 else hash((self.n, self.d))

    def __bool__(self):
        return self.n != 0

    def __float__(self):
        return self.n / self.d

    def __int__(self):
        return int(self.n / self.d)

    def __floordiv__(self, o):
        return self.n * o.d // (self.d * o.n)

    def __mod__(self, o):
        return self - (self // o) * o

    def __round__(self, k=None):
        return round(float(self), k) if k is not None else round(float(self))

    def __str__(self):
        return f"{self.n}/{self.d}" if self.d != 1 else str(self.n)

    def __repr__(self):
        return f"Fraction({self.n}, {self.d})"

    def __format__(self, spec):
        return format(float(self), spec) if spec else str(self)


F = Fraction
h = F(1, 2)
res = [
    h + 1,
    1 + h,
    1 - h,
    3 * h,
    h / F(3, 4),
    1 / F(3),
    h**3,
    h**-2,
    -h,
    abs(F(-3, 6)),
    h == F(2, 4),
    h != 1,
    F(4, 2) == 2,
    2 == F(4, 2),
    h < 1,
    h >= F(1, 3),
    sorted([F(3, 4), h, F(1, 3)]),
    max(h, F(2, 3)),
    sum([h, h, h]),
    len({h, F(2, 4), 2, F(2)}),
    bool(F()),
    float(h),
    int(F(-7, 2)),
    f"{h} {h:.3f}",
    F(7, 2) // F(1),
    F(7, 2) % F(2),
    round(F(10, 3), 2),
    str(F(6, 3)),
    F(3, -6),
]
for f in [lambda: F(1, 0), lambda: h + "a", lambda: h / 0, lambda: "a" + h]:
    try:
        res.append(f())
    except (ZeroDivisionError, TypeError) as e:
        res.append((type(e).__name__, str(e)))
