import { afterEach, describe, expect, it, vi } from "vitest";
import { Incoming } from "./data";
import type { Data } from "./protocol";

const same = (value: unknown): unknown => value;
const piece = (transfer: number, at: number, size: number, ...bytes: number[]): Data => ({
  op: "data",
  id: "m1",
  transfer,
  call: 0,
  at,
  size,
  chunk: new Uint8Array(bytes),
  ...(at === 0 ? { meta: { n: transfer } } : {}),
});

function bytes(found: unknown): number[] {
  return [...new Uint8Array((found as [ArrayBuffer, unknown])[0])];
}

describe("pieces of data", () => {
  it("become one when all are there", () => {
    const incoming = new Incoming();
    expect(incoming.take(piece(1, 0, 3, 1, 2), same)).toBe(null);
    const found = incoming.take(piece(1, 2, 3, 3), same);
    expect(bytes(found)).toEqual([1, 2, 3]);
    expect((found as [unknown, unknown])[1]).toEqual({ n: 1 });
  });

  it("may be none at all", () => {
    expect(bytes(new Incoming().take(piece(1, 0, 0), same))).toEqual([]);
  });

  it("begin again when Python sends them again, and are ignored when they came before", () => {
    const incoming = new Incoming();
    incoming.take(piece(1, 0, 4, 1, 2), same);
    incoming.take(piece(1, 0, 4, 5, 6), same);
    expect(bytes(incoming.take(piece(1, 2, 4, 7, 8), same))).toEqual([5, 6, 7, 8]);
    expect(incoming.take(piece(1, 0, 4, 1, 2, 3, 4), same)).toBe(null);
    expect(bytes(incoming.take(piece(2, 0, 1, 9), same))).toEqual([9]);
  });

  it("for two models are kept apart, and forgotten with their model", () => {
    const incoming = new Incoming();
    incoming.take(piece(1, 0, 2, 1), same);
    expect(bytes(incoming.take({ ...piece(2, 0, 1, 9), id: "m2" }, same))).toEqual([9]);
    expect(bytes(incoming.take(piece(1, 1, 2, 2), same))).toEqual([1, 2]);
    incoming.forget("m1");
    expect(bytes(incoming.take(piece(1, 0, 1, 5), same))).toEqual([5]);
  });

  it("of a transfer that began before this client did are ignored", () => {
    const incoming = new Incoming();
    expect(incoming.take(piece(3, 2, 4, 1, 2), same)).toBe(null);
    expect(bytes(incoming.take(piece(4, 0, 1, 9), same))).toEqual([9]);
  });
});

describe("an address", () => {
  afterEach(() => vi.unstubAllGlobals());

  const download = (url: string): Promise<unknown> =>
    new Incoming().take({ op: "data", id: "m1", transfer: 1, call: 0, url, meta: {} }, same) as Promise<unknown>;

  function page(): void {
    vi.stubGlobal("document", { baseURI: "http://host.example/App" });
    vi.stubGlobal("location", { origin: "http://host.example" });
  }

  it.each(["javascript:alert(1)", "file:///etc/passwd", "http://169.254.169.254/x", "ftp://example.com/x"])(
    "%s is not downloaded",
    async (url) => {
      page();
      vi.stubGlobal("fetch", () => Promise.reject(new Error("asked")));
      await expect(download(url)).rejects.toThrow(`The page may not download data from '${url}'`);
    },
  );

  it("of another site is asked without cookies, and may not lead elsewhere", async () => {
    page();
    const asked: [string, RequestInit][] = [];
    vi.stubGlobal("fetch", (url: URL, options: RequestInit) => {
      asked.push([url.href, options]);
      return Promise.resolve(new Response(new Uint8Array([1, 2])));
    });
    expect(bytes(await download("https://data.example/x"))).toEqual([1, 2]);
    await download("own/x");
    expect(asked).toEqual([
      ["https://data.example/x", { credentials: "omit", redirect: "error" }],
      ["http://host.example/own/x", { credentials: "same-origin", redirect: "follow" }],
    ]);
  });

  it("that answers with an error is an error in words", async () => {
    page();
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 404 })));
    await expect(download("https://data.example/x")).rejects.toThrow(
      "could not be downloaded from 'https://data.example/x': it answered 404",
    );
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(download("https://data.example/x")).rejects.toThrow("Failed to fetch. Check the address");
  });
});
