"""What the suite says that OpenCode's screen opens on is where a sentence that is typed into it goes."""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.differential.minimal import recent
from tests.differential.world import LOGINS, MODEL, STATE, World
from tests.support.apart import NETWORK, skip_without_veth

MINE, ONLINE = f"ollama/{MODEL}", "opencode/big-pickle"
KEY = json.dumps({"ollama": {"type": "api", "key": "sk-checkpoints"}})
CASES = (
    ("the lesson's config", World(), ONLINE),
    ("a model is named", World().top(model=MINE), MINE),
    ("what is named is nowhere", World().top(model="ollama/gone:1b"), ONLINE),
    ("chosen last", World().file(STATE, recent(("ollama", "gone:1b"), ("ollama", MODEL))), MINE),
    ("an agent's own", World().top(agent={"build": {"model": MINE}}), MINE),
    ("no other provider", World().top(disabled_providers=["opencode"]), MINE),
    ("a key is stored", World().file(LOGINS, KEY), MINE),
)


@pytest.mark.real
@pytest.mark.timeout(900)
def test_a_sentence_goes_where_it_was_said(tmp_path: Path) -> None:
    skip_without_veth()
    cases, out = tmp_path / "cases", tmp_path / "out"
    cases.write_text("".join(world.case(name).json() + "\n" for name, world, _ in CASES), encoding="utf-8")
    command = [*NETWORK, sys.executable, "-m", "tests.differential.typed", str(cases), str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=840)
    assert done.returncode == 0, done.stderr[-2000:]
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(one["name"], one["told"], one["typed"]) for one in found] == [(name, to, to) for name, _, to in CASES]
