import { beforeEach, describe, expect, test, vi } from "vitest";
import { loop } from "./loop";
import { Model } from "./model";
import type { ClientMessage, Message, ModelState, Op } from "./protocol";
import { ClientSession } from "./session";

/** What comes as code in life; happy-dom runs no scripts. */
function declareLamp(client: ClientSession): void {
  class Lamp extends Model {
    began?: boolean;
    override init(): void {
      this.began = true;
    }
    fail(): void {
      throw new Error("on purpose");
    }
    twice(n: number): number {
      return 2 * n;
    }
    strange(): unknown {
      return () => 1;
    }
  }
  client.realm.model(Lamp, {
    name: "t:Lamp",
    label: "Lamp",
    props: [
      { name: "x", side: "both", initial: 0 },
      { name: "other", side: "both", initial: null },
    ],
    emitters: [{ name: "lit", fn: (n) => ({ n }) }],
  });
}

let sent: ClientMessage[];
let bytesSent: number[][]; // the buffers of the last one
let client: ClientSession;
let seq: number;
const pipe = {
  name: "memory",
  send: (message: ClientMessage, buffers: Uint8Array[]) => {
    sent.push(message);
    bytesSent = buffers.map((b) => [...b]);
    return true;
  },
  close: () => undefined,
};

type Lamp = Model & { x: unknown; other: Lamp | null; began?: boolean; lit(n: unknown): void };
const lamp = (id = "m1"): Lamp => client.models.get(id) as Lamp;
const state = (id: string, props: Record<string, unknown> = {}, attrs = {}): ModelState => ({
  id,
  cls: "t:Lamp",
  props,
  attrs,
  listen: [],
});

function hear(ops: Op[], more: Partial<Message> = {}): void {
  client.message({ v: 1, seq: ++seq, ops, ...more }, []);
}
function begin(ops: Op[], session = "s", name = "c"): void {
  seq = 0;
  hear(ops, { reset: true, welcome: { session, client: name, resumed: false, root: "m1" } });
}
/** The ops said since the last look. */
function said(): unknown[] {
  loop.flush();
  const ops = sent.flatMap((m) => m.ops);
  sent = [];
  return ops;
}

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  sent = [];
  client = new ClientSession();
  declareLamp(client);
  client.open(pipe);
  begin([{ op: "create", models: [state("m1", { x: 1 }), state("m2", { other: { $: "m", v: "m1" } })] }]);
  said();
});

