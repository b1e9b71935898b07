/**
 * What Python means and few pages need: the methods of str, formatting, rounding,
 * the bits of integers. The third part of labextension/src/runtime/py.ts, after common.js; it
 * is sent with the first code that uses it, as the body of a function of $py.
 */
const {
  LIST, SPACE, STR, add, compare, error, exact, exponent, int, isInt, isNumber, isPlain, isTuple, iterate, lazy, len, lt, mul,
  noAttribute, none, number, numbers, late, ours, refuse, repr, str, truth, tuple_, typeError, typeName,
} = $py;
const {
  bounds, call, done, floordiv, index, kwargs, mod, operand, place, slice, strings, strip, stride,
} = late;

function divmod(a, b) {
  if (ours(a) || ours(b))
    refuse("divmod()", a, b);
  const [x, y] = numbers("divmod()", a, b);
  if (y === 0)
    throw error("ZeroDivisionError", isInt(x) ? "integer division or modulo by zero" : "float divmod()");
  return tuple_(floordiv(a, b), mod(a, b));
}
/** Bits of integers up to 2**53; JS itself would cut them to 32. */
function bits(op, a, b, f, change = false) {
  if (ours(a) || ours(b))
    return late[change ? "iop" : "op"](op, a, b);
  if (op === "|" && isPlain(a) && (isPlain(b) || change)) {
    const out = change ? a : late.dict(a);
    late.call(out, "update", b);
    return out;
  }
  const [x, y] = integers(op, a, b);
  if (op.length > 1 && y < 0)
    throw error("ValueError", "negative shift count");
  const out = op === "<<" && y > 99 && x !== 0 ? Infinity : Number(f(BigInt(x), BigInt(op.length > 1 ? Math.min(y, 99) : y)));
  if (Math.abs(out) > 2 ** 53)
    throw error("OverflowError", "integers beyond 2**53 are not exact in the browser");
  return typeof a === "boolean" && typeof b === "boolean" && op.length === 1 ? out === 1 : out;
}
const small = (a, b) => a === (a | 0) && b === (b | 0);
const bitand = (a, b, change) => (small(a, b) ? a & b : bits("&", a, b, (x, y) => x & y, change));
const bitor = (a, b, change) => (small(a, b) ? a | b : bits("|", a, b, (x, y) => x | y, change));
const bitxor = (a, b, change) => (small(a, b) ? a ^ b : bits("^", a, b, (x, y) => x ^ y, change));
const lshift = (a, b, change) => bits("<<", a, b, (x, y) => x << y, change);
const rshift = (a, b, change) => bits(">>", a, b, (x, y) => x >> y, change);
function integers(op, a, b) {
  if (!isInt(a) || !isInt(b))
    refuse(op, a, b);
  return [$py.num(a), $py.num(b)];
}
function round(number$, ndigits = null) {
  const [x, digits] = [number$, ndigits];
  if (ours(x))
    return late.rounded(x, arguments.length > 1 ? digits : undefined);
  if (!isNumber(x))
    throw typeError(`type ${typeName(x)} doesn't define __round__ method`);
  const value = $py.num(x);
  if (digits === null && !(Math.abs(value) <= 2 ** 53))
    int(value); // raises
  if (digits !== null)
    index(digits);
  const factor = digits !== null && digits < 0 ? 10 ** -digits : 1;
  return Number.isFinite(value) ? Number(decimals(value / factor, Math.max(0, digits ?? 0))) * factor + 0 : value;
}
/** `x.toFixed(p)`, or toExponential, but a tie goes to the even digit, as in Python. */
function decimals(x, p, method = "toFixed") {
  if (method === "toFixed" && Math.abs(x) >= 1e21)
    return BigInt(x) + (p ? `.${"0".repeat(p)}` : "");
  const [exact = "", power] = x[method](Math.min(100, p + 30)).split("e");
  const kept = exact.slice(0, -30);
  if (!/^50*$/.test(exact.slice(-30)) || !/[02468]\.?$/.test(kept))
    return x[method](p);
  return kept.replace(/\.$/, "") + (power ? `e${power}` : "");
}
const based = (x, base, mark) => (index(x) < 0 ? "-" : "") + mark + Math.abs(index(x)).toString(base);
const hex = (x) => based(x, 16, "0x");
const oct = (x) => based(x, 8, "0o");
const bin = (x) => based(x, 2, "0b");
function chr(x) {
  const code = index(x);
  if (code < 0 || code > 0x10ffff)
    throw error("ValueError", "chr() arg not in range(0x110000)");
  return String.fromCodePoint(code);
}
function ord(x) {
  if (typeof x !== "string" || len(x) !== 1)
    throw typeError(typeof x !== "string" ? `ord() expected string of length 1, but ${typeName(x)} found` : `ord() expected a character, but ${typeof x === "string" ? `string of length ${len(x)}` : typeName(x)} found`);
  return x.codePointAt(0);
}
/** `x[start:stop:step] = values`. */
function setslice(x, start, stop, step, values) {
  if (ours(x) && x._jsm_setslice)
    return x._jsm_setslice(start, stop, stride(step), values);
  if (ours(x))
    return late.item(x, "__setitem__", "does not support item assignment", late.slice_(start, stop, step), values);
  if (isTuple(x) || !Array.isArray(x))
    throw typeError(`'${typeName(x)}' object does not support item assignment`);
  const by = stride(step);
  const [from, to] = bounds(x.length, start, stop, by);
  let items;
  try {
    items = [...iterate(values)];
  } catch (err) {
    throw err.name === "TypeError" ? typeError(by === 1 ? "can only assign an iterable" : "must assign iterable to extended slice") : err;
  }
  if (by === 1)
    return done(x.splice(from, Math.max(0, to - from), ...items));
  const places = [];
  for (let i = from; by > 0 ? i < to : i > to; i += by)
    places.push(i);
  if (places.length !== items.length)
    throw error("ValueError", `attempt to assign sequence of size ${items.length} to extended slice of size ${places.length}`);
  for (const [i, at] of places.entries())
    x[at] = items[i];
  return null;
}
const sought = (name, sub) => (late.python >= 13 ? argument(name, sub, " 1") : strings(sub));
/** Where `sub` is in x[start:end], or -1. `name` is the method that asks. */
function find(x, sub, start, end, name) {
  const way = name[0] === "r" ? "lastIndexOf" : "indexOf";
  sought(name, sub);
  if (none(start) && none(end))
    return place(x, x[way](sub));
  const [from, to] = bounds(len(x), start, end, 1);
  if (from > to || Number(start) > len(x))
    return -1;
  const part = slice(x, from, to);
  const at = place(part, part[way](sub));
  return at < 0 ? at : at + from;
}
function found(at) {
  if (at < 0)
    throw error("ValueError", "substring not found");
  return at;
}
function split(x, sep, limit, from = "left") {
  if (sep === "")
    throw error("ValueError", "empty separator");
  if (sep !== null && typeof sep !== "string")
    throw typeError(`must be str or None, not ${typeName(sep)}`);
  const text = sep === null ? strip(x) : x;
  const gap = new RegExp(sep === null ? `[${SPACE}]+` : sep.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "gu");
  const cuts = [...text.matchAll(gap)];
  if (sep === null && !text)
    return [];
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
    if (from === "left" && use.length < cuts.length + (limit === 0 ? 1 : 0))
      out[out.length - 1] += x.slice(strip(x, null, 2).length);
    if (from === "right" && use.length < cuts.length + (limit === 0 ? 1 : 0))
      out[0] = x.slice(0, x.length - strip(x, null, 1).length) + out[0];
  }
  return out;
}
function pad(x, width, fill, left) {
  if (len(fill) !== 1)
    throw typeError("The fill character must be exactly one character long");
  const n = Math.max(0, index(width) - len(x));
  const before = left(n, Number(width));
  return fill.repeat(before) + x + fill.repeat(n - before);
}
/** Whether x[start:end] begins, or ends, with one of some strings. */
function edge(x, what, start, end, test) {
  if (Number(start) > len(x))
    return false;
  const part = none(start) && none(end) ? x : slice(x, start, end);
  const all = isTuple(what) ? what : [what];
  const name = test.toLowerCase();
  if (typeof what !== "string" && !isTuple(what))
    throw typeError(`${name} first arg must be str or a tuple of str, not ${typeName(what)}`);
  for (const w of all)
    if (typeof w !== "string")
      throw typeError(`tuple for ${name} must only contain str, not ${typeName(w)}`);
  return all.some((w) => part[test](w));
}
/** An argument of a method, the only one if it has no number, which has to be a str. */
function argument(name, x, number = "") {
  if (typeof x !== "string") throw typeError(`${name}() argument${number} must be str, not ${none(x) ? "None" : typeName(x)}`);
  return x;
}
Object.assign(STR, {
  center: (x, width, fill = " ") => pad(x, width, fill, (n, w) => (n >> 1) + (n & w & 1)),
  count: (x, sub, start = null, end = null) => {
    sought("count", sub);
    const part = slice(x, start, end);
    return sub === "" ? (Number(start) > len(x) ? 0 : len(part) + 1) : part.split(sub).length - 1;
  },
  endswith: (x, what, start = null, end = null) => edge(x, what, start, end, "endsWith"),
  find: (x, sub, start = null, end = null) => find(x, sub, start, end, "find"),
  index: (x, sub, start = null, end = null) => found(find(x, sub, start, end, "index")),
  isspace: (x) => new RegExp(`^[${SPACE}]+$`).test(x),
  ljust: (x, width, fill = " ") => pad(x, width, fill, () => 0),
  lstrip: (x, what = null) => strip(x, what, 1),
  partition: (x, sep) => {
    strings(sep);
    const at = sep === "" ? split(x, sep, -1, "left") && 0 : x.indexOf(sep);
    return at < 0 ? tuple_(x, "", "") : tuple_(x.slice(0, at), sep, x.slice(at + sep.length));
  },
  removeprefix: (x, what) => (edge(x, argument("removeprefix", what), null, null, "startsWith") ? x.slice(what.length) : x),
  removesuffix: (x, what) => (edge(x, argument("removesuffix", what), null, null, "endsWith") && what ? x.slice(0, -what.length) : x),
  replace: (x, old, by, count = -1) => {
    [old, by].forEach((part, i) => argument("replace", part, ` ${i + 1}`));
    let left = count < 0 ? Infinity : count;
    return x.replaceAll(old, () => (left-- > 0 ? by : old));
  },
  rfind: (x, sub, start = null, end = null) => find(x, sub, start, end, "rfind"),
  rindex: (x, sub, start = null, end = null) => found(find(x, sub, start, end, "rindex")),
  rjust: (x, width, fill = " ") => pad(x, width, fill, (n) => n),
  rpartition: (x, sep) => {
    strings(sep);
    const at = sep === "" ? split(x, sep, -1, "left") && 0 : x.lastIndexOf(sep);
    return at < 0 ? tuple_("", "", x) : tuple_(x.slice(0, at), sep, x.slice(at + sep.length));
  },
  rsplit: (x, sep = null, maxsplit = -1) => split(x, sep, maxsplit, "right"),
  rstrip: (x, what = null) => strip(x, what, 2),
  split: (x, sep = null, maxsplit = -1) => split(x, sep, maxsplit, "left"),
  startswith: (x, what, start = null, end = null) => edge(x, what, start, end, "startsWith"),
  zfill: (x, width) => {
    const sign = /^[+-]/.exec(x)?.[0] ?? "";
    return sign + pad(x.slice(sign.length), index(width) - sign.length, "0", (n) => n);
  },
});
function imul(a, b) {
  if (ours(a) || ours(b))
    return late.iop("*", a, b);
  const out = mul(a, b);
  if (!Array.isArray(a) || Object.isFrozen(a))
    return out;
  a.splice(0, a.length, ...out);
  return a;
}
function pow(a, b, change = false, float = false) {
  if (ours(a) || ours(b))
    return late[change ? "iop" : "op"]("** or pow()", a, b);
  const [x, y] = numbers("** or pow()", a, b);
  if (x === 0 && y < 0)
    throw error("ZeroDivisionError", "0.0 cannot be raised to a negative power");
  const out = x ** y;
  if (Number.isNaN(out) && !Number.isNaN(x + y))
    throw error("ValueError", "complex numbers are not known in the browser");
  if (!Number.isFinite(out) && Number.isFinite(x) && Number.isFinite(y))
    throw Number.isInteger(x) && Number.isInteger(y) && !float ? $py.inexact() : error("OverflowError", "(34, 'Numerical result out of range')");
  return Math.abs(out) > 2 ** 53 && y > 0 ? exact(out, x, y, float) : out;
}
function sum(iterable, start = 0) {
  if (typeof start === "string")
    throw typeError("sum() can't sum strings [use ''.join(seq) instead]");
  if (start instanceof Uint8Array)
    throw typeError("sum() can't sum bytes [use b''.join(seq) instead]");
  let total = start;
  let lost = 0; // what rounding cut off; Python has kept it since 3.12
  for (const x of lazy(iterable)) {
    if (late.python >= 12 && typeof total === "number" && typeof x === "number" && !(Number.isInteger(total) && Number.isInteger(x))) {
      const next = total + x;
      lost += Math.abs(total) >= Math.abs(x) ? total - next + x : x - next + total;
      total = next;
    } else
      total = add(total, x);
  }
  return lost && Number.isFinite(lost) ? total + lost : total;
}
function ordered(items, key, reverse) {
  const keyed = items.map((v) => [key ? key(v) : v, v]);
  const sign = truth(reverse) ? -1 : 1;
  // Objects only say whether one is less than the other.
  const order = (a, b) => (typeof a === "object" || typeof a === "function" ? (lt(a, b) ? -1 : lt(b, a) ? 1 : 0) : compare(a, b, "<"));
  return keyed.sort((a, b) => sign * order(a[0], b[0]) || 0).map(([, v]) => v);
}
function best(op, args, key, fallback) {
  const name = op === "<" ? "min" : "max";
  if (!args.length)
    throw typeError(`${name} expected at least 1 argument, got 0`);
  if (args.length > 1 && fallback !== undefined)
    throw typeError(`Cannot specify a default for ${name}() with multiple positional arguments`);
  const items = args.length === 1 ? iterate(args[0]) : args;
  if (!items.length) {
    if (fallback !== undefined)
      return fallback;
    throw error("ValueError", late.python >= 12 ? `${name}() iterable argument is empty` : `${name}() arg is an empty sequence`);
  }
  const by = key ?? ((v) => v);
  let found = items[0];
  let foundKey = by(found);
  for (const v of items.slice(1)) {
    const now = by(v);
    const order = compare(now, foundKey, op);
    if (op === "<" ? order < 0 : order > 0)
      [found, foundKey] = [v, now];
  }
  return found;
}
const sorted = (x, ...$k) => {
  const [args, key = null, reverse = false] = kwargs($k, ["key", "reverse"], "sort");
  if (args.length)
    throw typeError(`sorted expected 1 argument, got ${args.length + 1}`);
  return ordered([...iterate(x)], key, reverse);
};
const extreme = (op, name) => (...$k) => {
  const [args, key, otherwise] = kwargs($k, ["key", "default"], name);
  return best(op, args, key, otherwise);
};
const [min, max] = [extreme("<", "min"), extreme(">", "max")];
const sorted_kw = (o, x) => ordered([...iterate(x)], o.key, o.reverse);
const min_kw = (o, ...args) => best("<", args, o.key, o.default);
const max_kw = (o, ...args) => best(">", args, o.key, o.default);
const sort_kw = (o, x) => call(x, "sort", o.key ?? null, o.reverse ?? false);
function delattr(x, name) {
  if (ours(x))
    return late.delattr_ours(x, name);
  if (typeof x === "function" && x._jsm_class?.cls === x)
    return late.delattr_class(x, name);
  if (none(x) || !Object.hasOwn(x, name))
    throw noAttribute(x, name);
  delete x[name];
}
Object.assign(LIST, {
  sort: (x, key = null, reverse = false) => done(x.splice(0, x.length, ...ordered([...x], key, reverse))),
});

Object.assign($py.late, {
  bin, bitand, bitor, bitxor, chr, decimals, delattr, divmod, hex, imul, lshift,
  max, max_kw, min, min_kw, oct, ord, pow, round, rshift, setslice, sort_kw,
  sorted, sorted_kw, sum,
});
