"""Keys that OpenCode does not know and that hold all that a person configured."""
from __future__ import annotations

from typing import Any

from checks.rules.read import OpenCodeRules
from checks.rules.schema import Problem

ADDRESSES = ("baseurl", "url", "endpoint", "host", "apibase")


def holds_the_server(rules: OpenCodeRules, problem: Problem) -> bool:
    """Whether the way to Ollama stands below this key, so that OpenCode sees none.

    At the top of the file (`providers`, `model_providers`), or inside one provider (`settings`).
    """
    top, inside = len(problem.path) == 1, len(problem.path) == 3 and problem.path[0] == "provider"
    if rules.provider is not None or not (top or inside):
        return False
    value: Any = problem.source.value
    for key in problem.path:
        value = value.get(key) if isinstance(value, dict) else None
    return _speaks_of_a_server(value, f":{rules.facts.setup.port}")


def _speaks_of_a_server(value: Any, port: str) -> bool:
    """An address of Ollama's somewhere below, or its name as a key over an address."""
    if isinstance(value, dict):
        named = any(key.lower().replace("_", "") in ADDRESSES for key in value) or "ollama" in value
        return named or any(_speaks_of_a_server(one, port) for one in value.values())
    return isinstance(value, str) and (":11434" in value or port in value)
