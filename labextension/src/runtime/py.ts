/**
 * What Python means, where JS means something else: called by transpiled code,
 * which jsmodel/transpile/lower.py makes. Names are Python's.
 *
 * A tuple is a frozen array. A float that is whole cannot be told from an int.
 */

import { brief, isPlain, typeName as nameOfType, pyError } from "./errors";
import { HasEvents } from "./hasevents";
import { Event } from "./loop";
import { same } from "./properties";

type Dict = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: what Python code passes is checked when it is used
type Any = any;
type Fn = (...args: Any[]) => unknown;

const typeName = (x: unknown): string =>
  isTuple(x) ? "tuple" : x instanceof Error ? x.name : typeof x === "function" ? "function" : nameOfType(x);

// -- errors

/** An exception of Python, with its arguments. */
export function error(name: string, ...args: unknown[]): Error {
  const message = args.length > 1 ? repr(tuple_(...args)) : args.length === 0 ? "" : name === "KeyError" ? repr(args[0]) : str(args[0]);
  const err = pyError(name, message);
  Object.defineProperty(err, "args", { value: tuple_(...args), writable: true, configurable: true });
  return err;
}

const typeError = (message: string): Error => error("TypeError", message);
const indexError = (what: string): Error => error("IndexError", `${what} index out of range`);

export function throw_(err: unknown, cause?: unknown): never {
  if (cause !== undefined && err instanceof Error) err.cause = cause;
  throw err instanceof Error ? err : typeError("exceptions must derive from BaseException");
}

/** The name of the Python exception that an error is, or stands for. */
export function error_name(err: Error): string {
  if ("args" in err) return err.name;
  if (err.name === "RangeError" && /call stack/.test(err.message)) return "RecursionError";
  if (err.name === "ReferenceError") return "NameError";
  // What the engines say of x.foo() and x.foo = 1, where x has no foo, or is null.
  return err.name === "TypeError" && /\.[\w$]+ is not a function|propert|is (null|undefined)/.test(err.message)
    ? "AttributeError"
    : err.name;
}

/** Whether an error is one of those exceptions; '*' is any. */
export function catches(err: unknown, ...names: string[]): boolean {
  return err instanceof Error && (names.includes("*") || names.includes(error_name(err)));
}

/** Refuse a call with too few arguments. More are ignored: JS callers pass what they have. */
export function arity(given: number, wanted: number, name: string): void {
  if (given < wanted) throw typeError(`${name}() missing ${wanted - given} required positional argument${wanted - given > 1 ? "s" : ""}`);
}

export const last = <T>(_: unknown, x: T): T => x;

/** A local variable that may not be there yet. */
export function bound<T>(x: T, name: string): T {
  if (x === undefined) throw error("UnboundLocalError", `cannot access local variable '${name}' where it is not associated with a value`);
  return x;
}

// -- truth

/** Whether a value counts as true: empty lists, dicts and strings do not. */
export function truth(x: unknown): boolean {
  if (typeof x !== "object" || x === null) return typeof x === "number" ? x !== 0 : !!x;
  if (Array.isArray(x) || ArrayBuffer.isView(x)) return (x as unknown as ArrayLike<unknown>).length > 0;
  if (x instanceof Map || x instanceof Set) return x.size > 0;
  return !isPlain(x) || Object.keys(x).length > 0;
}

export const bool = (x?: unknown): boolean => truth(x);
export const none = (x: unknown): boolean => x === null || x === undefined;

// -- comparisons

/** `a == b`. */
export function eq(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    if (none(a) && none(b)) return true;
    return typeof a !== typeof b && isNumber(a) && isNumber(b) && Number(a) === Number(b);
  }
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && Object.isFrozen(a) === Object.isFrozen(b) && a.every((x, i) => Object.is(x, b[i]) || eq(x, b[i]));
  if (isPlain(a) && isPlain(b)) {
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((k) => Object.hasOwn(b, k) && eq(a[k], b[k]));
  }
  return !Array.isArray(a) && !isPlain(a) && same(a, b);
}

const isNumber = (x: unknown): x is number => typeof x === "number" || typeof x === "bigint" || typeof x === "boolean";

