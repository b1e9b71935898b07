/**
 * Classes of the user that are no Models. Sent with the first such class, after operators.js,
 * as the body of a function of $py.
 *
 * A class is a function that can be called with or without `new`, as in Python. Its
 * attributes live on its prototype, and are reached from the class, too. Neither has
 * anything of JS under a name that Python code could ask for: there is no `toString`.
 *
 * What is known of a class is its `_jsm_class`. Where a class has several bases, the
 * prototypes above its own are copies, in the order that Python looks things up.
 */
if ($py.late.cls) return; // another kernel of this page has brought it

const { error, late, ours, repr, tuple_, typeError, typeName } = $py;
const { NotImplemented } = late;

const hidden = (ob, name, value) => Object.defineProperty(ob, name, { value, writable: true, configurable: true });
const visible = (ob, name, value) => Object.defineProperty(ob, name, { value, writable: true, configurable: true, enumerable: true });
const noAttribute = (x, key) => error("AttributeError", `'${typeName(x)}' object has no attribute '${key}'`);
const isSpecial = (key) => /^__.*__$/.test(key);

/** What is behind an object that watches how it is changed. */
const TARGET = Symbol("target");

/** Methods, as functions of the object. */
const LOOSE = new WeakMap();

// -- object

/** The root of all, without anything of JS. */
function ob(...args) {
  if (args.length) throw typeError("object() takes no arguments");
  return Object.create(ob.prototype);
}
ob.prototype = Object.create(null);
const OBJECT = { name: "builtins:object", label: "object", base: null, bases: [], cls: ob, error: "", names: new Map(), builtin: true, linear: true, over: null, flags: {} };
OBJECT.mro = [OBJECT];
const ofObject = {
  _jsm_class: OBJECT,
  __init__(...args) {
    if (args.length && !this.__new__) throw typeError(`${typeName(this)}() takes no arguments`);
  },
  __repr__() {
    return `<${this._jsm_class.name.replace(":", ".")} object>`;
  },
  __str__() {
    return this.__repr__();
  },
  __eq__(other) {
    return this === other || NotImplemented;
  },
  __hash__() {
    return late.id(this);
  },
  /** Set an attribute, as if no class had an opinion. */
  __setattr__(key, value) {
    const { fixed } = this._jsm_class;
    if (fixed?.has(key)) hidden(this[TARGET] ?? this, `$${key}`, value);
    else if (fixed?.frozen) visible(this[TARGET] ?? this, key, value);
    else if (fixed?.closed) throw noAttribute(this, key);
    else Reflect.set(this[TARGET] ?? this, key, value, this);
    return null;
  },
  __delattr__(key) {
    const { fixed } = this._jsm_class;
    const name = fixed?.has(key) ? `$${key}` : key;
    if (!Object.hasOwn(this, name)) throw noAttribute(this, key);
    Reflect.deleteProperty(this[TARGET] ?? this, name);
    return null;
  },
};
for (const [key, value] of Object.entries(ofObject)) hidden(ob.prototype, key, value);
Object.defineProperty(ob.prototype, Symbol.toPrimitive, { value: function () { return repr(this); } });
hidden(ob, "_jsm_class", OBJECT);
for (const key of ["__init__", "__repr__", "__str__", "__eq__", "__hash__", "__setattr__", "__delattr__"]) hidden(ob, key, loose(ofObject[key]));
hidden(ob, "__new__", (C) => allocate(C));
Object.defineProperty(ob, Symbol.hasInstance, { value: () => true });

// -- methods

/** A method as its class has it, or a decorator gets it: a function of the object, too. */
function loose(f) {
  const known = LOOSE.get(f);
  if (known) return known;
  const made = Object.assign((...args) => {
    if (!args.length) throw typeError(`${f.name}() missing 1 required positional argument: 'self'`);
    return f.apply(args[0], args.slice(1));
  }, { _jsm_method: f });
  Object.defineProperty(made, "name", { value: f.name });
  LOOSE.set(f, made);
  return made;
}

