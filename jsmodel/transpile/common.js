/**
 * What Python means and many pages need, but not all: slices, unpacking, `in`, whole-number
 * arithmetic, the methods of list, dict and str, exceptions that are caught. The second part of
 * labextension/src/runtime/py.ts; it is sent with the first code that uses it, as the body of a
 * function of $py.
 */
if ($py.late.call) return; // another kernel of this page has brought it

const {
  arity, attr, chars, converted, DICT, eq, error, getitem, iadd, int, isIndexed, isInt, isNumber, isPlain,
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
    const [, key] = /^Cannot add property (.+), object is not extensible$/.exec(err.message) ?? [];
    if (key) err.message = `'tuple' object has no attribute '${key}'`;
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
  if (isPlain(box)) return late.dict_has(box, x);
  if (box instanceof Uint8Array && late.bytes_has) return late.bytes_has(box, x);
  if ((typeof box !== "object" && !ours(box)) || none(box)) throw typeError(`argument of type '${typeName(box)}' is not iterable`);
  for (const v of lazy(box)) if (Object.is(v, x) || eq(v, x)) return true;
  return false;
}

// -- numbers: what is frequent stands by itself, so that the engine puts it right into the code that calls it
const simple = (a, b) => typeof a === "number" && typeof b === "number" && a >= 0 && b > 0;
const mod = (a, b, change) => (simple(a, b) ? (a % b) + 0 : modulo(a, b, change));
const floordiv = (a, b, change) => (simple(a, b) ? whole((a - (a % b)) / b) : floored(a, b, change));

/** A quotient that is whole, but for the last bit. */
function whole(q) {
  const low = Math.floor(q);
  return (q - low > 0.5 ? low + 1 : low) + 0;
}

function modulo(a, b, change) {
  if (typeof a === "string") return late.percent(a, b);
  if (ours(a) || ours(b)) return on(change ? "iop" : "op", "%", a, b);
  const [x, y] = numbers("%", a, b);
  if (y === 0) throw error("ZeroDivisionError", isInt(x) ? "integer modulo by zero" : "float modulo");
  const r = x % y;
  return (r !== 0 && r < 0 !== y < 0 ? r + y : r) + 0;
}

function floored(a, b, change) {
  if (ours(a) || ours(b)) return on(change ? "iop" : "op", "//", a, b);
  const [x, y] = numbers("//", a, b);
  if (y === 0) throw error("ZeroDivisionError", isInt(x) ? "integer division or modulo by zero" : "float floor division by zero");
  return whole((x - mod(x, y)) / y);
}

function operand(op, x, ok) {
  if (!ok) throw typeError(`bad operand type for ${op}: '${typeName(x)}'`);
  return $py.num(x);
}
const unary = (name, op, ok, f) => (x) => (ours(x) ? on("unary", x, name, op) : f(operand(op, x, ok(x))));
const neg = unary("__neg__", "unary -", isNumber, (x) => 0 - x);
const pos = unary("__pos__", "unary +", isNumber, (x) => x);
const invert = unary("__invert__", "unary ~", isInt, (x) => -x - 1);
const abs = unary("__abs__", "abs()", isNumber, Math.abs);

/** An integer, for range() and the like. */
function index(x) {
  return isInt(x) ? $py.num(x) : converted(x, ["__index__"], `'${typeName(x)}' object cannot be interpreted as an integer`, true);
}

/** The position in Python's characters of one in JS's. */
const place = (x, at) => (at < 0 ? at : chars(x.slice(0, at)).length);

function setitem(x, key, value) {
  if (Array.isArray(x) && typeof key === "number" && key >>> 0 === key && key < x.length) {
    try {
      x[key] = value;
      return;
    } catch {
      // a tuple: it is frozen
    }
  }
  if (typeof key === "string" && x?.constructor === Object && Object.hasOwn(x, key)) x[key] = value;
  else store(x, key, value);
}

function store(x, key, value) {
  if (isPlain(x)) return void put(x, key, value);
  if (isTuple(x) || (typeof x !== "object" && !ours(x)) || x === null) throw typeError(`'${typeName(x)}' object does not support item assignment`);
  if (late.is_fixed?.(x)) throw typeError(`'${typeName(x)}' object does not support item assignment`);
  if (isIndexed(x)) {
    const s = ours(key) ? late.part_of?.(key) : null;
    if (s) late.setslice(x, ...s, value);
    else x[position(x, key, "list assignment")] = value;
  }
  else if (x instanceof Map) x.set(key, value);
  else if (ours(x)) on("item", x, "__setitem__", "does not support item assignment", key, value);
  else x[key] = value;
}

