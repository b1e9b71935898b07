"""What all measurements need: how long to try, medians, and apps in a process of their own."""

from __future__ import annotations

import contextlib
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

__all__ = ["ROOT", "Effort", "NotMeasured", "Served", "end", "free_port", "machine", "median", "serving", "spin_ms"]

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0


class NotMeasured(Exception):
    """A figure cannot be had here; the words say why, and stand in the table."""


@dataclass(frozen=True)
class Effort:
    """How much time to spend."""

    quick: bool = False

    def __call__(self, full: int, quick: int) -> int:
        """How many runs, or how many things in one."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Served:
    """An app that answers in another process."""

    pid: int
    port: int

    def url(self, path: str = "", scheme: str = "http") -> str:
        """The address of `path`."""
        return f"{scheme}://127.0.0.1:{self.port}/{path}"

    def rss(self) -> int:
        """The bytes of memory it holds, with those of the processes it started."""
        process = psutil.Process(self.pid)
        return sum(p.memory_info().rss for p in [process, *process.children(recursive=True)])


@contextlib.contextmanager
def serving(module: str, *args: str, python: str = sys.executable) -> Iterator[Served]:
    """Run `python -m MODULE PORT ARGS` until it answers, and end it in the end."""
    port = free_port()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([python, "-m", module, str(port), *args], cwd=ROOT, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + START_SECONDS
            while True:
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), 0.5).close()
                    break
                if process.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    raise RuntimeError(
                        f"{module} does not answer. It said:\n{log.read().decode(errors='replace')[-3000:]}"
                    )
                time.sleep(0.02)
            yield Served(process.pid, port)
        finally:
            end(process)


def end(process: subprocess.Popen[Any]) -> None:
    """End a process, and all that it started."""
    try:
        family = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _, alive = psutil.wait_procs(family, timeout=5)
    for one in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def spin_ms() -> float:
    """How long a fixed piece of pure Python takes at this moment."""
    runs = []
    for _ in range(5):
        start = time.perf_counter()
        total = 0
        for i in range(300_000):
            total += i & 7
        runs.append((time.perf_counter() - start) * 1e3)
    return median(runs)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
    }
