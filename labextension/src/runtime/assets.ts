/** Puts assets into the page: scripts, ES modules, styles, and files under an address of their own. */

import { evaluate, type Realm } from "./modules";
import type { Asset } from "./protocol";

const styles = new Map<string, { drop: () => void; users: number }>();
const failures = new Map<string, number>(); // of ES modules
const scripts = new Map<string, Promise<unknown>>(); // what changes the page as a whole, and ES modules: by hash

const AGAIN = [250, 1000, 3000]; // ms between tries

/** A network that fails for a moment is no reason to do without: try again. While it is `lost`, tries do not count. */
export async function again(load: () => Promise<unknown>, lost: () => boolean): Promise<unknown> {
  for (let failed = 0; ; ) {
    await new Promise((resolve) => setTimeout(resolve, AGAIN[failed]));
    try {
      return await load();
    } catch (err) {
      if (!lost() && ++failed === AGAIN.length) throw err;
    }
  }
}

/** A style sheet, once for the page. Returns what lets go of it again. */
export function addStyle(asset: Asset, lost: () => boolean = () => false): () => void {
  if (typeof document === "undefined") return () => undefined;
  const style = styles.get(asset.hash) ?? { drop: asset.url ? fetchStyle(asset, lost) : putStyle(asset), users: 0 };
  styles.set(asset.hash, style);
  style.users++;
  return () => {
    if (--style.users) return;
    style.drop();
    styles.delete(asset.hash);
  };
}

function putStyle(asset: Asset): () => void {
  const node = document.createElement("style");
  node.textContent = asset.code ?? "";
  node.dataset.jsmodel = asset.name;
  document.head.append(node);
  return () => node.remove();
}

/** Nothing waits for a style that has an address. */
function fetchStyle(asset: Asset, lost: () => boolean): () => void {
  let link: HTMLLinkElement | null = null;
  let dropped = false;
  const fetch = async (): Promise<void> => {
    if (dropped) return;
    link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: asset.url });
    link.dataset.jsmodel = asset.name;
    await load(guard(link, asset), asset);
  };
  fetch().catch(() => again(fetch, lost).catch((err) => console.error(`[jsmodel] ${err.message}`)));
  return () => {
    dropped = true;
    link?.remove();
  };
}

/** A script with an address; those that are added one after the other run in that order. */
export function loadScript(asset: Asset): Promise<unknown> {
  const script = guard(document.createElement("script"), asset);
  script.src = asset.url as string;
  script.async = false;
  return load(script, asset);
}

function load(node: HTMLElement, asset: Asset): Promise<unknown> {
  return new Promise((resolve, reject) => {
    node.onload = resolve;
    node.onerror = () => {
      node.remove();
      reject(new Error(unreachable(asset)));
    };
    document.head.append(node);
  });
}

/** A library: the first client that needs it runs it for the page. */
export function runOnce(asset: Asset, realm: Realm): Promise<unknown> {
  return once(asset, () => {
    if (asset.code === undefined) return loadScript(asset);
    evaluate(realm, asset.code, `${asset.hash}/${asset.name}`);
    return Promise.resolve();
  });
}

/** An ES module. */
export function importModule(asset: Asset): Promise<unknown> {
  return once(asset, () => {
    const code = asset.code ?? "";
    const url =
      typeof document === "undefined"
        ? (asset.url ?? `data:text/javascript,${encodeURIComponent(code)}`)
        : asset.url === undefined
          ? URL.createObjectURL(new Blob([code], { type: "text/javascript" }))
          : new URL(asset.url, document.baseURI).href;
    const tries = failures.get(asset.hash) ?? 0;
    // Browsers remember, by its address, that a module could not be loaded.
    const fresh = tries && /^https?:/.test(url) ? `${url}${url.includes("?") ? "&" : "?"}again=${tries}` : url;
    return import(/* webpackIgnore: true */ fresh).catch((err) => {
      if (err instanceof SyntaxError) throw err;
      failures.set(asset.hash, tries + 1);
      throw new Error(`${unreachable(asset)} (${err instanceof Error ? err.message : err})`);
    });
  });
}

/** The address of a file. */
export function addFile(asset: Asset, data: Uint8Array | undefined): string {
  if (asset.url !== undefined) return typeof document === "undefined" ? asset.url : new URL(asset.url, document.baseURI).href;
  return URL.createObjectURL(new Blob([data as Uint8Array<ArrayBuffer>], { type: asset.type ?? "" }));
}

/** The file is not needed any more. */
export function dropFile(realm: Realm, hash: string): void {
  const url = realm.files.get(hash);
  realm.files.delete(hash);
  if (url?.startsWith("blob:")) URL.revokeObjectURL(url);
}

function once(asset: Asset, load: () => Promise<unknown>): Promise<unknown> {
  let done = scripts.get(asset.hash);
  if (!done) {
    done = new Promise((resolve) => resolve(load()));
    scripts.set(asset.hash, done);
    done.catch(() => scripts.delete(asset.hash)); // the next view may try again
  }
  return done;
}

function guard<E extends HTMLScriptElement | HTMLLinkElement>(node: E, asset: Asset): E {
  if (asset.integrity) Object.assign(node, { integrity: asset.integrity, crossOrigin: "anonymous" });
  return node;
}

function unreachable(asset: Asset): string {
  const why = /^https?:/.test(asset.name)
    ? "That address cannot be reached, or is not what was expected. Check it, and the network"
    : "The server may have been restarted. Reload the page";
  return `The asset ${asset.name} could not be loaded. ${why}.`;
}
