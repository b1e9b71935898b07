/**
 * Properties and emitters: what a class declares, and what a value must be.
 * Twin of jsmodel/event/properties.py.
 */

import { type Path, parseConnection } from "./connection";
import { brief, isPlain, pyError, unknownProperty } from "./errors";
import { entriesOf, type HandlerFunction, reconnect } from "./handlers";
import type { HasEvents } from "./hasevents";
import { late } from "./late";
import { currentOrigin, type Deliver, Event, type Kept, loop, type Origin } from "./loop";

export interface TypeSpec {
  kind:
    | "any"
    | "bool"
    | "int"
    | "float"
    | "str"
    | "bytes"
    | "list"
    | "tuple"
    | "dict"
    | "enum"
    | "union"
    | "instance"
    | "array"
    | "datetime";
  none?: boolean; // None is fine too
  min?: number; // of a number
  max?: number;
  minlen?: number; // of a list, tuple or str
  maxlen?: number;
  values?: unknown[]; // of an enum
  item?: TypeSpec; // of the elements of a list or tuple, or the values of a dict
  options?: TypeSpec[]; // of a union; of a tuple: its elements, one by one
  cls?: string; // of an instance: the name in its ClassSpec; else any object with events
  expected?: string; // how it reads in "Slider.max expected …"
}

export interface PropSpec {
  name: string;
  side: "both" | "js";
  readonly?: boolean; // set only with _set_prop
  owner?: "py" | "js"; // of a readonly one: the side that may set it
  type?: TypeSpec;
  /** The default. A property with `validate` and no `initial` has its default in `validate()`; with null it has none: None, and no initial event. */
  initial?: unknown;
  validate?: (this: HasEvents, ...v: unknown[]) => unknown;
}

/** A property as its class knows it. */
export interface Prop extends PropSpec {
  index: number; // in the values of an instance
}

export interface EmitterSpec {
  name: string;
  side?: "both" | "js"; // both if absent
  fn: (this: HasEvents, ...args: unknown[]) => Record<string, unknown> | null | undefined;
}

export interface HandlerSpec {
  name: string;
  strings: string[];
  fn?: (this: HasEvents, ...events: Event[]) => unknown; // else the method of that name
}

export interface ClassSpec {
  name: string; // like '__main__:Counter'
  label: string; // like 'Counter'
  props?: PropSpec[];
  emitters?: EmitterSpec[];
  handlers?: HandlerSpec[];
  constants?: Record<string, unknown>;
  version?: number | undefined; // of a class that was defined again: how many there were before
}

/** What a class declares, with what it inherits. On the prototype, as `_jsm_class`. */
export interface ClassInfo {
  name: string;
  label: string;
  version?: number | undefined;
  base: ClassInfo | null;
  props: Map<string, Prop>; // the base class's first, in the order of declaration
  order: readonly Prop[]; // those of `props`
  blank: undefined[]; // the values of an instance that has none yet
  emitters: Map<string, EmitterSpec>;
  handlers: Map<string, { name: string; paths: Path[]; fn: HandlerFunction | null }>;
}

/** Install what `spec` declares on the prototype of `cls`, once for all instances. */
export function declare(cls: { prototype: HasEvents }, spec: ClassSpec): void {
  const proto = cls.prototype;
  const base = (Object.getPrototypeOf(proto) as Partial<HasEvents>)._jsm_class ?? null;
  const info: ClassInfo = {
    name: spec.name,
    label: spec.label,
    version: spec.version,
    base,
    props: new Map(base?.props),
    order: [],
    blank: base?.blank.slice() ?? [],
    emitters: new Map(base?.emitters),
    handlers: new Map(base?.handlers),
  };
  const { props = [], emitters = [], handlers = [], constants = {} } = spec;
  // A name of the class body replaces what the base class declared under it, unless it is the same kind of thing again.
  const kinds = [
    [info.props, props],
    [info.emitters, emitters],
    [info.handlers, handlers],
  ] as const;
  const names = [...props, ...emitters, ...handlers].map((declared) => declared.name);
  names.push(...Object.getOwnPropertyNames(proto), ...Object.keys(constants));
  for (const [inherited, declared] of kinds) {
    for (const name of names) if (!declared.some((again) => again.name === name)) inherited.delete(name);
  }
  Object.defineProperty(proto, "_jsm_class", { value: info, configurable: true });
  for (const [name, value] of Object.entries(constants)) {
    Object.defineProperty(proto, name, { value, configurable: true, enumerable: true, writable: true });
  }
  for (const declared of props) {
    const prop: Prop = { ...declared, index: info.props.get(declared.name)?.index ?? info.blank.push(undefined) - 1 };
    info.props.set(prop.name, prop);
    Object.defineProperty(proto, prop.name, accessor(prop));
  }
  info.order = [...info.props.values()];
  for (const emitter of emitters) {
    info.emitters.set(emitter.name, emitter);
    const method = emits(emitter);
    Object.defineProperty(proto, emitter.name, {
      configurable: true,
      get: () => method,
      set(this: HasEvents) {
        const why = "it is an emitter. Call it to emit an event.";
        throw pyError("AttributeError", `Cannot set ${this._jsm_title()}.${emitter.name}: ${why}`);
      },
    });
  }
  for (const { name, strings, fn } of handlers) {
    if (!strings.length) {
      const todo = 'It names what to listen to. Write it like @event.connect("foo").';
      throw pyError("ValueError", `The handler ${spec.label}.${name} has no connection string. ${todo}`);
    }
    info.handlers.set(name, { name, paths: strings.map(parseConnection), fn: (fn as HandlerFunction | undefined) ?? null });
  }
}

