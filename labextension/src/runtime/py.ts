/**
 * What Python means, where JS means something else: called by transpiled code,
 * which jsmodel/transpile/lower.py makes. Names are Python's. What few pages need is
 * in jsmodel/transpile/library.js, and comes with the code that uses it.
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

export const typeName = (x: unknown): string =>
  isTuple(x) ? "tuple" : x instanceof Error && !ours(x) ? x.name : typeof x === "function" ? "function" : nameOfType(x);

/** What not every page needs: jsmodel/transpile/library.js puts it here when code that uses it comes. */
export const late: Record<string, Fn> = {};

/** Whether `x` is an object of a class of the user that is no Model: jsmodel/transpile/objects.js says what it does. */
export const ours = (x: Any): boolean => typeof x === "object" && x !== null && !!x._jsm_class?.cls;
const on = (what: string, ...args: unknown[]): Any => (late[what] as Fn)(...args);

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
  throw err instanceof Error ? err : typeError("exceptions must derive from BaseException");
}

/** The name of the Python exception that an error is, or stands for. */
export function error_name(err: Error): string {
  if (ours(err)) return typeName(err);
  if ("args" in err) return err.name;
  if (err.name === "RangeError" && /call stack/.test(err.message)) return "RecursionError";
  if (err.name === "ReferenceError") return "NameError";
  // What the engines say of x.foo() and x.foo = 1, where x has no foo, or is null.
  return err.name === "TypeError" && /\.[\w$]+ is not a function|propert|is (null|undefined)/.test(err.message)
    ? "AttributeError"
    : err.name;
}

/** Whether an error is one of those exceptions, by name or class; '*' is any. */
export function catches(err: unknown, ...kinds: Any[]): boolean {
  if (!(err instanceof Error)) return false;
  const name = (err as Any)._jsm_class?.error ?? error_name(err);
  return kinds.some((k) => {
    if (typeof k === "string") return k === "*" || k === name;
    if (!(k?.prototype instanceof Error)) throw typeError("catching classes that do not inherit from BaseException is not allowed");
    return err instanceof k;
  });
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
  if (ours(x)) return on("boolean", x);
  return !isPlain(x) || Object.keys(x).length > 0;
}

export const bool = (x?: unknown): boolean => truth(x);
export const none = (x: unknown): boolean => x === null || x === undefined;

// -- comparisons

