from dataclasses import dataclass


@dataclass
class Circle:
    r: float


@dataclass
class Rect:
    w: float
    h: float


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


def area(s):
    match s:
        case Circle(r):
            return 3 * r * r
        case Rect(w, h) if w == h:
            return ("square", w * h)
        case Rect(w=w, h=h):
            return w * h
        case Point(0, 0):
            return "origin"
        case Point(x=0, y=y) | Point(x=y, y=0):
            return f"axis {y}"
        case Point():
            return "point"
        case {"type": "circle", "r": int(r) | float(r), **rest}:
            return (r, rest)
        case {"type": str() as t}:
            return f"unknown {t}"
        case {}:
            return "mapping"
        case [Circle() as c, *others]:
            return (c.r, len(others))
        case ["go", ("north" | "south") as d]:
            return d
        case [x, y, *_] if x == y:
            return "twins"
        case [[a, b], c]:
            return a, b, c
        case []:
            return "empty"
        case str(x) if x.startswith("!"):
            return x[1:]
        case "yes" | "y" | True:
            return True
        case -1 | 1.5 | None:
            return "special"
        case int() | float():
            return "number"
        case str() | bytes():
            return "textual"
        case _:
            return "other"


things = [
    Circle(2),
    Rect(3, 3),
    Rect(2, 4),
    Point(0, 0),
    Point(0, 7),
    Point(7, 0),
    Point(1, 1),
    {"type": "circle", "r": 2, "c": 1},
    {"type": "x"},
    {"type": 5},
    {},
    [Circle(1), 2, 3],
    ["go", "north"],
    ["go", "up"],
    [4, 4, 9],
    [[1, 2], 3],
    [],
    (),
    "!cmd",
    "y",
    True,
    -1,
    1.5,
    None,
    42,
    "text",
    b"b",
    {1},
    False,
    (1, 1),
    range(3),
    object,
]
res = [area(t) for t in things]
