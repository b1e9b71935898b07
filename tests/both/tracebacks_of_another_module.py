"""Functions that fail, in a module of their own; see test_tracebacks.py."""


def check(x):
    if x < 0:
        refuse(x)  # 3
    return x


def refuse(x):
    raise ValueError(f"{x} is negative")  # 4
