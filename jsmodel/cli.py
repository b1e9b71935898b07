"""The command `jsmodel`: serve and export apps without writing a script.

    jsmodel serve app.py:Counter --port 8080
    jsmodel export app.py:Counter counter.html

Two traitlets applications below a third, so options come from the command line,
from `jsmodel_config.py` or `.json` where Jupyter looks for its own, and from the
environment. What goes wrong is three sentences on stderr and an exit code: 2 for
a command that was typed wrong, 1 for one that could not be done.
"""

from __future__ import annotations

import ast
import contextlib
import os
import shutil
import sys
import time
import traceback
from collections.abc import Generator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import jupyter_core
from jupyter_core.application import JupyterApp, NoStart, base_flags
from traitlets import Bool, Int, List, TraitError, Unicode
from traitlets.config.loader import Config, DeferredConfigString

from . import registry, targets
from .errors import JsmodelError, near
from .registry import Entry

__all__ = ["ExportApp", "JsmodelApp", "ProgressBar", "ServeApp", "UsageError", "main"]

CONFIG = "jsmodel_config"


class UsageError(JsmodelError):
    """A command that was typed wrong."""


class WholeNumber(Int):  # type: ignore[type-arg]
    """An Int that says what the option of the command line expects."""

    def __init__(self, option: str, lowest: int, highest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.option, self.lowest, self.highest = option, lowest, highest

    def validate(self, obj: Any, value: Any) -> int | None:
        if value is None and self.allow_none:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not self.lowest <= value <= self.highest:
            what = {"--port": "Ports are numbers; 0 is any that is free", "--link": "0 is one file that stands alone"}
            raise UsageError(
                f"{self.option} expected a whole number from {self.lowest} to {self.highest}, not {value!r}. "
                f"{what.get(self.option, 'It is a number')}. Write it like {self.option} {min(self.highest, 8080)}."
            )
        return value


class Command(JupyterApp):
    """What the commands have in common: their options, where their configuration is, and their help."""

    usage = ""
    #: (option, what follows it, what it is for)
    options: ClassVar[list[tuple[str, str, str]]] = []
    common: ClassVar[list[tuple[str, str, str]]] = [
        ("--config", "FILE", "read this configuration file instead of looking for jsmodel_config.py"),
        ("--generate-config", "", "write a configuration file with every option in it, and end"),
        ("--debug", "", "show Python's traceback when the command fails"),
        ("--version", "", "print the version, and end"),
        ("--help", "", "print this, and end; --help-all prints the options of configuration files too"),
    ]
    config_file_name = Unicode(CONFIG, config=True, help="The name of the configuration file, without its ending.")
    raise_config_file_errors = Bool(True)

    def _log_level_default(self) -> int:
        return 30

    @property
    def version(self) -> str:  # type: ignore[override]
        """The version of jsmodel."""
        return version("jsmodel")

    @property
    def config_file_paths(self) -> list[str]:
        """Where configuration is looked for: the current folder first, then where Jupyter looks."""
        paths = super().config_file_paths
        here = os.getcwd()
        return [here, *paths] if here not in paths and foreign_config(Path(here)) is None else paths

    def _find_subcommand(self, name: str) -> str:
        return ""  # Jupyter runs any program called jsmodel-NAME for that; our commands are those below

    def initialize(self, argv: Any = None) -> None:
        """Read the options, the configuration files, and the environment."""
        arguments = list(sys.argv[1:] if argv is None else argv)
        self.check_arguments(arguments)
        check_folder()
        foreign = foreign_config(Path.cwd())
        if foreign is not None and not (arguments and arguments[0] in self.subcommands):
            self.log.warning(
                "%s belongs to another person, so it is not read. Configuration is code. Copy it, or give it with --config.",
                foreign,
            )
        super().initialize(arguments)
        if not self._dispatching:
            self.load_config_environ()

    def update_config(self, config: Any) -> None:
        """Take options over; of a wrong value, traitlets would say what it is, and not what to do."""
        try:
            super().update_config(config)
        except TraitError as err:
            raise UsageError(
                f"{err} It stands on the command line, in the environment or in a configuration file. "
                f"Correct it there; '{self.name.replace('-', ' ')} --help-all' prints what each option takes."
            ) from err

    def load_config_environ(self) -> None:
        """Options from the environment, as in JSMODEL__ServeApp__port=8080."""
        config = Config()
        for variable, value in os.environ.items():
            prefix, *names = variable.split("__")
            if prefix == "JSMODEL" and len(names) == 2:
                config[names[0]][names[1]] = DeferredConfigString(value)
        config.merge(self.cli_config)
        self.update_config(config)

    def load_config_file(self, suppress_errors: bool = True) -> None:  # type: ignore[override]
        """Read what is there; a file that fails is an error of ours."""
        if self.config_file and not Path(self.config_file).is_file():
            raise UsageError(
                f"There is no configuration file {self.config_file!r}. It was given with --config. Check its path, or write one with --generate-config."
            )
        try:
            super().load_config_file(suppress_errors=False)
        except (JsmodelError, SystemExit):
            raise
        except Exception as err:
            hide = Path(jupyter_core.__file__).parent
            raise targets.CannotLoad(self.config_file or f"the configuration ({CONFIG})", err, hide=hide) from err

    def check_arguments(self, arguments: Sequence[str]) -> None:
        """Refuse options that nobody knows; traitlets would only warn."""
        subcommand = arguments[0] if arguments else ""
        if subcommand in self.subcommands or subcommand == "help":
            return
        takes = {"--" + name for name in self.aliases}
        alone = {"--" + name for name in self.flags} | {"--help", "--help-all", "--version", "-h", "-V", "-y"}
        waiting = ""
        for argument in arguments:
            option, equals, _ = argument.partition("=")
            if argument == "--":
                break
            if waiting and not argument.startswith("--"):
                waiting = ""
            elif waiting:
                break
            elif not argument.startswith("-") or argument == "-":
                continue
            elif option in takes or (option.startswith("--") and "." in option and self._is_trait(option[2:])):
                waiting = "" if equals else option
            elif option in alone:
                if equals:
                    raise UsageError(
                        f"{option} takes no value, and got {argument!r}. It is on when it is there. Write {option} alone."
                    )
            else:
                known = sorted(takes | alone)
                raise UsageError(
                    f"{self.name.replace('-', ' ')} knows no option {option!r}.{near(option, known)} Run '{self.name.replace('-', ' ')} --help' for all there are."
                )
        if waiting:
            raise UsageError(
                f"{waiting} needs a value, and the command ends before it. {self._what_for(waiting)} Write it after {waiting}, or as {waiting}=VALUE."
            )

    def _is_trait(self, name: str) -> bool:
        cls, _, trait = name.partition(".")
        return any(
            one.__name__ == cls and one.class_traits(config=True).get(trait) for one in self._classes_inc_parents()
        )

    def _what_for(self, option: str) -> str:
        words = next((words for one, _, words in [*self.options, *self.common] if one == option), "configuration")
        return f"It is for: {words}."

    def emit_help(self, classes: bool = False) -> Generator[str, None, None]:
        """The lines of --help."""
        yield f"Usage: {self.usage}"
        yield ""
        yield str(self.description).strip()
        yield ""
        if self.subcommands:
            yield "Commands:"
            for name, (_, words) in self.subcommands.items():
                yield f"  {name:<10}{words}"
            yield ""
        yield "Options:"
        rows = [(f"{option} {value}".strip(), words) for option, value, words in [*self.options, *self.common]]
        width = max(len(left) for left, _ in rows) + 2
        for left, words in rows:
            yield f"  {left:<{width}}{words}"
        yield ""
        if self.examples:
            yield "Examples:"
            yield from ("  " + line for line in str(self.examples).strip().split("\n"))
            yield ""
        if classes:
            yield "Options of configuration files; on the command line, --ServeApp.port=8080:"
            yield ""
            for cls in self._classes_with_config_traits():
                if issubclass(cls, Command):
                    yield cls.class_get_help()
                    yield ""

    def apps(self) -> list[Entry]:
        """The apps that the targets of this command lead to."""
        from .server.main import held

        if not self.extra_args:
            raise UsageError(
                f"'{self.name.replace('-', ' ')}' needs an app. An app is a file or a module, and a class in it. Write: {self.name.replace('-', ' ')} app.py:TheClass."
            )
        with held():
            return [entry for target in self.targets() for entry in targets.find(target)]

    def targets(self) -> list[str]:
        """Those of the arguments that name apps."""
        return list(self.extra_args)


class ServeApp(Command):
    """Serve apps to browsers."""

    name = "jsmodel-serve"
    usage = "jsmodel serve TARGET... [options]"
    description = """Serve apps to browsers, until Ctrl+C. Each visitor gets an instance of the class.

A TARGET is a file or a module, and after a colon a class in it. A file alone stands
for what it gives to app.serve(), or for the one Model that it defines."""
    examples = """jsmodel serve app.py:Counter                 the class Counter in app.py
jsmodel serve app.py                         the one app in it
jsmodel serve plots.scatter:Scatter          a class in a module
jsmodel serve a.py:A b.py:B --port 8080      two apps, at /A and /B
jsmodel serve app.py:Counter --name demo     at /demo
jsmodel serve app.py --host 0.0.0.0 --allow-host box.example.com"""
    options: ClassVar[list[tuple[str, str, str]]] = [
        ("--port", "PORT", "where to listen; by default a free one from 46571 on"),
        ("--host", "HOST", "what to listen on; by default localhost, this machine only"),
        ("--name", "NAME", "the last part of the address; by default the name of the class"),
        ("--allow-host", "HOST", "a further name that people reach this server by; may be repeated"),
        ("--allow-origin", "ORIGIN", "a further site whose pages may connect; may be repeated"),
    ]
    aliases = {
        "port": "ServeApp.port",
        "host": "ServeApp.host",
        "name": "ServeApp.app_name",
        "allow-host": "ServeApp.hosts",
        "allow-origin": "ServeApp.origins",
        "config": "JupyterApp.config_file",
        "log-level": "Application.log_level",
    }
    flags = {name: base_flags[name] for name in ("debug", "generate-config", "y")}

    port = WholeNumber(
        "--port", 0, 65535, default_value=None, allow_none=True, help="Where to listen; 0 is any port."
    ).tag(config=True)
    host = Unicode(None, allow_none=True, help="What to listen on; '' is all addresses.").tag(config=True)
    app_name = Unicode("", help="The last part of the address, if one app is served.").tag(config=True)
    hosts = List(Unicode(), help="Further names that people reach this server by.").tag(config=True)
    origins = List(Unicode(), help="Further sites whose pages may connect, as https://example.com.").tag(config=True)
    proxies = List(
        Unicode(), help="Addresses of proxies in front of the server, whose X-Forwarded-... headers count."
    ).tag(config=True)
    token = Unicode(
        "",
        help="A password; http://host/App?token=... lets a browser in. Not on the command line, where others see it.",
    ).tag(config=True)

    def start(self) -> None:
        """Serve until Ctrl+C."""
        super().start()
        from .server import Access, create_server, main
        from .server.errors import PortTaken

        apps = self.apps()
        if self.app_name:
            if len(apps) != 1:
                raise UsageError(
                    f"--name {self.app_name} was given for {len(apps)} apps: {', '.join(one.name for one in apps)}. One name leads to one app. Leave --name out, or serve one."
                )
            apps = [registry.entry_of(apps[0].cls, self.app_name, apps[0].properties)]
        names = [one.name for one in apps]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None and len({one.cls for one in apps if one.name == twice}) > 1:
            raise UsageError(
                f"Two of these apps are called {twice!r}. One name leads to one app. Give one of them another name in its file, with app.serve({twice}, 'another-name')."
            )
        for name in registry.entries():
            registry.unserve(name)  # those that were not asked for
        for entry in apps:
            registry.add(entry)
        made = main.made_server()
        chosen = Access(
            hosts=frozenset(self.hosts),
            origins=frozenset(self.origins),
            proxies=frozenset(self.proxies),
            token=self.token or None,
        )
        if made is None or self.port is not None or self.host is not None or chosen != Access():
            host = self.host if self.host is not None else made.host if made is not None else "localhost"
            port = self.port if self.port is not None else made.port if made is not None else None
            try:
                create_server(host, port, access=chosen)
            except PortTaken as err:
                raise JsmodelError(err.in_words("--port")) from err
        main.start()
        print("jsmodel: stopped.", flush=True)


class ExportApp(Command):
    """Write an app as an HTML page."""

    name = "jsmodel-export"
    usage = "jsmodel export TARGET [FILE] [options]"
    description = """Write an app as a page that works without Python, from disk and without a network:
its JS side is alive.

A TARGET is a file or a module, and after a colon a class in it. FILE is what to
write; by default the name of the class, with .html."""
    examples = """jsmodel export app.py:Counter
jsmodel export app.py:Counter out/counter.html --set count=3 --set title=Three
jsmodel export app.py:Counter out/counter.html --link 2 --overwrite"""
    options: ClassVar[list[tuple[str, str, str]]] = [
        ("--link", "N", "0: one file that stands alone; 1 to 3: what apps share lies in files beside it"),
        ("--set", "NAME=VALUE", "the value of a property; may be repeated"),
        ("--overwrite", "", "replace the file if it is there"),
    ]
    aliases = {
        "link": "ExportApp.link",
        "set": "ExportApp.values",
        "config": "JupyterApp.config_file",
        "log-level": "Application.log_level",
    }
    flags = {
        **{name: base_flags[name] for name in ("debug", "generate-config", "y")},
        "overwrite": ({"ExportApp": {"overwrite": True}}, "Replace the file if it is there."),
    }

    link = WholeNumber("--link", 0, 3, default_value=0, help="How much is shared; 0 is one file.").tag(config=True)
    overwrite = Bool(False, help="Replace the file if it is there.").tag(config=True)
    values = List(Unicode(), help="Values of properties, as name=value.").tag(config=True)

    def targets(self) -> list[str]:
        return list(self.extra_args[:1])

    def start(self) -> None:
        """Write the page, and say where."""
        super().start()
        from . import app

        if len(self.extra_args) > 2:
            raise UsageError(
                f"'jsmodel export' got {len(self.extra_args)} arguments: {', '.join(self.extra_args)}. It takes an app, and the file to write. Export several one by one."
            )
        apps = self.apps()
        if len(apps) != 1:
            raise UsageError(
                f"{self.extra_args[0]} serves several apps: {', '.join(one.name for one in apps)}. One page holds one of them. Name its class, as in {self.extra_args[0].partition(':')[0]}:{apps[0].cls.__name__}."
            )
        properties = {**apps[0].properties, **dict(map(parse_value, self.values))}
        filename = self.extra_args[1] if len(self.extra_args) > 1 else f"{apps[0].name}.html"
        if os.path.lexists(filename) and not os.path.isdir(filename) and not self.overwrite:
            raise JsmodelError(
                f"{filename!r} exists already. Nothing is replaced unless that is asked for. Add --overwrite, or choose another name."
            )
        with ProgressBar() as progress:
            path = app.export(
                apps[0].cls,
                filename,
                properties=properties,
                link=self.link,
                overwrite=self.overwrite,
                progress=progress,
            )
        print(f"jsmodel: wrote {path} ({size(path)}).")


class JsmodelApp(Command):
    """One Python class, alive in Python and in the browser."""

    name = "jsmodel"
    usage = "jsmodel COMMAND ..."
    description = "One Python class, alive in Python and in the browser."
    examples = """jsmodel serve app.py:Counter --port 8080
jsmodel export app.py:Counter counter.html
jsmodel serve --help"""
    subcommands = {
        "serve": (ServeApp, "show apps in browsers, until Ctrl+C"),
        "export": (ExportApp, "write an app as a page that needs no Python"),
    }
    classes = [ServeApp, ExportApp]
    aliases = {"config": "JupyterApp.config_file", "log-level": "Application.log_level"}
    flags = {name: base_flags[name] for name in ("debug", "generate-config", "y")}

    def start(self) -> None:
        """Run the command, or say which there are."""
        super().start()
        if self.extra_args:
            word = self.extra_args[0]
            like_app = ".py" in word or ":" in word
            hint = f" Did you mean 'jsmodel serve {word}'?" if like_app else near(word, self.subcommands)
            raise UsageError(
                f"jsmodel has no command {word!r}.{hint} The commands are: {', '.join(self.subcommands)}. Run 'jsmodel --help' for what they do."
            )
        self.print_help()


class ProgressBar:
    """How far a long export is, on one line of a terminal; where there is no terminal it is silent.

    What takes less than a moment shows no bar.
    """

    PATIENCE = 0.3  # seconds

    def __init__(self, stream: Any = None) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._shows = bool(getattr(self._stream, "isatty", lambda: False)())
        self._since = time.monotonic()
        self._drawn = False

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def __call__(self, done: int, total: int, what: str = "") -> None:
        """`done` of `total` parts are there; `what` is the one that comes now."""
        if not self._shows or time.monotonic() - self._since < self.PATIENCE:
            return
        width = max(20, shutil.get_terminal_size().columns - 1)
        filled = round(20 * min(1.0, done / total)) if total > 0 else 0
        line = f"[{'#' * filled}{'.' * (20 - filled)}] {done}/{total} {what}"
        self._stream.write(f"\r\x1b[K{line[:width]}")
        self._stream.flush()
        self._drawn = True


def parse_value(text: str) -> tuple[str, Any]:
    """`count=3` → ('count', 3); what is no Python value is a str."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise UsageError(
            f"--set got {text!r}, which sets nothing. It takes the name of a property and a value. Write it like --set count=3."
        )
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return name, value


def size(path: Path) -> str:
    """The size of a file, as people say it."""
    count = Path(path).stat().st_size
    return f"{count / 1024:.0f} KiB" if count >= 1024 else f"{count} bytes"


def foreign_config(folder: Path) -> Path | None:
    """A configuration file in `folder` that is somebody else's: it is Python code, and would run as this person."""
    mine = getattr(os, "geteuid", lambda: None)()
    files = [folder / (name + ending) for name in (CONFIG, "jupyter_config") for ending in (".py", ".json")]
    return next((one for one in files if mine is not None and one.exists() and one.stat().st_uid != mine), None)


def check_folder() -> None:
    """The current folder is where configuration and apps are looked for, so it has to be there."""
    try:
        os.getcwd()
    except FileNotFoundError as err:
        raise JsmodelError(
            "The current folder is gone. It was removed after this terminal went there. Go to another one with cd, and run the command again."
        ) from err


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        try:
            return run(arguments)
        finally:
            print(
                end="", flush=True
            )  # what is buffered shall fail here, where it can be told, and not at Python's exit
    except OSError as err:
        let_go_of_output()
        if isinstance(err, BrokenPipeError):
            return 1  # who reads us, like head, has read enough
        where = f" {err.filename!r}" if err.filename else ""
        words = JsmodelError(
            f"Could not finish the command: {err.strerror or err}{where}. The disk, or what the output goes to, does not take it. "
            "Free some space, or choose another place."
        )
        return fail(words, 1, "--debug" in arguments)


def let_go_of_output() -> None:
    """Drop what cannot be printed: Python would try again when it ends."""
    try:
        sys.stdout.flush()
    except OSError:
        with open(os.devnull, "w") as nowhere, contextlib.suppress(OSError):
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def run(arguments: list[str]) -> int:
    """Do what `main` is for, but for an output that takes nothing."""
    debug = "--debug" in arguments
    try:
        command = JsmodelApp()
        command.initialize(arguments)
        command.start()
    except NoStart:
        return 0
    except KeyboardInterrupt:
        print("\njsmodel: interrupted.", file=sys.stderr)
        return 130
    except targets.CannotLoad as err:
        print(err.trace, end="", file=sys.stderr)
        return fail(err, 1, debug)
    except (UsageError, targets.TargetError) as err:
        return fail(err, 2, debug)
    except JsmodelError as err:
        return fail(err, 1, debug)
    finally:
        JsmodelApp.clear_instance()
        for cls in (ServeApp, ExportApp):
            cls.clear_instance()
    return 0


def fail(err: Exception, code: int, debug: bool) -> int:
    """Say what happened, on stderr; with --debug, also where."""
    if debug:
        traceback.print_exception(type(err), err, err.__traceback__)
    print(f"jsmodel: {err}", file=sys.stderr)
    return code
