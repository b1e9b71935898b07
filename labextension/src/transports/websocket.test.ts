import { afterEach, beforeEach, describe, expect, type Mock, test, vi } from "vitest";
import { encodeFrame, type Message } from "../runtime/protocol";
import { type SocketEvents, WebSocketTransport } from "./websocket";

/** The browser's end of a socket, which the test plays. */
class Socket {
  static CONNECTING = 0;
  static OPEN = 1;
  static all: Socket[] = [];
  readyState = 0;
  bufferedAmount = 0;
  sent: ArrayBuffer[] = [];
  closed: number | null = null;
  onopen = (): void => undefined;
  onmessage = (_: { data: ArrayBuffer }): void => undefined;
  onclose = (_: { code: number; reason: string }): void => undefined;

  constructor(readonly url: string) {
    Socket.all.push(this);
  }

  send(data: ArrayBuffer): void {
    this.sent.push(data);
  }

  close(code = 1005): void {
    this.closed = code;
    this.readyState = 2;
  }

  open(): this {
    this.readyState = 1;
    this.onopen();
    return this;
  }

  say(message: Partial<Message>): void {
    const frame = encodeFrame({ v: 1, seq: 0, ack: 0, ops: [], ...message } as never, []);
    this.onmessage({ data: (frame as Uint8Array).buffer.slice(0) as ArrayBuffer });
  }

  end(code: number, reason = ""): void {
    this.readyState = 3;
    this.onclose({ code, reason });
  }
}

const patience = { ask: 5000, giveUp: 5000, idle: 60_000, open: 10_000 };
let events: {
  waiting: boolean;
  open: Mock<SocketEvents["open"]>;
  message: Mock<SocketEvents["message"]>;
  lost: Mock<SocketEvents["lost"]>;
  ask: Mock<() => void>;
};
let transport: WebSocketTransport;
const last = (): Socket => Socket.all.at(-1) as Socket;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  Socket.all = [];
  events = { waiting: false, open: vi.fn(), message: vi.fn(), lost: vi.fn(), ask: vi.fn() };
  transport = new WebSocketTransport("ws://x/App/ws", events, patience);
});

afterEach(() => {
  transport.close();
  vi.unstubAllGlobals();
});

