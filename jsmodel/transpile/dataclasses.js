/** Dataclasses. Sent with the first of them, after objects.js, as the body of a function of $py. */
if ($py.late.record) return; // another kernel of this page has brought it

const { compare, eq, error, isPlain, isTuple, keys, late, none, options, ours, repr, tuple_, typeError } = $py;
const { cls, fix, ob, NotImplemented } = late;

const hidden = (x, name, value) => Object.defineProperty(x, name, { value, writable: true, configurable: true });
const has = (f, key) => Object.hasOwn(f, key);

const FrozenInstanceError = cls(late.exception("AttributeError"), { name: "dataclasses:FrozenInstanceError", label: "FrozenInstanceError" });
const frozen = (key, how) => new FrozenInstanceError(`cannot ${how} field '${key}'`);

const MISSING = cls(ob, { name: "dataclasses:_MISSING_TYPE", label: "_MISSING_TYPE" })();

const Field = cls(ob, {
  name: "dataclasses:Field",
  label: "Field",
  methods: {
    __repr__() { return `Field(name=${repr(this.name)})`; },
  },
});

/** `field(default=1, repr=False)`: what a class body says about a field. */
function field(...$k) {
  const names = ["default", "default_factory", "init", "repr", "hash", "compare", "metadata", "kw_only"];
  const [args, ...values] = late.split($k, names, false, "field");
  if (args.length) throw typeError("field() takes 0 positional arguments");
  const given = Object.fromEntries(names.map((name, i) => [name, values[i]]).filter(([, v]) => v !== undefined));
  if (has(given, "default") && has(given, "default_factory")) throw error("ValueError", "cannot specify both default and default_factory");
  const out = new Field();
  return Object.assign(out, { _jsm_given: given });
}

/** The names of arguments, as Python lists them. */
function listed(names) {
  const said = names.map((n) => `'${n}'`);
  const last = said.pop();
  return said.length > 1 ? `${said.join(", ")}, and ${last}` : said.length ? `${said[0]} and ${last}` : last;
}

/** The __init__ of some fields. */
function initOf(C, all) {
  const info = C._jsm_class;
  const label = `${info.qualname ?? info.label}.__init__`;
  const taken = all.filter((f) => f.kind !== "class" && f.init);
  const named = taken.filter((f) => !f.kw_only);
  const only = taken.filter((f) => f.kw_only);
  const optional = (f) => has(f, "default") || has(f, "factory");
  const required = named.filter((f) => !optional(f));
  const late_default = named.find((f, i) => !optional(f) && named.slice(0, i).some(optional));
  if (late_default) throw typeError(`non-default argument '${late_default.name}' follows default argument`);
  const inits = all.filter((f) => f.kind === "init");
  const post = "__post_init__";
  const places = new Map(named.map((f, i) => [f, i]));
  const steps = all.filter((f) => f.kind === "" || f.kind === "init").filter((f) => f.init || optional(f));
  const n = named.length;
  const keep = info.fixed ? (x, key, value) => ob.prototype.__setattr__.call(x, key, value) : null;
  const slow = function (args) {
    let given = null;
    if (only.length && args.at(-1) instanceof late.Kw) given = args.pop().given;
    if (args.length > n)
      throw typeError(`${label}() takes ${required.length < n ? `from ${required.length + 1} to ${n + 1}` : n + 1} positional argument${n ? "s" : ""} but ${args.length + 1} were given`);
    if (given) for (const key of Object.keys(given)) if (!only.some((f) => f.name === key)) throw typeError(`${label}() got an unexpected keyword argument '${key}'`);
    const missing = required.filter((f) => args[places.get(f)] === undefined);
    if (missing.length) throw typeError(`${label}() missing ${missing.length} required positional argument${missing.length > 1 ? "s" : ""}: ${listed(missing.map((f) => f.name))}`);
    const lacking = only.filter((f) => !optional(f) && !(given && has(given, f.name)));
    if (lacking.length) throw typeError(`${label}() missing ${lacking.length} required keyword-only argument${lacking.length > 1 ? "s" : ""}: ${listed(lacking.map((f) => f.name))}`);
    const later = [];
    for (const f of steps) {
      let value = f.init ? (f.kw_only ? given?.[f.name] : args[places.get(f)]) : undefined;
      if (value === undefined) value = f.factory ? (f.factory() ?? null) : f.default;
      if (f.kind === "init") later.push(value);
      else if (keep) keep(this, f.name, value);
      else this[f.name] = value;
    }
    if (this[post]) this[post](...(inits.length ? later : []));
  };
  const names = named.map((f) => f.name);
  const simple = !only.length && !keep && !inits.length && steps.length === n;
  const init = simple
    ? function (...args) {
        if (args.length > n) return slow.call(this, args);
        for (let i = 0; i < n; i++) {
          let value = args[i];
          if (value === undefined) {
            const f = named[i];
            if (!optional(f)) return slow.call(this, args);
            value = f.factory ? (f.factory() ?? null) : f.default;
          }
          this[names[i]] = value;
        }
        if (this[post]) this[post]();
      }
    : function (...args) { slow.call(this, args); };
  return Object.assign(init, {
    _jsm_signature: { names: named.map((f) => f.name), optional: named.map(optional), rest: only.length ? "$k" : "" },
  });
}

