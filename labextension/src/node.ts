/**
 * The script that Node runs for jsmodel.testing: it does one job after the other, and says what each printed and
 * how it ended, as lines of JSON. There is no page and no session: Models are made as in Python, `Counter()`, and set up at once.
 */

import { type Handler, running } from "./runtime/handlers";
import { HasEvents } from "./runtime/hasevents";
import { loop } from "./runtime/loop";
import { enter, evaluate, module, Realm } from "./runtime/modules";
import * as py from "./runtime/py";

/** What jsmodel/testing/node.py reads, one a line: the number of the job, and what happened. */
type Outcome = { value: string } | { failures: Failure[]; others: string[] };
type Failure = [name: string, message: string, stack: string];

interface Job {
  module: string; // the JS module of the function
  scripts: [hash: string, text: string][]; // the JS modules that it needs, in order
  run: string; // the function's name; it takes nothing
  read: string; // the name that then has the value; the function returns it if there is none
  given: string[]; // names of the module that are there only when the function has assigned them
  as: "json" | "repr";
}

declare const process: {
  stdout: { write(text: string, done?: () => void): void };
  on(event: "exit" | "unhandledRejection", listener: (what: unknown) => void): void;
  exit(code: number): never;
};

const say = (number: number, what: { print: string } | Outcome, done?: () => void): void =>
  process.stdout.write(`${JSON.stringify([number, what])}\n`, done);

/** A Model that has no other side. */
class Model extends HasEvents {
  init(): unknown {
    return null;
  }

  override _jsm_ready(): void {
    const wait = this.init();
    if (wait instanceof Promise) wait.catch((err) => loop.onError(err, null));
    super._jsm_ready();
  }
}

let current = -1;

/** What Python's json.dumps makes of a value. */
function json(x: unknown, around: unknown[] = []): string {
  if (py.none(x)) return "null";
  if (typeof x === "number") return Number.isNaN(x) ? "NaN" : Object.is(x, -0) ? "-0.0" : String(x);
  if (typeof x === "bigint") return String(x);
  if (typeof x === "boolean" || typeof x === "string") return JSON.stringify(x);
  if (around.includes(x)) throw py.error("ValueError", "Circular reference detected");
  const inside = [...around, x];
  if (Array.isArray(x)) return `[${Array.from(x, (y) => json(y, inside)).join(",")}]`;
  if (!py.isPlain(x)) throw py.typeError(`Object of type ${py.typeName(x)} is not JSON serializable`);
  return `{${[...py.lazy(x)].map((k) => `${JSON.stringify(key(k))}:${json(py.getitem(x, k), inside)}`).join(",")}}`;
}

function key(k: unknown): string {
  if (typeof k === "string") return k;
  if (!py.none(k) && typeof k !== "number" && typeof k !== "boolean")
    throw py.typeError(`keys must be str, int, float, bool or None, not ${py.typeName(k)}`);
  return json(k);
}

/** An error of a handler, in a line. */
function words([err, handler]: [unknown, Handler | null]): string {
  const [[name, message]] = chain(err) as [Failure];
  return `${handler ? `${handler}: ` : ""}${name}${message && `: ${message}`}`;
}

/** An error, and what caused it. */
function chain(err: unknown): Failure[] {
  const failures: Failure[] = [];
  for (let e = err; e instanceof Error && failures.length < 8; e = e.cause) {
    const name = (py.late.error_name ?? ((one: Error) => one.name))(e) as string;
    failures.push([name, py.str(e), e.stack ?? ""]);
  }
  return failures.length ? failures : [["Exception", py.str(err), ""]];
}

async function one(job: Job): Promise<Outcome> {
  const realm = Object.assign(new Realm(), { Model });
  const names = realm.ns(job.module);
  for (const name of job.given)
    Object.defineProperty(names, name, {
      configurable: true,
      get() {
        throw py.error("NameError", `name '${name}' is not defined`);
      },
      set(value) {
        Object.defineProperty(names, name, { value, writable: true, enumerable: true, configurable: true });
      },
    });
  const failed: [unknown, Handler | null][] = [];
  let value: unknown;
  loop.onError = (err, handler) => void failed.push([err, handler]);
  try {
    for (const [hash, text] of job.scripts) evaluate(realm, text, `${hash}.js`);
    const returned = await (names[job.run] as () => unknown)();
    loop.flush();
    for (; running.size; loop.flush()) await Promise.allSettled(running); // handlers that are async, and what they set off
    value = job.read ? Object.getOwnPropertyDescriptor(names, job.read)?.value : returned;
    if (!failed.length) return { value: job.as === "json" ? json(value) : py.repr(value) };
  } catch (err) {
    failed.unshift([err, null]);
  }
  running.clear();
  return { failures: chain(failed[0]?.[0]), others: failed.slice(1).map(words) };
}

/** Do the jobs, after evaluating the parts of our library that they need. */
async function run(libraries: string[], jobs: Job[]): Promise<void> {
  const realm = new Realm();
  libraries.forEach((script, i) => {
    evaluate(realm, script, `library.${i}.js`);
  });
  (Error as unknown as { stackTraceLimit: number }).stackTraceLimit = 50;
  py.late.write = (text: string) => say(current, { print: text });
  console.log = (...words) => say(current, { print: `${words.map(String).join(" ")}\n` });
  process.on("unhandledRejection", (err) => console.error("[jsmodel] A task failed that nobody waits for.", err));
  process.on("exit", () => {
    if (current < jobs.length) say(current, { failures: [["RuntimeError", "it waits for something that never happens", ""]], others: [] });
  });
  for (const job of jobs) {
    current++;
    say(current, await one(job));
  }
  current++;
  process.stdout.write("", () => process.exit(0));
}

(globalThis as unknown as { window: unknown }).window ??= globalThis; // as in a page
enter(new Realm());
(globalThis as unknown as { jsmodel: unknown }).jsmodel = { module, run };
