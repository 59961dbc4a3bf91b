"""Fixes of the config: the edit that is meant, every other byte kept, and nothing where a guess would be needed."""
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.fixing.apply import offered
from checks.judging.finding import passed
from checks.judging.graph import Judgements, checks
from checks.judging.pitfalls import load
from fixtures.fix.server import SERVICES
from fixtures.fix.step import Case, Step, plan, planners
from fixtures.system.sentences import same
from fixtures.system.setup import Setup, this_system
from tests.support.config_homes import NAME, URL, Home, config

Planned = Callable[..., list[Step]]


def test_the_table_offers_what_there_is_a_fix_for() -> None:
    assert {id for id, pitfall in load().items() if pitfall.fixable} == set(planners())


def test_missing_config_is_the_lessons_own(home: Home) -> None:
    value = home.after("config-found")
    assert value["provider"]["ollama"]["options"]["baseURL"] == URL
    assert list(value["provider"]["ollama"]["models"]) == [NAME]


def test_only_a_fix_that_would_do_something_is_offered(home: Home) -> None:
    facts = home.facts()
    found = offered(facts, "config-found", Judgements(facts).of("config-found"))
    assert found.evidence["fix"] == [f"write {home.config}"]
    home.write('{"provider": {"ollama": {"options": {"baseURL": "http://127.0.0.1:9/v1, "models": {}}}}')
    facts = home.facts()
    broken = checks()["config-valid"].judge(facts)
    assert broken.pitfall == "config-syntax" and offered(facts, "config-valid", broken) == broken
    assert offered(facts, "ollama-version", passed(same("0.34.0"))).evidence == {}


def test_config_without_ollama_gets_a_provider_and_keeps_the_rest(home: Home) -> None:
    home.write(
        '{\n  // my colours\n  "theme": "dark",\n  "provider": {"mine": {"options": {"baseURL": "https://example.com/v1"}}}\n}\n'
    )
    (step,) = home.steps("config-found")
    text = step.changes[0].after.decode()
    assert "// my colours" in text and '"ollama"' in text and '"mine"' in text


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        ({"options": {"baseURL": "http://127.0.0.1:9"}}, "config-valid"),
        ({"options": {"baseURL": "http://127.0.0.1:9/api"}}, "config-valid"),
        ({"options": {"baseURL": "https://127.0.0.1:9/v1"}}, "config-valid"),
        ({"options": {"baseURL": "127.0.0.1:9/v1"}}, "config-valid"),
        ({"options": {}}, "config-valid"),
        ({"options": None}, "config-valid"),
    ],
)
def test_address_is_corrected(home: Home, wrong: dict[str, Any], check: str) -> None:
    home.write(config(**wrong))
    assert home.after(check) == config()


def test_models_are_listed(home: Home) -> None:
    home.write(config(models={}))
    assert list(home.after("config-valid")["provider"]["ollama"]["models"]) == [NAME]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace('"ollama": {', "'ollama': {"),
        lambda text: text.replace('"provider"', "“provider”"),
        lambda text: text.replace('compatible",', 'compatible"'),
        lambda text: text + "```\n",
        lambda text: text.encode("utf-16"),
    ],
    ids=["single quotes", "curly quotes", "comma", "fence", "UTF-16"],
)
def test_syntax_is_repaired(home: Home, damage: Callable[[str], str | bytes]) -> None:
    home.write(damage(json.dumps(config(), indent=2) + "\n"))
    assert home.after("config-valid") == config()


def test_damage_with_two_meanings_is_left_alone(home: Home) -> None:
    home.write('{"provider": {"ollama": {"options": {"baseURL": "http://127.0.0.1:9/v1, "models": {}}}}')
    assert home.steps("config-valid") == []


def test_byte_order_mark_and_line_ends_stay(home: Home) -> None:
    text = "\ufeff" + json.dumps(config(options={"baseURL": "http://127.0.0.1:9"}), indent=4).replace("\n", "\r\n")
    home.write(text)
    (step,) = home.steps("config-valid")
    assert step.changes[0].after.decode() == text.replace("http://127.0.0.1:9", URL)


def test_misplaced_config_is_copied_and_stays(home: Home) -> None:
    misplaced = home.path / ".local" / "share" / "opencode" / "opencode.json"
    misplaced.parent.mkdir(parents=True)
    home.write(config(), misplaced)
    (step,) = home.steps("config-found")
    assert step.changes[0].path == home.config
    assert step.changes[0].after == misplaced.read_bytes()


def test_file_of_another_owner_is_printed_not_written(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write(config(options={"baseURL": "http://127.0.0.1:9"}))
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != home.config)
    (step,) = home.steps("config-valid")
    assert step.refused and "left to you" in step.line.en and "要你来做" in step.line.zh


def test_inline_config_is_left_to_whoever_sets_it(home: Home) -> None:
    facts = home.facts()
    inline = json.dumps(config(options={"baseURL": "http://127.0.0.1:9"}))
    facts.setup = Setup({"PATH": "", "OPENCODE_CONFIG_CONTENT": inline}, home.path, home.project, "rehearse", port=9)
    finding = Judgements(facts).of("config-found")
    assert finding.status == "passed"
    assert plan(Case(facts, "config-valid", "base-url-missing-v1")) == []


def test_service_is_left_to_whoever_looks_after_it(home: Home) -> None:
    place, command = next(one for one in SERVICES[this_system()] if one[0].startswith("~/"))
    unit = home.path / place.removeprefix("~/")
    unit.parent.mkdir(parents=True)
    unit.write_text("[Service]", encoding="utf-8")
    (step,) = plan(Case(home.facts(), "server-listening", "server-not-running"))
    assert step.refused and command in step.line.en


def test_mirror_that_does_not_answer_is_no_reason_to_go_elsewhere(home: Home) -> None:
    (step,) = plan(Case(home.facts(), "ollama-version", "ollama-not-installed", mirror="http://127.0.0.1:9"))
    assert step.refused and "does not answer" in step.line.en


def test_diff_shows_no_more_than_the_change_and_its_neighbours(home: Home) -> None:
    secret = {"apiKey": "sk-something-long-enough-to-be-one"}
    home.write({"provider": {"other": {"options": secret},
                             **config(options={"baseURL": "http://127.0.0.1:9"})["provider"]}})
    (step,) = home.steps("config-valid")
    assert secret["apiKey"] not in step.changes[0].diff


@pytest.mark.parametrize("key", ["modles", "model_s"])
def test_misspelt_key_is_renamed_only_where_it_loses_something(home: Home, key: str) -> None:
    home.write(config(models=None, **{key: {NAME: {}}}))
    facts = home.facts()
    line = next(n for n, text in enumerate(home.config.read_text(encoding="utf-8").splitlines(), 1) if key in text)
    values = {"file": str(home.config), "line": line, "column": 7, "key": key, "suggestion": "models"}
    (step,) = plan(Case(facts, "config-valid", "config-unknown-key", "failed", values))
    assert json.loads(step.changes[0].after) == config()
    assert plan(Case(facts, "config-valid", "config-unknown-key", "advice", values)) == []
