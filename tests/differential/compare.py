"""Whether the suite and life say the same of a case."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CLOUD = ("cloud-model-chosen-silently", "connect-shows-cloud-only", "config-missing", "config-wrong-place",
         "config-overridden", "models-map-missing",
         "config-unknown-key", "config-schema-invalid", "server-on-other-host")
"""Pitfalls that tell of a start elsewhere; the last ones name what takes the local provider away, or the address."""

LOOP = "it compacts again and again"
"""In life: the first reply comes, and no second one."""


def disagreement(result: Mapping[str, Any]) -> str | None:
    """Why they do not; None where they do."""
    checks, life = result["checks"], result["life"]
    crashed = [id for id, (status, *_) in checks.items() if status == "crashed"]
    if crashed:
        return f"crashed: {crashed}"
    if result["sent"]:
        return f"the suite sent {result['sent']} packets"
    bad = {id: pitfall for id, (status, pitfall, _) in checks.items() if status == "failed"}
    start = checks["default-model"]
    told = bool(bad) or start[0] == "advice" or LOOP in life["said"] and checks["config-valid"][1] == "compaction-loop"
    if life["outcome"] == "ok":
        return f"false alarm: {bad or start}" if told else None
    if not told:
        return f"false green: {life['said'][:200]}"
    pitfalls = {pitfall for _, pitfall, _ in checks.values()}
    if life["outcome"] == "cloud" and not pitfalls & set(CLOUD):
        return f"the cloud is not told of: {bad}"
    if "slow-reply" in bad.values():
        return "called slow"
    return None
