/**
 * Connection strings, and what they lead to.
 *
 *     ['!'] part ('.' part)* [':' label]        part = name, name* or name**
 *
 * Twin of the first half of jsmodel/event/handlers.py.
 */

import { brief, pyError, typeName } from "./errors";
import type { HasEvents } from "./hasevents";

export interface Part {
  name: string;
  stars: number; // 0, 1 or 2
}

/** A connection string, taken apart. */
export interface Path {
  text: string;
  parts: Part[];
  label: string;
  quiet: boolean; // '!': no warning when nothing is known to emit this
}

/** One thing that a path touches: `ends` where the handler listens, else a property to follow. */
export type Visit = (ob: HasEvents, type: string, ends: boolean) => void;

const PART = /^([\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*)(\*{0,2})$/u;
const HOW = "Write it like 'foo', 'child.foo', 'children*.foo' or 'foo:label'.";

/** Whether events can be called `name`. */
export function isName(name: unknown): name is string {
  return typeof name === "string" && PART.exec(name)?.[2] === "";
}

/** Take a connection string apart. Throws a ValueError that has the part that is wrong. */
export function parseConnection(text: unknown): Path {
  if (typeof text !== "string") {
    throw pyError("ValueError", `A connection string must be a str, not ${brief(text)}. It names what to listen to. ${HOW}`);
  }
  const colon = text.indexOf(":");
  const label = colon < 0 ? "" : text.slice(colon + 1);
  const quiet = text.startsWith("!");
  const body = text.slice(quiet ? 1 : 0, colon < 0 ? undefined : colon);
  if (!body) throw pyError("ValueError", `The connection string '${text}' is empty. It names what to listen to. ${HOW}`);
  const parts = body.split(".").map((piece) => {
    const [, name, stars] = PART.exec(piece) ?? [];
    if (name === undefined || stars === undefined) {
      const why = "Names are separated by dots, and may end in * or **.";
      throw pyError("ValueError", `In the connection string '${text}', '${piece}' is not a name. ${why} ${HOW}`);
    }
    return { name, stars: stars.length };
  });
  return { text, parts, label, quiet };
}

/**
 * Visit all that `path` touches now, from `root` on.
 *
 * @param who the name of the handler, to throw errors with when the path leads nowhere;
 *   undefined once it is connected: things may come and go then.
 */
export function walk(root: HasEvents, path: Path, visit: Visit, who?: string): void {
  const { text, parts } = path;

  function fail(ob: HasEvents, name: string, why: string): void {
    if (who === undefined) return;
    const where = `The part '${name}' was looked up on ${ob}.`;
    const todo = "Correct the path, or create that attribute in init() before connecting.";
    throw pyError("ValueError", `Cannot connect '${who}' to '${text}': ${why}. ${where} ${todo}`);
  }

  function step(ob: HasEvents, i: number): void {
    const { name, stars } = parts[i] as Part;
    const last = i === parts.length - 1;
    const prop = ob._jsm_class.props.get(name);
    if (last) {
      visit(ob, name, true);
      if (!stars) return;
    }
    if (prop) visit(ob, name, false);
    const value: unknown = prop ? ob._jsm_values[prop.index] : (ob as unknown as Record<string, unknown>)[name];

    if (last) {
      // 'children*' follows each element's own event of that name; '**' at every depth
      for (const child of elements(value)) {
        if (!child._jsm_knows(name)) continue;
        if (stars === 2) step(child, i);
        else visit(child, name, true);
      }
    } else if (!prop && !(name in ob)) {
      fail(ob, name, `${ob} has no '${name}'`);
    } else if (stars) {
      if (value != null && !Array.isArray(value)) fail(ob, name, `'${name}' is not a list or tuple but ${typeName(value)}`);
      for (const child of elements(value)) {
        step(child, i + 1);
        if (stars === 2 && name in child) step(child, i);
      }
    } else if (hasEvents(value)) {
      step(value, i + 1);
    } else if (value != null) {
      fail(ob, name, `'${name}' is not an object with events but ${typeName(value)}`);
    } else if (!prop) {
      fail(ob, name, `'${name}' is None and is not a property, so it can never be followed`);
    }
  }

  try {
    step(root, 0);
  } catch (err) {
    if (!(err instanceof RangeError)) throw err;
    const why = "An object is its own descendant. Break the circle.";
    throw pyError("ValueError", `The path '${text}' goes round in a circle. ${why}`, err);
  }
}

function hasEvents(value: unknown): value is HasEvents {
  return typeof value === "object" && value !== null && "_jsm_class" in value;
}

function elements(value: unknown): HasEvents[] {
  return Array.isArray(value) ? value.filter(hasEvents) : [];
}
