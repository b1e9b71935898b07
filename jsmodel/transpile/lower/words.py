"""The names that mean something to the code generator, to Python, and to the browser."""

from __future__ import annotations

import builtins

#: Begins every name that is ours. A letter to Python, but to no one who writes programs, and strings hold it escaped.
MARK = "\u01c0"

#: What stands for something else in the text that pscript makes; see `code.py` and `resolver.py`.
NAME = MARK + "n" + MARK + "{}" + MARK  # a name from outside
CALL = MARK + "c" + MARK + "{}" + MARK  # the same where it is called: classes want `new`
LOCAL = MARK + "w" + MARK + "{}" + MARK  # a local name that JS has taken
STANDARD = MARK + "s" + MARK + "{}" + MARK  # a name of the standard library: math.sin
DEFAULT = MARK + "d" + MARK + "{}" + MARK  # a default value that lives as long as the function
VALUE = MARK + "v" + MARK + "{}" + MARK  # what that is made of
# The doubled letter keeps these apart from a placeholder of a name that begins so: ǀnǀlater.
LIBRARY = MARK * 2 + "py"
SELF = MARK * 2 + "self"
MODULE = MARK * 2 + "mod"  # the namespace of the JS module
SUPER = MARK * 2 + "super"
CLASS = MARK * 2 + "class"  # the class of the user that a method stands in
REST = MARK * 2 + "rest"  # the last parameter of a function that takes keyword arguments: see calls.js
ONLY = MARK * 2 + "only"  # the same of one without *args
ERROR = MARK * 2 + "error"  # in a handler's test: what was raised
ARGUMENT_COUNT = MARK * 2 + "argc"
OUTER = MARK * 2 + "outer"  # the object of the method that a function stands in
ASYNC_ITER = MARK + "async_iter"  # marks what 'async for' loops over


#: Between two of these stands in the text of JS where it comes from; see `sourcemap.py`, which takes them out again. A
#: letter, as `MARK` is, so that what looks at the text takes a mark for a part of a name.
PLACE = "\u01c1"


def place_mark(line: int, col: int | None = None, end: int | None = None) -> str:
    """What says that here begins what is in this line of Python, from one byte of it to another."""
    return PLACE + "_".join(str(n) for n in (line, col, end) if n is not None) + PLACE


def enter_mark(name: str) -> str:
    """What says that here begins the body of a function in another; `LEAVE_MARK` ends it."""
    return f"{PLACE}>{name}{PLACE}"


def function_mark(file: int, line: int, name: str) -> str:
    """What says that here begins a function, of which file, by its number; `LEAVE_MARK` ends it."""
    return f"{PLACE}[{file}_{line}_{name}{PLACE}"


LEAVE_MARK = f"{PLACE}<{PLACE}"


#: Built-ins whose Python meaning lives in our JS library, and how many arguments they take.
LIBRARY_FUNCTIONS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(
        "abs all any ascii bin callable chr hash hex id len oct ord repr reversed sorted type".split(), (1, 1)
    ),
    **dict.fromkeys("aiter".split(), (1, 1)),
    **dict.fromkeys("anext iter next".split(), (1, 2)),
    **dict.fromkeys("bool dict float frozenset list set tuple".split(), (0, 1)),
    **dict.fromkeys("bytearray bytes str".split(), (0, 3)),
    **dict.fromkeys("delattr divmod filter hasattr isinstance issubclass".split(), (2, 2)),
    **dict.fromkeys("classmethod staticmethod vars".split(), (1, 1)),
    **dict.fromkeys("enumerate format round sum".split(), (1, 2)),
    **dict.fromkeys("max min".split(), (1, 999)),
    **dict.fromkeys("print zip".split(), (0, 999)),
    **{
        "property": (0, 4),
        "getattr": (2, 3),
        "int": (0, 2),
        "map": (2, 999),
        "pow": (2, 3),
        "range": (1, 3),
        "setattr": (3, 3),
        "slice": (1, 3),
    },
}

#: What they are called there, where that differs.
JS_NAMES = {"format": "format_", "slice": "slice_"}

#: What else there is instead of some that are not known there.
INSTEAD = {
    **dict.fromkeys("compile eval exec".split(), "Write the code out, or use RawJS('...')."),
    **dict.fromkeys("globals locals vars dir".split(), "Keep what you look up in a dict."),
    **dict.fromkeys("breakpoint help".split(), "Use the developer tools of the browser."),
    **dict.fromkeys("exit quit".split(), "Return from the function."),
    "__import__": "Import the module at the top.",
    "complex": "Keep the two parts in variables.",
    "input": "Use window.prompt('...').",
    "memoryview": "Take slices of the bytes.",
    "object": "Define a class.",
    "open": "Read the file in Python, and send what is in it as a property.",
}

