/**
 * What Python means, where JS means something else: called by transpiled code,
 * which jsmodel/transpile/lower.py makes. Names are Python's.
 */

import { brief, isPlain, pyError, typeName } from "./errors";
import { same } from "./properties";

type Dict = Record<string, unknown>;
type Fn = (...args: never[]) => unknown;

// -- truth

/** Whether a value counts as true: empty lists, dicts and strings do not. */
export function truth(x: unknown): boolean {
  if (typeof x !== "object" || x === null) return !!x;
  if (Array.isArray(x) || ArrayBuffer.isView(x)) return (x as unknown as ArrayLike<unknown>).length > 0;
  if (x instanceof Map || x instanceof Set) return x.size > 0;
  return !isPlain(x) || Object.keys(x).length > 0;
}

export const bool = truth;
export const and_ = <T>(a: T, b: () => T): T => (truth(a) ? b() : a);
export const or_ = <T>(a: T, b: () => T): T => (truth(a) ? a : b());
export const and_v = <T>(a: T, b: T): T => (truth(a) ? b : a);
export const or_v = <T>(a: T, b: T): T => (truth(a) ? a : b);

/** `a == b`. */
export function eq(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    if ((a === null || a === undefined) && (b === null || b === undefined)) return true;
    const plain = (x: unknown): unknown => (typeof x === "boolean" ? Number(x) : x);
    return plain(a) === plain(b) || (typeof a !== typeof b && isNumber(a) && isNumber(b) && a == b); // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1
  }
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => eq(x, b[i]));
  if (isPlain(a) && isPlain(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((k) => Object.hasOwn(b, k) && eq(a[k], b[k]));
  }
  return !Array.isArray(a) && !isPlain(a) && same(a, b);
}

const isNumber = (x: unknown): x is number => typeof x === "number" || typeof x === "bigint" || typeof x === "boolean";

/** `x in box`. */
export function contains(box: unknown, x: unknown): boolean {
  if (typeof box === "string") return box.includes(x as string);
  if (box instanceof Map || box instanceof Set) return box.has(x);
  if (isPlain(box)) return Object.hasOwn(box, x as string);
  return iterate(box).some((v) => eq(v, x));
}

export function assert_(test: unknown, message: string): void {
  if (!truth(test)) throw error("AssertionError", message);
}

export function error(name: string, message: string): Error {
  return pyError(name, message);
}

export function throw_(err: unknown): never {
  throw err;
}

// -- numbers

const zero = (): Error => error("ZeroDivisionError", "division by zero");

export function mod(a: unknown, b: unknown): unknown {
  if (typeof a === "string") return percent(a, Array.isArray(b) ? b : [b]);
  if (b === 0) throw zero();
  const r = (a as number) % (b as number);
  return r !== 0 && r < 0 !== (b as number) < 0 ? r + (b as number) : r;
}

export function floordiv(a: number, b: number): number {
  if (b === 0) throw zero();
  return Math.floor(a / b);
}

export function div(a: number, b: number): number {
  if (b === 0) throw zero();
  return a / b;
}

export const pow = (a: number, b: number): number => a ** b;
export const lshift = (a: number, b: number): number => a * 2 ** b;
export const rshift = (a: number, b: number): number => Math.floor(a / 2 ** b);
export const divmod = (a: number, b: number): number[] => [floordiv(a, b), mod(a, b) as number];
export const abs = (x: number): number => Math.abs(x);

export function round(x: number, digits?: number | null): number {
  const factor = 10 ** (digits ?? 0);
  const scaled = x * factor;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0); // half to even, as Python rounds
  if (digits != null && digits > 0) return Number(x.toFixed(digits));
  return (floor + (up ? 1 : 0)) / factor;
}

export function int(x: unknown = 0, base = 10): number {
  if (typeof x === "number") {
    if (!Number.isFinite(x)) throw error(Number.isNaN(x) ? "ValueError" : "OverflowError", `cannot convert float ${str(x)} to integer`);
    return Math.trunc(x);
  }
  if (typeof x === "boolean") return x ? 1 : 0;
  if (typeof x === "bigint") return Number(x);
  if (typeof x !== "string") throw error("TypeError", `int() argument must be a string or a real number, not '${typeName(x)}'`);
  const text = x.trim().replace(/(?<=\d)_(?=\d)/g, "");
  const digits = "0123456789abcdefghijklmnopqrstuvwxyz".slice(0, base);
  if (!new RegExp(`^[+-]?[${digits}]+$`, "i").test(text)) throw error("ValueError", `invalid literal for int() with base ${base}: ${repr(x)}`);
  return Number.parseInt(text, base);
}