function delitem(x, key) {
  if (isTuple(x) || (typeof x !== "object" && !ours(x)) || x === null || x instanceof Uint8Array)
    throw typeError(`'${typeName(x)}' object doesn't support item deletion`);
  if (ours(x)) on("item", x, "__delitem__", "doesn't support item deletion", key);
  else if (Array.isArray(x)) {
    const s = ours(key) ? late.part_of?.(key) : null;
    if (s) delslice(x, ...s);
    else x.splice(position(x, key, "list assignment"), 1);
  } else if (x instanceof Map ? !x.delete(key) : isPlain(x) ? late.dict_drop(x, key) === undefined : !Object.hasOwn(x, key)) throw error("KeyError", key);
  else if (!(x instanceof Map || isPlain(x))) delete x[key];
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
  if (ours(x) && !x._jsm_slice) return on("item", x, "__getitem__", "is not subscriptable", late.slice_(start, stop, step));
  const all = typeof x === "string" ? chars(x) : x;
  if (isPlain(x)) throw late.python < 12 ? typeError("unhashable type: 'slice'") : error("KeyError", "slice");
  if (typeof all !== "string" && !isIndexed(all) && !ours(x)) throw typeError(`'${typeName(x)}' object is not subscriptable`);
  const by = stride(step);
  if (ours(x)) return x._jsm_slice(start, stop, by);
  const [from, to] = bounds(all.length, start, stop, by);
  let part = [];
  if (by === 1) part = all.slice(from, Math.max(from, to));
  else for (let i = from; by > 0 ? i < to : i > to; i += by) part.push(all[i]);
  if (typeof x === "string") return typeof part === "string" ? part : part.join("");
  return Array.isArray(x) ? like(x, Array.isArray(part) ? part : [...part]) : Array.isArray(part) ? x.constructor.from(part) : part;
}

/** The step of a slice. */
function stride(step) {
  const by = none(step) ? 1 : isInt(step) ? Number(step) : converted(step, ["__index__"], "slice indices must be integers or None or have an __index__ method", true);
  if (by === 0) throw error("ValueError", "slice step cannot be zero");
  return by;
}

/** `del x[start:stop:step]`. */
function delslice(x, start, stop, step = null) {
  if (ours(x)) return x._jsm_delslice ? x._jsm_delslice(start, stop, stride(step)) : on("item", x, "__delitem__", "does not support item deletion", late.slice_(start, stop, step));
  if (isTuple(x) || !Array.isArray(x)) throw typeError(`'${typeName(x)}' object does not support item deletion`);
  const by = stride(step);
  const [from, to] = bounds(x.length, start, stop, by);
  if (by === 1) x.splice(from, Math.max(0, to - from));
  else {
    const out = new Set();
    for (let i = from; by > 0 ? i < to : i > to; i += by) out.add(i);
    const left = x.filter((_, i) => !out.has(i));
    x.splice(0, x.length, ...left);
  }
  return null;
}

/** Whether an object of the user's can be looped over. */
const loops = (x) => Symbol.iterator in x || "__iter__" in x || "__getitem__" in x;

/** The `n` elements of `x`; with `after`, a list of what is between the first n and the last ones. */
function unpack(x, n, after) {
  if (after === undefined && Array.isArray(x) && x.length === n) return x;
  const loop = ours(x) && !loops(x) ? null : (typeof x === "object" && x !== null) || ours(x) ? lazy(x) : typeof x === "string" ? [...x] : null;
  if (!loop) throw typeError(`cannot unpack non-iterable ${typeName(x)} object`);
  let items = loop;
  if (!Array.isArray(loop)) {
    items = [];
    for (const v of loop) if (items.push(v) > n && after === undefined) break; // it may never end
  }
  const got = items.length;
  const wanted = n + (after ?? 0);
  const expected = after === undefined ? wanted : `at least ${wanted}`;
  if (got < wanted) throw error("ValueError", `not enough values to unpack (expected ${expected}, got ${got})`);
  if (after !== undefined) return [...items.slice(0, n), items.slice(n, got - after), ...items.slice(got - after)];
  if (got > wanted) throw error("ValueError", `too many values to unpack (expected ${n}${late.python >= 14 && Array.isArray(loop) ? `, got ${got}` : ""})`);
  return items;
}

function any(x) {
  for (const v of lazy(x)) if (truth(v)) return true;
  return false;
}

