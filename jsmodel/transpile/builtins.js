/**
 * Built-in types that are no plain values of JS: each has Python's special methods on its
 * prototype, which operators.js calls. Sent with the first such type, as the body of a
 * function of $py.
 */
if ($py.late.builtin) return; // another kernel of this page has brought it

const { KINDS, error, late, repr, tuple_ } = $py;
const { NotImplemented, bounds, index } = late;

const hidden = (ob, name, value) => Object.defineProperty(ob, name, { value, writable: true, configurable: true });

/** Make a type of a function that makes its objects. */
function builtin(C, label, methods) {
  const proto = Object.create(null);
  hidden(proto, "__str__", function () { return this.__repr__(); });
  hidden(proto, "__eq__", function (other) { return this === other || NotImplemented; });
  for (const name of Reflect.ownKeys(methods)) {
    const { get, value } = Object.getOwnPropertyDescriptor(methods, name);
    if (get) Object.defineProperty(proto, name, { get, set() { throw readonly(); }, configurable: true });
    else hidden(proto, name, value);
    if (name === Symbol.iterator) hidden(proto, "__iter__", value);
  }
  hidden(proto, "_jsm_class", { name: `builtins:${label}`, label, base: null, cls: C, error: "", names: new Map(), built_in: true });
  hidden(proto, Symbol.toPrimitive, function () { return repr(this); });
  C.prototype = proto;
  KINDS.set(C, (x) => x instanceof C);
  late.types.set(C, label);
  return C;
}
const readonly = () => error("AttributeError", "readonly attribute");

// -- slices

function slice_(start, stop, step) {
  const out = Object.create(slice_.prototype);
  if (arguments.length < 2) [start, stop] = [null, start];
  return Object.assign(out, { _jsm_parts: [start ?? null, stop ?? null, step ?? null] });
}
const parts = (x) => tuple_(...x._jsm_parts);
builtin(slice_, "slice", {
  get start() { return this._jsm_parts[0]; },
  get stop() { return this._jsm_parts[1]; },
  get step() { return this._jsm_parts[2]; },
  __repr__() { return `slice${repr(parts(this))}`; },
  __eq__(other) { return other instanceof slice_ ? $py.eq(parts(this), parts(other)) : NotImplemented; },
  __hash__: null,
  indices(n) {
    const step = this.step === null ? 1 : index(this.step);
    if (step === 0) throw error("ValueError", "slice step cannot be zero");
    return tuple_(...bounds(index(n), this.start, this.stop, step), step);
  },
});

/** What a slice asks for, if it is one. */
late.part_of = (s) => (s instanceof slice_ ? s._jsm_parts : undefined);
/** `x[s]` of what has no elements of JS; undefined if `s` is no slice. */
late.sliced = (x, s) => (s instanceof slice_ ? late.slice(x, s.start, s.stop, s.step) : undefined);

Object.assign(late, { builtin, slice_ });
