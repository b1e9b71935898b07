import "./types";
import { describe, expect, test } from "vitest";
import { applyFromPython, HasEvents } from "./hasevents";
import { Event, loop, type Origin, withOrigin } from "./loop";
import { declare } from "./properties";

class Counter extends HasEvents {
  declare count: number;
  declare title: string | null;
  declare local: unknown;
  declare total: number;
  declare click: (...args: unknown[]) => unknown;
  declare hover: (...args: unknown[]) => unknown;
  declare plain: unknown;
  hooks?: string[] = [];

  override _jsm_changed(name: string, value: unknown, origin: Origin): void {
    this.hooks?.push(`${name}=${value} ${origin} ${(this as Record<string, unknown>)[name]}`);
  }
  override _jsm_emitted(type: string, event: Event): void {
    this.hooks?.push(`${type} ${event.origin}`);
  }
  override _jsm_listening(type: string, count: number): void {
    this.hooks?.push(`${type}:${count}`);
  }
  override _jsm_check(_name: string, value: unknown): void {
    if (value === 13) throw new Error("cannot be sent");
  }
}
declare(Counter, {
  name: "test:Counter",
  label: "Counter",
  props: [
    { name: "count", side: "both", validate: (v = 0) => Math.trunc(v as number) },
    { name: "title", side: "both", initial: null, validate: (v) => v },
    { name: "local", side: "js", initial: null },
    { name: "total", side: "both", readonly: true, owner: "py", initial: 0 },
  ],
  emitters: [
    { name: "click", fn: (x) => (x === undefined ? null : { x }) },
    { name: "hover", side: "js", fn: () => ({}) },
  ],
});

const changes =
  (seen: unknown[]) =>
  (...events: Event[]) =>
    void seen.push(events.map((e) => [e.old_value, e.new_value]));

function flushed<T>(seen: T[]): T[] {
  loop.flush();
  return seen.splice(0);
}

describe("construction", () => {
  test("default, constructor value and what init sets are one call with (0,0), (0,3), (3,7)", () => {
    const seen: unknown[] = [];
    class Made extends Counter {
      override _jsm_ready(): void {
        this.count = 7; // what init does
        super._jsm_ready();
      }
      on_count(...events: Event[]): void {
        changes(seen)(...events);
      }
    }
    declare(Made, { name: "test:Made", label: "Made", handlers: [{ name: "on_count", strings: ["count"] }] });
    new Made({ count: 3.9 });
    expect(flushed(seen)).toEqual([
      [
        [0, 0],
        [0, 3],
        [3, 7],
      ],
    ]);
  });

  test("handlers that connect before the next turn get the first events; later ones do not", () => {
    const seen: unknown[] = [];
    const ob = new Counter({ count: 3 });
    ob.connect("count", changes(seen));
    ob.count = 4;
    expect(flushed(seen)).toEqual([
      [
        [0, 0],
        [0, 3],
        [3, 4],
      ],
    ]);
    ob.connect("count", changes(seen));
    expect(flushed(seen)).toEqual([]);
  });

  test("events of old and new objects are interleaved in the order of emission", () => {
    const old = new Counter();
    loop.flush();
    const seen: unknown[] = [];
    const all = new Counter();
    all.plain = [old];
    const handler = (...events: Event[]) => void seen.push(...events.map((e) => `${e.source === old ? "old" : "new"} ${e.new_value}`));
    old.count = 1;
    const fresh = new Counter();
    old.count = 2;
    fresh.count = 3;
    old.count = 4;
    all.plain = [fresh];
    all.connect("plain*.count", handler);
    expect(flushed(seen)).toEqual(["new 0", "new 3"]);
    const both = new Counter();
    const next = new Counter();
    both.plain = [old, next];
    both.connect("plain*.count", handler);
    old.count = 5;
    next.count = 6;
    old.count = 7;
    expect(flushed(seen)).toEqual(["new 0", "old 5", "new 6", "old 7"]);
  });

  test("objects made in a handler, or by a call, keep their first events for the next turn too", () => {
    const seen: unknown[] = [];
    loop.call_soon(() => {
      const made = new Counter();
      const old = new Counter();
      loop.call_soon(() => made.connect("count", changes(seen)));
      old.connect("count", () => {
        const inner = new Counter({ count: 5 });
        loop.call_soon(() => inner.connect("count", changes(seen)));
      });
    });
    expect(flushed(seen)).toEqual([
      [[0, 0]],
      [
        [0, 0],
        [0, 5],
      ],
    ]);
  });

  test("a property without a default has no first event", () => {
    const seen: unknown[] = [];
    const ob = new Counter();
    ob.connect("title", changes(seen));
    expect(flushed(seen)).toEqual([]);
    ob.title = "x";
    expect(flushed(seen)).toEqual([[[null, "x"]]]);
  });

  test("an unknown keyword is an error with the nearest name, and nothing is set", () => {
    expect(() => new Counter({ cuont: 3 })).toThrow("Counter has no property 'cuont'. Did you mean 'count'?");
    expect(() => new Counter(JSON.parse('{"__proto__": 1}'))).toThrow("Counter has no property '__proto__'.");
    expect(() => new Counter({ toString: 1 })).toThrow("Counter has no property 'toString'.");
  });

  test("what Python says is taken instead of the default, as it is", () => {
    const ob = new Counter(null, { count: 2.5, title: "x" });
    const seen: unknown[] = [];
    ob.connect("count", "title", changes(seen));
    expect([ob.count, ob.title, ob.total]).toEqual([2.5, "x", 0]);
    expect(flushed(seen)).toEqual([
      [
        [2.5, 2.5],
        ["x", "x"],
      ],
    ]);
    expect(() => new Counter(null, { cuont: 1 })).toThrow("Counter has no property 'cuont'. Did you mean 'count'?");
  });

  test("an object nobody listens to makes no event objects", () => {
    let made = 0;
    Object.defineProperty(Event.prototype, "old_value", { set: () => made++, configurable: true });
    try {
      const ob = new Counter({ count: 3 });
      ob.count = 4;
      loop.flush();
      ob.count = 5;
      loop.flush();
      expect(made).toBe(0);
      ob.connect("count", () => {});
      ob.count = 6;
      expect(made).toBe(1);
    } finally {
      delete Event.prototype.old_value;
    }
  });

  test("methods are not bound to instances, and hooks wait until the object is whole", () => {
    const ob = new Counter({ count: 3 });
    expect(Object.keys(ob).filter((k) => typeof Reflect.get(ob, k) === "function")).toEqual([]);
    expect(ob.hooks).toEqual([]);
  });
});