/** Negative, 0, positive or NaN; raises TypeError where Python does. */
function compare(a: unknown, b: unknown, op: string): number {
  if (Array.isArray(a) && Array.isArray(b) && Object.isFrozen(a) === Object.isFrozen(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) if (!Object.is(a[i], b[i]) && !eq(a[i], b[i])) return compare(a[i], b[i], op);
    return a.length - b.length;
  }
  if ((isNumber(a) && isNumber(b)) || (typeof a === "string" && typeof b === "string") || (a instanceof Date && b instanceof Date))
    return a < b ? -1 : a > b ? 1 : a >= b ? 0 : Number.NaN;
  throw typeError(`'${op}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

export const lt = (a: unknown, b: unknown): boolean => (typeof a === "number" && typeof b === "number" ? a < b : compare(a, b, "<") < 0);
export const le = (a: unknown, b: unknown): boolean => (typeof a === "number" && typeof b === "number" ? a <= b : compare(a, b, "<=") <= 0);
export const gt = (a: unknown, b: unknown): boolean => (typeof a === "number" && typeof b === "number" ? a > b : compare(a, b, ">") > 0);
export const ge = (a: unknown, b: unknown): boolean => (typeof a === "number" && typeof b === "number" ? a >= b : compare(a, b, ">=") >= 0);

/** `x in box`. */
export function contains(x: unknown, box: unknown): boolean {
  if (typeof box === "string") {
    if (typeof x !== "string") throw typeError(`'in <string>' requires string as left operand, not ${typeName(x)}`);
    return box.includes(x);
  }
  if (box instanceof Map || box instanceof Set) return box.has(x);
  if (isPlain(box)) return typeof x === "string" && Object.hasOwn(box, x);
  return iterate(box).some((v) => Object.is(v, x) || eq(v, x));
}

// -- numbers

function refuse(op: string, a: unknown, b: unknown): never {
  throw typeError(`unsupported operand type(s) for ${op}: '${typeName(a)}' and '${typeName(b)}'`);
}

/** The two as numbers; a bool is one. */
function numbers(op: string, a: unknown, b: unknown): [number, number] {
  if (!isNumber(a) || !isNumber(b)) refuse(op, a, b);
  return [Number(a), Number(b)];
}

function integers(op: string, a: unknown, b: unknown): [number, number] {
  if (!isInt(a) || !isInt(b)) refuse(op, a, b);
  return [Number(a), Number(b)];
}

const isInt = (x: unknown): boolean => Number.isInteger(x) || typeof x === "boolean" || typeof x === "bigint";

export function add(a: Any, b: Any): unknown {
  if (typeof a === "number" && typeof b === "number") return a + b;
  if (typeof a === "string" && typeof b === "string") return a + b;
  if (Array.isArray(a) && Array.isArray(b) && Object.isFrozen(a) === Object.isFrozen(b)) return like(a, [...a, ...b]);
  if (typeof a === "string") throw typeError(`can only concatenate str (not "${typeName(b)}") to str`);
  const [x, y] = numbers("+", a, b);
  return x + y;
}

export function sub(a: Any, b: Any): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [x, y] = numbers("-", a, b);
  return x - y;
}

export function mul(a: Any, b: Any): unknown {
  if (typeof a === "number" && typeof b === "number") return a * b + 0; // no -0: it would be the int 0
  if (typeof b === "string" || Array.isArray(b)) [a, b] = [b, a];
  if (typeof a === "string" && isInt(b)) return a.repeat(Math.max(0, Number(b)));
  if (Array.isArray(a) && isInt(b))
    return like(
      a,
      Array(Math.max(0, Number(b)))
        .fill(a)
        .flat(),
    );
  const [x, y] = numbers("*", a, b);
  return x * y + 0;
}

/** `a += b`: a list is extended in place. */
export function iadd(a: Any, b: Any): unknown {
  if (!Array.isArray(a) || Object.isFrozen(a)) return add(a, b);
  for (const x of [...iterate(b)]) a.push(x);
  return a;
}

export function imul(a: Any, b: Any): unknown {
  const out = mul(a, b);
  if (!Array.isArray(a) || Object.isFrozen(a)) return out;
  a.splice(0, a.length, ...(out as unknown[]));
  return a;
}

/** `b` for a division by it. */
function divisor(b: number): number {
  if (b === 0) throw error("ZeroDivisionError", "division by zero");
  return b;
}

export function div(a: unknown, b: unknown): number {
  const [x, y] = numbers("/", a, b);
  return x / divisor(y);
}

export function mod(a: unknown, b: unknown): unknown {
  if (typeof a === "string") return percent(a, isTuple(b) ? b : [b]);
  const [x, y] = numbers("%", a, b);
  const r = x % divisor(y);
  return (r !== 0 && r < 0 !== y < 0 ? r + y : r) + 0;
}

export function floordiv(a: unknown, b: unknown): number {
  const [x, y] = numbers("//", a, b);
  const q = (x - (mod(x, y) as number)) / y; // whole, but for the last bit
  return Math.round(q) + 0;
}

export const divmod = (a: unknown, b: unknown): unknown => tuple_(floordiv(a, b), mod(a, b));

export function pow(a: unknown, b: unknown): number {
  const [x, y] = numbers("** or pow()", a, b);
  if (x === 0 && y < 0) divisor(0);
  const out = x ** y;
  if (Number.isNaN(out) && !Number.isNaN(x + y)) throw error("ValueError", "complex numbers are not known in the browser");
  if (!Number.isFinite(out) && Number.isFinite(x) && Number.isFinite(y)) throw error("OverflowError", "Numerical result out of range");
  return out;
}

/** Bits of integers up to 2**53; JS itself would cut them to 32. */
function bits(op: string, a: unknown, b: unknown, f: (x: bigint, y: bigint) => bigint): unknown {
  const [x, y] = integers(op, a, b);
  if (op.length > 1 && y < 0) throw error("ValueError", "negative shift count");
  const out = op === "<<" && y > 99 && x !== 0 ? Infinity : Number(f(BigInt(x), BigInt(op.length > 1 ? Math.min(y, 99) : y)));
  if (Math.abs(out) > 2 ** 53) throw error("OverflowError", "integers beyond 2**53 are not exact in the browser");
  return typeof a === "boolean" && typeof b === "boolean" && op.length === 1 ? out === 1 : out;
}

const small = (a: unknown, b: unknown): boolean => (a as number) === ((a as number) | 0) && (b as number) === ((b as number) | 0);
export const bitand = (a: Any, b: Any): unknown => (small(a, b) ? a & b : bits("&", a, b, (x, y) => x & y));
export const bitor = (a: Any, b: Any): unknown => (small(a, b) ? a | b : bits("|", a, b, (x, y) => x | y));
export const bitxor = (a: Any, b: Any): unknown => (small(a, b) ? a ^ b : bits("^", a, b, (x, y) => x ^ y));
export const lshift = (a: unknown, b: unknown): unknown => bits("<<", a, b, (x, y) => x << y);
export const rshift = (a: unknown, b: unknown): unknown => bits(">>", a, b, (x, y) => x >> y);

function operand(op: string, x: unknown, ok: boolean): number {
  if (!ok) throw typeError(`bad operand type for ${op}: '${typeName(x)}'`);
  return Number(x);
}

export const neg = (x: unknown): number => 0 - operand("unary -", x, isNumber(x));
export const pos = (x: unknown): number => operand("unary +", x, isNumber(x));
export const invert = (x: unknown): number => -operand("unary ~", x, isInt(x)) - 1;
export const abs = (x: unknown): number => Math.abs(operand("abs()", x, isNumber(x)));

/** An integer, for range() and the like. */
export function index(x: unknown): number {
  if (!isInt(x)) throw typeError(`'${typeName(x)}' object cannot be interpreted as an integer`);
  return Number(x);
}

export function round(x: unknown, digits: number | null = null): number {
  const value = operand("round()", x, isNumber(x));
  if (digits === null && !Number.isFinite(value)) int(value); // raises
  const factor = digits !== null && digits < 0 ? 10 ** -digits : 1;
  return Number.isFinite(value) ? Number(decimals(value / factor, Math.max(0, digits ?? 0))) * factor + 0 : value;
}

/** `x.toFixed(p)`, or toExponential, but a tie goes to the even digit, as in Python. */
function decimals(x: number, p: number, method: "toFixed" | "toExponential" = "toFixed"): string {
  if (method === "toFixed" && Math.abs(x) >= 1e21) return BigInt(x) + (p ? `.${"0".repeat(p)}` : "");
  const [exact = "", power] = x[method](Math.min(100, p + 30)).split("e");
  const kept = exact.slice(0, -30);
  if (!/^50*$/.test(exact.slice(-30)) || !/[02468]\.?$/.test(kept)) return x[method](p);
  return kept.replace(/\.$/, "") + (power ? `e${power}` : "");
}

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
    if (Math.abs(value) > 2 ** 53) throw error("OverflowError", "integers beyond 2**53 are not exact in the browser");
    return value + 0;
  }
  if (base !== null) throw typeError("int() can't convert non-string with explicit base");
  if (!isNumber(x)) throw typeError(`int() argument must be a string, a bytes-like object or a real number, not '${typeName(x)}'`);
  if (Number.isNaN(x)) throw error("ValueError", "cannot convert float NaN to integer");
  if (typeof x === "number" && !Number.isFinite(x)) throw error("OverflowError", "cannot convert float infinity to integer");
  return Math.trunc(Number(x)) + 0;
}

const clean = (x: string): string => strip(x).replace(/(?<=[\da-z])_(?=[\da-z])/gi, "");

export function float(x: unknown = 0): number {
  if (isNumber(x)) return Number(x);
  if (typeof x !== "string") throw typeError(`float() argument must be a string or a real number, not '${typeName(x)}'`);
  const text = clean(x);
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (special) return special[2]?.toLowerCase() === "nan" ? Number.NaN : special[1] === "-" ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw error("ValueError", `could not convert string to float: ${repr(x)}`);
  return Number(text);
}

const based = (x: unknown, base: number, mark: string): string => (index(x) < 0 ? "-" : "") + mark + Math.abs(index(x)).toString(base);
export const hex = (x: unknown): string => based(x, 16, "0x");
export const oct = (x: unknown): string => based(x, 8, "0o");
export const bin = (x: unknown): string => based(x, 2, "0b");

export function chr(x: unknown): string {
  const code = index(x);
  if (code < 0 || code > 0x10ffff) throw error("ValueError", "chr() arg not in range(0x110000)");
  return String.fromCodePoint(code);
}

export function ord(x: unknown): number {
  if (typeof x !== "string" || len(x) !== 1)
    throw typeError(`ord() expected a character, but ${typeof x === "string" ? `string of length ${len(x)}` : typeName(x)} found`);
  return x.codePointAt(0) as number;
}

// -- sequences

export const tuple_ = (...xs: unknown[]): readonly unknown[] => Object.freeze(xs);
export const list_ = (...xs: unknown[]): unknown[] => xs;
const isTuple = (x: unknown): x is unknown[] => Array.isArray(x) && Object.isFrozen(x);
/** A new array: a tuple if the other one is. */
const like = (x: unknown, items: unknown[]): unknown[] => (isTuple(x) ? (Object.freeze(items) as unknown[]) : items);

let [lastText, lastWide] = ["", false];

/** A string, as something whose elements are characters of Python: those beyond the first plane are two in JS. */
function chars(x: string): string | string[] {
  if (x !== lastText) [lastText, lastWide] = [x, /[\ud800-\udbff]/.test(x)];
  return lastWide ? [...x] : x;
}

/** The position in Python's characters of one in JS's. */
const place = (x: string, at: number): number => (at < 0 ? at : chars(x.slice(0, at)).length);

/** Anything that can be looped over, as it is. */
export function lazy(x: Any): Iterable<unknown> {
  if (typeof x === "object" && x !== null) {
    if (x instanceof Map) return x.keys();
    if (Symbol.iterator in x) return x;
    if (isPlain(x)) return keys(x);
    if ("length" in x) return Array.from(x as ArrayLike<unknown>);
    if (!(x instanceof HasEvents || x instanceof Error || x instanceof Event)) return Object.keys(x);
  }
  if (typeof x === "string") return x;
  throw typeError(`'${typeName(x)}' object is not iterable`);
}

/** The elements of anything that Python can iterate over, as an array. */
export const iterate = (x: unknown): unknown[] => (Array.isArray(x) ? x : [...lazy(x)]);

export function len(x: Any): number {
  if (typeof x === "string") return chars(x).length;
  if (typeof x === "object" && x !== null) {
    if (x instanceof Map || x instanceof Set) return x.size;
    if (isPlain(x)) return Object.keys(x).length;
    if ("length" in x) return x.length;
  }
  throw typeError(`object of type '${typeName(x)}' has no len()`);
}

type Indexed = { [i: number]: unknown; length: number };
const isIndexed = (x: unknown): x is Indexed => Array.isArray(x) || (ArrayBuffer.isView(x) && "length" in x);

function position(x: { length: number }, i: unknown, what: string): number {
  if (!isInt(i)) throw typeError(`${what} indices must be integers or slices, not ${typeName(i)}`);
  const at = Number(i) < 0 ? Number(i) + x.length : Number(i);
  if (!(at >= 0 && at < x.length)) throw indexError(what);
  return at;
}

export function getitem(x: Any, key: Any): unknown {
  if (Array.isArray(x)) return typeof key === "number" && key in x ? x[key] : x[position(x, key, typeName(x))];
  if (typeof x === "string") {
    const all = chars(x);
    return all[position(all, key, "string")];
  }
  if (isIndexed(x)) return x[position(x, key, "array")];
  if (isPlain(x) ? typeof key === "string" && Object.hasOwn(x, key) : x instanceof Map && x.has(key))
    return x instanceof Map ? x.get(key) : x[key];
  if (isPlain(x) || x instanceof Map) throw error("KeyError", key);
  if (typeof x !== "object" || x === null) throw typeError(`'${typeName(x)}' object is not subscriptable`);
  if (!(key in x)) throw error("KeyError", key);
  return x[key];
}

export function setitem(x: Any, key: Any, value: unknown): void {
  if (isTuple(x) || typeof x !== "object" || x === null) throw typeError(`'${typeName(x)}' object does not support item assignment`);
  if (isIndexed(x)) x[position(x, key, "list assignment")] = value;
  else if (x instanceof Map) x.set(key, value);
  else if (isPlain(x)) put(x, key, value);
  else x[key] = value;
}

export function delitem(x: Any, key: Any): void {
  if (isTuple(x) || typeof x !== "object" || x === null) throw typeError(`'${typeName(x)}' object doesn't support item deletion`);
  if (Array.isArray(x)) x.splice(position(x, key, "list assignment"), 1);
  else if (x instanceof Map ? !x.delete(key) : typeof key !== "string" || !Object.hasOwn(x, key)) throw error("KeyError", key);
  else if (!(x instanceof Map)) drop(x, key);
}

function bounds(n: number, start: unknown, stop: unknown, step: number): [number, number] {
  const clip = (i: unknown, otherwise: number): number => {
    if (none(i)) return otherwise;
    if (!isInt(i)) throw typeError("slice indices must be integers or None or have an __index__ method");
    const at = Number(i) < 0 ? Number(i) + n : Number(i);
    return step < 0 ? Math.max(-1, Math.min(n - 1, at)) : Math.max(0, Math.min(n, at));
  };
  return step < 0 ? [clip(start, n - 1), clip(stop, -1)] : [clip(start, 0), clip(stop, n)];
}

export function slice(x: unknown, start: unknown, stop: unknown, step: number | null = null): unknown {
  if (step === 0) throw error("ValueError", "slice step cannot be zero");
  const all = typeof x === "string" ? chars(x) : (x as unknown[]);
  if (typeof all !== "string" && !isIndexed(all)) throw typeError(`'${typeName(x)}' object is not subscriptable`);
  const by = step ?? 1;
  const [from, to] = bounds(all.length, start, stop, by);
  let part: Any = [];
  if (by === 1) part = all.slice(from, Math.max(from, to));
  else for (let i = from; by > 0 ? i < to : i > to; i += by) part.push(all[i]);
  return typeof x === "string" ? (typeof part === "string" ? part : part.join("")) : Array.isArray(x) ? like(x, part) : part;
}

export function setslice(x: Any, start: unknown, stop: unknown, step: number | null, values: unknown): void {
  if (isTuple(x) || !Array.isArray(x)) throw typeError(`'${typeName(x)}' object does not support item assignment`);
  if (step !== null && step !== 1) throw error("ValueError", "a slice with a step cannot be assigned to in the browser");
  const [from, to] = bounds(x.length, start, stop, 1);
  x.splice(from, Math.max(0, to - from), ...iterate(values));
}

/** The `n` elements of `x`; with `after`, a list of what is between the first n and the last ones. */
export function unpack(x: unknown, n: number, after?: number): unknown[] {
  const items = typeof x === "object" && x !== null ? iterate(x) : typeof x === "string" ? [...x] : null;
  if (!items) throw typeError(`cannot unpack non-iterable ${typeName(x)} object`);
  const got = items.length;
  const wanted = n + (after ?? 0);
  const expected = after === undefined ? wanted : `at least ${wanted}`;
  if (got < wanted) throw error("ValueError", `not enough values to unpack (expected ${expected}, got ${got})`);
  if (after !== undefined) return [...items.slice(0, n), items.slice(n, got - after), ...items.slice(got - after)];
  if (got > wanted) throw error("ValueError", `too many values to unpack (expected ${n})`);
  return items;
}

export const list = (x: unknown = []): unknown[] => [...iterate(x)];
export const tuple = (x: unknown = []): readonly unknown[] => (isTuple(x) ? x : tuple_(...iterate(x)));

export function range(a: unknown, b?: unknown, step: unknown = 1): number[] {
  const [start, stop, by] = [b === undefined ? 0 : index(a), index(b === undefined ? a : b), index(step)];
  if (by === 0) throw error("ValueError", "range() arg 3 must not be zero");
  const out: number[] = [];
  for (let i = start; by > 0 ? i < stop : i > stop; i += by) out.push(i);
  return out;
}

export const enumerate = (x: unknown, start = 0): unknown[] => iterate(x).map((v, i) => tuple_(i + start, v));
export const reversed = (x: unknown): unknown[] => [...iterate(x)].reverse();
export const map = (f: Fn, ...xs: unknown[]): unknown[] => zip(...xs).map((args) => f(...args));
export const filter = (f: Fn | null, x: unknown): unknown[] => [...iterate(x)].filter((v) => truth(f === null ? v : f(v)));

export function any(x: unknown): boolean {
  for (const v of lazy(x)) if (truth(v)) return true;
  return false;
}

export function all(x: unknown): boolean {
  for (const v of lazy(x)) if (!truth(v)) return false;
  return true;
}

export function sum(x: unknown, start: unknown = 0): unknown {
  if (typeof start === "string") throw typeError("sum() can't sum strings [use ''.join(seq) instead]");
  return iterate(x).reduce(add, start);
}

export function zip(...xs: unknown[]): (readonly unknown[])[] {
  const lists = xs.map(iterate);
  const n = lists.length ? Math.min(...lists.map((l) => l.length)) : 0;
  return range(n).map((i) => tuple_(...lists.map((l) => l[i])));
}

function ordered(items: unknown[], key?: Fn | null, reverse?: unknown): unknown[] {
  const keyed = items.map((v) => [key ? key(v) : v, v] as const);
  const sign = truth(reverse) ? -1 : 1;
  return keyed.sort((a, b) => sign * compare(a[0], b[0], "<") || 0).map(([, v]) => v);
}

function best(op: string, args: unknown[], key?: Fn | null, fallback?: unknown): unknown {
  const items = args.length === 1 ? iterate(args[0]) : args;
  if (!items.length) {
    if (fallback !== undefined) return fallback;
    throw error("ValueError", `${op === "<" ? "min" : "max"}() arg is an empty sequence`);
  }
  const by = key ?? ((v: unknown): unknown => v);
  let found = items[0];
  let foundKey = by(found);
  for (const v of items.slice(1)) {
    const now = by(v);
    const order = compare(now, foundKey, op);
    if (op === "<" ? order < 0 : order > 0) [found, foundKey] = [v, now];
  }
  return found;
}

export const sorted = (x: unknown): unknown[] => ordered([...iterate(x)]);
export const min = (...args: unknown[]): unknown => best("<", args);
export const max = (...args: unknown[]): unknown => best(">", args);

// -- dicts: their keys are strings, and keep their order

const orders = new WeakMap<object, string[]>(); // of dicts with keys like '1', which JS puts first

function keys(d: Dict): string[] {
  const order = orders.get(d);
  if (!order) return Object.keys(d);
  return [...new Set([...order.filter((k) => Object.hasOwn(d, k)), ...Object.keys(d)])];
}

function put(d: Dict, key: unknown, value: unknown): void {
  if (typeof key !== "string") throw typeError(`dict keys must be str in the browser, not ${typeName(key)}: use window.Map`);
  if (!Object.hasOwn(d, key)) {
    if (/^\d+$/.test(key) && !orders.has(d)) orders.set(d, Object.keys(d));
    orders.get(d)?.push(key);
  }
  if (key === "__proto__") Object.defineProperty(d, key, { value, enumerable: true, writable: true, configurable: true });
  else d[key] = value;
}

function drop(d: Dict, key: string): unknown {
  const value = d[key];
  delete d[key];
  const order = orders.get(d);
  order?.splice(order.indexOf(key), 1);
  return value;
}

function update(d: Dict, x: unknown): null {
  if (isPlain(x)) for (const key of keys(x)) put(d, key, x[key]);
  else
    for (const pair of iterate(x)) {
      const [key, value] = unpack(pair, 2);
      put(d, key, value);
    }
  return null;
}

export function dict(x: unknown = {}): Dict {
  const out: Dict = {};
  update(out, x);
  return out;
}

/** A dict of alternating keys and values; keyword arguments of built-ins, too. */
export function options(...pairs: unknown[]): Dict {
  const out: Dict = {};
  for (let i = 0; i < pairs.length; i += 2) put(out, pairs[i], pairs[i + 1]);
  return out;
}

// -- keyword arguments of built-ins

export const sorted_kw = (o: Any, x: unknown): unknown[] => ordered([...iterate(x)], o.key, o.reverse);
export const min_kw = (o: Any, ...args: unknown[]): unknown => best("<", args, o.key, o.default);
export const max_kw = (o: Any, ...args: unknown[]): unknown => best(">", args, o.key, o.default);
export const enumerate_kw = (o: Any, x: unknown): unknown[] => enumerate(x, o.start);
export const sum_kw = (o: Any, x: unknown): unknown => sum(x, o.start);
export const round_kw = (o: Any, x: number): number => round(x, o.ndigits);
export const int_kw = (o: Any, x: unknown): number => int(x, o.base);
export const sort_kw = (o: Any, x: Any): unknown => call(x, "sort", o.key ?? null, o.reverse ?? false);

export function zip_kw(o: Any, ...xs: unknown[]): unknown {
  const out = zip(...xs);
  if (truth(o.strict) && xs.some((x) => iterate(x).length !== out.length)) throw error("ValueError", "zip() arguments differ in length");
  return out;
}

export function print_kw(o: Any, ...args: unknown[]): null {
  console.log(args.map(str).join(o.sep ?? " ") + (o.end ?? "\n").replace(/\n$/, ""));
  return null;
}

export const print = (...args: unknown[]): null => print_kw({}, ...args);

// -- methods of str, list and dict

const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const LINE = "\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029";
const strings = (...xs: unknown[]): void => {
  for (const x of xs) if (typeof x !== "string") throw typeError(`must be str, not ${typeName(x)}`);
};

function strip(x: string, what: string | null = null, ends = 3): string {
  if (what !== null) strings(what);
  const set = what === null ? SPACE : what.replace(/[\\\]^-]/g, "\\$&");
  if (!set) return x;
  const side = (n: number, pattern: string): string => (ends & n ? pattern : "(?!)");
  return x.replace(new RegExp(`${side(1, `^[${set}]+`)}|${side(2, `(?<![${set}])[${set}]+$`)}`, "gu"), "");
}

