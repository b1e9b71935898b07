import "./types";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { applyFromPython, HasEvents } from "./hasevents";
import { type Event, loop } from "./loop";
import { declare, type HandlerSpec } from "./properties";

class Node extends HasEvents {
  declare text: string;
  declare sub: Node | null;
  declare kids: (Node | null)[];
  declare ping: (x?: number) => unknown;
  plain: unknown;
  counts: string[] = [];
  override _jsm_listening(type: string, count: number): void {
    this.counts?.push(`${type}${count}`);
  }
}
declare(Node, {
  name: "test:Node",
  label: "Node",
  props: [
    { name: "text", side: "both", type: { kind: "str" }, initial: "" },
    { name: "sub", side: "both", initial: null },
    { name: "kids", side: "both", type: { kind: "list" }, initial: [] },
  ],
  emitters: [{ name: "ping", fn: (x = 0) => ({ x }) }],
});

/** A Node whose first events are over. */
function node(values: Record<string, unknown> = {}): Node {
  const made = new Node(values);
  loop.flush();
  return made;
}

/** Flush, and give what `seen` got. */
function flushed<T>(seen: T[]): T[] {
  loop.flush();
  return seen.splice(0);
}

const texts =
  (seen: unknown[]) =>
  (...events: Event[]) =>
    void seen.push(...events.map((e) => e.new_value));

let errors: unknown[];
beforeEach(() => {
  errors = [];
  loop.onError = (err, handler) => void errors.push([String(handler), (err as Error).message]);
});

