"""Python means the same in the browser, or is refused: a table of small constructs.

Each row is the body of a function, or one expression. It runs in CPython and,
transpiled, in Node, and both must give the same repr, or the same exception. A
row with words behind `REFUSED` is refused with them when it is transpiled.

What JS cannot tell apart is stated in one place, `KNOWN_DIFFERENCES`.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import linecache
import re
import textwrap
import warnings
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from runner import node

from jsmodel.errors import ScopeError, TranspileError
from jsmodel.transpile.modules import linker

#: Refused when the class is made, with these words.
REFUSED = "# refused: "
#: Python has an answer, and the browser an exception that says so.
RAISES = "# refused-at-run: "

TABLE = r"""
-- numbers
7 % 3, -7 % 3, 7 % -3, -7 % -3
7.5 % 2, -7.5 % 2
7 // 2, -7 // 2, 7 // -2, -7 // -2
1 // 0.1
divmod(-7, 2), divmod(7, -2)
7 / 2, -1 / 4
1 / 0
1 // 0
1 % 0
2 ** 10, 2 ** -1, (-2) ** 3, -2 ** 2
0 ** -1
10.0 ** 400
(-8) ** 0.5  # refused-at-run: ValueError
pow(3, 4)
pow(3, 4, 5)  # refused: pow() takes 2 arguments there, not 3
1 << 10, 5 >> 1, -5 >> 1, 1 << 40
1 << 60  # refused: integers beyond 2**53 are not exact there
2 ** 64  # refused: integers beyond 2**53 are not exact there
90071992547409930  # refused: integers beyond 2**53 are not exact there
6 & 3, 6 | 3, 6 ^ 3, ~6
2**40 & 2**40 + 1, 2**40 | 1, -1 & 255, 2**35 ^ 2**34
True & False, True | False, True ^ True, True & 3
1 << -1
1.5 & 1
-5, +5, -True, ~True
-"a"
+"5"
~1.5
"5" - 2
"5" * "2"
1 + "a"
"a" + 1
None + 1
[1] + (2,)
"1" < 2
None < 1
[1, 2] < [1, 3], (1, 2) < (1, 2, 0), "a" < "b", [] < [0]
1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2 != 1
int("12"), int(" -12 "), int("ff", 16), int("0x1f", 16), int("1_000"), int(3.9), int(-3.9), int(True), int()
int("x")
int("")
int("1.5")
int(None)
int(float("nan"))
int(float("inf"))
int("9" * 20)  # refused-at-run: OverflowError
float("1.5"), float(" 2e3 "), float("-inf"), float("nan")
float("1,5")
round(0.5), round(1.5), round(2.5), round(-0.5), round(2.675, 2), round(0.125, 2), round(4.35, 1), round(1250, -2), round(1350, -2)
round("a")
abs(-3), abs(-2.5), abs(True)
abs("a")
min(3, 1, 2), max([3, 1, 2]), min("b", "a"), max([1, 2], [1, 3])
min([])
max([], default=5), min([3, -4], key=abs), max("aa", "b", key=len)
max(1, "a")
sum([1, 2, 3]), sum([0.5, 0.25], 1), sum([[1], [2]], [])
sum(["a", "b"])
sum([1, 2], start=10)
hex(255), oct(8), bin(5), hex(-255)
hex(1.5)
chr(65), chr(128512), ord("A"), ord("\U0001f600")
ord("ab")
chr(-1)
0.1 + 0.2, 1e-5, 1e-7, 1.5e300, 123456.789, 1e16 + 0.5 > 1
float("nan") == float("nan"), bool(float("nan")), 0.0 == -0.0, 0 * -1
1 == True, 0 == False, 1 == 1.0, 1 == "1", None == 0, None == False, "" == 0, [] == ""
True + True, True * 3, sum([True, True])
1e308 * 10
-7 // 2.0, 7.5 // 2
3 @ 4  # refused: the operator '@' is not known there
3j  # refused: 3j is not known there

-- truth
bool([]), bool({}), bool(""), bool(0), bool(None), bool([0]), bool({"a": 0}), bool(" "), bool(()), bool((0,))
[] and 1, [0] and 1, "" or "x", {} or [], 0 or None, 1 and 2 and 3, 0 or "" or []
not [], not [0], not "", not {}
"yes" if [] else "no"
"yes" if {} or [] else "no"
[x for x in [[], [1], "", "a", {}, 0, 1] if x]
all([]), any([]), all([1, [], 2]), any([0, "", [1]])
any(x > 1 for x in [2, None]), all(x > 3 for x in [2, None])
while_test = [1, 2]; n = 0
if []: return 1
n = 0; xs = [1, 2, 3]
assert []
assert [1]; return "fine"

