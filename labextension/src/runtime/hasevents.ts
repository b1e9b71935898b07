/**
 * HasEvents: objects with properties, emitters and handlers.
 * Twin of jsmodel/event/hasevents.py. People subclass it: what the machinery needs
 * on an instance begins with `_jsm_`.
 */

import { isName, parseConnection } from "./connection";
import { pyError } from "./errors";
import { type Entry, entriesOf, Handler, type HandlerFace, type HandlerFunction, type Link, removeEntries } from "./handlers";
import { currentOrigin, Event, loop, type Origin } from "./loop";
import {
  announceEvent,
  assign,
  Birth,
  type ClassInfo,
  declare,
  initialize,
  type Prop,
  propOf,
  readonlyError,
  store,
  track,
} from "./properties";

/** An object with properties and events. `declare` says which a class has. */
export class HasEvents {
  /** What the class declares; on the prototype. */
  declare readonly _jsm_class: ClassInfo;
  _jsm_values: unknown[]; // by the index of the property
  _jsm_born = loop.round; // until that round ends, events are kept for those who connect; negative: disposed
  _jsm_birth: Birth | null = null; // what it has to say of its defaults
  _jsm_live = false; // construction is over: the hooks are called
  _jsm_handlers: Map<string, Entry[]> | null = null; // who listens to an event, in the order of calling
  _jsm_followers: Map<string, Link[]> | null = null; // whose paths lead over a property
  _jsm_own: Set<Handler> | null = null; // handlers that start here
  _jsm_ref: WeakRef<HasEvents> | null = null;

  /**
   * Gives the properties their defaults, in the order of declaration, then `values`.
   * A function of no arguments as a value is followed: the property has what it
   * returns, also when a property that it read changes. What is in `preset` is taken
   * as it is, instead of the default: it is what Python says.
   */
  constructor(values?: Record<string, unknown> | null, preset?: Record<string, unknown> | null) {
    const { order, blank } = this._jsm_class;
    this._jsm_values = blank.slice();
    const names = values ? Object.keys(values) : [];
    for (const name of names) propOf(this, name);
    if (preset) for (const name of Object.keys(preset)) this._jsm_values[propOf(this, name).index] = preset[name] ?? null;
    if (order.length) {
      this._jsm_birth = new Birth(order, preset);
      for (const prop of order) if (this._jsm_values[prop.index] === undefined) initialize(this, prop);
      this._jsm_birth.values = this._jsm_values.slice();
    }
    for (const name of names) {
      const value = values?.[name];
      if (isFollowed(value)) followReads(this, propOf(this, name), value);
      else (this as Record<string, unknown>)[name] = value;
    }
    this._jsm_live = true;
    this._jsm_ready();
  }

  toString(): string {
    return `<${this._jsm_title()}>`;
  }

  /**
   * Connect a function to events of this object: `ob.connect('foo', 'child.bar', f)`, the
   * function first or last. Without a function: a decorator that takes it.
   */
  connect(...args: [HandlerFunction, string, ...string[]] | [string, ...string[], HandlerFunction]): HandlerFace;
  connect(...strings: [string, ...string[]]): (fn: HandlerFunction) => HandlerFace;
  connect(...args: unknown[]): HandlerFace | ((fn: HandlerFunction) => HandlerFace);
  connect(...args: unknown[]): HandlerFace | ((fn: HandlerFunction) => HandlerFace) {
    const fns = args.filter((arg) => typeof arg === "function") as HandlerFunction[];
    const how = "Write it like ob.connect('foo', func).";
    if (fns.length > 1) {
      throw pyError(
        "ValueError",
        "connect() was given more than one function. Each handler is one function. Call connect() once for each.",
      );
    }
    if (fns.length === args.length)
      throw pyError("ValueError", `connect() was given no connection string. It names what to listen to. ${how}`);
    const [fn] = fns;
    if (fn && args[0] !== fn && args[args.length - 1] !== fn) {
      throw pyError("ValueError", `connect() takes its function first or last. It stood between strings. ${how}`);
    }
    const paths = args.filter((arg) => arg !== fn).map(parseConnection);
    const make = (f: HandlerFunction & { _jsm_handler?: Handler }): HandlerFace =>
      new Handler(this, nameOf(f), f._jsm_handler?.given ?? f)._jsm_connect(paths).face;
    return fn ? make(fn) : make;
  }

