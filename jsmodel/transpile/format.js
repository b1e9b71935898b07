/**
 * Python's formatting: format(), f-strings, str.format() and %.
 * Sent with the first code that uses one, as the body of a function of $py.
 */
if ($py.late.format_value) return; // another kernel of this page has brought it

const { STR, attr, error, exponent, getitem, int, isInt, isNumber, isPlain, isTuple, late, len, number, ours, repr, str, typeError, typeName } = $py;
const { chr, decimals, by_name, Float, float_text } = late;

const plain = (x) => (x instanceof Float ? x.value : x);
const text = (x) => (x instanceof Float ? String(x) : str(x));
const shown = (x) => (x instanceof Float ? String(x) : repr(x));

const bad = (why) => error("ValueError", why);
const SPEC = /^(?:(.)?([<>=^]))?([+\- ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** `format(value, spec)`. */
function format_value(given, spec) {
  const value = plain(given);
  const float = value !== given;
  if (ours(value)) return late.formatted(value, spec);
  if (typeof spec !== "string") throw typeError(`format() argument 2 must be str, not ${typeName(spec)}`);
  if (!spec) return text(given);
  const label = float ? "float" : typeName(value);
  if (!isNumber(value) && typeof value !== "string") throw typeError(`unsupported format string passed to ${label}.__format__`);
  const m = SPEC.exec(spec);
  if (!m || (m[4] && late.python < 11)) {
    if (/^.?[<>=^]?.*\.([a-zA-Z%])?$/s.test(spec)) throw bad("Format specifier missing precision");
    throw bad(`Invalid format specifier${late.python < 10 ? "" : ` '${spec}' for object of type '${label}'`}`);
  }
  const [, fill, align, sign, , alt, zeros, width, group, precision, type = ""] = m;
  const pad = fill ?? (zeros ? "0" : " ");
  const size = Number(width ?? 0);
  if (typeof value === "string") {
    if (type && type !== "s") throw bad(`Unknown format code '${type}' for object of type 'str'`);
    if (m[4]) throw bad("Negative zero coercion (z) not allowed in string format specifier");
    if (sign) throw bad(`${sign === " " ? "Space" : "Sign"} not allowed in string format specifier`);
    if (alt) throw bad("Alternate form (#) not allowed in string format specifier");
    if (align === "=") throw bad("'=' alignment not allowed in string format specifier");
    if (group) throw bad(`Cannot specify '${group}' with 's'.`);
    return filled(precision === undefined ? value : [...value].slice(0, Number(precision)).join(""), "", pad, align ?? "<", size);
  }
  const x = Number(value);
  const integer = !float && isInt(value);
  if (!/^[bcdeEfFgGnoxX%]?$/.test(type)) throw bad(`Unknown format code '${type}' for object of type '${label}'`);
  const whole = /[bcdoxX]/.test(type);
  if (whole && !integer) throw bad(`Unknown format code '${type}' for object of type '${label}'`);
  if (whole && precision !== undefined) throw bad("Precision not allowed in integer format specifier");
  if (m[4] && integer && !/[eEfFgG%]/.test(type)) throw bad("Negative zero coercion (z) not allowed in integer format specifier");
  if (type === "c" && (x < 0 || x > 0x10ffff)) throw error("OverflowError", "%c arg not in range(0x110000)");
  if (type === "c" && sign) throw bad("Sign not allowed with integer format specifier 'c'");
  if (type === "c" && alt) throw bad("Alternate form (#) not allowed with integer format specifier 'c'");
  if (group && (/[cn]/.test(type) || (group === "," && /[boxX]/.test(type)))) throw bad(`Cannot specify '${group}' with '${type}'.`);
  let body = type === "c" ? chr(x) : digits(Math.abs(x), type, precision === undefined ? undefined : Number(precision), !!alt, float || !integer);
  let head = type !== "c" && (x < 0 || Object.is(x, -0)) ? "-" : sign === "+" || sign === " " ? sign : "";
  if (m[4] && head === "-" && !/[1-9]/.test(body)) head = sign === "+" || sign === " " ? sign : "";
  if (alt && /[boxX]/.test(type)) head += `0${type}`;
  const how = align ?? (zeros ? "=" : ">");
  if (group) {
    const [, all, after] = (/[xX]/.test(type) ? /^([\da-fA-F]*)(.*)$/s : /^(\d*)(.*)$/s).exec(body);
    body = grouped(all, after, group, /[boxX]/.test(type) ? 4 : 3, pad === "0" && how === "=" ? size - head.length : 0);
  }
  return filled(body, head, pad, how, size);
}

/** Digits in groups; zeros before them up to a width. */
function grouped(all, rest, mark, n, width) {
  if (!all) return rest;
  const split = (t) => t.replace(new RegExp(`(?<=.)(?=(?:.{${n}})+$)`, "g"), mark);
  let out = all;
  while (split(out).length + rest.length < width) out = `0${out}`;
  return split(out) + rest;
}

function filled(body, head, pad, how, width) {
  const n = Math.max(0, width - len(body) - head.length);
  if (how === "=") return head + pad.repeat(n) + body;
  if (how === "^") return pad.repeat(Math.floor(n / 2)) + head + body + pad.repeat(Math.ceil(n / 2));
  return how === "<" ? head + body + pad.repeat(n) : pad.repeat(n) + head + body;
}

/** The digits of a number that is not negative. */
function digits(x, type, precision, alt, float) {
  if (!Number.isFinite(x)) {
    const word = Number.isNaN(x) ? "nan" : "inf";
    return (/[EFG]/.test(type) ? word.toUpperCase() : word) + (type === "%" ? "%" : "");
  }
  const p = precision ?? 6;
  const dot = (t) => (alt && !t.includes(".") ? t.replace(/^\d+/, "$&.") : t);
  switch (type.toLowerCase()) {
    case "f":
      return dot(decimals(x, p));
    case "%":
      return `${dot(decimals(x * 100, p))}%`;
    case "e": {
      const t = dot(exponent(decimals(x, p, "toExponential")));
      return type === "E" ? t.toUpperCase() : t;
    }
    case "g":
      return type === "G" ? general(x, p, alt).toUpperCase() : general(x, p, alt);
    case "n":
      return float ? general(x, p, alt) : String(x);
    case "d":
      return number(x);
    case "b":
      return x.toString(2);
    case "o":
      return x.toString(8);
    case "x":
      return type === "X" ? x.toString(16).toUpperCase() : x.toString(16);
    default:
      if (precision !== undefined) return general(x, p, alt, true);
      return dot(float ? float_text(x) : number(x));
  }
}

/** What 'g' makes of a number; without a letter there is a dot at least. */
function general(x, p, alt, dotted = false) {
  const n = p || 1;
  const [mantissa, power] = decimals(x, n - 1, "toExponential").split("e");
  const e = Number(power);
  const bare = (t) => (t.includes(".") && !alt ? t.replace(/\.?0+$/, "") : alt && !t.includes(".") ? `${t}.` : t);
  if (e < -4 || e >= n - (dotted ? 1 : 0)) {
    if (dotted && e < 0 && e >= -4) return bare(decimals(x, Math.max(0, n - 1 - e)));
    return exponent(`${bare(mantissa)}e${power}`);
  }
  const t = bare(decimals(x, Math.max(0, n - 1 - e)));
  return dotted && !t.includes(".") ? `${t}.0` : t;
}

// -- str.format()

/** `'{} {1!r:>5} {name.attr[0]}'.format(...)`. */
function format(template, args, names) {
  let next = 0;
  let numbered = null; // whether the fields have numbers
  function number_(auto) {
    if (numbered !== null && numbered !== !auto)
      throw bad(auto ? "cannot switch from manual field specification to automatic field numbering" : "cannot switch from automatic field numbering to manual field specification");
    numbered = !auto;
  }
  function field(name) {
    const [, first, rest] = /^([^.[]*)(.*)$/s.exec(name);
    let value;
    if (/^\d*$/.test(first)) {
      number_(first === "");
      const at = first === "" ? next++ : Number(first);
      if (args === null) throw bad("Format string contains positional fields");
      if (at >= args.length) throw error("IndexError", `Replacement index ${at} out of range for positional args tuple`);
      value = args[at];
    } else value = names === null ? getitem({}, first) : getitem(names, first);
    for (let left = rest; left; ) {
      const m = /^\.([^.[]+)|^\[([^\]]+)\]/.exec(left);
      if (!m) throw bad(left.startsWith("[") && !left.includes("]") ? "Missing ']' in format string" : /^(\.$|\.[.[]|\[\])/.test(left) || left === "." ? "Empty attribute in format string" : "Only '.' or '[' may follow ']' in format field specifier");
      if (m[1]?.startsWith("__")) throw error("AttributeError", `the special name '${m[1]}' is not known in the browser`);
      value = plain(value);
      value = m[1] !== undefined ? attr(value, value?.[m[1]], m[1]) : getitem(value, /^\d+$/.test(m[2]) ? Number(m[2]) : m[2]);
      left = left.slice(m[0].length);
    }
    return value;
  }
  function run(x, depth) {
    if (depth < 0) throw bad("Max string recursion exceeded");
    let out = "";
    for (let i = 0; i < x.length; i++) {
      const c = x[i];
      if ((c === "{" || c === "}") && x[i + 1] === c && depth === 1) {
        out += c;
        i++;
      } else if (c === "}") throw bad("Single '}' encountered in format string");
      else if (c !== "{") out += c;
      else {
        if (i + 1 >= x.length) throw bad("Single '{' encountered in format string");
        let level = 1;
        let end = i + 1;
        for (; end < x.length; end++) {
          if (x[end] === "[") {
            const close = x.indexOf("]", end);
            if (close > 0 && !x.slice(i, end).includes(":")) end = close;
          } else if (x[end] === "{") level++;
          else if (x[end] === "}" && --level === 0) break;
        }
        if (level) throw bad("expected '}' before end of string");
        const m = /^((?:\[[^\]]*\]|[^!:[])*)(?:!(.?)([^:]*))?(:)?(.*)$/s.exec(x.slice(i + 1, end));
        if (/[{}]/.test(m[1])) throw bad(`unexpected '${/[{}]/.exec(m[1])[0]}' in field name`);
        const value = field(m[1]);
        if (m[2] === "") throw bad(m[4] ? "end of string while looking for conversion specifier" : "unmatched '{' in format spec");
        if (m[3]) throw bad("expected ':' after conversion specifier");
        if (m[2] !== undefined && !/[rsa]/.test(m[2])) throw bad(`Unknown conversion specifier ${m[2]}`);
        const converted = m[2] === undefined ? value : m[2] === "r" ? shown(value) : m[2] === "a" ? late.ascii(value) : text(value);
        out += format_value(converted, /[{}]/.test(m[5]) ? run(m[5], depth - 1) : m[5]);
        i = end;
      }
    }
    return out;
  }
  return run(template, 1);
}
STR.format = (x, ...$k) => {
  const [args, given] = by_name($k);
  return format(x, args, given);
};
STR.format_map = (x, mapping) => format(x, null, mapping);

// -- %

/** `'%d of %s' % (1, 'x')`, or `'%(name)s' % {'name': 1}`. */
function percent(template, given) {
  const values = isTuple(given) ? given : [given];
  const mapping = isPlain(given) || (ours(given) && given.__getitem__) ? given : null;
  let next = 0;
  let by_name = false;
  const take = () => {
    if (next >= values.length) throw typeError("not enough arguments for format string");
    return values[next++];
  };
  const size = (t) => {
    if (t !== "*") return t;
    const value = take();
    if (!isInt(value)) throw typeError("* wants int");
    return String(value);
  };
  const out = template.replace(/%(?:\(((?:[^()]|\([^()]*\))*)\))?([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]?(.?)/gsu, (all, name, flags, width, precision, type, at) => {
    if (!type) throw bad("incomplete format");
    if (type === "%") return "%";
    if (name !== undefined) {
      if (mapping === null) throw typeError("format requires a mapping");
      by_name = true;
    }
    let w = size(width);
    let left = flags.includes("-");
    if (w.startsWith("-")) [w, left] = [w.slice(1), true];
    const p = precision === undefined ? undefined : size(precision) || "0";
    if (!/[diouxXeEfFgGcrsa]/.test(type)) throw bad(`unsupported format character '${type}' (0x${type.codePointAt(0).toString(16)}) at index ${at + all.length - type.length}`);
    const item = name === undefined ? take() : getitem(mapping, name);
    const value = plain(item);
    const align = left ? "<" : ">";
    const words = (t) => format_value(p === undefined ? t : [...t].slice(0, Number(p)).join(""), `${align}${w}`);
    if (type === "s") return words(text(item));
    if (type === "r") return words(shown(item));
    if (type === "a") return words(late.ascii(item));
    if (type === "c") {
      if (typeof value === "string" && len(value) === 1) return format_value(value, `${align}${w}`);
      if (!isInt(value)) throw typeError("%c requires int or char");
      if (value < 0 || value > 0x10ffff) throw error("OverflowError", "%c arg not in range(0x110000)");
      return format_value(chr(value), `${align}${w}`);
    }
    const sign = /\+/.exec(flags)?.[0] ?? / /.exec(flags)?.[0] ?? "";
    const zero = flags.includes("0") && !left ? "0" : "";
    const alt = flags.includes("#") ? "#" : "";
    if (/[diu]/.test(type) || /[oxX]/.test(type)) {
      const integer = /[diu]/.test(type);
      if (!isNumber(value) && !(ours(value) && (value.__index__ || (integer && value.__int__)))) throw typeError(`%${type} format: ${integer ? "a real number" : "an integer"} is required, not ${typeName(value)}`);
      if (!integer && isNumber(value) && (!isInt(value) || item !== value)) throw typeError(`%${type} format: an integer is required, not float`);
      const whole = int(value);
      const code = integer ? "d" : type;
      let t = format_value(Math.abs(whole), code);
      if (p !== undefined) t = t.padStart(Number(p), "0");
      const head = (whole < 0 ? "-" : sign) + (alt && !integer ? `0${type}` : "");
      return filled(t, head, zero ? "0" : " ", zero ? "=" : align, Number(w || 0));
    }
    if (!isNumber(value) && !(ours(value) && (value.__float__ || value.__index__))) throw typeError(`must be real number, not ${typeName(value)}`);
    return format_value(new Float($py.float(value)), `${zero ? "" : align}${sign}${alt}${zero}${w}${p === undefined ? "" : `.${p}`}${type}`);
  });
  if (!by_name && mapping === null && next < values.length) throw typeError("not all arguments converted during string formatting");
  return out;
}

const format_ = (value, spec = "") => format_value(value, spec);

Object.assign(late, { format_, format_value, percent });
