"""The programs that `transpile.py` measures: Python that is transpiled, and the same in JS by hand. Each takes how often to do it."""

from __future__ import annotations

from typing import Any

from jsmodel import app, event
from jsmodel.app import RawJS

flush: Any = RawJS("jsmodel.flush")


class Many:
    """A class with 40 methods."""

    def __init__(self, x, y):
        self.x = x
        self.y = y
        self.items = []

    def m0(self, a):
        return self.x + a + 0

    def m1(self, a):
        return self.x + a + 1

    def m2(self, a):
        return self.x + a + 2

    def m3(self, a):
        return self.x + a + 3

    def m4(self, a):
        return self.x + a + 4

    def m5(self, a):
        return self.x + a + 5

    def m6(self, a):
        return self.x + a + 6

    def m7(self, a):
        return self.x + a + 7

    def m8(self, a):
        return self.x + a + 8

    def m9(self, a):
        return self.x + a + 9

    def m10(self, a):
        return self.x + a + 10

    def m11(self, a):
        return self.x + a + 11

    def m12(self, a):
        return self.x + a + 12

    def m13(self, a):
        return self.x + a + 13

    def m14(self, a):
        return self.x + a + 14

    def m15(self, a):
        return self.x + a + 15

    def m16(self, a):
        return self.x + a + 16

    def m17(self, a):
        return self.x + a + 17

    def m18(self, a):
        return self.x + a + 18

    def m19(self, a):
        return self.x + a + 19

    def m20(self, a):
        return self.x + a + 20

    def m21(self, a):
        return self.x + a + 21

    def m22(self, a):
        return self.x + a + 22

    def m23(self, a):
        return self.x + a + 23

    def m24(self, a):
        return self.x + a + 24

    def m25(self, a):
        return self.x + a + 25

    def m26(self, a):
        return self.x + a + 26

    def m27(self, a):
        return self.x + a + 27

    def m28(self, a):
        return self.x + a + 28

    def m29(self, a):
        return self.x + a + 29

    def m30(self, a):
        return self.x + a + 30

    def m31(self, a):
        return self.x + a + 31

    def m32(self, a):
        return self.x + a + 32

    def m33(self, a):
        return self.x + a + 33

    def m34(self, a):
        return self.x + a + 34

    def m35(self, a):
        return self.x + a + 35

    def m36(self, a):
        return self.x + a + 36

    def m37(self, a):
        return self.x + a + 37

    def m38(self, a):
        return self.x + a + 38

    def m39(self, a):
        return self.x + a + 39


class ManyModel(app.Model):
    """A Model with 40 methods."""

    class JS:
        @event.prop
        def x(self, v=0):
            return v

        @event.prop
        def y(self, v=0):
            return v

        @event.prop
        def z(self, v=0):
            return v

        def m0(self, a):
            return self.x + a + 0

        def m1(self, a):
            return self.x + a + 1

        def m2(self, a):
            return self.x + a + 2

        def m3(self, a):
            return self.x + a + 3

        def m4(self, a):
            return self.x + a + 4

        def m5(self, a):
            return self.x + a + 5

        def m6(self, a):
            return self.x + a + 6

        def m7(self, a):
            return self.x + a + 7

        def m8(self, a):
            return self.x + a + 8

        def m9(self, a):
            return self.x + a + 9

        def m10(self, a):
            return self.x + a + 10

        def m11(self, a):
            return self.x + a + 11

        def m12(self, a):
            return self.x + a + 12

        def m13(self, a):
            return self.x + a + 13

        def m14(self, a):
            return self.x + a + 14

        def m15(self, a):
            return self.x + a + 15

        def m16(self, a):
            return self.x + a + 16

        def m17(self, a):
            return self.x + a + 17

        def m18(self, a):
            return self.x + a + 18

        def m19(self, a):
            return self.x + a + 19

        def m20(self, a):
            return self.x + a + 20

        def m21(self, a):
            return self.x + a + 21

        def m22(self, a):
            return self.x + a + 22

        def m23(self, a):
            return self.x + a + 23

        def m24(self, a):
            return self.x + a + 24

        def m25(self, a):
            return self.x + a + 25

        def m26(self, a):
            return self.x + a + 26

        def m27(self, a):
            return self.x + a + 27

        def m28(self, a):
            return self.x + a + 28

        def m29(self, a):
            return self.x + a + 29

        def m30(self, a):
            return self.x + a + 30

        def m31(self, a):
            return self.x + a + 31

        def m32(self, a):
            return self.x + a + 32

        def m33(self, a):
            return self.x + a + 33

        def m34(self, a):
            return self.x + a + 34

        def m35(self, a):
            return self.x + a + 35

        def m36(self, a):
            return self.x + a + 36

        def m37(self, a):
            return self.x + a + 37

        def m38(self, a):
            return self.x + a + 38

        def m39(self, a):
            return self.x + a + 39


