"""`--ready`: what still lacks before the day, how much is to be downloaded, and how long that takes on this line."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checks.judging.graph import Judgements
from fixtures.fix.step import Step
from fixtures.mirror.client import Room
from fixtures.programs.programs import DEFAULT
from fixtures.programs.release import RELEASES, asset_name
from fixtures.system.machine import amount
from fixtures.system.sentences import Text
from fixtures.system.speed import Measured, first_bytes
from reports.screen import Screen, wrap
from reports.words import words

HOUR = 60
"""Minutes."""


def lines(result: Mapping[str, Any], judgements: Judgements, mirror: str | None, screen: Screen) -> Iterator[str]:
    """What is told after the plan."""
    for sentence in told(result, judgements.steps, mirror):
        yield from (screen.fit(f"  {one}") for one in wrap(screen.say(sentence), screen.width - 4))


def told(result: Mapping[str, Any], steps: Sequence[Step], mirror: str | None) -> Iterator[Text]:
    """The sentences: nothing lacks; or what, how much, and how long."""
    wrong = [one for one in result["checks"] if one["status"] in ("failed", "crashed")]
    by_hand = [step for step in steps if step.refused]
    if not wrong and not steps:
        yield words.terminal("ready")
        return
    yield words.terminal("ready-lacks", count=len(wrong), steps=len(steps) - len(by_hand), left=len(by_hand))
    fetched = [step for step in steps if not step.refused and (step.size or step.fetches)]
    if not fetched:
        yield words.terminal("ready-no-download")
        return
    where, measured = _measure(mirror)
    known = sum(step.size or 0 for step in fetched)
    if measured and measured.size and not mirror and any(step.fetches and not step.size for step in fetched):
        known += measured.size
    yield from _time(known, measured, where, any(not step.size for step in fetched))


def _time(known: int, measured: Measured | None, where: str, more: bool) -> Iterator[Text]:
    size = amount(known)
    if measured is None:
        yield words.terminal("ready-unmeasured", size=size, where=where)
    else:
        minutes = max(1, round(known / measured.speed / 60))
        hours, rest = divmod(minutes, HOUR)
        time = words.terminal("ready-hours", hours=hours, minutes=rest) if hours else \
            words.terminal("ready-minutes", minutes=minutes)
        yield words.terminal("ready-time", size=size, speed=amount(int(measured.speed)), where=where, time=time)
    if more:
        yield words.terminal("ready-more")


def _measure(mirror: str | None) -> tuple[str, Measured | None]:
    """The first bytes of the largest program of the room, else of Ollama's release for this platform."""
    if mirror:
        room = Room(mirror)
        largest = max(room.programs(), key=lambda row: row["size"], default=None)
        return room.shown, first_bytes(f"{room.url}/programs/{largest['file']}", near=True) if largest else None
    return RELEASES, first_bytes(f"{RELEASES}/v{DEFAULT}/{asset_name()}") if asset_name() else None
