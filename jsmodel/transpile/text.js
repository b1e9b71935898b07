/** The methods of str that few pages need. Sent with the first code that uses one, as the body of a function of $py. */
if ($py.late.ascii) return; // another kernel of this page has brought it

const { STR, error, getitem, isInt, isPlain, keys, late, none, repr, typeError } = $py;
const { chr, index, strings } = late;

/** `ascii(x)`: the repr, without letters beyond ASCII. */
const ascii = (x) =>
  [...repr(x)].map((c) => {
    const code = c.codePointAt(0);
    if (code < 128) return c;
    const hex = code.toString(16);
    return code < 256 ? `\\x${hex.padStart(2, "0")}` : code < 65536 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
  }).join("");

function expandtabs(x, tabsize = 8) {
  const size = index(tabsize);
  let column = 0;
  let out = "";
  for (const c of x) {
    if (c === "\t") {
      const n = size > 0 ? size - (column % size) : 0;
      out += " ".repeat(n);
      column += n;
    } else {
      out += c;
      column = c === "\n" || c === "\r" ? 0 : column + 1;
    }
  }
  return out;
}

/** `str.maketrans(...)`. */
function maketrans(_, x, y = undefined, z = undefined) {
  const out = {};
  if (y === undefined) {
    if (!isPlain(x)) throw typeError("if you give only one argument to maketrans it must be a dict");
    for (const key of keys(x)) {
      if (typeof key === "string" && $py.len(key) !== 1) throw error("ValueError", "string keys in translate table must be of length 1");
      if (typeof key !== "string" && !isInt(key)) throw typeError("keys in translate table must be strings or integers");
      late.setitem(out, typeof key === "string" ? key.codePointAt(0) : key, getitem(x, key));
    }
    return out;
  }
  strings(x, y);
  const [from, to] = [[...x], [...y]];
  if (from.length !== to.length) throw error("ValueError", "the first two maketrans arguments must have equal length");
  for (const [i, c] of from.entries()) late.setitem(out, c.codePointAt(0), to[i].codePointAt(0));
  for (const c of z ?? "") late.setitem(out, c.codePointAt(0), null);
  return out;
}

function translate(x, table) {
  let out = "";
  for (const c of x) {
    let by;
    try {
      by = getitem(table, c.codePointAt(0));
    } catch (err) {
      if (!["KeyError", "IndexError", "LookupError"].includes(late.error_name(err))) throw err;
      by = c;
    }
    if (none(by)) continue;
    if (typeof by !== "string" && !isInt(by)) throw typeError("character mapping must return integer, None or str");
    if (typeof by !== "string" && (by < 0 || by > 0x10ffff)) throw error("ValueError", "character mapping must be in range(0x110000)");
    out += typeof by === "string" ? by : chr(by);
  }
  return out;
}

/** What letters become when only what they say counts. */
const casefold = (x) => [...x].map((c) => (c === "\u0130" ? "i\u0307" : /[\u13a0-\u13fd\uab70-\uabbf]/.test(c) ? c.toUpperCase().normalize() : c === "\u1e9e" ? "ss" : c.toUpperCase().toLowerCase().replaceAll("\u03c2", "\u03c3"))).join("");

// -- what letters are