describe("setting", () => {
  test("announces with old and new value, origin and source, as attributes and as items", () => {
    const item = "new_value";
    const ob = new Counter();
    loop.flush();
    const seen: Event[] = [];
    ob.connect("count", (...events: Event[]) => void seen.push(...events));
    ob.count = 1;
    withOrigin("user", () => {
      ob.count = 2;
    });
    applyFromPython(ob, { count: 3 });
    expect(flushed(seen).map((e) => [e.type, e.source === ob, e.old_value, e[item], e.origin])).toEqual([
      ["count", true, 0, 1, "js"],
      ["count", true, 1, 2, "user"],
      ["count", true, 2, 3, "py"],
    ]);
  });

  test("an equal value is nothing", () => {
    const ob = new Counter();
    loop.flush();
    const seen: unknown[] = [];
    ob.connect("count", "local", changes(seen));
    ob.hooks = [];
    ob.count = 0.5;
    ob.local = null;
    expect([flushed(seen), ob.hooks]).toEqual([[], []]);
    ob.local = [Number.NaN];
    ob.local = [Number.NaN];
    expect(flushed(seen).length).toBe(1);
  });

  test("a change is told when it is stored, before handlers run, and not if Python made it", () => {
    const ob = new Counter();
    loop.flush();
    ob.connect("count", function (this: HasEvents) {
      (this as Counter).hooks?.push("handler");
    });
    ob.hooks = [];
    ob.count = 2;
    withOrigin("user", () => {
      ob.count = 3;
    });
    applyFromPython(ob, { count: 4 });
    loop.flush();
    expect(ob.hooks).toEqual(["count=2 js 2", "count=3 user 3", "handler"]);
  });

  test("a value that cannot be sent is refused before it is stored", () => {
    const ob = new Counter();
    loop.flush();
    const seen: unknown[] = [];
    ob.connect("count", changes(seen));
    expect(() => {
      ob.count = 13;
    }).toThrow("cannot be sent");
    expect([ob.count, flushed(seen)]).toEqual([0, []]);
  });

  test("what Python says is taken as it is: not validated, read-only too, all or nothing", () => {
    const ob = new Counter();
    loop.flush();
    const seen: unknown[] = [];
    ob.connect("total", changes(seen));
    applyFromPython(ob, { count: 2.5, total: 9 });
    expect([ob.count, ob.total, flushed(seen)]).toEqual([2.5, 9, [[[0, 9]]]]);
    applyFromPython(ob, { total: 9 });
    expect(flushed(seen)).toEqual([]);
    expect(() => applyFromPython(ob, { count: 1, totl: 2 })).toThrow("Counter has no property 'totl'. Did you mean 'total'?");
    expect(() => applyFromPython(ob, { count: 1, local: 2 })).toThrow("'Counter.local' is read-only");
    expect([ob.count, ob.local]).toEqual([2.5, null]);
  });
});

