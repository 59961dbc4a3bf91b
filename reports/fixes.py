"""The terminal's face of what was fixed, is planned, or was taken back."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reports.screen import Screen, pad, wrap

INTERRUPTED = 2
COLORS = {"done": "32", "failed": "31;1", "+": "32", "-": "31"}


def lines(result: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    """Every step with what it changes; in a run that only verifies, nothing."""
    mode, fixes = result["run"]["mode"], result["fixes"]
    if mode == "verify":
        return
    if not fixes:
        if result["run"]["exit"] != INTERRUPTED and not any(one["status"] == "crashed" for one in result["checks"]):
            yours = mode != "undo" and result["verdict"] == "failed"
            yield f"  {screen.word(f'none-{mode}-yours' if yours else f'none-{mode}')}"
            yield ""
        return
    yield screen.paint(f"  {screen.word(f'fixes-{mode}')}", "1")
    for fix in fixes:
        yield from _step(fix, mode, screen)
    if any(fix["outcome"] == "done" for fix in fixes):
        yield f"  {screen.word('back')}"
    yield ""


def _step(fix: Mapping[str, Any], mode: str, screen: Screen) -> Iterator[str]:
    outcome = {("fix", "planned"): "yours", ("undo", "failed"): "left"}.get((mode, fix["outcome"]), fix["outcome"])
    word = screen.word("status-failed" if outcome == "failed" else f"outcome-{outcome}")
    label = screen.paint(pad(word, 6), COLORS.get(outcome))
    for index, line in enumerate(wrap(fix["action"][screen.lang], screen.width - 10)):
        yield f"  {label if index == 0 else ' ' * 6} {line}"
    for change in fix["changed"]:
        for line in (change["diff"] or "").splitlines():
            yield f"         {screen.paint(line, COLORS.get(line[:1]))}"
