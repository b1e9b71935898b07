/**
 * bytes, which are a Uint8Array, and bytearray, which has one inside.
 * Sent with the first code that uses them, as the body of a function of $py.
 */
if ($py.late.bytes) return; // another kernel of this page has brought it

const { KINDS, STR, error, isInt, iterate, late, none, ours, tuple_, typeError, typeName } = $py;
const { index, builtin } = late;

const isBytes = (x) => x instanceof Uint8Array;
const inner = (x) => (x instanceof bytearray ? x._jsm_data : x);
const like = (x, data) => (x instanceof bytearray ? bytearray(data) : data);

/** The arrays that Python code has made: unlike those of JS, they do not change. */
const fixed = new WeakSet();
const born = (data) => {
  fixed.add(data);
  return data;
};
late.is_fixed = (x) => fixed.has(x);

// -- text

const NAMES = { "utf-8": "utf-8", utf8: "utf-8", u8: "utf-8", ascii: "ascii", "us-ascii": "ascii", latin1: "latin-1", "latin-1": "latin-1", "iso-8859-1": "latin-1", l1: "latin-1" };

function codec(encoding) {
  if (typeof encoding !== "string") throw typeError(`argument 'encoding' must be str, not ${typeName(encoding)}`);
  const name = NAMES[encoding.toLowerCase().replaceAll("_", "-")];
  if (!name) throw error("LookupError", `the encoding ${encoding} is not known in the browser: it knows utf-8, ascii and latin-1`);
  return name;
}

function encode(text, encoding = "utf-8", errors = "strict") {
  const name = codec(encoding);
  if (!["strict", "ignore", "replace"].includes(errors)) throw error("LookupError", `the error handler '${errors}' is not known in the browser`);
  const limit = { "utf-8": Infinity, ascii: 128, "latin-1": 256 }[name];
  const out = [];
  for (const [at, char] of [...text].entries()) {
    const code = char.codePointAt(0);
    const surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < limit && !surrogate) {
      if (name === "utf-8" && code > 127) out.push(...new TextEncoder().encode(char));
      else out.push(code);
    } else if (errors === "replace") out.push(63);
    else if (errors === "strict") {
      const shown = code < 256 ? `x${code.toString(16).padStart(2, "0")}` : code < 65536 ? `u${code.toString(16).padStart(4, "0")}` : `U${code.toString(16).padStart(8, "0")}`;
      const why = surrogate ? "surrogates not allowed" : `ordinal not in range(${limit})`;
      throw error("UnicodeEncodeError", `'${name}' codec can't encode character '\\${shown}' in position ${at}: ${why}`);
    }
  }
  return born(Uint8Array.from(out));
}

function decode(data, encoding = "utf-8", errors = "strict") {
  const name = codec(encoding);
  if (!["strict", "ignore", "replace"].includes(errors)) throw error("LookupError", `the error handler '${errors}' is not known in the browser`);
  if (name !== "utf-8") {
    let out = "";
    for (const [at, b] of data.entries()) {
      if (name === "latin-1" || b < 128) out += String.fromCharCode(b);
      else if (errors === "replace") out += "\ufffd";
      else if (errors === "strict") throw error("UnicodeDecodeError", `'ascii' codec can't decode byte 0x${hex2(b)} in position ${at}: ordinal not in range(128)`);
    }
    return out;
  }
  try {
    return new TextDecoder("utf-8", { fatal: errors === "strict", ignoreBOM: true }).decode(data)[errors === "ignore" ? "replaceAll" : "toString"](...(errors === "ignore" ? ["\ufffd", ""] : []));
  } catch (err) {
    if (!(err instanceof globalThis.TypeError)) throw err;
    const [at, why] = wrong(data);
    throw error("UnicodeDecodeError", `'utf-8' codec can't decode byte 0x${hex2(data[at])} in position ${at}: ${why}`);
  }
}

