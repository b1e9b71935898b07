/** set and frozenset. Sent with the first of them, as the body of a function of $py. */
if ($py.late.set) return; // another kernel of this page has brought it

const { error, late, lazy, ours, repr, typeError, typeName } = $py;
const { Table, hash, keyOf, builtin } = late;

const isSet = (x) => x instanceof set || x instanceof frozenset;

/** The table of a set, or one with the elements of anything. */
function tableOf(x) {
  if (isSet(x)) return x._jsm_table;
  const table = new Table();
  for (const v of lazy(x)) table.add(v);
  return table;
}

function make(C, table) {
  const out = Object.create(C.prototype);
  Object.defineProperty(out, "_jsm_table", { value: table, writable: true });
  return out;
}

function set(iterable) {
  return make(set, iterable === undefined ? new Table() : copied(tableOf(iterable), isSet(iterable)));
}

function frozenset(iterable) {
  return iterable instanceof frozenset ? iterable : make(frozenset, iterable === undefined ? new Table() : copied(tableOf(iterable), isSet(iterable)));
}

/** The elements of a set or a view. */
const elements = (x) => (isSet(x) ? x._jsm_table.map.values() : lazy(x));

function copied(table, really = true) {
  if (!really) return table;
  const out = new Table();
  for (const v of table.map.values()) out.add(v);
  return out;
}

/** The elements of a table for which a test holds. */
function kept(table, test) {
  const out = new Table();
  for (const v of table.map.values()) if (test(v)) out.add(v);
  return out;
}
const within = (a, b) => {
  for (const v of a.map.values()) if (!b.has(v)) return false;
  return true;
};

function union(a, ...others) {
  const out = copied(a);
  for (const x of others) for (const v of elements(x)) out.add(v);
  return out;
}
const intersection = (a, ...others) =>
  others.reduce((left, x) => {
    const there = tableOf(x);
    return kept(left, (v) => there.has(v));
  }, copied(a));
const difference = (a, ...others) =>
  others.reduce((left, x) => {
    const there = tableOf(x);
    return kept(left, (v) => !there.has(v));
  }, copied(a));
function symmetric_difference(a, x) {
  const b = tableOf(x);
  return union(kept(a, (v) => !b.has(v)), kept(b, (v) => !a.has(v)).map.values());
}

/** An operator: only of sets, and of the views of dicts that are like them. */
const operator = (f) => function (other) {
  return isSet(other) ? make(this._jsm_class.cls, f(this._jsm_table, other)) : late.NotImplemented;
};
const reflected = (f) => function (other) {
  return isSet(other) ? make(this._jsm_class.cls, f(tableOf(other), this)) : late.NotImplemented;
};
const compared = (f) => function (other) {
  return isSet(other) ? f(this._jsm_table, other._jsm_table) : late.NotImplemented;
};
const method = (f) => function (...others) { return make(this._jsm_class.cls, f(this._jsm_table, ...others)); };

const both = {
  *[Symbol.iterator]() {
    const table = this._jsm_table;
    const n = table.size;
    for (const v of table.map.values()) {
      yield v;
      if (table.size !== n) throw error("RuntimeError", "Set changed size during iteration");
    }
  },
  __len__() { return this._jsm_table.size; },
  __contains__(x) {
    if (x instanceof set) x = frozenset(x); // Python looks for what would be equal
    return this._jsm_table.has(x);
  },
  __eq__: compared((a, b) => a.size === b.size && within(a, b)),
  __le__: compared((a, b) => a.size <= b.size && within(a, b)),
  __lt__: compared((a, b) => a.size < b.size && within(a, b)),
  __ge__: compared((a, b) => b.size <= a.size && within(b, a)),
  __gt__: compared((a, b) => b.size < a.size && within(b, a)),
  __and__: operator(intersection),
  __or__: operator(union),
  __sub__: operator(difference),
  __xor__: operator(symmetric_difference),
  copy() { return this instanceof frozenset ? this : make(set, copied(this._jsm_table)); },
  union: method(union),
  intersection: method(intersection),
  difference: method(difference),
  symmetric_difference(other) { return make(this._jsm_class.cls, symmetric_difference(this._jsm_table, other)); },
  isdisjoint(other) {
    for (const v of elements(other)) if (this._jsm_table.has(v)) return false;
    return true;
  },
  issubset(other) { return within(this._jsm_table, tableOf(other)); },
  issuperset(other) { return within(tableOf(other), this._jsm_table); },
};

/** `|=` and the like: the set itself changes. */
const inPlace = (f) => function (other) {
  if (!isSet(other)) return late.NotImplemented;
  this._jsm_table = f(this._jsm_table, other);
  return this;
};
const update = (f) => function (...others) {
  this._jsm_table = f(this._jsm_table, ...others);
  return null;
};

function take(table, x) {
  if (x instanceof set) x = frozenset(x);
  const key = table.find(x);
  if (key === undefined) return false;
  table.remove(key);
  return true;
}

builtin(set, "set", {
  ...both,
  __hash__: null,
  __repr__() { return this._jsm_table.size ? `{${[...this._jsm_table.map.values()].map(repr).join(", ")}}` : "set()"; },
  __ior__: inPlace(union),
  __iand__: inPlace(intersection),
  __isub__: inPlace(difference),
  __ixor__: inPlace(symmetric_difference),
  update(...others) {
    for (const x of others) for (const v of x === this ? [] : elements(x)) this._jsm_table.add(v);
    return null;
  },
  intersection_update: update(intersection),
  difference_update: update(difference),
  symmetric_difference_update(other) {
    this._jsm_table = symmetric_difference(this._jsm_table, other);
    return null;
  },
  add(x) {
    this._jsm_table.add(x);
    return null;
  },
  discard(x) {
    take(this._jsm_table, x);
    return null;
  },
  remove(x) {
    if (!take(this._jsm_table, x)) throw error("KeyError", x);
    return null;
  },
  pop() {
    for (const [key, x] of this._jsm_table.map) {
      this._jsm_table.remove(key);
      return x;
    }
    throw error("KeyError", "pop from an empty set");
  },
  clear() {
    this._jsm_table = new Table();
    return null;
  },
});

builtin(frozenset, "frozenset", {
  ...both,
  __hash__() { return [...this._jsm_table.map.values()].reduce((h, v) => h ^ (hash(v) * 0x9e3779b1), 0x51ed); },
  __repr__() { return this._jsm_table.size ? `frozenset({${[...this._jsm_table.map.values()].map(repr).join(", ")}})` : "frozenset()"; },
  /** What a table knows it by: its elements, in no order. */
  __key__() {
    const all = [...this._jsm_table.map.values()].map((v) => keyOf($py.tuple_(v)));
    return all.find((key) => typeof key === "symbol") ?? `\0f${all.sort().join("")}`;
  },
});

/** A set display. */
function set_of(...items) {
  const table = new Table();
  for (const v of items) table.add(v);
  return make(set, table);
}

Object.assign(late, { frozenset, isSet, set, set_of });
