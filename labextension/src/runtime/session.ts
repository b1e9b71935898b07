/** One client: the replica of a session in this page. Twin of jsmodel/session.py, seen from the other end. */

import { addFile, addStyle, again, dropFile, importModule, loadScript, runOnce } from "./assets";
import { Channel } from "./channel";
import { Incoming, type Received } from "./data";
import { pyError } from "./errors";
import { applyFromPython, upgrade } from "./hasevents";
import { late } from "./late";
import { type Event, loop, type Origin, withOrigin } from "./loop";
import { Model } from "./model";
import { enter, evaluate, evaluating, Realm } from "./modules";
import {
  type Asset,
  type ClientOp,
  type Data,
  decodeValue,
  encodeValue,
  type Failure,
  type Hello,
  type Message,
  type ModelState,
  type Op,
  type Welcome,
} from "./protocol";
import { error as exception, str, typeName } from "./py";
import type { Transport, TransportEvents } from "./transport";

const STRAY = ["error", "unhandledrejection"] as const;

type Load = () => Promise<unknown>;

/** What a person can see of the connection. */
export type Status = "connecting" | "live" | "busy" | "disconnected" | "ended" | "static" | "error";

export interface ErrorNote {
  id: string | null;
  title: string;
  text: string;
  prop: string | null;
  /** Which of ours it is. */
  number?: number;
  /** Which of ours it says more of. */
  of?: number;
}

export class ClientSession implements TransportEvents {
  readonly realm = new Realm();
  readonly models = new Map<string, Model>();
  root: string | null = null;
  status: Status = "connecting";
  reason = "";
  ticket: string | null = null;
  /** What a door adds to each hello. */
  greeting: Partial<Hello> = {};
  /** The address of an asset that Python knows as this one. */
  locate: (url: string) => string = (url) => url;
  /** Called with each change of status, and when models come. */
  readonly watchers = new Set<() => void>();
  readonly errorWatchers = new Set<(note: ErrorNote) => void>();
  /** Called with the id of a model whose class was defined again: what failed before, failed in other code. */
  readonly mendWatchers = new Set<(id: string) => void>();
  /** Why models could not be made, by their ids: their views may come later. */
  readonly unmade = new Map<string, ErrorNote>();
  /** With nobody at the other end: the other replicas of the same session in this page, which move with this one. */
  readonly peers = new Set<ClientSession>();

  #channel = new Channel((op, err) => this.#unsendable(op, err));
  #welcome: Welcome | null = null;
  #have = new Set<string>();
  #inbox: [Message, Uint8Array[]][] = [];
  #working = false;
  #settled = false;
  #creating = false;
  #listens = new Map<string, Set<string>>(); // emitters that Python listens to
  #calls = new Map<number, [(value: unknown) => void, (err: unknown) => void, string | undefined, string]>();
  #viewed = new Map<string, number>(); // how many views of a model are on the page
  #incoming = new Incoming();
  #turns = new Map<string, Promise<void>>(); // by model: what is downloaded, and what comes after it
  #count = 0;
  #hellos = 0;
  #styles = new Map<string, () => void>(); // what lets go of the style sheets, by name
  #flush = (): void => this.#channel.flush();

  constructor() {
    // The same class came again. A newer one comes with a `create` for those that are to be upgraded.
    this.realm.resent = (old, cls) => {
      for (const model of this.models.values()) if (model.constructor === old) upgrade(model, cls);
    };
    for (const type of STRAY) globalThis.addEventListener?.(type, this.#stray);
  }

  // -- the connection

  open(transport: Transport): void {
    this.#channel.hello(transport, {
      client: this.#welcome?.client ?? null,
      session: this.#welcome?.session ?? null,
      seen: this.#channel.seqIn,
      have: [...this.#have],
      ticket: this.ticket,
      turn: ++this.#hellos,
      ...this.greeting,
    });
  }

  lost(retry: boolean, reason = ""): void {
    this.#channel.transport = null;
    if (this.status !== "ended") this.setStatus(retry ? "disconnected" : "ended", reason);
  }

  /** Which session this is a client of; null until Python has said so. */
  get id(): string | null {
    return this.#welcome?.session ?? null;
  }

  /** Whether all has come that Python had to say so far. */
  get settled(): boolean {
    return this.status === "live" && this.#settled;
  }

