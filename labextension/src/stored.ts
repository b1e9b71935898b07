/**
 * The models that are stored in a page, with nobody at the other end: what Python's jsmodel/kernel/display.py
 * leaves in the outputs of a notebook. Twin of hub.ts, for pages without a kernel.
 *
 * Outputs of one session belong together: they share code and values, and two views of a model move as one.
 */

import * as core from "./runtime";

/** What an element of a page says in its `data-jsmodel`. */
interface Fragment {
  v: number;
  key: string; // stands for the session
  code?: core.Asset[]; // what the session had sent so far, in order
  at?: number; // the greater, the newer
  models?: core.ModelState[];
  buffers?: string[]; // base64
  files?: core.Asset[]; // what its values have links to
  root?: string;
}

const VERSION = 1;
const SELECTOR = ".jsm-embed[data-jsmodel], .jsm-code[data-jsmodel]";
const OLD = "This view was stored by another version of jsmodel, so it does not move. Run its cell again.";
const NO_CODE =
  "The code of this view is not in this page, so it does not move. The cell with app.init_notebook() was run by another kernel since, or its output was removed. " +
  "Run all cells again.";
const UNCONNECTED =
  "This view is not connected to Python: the jsmodel extension is missing in this JupyterLab, or the page is older than it. " +
  "Run 'pip install jsmodel' where JupyterLab runs, and reload the page.";

/** A session that is over: its code, the newest values of its models, and the replicas that show them. */
class StoredSession {
  #code: core.Asset[] = [];
  #files = new Map<string, core.Asset>();
  #states = new Map<string, { at: number; state: core.ModelState; buffers: string[] }>();
  #replicas: core.ClientSession[] = [];
  #shown = new Map<core.ClientSession, Set<string>>();

