"""Model: a class with a Python side and a JS side, and the metaclass that tells them apart.

A model asks a small `Host` to reach its other side; sessions are hosts, and this
module knows nothing of them.
"""

from __future__ import annotations

import inspect
import logging
import sys
import threading
import types
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any, Protocol, cast

import traitlets
from traitlets import TraitType

from .arguments import place
from .errors import CallError, ClassError, JsmodelError, PropertyError, ReadonlyError, TranspileError, file_name, near
from .event.handlers import Connect, Event
from .event.hasevents import HasEvents, HasEventsMeta, Origin
from .event.loop import loop
from .event.properties import Emitter, Prop, is_followed
from .protocol import check_sendable
from .reply import Reply
from .transfer import prepare

__all__ = ["Host", "Model", "Reply", "default_host", "exposed", "get_active_model", "is_being_made"]

log = logging.getLogger("jsmodel")

_host: ContextVar[Host | None] = ContextVar("jsmodel_host", default=None)  # of the model whose handler runs
_active: ContextVar[tuple[_Block, ...]] = ContextVar("jsmodel_active_models", default=())


class Host(Protocol):
    """What a model needs of its session."""

    id: str

    def add(self, model: Model) -> str:
        """Take a model in, and give it its id."""

    def remove(self, model: Model) -> None:
        """Let go of a model, on both sides."""

    def changed(self, model: Model, name: str, value: Any) -> None:
        """A property of `Both` has a new value."""

    def emitted(self, model: Model, type_: str, event: Event) -> None:
        """An emitter of `Both` fired."""

    def listening(self, model: Model) -> None:
        """Which emitters of `Both` the Python side listens to has changed."""

    def call(self, model: Model, name: str, args: list[Any], kwargs: dict[str, Any]) -> Reply:
        """Call a method of the JS side."""

    def send_data(self, model: Model, data: memoryview | str, meta: dict[str, Any]) -> Reply:
        """Send bytes, or the URL to have them from, to the JS side."""

    def display(self, model: Model) -> dict[str, Any]:
        """The MIME bundle that shows a model in a notebook."""

    def display_now(self, model: Model) -> bool:
        """Display a model, if this host does that itself."""


class _Nowhere:
    """The host of a probe: nothing that happens there is seen by anybody."""

    id = ""

    def add(self, model: Model) -> str:
        return "m0"

    def remove(self, model: Model) -> None: ...

    def changed(self, model: Model, name: str, value: Any) -> None: ...

    def emitted(self, model: Model, type_: str, event: Event) -> None: ...

    def listening(self, model: Model) -> None: ...

    def call(self, model: Model, name: str, args: list[Any], kwargs: dict[str, Any]) -> Reply:
        return Reply(name)

    def send_data(self, model: Model, data: memoryview | str, meta: dict[str, Any]) -> Reply:
        return Reply("data")

    def display(self, model: Model) -> dict[str, Any]:
        return {}

    def display_now(self, model: Model) -> bool:
        return False


#: Gives the host of a model that has no other; `session.py` puts it here.
default_host: list[Callable[[], Host]] = []

#: Called when a class was defined again; `session.py` puts it here.
on_redefined: list[Callable[[], None]] = []


def get_active_model() -> Model | None:
    """The model of the innermost `with model:` block, or whose `init` is running; else None."""
    return next((block.model for block in reversed(_active.get()) if not block.forgotten), None)


def is_being_made(model: Model) -> bool:
    """Whether this is called, at whatever distance, by the `init` of `model`."""
    return not model._jsm_made and any(block.model is model for block in _active.get())


class _Block:
    """A `with model:` block that is open."""

    __slots__ = ("closed", "forgotten", "model", "place", "thread", "token")

    token: Token[tuple[_Block, ...]]

    def __init__(self, model: Model, place: str = "") -> None:
        self.model = model
        self.place = place
        self.thread = threading.get_ident()
        self.closed = self.forgotten = False

    def check(self) -> None:
        """A turn of the loop begins: this must be closed by now."""
        if not self.closed and self.thread == threading.get_ident():
            self.forgotten = True
            raise RuntimeError(
                f"The block 'with {self.model!r}:'{self.place} was still open when the event loop went on. "
                "Handlers of others would run inside of it. Close it first: await, and handle events, outside of the block."
            )


