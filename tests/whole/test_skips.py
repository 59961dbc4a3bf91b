"""A test that does not run says what would make it run, and the last lines of a run count those."""
from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.support.not_run import in_share

FILES = sorted((ROOT / "tests").rglob("*.py"))
SKIPPED = """
import pytest

@pytest.mark.parametrize("number", range(3))
def test_page(number):
    pytest.skip("no browser: apt-get install one")

@pytest.mark.skipif(True, reason="no zstd: apt-get install zstd")
def test_pack():
    pass

def test_that_runs():
    pass
"""


def reasons(tree: ast.AST) -> Iterator[str]:
    """Every reason for a skip, `…` for what is not written in the source."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)
        if name == "pytest.skip":
            yield _text(call.args[0])
        elif name == "pytest.mark.skipif":
            yield from (_text(keyword.value) for keyword in call.keywords if keyword.arg == "reason")


def _text(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)


def test_every_skip_says_what_is_missing_and_what_would_make_it_run() -> None:
    trees = {file.name: ast.parse(file.read_text(encoding="utf-8")) for file in FILES}
    told = {f"{name}: {reason}": reason for name, tree in trees.items() for reason in reasons(tree)}
    assert len(told) > 20
    assert not [where for where, reason in told.items() if reason != "…" and not all(reason.partition(": ")[::2])]


def test_the_last_lines_count_what_did_not_run(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    file = tmp_path / "page" / "test_page.py"
    file.write_text(SKIPPED, encoding="utf-8")
    plugins = ["-p", "no:cacheprovider", "-p", "tests.conftest"]
    argv = [sys.executable, "-m", "pytest", "-q", *plugins, f"--rootdir={tmp_path}", str(file)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(argv, cwd=tmp_path, env=env, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("not run here")] == [
        "not run here: 3 page tests, no browser: apt-get install one",
        "not run here: 1 page test, no zstd: apt-get install zstd",
    ]


@pytest.mark.parametrize("one_in", [1, 5])
def test_a_share_is_the_same_each_time_and_about_as_large_as_asked(one_in: int) -> None:
    names = [f"tests/whole/test_x.py::test_{number}" for number in range(1000)]
    chosen = [name for name in names if in_share(name, one_in)]
    assert abs(len(chosen) - 1000 / one_in) < 40 and chosen == [name for name in names if in_share(name, one_in)]
