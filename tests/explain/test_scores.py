"""A score is how often a pitfall is the one: held to cases that its two numbers were not fitted on."""
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.explain.explain import explain

HERE = Path(__file__).parent


def judged() -> Iterator[tuple[float, bool]]:
    """Score and truth of each pitfall that is named for our own cases and for the threads."""
    for file in ("cases.jsonl", "threads.jsonl"):
        for case in map(json.loads, (HERE / file).read_text(encoding="utf-8").splitlines()):
            right = case.get("accept") or [case["pitfall"]]
            yield from ((match.score, match.pitfall.id in right) for match in explain(case["text"]) if right != [None])


def test_of_scores_about_nine_tenths_nine_in_ten_are_right() -> None:
    buckets: dict[float, list[bool]] = defaultdict(list)
    for score, right in judged():
        buckets[0.9 if score >= 0.9 else 0.5 if score >= 0.5 else 0.1 if score >= 0.1 else 0.0].append(right)
    share = {score: sum(all_) / len(all_) for score, all_ in buckets.items()}
    assert len(buckets[0.9]) > 100 and share[0.9] >= 0.9, share
    assert 0.5 <= share[0.5] <= 1.0 and 0.05 <= share[0.1] <= 0.5 and share[0.0] <= 0.08, share


@pytest.mark.parametrize("text",
                         ["connect ECONNREFUSED 127.0.0.1:11434", "ollama and opencode, in docker, offline, slow"])
def test_scores_fall_with_the_rank(text: str) -> None:
    scores = [match.score for match in explain(text)]
    assert scores == sorted(scores, reverse=True) and all(0 <= score <= 1 for score in scores)
