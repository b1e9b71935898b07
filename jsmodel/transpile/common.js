/**
 * What Python means and many pages need, but not all: slices, unpacking, `in`, whole-number
 * arithmetic, the methods of list, dict and str, exceptions that are caught. The second part of
 * labextension/src/runtime/py.ts; it is sent with the first code that uses it, as the body of a
 * function of $py.
 */
if ($py.late.call) return; // another kernel of this page has brought it

const {
  arity, attr, chars, converted, DICT, divisor, eq, error, getitem, iadd, int, isIndexed, isInt, isNumber, isPlain,
  isTuple, iterate, keys, KINDS, late, lazy, like, LIST, method, noAttribute, none, numbers, on, orders, ours,
  position, put, repr, SPACE, STR, str, truth, tuple_, typeError, typeName,
} = $py;

/** The name of the Python exception that an error is, or stands for. */
function error_name(err) {
  if (ours(err)) return typeName(err);
  if ("args" in err) return err.name;
  if (err.name === "RangeError") return /call stack/.test(err.message) ? "RecursionError" : "ValueError";
  if (err.name === "ReferenceError") return "NameError";
  // What the engines say of x.foo() and x.foo = 1, where x has no foo, or is null.
  return err.name === "TypeError" && /\.[\w$]+ is not a function|propert|is (null|undefined)/.test(err.message)
    ? "AttributeError"
    : err.name;
}

/** Whether an error is one of those exceptions, by name or class; '*' is any Exception, '**' what JS throws that is no Error. */
function catches(err, ...kinds) {
  if (!(err instanceof Error)) return kinds.includes("**");
  const classes = kinds.flat(9).filter((k) => typeof k !== "string");
  if (!classes.every((k) => k?.prototype instanceof Error)) throw typeError("catching classes that do not inherit from BaseException is not allowed");
  const own = ours(err) ? err._jsm_class.mro.filter((k) => k.builtin).map((k) => k.label) : [error_name(err)];
  return kinds.some((k) => {
    if (k === "*") return ours(err) ? own.includes("Exception") : !/^(KeyboardInterrupt|SystemExit)$/.test(own[0]);
    if (typeof k === "string") return own.includes(k);
    if (Array.isArray(k)) return catches(err, ...k);
    return err instanceof k;
  });
}
/** What an 'except' gives a name to: an error of JS becomes one of Python. */
function caught(err) {
  if (!(err instanceof Error)) return Object.assign(error("Exception", str(err)), { cause: err });
  if (!("args" in err)) {
    const name = error_name(err);
    const set = (key, value) => Reflect.defineProperty(err, key, { value, writable: true, configurable: true });
    set("args", tuple_(err.message));
    if (err.name !== name) set("name", name);
  }
  return err;
}

const last = (...xs) => xs.at(-1);

/** A local variable that may not be there yet. */
function bound(x, name, free = false) {
  const words = (which) => `cannot access ${which} variable '${name}' where it is not associated with a value`;
  if (x === undefined) throw free ? error("NameError", `${words("free")} in enclosing scope`) : error("UnboundLocalError", words("local"));
  return x;
}

/** A name of the module that only functions assign to. */
function defined(x, name) {
  if (x === undefined) throw error("NameError", `name '${name}' is not defined`);
  return x;
}

