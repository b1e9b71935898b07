"""What comes with jsmodel transpiled: the functions of its own widgets, so that the first widget of all is there at once.

A wheel has them in one file, which is made when the wheel is built; a checkout has
none, and needs none. An entry is used if everything is as it was: the transpiler and
pscript, the file that the function stands in, and what its names mean. Else the
function is transpiled, as any other. No Python is named in it: what a function says
is the same in all of them.
"""

from __future__ import annotations

import json
import os
import types
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from .cache import is_off
from .fingerprint import contents, digest

__all__ = ["FILE", "Shipped", "shipped"]

_PACKAGE = Path(__file__).resolve().parents[1]

#: Where a wheel has them.
FILE = _PACKAGE / "static" / "transpiled.json"

Entry = dict[str, Any]


class Shipped:
    """The entries that came with a package.

    Args:
        file: Where they are, if they are there; None for nowhere.
        package: The folder of the files that they are of.
    """

    def __init__(self, file: Path | None, package: Path = _PACKAGE) -> None:
        self._file = file
        self._inside = f"{package}{os.sep}"
        self._found: dict[str, Any] | None = None
        self._files: dict[str, dict[str, Entry]] = {}  # of each file that was asked for, what is of it as it is now
        self.written: dict[str, dict[str, Entry]] | None = None  # a dict keeps what is put

    def __repr__(self) -> str:
        return f"<Shipped in {str(self._file)!r}>"

    def knows(self, func: types.FunctionType) -> bool:
        """Whether it is worth the while to ask for a function."""
        filename = func.__code__.co_filename
        found = self._files.get(filename)
        if found is None:
            found = self._files[filename] = self._read(filename) if self._is_ours(func) else {}
        return bool(found) or (self.written is not None and self._is_ours(func))

    def get(self, func: types.FunctionType, key: str) -> Entry | None:
        """The entry of a function under this key, if there is one."""
        return self._files.get(func.__code__.co_filename, {}).get(key)

    def put(self, func: types.FunctionType, key: str, entry: Entry) -> None:
        """Keep an entry for those who come, where they are written down now."""
        if self.written is not None:
            self.written.setdefault(func.__code__.co_filename, {})[key] = entry

    def text(self) -> str:
        """What was put, as the file has it."""
        written = self.written or {}
        files = {
            self._name(filename): {"content": digest(Path(filename).read_bytes()), "found": written[filename]}
            for filename in sorted(written)
        }
        body = json.dumps(files, ensure_ascii=False, separators=(",", ":"))
        return f"{contents()} {digest(body.encode())}\n{body}"

    def _name(self, filename: str) -> str:
        return filename[len(self._inside) :].replace(os.sep, "/")

    def _is_ours(self, func: types.FunctionType) -> bool:
        """Whether Python has read a function from a file of the package, and not from something of that name."""
        names, filename = func.__globals__, func.__code__.co_filename
        ours = filename.startswith(self._inside) and names.get("__file__") == filename
        return ours and type(names.get("__loader__")) is SourceFileLoader

    def _read(self, filename: str) -> dict[str, Entry]:
        if self._found is None:
            self._found = self._all()
        of_file = self._found.get(self._name(filename), {"content": ""})
        try:
            fits = of_file["content"] == digest(Path(filename).read_bytes())
        except OSError:
            return {}
        return dict(of_file["found"]) if fits else {}

    def _all(self) -> dict[str, Any]:
        if self._file is None:
            return {}
        try:
            head, _, body = self._file.read_bytes().partition(b"\n")
            fits = head.decode() == f"{contents()} {digest(body)}"
            return dict(json.loads(body)) if fits else {}
        except (OSError, ValueError):
            return {}


@lru_cache(maxsize=1)
def shipped() -> Shipped:
    """What came with jsmodel; nothing where the environment says that there is to be no cache."""
    return Shipped(None if is_off() else FILE)
