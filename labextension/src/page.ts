/**
 * The script of a page that is not JupyterLab: a served app, an export, the live
 * fragment in a notebook's HTML. Puts `jsmodel` on the window, and starts what the page holds.
 */

import * as core from "./runtime";
import type { Patience } from "./transports/watch";
import { WebSocketTransport } from "./transports/websocket";

/** What the page's config, inert JSON in `#jsmodel-config`, says. */
interface Config {
  ws?: string;
  ticket?: string;
  app?: string;
  loaded?: string[];
  files?: Record<string, string>;
  patience?: Patience;
  most?: number;
  snapshot?: { ops: core.Op[]; root: string };
}

/** A stored view and the scripts of its assets, in a fragment of HTML. */
async function embed(target: HTMLElement, snapshot: { ops: core.Op[]; root: string }): Promise<void> {
  const session = new core.ClientSession();
  await session.show(snapshot);
  const view = new core.View(session, snapshot.root);
  target.replaceChildren(view.node);
}

function start(config: Config): void {
  const session = page as core.ClientSession;
  if (config.loaded) session.loaded(config.loaded);
  const view = new core.View(session, null);
  document.body.append(view.node);
  if (config.snapshot) void session.show(config.snapshot);
  if (config.ws) {
    session.ticket = config.ticket ?? null;
    const url = new URL(config.ws, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    new WebSocketTransport(url.href, session, config.patience, config.most);
  }
}

const jsmodel = { ...core, embed };
export type Jsmodel = typeof jsmodel;
let page: core.ClientSession | null = null;

// A page may hold several copies of this script, one for each output that needs it: the first one serves all.
const holder = globalThis as { jsmodel?: Jsmodel };
if (!holder.jsmodel) {
  holder.jsmodel = jsmodel;
  const text = typeof document === "undefined" ? null : document.getElementById("jsmodel-config")?.textContent;
  if (text) {
    const config = JSON.parse(text) as Config;
    page = new core.ClientSession();
    core.enter(page.realm); // the scripts of the page's assets come next, before DOMContentLoaded
    page.located(config.files ?? {});
    if (document.readyState === "complete") start(config);
    else addEventListener("DOMContentLoaded", () => start(config), { once: true });
  }
}
