/** What numbers have of methods, and rare arithmetic. Sent with the first code that uses it, as the body of a function of $py. */
if ($py.late.int_methods) return; // another kernel of this page has brought it

const { error, inexact, isInt, isNumber, late, none, repr, tuple_, typeError, typeName } = $py;
const { index } = late;

const LIMIT = 2 ** 53;

/** `pow(base, exp, mod)`, of integers. */
function pow_mod(base, exp, mod) {
  if (none(mod)) return late.pow(base, exp);
  if (![base, exp, mod].every(isInt)) {
    if ([base, exp, mod].every(isNumber)) throw typeError("pow() 3rd argument not allowed unless all arguments are integers");
    throw typeError(`unsupported operand type(s) for ** or pow(): '${typeName(base)}', '${typeName(exp)}', '${typeName(mod)}'`);
  }
  const m = BigInt(Number(mod));
  if (m === 0n) throw error("ValueError", "pow() 3rd argument cannot be 0");
  const around = (n) => ((n % m) + m) % m;
  let [b, e] = [around(BigInt(Number(base))), BigInt(Number(exp))];
  if (e < 0n) {
    b = inverse(b, m);
    e = -e;
  }
  let out = around(1n);
  for (; e > 0n; e >>= 1n) {
    if (e & 1n) out = around(out * b);
    b = around(b * b);
  }
  return Number(out);
}

function inverse(b, m) {
  const size = m < 0n ? -m : m;
  let [r, old, s, was] = [b, size, 1n, 0n];
  while (r) {
    const q = old / r;
    [old, r] = [r, old - q * r];
    [was, s] = [s, was - q * s];
  }
  if (old !== 1n && old !== -1n) throw error("ValueError", "base is not invertible for the given modulus");
  return (((was * old) % m) + m) % m;
}

/** `int(text, base)`. */
function int_of(x, base) {
  const radix = index(base);
  if (typeof x !== "string") throw typeError("int() can't convert non-string with explicit base");
  if (radix !== 0 && (radix < 2 || radix > 36)) throw error("ValueError", "int() base must be >= 2 and <= 36, or 0");
  const wrong = () => error("ValueError", `invalid literal for int() with base ${radix}: ${repr(x)}`);
  const m = /^([+-]?)(?:0([xob]))?_?(.*)$/is.exec(late.strip(x));
  const marked = { x: 16, o: 8, b: 2 }[m[2]?.toLowerCase()];
  const own = marked && (radix === 0 || radix === marked);
  const real = radix || marked || 10;
  const digits = own ? m[3] : late.strip(x).replace(/^[+-]/, "");
  if (!/^[\da-z]+(_[\da-z]+)*$/i.test(digits) || [...digits.replaceAll("_", "")].some((c) => !(Number.parseInt(c, 36) < real))) throw wrong();
  if (radix === 0 && !own && /^0[\d_]*[1-9]/.test(digits)) throw wrong();
  let value = 0;
  for (const c of digits.replaceAll("_", "")) {
    value = value * real + Number.parseInt(c, 36);
    if (value > LIMIT) throw inexact();
  }
  return (m[1] === "-" ? -value : value) + 0;
}

/** The bits of a float: [numerator, denominator]. */
function ratio(x) {
  if (Number.isNaN(x)) throw error("ValueError", "cannot convert NaN to integer ratio");
  if (!Number.isFinite(x)) throw error("OverflowError", "cannot convert Infinity to integer ratio");
  let [n, d] = [x, 1];
  while (!Number.isInteger(n)) [n, d] = [n * 2, d * 2];
  if (Math.abs(n) > LIMIT || d > LIMIT) throw inexact();
  return tuple_(n, d);
}

function whole(x, name) {
  if (!isInt(x)) throw error("AttributeError", `'float' object has no attribute '${name}'`);
  return Math.abs(Number(x));
}

/** `x.hex()` of a float. */
function hex(x) {
  if (!Number.isFinite(x)) return repr(x);
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  let m = Math.abs(x);
  if (m === 0) return `${sign}0x0.0p+0`;
  let e = 0;
  while (m >= 2) [m, e] = [m / 2, e + 1];
  while (m < 1 && e > -1022) [m, e] = [m * 2, e - 1];
  const bits = (m % 1) * 2 ** 52;
  return `${sign}0x${Math.floor(m)}.${bits.toString(16).padStart(13, "0")}p${e < 0 ? "-" : "+"}${Math.abs(e)}`;
}

const int_methods = {
  __proto__: null,
  as_integer_ratio: (x) => ratio(Number(x)),
  bit_count: (x) => whole(x, "bit_count").toString(2).replaceAll("0", "").length,
  bit_length: (x) => (whole(x, "bit_length") === 0 ? 0 : whole(x).toString(2).length),
  conjugate: (x) => Number(x),
  hex: (x) => hex(Number(x)),
  is_integer: (x) => Number.isInteger(Number(x)),
};
/** Attributes of numbers that are no methods. */
late.attribute = (x, name) => (isNumber(x) ? { __proto__: null, real: Number(x), imag: 0, ...(isInt(x) ? { numerator: Number(x), denominator: 1 } : {}) }[name] : undefined);

const above = late.table;
late.table = (x, name) => (typeof x === "number" || typeof x === "boolean" ? int_methods : above?.(x, name));

function fromhex(_, text) {
  const m = /^([+-]?)(?:0x)?([\da-f]*)(?:\.([\da-f]*))?(?:p([+-]?\d+))?$/i.exec(late.strip(text));
  if (!m || !(m[2] + (m[3] ?? ""))) {
    if (/^[+-]?(inf(inity)?|nan)$/i.test(late.strip(text))) return $py.float(text);
    throw error("ValueError", "invalid hexadecimal floating-point string");
  }
  let value = 0;
  for (const c of m[2] + (m[3] ?? "")) value = value * 16 + Number.parseInt(c, 16);
  return (m[1] === "-" ? -1 : 1) * value * 2 ** (Number(m[4] ?? 0) - 4 * (m[3] ?? "").length);
}
late.statics.float = { fromhex };

Object.assign(late, { int_methods, int_of, pow_mod });
