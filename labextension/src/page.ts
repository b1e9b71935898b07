/**
 * The script of a page that is not JupyterLab: a served app, an export, the live
 * fragment in a notebook's HTML. Puts `jsmodel` on the window, and starts what the page holds.
 */

import * as core from "./runtime";
import { bytesOf, embed, watch } from "./stored";
import type { Patience } from "./transports/watch";
import { WebSocketTransport } from "./transports/websocket";

/** Text, or the name of a file beside the page that says it. */
type Stored = string | { data: string };

/** What an exported page holds; see jsmodel/export.py. */
interface Snapshot {
  root: string;
  models: core.ModelState[];
  defines: (Omit<core.Asset, "code"> & { code?: Stored })[];
}

/** What the page's config, inert JSON in `#jsmodel-config`, says. */
interface Config {
  ws?: string;
  ticket?: string;
  app?: string;
  loaded?: string[];
  files?: Record<string, string>;
  patience?: Patience;
  most?: number;
  snapshot?: Snapshot;
  buffers?: Stored[]; // base64, of the snapshot
}

function start(config: Config): void {
  const session = page as core.ClientSession;
  if (config.loaded) session.loaded(config.loaded);
  const view = new core.View(session, null);
  const picture = document.querySelector(".jsm-static");
  if (picture) view.placeholder(picture);
  document.body.prepend(view.node);
  if (config.snapshot) void show(session, config.snapshot, config.buffers ?? []);
  if (config.ws) {
    session.ticket = config.ticket ?? null;
    const url = new URL(config.ws, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    new WebSocketTransport(url.href, session, config.patience, config.most);
  }
}

async function show(session: core.ClientSession, snapshot: Snapshot, stored: Stored[]): Promise<void> {
  const defines = snapshot.defines.map(({ code, ...asset }): core.Op => {
    const text = typeof code === "object" ? new TextDecoder().decode(bytesOf(find(code))) : code;
    return { ...asset, ...(text !== undefined && { code: text }), op: "define" };
  });
  const buffers = stored.map((one) => bytesOf(find(one)));
  files.clear();
  await session.show({ ops: [...defines, { op: "create", models: snapshot.models }], root: snapshot.root }, buffers);
}

const files = new Map<string, string>();

/** What a file beside an exported page says: base64 under a name. */
function data(name: string, base64: string): void {
  files.set(name, base64);
}

function find(stored: Stored): string {
  if (typeof stored === "string") return stored;
  const text = files.get(stored.data);
  if (text !== undefined) return text;
  const why = "The page was moved without its folder. Move both, or export it again.";
  console.error(`[jsmodel] The file data-${stored.data}.js is missing beside this page. ${why}`);
  return "";
}

/** Nobody waits for the answer of a call that Python cannot get: the person sees it all the same. */
function onUnheard(event: PromiseRejectionEvent): void {
  const [session, id] = (event.reason as { asked?: [core.ClientSession, string] } | null)?.asked ?? [];
  if (!session || !id) return;
  event.preventDefault();
  session.fail(event.reason, id);
}

const jsmodel = { ...core, embed, data };
export type Jsmodel = typeof jsmodel;
let page: core.ClientSession | null = null;

// A page may hold several copies of this script, one for each output that needs it: the first one serves all.
const holder = globalThis as { jsmodel?: Jsmodel };
if (!holder.jsmodel) {
  holder.jsmodel = jsmodel;
  if (typeof document !== "undefined") addEventListener("unhandledrejection", onUnheard);
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
