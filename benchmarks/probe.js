// Put into each page before its own scripts. Moves the slider as a hand does, and times how long the label takes to follow.
// `window.__parts` says where things are: `slider`, `label`, `button` (selectors, looked for in shadow trees too), `key` (whether the
// slider is moved by the arrow key rather than as an <input>), and `manual` (nothing happens before it is asked for).
window.__probe = (() => {
  const parts = window.__parts;
  const TEXT = /^\s*[vb]\d+\s*$/;
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  let moves = 0;
  let shown = null; // the label's element

  function* trees(root = document) {
    yield root;
    if (!parts.shadow) return;
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) yield* trees(element.shadowRoot);
  }
  function* all(selector) {
    for (const tree of trees()) yield* tree.querySelectorAll(selector);
  }
  const slider = () => all(parts.slider).next().value;

  function label() {
    if (shown?.isConnected && TEXT.test(shown.textContent)) return shown.textContent.trim();
    shown = null;
    for (const element of all(parts.label)) {
      if (TEXT.test(element.textContent)) {
        shown = element;
        return element.textContent.trim();
      }
    }
    return null;
  }

  function move() {
    const element = slider();
    moves += 1;
    if (parts.key) {
      const key = { key: "ArrowRight", code: "ArrowRight", keyCode: 39, which: 39, bubbles: true, composed: true, cancelable: true };
      element.dispatchEvent(new KeyboardEvent("keydown", key));
      element.dispatchEvent(new KeyboardEvent("keyup", key));
    } else {
      element.value = String(moves);
      element.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  /** When the label's text passes `test`: the time of the page. */
  function until(test, patience = 30000) {
    return new Promise((resolve, reject) => {
      const observer = new MutationObserver(look);
      const timer = setTimeout(() => { observer.disconnect(); reject(new Error(`the label stays at ${label()}`)); }, patience);
      const watched = new Set();
      function watch() {
        for (const tree of trees()) {
          if (watched.has(tree)) continue;
          watched.add(tree);
          observer.observe(tree, { subtree: true, childList: true, characterData: true });
        }
      }
      function look() {
        if (!shown?.isConnected) watch(); // a tree may be new
        const text = label();
        if (text === null || !test(text)) return;
        const now = performance.now();
        observer.disconnect();
        clearTimeout(timer);
        resolve(now);
      }
      watch();
    });
  }

  /** Back to back: each change starts when the one before has come back; or `gap` ms later. */
  async function trips(count, gap = 0) {
    const times = [];
    for (let i = 0; i < count; i++) {
      if (gap) await sleep(gap);
      const old = label();
      const came = until((text) => text !== old);
      const start = performance.now();
      move();
      times.push((await came) - start);
    }
    return times;
  }

  /** From `start()` until the label shows `last`. */
  async function burst(last, start = () => [...all(parts.button)].find((b) => /burst/i.test(b.textContent)).click()) {
    const came = until((text) => text === last, 45000);
    const begun = performance.now();
    start();
    return (await came) - begun;
  }

  /** From the start of the page to the first round trip: the slider is moved as soon as it is there, and again until the label follows. */
  const load = () => new Promise((resolve, reject) => {
    (function begin() {
      const there = slider();
      if (!there || label() === null || !there.getBoundingClientRect().width) {
        if (performance.now() > 30000) reject(new Error(`no slider came: ${document.body?.innerText}`));
        else setTimeout(begin, 1);
        return;
      }
      const times = { visible: performance.now(), live: null };
      const first = label();
      if (parts.quiet) return resolve(times);
      until((text) => text !== first).then((now) => {
        times.live = now;
        resolve(times);
      }, reject);
      (function again() {
        if (times.live !== null) return;
        move();
        setTimeout(again, 20);
      })();
    })();
  });
  const loaded = parts.manual ? null : new Promise((resolve, reject) => {
    document.addEventListener("DOMContentLoaded", () => load().then(resolve, reject));
  });
  return { trips, burst, label, slider, loaded, sleep };
})();
