"""What a package's first line promises, and that tests share by `tests/support`, not by one another."""
from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [file for top in ("checks", "fixtures", "reports", "tests")
            for file in sorted((ROOT / top).rglob("__init__.py"))
            if "setups" not in file.parts]
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("file", PACKAGES, ids=lambda file: name(file.parent))
def test_a_package_opens_with_one_sentence(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    said = ast.get_docstring(tree) or ""
    assert said.endswith(".") and "\n" not in said and len(tree.body) == 1


@pytest.mark.parametrize("top", ["checks", "fixtures", "reports", "tests"])
def test_every_folder_with_modules_is_a_package(top: str) -> None:
    """But for the scripts that a kit is started with: they run where nothing of the suite is."""
    folders = {file.parent for file in (ROOT / top).rglob("*.py") if "setups" not in file.parts}
    folders.discard(ROOT / "fixtures" / "mirror" / "start")
    assert not folders - {file.parent for file in PACKAGES}


@pytest.mark.parametrize("file", TESTS, ids=name)
def test_no_test_file_imports_another(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    sources = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [source for source in sources if source.startswith("tests.")
                and source.rpartition(".")[2].startswith("test_")]
