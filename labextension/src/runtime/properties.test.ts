import "./types";
import { describe, expect, test } from "vitest";
import { HasEvents } from "./hasevents";
import { loop } from "./loop";
import { declare, type PropSpec, same, type TypeSpec } from "./properties";

// biome-ignore lint/suspicious/noExplicitAny: properties are declared at run time
type Free = HasEvents & Record<string, any>;

/** A class 'Slider' with these properties. */
function slider(...props: Partial<PropSpec>[]): new (values?: Record<string, unknown>) => Free {
  class Slider extends HasEvents {}
  declare(Slider, { name: "test:Slider", label: "Slider", props: props.map((p) => ({ name: "value", side: "both", ...p })) });
  return Slider as never;
}

const typed = (type: TypeSpec, initial: unknown = null): Free => new (slider({ type, initial }))();

function thrown(fn: () => unknown): string {
  try {
    fn();
  } catch (err) {
    return `${(err as Error).name}: ${(err as Error).message}`;
  }
  return "nothing was thrown";
}

describe("same", () => {
  test.each([
    [1, 1],
    [Number.NaN, Number.NaN],
    [0, -0],
    [null, null],
    [
      [1, [2, Number.NaN]],
      [1, [2, Number.NaN]],
    ],
    [
      { a: 1, b: { c: [] } },
      { b: { c: [] }, a: 1 },
    ],
    [Object.create(null), {}],
    [new Float32Array([1, Number.NaN]), new Float32Array([1, Number.NaN])],
    [new Date(5), new Date(5)],
    [10n, 10n],
  ])("%o is the same as %o", (a, b) => {
    expect(same(a, b)).toBe(true);
  });

  test.each([
    [1, "1"],
    [1, true],
    [0, null],
    [0, false],
    [10n, 10],
    [[1], [1, 2]],
    [[], {}],
    [{ a: undefined }, { b: undefined }],
    [{ constructor: 1 }, { constructor: 2 }],
    [new Float32Array([1]), new Float64Array([1])],
    [new Date(5), new Date(6)],
    [new HasEvents(), new HasEvents()],
    [[new HasEvents()], [new HasEvents()]],
  ])("%o is not the same as %o", (a, b) => {
    expect(same(a, b)).toBe(false);
  });

  test("arrays of another shape differ", () => {
    const shaped = (...shape: number[]) => Object.assign(new Float32Array(4), { shape });
    expect(same(shaped(2, 2), shaped(2, 2))).toBe(true);
    expect(same(shaped(2, 2), shaped(4))).toBe(false);
  });
});

