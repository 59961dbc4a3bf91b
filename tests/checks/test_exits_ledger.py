"""The ledger of exits: whole, in both languages, and its lines are what a config and a shell take."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from checks.judging.exits import FILES, FOLDER, KINDS, Exit, known_by, ledger

ROOT = Path(__file__).resolve().parents[2]
VALUES = {"provider": "ollama", "model": 'qwen "3"', "name": "tools"}
EXITS = list(ledger().values())


def test_every_file_of_the_folder_is_read() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == set(FILES)


@pytest.mark.parametrize("exit", EXITS, ids=lambda one: one.id)
def test_an_exit_is_whole(exit: Exit) -> None:
    assert exit.kind in KINDS and exit.program in ("opencode", "ollama", "suite")
    assert exit.source.startswith("https://")
    assert exit.generations if exit.program == "opencode" else not exit.generations
    assert exit.reads and all(re.fullmatch(r"(config|env|file|seen):.+", one) for one in exit.reads)
    assert all(re.search("[\u4e00-\u9fff]", text["zh"]) and text["en"] for text in (exit.what, exit.when))
    assert bool(exit.setup) != bool(exit.no_setup)


@pytest.mark.parametrize("os", ["linux", "macos", "windows"])
@pytest.mark.parametrize("exit", EXITS, ids=lambda one: one.id)
def test_an_exit_says_what_closes_it(exit: Exit, os: str) -> None:
    for generation in exit.generations or (1, 2):
        assert exit.lines(generation, os, VALUES), exit.id
        if exit.close.get("config"):
            assert exit.value(generation, VALUES), exit.id


def test_a_line_whose_value_is_unknown_is_not_printed() -> None:
    assert ledger()["default-model"].config(1, {}) is None


@pytest.mark.parametrize(("host", "first"), [
    ("models.opencode.ai", "model-catalogue"), ("models.dev", "model-catalogue"), ("opncd.ai", "share"),
    ("opencode.ai", "default-model"), ("api.github.com", "update-check"), ("Ollama.com.", "ollama-cloud-model"),
    ("registry.ollama.ai", "ollama-registry"), ("mcp.exa.ai", "websearch"), ("api.openai.com", "other-providers"),
    ("example.org", "webfetch"),
])
def test_a_host_is_known(host: str, first: str) -> None:
    assert known_by(host)[0].id == first


def test_a_host_of_one_program() -> None:
    assert {one.program for one in known_by("ollama.com", "ollama")} == {"ollama"}
