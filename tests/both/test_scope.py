"""Modules on both sides: what they import from each other means the same in JS, and is one thing there, too."""

from __future__ import annotations

import importlib
import itertools
import json
import linecache
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from runner import node

from jsmodel.errors import ScopeError, TranspileError
from jsmodel.transpile.modules import linker

RUN = """
jsmodel.module(MODULE, ($m, $jsm, $py) => {
  let outcome;
  try { outcome = $py.repr(FUNCTION()); } catch (err) { outcome = `raise ${err.name}: ${err.message}`; }
  process.stdout.write(JSON.stringify(outcome), () => process.exit(0));
});
"""

Write = Callable[..., Any]
count = itertools.count()


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes modules, and imports the last one. `QQ` before their names and texts makes those of each test its own."""
    monkeypatch.syspath_prepend(str(tmp_path))
    mark = f"m{next(count)}_"
    before = set(sys.modules)

    def run(**files: str) -> Any:
        for name, text in files.items():
            path = tmp_path.joinpath(*(mark + name).split("__in__")).with_suffix(".py")
            if name.endswith("__in__"):
                path = tmp_path.joinpath(mark + name.removesuffix("__in__"), "__init__.py")
            path.parent.mkdir(exist_ok=True)
            path.write_text(textwrap.dedent(text).replace("QQ", mark), encoding="utf-8")
        importlib.invalidate_caches()
        linecache.checkcache()
        return importlib.import_module((mark + list(files)[-1]).replace("__in__", ".").rstrip("."))

    yield run
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def same(write: Write, runtime: Path) -> Callable[..., str]:
    """Writes modules, runs `main()` of the last one on both sides, and gives what both gave."""

    def check(**files: str) -> str:
        module = write(**files)
        scripts, function = linker.bundle(module.main)
        run = RUN.replace("MODULE", json.dumps(module.__name__)).replace("FUNCTION", function)
        done = node("\n".join([runtime.read_text(), *scripts, run]))
        assert done.returncode == 0, done.stderr
        there = json.loads(done.stdout)
        assert there == repr(module.main())
        return str(there)

    return check


def test_functions_values_and_classes_come_from_the_module_that_defines_them(same):
    assert (
        same(
            lib="limit = 3\ndef clip(x): return min(x, limit)\nclass Place:\n    def __init__(self, x): self.x = clip(x)\n",
            user="from QQlib import clip as cut, Place\nlimit = 100\ndef main(): return [cut(50), Place(7).x, limit]\n",
        )
        == "[3, 3, 100]"
    )


def test_a_module_is_reached_by_its_name_and_by_another(same):
    assert (
        same(
            lib="limit = 3\nnames = ['a']\ndef clip(x): return min(x, limit)\nclass Place:\n    def __init__(self, x): self.x = clip(x)\n",
            user="import QQlib\nimport QQlib as other\ndef main():\n    QQlib.names.append('b')\n    n = list(other.names)\n    other.names.pop()\n    return [QQlib.clip(9), other.Place(5).x, QQlib.limit, n, QQlib.names is other.names]\n",
        )
        == "[3, 3, 3, ['a', 'b'], True]"
    )


def test_packages_their_init_and_relative_imports(same):
    assert (
        same(
            pack__in__="from .inner import deep\nfrom . import inner\ndef top(x): return deep(x) + 1\n",
            pack__in__inner="base = 10\ndef deep(x): return x + base\n",
            pack__in__beside="from . import inner\nfrom .inner import deep as d\ndef both(x): return [d(x), inner.deep(x), inner.base]\n",
            user="import QQpack.beside\nimport QQpack as p\nfrom QQpack import top, deep\ndef main(): return [top(1), deep(1), p.top(2), p.inner.deep(3), QQpack.beside.both(4)]\n",
        )
        == "[12, 11, 13, 13, [14, 14, 10]]"
    )


def test_modules_that_import_each_other(same):
    assert (
        same(
            even="import QQodd\ndef even(n): return True if n == 0 else QQodd.odd(n - 1)\n",
            odd="import QQeven\ndef odd(n): return False if n == 0 else QQeven.even(n - 1)\n",
            user="from QQeven import even\nfrom QQodd import odd\ndef main(): return [even(10), odd(10), even(7), odd(7)]\n",
        )
        == "[True, False, False, True]"
    )


def test_a_list_of_one_module_is_one_list_in_all(same):
    assert (
        same(
            conf="info = {'n': 0}\nrows = [info, [1], info]\ndef bump(): info['n'] += 1\n",
            one="from QQconf import info as settings\ndef bump(): settings['n'] += 1\n",
            two="from QQone import settings\nimport QQconf\nalias = settings\ndef bump(into=settings): into['n'] += 1\n",
            user=(
                "from QQconf import bump, info, rows\nimport QQone, QQtwo\nrow = rows[1]\n"
                "def main():\n    info['n'] = 0\n    bump(); QQone.bump(); QQtwo.bump()\n    row.append(2); last = row.pop()\n"
                "    return [info, QQtwo.alias is info, QQtwo.settings is QQone.settings, rows[0] is info, rows[0] is rows[2], rows[1] is row, last]\n"
            ),
        )
        == "[{'n': 3}, True, True, True, True, True, 2]"
    )


def test_a_list_that_is_twice_in_a_value_is_one_list(same):
    assert same(
        user="grid = [[0] * 2] * 3\nnested = {'a': grid, 'b': ([9],)}\ndef main():\n    grid[0][1] = 5\n    out = repr([grid, nested['a'] is grid, nested['b']])\n    grid[0][1] = 0\n    return out\n"
    ) == repr("[[[0, 5], [0, 5], [0, 5]], True, ([9],)]")


def test_a_name_that_is_imported_and_defined_again_means_the_last(same):
    assert (
        same(
            lib="def go(): return 'lib'\nkey = 'k'\n",
            user="from QQlib import go, key\nfirst = go\ndef go(): return 'user'\nkey = key + '2'\ndef main(): return [first(), go(), key]\n",
        )
        == "['lib', 'user', 'k2']"
    )


def test_functions_without_a_name_of_their_own_keep_what_is_theirs(same):
    assert (
        same(
            lib=(
                "step = 5\ndef make(n):\n    def inner(x): return x + n + step\n    return inner\nadd1 = make(1)\nadd2 = make(2)\n"
                "double = lambda x: x * step\n"
            ),
            user="from QQlib import add1, add2 as second, double as twice\nimport QQlib\nstep = 1000\nhidden = QQlib.make(7)\ndef main(): return [add1(0), second(0), twice(1), hidden(0), QQlib.double(2)]\n",
        )
        == "[6, 7, 5, 12, 10]"
    )


def test_raw_js_is_one_object_for_all_modules(same):
    pytest.importorskip("jsmodel")
    module_text = "from jsmodel.app import RawJS\nbox = RawJS('{count: 0}')\n"
    files = {
        "lib": module_text,
        "user": "from QQlib import box\nimport QQlib\ndef main(): return box is QQlib.box\n",
    }
    assert same(**files) == "True"


def test_names_of_other_things_may_begin_like_those_of_the_machinery(same):
    assert (
        same(
            user="def later(): return 1\ndef selfish(): return 2\npython = 3\ndef superb(): return 4\nargc = 5\nmodule = 6\nerrors = 7\ndef main(): return [later(), selfish(), python, superb(), argc, module, errors]\n"
        )
        == "[1, 2, 3, 4, 5, 6, 7]"
    )


WHOLE = """
__pyscript__ = True
__all__ = ['shape']
from QQbase import unit, Thing