describe("a property", () => {
  test("has its default through the validator, and normalises what is set", () => {
    const ob = new (slider({ validate: (v = "3") => Number(v) }))();
    expect(ob.value).toBe(3);
    ob.value = "7";
    expect(ob.value).toBe(7);
  });

  test("without a default is None, and its validator is not asked", () => {
    const ob = new (slider({
      initial: null,
      validate: (v) => {
        if (v === undefined) throw new Error("asked");
        return v;
      },
    }))();
    expect(ob.value).toBe(null);
  });

  test("has a default of its own in each instance", () => {
    const Slider = slider({ type: { kind: "list" }, initial: [[1]] });
    const [a, b] = [new Slider(), new Slider()];
    a.value[0].push(2);
    expect(b.value).toEqual([[1]]);
  });

  test("that is wrong raises, names everything, and changes nothing", () => {
    const ob = typed({ kind: "float", expected: "a number" }, 3);
    expect(thrown(() => (ob.value = "10"))).toBe("ValueError: Slider.value expected a number, not the str '10'.");
    expect(ob.value).toBe(3);
  });

  test("whose validator refuses says so with the validator's words", () => {
    const ob = new (slider({
      validate: (v = 1) => {
        if (v === "x") throw Object.assign(new Error("invalid literal"), { name: "ValueError" });
        return v;
      },
    }))();
    expect(thrown(() => (ob.value = "x"))).toBe("ValueError: Slider.value refused the str 'x'. ValueError: invalid literal");
    expect(ob.value).toBe(1);
    ob.value = 2; // the failure left nothing behind
    expect(ob.value).toBe(2);
  });

  test("whose validator has a bug raises the bug", () => {
    const ob = new (slider({
      validate: (v = 1) => {
        if (v === 2) throw Object.assign(new Error("k"), { name: "KeyError" });
        return v;
      },
    }))();
    expect(thrown(() => (ob.value = 2))).toBe("KeyError: k");
  });

  test("that is read-only is set with _set_prop only", () => {
    const Slider = slider({ readonly: true, type: { kind: "int" }, initial: 0 });
    const ob = new Slider();
    expect(thrown(() => (ob.value = 3))).toMatch(
      /^AttributeError: 'Slider.value' is read-only, .* use self._set_prop\('value', value\)\.$/,
    );
    expect(thrown(() => new Slider({ value: 3 }))).toMatch(/^AttributeError: 'Slider.value' is read-only/);
    ob._set_prop("value", 4);
    expect(ob.value).toBe(4);
    expect(thrown(() => ob._set_prop("value", "x"))).toBe("ValueError: Slider.value expected an int, not the str 'x'.");
    expect(thrown(() => ob._set_prop("vlaue", 1))).toBe("AttributeError: Slider has no property 'vlaue'. Did you mean 'value'?");
  });

  test("that is read-only and Python's cannot be set here at all", () => {
    const ob = new (slider({ readonly: true, owner: "py", initial: 0 }))();
    expect(thrown(() => ob._set_prop("value", 3))).toBe(
      "AttributeError: 'Slider.value' is read-only, so it cannot be set from here. Its class sets it in Python.",
    );
    expect(ob.value).toBe(0);
  });

  test("set while its own validator runs is ignored, so two that correct each other settle", () => {
    const Range = slider(
      {
        name: "min",
        validate(this: Free, v = 0) {
          if ((v as number) > this.max) this.max = v;
          return v;
        },
      },
      {
        name: "max",
        validate(this: Free, v = 10) {
          if ((v as number) < this.min) this.min = v;
          return v;
        },
      },
    );
    const ob = new Range();
    expect([ob.min, ob.max]).toEqual([0, 10]); // reading one declared further down gives its default
    ob.min = 20;
    expect([ob.min, ob.max]).toEqual([20, 20]);
    ob.max = 5;
    expect([ob.min, ob.max]).toEqual([5, 5]);
  });

  test("set to undefined is None", () => {
    const ob = new (slider({ initial: 1 }))();
    ob.value = undefined;
    expect(ob.value).toBe(null);
  });

  test("comes after those of the base class, and may be declared again in its place", () => {
    class Base extends HasEvents {}
    declare(Base, {
      name: "test:Base",
      label: "Base",
      props: [
        { name: "a", side: "both", initial: 1 },
        { name: "b", side: "both", initial: 2 },
      ],
    });
    class Sub extends Base {}
    declare(Sub, {
      name: "test:Sub",
      label: "Sub",
      props: [
        { name: "c", side: "both", initial: 3 },
        { name: "a", side: "both", initial: 4 },
      ],
    });
    const order: string[] = [];
    const sub = new Sub() as Free;
    sub.connect("a", "b", "c", (...events) => order.push(...events.map((e) => `${e.type}${e.new_value}`)));
    loop.flush();
    expect(order).toEqual(["a4", "b2", "c3"]);
    expect((new Base() as Free).a).toBe(1);
    expect(Object.keys(sub).filter((key) => !key.startsWith("_jsm_"))).toEqual([]);
  });

  test("a class that declares nothing has what its base has", () => {
    const Slider = slider({ initial: 5 });
    class Sub extends Slider {}
    expect(new Sub({ value: 6 }).value).toBe(6);
  });

  test("constants are on the prototype", () => {
    class Slider extends HasEvents {}
    declare(Slider, { name: "test:Slider", label: "Slider", constants: { STEPS: [1, 2] } });
    expect((new Slider() as Free).STEPS).toEqual([1, 2]);
  });
});

