"""The terminal's face of what was fixed, is planned, or was taken back."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reports.screen import Screen, pad, wrap

INTERRUPTED = 2
WORDS = {
    "fix": ("WHAT WAS DONE", "做了什么"),
    "fix-plan": ("WHAT --fix WOULD DO (nothing was changed)", "--fix 会做什么（这次什么都没有改）"),
    "undo": ("TAKEN BACK, newest first", "已撤销，从最近的开始"),
    "done": ("done", "完成"), "planned": ("plan", "计划"), "failed": ("FAIL", "失败"), "undone": ("undone", "撤销"),
    "yours": ("yours", "你来做"),
    "none-fix": ("Nothing was to be done.", "没有需要修复的。"),
    "none-fix-yours": ("There is nothing that --fix can do; your part is below.", "没有 --fix 能做的；要你做的在下面。"),
    "none-fix-plan": ("--fix would do nothing.", "--fix 不会做任何改动。"),
    "none-fix-plan-yours": ("--fix would do nothing; your part is below.", "--fix 不会做任何改动；要你做的在下面。"),
    "left": ("left", "保留"),
    "none-undo": ("Nothing is left to take back.", "没有可以撤销的改动。"),
    "back": ("--undo takes it all back", "--undo 可以全部撤销"),
}
COLORS = {"done": "32", "failed": "31;1", "+": "32", "-": "31"}


def lines(result: Mapping[str, Any], screen: Screen) -> Iterator[str]:
    """Every step with what it changes; in a run that only verifies, nothing."""
    mode, fixes = result["run"]["mode"], result["fixes"]
    if mode == "verify":
        return
    if not fixes:
        if result["run"]["exit"] != INTERRUPTED and not any(one["status"] == "crashed" for one in result["checks"]):
            yours = mode != "undo" and result["verdict"] == "failed"
            yield f"  {_word(screen, f'none-{mode}-yours' if yours else f'none-{mode}')}"
            yield ""
        return
    yield screen.paint(f"  {_word(screen, mode)}", "1")
    for fix in fixes:
        yield from _step(fix, mode, screen)
    if any(fix["outcome"] == "done" for fix in fixes):
        yield f"  {_word(screen, 'back')}"
    yield ""


def _step(fix: Mapping[str, Any], mode: str, screen: Screen) -> Iterator[str]:
    status = {("fix", "planned"): "yours", ("undo", "failed"): "left"}.get((mode, fix["outcome"]), fix["outcome"])
    label = screen.paint(pad(_word(screen, status), 6), COLORS.get(status))
    for index, line in enumerate(wrap(fix["action"][screen.lang], screen.width - 10)):
        yield f"  {label if index == 0 else ' ' * 6} {line}"
    for change in fix["changed"]:
        for line in (change["diff"] or "").splitlines():
            yield f"         {screen.paint(line, COLORS.get(line[:1]))}"


def _word(screen: Screen, key: str) -> str:
    return WORDS[key][screen.lang == "zh"]
