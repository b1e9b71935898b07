"""The command `jsmodel`: what it serves, what it says, and its exit codes."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import jsmodel
from jsmodel import registry, targets
from jsmodel.cli import ProgressBar, main, parse_value

COUNTER = """
from jsmodel import app, event

class Counter(app.Model):
    class Both:
        @event.prop
        def count(self, v=0):
            return int(v)
"""
TWO = """
from jsmodel import app

class First(app.Model):
    pass

class Second(app.Model):
    pass

number = 3
made = First()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder, with a few apps; what a command loads and reads is gone afterwards."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith(("JUPYTER", "JSMODEL"))]:
        monkeypatch.delenv(name)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (work / "counter.py").write_text(COUNTER)
    (work / "two.py").write_text(TWO)
    modules, path, entries = set(sys.modules), list(sys.path), registry.entries()
    for name in entries:
        registry.unserve(name)
    yield work
    for name in set(sys.modules) - modules:
        del sys.modules[name]
    sys.path[:] = path
    targets._served.clear()
    for name in registry.entries():
        registry.unserve(name)
    for entry in entries.values():
        registry.add(entry)


@pytest.fixture
def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command that cannot be done in this process; returns what it said on stderr."""

    def run(*arguments: str, code: int = 2) -> str:
        assert main(arguments) == code
        out, err = capsys.readouterr()
        assert out == ""
        return err

    return run


class Command:
    """`jsmodel` in a process of its own."""

    def __init__(self, folder: Path, *arguments: str, **env: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jsmodel", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1", **env},
        )
        self.lines: list[str] = []

    def until(self, pattern: str) -> re.Match[str]:
        """Read lines until one matches."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"No line matched {pattern!r}:\n{''.join(self.lines)}")

    def end(self, sig: int | None = None) -> str:
        """Send a signal, wait for the end, and return all that was printed."""
        if sig is not None:
            self.process.send_signal(sig)
        rest, _ = self.process.communicate(timeout=20)
        return "".join(self.lines) + rest


@pytest.fixture
def command(folder: Path) -> Iterator[Callable[..., Command]]:
    """Call it with arguments, and variables of the environment."""
    running: list[Command] = []

    def run(*arguments: str, **env: str) -> Command:
        running.append(Command(folder, *arguments, **env))
        return running[-1]

    yield run
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as reply:
        return str(reply.read().decode())


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


# -- serving


def test_serve_says_where_the_app_is_and_how_to_stop_and_ends_with_ctrl_c(command: Callable[..., Command]) -> None:
    run = command("serve", "counter.py:Counter", "--port", "0")
    url = run.until(r"^jsmodel: Counter at (http://localhost:\d+/Counter)  \(Ctrl\+C stops\)$")[1]
    assert "<title>Counter</title>" in get(url)
    output = run.end(signal.SIGINT)
    assert output.endswith("jsmodel: stopped.\n")
    assert run.process.returncode == 0


def test_serve_listens_where_it_is_told_under_the_name_it_is_given(command: Callable[..., Command]) -> None:
    port = free_port()
    run = command("serve", "counter.py:Counter", "--port", str(port), "--host", "127.0.0.1", "--name", "demo")
    run.until(f"demo at http://localhost:{port}/demo")
    assert "<title>demo</title>" in get(f"http://127.0.0.1:{port}/demo")


def test_several_targets_are_several_apps(command: Callable[..., Command], folder: Path) -> None:
    package = folder / "shop" / "tools"
    package.mkdir(parents=True)
    (folder / "shop" / "__init__.py").write_text("")
    (package / "__init__.py").write_text("from ..base import Base\n\nclass Till(Base):\n    pass\n")
    (folder / "shop" / "base.py").write_text("from jsmodel import app\n\nclass Base(app.Model):\n    pass\n")
    run = command("serve", "counter.py:Counter", "two.py:First", "two.py:Second", "shop.tools:Till", "--port=0")
    names = [run.until(r"jsmodel: (\w+) at")[1] for _ in range(4)]
    assert names == ["Counter", "First", "Second", "Till"]


def test_a_file_alone_stands_for_what_it_serves_itself_and_does_not_start_itself(
    command: Callable[..., Command], folder: Path
) -> None:
    (folder / "own.py").write_text(
        "from counter import Counter\nfrom jsmodel import app\nimport two\n"
        "app.serve(Counter, 'mine', {'count': 3})\napp.serve(two.First)\napp.start()\napp.run()\nprint('loaded')\n"
    )
    run = command("serve", "own.py", "--port=0")
    run.until("loaded")
    assert [run.until(r"jsmodel: (\w+) at")[1] for _ in range(2)] == ["mine", "First"]