/** `x in box`. */
function contains(x, box) {
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
function mod(a, b, change) {
  if (typeof a === "string") return late.percent?.(a, isTuple(b) ? b : [b]);
  if (ours(a) || ours(b)) return on(change ? "iop" : "op", "%", a, b);
  const [x, y] = numbers("%", a, b);
  const r = x % divisor(y);
  return (r !== 0 && r < 0 !== y < 0 ? r + y : r) + 0;
}

function floordiv(a, b, change) {
  if (ours(a) || ours(b)) return on(change ? "iop" : "op", "//", a, b);
  const [x, y] = numbers("//", a, b);
  const q = (x - mod(x, y)) / y; // whole, but for the last bit
  return Math.round(q) + 0;
}

function operand(op, x, ok) {
  if (!ok) throw typeError(`bad operand type for ${op}: '${typeName(x)}'`);
  return Number(x);
}
const unary = (name, op, ok, f) => (x) => (ours(x) ? on("unary", x, name, op) : f(operand(op, x, ok(x))));
const neg = unary("__neg__", "unary -", isNumber, (x) => 0 - x);
const pos = unary("__pos__", "unary +", isNumber, (x) => x);
const invert = unary("__invert__", "unary ~", isInt, (x) => -x - 1);
const abs = unary("__abs__", "abs()", isNumber, Math.abs);

/** An integer, for range() and the like. */
function index(x) {
  return isInt(x) ? Number(x) : converted(x, ["__index__"], `'${typeName(x)}' object cannot be interpreted as an integer`, true);
}

/** The position in Python's characters of one in JS's. */
const place = (x, at) => (at < 0 ? at : chars(x.slice(0, at)).length);

function setitem(x, key, value) {
  if (isTuple(x) || typeof x !== "object" || x === null) throw typeError(`'${typeName(x)}' object does not support item assignment`);
  if (isIndexed(x)) x[position(x, key, "list assignment")] = value;
  else if (x instanceof Map) x.set(key, value);
  else if (isPlain(x)) put(x, key, value);
  else if (ours(x)) on("item", x, "__setitem__", "does not support item assignment", key, value);
  else x[key] = value;
}

function delitem(x, key) {
  if (isTuple(x) || typeof x !== "object" || x === null) throw typeError(`'${typeName(x)}' object doesn't support item deletion`);
  if (ours(x)) on("item", x, "__delitem__", "doesn't support item deletion", key);
  else if (Array.isArray(x)) x.splice(position(x, key, "list assignment"), 1);
  else if (x instanceof Map ? !x.delete(key) : typeof key !== "string" || !Object.hasOwn(x, key)) throw error("KeyError", key);
  else if (!(x instanceof Map)) drop(x, key);
}

function bounds(n, start, stop, step) {
  const clip = (i, otherwise) => {
    if (none(i)) return otherwise;
    const k = isInt(i) ? Number(i) : converted(i, ["__index__"], "slice indices must be integers or None or have an __index__ method", true);
    const at = k < 0 ? k + n : k;
    return step < 0 ? Math.max(-1, Math.min(n - 1, at)) : Math.max(0, Math.min(n, at));
  };
  return step < 0 ? [clip(start, n - 1), clip(stop, -1)] : [clip(start, 0), clip(stop, n)];
}

function slice(x, start, stop, step = null) {
  if (step === 0) throw error("ValueError", "slice step cannot be zero");
  const all = typeof x === "string" ? chars(x) : x;
  if (typeof all !== "string" && !isIndexed(all)) throw typeError(`'${typeName(x)}' object is not subscriptable`);
  const by = step ?? 1;
  const [from, to] = bounds(all.length, start, stop, by);
  let part = [];
  if (by === 1) part = all.slice(from, Math.max(from, to));
  else for (let i = from; by > 0 ? i < to : i > to; i += by) part.push(all[i]);
  return typeof x === "string" ? (typeof part === "string" ? part : part.join("")) : Array.isArray(x) ? like(x, part) : part;
}

/** The `n` elements of `x`; with `after`, a list of what is between the first n and the last ones. */
function unpack(x, n, after) {
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

function range(a, b, step = 1) {
  const [start, stop, by] = [b === undefined ? 0 : index(a), index(b === undefined ? a : b), index(step)];
  if (by === 0) throw error("ValueError", "range() arg 3 must not be zero");
  const out = [];
  for (let i = start; by > 0 ? i < stop : i > stop; i += by) out.push(i);
  return out;
}
const enumerate = (x, start = 0) => iterate(x).map((v, i) => tuple_(i + start, v));

function any(x) {
  for (const v of lazy(x)) if (truth(v)) return true;
  return false;
}

function all(x) {
  for (const v of lazy(x)) if (!truth(v)) return false;
  return true;
}

// -- dicts: their keys are strings, and keep their order
function drop(d, key) {
  const value = d[key];
  delete d[key];
  const order = orders.get(d);
  order?.splice(order.indexOf(key), 1);
  return value;
}

function update(d, x) {
  if (isPlain(x)) for (const key of keys(x)) put(d, key, x[key]);
  else if (ours(x) && x.keys) for (const key of iterate(x.keys())) put(d, key, getitem(x, key));
  else
    for (const pair of iterate(x)) {
      const [key, value] = unpack(pair, 2);
      put(d, key, value);
    }
  return null;
}

function dict(x = {}) {
  const out = {};
  update(out, x);
  return out;
}
const int_kw = (o, x) => int(x, o.base);

function print_kw(o, ...args) {
  const text = args.map(str).join(o.sep ?? " ") + (o.end ?? "\n");
  if (late.write) late.write(text); // in Node, see labextension/src/node.ts
  else console.log(text.replace(/\n$/, ""));
  return null;
}

// -- methods of str, list and dict
const LINE = "\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029";
const strings = (...xs) => {
  for (const x of xs) if (typeof x !== "string") throw typeError(`must be str, not ${typeName(x)}`);
};

function strip(x, what = null, ends = 3) {
  if (what !== null) strings(what);
  const set = what === null ? SPACE : what.replace(/[\\\]^-]/g, "\\$&");
  if (!set) return x;
  const side = (n, pattern) => (ends & n ? pattern : "(?!)");
  return x.replace(new RegExp(`${side(1, `^[${set}]+`)}|${side(2, `(?<![${set}])[${set}]+$`)}`, "gu"), "");
}

/** The other methods of str are in library.js. */
Object.assign(STR, {
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
});

/** None, whatever JS gave. */
const done = (_) => null;

Object.assign(LIST, {
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
});
const own = (d, key) => typeof key === "string" && Object.hasOwn(d, key);

Object.assign(DICT, {
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
    return d[key];
  },
  update,
  values: (d) => keys(d).map((key) => d[key]),
});

