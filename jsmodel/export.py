"""`app.export()`: a model as a page that is alive with nobody at the other end.

The page holds the runtime, the JS twins of the Python modules, and the values.
Its JS side runs; Python does not. With `link`, parts of it are files of their
own, in a folder that all exports of a directory share.
"""

from __future__ import annotations

import base64
import contextlib
import contextvars
import hashlib
import html
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .assets import Asset, runtime_asset
from .assets.page import inert_json, page_html, script_text, style_text
from .errors import ExportError, UnknownProperty, brief
from .event.loop import loop
from .model import Model
from .session import Session
from .snapshot import Snapshot, code_of, reachable, static_html, take
from .transpile.modules import Linker

__all__ = ["FOLDER", "export"]

#: Where the files of linked exports are, beside the pages.
FOLDER = "jsmodel-assets"

Progress = Callable[[int, int, str], object]

_CHUNK = 3 * 2**20  # bytes of a buffer that are one step of the progress; a multiple of 3
_SMALL = 1024  # buffers up to this size are never files of their own
_STYLE = ".jsm-page > .jsm-static { padding: 16px; font: 14px/1.45 system-ui, sans-serif; }"
#: A page that was moved without its files says so.
_MISSING = """addEventListener("error", function (event) {
  var node = event.target, url = node && (node.getAttribute && (node.getAttribute("src") || node.getAttribute("href")));
  if (!url || !/^(SCRIPT|LINK)$/.test(node.tagName)) return;
  var line = document.createElement("p");
  line.textContent = /^https:/.test(url)
    ? "This page needs " + url + ", which could not be loaded. There is no network, or the address has changed. Connect, and reload the page."
    : "A file of this page is missing: " + url + ". The page was moved without its folder. Move both, or export it again.";
  line.style.cssText = "color: #c4221c; font: 14px/1.45 system-ui, sans-serif; padding: 0 16px";
  document.body.append(line);
}, true);"""


def export(
    model: Model | type[Model],
    filename: str | os.PathLike[str] | None = None,
    properties: dict[str, Any] | None = None,
    link: int = 0,
    overwrite: bool = False,
    *,
    progress: Progress | None = None,
) -> Path:
    """Write a model into a page that opens from disk, without Python and without a network.

    The JS side is alive: handlers of `class JS` run, and properties of `class Both` can be set. Python handlers do
    not run, and `self.py.method()` fails with words that say so. A model that is exported twice gives the same bytes.

    Example: `app.export(Counter, 'counter.html', {'count': 3})`

    Args:
        model: A Model class, of which an instance is made for this; or an instance, with the values it has now.
        filename: The page to write, or the folder to write it to. By default the name of the class and '.html', in the
            current folder.
        properties: Initial values of properties, for a class.
        link: Which parts become files of their own, in a folder 'jsmodel-assets' beside the page. The pages in a
            directory share what is the same; the names of the files have hashes, so old pages keep theirs.
            0: none, the page is one file. 1: the runtime. 2: also the code and the styles of the Python modules and
            their assets. 3: also bytes, arrays and data.
        overwrite: Whether a page that is there is replaced.
        progress: Called with how many pieces are done, how many there are, and what the last one was.

    Returns:
        The path of the page.

    Assets that are on the web stay there: such a page needs the network for them. All other pages reach nothing.

    Raises:
        ExportError: when it cannot be written; nothing is left behind then.
        UnknownProperty: for a property that the class does not have.
        ValueNotSendable: for a value that cannot cross over to the browser.
    """
    cls = _check(model, properties, link, progress)
    path = _target(filename, cls, overwrite)
    with _instance(model, properties) as instance:
        page = _Page(instance, link)
    with _Files(path.parent) as files:
        text = page.build(files, progress or _quiet)
        files.write(path, text.encode(), overwrite=overwrite)
        (progress or _quiet)(page.steps, page.steps, path.name)
    return path


def _quiet(done: int, total: int, what: str) -> None:
    pass


# -- what was asked for


def _check(model: Any, properties: Any, link: Any, progress: Any) -> type[Model]:
    is_class = isinstance(model, type) and issubclass(model, Model)
    if not is_class and not isinstance(model, Model):
        raise ExportError(
            f"Cannot export {brief(model)}: it is not a Model. Only Models have a side that lives in a page. "
            "Write app.export(TheClass), or app.export(model)."
        )
    cls = model if is_class else type(model)
    if not is_class and model._jsm_disposed:
        raise ExportError(
            f"Cannot export {model!r}: it was disposed. Both of its sides are gone. Make another one, or export the class."
        )
    if type(link) is not int or not 0 <= link <= 3:
        raise ExportError(
            f"link must be 0, 1, 2 or 3, not {brief(link)}. It says which parts of the page become files of their own. Use 0 for one file."
        )
    if not isinstance(properties, (dict, type(None))):
        raise ExportError(
            f"The properties of {cls.__name__} must be a dict, not {brief(properties)}. They are initial values. "
            f"Write app.export({cls.__name__}, properties={{'name': value}})."
        )
    if properties and not is_class:
        raise ExportError(
            f"{model!r} exists already, so it gets no initial properties. A model is exported with the values it has. "
            "Set them first, or export the class."
        )
    for name in properties or {}:
        if name not in cls._jsm_prop_order:
            raise UnknownProperty(cls.__name__, name, cls._jsm_prop_order)
    if progress is not None and not callable(progress):
        raise ExportError(
            f"progress must be a function, not {brief(progress)}. It is called with three arguments. Write progress=lambda done, total, what: ..."
        )
    return cls


