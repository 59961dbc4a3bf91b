"""Remedies that work as printed: the server's address, the file that is there, the line that counts, the worst first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from checks.judging.pitfalls import load
from checks.judging.remedies import ollama_host
from checks.judging.urgency import HINDERS, LEAVES, UNTIDY, hurts
from fixtures.ollama.names import near
from fixtures.ollama.server import Server, address
from fixtures.system.setup import Setup
from tests.conftest import ROOT, Ran

HERE, MOVED = "http://127.0.0.1:11434", "http://localhost:8080/v1"


def asked(tmp_path: Path, named: str | None, server: str, state: str = "ollama") -> str | None:
    env = {"OLLAMA_HOST": named} if named else {}
    where = address(server, "config")
    assert where
    known = {"server": Server(where, state)}
    facts: Any = SimpleNamespace(setup=Setup(env, tmp_path, tmp_path), known=known.get)
    return ollama_host(facts)


@pytest.mark.parametrize(
    ("named", "server", "wanted"),
    [
        (None, HERE, None),
        ("127.0.0.1", HERE, None),
        ("0.0.0.0:11434", HERE, None),
        ("http://localhost:11434", HERE, None),
        ("127.0.0.1:9", HERE, "127.0.0.1:11434"),
        ("http://127.0.0.1", HERE, "127.0.0.1:11434"),
        ("gpu-box.example:11434", HERE, "127.0.0.1:11434"),
        (None, MOVED, "127.0.0.1:8080"),
        ("127.0.0.1:8080", MOVED, None),
        ("127.0.0.1:9", "http://[::1]:11434/v1", "[::1]:11434"),
        (None, "http://gpu-box.example:11434", None),
    ],
)
def test_where_the_command_asks(tmp_path: Path, named: str | None, server: str, wanted: str | None) -> None:
    assert asked(tmp_path, named, server) == asked(tmp_path, named, server, "refused") == wanted


def test_the_command_is_sent_there() -> None:
    values = {"model": "x:1b", "ollama_host": "127.0.0.1:8080"}
    pull = load()["model-not-downloaded"]
    assert pull.remedy(values, "linux").commands == ["export OLLAMA_HOST=127.0.0.1:8080", "ollama pull x:1b"]
    assert pull.remedy(values, "windows").commands[0] == '$env:OLLAMA_HOST = "127.0.0.1:8080"'
    assert load()["base-url-missing-v1"].remedy(values, "linux").commands == ['"baseURL": "http://127.0.0.1:11434/v1"']


@pytest.mark.parametrize("id", ["cloud-model-chosen-silently", "default-model-missing"])
def test_the_line_of_an_agent(id: str) -> None:
    """A `model` at the top changes nothing for an agent that names its own."""
    values = {"provider": "ollama", "model": "m:1b", "agent": "plan", "file": "~/x.md"}
    key = load()[id].remedy({**values, "case": "agent"}, "linux")
    assert key.commands == ['"agent": { "plan": { "model": "ollama/m:1b" } }'] and "plan" in key.text["zh"]
    file = load()[id].remedy({**values, "case": "agent-file"}, "linux")
    assert file.commands == ["model: ollama/m:1b"] and "~/x.md" in file.text["en"]
    assert load()[id].remedy({**values, "case": "order"}, "linux").commands[0].startswith('"model": "ollama/m:1b"')


def test_the_file_that_is_there() -> None:
    told = load()["out-of-memory"].remedy({}, "linux", "~/.config/opencode/opencode.jsonc")
    assert "opencode.jsonc" in told.text["en"] and "opencode.jsonc" in told.text["zh"]
    assert "opencode.json;" in load()["out-of-memory"].remedy({}, "linux").text["en"]


def test_what_hurts_comes_first() -> None:
    assert {*LEAVES, *HINDERS, *UNTIDY} - {"server-exposed"} <= set(load())
    there = [("advice", "config-unknown-key"), ("advice", "context-too-small"), ("failed", "config-syntax"),
             ("crashed", None), ("advice", "share-enabled"), ("advice", "gpu-not-used")]
    records = [{"status": status, "pitfall": pitfall} for status, pitfall in there]
    assert [one["pitfall"] for one in sorted(records, key=hurts)] == [
        "config-syntax", None, "share-enabled", "context-too-small", "gpu-not-used", "config-unknown-key"]


@pytest.mark.parametrize(("name", "there", "expected"), [
    ("granite:3.3", "granite3.3:latest", True), ("granite:3.3", "granite3.3:8b", True),
    ("gpt-oss-20b", "gpt-oss:20b", True), ("deepseek:r1", "deepseek-r1:8b", True), ("qwen3:8b", "qwen:38b", False),
    ("qwen3:8b", "qwen3-coder:30b", False), ("llama3.3:70b", "llama3:70b", False), ("qwen:3", "qwen3.6:27b", False),
])
def test_a_colon_elsewhere(name: str, there: str, expected: bool) -> None:
    assert near(name, [there]) == (there if expected else None)


@pytest.mark.real
def test_printed_for_a_host_that_leads_astray(run_checks: Callable[..., Ran]) -> None:
    ran = run_checks(f"--rehearse={ROOT}/fixtures/setups/model-not-downloaded-host", "--lang=en")
    host, pull = ran.checks["model-downloaded"]["remedy"]["commands"]
    assert pull == "ollama pull qwen2.5-coder:7b"
    assert host == f"export OLLAMA_HOST=127.0.0.1:{ran.checks['server-listening']['found']['en'].rpartition(':')[2]}"
