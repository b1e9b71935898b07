import { beforeEach, describe, expect, test, vi } from "vitest";
import { Channel } from "./channel";
import { type ClientMessage, encodeFrame, type Message } from "./protocol";

let sent: ClientMessage[];
let unsendable: [string, string][];
let channel: Channel;
const pipe = {
  name: "memory",
  send: (message: ClientMessage) => {
    sent.push(message);
    return true;
  },
  close: () => undefined,
};

const set = (name: string, value: unknown): void => channel.queueSet("m1", name, value, "js");
const emit = (n: unknown): void => channel.queue({ op: "emit", id: "m1", type: "e", event: { n } });
const hear = (message: Partial<Message>): boolean => channel.receive({ v: 1, ops: [], ...message });
const at = (done: number): Message => ({ v: 1, ack: done, ops: [] });

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  unsendable = [];
  channel = new Channel((op, err) => unsendable.push([op.op, String(err)]));
  channel.transport = pipe;
});

describe("a greeting", () => {
  test("nothing but the hello is sent until it is answered, and nothing is lost", () => {
    channel.hello(pipe, { client: null, session: null, seen: 0, have: [] });
    set("a", 1);
    channel.flush();
    channel.touch();
    vi.advanceTimersByTime(1000);
    expect(sent.map((message) => !!message.hello)).toEqual([true]);
    channel.welcomed();
    channel.flush();
    expect(sent[1]).toMatchObject({ seq: 1, ops: [{ op: "set", props: { a: 1 } }] });
  });
});

