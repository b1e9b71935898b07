"""Where an error says that it is: a refused construct looks like a SyntaxError, with the caret under it."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from jsmodel.errors import ScopeError, TranspileError, sentence
from jsmodel.transpile.modules import linker

CLASS = """\
from jsmodel import app

class T(app.Model):
    class JS:
        def go(self, ä=1):
{body}
"""


def load(tmp_path: Path, body: str, encoding: str = "utf-8", head: str = CLASS) -> dict[str, object]:
    """Run a file with a class whose method has this body."""
    path = tmp_path / "mod.py"
    indent = "" if head != CLASS else "            "
    text = head.format(body="\n".join(indent + line for line in body.splitlines()))
    path.write_bytes(text.encode(encoding))
    namespace: dict[str, object] = {"__name__": "carets"}
    exec(compile(path.read_bytes(), str(path), "exec"), namespace)
    return namespace


def shown(err: BaseException) -> list[str]:
    """The line and the carets of an error, as Python prints them."""
    lines = "".join(traceback.format_exception_only(type(err), err)).splitlines()
    at = next(i for i, line in enumerate(lines) if set(line.strip()) == {"^"})
    return lines[at - 1 : at + 1]


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        ("return del_(1j)", "1j"),
        ('x = "ää", 1j, ä', "1j"),
        ('x = "ä\t", 1j', "1j"),
        ("return [x for x in [y for y in [1j]]]", "1j"),
        ('x = "\U0001f600" + str(2 ** 64j)', "64j"),
    ],
)
def test_the_caret_is_under_what_is_refused(tmp_path, body, marked):
    with pytest.raises(TranspileError) as info:
        load(tmp_path, body)
    err = info.value
    assert (err.filename, err.lineno) == (str(tmp_path / "mod.py"), 6)
    assert err.text[err.offset - 1 : err.end_offset - 1] == marked
    line, carets = shown(err)
    assert line.strip() == body.replace("\t", " ")
    assert line[carets.index("^") :].startswith(marked) and carets.strip() == "^" * len(marked)


def test_tabs_before_the_line_stay(tmp_path):
    head = "from jsmodel import app\nclass T(app.Model):\n\tclass JS:\n\t\tdef go(self):\n\t\t\treturn {body}\n"
    with pytest.raises(TranspileError) as info:
        load(tmp_path, "1j", head=head)
    line, carets = shown(info.value)
    assert line.strip() == "return 1j" and line.expandtabs().index("1j") == carets.expandtabs().index("^^")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_with_a_byte_order_mark_has_the_same_places(tmp_path, encoding):
    with pytest.raises(TranspileError) as info:
        load(tmp_path, "x = 'ä' + 1j", encoding)
    assert shown(info.value)[1].strip() == "^^"
    assert info.value.lineno == 6


def test_what_goes_over_many_lines_is_marked_where_it_begins(tmp_path):
    with pytest.raises(TranspileError) as info:
        load(tmp_path, "return del_(\n    lambda: (\n        yield 1j,\n    ))")
    err = info.value
    assert err.end_lineno >= err.lineno >= 6
    assert shown(err)[1].strip("^ ") == ""


def test_its_words_name_the_place_once(tmp_path):
    with pytest.raises(TranspileError) as info:
        load(tmp_path, "return 1j")
    assert str(info.value).count("mod.py, line 6") == 1


def test_a_name_that_the_browser_would_not_know_is_underlined(tmp_path):
    namespace = load(tmp_path, 'return "ää", unknwn(ä)')
    with pytest.raises(ScopeError, match=r"uses 'unknwn' \(mod.py, line 6\)") as info:
        linker.check(namespace["T"])
    assert (info.value.filename, info.value.lineno) == (str(tmp_path / "mod.py"), 6)
    line, carets = shown(info.value)
    assert line[carets.index("^") :].startswith("unknwn(") and carets.strip() == "^" * 6
    assert "^" not in sentence(info.value) and sentence(info.value) in str(info.value)


def test_in_a_notebook_the_cell_is_named(tmp_path):
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance(colors='NoColor')\n"
        "shell.run_cell('from jsmodel import app', store_history=True)\n"
        "shell.run_cell(open('cell.py', encoding='utf-8').read(), store_history=True)\n"
    )
    (tmp_path / "cell.py").write_text(CLASS.format(body="            return 'ä', 1j"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        text=True,
        capture_output=True,
        timeout=60,
        env=os.environ | {"IPYTHONDIR": str(tmp_path), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
    )
    lines = done.stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip() == "return 'ä', 1j")
    assert "In[2]" in lines[at - 1] and lines[at - 1].endswith("line 6")
    assert lines[at + 1].index("^") == lines[at].index("1j")
    assert "1j is not known there (In[2], line 6). Keep the two parts in variables." in done.stdout
