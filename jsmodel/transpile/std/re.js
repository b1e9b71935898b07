/**
 * Python's `re`: patterns are parsed as Python parses them, and written as JS patterns that mean the same.
 * What JS patterns cannot mean raises re.error.
 */
const { chars, error, late, len, none, put, repr, SPACE, tuple_, typeError, typeName } = $py;

const [I, L, M, S, U, X, A] = [2, 4, 8, 16, 32, 64, 256];
const LETTERS = { i: I, m: M, s: S, u: U, x: X, a: A, L };

const PatternError = late.cls(late.exception("Exception"), {
  name: "re:error",
  label: "error",
  methods: {
    __init__(msg, pattern = null, pos = null) {
      let text = msg;
      Object.assign(this, { msg, pattern, pos, lineno: null, colno: null });
      if (pattern !== null && pos !== null) {
        const before = [...pattern].slice(0, pos);
        this.lineno = before.filter((c) => c === "\n").length + 1;
        this.colno = pos - before.lastIndexOf("\n");
        text = `${msg} at position ${pos}${pattern.includes("\n") ? ` (line ${this.lineno}, column ${this.colno})` : ""}`;
      }
      Object.defineProperty(this, "args", { value: tuple_(text), writable: true, configurable: true });
    },
  },
});

// -- translating

const WORD = ["\\p{L}\\p{N}_", "a-zA-Z0-9_"];
const SETS = { d: ["\\p{Nd}", "0-9"], w: WORD, s: [SPACE, "\\t-\\r "] };
const CONTROL = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v", a: "\x07" };
const ENDLESS = Infinity;
const literal = (c) => (/[a-zA-Z0-9_]/.test(c) || c > "\x7f" ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);

/**
 * What a Python pattern is in JS.
 * @param longer whether it shall match only what is not empty
 */
