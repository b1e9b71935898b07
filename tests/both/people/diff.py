def diff(a, b):
    n, m = len(a), len(b)
    L = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            L[i][j] = 1 + L[i + 1][j + 1] if a[i] == b[j] else max(L[i + 1][j], L[i][j + 1])
    i = j = 0
    while i < n or j < m:
        if i < n and j < m and a[i] == b[j]:
            yield "  " + a[i]
            i += 1
            j += 1
        elif j == m or (i < n and L[i + 1][j] >= L[i][j + 1]):
            yield "- " + a[i]
            i += 1
        else:
            yield "+ " + b[j]
            j += 1


def patch(a, delta):
    it = iter(a)
    out = []
    for line in delta:
        match line[0], line[2:]:
            case "+", text:
                out.append(text)
            case ("-" | " ") as op, text:
                assert next(it) == text
                if op == " ":
                    out.append(text)
            case op, _:
                raise ValueError(f"bad op {op!r}")
    out.extend(it)
    return out


def stat(delta):
    delta = list(delta)
    return {k: sum(d.startswith(k) for d in delta) for k in "+-"} | {
        "ratio": round(2 * sum(d[0] == " " for d in delta) / (2 * len(delta) or 1), 3)
    }


a = "alpha beta gamma delta".split()
b = "alpha gamma gimel delta end".split()
d = list(diff(a, b))
res = [d, patch(a, d) == b, stat(d), list(diff([], ["x"])), stat([])]
try:
    patch(["a"], ["? a"])
except ValueError as e:
    res.append(str(e))
try:
    patch(["a"], ["- b"])
except AssertionError as e:
    res.append(repr(e))
try:
    patch([], ["  b"])
except StopIteration as e:
    res.append(repr(e))
