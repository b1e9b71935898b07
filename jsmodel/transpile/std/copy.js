/**
 * Python's `copy`. What is a value there (numbers, strings, functions) is its own copy. An object is made again as it says
 * itself, with `__copy__`, `__deepcopy__`, `__reduce_ex__` and its like, or as its class makes one, with its attributes.
 */
const { error, isPlain, isTuple, iterate, keys, late, lazy, none, ours, typeName } = $py;
const { setitem } = late;

/** A set or a bytearray of other items. */
function of_kind(x, items) {
  if (!["set", "frozenset", "bytearray"].includes(builtIn(x))) throw refused(x);
  return x._jsm_class.cls(items);
}

const refused = (x) => error("TypeError", `cannot copy '${typeName(x) || "generator"}' objects in the browser`);
const same = (x) => x;

/** Whether something is never copied: values, functions, classes, members of an enum. */
const fixed = (x) =>
  ours(x)
    ? x._jsm_class.cls === x || !!x._jsm_class.mro?.some((k) => k.root) || ["frozenset", "range", "slice"].includes(builtIn(x))
    : typeof x !== "object" || x === null;
const builtIn = (x) => (x._jsm_class.built_in ? x._jsm_class.label : "");

/** What an object says of how it is made again: a function, its arguments, and what comes after. */
function reduced(x) {
  if (x.__reduce_ex__) return x.__reduce_ex__(4);
  if (x.__reduce__) return x.__reduce__();
  return x instanceof Error ? [late.class_of(x), x.args, ours(x) ? late.vars_ours(x) : noted(x)] : null;
}

/** The attributes that were given to an exception that Python has built in. */
const noted = (x) => Object.fromEntries(Object.entries(Object.getOwnPropertyDescriptors(x)).filter(([key]) => !OF_ERRORS.test(key)).map(([key, d]) => [key, d.value]));
const OF_ERRORS = /^(_jsm_.*|stack|args|message|cause|name|value|code)$/;

/** Another object of a class, before `__init__`. */
function made(x, each) {
  const info = x._jsm_class;
  if (!info.flags?.fresh) return info.make_one ? info.make_one() : Object.create(Object.getPrototypeOf(x));
  const [args, given] = x.__getnewargs_ex__ ? x.__getnewargs_ex__() : [x.__getnewargs__ ? x.__getnewargs__() : [], null];
  const parts = [info.cls, ...iterate(args).map(each)];
  return given && keys(given).length ? late.kw(info.cls.__new__, parts, given) : info.cls.__new__(...parts);
}

/** What an object without `__getstate__` is in: its attributes, and those of its slots. */
function state(x) {
  const { fixed } = x._jsm_class;
  const own = fixed?.closed ? null : late.vars_ours(x);
  const slots = {};
  for (const [key, kind] of fixed ?? []) if (kind === "slot" && Object.hasOwn(x, `$${key}`)) slots[key] = x[key];
  return keys(slots).length ? $py.tuple_(own, slots) : own;
}

/** Let an object be in a state. */
function settle(out, to) {
  if (none(to)) return;
  if (out.__setstate__) {
    out.__setstate__(to);
    return;
  }
  const [own, slots] = isTuple(to) && to.length === 2 ? to : [to, null];
  const all = own === null ? null : ours(out) ? late.vars_ours(out) : out;
  if (own !== null) for (const key of keys(own)) all[key] = $py.getitem(own, key);
  if (slots !== null) for (const key of keys(slots)) out[key] = slots[key];
}

/**
 * Make an object again.
 * @param each what becomes of its parts
 * @param keep is told the object before its parts are looked at, which may lead back to it
 */
function again(x, each, keep) {
  const parts = reduced(x);
  if (typeof parts === "string") return x;
  if (parts) {
    const [f, args, to = null, items = null, pairs = null] = parts;
    const out = keep(f(...iterate(args).map(each)));
    settle(out, each(to));
    for (const item of none(items) ? [] : lazy(items)) out.append(each(item));
    for (const [key, value] of none(pairs) ? [] : lazy(pairs)) setitem(out, each(key), each(value));
    return out;
  }
  const out = keep(made(x, each));
  if (x.__getstate__ || out.__setstate__) settle(out, each(x.__getstate__ ? x.__getstate__() : state(x)));
  else if (out !== x)
    for (const [name, d] of Object.entries(Object.getOwnPropertyDescriptors(x)))
      Object.defineProperty(out, name, "value" in d ? { ...d, value: each(d.value) } : d);
  return out;
}

function copy(x) {
  if (fixed(x) || (isTuple(x) && !x.__copy__)) return x;
  if (ours(x)) {
    if (x.__copy__) return x.__copy__();
    if (x._jsm_copy) return x._jsm_copy(same);
    return builtIn(x) ? of_kind(x, [...lazy(x)]) : again(x, same, same);
  }
  if (Array.isArray(x) || ArrayBuffer.isView(x)) return x.slice();
  if (isPlain(x)) return late.dict(x);
  if (x instanceof Set || x instanceof Map) return new x.constructor(x);
  if (x instanceof Error) return again(late.caught(x), same, same);
  throw refused(x);
}

function deepcopy(x, memo = null) {
  const seen = memo instanceof Map ? memo : new Map();
  const inner = (v) => {
    const frozen = ours(v) && builtIn(v) === "frozenset";
    if (fixed(v) && !frozen) return v;
    if (seen.has(v)) return seen.get(v);
    const keep = (out) => (seen.set(v, out), out);
    if (isTuple(v) && !ours(v)) {
      const parts = v.map(inner);
      return keep(parts.every((p, i) => p === v[i]) ? v : Object.freeze(parts));
    }
    if (Array.isArray(v) && !ours(v)) {
      const out = keep([]);
      for (const each of v) out.push(inner(each));
      return out;
    }
    if (ArrayBuffer.isView(v)) return keep(v.slice());
    if (ours(v)) {
      const id = late.id(v);
      if (seen.has(id)) return seen.get(id); // a __deepcopy__ of the user's has noted it
      if (v.__deepcopy__) return keep(v.__deepcopy__(seen));
      if (v._jsm_copy) return keep(v._jsm_copy(inner));
      if (builtIn(v)) return keep(of_kind(v, [...lazy(v)].map(inner)));
      return keep(again(v, inner, keep));
    }
    if (isPlain(v)) {
      const out = keep({});
      for (const key of keys(v)) setitem(out, inner(key), inner($py.getitem(v, key)));
      return out;
    }
    if (v instanceof Set) return keep(new v.constructor([...v].map(inner)));
    if (v instanceof Error) return keep(again(late.caught(v), inner, keep));
    throw refused(v);
  };
  return inner(x);
}

late.$copy = { copy, deepcopy };
