/** The look of a model that is no widget. */

import { element } from "./element";
import { withOrigin } from "./loop";
import type { Model } from "./model";
import { repr, str } from "./py";
import { styleSheet } from "./style";

const CSS = `
.jsm-panel { display: inline-grid; grid-template-columns: auto minmax(8em, 16em); gap: 4px 12px; padding: 8px 12px; border: 1px solid var(--jp-border-color2, var(--jsm-line)); border-radius: 6px; align-items: center; }
.jsm-panel-title { grid-column: 1 / -1; font-weight: 600; }
.jsm-panel label { display: contents; }
.jsm-input { font: inherit; color: inherit; background: var(--jsm-field); border: 1px solid var(--jsm-line); border-radius: 4px; padding: 3px 7px; min-width: 0; }
.jsm-input[type=checkbox] { justify-self: start; }
.jsm-input:focus-visible { outline: 2px solid var(--jsm-blue); outline-offset: -1px; }
.jsm-input:invalid { border-color: var(--jsm-red); }
`;

/** A model without a node of its own shows its properties; those that can be set can be edited. */
export function panel(model: Model, undo: (() => void)[]): HTMLElement {
  styleSheet("jsmodel-panel", CSS);
  const table = element("div", "jsm-panel");
  const title = element("div", "jsm-panel-title");
  title.textContent = model._jsm_title();
  table.append(title);
  const values = model as unknown as Record<string, unknown>;
  for (const prop of model._jsm_class.props.values()) {
    if (prop.side !== "both" || prop.name.startsWith("_")) continue;
    const { name } = prop;
    const label = element("label");
    const caption = element("span");
    caption.textContent = name;
    const value = values[name];
    const editable = !prop.readonly && ["number", "string", "boolean"].includes(typeof value);
    const field = editable ? element("input", "jsm-input") : element("output");
    const show = (): void => {
      const now = values[name];
      if (!(field instanceof HTMLInputElement)) field.textContent = py_text(now);
      else if (field.type === "checkbox") field.checked = !!now;
      else if (document.activeElement !== field || field.value !== String(now)) field.value = py_text(now, true);
    };
    if (field instanceof HTMLInputElement) {
      field.type = typeof value === "boolean" ? "checkbox" : typeof value === "number" ? "number" : "text";
      if (field.type === "number") field.step = "any";
      const set = (): void => {
        const now = field.type === "checkbox" ? field.checked : field.type === "number" ? field.valueAsNumber : field.value;
        if (typeof now === "number" && Number.isNaN(now)) return;
        try {
          withOrigin("user", () => {
            values[name] = now;
          });
          field.setCustomValidity("");
        } catch (err) {
          field.setCustomValidity(String((err as Error).message));
        }
        field.reportValidity();
      };
      field.oninput = set;
      field.onchange = () => {
        set();
        show();
      };
    }
    show();
    const handler = model.connect(name, show);
    undo.push(() => handler.dispose());
    label.append(caption, field);
    table.append(label);
  }
  return table;
}

/** How a value reads. `bare`: without quotes, as in an input field. */
function py_text(value: unknown, bare = false): string {
  const text = bare ? str(value) : repr(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
