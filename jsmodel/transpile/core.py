"""The code generator: pscript's parser, without its guesses.

pscript decides by the looks of a name or an expression what is a class, a method
of str, a condition. `lower.py` has said all that already, so here a name is a
name and a call is a call. This module imports pscript; `code.py` imports it when
the first function is transpiled.

What `lower.py` cannot say in Python it says with calls of names that begin with
`MARK`: see `_Core.parse_Call`.
"""

from __future__ import annotations

import json
from typing import Any

from pscript import Parser
from pscript import commonast as ast
from pscript.parser0 import unify

from .lower.words import ERROR, LIBRARY, MARK, SELF

__all__ = ["generate"]


class _Core(Parser):  # type: ignore[misc]
    _pscript_overload = False  # operators are JS operators; what differs was lowered

    def __init__(self, text: str) -> None:
        self._errors: list[str] = []  # the variables of the handlers that we are in
        self._awaits = 0
        super().__init__(text, docstrings=False, inline_stdlib=False)

    def text(self, node: Any) -> str:
        return "".join(self.parse(node))

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
        return f"{base}.{node.attr}"

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
        return f"(await {self.text(node.value_node)})"

    # -- calls

    def arguments(self, nodes: list[Any]) -> str:
        return ", ".join(
            "..." + unify(self.text(n.value_node)) if isinstance(n, ast.Starred) else self.text(n) for n in nodes
        )

    def parse_Call(self, node: Any) -> str:
        func, args = node.func_node, node.arg_nodes
        if isinstance(func, ast.Name) and func.name.startswith(MARK):
            special = getattr(self, "special_" + func.name[1:], None)
            if special is not None:
                return str(special(*args))
        return f"{unify(self.text(func))}({self.arguments(args)})"

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

    def special_raise(self) -> str:
        return f"{LIBRARY}.throw_({self._errors[-1]})"

    # -- functions

    def parse_Lambda(self, node: Any) -> str:
        self.push_stack("function", "")
        args = [a.name for a in node.arg_nodes]
        params = [*args, *([f"...{node.args_node.name}"] if node.args_node else [])]
        # JS gives the default for undefined, as pscript does for 'def'.
        for i, arg in enumerate(node.arg_nodes):
            if arg.value_node is not None:
                params[i] += f" = {self.text(arg.value_node)}"
        body = self.text(node.body_node)
        declared = sorted(name for name, kind in self.pop_stack().items() if kind == 1)
        var = f"var {', '.join(declared)}; " if declared else ""
        return f"(function ({', '.join(params)}) {{{var}return {body};}}).bind(this)"

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
        first = self.text(node.comp_nodes[0].iter_node)  # belongs to the function around
        self.push_stack("function", "")
        awaits = self._awaits
        names: list[str] = []
        loops = ""
        for index, part in enumerate(node.comp_nodes):
            target = part.target_node
            if isinstance(target, ast.Name):
                names.append(target.name)
                head, inside = target.name, ""
            else:
                parts = [e.name for e in target.element_nodes]
                names += parts
                head = f"const $v{index}"
                inside = f"[{', '.join(parts)}] = {LIBRARY}.unpack($v{index}, {len(parts)});"
            source = "$i" if index == 0 else self.text(part.iter_node)
            tests = "".join(f"if (!{unify(self.text(test))}) continue;" for test in part.if_nodes)
            loops += f"for ({head} of {source}) {{{inside}{tests}"
        loops += keep() + "}" * len(node.comp_nodes)
        declared = sorted({*names, *(name for name, kind in self.pop_stack().items() if kind == 1)})
        body = f"{{let {', '.join(declared)};{before}{loops}{after}}}"
        if generator:
            return f"(function* ($i) {body}).call(this, {first})"
        if self._awaits > awaits:
            return f"(await (async ($i) => {body})({first}))"
        return f"(($i) => {body})({first})"

    # -- statements

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


def generate(text: str) -> str:
    """The JS of a lowered function, given as Python text."""
    return str(_Core(text).dump())