export function float(x: unknown = 0): number {
  if (typeof x === "number") return x;
  if (typeof x === "boolean" || typeof x === "bigint") return Number(x);
  if (typeof x !== "string") throw error("TypeError", `float() argument must be a string or a real number, not '${typeName(x)}'`);
  const text = x.trim().replace(/(?<=\d)_(?=\d)/g, "");
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (special) return special[2]?.toLowerCase() === "nan" ? Number.NaN : special[1] === "-" ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw error("ValueError", `could not convert string to float: ${repr(x)}`);
  return Number(text);
}

const based = (x: number, base: number, mark: string): string => `${x < 0 ? "-" : ""}${mark}${Math.abs(x).toString(base)}`;
export const hex = (x: number): string => based(x, 16, "0x");
export const oct = (x: number): string => based(x, 8, "0o");
export const bin = (x: number): string => based(x, 2, "0b");
export const chr = (x: number): string => String.fromCodePoint(x);
export const ord = (x: string): number => x.codePointAt(0) ?? 0;

// -- sequences and dicts

/** The elements of anything that Python can iterate over, as an array. */
export function iterate(x: unknown): unknown[] {
  if (Array.isArray(x)) return x;
  if (typeof x === "string") return [...x];
  if (x === null || x === undefined || typeof x !== "object") throw error("TypeError", `'${typeName(x)}' object is not iterable`);
  if (x instanceof Map) return [...x.keys()];
  if (Symbol.iterator in x) return [...(x as Iterable<unknown>)];
  if (isPlain(x) || !("length" in x)) return Object.keys(x);
  return Array.from(x as ArrayLike<unknown>);
}

export function len(x: unknown): number {
  if (typeof x === "string") return /[\ud800-\udfff]/.test(x) ? [...x].length : x.length;
  if (typeof x === "object" && x !== null) {
    if (x instanceof Map || x instanceof Set) return x.size;
    if (isPlain(x)) return Object.keys(x).length;
    if ("length" in x) return x.length as number;
  }
  throw error("TypeError", `object of type '${typeName(x)}' has no len()`);
}

type Indexed = { [i: number]: unknown; length: number };

function position(x: Indexed, i: number, what: string): number {
  const at = i < 0 ? i + x.length : i;
  if (!(at >= 0 && at < x.length)) throw error("IndexError", `${what} index out of range`);
  return at;
}

const isIndexed = (x: unknown): x is Indexed => Array.isArray(x) || (ArrayBuffer.isView(x) && "length" in x);

export function getitem(x: unknown, key: unknown): unknown {
  if (typeof key === "number") {
    if (isIndexed(x)) return x[position(x, key, "list")];
    if (typeof x === "string") return x[position(x as unknown as Indexed, key, "string")];
  }
  if (x instanceof Map) {
    if (!x.has(key)) throw error("KeyError", repr(key));
    return x.get(key);
  }
  if (x === null || x === undefined) throw error("TypeError", `'${typeName(x)}' object is not subscriptable`);
  if (isPlain(x)) {
    if (!Object.hasOwn(x, key as string)) throw error("KeyError", repr(key));
    return x[key as string];
  }
  const value = (x as Dict)[key as string];
  if (value === undefined && !(key as string in Object(x))) throw error("KeyError", repr(key));
  return value;
}

export function setitem(x: unknown, key: unknown, value: unknown): void {
  if (isIndexed(x) && typeof key === "number") x[position(x, key, "list assignment")] = value;
  else if (x instanceof Map) x.set(key, value);
  else if (x === null || x === undefined) throw error("TypeError", `'${typeName(x)}' object does not support item assignment`);
  else if (key === "__proto__") Object.defineProperty(x, key, { value, enumerable: true, writable: true, configurable: true });
  else (x as Dict)[key as string] = value;
}

export function delitem(x: unknown, key: unknown): void {
  if (Array.isArray(x)) x.splice(position(x, key as number, "list assignment"), 1);
  else if (x instanceof Map ? !x.delete(key) : !Object.hasOwn(x as Dict, key as string)) throw error("KeyError", repr(key));
  else if (!(x instanceof Map)) delete (x as Dict)[key as string];
}

