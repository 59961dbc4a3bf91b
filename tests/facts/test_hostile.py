"""No text that a person may have written breaks a fact or a judgement: every one ends in a verdict."""
from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.judging.graph import Judgements, checks
from fixtures.facts.facts import Facts
from fixtures.ollama.server import Address, Server
from fixtures.opencode import program as opencode
from fixtures.system.setup import Setup
from tests.differential.world import lesson

NASTY = (
    "127.0.0.1：11434",
    "[::1",
    "::::",
    "\x00",
    "\ud800",
    "http://[",
    "http://[::1]:x/v1",
    "{env:",
    "{file:}",
    "${",
    "//",
    "\\\\",
    "ollama/",
    "/",
    "#",
    "a" * 100_000,
    "1e999",
    "9" * 400,
    "．",
    "١٢٣",
    "\u202e",
    " ",
    "",
    "%zz",
    "http://%00/",
    "：//",
    "..",
    "~",
    "~/",
    "\ufeff",
    "\n",
)
texts = st.sampled_from(NASTY) | st.text(max_size=40)
values = st.recursive(
    texts | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
PATHS = (
    ("provider",),
    ("provider", "ollama"),
    ("provider", "ollama", "options"),
    ("provider", "ollama", "options", "baseURL"),
    ("provider", "ollama", "models"),
    ("provider", "ollama", "models", "qwen2.5-coder:7b"),
    ("provider", "ollama", "models", "qwen2.5-coder:7b", "limit"),
    ("provider", "ollama", "npm"),
    ("provider", "ollama", "api"),
    ("provider", "ollama", "blacklist"),
    ("model",),
    ("small_model",),
    ("agent",),
    ("share",),
    ("disabled_providers",),
    ("enabled_providers",),
    ("mcp",),
    ("plugin",),
    ("provider", "ollama", "models", "qwen2.5-coder:7b", "provider"),
)
VARIABLES = (
    "OLLAMA_HOST",
    "HTTP_PROXY",
    "NO_PROXY",
    "OPENCODE_CONFIG",
    "OPENCODE_CONFIG_DIR",
    "OPENCODE_CONFIG_CONTENT",
    "OPENCODE_DISABLE_PROJECT_CONFIG",
    "OLLAMA_MODELS",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
)


def with_value(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    whole: Any = lesson()
    part = whole
    for key in path[:-1]:
        part = part.setdefault(key, {})
    part[path[-1]] = value
    return whole


def judged(config: str, env: dict[str, str], state: str = "") -> None:
    """Every check, of a set-up with this config and environment where no program is and a server is known."""
    folder = Path(tempfile.mkdtemp())
    try:
        files = {"home/.config/opencode/opencode.json": config, "home/.local/state/opencode/model.json": state}
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content.encode("utf-8", "surrogatepass"))
        setup = Setup({"PATH": "", **env}, folder / "home", folder / "home", "rehearse", "linux", port=9)
        facts = Facts(setup, lambda machine: "qwen2.5-coder:7b")
        facts.assume("servers", [Server(Address("http://127.0.0.1:9", "default", "127.0.0.1", 9), "ollama", "0.34.0")])
        facts.assume("models", ())
        facts.assume("opencode_program", None)
        judgements = Judgements(facts)
        facts.assume("providers", opencode.Providers({"ollama": ("Ollama", ("m",))}))
        assert facts.addresses is not None
        for id in checks():
            judgements.of(id)
            if facts.config.sources:
                checks()[id].judge(facts)  # also where another one would be waited for
    finally:
        shutil.rmtree(folder, ignore_errors=True)


hostile = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@hostile
@given(st.sampled_from(PATHS), values)
def test_any_value_in_the_config(path: tuple[str, ...], value: Any) -> None:
    judged(json.dumps(with_value(path, value)), {})


@hostile
@given(st.sampled_from(VARIABLES), texts)
def test_any_variable(name: str, value: str) -> None:
    judged(json.dumps(lesson()), {name: value})


@hostile
@given(texts, texts)
def test_any_file(config: str, state: str) -> None:
    judged(config, {}, state)


@pytest.mark.parametrize("size", [1, 1024 * 1024 + 1])
def test_a_large_value(size: int) -> None:
    judged(
        json.dumps(with_value(("provider", "ollama", "options", "baseURL"), "x" * size)),
        {"OLLAMA_HOST": "x" * min(size, 100_000)},
    )
