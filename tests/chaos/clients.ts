/**
 * Clients without a browser: the runtime of a page, over Node's own websocket.
 * Reads a command a line, and answers each with a line.
 */

import { createInterface } from "node:readline";
import vm from "node:vm";
import * as core from "../../labextension/src/runtime";
import type { Patience } from "../../labextension/src/transports/watch";
import { WebSocketTransport } from "../../labextension/src/transports/websocket";

type Traffic = core.Model & Record<string, any>;

// -- what a browser has, and Node has not

const page = new EventTarget();
let origin = "";

async function fetchScript(node: { src: string; onload(): void; onerror(): void }): Promise<void> {
  try {
    const reply = await fetch(new URL(node.src, `${origin}/`), { headers: { connection: "close" } });
    if (!reply.ok) throw new Error(String(reply.status));
    vm.runInThisContext(await reply.text(), { filename: node.src });
  } catch {
    return node.onerror();
  }
  node.onload();
}

const Native = globalThis.WebSocket as any;
Object.assign(globalThis, {
  jsmodel: core,
  document: Object.assign(page, {
    hidden: false,
    createElement: () => ({ dataset: {}, remove: () => undefined }),
    head: { append: (node: any) => void fetchScript(node) },
  }),
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
  WebSocket: class extends Native {
    constructor(url: string) {
      super(url, { headers: { origin } });
    }
  },
});
console.error = () => undefined; // tests look at the notes

// -- one page at a time

let session: core.ClientSession;
let transport: WebSocketTransport;
let notes: string[] = [];
let states: string[] = [];
let asked: unknown[] = [];

/** What is compared of much data: its length, its ends, and the sum of all. */
const ends = (data: Uint8Array): number[] => [data.length, data[0] ?? 0, data.at(-1) ?? 0, data.reduce((a, b) => a + b, 0)];
const model = (): Traffic => session.models.get(session.root as string) as Traffic;

const commands: Record<string, (options: any) => unknown> = {
  open({ url, ticket, patience, most }: { url: string; ticket: string; patience: Patience; most: number }) {
    origin = new URL(url).origin;
    notes = [];
    states = [];
    asked = [];
    const mine = new core.ClientSession();
    session = mine;
    core.enter(session.realm);
    session.ticket = ticket;
    session.errorWatchers.add((note) => notes.push(note.title));
    session.watchers.add(() => {
      if (states.at(-1) !== mine.status) states.push(mine.status);
    });
    transport = new WebSocketTransport(`${url.replace("http:", "ws:")}/ws`, session, patience, most);
  },
  close() {
    transport.close();
  },
  step({ n, size }: { n: number; size: number }) {
    const target = model();
    target.tick(n);
    target.right = n;
    if (size) target.up = new Uint8Array(size).fill(n % 256);
    target.py.ask(n).then(
      (value: unknown) => asked.push([n, value]),
      (err: Error) => asked.push([n, err.message]),
    );
  },
  happen({ type }: { type: string }) {
    page.dispatchEvent(new Event(type));
  },
  forgive() {
    notes = [];
  },
  look() {
    const { status, reason } = session;
    const seen = { status, reason, states, notes, asked, waiting: session.waiting };
    const target = session.root === null ? undefined : model();
    if (!target) return seen;
    const { left, right, down, up, heard, answered, got } = target;
    return { ...seen, left, right, heard, answered, down: down && ends(down), up: up && ends(up), got: got.map(([n, data]: [number, ArrayBuffer]) => [n, ends(new Uint8Array(data))]) };
  },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line);
  let value: unknown = null;
  let error: string | null = null;
  try {
    value = commands[command.do]?.(command) ?? null;
  } catch (err) {
    error = String((err as Error).stack);
  }
  process.stdout.write(`${JSON.stringify({ value, error })}\n`);
}).on("close", () => process.exit(0));
