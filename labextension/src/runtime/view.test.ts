import { beforeEach, describe, expect, test, vi } from "vitest";
import { Model } from "./model";
import type { Message, Op } from "./protocol";
import { ClientSession } from "./session";
import { StatusLine, View } from "./view";

/** What the code of a JS module does. */
function load({ realm }: ClientSession): void {
  class Tag extends Model {
    node = document.createElement("b");
    override init(): null {
      this.node.textContent = "hello";
      return null;
    }
  }
  class Bad extends Model {
    override init(): null {
      throw new Error("no luck");
    }
  }
  class Pair extends Model {
    declare node: HTMLElement;
    declare kids: (Tag | null)[];
    override init(): null {
      this.node = document.createElement("div");
      this.node.append(...this.kids.map((kid) => kid?.node ?? "-"));
      return null;
    }
  }
  class Plain extends Model {}
  realm.model(Tag, { name: "t:Tag", label: "Tag" });
  realm.model(Pair, { name: "t:Pair", label: "Pair", props: [{ name: "kids", side: "both", initial: [] }] });
  realm.model(Bad, { name: "t:Bad", label: "Bad" });
  realm.model(Plain, { name: "t:Plain", label: "Plain", props: [{ name: "n", side: "both", validate: (v) => v }] });
}

let session: ClientSession;
const pipe = { name: "memory", send: () => true, close: () => undefined };

const create = (id: string, cls: string, props = {}): Op => ({ op: "create", models: [{ id, cls, props, attrs: {}, listen: [] }] });

function welcome(...ops: Op[]): void {
  const message: Message = {
    v: 1,
    seq: 1,
    ack: 0,
    reset: true,
    ops,
    welcome: { session: "s", client: "c", resumed: false, root: "m1" },
  };
  session.open(pipe);
  session.message(message, []);
}

const hear = (seq: number, ...ops: Op[]): void => session.message({ v: 1, seq, ack: 0, ops }, []);

const status = (view: View): [string | undefined, string] => [
  view.node.dataset.status,
  view.node.querySelector(".jsm-status")?.textContent ?? "",
];

beforeEach(() => {
  document.body.replaceChildren();
  session = new ClientSession();
  load(session);
});

