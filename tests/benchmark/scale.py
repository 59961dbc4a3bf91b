"""What grows: a log, a config, a server's list, a room. Each at half its size and whole, so that one sees how it grows.

`python -m tests.benchmark --scale [--write]`; the times are the processor's, which other processes change little.
"""
from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixtures.system import loopback
from tests.benchmark.logs import server_log
from tests.benchmark.measure import Measured, measured
from tests.benchmark.rows import MODEL, Bench
from tests.conftest import ROOT
from tests.support.room_results import put

HERE = {**os.environ, "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True, slots=True)
class Grown:
    """What is measured at two sizes; `run` gets a new folder and the size."""

    name: str
    size: int
    run: Callable[[Path, int], Measured]


def _module(*words: object) -> list[object]:
    return [sys.executable, "-m", "reports", *words]


def long_log(folder: Path, size: int) -> Measured:
    """`explain`, in megabytes."""
    file = folder / "server.log"
    with file.open("wb") as out:
        out.writelines(server_log(size * 1_000_000))
    return _sound(measured(_module("explain", file), HERE, ROOT))


def room(folder: Path, size: int) -> Measured:
    """The room's page of that many results."""
    for number in range(size):
        put(folder / "seats" / f"{number:05}" / "result.json", "failed" if number % 3 else "passed", number % 60)
    return _sound(measured(_module("room", folder / "seats", "-o", folder / "room.html"), HERE, ROOT))


def config_models(folder: Path, size: int) -> Measured:
    """A healthy run whose config names that many models."""
    bench = Bench.open(folder, [MODEL])
    file = bench.setup.home / ".config" / "opencode" / "opencode.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    config["provider"]["ollama"]["models"] |= {name: {"name": name} for name in _names(size - 3)}
    file.write_text(json.dumps(config, indent=2), encoding="utf-8")
    return _run(bench)


def server_models(folder: Path, size: int) -> Measured:
    """A healthy run beside a server that has that many models: manifests that share one small model's blobs."""
    bench = Bench.open(folder, [MODEL, *_names(size - 1)])
    listed = loopback.request("GET", f"{bench.setup.default_url}/api/tags", seconds=60).json()
    assert len(listed["models"]) == size
    return _run(bench)


def _names(count: int) -> list[str]:
    return [f"model-{number}:1b" for number in range(count)]


def _run(bench: Bench) -> Measured:
    """The second run: the first fills the cache."""
    bench.checks()
    return _sound(bench.checks())


def _sound(run: Measured) -> Measured:
    assert run.code == 0
    return run


ROWS = (
    Grown("log", 100, long_log), Grown("config", 1_000, config_models), Grown("server", 1_000, server_models),
    Grown("room", 10_000, room),
)


def figures(folder: Path, rows: Sequence[Grown] = ROWS) -> dict[str, Any]:
    """Of each row its size, the figures at that size, and the processor's time as many times that of half the size."""
    found = {}
    for row in rows:
        places = [folder / f"{row.name}-{size}" for size in (row.size // 2, row.size)]
        for place in places:
            place.mkdir()
        half, whole = (row.run(place, int(place.name.rpartition("-")[2])) for place in places)
        found[row.name] = {"size": row.size, "wall": round(whole.wall, 2), "processor": round(whole.processor, 2),
                           "own": round(whole.own, 2), "memory": round(whole.memory),
                           "beside half": round(whole.own / half.own, 2)}
    return found


def table(found: dict[str, Any]) -> str:
    head = f"{'row':8}{'size':>8}{'wall s':>9}{'processor s':>13}{'own s':>8}{'MiB':>7}{'own / half':>12}"
    return "\n".join([head, *(
        f"{name:8}{one['size']:8}{one['wall']:9.2f}{one['processor']:13.2f}{one['own']:8.2f}{one['memory']:7}"
        f"{one['beside half']:12.2f}" for name, one in found.items())])