describe("a client", () => {
  test("makes the models of a snapshot, with their references", () => {
    expect(client.status).toBe("live");
    expect([lamp().x, lamp().began, lamp("m2").other]).toEqual([1, true, lamp()]);
  });

  test("tells Python of its changes once a turn, and applies Python's without an echo", () => {
    lamp().x = 5;
    lamp().x = 6;
    expect(said()).toEqual([{ op: "set", id: "m1", props: { x: 6 }, origin: "js" }]);
    hear([{ op: "set", id: "m1", props: { x: 7 } }], { ack: 1 });
    expect(lamp().x).toBe(7);
    expect(said()).toEqual([]);
  });

  test("ignores a value that is older than its own", () => {
    lamp().x = 5;
    loop.flush();
    hear([{ op: "set", id: "m1", props: { x: 2 } }], { ack: 0 });
    expect(lamp().x).toBe(5);
    hear([{ op: "set", id: "m1", props: { x: 3 } }], { ack: 1 });
    expect(lamp().x).toBe(3);
  });

  test("goes on over the transport that was lost and is back, with what was done meanwhile", () => {
    client.lost(true);
    lamp().x = 8;
    expect(said()).toEqual([]);
    expect([client.status, client.waiting]).toEqual(["disconnected", true]);
    client.back(pipe);
    expect(client.status).toBe("live");
    expect(said()).toEqual([{ op: "set", id: "m1", props: { x: 8 }, origin: "js" }]);
  });

  test("sends again what was lost with the transport", () => {
    lamp().x = 8;
    said();
    client.lost(true);
    client.back(pipe);
    expect(said()).toEqual([{ op: "set", id: "m1", props: { x: 8 }, origin: "js" }]);
  });

  test("says that Python does not answer when it asks while something waits, and is live with any word", () => {
    client.ask();
    expect(client.status).toBe("live");
    lamp().x = 8;
    loop.flush();
    client.ask();
    expect(client.status).toBe("busy");
    expect(client.reason).toMatch(/^Python has not answered for a while; what you do here is kept/);
    hear([], { seq: 0, ack: 1 });
    expect([client.status, client.reason]).toEqual(["live", ""]);
  });

  test("is not live when the connection is lost before the scripts of its snapshot are there", async () => {
    const scripts: HTMLElement[] = [];
    vi.spyOn(document.head, "append").mockImplementation((node) => void scripts.push(node as HTMLElement));
    const other = new ClientSession();
    other.open(pipe);
    const ops: Op[] = [{ op: "define", name: "late.js", hash: "late", kind: "js", url: "late.js" }];
    other.message({ v: 1, seq: 1, ops, reset: true, welcome: { session: "s", client: "d", resumed: false, root: null } }, []);
    other.lost(true);
    scripts[0]?.onload?.(new Event("load"));
    await new Promise((resolve) => setTimeout(resolve));
    expect(other.settled).toBe(false);
    expect(other.status).toBe("disconnected");
  });

  test("applies what Python wrote before an asset was there, with what it knew then", () => {
    // The message with the asset is still being worked on when the person acts, and Python's answer comes.
    const script = vi.spyOn(document.head, "append").mockImplementation(() => undefined);
    hear(
      [
        { op: "define", name: "late", hash: "h2", kind: "js", url: "late.js" },
        { op: "set", id: "m1", props: { x: 2 } },
      ],
      { ack: 0 },
    );
    lamp().x = 5;
    loop.flush();
    hear([], { ack: 1 });
    const [element] = script.mock.calls[0] as [HTMLScriptElement];
    element.onload?.(new Event("load"));
    return vi.waitFor(() => {
      expect(client.settled).toBe(true);
      expect(lamp().x).toBe(5);
    });
  });

  test("disposes what Python let go of", () => {
    hear([{ op: "dispose", ids: ["m1"] }]);
    expect(client.models.has("m1")).toBe(false);
    expect(client.models.has("m2")).toBe(true);
  });

  test("lets go of what a snapshot does not have", () => {
    hear([{ op: "create", models: [state("m2")] }], { reset: true });
    expect([...client.models.keys()]).toEqual(["m2"]);
  });

  test("sends events only if Python listens", () => {
    lamp().lit(1);
    expect(said()).toEqual([]);
    hear([{ op: "listen", id: "m1", types: ["lit"] }]);
    lamp().lit(2);
    expect(said()).toEqual([{ op: "emit", id: "m1", type: "lit", event: { n: 2 } }]);
  });

  test("tells Python what it listens to", () => {
    lamp().connect("lit", () => undefined);
    expect(said()).toEqual([{ op: "listen", id: "m1", types: ["lit"] }]);
  });

  test("goes on when one op fails, and says so", () => {
    const notes: string[] = [];
    client.errorWatchers.add((note) => notes.push(note.title));
    hear([
      { op: "create", models: [{ ...state("m9"), cls: "t:Nothing" }] },
      { op: "set", id: "m1", props: { x: 4 } },
    ]);
    expect(lamp().x).toBe(4);
    expect(notes).toEqual([expect.stringContaining("The code of t:Nothing has not come")]);
  });

  test("shows that code is lost where Python says that it is needed, once", () => {
    const notes: (string | null)[] = [];
    client.errorWatchers.add((note) => notes.push(note.id));
    client.fail(new SyntaxError("Unexpected"), null, "", "0123");
    expect(notes).toEqual([]);
    expect(said()).toEqual([expect.objectContaining({ op: "error", id: null, lost: "0123" })]);
    hear([{ op: "create", models: [{ ...state("m9"), cls: "t:Nothing" }] }]);
    const told = { op: "error", title: "SyntaxError", text: "", prop: null, js: true, lost: true } as const;
    hear(["m9", "m1"].map((id) => ({ ...told, id })));
    expect(notes).toEqual(["m9", "m1"]);
  });
});

