"""The models that people are told to take: each row held to its sources, its figures, and to what can be pulled."""
from __future__ import annotations

import datetime
import re
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from checks.judging.lesson import download_bytes, lesson
from checks.judging.models import instead_of, lessons_own, prints_calls, relied_on, smaller, table
from checks.judging.pitfalls import load
from checks.judging.remedies import not_the_lessons

PULLED = re.compile(r"[a-z0-9][a-z0-9._-]*:[a-z0-9][a-z0-9._-]*")
"""A name of Ollama's own library, with its tag."""
ROWS = {**table()["models"], **{one["family"]: one for one in table()["prints"]}}


@pytest.mark.parametrize("name", ROWS)
def test_each_row_has_two_sources_of_their_own_and_a_date(name: str) -> None:
    row = ROWS[name]
    assert len(row["sources"]) >= 2 and all(url.startswith("https://") for url in row["sources"])
    told_by = {"/".join([urlsplit(url).netloc, *urlsplit(url).path.split("/")[1:3]]) for url in row["sources"]}
    assert len(told_by) >= 2, "two sources of one project are one source"
    assert datetime.date.fromisoformat(row["read"]) >= datetime.date(2026, 11, 1)
    assert len(row.get("says", row["sources"])) == len(row["sources"])


@pytest.mark.parametrize("name", table()["models"])
def test_each_model_can_be_pulled_and_has_its_figures(name: str) -> None:
    assert PULLED.fullmatch(name) and not name.endswith("cloud")
    row = table()["models"][name]
    assert row["gb"] > 1 and row["kv_cache"] > 10_000 and download_bytes(name) == int(row["gb"] * 1e9)
    assert not prints_calls(name)


def test_there_is_one_for_each_tier_of_the_lesson() -> None:
    keys = ("vram_gib", "ram_gib")
    assert [[tier.get(key) for key in keys] for tier in table()["tiers"]] == [
        [tier.get(key) for key in keys] for tier in lesson()["tiers"]]
    assert {tier["model"] for tier in table()["tiers"]} == set(table()["models"])


@pytest.mark.parametrize(("ram", "vram", "model"), [
    (8, None, "qwen3:4b"), (None, None, "qwen3:4b"), (15.6, None, "qwen3:8b"), (32, 15.7, "qwen3:8b"),
    (64, 23.9, "gpt-oss:20b"), (128, 63.7, "gpt-oss:20b"), (16, 8, "qwen3:8b"), (3.7, None, "qwen3:4b"),
])
def test_hardware(ram: float | None, vram: float | None, model: str) -> None:
    assert relied_on(ram, vram) == model


def test_instead() -> None:
    assert instead_of("qwen3:8b", 16, None) == "qwen3:4b" and instead_of("gpt-oss:20b", 64, 24) == "qwen3:8b"
    assert (smaller(20 * 10**9), smaller(5 * 10**9), smaller(10**8)) == ("gpt-oss:20b", "qwen3:4b", "llama3.2:3b")
    assert load()["no-tool-call"].remedy({}, "linux").commands == ["pytest checks --fix --model=qwen3:4b"]


def test_it_is_said_that_the_lesson_names_another() -> None:
    machine = SimpleNamespace(ram_gib=16.0, vram_gib=None, unified=False)
    facts: Any = SimpleNamespace(known={"machine": machine}.get)
    told = not_the_lessons(facts, ["ollama pull qwen3:8b"])
    assert told and "qwen2.5-coder:7b" in told.en and "qwen3:8b" in told.zh
    assert not_the_lessons(facts, ["ollama pull llama3.2:3b"]) is None
    assert lessons_own("qwen3:8b", 16, None) == "qwen2.5-coder:7b" and lessons_own("mine:1b", 16, None) is None


@pytest.mark.parametrize(("name", "prints"), [
    ("qwen2.5-coder:7b", True), ("library/qwen2.5-coder", True), ("qwen2.5:7b", False), ("qwen3-coder:30b", False)])
def test_families_that_print(name: str, prints: bool) -> None:
    assert bool(prints_calls(name)) is prints
