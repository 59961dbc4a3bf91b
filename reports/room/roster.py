"""Who belongs to a room: a list of names or seats, one a line or a column of a table, as a school has it."""
from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

HEADS = [re.compile(words, re.IGNORECASE) for words in (
    r"\b\w*name\b|姓名|名字", r"\b(student|learner)s?\b|学生|学员", r"\bseats?\b|座位|座号", r"学号"
)]
"""What the column that counts is called, the likeliest first; without one it is the first column."""
LARGEST = 4 * 1024**2
MOST = 20_000


class NoRoster(ValueError):
    """Not to be read, or without a name."""


def read(file: Path) -> list[str]:
    """Names in their order, each once. UTF-8, UTF-16 or the GB18030 of a Chinese Excel; raises NoRoster."""
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise NoRoster(error.strerror) from error
    rows = [] if len(data) > LARGEST else list(_rows(_text(data)))
    column = next((number for words in HEADS for number in range(len(rows[0]) if rows else 0)
                   if _is_head(words, [row[number] for row in rows if len(row) > number])), None)
    cells = (row[column or 0] for row in rows[column is not None:] if len(row) > (column or 0))
    names = list(dict.fromkeys(name for cell in cells if (name := " ".join(cell.split()))))
    if not names or len(names) > MOST:
        raise NoRoster(str(len(names)))
    return names


def _is_head(words: re.Pattern[str], cells: Sequence[str]) -> bool:
    """Not where the list begins with somebody: `seat-1`, or one of several who are called so."""
    head = cells[0]
    return bool(words.search(head)) and not any(map(words.search, cells[1:])) and not re.search(r"\d", head)


def _rows(text: str) -> Iterable[list[str]]:
    lines = [line for line in text.splitlines() if line.strip() and "\0" not in line]
    marks = [mark for mark in "\t;," if all(mark in line for line in lines[:20])]
    yield from csv.reader(lines, delimiter=marks[0]) if marks else ([line] for line in lines)


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def missing(roster: Sequence[str], seats: Iterable[str]) -> list[str]:
    """Those of the roster that have no seat; `Anna ` and `anna`, `Ａ１` and `A1` are one."""
    there = {_plain(seat) for seat in seats}
    return [name for name in roster if _plain(name) not in there]


def _plain(name: str) -> str:
    """Without the number that a second machine of the same name is given."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r" \(\d+\)$", "", " ".join(folded.split()))