function translate(pattern, flags, longer) {
  const all = [...pattern];
  let at = 0;
  let used = longer ? 1 : 0; // capturing groups of JS
  const groups = []; // by number - 1: {name, js, closed, open, path}
  const names = new Map();
  const order = []; // the numbers of the groups, as they close
  let path = []; // the alternatives and repetitions around

  const fail = (msg, pos = at) => {
    throw new PatternError(msg, pattern, Math.max(0, Math.min(pos, all.length)));
  };
  const cannot = (what, pos) => fail(`${what} is not known in the browser`, pos);

  // Flags for the whole stand at its beginning.
  if (all[0] === "(" && all[1] === "?") {
    const head = /^\(\?([aiLmsux]+)\)/.exec(pattern);
    if (head) {
      for (const c of head[1]) flags |= LETTERS[c];
      at = head[0].length;
    }
  }
  if (flags & L) fail("re.LOCALE is for bytes patterns", 0);
  if (flags & A && flags & U) throw error("ValueError", "ASCII and UNICODE flags are incompatible");
  if (flags & A && flags & I) cannot("re.ASCII together with re.IGNORECASE", 0);
  if (!(flags & A)) flags |= U;
  const ascii = flags & A ? 1 : 0;

  const node = (text, low, high = low) => ({ text, low, high });

  function alternatives(mode) {
    const parts = [];
    const outer = path;
    const place = { branch: 0 };
    for (;;) {
      path = [...outer, [place, place.branch++]];
      parts.push(sequence(mode));
      if (all[at] !== "|") break;
      at++;
    }
    path = outer;
    if (parts.length === 1) {
      // No choice after all: what is in it is sure to be met.
      for (const g of groups) g.path = g.path.filter(([p]) => p !== place);
      return parts[0];
    }
    const low = Math.min(...parts.map((p) => p.low));
    return { ...node(parts.map((p) => p.text).join("|"), low, Math.max(...parts.map((p) => p.high))), odd: low === 0 || parts.some((p) => p.odd) };
  }

  /** Skip what a verbose pattern is laid out with. */
  function blank() {
    const begin = at;
    while (at < all.length && /[ \t\n\r\f\v#]/.test(all[at])) {
      if (all[at] === "#") while (at < all.length && all[at] !== "\n") at++;
      else at++;
    }
    return at > begin;
  }

  function sequence(mode) {
    const out = node("", 0);
    while (at < all.length && all[at] !== "|" && all[at] !== ")") {
      if (mode & X && blank()) continue;
      const begin = at;
      const before = groups.length;
      const hidden = { repeated: false, optional: false };
      const outer = path;
      path = [...outer, [hidden, 0]];
      const taken = used;
      let part = atom(mode);
      path = outer;
      if (part === null) continue;
      if (mode & X) blank();
      const where = at;
      const times = repetition(() => part.still && fail("nothing to repeat", where));
      if (times) {
        hidden.repeated = times.high > 1;
        hidden.optional = times.low === 0;
        if (hidden.repeated) skipped(groups.slice(before), hidden, begin);
        const nothing = part.low === 0; // JS does not count a round in which nothing is met
        if (nothing && hidden.repeated && (part.odd || groups.length > before)) cannot("a repetition of what may be empty", begin);
        let text = `(?:${part.text})${times.text}${times.lazy ? "?" : ""}`;
        if (nothing && times.text === "?") text = times.lazy ? `(?:|${part.text})` : `(?:${part.text}|)`;
        if (times.possessive) text = once(text, taken);
        const odd = part.odd || !!times.lazy;
        part = { ...node(text, part.low * times.low, part.high && times.high ? part.high * times.high : 0), odd };
      }
      out.odd ||= part.odd;
      out.text += part.text;
      out.low += part.low;
      out.high += part.high;
    }
    return out;
  }

  /** JS forgets what a group has met when a repetition comes round again, and Python does not. */
  function skipped(inside, loop, begin) {
    for (const g of inside) {
      const within = g.path.slice(g.path.findIndex(([p]) => p === loop) + 1);
      if (within.some(([p]) => p.branch !== undefined || p.optional)) cannot("a group that may be skipped inside of a repetition", begin);
    }
  }

  /** The text of a part that does not give back what it took. */
  function once(text, before) {
    // Its own group comes first: those inside would move up by one.
    if (used > before) cannot("a group inside of an atomic or possessive part", at);
    return `(?:(?=(${text}))\\${++used})`;
  }

  function repetition(check) {
    let times;
    const c = all[at];
    if (c === "*") times = { low: 0, high: ENDLESS, text: "*" };
    else if (c === "+") times = { low: 1, high: ENDLESS, text: "+" };
    else if (c === "?") times = { low: 0, high: 1, text: "?" };
    else if (c === "{") {
      const m = /^\{(\d*)(,?)(\d*)\}/.exec(all.slice(at, at + 24).join(""));
      if (!m || (m[1] === "" && m[2] === "")) return null;
      const low = Number(m[1] || 0);
      const high = m[2] ? (m[3] === "" ? ENDLESS : Number(m[3])) : low;
      if (high < low) fail("min repeat greater than max repeat", at + 1);
      times = { low, high, text: `{${low}${m[2] ? `,${high === ENDLESS ? "" : high}` : ""}}` };
      at += m[0].length - 1;
    } else return null;
    check();
    at++;
    if (all[at] === "?") {
      times.lazy = true;
      at++;
    } else if (all[at] === "+" && late.python > 10) {
      times.possessive = true;
      at++;
    }
    const next = all[at];
    if (next === "*" || next === "+" || next === "?" || (next === "{" && /^\{(\d+,?\d*|,\d*)\}/.test(all.slice(at, at + 24).join(""))))
      fail("multiple repeat");
    return times;
  }

  function atom(mode) {
    const begin = at;
    const c = all[at++];
    switch (c) {
      case ".":
        return node(mode & S ? "[^]" : "[^\\n]", 1);
      case "^":
        return anchor(mode & M ? "(?<![^\\n])" : "^");
      case "$":
        return anchor(mode & M ? "(?=\\n|$)" : "(?=\\n?$)");
      case "[":
        return set(begin, mode);
      case "(":
        return group(begin, mode);
      case "\\":
        return escape(begin, mode);
      case "*":
      case "+":
      case "?":
        return fail("nothing to repeat", begin);
      case "{":
        if (/^\{(\d+,?\d*|,\d*)\}/.test(all.slice(begin, begin + 24).join(""))) fail("nothing to repeat", begin);
        return node("\\{", 1);
      default:
        return node(literal(c), 1);
    }
  }
  const anchor = (text) => ({ ...node(text, 0), still: true });

  /** The character that an escape stands for; null if it is something else. */
  function character(begin, inSet) {
    const c = all[at];
    if (c === undefined) fail("bad escape (end of pattern)", begin);
    const hex = (n) => {
      const digits = all.slice(at + 1, at + 1 + n).join("");
      const found = /^[\da-fA-F]*/.exec(digits)[0];
      if (found.length < n) fail(`incomplete escape \\${c}${found}`, begin);
      at += n + 1;
      const code = Number.parseInt(digits, 16);
      if (code > 0x10ffff) fail(`bad escape \\${c}${digits}`, begin);
      return String.fromCodePoint(code);
    };
    if (c === "x") return hex(2);
    if (c === "u") return hex(4);
    if (c === "U") return hex(8);
    if (c === "N") cannot("the escape \\N", begin);
    if (c === "b" && inSet) {
      at++;
      return "\b";
    }
    const octal = /^(?:0[0-7]{0,2}|[1-3][0-7]{2})/.exec(all.slice(at, at + 3).join(""))?.[0] ?? (inSet ? /^[0-7]{1,3}/.exec(all.slice(at, at + 3).join(""))?.[0] : undefined);
    if (octal) {
      at += octal.length;
      const code = Number.parseInt(octal, 8);
      if (code > 0o377) fail(`octal escape value \\${octal} outside of range 0-0o377`, begin);
      return String.fromCharCode(code);
    }
    if (Object.hasOwn(CONTROL, c)) {
      at++;
      return CONTROL[c];
    }
    if (/[a-zA-Z]/.test(c) || (inSet && /\d/.test(c))) return null;
    if (/\d/.test(c)) return null;
    at++;
    return c;
  }

  function escape(begin, mode) {
    const plain = character(begin, false);
    if (plain !== null) return node(literal(plain), 1);
    const c = all[at];
    if (/\d/.test(c)) {
      const digits = /^\d\d?/.exec(all.slice(at, at + 2).join(""))[0];
      at += digits.length;
      return reference(Number(digits), begin + 1, begin);
    }
    at++;
    const lower = c.toLowerCase();
    const W = `[${WORD[ascii]}]`;
    if (Object.hasOwn(SETS, lower)) return node(`[${c === lower ? "" : "^"}${SETS[lower][ascii]}]`, 1);
    if (c === "b") return anchor(`(?:(?<=${W})(?!${W})|(?<!${W})(?=${W}))`);
    if (c === "B") return anchor(`(?:(?<=${W})(?=${W})|(?<!${W})(?!${W})(?!^$))`);
    if (c === "A") return anchor("^");
    if (c === "Z") return anchor("$");
    return fail(`bad escape \\${c}`, begin);
  }

  /** What a group has met. If that may be nothing, Python fails and JS goes on: not to be had. */
  function reference(number, pos, begin) {
    const g = groups[number - 1];
    if (!g) fail(`invalid group reference ${number}`, pos);
    if (!g.closed) fail("cannot refer to an open group", begin);
    const sure = g.path.every(([p, branch]) => path.some(([q, other]) => q === p && other === branch) || (p.branch === undefined && !p.optional));
    if (!sure) cannot("a reference to a group that may have been skipped", begin);
    return node(`(?:\\${g.js})`, g.low, g.high);
  }

  function set(begin, mode) {
    let negated = false;
    if (all[at] === "^") {
      negated = true;
      at++;
    }
    let text = "";
    const outside = []; // \W and the like, which are all but some
    const first = at;
    for (;;) {
      if (at >= all.length) fail("unterminated character set", begin);
      if (all[at] === "]" && at > first) break;
      const from = at;
      const low = member();
      if (all[at] === "-" && all[at + 1] !== "]" && at + 1 < all.length) {
        at++;
        const high = member();
        if (low.set || high.set || low.char.codePointAt(0) > high.char.codePointAt(0))
          fail(`bad character range ${all.slice(from, at).join("")}`, from);
        text += `${inside(low.char)}-${inside(high.char)}`;
      } else if (!low.set) text += inside(low.char);
      else if (low.negated) outside.push(low.set);
      else text += low.set;
    }
    at++;
    if (!outside.length) return node(`[${negated ? "^" : ""}${text}]`, 1);
    const parts = [...(text ? [`[${text}]`] : []), ...outside.map((s) => `[^${s}]`)].join("|");
    return node(negated ? `(?:(?!${parts})[^])` : `(?:${parts})`, 1);
  }
  const inside = (c) => (c < "\x80" ? literal(c) : c);

  function member() {
    const begin = at;
    const c = all[at++];
    if (c !== "\\") return { char: c };
    const plain = character(begin, true);
    if (plain !== null) return { char: plain };
    const letter = all[at++];
    const lower = letter.toLowerCase();
    if (Object.hasOwn(SETS, lower)) return { set: SETS[lower][ascii], negated: letter !== lower };
    return fail(`bad escape \\${letter}`, begin);
  }

  function close(begin) {
    if (all[at] !== ")") fail("missing ), unterminated subpattern", begin);
    at++;
  }

  function capture(begin, mode, name) {
    const g = { name, js: ++used, closed: false, path: [...path], low: 0, high: ENDLESS };
    groups.push(g);
    const number = groups.length;
    if (name !== null) names.set(name, number);
    const body = alternatives(mode);
    close(begin);
    Object.assign(g, { closed: true, low: body.low, high: body.high });
    order.push(number);
    return { ...body, text: `(${body.text})` };
  }

  function named(end, what) {
    const begin = at;
    let name = "";
    while (at < all.length && all[at] !== end) name += all[at++];
    if (at >= all.length) fail(name ? `missing ${end}, unterminated name` : `missing ${what}`, begin);
    if (!name) fail(`missing ${what}`, begin);
    at++;
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) fail(`bad character in ${what} ${repr(name)}`, begin);
    return [name, begin];
  }

  function group(begin, mode) {
    if (all[at] !== "?") return capture(begin, mode, null);
    const c = all[++at];
    at++;
    if (c === undefined) fail("unexpected end of pattern", at);
    if (c === "P") {
      const d = all[at++];
      if (d === "<") {
        const [name, pos] = named(">", "group name");
        if (names.has(name)) fail(`redefinition of group name ${repr(name)} as group ${groups.length + 1}; was group ${names.get(name)}`, pos);
        return capture(begin, mode, name);
      }
      if (d === "=") {
        const [name, pos] = named(")", "group name");
        if (!names.has(name)) fail(`unknown group name ${repr(name)}`, pos);
        return reference(names.get(name), pos, pos);
      }
      if (d === undefined) fail("unexpected end of pattern", at);
      fail(`unknown extension ?P${d}`, begin + 1);
    }
    if (c === ":") {
      const body = alternatives(mode);
      close(begin);
      return { ...body, text: `(?:${body.text})` };
    }
    if (c === "#") {
      while (at < all.length && all[at] !== ")") at++;
      if (at >= all.length) fail("missing ), unterminated comment", begin);
      at++;
      return null;
    }
    if (c === ">" && late.python > 10) {
      const before = used;
      const body = alternatives(mode);
      close(begin);
      return node(once(body.text, before), body.low, body.high);
    }
    if (c === "=" || c === "!") return around(begin, mode, `(?${c}`, c === "!");
    if (c === "<") {
      const d = all[at++];
      if (d === undefined) fail("unexpected end of pattern", at);
      if (d !== "=" && d !== "!") fail(`unknown extension ?<${d}`, begin + 1);
      const out = around(begin, mode, `(?<${d}`, d === "!");
      if (out.wide[0] !== out.wide[1]) throw new PatternError("look-behind requires fixed-width pattern");
      return out;
    }
    if (c === "(") cannot("a conditional part '(?(...)'", begin);
    if (Object.hasOwn(LETTERS, c) || c === "-") return scoped(begin, mode, at - 1);
    return fail(`unknown extension ?${c}${c === "\\" ? (all[at] ?? "") : ""}`, begin + 1);
  }

  function around(begin, mode, head, negated) {
    const before = groups.length;
    const outer = path;
    if (negated) path = [...path, [{ optional: true }, 0]];
    const body = alternatives(mode);
    path = outer;
    close(begin);
    if (negated && groups.length > before) for (const g of groups.slice(before)) g.path = [...g.path, [{ optional: true }, 0]];
    return { ...node(`${head}${body.text})`, 0), wide: [body.low, body.high] };
  }

  /** (?i-s:...) */
  function scoped(begin, mode, from) {
    at = from;
    let [on, off, minus] = [0, 0, false];
    for (; all[at] !== ":" && all[at] !== ")"; at++) {
      const c = all[at];
      if (c === undefined) fail("missing -, : or )", at);
      if (c === "-" && !minus) minus = true;
      else if (!Object.hasOwn(LETTERS, c)) fail(/[a-zA-Z]/.test(c) ? "unknown flag" : "missing -, : or )", at);
      else if (minus) off |= LETTERS[c];
      else on |= LETTERS[c];
    }
    if (all[at] === ")") fail("global flags not at the start of the expression", begin);
    at++;
    const inner = (mode | on) & ~off;
    if ((inner ^ mode) & (I | A | U)) cannot("switching i, a or u in a part of the pattern", begin);
    const body = alternatives(inner);
    close(begin);
    return { ...body, text: `(?:${body.text})` };
  }

  const body = alternatives(flags);
  if (at < all.length) fail("unbalanced parenthesis", at);
  return { text: longer ? `(?=([^]*))(?:${body.text})(?!\\1$)` : body.text, flags, groups, names, order };
}

