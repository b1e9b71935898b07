/**
 * The script of a page that is not JupyterLab: a served app, an export, the live
 * fragment in a notebook's HTML. Puts `jsmodel` on the window, and starts what the page holds.
 */

import * as core from "./runtime";
import { bytesOf, embed, watch } from "./stored";
import { WebSocketTransport } from "./transports/websocket";

/** Models in an exported page, as jsmodel/snapshot.py stores them; buffers are base64, or the name of a file of data. */
interface Snapshot {
  root: string;
  models: core.ModelState[];
  buffers: (string | { data: string })[];
}

/** What the page's config, inert JSON in `#jsmodel-config`, says. */
interface Config {
  ws?: string;
  ticket?: string;
  app?: string;
  loaded?: string[];
  files?: Record<string, string>;
  snapshot?: Snapshot;
}

function start(config: Config): void {
  const session = page as core.ClientSession;
  if (config.loaded) session.loaded(config.loaded);
  const view = new core.View(session, null);
  const picture = document.querySelector(".jsm-static");
  if (picture) view.placeholder(picture);
  document.body.prepend(view.node);
  if (config.snapshot) void show(session, config.snapshot);
  if (config.ws) {
    session.ticket = config.ticket ?? null;
    const url = new URL(config.ws, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    new WebSocketTransport(url.href, session);
  }
}

async function show(session: core.ClientSession, snapshot: Snapshot): Promise<void> {
  const buffers = snapshot.buffers.map((one) => bytesOf(typeof one === "string" ? one : (files.get(one.data) ?? missing(one.data))));
  files.clear();
  await session.show({ ops: [{ op: "create", models: snapshot.models }], root: snapshot.root }, buffers);
}

const files = new Map<string, string>();

/** What a file of data beside an exported page says: base64 under a name. */
function data(name: string, base64: string): void {
  files.set(name, base64);
}

function missing(name: string): string {
  const why = "The page was moved without its folder. Move both, or export it again.";
  console.error(`[jsmodel] The file of data ${name} is missing beside this page. ${why}`);
  return "";
}

const jsmodel = { ...core, embed, data };
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
  } else if (typeof document !== "undefined") watch();
}