def test_a_class_that_is_named_is_served_alone_with_what_the_file_says_of_it(folder: Path) -> None:
    (folder / "own.py").write_text(
        COUNTER + "import two\napp.serve(two.First)\napp.serve(Counter, properties={'count': 3})\n"
    )
    (entry,) = targets.find("own.py:Counter")
    assert entry.cls.__name__ == "Counter" and entry.properties == {"count": 3}


def test_a_file_alone_with_one_class_is_that_class(folder: Path) -> None:
    (entry,) = targets.find("counter.py")
    assert entry.name == "Counter"


def test_a_file_that_made_its_own_server_keeps_it(command: Callable[..., Command], folder: Path) -> None:
    port = free_port()
    (folder / "own.py").write_text(COUNTER + f"app.create_server(port={port})\n")
    run = command("serve", "own.py")
    run.until(f"Counter at http://localhost:{port}/Counter")
    run.end(signal.SIGTERM)
    other = free_port()
    command("serve", "own.py", f"--port={other}").until(f"Counter at http://localhost:{other}/Counter")


def test_files_called_like_modules_of_python_are_loaded_all_the_same(folder: Path) -> None:
    (folder / "random.py").write_text(COUNTER)
    (folder / "my-app.py").write_text(COUNTER)
    assert [targets.find(name)[0].cls.__module__ for name in ("random.py", "my-app.py")] == [
        "app_random",
        "app_my_app",
    ]


# -- exporting


def export(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jsmodel", "export", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=60,
    )


def test_export_writes_a_page_and_says_where(folder: Path) -> None:
    done = export(folder, "counter.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"jsmodel: wrote \S*Counter\.html \(\d+ KiB\)\.\n", done.stdout)
    assert "<title>Counter</title>" in (folder / "Counter.html").read_text()


def test_export_sets_properties_and_replaces_what_is_there_only_if_told_so(folder: Path) -> None:
    page = folder / "page.html"
    assert export(folder, "counter.py:Counter", "page.html", "--set", "count=41").returncode == 0
    first = page.read_text()
    assert '"count":41' in first
    again = export(folder, "counter.py:Counter", "page.html", "--set", "count=42")
    assert again.returncode == 1 and page.read_text() == first
    assert again.stderr == (
        "jsmodel: 'page.html' exists already. Nothing is replaced unless that is asked for. Add --overwrite, or choose another name.\n"
    )
    assert export(folder, "counter.py:Counter", "page.html", "--set=count=42", "--overwrite").returncode == 0
    assert '"count":42' in page.read_text()


def test_export_puts_what_is_shared_into_files_and_uses_what_the_file_serves(folder: Path) -> None:
    (folder / "own.py").write_text(COUNTER + "app.serve(Counter, 'mine', {'count': 7})\n")
    assert export(folder, "own.py", "--link", "2").returncode == 0
    assert '"count":7' in (folder / "mine.html").read_text()
    assert list((folder / "jsmodel-assets").iterdir()) != []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["counter.py", "no/page.html"], "There is no folder 'no'."),
        (["counter.py", "page.txt"], "The page 'page.txt' would not open in a browser."),
        (["counter.py", "--set", "cuont=1"], "Counter has no property 'cuont'. Did you mean 'count'?"),
        (["counter.py", "--set", "count=x"], "refused the str 'x'."),
    ],
)
def test_what_cannot_be_exported_is_told_and_nothing_is_written(
    refused: Callable[..., str], folder: Path, arguments: list[str], words: str
) -> None:
    said = refused("export", *arguments, code=1)
    assert said.startswith("jsmodel: ") and words in said and "Traceback" not in said
    assert sorted(path.name for path in folder.iterdir() if path.suffix != "") == ["counter.py", "two.py"]


def test_a_file_that_serves_several_apps_has_to_be_told_which(refused: Callable[..., str], folder: Path) -> None:
    (folder / "own.py").write_text("import two\nfrom jsmodel import app\napp.serve(two.First)\napp.serve(two.Second)\n")
    assert (
        "own.py serves several apps: First, Second. One page holds one of them. Name its class, as in own.py:First."
        in (refused("export", "own.py"))
    )


# -- configuration


