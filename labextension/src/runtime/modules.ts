/**
 * JS modules: the twins of Python modules. Each is a namespace in which names are
 * looked up when they are used. Twin of jsmodel/transpile/modules.py.
 */

import { pyError } from "./errors";
import type { HasEvents } from "./hasevents";
import * as inside from "./inside";
import { Model } from "./model";
import { type ClassSpec, declare } from "./properties";
import * as py from "./py";

export type Namespace = Record<string, unknown>;
type Factory = (m: Namespace, jsm: Realm, library: typeof py) => void;

/** The JS modules and classes of one client: two kernels in a page each have a `__main__`. */
export class Realm {
  readonly Model = Model;
  readonly inside = inside; // for types.ts, which comes late
  readonly files = new Map<string, string>(); // hash -> URL
  readonly libraries = new Map<string, unknown>(); // hash -> ES module
  /** Called when the code of a class came again. */
  resent: (old: typeof Model, cls: typeof Model) => void = () => undefined;
  /** Assets whose code failed when it came, and how. */
  readonly broken = new Map<string, unknown>();
  #modules = new Map<string, Namespace>();
  #classes = new Map<string, typeof Model>();

  /** The namespace of a JS module; empty until its code has come. */
  ns(name: string): Namespace {
    const found = this.#modules.get(name) ?? {};
    this.#modules.set(name, found);
    return found;
  }

  /** The address of a file that Python has a link to. */
  link(hash: string): string {
    const url = this.files.get(hash);
    if (url === undefined)
      throw new Error("[jsmodel] The file of a link is not here (any more). Python removed it, or the page is too old. Reload it.");
    return url;
  }

  /** An ES module. */
  es(hash: string): unknown {
    return this.libraries.get(hash);
  }

  /** Declare a class; a later one of the same name takes its place. */
  model<C extends { prototype: HasEvents }>(cls: C, spec: ClassSpec): C {
    declare(cls, spec);
    const old = this.#classes.get(spec.name);
    this.#classes.set(spec.name, cls as unknown as typeof Model);
    if (old?.prototype._jsm_class.version === spec.version) this.resent(old as typeof Model, cls as unknown as typeof Model);
    return cls;
  }

  /** Whether the code of a class has come. */
  has(key: string): boolean {
    return this.#classes.has(key);
  }

  /** The class of a key such as '__main__:Counter'. */
  classOf(key: string): typeof Model {
    const cls = this.#classes.get(key);
    const why = this.broken.get(`${key.split(":")[0]}.js`);
    if (!cls && why)
      throw pyError(
        "RuntimeError",
        `The code of ${key} failed when it came: ${why}. Mend it, and run the cell that defines it again.`,
        why,
      );
    if (!cls) throw new Error(`[jsmodel] The code of ${key} has not come. Run the cell that defines it again, or reload the page.`);
    return cls;
  }
}

(Error as { stackTraceLimit?: number }).stackTraceLimit = 50; // of V8: tracebacks go that deep

let current: Realm | null = null;
/** Whether code runs for the first time: who runs it hears of its errors. */
export let evaluating = false;

/** What the code of a JS module calls. */
export function module(name: string, factory: Factory): void {
  if (!current) throw new Error(`[jsmodel] The module ${name} was loaded by itself. Its code is for a page that jsmodel made.`);
  factory(current.ns(name), current, py);
}

/** Let modules that load from now on belong to `realm`. */
export function enter(realm: Realm): void {
  current = realm;
}

/** Run the code of a module for `realm`, now. Its name in stacks holds the hash of the asset: Python goes by it. */
export function evaluate(realm: Realm, code: string, name: string): void {
  const before = current;
  current = realm;
  evaluating = true;
  let failure: unknown = null;
  const source = `${code}\n//# sourceURL=jsmodel:///${encodeURI(name)}`;
  try {
    if (typeof document === "undefined") {
      // biome-ignore lint/security/noGlobalEval: code that comes as an asset, in Node
      globalThis.eval(source);
    } else {
      const note = (event: ErrorEvent): void => {
        failure = event.error ?? event.message;
      };
      window.addEventListener("error", note);
      runScript(source);
      window.removeEventListener("error", note);
    }
  } finally {
    current = before;
    evaluating = false;
  }
  if (failure) throw failure;
}

/** Whether this page runs code that comes in a message: strict content policies do not let it. */
export function runsInline(): boolean {
  return runScript("document.currentScript.dataset.ran = 'yes';").dataset.ran === "yes";
}

/** A script element works under more content policies than eval, and runs at once. */
function runScript(source: string): HTMLScriptElement {
  const script = document.createElement("script");
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
  if (nonce) script.nonce = nonce;
  script.textContent = source;
  document.head.append(script);
  script.remove();
  return script;
}
