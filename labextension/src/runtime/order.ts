/** The order of text: Python's is that of code points, the one of JS that of units, where U+10000 comes before U+E000. */

const HIGH = /[\ud800-\uffff]/;
const shifted = (text: string): string =>
  text.replace(/[\ud800-\uffff]/g, (c) => String.fromCharCode(c.charCodeAt(0) + (c < "\ue000" ? 0x2000 : -0x800)));

/** `a < b`. */
export const before = (a: string, b: string): boolean => (HIGH.test(a) && HIGH.test(b) ? shifted(a) < shifted(b) : a < b);
