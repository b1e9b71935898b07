/** Python's `copy`. What is a value there (numbers, strings, functions) is its own copy. */
const { error, isPlain, isTuple, iterate, keys, late, ours, typeName } = $py;
const { getattr, setitem } = late;

function instance(x) {
  const out = Object.create(Object.getPrototypeOf(x));
  Object.defineProperties(out, Object.getOwnPropertyDescriptors(x));
  return out;
}

function copy(x) {
  if (typeof x !== "object" || x === null || isTuple(x)) return x;
  if (Array.isArray(x) || ArrayBuffer.isView(x)) return x.slice();
  if (ours(x)) return x.__copy__ ? x.__copy__() : x._jsm_copy ? x._jsm_copy((v) => v) : instance(x);
  if (isPlain(x)) return late.dict(x);
  if (x instanceof Set || x instanceof Map) return new x.constructor(x);
  throw refused(x);
}

const refused = (x) => error("TypeError", `cannot copy '${typeName(x)}' objects in the browser`);

function deepcopy(x, memo = null) {
  const seen = memo instanceof Map ? memo : new Map();
  const inner = (v) => {
    if (typeof v !== "object" || v === null) return v;
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
      if (v.__deepcopy__) return keep(v.__deepcopy__(seen));
      if (v._jsm_copy) return keep(v._jsm_copy(inner));
      const out = keep(Object.create(Object.getPrototypeOf(v)));
      for (const [name, d] of Object.entries(Object.getOwnPropertyDescriptors(v)))
        Object.defineProperty(out, name, "value" in d ? { ...d, value: inner(d.value) } : d);
      return out;
    }
    if (isPlain(v)) {
      const out = keep({});
      for (const key of keys(v)) setitem(out, inner(key), inner($py.getitem(v, key)));
      return out;
    }
    if (v instanceof Set) return keep(new v.constructor([...v].map(inner)));
    throw refused(v);
  };
  return inner(x);
}

late.$copy = { copy, deepcopy };
