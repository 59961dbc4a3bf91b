"""How long a run takes beside the seven commands a reader of the lesson would type, measured pair by pair."""
from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from pathlib import Path

import pytest

from fixtures.opencode.chat import PROMPT
from fixtures.opencode.copy import OVERLAY, PROBE, QUIET
from fixtures.sandbox.sandbox import HEALTHY, Sandbox, read_rehearsal
from fixtures.system.setup import Setup
from tests.conftest import ROOT, checks_command

PAIRS = 7 if os.environ.get("OLLAMA_CHECKPOINTS_ALL") else 3
MODEL = "qwen2.5-coder:7b"
MOST = 0.65
"""Of the time of the seven commands."""


@pytest.fixture
def sandbox(tmp_path: Path) -> Setup:
    """A sound set-up whose server runs outside the measured run."""
    machine = Setup.of_this_machine(tmp_path)
    setup = Sandbox(machine, read_rehearsal(HEALTHY), tmp_path / "sandbox").open("sandbox")
    setup.ready()
    return setup


def seven_commands(setup: Setup, folder: Path) -> float:
    """Seconds for what a reader of the lesson would type, each in turn, in a home of their own."""
    copy = {f"XDG_{name}_HOME": str(folder / name) for name in ("DATA", "STATE", "CACHE")}
    # it never stops by itself
    short = {"provider": {"ollama": {"models": {MODEL: {"limit": {"context": 100000, "output": 64}}}}}}
    config = json.dumps({"agent": OVERLAY["agent"], **short})
    env = {**setup.env, **QUIET, **copy, "OLLAMA_HOST": f"127.0.0.1:{setup.port}", "OPENCODE_CONFIG_CONTENT": config}
    chat = ["opencode", "run", "-m", f"ollama/{MODEL}", "--agent", PROBE, "--title", "c", "--format", "json", PROMPT]
    commands = [["ollama", "--version"], ["curl", "-s", f"{setup.default_url}/api/version"], ["opencode", "--version"],
                ["opencode", "debug", "paths"], ["opencode", "debug", "config"], ["opencode", "models", "ollama"], chat]
    began = time.monotonic()
    for command in commands:
        subprocess.run(command, env=env, cwd=setup.project, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
    return time.monotonic() - began


def one_run(setup: Setup, report: Path) -> float:
    env = {**setup.env, "OLLAMA_HOST": f"127.0.0.1:{setup.port}", "PYTHONPATH": str(ROOT),
           "OLLAMA_CHECKPOINTS_CACHE": str(setup.cache)}
    began = time.monotonic()
    done = subprocess.run(checks_command(report), env=env, cwd=setup.project, capture_output=True, text=True,
                          timeout=120)
    took = time.monotonic() - began
    assert done.returncode == 0, done.stdout
    return took


@pytest.mark.real
def test_a_run_is_faster_than_typing(sandbox: Setup, tmp_path: Path) -> None:
    """The quickest of the pairs judges: another process can only make a pair slower."""
    from dataclasses import replace

    setup = replace(sandbox, cache=tmp_path / "cache")
    one_run(setup, tmp_path / "warm-up")
    seven_commands(setup, tmp_path / "typed")
    pairs = [(one_run(setup, tmp_path / "report"), seven_commands(setup, tmp_path / "typed")) for _ in range(PAIRS)]
    ratios = [run / typed for run, typed in pairs]
    print("run, typed, ratio:", *(f"{run:.2f} {typed:.2f} {run / typed:.2f}" for run, typed in pairs), sep="\n")
    print(f"median ratio {statistics.median(ratios):.2f}")
    assert min(ratios) <= MOST
