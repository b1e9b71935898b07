/** Python's `collections`. What is a dict there keeps one inside. */
const { DICT, eq, error, getitem, isInt, isPlain, iterate, late, lazy, none, ours, repr, tuple_, typeError, typeName } = $py;
const { bounds, call, compare, contains, delitem, dict, index, setitem } = late;

const hidden = (ob, values) => {
  for (const [name, value] of Object.entries(values)) Object.defineProperty(ob, name, { value, writable: true, configurable: true });
};
const same = (a, b) => Object.is(a, b) || eq(a, b);
const isDict = (x) => isPlain(x) || (ours(x) && !!x._jsm_class.dict);
const builtDict = $py.KINDS.get(dict);
$py.KINDS.set(dict, (x) => builtDict(x) || isDict(x));
const inner = (x) => (ours(x) && x._jsm_data && x._jsm_class.dict ? x._jsm_data : x);
const size = (d) => $py.len(d);

function collection(label, base, methods, isDict = true) {
  const made = late.cls(base, { name: `collections:${label}`, label, methods });
  if (isDict) made._jsm_class.dict = true;
  return made;
}

// -- dicts

const Dict = collection("dict", late.ob, {
  __init__(...$k) { this._jsm_start($k); },
  _jsm_start($k) {
    const [args, given] = late.split($k, [], true, this._jsm_class.label);
    if (args.length > 1) throw typeError(`${this._jsm_class.label} expected at most 1 argument, got ${args.length}`);
    hidden(this, { _jsm_data: {} });
    if (args.length) this.update(args[0]);
    if (size(given)) this.update(given);
  },
  __getitem__(key) { return contains(key, this._jsm_data) ? getitem(this._jsm_data, key) : this.__missing__(key); },
  __missing__(key) { throw error("KeyError", key); },
  __setitem__(key, value) { setitem(this._jsm_data, key, value); },
  __delitem__(key) { delitem(this._jsm_data, key); },
  __contains__(key) { return contains(key, this._jsm_data); },
  __len__() { return size(this._jsm_data); },
  __iter__() { return lazy(this._jsm_data)[Symbol.iterator](); },
  __reversed__() { return [...iterate(this._jsm_data)].reverse()[Symbol.iterator](); },
  __eq__(other) { return isDict(other) ? eq(this._jsm_data, inner(other)) : late.NotImplemented; },
  __repr__() { return `${this._jsm_class.label}(${size(this._jsm_data) ? repr(this._jsm_data) : ""})`; },
  __or__(other) {
    if (!isDict(other)) return late.NotImplemented;
    const out = this.copy();
    out.update(other);
    return out;
  },
  __ior__(other) {
    this.update(other);
    return this;
  },
  clear() { return call(this._jsm_data, "clear"); },
  copy() { return this._jsm_copy((x) => x); },
  _jsm_copy(each) {
    const out = Object.create(Object.getPrototypeOf(this));
    const data = {};
    for (const [key, value] of iterate(call(this._jsm_data, "items"))) setitem(data, each(key), each(value));
    hidden(out, { ...this._jsm_rest?.(), _jsm_data: data });
    return out;
  },
  get(key, default$ = null) { return contains(key, this._jsm_data) ? getitem(this._jsm_data, key) : default$; },
  items() { return call(this._jsm_data, "items"); },
  keys() { return call(this._jsm_data, "keys"); },
  pop(key, ...default$) { return call(this._jsm_data, "pop", key, ...default$); },
  popitem() { return call(this._jsm_data, "popitem"); },
  setdefault(key, default$ = null) {
    if (!contains(key, this._jsm_data)) setitem(this._jsm_data, key, default$);
    return getitem(this._jsm_data, key);
  },
  update(...$k) {
    const [args, given] = late.split($k, [], true, "update");
    if (args.length) call(this._jsm_data, "update", inner(args[0]));
    call(this._jsm_data, "update", given);
    return null;
  },
  values() { return call(this._jsm_data, "values"); },
});