-- strings
"abc"[0], "abc"[-1], "abc"[1:], "abc"[:-1], "abc"[::-1], "abcdef"[1:5:2], "abc"[5:], "abc"[-10:2]
"abc"[3]
"abc"["a"]
"abc"[1.5:]
len("abc"), len("\U0001f600a"), "\U0001f600a"[1], "\U0001f600ab"[1:], "a\U0001f600b".find("b"), list("a\U0001f600")
"a" in "abc", "" in "abc", "x" not in "abc"
1 in "a1"
"a,b,,c".split(","), " a  b ".split(), "a b c".split(" ", 1), "a b c".split(None, 1), " a b  c ".split(None, 1), "".split(), "".split(",")
"abc".split("")
"a,b,c".rsplit(",", 1), " a b  c ".rsplit(None, 1), " a b ".split(None, 0), " a b ".rsplit(None, 0), "a.b.c".split(".", 0)
"a\nb\r\nc\n".splitlines(), "".splitlines(), "\n\n".splitlines()
" a ".strip(), "xxaxx".strip("x"), " a ".lstrip(), " a ".rstrip(), "abcba".strip("ab"), "[a]".strip("[]"), "a-b^".strip("^-"), "\x1ca\x85".strip(), "\ufeffa".strip()
"aXbX".replace("X", "$&"), "aaa".replace("a", "b", 2), "abc".replace("", "-"), "a.b.".replace(".", "")
"abc".replace("a", 1)
"abcabc".find("c"), "abc".find("x"), "abcabc".find("c", 3), "abcabc".rfind("c"), "abcabc".rfind("a", 0, 3), "abc".find("", 5), "abcabc".index("b", 2)
"abc".index("x")
"abcabc".count("bc"), "aaa".count("aa"), "abc".count(""), "aXaXa".count("a", 1)
",".join(["a", "b"]), "".join("abc"), "-".join(x for x in "ab"), "/".join({"k": 1})
",".join([1, 2])
"abc".startswith("a"), "abc".startswith(("x", "a")), "abc".startswith("b", 1), "abc".endswith("bc"), "abc".endswith(("x", "c")), "ab".endswith("cab"), "a".endswith("")
"abc".startswith(["a"])
"hello world".title(), "they're".title(), "hello".capitalize(), "HELLO wORLD".capitalize(), "aBc".upper(), "aBc".lower(), "aBc".swapcase()
"7".zfill(3), "-7".zfill(4), "+7".zfill(4), "1234".zfill(2)
"a".ljust(3), "a".rjust(3, "."), "a".center(4), "ab".center(5, "*"), "abc".center(6, "-"), "abcd".ljust(2)
"a=b=c".partition("="), "a=b=c".rpartition("="), "abc".partition("="), "abc".rpartition("=")
"abc".partition("")
"prefix-x".removeprefix("prefix-"), "x.py".removesuffix(".py"), "x".removesuffix("")
"12".isdigit(), "1.2".isdigit(), "".isdigit(), "²".isdigit(), "²".isdecimal(), "½".isnumeric(), "aé".isalpha(), "a1".isalnum(), " \t".isspace(), "ab".islower(), "AB1".isupper(), "1".isupper(), "A Tale".istitle()
"ab" * 3, 3 * "ab", "ab" * 0, "ab" * -1
"a" "b", 'it\'s', "\"", "\\", "\t", "\x00", "é"
repr("it's"), repr('"'), repr("'\""), repr("a\nb\\"), repr("\x00\x7f\xa0é\u200b")
"abc".nothing()
"abc".upper(1, 2) if False else "fine"
sorted("banana"), list(reversed("abc")), max("abc"), min("bca")
"a" < "B", "a" < "aa", "Z" < "a"
"abc" == "abc", "abc" != "abd", "a" is "a"
str(None), str(True), str(1.5), str([1, "a", None, [True]]), str({"a": [1]}), str((1,)), str("x"), str()
"%d of %s" % (3, "x"), "%05.1f|%-5s|%+d|%x|%%" % (3.14159, "ab", 5, 255), "%s" % [1, 2], "%r" % "a", "%5s|" % None, "%d" % 3.9, "%i" % True, "%s" % ("a",)
"%d" % "a"
"%s %s" % ("a",)
"%s" % ("a", "b")
"%(name)s" % {"name": 1}  # refused-at-run: ValueError

