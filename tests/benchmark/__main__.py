"""`python -m tests.benchmark [--pairs N] [--scale] [--write]`: every row in turn, again and again: each has its pair.

Prints a table; `--write` keeps medians and single figures in `figures.json` and puts them into both READMEs.
`--scale` measures what grows instead (tests/benchmark/scale.py), and writes `scale.json`.
"""
from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.benchmark import readme, scale
from tests.benchmark.measure import Measured, median, ratio
from tests.benchmark.rows import ROWS, Bench, floor, seven_commands, suite

FIGURES, SCALE = (Path(__file__).with_name(name) for name in ("figures.json", "scale.json"))


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--scale", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="checkpoints-benchmark-") as name:
        found = scale.figures(Path(name)) if options.scale else summary(run(Path(name), options.pairs))
    print((scale.table if options.scale else table)(found))
    if options.write:
        (SCALE if options.scale else FIGURES).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        (readme.write_scale if options.scale else readme.write)(found)
    return 0


def run(folder: Path, pairs: int) -> dict[str, list[Measured]]:
    """Each row once to warm up, then `pairs` times."""
    bench = Bench.open(folder)
    runs: dict[str, list[Measured]] = {row.__name__: [] for row in ROWS}
    for number in range(pairs + 1):
        for row in ROWS:
            once = row(bench)
            if number:
                runs[row.__name__].append(once)
        print(f"{number}/{pairs}", end="\r", file=sys.stderr)
    return runs


def summary(runs: dict[str, list[Measured]]) -> dict[str, object]:
    """Medians, ratios and every single figure, with the machine they were taken on."""
    where = {"processors": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}
    beside = {one.__name__: ratio(runs[suite.__name__], runs[one.__name__]) for one in (seven_commands, floor)}
    single = {name: [{key: round(value, 3) for key, value in asdict(one).items()} for one in row]
              for name, row in runs.items()}
    medians = {name: median(row) for name, row in runs.items()}
    return {"machine": where, "pairs": len(runs[suite.__name__]), "suite beside": beside, "median": medians,
            "runs": single}


def table(figures: dict[str, object]) -> str:
    medians: dict[str, dict[str, float]] = figures["median"]  # type: ignore[assignment]
    head = f"{'row':16}{'wall s':>9}{'processor s':>13}{'own s':>8}{'MiB':>7}"
    lines = [f"{name:16}{one['wall']:9.2f}{one['processor']:13.2f}{one['own']:8.2f}{one['memory']:7.0f}"
             for name, one in medians.items()]
    return "\n".join([head, *lines, *(f"suite / {name}: {value}" for name, value in
                                      figures["suite beside"].items())])  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