def exposed(func: Callable[..., Any]) -> Callable[..., Any]:
    """Let the JS side call this method, as `await self.py.method(...)`. Nothing else can be called from there."""
    func._jsm_exposed = True  # type: ignore[attr-defined]
    return func


class _JSProxy:
    """`model.js`: each attribute is a method of the JS side."""

    __slots__ = ("_model",)

    def __init__(self, model: Model) -> None:
        self._model = model

    def __repr__(self) -> str:
        return f"<the JS side of {self._model!r}>"

    def __getattr__(self, name: str) -> Callable[..., Reply]:
        model = self._model
        known = type(model)._jsm_js_methods
        if name not in known:
            raise AttributeError(
                f"The JS side of {type(model).__name__} has no method {name!r}.{near(name, known)} Define it in 'class JS'."
            )

        def call(*args: Any, **kwargs: Any) -> Reply:
            __tracebackhide__ = True  # IPython and pytest leave such frames out
            if model._jsm_disposed:
                raise CallError(
                    f"{model._jsm_label}.JS.{name}() was not called: the model was disposed. Its two sides are gone. Make another one."
                )
            placed, named = place(known[name], f"{type(model).__name__}.JS.{name}", args, kwargs)
            for index, arg in enumerate(placed):
                check_sendable(arg, f"argument {index}")
            for key, arg in named.items():
                check_sendable(arg, f"argument {key!r}")
            return model._jsm_host.call(model, name, placed, named)

        call.__name__, call.__qualname__, call.__doc__ = name, f"{type(model).__name__}.JS.{name}", known[name].__doc__
        return call

    def __dir__(self) -> list[str]:
        """What an editor offers after `model.js.`."""
        return [name for name in type(self._model)._jsm_js_methods if not name.startswith("_")]


_SKIP = frozenset(
    "__module__ __qualname__ __doc__ __dict__ __weakref__ __annotations__ __firstlineno__ __static_attributes__ __annotate__ __annotate_func__".split()
)


class ModelMeta(HasEventsMeta):
    """Takes `class Both` and `class JS` out of a class body, and makes its two sides."""

    _jsm_both: dict[str, TraitType[Any, Any]]  # synced properties
    _jsm_both_emitters: frozenset[str]
    _jsm_js_methods: dict[str, types.FunctionType]  # what `model.js` can call

    def __new__(mcs, name: str, bases: tuple[type, ...], ns: dict[str, Any], **kwargs: Any) -> ModelMeta:
        both = _members(name, "Both", ns.pop("Both", None))
        js = _members(name, "JS", ns.pop("JS", None))
        _check_clashes(name, ns, both, js)
        _check_bases(name, bases)
        _check_names(name, next((b for b in bases if isinstance(b, ModelMeta)), None), ns, both, js)
        cell = types.CellType()
        for key, value in both.items():
            if isinstance(value, type):
                raise ClassError(
                    f"{name}.Both.{key} is a class. Both sides can share properties, emitters, handlers, methods and constants. Define the class at module level."
                )
            ns[key] = _with_class(value, cell)
        synced = dict(next((b._jsm_both for b in bases if isinstance(b, ModelMeta)), {}))
        for key in ns:
            synced.pop(key, None)
        synced.update({k: v for k, v in both.items() if isinstance(v, TraitType)})
        cls = cast("ModelMeta", super().__new__(mcs, name, bases, ns, **kwargs))
        cell.cell_contents = cls
        cls._jsm_both = synced
        base = next((b for b in bases if isinstance(b, ModelMeta)), None)
        emitters = {k for k, v in both.items() if isinstance(v, Emitter)}
        cls._jsm_both_emitters = frozenset(emitters | (base._jsm_both_emitters if base else frozenset()))
        if base is not None:  # Model itself is in the runtime
            from .transpile.modules import linker

            try:
                code = _transpile(cls, base, ns, both, js)
            except TranspileError as err:
                raise err.with_traceback(None) from None  # what counts is the user's line
            cls._jsm_js = code  # type: ignore[attr-defined]
            functions = {key: getattr(value, "func", value) for members in (both, js) for key, value in members.items()}
            names = [*code.methods, *(e.name for e in code.emitters)]
            cls._jsm_js_methods = base._jsm_js_methods | {key: functions[key] for key in names}
            if linker.register(cls):
                for redefined in on_redefined:
                    redefined()
        else:
            cls._jsm_js_methods = {}
        return cls


