"""The rows of test_classes_table.py."""

TABLE = r"""
-- objects
class A: pass
... a = A(); a.x = 1; return a.x, isinstance(a, A), type(a) is A, type(a).__name__, A.__name__, hasattr(a, "y")
class A:
...     n = 1
...     def __init__(self, x): self.x = x
...     def double(self): return self.x * 2
... a = A(4); return a.double(), A.double(a), a.n, A.n, a.__class__ is A, a.__dict__
class A:
...     n = 0
... a = A(); b = A(); a.n = 5; A.n = 7; return a.n, b.n, A.n
class A:
...     items = []
... a = A(); b = A(); a.items.append(1); r = b.items, A.items; return r
class A:
...     count = 0
...     def __init__(self): type(self).count += 1
... class B(A): count = 10
... A(); B(); return A.count, B.count
class A:
...     def f(self): return 1
... A.g = lambda self: self.f() + 1
... A.h = 5
... a = A(); return a.g(), a.h, A.h, A.g(a)
class A: pass
... class B(A): pass
... b = B(); A.late = 3; r = b.late, B.late; B.late = 4; return r, A.late, b.late
class A:
...     def f(self): return "old"
... a = A(); A.f = lambda self: "new"; return a.f(), A().f()
class A:
...     x = 1
...     y = x + 1
...     z = [i * 2 for i in range(3)]
...     def f(self, d=y): return d
... return A.y, A.z, A().f(), A().x
class A:
...     class B:
...         x = 1
...         def get(self): return self.x
...     def make(self): return self.B()
... return A.B.x, A().make().get(), A.B.__name__
class A:
...     def f(self): return 1
... a = A(); f = a.f; return f(), a.f == a.f, f.__name__, f.__self__ is a
class A:
...     def f(self): return 1
... a = A(); a.f = lambda: 2; return a.f()
class A: pass
... return A().x
class A: pass
... return A.x
class A: pass
... return A(1)
class A: pass
... a = A(); a.x = 1; del a.x; return a.x
class A: pass
... a = A(); setattr(a, "x", 1); r = getattr(a, "x"), getattr(a, "y", 2); delattr(a, "x"); return r, hasattr(a, "x")
class A:
...     def __init__(self): self.cb = lambda x: x * self.k
...     k = 3
... return A().cb(2)
class A:
...     def __init__(self, x): self.x = x
... a = A(1); d = a.__dict__; d["y"] = 2; a.z = 3; return a.y, sorted(d.keys()), vars(a) == {"x": 1, "y": 2, "z": 3}, "x" in d
class A:
...     def __init__(self, **k): self.__dict__.update(k)
... a = A(x=1, y=2); return a.x, a.y, vars(a)
class A:
...     def f(self, a, *b, c=1, **d): return a, b, c, d
... return A().f(1, 2, c=3, e=4), A().f(a=1), A.f(A(), 1, c=2)
class A:
...     def f(self, x): return x
... f = A().f; return f(x=3), A.f(A(), x=4)
class A:
...     def __init__(self, a, b=2): self.a, self.b = a, b
... return A(b=1, a=5).a, A(1).b, [A(i) for i in range(2)][1].a, list(map(A, [1, 2]))[0].a
class A:
...     def gen(self, n):
...         for i in range(n): yield i, self
... a = A(); return [x for x, y in a.gen(2) if y is a]
class A:
...     async def f(self, x): return x + self.n
...     n = 2
... return await A().f(1)
a = object(); return a == object(), a == a, isinstance(a, object)
class A:
...     x: int
...     y: int = 3
... return A.y, A().y, hasattr(A, "x")
class A:
...     if True:
...         def f(self): return 1
...     else:
...         def f(self): return 2
...     for i in range(3): pass
... return A().f(), A.i
class A:
...     a, b = 1, 2
...     c = d = [a, b]
...     e = (lambda q: q + 1)(a)
... return A.a, A.b, A.c is A.d, A.e
class A:
...     try: x = int("no")
...     except ValueError: x = -1
... return A.x
class A:
...     n = 0
...     n += 5
... return A.n
class A:
...     def helper(x): return x * 2
...     doubled = helper(4)
... return A.doubled, A.helper(3)
class A:
...     def f(self): return "f"
...     g = f
...     table = {"f": f}
... return A().g(), A.table["f"](A())
class A:
...     convert = int
...     size = len
... return A().convert("5"), A().size([1, 2])
def make(n):
...     class A:
...         size = n
...         def get(self): return n, self.size
...     return A
... return make(1)().get(), make(2)().get(), make(1) is make(1), make(1).__name__, make(1).__qualname__
def f():
...     out = []
...     for i in range(3):
...         class A:
...             n = i
...             def who(self): return __class__.n, self.n
...         out.append(A)
...     return [a().who() for a in out]
... return f()
class A:
...     def clone(self): return A()
...     def cls(self): return __class__
... return type(A().clone()) is A, A().cls() is A
class Outer:
...     def __init__(self): self.n = 5
...     def make(self):
...         outer = self
...         class Inner:
...             k = self.n
...             def get(self): return outer.n, self.k
...             def other(this): return self.n
...         return Inner()
... o = Outer(); i = o.make(); o.n = 6; return i.get(), i.other()
def f():
...     class A:
...         def f(self): return g(1)
...     def g(x): return x + 1
...     return A().f()
... return f()
x = "outer"
... class A:
...     def f(self): return x
...     x = 1
... return A.x, A().f()
x = "outer"
... class A:
...     x = x
... return A.x
class A:
...     len = len("abc")
...     n = len
... return A.n
class A:
...     x = 1
...     def f(self): return x
... return A().f()  # refused: uses 'x'

-- special methods
class A:
...     def __str__(self): return "str"
...     def __repr__(self): return "repr"
... a = A(); return str(a), repr(a), f"{a}", f"{a!r}", [a], "%s" % a, {"k": a}
class A:
...     def __repr__(self): return "r"
... return str(A()), f"{A()}"
class A:
...     def __format__(self, spec): return "<" + spec + ">"
... return f"{A():abc}", "{:q}".format(A()), f"{A()}"
class A:
...     def __call__(self, x): return x + 1
... a = A(); return a(1), callable(a), callable(A), list(map(a, [1, 2])), isinstance(a, A), type(a) is A
class A:
...     def __init__(self): self.n = 0
...     def __call__(self, x, *, by=1): self.n += by; return self.n * x
... class B:
...     def __init__(self, f): self.f = f
...     def go(self): return self.f(2), self.f(1, by=5)
... a = A(); return B(a).go(), a(x=3), a.n, [f(1) for f in [a, a]]
class A:
...     name = "mine"
...     def __call__(self): return self.name
... a = A(); a.length = 3; return a(), a.name, a.length, bool(a), a == a, a != A(), a in [a]
class A:
...     def __call__(self): return 1
...     def __eq__(self, o): return isinstance(o, A)
...     def __len__(self): return 0
... return A() == A(), bool(A()), len(A())
class A:
...     def __getattr__(self, name):
...         if name == "no": raise AttributeError(name)
...         return name.upper()
... a = A(); a.x = 1; return a.x, a.foo, getattr(a, "bar"), hasattr(a, "any"), hasattr(a, "no"), getattr(a, "no", 5)
class A:
...     def __init__(self): self.data = {"a": 1}
...     def __getattr__(self, name):
...         try: return self.data[name]
...         except KeyError: raise AttributeError(name)
... class B(A):
...     def f(self): return self.a
... return B().f(), A().a, B().b
class A:
...     def __setattr__(self, name, value): object.__setattr__(self, name, value * 2)
... a = A(); a.x = 2; return a.x, a.__dict__
class A:
...     log = []
...     def __setattr__(self, name, value): self.log.append(name); super().__setattr__(name, value)
...     def __delattr__(self, name): self.log.append("-" + name); super().__delattr__(name)
... a = A(); a.x = 1; a.y = 2; del a.x; a.y += 1; r = list(A.log); A.log.clear(); return r, a.y, hasattr(a, "x")
class A:
...     def __setattr__(self, name, value): raise AttributeError("no " + name)
... A().x = 1
class A:
...     def __len__(self): return 0
... return bool(A()), len(A()), not A()
class A:
...     def __bool__(self): return False
... return 1 if A() else 2, bool(A()), not A()
class A:
...     def __init__(self, v): self.v = v
...     def __eq__(self, o): return self.v == o.v
...     def __lt__(self, o): return self.v < o.v
...     def __repr__(self): return f"A({self.v})"
... return sorted([A(3), A(1)]), max(A(1), A(5)), A(1) == A(1), A(1) in [A(1)], A(2) > A(1), [A(1)] == [A(1)], (A(1), 2) < (A(2), 1), A(1) != A(2)
class A:
...     def __ne__(self, o): return True
... return A() != 1, A() == 1
class Stack:
...     def __init__(self): self._items = []
...     def push(self, x): self._items.append(x); return self
...     def pop(self): return self._items.pop()
...     def __len__(self): return len(self._items)
...     def __iter__(self): return iter(self._items)
...     def __contains__(self, x): return x in self._items
...     def __getitem__(self, i): return self._items[i]
...     def __setitem__(self, i, v): self._items[i] = v
...     def __delitem__(self, i): del self._items[i]
... s = Stack().push(1).push(2).push(3); s[0] = 9; del s[1]
... return len(s), list(s), 9 in s, s[-1], s.pop(), sum(s)
class A:
...     def __iter__(self):
...         yield 1
...         yield 2
... a, b = A(); return list(A()), [x for x in A()], (a, b), 2 in A(), 3 in A(), sum(A()), max(A()), dict(zip("ab", A())), [*A(), 3], sorted(A(), reverse=True)
class Count:
...     def __init__(self, n): self.i, self.n = 0, n
...     def __iter__(self): return self
...     def __next__(self):
...         if self.i >= self.n: raise StopIteration
...         self.i += 1
...         return self.i
... c = Count(3); first = next(c); rest = list(c); return first, rest, list(c), next(c, "end"), [x for x in Count(2)]
class A:
...     def __init__(self, n): self.n = n
...     def __next__(self): raise StopIteration
... return next(A(1))
class A:
...     def __getitem__(self, i):
...         if i > 2: raise IndexError
...         return i * 10
... return list(A()), 20 in A(), 5 in A(), [*A()], list(iter(A()))
class A:
...     def __len__(self): return 3
...     def __getitem__(self, i): return i * 10
... return list(reversed(A())), A()[2]
class A:
...     def __reversed__(self): return iter([3, 2])
... return list(reversed(A()))
class A:
...     def __iter__(self): return 5
... return list(A())
class A:
...     __iter__ = None
... return list(A())
class A: pass
... for x in A(): pass
class A: pass
... return next(A())
class A: pass
... return iter(A())
class A:
...     async def __aiter__(self):
...         yield 1
...         yield 2
... return [x async for x in A()]
class A:
...     def __init__(self): self.n = 0
...     def __aiter__(self): return self
...     async def __anext__(self):
...         self.n += 1
...         if self.n > 2: raise StopAsyncIteration
...         return self.n
... return [x async for x in A()]
class A:
...     def __enter__(self): return "in"
...     def __exit__(self, kind, err, tb): return kind is ValueError
... with A() as x:
...     raise ValueError("swallowed")
... try:
...     with A(): raise KeyError("out")
... except KeyError as e: return x, repr(e)
class A:
...     def __init__(self): self.log = []
...     async def __aenter__(self): self.log.append("in"); return self
...     async def __aexit__(self, *args): self.log.append(args[0] is None)
... async with A() as a: a.log.append("body")
... return a.log
class V:
...     def __init__(self, x): self.x = x
...     def __repr__(self): return f"V({self.x})"
...     def __add__(self, o): return V(self.x + (o.x if isinstance(o, V) else o))
...     __radd__ = __add__
...     def __iadd__(self, o): self.x += 100; return self
...     def __isub__(self, o): self.x -= o; return self
...     def __matmul__(self, o): return "@"
...     def __rmatmul__(self, o): return "r@"
...     def __imatmul__(self, o): return "i@"
... v = w = V(1); v += 1; v -= 2; u = V(3); u @= 1; return v, v is w, V(1) + 2, 2 + V(1), V(1) @ 2, 2 @ V(1), u, sum([V(1), V(2)])
class V:
...     def __itruediv__(self, o): return "/="
...     def __ifloordiv__(self, o): return "//="
...     def __imod__(self, o): return "%="
...     def __ipow__(self, o): return "**="
...     def __ilshift__(self, o): return "<<="
...     def __irshift__(self, o): return ">>="
...     def __iand__(self, o): return "&="
...     def __ior__(self, o): return "|="
...     def __ixor__(self, o): return "^="
...     def __imul__(self, o): return "*="
... a = b = c = d = e = f = g = h = i = j = V()
... a /= 1; b //= 1; c %= 1; d **= 1; e <<= 1; f >>= 1; g &= 1; h |= 1; i ^= 1; j *= 1
... return a, b, c, d, e, f, g, h, i, j
class V:
...     def __sub__(self, o): return ("sub", o)
...     def __rsub__(self, o): return ("rsub", o)
... v = V(); v -= 1; return v, V() - 2, 3 - V()
class A: pass
... return A() @ 1
class A: pass
... return 1 - A()
class A:
...     def __init__(self, n): self.n = n
...     def __index__(self): return self.n
...     def __int__(self): return self.n + 1
...     def __float__(self): return self.n + 0.5
... return [1, 2, 3][A(1)], list(range(A(2))), int(A(1)), float(A(1)), hex(A(10))
class A:
...     def __neg__(self): return "-"
...     def __pos__(self): return "+"
...     def __invert__(self): return "~"
...     def __abs__(self): return "abs"
...     def __round__(self, n=None): return n
... return -A(), +A(), ~A(), abs(A()), round(A()), round(A(), 2)
class A:
...     def __del__(self): pass
... return A()  # refused: __del__
class A:
...     def __getattribute__(self, name): return 1
... return A().x  # refused: __getattribute__
class D:
...     def __missing__(self, key): return key
...     def __getitem__(self, key): return self.__missing__(key)
... return D()["a"]
class A:
...     def __init__(self, n): self.n = n
...     def __lt__(self, o): return self.n < o.n
... a = [A(3), A(1), A(2)]; a.sort(); return [x.n for x in a], min(a).n
class A:
...     def __len__(self): return 3
...     def __eq__(self, o): return True
... a = A(); return a.__len__(), a.__eq__(1), (5).__add__(2), "ab".__len__(), [1].__contains__(1), A.__len__(a)
class A:
...     def __init__(self): self.__x = 1
...     def get(self): return self.__x
...     def __hidden(self): return "h"
...     def call(self): return self.__hidden()
...     __shared = [1]
... a = A(); return a.get(), hasattr(a, "__x"), a._A__x, a.call(), A._A__shared
class A:
...     def __init__(self): self.__x = "A"
...     def a(self): return self.__x
... class B(A):
...     def __init__(self): super().__init__(); self.__x = "B"
...     def b(self): return self.__x
... b = B(); return b.a(), b.b(), sorted(vars(b))
class _A:
...     def f(self, __p=2): return __p, [__q for __q in range(__p)]
...     def g(self): return lambda: self.__z
...     __z = 9
... return _A().f(), _A().g()(), _A._A__z
class A:
...     __slots__ = ("x", "y")
...     def __init__(self): self.x = 1
... a = A(); r = a.x; a.x = 5; r2 = a.x, hasattr(a, "y"); del a.x; return r, r2, hasattr(a, "x")
class A:
...     __slots__ = ("x",)
...     def __init__(self): self.x = 1
... A().y = 2  # words: 3.13 says more
class A:
...     __slots__ = ("x",)
... return A().x  # words: of no use
class A:
...     __slots__ = ["x"]
... class B(A):
...     __slots__ = ["y"]
...     def __init__(self): self.x, self.y = 1, 2
... b = B(); r = b.x, b.y
... try: b.z = 1
... except AttributeError: return r, "closed"
class A:
...     __slots__ = ["x"]
... class B(A): pass
... b = B(); b.x = 1; b.z = 2; return b.x, b.z, vars(b)
class A:
...     def __new__(cls, x):
...         o = super().__new__(cls); o.made = x
...         return o
...     def __init__(self, x): self.x = x
... return A(1).made, A(2).x, A(x=3).x
class A:
...     one = None
...     def __new__(cls):
...         if cls.one is None: cls.one = super().__new__(cls)
...         return cls.one
... r = A() is A(); A.one = None; return r
class A:
...     def __new__(cls, x): return x
... return A(3), A("a")  # raises: TypeError
class A:
...     def __init_subclass__(cls, **k): cls.tag = k.get("tag")
... class B(A, tag="x"): pass
... class C(A): pass
... return B.tag, C.tag
class Base:
...     names = []
...     def __init_subclass__(cls, **kw): super().__init_subclass__(**kw); cls.names.append(cls.__name__)
... class B(Base): pass
... class C(B): pass
... return Base.names
class Upper:
...     def __set_name__(self, owner, name): self.name = "_" + name
...     def __get__(self, ob, cls): return self if ob is None else getattr(ob, self.name, None)
...     def __set__(self, ob, value): setattr(ob, self.name, value.upper())
... class A:
...     x = Upper()
... a = A(); r = a.x; a.x = "abc"; return r, a.x, a._x, type(A.x).__name__  # live refused: cannot be sent
class Once:
...     def __init__(self, f): self.f = f
...     def __get__(self, ob, cls): return self.f(ob)
... class A:
...     n = 3
...     @Once
...     def x(self): return self.n * 2
... a = A(); r = a.x; a.x = 1; return r, a.x  # live refused: cannot be sent
class A:
...     def __hash__(self): return 5
...     def __eq__(self, o): return True
... return A().__hash__()  # only local
class A:
...     def __class_getitem__(cls, item): return "item"
... return A[1]  # raises: TypeError

-- functions in classes
class A:
...     @property
...     def x(self): return self._x
...     @x.setter
...     def x(self, v): self._x = v * 2
...     @x.deleter
...     def x(self): self._x = "gone"
... a = A(); a.x = 2; r = a.x; del a.x; a2 = a.x; a.x += 1 if a.x != "gone" else "!"; return r, a2, a.x
class A:
...     @property
...     def x(self): return 5
... a = A(); a.x = 3  # words: 3.10 has others
class A:
...     @property
...     def x(self): return 5
... a = A(); del a.x  # words: 3.10 has others
class A:
...     @property
...     def x(self): raise AttributeError("inner")
... return A().x
class A:
...     @property
...     def x(self): return "A"
... class B(A):
...     @property
...     def x(self): return super().x + "B"
... return B().x, A().x
class A:
...     @property
...     def x(self): return self._x
...     @x.setter
...     def x(self, v): self._x = v
... class B(A):
...     @A.x.setter
...     def x(self, v): self._x = v * 2
... b = B(); b.x = 2; return b.x
class A:
...     def get(self): return 5
...     x = property(get)
...     y = property(lambda self: 6, lambda self, v: setattr(self, "z", v))
... a = A(); a.y = 7; return a.x, a.y, a.z
class A:
...     @classmethod
...     def make(cls, x): o = cls(); o.x = x; return o
...     @staticmethod
...     def add(a, b=2): return a + b
... class B(A): pass
... return type(B.make(1)).__name__, A.make(2).x, A.add(1, 2), B().add(3, 4), B().make(5).x, A.add(1), A.add(b=1, a=1), B.make(x=3).x
class A:
...     @classmethod
...     def f(cls): return [cls.__name__]
... class B(A):
...     @classmethod
...     def f(cls): return super().f() + ["B"]
... class C(B): pass
... return B.f(), C.f(), C().f()
class A:
...     @classmethod
...     def f(cls): return 1
... return A.f == A.f, A.f.__self__ is A, A.f.__name__
class A:
...     x = 1
...     y = 2
... class B(A): pass
... a = A(); del A.x; A.y = 3; return hasattr(A, "x"), hasattr(a, "x"), hasattr(B, "x"), B.y
class A:
...     x = 1
... class B(A): pass
... del B.x  # words: 3.10 has others
class A:
...     def constructor(self): return 1
... return A()  # refused: means something else
class A:
...     @staticmethod
...     def f(): return "A"
... class B(A):
...     @staticmethod
...     def f(): return A.f() + "B"
... return B.f(), B().f()
def deco(f):
...     def inner(self, *args): return ["deco", f(self, *args), self.n]
...     return inner
... class A:
...     n = 3
...     @deco
...     def f(self, x): return x * self.n
...     @deco
...     def g(self, x): return x + self.n
... return A().f(2), A().g(2), A.f(A(), 1)
def deco(f):
...     def inner(*args, **kw): return "d", f(*args, **kw)
...     return inner
... class A:
...     @deco
...     def f(self, x, y=1): return x, y
...     @classmethod
...     @deco
...     def g(cls, x): return cls.__name__, x
... return A().f(1), A().f(1, y=2), A.g(3)
def times(n):
...     def deco(f):
...         def inner(self): return f(self) * n
...         return inner
...     return deco
... class A:
...     @times(2)
...     def f(self): return "f"
...     @times(3)
...     def g(self): return "g"
... return A().f(), A().g()
def deco(f):
...     def inner(*a): return f(*a) + 1
...     return inner
... class A:
...     @deco
...     @deco
...     def f(self): return 1
... return A().f()
def register(cls): cls.tag = "yes"; return cls
... @register
... class A: pass
... return A.tag
def wrap(tag):
...     def deco(cls):
...         class Sub(cls):
...             kind = tag
...             def f(self): return super().f() + tag
...         return Sub
...     return deco
... @wrap("!")
... class A:
...     def f(self): return "f"
... return A().f(), A.kind, A.__name__
import functools
... class A:
...     calls = 0
...     @functools.cached_property
...     def x(self): A.calls += 1; return 5
... a = A(); r = a.x, a.x, A.calls, vars(a); return r
class A:
...     def f(self, items=[]): items.append(1); return len(items)
... return A().f(), A().f()
class A:
...     def f(self):
...         def g(): return self.x
...         return [g() for _ in range(2)], (lambda: self.x)()
...     x = 4
... return A().f()

-- inheritance
class A:
...     def hello(self): return "A"
... class B(A):
...     def hello(self): return "B" + super().hello()
... class C(B): pass
... return C().hello(), isinstance(C(), A), issubclass(C, A), issubclass(A, B), C.__mro__[1].__name__, C.__bases__[0] is B, A.__mro__[-1] is object
class A:
...     def __init__(self, x): self.x = x
... class B(A):
...     def __init__(self, x, y):
...         super().__init__(x)
...         self.y = y
... b = B(1, 2); return b.x, b.y, vars(b)
class A:
...     def f(self): return "A"
... class B:
...     def f(self): return "B"
...     def g(self): return "g"
... class C(A, B): pass
... return C().f(), C().g(), isinstance(C(), A), isinstance(C(), B), isinstance(A(), B), issubclass(C, B), isinstance(C(), (int, B))
class A:
...     def f(self): return ["A"]
... class B(A):
...     def f(self): return ["B"] + super().f()
... class C(A):
...     def f(self): return ["C"] + super().f()
... class D(B, C):
...     def f(self): return ["D"] + super().f()
... class E(D): pass
... return D().f(), E().f(), B().f(), [k.__name__ for k in E.__mro__], isinstance(E(), C), issubclass(E, C), type(D()) is D
class A:
...     def __init__(self): self.log = ["A"]
... class B(A):
...     def __init__(self, **kw): super().__init__(**kw); self.log.append("B")
... class C(A):
...     def __init__(self, c=0): super().__init__(); self.log.append(("C", c))
... class D(B, C):
...     def __init__(self): super().__init__(c=5); self.log.append("D")
... return D().log
class A: pass
... class B(A): pass
... class C(A, B): pass
... return 1  # only local  # words: broken in two lines, or not
class A:
...     n = 1
... class B:
...     n = 2
... class C(A, B): pass
... c = C(); r = c.n; A.n = 5; return r, c.n, C.n, B.n
class Mixin:
...     def describe(self): return f"{type(self).__name__}: {self.name}"
... class Named:
...     def __init__(self, name): self.name = name
... class A(Mixin, Named): pass
... return A("x").describe(), A(name="y").name
class A:
...     @property
...     def x(self): return "A"
...     @classmethod
...     def c(cls): return cls.__name__
... class B: pass
... class C(B, A):
...     @property
...     def x(self): return super().x + "C"
...     @classmethod
...     def c(cls): return "c" + super().c()
... return C().x, C.c(), C().c()
class A:
...     def f(self): return "A"
... class B(A):
...     def f(self): return super(B, self).f() + "B"
...     def g(self): return A.f(self), super().f
... b = B(); f = super(B, b).f; return b.f(), b.g()[0], b.g()[1](), f()
class A: pass
... class B(A):
...     def f(self): return super().nothing()
... return B().f()
class A: pass
... class B(A):
...     def f(self): return super().x
... return B().f()
from abc import ABC, abstractmethod
... class A(ABC):
...     @abstractmethod
...     def f(self): ...
...     def g(self): return self.f() + 1
... class B(A):
...     def f(self): return 1
... return B().f(), B().g(), isinstance(B(), A)
from abc import ABC, abstractmethod
... class A(ABC):
...     @abstractmethod
...     def f(self): ...
... A()
from abc import ABC, abstractmethod
... class A(ABC):
...     @abstractmethod
...     def f(self): ...
...     @property
...     @abstractmethod
...     def p(self): ...
... class B(A):
...     def f(self): return super().f()
... B()
import abc
... class A(metaclass=abc.ABCMeta):
...     @abc.abstractmethod
...     def f(self): return "base"
... class B(A):
...     def f(self): return super().f() + "!"
... return B().f()
from typing import Generic, TypeVar
... class Box(Generic[TypeVar("T")]):
...     def __init__(self, x): self.x = x
... return Box(1).x
from typing import Protocol
... class P(Protocol):
...     def f(self): ...
... class A(P):
...     def f(self): return 1
... return A().f()
class Meta(type):
...     def hello(cls): return cls.__name__
... class A(metaclass=Meta): pass
... return A.hello()  # live refused: metaclass Meta  # local refused: inherits from type
class A(list): pass
... return A()  # refused: inherits from list
class A(dict): pass
... return A()  # refused: inherits from dict
class A(int): pass
... return A(1)  # refused: inherits from int
class A(str): pass
... return A(1)  # refused: inherits from str
class A(object):
...     def f(self): return 1
... return A().f()
return isinstance(1, int | str), isinstance("a", int | None), isinstance(None, int | None), isinstance(1.5, (int, str)), isinstance(None, (int, None))
return issubclass(int, object), issubclass(bool, int), issubclass(int, str), issubclass(ValueError, Exception), issubclass(KeyError, (LookupError, int)), issubclass(int, int | str)
return isinstance(1, object), isinstance(None, object), isinstance(int, object), type(1) is int, type("a").__name__, type([]).__name__, type(None).__name__, int.__name__, type(1.5).__name__
issubclass(1, int)
class A: pass
... return isinstance(A(), 5)
class A: pass
... return A().__module__ == A.__module__, A.__qualname__.split(".")[-1]
def f(): pass
... return f.__name__, (lambda: 0).__name__, len.__name__

-- exceptions
err = ValueError
... try: raise err("x")
... except err as e: return type(e) is ValueError, repr(e), type(e).__name__, e.__class__ is err, e.args
kinds = (ValueError, KeyError)
... out = []
... for kind in [*kinds, IndexError, TypeError]:
...     try: raise kind("k")
...     except kinds as e: out.append(repr(e))
...     except LookupError as e: out.append("lookup")
...     except Exception as e: out.append(type(e).__name__)
... return out
table = {"v": ValueError, "k": KeyError}
... try: raise table["k"]
... except table["v"]: return 1
... except table["k"] as e: return repr(e), isinstance(e, table["k"]), isinstance(e, (int, LookupError))
try: raise KeyError("a")
... except LookupError as e: return str(e), repr(e), e.args, isinstance(e, KeyError), isinstance(e, ValueError)
try: {}["x"]
... except Exception as e: return type(e) is KeyError, e.args, isinstance(e, LookupError), issubclass(type(e), LookupError)
try: raise FileNotFoundError("f")
... except OSError as e: return repr(e), str(e), e.errno
try: raise OSError(2, "No such file", "a.txt")
... except FileNotFoundError as e: return repr(e), str(e), e.errno, e.strerror, e.filename, e.args
try: raise ConnectionResetError("x")
... except ConnectionError as e: return repr(e), isinstance(e, OSError)
try: raise IOError("x")
... except EnvironmentError as e: return repr(e)
try: raise StopIteration(5)
... except StopIteration as e: return e.value, e.args
try: raise UnicodeError("x")
... except ValueError as e: return repr(e)
try: raise NotImplementedError
... except RuntimeError as e: return repr(e), str(e), e.args
class AppError(Exception): pass
... try: raise AppError("a", 1)
... except AppError as e: return str(e), e.args, repr(e)
class NetError(OSError):
...     def __init__(self, code): super().__init__(code, "net"); self.code = code
... try: raise NetError(7)
... except OSError as e: return str(e), e.code, e.errno, e.strerror, repr(e), isinstance(e, NetError)
class Missing(KeyError): pass
... try: raise Missing("k")
... except LookupError as e: return str(e), repr(e), isinstance(e, KeyError)
class Both(KeyError, AttributeError): pass
... out = []
... for kind in (KeyError, AttributeError, LookupError, ValueError):
...     try: raise Both("x")
...     except kind: out.append(kind.__name__)
...     except Exception: out.append("no")
... return out
class Stop(StopIteration): pass
... try: raise Stop(3)
... except StopIteration as e: return e.value, repr(e)
class Quit(BaseException): pass
... try:
...     try: raise Quit("q")
...     except Exception: return "wrong"
... except BaseException as e: return repr(e)
class MyError(ValueError):
...     def __str__(self): return "mine"
... try: raise MyError(1, 2)
... except ValueError as e: return str(e), f"{e}", repr(e), e.args, [str(x) for x in [e]]
class E(Exception):
...     def __init__(self, a, *, code=0): super().__init__(a); self.code = code
... try: raise E("x", code=3)
... except E as e: return e.code, e.args, str(e)
class E(Exception):
...     code = 1
... class F(E):
...     code = 2
... try: raise F
... except E as e: return e.code, repr(e), type(e).__name__, type(e).__mro__[1].__name__, type(e).__bases__[0] is E
try:
...     try: raise ValueError("a")
...     except ValueError as e: raise KeyError("b") from e
... except KeyError as k: return repr(k.__cause__), k.__suppress_context__
try:
...     try: raise ValueError("a")
...     except ValueError as e: raise KeyError("b") from None
... except KeyError as k: return k.__cause__, k.__suppress_context__
try: raise KeyError("b") from ValueError
... except KeyError as k: return repr(k.__cause__)
try: raise KeyError("b") from 5
... except TypeError as e: return str(e)
try: raise ValueError("a")
... except ValueError as e: return e.__context__  # refused: __cause__
e = ValueError("x"); e.add_note("note"); return e.__notes__, e.args  # since: 3.11
e = ValueError("x"); return e.with_traceback(None) is e
e = ValueError("x"); e.extra = 5; return e.extra, vars(e) if False else 1
e = ValueError("a", 2); return e.args, str(e), repr(e), ValueError() == ValueError(), e == e, str(ValueError()), repr(ValueError(None)), len(e.args)
def f():
...     for i in range(3):
...         try:
...             if i == 1: continue
...             if i == 2: return "two"
...         finally: log.append(i)
... log = []; return f(), log
def f():
...     try: return "try"
...     finally: return "finally"
... return f()
def f():
...     while True:
...         try: break
...         finally: out.append(1)
...     return "end"
... out = []; return f(), out
def f():
...     try:
...         try: raise ValueError("a")
...         finally: out.append("f")
...     except ValueError: out.append("e")
...     else: out.append("no")
...     return out
... out = []; return f()
try: assert 1 == 2, "words"
... except AssertionError as e: return str(e), e.args
try: assert 0
... except AssertionError as e: return str(e), e.args
assert [], {"a": 1}
try: None.foo()
... except AttributeError as e: return type(e).__name__
try: raise 5
... except TypeError as e: return str(e)
try: raise int
... except TypeError as e: return str(e)
try: raise ValueError("x")
... except 5: pass
try: raise ValueError("x")
... except (ValueError, 5): return "first"
try: 1/0
... except ArithmeticError as e: return repr(e), type(e) is ZeroDivisionError
def f(): return f()
... try: f()
... except RecursionError as e: return type(e) is RecursionError, isinstance(e, RuntimeError)
try: [][1]
... except* IndexError: pass  # refused: except*  # since: 3.11
raise GeneratorExit  # refused: GeneratorExit
class E(GeneratorExit): pass
... raise E  # live refused: GeneratorExit  # local refused: GeneratorExit
return ValueError, KeyError is KeyError, str(ValueError), ValueError.__name__, ValueError.__mro__[1].__name__, Exception.__bases__[0].__name__
x = ValueError; return x("a").args, x.__name__, [repr(k(1)) for k in (x, KeyError)]

-- dataclasses
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
...     y: int = 0
... p = P(1); return p.x, p.y, P(y=5, x=4).x, P(1) == P(1), P(1) == P(2), P(1) != P(1), P(1) == (1, 0), P.y, repr(p).split(".")[-1], hasattr(P, "x"), vars(p)
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
...     y: str = "a"
... return repr(P(1)), str([P(2)]), f"{P(3)}"
from dataclasses import dataclass, field
... @dataclass
... class P:
...     items: list = field(default_factory=list)
...     n: int = field(default=3, repr=False)
...     hidden: int = field(default=1, compare=False)
... a = P(); b = P(); a.items.append(1); return repr(a), b.items, a == b, P(n=1) == P(n=2), P(hidden=5) == P()
from dataclasses import dataclass
... @dataclass(order=True)
... class P:
...     x: int
...     y: int = 0
... return P(1) < P(2), [(p.x, p.y) for p in sorted([P(2, 1), P(1, 5), P(2, 0)])], max(P(1), P(3)).x, P(1) >= P(1), P(1) > P(0, 9)
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
... return P(1) < P(2)
from dataclasses import dataclass
... @dataclass(order=True)
... class P:
...     x: int
... return P(1) < 5
from dataclasses import dataclass
... @dataclass(frozen=True)
... class P:
...     x: int
...     y: int = 2
...     def total(self): return self.x + self.y
... p = P(1); return p.x, p.y, p.total(), p == P(1), repr(p).split(".")[-1], vars(p)
from dataclasses import dataclass
... @dataclass(frozen=True)
... class P:
...     x: int
... P(1).x = 2
from dataclasses import dataclass
... @dataclass(frozen=True)
... class P:
...     x: int
... P(1).other = 2
from dataclasses import dataclass
... @dataclass(frozen=True)
... class P:
...     x: int
... p = P(1); del p.x
from dataclasses import dataclass, FrozenInstanceError
... @dataclass(frozen=True)
... class P:
...     x: int
...     def __post_init__(self): object.__setattr__(self, "twice", self.x * 2)
... p = P(3)
... try: p.x = 1
... except FrozenInstanceError as e: return p.twice, str(e), isinstance(e, AttributeError)
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
... P()
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
... P(1, 2)
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
... P(z=1)
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
...     y: int
... P(1, x=1)
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
...     def __post_init__(self): self.double = self.x * 2
...     def total(self): return self.x + self.double
... return P(2).total(), P(2).double
from dataclasses import dataclass
... @dataclass
... class A:
...     x: int
...     y: int = 1
... @dataclass
... class B(A):
...     z: int = 2
...     y: int = 5
... b = B(0); return (b.x, b.y, b.z), repr(B(1, 2, 3)).split(".")[-1], isinstance(b, A), A(0) == B(0)
from dataclasses import dataclass, asdict, astuple, replace, fields
... @dataclass
... class P:
...     x: int
...     y: list
... @dataclass
... class Q:
...     p: P
...     d: dict
... p = P(1, [2]); q = Q(p, {"a": p}); return asdict(p), astuple(p), replace(p, x=5).x, [f.name for f in fields(p)], asdict(q), astuple(q), [f.name for f in fields(Q)]
from dataclasses import dataclass, asdict
... @dataclass
... class P:
...     x: int
...     y: int = 2
... return asdict(P(1), dict_factory=list)
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
...     def __repr__(self): return "mine"
...     def __eq__(self, o): return False
... return P(1), P(1) == P(1)
from dataclasses import dataclass
... @dataclass(eq=False)
... class P:
...     x: int
... p = P(1); return p == p, P(1) == P(1)
from dataclasses import dataclass
... @dataclass(repr=False, init=False)
... class P:
...     x: int = 4
... return P().x
from dataclasses import dataclass, field
... @dataclass
... class P:
...     a: int
...     b: int = field(init=False, default=7)
...     c: list = field(init=False, default_factory=list)
...     def __post_init__(self): self.b += self.a
... p = P(1); return p.a, p.b, p.c
from dataclasses import dataclass, KW_ONLY
... @dataclass
... class P:
...     x: int
...     _: KW_ONLY
...     y: int = 1
...     z: int
... p = P(1, z=2); return p.x, p.y, p.z, repr(P(1, y=5, z=6)).split(".")[-1]
from dataclasses import dataclass
... @dataclass(kw_only=True)
... class P:
...     x: int = 0
...     y: int
... p = P(y=2); return p.x, p.y
from dataclasses import dataclass
... @dataclass(kw_only=True)
... class P:
...     x: int
... P(1)
from dataclasses import dataclass
... @dataclass(kw_only=True)
... class P:
...     x: int
... P()
from dataclasses import dataclass, field
... @dataclass
... class P:
...     x: int
...     y: int = field(default=1, kw_only=True)
... return P(1, y=2).y
from dataclasses import dataclass
... from typing import ClassVar
... @dataclass
... class P:
...     n: ClassVar[int] = 5
...     x: int = 0
... return P(1).x, P.n, P(1).n, repr(P(1)).split(".")[-1]
from dataclasses import dataclass, InitVar
... @dataclass
... class P:
...     x: int
...     k: InitVar[int] = 2
...     def __post_init__(self, k): self.x *= k
... return P(3).x, P(3, 5).x, repr(P(1)).split(".")[-1]
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
...     y: int
... def f(p):
...     match p:
...         case P(0, y): return y
...         case P(x=x): return x
... return f(P(0, 5)), f(P(3, 1)), P.__match_args__
from dataclasses import dataclass, is_dataclass
... @dataclass(slots=True)
... class P:
...     x: int
...     y: int = 2
... p = P(1); p.x = 3
... try: p.z = 1
... except AttributeError: return p.x, p.y, is_dataclass(P), is_dataclass(p), is_dataclass(1)
from dataclasses import dataclass, field
... @dataclass
... class Node:
...     value: int
...     children: list = field(default_factory=list)
...     parent: object = field(default=None, repr=False, compare=False)
...     def add(self, v): child = Node(v, parent=self); self.children.append(child); return child
...     def total(self): return self.value + sum(c.total() for c in self.children)
... root = Node(1); root.add(2).add(3); return root.total(), root.children[0].parent is root
from dataclasses import dataclass, field
... @dataclass
... class P:
...     x: int = field(default_factory=lambda: 5)
...     y: dict = field(default_factory=dict)
... a = P(); a.y["k"] = 1; return a.x, P().y
from dataclasses import dataclass
... @dataclass
... class P:
...     x: list = []
... return 1  # only local
from dataclasses import dataclass
... @dataclass
... class A:
...     x: int = 1
... class B(A):
...     def __init__(self): super().__init__(5); self.y = 2
... b = B(); return b.x, b.y, repr(b).split(".")[-1], b == B()
from dataclasses import dataclass, replace
... @dataclass(frozen=True)
... class P:
...     x: int
...     y: tuple = (1, 2)
... p = replace(P(1), x=9); return p.x, p.y, p == P(9), replace(p) is p
from dataclasses import dataclass, replace
... @dataclass
... class P:
...     x: int
... replace(P(1), z=3)
from dataclasses import fields
... fields(5)
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
...     @property
...     def double(self): return self.x * 2
...     @classmethod
...     def zero(cls): return cls(0)
...     @staticmethod
...     def name(): return "P"
... return P(2).double, P.zero().x, P.name()
from dataclasses import dataclass, field
... @dataclass(order=True)
... class Item:
...     priority: int
...     name: str = field(compare=False)
... items = sorted([Item(2, "b"), Item(1, "c"), Item(1, "a")]); return [i.name for i in items], Item(1, "a") == Item(1, "b")
from dataclasses import dataclass
... @dataclass
... class P:
...     x: int
...     other: "P" = None
... p = P(1); p.other = p; return repr(p).replace("row.<locals>.", "")

-- enums
from enum import Enum
... class C(Enum):
...     RED = 1
...     BLUE = "b"
... return C.RED, C.RED.name, C.RED.value, str(C.BLUE), repr(C.BLUE), f"{C.RED}", C.RED is C.RED, C.RED == C.RED, C.RED == 1, C.RED != C.BLUE
from enum import Enum
... class C(Enum):
...     A = 1
...     B = 2
... return list(C), len(C), [c.name for c in C], C(2), C["A"], C.A in C, isinstance(C.A, C), type(C.A) is C, C, str(C), bool(C), list(reversed(C))
from enum import Enum
... class C(Enum):
...     A = 1
... C(5)
from enum import Enum
... class C(Enum):
...     A = 1
... C["Z"]
from enum import Enum
... class C(Enum):
...     A = 1
... C.Z  # words: versions differ
from enum import Enum
... class C(Enum):
...     A = 1
... C.A = 2  # words: versions differ
from enum import Enum
... class C(Enum):
...     A = 1
... C.A.value = 2  # words: versions differ
from enum import Enum, auto
... class C(Enum):
...     A = auto()
...     B = auto()
...     D = 10
...     E = auto()
... return [c.value for c in C]
from enum import IntEnum
... class N(IntEnum):
...     A = 1
...     B = 2
... return N.A + 1, 1 + N.A, N.A < N.B, N.A == 1, 1 == N.A, N(2), int(N.B), [10, 20, 30][N.B], sorted([N.B, N.A]), isinstance(N.A, int), repr(N.A), max(N), N.B * 2, -N.A, N.A / 2, str(N.A), f"{N.A}", f"{N.B:03d}", bool(N.A), N.A < 5, 0 < N.A, list(range(N.B)), float(N.A), N.B % 2, abs(N.A), sum([N.A, N.B])
from enum import Enum
... class S(str, Enum):
...     A = "a"
...     B = "b"
... return S.A == "a", S("b"), S.A.value, S.A.upper(), S.A + "x", "x" + S.A, isinstance(S.A, str), len(S.A), repr(S.A), str(S.A), S.A < "b", S.A[0], list(S.B), "a" in S.A
from enum import StrEnum, auto
... class S(StrEnum):
...     RED = auto()
...     B = "bee"
... return S.RED, S.RED.value, str(S.B), f"{S.B}", S.RED == "red", S.B.title()  # since: 3.11
from enum import Enum
... class C(Enum):
...     A = 1
...     B = 2
...     ALIAS = 1
...     def double(self): return self.value * 2
...     @property
...     def label(self): return self.name.lower()
...     @classmethod
...     def first(cls): return cls.A
...     @staticmethod
...     def two(): return 2
... return C.ALIAS is C.A, len(C), C.B.double(), C.B.label, C.first(), list(C.__members__), C.two(), C.ALIAS.name
from enum import Enum
... class C(Enum):
...     A = (1, "x")
...     B = (2, "y")
...     def __init__(self, n, s): self.n, self.s = n, s
... return C.A.n, C.B.s, C.A.value, C((2, "y"))
from enum import Enum
... class C(Enum):
...     A = 1
...     B = 2
... return C.A in [C.A], bool(C.A), [C.A, C.B].index(C.B), {"k": C.A}
from enum import Flag, auto
... class F(Flag):
...     R = auto()
...     W = auto()
...     X = auto()
... rw = F.R | F.W; return F.R in rw, F.X in rw, bool(rw & F.R), (rw & ~F.R) == F.W, rw.value, bool(F(0)), rw == F(3), rw is F(3), repr(rw), str(rw), repr(F(0)), str(F(0)), F.R ^ F.W, len(F), list(F), ~F.R
from enum import IntFlag
... class F(IntFlag):
...     R = 4
...     W = 2
... return (F.R | F.W) == 6, F.R & 4, int(F.R | F.W), repr(F.R | F.W), F.R | 2, str(F.R)
from enum import Flag, IntFlag
... class F(Flag):
...     LOW = 1
...     HIGH = 2 ** 40
...     BOTH = 2 ** 40 + 1
... both = F.LOW | F.HIGH; return both.value, F.HIGH in both, both is F.BOTH, (both & F.HIGH).name, (~F.LOW).value, [f.name for f in F], F.BOTH.name
from enum import Enum, unique
... @unique
... class C(Enum):
...     A = 1
...     B = 2
... return C.A
from enum import Enum
... class C(Enum):
...     A = 1
...     B = 2
... C.A < C.B
from enum import Enum
... C = Enum("C", "A B"); return C.A.value, C.B.name, list(C), Enum("D", ["X", "Y"]).Y.value, Enum("E", {"P": 5}).P.value, Enum("F", [("Q", "q")])("q").name
from enum import Enum
... class C(Enum):
...     A = 1
...     B = "x"
... return f"{C.A!r} {C.B.name:>3} {C.A.value:03d}", "%s" % C.A, str(list(C)), f"{C.A:>6}"
from enum import Enum
... class C(Enum):
...     A = 1
...     def __str__(self): return "mine"
... return str(C.A), f"{C.A}", repr(C.A)
from enum import Enum
... class C(Enum):
...     A = 1
...     B = 2
... def f(c):
...     match c:
...         case C.A: return "a"
...         case C.B: return "b"
...         case _: return "?"
... return f(C.A), f(C.B), f(1)
from enum import Enum
... class Base(Enum):
...     def hello(self): return "hi " + self.name
... class C(Base):
...     A = 1
... return C.A.hello(), isinstance(C.A, Base), issubclass(C, Base)
from enum import Enum
... class C(Enum):
...     A = 1
...     @classmethod
...     def _missing_(cls, value): return cls.A if value == "default" else None
... return C("default"), C(1)
from enum import Enum
... class C(Enum):
...     A = [1, 2]
...     B = {"x": 1}
...     NONE = None
... return C.A.value, C.B.value["x"], C(None), C([1, 2])
from enum import Enum
... class C(Enum):
...     A = 1.5
...     B = True
... return C(1.5), C.B.value, C(True)
from enum import IntEnum
... class P(IntEnum):
...     LOW = 1
...     HIGH = 3
... class T:
...     def __init__(self, p=P.LOW): self.p = p
... return T().p, T(P.HIGH).p > P.LOW
from enum import Enum
... class C(Enum):
...     A = 1
... class D(Enum):
...     A = 1
... return C.A == D.A, C.A is D.A, C.A in [D.A]
from enum import Enum
... class C(Enum):
...     A = 1
...     def __eq__(self, o): return True
... return C.A == 5
from enum import Enum
... class C(Enum):
...     A = 1
...     B = 2
... return {c.name: c.value for c in C}, [c for c in C if c is not C.A], C.A.name.lower(), sorted(C, key=lambda c: -c.value)
"""