class Counter(app.Model):
    """A Model with an event."""

    class JS:
        @event.emitter
        def tick(self, n):
            return {"n": n}


class Point:
    """What is moved about."""

    def __init__(self):
        self.x = 0
        self.y = 0

    def move(self, dx, dy):
        self.x = self.x + dx
        self.y = self.y + dy
        return self.x + self.y

    def walk(self, n):
        for i in range(n):
            self.x = self.x + i
            if self.x > 1000:
                self.x = self.x - 1000
            self.y = self.x
        return self.y


def instance(n):
    kept = Point()
    for i in range(n):
        kept.x = Many(i, 2)
    return kept.x.y


def model(n):
    kept = Point()
    for i in range(n):
        kept.x = ManyModel()
        kept.y = i
    return kept.x.z


def loop(n):
    total = 0
    for i in range(n):
        total += i * 3
        if total > 1000000:
            total -= 1000000 + i
    return total


def dispatch(n):
    seen = [0]
    counter = Counter()

    def note(*events):
        seen[0] = seen[0] + len(events)

    def note2(*events):
        seen[0] = seen[0] + 2 * len(events)

    def note3(*events):
        seen[0] = seen[0] + 3 * len(events)

    counter.connect("tick", note)
    counter.connect("tick", note2)
    counter.connect("tick", note3)
    for i in range(n):
        counter.tick(i)
        if i % 10 == 9:
            flush()
    flush()
    return seen[0]


def add3(a, b, c):
    return a + b + c


def calls(n):
    point = Point()
    total = 0
    for i in range(n):
        total = add3(point.move(1, 2), i, 1)
    return total


def attributes(n):
    return Point().walk(n)


def lists(n):
    items = [0] * 100
    for i in range(n):
        k = i % 100
        items[k] = items[k] + items[99 - k] % 7 + 1
    return items[0]


def dicts(n):
    found = {"a": 0, "b": 1, "c": 2}
    for i in range(n):
        found["c"] = i
        found["a"] = found["b"] + 1
        found["b"] = found["a"] - found["c"]
    return found["b"]


def comprehension(n):
    numbers = [i for i in range(n)]
    return len([i * 2 for i in numbers if i > 5])


def strings(n):
    text = ""
    for i in range(n):
        text += f"{i}, "
        if len(text) > 1000:
            text = ""
    return text


