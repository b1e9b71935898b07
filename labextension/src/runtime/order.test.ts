import { expect, test } from "vitest";
import { before } from "./order";

test("text is in the order of its code points", () => {
  const texts = ["", "a", "ab", "b", "é", "\ud7ff", "\ue000", "\uffff", "\uffff\u{10000}", "\u{10000}", "\u{10000}a", "\u{1f600}"];
  for (const [i, a] of texts.entries()) for (const [j, b] of texts.entries()) expect([a, b, before(a, b)]).toEqual([a, b, i < j]);
});