  /** Take in what a fragment knows. */
  learn(fragment: Fragment): void {
    // Each list is the beginning of the next one.
    if (fragment.code && fragment.code.length > this.#code.length) this.#code = fragment.code;
    for (const file of fragment.files ?? []) this.#files.set(file.hash, file);
    const { at = 0, buffers = [] } = fragment;
    for (const state of fragment.models ?? []) {
      if (at >= (this.#states.get(state.id)?.at ?? 0)) this.#states.set(state.id, { at, state, buffers });
    }
  }

  /** Show a model in place of `picture`; false when its code is not here. */
  async show(root: string, picture: HTMLElement): Promise<boolean> {
    const ids = this.#reach(root);
    const first = this.#replicas[0] ?? this.#add();
    await this.#bring(first, ids);
    if (!first.models.has(root)) return false;
    // A widget has one node in each replica.
    const nodes = [...ids].filter((id) => first.models.get(id) && "node" in (first.models.get(id) as core.Model));
    const taken = (replica: core.ClientSession): boolean => nodes.some((id) => this.#shown.get(replica)?.has(id));
    let replica = this.#replicas.find((one) => !taken(one));
    if (!replica) {
      replica = this.#add();
      await this.#copy(first, replica);
    } else if (replica !== first) await this.#bring(replica, ids);
    for (const id of nodes) this.#shown.get(replica)?.add(id);
    const view = new core.View(replica, root);
    picture.replaceChildren(view.node);
    return true;
  }

  #add(): core.ClientSession {
    const replica = new core.ClientSession();
    for (const peer of this.#replicas) {
      peer.peers.add(replica);
      replica.peers.add(peer);
    }
    this.#replicas.push(replica);
    this.#shown.set(replica, new Set());
    return replica;
  }

  #defines(): core.Op[] {
    return [...this.#files.values(), ...this.#code].map((asset) => ({ ...asset, op: "define" }));
  }

  /** All models that a model leads to, and itself. */
  #reach(root: string): Set<string> {
    const found = new Set<string>();
    const todo = [root];
    for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
      const entry = this.#states.get(id);
      if (!entry || found.has(id)) continue;
      found.add(id);
      walk([entry.state.props, entry.state.attrs], (tag) => {
        if (tag.$ === "m") todo.push(tag.v as string);
      });
    }
    return found;
  }

  /** Give a replica the models of `ids` that it does not have. */
  async #bring(replica: core.ClientSession, ids: Set<string>): Promise<void> {
    await replica.show({ ops: this.#defines() }); // what it has, it ignores
    const buffers: Uint8Array[] = [];
    const models: core.ModelState[] = [];
    for (const [id, { state, buffers: own }] of this.#states) {
      if (!ids.has(id) || replica.models.has(id) || !replica.realm.has(state.cls)) continue;
      const copy = JSON.parse(JSON.stringify(state)) as core.ModelState;
      walk([copy.props, copy.attrs], (tag) => {
        if (typeof tag.i === "number") tag.i = buffers.push(bytesOf(own[tag.i] ?? "")) - 1;
      });
      models.push(copy);
    }
    models.sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1))); // as they were made
    if (models.length) await replica.show({ ops: [{ op: "create", models }] }, buffers);
  }

  /** Give a new replica all that another one has, with the values of now. */
  async #copy(from: core.ClientSession, to: core.ClientSession): Promise<void> {
    const buffers: Uint8Array[] = [];
    const models = [...from.models.values()].map((model) => ({
      ...(this.#states.get(model.id)?.state as core.ModelState),
      props: from.valuesOf(model, buffers),
    }));
    await to.show({ ops: [...this.#defines(), { op: "create", models }] }, buffers);
  }
}

const sessions = new Map<string, StoredSession>();
let scheduled = false;
let working: Promise<void> = Promise.resolve();

/** Bring to life what is stored in the page: now, or when all of it has come. */
function embed(): void {
  if (scheduled) return;
  scheduled = true;
  const run = (): void => {
    scheduled = false;
    working = working.then(scan);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", run, { once: true });
  else setTimeout(run);
}

/** Where outputs come one by one, and no script of theirs needs to run for each. */
export function watch(): void {
  embed();
  const start = (): void => {
    const found = document.getElementsByClassName("jsm-embed"); // a live list: it costs nothing while it stays the same
    let known = found.length;
    new MutationObserver(() => {
      if (found.length > known) embed();
      known = found.length;
    }).observe(document.body, { childList: true, subtree: true });
  };
  if (document.getElementById("jupyter-config-data") || document.readyState !== "loading") start();
}

async function scan(): Promise<void> {
  const views: [HTMLElement, Fragment][] = [];
  for (const box of document.querySelectorAll<HTMLElement>(SELECTOR)) {
    const text = box.dataset.jsmodel ?? "";
    box.removeAttribute("data-jsmodel"); // it was read
    const fragment = read(text);
    if (!fragment) {
      if (box.matches(".jsm-embed")) note(box, OLD);
      continue;
    }
    let session = sessions.get(fragment.key);
    if (!session) {
      session = new StoredSession();
      sessions.set(fragment.key, session);
    }
    session.learn(fragment);
    if (box.matches(".jsm-embed")) views.push([box, fragment]);
  }
  for (const [box, fragment] of views) {
    const picture = box.querySelector<HTMLElement>(".jsm-static");
    if (!picture) continue;
    if (fragment.root === undefined) continue; // too large to be stored; its picture says so
    const alive = await (sessions.get(fragment.key) as StoredSession).show(fragment.root, picture);
    if (!alive) note(box, NO_CODE);
    else if (document.getElementById("jupyter-config-data")) note(box, UNCONNECTED);
  }
}

function read(text: string): Fragment | null {
  try {
    const fragment = JSON.parse(text) as Fragment;
    const known = fragment.v === VERSION && typeof fragment.key === "string";
    return known && (fragment.models ?? []).every((m) => m.id && m.cls && m.props && m.attrs) ? fragment : null;
  } catch {
    return null;
  }
}

function note(box: HTMLElement, words: string): void {
  const line = document.createElement("p");
  line.className = "jsm-note";
  line.textContent = words;
  line.style.color = "#c4221c";
  box.append(line);
}

/** Visit all tagged values in encoded data; see docs/protocol.md. */
function walk(data: unknown, visit: (tag: Record<string, unknown>) => void): void {
  if (typeof data !== "object" || data === null) return;
  if (!Array.isArray(data) && "$" in data) visit(data as Record<string, unknown>);
  for (const value of Object.values(data)) walk(value, visit);
}

/** Bytes that were stored as base64. */
export function bytesOf(base64: string): Uint8Array {
  const { fromBase64 } = Uint8Array as { fromBase64?(text: string): Uint8Array };
  if (fromBase64) return fromBase64.call(Uint8Array, base64); // not in every browser yet; it is faster
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
