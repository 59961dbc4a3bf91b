"""Every row of the ledger that says what closes it: opened, the attempt is seen; closed by that line, none is.

OpenCode 1 and Ollama are the real ones, in a namespace that nothing leaves. A seeded share in every run, all with
OLLAMA_CHECKPOINTS_ALL=1; a row that cannot be provoked says why (`exits.toml`). The real OpenCode 2 is in no registry:
its lines are tested on facts only (tests/checks/test_exits.py, tests/fix/test_lock.py).
"""
from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from checks.judging.exits import ledger
from tests.support.exit_cases import REPLY, Opening, measured, openings, stage
from tests.support.proof_setups import needs_namespaces
from tests.support.share import drawn

CASES = [id for id, one in openings().items() if not one.not_provoked]


def test_every_row_is_provoked_or_says_why_not() -> None:
    assert set(openings()) == set(ledger())
    assert all(bool(one.seen) != bool(one.not_provoked) for one in openings().values())
    assert len(CASES) > len(ledger()) * 0.8


def test_the_name_of_a_row_is_one_that_the_ledger_knows_or_the_opening_brings() -> None:
    for id, one in openings().items():
        brought = one.seen.endswith(".invalid") or one.seen.startswith(("*:", "/")) or one.answers
        assert one.not_provoked or brought or one.seen in ledger()[id].hosts, id


@pytest.mark.real
@pytest.mark.skipif(sys.platform != "linux", reason="no namespaces: run this on Linux")
@needs_namespaces
@pytest.mark.timeout(1000)
@pytest.mark.parametrize("id", drawn(CASES, 3))
def test_opened_it_is_seen_and_closed_by_its_own_line_it_is_not(id: str, tmp_path: Path) -> None:
    place = stage(id, tmp_path)
    opened, closed = measured(place, place.run(closed=False), place.run(closed=True))
    print(id, opened, closed, sep="\n")
    attempts = told(opened, place.opening)
    assert matching(attempts, place.opening.seen), attempts
    assert attempts == matching(attempts, place.opening.seen, place.opening.beside, *place.row.hosts)
    assert told(closed, place.opening) == set()
    assert opened["lost"] == closed["lost"] == 0
    if place.opening.talks:
        assert (place.opening.instead or REPLY) in closed["log"], "the closed run came as far as the opened one"
    else:
        assert closed["seconds"] > max([one["first"] for one in opened["seen"]], default=0.0)


def matching(names: set[str], *patterns: str) -> set[str]:
    return {one for one in names if any(fnmatchcase(one, pattern) for pattern in patterns)}


def told(run: dict[str, Any], opening: Opening) -> set[str]:
    """What the row is about: names that were tried, addresses where it listens, or what a stranger is answered."""
    if opening.answers:
        return {opening.seen} & {line.split()[2] for line in run["log"].splitlines()[:1]}
    return set(run["listening"] if opening.seen.startswith("*:") else [one["to"] for one in run["seen"]])
