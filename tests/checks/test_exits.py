"""Each exit's state, opened and closed one by one: from facts alone, for both OpenCodes and Ollama."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checks.judging.exits import ledger
from checks.rules import opencode_exits
from checks.rules.exits import State, rules, states, unasked
from checks.rules.ollama_exits import listens_everywhere
from fixtures.facts.exposure import MIRROR_PORT
from fixtures.facts.facts import Facts
from fixtures.mirror.serve import PORT
from fixtures.ollama.exposure import Cloud
from fixtures.ollama.server import Program, Server, address
from tests.support.config_homes import URL, Home, config, model

KNOWN: dict[str, Any] = {"cloud": Cloud(False, "none"), "reached_at": (), "answers_strangers": False,
                         "mirror_serves": False}


def facts_of(folder: Path, more: Mapping[str, Any] | None = None, env: Mapping[str, str] | None = None,
             version: str = "1.18.33", **known: Any) -> Facts:
    """A sound lesson set-up, with `more` in its config and its environment."""
    home = Home(folder)
    home.write({**config(), "model": "ollama/qwen2.5-coder:7b", **(more or {})})
    facts = home.facts()
    facts.setup = replace(facts.setup, env={**facts.setup.env, **(env or {})})
    where = address(URL.removesuffix("/v1"), "config")
    assert where
    server = Server(where, "ollama", "0.34.0")
    program = Program(Path("/nowhere/opencode"), version)
    given = {"opencode_program": program, "server": server, "models": (model("qwen2.5-coder:7b"),), **KNOWN, **known}
    for name, value in given.items():
        facts.assume(name, value)
    return facts


def state(facts: Facts, id: str) -> State:
    return next(one for one in states(facts) if one.exit.id == id)


def test_every_exit_of_the_ledger_has_a_rule() -> None:
    assert set(rules()) == set(ledger())


def test_the_mirrors_port() -> None:
    assert MIRROR_PORT == PORT


def test_a_sound_set_up_lets_nothing_out_by_itself(tmp_path: Path) -> None:
    assert unasked(facts_of(tmp_path)) is None
    assert not [one.exit.id for one in states(facts_of(tmp_path / "2")) if one.unasked]


POLICY = {"action": "provider.use", "resource": "*", "effect": "deny"}
ALLOWED = {"action": "provider.use", "resource": "ollama", "effect": "allow"}
REMOTE = {"docs": {"type": "remote", "url": "https://mcp.example.invalid/mcp"}}
ELSEWHERE = {"npm": "@ai-sdk/openai-compatible", "options": {"baseURL": "https://llm.example.invalid/v1"}, "models": {}}
OPENED: list[tuple[str, str, Mapping[str, Any], Mapping[str, str], str]] = [
    ("share", "1", {"share": "auto"}, {}, "nobody"),
    ("share", "1", {"autoshare": True}, {}, "nobody"),
    ("share", "1", {}, {"OPENCODE_AUTO_SHARE": "1"}, "nobody"),
    ("share", "1", {}, {}, "request"),
    ("other-providers", "1", {}, {}, "request"),
    ("other-providers", "2", {}, {}, "request"),
    ("own-provider", "1", {"provider": {**config()["provider"], "house": ELSEWHERE}}, {}, "somebody"),
    ("small-model", "1", {"small_model": "anthropic/claude"}, {}, "nobody"),
    ("webfetch", "1", {}, {}, "request"),
    ("webfetch", "1", {"permission": {"webfetch": "deny"}, "agent": {"x": {"permission": {"webfetch": "allow"}}}}, {},
     "request"),
    ("shell", "1", {"permission": {"bash": {"*": "deny", "curl *": "allow"}}}, {}, "request"),
    ("websearch", "1", {}, {"OPENCODE_ENABLE_EXA": "1"}, "somebody"),
    ("websearch", "1", {}, {"OPENCODE_EXPERIMENTAL": "true"}, "nobody"),
    ("mcp-remote", "1", {"mcp": REMOTE}, {}, "nobody"),
    ("mcp-remote", "2", {"mcp": {"servers": REMOTE}}, {}, "nobody"),
    ("telemetry", "1", {}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://otel.example.invalid"}, "nobody"),
    ("opencode-listens", "1", {"server": {"hostname": "0.0.0.0"}}, {}, "nobody"),
    ("opencode-listens", "1", {"server": {"mdns": True}}, {}, "nobody"),
    ("proxy", "1", {}, {"HTTP_PROXY": "http://127.0.0.1:8"}, "nobody"),
    ("model-catalogue", "1", {}, {}, "nobody"),
    ("update-check", "1", {}, {}, "nobody"),
    ("update-check", "1", {"autoupdate": "notify"}, {}, "nobody"),
    ("plugin-package", "1", {}, {}, "nobody"),
    ("instructions-url", "1", {"instructions": ["https://rules.example.invalid/a.md", "b.md"]}, {}, "somebody"),
    ("skills-url", "1", {"skills": {"urls": ["https://skills.example.invalid/"]}}, {}, "somebody"),
    ("references-git", "1", {"references": {"a": "owner/project"}}, {}, "somebody"),
    ("ripgrep", "1", {}, {}, "nobody"),
    ("language-servers", "1", {"lsp": True}, {}, "somebody"),
    ("web-ui", "1", {}, {"OPENCODE_DISABLE_EMBEDDED_WEB_UI": "1"}, "request"),
    ("organisation", "1", {}, {"OPENCODE_AUTH_CONTENT": '{"https://org.example.invalid": {"type": "wellknown"}}'},
     "somebody"),
    ("ollama-cloud-model", "1", {}, {}, "request"),
    ("ollama-web-search", "1", {}, {}, "request"),
    ("ollama-recommendations", "1", {}, {}, "nobody"),
    ("ollama-listens", "1", {}, {"OLLAMA_HOST": "0.0.0.0"}, "nobody"),
    ("ollama-origins", "1", {}, {"OLLAMA_ORIGINS": "http://a.example,*"}, "nobody"),
    ("ollama-registry", "1", {}, {}, "request"),
    ("hand-in", "1", {}, {}, "request"),
]
CLOSED: list[tuple[str, str, Mapping[str, Any], Mapping[str, str]]] = [
    ("default-model", "1", {}, {}),
    ("share", "1", {"share": "disabled"}, {"OPENCODE_AUTO_SHARE": "1"}),
    ("share", "1", {"share": "auto"}, {"OPENCODE_DISABLE_SHARE": "true"}),
    ("other-providers", "1", {"enabled_providers": ["ollama"]}, {}),
    ("other-providers", "2", {"enabled_providers": ["ollama"]}, {}),
    ("other-providers", "2", {"experimental": {"policies": [POLICY, ALLOWED]}}, {}),
    ("own-provider", "1", {"provider": {**config()["provider"], "house": ELSEWHERE}, "enabled_providers": ["ollama"]},
     {}),
    ("own-provider", "1", {}, {}),
    ("small-model", "1", {"small_model": "ollama/qwen2.5-coder:7b"}, {}),
    ("webfetch", "1", {"permission": {"webfetch": "deny"}}, {}),
    ("webfetch", "1", {"permission": "ask"}, {}),
    ("webfetch", "1", {"permission": {"webfetch": "allow", "*": "deny"}}, {}),
    ("webfetch", "1", {"tools": {"webfetch": False}}, {}),
    ("webfetch", "1", {}, {"OPENCODE_PERMISSION": '{"*": "deny"}'}),
    ("webfetch", "2", {"permissions": [{"action": "webfetch", "resource": "*", "effect": "deny"}]}, {}),
    ("shell", "1", {"permission": {"bash": "ask"}}, {}),
    ("shell", "2", {"permissions": [{"action": "shell", "resource": "*", "effect": "deny"}]}, {}),
    ("websearch", "1", {}, {}),
    ("mcp-remote", "1", {"mcp": {"docs": {**REMOTE["docs"], "enabled": False}}}, {}),
    ("mcp-remote", "1", {"mcp": {"docs": {"type": "remote", "url": "http://127.0.0.1:7/mcp"}}}, {}),
    ("own-code", "1", {"mcp": {"m": {"command": ["x"]}}, "formatter": True}, {}),
    ("own-programs", "1", {"plugin": ["x"], "mcp": {"m": {"command": ["x"], "enabled": False}}}, {}),
    ("own-programs", "2", {"mcp": {"servers": {"m": {"command": ["x"], "disabled": True}}}}, {}),
    ("mcp-remote", "2", {"mcp": {"servers": {"docs": {**REMOTE["docs"], "disabled": True}}}}, {}),
    ("telemetry", "1", {}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}),
    ("opencode-listens", "1", {"server": {"hostname": "127.0.0.1", "mdns": True}}, {}),
    ("proxy", "1", {}, {"HTTP_PROXY": "http://127.0.0.1:8", "NO_PROXY": "localhost,127.0.0.1"}),
    ("model-catalogue", "2", {}, {"OPENCODE_DISABLE_MODELS_FETCH": "1"}),
    ("update-check", "1", {"autoupdate": False}, {}),
    ("update-check", "2", {"autoupdate": False}, {}),
    ("update-check", "2", {"update": "disable"}, {}),
    ("update-check", "1", {}, {"OPENCODE_DISABLE_AUTOUPDATE": "1"}),
    ("plugin-package", "1", {}, {"npm_config_offline": "true"}),
    ("provider-package", "1", {}, {}),
    ("instructions-url", "1", {"instructions": ["b.md", "http://localhost:8/a.md"]}, {}),
    ("references-git", "1", {"references": {"a": "../other"}}, {}),
    ("language-servers", "1", {"lsp": True}, {"OPENCODE_DISABLE_LSP_DOWNLOAD": "1"}),
    ("web-ui", "1", {}, {}),
    ("organisation", "1", {}, {}),
    ("managed-settings", "1", {}, {}),
    ("mirror", "1", {}, {}),
    ("ollama-cloud-alias", "1", {}, {}),
    ("ollama-elsewhere", "1", {}, {}),
    ("ollama-listens", "1", {}, {"OLLAMA_HOST": "127.0.0.1:9"}),
    ("ollama-origins", "1", {}, {"OLLAMA_ORIGINS": "chrome-extension://*"}),
]
VERSIONS = {"1": "1.18.33", "2": "2.0.26"}


@pytest.mark.parametrize(("id", "number", "more", "env", "asked"), OPENED, ids=lambda one: str(one)[:40])
def test_open(
    id: str, number: str, more: Mapping[str, Any], env: Mapping[str, str], asked: str, tmp_path: Path
) -> None:
    found = state(facts_of(tmp_path, more, env, VERSIONS[number]), id)
    assert (found.seen.state, found.seen.asked) == ("open", asked), found.seen.why.en
    assert found.close, "an open exit says what closes it"


@pytest.mark.parametrize(("id", "number", "more", "env"), CLOSED, ids=lambda one: str(one)[:40])
def test_closed(id: str, number: str, more: Mapping[str, Any], env: Mapping[str, str], tmp_path: Path) -> None:
    if id == "default-model":
        facts = facts_of(tmp_path, more, env, VERSIONS[number], default=None)
    else:
        facts = facts_of(tmp_path, more, env, VERSIONS[number])
    found = state(facts, id)
    assert found.seen.state == "closed", found.seen.why.en


COMMAND = {"m": {"command": ["x"]}}


@pytest.mark.parametrize(("number", "id", "more", "why", "close"), [
    ("1", "own-code", {"plugin": ["x"]}, "plugin", ["opencode --pure"]),
    ("1", "own-programs", {"mcp": COMMAND, "lsp": True}, "mcp.m", ['"lsp": false', '"mcp": {"m": {"enabled": false}}']),
    ("1", "own-programs", {"formatter": True}, "formatter", ['"formatter": false']),
    ("2", "own-programs", {"mcp": {"servers": COMMAND}}, "mcp.m", ['"mcp": {"servers": {"m": {"disabled": true}}}']),
])
def test_code_of_the_persons_is_not_judged(
    number: str, id: str, more: Mapping[str, Any], why: str, close: list[str], tmp_path: Path
) -> None:
    found = state(facts_of(tmp_path, more, version=VERSIONS[number]), id)
    assert found.seen.state == "not-judged" and why in found.seen.why.en
    assert list(found.close) == close


@pytest.mark.parametrize("id", ["ollama-cloud-model", "ollama-web-search", "ollama-recommendations"])
def test_ollamas_cloud_switch(id: str, tmp_path: Path) -> None:
    facts = facts_of(tmp_path, cloud=Cloud(True, "env"))
    assert state(facts, id).seen.state == "closed" and "env" in state(facts, id).seen.why.en
    facts.assume("cloud", None)
    assert state(facts, id).seen.state == "not-judged"


def test_an_alias_of_a_cloud_model(tmp_path: Path) -> None:
    there = (model("qwen2.5-coder:7b", remote=True),)
    found = state(facts_of(tmp_path, models=there), "ollama-cloud-alias")
    assert (found.seen.state, found.seen.asked) == ("open", "nobody")


def test_the_hosts_of_this_config_are_named(tmp_path: Path) -> None:
    record = state(facts_of(tmp_path, {"mcp": REMOTE}), "mcp-remote").record()
    assert record["hosts"] == ["mcp.example.invalid"] and record["close"] == ['"mcp": {"docs": {"enabled": false}}']


def test_version_2_has_no_sharing(tmp_path: Path) -> None:
    assert "share" not in {one.exit.id for one in states(facts_of(tmp_path, {"share": "auto"}, version="2.0.26"))}


@pytest.mark.parametrize(("value", "wide"), [
    ("0.0.0.0", True), ("0.0.0.0:11434", True), ("http://0.0.0.0:1", True), ("[::]:11434", True), ("::", True),
    (":11434", True), ("127.0.0.1:11434", False), ("localhost", False), ("", False), ("[::1]:11434", False),
    ("::1", False), ("192.168.1.2", False),
])
def test_ollama_host(value: str, wide: bool) -> None:
    assert listens_everywhere({"OLLAMA_HOST": value}) is wide


@pytest.mark.parametrize("folder", ["{user}", "."], ids=["of the user", "of the machine"])
def test_a_profile_of_macos_is_told_and_not_judged(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = facts_of(tmp_path)
    facts.setup = replace(facts.setup, os="macos", target="machine", env={})
    file = tmp_path / "managed" / folder.format(user=facts.setup.home.name) / "ai.opencode.managed.plist"
    file.parent.mkdir(parents=True)
    file.touch()
    monkeypatch.setattr(opencode_exits, "PREFERENCES", str(tmp_path / "managed"))
    seen = opencode_exits.managed_settings(facts)
    assert seen.state == "not-judged" and str(file.parent.resolve()) in seen.why.en