  /** Say what we have got, after a pause in the connection. */
  touch(): void {
    this.#channel.touch();
  }

  /** The transport that was lost is back: say what we have got, and send again what may not have come. */
  back(transport: Transport): void {
    this.#channel.transport = transport;
    if (this.status === "disconnected") this.setStatus(this.#welcome ? "live" : "connecting");
    this.touch();
    this.#channel.flush();
  }

  /** Ask Python for a sign of life, which is overdue. */
  ask(): void {
    if (this.status === "live" && this.waiting) {
      this.setStatus("busy", "Python has not answered for a while; what you do here is kept, and sent when it does.");
    }
    this.#channel.ask();
  }

  setStatus(status: Status, reason = ""): void {
    if (this.status === status && this.reason === reason) return;
    this.status = status;
    this.reason = reason;
    this.#notify();
  }

  /** Whether changes made here have not reached Python yet. */
  get waiting(): boolean {
    return this.#channel.waiting;
  }

  /** Whether Python has not applied yet what was changed here. */
  get unapplied(): boolean {
    return this.#channel.unapplied;
  }

  message(message: Message, buffers: Uint8Array[]): void {
    const { welcome } = message;
    const before = this.#welcome;
    if (message.reset && welcome?.client !== before?.client) this.#restart(welcome?.session !== before?.session);
    if (welcome) this.#channel.welcomed();
    const fresh = this.#channel.receive(message);
    if (welcome) {
      this.#welcome = welcome;
      this.root = welcome.root;
      this.#channel.resend();
    }
    if (fresh) this.#inbox.push([message, buffers]);
    else if (!message.seq) {
      // Said outside of the conversation: what we sent was malformed, or the app could not be opened.
      for (const op of message.ops) if (op.op === "error" || op.op === "bye") this.#apply(op, buffers, message);
    }
    if (!this.#working) void this.#work();
    if ((welcome && !fresh) || (this.status === "busy" && !this.unapplied)) this.setStatus("live");
  }

  /** Show models with nobody at the other end: a snapshot that was stored. */
  async show(snapshot: { ops: Op[]; root?: string | null }, buffers: Uint8Array[] = []): Promise<void> {
    this.root = snapshot.root ?? this.root;
    if (this.status === "connecting") this.setStatus("static"); // first: what their `init` asks of Python is refused
    this.#inbox.push([{ v: 1, ops: snapshot.ops }, buffers]);
    if (!this.#working) await this.#work();
  }

  /** The values of a model's properties of both sides, encoded. */
  valuesOf(model: Model, buffers: Uint8Array[]): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const prop of model._jsm_class.props.values()) {
      if (prop.side === "both") values[prop.name] = encodeValue(model._jsm_values[prop.index], buffers, prop.name);
    }
    return values;
  }

  /** Do in the other replicas what was done in this one. Every change reaches all of them before the next one. */
  #mirror(encode: (buffers: Uint8Array[]) => Exclude<Op, { op: "define" }>): void {
    for (const peer of this.peers) {
      const buffers: Uint8Array[] = [];
      const op = encode(buffers);
      try {
        peer.#apply(
          op,
          buffers.map((b) => b.slice()),
          { v: 1, ops: [] },
        );
      } catch (err) {
        peer.fail(err, "id" in op ? op.id : null);
      }
    }
  }

  /** Say goodbye, for good. */
  close(): void {
    this.#channel.queue({ op: "bye", reason: "closed" });
    this.#channel.flush();
    this.#channel.transport?.close();
    this.#channel.transport = null;
    for (const model of [...this.models.values()]) model._jsm_drop();
    for (const hash of [...this.realm.files.keys()]) dropFile(this.realm, hash);
    for (const type of STRAY) globalThis.removeEventListener?.(type, this.#stray);
    this.setStatus("ended");
  }

  // -- what comes in

  /** We are a new client for Python: it knows nothing of what we said before. */
  #restart(foreign: boolean): void {
    this.#channel.restart();
    this.#inbox = [];
    for (const [, reject] of this.#calls.values()) {
      reject(pyError("RuntimeError", "Python does not know this call any more. The connection was lost for too long. Call again."));
    }
    this.#calls.clear();
    if (foreign) {
      // Models of another session are others, even under the same ids.
      for (const model of [...this.models.values()]) model._jsm_drop();
      return;
    }
    for (const [id, model] of this.models) {
      const types = model._jsm_listens();
      if (types.length) this.#queue({ op: "listen", id, types });
    }
    for (const id of this.#viewed.keys()) this.#queue({ op: "view", id, open: true });
  }

  /** An op was left out of a message. */
  #unsendable(op: ClientOp, err: unknown): void {
    if (op.op === "reply") this.#queue({ op: "reply", call: op.call, id: op.id, ...refused(err) });
    else if (op.op === "error")
      return; // it was shown here
    else if (op.op === "call" && this.#calls.has(op.call)) {
      asked.set(err as Error, [this, op.id]);
      this.#calls.get(op.call)?.[1](err);
      this.#calls.delete(op.call);
    } else this.fail(err, "id" in op ? op.id : null);
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) {
        const [message, buffers] = next;
        if (message.reset) {
          this.#rejectLost(message);
          this.#keepOnly(message.ops);
        }
        const loads: [Load, Promise<unknown>][] = []; // scripts load side by side, and run in order
        for (const op of message.ops) {
          try {
            // Scripts with an address may load side by side; whatever runs at once waits for them, and all wait for modules.
            if (loads.length && (op.op !== "define" || op.code !== undefined || op.kind === "module")) await this.#loaded(loads.splice(0));
            if (op.op === "define") {
              const load = this.#define(op, buffers);
              if (load && op.kind === "module") await load().catch(() => again(load, this.#isLost));
              else if (load) loads.push([load, load()]);
            } else this.#apply(op, buffers, message);
          } catch (err) {
            if (op.op === "define") {
              this.realm.broken.set(op.name, err);
              this.fail(err, null, "", op.code && op.hash);
            } else this.fail(err, "id" in op ? op.id : null);
          }
        }
        if (loads.length) await this.#loaded(loads);
        this.#channel.applied(message);
        // Its assets are loaded, and its models there; but the connection may be lost again.
        if (message.welcome && this.#channel.connected) this.setStatus("live");
        loop.flush();
        if (!this.#settled || message.reset) {
          this.#settled = true;
          this.#notify();
        }
      }
    } finally {
      this.#working = false;
    }
    this.#channel.flush();
  }

  /** A snapshot came: with what waited for us, Python has dropped the answers to calls that it had done. */
  #rejectLost(message: Message): void {
    for (const [call, [, reject]] of [...this.#calls]) {
      if (this.#channel.isUndone(call, message)) continue;
      this.#calls.delete(call);
      const why = "The connection was lost for too long, or the page did not keep up.";
      reject(pyError("RuntimeError", `Python's answer to this call was lost, whatever became of it. ${why} Call again.`));
    }
  }

  /** A snapshot came: what is not in it is gone. */
  #keepOnly(ops: Op[]): void {
    this.unmade.clear();
    const ids = new Set(ops.flatMap((op) => (op.op === "create" ? op.models.map((m) => m.id) : [])));
    for (const [id, model] of [...this.models]) if (!ids.has(id)) model._jsm_drop();
  }

  /** Wait for scripts. When one does not come, it is tried again, and so are those after it, which may need it. */
  async #loaded(loads: [Load, Promise<unknown>][]): Promise<void> {
    const came = await Promise.allSettled(loads.map(([, loading]) => loading));
    const first = came.findIndex(({ status }) => status === "rejected");
    if (first < 0) return;
    for (const [load] of loads.slice(first)) await again(load, this.#isLost).catch((err) => this.fail(err, null));
  }

  /** How to load an asset; null when there is nothing to wait for. */
  #define(asset: Asset, buffers: Uint8Array[]): Load | null {
    if (this.#have.has(asset.hash)) return null;
    this.#have.add(asset.hash);
    if (asset.url !== undefined) asset = { ...asset, url: this.locate(asset.url) };
    switch (asset.kind) {
      case "css":
        // A class that is defined again may look different.
        this.#styles.get(asset.name)?.();
        this.#styles.set(asset.name, addStyle(asset, this.#isLost));
        return null;
      case "file":
        this.realm.files.set(asset.hash, addFile(asset, decodeValue(asset.data, buffers, this.#find) as Uint8Array | undefined));
        return null;
      case "module":
        return () => importModule(asset).then((library) => this.realm.libraries.set(asset.hash, library));
    }
    if (asset.once) return () => runOnce(asset, this.realm);
    if (asset.code !== undefined) {
      this.realm.broken.delete(asset.name);
      evaluate(this.realm, asset.code, `${asset.hash}/${asset.name}`);
      return null;
    }
    return () => {
      enter(this.realm);
      return loadScript(asset);
    };
  }

  /** Whether the connection is lost, for now. */
  #isLost = (): boolean => this.#channel.transport === null && this.status !== "ended";

  /** Take note of scripts that the page has loaded already. */
  loaded(hashes: string[]): void {
    for (const hash of hashes) this.#have.add(hash);
  }

  /** Take note of where files are that the code of those scripts has links to. */
  located(files: Record<string, string>): void {
    for (const [hash, url] of Object.entries(files)) this.#define({ name: hash, hash, kind: "file", url }, []);
  }

  #find = Object.assign((id: string) => this.models.get(id), {
    link: (hash: string) => this.realm.link(hash),
  });

  #apply(op: Exclude<Op, { op: "define" }>, buffers: Uint8Array[], message: Message): void {
    switch (op.op) {
      case "create":
        this.#create(op.models, buffers, message);
        break;
      case "set":
        this.#set(op.id, op.props, buffers, message);
        break;
      case "emit": {
        const fields = decodeValue(op.event, buffers, this.#find) as Record<string, unknown>;
        withOrigin("py", () => this.models.get(op.id)?.emit(op.type, fields));
        break;
      }
      case "listen":
        this.#listens.set(op.id, new Set(op.types));
        break;
      case "call": {
        const args = op.args.map((v) => decodeValue(v, buffers, this.#find));
        const kwargs = op.kwargs && decodeValue(op.kwargs, buffers, this.#find);
        this.#inTurn(op.id, (client) => this.#answer(op.id, op.name, args, kwargs, op.call, client));
        break;
      }
      case "reply": {
        const [resolve, reject, stack, id] = this.#calls.get(op.call) ?? [];
        this.#calls.delete(op.call);
        // It says where it was asked from; if nobody catches it, Python has more to say.
        try {
          if (op.error === undefined) {
            resolve?.(decodeValue(op.value, buffers, this.#find));
            break;
          }
          const [home, name, ...parts] = (op.raised ? decodeValue(op.raised, buffers, this.#find) : []) as [string, string];
          type Known = { _jsm_class?: { again?(...parts: unknown[]): Error } } | undefined;
          const cls = (home ? this.realm.ns(home)[name as string] : undefined) as Known;
          const err = cls?._jsm_class?.again?.(...parts) ?? exception(op.type ?? "RuntimeError", op.error);
          asked.set(err, [this, id as string, op.call]);
          reject?.(Object.assign(err, { stack }));
        } catch (err) {
          reject?.(err); // whoever waits is not to wait for ever
        }
        break;
      }
      case "data":
        this.#data(op, buffers);
        break;
      case "forget":
        for (const hash of op.hashes) {
          this.#have.delete(hash);
          dropFile(this.realm, hash);
        }
        break;
      case "dispose":
        for (const id of op.ids) {
          this.models.get(id)?._jsm_drop();
          this.unmade.delete(id);
        }
        break;
      case "error":
        if (op.lost && this.unmade.has(op.id as string)) break; // its view says it already
        for (const watcher of this.errorWatchers) watcher(op);
        for (const note of this.unmade.values()) if (op.of && op.of === note.number) note.text = op.text;
        if (!op.of) console.error(`[jsmodel] ${op.js ? "" : "In Python: "}${op.title}\n${op.text}`);
        break;
      case "bye":
        this.setStatus("ended", op.reason);
        this.#channel.transport?.close();
        break;
    }
  }

  #set(id: string, props: Record<string, unknown>, buffers: Uint8Array[], message: Message): void {
    const model = this.models.get(id);
    if (!model) return;
    const values: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(props)) {
      if (!this.#channel.isOverruled(id, name, message)) values[name] = decodeValue(value, buffers, this.#find);
    }
    applyFromPython(model, values);
  }

  #create(states: ModelState[], buffers: Uint8Array[], message: Message): void {
    this.#creating = true; // who watches is told when all are whole
    try {
      this.#createAll(states, buffers, message);
    } finally {
      this.#creating = false;
    }
    this.#notify();
  }

  #createAll(states: ModelState[], buffers: Uint8Array[], message: Message): void {
    const todo = new Map(states.map((s) => [s.id, s]));
    const late: [string, string, unknown][] = []; // properties that lead in a circle
    const made: [Model, ModelState][] = [];
    const again: Model[] = [];
    const make = (state: ModelState): Model | undefined => {
      todo.delete(state.id);
      this.unmade.delete(state.id);
      // Unless all comes again, since something was lost, its class was defined again; or it is new.
      if (!message.reset) for (const mended of this.mendWatchers) mended(state.id);
      this.#listens.set(state.id, new Set(state.listen));
      const existing = this.models.get(state.id);
      const preset: Record<string, unknown> = {};
      for (const [name, value] of Object.entries(state.props)) {
        let circle = false;
        const find = (id: string): Model | undefined => {
          const next = todo.get(id);
          const model = this.models.get(id) ?? (next && make(next));
          if (!model && states.some((s) => s.id === id)) circle = true;
          return model;
        };
        preset[name] = decodeValue(value, buffers, Object.assign(find, { link: this.#find.link }));
        if (circle) late.push([state.id, name, value]);
      }
      if (existing) {
        const cls = this.realm.classOf(state.cls);
        const newer = existing.constructor !== cls;
        if (newer) upgrade(existing, cls);
        for (const name of Object.keys(preset)) if (this.#channel.isOverruled(state.id, name, message)) delete preset[name];
        applyFromPython(existing, preset);
        if (newer) again.push(existing);
        return existing;
      }
      for (const value of Object.values(state.attrs)) {
        const next = todo.get((value as { v: string }).v);
        if (next) make(next); // sub-models first
      }
      try {
        const cls = this.realm.classOf(state.cls);
        const model = new cls(null, preset, state.id, this);
        this.models.set(state.id, model);
        made.push([model, state]);
        return model;
      } catch (err) {
        this.unmade.set(state.id, this.fail(err, state.id));
        return undefined;
      }
    };
    for (const state of states) if (todo.has(state.id)) make(state);
    for (const [id, name, value] of late) {
      const model = this.models.get(id);
      if (model) applyFromPython(model, { [name]: decodeValue(value, buffers, this.#find) });
    }
    for (const [model, state] of made) {
      try {
        model._jsm_start(decodeValue(state.attrs, buffers, this.#find) as Record<string, unknown>);
      } catch (err) {
        this.unmade.set(model.id, this.fail(err, model.id, `${model._jsm_title()}: init`));
        model._jsm_drop(); // half a twin is none
        const gone = JSON.stringify({ $: "m", v: model.id });
        for (const [other, { props }] of made) {
          const held = Object.entries(props).filter(([, value]) => JSON.stringify(value).includes(gone));
          applyFromPython(other, decodeValue(Object.fromEntries(held), buffers, this.#find) as Record<string, unknown>);
        }
      }
    }
    for (const model of again) {
      try {
        model.init_again?.();
      } catch (err) {
        this.fail(err, model.id, `${model._jsm_title()}: init_again`);
      }
    }
  }

  async #answer(id: string, name: string, args: unknown[], kwargs: unknown, call: number, client?: string): Promise<void> {
    let reply: { value: unknown } | ReturnType<typeof refused>;
    try {
      const model = this.models.get(id) as unknown as Record<string, (...args: unknown[]) => unknown> | undefined;
      if (typeof model?.[name] !== "function") throw pyError("AttributeError", `The JS side of ${id} has no method '${name}'.`);
      // Who can take arguments by name has brought what it takes to give them.
      reply = { value: (await (kwargs ? late.kw_method?.(model, name, args, kwargs) : model[name](...args))) ?? null };
    } catch (err) {
      reply = refused(err);
      if (client !== this.#welcome?.client) this.fail(err, id); // nobody is there any more who asked
    }
    this.#reply(client, call, id, reply);
  }

  /** Data came, or a piece of it: when all is there, it is the model's. */
  #data(op: Data, buffers: Uint8Array[]): void {
    let get: () => Received;
    let until: Promise<void> | undefined;
    try {
      if (!this.models.has(op.id)) {
        if (op.at) return; // the first piece was answered
        throw dropped(op.id);
      }
      const found = this.#incoming.take(op, (value) => decodeValue(value, buffers, this.#find));
      if (!found) return;
      get = () => found as Received;
      if (found instanceof Promise) {
        until = found.then(
          (received) => {
            get = () => received;
          },
          (err) => {
            get = () => {
              throw err;
            };
          },
        );
      }
    } catch (err) {
      get = () => {
        throw err;
      };
    }
    this.#inTurn(op.id, (client) => this.#receive(op, get, client), until);
  }

  async #receive(op: Data, get: () => Received, client?: string): Promise<void> {
    let reply: { value: unknown } | ReturnType<typeof refused> = { value: null };
    try {
      const [data, meta] = get();
      const model = this.models.get(op.id) as unknown as { receive_data?(data: ArrayBuffer, meta: unknown): unknown } | undefined;
      if (!model) throw dropped(op.id);
      await model.receive_data?.(data, meta);
    } catch (err) {
      reply = refused(err, "receive_data: ");
      if (client !== this.#welcome?.client) this.fail(err, op.id, "receive_data");
    }
    this.#reply(client, op.call, op.id, reply);
  }

  /**
   * Answer a call; when it is another client that answers, only if it failed: Python knows whether somebody asks for that.
   * Not if we have become another `client` since: its number may mean another call by now.
   */
  #reply(client: string | undefined, call: number, id: string, reply: { value: unknown } | ReturnType<typeof refused>): void {
    if (client !== this.#welcome?.client) return;
    if ("error" in reply || call > 0) this.#queue({ op: "reply", call, id, ...reply });
  }

  /** Do what Python asks of a model after what it asked before: at once, unless data for it is still being downloaded. */
  #inTurn(id: string, act: (client?: string) => unknown, until?: Promise<void>): void {
    const client = this.#welcome?.client;
    const model = this.models.get(id);
    const before = this.#turns.get(id);
    if (!before && !until) {
      act(client);
      return;
    }
    const turn: Promise<void> = Promise.all([before, until]).then(() => {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
      // In another session, another model has its id.
      if (this.models.get(id) === model || this.#welcome?.client === client) act(client);
    });
    this.#turns.set(id, turn);
  }

  // -- what goes out; called by models

  _changed(model: Model, name: string, value: unknown, origin: Origin): void {
    if (this.status === "static") {
      const { id } = model;
      this.#mirror((buffers) => ({ op: "set", id, props: { [name]: encodeValue(value, buffers, name) } }));
      return;
    }
    this.#channel.queueSet(model.id, name, value, origin === "user" ? "user" : "js");
    loop.on_idle(this.#flush);
  }

  _emitted(model: Model, type: string, event: Event): void {
    if (!this.#listens.get(model.id)?.has(type) && !this.peers.size) return;
    const { type: _, source: __, origin: ___, ...fields } = event;
    if (this.status === "static") {
      this.#mirror((buffers) => ({ op: "emit", id: model.id, type, event: encodeValue(fields, buffers) as Record<string, unknown> }));
      return;
    }
    this.#queue({ op: "emit", id: model.id, type, event: fields, ...(event.origin === "user" && { origin: "user" }) });
  }

  _listening(model: Model): void {
    if (this.models.get(model.id) === model) this.#queue({ op: "listen", id: model.id, types: model._jsm_listens() });
  }

  _call(model: Model, name: string, args: unknown[]): Promise<unknown> {
    if (this.status === "static" || this.status === "ended") {
      const why = "Nobody is at the other end of this page. Open it with a live kernel or server.";
      const error = pyError("RuntimeError", `${model._jsm_title()}: Python's ${name}() cannot be called. ${why}`);
      asked.set(error, [this, model.id]);
      return Promise.reject(error);
    }
    const call = ++this.#count;
    const reply = new Promise((resolve, reject) => {
      const last = args.at(-1);
      let named: { kwargs?: Record<string, unknown> } | undefined;
      if (late.Kw && last instanceof late.Kw) {
        named = { kwargs: (last as { given: Record<string, unknown> }).given };
        args = args.slice(0, -1);
      }
      try {
        if (named) named.kwargs = this.#asItIs(named.kwargs, "argument") as Record<string, unknown>;
        args = args.map((arg, i) => this.#asItIs(arg, `argument ${i}`));
      } catch (err) {
        asked.set(err as Error, [this, model.id]);
        reject(err);
        return;
      }
      this.#calls.set(call, [resolve, reject, new Error().stack, model.id]);
      this.#queue({ op: "call", id: model.id, name, args, call, ...named });
    });
    return Object.assign(reply, { _jsm_call: true }); // a task that waits for it may be cancelled
  }

  /** A value as it is now: what its owner does to it until it is sent does not change it. */
  #asItIs(value: unknown, path: string): unknown {
    if (typeof value !== "object") return value;
    const buffers: Uint8Array[] = [];
    const wire = encodeValue(value, buffers, path);
    return decodeValue(
      wire,
      buffers.map((b) => b.slice()),
      this.#find,
    );
  }

  /** The JS side of a model let go of it: Python does, too. */
  _disposed(id: string): void {
    this.#queue({ op: "dispose", ids: [id] });
  }

  _forget(id: string): void {
    this.models.delete(id);
    this.#incoming.forget(id);
    this.#viewed.delete(id);
    this.#listens.delete(id);
    this.#notify();
  }

  /** A view of the model was put on the page, or taken off. */
  viewed(id: string, open: boolean): void {
    const count = (this.#viewed.get(id) ?? 0) + (open ? 1 : -1);
    if (count > 0) this.#viewed.set(id, count);
    else this.#viewed.delete(id);
    this.#queue({ op: "view", id, open });
  }

  /** An error that nobody caught, of code that Python sent to this client; or a call that Python cannot get. */
  #stray = (event: ErrorEvent | PromiseRejectionEvent): void => {
    const err = "reason" in event ? event.reason : event.error;
    const [session, id = null] = asked.get(err) ?? [this];
    if (session !== this || evaluating || (id === null && ![...this.#have].some((hash) => err?.stack?.includes(hash)))) return;
    if (id) event.preventDefault();
    this.fail(err, id);
  };

  /** Show an error of ours, and tell Python, which knows what it means. */
  fail(err: unknown, id: string | null, what = "", lost?: string): ErrorNote {
    const { error, errors, calls } = refused(err);
    const title = `${what && `${what}: `}${error}`;
    const number = ++this.#count;
    console.error(`[jsmodel] ${id ? (this.models.get(id)?._jsm_title() ?? id) : "The client"} failed.`, err);
    const text = errors.map((each) => each[2] || title).join("\nCaused by: ");
    const note = { id, title, text, prop: null, number };
    // Python knows which models need the code that is lost, and has their views say so.
    if (!lost || this.status === "static") for (const watcher of this.errorWatchers) watcher(note);
    if (!this.#channel.full) this.#queue({ op: "error", id, title, number, errors, calls, lost });
    return note;
  }

  #queue(op: Parameters<Channel["queue"]>[0]): void {
    if (this.status === "static") return;
    this.#channel.queue(op);
    loop.on_idle(this.#flush);
  }

  #notify(): void {
    if (this.#creating) return;
    for (const watcher of [...this.watchers]) watcher();
  }
}

/** Errors of calls to Python: whose they are, and which call it was. */
const asked = new WeakMap<object, [session: ClientSession, id: string, call?: number]>();

function dropped(id: string): Error {
  return pyError("RuntimeError", `The model ${id} is gone, and the data for it was dropped.`);
}

/** An error and what caused it, for Python. */
function refused(err: unknown, what = ""): { error: string; errors: Failure[]; calls: number[]; raised?: unknown } {
  const errors: Failure[] = [];
  const calls: number[] = [];
  for (let e = err; e instanceof Error && errors.length < 8; e = e.cause) {
    errors.push([typeName(e), str(e), `${e.stack ?? ""}`]);
    const [, , call] = asked.get(e) ?? [];
    if (call) calls.push(call);
  }
  if (!errors.length) errors.push(["Error", String(err), ""]);
  const [name, message] = errors[0] as Failure;
  const { args, _jsm_class: cls } = err as { args?: unknown[]; _jsm_class?: { name: string } };
  const raised = args && { raised: [cls?.name ?? "", [...args], { ...(err as object) }] }; // one of Python's
  return { error: `${what}${name}: ${message}`, errors, calls, ...raised };
}

/** Which session a failing handler belongs to, and what it was. */
loop.onError = (error, handler) => {
  const owner = handler?.owner;
  if (owner instanceof Model) owner.session.fail(error, owner.id, `${owner._jsm_title()}: ${handler?.name}`);
  else (globalThis.reportError ?? console.error)(error);
};
