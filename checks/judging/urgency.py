"""What is told first of several things that need a hand: what stops, then what hurts, then what is untidy."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.judging.finding import NEEDS_A_HAND

LEAVES = ("cloud-model-chosen-silently", "ollama-cloud-model", "share-enabled", "server-exposed",
          "proxy-captures-localhost", "exit-open")
"""What a person types is read elsewhere."""
HINDERS = ("out-of-memory", "context-too-small", "compaction-loop", "window-believed-larger",
           "context-set-in-wrong-place", "tool-call-as-text", "tool-call-malformed", "thinking-only-answer",
           "default-model-missing", "provider-id-taken", "opencode-not-restarted", "opencode-service-stale",
           "ollama-regression")
"""The work is not done, or not by the model that was chosen."""
UNTIDY = ("config-unknown-key", "config-encoding", "config-wrong-place", "global-config-json-ignored",
          "two-opencodes-on-path", "disk-full")
"""It works all the same: nothing has to be done today."""


def hurts(record: Mapping[str, Any]) -> tuple[int, int]:
    """Sorts records of `result.json`, the worst first; among failures the order of the checks is kept."""
    status, pitfall = NEEDS_A_HAND.index(record["status"]), record["pitfall"]
    if record["status"] != "advice":
        return status, 0
    groups = (LEAVES, HINDERS)
    rank = next((place for place, group in enumerate(groups) if pitfall in group), 3 if pitfall in UNTIDY else 2)
    return status, rank