/** Where `sub` is in x[start:end], or -1. */
function find(x: string, sub: string, start: unknown = null, end: unknown = null, way: "indexOf" | "lastIndexOf" = "indexOf"): number {
  strings(sub);
  if (none(start) && none(end)) return place(x, x[way](sub));
  const [from, to] = bounds(len(x), start, end, 1);
  if (from > to || Number(start) > len(x)) return -1;
  const part = slice(x, from, to) as string;
  const at = place(part, part[way](sub));
  return at < 0 ? at : at + from;
}

function found(at: number): number {
  if (at < 0) throw error("ValueError", "substring not found");
  return at;
}

function split(x: string, sep: string | null = null, limit = -1, from: "left" | "right" = "left"): string[] {
  if (sep === "") throw error("ValueError", "empty separator");
  if (sep !== null) strings(sep);
  const text = sep === null ? strip(x) : x;
  const gap = new RegExp(sep === null ? `[${SPACE}]+` : sep.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), "gu");
  const cuts = [...text.matchAll(gap)];
  if (sep === null && !text) return [];
  const use = limit < 0 ? cuts : from === "left" ? cuts.slice(0, limit) : cuts.slice(Math.max(0, cuts.length - limit));
  let at = 0;
  const out = use.map((m) => {
    const part = text.slice(at, m.index);
    at = m.index + m[0].length;
    return part;
  });
  out.push(text.slice(at));
  if (sep === null && limit >= 0) {
    // What is left over keeps its outer space.
    if (from === "left" && use.length < cuts.length + (limit === 0 ? 1 : 0)) out[out.length - 1] += x.slice(strip(x, null, 2).length);
    if (from === "right" && use.length < cuts.length + (limit === 0 ? 1 : 0))
      out[0] = x.slice(0, x.length - strip(x, null, 1).length) + out[0];
  }
  return out;
}

