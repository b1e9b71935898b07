/** Model: the JS side of a Python object. Twin of jsmodel/model.py. */

import { pyError } from "./errors";
import { connectHandlers, HasEvents } from "./hasevents";
import { type Event, type Origin, withOrigin } from "./loop";
import { declare } from "./properties";
import { encodeValue } from "./protocol";
import type { ClientSession } from "./session";

/** The parameters of what Python has: whatever names are given go on to it. See jsmodel/transpile/calls.js. */
const ANY = { names: [], optional: [], rest: "$k" };

/** An object that lives in Python too. Python makes it; its class comes from Python. */
export class Model extends HasEvents {
  _jsm_id: string;
  _jsm_session: ClientSession;

  constructor(values?: Record<string, unknown> | null, preset?: Record<string, unknown>, id?: string, session?: ClientSession) {
    if (!id || !session) {
      throw pyError(
        "TypeError",
        "A Model cannot be made in the browser. Python makes both of its sides. Create it in Python, and refer to it.",
      );
    }
    super(values, preset);
    this._jsm_id = id;
    this._jsm_session = session;
  }

  get id(): string {
    return this._jsm_id;
  }

  get session(): ClientSession {
    return this._jsm_session;
  }

  /** The Python side: `await self.py.method(...)` calls what is marked with @app.exposed. */
  get py(): Record<string, (...args: unknown[]) => Promise<unknown>> {
    return new Proxy({} as Record<string, never>, {
      get: (_, name) =>
        typeof name === "string" && name !== "then"
          ? Object.assign((...args: unknown[]) => this.session._call(this, name, args), { _jsm_signature: ANY })
          : undefined,
    });
  }

  /** Set up the JS side; called once, when properties and sub-models are there. For subclasses. */
  init(): unknown {
    return null;
  }

  /** What a class may have that wants to know when a live object got its new code. */
  declare init_again?: () => unknown;

  /** Free both sides. */
  override dispose(): void {
    this._jsm_drop();
    this.session._disposed(this.id);
  }

  /** Free this side: Python has let go of the other, or the page of all. */
  _jsm_drop(): void {
    super.dispose();
    const { node } = this as { node?: { remove?(): void } };
    node?.remove?.();
    this.session._forget(this.id);
  }

  /** Call `fn` on an event of a node: what it changes, the person changed, and its errors are shown. */
  _listen(node: EventTarget, type: string, fn: (event: unknown) => unknown): void {
    node.addEventListener(type, (event) => {
      try {
        withOrigin("user", () => fn.call(this, event));
      } catch (err) {
        this.session.fail(err, this.id, `${this._jsm_title()}: ${type}`);
      }
    });
  }

  /** What comes before `init`: widgets make their node. */
  _jsm_begin(): unknown {
    return null;
  }

  /** Called by the session when all models of its batch exist. */
  _jsm_start(attrs: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(attrs)) {
      if (!(name in this)) Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    }
    this._jsm_begin();
    const wait = this.init();
    if (wait instanceof Promise) wait.catch((err) => this.session.fail(err, this.id, `${this._jsm_title()}: init`));
    connectHandlers(this);
  }

  override _jsm_ready(): void {} // see _jsm_start

  override _jsm_check(name: string, value: unknown): void {
    if (this._jsm_class.props.get(name)?.side === "both" && typeof value === "object") encodeValue(value, [], name);
  }

  override _jsm_changed(name: string, value: unknown, origin: Origin): void {
    if (this._jsm_class.props.get(name)?.side === "both") this.session._changed(this, name, value, origin);
  }

  override _jsm_emitted(type: string, event: Event): void {
    this.session._emitted(this, type, event);
  }

  override _jsm_listening(type: string, _count: number): void {
    if (this._jsm_class.emitters.get(type)?.side !== "js" && this._jsm_class.emitters.has(type)) this.session._listening(this);
  }

  /** The emitters that our handlers listen to. */
  _jsm_listens(): string[] {
    return [...this._jsm_class.emitters.keys()].filter((type) => this._jsm_handlers?.get(type)?.length);
  }

  _jsm_wire(): unknown {
    return { $: "m", v: this.id };
  }
}

declare(Model, { name: "jsmodel:Model", label: "Model" });
