"""A run that was killed outright: the next one ends its programs and removes its folders, and nobody else's."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixtures.system import orphans
from tests.support.programs_stand_ins import SYSTEM, program


def over() -> str:
    """A run of this namespace that has ended."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    return orphans.this_run().replace(str(os.getpid()), str(gone.pid))


@pytest.fixture
def opencode(tmp_path: Path) -> Iterator[str]:
    """A program of that name that stays."""
    yield str(program(tmp_path / "opencode", "import time; time.sleep(60)"))


@pytest.mark.parametrize(("run", "ends"), [("over", True), ("this", False), ("elsewhere", False), ("nobody", False)])
def test_only_what_an_ended_run_started_is_ended(run: str, ends: bool, opencode: str) -> None:
    gone = over()
    marks = {"over": gone, "this": orphans.this_run(), "elsewhere": f"1{gone}"}
    env = {orphans.MARK: marks[run]} if run in marks else {}
    process = subprocess.Popen([opencode], env={**SYSTEM, **env})
    time.sleep(0.1)
    orphans.sweep()
    if ends:
        process.wait(timeout=5)
    else:
        assert process.poll() is None
        process.kill()
        process.wait()


def test_folders_of_ended_runs_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, mine, foreign = (tmp_path / f"{orphans.PREFIX}{name}"
                           for name in (f"{over()}-x1", f"{orphans.this_run()}-x2", "mine-x3"))
    for folder in (left, mine, foreign):
        (folder / "home").mkdir(parents=True)
    orphans.sweep()
    assert [folder.exists() for folder in (left, mine, foreign)] == [False, True, True]
