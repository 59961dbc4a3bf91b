"""How like a text is to the known cases of each pitfall, for what no pattern of `reports/explain/signs/` foresees.

Naive Bayes over words and pairs of words, of which only those that speak for a pitfall are counted. The known cases are
`reports/explain/known_cases/`: symptoms and messages in our own words, one record a line.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from math import log, sqrt
from pathlib import Path
from typing import NamedTuple

from checks.judging.pitfalls import SECTIONS
from reports.explain.clues import clues

CASES = tuple(Path(__file__).parent / "known_cases" / f"{section}.jsonl" for section in SECTIONS)

_READ = 1_500  # characters; a longer text says it in its first page, or its patterns do
_WORD = re.compile(r"clue:[\w-]+|[a-z_][a-z_.@/:-]*[a-z]|\b\d{3,5}\b|[\u4e00-\u9fff]")
_PARTS = re.compile(r"[/:._@-]+")
_ENDING = re.compile(r"(?:ing|ed|es|s)$")
# What every record and every sound config says; an old version is in most old reports and seldom the cause.
_USUAL = re.compile(
    r"^(?:symptom|evidence|os|log|server_log|note|command|env|cli|config\w*|model|opencode_jsonc?|hardware|gpu): ?"
    r"|\b\w+_version: ?v?[\d.]+|@ai-sdk/openai-compatible|https://opencode\.ai/config\.json|ollama \(local\)"
    r'|"?\bbaseurl"?\s*:\s*"?[^"\s,}]*"?'  # the clues say what is wrong with it
    r'|"?\bname"?: ?"?[^"\n]*"?|"[^"\n]{1,60}"\s*:\s*\{'
    r"|\bclue:(?:ollama|opencode)-old\b"
    r'|"?(?:\$schema|\b(?:npm|options|models|provider|model))"?\s*:',
    re.MULTILINE,
)
_COMMON = 0.25  # a word in more than this share of all cases says nothing
_MOST = 3.0  # log odds that one word can add: a name met by chance must not decide
_ONE_CASE = 0.5  # belief in a word that only one case of the pitfall has; two cases 1.0


class Case(NamedTuple):
    words: frozenset[str]
    pitfall: str


class Likeness:
    """Counts of the words of known cases."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.cases: Counter[str] = Counter()
        self.all: Counter[str] = Counter()
        self.by_pitfall: dict[str, Counter[str]] = {}
        for case in cases:
            self.cases[case.pitfall] += 1
            self.all.update(case.words)
            self.by_pitfall.setdefault(case.pitfall, Counter()).update(case.words)

    def count(self, case: Case, times: int) -> None:
        """Learn `case`, or with -1 forget it: what a case is judged by must not hold the case itself."""
        self.cases[case.pitfall] += times
        own = self.by_pitfall.setdefault(case.pitfall, Counter())
        for word in case.words:
            self.all[word] += times
            own[word] += times

    def of(self, words: frozenset[str]) -> dict[str, float]:
        """For each pitfall with anything in common, a number from about 0.5 (weak) to 5 (the same case)."""
        total = self.cases.total()
        telling = [word for word in words if 0 < self.all[word] < total * _COMMON]
        width = sqrt(len(telling) + 8)
        likes = {pitfall: sum(self._odds(pitfall, word, total) for word in telling) / width for pitfall in self.cases}
        return {pitfall: like for pitfall, like in likes.items() if like > 0}

    def _odds(self, pitfall: str, word: str, total: int) -> float:
        here = self.by_pitfall[pitfall][word]
        if not here:
            return 0.0
        cases = self.cases[pitfall]
        odds = log(((here + 0.1) / (cases + 1)) / ((self.all[word] - here + 0.3) / (total - cases + 3)))
        return min(max(odds, 0.0), _MOST) * (_ONE_CASE if here == 1 else 1.0)


def words(seen: str) -> frozenset[str]:
    """Words without their endings, parts of names and addresses, and pairs; Chinese by the character."""
    found = []
    text = seen[:_READ].lower()
    for word in _WORD.findall(_USUAL.sub("", text) if ":" in text else text):
        found.append(word)
        if not word.startswith("clue:"):
            parts = _PARTS.split(word)
            found += [part for part in parts if len(parts) > 1 and len(part) > 1]
    stems = [_ENDING.sub("", word) if len(word) > 4 else word for word in found]
    return frozenset(stems) | {f"{first} {second}" for first, second in zip(stems, stems[1:])}


def records() -> Iterator[dict[str, str]]:
    """The known cases as they stand in the files: `text` and `pitfall`."""
    for file in CASES:
        yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())


def known_cases() -> list[Case]:
    return [
        Case(words("\n".join([record["text"], *clues(record["text"])])), record["pitfall"]) for record in records()
    ]


@cache
def known() -> Likeness:
    return Likeness(known_cases())