-- formatting
f"{1}", f"{1.5}", f"{'a'}", f"{None}", f"{[1, 'a']}", f"{True}"
f"{3.14159:.2f}", f"{0.125:.2f}", f"{2.5:.0f}", f"{3.5:.0f}", f"{1e22:.1f}", f"{1234567.891:,.2f}", f"{-3:05d}", f"{5:+d}", f"{5: d}"
f"{'a':>5}|{'a':<5}|{'a':^5}|{'a':*^5}|{'abc':.2}|{'a':05}"
f"{255:x} {255:X} {255:#x} {255:#X} {5:b} {8:o} {65:c} {5:08b} {255:#06x}"
f"{1234.5:e} {0.00012345:g} {123456789.5:g} {0.5:%} {0.125:.1%} {1e-10:.3g} {1234.5678:.6} {2.5:.1g} {0.5:n}"
f"{1234567:,} {1234567:_} {True:d} {True:5} {1.5:8.3f}|{1.5:<8}|{-1.5:=8}|{float('inf'):.1f} {float('nan'):5}"
w = 8; p = 2; return f"{3.14159:{w}.{p}f}|{'a':{'>'}{w}}"
x = 3; return f"{x=} {x = } {x!r:>4} {'a'!r} {x=:03d}"
f"{1.5:d}"
f"{'a':d}"
f"{3:s}"
f"{None:5}"
f"{[1]:5}"
f"{3:.2d}"
f"{'a':=5}"
f"{'a':,}"
f"{1:q}"
f"{1234:010,}"  # refused-at-run: ValueError
f"{1!a}"  # refused: '!a' is not known there
"{} {}".format(1, "a"), "{1} {0}".format(1, 2), "{:>5}|{!r}".format("a", "b"), "{{}} {:.1f}".format(2.25), "{0:x}".format(255)
"{} {}".format(1)
"{a}".format(1)  # refused-at-run: ValueError
"{a}".format(a=1)  # refused: keyword arguments are not known there yet
str(1.25), repr(0.1), str(1e-5), str(-0.5), str(123456789012), repr(float("inf"))

