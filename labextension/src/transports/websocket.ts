/** A session behind a websocket: that of a server, or of a Jupyter extension. */

import { type ClientMessage, decodeFrame, encodeFrame } from "../runtime/protocol";
import type { Transport, TransportEvents } from "../runtime/transport";

/** Close codes after which coming back is no use, and what to tell people. */
const FINAL: Record<number, string> = {
  1008: "The server does not let this page in. Open the app's address again.",
  1011: "The app could not be opened: it failed on the server. The server's terminal says why.",
  4001: "This page's ticket is no longer valid. Reload the page.",
  4003: "The server does not let this page in. Open the app's address again.",
  4004: "The session is over: the server was restarted, or the page was away too long. Reload the page.",
  4009: "The app was opened in another place. Reload the page to continue here.",
  4010: "The server did not understand this page. Reload the page.",
};

const DELAYS = [100, 500, 1000, 2000, 5000]; // ms between tries

export class WebSocketTransport implements Transport {
  readonly name = "websocket";
  #socket: WebSocket | null = null;
  #tries = 0;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly url: string,
    private readonly events: TransportEvents,
  ) {
    this.#connect();
    // A laptop that wakes up should not wait for the next try.
    addEventListener("online", () => this.#connect());
  }

  send(message: ClientMessage, buffers: Uint8Array[]): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(encodeFrame(message, buffers));
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close(1000);
  }

  #connect(): void {
    if (this.#closed || (this.#socket && this.#socket.readyState <= WebSocket.OPEN)) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.events.open(this);
    socket.onmessage = (event) => {
      this.#tries = 0;
      this.events.message(...decodeFrame(event.data as ArrayBuffer));
    };
    socket.onclose = (event) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      const final = this.#closed || event.code in FINAL;
      this.events.lost(!final, FINAL[event.code] ?? event.reason);
      if (final) this.#closed = true;
      else this.#timer = setTimeout(() => this.#connect(), DELAYS[Math.min(this.#tries++, DELAYS.length - 1)]);
    };
  }
}