// -- matching

/** The position in JS of one in Python's characters. */
const inJS = (s, n) => (typeof chars(s) === "string" ? n : chars(s).slice(0, n).join("").length);
const inPython = (s, n) => (typeof chars(s) === "string" ? n : [...s.slice(0, n)].length);

function text(x) {
  if (typeof x !== "string") throw typeError(`expected string or bytes-like object, got '${typeName(x)}'`);
  return x;
}

const number = (match, g) => {
  const found = typeof g === "string" ? match.re._names.get(g) : typeof g === "boolean" ? Number(g) : g;
  if (!Number.isInteger(found) || found < 0 || found > match.re.groups) throw error("IndexError", "no such group");
  return found;
};

const hidden = (ob, values) => {
  for (const [name, value] of Object.entries(values)) Object.defineProperty(ob, name, { value, writable: true, configurable: true });
};

const Match = late.cls(late.ob, {
  name: "re:Match",
  label: "Match",
  methods: {
    __init__(re, string, found, pos, endpos) {
      const offsets = [0, ...re._groups.map((g) => g.js + found.shift)];
      hidden(this, {
        re, string, pos, endpos,
        _texts: offsets.map((i) => found[i] ?? null),
        _spans: offsets.map((i) => found.indices[i] ?? [-1, -1]),
      });
      const last = re._order.filter((g) => this._texts[g] !== null).at(-1) ?? null;
      hidden(this, { lastindex: last, lastgroup: last === null ? null : re._groups[last - 1].name });
    },
    group(...groups) {
      const out = (groups.length ? groups : [0]).map((g) => this._texts[number(this, g)]);
      return out.length === 1 ? out[0] : tuple_(...out);
    },
    __getitem__(g) { return this._texts[number(this, g)]; },
    groups(default$ = null) { return tuple_(...this._texts.slice(1).map((t) => t ?? default$)); },
    groupdict(default$ = null) {
      const out = {};
      for (const [name, g] of this.re._names) put(out, name, this._texts[g] ?? default$);
      return out;
    },
    start(group = 0) { return position(this, group, 0); },
    end(group = 0) { return position(this, group, 1); },
    span(group = 0) { return tuple_(position(this, group, 0), position(this, group, 1)); },
    expand(template) { return expander(this.re, template)(this); },
    __repr__() {
      return `<re.Match object; span=${repr(this.span())}, match=${[...repr(this._texts[0])].slice(0, 50).join("")}>`;
    },
    __copy__() { return this; },
    __deepcopy__() { return this; },
  },
});