-- lists and tuples
[1, 2, 3][0], [1, 2, 3][-1], [1, 2, 3][1:], [1, 2, 3][:-1], [1, 2, 3][::-1], [1, 2, 3, 4][::2], [1, 2][5:]
[1][1]
[1][-2]
[1]["a"]
[1][0.5]
[][0]
[1, 2, 3][True]
[1, 2][::0]
(1, 2), (1,), (), 1, [(1, 2)], {"a": (1,)}
(1, 2) == [1, 2], (1, 2) == (1, 2), [1, [2]] == [1, [2]], [1] == [True], [1, 2] != [1, 3], (1, 2) + (3,), (1,) * 3
t = (1, 2); t[0] = 5
t = (1, 2); t.append(3)
a = [1, 2]; b = a; b += [3]; return a, b
a = [1, 2]; b = a; b = b + [3]; return a, b
a = [1]; b = a; b *= 3; return a, b
a = (1,); b = a; b += (2,); return a, b
a = [1]; a += "bc"; return a
a = [1]; a += 5; return a
a = [[0] * 2] * 2; a[0][0] = 1; return a
a = [1]; r = a.append(2); return a, r
a = [1]; a.extend((2, 3)); a.extend("ab"); return a
a = [1, 2, 3]; a.insert(1, "x"); a.insert(-1, "y"); a.insert(99, "z"); return a
a = [1, 2, 3]; return a.pop(), a.pop(0), a
a = [1, 2, 3]; return a.pop(-2), a
[].pop()
[1].pop(5)
a = [1, 2, 1]; a.remove(1); return a
[1].remove(2)
[1, 2, 1].index(1), [1, 2, 1].index(1, 1), ["a", [1]].index([1]), (1, 2).index(2)
[1].index(2)
[1, 1, "1", True].count(1), (1, 1).count(1)
a = [3, 10, 9, 1]; r = a.sort(); return a, r
a = ["b", "a"]; a.sort(reverse=True); return a
a = ["bb", "a"]; a.sort(key=len); return a
[1, "a"].sort()
a = [1, 2]; r = a.reverse(); return a, r
a = [1, 2]; b = a.copy(); b.append(3); a.clear(); return a, b
sorted([10, 9, 1]), sorted(["b", "a"], reverse=True), sorted([3, -4], key=abs), sorted([(2, "a"), (1, "b")]), sorted({"b": 1, "a": 2})
sorted([(1, "b"), (1, "a"), (0, "c")], key=lambda p: p[0]), sorted([1, 2, 3, 4], key=lambda n: n % 2, reverse=True)
sorted([1, None])
sorted([1], cmp=3)  # refused: sorted() does not know the argument 'cmp' there
list("ab"), list((1, 2)), list({"a": 1}), tuple([1]), tuple("ab"), list(range(3)), list()
list(5)
len([1, 2]), len({"a": 1}), len((1,)), len("")
len(5)
len(None)
1 in [1, 2], "1" in [1], [1] in [[1]], 3 not in (1, 2), None in [None], True in [1]
1 in 5
list(zip([1, 2], "ab")), list(zip([1], [2, 3])), list(enumerate("ab")), list(enumerate("ab", 1)), list(enumerate("a", start=5))
list(zip([1], [1, 2], strict=True))
list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, ""])), list(filter(lambda x: x > 1, [1, 2]))
list(reversed([1, 2, 3])), list(range(3)), list(range(1, 4)), list(range(5, 0, -2)), list(range(0)), list(range(-3, 3, 2))
list(range(1, 5, 0))
list(range(2.5))
a, b = 1, 2; a, b = b, a; return a, b
a, (b, c) = 1, (2, 3); return a, b, c
a, *b = [1, 2, 3]; *c, d = "xyz"; e, *f, g = (1, 2); return a, b, c, d, e, f, g
a, b = [1, 2, 3]
a, b = [1]
a, b = 5
a, *b = []
a = b = [1]; b.append(2); return a is b
x = [0, 1]; i = 0; i, x[i] = 1, 9; return i, x
a = [1, 2, 3, 4]; a[1:3] = ["x"]; return a
a = [1, 2, 3]; a[1] = 9; a[-1] = 8; return a
a = [1]; a[3] = 1
a = [1, 2, 3]; del a[0]; del a[-1]; return a
a = [1]; del a[5]
a = [1, 2]; del a[0:1]  # refused: 'del' of a name or a slice is not known there
[*[1, 2], 3, *"ab"], (*[1], 2)
[[1, 2], [3, 4]][1][0], [1, [2, [3]]][1][1][0]
a = [[1, 2]]; a[0][1] += 5; a[0][0] -= 1; return a
a = [1, 2, 3]; a[1:2] += [9]  # refused: an augmented assignment to a slice is not known there
[1, 2, 3][1, 2]  # refused: a tuple as an index is not known there
{1, 2}  # refused: sets are not known there yet
set([1])  # refused: this Python built-in has no counterpart there yet
[1, 2].foo
[1, 2].foo()

-- dicts
{"a": 1}["a"], {"a": {"b": 2}}["a"]["b"], {}, {"a b": 1, "__proto__": 2}
{"a": 1}["b"]
{}[1]
{"b": 1, "2": 2, "1": 3}, list({"b": 1, "2": 2, "1": 3})
d = {"b": 1}; d["2"] = 2; d["1"] = 3; d.pop("2"); d["2"] = 5; d["a"] = 0; return d, list(d), d.keys() == d.keys(), list(d.items())
d = {"a": 1}; return d.get("a"), d.get("b"), d.get("b", 5), d.get("toString"), d.get("constructor", 0)
d = {"a": 1}; return d.setdefault("a", 5), d.setdefault("b", 6), d.setdefault("c"), d
d = {"a": 1}; return d.pop("a"), d.pop("a", 2), d
{}.pop("a")
d = {"a": 1, "b": 2}; return d.popitem(), d
{}.popitem()
d = {"a": 1}; d.update({"b": 2, "a": 3}); d.update([("c", 4)]); return d
d = {"a": 1}; e = d.copy(); e["b"] = 2; d.clear(); return d, e
d = {"x": 1, "a": 2}; return list(d.keys()), list(d.values()), list(d.items()), list(d)
d = {"a": 1, "b": 2}; return [k for k in d], [k + str(v) for k, v in d.items()], sum(d.values())
"a" in {"a": 1}, "b" in {"a": 1}, "toString" in {}, 1 in {"1": 2}
{"a": 1, "b": 2} == {"b": 2, "a": 1}, {"a": 1} == {"a": 2}, {} == [], {"a": [1]} == {"a": [1]}
d = {"a": 1}; del d["a"]; return d
d = {}; del d["a"]
dict(), dict(a=1, b=2), dict([("a", 1)]), dict({"a": 1})
d = {}; d[1] = 2  # refused-at-run: TypeError
{1: 2}  # refused: dict keys must be str there
{**{"a": 1}}  # refused: '**' in a dict is not known there yet
{k: v for k, v in [("a", 1), ("b", 2)] if v > 1}, {c: c * 2 for c in "ab"}
d = {"a": 1}; d["a"] += 5; d["b"] = d.get("b", 0) + 1; return d
d = {"a": [1]}; d["a"] += [2]; return d
d = {"n": 0}; calls = []; (calls.append(1) or d)["n"] += 1; return d, calls
k = "x"; return {k: 1, k + "y": 2}
{"a": 1}.foo()

