/**
 * What Python means, where JS means something else: called by transpiled code,
 * which jsmodel/transpile/lower/ makes. Names are Python's. Here is what every page needs:
 * what a widget calls, and a small handler. The rest comes with the code that uses it:
 * jsmodel/transpile/common.js and library.js.
 *
 * A tuple is a frozen array. A float that is whole cannot be told from an int.
 */

import { isPlain, typeName as nameOfType, pyError } from "./errors";
import { HasEvents } from "./hasevents";
import { late } from "./late";
import { Event } from "./loop";
import { before } from "./order";
import { same } from "./properties";

export { isPlain };

type Dict = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: what Python code passes is checked when it is used
type Any = any;
type Fn = (...args: Any[]) => unknown;

export const typeName = (x: Any): string => {
  if (ours(x)) return x._jsm_class.label;
  return isTuple(x) ? "tuple" : x instanceof Error ? x.name : typeof x === "function" ? (isClass(x) ? "type" : "function") : nameOfType(x);
};

export { late };

/** Whether `x`, a function, is a class of the user that is no Model. */
const isClass = (x: Any): boolean => x._jsm_class?.cls === x;
/** Whether `x` is an object of such a class, or an Enum: jsmodel/transpile/objects.js says what it does. */
export const ours = (x: Any): boolean =>
  (typeof x === "object" || typeof x === "function") && x !== null && !!x._jsm_class?.cls && (!isClass(x) || !!x._jsm_class.meta);
/** Call what came late. */
export const on = (what: string, ...args: unknown[]): Any => (late[what] as Fn)(...args);

/** What code waits for; std/asyncio.js keeps a list of that. */
export const hold = (x: unknown): unknown => (late.hold ? late.hold(x) : x);

// -- errors

/** An exception of Python, with its arguments. */
export function error(name: string, ...args: unknown[]): Error {
  const message = args.length > 1 ? repr(tuple_(...args)) : args.length === 0 ? "" : name === "KeyError" ? repr(args[0]) : str(args[0]);
  const err = pyError(name, message);
  Object.defineProperty(err, "args", { value: tuple_(...args), writable: true, configurable: true });
  return err;
}

export const typeError = (message: string): Error => error("TypeError", message);
const indexError = (what: string): Error => error("IndexError", `${what} index out of range`);

export function throw_(err: unknown, cause?: unknown): never {
  if (typeof err === "function" && err.prototype instanceof Error) err = new (err as new () => Error)();
  if (cause !== undefined && err instanceof Error) err.cause = cause;
  if (!(err instanceof Error)) throw typeError("exceptions must derive from BaseException");
  if (!err.stack) Object.defineProperty(err, "stack", { value: new Error().stack }); // of a class of the user's
  throw err;
}

/** Refuse a call with too few arguments. More are ignored: JS callers pass what they have. */
export function arity(given: number, wanted: number, name: string): void {
  if (given < wanted) throw typeError(`${name}() missing ${wanted - given} required positional argument${wanted - given > 1 ? "s" : ""}`);
}

// -- truth

/** Whether a value counts as true: empty lists, dicts and strings do not. */
export function truth(x: unknown): boolean {
  if (typeof x !== "object" || x === null)
    return typeof x === "number" ? x !== 0 : typeof x === "function" && ours(x) ? on("boolean", x) : !!x;
  if (Array.isArray(x) || ArrayBuffer.isView(x)) return (x as unknown as ArrayLike<unknown>).length > 0;
  if (x instanceof Map || x instanceof Set) return x.size > 0;
  if (ours(x)) return on("boolean", x);
  return !isPlain(x) || keys(x).length > 0;
}

export const bool = (x?: unknown): boolean => truth(x);
export const none = (x: unknown): boolean => x === null || x === undefined;

// -- comparisons

/** `a == b`. `not`: what is asked is `a != b`. */
export function eq(a: unknown, b: unknown, not?: boolean): boolean {
  if (a === b && typeof a !== "object") return true;
  if (ours(a) || ours(b)) return on("eq_ours", a, b, not);
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    if (none(a) && none(b)) return true;
    return typeof a !== typeof b && isNumber(a) && isNumber(b) && a >= b && a <= b; // exact, for a BigInt too
  }
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && Object.isFrozen(a) === Object.isFrozen(b) && a.every((x, i) => Object.is(x, b[i]) || eq(x, b[i]));
  if (isPlain(a) && isPlain(b)) {
    if (late.strange?.(a) || late.strange?.(b)) return on("eq_dicts", a, b);
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((k) => Object.hasOwn(b, k) && (Object.is(a[k], b[k]) || eq(a[k], b[k])));
  }
  return !Array.isArray(a) && !isPlain(a) && same(a, b);
}

