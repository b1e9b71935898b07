/**
 * The words of the event core's errors, and values as people read them in a sentence.
 * Twin of jsmodel/errors.py, as far as the browser needs it. An error has the name of
 * the Python exception, which is what transpiled `except` clauses look at.
 */

import { Event } from "./loop";

export type PyErrorName = "ValueError" | "TypeError" | "AttributeError" | "RuntimeError" | (string & {});

/** An error that transpiled Python catches as `name`. */
export function pyError(name: PyErrorName, message: string, cause?: unknown): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  error.name = name;
  return error;
}

/** A sentence that names what was probably meant, or an empty string. */
export function near(word: string, words: Iterable<string>): string {
  let best = "";
  let score = 0.6; // the share of letters in common, in order
  for (const other of [...words].sort()) {
    const now = other.toLowerCase() === word.toLowerCase() ? 1 : (2 * common(word, other)) / (word.length + other.length);
    if (now > score || (now === score && !best)) [best, score] = [other, now];
  }
  return best && ` Did you mean '${best}'?`;
}

/** The length of the longest common subsequence. */
function common(a: string, b: string): number {
  const row = new Array<number>(b.length + 1).fill(0);
  for (const letter of a) {
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] as number;
      row[j] = letter === b[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1] as number);
      diagonal = above;
    }
  }
  return row[b.length] as number;
}

/** "Slider has no property 'vlaue'. Did you mean 'value'?" */
export function unknownProperty(owner: string, name: string, known: Iterable<string>): Error {
  const all = [...known].sort();
  const hint = near(name, all) || (all.length ? ` It has: ${all.join(", ")}.` : " It has no properties.");
  return pyError("AttributeError", `${owner} has no property '${name}'.${hint}`);
}

/** A value as it reads in a sentence: "the str '10'". */
export function brief(value: unknown, limit = 60): string {
  let text = repr(value, 3);
  if (text.length > limit) text = `${text.slice(0, limit - 1)}…`;
  return `the ${typeName(value)} ${text}`;
}

/** The name that Python has for the type of `value`. */
export function typeName(value: unknown): string {
  if (value == null) return "NoneType";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value === "object") {
    if (Array.isArray(value)) return "list";
    if (value instanceof Uint8Array) return "bytes";
    if (value instanceof Date) return "datetime";
    if (isPlain(value)) return value instanceof Event ? "Event" : "dict";
    return (value as { _jsm_class?: { label: string } })._jsm_class?.label ?? value.constructor?.name ?? "object";
  }
  return { boolean: "bool", string: "str", bigint: "int" }[typeof value as string] ?? typeof value;
}

/** Whether `value` is what a Python dict becomes. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const proto = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null || proto === Event.prototype;
}

function repr(value: unknown, depth: number): string {
  if (value == null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value.slice(0, 99).replace(/['\\]/g, "\\$&").replace(/\n/g, "\\n")}'`;
  if (typeof value === "number") return Number.isNaN(value) ? "nan" : String(value).replace("Infinity", "inf");
  if (typeof value !== "object") return typeof value === "bigint" ? String(value) : `<${typeof value}>`;
  const plain = isPlain(value);
  if (depth === 0 && (plain || Array.isArray(value))) return "…";
  if (Array.isArray(value))
    return `[${value
      .slice(0, 20)
      .map((x) => repr(x, depth - 1))
      .join(", ")}]`;
  if (plain)
    return `{${Object.keys(value)
      .slice(0, 20)
      .map((k) => `${repr(k, 1)}: ${repr(value[k], depth - 1)}`)
      .join(", ")}}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "<no date>" : value.toISOString();
  const id = (value as { id?: unknown }).id;
  return `<${typeName(value)}${typeof id === "string" ? ` #${id}` : ""}>`;
}
