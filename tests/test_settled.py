"""A test of a model fails with what a handler raises: `settled` on the Python side, `run_js` on the other."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from jsmodel import app, event
from jsmodel.event import loop
from jsmodel.testing import JSError, NotSettled, run_js, settled


class Lamp(app.Model):
    def init(self):
        self.seen = []

    @event.prop
    def level(self, v=0):
        return int(v)

    @event.connect("level")
    def on_level(self, *events):
        self.seen.append(10 // events[-1].new_value)

    @event.connect("level:zz")
    async def later(self, *events):
        await asyncio.sleep(0)
        if events[-1].new_value > 10:
            raise LookupError("too bright")
        self.seen.append("later")


@pytest.fixture
def lamp():
    lamp = Lamp(level=1)
    with settled():
        pass
    lamp.seen.clear()
    return lamp


def test_at_the_end_of_the_block_all_handlers_have_run(lamp):
    with settled():
        lamp.level = 2
        lamp.level = 5
        assert lamp.seen == []
    assert lamp.seen == [2, "later"]


def test_a_handler_that_fails_fails_the_block_with_its_exception(lamp):
    with pytest.raises(ZeroDivisionError) as caught, settled():
        lamp.level = 0
    assert caught.traceback[-1].name == "on_level"
    assert not hasattr(caught.value, "__notes__")
    assert lamp.seen == ["later"]


def test_an_async_handler_that_fails_fails_the_block(lamp):
    with pytest.raises(LookupError, match="too bright"), settled():
        lamp.level = 11
    assert lamp.seen == [0]


def test_of_several_the_first_is_raised_and_names_the_others(lamp):
    lamp.connect("level:a", lambda *events: {}["no key"])
    lamp.connect("level:b", lambda *events: [][0])
    with pytest.raises(KeyError) as caught, settled():
        lamp.level = 0
    assert caught.value.__notes__ == [
        "2 more failed:\n"
        "handler '<lambda>': IndexError: list index out of range\n"
        f"{lamp!r}.on_level: ZeroDivisionError: {_words(lambda: 1 // 0)}"
    ]


def _words(func):
    try:
        func()
    except Exception as err:
        return str(err)


def test_what_the_block_raises_itself_stands_and_names_what_failed(lamp):
    with pytest.raises(ValueError, match="of the block") as caught, settled():
        lamp.level = 0
        loop.flush()
        raise ValueError("of the block")
    assert "on_level: ZeroDivisionError" in caught.value.__notes__[0]


def test_a_call_of_the_loop_that_fails_fails_the_block():
    with pytest.raises(ValueError, match="a call"), settled():
        loop.call_soon(int, "a call")


def test_in_an_async_function_handlers_are_waited_for(lamp):
    async def test():
        async with settled():
            lamp.level = 2
        assert lamp.seen == [5, "later"]
        with pytest.raises(LookupError, match="too bright"):
            async with settled():
                lamp.level = 20
        with pytest.raises(NotSettled, match=r"later had not ended .* cannot wait .* Write 'async with settled\(\)'"):
            with settled():
                lamp.level = 3
        await asyncio.sleep(0.01)

    asyncio.run(test())


def test_a_handler_that_does_not_end_is_an_error_and_is_ended():
    lamp = Lamp(level=1)
    ended = []

    async def wait(*events):
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append(True)

    lamp.connect("level:wait", wait)
    with pytest.raises(NotSettled, match=r"The async handler 'wait' had not ended after 0\.05 seconds\. .*timeout=60"):
        with settled(timeout=0.05):
            lamp.level = 2
    assert ended == [True] and loop.running == {}


def test_handlers_that_set_each_other_off_for_ever_are_an_error():
    class Ball(app.Model):
        @event.prop
        def side(self, v=0):
            return v

        @event.connect("side")
        def back(self, *events):
            self.side = 1 - self.side

    ball = Ball()
    with pytest.raises(
        NotSettled, match=r"Events still waited after 0\.05 seconds\. Handlers set each other off for ever\."
    ):
        with settled(timeout=0.05):
            ball.side = 1
    assert not loop.waits


def test_slow_handlers_among_those_that_never_end_are_ended_too(lamp):
    lamp.level = 5
    lamp.connect("level:a", lambda *events: lamp._set_prop("level", 11 - lamp.level))
    with pytest.raises(NotSettled, match="after 0.05 seconds"), settled(timeout=0.05):
        lamp.level = 6
    assert not loop.waits and loop.running == {}


def test_nothing_is_noted_after_the_block(lamp, caplog):
    block = settled()
    with block:
        pass
    lamp.level = 0
    loop.flush()
    assert "on_level failed" in caplog.text and repr(block) == "<settled, 0 handlers failed>"
    with block:
        lamp.level = 1


def test_a_fixture_makes_a_whole_test_file_strict(tmp_path):
    (tmp_path / "test_lamp.py").write_text(
        "import pytest\n"
        "from jsmodel import app, event\n"
        "from jsmodel.testing import settled\n\n"
        "class Lamp(app.Model):\n"
        "    @event.prop\n"
        "    def level(self, v=1):\n"
        "        return int(v)\n"
        "    @event.connect('level')\n"
        "    def on_level(self, *events):\n"
        "        1 / self.level\n\n"
        "@pytest.fixture(autouse=True)\n"
        "def strict():\n"
        "    with settled():\n"
        "        yield\n\n"
        "@pytest.fixture\n"
        "def lamp():\n"
        "    return Lamp()\n\n"
        "@pytest.mark.parametrize('level', [0, 1])\n"
        "def test_level(lamp, level):\n"
        "    lamp.level = level\n"
        "    kept.append(lamp)\n\n"
        "kept = []\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_lamp.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "ERROR test_lamp.py::test_level[0] - ZeroDivisionError: division by zero" in done.stdout
    assert "2 passed, 1 error" in done.stdout


LAMP = """
import asyncio
from jsmodel import app, event

