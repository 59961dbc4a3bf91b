"""A hand-in as a text for a chat or a form: what the room's page needs of a result, and no more.

`OCH1-` and the format's number, a body and a sum in base 32 (RFC 4648), `-END`: no letter of it is markup anywhere, and
blanks, line ends, quotation marks of a mail and small letters do no harm. The body is JSON, deflated.
"""
from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from checks.judging.finding import NEEDS_A_HAND
from reports.room.seats import (
    SEVERITY,
    VERDICTS,
    Run,
    Trouble,
    machine_of,
    of_steps,
    one_name,
    opencode_generation,
    time_of,
)
from reports.words.words import STEPS

FORMAT = 1
LONGEST = 600
"""Characters of a code; what holds a person up beyond the first is left out before it gets longer."""
LONGEST_SEAT, LONGEST_MODEL = 60, 60
MOST_BYTES = 16_384
"""Of a body, deflated or not: a code of ours has hundreds."""
CODE = re.compile(r"OCH(\d{1,3})-([A-Z2-7\s>|]{8,40000}?)-([A-Z2-7\s>|]{7,60}?)-\s*E\s*N\s*D", re.IGNORECASE)
BEGUN = re.compile(r"OCH\d{1,3}-(?=[A-Z2-7\s]{8})", re.IGNORECASE)
SYSTEMS = ("linux", "macos", "windows")
TARGETS = ("machine", "sandbox", "rehearse")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


class BrokenCode(ValueError):
    """Not a whole code; `reason` is a key of the room's words."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def encode(result: Mapping[str, Any]) -> str:
    """Of a (redacted) result: at most `LONGEST` characters, whatever it holds."""
    troubles = [one for one in result["checks"] if one["status"] in NEEDS_A_HAND]
    troubles.sort(key=lambda one: one["id"] != result["first"])
    while len(code := _coded(_body(result, troubles))) > LONGEST and troubles:
        troubles.pop()
    return code


def _body(result: Mapping[str, Any], troubles: list[Mapping[str, Any]]) -> list[Any]:
    started = time_of(result["started"])
    return [
        (result["seat"] or "")[:LONGEST_SEAT],
        int(started.timestamp()) if started else None,
        VERDICTS.index(result["verdict"]),
        result["checkpoints"]["passed"],
        "".join(str(SEVERITY.index(one)) if one else "-" for one in of_steps(result["checks"])),
        [[one["id"], SEVERITY.index(one["status"]), one["pitfall"] or ""] for one in troubles],
        SYSTEMS.index(result["machine"]["os"]) if result["machine"]["os"] in SYSTEMS else None,
        (result["model"] or "")[:LONGEST_MODEL],
        opencode_generation((result.get("versions") or {}).get("opencode")),
        TARGETS.index(result["run"]["target"]),
        machine_of(result["machine"]),
    ]


def _coded(body: list[Any]) -> str:
    packed = zlib.compress(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    return f"OCH{FORMAT}-{_base32(packed)}-{_base32(zlib.crc32(packed).to_bytes(4, 'big'))}-END"


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=")


def codes_in(text: str) -> Iterator[tuple[str, str, str] | None]:
    """Format, body and sum of every code in a text, in its order; None for one that begins and does not end."""
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    found = list(CODE.finditer(plain))
    ends = {match.start(): match for match in found}
    inside = [(match.start(), match.end()) for match in found]
    for begun in BEGUN.finditer(plain):
        if match := ends.get(begun.start()):
            yield match[1], match[2], match[3]
        elif not any(first < begun.start() < last for first, last in inside):
            yield None


def decode(code: tuple[str, str, str] | None, path: str, place: str) -> Run:
    """The run that a code tells of; `place` names its seat where the code has none. Raises BrokenCode."""
    if code is None:
        raise BrokenCode("broken-code")
    if int(code[0]) > FORMAT:
        raise BrokenCode("newer")
    try:
        return _run(_unpacked(code[1], code[2]), path, place)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, zlib.error) as error:
        raise BrokenCode("broken-code") from error


def _unpacked(body: str, total: str) -> list[Any]:
    packed, expected = _bytes(body), int.from_bytes(_bytes(total), "big")
    if zlib.crc32(packed) != expected or len(packed) > MOST_BYTES:
        raise ValueError(body)
    text = zlib.decompressobj()
    data = json.loads(text.decompress(packed, MOST_BYTES))
    if not isinstance(data, list) or text.unconsumed_tail:
        raise ValueError(body)
    return data


def _bytes(text: str) -> bytes:
    letters = re.sub(r"[^A-Z2-7]", "", text.upper())
    try:
        return base64.b32decode(letters + "=" * (-len(letters) % 8))
    except binascii.Error as error:
        raise ValueError(text) from error


def _run(body: list[Any], path: str, place: str) -> Run:
    seat, started, verdict, passed, steps, troubles, system, model, generation, target = body[:10]
    held = tuple(
        Trouble(one_name(check), SEVERITY[_index(status, SEVERITY)], one_name(pitfall or check), "")
        for check, status, pitfall in troubles
    )
    return Run(
        path=path,
        seat=one_name(seat or place),
        started=datetime.fromtimestamp(int(started), UTC) if started is not None else None,
        verdict=VERDICTS[_index(verdict, VERDICTS)],
        passed=min(5, max(0, int(passed))),
        first=held[0].check if held else None,
        steps=tuple(None if one == "-" else SEVERITY[_index(int(one), SEVERITY)] for one in str(steps)[: len(STEPS)]),
        troubles=held,
        os=SYSTEMS[_index(system, SYSTEMS)] if system is not None else None,
        model=one_name(model) if model else None,
        target=TARGETS[_index(target, TARGETS)],
        opencode=int(generation) if generation else None,
        machine=one_name(body[10])[:4] if body[10:] and body[10] else None,
    )


def _index(number: Any, among: tuple[Any, ...]) -> int:
    """A negative number would count from the end."""
    if not isinstance(number, int) or not 0 <= number < len(among):
        raise ValueError(number)
    return number
