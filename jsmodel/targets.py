"""What `app.py:Counter` means: from a word at the command line to a class.

A target is a file or a module, and after a colon a class in it. Without a class
it is what the file itself gives to `app.serve()`, or the one Model it defines.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import traceback
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import traitlets

from . import registry
from .errors import JsmodelError, brief, near
from .model import Model
from .registry import Entry

__all__ = ["CannotLoad", "TargetError", "find"]

_TARGET = re.compile(r"(?P<place>.+?)(?::(?P<cls>[^:/\\]*))?")
_HERE, _TRAITLETS, _IMPORTLIB = (Path(one).parent for one in (__file__, traitlets.__file__, importlib.__file__))
_served: dict[str, list[Entry]] = {}  # what the modules that were loaded gave to app.serve()


class TargetError(JsmodelError):
    """A target that leads to no app."""


class CannotLoad(TargetError):
    """The person's own code failed. `trace` is the traceback, from their first line on."""

    def __init__(self, place: str, err: BaseException, *, hide: Path = Path(__file__).parent) -> None:
        self.trace = "".join(_theirs(traceback.TracebackException.from_exception(err), hide).format())
        words = str(err.msg if isinstance(err, SyntaxError) else err).strip().partition("\n")[0]
        what = type(err).__name__ + (f": {words.rstrip('.')}" if words else "")
        super().__init__(
            f"Could not load {place}: {what}. The traceback above says where. Correct it, and run the command again."
        )


def find(target: str) -> list[Entry]:
    """The apps that a target leads to, registered by nobody.

    Raises:
        CannotLoad: when the file or module fails.
        TargetError: when it is not there, or has no such class, or several that could be meant.
    """
    found = _TARGET.fullmatch(target)
    if found is None:
        raise TargetError(
            f"{target!r} names no app. An app is a file or a module, and a class in it. Write it like app.py:Counter, or package.module:Counter."
        )
    place, name = found["place"], found["cls"]
    if name == "":
        raise TargetError(
            f"{target!r} ends after the colon. The name of a class belongs there. Write {place}:TheClass, or {place} alone."
        )
    before = registry.entries()
    module = _module(place)
    now = registry.entries()
    fresh = [entry for entry in now.values() if before.get(entry.name) is not entry]
    served = _served.setdefault(module.__name__, fresh)  # a file runs once, also for several targets
    if name is None:
        return served or [registry.entry_of(_only_class(place, module))]
    cls = _class(place, module, name)
    # What the file serves under that name it serves with its own properties.
    return [next((one for one in served if one.cls is cls), None) or registry.entry_of(cls)]


def _module(place: str) -> types.ModuleType:
    is_file = place.endswith(".py") or "/" in place or "\\" in place or Path(place).exists()
    return _from_file(Path(place)) if is_file else _from_name(place)


def _from_file(path: Path) -> types.ModuleType:
    if path.is_dir():
        raise TargetError(
            f"{str(path)!r} is a folder. An app is a class in a file, or in a module. Write {path.as_posix().rstrip('/')}/app.py:TheClass."
        )
    if not path.is_file():
        folder = path.parent
        others = {one.stem: one.name for one in folder.glob("*.py")} if folder.is_dir() else {}
        hint = (
            near(path.stem, others).replace("'?", ".py'?")
            or f" There {_list('is', 'are', list(others.values()))} in {_folder(folder)}."
        )
        raise TargetError(
            f"There is no file {str(path)!r}. It is looked for in {_folder(folder)}.{hint} Check the path, which begins where the command runs."
        )
    full = path.resolve()
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) == str(full):
            return module
    name = full.stem
    if not name.isidentifier() or name in sys.modules or name in sys.stdlib_module_names:
        name = "app_" + re.sub(r"\W", "_", name)
    spec = importlib.util.spec_from_file_location(name, full)
    if spec is None or spec.loader is None:
        raise TargetError(
            f"{str(path)!r} is not a Python file. An app is a class in a file whose name ends in .py. Rename it, or name another."
        )
    module = importlib.util.module_from_spec(spec)
    with _first_in_path(full.parent), _explained(str(path)):
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return module


