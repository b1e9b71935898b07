import { beforeEach, describe, expect, test, vi } from "vitest";
import { HasEvents, upgrade } from "./hasevents";
import { loop } from "./loop";
import { Model } from "./model";
import { type ClassSpec, declare } from "./properties";
import type { Message, Op } from "./protocol";
import { ClientSession } from "./session";

const lamp = (spec: Partial<ClassSpec>, body: object = {}, base = HasEvents as typeof HasEvents): typeof HasEvents => {
  class Lamp extends base {}
  for (const [name, value] of Object.entries(body))
    Object.defineProperty(Lamp.prototype, name, { value, writable: true, configurable: true });
  declare(Lamp, { name: "t:Lamp", label: "Lamp", ...spec });
  return Lamp;
};
type Any = HasEvents & Record<string, never>;

describe("an object whose class is defined again", () => {
  test("keeps its values by name, gets defaults for what is new, and loses what is gone", () => {
    const Old = lamp({
      props: [
        { name: "a", side: "both", initial: 1 },
        { name: "gone", side: "both", initial: 2 },
        { name: "b", side: "js", initial: 3 },
      ],
    });
    const New = lamp({
      props: [
        { name: "fresh", side: "both", initial: [7] },
        { name: "b", side: "js", initial: 30 },
        { name: "a", side: "both", initial: 10 },
      ],
    });
    const ob = new Old({ a: 5, b: 6 }) as Any;
    upgrade(ob, New);
    expect(ob).toBeInstanceOf(New);
    expect([ob.a, ob.b, ob.fresh, "gone" in ob]).toEqual([5, 6, [7], false]);
    (ob as Record<string, unknown>).a = 8;
    expect([ob.a, ob.b, ob.fresh]).toEqual([8, 6, [7]]);
  });

  test("tells what its first values were, though it is of another class by then", () => {
    const seen: unknown[] = [];
    const Old = lamp({ props: ["a", "b"].map((name, i) => ({ name, side: "js", initial: i })) });
    const New = lamp({ props: ["c", "b", "a"].map((name) => ({ name, side: "js", initial: 9 })) });
    const ob = new Old() as Any;
    (ob as Record<string, unknown>).b = 5;
    upgrade(ob, New);
    ob.connect("a", "b", (...events) => void seen.push(...events.map((ev) => [ev.type, ev.old_value, ev.new_value])));
    loop.flush();
    expect(seen).toEqual([
      ["a", 0, 0],
      ["b", 1, 1],
      ["b", 1, 5],
    ]);
  });

  test("calls the new handlers, once each, and not the old ones", () => {
    const seen: string[] = [];
    const version = (n: number, strings: string[], extra: string[] = []): typeof HasEvents =>
      lamp(
        {
          props: [
            { name: "a", side: "both", initial: 1 },
            { name: "b", side: "both", initial: 1 },
          ],
          handlers: [{ name: "on_a", strings }, ...extra.map((name) => ({ name, strings: ["b"] }))],
        },
        { on_a: () => seen.push(`on_a ${n}`), old_b: () => seen.push(`old_b ${n}`), new_b: () => seen.push(`new_b ${n}`) },
      );
    const ob = new (version(0, ["a"], ["old_b"]))() as Record<string, unknown> & HasEvents;
    loop.flush();
    seen.length = 0;
    for (let n = 1; n <= 20; n++) upgrade(ob, version(n, n % 2 ? ["a"] : ["a", "b"], ["new_b"]));
    upgrade(ob, version(21, ["a"], ["new_b"]));
    ob.a = 2;
    ob.b = 2;
    loop.flush();
    expect(seen.sort()).toEqual(["new_b 21", "on_a 21"]);
    expect(ob._jsm_own?.size).toBe(2);
    expect(ob.get_event_handlers("a").length).toBe(1);
  });

  test("delivers what waited to the new handler", () => {
    const seen: unknown[] = [];
    const version = (n: number): typeof HasEvents =>
      lamp(
        { props: [{ name: "a", side: "both", initial: 1 }], handlers: [{ name: "on_a", strings: ["a"] }] },
        { on_a: (...events: { new_value: unknown }[]) => seen.push([n, events.map((e) => e.new_value)]) },
      );
    const ob = new (version(1))() as Record<string, unknown> & HasEvents;
    loop.flush();
    seen.length = 0;
    ob.a = 2;
    upgrade(ob, version(2));
    ob.a = 3;
    loop.flush();
    expect(seen).toEqual([[2, [2, 3]]]);
  });

  test("keeps the handlers that somebody connected", () => {
    const version = (): typeof HasEvents => lamp({ props: [{ name: "a", side: "both", initial: 1 }] });
    const ob = new (version())() as Record<string, unknown> & HasEvents;
    const fn = vi.fn();
    ob.connect("a", fn);
    upgrade(ob, version());
    ob.a = 2;
    loop.flush();
    expect(fn).toHaveBeenCalledOnce();
  });

  test("goes on when a new handler leads nowhere", () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const ob = new (lamp({}))() as HasEvents;
    upgrade(ob, lamp({ handlers: [{ name: "on_x", strings: ["nothing.x"] }] }, { on_x: () => undefined, go: () => 5 }));
    expect((ob as unknown as { go(): number }).go()).toBe(5);
    expect(error).toHaveBeenCalled();
  });
});

describe("in a page", () => {
  let client: ClientSession;
  let seq = 0;
  const hear = (ops: Op[], more: Partial<Message> = {}): void => client.message({ v: 1, seq: ++seq, ops, ...more }, []);
  const define = (text: string, version?: number): void => {
    class Lamp extends Model {
      text(): string {
        return text;
      }
    }
    if (version) (Lamp.prototype as Model).init_again = vi.fn();
    client.realm.model(Lamp, { name: "t:Lamp", label: "Lamp", props: [{ name: "x", side: "both", initial: 0 }], version });
  };
  const state = (x: number) => ({ id: "m1", cls: "t:Lamp", props: { x }, attrs: {}, listen: [] });
  const model = () => client.models.get("m1") as Model & { x: number; text(): string };

  beforeEach(() => {
    seq = 0;
    client = new ClientSession();
    client.open({ name: "memory", send: () => true, close: () => undefined });
    define("one");
    hear([{ op: "create", models: [state(1)] }], { reset: true, welcome: { session: "s", client: "c", resumed: false, root: null } });
  });

  test("a newer class is taken on with the create that says so, and init_again is called", () => {
    const before = model();
    define("two", 1);
    expect(before.text()).toBe("one");
    hear([{ op: "create", models: [state(4)] }]);
    expect(model()).toBe(before);
    expect([before.text(), before.x]).toEqual(["two", 4]);
    expect(before.init_again).toHaveBeenCalledOnce();
    hear([{ op: "create", models: [state(5)] }]);
    expect(before.init_again).toHaveBeenCalledOnce();
  });

  test("the same class that comes again is taken on at once", () => {
    define("one again");
    expect(model().text()).toBe("one again");
  });
});
