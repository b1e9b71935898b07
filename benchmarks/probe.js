// Put into each page before its own scripts. Moves the slider as a hand does, and times how long the label takes to follow.
// `window.__parts` has the selectors of the slider, the label and the button.
window.__probe = (() => {
  const part = (name) => document.querySelector(window.__parts[name]);
  const label = () => part("label")?.textContent ?? null;
  let moves = 0;

  function move() {
    const slider = part("slider");
    slider.value = String(++moves);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** When the label's text passes `test`: the time of the page. */
  function until(test, patience = 20000) {
    return new Promise((resolve, reject) => {
      const observer = new MutationObserver(look);
      const timer = setTimeout(() => { observer.disconnect(); reject(new Error(`the label stays at ${label()}`)); }, patience);
      function look() {
        const text = label();
        if (text === null || !test(text)) return;
        const now = performance.now();
        observer.disconnect();
        clearTimeout(timer);
        resolve(now);
      }
      observer.observe(document, { subtree: true, childList: true, characterData: true });
    });
  }

  /** Back to back: each change starts when the one before has come back. */
  async function trips(count) {
    const times = [];
    for (let i = 0; i < count; i++) {
      const came = until((text) => text === `v${moves}`);
      const start = performance.now();
      move();
      times.push((await came) - start);
    }
    return times;
  }

  async function burst(last) {
    const came = until((text) => text === last);
    const start = performance.now();
    part("button").click();
    return (await came) - start;
  }

  // From the start of the page to the first round trip: the slider is moved as soon as it is there, and again until the label follows.
  const load = new Promise((resolve, reject) => {
    function begin() {
      if (!part("slider") || label() === null) {
        if (performance.now() > 20000) reject(new Error(`no slider came: ${document.body?.innerText}`));
        else setTimeout(begin, 1);
        return;
      }
      const times = { visible: performance.now(), live: null };
      const first = label();
      until((text) => text !== first).then((now) => {
        times.live = now;
        resolve(times);
      }, reject);
      (function again() {
        if (times.live !== null) return;
        move();
        setTimeout(again, 20);
      })();
    }
    document.addEventListener("DOMContentLoaded", begin);
  });
  return { trips, burst, load };
})();