items = []
total = 0
for i in range(3):
    items.append(i * unit)
    total += i
if total > 2:
    size = 'big'
else:
    size = 'small'

def shape(n):
    return [n * unit, items, helper(n)]

def helper(n):
    return registry['n'] + n

registry = {'n': total}
first, *rest = items
try:
    int('x')
except ValueError as err:
    words = 'caught'

class Square(Thing):
    sides = 4
    def area(self): return self.size * self.size

unit_square = Square(unit)
areas = [Square(n).area() for n in range(3)]
registry['areas'] = areas
f = helper
"""


def test_what_a_pattern_of_a_whole_module_captures_is_a_name_of_it(same):
    whole = """
        __pyscript__ = True
        match [1, 2, {"k": 3, "z": 4}]:
            case [first, *rest]:
                pass
        match rest[1]:
            case {"k": three, **others}:
                pass
        sizes = [(last := n) for n in range(3)]
        def change():
            rest.append(5)
            return [first, len(rest), last, three, others]
        """
    user = """
        import QQwhole as w
        from QQwhole import rest, last
        def main():
            found = [w.change(), w.first, len(w.rest), w.last, w.three, w.others, len(rest), last, rest is w.rest]
            w.rest.pop()
            return found
        """
    assert same(whole=whole, user=user) == "[[1, 3, 2, 3, {'z': 4}], 1, 3, 2, 3, {'z': 4}, 3, 2, True]"


def test_a_pattern_may_capture_a_global_name(same):
    text = """
        head, rest = 0, None
        def take(items):
            global head, rest
            match items:
                case [head, *rest] if head > 1:
                    return True
            return False
        def main(): return [take([1, 2]), head, take([3, 4, 5]), head, rest]
        """
    assert same(user=text) == "[False, 1, True, 3, [4, 5]]"


def test_a_whole_module_is_run_in_js_from_top_to_bottom(same):
    assert same(
        base="unit = 2\nclass Thing:\n    def __init__(self, size): self.size = size\n",
        whole=WHOLE,
        user=(
            "import QQwhole as w\nfrom QQwhole import shape, Square, unit_square, items, registry as reg\n"
            "def main(): return [shape(1), w.total, w.size, w.first, w.rest, w.words, reg, Square(3).area(), unit_square.area(), "
            "unit_square is w.unit_square, items is w.items, w.f(1), w.i, w.Square.sides, isinstance(unit_square, Square)]\n"
        ),
    ) == (
        "[[2, [0, 2, 4], 4], 3, 'big', 0, [2, 4], 'caught', {'n': 3, 'areas': [0, 1, 4]}, 9, 4, True, True, 4, 2, 4, True]"
    )


def test_whole_modules_may_import_each_other(same):
    assert (
        same(
            one="__pyscript__ = True\nbase = [1]\ndef grow(x):\n    base.append(x)\n    return len(base)\n",
            two="__pyscript__ = True\nfrom QQone import grow, base\nimport QQone as one\nsizes = [one.base, 'x']\nlast = base[-1]\ndef size(): return [len(sizes[0]) > 0, last, sizes[0] is base]\n",
            user="import QQtwo\ndef main(): return QQtwo.size()\n",
        )
        == "[True, 1, True]"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "def f(): return 1\nimport io\nfile = io.StringIO()\ndef g(): return 2",
            "uses 'io.StringIO' (WHOLE.py, line 4), but this code runs in the browser and 'io' of Python's own library is not there. Collect the text in a list, and join it.",
        ),
        (
            "def deco(f): return f\n@deco\ndef g(): return 1",
            "'WHOLE.g' cannot run in the browser: a decorator is not known there, in a module with __pyscript__ = True (WHOLE.py, line 4). Call it yourself.",
        ),
        (
            "def g(): return 1\ng = 3",
            "'WHOLE.g' cannot run in the browser: its name means something else by the end of the module (WHOLE.py, line 2). Give each thing a name of its own.",
        ),
        (
            "if True:\n    def g(): return 1",
            "'the module WHOLE' cannot run in the browser: a function inside of another statement is not known there, in a module with __pyscript__ = True (WHOLE.py, line 3). Define it at the top level.",
        ),
        (
            "with open(__file__) as f: text = f.read()\ndef g(): return 1",
            "the module WHOLE uses 'open' (WHOLE.py, line 2), but this code runs in the browser",
        ),
        (
            "class Bad:\n    def __del__(self): pass\ndef g(): return 1",
            "'WHOLE.Bad' cannot run in the browser: Bad defines __del__ (WHOLE.py, line 3), which is not known there (WHOLE.py, line 2). Write a method, and call it: JS does not say when an object goes.",
        ),
    ],
)
def test_what_a_whole_module_cannot_have_is_refused_with_its_place(write, text, words):
    module = write(whole=f"__pyscript__ = True\n{text}\n", user="import QQwhole\ndef main(): return QQwhole.g\n")
    with pytest.raises((ScopeError, TranspileError)) as caught:
        linker.bundle(module.main)
    assert words.replace("WHOLE", module.__name__.replace("user", "whole")) in str(caught.value)


@pytest.mark.parametrize("text", ["x = 11\n", "x = 10 # as it was\n", "x = 10"])
def test_a_whole_module_whose_file_changed_after_its_import_is_refused_if_it_means_something_else(
    write, monkeypatch, text
):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    module = write(whole="__pyscript__ = True\nx = 10\n", user="import QQwhole\ndef main(): return QQwhole.x\n")
    whole = sys.modules[module.__name__.replace("user", "whole")]
    Path(whole.__file__).write_text(f"__pyscript__ = True\n{text}")
    if text.startswith("x = 11"):
        with pytest.raises(
            TranspileError,
            match=r"^'the module m\d+_whole' cannot be sent to the browser: its source has changed since it was imported\. "
            r"Import the module again, or restart\.$",
        ):
            linker.bundle(module.main)
        Path(whole.__spec__.cached).unlink()  # Python, too, looks at times and sizes only
        importlib.reload(whole)
        linecache.checkcache()
    assert any(f"= {whole.x})" in script for script in linker.bundle(module.main)[0])


def test_a_whole_module_may_import_what_may_be_missing(write):
    text = "__pyscript__ = True\ntry:\n    import QQlib as lib\nexcept ImportError:\n    lib = None\ndef g(): return lib.f() + 1\n"
    module = write(
        lib="def f(): return 1\n", whole=text, user="import QQwhole as whole\ndef main(): return whole.g()\n"
    )
    assert module.main() == 2
    scripts, _ = linker.bundle(module.main)
    assert any("return 1;" in script for script in scripts)


def test_a_name_that_a_module_lacks_is_explained(write):
    module = write(lib="def func1(): return 1\n", user="import QQlib as lib\ndef main(): return lib.func2()\n")
    lib = module.lib.__name__
    with pytest.raises(
        ScopeError,
        match=rf"main uses 'lib.func2' \(\w+user.py, line 2\), but this code runs in the browser and the module '{lib}' has no 'func2'. "
        r"Did you mean 'lib.func1'\? Correct the name, or define it there.",
    ):
        linker.bundle(module.main)


def test_a_name_of_another_module_cannot_be_assigned_to(write):
    module = write(lib="n = 1\n", user="import QQlib as lib\ndef main(): lib.n = 2\n")
    with pytest.raises(
        TranspileError,
        match=r"'lib.n' is a name of a Python module, which cannot be assigned to \(.*line 2\). Keep what changes in a dict of that module.",
    ):
        linker.bundle(module.main)


UNSENDABLE = {
    "open(__file__, 'rb')": "it is an open file, which only Python can read. Read it in Python and pass its content as a property.",
    "threading.Lock()": "it is a lock of Python's threads, which the browser does not have. Leave it out: JS runs in one thread.",
    "threading": "'threading' of Python's own library is not there. JS runs in one thread: leave it out, or use asyncio.",
    "len": "it is the function 'len' of Python itself, which is not written in Python. Compute it in Python and pass it as a property, or use what the browser has, such as window.Math.",
    "math.erf": "it is not part of what there is of Python's 'math'. Compute it in Python and pass it as a property.",
    "json.dump": "it is not part of what there is of Python's 'json'. Use json.dumps(): there are no files.",
    "functools.singledispatch": "it is not part of what there is of Python's 'functools'. Use isinstance() in one function.",
    "[].append": "it is the function 'append' of Python itself",
    "Ordinary().method": "it is a method that belongs to an object in Python. Use a function, or call it with @app.exposed and self.py.",
    "(x for x in [])": "it is a generator that runs in Python. Make a list of it.",
    "ARRAY": "it is an array of numpy, which is sent as data, not as code. Make it a property: class Both: data = Any(). Or send it with send_data().",
    "Ordinary()": "its value cannot be sent (Ordinary is not JSON-able). Use JSON-able values, or pass it as a property.",
    "{1: 3j}": "its value cannot be sent (complex is not JSON-able). Use JSON-able values, or pass it as a property.",
    "[ROUND]": "its value cannot be sent (it contains itself). Use JSON-able values, or pass it as a property.",
    "pathlib.Path": "'pathlib' of Python's own library is not there. The browser has no files: do it in Python, and call it with @app.exposed and self.py.",
    "Meta('M', (), {})": "M is a class with the metaclass Meta, which is not known there. Use a class without one, or a class decorator.",
    "collections.namedtuple('Pair', 'a length')": "Pair has a field called 'length', which tuples have there. Rename it.",
    "Number": "Number inherits from int, whose values are no objects there. Keep the value in an attribute.",
    "Gone": "Gone defines __del__ (user.py, line LINE), which is not known there. Write a method, and call it: JS does not say when an object goes.",
    "Registered": "Registered has classes that were registered as its subclasses, which is not known there. Let them inherit from Registered.",
    "Bits": "Bits is an Enum with a __new__ of its own. Use __init__, or a property.",
    "Field": "the value of Field.lock cannot be sent (lock is not JSON-able). Use JSON-able values, or set the attribute in __init__.",
    "Async": "Async.__len__ is an 'async def', which operators do not wait for. Make it a 'def'.",
    "Events": "Events has properties and handlers, and no JS side. Make it a Model: 'class Events(app.Model)'.",
}

SETTING = """
import abc, collections, enum, functools, json, math, pathlib, threading
from jsmodel import event

