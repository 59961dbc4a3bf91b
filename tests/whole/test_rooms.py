"""The house stands on floors: an import may only lead down, wherever in a file it stands, and never round."""
from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "reports.__main__ reports.plugin", "reports.hand_in", "reports.ci reports.explain reports.room",
    "reports.page reports.terminal",
    "reports.ready reports.visit", "reports.fixes reports.proof reports.progress reports.result",
    "reports.options reports.ending reports.screen reports.redact", "reports.words",
    "reports.language", "checks", "checks.fixing", "checks.rules", "checks.judging",
    "fixtures.undo", "fixtures.fix", "fixtures.facts fixtures.mirror", "fixtures.proof",
    "fixtures.opencode fixtures.room fixtures.sandbox",
    "fixtures.ollama fixtures.programs", "fixtures.bootstrap", "fixtures.environment",
    "fixtures.command", "fixtures.jsonc", "fixtures.system",
    "fixtures.python_version",
)
"""The upper floors first. `checks` are the files on top of that folder; a room is a folder, or one of the files of
`reports`."""
FLOOR = {room: number for number, floor in enumerate(ROOMS) for room in floor.split()}
FILES = [file for top in ("checks", "fixtures", "reports") for file in sorted((ROOT / top).rglob("*.py"))
         if "setups" not in file.parts and file.name != "__init__.py"]


def room(module: str) -> str:
    """`fixtures.fix.pull` -> `fixtures.fix`, also from a folder inside that room; `checks.test_privacy` -> `checks`."""
    parts = module.split(".")
    return next(name for length in range(len(parts), 0, -1) if (name := ".".join(parts[:length])) in FLOOR)


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module of ours that is named in an import, also inside a function."""
    for node in ast.walk(tree):
        if isinstance(node,
                      ast.ImportFrom) and (node.module or "").partition(".")[0] in ("checks", "fixtures", "reports"):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if (ROOT / f"{inner.replace('.', '/')}.py").is_file() else str(node.module)


def wrong_arrows(module: str, text: str) -> list[str]:
    """The imports of a module that lead up, or to another room on the same floor."""
    here = room(module)
    return [other for other in imported(ast.parse(text)) if room(other) != here and FLOOR[room(other)] <= FLOOR[here]]


def name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("file", FILES, ids=name)
def test_imports_lead_down(file: Path) -> None:
    assert not wrong_arrows(name(file), file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("module", "line"), [
    ("fixtures.ollama.store", "from fixtures.opencode.choice import choose"),
    ("checks.judging.graph", "def late():\n    from reports.plugin import Reporter"),
    ("fixtures.facts.facts", "from fixtures.mirror import client"),
    ("reports.screen", "from reports.terminal import render"),
])
def test_an_import_that_leads_up_is_found(module: str, line: str) -> None:
    assert wrong_arrows(module, line)


def test_no_module_leads_back_to_itself() -> None:
    """Also inside a room, where the floors say nothing."""
    known = {name(file): set(imported(ast.parse(file.read_text(encoding="utf-8")))) for file in FILES}
    while free := {module for module, others in known.items() if not others & set(known)}:
        known = {module: others for module, others in known.items() if module not in free}
    assert not known
