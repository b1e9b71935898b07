/** Python's `math`. Floats are IEEE doubles on both sides; the last bit of sin, exp and the like is the engine's. */
const { compare, converted, error, isNumber, iterate, late, lazy, mul, number, ours, truth, typeError, typeName } = $py;
const { index } = late;

const real = (x) => (isNumber(x) ? Number(x) : converted(x, ["__float__", "__index__"], `must be real number, not ${typeName(x)}`));
const domain = () => error("ValueError", "math domain error");
const tooLarge = () => error("OverflowError", "math range error");

/** An int: exact, or an error. */
function exact(x) {
  if (Math.abs(x) > 2 ** 53) throw error("OverflowError", "integers beyond 2**53 are not exact in the browser");
  return x + 0;
}
const whole = (x) => exact(Number(x));

/** What a function of finite numbers gives; where it has no value, Python raises. */
function checked(out, overflows, ...xs) {
  if (Number.isNaN(out) && !xs.some(Number.isNaN)) throw domain();
  if (!Number.isFinite(out) && xs.every(Number.isFinite)) throw overflows ? tooLarge() : domain();
  return out;
}
const of = (f, overflows = false) => (x) => {
  const v = real(x);
  return checked(f(v), overflows, v);
};

function integer(f, special) {
  return (x) => {
    if (ours(x) && x[special]) return x[special]();
    const v = real(x);
    if (Number.isNaN(v)) throw error("ValueError", "cannot convert float NaN to integer");
    if (!Number.isFinite(v)) throw error("OverflowError", "cannot convert float infinity to integer");
    return exact(f(v));
  };
}

/** The power of ten or two that a number is, if it is one: some engines miss those by a bit. */
function logarithm(base, f) {
  return (x) => {
    const v = real(x);
    if (v <= 0) throw domain();
    const out = f(v);
    const near = Math.round(out);
    return near >= 0 && Number(`1e${near}`) === v && base === 10 ? near : base === 2 && 2 ** near === v ? near : out;
  };
}

function log(x, base) {
  const v = real(x);
  if (v <= 0) throw domain();
  if (base === undefined) return Math.log(v);
  const b = real(base);
  if (b <= 0) throw domain();
  if (b === 1) throw error("ZeroDivisionError", "float division by zero");
  return Math.log(v) / Math.log(b);
}

function pow(x, y) {
  const [a, b] = [real(x), real(y)];
  if (a === 1 || b === 0) return 1;
  if (a === -1 && !Number.isFinite(b) && !Number.isNaN(b)) return 1;
  if (a === 0 && b < 0 && Number.isFinite(b)) throw domain();
  return checked(a ** b, true, a, b);
}

function fmod(x, y) {
  const [a, b] = [real(x), real(y)];
  return checked(a % b, false, a, b);
}

function remainder(x, y) {
  const [a, b] = [real(x), real(y)];
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (!Number.isFinite(a) || b === 0) throw domain();
  if (!Number.isFinite(b)) return a;
  const size = Math.abs(b);
  const rest = Math.abs(a) % size;
  const left = size - rest;
  const odd = (Math.abs(a) - rest) % (2 * size) !== 0;
  const out = rest < left || (rest === left && !odd) ? rest : -left;
  return (a < 0 ? -out : out) + 0;
}

const negative = (x) => x < 0 || Object.is(x, -0);
const copysign = (x, y) => (negative(real(x)) === negative(real(y)) ? real(x) : -real(x));

function frexp(x) {
  const v = real(x);
  if (v === 0 || !Number.isFinite(v)) return $py.tuple_(v, 0);
  const small = Math.abs(v) < 2 ** -1022;
  let e = Math.floor(Math.log2(Math.abs(small ? v * 2 ** 54 : v))) + 1;
  let m = (small ? v * 2 ** 54 : v) / 2 ** (e - 1) / 2;
  if (Math.abs(m) >= 1) [m, e] = [m / 2, e + 1];
  if (Math.abs(m) < 0.5) [m, e] = [m * 2, e - 1];
  return $py.tuple_(m, small ? e - 54 : e);
}

function ldexp(x, i) {
  const [v, n] = [real(x), index(i)];
  if (v === 0 || !Number.isFinite(v)) return v;
  const [m, e] = frexp(v);
  const power = e + n;
  if (power > 1024) throw tooLarge();
  if (power < -1080) return 0;
  return power < -1021 ? m * 2 ** (power + 60) * 2 ** -60 : m * 2 ** (power - 1) * 2;
}

function modf(x) {
  const v = real(x);
  if (!Number.isFinite(v)) return $py.tuple_(Number.isNaN(v) ? v : 0, v);
  return $py.tuple_(v % 1, Math.trunc(v));
}

/** The exact sum, rounded once. */
function fsum(seq) {
  const parts = [];
  let special = 0;
  for (const each of lazy(seq)) {
    let x = real(each);
    if (!Number.isFinite(x)) {
      special += x;
      continue;
    }
    let kept = 0;
    for (let y of parts) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      if (!Number.isFinite(high)) throw error("OverflowError", "intermediate overflow in fsum");
      const low = y - (high - x);
      if (low) parts[kept++] = low;
      x = high;
    }
    parts.length = kept;
    parts.push(x);
  }
  if (special !== 0) {
    if (Number.isNaN(special) && ![...iterate(seq)].some(Number.isNaN)) throw error("ValueError", "-inf + inf in fsum");
    return special;
  }
  let high = 0;
  let low = 0;
  while (parts.length) {
    const x = high;
    const y = parts.pop();
    high = x + y;
    low = y - (high - x);
    if (low) break;
  }
  // What is left decides a tie.
  if (parts.length && low < 0 === parts.at(-1) < 0) {
    const twice = low * 2;
    const sum = high + twice;
    if (twice === sum - high) high = sum;
  }
  return high;
}

