from contextlib import contextmanager

VOID = frozenset({"br", "img", "input"})


def escape(s, quote=True):
    s = str(s).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return s.replace('"', "&quot;").replace("'", "&#x27;") if quote else s


class Tag:
    def __init__(self, name, *children, **attrs):
        self.name, self.children, self.attrs = (
            name,
            list(children),
            {k.rstrip("_").replace("_", "-"): v for k, v in attrs.items()},
        )

    def __call__(self, *children, **attrs):
        return Tag(self.name, *self.children, *children, **{**self.attrs, **attrs})

    def __getitem__(self, child):
        return self(*(child if isinstance(child, tuple) else (child,)))

    def __str__(self):
        attrs = "".join(
            f" {k}" if v is True else f' {k}="{escape(v)}"'
            for k, v in sorted(self.attrs.items())
            if v not in (None, False)
        )
        if self.name in VOID:
            return f"<{self.name}{attrs}>"
        return f"<{self.name}{attrs}>{''.join(map(render, self.children))}</{self.name}>"

    __repr__ = __str__


def render(x):
    match x:
        case Tag():
            return str(x)
        case list() | tuple():
            return "".join(render(c) for c in x)
        case None | False:
            return ""
        case _:
            return escape(x, quote=False)


class Builder:
    def __getattr__(self, name):
        return Tag(name)


class Doc:
    def __init__(self):
        self.lines, self.level = [], 0

    @contextmanager
    def tag(self, name, **attrs):
        self.lines.append("  " * self.level + f"<{name}{''.join(f' {k}={v!r}' for k, v in attrs.items())}>")
        self.level += 1
        try:
            yield self
        finally:
            self.level -= 1
            self.lines.append("  " * self.level + f"</{name}>")

    def text(self, *parts, sep=" "):
        self.lines.append("  " * self.level + sep.join(map(str, parts)))


h = Builder()
res = [
    h.div(class_="a b", id="x")["hi <there>", h.br, h.b["bold"]],
    h.ul[tuple(h.li[i] for i in range(3))],
    h.input(disabled=True, value='"q"', data_id=5, hidden=False),
    h.p[None, [1, [2, "x"]], False],
    str(h.a(href="?a=1&b=2")("t")),
]
res = [str(r) for r in res]
d = Doc()
with d.tag("html"):
    with d.tag("p", cls="x"):
        d.text("a", 1, sep="-")
    try:
        with d.tag("b"):
            raise KeyError("k")
    except KeyError:
        d.text("caught")
res.append(d.lines)
