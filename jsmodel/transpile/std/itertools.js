/** Python's `itertools`, as lazy as there: each is a generator. */
const { add, eq, error, iterate, late, lazy, none, truth, tuple_, typeError } = $py;
const { index } = late;

const start = (x) => lazy(x)[Symbol.iterator]();

function* chain(...iterables) {
  for (const each of iterables) yield* lazy(each);
}
chain.from_iterable = function* (iterable) {
  for (const each of lazy(iterable)) yield* lazy(each);
};

function* count(start = 0, step = 1) {
  for (let i = 0; ; i++) yield Number.isInteger(start) && Number.isInteger(step) ? start + i * step : i ? (start = add(start, step)) : start;
}

function* cycle(iterable) {
  const kept = [];
  for (const x of lazy(iterable)) {
    kept.push(x);
    yield x;
  }
  while (kept.length) yield* kept;
}

function* repeat(object, times = null) {
  if (times === null) for (;;) yield object;
  for (let i = index(times); i > 0; i--) yield object;
}

function* accumulate(iterable, func = null, initial = null) {
  const by = func ?? add;
  let total = initial;
  let first = none(initial);
  if (!first) yield total;
  for (const x of lazy(iterable)) {
    total = first ? x : by(total, x);
    first = false;
    yield total;
  }
}

const natural = (x, words) => {
  if (none(x)) return null;
  if (!$py.isInt(x) || x < 0) throw error("ValueError", words);
  return Number(x);
};

function islice(iterable, ...limits) {
  if (!limits.length) throw typeError("islice expected at least 2 arguments, got 1");
  const [from, to, by] = limits.length === 1 ? [null, limits[0], null] : [...limits, null];
  const words = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
  const last = natural(to, limits.length === 1 ? "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize." : words);
  const first = natural(from, words) ?? 0;
  const step = natural(by, "Step for islice() must be a positive integer or None.") ?? 1;
  if (step < 1) throw error("ValueError", "Step for islice() must be a positive integer or None.");
  return (function* () {
    const items = start(iterable);
    let next = first;
    for (let i = 0; last === null || i < last; i++) {
      const { done, value } = items.next();
      if (done) return;
      if (i === next) {
        next += step;
        yield value;
      }
    }
  })();
}

function* takewhile(predicate, iterable) {
  const items = start(iterable);
  for (let at = items.next(); !at.done && truth(predicate(at.value)); at = items.next()) yield at.value;
}

function* dropwhile(predicate, iterable) {
  let dropping = true;
  for (const x of lazy(iterable)) {
    dropping = dropping && truth(predicate(x));
    if (!dropping) yield x;
  }
}

function* filterfalse(predicate, iterable) {
  for (const x of lazy(iterable)) if (!truth(none(predicate) ? x : predicate(x))) yield x;
}

function* compress(data, selectors) {
  const marks = start(selectors);
  for (const x of lazy(data)) {
    const { done, value } = marks.next();
    if (done) return;
    if (truth(value)) yield x;
  }
}

function* starmap(func, iterable) {
  for (const args of lazy(iterable)) yield func(...iterate(args));
}

function zip_longest(...$k) {
  const [args, fillvalue = null] = late.split($k, ["fillvalue"], false, "zip_longest");
  return longest(args, fillvalue);
}
function* longest(args, fillvalue) {
  const all = args.map(start);
  const done = all.map(() => false);
  for (;;) {
    const row = all.map((items, i) => {
      if (done[i]) return fillvalue;
      const at = items.next();
      done[i] = !!at.done;
      return at.done ? fillvalue : at.value;
    });
    if (done.every(Boolean)) return;
    yield tuple_(...row);
  }
}

function product(...$k) {
  const [args, times = 1] = late.split($k, ["repeat"], false, "product");
  const n = index(times);
  if (n < 0) throw error("ValueError", "repeat argument cannot be negative");
  const once = args.map((x) => [...iterate(x)]);
  return each(Array.from({ length: n }, () => once).flat());
}
function* each(pools) {
  if (pools.some((pool) => !pool.length)) return;
  const at = pools.map(() => 0);
  for (;;) {
    yield tuple_(...at.map((i, k) => pools[k][i]));
    let k = at.length - 1;
    while (k >= 0 && ++at[k] === pools[k].length) at[k--] = 0;
    if (k < 0) return;
  }
}

function size(r, n) {
  const k = none(r) ? n : index(r);
  if (k < 0) throw error("ValueError", "r must be non-negative");
  return k;
}

function permutations(iterable, r = null) {
  const pool = [...iterate(iterable)];
  const k = size(r, pool.length);
  const used = [];
  const picked = pool.map(() => false);
  function* next() {
    if (used.length === k) return yield tuple_(...used.map((i) => pool[i]));
    for (let i = 0; i < pool.length; i++) {
      if (picked[i]) continue;
      picked[i] = true;
      used.push(i);
      yield* next();
      used.pop();
      picked[i] = false;
    }
  }
  return next();
}

function choose(iterable, r, again) {
  const pool = [...iterate(iterable)];
  const k = size(r, 0);
  const used = [];
  function* next(from) {
    if (used.length === k) return yield tuple_(...used.map((i) => pool[i]));
    for (let i = from; i < pool.length; i++) {
      used.push(i);
      yield* next(again ? i : i + 1);
      used.pop();
    }
  }
  return next(0);
}

function* groupby(iterable, key = null) {
  const items = start(iterable);
  const by = key ?? ((x) => x);
  let at = items.next();
  let now = at.done ? null : by(at.value);
  let serial = 0; // of the group that can still be read
  const step = () => {
    at = items.next();
    if (!at.done) now = by(at.value);
  };
  while (!at.done) {
    const mine = now;
    const id = ++serial;
    const here = () => serial === id && !at.done && (Object.is(now, mine) || eq(now, mine));
    yield tuple_(mine, (function* () {
      while (here()) {
        yield at.value;
        if (serial === id) step();
      }
    })());
    while (here()) step();
  }
}

function tee(iterable, n = 2) {
  const times = index(n);
  if (times < 0) throw error("ValueError", "n must be >= 0");
  const items = start(iterable);
  const queues = Array.from({ length: times }, () => []);
  return tuple_(...queues.map((queue) => (function* () {
    for (;;) {
      if (!queue.length) {
        const { done, value } = items.next();
        if (done) return;
        for (const each of queues) each.push(value);
      }
      yield queue.shift();
    }
  })()));
}

function* pairwise(iterable) {
  let before;
  let first = true;
  for (const x of lazy(iterable)) {
    if (!first) yield tuple_(before, x);
    [before, first] = [x, false];
  }
}

function batched(iterable, n, strict = false) {
  if (index(n) < 1) throw error("ValueError", "n must be at least one");
  return (function* () {
    let batch = [];
    for (const x of lazy(iterable)) {
      batch.push(x);
      if (batch.length === index(n)) {
        yield tuple_(...batch);
        batch = [];
      }
    }
    if (batch.length && truth(strict)) throw error("ValueError", "batched(): incomplete batch");
    if (batch.length) yield tuple_(...batch);
  })();
}

late.$itertools = {
  accumulate, batched, chain, combinations: (iterable, r) => choose(iterable, r, false),
  combinations_with_replacement: (iterable, r) => choose(iterable, r, true),
  compress, count, cycle, dropwhile, filterfalse, groupby, islice, pairwise, permutations, product, repeat, starmap,
  takewhile, tee, zip_longest,
};
