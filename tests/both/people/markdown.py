import re

INLINE = [
    (re.compile(r"\*\*(.+?)\*\*"), r"<b>\1</b>"),
    (re.compile(r"\*(.+?)\*"), r"<i>\1</i>"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)"), lambda m: f'<a href="{m[2]}">{m.group(1)}</a>'),
]


def escape(s):
    return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inline(s):
    s = escape(s)
    for pattern, repl in INLINE:
        s = pattern.sub(repl, s)
    return s


def render(text):
    out, items, para = [], [], []

    def flush():
        nonlocal items, para
        if items:
            out.append("<ul>" + "".join(f"<li>{inline(i)}</li>" for i in items) + "</ul>")
        if para:
            out.append(f"<p>{inline(' '.join(para))}</p>")
        items, para = [], []

    for line in [*text.splitlines(), ""]:
        if m := re.match(r"(#{1,6})\s+(.*?)\s*#*$", line):
            flush()
            out.append(f"<h{len(m[1])}>{inline(m[2])}</h{len(m[1])}>")
        elif m := re.match(r"\s*[-*]\s+(?P<item>.+)", line):
            if para:
                flush()
            items.append(m["item"])
        elif not line.strip():
            flush()
        else:
            para.append(line.strip())
    return out


doc = """# Title #
Some *text* with **bold & <tags>**
and `code`.

- one
- [two](http://x.y/z?a=1)
* three
tail
## Sub"""
res = render(doc)
words = re.findall(r"\b\w+\b", doc.lower())
slug = re.sub(r"[^a-z0-9]+", "-", "Hello,  Wörld! 42".lower()).strip("-")
print(*res, sep="\n")
print(
    slug,
    len(words),
    re.split(r"[,;]\s*", "a, b;c,  d"),
    re.sub(r"(?P<y>\d{4})-(?P<m>\d\d)", r"\g<m>/\g<y>", "on 2024-05"),
)
