"""Every pitfall has signs, or a reason why nothing shows it in a text; who only checks a machine never reads them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from checks.judging.pitfalls import load
from reports.explain import likeness
from reports.explain import signs as module
from reports.explain.signs import Signs, signs

ROOT = Path(__file__).resolve().parents[2]
each = pytest.mark.parametrize("own", signs().values(), ids=list(signs()))


def test_every_pitfall_has_signs_in_the_order_of_the_table() -> None:
    assert list(signs()) == list(load())


@each
def test_every_pattern_compiles_or_a_reason_is_given(own: Signs) -> None:
    for pattern in (*own.certain, *own.explain, *own.hints, *own.unless):
        compiled = re.compile(pattern, re.IGNORECASE | re.MULTILINE)
        assert not compiled.search(""), f"{pattern} matches everything"
    assert bool(own.certain or own.explain) is (own.none is None)
    assert own.none is None or len(own.none) > 20
    assert 0 < own.weight <= 1


@pytest.mark.parametrize("files", [module.TABLE, likeness.CASES], ids=["signs", "known cases"])
def test_every_file_is_read(files: tuple[Path, ...]) -> None:
    assert set(files) == set(files[0].parent.iterdir())


def test_a_run_of_the_checks_reads_no_signs() -> None:
    code = "import sys, reports.plugin, reports.result, reports.terminal, reports.page.page; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
                            check=True).stdout.split()
    assert "checks.judging.pitfalls" in loaded
    assert not [name for name in loaded if name.startswith("reports.explain")]