/** The square of a number, as two that are it exactly. */
function square(x) {
  const wide = 134217729 * x;
  const top = wide - (wide - x);
  const rest = x - top;
  const high = x * x;
  return [high, top * top - high + 2 * top * rest + rest * rest];
}

function hypot(...coordinates) {
  const xs = coordinates.map((x) => Math.abs(real(x)));
  const most = Math.max(0, ...xs.filter((x) => !Number.isNaN(x)));
  if (most === Infinity) return Infinity;
  if (xs.some(Number.isNaN)) return Number.NaN;
  if (most === 0) return 0;
  const scale = 2 ** Math.max(-1000, Math.min(1000, Math.floor(Math.log2(most))));
  const squares = xs.flatMap((x) => square(x / scale));
  const root = Math.sqrt(fsum(squares));
  const [high, low] = square(root);
  return (root + fsum([...squares, -high, -low]) / (2 * root)) * scale;
}

function dist(p, q) {
  const [a, b] = [[...iterate(p)], [...iterate(q)]];
  if (a.length !== b.length) throw error("ValueError", "both points must have the same number of dimensions");
  return hypot(...a.map((x, i) => real(x) - real(b[i])));
}

function isclose(a, b, rel_tol = 1e-9, abs_tol = 0) {
  const [x, y, rel, abs] = [real(a), real(b), real(rel_tol), real(abs_tol)];
  if (rel < 0 || abs < 0) throw error("ValueError", "tolerances must be non-negative");
  if (x === y) return true;
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
  const gap = Math.abs(x - y);
  return gap <= Math.abs(rel * y) || gap <= Math.abs(rel * x) || gap <= abs;
}

function gcd2(a, b) {
  while (b) [a, b] = [b, a % b];
  return a;
}
const gcd = (...integers) => integers.reduce((a, b) => gcd2(a, Math.abs(whole(index(b)))), 0);
const lcm = (...integers) => integers.reduce((a, b) => {
  const n = Math.abs(index(b));
  return a && n ? exact((a / gcd2(a, n)) * n) : 0;
}, 1);

function natural(x, words) {
  const n = index(x);
  if (n < 0) throw error("ValueError", words);
  return n;
}

function factorial(n) {
  const last = natural(n, "factorial() not defined for negative values");
  let out = 1;
  for (let i = 2; i <= last; i++) out = exact(out * i);
  return out;
}

function perm(n, k = null) {
  const all = natural(n, "n must be a non-negative integer");
  if (k === null) return factorial(all);
  const some = natural(k, "k must be a non-negative integer");
  let out = some > all ? 0 : 1;
  for (let i = 0; i < some && out; i++) out = exact(out * (all - i));
  return out;
}

function comb(n, k) {
  const all = natural(n, "n must be a non-negative integer");
  const given = natural(k, "k must be a non-negative integer");
  if (given > all) return 0;
  const some = Math.min(given, all - given);
  let out = 1n;
  for (let i = 1n; i <= BigInt(some); i++) {
    out = (out * (BigInt(all - some) + i)) / i;
    if (out > 2n ** 53n) exact(Number(out));
  }
  return Number(out);
}

function isqrt(n) {
  const x = whole(natural(n, "isqrt() argument must be nonnegative"));
  const root = Math.floor(Math.sqrt(x));
  return root * root > x ? root - 1 : (root + 1) * (root + 1) <= x ? root + 1 : root;
}

function prod(iterable, start = 1) {
  let out = start;
  for (const x of lazy(iterable)) {
    out = mul(out, x);
    if (Number.isInteger(out)) exact(out);
  }
  return out;
}

const words = new DataView(new ArrayBuffer(8));

function nextafter(x, y) {
  const [a, b] = [real(x), real(y)];
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a === b) return b;
  if (a === 0) return b > 0 ? 5e-324 : -5e-324;
  words.setFloat64(0, a);
  words.setBigInt64(0, words.getBigInt64(0) + (a < b === a > 0 ? 1n : -1n));
  return words.getFloat64(0);
}

function ulp(x) {
  const v = Math.abs(real(x));
  if (!Number.isFinite(v)) return v;
  return v === Number.MAX_VALUE ? v - nextafter(v, 0) : nextafter(v, Infinity) - v;
}

late.$math = {
  acos: of(Math.acos), acosh: of(Math.acosh), asin: of(Math.asin), asinh: of(Math.asinh), atan: of(Math.atan),
  atan2: (y, x) => Math.atan2(real(y), real(x)),
  atanh: of(Math.atanh), cbrt: of(Math.cbrt), ceil: integer(Math.ceil, "__ceil__"), comb, copysign, cos: of(Math.cos),
  cosh: of(Math.cosh, true), degrees: of((x) => x * (180 / Math.PI), true), dist, exp: of(Math.exp, true),
  exp2: of((x) => 2 ** x, true), expm1: of(Math.expm1, true), fabs: of(Math.abs), factorial, floor: integer(Math.floor, "__floor__"),
  fmod, frexp, fsum, gcd, hypot, isclose,
  isfinite: (x) => Number.isFinite(real(x)),
  isinf: (x) => Math.abs(real(x)) === Infinity,
  isnan: (x) => Number.isNaN(real(x)),
  isqrt, lcm, ldexp, log, log10: logarithm(10, Math.log10), log1p: of(Math.log1p), log2: logarithm(2, Math.log2), modf,
  nextafter, perm, pow, prod, radians: of((x) => x * (Math.PI / 180)), remainder, sin: of(Math.sin), sinh: of(Math.sinh, true),
  sqrt: of(Math.sqrt), tan: of(Math.tan), tanh: of(Math.tanh), trunc: integer(Math.trunc, "__trunc__"), ulp,
};
