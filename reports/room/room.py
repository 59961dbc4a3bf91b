"""`python -m reports room`: every learner's newest result on one page, who is held up, by what, and for how long."""
from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from reports.language import shown, usual
from reports.room.clock import when
from reports.room.gather import Known, gather
from reports.room.roster import NoRoster, missing, read
from reports.room.seats import VERDICTS, Room, Run, Seat
from reports.words import words

if TYPE_CHECKING:
    from markupsafe import Markup

    from checks.judging.pitfalls import Pitfall

NAMED, LONGEST_ROW, SHOWN_RUNS = 24, 8, 8
"""Seats named below a pitfall, seats in the list of the longest held up, and runs in one seat's history."""
NEVER = datetime.max.replace(tzinfo=UTC)
MISSING = 200
LONGEST_LIST = 500
"""Files listed as not read."""


class Common(NamedTuple):
    """A pitfall, and the seats whose newest result shows it."""

    pitfall: str
    status: str
    seats: list[Seat]


def room(
    folder: Path, lang: str, page: Path | None = None, since: datetime | None = None,
    until: datetime | None = None, known: Known | None = None, roster: Sequence[str] = (), anonymous: bool = False,
) -> str:
    """The page of all results below `folder`, to lie at `page`; `since` is the newest result of the page before.

    `until`: up to when who is held up has been so, in place of the newest result. `known`: see `gather`.
    `roster` names who belongs to the room; `anonymous` leaves every name out, for a page that is projected.
    """
    from checks.judging.pitfalls import load
    from reports.page.template import environment

    found = gather(folder, lang, known)
    beside = (page or folder / "room.html").absolute().parent
    told = {
        "lang": lang,
        "say": _speaker(lang),
        "pitfalls": load(),
        "commands_for": _commands,
        "when": when,
        "since": since,
        "anonymous": anonymous,
        "roster": roster,
        "missing": missing(roster, found.seats),
    }
    links = {"link": lambda seat: _link(seat.now, beside)}
    template = environment().get_template("room.html.j2")
    return template.render(**told, **links, **_shown(found, lang, since, until)).lstrip()


def _shown(found: Room, lang: str, since: datetime | None, until: datetime | None = None) -> dict[str, Any]:
    """The seats as the template shows them, each with a number to link to."""
    groups = _in_order(found.seats.values())
    return {
        "room": found,
        "groups": groups,
        "numbers": {seat.name: number for number, seat in enumerate(chain(*groups.values()), 1)},
        "common": _commonest(found.seats.values()),
        "opencodes": sorted(Counter(seat.now.opencode for seat in found.seats.values() if seat.now.opencode).items()),
        "longest": [seat for seat in groups["failed"] if seat.stuck_since][:LONGEST_ROW],
        "how_long": lambda seat: _how_long((until or found.newest) - seat.stuck_since, lang),
        "progress": _progress(found, since) if since and found.newest else None,
        "cells": _cells(lang),
        "marks": {"passed": "✓", "failed": "✕", "incomplete": "○"},
        "limits": {"named": NAMED, "runs": SHOWN_RUNS, "files": LONGEST_LIST, "missing": MISSING},
    }


def _cells(lang: str) -> dict[str | None, Markup]:
    """A step's status as a cell of the table, made once for all rows."""
    from markupsafe import Markup

    cell = Markup('<td class="cell {}"><span aria-hidden="true">{}</span><span class="hidden">{}</span></td>')
    say = _speaker(lang)
    made = {status: cell.format(status, mark, say(f"status-{status}")) for status, mark in words.MARKS.items()}
    return {**made, None: Markup('<td class="cell"></td>')}


def _speaker(lang: str) -> Callable[..., str]:
    """Words of the page's language."""
    return lambda key, **values: str(getattr(words.room(key, **values), lang))


def _in_order(seats: Iterable[Seat]) -> dict[str, list[Seat]]:
    """By state: who waits longest first, the others by name with 2 before 10."""
    groups: dict[str, list[Seat]] = {verdict: [] for verdict in VERDICTS}
    for seat in sorted(seats, key=_natural):
        groups[seat.now.verdict].append(seat)
    groups["failed"].sort(key=lambda seat: seat.stuck_since or NEVER)
    return groups


def _natural(seat: Seat) -> list[tuple[int, int | str]]:
    parts = re.split(r"([0-9]{1,18})", seat.name.casefold())
    return [(0, int(part)) if index % 2 else (1, part) for index, part in enumerate(parts)]


