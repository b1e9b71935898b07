import { afterEach, describe, expect, test } from "vitest";
import { hasExtension, kernelUrl, LaneTransport, type Settings } from "./lane";

const settings = { baseUrl: "https://host/user/joe", wsUrl: "wss://host/user/joe/", token: "a&b", appendToken: false } as Settings;

describe("the address of what a kernel has", () => {
  test("it is under the server's own address, whether that ends in a slash or not", () => {
    expect(kernelUrl(settings, "k1", "_jsm/assets/x.js")).toBe("https://host/user/joe/jsmodel/kernel/k1/_jsm/assets/x.js");
    expect(kernelUrl(settings, "k1", "lane", "ws")).toBe("wss://host/user/joe/jsmodel/kernel/k1/lane");
  });

  test("the token goes with it only where the server asks for that", () => {
    expect(kernelUrl({ ...settings, appendToken: true }, "k1", "lane")).toBe("https://host/user/joe/jsmodel/kernel/k1/lane?token=a%26b");
    expect(kernelUrl({ ...settings, appendToken: true, token: "" }, "k1", "lane")).not.toContain("token");
  });

  test("an id is a part of the path, whatever is in it", () => {
    expect(kernelUrl(settings, "../api?x#y", "lane")).toBe("https://host/user/joe/jsmodel/kernel/..%2Fapi%3Fx%23y/lane");
  });
});

describe("whether the server has our extension", () => {
  const page = (text: string): void => {
    document.body.innerHTML = `<script id="jupyter-config-data" type="application/json">${text}</script>`;
  };
  afterEach(() => document.body.replaceChildren());

  test("the page says so", () => {
    page('{"baseUrl": "/", "jsmodel": "lane"}');
    expect(hasExtension()).toBe(true);
  });

  test("a page that says nothing, or something else, has none", () => {
    expect(hasExtension()).toBe(false);
    for (const text of ['{"baseUrl": "/"}', '{"jsmodel": "other"}', "no JSON", ""]) {
      page(text);
      expect(hasExtension()).toBe(false);
    }
  });
});

describe("a lane", () => {
  class Socket {
    static last: Socket;
    readyState = 0;
    binaryType = "";
    sent: unknown[] = [];
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
    onclose: (() => void) | null = null;
    constructor(readonly url: string) {
      Socket.last = this;
    }
    send(data: unknown): void {
      this.sent.push(data);
    }
    close(): void {
      this.readyState = 3;
      this.onclose?.();
    }
  }
  const told: string[] = [];
  const open = (): LaneTransport => {
    told.length = 0;
    return new LaneTransport({ ...settings, WebSocket: Socket as unknown as typeof WebSocket }, "k1", {
      laneOpen: () => told.push("open"),
      laneMessage: (message) => told.push(`message ${message.seq}`),
      laneClosed: () => told.push("closed"),
      sent: () => told.push("sent"),
    });
  };

  test("takes messages only while it is open", () => {
    const lane = open();
    expect(lane.send({ v: 1, seq: 1, ack: 0, ops: [] }, [])).toBe(false);
    Socket.last.readyState = 1;
    Socket.last.onopen?.();
    expect(lane.send({ v: 1, seq: 1, ack: 0, ops: [] }, [])).toBe(true);
    expect(told).toEqual(["open", "sent"]);
    Socket.last.onmessage?.({ data: (Socket.last.sent[0] as Uint8Array).slice().buffer as ArrayBuffer });
    expect(told[2]).toBe("message 1");
    Socket.last.close();
    expect(lane.send({ v: 1, seq: 2, ack: 0, ops: [] }, [])).toBe(false);
    expect(told[3]).toBe("closed");
  });

  test("that was closed here says no more", () => {
    const lane = open();
    Socket.last.readyState = 1;
    lane.close();
    expect(Socket.last.readyState).toBe(3);
    expect(told).toEqual([]);
  });
});
