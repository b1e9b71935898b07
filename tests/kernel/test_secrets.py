"""What a kernel says of the file beside a notebook: in outputs, which are stored, and to pages."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

from .conftest import SETUP, Kernel

FILE = '''
from jsmodel import app
PASSWORD = "hunter2"

def shown(x):
    # hunter2
    return x + 1

class Door(app.Model):
    """hunter2"""
    def open(self, key="hunter2"):
        return key == PASSWORD
    class JS:
        def go(self):
            return shown(1)
'''


def test_a_file_beside_a_notebook_keeps_what_is_no_code_for_the_browser(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "door.py").write_text(FILE)
    kernel.run(SETUP)
    outcome = kernel.run("from door import Door\nopened = Door()\nopened")
    page = kernel.open_page()
    page.welcomed()
    outputs = json.dumps(outcome.messages, default=str)
    assert "function shown" in outputs and "hunter2" not in outputs
    assert "sourceMappingURL" not in outputs  # what is stored has no maps
    (code,) = [asset["code"] for asset in page.assets if asset["name"] == "door.js"]
    (data,) = re.findall(r"sourceMappingURL=data:application/json;base64,(\S+)", code)
    found = base64.b64decode(data).decode()
    assert "def shown(x):" in found
    assert "hunter2" not in found + json.dumps(page.messages)
