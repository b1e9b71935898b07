/**
 * Operators whose operands may be integers beyond 2**53, in an expression that comes back from there: what is
 * not exact as a number is a BigInt on its way. No such BigInt leaves the expression: `narrow` is around it.
 * Sent with the first such expression, as the body of a function of $py: jsmodel/transpile/lower/wide.py makes it.
 */
if ($py.late.narrow) return; // another kernel of this page has brought it

const { add, error, inexact, isInt, isNumber, late, mul, ours, refuse, sub } = $py;

const { floordiv, mod } = late;

const LIMIT = 2 ** 53;
const ROOM = 2 ** 20; // the most bits that something may have on its way

/** What Python does with integers, of BigInts. */
const EXACT = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => (a === 0n ? a : shifted(a, b)),
  ">>": (a, b) => (b < 0n ? late.rshift(1, -1) : a >> b),
  "**": power,
  "%": modulo,
  "//": (a, b) => (a - modulo(a, b)) / b,
};

/** What else there is for them: of floats, of objects, and of what raises. */
const COMMON = {
  "+": add, "-": sub, "*": mul, "%": mod, "//": floordiv, "**": (a, b) => late.pow(a, b),
  "&": (a, b) => late.bitand(a, b), "|": (a, b) => late.bitor(a, b), "^": (a, b) => late.bitxor(a, b),
  "<<": (a, b) => late.lshift(a, b), ">>": (a, b) => late.rshift(a, b),
};
const NAMES = { "**": "** or pow()" };
const FLOATING = new Set(["+", "-", "*", "%", "//", "**"]);

const size = (a) => a.toString(16).length * 4;

function shifted(a, b) {
  if (b < 0n) return late.lshift(1, -1); // raises
  if (b > ROOM) throw inexact();
  return a << b;
}

function power(a, b) {
  if (b < 0n) return late.pow(Number(a), Number(b)); // a float
  if (a * a > 1n && BigInt(size(a)) * b > ROOM) throw inexact();
  return a ** b;
}

function modulo(a, b) {
  if (b === 0n) return mod(1, 0); // raises
  const r = a % b;
  return r !== 0n && r < 0n !== b < 0n ? r + b : r;
}

/** Whether it is an integer, of any size. */
const whole = (x) => typeof x === "bigint" || isInt(x);

/** An operation that is not for numbers of JS alone: they would not be exact, or one is a BigInt, or something else. */
function wide(sign, a, b) {
  if (whole(a) && whole(b)) return EXACT[sign](BigInt(a), BigInt(b));
  if (typeof a !== "bigint" && typeof b !== "bigint") return COMMON[sign](a, b);
  if (isNumber(a) && isNumber(b) && FLOATING.has(sign)) return COMMON[sign](floating(a), floating(b));
  if (ours(a) || ours(b) || sign === "*") throw inexact(); // no one else may see a BigInt
  refuse(NAMES[sign] ?? sign, typeof a === "bigint" ? 1 : a, typeof b === "bigint" ? 1 : b);
}

function floating(x) {
  const out = Number(x);
  if (typeof x === "bigint" && !Number.isFinite(out)) throw error("OverflowError", "int too large to convert to float");
  return out;
}

// What is frequent stands by itself, as in py.ts.
function wide_add(a, b) {
  if (typeof a === "number" && typeof b === "number") {
    const r = a + b;
    if (r < LIMIT && r > -LIMIT) return r;
  }
  return wide("+", a, b);
}
function wide_sub(a, b) {
  if (typeof a === "number" && typeof b === "number") {
    const r = a - b;
    if (r < LIMIT && r > -LIMIT) return r;
  }
  return wide("-", a, b);
}
function wide_mul(a, b) {
  if (typeof a === "number" && typeof b === "number") {
    const r = a * b + 0; // no -0: it would be the int 0
    if (r < LIMIT && r > -LIMIT) return r;
  }
  return wide("*", a, b);
}
function wide_lshift(a, b) {
  if (typeof a === "number" && b >= 0 && b < 32 && Number.isInteger(a) && Number.isInteger(b)) {
    const r = a * 2 ** b;
    if (r < LIMIT && r > -LIMIT) return r;
  }
  return wide("<<", a, b);
}
function wide_pow(a, b) {
  if (typeof a === "number" && typeof b === "number") {
    const r = a ** b;
    if (r < LIMIT && r > -LIMIT && r !== 0) return r;
  }
  return b > 0 || typeof a === "bigint" || typeof b === "bigint" ? wide("**", a, b) : late.pow(a, b);
}

// Those that lead no further than their operands are.
const wide_mod = (a, b) => (typeof a === "number" && typeof b === "number" ? mod(a, b) : wide("%", a, b));
const wide_floordiv = (a, b) => (typeof a === "number" && typeof b === "number" ? floordiv(a, b) : wide("//", a, b));
const bounded = (sign) => {
  const common = COMMON[sign];
  return (a, b) => (typeof a === "bigint" || typeof b === "bigint" ? wide(sign, a, b) : common(a, b));
};
const [wide_bitand, wide_bitor, wide_bitxor, wide_rshift] = ["&", "|", "^", ">>"].map(bounded);

/** What comes out of it: an integer that is exact, or what there is instead of one. */
function narrow(x) {
  if (typeof x !== "bigint") return x;
  if (x > LIMIT || x < -LIMIT) throw inexact();
  return Number(x);
}

Object.assign(late, {
  narrow, wide_add, wide_bitand, wide_bitor, wide_bitxor, wide_floordiv, wide_lshift, wide_mod, wide_mul, wide_pow, wide_rshift, wide_sub,
});