const OrderedDict = collection("OrderedDict", Dict, {
  __eq__(other) {
    if (!isDict(other)) return late.NotImplemented;
    return eq(this._jsm_data, inner(other)) && (!(other instanceof OrderedDict) || eq([...this.__iter__()], [...other.__iter__()]));
  },
  __repr__() {
    if (!size(this._jsm_data)) return "OrderedDict()";
    return `OrderedDict(${repr(late.python < 12 ? [...iterate(this.items())] : this._jsm_data)})`;
  },
  move_to_end(key, last = true) {
    const value = getitem(this._jsm_data, key);
    const others = $py.truth(last) ? [] : [...iterate(this.items())].filter(([k]) => !same(k, key));
    delitem(this._jsm_data, key);
    setitem(this._jsm_data, key, value);
    for (const [k, v] of others) {
      delitem(this._jsm_data, k);
      setitem(this._jsm_data, k, v);
    }
    return null;
  },
  popitem(last = true) {
    if (!size(this._jsm_data)) throw error("KeyError", "dictionary is empty");
    if ($py.truth(last)) return call(this._jsm_data, "popitem");
    const [key] = this.__iter__();
    return tuple_(key, this.pop(key));
  },
});

/** How a function or a class looks in a repr. */
function shown(f) {
  const built = { list: $py.list, int: $py.int, float: $py.float, str: $py.str, bool: $py.bool, tuple: $py.tuple, dict };
  const name = Object.keys(built).find((n) => built[n] === f);
  return name ? `<class '${name}'>` : f._jsm_class ? String(f) : repr(f);
}

const defaultdict = collection("defaultdict", Dict, {
  __init__(default_factory$p = null, ...$k) {
    if (late.Kw && default_factory$p instanceof late.Kw) [default_factory$p, $k] = [null, [default_factory$p]];
    if (!none(default_factory$p) && typeof default_factory$p !== "function") throw typeError("first argument must be callable or None");
    this.default_factory = default_factory$p ?? null;
    this._jsm_start($k);
  },
  __missing__(key) {
    if (none(this.default_factory)) throw error("KeyError", key);
    const value = this.default_factory() ?? null;
    setitem(this._jsm_data, key, value);
    return value;
  },
  _jsm_rest() { return { default_factory: this.default_factory }; },
  __repr__() { return `defaultdict(${none(this.default_factory) ? "None" : shown(this.default_factory)}, ${repr(this._jsm_data)})`; },
});

const counts = (x) => (x instanceof Counter ? x._jsm_data : null);

/** What two counters make of each of their elements, where it is positive. */
function merged(a, b, f) {
  const [x, y] = [counts(a), counts(b)];
  if (!y) return late.NotImplemented;
  const out = new Counter();
  const put = (key, n) => n > 0 && setitem(out._jsm_data, key, n);
  for (const key of iterate(x)) put(key, f(getitem(x, key), b.get(key, 0)));
  for (const key of iterate(y)) if (!contains(key, x)) put(key, f(0, getitem(y, key)));
  return out;
}

/** Whether a test holds for each element of two counters; what is missing counts as 0. */
function each(a, b, test) {
  if (!counts(b)) return late.NotImplemented;
  return [...iterate(a._jsm_data)].every((key) => test(a.get(key, 0), b.get(key, 0))) && [...iterate(b._jsm_data)].every((key) => test(a.get(key, 0), b.get(key, 0)));
}

