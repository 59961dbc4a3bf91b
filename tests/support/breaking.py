"""A learner with nothing installed, and a plugin by which one check crashes and one fixture fails, with hostile
words."""
from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from checks.judging.finding import Finding
from fixtures.facts.facts import Facts
from tests.support.system_path import system_path

HOSTILE = (
    "::error::a\n##[add-mask]b\r\n| `c` | <script>d</script> ]]> \x1b[31m\u202e\x00\x07 100%"
    f" @e [f](http://127.0.0.1:9/) {Path(__file__).parent}/x {os.__file__}"
)
KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"


def bare(tmp_path: Path, **more: str) -> dict[str, str]:
    """The environment of somebody without Ollama and OpenCode."""
    home = tmp_path / "home" / "wangxiaoming"
    (home / ".config" / "opencode").mkdir(parents=True)
    (home / ".config" / "opencode" / "opencode.json").write_text('{"provider": {"ollama": {}}}', encoding="utf-8")
    return {"PATH": system_path(), "HOME": str(home), "LANG": "C.UTF-8", "OPENAI_API_KEY": KEY, **more}


@pytest.fixture(autouse=True)
def _breaks(request: pytest.FixtureRequest) -> None:
    if request.node.name == "test_disk_space":
        raise RuntimeError(f"fixture {HOSTILE} {KEY} {os.path.expanduser('~')}/x")


def pytest_collection_finish() -> None:
    from checks.judging import graph

    graph.checks()
    graph._checks["opencode-version"] = dataclasses.replace(graph._checks["opencode-version"], judge=_crash)


def _crash(facts: Facts) -> Finding:
    raise RuntimeError(f"call {HOSTILE} {KEY} {os.path.expanduser('~')}/x")
