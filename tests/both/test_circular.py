"""Modules that import each other: what can be had means the same in JS; what cannot is refused, with the circle named."""

from __future__ import annotations

import itertools
import json
import linecache
import re
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from runner import node
from test_scope import RUN, same, write  # noqa: F401

from jsmodel.errors import CircularError, ScopeError, sentence
from jsmodel.transpile.modules import linker

Same = Callable[..., str]


def test_functions_that_call_each_other_over_three_modules(same):  # noqa: F811
    assert (
        same(
            one="import QQtwo\ndef f(n): return [n] + (QQtwo.g(n - 1) if n else [])\n",
            two="from QQthree import h\ndef g(n): return [n * 10] + (h(n - 1) if n else [])\n",
            three="import QQone as first\ndef h(n): return [n * 100] + (first.f(n - 1) if n else [])\n",
            user="import QQone\ndef main(): return QQone.f(4)\n",
        )
        == "[4, 30, 200, 1, 0]"
    )


def test_names_that_a_function_imports_when_it_is_called(same):  # noqa: F811
    assert (
        same(
            one="from QQtwo import twice\ndef f(x): return twice(x) + 1\n",
            two="def twice(x):\n    from QQone import f\n    import QQone as o\n    return [f, o.f][x > 3](x - 3) if x > 1 else x * 2\n",
            user="from QQone import f\ndef main(): return [f(1), f(2), f(9)]\n",
        )
        == "[3, 0, 4]"
    )


def test_values_of_modules_that_import_each_other_are_shared(same):  # noqa: F811
    assert (
        same(
            one="rows = [1]\nfrom QQtwo import f, table\ndef g(): return f()\n",
            two="import QQone\nfrom QQone import rows\ntable = [rows, 2]\ndef f(into=rows): return [into is QQone.rows, table[0] is QQone.rows]\n",
            user="import QQone, QQtwo\ndef main(): return [QQone.g(), QQtwo.f(), QQone.table is QQtwo.table]\n",
        )
        == "[[True, True], [True, True], True]"
    )


CROSSED = {
    "one": (
        "class Root:\n    def say(self): return 'root'\nimport QQtwo\n"
        "class Leaf(QQtwo.Mid):\n    def say(self): return 'leaf, ' + super().say()\ndef make(): return Leaf()\n"
    ),
    "two": (
        "from QQone import Root\nclass Mid(Root):\n    def say(self): return 'mid, ' + super().say()\n"
        "    def other(self):\n        import QQone\n        return QQone.make()\n"
    ),
    "user": "import QQone, QQtwo\ndef main(): return [QQone.Leaf().say(), QQtwo.Mid().other().say(), isinstance(QQone.make(), QQone.Root)]\n",
}


def test_base_classes_that_go_back_and_forth_between_modules(same):  # noqa: F811
    assert same(**CROSSED) == "['leaf, mid, root', 'leaf, mid, root', True]"


def test_classes_that_make_each_other(same):  # noqa: F811
    assert (
        same(
            one="import QQtwo\nclass Hen:\n    def __init__(self, n): self.n = n\n    def lay(self): return QQtwo.Egg(self.n + 1)\n",
            two="import QQone\nclass Egg(Exception):\n    def __init__(self, n): self.n = n\n    def hatch(self): return QQone.Hen(self.n + 1)\n",
            user="from QQone import Hen\ndef main(): return Hen(0).lay().hatch().lay().n\n",
        )
        == "3"
    )


def test_a_base_class_that_makes_its_subclass(same):  # noqa: F811
    assert (
        same(
            base="class Shape:\n    def copy(self):\n        from QQround import Circle\n        return Circle()\n    def name(self): return 'shape'\n",
            round="from QQbase import Shape\nclass Circle(Shape):\n    def name(self): return 'circle'\n",
            user="from QQbase import Shape\ndef main(): return [Shape().copy().name(), Shape().name(), isinstance(Shape().copy(), Shape)]\n",
        )
        == "['circle', 'shape', True]"
    )


def test_lists_as_default_values_are_there_before_the_function(same):  # noqa: F811
    assert (
        same(
            user="def main(): return [f(), g()]\nrows = [1]\ndef f(x=rows): return [x, x is rows]\ndef g(x=[2], *, y=rows): return [x, y is rows]\n",
        )
        == "[[[1], True], [[2], True]]"
    )


