import { describe, expect, test } from "vitest";
import { brief, near, pyError, unknownProperty } from "./errors";

describe("errors", () => {
  test("an error has the name of the Python exception, and its cause", () => {
    const cause = new Error("first");
    const error = pyError("ValueError", "no", cause);
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.message, error.cause]).toEqual(["ValueError", "no", cause]);
    expect("cause" in pyError("ValueError", "no")).toBe(false);
  });

  test("the nearest name is suggested, and only if it is near", () => {
    expect(near("vlaue", ["value", "min", "max"])).toBe(" Did you mean 'value'?");
    expect(near("VALUE", ["value"])).toBe(" Did you mean 'value'?");
    expect(near("colour", ["value", "min"])).toBe("");
    expect(near("x", [])).toBe("");
  });

  test("an unknown property names what there is", () => {
    expect(unknownProperty("Slider", "vlaue", ["value", "min"]).message).toBe("Slider has no property 'vlaue'. Did you mean 'value'?");
    expect(unknownProperty("Slider", "zzz", ["value", "min"]).message).toBe("Slider has no property 'zzz'. It has: min, value.");
    expect(unknownProperty("Slider", "zzz", []).message).toBe("Slider has no property 'zzz'. It has no properties.");
    expect(unknownProperty("Slider", "zzz", []).name).toBe("AttributeError");
  });

  test.each([
    ["10", "the str '10'"],
    ["it's", "the str 'it\\'s'"],
    [10, "the int 10"],
    [1.5, "the float 1.5"],
    [Number.NaN, "the float nan"],
    [-Infinity, "the float -inf"],
    [true, "the bool True"],
    [null, "the NoneType None"],
    [undefined, "the NoneType None"],
    [[1, "a"], "the list [1, 'a']"],
    [{ a: [1] }, "the dict {'a': [1]}"],
    [new Uint8Array(2), "the bytes <bytes>"],
    [new Float32Array(2), "the Float32Array <Float32Array>"],
    [new Date(0), "the datetime 1970-01-01T00:00:00.000Z"],
  ])("%j reads as %s", (value, words) => {
    expect(brief(value)).toBe(words);
  });

  test("long, deep and circular values stay short", () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(brief(circle)).toBe("the list [[[…]]]");
    const text = brief("x".repeat(1000));
    expect(text.length).toBeLessThan(75);
    expect(text.endsWith("…")).toBe(true);
  });
});
