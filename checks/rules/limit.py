"""Whether the chosen model's `limit` leaves OpenCode room to talk."""
from __future__ import annotations

from checks.judging.finding import Finding, advice, failed
from checks.judging.limits import OWN_PROMPT, room_to_talk, whole_numbers
from checks.rules.read import OpenCodeRules
from fixtures.system.sentences import Sentences

text = Sentences.beside(__file__, "../sentences/rules.toml")
LEAST = 16384
"""Tokens of a window in which an answer has room beside OpenCode's prompt."""


def too_little_room(rules: OpenCodeRules) -> Finding | None:
    """OpenCode compacts after each step where less is left than its own prompt takes; where nothing is left, for ever,
    after a first reply. A window below nothing is a failure, any other could be the server's own: advice.

    Without a `context` it never compacts. Version 2 counts in another way.
    """
    config, model = rules.facts.config, rules.facts.choice.key
    path = ("provider", rules.provider or "", "models", model, "limit")
    limit, reserved = whole_numbers(config.get(*path)), whole_numbers(config.get("compaction")).get("reserved")
    if rules.facts.generation.discovers or not limit.get("context") or config.get("compaction", "auto") is False:
        return None
    room = room_to_talk(limit, reserved)
    if room >= OWN_PROMPT:
        return None
    at, window = rules.at(*path), limit["context"]
    needed = max(window, LEAST)
    values = {**at, "free": room, "window": window}
    right = {"needed": needed, "wanted": min(8192, needed // 4)}
    judged = advice if window > 0 else failed
    return judged("compaction-loop", text("no-room", **values), **values, **right, model=model)
