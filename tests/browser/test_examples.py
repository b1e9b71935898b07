"""The examples of the documentation that need a browser: what is served, launched and exported."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import examples
import pytest
from playwright.sync_api import expect

from .conftest import TIMEOUT, Tabs, end_process

EXPORTED = [
    page
    for page in examples.PAGES
    if any("class JS" in cell.code for cell in examples.plain_cells(page)) and not examples.in_kernel(page)
]
SERVED = [pytest.param(part, id=part[-1].name) for page in examples.PAGES for part in examples.scripts(page)]
COMMANDS = [
    pytest.param(block, line, id=f"{block.name}: {line}")
    for page in examples.PAGES
    for block in examples.blocks(page)
    if block.lang == "sh" and block.serves
    for line in block.code.splitlines()
]


class Program:
    """Something that serves, and the addresses that it prints."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        # `launch()` prints what it opens, and the test opens it.
        env = {**os.environ, "PATH": path, "BROWSER": "true %s", "PYTHONUNBUFFERED": "1", "HOME": str(folder)}
        self._log = open(folder / "log", "w+")
        self.process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        self.lines: list[str] = []
        self._urls: Queue[str] = Queue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            for word in line.split():
                if re.match("http://[^/]+/.", word):  # not that of the list of apps
                    self._urls.put(word)

    def urls(self) -> Iterator[str]:
        """The addresses, as they are printed."""
        timeout = TIMEOUT / 1000
        while True:
            try:
                yield self._urls.get(timeout=timeout)
            except Empty:
                assert timeout < 1, f"No address was printed:\n{self.said()}"
                return
            timeout = 0.5  # an app more, or none

    def said(self) -> str:
        """What it printed, on either stream."""
        self._log.seek(0)
        return "".join(self.lines) + self._log.read()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    programs: list[Program] = []

    def run(*command: str) -> Program:
        programs.append(Program(command, tmp_path))
        return programs[-1]

    yield run
    for one in programs:
        end_process(one.process)


@pytest.mark.parametrize("page", EXPORTED)
def test_what_a_page_defines_is_alive_in_a_browser(page: str, tab: Tabs, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(examples.ROOT / "tests" / "examples.py"), page, "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    tab.offline()
    made = json.loads(done.stdout.splitlines()[-1])["made"]
    assert made
    for name in made:
        file = tmp_path / f"{name}.html"
        view = tab.open(file.as_uri()).locator(".jsm-view").first
        expect(view).to_have_attribute("data-status", "static")
        expect(view.locator(".jsm-error")).to_have_count(0)


@pytest.mark.parametrize("part", SERVED)
def test_what_a_page_serves_is_there(
    part: list[examples.Block], program: Callable[..., Program], tab: Tabs, tmp_path: Path
) -> None:
    examples.lay_out(part[-1].page, tmp_path)
    script = tmp_path / "example.py"
    script.write_text(examples.source(part), encoding="utf-8")
    prompt = ["-i"] if part[-1].calls("init_interactive") else []
    one = program(sys.executable, *prompt, str(script))
    pages = [tab.open(url) for url in one.urls()]
    for page in pages:
        expect(page.locator(".jsm-view").first).to_have_attribute("data-status", "live")
    assert one.process.stdin is not None
    if part[-1].calls("run"):
        for page in pages:
            page.close()
    elif part[-1].calls("start"):
        one.process.send_signal(signal.SIGINT)
    else:
        one.process.stdin.close()  # Ctrl+D at the prompt
    assert one.process.wait(20) == 0, one.said()


@pytest.mark.parametrize(("block", "line"), COMMANDS)
def test_a_command_serves_what_the_page_says(
    block: examples.Block, line: str, program: Callable[..., Program], tab: Tabs, tmp_path: Path
) -> None:
    examples.lay_out(block.page, tmp_path, before=block.line)
    line = line.replace("--port 8080", "--port 0")  # somebody may have it here
    one = program("bash", "-c", "exec " + line)
    for url in one.urls():
        expect(tab.open(url).locator(".jsm-view").first).to_have_attribute("data-status", "live")
    one.process.send_signal(signal.SIGINT)
    assert one.process.wait(20) == 0, one.said()
    if block.prints is not None:
        assert examples.same("".join(one.lines), block.prints), one.said()
