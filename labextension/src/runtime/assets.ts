/** Puts assets into the page: scripts, ES modules, styles, and files under an address of their own. */

import { evaluate, type Realm } from "./modules";
import type { Asset } from "./protocol";

const styles = new Map<string, { node: HTMLElement; users: number }>();
const scripts = new Map<string, Promise<unknown>>(); // what changes the page as a whole, and ES modules: by hash

/** A style sheet, once for the page. Returns what lets go of it again. */
export function addStyle(asset: Asset): () => void {
  if (typeof document === "undefined") return () => undefined;
  const style = styles.get(asset.hash) ?? { node: styleNode(asset), users: 0 };
  styles.set(asset.hash, style);
  style.users++;
  return () => {
    if (--style.users) return;
    style.node.remove();
    styles.delete(asset.hash);
  };
}

function styleNode(asset: Asset): HTMLElement {
  let node: HTMLElement;
  if (asset.url) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: asset.url });
    link.onerror = () => console.error(`[jsmodel] ${unreachable(asset)}`);
    node = guard(link, asset);
  } else {
    node = document.createElement("style");
    node.textContent = asset.code ?? "";
  }
  node.dataset.jsmodel = asset.name;
  document.head.append(node);
  return node;
}

/** A script with an address; those that are added one after the other run in that order. */
export function loadScript(asset: Asset): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const script = guard(document.createElement("script"), asset);
    script.src = asset.url as string;
    script.async = false;
    script.onload = resolve;
    script.onerror = () => reject(new Error(unreachable(asset)));
    document.head.append(script);
  });
}

/** A library: the first client that needs it runs it for the page. */
export function runOnce(asset: Asset, realm: Realm): Promise<unknown> {
  return once(asset, () => {
    if (asset.code === undefined) return loadScript(asset);
    evaluate(realm, asset.code, asset.name);
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
    return import(/* webpackIgnore: true */ url).catch((err) => {
      if (err instanceof SyntaxError) throw err;
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
  const why = /^https?:/.test(asset.url ?? "")
    ? `It lies at ${asset.url}, which cannot be reached, or is not what was expected. Check the address, and the network`
    : "The server may have been restarted. Reload the page";
  return `The asset ${asset.name} could not be loaded. ${why}.`;
}