/** `x.name(...args)`, where `name` is a method of str, list or dict. */
function call(x, name, ...args) {
  const found = method(x, name);
  if (found) {
    arity(args.length, found.length - 1, `${typeName(x)}.${name}`);
    return found(x, ...args);
  }
  if (none(x) || isTuple(x) || typeof x[name] !== "function" || typeof x === "string") throw noAttribute(x, name);
  return x[name](...args);
}

// -- objects
function type(x) {
  for (const [kind, check] of KINDS) if (check(x)) return kind;
  return ours(x) ? x._jsm_class.cls : x instanceof Error ? on("class_of", x) : (x?.constructor ?? null);
}
const callable = (x) => typeof x === "function";
const hasattr = (x, name) => !none(x) && ((ours(x) ? on("hasattr_ours", x, name) : x[name] !== undefined) || method(x, name) !== null);

function getattr(x, name, ...otherwise) {
  if (hasattr(x, name)) return attr(x, x[name], name);
  if (otherwise.length) return otherwise[0];
  throw noAttribute(x, name);
}

function setattr(x, name, value) {
  if (/^__.*__$/.test(name)) throw error("AttributeError", `the special name '${name}' cannot be set in the browser`);
  x[name] = value;
  return null;
}

/** Call what is in a variable with a capital: a class wants `new`. */
function make(f, ...args) {
  if (typeof f !== "function") throw typeError(`'${typeName(f)}' object is not callable`);
  return f.prototype ? new f(...args) : f(...args);
}

KINDS.set(dict, isPlain);
KINDS.set(none, none);
for (const name of ["bool", "int", "float", "str", "tuple", "list", "dict", "NoneType"]) {
  const kind = name === "NoneType" ? none : name === "dict" ? dict : $py[name];
  Object.defineProperty(kind, "toString", { value: () => `<class '${name}'>`, configurable: true });
}

Object.assign(late, {
  LINE, abs, all, any, bound, bounds, call, callable, catches, caught, contains, defined, delitem, dict, done, enumerate, error_name,
  floordiv, getattr, hasattr, index, int_kw, invert, last, make, mod, neg, operand, place, pos, print_kw, range,
  setattr, setitem, slice, strings, strip, type, unpack,
});