#: The built-in types that are values there; methods can be taken from them: str.upper.
TYPES = frozenset("bool bytearray bytes dict float frozenset int list range set slice str tuple".split())

#: The keyword arguments that they take; 'sort' is the method.
KEYWORDS = {
    "max": ["default", "key"],
    "min": ["default", "key"],
    "print": ["end", "sep"],
    "property": ["doc", "fdel", "fget", "fset"],
    "sort": ["key", "reverse"],
    "sorted": ["key", "reverse"],
    "zip": ["strict"],
}

#: What others call their arguments; an empty name is reached by position only.
ARGUMENTS = {
    "bytearray": ["source", "encoding", "errors"],
    "bytes": ["source", "encoding", "errors"],
    "enumerate": ["iterable", "start"],
    "int": ["", "base"],
    "pow": ["base", "exp", "mod"],
    "round": ["number", "ndigits"],
    "str": ["object", "encoding", "errors"],
    "sum": ["", "start"],
}

#: Methods of str, list and dict: what is called may turn out to be one of those, or a JS object that has its own.
LIBRARY_METHODS = frozenset(
    """append capitalize casefold center clear copy count endswith extend find format get index insert isalnum isalpha isdecimal isdigit
    islower isnumeric isspace istitle isupper items join keys ljust lower lstrip partition pop popitem remove removeprefix removesuffix
    replace reverse rfind rindex rjust rpartition rsplit rstrip setdefault sort split splitlines startswith strip swapcase title update
    upper values zfill
    add_note with_traceback
    close send throw concat fill flat includes slice
    encode expandtabs format_map isascii isidentifier isprintable maketrans translate
    decode fromhex hex fromkeys
    as_integer_ratio bit_count bit_length conjugate from_bytes is_integer to_bytes real imag numerator denominator
    difference intersection isdisjoint issubset issuperset symmetric_difference union""".split()
)

#: The parts of our JS library that are sent on demand, each with those that it stands on.
PARTS: dict[str, tuple[str, ...]] = {
    "keys": (),
    "common": ("keys",),
    "library": ("common",),
    "calls": ("common",),
    "contexts": ("common", "exceptions"),
    "iterators": ("common",),
    "match": ("common",),
    "exceptions": ("common",),
    "operators": ("common",),
    "builtins": ("operators",),
    "lazies": ("builtins",),
    "sets": ("builtins",),
    "views": ("sets", "lazies"),
    "text": ("library",),
    "floats": (),
    "format": ("text", "numbers", "floats"),
    "numbers": ("library",),
    "wide": ("common",),
    "bytes": ("builtins", "text", "numbers"),
    "objects": ("library", "builtins", "exceptions"),
    "kinds": ("objects",),
    "bodies": ("objects", "calls"),
    "dataclasses": ("objects", "calls"),
    "enums": ("objects", "calls"),
}

_FUNCTIONS = {
    "keys": "hash id",
    "common": """SPREAD all abs any bound bounds call callable catches caught contains defined delitem delslice dict dict_more dict_of done error_name floordiv getattr
    hasattr index invert items_loop last make make_method mod neg operand place pos print_kw setattr setitem slice strings strip type unpack LINE""",
    "library": """bin bitand bitor bitxor chr delattr divmod hex imul lshift max max_kw min min_kw
    oct ord pow round rshift setslice sort_kw sorted sorted_kw sum""",
    "calls": "at_most given kw kw_call kw_method split",
    "contexts": "aenter aleave enter leave",
    "iterators": "aiter anext delegate iter next not_stop",
    "match": "match_class match_mapping match_sequence",
    "operators": "NotImplemented matmul",
    "objects": "loose ob super_class super_get up",
    "exceptions": "cause class_of exc exception is_error make_error raised",
    "bodies": "called class_body classmethod member property property_kw staticmethod this_method",
    "kinds": "issubclass special set_special vars",
    "builtins": "slice_",
    "lazies": "enumerate filter map range reversed zip zip_kw zip_loop",
    "sets": "frozenset set set_of",
    "text": "ascii",
    "floats": "float_ float_from float_in float_repr float_sum float_text float_type float_unless is_float",
    "format": "format_ format_value percent",
    "numbers": "int_of pow_mod",
    "wide": """narrow wide_add wide_bitand wide_bitor wide_bitxor wide_floordiv wide_lshift wide_mod wide_mul wide_pow wide_rshift
    wide_sub""",
    "bytes": "bytearray bytes bytes_of bytes_text",
}
#: The part that each function of the library is in. What is not here is in labextension/src/runtime/py.ts.
PART_OF = {name: part for part, names in _FUNCTIONS.items() for name in names.split()}

