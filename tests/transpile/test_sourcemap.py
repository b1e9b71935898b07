"""Where JS comes from: source maps, bundles, what was replaced and what moved."""

from __future__ import annotations

import json
import linecache
from collections.abc import Iterator
from typing import Any

import pytest

from jsmodel.assets import Asset, bundle, store
from jsmodel.client import ship_inline
from jsmodel.transpile import origins as origins_module
from jsmodel.transpile.modules import linker
from jsmodel.transpile.origins import Origins
from jsmodel.transpile.sourcemap import File, Origin, bare

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def mappings(source_map: dict[str, Any]) -> Iterator[tuple[int, int, int | None, int, int]]:
    """Line and column of JS; source, line and column of Python, or None for what comes from nowhere."""
    now = [0, 0, 0, 0]
    for number, line in enumerate(source_map["mappings"].split(";")):
        now[0] = 0
        for segment in filter(None, line.split(",")):
            values, value, shift = [], 0, 0
            for digit in map(LETTERS.index, segment):
                value |= (digit & 31) << shift
                shift += 5
                if not digit & 32:
                    values.append(-(value >> 1) if value & 1 else value >> 1)
                    value = shift = 0
            assert len(values) in (1, 4)
            now = [a + b for a, b in zip(now, [*values, *[0] * (4 - len(values))], strict=True)]
            yield number, now[0], now[1] if len(values) == 4 else None, now[2], now[3]


class _Piece:
    def __init__(self, key: tuple[str, str], text: str) -> None:
        self.key, self.text = key, text


def made(source: str, name: str, label: str = "cell") -> type:
    """The class of this name in a cell of this source."""
    filename = f"<{label}-{abs(hash(source))}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": f"sourcemaps_{label}"}
    exec(compile(source, filename, "exec"), namespace)
    cls = namespace[name]
    assert isinstance(cls, type)
    return cls


SOURCE = """\
from jsmodel import app

class Pear(app.Model):
    class JS:
        def go(self, ä):
            größe = "\U0001f600", self.eat(ä)
            return größe

        def eat(self, x):
            return x + 1
"""


def from_js(text: str, col: int) -> str:
    """What follows in a text from a column on, as JS counts them."""
    return text.encode("utf-16-le")[2 * col :].decode("utf-16-le")


def chunk_of(cls: type) -> Asset:
    return next(a for a in linker.assets_for([cls]) if a.name == f"{cls.__module__}.js")


def test_each_statement_is_mapped_to_its_line_and_column():
    chunk = chunk_of(made(SOURCE, "Pear"))
    source_map = linker.origins.source_map(chunk.hash)
    assert source_map is not None
    assert source_map["version"] == 3
    assert source_map["sourcesContent"][0].splitlines()[4:] == SOURCE.splitlines()[4:]
    lines, python = chunk.text.splitlines(), SOURCE.splitlines()
    found = {
        (lines[line][col:].strip()[:12], from_js(python[row], at)[:8])
        for line, col, index, row, at in mappings(source_map)
        if index is not None
    }
    assert ("return größe"[:12], "return g") in found
    assert ("this.eat(ä)}"[:8], "self.eat") in {(js[:8], py) for js, py in found}
    assert ("return $py.a", "return x") in found


def test_every_line_of_a_function_has_a_segment_at_its_beginning():
    chunk = chunk_of(made(SOURCE, "Pear"))
    first = {}
    for line, col, index, *_ in mappings(linker.origins.source_map(chunk.hash)):
        first.setdefault(line, (col, index))
    lines = chunk.text.splitlines()
    start = next(i for i, text in enumerate(lines) if text.startswith("go("))
    end = next(i for i, text in enumerate(lines) if text.startswith("eat("))
    assert all(first[line] == (0, 0) for line in range(start, end))
    assert first.get(0) is None  # what stands around the functions comes from nowhere


def test_columns_count_as_js_counts():
    file = File("f.py", ('x = "\U0001f600", f(1)\n',))
    text = 'ǁ[0_1_fǁǁ1_0ǁx = "\U0001f600"; ǁ1_12_16ǁf(1);ǁ<ǁ'
    origin = Origin(text, {0: file})
    at = bare(text).index("f(1)") + 1  # the smiley is two for JS
    assert [(s.col, s.place and s.place.col) for s in origin.segments] == [(0, 0), (at, 12), (at + 5, None)]
    assert [m[1:] for m in mappings(origin.source_map())] == [(0, 0, 0, 0), (at, 0, 0, 10), (at + 5, None, 0, 10)]


def test_marks_are_not_sent_and_change_no_hash():
    one, other = made(SOURCE, "Pear", "here"), made("# a comment\n" + SOURCE, "Pear", "there")
    texts = [chunk_of(cls).text.replace("sourcemaps_there", "sourcemaps_here") for cls in (one, other)]
    assert texts[0] == texts[1]
    assert "\u01c1" not in texts[0] and "\u01c0" not in texts[0]


