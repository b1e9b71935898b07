def step(cells):
    from collections import Counter

    counts = Counter((x + dx, y + dy) for x, y in cells for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)
    return {p for p, n in counts.items() if n == 3 or (n == 2 and p in cells)}


def show(cells):
    if not cells:
        return "(empty)"
    xs, ys = zip(*cells)
    return "\n".join(
        "".join(".#"[(x, y) in cells] for x in range(min(xs), max(xs) + 1)) for y in range(min(ys), max(ys) + 1)
    )


glider = {(x, y) for y, row in enumerate([".#.", "..#", "###"]) for x, ch in enumerate(row) if ch == "#"}
gen = glider
for n in range(4):
    print(n, show(gen), sep="\n")
    gen = step(gen)
moved = {(x + 1, y + 1) for x, y in glider}
res = [gen == moved, sorted(gen), len(gen ^ glider), gen <= moved, sorted(gen - glider), show(set())]
