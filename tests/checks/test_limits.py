"""What a model's `limit` leaves to talk in, by OpenCode 1.18.33's own arithmetic (its `overflow`, read from its
bundle)."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checks.judging.limits import OWN_PROMPT, room_to_talk, whole_numbers
from checks.rules.limit import too_little_room
from checks.rules.read import OpenCodeRules
from fixtures.opencode.choice import Choice
from tests.support.config_homes import NAME, URL, Home


@pytest.mark.parametrize(("limit", "room"), [
    ({"context": 16384, "output": 0}, 0),  # 0 counts as 32,000
    ({"context": 16384}, 0),
    ({"context": 32768, "output": 32768}, 768),
    ({"context": 65536, "output": 65536}, 33536),  # no more than 32,000 is kept
    ({"context": 32768, "output": 4096}, 28672),
    ({"context": 40000, "input": 40000, "output": 32000}, 20000),
    ({"context": 40000, "input": 40000, "output": 8192}, 31808),
])
def test_room(limit: dict[str, int], room: int) -> None:
    assert room_to_talk(limit) == room


def test_a_reserve_of_ones_own_counts_where_input_is_given() -> None:
    assert room_to_talk({"context": 9, "input": 40000, "output": 1}, 35000) == 5000


@pytest.mark.parametrize("value", [None, [], "x", {"context": "16384"}, {"context": True}, {"context": 1.5}])
def test_what_is_no_number_is_left_to_opencode(value: object) -> None:
    assert whole_numbers(value) == {}


def advised(tmp_path: Path, limit: Any, **top: Any) -> dict[str, Any] | None:
    home = Home(tmp_path)
    provider = {"npm": "@ai-sdk/openai-compatible", "options": {"baseURL": URL}, "models": {NAME: {"limit": limit}}}
    home.write({"provider": {"ollama": provider}, **top})
    facts = home.facts()
    facts.assume("choice", Choice(NAME, NAME, "config", NAME))
    finding = too_little_room(OpenCodeRules(facts))
    return {**finding.values, "pitfall": finding.pitfall} if finding else None


@pytest.mark.parametrize("limit", [{"context": 16384, "output": 0}, {"context": 32768, "output": 32768},
                                   {"context": 8192, "output": 2048}])
def test_too_little_is_told_with_numbers_that_leave_enough(tmp_path: Path, limit: dict[str, int]) -> None:
    found = advised(tmp_path, limit)
    assert found and found["pitfall"] == "compaction-loop" and found["line"] > 1
    assert room_to_talk({"context": found["needed"], "output": found["wanted"]}) >= OWN_PROMPT


@pytest.mark.parametrize("limit", [{"context": 65536, "output": 65536}, {"context": 16384, "output": 4096},
                                   {"output": 0}, {}, None, "8k"])
def test_enough_or_unknown_is_not_told(tmp_path: Path, limit: Any) -> None:
    assert advised(tmp_path, limit) is None


def test_who_has_switched_it_off_is_not_told(tmp_path: Path) -> None:
    assert advised(tmp_path, {"context": 16384, "output": 0}, compaction={"auto": False}) is None
