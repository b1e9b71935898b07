/** Python's `json`: what `dumps` writes and `loads` reads is Python's, to the letter, and so are the errors. */
const { error, isNumber, isPlain, isTuple, iterate, keys, late, none, number, ours, put, repr, truth, typeError, typeName } = $py;

const JSONDecodeError = late.cls(late.exception("ValueError"), {
  name: "json.decoder:JSONDecodeError",
  label: "JSONDecodeError",
  methods: {
    __init__(msg, doc, pos) {
      const before = doc.slice(0, doc.length - [...doc].slice(pos).join("").length);
      const line = before.split("\n");
      const column = [...line.at(-1)].length + 1;
      Object.assign(this, { msg, doc, pos, lineno: line.length, colno: column });
      Object.defineProperty(this, "args", {
        value: $py.tuple_(`${msg}: line ${line.length} column ${column} (char ${pos})`), writable: true, configurable: true,
      });
    },
  },
});

// -- dumps

const SHORT = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\b": "\\b" };
const unit = (c) => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
const quoted = (x, ascii) => `"${x.replace(ascii ? /["\\\x00-\x1f\x7f-\uffff]/g : /["\\\x00-\x1f]/g, unit)}"`;

function dumps(obj, skipkeys = false, ensure_ascii = true, check_circular = true, allow_nan = true, cls = null, indent = null, separators = null, default$ = null, sort_keys = false) {
  if (cls !== null) throw error("NotImplementedError", "json.dumps() in the browser does not know 'cls': use 'default'");
  const ascii = truth(ensure_ascii);
  const step = none(indent) ? null : typeof indent === "string" ? indent : " ".repeat(Math.max(0, Number(indent)));
  const [comma, colon] = none(separators) ? [step === null ? ", " : ",", ": "] : iterate(separators);
  const open = new Set();

  function float(x) {
    if (Number.isFinite(x)) return number(x);
    if (!truth(allow_nan)) throw error("ValueError", "Out of range float values are not JSON compliant");
    return Number.isNaN(x) ? "NaN" : x > 0 ? "Infinity" : "-Infinity";
  }

  function key(k) {
    if (typeof k === "string") return k;
    if (none(k)) return "null";
    if (typeof k === "boolean") return k ? "true" : "false";
    if (typeof k === "number") return float(k);
    if (truth(skipkeys)) return undefined;
    throw typeError(`keys must be str, int, float, bool or None, not ${typeName(k)}`);
  }

  function all(begin, end, items, before) {
    if (!items.length) return begin + end;
    if (step === null) return begin + items.join(comma) + end;
    const line = `\n${before}${step}`;
    return begin + line + items.join(comma + line) + `\n${before}` + end;
  }

  function write(x, before) {
    if (none(x)) return "null";
    if (typeof x === "boolean") return x ? "true" : "false";
    if (typeof x === "number") return float(x);
    if (typeof x === "string") return quoted(x, ascii);
    if (typeof x === "bigint") return String(x);
    const list = Array.isArray(x);
    const dict = isPlain(x) || (ours(x) && x._jsm_class.dict);
    if (open.has(x)) throw error("ValueError", "Circular reference detected");
    open.add(x);
    let out;
    const deeper = step === null ? "" : before + step;
    if (list) out = all("[", "]", x.map((v) => write(v, deeper)), before);
    else if (dict) {
      let pairs = iterate(late.call(x, "items"));
      if (truth(sort_keys)) pairs = late.sorted_kw({ key: (pair) => pair[0] }, pairs);
      const texts = pairs.flatMap(([k, v]) => {
        const name = key(k);
        return name === undefined ? [] : [quoted(name, ascii) + colon + write(v, deeper)];
      });
      out = all("{", "}", texts, before);
    } else if (default$ !== null) out = write(default$(x), before);
    else throw typeError(`Object of type ${typeName(x)} is not JSON serializable`);
    open.delete(x);
    return out;
  }
  return write(obj, "");
}

// -- loads

