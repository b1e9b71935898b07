/** Which clients a kernel has in this page: one, and one more for each second view of a model. */

import type { Kernel } from "@jupyterlab/services";
import { ClientSession, runsInline, type Status } from "./runtime";
import type { Message } from "./runtime/protocol";
import type { Transport } from "./runtime/transport";
import { type CommEvents, CommTransport } from "./transports/comm";
import { hasExtension, kernelUrl, type LaneEvents, LaneTransport } from "./transports/lane";

const BUSY_AFTER = 600; // ms in which Python has not done what it was told, while the kernel computes
const LANE_AFTER = 500; // ms; what is shown first comes over the comm, which is there
const LANE_AGAIN = 3000; // ms
const LANE_TRIES = 2; // failures in a row, after which the comm it is
const LANE_GOOD = 60_000; // ms; a lane that lived so long was no failure
const LANE_ANSWER = 5000; // ms that Python may take to answer a hello over the lane

/**
 * A client whose session is in a kernel. It says hello over a comm, and goes on over a lane where there is one;
 * when that ends, it goes on over a new comm.
 */
class KernelClient extends ClientSession implements CommEvents, LaneEvents {
  #kernel: Kernel.IKernelConnection;
  #comm: CommTransport;
  #lane: LaneTransport | null = null;
  #laneSince = 0; // when it was answered; 0 while it was not
  #failures = 0;
  #laneTimer: Timer | null = null;
  #busyTimer: Timer | null = null;

  constructor(kernel: Kernel.IKernelConnection) {
    super();
    this.#kernel = kernel;
    const lane = hasExtension();
    // Where the page may run no code from a message, it fetches files.
    this.greeting = lane ? { lane, inline: runsInline() } : {};
    this.locate = (url) => (url.startsWith("_jsm/") ? kernelUrl(kernel.serverSettings, kernel.id, url) : url);
    this.#comm = new CommTransport(kernel, this);
  }

  override message(message: Message, buffers: Uint8Array[]): void {
    super.message(message, buffers);
    if (!this.unapplied) this.#busyTimer = stop(this.#busyTimer);
    if (message.welcome?.lane) this.#changeSoon();
  }

  override setStatus(status: Status, reason = ""): void {
    super.setStatus(status, reason);
    if (status === "ended") this.#end();
  }

  // -- what the comm tells

  sent(): void {
    this.#busyTimer ??= setTimeout(() => {
      this.#busyTimer = null;
      if (this.#kernel.status === "busy" && this.status === "live" && this.unapplied) this.setStatus("busy");
    }, BUSY_AFTER);
  }

  override back(transport: Transport): void {
    if (this.#lane)
      this.#leaveLane(); // the lane went the same way, and may be as dead as the old connection
    else super.back(transport);
  }

  // -- what the lane tells

  laneOpen(lane: LaneTransport): void {
    this.#comm.rest();
    this.open(lane);
    this.#laneTimer = setTimeout(() => this.laneClosed(lane), LANE_ANSWER);
  }

  laneMessage(message: Message, buffers: Uint8Array[]): void {
    if (message.welcome && !this.#laneSince) {
      this.#laneTimer = stop(this.#laneTimer);
      this.#laneSince = Date.now();
    }
    this.message(message, buffers);
  }

  laneClosed(lane: LaneTransport): void {
    if (lane !== this.#lane) return;
    this.#failures = this.#laneSince && Date.now() - this.#laneSince > LANE_GOOD ? 1 : this.#failures + 1;
    this.#leaveLane();
  }

  #changeSoon(): void {
    if (this.#lane || this.#laneTimer !== null || this.#failures >= LANE_TRIES || this.status === "ended") return;
    this.#laneTimer = setTimeout(
      () => {
        this.#laneTimer = null;
        this.#laneSince = 0;
        this.#lane = new LaneTransport(this.#kernel.serverSettings, this.#kernel.id, this);
      },
      this.#failures ? LANE_AGAIN : LANE_AFTER,
    );
  }

  /** Go on over a comm: nothing is lost, since what was not acknowledged is sent again. */
  #leaveLane(): void {
    const resting = this.#comm.resting;
    this.#laneTimer = stop(this.#laneTimer);
    this.#lane?.close();
    this.#lane = null;
    if (this.status === "ended") return;
    if (resting) {
      if (this.#kernel.connectionStatus !== "connected") this.lost(true);
      this.#comm.wake(); // and when Python answers, the lane is tried again
    } else this.#changeSoon();
  }

  #end(): void {
    this.#laneTimer = stop(this.#laneTimer);
    this.#busyTimer = stop(this.#busyTimer);
    this.#lane?.close();
    this.#lane = null;
    this.#comm.close();
  }
}

type Timer = ReturnType<typeof setTimeout>;

function stop(timer: Timer | null): null {
  if (timer !== null) clearTimeout(timer);
  return null;
}

/** What a stored output knows of its view. */
export interface ViewData {
  v: number;
  kind: "view" | "code";
  session: string;
  id?: string;
}

export class KernelHub {
  #clients: KernelClient[] = [];
  #shown = new Map<ClientSession, Set<string>>();
  #watchers = new Set<() => void>();

  constructor(readonly kernel: Kernel.IKernelConnection) {}

  /** The page's first client; opens a comm, if none is open. */
  connection(): { client: ClientSession; release: () => void } {
    const client = this.#clients.find((c) => c.status !== "ended") ?? this.#add();
    return { client, release: () => undefined };
  }

  /** A client in which `id` has no view yet; `release` says that its view is gone. */
  clientFor(id: string): { client: ClientSession; release: () => void } {
    let client = this.#clients.find((c) => c.status !== "ended" && !this.#shown.get(c)?.has(id));
    client ??= this.#add();
    const shown = this.#shown.get(client) ?? new Set<string>();
    this.#shown.set(client, shown);
    shown.add(id);
    return { client, release: () => this.#release(client, id) };
  }

  #add(): KernelClient {
    const client = new KernelClient(this.kernel);
    this.#clients.push(client);
    client.watchers.add(() => this.#changed(client.status));
    return client;
  }

  #release(client: KernelClient, id: string): void {
    const shown = this.#shown.get(client);
    shown?.delete(id);
    // The first client stays: it is the page's. The others exist for their views only.
    if (!shown?.size && client !== this.#clients[0]) {
      this.#clients = this.#clients.filter((c) => c !== client);
      this.#shown.delete(client);
      client.close();
    }
  }

  #changed(status: Status): void {
    if (status === "ended") this.#clients = this.#clients.filter((c) => c.status !== "ended");
    for (const watcher of [...this.#watchers]) watcher();
  }
}

const hubs = new WeakMap<Kernel.IKernelConnection, KernelHub>();

/** The hub of a kernel connection. */
export function hubOf(kernel: Kernel.IKernelConnection): KernelHub {
  let hub = hubs.get(kernel);
  if (!hub) {
    hub = new KernelHub(kernel);
    hubs.set(kernel, hub);
  }
  return hub;
}
