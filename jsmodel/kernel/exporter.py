"""`jupyter nbconvert --to jsmodel`: a notebook as one page, alive without a kernel.

`--to html` gives such a page, too: each output has what it needs. Here the
runtime and the code are stored once for the document, and the values of a model
once, the newest, however many outputs show it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_output

from ..assets import runtime_asset
from .display import MIME, VERSION, code_html, view_html

__all__ = ["JsmodelExporter"]

OLD = (
    "<p>This view was stored by another version of jsmodel, or was damaged, so it does not move. "
    "Run its cell again, and convert the notebook again.</p>"
)

_FRAGMENT = re.compile(r"<div class=\"jsm-(?:embed|code)\" data-jsmodel='([^']*)'>")
_CODE = "jsmodel_code"
#: The end of a view is that of the output, or the code comes after it.
_PICTURE = re.compile(r'<div class="jsm-static">(.*?)</div></div>(?=<div class="jsm-code"|$)', re.DOTALL)
_OLD_PICTURE = re.compile(r'<div class="jsm-static">(.*?)</div>(?:</div>|<script)', re.DOTALL)


class JsmodelExporter(HTMLExporter):
    """HTML in which jsmodel's views are alive, with runtime and code stored once."""

    export_from_notebook = "HTML with jsmodel views"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        # The last one: it sees the outputs that --execute has made.
        self.register_preprocessor(_take_out, enabled=True)  # type: ignore[no-untyped-call]

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook; the one that is given stays as it is."""
        page, resources = super().from_notebook_node(nb, resources, **kwargs)
        code = resources.pop(_CODE)
        if self.sanitize_html:
            return page, resources  # what is left are the pictures
        before, end, after = page.rpartition("</body>")
        return (f"{before}{code}{end}{after}" if end else page + code), resources


def _take_out(notebook: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
    """Make the outputs smaller; what the document ends with is in the resources then."""
    resources[_CODE] = _Document(notebook).code()
    return notebook, resources


class _Document:
    """A notebook of which the outputs are made smaller, and what was taken out of them."""

    def __init__(self, notebook: NotebookNode) -> None:
        self.notebook = notebook
        self._code: dict[str, dict[str, Any]] = {}  # by session
        self._newest: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}  # by session and model
        views = []
        for outputs, index in _ours(notebook):
            if outputs[index].data[MIME].get("kind") == "view":
                views.append((outputs, index, self._read(outputs[index].data)))
            else:
                self._read(outputs[index].data)
                _replace(outputs, index, "")
        for outputs, index, stored in views:
            _replace(outputs, index, self._slim(*stored) if stored is not None else _dead(outputs[index].data))
        self._alive = any(stored is not None for *_, stored in views)

    def code(self) -> str:
        """What the document ends with."""
        return code_html(self._code.values(), runtime_asset("alone").text) if self._alive else ""

    def _read(self, data: Any) -> tuple[dict[str, Any], str] | None:
        """Take note of what an output holds; returns what it says of its view, and its picture."""
        fragments, picture = _read_html(data)
        view = None
        for fragment in fragments:
            if not _is_sound(fragment):
                return None
            key, code = fragment["key"], fragment.get("code")
            if code is not None:
                if key not in self._code or len(code) > len(self._code[key]["code"]):
                    self._code[key] = {"v": VERSION, "key": key, "code": code}
                continue
            view = fragment
            for state in fragment.get("models", ()):
                place = (key, state["id"])
                if fragment["at"] >= self._newest.get(place, (0, {}))[0]:
                    self._newest[place] = (fragment["at"], state)
        return (view, picture) if view is not None and picture is not None else None

    def _slim(self, view: dict[str, Any], picture: str) -> str:
        """The element of a view, without the values that stand in another one."""
        buffers: list[str] = []
        models = []
        for state in view.get("models", ()):
            if self._newest[view["key"], state["id"]][1] is state:
                models.append(_renumber(state, view["buffers"], buffers))
        if "root" in view:
            view = {**view, "models": models, "buffers": buffers}
        return view_html(view, picture)


def _ours(notebook: NotebookNode) -> Iterator[tuple[list[NotebookNode], int]]:
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        for index, output in enumerate(outputs):
            if isinstance(output.get("data", {}).get(MIME), dict):
                yield outputs, index


def _replace(outputs: list[NotebookNode], index: int, text: str) -> None:
    """Put HTML in the place of an output."""
    metadata = outputs[index].get("metadata", {})
    outputs[index] = new_output("display_data", {"text/html": text}, metadata=metadata)  # type: ignore[no-untyped-call]


def _dead(data: Any) -> str:
    """What is left of an output that cannot be read: its picture, or its line of text."""
    found = _PICTURE.search(_text(data)) or _OLD_PICTURE.search(_text(data))
    picture = found[1] if found is not None else f"<pre>{html.escape(str(data.get('text/plain', '')))}</pre>"
    return f'<div class="jsm-static">{picture}</div>{OLD}'


def _is_sound(fragment: Any) -> bool:
    """Whether a fragment is one of ours, of this version."""
    if not (isinstance(fragment, dict) and fragment.get("v") == VERSION and isinstance(fragment.get("key"), str)):
        return False
    if "code" in fragment:
        return isinstance(fragment["code"], list)
    models, buffers = fragment.get("models", []), fragment.get("buffers", [])
    if not (isinstance(fragment.get("at"), int) and isinstance(models, list) and isinstance(buffers, list)):
        return False
    try:
        _renumber(models, buffers, [])
    except (LookupError, TypeError):
        return False
    return all(isinstance(state, dict) and isinstance(state.get("id"), str) for state in models)


def _renumber(value: Any, old: list[str], new: list[str]) -> Any:
    """A copy of encoded values that has its buffers in another list."""
    if isinstance(value, list):
        return [_renumber(v, old, new) for v in value]
    if not isinstance(value, dict):
        return value
    if value.get("$") in ("a", "b"):
        new.append(old[value["i"]])
        return {**value, "i": len(new) - 1}
    return {k: _renumber(v, old, new) for k, v in value.items()}


def _read_html(data: Any) -> tuple[list[Any], str | None]:
    """The fragments that stand in the HTML of an output, and the picture of its view."""
    text = _text(data)
    fragments: list[Any] = []
    for match in _FRAGMENT.finditer(text):
        try:
            fragments.append(json.loads(match[1]))
        except (ValueError, RecursionError):
            fragments.append(None)
    picture = _PICTURE.search(text)
    return fragments, picture[1] if picture is not None else None


def _text(data: Any) -> str:
    """The HTML of an output; files have it in lines."""
    found = data.get("text/html", "")
    return found if isinstance(found, str) else "".join(found)