def _target(filename: Any, cls: type[Model], overwrite: bool) -> Path:
    """The page to write."""
    if not isinstance(filename, (str, os.PathLike, type(None))) or isinstance(filename, bytes):
        raise ExportError(
            f"filename must be a path, not {brief(filename)}. It is the page to write. Write app.export({cls.__name__}, 'page.html')."
        )
    name = f"{_slug(cls.__name__)}.html"
    path = Path(os.fspath(filename)).expanduser() if filename is not None else Path(name)
    try:
        if path.is_dir():
            path /= name
        if path.suffix.lower() not in (".html", ".htm"):
            raise ExportError(
                f"The page {path.name!r} would not open in a browser. Its name has to end in '.html'. Write {path.name + '.html'!r}."
            )
        if not path.parent.is_dir():
            raise ExportError(
                f"There is no folder {str(path.parent)!r}. export() makes pages, and no folders for them. Make it first, or choose another one."
            )
        if os.path.lexists(path) and not overwrite:
            raise _exists(path)
        if path.is_dir():
            raise ExportError(f"{str(path)!r} is a folder. A page cannot take its place. Choose another name.")
    except (OSError, ValueError) as err:
        if isinstance(err, ExportError):
            raise
        raise _failed(path, err) from err
    return path


def _exists(path: Path) -> ExportError:
    return ExportError(
        f"{str(path)!r} exists already. export() replaces nothing unless told so. Use overwrite=True, or choose another name."
    )


def _failed(path: Path, err: Exception) -> ExportError:
    why = getattr(err, "strerror", None) or str(err)
    return ExportError(
        f"Could not write {str(path)!r}: {why}. The disk or the folder does not take it, and nothing was left behind. "
        "Free some space, or choose a folder that you may write to."
    )


