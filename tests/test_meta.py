"""What holds for the package as a whole: its front door is light, and it has one version number."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import jsmodel

LABEXTENSION = Path(__file__).resolve().parent.parent / "labextension"
HEAVY = ["tornado", "IPython", "jupyter_server", "pscript", "numpy"]


@pytest.fixture(scope="module")
def loaded_by_import() -> set[str]:
    code = "import json, sys, jsmodel; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.fixture(scope="module")
def package_json() -> dict[str, object]:
    return json.loads((LABEXTENSION / "package.json").read_text(encoding="utf-8"))


def test_import_jsmodel_really_ran(loaded_by_import):
    assert "jsmodel" in loaded_by_import


@pytest.mark.parametrize("name", HEAVY)
def test_import_jsmodel_does_not_load(name, loaded_by_import):
    assert name not in loaded_by_import


def test_the_version_is_the_one_in_package_json(package_json):
    assert jsmodel.__version__ == package_json["version"]


def test_the_installed_version_is_the_one_in_package_json(package_json):
    assert version("jsmodel") == package_json["version"]


def test_the_lock_file_is_of_this_version_and_names_no_download_address(package_json):
    text = (LABEXTENSION / "package-lock.json").read_text(encoding="utf-8")
    lock = json.loads(text)
    assert lock["version"] == lock["packages"][""]["version"] == package_json["version"]
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
