"""A log of many megabytes, read once from its beginning to its end: only what can matter is ever held."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import IO, NamedTuple

from reports.explain.pasted import KEPT, decoded, plain
from reports.explain.telling import OVERLAP, Telling

AT_ONCE = 10 * 1024 * 1024
"""Bytes up to which a text is held whole, since it may be one record of JSON."""
MOST_BYTES = 512 * 1024 * 1024
"""Bytes read at most: half a minute even of what is no text, and input that never ends is left after that."""
CHUNK = 1024 * 1024


class Read(NamedTuple):
    """What was read: the part of it that can matter, and how much it was."""

    text: str
    count: int
    whole: bool
    """Whether nothing followed."""


def read(stream: IO[bytes]) -> Read:
    """A text as it is, or of a long one what tells."""
    start = stream.read(AT_ONCE + 1)
    if len(start) <= AT_ONCE:
        return Read(decoded(start), len(start), True)
    kept, counted = Telling(KEPT), _Counted(start, stream)
    for block in _blocks(_as_utf8(counted.chunks())):
        kept.add(plain(decoded(block)))
    return Read(kept.text(), counted.count, not stream.read(1))


class _Counted:
    """The start that is there already, and then the rest of the stream."""

    def __init__(self, start: bytes, stream: IO[bytes]) -> None:
        self.count = 0
        self._start, self._stream = start, stream

    def chunks(self) -> Iterator[bytes]:
        start, self._start = self._start, b""
        for at in range(0, len(start), CHUNK):
            self.count += len(start[at : at + CHUNK])
            yield start[at : at + CHUNK]
        del start
        while chunk := self._stream.read(min(CHUNK, MOST_BYTES - self.count)):
            self.count += len(chunk)
            yield chunk


def _as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-16 with its mark (PowerShell's `>`) as UTF-8, everything else as it is."""
    first = next(chunks)
    if first[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        yield first
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines; of a line longer than a chunk a part, whose end comes again so that no message is torn."""
    held = b""
    for chunk in chunks:
        held += chunk
        end = max(held.rfind(b"\n"), held.rfind(b"\r")) + 1
        if end:
            yield held[:end]
            held = held[end:]
        elif len(held) > CHUNK:
            end = _between_characters(held)
            yield held[:end]
            held = held[max(0, _between_characters(held[: end - OVERLAP])) :]
    yield held


def _between_characters(data: bytes) -> int:
    """The last place where UTF-8 may be cut; where it is none, the end."""
    for back in range(1, min(4, len(data)) + 1):
        if data[-back] & 0xC0 != 0x80:
            return len(data) - back if data[-back] & 0x80 else len(data)
    return len(data)