def test_a_value_in_a_class_is_there_before_the_class(same):  # noqa: F811
    assert (
        same(
            one="import QQtwo\nrows = [1]\ndef first(): return QQtwo.Table().get()\n",
            two="class Table:\n    def get(self):\n        import QQone\n        return [self.shared, self.shared is QQone.rows]\n",
            user="import QQone, QQtwo\nQQtwo.Table.shared = QQone.rows\ndef main(): return QQone.first()\n",
        )
        == "[[1], True]"
    )


def test_members_of_an_enum_find_what_their_init_uses(same):  # noqa: F811
    assert (
        same(
            one="import enum, QQtwo\nclass Planet(enum.Enum):\n    EARTH = 2\n    def __init__(self, mass): self.weight = QQtwo.weigh(mass)\n    def other(self): return QQtwo.name()\n",
            two="G = [10]\ndef weigh(mass): return mass * G[0]\ndef name():\n    import QQone\n    return QQone.Planet.EARTH.name\n",
            user="import QQone\ndef main(): return [QQone.Planet.EARTH.weight, QQone.Planet.EARTH.other()]\n",
        )
        == "[20, 'EARTH']"
    )


def test_whole_modules_that_use_each_other_when_they_are_called(same):  # noqa: F811
    assert (
        same(
            one="__pyscript__ = True\nsizes = [1]\nimport QQtwo\nlast = QQtwo.grow()\nclass Leaf(QQtwo.Stem):\n    pass\n",
            two="__pyscript__ = True\nimport QQone\nclass Stem:\n    n = 3\ndef grow():\n    QQone.sizes.append(5)\n    return len(QQone.sizes)\ndef leaf(): return QQone.Leaf().n\n",
            user="import QQone, QQtwo\ndef main(): return [QQone.last, QQone.sizes, QQtwo.leaf()]\n",
        )
        == "[2, [1, 5], 3]"
    )


# -- what cannot be had


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            {
                "one": "class Base:\n    partner = None\n",
                "two": "from QQone import Base\n\n\nclass Sub(Base):\n    pass\n\n\nBase.partner = Sub\n",
                "user": "from QQtwo import Sub\ndef main(): return Sub.partner is Sub\n",
            },
            "QQone.Base cannot be made in the browser, since it needs itself: QQone.Base (QQone.py, line 1) → QQtwo.Sub (QQtwo.py, line 4) → "
            "QQone.Base (QQone.py, line 1). The modules go round in a circle: QQone → QQtwo → QQone. Base classes, values in a class or in a value",
        ),
        (
            {"user": "class A:\n    pass\nclass B:\n    a = A\nA.b = B\ndef main(): return A.b is B\n"},
            r"since it needs itself: QQuser.(A|B) \(QQuser.py, line \d\) → QQuser.(A|B) \(QQuser.py, line \d\) → QQuser.(A|B) \(QQuser.py, line \d\). Base classes",
        ),
        (
            {
                "one": "__pyscript__ = True\nx = 1\nimport QQtwo\ny = QQtwo.z + 1\n",
                "two": "__pyscript__ = True\nimport QQthree\nz = QQthree.w + 1\n",
                "three": "__pyscript__ = True\nimport QQone\nw = QQone.x + 1\n",
                "user": "import QQone\ndef main(): return QQone.y\n",
            },
            "the module QQone cannot be made in the browser, since it needs itself: the module QQone (QQone.py) → the module QQtwo (QQtwo.py) → "
            "the module QQthree (QQthree.py) → the module QQone (QQone.py). The modules go round in a circle: QQone → QQtwo → QQthree → QQone. ",
        ),
        (
            {
                "one": "__pyscript__ = True\nx = [1]\nimport QQtwo\ny = [QQtwo.z]\n",
                "two": "__pyscript__ = True\nimport QQone\ndef size(): return len(QQone.x)\nz = size()\n",
                "user": "import QQone\ndef main(): return QQone.y\n",
            },
            "The modules go round in a circle: QQone → QQtwo → QQone. ",
        ),
    ],
    ids=["base", "two classes", "three whole", "a call at the top"],
)
def test_what_needs_itself_is_refused_with_the_circle_named(write, files, words):  # noqa: F811
    module = write(**files)
    with pytest.raises(CircularError) as info:
        linker.bundle(module.main)
    mark = module.__name__.removesuffix("user")
    words = words.replace("QQ", mark)
    assert words in str(info.value) or re.search(words, str(info.value))
    assert str(info.value).endswith(
        "Use one of them in a function instead, which looks it up when it is called, or move what both need into a module of its own."
    )


