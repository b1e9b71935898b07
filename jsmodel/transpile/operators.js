/**
 * What operators and built-in functions make of objects of classes of the user.
 * Sent with the first such class, before objects.js, as the body of a function of $py.
 */
if ($py.late.op) return; // another kernel of this page has brought it

const { error, late, lazy, ours, truth, typeError, typeName } = $py;
const { index } = late;

const NotImplemented = Symbol("NotImplemented");
const special = (x, name) => (ours(x) ? x[name] : undefined);

const ARITHMETIC = {
  "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "** or pow()": "pow",
  "<<": "lshift", ">>": "rshift", "&": "and", "|": "or", "^": "xor", "@": "matmul",
};
const MIRROR = { __lt__: "__gt__", __gt__: "__lt__", __le__: "__ge__", __ge__: "__le__", __eq__: "__eq__" };
const COMPARISON = { "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__" };

/** Whether the class of `b` is derived from that of `a`. */
const derived = (a, b) => ours(a) && ours(b) && a._jsm_class !== b._jsm_class && !!b._jsm_class.mro?.includes(a._jsm_class);

/** What the first of the calls says that is not NotImplemented. */
function first(calls) {
  for (const [x, name, other] of calls) {
    const f = special(x, name);
    const out = f ? f.call(x, other) : NotImplemented;
    if (out !== NotImplemented) return out;
  }
  return NotImplemented;
}

/** `a + b` and the like, where one of them is an object of a class of the user. */
function op(sign, a, b, change = "") {
  const name = ARITHMETIC[sign];
  const [to, from] = [[a, `__${name}__`, b], [b, `__r${name}__`, a]];
  const same = ours(a) && ours(b) && a._jsm_class === b._jsm_class;
  const swap = derived(a, b) && b[from[1]] !== a[from[1]];
  const out = first(same ? [to] : swap ? [from, to] : [to, from]);
  if (out === NotImplemented) {
    if (sign === "*" && (typeof a === "string" || Array.isArray(a)) && special(b, "__index__")) return $py.mul(a, index(b));
    return $py.refuse(sign + change, a, b);
  }
  return out ?? null;
}

/** `a += b` and the like. */
function iop(sign, a, b) {
  const out = first([[a, `__i${ARITHMETIC[sign]}__`, b]]);
  if (out !== NotImplemented) return out ?? null;
  if (!Array.isArray(a) || Object.isFrozen(a) || sign !== "+") return op(sign, a, b, "=");
  const other = first([[b, "__radd__", a]]);
  if (other !== NotImplemented) return other ?? null;
  a.push(...$py.iterate(b));
  return a;
}

function matmul(a, b, change) {
  return ours(a) || ours(b) ? (change ? iop : op)("@", a, b) : $py.refuse("@", a, b);
}

/** True, false or NotImplemented. */
function rich(name, a, b) {
  const calls = [[a, name, b], [b, MIRROR[name], a]];
  return checked(name, first(derived(a, b) ? calls.reverse() : calls));
}
function checked(name, out) {
  if (out !== NotImplemented && typeof out !== "boolean")
    throw typeError(`${name} gave ${typeName(out)}: comparisons must give True or False in the browser`);
  return out;
}

/** `a == b`. With `not`, what is asked is `a != b`, and the answer the opposite: what has no __ne__ goes by its __eq__. */
function eq(a, b, not) {
  if (!not) {
    const out = rich("__eq__", a, b);
    return out === NotImplemented ? a === b : out;
  }
  const asked = ([x, y]) => [x, ours(x) && x.__ne__ ? "__ne__" : "__eq__", y];
  const calls = [[a, b], [b, a]].map(asked);
  for (const call of derived(a, b) ? calls.reverse() : calls) {
    const out = first([call]);
    if (out !== NotImplemented) return checked(call[1], out) === (call[1] === "__eq__");
  }
  return a === b;
}

