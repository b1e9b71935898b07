/** Python's `functools`. */
const { error, lazy, late, none, typeError, typeName } = $py;

/** The arguments of a call, and those by keyword. */
const apart = ($k) => late.split($k, [], true, "");

/** Calls with keyword arguments, where there are some. */
const called = (f, args, given) => (given && Object.keys(given).length ? late.kw(f, args, given) : f(...args));

function reduce(function$, sequence, ...initial) {
  const items = lazy(sequence)[Symbol.iterator]();
  let value;
  if (initial.length) [value] = initial;
  else {
    const first = items.next();
    if (first.done) throw typeError("reduce() of empty iterable with no initial value");
    value = first.value;
  }
  for (let at = items.next(); !at.done; at = items.next()) value = function$(value, at.value);
  return value;
}

/** Copies what a function says of itself. */
function named(f, from) {
  Object.defineProperty(f, "name", { value: from?.name ?? "", configurable: true });
  Object.defineProperty(f, "__wrapped__", { value: from, configurable: true });
  return f;
}

function partial(func, ...$k) {
  if (typeof func !== "function") throw typeError("the first argument must be callable");
  const [args, given] = apart($k);
  const out = (...$k) => {
    const [more, later] = apart($k);
    return called(func, [...args, ...more], { ...given, ...later });
  };
  Object.defineProperty(named(out, func), "name", { value: "partial" }); // as handlers of it are called
  return Object.assign(out, { func, args: $py.tuple_(...args), keywords: given });
}

const cmp_to_key = (() => {
  const K = late.cls(late.ob, {
    name: "functools:KeyWrapper",
    label: "KeyWrapper",
    methods: {
      __init__(mycmp, obj) { Object.assign(this, { mycmp, obj }); },
      __lt__(other) { return this.mycmp(this.obj, other.obj) < 0; },
      __gt__(other) { return this.mycmp(this.obj, other.obj) > 0; },
      __le__(other) { return this.mycmp(this.obj, other.obj) <= 0; },
      __ge__(other) { return this.mycmp(this.obj, other.obj) >= 0; },
      __eq__(other) { return this.mycmp(this.obj, other.obj) === 0; },
    },
  });
  return (mycmp) => (obj) => new K(mycmp, obj);
})();

/** What tells arguments apart: equal ones have equal keys. */
function key(x) {
  if (typeof x === "string") return `s${x.length}:${x}`;
  if (none(x)) return "n";
  if (typeof x === "boolean" || typeof x === "number" || typeof x === "bigint") return `i${Number.isNaN(x) ? `nan${serial(Symbol())}` : Number(x) + 0}`;
  if ($py.isTuple(x)) return `t${x.length}(${x.map(key).join("")})`;
  const hash = late.hash?.(x); // raises for what cannot change places
  if (!late.hash && (Array.isArray(x) || $py.isPlain(x))) throw typeError(`unhashable type: '${typeName(x)}'`);
  if ($py.ours(x)) {
    // Equal objects are one.
    for (const [ref, [id, of]] of equals) {
      const other = ref.deref();
      if (other === undefined) equals.delete(ref);
      else if (of === hash && $py.eq(other, x)) return `o${id}`;
    }
    const id = serial(x);
    equals.set(new WeakRef(x), [id, hash]);
    return `o${id}`;
  }
  return `o${serial(x)}`;
}
const ids = new WeakMap();
const equals = new Map();
let last = 0;
function serial(x) {
  if (typeof x === "symbol") return ++last;
  if (!ids.has(x)) ids.set(x, ++last);
  return ids.get(x);
}

const CacheInfo = late.named_tuple("functools:CacheInfo", "CacheInfo", ["hits", "misses", "maxsize", "currsize"], {});

/** A function that remembers what it gave. */
function cached(func, maxsize, typed) {
  const kept = new Map();
  let [hits, misses] = [0, 0];
  // Its object, for a method, is one of the arguments.
  function out(...$k) {
    const [args, given] = apart($k);
    const self = this !== undefined && this !== globalThis && $py.ours(this) ? [this] : [];
    const all = [...self, ...args];
    const names = Object.keys(given);
    const by = [...all, ...names.flatMap((n) => [n, given[n]])];
    const found = `${all.length}|${by.map(key).join("")}${typed ? `|${by.map(typeName).join()}` : ""}`;
    if (kept.has(found)) {
      hits++;
      const value = kept.get(found);
      if (maxsize !== null) {
        kept.delete(found);
        kept.set(found, value);
      }
      return value;
    }
    misses++;
    const value = (names.length ? late.kw_call(func, this, args, given) : func.apply(this, args)) ?? null;
    if (maxsize !== 0) kept.set(found, value);
    if (maxsize !== null && kept.size > maxsize) kept.delete(kept.keys().next().value);
    return value;
  }
  named(out, func);
  out.cache_info = () => new CacheInfo(hits, misses, maxsize, kept.size);
  out.cache_clear = () => {
    kept.clear();
    [hits, misses] = [0, 0];
    return null;
  };
  out.cache_parameters = () => $py.options("maxsize", maxsize, "typed", typed);
  return out;
}

function lru_cache(maxsize = 128, typed = false) {
  if (typeof maxsize === "function") return cached(maxsize, 128, typed);
  if (!none(maxsize) && !$py.isInt(maxsize)) throw typeError("Expected first argument to be an integer, a callable, or None");
  return (user_function) => cached(user_function, none(maxsize) ? null : Math.max(0, Number(maxsize)), typed);
}

/** What the body of a class makes a cached property of: see bodies.js. */
function cached_property(func) {
  return { _jsm_cached: func };
}

const wraps = (wrapped) => (wrapper) => named(wrapper, wrapped);
const update_wrapper = (wrapper, wrapped) => named(wrapper, wrapped);

/** The comparisons that a class lacks, by one that it has. Twin of std/ordering.py, for classes that are made in the browser. */
function total_ordering(cls) {
  const has = (name) => typeof cls.prototype[name] === "function";
  const root = ["__lt__", "__le__", "__gt__", "__ge__"].find(has);
  if (!root) throw error("ValueError", "must define at least one ordering operation: < > <= >=");
  const [strict, up] = [root[3] === "t", root[2] === "g"];
  for (const name of ["__lt__", "__le__", "__gt__", "__ge__"].filter((n) => !has(n))) {
    const opposite = (name[2] === "g") !== up; // by "not", or not
    const same = (name[3] === "t") === strict; // of its kind: strict, or not
    const f = function (other) {
      const out = this[root](other);
      if (out === late.NotImplemented || (opposite && !same)) return out === late.NotImplemented ? out : !$py.truth(out);
      const yes = opposite ? !$py.truth(out) : out;
      return name[3] === "t" ? $py.truth(yes) && !$py.eq(this, other, true) : $py.truth(yes) || $py.eq(this, other);
    };
    Object.defineProperty(cls.prototype, name, { value: f, writable: true, configurable: true });
  }
  return cls;
}

late.$functools = { cache: (user_function) => cached(user_function, null, false), cached_property, cmp_to_key, lru_cache, partial, reduce, total_ordering, update_wrapper, wraps };
