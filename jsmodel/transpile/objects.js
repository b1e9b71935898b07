/**
 * Classes of the user that are no Models, and what operators make of their objects.
 * Sent with the first such class, after library.js, as the body of a function of $py.
 *
 * A class is a function that can be called with or without `new`, as in Python. Its
 * attributes live on its prototype, and are reached from the class, too. Neither has
 * anything of JS under a name that Python code could ask for: there is no `toString`.
 */
if ($py.late.cls) return; // another kernel of this page has brought it

const { error, late, ours, repr, str, truth, tuple_, typeError, typeName } = $py;
const { index } = late;

const NotImplemented = Symbol("NotImplemented");
const special = (x, name) => (ours(x) ? x[name] : undefined);

// -- classes

const hidden = (ob, name, value) => Object.defineProperty(ob, name, { value, writable: true, configurable: true });

/** The root of all, without anything of JS. */
function ob() {}
ob.prototype = Object.create(null);
hidden(ob.prototype, "_jsm_class", { name: "builtins:object", label: "object", base: null, cls: ob, error: "", names: new Map() });
hidden(ob.prototype, "__init__", function (...args) {
  if (args.length) throw typeError(`${typeName(this)}() takes no arguments`);
});
hidden(ob.prototype, "__repr__", function () {
  return `<${this._jsm_class.name.replace(":", ".")} object>`;
});
hidden(ob.prototype, "__str__", function () {
  return this.__repr__();
});
hidden(ob.prototype, "__eq__", function (other) {
  return this === other || NotImplemented;
});
Object.defineProperty(ob.prototype, Symbol.toPrimitive, { value: function () { return repr(this); } });

/** What an exception says, as Python makes it of its arguments. */
function words(err) {
  const args = err.args ?? tuple_();
  if (args.length === 1) return err._jsm_class.error === "KeyError" ? repr(args[0]) : str(args[0]);
  return args.length ? repr(args) : "";
}

const roots = new Map();

/** The root of the exceptions that inherit from a built-in one. */
function exception(name) {
  const known = roots.get(name);
  if (known) return known;
  const root = function () {};
  const proto = (root.prototype = Object.create(Error.prototype));
  hidden(proto, "_jsm_class", { name: `builtins:${name}`, label: name, base: null, cls: root, error: name, names: new Map() });
  hidden(proto, "__init__", function (...args) {
    hidden(this, "args", tuple_(...args));
  });
  hidden(proto, "__str__", function () {
    return words(this);
  });
  hidden(proto, "__repr__", function () {
    return `${typeName(this)}(${(this.args ?? []).map(repr).join(", ")})`;
  });
  hidden(proto, "__eq__", ob.prototype.__eq__);
  Object.defineProperty(proto, "message", {
    configurable: true,
    get() { return words(this); },
    set(value) { hidden(this, "message", value); },
  });
  roots.set(name, root);
  return root;
}

const unbound = new WeakMap();

/** A method as its class has it: a function of the object, too. */
function loose(f) {
  if (!unbound.has(f)) unbound.set(f, (self, ...args) => f.apply(self, args));
  return unbound.get(f);
}

