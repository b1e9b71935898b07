"""What all measurements need: how long to try, medians, and apps in a process of their own."""

from __future__ import annotations

import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Effort", "Served", "median", "serving", "spin_ms"]

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30.0


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


@contextlib.contextmanager
def serving(module: str, *args: str) -> Iterator[Served]:
    """Run `python -m MODULE PORT ARGS` until it answers, and end it in the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([sys.executable, "-m", module, str(port), *args], cwd=ROOT, stdout=log, stderr=log)
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
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def median(values: list[float]) -> float:
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