function accessor(prop: Prop): PropertyDescriptor {
  const { name, index } = prop;
  return {
    configurable: true,
    enumerable: true,
    get(this: HasEvents) {
      if (noteRead) noteRead(this, name);
      const value = this._jsm_values[index];
      // A validator that reads a property declared further down gets its default.
      return value === undefined ? initialize(this, prop) : value;
    },
    set(this: HasEvents, value: unknown) {
      if (prop.readonly) throw readonlyError(this, name, `Inside the class, use self._set_prop('${name}', value).`);
      assign(this, prop, value);
    },
  };
}

function emits(emitter: EmitterSpec): (this: HasEvents, ...args: unknown[]) => unknown {
  const { name, fn } = emitter;
  return function (this: HasEvents, ...args: unknown[]) {
    const info = fn.apply(this, args) ?? null;
    // With super().ev() the method of a base class runs: it gives the dict, the subclass emits it.
    if (info === null || this._jsm_class.emitters.get(name) !== emitter) return info;
    if (info.constructor !== Object && !isPlain(info)) {
      const what = `The emitter ${this._jsm_class.label}.${name} returned ${brief(info)}.`;
      throw pyError("TypeError", `${what} It describes the event. Return a dict, or None for no event.`);
    }
    return this.emit(name, info);
  };
}

// -- setting

/** The spec of property `name`, or an AttributeError with the nearest name. */
export function propOf(ob: HasEvents, name: string): Prop {
  const { label, props } = ob._jsm_class;
  const prop = props.get(name);
  if (!prop) throw unknownProperty(label, name, props.keys());
  return prop;
}

/** Validate `value`, store it, and announce it if it differs. */
export function assign(ob: HasEvents, prop: Prop, value: unknown): void {
  let accepted: unknown = value ?? null;
  if (prop.type || prop.validate) {
    for (let v = validating; v; v = v.outer) if (v.ob === ob && v.prop === prop) return; // two that correct each other settle here
    accepted = accept(ob, prop, accepted, true);
  }
  if (ob._jsm_values[prop.index] === undefined) initialize(ob, prop);
  store(ob, prop, accepted, currentOrigin(), true);
}

/** The validators that run now, innermost first. */
let validating: { ob: HasEvents; prop: Prop; outer: typeof validating } | null = null;

/** Store a valid value and announce it if it differs. `tell`: the other side has yet to know. */
export function store(ob: HasEvents, prop: Prop, value: unknown, origin: Origin, tell: boolean): void {
  const { name, index } = prop;
  const old = ob._jsm_values[index] ?? null;
  if (same(old, value)) return;
  tell &&= ob._jsm_live;
  if (tell) ob._jsm_check(name, value);
  ob._jsm_values[index] = value;
  if (tell) ob._jsm_changed(name, value, origin);
  if (ob._jsm_followers) reconnect(ob, name);
  if (ob._jsm_born === loop.round) keep(ob, name, old, value, origin);
  else if (ob._jsm_handlers) announce(ob, name, old, value, origin);
}

/** Give property `prop` its default. */
export function initialize(ob: HasEvents, prop: Prop): unknown {
  const { index, initial, validate } = prop;
  ob._jsm_values[index] = (validate && initial) ?? null; // what a validator finds that reads its own property
  if (initial != null) ob._jsm_values[index] = validate ? accept(ob, prop, fresh(initial), true) : fresh(initial);
  else if (validate && initial === undefined) ob._jsm_values[index] = accept(ob, prop, undefined, false);
  return ob._jsm_values[index];
}

/** Whether the default is announced: "no default" is None without an event. */
export function hasDefault(prop: PropSpec): boolean {
  return prop.validate ? prop.initial !== null : prop.initial !== undefined;
}

type Check = (type: TypeSpec, value: unknown, where: string) => unknown; // in types.ts: it came with the class

/** What the property makes of a value, or, if none is given, of its default. */
function accept(ob: HasEvents, prop: Prop, value: unknown, given: boolean): unknown {
  const { type, validate } = prop;
  if (type && given) value = (late.check as Check)(type, value, `${ob._jsm_class.label}.${prop.name}`);
  if (!validate) return value;
  const outer = validating;
  validating = { ob, prop, outer };
  try {
    return (given ? validate.call(ob, value) : validate.call(ob)) ?? null;
  } catch (err) {
    if (!(err instanceof Error) || refusals.has(err) || !isRefusal(err)) throw err;
    throw refusal(`${ob._jsm_class.label}.${prop.name} refused ${given ? brief(value) : "its default"}. ${err.name}: ${err.message}`, err);
  } finally {
    validating = outer;
  }
}