/** Where bytes are no UTF-8, and why. */
function wrong(data) {
  for (let i = 0; i < data.length; ) {
    const b = data[i];
    const n = b < 0x80 ? 1 : b >= 0xc2 && b < 0xe0 ? 2 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xf0 && b < 0xf5 ? 4 : 0;
    if (!n) return [i, "invalid start byte"];
    for (let k = 1; k < n; k++) {
      if (i + k >= data.length) return [i, "unexpected end of data"];
      const low = k > 1 ? 0x80 : b === 0xe0 ? 0xa0 : b === 0xf0 ? 0x90 : 0x80;
      const high = k > 1 ? 0xbf : b === 0xed ? 0x9f : b === 0xf4 ? 0x8f : 0xbf;
      if (data[i + k] < low || data[i + k] > high) return [i, "invalid continuation byte"];
    }
    i += n;
  }
  return [0, "invalid start byte"];
}

const hex2 = (b) => b.toString(16).padStart(2, "0");

function shown(data) {
  const text = String.fromCharCode(...data);
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = (c) => ({ "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", [quote]: `\\${quote}` })[c] ?? `\\x${hex2(c.charCodeAt(0))}`;
  return `b${quote}${text.replace(/[^ -~]|[\\'"]/g, (c) => ((c === "'" || c === '"') && c !== quote ? c : escaped(c)))}${quote}`;
}

// -- making

function octet(x, what = "bytes") {
  if (!isInt(x) && !ours(x)) throw typeError(`'${typeName(x)}' object cannot be interpreted as an integer`);
  const n = index(x);
  if (n < 0 || n > 255) throw error("ValueError", what === "bytes" ? "bytes must be in range(0, 256)" : "byte must be in range(0, 256)");
  return n;
}

function made(source, encoding, errors, name) {
  if (source === undefined) return new Uint8Array();
  if (typeof source === "string") {
    if (none(encoding)) throw typeError("string argument without an encoding");
    return encode(source, encoding, errors ?? undefined);
  }
  if (!none(encoding)) throw typeError("encoding without a string argument");
  if (isBytes(source) || source instanceof bytearray) return inner(source).slice();
  if (isInt(source)) {
    if (Number(source) < 0) throw error("ValueError", "negative count");
    return new Uint8Array(Number(source));
  }
  if (ours(source) && source.__bytes__) return source.__bytes__();
  if (ours(source) && source.__index__) return new Uint8Array(index(source));
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  let items;
  try {
    items = iterate(source);
  } catch (err) {
    if (err.name !== "TypeError") throw err;
    throw typeError(`cannot convert '${typeName(source)}' object to ${name}`);
  }
  return Uint8Array.from(items, (x) => octet(x, name === "bytes" ? "bytes" : "byte"));
}
const bytes = (source, encoding = null, errors = null) => born(made(source, encoding, errors, "bytes"));

function bytearray(source, encoding = null, errors = null) {
  return Object.defineProperty(Object.create(bytearray.prototype), "_jsm_data", { value: made(source, encoding, errors, "bytearray"), writable: true });
}

/** The bytes of an operand that must be some. */
function some(x, words = (t) => `a bytes-like object is required, not '${t}'`) {
  const data = inner(x);
  if (!isBytes(data)) throw typeError(words(typeName(x)));
  return data;
}

// -- methods: most are those of str, of the same bytes as text

const text = (data) => String.fromCharCode(...data);
const raw = (x) => born(Uint8Array.from(x, (c) => c.charCodeAt(0)));

/** What a method of str makes of bytes: its arguments are bytes, too. */
function asText(name, x, args) {
  const there = (v) => {
    if (isBytes(inner(v))) return text(inner(v));
    if ($py.isTuple(v)) return tuple_(...v.map(there));
    if (typeof v === "string") throw typeError(/^(start|end)swith$/.test(name) ? `${name} first arg must be bytes or a tuple of bytes, not str` : "a bytes-like object is required, not 'str'");
    return v;
  };
  const back = (v) => (typeof v === "string" ? like(x, raw(v)) : $py.isTuple(v) ? tuple_(...v.map(back)) : Array.isArray(v) ? v.map(back) : v);
  return back(STR[name](text(inner(x)), ...args.map(there)));
}

