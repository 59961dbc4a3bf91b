"""Known faults of single versions of Ollama: told to whom they concern, with the version that mends them."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from checks.judging.graph import checks
from checks.judging.regressions import Regression, regressions
from fixtures.facts.facts import Facts, numbers
from fixtures.ollama.server import Address, Program, Server
from fixtures.opencode.choice import Choice
from fixtures.system.machine import Machine
from fixtures.system.setup import Setup

each = pytest.mark.parametrize("one", regressions(), ids=lambda one: one.first)


@each
def test_each_has_a_source_a_mended_version_and_both_languages(one: Regression) -> None:
    assert numbers(one.first) < numbers(one.mended)
    assert all(link.startswith("https://github.com/") for link in one.source.split(" and "))
    assert re.search(r"[\u4e00-\u9fff]", one.zh) and one.en.isascii()
    assert one.in_version(one.first) and not one.in_version(one.mended)


def judged(tmp_path: Path, version: str, model: str, vram: float | None) -> tuple[str, str | None]:
    facts = Facts(Setup({"PATH": ""}, tmp_path, tmp_path, "rehearse"), lambda machine: "m")
    facts.assume("ollama_program", Program(tmp_path / "ollama", version, code=0))
    facts.assume("servers", [SERVER := Server(Address("http://127.0.0.1:11434", "default", "127.0.0.1", 11434),
                                              "ollama", version)])
    facts.assume("server", SERVER)
    facts.assume("choice", Choice(model, model, "server", model))
    facts.assume("machine", Machine("linux", "x86_64", 16, vram, 100, 4))
    finding = checks()["ollama-version"].judge(facts)
    return finding.status, finding.pitfall


@each
def test_who_has_that_model_and_machine_is_told(one: Regression, tmp_path: Path) -> None:
    model = f"{(one.models or ('qwen3',))[0]}:tag" if ":" not in (one.models or ("",))[0] else one.models[0]
    assert judged(tmp_path, one.first, model, 8.0) == ("advice", "ollama-regression")
    assert judged(tmp_path, one.mended, model, 8.0) == ("passed", None)


def test_who_has_neither_is_not_told(tmp_path: Path) -> None:
    assert judged(tmp_path, "0.12.5", "qwen3:8b", None) == ("passed", None)
    assert judged(tmp_path, "0.20.1", "qwen3:8b", 8.0) == ("passed", None)
    assert judged(tmp_path, "0.20.1", "somebody/gemma4-tuned", 8.0) == ("advice", "ollama-regression")
