/** Python's `contextlib`: what 'with' can be used on. */
const { error, late, none, typeError } = $py;

/** An object that 'with' knows. */
const manager = (label, methods) => late.cls(late.ob, { name: `contextlib:${label}`, label, methods });

const Generated = manager("_GeneratorContextManager", {
  __init__(gen) { Object.defineProperty(this, "gen", { value: gen }); },
  __enter__() {
    const { done, value } = this.gen.next();
    if (done) throw error("RuntimeError", "generator didn't yield");
    return value ?? null;
  },
  __exit__(typ, value) {
    if (none(value)) {
      if (this.gen.next().done) return false;
      throw error("RuntimeError", "generator didn't stop");
    }
    try {
      if (this.gen.throw(value).done) return true;
    } catch (err) {
      if (err === value) return false;
      throw err;
    }
    throw error("RuntimeError", "generator didn't stop after throw()");
  },
});

const Async = manager("_AsyncGeneratorContextManager", {
  __init__(gen) { Object.defineProperty(this, "gen", { value: gen }); },
  async __aenter__() {
    const { done, value } = await this.gen.next();
    if (done) throw error("RuntimeError", "generator didn't yield");
    return value ?? null;
  },
  async __aexit__(typ, value) {
    if (none(value)) {
      if ((await this.gen.next()).done) return false;
      throw error("RuntimeError", "generator didn't stop");
    }
    try {
      if ((await this.gen.throw(value)).done) return true;
    } catch (err) {
      if (err === value) return false;
      throw err;
    }
    throw error("RuntimeError", "generator didn't stop after athrow()");
  },
});

const ExitStack = manager("ExitStack", {
  __init__() { Object.defineProperty(this, "_jsm_calls", { value: [] }); },
  __enter__() { return this; },
  enter_context(cm) {
    const result = late.enter(cm);
    this._jsm_calls.push((err) => late.leave(cm, err));
    return result;
  },
  push(exit) {
    const of_object = typeof exit !== "function" || ($py.ours(exit) && exit.__exit__);
    this._jsm_calls.push(of_object ? (err) => late.leave(exit, err) : (err) => $py.truth(exit(...late.reason(err))));
    return exit;
  },
  callback(callback, ...$k) {
    const [args, given] = late.split($k, [], true, "callback");
    this._jsm_calls.push(() => {
      if (Object.keys(given).length) late.kw(callback, args, given);
      else callback(...args);
      return false;
    });
    return callback;
  },
  pop_all() {
    const other = new this._jsm_class.cls();
    other._jsm_calls.push(...this._jsm_calls.splice(0));
    return other;
  },
  close() {
    this.__exit__(null, null, null);
    return null;
  },
  __exit__(typ, value) {
    const given = value ?? null;
    let err = given;
    while (this._jsm_calls.length) {
      try {
        if (this._jsm_calls.pop()(err)) err = null;
      } catch (other) {
        err = other;
      }
    }
    if (err !== null && err !== given) throw err;
    return given !== null && err === null;
  },
});

/** A function that makes what 'with' knows of a generator; its parameters are those of `func`. */
function made(Kind, func) {
  const out = function (...args) { return new Kind(func.apply(this, args)); };
  return Object.defineProperties(out, { name: { value: func.name }, _jsm_named: { value: func } });
}

late.$contextlib = {
  ExitStack,
  asynccontextmanager: (func) => made(Async, func),
  closing: manager("closing", {
    __init__(thing) { this.thing = thing; },
    __enter__() { return this.thing; },
    __exit__() { late.call(this.thing, "close"); return null; },
  }),
  contextmanager: (func) => made(Generated, func),
  nullcontext: manager("nullcontext", {
    __init__(enter_result = null) { this.enter_result = enter_result; },
    __enter__() { return this.enter_result; },
    __exit__() { return null; },
    async __aenter__() { return this.enter_result; },
    async __aexit__() { return null; },
  }),
  suppress: manager("suppress", {
    __init__(...exceptions) { Object.defineProperty(this, "exceptions", { value: exceptions }); },
    __enter__() { return null; },
    __exit__(typ, value) { return !none(value) && late.catches(value, ...this.exceptions); },
  }),
};
