"""What functions take from the function around them, and methods from their class, when only they go to the browser."""

from __future__ import annotations

import pytest
from test_scope import same, write  # noqa: F401

from jsmodel.errors import ScopeError, TranspileError
from jsmodel.testing import run_js
from jsmodel.transpile.modules import linker


def test_functions_of_one_call_share_its_list_and_those_of_another_have_their_own(same):  # noqa: F811
    assert (
        same(
            user="""
            def make(n):
                rows = [n]
                def add(x):
                    rows.append(x)
                    return rows
                def get():
                    def inner(): return rows
                    return inner()
                return add, get
            add, get = make(1)
            add2, get2 = make(2)
            def main():
                del get()[1:], get2()[1:]
                add(5)
                add2(6)
                return [get(), get2(), add(7) is get()]
            """
        )
        == "[[1, 5, 7], [2, 6], True]"
    )


def test_classes_and_functions_of_one_call_share_its_dict(same):  # noqa: F811
    assert (
        same(
            user="""
            def make():
                table = {}
                class Writer:
                    def put(self, key): table[key] = len(table)
                class Reader:
                    def get(self): return list(table)
                def clear():
                    table.clear()
                    return table
                return Writer, Reader, clear, table
            Writer, Reader, clear, known = make()
            Writer2, Reader2, clear2, _ = make()
            def main():
                same = clear() is known
                clear2()
                Writer().put('a')
                Writer2().put('b')
                return [Reader().get(), Reader2().get(), same]
            """
        )
        == "[['a'], ['b'], True]"
    )


def test_a_name_of_a_function_that_stays_in_python_cannot_be_assigned_to(write):  # noqa: F811
    module = write(
        user="def make():\n    n = 0\n    def count():\n        nonlocal n\n        n += 1\n        return n\n"
        "    return count\ncount = make()\ndef main(): return count()\n"
    )
    with pytest.raises(
        TranspileError,
        match=r"'n' is a name of a function around that does not run there, and cannot be assigned to \(\w+user\.py, line 4\)\. "
        r"Keep what changes in a list or dict of that function\.",
    ):
        linker.bundle(module.main)


BORROWED = """
class A:
    def f(self): return 'A'
class B(A):
    def f(self): return 'B' + super().f()
    def name(self): return __class__.__name__
    @property
    def p(self): return super().f()
    again = f
class C(B):
    %s
    def f(self): return 'C' + super().f()
def main(): return [C().g, B().again()]
"""


@pytest.mark.parametrize("line", ["g = B.f", "g = B.name", "g = B.p", "g = staticmethod(B.f)"])
def test_a_method_with_super_that_a_class_takes_from_another_is_refused(write, line):  # noqa: F811
    module = write(user=BORROWED % line)
    with pytest.raises(
        ScopeError,
        match=r"'g' is a method of B that uses super\(\) or __class__ \(\w+user\.py, line \d+\), which mean another class there\. "
        r"Write a method that calls it: return B\.\w+\(self\)\.",
    ):
        linker.bundle(module.main)


def test_a_method_may_have_two_names_and_call_that_of_a_class_above(same):  # noqa: F811
    line = "def g(self): return B.f(self)"
    assert same(user=BORROWED.replace("C().g,", "C().g(), C().f(),") % line) == "['BA', 'CBA', 'BA']"


def test_a_pattern_may_bind_a_name_of_the_module():
    source = """
    class Point:
        def __init__(self, x, y): self.x, self.y = x, y
    match Point(1, [2, 3]):
        case Point(x=1, y=[first, *rest]): pass
    def f():
        global last
        match {"a": 4, "b": 5}:
            case {"a": 4, **last}: return last
    res = [first, rest, f(), last]
    """
    assert run_js(source) == [2, [3], {"b": 5}, {"b": 5}]


def test_what_yields_in_a_default_value_or_a_decorator_makes_a_generator_of_the_function_around():
    source = """
    def twice(x): return lambda f: (x, f(1))
    def first():
        def inner(y=(yield 1)): return y
        return inner()
    def second():
        @twice((yield 2))
        def inner(z): return z
        yield inner
    def told(generator, value):
        asked = next(generator)
        try: return [asked, generator.send(value)]
        except StopIteration as end: return [asked, end.value]
    res = [told(first(), 5), told(second(), 7)]
    """
    assert run_js(source) == [[1, 5], [2, [7, 1]]]


def test_raw_js_may_end_with_a_semicolon_or_a_comment():
    source = """
    from jsmodel.app import RawJS
    twice = RawJS("(x) => x * 2;")
    site = RawJS("'https://example.org'")
    def f(n):
        RawJS("n += 1; ")
        return RawJS("n + 1 // more") + RawJS("1;"), site
    class A:
        size = RawJS("3 // cm")
    res = [twice(4), f(1), A.size]
    """
    assert run_js(source) == [8, [4, "https://example.org"], 3]
