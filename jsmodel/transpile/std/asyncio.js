/**
 * Python's `asyncio`, on the loop of the browser. What is ready runs in the order in which it became so,
 * one at a time, as Python's loop does it. A task can be cancelled where it waits, because each 'await'
 * of transpiled code tells `hold` what it waits for.
 */
const { error, late, none, repr, truth, typeError } = $py;
if (late.$asyncio) return; // another kernel of this page has brought it

const hidden = (ob, values) => {
  for (const [name, value] of Object.entries(values)) Object.defineProperty(ob, name, { value, writable: true, configurable: true });
};
const cls = (label, base, methods, module = "asyncio") => late.cls(base, { name: `${module}:${label}`, label, methods });
const exception = (label, base) => cls(label, late.exception(base), {});
const CancelledError = exception("CancelledError", "BaseException");
const InvalidStateError = exception("InvalidStateError", "Exception");
const QueueEmpty = exception("QueueEmpty", "Exception");
const QueueFull = exception("QueueFull", "Exception");

/** The built-in TimeoutError, for 'except' and 'raise'. */
function TimeoutError(...args) {
  return error("TimeoutError", ...args);
}
TimeoutError.prototype = Object.create(Error.prototype);
Object.defineProperty(TimeoutError, Symbol.hasInstance, { value: (x) => x instanceof Error && late.error_name(x) === "TimeoutError" });

// -- the loop

const waiting = [];
const next = () => waiting.shift()();
let post = globalThis.setImmediate;
if (!post) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = next;
  post = () => port2.postMessage(0);
}

/** Run a function when all that is ready now has run. */
function soon(f) {
  waiting.push(f);
  post(next);
}

/** The task whose code runs now. */
let current = null;

/**
 * The code that waits for a future. What that fails with says where it came from, but not who waited for it:
 * a task begins a stack of its own. So it is told when it arrives.
 */
function waiter(future) {
  const here = new Error();
  return (err) => {
    if (err instanceof Error && here.stack && future._jsm_stack !== undefined)
      hidden(err, { stack: `${future._jsm_stack}\n${here.stack.replace(/^Error\n/, "")}` });
    return err;
  };
}

/** What code waits for, on behalf of its task: a promise that can be broken off. */
function hold(x) {
  const task = current;
  const blame = x instanceof Future ? waiter(x) : null;
  if (!task) return blame ? { then: (ok, no) => x.then(ok, (err) => no(blame(err))) } : x;
  return new Promise((ok, no) => {
    let open = true;
    const back = (settle) => (value) => {
      if (!open) return;
      open = false;
      if (task._jsm_cancel) {
        // It was cancelled when what it waits for had come already.
        task._jsm_cancel = false;
        [settle, value] = [no, new CancelledError()];
      }
      // The code that waits runs between these two: the engine keeps the order.
      queueMicrotask(() => {
        current = task._jsm_over ? null : task;
        task._jsm_waits = null;
      });
      settle(value);
      queueMicrotask(() => {
        if (current === task) current = null;
      });
    };
    const fail = back(no);
    // The first one since the task went on is the innermost.
    task._jsm_waits ??= { on: x, fail };
    if (task._jsm_cancel) {
      if (x instanceof Future) task._jsm_cancel = !x.cancel();
      else soon(fail);
    }
    if (x instanceof Future) x._jsm_add(() => (x._jsm_error ? fail(blame(x._jsm_error)) : back(ok)(x._jsm_value)));
    else Promise.resolve(x).then(back(ok), fail);
  });
}
late.hold = hold;

// -- futures and tasks

