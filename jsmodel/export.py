"""`app.export()`: a model as a page that is alive with nobody at the other end.

The page holds the runtime, the JS twins of the Python modules, and the values.
Its JS side runs; Python does not. With `link`, parts of it are files of their
own, in a folder that all exports of a directory share.
"""

from __future__ import annotations

import contextlib
import contextvars
import errno
import hashlib
import html
import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from .assets import Asset, area_of, data_url, loadable, runtime_asset, store
from .assets.page import inert_json, page_html, script_text, stored_define, style_text
from .errors import ExportError, UnknownProperty, brief
from .event.loop import loop
from .model import Model
from .session import Session
from .snapshot import base64_text, code_of, reachable, static_html, take
from .transpile.modules import Linker

__all__ = ["FOLDER", "export"]

#: Where the files of linked exports are, beside the pages.
FOLDER = "jsmodel-assets"

Progress = Callable[[int, int, str], object]

_CHUNK = 3 * 2**20  # bytes of a buffer that are one step of the progress; a multiple of 3
_SMALL = 1024  # buffers up to this size are never files of their own
_STYLE = (
    ".jsm-page > :is(.jsm-static, noscript) { display: block; padding: 16px; font: 14px/1.45 system-ui, sans-serif; }"
)
#: A page that was moved without its files says so.
_MISSING = """addEventListener("error", function (event) {
  var node = event.target, url = node && (node.getAttribute && (node.getAttribute("src") || node.getAttribute("href")));
  if (!url || !/^(SCRIPT|LINK)$/.test(node.tagName)) return;
  var line = document.createElement("p");
  line.textContent = /^https:/.test(url)
    ? "This page needs " + url + ", which could not be loaded. There is no network, or the address has changed. Connect, and reload the page."
    : "A file of this page is missing: " + url + ". The page was moved without its folder. Move both, or export it again.";
  line.style.cssText = "color: #c4221c; font: 14px/1.45 system-ui, sans-serif; padding: 0 16px";
  if (document.body) document.body.append(line);
  else addEventListener("DOMContentLoaded", function () { document.body.append(line); });
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
    if not hasattr(cls, "_jsm_js"):
        raise ExportError(
            "Cannot export Model itself: it has no properties, and nothing to show. Apps are subclasses of it. Write app.export(TheClass)."
        )
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
    path = Path(name if filename is None else os.fspath(filename))
    try:
        path = path.expanduser()
        os.fsencode(path)
        if "\0" in str(path):
            raise ValueError("its name has a null character")
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
    except ExportError:
        raise
    except (OSError, RuntimeError, ValueError) as err:
        raise _failed(path, err) from err
    return path


def _exists(path: Path) -> ExportError:
    return ExportError(
        f"{str(path)!r} exists already. export() replaces nothing unless told so. Use overwrite=True, or choose another name."
    )


def _failed(path: Path, err: Exception) -> ExportError:
    why = getattr(err, "strerror", None) or str(err)
    if isinstance(err, ValueError) or getattr(err, "errno", None) in (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ):
        return ExportError(
            f"Could not write {str(path)!r}: {why}. No file can have that name, and nothing was left behind. Choose another name."
        )
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
        snapshot = take(model)
        # A linker of its own: what is in the page does not depend on what was shown before.
        code = code_of(reachable(model), using=Linker())
        files = {file.hash: file for file in [*(a for a in code if a.kind == "file"), *snapshot.files] if not file.url}
        self._code = [asset for asset in code if asset.hash not in files]
        # What HTML can load by itself; code that refers to a file waits for it.
        first = next((i for i, asset in enumerate(code) if asset.kind == "file"), len(code))
        self._early = {a.hash for i, a in enumerate(code) if a in loadable(code) and (a.kind == "css" or i < first)}
        self._files = list(files.values())
        self._root = snapshot.root
        self._models = _portable(snapshot.models)
        self._picture = _portable(static_html(model))
        self._buffers = [*snapshot.buffers, *(memoryview(file.content) for file in self._files)]
        self.steps = 1 + len(self._code) + sum(map(_chunks, self._buffers)) + 1
        self._done = 0

    def build(self, shared: _Files, progress: Progress) -> str:
        """The HTML; what is linked is written."""
        progress(0, self.steps, "")
        page = _Elements(self._nonce(), shared)
        defines: list[dict[str, Any]] = []
        for asset in [runtime_asset("alone"), *self._code]:
            linked = self._link >= (2 if page.scripts else 1)
            if page.scripts and asset.hash not in self._early:
                defines.append(self._define(asset, linked, page))
            else:
                page.add(asset, linked)
            self._step(progress, asset.name)
        buffers: list[str | dict[str, str]] = []
        for buffer in self._buffers:
            text = "".join(self._encode(buffer, progress))
            linked = self._link >= 3 and buffer.nbytes > _SMALL
            buffers.append(page.data(hashlib.sha256(buffer).hexdigest()[:20], text) if linked else text)
        for number, file in enumerate(self._files, len(self._buffers) - len(self._files)):
            data = {"$": "b", "i": number}
            op = {"name": file.name, "hash": file.hash, "kind": "file", "type": file.content_type, "data": data}
            defines.insert(0, op)
        config = {
            "loaded": sorted(self._early),
            "snapshot": {"root": self._root, "models": self._models, "defines": defines},
        }
        policy = _policy(page.nonce, [asset for asset in self._code if asset.url], shared.used)
        body = f'<div class="jsm-static">{self._picture}</div>\n<noscript>This page moves where JavaScript is allowed.</noscript>\n'
        return page_html(title=self._title, head=policy + page.head(config, buffers), body=body)

    def _nonce(self) -> str:
        """What marks the scripts of the page: the same whenever the page is the same."""
        parts = [runtime_asset("alone").hash, *(asset.hash for asset in self._code), inert_json(self._models)]
        return base64_text(hashlib.sha256("\0".join(parts).encode()).digest()[:15])

    def _define(self, asset: Asset, linked: bool, page: _Elements) -> dict[str, Any]:
        """An asset that the runtime loads: an ES module, or what has to wait for one."""
        op = stored_define(asset)
        del op["op"]
        if linked and "code" in op:
            op["code"] = page.data(asset.hash, base64_text(asset.content))
        return op

    def _encode(self, buffer: memoryview, progress: Progress) -> Iterator[str]:
        for start in range(0, max(buffer.nbytes, 1), _CHUNK):
            yield base64_text(buffer[start : start + _CHUNK])
            self._step(progress, "values")

    def _step(self, progress: Progress, what: str) -> None:
        self._done += 1
        progress(self._done, self.steps, what)


def _chunks(buffer: memoryview) -> int:
    return max(1, -(-buffer.nbytes // _CHUNK))


class _Elements:
    """The elements of the page's head."""

    def __init__(self, nonce: str, shared: _Files) -> None:
        self.nonce = nonce
        self.scripts: list[str] = []
        self._styles: list[str] = []
        self._shared = shared
        self._guarded = False

    def add(self, asset: Asset, linked: bool) -> None:
        """An asset: in the page, in a file beside it, or where it lies on the web."""
        into = self._styles if asset.kind == "css" else self.scripts
        if asset.url or linked:
            url = asset.url or self._shared.put(
                f"{_slug(asset.name.removesuffix(f'.{asset.kind}'))}-{asset.url_name}", asset.content
            )
            into.append(self._link(url, asset))
        elif asset.kind == "css":
            into.append(f"<style>{style_text(asset.text)}</style>\n")
        else:
            into.append(self._script(script_text(asset.text)))

    def data(self, name: str, base64: str) -> dict[str, str]:
        """Put text into a file beside the page; returns what stands for it. A script, since those load from disk."""
        code = f'jsmodel.data("{name}","{base64}");\n'
        url = self._shared.put(f"data-{name}.js", code.encode())
        self.scripts.append(f'<script nonce="{self.nonce}" src="{html.escape(url)}"></script>\n')
        self._guarded = True
        return {"data": name}

    def head(self, config: dict[str, Any], buffers: list[str | dict[str, str]]) -> str:
        """All of them. Scripts run in the order in which they stand, and after what they read."""
        # Base64 is inert as it is, and may be long.
        data = ",".join(f'"{one}"' if isinstance(one, str) else inert_json(one) for one in buffers)
        inert = f'<script type="application/json" id="jsmodel-config">{inert_json(config)[:-1]},"buffers":[{data}]}}</script>\n'
        guard = self._script(_MISSING) if self._guarded else ""
        return f"<style>{_STYLE}</style>\n{guard}{''.join(self._styles)}{inert}{''.join(self.scripts)}"

    def _link(self, url: str, asset: Asset) -> str:
        self._guarded = True
        url = html.escape(url)
        check = f' integrity="{html.escape(asset.integrity)}" crossorigin="anonymous"' if asset.integrity else ""
        if asset.kind == "css":
            return f'<link rel="stylesheet" href="{url}"{check}>\n'
        return f'<script nonce="{self.nonce}" src="{url}"{check}></script>\n'

    def _script(self, code: str) -> str:
        return f'<script nonce="{self.nonce}">{code}</script>\n'


