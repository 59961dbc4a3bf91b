"""The suite's word on a set-up, and what comes of the first sentence there: the same, in each kind that ever differed.

A seeded share in every run, all with OLLAMA_CHECKPOINTS_ALL=1; OLLAMA_CHECKPOINTS_SEED draws another set. What was
judged before by the same suite with the same programs is not repeated.
"""
from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from fixtures.programs.programs import Programs
from fixtures.system.cache_place import cache_dir
from tests.conftest import ROOT
from tests.differential.compare import disagreement
from tests.differential.minimal import CASES, EXPECTED
from tests.differential.mutations import generated
from tests.differential.world import Case
from tests.support.apart import NETWORK, skip_without_veth

ALL = bool(os.environ.get("OLLAMA_CHECKPOINTS_ALL"))
SEED = int(os.environ.get("OLLAMA_CHECKPOINTS_SEED", "1118"))
SHARE = 8
"""Of each kind in an ordinary run: each takes some five seconds."""
NUMBER = int(os.environ.get("OLLAMA_CHECKPOINTS_CASES", "300" if ALL else str(SHARE)))
HOURS = pytest.mark.timeout(4 * 3600 if ALL else 1800)


def suite_hash() -> str:
    """Of everything that a verdict rests on."""
    whole = hashlib.sha256()
    files = [
        file
        for top in ("checks", "fixtures", "tests/differential")
        for file in (ROOT / top).rglob("*")
        if file.suffix in (".py", ".toml", ".json")
    ]
    for file in sorted(file for file in files if "setups" not in file.parts and file.is_file()):
        whole.update(file.read_bytes())
    return whole.hexdigest()


def results(cases: Iterable[Case], folder: Path) -> dict[str, dict[str, Any]]:
    """Case -> what was found and lived, from the cache or from a new life."""
    programs = Programs(os.environ)
    key = f"{suite_hash()} {programs.opencode().stat().st_size} {programs.ollama().stat().st_size}"
    programs.close()
    kept = {
        case.name: cache_dir(os.environ)
        / "differential"
        / hashlib.sha256(f"{key} {case.json()}".encode()).hexdigest()[:32]
        for case in cases
    }
    new = [case for case in cases if not kept[case.name].is_file()]
    if new:
        (folder / "cases").write_text("".join(case.json() + "\n" for case in new), encoding="utf-8")
        argv = [*NETWORK, sys.executable, "-m", "tests.differential.live", str(folder / "cases"), str(folder / "out")]
        done = subprocess.run(
            argv,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120 + 120 * len(new),
        )
        assert done.returncode == 0, done.stderr[-2000:]
        for line in (folder / "out").read_text(encoding="utf-8").splitlines():
            file = kept[json.loads(line)["name"]]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(line, encoding="utf-8")
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in kept.items()}


def share(cases: list[Case]) -> list[Case]:
    """Another part of them for every seed."""
    return (
        cases
        if ALL
        else sorted(cases, key=lambda case: hashlib.sha256(f"{SEED} {case.name}".encode()).digest())[:SHARE]
    )


@pytest.mark.real
@HOURS
def test_each_kind_that_was_found(tmp_path: Path) -> None:
    skip_without_veth()
    wrong = {}
    for name, result in results(share(CASES), tmp_path).items():
        expected = EXPECTED[name]
        said = tuple(result["checks"][expected[0]][:2]) if expected else None
        if (expected and said != expected[1:]) or disagreement(result):
            wrong[name] = (said, disagreement(result), result["life"])
    assert wrong == {}


@pytest.mark.real
@HOURS
def test_generated(tmp_path: Path) -> None:
    skip_without_veth()
    cases = [generated(SEED, number) for number in range(NUMBER)]
    found = results(cases, tmp_path)
    assert {case.name: (why, case.json()) for case in cases if (why := disagreement(found[case.name]))} == {}


def test_a_seed_gives_the_same_cases() -> None:
    assert [generated(7, number).json() for number in range(50)] == [
        generated(7, number).json() for number in range(50)
    ]
    assert len({generated(7, number).json() for number in range(200)}) > 150


def result(life: str, sent: int = 0, **checks: tuple[str, str | None]) -> dict[str, Any]:
    found = dict.fromkeys(("chat-reply", "default-model", "config-valid"), ("passed", None, ""))
    found |= {id.replace("_", "-"): (*one, "") for id, one in checks.items()}
    return {"checks": found, "life": {"outcome": life, "said": ""}, "sent": sent}


@pytest.mark.parametrize(
    ("one", "agrees"),
    [
        (result("ok"), True),
        (result("fails"), False),
        (result("cloud"), False),
        (result("ok", sent=1), False),
        (result("ok", chat_reply=("failed", "unknown-error")), False),
        (result("fails", chat_reply=("failed", "unknown-error")), True),
        (result("fails", chat_reply=("failed", "slow-reply")), False),
        (result("fails", default_model=("advice", "default-model-missing")), True),
        (result("cloud", default_model=("failed", "cloud-model-chosen-silently")), True),
        (result("cloud", chat_reply=("failed", "unknown-error")), False),
        (result("ok", config_valid=("crashed", None)), False),
    ],
)
def test_what_counts_as_the_same(one: dict[str, Any], agrees: bool) -> None:
    assert (disagreement(one) is None) is agrees