const Future = cls("Future", late.ob, {
  __init__() {
    hidden(this, { _jsm_state: "PENDING", _jsm_value: null, _jsm_error: null, _jsm_calls: [], _jsm_seen: false });
  },
  _jsm_add(f) {
    this._jsm_seen = true;
    if (this._jsm_state === "PENDING") this._jsm_calls.push(f);
    else soon(f);
  },
  _jsm_settle(state, value, err) {
    if (this._jsm_state !== "PENDING") throw new InvalidStateError("invalid state");
    hidden(this, { _jsm_state: state, _jsm_value: value ?? null, _jsm_error: err, _jsm_stack: err?.stack });
    for (const f of this._jsm_calls.splice(0)) soon(f);
    return null;
  },
  /** What JS's `await` asks for. */
  then(ok, no) { this._jsm_add(() => (this._jsm_error ? no?.(this._jsm_error) : ok?.(this._jsm_value))); },
  done() { return this._jsm_state !== "PENDING"; },
  cancelled() { return this._jsm_state === "CANCELLED"; },
  result() {
    this._jsm_seen = true;
    if (!this.done()) throw new InvalidStateError("Result is not set.");
    if (this._jsm_error) throw this._jsm_error;
    return this._jsm_value;
  },
  exception() {
    this._jsm_seen = true;
    if (!this.done()) throw new InvalidStateError("Exception is not set.");
    if (this.cancelled()) throw this._jsm_error;
    return this._jsm_error;
  },
  add_done_callback(fn) {
    this._jsm_add(() => fn(this));
    return null;
  },
  set_result(result) { return this._jsm_settle("FINISHED", result, null); },
  set_exception(exception) {
    const err = typeof exception === "function" ? new exception() : exception;
    if (!(err instanceof Error)) throw typeError("exception must be an exception");
    return this._jsm_settle("FINISHED", null, err);
  },
  cancel(msg = null) {
    if (this.done()) return false;
    this._jsm_settle("CANCELLED", null, none(msg) ? new CancelledError() : new CancelledError(msg));
    return true;
  },
});

let names = 0;

const Task = cls("Task", Future, {
  __init__(coro, name = null) {
    Future.prototype.__init__.call(this);
    hidden(this, { _jsm_name: none(name) ? `Task-${++names}` : $py.str(name), _jsm_waits: null, _jsm_cancel: false, _jsm_begun: false, _jsm_inner: coro, _jsm_asked: 0 });
    if (coro instanceof Promise) coro.catch(() => {}); // it runs already, and may fail before we ask
    soon(() => this._jsm_begin(coro));
  },
  _jsm_begin(coro) {
    this._jsm_begun = true;
    if (this._jsm_cancel) return this._jsm_end(new CancelledError());
    let promise;
    current = this;
    try {
      promise = coro instanceof Coroutine ? coro.start() : coro;
      if (promise instanceof Future || promise?._jsm_call) promise = hold(promise);
      if (typeof promise?.then !== "function") throw typeError(`a coroutine was expected, got ${repr(promise ?? null)}`);
    } catch (err) {
      promise = Promise.reject(err);
    }
    current = null;
    promise.then((value) => this._jsm_settle("FINISHED", value, null), (err) => this._jsm_end(err));
  },
  _jsm_end(err) {
    this._jsm_settle(err instanceof CancelledError ? "CANCELLED" : "FINISHED", null, err);
    // Nobody may ever ask: it must not get lost. A page shows it then, as it does with an error of a call.
    const told = globalThis.reportError ?? ((e) => console.error("[jsmodel] Task exception was never retrieved:", this._jsm_name, e));
    const lost = () => this._jsm_seen || told(err);
    if (!(err instanceof CancelledError)) globalThis.reportError ? setTimeout(lost, 1000) : soon(lost);
  },
  get_name() { return this._jsm_name; },
  set_name(value) {
    this._jsm_name = $py.str(value);
    return null;
  },
  cancelling() { return this._jsm_asked; },
  uncancel() { return (this._jsm_asked = Math.max(0, this._jsm_asked - 1)); },
  cancel(msg = null) {
    if (this.done()) return false;
    this._jsm_asked++;
    const waits = this._jsm_waits;
    if (!this._jsm_begun || current === this) this._jsm_cancel = true;
    else if (!waits)
      throw error("RuntimeError", `${this._jsm_name} cannot be cancelled in the browser: it waits for something that is not asyncio's`);
    else if (!(waits.on instanceof Future)) soon(() => waits.fail(none(msg) ? new CancelledError() : new CancelledError(msg)));
    else if (!waits.on.cancel(msg)) this._jsm_cancel = true;
    return true;
  },
  __repr__() { return `<Task ${this._jsm_state.toLowerCase()} name=${repr(this._jsm_name)}>`; },
});

/** A call that waits for its turn: what `f(x)` is in `create_task(f(x))`. */
class Coroutine {
  constructor(start) {
    this.start = start;
  }
  /** Somebody awaits it after all. */
  then(ok, no) {
    this.started ??= Promise.resolve(this.start());
    return this.started.then(ok, no);
  }
}
late.coro = (f, ...args) => new Coroutine(() => f(...args));
late.coro_method = (x, name, ...args) => new Coroutine(() => x[name](...args));

