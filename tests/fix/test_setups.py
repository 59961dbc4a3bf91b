"""Every set-up that `--fix` can repair, with the real programs: repaired, taken back, and broken as before."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.sandbox.sandbox import read_rehearsal
from tests.conftest import ROOT, Ran
from tests.support.share import drawn

SETUPS = [folder for folder in sorted((ROOT / "fixtures" / "setups").iterdir())
          if (folder / "setup.toml").is_file() and read_rehearsal(folder).expect.get("fixed")]
SHARE = drawn(SETUPS, 4)


@pytest.mark.real
@pytest.mark.parametrize("folder", SHARE, ids=lambda folder: folder.name)
def test_setup_is_fixed_and_taken_back(folder: Path, tmp_path: Path, run_checks: Callable[..., Ran]) -> None:
    rehearsal = read_rehearsal(folder)
    expect, args = rehearsal.expect, rehearsal.run.get("args", [])
    common = (f"--rehearse={folder}", f"--keep={tmp_path / 'kept'}", "--lang=en", *args)
    fixed = run_checks(*common, "--fix")
    print(fixed.out)
    assert (fixed.code, fixed.pitfalls("failed"), fixed.pitfalls("crashed")) == (0, {}, {})
    assert fixed.result["checkpoints"]["passed"] == 5
    statuses = {id: fixed.checks[id]["status"] for id in expect["fixed"]}
    assert set(statuses.values()) <= {"fixed", "advice"}, statuses
    undone = run_checks(*common, "--undo")
    assert undone.code == 0, undone.out
    again = run_checks(*common)
    assert again.pitfalls("failed") == expect.get("failed", {}), again.out
    assert expect.get("advice", {}).items() <= again.pitfalls("advice").items()


BY_CONFIG = ("other-providers", "share", "webfetch", "shell", "mcp-remote", "update-check")


@pytest.mark.real
def test_lock_closes_what_a_config_can_close_and_is_taken_back(tmp_path: Path, run_checks: Callable[..., Ran]) -> None:
    folder = ROOT / "fixtures" / "setups" / "exit-mcp-remote"
    kept = tmp_path / "kept" / "home" / ".config" / "opencode" / "opencode.json"
    common = (f"--rehearse={folder}", f"--keep={tmp_path / 'kept'}", "--lang=en")
    plan = run_checks(*common, "--fix-plan", "--lock")
    before = kept.read_bytes()
    locked = run_checks(*common, "--fix", "--lock")
    state = {one["id"]: one["state"] for one in locked.result["exits"]}
    assert {state[id] for id in BY_CONFIG} == {"closed"} and locked.checks["stays-local"]["status"] == "fixed"
    assert (locked.code, locked.result["checkpoints"]["passed"]) == (0, 5), locked.out
    done = [one["changed"] for one in locked.result["fixes"] if one["outcome"] == "done"]
    assert done == [one["changed"] for one in plan.result["fixes"] if one["changed"]]
    assert any("OPENCODE_DISABLE_MODELS_FETCH" in one["action"]["en"] for one in locked.result["fixes"])
    assert kept.read_bytes() != before
    assert run_checks(*common, "--undo").code == 0 and kept.read_bytes() == before
