/**
 * The messages, and how values travel in them.
 * Twin of jsmodel/protocol.py; both are described in docs/protocol.md.
 */

import { brief, isPlain, pyError } from "./errors";
import { keys, orders } from "./py";

export const VERSION = 1;

export interface Asset {
  name: string;
  hash: string;
  kind: "js" | "module" | "css" | "file";
  /** Where it lies; or else the code, or the data of a file. */
  url?: string;
  code?: string;
  data?: unknown;
  /** The MIME type of a file. */
  type?: string;
  integrity?: string;
  /** It changes the page as a whole: one client loads it for all. */
  once?: boolean;
}

export interface ModelState {
  id: string;
  cls: string;
  props: Record<string, unknown>;
  attrs: Record<string, unknown>;
  listen: string[];
}

/** What Python may say. */
export type Op =
  | ({ op: "define" } & Asset)
  | { op: "create"; models: ModelState[] }
  | { op: "set"; id: string; props: Record<string, unknown> }
  | { op: "emit"; id: string; type: string; event: Record<string, unknown> }
  | { op: "listen"; id: string; types: string[] }
  | { op: "call"; id: string; name: string; args: unknown[]; kwargs?: Record<string, unknown>; call: number }
  | { op: "reply"; call: number; value?: unknown; error?: string; type?: string; raised?: unknown }
  | Data
  | { op: "forget"; hashes: string[] }
  | { op: "dispose"; ids: string[] }
  | { op: "error"; id: string | null; title: string; text: string; prop: string | null; of?: number; js?: boolean; lost?: boolean }
  | { op: "bye"; reason: string };

/** A piece of what Python's send_data sends, or the address of all of it. */
export interface Data {
  op: "data";
  id: string;
  transfer: number;
  call: number;
  at?: number;
  size?: number;
  chunk?: unknown;
  url?: unknown;
  meta?: Record<string, unknown>;
}

/** Gives the model of an id; `link` the address of a file, by its hash. */
export interface Find {
  (id: string): unknown;
  link?(hash: string): string;
}

/** What a client may say. */
export type ClientOp =
  | { op: "set"; id: string; props: Record<string, unknown>; origin: "js" | "user" }
  | { op: "emit"; id: string; type: string; event: Record<string, unknown>; origin?: "user" }
  | { op: "listen"; id: string; types: string[] }
  | { op: "call"; id: string; name: string; args: unknown[]; kwargs?: Record<string, unknown>; call: number }
  | { op: "reply"; call: number; value?: unknown; error?: string; errors?: Failure[]; raised?: unknown; id: string; calls?: number[] }
  | { op: "restore"; id: string; names: string[] }
  | { op: "view"; id: string; open: boolean }
  | { op: "dispose"; ids: string[] }
  | { op: "error"; id: string | null; title: string; number: number; errors: Failure[]; calls: number[]; lost?: string | undefined }
  | { op: "bye"; reason: string };

/** An error: the name of its exception, what it says, and its stack. Those that caused it follow. */
export type Failure = [name: string, message: string, stack: string];

export interface Hello {
  client: string | null;
  session: string | null;
  seen: number;
  have: string[];
  ticket?: string | null;
  turn?: number;
  lane?: boolean;
  inline?: boolean;
}

export interface Welcome {
  session: string;
  client: string;
  resumed: boolean;
  root: string | null;
  lane?: boolean;
}

export interface Message {
  v: number;
  seq?: number;
  ack?: number;
  done?: number;
  ops: Op[];
  reset?: boolean;
  nack?: boolean;
  welcome?: Welcome;
  lens?: number[];
}

export interface ClientMessage {
  v: number;
  seq: number;
  ack: number;
  ops: ClientOp[];
  hello?: Hello;
  nack?: boolean;
  ask?: boolean;
  lens?: number[];
}

// -- frames of a websocket

const utf8 = new TextEncoder();
const text = new TextDecoder("utf-8", { fatal: true });
const pad = (n: number): number => -n & 7;

/** One binary frame: length, JSON, buffers, each at a multiple of 8 bytes. */
export function encodeFrame(message: ClientMessage, buffers: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const json = utf8.encode(JSON.stringify(buffers.length ? { ...message, lens: buffers.map((b) => b.byteLength) } : message));
  let size = 8 + json.length + pad(json.length);
  for (const b of buffers) size += b.byteLength + pad(b.byteLength);
  const frame = new Uint8Array(size);
  new DataView(frame.buffer).setUint32(0, json.length, true);
  frame.set(json, 8);
  frame.fill(32, 8 + json.length, 8 + json.length + pad(json.length));
  let at = 8 + json.length + pad(json.length);
  for (const b of buffers) {
    frame.set(b, at);
    at += b.byteLength + pad(b.byteLength);
  }
  return frame;
}

/** Take a frame apart; the buffers are views into it. */
export function decodeFrame(data: ArrayBuffer): [Message, Uint8Array[]] {
  const length = new DataView(data).getUint32(0, true);
  const message = JSON.parse(text.decode(new Uint8Array(data, 8, length))) as Message;
  let at = 8 + length + pad(length);
  const buffers = (message.lens ?? []).map((size) => {
    const buffer = new Uint8Array(data, at, size);
    at += size + pad(size);
    return buffer;
  });
  return [message, buffers];
}

// -- values

/** What stands for a Model on the wire. */
export interface Referable {
  id?: string;
  _jsm_wire?(): unknown;
}