function all(x) {
  for (const v of lazy(x)) if (!truth(v)) return false;
  return true;
}

// -- dicts
function update(d, x) {
  if (x instanceof Map) for (const [key, value] of x) put(d, key, value);
  else if (isPlain(x)) for (const key of keys(x)) put(d, key, late.dict_get(x, key));
  else if (ours(x) && x.keys) for (const key of iterate(x.keys())) put(d, key, getitem(x, key));
  else {
    let i = 0;
    for (const pair of lazy(x)) {
      const items = typeof pair === "string" ? [...pair] : (typeof pair === "object" && pair !== null) || ours(pair) ? iterate(pair) : null;
      if (!items) throw typeError(`cannot convert dictionary update sequence element #${i} to a sequence`);
      if (items.length !== 2) throw error("ValueError", `dictionary update sequence element #${i} has length ${items.length}; 2 is required`);
      put(d, items[0], items[1]);
      i++;
    }
  }
  return null;
}

function dict(...$k) {
  const [args, given] = by_name($k);
  if (args.length > 1) throw typeError(`dict expected at most 1 argument, got ${args.length}`);
  const out = {};
  if (args.length) update(out, args[0]);
  if (given) update(out, given);
  return out;
}

/** What a function got by position, and a dict of what it got by name. */
function by_name(rest) {
  const last = rest.at(-1);
  return late.Kw && last instanceof late.Kw ? [rest.slice(0, -1), last.given] : [rest, null];
}

/** The same, for a function that knows its keyword arguments: [args, each of them]. */
const kwargs = (rest, names, label) => (by_name(rest)[1] ? late.split(rest, names, false, label).slice(0, -1) : [rest]);

/** A dict display: of keys and values, or a dict where the key is `late.spread`. */
const dict_of = (...pairs) => dict_more({}, ...pairs);

/** The same, of which the first are there. */
function dict_more(out, ...pairs) {
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i] !== SPREAD) put(out, pairs[i], pairs[i + 1]);
    else if (!isPlain(pairs[i + 1]) && !(pairs[i + 1] instanceof Map) && !(ours(pairs[i + 1]) && pairs[i + 1].keys)) throw typeError(`'${typeName(pairs[i + 1])}' object is not a mapping`);
    else update(out, pairs[i + 1]);
  }
  return out;
}
const SPREAD = Symbol("**");

/** A loop over a dict: it notices when keys come or go. */
class Guarded {
  constructor(d, each) {
    [this.d, this.each, this.keys, this.at] = [d, each, keys(d), 0];
  }
  next() {
    if (this.at === 0 && $py.len(this.d) !== this.keys.length) throw changed();
    if (this.at < this.keys.length) {
      const key = this.keys[this.at++];
      if (typeof key === "string" ? this.d[key] === undefined && !Object.hasOwn(this.d, key) : !late.dict_has(this.d, key)) throw changed();
      return { done: false, value: this.each === null ? key : this.each(this.d, key) };
    }
    if (this.at < Infinity && $py.len(this.d) !== this.keys.length) throw changed();
    this.at = Infinity;
    return { done: true, value: undefined };
  }
  [Symbol.iterator]() {
    return this;
  }
}
const changed = () => error("RuntimeError", "dictionary changed size during iteration");
late.loop_dict = (d) => new Guarded(d, null);
late.guarded = (d, each) => new Guarded(d, each);

/** What `for k, v in x.items()` goes through: pairs that no one else sees. */
function items_loop(x) {
  return isPlain(x) && typeof x.items !== "function" ? new Guarded(x, pair) : lazy(call(x, "items"));
}
const pair = (d, key) => [key, typeof key === "string" ? d[key] : late.dict_get(d, key)];

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
  if (what !== null && typeof what !== "string") throw typeError(`${["lstrip", "rstrip", "strip"][ends - 1]} arg must be None or str`);
  const set = what === null ? SPACE : what.replace(/[\\\]^-]/g, "\\$&");
  if (!set) return x;
  const side = (n, pattern) => (ends & n ? pattern : "(?!)");
  return x.replace(new RegExp(`${side(1, `^[${set}]+`)}|${side(2, `(?<![${set}])[${set}]+$`)}`, "gu"), "");
}

function joinable(parts) {
  if (none(parts) || (typeof parts !== "object" && typeof parts !== "string" && typeof parts !== "function") || (ours(parts) && !loops(parts))) throw typeError("can only join an iterable");
  return iterate(parts);
}

