"""After `--fix --lock` and the variables that it leaves to the person, a measurement is quiet: on both generations."""
from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran
from tests.support.proof_setups import CLOSED, needs_namespaces, setup_folder


@pytest.mark.real
@needs_namespaces
@pytest.mark.timeout(500)
@pytest.mark.parametrize(("programs", "minutes"), [("", 0.6), ('opencode = "2"', 0.1)], ids=("1", "2"))
def test_after_the_lock_nothing_tries_to_leave(
    run_checks: Callable[..., Ran], tmp_path: Path, programs: str, minutes: float
) -> None:
    folder = setup_folder(tmp_path / "open", "", CLOSED, programs=programs)
    about = (f"--rehearse={folder}", f"--keep={tmp_path / 'kept'}", "--lang=en")
    locked = run_checks(*about, "--fix", "--lock")
    assert any(step["outcome"] == "done" for step in locked.result["fixes"]), locked.out
    ran = run_checks(*about, f"--prove-minutes={minutes}")
    proof = ran.result["proof"]
    assert proof["holds"] and proof["attempts"] == [] and proof["rung"] == "enforced", ran.out
    assert [one["reply"] for one in proof["sent"]] == [True], "the sentence was typed and answered"
    assert "nothing tried to leave in " in ran.out and ran.code == 0


@pytest.mark.real
@pytest.mark.timeout(500)
def test_a_lock_of_version_2_is_shown_kept_and_taken_back_to_the_same_bytes(
    run_checks: Callable[..., Ran], tmp_path: Path
) -> None:
    """Servers in version 2's own words, on its stand-in: each line that is written is in the diff, no other changes."""
    servers = ('"model": "ollama/qwen2.5-coder:7b", "mcp": {"servers": {"docs": '
               '{"type": "remote", "url": "https://mcp.invalid/mcp"}}}, // house rules\n')
    folder, kept = setup_folder(tmp_path / "open", servers, CLOSED, programs='opencode = "2"'), tmp_path / "kept"
    about = (f"--rehearse={folder}", f"--keep={kept}", "--lang=en")
    locked = run_checks(*about, "--fix", "--lock")
    file = next(kept.rglob("opencode/opencode.json"))
    steps = [step for step in locked.result["fixes"] if step["outcome"] == "done"]
    changed = [one["path"].rpartition("/")[2] for step in steps for one in step["changed"]]
    assert changed == ["opencode.json"], locked.out
    diff, written = steps[0]["changed"][0]["diff"], file.read_text(encoding="utf-8")
    assert '"disabled": true' in diff and '"update": "disable"' in diff and '"enabled": false' not in diff
    assert "// house rules" in written and '"disabled": true' in written
    states = {one["id"]: one["state"] for one in locked.result["exits"]}
    assert (states["mcp-remote"], states["update-check"]) == ("closed", "closed"), json.dumps(states)
    there = {one: one.read_bytes() for one in kept.rglob("*") if one.is_file() and one != file}
    undone = run_checks(*about, "--undo")
    before = file.read_bytes()
    assert undone.code == 0 and before in there.values(), "the backup's bytes"
    source = next((folder / "home").rglob("opencode/opencode.json")).read_bytes()
    assert re.sub(rb"localhost:\d+", b"localhost:11434", before) == source, "the sandbox has another port, and no more"
