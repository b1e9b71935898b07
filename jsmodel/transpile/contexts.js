/** What `with` does. Sent with the first of them, as the body of a function of $py. */
if ($py.late.enter) return; // another kernel of this page has brought it

const { error, late, none, truth, typeError, typeName } = $py;

/** Until Python 3.10, what is missing was the method. */
const refusal = (words) => (late.python < 11 ? error("AttributeError", words) : typeError(words));

function special(x, name, kind) {
  const f = none(x) ? undefined : x[name];
  if (typeof f !== "function") throw refusal(`'${typeName(x)}' object does not support the ${kind} protocol`);
  return f;
}

/** The arguments of __exit__: JS has no traceback to give. */
function reason(err) {
  if (err === null) return [null, null, null];
  const known = late.caught(err); // an error of JS becomes one of Python
  return [late.type(known), known, null];
}

function enter(x) {
  special(x, "__exit__", "context manager");
  return special(x, "__enter__", "context manager").call(x) ?? null;
}

/** Whether the manager swallows the error. */
const leave = (x, err) => truth(x.__exit__(...reason(err)));

function aenter(x) {
  special(x, "__aexit__", "asynchronous context manager");
  return special(x, "__aenter__", "asynchronous context manager").call(x);
}
const aleave = async (x, err) => truth(await x.__aexit__(...reason(err)));

Object.assign(late, { aenter, aleave, enter, leave, reason });
