/**
 * Python's exceptions as classes: values that are raised, listed, tested against and inherited
 * from. An exception that Python has built in is an Error of JS with `args`, and the name of its
 * class; one of the user's is an object of that class, which inherits from Error, too.
 * Sent with the first code that needs it, as the body of a function of $py.
 */
if ($py.late.exc) return; // another kernel of this page has brought it

const { error, late, none, ours, repr, str, tuple_, typeError, typeName } = $py;

const hidden = (ob, name, value) => Object.defineProperty(ob, name, { value, writable: true, configurable: true });

/** Each class, and what is derived from it. */
const TREE = {
  BaseException: "Exception KeyboardInterrupt SystemExit",
  Exception: `ArithmeticError AssertionError AttributeError BufferError EOFError ImportError LookupError MemoryError NameError OSError
    ReferenceError RuntimeError StopAsyncIteration StopIteration SyntaxError SystemError TypeError ValueError Warning`,
  ArithmeticError: "FloatingPointError OverflowError ZeroDivisionError",
  ImportError: "ModuleNotFoundError",
  LookupError: "IndexError KeyError",
  NameError: "UnboundLocalError",
  OSError: `BlockingIOError ChildProcessError ConnectionError FileExistsError FileNotFoundError InterruptedError IsADirectoryError
    NotADirectoryError PermissionError ProcessLookupError TimeoutError`,
  ConnectionError: "BrokenPipeError ConnectionAbortedError ConnectionRefusedError ConnectionResetError",
  RuntimeError: "NotImplementedError RecursionError",
  ValueError: "UnicodeError",
  UnicodeError: "UnicodeDecodeError UnicodeEncodeError UnicodeTranslateError",
  Warning: "BytesWarning DeprecationWarning FutureWarning ImportWarning PendingDeprecationWarning ResourceWarning RuntimeWarning SyntaxWarning UnicodeWarning UserWarning",
};
const ABOVE = new Map();
for (const [base, names] of Object.entries(TREE)) for (const name of names.split(/\s+/)) ABOVE.set(name, base);

/** What the number of an OSError makes of it, as on Linux. */
const ERRNO = {
  1: "PermissionError", 2: "FileNotFoundError", 3: "ProcessLookupError", 4: "InterruptedError", 10: "ChildProcessError", 11: "BlockingIOError",
  13: "PermissionError", 17: "FileExistsError", 20: "NotADirectoryError", 21: "IsADirectoryError", 32: "BrokenPipeError",
  103: "ConnectionAbortedError", 104: "ConnectionResetError", 110: "TimeoutError", 111: "ConnectionRefusedError",
};

/** The names of a built-in exception and of all that it is derived from. */
function lineage(name) {
  const out = [];
  for (let at = name; at; at = ABOVE.get(at)) out.push(at);
  return ABOVE.has(name) || name === "BaseException" ? out : [name, "Exception", "BaseException"];
}

/** Whether an error, of Python or of JS, is of a built-in exception, or of what is derived from it. */
const is = (err, name) =>
  err instanceof Error && (ours(err) ? err._jsm_class.mro.some((k) => k.builtin && k.label === name) : lineage(late.error_name(err)).includes(name));

/** What an exception says, as Python makes it of its arguments. */
function words(err) {
  const args = err.args ?? tuple_();
  const known = err._jsm_class.mro;
  const of = (name) => known.some((k) => k.builtin && k.label === name);
  if (args.length >= 2 && of("OSError")) return said(args);
  if (args.length === 1) return of("KeyError") ? repr(args[0]) : str(args[0]);
  return args.length ? repr(args) : "";
}

const said = ([number, text, file]) => `[Errno ${str(number)}] ${str(text)}${none(file) ? "" : `: ${repr(file)}`}`;

const roots = new Map();

