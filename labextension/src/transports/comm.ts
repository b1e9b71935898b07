/** A session behind a Jupyter comm, which this end opens. */

import type { Kernel } from "@jupyterlab/services";
import type { ClientMessage, Message } from "../runtime/protocol";
import type { Transport, TransportEvents } from "../runtime/transport";

const TARGET = "jsmodel";
const BUSY_AFTER = 600; // ms without an answer, while the kernel computes

/** What `TransportEvents` of a comm also hear. */
export interface CommEvents extends TransportEvents {
  /** The kernel computes, and has not answered for a while. */
  busy(): void;
  /** The websocket under the comm is back. */
  back(transport: Transport): void;
}

export class CommTransport implements Transport {
  readonly name = "comm";
  #comm: Kernel.IComm | null = null;
  #opened = false;
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly kernel: Kernel.IKernelConnection,
    private readonly events: CommEvents,
  ) {
    kernel.statusChanged.connect(this.#onStatus, this);
    kernel.connectionStatusChanged.connect(this.#onConnection, this);
    kernel.disposed.connect(this.#onDisposed, this);
    void this.#open();
  }

  send(message: ClientMessage, buffers: Uint8Array[]): boolean {
    const comm = this.#comm;
    if (!comm || comm.isDisposed || this.#closed) return false;
    const data = message as unknown as Parameters<Kernel.IComm["send"]>[0];
    if (this.#opened) {
      comm.send(data, undefined, buffers);
    } else {
      this.#opened = true;
      comm.open(data, undefined, buffers);
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      if (this.kernel.status === "busy") this.events.busy();
    }, BUSY_AFTER);
    return true;
  }

  close(): void {
    this.#end();
    if (this.#comm && !this.#comm.isDisposed) this.#comm.close();
  }

  async #open(): Promise<void> {
    const comm = this.kernel.createComm(TARGET);
    this.#comm = comm;
    // With subshells, the kernel answers us while a cell runs. Older servers have none.
    const started = (comm as { subshellStarted?: Promise<void> }).subshellStarted;
    if (started) await Promise.race([started.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 1000))]);
    if (this.#closed) return;
    // Nothing may be returned from onMsg: a promise would hold up all messages of the kernel.
    comm.onMsg = (msg) => {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
      const buffers = (msg.buffers ?? []).map((b) =>
        b instanceof ArrayBuffer ? new Uint8Array(b) : new Uint8Array(b.buffer, b.byteOffset, b.byteLength),
      );
      this.events.message(msg.content.data as unknown as Message, buffers);
    };
    comm.onClose = () => this.#gone("Python does not know this view (any more). Run the cell with app.init_notebook(), then this cell.");
    this.events.open(this);
  }

  #onStatus(_: unknown, status: Kernel.Status): void {
    if (status === "restarting" || status === "autorestarting") this.#gone("The kernel was restarted. Run this cell again.");
    else if (status === "dead" || status === "terminating") this.#gone("The kernel has stopped. Start it again, and run this cell.");
  }

  #onConnection(_: unknown, status: Kernel.ConnectionStatus): void {
    if (this.#closed) return;
    if (status === "connected") {
      if (this.#opened) this.events.back(this); // else the hello, which comes first, has yet to be said
    } else this.events.lost(true);
  }

  #onDisposed(): void {
    this.#gone("The kernel has stopped. Start it again, and run this cell.");
  }

  #gone(reason: string): void {
    if (this.#closed) return;
    this.#end();
    this.events.lost(false, reason);
  }

  #end(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.kernel.statusChanged.disconnect(this.#onStatus, this);
    this.kernel.connectionStatusChanged.disconnect(this.#onConnection, this);
    this.kernel.disposed.disconnect(this.#onDisposed, this);
  }
}
