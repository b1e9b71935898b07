import { describe, expect, test, vi } from "vitest";
import { HasEvents } from "./hasevents";
import { currentOrigin, Event, Loop, loop, withOrigin } from "./loop";
import { declare } from "./properties";

class Thing extends HasEvents {}
declare(Thing, { name: "test:Thing", label: "Thing", emitters: [{ name: "ping", fn: () => ({}) }] });

describe("the loop", () => {
  test("asks for one turn, however much waits", () => {
    const flushes: (() => void)[] = [];
    const own = new Loop((flush) => flushes.push(flush));
    const seen: unknown[] = [];
    own.call_soon((...args: unknown[]) => seen.push(args), 1, 2);
    own.call_soon(() => seen.push("b"));
    expect(flushes.length).toBe(1);
    expect(seen).toEqual([]);
    flushes[0]?.();
    expect(seen).toEqual([[1, 2], "b"]);
    own.call_soon(() => seen.push("c"));
    expect(flushes.length).toBe(2);
  });

  test("who flushes before the turn has what came until then; the turn that was asked for has the rest", () => {
    const turns: (() => void)[] = [];
    const own = new Loop((turn) => turns.push(turn));
    const seen: string[] = [];
    own.call_soon(() => seen.push("a"));
    own.flush();
    own.call_soon(() => seen.push("b"));
    expect([turns.length, seen]).toEqual([1, ["a"]]);
    turns[0]?.();
    expect(seen).toEqual(["a", "b"]);
    own.call_soon(() => seen.push("c"));
    expect(turns.length).toBe(2);
  });

  test("by default turns are microtasks", async () => {
    const seen: string[] = [];
    loop.call_soon(() => seen.push("called"));
    seen.push("first");
    await Promise.resolve();
    expect(seen).toEqual(["first", "called"]);
  });

  test("idle functions run once, when handlers have set each other off", () => {
    const seen: string[] = [];
    const idle = () => seen.push("idle");
    loop.on_idle(idle);
    loop.on_idle(idle);
    loop.call_soon(() => {
      seen.push("one");
      loop.on_idle(idle);
      loop.call_soon(() => seen.push("two"));
    });
    loop.flush();
    loop.flush();
    expect(seen).toEqual(["one", "two", "idle"]);
  });

  test("what an idle function sets off runs in the same flush", () => {
    const seen: string[] = [];
    loop.on_idle(() => loop.call_soon(() => seen.push("after")));
    loop.flush();
    expect(seen).toEqual(["after"]);
  });

  test("an endless exchange neither hangs the page nor holds back the idle functions", async () => {
    let rounds = 0;
    let idle = 0;
    let go = true;
    const again = () => {
      rounds++;
      if (go) loop.call_soon(again);
    };
    loop.call_soon(again);
    loop.on_idle(() => idle++);
    loop.flush();
    expect([rounds, idle]).toEqual([100, 1]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(rounds).toBeGreaterThan(100);
    go = false;
    loop.flush();
  });

  test("flush inside a handler is a no-op, and nothing is lost", () => {
    const thing = new Thing();
    const seen: number[] = [];
    thing.connect("ping", (...events) => {
      loop.flush();
      seen.push(events.length);
      if (seen.length < 3) thing.emit("ping");
    });
    thing.emit("ping");
    loop.flush();
    expect(seen).toEqual([1, 1, 1]);
  });

  test("a failing call stops neither the calls after it nor the loop", () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const error = new Error("boom");
    const seen: string[] = [];
    loop.call_soon(() => {
      throw error;
    });
    loop.call_soon(() => seen.push("next"));
    loop.flush();
    expect(seen).toEqual(["next"]);
    expect(logged.mock.calls).toEqual([["[jsmodel] A call in the event loop failed.", error]]);
  });

  test("a failing reporter stops nothing either", () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const own = new Loop(() => {});
    const seen: string[] = [];
    own.onError = () => {
      throw new Error("reporter");
    };
    own.call_soon(() => {
      throw new Error("boom");
    });
    own.call_soon(() => seen.push("next"));
    own.flush();
    expect(seen).toEqual(["next"]);
    expect(logged.mock.calls[0]?.[0]).toBe("[jsmodel] Reporting an error failed.");
  });

  test("origins nest, end with errors, and do not reach into handlers", () => {
    expect(currentOrigin()).toBe("js");
    expect(() =>
      withOrigin("user", () => {
        withOrigin("py", () => expect(currentOrigin()).toBe("py"));
        expect(currentOrigin()).toBe("user");
        throw new Error("x");
      }),
    ).toThrow("x");
    expect(currentOrigin()).toBe("js");
    const seen: string[] = [];
    withOrigin("user", () => {
      loop.call_soon(() => seen.push(currentOrigin()));
      loop.flush();
      seen.push(currentOrigin());
    });
    expect(seen).toEqual(["js", "user"]);
  });

  test("an event has own fields, which cannot replace where it came from", () => {
    const thing = new Thing();
    const item = "x";
    const event = new Event("ping", thing, "user", { type: "other", source: 3, x: 4, origin: "py" });
    expect([event.type, event.source, event.x, event[item], event.origin]).toEqual(["ping", thing, 4, 4, "py"]);
    expect(Object.keys(event)).toEqual(["type", "source", "x", "origin"]);
    const forged = new Event("ping", thing, "js", JSON.parse('{"__proto__": {"evil": 1}}'));
    expect(forged.evil).toBeUndefined();
    expect(forged).toBeInstanceOf(Event);
  });
});