function pad(x: string, width: unknown, fill: string, left: (n: number, w: number) => number): string {
  if (len(fill) !== 1) throw typeError("The fill character must be exactly one character long");
  const n = Math.max(0, index(width) - len(x));
  const before = left(n, Number(width));
  return fill.repeat(before) + x + fill.repeat(n - before);
}

/** Whether x[start:end] begins, or ends, with one of some strings. */
function edge(x: string, what: unknown, start: unknown, end: unknown, test: "startsWith" | "endsWith"): boolean {
  if (Number(start) > len(x)) return false;
  const part = none(start) && none(end) ? x : (slice(x, start, end) as string);
  const all = isTuple(what) ? what : [what];
  strings(...all);
  return all.some((w) => part[test](w as string));
}

const test = (pattern: RegExp) => (x: string) => pattern.test(x);
const capital = (x: string): string => {
  const [first = "", ...rest] = x;
  return first.toUpperCase() + rest.join("").toLowerCase();
};
const title = (x: string): string => x.replace(/\p{L}+/gu, capital);
const cased = (x: string): boolean => x.toLowerCase() !== x.toUpperCase();

const STR: Record<string, (x: string, ...args: Any[]) => unknown> = {
  capitalize: capital,
  center: (x, width, fill = " ") => pad(x, width, fill, (n, w) => (n >> 1) + (n & w & 1)),
  count: (x, sub, start = null, end = null) => {
    strings(sub);
    const part = slice(x, start, end) as string;
    return sub === "" ? (Number(start) > len(x) ? 0 : len(part) + 1) : part.split(sub).length - 1;
  },
  endswith: (x, what, start = null, end = null) => edge(x, what, start, end, "endsWith"),
  find: (x, sub, start = null, end = null) => find(x, sub, start, end),
  format: (x, ...args) => format(x, args),
  index: (x, sub, start = null, end = null) => found(find(x, sub, start, end)),
  isalnum: test(/^[\p{L}\p{N}]+$/u),
  isalpha: test(/^\p{L}+$/u),
  isdecimal: test(/^\p{Nd}+$/u),
  isdigit: test(/^[\p{Nd}\xb2\xb3\xb9\u2070\u2074-\u2079\u2080-\u2089]+$/u),
  islower: (x) => cased(x) && x === x.toLowerCase(),
  isnumeric: test(/^\p{N}+$/u),
  isspace: test(new RegExp(`^[${SPACE}]+$`)),
  istitle: (x) => cased(x) && x === title(x),
  isupper: (x) => cased(x) && x === x.toUpperCase(),
  join: (x, parts) =>
    iterate(parts)
      .map((p, i) => {
        if (typeof p !== "string") throw typeError(`sequence item ${i}: expected str instance, ${typeName(p)} found`);
        return p;
      })
      .join(x),
  ljust: (x, width, fill = " ") => pad(x, width, fill, () => 0),
  lower: (x) => x.toLowerCase(),
  lstrip: (x, what = null) => strip(x, what, 1),
  partition: (x, sep) => {
    const at = sep === "" ? split(x, sep) && 0 : x.indexOf(sep);
    return at < 0 ? tuple_(x, "", "") : tuple_(x.slice(0, at), sep, x.slice(at + sep.length));
  },
  removeprefix: (x, what) => (edge(x, what, null, null, "startsWith") ? x.slice(what.length) : x),
  removesuffix: (x, what) => (what && edge(x, what, null, null, "endsWith") ? x.slice(0, -what.length) : x),
  replace: (x, old, by, count = -1) => {
    strings(old, by);
    let left = count < 0 ? Infinity : count;
    return x.replaceAll(old, () => (left-- > 0 ? by : old));
  },
  rfind: (x, sub, start = null, end = null) => find(x, sub, start, end, "lastIndexOf"),
  rindex: (x, sub, start = null, end = null) => found(find(x, sub, start, end, "lastIndexOf")),
  rjust: (x, width, fill = " ") => pad(x, width, fill, (n) => n),
  rpartition: (x, sep) => {
    const at = sep === "" ? split(x, sep) && 0 : x.lastIndexOf(sep);
    return at < 0 ? tuple_("", "", x) : tuple_(x.slice(0, at), sep, x.slice(at + sep.length));
  },
  rsplit: (x, sep = null, limit = -1) => split(x, sep, limit, "right"),
  rstrip: (x, what = null) => strip(x, what, 2),
  split: (x, sep = null, limit = -1) => split(x, sep, limit),
  splitlines: (x, keep = false) => {
    if (truth(keep)) throw error("ValueError", "splitlines(True) is not known in the browser");
    const lines = x.split(new RegExp(`\\r\\n|[${LINE}]`));
    if (lines.at(-1) === "") lines.pop();
    return lines;
  },
  startswith: (x, what, start = null, end = null) => edge(x, what, start, end, "startsWith"),
  strip: (x, what = null) => strip(x, what),
  swapcase: (x) => [...x].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(""),
  title,
  upper: (x) => x.toUpperCase(),
  zfill: (x, width) => {
    const sign = /^[+-]/.exec(x)?.[0] ?? "";
    return sign + pad(x.slice(sign.length), index(width) - sign.length, "0", (n) => n);
  },
};

