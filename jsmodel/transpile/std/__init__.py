"""Python's standard library in the browser: which names of which modules JS code can use.

`OFFERED` is the table. Each module in it has a file of its name beside this one,
`math.js` for `math`, that gives the functions and classes; it is sent with the
first code that uses one of them, after the parts of our JS library that it stands
on. Constants are sent as what they are. A name is known by what it stands for, not
by how it is called: `from math import sin as s` is `math.sin`.

What is not in the table is refused by name, with what to write instead.
"""

from __future__ import annotations

import inspect
import sys
from dataclasses import dataclass
from typing import Any, Generic

__all__ = ["OFFERED", "PARTS", "Offer", "find", "guide", "meaning", "reference", "refusal"]


@dataclass(frozen=True)
class Offer:
    """What of one module there is.

    Attributes:
        names: The functions and classes, which the JS file has.
        needs: The parts of our JS library that the file stands on.
        constants: The names that are sent as values.
        limits: What people should know.
    """

    names: tuple[str, ...]
    needs: tuple[str, ...]
    constants: tuple[str, ...] = ()
    limits: str = ""


def _offer(names: str, needs: str, constants: str = "", limits: str = "") -> Offer:
    return Offer(tuple(names.split()), tuple(needs.split()), tuple(constants.split()), limits)


OFFERED: dict[str, Offer] = {
    "asyncio": _offer(
        """CancelledError Event Future InvalidStateError LifoQueue Lock Queue QueueEmpty QueueFull Semaphore Task TaskGroup TimeoutError
        create_task current_task ensure_future gather shield sleep timeout wait_for""",
        "objects calls",
        limits="A coroutine that is put into a variable starts at once; one that is called right in `create_task()`, "
        "`gather()`, `wait_for()` and the like starts when its turn comes, as in Python. "
        "A task that is cancelled leaves a promise of JS that it waits for to itself; one that is nothing "
        "but such a promise cannot be cancelled, and says so. What a `TaskGroup` raises can be caught as `Exception`."
        " What is given to a `create_task()` of a group that another module made starts at once.",
    ),
    "collections": _offer(
        "ChainMap Counter OrderedDict defaultdict deque namedtuple",
        "std/named views",
        limits="Named tuples may have methods: of `typing.NamedTuple`, too, or of a class that inherits from one. "
        "Objects at the top of a module are sent as they are, and live on in the browser.",
    ),
    "contextlib": _offer(
        "ExitStack asynccontextmanager closing contextmanager nullcontext suppress", "objects contexts calls"
    ),
    "copy": _offer("copy deepcopy", "exceptions calls"),
    "functools": _offer(
        "cache cached_property cmp_to_key lru_cache partial reduce total_ordering update_wrapper wraps",
        "std/named",
        limits="A function with `@cache` remembers there what it gave there. `cached_property` is known in classes that are no Models.",
    ),
    "itertools": _offer(
        """accumulate batched chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse groupby islice
        pairwise permutations product repeat starmap takewhile tee zip_longest""",
        "calls",
    ),
    "json": _offer(
        "JSONDecodeError dumps loads",
        "objects views",
        limits="A whole float is written as an int. Integers beyond 2**53 raise OverflowError: give `parse_int=float`. No `cls`.",
    ),
    "math": _offer(
        """acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist exp exp2 expm1 fabs factorial floor fmod
        frexp fsum gcd hypot isclose isfinite isinf isnan isqrt lcm ldexp log log10 log1p log2 modf nextafter perm pow prod radians
        remainder sin sinh sqrt tan tanh trunc ulp""",
        "common",
        "e inf nan pi tau",
        "The last bit of sin, exp and the like is the engine's. Integers beyond 2**53 raise OverflowError.",
    ),
    "operator": _offer(
        """abs add and_ attrgetter concat contains countOf delitem eq floordiv ge getitem gt index indexOf inv invert is_ is_not itemgetter
        le lshift lt methodcaller mod mul ne neg not_ or_ pos pow rshift setitem sub truediv truth xor""",
        "library calls",
        limits="The operators that change their operand (`iadd` and the like) are not there.",
    ),
    "random": _offer(
        """Random choice choices expovariate gauss getrandbits lognormvariate normalvariate paretovariate randint random randrange sample
        seed shuffle triangular uniform weibullvariate""",
        "objects calls",
        limits="A seed that is an int or a str gives Python's very numbers; a float as a seed is refused.",
    ),
    "re": _offer(
        "Match Pattern PatternError compile error escape findall finditer fullmatch match purge search split sub subn",
        "objects calls",
        "A ASCII DOTALL I IGNORECASE M MULTILINE NOFLAG S U UNICODE VERBOSE X",
        r"`re.error` says so where JS cannot do what a pattern means: conditions `(?(1)a|b)`, `re.ASCII` with `re.IGNORECASE`, "
        r"switching case in a part, `\N{...}`, references to a group that may have been skipped, and groups that may be skipped "
        "inside of a repetition.",
    ),
    "string": _offer(
        "capwords",
        "library",
        "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits printable punctuation whitespace",
    ),
    "time": _offer(
        "asctime ctime gmtime localtime mktime monotonic perf_counter strftime struct_time time",
        "std/named",
        limits="`sleep` is `await asyncio.sleep()`. Names of days and months are English.",
    ),
    "types": _offer(
        "SimpleNamespace",
        "objects calls",
    ),
    "typing": _offer(
        "assert_never assert_type cast final no_type_check",
        "common",
        "TYPE_CHECKING",
        "Annotations say nothing there, and are left out. The first argument of `cast` is not looked at.",
    ),
}

