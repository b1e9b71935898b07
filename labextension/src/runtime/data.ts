/** What send_data sends: puts the pieces together, or downloads what they are the address of. Twin of jsmodel/transfer.py. */

import { pyError } from "./errors";
import type { Data } from "./protocol";

export type Received = [ArrayBuffer, unknown];

export class Incoming {
  // By model: what one gets comes one after the other, and pieces for others come between.
  #parts = new Map<string, { transfer: number; data: Uint8Array<ArrayBuffer>; meta: unknown; have: number }>();
  #last = new Map<string, number>(); // number of the newest transfer that came as a whole

  /** Take an op; gives the data and what goes with it, when all is there. */
  take(op: Data, decode: (value: unknown) => unknown): Received | Promise<Received> | null {
    if (op.url !== undefined) return download(String(decode(op.url)), decode(op.meta));
    const { id, transfer, at = 0, size = 0 } = op;
    if (transfer <= (this.#last.get(id) ?? 0)) return null; // sent again, since Python did not know that it had come
    if (at === 0) this.#parts.set(id, { transfer, data: new Uint8Array(size), meta: decode(op.meta), have: 0 });
    const part = this.#parts.get(id);
    if (part?.transfer !== transfer || part.have !== at) return null; // the rest of one that began before we did
    const chunk = decode(op.chunk) as Uint8Array;
    part.data.set(chunk, at);
    part.have += chunk.byteLength;
    if (part.have < size) return null;
    this.#parts.delete(id);
    this.#last.set(id, transfer);
    return [part.data.buffer, part.meta];
  }

  /** Its model is gone. */
  forget(id: string): void {
    this.#parts.delete(id);
    this.#last.delete(id);
  }
}

async function download(address: string, meta: unknown): Promise<Received> {
  const url = new URL(address, document.baseURI);
  const same = url.origin === location.origin;
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (!same && !["https:", "blob:", "data:"].includes(url.protocol) && !(url.protocol === "http:" && local)) {
    throw pyError("ValueError", `The page may not download data from '${address}'. Only https addresses are loaded. Change the address.`);
  }
  let why: unknown;
  try {
    const answer = await fetch(url, { credentials: same ? "same-origin" : "omit", redirect: same ? "follow" : "error" });
    if (answer.ok) return [await answer.arrayBuffer(), meta];
    why = `it answered ${answer.status}`;
  } catch (err) {
    why = err instanceof Error ? err.message : err;
  }
  throw pyError(
    "RuntimeError",
    `The data could not be downloaded from '${address.slice(0, 200)}': ${why}. Check the address, and whether that site lets other pages read it.`,
  );
}