describe("emitting", () => {
  test("an emitter emits its dict with type and source; None emits nothing", () => {
    const ob = new Counter();
    loop.flush();
    const seen: Event[] = [];
    ob.connect("click", (...events: Event[]) => void seen.push(...events));
    expect(ob.click()).toBe(null);
    const event = ob.click(4);
    expect(flushed(seen)).toEqual([event]);
    expect(event).toMatchObject({ type: "click", source: ob, x: 4, origin: "js" });
  });

  test("super().ev() gives the dict, and one event is emitted", () => {
    class Base extends HasEvents {
      declare ev: (x: number) => unknown;
    }
    declare(Base, { name: "test:Base", label: "Base", emitters: [{ name: "ev", fn: (x) => ({ x }) }] });
    class Sub extends Base {}
    declare(Sub, {
      name: "test:Sub",
      label: "Sub",
      emitters: [
        {
          name: "ev",
          fn(x) {
            return { ...(Base.prototype.ev.call(this as Base, (x as number) + 1) as object), y: 1 };
          },
        },
      ],
    });
    const ob = new Sub();
    const seen: Event[] = [];
    ob.connect("ev", (...events: Event[]) => void seen.push(...events));
    ob.ev(1);
    expect(flushed(seen).map(({ x, y }) => [x, y])).toEqual([[2, 1]]);
  });

  test("an emitter that returns no dict is an error", () => {
    class Bad extends HasEvents {
      declare ev: () => unknown;
    }
    declare(Bad, { name: "test:Bad", label: "Bad", emitters: [{ name: "ev", fn: () => 3 as never }] });
    expect(() => new Bad().ev()).toThrow("The emitter Bad.ev returned the int 3.");
  });

  test("an event type is a name", () => {
    expect(() => new Counter().emit("a.b")).toThrow("The event type 'a.b' is not a name.");
  });

  test("emitters of both sides are told to the other side, unless it came from there", () => {
    const ob = new Counter();
    ob.click(1);
    ob.hover();
    ob.emit("other");
    withOrigin("user", () => ob.click(2));
    withOrigin("py", () => ob.click(3));
    expect(ob.hooks).toEqual(["click js", "click user"]);
  });
});

