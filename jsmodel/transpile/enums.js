/** Enums. Sent with the first of them, after objects.js, as the body of a function of $py. */
if ($py.late.enum) return; // another kernel of this page has brought it

const { add, eq, error, isInt, iterate, KINDS, late, lt, mul, ours, repr, STR, str, sub, typeError, typeName } = $py;
const { cls, ob, NotImplemented } = late;
const { bitand: and, bitor: or, bitxor: xor, invert } = late; // exact up to 2**53

const hidden = (x, name, value) => Object.defineProperty(x, name, { value, writable: true, configurable: true });
const python = late.python;

/** What a member of an enum of numbers or texts is, as one of those. */
const plain = (x) => (ours(x) && x._jsm_class.mixin ? x._value_ : x);
const label = (x) => x._jsm_class.label;

for (const [kind, mixin] of [["int", "int"], ["str", "str"], ["float", "float"]]) {
  const check = KINDS.get($py[kind]);
  KINDS.set($py[kind], (x) => check(x) || (ours(x) && x._jsm_class.mixin === mixin));
}

/** The names of a flag's bits, as Python writes them. */
function flagName(x) {
  const info = x._jsm_class;
  if (x._name_ !== null) return x._name_;
  const parts = bits(info, x._value_);
  const known = parts.reduce((n, m) => or(n, m._value_), 0);
  if (python < 11) parts.sort((a, b) => b._value_ - a._value_);
  const names = parts.map((m) => m._name_);
  const rest = and(x._value_, invert(known));
  if (rest) names.push(String(rest));
  return names.length ? names.join("|") : python < 11 ? "0" : "";
}
const bits = (info, value) => info.canonical.filter((m) => m._value_ && and(m._value_, value) === m._value_);

const Enum = cls(ob, {
  name: "enum:Enum",
  label: "Enum",
  root: true,
  methods: {
    __repr__() {
      const name = this._jsm_class.flag ? flagName(this) : this._name_;
      return `<${label(this)}${name === "" ? "" : "."}${name}: ${repr(this._value_)}>`;
    },
    __str__() {
      const info = this._jsm_class;
      if (info.style?.str === "value") return str(this._value_);
      const name = info.flag ? flagName(this) : this._name_;
      return name === "" ? `${info.label}(${this._value_})` : `${info.label}.${name}`;
    },
    __format__(spec) {
      const info = this._jsm_class;
      const own = this.__str__ !== Enum.prototype.__str__;
      return late.format_value(info.style?.format === "value" && (!own || (python > 10 && spec)) ? this._value_ : this.__str__(), spec);
    },
  },
  properties: {
    name: [function () { return this._jsm_class.flag ? (this._name_ ?? (flagName(this) || null)) : this._name_; }, null],
    value: [function () { return this._value_; }, null],
  },
});

/** A root like those of Python. */
function root(name, base, mixin, methods, style = { str: "name", format: "name" }) {
  const made = cls(base, { name: `enum:${name}`, label: name, root: true, methods: { ...common(mixin), ...methods } });
  return Object.assign(made._jsm_class, { mixin, style }).cls;
}

/** What members do as numbers, or texts. */
function common(mixin) {
  if (!mixin) return {};
  const methods = {
    __eq__(other) { return eq(this._value_, plain(other)); },
    __hash__() { return late.hash(this._value_); },
    __key__() { return late.keyOf(this._value_); },
  };
  for (const [name, sign] of [["lt", "<"], ["le", "<="], ["gt", ">"], ["ge", ">="]])
    methods[`__${name}__`] = function (other) {
      const v = plain(other);
      return typeof v === typeof this._value_ || (typeof this._value_ === "number" && typeof v === "boolean") ? $py[name](this._value_, v) : NotImplemented;
    };
  const two = (name, f) => {
    const safe = (a, b) => (typeof a === "object" || typeof b === "object" ? NotImplemented : f(a, b));
    methods[`__${name}__`] = function (other) { return safe(this._value_, plain(other)); };
    methods[`__r${name}__`] = function (other) { return safe(plain(other), this._value_); };
  };
  two("add", add);
  two("mul", mul);
  two("mod", (a, b) => late.mod(a, b));
  if (mixin === "str") {
    Object.assign(methods, {
      __len__() { return $py.len(this._value_); },
      __getitem__(i) { return $py.getitem(this._value_, i); },
      __iter__() { return $py.lazy(this._value_)[Symbol.iterator](); },
      __contains__(x) { return late.contains(plain(x), this._value_); },
    });
    for (const name of Object.keys(STR)) methods[name] ??= function (...args) { return STR[name](this._value_, ...args); };
    return methods;
  }
  two("sub", (a, b) => sub(a, b));
  two("truediv", (a, b) => $py.div(a, b));
  for (const name of ["floordiv", "pow", "lshift", "rshift"]) two(name, (a, b) => late[name](a, b));
  for (const [name, f] of [["and", "bitand"], ["or", "bitor"], ["xor", "bitxor"]]) two(name, (a, b) => late[f](a, b));
  return Object.assign(methods, {
    __int__() { return Math.trunc(this._value_); },
    __float__() { return this._value_; },
    __bool__() { return this._value_ !== 0; },
    __neg__() { return late.neg(this._value_); },
    __pos__() { return this._value_; },
    __invert__() { return late.invert(this._value_); },
    __abs__() { return late.abs(this._value_); },
    __round__(...n) { return late.round(this._value_, ...n); },
    ...(mixin === "int" ? { __index__() { return this._value_; } } : {}),
  });
}