function position(match, group, end) {
  const at = match._spans[number(match, group)][end];
  return at < 0 ? -1 : inPython(match.string, at);
}

/** The first match at or after `at` (in JS's positions); `must` says that one there is not empty. */
function next(re, s, at, must) {
  if (must) {
    const found = run(re, "longer", s, at);
    if (found) return found;
    if (at >= s.length) return null;
    at += s.codePointAt(at) > 0xffff ? 2 : 1;
  }
  return run(re, "search", s, at);
}

function run(re, how, s, at) {
  const regexp = re._compiled(how);
  regexp.lastIndex = at;
  const found = regexp.exec(s);
  if (found) found.shift = how === "longer" ? 1 : 0; // it has a group before the others
  return found;
}

/** All matches, one after the other. */
function* matches(re, string, pos = 0, endpos = Infinity) {
  const [s, from, to] = limits(string, pos, endpos);
  let at = inJS(s, from);
  let must = false;
  if (from > to) return;
  for (;;) {
    const found = next(re, s, at, must);
    if (!found) return;
    yield new Match(re, string, found, from, to);
    const end = found.indices[0][1];
    must = end === found.indices[0][0];
    at = end;
  }
}

function limits(string, pos, endpos) {
  const n = len(text(string));
  const from = Math.max(0, Math.min(n, late.index(pos)));
  const to = endpos === Infinity ? n : Math.max(0, Math.min(n, late.index(endpos)));
  return [to < n ? string.slice(0, inJS(string, to)) : string, from, to];
}

