class Money:
    def __init__(self, amount, currency="EUR"):
        self.cents = amount if isinstance(amount, int) and not isinstance(amount, bool) else round(amount * 100)
        self.currency = currency

    @classmethod
    def of(cls, text):
        sign = -1 if text.startswith("-") else 1
        whole, _, frac = text.lstrip("+-").replace(",", "").partition(".")
        return cls(sign * (int(whole or 0) * 100 + int((frac + "00")[:2])))

    def split(self, n):
        q, r = divmod(self.cents, n)
        return [Money(q + (i < r), self.currency) for i in range(n)]

    def __mul__(self, f):
        return Money(int(self.cents * f + (0.5 if f >= 0 else -0.5)), self.currency)

    def __add__(self, o):
        if o == 0:
            return self
        if self.currency != o.currency:
            raise TypeError(f"{self.currency} and {o.currency}")
        return Money(self.cents + o.cents, self.currency)

    __radd__ = __add__

    def __eq__(self, o):
        return isinstance(o, Money) and (self.cents, self.currency) == (o.cents, o.currency)

    def __str__(self):
        w, f = divmod(abs(self.cents), 100)
        return f"{'-' * (self.cents < 0)}{w:,}.{f:02d} {self.currency}"

    __repr__ = __str__


def half_even(x, digits=0):
    return round(x, digits)


res = [
    str(Money.of("1,234.5")),
    Money.of("-0.05"),
    Money(1000).split(3),
    sum(Money(1000).split(3)),
    Money(150) * 1.1,
    Money(12.345),
    [half_even(v) for v in (0.5, 1.5, 2.5, -0.5, -1.5)],
    [half_even(v, 2) for v in (2.675, 1.005, 0.125, 0.375, 5.015)],
    round(1234567, -3),
    round(15, -1),
    round(25, -1),
    sum([0.1] * 10),
    0.1 + 0.2 == 0.3,
    abs(0.1 + 0.2 - 0.3) < 1e-9,
]
try:
    Money(1) + Money(1, "USD")
except TypeError as e:
    res.append(str(e))
try:
    Money(1) + 5
except AttributeError as e:
    res.append(type(e).__name__)
