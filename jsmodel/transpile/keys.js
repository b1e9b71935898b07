/**
 * What dicts and sets look things up by: hashes, and tables of keys of any kind.
 * Sent with the first code that may need it, as the body of a function of $py.
 *
 * A dict whose keys are all str is a plain object of JS, with own properties. Any other
 * key is in a table beside it, which also knows the order of all keys; so do keys that
 * consist of digits, which JS would put first.
 */
if ($py.late.Table) return; // another kernel of this page has brought it

const { eq, error, isNumber, isTuple, late, none, orders, ours, typeError, typeName } = $py;

/** The key of what only says by __eq__ and __hash__ what it is equal to. */
const LOOSE = Symbol("loose");
const ids = new WeakMap();
let lastId = 0;

/** A number that an object keeps, as long as it lives. */
function id(x) {
  if ((typeof x !== "object" && typeof x !== "function") || x === null) return hash(x);
  if (!ids.has(x)) ids.set(x, ++lastId * 16);
  return ids.get(x);
}

const unhashable = (x) => typeError(`unhashable type: '${typeName(x)}'`);

/** Whether an object is equal only to itself. */
function alone(x) {
  const ob = late.ob?.prototype;
  return (!x.__eq__ || x.__eq__ === ob?.__eq__) && (!x.__hash__ || x.__hash__ === ob?.__hash__);
}

/** What a Map of JS tells a value apart by, as Python does: equal values have one key. */
function keyOf(x) {
  switch (typeof x) {
    case "string":
      return x.charCodeAt(0) ? x : `\0${x}`; // those that begin so are made here
    case "number":
      return x;
    case "boolean":
      return x ? 1 : 0;
    case "undefined":
      return null;
    case "bigint":
      return Number.isSafeInteger(Number(x)) ? Number(x) : x;
    case "object":
      break;
    default:
      if (!ours(x)) return x; // an object that can be called is a function
  }
  if (x === null) return null;
  if (Array.isArray(x)) {
    if (!isTuple(x)) throw unhashable(x);
    let text = "\0(";
    for (const item of x) {
      const k = keyOf(item);
      if (k === LOOSE) return LOOSE;
      text += part(k);
    }
    return text;
  }
  if (ours(x)) {
    if (x.__key__) return x.__key__();
    if (alone(x)) return x;
    if (typeof x.__hash__ !== "function") throw unhashable(x);
    return LOOSE;
  }
  if ($py.isPlain(x) && typeName(x) !== "Event") throw unhashable(x); // an event is itself only
  if (x instanceof Uint8Array) return `\0b${String.fromCharCode(...x)}`;
  return x instanceof Date ? `\0d${x.getTime()}` : x;
}

/** A key, in the text that is the key of a tuple. */
const part = (k) =>
  typeof k === "string" ? `s${k.length}:${k}` : typeof k === "number" ? `n${k === 0 ? 0 : k};` : none(k) ? "N" : `o${typeof k === "object" || typeof k === "function" ? id(k) : String(k)};`;

/** `hash(x)`: equal values have equal ones. Those of integers are Python's. */
function hash(x) {
  if (isNumber(x)) {
    const n = Number(x);
    if (Number.isInteger(n)) return n === -1 ? -2 : Math.abs(n) <= 2 ** 53 ? n + 0 : mixed(String(n));
    return n === Infinity ? 314159 : n === -Infinity ? -314159 : mixed(String(n));
  }
  if (typeof x === "string") return mixed(x);
  if (isTuple(x)) return mixed(x.map(hash).join());
  if (ours(x) && (x.__hash__ || !x.__key__) && !alone(x)) {
    if (typeof x.__hash__ !== "function") throw unhashable(x);
    const out = x.__hash__();
    if (!$py.isInt(out)) throw typeError("__hash__ method should return an integer");
    return out === -1 ? -2 : Number(out);
  }
  const key = keyOf(x);
  return typeof key === "string" ? mixed(key) : typeof key === "number" ? hash(key) : key === null ? 271828 : id(key);
}