/** None, whatever JS gave. */
const done = (_: unknown): null => null;

const LIST: Record<string, (x: unknown[], ...args: Any[]) => unknown> = {
  append: (x, v) => done(x.push(v)),
  clear: (x) => done(x.splice(0)),
  copy: (x) => [...x],
  count: (x, v) => x.filter((w) => Object.is(v, w) || eq(v, w)).length,
  extend: (x, other) => done(iadd(x, other)),
  index: (x, v, start = null, stop = null) => {
    const [from, to] = bounds(x.length, start, stop, 1);
    const at = x.findIndex((w, i) => i >= from && i < to && (Object.is(v, w) || eq(v, w)));
    if (at < 0) throw error("ValueError", `${repr(v)} is not in list`);
    return at;
  },
  insert: (x, at, v) => done(x.splice(bounds(x.length, index(at), null, 1)[0], 0, v)),
  pop: (x, at = -1) => {
    if (!x.length) throw error("IndexError", "pop from empty list");
    return x.splice(position(x, at, "pop"), 1)[0];
  },
  remove: (x, v) => {
    const at = x.findIndex((w) => Object.is(v, w) || eq(v, w));
    if (at < 0) throw error("ValueError", "list.remove(x): x not in list");
    x.splice(at, 1);
    return null;
  },
  reverse: (x) => done(x.reverse()),
  sort: (x, key: Fn | null = null, reverse = false) => done(x.splice(0, x.length, ...ordered([...x], key, reverse))),
};