-- control flow
r = []
... for i in range(3): r.append(i)
... return r, i
for i in range(0): pass
... return i
for x in []: pass
... return x
n = 3; r = []
... for i in range(n):
...     n = 10
...     r.append(i)
... return r
s = -1; return [i for i in range(3, 0, s)], list(range(0, 3, 1))
s = -1; r = []
... for i in range(3, 0, s): r.append(i)
... return r
for i in range(5, 0, -2):
...     i = i * 10
... return i
a = [1, 2, 3]; r = []
... for x in a:
...     r.append(x)
...     if x == 1: a.append(4)
... return r
for i in "ab":
...     if i == "b": break
... else:
...     return "else"
... return i
for i in "ab": pass
... else: return "else", i
r = []
... for i in range(2):
...     for j in range(3):
...         if j == 1: break
...     else:
...         r.append("inner")
... else:
...     r.append("outer")
... return r
n = 0
... while n < 3: n += 1
... else: n = 100
... return n
n = 0
... while True:
...     n += 1
...     if n == 2: continue
...     if n > 4: break
... else: n = 100
... return n
while []: return 1
... return 2
for a, b in [(1, 2), (3, 4)]: pass
... return a, b
for a, (b, c) in [(1, (2, 3))]: pass
... return a + b + c
for i, x in enumerate("ab"): pass
... return i, x
r = {}
... for r["k"] in [1, 2]: pass
... return r
for k, v in {"a": 1}.items(): return k, v
for x in 5: return 1
for x in None: return 1
for i in range(2.5): return 1
x = 5; y = [x for x in range(3)]; return x, y
x = 5; y = [[x for x in range(i)] for i in range(3)]; return x, y
x = [1, 2]; return [x for x in x]
[(i, j) for i in range(3) for j in range(i) if i != 2 or j], [a + b for a, b in [(1, 2)]]
[f() for f in [lambda: i for i in range(3)]]
n = 2; return [i * n for i in range(3) if i < n]
list(x * 2 for x in [1, 2]), sum(x for x in range(4)), sorted(x for x in [2, 1]), max(len(s) for s in ["a", "bb"])
g = (x for x in [1, 2]); return list(g), list(g)
if 0: x = 1
... return x
if 1: x = 1
... else: y = 2
... return x
x = 1 if [] else 2 if {} else 3; return x
a = 1; b = 2; return a < b and b or a, (a > b) is False, a is not b, not a == b
r = []
... def f(x): r.append(x); return x
... return f(1) < f(2) < f(0) < f(9), r
r = []
... def f(x): r.append(x); return x
... f({})[f("a")] = f(1)
... return r
r = []
... def f(x): r.append(x); return x
... return (f(0) or f([]) or f("z")), (f(1) and f(0) and f(5)), r
match 1:
...     case 1: return 1
... # refused: 'match' is not known there yet
with open("x") as f: pass
... # refused: 'with' is not known there yet
if (n := 3): return n
... # refused: assignment expressions (':=') are not known there yet
del x
... # refused: 'del' of a name or a slice is not known there
x: int = 3
... return x
... pass