def _policy(nonce: str, remote: list[Asset], beside: bool) -> str:
    """What the page may load and run: what is in it, and what it links to. It reaches nothing else."""
    near = ["'self'", "file:"] if beside else []
    code = sorted({asset.origin for asset in remote})
    web = ["https:"] if remote else []  # a library from the web may load more from there
    rules = {
        "default-src": ["'none'"],
        "script-src": [f"'nonce-{nonce}'", "blob:", *code],
        "style-src": ["'unsafe-inline'", *near, *code],
        "img-src": ["data:", "blob:", *web],
        "media-src": ["data:", "blob:", *web],
        "font-src": ["data:", "blob:", *web],
        "connect-src": ["data:", "blob:", *(web or sorted(store.origins))],
        "worker-src": ["data:", "blob:"],
        "frame-src": ["data:", "blob:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    text = "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())
    return f'<meta http-equiv="Content-Security-Policy" content="{html.escape(text, quote=False)}">\n'


_ADDRESS = re.compile(r"_jsm/(?:assets/([0-9a-f]{20}\.[a-z0-9]{1,10})|data/([\w-]+)/([0-9a-f]{20})/([^\s\"'<>&]+))")


def _portable(value: Any) -> Any:
    """A copy of a value, in the texts of which the addresses of a server are the files themselves."""
    if isinstance(value, str):
        return _ADDRESS.sub(_inline, value) if "_jsm/" in value else value
    if isinstance(value, list):
        return [_portable(item) for item in value]
    if isinstance(value, dict):
        return {key: _portable(item) for key, item in value.items()}
    return value


def _inline(found: re.Match[str]) -> str:
    shared, token, hash_, name = found.groups()
    area = area_of(token) if token else None
    asset = store.by_url_name(shared) if shared else area.find(hash_, unquote(name)) if area is not None else None
    return data_url(asset) if asset is not None else "data:,"


# -- files


class _Files:
    """Writes files: each whole, or not at all; and takes back the shared ones if the page fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._written: list[Path] = []
        self.used = False
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

    def put(self, name: str, content: bytes) -> str:
        """Put a file beside the page, unless it is there; returns its relative URL."""
        self._make_folder()
        self.used = True
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
