/**
 * Named tuples: frozen arrays whose class gives their elements names. `time`, `collections`
 * and classes of the user stand on it.
 */
if ($py.late.named_tuple) return; // another kernel of this page has brought it

const { error, getitem, iterate, late, repr, tuple_, typeError } = $py;

const hidden = (ob, name, value) => Object.defineProperty(ob, name, { value, writable: true, configurable: true });
const plain = (x) => tuple_(...x);

/** What every named tuple does: with plain tuples where Python makes those. */
const common = {
  __eq__(other) {
    return Array.isArray(other) ? $py.eq(plain(this), $py.isTuple(other) ? plain(other) : other) : late.NotImplemented;
  },
  __repr__() {
    const { label, fields } = this._jsm_class;
    return `${label}(${fields.map((name, i) => `${name}=${repr(this[i])}`).join(", ")})`;
  },
  __str__() { return this.__repr__(); },
  __len__() { return this.length; },
  __bool__() { return this.length > 0; },
  __iter__() { return this[Symbol.iterator](); },
  __contains__(x) { return late.contains(x, plain(this)); },
  __getitem__(i) { return getitem(plain(this), i); },
  __add__(other) { return $py.add(plain(this), Array.isArray(other) ? plain(other) : other); },
  __mul__(n) { return $py.mul(plain(this), n); },
  __rmul__(n) { return $py.mul(plain(this), n); },
  __hash__() { return late.hash(plain(this)); },
  _asdict() { return $py.options(...this._jsm_class.fields.flatMap((name, i) => [name, this[i]])); },
  _replace(...$k) {
    const given = late.split($k, [], true, "_replace").at(-1);
    const { fields, cls } = this._jsm_class;
    const unknown = Object.keys(given).filter((name) => !fields.includes(name));
    if (unknown.length) throw error(late.python < 13 ? "ValueError" : "TypeError", `Got unexpected field names: ${repr(unknown)}`);
    return new cls(...fields.map((name, i) => (Object.hasOwn(given, name) ? given[name] : this[i])));
  },
};

/**
 * Make the class of a named tuple.
 * @param name its home, 'module:Name'
 * @param defaults by field, of the last ones
 * @param spec methods, properties and the like, as for classes
 */
late.named_tuple = (name, label, fields, defaults, spec = {}) => {
  // Its class is made as all are; only its objects are arrays.
  const made = late.cls(late.ob, { name, label, ...spec, methods: { ...common, ...spec.methods } });
  const info = made._jsm_class;
  info.fields = fields;
  const own = made.prototype;
  const proto = Object.create(Array.prototype);
  for (const key of Reflect.ownKeys(own)) Object.defineProperty(proto, key, { ...Object.getOwnPropertyDescriptor(own, key), enumerable: false });
  for (const key of ["__str__", "__repr__", ...Reflect.ownKeys(Object.getPrototypeOf(own))])
    if (!Object.hasOwn(proto, key) && typeof key === "string" && key in own) hidden(proto, key, own[key]);
  fields.forEach((field, i) => Object.defineProperty(proto, field, {
    configurable: true,
    get() { return this[i]; },
    set() { throw error("AttributeError", "can't set attribute"); },
  }));
  const required = fields.filter((field) => !Object.hasOwn(defaults, field));
  const wrong = (args) =>
    typeError(`${label}.__new__() takes ${required.length < fields.length ? `from ${required.length + 1} to ${fields.length + 1}` : fields.length + 1} positional arguments but ${args.length + 1} were given`);

  /** An object of these arguments. */
  function make(args, given) {
    if (args.length > fields.length) throw wrong(args);
    const out = new Array(fields.length);
    const missing = [];
    fields.forEach((field, i) => {
      if (i < args.length) {
        if (Object.hasOwn(given, field)) throw typeError(`${label}.__new__() got multiple values for argument '${field}'`);
        out[i] = args[i];
      } else if (Object.hasOwn(given, field)) out[i] = given[field];
      else if (Object.hasOwn(defaults, field)) out[i] = defaults[field];
      else missing.push(`'${field}'`);
    });
    const strange = Object.keys(given).find((field) => !fields.includes(field));
    if (strange) throw typeError(`${label}.__new__() got an unexpected keyword argument '${strange}'`);
    if (missing.length) {
      const last = missing.pop();
      const names = missing.length > 1 ? `${missing.join(", ")}, and ${last}` : missing.length ? `${missing[0]} and ${last}` : last;
      throw typeError(`${label}.__new__() missing ${missing.length + 1} required positional argument${missing.length ? "s" : ""}: ${names}`);
    }
    return Object.freeze(Object.setPrototypeOf(out, C.prototype));
  }
  function C(...args) {
    return make(args, {});
  }
  info.make = (_, args, given) => make(args, given);
  C.prototype = proto;
  info.cls = C;
  hidden(proto, "_jsm_class", info);
  hidden(proto, "constructor", Array); // what map() and slice() make is no named tuple
  Object.setPrototypeOf(C, null);
  delete C.name;
  delete C.length;
  for (const [key, f] of Object.entries(spec.of_class ?? {})) hidden(C, key, (...args) => f(C, ...args));
  for (const key of Reflect.ownKeys(made))
    if (!Object.hasOwn(C, key)) Object.defineProperty(C, key, Object.getOwnPropertyDescriptor(made, key));
  hidden(C, "_jsm_class", info);
  hidden(C, "_fields", tuple_(...fields));
  hidden(C, "_field_defaults", defaults);
  hidden(C, "_make", (iterable) => {
    const items = [...iterate(iterable)];
    if (items.length !== fields.length) throw typeError(`Expected ${fields.length} arguments, got ${items.length}`);
    return new C(...items);
  });
  hidden(proto, "_fields", C._fields);
  return C;
};