function bounds(n: number, start: number | null, stop: number | null, step: number): [number, number] {
  const clip = (i: number | null, none: number): number => {
    if (i === null) return none;
    const at = i < 0 ? i + n : i;
    return step < 0 ? Math.max(-1, Math.min(n - 1, at)) : Math.max(0, Math.min(n, at));
  };
  return step < 0 ? [clip(start, n - 1), clip(stop, -1)] : [clip(start, 0), clip(stop, n)];
}

export function slice(x: unknown, start: number | null, stop: number | null, step: number | null): unknown {
  if (step === 0) throw error("ValueError", "slice step cannot be zero");
  const chars = typeof x === "string" ? [...x] : (x as unknown[] & { subarray?: unknown });
  if (!isIndexed(chars)) throw error("TypeError", `'${typeName(x)}' object is not subscriptable`);
  const [from, to] = bounds(chars.length, start, stop, step ?? 1);
  if ((step ?? 1) === 1) {
    const part = (chars as unknown[]).slice(from, Math.max(from, to));
    return typeof x === "string" ? (part as string[]).join("") : part;
  }
  const out: unknown[] = [];
  const by = step as number;
  for (let i = from; by > 0 ? i < to : i > to; i += by) out.push(chars[i]);
  return typeof x === "string" ? out.join("") : out;
}

export function setslice(x: unknown[], start: number | null, stop: number | null, step: number | null, values: unknown): void {
  if (step !== null && step !== 1) throw error("ValueError", "a slice with a step cannot be assigned to in the browser");
  const [from, to] = bounds(x.length, start, stop, 1);
  x.splice(from, Math.max(0, to - from), ...iterate(values));
}

export function unpack(x: unknown, n: number): unknown[] {
  const items = iterate(x);
  if (items.length > n) throw error("ValueError", `too many values to unpack (expected ${n})`);
  if (items.length < n) throw error("ValueError", `not enough values to unpack (expected ${n}, got ${items.length})`);
  return items;
}

export const list = (x?: unknown): unknown[] => (x === undefined ? [] : [...iterate(x)]);
export const tuple = list;

export function dict(x?: unknown): Dict {
  if (x === undefined) return {};
  if (isPlain(x)) return { ...x };
  const out: Dict = {};
  for (const pair of iterate(x)) {
    const [key, value] = unpack(pair, 2);
    setitem(out, key, value);
  }
  return out;
}

export function range(a: number, b?: number, step = 1): number[] {
  const [start, stop] = b === undefined ? [0, a] : [a, b];
  if (step === 0) throw error("ValueError", "range() arg 3 must not be zero");
  const out: number[] = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) out.push(i);
  return out;
}

export const enumerate = (x: unknown, start = 0): unknown[] => iterate(x).map((v, i) => [i + start, v]);
export const reversed = (x: unknown): unknown[] => [...iterate(x)].reverse();
export const all = (x: unknown): boolean => iterate(x).every(truth);
export const any = (x: unknown): boolean => iterate(x).some(truth);
export const map = (f: Fn, ...xs: unknown[]): unknown[] => zip(...xs).map((args) => f(...(args as never[])));
export const filter = (f: Fn | null, x: unknown): unknown[] => iterate(x).filter((v) => truth(f === null ? v : f(v as never)));
export const sum = (x: unknown, start = 0): number => iterate(x).reduce((a: number, b) => a + (b as number), start);

export function zip(...xs: unknown[]): unknown[][] {
  const lists = xs.map(iterate);
  const n = lists.length ? Math.min(...lists.map((l) => l.length)) : 0;
  return range(n).map((i) => lists.map((l) => l[i]));
}

