"""What cannot be done leaves nothing half done, and says so: classes that cannot be sent, disks that are full, folders that are gone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jsmodel import app, registry
from jsmodel.errors import ScopeError, TranspileError
from jsmodel.event import loop
from jsmodel.server.main import made_server
from jsmodel.session import Session
from jsmodel.transpile.modules import linker

ROOT = Path(__file__).resolve().parent.parent
COUNTER = """
from jsmodel import app, event

class Counter(app.Model):
    class Both:
        @event.prop
        def count(self, v=0):
            return int(v)
"""

log: Any = None  # an open file, while the test runs


class Writer(app.Model):
    class JS:
        def init(self):
            log.write("hello")


# -- classes that cannot be sent


def serve(folder: Path, session: Session) -> Any:
    return app.serve(Writer)


def launch(folder: Path, session: Session) -> Any:
    return app.launch(Writer, runtime=None)


def export(folder: Path, session: Session) -> Any:
    return app.export(Writer, folder, link=3)


def make(folder: Path, session: Session) -> Any:
    return Writer(session=session)


@pytest.mark.parametrize("do", [serve, launch, export, make])
def test_a_class_that_uses_an_open_file_is_refused_everywhere_and_nothing_of_it_stays(
    do: Callable[[Path, Session], Any],
    tmp_path: Path,
    session: Session,
    join: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = join()
    page.read()
    before = registry.entries(), made_server()
    folder = tmp_path / "pages"
    folder.mkdir()
    words = (
        r"^Writer\.JS\.init uses 'log' \(test_bad_input\.py, line \d+\), but this code runs in the browser and it is an open file, "
        r"which only Python can read\. Read it in Python and pass its content as a property\.(\n|$)"
    )
    with open(tmp_path / "log", "w") as file:
        monkeypatch.setitem(globals(), "log", file)
        with pytest.raises(ScopeError, match=words):
            do(folder, session)
    loop.flush()
    assert (registry.entries(), made_server()) == before
    assert list(session.models()) == [] and page.ops() == []
    assert os.listdir(folder) == []


def test_a_class_with_code_that_cannot_run_in_the_browser_is_not_defined_and_the_one_before_it_stays() -> None:
    def define() -> type[app.Model]:
        class Twice(app.Model):
            class JS:
                def init(self):
                    self.number = 1

        return Twice

    good = define()
    app.serve(good, "Twice")
    before = repr(linker)  # with how many classes it knows
    try:
        with pytest.raises(
            TranspileError, match=r"^'Twice\.JS\.init' cannot run in the browser: .*\(test_bad_input\.py, line \d+\)"
        ):

            class Twice(app.Model):
                class JS:
                    def init(self):
                        self.number = 1j

        assert "Twice" not in locals()
        assert registry.entries()["Twice"].cls is good
        assert repr(linker) == before
    finally:
        registry.unserve("Twice")


# -- a command whose output or folder takes nothing


def run(folder: Path, *arguments: str, start: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    """The command `jsmodel` in a process of its own, in which `start` runs first."""
    code = f"{start}\nimport sys\nfrom jsmodel.cli import main\nsys.exit(main())"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(folder)}
    environment["JSMODEL_CACHE"] = "0"
    environment.update(options.pop("env", {}))
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        **{"stdout": subprocess.PIPE, **options},
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment,
        timeout=60,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an app."""
    (tmp_path / "counter.py").write_text(COUNTER)
    return tmp_path


@pytest.mark.parametrize("link", ["0", "3"])
def test_exporting_to_a_full_disk_says_what_to_do_and_leaves_nothing(folder: Path, link: str) -> None:
    full = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails then, as on a full disk
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
"""
    done = run(folder, "export", "counter.py", "page.html", "--link", link, start=full)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        r"jsmodel: Could not write '.*': File too large\. The disk or the folder does not take it, and nothing was left behind\. "
        r"Free some space, or choose a folder that you may write to\.\n",
        done.stderr,
    ), done.stderr
    assert os.listdir(folder) == ["counter.py"]


@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["export", "counter.py"], ["serve", "counter.py", "--port=0"], ["--generate-config"]],
    ids=lambda arguments: arguments[0],
)
def test_an_output_that_is_full_is_said_without_a_traceback(folder: Path, arguments: list[str], buffered: str) -> None:
    with open("/dev/full", "w") as full:
        done = run(folder, *arguments, stdout=full, env={"PYTHONUNBUFFERED": buffered})
    assert (done.returncode, done.stderr) == (
        1,
        "jsmodel: Could not finish the command: No space left on device. The disk, or what the output goes to, does not take it. "
        "Free some space, or choose another place.\n",
    )


def test_a_reader_that_has_read_enough_is_no_error(folder: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = run(folder, "--help", stdout=write)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "counter.py"], ["export", "counter.py"]])
def test_a_current_folder_that_is_gone_is_said(folder: Path, arguments: list[str]) -> None:
    gone = folder / "gone"
    gone.mkdir()
    done = run(folder, *arguments, start=f"import os; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})")
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "jsmodel: The current folder is gone. It was removed after this terminal went there. "
        "Go to another one with cd, and run the command again.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["serve", "--log-level", "xx"], {}, "The 'log_level' trait of a ServeApp instance expected any of"),
        (["serve", "--ServeApp.host=a", "--log-level=xx"], {}, "The 'log_level' trait of a ServeApp instance expected"),
        (["export"], {"JSMODEL__ExportApp__overwrite": "perhaps"}, "The 'overwrite' trait of an ExportApp instance"),
    ],
)
def test_a_wrong_value_of_an_option_is_said_with_where_it_may_stand_and_where_to_read(
    folder: Path, arguments: list[str], environment: dict[str, str], words: str
) -> None:
    done = run(folder, *arguments, "counter.py", env=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"jsmodel: {words}")
    assert done.stderr.endswith(
        " It stands on the command line, in the environment or in a configuration file. "
        f"Correct it there; 'jsmodel {arguments[0]} --help-all' prints what each option takes.\n"
    )
    assert os.listdir(folder) == ["counter.py"]


def test_a_long_option_without_its_value_is_said(folder: Path) -> None:
    done = run(folder, "serve", "counter.py", "--ServeApp.token")
    assert (done.returncode, done.stderr) == (
        2,
        "jsmodel: --ServeApp.token needs a value, and the command ends before it. It is for: configuration. "
        "Write it after --ServeApp.token, or as --ServeApp.token=VALUE.\n",
    )


def test_a_function_that_is_not_written_in_python_is_named_with_whose_it_is():
    import math

    import msgspec

    from jsmodel.transpile.scope import why_not

    assert why_not(math.hypot)[0] == "it is the function 'hypot' of Python itself, which is not written in Python"
    assert (
        why_not(msgspec.to_builtins)[0]
        == "it is the function 'to_builtins' of 'msgspec', which is not written in Python"
    )
