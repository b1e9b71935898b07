/** Which clients a kernel has in this page: one, and one more for each second view of a model. */

import type { Kernel } from "@jupyterlab/services";
import { ClientSession, type Status } from "./runtime";
import { type CommEvents, CommTransport } from "./transports/comm";

/** A client whose session is in a kernel. */
class KernelClient extends ClientSession implements CommEvents {
  busy(): void {
    if (this.status === "live" && this.waiting) this.setStatus("busy");
  }
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
    const client = new KernelClient();
    this.#clients.push(client);
    client.watchers.add(() => this.#changed(client.status));
    new CommTransport(this.kernel, client);
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