function one(re, how, string, pos, endpos) {
  const [s, from, to] = limits(string, pos, endpos);
  if (from > to) return null;
  const found = run(re, how, s, inJS(s, from));
  return found && new Match(re, string, found, from, to);
}

/** A function of the match that gives what a template makes of it. */
function expander(re, template) {
  if (typeof template !== "string") {
    if (typeof template === "function") return template;
    throw typeError(`decoding to str: need a bytes-like object, ${typeName(template)} found`);
  }
  const parts = [];
  const all = [...template];
  const fail = (msg, pos) => {
    throw new PatternError(msg, template, pos);
  };
  for (let at = 0; at < all.length; ) {
    const begin = at;
    const c = all[at++];
    if (c !== "\\") {
      parts.push(c);
      continue;
    }
    const d = all[at++];
    if (d === undefined) fail("bad escape (end of pattern)", begin);
    if (d === "g") {
      if (all[at] !== "<") fail("missing <", at);
      const stop = all.indexOf(">", at);
      const name = all.slice(at + 1, stop < 0 ? undefined : stop).join("");
      if (stop < 0) fail(name ? "missing >, unterminated name" : "missing group name", at + 1);
      if (!name) fail("missing group name", at + 1);
      if (/^\d+$/.test(name)) {
        if (Number(name) > re.groups) fail(`invalid group reference ${Number(name)}`, at + 1);
        parts.push(Number(name));
      } else {
        if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) fail(`bad character in group name ${repr(name)}`, at + 1);
        if (!re._names.has(name)) throw error("IndexError", `unknown group name ${repr(name)}`);
        parts.push(re._names.get(name));
      }
      at = stop + 1;
    } else if (/\d/.test(d)) {
      const rest = all.slice(at - 1, at + 2).join("");
      const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{2})/.exec(rest)?.[0];
      if (octal) {
        if (Number.parseInt(octal, 8) > 0o377) fail(`octal escape value \\${octal} outside of range 0-0o377`, begin);
        parts.push(String.fromCharCode(Number.parseInt(octal, 8)));
        at += octal.length - 1;
      } else {
        const digits = /^\d\d?/.exec(rest)[0];
        if (Number(digits) > re.groups) fail(`invalid group reference ${Number(digits)}`, begin + 1);
        parts.push(Number(digits));
        at += digits.length - 1;
      }
    } else if (Object.hasOwn(CONTROL, d)) parts.push(CONTROL[d]);
    else if (d === "\\") parts.push(d);
    else if (/[a-zA-Z]/.test(d)) fail(`bad escape \\${d}`, begin);
    else parts.push(`\\${d}`);
  }
  return (match) => parts.map((p) => (typeof p === "number" ? (match._texts[p] ?? "") : p)).join("");
}