/** A function of the object as a method. */
function tied(f) {
  if (f._jsm_method) return f._jsm_method;
  const made = function (...args) { return f(this, ...args); };
  made._jsm_loose = f;
  Object.defineProperty(made, "name", { value: f.name });
  LOOSE.set(made, f);
  return made;
}

// -- the order of bases

/** Python's method resolution order: each class before its bases, and those in the order of their list. */
function order(info, bases) {
  const lists = [...bases.map((b) => [...b.mro]), [...bases]];
  const out = [info];
  for (;;) {
    const left = lists.filter((list) => list.length);
    if (!left.length) return out;
    const next = left.map((list) => list[0]).find((k) => left.every((list) => list.indexOf(k) < 1));
    if (!next)
      throw typeError(`Cannot create a consistent method resolution\norder (MRO) for bases ${bases.map((b) => b.label).join(", ")}`);
    out.push(next);
    for (const list of left) if (list[0] === next) list.shift();
  }
}

/** A copy of the own attributes of a class, over other ones. */
function copied(info, over) {
  const proto = Object.create(over, Object.getOwnPropertyDescriptors(info.cls.prototype));
  (info.copies ??= []).push(proto);
  return proto;
}

/** What JS, and our own code, ask any object for: `__getattr__` is not asked. */
const ASKED = new Set(["then", "constructor"]);

/** What stands above all prototypes of a class that says itself what it has. */
const ROOT = {
  get(target, key, self) {
    if (typeof key !== "string" || key in target || isSpecial(key) || key.startsWith("_jsm_") || ASKED.has(key)) return target[key];
    const f = self.__getattr__;
    return f ? f.call(self, key) : undefined;
  },
  set(target, key, value, self) {
    const { fixed } = self._jsm_class;
    if (typeof key === "string" && fixed && key[0] !== "$" && !key.startsWith("_jsm_")) {
      if (fixed.frozen) throw fixed.frozen(key, "assign to");
      if (fixed.closed && !isSpecial(key)) throw noAttribute(self, key);
    }
    return Reflect.defineProperty(self, key, { value, writable: true, enumerable: true, configurable: true });
  },
};

/** Let isinstance() go by what is known of classes, where prototypes are copies. */
function byInfo(info) {
  if (info.builtin) return;
  Object.defineProperty(info.cls, Symbol.hasInstance, {
    configurable: true,
    value: (x) => !!x && (typeof x === "object" || typeof x === "function") && x !== info.cls && !!x._jsm_class?.mro?.includes(info) && ours(x),
  });
}

/** The prototype that one of a class inherits from; notes what is above each class on the way. */
function above(info, rooted) {
  const [first, ...rest] = info.mro.slice(1);
  if (info.bases.length === 1 && (!rooted || info.bases[0].rooted)) {
    Object.assign(info, { linear: first.linear, over: first.cls.prototype, next: first.next, rooted });
    if (!info.linear) info.next = new Map([...(first.next ?? []), [info, info.over]]);
    return info.over;
  }
  info.linear = false;
  info.rooted = rooted;
  info.next = new Map();
  const all = [first, ...rest].reverse();
  let over = info.error ? Error.prototype : null;
  if (rooted) over = new Proxy(over ?? Object.create(null), ROOT);
  for (const k of all) {
    info.next.set(k, over);
    over = copied(k, over);
    byInfo(k);
  }
  info.next.set(info, over);
  info.over = over;
  return over;
}

/** The attributes above a class, in the order of an object: what `super()` looks in. */
function up(C, x) {
  const k = x._jsm_class;
  const at = C._jsm_class;
  return k.linear || !k.next.has(at) ? at.over : k.next.get(at);
}

// -- making objects

/** An object of a class, before __init__. */
function allocate(C) {
  const info = C?._jsm_class;
  if (info === OBJECT) return ob();
  if (!info?.make_one) throw typeError(`object.__new__(X): X is not a type object (${typeName(C)})`);
  return info.make_one();
}

