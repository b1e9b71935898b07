def wrap(text, width):
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return lines + [line] if line else lines


def table(rows, headers, aligns=None):
    aligns = aligns or "<" * len(headers)
    widths = [max(len(str(c)) for c in col) for col in zip(headers, *rows)]

    def fmt(row):
        return " | ".join(f"{c!s:{a}{w}}" for c, a, w in zip(row, aligns, widths)).rstrip()

    yield fmt(headers)
    yield "-+-".join("-" * w for w in widths)
    for row in rows:
        yield fmt(row)


def boxed(text, width=20):
    body = wrap(text, width - 4)
    yield "┌" + "─" * (width - 2) + "┐"
    for line in body:
        yield f"│ {line.center(width - 4)} │"
    yield f"└{'':─^{width - 2}}┘"


print(*table([["apple", 3, 1.5], ["banana", 12, 0.25], ["kiwi", None, True]], ["name", "n", "price"], "<>^"), sep="\n")
print(*boxed("the quick brown fox jumps over the lazy dog"), sep="\n")
print(
    "\n".join(
        f"{i:02d}. {l:.<24}{len(l):>3}" for i, l in enumerate(wrap("a bb ccc dddd eeeee ffffff " * 3, 15), start=1)
    )
)
res = [
    "a\tb".expandtabs(4),
    "x".ljust(5, ".") + "|",
    "%-10s|%5.2f|%03d" % ("ab", 3.14159, 7),
    "{:>{w}}".format("z", w=4),
    "{0}-{1}-{0}".format(1, 2),
    "{a[0]} {b.real}".format(a=[7], b=3),
]
