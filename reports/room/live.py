"""The room's page, written anew whenever a result comes in: `python -m fixtures.mirror --room` has one beside it.

A process of its own: however long a page takes, whoever hands in meanwhile is not held up. It ends with its standard
input, and so with the server, also where that one is killed.
"""
from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from fixtures.system import stream
from reports.room.gather import Known
from reports.room.room import room
from reports.room.roster import NoRoster, read
from reports.words import words

EVERY, AT_LEAST = 0.3, 15.0
"""Seconds between two looks at the folder, and until a page is made anew without news: who is stuck gets longer."""
REFRESH = '<meta http-equiv="refresh" content="{seconds}">'
SECONDS = 2
SHEET = "sheet.html"
"""Beside the page: the same without names, to be projected."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("page", type=Path)
    parser.add_argument("lang", choices=("zh", "en"))
    parser.add_argument("--roster", type=Path)
    options = parser.parse_args(argv)
    roster = _roster(options.roster) if options.roster else []
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    seen: object = None
    written, known = 0.0, Known()
    while True:
        now = _signature(options.folder)
        if now != seen or time.monotonic() - written > AT_LEAST:
            seen, written = now, time.monotonic()
            write(options.folder, options.page, options.lang, known, roster)
            write(options.folder, options.page.with_name(SHEET), options.lang, known, roster, anonymous=True)
        time.sleep(EVERY)


def _roster(file: Path) -> list[str]:
    """None where the list cannot be read: the page goes on without it."""
    try:
        return read(file)
    except NoRoster as error:
        stream.say(words.room("no-roster", file=file, reason=error).both)
        return []


def write(folder: Path, page: Path, lang: str, known: Known, roster: Sequence[str] = (),
          anonymous: bool = False) -> None:
    """The page as the file has it, and one line more, by which a browser asks again. A full disk keeps the old one."""
    made = room(folder, lang, page, until=datetime.now(UTC), known=known, roster=roster, anonymous=anonymous)
    text = made.replace("<head>", f"<head>\n{REFRESH.format(seconds=SECONDS)}", 1)
    part = page.with_name(f"{page.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(page)
    except OSError:
        part.unlink(missing_ok=True)


def _signature(folder: Path) -> set[tuple[str, int]]:
    """What lies there, as far as a hand-in changes it: a folder's time changes with every file that comes or goes."""
    return {(place, os.stat(place).st_mtime_ns) for place, _, _ in os.walk(folder) if not place.endswith(".room")}


def _end_with_the_server() -> None:
    while sys.stdin.buffer.read(1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
