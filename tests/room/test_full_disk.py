"""A real disk that is full: each hand-in and each kit ends in a sentence, and nothing that was kept is lost."""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.support.apart import DISK, skip_without_disk


def told(what: str, folder: Path) -> dict[str, Any]:
    """What tests/support/full_disk.py saw on disks of its own."""
    skip_without_disk(folder)
    done = subprocess.run([*DISK, sys.executable, "-m", "tests.support.full_disk", what, str(folder)], cwd=ROOT,
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_hand_ins_on_a_full_disk(tmp_path: Path) -> None:
    """Twenty at once are each told at once; what was kept is there, the page and the profile are still given out."""
    seen = told("room", tmp_path)
    assert seen.pop("seconds") < 20
    assert seen == {"before": [201, 201], "refused": ["disk-full"], "kept while full": ["A1", "A2"], "profile": 200,
                    "page": True, "again of A1": 200, "half": [], "after": [201], "kept": 22, "opened again": True}


@pytest.mark.real
@pytest.mark.skipif(not shutil.which("zstd") or not shutil.which("npm"),
                    reason="no zstd or npm on PATH: apt-get install zstd npm")
def test_a_kit_on_a_full_disk(tmp_path: Path) -> None:
    """It stops in a sentence and goes on where it was; one that was whole stays whole when it cannot grow."""
    seen = told("pack", tmp_path)
    assert seen["said"].startswith(f"The disk is full at {tmp_path / 'stick' / 'kit'}.") and "磁盘满了" in seen["said"]
    assert not seen["whole"] and seen["kept"] == ["models", "programs"]
    assert seen["again"] == "" and seen["faults"] == []
    assert "are needed" in seen["grown"] and seen["faults then"] == []