describe("a handler", () => {
  test("is called once a turn with all its events, in the order of emission, also of several objects", () => {
    const [a, b] = [node(), node()];
    const seen: unknown[] = [];
    node({ kids: [a, b] }).connect("kids*.text", "kids*.ping", (...events: Event[]) => {
      seen.push(events.map((e) => e.new_value ?? e.x));
    });
    a.text = "1";
    b.ping(2);
    a.ping(3);
    b.text = "4";
    a.text = "5";
    expect(flushed(seen)).toEqual([["1", 2, 3, "4", "5"]]);
    expect(flushed(seen)).toEqual([]);
  });

  test("gets the same event object as the others", () => {
    const ob = node();
    const seen: Event[] = [];
    ob.connect("ping", (e) => void seen.push(e as Event));
    ob.connect("ping:other", (e) => void seen.push(e as Event));
    const event = ob.ping(1);
    loop.flush();
    expect(seen.length).toBe(2);
    expect(seen[0]).toBe(event);
    expect(seen[1]).toBe(event);
  });

  test("gets an event once, whichever way its paths lead there", () => {
    const kid = node();
    const ob = node({ sub: kid, kids: [kid, kid] });
    const seen: unknown[] = [];
    ob.connect("sub.text", "kids*.text", "kids*.text:z", texts(seen));
    kid.text = "x";
    expect(flushed(seen)).toEqual(["x"]);
  });

  test("handlers run in the order of label or name, then of creation", () => {
    const ob = node();
    const seen: string[] = [];
    const say = (word: string, name: string) => Object.defineProperty(() => void seen.push(word), "name", { value: name });
    ob.connect("text:c", say("c", "a"));
    ob.connect("text", say("b2", "b"));
    ob.connect("text:b", say("b3", "z"));
    ob.connect("text:a", say("a1", "z"));
    ob.connect("text", say("a2", "a"));
    expect(ob.get_event_handlers("text").map((h) => h.name)).toEqual(["z", "a", "b", "z", "a"]);
    ob.text = "x";
    expect(flushed(seen)).toEqual(["a1", "a2", "b2", "b3", "c"]);
  });

  test("that fails is reported, and the others still run", () => {
    const ob = node();
    const seen: unknown[] = [];
    ob.connect("text:1", function bad() {
      throw new Error("boom");
    });
    ob.connect("text:2", texts(seen));
    ob.text = "x";
    expect(flushed(seen)).toEqual(["x"]);
    expect(errors).toEqual([["Node: bad", "boom"]]);
  });

  test("that fails where nobody asked to be told is logged with its name", () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    loop.onError = new (loop.constructor as typeof import("./loop").Loop)().onError;
    const ob = node();
    Object.assign(ob, { id: "c3" });
    const error = new Error("boom");
    ob.connect("text", function on_text() {
      throw error;
    });
    ob.text = "a";
    loop.flush();
    expect(logged.mock.calls).toEqual([["[jsmodel] Node #c3: on_text failed.", error]]);
  });

  test("called by hand gets what it is given, and raises normally", () => {
    const handler = node().connect("text", (...events: unknown[]) => {
      if (!events.length) throw new Error("none");
      return events.length;
    });
    expect(handler(1, 2)).toBe(2);
    expect(() => handler()).toThrow("none");
    expect(errors).toEqual([]);
  });

  test("handles now what waits, once", () => {
    const ob = node();
    const seen: unknown[] = [];
    const handler = ob.connect("text", texts(seen));
    ob.connect("text:other", texts(seen));
    ob.text = "a";
    handler.handle_now();
    expect(seen.splice(0)).toEqual(["a"]);
    expect(flushed(seen)).toEqual(["a"]); // that was the other one
    handler.handle_now();
    expect(seen).toEqual([]);
  });

  test("says what it is connected to", () => {
    const ob = node({ kids: [node(), node()] });
    const handler = ob.connect("kids*.text:lab", "ping", function on_it() {});
    expect([handler.name, handler.owner]).toEqual(["on_it", ob]);
    const info = handler.connection_info;
    expect(info.map(([text]) => text)).toEqual(["kids*.text:lab", "ping"]);
    expect(info[0]?.[1].map(([o, type]) => [ob.kids.indexOf(o as Node), type])).toEqual([
      [0, "text"],
      [1, "text"],
    ]);
    expect(info[1]?.[1][0]?.[0]).toBe(ob);
    expect(ob.connect("ping", () => {}).name).toBe("<lambda>");
  });

  test("that is disposed gets nothing, not even what waits", () => {
    const kid = node();
    const ob = node({ sub: kid });
    const seen: unknown[] = [];
    const handler = ob.connect("sub.text", texts(seen));
    kid.text = "x";
    handler.dispose();
    handler.dispose();
    kid.text = "y";
    expect(flushed(seen)).toEqual([]);
    expect(handler.connection_info).toEqual([["sub.text", []]]);
    ob.sub = node();
    ob.sub.text = "z";
    expect(flushed(seen)).toEqual([]);
  });

  test("takes more events than an engine takes arguments", () => {
    const ob = node();
    let count = 0;
    let last: unknown;
    ob.connect("ping", (...events: Event[]) => {
      count += events.length;
      last = events[events.length - 1]?.x;
    });
    for (let i = 0; i < 300_000; i++) ob.ping(i);
    loop.flush();
    expect([count, last, errors]).toEqual([300_000, 299_999, []]);
  });

  test("that is async has one call at a time; what comes meanwhile is in the next", async () => {
    const ob = node();
    const seen: string[] = [];
    let finish: () => void = () => {};
    ob.connect("text", async (...events: Event[]) => {
      seen.push(`start ${events.map((e) => e.new_value)}`);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      seen.push("end");
    });
    ob.text = "a";
    loop.flush();
    ob.text = "b";
    loop.flush();
    ob.text = "c";
    loop.flush();
    expect(seen).toEqual([]); // as a coroutine in Python, it begins when the others have run
    await null;
    expect(seen).toEqual(["start a"]);
    finish();
    await new Promise((resolve) => setTimeout(resolve));
    expect(seen).toEqual(["start a", "end", "start b,c"]);
    finish();
    await new Promise((resolve) => setTimeout(resolve));
    expect(seen).toEqual(["start a", "end", "start b,c", "end"]);
  });

  test("that is async and fails is reported, and is called again", async () => {
    const ob = node();
    const seen: unknown[] = [];
    ob.connect("text", async function slow(...events: Event[]) {
      seen.push(events.length);
      await null;
      throw new Error("late");
    });
    ob.text = "a";
    loop.flush();
    ob.text = "b";
    await new Promise((resolve) => setTimeout(resolve));
    expect(seen).toEqual([1, 1]);
    expect(errors).toEqual([
      ["Node: slow", "late"],
      ["Node: slow", "late"],
    ]);
  });

  test("that is async and cancelled is no failure, and is called again", async () => {
    const ob = node();
    const seen: unknown[] = [];
    ob.connect("text", async (...events: Event[]) => {
      seen.push(events.length);
      throw Object.assign(new Error(), { name: "CancelledError" });
    });
    ob.text = "a";
    loop.flush();
    await new Promise((resolve) => setTimeout(resolve));
    ob.text = "b";
    await new Promise((resolve) => setTimeout(resolve));
    expect(seen).toEqual([1, 1]);
    expect(errors).toEqual([]);
  });

  test("keeps neither its owner nor those it listens to alive", async () => {
    const name = "node:v8";
    const { setFlagsFromString } = await import(/* @vite-ignore */ name);
    const vm = "node:vm";
    setFlagsFromString("--expose_gc");
    const gc = (await import(/* @vite-ignore */ vm)).runInNewContext("gc") as () => void;
    const kid = node();
    let owner: Node | null = node({ sub: kid });
    let source: Node | null = node();
    const there = { owner: new WeakRef(owner), source: new WeakRef(source) };
    const seen: unknown[] = [];
    owner.connect("sub.text", texts(seen));
    const handler = source.connect("text", texts(seen));
    owner = source = null;
    for (let i = 0; i < 20 && (there.owner.deref() || there.source.deref()); i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      gc();
    }
    expect([there.owner.deref(), there.source.deref(), handler.owner]).toEqual([undefined, undefined, undefined]);
    kid.text = "x";
    expect(flushed(seen)).toEqual([]);
    expect(kid.get_event_handlers("text")).toEqual([]); // it noticed that nobody is there
  });
});