/** The bits of a flag, and of another or, for those of int, of a number. */
function flags(f) {
  return function (other) {
    const value = ours(other) && other._jsm_class === this._jsm_class ? other._value_ : this._jsm_class.mixin && isInt(other) ? Number(other) : undefined;
    return value === undefined ? NotImplemented : member(this._jsm_class, f(this._value_, value));
  };
}
const ofFlags = {
  __or__: flags(or),
  __and__: flags(and),
  __xor__: flags(xor),
  __ror__: flags(or),
  __rand__: flags(and),
  __rxor__: flags(xor),
  __invert__() {
    const info = this._jsm_class;
    if (info.mixin && python < 11) return member(info, invert(this._value_));
    return member(info, and(info.canonical.reduce((n, m) => or(n, m._value_), 0), invert(this._value_)));
  },
  __bool__() { return this._value_ !== 0; },
  __contains__(other) {
    if (!ours(other) || other._jsm_class !== this._jsm_class)
      throw typeError(`unsupported operand type(s) for 'in': '${typeName(other)}' and '${label(this)}'`);
    return and(this._value_, other._value_) === other._value_;
  },
  __iter__() { return bits(this._jsm_class, this._value_)[Symbol.iterator](); },
  __len__() { return bits(this._jsm_class, this._value_).length; },
};
if (python < 11) for (const name of ["__iter__", "__len__"]) delete ofFlags[name];

const ofValue = { str: "value", format: "value" };
const IntEnum = root("IntEnum", Enum, "int", {}, python < 11 ? { str: "name", format: "value" } : ofValue);
const StrEnum = root("StrEnum", Enum, "str", {}, ofValue);
const Flag = root("Flag", Enum, "", ofFlags);
const IntFlag = root("IntFlag", Flag, "int", ofFlags, python < 11 ? { str: "name", format: "value" } : ofValue);
for (const C of [Flag, IntFlag]) C._jsm_class.flag = true;

/** The member of a value, or for flags of a combination. */
function member(info, value) {
  for (const m of info.byValue) if (Object.is(m._value_, value) || eq(m._value_, value)) return m;
  const wrong = () => error("ValueError", `${repr(value)} is not a valid ${info.qualname ?? info.label}`);
  if (info.flag && isInt(value)) {
    const all = info.canonical.reduce((n, m) => or(n, m._value_), 0);
    const n = Number(value);
    const at = n < 0 && !(info.mixin && python < 11) ? and(n, all) : n;
    if (at !== n) return member(info, at);
    if (and(at, invert(all)) && !info.mixin) throw python < 11 ? wrong() : error("ValueError", `${repr(info.cls)} invalid value ${n}`);
    const made = info.make_one();
    hidden(made, "_name_", null);
    hidden(made, "_value_", at);
    if (python >= 11 && at) hidden(made, "_name_", flagName(made));
    info.byValue.push(made);
    return made;
  }
  if (info.names.get("_missing_") === "class") {
    const found = info.cls._missing_(value);
    if (found !== null && found !== undefined) {
      if (ours(found) && found._jsm_class === info) return found;
      throw typeError(`error in ${info.label}._missing_: returned ${repr(found)} instead of None or a valid member`);
    }
  }
  throw wrong();
}

/** What an enum does as a class that is looped over, asked what it has, and called. */
function ofTheClass(C, info) {
  const own = {
    __iter__: () => info.canonical[Symbol.iterator](),
    __reversed__: () => [...info.canonical].reverse()[Symbol.iterator](),
    __len__: () => info.canonical.length,
    __bool__: () => true,
    __contains__: (x) => {
      if (ours(x) && x._jsm_class === info) return true;
      if (python < 12 && !(ours(x) && x._jsm_class.canonical))
        throw typeError(`unsupported operand type(s) for 'in': '${typeName(x)}' and 'EnumType'`);
      return info.canonical.some((m) => eq(m._value_, x));
    },
    __getitem__: (name) => {
      if (!info.members.has(name)) throw error("KeyError", name);
      return info.members.get(name);
    },
    __eq__: (other) => C === other || NotImplemented,
    __hash__: () => late.id(C),
    __key__: () => C,
    __repr__: () => `<enum '${info.label}'>`,
    __str__: () => `<enum '${info.label}'>`,
    __format__: null,
  };
  for (const [name, value] of Object.entries(own)) hidden(C, name, value);
}