const NUMBER = /(-?(?:0|[1-9]\d*))(\.\d+)?([eE][-+]?\d+)?/y;
const CHUNK = /[^"\\\x00-\x1f]*/y;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

function loads(s, cls = null, object_hook = null, parse_float = null, parse_int = null, parse_constant = null, object_pairs_hook = null) {
  if (cls !== null) throw error("NotImplementedError", "json.loads() in the browser does not know 'cls': use 'object_hook'");
  if (s instanceof Uint8Array) s = new TextDecoder().decode(s);
  if (typeof s !== "string") throw typeError(`the JSON object must be str, bytes or bytearray, not ${typeName(s)}`);
  if (s.startsWith("\ufeff")) fail("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0);
  let at = 0;

  function fail(words, where) {
    throw new JSONDecodeError(words, s, [...s.slice(0, where)].length);
  }
  const space = () => {
    while (at < s.length && " \t\n\r".includes(s[at])) at++;
  };

  function string() {
    const begin = at++;
    let out = "";
    for (;;) {
      CHUNK.lastIndex = at;
      out += CHUNK.exec(s)[0];
      at = CHUNK.lastIndex;
      if (at >= s.length) fail("Unterminated string starting at", begin);
      const c = s[at++];
      if (c === '"') return out;
      if (c !== "\\") fail("Invalid control character at", at - 1);
      const e = s[at];
      if (e === undefined) fail("Unterminated string starting at", begin);
      if (e === "u") {
        const code = s.slice(at + 1, at + 5);
        if (!/^[\da-fA-F]{4}$/.test(code)) fail("Invalid \\uXXXX escape", at);
        out += String.fromCharCode(Number.parseInt(code, 16));
        at += 5;
      } else {
        if (!Object.hasOwn(ESCAPES, e)) fail("Invalid \\escape", at - 1);
        out += ESCAPES[e];
        at++;
      }
    }
  }

  function constant(name, value) {
    at += name.length;
    return parse_constant === null ? value : parse_constant(name);
  }

  function integer(text) {
    if (parse_int !== null) return parse_int(text);
    if (Math.abs(Number(text)) > 2 ** 53)
      throw error("OverflowError", "integers beyond 2**53 are not exact in the browser: give parse_int=float");
    return Number(text) + 0;
  }

  function value() {
    const c = s[at];
    if (c === '"') return string();
    if (c === "{") return object();
    if (c === "[") return array();
    for (const [name, v] of [["null", null], ["true", true], ["false", false]])
      if (s.startsWith(name, at)) {
        at += name.length;
        return v;
      }
    NUMBER.lastIndex = at;
    const m = NUMBER.exec(s);
    if (m) {
      at = NUMBER.lastIndex;
      if (m[2] === undefined && m[3] === undefined) return integer(m[0]);
      return parse_float === null ? Number(m[0]) : parse_float(m[0]);
    }
    if (s.startsWith("NaN", at)) return constant("NaN", Number.NaN);
    if (s.startsWith("Infinity", at)) return constant("Infinity", Infinity);
    if (s.startsWith("-Infinity", at)) return constant("-Infinity", -Infinity);
    return fail("Expecting value", at);
  }

  function array() {
    at++;
    const out = [];
    space();
    if (s[at] === "]") {
      at++;
      return out;
    }
    for (;;) {
      out.push(value());
      space();
      if (s[at] === "]") {
        at++;
        return out;
      }
      if (s[at] !== ",") fail("Expecting ',' delimiter", at);
      at++;
      space();
    }
  }

  function object() {
    at++;
    const pairs = [];
    space();
    if (s[at] === "}") at++;
    else {
      if (s[at] !== '"') fail("Expecting property name enclosed in double quotes", at);
      for (;;) {
        const name = string();
        space();
        if (s[at] !== ":") fail("Expecting ':' delimiter", at);
        at++;
        space();
        pairs.push($py.tuple_(name, value()));
        space();
        if (s[at] === "}") {
          at++;
          break;
        }
        if (s[at] !== ",") fail("Expecting ',' delimiter", at);
        at++;
        space();
        if (s[at] !== '"') fail("Expecting property name enclosed in double quotes", at);
      }
    }
    if (object_pairs_hook !== null) return object_pairs_hook(pairs);
    const out = {};
    for (const [name, v] of pairs) put(out, name, v);
    return object_hook === null ? out : object_hook(out);
  }

  space();
  const out = value();
  space();
  if (at !== s.length) fail("Extra data", at);
  return out;
}

late.$json = { JSONDecodeError, dumps, loads };