/** The other methods of str are in library.js. */
Object.assign(STR, {
  join: (x, parts) =>
    joinable(parts)
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
    if (typeof sep !== "string") throw typeError(`must be str or None, not ${typeName(sep)}`);
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
    if (at < 0) throw error("ValueError", isTuple(x) ? "tuple.index(x): x not in tuple" : late.python >= 14 ? "list.index(x): x not in list" : `${repr(v)} is not in list`);
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
/** `dict.fromkeys(...)`. */
function fromkeys(_, iterable, value = null) {
  const out = {};
  for (const key of lazy(iterable)) put(out, key, value);
  return out;
}

Object.assign(DICT, {
  clear: late.dict_clear,
  fromkeys,
  copy: dict,
  get: (d, key, default$ = null) => {
    const value = late.dict_get(d, key);
    return value === undefined ? default$ : value;
  },
  pop: (d, key, ...otherwise) => {
    if (otherwise.length && keys(d).length === 0) return otherwise[0]; // also for what cannot be a key
    const value = late.dict_drop(d, key);
    if (value !== undefined) return value;
    if (otherwise.length) return otherwise[0];
    throw error("KeyError", key);
  },
  popitem: (d) => {
    const all = keys(d);
    if (!all.length) throw error("KeyError", "popitem(): dictionary is empty");
    const key = all.at(-1);
    return tuple_(key, late.dict_drop(d, key));
  },
  setdefault: (d, key, default$ = null) => {
    if (!late.dict_has(d, key)) put(d, key, default$);
    return late.dict_get(d, key);
  },
  update: (d, ...$k) => {
    const [args, given] = by_name($k);
    if (args.length > 1) throw typeError(`update expected at most 1 argument, got ${args.length}`);
    if (args.length) update(d, args[0]);
    if (given) update(d, given);
    return null;
  },
});
/** `x.name(...args)`, where `name` is a method of str, list or dict. */
function call(x, name, ...args) {
  const found = method(x, name);
  if (found) {
    arity(args.length, found.length - 1, `${typeName(x)}.${name}`);
    return found(x, ...args);
  }
  // Arrays of JS have some that lists have not, under names that Python knows.
  const strange = Array.isArray(x) && (name === "keys" || name === "values" || (name === "find" && typeof args[0] !== "function"));
  if (none(x) || isTuple(x) || strange || typeof x[name] !== "function" || typeof x === "string") {
    if (ours(x) && hasattr(x, name)) throw typeError(`'${typeName(x[name])}' object is not callable`);
    throw noAttribute(x, name);
  }
  return x[name](...args);
}

// -- objects
function type(x) {
  if (Array.isArray(x) && ours(x)) return x._jsm_class.cls; // a named tuple
  for (const [kind, check] of KINDS) if (check(x)) return kind;
  return ours(x) ? x._jsm_class.cls : x instanceof Error ? on("class_of", x) : (x?.constructor ?? null);
}
const callable = (x) => typeof x === "function";
const hasattr = (x, name) => !none(x) && ((ours(x) ? (late.hasattr_ours ? late.hasattr_ours(x, name) : name in x) : has(x, name)) || method(x, name) !== null);

/** What functions and errors have in JS, and in Python have not. */
const OF_FUNCTIONS = new Set(["name", "length", "prototype", "arguments", "caller"]);
const OF_ERRORS = new Set(["name", "message", "stack", "cause"]);

/** Whether something is a class of the user's, which has nothing of JS but a prototype. */
const ofUser = (x) => x._jsm_class?.cls === x && !!x._jsm_class.names;

/** Whether something that is no object of the user's has an attribute. */
function has(x, name) {
  if (typeof x !== "object" && typeof x !== "function") return late.attribute?.(x, name) !== undefined;
  if (typeof x === "function" && !ofUser(x) && OF_FUNCTIONS.has(name))
    return !x._jsm_class && Object.hasOwn(x, name) && /^class\b|\[native code\]\s*\}$/.test(Function.prototype.toString.call(x));
  const value = x[name];
  if (value === undefined) return false;
  if (Array.isArray(x)) return name !== "length" && Object.hasOwn(x, name);
  if (isPlain(x)) return Object.hasOwn(x, name);
  if (ofUser(x)) return name !== "prototype" || x._jsm_class.names.has(name);
  if (typeof x === "function" && value === Function.prototype[name]) return false;
  return !(x instanceof Error && "args" in x && OF_ERRORS.has(name));
}

function getattr(x, name, ...otherwise) {
  const found = ours(x) ? late.getattr_ours(x, name, otherwise) : undefined;
  if (found !== undefined) return found;
  if (hasattr(x, name)) return attr(x, x[name], name);
  if (otherwise.length) return otherwise[0];
  throw noAttribute(x, name);
}

function setattr(x, name, value) {
  if (/^__.*__$/.test(name)) throw error("AttributeError", `the special name '${name}' cannot be set in the browser`);
  x[name] = value;
  return null;
}

/** Functions, and whether they want `new`. */
const constructors = new WeakMap();

/** Whether a function wants `new`: a class, or what old JS makes objects with; and not one of Python with a capital. */
function constructs(f) {
  if (ours(f)) return f._jsm_class.cls === f;
  if (!constructors.has(f)) {
    const { prototype } = f;
    const isOfJs = () => Object.getPrototypeOf(prototype) !== Object.prototype || Reflect.ownKeys(prototype).length > 1;
    const yes = typeof prototype === "object" && prototype && (/^class\b|\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(f)) || isOfJs());
    constructors.set(f, !!yes);
  }
  return constructors.get(f);
}