  /** Disconnect handlers of `type` ('foo' or 'foo:label'): one (or its function), or all. */
  disconnect(type: string, handler?: HandlerFace | HandlerFunction | null): void {
    const [name = "", ...rest] = type.split(":");
    const label = rest.join(":");
    const removed = removeEntries(this, name, (entry) => (!label || entry.label === label) && (!handler || entry.handler.is(handler)));
    const left = entriesOf(this, name);
    for (const { handler } of removed) if (!left.some((entry) => entry.handler === handler)) handler._jsm_forget(this, name);
  }

  /** Emit an event; each handler gets it in the next turn of the loop. */
  emit(type: string, info?: Record<string, unknown> | null): Event {
    const emitter = this._jsm_class.emitters.get(type);
    if (!emitter && !isName(type)) {
      throw pyError(
        "ValueError",
        `The event type ${typeof type === "string" ? `'${type}'` : String(type)} is not a name. Handlers connect to it by name. Use letters, digits and underscores.`,
      );
    }
    const event = new Event(type, this, currentOrigin(), info);
    announceEvent(event);
    if (this._jsm_live && emitter && emitter.side !== "js" && event.origin !== "py") this._jsm_emitted(type, event);
    return event;
  }

  /** Names of the events of this object: its properties, its emitters, and what handlers listen to. */
  get_event_types(): string[] {
    const { props, emitters } = this._jsm_class;
    return [...new Set([...props.keys(), ...emitters.keys(), ...(this._jsm_handlers?.keys() ?? [])])].sort();
  }

  /** The handlers connected to `type`, in the order in which they are called. */
  get_event_handlers(type: string): HandlerFace[] {
    return [...new Set(entriesOf(this, type).map((entry) => entry.handler.face))];
  }

  /** Disconnect everything; the object keeps its values but says and hears nothing more. What it said before is delivered. */
  dispose(): void {
    for (const handler of [...(this._jsm_own ?? [])]) {
      if (handler.isMethod) handler.dispose();
      else handler._jsm_disconnect();
    }
    for (const type of [...(this._jsm_handlers?.keys() ?? [])]) removeEntries(this, type, () => true);
    this._jsm_followers = null;
    this._jsm_live = false;
    this._jsm_born = -1;
  }

  /** Set a property, readonly ones too. For use inside the class. */
  _set_prop(name: string, value: unknown): void {
    const prop = propOf(this, name);
    if (prop.readonly && prop.owner === "py") throw readonlyError(this, name, "Its class sets it in Python.");
    assign(this, prop, value);
  }

  // -- for subclasses that live on two sides

  /** Construction is over: connects the handlers of the class. Override it to do that later, with `connectHandlers`. */
  _jsm_ready(): void {
    connectHandlers(this);
  }

  /** Refuse a value of a property before it is stored, by raising. */
  _jsm_check(_name: string, _value: unknown): void {}

  /** A property, of whichever side, has a new value. Handlers have not run yet. */
  _jsm_changed(_name: string, _value: unknown, _origin: Origin): void {}

  /** An emitter of both sides fired, and Python does not know yet. */
  _jsm_emitted(_type: string, _event: Event): void {}

  /** The number of handlers for a type changed. */
  _jsm_listening(_type: string, _count: number): void {}

  // -- what the machinery uses

  /** "Counter #c3", for messages. */
  _jsm_title(): string {
    const { id } = this as { id?: string }; // of a Model
    return id ? `${this._jsm_class.label} #${id}` : this._jsm_class.label;
  }

  _jsm_knows(type: string): boolean {
    const { props, emitters } = this._jsm_class;
    return props.has(type) || emitters.has(type) || !!this._jsm_handlers?.has(type);
  }

  /** The handler that the class declares under this name; if need be, it is connected now. */
  _jsm_handler(name: string): Handler | undefined {
    for (const handler of this._jsm_own ?? []) if (handler.isMethod && handler.name === name) return handler;
    const declared = this._jsm_class.handlers.get(name);
    return declared && new Handler(this, name, methodOf(this, declared), true)._jsm_connect(declared.paths);
  }