describe("what waits", () => {
  test("changes of a turn are one message with the latest values", () => {
    for (let n = 0; n < 100; n++) set("a", n);
    channel.flush();
    expect(sent).toEqual([{ v: 1, seq: 1, ack: 0, ops: [{ op: "set", id: "m1", props: { a: 99 }, origin: "js" }] }]);
  });

  test("a change is never moved across something else", () => {
    set("a", 1);
    emit(1);
    set("a", 2);
    channel.flush();
    expect(sent[0]?.ops.map((op) => op.op)).toEqual(["set", "emit", "set"]);
  });

  test("what the person did is told from what code did", () => {
    set("a", 1);
    channel.queueSet("m1", "a", 2, "user");
    channel.flush();
    expect(sent[0]?.ops.map((op) => "origin" in op && op.origin)).toEqual(["js", "user"]);
  });

  test("at most eight messages are on their way", () => {
    for (let n = 0; n < 20; n++) {
      set("a", n);
      channel.flush();
    }
    expect(sent.length).toBe(8);
    hear({ ack: 1 });
    channel.flush();
    expect(sent[8]?.ops).toEqual([{ op: "set", id: "m1", props: { a: 19 }, origin: "js" }]);
  });

  test("too many events are an error with its bound, and changes still pass", () => {
    channel.transport = null;
    for (let n = 0; n < 10_000; n++) emit(n);
    expect(() => emit(0)).toThrow(/More than 10000 events and calls wait for Python/);
    expect(channel.full).toBe(true);
    set("a", 1);
    channel.queue({ op: "view", id: "m1", open: true });
    channel.transport = pipe;
    channel.flush();
    expect(sent[0]?.ops.length).toBe(10_002);
    expect(channel.full).toBe(false);
  });

  test("an op that cannot be sent is left out, and the numbers have no gap", () => {
    emit(document.body);
    set("a", 1);
    channel.flush();
    set("a", 2);
    channel.flush();
    expect(sent.map((m) => [m.seq, m.ops.length])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(unsendable).toEqual([["emit", expect.stringMatching(/Cannot send .* at n to Python/)]]);
  });
});

describe("what comes", () => {
  test("messages are taken in order and once", () => {
    expect([hear({ seq: 1 }), hear({ seq: 1 }), hear({ seq: 2 }), hear({ seq: 1 })]).toEqual([true, false, true, false]);
  });

  test("a gap is answered with nack", () => {
    hear({ seq: 1 });
    expect(hear({ seq: 3 })).toBe(false);
    expect(sent).toEqual([{ v: 1, seq: 0, ack: 1, ops: [], nack: true }]);
  });

  test("a snapshot stands for all that was before it", () => {
    hear({ seq: 1 });
    expect(hear({ seq: 9, reset: true })).toBe(true);
    expect(channel.seqIn).toBe(9);
  });

  test("a snapshot that comes twice counts once", () => {
    hear({ seq: 4, reset: true });
    hear({ seq: 5 });
    expect(hear({ seq: 4, reset: true })).toBe(false);
    expect(channel.seqIn).toBe(5);
  });

  test("with nothing to say, what came is acknowledged after a moment", () => {
    hear({ seq: 1 });
    channel.flush();
    expect(sent).toEqual([]);
    vi.runAllTimers();
    expect(sent).toEqual([{ v: 1, seq: 0, ack: 1, ops: [] }]);
  });

  test("two pieces of data are acknowledged at once, since more wait for that", () => {
    for (const seq of [1, 2]) {
      hear({ seq, ops: [{ op: "data", id: "m1", transfer: 1, call: 1 }] });
      channel.flush();
    }
    expect(sent).toEqual([{ v: 1, seq: 0, ack: 2, ops: [] }]);
  });

  test("nack sends the rest again", () => {
    for (let n = 0; n < 3; n++) {
      set("a", n);
      channel.flush();
    }
    hear({ ack: 1, nack: true });
    expect(sent.map((m) => m.seq)).toEqual([1, 2, 3, 2, 3]);
  });
});

describe("Python is the truth", () => {
  test("a value of ours overrules what Python wrote before it had seen it", () => {
    set("a", 1);
    expect(channel.isOverruled("m1", "a", at(0))).toBe(true);
    expect(channel.isOverruled("m1", "b", at(0))).toBe(false);
    channel.flush();
    expect(channel.isOverruled("m1", "a", at(0))).toBe(true);
    expect(channel.isOverruled("m1", "a", at(1))).toBe(false);
  });

  test("what counts is what was applied, not what was received", () => {
    set("a", 1);
    channel.flush();
    expect(channel.isOverruled("m1", "a", { v: 1, ack: 1, done: 0, ops: [] })).toBe(true);
  });

  test("an ack does not let in an older message that comes again after it", () => {
    set("a", 1);
    channel.flush();
    hear({ ack: 1 });
    expect(channel.isOverruled("m1", "a", { v: 1, ack: 1, done: 0, ops: [] })).toBe(true);
    channel.applied(at(1));
    expect(channel.isOverruled("m1", "a", at(0))).toBe(false);
  });

  test("a value that still waits overrules everything", () => {
    channel.transport = null;
    set("a", 1);
    channel.flush();
    expect(channel.isOverruled("m1", "a", at(1000))).toBe(true);
  });
});

describe("a question", () => {
  test("asks for an ack, and is not counted", () => {
    set("x", 1);
    channel.flush();
    hear({ seq: 1 });
    channel.ask();
    expect(sent.at(-1)).toEqual({ v: 1, seq: 0, ack: 1, ops: [], ask: true });
    expect(channel.seqOut).toBe(1);
  });

  test("is not asked before the hello was answered", () => {
    channel.hello(pipe, { client: null, session: null, seen: 0, have: [] });
    channel.ask();
    expect(sent.filter((message) => message.ask)).toEqual([]);
    expect(channel.connected).toBe(false);
    channel.welcomed();
    channel.ask();
    expect(sent.at(-1)?.ask).toBe(true);
    expect(channel.connected).toBe(true);
  });
});

describe("what Python has not applied yet", () => {
  test("is what waits, what was not acknowledged, and what was acknowledged only", () => {
    expect(channel.unapplied).toBe(false);
    set("a", 1);
    expect(channel.unapplied).toBe(true);
    channel.flush();
    hear({ ack: 1, done: 0 });
    expect(channel.waiting).toBe(false);
    expect(channel.unapplied).toBe(true);
    hear({ ack: 1 });
    expect(channel.unapplied).toBe(false);
  });

  test("is nothing for a client that begins again", () => {
    emit(1);
    channel.flush();
    channel.restart();
    expect(channel.unapplied).toBe(false);
  });
});

describe("a transport that takes so much at once", () => {
  const MOST = 2000;
  const narrow = { ...pipe, most: MOST };
  const call = (name: string, arg: unknown): void => channel.queue({ op: "call", id: "m1", name, args: [arg], call: 7 });
  const ops = (): unknown[] => sent.flatMap((message) => message.ops);
  let errors: string[];

  beforeEach(() => {
    errors = [];
    channel = new Channel((op, err) => {
      unsendable.push([op.op, JSON.stringify("props" in op ? Object.keys(op.props) : [])]);
      errors.push(String(err));
    });
    channel.transport = {
      ...narrow,
      send: (message: ClientMessage, buffers: Uint8Array[]) => {
        expect(encodeFrame(message, buffers).byteLength).toBeLessThanOrEqual(MOST);
        return pipe.send(message);
      },
    };
  });

  test("gets all but the one value that is too large, for which Python's is asked for", () => {
    set("a", 1);
    set("large", "x".repeat(5000));
    set("b", 2);
    emit("small");
    channel.flush();
    expect(sent).toEqual([
      {
        v: 1,
        seq: 1,
        ack: 0,
        ops: [
          { op: "set", id: "m1", props: { a: 1 }, origin: "js" },
          { op: "restore", id: "m1", names: ["large"] },
          { op: "set", id: "m1", props: { b: 2 }, origin: "js" },
          { op: "emit", id: "m1", type: "e", event: { n: "small" } },
        ],
      },
    ]);
    expect(unsendable).toEqual([["set", '["large"]']]);
    expect(errors[0]).toMatch(
      /^ValueError: Cannot send the property 'large' to Python: it has 5,\d{3} bytes, and the server takes 2,000 at once\. It has Python's value again\. Send less, or run the server with a larger Limits\(frame_bytes=\.\.\.\)\.$/,
    );
  });

  test("lets Python's value in when it has been asked, and a later one of ours overrules it", () => {
    set("large", "x".repeat(5000));
    channel.flush();
    expect([channel.isOverruled("m1", "large", at(0)), channel.isOverruled("m1", "large", at(1))]).toEqual([true, false]);
    set("large", "small");
    channel.flush();
    expect(channel.isOverruled("m1", "large", at(1))).toBe(true);
  });

  test("counts the bytes of text and of buffers", () => {
    set("text", "€".repeat(700));
    set("bytes", new Uint8Array(1900));
    set("fits", new Uint8Array(1600));
    channel.flush();
    expect(unsendable.map(([, names]) => names)).toEqual(['["text"]', '["bytes"]']);
    expect(ops().at(-1)).toMatchObject({ op: "set", props: { fits: { $: "b", i: 0 } } });
  });

  test("gets in several messages what is too much for one, and all buffers belong to their values", () => {
    const buffers: number[][] = [];
    const { send } = channel.transport as typeof pipe;
    (channel.transport as { send: unknown }).send = (message: ClientMessage, own: Uint8Array[]) => {
      buffers.push(own.map((b) => b[0] as number));
      return (send as (m: ClientMessage, b: Uint8Array[]) => boolean)(message, own);
    };
    for (let n = 0; n < 5; n++) set(`p${n}`, new Uint8Array(700).fill(n));
    channel.flush();
    expect(sent.map((m) => [m.seq, ...m.ops.map((op) => JSON.stringify("props" in op && op.props))])).toEqual([
      [1, '{"p0":{"$":"b","i":0},"p1":{"$":"b","i":1}}'],
      [2, '{"p2":{"$":"b","i":0},"p3":{"$":"b","i":1}}'],
      [3, '{"p4":{"$":"b","i":0}}'],
    ]);
    expect(buffers).toEqual([[0, 1], [2, 3], [4]]);
    expect(unsendable).toEqual([]);
  });

  test("has at most eight messages on their way all the same, and what waits is still replaced by what is newer", () => {
    for (let n = 0; n < 20; n++) set(`p${n}`, "x".repeat(1500));
    channel.flush();
    expect(sent.length).toBe(8);
    set("p15", "newer");
    for (const ack of [8, 16]) {
      hear({ ack });
      channel.flush();
    }
    const props = sent.flatMap((m) => m.ops.flatMap((op) => ("props" in op ? Object.entries(op.props) : [])));
    expect(props.map(([name]) => name)).toEqual([...Array(20).keys()].map((n) => `p${n}`));
    expect(props[15]).toEqual(["p15", "newer"]);
    expect(channel.isOverruled("m1", "p19", at(16))).toBe(true);
    hear({ ack: channel.seqOut });
    expect(channel.waiting).toBe(false);
  });

  test("keeps the order of what waits", () => {
    for (let n = 0; n < 12; n++) {
      set("a", `${n}${"x".repeat(1500)}`);
      emit(n);
    }
    channel.flush();
    set("a", "last");
    hear({ ack: 8 });
    channel.flush();
    const order = (ops() as { op: string; props?: { a: string }; event?: { n: number } }[]).map((op) =>
      op.op === "set" ? op.props?.a.replace(/x+/, "") : op.event?.n,
    );
    expect(order).toEqual([...[...Array(12).keys()].flatMap((n) => [`${n}`, n]), "last"]);
  });

  test("refuses an event and the arguments of a call in words", () => {
    emit("x".repeat(3000));
    call("save", "x".repeat(3000));
    channel.queue({ op: "reply", call: 3, id: "m1", value: "x".repeat(3000) });
    channel.queue({ op: "error", id: null, title: "x".repeat(3000), number: 1, errors: [], calls: [] });
    channel.queue({ op: "listen", id: "m1", types: ["e"] });
    channel.flush();
    expect(ops()).toEqual([{ op: "listen", id: "m1", types: ["e"] }]);
    expect(unsendable.map(([op]) => op)).toEqual(["emit", "call", "reply", "error"]);
    expect(errors[0]).toMatch(/the event 'e' to Python: .* It was dropped\. Send less/);
    expect(errors[1]).toMatch(/the arguments of save\(\) to Python: .* Python was not called\. Send less/);
  });

  test("also leaves a value that no transport takes to itself", () => {
    set("a", 1);
    set("bad", document.body);
    channel.flush();
    expect(ops()).toEqual([
      { op: "set", id: "m1", props: { a: 1 }, origin: "js" },
      { op: "restore", id: "m1", names: ["bad"] },
    ]);
    expect(unsendable).toEqual([["set", '["bad"]']]);
  });
});