function future(x) {
  if (x instanceof Future) return x;
  if (typeof x?.then !== "function") throw typeError("An asyncio.Future, a coroutine or an awaitable is required");
  return new Task(x);
}

function create_task(coro, name = null) {
  if (coro instanceof Future || typeof coro?.then !== "function") throw typeError(`a coroutine was expected, got ${repr(coro ?? null)}`);
  return new Task(coro, name);
}

function sleep(delay, result = null) {
  const out = new Future();
  const done = () => out.done() || out.set_result(result);
  if (!(delay > 0)) soon(done);
  else {
    const timer = setTimeout(done, delay * 1000);
    out._jsm_add(() => clearTimeout(timer));
  }
  return out;
}

/** A future that stands for others: who cancels it cancels them. */
function over(children) {
  const out = new Future();
  hidden(out, {
    cancel: (msg = null) => !out.done() && children.map((child) => child.cancel(msg)).some(Boolean),
  });
  return out;
}

function gather(...$k) {
  const [aws, return_exceptions = false] = late.split($k, ["return_exceptions"], false, "gather");
  const children = aws.map(future);
  const out = over(children);
  let left = children.length;
  if (!left) out.set_result([]);
  for (const child of children)
    child._jsm_add(() => {
      left--;
      if (out.done()) return;
      if (child._jsm_error && !truth(return_exceptions)) {
        if (child.cancelled()) out._jsm_settle("CANCELLED", null, child._jsm_error);
        else out.set_exception(child._jsm_error);
      } else if (!left) out.set_result(children.map((c) => c._jsm_error ?? c._jsm_value));
    });
  return out;
}

function wait_for(fut, timeout) {
  const inner = future(fut);
  const out = over([inner]);
  let over_ = false;
  const timer = none(timeout) ? null : setTimeout(() => {
    over_ = true;
    inner.cancel();
  }, Math.max(0, timeout) * 1000);
  inner._jsm_add(() => {
    clearTimeout(timer);
    if (over_ && inner.cancelled()) out.set_exception(error("TimeoutError"));
    else if (inner.cancelled()) out._jsm_settle("CANCELLED", null, inner._jsm_error);
    else if (inner._jsm_error) out.set_exception(inner._jsm_error);
    else out.set_result(inner._jsm_value);
  });
  return out;
}

function shield(arg) {
  const inner = future(arg);
  const out = new Future();
  inner._jsm_add(() => {
    if (out.done()) return;
    if (inner.cancelled()) out.cancel();
    else if (inner._jsm_error) out.set_exception(inner._jsm_error);
    else out.set_result(inner._jsm_value);
  });
  return out;
}

// -- what ends together

/**
 * The task that runs, for a block of code, and what else the block does when it begins.
 * Code that no task runs, such as a handler, gets one for as long as the block lasts.
 */
function entered(block, begin) {
  let task = current;
  if (!task) {
    task = Object.create(Task.prototype);
    Future.prototype.__init__.call(task);
    hidden(task, { _jsm_name: `Task-${++names}`, _jsm_waits: null, _jsm_cancel: false, _jsm_begun: true, _jsm_asked: 0, _jsm_over: false });
    hidden(block, { _jsm_lent: task });
  }
  hidden(block, { _jsm_task: task });
  begin(task);
  if (!block._jsm_lent) return Promise.resolve(block);
  return new Promise((ok) => {
    queueMicrotask(() => {
      // As in `hold`: the code of the block runs between these two.
      queueMicrotask(() => { current = task; });
      ok(block);
      queueMicrotask(() => { if (current === task) current = null; });
    });
  });
}
const left = (block) => { if (block._jsm_lent) block._jsm_lent._jsm_over = true; };

