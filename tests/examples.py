"""The examples of the documentation, taken out of its pages and run as a reader would.

In a page, code fences mean:

    ```python                      a cell: run in order, all cells of a page in one module
    ```python title="counter.py"   a file, put into the reader's folder
    ```sh                          typed in that folder, line by line
    ```text                        right after one of these: what it prints; … stands for anything

Cells of a page with `init_notebook()` run in a real kernel. Cells that bring a
model to a browser (`app.start()`, `app.launch()` …) are scripts of their own,
after all cells before them; tests/browser/test_examples.py opens their pages.
Run as a program, this file runs the cells of one page and prints what came of it.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import sys
import types
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", *sorted(str(p.relative_to(ROOT).as_posix()) for p in ROOT.glob("docs/**/*.md"))]

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<lang>\w*)(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```[ ]*$", re.MULTILINE | re.DOTALL
)
_SERVING_COMMAND = re.compile(r"^(jsmodel serve (?!.*(--help|--generate-config|\|\|))|python \w+\.py)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One code fence.

    Attributes:
        title: The name of the file that it is, or "".
        line: Of its first line of code, in the page.
        prints: What the page says it prints; None if it does not say.
    """

    page: str
    line: int
    lang: str
    title: str
    code: str
    prints: str | None = None

    @property
    def serves(self) -> bool:
        """Whether it opens a browser, or does not end by itself."""
        if self.lang == "sh":
            return _SERVING_COMMAND.search(self.code) is not None
        return self.lang == "python" and self.calls("(start|run|launch|init_interactive)")

    def calls(self, verb: str) -> bool:
        """Whether it calls `app.verb()`, comments aside."""
        return re.search(rf"^[^#\n]*\bapp\.{verb}\(", self.code, re.MULTILINE) is not None

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str) -> list[Block]:
    """The code fences of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found: list[Block] = []
    end = 0
    for match in _FENCE.finditer(text):
        indent = len(match["indent"])
        code = "".join(line[indent:] if line.strip() else "\n" for line in match["body"].splitlines(keepends=True))
        title = re.search(r'title="([^"]*)"', match["info"])
        line = text.count("\n", 0, match.start("body")) + 1
        if match["lang"] == "text" and found and found[-1].prints is None and not text[end : match.start()].strip():
            last = found[-1]
            found[-1] = Block(page, last.line, last.lang, last.title, last.code, code)
        else:
            found.append(Block(page, line, match["lang"], title[1] if title else "", code))
        end = match.end()
    return found


def cells(page: str) -> list[Block]:
    """What is run in one module, or in one kernel."""
    return [b for b in blocks(page) if b.lang == "python" and not b.title]


def in_kernel(page: str) -> bool:
    """Whether the page is about notebooks."""
    return any(b.calls("init_notebook") for b in cells(page))


def plain_cells(page: str) -> list[Block]:
    """The cells that end by themselves."""
    return [b for b in cells(page) if not b.serves]


def scripts(page: str) -> list[list[Block]]:
    """For each cell that serves: it, and what it needs of the cells before."""
    every = cells(page)
    return [
        [b for b in every[:index] if not b.serves and not b.calls("init_notebook")] + [block]
        for index, block in enumerate(every)
        if block.serves
    ]


def source(part: Sequence[Block]) -> str:
    """Code of some blocks of one page, each at the line that it has in the page."""
    lines: list[str] = []
    for block in part:
        lines += [""] * (block.line - 1 - len(lines))
        lines += block.code.splitlines()
    return "\n".join(lines) + "\n"


def same(printed: str, expected: str) -> bool:
    """Whether what was printed is what the page shows; ports may be others."""
    printed, expected = (re.sub(r"localhost:\d+", "localhost:port", text) for text in (printed, expected))
    pattern = ".*?".join(re.escape(part.strip()) for part in expected.strip().split("…"))
    lines = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    return re.fullmatch(pattern.replace(r"\ ", r"\s+"), lines, re.DOTALL) is not None


def lay_out(page: str, folder: Path, before: int | None = None) -> None:
    """Put the files that a page shows (before a line of it) into `folder`, and the notebooks that come with jsmodel."""
    for block in blocks(page):
        if block.title and (before is None or block.line < before):
            (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.title).write_text(block.code, encoding="utf-8")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"), dirs_exist_ok=True)


def run_cells(page: str, part: Sequence[Block], folder: Path) -> list[str]:
    """Run cells in this process, in a module of their own; what each printed, tracebacks included."""
    from jsmodel.event import loop

    file = folder / "example.py"
    file.write_text(source(part), encoding="utf-8")
    module = types.ModuleType("example")
    module.__file__ = str(file)
    sys.modules["example"] = module
    printed = []
    for block in part:
        out, before = io.StringIO(), dict(module.__dict__)
        with contextlib.redirect_stdout(out):
            try:
                exec(compile(source([block]), str(file), "exec"), module.__dict__)
                loop.flush()
            except Exception as err:
                if block.prints is None:
                    raise
                module.__dict__.clear()  # what a cell defined that is shown to fail is of no use
                module.__dict__.update(before)
                said = str(err)
                for note in getattr(err, "__notes__", []):
                    said = said.removesuffix(f"\n{note}")  # Python 3.10 has them there
                out.write(f"{type(err).__module__}.{type(err).__qualname__}: {said}\n".removeprefix("builtins."))
        printed.append(out.getvalue())
    return printed


def models() -> list[Any]:
    """The Model classes that the cells have made."""
    from jsmodel import app

    names = vars(sys.modules["example"]).values()
    return [v for v in names if isinstance(v, type) and issubclass(v, app.Model) and v.__module__ == "example"]


def main(page: str, folder: str) -> None:
    """Run the cells of a page in `folder`, make an instance of each class, and export it there."""
    from jsmodel import app

    part = plain_cells(page)
    lay_out(page, Path(folder))
    sys.path.insert(0, folder)
    printed = run_cells(page, part, Path(folder))
    made = {}
    for cls in models():
        made[cls.__name__] = repr(cls())
        app.export(cls, Path(folder) / f"{cls.__name__}.html", overwrite=True)
    print(json.dumps({"printed": printed, "made": made}))


if __name__ == "__main__":
    main(*sys.argv[1:])
