"""Version 2 on the set-ups of version 1, and what it never does: a prompt that leaves, a verdict that is guessed."""

from __future__ import annotations

import os
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checks.judging.finding import Finding
from checks.judging.graph import Judgements, run_order
from fixtures.facts.facts import Facts
from fixtures.programs.programs import Programs
from fixtures.sandbox.opencodes import REAL, real_two
from fixtures.sandbox.rehearsal import read_rehearsal
from tests.conftest import Ran
from tests.support.opencode2 import Answers, rehearsed

SETUPS = Path(__file__).parents[2] / "fixtures" / "setups"
TABLE: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "opencode2.toml").read_text(encoding="utf-8"))
ABOUT_CONFIG = ("healthy", "config-", "base-url", "model-name", "models-map", "npm-package", "connect-")
TWO = sorted(
    file.parent
    for file in SETUPS.glob("*/setup.toml")
    if any(kind.startswith("2") for kind in read_rehearsal(file.parent).opencodes)
)
CLOUD = "opencode/big-pickle"
DEFAULT = ("default-model", "stays-local")
"""What tells of the model that a session starts with; `starts` of the table holds that."""


def judged(facts: Facts) -> dict[str, Finding]:
    judgements = Judgements(facts)
    return {id: judgements.of(id) for id in run_order()}


def pitfalls(found: dict[str, Finding], status: str) -> dict[str, str | None]:
    return {id: one.pitfall for id, one in found.items() if one.status == status and id not in DEFAULT}


def test_every_config_of_version_1_is_in_the_table() -> None:
    folders = [
        read_rehearsal(file.parent) for file in SETUPS.glob("*/setup.toml") if file.parent.name.startswith(ABOUT_CONFIG)
    ]
    assert {one.folder.name for one in folders if one.opencodes == ["1"]} <= set(TABLE)


@pytest.mark.real
@pytest.mark.parametrize("name", TABLE)
def test_a_config_of_version_1_with_version_2(name: str, tmp_path: Path) -> None:
    with rehearsed(SETUPS / name, tmp_path) as facts:
        found = judged(facts)
        start = "/".join(facts.opencode_default or ())
    row = TABLE[name]
    assert (pitfalls(found, "failed"), pitfalls(found, "advice")) == (row.get("failed", {}), row.get("advice", {}))
    assert not [id for id, one in found.items() if one.status == "crashed"]
    hidden = ("config-unreadable", "model-downloaded") if not start else ()
    assert start in (row.get("starts", CLOUD), "") and (start or hidden)


def test_no_prompt_goes_to_a_cloud_default(tmp_path: Path) -> None:
    """A complete local provider, and the free online model as the default: all is judged, and nothing is sent there."""
    sink, answers = tmp_path / "sink", Answers()
    with rehearsed(SETUPS / "healthy", tmp_path / "person", answers=answers) as facts:
        facts.setup.env["STAND_IN_OPENCODE"] = f"late=0.2 sink={sink}"  # type: ignore[index]
        found = judged(facts)
    said = next(one for id in DEFAULT if (one := found.get(id)) and one.pitfall == "cloud-model-chosen-silently")
    assert CLOUD in said.found.en and found["chat-reply"].status == "passed"
    assert not sink.exists()
    assert [path for path, _ in answers.requests if path.startswith("/v1")] == ["/v1/chat/completions"]


def test_the_suites_own_share_is_under_a_second(tmp_path: Path) -> None:
    """Processor time of this process, with programs that answer at once; the quickest of three counts."""

    def once(number: int) -> float:
        with rehearsed(SETUPS / "healthy-opencode2-shape1", tmp_path / str(number)) as facts:
            began = time.process_time()
            judged(facts)
            return time.process_time() - began

    assert min(map(once, range(3))) < 1


def real_opencode() -> str:
    """Its path, or why there is none to run."""
    programs = Programs(os.environ)
    try:
        found = real_two(programs)
    finally:
        programs.close()
    if found is None:
        pytest.skip(
            f"no OpenCode 2 on PATH or in the cache: install one (opencode.ai/v2/install), or name it in {REAL}"
        )
    return str(found)


@pytest.mark.real2
@pytest.mark.parametrize("folder", TWO, ids=lambda folder: folder.name)
def test_a_set_up_with_the_real_version_2(folder: Path, run_checks: Callable[..., Ran]) -> None:
    rehearsal = read_rehearsal(folder)
    if rehearsal.opencodes[0] != "2" or "STAND_IN_OPENCODE" in rehearsal.env:
        pytest.skip("a version that only the stand-in plays: no real OpenCode 2 can show this set-up")
    ran = run_checks(f"--rehearse={folder}", "--lang=en", env={**os.environ, REAL: real_opencode()})
    print(ran.out)
    advised = {id: pitfall for id, pitfall in ran.pitfalls("advice").items() if pitfall != "context-too-small"}
    assert (ran.pitfalls("failed"), advised) == (rehearsal.expect.get("failed", {}), rehearsal.expect.get("advice", {}))
