import { beforeEach, describe, expect, test, vi } from "vitest";
import { Channel } from "./channel";
import type { ClientMessage, Message } from "./protocol";

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