/** A byte, or bytes, to look for. */
const sought = (v) => (isInt(v) ? Uint8Array.of(octet(v, "byte")) : v);
/** A literal. */
const bytes_of = raw;
const ASCII_SPACE = Uint8Array.of(32, 9, 10, 13, 11, 12);

const METHODS = {
  __proto__: null,
  decode: (x, encoding = "utf-8", errors = "strict") => decode(inner(x), encoding, errors),
  hex: (x, sep = null, bytes_per_sep = 1) => {
    const pairs = [...inner(x)].map(hex2);
    if (none(sep) || !bytes_per_sep) return pairs.join("");
    const mark = typeof sep === "string" ? sep : text(some(sep));
    if (mark.length !== 1) throw error("ValueError", "sep must be length 1.");
    const n = Math.abs(bytes_per_sep);
    const first = bytes_per_sep > 0 ? pairs.length % n : 0;
    return pairs.reduce((t, p, i) => t + (i && (i - first) % n === 0 ? mark : "") + p, "");
  },
  join: (x, parts) => {
    const all = iterate(parts).map((p, i) => some(p, (t) => `sequence item ${i}: expected a bytes-like object, ${t} found`));
    const out = [];
    for (const [i, p] of all.entries()) {
      if (i) out.push(...inner(x));
      out.push(...p);
    }
    return like(x, Uint8Array.from(out));
  },
  lower: (x) => like(x, inner(x).map((b) => (b >= 65 && b <= 90 ? b + 32 : b))),
  upper: (x) => like(x, inner(x).map((b) => (b >= 97 && b <= 122 ? b - 32 : b))),
  swapcase: (x) => like(x, inner(x).map((b) => (b >= 97 && b <= 122 ? b - 32 : b >= 65 && b <= 90 ? b + 32 : b))),
  isascii: (x) => inner(x).every((b) => b < 128),
  isdigit: (x) => /^[0-9]+$/.test(text(inner(x))),
  isalpha: (x) => /^[A-Za-z]+$/.test(text(inner(x))),
  isalnum: (x) => /^[A-Za-z0-9]+$/.test(text(inner(x))),
  isspace: (x) => /^[ \t-\r]+$/.test(text(inner(x))),
  isupper: (x) => /[A-Z]/.test(text(inner(x))) && !/[a-z]/.test(text(inner(x))),
  islower: (x) => /[a-z]/.test(text(inner(x))) && !/[A-Z]/.test(text(inner(x))),
  splitlines: (x, keepends = false) => (text(inner(x)).match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []).map((line) => like(x, raw($py.truth(keepends) ? line : line.replace(/[\r\n]+$/, "")))),
};
for (const name of ["find", "rfind", "index", "rindex", "count"])
  METHODS[name] = (x, sub, ...args) => {
    if (typeof sub === "string") throw typeError("argument should be integer or bytes-like object, not 'str'");
    if (/index/.test(name)) {
      const at = asText(name.replace("index", "find"), x, [sought(sub), ...args]);
      if (at < 0) throw error("ValueError", "subsection not found");
      return at;
    }
    return asText(name, x, [sought(sub), ...args]);
  };
for (const name of ["startswith", "endswith", "replace", "partition", "rpartition", "removeprefix", "removesuffix", "zfill", "expandtabs"])
  METHODS[name] = (x, ...args) => asText(name, x, args);
for (const name of ["strip", "lstrip", "rstrip"]) METHODS[name] = (x, chars = null) => asText(name, x, [none(chars) ? ASCII_SPACE : chars]);
for (const name of ["center", "ljust", "rjust"]) METHODS[name] = (x, width, fill = Uint8Array.of(32)) => asText(name, x, [width, fill]);
for (const name of ["split", "rsplit"])
  METHODS[name] = (x, sep = null, maxsplit = -1) => {
    if (none(sep) && /[\x1c-\x1f\x85\xa0]/.test(text(inner(x)))) throw error("ValueError", "these bytes cannot be split by space in the browser: name the separator");
    return asText(name, x, [sep, maxsplit]);
  };