class Lamp(app.Model):
    class JS:
        @event.prop
        def level(self, v=0):
            return int(v)

        @event.connect("level")
        def on_level(self, *events):
            self.half = 10 // events[-1].new_value

        @event.connect("level:zz")
        async def later(self, *events):
            await asyncio.sleep(0.01)
            if events[-1].new_value > 10:
                raise LookupError("too bright")
            self.done = True

lamp = Lamp()
lamp.level = {}
"""


def test_a_snippet_ends_when_its_async_handlers_have():
    more = """
res = []
async def note(*events):
    await asyncio.sleep(0.01)
    res.append(len(events))
    if len(res) < 3:
        lamp.level += 1
lamp.connect("level", note)
"""
    assert run_js(LAMP.format(5) + more) == [2, 1, 1]


def test_a_handler_that_fails_fails_the_snippet_with_its_traceback():
    with pytest.raises(JSError) as caught:
        run_js(LAMP.format(0))
    assert caught.value.py_type == "ZeroDivisionError"
    assert "in Lamp.JS.on_level\n    self.half = 10 // events[-1].new_value\n" in caught.value.traceback
    assert not hasattr(caught.value, "__notes__")


def test_an_async_handler_that_fails_fails_the_snippet():
    with pytest.raises(JSError) as caught:
        run_js(LAMP.format(11))
    assert (caught.value.py_type, caught.value.message) == ("LookupError", "too bright")
    assert 'in Lamp.JS.later\n    raise LookupError("too bright")\n' in caught.value.traceback


def test_of_several_in_js_the_first_is_raised_and_names_the_others():
    text = LAMP.format(0) + "lamp.connect('level:a', lambda *events: {}['no key'])\n"
    with pytest.raises(JSError) as caught:
        run_js(text)
    assert (caught.value.py_type, caught.value.message) == ("KeyError", "'no key'")
    assert caught.value.__notes__ == [
        "1 more failed:\nLamp: on_level: ZeroDivisionError: integer division or modulo by zero"
    ]


def test_what_a_snippet_raises_itself_stands_and_names_what_failed():
    with pytest.raises(JSError, match="ValueError: of the snippet") as caught:
        run_js(LAMP.format(0) + "await asyncio.sleep(0.01)\nraise ValueError('of the snippet')")
    assert "Lamp: on_level: ZeroDivisionError" in caught.value.__notes__[0]


def test_an_async_handler_that_does_not_end_fails_the_snippet():
    text = LAMP.format(5) + (
        "from jsmodel.app import RawJS\nnever = RawJS('new Promise(() => {})')\n"
        "async def wait(*events):\n    await never\nlamp.connect('level', wait)"
    )
    with pytest.raises(JSError, match="RuntimeError: it waits for something that never happens"):
        run_js(text)
