/**
 * Reliable, ordered batches to and from Python, whatever carries them.
 * Twin of jsmodel/channel.py; the rules are in docs/protocol.md.
 */

import { pyError } from "./errors";
import { type ClientMessage, type ClientOp, encodeValue, type Hello, type Message, VERSION } from "./protocol";
import type { Transport } from "./transport";

const WINDOW = 8; // messages that may be on their way
const ACK_DELAY = 500; // ms; with nothing else to say: a message of its own costs a comm more than the wait costs Python
const ACK_EVERY = 4; // messages; a piece of data counts for two
const MAX_QUEUE = 10_000; // events and calls that may wait
const ENVELOPE = 200; // bytes of a message that are not those of its ops
const PER_BUFFER = 20; // bytes, for its length and what follows it up to a multiple of 8

/** The last of our messages that Python had applied when it wrote this one. */
function doneOf(message: Message): number {
  return message.done ?? message.ack ?? 0;
}

export class Channel {
  transport: Transport | null = null;
  seqIn = 0;
  seqOut = 0;
  #queue: ClientOp[] = [];
  #tail = new Map<string, Extract<ClientOp, { op: "set" }>>(); // the 'set' ops at the end of the queue, by model
  #unacked: [number, ClientMessage, Uint8Array[]][] = [];
  #local = new Map<string, number>(); // property, or call -> the seq that carries our value; Infinity while it waits
  #done = 0; // the last of ours that Python has applied
  #others = 0; // ops in the queue that are not 'set'
  #unsendable: (op: ClientOp, err: unknown) => void;
  #greeting = false; // hello was said, and not answered yet
  #owed = 0; // messages not acknowledged yet
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param unsendable told of an op that was left out, because it holds a value that cannot cross over */
  constructor(unsendable: (op: ClientOp, err: unknown) => void = () => undefined) {
    this.#unsendable = unsendable;
  }

  /** Whether something of ours has not reached Python yet. */
  get waiting(): boolean {
    return this.#queue.length > 0 || this.#unacked.length > 0;
  }

  /** Whether Python can be talked to. */
  get connected(): boolean {
    return this.transport !== null && !this.#greeting;
  }

  /** Whether Python has not applied yet what it was told. */
  get unapplied(): boolean {
    return this.#queue.length > 0 || this.seqOut > this.#done;
  }

  /** Whether no more events and calls can be queued. */
  get full(): boolean {
    return this.#others >= MAX_QUEUE;
  }

  /** How many messages Python has not acknowledged. */
  get unacked(): number {
    return this.#unacked.length;
  }

  /** Queue the value of a property; it replaces an older one that still waits. */
  queueSet(id: string, name: string, value: unknown, origin: "js" | "user"): void {
    let op = this.#tail.get(id);
    if (!op || op.origin !== origin) {
      op = { op: "set", id, props: {}, origin };
      this.#tail.set(id, op);
      this.#queue.push(op);
    }
    op.props[name] = value;
    this.#local.set(`${id}.${name}`, Infinity);
  }

  /** Queue anything else, in order. Throws when more events and calls wait than may. */
  queue(op: ClientOp): void {
    if (this.full && (op.op === "emit" || op.op === "call")) {
      throw pyError(
        "RuntimeError",
        `More than ${MAX_QUEUE} events and calls wait for Python, which does not answer, so this one was dropped. Properties are not affected. Emit fewer events, or put what must arrive into a property.`,
      );
    }
    if (op.op === "call") this.#local.set(`call.${op.call}`, Infinity);
    this.#others++;
    this.#tail.clear();
    this.#queue.push(op);
  }

  /** Whether Python had yet to do a call of ours when it wrote `message`. */
  isUndone(call: number, message: Message): boolean {
    return this.isOverruled("call", String(call), message);
  }

