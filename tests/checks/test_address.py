"""`localhost` that costs is advice with the line to change, and only where it was measured to cost."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checks.rules.address import slow_name
from checks.rules.read import OpenCodeRules
from fixtures.facts.facts import Facts
from fixtures.fix.step import Case, plan
from fixtures.ollama.server import Server, address
from fixtures.system.setup import Setup
from tests.conftest import ROOT, Ran
from tests.support.fix_homes import config_of, env_of, make_home
from tests.support.stand_in_server import serving
from tests.support.windows_timing.sitecustomize import apply


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[Callable[[str], OpenCodeRules]]:
    """Of a config that names the server's host so."""

    def made(host: str, ollama: int) -> OpenCodeRules:
        home, url = make_home(tmp_path), f"http://{host}:{ollama}"
        provider = {"npm": "@ai-sdk/openai-compatible", "options": {"baseURL": f"{url}/v1"}, "models": {"x": {}}}
        config_of(home).write_text(json.dumps({"provider": {"ollama": provider}}, indent=2), encoding="utf-8")
        facts = Facts(Setup(env_of(home), home, tmp_path / "project", port=ollama), lambda machine: "x")
        where = address(url, "config")
        assert where
        facts.assume("server", Server(where, "ollama", "0.34.0"))
        return OpenCodeRules(facts)

    with serving() as port:
        yield lambda host: made(host, port)


def test_with_windows_timing_the_line_to_change_is_named(
    rules: Callable[[str], OpenCodeRules], monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(monkeypatch.setattr)
    judged = rules("localhost")
    finding = slow_name(judged)
    assert finding and (finding.status, finding.pitfall) == ("advice", "localhost-ipv6")
    assert re.search(r"to localhost takes 2\.\d s here, to 127\.0\.0\.1 0\.\d s", finding.found.en)
    assert "opencode.json:6" in finding.found.en
    assert str(finding.values["base_url"]).startswith("http://127.0.0.1:")
    (step,) = plan(Case(judged.facts, "config-valid", "localhost-ipv6", "advice", finding.values))
    assert f'"baseURL": "{finding.values["base_url"]}"' in step.changes[0].diff


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_without_it_nothing_is_said(host: str, rules: Callable[[str], OpenCodeRules]) -> None:
    assert slow_name(rules(host)) is None


def test_a_number_is_not_measured(rules: Callable[[str], OpenCodeRules], monkeypatch: pytest.MonkeyPatch) -> None:
    apply(monkeypatch.setattr)
    assert rules("127.0.0.1").facts.connect_seconds is None


@pytest.mark.real
def test_a_sound_set_up_with_windows_timing(run_checks: Callable[..., Ran]) -> None:
    """All holds, with one advice more; `--fix` writes the number."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "tests" / "support" / "windows_timing")}
    folder = ROOT / "fixtures" / "setups" / "healthy"
    ran = run_checks(f"--rehearse={folder}", "--lang=en", env=env)
    assert (ran.code, ran.result["checkpoints"]["passed"]) == (0, 5), ran.out
    assert ran.pitfalls("advice")["config-valid"] == "localhost-ipv6"
    assert re.search(r"to 127\.0\.0\.1 0\.\d s", ran.checks["config-valid"]["found"]["en"])
    fixed = run_checks(f"--rehearse={folder}", "--lang=en", "--fix", env=env)
    assert fixed.checks["config-valid"]["status"] == "fixed" and fixed.code == 0, fixed.out
