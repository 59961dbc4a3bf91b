"""The README's detection scripts for Intune and Jamf work as they are printed."""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

WHOLE = 2048
"""Characters of a script's output that Intune keeps."""


def printed(language: str) -> str:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return next(code for code in re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
                if "CHECKPOINTS_KIT" in code)


def kit(folder: Path, start: str | None = None) -> Path:
    """Started as a kit is, this suite in it. `start` stands in for what a start prints."""
    (folder / "of a kit").mkdir(parents=True)
    (folder / "of a kit" / "suite").symlink_to(ROOT)
    shutil.copyfile(ROOT / "fixtures" / "mirror" / "start" / "start.sh", folder / "of a kit" / "start.sh")
    own = f"exec sh '{folder}/of a kit/start.sh' --report-dir=\"$HOME/ollama-checkpoints-report\" \"$@\""
    (folder / "start.sh").write_text(start or own, encoding="utf-8")
    return folder


@pytest.fixture
def mac(tmp_path: Path) -> dict[str, str]:
    """What a Mac has and others have not: who sits before the screen, and `sudo` for whoever is root."""
    (tmp_path / "bin").mkdir()
    for name, line in {"stat": "echo ${CONSOLE:-learner}", "sudo": 'shift 3; HOME="$LEARNER" exec "$@"'}.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "learner").mkdir()
    return {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "LEARNER": str(tmp_path / "learner"), "HOME": "/nowhere",
            "LANG": "C.UTF-8", "OLLAMA_CHECKPOINTS_CACHE": os.environ.get("OLLAMA_CHECKPOINTS_CACHE")
            or str(Path.home() / ".cache" / "ollama-checkpoints")}


def run(env: dict[str, str], folder: Path) -> str:
    file = folder.with_name("attribute.sh")
    file.write_text(printed("sh"), encoding="utf-8")
    done = subprocess.run(["/bin/sh", str(file)], env={**env, "CHECKPOINTS_KIT": str(folder)}, capture_output=True,
                          text=True, timeout=300, check=True)
    return done.stdout.strip()


@pytest.mark.skipif(os.name == "nt", reason="a script for sh: run it on Linux or macOS")
def test_jamf_is_told_what_to_mend_by_a_kits_own_start(mac: dict[str, str], tmp_path: Path) -> None:
    said = run(mac, kit(tmp_path / "my kit"))
    result: dict[str, Any] = json.loads(
        (Path(mac["LEARNER"]) / "ollama-checkpoints-report" / "result.json").read_text(encoding="utf-8"))
    first = next(one for one in result["checks"] if one["id"] == result["first"])
    assert said == f"<result>{first['pitfall']}</result>" and first["pitfall"] and result["verdict"] == "failed"


LINES = {
    'echo \'{"verdict": "passed", "first": "disk-space", "seat": "A3", "pitfall": "disk-full"}\'': "ready",
    'echo \'{"verdict": "failed", "first": "x", "seat": "\\"pitfall\\": \\"a\\"", '
    '"pitfall": "out-of-memory"}\'; exit 1': "out-of-memory",
    'echo \'{"verdict": "incomplete", "first": null, "pitfall": null}\'': "not checked",
    "echo oh no >&2; exit 4": "not checked",
}


@pytest.mark.skipif(os.name == "nt", reason="a script for sh: run it on Linux or macOS")
@pytest.mark.parametrize(("start", "value"), LINES.items(), ids=LINES.values())
def test_jamf_is_told_by_the_line(start: str, value: str, mac: dict[str, str], tmp_path: Path) -> None:
    assert run(mac, kit(tmp_path / "kit", start)) == f"<result>{value}</result>"
    assert run({**mac, "CONSOLE": "root"}, tmp_path / "kit") == "<result>not checked</result>"
    assert run(mac, tmp_path / "no kit") == "<result>not checked</result>"


def test_intunes_output_is_never_cut() -> None:
    from reports.hand_in import one_line
    from tests.support import result_samples as samples

    for made in (samples.stopped_server(), samples.advised(), samples.interrupted()):
        told = one_line({**made, "seat": "座" * 60, "model": "m" * 120})
        assert len(told) < WHOLE and told.isascii()
        assert set(json.loads(told)) <= set(re.findall(r"`(\w+)`", (ROOT / "README.md").read_text(encoding="utf-8")))


def test_powershell_reads_the_script() -> None:
    """By PowerShell itself where it is, else by a grammar of it."""
    script = printed("powershell")
    assert "exit $code" in script and script.count("$LASTEXITCODE") == 1, "the run's exit code, and no other one"
    if shell := shutil.which("pwsh") or shutil.which("powershell"):
        ask = ("$e = $null; "
               "[void][Management.Automation.Language.Parser]::ParseInput($env:SCRIPT, [ref]$null, [ref]$e); $e.Count")
        done = subprocess.run([shell, "-NoProfile", "-Command", ask], env={**os.environ, "SCRIPT": script},
                              capture_output=True, text=True, timeout=120, check=True)
        assert done.stdout.strip() == "0"
        return
    grammar = pytest.importorskip("tree_sitter_powershell", reason="no PowerShell and no grammar of it: install either "
                                  "PowerShell, or tree-sitter and tree-sitter-powershell by pip")
    from tree_sitter import Language, Parser

    assert not Parser(Language(grammar.language())).parse(script.encode()).root_node.has_error
