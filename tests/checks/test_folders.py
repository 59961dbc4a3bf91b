"""What Windows says in its environment and its registry: read where it is, advice where it matters, else nothing."""
from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from checks.rules.address import wrong_address
from checks.rules.folders import LONG, troublesome
from checks.rules.read import OpenCodeRules
from checks.test_step4_config import test_config_found as judge_config_found
from fixtures.facts.facts import Facts
from fixtures.system import registry
from tests.support.config_homes import Home, config
from tests.support.stand_in_server import serving


def facts_of(folder: Path, os: str = "windows", project: str = "project", long: bool = False, **env: str) -> Facts:
    home = Home(folder)
    home.write(config())
    facts = home.facts()
    where = folder / project
    facts.setup = replace(facts.setup, os=os, project=where, env={**facts.setup.env, **env})
    facts.assume("long_paths", long)
    return facts


@pytest.mark.parametrize("variable", ["ONEDRIVE", "OneDriveConsumer", "ONEDRIVECOMMERCIAL"])
def test_a_project_in_onedrive_is_advice(variable: str, tmp_path: Path) -> None:
    facts = facts_of(tmp_path, project="OneDrive - 学校/Desktop/x", **{variable: str(tmp_path / "OneDrive - 学校")})
    finding = troublesome(facts)
    assert finding and (finding.status, finding.pitfall) == ("advice", "onedrive-folder")
    assert "OneDrive - 学校" in finding.found.zh
    assert judge_config_found(facts).pitfall == "onedrive-folder", "it is told where the config is found"


def test_models_in_onedrive_too(tmp_path: Path) -> None:
    cloud = tmp_path / "OneDrive"
    finding = troublesome(facts_of(tmp_path, OneDrive=str(cloud), OLLAMA_MODELS=str(cloud / "models")))
    assert finding and finding.pitfall == "onedrive-folder" and "models" in finding.found.en


@pytest.mark.parametrize("env", [{}, {"OneDrive": ""}, {"OneDrive": "."}, {"OneDrive": "{tmp}/OneDrive"},
                                 {"OneDrive": "{tmp}/proj"}])
def test_beside_it_nothing_is_said(env: dict[str, str], tmp_path: Path) -> None:
    facts = facts_of(tmp_path, project="project/空 格", **{key: one.format(tmp=tmp_path) for key, one in env.items()})
    assert troublesome(facts) is None, "spaces, Chinese signs and a OneDrive elsewhere are no fault"


@pytest.mark.parametrize(("os", "length", "long", "told"), [
    ("windows", LONG, False, True), ("windows", LONG - 1, False, False), ("windows", LONG, True, False),
    ("linux", LONG, False, False), ("macos", LONG, False, False)])
def test_a_path_that_leaves_no_room(os: str, length: int, long: bool, told: bool, tmp_path: Path) -> None:
    name = "x" * (length - len(str(tmp_path)) - 1)
    finding = troublesome(facts_of(tmp_path, os, name, long))
    assert (finding is not None and finding.pitfall == "path-too-long") is told


def test_on_other_systems_onedrive_is_a_word(tmp_path: Path) -> None:
    assert troublesome(facts_of(tmp_path, "linux", "OneDrive/x", OneDrive=str(tmp_path / "OneDrive"))) is None


def test_a_host_by_setx_that_this_window_does_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is found where the tray app listens, and the config's address is the line to change."""
    with serving() as port:
        monkeypatch.setattr(registry, "users_variable", lambda name: f"127.0.0.1:{port}")
        facts = facts_of(tmp_path)
        facts.setup = replace(facts.setup, target="machine")
        assert facts.users_host and (facts.server.state, facts.server.address.port) == ("ollama", port)
        finding = wrong_address(OpenCodeRules(facts))
        assert finding and finding.pitfall == "ollama-host-mismatch"
        assert finding.values["base_url"] == f"http://127.0.0.1:{port}/v1"


@pytest.mark.parametrize(("users", "own", "target"), [
    (None, None, "machine"), ("0.0.0.0:1", "0.0.0.0:1", "machine"), ("127.0.0.1:5", None, "rehearse")])
def test_what_this_window_knows_is_asked_once(users: str | None, own: str | None, target: str, tmp_path: Path,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "users_variable", lambda name: users)
    facts = facts_of(tmp_path, **({"OLLAMA_HOST": own} if own else {}))
    facts.setup = replace(facts.setup, target=target)
    assert facts.users_host is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has a registry: tests/windows reads it there")
def test_elsewhere_there_is_no_registry() -> None:
    assert registry.users_variable("OLLAMA_HOST") is None and registry.long_paths() is False