-- functions
def f(a, b=2, *c): return a, b, c
... return f(1), f(1, 3), f(1, 3, 4, 5), f(*[1, 2]), f(*"ab", 7)
def f(a, b): return a
... return f(1)
def f(a, b): return a
... return f(*[1])
(lambda a, b: a)(1)
def f(a=[]):
...     a.append(1)
...     return a
... return f(), f(), f([5])
fs = [lambda i=i: i for i in range(3)]; return [g() for g in fs]
fs = []
... for i in range(3):
...     def g(j=i, k=[]):
...         k.append(i)
...         return j, i, k
...     fs.append(g)
... return [g() for g in fs]
fs = []
... for i in range(3): fs.append(lambda: i)
... return [g() for g in fs]
def outer():
...     n = 0
...     def inc():
...         nonlocal n
...         n += 1
...         return n
...     inc(); inc()
...     return n
... return outer()
def fact(n): return 1 if n < 2 else n * fact(n - 1)
... return fact(10)
def f(): return g()
... def g(): return 5
... return f()
def f(): return late
... r = []
... try: f()
... except NameError: r.append("unbound")
... late = 1
... return r, f()
def f(): pass
... return f()
def f(): return
... return f(), (lambda: None)()
def f(*args): return args, len(args), args[0], isinstance(args, tuple)
... return f(1, 2)
(lambda *a: a)(1, 2), (lambda a, b=3: a + b)(1), (lambda: 5)()
def f(a, *, b): return a
... # refused: keyword-only arguments and **kwargs are not known there yet
def f(**k): return k
... # refused: keyword-only arguments and **kwargs are not known there yet
def f(a): return a
... return f(a=1)
... # refused: keyword arguments are not known there yet
def f(a): return a
... return f(**{"a": 1})
... # refused: keyword arguments are not known there yet
def f():
...     yield 1
... # refused: generators ('yield') are not known there yet
def f(x): return x
... f = [f][0]; return f(3)
... def new(this, var): return this + var
... function = 3; return new(function, 4)
... def f(arguments, eval): return arguments + eval
... return f(1, 2)
name = "n"; let = 1; const = 2; self = 3; undefined = 4; stub1_seq = 5; flx_f = 6; return name, let, const, self, undefined, stub1_seq, flx_f
null = 1; typeof = 2; window = 3; Math = 4; Object = 5; Array = 6; return null, typeof, window, Math, Object, Array, [1, 2] + [3], {"a": 1}
größe = 3; return größe
def f(a, b): return a - b
... args = [5, 3]; return f(*args), max(*args)
... def deco(f): return f
... @deco
... def g(): return 1
... # refused: a decorator on a function inside of a function is not known there yet
import math
... # refused: 'import' inside of functions is not known there
class A: pass
... # refused: a class inside of a function is not known there
global q
... # refused: 'global' is not known there
def f():
...     x = 1
...     def g():
...         x = 2
...         return x
...     return g(), x
... return f()
def f(x):
...     x += 1
...     return x
... y = 1; return f(y), y
... def f(len): return len
... return f(3), (lambda str: str)(4)
sorted = lambda x: "mine"; return sorted([2, 1])
print(file=None)  # refused: print() does not know the argument 'file' there
len([1], [2])  # refused: len() takes 1 arguments there, not 2
f = "abc".upper; g = [1, 2].index; return f(), g(2)
f = str; g = len; return f(5), g("abc"), list(map(int, ["1", "2"]))
callable(len), callable(lambda: 1), callable(5)
5()
None.foo
None.foo()
None[0]
(5).foo
getattr("abc", "upper")(), getattr([], "nope", 7), hasattr([], "append"), hasattr("", "nope"), hasattr(None, "a")
getattr([], "nope")
isinstance(1, int), isinstance(True, int), isinstance(1.5, float), isinstance("", str), isinstance([], list), isinstance((), tuple), isinstance([], tuple), isinstance({}, dict), isinstance(1, (str, int)), isinstance(1.5, int), isinstance(True, bool), isinstance(1, bool), isinstance(None, int)
isinstance(1, 5)
type(1) is int, type("") is str, type([]) is list, type(()) is tuple, type(True) is bool, type({}) is dict, type(1) == type(2)
[].__class__  # refused: the special name '__class__' is not known there
ValueError  # refused: the exception ValueError is only known there in 'raise', 'except' and isinstance()
super()  # refused: super is only known there as super().method(...)
super().foo()  # refused: super() is only known in methods
pass; ...
return ...  # refused: Ellipsis is not known there
b"a"  # refused: bytes are not known there yet
nothing_of_that_name  # refused: it is not defined in the module
frozenset()  # refused: this Python built-in has no counterpart there yet
x = [1]; x.__private = 1  # refused: the name '__private' would be mangled in a class
aǀb = 1  # refused: has a letter that jsmodel uses for itself
"_jsm_n_foo_e", "ǀself", "ǀpy"

