"""An error in JS becomes a traceback of Python, with the lines of Python: what Node says of a stack, mapped back.

The lines that a traceback must have are marked in the source of each test with `# 1`, `# 2` …, in the order of the
traceback: oldest first.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tracebacks_of_another_module as other
from runner import node

from jsmodel import app, event
from jsmodel.app import RawJS
from jsmodel.assets import Asset
from jsmodel.transpile.modules import linker
from jsmodel.transpile.tracebacks import Failure, traceback_text

RUN = """
const vm = require("vm");
globalThis.window = globalThis;
for (const [name, code] of %s) vm.runInThisContext(code, {filename: `jsmodel:///${name}`});
jsmodel.module(%s, async ($m, $jsm, $py) => {
  const failures = [];
  try {
    await %s();
  } catch (err) {
    for (let e = err; e; e = e.cause) failures.push([$py.typeName(e), $py.str(e), e.stack]);
  }
  process.stdout.write(JSON.stringify(failures));
});
"""


def traceback_of(func: Callable[..., Any], runtime: Path) -> str:
    """The traceback of what `func` raises in Node."""
    scripts, function = linker.bundle(func)
    named = [(f"{Asset('', 'js', text.encode()).hash}/x.js", text) for text in scripts]
    run = RUN % (json.dumps(named), json.dumps(func.__module__), function)
    done = node(f"{runtime.read_text()}\nError.stackTraceLimit = 50;\n{run}")
    assert done.returncode == 0, done.stderr
    failures = [Failure(*fields) for fields in json.loads(done.stdout)]
    assert failures, "nothing was raised"
    return traceback_text(failures)


def frames(text: str) -> list[tuple[str, int, str]]:
    """Function, line and source of each frame of a traceback."""
    found = re.findall(r'^  File "(.*)", line (\d+), in (.*)\n    (.*)$', text, re.M)
    return [(name, int(line), source) for _, line, name, source in found]


def marked(*functions: Any) -> list[tuple[int, str]]:
    """The lines with a number in a comment at their end, in the order of those numbers."""
    found = []
    for func in functions:
        lines, first = inspect.getsourcelines(func)
        for index, line in enumerate(lines):
            found += [(int(n), first + index, line.strip()) for n in re.findall(r"\b\d\b", line.partition("# ")[2])]
    return [(line, source) for _, line, source in sorted(found)]


def divide(a, b):
    return a / b  # 2


def calls_a_function():
    divide(1, 0)  # 1


def test_a_call_shows_the_lines_of_both_functions(runtime):
    text = traceback_of(calls_a_function, runtime)
    assert [f[1:] for f in frames(text)] == marked(calls_a_function, divide)
    assert [f[0] for f in frames(text)] == ["calls_a_function", "divide"]
    assert text.startswith("Traceback (most recent call last):\n") and text.endswith(
        "\nZeroDivisionError: division by zero\n"
    )
    assert f'  File "{__file__}", line ' in text


def calls_another_module():
    return [other.check(x) for x in (1, -1)]  # 1 2


def test_a_call_of_another_module_names_its_file(runtime):
    text = traceback_of(calls_another_module, runtime)
    found = frames(text)
    assert [f[0] for f in found] == ["calls_another_module", "<listcomp>", "check", "refuse"]
    assert [f[1:] for f in found] == marked(calls_another_module, other.check, other.refuse)
    assert text.count(f'File "{other.__file__}"') == 2
    assert text.endswith("\nValueError: -1 is negative\n")


def in_many_lines():
    values = [1, 0]
    return sorted(
        [
            divide(
                1,
                value,
            )
            for value in values
        ],
        key=lambda v: -v,
    )


def test_a_comprehension_of_many_lines_has_the_line_of_the_call(runtime):
    found = frames(traceback_of(in_many_lines, runtime))
    assert [(name, source) for name, _, source in found] == [
        ("in_many_lines", "["),
        ("<listcomp>", "divide("),
        ("divide", "return a / b  # 2"),
    ]


def in_a_chain():
    text = "a,b"
    return (
        text
        .upper()
        .split(",")
        .index("x")
    )  # fmt: skip


def test_a_method_of_a_chain_has_the_line_that_it_is_called_in(runtime):
    (frame,) = frames(traceback_of(in_a_chain, runtime))
    assert frame[0] == "in_a_chain"
    assert frame[2] in ('.index("x")', "text")  # Python itself names the one or the other


def in_a_lambda():
    work = lambda x: divide(x, 0)  # noqa: E731  # 2
    return list(map(work, [5]))  # 1


def test_a_lambda_and_what_calls_it(runtime):
    found = frames(traceback_of(in_a_lambda, runtime))
    assert [f[0] for f in found] == ["in_a_lambda", "<lambda>", "divide"]
    assert [f[1:] for f in found[:2]] == marked(in_a_lambda)


def in_a_generator():
    def inner(values):
        for value in values:
            yield divide(1, value)  # 2

    total = 0
    for x in inner([1, 0]):  # 1
        total += x
    return total


def test_a_generator_and_who_asked_it(runtime):
    found = frames(traceback_of(in_a_generator, runtime))
    assert [f[0] for f in found] == ["in_a_generator", "inner", "divide"]
    assert [f[1:] for f in found[:2]] == marked(in_a_generator)


def in_a_generator_expression():
    return sum(divide(1, x) for x in [1, 0])  # 1


def test_a_generator_expression(runtime):
    found = frames(traceback_of(in_a_generator_expression, runtime))
    assert [f[0] for f in found] == ["in_a_generator_expression", "<genexpr>", "divide"]


async def sleeps_and_fails(x):
    await app.window.Promise.resolve(None)
    return divide(x, 0)  # 2


async def awaits():
    value = 1
    await sleeps_and_fails(value)  # 1


def test_an_await_shows_who_waited(runtime):
    found = frames(traceback_of(awaits, runtime))
    assert [f[0] for f in found] == ["awaits", "sleeps_and_fails", "divide"]
    assert [f[1:] for f in found[:2]] == marked(awaits, sleeps_and_fails)


async def in_a_task(n):
    await asyncio.sleep(0)
    return divide(1, n)  # 3


async def at_once(n):
    return divide(1, n)  # 3


async def parent(tasks):
    return await asyncio.gather(*tasks)  # 2


async def gathers():
    return await parent([in_a_task(1), in_a_task(0)])  # 1


async def makes_a_task():
    task = asyncio.create_task(at_once(0))
    return await task  # 1


async def waits_for():
    return await asyncio.wait_for(parent([in_a_task(0)]), 5)  # 1


@pytest.mark.parametrize(
    ("func", "names", "inner"),
    [
        (gathers, ["gathers", "parent", "in_a_task", "divide"], in_a_task),
        (makes_a_task, ["makes_a_task", "at_once", "divide"], at_once),
        (waits_for, ["waits_for", "parent", "in_a_task", "divide"], in_a_task),
    ],
)
def test_who_waits_for_a_task_is_shown_as_in_python(runtime, func, names, inner):
    found = frames(traceback_of(func, runtime))
    assert [f[0] for f in found] == names
    way = {"gathers": (gathers, parent), "makes_a_task": (makes_a_task,), "waits_for": (waits_for, parent)}[names[0]]
    assert [f[1:] for f in found[: len(way)]] == [marked(each)[0] for each in way]
    assert found[len(way)][1:] == marked(inner)[0]
    with pytest.raises(ZeroDivisionError) as info:
        asyncio.run(func())
    here = [entry.name for entry in info.traceback if Path(str(entry.path)) == Path(__file__)]
    assert here[1:] == names


def with_a_cause():
    try:
        divide(1, 0)
    except ZeroDivisionError as err:
        raise ValueError("no such share") from err


def test_a_cause_comes_first(runtime):
    text = traceback_of(with_a_cause, runtime)
    first, second = text.split("\n\nThe above exception was the direct cause of the following exception:\n\n")
    assert first.endswith("ZeroDivisionError: division by zero")
    assert frames(second) == [
        ("with_a_cause", with_a_cause.__code__.co_firstlineno + 4, 'raise ValueError("no such share") from err')
    ]
    assert second.endswith("\nValueError: no such share\n")
    assert [f[0] for f in frames(first)] == ["with_a_cause", "divide"]


class Trouble(Exception):
    def __init__(self, what):
        super().__init__(what)
        self.what = what

    def __str__(self):
        return f"trouble with {self.what}"


class Machine:
    def __init__(self, size):
        self.size = size

    def work(self):
        raise Trouble(self.size)  # 2

    @property
    def broken(self):
        return self.work()  # 1


def uses_a_class():
    return Machine(3).broken


def test_an_exception_of_the_user_and_the_methods_of_a_class(runtime):
    text = traceback_of(uses_a_class, runtime)
    assert [f[0] for f in frames(text)] == ["uses_a_class", "Machine.broken", "Machine.work"]
    assert text.endswith("Trouble: trouble with 3\n")


def has_too_few():
    return divide(1)


def test_a_call_with_too_few_arguments_shows_the_def(runtime):
    text = traceback_of(has_too_few, runtime)
    assert frames(text)[-1][2] == "def divide(a, b):"
    assert text.endswith("TypeError: divide() missing 1 required positional argument\n")


def uses_js():
    return app.window.nothing.at_all()


def test_an_error_of_js_itself_keeps_its_name_and_words(runtime):
    text = traceback_of(uses_js, runtime)
    assert frames(text) == [("uses_js", uses_js.__code__.co_firstlineno + 1, "return app.window.nothing.at_all()")]
    assert re.search(r"^TypeError: Cannot read properties of undefined", text, re.M)


def recurses(n=0):
    return recurses(n + 1)


def test_frames_that_repeat_are_counted(runtime):
    text = traceback_of(recurses, runtime)
    assert text.count("return recurses(n + 1)") == 3
    assert re.search(r"^  \[Previous line repeated \d+ more times\]$", text, re.M)
    assert text.count("RangeError") == 1


def underlines():
    kosten, größe = 0, "ä"
    return [größe, divide(1, kosten), größe]


def test_the_part_of_a_line_is_underlined(runtime):
    text = traceback_of(underlines, runtime)
    assert "\n    return [größe, divide(1, kosten), größe]\n" + " " * 19 + "^" * 17 + "\n" in text


def names_like_ours():
    t1, u2, n, c = 1, 2, 3, 0
    t1 = u2 + n
    u2 = t1
    return divide(t1, c)


def test_names_that_look_like_ours_stay_theirs(runtime):
    assert frames(traceback_of(names_like_ours, runtime))[0][0] == "names_like_ours"


LIMITS = [1, 2]


class Lantern(app.Model):
    class Both:
        @event.prop
        def level(self, v=0):
            return divide(v, 0)

    class JS:
        def init(self, limits=LIMITS):
            self.limits = limits

        @event.connect("level")
        def on_level(self, *events):
            divide(1, 0)


def test_methods_and_validators_of_models_have_their_full_names():
    (chunk,) = [a for a in linker.assets_for([Lantern]) if a.name == f"{__name__}.js"]
    origin = linker.origins.origin(chunk.hash)
    assert origin is not None
    names = {segment.place.name for segment in origin.segments if segment.place}
    assert names == {"divide", "Lantern.Both.level", "Lantern.JS.init", "Lantern.JS.on_level"}


def test_a_default_that_is_a_list_of_the_module_is_that_list():
    (chunk,) = [a for a in linker.assets_for([Lantern]) if a.name == f"{__name__}.js"]
    assert "const $d_init_0 = $m.LIMITS;" in chunk.text


FIREFOX = """\
divide@jsmodel:///{hash}/m.js:{line}:{col}
async*inner@http://localhost:8080/_jsm/assets/{hash}.js:{line}:{col}
setTimeout handler*@https://example.com/page.js:1:2
"""
SAFARI = """\
divide@jsmodel:///{hash}/m.js:{line}:{col}
@jsmodel:///{hash}/m.js:{line}:{col}
[native code]
"""


@pytest.mark.parametrize("stack", [FIREFOX, SAFARI], ids=["firefox", "safari"])
def test_stacks_of_other_browsers_are_understood(stack):
    (chunk,) = [a for a in linker.assets_for([Lantern]) if a.name == f"{__name__}.js"]
    lines = chunk.text.splitlines()
    line = next(i for i, text in enumerate(lines) if "$py.div(" in text)
    col = lines[line].index("div(")
    text = traceback_text([Failure("ZeroDivisionError", "", stack.format(hash=chunk.hash, line=line + 1, col=col + 1))])
    assert [f[0] for f in frames(text)] == ["divide", "divide"]
    assert text.endswith("\nZeroDivisionError\n")


def test_a_stack_without_our_code_is_no_traceback():
    assert (
        traceback_text([Failure("Error", "no", "Error: no\n    at x (http://example.com/a.js:1:1)")]) == "Error: no\n"
    )


shout = RawJS("(x) => x.nothing.loud")  # 2
tools = RawJS("""
  {
    fine(x) { return x; },
    bad(x) {
      return x.nothing.loud;  // 2
    },
  }
