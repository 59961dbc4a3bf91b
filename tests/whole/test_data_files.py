"""No table has grown so long that nobody looks it through."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 500
DATA = [file for top in ("checks", "fixtures", "reports") for file in sorted((ROOT / top).rglob("*"))
        if file.suffix in (".toml", ".jsonl") and "setups" not in file.parts and "out" not in file.parts]


@pytest.mark.parametrize("file", DATA, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_data_file_has_at_most_500_lines(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_the_tables_are_among_them() -> None:
    named = {file.relative_to(ROOT).as_posix() for file in DATA}
    assert {"checks/pitfalls/lesson.toml", "reports/explain/signs/lesson.toml",
            "reports/explain/known_cases/lesson.jsonl"} <= named
