"""Every set-up folder, with the real programs: exactly its pitfall, and no second failure."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.sandbox import read_rehearsal
from tests.conftest import Ran

SETUPS = sorted(file.parent for file in (Path(__file__).parent.parent / "fixtures" / "setups").glob("*/setup.toml"))


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
    assert ran.result["verdict"] == ("failed" if failed else "passed")
