"""Two causes at once: what is to be solved first is said first, and the other is still there afterwards."""
from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from fixtures.programs.programs import ProgramMissing
from fixtures.system.cache_place import cache_dir
from fixtures.system.setup import Setup
from tests.support.laid_over import by_remedy, laid_over, opened, shows
from tests.support.share import drawn
from tests.support.typed import judged

PAIRS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "pairs.toml").read_text(encoding="utf-8"))["pairs"]
SMALL = ("context-window", "context-too-small")
"""The small model's window is 8,192 at most: no cause of a pair, and true."""


def told(result: dict[str, Any], *statuses: str) -> dict[str, str]:
    """Check id -> pitfall of the checks with that status."""
    return {one["id"]: one["pitfall"] for one in result["checks"] if one["status"] in statuses}


def one_of(result: dict[str, Any], id: str) -> dict[str, Any]:
    return next(one for one in result["checks"] if one["id"] == id)


def test_twenty_pairs_each_once() -> None:
    named = [(row["first"], row["second"]) for row in PAIRS]
    assert len(named) == len(set(named)) >= 20 and all(shows(one) for names in named for one in names)


@pytest.mark.real
@pytest.mark.parametrize("row", drawn(PAIRS, 3), ids=lambda row: f"{row['first']} {row['second']}")
def test_pair(row: dict[str, Any], tmp_path: Path) -> None:
    machine = Setup.of_this_machine(tmp_path)
    machine = Setup(machine.env, machine.home, tmp_path, cache=cache_dir(machine.env))
    firsts, seconds = shows(row["first"]), shows(row["second"])
    try:
        setup = opened(machine, laid_over(row, [row["first"], row["second"]], tmp_path / "both"), tmp_path / "kept")
    except ProgramMissing as error:
        pytest.skip(f"no programs: {error.en}")
    facts, judgements, result = judged(setup)
    print("both:", told(result, "failed", "advice", "crashed"), one_of(result, result["first"])["found"])
    first, held = one_of(result, result["first"]), one_of(result, seconds[0][0])
    assert (first["id"], first["pitfall"]) == firsts[0]
    assert held["status"] == "blocked" or held is first or seconds[0][1] in (held["pitfall"], *held["also"])
    assert set(told(result, "failed", "advice", "crashed").items()) <= {*firsts, *seconds, SMALL}
    mended = by_remedy(facts, judgements, first, tmp_path / "mended")
    print("mended by", "its remedy" if mended else "leaving it out")
    after = judged(mended or opened(machine, laid_over(row, [row["second"]], tmp_path / "rest"), tmp_path / "left"))[2]
    seen = told(after, "failed", "advice", "crashed")
    print("after:", seen)
    anew = {one for one in told(after, "advice").items() if one[0] == firsts[0][0]}
    assert seconds[0] in seen.items() and set(seen.items()) <= {*seconds, SMALL, *anew}
    assert after["first"] in (seconds[0][0], SMALL[0])