const HAN = "\u{3405}\u{3483}\u{382a}\u{3b4d}\u{4e00}\u{4e03}\u{4e07}\u{4e09}\u{4e5d}\u{4e8c}\u{4e94}\u{4e96}\u{4ebf}-\u{4ec0}\u{4edf}\u{4ee8}\u{4f0d}\u{4f70}\u{5104}\u{5146}\u{5169}\u{516b}\u{516d}\u{5341}\u{5343}-\u{5345}\u{534c}\u{53c1}-\u{53c4}\u{56db}\u{58f1}\u{58f9}\u{5e7a}\u{5efe}-\u{5eff}\u{5f0c}-\u{5f0e}\u{5f10}\u{62fe}\u{634c}\u{67d2}\u{6f06}\u{7396}\u{767e}\u{8086}\u{842c}\u{8cae}\u{8cb3}\u{8d30}\u{9621}\u{9646}\u{964c}\u{9678}\u{96f6}\u{f96b}\u{f973}\u{f978}\u{f9b2}\u{f9d1}\u{f9d3}\u{f9fd}\u{20001}\u{20064}\u{200e2}\u{20121}\u{2092a}\u{20983}\u{2098c}\u{2099c}\u{20aea}\u{20afd}\u{20b19}\u{22390}\u{22998}\u{23b1b}\u{2626d}\u{2f890}";
const DIGIT = "\u{b2}-\u{b3}\u{b9}\u{1369}-\u{1371}\u{19da}\u{2070}\u{2074}-\u{2079}\u{2080}-\u{2089}\u{2460}-\u{2468}\u{2474}-\u{247c}\u{2488}-\u{2490}\u{24ea}\u{24f5}-\u{24fd}\u{24ff}\u{2776}-\u{277e}\u{2780}-\u{2788}\u{278a}-\u{2792}\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}";
const test = (pattern) => (x) => pattern.test(x);
const [lower, upper, lowerOrTitle, upperOrTitle, cased] = [/\p{Lowercase}/u, /\p{Uppercase}/u, /[\p{Lowercase}\p{Lt}]/u, /[\p{Uppercase}\p{Lt}]/u, /[\p{Lowercase}\p{Uppercase}\p{Lt}]/u].map(test);

/** The letters that are two in one, which have a form for the beginning of a word. */
const PAIRS = ["\u01c4\u01c5\u01c6", "\u01c7\u01c8\u01c9", "\u01ca\u01cb\u01cc", "\u01f1\u01f2\u01f3"];

/** A letter at the beginning of a word. */
function titled(c) {
  const pair = PAIRS.find((p) => p.includes(c));
  if (pair) return pair[1];
  const [first = "", ...rest] = c.toUpperCase();
  return rest.length ? first + rest.join("").toLowerCase() : first;
}

function capitalize(x) {
  const [first = "", ...rest] = x;
  return (first && titled(first)) + rest.join("").toLowerCase();
}

function title(x) {
  let inside = false;
  let out = "";
  for (const c of x) {
    out += inside ? c.toLowerCase() : titled(c);
    inside = cased(c);
  }
  return out;
}

function istitle(x) {
  let [inside, any] = [false, false];
  for (const c of x) {
    if (upperOrTitle(c)) {
      if (inside) return false;
      inside = any = true;
    } else if (lower(c)) {
      if (!inside) return false;
    } else inside = false;
  }
  return any;
}

/** Lines, with what ends them where that is wanted. */
const splitlines = (x, keepends = false) =>
  (x.match(new RegExp(`[^${late.LINE}]*(?:\\r\\n|[${late.LINE}])|[^${late.LINE}]+$`, "gs")) ?? []).map((line) =>
    $py.truth(keepends) ? line : line.replace(new RegExp(`(?:\\r\\n|[${late.LINE}])$`), ""),
  );

Object.assign(STR, {
  capitalize,
  isalnum: test(new RegExp(`^[\\p{L}\\p{N}${HAN}]+$`, "u")),
  isalpha: test(/^\p{L}+$/u),
  isdecimal: test(/^\p{Nd}+$/u),
  isdigit: test(new RegExp(`^[\\p{Nd}${DIGIT}]+$`, "u")),
  islower: (x) => lower(x) && !upperOrTitle(x),
  isnumeric: test(new RegExp(`^[\\p{N}${HAN}]+$`, "u")),
  istitle,
  isupper: (x) => upper(x) && !lowerOrTitle(x),
  splitlines,
  swapcase: (x) => [...x].map((c) => (upper(c) ? c.toLowerCase() : lower(c) ? c.toUpperCase() : c)).join(""),
  title,
  casefold,
  expandtabs,
  isascii: (x) => /^[\0-\x7f]*$/.test(x),
  isidentifier: (x) => /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(x),
  isprintable: (x) => !/[\p{C}\p{Z}]/u.test(x.replaceAll(" ", "")),
  translate,
});
late.statics.str = { maketrans };

Object.assign(late, { ascii });
