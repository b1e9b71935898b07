"""The code generator: pscript's parser, without its guesses.

pscript decides by the looks of a name or an expression what is a class, a method
of str, a condition. `lower/` has said all that already, so here a name is a
name and a call is a call. It gets the tree itself, not text, so that each node
still knows its place: `place_mark` of it goes into the JS, before each statement and
each call, and marks around what is a function of its own. This module imports pscript;
`code.py` imports it when the first function is transpiled.

What `lower/` cannot say in Python it says with calls of names that begin with
`MARK`: see `_Core.parse_Call`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from pscript import Parser
from pscript import commonast as ast
from pscript.parser0 import unify

from .lower.words import ASYNC_ITER, ERROR, LEAVE_MARK, LIBRARY, LOCAL, MARK, SELF, enter_mark, place_mark

__all__ = ["Generated", "generate"]


@dataclass(frozen=True)
class Generated:
    """The text of a JS function: what is between its parentheses, and between its braces."""

    params: str
    body: str


class _Converter(ast.NativeAstConverter):  # type: ignore[misc]
    """Makes pscript's tree of Python's, as it is: no text is read. A node without a place gets that of the one around."""

    def __init__(self, tree: Any) -> None:
        self._root = self._around = tree
        self._stack: list[tuple[list[Any], list[Any]]] = []  # lists of statements, and what they are to be made of
        self.natives: dict[int, Any] = {}  # what nodes were made of, by their identity

    def convert(self) -> Any:
        made = self._convert(self._root)
        for container, natives in self._stack:  # grows while it is gone through
            container += map(self._convert, natives)
        return made

    def _convert(self, native: Any) -> Any:
        if native is None:
            return None
        kind = native.__class__
        convert = _converters.get(kind)
        if convert is None:
            convert = _converters[kind] = _function(_Converter, "_convert_", kind) or _unknown
        around, waiting = self._around, len(self._stack)
        _place(native, around)
        self._around = native
        made = convert(self, native)
        for _, natives in self._stack[waiting:]:
            for each in natives:
                _place(each, native)
        self._around = around
        made.lineno, made.col_offset = native.lineno, native.col_offset
        self.natives[id(made)] = native
        return made

    # -- what there is most of, without what pscript asks of each node

    def _convert_Name(self, native: Any) -> Any:
        made = _new(ast.Name)
        made.name = native.id
        return made

    def _convert_Attribute(self, native: Any) -> Any:
        made = _new(ast.Attribute)
        made.value_node, made.attr = self._convert(native.value), native.attr
        return made

    def _convert_Call(self, native: Any) -> Any:
        made = _new(ast.Call)
        made.arg_nodes = [self._convert(arg) for arg in native.args]
        made.kwarg_nodes = [self._convert(arg) for arg in native.keywords]
        made.func_node = self._convert(native.func)
        return made


_new = object.__new__
_converters: dict[type, Any] = {}  # functions, by the class of Python's nodes that they take


def _function(owner: type, prefix: str, kind: type) -> Any:
    return getattr(owner, prefix + kind.__name__, None)


def _unknown(_: Any, native: Any) -> NoReturn:
    raise RuntimeError(f"Cannot convert {native.__class__.__name__} nodes.")


def _place(native: Any, around: Any) -> None:
    kept = native.__dict__
    if "lineno" not in kept:
        kept["lineno"], kept["col_offset"] = getattr(around, "lineno", 1), getattr(around, "col_offset", 0)
    if kept.get("end_lineno") is None:
        kept["end_lineno"] = getattr(around, "end_lineno", None)
        kept["end_col_offset"] = getattr(around, "end_col_offset", None)


class _Core(Parser):  # type: ignore[misc]
    _pscript_overload = False  # operators are JS operators; what differs was lowered

    def __init__(self, natives: dict[int, Any]) -> None:  # what Parser's own does, but for the reading of text
        self._natives = natives
        self._errors: list[str] = []  # the variables of the handlers that we are in
        self._awaits = self._yields = 0
        self._here = ""  # the place of the special call that begins
        self._stack: list[Any] = []
        self._indent = 0
        self._dummy_counter = 0
        self._scope_prefix: list[str] = []
        self._std_functions: set[str] = set()
        self._std_methods: set[str] = set()
        self._seen_func_names: set[str] = set()
        self._seen_class_names: set[str] = set()
        self._docstrings = False
        self._functions: dict[str, Any] = {}
        self._methods: dict[str, Any] = {}
        self.push_stack("module", "")

    def parse(self, node: Any) -> list[str]:
        text = self.text(node)
        return [text] if text else []

    def text(self, node: Any) -> str:
        kind = node.__class__
        parse = _parsers.get(kind)
        if parse is None:
            parse = _parsers[kind] = _function(_Core, "parse_", kind) or Parser.parse  # which says that there is none
        made = parse(self, node)
        text: str = made if made.__class__ is str else "".join(made)
        if kind not in _STATEMENTS or not text:
            return text
        start = len(text) - len(text.lstrip())
        return f"{text[:start]}{place_mark(node.lineno, node.col_offset)}{text[start:]}"

    def mark(self, node: Any) -> str:
        """Where an expression stands."""
        native = self._natives[id(node)]
        whole = native.end_lineno == native.lineno
        return place_mark(native.lineno, native.col_offset, native.end_col_offset if whole else None)

    def dummy(self, name: str = "") -> str:
        self._dummy_counter += 1
        found = f"{MARK}t{self._dummy_counter}"
        self.vars.add(found)
        return found

    # -- names, literals

    def parse_Name(self, node: Any, fullname: Any = None) -> str:
        return str(node.name)

    def parse_Attribute(self, node: Any, fullname: Any = None) -> str:
        base = unify(self.text(node.value_node))
        return f"({base}).{node.attr}" if isinstance(node.value_node, ast.Num) else f"{base}.{node.attr}"

    def parse_Num(self, node: Any) -> str:
        text = repr(node.value)
        return {"inf": "Infinity"}.get(text, text)

    def parse_Dict(self, node: Any) -> str:
        # Their keys are literal; others were lowered. In brackets, __proto__ is data.
        pairs = [f"[{json.dumps(k.value)}]" if k.value == "__proto__" else json.dumps(k.value) for k in node.key_nodes]
        values = [self.text(v) for v in node.value_nodes]
        return "({" + ", ".join(f"{k}: {v}" for k, v in zip(pairs, values, strict=True)) + "})"

    def parse_UnaryOp(self, node: Any) -> str:
        op, operand = self.UNARY_OP[node.op], self.text(node.right_node)
        return op + operand if isinstance(node.right_node, ast.Num) else f"{op}({operand})"

    def parse_IfExp(self, node: Any) -> str:
        return f"({self.text(node.test_node)} ? {self.text(node.body_node)} : {self.text(node.else_node)})"

    def parse_Await(self, node: Any) -> str:
        self._awaits += 1
        return f"({self.mark(node)}await {LIBRARY}.hold({self.text(node.value_node)}))"

    # -- calls

    def arguments(self, nodes: list[Any]) -> str:
        return ", ".join(
            "..." + unify(self.text(n.value_node)) if isinstance(n, ast.Starred) else self.text(n) for n in nodes
        )

    def parse_Call(self, node: Any) -> str:
        func, args = node.func_node, node.arg_nodes
        mark = self.mark(node)
        if isinstance(func, ast.Name) and func.name.startswith(MARK):
            self._here = mark
            special = getattr(self, "special_" + func.name[1:], None)
            if special is not None:
                text = str(special(*args))
                return text if text.isidentifier() else mark + text
        return f"{mark}{self.called(func)}({self.arguments(args)})"

    def called(self, func: Any) -> str:
        """The text of what is called. The method of a chain that goes on in another line has that line."""
        native = self._natives[id(func)]
        if isinstance(func, ast.Attribute) and native.end_lineno != native.lineno and not _is_ours(func.value_node):
            mark = place_mark(native.end_lineno, native.end_col_offset - len(func.attr.encode()))
            return f"{unify(self.text(func.value_node))}{mark}.{func.attr}"
        return str(unify(self.text(func)))

    def special_and(self, left: Any, right: Any) -> str:
        kept = self.dummy()
        return f"({LIBRARY}.truth({kept} = {self.text(left)}) ? {self.text(right)} : {kept})"

    def special_or(self, left: Any, right: Any) -> str:
        kept = self.dummy()
        return f"({LIBRARY}.truth({kept} = {self.text(left)}) ? {kept} : {self.text(right)})"

    def special_set(self, name: Any, value: Any) -> str:
        self.vars.add(name.name)
        return f"({name.name} = {self.text(value)})"

    def special_get(self, value: Any, attr: Any) -> str:
        """An attribute; the look-up stays in place, where the engine can remember what it found."""
        base = self.text(value)
        if base.isidentifier():
            first = base
        else:
            kept = self.dummy()
            first, base = f"{kept} = {base}", kept
        dot = "." if base == SELF else "?."
        return f"{LIBRARY}.attr({first}, {base}{dot}{attr.value}, {json.dumps(attr.value)})"

    def special_new(self, func: Any, *args: Any) -> str:
        return f"new ({self.text(func)})({self.arguments(list(args))})"

    def special_raw(self, code: Any) -> str:
        return f"({code.value})"

    def special_error(self) -> str:
        """What the handler that we are in has caught."""
        return str(self._errors[-1])

    def special_raise(self) -> str:
        return f"{LIBRARY}.throw_({self._errors[-1]})"

    # -- functions

    def function_parts(self, node: Any) -> Generated:
        """The parameters and the body of a function or a lambda. JS gives a default for undefined."""
        self.push_stack("function", "")
        names = [arg.name for arg in node.arg_nodes]
        params = list(names)
        for i, arg in enumerate(node.arg_nodes):
            if arg.value_node is not None:
                params[i] += f" = {self.default(arg.value_node)}"
        if node.args_node:
            names.append(node.args_node.name)
            params.append(f"...{node.args_node.name}")
        self._indent += 1
        if isinstance(node, ast.Lambda):
            code = f"{place_mark(node.lineno, node.col_offset)}return {self.text(node.body_node)};"
        else:
            code = "".join(part for child in node.body_nodes for part in self.parse(child))
            if not (node.body_nodes and isinstance(node.body_nodes[-1], ast.Return)):
                code += self.lf("return null;")
        for name in names:
            self.vars.discard(name)
        declared = sorted(name for name, kind in self.pop_stack().items() if kind == 1)
        var = f"var {', '.join(declared)};" if declared else ""
        if not isinstance(node, ast.Lambda):
            var = self.lf(var) if var else ""
        self._indent -= 1
        return Generated(", ".join(params), var + code)

    def default(self, node: Any) -> str:
        raw = (
            isinstance(node, ast.Call) and isinstance(node.func_node, ast.Name) and node.func_node.name == f"{MARK}raw"
        )
        return str(node.arg_nodes[0].value) if raw else self.text(node)

    def function_text(self, node: Any, kind: str = "function") -> str:
        yields, self._yields = self._yields, 0
        parts = self.function_parts(node)
        star = "*" if self._yields else ""
        self._yields = yields
        end = "" if isinstance(node, ast.Lambda) else self.lf()
        return f"{kind}{star} ({parts.params}) {{{self.inside(node, parts.body)}{end}}}"

    def inside(self, node: Any, body: str) -> str:
        """The body of a function, marked with the name that people know it by; what `lower/` made is a part of the function around."""
        native = self._natives[id(node)]
        name = getattr(native, "shown", None) or _NAMELESS.get(type(node)) or node.name
        if name.startswith(MARK):
            if not name.startswith(_LOCAL):
                return body
            name = name[len(_LOCAL) : -1]
        return f"{enter_mark(name)}{place_mark(native.lineno, native.col_offset)}{body}{LEAVE_MARK}"

    def parse_Lambda(self, node: Any) -> str:
        return f"(0, {self.function_text(node)})"  # after a comma, JS does not name it after a variable

    def parse_FunctionDef(self, node: Any, lambda_: bool = False, asyn: bool = False) -> str:
        self.vars.add(node.name)
        kind = "async function" if asyn else "function"
        return str(self.lf(f"{node.name} = {self.function_text(node, kind)};"))

    def parse_Yield(self, node: Any) -> str:
        self._yields += 1
        return f"(yield {self.text(node.value_node) if node.value_node is not None else 'null'})"

    def parse_YieldFrom(self, node: Any) -> str:
        self._yields += 1
        return f"(yield* {self.text(node.value_node)})"

    # -- comprehensions: a function of their own each, so that no name leaks

    def parse_ListComp(self, node: Any) -> str:
        return self.comprehension(
            node, "const $r = [];", lambda: f"$r.push({self.text(node.element_node)});", "return $r;"
        )

    def parse_ListComp_funtionless(self, node: Any, result_name: str) -> list[str]:
        return [f"{result_name} = {self.parse_ListComp(node)};"]

    def parse_DictComp(self, node: Any) -> str:
        def keep() -> str:
            return f"{LIBRARY}.setitem($r, {self.text(node.key_node)}, {self.text(node.value_node)});"

        return self.comprehension(node, "const $r = {};", keep, "return $r;")

    def parse_GeneratorExp(self, node: Any) -> str:
        return self.comprehension(node, "", lambda: f"yield {self.text(node.element_node)};", "", generator=True)

    def comprehension(self, node: Any, before: str, keep: Any, after: str, *, generator: bool = False) -> str:
        source, first = self.iterated(node.comp_nodes[0].iter_node)  # belongs to the function around
        self.push_stack("function", _COMPREHENSION)
        awaits = self._awaits - bool(source)
        loops = ""
        for index, part in enumerate(node.comp_nodes):
            name = part.target_node.name
            self.vars.add(name)
            if index:
                source, text = self.iterated(part.iter_node)
            else:
                text = "$i"
            tests = "".join(f"if (!{unify(self.text(test))}) continue;" for test in part.if_nodes)
            loops += f"for {source}({name} of {text}) {{{tests}"
        loops += keep() + "}" * len(node.comp_nodes)
        declared = sorted(name for name, kind in self.pop_stack().items() if kind == 1)
        body = self.inside(node, f"let {', '.join(declared)};{before}{loops}{after}")
        body, place = f"{{{body}}}", self.mark(node)
        asynchronous = self._awaits > awaits
        if generator:
            return f"{place}({'async ' if asynchronous else ''}function* ($i) {body}).call(this, {first})"
        if asynchronous:
            return f"({place}await (async ($i) => {body})({first}))"
        return f"{place}(($i) => {body})({first})"

    def iterated(self, node: Any) -> tuple[str, str]:
        """'await ' for an asynchronous iterator, and the text of what is looped over."""
        if isinstance(node, ast.Call) and isinstance(node.func_node, ast.Name) and node.func_node.name == ASYNC_ITER:
            self._awaits += 1
            return "await ", f"{LIBRARY}.aiter({self.text(node.arg_nodes[0])})"
        return "", self.text(node)

    def special_walrus(self, name: Any, value: Any) -> str:
        """`name := value`, which is a variable of the function, even inside of a comprehension."""
        for kind, label, names in reversed(self._stack):
            if kind != "function" or label != _COMPREHENSION:
                names.add(name.name)
                break
        return f"({name.name} = {self.text(value)})"

    def special_all(self, *parts: Any) -> str:
        """Do one after the other, and be true."""
        return f"({', '.join([*(self.text(p) for p in parts), 'true'])})"

    def special_js(self, op: Any, left: Any, right: Any) -> str:
        """An operator of JS itself."""
        return f"({self.text(left)} {op.value} {self.text(right)})"

    # -- items

    def special_item(self, value: Any, key: Any) -> str:
        """`value[key]`, where the key is a str: in place, where the engine can remember where it was in a dict."""
        mark = self._here
        a, first = self.kept(value)
        kept, name = self.dummy(), json.dumps(key.value)
        return f"({first}?.constructor === Object && ({kept} = {a}[{name}]) !== undefined ? {kept} : {mark}{LIBRARY}.getitem({a}, {name}))"

    def special_put(self, target: Any, key: Any, value: Any) -> str:
        """`target[key] = value`, in the same way: a key that is there already keeps its place."""
        mark, before = self._here, ""
        given = self.text(value)
        if not isinstance(value, (ast.Name, ast.Num)):
            kept = self.dummy()
            given, before = kept, f"{kept} = {given}, "
        a, first = self.kept(target)
        item = f"{a}[{json.dumps(key.value)}]"
        missing = f"{mark}{LIBRARY}.setitem({a}, {json.dumps(key.value)}, {given})"
        return f"({before}{first}?.constructor === Object && {item} !== undefined ? {item} = {given} : {missing})"

    # -- numbers: see lower/numbers.py

    def special_within(self, op: Any, helper: Any, low: Any, high: Any, zero: Any, left: Any, right: Any) -> str:
        """What JS calculates, if it is within the limits that it may leave; else the library says what it is."""
        mark = self._here
        checked = low.value or high.value
        (a, first), (b, second) = (self.kept(x) if checked else (self.text(x),) * 2 for x in (left, right))
        result = f"{first} {op.value} {second}{' + 0' if zero.value else ''}"
        if not checked:
            return f"({result})"
        kept = self.dummy()
        tests = [f"{kept} < 2**53"] if high.value else []
        tests += [f"{kept} > -(2**53)"] if low.value else []
        tests[0] = f"({kept} = {result})" + tests[0][len(kept) :]
        return f"({' && '.join(tests)} ? {kept} : {mark}{LIBRARY}.{helper.value}({a}, {b}))"

    def kept(self, node: Any) -> tuple[str, str]:
        """The text of a value that is used again, and that of its first use."""
        text = self.text(node)
        if isinstance(node, (ast.Name, ast.Num)):
            return text, text
        kept = self.dummy()
        return kept, f"({kept} = {text})"

    def special_remainder(self, left: Any, right: Any, signed: Any) -> str:
        """`left % right`, where the right one is more than 0; it is never negative."""
        a, b = self.text(left), self.text(right)
        if not signed.value:
            return f"({a} % {b})"
        kept = self.dummy()
        return f"(({kept} = {a} % {b}) < 0 ? {kept} + {b} : {kept} + 0)"

    def special_quotient(self, left: Any, right: Any) -> str:
        """`left // right` of integers, where the right one is more than 0."""
        return f"Math.floor({self.text(left)} / {self.text(right)})"

    def special_text(self, *parts: Any) -> str:
        """Strings, and whole numbers, as one string."""
        texts = [str(unify(self.text(part))) for part in parts]
        if not isinstance(parts[0], ast.Str):
            texts.insert(0, '""')
        return f"({' + '.join(texts)})"

    def special_given(self, value: Any, otherwise: Any) -> str:
        """A value, or another one where it is undefined."""
        text = self.text(value)
        return f"({text} === undefined ? {self.text(otherwise)} : {text})"

    # -- statements

    def parse_If(self, node: Any) -> list[str]:
        code = [self.lf(f"if ({self.text(node.test_node)}) {{"), *self.block(node.body_nodes)]
        if len(node.else_nodes) == 1 and isinstance(node.else_nodes[0], ast.If):
            code += [self.lf("} else "), self.text(node.else_nodes[0]).lstrip()]
        elif node.else_nodes:
            code += [self.lf("} else {"), *self.block(node.else_nodes), self.lf("}")]
            return code
        else:
            code.append(self.lf("}"))
        return code

    def parse_For(self, node: Any) -> Any:
        call = node.iter_node
        if isinstance(call, ast.Call) and isinstance(call.func_node, ast.Name) and call.func_node.name == "range":
            return super().parse_For(node)  # a plain numeric loop
        self.vars.add(node.target_node.name)
        source, text = self.iterated(call)
        body = "".join(self.block(node.body_nodes))
        return self.lf(f"for {source}({node.target_node.name} of {text}) {{{body}") + self.lf("}")

    def parse_Try(self, node: Any) -> list[str]:
        code = [self.lf("try {"), *self.block(node.body_nodes), self.lf("}")]
        if node.handler_nodes:
            self._dummy_counter += 1
            error = f"{MARK}t{self._dummy_counter}"
            self._errors.append(error)
            code.append(f" catch ({error}) {{")
            catches_all = False
            for index, handler in enumerate(node.handler_nodes):
                test = "true" if handler.type_node is None else self.text(handler.type_node).replace(ERROR, error)
                catches_all = test == "true"
                code.append(self.lf(f"{'} else ' if index else ''}if ({test}) {{"))
                if handler.name:
                    self.vars.add(handler.name)
                    code.append(self.lf(f"{handler.name} = {error};"))
                code += self.block(handler.body_nodes)
                if handler.name:
                    code.append(self.lf(f"{handler.name} = undefined;"))  # Python forgets it here
            code.append(self.lf("}" if catches_all else f"}} else {{ throw {error}; }}"))
            code.append(self.lf("}"))
            self._errors.pop()
        if node.finally_nodes:
            code += [" finally {", *self.block(node.finally_nodes), self.lf("}")]
        return code

    def block(self, nodes: list[Any]) -> list[str]:
        self._indent += 1
        code = [part for n in nodes for part in self.parse(n)]
        self._indent -= 1
        return code


def _is_ours(node: Any) -> bool:
    return isinstance(node, ast.Name) and node.name.startswith(MARK)


_parsers: dict[type, Any] = {}  # functions, by the class of pscript's nodes that they take
_STATEMENTS = frozenset(
    [ast.Assign, ast.Expr, ast.Return, ast.If, ast.For, ast.While, ast.Break, ast.Continue, ast.FunctionDef]
)
_COMPREHENSION = "comprehension"  # what its scope is called on the stack
_LOCAL = LOCAL.partition("{")[0]

#: What Python calls functions without a name.
_NAMELESS = {
    ast.Lambda: "<lambda>",
    ast.ListComp: "<listcomp>",
    ast.DictComp: "<dictcomp>",
    ast.GeneratorExp: "<genexpr>",
}


def generate(tree: Any) -> Generated:
    """The JS of a lowered function, given as a module of Python's tree that has nothing else."""
    converter = _Converter(tree)
    converted = converter.convert()
    return _Core(converter.natives).function_parts(converted.body_nodes[0])
