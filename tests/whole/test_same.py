"""A set-up's result is a function of the set-up: not of the run, the machine, or what the model feels like saying."""
from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Ran
from tests.support.programs_stand_ins import program

pytestmark = pytest.mark.real

SETUPS = ROOT / "fixtures" / "setups"
VARYING = re.compile(r"(?<=:)\d{4,5}\b|[\d.]+(?= ?(s|秒|tokens/s|GB free)\b)|(?<=剩余 )\d+|/\S*/T?(tmp|T)/\S+")
"""Ports, times, speeds, the room on a disk that others fill as well, and temporary folders."""
TIMES = ("started", "seconds", "disk_free_gib")


def lasting(value: Any) -> Any:
    """The result without times and ports."""
    if isinstance(value, dict):
        return {key: lasting(part) for key, part in value.items() if key not in TIMES}
    if isinstance(value, list):
        return [lasting(part) for part in value]
    return VARYING.sub("…", value) if isinstance(value, str) else value


@pytest.fixture
def with_a_card(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine where `nvidia-smi` tells of 24 GB."""
    smi = program(tmp_path / "bin" / "nvidia-smi", "print(24576)")
    return {**os.environ, "PATH": f"{smi.parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.parametrize("args", [
    ["--sandbox"], [f"--rehearse={SETUPS / 'gpu-not-used'}"], [f"--rehearse={SETUPS / 'model-not-downloaded'}"],
], ids=["sandbox", "gpu-not-used", "model-not-downloaded"])
def test_two_runs_on_two_machines_see_the_same(
    args: list[str], run_checks: Callable[..., Ran], with_a_card: dict[str, str],
) -> None:
    first, second = run_checks(*args).result, run_checks(*args, env=with_a_card).result
    assert lasting(first) == lasting(second)
    said = {one["id"]: one for one in first["checks"]}
    if said["chat-reply"]["status"] == "passed":
        assert said["reply-speed"]["status"] != "skipped" and len(said["chat-reply"]["evidence"]["text"].split()) >= 5
