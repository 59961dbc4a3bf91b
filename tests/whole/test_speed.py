"""How long a run takes beside the seven commands a reader of the lesson would type, measured pair by pair."""
from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmark import readme, scale
from tests.benchmark.__main__ import FIGURES, SCALE
from tests.benchmark.rows import Bench, bare_machine, bare_pytest, floor, seven_commands, suite
from tests.conftest import ROOT

PAIRS = 7 if os.environ.get("OLLAMA_CHECKPOINTS_ALL") else 3
MOST = 0.65
"""Of the time of the seven commands."""
OWN_SECONDS, OWN_MIB = 0.7, 60


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A sound set-up whose server runs outside the measured run."""
    return Bench.open(tmp_path)


@pytest.mark.real
def test_a_run_is_faster_than_typing(bench: Bench) -> None:
    """The quickest of the pairs judges: another process can only make a pair slower."""
    suite(bench)
    seven_commands(bench)
    pairs = [(suite(bench), seven_commands(bench)) for _ in range(PAIRS)]
    print("run, typed, own, MiB:", *pairs, sep="\n")
    assert min(run.wall / typed.wall for run, typed in pairs) <= MOST
    assert min(run.own for run, _ in pairs) <= OWN_SECONDS and min(run.memory for run, _ in pairs) <= OWN_MIB


@pytest.mark.real
def test_a_bare_machine_costs_little_more_than_pytest_itself(bench: Bench) -> None:
    """Processor time, which other processes change little; and the floor still speaks OpenCode's language."""
    floor(bench)
    bare_machine(bench)
    pairs = [(bare_machine(bench), bare_pytest(bench)) for _ in range(PAIRS)]
    assert min(bare.processor - alone.processor for bare, alone in pairs) <= 0.3


@pytest.mark.parametrize("name", readme.WORDS)
def test_the_readmes_figures_are_the_benchmarks(name: str) -> None:
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    assert readme.block(name, figures) in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", readme.GROWN)
def test_the_readmes_scale_is_the_benchmarks(name: str) -> None:
    figures = json.loads(SCALE.read_text(encoding="utf-8"))
    assert readme.scale_block(name, figures) in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("row", "size"), [("log", 24), ("room", 400)])
def test_twice_the_size_costs_at_most_about_twice_the_time(row: str, size: int, tmp_path: Path) -> None:
    grown = next(one for one in scale.ROWS if one.name == row)
    found = scale.figures(tmp_path, [replace(grown, size=size)])[row]
    assert found["beside half"] < 2.6 and found["memory"] < 100


@pytest.mark.real
@pytest.mark.parametrize("row", ["config", "server"])
def test_a_thousand_models_cost_a_run_little(row: str, tmp_path: Path) -> None:
    """A run that is sound all the same; Ollama lists each, OpenCode reads each."""
    grown = next(one for one in scale.ROWS if one.name == row)
    assert grown.run(tmp_path, grown.size).own < OWN_SECONDS + 0.3