describe("what a person can see", () => {
  test("a view says that it connects, then shows the model", () => {
    const view = new View(session, null);
    expect(status(view)).toEqual(["connecting", "Connecting to Python …"]);
    welcome(create("m1", "t:Tag"));
    expect(status(view)).toEqual(["live", ""]);
    expect(view.node.querySelector(".jsm-content")?.textContent).toBe("hello");
  });

  test("a lost connection is said, and the model stays", () => {
    const view = new View(session, null);
    welcome(create("m1", "t:Tag"));
    session.lost(true);
    expect(status(view)[0]).toBe("disconnected");
    expect(status(view)[1]).toMatch(/connection to Python was lost. Trying again/);
    expect(view.node.querySelector(".jsm-content")?.textContent).toBe("hello");
  });

  test("the end says why", () => {
    const view = new View(session, null);
    welcome(create("m1", "t:Tag"));
    session.lost(false, "The kernel was restarted. Run this cell again.");
    expect(status(view)).toEqual(["ended", "The kernel was restarted. Run this cell again."]);
  });

  test("a model whose code does not come is an error that the view shows", () => {
    const view = new View(session, null);
    welcome(create("m1", "t:Nobody"));
    expect(status(view)).toEqual(["error", "This view could not be made; the error above says why."]);
    expect(view.node.querySelector(".jsm-error")?.textContent).toMatch(/The code of t:Nobody has not come/);
  });

  test("an error in init is shown once, with its text, and can be dismissed", () => {
    const view = new View(session, null);
    welcome(create("m1", "t:Bad"));
    const error = view.node.querySelector(".jsm-error");
    expect(error?.querySelector("summary")?.textContent).toMatch(/Bad #m1: init: Error: no luck/);
    expect(status(view)).toEqual(["error", "This view could not be made; the error above says why."]);
    expect(session.models.size).toBe(0);
    (view.node.querySelector(".jsm-close") as HTMLButtonElement).click();
    expect(view.node.querySelectorAll(".jsm-error").length).toBe(0);
  });

  test("an error in init is shown by a view that comes later, until the model is made or gone", () => {
    welcome(create("m1", "t:Bad"), create("m2", "t:Bad"), create("m3", "t:Bad"));
    const text = (id: string): string => new View(session, id).node.querySelector(".jsm-errors")?.textContent ?? "";
    expect(status(new View(session, "m1"))).toEqual(["error", "This view could not be made; the error above says why."]);
    expect(text("m1")).toMatch(/Bad #m1: init: Error: no luck/);
    const number = session.unmade.get("m1")?.number as number;
    hear(2, { op: "error", id: "m1", title: "", text: "Traceback of Python", prop: null, of: number });
    expect(text("m1")).toMatch(/Traceback of Python/);
    expect(new View(session, "m1", "another").node.querySelectorAll(".jsm-error").length).toBe(0);
    hear(3, create("m2", "t:Tag"), { op: "dispose", ids: ["m3"] });
    expect(text("m2") + text("m3")).toBe("");
    expect([...session.unmade.keys()]).toEqual(["m1"]);
  });

  test("a model whose code fails when it comes says how", () => {
    session.realm.broken.set("t.js", new SyntaxError("Unexpected identifier"));
    welcome(create("m1", "t:Nobody"));
    expect(new View(session, null).node.querySelector("summary")?.textContent).toMatch(
      /RuntimeError: The code of t:Nobody failed when it came: SyntaxError: Unexpected identifier\. Mend it, and run/,
    );
  });

  test("what Python says of an error takes the place of its stack, and nothing comes back that was dismissed", () => {
    const view = new View(session, null);
    welcome(create("m1", "t:Tag"));
    const text = (): string[] => [...view.node.querySelectorAll(".jsm-error pre")].map((pre) => pre.textContent ?? "");
    for (let i = 0; i < 2; i++) session.fail(new Error(`no luck ${i}`), "m1");
    expect(text().map((each) => /no luck \d\n +at /.test(each))).toEqual([true, true]);
    const numbers = [...view.node.querySelectorAll<HTMLElement>(".jsm-error")].map((each) => Number(each.dataset.number));
    const answer = { op: "error", id: "m1", title: "", text: "Traceback of Python", prop: null } as const;
    hear(2, { ...answer, of: numbers[1] as number });
    expect(text()[0]).toMatch(/no luck 0/);
    expect(text()[1]).toBe("Traceback of Python");
    (view.node.querySelector(".jsm-close") as HTMLButtonElement).click();
    hear(3, { ...answer, of: numbers[0] as number });
    expect(text()).toEqual(["Traceback of Python"]);
  });

  test("a model whose child could not be made is shown whole, without it, and with its error", () => {
    const view = new View(session, null);
    const state = (id: string, cls: string, props = {}) => ({ id, cls, props, attrs: {}, listen: [] });
    const kids = ["m2", "m3"].map((v) => ({ $: "m", v }));
    welcome({ op: "create", models: [state("m1", "t:Pair", { kids }), state("m2", "t:Tag"), state("m3", "t:Bad")] });
    expect(view.node.querySelector(".jsm-content")?.innerHTML).toBe("<div><b>hello</b>-</div>");
    expect(view.node.querySelector(".jsm-error summary")?.textContent).toMatch(/Bad #m3: init: Error: no luck/);
    expect(status(view)).toEqual(["live", ""]);
  });

  test("the errors of a model go when its class was defined again, and those of others stay", () => {
    const view = new View(session, null);
    const state = (id: string, cls: string, props = {}) => ({ id, cls, props, attrs: {}, listen: [] });
    const kids = ["m2"].map((v) => ({ $: "m", v }));
    welcome({ op: "create", models: [state("m1", "t:Pair", { kids }), state("m2", "t:Tag")] });
    session.fail(new Error("of the pair"), "m1");
    session.fail(new Error("of the tag"), "m2");
    session.fail(new Error("of nobody"), null);
    hear(2, create("m2", "t:Tag"));
    const words = (): (string | null | undefined)[] =>
      [...view.node.querySelectorAll(".jsm-error pre")].map((pre) => pre.textContent?.split("\n")[0]);
    expect(words()).toEqual(["Error: of the pair", "Error: of nobody"]);
  });

  test("a model of an earlier kernel says to run its cell again", () => {
    const view = new View(session, "m1", "another session");
    welcome(create("m1", "t:Tag"));
    expect(status(view)).toEqual(["ended", "The kernel was restarted since this was made. Run its cell again."]);
  });

  test("a model without a node shows its properties, and they can be edited", () => {
    const view = new View(session, null);
    welcome(create("m1", "t:Plain", { n: 3 }));
    const field = view.node.querySelector("input") as HTMLInputElement;
    expect([field.type, field.value]).toEqual(["number", "3"]);
    field.value = "4";
    field.dispatchEvent(new Event("input"));
    expect((session.models.get("m1") as unknown as { n: number }).n).toBe(4);
  });

  test("the line of init_notebook says that the kernel is connected", () => {
    const line = new StatusLine(session, "jsmodel is connected to this kernel.");
    welcome();
    expect(line.node.textContent).toBe("jsmodel is connected to this kernel.");
  });
});

describe("the node of a widget", () => {
  const shown = async (): Promise<{ view: View; node: HTMLElement; taken: ReturnType<typeof vi.fn> }> => {
    const view = new View(session, "m1");
    document.body.append(view.node);
    welcome(create("m1", "t:Tag"));
    await Promise.resolve();
    const taken = vi.fn();
    view.taken = taken;
    return { view, node: (session.models.get("m1") as unknown as { node: HTMLElement }).node, taken };
  };
  const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));

  test("comes back from a box that nobody sees", async () => {
    const { view, node, taken } = await shown();
    document.createElement("div").append(node);
    await settled();
    expect(view.node.contains(node)).toBe(true);
    expect(taken).not.toHaveBeenCalled();
  });

  test("stays with another view that has taken it, and its own view says so", async () => {
    const { view, node, taken } = await shown();
    const other = new View(session, "m2");
    other.placeholder(node);
    await settled();
    expect(other.node.contains(node)).toBe(true);
    expect(view.node.contains(node)).toBe(false);
    expect(taken).toHaveBeenCalledOnce();
  });

  test("comes back when that other view goes for it", async () => {
    const { view, node } = await shown();
    const other = new View(session, "m2");
    other.placeholder(node);
    view.taken = () => other.dispose(false);
    await settled();
    expect(view.node.contains(node)).toBe(true);
  });

  test("of a model that is gone stays away", async () => {
    const { view, node } = await shown();
    session.models.get("m1")?._jsm_drop();
    await settled();
    expect(view.node.contains(node)).toBe(false);
  });

  test("is not taken by a view that is disposed before the model comes", async () => {
    const first = new View(session, "m1");
    const second = new View(session, "m1");
    session.watchers.add(() => undefined);
    const before = [...session.watchers];
    session.watchers.clear();
    session.watchers.add(() => second.dispose(false)); // whoever is told first sends the second view away
    for (const watcher of before) session.watchers.add(watcher);
    welcome(create("m1", "t:Tag"));
    await settled();
    expect([first.model?.id, second.model]).toEqual(["m1", null]);
    expect(first.node.textContent).toContain("hello");
  });
});
