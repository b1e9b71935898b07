/**
 * Reliable, ordered batches to and from Python, whatever carries them.
 * Twin of jsmodel/channel.py; the rules are in docs/protocol.md.
 */

import { type ClientMessage, type ClientOp, encodeValue, type Hello, type Message, VERSION } from "./protocol";
import type { Transport } from "./transport";

const WINDOW = 8; // messages that may be on their way
const ACK_DELAY = 50; // ms; with nothing else to say
const ACK_EVERY = 4; // messages

type Queued = ClientOp & { raw?: true };

export class Channel {
  transport: Transport | null = null;
  seqIn = 0;
  seqOut = 0;
  #queue: Queued[] = [];
  #tail = new Map<string, Extract<ClientOp, { op: "set" }>>(); // the 'set' ops at the end of the queue, by model
  #unacked: [number, ClientMessage, Uint8Array[]][] = [];
  #local = new Map<string, number>(); // property -> the seq that carries our value; Infinity while it waits
  #owed = 0; // messages not acknowledged yet
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** Whether something of ours has not reached Python yet. */
  get waiting(): boolean {
    return this.#queue.length > 0 || this.#unacked.length > 0;
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

  /** Queue anything else, in order. */
  queue(op: ClientOp): void {
    this.#tail.clear();
    this.#queue.push(op);
  }

  /** Whether a value of Python's is older than ours, which Python has yet to see. */
  isOverruled(id: string, name: string): boolean {
    return this.#local.has(`${id}.${name}`);
  }

  /** Send what waits, as far as the window allows. */
  flush(): void {
    if (!this.transport) return;
    if (this.#queue.length && this.#unacked.length < WINDOW) {
      const ops = this.#queue;
      this.#queue = [];
      this.#tail.clear();
      const buffers: Uint8Array[] = [];
      const seq = ++this.seqOut;
      const encoded = ops.map((op) => this.#encode(op, buffers, seq));
      const message: ClientMessage = { v: VERSION, seq, ack: this.seqIn, ops: encoded };
      this.#unacked.push([seq, message, buffers]);
      this.#transmit(message, buffers);
    } else if (this.#owed >= ACK_EVERY) {
      this.#ack();
    } else if (this.#owed && this.#timer === null) {
      this.#timer = setTimeout(() => this.#ack(), ACK_DELAY);
    }
  }

  /** Take note of a message; true when its ops are to be applied. */
  receive(message: Message): boolean {
    if (message.reset) this.seqIn = (message.seq ?? 1) - 1;
    const ack = message.ack ?? 0;
    while (this.#unacked[0] && this.#unacked[0][0] <= ack) this.#unacked.shift();
    const done = message.done ?? ack;
    for (const [key, seq] of this.#local) if (seq <= done) this.#local.delete(key);
    if (message.nack) this.resend();
    const seq = message.seq ?? 0;
    if (!seq) return false;
    if (seq === this.seqIn + 1) {
      this.seqIn = seq;
      this.#owed++;
      return true;
    }
    if (seq > this.seqIn) this.#transmit({ v: VERSION, seq: 0, ack: this.seqIn, ops: [], nack: true }, []);
    else this.#owed++;
    return false;
  }

  /** Greet over a new transport. */
  hello(transport: Transport, hello: Hello): void {
    this.transport = transport;
    this.#transmit({ v: VERSION, seq: 0, ack: 0, ops: [], hello }, []);
  }

  /** Say what we have got, and send again what may have been lost. */
  touch(): void {
    this.#transmit({ v: VERSION, seq: 0, ack: this.seqIn, ops: [] }, []);
    this.resend();
  }

  /** Send again whatever was not acknowledged. */
  resend(): void {
    for (const [, message, buffers] of this.#unacked) this.#transmit({ ...message, ack: this.seqIn }, buffers);
  }

  /** Begin again: Python does not know us (any more). */
  restart(): void {
    this.seqOut = this.seqIn = this.#owed = 0;
    this.#queue = [];
    this.#tail.clear();
    this.#unacked = [];
    this.#local.clear();
  }

  #encode(op: Queued, buffers: Uint8Array[], seq: number): ClientOp {
    const dict = (values: Record<string, unknown>): Record<string, unknown> =>
      Object.fromEntries(Object.entries(values).map(([k, v]) => [k, encodeValue(v, buffers, k)]));
    switch (op.op) {
      case "set":
        for (const name of Object.keys(op.props)) this.#local.set(`${op.id}.${name}`, seq);
        return { ...op, props: dict(op.props) };
      case "emit":
        return { ...op, event: dict(op.event) };
      case "call":
        return { ...op, args: op.args.map((v, i) => encodeValue(v, buffers, `argument ${i}`)) };
      case "reply":
        return "value" in op ? { ...op, value: encodeValue(op.value, buffers) } : op;
      default:
        return op;
    }
  }

  #ack(): void {
    if (this.#owed) this.#transmit({ v: VERSION, seq: 0, ack: this.seqIn, ops: [] }, []);
  }

  #transmit(message: ClientMessage, buffers: Uint8Array[]): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#owed = 0;
    if (this.transport && !this.transport.send(message, buffers)) this.transport = null;
  }
}
