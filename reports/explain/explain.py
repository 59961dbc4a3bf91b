"""`python -m reports explain`: which pitfalls an error message or a log shows, best first."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, NoReturn

from checks.judging.pitfalls import Pitfall, load
from fixtures import command
from fixtures.system.stream import encoding_of
from reports.explain.clues import clues
from reports.explain.likeness import Likeness, known, words
from reports.explain.pasted import MOST_BYTES, decoded, readable
from reports.explain.signs import Signs, signs
from reports.language import shown, usual
from reports.screen import Screen, pad, wrap

RECOGNISED, NOT_RECOGNISED, WRONG_USAGE = 0, 1, 4
AGAIN = command.again("py checks" if sys.platform == "win32" else "python3 checks")

_CERTAIN, _PRINTED, _TOLD, _AGAINST = 0.75, 0.45, 0.15, 0.6
_NEARLY_THE_SAME = 3.0
_LIKE, _MOST_LIKE = 0.15, 0.6  # what one point of likeness to known cases adds, and all of it at most
_HEAD = 400  # people open with what matters to them; what follows is often only their set-up
_SHORT, _OFF_SUBJECT = 160, 0.3
_THRESHOLD, _THRESHOLD_AT_HOME = 0.2, 0.12
_MOST_SHOWN, _SHARE_SHOWN = 5, 0.4
# A message such as "out of memory" is everybody's: in a longer text, one word must be about a local model.
_SUBJECT = re.compile(
    r"ollama|opencode|llama|11434|gguf|\bllms?\b|\bmodels?\b|模型|\bprovider|qwen|mistral|gemma|ai-sdk|\btokens?\b"
    r"|rocm|nvidia|radeon|显卡|\bRT?X ?\d{4}|base_?url|/v1\b|\bunshare|^symptom: "
    r"|gpt-oss|deepseek|\bn(?:um)?_ctx|/api/(?:chat|generate|tags)\b|/chat/completions|pulling manifest|digest mismatch",
    re.IGNORECASE | re.MULTILINE,
)
_AT_HOME = re.compile(r"ollama|opencode|11434", re.I)
_OS = {"win32": "windows", "darwin": "macos"}


class Match(NamedTuple):
    """A pitfall that a text shows; `score` is between 0 and 1."""

    pitfall: Pitfall
    score: float


# ---- recognising ----


def explain(text: str, cases: Likeness | None = None) -> list[Match]:
    """The pitfalls that `text` shows, best first; empty where none is recognised."""
    seen = readable(text)
    on_subject = bool(_SUBJECT.search(seen))
    least = _THRESHOLD_AT_HOME if _AT_HOME.search(seen) else _THRESHOLD
    seen = "\n".join([seen, *clues(seen)])
    likes = _likes(seen, on_subject, len(text), known() if cases is None else cases)
    found = [
        Match(load()[name], round(_score(own, seen, on_subject, len(text), likes.get(name, 0.0)), 3))
        for name, own in signs().items()
    ]
    return sorted((match for match in found if match.score >= least), key=lambda match: -match.score)


def _likes(seen: str, on_subject: bool, length: int, cases: Likeness) -> dict[str, float]:
    """Likeness to known cases; where nothing names the subject, a short text must be nearly the same as one of them."""
    if not on_subject and length > _SHORT:
        return {}
    likes = cases.of(words(seen))
    return likes if on_subject else {pitfall: like for pitfall, like in likes.items() if like >= _NEARLY_THE_SAME}


def _score(own: Signs, seen: str, on_subject: bool, length: int, like: float) -> float:
    """Independent signs add up, as in `1 - (1-a)(1-b)`; each sign of another cause takes a part of the sum."""
    missed = _missed(own.certain, seen, _CERTAIN) * _missed(own.explain, seen, _PRINTED)
    if on_subject:
        missed *= _missed(own.hints, seen, _TOLD)
    score = (1 - missed) * own.weight
    if score and not on_subject and length > _SHORT:
        score *= _OFF_SUBJECT
    if score:
        score *= _AGAINST ** sum(_found(pattern, seen) is not None for pattern in own.unless)
    return 1 - (1 - score) * (1 - min(_MOST_LIKE, _LIKE * like))


def _missed(patterns: Iterable[str], seen: str, worth: float) -> float:
    missed = 1.0
    for pattern in patterns:
        match = _found(pattern, seen)
        if match:
            late = match.start() > _HEAD and not match[0].startswith("clue:")
            missed *= 1 - worth * (0.8 if late else 1)
    return missed


def _found(pattern: str, seen: str) -> re.Match[str] | None:
    return _compiled(pattern).search(seen)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


# ---- telling ----


def main(argv: Sequence[str]) -> int:
    """Exit code 0: recognised, 1: not recognised, 4: wrong usage or a file that cannot be read."""
    try:
        asked = _parser().parse_args(argv)
        screen = _screen(asked.lang or usual())
        text = decoded(_data(asked.file, screen))
    except _WrongUsage as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_USAGE
    matches = explain(text)
    if asked.json:
        print(json.dumps([{"pitfall": match.pitfall.id, "score": match.score} for match in matches]))
    else:
        print("\n".join(screen.fit(line) for line in _lines(matches, screen)))
    return RECOGNISED if matches else NOT_RECOGNISED


class _WrongUsage(Exception):
    """What was typed, or the file named, is of no use; argparse itself would end with 2."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _WrongUsage(f"{self.format_usage()}{message}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=command.again("python -m reports explain", "explain"), description="names the pitfall that a message shows")
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="a message or log (default: what is typed)")
    parser.add_argument("--json", action="store_true", help='print [{"pitfall": id, "score": 0..1}, ...]')
    parser.add_argument("--lang", choices=("zh", "en"), help="default: from the locale")
    return parser


def _data(file: str, screen: Screen) -> bytes:
    try:
        data = _from_input(screen) if file == "-" else _from_file(file)
    except OSError as trouble:
        reason = trouble.strerror or trouble
        raise _WrongUsage(screen.fit(screen.word("unreadable", file=file, reason=reason))) from None
    if len(data) > MOST_BYTES:
        raise _WrongUsage(screen.fit(screen.word("too-long", file=file)))
    return data


def _from_file(file: str) -> bytes:
    with Path(file).open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _from_input(screen: Screen) -> bytes:
    if sys.stdin.isatty():
        print(screen.fit(screen.word("paste")), file=sys.stderr)
    return sys.stdin.buffer.read(MOST_BYTES + 1)


def _screen(lang: str) -> Screen:
    width = min(100, shutil.get_terminal_size((80, 24)).columns)
    return Screen(shown(lang, sys.stdout), width=width, encoding=encoding_of(sys.stdout))


def _lines(matches: list[Match], screen: Screen) -> Iterator[str]:
    if not matches:
        yield from wrap(screen.word("unknown", again=AGAIN, report=command.REPORT), screen.width)
        return
    yield screen.word("recognised")
    worth_telling = [match for match in matches[:_MOST_SHOWN] if match.score >= matches[0].score * _SHARE_SHOWN]
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
    for index, command in enumerate(remedy.commands):
        yield f"   {pad(screen.label('type') if index == 0 else '', 6)}{command}"


def _labelled(label: str, text: str, screen: Screen) -> Iterator[str]:
    for index, line in enumerate(wrap(text, screen.width - 9)):
        yield f"   {pad(label if index == 0 else '', 6)}{line}"
