"""Who may import whom. The picture below is the architecture; this file holds the code to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "jsmodel"

# Each line may import the lines above it, and itself only where a name is a folder of its own.
# What stands on one line does not know each other.
PICTURE = """
errors
event   transport   assets
protocol   transpile
transfer   reply   raised   unasked   arguments   sides
model
channel   snapshot   upgrade
client
failures
calls
session   ui
registry   export
targets
kernel   server
app
cli   testing
__main__
"""

#: Who alone may import these, however late.
HOMES = {
    "tornado": "server",
    "jupyter_server": "server",
    "itsdangerous": "server",
    "IPython": "kernel",
    "ipykernel": "kernel",
    "comm": "kernel",
    "nbconvert": "kernel",
    "nbformat": "kernel",
    "pscript": "transpile",
    "jupyter_core": "cli",
    "webview": "server",
}

LEVELS = {name: level for level, line in enumerate(PICTURE.split("\n")) for name in line.split()}
FILES = sorted(p for p in PACKAGE.rglob("*.py") if "labextension" not in p.parts and "static" not in p.parts)


def layer(path: Path) -> str:
    """The name in the picture of a file."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """The full names that a file imports anywhere, also inside functions; what is for type checkers only does not count."""
    package = ["jsmodel", *path.relative_to(PACKAGE).parts[:-1]]

    def visit(node: ast.AST) -> Iterator[tuple[str, int]]:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for child in node.orelse:
                yield from visit(child)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            for alias in node.names:
                yield ".".join([*base, *([node.module] if node.module else []), alias.name]), node.lineno
        else:
            for child in ast.iter_child_nodes(node):
                yield from visit(child)

    yield from visit(ast.parse(path.read_text(encoding="utf-8")))


def wrong(path: Path) -> list[str]:
    """What a file imports and may not, in words."""
    me, found = layer(path), []
    for name, line in imports(path):
        top, *rest = name.split(".")
        home = HOMES.get(top)
        if home is not None and me != home:
            found.append(f"{path.name}:{line} imports {top}, which only {home} may")
        if top != "jsmodel" or not rest or me == "__init__":
            continue
        other = rest[0]
        if other == me:
            continue
        if other not in LEVELS:
            found.append(f"{path.name}:{line} imports jsmodel.{other}, which is not in the picture")
        elif LEVELS[other] >= LEVELS[me]:
            found.append(f"{path.name}:{line} imports {other}, which is not above {me}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_file_imports_only_what_stands_above_it(path):
    # ui is written as users write: `from .. import event`
    assert wrong(path) == []


def test_every_file_is_in_the_picture():
    assert {layer(p) for p in FILES} - {"__init__"} <= set(LEVELS)


def test_an_import_inside_a_function_counts(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    bad = tmp_path / "protocol.py"
    bad.write_text("def f():\n    from .session import Session\n    import tornado.web\n")
    assert wrong(bad) == [
        "protocol.py:2 imports session, which is not above protocol",
        "protocol.py:3 imports tornado, which only server may",
    ]
