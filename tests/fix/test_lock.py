"""`--fix --lock`: which lines are written where, for both OpenCodes, and that every other byte stays."""
from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checks.rules.exits import states, values_of
from fixtures.facts.facts import Facts
from fixtures.fix.lock import lock
from fixtures.fix.step import Case, Step
from fixtures.jsonc.parse import parse
from fixtures.ollama.exposure import Cloud
from fixtures.ollama.server import Program, Server, address
from tests.support.config_homes import URL, Home, config, model

VERSIONS = {1: "1.18.33", 2: "2.0.26"}
BY_CONFIG = {
    "default-model",
    "other-providers",
    "own-provider",
    "small-model",
    "share",
    "webfetch",
    "shell",
    "websearch",
    "mcp-remote",
    "opencode-listens",
    "update-check",
    "instructions-url",
    "skills-url",
    "references-git",
    "language-servers",
}
COMMENTED = """{
  // written by hand
  "$schema": "https://opencode.ai/config.json",
  "permission": "allow", // everything
  "instructions": ["house.md", "https://rules.example.invalid/a.md"],
  "mcp": {
    "docs": { "type": "remote", "url": "https://mcp.example.invalid/mcp" },
    "more": { "type": "remote", "url": "https://more.example.invalid/mcp" },
  },
  "provider": {
    "ollama": {
      "npm": "@ai-sdk/openai-compatible",
      "options": { "baseURL": "%s" },
      "models": { "qwen2.5-coder:7b": {} },
    },
  },
}
""" % URL
OPEN: dict[str, Any] = {
    **config(), "share": "auto", "autoupdate": True, "permission": {"webfetch": "allow", "*": "allow"},
    "server": {"hostname": "0.0.0.0"}, "lsp": True, "skills": {"urls": ["https://skills.example.invalid/"]},
    "references": {"a": "owner/project"}, "small_model": "anthropic/claude",
}


def facts_of(home: Home, number: int) -> Facts:
    facts = home.facts()
    where = address(URL.removesuffix("/v1"), "config")
    assert where
    known: dict[str, Any] = {
        "opencode_program": Program(Path("/nowhere/opencode"), VERSIONS[number]), "cloud": Cloud(True, "env"),
        "server": Server(where, "ollama", "0.34.0"), "models": (model("qwen2.5-coder:7b"),), "reached_at": (),
        "answers_strangers": False, "mirror_serves": False, "default": None,
    }
    for name, value in known.items():
        facts.assume(name, value)
    return facts


def steps(home: Home, number: int, env: Mapping[str, str] | None = None) -> list[Step]:
    facts = facts_of(home, number)
    facts.setup = replace(facts.setup, env={**facts.setup.env, **(env or {})})
    own = values_of(facts)
    open_ = [one for one in states(facts) if one.seen.state == "open"]
    lines = [one.exit.value(number, {**own, **more}) for one in open_ for more in one.seen.each]
    return list(lock(Case(facts, "stays-local", "exit-open"), [line for line in lines if line]))


def still_open(home: Home, number: int) -> set[str]:
    return {one.exit.id for one in states(facts_of(home, number)) if one.seen.state == "open"} & BY_CONFIG