def test_a_module_that_is_still_being_imported_is_named_with_those_that_import_it(write):  # noqa: F811
    with pytest.raises(ScopeError) as info:
        write(
            one="from jsmodel import app\nclass Lamp(app.Model):\n    class JS:\n        def init(self):\n            late()\nimport QQtwo\ndef late(): return 1\n",
            two="import QQthree\n",
            three="import QQone\nQQone.Lamp()\n",
            user="import QQone\n",
        )
    text = re.sub(r"m\d+_", "QQ", sentence(info.value))
    assert text == (
        "Lamp.JS.init uses 'late' (QQone.py, line 5), but this code runs in the browser and its module has no 'late' yet: "
        "it is still being imported (QQone → QQtwo → QQthree → QQone). Make the model later, in a function, when all modules are there."
    )


def test_a_name_of_a_module_that_is_still_being_imported_is_not_there_yet(write):  # noqa: F811
    with pytest.raises(
        ScopeError, match=r"the module 'm\d+_one' has no 'late' yet: it is still being imported\. Make the"
    ):
        write(
            one="from jsmodel import app\nimport sys\nhere = sys.modules[__name__]\nclass Lamp(app.Model):\n    class JS:\n        def init(self):\n            here.late()\nLamp()\ndef late(): return 1\n",
            user="import QQone\n",
        )


# -- what a page gets


@pytest.fixture
def in_page(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Gives what `main()` of a module returns in a page that loads what some models need, and nothing before."""

    def run(module: Any, *models: type) -> str:
        texts = [asset.text for asset in linker.assets_for(models)]
        script = RUN.replace("MODULE", json.dumps(module.__name__)).replace("FUNCTION", "$m.main")
        done = node("\n".join([runtime.read_text(), *texts, script]))
        assert done.returncode == 0, done.stderr
        return str(json.loads(done.stdout))

    yield run


MODEL = "from jsmodel import app\nclass User(app.Model):\n    class JS:\n        def init(self): main()\n"


def test_a_page_gets_each_base_before_its_subclass(write, in_page):  # noqa: F811
    module = write(**CROSSED | {"user": CROSSED["user"] + MODEL})
    assert in_page(module, module.User) == "['leaf, mid, root', 'leaf, mid, root', True]"
    order = [a.name.partition("_")[2] for a in linker.assets_for([module.User]) if re.match(r"m\d+_", a.name)]
    assert order == ["one.js", "two.js", "one.js", "user.js"]


def test_models_of_modules_that_import_each_other(write, in_page):  # noqa: F811
    module = write(
        one="from jsmodel import app\nclass Root(app.Model):\n    class JS:\n        def n(self): return 1\nimport QQtwo\nclass Leaf(QQtwo.Mid):\n    class JS:\n        def n(self): return 3\n",
        two="from QQone import Root\nclass Mid(Root):\n    class JS:\n        def n(self): return 2\n",
        user="from QQone import Leaf\nfrom QQtwo import Mid\ndef main(): return [issubclass(Leaf, Mid)]\n" + MODEL,
    )
    assert in_page(module, module.User, module.Leaf) == "[True]"


cells = itertools.count()


def test_what_came_later_may_be_needed_by_what_was_there_and_need_it_too(monkeypatch, in_page):
    """A page that is opened after that loads them in an order that works."""
    name = f"cells_{next(cells)}"
    module = types.ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)

    def cell(source: str) -> None:
        filename = f"<cell of {name}, {next(cells)}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        exec(compile(source, filename, "exec"), vars(module))
        linker.refresh()

    cell("rows = [1]\nclass S:\n    n = 5\ndef f(x=rows): return x\ndef main(): return [f(), S.n]\n" + MODEL)
    assert in_page(module, module.User) == "[[1], 5]"
    cell("class R(S):\n    pass\nrows.append(2)\ndef main(): return [f(), S.n, R.n]\n")
    assert in_page(module, module.User) == "[[1, 2], 5, 5]"
