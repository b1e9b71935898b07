/**
 * Keyword arguments. JS has none: a call that has some looks up what the function calls its
 * parameters, in its own text, and puts them where they belong. A function with keyword-only
 * arguments or **kwargs has a last parameter `...$k`, or `...$o` if it has no *args, whose last element is then a Kw.
 * Sent with the first such call or function, as the body of a function of $py.
 */
if ($py.late.kw) return; // another kernel of this page has brought it

const { iterate, keys, late, method, none, noAttribute, options, ours, tuple_, typeError, typeName, isPlain } = $py;

/** Keyword arguments that match no parameter by name, on their way to `split`. */
class Kw {
  constructor(given) {
    this.given = given;
  }
}

const signatures = new WeakMap();

/** What a function calls its parameters: {names, optional, rest}; null for functions of JS itself. */
function signature(f) {
  if (signatures.has(f)) return signatures.get(f);
  const found = f._jsm_signature ? f._jsm_signature : f._jsm_named ? signature(f._jsm_named) : f._jsm_method ? withSelf(f._jsm_method) : f._jsm_loose ? withoutSelf(f._jsm_loose) : read(Function.prototype.toString.call(f));
  signatures.set(f, found);
  return found;
}

/** The parameters of a method that its class has: the object is one of them. */
function withSelf(f) {
  const { names, optional, rest, said = names } = signature(f);
  return { names: ["", ...names], optional: [false, ...optional], rest, said: ["self", ...said] };
}

/** Those of a function of the object that became a method. */
function withoutSelf(f) {
  const { names, optional, rest, said = names } = signature(f);
  return { names: names.slice(1), optional: optional.slice(1), rest, said: said.slice(1) };
}

function read(text) {
  if (/\{\s*\[native code\]\s*\}$/.test(text) || text.startsWith("class")) return null;
  const single = /^(?:async\s+)?([\w$]+)\s*=>/.exec(text);
  const parts = single ? [single[1]] : parameters(text);
  const out = { names: [], optional: [], rest: "", said: [] };
  for (const part of parts) {
    if (part.startsWith("...")) out.rest = part.slice(3);
    else {
      const name = /^[^\s=]+/.exec(part)[0];
      // A name that JS has taken ends in $, and one that no keyword reaches in $p.
      out.names.push(name.endsWith("$p") ? "" : name.replace(/\$$/, ""));
      out.said.push(name.replace(/\$p?$/, ""));
      out.optional.push(part.length > name.length);
    }
  }
  return out;
}

/** The texts between the commas of the first parentheses. */
function parameters(text) {
  const parts = [];
  let depth = 0;
  let start = text.indexOf("(") + 1;
  for (let i = start; ; i++) {
    const c = text[i];
    if (c === '"' || c === "'" || c === "`") while (text[++i] !== c) i += text[i] === "\\" ? 1 : 0;
    else if (depth === 0 && (c === "," || c === ")")) {
      const part = text.slice(start, i).trim();
      if (part) parts.push(part);
      start = i + 1;
      if (c === ")") return parts;
    } else if ("([{".includes(c)) depth++;
    else if (")]}".includes(c)) depth--;
  }
}

/** The positional arguments of a call of `f`; the first `skip` of its parameters are there already. */
function bind(f, args, given, label, skip = 0) {
  const found = signature(f);
  if (!found) throw typeError(`${label}() takes no keyword arguments`);
  const names = found.names.slice(skip);
  const out = [...args];
  const more = {};
  let extra = false;
  for (const key of keys(given)) {
    const at = names.indexOf(key);
    if (at < 0) {
      if (found.rest !== "$k" && found.rest !== "$o") throw typeError(`${label}() got an unexpected keyword argument '${key}'`);
      $py.put(more, key, given[key]);
      extra = true;
    } else {
      if (at < args.length) throw typeError(`${label}() got multiple values for argument '${key}'`);
      out[at] = given[key];
    }
  }
  if ((!found.rest || found.rest === "$o") && args.length > names.length) throw surplus(args.length, names.length - found.optional.slice(skip).filter(Boolean).length, names.length, label);
  const missing = names.map((name, i) => name || (found.said?.[i + skip] ?? "")).filter((_, i) => i >= args.length && !(i in out) && !found.optional[i + skip]);
  if (missing.length) throw typeError(`${label}() ${lacks("positional", missing)}`);
  if (extra) {
    while (out.length < names.length) out.push(undefined);
    out.push(new Kw(more));
  }
  return Array.from(out); // without holes
}

/** What a call with too many positional arguments raises. */
function surplus(given, low, high, label) {
  const takes = low === high ? high : `from ${low} to ${high}`;
  return typeError(`${label}() takes ${takes} positional argument${high === 1 ? "" : "s"} but ${given} ${given === 1 ? "was" : "were"} given`);
}

/** The arguments of a call, some of which were in a list, if its function takes so many. */
function at_most(args, low, high, label, taken = 0) {
  if (args.length + taken > high) throw surplus(args.length + taken, low, high, label);
  return args;
}

