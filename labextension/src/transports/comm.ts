/** A session behind a Jupyter comm, which this end opens. */

import type { Kernel } from "@jupyterlab/services";
import type { ClientMessage, Message } from "../runtime/protocol";
import type { Transport, TransportEvents } from "../runtime/transport";

const TARGET = "jsmodel";

/** What `TransportEvents` of a comm also hear. */
export interface CommEvents extends TransportEvents {
  /** A message was handed over. */
  sent(): void;
  /** The websocket under the comm is back. */
  back(transport: Transport): void;
}

/** A comm; or, while another transport carries the conversation, what hears how the kernel is. */
export class CommTransport implements Transport {
  readonly name = "comm";
  #comm: Kernel.IComm | null = null;
  #opened = false;
  #closed = false;
  #resting = false;

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
    if (!comm || comm.isDisposed || this.#closed || !(this.#opened || message.hello)) return false;
    const data = message as unknown as Parameters<Kernel.IComm["send"]>[0];
    if (this.#opened) {
      comm.send(data, undefined, buffers);
    } else {
      this.#opened = true;
      comm.open(data, undefined, buffers);
    }
    this.events.sent();
    return true;
  }

  /** Let another transport carry the conversation; Python closes the comm. */
  rest(): void {
    this.#resting = true;
  }

  get resting(): boolean {
    return this.#resting;
  }

  /** Carry the conversation again, over a new comm. */
  wake(): void {
    if (this.#closed) return;
    this.#resting = false;
    const comm = this.#comm;
    if (comm && !comm.isDisposed) {
      comm.onClose = comm.onMsg = () => undefined;
      comm.close();
    }
    void this.#open();
  }

  close(): void {
    if (this.#closed) return;
    this.#end();
    if (this.#comm && !this.#comm.isDisposed) this.#comm.close();
  }

  async #open(): Promise<void> {
    const comm = this.kernel.createComm(TARGET);
    this.#comm = comm;
    this.#opened = false;
    // With subshells, the kernel answers us while a cell runs. Older servers have none.
    const started = (comm as { subshellStarted?: Promise<void> }).subshellStarted;
    if (started) await Promise.race([started.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 1000))]);
    if (this.#closed || this.#comm !== comm) return;
    // Nothing may be returned from onMsg: a promise would hold up all messages of the kernel.
    comm.onMsg = (msg) => {
      const buffers = (msg.buffers ?? []).map((b) =>
        b instanceof ArrayBuffer ? new Uint8Array(b) : new Uint8Array(b.buffer, b.byteOffset, b.byteLength),
      );
      this.events.message(msg.content.data as unknown as Message, buffers);
    };
    comm.onClose = () => {
      if (!this.#resting) this.#gone("Python does not know this view (any more). Run the cell with app.init_notebook(), then this cell.");
    };
    this.events.open(this);
  }

  #onStatus(_: unknown, status: Kernel.Status): void {
    if (status === "restarting" || status === "autorestarting") this.#gone("The kernel was restarted. Run this cell again.");
    else if (status === "dead" || status === "terminating") this.#gone("The kernel has stopped. Start it again, and run this cell.");
  }

  #onConnection(_: unknown, status: Kernel.ConnectionStatus): void {
    if (this.#closed) return;
    if (status === "connected") {
      // A resting comm only passes it on. Else: the hello, which comes first, may have yet to be said.
      if (this.#opened || this.#resting) this.events.back(this);
    } else if (!this.#resting) this.events.lost(true);
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
    this.kernel.statusChanged.disconnect(this.#onStatus, this);
    this.kernel.connectionStatusChanged.disconnect(this.#onConnection, this);
    this.kernel.disposed.disconnect(this.#onDisposed, this);
  }
}