const WATCH = {
  get: (target, key, self) => (key === TARGET ? target : Reflect.get(target, key, self)),
  set(target, key, value, self) {
    if (typeof key !== "string" || key.startsWith("_jsm_") || key[0] === "$") return Reflect.set(target, key, value, self);
    self.__setattr__(key, value);
    return true;
  },
};

function makeOne(C, info) {
  const proto = C.prototype;
  if (info.error) {
    const err = Reflect.construct(Error, [], C);
    hidden(err, "args", tuple_());
    return err;
  }
  let x;
  if (info.flags.call) {
    // What can be called is a function, for JS too.
    const self = (...args) => x.__call__(...args);
    Object.setPrototypeOf(self, proto);
    delete self.name;
    delete self.length;
    x = self;
  } else x = Object.create(proto);
  if (info.flags.watch) x = new Proxy(x, WATCH);
  return x;
}

/** The function that a class is. */
function constructor(info) {
  const { flags } = info;
  let C;
  if (info.mro.some((k) => k.root)) {
    C = function (...args) { return late.enum_construct(info, args); };
  } else if (info.protocol) {
    C = function () { throw typeError("Protocols cannot be instantiated"); };
  } else if (flags.abstract?.length) {
    const n = flags.abstract.length;
    const names = flags.abstract.sort();
    C = function () {
      throw typeError(
        $py.late.python >= 12
          ? `Can't instantiate abstract class ${info.label} without an implementation for abstract method${n > 1 ? "s" : ""} ${names.map((k) => `'${k}'`).join(", ")}`
          : `Can't instantiate abstract class ${info.label} with abstract method${n > 1 ? "s" : ""} ${names.join(", ")}`,
      );
    };
  } else if (flags.fresh) {
    C = function (...args) {
      const x = C.__new__(C, ...args);
      if (ours(x) && x._jsm_class.mro.includes(info)) x.__init__(...args);
      if ((typeof x !== "object" && typeof x !== "function") || x === null) throw typeError(`__new__ of ${info.label} gave a ${typeName(x)}: it must give an object in the browser`);
      return x;
    };
  } else if (info.error) {
    // One that was raised in Python: it has what it has, and no __init__ runs.
    info.again = (args, attrs) => Object.assign(hidden(Reflect.construct(Error, [], C), "args", tuple_(...args)), attrs);
    C = function (...args) {
      const err = Reflect.construct(Error, [], new.target ?? C);
      hidden(err, "args", tuple_(...args));
      err.__init__(...args);
      Error.captureStackTrace?.(err, C);
      return err;
    };
  } else if (flags.call || flags.watch)
    C = function (...args) {
      const x = makeOne(C, info);
      x.__init__(...args);
      return x;
    };
  else
    C = function (...args) {
      if (!new.target) return new C(...args);
      this.__init__(...args);
    };
  return C;
}

// -- making classes

/**
 * Make a class.
 * @param bases one, or several
 * @param spec its home as 'module:Name', and what it has: methods, of which `this` is the object; statics;
 *   methods of_class, which get it; properties, as [get, set, delete]; values
 */
