import re
from dataclasses import dataclass

TOKEN = re.compile(r"\s*(?:(?P<num>\d+(?:\.\d+)?)|(?P<name>[a-z]\w*)|(?P<op>\*\*|[-+*/()^,=]))")


class ParseError(Exception):
    def __init__(self, message, position):
        super().__init__(f"{message} at {position}")
        self.position = position


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    pos: int


def tokenize(text):
    pos = 0
    while pos < len(text):
        m = TOKEN.match(text, pos)
        if not m or m.end() == pos:
            raise ParseError(f"unexpected {text[pos]!r}", pos)
        yield Token(m.lastgroup, m.group(m.lastgroup), m.start(m.lastgroup))
        pos = m.end()
    yield Token("end", "", pos)


class Parser:
    BINARY = {"+": (1, "left"), "-": (1, "left"), "*": (2, "left"), "/": (2, "left"), "**": (4, "right")}

    def __init__(self, text):
        self.tokens = list(tokenize(text))
        self.i = 0

    @property
    def current(self):
        return self.tokens[self.i]

    def advance(self):
        token = self.current
        self.i += 1
        return token

    def expect(self, text):
        if self.current.text != text:
            raise ParseError(f"expected {text!r}, got {self.current.text or 'end'!r}", self.current.pos)
        return self.advance()

    def parse(self):
        node = self.expression(0)
        if self.current.kind != "end":
            raise ParseError("trailing input", self.current.pos)
        return node

    def expression(self, level):
        left = self.atom()
        while (op := self.BINARY.get(self.current.text)) and op[0] > level:
            prec, side = op
            symbol = self.advance().text
            right = self.expression(prec - (side == "right"))
            left = (symbol, left, right)
        return left

    def atom(self):
        token = self.advance()
        if token.kind == "num":
            return float(token.text) if "." in token.text else int(token.text)
        if token.kind == "name":
            if self.current.text == "(":
                self.advance()
                args = []
                while self.current.text != ")":
                    args.append(self.expression(0))
                    if self.current.text == ",":
                        self.advance()
                self.expect(")")
                return ("call", token.text, *args)
            return ("var", token.text)
        if token.text == "-":
            return ("neg", self.expression(3))
        if token.text == "(":
            node = self.expression(0)
            self.expect(")")
            return node
        raise ParseError(f"unexpected {token.text!r}" if token.text else "unexpected end", token.pos)


def evaluate(node, env):
    match node:
        case int() | float():
            return node
        case ("var", name):
            return env[name]
        case ("neg", x):
            return -evaluate(x, env)
        case ("call", name, *args):
            return env[name](*[evaluate(a, env) for a in args])
        case ("+" | "-" | "*" | "/" | "**" as op, a, b):
            a, b = evaluate(a, env), evaluate(b, env)
            return {
                "+": a + b,
                "-": a - b,
                "*": a * b,
                "/": a / b if b else float("inf"),
                "**": a**b if abs(b) < 50 else None,
            }[op]


env = {"x": 3, "max": max, "sq": lambda v: v * v}
res = []
for text in [
    "1 + 2*3",
    "2**3**2",
    "-2**2",
    "(1+2)*x - 4/2.5",
    "max(1, x, sq(2))",
    "1 +",
    "2 $ 3",
    "(1",
    "y",
    "1 2",
    "sq()",
]:
    try:
        res.append((text, evaluate(Parser(text).parse(), env)))
    except ParseError as err:
        res.append((text, str(err), err.position, err.args))
    except KeyError as err:
        res.append((text, repr(err)))
    except TypeError as err:
        res.append((text, "TypeError"))
print(Parser("a*(b+1)").parse(), Token("num", "1", 0))