/** Make a class. */
function cls(base, { name, label, methods = {}, statics = {}, of_class = {}, properties = {}, values = {} }) {
  const above = base.prototype._jsm_class;
  const C = above.error
    ? function (...args) {
        const err = Reflect.construct(Error, [], new.target ?? C);
        hidden(err, "args", tuple_(...args));
        err.__init__(...args);
        Error.captureStackTrace?.(err, C);
        return err;
      }
    : function (...args) {
        if (!new.target) return new C(...args);
        this.__init__(...args);
      };
  const proto = (C.prototype = methods);
  Object.setPrototypeOf(proto, base.prototype);
  const names = new Map(above.names);
  const info = { name, label, base: above, cls: C, error: above.error, names };
  hidden(proto, "_jsm_class", info);
  if (above.error) hidden(proto, "name", label);
  for (const key of Object.keys(methods)) names.set(key, "method");
  for (const [key, f] of Object.entries(statics)) {
    names.set(key, "static");
    hidden(proto, key, f);
  }
  for (const [key, value] of Object.entries(values)) {
    names.set(key, "value");
    hidden(proto, key, value);
  }
  for (const [key, f] of Object.entries(of_class)) {
    names.set(key, "class");
    Object.defineProperty(proto, key, {
      configurable: true,
      get() { return (...args) => f(this._jsm_class.cls, ...args); },
      set(value) { hidden(this, key, value); },
    });
    info[`class ${key}`] = f;
  }
  for (const [key, [get, set]] of Object.entries(properties)) {
    names.set(key, "property");
    Object.defineProperty(proto, key, {
      configurable: true,
      get() {
        if (!get) throw error("AttributeError", `property '${key}' of '${typeName(this)}' object has no getter`);
        return get.call(this);
      },
      set(value) {
        if (!set) throw error("AttributeError", `property '${key}' of '${typeName(this)}' object has no setter`);
        set.call(this, value);
      },
    });
  }
  Object.setPrototypeOf(C, null);
  delete C.name;
  delete C.length;
  hidden(C, "_jsm_class", info);
  Object.defineProperty(C, Symbol.toPrimitive, { value: () => `<class '${name.replace(":", ".")}'>` });
  for (const [key, kind] of names) ofClass(C, key, kind, info);
  return Object.preventExtensions(C);
}

/** Let the class have what its prototype has, as Python's classes do. */
function ofClass(C, key, kind, info) {
  Object.defineProperty(C, key, {
    enumerable: false,
    get() {
      if (kind === "property") throw typeError(`the property '${key}' of the class ${info.label} itself is not known in the browser`);
      if (kind === "class") return (...args) => classMethod(info, key)(C, ...args);
      const value = C.prototype[key];
      return kind === "method" ? loose(value) : value;
    },
    set(value) {
      if (kind !== "value" || typeof value === "function")
        throw typeError(`methods of the class ${info.label} cannot be replaced in the browser`);
      hidden(C.prototype, key, value);
    },
  });
}

function classMethod(info, key) {
  for (let at = info; at; at = at.base) if (at[`class ${key}`]) return at[`class ${key}`];
}

// -- operators

const ARITHMETIC = {
  "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "** or pow()": "pow",
  "<<": "lshift", ">>": "rshift", "&": "and", "|": "or", "^": "xor",
};
const MIRROR = { __lt__: "__gt__", __gt__: "__lt__", __le__: "__ge__", __ge__: "__le__", __eq__: "__eq__" };
const COMPARISON = { "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__" };

/** Whether the class of `b` is derived from that of `a`. */
const derived = (a, b) => ours(a) && ours(b) && a._jsm_class !== b._jsm_class && b instanceof a._jsm_class.cls;

/** What the first of the calls says that is not NotImplemented. */
function first(calls) {
  for (const [x, name, other] of calls) {
    const f = special(x, name);
    const out = f ? f.call(x, other) : NotImplemented;
    if (out !== NotImplemented) return out;
  }
  return NotImplemented;
}

/** `a + b` and the like, where one of them is an object of a class of the user. */
function op(sign, a, b) {
  const name = ARITHMETIC[sign];
  const [to, from] = [[a, `__${name}__`, b], [b, `__r${name}__`, a]];
  const same = ours(a) && ours(b) && a._jsm_class === b._jsm_class;
  const swap = derived(a, b) && b[from[1]] !== a[from[1]];
  const out = first(same ? [to] : swap ? [from, to] : [to, from]);
  if (out === NotImplemented) return $py.refuse(sign, a, b);
  return out ?? null;
}

/** `a += b`. */
function iop(sign, a, b) {
  const out = first([[a, `__i${ARITHMETIC[sign]}__`, b]]);
  if (out !== NotImplemented) return out ?? null;
  if (!Array.isArray(a) || Object.isFrozen(a) || sign !== "+") return op(sign, a, b);
  const other = first([[b, "__radd__", a]]);
  if (other !== NotImplemented) return other ?? null;
  a.push(...$py.iterate(b));
  return a;
}