-- exceptions
try: int("x")
... except ValueError as e: return "caught", str(e)
try: raise KeyError("k")
... except (IndexError, KeyError) as e: return repr(e), str(e), e.args
try: [][0]
... except LookupError: return "lookup"
try: {}["a"]
... except LookupError as e: return repr(e)
try: 1 / 0
... except ArithmeticError as e: return repr(e)
try: raise ValueError
... except Exception as e: return repr(e), str(e)
try: raise ValueError("a", 1)
... except Exception as e: return repr(e), str(e), e.args
try: raise NotImplementedError()
... except RuntimeError: return "is one"
try: raise ValueError("a")
... except TypeError: return 1
... except: return 2
try: raise ValueError("a")
... except TypeError: return 1
r = []
... try: r.append(1)
... except ValueError: r.append(2)
... else: r.append(3)
... finally: r.append(4)
... return r
r = []
... try:
...     try: raise ValueError("a")
...     except ValueError:
...         r.append(1)
...         raise
...     finally: r.append(2)
... except ValueError as e: r.append(str(e))
... return r
try:
...     try: raise ValueError("a")
...     except ValueError as e: raise KeyError("b") from e
... except KeyError as e: return str(e)
try:
...     try: raise ValueError("a")
...     except ValueError as e:
...         err = e
...         raise err
... except ValueError as f: return f is err
def f():
...     try: return 1
...     finally: pass
... return f()
def f():
...     for i in range(3):
...         try:
...             if i == 1: continue
...             if i == 2: break
...         finally: r.append(i)
...     return r
... r = []; return f()
... r = []
... for i in range(3):
...     try:
...         if i == 1: raise ValueError("x")
...     except ValueError: r.append("e")
...     else: r.append(i)
... return r
try: raise ValueError("x")
... except ValueError as e: pass
... return e
e = ValueError("x"); return isinstance(e, ValueError), isinstance(e, (KeyError, ValueError)), isinstance(e, LookupError), isinstance(e, Exception), isinstance(5, Exception)
raise "text"
raise 5
def f(): return f()
... try: f()
... except RecursionError: return "deep"
try: None.foo
... except AttributeError as e: return str(e)
try: [].foo
... except AttributeError as e: return str(e)
try: "a" + 1
... except TypeError as e: return str(e)
try: 1 + "a"
... except TypeError as e: return str(e)
try: 1 < "a"
... except TypeError as e: return str(e)
try: a, b = 1, 2, 3
... except ValueError as e: return str(e)
try: assert 1 == 2, "words"
... except AssertionError as e: return str(e)
try: x
... except NameError: pass
... x = 1
... return x
raise  # refused: 'raise' without an error is only known inside of 'except'
try: pass
... except OSError_: pass
... # refused: 'except' there knows only the built-in exceptions

-- async
async def f(x): return x
... return await f(1) + 1, await f([]) or await f(2), [await f(i) for i in range(2)], -await f(3), (await f("ab"))[0]
async def f(x): return x
... a = {"k": await f(1)}; a["k"] += await f(2); return a, await f(1) < await f(2) < await f(3), f"{await f(4)}"
... async def f(): raise ValueError("x")
... try: await f()
... except ValueError as e: return str(e)
async def f(x): return x
... r = []
... for i in await f([1, 2]): r.append(await f(i))
... return r, await f(1) if await f(0) else await f(3)
async def f(): return 1
... return list(await f() for i in [1])
... # refused: 'await' in a generator expression is not known there
async for x in []: pass
... # refused: 'async for' is not known there
"""

#: What no one can have: a JS number does not know whether it was a float, and JS callers pass more than is asked for.
KNOWN_DIFFERENCES = {
    "str(1.0)": ("'1.0'", "'1'"),
    "4 / 2": ("2.0", "2"),
    "isinstance(2.0, float)": ("True", "False"),
    "type(2.0) is float": ("True", "False"),
    "2.0**53 + 1 == 2**53 + 1": ("False", "True"),
    "(lambda a: a)(1, 2)": ("raise TypeError", "1"),
    "{'a': 1}.keys()": ("dict_keys(['a'])", "['a']"),
    "range(2)": ("range(0, 2)", "[0, 1]"),
    "zip([1], [2]) == zip([1], [2])": ("False", "True"),
}


def rows() -> list[tuple[str, str, str]]:
    """Section, code and outcome of each row. A line that begins with '...' goes on with the row before it."""
    out: list[tuple[str, str, str]] = []
    section = ""
    for row in re.split(r"\n(?!\.\.\. )", TABLE.strip()):
        if row.startswith("-- "):
            section = row[3:]
        elif row:
            code, outcome = row.replace("\n... ", "\n"), "same"
            for mark, kind in ((REFUSED, "refused"), (RAISES, "raises")):
                if mark in code:
                    code, _, words = code.partition(mark)
                    outcome = f"{kind} {words.strip()}"
            out.append((section, code.strip(), outcome))
    return out


def make_functions(codes: list[str], name: str) -> list[FunctionType]:
    """The rows as functions, in a module whose source Python knows, as that of a notebook cell."""
    parts = []
    for index, code in enumerate(codes):
        if is_expression(code):
            code = f"return ({code})" if "\n" not in code else code
        head = "async def" if re.search(r"\bawait\b|\basync for\b", code) else "def"
        parts.append(f"{head} row_{index}():\n" + textwrap.indent(code, "    ") + "\n")
    text = "\n".join(parts)
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace: dict[str, Any] = {"__name__": "rows"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "a" is "a", 5()
        exec(compile(text, name, "exec"), namespace)
    return [namespace[f"row_{index}"] for index in range(len(codes))]


def is_expression(code: str) -> bool:
    try:
        return isinstance(ast.parse(f"async def f():\n ({code}\n )").body[0].body[0], ast.Expr)  # type: ignore[attr-defined]
    except SyntaxError:
        return False


def whole(value: Any) -> Any:
    """A float that is whole becomes an int, as in the browser."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return int(value)
    if isinstance(value, (list, tuple)):
        return type(value)(map(whole, value))
    return {k: whole(v) for k, v in value.items()} if isinstance(value, dict) else value