describe("a path", () => {
  test("follows a child that is replaced, put to None, and back, at once", () => {
    const [a, b] = [node(), node()];
    const ob = node({ sub: a });
    const seen: unknown[] = [];
    ob.connect("sub.text", texts(seen));
    a.text = "a1";
    ob.sub = b;
    a.text = "a2";
    b.text = "b1";
    expect(flushed(seen)).toEqual(["a1", "b1"]);
    ob.sub = null;
    b.text = "b2";
    expect(flushed(seen)).toEqual([]);
    ob.sub = a;
    a.text = "a3";
    expect(flushed(seen)).toEqual(["a3"]);
    expect(b.get_event_handlers("text")).toEqual([]);
  });

  test("gets the first events of a child made in the same turn", () => {
    const ob = node();
    const seen: unknown[] = [];
    ob.connect("sub.text", texts(seen));
    ob.sub = new Node({ text: "x" });
    expect(flushed(seen)).toEqual(["", "x"]);
  });

  test("may lead over several properties", () => {
    const leaf = node();
    const ob = node({ sub: node({ sub: leaf }) });
    const seen: unknown[] = [];
    ob.connect("sub.sub.text", texts(seen));
    leaf.text = "1";
    (ob.sub as Node).sub = node();
    leaf.text = "2";
    ((ob.sub as Node).sub as Node).text = "3";
    ob.sub = node({ sub: leaf });
    leaf.text = "4";
    expect(flushed(seen)).toEqual(["1", "3", "4"]);
  });

  test("follows a list; what stays in it stays connected", () => {
    const [a, b, c, d] = [node(), node(), node(), node()];
    const ob = node({ kids: [a, b] });
    const seen: unknown[] = [];
    ob.connect("kids*.text", texts(seen));
    for (const n of [a, b, c, d]) n.counts = [];
    ob.kids = [a, b, c]; // a common head
    ob.kids = [d, ...ob.kids]; // a common tail
    expect([a.counts, b.counts, c.counts, d.counts]).toEqual([[], [], ["text1"], ["text1"]]);
    ob.kids = [d, c]; // both
    expect([a.counts, b.counts, c.counts, d.counts]).toEqual([["text0"], ["text0"], ["text1"], ["text1"]]);
    for (const n of [a, b, c, d]) n.text = "x";
    expect(flushed(seen).length).toBe(2);
    ob.kids = [null, c];
    d.text = "y";
    c.text = "y";
    expect(flushed(seen).length).toBe(1);
  });

  test("'kids**.text' is the text of all descendants", () => {
    const deep = node();
    const middle = node({ kids: [deep] });
    const ob = node({ kids: [middle] });
    const seen: unknown[] = [];
    ob.connect("kids**.text", texts(seen));
    ob.text = "not me";
    middle.text = "m";
    deep.text = "d";
    expect(flushed(seen)).toEqual(["m", "d"]);
    const deeper = node();
    deep.kids = [deeper];
    deeper.text = "dd";
    middle.kids = [];
    deep.text = deeper.text = "gone";
    expect(flushed(seen)).toEqual(["dd"]);
  });

  test("'kids**' is the kids event at every depth", () => {
    const deep = node();
    const ob = node({ kids: [node({ kids: [deep] })] });
    const seen: Event[] = [];
    ob.connect("kids**", (...events: Event[]) => void seen.push(...events));
    deep.kids = [node()];
    ob.kids = [deep];
    expect(flushed(seen).map((e) => e.source)).toEqual([deep, ob]);
    (deep.kids[0] as Node).kids = [node()];
    expect(flushed(seen).length).toBe(1);
  });

  test("'kids*' is the kids event of the object and of each element", () => {
    const kid = node({ kids: [node()] });
    const ob = node({ kids: [kid] });
    const seen: Event[] = [];
    ob.connect("kids*", (...events: Event[]) => void seen.push(...events));
    (kid.kids[0] as Node).kids = [node()];
    kid.kids = [];
    ob.kids = [];
    expect(flushed(seen).map((e) => e.source)).toEqual([kid, ob]);
  });

  test("changes that Python makes are followed too", () => {
    const ob = node();
    const seen: unknown[] = [];
    ob.connect("sub.text", texts(seen));
    const kid = node();
    applyFromPython(ob, { sub: kid });
    kid.text = "x";
    expect(flushed(seen)).toEqual(["x"]);
  });

  test("looks plain attributes up once", () => {
    const [a, b] = [node(), node()];
    const ob = node();
    ob.plain = a;
    const seen: unknown[] = [];
    ob.connect("plain.text", texts(seen));
    ob.plain = b;
    a.text = "a";
    b.text = "b";
    expect(flushed(seen)).toEqual(["a"]);
    ob.plain = [a, b];
    ob.connect("plain*.text", texts(seen));
    b.text = "c";
    expect(flushed(seen)).toEqual(["c"]);
  });

  test.each<[string, unknown, string]>([
    ["foo.text", null, "Cannot connect 'f' to 'foo.text': <Node> has no 'foo'. The part 'foo' was looked up on <Node>. Correct the path,"],
    ["plain.text", null, "'plain' is None and is not a property, so it can never be followed."],
    ["plain.text", 3, "'plain' is not an object with events but int."],
    ["plain*.text", "abc", "'plain' is not a list or tuple but str."],
    ["text.text", null, "'text' is not an object with events but str."],
  ])("'%s' (with plain = %j) leads nowhere, and says at which part", (path, plain, words) => {
    const ob = node();
    ob.plain = plain;
    expect(() => ob.connect("ping", path, function f() {})).toThrow(
      expect.objectContaining({ name: "ValueError", message: expect.stringContaining(words) }),
    );
    expect(ob.get_event_handlers("ping")).toEqual([]); // all or nothing
  });

  test("that goes round in a circle is an error, or is reported when it becomes one", () => {
    const ob = node();
    const seen: unknown[] = [];
    ob.connect("kids**.text", function f() {});
    ob.kids = [ob];
    expect(errors).toEqual([["Node: f", expect.stringContaining("goes round in a circle")]]);
    expect(() => ob.connect("kids**.text", texts(seen))).toThrow("The path 'kids**.text' goes round in a circle.");
  });

  test("to an event that nobody is known to emit warns once, with the nearest name; not with '!'", () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const ob = node();
    const seen: unknown[] = [];
    ob.connect("!txet", texts(seen));
    expect(warned.mock.calls).toEqual([]);
    ob.connect("txet:lab", texts(seen));
    node().connect("txet", texts(seen));
    expect(warned.mock.calls).toEqual([
      [
        "[jsmodel] Connected to 'txet:lab', but Node is not known to emit 'txet'. Did you mean 'text'? Write '!txet:lab' if it is meant so.",
      ],
    ]);
    ob.emit("txet", { new_value: 5 });
    expect(flushed(seen)).toEqual([5, 5]);
  });
});

