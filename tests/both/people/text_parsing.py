def tokenize_args(line):
    out, cur, quote = [], None, ""
    for ch in line:
        if quote:
            if ch == quote:
                quote = ""
            else:
                cur += ch
        elif ch in "'\"":
            quote, cur = ch, cur or ""
        elif ch.isspace():
            if cur is not None:
                out.append(cur)
                cur = None
        else:
            cur = (cur or "") + ch
    if quote:
        raise ValueError(f"unclosed {quote}")
    return out + ([cur] if cur is not None else [])


def camel(s):
    return "".join(w.capitalize() for w in s.split("_"))


def snake(s):
    return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(s))


def ini(text):
    out, section = {}, None
    for n, line in enumerate(text.splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        if line[0] == "[" and line[-1] == "]":
            section = out.setdefault(line[1:-1], {})
        elif "=" in line:
            if section is None:
                raise SyntaxError(f"line {n}: no section")
            k, v = (p.strip() for p in line.split("=", 1))
            section[k] = int(v) if v.lstrip("-").isdigit() else {"yes": True, "no": False}.get(v, v)
        else:
            raise SyntaxError(f"line {n}: {line!r}")
    return out


def semver(v):
    core, _, pre = v.partition("-")
    return tuple(map(int, core.split("."))) + ((0, pre) if pre else (1, ""))


def glob(pat, s):
    if not pat:
        return not s
    if pat[0] == "*":
        return any(glob(pat[1:], s[i:]) for i in range(len(s) + 1))
    return bool(s) and pat[0] in ("?", s[0]) and glob(pat[1:], s[1:])


def ipv4(s):
    parts = s.split(".")
    return len(parts) == 4 and all(p.isdecimal() and int(p) < 256 and (p == "0" or p[0] != "0") for p in parts)


def expand(spec):
    out = []
    for part in spec.split(","):
        a, dash, b = part.partition("-")
        out.extend(range(int(a), int(b) + 1) if dash else [int(a)])
    return out


def collapse(ns):
    out = []
    for n in sorted(ns):
        if out and n == out[-1][1] + 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return ",".join(f"{a}-{b}" if a != b else f"{a}" for a, b in out)


def anagrams(words):
    groups = {}
    for w in words:
        groups.setdefault("".join(sorted(w.lower())), []).append(w)
    return [g for g in groups.values() if len(g) > 1]


res = [
    tokenize_args("a 'b c' \"d\"e ''"),
    camel("snake_case_name"),
    snake("CamelCaseName"),
    ini("[a]\nx = 1 # c\ny= yes\n\n[b]\nz = a=b\nn=-5"),
    sorted(["1.10.0", "1.9.0", "1.10.0-rc1", "1.2"], key=semver),
    glob("a*c?", "abbcd"),
    glob("*x", "y"),
    ipv4("192.168.1.1"),
    ipv4("1.2.3.256"),
    ipv4("01.1.1.1"),
    expand("1-3,7,9-10"),
    collapse([1, 2, 3, 7, 9, 10]),
    anagrams(["listen", "Silent", "abc", "enlist"]),
    "a,b;c".replace(";", ",").split(","),
    " a b ".split(" "),
    "x=1;y=2".split(";")[1].rpartition("="),
    "%s is %d%%" % ("x", 50),
    "abc"[::-1].title(),
    "Hello"[1:4:2],
    "a\\b\tc".encode("unicode_escape").decode() if False else repr("a\\b\tc"),
    "ab\ncd".splitlines(keepends=True),
    "AbC".swapcase(),
    "-".join(map(str, range(3))),
    "abc".translate({97: "A", 98: None}),
    "x".join("abc"),
    "abcabc".rindex("b"),
    "{:*^9}".format("mid"),
    "a" * 0,
    "tEST".capitalize(),
    "don't stop".title(),
    "1,234".replace(",", "").isdigit(),
    "\u00bd".isnumeric(),
    min("hello"),
    sorted("héllo"),
    "z" in "xyz",
    list(map(ord, "aé")),
    "".join(chr(c) for c in (72, 105, 0x1F600)),
]
for f in [lambda: tokenize_args("'a"), lambda: ini("x=1"), lambda: ini("[a]\nfoo"), lambda: expand("x")]:
    try:
        f()
    except (ValueError, SyntaxError) as e:
        res.append((type(e).__name__, str(e)))
