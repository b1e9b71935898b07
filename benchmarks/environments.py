"""The peers' environments: one in `.bench/` for each file in `envs/`.

    python -m benchmarks.environments

builds those that are missing, or older than their list. One that cannot be had
is no failure: the rows that want it say why they have no figure.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

from .measure import ROOT, NotMeasured

__all__ = ["FOLDER", "NAMES", "build", "python", "versions"]

LISTS = Path(__file__).parent / "envs"
FOLDER = ROOT / ".bench"
NAMES = tuple(sorted(path.stem for path in LISTS.glob("*.txt")))
PIP_SECONDS = 900


def build(name: str) -> str:
    """Make the environment of `name` unless it is there. Returns why it could not be made, or nothing."""
    home, wanted = FOLDER / name, _mark(name)
    stamp, failed = home / "stamp", FOLDER / f"{name}.failed"
    if stamp.exists() and stamp.read_text() == wanted:
        return ""
    FOLDER.mkdir(exist_ok=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    try:
        _run([sys.executable, "-m", "venv", "--clear", str(home)])
        _run([*pip, "install", "--quiet", "--upgrade", "-r", str(LISTS / f"{name}.txt")])
    except (OSError, subprocess.SubprocessError) as err:
        said = getattr(err, "stderr", "") or str(err)
        why = next((line for line in reversed(str(said).splitlines()) if line.strip()), type(err).__name__)
        failed.write_text(why)
        return why
    stamp.write_text(wanted)
    failed.unlink(missing_ok=True)
    return ""


def python(name: str) -> str:
    """The interpreter of that environment.

    Raises:
        NotMeasured: when it is not there.
    """
    stamp, failed = FOLDER / name / "stamp", FOLDER / f"{name}.failed"
    if stamp.exists() and stamp.read_text() == _mark(name):
        return str(FOLDER / name / "bin" / "python")
    if failed.exists():
        raise NotMeasured(f"pip could not install it: {failed.read_text()[:120]}")
    raise NotMeasured("its environment is not there; `make bench` builds it")


@cache
def versions(name: str) -> dict[str, str]:
    """What is installed there that was asked for, and its version."""
    asked = [line.partition(">")[0] for line in (LISTS / f"{name}.txt").read_text().split()]
    code = "import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    done = subprocess.run([python(name), "-c", code, *asked], capture_output=True, text=True, check=True, timeout=60)
    return {str(k): str(v) for k, v in json.loads(done.stdout).items()}


def _mark(name: str) -> str:
    asked = (LISTS / f"{name}.txt").read_bytes()
    return f"{sys.version.split()[0]} {hashlib.sha256(asked).hexdigest()}\n"


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=PIP_SECONDS)


if __name__ == "__main__":
    for each in NAMES:
        print(f"{each}: {build(each) or 'ready'}", flush=True)
