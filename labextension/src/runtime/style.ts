/**
 * The look of what every page has: the theme, the state of the connection, errors.
 * Colours come from JupyterLab where there is one, and follow the system's scheme elsewhere.
 */

const CSS = `
:root {
  --jsm-light: #fff; --jsm-ink: #1f2328; --jsm-dim: #59636e; --jsm-line: #c3c9d0; --jsm-field: #fff; --jsm-hover: #eef1f4;
  --jsm-blue: #0b66d0; --jsm-on-blue: #fff; --jsm-red: #c4221c; --jsm-red-bg: #fdebea; --jsm-track: #d0d7de;
}
@media (prefers-color-scheme: dark) { :root:not(:has(body[data-jp-theme-light='true'])) {
  --jsm-light: #16191d; --jsm-ink: #e6e9ed; --jsm-dim: #9aa4af; --jsm-line: #4a525c; --jsm-field: #20252b; --jsm-hover: #2b3138;
  --jsm-blue: #58a6ff; --jsm-on-blue: #0b1118; --jsm-red: #ff7b72; --jsm-red-bg: #3a1d1d; --jsm-track: #454d57;
} }
:root:has(body[data-jp-theme-light='false']) {
  --jsm-light: #111; --jsm-ink: #e6e9ed; --jsm-dim: #9aa4af; --jsm-line: #5a636d; --jsm-field: #22272d; --jsm-hover: #2f363d;
  --jsm-blue: #58a6ff; --jsm-on-blue: #0b1118; --jsm-red: #ff7b72; --jsm-red-bg: #3a1d1d; --jsm-track: #545d68;
}
.jsm-page { margin: 0; background: var(--jsm-light); color: var(--jsm-ink); }
.jsm-page > .jsm-view { box-sizing: border-box; min-height: 100vh; padding: 16px; }
.jsm-view {
  color: var(--jp-ui-font-color1, var(--jsm-ink)); font: 14px/1.45 var(--jp-ui-font-family, system-ui, sans-serif);
  position: relative; padding: 4px 2px; container-type: inline-size;
}
.jsm-view *, .jsm-view *::before { box-sizing: border-box; }
.jsm-content { transition: opacity .2s, filter .2s; }
.jsm-view:is([data-status=ended], [data-status=disconnected]) > .jsm-content { opacity: .55; filter: grayscale(1); }
.jsm-status:empty { display: none; }
.jsm-status { margin-top: 6px; font-size: 12px; color: var(--jp-ui-font-color2, var(--jsm-dim)); display: flex; gap: 6px; align-items: baseline; }
.jsm-status::before { content: ''; flex: none; width: 7px; height: 7px; border-radius: 50%; background: currentColor; }
.jsm-view:is([data-status=connecting], [data-status=disconnected]) > .jsm-status::before { animation: jsm-pulse 1s infinite alternate; }
.jsm-page > .jsm-view > .jsm-status { position: sticky; bottom: 0; padding: 4px 0; background: var(--jsm-light); }
@keyframes jsm-pulse { to { opacity: .2; } }
@media (prefers-reduced-motion: reduce) { .jsm-status::before { animation: none !important; } .jsm-content { transition: none; } }
.jsm-view:is([data-status=ended], [data-status=error]) > .jsm-status::before { background: var(--jsm-red); }
.jsm-view[data-status=live] > .jsm-status::before { background: #2da44e; }
.jsm-line { padding: 2px 0; } .jsm-line > .jsm-status { margin: 0; }
.jsm-error { margin-top: 6px; border-left: 3px solid var(--jsm-red); background: var(--jsm-red-bg); color: var(--jsm-ink); border-radius: 3px; font-size: 12px; }
.jsm-error summary { padding: 5px 30px 5px 9px; cursor: pointer; position: relative; overflow-wrap: anywhere; }
.jsm-error summary:focus-visible, .jsm-close:focus-visible { outline: 2px solid var(--jsm-blue); outline-offset: 1px; }
.jsm-view .jsm-error pre { margin: 0; padding: 4px 9px 8px; overflow: auto; max-height: 300px; font: 12px/1.4 var(--jp-code-font-family, ui-monospace, monospace); background: none; color: inherit; }
.jsm-close { position: absolute; right: 4px; top: 3px; border: 0; background: none; color: inherit; cursor: pointer; padding: 2px 6px; font-size: 12px; }
.jsm-count { font-weight: 600; }
`;

/** Put a style sheet on the page, once. */
export function styleSheet(id = "jsmodel-style", css = CSS): void {
  if (document.getElementById(id)) return;
  const style = document.createElement("style");
  style.id = id;
  style.textContent = css;
  document.head.prepend(style);
}