def _members(name: str, which: str, body: type | None) -> dict[str, Any]:
    if body is None:
        return {}
    if not isinstance(body, type):
        raise ClassError(
            f"{name}.{which} must be a class, not {type(body).__name__}. What it holds lives on {'both sides' if which == 'Both' else 'the JS side'}. Write 'class {which}:'."
        )
    if body.__bases__ != (object,):
        raise ClassError(
            f"'class {which}' of {name} has base classes. The JS side inherits by itself, as the Python class does. Write 'class {which}:'."
        )
    members = {k: v for k, v in vars(body).items() if k not in _SKIP}
    for key in members:
        if key.startswith("__"):
            raise ClassError(
                f"{name}.{which}.{key} cannot be defined there. The machinery makes the JS objects. Put what it should do into 'def init(self)'."
            )
    return members


def _with_class(value: Any, cell: types.CellType) -> Any:
    """Let super() in a function of `class Both` mean the model, not `Both`."""
    func = value if inspect.isfunction(value) else getattr(value, "func", None)
    if not inspect.isfunction(func) or "__class__" not in func.__code__.co_freevars:
        return value
    closure = tuple(
        cell if name == "__class__" else old
        for name, old in zip(func.__code__.co_freevars, func.__closure__ or (), strict=True)
    )
    new = types.FunctionType(func.__code__, func.__globals__, func.__name__, func.__defaults__, closure)
    new.__dict__.update(func.__dict__)
    new.__kwdefaults__, new.__doc__, new.__qualname__ = func.__kwdefaults__, func.__doc__, func.__qualname__
    if value is func:
        return new
    value.func = new
    return value


def _place(value: Any) -> str:
    func = getattr(value, "func", value)
    code = getattr(func, "__code__", None)
    return f" ({file_name(code.co_filename)}, line {code.co_firstlineno})" if code else ""


def _check_clashes(name: str, ns: dict[str, Any], both: dict[str, Any], js: dict[str, Any]) -> None:
    for other, where in ((ns, "its Python body"), (js, "its 'class JS'")):
        for key in both:
            if key in other and key not in ("init",):
                raise ClassError(
                    f"{name} defines {key!r} twice: in 'class Both'{_place(both[key])} and in {where}{_place(other[key])}. "
                    "What is in 'class Both' is on both sides already. Remove one of them, or rename it."
                )
    for key in both:
        if key == "init":
            raise ClassError(
                f"{name} defines 'init' in 'class Both'. Each side has an init of its own. Put it into the Python body, or into 'class JS'."
            )


def _check_bases(name: str, bases: tuple[type, ...]) -> None:
    models = [b for b in bases if isinstance(b, ModelMeta)]
    for other in models[1:]:
        if not issubclass(models[0], other):
            raise ClassError(
                f"{name} inherits from two Models, {models[0].__name__} and {other.__name__}. JS classes have one base class. "
                f"Make {other.__name__} a base of {models[0].__name__}, or an attribute of {name}."
            )
    for base in bases:
        for cls in base.__mro__:
            if not isinstance(cls, ModelMeta) and isinstance(vars(cls).get("Both", vars(cls).get("JS")), type):
                raise ClassError(
                    f"{name} inherits from {cls.__name__}, which has 'class Both' or 'class JS' and is no Model. Only a Model's are sent to the browser. "
                    f"Write 'class {cls.__name__}(app.Model)'."
                )


#: What the machinery, or traitlets, has under these names must stay; methods of the first kind may be extended with super().
_EXTENDABLE = frozenset(["dispose", "init"])
_OURS = frozenset(["id", "session", "js", "py", "connect", "disconnect", "emit", "send_data"])


def _check_names(
    name: str, base: ModelMeta | None, ns: dict[str, Any], both: dict[str, Any], js: dict[str, Any]
) -> None:
    if base is None:
        return
    root = [c for c in base.__mro__ if isinstance(c, ModelMeta)][-1]
    taken = {n for n in dir(root) if not n.startswith("_")} | _OURS | {"constructor"}
    taken |= getattr(base, "_jsm_reserved", frozenset())
    in_js = (_OURS - {"js"}) | {"constructor", *getattr(base, "_jsm_reserved", ())}
    for where, members, forbidden in (
        ("'class Both'", both, taken),
        ("'class JS'", js, in_js),
        ("its body", ns, _OURS),
    ):
        for key, value in members.items():
            if members is not ns and key.startswith("_jsm_") and not str(ns.get("__module__")).startswith("jsmodel."):
                raise ClassError(
                    f"{name} defines {key!r} in {where}. Names that begin with _jsm_ are the machinery's. Rename it."
                )
            wrong = key in forbidden and not (key in _EXTENDABLE and inspect.isfunction(value))
            if wrong or (key == "dispose" and not inspect.isfunction(value)):
                raise ClassError(
                    f"{name} defines {key!r} in {where}{_place(value)}. Every Model has something under that name already, and needs it. Rename yours."
                )
            if members is not both and (key in base._jsm_both or key in base._jsm_both_emitters):
                raise ClassError(
                    f"{name} defines {key!r} in {where}{_place(value)}, and {base.__name__} has it on both sides. "
                    "On one side only, the two would no longer agree. Put it into 'class Both'."
                )
    if inspect.iscoroutinefunction(ns.get("init")):
        raise ClassError(
            f"{name}.init is an 'async def'{_place(ns['init'])}. A model is complete when its init returns, so it cannot be awaited. "
            "Make it a 'def', and await in a handler, or in a task that it starts."
        )


def _transpile(cls: ModelMeta, base: ModelMeta, ns: dict[str, Any], both: dict[str, Any], js: dict[str, Any]) -> Any:
    """Make the JS side of `cls`: only what it adds to its base."""
    from .transpile.classes import ClassJS, EmitterJS, HandlerJS, PropJS, js_literal
    from .transpile.code import transpile_function

    code = ClassJS(
        module=cls.__module__,
        qualname=cls.__qualname__,
        label=cls.__name__,
        base=base if "_jsm_js" in vars(base) else None,
    )
    code.css = str(ns.get("CSS", "") or js.get("CSS", ""))
    functions: list[types.FunctionType] = []

    def function(func: Any, side: str, key: str) -> Any:
        functions.append(func)
        return transpile_function(func, label=f"{cls.__name__}.{side}.{key}", method=True)

    for side, members in (("Both", both), ("JS", js)):
        for key, value in members.items():
            if key == "CSS":
                continue
            if isinstance(value, Prop):
                owner = "py" if side == "Both" else "js"
                validate = function(value.func, side, key)
                code.props.append(
                    PropJS(
                        key,
                        side.lower(),
                        validate=validate,
                        has_default=value.has_default,
                        readonly=value.readonly,
                        owner=owner,
                    )
                )
            elif isinstance(value, TraitType):
                initial = _js_initial(value) if side == "JS" else None
                code.props.append(
                    PropJS(
                        key,
                        side.lower(),
                        type=_type_spec(value),
                        initial=initial,
                        readonly=value.read_only,
                        owner="py" if side == "Both" else "js",
                    )
                )
            elif isinstance(value, Emitter):
                code.emitters.append(EmitterJS(key, side.lower(), function(value.func, side, key)))
            elif isinstance(value, Connect):
                code.handlers.append(HandlerJS(key, value.strings))
                code.methods[key] = function(value.func, side, key)
            elif inspect.isfunction(value):
                code.methods[key] = function(value, side, key)
            else:
                try:
                    js_literal(value)
                except TypeError as err:
                    raise ClassError(
                        f"{cls.__name__}.{side}.{key} cannot be sent to the browser: {err}. Class attributes of the JS side are constants. "
                        "Use JSON-able values, or a property."
                    ) from err
                code.constants[key] = value
    for func in functions:
        code.globals = func.__globals__
        for cell, value in zip(func.__code__.co_freevars, func.__closure__ or (), strict=True):
            if cell != "__class__":
                code.closure[cell] = _Cell(value)
    code.closure = _Closure(code.closure)
    return code


class _Cell:
    """A variable of the function around a class; it is read when the code is linked."""

    def __init__(self, cell: Any) -> None:
        self.cell = cell


class _Closure(dict[str, Any]):
    """Cells by name; looks like a dict of their contents."""

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        return value.cell.cell_contents if isinstance(value, _Cell) else value

    def __contains__(self, name: object) -> bool:
        try:
            return super().__contains__(name) and (self[str(name)], True)[1]
        except ValueError:  # the cell is still empty
            return False


def _js_initial(trait: TraitType[Any, Any]) -> Any:
    value = trait.default()
    return None if value is traitlets.Undefined else value


def _type_spec(trait: TraitType[Any, Any]) -> dict[str, Any]:
    """What the JS side checks for a trait; Python has the last word anyway."""
    t = traitlets
    spec: dict[str, Any] = {"kind": "any"}
    if isinstance(trait, t.Bool):
        spec = {"kind": "bool"}
    elif isinstance(trait, (t.Int, t.Float)):
        spec = {"kind": "int" if isinstance(trait, t.Int) else "float"}
        for field, key in (("min", "min"), ("max", "max")):
            bound = getattr(trait, field, None)
            if bound is not None and abs(bound) != float("inf"):
                spec[key] = bound
    elif isinstance(trait, t.Unicode):
        spec = {"kind": "str"}
    elif isinstance(trait, t.Bytes):
        spec = {"kind": "bytes"}
    elif isinstance(trait, t.Enum) and isinstance(trait.values, (list, tuple)):
        spec = {"kind": "enum", "values": list(trait.values)}
    elif isinstance(trait, t.Union):
        spec = {"kind": "union", "options": [_type_spec(o) for o in trait.trait_types]}
    elif isinstance(trait, t.Tuple):
        spec = {"kind": "tuple"}
    elif isinstance(trait, t.List):
        spec = {"kind": "list"}
        if isinstance(trait._trait, TraitType):
            spec["item"] = _type_spec(trait._trait)
    elif isinstance(trait, t.Dict):
        spec = {"kind": "dict"}
    elif isinstance(trait, t.Instance) and isinstance(trait.klass, type) and issubclass(trait.klass, HasEvents):
        code = vars(trait.klass).get("_jsm_js")
        spec = {"kind": "instance", "cls": code.key if code is not None else "jsmodel:Model"}
    if trait.allow_none:
        spec["none"] = True
    if spec["kind"] == "enum":
        from .transpile.classes import js_literal

        try:
            js_literal(spec["values"])
        except TypeError:
            spec = {"kind": "any"}
    return spec


def _check_same_session(owner: Model, name: str, value: Any) -> None:
    """A model of another session has no twin in this one's pages."""
    if isinstance(value, Model):
        if value._jsm_disposed:
            raise PropertyError(owner._jsm_label, name, value, reason="It was disposed. Make another one.")
        if value._jsm_host is not owner._jsm_host:
            raise PropertyError(
                owner._jsm_label,
                name,
                value,
                reason="It belongs to another session, whose pages are others. Make it inside of 'with self:', or send its values.",
            )
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_same_session(owner, name, item)
    elif isinstance(value, dict):
        for item in value.values():
            _check_same_session(owner, name, item)