const Counter = collection("Counter", Dict, {
  __init__(iterable$p = null, ...$k) {
    if (late.Kw && iterable$p instanceof late.Kw) [iterable$p, $k] = [null, [iterable$p]];
    hidden(this, { _jsm_data: {} });
    this.update(iterable$p, ...$k);
  },
  __missing__() { return 0; },
  __delitem__(key) {
    if (contains(key, this._jsm_data)) delitem(this._jsm_data, key);
  },
  _jsm_count(sign, name, iterable, $k) {
    const [args, given] = late.split($k, [], true, name);
    if (args.length) throw typeError(`Counter.${name}() takes from 1 to 2 positional arguments but ${args.length + 2} were given`);
    for (const source of [iterable, given]) {
      if (none(source)) continue;
      const add = (key, n) => setitem(this._jsm_data, key, $py.add(this.get(key, 0), n));
      if (isDict(source)) for (const [key, n] of iterate(call(source, "items"))) add(key, sign > 0 ? n : late.neg(n));
      else for (const key of lazy(source)) add(key, sign);
    }
    return null;
  },
  update(iterable$p = null, ...$k) {
    if (late.Kw && iterable$p instanceof late.Kw) [iterable$p, $k] = [null, [iterable$p]];
    return this._jsm_count(1, "update", iterable$p, $k);
  },
  subtract(iterable$p = null, ...$k) {
    if (late.Kw && iterable$p instanceof late.Kw) [iterable$p, $k] = [null, [iterable$p]];
    return this._jsm_count(-1, "subtract", iterable$p, $k);
  },
  most_common(n = null) {
    const all = [...iterate(this.items())].sort((a, b) => $py.compare(b[1], a[1], "<"));
    return none(n) ? all : all.slice(0, Math.max(0, index(n)));
  },
  *elements() {
    for (const [key, n] of iterate(this.items())) for (let i = 0; i < n; i++) yield key;
  },
  total() { return late.sum(this.values()); },
  __repr__() {
    const pairs = {};
    for (const [key, n] of this.most_common()) setitem(pairs, key, n);
    return size(pairs) ? `Counter(${repr(pairs)})` : "Counter()";
  },
  __eq__(other) { return counts(other) ? each(this, other, eq) : isDict(other) ? eq(this._jsm_data, inner(other)) : late.NotImplemented; },
  __le__(other) { return each(this, other, $py.le); },
  __ge__(other) { return each(this, other, $py.ge); },
  __lt__(other) { return counts(other) ? each(this, other, $py.le) && !each(this, other, eq) : late.NotImplemented; },
  __gt__(other) { return counts(other) ? each(this, other, $py.ge) && !each(this, other, eq) : late.NotImplemented; },
  __add__(other) { return merged(this, other, (a, b) => a + b); },
  __sub__(other) { return merged(this, other, (a, b) => a - b); },
  __and__(other) { return merged(this, other, Math.min); },
  __or__(other) { return merged(this, other, Math.max); },
  __ior__(other) { return this._jsm_become(merged(this, other, Math.max)); },
  __iadd__(other) { return this._jsm_become(merged(this, other, (a, b) => a + b)); },
  _jsm_become(other) {
    if (other === late.NotImplemented) return other;
    hidden(this, { _jsm_data: other._jsm_data });
    return this;
  },
  __pos__() { return merged(this, new Counter(), (a) => a); },
  __neg__() { return merged(new Counter(), this, (_, b) => -b); },
});

