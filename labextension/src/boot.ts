/** Puts `jsmodel` on the window of a page that is not JupyterLab, and starts what the page holds. */

import * as core from "./runtime";

/** What the page's config, inert JSON in `#jsmodel-config`, says of its scripts and files. */
export interface Config {
  loaded?: string[];
  files?: Record<string, string>;
}

/** What the page's other scripts find under `jsmodel`. */
export const face = { module: core.module, View: core.View };

/**
 * @param jsmodel `face`, or that and more
 * @param start called with the page's session and config, when the page is there and its assets are loaded
 * @param otherwise called if the page has no config
 */
export function boot<C extends Config>(
  jsmodel: object,
  start: (session: core.ClientSession, config: C) => void,
  otherwise: () => void = () => undefined,
): void {
  // A page may hold several copies of this script, one for each output that needs it: the first one serves all.
  const holder = globalThis as { jsmodel?: object };
  if (holder.jsmodel) return;
  holder.jsmodel = jsmodel;
  if (typeof document === "undefined") return;
  const text = document.getElementById("jsmodel-config")?.textContent;
  if (!text) {
    otherwise();
    return;
  }
  const config = JSON.parse(text) as C;
  const session = new core.ClientSession();
  core.enter(session.realm); // the scripts of the page's assets come next, before DOMContentLoaded
  session.located(config.files ?? {});
  session.loaded(config.loaded ?? []);
  const run = (): void => {
    const view = new core.View(session, null);
    const picture = document.querySelector(".jsm-static");
    if (picture) view.placeholder(picture);
    document.body.prepend(view.node);
    start(session, config);
  };
  if (document.readyState === "complete") run();
  else addEventListener("DOMContentLoaded", run, { once: true });
}
