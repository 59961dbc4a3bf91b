"""Every set-up folder, with the real programs: exactly its pitfall, and no second failure."""
from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.judging.pitfalls import load
from fixtures.sandbox.sandbox import read_rehearsal
from tests.conftest import Ran

SETUPS = sorted(file.parent for file in (Path(__file__).parents[2] / "fixtures" / "setups").glob("*/setup.toml"))


def test_every_pitfall_has_a_folder_or_a_reason() -> None:
    expects = [read_rehearsal(folder).expect for folder in SETUPS]
    shown = {pitfall for expect in expects for key in ("failed", "advice") for pitfall in expect.get(key, {}).values()}
    assert shown <= set(load())
    assert {id for id, pitfall in load().items() if (id in shown) is bool(pitfall.no_setup)} == set()


def test_the_sound_set_ups_expect_nothing() -> None:
    sound = [folder for folder in SETUPS if folder.name.startswith("healthy")]
    assert len(sound) >= 8 and all(not read_rehearsal(folder).expect for folder in sound)


@pytest.mark.real
@pytest.mark.parametrize("folder", SETUPS, ids=lambda folder: folder.name)
def test_setup(folder: Path, run_checks: Callable[..., Ran]) -> None:
    rehearsal = read_rehearsal(folder)
    failed, advice = rehearsal.expect.get("failed", {}), dict(rehearsal.expect.get("advice", {}))
    ran = run_checks(f"--rehearse={folder}", "--lang=en", *rehearsal.run.get("args", []))
    print(ran.out)
    advised = ran.pitfalls("advice")
    if "context-window" not in advice and advised.get("context-window") == "context-too-small":
        del advised["context-window"]  # the small model's window is 8,192 at most
    assert (ran.pitfalls("failed"), advised, ran.pitfalls("crashed")) == (failed, advice, {})
    blockers = {one["blocked_by"] for one in ran.checks.values() if one["status"] == "blocked"}
    assert blockers <= set(failed)
    assert ran.code == (1 if failed else 0)
    for one in ran.checks.values():
        for text in (*(one["why"] or {}).values(), *((one["remedy"] or {}).get("text") or {}).values()):
            assert text and not re.search(r"\{[a-z_]+\}", text), (one["id"], text)
    assert ran.result["verdict"] == ("failed" if failed else "passed")