@pytest.mark.parametrize("where", ["this folder", "the home folder"])
@pytest.mark.parametrize("kind", ["py", "json"])
def test_options_come_from_a_configuration_file(
    command: Callable[..., Command], folder: Path, where: str, kind: str
) -> None:
    port = free_port()
    place = folder if where == "this folder" else folder.parent / "home" / ".jupyter"
    place.mkdir(exist_ok=True)
    text = f"c.ServeApp.port = {port}\n" if kind == "py" else json.dumps({"ServeApp": {"port": port}})
    (place / f"jsmodel_config.{kind}").write_text(text)
    command("serve", "counter.py").until(f"http://localhost:{port}/Counter")


def test_the_command_line_comes_before_the_environment_and_that_before_a_file(
    command: Callable[..., Command], folder: Path
) -> None:
    one, two, three = free_port(), free_port(), free_port()
    (folder / "jsmodel_config.py").write_text(f"c.ServeApp.port = {one}\n")
    env = {"JSMODEL__ServeApp__port": str(two), "JSMODEL_BROWSER_ARGS": "--headless"}
    command("serve", "counter.py", **env).until(f"http://localhost:{two}/Counter")
    command("serve", "counter.py", f"--port={three}", **env).until(f"http://localhost:{three}/Counter")


def test_a_configuration_file_of_somebody_else_is_not_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "jsmodel_config.py").write_text("raise SystemExit('run')")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert main(["serve", "none.py"]) == 2
    assert "jsmodel_config.py belongs to another person, so it is not read." in capsys.readouterr().err


def test_generate_config_writes_every_option_with_its_help(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--generate-config", "--config=mine.py"]) == 0
    text = (folder / "mine.py").read_text()
    assert "# c.ServeApp.port = None" in text and "# c.ExportApp.overwrite = False" in text
    assert "mine.py" in capsys.readouterr().out


def test_a_configuration_file_that_fails_is_shown_with_its_line(refused: Callable[..., str], folder: Path) -> None:
    (folder / "jsmodel_config.py").write_text("x = 1\ny = x / 0\n")
    said = refused("serve", "counter.py", code=1)
    assert "line 2, in <module>\n    y = x / 0" in said and "site-packages" not in said
    assert "Could not load the configuration (jsmodel_config): ZeroDivisionError: division by zero." in said


def test_a_wrong_value_in_a_configuration_file_ends_the_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "jsmodel_config.py").write_text("c.ServeApp.port = 'x'\n")
    assert main(["serve", "counter.py"]) == 2
    assert "--port expected a whole number from 0 to 65535, not 'x'." in capsys.readouterr().err
    (folder / "jsmodel_config.py").write_text("c.ServeApp.host = 5\n")
    assert main(["serve", "counter.py"]) == 2
    assert re.fullmatch(
        r"jsmodel: The 'host' trait of a ServeApp instance expected a unicode string( or None)?, not the int 5\. "
        r"It stands on the command line, in the environment or in a configuration file\. "
        r"Correct it there; 'jsmodel serve --help-all' prints what each option takes\.\n",
        capsys.readouterr().err,
    )


def test_a_configuration_file_that_is_not_there_is_an_error(refused: Callable[..., str]) -> None:
    assert "There is no configuration file 'no.py'. It was given with --config. Check its path" in refused(
        "serve", "counter.py", "--config", "no.py"
    )


# -- help


