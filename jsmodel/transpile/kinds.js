/**
 * What objects, classes and functions say about themselves: __class__, __name__ and the like;
 * special methods by name; issubclass(). Sent with the first code that asks, after objects.js.
 */
if ($py.late.special) return; // another kernel of this page has brought it

const { bool, error, float, int, KINDS, late, list, none, noAttribute, ours, str, tuple, tuple_, typeError, typeName } = $py;
const { ob } = late;

const classOf = (x) => (typeof x === "function" && x._jsm_class?.cls === x ? x._jsm_class : null);

/** What the types that Python has built in are called. */
const BUILT_IN = new Map([[bool, "bool"], [int, "int"], [float, "float"], [str, "str"], [tuple, "tuple"], [list, "list"], [late.dict, "dict"], [none, "NoneType"], [Function, "function"]]);
const nameOf = (f) => {
  const info = classOf(f);
  if (info) return info.label;
  if (BUILT_IN.has(f)) return BUILT_IN.get(f);
  if (f.prototype?._jsm_class?.label) return f.prototype._jsm_class.label; // a Model
  return (f.name || "<lambda>").replace(/\$p?$/, "");
};

/** What the special methods of what is no object of the user are. */
const METHODS = {
  __add__: (a, b) => $py.add(a, b), __sub__: (a, b) => $py.sub(a, b), __mul__: (a, b) => $py.mul(a, b), __truediv__: (a, b) => $py.div(a, b),
  __floordiv__: (a, b) => late.floordiv(a, b), __mod__: (a, b) => late.mod(a, b), __pow__: (a, b) => late.pow(a, b), __neg__: (a) => late.neg(a),
  __eq__: (a, b) => $py.eq(a, b), __ne__: (a, b) => !$py.eq(a, b), __lt__: (a, b) => $py.lt(a, b), __le__: (a, b) => $py.le(a, b), __gt__: (a, b) => $py.gt(a, b), __ge__: (a, b) => $py.ge(a, b),
  __len__: (x) => $py.len(x), __contains__: (x, v) => late.contains(v, x), __getitem__: (x, key) => $py.getitem(x, key),
  __setitem__: (x, key, v) => late.setitem(x, key, v), __str__: (x) => str(x), __repr__: (x) => $py.repr(x), __bool__: (x) => $py.truth(x),
  __int__: (x) => int(x), __float__: (x) => float(x), __abs__: (x) => late.abs(x), __iter__: (x) => $py.lazy(x)[Symbol.iterator](),
  __next__: (x) => late.next(x), __call__: (f, ...args) => f(...args), __format__: (x, spec) => late.format_value(x, spec), __hash__: (x) => late.hash(x),
};

const lost = (x, name) => error("AttributeError", `the special name '${name}' of a '${typeName(x)}' object is not known in the browser`);

const QUESTIONS = {
  __class__: (x) => late.type(x),
  __dict__: (x) => vars(x),
  __name__: (x) => (typeof x === "function" && !(ours(x) && !classOf(x)) ? nameOf(x) : undefined),
  __qualname__: (x) => {
    const info = classOf(x);
    if (info) return info.qualname ?? info.label;
    if (BUILT_IN.has(x)) return BUILT_IN.get(x);
    throw lost(x, "__qualname__");
  },
  __module__: (x) => {
    const info = classOf(x) ?? (ours(x) ? x._jsm_class : null);
    if (info) return info.name.split(":")[0];
    if (BUILT_IN.has(x)) return "builtins";
    throw lost(x, "__module__");
  },
  __mro__: (x) => tuple_(...(classOf(x)?.mro.map((k) => k.cls) ?? [])),
  __bases__: (x) => tuple_(...(classOf(x)?.bases.map((k) => k.cls) ?? [])),
  __cause__: (x) => (x instanceof Error ? (x.cause ?? null) : undefined),
  __suppress_context__: (x) => (x instanceof Error ? (x.__suppress_context__ ?? Object.hasOwn(x, "cause")) : undefined),
  __notes__: (x) => x.__notes__,
  __self__: (f) => f?._jsm_me,
  __func__: (f) => (f?._jsm_me && f._jsm_of ? (classOf(f._jsm_me) ? f._jsm_of : late.loose(f._jsm_of)) : undefined),
  __members__: (x) => {
    const { members } = classOf(x) ?? {};
    return members ? Object.fromEntries(members) : undefined;
  },
  __match_args__: (x) => x?.__match_args__,
  __wrapped__: (x) => x?.__wrapped__,
  __isabstractmethod__: (x) => x?.__isabstractmethod__,
};

/** `x.__name__`, with any special name. */
function special(x, name) {
  const ask = QUESTIONS[name];
  let found;
  if (ask) found = none(x) && name !== "__class__" ? undefined : ask(x);
  else if (classOf(x)) found = x[name];
  else if (ours(x) || (x instanceof Error && typeof x[name] === "function")) found = typeof x[name] === "function" ? bindSpecial(x, name) : x[name];
  else {
    const f = METHODS[name];
    if (!f) throw lost(x, name);
    return BUILT_IN.has(x) ? f : (...args) => f(x, ...args);
  }
  if (found === undefined) {
    if (name in METHODS || ask) throw noAttribute(x, name);
    throw lost(x, name);
  }
  return found;
}

const bindSpecial = (x, name) => Object.assign((...args) => x[name](...args) ?? null, { _jsm_of: x[name], _jsm_me: x });

function set_special(x, name, value) {
  if (!(x instanceof Error)) throw noAttribute(x, name);
  if (name === "__cause__") x.cause = value;
  else Object.defineProperty(x, name, { value, writable: true, configurable: true });
  return null;
}

/** `vars(x)`. */
function vars(x) {
  if (classOf(x)) throw error("TypeError", `the attributes of the class ${x._jsm_class.label} are not known as a dict in the browser`);
  if (!ours(x)) throw typeError("vars() argument must have __dict__ attribute");
  if (x._jsm_class.fixed?.closed) throw typeError("vars() argument must have __dict__ attribute");
  return late.vars_ours(x);
}

function issubclass(cls, kind) {
  if (Array.isArray(kind)) return kind.some((k) => issubclass(cls, k));
  if (typeof cls !== "function" || !(classOf(cls) || KINDS.has(cls) || /^class\b/.test(String(cls)))) throw typeError("issubclass() arg 1 must be a class");
  if (typeof kind !== "function" || !(classOf(kind) || KINDS.has(kind) || /^class\b/.test(String(kind)))) throw typeError("issubclass() arg 2 must be a class, a tuple of classes, or a union");
  if (kind === ob || cls === kind) return true;
  const info = classOf(cls);
  if (info) {
    const mixin = info.mixin && BUILT_IN.get(kind) === info.mixin;
    return !!mixin || info.mro.some((k) => k.cls === kind);
  }
  if (KINDS.has(cls)) return cls === bool && kind === int;
  return cls.prototype instanceof kind;
}

Object.assign(late, { issubclass, set_special, special, vars });
