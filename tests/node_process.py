"""A long-living Node process that answers one line of JSON with another."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

__all__ = ["LABEXTENSION", "NodeProcess", "bundle_for_node"]

LABEXTENSION = Path(__file__).parents[1] / "labextension"


def bundle_for_node(target: Path, *, entry: Path | None = None, text: str | None = None) -> None:
    """Bundle TypeScript with the runtime: the file `entry`, or `text` as if it stood beside the sources."""
    command = [os.fspath(LABEXTENSION / "node_modules" / ".bin" / "esbuild")]
    if entry is not None:
        command.append(os.fspath(entry))
    command += ["--bundle", "--format=cjs", "--platform=node", "--target=es2022", "--log-level=warning"]
    subprocess.run([*command, f"--outfile={target}"], input=text, text=True, cwd=LABEXTENSION, check=True)


class NodeProcess:
    """Runs a script that reads lines from its stdin, and writes one for each to its stdout.

    Args:
        script: What Node runs.
        options: What Node itself is told.
        seconds: How long an answer may take, before the process is killed.
    """

    def __init__(self, script: Path, *options: str, seconds: float = 20) -> None:
        self.seconds = seconds
        command = ["node", *options, os.fspath(script)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, question: Any) -> Any:
        """Send a line, and wait for the answer."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        timer = threading.Timer(self.seconds, self._process.kill)
        timer.start()
        answer = self._process.stdout.readline()
        timer.cancel()
        assert answer, f"Node ended at {question!r}"
        return json.loads(answer)

    def end(self) -> None:
        """Let the process end, and see that it does."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            assert self._process.wait(10) == 0
        finally:
            self._process.kill()
            self._process.stdout.close()
