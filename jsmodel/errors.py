"""Every error of jsmodel, with its words.

    JsmodelError
    ├── PropertyError (ValueError)       a wrong value for a property
    ├── UnknownProperty (AttributeError) a property nobody declared
    ├── ReadonlyError (AttributeError)   a property set from the wrong place
    ├── ClassError (TypeError)           a class that cannot be a Model
    ├── ConnectionStringError (ValueError)
    ├── ValueNotSendable (TypeError)     a value that cannot cross over
    ├── TranspileError (SyntaxError)     JS code that cannot run in the browser
    ├── ScopeError (NameError)           a name the browser would not know
    ├── CircularError (ImportError)      code that would have to be there before itself
    ├── ProtocolError                    a message that is malformed or forged
    ├── TransportClosed                  a message for a client that left
    ├── QueueFull                        more events than a client can take
    ├── CallError                        a call across failed
    ├── AssetError (ValueError)          a clash, a bad name, a missing source
    ├── AppError (ValueError)            a bad app, or a bad name for one
    ├── ExportError (ValueError)         a page that cannot be written
    ├── ServerError (RuntimeError)       a taken port, start() twice ...
    ├── JSError                          an exception of code that ran in JS, for tests
    │   └── JSTimeout (TimeoutError)     code that does not end
    ├── NotSettled (TimeoutError)        handlers that do not end, for tests
    ├── NodeError (RuntimeError)         there is no Node to run JS in
    └── NotebookError (RuntimeError)     init_notebook() in the wrong place

Each message says in three sentences what happened, why, and what to do. The
class knows its words, so that the places that raise stay one line.
"""

from __future__ import annotations

import difflib
import os.path
import sys
import types
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = [
    "AppError",
    "AssetError",
    "CallError",
    "CircularError",
    "ClassError",
    "ConnectionStringError",
    "ExportError",
    "JSError",
    "JSTimeout",
    "JsmodelError",
    "NodeError",
    "NotSettled",
    "NotebookError",
    "PropertyError",
    "ProtocolError",
    "QueueFull",
    "ReadonlyError",
    "ScopeError",
    "ServerError",
    "TranspileError",
    "TransportClosed",
    "UnknownApp",
    "UnknownProperty",
    "ValueNotSendable",
    "brief",
    "file_name",
    "full_name",
    "near",
    "own_frames",
    "sentence",
]

_HERE = os.path.dirname(__file__)


def near(word: str, words: Iterable[str]) -> str:
    """A sentence that names what was probably meant, or an empty string."""
    known = sorted(set(words))
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if not close:
        folded = {w.lower(): w for w in known}
        close = [folded[word.lower()]] if word.lower() in folded else []
    return f" Did you mean {close[0]!r}?" if close else ""


def brief(value: Any, limit: int = 60) -> str:
    """A value as people read it in a sentence: its type and a short repr."""
    try:
        text = repr(value)
    except Exception:
        text = "…"
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return f"the {type(value).__name__} {text}"


class JsmodelError(Exception):
    """What all errors of jsmodel have in common."""


class PropertyError(JsmodelError, ValueError):
    """A wrong value for a property; nothing was changed."""

    def __init__(self, owner: str, name: str, value: Any, *, expected: str = "", reason: str = "") -> None:
        self.owner, self.prop = owner, name
        what = (
            f"{owner}.{name} expected {expected}, not {brief(value)}."
            if expected
            else f"{owner}.{name} refused {brief(value)}."
        )
        super().__init__(f"{what} {reason}".strip())