const ChainMap = collection("ChainMap", late.ob, {
  __init__(...maps) { this.maps = maps.length ? maps : [{}]; },
  _jsm_find(key) { return this.maps.find((m) => contains(key, m)); },
  __getitem__(key) {
    const found = this._jsm_find(key);
    if (!found) throw error("KeyError", key);
    return getitem(found, key);
  },
  __setitem__(key, value) { setitem(this.maps[0], key, value); },
  __delitem__(key) {
    if (!contains(key, this.maps[0])) throw error("KeyError", `Key not found in the first mapping: ${repr(key)}`);
    delitem(this.maps[0], key);
  },
  __contains__(key) { return !!this._jsm_find(key); },
  _jsm_all() {
    const out = {};
    for (const map of [...this.maps].reverse()) for (const [key, value] of iterate(call(map, "items"))) setitem(out, key, value);
    return out;
  },
  __len__() { return size(this._jsm_all()); },
  __iter__() { return lazy(this._jsm_all())[Symbol.iterator](); },
  __bool__() { return this.maps.some($py.truth); },
  __eq__(other) { return eq(this._jsm_all(), other instanceof ChainMap ? other._jsm_all() : inner(other)); },
  __repr__() { return `ChainMap(${this.maps.map(repr).join(", ")})`; },
  get(key, default$ = null) { return this._jsm_find(key) ? this.__getitem__(key) : default$; },
  items() { return call(this._jsm_all(), "items"); },
  keys() { return call(this._jsm_all(), "keys"); },
  values() { return call(this._jsm_all(), "values"); },
  new_child(m = null) { return new ChainMap(none(m) ? {} : m, ...this.maps); },
  pop(key, ...default$) {
    if (!contains(key, this.maps[0]) && !default$.length) throw error("KeyError", `Key not found in the first mapping: ${repr(key)}`);
    return call(this.maps[0], "pop", key, ...default$);
  },
  update(other) { return call(this.maps[0], "update", other); },
  copy() { return new ChainMap(call(this.maps[0], "copy"), ...this.maps.slice(1)); },
});
Object.defineProperty(ChainMap.prototype, "parents", { get() { return new ChainMap(...this.maps.slice(1)); } });

// -- deques

const ends = (q, left) => {
  const { maxlen, _jsm_data: list } = q;
  if (maxlen !== null && list.length > maxlen) list.splice(left ? maxlen : 0, list.length - maxlen);
  return null;
};
const at = (q, i, words) => {
  if (!isInt(i)) throw typeError(`sequence index must be integer, not '${typeName(i)}'`);
  const list = q._jsm_data;
  const n = Number(i) < 0 ? Number(i) + list.length : Number(i);
  if (n < 0 || n >= list.length) throw error("IndexError", words);
  return n;
};
const ordered = (op, test) => function (other) {
  return other instanceof deque ? test($py.compare(this._jsm_data, other._jsm_data, op)) : late.NotImplemented;
};