/** The values of the fields that are compared, as a tuple. */
const compared = (x, fields) => tuple_(...fields.map((f) => x[f.name] ?? null));

const METHODS = {
  __init__: initOf,
  __repr__: (C, all) => {
    const shown = all.filter((f) => f.kind === "" && f.repr);
    const busy = new Set();
    return function () {
      if (busy.has(this)) return "...";
      busy.add(this);
      try {
        const { qualname, label } = this._jsm_class;
        return `${qualname ?? label}(${shown.map((f) => `${f.name}=${repr($py.attr(this, this[f.name], f.name))}`).join(", ")})`;
      } finally {
        busy.delete(this);
      }
    };
  },
  __eq__: (C, all) => {
    const fields = all.filter((f) => f.kind === "" && f.compare);
    return function (other) {
      if (!ours(other) || other._jsm_class !== this._jsm_class) return NotImplemented;
      return fields.every((f) => Object.is(this[f.name], other[f.name]) || eq(this[f.name], other[f.name]));
    };
  },
  __hash__: (C, all) => {
    const fields = all.filter((f) => f.kind === "" && (none(f.hash) ? f.compare : f.hash));
    return function () { return late.hash(compared(this, fields)); };
  },
};
for (const [name, sign] of [["lt", "<"], ["le", "<="], ["gt", ">"], ["ge", ">="]])
  METHODS[`__${name}__`] = (C, all) => {
    const fields = all.filter((f) => f.kind === "" && f.compare);
    return function (other) {
      if (!ours(other) || other._jsm_class !== this._jsm_class) return NotImplemented;
      return $py[name](compared(this, fields), compared(other, fields));
    };
  };

/**
 * Make a class a dataclass.
 * @param all its fields, with the inherited ones
 * @param params what @dataclass was told, and the names of the methods to make
 */
function record(C, all, { made = [], match_args = true, ...params }) {
  const info = C._jsm_class;
  info.fields = all;
  const real = all.filter((f) => f.kind === "");
  if (params.frozen || params.slots)
    fix(C, real.map((f) => f.name), { frozen: params.frozen ? frozen : undefined, slots: params.slots });
  for (const name of made) if (METHODS[name]) late.add_method(C, name, METHODS[name](C, all));
  for (const f of all) if (f.kind !== "class" && has(f, "default") && !info.fixed) late.add_value(C, f.name, f.default);
  if (match_args !== false && !Object.hasOwn(C.prototype, "__match_args__"))
    late.add_value(C, "__match_args__", tuple_(...all.filter((f) => f.kind !== "class" && f.init && !f.kw_only).map((f) => f.name)));
  return C;
}

// -- dataclasses that are made in the browser

/** `@dataclass`, or `@dataclass(...)`. */
function dataclass(cls_, ...$k) {
  const names = ["init", "repr", "eq", "order", "unsafe_hash", "frozen", "match_args", "kw_only", "slots"];
  const rest = cls_ instanceof late.Kw ? [cls_] : $k;
  const [, ...values] = late.split(rest, names, false, "dataclass");
  const told = Object.fromEntries(names.map((name, i) => [name, values[i] ?? ["init", "repr", "eq", "match_args"].includes(name)]));
  const decorate = (C) => processed(C, told);
  return none(cls_) || cls_ instanceof late.Kw ? decorate : decorate(cls_);
}
dataclass._jsm_signature = { names: ["cls"], optional: [true], rest: "$k" };

