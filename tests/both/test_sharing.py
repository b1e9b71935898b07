"""A list or dict that is reached in several ways is one object in JS, too, whichever way its users came by it."""

from __future__ import annotations

import pytest
from test_scope import same, write  # noqa: F401

MAKE = "def make():\n    {}\n    def f(): {}\n    def g(): return {}\n    return f, g\nf, g = make()\ndef main():\n    f()\n    return g()\n"

WAYS = {
    "what one function means, and what is inside of it another": MAKE.format(
        "box = {'a': [1]}; inner = box['a']", "box['a'].append(2)", "inner"
    ),
    "the other way round": MAKE.format("box = {'a': [1]}; inner = box['a']", "inner.append(2)", "box"),
    "the list of a tuple": MAKE.format("pair = ([1], 2)", "pair[0].append(2)", "pair"),
    "a list that two dicts have": MAKE.format("part = [1]; a = {'p': part}; b = [part]", "a['p'].append(2)", "b"),
    "what is not written as JSON": MAKE.format(
        "from collections import Counter, deque; q = deque(); c = Counter()",
        "q.append(1), c.update('ab')",
        "(list(q), c['a'])",
    ),
    "a dict with a way back": MAKE.format(
        "a = {'x': []}; b = {'a': a, 'x': a['x']}", "b['x'].append(1)", "(a, b['a'] is a, b['x'] is a['x'])"
    ),
    "what a module has, and what is inside of it a function": """
        box = {"a": [1]}
        def make():
            inner = box["a"]
            return lambda: inner
        g = make()
        def main():
            box["a"].append(3)
            return g()
        """,
    "a deque in another, and a set in two things": """
        from collections import deque
        q = deque()
        box, rows = deque([q]), [q]
        a, b = deque([deque()]), [0]
        b[0] = a[0]
        s = {1}
        x, y = [s], {"s": s}
        def main():
            q.append(1); a[0].append(2); s.add(3)
            return len(box[0]), rows[0] is q, list(b[0]), x, y
        """,
    "tuples of a module": """
        t = ([1],)
        u = [t[0], t]
        def main():
            t[0].append(2)
            return u
        """,
    "a part that has no name any more": """
        part = [1]
        a, b = {"p": part}, {"p": part}
        del part
        def main():
            a["p"].append(2)
            return b
        """,
    "default values": """
        def make():
            rows = []
            def f(x, rows=rows): rows.append(x)
            def g(rows=rows): return rows
            def h(): return rows
            return f, g, h
        f, g, h = make()
        def main():
            f(1)
            return g(), h(), g() is h()
        """,
    "a default value that is looked up": """
        def f(x=[]): return x
        def g(x=f.__defaults__[0]): return x
        def main():
            f().append(1)
            return g()
        """,
    "what classes have": """
        class A:
            rows = [1]
        class B:
            rows = A.rows
        def main():
            A.rows.append(1)
            return B.rows
        """,
    "what a class and a function have": """
        def make():
            rows = []
            class A:
                items = rows
            def f(): rows.append(1)
            return A, f
        A, f = make()
        def main():
            f()
            return A.items
        """,
    "defaults of dataclasses": """
        from dataclasses import dataclass
        @dataclass
        class A:
            x: tuple = ([1],)
        @dataclass
        class B:
            x: tuple = A.x
        def main():
            A.x[0].append(1)
            return B().x
        """,
    "what functools.partial was given": """
        from functools import partial
        rows = []
        def add(rows, x): rows.append(x)
        p = partial(add, rows)
        def main():
            p(1)
            return rows
        """,
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_one_list_in_python_is_one_in_js(way, same):  # noqa: F811
    same(user=WAYS[way])


def test_what_is_raw_js_is_one_object_for_all_functions_of_one_call(same):  # noqa: F811
    text = """
    from jsmodel.app import RawJS
    def make():
        state = RawJS("({n: 1})")
        def g(): return state
        def h(): return state
        return g, h
    g, h = make()
    def main(): return g() is h()
    """
    assert same(user=text) == "True"


def test_lists_that_are_equal_and_not_the_same_are_not_one(same):  # noqa: F811
    assert (
        same(
            user="""
            def make():
                rows = [[1], [1]]
                def f(x=[1]): x.append(2); return x
                def g(x=[1]): return x
                return lambda: rows, f, g
            get, f, g = make()
            def main():
                get()[0].append(2)
                return get(), f(), g()
            """
        )
        == "([[1, 2], [1]], [1, 2], [1])"
    )
