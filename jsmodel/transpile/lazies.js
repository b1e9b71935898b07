/**
 * What is lazy in Python: range(), and the iterators that enumerate(), zip(), map(), filter(),
 * reversed() and iter() give. Sent with the first of them, as the body of a function of $py.
 */
if ($py.late.zip) return; // another kernel of this page has brought it

const { error, isInt, iterate, late, lazy, none, ours, truth, tuple_, typeError, typeName } = $py;
const { index, builtin } = late;

// -- range

function range(a, b, step = 1) {
  const [start, stop, by] = [b === undefined ? 0 : index(a), index(b === undefined ? a : b), index(step)];
  if (by === 0) throw error("ValueError", "range() arg 3 must not be zero");
  return made(start, stop, by);
}

function made(start, stop, step) {
  const out = Object.create(range.prototype);
  const length = Math.max(0, Math.ceil((stop - start) / step));
  return Object.assign(out, { _jsm_start: start, _jsm_stop: stop, _jsm_step: step, _jsm_length: length });
}

/** Where in a range a number is, or -1. */
function where(r, x) {
  if (!$py.isNumber(x)) return ours(x) ? iterate(r).findIndex((v) => $py.eq(v, x)) : -1;
  const at = (Number(x) - r._jsm_start) / r._jsm_step;
  return Number.isInteger(at) && at >= 0 && at < r._jsm_length ? at : -1;
}

class Counting {
  constructor(at, step, left) {
    [this.at, this.step, this.left] = [at, step, left];
  }
  next() {
    if (this.left-- <= 0) return { done: true, value: undefined };
    const value = this.at;
    this.at += this.step;
    return { done: false, value };
  }
  [Symbol.iterator]() {
    return this;
  }
}

builtin(range, "range", {
  get start() { return this._jsm_start; },
  get stop() { return this._jsm_stop; },
  get step() { return this._jsm_step; },
  [Symbol.iterator]() { return new Counting(this._jsm_start, this._jsm_step, this._jsm_length); },
  __reversed__() { return new Counting(this._jsm_start + (this._jsm_length - 1) * this._jsm_step, -this._jsm_step, this._jsm_length); },
  __len__() { return this._jsm_length; },
  __contains__(x) { return where(this, x) >= 0; },
  __getitem__(i) {
    const found = late.sliced(this, i);
    if (found !== undefined) return found;
    const at = isInt(i) ? i : $py.converted(i, ["__index__"], `range indices must be integers or slices, not ${typeName(i)}`, true);
    return this._jsm_start + $py.position({ length: this._jsm_length }, at, "range object") * this._jsm_step;
  },
  _jsm_slice(start, stop, step) {
    const [from, to] = late.bounds(this._jsm_length, start, stop, step);
    return made(this._jsm_start + from * this._jsm_step, this._jsm_start + to * this._jsm_step, this._jsm_step * step);
  },
  __eq__(other) {
    if (!(other instanceof range)) return late.NotImplemented;
    const n = this._jsm_length;
    return n === other._jsm_length && (n === 0 || (this._jsm_start === other._jsm_start && (n === 1 || this._jsm_step === other._jsm_step)));
  },
  __key__() {
    const n = this._jsm_length;
    return `\0r${n},${n ? this._jsm_start : ""},${n > 1 ? this._jsm_step : ""}`;
  },
  __repr__() { return `range(${this._jsm_start}, ${this._jsm_stop}${this._jsm_step === 1 ? "" : `, ${this._jsm_step}`})`; },
  count(x) { return Number(where(this, x) >= 0); },
  index(x) {
    const at = where(this, x);
    if (at < 0) throw error("ValueError", `${$py.repr(x)} is not in range`);
    return at;
  },
});

/** What a pattern of `match` takes for a sequence, besides lists and tuples. */
late.as_sequence = (x) => (x instanceof range ? [...x] : null);

// -- iterators

const END = { done: true, value: undefined };

/** Something with a `next` of JS, that is a type of Python by that name. */
class Lazy {
  [Symbol.iterator]() {
    return this;
  }
  [Symbol.toPrimitive]() {
    return `<${this._jsm_class.label} object>`;
  }
}
/** Make such a type; `make` is what Python calls. */
function lazyKind(make, label, C) {
  Object.defineProperty(C.prototype, "_jsm_class", { value: { label } });
  make.prototype = C.prototype;
  $py.KINDS.set(make, (x) => x instanceof C);
  late.types.set(make, label);
  return make;
}

/** An iterator of JS over anything; of an array it is live, and cheap. */
const start = (x) => lazy(x)[Symbol.iterator]();

