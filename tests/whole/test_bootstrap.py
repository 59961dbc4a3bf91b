"""`python3 checks` on a machine where nothing was prepared, and the lock file it installs from."""
from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fixtures import bootstrap, environment, python_version

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.real
ENTRIES = [ROOT / "checks" / "__main__.py", ROOT / "tests" / "__main__.py", ROOT / "fixtures" / "python_version.py"]


def start(folder: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    """`python checks <args>` typed in that folder."""
    argv = [sys.executable, str(ROOT / "checks"), "-p", "no:cacheprovider", *args]
    return subprocess.run(argv, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, encoding="utf-8",
                          timeout=120)


@pytest.mark.parametrize(
    ("typed", "passed"),
    [
        (["--project", "my folder"], ["--project=my folder"]),
        (["--rehearse", "x", "--fix"], ["--rehearse=x", "--fix"]),
        (["--rehearse=x", "y"], ["--rehearse=x", "y"]),
        (["--project", "--fix"], ["--project", "--fix"]),
        (["-k", "chat", "--fix", "checks"], ["-k", "chat", "--fix", "checks"]),
    ],
)
def test_values_are_joined_to_their_options(typed: list[str], passed: list[str]) -> None:
    assert bootstrap.join_values(typed) == passed


def test_hostile_folder_is_not_imported(tmp_path: Path) -> None:
    for name in ("conftest", "json", "httpx", "pytest", "reports", "fixtures"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n", encoding="utf-8")
    for args in (["--project", str(tmp_path)], [f"--project={tmp_path}"], ["--project", "."]):
        done = start(tmp_path, "--co", "-q", *args)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "test_server_listening" in done.stdout


def test_exit_code_is_pytests(tmp_path: Path) -> None:
    assert start(tmp_path, "--nonsense").returncode == 4
    assert start(tmp_path, "--co", "-q", "-k", "nothing_of_that_name").returncode == 5


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_entries_parse_on_an_old_python(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_old_python_is_told_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    with pytest.raises(SystemExit) as told:
        python_version.require()
    assert "needs Python 3.11" in str(told.value) and "需要 Python 3.11" in str(told.value) and "3.9" in str(told.value)


def test_without_pip_and_ensurepip_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(bootstrap, "cache_dir", lambda env: tmp_path)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "argv", ["checks"])
    assert bootstrap.main("checks") == bootstrap.CANNOT_START
    assert not list((tmp_path / "tmp").iterdir())


def test_packages_that_cannot_be_installed_leave_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bootstrap, "cache_dir", lambda env: tmp_path)
    monkeypatch.setattr(bootstrap, "has_packages", lambda folder: False)
    for name, value in (("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", ""), ("PIP_CONFIG_FILE", os.devnull)):
        monkeypatch.setenv(name, value)
    with pytest.raises(environment.CannotStart, match="No matching distribution") as told:
        bootstrap.find_python("checks")
    assert "pip uses the index that your own settings name" in str(told.value)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("python-")] == []
    assert not list((tmp_path / "tmp").iterdir())


def test_folder_that_cannot_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("OLLAMA_CHECKPOINTS_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(bootstrap, "has_packages", lambda folder: False)
    monkeypatch.setattr(sys, "argv", ["checks"])
    assert bootstrap.main("checks") == bootstrap.CANNOT_START
    assert str(tmp_path) in capsys.readouterr().err


def locked() -> dict[str, list[str]]:
    """Package, in lower case -> its hashes."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([\w.-]+)==", line):
            found[pin[1].lower()] = []
        elif line.strip().startswith("--hash=sha256:"):
            found[list(found)[-1]].append(line)
    return found


def test_lock_holds_every_dependency_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    assert {re.split(r"[<>=!~ ]", line)[0].lower() for line in wanted} <= set(locked())
    assert all(locked().values())


def test_lock_names_no_index() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*(-i|--index-url|--extra-index-url|--find-links)\b", text, re.MULTILINE)


def test_bootstrap_needs_only_the_standard_library() -> None:
    """It runs before anything is installed."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import fixtures.bootstrap"
    argv = [sys.executable, "-I", "-S", "-c", code, str(ROOT)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
