/**
 * What Python means and few pages need: the methods of str, formatting, rounding,
 * the bits of integers. The third part of labextension/src/runtime/py.ts, after common.js; it
 * is sent with the first code that uses it, as the body of a function of $py.
 */
const {
  LIST, SPACE, STR, add, compare, divisor, error, exponent, int, isInt, isNumber, isTuple, iterate, len, lt, mul,
  noAttribute, none, number, numbers, late, ours, refuse, repr, str, truth, tuple_, typeError, typeName,
} = $py;
const {
  LINE, bounds, call, done, enumerate, floordiv, index, mod, operand, place, range, slice, strings, strip,
} = late;

function divmod(a, b) {
  if (ours(a) || ours(b))
    refuse("divmod()", a, b);
  return tuple_(floordiv(a, b), mod(a, b));
}
/** Bits of integers up to 2**53; JS itself would cut them to 32. */
function bits(op, a, b, f, change) {
  if (ours(a) || ours(b))
    return late[change ? "iop" : "op"](op, a, b);
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
  return [Number(a), Number(b)];
}
function round(x, digits = null) {
  if (ours(x))
    return late.rounded(x, arguments.length > 1 ? digits : undefined);
  const value = operand("round()", x, isNumber(x));
  if (digits === null && !Number.isFinite(value))
    int(value); // raises
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
    throw typeError(`ord() expected a character, but ${typeof x === "string" ? `string of length ${len(x)}` : typeName(x)} found`);
  return x.codePointAt(0);
}
function setslice(x, start, stop, step, values) {
  if (isTuple(x) || !Array.isArray(x))
    throw typeError(`'${typeName(x)}' object does not support item assignment`);
  if (step !== null && step !== 1)
    throw error("ValueError", "a slice with a step cannot be assigned to in the browser");
  const [from, to] = bounds(x.length, start, stop, 1);
  x.splice(from, Math.max(0, to - from), ...iterate(values));
}
const round_kw = (o, x) => round(x, o.ndigits);
function zip_kw(o, ...xs) {
  const out = zip(...xs);
  if (truth(o.strict) && xs.some((x) => iterate(x).length !== out.length))
    throw error("ValueError", "zip() arguments differ in length");
  return out;
}
/** Where `sub` is in x[start:end], or -1. */
function find(x, sub, start = null, end = null, way = "indexOf") {
  strings(sub);
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
function split(x, sep = null, limit = -1, from = "left") {
  if (sep === "")
    throw error("ValueError", "empty separator");
  if (sep !== null)
    strings(sep);
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
  strings(...all);
  return all.some((w) => part[test](w));
}
const test = (pattern) => (x) => pattern.test(x);
const capital = (x) => {
  const [first = "", ...rest] = x;
  return first.toUpperCase() + rest.join("").toLowerCase();
};
const title = (x) => x.replace(/\p{L}+/gu, capital);
const cased = (x) => x.toLowerCase() !== x.toUpperCase();
Object.assign(STR, {
  capitalize: capital,
  center: (x, width, fill = " ") => pad(x, width, fill, (n, w) => (n >> 1) + (n & w & 1)),
  count: (x, sub, start = null, end = null) => {
    strings(sub);
    const part = slice(x, start, end);
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
  ljust: (x, width, fill = " ") => pad(x, width, fill, () => 0),
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
    if (truth(keep))
      throw error("ValueError", "splitlines(True) is not known in the browser");
    const lines = x.split(new RegExp(`\\r\\n|[${LINE}]`));
    if (lines.at(-1) === "")
      lines.pop();
    return lines;
  },
  startswith: (x, what, start = null, end = null) => edge(x, what, start, end, "startsWith"),
  swapcase: (x) => [...x].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(""),
  title,
  zfill: (x, width) => {
    const sign = /^[+-]/.exec(x)?.[0] ?? "";
    return sign + pad(x.slice(sign.length), index(width) - sign.length, "0", (n) => n);
  },
});
/** `format(value, spec)`, Python's mini-language. */
function format_value(value, spec) {
  if (ours(value))
    return late.formatted(value, spec);
  if (!spec)
    return str(value);
  const m = /^(?:(.)?([<>=^]))?([+\- ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su.exec(spec);
  const numeric = isNumber(value);
  const bad = (why) => {
    throw error("ValueError", why);
  };
  if (!m)
    return bad(`Invalid format specifier '${spec}' for object of type '${typeName(value)}'`);
  if (!numeric && typeof value !== "string")
    throw typeError(`unsupported format string passed to ${typeName(value)}.__format__`);
  const [, fill, align, sign, alt, zeros, width, comma, precision, type] = m;
  let text;
  let head = "";
  if (numeric) {
    const x = Number(value);
    const whole = /[bcdoxX]/.test(type ?? "");
    if (!/^[bcdeEfFgGnoxX%]?$/.test(type ?? "") || (whole && !isInt(value)))
      bad(`Unknown format code '${type}' for object of type '${typeName(value)}'`);
    if (whole && precision !== undefined)
      bad("Precision not allowed in integer format specifier");
    if ((comma && (zeros || /[bcnoxX]/.test(type ?? ""))) || (alt && !/[boxX]/.test(type ?? "")))
      bad(`the format '${spec}' is not known in the browser`);
    head = x < 0 || Object.is(x, -0) ? "-" : sign === "+" || sign === " " ? sign : "";
    [text, head] = digits(Math.abs(x), type, precision, head, !!alt);
    if (comma)
      text = text.replace(/^\d+/, (d) => d.replace(/\B(?=(\d{3})+$)/g, comma));
  }
  else {
    if (type && type !== "s")
      bad(`Unknown format code '${type}' for object of type 'str'`);
    if (sign || alt || comma || align === "=")
      bad(`the format '${spec}' is not for str`);
    text = value;
    if (precision !== undefined)
      text = [...text].slice(0, Number(precision)).join("");
  }
  const n = Math.max(0, Number(width ?? 0) - len(text) - head.length);
  const how = align ?? (numeric ? (zeros ? "=" : ">") : "<");
  const char = fill ?? (zeros ? "0" : " ");
  if (how === "=")
    return head + char.repeat(n) + text;
  if (how === "^")
    return char.repeat(Math.floor(n / 2)) + head + text + char.repeat(Math.ceil(n / 2));
  return how === "<" ? head + text + char.repeat(n) : char.repeat(n) + head + text;
}
function digits(x, type, precision, head, alt) {
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
function general(x, p) {
  const n = p || 1;
  const [mantissa, power] = decimals(x, n - 1, "toExponential").split("e");
  const e = Number(power);
  const bare = (t) => (t.includes(".") ? t.replace(/\.?0+$/, "") : t);
  return e >= -4 && e < n ? bare(decimals(x, Math.max(0, n - 1 - e))) : exponent(`${bare(mantissa)}e${power}`);
}
/** `'{} {1!r:>5}'.format(...)`, by position. */
function format(x, args) {
  let next = 0;
  return x.replace(/\{\{|\}\}|\{([^{}!:]*)(?:!([rs]))?(?::([^{}]*))?\}|[{}]/g, (all, name, how, spec = "") => {
    if (all === "{{" || all === "}}")
      return all[0];
    if (name === undefined || !/^\d*$/.test(name))
      throw error("ValueError", `the field '${all}' is not known in the browser: use numbers`);
    const at = name === "" ? next++ : Number(name);
    if (at >= args.length)
      throw error("IndexError", `Replacement index ${at} out of range for positional args tuple`);
    const value = how === "r" ? repr(args[at]) : how === "s" ? str(args[at]) : args[at];
    return format_value(value, spec);
  });
}
/** `'%d of %s' % (1, 'x')`. */
function percent(template, values) {
  let next = 0;
  const text = template.replace(/%(%|([-+ 0]*)(\d*)(?:\.(\d+))?([srdifeEgGxXoc])|.?)/gs, (_, all, flags = "", width, precision, type) => {
    if (all === "%")
      return "%";
    if (!type)
      throw error("ValueError", `the format '%${all}' is not known in the browser`);
    if (next >= values.length)
      throw typeError("not enough arguments for format string");
    let value = values[next++];
    let code = type;
    if (code === "r")
      value = repr(value);
    if (code === "s" || (code === "c" && typeof value === "string"))
      value = str(value);
    else if (code !== "r" && !isNumber(value))
      throw typeError(`%${code} format: a real number is required, not ${typeName(value)}`);
    if (typeof value === "string")
      code = "s";
    if (code === "i" || code === "d")
      [code, value] = ["d", int(value)];
    const align = flags.includes("-") ? "<" : ">";
    const zero = flags.includes("0") && align === ">" && code !== "s" ? "0" : "";
    const sign = code === "s" ? "" : ((/\+/.exec(flags) ?? / /.exec(flags))?.[0] ?? "");
    return format_value(value, `${zero ? "" : align}${sign}${zero}${width}${precision === undefined || code === "d" ? "" : `.${precision}`}${code}`);
  });
  if (next < values.length)
    throw typeError("not all arguments converted during string formatting");
  return text;
}

function imul(a, b) {
  if (ours(a) || ours(b))
    return late.iop("*", a, b);
  const out = mul(a, b);
  if (!Array.isArray(a) || Object.isFrozen(a))
    return out;
  a.splice(0, a.length, ...out);
  return a;
}
function pow(a, b, change) {
  if (ours(a) || ours(b))
    return late[change ? "iop" : "op"]("** or pow()", a, b);
  const [x, y] = numbers("** or pow()", a, b);
  if (x === 0 && y < 0)
    divisor(0);
  const out = x ** y;
  if (Number.isNaN(out) && !Number.isNaN(x + y))
    throw error("ValueError", "complex numbers are not known in the browser");
  if (!Number.isFinite(out) && Number.isFinite(x) && Number.isFinite(y))
    throw error("OverflowError", "Numerical result out of range");
  return out;
}
const reversed = (x) => (ours(x) ? late.reversed_ours(x) : [...iterate(x)].reverse());
const map = (f, ...xs) => zip(...xs).map((args) => f(...args));
const filter = (f, x) => [...iterate(x)].filter((v) => truth(f === null ? v : f(v)));
function sum(x, start = 0) {
  if (typeof start === "string")
    throw typeError("sum() can't sum strings [use ''.join(seq) instead]");
  return iterate(x).reduce(add, start);
}
function zip(...xs) {
  const lists = xs.map(iterate);
  const n = lists.length ? Math.min(...lists.map((l) => l.length)) : 0;
  return range(n).map((i) => tuple_(...lists.map((l) => l[i])));
}
function ordered(items, key, reverse) {
  const keyed = items.map((v) => [key ? key(v) : v, v]);
  const sign = truth(reverse) ? -1 : 1;
  // Objects only say whether one is less than the other.
  const order = (a, b) => (typeof a === "object" || typeof a === "function" ? (lt(a, b) ? -1 : lt(b, a) ? 1 : 0) : compare(a, b, "<"));
  return keyed.sort((a, b) => sign * order(a[0], b[0]) || 0).map(([, v]) => v);
}
function best(op, args, key, fallback) {
  const items = args.length === 1 ? iterate(args[0]) : args;
  if (!items.length) {
    if (fallback !== undefined)
      return fallback;
    throw error("ValueError", `${op === "<" ? "min" : "max"}() arg is an empty sequence`);
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
const sorted = (x) => ordered([...iterate(x)]);
const min = (...args) => best("<", args);
const max = (...args) => best(">", args);
const sorted_kw = (o, x) => ordered([...iterate(x)], o.key, o.reverse);
const min_kw = (o, ...args) => best("<", args, o.key, o.default);
const max_kw = (o, ...args) => best(">", args, o.key, o.default);
const enumerate_kw = (o, x) => enumerate(x, o.start);
const sum_kw = (o, x) => sum(x, o.start);
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
  bin, bitand, bitor, bitxor, chr, delattr, divmod, enumerate_kw, filter, format_value, hex, imul, lshift,
  map, max, max_kw, min, min_kw, oct, ord, percent, pow, reversed, round, round_kw, rshift, setslice, sort_kw,
  sorted, sorted_kw, sum, sum_kw, zip, zip_kw,
});
