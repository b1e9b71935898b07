import { beforeEach, describe, expect, test, vi } from "vitest";
import { loop } from "./loop";
import { Model } from "./model";
import type { ModelState } from "./protocol";
import { ClientSession } from "./session";

type Lamp = Model & { x: unknown; friend: Lamp | null; pulse(n: unknown): void };

function replica(...states: ModelState[]): ClientSession {
  const client = new ClientSession();
  class Lamp extends Model {}
  client.realm.model(Lamp, {
    name: "t:Lamp",
    label: "Lamp",
    props: [
      { name: "x", side: "both", initial: 0 },
      { name: "friend", side: "both", initial: null },
      { name: "mine", side: "js", initial: 0 },
    ],
    emitters: [{ name: "pulse", side: "both", fn: (n) => ({ n }) }],
  });
  void client.show({ ops: [{ op: "create", models: states }] });
  return client;
}

const state = (id: string): ModelState => ({ id, cls: "t:Lamp", props: { x: 1 }, attrs: {}, listen: [] });
const lamp = (client: ClientSession, id = "m1"): Lamp => client.models.get(id) as Lamp;

let one: ClientSession;
let two: ClientSession;

beforeEach(() => {
  one = replica(state("m1"), state("m2"));
  two = replica(state("m1"), state("m2"));
  one.peers.add(two);
  two.peers.add(one);
  loop.flush();
});

describe("replicas with nobody at the other end", () => {
  test("a change of one is a change of the other, at once", () => {
    lamp(one).x = 7;
    expect(lamp(two).x).toBe(7);
    lamp(two).x = 8;
    expect(lamp(one).x).toBe(8);
  });

  test("handlers of both run, once", () => {
    const seen = vi.fn();
    lamp(one).connect("x", (...events: unknown[]) => seen("one", events.length));
    lamp(two).connect("x", (...events: unknown[]) => seen("two", events.length));
    loop.flush();
    seen.mockClear();
    lamp(one).x = 7;
    loop.flush();
    expect(seen.mock.calls.sort()).toEqual([
      ["one", 1],
      ["two", 1],
    ]);
  });

  test("what handlers of both disagree on ends the same in both", () => {
    let n = 100;
    for (const client of [one, two]) {
      lamp(client).connect("x", () => {
        lamp(client, "m2").x = n++;
      });
    }
    loop.flush();
    lamp(one).x = 7;
    loop.flush();
    expect(lamp(one, "m2").x).toBe(lamp(two, "m2").x);
  });

  test("a model that a property is set to is the one of the replica", () => {
    lamp(one).friend = lamp(one, "m2");
    expect(lamp(two).friend).toBe(lamp(two, "m2"));
  });

  test("arrays are copied, so that neither replica has those of the other", () => {
    lamp(one).x = new Float32Array([1, 2]);
    const there = lamp(two).x as Float32Array;
    expect([...there]).toEqual([1, 2]);
    (lamp(one).x as Float32Array)[0] = 5;
    expect(there[0]).toBe(1);
  });

  test("events go over, and do not come back", () => {
    const seen = vi.fn();
    lamp(one).connect("pulse", (event: { n: number }) => seen("one", event.n));
    lamp(two).connect("pulse", (event: { n: number }) => seen("two", event.n));
    lamp(one).pulse(3);
    loop.flush();
    expect(seen.mock.calls.sort()).toEqual([
      ["one", 3],
      ["two", 3],
    ]);
  });

  test("a model that the other does not have is no error", () => {
    const three = replica(state("m2"));
    one.peers.add(three);
    lamp(one).x = 9;
    expect(lamp(two).x).toBe(9);
    expect(three.models.has("m1")).toBe(false);
  });

  test("values are told as they are encoded", () => {
    lamp(one).x = Number.NaN;
    lamp(one).friend = lamp(one, "m2");
    expect(one.valuesOf(lamp(one), [])).toEqual({ x: { $: "f", v: "nan" }, friend: { $: "m", v: "m2" } });
  });
});

test("what `init` asks of Python is refused, since nobody will answer", async () => {
  const client = new ClientSession();
  let answer: Promise<unknown> | undefined;
  class Asker extends Model {
    override init(): void {
      answer = (this.py.f as () => Promise<unknown>)();
    }
  }
  client.realm.model(Asker, { name: "t:Asker", label: "Asker", props: [], emitters: [] });
  await client.show({ ops: [{ op: "create", models: [{ id: "m1", cls: "t:Asker", props: {}, attrs: {}, listen: [] }] }], root: "m1" });
  await expect(answer).rejects.toThrow("Asker #m1: Python's f() cannot be called. Nobody is at the other end of this page.");
  expect(client.status).toBe("static");
});
