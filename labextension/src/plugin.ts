/** The JupyterLab and Notebook extension. The only file, with hub.ts, transports/comm.ts and transports/lane.ts, that knows Jupyter. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { DocumentRegistry } from "@jupyterlab/docregistry";
import { type IRenderMime, IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { Widget } from "@lumino/widgets";
import { hubOf, type ViewData } from "./hub";
import * as core from "./runtime";

type ISessionContext = DocumentRegistry.Context["sessionContext"];

const MIME = "application/vnd.jsmodel.view+json";

/** One output: shows what was stored, then the live model. */
class ViewRenderer extends Widget implements IRenderMime.IRenderer {
  #context: ISessionContext | null;
  #data: ViewData | null = null;
  #stored: Node | null = null;
  #view: core.View | null = null;
  #release: (() => void) | null = null;
  #offline = new core.ClientSession();

  constructor(context: ISessionContext | null) {
    super();
    this.#context = context;
    this.addClass("jsm-output");
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const data = model.data[MIME] as unknown as ViewData;
    if (this.#data && data.id === this.#data.id && data.session === this.#data.session) return;
    this.#drop(false);
    this.#data = data;
    const html = model.data["text/html"];
    const text = Array.isArray(html) ? html.join("") : String(html ?? "");
    // Only the static part, and nothing in it runs: a document of DOMParser has no scripts.
    this.#stored = new DOMParser().parseFromString(text, "text/html").querySelector(".jsm-static");
    if (data.kind === "view") this.#show(this.#offline);
    else this.node.replaceChildren();
    this.#attach();
  }

  protected override onAfterAttach(): void {
    this.#attach();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#context?.kernelChanged.disconnect(this.#attach, this);
    this.#drop(true);
    super.dispose();
  }

  /** Attach to the live model, as soon as there is a kernel. */
  #attach(): void {
    const data = this.#data;
    if (!data || this.#release || this.isDisposed) return;
    this.#context ??= contextOf(this);
    const kernel = this.#context?.session?.kernel;
    if (!kernel) {
      this.#context?.kernelChanged.disconnect(this.#attach, this);
      this.#context?.kernelChanged.connect(this.#attach, this);
      return;
    }
    const hub = hubOf(kernel);
    if (data.kind !== "view" || data.id === undefined) {
      // The output of init_notebook(): a line that says how the connection is.
      const { client, release } = hub.connection();
      const line = new core.StatusLine(client, "jsmodel is connected to this kernel.");
      this.#release = () => {
        line.dispose();
        release();
      };
      this.node.replaceChildren(line.node);
      return;
    }
    const { client, release, taken } = hub.clientFor(data.id, () => {
      this.#release?.();
      this.#release = null;
      this.#attach();
    });
    this.#release = release;
    this.#view?.dispose(false);
    this.#show(client, taken);
  }

  #show(session: core.ClientSession, taken: () => void = () => undefined): void {
    const data = this.#data as ViewData;
    this.#view = new core.View(session, data.id ?? null, data.session);
    this.#view.taken = taken;
    if (this.#stored) this.#view.placeholder(this.#stored.cloneNode(true));
    this.node.replaceChildren(this.#view.node);
  }

  #drop(person: boolean): void {
    this.#view?.dispose(person);
    this.#view = null;
    this.#release?.();
    this.#release = null;
  }
}

/** The session context of the panel that a widget is in: a notebook's, or a console's. */
function contextOf(widget: Widget): ISessionContext | null {
  for (let parent = widget.parent; parent; parent = parent.parent) {
    const { sessionContext } = parent as Partial<{ sessionContext: ISessionContext }>;
    if (sessionContext) return sessionContext;
  }
  return null;
}

function factory(context: ISessionContext | null): IRenderMime.IRendererFactory {
  // Not safe: in a notebook that is not trusted, JupyterLab shows the text/html, without scripts.
  return { safe: false, mimeTypes: [MIME], defaultRank: -20, createRenderer: () => new ViewRenderer(context) };
}

/**
 * Keys pressed in a view are the view's: arrows move its slider, and not the notebook's cursor.
 * Combinations, Shift+Enter and Escape stay JupyterLab's.
 */
function keepKeys(event: KeyboardEvent): void {
  const target = event.target as Element | null;
  if (!target?.closest?.(".jsm-view")) return;
  const theirs = event.ctrlKey || event.metaKey || event.altKey || event.key === "Escape" || (event.key === "Enter" && event.shiftKey);
  target.toggleAttribute("data-lm-suppress-shortcuts", !theirs); // it counts on the target itself only
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: "jsmodel:plugin",
  description: "Shows jsmodel's models, alive.",
  autoStart: true,
  requires: [IRenderMimeRegistry],
  activate: (app: JupyterFrontEnd, rendermime: IRenderMimeRegistry) => {
    (globalThis as { jsmodel?: object }).jsmodel ??= { module: core.module, View: core.View }; // for the code that comes
    window.addEventListener("keydown", keepKeys, true); // on the window: before JupyterLab, which listens on the document
    rendermime.addFactory(factory(null)); // consoles, and whatever else shows outputs
    app.docRegistry.addWidgetExtension("Notebook", {
      createNew(panel: Widget, context: DocumentRegistry.Context): undefined {
        // Runs before the outputs render. The registry of a panel is its own.
        const { content } = panel as unknown as { content: { rendermime: IRenderMimeRegistry } };
        content.rendermime.addFactory(factory(context.sessionContext));
      },
    });
  },
};

export default plugin;
