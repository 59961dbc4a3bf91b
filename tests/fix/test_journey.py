"""A bare machine: five of five with one command, nothing to do the second time, and the same bare machine after
`--undo`."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.support.apart import NETWORK, skip_without_network

pytestmark = pytest.mark.real
MOMENTS = 50 if os.environ.get("OLLAMA_CHECKPOINTS_ALL") else 2


def journey(folder: Path, *moments: str) -> Any:
    """What `tests.fix_journey` tells, in namespaces of its own."""
    skip_without_network()
    home = folder / "home"
    home.mkdir()
    argv = [*NETWORK, sys.executable, "-m", "tests.support.fix_journey", str(home), str(folder / "reports"), *moments]
    done = subprocess.run(argv, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
                          timeout=1700)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_from_a_bare_home_to_the_first_chat_and_back(tmp_path: Path) -> None:
    told = journey(tmp_path)
    plan, fix, again, verify, undo = (told[name] for name in ("plan", "fix", "again", "verify", "undo"))
    assert told["bare"] == {} == plan["home"]
    for run in (fix, again, verify):
        assert (run["code"], run["result"]["checkpoints"]["passed"]) == (0, 5), run["out"]
    steps = [[(one["check"], one["changed"], one["action"]["en"]) for one in run["result"]["fixes"]
              if one["check"] != "context-window"]
             for run in (plan, fix)]
    assert steps[0] == steps[1]
    assert [check for check, _, _ in steps[1]] == ["ollama-version", "opencode-version", "server-listening",
                                                   "model-downloaded", "config-found"]
    assert again["result"]["fixes"] == [] and "Nothing was to be done" in again["out"]
    assert undo["code"] == 0 and "MB" in undo["out"]
    assert undo["home"] == {}


@pytest.mark.timeout(1800)
def test_killed_at_random_moments_of_the_whole_way(tmp_path: Path) -> None:
    """The config is there and whole, or not there; running again finishes; `--undo` leaves nothing, no process either.

    But for a model that came whole after the kill, by the server alone: it looks like one that the person pulled.
    """
    told = journey(tmp_path, str(MOMENTS))
    for one in told:
        assert one["whole"], one["seconds"]
        again, undo = one["again"], one["undo"]
        assert (again["code"], again["result"]["checkpoints"]["passed"]) == (0, 5), again["out"]
        assert (undo["code"], one["servers"]) == (0, []), (one["seconds"], undo["out"])
        assert undo["home"] == {} or "is whole by now" in " ".join(undo["out"].split()), (one["seconds"], undo["out"])
    print(f"killed at work: {sum(one['killed'] for one in told)} of {len(told)}")
    assert any(one["killed"] for one in told)
