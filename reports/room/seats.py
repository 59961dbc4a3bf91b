"""The results below a folder, and whose they are: what the room page is made of."""
from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.judging.finding import NEEDS_A_HAND
from reports.redact.redact import GONE, clean
from reports.words.words import STEPS

if TYPE_CHECKING:
    from reports.room.inbox import Found

SCHEMA = 1
NEVER = datetime.min.replace(tzinfo=UTC)
LONGEST_NAME, LONGEST_SIGHT = 200, 300
"""Characters."""
VERDICTS = ("failed", "incomplete", "passed")
SEVERITY = ("crashed", "failed", "blocked", "advice", "not-run", "fixed", "passed", "skipped")
"""Of several checks of one step, the first in this order is shown."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One failed or advising check of one result."""

    check: str
    status: str
    pitfall: str
    found: str


@dataclass(frozen=True, slots=True)
class Run:
    """What the room page needs of one `result.json`; `started` is UTC, None where it is no time."""

    path: str
    seat: str
    started: datetime | None
    verdict: str
    passed: int
    first: str | None
    steps: tuple[str | None, ...]
    troubles: tuple[Trouble, ...]
    os: str | None
    model: str | None
    target: str
    opencode: int | None = None
    """The generation of the OpenCode that answered."""
    file: Path | None = None
    """Where it lies on the disk, and not in a zip, a mail or a code."""
    machine: str | None = None
    """What its machine is like: by this two with one name are told apart. None where it is not known."""

    @property
    def pitfall(self) -> str | None:
        """The one to deal with first."""
        first = next((one for one in self.troubles if one.check == self.first), None)
        return first.pitfall if first else None


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is no result for this suite; `reason` is a key of the room's words."""

    path: str
    reason: str


@dataclass(slots=True)
class Seat:
    """One learner's results, oldest first."""

    name: str
    runs: list[Run] = field(default_factory=list)
    shared: str | None = None
    """The name, where results of another machine came by it too."""

    @property
    def now(self) -> Run:
        return self.runs[-1]

    @property
    def unpassed(self) -> list[Run]:
        """The unbroken row of results without a pass, up to now."""
        row = list(takewhile(lambda run: run.verdict != "passed", reversed(self.runs)))
        return row[::-1]

    @property
    def tries(self) -> int:
        return len(self.unpassed)

    @property
    def stuck_since(self) -> datetime | None:
        return next((run.started for run in self.unpassed if run.started), None)

    def at(self, moment: datetime) -> Run | None:
        """The newest result of that moment."""
        return next((run for run in reversed(self.runs) if run.started and run.started <= moment), None)


@dataclass(slots=True)
class Room:
    """All seats by name, what could not be read, and the runs that were no learner's set-up."""

    seats: dict[str, Seat] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    rehearsals: int = 0

    @property
    def runs(self) -> int:
        return sum(len(seat.runs) for seat in self.seats.values())

    @property
    def newest(self) -> datetime | None:
        return max((run.started for seat in self.seats.values() for run in seat.runs if run.started), default=None)


def read(found: Found, lang: str) -> Run | Unread:
    name = found.name
    try:
        data = json.loads(found.data)
    except (ValueError, RecursionError):
        return Unread(name, "damaged")
    if not isinstance(data, dict) or not isinstance(data.get("schema"), int) or "suite" not in data:
        return Unread(name, "foreign")
    if data["schema"] > SCHEMA:
        return Unread(name, "newer")
    try:
        return _run(data, found, lang)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Unread(name, "foreign")


def of_steps(checks: Iterable[Mapping[str, Any]]) -> tuple[str | None, ...]:
    """Each step's status, the severest of its checks; KeyError or ValueError for a step or a status that is none."""
    steps: dict[int | str, str | None] = dict.fromkeys(STEPS)
    for check in checks:
        step, status = check["step"], check["status"]
        steps[step] = min(steps[step] or status, status, key=SEVERITY.index)
    return tuple(steps.values())


def _run(data: Mapping[str, Any], found: Found, lang: str) -> Run:
    """Raises KeyError, TypeError, ValueError or AttributeError where the shape is not a result's."""
    if data["verdict"] not in VERDICTS or data["run"]["target"] not in ("machine", "sandbox", "rehearse"):
        raise ValueError(data["verdict"])
    return Run(
        path=found.name,
        file=found.file,
        seat=one_name(found.place if data["seat"] in (None, "", GONE) else data["seat"]),
        started=time_of(data["started"]),
        verdict=data["verdict"],
        passed=min(5, max(0, int(data["checkpoints"]["passed"]))),
        first=data["first"] and one_name(data["first"]),
        steps=of_steps(data["checks"]),
        troubles=tuple(
            _trouble(check, lang) for check in data["checks"] if check["status"] in NEEDS_A_HAND
        ),
        os=data["machine"]["os"],
        model=one_name(data["model"]) if data["model"] else None,
        target=data["run"]["target"],
        opencode=opencode_generation((data.get("versions") or {}).get("opencode")),
        machine=machine_of(data["machine"]),
    )


def machine_of(machine: Mapping[str, Any]) -> str | None:
    """Four signs made of system, processors and memory; they name nobody. None where one of these is not known."""
    like = [machine.get(one) for one in ("os", "arch", "cpu_count", "ram_gib")]
    if None in like:
        return None
    return f"{zlib.crc32(repr([*like[:3], round(like[3])]).encode('utf-8', 'replace')) & 0xFFFF:04x}"


def opencode_generation(version: Any) -> int | None:
    """`2.0.26` -> 2; one below 1 is the older namesake."""
    found = re.match(r"([1-9])\.\d", version) if isinstance(version, str) else None
    return int(found[1]) if found else None


def _trouble(check: Mapping[str, Any], lang: str) -> Trouble:
    found = clean(check["found"][lang]) if check["found"] else ""
    return Trouble(
        one_name(check["id"]), check["status"], one_name(check["pitfall"] or check["id"]), found[:LONGEST_SIGHT]
    )


def one_name(text: Any) -> str:
    """On one line, and no longer than a name is."""
    return (" ".join(clean(str(text)[:LONGEST_SIGHT]).split()) or "?")[:LONGEST_NAME]


def time_of(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