function mixed(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** Keys in the order in which they came, each looked up by its value. */
class Table {
  map = new Map(); // what keyOf() gives, or the key itself where it is LOOSE → the key
  loose = null; // hash → keys that are LOOSE
  values = null; // of a dict: what keyOf() gives → the value

  get size() {
    return this.map.size;
  }

  /** Under what `x` is in the map; undefined if it is not. */
  find(x) {
    const key = keyOf(x);
    if (key !== LOOSE && this.map.has(key)) return key;
    if (key !== LOOSE && !this.loose) return undefined;
    const h = hash(x);
    for (const other of this.loose?.get(h) ?? []) if (other === x || eq(other, x)) return other;
    if (key === LOOSE && this.map.size > (this.count ?? 0))
      for (const [k, other] of this.map) if (k !== other && hash(other) === h && eq(x, other)) return k;
        else if (k === other && typeof k !== "object" && hash(other) === h && eq(x, other)) return k;
    return undefined;
  }

  has(x) {
    return this.find(x) !== undefined;
  }

  /** Add a key; what it is under. One that is there already stays. */
  add(x) {
    const found = this.find(x);
    if (found !== undefined) return found;
    let key = keyOf(x);
    if (key === LOOSE) {
      key = x;
      this.loose ??= new Map();
      this.count = (this.count ?? 0) + 1;
      const h = hash(x);
      if (this.loose.has(h)) this.loose.get(h).push(x);
      else this.loose.set(h, [x]);
    }
    this.map.set(key, x);
    return key;
  }

  /** Remove what is under a key of the map. */
  remove(key) {
    const x = this.map.get(key);
    this.map.delete(key);
    this.values?.delete(key);
    if (this.loose && keyOf(x) === LOOSE) {
      const bucket = this.loose.get(hash(x));
      bucket.splice(bucket.indexOf(x), 1);
      this.count--;
    }
  }

  clear() {
    this.map.clear();
    this.values?.clear();
    this.loose = null;
    this.count = 0;
  }
}

/** The keys of a dict that has others than str, or such as JS would order otherwise. */
class DictTable extends Table {
  values = new Map();

  constructor(d) {
    super();
    this.d = new WeakRef(d);
    for (const key of $py.keys(d)) this.add(key);
  }

  /** All keys in order; what JS did to the object counts. */
  keys() {
    const d = this.d.deref();
    const out = [];
    let own = 0;
    for (const key of this.map.values())
      if (typeof key !== "string") out.push(key);
      else if (Object.hasOwn(d, key)) own = out.push(key) && own + 1;
    const all = Object.keys(d);
    if (own < all.length) for (const key of all) if (!this.map.has(keyOf(key))) out.push(key);
    return out;
  }
}

/** The table of a dict, or undefined; of one that came from Python only the order is known yet. */
function known(d) {
  const found = orders.get(d);
  return found && !(found instanceof DictTable) ? tableOf(d) : found;
}

function tableOf(d) {
  let table = orders.get(d);
  if (!(table instanceof DictTable)) orders.set(d, (table = new DictTable(d)));
  return table;
}

/** JSON.stringify() of JS would leave out what is in the table. */
function toJSON() {
  if (strange(this)) throw typeError("a dict with keys that are no str is no JSON: make them str first");
  return Object.fromEntries(Object.entries(this));
}

/** The str that is a key of the object itself, or null where it is one of the table. */
function own(d, key) {
  if (typeof key === "string") return key;
  if (typeof key !== "object" || key === null || !ours(key)) return null;
  const k = keyOf(key); // it may be equal to a str
  if (typeof k === "string" && k.charCodeAt(0)) return k;
  if (k !== LOOSE) return null;
  const found = tableOf(d).find(key);
  const there = found === undefined ? undefined : tableOf(d).map.get(found);
  return typeof there === "string" ? there : null;
}

/** What a key of a dict is under in its table; undefined if it is not there. Raises TypeError if it cannot be one. */
function other(d, key) {
  const table = known(d);
  if (table) return table.find(key);
  keyOf(key);
  return undefined;
}

function has(d, key) {
  const name = own(d, key);
  return name === null ? other(d, key) !== undefined : Object.hasOwn(d, name);
}

/** `d[key]`, or what stands for nothing: undefined. */
function get(d, key) {
  const name = own(d, key);
  if (name !== null) return Object.hasOwn(d, name) ? (d[name] ?? null) : undefined;
  const at = other(d, key);
  return at === undefined ? undefined : known(d).values.get(at);
}

/** `d[key]` where it is no str that is there. */
function lookup(d, key) {
  const value = get(d, key);
  if (value === undefined) throw error("KeyError", key);
  return value;
}

/** `d[key] = value`. */
function put_any(d, key, value) {
  const name = own(d, key);
  if (name === null) {
    const table = tableOf(d);
    if (!table.values.size) Object.defineProperty(d, "toJSON", { value: toJSON, writable: true, configurable: true });
    table.values.set(table.add(key), value ?? null);
    return;
  }
  if (!Object.hasOwn(d, name) && (orders.has(d) || /^\d+$/.test(name))) {
    const table = tableOf(d);
    const stale = table.find(name); // JS deleted it
    if (stale !== undefined) table.remove(stale);
    table.add(name);
  }
  if (name === "__proto__") Object.defineProperty(d, name, { value, enumerable: true, writable: true, configurable: true });
  else d[name] = value;
}

/** `del d[key]`; what was there, or undefined. */
function drop(d, key) {
  const name = own(d, key);
  const value = get(d, key);
  if (value === undefined) return undefined;
  const table = known(d);
  if (table) {
    const at = table.find(name ?? key);
    if (at !== undefined) table.remove(at);
  }
  if (name !== null) delete d[name];
  return value;
}

function clear(d) {
  for (const key of Object.keys(d)) delete d[key];
  known(d)?.clear();
  return null;
}

/** Give an event the fields of a dict, if JS alone would lose some, or their order. */
function fill(event, info) {
  if (!orders.has(info)) return false;
  for (const key of $py.keys(info)) if (key !== "type" && key !== "source") put_any(event, key, get(info, key));
  return true;
}

/** Whether two dicts have equal values under equal keys. */
function eq_dicts(a, b) {
  const [x, y] = [$py.keys(a), $py.keys(b)];
  return (
    x.length === y.length &&
    x.every((key) => {
      const [v, w] = [get(a, key), get(b, key)];
      return w !== undefined && (Object.is(v, w) || eq(v, w));
    })
  );
}

/** Whether a dict has a key that is no str: such a one stays on its side. */
const strange = (d) => (known(d)?.values.size ?? 0) > 0;

Object.assign(late, { Table, dict_clear: clear, dict_drop: drop, dict_get: get, dict_has: has, eq_dicts, fill, hash, id, keyOf, lookup, put_any, strange });