def _slug(name: str) -> str:
    """A name as part of a file name, whatever is in it."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:40].strip("-") or "page"


@contextlib.contextmanager
def _instance(model: Model | type[Model], properties: dict[str, Any] | None) -> Iterator[Model]:
    """The model itself; or an instance, in a session that ends."""
    if isinstance(model, Model):
        _settle()
        yield model
        return
    session = Session(model.__name__)
    try:
        # In a context of its own: it is nobody's child, wherever this is called.
        session.root = contextvars.Context().run(lambda: model(session=session, **(properties or {})))
        _settle()
        yield session.root
    finally:
        session.close()


def _settle() -> None:
    """Let handlers make of the values what they make of them."""
    home = loop.home
    if loop.is_home or home is None:
        loop.flush()
        return
    done = threading.Event()

    def turn() -> None:
        loop.flush()
        done.set()

    home.call_soon_threadsafe(turn)
    done.wait(10)


# -- the page


class _Page:
    """What the page of a model consists of."""

    def __init__(self, model: Model, link: int) -> None:
        self._title = type(model).__name__
        self._link = link
        self._snapshot: Snapshot = take(model)
        self._picture = static_html(model)
        # A linker of its own: what is in the page does not depend on what was shown before.
        self._assets = [runtime_asset(), *code_of(reachable(model), using=Linker())]
        self.steps = len(self._assets) + sum(map(_chunks, self._snapshot.buffers)) + 1

    def build(self, files: _Files, progress: Progress) -> str:
        """The HTML; what is linked is written."""
        self._done = 0
        policy = _Policy()
        progress(0, self.steps, "")
        scripts: list[str] = []
        styles: list[str] = []
        for asset in self._assets:
            level = 1 if asset is self._assets[0] else 2
            (styles if asset.kind == "css" else scripts).append(self._place(asset, self._link >= level, files, policy))
            self._step(progress, asset.name)
        buffers: list[Any] = []
        for buffer in self._snapshot.buffers:
            text = "".join(self._encode(buffer, progress))
            if self._link < 3 or buffer.nbytes <= _SMALL:
                buffers.append(text)
                continue
            name = hashlib.sha256(buffer).hexdigest()[:20]
            url = files.share(f"data-{name}.js", f'jsmodel.data("{name}","{text}");\n'.encode())
            scripts.append(f'<script src="{url}"></script>\n')
            policy.linked = True
            buffers.append({"data": name})
        watch = f"<script>{policy.allow(_MISSING)}</script>\n" if policy.linked or policy.remote else ""
        config = {
            "loaded": [asset.hash for asset in self._assets],
            "snapshot": {"root": self._snapshot.root, "models": self._snapshot.models, "buffers": buffers},
        }
        head = (
            f"{policy}<style>{_STYLE}</style>\n{''.join(styles)}{watch}"
            f'<script type="application/json" id="jsmodel-config">{inert_json(config)}</script>\n{"".join(scripts)}'
        )
        body = f'<div class="jsm-static">{self._picture}</div>\n<noscript>This page moves where JavaScript is allowed.</noscript>\n'
        return page_html(title=self._title, head=head, body=body)

    def _place(self, asset: Asset, linked: bool, files: _Files, policy: _Policy) -> str:
        """The element of an asset."""
        remote = getattr(asset, "url", None)
        if remote or linked:
            url = remote or files.share(f"{_slug(asset.name)}-{asset.url_name}", asset.content)
            policy.add(url)
            integrity = getattr(asset, "integrity", None) if remote else None
            extra = f' integrity="{html.escape(integrity)}" crossorigin="anonymous"' if integrity else ""
            if asset.kind == "css":
                return f'<link rel="stylesheet" href="{html.escape(url)}"{extra}>\n'
            # Scripts run in the order in which they stand here, also those from elsewhere.
            return f'<script src="{html.escape(url)}"{extra}></script>\n'
        if asset.kind == "css":
            return f"<style>{style_text(asset.text)}</style>\n"
        return f"<script>{policy.allow(script_text(asset.text))}</script>\n"

    def _encode(self, buffer: memoryview, progress: Progress) -> Iterator[str]:
        for start in range(0, max(buffer.nbytes, 1), _CHUNK):
            yield base64.b64encode(buffer[start : start + _CHUNK]).decode("ascii")
            self._step(progress, "values")

    def _step(self, progress: Progress, what: str) -> None:
        self._done += 1
        progress(self._done, self.steps, what)


def _chunks(buffer: memoryview) -> int:
    return max(1, -(-buffer.nbytes // _CHUNK))


class _Policy:
    """What the page may load and run: what is in it, and what it links to. It reaches nothing else."""

    def __init__(self) -> None:
        self.linked = False
        self.remote: list[str] = []
        self._hashes: list[str] = []

    def allow(self, script: str) -> str:
        """Allow a script that stands in the page."""
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        self._hashes.append(f"'sha256-{digest}'")
        return script

    def add(self, url: str) -> None:
        """Allow a file, beside the page or on the web."""
        if url.startswith("https:"):
            self.remote.append(re.sub(r"[;,\s'\"]", "", url))
        else:
            self.linked = True

    def __str__(self) -> str:
        beside = ["'self'", "file:"] if self.linked else []
        # A library from the web may load more from there.
        web = ["https:"] if self.remote else []
        rules = {
            "default-src": ["'none'"],
            "script-src": [*self._hashes, *beside, *self.remote],
            "style-src": ["'unsafe-inline'", *beside, *self.remote],
            "img-src": ["data:", "blob:", *beside, *web],
            "media-src": ["data:", "blob:", *beside, *web],
            "font-src": ["data:", *beside, *web],
            "connect-src": ["data:", "blob:", *beside, *web],
            "worker-src": ["data:", "blob:", *beside],
            "base-uri": ["'none'"],
            "form-action": ["'none'"],
        }
        text = "; ".join(f"{name} {' '.join(values)}" for name, values in rules.items())
        return f'<meta http-equiv="Content-Security-Policy" content="{html.escape(text, quote=False)}">\n'


# -- files


class _Files:
    """Writes files: each whole, or not at all; and takes back the shared ones if the page fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._written: list[Path] = []
        self._made_folder = False

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, kind: Any, err: Any, traceback: Any) -> None:
        if err is None:
            return
        for path in self._written:
            with contextlib.suppress(OSError):
                path.unlink()
        if self._made_folder:
            with contextlib.suppress(OSError):
                self._folder.rmdir()

    def share(self, name: str, content: bytes) -> str:
        """Put a file beside the page, unless it is there; returns its relative URL."""
        self._make_folder()
        path = self._folder / name
        try:
            there = not path.is_symlink() and path.is_file() and path.read_bytes() == content
        except OSError:
            there = False
        if not there:
            new = not os.path.lexists(path)
            self.write(path, content, overwrite=True)
            if new:
                self._written.append(path)
        return f"{FOLDER}/{name}"

    def _make_folder(self) -> None:
        folder = self._folder
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise ExportError(
                f"{str(folder)!r} is not a folder of its own. The files of exported pages are put there, and nowhere else. "
                "Remove it, or export to another folder."
            )
        if not folder.exists():
            try:
                folder.mkdir()
                self._made_folder = True
            except FileExistsError:
                pass  # another export was faster
            except OSError as err:
                raise _failed(folder, err) from err

    def write(self, path: Path, content: bytes, *, overwrite: bool) -> None:
        """Write a file beside where it will be, and put it in its place when it is whole."""
        beside = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            try:
                with open(beside, "xb") as file:
                    file.write(content)
                if os.path.lexists(path) and not overwrite:
                    raise _exists(path)
                os.replace(beside, path)
            finally:
                with contextlib.suppress(OSError):
                    beside.unlink()
        except OSError as err:
            raise _failed(path, err) from err