""")
said = RawJS("(x) =>\n x.nothing.loud")  # 2


class Box:
    tool = RawJS("(x) => x.nothing.loud")  # 2


def calls_raw_of_the_module():
    return shout(1)  # 1


def calls_raw_of_several_lines():
    return tools.fine(1), tools.bad(1)  # 1


def calls_raw_with_a_newline_in_its_text():
    return said(1)  # 1


def calls_raw_of_a_class():
    return Box.tool(1)  # 1


def calls_its_default(f=RawJS("(x) => x.nothing.loud")):  # noqa: B008  # 2
    return f(1)  # 1


def has_raw_inside():
    RawJS("""(() => {
      const b = 1;
      return b.nothing.loud;  // 2
    })()""")  # 1


def goes_on_after_raw():
    a = RawJS("""
      1 +
      1
    """)
    return divide(a, 0)  # 1


@pytest.mark.parametrize(
    "func",
    [
        calls_raw_of_the_module,
        calls_raw_of_several_lines,
        calls_raw_with_a_newline_in_its_text,
        calls_raw_of_a_class,
        calls_its_default,
        has_raw_inside,
    ],
)
def test_an_error_in_raw_js_shows_the_line_of_its_text(func, runtime):
    text = traceback_of(func, runtime)
    inside, raw = frames(text)
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert inside[0] == func.__name__ and inside[2].endswith("# 1")
    assert raw[0] == ("has_raw_inside" if func is has_raw_inside else "<RawJS>")
    assert raw[2].endswith(" 2") and lines[raw[1] - 1].strip() == raw[2]
    assert "(reading 'loud')" in text


def test_what_follows_raw_js_of_several_lines_has_its_own_line(runtime):
    found = frames(traceback_of(goes_on_after_raw, runtime))
    assert [f[1:] for f in found] == marked(goes_on_after_raw, divide)
