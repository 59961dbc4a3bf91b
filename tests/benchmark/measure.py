"""One command, measured from outside: wall time, processor time with and without the programs it starts, memory."""
from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

EVERY = 0.01
"""Seconds between two looks at a process; what it does after the last one is not seen."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, and MiB: `own` is the first process alone, without what it started."""

    wall: float
    processor: float
    own: float
    memory: float
    code: int


def measured(argv: Sequence[object], env: Mapping[str, str], folder: Path) -> Measured:
    """Run it to its end, its output thrown away."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in argv], env=dict(env), cwd=folder, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    own, memory = 0.0, 0.0
    seen = psutil.Process(process.pid)
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        try:
            times = seen.cpu_times()
            own, memory = times.user + times.system, max(memory, seen.memory_info().rss / 2**20)
        except psutil.Error:
            pass
        time.sleep(EVERY)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    return Measured(wall, used.ru_utime + used.ru_stime, own, memory, process.returncode)


def together(parts: Sequence[Measured]) -> Measured:
    """Several commands typed in turn, as one."""
    return Measured(
        sum(one.wall for one in parts), sum(one.processor for one in parts), sum(one.own for one in parts),
        max(one.memory for one in parts), max(one.code for one in parts),
    )


def median(runs: Sequence[Measured]) -> dict[str, float]:
    """Of each figure by itself."""
    names = ("wall", "processor", "own", "memory")
    return {name: round(statistics.median(asdict(one)[name] for one in runs), 3) for name in names}


def ratio(runs: Sequence[Measured], others: Sequence[Measured]) -> float:
    """Median of the pairs' wall times: what stood beside each other in time."""
    return round(statistics.median(run.wall / other.wall for run, other in zip(runs, others, strict=True)), 3)
