"""Python's data types mean the same in the browser, or are refused: the rows of `data_types/`.

More than the table in `rows/`, which people read: here are the corners of each type. What a
row may say is told in `table.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from runner import node
from table import Row, in_node, program, read_rows, wrong

from jsmodel.transpile.modules import linker

FOLDER = Path(__file__).parent / "data_types"
ROWS = [row for file in sorted(FOLDER.glob("*.txt")) for row in read_rows(file)]


def str_keys():
    d = {"b": 1, "10": 2}
    d["9"] = [3]
    return d


def other_keys():
    d = {"a": 1}
    d[1] = 2
    return d


def nested():
    return {"list": [{"d": {(1, 2): 3}}]}


def no_longer():
    d = {"a": 1, 2: 3}
    del d[2]
    return d


def a_set():
    return {1, 2}


def two_dicts():
    a, b = {1: 2}, {1: 3}
    return [a, b, {1: 2}]


def in_page(function: Callable[[], Any], then: str, runtime: Path) -> Any:
    """What JS makes of what a function of this file gives, transpiled."""
    scripts, name = linker.bundle(function)
    run = f"""
    let value = null;
    jsmodel.module({json.dumps(function.__module__)}, ($m) => {{ value = {name}(); }});
    let end;
    try {{ end = {then}; }} catch (err) {{ end = `${{err.name}}: ${{err.message}}`; }}
    process.stdout.write(JSON.stringify(end));"""
    done = node("\n".join([runtime.read_text(), *scripts, run]))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_dict_of_str_keys_crosses_over_with_its_order(runtime: Path) -> None:
    sent = in_page(str_keys, "jsmodel.encode(value)", runtime)
    assert sent == {"$": "o", "v": [["b", 1], ["10", 2], ["9", [3]]]}
    assert in_page(str_keys, "value", runtime) == {"9": [3], "10": 2, "b": 1}


def test_a_dict_of_other_keys_does_not_cross_over_in_part(runtime: Path) -> None:
    words = "TypeError: Cannot send the dict {'a': 1} at it to Python: it has keys that are no str. Only None"
    assert in_page(other_keys, "jsmodel.encode(value)", runtime).startswith(words)
    assert " at it['list'][0]['d'] to Python: it has keys" in in_page(nested, "jsmodel.encode(value)", runtime)
    assert in_page(no_longer, "jsmodel.encode(value)", runtime) == {"a": 1}


def test_a_dict_of_other_keys_is_no_json(runtime: Path) -> None:
    said = in_page(other_keys, "JSON.stringify(value)", runtime)
    assert said == "TypeError: a dict with keys that are no str is no JSON: make them str first"
    assert in_page(no_longer, "JSON.stringify(value)", runtime) == '{"a":1}'
    assert in_page(other_keys, "Object.keys(value)", runtime) == ["a"]


def test_a_set_stays_on_its_side_and_says_so(runtime: Path) -> None:
    assert in_page(a_set, "jsmodel.encode(value)", runtime).startswith("TypeError: Cannot send the set ")


def test_a_property_notices_that_another_key_has_another_value(runtime: Path) -> None:
    assert in_page(two_dicts, "[jsmodel.same(value[0], value[1]), jsmodel.same(value[0], value[2])]", runtime) == [
        False,
        True,
    ]


@pytest.fixture(scope="module")
def ends() -> dict[Row, str]:
    """What Node gives for each row, all in one run."""
    return dict(zip(ROWS, in_node([program(row.code) for row in ROWS]), strict=True))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.section}: {row.code.splitlines()[0][:60]}" for row in ROWS])
def test_data_means_the_same_in_the_browser_or_is_refused(row: Row, ends: dict[Row, str]) -> None:
    assert wrong(row, ends[row]) == ""


def test_no_row_says_what_another_says() -> None:
    assert len(ROWS) > 700
    assert len(set(row.code for row in ROWS)) == len(ROWS)