describe("handlers of a class", () => {
  function withHandlers(base: typeof Node, handlers: HandlerSpec[], methods: Record<string, unknown>): typeof Node {
    class Made extends base {}
    Object.assign(Made.prototype, methods);
    declare(Made, { name: "test:Made", label: "Made", handlers });
    return Made;
  }

  test("are methods: the function runs with the object, and stays one function", () => {
    const seen: unknown[] = [];
    const Made = withHandlers(Node, [{ name: "on_text", strings: ["text"] }], {
      on_text(this: Node, ...events: Event[]) {
        seen.push([this.text, events.length]);
      },
    });
    const made = new Made({ text: "a" });
    expect(flushed(seen)).toEqual([["a", 2]]);
    expect(Object.hasOwn(made, "on_text")).toBe(false);
    (made as unknown as { on_text(): void }).on_text();
    expect(seen).toEqual([["a", 0]]);
  });

  test("are inherited; a subclass replaces them with a handler, or with a plain method", () => {
    const seen: string[] = [];
    const say = (word: string) => () => void seen.push(word);
    const Base = withHandlers(
      Node,
      [
        { name: "one", strings: ["text"] },
        { name: "two", strings: ["text"] },
        { name: "three", strings: ["text"] },
      ],
      { one: say("base 1"), two: say("base 2"), three: say("base 3") },
    );
    const Sub = withHandlers(Base, [{ name: "two", strings: ["ping"] }], { two: say("sub 2"), three: say("sub 3") });
    const ob = new Sub();
    flushed(seen);
    ob.text = "x";
    expect(flushed(seen)).toEqual(["base 1"]);
    ob.ping();
    expect(flushed(seen)).toEqual(["sub 2"]);
    new Base();
    expect(flushed(seen)).toEqual(["base 1", "base 3", "base 2"]);
  });

  test("are checked when the class is made", () => {
    expect(() => withHandlers(Node, [{ name: "a", strings: [] }], {})).toThrow("The handler Made.a has no connection string.");
    expect(() => withHandlers(Node, [{ name: "a", strings: [""] }], {})).toThrow("is empty");
    expect(() => withHandlers(Node, [{ name: "a", strings: ["a b"] }], {})).toThrow("'a b' is not a name");
    expect(() => withHandlers(Node, [{ name: "a", strings: [3 as never] }], {})).toThrow("must be a str, not the int 3");
  });

  test("that lead nowhere leave no half-made object behind", () => {
    const kid = node();
    const Made = withHandlers(
      Node,
      [
        { name: "a", strings: ["sub.text"] },
        { name: "b", strings: ["nope.text"] },
      ],
      { a() {}, b() {} },
    );
    expect(() => new Made({ sub: kid })).toThrow("Cannot connect 'b' to 'nope.text': <Made> has no 'nope'");
    expect(kid.get_event_handlers("text")).toEqual([]);
  });
});
