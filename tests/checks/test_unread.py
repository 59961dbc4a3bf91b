"""What is not known yet is not said: the model of a config that cannot be read, and why OpenCode gave no list."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checks.judging.graph import checks
from fixtures.facts.facts import Facts
from fixtures.ollama.server import Address, Server
from fixtures.opencode.program import Providers
from fixtures.system.machine import Machine
from tests.support.config_homes import Home, config

SERVER = Server(Address("http://127.0.0.1:9", "default", "127.0.0.1", 9), "ollama", "0.34.0")


def facts(folder: Path, text: str | dict[str, Any] | None, **known: Any) -> Facts:
    home = Home(folder)
    if text is not None:
        home.write(text)
    found = home.facts()
    machine = Machine("linux", "x86_64", 16.0, None, 100.0, 4)
    for name, value in {"server": SERVER, "models": (), "machine": machine, **known}.items():
        found.assume(name, value)
    return found


@pytest.mark.parametrize("text", [
    '{"provider": {"ollama": {"models": {"gemma3:4b": {}}',
    '{"providers": {"ollama": {"models": {"gemma3:4b": {}}}}}',
])
def test_which_model_a_config_means_is_known_once_it_can_be_read(text: str, tmp_path: Path) -> None:
    found = checks()["model-downloaded"].judge(facts(tmp_path, text))
    assert (found.status, found.blocked_by) == ("blocked", "config-valid")


@pytest.mark.parametrize(
    "text", ['{"agent": {"build": {"prompt": "Ask Ollama."}}}', '{"provider": {"mine": {"name": ":11434"}}}'])
def test_what_the_model_waits_for_has_failed(text: str, tmp_path: Path) -> None:
    """Blocked by a check that holds would be a failure without a cause."""
    known = facts(tmp_path, text, opencode_program=None, servers=[SERVER])
    found = checks()["model-downloaded"].judge(known)
    assert found.status == "blocked" and not checks()[str(found.blocked_by)].judge(known).holds


def test_a_misplaced_config_is_moved_first(tmp_path: Path) -> None:
    known = facts(tmp_path, None)
    (known.setup.home / "opencode.json").write_text('{"provider": {"ollama": {"models": {"gemma3:4b": {}}}}}')
    found = checks()["model-downloaded"].judge(known)
    assert found.blocked_by == "config-found" and checks()["config-found"].judge(known).pitfall == "config-wrong-place"


@pytest.mark.parametrize("text", [None, config()])
def test_without_a_config_it_is_the_lessons_and_with_one_its_own(text: Any, tmp_path: Path) -> None:
    assert checks()["model-downloaded"].judge(facts(tmp_path, text)).pitfall == "model-not-downloaded"


@pytest.mark.parametrize(("said", "pitfall"), [
    ("no output", "unknown-error"), ("timed out", "unknown-error"),
    ("getaddrinfo ENOTFOUND models.dev", "opencode-needs-network"),
    ("Configuration is invalid at ~/opencode.json", "config-schema-invalid"),
])
def test_a_slow_start_is_not_called_a_missing_network(said: str, pitfall: str, tmp_path: Path) -> None:
    known = facts(tmp_path, config(), providers=Providers({}, said), opencode_program=None, opencode_processes=[])
    assert checks()["model-listed"].judge(known).pitfall == pitfall