/** Negative, positive or NaN, so that `op` of it and 0 is what the objects say. */
function order(a, b, sign) {
  const out = rich(COMPARISON[sign], a, b);
  if (out === NotImplemented) throw typeError(`'${sign}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
  return out === sign.startsWith("<") ? -1 : 1;
}

// -- looping

const isStop = (err) => late.catches(err, "StopIteration");

/** An iterator of JS, of an object with __next__. */
function stepped(it) {
  return {
    next() {
      try {
        return { value: it.__next__() ?? null, done: false };
      } catch (err) {
        if (!isStop(err)) throw err;
        return { value: err.value ?? null, done: true };
      }
    },
    [Symbol.iterator]() { return this; },
  };
}

/** The items 0, 1, 2 ... of an object, until there is none. */
function* items(x) {
  for (let i = 0; ; i++) {
    let value;
    try {
      value = x.__getitem__(i) ?? null;
    } catch (err) {
      if (late.catches(err, "IndexError", "StopIteration")) return;
      throw err;
    }
    yield value;
  }
}

/** What `iter(x)` gives. */
function iter_ours(x) {
  if (x.__iter__ === null) throw typeError(`'${typeName(x)}' object is not iterable`);
  if (x.__iter__) {
    const it = x.__iter__();
    if (ours(it) ? !it.__next__ : typeof it !== "object" || it === null || typeof it.next !== "function")
      throw typeError(`iter() returned non-iterator of type '${typeName(it)}'`);
    return it;
  }
  if (!x.__getitem__) throw typeError(`'${typeName(x)}' object is not iterable`);
  return items(x);
}

/** What a loop of JS goes through. */
function looped(x) {
  if (x[Symbol.iterator]) return x;
  const it = iter_ours(x);
  return ours(it) ? stepped(it) : lazy(Symbol.iterator in it ? it : { [Symbol.iterator]: () => it });
}

function next_ours(x, ...otherwise) {
  if (!x.__next__) throw typeError(`'${typeName(x)}' object is not an iterator`);
  try {
    return x.__next__() ?? null;
  } catch (err) {
    if (otherwise.length && isStop(err)) return otherwise[0];
    throw err;
  }
}

function reversed_ours(x) {
  if (x.__reversed__) return x.__reversed__();
  if (!x.__len__ || !x.__getitem__) throw typeError(`'${typeName(x)}' object is not reversible`);
  return (function* () {
    for (let i = len(x) - 1; i >= 0; i--) yield x.__getitem__(i) ?? null;
  })();
}

/** An asynchronous iterator of JS, of an object with __aiter__. */
function aiter_ours(x) {
  const it = x.__aiter__();
  if (!ours(it)) return late.aiter(it);
  return {
    async next() {
      try {
        return { value: (await it.__anext__()) ?? null, done: false };
      } catch (err) {
        if (!late.catches(err, "StopAsyncIteration")) throw err;
        return { value: null, done: true };
      }
    },
    [Symbol.asyncIterator]() { return this; },
  };
}

function contains(x, box) {
  const f = special(box, "__contains__");
  if (f) return truth(f.call(box, x));
  for (const v of looped(box)) if (Object.is(v, x) || $py.eq(v, x)) return true;
  return false;
}

// -- built-in functions

function boolean(x) {
  const f = x.__bool__;
  if (!f) return x.__len__ ? len(x) > 0 : true;
  const out = f.call(x);
  if (typeof out !== "boolean") throw typeError(`__bool__ should return bool, returned ${typeName(out)}`);
  return out;
}

function len(x) {
  if (!x.__len__) throw typeError(`object of type '${typeName(x)}' has no len()`);
  const n = index(x.__len__());
  if (n < 0) throw error("ValueError", "__len__() should return >= 0");
  return n;
}

/** An item: `x[key]`, `x[key] = value`, `del x[key]`. */
function item(x, name, words, ...args) {
  const f = special(x, name);
  if (!f) throw typeError(`'${typeName(x)}' object ${words}`);
  return f.apply(x, args) ?? null;
}

/** Text that a special method gives. */
function text(x, name) {
  const out = x[name]();
  if (typeof out !== "string") {
    if (ours(out) && typeof out._value_ === "string") return out._value_;
    throw typeError(`${name} returned non-string (type ${typeName(out)})`);
  }
  return out;
}

function unary(x, name, sign) {
  const f = special(x, name);
  if (!f) throw typeError(`bad operand type for ${sign}: '${typeName(x)}'`);
  return f.call(x) ?? null;
}

/** A number that `int()`, `float()` or an index wants. */
function number(x, names, words, whole) {
  const name = names.find((n) => special(x, n));
  if (!name) throw typeError(words);
  const out = x[name]();
  if (typeof out !== "number" && typeof out !== "boolean") throw typeError(`${name} returned non-${whole ? "int" : "float"} (type ${typeName(out)})`);
  if (whole && !Number.isInteger(Number(out))) throw typeError(`${name} returned non-int (type float)`);
  return Number(out);
}

function rounded(x, digits) {
  const f = special(x, "__round__");
  if (!f) throw typeError(`type ${typeName(x)} doesn't define __round__ method`);
  return digits === undefined ? f.call(x) : f.call(x, digits);
}

function formatted(x, spec) {
  if (x.__format__) {
    const out = x.__format__(spec);
    if (typeof out !== "string") throw typeError(`__format__ must return a str, not ${typeName(out)}`);
    return out;
  }
  if (spec) throw typeError(`unsupported format string passed to ${typeName(x)}.__format__`);
  return text(x, "__str__");
}

Object.assign(late, {
  NotImplemented, aiter_ours, boolean, contains_ours: contains, eq_ours: eq, formatted, item, iop, iter_ours, len_ours: len, matmul,
  next_ours, looped, number_ours: number, op, order, reversed_ours, rounded, text, unary,
});
