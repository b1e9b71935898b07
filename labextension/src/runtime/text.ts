/** Values as Python writes them, for the property panel. */

import { repr, str } from "./py";

/** How a value reads. `bare`: without quotes, as in an input field. */
export function py_text(value: unknown, bare = false): string {
  const text = bare ? str(value) : repr(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
