/**
 * Generators, and iterators that are asked one value at a time.
 * Sent with the first code that uses them, as the body of a function of $py.
 */
if ($py.late.next) return; // another kernel of this page has brought it

const { error, late, lazy, none, ours, typeError, typeName } = $py;

const isIterator = (x) => typeof x === "object" && x !== null && !ours(x) && typeof x.next === "function";

/** What `yield from` goes through: a generator itself, which gets what is sent. */
const delegate = (x) => (isIterator(x) && Symbol.iterator in x ? x : lazy(x)[Symbol.iterator]());

function iter(x, ...end) {
  if (end.length) return until(x, end[0]);
  if (ours(x)) return late.iter_ours(x);
  if (isIterator(x) && Symbol.iterator in x) return x;
  return lazy(x)[Symbol.iterator]();
}

/** Call a function until it gives a certain value. */
function* until(f, end) {
  for (;;) {
    const value = f();
    if ($py.eq(value, end)) return;
    yield value;
  }
}

/** The StopIteration of an iterator that is at its end; it carries what a generator returned. */
function stop(value) {
  const err = none(value) ? error("StopIteration") : error("StopIteration", value);
  err.value = value ?? null;
  return err;
}

function next(x, ...otherwise) {
  if (ours(x)) return late.next_ours(x, ...otherwise);
  if (!isIterator(x)) throw typeError(`'${typeName(x)}' object is not an iterator`);
  const step = x.next();
  if (!step.done) return step.value;
  if (otherwise.length) return otherwise[0];
  throw stop(step.value);
}

/** What ends a generator with an error: a StopIteration that got out of its body is a mistake. */
function not_stop(err) {
  const name = late.error_name(err);
  if (name !== "StopIteration" && name !== "StopAsyncIteration") throw err;
  throw Object.assign(error("RuntimeError", `generator raised ${name}`), { cause: err });
}

/** The methods of generators, as Python calls them. */
const GENERATOR = {
  __proto__: null,
  send: (x, value) => {
    if (value !== null && x._jsm_begun === false) throw typeError("can't send non-None value to a just-started generator");
    return unwrap(x.next(value));
  },
  throw: (x, err) => unwrap(x.throw(typeof err === "function" ? new err() : err)),
  close: (x) => {
    x.return();
    return null;
  },
  __next__: (x) => next(x),
};
const unwrap = (step) => {
  if (step.done) throw stop(step.value);
  return step.value;
};

/** An asynchronous iterator that `break` does not close. */
function aiter(x) {
  if (ours(x) && x.__aiter__) return late.aiter_ours(x);
  const own = none(x) ? undefined : x[Symbol.asyncIterator];
  if (typeof own === "function") {
    const it = own.call(x);
    return { next: (...v) => $py.hold(it.next(...v)), [Symbol.asyncIterator]() { return this; } };
  }
  throw typeError(`'async for' requires an object with __aiter__ method, got ${typeName(x)}`);
}

async function anext(x, ...otherwise) {
  if (ours(x) && x.__anext__) return x.__anext__();
  const step = await x.next();
  if (!step.done) return step.value;
  if (otherwise.length) return otherwise[0];
  throw error("StopAsyncIteration");
}

const table = late.table;
late.table = (x, name) => (isIterator(x) && typeof x.throw === "function" ? GENERATOR : table?.(x, name));

Object.assign(late, { GENERATOR, aiter, anext, delegate, iter, next, not_stop });