describe("types", () => {
  class Counter extends HasEvents {}
  declare(Counter, { name: "test:Counter", label: "Counter" });
  class SubCounter extends Counter {}
  declare(SubCounter, { name: "test:SubCounter", label: "SubCounter" });
  const counter = new Counter();
  const sub = new SubCounter();
  const int: TypeSpec = { kind: "int" };
  const str: TypeSpec = { kind: "str" };

  test.each<[TypeSpec, unknown[], unknown[]]>([
    [{ kind: "any" }, [1, "a", null, [counter]], []],
    [{ kind: "bool" }, [true, false], [1, 0, null, "True"]],
    [int, [1, -3, 2 ** 60, 10n, true], [1.5, "1", null, Number.NaN, Infinity]],
    [{ kind: "int", min: 0, max: 10 }, [0, 10, 5n], [-1, 11, 11n]],
    [{ kind: "float" }, [1, 1.5, Number.NaN, -Infinity], ["1", null, 10n, [1]]],
    [{ kind: "float", min: 0 }, [0, Infinity], [-0.1, Number.NaN]],
    [{ kind: "float", none: true }, [1, null], ["1"]],
    [str, ["", "a"], [1, null, ["a"]]],
    [{ kind: "bytes" }, [new Uint8Array(3)], ["abc", [1], new Float32Array(1)]],
    [{ kind: "list" }, [[], [1, "a", null]], [null, "ab", { 0: 1 }, new Uint8Array(1)]],
    [{ kind: "list", item: int, minlen: 1, maxlen: 2 }, [[1], [1, 2]], [[], [1, 2, 3], ["a"], [null]]],
    [{ kind: "tuple", options: [int, str] }, [[1, "a"]], [[1], ["a", 1], [1, "a", 2]]],
    [{ kind: "dict" }, [{}, { a: 1 }], [[], null, "a", counter, new Map()]],
    [{ kind: "dict", item: int }, [{ a: 1 }], [{ a: "x" }]],
    [{ kind: "enum", values: ["a", 1, null] }, ["a", 1, null], ["b", true, "1"]],
    [{ kind: "union", options: [int, str] }, [1, "a"], [1.5, null]],
    [{ kind: "instance", cls: "test:Counter" }, [counter, sub], [new HasEvents(), null, {}, "Counter"]],
    [{ kind: "instance" }, [counter, new HasEvents()], [null, {}, "Counter"]],
    [{ kind: "array" }, [new Float32Array(2), new Uint8Array(1)], [[1], new DataView(new ArrayBuffer(1)), null]],
    [{ kind: "datetime" }, [new Date(0)], [0, "1970", new Date(Number.NaN)]],
  ])("%j takes what it should and nothing else", (type, right, wrong) => {
    const ob = typed(type);
    for (const value of right) {
      ob.value = value;
      expect(ob.value).toBe(value);
    }
    for (const value of wrong) expect(thrown(() => (ob.value = value))).toMatch(/^ValueError: Slider\.value.* expected .*, not the .*\.$/);
    expect(ob.value).toBe(right[right.length - 1]);
  });

  test.each<[TypeSpec, unknown, string]>([
    [{ kind: "float", min: 0, max: 10 }, 11, "Slider.value expected a number from 0 up to 10, not the int 11."],
    [{ kind: "int", none: true }, "a", "Slider.value expected an int or None, not the str 'a'."],
    [{ kind: "enum", values: ["a", "b"] }, "c", "Slider.value expected one of 'a', 'b', not the str 'c'."],
    [{ kind: "union", options: [int, str] }, null, "Slider.value expected an int or a str, not the NoneType None."],
    [{ kind: "instance", cls: "test:Counter" }, 3, "Slider.value expected an instance of Counter, not the int 3."],
    [{ kind: "list", item: int }, [1, "x"], "Slider.value[1] expected an int, not the str 'x'."],
    [{ kind: "dict", item: int }, { a: "x" }, "Slider.value['a'] expected an int, not the str 'x'."],
    [{ kind: "list", minlen: 2 }, [1], "Slider.value expected a list of at least 2, not the list [1]."],
  ])("%j refuses %j in words", (type, value, words) => {
    expect(thrown(() => (typed(type).value = value))).toBe(`ValueError: ${words}`);
  });

  test("a bool given as a float is a number afterwards, also inside a list", () => {
    const ob = typed({ kind: "list", item: { kind: "float" } });
    ob.value = [true, 2];
    expect(ob.value).toEqual([1, 2]);
  });
});