const deque = collection("deque", late.ob, {
  __init__(iterable = [], maxlen = null) {
    const most = none(maxlen) ? null : index(maxlen);
    if (most !== null && most < 0) throw error("ValueError", "maxlen must be non-negative");
    hidden(this, { _jsm_data: [...iterate(iterable)], maxlen: most });
    ends(this, false);
  },
  append(x) { return this._jsm_data.push(x), ends(this, false); },
  appendleft(x) { return this._jsm_data.unshift(x), ends(this, true); },
  clear() { return this._jsm_data.splice(0), null; },
  copy() { return this._jsm_copy((x) => x); },
  _jsm_copy(each) { return new deque(this._jsm_data.map(each), this.maxlen); },
  count(x) { return call(this._jsm_data, "count", x); },
  extend(iterable) {
    for (const x of [...iterate(iterable)]) this.append(x);
    return null;
  },
  extendleft(iterable) {
    for (const x of [...iterate(iterable)]) this.appendleft(x);
    return null;
  },
  index(x, start = 0, stop = null) {
    const [from, to] = bounds(this._jsm_data.length, start, stop, 1);
    const found = this._jsm_data.findIndex((y, i) => i >= from && i < to && same(x, y));
    if (found < 0) throw error("ValueError", `${repr(x)} is not in deque`);
    return found;
  },
  insert(i, x) {
    if (this.maxlen !== null && this._jsm_data.length >= this.maxlen) throw error("IndexError", "deque already at its maximum size");
    return call(this._jsm_data, "insert", i, x);
  },
  pop() {
    if (!this._jsm_data.length) throw error("IndexError", "pop from an empty deque");
    return this._jsm_data.pop();
  },
  popleft() {
    if (!this._jsm_data.length) throw error("IndexError", "pop from an empty deque");
    return this._jsm_data.shift();
  },
  remove(value) {
    const found = this._jsm_data.findIndex((y) => same(value, y));
    if (found < 0) throw error("ValueError", `${repr(value)} is not in deque`);
    this._jsm_data.splice(found, 1);
    return null;
  },
  reverse() { return this._jsm_data.reverse(), null; },
  rotate(n = 1) {
    const list = this._jsm_data;
    if (list.length) {
      const by = ((index(n) % list.length) + list.length) % list.length;
      list.unshift(...list.splice(list.length - by));
    }
    return null;
  },
  __len__() { return this._jsm_data.length; },
  *__iter__() {
    const list = this._jsm_data;
    const n = list.length;
    for (let i = 0; i < n; i++) {
      yield list[i];
      if (list.length !== n) throw error("RuntimeError", "deque mutated during iteration");
    }
  },
  __reversed__() { return [...this._jsm_data].reverse()[Symbol.iterator](); },
  __contains__(x) { return this._jsm_data.some((y) => same(x, y)); },
  __getitem__(i) { return this._jsm_data[at(this, i, "deque index out of range")]; },
  __setitem__(i, x) { this._jsm_data[at(this, i, "deque index out of range")] = x; },
  __delitem__(i) { this._jsm_data.splice(at(this, i, "deque index out of range"), 1); },
  __repr__() { return `deque(${repr(this._jsm_data)}${this.maxlen === null ? "" : `, maxlen=${this.maxlen}`})`; },
  __eq__(other) { return other instanceof deque ? eq(this._jsm_data, other._jsm_data) : late.NotImplemented; },
  __lt__: ordered("<", (n) => n < 0), __le__: ordered("<=", (n) => n <= 0),
  __gt__: ordered(">", (n) => n > 0), __ge__: ordered(">=", (n) => n >= 0),
  __add__(other) {
    if (!(other instanceof deque)) throw typeError(`can only concatenate deque (not "${typeName(other)}") to deque`);
    return new deque([...this._jsm_data, ...other._jsm_data], this.maxlen);
  },
  __iadd__(other) {
    this.extend(other);
    return this;
  },
  __mul__(n) { return new deque($py.mul(this._jsm_data, index(n)), this.maxlen); },
  __rmul__(n) { return this.__mul__(n); },
}, false);

// -- named tuples

function namedtuple(typename, field_names, rename = false, defaults = null, module = null) {
  let fields = typeof field_names === "string" ? field_names.replaceAll(",", " ").split(/\s+/).filter(Boolean) : [...iterate(field_names)].map($py.str);
  const taken = new Set();
  const wrong = (name) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) || KEYWORDS.has(name);
  if (wrong(typename)) throw error("ValueError", `Type names and field names ${KEYWORDS.has(typename) ? "cannot be a keyword" : "must be valid identifiers"}: ${repr(typename)}`);
  if ($py.truth(rename))
    fields = fields.map((name, i) => {
      const bad = wrong(name) || name.startsWith("_") || taken.has(name);
      taken.add(name);
      return bad ? `_${i}` : name;
    });
  const seen = new Set();
  for (const name of fields) {
    if (wrong(name)) throw error("ValueError", `Type names and field names ${KEYWORDS.has(name) ? "cannot be a keyword" : "must be valid identifiers"}: ${repr(name)}`);
    if (name.startsWith("_") && !$py.truth(rename)) throw error("ValueError", `Field names cannot start with an underscore: ${repr(name)}`);
    if (seen.has(name)) throw error("ValueError", `Encountered duplicate field name: ${repr(name)}`);
    if (name === "length") throw error("ValueError", "a field cannot be called 'length' in the browser");
    seen.add(name);
  }
  const values = none(defaults) ? [] : [...iterate(defaults)];
  if (values.length > fields.length) throw typeError("Got more default values than field names");
  const from = fields.length - values.length;
  return late.named_tuple(`${none(module) ? "__main__" : module}:${typename}`, typename, fields, Object.fromEntries(values.map((v, i) => [fields[from + i], v])));
}
const KEYWORDS = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(" "),
);

late.$collections = { ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple };
