"""The special names of Python's objects and classes, and what becomes of each in the browser."""

from __future__ import annotations

__all__ = ["ATTRIBUTES", "IGNORED", "NOT_THERE", "SETTABLE", "SPECIAL"]

_BINARY = "add sub mul matmul truediv floordiv mod pow lshift rshift and or xor".split()

#: Special methods that operators and built-ins call there.
SPECIAL = frozenset(
    f"__{name}__"
    for name in [
        *"init new repr str format bool len eq ne lt le gt ge hash contains getitem setitem delitem missing".split(),
        *"iter next reversed call enter exit aiter anext aenter aexit".split(),
        *"neg pos invert abs int float index round floor ceil trunc copy deepcopy bytes".split(),
        *"getattr setattr delattr get set delete set_name init_subclass post_init".split(),
        *"match_args".split(),
        *"reduce reduce_ex getstate setstate getnewargs getnewargs_ex".split(),  # of the copies that `copy` makes
        *_BINARY,
        *("r" + name for name in _BINARY),
        *("i" + name for name in _BINARY),
    ]
)

#: What says nothing about the objects, or is only asked by what JS code does not have.
IGNORED = frozenset(
    """__module__ __qualname__ __doc__ __dict__ __weakref__ __annotations__ __annotate__ __annotate_func__ __annotations_cache__
    __firstlineno__ __static_attributes__ __init_subclass__ __class_getitem__ __sizeof__ __dir__ __slots__ __fspath__ __complex__ __length_hint__
    __orig_bases__ __parameters__ __type_params__ __abstractmethods__ _abc_impl
    _is_protocol _is_runtime_protocol __protocol_attrs__ __non_callable_proto_members__
    __callable_proto_members_only__ __replace__ __static_attributes__ __final__""".split()
)

#: What cannot be had, and what to write instead.
NOT_THERE = {
    "__del__": "Write a method, and call it: JS does not say when an object goes.",
    "__getattribute__": "Write __getattr__, which is asked for what an object does not have.",
    "__instancecheck__": "Write a function.",
    "__subclasscheck__": "Write a function.",
    "__subclasshook__": "Write a function.",
    "__mro_entries__": "Write a function.",
    "__await__": "Write an 'async def' method, and await that.",
    "__divmod__": "Write a method with a name of its own.",
}

#: Attributes with such a name that can be read there: of objects, classes and functions.
ATTRIBUTES = frozenset(
    """__name__ __qualname__ __class__ __dict__ __module__ __mro__ __bases__ __cause__ __suppress_context__ __notes__ __self__
    __func__ __members__ __match_args__ __wrapped__ __isabstractmethod__""".split()
)

#: And those that can be set.
SETTABLE = frozenset(["__cause__", "__suppress_context__", "__notes__"])