class Enumerate extends Lazy {
  constructor(x, at) {
    super();
    [this.source, this.at] = [start(x), at];
  }
  next() {
    const step = this.source.next();
    return step.done ? END : { done: false, value: tuple_(this.at++, step.value) };
  }
}
const enumerate = lazyKind((iterable, start = 0) => new Enumerate(iterable, index(start)), "enumerate", Enumerate);

class Zipper extends Lazy {
  constructor(xs, strict) {
    super();
    [this.sources, this.strict] = [xs.map(start), strict];
  }
  next() {
    const values = new Array(this.sources.length);
    for (let i = 0; i < values.length; i++) {
      const step = this.sources[i].next();
      if (step.done) return this.end(i);
      values[i] = step.value;
    }
    if (!values.length) return END;
    return { done: false, value: this.make(values) };
  }
  make(values) {
    return Object.freeze(values);
  }
  end(i) {
    const name = this._jsm_class.label;
    const ones = (n) => (n === 1 ? " 1" : `s 1-${n}`);
    if (this.strict && i > 0) throw error("ValueError", `${name}() argument ${i + 1} is shorter than argument${ones(i)}`);
    if (this.strict)
      for (let k = 1; k < this.sources.length; k++)
        if (!this.sources[k].next().done) throw error("ValueError", `${name}() argument ${k + 1} is longer than argument${ones(k)}`);
    this.sources = []; // exhausted for good
    return END;
  }
}
class Zip extends Zipper {}
/** For those whose tuples nobody sees. */
class Open extends Zip {
  make(values) {
    return values;
  }
}
function zipped(xs, strict) {
  return new Zip(xs, truth(strict));
}
const zip = lazyKind((...$k) => {
  const [xs, strict = false] = late.kwargs($k, ["strict"], "zip");
  return zipped(xs, strict);
}, "zip", Zip);

class Mapped extends Zipper {
  constructor(f, xs) {
    super(xs, false);
    this.f = f;
  }
  make(values) {
    return this.f(...values) ?? null;
  }
}
const callee = (f) => {
  if (typeof f === "function") return f;
  if (ours(f) && f.__call__) return (...args) => f.__call__(...args);
  return () => { throw typeError(`'${typeName(f)}' object is not callable`); };
};
const map = lazyKind((f, ...xs) => new Mapped(callee(f), xs), "map", Mapped);

class Filtered extends Lazy {
  constructor(f, x) {
    super();
    [this.f, this.source] = [f, start(x)];
  }
  next() {
    for (;;) {
      const step = this.source.next();
      if (step.done) return END;
      if (truth(this.f ? this.f(step.value) : step.value)) return { done: false, value: step.value };
    }
  }
}
const filter = lazyKind((f, iterable) => new Filtered(none(f) ? null : callee(f), iterable), "filter", Filtered);

class Reversed extends Lazy {
  constructor(items) {
    super();
    [this.items, this.at] = [items, items.length];
  }
  next() {
    if (--this.at >= 0 && this.at < this.items.length) return { done: false, value: this.items[this.at] };
    this.at = 0;
    return END;
  }
}
const reversed = lazyKind((x) => {
  if (ours(x) && x.__reversed__) return x.__reversed__();
  if (ours(x) && x.__len__ && x.__getitem__) return new Reversed(Array.from({ length: $py.len(x) }, (_, i) => x.__getitem__(i)));
  if (typeof x === "string") return new Reversed($py.chars(x));
  if ($py.isIndexed(x)) return new Reversed(x);
  if ($py.isPlain(x)) return new Reversed(iterate(x));
  throw typeError(`'${typeName(x)}' object is not reversible`);
}, "reversed", Reversed);

const zip_kw = (o, ...xs) => zipped(xs, o.strict);

/** What `for a, b in zip(x, y)` goes through: rows that no one else sees. */
class Rows {
  constructor(lists) {
    [this.lists, this.at] = [lists, 0];
  }
  next() {
    const { lists, at } = this;
    const value = new Array(lists.length);
    for (let i = 0; i < lists.length; i++) {
      if (at >= lists[i].length) {
        this.at = Infinity;
        return END;
      }
      value[i] = lists[i][at];
    }
    this.at = at + 1;
    return { done: false, value };
  }
  [Symbol.iterator]() {
    return this;
  }
}
const zip_loop = (...xs) => (xs.every(Array.isArray) ? new Rows(xs) : new Open(xs, false));

Object.assign(late, { zip_kw, zip_loop, Lazy, enumerate, filter, map, range, reversed, zip });