def test_code_that_only_moved_is_not_sent_again_and_has_its_new_lines():
    old = chunk_of(made(SOURCE, "Pear", "moved"))
    line = next(i for i, text in enumerate(old.text.splitlines()) if "$py.add" in text)
    before = linker.origins.place(old.hash, line, 20)
    new = chunk_of(made("# a comment\n\n" + SOURCE, "Pear", "moved"))
    after = linker.origins.place(new.hash, line, 20)
    assert before is not None and after is not None
    assert (before.line, before.name) == (10, "Pear.JS.eat")
    assert (after.line, after.name, after.file.line(after.line).strip()) == (12, "Pear.JS.eat", "return x + 1")
    assert old.text.partition("version")[0] == new.text.partition("version")[0]


def test_code_that_was_replaced_is_still_known():
    old = chunk_of(made(SOURCE, "Pear", "replaced"))
    new = chunk_of(made(SOURCE.replace("x + 1", "x - 1"), "Pear", "replaced"))
    assert old.hash != new.hash
    line = next(i for i, text in enumerate(old.text.splitlines()) if "$py.add" in text)
    place = linker.origins.place(old.hash, line, 20)
    assert place is not None and place.file.line(place.line).strip() == "return x + 1"


def test_a_bundle_has_a_map_of_its_parts():
    chunks = [chunk_of(made(SOURCE.replace("Pear", name), name, name)) for name in ("Quince", "Plum")]
    library = Asset("lib.js", "js", b"var a = 1;\nvar b = 2;\n")
    (whole,) = bundle([chunks[0], library, chunks[1]])
    assert store.parts_of(whole.hash)[0] == (0, chunks[0].hash)
    lines = whole.text.splitlines()
    for name, number in (("Quince", 0), ("Plum", 1)):
        start = [i for i, text in enumerate(lines) if text.startswith("class ")][number]
        line = next(i for i, text in enumerate(lines) if i > start and "$py.add" in text)
        place = linker.origins.place(whole.hash, line, 20)
        assert place is not None and (place.name, place.line) == (f"{name}.JS.eat", 10)
    inside = next(i for i, text in enumerate(lines) if text == "var b = 2;")
    assert linker.origins.place(whole.hash, inside, 0) is None
    source_map = linker.origins.source_map(whole.hash)
    assert source_map is not None
    starts = [section["offset"]["line"] for section in source_map["sections"]]
    assert [lines[start] for start in starts] == [chunks[0].text.splitlines()[0], chunks[1].text.splitlines()[0]]
    assert [section["map"]["sources"] for section in source_map["sections"]][0] != []


def test_what_nobody_transpiled_has_no_map():
    asset = store.add(Asset("other.js", "js", b"var c = 3;\n"))
    assert linker.origins.source_map(asset.hash) is None
    assert linker.origins.place(asset.hash, 0, 0) is None
    assert linker.origins.place("0" * 20, 0, 0) is None


def test_code_in_a_message_carries_its_map_but_not_jsmodels_own():
    from jsmodel import ui

    chunk = chunk_of(made(SOURCE, "Pear", "inline"))
    code = ship_inline(chunk)["code"]
    assert code.startswith(chunk.text + "//# sourceMappingURL=data:application/json;base64,")
    own = next(a for a in linker.assets_for([ui.Slider]) if a.name.startswith("jsmodel.ui"))
    assert ship_inline(own) == {"code": own.text}


def test_files_have_their_path_as_url_and_cells_their_number():
    assert File("/home/me/my app.py", ()).url == "file:///home/me/my%20app.py"
    assert File("<stdin>", ()).url == "jsmodel:///stdin"


def test_two_sources_of_one_name_are_told_apart():
    files = {0: File("<cell>", ("a\n",)), 1: File("<cell>", ("b\n",))}
    origin = Origin("ǁ[0_1_fǁaǁ<ǁǁ[1_1_gǁbǁ<ǁ", files)
    assert origin.source_map()["sources"] == ["jsmodel:///cell", "jsmodel:///cell (2)"]
    assert json.dumps(origin.source_map())


def test_scripts_for_one_run_are_forgotten_and_so_are_their_files(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(origins_module, "FILES", 8)
    origins = Origins()
    first = None
    for number in range(200):
        origins.tidy()
        index = origins.number("<snippet>", (f"x = {number}\n",))
        asset = origins.asset("m", [_Piece(("m", "x"), f"ǁ[{index}_1_fǁx = {number};ǁ<ǁ")], passing=True)
        first = first or asset
        place = origins.place(asset.hash, 2, 0)
        assert place is not None and place.file.lines == (f"x = {number}\n",)
    assert first is not None and origins.place(first.hash, 2, 0) is None
    assert len(origins._sent) == origins_module.PASSING and len(origins._files) < 140