function replaced(re, repl, string, count) {
  const make = expander(re, repl);
  let out = "";
  let at = 0;
  let n = 0;
  const most = late.index(count);
  if (most >= 0)
    for (const match of matches(re, string)) {
      const [from, to] = match._spans[0];
      const by = make(match);
      if (typeof by !== "string" && !none(by)) throw typeError(`sequence item ${n * 2}: expected str instance, ${typeName(by)} found`);
      out += string.slice(at, from) + (by ?? "");
      at = to;
      if (++n === most) break;
    }
  return [out + string.slice(at), n];
}

const Pattern = late.cls(late.ob, {
  name: "re:Pattern",
  label: "Pattern",
  methods: {
    __init__(pattern, flags) {
      const { text, flags: all, groups, names, order } = translate(pattern, flags, false);
      const cache = {};
      const letters = `du${all & I ? "i" : ""}`;
      const build = {
        search: () => new RegExp(text, `g${letters}`),
        match: () => new RegExp(text, `y${letters}`),
        fullmatch: () => new RegExp(`(?:${text})$`, `y${letters}`),
        longer: () => new RegExp(translate(pattern, flags, true).text, `y${letters}`),
      };
      const groupindex = {};
      for (const [name, g] of names) put(groupindex, name, g);
      hidden(this, {
        pattern, flags: all, groups: groups.length, groupindex,
        _groups: groups, _names: names, _order: order,
        _compiled: (how) => (cache[how] ??= build[how]()),
      });
      this._compiled("search");
    },
    match(string, pos = 0, endpos = Infinity) { return one(this, "match", string, pos, endpos); },
    fullmatch(string, pos = 0, endpos = Infinity) { return one(this, "fullmatch", string, pos, endpos); },
    search(string, pos = 0, endpos = Infinity) { return one(this, "search", string, pos, endpos); },
    finditer(string, pos = 0, endpos = Infinity) {
      limits(string, pos, endpos);
      return matches(this, string, pos, endpos);
    },
    findall(string, pos = 0, endpos = Infinity) {
      return [...matches(this, string, pos, endpos)].map((m) => {
        const parts = m._texts.map((t) => t ?? "");
        return parts.length === 1 ? parts[0] : parts.length === 2 ? parts[1] : tuple_(...parts.slice(1));
      });
    },
    split(string, maxsplit = 0) {
      const out = [];
      let at = 0;
      let n = 0;
      const most = late.index(maxsplit);
      if (most >= 0)
        for (const m of matches(this, text(string))) {
          out.push(string.slice(at, m._spans[0][0]), ...m._texts.slice(1));
          at = m._spans[0][1];
          if (++n === most) break;
        }
      return [...out, text(string).slice(at)];
    },
    sub(repl, string, count = 0) { return replaced(this, repl, text(string), count)[0]; },
    subn(repl, string, count = 0) { return tuple_(...replaced(this, repl, text(string), count)); },
    __repr__() {
      const names = ["IGNORECASE", "MULTILINE", "DOTALL", "VERBOSE", "ASCII"].filter((_, i) => this.flags & [I, M, S, X, A][i]);
      const head = [...repr(this.pattern)].slice(0, 200).join("");
      return `re.compile(${head}${names.length ? `, ${names.map((n) => `re.${n}`).join("|")}` : ""})`;
    },
    __eq__(other) { return other instanceof Pattern ? this.pattern === other.pattern && this.flags === other.flags : late.NotImplemented; },
    __copy__() { return this; },
    __deepcopy__() { return this; },
  },
});

