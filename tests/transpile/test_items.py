"""Items of what may be a dict: where the key is a literal str, JS looks in place first."""

from __future__ import annotations

import re

import pytest

from jsmodel.transpile.code import transpile_function


def js_of(cell, body):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return transpile_function(cell(f"def go(d, k):\n{lines}")["go"], label="go").body


def test_an_item_with_a_literal_key_is_looked_for_in_place(cell):
    js = js_of(cell, "return d['a']")
    assert re.search(r'd\?\.constructor === Object && \((\S+) = d\["a"\]\) !== undefined \? \1 : ', js)
    assert 'getitem(d, "a")' in js  # if it is not there, or no dict


def test_a_key_that_is_there_is_set_in_place(cell):
    js = js_of(cell, "d['a'] = k")
    assert 'd["a"] !== undefined ? d["a"] = k : ' in js
    assert 'setitem(d, "a", k)' in js


def test_the_value_is_computed_before_the_place(cell):
    js = js_of(cell, "d['a'] = k()")
    assert js.index("k()") < js.index("constructor")
    assert js.count("k()") == 1


@pytest.mark.parametrize("key", ["k", "0", "'constructor'", "'toString'", "'__proto__'", "b'a'", "('a',)"])
def test_any_other_key_is_for_the_library(cell, key):
    js = js_of(cell, f"d[{key}] = d[{key}]")
    assert "setitem(" in js and "getitem(" in js
    assert "constructor ===" not in js


def test_an_object_that_is_computed_is_computed_once(cell):
    js = js_of(cell, "k()['a'] = k(1)['b']")
    assert js.count("k()") == 1
    assert js.count("k(1)") == 1
