/**
 * How a client reaches its session. Twin of jsmodel/transport.py.
 * A transport moves messages and never looks inside them; those that can come back do so by themselves.
 */

import type { ClientMessage, Message } from "./protocol";

export interface Transport {
  readonly name: string;
  /** How many bytes it takes at once; by default, any. */
  readonly most?: number;
  /** Hand over a message; false if nobody is at the other end now. */
  send(message: ClientMessage, buffers: Uint8Array[]): boolean;
  close(reason?: string): void;
}

/** What a transport tells the client. */
export interface TransportEvents {
  /** The other end can be talked to: say hello. */
  open(transport: Transport): void;
  message(message: Message, buffers: Uint8Array[]): void;
  /** The other end is gone. `retry`: the transport tries to come back. */
  lost(retry: boolean, reason?: string): void;
}
