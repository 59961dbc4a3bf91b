"""What a model's `limit` in the config leaves OpenCode to talk in."""
from __future__ import annotations

from collections.abc import Mapping

OWN_PROMPT = 10_000
"""Tokens that OpenCode's own prompt and its tools take, about: below, every answer counts as too long."""
_MOST_OUTPUT, _RESERVED = 32_000, 20_000


def room_to_talk(limit: Mapping[str, int], reserved: int | None = None) -> int:
    """Tokens until OpenCode compacts, as 1.18.33 counts them (its `overflow` and `maxOutputTokens`).

    It keeps `output` free, at most 32,000, and 32,000 where that is 0; with `input` given, 20,000 at most are kept.
    """
    kept = min(limit.get("output", 0), _MOST_OUTPUT) or _MOST_OUTPUT
    if limit.get("input"):
        return max(0, limit["input"] - (min(_RESERVED, kept) if reserved is None else reserved))
    return max(0, limit.get("context", 0) - kept)


def whole_numbers(value: object) -> dict[str, int]:
    """The whole numbers of an object in a config; other values are for OpenCode to refuse."""
    entries = value.items() if isinstance(value, dict) else ()
    return {key: one for key, one in entries if isinstance(one, int) and not isinstance(one, bool)}