def locked(home: Home, number: int) -> Any:
    """Write what the steps would; the config then."""
    for step in steps(home, number):
        for change in step.changes:
            assert change.path.read_bytes() == change.before
            change.path.write_bytes(change.after)
    return parse(home.config.read_text(encoding="utf-8")).value


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("written", [config(), OPEN, COMMENTED], ids=["lesson", "wide open", "by hand"])
def test_everything_that_a_config_can_close_is_closed(written: Any, number: int, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write(written)
    assert still_open(home, number)
    assert ["asks you before each command" in step.words.en for step in steps(home, number)] == [True]
    locked(home, number)
    assert still_open(home, number) == set()
    assert steps(home, number) == [], "a second time there is nothing to do"


def test_version_1_gets_an_allow_list_and_version_2_a_policy(tmp_path: Path) -> None:
    homes = {number: Home(tmp_path / str(number)) for number in VERSIONS}
    for number, home in homes.items():
        home.write(config())
        value = locked(home, number)
        assert value["permission"] == {"webfetch": "deny", "bash": "ask"}
        assert (value.get("autoupdate"), value.get("update")) == ((False, None) if number == 1 else (None, "disable"))
        assert ("share" in value, "enabled_providers" in value) == (number == 1, number == 1)
    policies = json.loads(homes[2].config.read_text())["experimental"]["policies"]
    assert [(one["resource"], one["effect"]) for one in policies] == [("*", "deny"), ("ollama", "allow")]


def test_comments_and_what_is_nobodys_business_stay(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write(COMMENTED)
    value = locked(home, 1)
    text = home.config.read_text()
    assert "// written by hand" in text and "// everything" in text
    assert value["instructions"] == ["house.md"] and value["permission"]["*"] == "allow"
    assert value["mcp"]["docs"] == {"type": "remote", "url": "https://mcp.example.invalid/mcp", "enabled": False}
    assert value["mcp"]["more"]["enabled"] is False


def test_the_file_whose_value_counts_is_the_one_that_is_changed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write(config())
    home.write({"share": "auto"}, home.project / "opencode.json")
    locked(home, 1)
    assert json.loads((home.project / "opencode.json").read_text())["share"] == "disabled"
    assert "share" not in json.loads(home.config.read_text())


def test_what_a_variable_holds_is_left_to_the_person(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write(config())
    made = steps(home, 1, {"OPENCODE_CONFIG_CONTENT": '{"share": "auto"}'})
    assert not any('"share"' in change.diff for step in made for change in step.changes)


def test_version_2_without_a_file_gets_one(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (step,) = steps(home, 2)
    (change,) = step.changes
    assert change.before is None and change.path == home.config
    value = json.loads(change.after)
    assert value["update"] == "disable" and value["experimental"]["policies"][0]["effect"] == "deny"


NESTED = {"docs": {"type": "remote", "url": "https://mcp.example.invalid/mcp"},
          "more": {"type": "remote", "url": "https://more.example.invalid/mcp", "enabled": False},
          "off": {"type": "remote", "url": "https://off.example.invalid/mcp", "disabled": True},
          "here": {"type": "remote", "url": "http://127.0.0.1:7/mcp"}}


def test_version_2s_own_servers_are_switched_off_by_the_word_that_it_reads_there(tmp_path: Path) -> None:
    """`enabled` means nothing below `servers` (packages/core/src/config/mcp.ts): that server still runs."""
    home = Home(tmp_path)
    old = {"type": "remote", "url": "https://old.example.invalid/mcp"}
    home.write({**config(), "mcp": {"servers": NESTED, "old": old}})
    assert "mcp-remote" in still_open(home, 2)
    mcp = locked(home, 2)["mcp"]
    off = {name: one.get("disabled") for name, one in mcp["servers"].items()}
    assert off == {"docs": True, "more": True, "off": True, "here": None}
    assert mcp["old"] == {**old, "enabled": False} and set(mcp) == {"servers", "old"}
    assert still_open(home, 2) == set() and steps(home, 2) == []


def test_version_2s_own_words_win_over_the_older_ones(tmp_path: Path) -> None:
    home = Home(tmp_path)
    allow = {"action": "webfetch", "resource": "*", "effect": "allow"}
    skills = ["house", "https://skills.example.invalid/"]
    home.write({**config(), "update": "auto", "autoupdate": False, "skills": skills, "permissions": [allow]})
    assert {"update-check", "skills-url", "webfetch"} <= still_open(home, 2)
    value = locked(home, 2)
    assert (value["update"], value["autoupdate"], value["skills"]) == ("disable", False, ["house"])
    assert value["permissions"] == [allow, {**allow, "effect": "deny"},
                                    {"action": "shell", "resource": "*", "effect": "ask"}]
    assert "permission" not in value and still_open(home, 2) == set()