  /** Whether what Python says of a property in `message` is older than ours, which it had yet to see then. */
  isOverruled(id: string, name: string, message: Message): boolean {
    return (this.#local.get(`${id}.${name}`) ?? 0) > doneOf(message);
  }

  /** A message was applied, in order: what it says is as new as what we said before `done`. */
  applied(message: Message): void {
    const done = doneOf(message);
    for (const [key, seq] of this.#local) if (seq <= done) this.#local.delete(key);
  }

  /** Send what waits, as far as the window allows. */
  flush(): void {
    if (!this.transport || this.#greeting) return;
    if (this.#queue.length && this.#unacked.length < WINDOW) {
      this.#sendQueue(this.transport.most ?? Infinity);
    } else if (this.#owed >= ACK_EVERY) {
      this.#ack();
    } else if (this.#owed && this.#timer === null) {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#ack(); // what was sent meanwhile may have said it already
      }, ACK_DELAY);
    }
  }

  /** Take note of a message; true when its ops are to be applied. */
  receive(message: Message): boolean {
    const ack = message.ack ?? 0;
    this.#done = Math.max(this.#done, doneOf(message));
    while (this.#unacked[0] && this.#unacked[0][0] <= ack) this.#unacked.shift();
    if (message.nack) this.resend();
    const seq = message.seq ?? 0;
    if (!seq) return false;
    if (message.reset && seq > this.seqIn) this.seqIn = seq - 1; // it stands for all that was before
    if (seq === this.seqIn + 1) {
      this.seqIn = seq;
      this.#owed += message.ops.some((op) => op.op === "data") ? 2 : 1;
      return true;
    }
    if (seq > this.seqIn) this.#transmit({ v: VERSION, seq: 0, ack: this.seqIn, ops: [], nack: true }, []);
    else this.#owed++;
    return false;
  }

  /** Greet over a new transport. */
  hello(transport: Transport, hello: Hello): void {
    this.transport = transport;
    this.#greeting = true;
    this.#transmit({ v: VERSION, seq: 0, ack: 0, ops: [], hello }, []);
  }

  /** Python has answered the hello: only now is it known which numbers it goes by. */
  welcomed(): void {
    this.#greeting = false;
  }

  /** Say what we have got, and send again what may have been lost. */
  touch(): void {
    this.#transmit({ v: VERSION, seq: 0, ack: this.seqIn, ops: [] }, []);
    this.resend();
  }

  /** Ask for a sign of life: an ack at least. */
  ask(): void {
    this.#transmit({ v: VERSION, seq: 0, ack: this.seqIn, ops: [], ask: true }, []);
  }

  /** Send again whatever was not acknowledged. */
  resend(): void {
    for (const [, message, buffers] of this.#unacked) this.#transmit({ ...message, ack: this.seqIn }, buffers);
  }

  /** Begin again: Python does not know us (any more). */
  restart(): void {
    this.seqOut = this.seqIn = this.#owed = this.#others = this.#done = 0;
    this.#queue = [];
    this.#tail.clear();
    this.#unacked = [];
    this.#local.clear();
  }

  /** Send the queue: in one message, or in as many as it takes. What cannot be sent at all is left out. */
  #sendQueue(most: number): void {
    const ops = this.#queue.flatMap(split);
    this.#queue = [];
    this.#others = 0;
    this.#tail.clear();
    const refused: [ClientOp, unknown][] = [];
    let batch: Batch | null = this.#begin();
    for (let i = 0; batch !== null && i < ops.length; ) {
      const op = ops[i] as ClientOp;
      try {
        if (this.#put(batch, op, most)) {
          i++;
          continue;
        }
      } catch (err) {
        refused.push([op, err]);
        if (op.op === "set") ops[i] = { op: "restore", id: op.id, names: Object.keys(op.props) };
        else i++;
        continue;
      }
      this.#end(batch);
      batch = this.#unacked.length < WINDOW ? this.#begin() : null;
      if (batch === null) for (const left of ops.splice(i)) this.#queueAgain(left);
    }
    if (batch !== null) this.#end(batch);
    for (const [op, err] of refused) this.#unsendable(op, err);
  }

  #begin(): Batch {
    return { seq: ++this.seqOut, ops: [], buffers: [], bytes: ENVELOPE };
  }

  #end({ seq, ops, buffers }: Batch): void {
    const message: ClientMessage = { v: VERSION, seq, ack: this.seqIn, ops };
    this.#unacked.push([seq, message, buffers]);
    this.#transmit(message, buffers);
  }