/** `a == b`. */
export function eq(a: unknown, b: unknown): boolean {
  if (a === b && typeof a !== "object") return true;
  if (ours(a) || ours(b)) return on("eq_ours", a, b);
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

export const isNumber = (x: unknown): x is number => typeof x === "number" || typeof x === "bigint" || typeof x === "boolean";

/** Negative, 0, positive or NaN; raises TypeError where Python does. */
export function compare(a: unknown, b: unknown, op: string): number {
  if (Array.isArray(a) && Array.isArray(b) && Object.isFrozen(a) === Object.isFrozen(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) if (!Object.is(a[i], b[i]) && !eq(a[i], b[i])) return compare(a[i], b[i], op);
    return a.length - b.length;
  }
  if ((isNumber(a) && isNumber(b)) || (typeof a === "string" && typeof b === "string") || (a instanceof Date && b instanceof Date))
    return a < b ? -1 : a > b ? 1 : a >= b ? 0 : Number.NaN;
  if (ours(a) || ours(b)) return on("order", a, b, op);
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
  if (ours(box)) return on("contains_ours", x, box);
  if (isPlain(box)) return typeof x === "string" && Object.hasOwn(box, x);
  return iterate(box).some((v) => Object.is(v, x) || eq(v, x));
}

// -- numbers

export function refuse(op: string, a: unknown, b: unknown): never {
  throw typeError(`unsupported operand type(s) for ${op}: '${typeName(a)}' and '${typeName(b)}'`);
}

/** The two as numbers; a bool is one. */
export function numbers(op: string, a: unknown, b: unknown): [number, number] {
  if (!isNumber(a) || !isNumber(b)) refuse(op, a, b);
  return [Number(a), Number(b)];
}

export const isInt = (x: unknown): boolean => Number.isInteger(x) || typeof x === "boolean" || typeof x === "bigint";

export function add(a: Any, b: Any): unknown {
  if (typeof a === "number" && typeof b === "number") return a + b;
  if (typeof a === "string" && typeof b === "string") return a + b;
  if (Array.isArray(a) && Array.isArray(b) && Object.isFrozen(a) === Object.isFrozen(b)) return like(a, [...a, ...b]);
  if (ours(a) || ours(b)) return on("op", "+", a, b);
  if (typeof a === "string") throw typeError(`can only concatenate str (not "${typeName(b)}") to str`);
  const [x, y] = numbers("+", a, b);
  return x + y;
}

export function sub(a: Any, b: Any): Any {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (ours(a) || ours(b)) return on("op", "-", a, b);
  const [x, y] = numbers("-", a, b);
  return x - y;
}

export function mul(a: Any, b: Any): unknown {
  if (typeof a === "number" && typeof b === "number") return a * b + 0; // no -0: it would be the int 0
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
  const [x, y] = numbers("*", a, b);
  return x * y + 0;
}

/** `a += b`: a list is extended in place. */
export function iadd(a: Any, b: Any): unknown {
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

export function div(a: unknown, b: unknown): Any {
  if (ours(a) || ours(b)) return on("op", "/", a, b);
  const [x, y] = numbers("/", a, b);
  return x / divisor(y);
}

export function mod(a: unknown, b: unknown): unknown {
  if (typeof a === "string") return late.percent?.(a, isTuple(b) ? b : [b]);
  if (ours(a) || ours(b)) return on("op", "%", a, b);
  const [x, y] = numbers("%", a, b);
  const r = x % divisor(y);
  return (r !== 0 && r < 0 !== y < 0 ? r + y : r) + 0;
}

export function floordiv(a: unknown, b: unknown): Any {
  if (ours(a) || ours(b)) return on("op", "//", a, b);
  const [x, y] = numbers("//", a, b);
  const q = (x - (mod(x, y) as number)) / y; // whole, but for the last bit
  return Math.round(q) + 0;
}

export function operand(op: string, x: unknown, ok: boolean): number {
  if (!ok) throw typeError(`bad operand type for ${op}: '${typeName(x)}'`);
  return Number(x);
}

const unary = (name: string, op: string, ok: (x: unknown) => boolean, f: (x: number) => number) => (x: unknown) =>
  ours(x) ? on("unary", x, name, op) : f(operand(op, x, ok(x)));
export const neg = unary("__neg__", "unary -", isNumber, (x) => 0 - x);
export const pos = unary("__pos__", "unary +", isNumber, (x) => x);
export const invert = unary("__invert__", "unary ~", isInt, (x) => -x - 1);
export const abs = unary("__abs__", "abs()", isNumber, Math.abs);

/** What an object says that it is as a number. */
const converted = (x: unknown, names: string[], words: string, whole = false): number => {
  if (ours(x)) return on("number_ours", x, names, words, whole);
  throw typeError(words);
};

/** An integer, for range() and the like. */
export function index(x: unknown): number {
  return isInt(x) ? Number(x) : converted(x, ["__index__"], `'${typeName(x)}' object cannot be interpreted as an integer`, true);
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
  if (!isNumber(x))
    return converted(
      x,
      ["__int__", "__index__"],
      `int() argument must be a string, a bytes-like object or a real number, not '${typeName(x)}'`,
      true,
    );
  if (Number.isNaN(x)) throw error("ValueError", "cannot convert float NaN to integer");
  if (typeof x === "number" && !Number.isFinite(x)) throw error("OverflowError", "cannot convert float infinity to integer");
  return Math.trunc(Number(x)) + 0;
}

const clean = (x: string): string => strip(x).replace(/(?<=[\da-z])_(?=[\da-z])/gi, "");

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

export const tuple_ = (...xs: unknown[]): readonly unknown[] => Object.freeze(xs);
export const list_ = (...xs: unknown[]): unknown[] => xs;
export const isTuple = (x: unknown): x is unknown[] => Array.isArray(x) && Object.isFrozen(x);
/** A new array: a tuple if the other one is. */
const like = (x: unknown, items: unknown[]): unknown[] => (isTuple(x) ? (Object.freeze(items) as unknown[]) : items);

let [lastText, lastWide] = ["", false];

/** A string, as something whose elements are characters of Python: those beyond the first plane are two in JS. */
function chars(x: string): string | string[] {
  if (x !== lastText) [lastText, lastWide] = [x, /[\ud800-\udbff]/.test(x)];
  return lastWide ? [...x] : x;
}

/** The position in Python's characters of one in JS's. */
export const place = (x: string, at: number): number => (at < 0 ? at : chars(x.slice(0, at)).length);

/** Anything that can be looped over, as it is. */
export function lazy(x: Any): Iterable<unknown> {
  if (typeof x === "object" && x !== null) {
    if (x instanceof Map) return x.keys();
    if (ours(x)) return on("notIterable", x);
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
    if (ours(x)) return on("len_ours", x);
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
  if (ours(x)) return on("item", x, "__getitem__", "is not subscriptable", key);
  if (typeof x !== "object" || x === null) throw typeError(`'${typeName(x)}' object is not subscriptable`);
  if (!(key in x)) throw error("KeyError", key);
  return x[key];
}

export function setitem(x: Any, key: Any, value: unknown): void {
  if (isTuple(x) || typeof x !== "object" || x === null) throw typeError(`'${typeName(x)}' object does not support item assignment`);
  if (isIndexed(x)) x[position(x, key, "list assignment")] = value;
  else if (x instanceof Map) x.set(key, value);
  else if (isPlain(x)) put(x, key, value);
  else if (ours(x)) on("item", x, "__setitem__", "does not support item assignment", key, value);
  else x[key] = value;
}

export function delitem(x: Any, key: Any): void {
  if (isTuple(x) || typeof x !== "object" || x === null) throw typeError(`'${typeName(x)}' object doesn't support item deletion`);
  if (ours(x)) on("item", x, "__delitem__", "doesn't support item deletion", key);
  else if (Array.isArray(x)) x.splice(position(x, key, "list assignment"), 1);
  else if (x instanceof Map ? !x.delete(key) : typeof key !== "string" || !Object.hasOwn(x, key)) throw error("KeyError", key);
  else if (!(x instanceof Map)) drop(x, key);
}

export function bounds(n: number, start: unknown, stop: unknown, step: number): [number, number] {
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

export function any(x: unknown): boolean {
  for (const v of lazy(x)) if (truth(v)) return true;
  return false;
}

export function all(x: unknown): boolean {
  for (const v of lazy(x)) if (!truth(v)) return false;
  return true;
}

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
  else if (ours(x) && (x as Any).keys) for (const key of iterate((x as Any).keys())) put(d, key, getitem(x, key));
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

export const int_kw = (o: Any, x: unknown): number => int(x, o.base);

export function print_kw(o: Any, ...args: unknown[]): null {
  console.log(args.map(str).join(o.sep ?? " ") + (o.end ?? "\n").replace(/\n$/, ""));
  return null;
}

export const print = (...args: unknown[]): null => print_kw({}, ...args);

// -- methods of str, list and dict

export const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
export const LINE = "\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029";
export const strings = (...xs: unknown[]): void => {
  for (const x of xs) if (typeof x !== "string") throw typeError(`must be str, not ${typeName(x)}`);
};

export function strip(x: string, what: string | null = null, ends = 3): string {
  if (what !== null) strings(what);
  const set = what === null ? SPACE : what.replace(/[\\\]^-]/g, "\\$&");
  if (!set) return x;
  const side = (n: number, pattern: string): string => (ends & n ? pattern : "(?!)");
  return x.replace(new RegExp(`${side(1, `^[${set}]+`)}|${side(2, `(?<![${set}])[${set}]+$`)}`, "gu"), "");
}

/** What of str is always there; the library that comes on demand fills in the rest. */
export const STR: Record<string, (x: string, ...args: Any[]) => unknown> = {
  join: (x, parts) =>
    iterate(parts)
      .map((p, i) => {
        if (typeof p !== "string") throw typeError(`sequence item ${i}: expected str instance, ${typeName(p)} found`);
        return p;
      })
      .join(x),
  lower: (x) => x.toLowerCase(),
  split: (x, sep = null) => {
    if (sep === null)
      return strip(x)
        .split(new RegExp(`[${SPACE}]+`))
        .filter(Boolean);
    strings(sep);
    if (sep === "") throw error("ValueError", "empty separator");
    return x.split(sep);
  },
  strip: (x, what = null) => strip(x, what),
  upper: (x) => x.toUpperCase(),
};

/** None, whatever JS gave. */
export const done = (_: unknown): null => null;

export const LIST: Record<string, (x: unknown[], ...args: Any[]) => unknown> = {
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

export const noAttribute = (x: unknown, name: string): Error =>
  error("AttributeError", `'${typeName(x)}' object has no attribute '${name}'`);

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
  if (Array.isArray(x)) {
    const items = x.map(repr).join(", ");
    return isTuple(x) ? `(${items}${x.length === 1 ? "," : ""})` : `[${items}]`;
  }
  if (ours(x)) return on("text", x, "__repr__");
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
export const exponent = (t: string): string => t.replace(/e([+-])(\d)$/, "e$10$2");

export function number(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  if (Number.isInteger(x) && Math.abs(x) < 1e21) return BigInt(x).toString();
  return exponent(Math.abs(x) < 1e-4 ? x.toExponential() : String(x));
}

export const concat = (...parts: unknown[]): string => parts.join("");

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
  return ours(x) ? (x as Any)._jsm_class.cls : ((x as object | null)?.constructor ?? null);
}

export const callable = (x: unknown): boolean => typeof x === "function";

const bounded = new WeakMap<object, Map<string, Fn>>();

/** A method as a value: it keeps its object, and is the same each time. If the class is upgraded, it is the new one that runs. */
function bind(x: Any, f: Fn, name: string): Fn {
  const all = bounded.get(x) ?? new Map<string, Fn>();
  const late: Fn = (...args) => (Object.getPrototypeOf(x)[name] ?? f).apply(x, args);
  const found = all.get(name) ?? Object.defineProperty(late, "name", { value: name });
  bounded.set(x, all.set(name, found));
  return found;
}

/** `x.name`, which is `value`; JS objects give undefined for what they do not have, Python's raise. */
export function attr(x: Any, value: Any, name: string): unknown {
  if (
    typeof value === "function"
      ? !(x instanceof HasEvents || ours(x)) && typeof x === "object" && !isPlain(x) && !Array.isArray(x)
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
        (typeof x === "object" && !Array.isArray(x) && !(x instanceof HasEvents || x instanceof Error || x instanceof Event || ours(x))) ||
        (typeof x === "function" && !x._jsm_class))
    )
      return value;
    throw noAttribute(x, name);
  }
  return (x instanceof HasEvents || ours(x)) && !Object.hasOwn(x, name) && !/^class\b/.test(String(value)) ? bind(x, value, name) : value;
}

export const hasattr = (x: Any, name: string): boolean =>
  !none(x) && (x[name] !== undefined || (ours(x) && name in x) || method(x, name) !== null);

export function getattr(x: Any, name: string, ...otherwise: unknown[]): unknown {
  if (hasattr(x, name)) return attr(x, x[name], name);
  if (otherwise.length) return otherwise[0];
  throw noAttribute(x, name);
}

export function setattr(x: Any, name: string, value: unknown): null {
  if (/^__.*__$/.test(name)) throw error("AttributeError", `the special name '${name}' cannot be set in the browser`);
  x[name] = value;
  return null;
}

/** Call what is in a variable with a capital: a class wants `new`. */
export function make(f: Any, ...args: unknown[]): unknown {
  if (typeof f !== "function") throw typeError(`'${typeName(f)}' object is not callable`);
  return f.prototype ? new f(...args) : f(...args);
}
