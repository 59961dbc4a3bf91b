"""What OpenCode starts with if nothing is chosen."""
from __future__ import annotations

from typing import Any

import pytest

from fixtures.opencode.default import default_of, opened_on, readers


def provider(id: str, *models: str, url: str = "http://localhost:11434/v1") -> dict[str, Any]:
    return {
        "id": id,
        "options": {"baseURL": url},
        "models": {model: {"id": model, "api": {"id": model, "url": ""}} for model in models},
    }


CLOUD = provider("opencode", "big-pickle", url="https://opencode.ai/zen/v1")
OLLAMA = provider("ollama", "llama3.2:3b", "qwen2.5-coder:7b", "gemma2:9b")


def default(config: dict[str, Any], *listed: dict[str, Any], recent: Any = ()) -> Any:
    whole = {**config, "agent": {**config.get("agent", {}), "probe": {"mode": "primary"}}}
    return default_of(whole, listed or (CLOUD, OLLAMA), recent, {"A": "127.0.0.1:1"}, "probe")


@pytest.mark.parametrize(
    ("config", "recent", "chosen", "origin"),
    [
        ({"provider": {"ollama": {}}}, [], "ollama/qwen2.5-coder:7b", "order"),
        ({}, [], "opencode/big-pickle", "order"),
        (
            {"model": "ollama/llama3.2:3b", "provider": {"ollama": {}}},
            [("opencode", "big-pickle")],
            "ollama/llama3.2:3b",
            "config",
        ),
        (
            {"provider": {"ollama": {}}},
            [("ollama", "gone:1b"), ("opencode", "big-pickle")],
            "opencode/big-pickle",
            "recent",
        ),
    ],
)
def test_the_order(config: dict[str, Any], recent: Any, chosen: str, origin: str) -> None:
    found = default(config, recent=recent)
    assert (found.chosen, found.origin, found.fault, found.local) == (chosen, origin, None, chosen.startswith("ollama"))


@pytest.mark.parametrize(("config", "recent", "chosen"), [
    ({"provider": {"ollama": {}}}, [], "opencode/big-pickle"),
    ({"provider": {"ollama": {}}}, [("ollama", "llama3.2:3b")], "ollama/llama3.2:3b"),
    ({"model": "ollama/gone:1b", "provider": {"ollama": {}}}, [], "opencode/big-pickle"),
    ({"model": "ollama/gemma2:9b", "provider": {"ollama": {}}}, [("opencode", "big-pickle")], "ollama/gemma2:9b"),
    ({"model": "ollama/gemma2:9b", "agent": {"build": {"model": "ollama/llama3.2:3b"}}}, [], "ollama/llama3.2:3b"),
])
def test_the_screen_has_an_order_of_its_own(config: dict[str, Any], recent: Any, chosen: str) -> None:
    """Typed into the screen of 1.18.33, the lesson's config and a name that nothing has: both went to big-pickle."""
    found = opened_on(config, (CLOUD, OLLAMA), recent, {}, "probe")
    assert found and found.chosen == chosen and found.local == chosen.startswith("ollama")


def test_without_opencodes_own_provider_the_screen_stays_here() -> None:
    found = opened_on({"provider": {"ollama": {}}}, (OLLAMA,), [], {}, "probe")
    assert found and found.chosen == "ollama/qwen2.5-coder:7b"
    assert opened_on({}, (), [], {}, "probe") is None


def test_the_last_in_the_alphabet_after_latest_and_its_favourites() -> None:
    names = {"provider": {"x": {}}}
    assert default(names, provider("x", "b", "a", "c")).model == "c"
    assert default(names, provider("x", "b", "a-latest", "c")).model == "a-latest"
    assert default(names, provider("x", "b:latest", "gpt-5-mini", "claude-sonnet-4", "z")).model == "claude-sonnet-4"


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ("coder", "agent-unknown"),
        ("general", "agent-subagent"),
        ("title", "agent-hidden"),
        ("probe", "agent-unknown"),
        ("plan", None),
    ],
)
def test_an_agent_that_may_not_start(named: str, fault: str | None) -> None:
    assert default({"default_agent": named, "provider": {"ollama": {}}}).fault == fault


def test_the_first_agent_that_may_start() -> None:
    off = {"build": {"disable": True}, "plan": {"disable": True}}
    assert default({"agent": off}).fault == "no-agent"
    assert default({"agent": {**off, "z": {}, "9": {"mode": "primary"}}}).agent == "9"
    assert default({"agent": {"build": {"mode": "subagent"}}}).agent == "plan"
    assert default({"agent": {"build": {"hidden": True}}, "default_agent": "build"}).fault == "agent-hidden"


def test_an_agent_has_the_first_word() -> None:
    found = default(
        {"model": "ollama/gemma2:9b", "provider": {"ollama": {}}, "agent": {"build": {"model": "opencode/big-pickle"}}}
    )
    assert (found.chosen, found.origin, found.path, found.local) == (
        "opencode/big-pickle",
        "agent",
        ("agent", "build", "model"),
        False,
    )


@pytest.mark.parametrize(
    "named", ["ollama:qwen2.5-coder:7b", "olama/x", "OLLAMA/qwen2.5-coder:7b", "ollama/QWEN2.5-CODER:7B", "ollama"]
)
def test_a_name_that_does_not_exist(named: str) -> None:
    assert default({"model": named}).fault == "model-unknown"


def test_the_address() -> None:
    inner = {"id": "x", "options": {}, "models": {"m": {"id": "m", "api": {"id": "sent", "url": "http://${A}/v1"}}}}
    found = default({"provider": {"x": {}}}, inner)
    assert (found.name, found.url, found.local) == ("sent", "http://127.0.0.1:1/v1", True)


def test_who_else_reads() -> None:
    config = {
        "small_model": "opencode/gone",
        "agent": {"title": {"model": "opencode/big-pickle"}, "general": {"model": "opencode/big-pickle"}},
    }
    assert [one.path for one in readers(config, (CLOUD, OLLAMA), {})] == [
        ("agent", "title", "model"),
        ("agent", "general", "model"),
    ]
