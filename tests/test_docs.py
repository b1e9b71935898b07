"""The examples of the README and the guide do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jsmodel import app
from jsmodel.event import loop

ROOT = Path(__file__).parent.parent
#: Examples that start a server, or need a notebook: the server's and the browser's tests run the same calls.
ELSEWHERE = ("app.start()", "app.init_notebook()")


@pytest.mark.parametrize("page", ["README.md", "docs/guide.md"])
def test_the_classes_of_the_examples_can_be_made(page, tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    names = {"app": app}
    made = []
    for number, block in enumerate(blocks):
        if any(call in block for call in ELSEWHERE):
            continue
        file = tmp_path / f"{number}.py"
        file.write_text(block, encoding="utf-8")
        known = set(names)
        names["__name__"] = f"example{number}"
        exec(compile(block, str(file), "exec"), names)
        for name in set(names) - known:
            value = names[name]
            if isinstance(value, type) and issubclass(value, app.Model):
                made.append(value())
    loop.flush()
    assert len(made) >= 2