class Model(HasEvents, metaclass=ModelMeta):
    """An object with a Python side and a JS side that stay in sync.

    What is in the class body is Python's. `class JS` is Python that runs in the
    browser. `class Both` is on both sides; its properties are synced.

    Args:
        init_args: Handed to `init`.
        session: The session it belongs to; by default that of the enclosing
            `with model:` block, or else the process's own.
        values: Initial values of properties.
    """

    _jsm_host: Host
    _jsm_made = False  # whether construction is over

    def __init__(self, *init_args: Any, session: Host | None = None, **values: Any) -> None:
        super(HasEvents, self).__init__()
        self._jsm_links = {}
        self._jsm_methods = {}
        self._jsm_validating = set()
        self._jsm_disposed = False
        self._jsm_born = loop.round
        if session is not None and not hasattr(session, "add"):
            raise TypeError(
                f"{type(self).__name__} got {session!r} as its session. A session holds the models of one app. Give the session of another model, or none."
            )
        parent = get_active_model()
        host = session or (parent._jsm_host if parent is not None else _host.get() or default_host[0]())
        self._jsm_host = host
        try:
            self._jsm_id = host.add(self)
        except JsmodelError as err:
            raise err.with_traceback(None) from None  # what counts is the person's line, and ours are no help
        ready = False  # whether the properties have their values
        self._jsm_born = loop.begin()
        try:
            self._jsm_set_up(values)
            ready = True
            self._jsm_enter(_Block(self))
            try:
                self.init(*init_args)
            finally:
                self.__exit__()
            self._jsm_connect_methods()
            self._jsm_made = True
        except BaseException as err:
            HasEvents.dispose(self)  # others may have been listened to already
            host.remove(self)
            note = f"This happened while {self._jsm_label} was made; it was not, on either side."
            if hasattr(err, "add_note"):
                err.add_note(note)
            else:  # Python 3.10
                log.error("%s: %s. %s", type(err).__name__, str(err), note)
            if isinstance(err, JsmodelError) and not ready:
                raise err.with_traceback(None) from err.__cause__
            raise
        finally:
            loop.end()

    def init(self) -> None:
        """Set up the Python side; called once, when all properties have their values. For subclasses."""

    @property
    def id(self) -> str:
        """The name of this model within its session; the same on both sides."""
        return self._jsm_id

    @property
    def session(self) -> Any:
        """The session this model lives in."""
        return self._jsm_host

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_jsm_"):
            return super().__getattr__(name)
        cls = type(self)
        what = instead = ""
        if name in cls._jsm_js_methods:
            what, instead = "a method", f"Call it with self.js.{name}(), which gives a Reply to await."
        elif any(
            name == prop.name for base in cls.__mro__ if "_jsm_js" in vars(base) for prop in vars(base)["_jsm_js"].props
        ):
            what, instead = "a property", "Put it into 'class Both', or ask for it with a method and self.js."
        if not what:
            return super().__getattr__(name)
        raise AttributeError(
            f"{cls.__name__!r} object has no attribute {name!r} in Python: it is {what} of its 'class JS', which runs in the browser. {instead}"
        )

    @property
    def js(self) -> _JSProxy:
        """The JS side: `await model.js.method(...)` calls it."""
        return _JSProxy(self)

    @property
    def _jsm_label(self) -> str:
        ident = self.__dict__.get("_jsm_id")
        return f"{type(self).__name__} #{ident}" if ident else type(self).__name__

    def send_data(self, data: Any, meta: dict[str, Any] | None = None) -> Reply:
        """Send data to `receive_data(array_buffer, meta)` of the JS side, in pieces, beside all else.

        Calls of its JS side after it, and more data, come after it; properties and events do not wait for it.

        Example: `self.send_data(image.tobytes(), {'width': 640})`

        Args:
            data: Bytes, anything like bytes, or a NumPy array, whose `dtype` and `shape` are added to `meta`; in the
                page it is an ArrayBuffer. Or the URL that the page is to download it from: a link, a path of the
                server, or an address of a site that `app.assets.allow_origins()` named.
            meta: A dict of values that can be sent.

        Returns:
            A Reply: await it to know that the data has arrived, and was handled without an error.

        Raises:
            AttributeError: when the JS side has no `receive_data`.
            AssetError: for a URL that pages may not load.
            ValueNotSendable: for a wrong `data` or `meta`.
            QueueFull: when too much data waits already.
        """
        if "receive_data" not in type(self)._jsm_js_methods:
            raise AttributeError(
                f"The JS side of {type(self).__name__} has no method 'receive_data', so it cannot take data. send_data() calls it in the page. "
                "Define 'def receive_data(self, array_buffer, meta)' in 'class JS'."
            )
        if self._jsm_disposed:
            raise CallError(
                f"{self._jsm_label} was disposed, so it cannot send data. Its two sides are gone. Make another one."
            )
        return self._jsm_host.send_data(self, *prepare(data, meta))

    def __enter__(self) -> Any:
        frame = sys._getframe(1)
        file = frame.f_code.co_filename.replace("\\", "/").rsplit("/", 1)[-1]
        block = _Block(self, f" ({file}, line {frame.f_lineno})")
        self._jsm_enter(block)
        loop.call_soon(block.check)
        return self

    def __exit__(self, *_: object) -> None:
        blocks: list[_Block] = self.__dict__["_jsm_blocks"]
        block = blocks.pop()
        if not blocks:
            del self.__dict__["_jsm_blocks"]
        block.closed = True
        _active.reset(block.token)

    def _jsm_enter(self, block: _Block) -> None:
        self.__dict__.setdefault("_jsm_blocks", []).append(block)
        block.token = _active.set((*_active.get(), block))

    def __copy__(self) -> Any:
        raise TypeError(
            f"{self._jsm_label} cannot be copied. It has a twin in each page, and an id of its own. Make another one, with the same property values."
        )

    def __deepcopy__(self, memo: Any) -> Any:
        return self.__copy__()

    def dispose(self) -> None:
        """Free both sides."""
        if not self._jsm_disposed:
            super().dispose()
            self._jsm_host.remove(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return self._jsm_host.display(self)

    def _ipython_display_(self) -> None:
        if not self._jsm_host.display_now(self):
            raise NotImplementedError("IPython asks for the MIME bundle then")

    # -- what the machinery uses

    @classmethod
    def _jsm_try(cls, values: dict[str, Any]) -> None:
        """Raise what setting `values` on a new instance would. `init` does not run, and no observer hears of it.

        Properties get their values before `init` runs, so a probe that never comes that far refuses what an instance would.
        """
        probe: Model = cls.__new__(cls)
        super(HasEvents, probe).__init__()
        probe._trait_notifiers = {}
        probe._jsm_links, probe._jsm_methods, probe._jsm_validating = {}, {}, set()
        probe._jsm_disposed, probe._jsm_born = False, loop.round
        probe._jsm_host = _Nowhere()
        leave = probe._jsm_enter_host()
        try:
            for name in cls._jsm_prop_order:
                if name in values:
                    value = values[name]
                    probe._jsm_set(name, value() if is_followed(getattr(cls, name), value) else value)
        except JsmodelError as err:
            raise err.with_traceback(None) from err.__cause__  # what counts is the person's line
        finally:
            leave()

    def _jsm_wire_id(self) -> str:
        return self._jsm_id

    def _jsm_enter_host(self) -> Callable[[], None]:
        token = _host.set(self._jsm_host)  # models that a handler makes belong to the same session
        return lambda: _host.reset(token)

    def _jsm_check(self, name: str, value: Any) -> None:
        if name in type(self)._jsm_both:
            check_sendable(value, name)
            _check_same_session(self, name, value)

    def _jsm_changed(self, name: str, value: Any, origin: Origin) -> None:
        if name in type(self)._jsm_both:
            self._jsm_host.changed(self, name, value)

    def _jsm_emitted(self, type_: str, event: Event) -> None:
        if type_ in type(self)._jsm_both_emitters:
            self._jsm_host.emitted(self, type_, event)

    def _jsm_listening(self, type_: str, count: int) -> None:
        if type_ in type(self)._jsm_both_emitters and "_jsm_id" in self.__dict__:
            self._jsm_host.listening(self)

    def _jsm_snapshot(self) -> dict[str, Any]:
        """What the JS side is made from."""
        values = self._trait_values
        props = {name: values[name] if name in values else getattr(self, name) for name in type(self)._jsm_both}
        attrs = {k: v for k, v in self.__dict__.items() if isinstance(v, Model) and not k.startswith("_")}
        code = type(self)._jsm_js  # type: ignore[attr-defined]
        return {"id": self._jsm_id, "cls": code.key, "props": props, "attrs": attrs, "listen": self._jsm_listens()}

    def _jsm_listens(self) -> list[str]:
        emitters = type(self)._jsm_both_emitters
        return [t for t in emitters if any(link[4] for link in self._jsm_links.get(t, ()))] if emitters else []

    def _jsm_set_from_client(self, name: str, value: Any) -> None:
        """A client set a property; it was checked that it may."""
        trait = type(self)._jsm_both.get(name)
        if trait is None:
            raise ReadonlyError(type(self).__name__, name[:80], why="it is not a property of both sides")
        if trait.read_only:
            raise ReadonlyError(type(self).__name__, name)
        self._jsm_set(name, value)