def _from_name(name: str) -> types.ModuleType:
    if not re.fullmatch(r"\w+(\.\w+)*", name):
        raise TargetError(
            f"{name!r} is neither a file nor the name of a module. Files end in .py, and the parts of a module's name are separated by dots. "
            "Write app.py:TheClass, or package.module:TheClass."
        )
    with _first_in_path(Path.cwd()), _explained(name):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as err:
            if err.name is None or not (name + ".").startswith(err.name + "."):
                raise  # something that the module itself imports
            files = [one.stem for one in Path.cwd().glob("*.py")]
            raise TargetError(
                f"There is no module {name!r}.{near(name, files)} Modules are looked for in this folder, and where Python has its packages. "
                f"Run the command in the folder of the module, or name its file: path/to/{name.rpartition('.')[2]}.py:TheClass."
            ) from None


@contextmanager
def _first_in_path(folder: Path) -> Iterator[None]:
    """Let the imports of a file find what lies beside it, as `python file.py` does; also later on."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    yield


@contextmanager
def _explained(place: str) -> Iterator[None]:
    try:
        yield
    except (TargetError, KeyboardInterrupt):
        raise
    except SystemExit as err:
        raise TargetError(
            f"{place} ended with sys.exit({err.code!r}) while it was loaded. The command needs what it defines after that. "
            'Put what it does as a program under: if __name__ == "__main__".'
        ) from None
    except BaseException as err:
        raise CannotLoad(place, err) from err


def _theirs(trace: traceback.TracebackException, hide: Path) -> traceback.TracebackException:
    """Without the lines of ours, and of what loads Python, which say nothing to people."""
    ours = (str(_HERE), str(hide), str(_TRAITLETS), str(_IMPORTLIB), "<frozen importlib")
    trace.stack = traceback.StackSummary.from_list(
        [frame for frame in trace.stack if not frame.filename.startswith(ours)]
    )
    for other in (trace.__cause__, trace.__context__):
        if other is not None:
            _theirs(other, hide)
    return trace


def _classes(module: types.ModuleType) -> dict[str, type[Model]]:
    """The Models that a module defines itself."""
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Model) and value.__module__ == module.__name__
    }


def _only_class(place: str, module: types.ModuleType) -> type[Model]:
    classes = [name for name, cls in _classes(module).items() if not name.startswith("_")]
    if not classes:
        raise TargetError(
            f"{place} defines no app. Apps are subclasses of app.Model, or widgets. Define one, or name the class that you import: {place}:TheClass."
        )
    if len(classes) > 1:
        raise TargetError(
            f"{place} defines several classes: {', '.join(classes)}. Which of them is the app is not to be seen. "
            f"Name it, as in {place}:{classes[-1]}, or call app.serve({classes[-1]}) in the file."
        )
    return _classes(module)[classes[0]]


def _class(place: str, module: types.ModuleType, name: str) -> type[Model]:
    value: object = module
    for part in name.split("."):
        value = getattr(value, part, None)
    if value is None:
        known = list(_classes(module))
        hint = near(name, known) or (f" It has: {', '.join(known)}." if known else " It defines no Model at all.")
        raise TargetError(
            f"There is no class {name!r} in {place}.{hint} Write {place}:{known[0] if known else 'TheClass'}."
        )
    if isinstance(value, Model):
        raise TargetError(
            f"{name!r} in {place} is an instance, not a class. Each connection gets an instance of its own. Write {place}:{type(value).__name__}."
        )
    if not (isinstance(value, type) and issubclass(value, Model)):
        known = list(_classes(module))
        raise TargetError(
            f"{name!r} in {place} is {'a class' if isinstance(value, type) else brief(value)}, but no Model. Apps are subclasses of app.Model. "
            + (f"Models there are: {', '.join(known)}." if known else f"Write 'class {name}(app.Model)'.")
        )
    return value


def _folder(folder: Path) -> str:
    return "this folder" if folder == Path() else str(folder)


def _list(one: str, many: str, names: list[str]) -> str:
    shown = sorted(names)[:6]
    if not shown:
        return f"{one} no Python file"
    return f"{one if len(shown) == 1 else many} {', '.join(shown)}{' ...' if len(names) > len(shown) else ''}"
