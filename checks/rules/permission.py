"""Whether a tool of OpenCode may act without asking: `permission`, `permissions` and `tools` as it reads them.

The last rule that matches decides (https://opencode.ai/v1/docs/permissions); an agent's own come after.
"""
from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

WORDS = {"bash": ("bash", "shell")}
"""Version 1's name -> every name that stands for the tool."""


def effect(config: Mapping[str, Any], tool: str, variable: str | None = None) -> str:
    """`allow`, `ask` or `deny`: the freest that any agent has, so that nothing is called closed that is open.

    `variable` is `OPENCODE_PERMISSION`, JSON that lies over the config's.
    """
    base = [*_rules(config), *_of_variable(variable)]
    agents = [one for key in ("agent", "agents") for one in _parts(config.get(key)) if isinstance(one, Mapping)]
    effects = {_decided([*base, *own], tool) for own in ([], *([*_rules(agent)] for agent in agents))}
    return next(one for one in ("allow", "ask", "deny") if one in effects)


def _parts(value: Any) -> Iterator[Any]:
    yield from value.values() if isinstance(value, Mapping) else ()


def _of_variable(text: str | None) -> Iterator[tuple[str, str]]:
    with contextlib.suppress(ValueError):
        yield from _rules({"permission": json.loads(text or "{}")})


def _rules(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pattern of a tool's name, and effect, in the order that counts."""
    tools, given, listed = value.get("tools"), value.get("permission"), value.get("permissions")
    for name, on in tools.items() if isinstance(tools, Mapping) else ():
        yield str(name), "allow" if on else "deny"
    if isinstance(given, str):
        yield "*", given
    for name, one in given.items() if isinstance(given, Mapping) else ():
        yield str(name), _of_patterns(one)
    for rule in listed if isinstance(listed, list) else ():
        if isinstance(rule, Mapping):
            whole = rule.get("resource", "*") == "*" or rule.get("effect") == "allow"
            yield str(rule.get("action")), str(rule.get("effect")) if whole else "allow"


def _of_patterns(value: Any) -> str:
    """One word, or one for each pattern of what the tool is asked to do: one that allows leaves the way open."""
    if isinstance(value, str):
        return value
    effects = set(value.values()) if isinstance(value, Mapping) else {"allow"}
    return next((one for one in ("allow", "ask", "deny") if one in effects), "allow")


def _decided(rules: list[tuple[str, str]], tool: str) -> str:
    names = WORDS.get(tool, (tool,))
    matching = [effect for pattern, effect in rules if any(fnmatchcase(name, pattern) for name in names)]
    return matching[-1] if matching and matching[-1] in ("ask", "deny") else "allow"