class UnknownProperty(JsmodelError, AttributeError):
    """A property that the class did not declare."""

    def __init__(self, owner: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        hint = near(str(name), known) or (f" It has: {', '.join(known)}." if known else " It has no properties.")
        super().__init__(f"{owner} has no property {name!r}.{hint}")


class ReadonlyError(JsmodelError, AttributeError):
    """A readonly property, or one of the other side, was set."""

    def __init__(self, owner: str, name: str, *, why: str = "it is readonly") -> None:
        super().__init__(
            f"'{owner}.{name}' cannot be set: {why}. "
            f"Inside the class, on the side that declares it, use self._set_prop({name!r}, value)."
        )


class ClassError(JsmodelError, TypeError):
    """A class body that does not make a Model."""


class ConnectionStringError(JsmodelError, ValueError):
    """A connection string that is malformed or leads nowhere."""


class ValueNotSendable(JsmodelError, TypeError):
    """A value that cannot cross between Python and the browser."""

    def __init__(self, value: Any, path: str = "", *, why: str = "") -> None:
        where = f" at {path}" if path else ""
        super().__init__(
            f"Cannot send {brief(value)}{where} to the browser{': ' + why if why else ''}. "
            "Only None, bool, int, float, str, bytes, list, tuple, dict with str keys, datetime, NumPy arrays and Models cross over. "
            "Convert it first, or keep it in a Python-only property."
        )


class TranspileError(JsmodelError, SyntaxError):
    """Python that cannot run in the browser; shown like a SyntaxError, with the place."""

    def __init__(
        self,
        what: str,
        *,
        filename: str | None = None,
        lineno: int | None = None,
        span: tuple[int, int, int] | None = None,
        text: str | None = None,
        instead: str = "",
    ) -> None:
        """What cannot run, and where.

        Args:
            what: The first sentence, without its full stop.
            filename: The file or notebook cell.
            lineno: The line in it.
            span: The character in the line where it begins, and line and character where it ends; characters count from 0.
            text: The line.
            instead: What to write instead.
        """
        place = f" ({file_name(filename)}, line {lineno})" if filename and lineno else ""
        message = f"{what}{place}."
        if instead:
            message += f" {instead}"
        if text is None or span is None:
            SyntaxError.__init__(self, message, (filename, lineno, None, text))
            return
        start, end_line, end = span
        # The caret counts characters, and a tab takes more room than one; before the first letter Python cuts it off.
        inner = text.lstrip()
        text = text[: len(text) - len(inner)] + inner.replace("\t", " ")
        SyntaxError.__init__(self, message, (filename, lineno, start + 1, text, end_line, end + 1))

    def __str__(self) -> str:
        return str(self.msg)  # it names the place itself


class ScopeError(JsmodelError, NameError):
    """A name used in JS code that the browser would not know."""

    def __init__(
        self, name: str, *, user: str, place: str = "", why: str = "", known: Iterable[str] = (), instead: str = ""
    ) -> None:
        reason = why or "it is not defined in the module, and it is not a name that browsers know"
        super().__init__(
            f"{user} uses {name!r}{' (' + place + ')' if place else ''}, but this code runs in the browser and {reason}."
            f"{near(name, known)} "
            + (instead or "Define it at module level, import it, or get browser things through 'window'.")
        )
        self.filename: str | None = None
        self.lineno: int | None = None
        self.text = ""
        self.span = (0, 0)  # the characters of the line, from 0

    def locate(self, filename: str, lineno: int, text: str, start: int, end: int) -> None:
        """Say where it is, as a SyntaxError does: below the words, the line is shown, with carets under the name.

        Args:
            filename: The file or notebook cell.
            lineno: The line in it.
            text: The line.
            start: The first character of the name in it, from 0.
            end: The character after the last.
        """
        if self.filename is not None:
            return
        self.filename, self.lineno, self.text, self.span = filename, lineno, text, (start, end)
        inner = text.strip()
        start, end = start - text.index(inner), end - text.index(inner)
        blank = "".join(char if char == "\t" else " " for char in inner[:start])
        note = f'  File "{full_name(filename)}", line {lineno}\n    {inner}\n    {blank}{"^" * (end - start)}'
        if sys.version_info >= (3, 11):
            self.add_note(note)
        else:
            self.__notes__ = [note]

    def __str__(self) -> str:
        # Python 3.10 shows no notes.
        notes = [] if sys.version_info >= (3, 11) else getattr(self, "__notes__", [])
        return "\n".join([str(self.args[0]), *notes])


class CircularError(JsmodelError, ImportError):
    """Code for the browser that would have to be there before itself.

    Args:
        way: The way from a thing to itself, over what each needs to be made: what it is called, and where it is.
        modules: The modules of these.
    """

    def __init__(self, way: Sequence[tuple[str, str]], modules: Sequence[str]) -> None:
        steps = " → ".join(f"{name} ({place})" if place else name for name, place in way)
        homes = [module for i, module in enumerate(modules) if i == 0 or module != modules[i - 1]]
        around = f" The modules go round in a circle: {' → '.join(homes)}." if len(homes) > 1 else ""
        super().__init__(
            f"{way[0][0]} cannot be made in the browser, since it needs itself: {steps}.{around} "
            "Base classes, values in a class or in a value, default values, and what the top level of a module with __pyscript__ = True uses must be there before. "
            "Use one of them in a function instead, which looks it up when it is called, or move what both need into a module of its own."
        )


class ProtocolError(JsmodelError):
    """A message that is malformed, too large or forged. Nothing was changed."""


class TransportClosed(JsmodelError):
    """A message was sent after the client left."""

    def __init__(self, transport: str, *, doing: str) -> None:
        super().__init__(
            f"Could not {doing}: the {transport} connection is closed. "
            "The page was closed or reloaded, or the kernel restarted. "
            "Nothing is lost: the client gets the current state when it comes back."
        )


class QueueFull(JsmodelError):
    """More events and calls wait for a client than it can be asked to take."""

    def __init__(self, limit: int, *, what: str = "events and calls") -> None:
        if what == "events and calls":
            super().__init__(
                f"More than {limit:,} {what} wait for a page that does not keep up, so they were dropped. "
                "Properties are not affected: the page gets their current values. "
                "Emit fewer events, or put what must arrive into a property."
            )
        else:
            super().__init__(
                f"More than {limit:,} {what} would wait for a page, so the last were not taken. "
                f"The page does not keep up, or is away. Wait for what was sent, as in 'await self.{'js.method()' if what == 'calls' else 'send_data(…)'}', before you send more."
            )


class CallError(JsmodelError):
    """A method called on the other side failed, or does not exist."""


class AssetError(JsmodelError, ValueError):
    """An asset that clashes, has a bad name or has no source."""


class AppError(JsmodelError, ValueError):
    """Something that cannot be served, or a bad name for an app."""


class UnknownApp(AppError):
    """No app of that name is served."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        served = f" Served are: {', '.join(known)}." if known else " No app is served yet."
        super().__init__(
            f"There is no app named {name!r}.{near(name, known) or served} Register it with app.serve(TheClass, {name!r})."
        )


class ExportError(JsmodelError, ValueError):
    """A model that cannot be exported, or a page that cannot be written. Nothing was left behind."""


class ServerError(JsmodelError, RuntimeError):
    """The server cannot do that now."""


class JSError(JsmodelError):
    """An exception that Python code raised when it ran in JS.

    Attributes:
        py_type: The name of the Python exception: 'ZeroDivisionError'.
        message: What it says: 'division by zero'.
        traceback: The traceback as Python writes it, with the lines of the Python code.
    """

    def __init__(self, py_type: str, message: str, traceback: str = "") -> None:
        self.py_type, self.message = py_type, message
        self.traceback = traceback or f"{py_type}: {message}".removesuffix(": ")
        super().__init__(f"The code failed in JS.\n\n{self.traceback}")


class JSTimeout(JSError, TimeoutError):
    """Code that ran in JS did not end in time, and was stopped."""

    def __init__(self, seconds: float) -> None:
        message = (
            f"it did not end within {seconds:g} seconds, and was stopped. It loops for ever, or needs longer. "
            "Look at its loops, or give it more time: run_js(..., timeout=60)."
        )
        super().__init__("TimeoutError", message)


class NotSettled(JsmodelError, TimeoutError):
    """Handlers had not come to an end when a test wanted them to."""

    def __init__(self, slow: list[str], seconds: float | None = None) -> None:
        when = "when the block ended" if seconds is None else f"after {seconds:g} seconds"
        if not slow:
            super().__init__(
                f"Events still waited {when}. Handlers set each other off for ever. Look at what each of them changes."
            )
            return
        what = f"The async {slow[0]} had not ended {when}."
        if seconds is None:
            super().__init__(
                f"{what} A plain 'with' cannot wait inside of an async function. Write 'async with settled()'."
            )
        else:
            super().__init__(
                f"{what} It waits for something that does not come, or needs longer. Let that come in the block, or write settled(timeout=60)."
            )


class NodeError(JsmodelError, RuntimeError):
    """Node, which runs JS outside of the browser, is not there or failed."""


class NotebookError(JsmodelError, RuntimeError):
    """init_notebook() was called where there is no notebook."""


def sentence(err: BaseException) -> str:
    """What an error says, without the line of code that it shows."""
    return str(err.args[0]) if isinstance(err, ScopeError) else str(err)


def own_frames(err: BaseException) -> types.TracebackType | None:
    """The traceback of an error from the person's own code on; ours says nothing to them."""
    frame = err.__traceback__
    while frame is not None and frame.tb_next is not None and frame.tb_frame.f_code.co_filename.startswith(_HERE):
        frame = frame.tb_next
    return frame


def full_name(filename: str) -> str:
    """How tracebacks call a source file: its path, or the number of a notebook cell."""
    name = file_name(filename)
    return name if name.startswith("In[") else filename


def file_name(filename: str | None) -> str:
    """How people call a source file: its last part, or the number of a notebook cell."""
    if not filename:
        return "?"
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    cell = getattr(getattr(shell, "compile", None), "_filename_map", {}).get(filename)
    if cell is not None:
        return f"In[{cell}]"
    return filename if filename.startswith("<") else filename.replace("\\", "/").rsplit("/", 1)[-1]
