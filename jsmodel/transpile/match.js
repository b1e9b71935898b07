/**
 * What the patterns of `match` ask of a value. Each gives its parts, or null where it does not fit.
 * Sent with the first `match` that needs it, as the body of a function of $py.
 */
if ($py.late.match_sequence) return; // another kernel of this page has brought it

const { eq, getitem, isPlain, keys, late, none, typeError, typeName } = $py;

/** The elements of a list or tuple: `count` of them, or more where one pattern is starred. */
function match_sequence(x, count, starred) {
  const items = Array.isArray(x) ? x : late.as_sequence?.(x);
  if (!items) return null;
  return (starred ? items.length >= count : items.length === count) ? items : null;
}

/** The values of some keys of a dict, and a dict of the others. */
function match_mapping(x, wanted, others) {
  if (!isPlain(x)) return null;
  const out = [];
  for (const key of wanted) {
    if (!late.contains(key, x)) return null;
    out.push(getitem(x, key));
  }
  if (others) {
    const rest = {};
    for (const key of (late.dict_keys ?? keys)(x)) if (!wanted.some((k) => eq(k, key))) late.setitem(rest, key, getitem(x, key));
    out.push(rest);
  }
  return out;
}

/** Attributes of an object of a class: the first of those that the class names in __match_args__, then others by name. */
function match_class(x, cls, count, names) {
  if (!$py.isinstance(x, cls)) return null;
  let wanted = names;
  if (count) {
    const listed = cls._jsm_class ? cls.__match_args__ : undefined;
    if (listed === undefined && $py.KINDS.has(cls) && count === 1) return [x, ...take(x, names)];
    if (none(listed)) throw typeError(`${cls._jsm_class?.label ?? typeName(x)}() accepts 0 positional sub-patterns (${count} given)`);
    if (listed.length < count) throw typeError(`${cls._jsm_class.label}() accepts ${listed.length} positional sub-pattern${listed.length === 1 ? "" : "s"} (${count} given)`);
    wanted = [...listed.slice(0, count), ...names];
  }
  return take(x, wanted);
}

function take(x, names) {
  const out = [];
  for (const name of names) {
    if (!late.hasattr(x, name)) return null;
    out.push($py.attr(x, x[name], name));
  }
  return out;
}

Object.assign(late, { match_class, match_mapping, match_sequence });