def in_python(func: FunctionType, clean: Any = whole) -> str:
    try:
        value = func()
        if inspect.iscoroutine(value):
            value = asyncio.run(value)
        return repr(clean(value))
    except Exception as err:
        return f"raise {type(err).__name__}"


RUN = """
const outcomes = [];
jsmodel.module("rows", async ($m, $jsm, $py) => {
  for (const name of NAMES) {
    try {
      outcomes.push($py.repr(await $m[name]()));
    } catch (err) {
      outcomes.push(`raise ${$py.late.error_name(err)}`);
    }
  }
  process.stdout.write(JSON.stringify(outcomes), () => process.exit(0));
});
"""


def in_node(functions: list[FunctionType], runtime: Path) -> list[str]:
    """What each gives in Node, in one run."""
    scripts = [script for func in functions for script in linker.bundle(func)[0]]
    run = RUN.replace("NAMES", json.dumps([f.__name__ for f in functions]))
    done = node("\n".join([runtime.read_text(), *scripts, run]))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


ROWS = rows()
FUNCTIONS = make_functions([code for _, code, _ in ROWS], "<the table>")
RUNNING = [i for i, row in enumerate(ROWS) if not row[2].startswith("refused")]


@pytest.fixture(scope="module")
def outcomes(runtime: Path) -> dict[int, str]:
    """What Node gives for each row; a refusal's words where it was refused."""
    refused: dict[int, str] = {}
    for index in RUNNING:
        try:
            linker.bundle(FUNCTIONS[index])
        except (TranspileError, ScopeError) as err:
            refused[index] = f"refused: {err}"
    ran = [i for i in RUNNING if i not in refused]
    return {**refused, **dict(zip(ran, in_node([FUNCTIONS[i] for i in ran], runtime), strict=True))}


@pytest.mark.parametrize("index", range(len(ROWS)), ids=[f"{s}: {c.splitlines()[0][:50]}" for s, c, _ in ROWS])
def test_python_means_the_same_in_the_browser_or_is_refused(index: int, outcomes: dict[int, str]):
    _, code, outcome = ROWS[index]
    kind, _, words = outcome.partition(" ")
    if kind == "refused":
        with pytest.raises((TranspileError, ScopeError)) as caught:
            linker.bundle(FUNCTIONS[index])
        assert words in str(caught.value)
        assert "the table" in str(caught.value)
    elif kind == "raises":
        assert outcomes[index] == f"raise {words}"
    else:
        expected = in_python(FUNCTIONS[index])
        assert outcomes[index] == expected, code


def test_the_table_is_large_and_mostly_the_same():
    same = [r for r in ROWS if r[2] == "same"]
    assert len(ROWS) >= 150
    assert len(same) / len(ROWS) >= 0.8
    assert len({code for _, code, _ in ROWS}) == len(ROWS)


def test_what_differs_is_known(runtime: Path):
    functions = make_functions(list(KNOWN_DIFFERENCES), "<known>")
    here = [in_python(f, clean=lambda value: value) for f in functions]
    there = in_node(functions, runtime)
    assert dict(zip(KNOWN_DIFFERENCES, zip(here, there, strict=True), strict=True)) == KNOWN_DIFFERENCES