const own = (d: Dict, key: unknown): key is string => typeof key === "string" && Object.hasOwn(d, key);

const DICT: Record<string, (d: Dict, ...args: Any[]) => unknown> = {
  clear: (d) => {
    for (const key of keys(d)) drop(d, key);
    return null;
  },
  copy: dict,
  get: (d, key, otherwise = null) => (own(d, key) ? d[key] : otherwise),
  items: (d) => keys(d).map((key) => tuple_(key, d[key])),
  keys,
  pop: (d, key, ...otherwise) => {
    if (own(d, key)) return drop(d, key);
    if (otherwise.length) return otherwise[0];
    throw error("KeyError", key);
  },
  popitem: (d) => {
    const key = keys(d).pop();
    if (key === undefined) throw error("KeyError", "popitem(): dictionary is empty");
    return tuple_(key, drop(d, key));
  },
  setdefault: (d, key, value = null) => {
    if (!own(d, key)) put(d, key, value);
    return d[key as string];
  },
  update,
  values: (d) => keys(d).map((key) => d[key]),
};

/** The method that Python knows, of a str, list, tuple or dict. A function that a JS object has goes before it. */
function method(x: Any, name: string): ((x: Any, ...args: unknown[]) => unknown) | null {
  const table = typeof x === "string" ? STR : Array.isArray(x) ? LIST : isPlain(x) ? DICT : null;
  if (!table || !Object.hasOwn(table, name)) return null;
  if (table === DICT && Object.hasOwn(x, name) && typeof x[name] === "function") return null;
  return isTuple(x) && name !== "count" && name !== "index" ? null : (table[name] as Fn);
}