export const isNumber = (x: unknown): x is number => typeof x === "number" || typeof x === "bigint" || typeof x === "boolean";

/** Negative, 0, positive or NaN; raises TypeError where Python does. */
export function compare(a: unknown, b: unknown, op: string): number {
  if (Array.isArray(a) && Array.isArray(b) && Object.isFrozen(a) === Object.isFrozen(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) if (!Object.is(a[i], b[i]) && !eq(a[i], b[i])) return compare(a[i], b[i], op);
    return a.length - b.length;
  }
  if (typeof a === "string" && typeof b === "string") return a === b ? 0 : before(a, b) ? -1 : 1;
  if ((isNumber(a) && isNumber(b)) || (a instanceof Date && b instanceof Date)) return a < b ? -1 : a > b ? 1 : a >= b ? 0 : Number.NaN;
  if (ours(a) || ours(b)) return on("order", a, b, op);
  const other = late.odd?.(op, a, b);
  if (other !== undefined) return other;
  throw typeError(`'${op}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

export const lt = (a: Any, b: Any): boolean => (typeof a === "number" && typeof b === "number" ? a < b : compare(a, b, "<") < 0);
export const le = (a: Any, b: Any): boolean => (typeof a === "number" && typeof b === "number" ? a <= b : compare(a, b, "<=") <= 0);
export const gt = (a: Any, b: Any): boolean => (typeof a === "number" && typeof b === "number" ? a > b : compare(a, b, ">") > 0);
export const ge = (a: Any, b: Any): boolean => (typeof a === "number" && typeof b === "number" ? a >= b : compare(a, b, ">=") >= 0);

// -- numbers

export function refuse(op: string, a: unknown, b: unknown): never {
  if (op === "+" && (typeof a === "string" || Array.isArray(a)))
    throw typeError(`can only concatenate ${typeName(a)} (not "${typeName(b)}") to ${typeName(a)}`);
  throw typeError(`unsupported operand type(s) for ${op}: '${typeName(a)}' and '${typeName(b)}'`);
}

/** The two as numbers; a bool is one. */
export function numbers(op: string, a: unknown, b: unknown): [number, number] {
  if (!isNumber(a) || !isNumber(b)) refuse(op, a, b);
  return [num(a), num(b)];
}

/** The largest integer that is exact; those of Python have no limit. */
const LIMIT = 2 ** 53;
/** A bool or a BigInt as a number. */
export function num(x: unknown): number {
  if (typeof x === "bigint" && (x > LIMIT || x < -LIMIT)) throw inexact();
  return Number(x);
}
export const isInt = (x: unknown): boolean =>
  typeof x === "number" ? Number.isInteger(x) && Math.abs(x) <= LIMIT : typeof x === "boolean" || typeof x === "bigint";

export const inexact = (): Error =>
  error("OverflowError", "integers beyond 2**53 are not exact in the browser: where a float is meant, use float()");

/** A result beyond the limit, of what may be floats: two integers raise. `known`: the limit itself is the right one. */
export function exact(r: number, a: number, b: number, float?: boolean, known?: boolean): number {
  if (!float && !(known && Math.abs(r) === LIMIT) && isInt(a) && isInt(b) && Math.abs(r) < Infinity) throw inexact();
  return r;
}

/** What bytes and other values of JS do. */
const odd = (op: string, a: unknown, b: unknown): unknown => late.odd?.(op, a, b) ?? refuse(op, a, b);

// What is rare stands by itself, so that the engine puts what is frequent right into the code that calls it.
export function add(a: Any, b: Any, float?: boolean): unknown {
  if (typeof a !== "number" || typeof b !== "number") return added(a, b);
  const r = a + b;
  return r < LIMIT && r > -LIMIT ? r : exact(r, a, b, float, r - a === b);
}

function added(a: Any, b: Any): unknown {
  if (typeof a === "string" && typeof b === "string") return joined(a, b);
  if (Array.isArray(a) && Array.isArray(b) && Object.isFrozen(a) === Object.isFrozen(b)) return like(a, [...a, ...b]);
  if (ours(a) || ours(b)) return on("op", "+", a, b);
  if (typeof a === "string" || Array.isArray(a)) refuse("+", a, b);
  return isNumber(a) && isNumber(b) ? add(num(a), num(b)) : odd("+", a, b);
}

/** Here and below: `i` says that it is `a -= b`. */
export function sub(a: Any, b: Any, i?: boolean, float?: boolean): Any {
  if (typeof a !== "number" || typeof b !== "number") return subtracted(a, b, i);
  const r = a - b;
  return r < LIMIT && r > -LIMIT ? r : exact(r, a, b, float, r + b === a);
}

function subtracted(a: Any, b: Any, i?: boolean): Any {
  if (ours(a) || ours(b)) return on(i ? "iop" : "op", "-", a, b);
  return sub(...numbers("-", a, b));
}

export function mul(a: Any, b: Any, float?: boolean): unknown {
  if (typeof a !== "number" || typeof b !== "number") return multiplied(a, b);
  const r = a * b + 0; // no -0: it would be the int 0
  return r < LIMIT && r > -LIMIT ? r : product(r, a, b, float);
}

const product = (r: number, a: number, b: number, float?: boolean): number => exact(r, a, b, float, Math.log2(Math.abs(a)) % 1 === 0);

function multiplied(a: Any, b: Any): unknown {
  if (ours(a) || ours(b)) return on("op", "*", a, b);
  if (typeof b === "string" || Array.isArray(b)) [a, b] = [b, a];
  if (typeof a === "string" && isInt(b)) return a.repeat(Math.max(0, Number(b)));
  if (Array.isArray(a) && isInt(b))
    return like(
      a,
      Array(Math.max(0, Number(b)))
        .fill(a)
        .flat(),
    );
  return isNumber(a) && isNumber(b) ? mul(num(a), num(b)) : odd("*", a, b);
}

/** `a += b`: a list is extended in place. */
export function iadd(a: Any, b: Any): unknown {
  if (typeof a === typeof b && typeof a !== "object" && typeof a !== "function") return add(a, b);
  if (ours(a) || ours(b)) return on("iop", "+", a, b);
  if (!Array.isArray(a) || Object.isFrozen(a)) return add(a, b);
  for (const x of [...iterate(b)]) a.push(x);
  return a;
}

/** `b` for a division by it. */
export function divisor(b: number): number {
  if (b === 0) throw error("ZeroDivisionError", "division by zero");
  return b;
}

export function div(a: unknown, b: unknown, i?: boolean): Any {
  if (ours(a) || ours(b)) return on(i ? "iop" : "op", "/", a, b);
  const [x, y] = numbers("/", a, b);
  return x / divisor(y);
}

/** What an object says that it is as a number. */
export const converted = (x: unknown, names: string[], words: string, whole = false): number => {
  if (ours(x)) return on("number_ours", x, names, words, whole);
  throw typeError(words);
};

export function int(x: unknown = 0, base: number | null = null): number {
  if (typeof x === "string") {
    const radix = base ?? 10;
    const mark = { 16: "x", 8: "o", 2: "b" }[radix];
    let text = clean(x);
    if (mark) text = text.replace(new RegExp(`^([+-]?)0${mark}`, "i"), "$1");
    const digits = "0123456789abcdefghijklmnopqrstuvwxyz".slice(0, radix);
    if (!new RegExp(`^[+-]?[${digits}]+$`, "i").test(text))
      throw error("ValueError", `invalid literal for int() with base ${radix}: ${repr(x)}`);
    const value = Number.parseInt(text, radix);
    if (Math.abs(value) > LIMIT) throw inexact();
    return value + 0;
  }
  if (base !== null) throw typeError("int() can't convert non-string with explicit base");
  if (!isNumber(x))
    return converted(
      x,
      ["__int__", "__index__"],
      `int() argument must be a string, a bytes-like object or a real number, not '${typeName(x)}'`,
      true,
    );
  if (Number.isNaN(x)) throw error("ValueError", "cannot convert float NaN to integer");
  if (typeof x === "number" && !Number.isFinite(x)) throw error("OverflowError", "cannot convert float infinity to integer");
  const value = Math.trunc(num(x)) + 0;
  if (Math.abs(value) > LIMIT) throw inexact();
  return value;
}

/** What Python takes for space, in a pattern's brackets. */
export const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

/** The text of a number, without space around it and underscores between its digits. */
const clean = (x: string): string =>
  x.replace(new RegExp(`^[${SPACE}]+|(?<![${SPACE}])[${SPACE}]+$`, "gu"), "").replace(/(?<=[\da-z])_(?=[\da-z])/gi, "");

export function float(x: unknown = 0): number {
  if (isNumber(x)) return Number(x);
  if (typeof x !== "string")
    return converted(x, ["__float__", "__index__"], `float() argument must be a string or a real number, not '${typeName(x)}'`);
  const text = clean(x);
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (special) return special[2]?.toLowerCase() === "nan" ? Number.NaN : special[1] === "-" ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw error("ValueError", `could not convert string to float: ${repr(x)}`);
  return Number(text);
}

// -- sequences

export const frozen = Object.freeze; // makes an array that nobody else has a tuple
export const tuple_ = (...xs: unknown[]): readonly unknown[] => frozen(xs);
export const list_ = (...xs: unknown[]): unknown[] => xs;
export const isTuple = (x: unknown): x is unknown[] => Array.isArray(x) && Object.isFrozen(x);
/** A new array: a tuple if the other one is. */
export const like = (x: unknown, items: unknown[]): unknown[] => (isTuple(x) ? (Object.freeze(items) as unknown[]) : items);

let lastText = "";
let lastWide = false;
const isWide = (x: string): boolean => /[\ud800-\udbff]/.test(x);

/** A string, as something whose elements are characters of Python: those beyond the first plane are two in JS. */
export function chars(x: string): string | string[] {
  if (x !== lastText) [lastText, lastWide] = [x, isWide(x)];
  return lastWide ? [...x] : x;
}

/** `a + b`. What is known of a text that grows, and was looked at, is kept: to look again at all of it takes long. */
function joined(a: string, b: string): string {
  const text = a + b;
  if (a === lastText) [lastText, lastWide] = [text, lastWide || isWide(b)];
  return text;
}

/** A generator that 'break' does not close. */
function open(x: Iterator<unknown>): Iterable<unknown> {
  const it = { next: () => x.next(), [Symbol.iterator]: () => it };
  return it;
}

/** Anything that can be looped over, as it is. */
export function lazy(x: Any): Iterable<unknown> {
  if (typeof x === "object" && x !== null) {
    if (Array.isArray(x)) return x;
    if (x instanceof Map) return x.keys();
    if (Symbol.iterator in x) return x.return ? open(x) : x;
    if (ours(x)) return on("looped", x);
    if (isPlain(x)) return late.loop_dict?.(x) ?? keys(x);
    if ("length" in x) return Array.from(x as ArrayLike<unknown>);
    if (!(x instanceof HasEvents || x instanceof Error || Symbol.asyncIterator in x)) return Object.keys(x);
  }
  if (typeof x === "string") return x;
  if (typeof x === "function" && ours(x)) return on("looped", x);
  throw typeError(`'${typeName(x)}' object is not iterable`);
}

/** The elements of anything that Python can iterate over, as an array. */
export const iterate = (x: unknown): unknown[] => (Array.isArray(x) ? x : [...lazy(x)]);

export function len(x: Any): number {
  if (typeof x === "string") return chars(x).length;
  if (ours(x)) return on("len_ours", x);
  if (typeof x === "object" && x !== null) {
    if (x instanceof Map || x instanceof Set) return x.size;
    if (isPlain(x)) return keys(x).length;
    if (typeof x.length === "number") return x.length;
  }
  throw typeError(`object of type '${typeName(x)}' has no len()`);
}

type Indexed = { [i: number]: unknown; length: number };
export const isIndexed = (x: unknown): x is Indexed => Array.isArray(x) || (ArrayBuffer.isView(x) && "length" in x);

export function position(x: { length: number }, i: unknown, what: string): number {
  const words = what === "string" ? `, not '${typeName(i)}'` : ` or slices, not ${typeName(i)}`;
  const n = isInt(i) ? Number(i) : converted(i, ["__index__"], `${what.replace(/ .*/, "")} indices must be integers${words}`, true);
  const at = n < 0 ? n + x.length : n;
  if (!(at >= 0 && at < x.length)) throw indexError(what);
  return at;
}

export const getitem = (x: Any, key: Any): unknown =>
  typeof key === "number"
    ? Array.isArray(x) && key >>> 0 === key && key < x.length
      ? x[key]
      : item(x, key)
    : typeof key === "string" && x?.constructor === Object && Object.hasOwn(x, key)
      ? x[key]
      : item(x, key);

function item(x: Any, key: Any): unknown {
  const part = ours(key) && late.part_of?.(key);
  if (part && !ours(x)) return on("slice", x, ...part);
  if (Array.isArray(x)) return x[position(x, key, typeName(x))];
  if (typeof x === "string") {
    const all = chars(x);
    return all[position(all, key, "string")];
  }
  if (isIndexed(x)) return x[position(x, key, "array")];
  if (isPlain(x) ? typeof key === "string" && Object.hasOwn(x, key) : x instanceof Map && x.has(key))
    return x instanceof Map ? x.get(key) : x[key];
  if (isPlain(x) && late.lookup) return late.lookup(x, key);
  if (isPlain(x) || x instanceof Map) throw error("KeyError", key);
  if (ours(x)) return on("item", x, "__getitem__", "is not subscriptable", key);
  if (typeof x !== "object" || x === null || x._jsm_class || typeof x.next === "function")
    throw typeError(`'${typeName(x)}' object is not subscriptable`);
  if (!(key in x)) throw error("KeyError", key);
  return x[key];
}

export const list = (x: unknown = []): unknown[] => [...iterate(x)];
export const tuple = (x: unknown = []): readonly unknown[] => (isTuple(x) ? x : tuple_(...iterate(x)));

// -- dicts

/** Of dicts with keys that are no str, or like '1', which JS puts first: jsmodel/transpile/keys.js. */
export const orders = new WeakMap<object, { keys(): string[] }>();

export const keys = (d: Dict): string[] => orders.get(d)?.keys() ?? Object.keys(d);

export function put(d: Dict, key: unknown, value: unknown): void {
  // A digit, or the '_' of __proto__.
  if (typeof key !== "string" || key < ":" || key[0] === "_" || orders.has(d)) on("put_any", d, key, value);
  else d[key] = value;
}

/** A dict of alternating keys and values; keyword arguments of built-ins, too. */
export function options(...pairs: unknown[]): Dict {
  const out: Dict = {};
  for (let i = 0; i < pairs.length; i += 2) put(out, pairs[i], pairs[i + 1]);
  return out;
}

export function print(...args: unknown[]): null {
  console.log(args.map(str).join(" "));
  return null;
}

// -- methods of str, list and dict

/** The methods that Python knows; filled when code that may call one comes. */
export const STR: Record<string, Fn> = Object.create(null);
export const LIST: Record<string, Fn> = Object.create(null);
export const DICT: Record<string, Fn> = Object.create(null);

/** The method that Python knows, of a str, list, tuple or dict. A function that a JS object has goes before it. */
export function method(x: Any, name: string): ((x: Any, ...args: unknown[]) => unknown) | null {
  const table = typeof x === "string" ? STR : Array.isArray(x) ? LIST : isPlain(x) ? DICT : late.table?.(x, name);
  const found = table?.[name] as Fn | undefined;
  if (!found || (table === DICT && typeof x[name] === "function")) return null;
  return isTuple(x) && name !== "count" && name !== "index" ? null : found;
}

export const noAttribute = (x: Any, name: string): Error =>
  error(
    "AttributeError",
    `${typeof x === "function" && isClass(x) ? `type object '${x._jsm_class.label}'` : `'${typeName(x)}' object`} has no attribute '${name}'`,
  );

// -- text

export function str(x: unknown = ""): string {
  if (typeof x === "string") return x;
  if (ours(x)) return on("text", x, "__str__");
  if (x instanceof Error) return x.message;
  return repr(x);
}

export function repr(x: unknown): string {
  if (none(x)) return "None";
  if (typeof x === "boolean") return x ? "True" : "False";
  if (typeof x === "number") return number(x);
  if (typeof x === "string") {
    const quote = x.includes("'") && !x.includes('"') ? '"' : "'";
    const escaped = (c: string): string => {
      const code = c.codePointAt(0) as number;
      if (c === " " || ((c === "'" || c === '"') && c !== quote)) return c;
      const short = ({ "\n": "n", "\r": "r", "\t": "t", "\\": "\\", [quote]: quote } as Record<string, string>)[c];
      return `\\${short ?? (code < 256 ? `x${hexed(code, 2)}` : code < 65536 ? `u${hexed(code, 4)}` : `U${hexed(code, 8)}`)}`;
    };
    return quote + x.replace(/[\\\p{C}\p{Z}'"]/gu, escaped) + quote;
  }
  if (ours(x)) return on("text", x, "__repr__");
  if (Array.isArray(x)) {
    const items = within(x, () => x.map(repr).join(", "));
    return isTuple(x) ? `(${items}${x.length === 1 ? "," : ""})` : `[${items}]`;
  }
  if (x instanceof Error)
    return `${x.name}(${iterate((x as Any).args ?? [x.message])
      .map(repr)
      .join(", ")})`;
  if (x instanceof Event) {
    const fields = keys(x).map((k) => (k === "type" ? repr(x.type) : k === "source" ? "" : `${k}=${repr(x[k])}`));
    return `<Event ${fields.filter(Boolean).join(" ")}>`;
  }
  if (isPlain(x))
    return `{${within(x, () =>
      keys(x)
        .map((k) => `${repr(k)}: ${repr(getitem(x, k))}`)
        .join(", "),
    )}}`;
  if (typeof x === "bigint") return String(x);
  const named = x as { _jsm_title?(): string };
  return named._jsm_title ? `<${named._jsm_title()}>` : (late.shown ?? String)(x);
}

const shown: unknown[] = [];

/** The text of what is in something, or dots where we are in it already. */
export function within(x: unknown, text: () => string): string {
  if (shown.includes(x)) return "...";
  shown.push(x);
  try {
    return text();
  } finally {
    shown.pop();
  }
}

const hexed = (code: number, n: number): string => code.toString(16).padStart(n, "0");

/** At least two digits in the exponent, as Python writes it. */
export const exponent = (t: string): string => t.replace(/e([+-])(\d)$/, "e$10$2");

/** The text of a number. A whole one beyond the limit can only be a float. */
export function number(x: number): string {
  const size = Math.abs(x);
  if (Number.isInteger(x) && size < 1e16) return String(x) + (size > LIMIT ? ".0" : "");
  if (!(size < Infinity)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  return exponent(size < 1e-4 || size >= 1e16 ? x.toExponential() : String(x));
}

// -- objects

export const KINDS = new Map<unknown, (x: unknown) => boolean>([
  [bool, (x) => typeof x === "boolean"],
  [int, isInt],
  [float, (x) => typeof x === "number" && !isInt(x)],
  [str, (x) => typeof x === "string"],
  [tuple, isTuple],
  [list, (x) => Array.isArray(x) && !Object.isFrozen(x)],
]);

export function isinstance(x: unknown, kind: unknown): boolean {
  if (Array.isArray(kind)) return kind.some((k) => isinstance(x, k));
  const check = KINDS.get(kind);
  if (check) return check(x);
  if (typeof kind !== "function") throw typeError(`isinstance() arg 2 must be a type, a tuple of types, or a union`);
  return x instanceof (kind as new () => unknown);
}

const bounded = new WeakMap<object, Map<string, Fn>>();

/** A method as a value: it keeps its object, and is the same each time. If the class is upgraded, it is the new one that runs. */
function bind(x: Any, f: Fn, name: string): Fn {
  const all = bounded.get(x) ?? new Map<string, Fn>();
  const late: Fn = (...args) => (Object.getPrototypeOf(x)[name] ?? f).apply(x, args);
  const owner = x instanceof HasEvents && x;
  const found =
    all.get(name) ?? Object.defineProperty(Object.assign(late, { _jsm_of: f, _jsm_self: owner, _jsm_me: x }), "name", { value: name });
  bounded.set(x, all.set(name, found));
  return found;
}

/** `x.name`, which is `value`; JS objects give undefined for what they do not have, Python's raise. */
export const attr = (x: Any, value: Any, name: string): unknown =>
  value !== undefined && typeof value !== "function" ? value : attribute(x, value, name);

function attribute(x: Any, value: Any, name: string): unknown {
  if (value !== undefined && !(x instanceof HasEvents || ours(x)) && typeof x === "object" && !isPlain(x) && !Array.isArray(x))
    return value;
  if (value === undefined || typeof x === "string" || Array.isArray(x)) {
    const found = method(x, name);
    if (found) return (...args: unknown[]) => on("call", x, name, ...args);
    const other = late.attribute?.(x, name);
    if (other !== undefined) return other;
    if (
      value === undefined &&
      !none(x) &&
      (name in Object(x) ||
        (typeof x === "object" && !Array.isArray(x) && !(x instanceof HasEvents || x instanceof Error || x instanceof Event || ours(x))) ||
        (typeof x === "function" && !x._jsm_class && !late.is_type?.(x)))
    )
      return value;
    throw noAttribute(x, name);
  }
  if (x instanceof HasEvents && x._jsm_class.handlers.has(name)) return x._jsm_handler(name)?.face;
  const isMethod =
    x instanceof HasEvents
      ? !/^class\b/.test(String(value))
      : ours(x) && name in Object.getPrototypeOf(x) && (x._jsm_class.names?.get(name) ?? "method") === "method";
  return isMethod && !Object.hasOwn(x, name) ? bind(x, value, name) : value;
}
