"""The lines of a long text that can matter: each kind once, trouble at both ends, the last lines; in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

PIECE, OVERLAP = 2_000, 200
"""Characters of a line that has no end, and what two pieces of it share."""
_KINDS = 50_000
"""Kinds of lines remembered: one that comes again after so many others is told again."""
_TROUBLE = (
    "error fail warn fatal panic refus denied cannot unable invalid missing unexpected timed truncat exceed killed "
    "mismatch unsupport stalled expired x509 digest 错误 失败 拒绝 无法"
).split() + ["not found", "could not", "in use", "no such", "no space", "out of memory", "not support", "version is"]
_SUBJECT = "ollama opencode model config version listen proxy cloud 端口 模型".split()
_DIGITS = str.maketrans("", "", "0123456789")


class Telling:
    """Lines are taken in their order; at most about `room` characters of them are kept: a server repeats itself for
    megabytes, and opens and ends with what matters."""

    def __init__(self, room: int) -> None:
        self._kinds: set[int] = set()
        self._first, self._rest = _First(room * 3 // 8), _First(room // 8)
        self._late, self._end = _Last(room * 3 // 8), _Last(room // 8)

    def add(self, text: str) -> None:
        for line, kind in _pieces(text):
            self._end.add(line)
            if kind in self._kinds:
                continue
            if len(self._kinds) >= _KINDS:
                self._kinds.clear()
            self._kinds.add(kind)
            lowered = line.lower()
            if any(word in lowered for word in _TROUBLE):
                self._first.add(line) or self._late.add(line)
            elif any(word in lowered for word in _SUBJECT):
                self._rest.add(line)

    def text(self) -> str:
        """Trouble first, the oldest before the newest; then what is on the subject, and how the text ends."""
        return "\n".join(dict.fromkeys([*self._first.lines, *self._late.lines, *self._rest.lines, *self._end.lines]))


class _First:
    """The first lines that find room; the first that does not ends it, so that none stands out of order."""

    def __init__(self, room: int) -> None:
        self.lines: list[str] = []
        self._room = room

    def add(self, line: str) -> bool:
        self._room -= len(line) + 1
        if self._room >= 0:
            self.lines.append(line)
        return self._room >= 0


class _Last:
    """The last lines that find room."""

    def __init__(self, room: int) -> None:
        self.lines: deque[str] = deque()
        self._room = room

    def add(self, line: str) -> None:
        self.lines.append(line)
        self._room -= len(line) + 1
        while self._room < 0:
            self._room += len(self.lines.popleft()) + 1


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Each line, in pieces where it is long, and what tells its kind: all but its digits."""
    lines: Iterable[str] = text.split("\n")
    for line, kind in zip(lines, text.translate(_DIGITS).split("\n"), strict=True):
        if len(line) <= PIECE:
            yield line, hash(kind)
            continue
        for start in range(0, len(line), PIECE - OVERLAP):
            piece = line[start : start + PIECE]
            yield piece, hash(piece.translate(_DIGITS))
