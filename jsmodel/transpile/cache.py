"""Keeps what was transpiled, in memory and on disk, so that a second import transpiles nothing.

One file holds the functions of one source file or notebook cell, as text with a
digest: reading it runs no code. A cache that is broken, or that someone else might
have written, is not used; nothing fails for want of it. `JSMODEL_CACHE` names
another folder, or is 0 for none.
"""

from __future__ import annotations

import atexit
import os
import re
import stat
import sys
import threading
import time
import warnings
from collections import OrderedDict
from pathlib import Path
from typing import Any

from .fingerprint import digest, transpiler
from .pack import packed, unpacked

__all__ = ["Cache", "cache", "cache_folder", "is_off"]

Entry = dict[str, Any]


def is_off() -> bool:
    """Whether the environment says that there is to be no cache."""
    return os.environ.get("JSMODEL_CACHE", "").lower() in ("0", "off", "no", "false")


def cache_folder() -> Path | None:
    """Where the cache is by what the environment says; None for nowhere."""
    if is_off():
        return None
    asked = os.environ.get("JSMODEL_CACHE", "")
    if asked:
        return Path(asked).expanduser()
    base = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", "")
    if base and os.path.isabs(base):
        return Path(base) / "jsmodel"
    try:
        return Path.home() / ".cache" / "jsmodel"
    except RuntimeError:  # nobody knows where the home is
        return None


class _Group:
    """The functions of one file or cell."""

    def __init__(self, found: dict[str, Entry]) -> None:
        self.found = found  # the least recently used first
        self.dirty = False


class Cache:
    """Remembers entries by the file that they belong to, and a key.

    Args:
        folder: Where the files are, None for memory only.
        stamp: What wrote them; what another one has written is not read.
    """

    #: So many files or cells are kept in memory, so many entries of each,
    GROUPS, ENTRIES = 256, 2000
    #: and so many bytes and files on disk.
    BYTES, FILES = 32 << 20, 4000

    def __init__(self, folder: Path | None, stamp: str) -> None:
        self._folder = folder
        self._stamp = stamp
        self._names: dict[str, str] = {}  # of groups, by the files that were asked for
        self._groups: OrderedDict[str, _Group] = OrderedDict()
        self._checked = self._pruned = self._warned = False
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"<Cache in {str(self._folder) if self._folder else 'memory'}>"

    def get(self, origin: str, key: str) -> Entry | None:
        """The entry of a file or cell under this key, if there is one."""
        with self._lock:
            found = self._group(origin).found
            entry = found.get(key)
            if entry is not None and len(found) > self.ENTRIES // 2:  # it counts which were used last
                found[key] = found.pop(key)
            return entry

    def put(self, origin: str, key: str, entry: Entry) -> None:
        """Keep an entry; `save` writes it. It is taken to be JSON-able, and its params and body to be texts."""
        with self._lock:
            group = self._group(origin)
            group.found.pop(key, None)
            group.found[key] = entry
            group.dirty = True

    def save(self) -> None:
        """Write what is new. Does nothing where nothing is."""
        with self._lock:
            for origin, group in self._groups.items():
                if group.dirty:
                    self._write(origin, group)

    # -- memory

    def _group(self, origin: str) -> _Group:
        name = self._names.get(origin)
        if name is None:
            if len(self._names) > 4 * self.GROUPS:
                self._names.clear()
            name = self._names[origin] = _group_name(origin)
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = _Group(self._read(name))
            while len(self._groups) > self.GROUPS:
                oldest, other = next(iter(self._groups.items()))
                if other.dirty:
                    self._write(oldest, other)
                del self._groups[oldest]
        self._groups.move_to_end(name)
        return group

    # -- disk

    def _file(self, name: str) -> Path | None:
        return self._folder / f"{digest(name, self._stamp)}.json" if self._usable() and self._folder else None

    def _usable(self) -> bool:
        """Whether the folder is there, and nobody else writes to it."""
        if self._folder is None or self._checked:
            return self._folder is not None
        self._checked = True
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = os.stat(self._folder)
        except OSError as err:
            self._give_up(err.strerror or str(err))
            return False
        if hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
            self._give_up("others may write to it")
            return False
        return True

    def _read(self, name: str) -> dict[str, Entry]:
        file = self._file(name)
        if file is None:
            return {}
        try:
            head, _, body = file.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return {}
        except OSError as err:
            self._warn(f"{file.name}: {err.strerror or err}")
            return {}
        try:
            if head.decode() != self._head(body):
                raise ValueError("it is damaged, or of another version")
            found = unpacked(body)
            if time.time() - file.stat().st_mtime > 86400:
                os.utime(file)  # it is in use
        except (ValueError, OSError) as err:
            self._warn(f"{file.name}: {err}")
            return {}
        return found

    def _write(self, name: str, group: _Group) -> None:
        group.dirty = False
        file = self._file(name)
        if file is None:
            return
        for key in list(group.found)[: -self.ENTRIES]:
            del group.found[key]
        body = packed(group.found)
        new = file.with_name(f".{file.stem}.{os.urandom(6).hex()}")  # as in _OURS
        try:
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
            try:
                with open(handle, "wb") as stream:
                    stream.write(self._head(body).encode() + b"\n" + body)
                os.replace(new, file)
            except BaseException:
                os.unlink(new)
                raise
            self._prune()
        except OSError as err:
            self._give_up(err.strerror or str(err))

    def _head(self, body: bytes) -> str:
        return f"jsmodel {self._stamp} {digest(body)}"

    def _prune(self) -> None:
        """Once in a process, remove of our files those that were not used for longest. In the folder may be others."""
        if self._pruned or self._folder is None:
            return
        self._pruned = True
        files = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if _OURS.fullmatch(entry.name):
                    found = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(found.st_mode):
                        files.append((found.st_mtime, found.st_size, entry.path))
        files.sort(reverse=True)
        total = 0
        for index, (_, size, path) in enumerate(files):
            total += size
            if total > self.BYTES or index >= self.FILES:
                try:
                    os.unlink(path)
                except FileNotFoundError:  # another process does it, too
                    pass

    def _give_up(self, why: str) -> None:
        folder, self._folder = self._folder, None
        self._warn(why, folder)

    def _warn(self, why: str, folder: Path | None = None) -> None:
        if self._warned:
            return
        self._warned = True
        warnings.warn(
            f"The cache of transpiled code in {str(folder or self._folder)!r} is not used: {why}. Everything works without it, "
            "but takes longer. Remove that, or set the environment variable JSMODEL_CACHE to another folder, or to 0 for none.",
            RuntimeWarning,
            stacklevel=1,
        )


#: The names of files of the cache, and of those that are being written.
_OURS = re.compile(r"[0-9a-f]{32}\.json|\.[0-9a-f]{32}\.[0-9a-f]{12}")

_CELL = re.compile(r"[\\/]ipykernel_\d+[\\/](\d+\.py)$|^<ipython-input-\d+-(\w+)>$")


def _group_name(origin: str) -> str:
    """The file of a function; for a notebook cell what is the same in the next kernel: the hash of its text."""
    cell = _CELL.search(origin)
    return f"cell {cell[1] or cell[2]}" if cell else origin


_made: list[Cache] = []
_making = threading.Lock()


def cache() -> Cache:
    """The cache of this process."""
    if not _made:
        with _making:
            if not _made:
                _made.append(Cache(cache_folder(), transpiler()))
                atexit.register(_made[0].save)
    return _made[0]
