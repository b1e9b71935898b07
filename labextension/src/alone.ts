/** The script of a page with nobody at the other end: an export, or a notebook's HTML. See page.ts for those of a server. */

import { boot, type Config, face } from "./boot";
import type * as core from "./runtime";
import { bytesOf, watch } from "./stored";

/** Text, or the name of a file beside the page that says it. */
type Stored = string | { data: string };

/** What an exported page holds; see jsmodel/export.py. */
interface Snapshot {
  root: string;
  models: core.ModelState[];
  defines: (Omit<core.Asset, "code"> & { code?: Stored })[];
}

interface Exported extends Config {
  snapshot?: Snapshot;
  buffers?: Stored[]; // base64, of the snapshot
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

boot(
  { ...face, data },
  (session, { snapshot, buffers = [] }: Exported) => {
    if (snapshot) void show(session, snapshot, buffers);
  },
  watch,
);