const noAttribute = (x: unknown, name: string): Error => error("AttributeError", `'${typeName(x)}' object has no attribute '${name}'`);

/** `x.name(...args)`, where `name` is a method of str, list or dict. */
export function call(x: Any, name: string, ...args: unknown[]): unknown {
  const found = method(x, name);
  if (found) {
    arity(args.length, found.length - 1, `${typeName(x)}.${name}`);
    return found(x, ...args);
  }
  if (none(x) || isTuple(x) || typeof x[name] !== "function" || typeof x === "string") throw noAttribute(x, name);
  return x[name](...args);
}

// -- text

export function str(x: unknown = ""): string {
  if (typeof x === "string") return x;
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
  if (Array.isArray(x)) {
    const items = x.map(repr).join(", ");
    return isTuple(x) ? `(${items}${x.length === 1 ? "," : ""})` : `[${items}]`;
  }
  if (x instanceof Error)
    return `${x.name}(${iterate((x as Any).args ?? [x.message])
      .map(repr)
      .join(", ")})`;
  if (isPlain(x))
    return `{${keys(x)
      .map((k) => `${repr(k)}: ${repr(x[k])}`)
      .join(", ")}}`;
  if (typeof x === "bigint") return String(x);
  const named = x as { _jsm_title?(): string };
  return named._jsm_title ? `<${named._jsm_title()}>` : String(x);
}

const hexed = (code: number, n: number): string => code.toString(16).padStart(n, "0");

/** At least two digits in the exponent, as Python writes it. */
const exponent = (t: string): string => t.replace(/e([+-])(\d)$/, "e$10$2");

function number(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  if (Number.isInteger(x) && Math.abs(x) < 1e21) return BigInt(x).toString();
  return exponent(Math.abs(x) < 1e-4 ? x.toExponential() : String(x));
}

export const concat = (...parts: unknown[]): string => parts.join("");