const known = new Map();

function compile(pattern, flags = 0) {
  if (pattern instanceof Pattern) {
    if (Number(flags)) throw error("ValueError", "cannot process flags argument with a compiled pattern");
    return pattern;
  }
  if (typeof pattern !== "string") throw typeError("first argument must be string or compiled pattern");
  const key = `${Number(flags)}:${pattern}`;
  let found = known.get(key);
  if (!found) {
    if (known.size > 500) known.clear();
    known.set(key, (found = new Pattern(pattern, Number(flags))));
  }
  return found;
}

late.$re = {
  Match, Pattern, PatternError, compile, error: PatternError,
  escape: (pattern) => text(pattern).replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, "\\$&"),
  findall: (pattern, string, flags = 0) => compile(pattern, flags).findall(string),
  finditer: (pattern, string, flags = 0) => compile(pattern, flags).finditer(string),
  fullmatch: (pattern, string, flags = 0) => compile(pattern, flags).fullmatch(string),
  match: (pattern, string, flags = 0) => compile(pattern, flags).match(string),
  purge: () => (known.clear(), null),
  search: (pattern, string, flags = 0) => compile(pattern, flags).search(string),
  split: (pattern, string, maxsplit = 0, flags = 0) => compile(pattern, flags).split(string, maxsplit),
  sub: (pattern, repl, string, count = 0, flags = 0) => compile(pattern, flags).sub(repl, string, count),
  subn: (pattern, repl, string, count = 0, flags = 0) => compile(pattern, flags).subn(repl, string, count),
};
