/** Shows a model on the page, with the state of its connection and its errors. */

import { element } from "./element";
import type { Model } from "./model";
import { panel } from "./panel";
import type { ClientSession, ErrorNote, Status } from "./session";
import { styleSheet } from "./style";

const WORDS: Record<Status, string> = {
  connecting: "Connecting to Python …",
  live: "",
  busy: "Python is busy; what you do here is kept and sent when it is free.",
  disconnected: "The connection to Python was lost. Trying again …",
  ended: "The connection to Python has ended.",
  static: "",
  error: "",
};

/** Something that has a DOM node of its own, as all widgets do. */
interface Widget extends Model {
  node: HTMLElement;
}

const isWidget = (model: Model): model is Widget => (model as Partial<Widget>).node instanceof HTMLElement;

/** One view of one model: in a notebook's output, or the whole of a page. */
export class View {
  readonly node: HTMLElement;
  /** Called when another view of the same client has taken the model's node: a box that it shows has got it. */
  taken: () => void = () => undefined;
  #content = element("div", "jsm-content");
  #status = element("div", "jsm-status");
  #errors = element("div", "jsm-errors");
  #model: Model | null = null;
  #undo: (() => void)[] = [];
  #announced = false;
  #failed = false; // the model could not be made
  #disposed = false;

  /**
   * @param session where the model lives
   * @param id of the model; null is the session's root
   * @param owner the session that the view was stored with: another one's models are others
   */
  constructor(
    readonly session: ClientSession,
    readonly id: string | null,
    readonly owner: string | null = null,
  ) {
    styleSheet();
    this.node = element("div", "jsm-view");
    this.#status.setAttribute("role", "status");
    this.node.append(this.#content, this.#errors, this.#status);
    const update = (): void => this.#update();
    const note = (error: ErrorNote): void => this.#note(error);
    session.watchers.add(update);
    const mended = (of: string): void => {
      for (const each of [...this.#errors.children] as HTMLElement[]) if (each.dataset.model === of) each.remove();
    };
    session.errorWatchers.add(note);
    session.mendWatchers.add(mended);
    this.#undo.push(
      () => session.mendWatchers.delete(mended),
      () => session.watchers.delete(update),
      () => session.errorWatchers.delete(note),
    );
    const unmade = session.unmade.get(id ?? session.root ?? "");
    if (unmade && (owner === null || owner === session.id)) this.#note(unmade);
    this.#update();
  }

  /** The model that is shown, once it is there. */
  get model(): Model | null {
    return this.#model;
  }

  /** Show this HTML until the model is there: what was stored. */
  placeholder(node: Node): void {
    if (!this.#model) this.#content.replaceChildren(node);
  }

  /** Take it off the page. `person`: because somebody wanted it gone, not because the page goes. */
  dispose(person = true): void {
    if (person && this.#announced && this.#model) this.session.viewed(this.#model.id, false);
    for (const undo of this.#undo) undo();
    this.#undo = [];
    this.#disposed = true;
    this.#content.replaceChildren(); // another view of this client may want the node
    this.node.remove();
  }

  /** The model's node is there no more. A box that nobody sees gives it back. */
  #missing(model: Widget): void {
    const gone = (): boolean =>
      !this.#disposed && model === this.#model && this.session.models.get(model.id) === model && model.node.parentNode !== this.#content;
    if (gone() && model.node.closest(".jsm-view")) this.taken();
    if (gone() && !model.node.closest(".jsm-view")) this.#content.replaceChildren(model.node);
  }

  #update(): void {
    const { session } = this;
    if (this.#disposed) return;
    const id = this.id ?? session.root;
    const foreign = this.owner !== null && session.id !== null && session.id !== this.owner;
    const model = id === null || foreign ? undefined : session.models.get(id);
    const gone = session.settled && (foreign || !model);
    const broken = this.#failed && !model;
    this.node.dataset.status = broken ? "error" : gone ? "ended" : session.status;
    const lost = foreign
      ? "The kernel was restarted since this was made. Run its cell again."
      : "This model no longer exists in Python. Run its cell again.";
    const words = broken ? "This view could not be made; the error above says why." : gone ? lost : session.reason || WORDS[session.status];
    if (this.#status.textContent !== words) this.#status.textContent = words;
    if (!model || model === this.#model) return;
    this.#model = model;
    this.#content.replaceChildren(isWidget(model) ? model.node : panel(model, this.#undo));
    if (isWidget(model)) {
      const observer = new MutationObserver(() => this.#missing(model));
      observer.observe(this.#content, { childList: true });
      this.#undo.push(() => observer.disconnect());
    }
    if (session.status !== "static") {
      session.viewed(model.id, true);
      this.#announced = true;
    }
  }

  /** Whether the model of an error is shown here. */
  #concerns(id: string | null): boolean {
    if (id === null || id === (this.#model?.id ?? this.id ?? this.session.root)) return true;
    const model = this.session.models.get(id);
    return !!model && (isWidget(model) && model.node.isConnected ? this.node.contains(model.node) : true);
  }

  #note(error: ErrorNote): void {
    if (!this.#concerns(error.id)) return;
    if (!this.#model && error.id !== null && error.id === (this.id ?? this.session.root)) {
      this.#failed = true;
      this.#update();
    }
    if (error.of) {
      const text = this.#errors.querySelector(`[data-number="${error.of}"] pre`);
      if (text) text.textContent = error.text;
      return;
    }
    const last = this.#errors.lastElementChild as HTMLDetailsElement | null;
    if (last && last.dataset.text === error.text) {
      last.dataset.number = String(error.number);
      const count = Number(last.dataset.count ?? 1) + 1;
      last.dataset.count = String(count);
      (last.querySelector(".jsm-count") as HTMLElement).textContent = ` ×${count}`;
      return;
    }
    const details = element("details", "jsm-error");
    details.dataset.text = error.text;
    if (error.id !== null) details.dataset.model = error.id;
    details.dataset.number = String(error.number);
    const summary = element("summary");
    const close = element("button", "jsm-close");
    close.type = "button";
    close.textContent = "✕";
    close.ariaLabel = "Dismiss this error";
    close.onclick = (event) => {
      event.preventDefault();
      details.remove();
    };
    summary.append(error.title, element("span", "jsm-count"), close);
    const text = element("pre");
    text.textContent = error.text;
    details.append(summary, text);
    this.#errors.append(details);
    while (this.#errors.childElementCount > 5) this.#errors.firstElementChild?.remove();
  }
}

/** One line that says how the connection is. */
export class StatusLine {
  readonly node = element("div", "jsm-view jsm-line");
  #undo: () => void;

  constructor(session: ClientSession, live: string) {
    styleSheet();
    const status = element("div", "jsm-status");
    status.setAttribute("role", "status");
    this.node.append(status);
    const update = (): void => {
      this.node.dataset.status = session.status;
      status.textContent = session.reason || WORDS[session.status] || live;
    };
    session.watchers.add(update);
    this.#undo = () => session.watchers.delete(update);
    update();
  }

  dispose(): void {
    this.#undo();
    this.node.remove();
  }
}
