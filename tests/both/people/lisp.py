import re


class LispError(Exception):
    pass


class Env(dict if False else object):
    def __init__(self, names=(), values=(), outer=None):
        self.vars, self.outer = dict(zip(names, values)), outer

    def find(self, name):
        env = self
        while env is not None:
            if name in env.vars:
                return env.vars
            env = env.outer
        raise LispError(f"unbound symbol: {name}")


class Sym(str if False else object):
    def __init__(self, s):
        self.s = s

    def __repr__(self):
        return self.s


def parse(text):
    tokens = re.findall(r"""\(|\)|'|"(?:\\.|[^"])*"|[^\s()']+""", text)
    pos = 0

    def read():
        nonlocal pos
        if pos >= len(tokens):
            raise LispError("unexpected end")
        tok = tokens[pos]
        pos += 1
        if tok == "(":
            out = []
            while pos < len(tokens) and tokens[pos] != ")":
                out.append(read())
            if pos >= len(tokens):
                raise LispError("missing )")
            pos += 1
            return out
        if tok == ")":
            raise LispError("unexpected )")
        if tok == "'":
            return [Sym("quote"), read()]
        if tok.startswith('"'):
            return tok[1:-1]
        for conv in (int, float):
            try:
                return conv(tok)
            except ValueError:
                continue
        return Sym(tok)

    forms = []
    while pos < len(tokens):
        forms.append(read())
    return forms


def evaluate(x, env):
    while True:
        match x:
            case Sym():
                return env.find(x.s)[x.s]
            case int() | float() | str() | None:
                return x
            case []:
                return None
            case [Sym(s="quote"), v]:
                return v
            case [Sym(s="if"), test, then, *rest]:
                x = then if evaluate(test, env) else (rest[0] if rest else None)
            case [Sym(s="define"), Sym(s=name), v]:
                env.vars[name] = evaluate(v, env)
                return None
            case [Sym(s="lambda"), params, *body]:
                return lambda *a, p=[q.s for q in params], b=body, e=env: [evaluate(z, Env(p, a, e)) for z in b][-1]
            case [Sym(s="let"), binds, *body]:
                env = Env([k.s for k, _ in binds], [evaluate(v, env) for _, v in binds], env)
                for form in body[:-1]:
                    evaluate(form, env)
                x = body[-1]
            case [f, *args]:
                fn = evaluate(f, env)
                if not callable(fn):
                    raise LispError(f"not a function: {fn!r}")
                return fn(*[evaluate(a, env) for a in args])


import operator, functools

BASE = {
    "+": lambda *a: sum(a),
    "*": lambda *a: functools.reduce(operator.mul, a, 1),
    "-": lambda a, *b: a - sum(b) if b else -a,
    "<": operator.lt,
    "=": operator.eq,
    "list": lambda *a: list(a),
    "car": lambda l: l[0],
    "cdr": lambda l: l[1:],
    "null?": lambda l: l == [],
    "map": lambda f, l: [f(v) for v in l],
}


def run(text):
    env = Env(BASE.keys(), BASE.values())
    try:
        return [evaluate(f, env) for f in parse(text)][-1]
    except (LispError, IndexError, TypeError) as e:
        return f"{type(e).__name__}: {e}"


res = [
    run(t)
    for t in [
        "(+ 1 (* 2 3))",
        "(define f (lambda (n) (if (< n 2) 1 (* n (f (- n 1)))))) (f 10)",
        "(let ((x 2) (y 3)) (+ x y))",
        "(map (lambda (x) (* x x)) (list 1 2 3))",
        "'(1 2)",
        "(foo)",
        "(1 2)",
        "(+ 1",
        ")",
        "(car '())",
        '(list "a b" 1.5)',
        "((lambda (x) (lambda (y) (+ x y))) 1)" if False else "(((lambda (x) (lambda (y) (+ x y))) 1) 2)",
    ]
]