/** "missing 2 required positional arguments: 'a' and 'b'" */
function lacks(kind, names) {
  const said = names.map((n) => `'${n}'`);
  const last = said.pop();
  const list = said.length > 1 ? `${said.join(", ")}, and ${last}` : said.length ? `${said[0]} and ${last}` : last;
  return `missing ${names.length} required ${kind} argument${names.length > 1 ? "s" : ""}: ${list}`;
}

/** Functions of the page itself, whose parameters have lost their names. */
const BY_NAME = new Map([
  [$py.print, (args, { sep, end, ...others }) => plain(others, "print") ?? late.print_kw({ sep, end }, ...args)],
  [$py.int, (args, { base, ...others }) => plain(others, "int") ?? (base === undefined ? $py.int : (late.int_of ?? $py.int))(...args, ...(base === undefined ? [] : [base]))],
]);
function plain(others, label) {
  for (const key of keys(others)) throw typeError(`'${key}' is an invalid keyword argument for ${label}()`);
}

/** `f(*args, **given)`. */
function kw(f, args, given) {
  if (BY_NAME.has(f)) return BY_NAME.get(f)(args, given);
  if (typeof f !== "function") {
    throw typeError(`'${typeName(f)}' object is not callable`);
  }
  const cls = f._jsm_class;
  if (cls?.cls && cls.cls !== f) return kw_call(f.__call__, f, args, given);
  if (cls?.cls) return cls.make ? cls.make(f, args, given) : new f(...bind(f.prototype.__init__, args, given, `${cls.qualname ?? cls.label}.__init__`));
  if (cls || /^class\b/.test(String(f))) return new f(...args, given);
  const inner = f._jsm_of; // what a bound method calls, and how many of its parameters are taken
  if (inner) return f(...bind(inner, args, given, f.name, f._jsm_skip ?? 0));
  return keys(given).length ? f(...bind(f, args, given, f.name || "<lambda>")) : f(...args);
}

/** `f.call(self, *args, **given)`. */
function kw_call(f, self, args, given) {
  return keys(given).length ? f.apply(self, bind(f, args, given, f.name)) : f.apply(self, args);
}

/** `x.name(*args, **given)`. */
function kw_method(x, name, args, given) {
  const found = method(x, name);
  if (found) return found(x, ...(keys(given).length ? bind(found, args, given, `${typeName(x)}.${name}`, 1) : args));
  const f = none(x) ? undefined : x[name];
  if (typeof f !== "function") {
    if (ours(f)) return kw(f, args, given);
    if (f === undefined) throw noAttribute(x, name);
    throw typeError(`'${typeName(f)}' object is not callable`);
  }
  return f._jsm_class || f._jsm_of || /^class\b/.test(String(f)) ? kw(f, args, given) : kw_call(f, x, args, given);
}

/** Keyword arguments of a call, where some come from dicts. */
function given(...parts) {
  const out = {};
  for (const part of parts) {
    const isDict = isPlain(part);
    if (!isDict && !(ours(part) && part.keys)) throw typeError(`argument after ** must be a mapping, not ${typeName(part)}`);
    for (const key of iterate(isDict ? late.dict_keys?.(part) ?? keys(part) : part.keys())) {
      if (typeof key !== "string") throw typeError("keywords must be strings");
      if (Object.hasOwn(out, key)) throw typeError(`got multiple values for keyword argument '${key}'`);
      $py.put(out, key, isDict ? part[key] : $py.getitem(part, key));
    }
  }
  return out;
}

/**
 * What a function got beyond its named parameters: [*args, each keyword-only argument, **kwargs].
 * A name that begins with '!' has no default.
 * One without *args takes `most` positional arguments at most, and `least` at least.
 */
function split(rest, names, others, label, least, most) {
  const more = rest.at(-1) instanceof Kw ? rest.at(-1).given : {};
  const args = tuple_(...(rest.at(-1) instanceof Kw ? rest.slice(0, -1) : rest));
  if (args.length && most !== undefined) {
    const [takes, count] = [least === most ? most : `from ${least} to ${most}`, most + args.length];
    throw typeError(`${label}() takes ${takes} positional argument${most === 1 ? "" : "s"} but ${count} ${count === 1 ? "was" : "were"} given`);
  }
  const wanted = names.map((n) => n.replace("!", ""));
  const missing = wanted.filter((n, i) => names[i] !== n && !Object.hasOwn(more, n));
  if (missing.length) throw typeError(`${label}() ${lacks("keyword-only", missing)}`);
  const left = options();
  for (const key of keys(more)) {
    if (wanted.includes(key)) continue;
    if (!others) throw typeError(`${label}() got an unexpected keyword argument '${key}'`);
    $py.put(left, key, more[key]);
  }
  return [args, ...wanted.map((n) => more[n]), left];
}


Object.assign(late, { at_most, bind_args: bind, given, kw, kw_call, kw_method, split, Kw });
