/** Which clients a kernel has in this page: one, and more for models that are shown more than once. */

import type { Kernel } from "@jupyterlab/services";
import { ClientSession, Model, runsInline, type Status } from "./runtime";
import { isPlain } from "./runtime/errors";
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

/** A view in its client. */
interface Place {
  id: string;
  client: KernelClient;
  /** The models that it may show; null until they have come. */
  shows: Set<string> | null;
  move: () => void;
}

export class KernelHub {
  #clients: KernelClient[] = [];
  #places: Place[] = [];
  #watchers = new Set<() => void>();

  constructor(readonly kernel: Kernel.IKernelConnection) {}

  /** The page's first client; opens a comm, if none is open. */
  connection(): { client: ClientSession; release: () => void } {
    const client = this.#clients.find((c) => c.status !== "ended") ?? this.#add();
    return { client, release: () => undefined };
  }

  /**
   * A client for a view of `id`: a widget has one node in each client, so neither it nor what is inside of it is shown there yet.
   *
   * @param move called when the view has to ask again: the client shows some of it in another view
   * @returns also `release`, for when the view is gone, and `taken`, for when another view has taken its node
   */
  clientFor(id: string, move: () => void): { client: ClientSession; release: () => void; taken: () => void } {
    const known = this.#clients.find((c) => c.status !== "ended" && c.models.has(id));
    const shows = known ? shownBy(known, id) : null;
    const client = this.#clients.find((c) => c.status !== "ended" && !this.#isTaken(c, shows ?? new Set([id]))) ?? this.#add();
    const place: Place = { id, client, shows, move };
    this.#places.push(place);
    const taken = (): void => {
      for (const other of this.#places) if (other.client === client) other.shows = null; // something was put into something
      this.#arrange();
    };
    return { client, release: () => this.#release(place), taken };
  }

  #isTaken(client: KernelClient, ids: Set<string>, places = this.#places): boolean {
    return places.some((p) => p.client === client && [...(p.shows ?? [p.id])].some((id) => ids.has(id)));
  }

  /** Models have come: now it is known what they have inside. Of two views that cannot be in one client, the later one moves. */
  #arrange(): void {
    for (const place of [...this.#places]) {
      const { client, id } = place;
      if (place.shows || !client.models.has(id) || !this.#places.includes(place)) continue;
      const shows = shownBy(client, id);
      const conflict = this.#isTaken(
        client,
        shows,
        this.#places.filter((p) => p.shows),
      );
      place.shows = shows;
      if (conflict) place.move();
    }
  }

  #add(): KernelClient {
    const client = new KernelClient(this.kernel);
    this.#clients.push(client);
    client.watchers.add(() => this.#changed(client.status));
    return client;
  }

  #release(place: Place): void {
    const { client } = place;
    this.#places = this.#places.filter((p) => p !== place);
    // The first client stays: it is the page's. The others exist for their views only.
    if (client !== this.#clients[0] && !this.#places.some((p) => p.client === client)) {
      this.#clients = this.#clients.filter((c) => c !== client);
      client.close();
    }
  }

  #changed(status: Status): void {
    if (status === "ended") this.#clients = this.#clients.filter((c) => c.status !== "ended");
    this.#arrange(); // before the views, which watch the client, too, and came later
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** A model, and all models with a node that it leads to. */
function shownBy(client: ClientSession, id: string): Set<string> {
  const ids = new Set([id]);
  const seen = new Set<unknown>();
  const todo: unknown[] = [client.models.get(id)];
  while (todo.length) {
    const value = todo.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof Model) {
      if ("node" in value) ids.add(value.id);
      todo.push(...value._jsm_values);
      for (const [name, own] of Object.entries(value)) if (!name.startsWith("_")) todo.push(own);
    } else if (Array.isArray(value) || isPlain(value)) {
      for (const item of Object.values(value)) if (typeof item === "object") todo.push(item);
    }
  }
  return ids;
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
