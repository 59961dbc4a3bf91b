"""Which pitfalls a text shows: the signs of each, weighed by where they stand, and its likeness to known cases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from math import exp, log
from typing import NamedTuple

from checks.judging.pitfalls import Pitfall, load
from reports.explain.clues import clues
from reports.explain.errors import error_lines, innermost
from reports.explain.likeness import Likeness, known, words
from reports.explain.pasted import readable
from reports.explain.signs import Signs, signs

_CERTAIN, _PRINTED, _TOLD, _AGAINST = 0.75, 0.45, 0.15, 0.6
_BESIDE, _LIKE_BESIDE = 0.5, 0.8
"""What words count, and the likeness to known cases, in a text that holds an error which a program printed."""
_BASE, _OWN, _AHEAD = -0.85, 0.55, 8.9
"""Logistic regression of "it is the one" on a pitfall's weight and its lead over the best other.

Fitted on the known cases, each judged without itself; tests/explain/test_scores.py holds it to others.
"""
_NEARLY_THE_SAME = 3.0
_LIKE, _MOST_LIKE = 0.15, 0.6  # what one point of likeness to known cases adds, and all of it at most
_HEAD = 400  # people open with what matters to them; what follows is often only their set-up
_SHORT, _OFF_SUBJECT = 160, 0.26  # one sign alone names nothing in a longer text about something else
_THRESHOLD, _THRESHOLD_AT_HOME = 0.2, 0.12
# A message such as "out of memory" is everybody's: in a longer text, one word must be about a local model.
_SUBJECT = re.compile(
    r"ollama|opencode|llama|11434|gguf|\bllms?\b|\bmodels?\b|模型|\bprovider|qwen|mistral|gemma|ai-sdk|\btokens?\b"
    r"|rocm|nvidia|radeon|显卡|\bRT?X ?\d{4}|base_?url|/v1\b|\bunshare|^symptom: "
    r"|gpt-oss|deepseek|\bn(?:um)?_ctx|/api/(?:chat|generate|tags)\b|/chat/completions|pulling manifest"
    r"|digest mismatch",
    re.IGNORECASE | re.MULTILINE,
)
# An error that names a file or a program says whose it is: in a text without the subject, and outside a home, somebody
# else's. The lesson's own tools are nobody's.
_ANY_OTHER = re.compile(
    r"(?<![\w.:/~])(?:[A-Za-z]:[\\/]+|/)(?!home\b|Users\b|root\b)[\w.-]+(?:[\\/]+[\w.~@-]+)+"
    r"|(?:\b(?:run|ran|running|execut\w+|launch\w*|start\w*|typ(?:e|ed|ing)|install\w*)|运行|启动|安装)[ :]{0,2}"
    r"(?:(?:the|command|npm i(?:nstall)? -g) )*(?:[`\"'“]|(?=\./)|(?=[\w.-]+\.(?:AppImage|exe|sh|py)\b)"
    r"|(?=[\w.-]+ (?:\S+ )?AppImage\b))"
    r"(?!(?:sudo|winget|scoop|choco|brew|npm|npx|node|bun|curl|wget|irm|iex|bash|pip|python|py|pytest|git|setx?)\b)"
    r"[\w./-]{3,}",
    re.IGNORECASE,
)
_ELSEWHERE = 0.2
_AT_HOME = re.compile(r"ollama|opencode|11434", re.I)


class Match(NamedTuple):
    """A pitfall that a text shows.

    `score`: how likely it is the one, from 0 to 1; `weight`: what speaks for it, the others left aside.
    """

    pitfall: Pitfall
    score: float
    weight: float


class _Seen(NamedTuple):
    """A text with its clues, the lines of it that a program printed as errors, and how it reads on the whole."""

    text: str
    errors: str
    on_subject: bool
    short: bool
    elsewhere: bool


def explain(text: str, cases: Likeness | None = None) -> list[Match]:
    """The pitfalls that `text` shows, best first; empty where none is recognised."""
    seen, least = _seen(text)
    likes = _likes(seen, known() if cases is None else cases)
    weights = {name: _weight(own, seen, likes.get(name, 0.0)) for name, own in signs().items()}
    found = sorted(((weight, name) for name, weight in weights.items() if weight >= least), key=lambda one: -one[0])
    return [Match(load()[name], _chance(weight, _best_other(weights, name)), round(weight, 3)) for weight,
            name in found]


def _best_other(weights: Mapping[str, float], name: str) -> float:
    return max(weight for other, weight in weights.items() if other != name)


def _chance(weight: float, other: float) -> float:
    """How often a pitfall of this weight is the one, the best of the others having that weight."""
    bounded = min(0.995, max(0.02, weight))
    odds = _BASE + _OWN * log(bounded / (1 - bounded)) + _AHEAD * (weight - other)
    return round(1 / (1 + exp(-odds)), 3)


def _seen(text: str) -> tuple[_Seen, float]:
    """What the signs are held against, and the score from which one is named."""
    plain = innermost(readable(text))
    least = _THRESHOLD_AT_HOME if _AT_HOME.search(plain) else _THRESHOLD
    errors, told = error_lines(plain), list(clues(plain))
    whole = "\n".join([plain, *told])
    on_subject = bool(_SUBJECT.search(plain))
    elsewhere = not on_subject and _ANY_OTHER.search(whole) is not None
    return _Seen(whole, errors, on_subject, len(text) <= _SHORT, elsewhere), least


def _likes(seen: _Seen, cases: Likeness) -> dict[str, float]:
    """Likeness to known cases; where nothing names the subject, a short text must be nearly the same as one of them."""
    if not seen.on_subject and not seen.short:
        return {}
    likes = cases.of(words(seen.text))
    return likes if seen.on_subject else {pitfall: like for pitfall, like in likes.items() if like >= _NEARLY_THE_SAME}


def _weight(own: Signs, seen: _Seen, like: float) -> float:
    """Independent signs add up, as in `1 - (1-a)(1-b)`; each sign of another cause takes a part of the sum."""
    missed = _missed(own.certain, seen, _CERTAIN) * _missed(own.explain, seen, _PRINTED)
    if seen.on_subject:
        missed *= _missed(own.hints, seen, _TOLD)
    score = (1 - missed) * own.weight
    if score and not seen.on_subject and not seen.short:
        score *= _OFF_SUBJECT
    if score:
        score *= _AGAINST ** sum(_found(pattern, seen.text) is not None for pattern in own.unless)
    weight = 1 - (1 - score) * (1 - min(_MOST_LIKE, _LIKE * like) * (_LIKE_BESIDE if seen.errors else 1))
    return weight * (_ELSEWHERE if seen.elsewhere else 1)


def _missed(patterns: Iterable[str], seen: _Seen, worth: float) -> float:
    missed = 1.0
    for pattern in patterns:
        match = _found(pattern, seen.text)
        if match:
            missed *= 1 - worth * _standing(pattern, match, seen)
    return missed


def _standing(pattern: str, match: re.Match[str], seen: _Seen) -> float:
    """What a sign counts where it stands: an error that a program printed beats the words around it."""
    if match[0].startswith("clue:") or seen.errors and _found(pattern, seen.errors):
        return 1.0
    late = 0.8 if match.start() > _HEAD else 1.0
    return late * (_BESIDE if seen.errors else 1.0)


def _found(pattern: str, seen: str) -> re.Match[str] | None:
    return _compiled(pattern).search(seen)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)