  /** Put an op into a message; false when there is no room left. Throws when it cannot be sent. */
  #put(batch: Batch, op: ClientOp, most: number): boolean {
    const before = batch.buffers.length;
    let fits = false;
    try {
      const encoded = this.#encode(op, batch.buffers, batch.seq);
      const bytes = most === Infinity ? 0 : weigh(encoded, batch.buffers.slice(before));
      if (ENVELOPE + bytes > most) checkRefusable(op, bytes, most);
      fits = !batch.ops.length || batch.bytes + bytes <= most;
      if (fits) {
        batch.bytes += bytes;
        const last = batch.ops.at(-1);
        if (encoded.op === "set" && last?.op === "set" && last.id === encoded.id && last.origin === encoded.origin) {
          Object.assign(last.props, encoded.props);
        } else batch.ops.push(encoded);
      }
    } finally {
      if (!fits) batch.buffers.length = before;
    }
    return fits;
  }

  /** There was no room for it: it waits on, before what comes next. */
  #queueAgain(op: ClientOp): void {
    if (op.op === "set") {
      for (const [name, value] of Object.entries(op.props)) this.queueSet(op.id, name, value, op.origin);
      return;
    }
    if (op.op === "call") this.#local.set(`call.${op.call}`, Infinity);
    this.#others++;
    this.#tail.clear();
    this.#queue.push(op);
  }

  #encode(op: ClientOp, buffers: Uint8Array[], seq: number): ClientOp {
    const dict = (values: Record<string, unknown>): Record<string, unknown> =>
      Object.fromEntries(Object.entries(values).map(([k, v]) => [k, encodeValue(v, buffers, k)]));
    switch (op.op) {
      case "set":
        for (const name of Object.keys(op.props)) this.#local.set(`${op.id}.${name}`, seq);
        return { ...op, props: dict(op.props) };
      case "restore":
        for (const name of op.names) this.#local.set(`${op.id}.${name}`, seq);
        return op;
      case "emit":
        return { ...op, event: dict(op.event) };
      case "call":
        this.#local.set(`call.${op.call}`, seq);
        return {
          ...op,
          args: op.args.map((v, i) => encodeValue(v, buffers, `argument ${i}`)),
          ...(op.kwargs && { kwargs: dict(op.kwargs) }),
        };
      case "reply":
        if ("value" in op) return { ...op, value: encodeValue(op.value, buffers, "the answer") };
        if (!op.raised) return op;
        try {
          return { ...op, raised: encodeValue(op.raised, buffers) };
        } catch {
          return { ...op, raised: null }; // it holds what cannot cross
        }
      default:
        return op;
    }
  }

  #ack(): void {
    if (this.#owed) this.#transmit({ v: VERSION, seq: 0, ack: this.seqIn, ops: [] }, []);
  }

  #transmit(message: ClientMessage, buffers: Uint8Array[]): void {
    if (this.#greeting && !message.hello) return;
    this.#owed = 0;
    if (this.transport && !this.transport.send(message, buffers)) this.transport = null;
  }
}

/** A message that is being put together. */
interface Batch {
  seq: number;
  ops: ClientOp[];
  buffers: Uint8Array[];
  bytes: number;
}

/** Each property of a `set` by itself: one that cannot be sent does not hold up the others. */
function split(op: ClientOp): ClientOp[] {
  const names = op.op === "set" ? Object.entries(op.props) : [];
  return names.length < 2 ? [op] : names.map(([name, value]) => ({ ...op, props: { [name]: value } }) as ClientOp);
}

const utf8 = new TextEncoder();

function weigh(op: ClientOp, buffers: Uint8Array[]): number {
  return buffers.reduce((sum, b) => sum + b.byteLength + PER_BUFFER, utf8.encode(JSON.stringify(op)).byteLength + 1);
}

/** Throw for an op that is larger than the other end takes, if it is one that the page can do without. */
function checkRefusable(op: ClientOp, bytes: number, most: number): void {
  const name = op.op === "set" ? Object.keys(op.props)[0] : op.op === "emit" ? op.type : op.op === "call" ? op.name : "";
  const [what, then] =
    {
      set: [`the property '${name}'`, "It has Python's value again."],
      emit: [`the event '${name}'`, "It was dropped."],
      call: [`the arguments of ${name}()`, "Python was not called."],
      reply: ["the answer", "Python gets this error instead."],
      error: ["an error", "It is shown here only."],
    }[op.op as string] ?? [];
  if (!what) return;
  const sizes = `it has ${bytes.toLocaleString("en-US")} bytes, and the server takes ${most.toLocaleString("en-US")} at once`;
  throw pyError(
    "ValueError",
    `Cannot send ${what} to Python: ${sizes}. ${then} Send less, or run the server with a larger Limits(frame_bytes=...).`,
  );
}