function cls(bases, spec) {
  const { name, label, qualname, methods = {}, statics = {}, of_class = {}, properties = {}, cached = {}, values = {}, abstract = [] } = spec;
  const parents = (Array.isArray(bases) ? bases : [bases]).map((b) => b._jsm_info ?? b._jsm_class);
  const found = parents.length > 1 ? parents.filter((k, i) => k !== OBJECT || i === parents.length - 1) : parents;
  const info = { name, label, qualname, base: found[0], bases: found, names: new Map(), flags: {} };
  info.mro = order(info, found);
  info.error = info.mro.find((k) => k.builtin && k.error)?.error ?? "";
  const has = (key) => Object.hasOwn(methods, key) || found.some((k) => key in k.cls.prototype && k.cls.prototype[key] !== ob.prototype[key]);
  const { flags } = info;
  const fixed = slots(info, spec);
  flags.call = has("__call__") && methods.__call__ !== null;
  flags.watch = has("__setattr__") || has("__delattr__");
  flags.fresh = Object.hasOwn(statics, "__new__") || found.some((k) => k.flags.fresh);
  Object.assign(info, { fixed, protocol: !!spec.protocol, root: !!spec.root, sealed: !!spec.sealed });
  const proto = methods;
  if (spec.slots) fields(proto, spec.slots, fixed);
  Object.setPrototypeOf(proto, above(info, has("__getattr__") || !!fixed || found.some((k) => k.rooted)));
  const ownNames = new Set([...Object.keys(methods), ...Object.keys(statics), ...Object.keys(of_class), ...Object.keys(properties), ...Object.keys(values)]);
  flags.abstract = [...new Set([...abstract, ...found.flatMap((k) => k.flags.abstract ?? []).filter((key) => !ownNames.has(key) && abstractIn(info, key))])];
  const C = constructor(info);
  info.cls = C;
  info.make_one = () => makeOne(C, info);
  C.prototype = proto;
  hidden(proto, "_jsm_class", info);
  if (info.error) hidden(proto, "name", label);
  const names = info.names;
  for (const k of info.mro.slice(1).reverse()) for (const [key, kind] of k.names) names.set(key, kind);
  if (Object.hasOwn(methods, "__eq__") && !Object.hasOwn(methods, "__hash__") && !Object.hasOwn(values, "__hash__")) hidden(proto, "__hash__", null);
  for (const key of Object.keys(methods)) names.set(key, "method");
  for (const [key, f] of Object.entries(statics)) {
    names.set(key, "static");
    hidden(proto, key, f);
  }
  for (const [key, value] of Object.entries(values)) {
    names.set(key, "value");
    if (ours(value) && (value.__get__ || value.__set__)) described(proto, key, value, info);
    else hidden(proto, key, value);
  }
  for (const [key, f] of Object.entries(of_class)) {
    names.set(key, "class");
    Object.defineProperty(proto, key, {
      configurable: true,
      get() { return bound(f, this._jsm_class.cls); },
      set(value) { visible(this, key, value); },
    });
    info[`class ${key}`] = f;
  }
  for (const [key, get] of Object.entries(cached)) {
    names.set(key, "property");
    Object.defineProperty(proto, key, {
      configurable: true,
      get() {
        const value = get.call(this) ?? null;
        visible(this, key, value);
        return value;
      },
      set(value) { visible(this, key, value); },
    });
  }
  for (const [key, [get, set, del]] of Object.entries(properties)) {
    names.set(key, "property");
    (info.props ??= new Map()).set(key, [get, set, del]);
    property(proto, key, get, set, del);
  }
  Object.setPrototypeOf(C, null);
  delete C.name;
  delete C.length;
  hidden(C, "_jsm_class", info);
  Object.defineProperty(C, Symbol.toPrimitive, { configurable: true, value: () => `<class '${name.replace(":", ".")}'>` });
  hidden(C, Symbol.hasInstance, Function.prototype[Symbol.hasInstance]);
  if (!info.linear) byInfo(info);
  if (info.protocol)
    Object.defineProperty(C, Symbol.hasInstance, {
      value() { throw typeError(`isinstance() with the Protocol ${label} is not known in the browser: write a function`); },
    });
  for (const [key, kind] of names) ofClass(C, key, kind, info);
  Object.setPrototypeOf(C, beyond(C, info));
  if (flags.fresh) info.make = (_, args, given) => fresh(C, info, args, given);
  return C;
}

/** Whether what a class has under a name is still abstract. */
function abstractIn(info, key) {
  const k = info.mro.slice(1).find((at) => Object.hasOwn(at.cls.prototype, key));
  return !k || !!k.flags.abstract?.includes(key);
}

const BOUND = new WeakMap();