function processed(C, told) {
  const info = C._jsm_class;
  const own = info.body ?? new Map();
  const all = new Map();
  for (const k of info.mro.slice(1).reverse()) for (const f of k.fields ?? []) all.set(f.name, f);
  const bases = info.mro.slice(1).filter((k) => k.fields);
  if (bases.some((k) => k.params?.frozen && !told.frozen)) throw typeError("cannot inherit non-frozen dataclass from a frozen one");
  if (told.frozen && bases.some((k) => k.params && !k.params.frozen)) throw typeError("cannot inherit frozen dataclass from a non-frozen one");
  let only = told.kw_only;
  for (const [name, kind] of info.annotations ?? []) {
    if (kind === "only") {
      only = true;
      continue;
    }
    const f = { name, kind, init: true, repr: true, compare: true, hash: null, kw_only: only && kind !== "class" };
    const value = own.get(name);
    if (value instanceof Field) {
      const { default: value_, default_factory, ...flags } = value._jsm_given;
      Object.assign(f, flags);
      if (value_ !== undefined) f.default = value_;
      if (default_factory !== undefined) f.factory = default_factory;
      late.remove_value(C, name);
    } else if (value !== undefined) f.default = value;
    if (has(f, "default") && kind === "" && f.default !== null && typeof f.default === "object" && (Array.isArray(f.default) ? !isTuple(f.default) : isPlain(f.default)))
      throw error("ValueError", `mutable default ${$py.repr(late.type(f.default))} for field ${name} is not allowed: use default_factory`);
    all.set(name, f);
  }
  for (const [name, value] of own) if (value instanceof Field && !all.has(name)) throw typeError(`${repr(name)} is a field but has no type annotation`);
  const written = (name) => own.has(name);
  const made = [];
  if (told.init && !written("__init__")) made.push("__init__");
  if (told.repr && !written("__repr__")) made.push("__repr__");
  if (told.eq && !written("__eq__")) made.push("__eq__");
  if (told.order) {
    if (!told.eq) throw error("ValueError", "eq must be true if order is true");
    for (const name of ["__lt__", "__le__", "__gt__", "__ge__"]) {
      if (written(name)) throw typeError(`Cannot overwrite attribute ${name} in class ${info.label}. Consider using functools.total_ordering`);
      made.push(name);
    }
  }
  const hashed = written("__hash__") && own.get("__hash__") !== null;
  if (told.unsafe_hash && hashed) throw typeError(`Cannot overwrite attribute __hash__ in class ${info.label}`);
  if (!hashed && (told.unsafe_hash || (told.eq && told.frozen))) made.push("__hash__");
  const out = record(C, [...all.values()], { ...told, made });
  if (!hashed && told.eq && !told.frozen && !told.unsafe_hash) hidden(C.prototype, "__hash__", null);
  info.params = told;
  return out;
}

// -- questions

const recordOf = (x) => (ours(x) || typeof x === "function" ? (x._jsm_class?.fields ? x._jsm_class : null) : null);
const isInstance = (x) => ours(x) && !Array.isArray(x) && !!recordOf(x); // a named tuple has fields, too

function is_dataclass(obj) {
  return !!recordOf(obj);
}

function fields(class_or_instance) {
  const info = recordOf(class_or_instance);
  if (!info) throw typeError("must be called with a dataclass type or instance");
  return tuple_(...info.fields.filter((f) => f.kind === "").map((f) => {
    const { kind, factory, ...said } = f;
    return Object.assign(new Field(), { default: MISSING, ...said, default_factory: factory ?? MISSING });
  }));
}

/** A value with the dataclasses in it made into dicts or tuples. */
function inner(x, make) {
  if (isInstance(x)) return make(x);
  if (Array.isArray(x) && ours(x)) return new x._jsm_class.cls(...Array.from(x, (v) => inner(v, make))); // a named tuple
  if (isTuple(x)) return tuple_(...x.map((v) => inner(v, make)));
  if (Array.isArray(x)) return x.map((v) => inner(v, make));
  if (isPlain(x)) {
    const out = {};
    for (const key of keys(x)) $py.put(out, key, inner($py.getitem(x, key), make));
    return out;
  }
  return x;
}

function asdict(obj, ...$k) {
  const [, factory] = late.split($k, ["dict_factory"], false, "asdict");
  if (!isInstance(obj)) throw typeError("asdict() should be called on dataclass instances");
  const make = (x) => {
    const pairs = recordOf(x).fields.filter((f) => f.kind === "").map((f) => tuple_(f.name, inner(x[f.name], make)));
    return factory ? factory(pairs) : options(...pairs.flat());
  };
  return make(obj);
}

function astuple(obj, ...$k) {
  const [, factory] = late.split($k, ["tuple_factory"], false, "astuple");
  if (!isInstance(obj)) throw typeError("astuple() should be called on dataclass instances");
  const make = (x) => {
    const values = recordOf(x).fields.filter((f) => f.kind === "").map((f) => inner(x[f.name], make));
    return factory ? factory(values) : tuple_(...values);
  };
  return make(obj);
}

function replace(obj, ...$k) {
  const changes = late.split($k, [], true, "replace").at(-1);
  if (!isInstance(obj)) throw typeError("replace() should be called on dataclass instances");
  const given = options();
  for (const f of recordOf(obj).fields) {
    if (f.kind === "class") continue;
    if (!f.init) {
      if (has(changes, f.name)) throw error(late.python >= 13 ? "TypeError" : "ValueError", `field ${f.name} is declared with init=False, it cannot be specified with replace()`);
    } else if (has(changes, f.name)) $py.put(given, f.name, changes[f.name]);
    else if (f.kind === "init") {
      if (!has(f, "default")) throw error("ValueError", `InitVar '${f.name}' must be specified with replace()`);
    } else $py.put(given, f.name, obj[f.name]);
  }
  for (const key of keys(changes)) if (!has(given, key)) $py.put(given, key, changes[key]);
  return late.kw(obj._jsm_class.cls, [], given);
}

late.record = record;
late.$dataclasses = { FrozenInstanceError, MISSING, asdict, astuple, dataclass, field, fields, is_dataclass, replace };
