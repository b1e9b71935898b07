/**
 * Handlers: functions connected to events. Twin of the second half of
 * jsmodel/event/handlers.py; connection.ts says what a connection string leads to.
 *
 * An object holds the handlers that listen to it, in the order in which they are
 * called. A handler holds its objects weakly: it keeps neither the one it belongs to
 * nor those it listens to alive.
 */

import { type Path, walk } from "./connection";
import { near } from "./errors";
import type { HasEvents } from "./hasevents";
import { type Event, loop } from "./loop";
import { before } from "./order";

export type HandlerFunction = (this: HasEvents, ...events: Event[]) => unknown;

/** A method as a value, as py.ts makes it: whose it is. */
interface Bound extends HandlerFunction {
  _jsm_self?: HasEvents;
  _jsm_of?: HandlerFunction;
  _jsm_handler?: Handler;
}

/** A handler as people get it: a function, which calls it. */
export interface HandlerFace extends Pick<Handler, "name" | "owner" | "connection_info" | "handle_now" | "dispose"> {
  (...args: unknown[]): unknown;
  readonly _jsm_handler: Handler;
}

/** A handler as the object that it listens to knows it. */
export interface Entry {
  handler: Handler;
  label: string; // or the handler's name
}

const CHUNK = 10_000; // more arguments than this are more than one call: engines have a limit
let count = 0;
/** The calls of async handlers that have not ended. */
export const running = new Set<Promise<unknown>>();

export class Handler {
  readonly name: string;
  /** The place in the order of creation. */
  readonly order = ++count;
  /** Whether it belongs to its owner, and ends with it at once. */
  readonly isMethod: boolean;

  fn!: HandlerFunction;
  #isAsync = false;
  #owner: WeakRef<HasEvents>;
  #method: WeakRef<Bound> | null = null; // of another object: it ends with that one, and does not keep it
  #face: HandlerFace | null = null;
  #links: Link[] = [];
  #events: Event[] = []; // in hand: to be given to the next call
  #busy = false; // an async call has not ended
  #disposed = false;

  /** Use `HasEvents.connect`. */
  constructor(owner: HasEvents, name: string, fn: HandlerFunction, isMethod = false) {
    this.#owner = weak(owner);
    this.name = name;
    this._jsm_become(fn);
    this.isMethod = isMethod;
    if (!(fn as Bound)._jsm_self) return;
    const method = new WeakRef(fn as Bound);
    this.#method = method;
    (fn as Bound)._jsm_self?._jsm_keep(this);
    this.fn = (...events) => (method.deref() as ((...events: Event[]) => unknown) | undefined)?.(...events);
  }

  /** Have this function from now on: another one when its class is upgraded. */
  _jsm_become(fn: HandlerFunction): void {
    this.fn = fn;
    this.#isAsync = isAsync(fn);
  }