/**
 * Give an enum its members.
 * @param C its class, as objects.js made it
 * @param spec members, as pairs of name and value; names of those that count when it is looped over;
 *   mixin, the type of its values; str and format, which say whether those are shown
 */
function enum_(C, { members, names, mixin, str: asStr, format }) {
  const info = C._jsm_class;
  const above = info.mro.slice(1).find((k) => k.root || k.canonical);
  if (above.canonical?.length) throw typeError(`<enum '${info.label}'> cannot extend <enum '${above.label}'>`);
  info.mixin = mixin || above.mixin || "";
  info.flag = !!above.flag;
  info.style = { str: asStr ?? above.style?.str ?? "name", format: format ?? above.style?.format ?? "name" };
  if (mixin && !above.mixin)
    for (const [key, f] of Object.entries(common(mixin))) if (!Object.hasOwn(C.prototype, key)) hidden(C.prototype, key, f);
  info.members = new Map();
  info.canonical = [];
  info.byValue = [];
  const init = C.prototype.__init__ !== ob.prototype.__init__;
  for (const [name, value] of members) {
    let one = info.byValue.find((m) => Object.is(m._value_, value) || eq(m._value_, value));
    if (!one) {
      one = info.make_one();
      hidden(one, "_name_", name);
      hidden(one, "_value_", value);
      if (init) one.__init__(...($py.isTuple(value) ? value : [value]));
      info.byValue.push(one);
      const single = !info.flag || (value > 0 && and(value, value - 1) === 0);
      if (names ? names.includes(name) : single || python < 11) info.canonical.push(one);
    }
    info.members.set(name, one);
    Object.defineProperty(C, name, {
      configurable: true,
      get: () => one,
      set() { throw error("AttributeError", `cannot reassign member '${name}'`); },
    });
  }
  info.meta = true;
  ofTheClass(C, info);
  info.make = (_, args, given) => {
    const names_ = $py.keys(given);
    if (args.length || names_.length !== 1 || names_[0] !== "value") throw typeError(`${info.label}() got an unexpected keyword argument '${names_[0]}'`);
    return member(info, given.value);
  };
  return C;
}

/** What calling an enum gives. */
function construct(info, args) {
  if (!info.canonical?.length && args.length === 2) return ofNames(info, ...args);
  if (args.length !== 1 || !info.canonical) throw typeError(`${info.label}() takes a value, or a name and names`);
  const [value] = args;
  if (ours(value) && value._jsm_class === info) return value;
  return member(info, value);
}

/** `Enum("Color", "RED BLUE")`. */
function ofNames(info, name, names) {
  const given = typeof names === "string" ? names.split(/[\s,]+/).filter(Boolean) : $py.isPlain(names) ? $py.keys(names).map((k) => [k, names[k]]) : iterate(names);
  const entries = given.map((each) => (Array.isArray(each) ? [...each] : [each, auto()]));
  const C = cls(info.cls, { name: `:${name}`, label: name });
  return enum_(C, { members: membersOf(C._jsm_class, entries) });
}

// -- enums that are made in the browser

/** What stands for a value that comes by itself. */
class Auto {}
function auto() {
  return new Auto();
}

const highest = (values) => values.filter((v) => typeof v === "number").reduce((a, b) => Math.max(a, b), 0);

/** The value of `auto()`. */
function next(info, name, values) {
  if (info.flag) return values.length ? 2 ** (Math.floor(Math.log2(highest(values))) + 1) : 1;
  if (info.mixin === "str" && info.root !== undefined) return name.toLowerCase();
  return highest(values) + 1;
}

/** The members in the body of a class. */
function membersOf(info, entries, given) {
  const above = info.mro.slice(1).find((k) => k.root || k.canonical);
  const mixin = given || above.mixin;
  const out = [];
  const values = [];
  for (const [name, value] of entries) {
    const made = value instanceof Auto ? next({ flag: above.flag, mixin: above.label === "StrEnum" ? "str" : "", root: true }, name, values) : value;
    const kept = mixin === "int" && typeof made === "string" ? $py.int(made) : made;
    values.push(kept);
    out.push([name, kept]);
  }
  return out;
}

function unique(C) {
  const { members } = C._jsm_class;
  const twice = [...members].filter(([name, m]) => m._name_ !== name).map(([name, m]) => `${name} -> ${m._name_}`);
  if (twice.length) throw error("ValueError", `duplicate values found in <enum '${C._jsm_class.label}'>: ${twice.join(", ")}`);
  return C;
}

late.enum = enum_;
Object.assign(late, { enum_construct: construct, enum_members: membersOf, Auto });
late.$enum = { Enum, IntEnum, StrEnum, Flag, IntFlag, auto, unique };
