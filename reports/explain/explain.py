"""`python -m reports explain`: which pitfalls an error message or a log shows, best first."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from fixtures import command
from fixtures.system.stream import encoding_of
from reports.explain.long_log import AT_ONCE, Read, read
from reports.explain.recognise import Match, explain
from reports.language import shown, usual
from reports.screen import Screen, pad, wrap

RECOGNISED, NOT_RECOGNISED, WRONG_USAGE = 0, 1, 4
AGAIN = command.again("py checks" if sys.platform == "win32" else "python3 checks")

_MOST_SHOWN, _SHARE_SHOWN = 5, 0.4
_OS = {"win32": "windows", "darwin": "macos"}


# ---- telling ----


def main(argv: Sequence[str]) -> int:
    """Exit code 0: recognised, 1: not recognised, 4: wrong usage or a file that cannot be read."""
    try:
        asked = _parser().parse_args(argv)
        screen = _screen(asked.lang or usual())
        log = _log(asked.file, screen)
    except _WrongUsage as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_USAGE
    matches = explain(log.text)
    if asked.json:
        print(json.dumps([{"pitfall": match.pitfall.id, "score": match.score} for match in matches]))
    else:
        print("\n".join(screen.fit(line) for line in (*_much(log, screen), *_lines(matches, screen))))
    return RECOGNISED if matches else NOT_RECOGNISED


class _WrongUsage(Exception):
    """What was typed, or the file named, is of no use; argparse itself would end with 2."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _WrongUsage(f"{self.format_usage()}{message}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=command.again("python -m reports explain", "explain"), description="names the pitfall that a message shows"
    )
    parser.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="a message or log (default: what is typed)"
    )
    parser.add_argument("--json", action="store_true", help='print [{"pitfall": id, "score": 0..1}, ...]')
    parser.add_argument("--lang", choices=("zh", "en"), help="default: from the locale")
    return parser


def _log(file: str, screen: Screen) -> Read:
    try:
        if file == "-":
            return _from_input(screen)
        with Path(file).open("rb") as opened:
            return read(opened)
    except OSError as trouble:
        reason = trouble.strerror or trouble
        raise _WrongUsage(screen.fit(screen.word("unreadable", file=file, reason=reason))) from None


def _from_input(screen: Screen) -> Read:
    if sys.stdin.isatty():
        print(screen.fit(screen.word("paste")), file=sys.stderr)
    return read(sys.stdin.buffer)


def _much(log: Read, screen: Screen) -> Iterator[str]:
    """Of a log that was not kept whole, how much was read."""
    if log.count > AT_ONCE:
        said = screen.word("read-long" if log.whole else "read-part", size=f"{log.count / 1e6:.0f}")
        yield from (*wrap(said, screen.width), "")


def _screen(lang: str) -> Screen:
    width = min(100, shutil.get_terminal_size((80, 24)).columns)
    return Screen(shown(lang, sys.stdout), width=width, encoding=encoding_of(sys.stdout))


def _lines(matches: list[Match], screen: Screen) -> Iterator[str]:
    if not matches:
        yield from wrap(screen.word("unknown", again=AGAIN, report=command.REPORT), screen.width)
        return
    yield screen.word("recognised")
    worth_telling = [match for match in matches[:_MOST_SHOWN] if match.weight >= matches[0].weight * _SHARE_SHOWN]
    for number, match in enumerate(worth_telling, 1):
        yield ""
        yield from _entry(number, match, screen)


def _entry(number: int, match: Match, screen: Screen) -> Iterator[str]:
    pitfall, lang = match.pitfall, screen.lang
    remedy = pitfall.remedy({"again": AGAIN}, _OS.get(sys.platform, "linux"))
    yield f"{number}  {pitfall.id}  ({match.score:.0%})"
    yield from _labelled("", pitfall.symptom[lang], screen)
    yield from _labelled(screen.label("why"), remedy.why[lang], screen)
    yield from _labelled(screen.label("do"), remedy.text[lang], screen)
    for index, line in enumerate(remedy.commands):
        yield f"   {pad(screen.label('type') if index == 0 else '', 6)}{line}"


def _labelled(label: str, text: str, screen: Screen) -> Iterator[str]:
    for index, line in enumerate(wrap(text, screen.width - 9)):
        yield f"   {pad(label if index == 0 else '', 6)}{line}"