/** -1, 0 or 1; raises TypeError where Python does. */
function compare(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) if (!same(a[i], b[i])) return compare(a[i], b[i]);
    return a.length - b.length;
  }
  const kind = (x: unknown): string => (typeof x === "boolean" || typeof x === "bigint" ? "number" : typeof x);
  if (kind(a) !== kind(b) || (typeof a === "object" && !(a instanceof Date)))
    throw error("TypeError", `'<' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

function ordered(items: unknown[], key?: Fn | null, reverse?: unknown): unknown[] {
  const keyed = items.map((v) => [key ? key(v as never) : v, v] as const);
  const sign = truth(reverse) ? -1 : 1;
  return keyed.sort((a, b) => sign * compare(a[0], b[0])).map(([, v]) => v);
}

function best(sign: number, items: unknown[], key?: Fn | null, fallback?: unknown): unknown {
  if (!items.length) {
    if (fallback !== undefined) return fallback;
    throw error("ValueError", `${sign < 0 ? "min" : "max"}() arg is an empty sequence`);
  }
  let found = items[0];
  for (const v of items) {
    if (sign * compare(key ? key(v as never) : v, key ? key(found as never) : found) > 0) found = v;
  }
  return found;
}

const spread = (args: unknown[]): unknown[] => (args.length === 1 ? iterate(args[0]) : args);
export const sorted = (x: unknown): unknown[] => ordered([...iterate(x)]);
export const min = (...args: unknown[]): unknown => best(-1, spread(args));
export const max = (...args: unknown[]): unknown => best(1, spread(args));

// -- keyword arguments of built-ins

export function options(...pairs: unknown[]): Dict {
  const out: Dict = {};
  for (let i = 0; i < pairs.length; i += 2) out[pairs[i] as string] = pairs[i + 1];
  return out;
}

export const sorted_kw = (o: Dict, x: unknown): unknown[] => ordered([...iterate(x)], o.key as Fn, o.reverse);
export const min_kw = (o: Dict, ...args: unknown[]): unknown => best(-1, spread(args), o.key as Fn, o.default);
export const max_kw = (o: Dict, ...args: unknown[]): unknown => best(1, spread(args), o.key as Fn, o.default);
export const enumerate_kw = (o: Dict, x: unknown): unknown[] => enumerate(x, o.start as number);
export const sum_kw = (o: Dict, x: unknown): number => sum(x, o.start as number);
export const round_kw = (o: Dict, x: number): number => round(x, o.ndigits as number);
export const int_kw = (o: Dict, x: unknown): number => int(x, o.base as number);

export function zip_kw(o: Dict, ...xs: unknown[]): unknown[][] {
  const out = zip(...xs);
  if (truth(o.strict) && xs.some((x) => iterate(x).length !== out.length)) throw error("ValueError", "zip() arguments differ in length");
  return out;
}

export function print_kw(o: Dict, ...args: unknown[]): void {
  console.log(args.map(str).join((o.sep as string | null) ?? " ") + ((o.end as string | undefined) ?? ""));
}

export const print = (...args: unknown[]): void => console.log(args.map(str).join(" "));

// -- methods whose meaning differs

export function sort(x: unknown, ...args: unknown[]): unknown {
  if (!Array.isArray(x)) return (x as { sort: Fn }).sort(...(args as never[]));
  x.splice(0, x.length, ...ordered([...x]));
  return null;
}

export function sort_kw(o: Dict, x: unknown[]): null {
  x.splice(0, x.length, ...ordered([...x], o.key as Fn, o.reverse));
  return null;
}

export function split(x: unknown, sep?: string | null, limit = -1): unknown {
  if (typeof x !== "string") return (x as { split: Fn }).split(sep as never, limit as never);
  if (sep === "") throw error("ValueError", "empty separator");
  if (sep === undefined || sep === null) {
    const words = x.trim().split(/\s+/).filter(Boolean);
    if (limit < 0 || words.length <= limit + 1) return words;
    const rest = new RegExp(`^(?:\\S+\\s+){${limit}}`).exec(x.trim())?.[0] ?? "";
    return [...words.slice(0, limit), x.trim().slice(rest.length)];
  }
  const parts = x.split(sep);
  return limit < 0 || parts.length <= limit + 1 ? parts : [...parts.slice(0, limit), parts.slice(limit).join(sep)];
}

export function rsplit(x: unknown, sep?: string | null, limit = -1): unknown {
  if (typeof x !== "string") return (x as { rsplit: Fn }).rsplit(sep as never, limit as never);
  const parts = split(x, sep) as string[];
  if (limit < 0 || parts.length <= limit + 1) return parts;
  const cut = parts.length - limit;
  return [parts.slice(0, cut).join(sep ?? " "), ...parts.slice(cut)];
}

export const splitlines = (x: string): string[] => (x === "" ? [] : x.replace(/(\r\n|\r|\n)$/, "").split(/\r\n|\r|\n/));

// -- text

export function str(x: unknown = ""): string {
  if (typeof x === "string") return x;
  if (x instanceof Error) return x.message.replace(`${x.name}: `, "");
  return repr(x);
}

export function repr(x: unknown): string {
  if (x === null || x === undefined) return "None";
  if (typeof x === "boolean") return x ? "True" : "False";
  if (typeof x === "number") return number(x);
  if (typeof x === "string") {
    const quote = x.includes("'") && !x.includes('"') ? '"' : "'";
    const escapes: Dict = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", [quote]: `\\${quote}` };
    return quote + x.replace(/[\\\n\r\t'"]/g, (c) => (escapes[c] as string | undefined) ?? c) + quote;
  }
  if (Array.isArray(x)) return `[${x.map(repr).join(", ")}]`;
  if (x instanceof Error) return `${x.name}(${repr(str(x))})`;
  if (isPlain(x))
    return `{${Object.entries(x)
      .map(([k, v]) => `${repr(k)}: ${repr(v)}`)
      .join(", ")}}`;
  if (typeof x === "bigint") return String(x);
  const named = x as { _jsm_title?(): string };
  return named._jsm_title ? `<${named._jsm_title()}>` : String(x);
}

function number(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  if (Number.isInteger(x) && Math.abs(x) < 1e21) return Object.is(x, -0) ? "-0.0" : BigInt(x).toString();
  return String(x).replace(/e([+-])(\d)$/, "e$10$2");
}

export const concat = (...parts: unknown[]): string => parts.join("");

/** `format(value, spec)`, Python's mini-language. */
export function format_value(value: unknown, spec: string): string {
  if (!spec) return str(value);
  const m = /^(?:(.)?([<>=^]))?([+\- ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/s.exec(spec);
  if (!m) throw error("ValueError", `Invalid format specifier '${spec}'`);
  const [, fill, align, sign, alt, zeros, width, comma, precision, type] = m;
  let text: string;
  let head = "";
  const numeric = typeof value === "number" || typeof value === "bigint" || (typeof value === "boolean" && !!type);
  if (numeric && type !== "s") {
    const x = Number(value);
    head = x < 0 || Object.is(x, -0) ? "-" : sign === "+" || sign === " " ? sign : "";
    [text, head] = digits(Math.abs(x), type, precision, head, !!alt);
    if (comma) text = text.replace(/^\d+/, (d) => d.replace(/\B(?=(\d{3})+$)/g, comma));
  } else {
    if (type && type !== "s") throw error("ValueError", `Unknown format code '${type}' for object of type '${typeName(value)}'`);
    text = str(value);
    if (precision !== undefined) text = [...text].slice(0, Number(precision)).join("");
  }
  const pad = Math.max(0, Number(width ?? 0) - len(text) - head.length);
  const how = align ?? (zeros && numeric ? "=" : numeric ? ">" : "<");
  const char = fill ?? (zeros ? "0" : " ");
  if (how === "=") return head + char.repeat(pad) + text;
  if (how === "^") return char.repeat(Math.floor(pad / 2)) + head + text + char.repeat(Math.ceil(pad / 2));
  return how === "<" ? head + text + char.repeat(pad) : char.repeat(pad) + head + text;
}

function digits(x: number, type: string | undefined, precision: string | undefined, head: string, alt: boolean): [string, string] {
  const p = precision === undefined ? 6 : Number(precision);
  if (!Number.isFinite(x)) return [Number.isNaN(x) ? "nan" : "inf", head];
  const exponent = (t: string): string => t.replace(/e([+-])(\d)$/, "e$10$2");
  switch (type) {
    case "d":
    case "n":
      return [number(x), head];
    case "f":
    case "F":
      return [x.toFixed(p), head];
    case "%":
      return [`${(x * 100).toFixed(p)}%`, head];
    case "e":
      return [exponent(x.toExponential(p)), head];
    case "E":
      return [exponent(x.toExponential(p)).toUpperCase(), head];
    case "x":
    case "X":
    case "o":
    case "b": {
      const t = x.toString({ x: 16, X: 16, o: 8, b: 2 }[type]);
      return [type === "X" ? t.toUpperCase() : t, alt ? `${head}0${type}` : head];
    }
    case "c":
      return [chr(x), ""];
    case undefined:
      if (precision === undefined) return [number(x), head];
      return [general(x, p), head];
    case "g":
    case "G":
      return [general(x, p), head];
    default:
      throw error("ValueError", `Unknown format code '${type}'`);
  }
}

function general(x: number, p: number): string {
  const n = p || 1;
  const e = x === 0 ? 0 : Math.floor(Math.log10(Number(x.toPrecision(n))));
  const strip = (t: string): string => (t.includes(".") ? t.replace(/\.?0+$/, "") : t);
  if (e >= -4 && e < n) return strip(x.toFixed(Math.max(0, n - 1 - e)));
  const [mantissa, power] = x.toExponential(n - 1).split("e") as [string, string];
  return `${strip(mantissa)}e${power.replace(/^([+-])(\d)$/, "$10$2")}`;
}

/** `'{} {name!r:>5}'.format(...)`, by position. */
export function format(x: unknown, ...args: unknown[]): unknown {
  if (typeof x !== "string") return (x as { format: Fn }).format(...(args as never[]));
  let next = 0;
  return x.replace(/\{\{|\}\}|\{(\d*)(?:!([rs]))?(?::([^{}]*))?\}/g, (all, index: string, how: string, spec: string) => {
    if (all === "{{" || all === "}}") return all[0] as string;
    const at = index === "" || index === undefined ? next++ : Number(index);
    if (at >= args.length) throw error("IndexError", `Replacement index ${at} out of range for positional args tuple`);
    const value = how === "r" ? repr(args[at]) : how === "s" ? str(args[at]) : args[at];
    return format_value(value, spec ?? "");
  });
}

/** `'%d of %s' % (1, 'x')`. */
function percent(template: string, values: unknown[]): string {
  let next = 0;
  const text = template.replace(/%(%|([-+ 0#]*)(\d*)(?:\.(\d+))?([srdifeEgGxXoc]))/g, (_, all: string, flags, width, precision, type) => {
    if (all === "%") return "%";
    if (next >= values.length) throw error("TypeError", "not enough arguments for format string");
    let value = values[next++];
    let code = type as string;
    if (code === "r") value = repr(value);
    if (code === "s") value = str(value);
    if (code === "s" || code === "r") code = "s";
    if (code === "i") code = "d";
    if (code === "d") value = int(value);
    const align = (flags as string).includes("-") ? "<" : ">";
    const zero = (flags as string).includes("0") && align === ">" ? "0" : "";
    const sign = /[+ ]/.exec(flags as string)?.[0] ?? "";
    return format_value(value, `${zero ? "" : align}${sign}${zero}${width}${precision === undefined ? "" : `.${precision}`}${code}`);
  });
  if (next < values.length) throw error("TypeError", "not all arguments converted during string formatting");
  return text;
}

// -- objects

const KINDS = new Map<unknown, (x: unknown) => boolean>([
  [int, (x) => (typeof x === "number" && Number.isInteger(x)) || typeof x === "boolean" || typeof x === "bigint"],
  [float, (x) => typeof x === "number"],
  [str, (x) => typeof x === "string"],
  [bool, (x) => typeof x === "boolean"],
  [list, Array.isArray],
  [dict, isPlain],
]);

export function isinstance(x: unknown, kind: unknown): boolean {
  if (Array.isArray(kind)) return kind.some((k) => isinstance(x, k));
  const check = KINDS.get(kind);
  if (check) return check(x);
  if (typeof kind !== "function") throw error("TypeError", `isinstance() arg 2 must be a type, not ${brief(kind)}`);
  return x instanceof (kind as new () => unknown);
}

export function type(x: unknown): unknown {
  for (const [kind, check] of [...KINDS].sort((a, b) => Number(b[0] === bool) - Number(a[0] === bool))) if (check(x)) return kind;
  return (x as object | null)?.constructor ?? null;
}

export const callable = (x: unknown): boolean => typeof x === "function";
export const hasattr = (x: unknown, name: string): boolean => x !== null && x !== undefined && (x as Dict)[name] !== undefined;

export function getattr(x: unknown, name: string, fallback?: unknown): unknown {
  if (hasattr(x, name)) return (x as Dict)[name];
  if (fallback === undefined) throw error("AttributeError", `'${typeName(x)}' object has no attribute '${name}'`);
  return fallback;
}

export function setattr(x: unknown, name: string, value: unknown): null {
  (x as Dict)[name] = value;
  return null;
}
