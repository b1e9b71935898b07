/** A session behind a websocket: that of a server, or of a Jupyter extension. */

import { type ClientMessage, decodeFrame, encodeFrame } from "../runtime/protocol";
import type { Transport, TransportEvents } from "../runtime/transport";
import { PATIENCE, type Patience, Watch, type Watched } from "./watch";

/** Close codes after which coming back is no use, and what to tell people. */
const FINAL: Record<number, string> = {
  1008: "The server does not let this page in. Open the app's address again.",
  1009: "This page sent more at once than the server takes. Send less, or run the server with a larger Limits(frame_bytes=...). Reload the page.",
  1011: "The app could not be opened: it failed on the server. The server's terminal says why.",
  4001: "This page's ticket is no longer valid. Reload the page.",
  4003: "The server does not let this page in. Open the app's address again.",
  4004: "The session is over: the server was restarted, or the page was away too long. Reload the page.",
  4009: "The app was opened in another place. Reload the page to continue here.",
  4010: "The server did not understand this page. Reload the page.",
};

/** Those after which the page comes back by itself, where there is more to say than that. */
const PASSING: Record<number, string> = {
  4008: "This page sent more than the server takes. Trying again …",
  4013: "The server has too much to do. Trying again …",
};

const DELAYS = [100, 500, 1000, 2000, 5000]; // ms between tries

/** What the client is told by a websocket, beyond what all transports tell. */
export interface SocketEvents extends TransportEvents {
  /** Whether something of the client's waits for an ack. */
  readonly waiting: boolean;
  /** Ask Python for a sign of life. */
  ask(): void;
}

export class WebSocketTransport implements Transport, Watched {
  readonly name = "websocket";
  #socket: WebSocket | null = null;
  #tries = 0;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #watch: Watch;
  #buffered = 0; // what waited to be sent when somebody last asked
  #look = (): void => {
    // A laptop that wakes up should not wait for the next try, nor believe in a socket that may be long gone.
    if (document.hidden) return;
    if (this.#socket) this.#watch.look();
    else this.#connect();
  };
  #online = (): void => {
    if (this.#socket?.readyState === WebSocket.CONNECTING) this.#drop(); // it was opened into the void
    this.#look();
  };

  /** @param most how many bytes the server takes at once */
  constructor(
    private readonly url: string,
    private readonly events: SocketEvents,
    patience: Patience = PATIENCE,
    readonly most = Infinity,
  ) {
    this.#watch = new Watch(this, patience);
    this.#connect();
    addEventListener("online", this.#online);
    addEventListener("offline", this.#look);
    addEventListener("pageshow", this.#look);
    document.addEventListener("visibilitychange", this.#look);
  }

  send(message: ClientMessage, buffers: Uint8Array[]): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    const frame = encodeFrame(message, buffers);
    if (frame.byteLength > this.most) {
      // The server would close, and the page send it again with each connection.
      this.#drop();
      this.#lost(1009);
      return false;
    }
    this.#socket.send(frame);
    this.#watch.sent();
    return true;
  }

  close(): void {
    this.#end();
    this.#socket?.close(1000);
  }

  // -- what the watch wants to know

  get waiting(): boolean {
    return this.events.waiting;
  }

  get moving(): boolean {
    const before = this.#buffered;
    this.#buffered = this.#socket?.bufferedAmount ?? 0;
    return this.#buffered < before;
  }

  ask(): void {
    this.#buffered = this.#socket?.bufferedAmount ?? 0;
    this.events.ask();
  }

  giveUp(): void {
    this.#drop();
    this.#lost(1006);
  }

  // -- the socket

  #connect(): void {
    if (this.#closed || this.#socket) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const socket = openedEarly(this.url) ?? new WebSocket(this.url);
    this.#socket = socket;
    this.#buffered = 0;
    this.#watch.opening();
    socket.binaryType = "arraybuffer";
    // A socket that was dropped may come to life again; it has nothing to say any more.
    const opened = (): void => {
      if (this.#socket !== socket) return;
      this.#watch.opened();
      this.events.open(this);
    };
    socket.onopen = opened;
    socket.onmessage = (event) => {
      if (this.#socket !== socket) return;
      this.#tries = 0;
      this.#watch.heard();
      this.events.message(...decodeFrame(event.data as ArrayBuffer));
    };
    socket.onclose = (event) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#lost(event.code);
    };
    if (socket.readyState === WebSocket.OPEN) opened();
  }

  /** Let go of the socket without waiting for the other end, which may not be there. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #lost(code: number): void {
    this.#watch.stop();
    const final = this.#closed || code in FINAL;
    if (final) this.#end();
    else {
      const delay = DELAYS[Math.min(this.#tries++, DELAYS.length - 1)] as number;
      // Not all pages of a server at the same moment.
      this.#timer = setTimeout(() => this.#connect(), delay * (0.75 + Math.random() / 2));
    }
    this.events.lost(!final, FINAL[code] ?? PASSING[code] ?? "");
  }

  #end(): void {
    this.#closed = true;
    this.#watch.stop();
    if (this.#timer !== null) clearTimeout(this.#timer);
    removeEventListener("online", this.#online);
    removeEventListener("offline", this.#look);
    removeEventListener("pageshow", this.#look);
    document.removeEventListener("visibilitychange", this.#look);
  }
}

/** The socket that the head of a served page opened while the scripts were still on their way. It is taken once. */
function openedEarly(url: string): WebSocket | null {
  const holder = globalThis as { jsmodelSocket?: WebSocket };
  const socket = holder.jsmodelSocket;
  delete holder.jsmodelSocket;
  return socket?.url === url && socket.readyState <= WebSocket.OPEN ? socket : null;
}
