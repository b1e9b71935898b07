/** Python's `operator`: what its operators do, as functions. */
const { add, div, eq, getitem, iterate, late, le, lt, ge, gt, mul, none, sub, truth, tuple_ } = $py;
const {
  abs, bitand, bitor, bitxor, bound, call, contains, delitem, floordiv, getattr, index, invert, lshift, mod, neg, pos, pow, rshift, setitem,
} = late;

/** The attribute at the end of a dotted path. */
const follow = (x, path) => path.split(".").reduce((at, name) => getattr(at, name), x);
const several = (get) => (item, ...items) => {
  if (item === undefined) throw $py.typeError("expected at least 1 argument, got 0");
  if (!items.length) return (x) => get(x, item);
  return (x) => tuple_(...[item, ...items].map((each) => get(x, each)));
};

late.$operator = {
  abs, add, and_: bitand, concat: add, contains: (a, b) => contains(b, a),
  countOf: (a, b) => iterate(a).filter((x) => Object.is(x, b) || eq(x, b)).length,
  delitem: (a, b) => (delitem(a, b), null), eq, floordiv, ge, getitem, gt, index,
  indexOf: (a, b) => {
    const at = iterate(a).findIndex((x) => Object.is(x, b) || eq(x, b));
    if (at < 0) throw $py.error("ValueError", "sequence.index(x): x not in sequence");
    return at;
  },
  inv: invert, invert,
  is_: (a, b) => (none(a) ? none(b) : Object.is(a, b)), is_not: (a, b) => !(none(a) ? none(b) : Object.is(a, b)),
  itemgetter: several(getitem), attrgetter: several(follow),
  le, lshift, lt,
  methodcaller: (name, ...args) => (x) => call(x, name, ...args),
  mod, mul, ne: (a, b) => !eq(a, b), neg, not_: (x) => !truth(x), or_: bitor, pos, pow, rshift,
  setitem: (a, b, c) => (setitem(a, b, c), null), sub, truediv: div, truth, xor: bitxor,
};
