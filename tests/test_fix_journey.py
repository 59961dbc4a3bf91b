"""A bare machine: five of five with one command, nothing to do the second time, and the same bare machine after `--undo`."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

APART = ["unshare", "-rnpf", "--mount-proc", "--kill-child"]


@pytest.mark.real
def test_from_a_bare_home_to_the_first_chat_and_back(tmp_path: Path) -> None:
    if not shutil.which("unshare") or subprocess.run([*APART, "true"], capture_output=True).returncode:
        pytest.skip("no network namespace to be had here")
    home = tmp_path / "home"
    home.mkdir()
    argv = [*APART, sys.executable, "-m", "tests.fix_journey", str(home), str(tmp_path / "reports")]
    done = subprocess.run(argv, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    plan, fix, again, verify, undo = (told[name] for name in ("plan", "fix", "again", "verify", "undo"))
    assert told["bare"] == {} == plan["home"]
    for run in (fix, again, verify):
        assert (run["code"], run["result"]["checkpoints"]["passed"]) == (0, 5), run["out"]
    steps = [[(one["check"], one["changed"], one["action"]["en"]) for one in run["result"]["fixes"] if one["check"] != "context-window"]
             for run in (plan, fix)]
    assert steps[0] == steps[1]
    assert [check for check, _, _ in steps[1]] == ["ollama-version", "opencode-version", "server-listening", "model-downloaded", "config-found"]
    assert again["result"]["fixes"] == [] and "Nothing was to be done" in again["out"]
    assert undo["code"] == 0 and "MB" in undo["out"]
    assert undo["home"] == {}