/** A method of a class, with its class: the same each time. */
function bound(f, C) {
  const known = BOUND.get(f) ?? new WeakMap();
  if (known.has(C)) return known.get(C);
  const made = (...args) => f(C, ...args);
  Object.defineProperty(made, "name", { value: f.name });
  BOUND.set(f, known.set(C, made));
  return Object.assign(made, { _jsm_of: f, _jsm_me: C, _jsm_skip: 1 });
}

/** Keyword arguments of a class with a __new__ of its own. */
function fresh(C, info, args, given) {
  const x = late.kw(C.__new__, [C, ...args], given);
  if (ours(x) && x._jsm_class.mro.includes(info) && x.__init__ !== ob.prototype.__init__) late.kw_call(x.__init__, x, args, given);
  return x;
}

function property(proto, key, get, set, del) {
  const no = (x, what) => error("AttributeError", `property '${key}' of '${typeName(x)}' object has no ${what}`);
  Object.defineProperty(proto, key, {
    configurable: true,
    get() {
      if (!get) throw no(this, "getter");
      return get.call(this) ?? null;
    },
    set(value) {
      if (!set) throw no(this, "setter");
      set.call(this, value);
    },
  });
  if (del) hidden(proto, `_jsm_del ${key}`, del);
}

/** An attribute that is an object with __get__ or __set__. */
function described(proto, key, value, info) {
  (info.descriptors ??= new Map()).set(key, value);
  Object.defineProperty(proto, key, {
    configurable: true,
    get() { return value.__get__ ? (value.__get__(this, this._jsm_class.cls) ?? null) : value; },
    set(to) {
      if (value.__set__) value.__set__(this, to);
      else visible(this, key, to);
    },
  });
  if (value.__delete__) hidden(proto, `_jsm_del ${key}`, function () { value.__delete__(this); });
}

/** The names that objects can have, where the class says which: __slots__, or a frozen dataclass. */
function slots(info, { slots: own, frozen }) {
  const from = info.bases.map((k) => k.fixed).find(Boolean);
  const open = info.bases.some((k) => k !== OBJECT && !k.fixed?.closed);
  if (!own && !frozen) return from ? Object.assign(new Map(from), { frozen: from.frozen, closed: false }) : null;
  const fixed = new Map();
  for (const k of info.bases) for (const [key, kind] of k.fixed ?? []) fixed.set(key, kind);
  for (const key of own ?? []) fixed.set(key, "slot");
  fixed.closed = !!own && !open && !own.includes("__dict__");
  fixed.frozen = frozen ?? from?.frozen;
  return fixed;
}

/** Say of a class that is there which names its objects have, and whether they can be set. */
function fix(C, names, { frozen, slots: closed }) {
  const info = C._jsm_class;
  info.fixed = slots(info, { slots: closed ? names : undefined, frozen });
  for (const key of names) info.fixed.set(key, closed ? "slot" : "field");
  Object.setPrototypeOf(C.prototype, above(info, true));
  byInfo(info);
  fields(C.prototype, names, info.fixed);
}

/** A method that comes after the class was made. */
function add_method(C, key, f) {
  hidden(C.prototype, key, f);
  C._jsm_class.names.set(key, "method");
  ofClass(C, key, "method", C._jsm_class);
}

/** And a value. */
function add_value(C, key, value) {
  hidden(C.prototype, key, value);
  C._jsm_class.names.set(key, "value");
  ofClass(C, key, "value", C._jsm_class);
}

function remove_value(C, key) {
  delete C.prototype[key];
  delete C[key];
  C._jsm_class.names.delete(key);
}

/** Give a class accessors of the names that its objects have; what they keep is under '$' and the name. */
function fields(proto, keys, fixed) {
  for (const key of keys) {
    const kept = `$${key}`;
    Object.defineProperty(proto, key, {
      configurable: true,
      get() {
        const value = this[kept];
        if (value === undefined) throw noAttribute(this, key);
        return value;
      },
      set(value) {
        if (fixed.frozen) throw fixed.frozen(key, "assign to");
        if (Object.hasOwn(this, kept)) this[kept] = value;
        else hidden(this, kept, value);
      },
    });
    hidden(proto, `_jsm_del ${key}`, function () {
      if (fixed.frozen) throw fixed.frozen(key, "delete");
      if (!Object.hasOwn(this, kept)) throw noAttribute(this, key);
      delete this[kept];
    });
  }
}