class Ordinary:
    def method(self): return 1
class Meta(type): pass
class Number(int): pass
class Gone:
    def __del__(self): return 1
class Registered(abc.ABC): pass
Registered.register(int)
class Bits(enum.Enum):
    A = 1
    def __new__(cls, value):
        made = object.__new__(cls)
        made._value_ = value
        return made
class Field:
    lock = threading.Lock()
class Async:
    async def __len__(self): return 1
class Mangled:
    __secret = 1
class Events(event.HasEvents):
    @event.prop
    def n(self, v=0): return v
ROUND = []
ROUND.append(ROUND)
try:
    import numpy
    ARRAY = numpy.zeros(3)
except ImportError:
    class ndarray:
        dtype = shape = 1
    ndarray.__module__ = 'numpy.core'
    ARRAY = ndarray()
"""


@pytest.mark.parametrize("value", list(UNSENDABLE))
def test_what_cannot_be_sent_says_its_name_its_place_and_a_way_out(write, value):
    module = write(user=f"{SETTING}\nthing = {value}\ndef main():\n    return thing\n")
    with pytest.raises(ScopeError) as caught:
        linker.bundle(module.main)
    name = f"{module.__name__}.py"
    line = len((SETTING + "\nthing = 1\ndef main():\n").splitlines()) + 1
    place = next((i + 2 for i, text in enumerate(SETTING.splitlines()) if text.startswith(f"class {value}:")), 0)
    words = UNSENDABLE[value].replace("user.py", name).replace("LINE", str(place))
    assert str(caught.value).startswith(
        f"main uses 'thing' ({name}, line {line}), but this code runs in the browser and {words}"
    )
    if hasattr(module.thing, "close") and value.startswith("open"):
        module.thing.close()


def test_a_coroutine_is_refused_and_its_function_is_not(write):
    module = write(
        user="async def go(): return 1\nrunning = go()\ndef main():\n    return running\ndef fine():\n    return go()\n"
    )
    with pytest.raises(
        ScopeError,
        match="it is a coroutine that runs in Python. Use the 'async def' function itself, and call it there.",
    ):
        linker.bundle(module.main)
    module.running.close()
    assert "async function go" in "".join(linker.bundle(module.fine)[0])


def test_functions_may_be_called_what_is_a_word_of_js(same):
    text = """
    def delete(x, y=[1]): return x + len(y)
    def default(x): return delete(x) if x else 0
    async def switch(): return 1
    class new:
        def delete(self): return default(1)
    def main(): return new().delete(), default(4), delete.__name__, delete(x=2)
    """
    assert same(user=text) == "(2, 5, 'delete', 3)"
