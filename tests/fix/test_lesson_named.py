"""Where a step brings another model than the lesson names, the plan says so and why; one's own choice needs none."""
from __future__ import annotations

from typing import Any

import pytest

from checks.fixing.plan import Plans
from checks.judging.graph import Judgements
from fixtures.facts.facts import Facts
from fixtures.ollama.server import Address, Server
from fixtures.system.machine import Machine
from tests.support.config_homes import Home, config

SERVER = Server(Address("http://127.0.0.1:9", "default", "127.0.0.1", 9), "ollama", "0.34.0")
ROOMY = Machine("linux", "x86_64", 16.0, None, 100.0, 4)


def planned(home: Home, recommended: str) -> dict[str, str]:
    """The plan's line for the download, as it is shown in both languages."""
    facts = Facts(home.facts().setup, lambda machine: recommended)
    known: dict[str, Any] = {"serve": None, "schema": None, "ollama_processes": [], "server": SERVER, "models": (),
                             "machine": ROOMY}
    for name, value in known.items():
        facts.assume(name, value)
    judgements = Judgements(facts)
    plans = Plans(judgements)
    plans._room = None  # the registry's own way, without a server in the room
    plans.apply(["model-downloaded"])
    plans.close()
    (line,) = [one["action"] for one in judgements.fixes if one["check"] == "model-downloaded"]
    return line


def test_the_plan_says_that_the_lesson_names_another(home: Home) -> None:
    line = planned(home, "qwen3:8b")
    assert "ollama pull qwen3:8b" in line["en"] and "the lesson names qwen2.5-coder:7b" in line["en"]
    assert "known to make tool calls" in line["en"] and "qwen2.5-coder:7b" in line["zh"] and "调用工具" in line["zh"]


@pytest.mark.parametrize("named", ["qwen2.5-coder:7b", "qwen3:8b"])
def test_a_model_that_the_config_names_needs_no_reason(home: Home, named: str) -> None:
    home.write(config(models={named: {}}))
    line = planned(home, "qwen3:8b")
    assert f"ollama pull {named}" in line["en"] and "lesson" not in line["en"]


def test_the_lessons_own_needs_no_reason(home: Home) -> None:
    assert "lesson" not in planned(home, "qwen2.5-coder:7b")["en"]
