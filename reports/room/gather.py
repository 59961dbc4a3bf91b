"""Everything that was handed in, by seat: what the room's page is made of."""
from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import count, pairwise
from pathlib import Path

from reports.room.code import BrokenCode, codes_in, decode
from reports.room.inbox import Found, files, opened
from reports.room.seats import NEVER, Room, Run, Seat, Unread, read

Known = dict[str, tuple[tuple[int, int], "list[Run | Unread]"]]
"""File -> its time and size, and what was read of it."""


def gather(folder: Path, lang: str, known: Known | None = None) -> Room:
    """Read every result and every code below `folder` once.

    `known` keeps what a file held, for a page that is made again and again.
    """
    room, by_name = Room(), dict[str, list[Run]]()
    for path, name in files(folder):
        for one in _read_once(path, name, folder, lang, {} if known is None else known):
            if isinstance(one, Unread):
                room.unread.append(one)
            elif one.target != "machine":
                room.rehearsals += 1
            else:
                by_name.setdefault(one.seat, []).append(one)
    for name, runs in by_name.items():
        for seat in _of_machines(name, _oldest_first(runs), by_name):
            room.seats[seat.name] = seat
    return room


def _of_machines(name: str, runs: list[Run], taken: Container[str]) -> Iterator[Seat]:
    """A name on two machines is two seats, `A3` and `A3 (2)`, as a live room calls them: neither hides the other."""
    machines = list(dict.fromkeys(run.machine for run in runs if run.machine)) or [None]
    free = (label for number in count(2) if (label := f"{name} ({number})") not in taken)
    for place, machine in enumerate(machines):
        own = [run for run in runs if (run.machine or machines[0]) == machine]
        yield Seat(next(free) if place else name, own, name if len(machines) > 1 else None)


def _read_once(path: Path, name: str, folder: Path, lang: str, known: Known) -> list[Run | Unread]:
    """As it was read before, where the file is still that one."""
    try:
        about = path.stat()
        now = about.st_mtime_ns, about.st_size
    except OSError:
        now = 0, 0
    if name not in known or known[name][0] != now:
        known[name] = now, [one for found in opened(path, name, folder) for one in _runs(found, lang)]
    return known[name][1]


def _runs(found: Found, lang: str) -> Iterator[Run | Unread]:
    """One of a result, any number of a text with codes."""
    if found.fault:
        yield Unread(found.name, found.fault)
    elif found.text is None:
        yield read(found, lang)
    else:
        for number, code in enumerate(codes_in(found.text), 1):
            try:
                yield decode(code, f"{found.name} {number}", f"{found.place} {number}")
            except BrokenCode as error:
                yield Unread(f"{found.name} {number}", error.reason)


def _oldest_first(runs: list[Run]) -> list[Run]:
    """Without the copy that `history/` keeps of the newest, which is known by its start and its machine."""
    ordered = sorted(
        runs,
        key=lambda run: (run.started or NEVER, run.machine or "", run.file is not None, "history/" not in run.path),
    )
    doubled = [run.started is not None and (run.started, run.machine) == (later.started, later.machine)
               for run, later in pairwise(ordered)]
    return [run for run, again in zip(ordered, [*doubled, False], strict=True) if not again]
