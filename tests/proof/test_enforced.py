"""`--prove` in a namespace of its own, on the real programs: it sees what another capture sees, and nothing leaves."""
from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.proof.namespace import setting
from fixtures.sandbox.sandbox import open_sandbox
from fixtures.system.cache_place import cache_dir
from fixtures.system.setup import Setup
from tests.conftest import ROOT, Ran
from tests.support.capture import CAPTURE
from tests.support.proof_setups import CLOSED, LINES, needs_namespaces, setup_folder

pytestmark = [pytest.mark.real, pytest.mark.skipif(sys.platform != "linux", reason="no namespaces: run this on Linux")]
SHORT = "--prove-minutes=0.05"


def names(proof: dict[str, Any], by: str = "opencode") -> set[str]:
    return {one["to"] for one in proof["attempts"] if one["by"] == by}


@needs_namespaces
@pytest.mark.timeout(400)
def test_it_sees_what_another_capture_sees_name_by_name(run_checks: Callable[..., Ran], tmp_path: Path) -> None:
    ran = run_checks("--sandbox", "--prove-minutes=0.8", "--lang=en")
    proof = ran.result["proof"]
    assert (proof["rung"], proof["ollama"], proof["holds"]) == ("enforced", "enforced", True), ran.out
    assert proof["controls"] == {"forbidden": True, "allowed": True}
    assert proof["sent"] == [{"to": "ollama/qwen2.5-coder:7b", "reply": True}]
    assert names(proof) == another_capture(tmp_path)
    assert {one["kind"] for one in proof["attempts"]} == {"traffic"} and ran.code == 0
    assert all(one["sha256"] for one in proof["files"]) and len(proof["files"]) == 3
    assert "4 only tell that" in " ".join(ran.out.split()) and "compliant" not in ran.out


def another_capture(folder: Path) -> set[str]:
    """The names that OpenCode asks for, by a resolver in a namespace that this test makes."""
    machine = Setup.of_this_machine(folder, cache_dir(dict(os.environ)))
    sandbox = open_sandbox(machine, None, None)
    sandbox.ready()
    opencode, ollama = sandbox.which("opencode"), sandbox.which("ollama")
    env = {**sandbox.env, "PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "OPENCODE": str(opencode),
           "OLLAMA": str(ollama),
           "STORE": str(sandbox.home / ".ollama" / "models"), "PORT": str(sandbox.port), "SERVER_HOME": str(folder),
           "PROJECT": str(sandbox.project), "TERM": "xterm-256color"}
    argv = ["unshare", "-rnm", "--kill-child", "--fork", "--pid", "--mount-proc", "sh", "-c", CAPTURE]
    done = subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert (sandbox.home / "names").is_file(), done.stderr
    return set((sandbox.home / "names").read_text(encoding="ascii").split())


@needs_namespaces
@pytest.mark.timeout(400)
def test_with_every_exit_closed_nothing_tries_to_leave(run_checks: Callable[..., Ran], tmp_path: Path) -> None:
    ran = run_checks(f"--rehearse={setup_folder(tmp_path / 'closed', LINES, CLOSED)}", SHORT, "--lang=en")
    proof = ran.result["proof"]
    assert proof["attempts"] == [] and proof["holds"], ran.out
    assert (proof["rung"], proof["ollama"]) == ("enforced", "enforced") and all(proof["controls"].values())
    assert proof["sent"] == [{"to": "ollama/qwen2.5-coder:7b", "reply": True}], "the sentence was typed and answered"
    assert not any("screen did not open" in one["en"] for one in proof["remarks"])
    assert ran.out.strip().splitlines()[-1].strip().startswith("nothing tried to leave in ") and ran.code == 0
    assert proof["switches"]["share"] == "disabled"


@needs_namespaces
@pytest.mark.timeout(400)
def test_content_that_tries_to_leave_ends_the_run_with_1(run_checks: Callable[..., Ran], tmp_path: Path) -> None:
    """The model is one of OpenCode's own, sharing is on, and pages are to be read at the start."""
    config = ('"model": "opencode/big-pickle", "share": "auto", "instructions": ["https://rules.invalid/a.md"],'
              '"skills": {"urls": ["https://skills.invalid/"]},')
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://telemetry.invalid:4318"}
    ran = run_checks(f"--rehearse={setup_folder(tmp_path / 'open', config, env)}", SHORT, "--lang=en")
    found = {one["to"]: one for one in ran.result["proof"]["attempts"]}
    assert found["opencode.ai"]["kind"] == "content" and found["opencode.ai"]["exits"][0] == "default-model"
    assert found["opncd.ai"]["exits"] == ["share"]
    assert found["rules.invalid"]["exits"] == ["instructions-url"]
    assert found["telemetry.invalid"]["exits"] == ["telemetry"]
    assert found["skills.invalid"]["exits"] == ["skills-url"]
    assert ran.code == 1


@needs_namespaces
@pytest.mark.timeout(400)
def test_a_proxy_is_told_with_the_names_it_was_asked_for(run_checks: Callable[..., Ran], tmp_path: Path) -> None:
    env = {"HTTP_PROXY": "http://127.0.0.1:7891", "HTTPS_PROXY": "http://proxy.invalid:7892", **CLOSED}
    del env["OPENCODE_DISABLE_MODELS_FETCH"]
    ran = run_checks(f"--rehearse={setup_folder(tmp_path / 'proxy', LINES, env)}", SHORT, "--lang=en")
    found = {(one["via"], one["to"].partition(":")[0]): one for one in ran.result["proof"]["attempts"]}
    assert found["127.0.0.1:7891", "localhost"]["exits"] == ["proxy"], ran.out
    assert found["proxy.invalid:7892", "models.opencode.ai"]["exits"] == ["model-catalogue"]


@needs_namespaces
@pytest.mark.timeout(400)
def test_the_relay_lets_no_cloud_model_through(run_checks: Callable[..., Ran], tmp_path: Path) -> None:
    config = '"small_model": "ollama/qwen3:cloud",'
    folder = setup_folder(tmp_path / "cloud", config, CLOSED)
    file = folder / "home" / ".config" / "opencode" / "opencode.json"
    listed = file.read_text(encoding="utf-8").replace('"models": {', '"models": {"qwen3:cloud": {},', 1)
    file.write_text(listed, encoding="utf-8")
    ran = run_checks(f"--rehearse={folder}", SHORT, "--lang=en")
    found = {one["to"]: one for one in ran.result["proof"]["attempts"]}
    assert found["ollama.com"]["via"] == "ollama" and found["ollama.com"]["exits"] == ["ollama-cloud-model"], ran.out
    assert ran.code == 1


@needs_namespaces
@pytest.mark.timeout(300)
def test_the_stand_in_of_opencode_2_as_an_ordinary_user(run_checks: Callable[..., Ran], tmp_path: Path) -> None:
    folder = setup_folder(tmp_path / "two", '"model": "ollama/qwen2.5-coder:7b",', CLOSED, programs='opencode = "2"')
    user = ("unshare", "-U", "--map-user=1000", "--map-group=1000")
    proof = run_checks(f"--rehearse={folder}", SHORT, "--lang=en", prefix=user).result["proof"]
    assert proof["rung"] == "enforced"
    assert proof["holds"] and proof["attempts"] == [] and proof["sent"][0]["reply"]
    assert any("screen did not open" in one["en"] for one in proof["remarks"])


def test_the_setting_that_forbids_is_read() -> None:
    assert setting("user.max_user_namespaces") and setting("no.such.setting") is None