  _jsm_keep(handler: Handler): void {
    this._jsm_own ??= new Set();
    this._jsm_own.add(handler);
  }
}

declare(HasEvents, { name: "HasEvents", label: "HasEvents" });

/** What a handler is called: like its function, or, for an object that can be called, like its class. */
const nameOf = (fn: HandlerFunction & { _jsm_class?: ClassInfo }): string => fn._jsm_class?.label ?? (fn.name || "<lambda>");

function methodOf(ob: HasEvents, { name, fn }: { name: string; fn: HandlerFunction | null }): HandlerFunction {
  const method = fn ?? (ob as unknown as Record<string, unknown>)[name];
  if (typeof method !== "function")
    throw pyError("TypeError", `The handler ${ob._jsm_class.label}.${name} is not a function. Is the method there?`);
  return method as HandlerFunction;
}

/** Connect the handlers that the class declares. If one leads nowhere, none is connected. */
export function connectHandlers(ob: HasEvents): void {
  try {
    for (const name of ob._jsm_class.handlers.keys()) ob._jsm_handler(name);
  } catch (err) {
    HasEvents.prototype.dispose.call(ob);
    throw err;
  }
}

/**
 * Make `ob` an instance of a newer version of its class: values and connections stay, the
 * class's methods and handlers are exchanged. `init` does not run again.
 */
export function upgrade(ob: HasEvents, cls: { prototype: HasEvents }): void {
  const before = ob._jsm_class;
  const values = ob._jsm_values;
  Object.setPrototypeOf(ob, cls.prototype);
  const { props, blank, handlers } = ob._jsm_class;
  ob._jsm_values = blank.slice();
  for (const { name, index } of props.values()) {
    const old = before.props.get(name);
    if (old) ob._jsm_values[index] = values[old.index];
  }
  for (const prop of props.values()) if (ob._jsm_values[prop.index] === undefined) initialize(ob, prop);
  const kept = new Set<string>();
  for (const handler of [...(ob._jsm_own ?? [])]) {
    if (!handler.isMethod || !before.handlers.has(handler.name)) continue; // somebody called connect()
    const now = handlers.get(handler.name);
    const paths = handler.connection_info.map(([text]) => text);
    if (now && paths.join() === now.paths.map((path) => path.text).join()) {
      handler._jsm_become(methodOf(ob, now)); // it stays in its place, with the events that wait
      kept.add(handler.name);
    } else {
      handler.dispose();
      ob._jsm_own?.delete(handler);
    }
  }
  for (const declared of handlers.values()) {
    if (kept.has(declared.name)) continue;
    try {
      new Handler(ob, declared.name, methodOf(ob, declared), true)._jsm_connect(declared.paths);
    } catch (err) {
      loop.report(err, new Handler(ob, declared.name, () => undefined));
    }
  }
}

/** Set what Python says: not validated, not told to Python, readonly or not; events if a value differs. */
export function applyFromPython(ob: HasEvents, values: Record<string, unknown>): void {
  const names = Object.keys(values);
  for (const name of names) {
    if (propOf(ob, name).side === "js") throw readonlyError(ob, name, "It is a property of the JS side only.");
  }
  for (const name of names) store(ob, propOf(ob, name), values[name] ?? null, "py", false);
}

/** Whether a value is a function of no arguments, and so stands for what it returns. */
function isFollowed(value: unknown): value is () => unknown {
  if (typeof value !== "function") return false;
  return /^(?!async)[^(*]*\(\s*\)/.test(String((value as { _jsm_of?: unknown })._jsm_of ?? value));
}

/** Give property `prop` what `fn` returns, now and whenever a property that it read changes. */
function followReads(ob: HasEvents, prop: Prop, fn: () => unknown): void {
  if (prop.readonly) throw readonlyError(ob, prop.name, "Only its own class can set it.");
  const rerun: HandlerFunction = function () {
    update(this);
  };
  const handler = new Handler(ob, prop.name, rerun, true);
  const update = (owner: HasEvents): void => {
    const { value, read } = track(fn);
    handler._jsm_follow(read.filter(([other, name]) => other !== owner || name !== prop.name));
    assign(owner, prop, value);
  };
  update(ob);
}