#: The parts of our JS library that are here, each with those that it stands on.
PARTS: dict[str, tuple[str, ...]] = {
    "std/named": ("objects", "calls"),
    **{f"std/{module}": offer.needs for module, offer in OFFERED.items()},
}

#: What to write instead: of names, and of whole modules.
INSTEAD = {
    "asyncio.get_event_loop": "There is one loop, which runs: use 'await', and asyncio.create_task().",
    "asyncio.get_running_loop": "There is one loop, which runs: use 'await', and asyncio.create_task().",
    "asyncio.new_event_loop": "There is one loop, which runs: use 'await', and asyncio.create_task().",
    "asyncio.run": "The loop runs already: write 'await' in an 'async def', or use asyncio.create_task().",
    "asyncio.to_thread": "JS runs in one thread: call the function.",
    "asyncio.wait": "Use asyncio.gather() or asyncio.wait_for().",
    "asyncio.as_completed": "Use asyncio.gather().",
    "asyncio.all_tasks": "Keep your tasks in a list.",
    "functools.singledispatch": "Use isinstance() in one function.",
    "functools.partialmethod": "Write a method that calls the other one.",
    "json.dump": "Use json.dumps(): there are no files.",
    "json.load": "Use json.loads(): there are no files.",
    "math.erf": "Compute it in Python and pass it as a property.",
    "math.gamma": "Compute it in Python and pass it as a property.",
    "random.SystemRandom": "Use window.crypto.getRandomValues().",
    "random.randbytes": "Use random.getrandbits().",
    "time.sleep": "Write 'await asyncio.sleep()' in an 'async def': JS must not wait otherwise.",
    "time.process_time": "Use time.perf_counter().",
    "time.time_ns": "Use time.time(): integers beyond 2**53 are not exact there.",
    "time.monotonic_ns": "Use time.monotonic(): integers beyond 2**53 are not exact there.",
    "time.perf_counter_ns": "Use time.perf_counter(): integers beyond 2**53 are not exact there.",
    "typing.reveal_type": "Leave it out: it is for type checkers.",
    "string.Template": "Use an f-string.",
    "string.Formatter": "Use an f-string.",
    "contextlib.AsyncExitStack": "Use one 'async with' inside of another.",
    "contextlib.redirect_stdout": "Collect the text in a list.",
    "array": "Use window.Float64Array and the like, or a list.",
    "base64": "Use window.btoa() and window.atob().",
    "bisect": "Write the loop out.",
    "concurrent": "Use asyncio.create_task(): JS runs in one thread.",
    "datetime": "Use time.time() and time.strftime(), or window.Date.",
    "decimal": "Use a float, or compute it in Python.",
    "fractions": "Use a float, or compute it in Python.",
    "glob": "The browser has no files: do it in Python, and call it with @app.exposed and self.py.",
    "hashlib": "Use window.crypto.subtle, or compute it in Python.",
    "heapq": "Keep a sorted list.",
    "http": "Use 'await window.fetch(url)'.",
    "io": "Collect the text in a list, and join it.",
    "logging": "Use print(), which goes to the browser's console.",
    "multiprocessing": "Use window.Worker, or do it in Python.",
    "os": "The browser has no files and no processes: do it in Python, and call it with @app.exposed and self.py.",
    "pathlib": "The browser has no files: do it in Python, and call it with @app.exposed and self.py.",
    "pickle": "Use json.dumps().",
    "secrets": "Use window.crypto.getRandomValues().",
    "shutil": "The browser has no files: do it in Python, and call it with @app.exposed and self.py.",
    "socket": "Use window.WebSocket, or do it in Python.",
    "statistics": "Write it with sum() and len(), or compute it in Python.",
    "struct": "Use window.DataView.",
    "subprocess": "The browser has no processes: do it in Python, and call it with @app.exposed and self.py.",
    "sys": "The browser is another machine: do it in Python, and call it with @app.exposed and self.py.",
    "tempfile": "The browser has no files: do it in Python, and call it with @app.exposed and self.py.",
    "textwrap": "Do it in Python and pass it as a property.",
    "threading": "JS runs in one thread: leave it out, or use asyncio.",
    "urllib": "Use 'await window.fetch(url)', or window.URL.",
    "uuid": "Use window.crypto.randomUUID().",
    "warnings": "Use print(), which goes to the browser's console.",
    "zlib": "Use window.CompressionStream, or do it in Python.",
}