  /** What `connect` gives. */
  get face(): HandlerFace {
    this.#face ??= Object.defineProperties((...args: unknown[]) => this.call(...args), {
      _jsm_handler: { value: this },
      _jsm_self: { get: () => this.isMethod && this.owner },
      name: { value: this.name },
      owner: { get: () => this.owner },
      connection_info: { get: () => this.connection_info },
      handle_now: { value: () => this.handle_now() },
      dispose: { value: () => this.dispose() },
      toString: { value: () => String(this) },
    }) as HandlerFace;
    return this.#face;
  }

  /** Whether it is a method of an object that was disposed. */
  get isOver(): boolean {
    return (this.#method?.deref()?._jsm_self?._jsm_born ?? 0) < 0;
  }

  /** Whether `what` is this handler, or the function of it. */
  is(what: unknown): boolean {
    return what === this.#face || what === this.fn || what === (this.#method?.deref() ?? this);
  }

  /** What it was made of: another handler of the same is made of that, too. */
  get given(): HandlerFunction {
    return this.isMethod ? this.face : (this.#method?.deref() ?? this.fn);
  }

  toString(): string {
    const owner = this.owner;
    return owner ? `${owner._jsm_title()}: ${this.name}` : this.name;
  }

  /** The object on which the handler was connected, while it lives. */
  get owner(): HasEvents | undefined {
    return this.#owner.deref();
  }

  /** For each connection string, what it is connected to now: pairs of object and event type. */
  get connection_info(): [string, [HasEvents, string][]][] {
    return this.#links.map((link) => [link.path.text, link.connected()]);
  }

  /** Call the function. What it raises, it raises here. */
  call(...args: unknown[]): unknown {
    return Reflect.apply(this.fn, this.owner as HasEvents, args as Event[]);
  }

  /** Deliver what waits for this handler now, without waiting for the next turn. */
  handle_now(): void {
    for (const event of loop.take(this)) this._jsm_take(event);
    this._jsm_run();
  }

  /** Disconnect for good. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this._jsm_disconnect();
    this.#events = [];
    loop.take(this);
  }

  /** Connect along `paths`. All or nothing. */
  _jsm_connect(paths: Path[]): this {
    this.owner?._jsm_keep(this);
    try {
      for (const path of paths) {
        const link = new Link(this, path);
        this.#links.push(link);
        link.update(this.name);
      }
    } catch (err) {
      this.dispose();
      throw err;
    }
    return this;
  }

  /** Listen to nothing more; what waits is delivered still. */
  _jsm_disconnect(): void {
    for (const link of this.#links) link.set([]);
    if (this.isMethod) return;
    this.owner?._jsm_own?.delete(this);
    this.#method?.deref()?._jsm_self?._jsm_own?.delete(this);
  }

  /** Listen to `targets`, and to nothing else that this gave before. */
  _jsm_follow(targets: [HasEvents, string][]): void {
    if (this.#disposed) return;
    this.owner?._jsm_keep(this);
    if (!this.#links.length) this.#links.push(new Link(this, { text: "", parts: [], label: "", quiet: true }));
    (this.#links[0] as Link).set(targets.map(([ob, type]) => new Target(ob, type, true)));
  }

  /** Take an event in hand for the next call. Returns whether it is the first. */
  _jsm_take(event: Event): boolean {
    const events = this.#events;
    const { length } = events;
    // Two paths may lead to one event: posted twice in a row.
    if (this.#disposed || (length && events[length - 1] === event)) return false;
    events.push(event);
    return !length;
  }

  /** Drop the events of one source and type that wait. */
  _jsm_forget(source: HasEvents, type: string): void {
    const which = (event: Event): boolean => event.source === source && event.type === type;
    loop.take(this, which);
    this.#events = this.#events.filter((event) => !which(event));
  }

  /** Call with what is in hand. */
  _jsm_run(): void {
    const events = this.#events;
    if (this.#busy || !events.length) return;
    const source = events[0]?.source;
    // Mostly it listens to its owner: that is there, and need not be looked up.
    const owner = source?._jsm_ref === this.#owner ? source : this.owner;
    if (!owner || (this.#method && !this.#method.deref()?._jsm_self?._jsm_live)) {
      this.dispose();
      return;
    }
    this.#events = events.length > CHUNK ? events.splice(CHUNK) : [];
    try {
      // As in Python, a coroutine begins when the other handlers of this turn have run.
      const result = this.#isAsync ? this.#later(owner, events) : Reflect.apply(this.fn, owner, events);
      if (typeof (result as Promise<unknown> | undefined)?.then === "function") this.#wait(result as Promise<unknown>);
    } catch (err) {
      loop.report(err, this);
    }
    if (this.#events.length) this._jsm_run();
  }

  #later(owner: HasEvents, events: Event[]): Promise<unknown> {
    return Promise.resolve().then(() => this.fn.apply(owner, events));
  }

  #wait(promise: Promise<unknown>): void {
    this.#busy = true;
    running.add(promise);
    const done = (): void => {
      this.#busy = false;
      running.delete(promise);
      if (this.#events.length) loop.again(this, this.#events.splice(0));
    };
    promise.then(done, (err: unknown) => {
      if ((err as Error | null)?.name !== "CancelledError") loop.report(err, this);
      done();
    });
  }
}

/** What a path touches: an object's events of a type, or (not `ends`) a property to follow. */
class Target {
  readonly ref: WeakRef<HasEvents>;
  readonly type: string;
  readonly ends: boolean;

  constructor(ob: HasEvents, type: string, ends: boolean) {
    this.ref = weak(ob);
    this.type = type;
    this.ends = ends;
  }

  equals(other: Target | undefined): boolean {
    // An object has one weak reference, so that is its identity.
    return this.ref === other?.ref && this.type === other.type && this.ends === other.ends;
  }
}

/** Those of `targets` that are not among `others`, once each. */
function without(targets: Target[], others: Target[]): Target[] {
  if (targets.length + others.length < 2) return targets;
  const seen = new Map<string, Set<WeakRef<HasEvents>>>();
  const isNew = ({ ref, type, ends }: Target): boolean => {
    const key = ends ? type : `${type}.`;
    const refs = seen.get(key) ?? new Set();
    seen.set(key, refs);
    return refs.size < refs.add(ref).size;
  };
  others.forEach(isNew);
  return targets.filter(isNew);
}

/** One path of a handler, and what it is connected to now. */
export class Link {
  readonly handler: Handler;
  readonly path: Path;
  #targets: Target[] = [];

  constructor(handler: Handler, path: Path) {
    this.handler = handler;
    this.path = path;
  }

  connected(): [HasEvents, string][] {
    const found: [HasEvents, string][] = [];
    for (const { ref, type, ends } of this.#targets) {
      const ob = ends && ref.deref();
      if (ob) found.push([ob, type]);
    }
    return found;
  }

  /** Find again what the path leads to. `who`: the first time, when it must lead somewhere. */
  update(who?: string): void {
    const owner = this.handler.owner;
    if (!owner) {
      this.handler.dispose();
      return;
    }
    if (owner._jsm_born < 0 || this.handler.isOver) return; // it hears nothing more
    const targets: Target[] = [];
    walk(owner, this.path, (ob, type, ends) => targets.push(new Target(ob, type, ends)), who);
    this.set(targets);
    if (who === undefined || this.path.quiet) return;
    for (const [ob, type] of this.connected()) warnUnknown(ob, type, this.path.text);
  }

  /** Connect to `targets`, once to each; those that were among the old ones stay as they are. */
  set(targets: Target[]): void {
    const old = this.#targets;
    const now = without(targets, []);
    this.#targets = now;
    const shortest = Math.min(old.length, now.length);
    let head = 0;
    while (head < shortest && old[head]?.equals(now[head])) head++;
    let tail = 0;
    while (tail < shortest - head && old[old.length - 1 - tail]?.equals(now[now.length - 1 - tail])) tail++;
    const before = old.slice(head, old.length - tail);
    const after = now.slice(head, now.length - tail);
    for (const target of without(before, after)) this.#off(target);
    for (const target of without(after, before)) this.#on(target);
  }

  #on({ ref, type, ends }: Target): void {
    const ob = ref.deref();
    if (!ob || ob._jsm_born < 0) return;
    if (!ends) {
      ob._jsm_followers ??= new Map();
      ob._jsm_followers.set(type, [...(ob._jsm_followers.get(type) ?? []), this]);
      return;
    }
    if (ob._jsm_birth) ob._jsm_birth.ob = ob;
    const entry = { handler: this.handler, label: this.path.label || this.handler.name };
    ob._jsm_handlers ??= new Map();
    const entries = entriesOf(ob, type).slice(); // the old one is in the queue
    let i = entries.length;
    while (i > 0 && comesBefore(entry, entries[i - 1] as Entry)) i--;
    entries.splice(i, 0, entry);
    ob._jsm_handlers.set(type, entries);
    ob._jsm_listening(type, entries.length);
  }

  #off({ ref, type, ends }: Target): void {
    const ob = ref.deref();
    if (!ob) return;
    if (ends) {
      const label = this.path.label || this.handler.name;
      removeEntries(ob, type, (entry) => entry.handler === this.handler && entry.label === label, 1);
      return;
    }
    const links = ob._jsm_followers?.get(type) ?? [];
    const at = links.indexOf(this);
    ob._jsm_followers?.set(
      type,
      links.filter((_, i) => i !== at),
    );
  }
}

/** Who listens to an event of `ob`. */
export const entriesOf = (ob: HasEvents, type: string): Entry[] => ob._jsm_handlers?.get(type) ?? [];

/** Disconnect (the first `limit`) entries for `type` that `match`, and return them. */
export function removeEntries(ob: HasEvents, type: string, match: (entry: Entry) => boolean, limit = Infinity): Entry[] {
  const removed: Entry[] = [];
  const left = entriesOf(ob, type).filter((entry) => removed.length >= limit || !match(entry) || !removed.push(entry));
  if (!removed.length) return removed;
  if (left.length) ob._jsm_handlers?.set(type, left);
  else ob._jsm_handlers?.delete(type);
  ob._jsm_listening(type, left.length);
  return removed;
}

/** Reconnect the paths that lead over property `name`, which was just replaced. */
export function reconnect(ob: HasEvents, name: string): void {
  const links = ob._jsm_followers?.get(name);
  if (!links) return;
  for (const link of new Set(links)) {
    try {
      link.update();
    } catch (err) {
      loop.report(err, link.handler);
    }
  }
}

/** Whether a handler begins when the others have run. */
function isAsync(fn: Bound): boolean {
  const from = fn._jsm_of ?? fn._jsm_handler?.fn;
  return from ? isAsync(from) : (fn as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] === "AsyncFunction";
}

function comesBefore(a: Entry, b: Entry): boolean {
  return a.label === b.label ? a.handler.order < b.handler.order : before(a.label, b.label);
}

function weak(ob: HasEvents): WeakRef<HasEvents> {
  ob._jsm_ref ??= new WeakRef(ob);
  return ob._jsm_ref;
}

const warned = new Set<string>();

function warnUnknown(ob: HasEvents, type: string, text: string): void {
  const { name, label, props, emitters } = ob._jsm_class;
  if (props.has(type) || emitters.has(type)) return;
  const key = `${name}.${type}`;
  if (warned.has(key)) return;
  warned.add(key);
  const hint = near(type, [...props.keys(), ...emitters.keys()]);
  console.warn(`[jsmodel] Connected to '${text}', but ${label} is not known to emit '${type}'.${hint} Write '!${text}' if it is meant so.`);
}