/** A built-in exception as a class, which is also what classes of the user inherit from. */
function exception(name) {
  const known = roots.get(name);
  if (known) return known;
  const base = ABOVE.has(name) ? exception(ABOVE.get(name)) : name === "BaseException" ? null : exception("Exception");
  const root = function (...args) {
    return make(name, ...args);
  };
  const proto = (root.prototype = Object.create(base ? base.prototype : Error.prototype));
  const above = base ? base._jsm_class : late.ob?._jsm_class;
  const info = { name: `builtins:${name}`, label: name, builtin: true, base: above, bases: above ? [above] : [], cls: root, error: name, names: new Map(), linear: true, flags: {} };
  info.mro = [info, ...(above?.mro ?? [])];
  info.over = base ? base.prototype : Error.prototype;
  hidden(proto, "_jsm_class", info);
  if (!base) {
    hidden(proto, "__init__", function (...args) {
      hidden(this, "args", tuple_(...args));
    });
    hidden(proto, "__str__", function () {
      return words(this);
    });
    hidden(proto, "__repr__", function () {
      return `${typeName(this)}(${(this.args ?? []).map(repr).join(", ")})`;
    });
    hidden(proto, "__eq__", function (other) {
      return this === other || late.NotImplemented;
    });
    hidden(proto, "__hash__", function () {
      return late.id(this);
    });
    Object.defineProperty(proto, "message", {
      configurable: true,
      get() { return words(this); },
      set(value) { hidden(this, "message", value); },
    });
  }
  if (name === "OSError")
    ["errno", "strerror", "filename"].forEach((key, i) => Object.defineProperty(proto, key, {
      configurable: true,
      get() { return this.args.length >= 2 ? (this.args[i] ?? null) : null; },
      set(value) { hidden(this, key, value); },
    }));
  if (name === "StopIteration" || name === "SystemExit")
    Object.defineProperty(proto, name === "SystemExit" ? "code" : "value", {
      configurable: true,
      get() { return this.args[0] ?? null; },
      set(value) { hidden(this, "value", value); },
    });
  Object.setPrototypeOf(root, null);
  delete root.name;
  delete root.length;
  hidden(root, "_jsm_class", info);
  for (const key of ["__init__", "__str__", "__repr__"]) hidden(root, key, (self, ...args) => proto[key].apply(self, args));
  Object.defineProperty(root, Symbol.hasInstance, { value: (x) => is(x, name), configurable: true });
  Object.defineProperty(root, Symbol.toPrimitive, { value: () => `<class '${name}'>` });
  roots.set(name, root);
  return root;
}

/** Make a built-in exception. */
function make(name, ...args) {
  if (args.length >= 2 && args.length <= 5 && lineage(name).includes("OSError")) {
    const err = error((name === "OSError" && ERRNO[args[0]]) || name, ...args.slice(0, 2));
    err.message = said(args);
    const [errno, strerror, filename] = args;
    return Object.assign(err, { errno, strerror, filename: filename ?? null });
  }
  const err = error(name, ...args);
  if (name === "StopIteration") err.value = args[0] ?? null;
  if (name === "SystemExit") err.code = args[0] ?? null;
  if (lineage(name).includes("OSError")) Object.assign(err, { errno: null, strerror: null, filename: null });
  return err;
}

/** What follows 'from' in a 'raise'. */
function cause(x) {
  if (none(x)) return null;
  const err = typeof x === "function" && x._jsm_class?.error ? new x() : x;
  if (!(err instanceof Error)) throw typeError("exception causes must derive from BaseException");
  return err;
}

/** What is raised: an exception, or a class of them. */
function raised(x) {
  if (typeof x === "function" && x._jsm_class?.error) return new x();
  if (!(x instanceof Error)) throw typeError("exceptions must derive from BaseException");
  return x;
}

/** The class of an error. */
const class_of = (err) => (ours(err) ? err._jsm_class.cls : exception(late.error_name(err)));

/** The methods of exceptions. */
const METHODS = {
  add_note: (err, note) => {
    if (typeof note !== "string") throw typeError(`note must be a str, not '${typeName(note)}'`);
    hidden(err, "__notes__", [...(err.__notes__ ?? []), note]);
    return null;
  },
  with_traceback: (err, tb) => err,
};
const table = late.table;
late.table = (x, name) => (x instanceof Error ? METHODS : table?.(x, name));

const [exc, is_error, make_error] = [exception, is, make];
Object.assign(late, { cause, class_of, exc, exception, is_error, make_error, raised });
