"""After `--fix --lock` and the variables that it leaves to the person, a measurement is quiet: on both generations."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran
from tests.support.proof_setups import CLOSED, needs_namespaces, setup_folder


@pytest.mark.real
@needs_namespaces
@pytest.mark.timeout(500)
@pytest.mark.parametrize(("programs", "minutes"), [("", 0.6), ('opencode = "2"', 0.1)], ids=("1", "2"))
def test_after_the_lock_nothing_tries_to_leave(
    run_checks: Callable[..., Ran], tmp_path: Path, programs: str, minutes: float
) -> None:
    folder = setup_folder(tmp_path / "open", "", CLOSED, programs=programs)
    about = (f"--rehearse={folder}", f"--keep={tmp_path / 'kept'}", "--lang=en")
    locked = run_checks(*about, "--fix", "--lock")
    assert any(step["outcome"] == "done" for step in locked.result["fixes"]), locked.out
    ran = run_checks(*about, f"--prove-minutes={minutes}")
    assert ran.result["proof"]["holds"] and ran.result["proof"]["attempts"] == [], ran.out
    assert "nothing tried to leave in " in ran.out and ran.code == 0
