/** Whether a value is what the type of a property takes. Comes with the first class that has typed properties: Python sends it. */

import type { HasEvents } from "./hasevents";
import { brief, isPlain, late, refusal, same } from "./inside";
import type { ClassInfo, TypeSpec } from "./properties";

const WORDS: Record<TypeSpec["kind"], string> = {
  any: "anything",
  bool: "a bool",
  int: "an int",
  float: "a number",
  str: "a str",
  bytes: "bytes",
  list: "a list",
  tuple: "a tuple",
  dict: "a dict",
  enum: "one of ",
  union: "",
  instance: "an instance of ",
  array: "an array",
  datetime: "a datetime",
};

/** How `spec` reads in "expected …". */
function expected(spec: TypeSpec): string {
  if (spec.expected) return spec.expected;
  const { kind, min, max, minlen, maxlen } = spec;
  let words = WORDS[kind];
  if (kind === "enum") words += (spec.values ?? []).map((v) => brief(v).replace(/^the \w+ /, "")).join(", ");
  if (kind === "union") words = (spec.options ?? []).map(expected).join(" or ");
  if (kind === "instance") words += (spec.cls ?? "Model").replace(/^.*[:.]/, "");
  if (kind === "tuple" && spec.options) words += ` of ${spec.options.length}`;
  if (min !== undefined) words += ` from ${min}`;
  if (max !== undefined) words += ` up to ${max}`;
  if (minlen) words += ` of at least ${minlen}`;
  if (maxlen !== undefined) words += ` of at most ${maxlen}`;
  return spec.none ? `${words} or None` : words;
}

/** `value` as `spec` takes it, or a ValueError that names `where`. */
function check(spec: TypeSpec, value: unknown, where: string): unknown {
  if (value === null && (spec.none || spec.kind === "any")) return value;
  if (spec.kind === "union") {
    for (const option of spec.options ?? []) {
      try {
        return check(option, value, where);
      } catch {
        // another option may take it
      }
    }
  } else if (fits(spec, value)) {
    if (spec.kind === "float") return Number(value);
    if (Array.isArray(value))
      return elements(value, (v, i) => check((spec.kind === "tuple" && spec.options?.[i]) || spec.item || ANY, v, `${where}[${i}]`));
    if (spec.kind !== "dict" || !spec.item) return value;
    for (const [key, v] of Object.entries(value as object)) check(spec.item, v, `${where}['${key}']`);
    return value;
  }
  throw refusal(`${where} expected ${expected(spec)}, not ${brief(value)}.`);
}

const ANY: TypeSpec = { kind: "any" };

/** The list itself, when all its elements are taken as they are. */
function elements(list: unknown[], take: (value: unknown, i: number) => unknown): unknown[] {
  const taken = list.map(take);
  return taken.every((v, i) => Object.is(v, list[i])) ? list : taken;
}

function fits(spec: TypeSpec, value: unknown): boolean {
  const { min = -Infinity, max = Infinity, minlen = 0, maxlen = Infinity } = spec;
  const between = (x: unknown): boolean => (x as number) >= min && (x as number) <= max;
  const sized = (x: { length: number }): boolean => x.length >= minlen && x.length <= maxlen;
  switch (spec.kind) {
    case "bool":
      return typeof value === "boolean";
    case "int": // a bool is an int, as in Python
      return (typeof value === "boolean" || typeof value === "bigint" || Number.isInteger(value)) && between(value);
    case "float":
      if (typeof value !== "number" && typeof value !== "boolean") return false;
      return Number.isNaN(value) ? spec.min === undefined && spec.max === undefined : between(value);
    case "str":
      return typeof value === "string" && sized(value);
    case "bytes":
      return value instanceof Uint8Array;
    case "list":
      return Array.isArray(value) && sized(value);
    case "tuple":
      return Array.isArray(value) && sized(value) && (!spec.options || spec.options.length === value.length);
    case "dict":
      return isPlain(value);
    case "enum":
      return !!spec.values?.some((v) => same(v, value));
    case "array":
      return ArrayBuffer.isView(value) && !(value instanceof DataView);
    case "datetime":
      return value instanceof Date && !Number.isNaN(value.getTime());
    case "instance":
      for (let c: ClassInfo | null = (value as Partial<HasEvents> | null)?._jsm_class ?? null; c; c = c.base)
        if (!spec.cls || c.name === spec.cls) return true;
      return false;
    default:
      return true;
  }
}

late.check = check;