/** Let the class have what its prototype has, as Python's classes do. */
function ofClass(C, key, kind, info) {
  Object.defineProperty(C, key, {
    enumerable: false,
    configurable: true,
    get() {
      if (kind === "class") return bound(classMethod(info, key), C);
      if (kind === "property") return propertyOf(C, key);
      for (const k of info.mro) {
        const descriptor = k.descriptors?.get(key);
        if (descriptor) return descriptor.__get__ ? (descriptor.__get__(null, C) ?? null) : descriptor;
        if (k.cls && Object.hasOwn(k.cls.prototype, key)) break;
      }
      const value = C.prototype[key];
      return kind === "method" && typeof value === "function" ? loose(value) : value;
    },
    set(value) { assign(C, info, key, value); },
  });
}

/** `C.key = value`. */
function assign(C, info, key, value) {
  if (isSpecial(key)) throw typeError(`the special method '${key}' of the class ${info.label} cannot be replaced in the browser`);
  const isFunction = typeof value === "function" && !ours(value) && !value._jsm_class && !value._jsm_me;
  const kept = isFunction ? tied(value) : value;
  for (const proto of [info.cls.prototype, ...(info.copies ?? [])]) hidden(proto, key, kept);
  info.names.set(key, isFunction ? "method" : "value");
  ofClass(C, key, isFunction ? "method" : "value", info);
}

/** What a class has that it was not made with: attributes that came later, here or in a base. */
function beyond(C, info) {
  return new Proxy(Object.create(null), {
    get(_, key) {
      if (typeof key !== "string" || !(key in C.prototype) || key === "_jsm_class" || (key === "name" && info.error)) return undefined;
      const k = info.mro.find((at) => Object.hasOwn(at.cls.prototype, key));
      if (k && k !== info && k.names.has(key)) return k.cls[key];
      const value = C.prototype[key];
      return typeof value === "function" ? loose(value) : value;
    },
    set(_, key, value) {
      if (isSpecial(key) && key in ob && !Object.hasOwn(C, key)) throw typeError(`the special method '${key}' of the class ${info.label} cannot be replaced in the browser`);
      assign(C, info, key, value);
      return true;
    },
  });
}

function propertyOf(C, key) {
  const own = C._jsm_class.mro.find((k) => k.props?.has(key))?.props.get(key);
  if (own && late.property) return late.property(...own.map((f) => f && loose(f)));
  throw typeError(`the property '${key}' of the class ${C._jsm_class.label} itself is not known in the browser`);
}

function classMethod(info, key) {
  for (const at of info.mro) if (at[`class ${key}`]) return at[`class ${key}`];
}

/** `super().name` in a method of C, where it is no call. */
function super_get(C, x, key) {
  if (typeof x === "function" && x._jsm_class?.cls === x) return super_class(C, x, key);
  const over = up(C, x);
  if (!(key in over)) throw error("AttributeError", `'super' object has no attribute '${key}'`);
  const value = Reflect.get(over, key, x);
  return typeof value === "function" && kindAbove(C, x, key) === "method" ? value.bind(x) : value;
}

function kindAbove(C, x, key) {
  const { mro } = x._jsm_class;
  const k = mro.slice(mro.indexOf(C._jsm_class) + 1).find((at) => Object.hasOwn(at.cls.prototype, key));
  return k?.names.get(key) ?? "method";
}