@pytest.mark.parametrize("arguments", [(), ("--help",), ("help",), ("-h",)])
def test_help_lists_the_commands(arguments: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if arguments:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
    else:
        assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "Usage: jsmodel COMMAND" in out
    assert "  serve     show apps in browsers, until Ctrl+C" in out
    assert "  export    write an app as a page that needs no Python" in out


@pytest.mark.parametrize("name", ["serve", "export"])
def test_every_option_of_a_command_is_in_its_help_and_works(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    out = capsys.readouterr().out
    from jsmodel.cli import JsmodelApp

    cls = JsmodelApp.subcommands[name][0]
    told = set(re.findall(r"^  (--[a-z-]+)", out, re.MULTILINE))
    works = {"--" + option for option in (*cls.aliases, *cls.flags)} | {"--help", "--version"}
    assert told == works - {"--y", "--log-level"}
    assert "Examples:\n  jsmodel " in out


def test_help_all_has_the_options_of_configuration_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--help-all"])
    assert "--ServeApp.token=<Unicode>" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--version"], ["serve", "--version"]])
def test_version_is_the_version(arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert capsys.readouterr().out.strip() == jsmodel.__version__


def test_the_command_is_installed() -> None:
    done = subprocess.run([Path(sys.executable).with_name("jsmodel"), "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, jsmodel.__version__)


# -- what cannot be done


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve"], "'jsmodel serve' needs an app. An app is a file or a module, and a class in it. Write: jsmodel serve app.py:TheClass."),
        (["export"], "'jsmodel export' needs an app."),
        (["serv", "counter.py"], "jsmodel has no command 'serv'. Did you mean 'serve'? The commands are: serve, export."),
        (["counter.py:Counter"], "Did you mean 'jsmodel serve counter.py:Counter'?"),
        (["serve", "countr.py"], "There is no file 'countr.py'. It is looked for in this folder. Did you mean 'counter.py'? Check the path"),
        (["serve", "sub/x.py"], "There is no file 'sub/x.py'. It is looked for in sub. There is no Python file in sub."),
        (["serve", "xyzzy.py"], "There are counter.py, two.py in this folder."),
        (["serve", "./"], "'.' is a folder. An app is a class in a file, or in a module. Write ./app.py:TheClass."),
        (["serve", "notes.txt"], "There is no module 'notes.txt'."),
        (["serve", "counter:Conter"], "There is no class 'Conter' in counter. Did you mean 'Counter'? Write counter:Counter."),
        (["serve", "countr:Counter"], "There is no module 'countr'. Did you mean 'counter'? Modules are looked for in this folder"),
        (["serve", "a b"], "'a b' is neither a file nor the name of a module. Files end in .py"),
        (["serve", "counter.py:"], "'counter.py:' ends after the colon. The name of a class belongs there. Write counter.py:TheClass"),
        (["serve", "two.py"], "two.py defines several classes: First, Second. Which of them is the app is not to be seen. Name it, as in two.py:Second"),
        (["serve", "two.py:number"], "'number' in two.py is the int 3, but no Model. Apps are subclasses of app.Model. Models there are: First, Second."),
        (["serve", "two.py:app"], "'app' in two.py is the module"),
        (["serve", "two.py:made"], "'made' in two.py is an instance, not a class. Each connection gets an instance of its own. Write two.py:First."),
        (["serve", "counter.py", "--prot", "80"], "jsmodel serve knows no option '--prot'. Did you mean '--port'? Run 'jsmodel serve --help' for all there are."),
        (["serve", "counter.py", "-p", "80"], "jsmodel serve knows no option '-p'."),
        (["serve", "counter.py", "--ServeApp.prot=80"], "jsmodel serve knows no option '--ServeApp.prot'."),
        (["serve", "counter.py", "--port"], "--port needs a value, and the command ends before it. It is for: where to listen"),
        (["serve", "--port", "--name=x"], "--port needs a value"),
        (["serve", "--", "--port"], "'--port' is neither a file nor the name of a module."),
        (["serve", "counter.py", "--debug=1"], "--debug takes no value, and got '--debug=1'."),
        (["serve", "counter.py", "--port", "abc"], "--port expected a whole number from 0 to 65535, not 'abc'. Ports are numbers; 0 is any that is free. Write it like --port 8080."),
        (["serve", "counter.py", "--port=70000"], "--port expected a whole number from 0 to 65535, not 70000."),
        (["serve", "two.py:First", "two.py:Second", "--name=x"], "--name x was given for 2 apps: First, Second. One name leads to one app. Leave --name out, or serve one."),
        (["export", "counter.py", "--link=4"], "--link expected a whole number from 0 to 3, not 4. 0 is one file that stands alone. Write it like --link 3."),
        (["export", "counter.py", "--set", "count"], "--set got 'count', which sets nothing. It takes the name of a property and a value. Write it like --set count=3."),
        (["export", "counter.py", "a.html", "b.html"], "'jsmodel export' got 3 arguments: counter.py, a.html, b.html. It takes an app, and the file to write."),
    ],
)  # fmt: skip
def test_a_command_that_was_typed_wrong_is_explained(
    refused: Callable[..., str], arguments: list[str], words: str
) -> None:
    said = refused(*arguments)
    assert said.startswith("jsmodel: ") and words in said
    assert "Traceback" not in said
    assert registry.entries() == {}


def test_two_classes_of_one_name_cannot_be_served_together(refused: Callable[..., str], folder: Path) -> None:
    (folder / "again.py").write_text(COUNTER)
    assert "Two of these apps are called 'Counter'. One name leads to one app." in refused(
        "serve", "counter.py:Counter", "again.py:Counter"
    )


def test_a_bad_name_is_refused(refused: Callable[..., str]) -> None:
    assert "'a b' cannot be the name of an app. It becomes part of the URL." in refused(
        "serve", "counter.py", "--name", "a b", code=1
    )


def test_a_file_that_fails_is_shown_with_its_own_lines_only(refused: Callable[..., str], folder: Path) -> None:
    (folder / "bad.py").write_text("def f():\n    return 1 / 0\n\nf()\n")
    said = refused("serve", "bad.py", code=1)
    assert f'File "{folder / "bad.py"}", line 4, in <module>\n    f()' in said
    assert "return 1 / 0" in said and "importlib" not in said and "jsmodel/targets" not in said
    assert (
        "Could not load bad.py: ZeroDivisionError: division by zero. The traceback above says where. Correct it" in said
    )


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("x = (\n", 1, "SyntaxError: '(' was never closed."),
        ("import no_such_thing\n", 1, "ModuleNotFoundError: No module named 'no_such_thing'."),
        (
            "from jsmodel import app\n\nclass Bad(app.Model):\n    class JS:\n        def f(self):\n            self.x = 1j\n",
            6,
            "TranspileError: 'Bad.JS.f' cannot run in the browser",
        ),
    ],
)
def test_code_that_cannot_be_loaded_is_shown_with_its_line(
    refused: Callable[..., str], folder: Path, source: str, line: int, words: str
) -> None:
    (folder / "bad.py").write_text(source)
    said = refused("serve", "bad.py", code=1)
    assert re.search(rf'bad\.py", line {line}\b', said) and f"Could not load bad.py: {words}" in said
    said = refused("serve", "bad:Bad", code=1)
    assert f"Could not load bad: {words}" in said


def test_a_file_that_ends_itself_is_explained(refused: Callable[..., str], folder: Path) -> None:
    (folder / "bad.py").write_text("import sys\nsys.exit(4)\n")
    assert "bad.py ended with sys.exit(4) while it was loaded." in refused("serve", "bad.py")


def test_a_file_without_a_model_is_explained(refused: Callable[..., str], folder: Path) -> None:
    (folder / "none.py").write_text("from two import First\nx = 1\n")
    assert (
        "none.py defines no app. Apps are subclasses of app.Model, or widgets. Define one, or name the class"
        in refused("serve", "none.py")
    )
    assert "There is no class 'Y' in none.py. It defines no Model at all." in refused("serve", "none.py:Y")


def test_a_port_in_use_is_told_with_the_option(refused: Callable[..., str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused("serve", "counter.py", "--host=127.0.0.1", f"--port={port}", code=1)
    assert f"jsmodel: Could not serve on port {port} of 127.0.0.1: Address already in use." in said
    assert "Stop it, or choose another with --port; without a port a free one is found." in said


def test_a_host_that_is_not_ours_is_told(refused: Callable[..., str]) -> None:
    assert "This machine has no such address or port" in refused(
        "serve", "counter.py", "--host=192.0.2.1", "--port=0", code=1
    )


def test_an_origin_that_cannot_be_meant_is_told(refused: Callable[..., str]) -> None:
    assert "Access got the origin 'example.com', which cannot be used" in refused(
        "serve", "counter.py", "--allow-origin=example.com", code=1
    )


def test_debug_adds_the_traceback(refused: Callable[..., str]) -> None:
    said = refused("serve", "none.py", "--debug")
    assert "Traceback (most recent call last)" in said and said.splitlines()[-1].startswith("jsmodel: There is no file")


# -- small things


@pytest.mark.parametrize(
    ("text", "value"),
    [("a=3", 3), ("a=3.5", 3.5), ("a=[1, 2]", [1, 2]), ("a=True", True), ("a=hello", "hello"), ("a='3'", "3"), ("a=", ""), ("a=b=c", "b=c")],
)  # fmt: skip
def test_values_of_properties_are_python_or_text(text: str, value: object) -> None:
    assert parse_value(text) == ("a", value)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_on_a_terminal_and_wiped_in_the_end() -> None:
    terminal = Terminal()
    with ProgressBar(terminal) as bar:
        bar.PATIENCE = 0.0
        bar(1, 4, "page.js")
        bar(4, 4, "done")
    assert "[#####...............] 1/4 page.js" in terminal.getvalue()
    assert "[####################] 4/4 done" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_progress_is_silent_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    with ProgressBar(stream) as bar:
        bar.PATIENCE = 0.0
        bar(1, 4, "page.js")
    assert stream.getvalue() == ""
