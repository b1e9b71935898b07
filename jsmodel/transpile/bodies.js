/**
 * Classes that are made in the browser: those that stand inside of functions. Their body has
 * run, in order, and what it left becomes a class, as in Python.
 * Sent with the first such class, after objects.js.
 */
if ($py.late.class_body) return; // another kernel of this page has brought it

const { iterate, KINDS, late, none, ours, typeError, typeName } = $py;
const { cls, loose, ob, super_class, tied } = late;

// -- what a class body has besides functions and values

class Static {
  constructor(f) { this.f = f; }
}
class OfClass {
  constructor(f) { this.f = f; }
}
class Property {
  constructor(get, set, del) {
    Object.assign(this, { get, set, del });
    this.getter = (f) => new Property(f, set, del);
    this.setter = (f) => new Property(get, f, del);
    this.deleter = (f) => new Property(get, set, f);
    this.__isabstractmethod__ = [get, set, del].some((f) => f?.__isabstractmethod__);
  }
}
const staticmethod = (f) => mark(new Static(f), f);
const classmethod = (f) => mark(new OfClass(f), f);
const property = (get, set, del) => new Property(get ?? null, set ?? null, del ?? null);
const property_kw = (o, ...args) => property(o.fget ?? args[0], o.fset ?? args[1], o.fdel ?? args[2]);
const mark = (x, f) => {
  if (f?.__isabstractmethod__) x.__isabstractmethod__ = true;
  return x;
};

/** `@abstractmethod`. */
function abstractmethod(f) {
  Object.defineProperty(f, "__isabstractmethod__", { value: true, configurable: true, writable: true });
  return f;
}

/** Functions whose object is `this`. */
const THIS = new WeakSet();
const called = (f, name) => Object.defineProperty(f, "name", { value: name, configurable: true });
const this_method = (f, name) => {
  THIS.add(called(f, name));
  return f;
};
/** What the body of a class means by a name that it has defined as a function. */
const member = (f) => (THIS.has(f) ? loose(f) : f);

// -- bases that say something, and have nothing

const Generic = cls(ob, { name: "typing:Generic", label: "Generic" });
const ABC = cls(ob, { name: "abc:ABC", label: "ABC" });
const SILENT = new Set([Generic, ABC, ob]);

let library = null;

/** Whether a function of a class gets its object: those of Python itself do not. */
function binds(f) {
  if (ours(f) || f._jsm_class?.cls || f._jsm_me || KINDS.has(f)) return false;
  if (/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(f)) || /^class\b/.test(String(f))) return false;
  library ??= new Set([...Object.values($py), ...Object.values(late)]);
  return !library.has(f);
}

const onThis = (f) => (none(f) ? null : function (...args) { return f(this, ...args); });

/** What a class is made of, from what its body left. */
function sorted(entries, label) {
  const spec = { methods: {}, statics: {}, of_class: {}, properties: {}, cached: {}, values: {}, abstract: [] };
  for (const [key, value] of entries) {
    if (value?.__isabstractmethod__) spec.abstract.push(key);
    if (key === "__slots__") spec.slots = typeof value === "string" ? [value] : iterate(value).map((s) => (/^__(?!.*__$)/.test(s) ? `_${label.replace(/^_+/, "")}${s}` : s));
    else if (key === "__new__") spec.statics[key] = value.f ?? value;
    else if (key === "__init_subclass__" || key === "__class_getitem__") spec.of_class[key] = value.f ?? value;
    else if (value instanceof Static) spec.statics[key] = value.f;
    else if (value instanceof OfClass) {
      if (value.f instanceof Property) throw typeError(`the class property '${key}' of ${label} is not known in the browser`);
      spec.of_class[key] = value.f;
    } else if (value instanceof Property) spec.properties[key] = [onThis(value.get), onThis(value.set), onThis(value.del)];
    else if (value?._jsm_cached) spec.cached[key] = onThis(value._jsm_cached);
    else if (typeof value === "function" && THIS.has(value)) spec.methods[key] = value;
    else if (typeof value === "function" && binds(value)) spec.methods[key] = tied(value);
    else spec.values[key] = value;
  }
  return spec;
}

/** The members in the body of an enum, and the rest of it. */
function split(entries) {
  const members = [];
  const rest = [];
  const ignored = new Set(["_ignore_"]);
  for (const [key, value] of entries) if (key === "_ignore_") for (const name of typeof value === "string" ? value.split(/[\s,]+/) : iterate(value)) ignored.add(name);
  for (const [key, value] of entries) {
    const isMember =
      !/^__.*__$/.test(key) && !/^_[^_].*_$/.test(key) && !/^_.+__[^_]/.test(key) &&
      !(typeof value === "function" && !ours(value)) && !(value instanceof Property) && !(value instanceof Static) && !(value instanceof OfClass);
    if (ignored.has(key)) continue;
    if (/^_[^_].*_$/.test(key) && key !== "_missing_") throw typeError(`${key} in the body of an enum is not known in the browser`);
    (isMember ? members : rest).push([key, value]);
  }
  return { members, rest };
}

/**
 * Make a class.
 * @param home the name of its module
 * @param given the keyword arguments after its bases
 * @param body runs what stands in it; gives the names with their values, and what is annotated
 */
function class_body(home, label, qualname, bases, given, body) {
  let isABC = false;
  let mixin = "";
  const parents = [];
  for (const base of bases) {
    if (base === ABC) isABC = true;
    if (SILENT.has(base)) continue;
    if (KINDS.has(base)) {
      mixin = ["int", "str", "float"].find((name) => $py[name] === base) ?? "other";
      continue;
    }
    const info = typeof base === "function" && base._jsm_class?.cls === base ? base._jsm_class : null;
    if (!info) throw typeError(`the class ${label} cannot inherit from a ${typeName(base)} in the browser: define it at the top of a module`);
    if (info.mro.some((k) => k.sealed)) throw typeError(`the class ${label} inherits from ${info.label}, whose __init_subclass__ only runs in Python: define it at the top of a module`);
    if (info.protocol) continue;
    parents.push(base);
  }
  const [all, annotations] = body();
  const entries = all.filter(([, value]) => value !== undefined);
  const asEnum = parents.some((p) => p._jsm_class.mro.some((k) => k.root));
  if (mixin && (!asEnum || mixin === "other")) throw typeError(`the class ${label} inherits from a type whose values are no objects in the browser: keep the value in an attribute`);
  const { members, rest } = asEnum ? split(entries) : { members: [], rest: entries };
  const spec = sorted(rest, label);
  isABC ||= parents.some((p) => p._jsm_class.isABC);
  if (!isABC) spec.abstract = [];
  const C = cls(parents.length ? parents : ob, { ...spec, name: `${home}:${qualname}`, label, qualname });
  const info = C._jsm_class;
  Object.assign(info, { isABC, annotations, body: new Map(entries) });
  if (asEnum) late.enum(C, { members: late.enum_members(info, members, mixin), mixin });
  for (const [key, value] of entries) if (ours(value) && value.__set_name__) value.__set_name__(C, key);
  const above = super_class(C, C, "__init_subclass__");
  if ($py.keys(given).length) {
    if (!info.mro.slice(1).some((k) => k["class __init_subclass__"])) throw typeError(`${label}.__init_subclass__() takes no keyword arguments`);
    late.kw(above, [], given);
  } else above();
  return C;
}

Object.assign(late, { ABC, Generic, abstractmethod, called, class_body, classmethod, member, property, property_kw, staticmethod, this_method });