/** Call what is in a variable with a capital. */
function make(f, ...args) {
  if (typeof f !== "function") throw typeError(`'${typeName(f)}' object is not callable`);
  return constructs(f) ? new f(...args) : f(...args);
}

/** `x.Name(...)`. */
function make_method(x, name, ...args) {
  const f = none(x) ? undefined : x[name];
  if (f === undefined) throw noAttribute(x, name);
  if (typeof f !== "function") throw typeError(`'${typeName(f)}' object is not callable`);
  return constructs(f) ? new f(...args) : Reflect.apply(f, x, args); // an object that can be called has no apply
}

KINDS.set(dict, isPlain);
KINDS.set(none, none);
for (const name of ["bool", "int", "float", "str", "tuple", "list", "dict", "NoneType"]) {
  const kind = name === "NoneType" ? none : name === "dict" ? dict : $py[name];
  Object.defineProperty(kind, "toString", { value: () => `<class '${name}'>`, configurable: true });
}

/** What a type itself does: dict.fromkeys. Other parts add more. */
const statics = { dict: { fromkeys }, int: {} };
late.statics = statics;
late.is_type = (x) => types.has(x);

/** The built-in types, and what Python calls them. */
const types = new Map([[none, "NoneType"], [$py.bool, "bool"], [int, "int"], [$py.float, "float"], [str, "str"], [$py.tuple, "tuple"], [$py.list, "list"], [dict, "dict"], [type, "type"], [Function, "function"]]);
KINDS.set(type, (x) => typeof x === "function" && (types.has(x) || (x._jsm_class?.cls === x && !x._jsm_class.meta)));

/** The repr of what is neither a plain value nor an object of ours. */
function shown(x) {
  if (types.has(x)) return `<class '${types.get(x)}'>`;
  if (typeof x !== "function" || x._jsm_class) return String(x);
  return /^class\b/.test(String(x)) ? `<class '${x.name}'>` : `<function ${x.name || "<lambda>"}>`;
}

/** Methods of a type itself, which take the object first: str.upper. */
const above = late.table;
late.table = (x, name) => {
  const label = typeof x === "function" && types.get(x);
  if (!label) return above?.(x, name);
  if (Object.hasOwn(statics[label] ?? {}, name)) return statics[label];
  const table = { str: STR, list: LIST, dict: DICT, tuple: /^(index|count)$/.test(name) ? LIST : {}, int: late.int_methods, float: late.int_methods, bytes: late.bytes_methods }[label] ?? x.prototype ?? {};
  const found = table[name];
  if (typeof found !== "function" || !Object.hasOwn(table, name)) return null;
  return { [name]: (_, self, ...args) => {
    if (!$py.isinstance(self, x)) throw typeError(`descriptor '${name}' for '${label}' objects doesn't apply to a '${typeName(self)}' object`);
    return table === x.prototype ? found.call(self, ...args) : found(self, ...args);
  } };
};

Object.assign(late, {
  LINE, SPREAD, abs, all, any, bound, bounds, by_name, call, callable, catches, caught, contains, defined, delitem, delslice, dict, dict_more, dict_of, done, error_name,
  floordiv, getattr, hasattr, index, invert, items_loop, kwargs, last, make, make_method, mod, neg, operand, place, pos, print_kw,
  setattr, setitem, shown, slice, strings, strip, stride, type, types, unpack,
});