/** True, false or NotImplemented. */
function rich(name, a, b) {
  const calls = [[a, name, b], [b, MIRROR[name], a]];
  const out = first(derived(a, b) ? calls.reverse() : calls);
  if (out !== NotImplemented && typeof out !== "boolean")
    throw typeError(`${name} gave ${typeName(out)}: comparisons must give True or False in the browser`);
  return out;
}

function eq(a, b) {
  const out = rich("__eq__", a, b);
  return out === NotImplemented ? a === b : out;
}

/** Negative, positive or NaN, so that `op` of it and 0 is what the objects say. */
function order(a, b, sign) {
  const out = rich(COMPARISON[sign], a, b);
  if (out === NotImplemented) throw typeError(`'${sign}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
  return out === sign.startsWith("<") ? -1 : 1;
}

function contains(x, box) {
  const f = special(box, "__contains__");
  if (!f) return notIterable(box);
  return truth(f.call(box, x));
}

function notIterable(x) {
  if (special(x, "__iter__")) return x.__iter__();
  throw typeError(
    special(x, "__getitem__")
      ? `looping over a '${typeName(x)}' object is not known in the browser: write a method that returns a list`
      : `'${typeName(x)}' object is not iterable`,
  );
}

function boolean(x) {
  const f = x.__bool__;
  if (!f) return x.__len__ ? len(x) > 0 : true;
  const out = f.call(x);
  if (typeof out !== "boolean") throw typeError(`__bool__ should return bool, returned ${typeName(out)}`);
  return out;
}

function len(x) {
  if (!x.__len__) throw typeError(`object of type '${typeName(x)}' has no len()`);
  const n = index(x.__len__());
  if (n < 0) throw error("ValueError", "__len__() should return >= 0");
  return n;
}

/** An item: `x[key]`, `x[key] = value`, `del x[key]`. */
function item(x, name, words_, ...args) {
  const f = special(x, name);
  if (!f) throw typeError(`'${typeName(x)}' object ${words_}`);
  return f.apply(x, args) ?? null;
}

/** Text that a special method gives. */
function text(x, name) {
  const out = x[name]();
  if (typeof out !== "string") throw typeError(`${name} returned non-string (type ${typeName(out)})`);
  return out;
}

function unary(x, name, sign) {
  const f = special(x, name);
  if (!f) throw typeError(`bad operand type for ${sign}: '${typeName(x)}'`);
  return f.call(x) ?? null;
}

/** A number that `int()`, `float()` or an index wants. */
function number(x, names, words_, whole) {
  const name = names.find((n) => special(x, n));
  if (!name) throw typeError(words_);
  const out = x[name]();
  if (typeof out !== "number" && typeof out !== "boolean") throw typeError(`${name} returned non-${whole ? "int" : "float"} (type ${typeName(out)})`);
  if (whole && !Number.isInteger(Number(out))) throw typeError(`${name} returned non-int (type float)`);
  return Number(out);
}

function rounded(x, digits) {
  const f = special(x, "__round__");
  if (!f) throw typeError(`type ${typeName(x)} doesn't define __round__ method`);
  return digits === undefined ? f.call(x) : f.call(x, digits);
}

function formatted(x, spec) {
  if (x.__format__) {
    const out = x.__format__(spec);
    if (typeof out !== "string") throw typeError(`__format__ must return a str, not ${typeName(out)}`);
    return out;
  }
  if (spec) throw typeError(`unsupported format string passed to ${typeName(x)}.__format__`);
  return text(x, "__str__");
}

Object.assign(late, {
  NotImplemented, boolean, cls, contains_ours: contains, eq_ours: eq, exception, formatted, item, iop, len_ours: len, notIterable, number_ours: number,
  ob, op, order, rounded, text, unary,
});
