/**
 * A session in a kernel, reached by a websocket that the Jupyter server passes on: the fast lane.
 * It does not come back by itself; where it ends, the comm takes over.
 */

import type { ServerConnection } from "@jupyterlab/services";
import { type ClientMessage, decodeFrame, encodeFrame, type Message } from "../runtime/protocol";
import type { Transport } from "../runtime/transport";

/** The part of jupyter_server's settings that is needed to ask it for something. */
export type Settings = Pick<ServerConnection.ISettings, "baseUrl" | "wsUrl" | "token" | "appendToken" | "WebSocket">;

/** What a lane tells. */
export interface LaneEvents {
  laneOpen(lane: LaneTransport): void;
  laneMessage(message: Message, buffers: Uint8Array[]): void;
  laneClosed(lane: LaneTransport): void;
  sent(): void;
}

/** Whether the Jupyter server of this page has our extension; its page says so. */
export function hasExtension(): boolean {
  try {
    const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}") as { jsmodel?: string };
    return config.jsmodel === "lane";
  } catch {
    return false;
  }
}

/** The address of something that a kernel has, under the Jupyter server's. */
export function kernelUrl(settings: Settings, kernelId: string, path: string, scheme: "http" | "ws" = "http"): string {
  const base = scheme === "ws" ? settings.wsUrl : settings.baseUrl;
  const url = `${base.replace(/\/?$/, "/")}jsmodel/kernel/${encodeURIComponent(kernelId)}/${path}`;
  return settings.appendToken && settings.token ? `${url}?token=${encodeURIComponent(settings.token)}` : url;
}

export class LaneTransport implements Transport {
  readonly name = "websocket";
  #socket: WebSocket;

  constructor(
    settings: Settings,
    kernelId: string,
    private readonly events: LaneEvents,
  ) {
    const socket = new settings.WebSocket(kernelUrl(settings, kernelId, "lane", "ws"));
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => events.laneOpen(this);
    socket.onmessage = (event) => events.laneMessage(...decodeFrame(event.data as ArrayBuffer));
    socket.onclose = () => events.laneClosed(this);
  }

  send(message: ClientMessage, buffers: Uint8Array[]): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(encodeFrame(message, buffers));
    this.events.sent();
    return true;
  }

  close(): void {
    this.#socket.onclose = this.#socket.onmessage = this.#socket.onopen = null;
    this.#socket.close(1000);
  }
}