BY_HAND = {
    "instance": """(() => {
      class Many { constructor(x, y) { this.x = x; this.y = y; this.items = []; } m0(a) { return this.x + a + 0; } m1(a) { return this.x + a + 1; } m2(a) { return this.x + a + 2; } m3(a) { return this.x + a + 3; } m4(a) { return this.x + a + 4; } m5(a) { return this.x + a + 5; } m6(a) { return this.x + a + 6; } m7(a) { return this.x + a + 7; } m8(a) { return this.x + a + 8; } m9(a) { return this.x + a + 9; } m10(a) { return this.x + a + 10; } m11(a) { return this.x + a + 11; } m12(a) { return this.x + a + 12; } m13(a) { return this.x + a + 13; } m14(a) { return this.x + a + 14; } m15(a) { return this.x + a + 15; } m16(a) { return this.x + a + 16; } m17(a) { return this.x + a + 17; } m18(a) { return this.x + a + 18; } m19(a) { return this.x + a + 19; } m20(a) { return this.x + a + 20; } m21(a) { return this.x + a + 21; } m22(a) { return this.x + a + 22; } m23(a) { return this.x + a + 23; } m24(a) { return this.x + a + 24; } m25(a) { return this.x + a + 25; } m26(a) { return this.x + a + 26; } m27(a) { return this.x + a + 27; } m28(a) { return this.x + a + 28; } m29(a) { return this.x + a + 29; } m30(a) { return this.x + a + 30; } m31(a) { return this.x + a + 31; } m32(a) { return this.x + a + 32; } m33(a) { return this.x + a + 33; } m34(a) { return this.x + a + 34; } m35(a) { return this.x + a + 35; } m36(a) { return this.x + a + 36; } m37(a) { return this.x + a + 37; } m38(a) { return this.x + a + 38; } m39(a) { return this.x + a + 39; } }
      const kept = { x: 0, y: 0 };
      return (n) => { for (let i = 0; i < n; i++) kept.x = new Many(i, 2); return kept.x.y; };
    })()""",
    "model": """(() => {
      class Many { constructor() { this.x = 0; this.y = 0; this.z = 0; } m0(a) { return this.x + a + 0; } m1(a) { return this.x + a + 1; } m2(a) { return this.x + a + 2; } m3(a) { return this.x + a + 3; } m4(a) { return this.x + a + 4; } m5(a) { return this.x + a + 5; } m6(a) { return this.x + a + 6; } m7(a) { return this.x + a + 7; } m8(a) { return this.x + a + 8; } m9(a) { return this.x + a + 9; } m10(a) { return this.x + a + 10; } m11(a) { return this.x + a + 11; } m12(a) { return this.x + a + 12; } m13(a) { return this.x + a + 13; } m14(a) { return this.x + a + 14; } m15(a) { return this.x + a + 15; } m16(a) { return this.x + a + 16; } m17(a) { return this.x + a + 17; } m18(a) { return this.x + a + 18; } m19(a) { return this.x + a + 19; } m20(a) { return this.x + a + 20; } m21(a) { return this.x + a + 21; } m22(a) { return this.x + a + 22; } m23(a) { return this.x + a + 23; } m24(a) { return this.x + a + 24; } m25(a) { return this.x + a + 25; } m26(a) { return this.x + a + 26; } m27(a) { return this.x + a + 27; } m28(a) { return this.x + a + 28; } m29(a) { return this.x + a + 29; } m30(a) { return this.x + a + 30; } m31(a) { return this.x + a + 31; } m32(a) { return this.x + a + 32; } m33(a) { return this.x + a + 33; } m34(a) { return this.x + a + 34; } m35(a) { return this.x + a + 35; } m36(a) { return this.x + a + 36; } m37(a) { return this.x + a + 37; } m38(a) { return this.x + a + 38; } m39(a) { return this.x + a + 39; } }
      const kept = { x: 0, y: 0 };
      return (n) => { for (let i = 0; i < n; i++) { kept.x = new Many(); kept.y = i; } return kept.x.z; };
    })()""",
    "loop": """(n) => {
      let total = 0;
      for (let i = 0; i < n; i++) { total += i * 3; if (total > 1000000) total -= 1000000 + i; }
      return total;
    }""",
    # What a careful person writes for "batches, once per handler and turn, in order".
    "dispatch": """(n) => {
      const seen = [0];
      const handlers = new Map();
      let posts = [];
      class Source {
        connect(type, f) { (handlers.get(type) ?? handlers.set(type, []).get(type)).push({ f }); }
        emit(type, data) {
          const event = { type, source: this, ...data };
          for (const h of handlers.get(type) ?? []) posts.push([h, event]);
        }
      }
      const flush = () => {
        const ready = new Map();
        for (const [h, e] of posts) { const list = ready.get(h); if (list) list.push(e); else ready.set(h, [e]); }
        posts = [];
        for (const [h, list] of ready) { try { h.f(...list); } catch (err) { console.error(err); } }
      };
      const source = new Source();
      source.connect("tick", (...events) => { seen[0] += events.length; });
      source.connect("tick", (...events) => { seen[0] += 2 * events.length; });
      source.connect("tick", (...events) => { seen[0] += 3 * events.length; });
      for (let i = 0; i < n; i++) { source.emit("tick", { n: i }); if (i % 10 === 9) flush(); }
      flush();
      return seen[0];
    }""",
    "calls": """(() => {
      class Point { constructor() { this.x = 0; this.y = 0; } move(dx, dy) { this.x += dx; this.y += dy; return this.x + this.y; } }
      const add3 = (a, b, c) => a + b + c;
      return (n) => { const p = new Point(); let total = 0; for (let i = 0; i < n; i++) total = add3(p.move(1, 2), i, 1); return total; };
    })()""",
    "attributes": """(() => {
      class Point {
        constructor() { this.x = 0; this.y = 0; }
        walk(n) { for (let i = 0; i < n; i++) { this.x = this.x + i; if (this.x > 1000) this.x = this.x - 1000; this.y = this.x; } return this.y; }
      }
      return (n) => new Point().walk(n);
    })()""",
    "lists": """(n) => {
      const items = Array(100).fill(0);
      for (let i = 0; i < n; i++) { const k = i % 100; items[k] = items[k] + items[99 - k] % 7 + 1; }
      return items[0];
    }""",
    "dicts": """(n) => {
      const found = { a: 0, b: 1, c: 2 };
      for (let i = 0; i < n; i++) { found.c = i; found.a = found.b + 1; found.b = found.a - found.c; }
      return found.b;
    }""",
    "comprehension": """(n) => {
      const numbers = []; for (let i = 0; i < n; i++) numbers.push(i);
      const r = []; for (const i of numbers) if (i > 5) r.push(i * 2);
      return r.length;
    }""",
    "strings": """(n) => {
      let text = "";
      for (let i = 0; i < n; i++) { text += `${i}, `; if (text.length > 1000) text = ""; }
      return text;
    }""",
}
