"""`python -m tests.support.earns`: what each sign of `explain` is worth, each left out once.

Over the known cases (each judged without itself), our own cases and the threads: how many more, or fewer, are right at
first without the sign, and in how many texts it is found at all.

Measured on 2026-11-26: of 987 signs 328 are worth at least one text, 18 cost one, 92 are found in none. It is no list of
what to take out: without the 18, two fewer of 98 further public cases are right at first, without the 92 as well nine,
and without the 543 that change nothing here seventeen. What looks idle here is what others' texts need.
"""
from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from reports.explain import recognise
from reports.explain.likeness import Likeness, known, known_cases, records
from reports.explain.signs import Signs, signs

EXPLAIN = Path(__file__).resolve().parents[1] / "explain"
LISTS = ("certain", "explain", "hints", "unless")


class Text(NamedTuple):
    """A text as `explain` sees it, its likeness to known cases, what is right first, and each pitfall's weight."""

    seen: recognise._Seen
    least: float
    likes: dict[str, float]
    right: frozenset[str | None]
    weights: dict[str, float]

    def is_right(self, without: str = "", weight: float = 0.0) -> bool:
        """Whether the first is right, one pitfall's weight replaced."""
        found = {**self.weights, without: weight} if without else self.weights
        best = max(found, key=lambda name: found[name])
        return (best if found[best] >= self.least else None) in self.right


class Worth(NamedTuple):
    pitfall: str
    kind: str
    pattern: str
    found: int
    """Texts in which it is found."""
    lost: int
    """Right at first with it, wrong without; less than 0 where it does more harm than good."""


def _read(text: str, right: frozenset[str | None], cases: Likeness) -> Text:
    seen, least = recognise._seen(text)
    likes = recognise._likes(seen, cases)
    weights = {name: recognise._weight(own, seen, likes.get(name, 0.0)) for name, own in signs().items()}
    return Text(seen, least, likes, right, weights)


def each_forgotten() -> Iterator[tuple[str, str, Likeness]]:
    """Of each known case its pitfall, its text, and the likeness to all others; until the next one is asked for."""
    cases = known_cases()
    likeness = Likeness(cases)
    for case, record in zip(cases, records(), strict=True):
        likeness.count(case, -1)
        yield case.pitfall, record["text"], likeness
        likeness.count(case, 1)


def texts() -> Iterator[Text]:
    for pitfall, text, likeness in each_forgotten():
        yield _read(text, frozenset({pitfall}), likeness)
    for file in ("cases.jsonl", "threads.jsonl"):
        for line in (EXPLAIN / file).read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            yield _read(case["text"], frozenset(case.get("accept") or [case["pitfall"]]), known())


def _without(own: Signs, kind: str, pattern: str) -> Signs:
    return replace(own, **{kind: tuple(one for one in getattr(own, kind) if one != pattern)})


def worths() -> Iterator[Worth]:
    """Of every sign; a text in which it is not found is the same without it."""
    read = list(texts())
    right = [one.is_right() for one in read]
    for name, own in signs().items():
        for kind in LISTS:
            for pattern in getattr(own, kind):
                fewer, found, lost = _without(own, kind, pattern), 0, 0
                for one, was in zip(read, right, strict=True):
                    if recognise._found(pattern, one.seen.text):
                        found += 1
                        lost += was - one.is_right(name, recognise._weight(fewer, one.seen, one.likes.get(name, 0.0)))
                yield Worth(name, kind, pattern, found, lost)


if __name__ == "__main__":
    table = sorted(worths(), key=lambda one: (one.lost, one.found))
    for row in table:
        print(f"{row.lost:4} {row.found:5}  {row.pitfall} {row.kind}  {row.pattern}")
    idle = sum(not one.found for one in table)
    print(f"{len(table)} signs; {sum(one.lost < 0 for one in table)} do harm, {idle} are never found")
