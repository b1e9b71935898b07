import { describe, expect, test } from "vitest";
import { isName, parseConnection } from "./connection";

describe("connection strings", () => {
  test("a name is a path of one part", () => {
    expect(parseConnection("foo")).toEqual({ text: "foo", parts: [{ name: "foo", stars: 0 }], label: "", quiet: false });
  });

  test("stars, labels and the exclamation mark are told apart", () => {
    expect(parseConnection("!a.kids*.sub**.text:lab.el:!x*")).toEqual({
      text: "!a.kids*.sub**.text:lab.el:!x*",
      parts: [
        { name: "a", stars: 0 },
        { name: "kids", stars: 1 },
        { name: "sub", stars: 2 },
        { name: "text", stars: 0 },
      ],
      label: "lab.el:!x*",
      quiet: true,
    });
  });

  test("names may be of any alphabet, as in Python", () => {
    expect(parseConnection("größe.名前").parts.map((p) => p.name)).toEqual(["größe", "名前"]);
  });

  test.each(["foo bar", "foo.", ".foo", "foo..bar", "a.!b", "*", "foo***", "fo*o", "1foo", "foo-bar", " foo"])(
    "%j is refused with the part that is wrong",
    (text) => {
      expect(() => parseConnection(text)).toThrow(/^In the connection string '.*', '.*' is not a name\. /);
    },
  );

  test.each(["", "!", ":label", "!:label"])("%j is empty", (text) => {
    expect(() => parseConnection(text)).toThrow(/^The connection string '.*' is empty\. /);
  });

  test("something that is no str is refused with a ValueError", () => {
    expect(() => parseConnection(3)).toThrow(
      expect.objectContaining({
        name: "ValueError",
        message: expect.stringMatching(/^A connection string must be a str, not the int 3\./),
      }),
    );
  });

  test("event types are names", () => {
    expect(["foo", "_x1", "é"].every(isName)).toBe(true);
    expect(["", "foo*", "a.b", "1", 3, null].some(isName)).toBe(false);
  });
});
