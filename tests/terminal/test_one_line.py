"""`--json`: one line on standard output for a detection script, whatever else the run has to say."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("more", [[], ["-q"], ["-v"], ["-k", "ollama_version"]], ids=" ".join)
def test_standard_output_is_one_line(tmp_path: Path, more: list[str]) -> None:
    env = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    argv = [sys.executable, "-P", "-m", "pytest", "-p", "reports.plugin", "-p", "no:cacheprovider",
            "checks/test_step1_install.py", "--json", f"--report-dir={tmp_path / 'out'}", *more]
    done = subprocess.run(argv, cwd=ROOT, env={**env, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
                          encoding="utf-8", check=False)
    assert done.stdout.count("\n") == 1, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert (told["exit"], told["verdict"]) == (done.returncode, "failed" if done.returncode else "incomplete")