def _commonest(seats: Iterable[Seat]) -> dict[str, list[Common]]:
    """What failed and what is advice, each with the commonest first."""
    found: dict[tuple[str, str], list[Seat]] = {}
    for seat in seats:
        for pitfall, status in dict.fromkeys((one.pitfall, _kind(one.status)) for one in seat.now.troubles):
            found.setdefault((pitfall, status), []).append(seat)
    common = [Common(pitfall, status, sorted(having, key=_natural)) for (pitfall, status), having in found.items()]
    common.sort(key=lambda one: (-len(one.seats), one.pitfall))
    return {status: [one for one in common if one.status == status] for status in ("failed", "advice")}


def _kind(status: str) -> str:
    return "advice" if status == "advice" else "failed"


def _commands(pitfall: Pitfall, seats: Iterable[Seat]) -> list[tuple[str | None, list[str]]]:
    """The commands for the operating systems of these seats; named where they differ."""
    systems = sorted({seat.now.os for seat in seats} & set(words.SYSTEMS)) or ["linux"]
    same: dict[tuple[str, ...], list[str]] = {}
    for system in systems:
        same.setdefault(tuple(pitfall.remedy({}, system).commands), []).append(words.SYSTEMS[system])
    return [
        (", ".join(names) if len(same) > 1 else None, list(commands)) for commands, names in same.items() if commands
    ]


def _progress(found: Room, since: datetime) -> list[tuple[str, list[Seat]]]:
    """Seats whose state differs from the one at `since`; those whose results have no time are left out."""
    changes: dict[str, list[Seat]] = {"newly": [], "back": [], "joined": []}
    for seat in sorted(found.seats.values(), key=_natural):
        before, now = seat.at(since), seat.now
        if not now.started or now.started <= since:
            continue
        if before is None:
            changes["joined"].append(seat)
        if now.verdict == "passed" and (before is None or before.verdict != "passed"):
            changes["newly"].append(seat)
        if before and before.verdict == "passed" != now.verdict:
            changes["back"].append(seat)
    return [(change, changed) for change, changed in changes.items() if changed]


def _link(run: Run, beside: Path) -> str | None:
    """A relative address of the learner's page where there is one; never anything but a path."""
    if run.file is None:
        return None
    place = run.file.parent
    report = (place.parent if place.name == "history" else place) / "report.html"
    if not report.is_file():
        return None
    try:
        relative = os.path.relpath(report.absolute(), beside)
    except ValueError:  # another drive
        return report.absolute().as_uri()
    return "./" + quote(relative.replace(os.sep, "/"), errors="surrogateescape")


def _how_long(span: timedelta, lang: str) -> str:
    say = _speaker(lang)
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return say("minutes", minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return say("hours", hours=hours, minutes=minutes)
    return say("days", days=hours // 24, hours=hours % 24)


def last_page(page: Path) -> datetime | None:
    """The newest result that the page at this place knew; it says so in its head."""
    try:
        with page.open(encoding="utf-8", errors="replace") as file:
            head = file.read(4096)
    except OSError:
        return None
    noted = re.search(r'<meta name="newest" content="([0-9T:+-]{16,32})">', head)
    try:
        return datetime.fromisoformat(noted[1]) if noted else None
    except ValueError:
        return None


def main(argv: list[str]) -> int:
    """0: the page was written; 4: wrong usage; 1: it could not be written."""
    import argparse

    from fixtures import command

    parser = argparse.ArgumentParser(
        prog=command.again("python -m reports room", "room"), description=" / ".join(words.usage("room"))
    )
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("room.html"), help=f"{' / '.join(words.usage('page'))} (room.html)"
    )
    parser.add_argument("--roster", metavar="FILE", type=Path, help=" / ".join(words.usage("roster")))
    parser.add_argument("--anonymous", action="store_true", help=" / ".join(words.usage("anonymous")))
    parser.add_argument("--lang", choices=("zh", "en"), default=usual())
    try:
        options = parser.parse_args(argv)
    except SystemExit as ended:
        return 4 if ended.code else 0
    say = _speaker(shown(options.lang, sys.stderr))
    if not options.folder.is_dir():
        print(say("no-folder", folder=options.folder), file=sys.stderr)
        return 4
    try:
        roster = read(options.roster) if options.roster else ()
    except NoRoster as error:
        print(say("no-roster", file=options.roster, reason=error), file=sys.stderr)
        return 4
    since = None if options.anonymous else last_page(options.output)
    page = room(
        options.folder, options.lang, options.output, since, roster=roster, anonymous=options.anonymous
    )
    return _write(page, options.output, say)


def _write(text: str, page: Path, say: Callable[..., str]) -> int:
    try:
        part = page.with_name(f".{page.name}.part")
        part.write_text(text, encoding="utf-8")
        part.replace(page)
    except OSError as error:
        print(say("unwritten", reason=f"{page}: {error.strerror}"), file=sys.stderr)
        return 1
    print(page)
    return 0