const DTYPES: [string, new (b: ArrayBuffer, at: number, n: number) => ArrayBufferView, number][] = [
  ["uint8", Uint8Array, 1],
  ["int8", Int8Array, 1],
  ["uint16", Uint16Array, 2],
  ["int16", Int16Array, 2],
  ["uint32", Uint32Array, 4],
  ["int32", Int32Array, 4],
  ["float32", Float32Array, 4],
  ["float64", Float64Array, 8],
  ["int64", BigInt64Array, 8],
  ["uint64", BigUint64Array, 8],
  ["bool", Uint8Array, 1],
];

/** Turn a value into JSON-able data; bytes and arrays are appended to `buffers`. */
export function encodeValue(value: unknown, buffers: Uint8Array[], path = "", depth = 0): unknown {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case "boolean":
    case "string":
      return value;
    case "number":
      return Number.isFinite(value) ? value : { $: "f", v: Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf" };
    case "bigint":
      return { $: "i", v: String(value) };
    case "object":
      break;
    default:
      throw notSendable(value, path);
  }
  if (depth > 64) throw notSendable(value, path, "it is nested too deeply, or contains itself");
  if (Array.isArray(value)) {
    const items = value.map((v, i) => encodeValue(v, buffers, `${path}[${i}]`, depth + 1));
    return Object.isFrozen(value) ? { $: "t", v: items } : items;
  }
  const wire = (value as Referable)._jsm_wire?.();
  if (wire) return wire;
  if (value instanceof Date) return { $: "d", v: value.toISOString() };
  if (value instanceof ArrayBuffer) return encodeBytes(new Uint8Array(value), buffers);
  if (ArrayBuffer.isView(value)) return encodeArray(value as ArrayBufferView & { shape?: number[]; dtype?: string }, buffers);
  if (!isPlain(value)) throw notSendable(value, path);
  const names = keys(value);
  if (names.some((k) => typeof k !== "string")) throw notSendable(value, path, "it has keys that are no str");
  const each = (k: string): unknown => encodeValue(value[k], buffers, `${path}['${k}']`, depth + 1);
  if (names.includes("$") || names.includes("__proto__") || names.join() !== Object.keys(value).join())
    return { $: "o", v: names.map((k) => [k, each(k)]) };
  const out: Record<string, unknown> = {};
  for (const k of names) out[k] = each(k);
  return out;
}

function encodeBytes(bytes: Uint8Array, buffers: Uint8Array[]): unknown {
  buffers.push(bytes);
  return { $: "b", i: buffers.length - 1 };
}

function encodeArray(view: ArrayBufferView & { shape?: number[]; dtype?: string; length?: number }, buffers: Uint8Array[]): unknown {
  const { shape } = view;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (view instanceof DataView || (view instanceof Uint8Array && !shape)) return encodeBytes(bytes, buffers);
  const dtype = view.dtype ?? DTYPES.find(([, type]) => view instanceof type)?.[0] ?? "uint8";
  buffers.push(bytes);
  return { $: "a", i: buffers.length - 1, d: dtype, s: shape ?? [view.length] };
}

function notSendable(value: unknown, path: string, why = ""): Error {
  const where = path ? ` at ${path}` : "";
  return pyError(
    "TypeError",
    `Cannot send ${brief(value)}${where} to Python${why ? `: ${why}` : ""}. Only None, bool, numbers, str, bytes, lists, dicts with str keys, dates, typed arrays and Models cross over. Convert it first, or keep it in a JS-only property.`,
  );
}

/** Undo Python's `encode_value`. `find` gives the model of an id. */
export function decodeValue(value: unknown, buffers: Uint8Array[], find: Find): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((v) => decodeValue(v, buffers, find));
  const data = value as Record<string, unknown>;
  if (!("$" in data)) {
    const out: Record<string, unknown> = {};
    for (const key of Object.keys(data)) out[key] = decodeValue(data[key], buffers, find);
    return out;
  }
  switch (data.$) {
    case "f":
      return data.v === "nan" ? Number.NaN : data.v === "inf" ? Infinity : -Infinity;
    case "i":
      return BigInt(data.v as string);
    case "t":
      return Object.freeze((data.v as unknown[]).map((v) => decodeValue(v, buffers, find))); // as tuples are in transpiled code
    case "b":
      return buffers[data.i as number];
    case "a":
      return decodeArray(data, buffers);
    case "d":
      return new Date(data.v as string);
    case "m":
      return find(data.v as string) ?? null;
    case "u":
      return find.link?.(data.v as string) ?? null;
    case "o": {
      const out: Record<string, unknown> = {};
      const names: string[] = [];
      for (const [key, v] of data.v as [string, unknown][]) {
        names.push(key);
        Object.defineProperty(out, key, { value: decodeValue(v, buffers, find), enumerable: true, writable: true, configurable: true });
      }
      orders.set(out, { keys: () => [...new Set(names.concat(Object.keys(out)))].filter((key) => Object.hasOwn(out, key)) });
      return out;
    }
    default:
      throw new Error(
        `[jsmodel] A value of the unknown kind '${String(data.$)}' came. The page is older than the Python package. Reload it.`,
      );
  }
}

function decodeArray(data: Record<string, unknown>, buffers: Uint8Array[]): unknown {
  let bytes = buffers[data.i as number] as Uint8Array<ArrayBuffer>;
  const [, type, size] = DTYPES.find(([name]) => name === data.d) ?? (DTYPES[0] as (typeof DTYPES)[number]);
  if (bytes.byteOffset % size) bytes = bytes.slice();
  const array = new type(bytes.buffer, bytes.byteOffset, bytes.byteLength / size);
  return Object.assign(array, { shape: data.s, dtype: data.d });
}