describe("calls", () => {
  const answer = async (name: string): Promise<unknown[]> => {
    hear([{ op: "call", id: "m1", name, args: [4], call: 7 }]);
    for (let i = 0; i < 5; i++) await Promise.resolve();
    return said();
  };

  test("Python's calls are answered", async () => {
    expect(await answer("twice")).toEqual([{ op: "reply", call: 7, id: "m1", value: 8 }]);
  });

  test("a method that fails or is not there answers with the error", async () => {
    // Whether it is shown is for Python to say, which knows who asks for it.
    expect(await answer("fail")).toEqual([
      {
        op: "reply",
        call: 7,
        id: "m1",
        error: "Error: on purpose",
        errors: [["Error", "on purpose", expect.stringContaining("session.test.ts")]],
        calls: [],
      },
    ]);
    expect(await answer("nope")).toContainEqual(
      expect.objectContaining({ op: "reply", call: 7, error: expect.stringContaining("has no method 'nope'") }),
    );
  });

  test("that another page answers have an answer only when they fail", async () => {
    const ask = async (name: string): Promise<unknown[]> => {
      hear([{ op: "call", id: "m1", name, args: [4], call: -7 }]);
      for (let i = 0; i < 5; i++) await Promise.resolve();
      return said();
    };
    expect(await ask("twice")).toEqual([]);
    expect(await ask("fail")).toEqual([expect.objectContaining({ op: "reply", call: -7, error: "Error: on purpose" })]);
  });

  test("to Python that fail are the asker's, and told to Python when nobody caught them", async () => {
    const ask = async (): Promise<Error> => {
      const reply = lamp().py.double?.(21) as Promise<unknown>;
      const [op] = said() as { call: number }[];
      hear([{ op: "reply", call: op?.call ?? 0, error: "no", type: "ValueError" }]);
      return reply.then(
        () => new Error("it was answered"),
        (err) => err,
      );
    };
    await ask();
    expect(said()).toEqual([]);
    const err = await ask();
    expect(err.name).toBe("ValueError");
    dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: err }));
    expect(said()).toEqual([expect.objectContaining({ op: "error", id: "m1", title: "ValueError: no", calls: [2] })]);
    client.fail(new Error("worse", { cause: await ask() }), "m1");
    expect(said()).toEqual([expect.objectContaining({ op: "error", title: "Error: worse", calls: [4] })]);
  });

  test("an answer that cannot be sent is an error too", async () => {
    expect(await answer("strange")).toEqual([
      expect.objectContaining({ op: "reply", call: 7, id: "m1", error: expect.stringContaining("Cannot send") }),
    ]);
  });

  test("an answer of Python that cannot be read rejects the call", async () => {
    const reply = lamp().py.double?.(21) as Promise<unknown>;
    const [op] = said() as { call: number }[];
    hear([{ op: "reply", call: op?.call ?? 0, value: { $: "new" } }]);
    await expect(reply).rejects.toThrow(/unknown kind 'new' came/);
  });

  test("a call to Python is settled by its reply", async () => {
    const reply = lamp().py.double?.(21) as Promise<unknown>;
    const [op] = said() as { call: number }[];
    hear([{ op: "reply", call: op?.call ?? 0, value: 42 }]);
    await expect(reply).resolves.toBe(42);
  });

  test("an argument that cannot be sent rejects the call and breaks nothing", async () => {
    const reply = lamp().py.double?.(document.body) as Promise<unknown>;
    reply.catch(() => undefined);
    said();
    await expect(reply).rejects.toThrow(/Cannot send .* at argument 0 to Python/);
    lamp().x = 9;
    expect(said()).toEqual([{ op: "set", id: "m1", props: { x: 9 }, origin: "js" }]);
  });
});

describe("coming back", () => {
  const again = (session: string, name: string): void => {
    client.lost(true);
    client.open(pipe);
    sent = [];
    begin([{ op: "create", models: [state("m1", { x: 50 })] }], session, name);
  };

  test("as a new client of the same session, it says again what it listens to and shows", () => {
    const before = lamp();
    before.connect("lit", () => undefined);
    client.viewed("m1", true);
    said();
    again("s", "c2");
    expect(lamp()).toBe(before);
    expect(lamp().x).toBe(50);
    const ops = said();
    expect(ops).toContainEqual({ op: "listen", id: "m1", types: ["lit"] });
    expect(ops).toContainEqual({ op: "view", id: "m1", open: true });
  });

  test("in another session, models of the same ids are others", () => {
    const before = lamp();
    again("s2", "c2");
    expect(lamp()).not.toBe(before);
    expect(lamp().x).toBe(50);
  });

  test("calls that Python forgot are rejected", async () => {
    const reply = lamp().py.double?.(1) as Promise<unknown>;
    reply.catch(() => undefined);
    again("s", "c2");
    await expect(reply).rejects.toThrow(/Python does not know this call any more/);
  });

  test("as the same client, what Python did not get is said again with the welcome", () => {
    lamp().x = 8;
    loop.flush();
    client.lost(true);
    client.open(pipe);
    sent = [];
    hear([], { welcome: { session: "s", client: "c", resumed: false, root: "m1" }, reset: true, ack: 0 });
    expect(said()).toContainEqual({ op: "set", id: "m1", props: { x: 8 }, origin: "js" });
  });
});

