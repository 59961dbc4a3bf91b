"""What only POSIX has is imported where it is used: one import at the top of a file stops every test on Windows."""
from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
POSIX = {"curses", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
APART = ("fixtures.proof.namespace", "fixtures.proof.screen", "fixtures.proof.confined",
         *(f"tests.support.{name}in_namespace" for name in ("", "exits_", "leaks_")))
"""Run on Linux alone, in a process of their own or late."""
FILES = [file for top in ("checks", "fixtures", "reports", "tests") for file in sorted((ROOT / top).rglob("*.py"))
         if "setups" not in file.parts and "proof" not in file.parts and not file.name.endswith("in_namespace.py")]


def at_the_top(tree: ast.Module) -> Iterator[str]:
    """Modules that the file's own import brings along."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_nothing_of_posix_is_imported_at_the_top(file: Path) -> None:
    assert not set(at_the_top(ast.parse(file.read_text(encoding="utf-8")))) & {*POSIX, *APART}


def test_an_import_at_the_top_is_found() -> None:
    assert {"fcntl", "os"} <= set(at_the_top(ast.parse("import fcntl, os\nfrom pathlib import Path")))