/** `super().name` in a class method, or a __new__: what is above C for the class K. */
function super_class(C, K, key) {
  const { mro } = K._jsm_class;
  for (const k of mro.slice(mro.indexOf(C._jsm_class) + 1)) {
    if (k[`class ${key}`]) return bound(k[`class ${key}`], K);
    if (key === "__new__" ? k.builtin || Object.hasOwn(k.cls.prototype, key) : Object.hasOwn(k.cls.prototype, key)) {
      if (key === "__new__" && k.builtin) return ob.__new__;
      const value = k.cls.prototype[key];
      return k.names.get(key) === "method" ? loose(value) : value;
    }
  }
  if (key === "__init_subclass__") return () => null;
  throw error("AttributeError", `'super' object has no attribute '${key}'`);
}

/** `del x.key`. */
function delattr_ours(x, key) {
  const del = x[`_jsm_del ${key}`];
  if (x._jsm_class.flags?.watch && x.__delattr__ !== ob.prototype.__delattr__) x.__delattr__(key);
  else if (del) del.call(x);
  else if (!Object.hasOwn(x, key)) {
    if (x._jsm_class.names?.get(key) === "property") throw error("AttributeError", `property '${key}' of '${typeName(x)}' object has no deleter`);
    throw noAttribute(x, key);
  } else delete x[key];
  return null;
}

/** `del C.key`. */
function delattr_class(C, key) {
  if (isSpecial(key) || !Object.hasOwn(C.prototype, key)) throw error("AttributeError", `type object '${C._jsm_class.label}' has no attribute '${key}'`);
  remove_value(C, key);
  for (const proto of C._jsm_class.copies ?? []) delete proto[key];
  return null;
}

/** `getattr(x, key)`, where there is one; a property, and __getattr__, are asked once. */
function getattr_ours(x, key, otherwise) {
  let value;
  try {
    value = x[key];
  } catch (err) {
    if (otherwise.length && late.is_error(err, "AttributeError")) return otherwise[0];
    throw err;
  }
  return value === undefined ? undefined : $py.attr(x, value, key);
}

/** `hasattr(x, key)`: whatever is in the way of getting it. */
function hasattr_ours(x, key) {
  const { names, cls } = x._jsm_class;
  if (x instanceof Error && !names.has(key) && (key === "stack" || (/^(name|message|cause)$/.test(key) && !Object.hasOwn(x, key)))) return false;
  if (key === "prototype" && x === cls && !names.has(key)) return false;
  try {
    return x[key] !== undefined || (ASKED.has(key) && !!x.__getattr__ && x.__getattr__(key) !== undefined);
  } catch (err) {
    if (late.is_error(err, "AttributeError")) return false;
    throw err;
  }
}

/** The attributes of an object itself, as a dict: what is done to that is done to the object. */
function vars(x) {
  const kept = (key) => (x._jsm_class.fixed?.has(key) ? `$${key}` : key);
  const shown = (key) => typeof key === "string" && !key.startsWith("_jsm_") && !(x instanceof Error && ["stack", "args", "message", "cause", "name"].includes(key));
  const names = () =>
    Reflect.ownKeys(x).filter(shown).map((key) => (key[0] === "$" ? key.slice(1) : key)).filter((key) => x._jsm_class.fixed?.get(key) !== "slot");
  return new Proxy({}, {
    has: (target, key) => Reflect.has(target, key) || (shown(key) && Object.hasOwn(x, kept(key))),
    get: (target, key) => (shown(key) && Object.hasOwn(x, kept(key)) ? x[kept(key)] : Reflect.get(target, key)),
    set: (_, key, value) => !!visible(x, kept(key), value),
    deleteProperty: (_, key) => delete x[kept(key)],
    defineProperty: (_, key, { value }) => !!visible(x, kept(key), value),
    ownKeys: names,
    getOwnPropertyDescriptor: (_, key) => (shown(key) && Object.hasOwn(x, kept(key)) ? { value: x[kept(key)], writable: true, enumerable: true, configurable: true } : undefined),
  });
}

Object.assign(late, {
  add_method, add_value, allocate, cls, delattr_class, delattr_ours, fix, getattr_ours, hasattr_ours, loose, ob, remove_value, super_class, super_get, tied, up,
  vars_ours: vars,
});