// -- bytes as operands

function compare(a, b) {
  const [x, y] = [inner(a), inner(b)];
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i] - y[i];
  return x.length - y.length;
}

function joined(a, b) {
  const [x, y] = [inner(a), some(b, (t) => `can't concat ${t} to ${typeName(a)}`)];
  const out = new Uint8Array(x.length + y.length);
  out.set(x);
  out.set(y, x.length);
  return like(a, born(out));
}

function repeated(x, n) {
  const data = inner(x);
  const out = new Uint8Array(data.length * Math.max(0, index(n)));
  for (let i = 0; i < out.length; i += data.length) out.set(data, i);
  return like(x, born(out));
}

function has(x, v) {
  if (isInt(v)) return inner(x).includes(octet(v, "byte"));
  return text(inner(x)).includes(text(some(v)));
}

/** What operators make of bytes; undefined where they do not know. */
late.odd = (op, a, b) => {
  if (op === "+" && isBytes(a)) return joined(a, b);
  if (op === "*" && isBytes(a) && isInt(b)) return repeated(a, b);
  if (op === "*" && isBytes(b) && isInt(a)) return repeated(b, a);
  if (/[<>]/.test(op) && isBytes(a) && isBytes(b)) return compare(a, b);
  return undefined;
};
const above = late.table;
late.table = (x, name) => (isBytes(x) ? METHODS : above?.(x, name));
const around = late.shown;
late.shown = (x) => (isBytes(x) ? shown(x) : around(x));
late.bytes_has = has;

// -- bytearray

const compared = (test) => function (other) { return isBytes(inner(other)) ? test(compare(this, other)) : late.NotImplemented; };

builtin(bytearray, "bytearray", {
  ...Object.fromEntries(Object.entries(METHODS).map(([name, f]) => [name, function (...args) { return f(this, ...args); }])),
  [Symbol.iterator]() { return this._jsm_data[Symbol.iterator](); },
  __hash__: null,
  __len__() { return this._jsm_data.length; },
  __contains__(x) { return has(this, x); },
  __repr__() { return `bytearray(${shown(this._jsm_data)})`; },
  __getitem__(i) { return late.sliced(this, i) ?? this._jsm_data[$py.position(this._jsm_data, i, "bytearray")]; },
  __setitem__(i, v) { this._jsm_data[$py.position(this._jsm_data, i, "bytearray")] = octet(v, "byte"); },
  __delitem__(i) { this._jsm_change((list) => void list.splice($py.position(this._jsm_data, i, "bytearray"), 1)); },
  _jsm_slice(start, stop, step) { return bytearray(late.slice(this._jsm_data, start, stop, step)); },
  _jsm_setslice(start, stop, step, values) {
    this._jsm_change((list) => late.setslice(list, start, stop, step, isBytes(inner(values)) ? [...inner(values)] : iterate(values).map((v) => octet(v, "byte"))));
  },
  _jsm_delslice(start, stop, step) { this._jsm_change((list) => late.delslice(list, start, stop, step)); },
  _jsm_change(f) {
    const list = [...this._jsm_data];
    const out = f(list);
    this._jsm_data = Uint8Array.from(list);
    return out ?? null;
  },
  __eq__: compared((n) => n === 0), __lt__: compared((n) => n < 0), __le__: compared((n) => n <= 0),
  __gt__: compared((n) => n > 0), __ge__: compared((n) => n >= 0),
  __add__(other) { return joined(this, other); },
  __radd__(other) { return isBytes(other) ? joined(other, this) : late.NotImplemented; },
  __iadd__(other) {
    this._jsm_data = joined(this._jsm_data, other);
    return this;
  },
  __mul__(n) { return repeated(this, n); },
  __rmul__(n) { return repeated(this, n); },
  append(x) { return this._jsm_change((list) => void list.push(octet(x, "byte"))); },
  extend(xs) { return this._jsm_change((list) => void list.push(...iterate(isBytes(inner(xs)) ? [...inner(xs)] : xs).map((x) => octet(x, "byte")))); },
  insert(i, x) { return this._jsm_change((list) => void $py.LIST.insert(list, i, octet(x, "byte"))); },
  pop(i = -1) {
    if (!this._jsm_data.length) throw error("IndexError", "pop from empty bytearray");
    return this._jsm_change((list) => $py.LIST.pop(list, i));
  },
  remove(x) {
    const at = this._jsm_data.indexOf(octet(x, "byte"));
    if (at < 0) throw error("ValueError", "value not found in bytearray");
    return this._jsm_change((list) => void list.splice(at, 1));
  },
  reverse() { return this._jsm_change((list) => void list.reverse()); },
  clear() { return this._jsm_change((list) => void list.splice(0)); },
  copy() { return bytearray(this); },
});

