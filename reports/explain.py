"""`python -m reports explain`: which pitfalls an error message or a log shows, best first."""

from __future__ import annotations

import argparse
import json
import platform
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from checks.pitfalls import Pitfall, load
from reports.clues import clues
from reports.pasted import MOST_BYTES, decoded, readable

RECOGNISED, NOT_RECOGNISED, WRONG_USAGE = 0, 1, 4
_MOST_SHOWN = 5
_THRESHOLD = 0.2
_CERTAIN, _PRINTED, _TOLD, _AGAINST = 0.75, 0.45, 0.15, 0.6
_HEAD = 400  # people open with what matters to them; what follows is often only their set-up
# A message such as "out of memory" is everybody's: in a longer text, one word must be about a local model.
_SUBJECT = re.compile(
    r"ollama|opencode|llama|11434|gguf|\bllms?\b|\bmodels?\b|模型|\bprovider|qwen|deepseek|mistral|gemma|ai-sdk|\btokens?\b", re.I
)
_SHORT, _OFF_SUBJECT = 160, 0.3


class Match(NamedTuple):
    """A pitfall that a text shows; `score` is between 0 and 1."""

    pitfall: Pitfall
    score: float


def explain(text: str) -> list[Match]:
    """The pitfalls that `text` shows, best first; empty where none is recognised."""
    seen = readable(text)
    on_subject = bool(_SUBJECT.search(seen))
    seen = "\n".join([seen, *clues(seen)])
    found = [Match(pitfall, round(_score(pitfall, seen, on_subject, len(text)), 3)) for pitfall in load().values()]
    return sorted((match for match in found if match.score >= _THRESHOLD), key=lambda match: -match.score)


def _score(pitfall: Pitfall, seen: str, on_subject: bool, length: int) -> float:
    """Independent signs add up, as in `1 - (1-a)(1-b)`; each sign of another cause takes a part of the sum."""
    missed = _missed(pitfall.certain, seen, _CERTAIN) * _missed(pitfall.explain, seen, _PRINTED)
    if on_subject:
        missed *= _missed(pitfall.hints, seen, _TOLD)
    score = (1 - missed) * pitfall.weight
    if score and not on_subject and length > _SHORT:
        score *= _OFF_SUBJECT
    if score:
        score *= _AGAINST ** sum(_found(pattern, seen) is not None for pattern in pitfall.unless)
    return score


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