const Timeout = cls("Timeout", late.ob, {
  __init__(when = null) { hidden(this, { _jsm_when: when, _jsm_timer: null, _jsm_state: "created" }); },
  when() { return this._jsm_when; },
  expired() { return this._jsm_state === "expiring" || this._jsm_state === "expired"; },
  reschedule(when) {
    if (this._jsm_state !== "active")
      throw error("RuntimeError", this._jsm_state === "created" ? "Timeout has not been entered" : `Cannot change state of ${this._jsm_state} Timeout`);
    clearTimeout(this._jsm_timer);
    hidden(this, { _jsm_when: when });
    if (!none(when)) hidden(this, { _jsm_timer: setTimeout(() => this._jsm_expire(), Math.max(0, when * 1000 - performance.now())) });
    return null;
  },
  _jsm_expire() {
    this._jsm_state = "expiring";
    this._jsm_task.cancel();
  },
  __aenter__() {
    if (this._jsm_state !== "created") throw error("RuntimeError", "Timeout has already been entered");
    return entered(this, (task) => {
      hidden(this, { _jsm_state: "active", _jsm_before: task.cancelling() });
      this.reschedule(this._jsm_when);
    });
  },
  async __aexit__(typ, value) {
    clearTimeout(this._jsm_timer);
    left(this);
    if (this._jsm_state !== "expiring") {
      this._jsm_state = "finished";
      return null;
    }
    this._jsm_state = "expired";
    if (this._jsm_task.uncancel() <= this._jsm_before && value instanceof CancelledError) $py.throw_(error("TimeoutError"), value);
    return null;
  },
});

/** What a task group raises: 'except*' is not known there, but 'except Exception' gets it. */
const ExceptionGroup = cls("ExceptionGroup", late.exception("Exception"), {
  __init__(message, exceptions) { hidden(this, { args: $py.tuple_(message, exceptions), exceptions: $py.tuple_(...exceptions) }); },
  __str__() { return `${this.args[0]} (${this.exceptions.length} sub-exception${this.exceptions.length === 1 ? "" : "s"})`; },
}, "builtins");

const TaskGroup = cls("TaskGroup", late.ob, {
  __init__() { hidden(this, { _jsm_tasks: new Set(), _jsm_state: "", _jsm_errors: [], _jsm_aborting: false, _jsm_asked: false, _jsm_end: null }); },
  __aenter__() {
    if (this._jsm_state) throw error("RuntimeError", "TaskGroup has already been entered");
    return entered(this, () => { this._jsm_state = "entered"; });
  },
  create_task(coro, name = null) {
    const no = (what) => error("RuntimeError", `TaskGroup ${what}`);
    if (!this._jsm_state) throw no("has not been entered");
    if (this._jsm_state === "exiting" && !this._jsm_tasks.size) throw no("is finished");
    if (this._jsm_aborting) throw no("is shutting down");
    const task = create_task(coro, name);
    this._jsm_tasks.add(task);
    task._jsm_add(() => this._jsm_done(task));
    return task;
  },
  _jsm_abort() {
    this._jsm_aborting = true;
    for (const task of this._jsm_tasks) task.cancel();
  },
  _jsm_done(task) {
    this._jsm_tasks.delete(task);
    if (this._jsm_end && !this._jsm_tasks.size && !this._jsm_end.done()) this._jsm_end.set_result(true);
    if (task.cancelled() || !task._jsm_error) return;
    this._jsm_errors.push(task._jsm_error);
    if (this._jsm_aborting || this._jsm_asked) return;
    this._jsm_abort();
    this._jsm_asked = true;
    this._jsm_task.cancel();
  },
  async __aexit__(typ, value) {
    const parent = this._jsm_task;
    this._jsm_state = "exiting";
    let cancelled = value instanceof CancelledError ? value : null;
    if (cancelled && this._jsm_asked && parent.uncancel() === 0) cancelled = null;
    if (!none(value) && !this._jsm_aborting) this._jsm_abort();
    while (this._jsm_tasks.size) {
      hidden(this, { _jsm_end: new Future() });
      try {
        current = parent; // we run on its behalf
        const wait = hold(this._jsm_end);
        current = null;
        await wait;
      } catch (err) {
        if (!(err instanceof CancelledError)) throw err;
        if (!this._jsm_aborting) {
          cancelled = err;
          this._jsm_abort();
        }
      }
    }
    left(this);
    if (cancelled && !this._jsm_errors.length) throw cancelled;
    if (!none(value) && !(value instanceof CancelledError)) this._jsm_errors.push(value);
    const base = this._jsm_errors.find((err) => !late.catches(err, "Exception", "*") || /^(SystemExit|KeyboardInterrupt)$/.test(late.error_name(err)));
    if (base) throw base;
    if (this._jsm_errors.length) throw new ExceptionGroup("unhandled errors in a TaskGroup", this._jsm_errors);
    return null;
  },
});

const timeout = (delay) => new Timeout(none(delay) ? null : performance.now() / 1000 + delay);

