import re


class TemplateError(Exception):
    pass


class Template:
    TOKEN = re.compile(r"({{.*?}}|{%.*?%})", re.S)
    FILTERS = {
        "upper": str.upper if False else (lambda s: str(s).upper()),
        "join": lambda s, sep=", ": sep.join(map(str, s)),
        "default": lambda s, d="": d if s in (None, "") else s,
        "len": len,
    }

    def __init__(self, source):
        self.tokens = self.TOKEN.split(source)

    def render(self, **ctx):
        self.pos = 0
        out = self._block(ctx, ())
        return "".join(out)

    def _lookup(self, expr, ctx):
        name, *filters = [p.strip() for p in expr.split("|")]
        value = ctx
        for part in name.split("."):
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, (list, tuple)) and part.isdigit():
                value = value[int(part)]
            else:
                value = getattr(value, part, None)
        for f in filters:
            fname, _, arg = f.partition(":")
            if fname not in self.FILTERS:
                raise TemplateError(f"no filter {fname!r}")
            value = self.FILTERS[fname](value, *([arg] if arg else []))
        return value

    def _block(self, ctx, until, live=True):
        out = []
        while self.pos < len(self.tokens):
            tok = self.tokens[self.pos]
            self.pos += 1
            if tok.startswith("{{"):
                if live:
                    out.append(str(self._lookup(tok[2:-2], ctx)))
            elif tok.startswith("{%"):
                words = tok[2:-2].split()
                if words[0] in until:
                    self.last = words[0]
                    return out
                if words[0] == "if":
                    cond = bool(self._lookup(words[-1], ctx)) ^ ("not" in words) if live else False
                    a = self._block(ctx, ("else", "endif"), live and cond)
                    b = self._block(ctx, ("endif",), live and not cond) if self.last == "else" else []
                    out += a if cond else b
                elif words[0] == "for":
                    _, var, _, seq = words
                    start = self.pos
                    items = list(self._lookup(seq, ctx) or []) if live else []
                    for i, item in enumerate(items):
                        self.pos = start
                        out += self._block({**ctx, var: item, "loop": {"index": i + 1}}, ("endfor",))
                    if not items:
                        self._block(ctx, ("endfor",), False)
                else:
                    raise TemplateError(f"unknown tag {words[0]!r}")
            elif live:
                out.append(tok)
        if until:
            raise TemplateError(f"missing {' or '.join(until)}")
        return out


T = Template


class User:
    def __init__(self, n):
        self.name = n


res = [
    T("Hi {{ user.name|upper }}!").render(user=User("ann")),
    T("{% for x in xs %}{{ loop.index }}:{{ x }} {% endfor %}").render(xs="abc"),
    T("{% if a %}A{% else %}B{% endif %}{% if not a %}C{% endif %}").render(a=0),
    T("{{ xs|join }} {{ d.k.0 }} {{ no|default:none }} {{ xs|len }}").render(xs=[1, 2], d={"k": [5]}),
    T("{% for r in rows %}{% if r.ok %}{{ r.n }}{% endif %}{% endfor %}.").render(
        rows=[{"ok": 1, "n": "x"}, {"ok": 0, "n": "y"}]
    ),
]
for bad in ["{{ a|zip }}", "{% if a %}x", "{% frob %}"]:
    try:
        T(bad).render(a=1)
    except TemplateError as e:
        res.append(str(e))
