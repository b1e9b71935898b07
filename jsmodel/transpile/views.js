/** What keys(), values() and items() of a dict give: they show it as it is now. Sent with the first of them. */
if ($py.late.Keys) return; // another kernel of this page has brought it

const { DICT, eq, error, getitem, keys, late, lazy, repr, tuple_, typeName } = $py;
const { dict_get, isSet, builtin, set } = late;

const view = (C) => (d) => Object.defineProperty(Object.create(C.prototype), "_jsm_dict", { value: d });
function Keys() {}
function Values() {}
function Items() {}

/** The set of what is in a view or a set. */
const asSet = (x) => (isSet(x) ? x : set(x));
const isView = (x) => x instanceof Keys || x instanceof Items || isSet(x);
const compared = (name) => function (other) { return isView(other) ? asSet(this)[name](asSet(other)) : late.NotImplemented; };
const operator = (name) => function (other) { return asSet(this)[name](set(other)); };
const reflected = (name) => function (other) { return set(other)[name](asSet(this)); };

const common = {
  __len__() { return keys(this._jsm_dict).length; },
  __repr__() { return `${this._jsm_class.label}([${[...this._jsm_all()].map(repr).join(", ")}])`; },
  [Symbol.iterator]() { return late.guarded(this._jsm_dict, this._jsm_each)[Symbol.iterator](); },
  *_jsm_all() { for (const key of keys(this._jsm_dict)) yield this._jsm_each(this._jsm_dict, key); },
  __reversed__() { return late.reversed([...this._jsm_all()]); },
};
const like_sets = {
  ...common,
  ...Object.fromEntries(["eq", "lt", "le", "gt", "ge"].map((name) => [`__${name}__`, compared(`__${name}__`)])),
  ...Object.fromEntries(["and", "or", "sub", "xor"].flatMap((name) => [
    [`__${name}__`, operator(`__${name}__`)],
    [`__r${name}__`, reflected(`__${name}__`)],
  ])),
  __hash__: null,
  isdisjoint(other) { return asSet(this).isdisjoint(other); },
};

builtin(Keys, "dict_keys", {
  ...like_sets,
  _jsm_each: (_, key) => key,
  __contains__(x) { return late.dict_has(this._jsm_dict, x); },
});
builtin(Values, "dict_values", { ...common, _jsm_each: (d, key) => getitem(d, key) });
builtin(Items, "dict_items", {
  ...like_sets,
  _jsm_each: (d, key) => tuple_(key, getitem(d, key)),
  __contains__(x) {
    if (!$py.isTuple(x) || x.length !== 2) return false;
    const value = dict_get(this._jsm_dict, x[0]);
    return value !== undefined && (Object.is(value, x[1]) || eq(value, x[1]));
  },
});

Object.assign(DICT, { keys: view(Keys), values: view(Values), items: view(Items) });
Object.assign(late, { Keys });
