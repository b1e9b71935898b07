/**
 * Events, and the loop that hands them to handlers in batches: one call per handler
 * per turn. Twin of jsmodel/event/loop.py; tests/both/ holds the two to one behaviour.
 */

import type { Handler } from "./handlers";
import type { HasEvents } from "./hasevents";
import { late } from "./late";

/** Who made a change: the code here, the code in Python, or the person at the page. */
export type Origin = "js" | "py" | "user";

let origin: Origin = "js";

/** Run `fn`; the changes it makes (until its first `await`) come from `value`. */
export function withOrigin<T>(value: Origin, fn: () => T): T {
  const before = origin;
  origin = value;
  try {
    return fn();
  } finally {
    origin = before;
  }
}

/** The origin of a change made now. */
export function currentOrigin(): Origin {
  return origin;
}

/** What happened: to Python code a dict, whose items are attributes too. Properties add `old_value` and `new_value`, emitters the fields of their dict. */
export class Event {
  [field: string]: unknown;
  declare readonly type: string;
  declare readonly source: HasEvents;
  declare origin: Origin;

  /** The fields come in the order that they have in Python. */
  constructor(type: string, source: HasEvents, from?: Origin, info?: Record<string, unknown> | null) {
    this.type = type;
    this.source = source;
    if (info && !late.fill?.(this, info)) {
      for (const name of Object.keys(info)) {
        if (name === "type" || name === "source") continue; // these say where it came from, always
        if (name === "__proto__") Object.defineProperty(this, name, { value: info[name], enumerable: true });
        else this[name] = info[name];
      }
    }
    if (from && this.origin === undefined) this.origin = from;
  }
}

/** Who gets an event, in their order. Such an array is never changed. */
export type Listeners = readonly { handler: Handler }[];
export type Deliver = (to: Listeners, event: Event) => void;

/** What is kept until the start of a turn, and then given to those who listen. */
export interface Kept {
  release(deliver: Deliver): void;
}

export type OnError = (error: unknown, handler: Handler | null) => void;

/** Handlers that set each other off for ever get so many rounds, then the page has its turn. */
const ROUNDS = 100;

export class Loop {
  /** The number of the round that collects events now. */
  round = 1;
  /** Who is told of the errors of handlers and calls. */
  onError: OnError = (error, handler) => console.error(`[jsmodel] ${handler ?? "A call in the event loop"} failed.`, error);

  #posts: (Listeners | Event | number | Kept)[] = []; // in the order of emission: listeners, event, round, kept …
  #calls: [(...args: never[]) => unknown, unknown[]][] = [];
  #idle = new Set<() => void>();
  #awake = false; // a turn will come
  #flushing = false;
  #schedule: (flush: () => void) => void;

  /** @param schedule called when the first thing arrives that waits for a turn */
  constructor(schedule: (flush: () => void) => void = (flush) => queueMicrotask(flush)) {
    this.#schedule = schedule;
  }

  /** Call `f(...args)` in the next turn. */
  call_soon<A extends unknown[]>(f: (...args: A) => unknown, ...args: A): void {
    this.#calls.push([f as (...args: never[]) => unknown, args]);
    this.#wake();
  }

  /** Call `f` once, when all handlers of this turn have run. */
  on_idle(f: () => void): void {
    this.#idle.add(f);
    this.#wake();
  }

  /** Queue an event. Cheap; nothing runs yet. */
  post: Deliver = (to, event) => {
    if (!to.length) return;
    this.#posts.push(to, event);
    this.#wake();
  };

  /** Keep an event for those who connect until the next turn; `kept` then says who that is. */
  keep(kept: Kept): void {
    this.#posts.push(this.round, kept);
    this.#wake();
  }

  /** Call `handler` in the next turn, with these events and what else waits for it. */
  again(handler: Handler, events: Event[]): void {
    for (const event of events.concat(this.take(handler))) this.post([{ handler }], event);
  }

  /** Take out of the queue, and return, the events that wait for `handler` and are not in its hand yet. */
  take(handler: Handler, which: (event: Event) => boolean = () => true): Event[] {
    const posts = this.#posts;
    const taken: Event[] = [];
    for (let i = 0; i < posts.length; i += 2) {
      const to = posts[i] as Listeners | number;
      const event = posts[i + 1] as Event;
      if (typeof to === "number" || !to.some((each) => each.handler === handler) || !which(event)) continue;
      posts[i] = to.filter((each) => each.handler !== handler);
      taken.push(event);
    }
    return taken;
  }

  /** Run what waits, until nothing waits. A no-op inside a handler: the loop looks again before it ends. */
  flush(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    const before = origin;
    origin = "js"; // what handlers change, they change
    try {
      for (let i = 0; i < ROUNDS && this.#waits; i++) {
        this.#round();
        // The idle functions send one message a tick; also to those who watch an endless exchange.
        if (i < ROUNDS - 1 && (this.#posts.length || this.#calls.length)) continue;
        const idle = this.#idle;
        this.#idle = new Set();
        for (const f of idle) this.#call(f, []);
      }
    } finally {
      this.#flushing = false;
      origin = before;
    }
    // Not in a microtask: those would starve the page.
    if (this.#waits) this.#wake(setTimeout);
  }

  /** Tell `onError`, which must not take the loop down either. */
  report(error: unknown, handler: Handler | null = null): void {
    try {
      this.onError(error, handler);
    } catch (err) {
      console.error("[jsmodel] Reporting an error failed.", err);
    }
  }

  get #waits(): boolean {
    return this.#posts.length + this.#calls.length + this.#idle.size > 0;
  }

  #wake(schedule = this.#schedule): void {
    if (this.#awake || this.#flushing) return;
    this.#awake = true; // and it stays so: who flushes meanwhile leaves the turn with little to do
    schedule(this.#turn);
  }

  #turn = (): void => {
    this.#awake = false;
    this.flush();
  };

  #round(): void {
    this.round++; // who is made from here on, keeps its events until the next one
    const calls = this.#calls;
    this.#calls = [];
    for (const [f, args] of calls) this.#call(f, args);
    const posts = this.#posts;
    this.#posts = [];
    const ready: Handler[] = [];
    const deliver: Deliver = (to, event) => {
      for (const { handler } of to) if (handler._jsm_take(event)) ready.push(handler);
    };
    for (let i = 0; i < posts.length; i += 2) {
      const to = posts[i] as Listeners | number;
      const what = posts[i + 1] as Event | Kept;
      if (typeof to !== "number") deliver(to, what as Event);
      else if (to === this.round)
        this.#posts.push(to, what); // made by a call just now
      else (what as Kept).release(deliver);
    }
    for (const handler of ready) handler._jsm_run();
  }

  #call(f: (...args: never[]) => unknown, args: unknown[]): void {
    try {
      f(...(args as never[]));
    } catch (err) {
      this.report(err);
    }
  }
}

export const loop = new Loop();