#: The methods that are in common.js, and in other parts; the rest are in library.js.
METHOD_PART = {
    name: part
    for part, names in {
        "common": """append clear copy extend fromkeys get insert join lower pop popitem remove reverse setdefault split strip update upper
    concat fill flat includes slice difference intersection isdisjoint issubset issuperset symmetric_difference union""",
        "views": "items keys values",
        "iterators": "close send throw",
        "exceptions": "add_note with_traceback",
        "format": "format format_map",
        "text": """capitalize casefold isalnum isalpha isdecimal isdigit islower isnumeric istitle isupper splitlines swapcase title
    expandtabs isascii isidentifier isprintable maketrans translate""",
        "numbers": "as_integer_ratio bit_count bit_length conjugate is_integer real imag numerator denominator",
        "bytes": "decode encode from_bytes fromhex hex to_bytes",
    }.items()
    for name in names.split()
}

_EXCEPTIONS = """ArithmeticError AssertionError AttributeError BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError
    ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError FileExistsError
    FileNotFoundError FloatingPointError FutureWarning ImportError ImportWarning IndexError InterruptedError IsADirectoryError KeyError
    KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplementedError OSError OverflowError
    PendingDeprecationWarning PermissionError ProcessLookupError RecursionError ReferenceError ResourceWarning RuntimeError
    RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TimeoutError TypeError
    UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError
    Warning ZeroDivisionError""".split()


def _derived(name: str) -> tuple[str, ...]:
    base = getattr(builtins, name)
    return tuple(other for other in _EXCEPTIONS if other != name and issubclass(getattr(builtins, other), base))


#: Exceptions, and what 'except' of each catches besides itself.
EXCEPTIONS: dict[str, tuple[str, ...]] = {
    **{name: _derived(name) for name in _EXCEPTIONS},
    "Exception": ("*",),
    "BaseException": ("*",),
}
#: Other names of one of them.
SAME_EXCEPTION = {"EnvironmentError": "OSError", "IOError": "OSError"}
#: Those whose objects have attributes that come from their arguments.
DETAILED = frozenset(["OSError", "StopIteration", "SystemExit", *EXCEPTIONS["OSError"]])

#: What pscript itself gave a meaning to, and we still do.
PSCRIPT_NAMES = frozenset(["this_is_js", "super"])

BROWSER_NAMES = frozenset(
    """window document console navigator location history screen performance localStorage sessionStorage indexedDB crypto
    setTimeout clearTimeout setInterval clearInterval requestAnimationFrame cancelAnimationFrame queueMicrotask requestIdleCallback
    fetch alert confirm prompt undefined globalThis structuredClone atob btoa encodeURIComponent decodeURIComponent encodeURI decodeURI
    parseInt parseFloat isNaN isFinite NaN Infinity JSON Math Object Array String Number Boolean Symbol Date RegExp Promise Proxy Reflect Map Set WeakMap WeakSet
    WeakRef Error Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt
    BigInt64Array BigUint64Array ArrayBuffer DataView Intl URL URLSearchParams Blob File FileReader FormData Headers Request Response AbortController
    Event CustomEvent EventTarget KeyboardEvent MouseEvent PointerEvent WheelEvent Node Element HTMLElement SVGElement Image Audio
    ImageData OffscreenCanvas Path2D DOMParser MutationObserver ResizeObserver IntersectionObserver Worker SharedWorker WebSocket EventSource
    TextEncoder TextDecoder Notification matchMedia getComputedStyle customElements AudioContext XMLHttpRequest""".split()
)

#: What JS makes values of, not objects, when it is called without `new`.
NOT_CONSTRUCTED = frozenset(["String", "Number", "Boolean", "Symbol", "BigInt"])

#: What every object of JS has.
OF_ALL_OBJECTS = frozenset(
    """__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ __proto__ constructor hasOwnProperty isPrototypeOf
    propertyIsEnumerable toLocaleString toString valueOf""".split()
)

#: Words that cannot be names in JS, though they can in Python, and names that our code needs.
JS_WORDS = frozenset(
    """abstract arguments boolean byte case catch char const debugger default delete do double enum eval export extends final float function
    goto implements instanceof int interface let long native new null package private protected public self short static super switch
    synchronized this throw throws transient true typeof undefined var void volatile window jsmodel PSCRIPT_OVERLOAD Math Object""".split()
)