describe("a websocket", () => {
  test("that is cut is opened again, and says so", () => {
    last().open().end(1006);
    expect(events.lost).toHaveBeenCalledWith(true, "");
    expect(transport.send({ v: 1, seq: 0, ack: 0, ops: [] }, [])).toBe(false);
    vi.advanceTimersByTime(125);
    expect(Socket.all).toHaveLength(2);
    last().open();
    expect(events.open).toHaveBeenCalledTimes(2);
  });

  test("that the page's head has opened is taken over, once", () => {
    const early = new Socket("ws://x/App/ws").open();
    vi.stubGlobal("jsmodelSocket", early);
    const before = Socket.all.length;
    const second = new WebSocketTransport("ws://x/App/ws", events, patience);
    expect(Socket.all).toHaveLength(before);
    expect(events.open).toHaveBeenCalledExactlyOnceWith(second);
    early.end(1006);
    vi.advanceTimersByTime(125);
    expect(Socket.all).toHaveLength(before + 1);
    second.close();
  });

  test.each([
    ["to another place", "ws://x/Other/ws", 1],
    ["and closed since", "ws://x/App/ws", 3],
  ])("that the page's head has opened %s is left alone", (_, url, readyState) => {
    vi.stubGlobal("jsmodelSocket", Object.assign(new Socket(url), { readyState }));
    const before = Socket.all.length;
    new WebSocketTransport("ws://x/App/ws", events, patience).close();
    expect(Socket.all).toHaveLength(before + 1);
  });

  test("waits longer from try to try, up to some seconds, and begins anew after a message", () => {
    const pauses: number[] = [];
    for (let i = 0; i < 8; i++) {
      last().end(1006);
      const before = Date.now();
      vi.advanceTimersToNextTimer();
      pauses.push(Date.now() - before);
    }
    for (const [i, base] of [100, 500, 1000, 2000, 5000, 5000, 5000, 5000].entries()) {
      expect(pauses[i]).toBeGreaterThanOrEqual(base * 0.75 - 1);
      expect(pauses[i]).toBeLessThanOrEqual(base * 1.25 + 1);
    }
    last().open().say({});
    last().end(1006);
    vi.advanceTimersByTime(126);
    expect(Socket.all).toHaveLength(10);
  });

  test.each([
    [
      1009,
      "This page sent more at once than the server takes. Send less, or run the server with a larger Limits(frame_bytes=...). Reload the page.",
    ],
    [4004, "The session is over: the server was restarted, or the page was away too long. Reload the page."],
    [4009, "The app was opened in another place. Reload the page to continue here."],
    [4010, "The server did not understand this page. Reload the page."],
  ])("that is closed with %i stays closed", (code, words) => {
    last().open().end(code, "reason of the server");
    expect(events.lost).toHaveBeenCalledWith(false, words);
    vi.advanceTimersByTime(600_000);
    dispatchEvent(new Event("online"));
    expect(Socket.all).toHaveLength(1);
  });

  test.each([
    [4013, "The server has too much to do. Trying again …"],
    [4008, "This page sent more than the server takes. Trying again …"],
    [4002, ""],
  ])("that is closed with %i comes back, and says why in our words", (code, words) => {
    last().open().end(code, "reason of the server");
    expect(events.lost).toHaveBeenCalledWith(true, words);
    vi.advanceTimersByTime(125);
    expect(Socket.all).toHaveLength(2);
  });

  test("that brings no answer is dropped for another, and not listened to any more", () => {
    const first = last().open();
    first.say({});
    events.waiting = true;
    transport.send({ v: 1, seq: 1, ack: 0, ops: [] }, []);
    vi.advanceTimersByTime(5000);
    expect(events.ask).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(5000);
    expect(first.closed).toBe(1005);
    expect(events.lost).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(125);
    last().open();
    first.say({});
    first.end(4009);
    expect(events.message).toHaveBeenCalledTimes(1);
    expect(events.lost).toHaveBeenCalledOnce();
    expect(Socket.all).toHaveLength(2);
  });

  test("that sends a large message slowly is given time", () => {
    const socket = last().open();
    socket.say({});
    events.waiting = true;
    socket.bufferedAmount = 1_000_000;
    transport.send({ v: 1, seq: 1, ack: 0, ops: [] }, []);
    for (let i = 0; i < 30; i++) {
      vi.advanceTimersByTime(2500);
      socket.bufferedAmount -= 10_000;
    }
    expect(events.lost).not.toHaveBeenCalled();
    vi.advanceTimersByTime(20_000);
    expect(events.lost).toHaveBeenCalledOnce();
  });

  test("is opened at once when the network is back, also when it was being opened into the void", () => {
    last().end(1006);
    dispatchEvent(new Event("online"));
    expect(Socket.all).toHaveLength(2);
    const stuck = last();
    dispatchEvent(new Event("online"));
    expect(stuck.closed).toBe(1005);
    expect(Socket.all).toHaveLength(3);
  });

  test("ends, and says why, when more is to be sent at once than the server takes", () => {
    transport.close();
    const small = new WebSocketTransport("ws://x/App/ws", events, patience, 1000);
    const socket = last().open();
    expect(small.send({ v: 1, seq: 1, ack: 0, ops: [] }, [new Uint8Array(500)])).toBe(true);
    expect(small.send({ v: 1, seq: 2, ack: 0, ops: [] }, [new Uint8Array(1000)])).toBe(false);
    expect(socket.sent).toHaveLength(1);
    expect(events.lost).toHaveBeenCalledWith(false, expect.stringMatching(/^This page sent more at once than the server takes\./));
    vi.advanceTimersByTime(600_000);
    expect(last()).toBe(socket);
  });

  test("is asked about when the page is seen again", () => {
    last().open().say({});
    document.dispatchEvent(new Event("visibilitychange"));
    expect(events.ask).toHaveBeenCalledOnce();
    last().say({});
    vi.advanceTimersByTime(10_000);
    expect(events.lost).not.toHaveBeenCalled();
  });

  test("that was closed here leaves no timer and no listener", () => {
    const socket = last().open();
    transport.close();
    expect(socket.closed).toBe(1000);
    socket.end(1000);
    expect(events.lost).toHaveBeenCalledWith(false, "");
    expect(vi.getTimerCount()).toBe(0);
    dispatchEvent(new Event("online"));
    document.dispatchEvent(new Event("visibilitychange"));
    expect(Socket.all).toHaveLength(1);
  });
});
