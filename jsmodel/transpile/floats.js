/**
 * Floats that are whole, where they are shown: lower/floats.py knows them by the code, and what is here by the function that made them.
 * Sent with the first code that shows one, as the body of a function of $py.
 */
if ($py.late.float_) return; // another kernel of this page has brought it

const { iterate, late, ours, repr, str } = $py;

/** What is certainly a float, though it may be whole. */
class Float {
  constructor(value) {
    this.value = value;
  }
  toString() {
    return text(this.value);
  }
}
const float_ = (x) => (typeof x === "number" ? new Float(x) : x);

const text = (x) => (Number.isInteger(x) && Math.abs(x) < 1e16 ? `${Object.is(x, -0) ? "-0" : x}.0` : repr(x));

/** The str and the repr of what is certainly a float, if it is a number. */
const float_text = (x) => (x instanceof Float ? text(x.value) : typeof x === "number" ? text(x) : str(x));
const float_repr = (x) => (x instanceof Float ? text(x.value) : typeof x === "number" ? text(x) : repr(x));

/** Functions, and whether they give floats only: then their text begins with a word, or, in other functions, a note is on them. */
const known = new WeakMap();
function gives(f) {
  if (typeof f !== "function") return false;
  if (!known.has(f)) known.set(f, !!f._jsm_float || Function.prototype.toString.call(f).includes('{ "float";'));
  return known.get(f);
}

/** Whether a method of the user's, behind an operator, says that it gives integers. */
const whole = (f) => typeof f === "function" && (!!f._jsm_whole || Function.prototype.toString.call(f._jsm_loose ?? f).includes('{ "whole";'));

/** What was calculated with some values, as a float; unless operators of objects among them gave an integer. */
function float_unless(x, operators, ...parts) {
  const own = (part) => ours(part) && operators.split(" ").some((name) => whole(part[`__${name}__`]) || whole(part[`__r${name}__`]));
  return typeof x !== "number" || parts.some(own) ? x : new Float(x);
}

/** The value of a call of `f`, or of the method `name` of it. */
const float_from = (x, f, name) => (Number.isInteger(x) && gives(name === undefined ? f : f?.[name]) ? new Float(x) : x);

/** The value of the attribute `name` of `ob`: a property that is checked by such a function, or computed by one. */
function float_in(x, ob, name) {
  const info = Number.isInteger(x) && ob?._jsm_class;
  if (!info || (!info.props && !info.mro)) return x;
  const prop = info.props?.get(name) ?? info.mro?.find((C) => C.props?.has(name))?.props.get(name);
  return gives(Array.isArray(prop) ? prop[0] : prop?.validate) ? new Float(x) : x;
}

/** `sum(xs)` of floats; of none it is the int 0. */
function float_sum(xs) {
  const all = iterate(xs);
  return all.length ? float_(late.sum(all)) : 0;
}

/** `type(x)` and `isinstance(x, ...)` of what is a float, if it is a number. */
const float_type = (x, said) => ((typeof x === "number" && !said) || x instanceof Float ? $py.float : late.type(x));
const is_float = (x, kinds, said) => ((typeof x === "number" && !said) || x instanceof Float ? [kinds].flat(Infinity).includes($py.float) : $py.isinstance(x, kinds));

Object.assign(late, { Float, float_, float_from, float_in, float_repr, float_sum, float_text, float_type, float_unless, is_float });