#: Of what `asyncio` has, what takes coroutines: a call that is their argument waits for its turn.
_TAKES_COROUTINES = ("create_task", "ensure_future", "gather", "shield", "wait_for")


#: What Python calls modules that are known under another name.
_OTHER_NAMES = {
    "posix": "os",
    "nt": "os",
    "posixpath": "os.path",
    "ntpath": "os.path",
    "_io": "io",
    "_operator": "operator",
}


_known: dict[int, tuple[Any, str, str]] = {}  # the functions and classes of the table, by identity
_modules = 0  # how many modules there were when they were looked for


def _look() -> None:
    """Find what of the table this Python has by now: nothing is imported for that."""
    global _modules
    _modules = len(sys.modules)
    for module, offer in OFFERED.items():
        if module in sys.modules:
            for name in offer.names:
                value = getattr(sys.modules[module], name, None)
                if value is not None:
                    _known.setdefault(id(value), (value, module, name))


def find(value: Any) -> tuple[str, str] | None:
    """The module and the name of a function or class of the table; None if it is none."""
    if len(sys.modules) != _modules:
        _look()
    entry = _known.get(id(value))
    return entry[1:] if entry is not None and entry[0] is value else None


def reference(module: str, name: str) -> str:
    """The JS expression for a function or class of the table."""
    return f"$py.late.${module}.{name}"


def meaning(value: Any) -> str:
    """What a function means to how code that calls it is transpiled: mostly nothing.

    Returns:
        'cast' for the one whose first argument is for type checkers, 'exceptions' for the one that takes
        exceptions, 'coroutines' for those that let the coroutines that they are given wait for their turn,
        'tasks' for what has methods that do, and 'generic' for a class that gets types in brackets.
    """
    if isinstance(value, type):
        owner = next((cls for cls in value.__mro__ if "__class_getitem__" in vars(cls)), None)
        if owner is Generic:
            return "generic"
    found = find(value)
    if found == ("typing", "cast"):
        return "cast"
    if found == ("contextlib", "suppress"):
        return "exceptions"
    if found == ("asyncio", "TaskGroup"):
        return "tasks"
    return "coroutines" if found is not None and found[0] == "asyncio" and found[1] in _TAKES_COROUTINES else ""


def refusal(value: Any, scope: str = "") -> tuple[str, str] | None:
    """Why something of Python's standard library is not there, and what to write instead; None if it is not of it.

    Args:
        value: A function, a class or a module.
        scope: The module that it was found in, if it was.
    """
    owner = value if inspect.ismodule(value) else None
    module = owner.__name__ if owner else str(getattr(value, "__module__", None) or scope)
    if scope.partition(".")[0] in sys.stdlib_module_names:
        module = scope  # as the user calls it: os.getcwd, not posix.getcwd
    module = _OTHER_NAMES.get(module, module).partition("._")[0]  # pathlib._local is pathlib to people
    top = module.partition(".")[0]
    if top not in sys.stdlib_module_names or top == "builtins":
        return None
    known = module if module in OFFERED else top
    if owner is not None:
        if known in OFFERED:
            return (
                f"it is the module {known!r} itself, of which only the functions can be had",
                f"Write {known}.{OFFERED[known].names[0]} and the like.",
            )
        return f"{module!r} of Python's own library is not there", INSTEAD.get(module, INSTEAD.get(top, _OTHERWISE))
    name = str(getattr(value, "__name__", ""))
    if known in OFFERED:
        return (
            f"it is not part of what there is of Python's {known!r}",
            INSTEAD.get(f"{known}.{name}", INSTEAD.get(known, _OTHERWISE)),
        )
    return (
        f"{module!r} of Python's own library is not there",
        INSTEAD.get(f"{module}.{name}", INSTEAD.get(module, INSTEAD.get(top, _OTHERWISE))),
    )


_OTHERWISE = "Compute it in Python and pass it as a property."


def guide() -> str:
    """The table as Markdown, for the docs."""
    rows = ["| module | what there is | good to know |", "|---|---|---|"]
    for module, offer in OFFERED.items():
        names = ", ".join(f"`{name}`" for name in sorted((*offer.names, *offer.constants), key=str.lower))
        rows.append(f"| `{module}` | {names} | {offer.limits.replace('|', chr(92) + '|')} |")
    return "\n".join(rows) + "\n"
