"""A table is read as it stands, whatever a copy in the cache says."""
from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from fixtures.system import tables


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv("OLLAMA_CHECKPOINTS_CACHE", str(folder))
    return folder


def table(folder: Path, text: str) -> Path:
    file = folder / "a.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_second_reading_needs_no_parser(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = table(tmp_path, 'a = {en = "x", zh = "字"}\nb = [1, 2.5, true]\n')
    first = tables.read(file)
    monkeypatch.setattr(tomllib, "loads", lambda text: pytest.fail("parsed again"))
    assert tables.read(file) == first == {"a": {"en": "x", "zh": "字"}, "b": [1, 2.5, True]}


def test_a_changed_table_is_read_anew(cache: Path, tmp_path: Path) -> None:
    assert tables.read(table(tmp_path, "a = 1"))["a"] == 1
    assert tables.read(table(tmp_path, "a = 2"))["a"] == 2
    assert len(list((cache / "tables").iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 40, None])
def test_a_damaged_copy_is_none(damage: bytes | None, cache: Path, tmp_path: Path) -> None:
    file = table(tmp_path, "a = 1")
    tables.read(file)
    (kept,) = (cache / "tables").iterdir()
    kept.write_bytes(kept.read_bytes()[:40] if damage is None else damage)
    assert tables.read(file) == {"a": 1}


def test_what_cannot_be_kept_is_read_all_the_same(cache: Path, tmp_path: Path) -> None:
    assert str(tables.read(table(tmp_path, "a = 2026-11-26"))["a"]) == "2026-11-26"


def test_no_cache_is_made_for_it(cache: Path, tmp_path: Path) -> None:
    cache.rmdir()
    assert tables.read(table(tmp_path, "a = 1")) == {"a": 1} and not cache.exists()


def test_a_plan_keeps_nothing(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_read_only", False)
    tables.only_read()
    assert tables.read(table(tmp_path, "a = 1")) == {"a": 1} and not list(cache.iterdir())