KINDS.set(bytes, isBytes);
late.types.set(bytes, "bytes");

/** `bytes.fromhex(text)`. */
function fromhex(C, x) {
  const digits = x.replace(/[ \t-\r]/g, "");
  const bad = /[^0-9a-fA-F \t-\r]/.exec(x);
  if (bad || digits.length % 2 || /(^|\s)[0-9a-fA-F](\s|$)/.test(x)) throw error("ValueError", `non-hexadecimal number found in fromhex() arg at position ${bad ? bad.index : x.length}`);
  const out = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return C === bytearray ? bytearray(out) : born(out);
}

// -- integers as bytes

function order(byteorder) {
  if (byteorder !== "little" && byteorder !== "big") throw error("ValueError", "byteorder must be either 'little' or 'big'");
  return byteorder === "little";
}

function from_bytes(_, bytes, byteorder = "big", ...$k) {
  const [, signed = false] = late.kwargs($k, ["signed"], "from_bytes");
  const data = made(bytes, null, null, "bytes");
  if (order(byteorder)) data.reverse();
  let value = 0n;
  for (const b of data) value = value * 256n + BigInt(b);
  if ($py.truth(signed) && data[0] > 127) value -= 1n << BigInt(8 * data.length);
  if (value > 2n ** 53n || value < -(2n ** 53n)) throw $py.inexact();
  return Number(value);
}

function to_bytes(x, length = 1, byteorder = "big", ...$k) {
  const [, signed = false] = late.kwargs($k, ["signed"], "to_bytes");
  const size = index(length);
  if (size < 0) throw error("ValueError", "length argument must be non-negative");
  const little = order(byteorder);
  const value = BigInt(Number(x));
  const bits = BigInt(8 * size);
  if (value < 0n && !$py.truth(signed)) throw error("OverflowError", "can't convert negative int to unsigned");
  const limit = $py.truth(signed) ? (size ? 1n << (bits - 1n) : 0n) : 1n << bits;
  if (value >= limit && !(value === 0n && size === 0) || value < -limit) throw error("OverflowError", "int too big to convert");
  const out = new Uint8Array(size);
  for (let i = 0, left = BigInt.asUintN(8 * size, value); i < size; i++, left >>= 8n) out[size - 1 - i] = Number(left & 255n);
  return born(little ? out.reverse() : out);
}

/** `str(data, encoding, errors)`. */
const bytes_text = (x, encoding = "utf-8", errors = "strict") => {
  if (typeof x === "string") throw typeError("decoding str is not supported");
  return decode(some(x, (t) => `decoding to str: need a bytes-like object, ${t} found`), encoding, errors);
};

STR.encode = encode;
late.int_methods.to_bytes = to_bytes;
late.statics.bytes = { fromhex };
late.statics.bytearray = { fromhex };
late.statics.int.from_bytes = from_bytes;
late.bytes_methods = METHODS;

Object.assign(late, { bytearray, bytes, bytes_of, bytes_text });