/** `format(value, spec)`, Python's mini-language. */
export function format_value(value: unknown, spec: string): string {
  if (!spec) return str(value);
  const m = /^(?:(.)?([<>=^]))?([+\- ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su.exec(spec);
  const numeric = isNumber(value);
  const bad = (why: string): never => {
    throw error("ValueError", why);
  };
  if (!m) return bad(`Invalid format specifier '${spec}' for object of type '${typeName(value)}'`);
  if (!numeric && typeof value !== "string") throw typeError(`unsupported format string passed to ${typeName(value)}.__format__`);
  const [, fill, align, sign, alt, zeros, width, comma, precision, type] = m;
  let text: string;
  let head = "";
  if (numeric) {
    const x = Number(value);
    const whole = /[bcdoxX]/.test(type ?? "");
    if (!/^[bcdeEfFgGnoxX%]?$/.test(type ?? "") || (whole && !isInt(value)))
      bad(`Unknown format code '${type}' for object of type '${typeName(value)}'`);
    if (whole && precision !== undefined) bad("Precision not allowed in integer format specifier");
    if ((comma && (zeros || /[bcnoxX]/.test(type ?? ""))) || (alt && !/[boxX]/.test(type ?? "")))
      bad(`the format '${spec}' is not known in the browser`);
    head = x < 0 || Object.is(x, -0) ? "-" : sign === "+" || sign === " " ? sign : "";
    [text, head] = digits(Math.abs(x), type, precision, head, !!alt);
    if (comma) text = text.replace(/^\d+/, (d) => d.replace(/\B(?=(\d{3})+$)/g, comma));
  } else {
    if (type && type !== "s") bad(`Unknown format code '${type}' for object of type 'str'`);
    if (sign || alt || comma || align === "=") bad(`the format '${spec}' is not for str`);
    text = value as string;
    if (precision !== undefined) text = [...text].slice(0, Number(precision)).join("");
  }
  const n = Math.max(0, Number(width ?? 0) - len(text) - head.length);
  const how = align ?? (numeric ? (zeros ? "=" : ">") : "<");
  const char = fill ?? (zeros ? "0" : " ");
  if (how === "=") return head + char.repeat(n) + text;
  if (how === "^") return char.repeat(Math.floor(n / 2)) + head + text + char.repeat(Math.ceil(n / 2));
  return how === "<" ? head + text + char.repeat(n) : char.repeat(n) + head + text;
}

function digits(x: number, type: string | undefined, precision: string | undefined, head: string, alt: boolean): [string, string] {
  const p = precision === undefined ? 6 : Number(precision);
  if (!Number.isFinite(x))
    return [(Number.isNaN(x) ? "nan" : "inf")[/[EFG]/.test(type ?? "") ? "toUpperCase" : "toString"]() + (type === "%" ? "%" : ""), head];
  switch (type) {
    case "f":
    case "F":
      return [decimals(x, p), head];
    case "%":
      return [`${decimals(x * 100, p)}%`, head];
    case "e":
      return [exponent(decimals(x, p, "toExponential")), head];
    case "E":
      return [exponent(decimals(x, p, "toExponential")).toUpperCase(), head];
    case "x":
    case "X":
    case "o":
    case "b": {
      const t = x.toString({ x: 16, X: 16, o: 8, b: 2 }[type]);
      return [type === "X" ? t.toUpperCase() : t, alt ? `${head}0${type}` : head];
    }
    case "c":
      return [chr(x), ""];
    case "g":
      return [general(x, p), head];
    case "G":
      return [general(x, p).toUpperCase(), head];
    case "n":
      return [Number.isInteger(x) ? number(x) : general(x, p), head];
    default:
      return [precision === undefined || type === "d" ? number(x) : general(x, p), head];
  }
}

function general(x: number, p: number): string {
  const n = p || 1;
  const [mantissa, power] = decimals(x, n - 1, "toExponential").split("e") as [string, string];
  const e = Number(power);
  const bare = (t: string): string => (t.includes(".") ? t.replace(/\.?0+$/, "") : t);
  return e >= -4 && e < n ? bare(decimals(x, Math.max(0, n - 1 - e))) : exponent(`${bare(mantissa)}e${power}`);
}

/** `'{} {1!r:>5}'.format(...)`, by position. */
function format(x: string, args: unknown[]): string {
  let next = 0;
  return x.replace(/\{\{|\}\}|\{([^{}!:]*)(?:!([rs]))?(?::([^{}]*))?\}|[{}]/g, (all, name: string | undefined, how: string, spec = "") => {
    if (all === "{{" || all === "}}") return all[0] as string;
    if (name === undefined || !/^\d*$/.test(name)) throw error("ValueError", `the field '${all}' is not known in the browser: use numbers`);
    const at = name === "" ? next++ : Number(name);
    if (at >= args.length) throw error("IndexError", `Replacement index ${at} out of range for positional args tuple`);
    const value = how === "r" ? repr(args[at]) : how === "s" ? str(args[at]) : args[at];
    return format_value(value, spec);
  });
}

/** `'%d of %s' % (1, 'x')`. */
function percent(template: string, values: unknown[]): string {
  let next = 0;
  const text = template.replace(
    /%(%|([-+ 0]*)(\d*)(?:\.(\d+))?([srdifeEgGxXoc])|.?)/gs,
    (_, all: string, flags = "", width, precision, type) => {
      if (all === "%") return "%";
      if (!type) throw error("ValueError", `the format '%${all}' is not known in the browser`);
      if (next >= values.length) throw typeError("not enough arguments for format string");
      let value = values[next++];
      let code = type as string;
      if (code === "r") value = repr(value);
      if (code === "s" || (code === "c" && typeof value === "string")) value = str(value);
      else if (code !== "r" && !isNumber(value)) throw typeError(`%${code} format: a real number is required, not ${typeName(value)}`);
      if (typeof value === "string") code = "s";
      if (code === "i" || code === "d") [code, value] = ["d", int(value)];
      const align = flags.includes("-") ? "<" : ">";
      const zero = flags.includes("0") && align === ">" && code !== "s" ? "0" : "";
      const sign = code === "s" ? "" : ((/\+/.exec(flags) ?? / /.exec(flags))?.[0] ?? "");
      return format_value(
        value,
        `${zero ? "" : align}${sign}${zero}${width}${precision === undefined || code === "d" ? "" : `.${precision}`}${code}`,
      );
    },
  );
  if (next < values.length) throw typeError("not all arguments converted during string formatting");
  return text;
}

// -- objects

const KINDS = new Map<unknown, (x: unknown) => boolean>([
  [bool, (x) => typeof x === "boolean"],
  [int, isInt],
  [float, (x) => typeof x === "number" && !Number.isInteger(x)],
  [str, (x) => typeof x === "string"],
  [tuple, isTuple],
  [list, (x) => Array.isArray(x) && !Object.isFrozen(x)],
  [dict, isPlain],
]);

export function isinstance(x: unknown, kind: unknown): boolean {
  if (Array.isArray(kind)) return kind.some((k) => isinstance(x, k));
  const check = KINDS.get(kind);
  if (check) return check(x);
  if (typeof kind !== "function") throw typeError(`isinstance() arg 2 must be a type, not ${brief(kind)}`);
  return x instanceof (kind as new () => unknown);
}

export function type(x: unknown): unknown {
  for (const [kind, check] of KINDS) if (check(x)) return kind;
  return (x as object | null)?.constructor ?? null;
}

export const callable = (x: unknown): boolean => typeof x === "function";

const bounded = new WeakMap<object, Map<Fn, Fn>>();

/** A method as a value: it keeps its object, and is the same each time. */
function bind(x: object, f: Fn): Fn {
  const all = bounded.get(x) ?? new Map<Fn, Fn>();
  const found = all.get(f) ?? f.bind(x);
  bounded.set(x, all.set(f, found));
  return found;
}

/** `x.name`, which is `value`; JS objects give undefined for what they do not have, Python's raise. */
export function attr(x: Any, value: Any, name: string): unknown {
  if (
    typeof value === "function"
      ? !(x instanceof HasEvents) && typeof x === "object" && !isPlain(x) && !Array.isArray(x)
      : value !== undefined
  )
    return value;
  if (value === undefined || typeof x === "string" || Array.isArray(x)) {
    const found = method(x, name);
    if (found) return (...args: unknown[]) => call(x, name, ...args);
    if (
      value === undefined &&
      !none(x) &&
      (name in Object(x) ||
        (typeof x === "object" && !Array.isArray(x) && !(x instanceof HasEvents || x instanceof Error || x instanceof Event)) ||
        typeof x === "function")
    )
      return value;
    throw noAttribute(x, name);
  }
  return x instanceof HasEvents && !Object.hasOwn(x, name) && !/^class\b/.test(String(value)) ? bind(x, value) : value;
}

export const hasattr = (x: Any, name: string): boolean => !none(x) && (x[name] !== undefined || method(x, name) !== null);

export function getattr(x: Any, name: string, ...otherwise: unknown[]): unknown {
  if (hasattr(x, name)) return attr(x, x[name], name);
  if (otherwise.length) return otherwise[0];
  throw noAttribute(x, name);
}

export function setattr(x: Any, name: string, value: unknown): null {
  x[name] = value;
  return null;
}

export function delattr(x: Any, name: string): void {
  if (none(x) || !Object.hasOwn(x, name)) throw noAttribute(x, name);
  delete x[name];
}

/** Call what is in a variable with a capital: a class wants `new`. */
export function make(f: Any, ...args: unknown[]): unknown {
  if (typeof f !== "function") throw typeError(`'${typeName(f)}' object is not callable`);
  return f.prototype ? new f(...args) : f(...args);
}