/** Whether a validator refuses a value with this: a ValueError, a TypeError, or what is derived from them. */
function isRefusal(err: Error & { _jsm_class?: { mro?: { label: string }[] } }): boolean {
  const names = err._jsm_class?.mro?.map((cls) => cls.label) ?? [late.error_name?.(err) ?? err.name];
  return names.some((name) => /^(ValueError|TypeError|Unicode.*Error|JSONDecodeError)$/.test(name));
}

const refusals = new WeakSet<Error>();

/** An error that says all by itself. */
export function refusal(message: string, cause?: unknown): Error {
  const error = pyError("ValueError", message, cause);
  refusals.add(error);
  return error;
}

export function readonlyError(ob: HasEvents, name: string, todo: string): Error {
  return pyError("AttributeError", `'${ob._jsm_class.label}.${name}' is read-only, so it cannot be set from here. ${todo}`);
}

/** A default is for one instance only. */
function fresh(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fresh);
  if (isPlain(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fresh(v)]));
  return value;
}

/** A function of its own: the closure would cost `store` an allocation each time. */
function keep(ob: HasEvents, name: string, old: unknown, value: unknown, origin: Origin): void {
  loop.keep({ release: (deliver) => announce(ob, name, old, value, origin, deliver) });
}

/** Tell the handlers of property `name`. Makes the event only if someone listens. */
function announce(ob: HasEvents, name: string, old: unknown, value: unknown, origin: Origin, deliver = loop.post): void {
  const entries = ob._jsm_handlers?.get(name);
  if (!entries) return;
  const event = new Event(name, ob);
  event.old_value = old;
  event.new_value = value;
  event.origin = origin;
  deliver(entries, event);
}

/** Tell the handlers of an event that is no property's. */
export function announceEvent(event: Event): void {
  const { source, type } = event;
  if (source._jsm_born === loop.round) loop.keep({ release: (deliver) => deliver(entriesOf(source, type), event) });
  else loop.post(entriesOf(source, type), event);
}

/** The defaults of an object are its first events, in the turn after it is made. */
export class Birth implements Kept {
  ob: HasEvents | null = null; // from when somebody listens: one that was made in vain is not kept
  values: unknown[] = []; // as they were then
  #order: readonly Prop[];
  #preset: Record<string, unknown> | null | undefined;
  #origin = currentOrigin();

  constructor(order: readonly Prop[], preset: Record<string, unknown> | null | undefined) {
    this.#order = order;
    this.#preset = preset;
    loop.keep(this);
  }

  release(deliver: Deliver): void {
    const { ob, values } = this;
    const preset = this.#preset;
    for (const prop of (ob?._jsm_handlers && this.#order) || []) {
      const value = values[prop.index];
      if (hasDefault(prop) || value !== null)
        announce(ob as HasEvents, prop.name, value, value, preset && prop.name in preset ? "py" : this.#origin, deliver);
    }
    this.ob = this.#preset = null;
    this.#order = this.values = [];
  }
}

// -- reading

let noteRead: ((ob: HasEvents, name: string) => void) | null = null;

/** Call `fn`, and find out which properties it reads. */
export function track(fn: () => unknown): { value: unknown; read: [HasEvents, string][] } {
  const before = noteRead;
  const seen = new Map<HasEvents, Set<string>>();
  const read: [HasEvents, string][] = [];
  noteRead = (ob, name) => {
    const names = seen.get(ob) ?? new Set();
    seen.set(ob, names);
    if (!names.has(name)) read.push([ob, name]);
    names.add(name);
  };
  try {
    return { value: fn(), read };
  } finally {
    noteRead = before;
  }
}

// -- values

/** Whether setting `b` where `a` is changes nothing: same type and equal; arrays as arrays; NaN equals NaN. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Number.isNaN(a) && Number.isNaN(b);
  if (isPlain(a)) return isPlain(b) && sameDicts(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (Array.isArray(a)) return Object.isFrozen(a) === Object.isFrozen(b) && sameItems(a, b as unknown[]);
  if (a instanceof Date) return same(a.getTime(), (b as Date).getTime());
  if ((a as { _jsm_class?: { cls?: unknown } })._jsm_class?.cls) {
    try {
      return !!(late.eq_ours as Same)(a, b); // what objects of a class of Python say themselves
    } catch {
      return false;
    }
  }
  if (!ArrayBuffer.isView(a) || a instanceof DataView) return false; // other objects are themselves only
  const [x, y] = [a, b] as unknown as [Shaped, Shaped];
  return sameItems(x.shape ?? [], y.shape ?? []) && sameItems(x, y);
}

type Same = (a: unknown, b: unknown) => boolean;
type Shaped = ArrayLike<unknown> & { shape?: number[] };

function sameDicts(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  if (late.strange?.(a) || late.strange?.(b)) return (late.eq_dicts as Same)(a, b);
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

function sameItems(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!same(a[i], b[i])) return false;
  return true;
}
