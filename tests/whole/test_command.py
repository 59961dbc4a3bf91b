"""Remedies repeat the command as it was typed, however the suite was started."""
from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from fixtures import command

posix = pytest.mark.skipif(os.name != "posix", reason="the quoting of POSIX' shell: run this on Linux or macOS")


def typed(monkeypatch: pytest.MonkeyPatch, argv: list[str], original: list[str] | None = None) -> str:
    monkeypatch.setattr(sys, "argv", argv)
    monkeypatch.setattr(sys, "orig_argv", original or [sys.executable, *argv])
    return command.typed_command()


@posix
def test_by_python(monkeypatch: pytest.MonkeyPatch) -> None:
    assert typed(monkeypatch, ["my checks", "--fix"],
                 ["python3", "-X", "dev", "my checks", "--fix"]) == "python3 -X dev 'my checks'"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed `ollama-checkpoints` that PATH does not find."""
    monkeypatch.delenv("UV", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    made = tmp_path / "my env" / command.NAME
    made.parent.mkdir()
    made.write_text("#!/bin/sh\n")
    made.chmod(0o755)
    return made


@posix
def test_by_a_script_on_path_and_beside_it(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert typed(monkeypatch, [str(script), "--fix"]) == f"'{script}'"
    monkeypatch.setenv("PATH", str(script.parent))
    assert typed(monkeypatch, [str(script), "--fix"]) == command.NAME


@pytest.mark.parametrize(("source", "said"), [("ollama-checkpoints", "pipx run ollama-checkpoints"),
                                               ("/my room/x.whl",
                                                "pipx run --spec '/my room/x.whl' ollama-checkpoints")])
def test_by_pipx(source: str, said: str, script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"main_package": {"package": "ollama-checkpoints", "package_or_url": source}}
    Path(sys.prefix, "pipx_metadata.json").write_text(json.dumps(told), encoding="utf-8")
    assert typed(monkeypatch, [str(script)]) == said


@pytest.mark.parametrize(("words", "said"), [
    (["/opt/uv", "tool", "uvx", "--from", "a b.whl", "ollama-checkpoints"],
     ["uvx", "--from", "a b.whl", "ollama-checkpoints"]),
    (["/opt/uv", "run", "ollama-checkpoints"], ["uv", "run", "ollama-checkpoints"]),
    (["uvx", "ollama-checkpoints"], ["uvx", "ollama-checkpoints"]),
])
def test_uvs_words(words: list[str], said: list[str]) -> None:
    assert command._of_uv(words) == said


@posix
def test_a_checkout_names_its_own_commands() -> None:
    assert not command.PACKAGED and command.again("python3 checks") == "python3 checks"
    assert command.REPORT == "reports/out"


@pytest.mark.parametrize(("words", "line"), [
    (["py", "checks"], "py checks"),
    ([".venv\\Scripts\\pytest.exe", "checks"], ".venv\\Scripts\\pytest.exe checks"),
    (["my env\\Scripts\\pytest.exe", "checks"], "& 'my env\\Scripts\\pytest.exe' checks"),
    (["python", "检查", "--project=C:\\Users\\王小明 同学\\p", "--model=qwen2.5-coder:7b"],
     "python 检查 '--project=C:\\Users\\王小明 同学\\p' --model=qwen2.5-coder:7b"),
    (["python", "checks", "--project=C:\\it's $x; (y)"], "python checks '--project=C:\\it''s $x; (y)'"),
])
def test_windows_commands_are_for_powershell(words: list[str], line: str) -> None:
    assert command.shell_line(words, windows=True) == line


def test_options_alone_get_no_call_operator() -> None:
    assert command.quoted(["--project=a b"], windows=True) == "'--project=a b'"