describe("listening", () => {
  test("the number of handlers for a type is told when it changes", () => {
    const ob = new Counter();
    const a = ob.connect("click", () => {});
    ob.connect("click", "count", () => {});
    a.dispose();
    ob.disconnect("click");
    expect(ob.hooks).toEqual(["click:1", "click:2", "count:1", "click:1", "click:0"]);
  });

  test("connect takes the function first or last, or makes a decorator", () => {
    const ob = new Counter();
    const f = () => {};
    const handlers = [ob.connect("count", f), ob.connect(f, "count"), ob.connect("count")(f)];
    expect(ob.get_event_handlers("count")).toEqual(handlers);
    expect(ob.connect("count", "title", f).connection_info.length).toBe(2);
  });

  test.each<[unknown[], string]>([
    [[], "connect() was given no connection string."],
    [[() => {}], "connect() was given no connection string."],
    [["count", () => {}, () => {}], "connect() was given more than one function."],
    [["count", () => {}, "title"], "connect() takes its function first or last."],
    [["count", 3], "A connection string must be a str, not the int 3."],
    [["", () => {}], "The connection string '' is empty."],
  ])("connect%j is refused", (args, words) => {
    expect(() => new Counter().connect(...args)).toThrow(words);
  });

  test("disconnect removes by label, by handler, by function, or all", () => {
    const ob = new Counter();
    loop.flush();
    const seen: string[] = [];
    const say = (word: string) => () => void seen.push(word);
    const d = say("d");
    ob.connect("count:x", say("a"));
    const b = ob.connect("count:x", say("b"));
    ob.connect("count:y", say("c"));
    ob.connect("count:z", d);
    const changed = () => {
      ob.count++;
      return flushed(seen).join("");
    };
    expect(changed()).toBe("abcd");
    ob.disconnect("count", d);
    expect(changed()).toBe("abc");
    ob.disconnect("count:y", b);
    expect(changed()).toBe("abc");
    ob.disconnect("count", b);
    expect(changed()).toBe("ac");
    ob.disconnect("count:x");
    expect(changed()).toBe("c");
    ob.disconnect("count");
    expect(changed()).toBe("");
    ob.disconnect("nothing");
  });

  test("a handler that is disconnected does not get what waits", () => {
    const ob = new Counter();
    loop.flush();
    const seen: unknown[] = [];
    const handler = ob.connect("count", "local", changes(seen));
    ob.count = 1;
    ob.local = 2;
    ob.disconnect("count", handler);
    expect(flushed(seen)).toEqual([[[null, 2]]]);
  });

  test("event types are the properties, the emitters, and what is listened to", () => {
    const ob = new Counter();
    ob.connect("!other", () => {});
    expect(ob.get_event_types()).toEqual(["click", "count", "hover", "local", "other", "title", "total"]);
  });

  test("a disposed object says and hears nothing more, and keeps its values", () => {
    const [a, b] = [new Counter(), new Counter()];
    loop.flush();
    const seen: unknown[] = [];
    a.local = b;
    b.local = a;
    a.connect("local.count", changes(seen));
    b.connect("local.count", changes(seen));
    a.connect("count", changes(seen));
    a.count = 1;
    a.dispose();
    a.dispose();
    a.hooks = [];
    b.count = 2;
    a.count = 3;
    a.click(1);
    const before = [[0, 1]]; // what it said before is delivered, to both that listened
    expect([flushed(seen), a.hooks, a.count]).toEqual([[before, before], [], 3]);
    expect(b.get_event_handlers("count")).toEqual([]);
  });
});

describe("functions as values", () => {
  test("are followed: the property has what the function returns, also when what it read changes", () => {
    const slider = new Counter({ count: 3 });
    const label = new Counter({ title: () => `${slider.count} m` });
    expect(label.title).toBe("3 m");
    loop.flush();
    slider.count = 4;
    slider.count = 5;
    expect(label.title).toBe("3 m"); // at the next turn
    loop.flush();
    expect(label.title).toBe("5 m");
  });

  test("are followed where they read now, and not where they read before", () => {
    const [a, b, choice] = [new Counter({ count: 1 }), new Counter({ count: 2 }), new Counter({ local: false })];
    let runs = 0;
    const label = new Counter({
      count: () => {
        runs++;
        return choice.local ? b.count : a.count;
      },
    });
    loop.flush();
    runs = 0;
    choice.local = true;
    loop.flush();
    a.count = 10;
    loop.flush();
    expect([label.count, runs]).toEqual([2, 1]);
    b.count = 20;
    loop.flush();
    expect([label.count, runs]).toEqual([20, 2]);
    label.dispose();
    b.count = 30;
    loop.flush();
    expect(runs).toBe(2);
  });

  test("that fail later are reported, and followed still", () => {
    const errors: unknown[] = [];
    loop.onError = (err, handler) => void errors.push([String(handler), (err as Error).message]);
    const slider = new Counter({ count: 1 });
    const make = () =>
      new Counter({
        title: () => {
          if (slider.count === 2) throw new Error("two");
          return String(slider.count);
        },
      });
    const label = make();
    loop.flush();
    slider.count = 2;
    loop.flush();
    expect(label.title).toBe("1");
    expect(errors).toEqual([["Counter: title", "two"]]);
    expect(make).toThrow("two");
    slider.count = 3;
    loop.flush();
    expect(label.title).toBe("3");
  });

  test("that read their own property do not run for ever", () => {
    let runs = 0;
    const ob: Counter = new Counter({
      count: () => {
        runs++;
        return runs;
      },
    });
    loop.flush();
    expect([ob.count, runs]).toEqual([1, 1]);
  });

  test("that are awaited, or take any arguments, are taken as they are", () => {
    for (const fn of [async () => 1, (...all: unknown[]) => all, (x = 1) => x, function* () {}])
      expect(new Counter({ local: fn }).local).toBe(fn);
  });

  test("of the reader itself are taken as they are when they take arguments", () => {
    const f = (x: unknown) => x;
    expect(new Counter({ local: f }).local).toBe(f);
  });
});