// -- what tasks meet at

/** Wake the first of those who wait; whether there was one. */
function wake(waiters) {
  while (waiters.length) {
    const first = waiters.shift();
    if (first.done()) continue;
    first.set_result(true);
    return true;
  }
  return false;
}
function line(waiters) {
  const out = new Future();
  waiters.push(out);
  return out;
}

const Event = cls("Event", late.ob, {
  __init__() { hidden(this, { _jsm_on: false, _jsm_line: [] }); },
  is_set() { return this._jsm_on; },
  set() {
    this._jsm_on = true;
    while (this._jsm_line.length) wake(this._jsm_line);
    return null;
  },
  clear() {
    this._jsm_on = false;
    return null;
  },
  async wait() {
    if (!this._jsm_on) await hold(line(this._jsm_line));
    return true;
  },
});

const Semaphore = cls("Semaphore", late.ob, {
  __init__(value = 1) {
    if (value < 0) throw error("ValueError", "Semaphore initial value must be >= 0");
    hidden(this, { _jsm_free: value, _jsm_line: [] });
  },
  locked() { return this._jsm_free === 0 || this._jsm_line.some((w) => !w.done()); },
  async acquire() {
    if (!this.locked()) {
      this._jsm_free--;
      return true;
    }
    const turn = line(this._jsm_line);
    try {
      await hold(turn);
    } catch (err) {
      if (turn.done() && !turn.cancelled()) this.release(); // it was given to who left
      throw err;
    }
    return true;
  },
  release() {
    // Whose turn it is gets it at once: nobody comes between.
    if (!wake(this._jsm_line)) this._jsm_free++;
    return null;
  },
  __aenter__() { return this.acquire().then(() => null); },
  async __aexit__() { return this.release(); },
});

const Lock = cls("Lock", Semaphore, {
  __init__() { Semaphore.prototype.__init__.call(this, 1); },
  release() {
    if (this._jsm_free) throw error("RuntimeError", "Lock is not acquired.");
    return Semaphore.prototype.release.call(this);
  },
});

const Queue = cls("Queue", late.ob, {
  __init__(maxsize = 0) {
    hidden(this, { maxsize, _jsm_items: [], _jsm_getters: [], _jsm_putters: [], _jsm_open: 0, _jsm_done: new Event() });
    this._jsm_done.set();
  },
  qsize() { return this._jsm_items.length; },
  empty() { return !this._jsm_items.length; },
  full() { return this.maxsize > 0 && this._jsm_items.length >= this.maxsize; },
  _jsm_put(item) { this._jsm_items.push(item); },
  _jsm_get() { return this._jsm_items.shift(); },
  put_nowait(item) {
    if (this.full()) throw new QueueFull();
    this._jsm_put(item);
    this._jsm_open++;
    this._jsm_done.clear();
    wake(this._jsm_getters);
    return null;
  },
  get_nowait() {
    if (this.empty()) throw new QueueEmpty();
    const item = this._jsm_get();
    wake(this._jsm_putters);
    return item;
  },
  async put(item) {
    await this._jsm_turn(() => this.full(), this._jsm_putters);
    return this.put_nowait(item);
  },
  async get() {
    await this._jsm_turn(() => this.empty(), this._jsm_getters);
    return this.get_nowait();
  },
  async _jsm_turn(busy, waiters) {
    while (busy()) {
      const turn = line(waiters);
      try {
        await hold(turn);
      } catch (err) {
        if (turn.done() && !turn.cancelled() && !busy()) wake(waiters); // the next one takes its place
        throw err;
      }
    }
  },
  task_done() {
    if (!this._jsm_open) throw error("ValueError", "task_done() called too many times");
    if (!--this._jsm_open) this._jsm_done.set();
    return null;
  },
  async join() {
    if (this._jsm_open) await this._jsm_done.wait();
    return null;
  },
});
const LifoQueue = cls("LifoQueue", Queue, { _jsm_get() { return this._jsm_items.pop(); } });

late.$asyncio = {
  CancelledError, Event, Future, InvalidStateError, LifoQueue, Lock, Queue, QueueEmpty, QueueFull, Semaphore, Task, TaskGroup, TimeoutError,
  create_task, current_task: () => current, ensure_future: (coro_or_future) => future(coro_or_future), gather, shield, sleep, timeout, wait_for,
};
