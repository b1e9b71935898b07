"""A wheel has jsmodel's own widgets transpiled; a checkout has not; and both say the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from jsmodel.transpile.fingerprint import contents
from jsmodel.transpile.shipped import Shipped

ROOT = Path(__file__).resolve().parents[2]
NAME = "jsmodel/static/transpiled.json"

#: Prints the assets of the widgets, and what was loaded to transpile them.
SHOW = """
import json, sys
from jsmodel import ui
from jsmodel.transpile.modules import linker
texts = [asset.text for asset in linker.assets_for([getattr(ui, name) for name in ui.__all__])]
print(json.dumps([texts, sorted(m for m in sys.modules if m.startswith(("pscript", "jsmodel.transpile.finder"))), ui.__file__]))
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that a wheel has, made here."""
    file = tmp_path_factory.mktemp("written") / "transpiled.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JSMODEL_CACHE": "0"}
    command = [sys.executable, str(ROOT / "scripts" / "transpile_widgets.py"), str(file)]
    subprocess.run(command, env=environment, check=True, timeout=60)
    return file


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with jsmodel in it, as it is in git."""
    assert not (ROOT / NAME).exists()
    ignored = shutil.ignore_patterns("__pycache__", "labextension")
    shutil.copytree(ROOT / "jsmodel", tmp_path / "checkout" / "jsmodel", ignore=ignored)
    return tmp_path / "checkout"


@pytest.fixture
def installed(checkout: Path, written: Path) -> Path:
    """The same, as a wheel brings it."""
    shutil.copy(written, checkout / NAME)
    return checkout


def run(path: Path, kept: Any) -> tuple[list[str], list[str]]:
    """The JS of the widgets of the jsmodel that is there, and what was loaded to transpile them."""
    environment = {**os.environ, "PYTHONPATH": str(path), "JSMODEL_CACHE": str(kept)}
    done = subprocess.run(
        [sys.executable, "-c", SHOW], cwd=path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    texts, loaded, file = json.loads(done.stdout)
    assert Path(file).is_relative_to(path)
    return texts, loaded


def test_of_an_installed_jsmodel_nothing_is_transpiled_at_its_first_use(installed, tmp_path):
    texts, loaded = run(installed, tmp_path / "kept")
    assert loaded == []
    assert not list((tmp_path / "kept").glob("*.json")), "nothing has to be kept, either"
    again, loaded = run(installed, "0")
    assert "pscript" in loaded, "without a cache it is transpiled"
    assert texts == again


def test_a_checkout_has_nothing_and_transpiles_the_same(checkout, written, tmp_path):
    texts, loaded = run(checkout, tmp_path / "kept")
    assert "pscript" in loaded
    assert run(checkout, tmp_path / "kept") == (texts, []), "the second time it comes from the cache"
    shutil.copy(written, checkout / NAME)
    assert run(checkout, tmp_path / "other") == (texts, [])


def test_a_wheel_has_the_file_and_an_editable_one_has_not(tmp_path, written):
    def build(target: str) -> zipfile.ZipFile:
        command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(tmp_path / target)]
        environment = {**os.environ, "HATCH_JUPYTER_BUILDER_SKIP_NPM": "1"}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110)
        assert done.returncode == 0, done.stderr
        return zipfile.ZipFile(next((tmp_path / target).glob("*.whl")))

    with build("wheel") as archive:
        assert archive.read(NAME) == written.read_bytes()
        archive.extractall(tmp_path / "site")
    assert run(tmp_path / "site", tmp_path / "kept")[1] == []
    with build("wheel:editable") as archive:
        assert NAME not in archive.namelist()


@pytest.mark.parametrize(
    "change",
    ["jsmodel/ui/_button.py", "jsmodel/transpile/lower/calls.py", "the file itself", "half of the file", "no file"],
)
def test_what_does_not_fit_any_more_is_transpiled_anew_without_a_word(installed, tmp_path, change):
    before, _ = run(installed, "0")
    file = installed / NAME
    if change == "the file itself":
        file.write_bytes(file.read_bytes().replace(b"return", b"retorn", 1))
    elif change == "half of the file":
        file.write_bytes(file.read_bytes()[:5000])
    elif change == "no file":
        file.unlink()
    else:
        path = installed / change
        path.write_text(path.read_text() + "# changed\n")
    texts, loaded = run(installed, tmp_path / "kept")
    assert "pscript" in loaded
    assert texts == before


def test_a_function_is_taken_for_what_came_only_where_python_has_read_it_from_that_file(tmp_path):
    source = "def f(a):\n    return a\n"
    (tmp_path / "own.py").write_text(source)
    spaces: dict[str, Any] = {}
    exec(compile(source, str(tmp_path / "own.py"), "exec"), spaces)
    writer = Shipped(None, tmp_path)
    writer.written = {}
    writer.put(spaces["f"], "key", {"body": "return a;"})
    (tmp_path / "came.json").write_text(writer.text(), encoding="utf-8")
    came = Shipped(tmp_path / "came.json", tmp_path)
    assert not came.knows(spaces["f"]), "exec() can say that it is any file"
    sys.path.insert(0, str(tmp_path))
    try:
        import own
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("own", None)
    came = Shipped(tmp_path / "came.json", tmp_path)
    assert came.knows(own.f) and came.get(own.f, "key") == {"body": "return a;"}
    assert came.get(own.f, "other") is None
    (tmp_path / "own.py").write_text(source + "\n")
    assert not Shipped(tmp_path / "came.json", tmp_path).knows(own.f)
    assert contents() in (tmp_path / "came.json").read_text()