describe("what a model is told", () => {
  type Told = Lamp & { told: unknown[]; receive_data(data: ArrayBuffer, meta: { n: number }): void; hear(n: number): void };
  const told = (id: string): unknown[] => (lamp(id) as Told).told;
  const call = (id: string, n: number): Op => ({ op: "call", id, name: "hear", args: [n], call: 0 });
  const piece = (id: string, transfer: number, at: number, size: number, n: number): Op => ({
    op: "data",
    id,
    transfer,
    call: transfer,
    at,
    size,
    chunk: new Uint8Array(n),
    ...(at === 0 && { meta: { n: transfer } }),
  });
  const address = (id: string, transfer: number, url: string): Op => ({
    op: "data",
    id,
    transfer,
    call: transfer,
    url,
    meta: { n: transfer },
  });

  beforeEach(() => {
    for (const model of client.models.values()) {
      const mine: unknown[] = [];
      Object.assign(model, {
        told: mine,
        receive_data: (data: ArrayBuffer, meta: { n: number }) => void mine.push([meta.n, data.byteLength]),
        hear: (n: number) => void mine.push(n),
      });
    }
  });

  test("in pieces for one model may come between the pieces for another", () => {
    hear([piece("m1", 1, 0, 4, 2)]);
    hear([piece("m2", 2, 0, 1, 1), call("m2", 5)]);
    hear([piece("m1", 1, 2, 4, 2), call("m1", 6)]);
    hear([piece("m2", 2, 0, 1, 1)]); // sent again
    expect([told("m1"), told("m2")]).toEqual([
      [[1, 4], 6],
      [[2, 1], 5],
    ]);
  });

  test("while data is downloaded for it waits for that, and others do not", async () => {
    const answers = new Map<string, (answer: Response) => void>();
    vi.stubGlobal("fetch", (url: URL) => new Promise((resolve) => answers.set(url.pathname, resolve)));
    try {
      hear([address("m1", 1, "/slow"), call("m1", 2), address("m1", 3, "/quick"), piece("m1", 4, 0, 1, 1), call("m1", 5), call("m2", 6)]);
      answers.get("/quick")?.(new Response(new Uint8Array(2)));
      await vi.waitFor(() => expect(told("m2")).toEqual([6]));
      expect(told("m1")).toEqual([]);
      answers.get("/slow")?.(new Response(new Uint8Array(3)));
      await vi.waitFor(() => expect(told("m1")).toEqual([[1, 3], 2, [3, 2], [4, 1], 5]));
      hear([call("m1", 7)]);
      expect(told("m1").at(-1)).toBe(7);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("after a download that failed comes all the same", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 404 })));
    try {
      hear([address("m1", 1, "/gone"), call("m1", 2)]);
      await vi.waitFor(() => expect(told("m1")).toEqual([2]));
      expect(said()).toContainEqual(expect.objectContaining({ op: "reply", call: 1, error: expect.stringContaining("it answered 404") }));
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("by another session is told, though its numbers begin again", () => {
    hear([piece("m1", 9, 0, 1, 1)]);
    begin([{ op: "create", models: [state("m1")] }], "another", "d");
    const mine: unknown[] = [];
    Object.assign(lamp(), { receive_data: (_: unknown, meta: { n: number }) => void mine.push(meta.n) });
    hear([piece("m1", 1, 0, 1, 1)]);
    expect(mine).toEqual([1]);
  });

  test("when it was downloaded is not told to a model of another session", async () => {
    const answers: ((answer: Response) => void)[] = [];
    vi.stubGlobal("fetch", () => new Promise((resolve) => answers.push(resolve)));
    try {
      hear([address("m1", 1, "/slow"), call("m1", 2)]);
      begin([{ op: "create", models: [state("m1")] }], "another", "d");
      const mine: unknown[] = [];
      Object.assign(lamp(), { receive_data: () => mine.push("data"), hear: () => mine.push("call"), told: mine });
      said();
      answers[0]?.(new Response(new Uint8Array(3)));
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect([told("m1"), said()]).toEqual([[], []]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("by one session is not answered to another, whose calls have the same numbers", async () => {
    let end: (value: number) => void = () => undefined;
    const value = new Promise<number>((resolve) => {
      end = resolve;
    });
    Object.assign(lamp(), { slow: () => value });
    hear([{ op: "call", id: "m1", name: "slow", args: [], call: 1 }]);
    begin([{ op: "create", models: [state("m1")] }], "another", "d");
    said();
    end(5);
    await value;
    await new Promise((resolve) => setTimeout(resolve));
    expect(said()).toEqual([]);
  });

  test("when it is not there is refused once", () => {
    said();
    hear([piece("m9", 1, 0, 4, 2)]);
    hear([piece("m9", 1, 2, 4, 2)]);
    const replies = said().filter((op) => (op as { op: string }).op === "reply");
    expect(replies).toEqual([expect.objectContaining({ call: 1, error: expect.stringContaining("The model m9 is gone") })]);
  });
});

test("the arguments of a call of Python are those of its moment", () => {
  const points = [1];
  const bytes = new Uint8Array([1]);
  void client._call(lamp(), "take", [points, Object.freeze([lamp("m2"), 5]), bytes]);
  points.push(2);
  bytes[0] = 9;
  loop.flush();
  const [message] = sent;
  expect(message?.ops[0]).toMatchObject({ op: "call", args: [[1], { $: "t", v: [{ $: "m", v: "m2" }, 5] }, { $: "b", i: 0 }] });
  expect(bytesSent).toEqual([[1]]);
});
